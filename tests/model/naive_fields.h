/* tests/model/naive_fields.h - filters on what an article says of itself, asked of the article. */
#ifndef DTL_TESTS_NAIVE_FIELDS_H
#define DTL_TESTS_NAIVE_FIELDS_H
#include "tests/model/naive.h"

/** FIELD, NUMBER, CALENDAR and ADDED nodes. */
bool naive_filter_holds(const struct query *q, const struct dtl_node *n, const struct article *a);
#endif
