/*
 * variant_list.c - printed forms in about a byte each.
 *
 * Nearly every printed form is its folded form in lower case, with a capital, or in capitals,
 * perhaps with a typographic apostrophe; and a folded form is mostly the term, or the term with
 * another ending. So a variant is a head (more follow? letters, apostrophe, which folded form) and
 * what the head cannot say. Forms of one folded form name it by number. Where no mapping gives the
 * printed form, it is the folded one with its middle replaced.
 *
 * Canonical: the writer takes the first mapping that fits, the longest common prefix, then the
 * longest common suffix, and names a folded form that has occurred before by its number.
 */
#include "common/segment/variant_list.h"

#include "common/codec/varint.h"
#include "common/segment/lettercase.h"

#include <stdlib.h>

#define MORE      1u
#define CASE_AT   1u
#define CASE_MASK 3u
#define CURLY     8u
#define REF_AT    4u
#define REF_TERM  0u /* the term itself */
#define REF_NEW   1u /* described here */
#define REF_FIRST 2u /* the first one described in this list, then the second, ... */
#define REF_REACH                                                                                  \
    100u /* folded forms a variant may name: keeps writing linear whatever an archive holds */
#define NIBBLE 15u

static size_t common_prefix(struct dtl_bytes a, struct dtl_bytes b)
{
    size_t n = a.n < b.n ? a.n : b.n, i = 0;
    while (i < n && a.p[i] == b.p[i])
        i++;
    return i;
}

static void put_nibbles(struct dtl_buffer *out, size_t low, size_t high)
{
    dtl_buffer_byte(
        out, (uint8_t)((low < NIBBLE ? low : NIBBLE) | (high < NIBBLE ? high : NIBBLE) << 4));
    if (low >= NIBBLE)
        dtl_buffer_varint(out, low - NIBBLE);
    if (high >= NIBBLE)
        dtl_buffer_varint(out, high - NIBBLE);
}

static void read_nibbles(struct dtl_reader *r, size_t *low, size_t *high)
{
    uint8_t b = dtl_byte(r);
    *low = b & NIBBLE;
    *high = b >> 4;
    if (*low == NIBBLE)
        *low += dtl_varint32(r);
    if (*high == NIBBLE)
        *high += dtl_varint32(r);
}

/* The first letters and apostrophe that print `v` from its folded form; DTL_CASE_LITERAL when none
 * does. */
static enum dtl_status find_letters(const struct dtl_variant *v, struct dtl_buffer *scratch,
                                    enum dtl_letter_case *letters, bool *curly,
                                    struct dtl_error *err)
{
    for (unsigned c = 0; c < 2; c++)
        for (unsigned k = DTL_CASE_FOLDED; k < DTL_CASE_LITERAL; k++) {
            dtl_buffer_reset(scratch);
            if (!dtl_letter_case_apply(scratch, v->folded, (enum dtl_letter_case)k, c == 1))
                return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a printed form");
            if (dtl_bytes_equal(dtl_buffer_view(scratch), v->form)) {
                *letters = (enum dtl_letter_case)k;
                *curly = c == 1;
                return DTL_OK;
            }
        }
    *letters = DTL_CASE_LITERAL;
    *curly = false;
    return DTL_OK;
}

static void put_literal(struct dtl_buffer *out, struct dtl_bytes form, struct dtl_bytes folded)
{
    size_t prefix = common_prefix(form, folded), suffix = 0;
    while (suffix < form.n - prefix && suffix < folded.n - prefix &&
           form.p[form.n - 1 - suffix] == folded.p[folded.n - 1 - suffix])
        suffix++;
    put_nibbles(out, prefix, suffix);
    dtl_buffer_varint(out, form.n - prefix - suffix);
    dtl_buffer_append(out, form.p + prefix, form.n - prefix - suffix);
}

