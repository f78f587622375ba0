/*
 * query/plan/build.h - one segment's cursors in the making: what plan.c, placed.c and weigh.c
 * share. Private to query/plan.
 */
#ifndef DTL_PLAN_BUILD_H
#define DTL_PLAN_BUILD_H
#include "query/plan/plan.h"

struct dtl_build {
    struct dtl_plan *p;
    size_t segment;
    struct dtl_cursor_context *ctx;
    const uint8_t *lengths; /* NULL: not scored */
    double boost;           /* of the nodes around */
};

/** plan.c: NULL, noted in the context. */
struct dtl_cursor *dtl_build_no_memory(struct dtl_build *b);
/** plan.c: the lists of one word, positions and all. */
struct dtl_cursor *dtl_build_word(struct dtl_build *b, const struct dtl_word *w);

/**
 * placed.c: a node that offers places (WORD, PHRASE, OR of them, NEAR, ATLEAST), without weight;
 * NULL when it holds no word, or on failure.
 */
struct dtl_cursor *dtl_build_placed(struct dtl_build *b, const struct dtl_node *n);
/** filters.c: what an article says of itself; never scores. */
struct dtl_cursor *dtl_build_filter(struct dtl_build *b, const struct dtl_node *n);

/** weigh.c: what the matches of a node with places weigh; NULL when they score nothing. */
const struct dtl_weight *dtl_build_weight(struct dtl_build *b, const struct dtl_node *n,
                                          uint32_t times);
#endif
