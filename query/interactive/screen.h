/*
 * query/interactive/screen.h - what is on the screen, as data, and the drawing of it.
 *
 * From top to bottom: the query, a line about the answer, hits, a snippet of the one chosen, the
 * timeline, the keys. A low terminal gives up the timeline first, then the snippet. Everything
 * drawn passes the sanitiser; nothing is drawn past the edge of its pane.
 */
#ifndef DTL_INTERACTIVE_SCREEN_H
#define DTL_INTERACTIVE_SCREEN_H
#include "query/interactive/line.h"
#include "query/interactive/period.h"
#include "query/result/snippet.h"

struct dtl_screen_row {
    struct dtl_interval date;
    struct dtl_bytes source, heading;
};

struct dtl_view {
    const struct dtl_line *line;
    struct dtl_bytes status;  /* how many, in which order, of which dates */
    struct dtl_bytes message; /* one line; empty: none */
    bool is_error;            /* the message is of a query that is not understood, or a failure */
    bool stale;               /* the hits are of an earlier query */
    const struct dtl_screen_row *row;
    size_t rows, chosen;
    struct dtl_bytes where;      /* source and path of the chosen hit */
    struct dtl_marked snippet;   /* of it */
    struct dtl_bytes text;       /* shown in the snippet's place when there is no hit; lines */
    const struct dtl_axis *axis; /* NULL: no timeline yet */
    const uint64_t *bars;        /* axis->periods of them */
    bool color, help;
};

struct dtl_panes { /* lines of each */
    size_t rows, columns;
    size_t hits, snippet, timeline;
};

/** How the terminal of this moment is divided. */
struct dtl_panes dtl_screen_panes(void);
void dtl_screen_draw(const struct dtl_view *v);
/** Forget what the terminal was thought to show: the next drawing writes all of it. */
void dtl_screen_repaint(void);
#endif
