/*
 * indexer/build/arrange.h - the articles of a run put in order: which segment each goes into, and
 * under which number.
 */
#ifndef DTL_BUILD_ARRANGE_H
#define DTL_BUILD_ARRANGE_H
#include "indexer/build/gathered.h"

struct dtl_arranged { /* one article, in the order of places */
    uint32_t of;      /* which of the gathered */
    uint32_t local;
};

struct dtl_arranged_part {
    uint32_t docs;
    dtl_day first_day;
    size_t at; /* of its first article in `order` */
};

struct dtl_arrangement {
    struct dtl_arranged *order;
    size_t n;
    struct dtl_arranged_part *part; /* none is empty */
    uint32_t parts;
};

/**
 * Order the articles that were not dropped, cut them into parts of about `cap` (cut.h), and set the
 * places of every source. 40 bytes an article while it works, 12 after.
 */
enum dtl_status dtl_arrange(struct dtl_arrangement *a, struct dtl_gathered *const *g, size_t n,
                            uint64_t cap, uint32_t docs_max, struct dtl_error *err) DTL_MUST_USE;
size_t dtl_arrangement_memory(const struct dtl_arrangement *a);
void dtl_arrangement_release(struct dtl_arrangement *a); /* {0} is fine */
#endif
