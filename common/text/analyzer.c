/*
 * analyzer.c - the analyzer as others see it.
 *
 * A text is walked by masks (segments.c) as long as it is ASCII, Latin and common signs, by ICU
 * (boundaries.c) from the word before anything else to a safe place behind it. word.c says what
 * each word becomes, form_table.c remembers it, sentence.c says what begins between two. Whatever
 * the input, each byte is looked at a bounded number of times, and nothing is allocated for a
 * token.
 *
 * Invariants a caller may rely on: positions never fall; spans lie inside the text and begin where
 * the token does; form, folded and term are valid UTF-8 of 1..DTL_TERM_MAX bytes.
 */
#include "common/text/analyzer.h"

#include "common/text/fold.h"
#include "common/text/walk.h"

#include <stdlib.h>

#define LIMIT_LEAST ((size_t)256 << 10)

enum dtl_status dtl_analyzer_open(struct dtl_analyzer **out, struct dtl_error *err)
{
    struct dtl_analyzer *a = calloc(1, sizeof *a);
    if (!a || !dtl_form_table_open(&a->forms)) {
        free(a);
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for text analysis");
    }
    a->classify = dtl_classifier();
    *out = a;
    return DTL_OK;
}

void dtl_analyzer_close(struct dtl_analyzer *a)
{
    if (!a)
        return;
    dtl_words_close(&a->words);
    dtl_form_table_close(&a->forms);
    free(a);
}

void dtl_analyzer_limit(struct dtl_analyzer *a, size_t bytes)
{
    dtl_form_table_limit(&a->forms, bytes > LIMIT_LEAST ? bytes : LIMIT_LEAST);
}

size_t dtl_analyzer_memory(const struct dtl_analyzer *a)
{
    return dtl_form_table_memory(&a->forms);
}

uint64_t dtl_analyzer_epoch(const struct dtl_analyzer *a)
{
    return a->forms.epoch;
}

void dtl_analyzer_use_icu(struct dtl_analyzer *a, bool always)
{
    a->icu = always;
}

static enum dtl_status walk(struct dtl_walk *w)
{
    enum dtl_status st = DTL_OK;
    for (size_t at = 0; at < w->text.n && st == DTL_OK;) {
        bool icu = w->a->icu;
        size_t until = w->text.n;
        if (!icu) {
            st = dtl_walk_masks(w, &at, &icu);
            if (icu)
                until = dtl_segments_resume(w->text, w->a->segments.reason);
        }
        if (st == DTL_OK && icu)
            st = dtl_walk_icu(w, &at, until);
    }
    return st == DTL_OK ? dtl_walk_flush(w) : st;
}

static enum dtl_status begin(struct dtl_walk *w)
{
    w->pause = true;
    w->a->words.failed = w->a->words.unicode.failed = false;
    if (w->text.n >= UINT32_MAX)
        return dtl_fail(w->err, DTL_ELIMIT, 0, "a text of 4 GiB or more");
    return walk(w);
}

enum dtl_status dtl_analyze_instances(struct dtl_analyzer *a, struct dtl_bytes text, dtl_lang lang,
                                      uint32_t position, dtl_instances_fn fn, void *ctx,
                                      uint32_t *next, struct dtl_error *err)
{
    struct dtl_walk w = {
        .a = a, .text = text, .lang = lang, .position = position, .fn = fn, .ctx = ctx, .err = err};
    enum dtl_status st = begin(&w);
    if (st == DTL_OK && next)
        *next = w.position;
    return st;
}

enum dtl_status dtl_analyze_sifted(struct dtl_analyzer *a, struct dtl_bytes text, dtl_lang lang,
                                   const struct dtl_word_filter *sieve, dtl_instances_fn fn,
                                   void *ctx, struct dtl_error *err)
{
    struct dtl_walk w = {
        .a = a, .text = text, .lang = lang, .sieve = sieve, .fn = fn, .ctx = ctx, .err = err};
    return begin(&w);
}

void dtl_analyzer_token(const struct dtl_analyzer *a, const struct dtl_instance *instance,
                        struct dtl_token *token)
{
    struct dtl_word word;
    dtl_form_table_word(&a->forms, instance->form, &word);
    *token = (struct dtl_token){.form = word.form,
                                .folded = word.folded,
                                .term = word.term,
                                .lang = word.owner,
                                .flags = instance->flags,
                                .position = instance->position,
                                .begin = instance->begin,
                                .end = instance->end};
}

struct one_by_one {
    const struct dtl_analyzer *a;
    dtl_token_fn fn;
    void *ctx;
};

