/* indexer/article/recognise.h - which forms of articles there are, and which one a stream is of. */
#ifndef DTL_ARTICLE_RECOGNISE_H
#define DTL_ARTICLE_RECOGNISE_H
#include "indexer/input/members.h"

struct dtl_intake_form { /* what is told of a format reader */
    const char *name, *summary;
    int confidence; /* 1..100 */
};

/** The i-th reader, from 0; false behind the last. */
bool dtl_intake_form_at(size_t i, struct dtl_intake_form *out);

/** The reader whose bid for the stream is highest, with that bid. DTL_NOTFOUND: nobody bids. Else
 * as dtl_input_peek. */
enum dtl_status dtl_intake_form_of(const struct dtl_stream *s, struct dtl_intake_form *out,
                                   struct dtl_error *err) DTL_MUST_USE;
#endif
