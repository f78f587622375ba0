/*
 * query/cursor/cursor.h - rising document numbers of one segment that match something.
 *
 * The contract: dtl_cursor_seek moves to the first match >= target and never back; DTL_DOC_END ends
 * it and may be sought again. A failure (damage, no memory) is noted once in the context and ends
 * every cursor that meets it: walk to the end, then ask ctx->status. Dead documents are not
 * filtered here: the root of a query does it once for all (docs/decisions/0080).
 *
 * Two ways of walking. Seeking is for conjunctions: one document at a time, blocks skipped. A
 * window is for everything that reads all of its lists: DTL_WINDOW documents at a time, one
 * indirect call a list and window, matches as bits and scores as sums, so that a disjunction needs
 * no heap in its inner loop.
 */
#ifndef DTL_CURSOR_CURSOR_H
#define DTL_CURSOR_CURSOR_H
#include "common/segment/columns.h"
#include "common/segment/postings.h"
#include "query/cursor/weight.h"

#define DTL_WINDOW       2048u
#define DTL_WINDOW_WORDS (DTL_WINDOW / 64)

struct dtl_list;         /* term.c */
struct dtl_extent;       /* extents.h */
struct dtl_word_extents; /* places.c */

struct dtl_cursor_context { /* what the cursors of one segment share; lives as long as they */
    struct dtl_segment *segment;
    struct dtl_arena *arena;
    struct dtl_error *err;
    enum dtl_status status; /* the first failure; DTL_OK while all is well */
    uint32_t title_weight;
    struct dtl_list *lists;  /* every list opened */
    uint64_t positions_read; /* occurrences looked at */
    uint64_t blocks_read;    /* set by dtl_cursor_context_release */
    dtl_doc titled;          /* document of title_words, DTL_DOC_END when none was asked */
    uint32_t title_words;
    bool (*stop)(void *ctx); /* asked now and then: true is the failure DTL_END; NULL: never */
    void *stop_ctx;
    uint32_t looked_at; /* by phrases: every 32nd asks */
};

void dtl_cursor_context_init(struct dtl_cursor_context *ctx, struct dtl_segment *segment,
                             uint32_t title_weight, struct dtl_arena *arena, struct dtl_error *err);
/** Release the lists' buffers and add up what they read. The cursors are dead afterwards. */
void dtl_cursor_context_release(struct dtl_cursor_context *ctx);
/** Note a failure and return DTL_DOC_END, the place where a failing cursor stands. */
dtl_doc dtl_cursor_fail(struct dtl_cursor_context *ctx, enum dtl_status st);

struct dtl_window { /* matches in [begin, end), at most DTL_WINDOW documents */
    dtl_doc begin, end;
    uint64_t *bits;   /* bit d - begin; cleared by whoever made the window */
    uint64_t *scores; /* sums by d - begin, cleared too; NULL: not wanted */
    uint32_t *tfs;    /* instead of scores: weighted frequencies; NULL: not wanted */
};
static inline void dtl_window_set(struct dtl_window *w, dtl_doc doc)
{
    w->bits[(doc - w->begin) >> 6] |= UINT64_C(1) << ((doc - w->begin) & 63);
}

struct dtl_cursor;
struct dtl_cursor_ops {
    /* First match >= target; called only when the cursor is fresh or stands before target. */
    dtl_doc (*seek)(struct dtl_cursor *c, dtl_doc target);
    /* Sum of what matched at c->doc; NULL: by weight and tf. */
    uint64_t (*score)(struct dtl_cursor *c);
    /* All matches of the window; c->doc >= begin before, >= end after. NULL: by seek and score. */
    void (*window)(struct dtl_cursor *c, struct dtl_window *w);
    /* Words only. Weighted frequency at c->doc; may fail through the context. */
    uint64_t (*tf)(struct dtl_cursor *c);
    /* Words only. Rising distinct positions at c->doc, valid until the cursor moves; 0 on failure.
     */
    uint32_t (*positions)(struct dtl_cursor *c, const uint32_t **positions);
    /* Phrases and the cursors of places.h. Minimal spans at c->doc, valid until it moves. */
    uint32_t (*extents)(struct dtl_cursor *c, const struct dtl_extent **extents);
};

enum dtl_cursor_kind { /* what a walk that skips wants to know */
                       DTL_CURSOR_OTHER,
                       DTL_CURSOR_NONE,  /* no match */
                       DTL_CURSOR_LIST,  /* one list, every posting counts: a struct dtl_list
                                            (list.h) */
                       DTL_CURSOR_UNION, /* a word of several terms */
                       DTL_CURSOR_PHRASE,
                       DTL_CURSOR_AND,
                       DTL_CURSOR_OR,
};

struct dtl_cursor {
    dtl_doc doc; /* where it stands; meaningless while fresh */
    enum dtl_cursor_kind kind;
    struct dtl_cursor **part; /* of a UNION, AND, OR, in no particular order */
    uint32_t parts;
    bool fresh;
    bool slow;     /* looks at positions: asked last in a conjunction */
    uint64_t cost; /* at most so many matches */
    const struct dtl_cursor_ops *ops;
    const struct dtl_weight *weight; /* words and phrases; NULL: scores nothing */
    struct dtl_cursor_context *ctx;
    struct dtl_word_extents *places; /* a word's, once they were asked for */
};

