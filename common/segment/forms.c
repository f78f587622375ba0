/*
 * forms.c - the forms dictionary, read: from a word as typed to the terms it was printed for.
 *
 * A form equal to its term is found in the term dictionary, so both answers here are unions: an
 * exact lookup asks the forms and, for each language that has terms, the term of that spelling; an
 * enumeration merges the forms with one walk over terms a language. A term counts only when one of
 * its variants folds to it: `happi` is nobody's form.
 */
#include "common/segment/forms.h"

#include "common/codec/varint.h"
#include "common/segment/forms_writer.h"
#include "common/segment/terms_private.h"
#include "common/segment/variant_list.h"

#include <stdlib.h>

#define STREAMS 64u /* languages a term may have: bits of the footer's word */

struct dtl_forms {
    struct dtl_front front;
};

static enum dtl_status open_forms(struct dtl_segment *s, struct dtl_error *err)
{
    enum dtl_status st = dtl_terms_open(s, err);
    if (st < 0 || s->forms)
        return st;
    struct dtl_forms *f = dtl_arena_alloc(s->arena, sizeof *f);
    if (!f)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a forms dictionary");
    if ((st = dtl_front_open(&f->front, &s->part[DTL_PART_FORMS], s->arena, err)) < 0)
        return st;
    if (f->front.entries != s->facts.forms)
        return dtl_fail(err, DTL_ECORRUPT, 0, "segment of %u forms has %u in its dictionary",
                        s->facts.forms, f->front.entries);
    s->forms = f;
    return DTL_OK;
}

/* ---- a walk over the forms part: key and ordinals of one entry at a time ---- */

struct form_walk {
    struct dtl_front_walk front;
    struct dtl_buffer ordinals; /* u32, of the current entry */
    uint32_t before;            /* first ordinal of the entry before */
    bool in_block;
};

/* Read the payload behind the key; its ordinals are kept when `keep`, else only stepped over. */
static enum dtl_status read_ordinals(struct form_walk *w, const struct dtl_segment *s, bool keep,
                                     struct dtl_error *err)
{
    struct dtl_reader *r = &w->front.r;
    if ((w->front.at - 1) % DTL_FRONT_RESTART == 0)
        w->before = 0;
    uint64_t code = dtl_varint(r), zigzag = code >> 1, more = 0;
    int64_t ordinal =
        (int64_t)w->before + (zigzag & 1 ? -(int64_t)(zigzag / 2) - 1 : (int64_t)(zigzag / 2));
    if (code & 1)
        more = dtl_varint(r) + 1;
    if (r->bad || more > r->n - r->at || w->front.key_bytes == 0)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "form entry without form or end");
    dtl_buffer_reset(&w->ordinals);
    for (uint64_t i = 0;; i++) {
        if (ordinal < 0 || ordinal >= (int64_t)s->facts.terms)
            return dtl_fail(err, DTL_ECORRUPT, r->at, "form of a term that is not there");
        if (keep)
            dtl_buffer_u32(&w->ordinals, (uint32_t)ordinal);
        if (i == 0)
            w->before = (uint32_t)ordinal;
        if (i == more)
            break;
        ordinal += (int64_t)dtl_varint32(r) + 1;
    }
    if (r->bad)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "form entry ends early");
    return w->ordinals.failed ? dtl_fail(err, DTL_ENOMEM, 0, "no memory for a form's terms")
                              : DTL_OK;
}

static enum dtl_status next_form(struct form_walk *w, struct dtl_segment *s,
                                 struct dtl_arena *arena, struct dtl_error *err)
{
    const struct dtl_front *f = &s->forms->front;
    enum dtl_status st = w->in_block ? dtl_front_key(&w->front, err) : DTL_END;
    if (st == DTL_END && w->in_block && w->front.block + 1 < f->blocks) {
        dtl_arena_reset(arena);
        if ((st = dtl_front_block(f, w->front.block + 1, arena, &w->front, err)) < 0)
            return st;
        st = dtl_front_key(&w->front, err);
    }
    return st == DTL_OK ? read_ordinals(w, s, true, err) : st;
}

/* Read on to the first form >= `key`. DTL_END when there is none. */
static enum dtl_status seek_form(struct form_walk *w, struct dtl_segment *s, struct dtl_bytes key,
                                 struct dtl_arena *arena, struct dtl_error *err)
{
    enum dtl_status st = dtl_front_find(&s->forms->front, key, arena, &w->front, err);
    w->in_block = st == DTL_OK;
    while (st == DTL_OK && (st = next_form(w, s, arena, err)) == DTL_OK)
        if (dtl_bytes_compare(dtl_front_key_view(&w->front), key) >= 0)
            break;
    return st;
}

