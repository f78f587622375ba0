/*
 * tests/model/random_text.h - invented articles and queries that meet often: few words, many forms
 * of each, several languages, all five zones of date precision.
 */
#ifndef DTL_TESTS_RANDOM_TEXT_H
#define DTL_TESTS_RANDOM_TEXT_H
#include "common/segment/article.h"
#include "query/language/ast.h"
#include "tests/unit/random.h"

/** An article; `identities` ids are in use, so some are fed again. Views into `arena`. */
void random_article(struct random *r, uint32_t identities, struct dtl_arena *arena,
                    struct dtl_article *out);
/** A query as a tree, as the parser could have built it. */
struct dtl_query *random_query(struct random *r, struct dtl_arena *arena);
#endif