static inline dtl_doc dtl_cursor_seek(struct dtl_cursor *c, dtl_doc target)
{
    if (c->fresh || c->doc < target) {
        c->doc = c->ops->seek(c, target);
        c->fresh = false;
    }
    return c->doc;
}
static inline dtl_doc dtl_cursor_next(struct dtl_cursor *c)
{
    return c->doc == DTL_DOC_END ? DTL_DOC_END : dtl_cursor_seek(c, c->doc + 1);
}
/** What the match at c->doc scores. */
uint64_t dtl_cursor_score(struct dtl_cursor *c);
/** Fill `w`; c has been sought and stands at or after w->begin. */
void dtl_cursor_window(struct dtl_cursor *c, struct dtl_window *w);
/** The same by seek and score, whatever the cursor offers. */
void dtl_cursor_window_slowly(struct dtl_cursor *c, struct dtl_window *w);

/* Constructors: NULL when there is no memory or a list does not open (ctx->status says which).
 * Arrays of cursors are taken over and reordered. `cost` is set; `weight` is the caller's to set.
 */

struct dtl_cursor *dtl_cursor_none(struct dtl_cursor_context *ctx);
struct dtl_cursor *dtl_cursor_all(struct dtl_cursor_context *ctx);
/** These `n` documents, which are sorted in place and must live as long as the cursor. */
struct dtl_cursor *dtl_cursor_documents(struct dtl_cursor_context *ctx, dtl_doc *doc, size_t n);

/**
 * One list of a word. `filter`: a bit for each variant of the term, only occurrences in one of them
 * count; NULL: all do.
 */
struct dtl_cursor *dtl_cursor_term(struct dtl_cursor_context *ctx, const struct dtl_term *term,
                                   const uint8_t *filter);
/** A word that stands for several terms: frequencies added, positions merged. */
struct dtl_cursor *dtl_cursor_union(struct dtl_cursor_context *ctx, struct dtl_cursor **list,
                                    uint32_t n);
struct dtl_marked_list { /* a list of an expansion */
    const struct dtl_term *term;
    const uint8_t *filter;
};
/**
 * What any of many lists matches, as bits of the segment's documents, marked as far as somebody has
 * walked: the newest few cost the first blocks alone. For words that score a constant.
 */
struct dtl_cursor *dtl_cursor_expansion(struct dtl_cursor_context *ctx,
                                        const struct dtl_marked_list *list, uint32_t n);

struct dtl_cursor *dtl_cursor_and(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                  uint32_t n);
struct dtl_cursor *dtl_cursor_or(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                 uint32_t n);
/** Matches of `keep` that `drop` does not match. */
struct dtl_cursor *dtl_cursor_not(struct dtl_cursor_context *ctx, struct dtl_cursor *keep,
                                  struct dtl_cursor *drop);
/** At least `needed` (2 or more) of the children. */
struct dtl_cursor *dtl_cursor_quorum(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                     uint32_t n, uint32_t needed);

struct dtl_phrase_word {
    struct dtl_cursor *word; /* offers positions; the same cursor may stand at several places */
    uint32_t offset;         /* from the phrase's first word */
};
/** Words at their places. The gap between title and body is wider than any phrase, so none crosses
 * it. */
struct dtl_cursor *dtl_cursor_phrase(struct dtl_cursor_context *ctx, struct dtl_phrase_word *word,
                                     uint32_t n, bool title);

/** May the phrase be given a floor? Its scores then fit 32 bits, and none is 0. */
bool dtl_cursor_phrase_prunes(const struct dtl_cursor *c);
/** From now on matches before `end` that score less than `floor` may be left out, most of them
 * before a position is decoded. */
void dtl_cursor_phrase_floor(struct dtl_cursor *c, uint32_t floor, dtl_doc end);

struct dtl_doc_range {
    dtl_doc begin, end;
};
/** The documents a date filter admits, by zone, ready to walk. */
struct dtl_date_ranges {
    struct dtl_doc_range zone[DTL_ZONES];
    struct dtl_interval range;
    bool within;
    bool test_other; /* documents of the OTHER zone are candidates: ask dtl_date_holds */
};
/** Every document: no filter. */
void dtl_date_ranges_all(const struct dtl_segment *s, struct dtl_date_ranges *out);
/** Documents whose interval meets `range` (within: lies in it), or with `undated` those without a
 * date. */
enum dtl_status dtl_date_ranges_of(struct dtl_segment *s, struct dtl_interval range, bool within,
                                   bool undated, struct dtl_date_ranges *out,
                                   struct dtl_error *err) DTL_MUST_USE;
/** Can the segment hold such a document? From the catalog row alone. */
bool dtl_date_ranges_possible(const struct dtl_segment *s, struct dtl_interval range, bool within,
                              bool undated);
static inline bool dtl_date_holds(struct dtl_interval article, struct dtl_interval range,
                                  bool within)
{
    return within ? article.earliest >= range.earliest && article.latest <= range.latest
                  : article.earliest <= range.latest && article.latest >= range.earliest;
}
struct dtl_cursor *dtl_cursor_dates(struct dtl_cursor_context *ctx,
                                    const struct dtl_date_ranges *ranges);

/** Does the document pass? A failure is noted in the context, and is no. */
typedef bool (*dtl_doc_test)(struct dtl_cursor_context *ctx, const void *arg, dtl_doc doc);
/** The documents that pass; asked one by one, last in a conjunction. `arg` outlives the cursor. */
struct dtl_cursor *dtl_cursor_tested(struct dtl_cursor_context *ctx, dtl_doc_test test,
                                     const void *arg);
/** These documents, rising; borrowed. */
struct dtl_cursor *dtl_cursor_docs(struct dtl_cursor_context *ctx, const dtl_doc *docs, uint32_t n);

/** Words in the title of `doc`: a position below it is in the title (0: no title). Failure through
 * the context. */
uint32_t dtl_cursor_title_words(struct dtl_cursor_context *ctx, dtl_doc doc);
#endif
