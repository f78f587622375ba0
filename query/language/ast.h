/*
 * query/language/ast.h - a query as a tree. Built by parser.c, printed by printer.c, planned by
 * query/plan. Nodes live in the query arena. Depth is at most DTL_QUERY_DEPTH, so recursion over a
 * tree is bounded.
 */
#ifndef DTL_LANGUAGE_AST_H
#define DTL_LANGUAGE_AST_H
#include "common/base/arena.h"
#include "common/base/date.h"
#include "query/language/dates.h"

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
                        stemmed unless `stemmed` */
    DTL_NODE_AND,
    DTL_NODE_OR,
    DTL_NODE_NOT,     /* one child */
    DTL_NODE_QUORUM,  /* at least `needed` of the children (--match any|N|N%) */
    DTL_NODE_DATE,    /* filter: `range`; never scores */
    DTL_NODE_ALL,     /* every article */
    DTL_NODE_NEAR,    /* two children with places (words, phrases, ATLEAST not, ORs of them, NEARs):
                         `near` says how they must stand */
    DTL_NODE_ATLEAST, /* one child with places, at `needed` places or more */
    DTL_NODE_FIELD,   /* filter: a value of `field` is `text` (with * and ? when `wildcard`) */
    DTL_NODE_NUMBER,  /* filter: words of the article (wc:) in `low`..`high` */
    DTL_NODE_CALENDAR, /* filter: `calendar`, whatever the year */
    DTL_NODE_ADDED,    /* filter: indexed by a run of the days in `range` */
};

enum dtl_scope {                 /* where a WORD or PHRASE is looked for */
                 DTL_SCOPE_TEXT, /* title and body */
                 DTL_SCOPE_TITLE,
                 DTL_SCOPE_LEAD,  /* the body's first paragraph */
                 DTL_SCOPE_HLEAD, /* title or lead */
                 DTL_SCOPE_FIRST, /* the first `first` words of the body */
};

enum dtl_near {
    DTL_NEAR_ANY,       /* NEAR/n N/n W/n: at most `distance` apart, neighbours are 1 apart */
    DTL_NEAR_ORDERED,   /* PRE/n ADJ/n ONEAR/n: and the left one first */
    DTL_NEAR_NOT,       /* NOTNEAR/n: the left one, with no right one that near */
    DTL_NEAR_SENTENCE,  /* W/S SENTENCE: in one sentence */
    DTL_NEAR_PARAGRAPH, /* W/P SAME PARAGRAPH: in one paragraph */
};

enum dtl_node_field { /* FIELD: of an article, beside its text */
                      DTL_NODE_SOURCE,
                      DTL_NODE_AUTHOR, /* words: `text` is one or several that follow each other */
                      DTL_NODE_SECTION,
                      DTL_NODE_TAG,
                      DTL_NODE_PLACE,
                      DTL_NODE_AGENCY,
                      DTL_NODE_LANG,
                      DTL_NODE_URL,  /* words, as AUTHOR */
                      DTL_NODE_PATH, /* of the file; * within a folder, ** across */
                      DTL_NODE_ID,
};

struct dtl_node {
    enum dtl_node_kind kind;
    uint32_t begin, end;   /* bytes of the query text, for carets and spans */
    struct dtl_bytes text; /* WORD, PHRASE: without =, quotes, *; FIELD: the value */
    enum dtl_scope scope;  /* WORD, PHRASE */
    uint32_t first;        /* SCOPE_FIRST: words */
    bool exact;            /* =word; phrases are unless `stemmed` */
    bool stemmed;          /* PHRASE: stem:"..." */
    bool letter_case;      /* case: as printed, letter case and all */
    bool accents;          /* accent: as printed, diacritics and all */
    bool prefix;           /* word* ; "two words*": the last is a prefix */
    bool wildcard;         /* WORD, FIELD: * and ? in `text` stand for letters (FIELD: whatever) */
    bool gaps;             /* PHRASE: a word * of `text` stands for any one word */
    uint8_t fuzzy;         /* WORD: edits allowed, 0 to 2 */
    uint32_t slop;         /* PHRASE: so many extra words between the first and the last */
    bool any_order;        /* PHRASE: ~n! */
    uint32_t boost;        /* any that scores: thousandths its score is multiplied by; 1000: none */
    bool alone;      /* no nearness to its neighbours scores, nor below: the words that --like and
                        --expand add */
    bool adjacency;  /* AND: joined by adjacency, not by an operator */
    bool undated;    /* DATE: date:none; `range` is not used then */
    bool required;   /* WORD, PHRASE: written +word, which --match does not govern */
    uint32_t needed; /* QUORUM, ATLEAST */
    enum dtl_near near;        /* NEAR */
    uint32_t distance;         /* NEAR with a number: 1 to 1000 */
    enum dtl_node_field field; /* FIELD */
    uint64_t low, high;        /* NUMBER: inclusive; high UINT64_MAX: open */
    struct dtl_calendar calendar;
    struct dtl_interval range; /* DATE, ADDED: inclusive; open ends are DTL_DAY_MIN, DTL_DAY_MAX */
    struct dtl_node **child;
    uint32_t children;
};

#define DTL_BOOST_NONE 1000u

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
    struct dtl_bytes without;  /* articles of that id are left out, unless it is empty: --like; the
                                  parser leaves it so */
    bool window_statistics; /* --df window: the articles the dates admit say how rare a word is, not
                               all; the parser leaves it false */
    struct dtl_note *notes;
};

/** The tree in canonical text that parses back to an equal tree; filters of the whole query last.
 */
bool dtl_query_print(const struct dtl_query *q, struct dtl_buffer *out);
bool dtl_node_print(const struct dtl_node *n, struct dtl_buffer *out);
bool dtl_node_equal(const struct dtl_node *a, const struct dtl_node *b); /* spans aside */
/** Must the node's words stand in certain places: scope, slop, places of others? Then documents and
 * frequencies do not tell whether it matches. */
static inline bool dtl_node_is_placed(const struct dtl_node *n)
{
    return n->kind == DTL_NODE_NEAR || n->kind == DTL_NODE_ATLEAST || n->scope > DTL_SCOPE_TITLE ||
           n->slop > 0 || n->any_order;
}
#endif
