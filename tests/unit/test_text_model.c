/*
 * The analyzer against slower models of itself, over real text: a form gives its token back,
 * windows cannot be seen, sentences are ICU's, the ASCII shortcut is ICU's casefold. The whole
 * program runs with a hostile environment: nothing of it may show.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/utf8.h"
#include "common/text/analyzer.h"
#include "common/text/unicode.h"
#include "tests/unit/sample_text.h"

#include <unicode/ubrk.h>

static struct dtl_analyzer *analyzer, *second;

/* ---- a form gives its token back ---- */

struct checked {
    struct dtl_bytes text;
    dtl_lang lang;
    uint32_t next, tokens;
    size_t end;
    struct dtl_arena arena;
};

static enum dtl_status check_token(void *ctx, const struct dtl_token *t)
{
    struct checked *c = ctx;
    const struct dtl_bytes all[] = {t->form, t->folded, t->term};
    for (size_t i = 0; i < 3; i++) {
        assert_in_range(all[i].n, 1, DTL_TERM_MAX);
        assert_int_equal(dtl_utf8_valid_prefix(all[i]), all[i].n);
    }
    assert_true(t->begin < t->end && t->end <= c->text.n);
    assert_true((c->text.p[t->begin] & 0xc0) != 0x80);
    assert_true(!(t->flags & DTL_TOKEN_PARAGRAPH) || (t->flags & DTL_TOKEN_SENTENCE));
    if (t->flags & DTL_TOKEN_JOINED) {
        assert_int_equal(t->flags, DTL_TOKEN_JOINED);
        assert_int_equal(t->position + 1, c->next);
        assert_non_null(memmem(t->folded.p, t->folded.n, "\xc2\xad", 2));
    } else {
        assert_int_equal(t->position, c->next++);
        assert_null(memmem(t->form.p, t->form.n, "\xc2\xad", 2));
    }
    if (c->tokens++ == 0)
        assert_true(t->flags & DTL_TOKEN_PARAGRAPH);

    struct dtl_bytes term = {0}, again = {0};
    dtl_lang owner = 99;
    assert_int_equal(dtl_analyzer_term(second, t->form, c->lang, &term, &owner, NULL), DTL_OK);
    assert_true(dtl_bytes_equal(term, t->term));
    assert_int_equal(owner, t->lang);
    assert_int_equal(dtl_fold(second, t->form, &c->arena, &again, NULL), DTL_OK);
    assert_true(dtl_bytes_equal(again, t->folded));
    assert_int_equal(dtl_nfc(second, t->form, &c->arena, &again, NULL), DTL_OK);
    assert_true(dtl_bytes_equal(again, t->form));
    if (t->folded.n < 200) { /* cut ones may lose what their last characters hung on */
        assert_int_equal(dtl_fold(second, t->folded, &c->arena, &again, NULL), DTL_OK);
        assert_true(dtl_bytes_equal(again, t->folded));
    }
    if (!t->lang && !(t->flags & DTL_TOKEN_JOINED))
        assert_true(dtl_bytes_equal(t->term, t->folded));
    dtl_arena_reset(&c->arena);
    return DTL_OK;
}

static void check_forms(struct dtl_bytes text, dtl_lang lang)
{
    struct checked c = {.text = text, .lang = lang, .next = 5};
    uint32_t next = 0;
    assert_int_equal(dtl_analyze(analyzer, text, lang, 5, check_token, &c, &next, NULL), DTL_OK);
    assert_int_equal(next, c.next);
    dtl_arena_release(&c.arena);
}

static void every_token_is_what_its_form_gives(void **state)
{
    (void)state;
    each_text("every_token_is_what_its_form_gives", check_forms);
}

/* ---- windows cannot be seen ---- */

struct digest {
    uint64_t sum, tokens;
    uint32_t shift;
};

static void mix(struct digest *d, const void *p, size_t n)
{
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++)
        d->sum = (d->sum ^ b[i]) * UINT64_C(0x100000001b3);
}

static enum dtl_status digest_token(void *ctx, const struct dtl_token *t)
{
    struct digest *d = ctx;
    uint32_t numbers[] = {t->position, t->begin - d->shift, t->end - d->shift, t->flags, t->lang};
    d->tokens++;
    mix(d, numbers, sizeof numbers);
    mix(d, t->form.p, t->form.n);
    mix(d, t->folded.p, t->folded.n);
    mix(d, t->term.p, t->term.n);
    return DTL_OK;
}