/* ---- lookup ---- */

static int compare_ordinals(const void *a, const void *b)
{
    uint32_t x = dtl_load32(a), y = dtl_load32(b);
    return (x > y) - (x < y);
}

static bool term_is_a_form(const struct dtl_term *t)
{
    return t->variants && dtl_forms_holds(t->key.text) &&
           dtl_variant_list_has_term(t->variant_list);
}

/* The ordinals of one form into w->ordinals; none when the dictionary has no such form. */
static enum dtl_status find_form(struct form_walk *w, struct dtl_segment *s,
                                 struct dtl_bytes folded, struct dtl_arena *arena,
                                 struct dtl_error *err)
{
    const struct dtl_front *f = &s->forms->front;
    uint32_t candidate[DTL_FRONT_CANDIDATES];
    size_t n = 0;
    enum dtl_status st = dtl_front_candidates(f, dtl_front_hash(folded), arena, candidate, &n, err);
    if (st == DTL_END) {
        st = seek_form(w, s, folded, arena, err);
        if (st == DTL_END || !dtl_bytes_equal(dtl_front_key_view(&w->front), folded))
            dtl_buffer_reset(&w->ordinals);
        return st < 0 ? st : DTL_OK;
    }
    for (size_t i = 0; st == DTL_OK && i < n; i++) {
        uint32_t at = candidate[i] % DTL_FRONT_BLOCK, k = at - at % DTL_FRONT_RESTART;
        st = dtl_front_block(f, candidate[i] / DTL_FRONT_BLOCK, arena, &w->front, err);
        if (st == DTL_OK)
            dtl_front_to_restart(&w->front, k / DTL_FRONT_RESTART);
        for (; st == DTL_OK && k <= at; k++)
            if ((st = dtl_front_key(&w->front, err)) == DTL_OK)
                st = read_ordinals(w, s, k == at, err);
        if (st == DTL_OK && dtl_bytes_equal(dtl_front_key_view(&w->front), folded))
            return DTL_OK;
        dtl_buffer_reset(&w->ordinals);
    }
    return st < 0 ? st : DTL_OK;
}

static void add_term(struct dtl_term *term, size_t *count, const struct dtl_term *t)
{
    size_t at = (*count)++; /* few: in order of ordinals by insertion */
    for (; at > 0 && term[at - 1].ordinal > t->ordinal; at--)
        term[at] = term[at - 1];
    term[at] = *t;
}

enum dtl_status dtl_forms_terms(struct dtl_segment *s, struct dtl_bytes folded,
                                struct dtl_arena *arena, struct dtl_term **terms, size_t *count,
                                struct dtl_error *err)
{
    struct form_walk w;
    enum dtl_status st = open_forms(s, err);
    *count = 0;
    if (st < 0 || !dtl_forms_holds(folded))
        return st;
    w.ordinals = (struct dtl_buffer){0};
    w.in_block = false;
    w.before = 0;
    struct dtl_arena blocks = {0}; /* a walk forgets the blocks it has passed */
    st = find_form(&w, s, folded, &blocks, err);
    size_t n = w.ordinals.n / sizeof(uint32_t);
    uint64_t languages = dtl_terms_text_languages(s);
    struct dtl_term *room = NULL, t;
    size_t have = 0, most = n + (size_t)__builtin_popcountll(languages);
    if (st == DTL_OK && most && !(room = dtl_arena_take(arena, most * sizeof *room)))
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for a form's terms");
    for (size_t i = 0; i < n && st == DTL_OK; i++)
        if ((st = dtl_terms_at(s, dtl_load32(w.ordinals.p + 4 * i), arena, &t, err)) == DTL_OK)
            add_term(room, &have, &t);
    for (uint64_t left = languages; left && st == DTL_OK; left &= left - 1) {
        struct dtl_term_key key = {
            .field = DTL_FIELD_TEXT, .lang = (dtl_lang)__builtin_ctzll(left), .text = folded};
        st = dtl_terms_find(s, &key, arena, &t, err);
        if (st == DTL_OK && term_is_a_form(&t))
            add_term(room, &have, &t);
        else if (st == DTL_NOTFOUND)
            st = DTL_OK;
    }
    dtl_buffer_release(&w.ordinals);
    dtl_arena_release(&blocks);
    if (st == DTL_OK) {
        *terms = room;
        *count = have;
    }
    return st;
}

