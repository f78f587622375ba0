/*
 * query/result/render.h - hits to bytes, in the forms of the command-line contract.
 *
 * Everything from an article passes dtl_utf8_sanitise, JSON and NUL-ended names aside: JSON
 * escapes, and a name that a program reads must be the name. A renderer only appends to a buffer;
 * nothing is printed here.
 */
#ifndef DTL_RESULT_RENDER_H
#define DTL_RESULT_RENDER_H
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
};

struct dtl_render {
    enum dtl_form form; /* not AUTO */
    bool color;         /* SGR around marks and headings */
    bool plain;         /* [[marks]] */
    bool nul;           /* -0: names end in NUL, as they are */
    size_t width;       /* columns of the terminal; 0: unknown */
    bool batch;
    struct dtl_bytes qid; /* in a batch */
};

struct dtl_row {   /* one hit; of a form that needs no article only rank, score, id and date are set
                    */
    uint64_t rank; /* from 1 */
    uint64_t score; /* millionths */
    struct dtl_bytes id, title, path, source;
    struct dtl_bytes heading; /* the title, or the first words */
    struct dtl_interval date;
    struct dtl_snippet snippet;
};

struct dtl_summary {
    uint64_t total, emitted, offset;
    bool complete;
    uint64_t generation;
    struct dtl_bytes query; /* as understood */
    bool has_dates;
    struct dtl_interval dates; /* open ends: DTL_DAY_MIN, DTL_DAY_MAX */
    bool timed;
    double milliseconds;
};

/** Does this form show titles, paths or snippets, so that articles must be loaded? */
bool dtl_form_loads(enum dtl_form form);
bool dtl_form_snippets(enum dtl_form form);

/** Once, before all hits of all queries: CSV's header line. */
bool dtl_render_begin(const struct dtl_render *r, struct dtl_buffer *out);
bool dtl_render_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out);
bool dtl_render_end(const struct dtl_render *r, const struct dtl_summary *s,
                    struct dtl_buffer *out);
/** -c, with the qid in a batch. */
bool dtl_render_count(const struct dtl_render *r, uint64_t total, struct dtl_buffer *out);

/** Millionths as the shortest decimal: 7310000 is 7.31, 3000000 is 3. */
bool dtl_render_score(uint64_t score, struct dtl_buffer *out);
/** A JSON string (RFC 8259); bytes that are no UTF-8 become {"bytes":"base64"}. */
bool dtl_render_json(struct dtl_bytes text, struct dtl_buffer *out);
/** `text` on at most `width` columns (0: no limit), sanitised, cut at a grapheme with an ellipsis.
 */
bool dtl_render_fit(struct dtl_bytes text, size_t width, struct dtl_buffer *out);
#endif