static bool has_long_line_without_blank(struct dtl_bytes text)
{
    size_t run =
        0; /* where windows are cut inside Thai and such, segmentation may differ a little */
    for (size_t i = 0; i < text.n; i++) {
        run = text.p[i] == ' ' || text.p[i] == '\n' ? 0 : run + 1;
        if (run > 3000)
            return true;
    }
    return false;
}

static void check_shift(struct dtl_bytes text, dtl_lang lang)
{
    if (has_long_line_without_blank(text))
        return;
    static const uint32_t shifts[] = {0, 1, 777, 4095, 8191};
    struct digest first = {0};
    uint8_t *moved = malloc(text.n + 8192);
    assert_non_null(moved);
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        struct digest d = {.shift = shifts[i]};
        memset(moved, '\n', shifts[i]);
        if (text.n)
            memcpy(moved + shifts[i], text.p, text.n);
        if (shifts[i])
            moved[0] = '.';
        assert_int_equal(dtl_analyze(i % 2 ? second : analyzer,
                                     dtl_bytes(moved, shifts[i] + text.n), lang, 0, digest_token,
                                     &d, NULL, NULL),
                         DTL_OK);
        if (i == 0)
            first = d;
        assert_int_equal(d.tokens, first.tokens);
        assert_true(d.sum == first.sum);
    }
    free(moved);
}

static void windows_cannot_be_seen(void **state)
{
    (void)state;
    each_text("windows_cannot_be_seen", check_shift);
}

/* ---- sentences are ICU's, with line ends as blanks and empty lines as paragraphs ---- */

struct begins {
    UBreakIterator *sentences;
    const uint32_t *unit_of; /* by byte */
    uint32_t previous_end;   /* unit */
    bool any;
};

static enum dtl_status compare_sentence(void *ctx, const struct dtl_token *t)
{
    struct begins *b = ctx;
    if (t->flags & DTL_TOKEN_JOINED)
        return DTL_OK;
    int32_t begin = (int32_t)b->unit_of[t->begin];
    if (b->any && begin >= (int32_t)b->previous_end) {
        bool expected = ubrk_isBoundary(b->sentences, begin) ||
                        ubrk_preceding(b->sentences, begin) > (int32_t)b->previous_end;
        bool found = (t->flags & DTL_TOKEN_SENTENCE) != 0;
        if (expected != found)
            fail_msg("sentence at byte %u: ICU says %d, we say %d", t->begin, expected, found);
    }
    b->any = true;
    b->previous_end = b->unit_of[t->end];
    return DTL_OK;
}

static void check_sentences(struct dtl_bytes text, dtl_lang lang)
{
    UChar *units = malloc((2 * text.n + 2) * sizeof *units);
    uint32_t *unit_of = malloc((text.n + 1) * sizeof *unit_of);
    assert_non_null(units);
    assert_non_null(unit_of);
    size_t n = 0;
    bool line_open = false;
    for (size_t i = 0; i < text.n;) {
        size_t at = i;
        UChar32 c = (UChar32)dtl_utf8_next(text, &i);
        for (; at < i; at++)
            unit_of[at] = (uint32_t)n;
        int kind = u_getIntPropertyValue(c, UCHAR_SENTENCE_BREAK);
        if (c == 0x2029) {
            line_open = false;
        } else if (c == '\r' && i < text.n && text.p[i] == '\n') {
            c = ' ';
        } else if (kind == U_SB_SEP || kind == U_SB_LF || kind == U_SB_CR || c == '\f') {
            c = line_open ? 0x2029 : ' ';
            line_open = true;
        } else if (kind != U_SB_SP && kind != U_SB_EXTEND && kind != U_SB_FORMAT) {
            line_open = false;
        }
        dtl_utf16_put(units, &n, c);
    }
    unit_of[text.n] = (uint32_t)n;
    UErrorCode e = U_ZERO_ERROR;
    struct begins b = {.unit_of = unit_of};
    b.sentences = ubrk_open(UBRK_SENTENCE, "root", units, (int32_t)n, &e);
    assert_true(U_SUCCESS(e));
    assert_int_equal(dtl_analyze(analyzer, text, lang, 0, compare_sentence, &b, NULL, NULL),
                     DTL_OK);
    ubrk_close(b.sentences);
    free(units);
    free(unit_of);
}

