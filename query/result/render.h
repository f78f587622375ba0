/*
 * query/result/render.h - hits to bytes, in the forms of the command-line contract.
 *
 * Everything from an article passes dtl_utf8_sanitise, JSON and NUL-ended names aside: JSON
 * escapes, and a name that a program reads must be the name. A renderer only appends to a buffer;
 * nothing is printed here.
 */
#ifndef DTL_RESULT_RENDER_H
#define DTL_RESULT_RENDER_H
#include "query/result/colors.h"
#include "query/result/search.h"
#include "query/result/snippet.h"

enum dtl_form {
    DTL_FORM_AUTO, /* text on a terminal, else TSV */
    DTL_FORM_TEXT,
    DTL_FORM_TSV,
    DTL_FORM_CSV,
    DTL_FORM_JSON,
    DTL_FORM_TREC,
    DTL_FORM_IDS,
    DTL_FORM_PATHS,
    DTL_FORM_COUNT,
    DTL_FORM_FORMAT,  /* --format */
    DTL_FORM_TABLE,   /* columns for a person */
    DTL_FORM_MATCHES, /* -o */
};

#define DTL_JSON_VERSION 1u /* of docs/OUTPUT.md; higher when a field is taken away or changed */

struct dtl_render {
    enum dtl_form form; /* not AUTO */
    bool color;         /* SGR around marks and headings */
    bool plain;         /* [[marks]] */
    bool nul;           /* -0: names end in NUL, as they are */
    size_t width;       /* columns of the terminal; 0: unknown */
    bool batch;
    struct dtl_bytes qid;     /* in a batch */
    struct dtl_colors colors; /* used when `color` */
    const char *link;         /* format of links to paths (link.h); NULL: none */
    const char *format;       /* of --format */
    bool changes;             /* rows say whether they are new or revised, to a saved search */
    bool endless;             /* TEXT: how many there are is told by the caller */
    bool versioned;           /* the end record tells DTL_JSON_VERSION */
};

struct dtl_row {   /* one hit; of a form that needs no article only rank, score, id and date are set
                    */
    uint64_t rank; /* from 1 */
    uint64_t score; /* millionths */
    struct dtl_bytes id, title, path, source;
    struct dtl_bytes heading; /* the title, or the first words */
    struct dtl_interval date;
    struct dtl_snippet snippet;
    const struct dtl_article *article; /* what else it has; NULL: not loaded */
    const struct dtl_row *copies;      /* further hits folded under this one: TEXT alone */
    size_t copy_count;
    enum dtl_change change; /* told when `changes` */
};

/** "new", "revised", or nothing. */
const char *dtl_change_text(enum dtl_change change);

struct dtl_summary {
    uint64_t total, emitted, offset;
    bool complete;
    const char *cursor; /* where another run can go on; NULL: there is nothing to go on to */
    uint64_t generation;
    struct dtl_bytes query; /* as understood */
    bool has_dates;
    struct dtl_interval dates; /* open ends: DTL_DAY_MIN, DTL_DAY_MAX */
    bool timed;
    double milliseconds;
};

/** Does this form show titles, paths or snippets, so that articles must be loaded? */
bool dtl_form_loads(enum dtl_form form);
/** Does what is printed say what matched, so that snippets must be made? */
bool dtl_render_snippets(const struct dtl_render *r);

/** Once, before all hits of all queries: the header line of CSV and of a table. */
bool dtl_render_begin(const struct dtl_render *r, struct dtl_buffer *out);
bool dtl_render_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out);
bool dtl_render_end(const struct dtl_render *r, const struct dtl_summary *s,
                    struct dtl_buffer *out);
/** -c, with the qid in a batch. */
bool dtl_render_count(const struct dtl_render *r, uint64_t total, struct dtl_buffer *out);

/** Millionths as the shortest decimal: 7310000 is 7.31, 3000000 is 3. */
bool dtl_render_score(uint64_t score, struct dtl_buffer *out);
/** A field of CSV: quoted where it must be, sanitised. */
bool dtl_render_csv(struct dtl_bytes text, struct dtl_buffer *out);
/** A JSON string (RFC 8259); bytes that are no UTF-8 become {"bytes":"base64"}. */
bool dtl_render_json(struct dtl_bytes text, struct dtl_buffer *out);
/**
 * `m` sanitised on one line of at most `width` columns (0: no limit), cut between graphemes with an
 * ellipsis; its spans marked, the rest in colour `base`. Returns the columns used.
 */
size_t dtl_text_marked(const struct dtl_render *r, const struct dtl_marked *m, size_t width,
                       enum dtl_color_of base, struct dtl_buffer *out);
/** `text` on at most `width` columns (0: no limit), sanitised, cut at a grapheme with an ellipsis.
 */
bool dtl_render_fit(struct dtl_bytes text, size_t width, struct dtl_buffer *out);
#endif
