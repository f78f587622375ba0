/*
 * forms_writer.c - the forms part from the variants of the TEXT terms.
 *
 * Terms come in their order, forms are needed in theirs: all are collected in one run of records
 * and sorted at the end through an array of (first eight bytes, offset). Records of one form stay
 * in the order they came in, which is the order of ordinals, because offsets break ties.
 */
#include "common/segment/forms_writer.h"

#include "common/segment/front.h"
#include "common/segment/variant_list.h"

#include <stdlib.h>

#define RECORD_HEAD 6u

struct sort_key {
    uint64_t prefix; /* big-endian: compares as the bytes do */
    uint64_t at;     /* of the record */
};

void dtl_forms_writer_release(struct dtl_forms_writer *w)
{
    dtl_buffer_release(&w->records);
    w->count = 0;
}

size_t dtl_forms_writer_memory(const struct dtl_forms_writer *w)
{
    return w->records.capacity + w->count * sizeof(struct sort_key);
}

bool dtl_forms_holds(struct dtl_bytes folded)
{
    for (size_t i = 0; i + 1 < folded.n; i++)
        if (folded.p[i] == 0xc2 && folded.p[i + 1] == 0xad)
            return false;
    return folded.n > 0;
}

enum dtl_status dtl_forms_writer_add(struct dtl_forms_writer *w, uint32_t ordinal,
                                     struct dtl_bytes term, const struct dtl_variant *v, size_t n,
                                     struct dtl_error *err)
{
    for (size_t i = 0; i < n; i++) {
        struct dtl_bytes folded = v[i].folded;
        bool known = dtl_bytes_equal(folded, term);
        for (size_t k = i > 8 ? i - 8 : 0; !known && k < i;
             k++) /* most repeats; the sort finds the rest */
            known = dtl_bytes_equal(folded, v[k].folded);
        if (known || !dtl_forms_holds(folded))
            continue;
        if (folded.n > DTL_FOLDED_MAX || w->count == UINT32_MAX)
            return dtl_fail(err, DTL_ELIMIT, ordinal, "folded form of %zu bytes", folded.n);
        dtl_buffer_u32(&w->records, ordinal);
        dtl_buffer_u16(&w->records, (uint16_t)folded.n);
        if (!dtl_buffer_append(&w->records, folded.p, folded.n))
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for printed forms");
        w->count++;
    }
    return DTL_OK;
}

static struct dtl_bytes form_at(const struct dtl_forms_writer *w, uint64_t at)
{
    const uint8_t *p = w->records.p + at;
    return dtl_bytes(p + RECORD_HEAD, dtl_load16(p + 4));
}

static int compare(const void *a, const void *b, void *ctx)
{
    const struct sort_key *x = a, *y = b;
    const struct dtl_forms_writer *w = ctx;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    int order = dtl_bytes_compare(form_at(w, x->at), form_at(w, y->at));
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static struct sort_key *sorted(struct dtl_forms_writer *w)
{
    struct sort_key *keys = malloc((w->count ? w->count : 1) * sizeof *keys);
    if (!keys)
        return NULL;
    uint64_t at = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        struct dtl_bytes form = form_at(w, at);
        uint8_t first[8] = {0};
        memcpy(first, form.p, form.n < 8 ? form.n : 8);
        keys[i] = (struct sort_key){__builtin_bswap64(dtl_load64(first)), at};
        at += RECORD_HEAD + form.n;
    }
    qsort_r(keys, w->count, sizeof *keys, compare, w);
    return keys;
}

/* The ordinals of one form: how the first differs from `before`, and whether more follow. */
static void put_ordinals(struct dtl_buffer *out, uint32_t before, const uint32_t *ordinals,
                         size_t n)
{
    int64_t step = (int64_t)ordinals[0] - before;
    uint64_t zigzag = step < 0 ? (uint64_t)(-step) * 2 - 1 : (uint64_t)step * 2;
    dtl_buffer_varint(out, zigzag << 1 | (n > 1));
    if (n > 1)
        dtl_buffer_varint(out, n - 2);
    for (size_t i = 1; i < n; i++)
        dtl_buffer_varint(out, ordinals[i] - ordinals[i - 1] - 1);
}

enum dtl_status dtl_forms_writer_finish(struct dtl_forms_writer *w, struct dtl_part_writer *part,
                                        uint32_t *forms, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_front_writer front;
    struct dtl_buffer ordinals = {0};
    uint32_t before = 0;
    dtl_front_writer_init(&front, part);
    struct sort_key *keys = sorted(w);
    if (!keys) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory to sort printed forms");
        goto out;
    }
    for (uint32_t i = 0; i < w->count;) {
        struct dtl_bytes form = form_at(w, keys[i].at);
        dtl_buffer_reset(&ordinals);
        for (uint32_t last = 0, first = i;
             i < w->count && dtl_bytes_equal(form_at(w, keys[i].at), form); i++) {
            uint32_t ordinal = dtl_load32(w->records.p + keys[i].at);
            if (i == first || ordinal != last)
                dtl_buffer_u32(&ordinals, ordinal);
            last = ordinal;
        }
        if (ordinals.failed || ordinals.n == 0) {
            st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for a form's terms");
            goto out;
        }
        if (front.count % DTL_FRONT_RESTART == 0)
            before = 0;
        if ((st = dtl_front_add(&front, form, err)) < 0)
            goto out;
        const uint32_t *o = (const void *)ordinals.p;
        put_ordinals(&front.entries, before, o, ordinals.n / sizeof *o);
        before = o[0];
    }
    if ((st = dtl_front_finish(&front, 0, err)) == DTL_OK)
        *forms = front.count;
out:
    free(keys);
    dtl_buffer_release(&ordinals);
    dtl_front_writer_release(&front);
    return st;
}