enum dtl_status dtl_forms_lookup(struct dtl_segment *s, struct dtl_bytes folded,
                                 struct dtl_arena *arena, uint32_t **ordinals, size_t *count,
                                 struct dtl_error *err)
{
    struct dtl_term *term = NULL;
    size_t n = 0;
    enum dtl_status st = dtl_forms_terms(s, folded, arena, &term, &n, err);
    if (st < 0)
        return st;
    uint32_t *out = dtl_arena_alloc(arena, n * sizeof *out + 1);
    if (!out)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a form's terms");
    for (size_t i = 0; i < n; i++)
        out[i] = term[i].ordinal;
    *ordinals = out;
    *count = n;
    return DTL_OK;
}

/* ---- enumeration ---- */

#define NEAR_ENTRIES 48u /* dead words are stepped over, so many; then it pays to seek */

struct dead { /* words with this beginning do not pass the test */
    uint8_t head[DTL_TERM_MAX];
    size_t bytes;
    uint32_t stepped; /* over so many of them */
};

struct stream { /* the terms of one language that are forms themselves */
    struct dtl_terms_iter it;
    struct dtl_term term;
    struct dead dead;
    bool live;
};

struct enumeration {
    struct dtl_segment *s;
    struct dtl_bytes prefix;
    dtl_form_test test; /* NULL: every word passes */
    void *test_ctx;
    struct form_walk forms;
    struct dead forms_dead;
    bool forms_live;
    struct dtl_arena arena;   /* the forms' block */
    struct dtl_buffer folded; /* the form being reported */
    struct dtl_buffer ordinals;
    size_t streams;
    struct stream stream[STREAMS];
};

enum passing { PASSES, FAILS, FAR_BEHIND }; /* the last: seek what comes after dead->head */

static enum dtl_status ask(struct enumeration *e, struct dead *d, struct dtl_bytes word,
                           enum passing *out)
{
    size_t dead = 0;
    *out = PASSES;
    if (!e->test)
        return DTL_OK;
    *out = FAILS;
    if (d->bytes && dtl_bytes_starts(word, dtl_bytes(d->head, d->bytes))) {
        if (++d->stepped == NEAR_ENTRIES)
            *out = FAR_BEHIND;
        return DTL_OK;
    }
    enum dtl_status st = e->test(e->test_ctx, word, &dead);
    if (st == DTL_OK)
        *out = PASSES;
    d->bytes = st == DTL_NOTFOUND && dead <= word.n && dead <= sizeof d->head ? dead : 0;
    if (d->bytes)
        memcpy(d->head, word.p, d->bytes);
    d->stepped = 0;
    return st == DTL_NOTFOUND ? DTL_OK : st;
}

/* The least word after all that begin with the dead one, into `d` itself; false: there is none. */
static bool pass_over(struct dead *d)
{
    while (d->bytes && d->head[d->bytes - 1] == UINT8_MAX)
        d->bytes--;
    if (d->bytes == 0)
        return false;
    d->head[d->bytes - 1]++;
    return true;
}

static enum dtl_status advance_stream(struct enumeration *e, struct stream *x, unsigned lang,
                                      struct dtl_error *err)
{
    enum dtl_status st;
    while ((st = dtl_terms_next(&x->it, &x->term, err)) == DTL_OK) {
        const struct dtl_term_key *k = &x->term.key;
        enum passing passing = PASSES;
        if (k->field != DTL_FIELD_TEXT || k->lang != lang || !dtl_bytes_starts(k->text, e->prefix))
            break;
        if ((st = ask(e, &x->dead, k->text, &passing)) < 0)
            return st;
        if (passing == PASSES && term_is_a_form(&x->term))
            return DTL_OK;
        if (passing == FAR_BEHIND) {
            if (!pass_over(&x->dead))
                break;
            struct dtl_term_key key = {.field = DTL_FIELD_TEXT,
                                       .lang = (dtl_lang)lang,
                                       .text = dtl_bytes(x->dead.head, x->dead.bytes)};
            dtl_terms_iter_release(&x->it);
            if ((st = dtl_terms_seek(&x->it, e->s, &key, err)) < 0)
                return st;
            x->dead.bytes = 0;
        }
    }
    x->live = false;
    return st < 0 ? st : DTL_OK;
}

/* From the form the walk stands at, the first that passes. */
static enum dtl_status settle_forms(struct enumeration *e, enum dtl_status st,
                                    struct dtl_error *err)
{
    while (st == DTL_OK) {
        struct dtl_bytes form = dtl_front_key_view(&e->forms.front);
        enum passing passing = PASSES;
        if (!dtl_bytes_starts(form, e->prefix)) {
            st = DTL_END;
            break;
        }
        if ((st = ask(e, &e->forms_dead, form, &passing)) < 0 || passing == PASSES)
            break;
        if (passing == FAILS) {
            st = next_form(&e->forms, e->s, &e->arena, err);
            continue;
        }
        dtl_arena_reset(&e->arena);
        st = pass_over(&e->forms_dead)
                 ? seek_form(&e->forms, e->s, dtl_bytes(e->forms_dead.head, e->forms_dead.bytes),
                             &e->arena, err)
                 : DTL_END;
        e->forms_dead.bytes = 0;
    }
    e->forms_live = st == DTL_OK;
    return st < 0 ? st : DTL_OK;
}

