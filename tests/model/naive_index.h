/*
 * tests/model/naive_index.h - the archive as a plain list of articles and their words: what every
 * answer of the real engine is compared with.
 *
 * It is written to be seen right, not to be fast: a query looks at every word of every article,
 * scores are the formula of docs/decisions/0081 as it stands there, results are sorted whole. It
 * shares with the engine the analyzer, the document walk and the tree of the query, and nothing
 * else.
 */
#ifndef DTL_TESTS_NAIVE_INDEX_H
#define DTL_TESTS_NAIVE_INDEX_H
#include "common/segment/document.h"
#include "query/language/ast.h"

struct naive;

struct naive_hit {
    struct dtl_bytes id, source; /* of the article, valid until it is replaced or removed */
    struct dtl_interval date;
    uint64_t score;
    uint64_t whole; /* before it faded with age */
    size_t round;   /* how many of its period come before it, when that is the order */
};
struct naive_result { /* every match, best first; free hit */
    struct naive_hit *hit;
    size_t hits;
};
enum naive_sort { NAIVE_RELEVANCE, NAIVE_NEWEST, NAIVE_OLDEST };
struct naive_options {
    enum naive_sort sort;
    bool first_stage;   /* nearness does not score */
    uint32_t half_life; /* days in which half of a score fades; 0: none */
    dtl_day today;
    int period; /* the best of each in turn: 1 month, 2 year; 0: of all */
};

struct naive *naive_open(uint32_t title_weight);
void naive_close(struct naive *n);
size_t naive_size(const struct naive *n);
/** Add an article, or replace the one of the same source and id. */
void naive_put(struct naive *n, const struct dtl_article *a);
/** Remove by source and id; false when there is none. */
bool naive_remove(struct naive *n, struct dtl_bytes source, struct dtl_bytes id);
/** The i-th article's identity. */
void naive_identity(const struct naive *n, size_t i, struct dtl_bytes *source,
                    struct dtl_bytes *id);

void naive_search(struct naive *n, const struct dtl_query *q, const struct naive_options *o,
                  struct naive_result *out);
#endif
