/*
 * common/base/bookmark.h - a place in a growing file: behind some record of it, with all that is
 * needed to know the file again and to read on from there.
 */
#ifndef DTL_BASE_BOOKMARK_H
#define DTL_BASE_BOOKMARK_H
#include <stdint.h>

struct dtl_bookmark {
    uint64_t lead;    /* bytes at the file's beginning that say how its records are read */
    uint64_t at;      /* offset behind the last record that was read */
    uint64_t records; /* so far: ordinals go on from here */
    uint64_t lines;   /* line ends between what leads and `at` */
    uint64_t options; /* hash of the options the file was read with */
    uint64_t
        head; /* XXH3-64 of the file's first bytes: at most DTL_BOOKMARK_WINDOW, and not over at */
    uint64_t tail; /* likewise of the last bytes before `at` */
};

#define DTL_BOOKMARK_WINDOW (UINT64_C(64) << 10)
#endif