static enum dtl_status advance_forms(struct enumeration *e, struct dtl_error *err)
{
    return settle_forms(e, next_form(&e->forms, e->s, &e->arena, err), err);
}

static enum dtl_status start(struct enumeration *e, struct dtl_error *err)
{
    enum dtl_status st =
        settle_forms(e, seek_form(&e->forms, e->s, e->prefix, &e->arena, err), err);
    if (st < 0)
        return st;
    uint64_t languages = dtl_terms_text_languages(e->s);
    for (unsigned l = 0; l < STREAMS; l++) {
        if (!(languages >> l & 1))
            continue;
        struct stream *x = &e->stream[e->streams];
        struct dtl_term_key key = {.field = DTL_FIELD_TEXT, .lang = (dtl_lang)l, .text = e->prefix};
        if ((st = dtl_terms_seek(&x->it, e->s, &key, err)) < 0)
            return st;
        e->streams++;
        x->live = true;
        x->term.key.lang = (dtl_lang)l;
        if ((st = advance_stream(e, x, l, err)) < 0)
            return st;
    }
    return DTL_OK;
}

/* Take the least form of all streams into e->folded and e->ordinals, and step past it. DTL_END:
 * none left. */
static enum dtl_status take(struct enumeration *e, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_bytes least = {0};
    bool any = e->forms_live;
    if (any)
        least = dtl_front_key_view(&e->forms.front);
    for (size_t i = 0; i < e->streams; i++) {
        struct stream *x = &e->stream[i];
        if (x->live && (!any || dtl_bytes_compare(x->term.key.text, least) < 0)) {
            least = x->term.key.text;
            any = true;
        }
    }
    if (!any)
        return DTL_END;
    dtl_buffer_reset(&e->folded);
    dtl_buffer_reset(&e->ordinals);
    dtl_buffer_append(&e->folded, least.p, least.n);
    least = dtl_buffer_view(&e->folded);
    if (e->forms_live && dtl_bytes_equal(dtl_front_key_view(&e->forms.front), least)) {
        dtl_buffer_append(&e->ordinals, e->forms.ordinals.p, e->forms.ordinals.n);
        st = advance_forms(e, err);
    }
    for (size_t i = 0; i < e->streams && st >= 0; i++) {
        struct stream *x = &e->stream[i];
        if (x->live && dtl_bytes_equal(x->term.key.text, least)) {
            dtl_buffer_u32(&e->ordinals, x->term.ordinal);
            st = advance_stream(e, x, x->term.key.lang, err);
        }
    }
    if (st >= 0 && (e->folded.failed || e->ordinals.failed))
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for a form");
    return st;
}

enum dtl_status dtl_forms_prefix(struct dtl_segment *s, struct dtl_bytes prefix, dtl_form_fn fn,
                                 void *ctx, struct dtl_error *err)
{
    return dtl_forms_passing(s, prefix, NULL, NULL, fn, ctx, err);
}

enum dtl_status dtl_forms_passing(struct dtl_segment *s, struct dtl_bytes prefix,
                                  dtl_form_test test, void *test_ctx, dtl_form_fn fn, void *ctx,
                                  struct dtl_error *err)
{
    enum dtl_status st = open_forms(s, err);
    if (st < 0)
        return st;
    struct enumeration *e = calloc(1, sizeof *e);
    if (!e)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to walk the forms");
    e->s = s;
    e->prefix = prefix;
    e->test = test;
    e->test_ctx = test_ctx;
    st = start(e, err);
    while (st == DTL_OK && (st = take(e, err)) == DTL_OK) {
        size_t n = e->ordinals.n / sizeof(uint32_t);
        qsort(e->ordinals.p, n, sizeof(uint32_t), compare_ordinals);
        st = fn(ctx, dtl_buffer_view(&e->folded), (const void *)e->ordinals.p, n);
    }
    for (size_t i = 0; i < e->streams; i++)
        dtl_terms_iter_release(&e->stream[i].it);
    dtl_buffer_release(&e->forms.ordinals);
    dtl_buffer_release(&e->folded);
    dtl_buffer_release(&e->ordinals);
    dtl_arena_release(&e->arena);
    free(e);
    return st == DTL_END ? DTL_OK : st;
}
