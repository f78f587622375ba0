/*
 * terms_writer.c - the terms part as a stream.
 *
 * A key on disk is field byte, language byte, term: byte order is then the order of terms. At every
 * restart the payload begins with where its lists stand, absolute for a block's first entry and
 * relative to that one for the others, so that a search need not add up the sizes of a whole block.
 */
#include "common/segment/terms_writer.h"

void dtl_terms_writer_init(struct dtl_terms_writer *w, struct dtl_part_writer *part)
{
    *w = (struct dtl_terms_writer){.key = {0}};
    dtl_front_writer_init(&w->front, part);
}

void dtl_terms_writer_release(struct dtl_terms_writer *w)
{
    dtl_front_writer_release(&w->front);
    dtl_buffer_release(&w->key);
}

size_t dtl_terms_writer_memory(const struct dtl_terms_writer *w)
{
    return dtl_front_writer_memory(&w->front) + w->key.capacity;
}

enum dtl_status dtl_terms_writer_add(struct dtl_terms_writer *w, const struct dtl_term *t,
                                     const struct dtl_variant *v, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    uint32_t at = w->front.count % DTL_FRONT_BLOCK;
    if (t->key.text.n > DTL_TERM_MAX)
        return dtl_fail(err, DTL_ELIMIT, w->front.count, "term of %zu bytes", t->key.text.n);
    if (!t->is_inline) {
        if (t->postings_at != w->now.postings ||
            (t->has_positions && t->positions_at != w->now.positions) ||
            (t->variants > 1 && t->variants_at != w->now.variants))
            return dtl_fail(err, DTL_EUSAGE, w->front.count,
                            "list is not where the last one ended");
    }
    dtl_buffer_reset(&w->key);
    dtl_buffer_byte(&w->key, t->key.field);
    dtl_buffer_byte(&w->key, t->key.lang);
    if (!dtl_buffer_append(&w->key, t->key.text.p, t->key.text.n))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a term");
    if ((st = dtl_front_add(&w->front, dtl_buffer_view(&w->key), err)) < 0)
        return st;
    struct dtl_buffer *out = &w->front.entries;
    if (at % DTL_FRONT_RESTART == 0) {
        if (at == 0)
            w->base = (struct dtl_list_ends){0};
        dtl_buffer_varint(out, w->now.postings - w->base.postings);
        dtl_buffer_varint(out, w->now.positions - w->base.positions);
        dtl_buffer_varint(out, w->now.variants - w->base.variants);
        if (at == 0)
            w->base = w->now;
    }
    if ((st = dtl_term_entry_encode(out, t, v, err)) < 0)
        return st;
    w->now.postings += t->is_inline ? 0 : t->postings_bytes;
    w->now.positions += t->is_inline ? 0 : t->positions_bytes;
    w->now.variants += t->is_inline ? 0 : t->variants_bytes;
    if (t->key.field == DTL_FIELD_TEXT && t->key.lang < 64)
        w->text_languages |= UINT64_C(1) << t->key.lang;
    return DTL_OK;
}

enum dtl_status dtl_terms_writer_finish(struct dtl_terms_writer *w, struct dtl_error *err)
{
    return dtl_front_finish(&w->front, w->text_languages, err);
}
