/*
 * query/interactive/terminal.h - the terminal, taken over and given back.
 *
 * From dtl_terminal_open to dtl_terminal_close the terminal is in the library's hands; however the
 * program ends between them, by a signal or by a fault in the index, it is given back as it was.
 * One terminal a process: what a signal handler needs is static.
 */
#ifndef DTL_INTERACTIVE_TERMINAL_H
#define DTL_INTERACTIVE_TERMINAL_H
#include "common/base/bytes.h"

enum dtl_key {
    DTL_KEY_NONE, /* nothing that means anything here */
    DTL_KEY_TEXT, /* a character to insert */
    DTL_KEY_LEFT,
    DTL_KEY_RIGHT,
    DTL_KEY_WORD_LEFT,
    DTL_KEY_WORD_RIGHT,
    DTL_KEY_HOME,
    DTL_KEY_END,
    DTL_KEY_BACKSPACE,
    DTL_KEY_DELETE, /* Control-D: leaves when the line is empty */
    DTL_KEY_CUT_WORD,
    DTL_KEY_CUT_START,
    DTL_KEY_CUT_END,
    DTL_KEY_YANK,
    DTL_KEY_OLDER, /* of the history */
    DTL_KEY_NEWER,
    DTL_KEY_UP, /* in the list of hits */
    DTL_KEY_DOWN,
    DTL_KEY_PAGE_UP,
    DTL_KEY_PAGE_DOWN,
    DTL_KEY_OPEN,
    DTL_KEY_SORT,
    DTL_KEY_EARLIER, /* the date range, by its own length */
    DTL_KEY_LATER,
    DTL_KEY_YEAR_EARLIER,
    DTL_KEY_YEAR_LATER,
    DTL_KEY_NARROW,
    DTL_KEY_WIDEN,
    DTL_KEY_ANY_DATE,
    DTL_KEY_HELP,
    DTL_KEY_REDRAW,
    DTL_KEY_RESIZE,
    DTL_KEY_LEAVE,
    DTL_KEY_GONE, /* the terminal was hung up */
};

struct dtl_key_press {
    enum dtl_key key;
    uint32_t text; /* of TEXT: the code point */
};

/** DTL_EUSAGE: standard input or output is no terminal, or one that is not known to place its
 * cursor. */
enum dtl_status dtl_terminal_check(struct dtl_error *err) DTL_MUST_USE;
/**
 * Take the terminal of standard input and output, which was checked. `color`: use colours where the
 * terminal has them. DTL_EIO: it cannot be taken.
 */
enum dtl_status dtl_terminal_open(bool color, struct dtl_error *err) DTL_MUST_USE;
/** Give it back; nothing when it is not taken. */
void dtl_terminal_close(void);

/** Wait for a key. */
struct dtl_key_press dtl_terminal_key(void);
/** Is there a key to be read at once? */
bool dtl_terminal_key_waits(void);

/**
 * Show `text` in $DATELINE_PAGER, $PAGER or less, on the whole terminal, and take it back. DTL_EIO:
 * there is no such program, or it failed.
 */
enum dtl_status dtl_terminal_page(struct dtl_bytes text, struct dtl_error *err) DTL_MUST_USE;
#endif
