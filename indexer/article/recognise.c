/* recognise.c - the table of readers as those see it who read nothing. */
#include "indexer/article/recognise.h"

#include "indexer/format/format.h"

static struct dtl_intake_form form_of(const struct dtl_format *f, int confidence)
{
    return (struct dtl_intake_form){f->name, f->summary, confidence};
}

bool dtl_intake_form_at(size_t i, struct dtl_intake_form *out)
{
    size_t n = 0;
    while (dtl_formats[n])
        n++;
    if (i >= n)
        return false;
    *out = form_of(dtl_formats[i], dtl_formats[i]->confidence);
    return true;
}

enum dtl_status dtl_intake_form_of(const struct dtl_stream *s, struct dtl_intake_form *out,
                                   struct dtl_error *err)
{
    const struct dtl_format *format = &dtl_format_wet;
    int confidence = 100; /* what holds it says so */
    enum dtl_status st = DTL_OK;
    if (!s->is_text)
        st = dtl_format_choose(s->in, s->path, &format, &confidence, err);
    if (st == DTL_OK)
        *out = form_of(format, confidence);
    return st;
}