static enum dtl_status give_each(void *ctx, const struct dtl_instance *instances, size_t n)
{
    const struct one_by_one *o = ctx;
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < n && st == DTL_OK; i++) {
        struct dtl_token token;
        dtl_analyzer_token(o->a, &instances[i], &token);
        st = o->fn(o->ctx, &token);
    }
    return st;
}

enum dtl_status dtl_analyze(struct dtl_analyzer *a, struct dtl_bytes text, dtl_lang lang,
                            uint32_t position, dtl_token_fn fn, void *ctx, uint32_t *next,
                            struct dtl_error *err)
{
    struct one_by_one o = {a, fn, ctx};
    return dtl_analyze_instances(a, text, lang, position, give_each, &o, next, err);
}

/* ---- single forms ---- */

/* The form in the table, where values that come again are found again. */
static enum dtl_status look_up(struct dtl_analyzer *a, struct dtl_bytes form, dtl_lang lang,
                               struct dtl_word *word, struct dtl_error *err)
{
    a->words.failed = a->words.unicode.failed = false;
    *word = (struct dtl_word){0};
    form = dtl_form_part(form);
    if (!form.n)
        return DTL_OK;
    bool joined = memmem(form.p, form.n, "\xc2\xad", 2) != NULL;
    struct dtl_form_key key;
    dtl_form_key(&key, form, form.n, lang, joined);
    uint32_t number = dtl_form_table_find(&a->forms, &key, form);
    if (number == DTL_FORM_NONE)
        number = dtl_form_table_add(&a->forms, &a->words, &key, form, lang, joined);
    if (number == DTL_FORM_NONE && !a->words.failed && dtl_form_table_relieve(&a->forms))
        number = dtl_form_table_add(&a->forms, &a->words, &key, form, lang, joined);
    if (number == DTL_FORM_NONE)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for text analysis");
    dtl_form_table_word(&a->forms, number, word);
    return DTL_OK;
}

enum dtl_status dtl_analyzer_term(struct dtl_analyzer *a, struct dtl_bytes form, dtl_lang lang,
                                  struct dtl_bytes *term, dtl_lang *owner, struct dtl_error *err)
{
    struct dtl_word word;
    enum dtl_status st = look_up(a, form, lang, &word, err);
    *term = word.term;
    *owner = word.owner;
    return st;
}

enum dtl_status dtl_fold_view(struct dtl_analyzer *a, struct dtl_bytes form,
                              struct dtl_bytes *folded, struct dtl_error *err)
{
    struct dtl_word word;
    enum dtl_status st = look_up(a, form, 0, &word, err);
    *folded = word.folded;
    return st;
}

static enum dtl_status copy_out(struct dtl_analyzer *a, struct dtl_bytes from,
                                struct dtl_arena *arena, struct dtl_bytes *out,
                                struct dtl_error *err)
{
    char *p = a->words.failed
                  ? NULL
                  : dtl_arena_strndup(arena, from.n ? (const char *)from.p : "", from.n);
    if (!p)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for text analysis");
    *out = dtl_bytes(p, from.n);
    return DTL_OK;
}

enum dtl_status dtl_fold(struct dtl_analyzer *a, struct dtl_bytes form, struct dtl_arena *arena,
                         struct dtl_bytes *folded, struct dtl_error *err)
{
    struct dtl_bytes view;
    enum dtl_status st = dtl_fold_view(a, form, &view, err);
    return st == DTL_OK ? copy_out(a, view, arena, folded, err) : st;
}

enum dtl_status dtl_nfc(struct dtl_analyzer *a, struct dtl_bytes form, struct dtl_arena *arena,
                        struct dtl_bytes *nfc, struct dtl_error *err)
{
    uint8_t out[DTL_TERM_MAX];
    a->words.failed = a->words.unicode.failed = false;
    size_t n = dtl_form_of(&a->words.unicode, form, true, out, sizeof out);
    a->words.failed |= a->words.unicode.failed;
    return copy_out(a, dtl_bytes(out, n), arena, nfc, err);
}

enum dtl_status dtl_analyzer_literal(struct dtl_analyzer *a, struct dtl_bytes form,
                                     bool letter_case, bool accents, uint8_t *out,
                                     struct dtl_bytes *literal, struct dtl_error *err)
{
    a->words.failed = a->words.unicode.failed = false;
    *literal = dtl_bytes(out, dtl_word_literal(&a->words, form, letter_case, accents, out));
    if (a->words.unicode.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for text analysis");
    return DTL_OK;
}
