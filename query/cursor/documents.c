/* documents.c - a few documents known by number. */
#include "query/cursor/list.h"

#include <stdlib.h>

struct documents {
    struct dtl_cursor c;
    const dtl_doc *doc; /* rising */
    size_t n, at;
};

static dtl_doc documents_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct documents *d = (struct documents *)c;
    while (d->at < d->n && d->doc[d->at] < target)
        d->at++;
    return d->at < d->n ? d->doc[d->at] : DTL_DOC_END;
}

static uint64_t no_score(struct dtl_cursor *c)
{
    (void)c;
    return 0;
}

static int by_number(const void *x, const void *y)
{
    dtl_doc a = *(const dtl_doc *)x, b = *(const dtl_doc *)y;
    return (a > b) - (a < b);
}

struct dtl_cursor *dtl_cursor_documents(struct dtl_cursor_context *ctx, dtl_doc *doc, size_t n)
{
    static const struct dtl_cursor_ops ops = {.seek = documents_seek, .score = no_score};
    struct documents *d = dtl_cursor_new(ctx, sizeof *d, &ops, n);
    if (!d)
        return NULL;
    if (n > 1)
        qsort(doc, n, sizeof *doc, by_number);
    d->doc = doc;
    d->n = n;
    return &d->c;
}