enum dtl_status dtl_variant_list_encode(struct dtl_buffer *out, struct dtl_bytes term,
                                        const struct dtl_variant *v, size_t n,
                                        struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_buffer scratch = {0};
    uint32_t *described = NULL; /* variants that described a folded form, in order */
    size_t known = 0;
    if (n > 2 && !(described = malloc(n * sizeof *described))) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for %zu variants", n);
        goto out;
    }
    uint32_t two[2];
    uint32_t *list = described ? described : two;
    for (size_t i = 0; i < n; i++) {
        if (v[i].folded.n > DTL_FOLDED_MAX || v[i].form.n > DTL_FOLDED_MAX) {
            st = dtl_fail(err, DTL_ELIMIT, 0, "printed form of %zu bytes", v[i].folded.n);
            goto out;
        }
        enum dtl_letter_case letters = DTL_CASE_LITERAL;
        bool curly = false;
        if ((st = find_letters(&v[i], &scratch, &letters, &curly, err)) < 0)
            goto out;
        size_t ref = REF_NEW;
        if (dtl_bytes_equal(v[i].folded, term))
            ref = REF_TERM;
        for (size_t k = 0; ref == REF_NEW && k < known && k < REF_REACH; k++)
            if (dtl_bytes_equal(v[i].folded, v[list[k]].folded))
                ref = REF_FIRST + k;
        dtl_buffer_varint(out, (uint64_t)ref << REF_AT | (curly ? CURLY : 0) |
                                   (unsigned)letters << CASE_AT | (i + 1 < n ? MORE : 0));
        if (ref == REF_NEW) {
            size_t shared = common_prefix(term, v[i].folded);
            put_nibbles(out, term.n - shared, v[i].folded.n - shared);
            dtl_buffer_append(out, v[i].folded.p + shared, v[i].folded.n - shared);
            list[known++] = (uint32_t)i;
        }
        if (letters == DTL_CASE_LITERAL)
            put_literal(out, v[i].form, v[i].folded);
    }
    if (out->failed)
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for a variant list");
out:
    free(described);
    dtl_buffer_release(&scratch);
    return st;
}

static bool counts_follow(uint32_t n, uint32_t df, uint64_t tf_total)
{
    return n == 1 && tf_total == df;
}

bool dtl_variant_counts_encode(struct dtl_buffer *out, const struct dtl_variant *v, size_t n,
                               uint32_t df, uint64_t tf_total)
{
    if (!counts_follow((uint32_t)n, df, tf_total))
        for (size_t i = 0; i < n; i++)
            dtl_buffer_varint(out, v[i].count);
    return !out->failed;
}

struct head { /* one variant as read; views into the list */
    bool more, curly;
    enum dtl_letter_case letters;
    uint64_t ref;
    size_t drop;             /* REF_NEW: bytes of the term that are not shared */
    struct dtl_bytes suffix; /* REF_NEW: what follows the shared bytes */
    size_t prefix, tail;     /* LITERAL: bytes of the folded form kept at either end */
    struct dtl_bytes middle; /* LITERAL: what stands between them */
};

static void read_head(struct dtl_reader *r, struct head *h)
{
    uint64_t code = dtl_varint(r);
    *h = (struct head){.more = code & MORE,
                       .curly = code & CURLY,
                       .letters = (enum dtl_letter_case)(code >> CASE_AT & CASE_MASK),
                       .ref = code >> REF_AT};
    if (h->ref == REF_NEW) {
        size_t bytes = 0;
        read_nibbles(r, &h->drop, &bytes);
        h->suffix = dtl_take(r, bytes);
    }
    if (h->letters == DTL_CASE_LITERAL) {
        read_nibbles(r, &h->prefix, &h->tail);
        h->middle = dtl_take(r, dtl_varint32(r));
    }
}

enum dtl_status dtl_variant_list_skip(struct dtl_reader *r, uint32_t *n, struct dtl_error *err)
{
    uint32_t count = 0;
    struct head h;
    do {
        read_head(r, &h);
        count++;
    } while (h.more && !r->bad);
    if (r->bad)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "variant list ends early");
    *n = count;
    return DTL_OK;
}

enum dtl_status dtl_variant_counts_skip(struct dtl_reader *r, uint32_t n, uint32_t df,
                                        uint64_t tf_total, struct dtl_error *err)
{
    if (!counts_follow(n, df, tf_total))
        for (uint32_t i = 0; i < n && !r->bad; i++)
            dtl_varint32(r);
    return r->bad ? dtl_fail(err, DTL_ECORRUPT, r->at, "variant counts end early") : DTL_OK;
}

bool dtl_variant_list_has_term(struct dtl_bytes list)
{
    struct dtl_reader r = dtl_reader_of(list);
    struct head h;
    do {
        read_head(&r, &h);
        if (h.ref == REF_TERM && !r.bad)
            return true;
    } while (h.more && !r.bad);
    return false;
}

bool dtl_variant_list_keeps(struct dtl_bytes list, size_t term_bytes, size_t n)
{
    struct dtl_reader r = dtl_reader_of(list);
    struct head h;
    do {
        read_head(&r, &h); /* a reference to one described before says what that one said */
        if (r.bad || (h.ref == REF_NEW && (h.drop > term_bytes || term_bytes - h.drop < n)))
            return false;
        for (size_t i = 0; h.ref == REF_NEW && i < h.suffix.n; i++)
            if (h.suffix.p[i] == 0xad) /* of U+00AD, or of a character that is rare */
                return false;
    } while (h.more);
    return true;
}

