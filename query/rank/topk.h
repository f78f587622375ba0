/*
 * query/rank/topk.h - the best k of what is offered, in the order of results.
 *
 * Order: score falling, then day (newer first), id bytes, source bytes; by date: day, then id and
 * source, score not looked at; undated last both ways. Ids are fetched only to break ties between
 * documents whose order their numbers do not tell: inside one zone of one segment (OTHER aside) the
 * document number is the order.
 *
 * Where scores will be raised afterwards (by at most `slack` each) and only the best `want` are
 * then wanted, more than `want` are kept, but none that cannot be among those any more
 * (dtl_topk_expect).
 */
#ifndef DTL_RANK_TOPK_H
#define DTL_RANK_TOPK_H
#include "common/base/arena.h"
#include "common/base/date.h"

enum dtl_order { DTL_ORDER_SCORE, DTL_ORDER_NEWEST, DTL_ORDER_OLDEST };

struct dtl_names {
    struct dtl_bytes id, source;
};

struct dtl_candidate {
    uint64_t score;
    uint64_t whole; /* before it faded with age; the same where nothing fades */
    struct dtl_interval date;
    uint32_t segment; /* the caller's number of it */
    uint32_t zone;    /* enum dtl_zone_id */
    dtl_doc doc;
    const struct dtl_names *names; /* NULL until asked for */
    bool undetermined;             /* `date` waits to be asked for */
};

/** Fetch the names of a document into `arena`. */
typedef enum dtl_status (*dtl_names_fn)(void *ctx, uint32_t segment, dtl_doc doc,
                                        struct dtl_arena *arena, struct dtl_names *out,
                                        struct dtl_error *err);

/** The interval of a document: asked for when a score alone does not decide. */
typedef enum dtl_status (*dtl_date_fn)(void *ctx, uint32_t segment, dtl_doc doc,
                                       struct dtl_interval *out, struct dtl_error *err);

struct dtl_topk {
    enum dtl_order order;
    const struct dtl_candidate *after; /* offers up to it in the order are passed over; without
                                          names: those before its score and day; NULL: none are */
    dtl_date_fn date;                  /* NULL: candidates come with their dates */
    uint64_t k;                        /* UINT64_MAX: all */
    struct dtl_candidate *c; /* a heap, worst first, once n == k; before that as offered */
    size_t n, room;
    uint64_t want, slack;
    uint64_t *lead; /* the best `want` scores offered, rising; NULL: nothing is expected */
    size_t leads;
    uint64_t least; /* a lower score does not matter */
    dtl_names_fn fetch;
    void *ctx;
    struct dtl_arena *arena;  /* for names */
    struct dtl_arena scratch; /* names of what is offered, until it is kept */
    enum dtl_status status;   /* first failure */
    struct dtl_error *err;
};

void dtl_topk_init(struct dtl_topk *t, enum dtl_order order, uint64_t k, dtl_names_fn fetch,
                   void *ctx, struct dtl_arena *arena, struct dtl_error *err);
void dtl_topk_release(struct dtl_topk *t);
/** Scores will be raised by at most `slack`, and then the best `want` < k matter; order by score.
 * The memory is the arena's. */
enum dtl_status dtl_topk_expect(struct dtl_topk *t, uint64_t want, uint64_t slack) DTL_MUST_USE;
/** Forget what was offered. */
void dtl_topk_clear(struct dtl_topk *t);
/** Offer a document. False: it, and whatever is not better, is out. Failures stick in t->status.
 * What stands before t->after is passed over and true: others may still come in. */
bool dtl_topk_offer(struct dtl_topk *t, const struct dtl_candidate *candidate);
/** A score that cannot enter any more, whatever the date; 0: every score still can. */
static inline uint64_t dtl_topk_below(const struct dtl_topk *t)
{
    bool full = t->n == t->k && t->k && t->order == DTL_ORDER_SCORE;
    return full && t->c[0].score > t->least ? t->c[0].score : t->least;
}
/** The candidate's date, fetched if it has to be. */
struct dtl_interval dtl_topk_date(struct dtl_topk *t, struct dtl_candidate *c);
/** Best first. */
enum dtl_status dtl_topk_finish(struct dtl_topk *t) DTL_MUST_USE;
#endif