static void sentences_are_those_of_icu(void **state)
{
    (void)state;
    each_text("sentences_are_those_of_icu", check_sentences);
}

/* ---- the ASCII shortcut ---- */

static void ascii_words_come_out_as_if_icu_had_done_them(void **state)
{
    (void)state;
    struct random r = random_start("ascii_words_come_out_as_if_icu_had_done_them");
    struct dtl_arena arena = {0};
    for (unsigned i = 0; i < 20000; i++) {
        char word[40], other[48];
        size_t n = 1 + random_below(&r, 30), m = 0;
        for (size_t k = 0; k < n; k++)
            word[k] = (char)(33 + random_below(&r, 94));
        if (i % 2)
            for (size_t k = 0; k < n; k++)
                word[k] = (char)("aeionrstlsSING'.y"[random_below(&r, 17)]);
        /* a ZWNJ sends the word the long way round, where casefolding drops it */
        size_t where = random_below(&r, (uint32_t)n);
        memcpy(other, word, where);
        memcpy(other + where, "\xe2\x80\x8c", 3);
        memcpy(other + where + 3, word + where, n - where);
        m = n + 3;
        struct dtl_bytes a = {0}, b = {0};
        dtl_lang lang = (dtl_lang)random_below(&r, 29), x = 0, y = 0;
        assert_int_equal(dtl_fold(analyzer, dtl_bytes(word, n), &arena, &a, NULL), DTL_OK);
        assert_int_equal(dtl_fold(analyzer, dtl_bytes(other, m), &arena, &b, NULL), DTL_OK);
        assert_true(dtl_bytes_equal(a, b));
        assert_int_equal(dtl_analyzer_term(analyzer, dtl_bytes(word, n), lang, &a, &x, NULL),
                         DTL_OK);
        assert_int_equal(dtl_analyzer_term(second, dtl_bytes(other, m), lang, &b, &y, NULL),
                         DTL_OK);
        assert_int_equal(x, y);
        assert_true(dtl_bytes_equal(a, b));
        dtl_arena_reset(&arena);
    }
    dtl_arena_release(&arena);
}

/* ---- the cache ---- */

static enum dtl_status ignore_token(void *ctx, const struct dtl_token *t)
{
    (void)ctx;
    (void)t;
    return DTL_OK;
}

static void a_full_cache_is_emptied_and_nothing_changes(void **state)
{
    (void)state;
    static const char text[] = "Caf\xc3\xa9s and elec-\ntions in M\xc3\xbcnchen";
    struct digest before = {0}, after = {0};
    assert_int_equal(dtl_analyze(analyzer, DTL_LITERAL(text), lang_of("en"), 0, digest_token,
                                 &before, NULL, NULL),
                     DTL_OK);
    struct dtl_buffer words = {0};
    for (unsigned i = 0; i < 200000; i++)
        dtl_buffer_format(&words, "word%c%c%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26,
                          'A' + i / 676 % 26, 'a' + i / 17576 % 26, 'a' + i % 7);
    assert_int_equal(dtl_analyze(analyzer, dtl_buffer_view(&words), lang_of("en"), 0, ignore_token,
                                 NULL, NULL, NULL),
                     DTL_OK);
    assert_int_equal(dtl_analyze(analyzer, DTL_LITERAL(text), lang_of("en"), 0, digest_token,
                                 &after, NULL, NULL),
                     DTL_OK);
    assert_true(before.sum == after.sum);
    dtl_buffer_release(&words);
}

static int setup(void **state)
{
    (void)state;
    return dtl_analyzer_open(&analyzer, NULL) == DTL_OK &&
                   dtl_analyzer_open(&second, NULL) == DTL_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    dtl_analyzer_close(analyzer);
    dtl_analyzer_close(second);
    return 0;
}

int main(void)
{
    setenv("ICU_DATA", "/nonexistent", 1);
    setenv("LC_ALL", "tr_TR.UTF-8",
           1); /* where a program that asks its locale folds I to dotless i */
    setlocale(LC_ALL, "");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_token_is_what_its_form_gives),
        cmocka_unit_test(windows_cannot_be_seen),
        cmocka_unit_test(sentences_are_those_of_icu),
        cmocka_unit_test(ascii_words_come_out_as_if_icu_had_done_them),
        cmocka_unit_test(a_full_cache_is_emptied_and_nothing_changes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