static struct dtl_bytes join(struct dtl_arena *arena, struct dtl_bytes a, struct dtl_bytes b,
                             struct dtl_bytes c)
{
    uint8_t *p = dtl_arena_alloc(arena, a.n + b.n + c.n + 1);
    if (!p)
        return (struct dtl_bytes){0};
    if (a.n)
        memcpy(p, a.p, a.n);
    if (b.n)
        memcpy(p + a.n, b.p, b.n);
    if (c.n)
        memcpy(p + a.n + b.n, c.p, c.n);
    return dtl_bytes(p, a.n + b.n + c.n);
}

struct decoding {
    struct dtl_arena *arena;
    struct dtl_bytes term;
    struct dtl_bytes *described; /* folded forms described so far */
    uint64_t known;
    struct dtl_buffer scratch;
};

static enum dtl_status decode_folded(struct decoding *d, const struct head *h,
                                     struct dtl_bytes *folded, struct dtl_error *err)
{
    if (h->ref == REF_TERM) {
        *folded = d->term;
    } else if (h->ref == REF_NEW) {
        if (h->drop > d->term.n || d->term.n - h->drop + h->suffix.n > DTL_FOLDED_MAX)
            return dtl_fail(err, DTL_ECORRUPT, 0, "folded form does not fit its term");
        *folded = join(d->arena, dtl_bytes(d->term.p, d->term.n - h->drop), h->suffix,
                       (struct dtl_bytes){0});
        if (!folded->p)
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a folded form");
        d->described[d->known++] = *folded;
    } else {
        if (h->ref - REF_FIRST >= d->known)
            return dtl_fail(err, DTL_ECORRUPT, 0, "variant names a folded form not yet described");
        *folded = d->described[h->ref - REF_FIRST];
    }
    return DTL_OK;
}

static enum dtl_status decode_form(struct decoding *d, const struct head *h,
                                   struct dtl_bytes folded, struct dtl_bytes *form,
                                   struct dtl_error *err)
{
    struct dtl_bytes none = {0};
    if (h->letters == DTL_CASE_FOLDED && !h->curly) {
        *form = folded;
    } else if (h->letters == DTL_CASE_LITERAL) {
        if (h->prefix > folded.n || h->tail > folded.n - h->prefix || h->curly)
            return dtl_fail(err, DTL_ECORRUPT, 0, "printed form does not fit its folded form");
        *form = join(d->arena, dtl_bytes(folded.p, h->prefix), h->middle,
                     dtl_bytes(folded.p + (folded.n - h->tail), h->tail));
    } else {
        dtl_buffer_reset(&d->scratch);
        if (!dtl_letter_case_apply(&d->scratch, folded, h->letters, h->curly))
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a printed form");
        *form = join(d->arena, dtl_buffer_view(&d->scratch), none, none);
    }
    return form->p || form->n == 0 ? DTL_OK
                                   : dtl_fail(err, DTL_ENOMEM, 0, "no memory for a printed form");
}

enum dtl_status dtl_term_variants(const struct dtl_term *t, struct dtl_arena *arena,
                                  struct dtl_variant **out, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_reader r = dtl_reader_of(t->variant_list);
    struct dtl_reader counts = dtl_reader_of(t->variant_counts);
    struct decoding d = {.arena = arena};
    uint32_t n = t->variants;
    if (n > t->variant_list.n) /* each takes a byte at least: bounds what is allocated */
        return dtl_fail(err, DTL_ECORRUPT, 0, "%u variants in %zu bytes", n, t->variant_list.n);
    struct dtl_variant *v = dtl_arena_alloc(arena, (n ? n : 1) * sizeof *v);
    d.described = dtl_arena_alloc(arena, (n ? n : 1) * sizeof *d.described);
    d.term = join(arena, t->key.text, (struct dtl_bytes){0}, (struct dtl_bytes){0});
    if (!v || !d.described || !d.term.p) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for %u variants", n);
        goto out;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct head h;
        read_head(&r, &h);
        if (r.bad || h.more != (i + 1 < n)) {
            st = dtl_fail(err, DTL_ECORRUPT, r.at, "variant list ends early");
            goto out;
        }
        if ((st = decode_folded(&d, &h, &v[i].folded, err)) < 0 ||
            (st = decode_form(&d, &h, v[i].folded, &v[i].form, err)) < 0)
            goto out;
        v[i].count = counts_follow(n, t->df, t->tf_total) ? t->df : dtl_varint32(&counts);
    }
    if (counts.bad) {
        st = dtl_fail(err, DTL_ECORRUPT, counts.at, "variant counts end early");
        goto out;
    }
    *out = v;
out:
    dtl_buffer_release(&d.scratch);
    return st;
}
