/*
 * query/language/ast.h - a query as a tree. Built by parser.c, printed by printer.c, planned by
 * query/plan. Nodes live in the query arena. Depth is at most DTL_QUERY_DEPTH, so recursion over a
 * tree is bounded.
 */
#ifndef DTL_LANGUAGE_AST_H
#define DTL_LANGUAGE_AST_H
#include "common/base/arena.h"
#include "common/base/date.h"

#define DTL_QUERY_BYTES                                                                            \
    65536u /* limits of RELIABILITY.md section 3; over one is DTL_EQUERY naming it */
#define DTL_QUERY_DEPTH    256u
#define DTL_QUERY_WORDS    4096u
#define DTL_PHRASE_WORDS   64u
#define DTL_EXPAND_DEFAULT 50000u

enum dtl_node_kind {
    DTL_NODE_WORD,   /* `text` as typed; may analyse to several tokens (AT&T), which then must be
                        adjacent */
    DTL_NODE_PHRASE, /* `text` between the quotes: printed words, in order, stop words kept, not
                        stemmed */
    DTL_NODE_AND,
    DTL_NODE_OR,
    DTL_NODE_NOT,    /* one child */
    DTL_NODE_QUORUM, /* at least `needed` of the children (--match any|N|N%) */
    DTL_NODE_DATE,   /* filter: `range`; never scores */
    DTL_NODE_ALL,    /* every article */
};

struct dtl_node {
    enum dtl_node_kind kind;
    uint32_t begin, end;       /* bytes of the query text, for carets and spans */
    struct dtl_bytes text;     /* WORD, PHRASE: without =, quotes, * */
    bool title;                /* title: */
    bool exact;                /* =word; phrases always are */
    bool prefix;               /* word* ; "two words*": the last is a prefix */
    bool adjacency;            /* AND: joined by adjacency, not by an operator */
    bool undated;              /* DATE: date:none; `range` is not used then */
    bool required;             /* WORD, PHRASE: written +word, which --match does not govern */
    uint32_t needed;           /* QUORUM */
    struct dtl_interval range; /* DATE: inclusive; open ends are DTL_DAY_MIN, DTL_DAY_MAX */
    struct dtl_node **child;
    uint32_t children;
};

enum dtl_match_mode { DTL_MATCH_ALL, DTL_MATCH_ANY, DTL_MATCH_COUNT, DTL_MATCH_PERCENT };

struct dtl_note { /* for a person: shown on a terminal or with --verbose */
    struct dtl_note *next;
    const char *text;
};

struct dtl_query {
    struct dtl_bytes text;     /* as given */
    struct dtl_node *root;     /* never NULL: ALL when only filters were given */
    struct dtl_interval dates; /* intersection of all filters that apply to the whole query, options
                                  included; DTL_DAY_MIN..DTL_DAY_MAX when none */
    bool has_dates, undated;   /* a date filter applies; date:none */
    bool within;               /* --date-match=within */
    bool scoring;              /* a positive word or phrase occurs: else newest first, score 0 */
    bool all_words_score;      /* stop words too, beside others: what a comparison with engines
                                  without a stop list asks for; the parser leaves it false */
    struct dtl_note *notes;
};

/** The tree in canonical text that parses back to an equal tree; filters of the whole query last.
 */
bool dtl_query_print(const struct dtl_query *q, struct dtl_buffer *out);
bool dtl_node_print(const struct dtl_node *n, struct dtl_buffer *out);
bool dtl_node_equal(const struct dtl_node *a, const struct dtl_node *b); /* spans aside */
#endif
