/*
 * Words found by masks against words found by ICU: the table beyond ASCII character by character,
 * the kernels bit by bit, then whole texts token by token.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/text/language_table.h"
#include "common/text/latin.h"
#include "common/text/segments.h"
#include "common/text/unicode.h"
#include "tests/unit/sample_text.h"

/* ---- the table ---- */

static void check_sign(UChar32 c, enum dtl_latin kind)
{
    int sentence = u_getIntPropertyValue(c, UCHAR_SENTENCE_BREAK);
    bool pause = sentence == U_SB_ATERM || sentence == U_SB_STERM || sentence == U_SB_SEP;
    bool joins = kind == DTL_LATIN_EITHER || kind == DTL_LATIN_MIDDLE;
    if (dtl_is_wordlike(c) || u_hasBinaryProperty(c, UCHAR_GRAPHEME_EXTEND) ||
        (!joins && pause != (kind == DTL_LATIN_PAUSE)) || (joins && pause))
        fail_msg("U+%04X is no sign of kind %d", c, kind);
    switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_OTHER:
    case U_WB_WSEGSPACE:
    case U_WB_NEWLINE:
        assert_false(joins);
        break;
    case U_WB_MIDLETTER:
        assert_int_equal(kind, DTL_LATIN_MIDDLE);
        break;
    case U_WB_MIDNUMLET:
        assert_int_equal(kind, DTL_LATIN_EITHER);
        break;
    default:
        fail_msg("U+%04X may join words", c);
    }
}

static void each_character_of_the_table_is_what_icu_says(void **state)
{
    (void)state;
    size_t letters = 0, signs = 0;
    for (UChar32 c = 0x80; c <= 0x10ffff; c++) {
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        struct dtl_buffer b = {0};
        assert_true(dtl_utf8_append(&b, (uint32_t)c));
        size_t n = 0;
        enum dtl_latin kind = dtl_latin_at(dtl_buffer_view(&b), 0, &n);
        if (kind != DTL_LATIN_NOT)
            assert_int_equal(n, b.n);
        if (kind == DTL_LATIN_LETTER) {
            letters++;
            if (u_getIntPropertyValue(c, UCHAR_WORD_BREAK) != U_WB_ALETTER || !dtl_is_wordlike(c) ||
                dtl_script_of(c) != DTL_SCRIPT_LATIN)
                fail_msg("U+%04X is no Latin letter", c);
        } else if (kind != DTL_LATIN_NOT) {
            signs++;
            check_sign(c, kind);
        }
        for (size_t k = 1; k < b.n; k++) /* cut off: nothing is known */
            assert_int_equal(dtl_latin_at(dtl_bytes(b.p, k), 0, &n), DTL_LATIN_NOT);
        dtl_buffer_release(&b);
    }
    assert_int_equal(letters, 2 + 62 + 0x180 + 0x100);
    assert_true(signs > 900);
}

static void bad_utf8_is_left_to_icu(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",      "\xc0\x80",         "\xc1\xbf",
                                      "\xc3(",     "\xe1\xb8(",        "\xe2\x28\xa1",
                                      "\xe2\x80(", "\xf0\x9f\x98\x80", "\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t n;
        assert_int_equal(dtl_latin_at(dtl_bytes_of(bad[i]), 0, &n), DTL_LATIN_NOT);
    }
}

/* ---- the kernels ---- */

static void every_kernel_gives_the_same_masks(void **state)
{
    (void)state;
    enum { BLOCKS = 9 };
    struct random r = random_start("every_kernel_gives_the_same_masks");
    uint8_t text[BLOCKS * DTL_BLOCK + 1];
    struct dtl_classes want[BLOCKS], got[BLOCKS];
    size_t n;
    const dtl_classify_fn *all = dtl_classifiers(&n);
    printf("%zu kernels\n", n);
    for (unsigned round = 0; round < 2000; round++) {
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (uint8_t)(round < 256 ? round + i : random_next(&r));
        const uint8_t *p = text + round % 2; /* not aligned */
        memset(want, 0xaa, sizeof want);
        all[0](p, BLOCKS, want);
        for (size_t i = 0; i < BLOCKS * DTL_BLOCK; i++) {
            const struct dtl_classes *c = &want[i / DTL_BLOCK];
            unsigned at = i % DTL_BLOCK;
            assert_int_equal(c->high >> at & 1, p[i] >= 0x80);
            assert_int_equal((c->letter | c->digit) >> at & 1,
                             p[i] < 0x80 && dtl_is_wordlike(p[i]));
        }
        for (size_t k = 1; k < n; k++) {
            memset(got, 0x55, sizeof got);
            all[k](p, BLOCKS, got);
            assert_memory_equal(got, want, sizeof want);
        }
    }
}

/* ---- whole texts ---- */

struct tokens {
    struct dtl_buffer facts, text;
};

static enum dtl_status keep(void *ctx, const struct dtl_token *t)
{
    struct tokens *k = ctx;
    const uint32_t facts[] = {t->position,         t->begin,           t->end, t->flags, t->lang,
                              (uint32_t)t->form.n, (uint32_t)t->term.n};
    dtl_buffer_append(&k->facts, facts, sizeof facts);
    dtl_buffer_append(&k->text, t->form.p, t->form.n);
    dtl_buffer_append(&k->text, t->folded.p, t->folded.n);
    dtl_buffer_append(&k->text, t->term.p, t->term.n);
    return DTL_OK;
}

static struct dtl_analyzer *analyzer;

static void analyse(struct dtl_bytes text, dtl_lang lang, bool icu, struct tokens *out)
{
    dtl_buffer_reset(&out->facts);
    dtl_buffer_reset(&out->text);
    dtl_analyzer_use_icu(analyzer, icu);
    assert_int_equal(dtl_analyze(analyzer, text, lang, 3, keep, out, NULL, NULL), DTL_OK);
}

static void fail_at_first(const struct tokens *want, const struct tokens *got,
                          struct dtl_bytes text)
{
    size_t i = 0, row = 7 * sizeof(uint32_t);
    while (i < want->facts.n && i < got->facts.n && want->facts.p[i] == got->facts.p[i])
        i++;
    i = i / row * row;
    uint32_t at = i < want->facts.n ? dtl_load32(want->facts.p + i + 4) : (uint32_t)text.n;
    uint32_t to = i < want->facts.n ? dtl_load32(want->facts.p + i + 8) : (uint32_t)text.n;
    fail_msg("token %zu: ICU has %u-%u of %zu bytes, we do not", i / row, at, to, text.n);
}

/* A word of thousands of letters is cut where a window ends, and windows begin elsewhere. */
static bool has_long_run(struct dtl_bytes text)
{
    size_t run = 0;
    for (size_t i = 0; i < text.n; i++) {
        run = text.p[i] == ' ' || text.p[i] == '\n' ? 0 : run + 1;
        if (run > 2500)
            return true;
    }
    return false;
}

static size_t compared;

static void compare(struct dtl_bytes text, dtl_lang lang)
{
    static struct tokens want, got;
    if (has_long_run(text))
        return;
    analyse(text, lang, true, &want);
    analyse(text, lang, false, &got);
    if (!dtl_bytes_equal(dtl_buffer_view(&want.facts), dtl_buffer_view(&got.facts)))
        fail_at_first(&want, &got, text);
    assert_true(dtl_bytes_equal(dtl_buffer_view(&want.text), dtl_buffer_view(&got.text)));
    compared += text.n;
}

static void the_tokens_of_every_text_are_icus(void **state)
{
    (void)state;
    each_text("the_tokens_of_every_text_are_icus", compare);
    printf("%zu bytes compared\n", compared);
}

/* Every string of `length` over the signs that rules are about, between letters and digits. */
static void short_strings(const char *const *alphabet, size_t letters, size_t length)
{
    size_t count = 1;
    for (size_t i = 0; i < length; i++)
        count *= letters;
    for (size_t n = 0; n < count; n++) {
        struct dtl_buffer b = {0};
        for (size_t i = 0, rest = n; i < length; i++, rest /= letters)
            dtl_buffer_text(&b, alphabet[rest % letters]);
        compare(dtl_buffer_view(&b), 7);
        dtl_buffer_release(&b);
    }
}

static void every_short_string_is_cut_as_icu_does(void **state)
{
    (void)state;
    static const char *const signs[] = {
        "a",        "1",        "_",        ".",       "'", ",", " ", "-", "\xe2\x80\x99",
        "\xc2\xb7", "\xc3\xa9", "\xcc\x81", "\xd0\xb6"};
    static const char *const ends[] = {"A", "a", ".", " ", "\n", "\r", "!", ")", "\xe2\x80\x9d",
                                       "-", "1"};
    short_strings(signs, sizeof signs / sizeof *signs, 5);
    short_strings(ends, sizeof ends / sizeof *ends, 5);
}

/* Words at every place of a block and of a stretch. */
static void it_does_not_matter_where_a_stretch_ends(void **state)
{
    (void)state;
    static const char *const pieces[] = {"it\xe2\x80\x99s ",
                                         "3.14 ",
                                         "e\xcc\x81t\xc3\xa9 ",
                                         "_a_ ",
                                         "a.\n\nB ",
                                         "x\xe2\x80\x99\xd0\xb6 ",
                                         "govern-\nment ",
                                         "\xe2\x80\x9cNo.\xe2\x80\x9d Yes "};
    struct random r = random_start("it_does_not_matter_where_a_stretch_ends");
    for (unsigned round = 0; round < 1500; round++) {
        struct dtl_buffer b = {0};
        size_t pad = DTL_STRETCH - 20 + random_below(&r, 24);
        while (b.n < pad)
            dtl_buffer_text(&b, round % 3 == 0 ? "a" : round % 3 == 1 ? "-" : "b c1 ");
        for (unsigned k = 0; k < 40; k++)
            dtl_buffer_text(&b, pieces[random_below(&r, sizeof pieces / sizeof *pieces)]);
        b.n -= random_below(&r, 8);
        compare(dtl_buffer_view(&b), 7);
        dtl_buffer_release(&b);
    }
}

static void a_small_table_changes_nothing(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    struct tokens want = {0}, got = {0};
    for (unsigned i = 0; i < 60000; i++)
        dtl_buffer_format(&b, "Word%u caf\xc3\xa9%u elec-\ntion%c. ", i * 7 % 40000, i,
                          'a' + i % 26);
    analyse(dtl_buffer_view(&b), 7, false, &want);
    uint64_t epoch = dtl_analyzer_epoch(analyzer);
    dtl_analyzer_limit(analyzer, 0);
    analyse(dtl_buffer_view(&b), 7, false, &got);
    assert_true(dtl_analyzer_epoch(analyzer) != epoch);
    dtl_analyzer_limit(analyzer, DTL_ANALYZER_BYTES);
    assert_true(dtl_bytes_equal(dtl_buffer_view(&want.facts), dtl_buffer_view(&got.facts)));
    assert_true(dtl_bytes_equal(dtl_buffer_view(&want.text), dtl_buffer_view(&got.text)));
    dtl_buffer_release(&want.facts);
    dtl_buffer_release(&want.text);
    dtl_buffer_release(&got.facts);
    dtl_buffer_release(&got.text);
    dtl_buffer_release(&b);
}

static void a_table_keeps_to_its_limit(void **state)
{
    (void)state;
    struct dtl_analyzer *small = NULL;
    struct dtl_buffer b = {0};
    assert_int_equal(dtl_analyzer_open(&small, NULL), DTL_OK);
    assert_true(dtl_analyzer_memory(small) < 64u << 10);
    dtl_analyzer_limit(small, 1u << 20);
    for (unsigned i = 0; i < 100000; i++)
        dtl_buffer_format(&b, "w%u ", i);
    struct tokens got = {0};
    assert_int_equal(dtl_analyze(small, dtl_buffer_view(&b), 7, 0, keep, &got, NULL, NULL), DTL_OK);
    assert_true(dtl_analyzer_memory(small) > 1u << 18);
    assert_true(dtl_analyzer_memory(small) <= 1u << 20);
    dtl_buffer_release(&got.facts);
    dtl_buffer_release(&got.text);
    dtl_buffer_release(&b);
    dtl_analyzer_close(small);
}

struct numbers { /* what the numbers of one epoch were */
    const struct dtl_analyzer *a;
    const char *text;
    uint64_t epoch;
    uint32_t frequent, most, epochs, met_anew;
};

static enum dtl_status on_numbers(void *ctx, const struct dtl_instance *w, size_t n)
{
    struct numbers *x = ctx;
    for (size_t i = 0; i < n; i++) {
        struct dtl_token t;
        struct dtl_bytes printed = dtl_bytes(x->text + w[i].begin, w[i].end - w[i].begin);
        dtl_analyzer_token(x->a, &w[i], &t);
        assert_true(dtl_bytes_equal(t.form, printed));
        if (x->epoch != dtl_analyzer_epoch(x->a)) {
            x->epoch = dtl_analyzer_epoch(x->a);
            x->frequent = UINT32_MAX;
            x->epochs++;
        }
        if (x->epochs == 1 && w[i].form > x->most)
            x->most = w[i].form;
        if (dtl_bytes_equal(printed, DTL_LITERAL("frequent"))) {
            assert_true(x->frequent == UINT32_MAX || x->frequent == w[i].form);
            x->frequent = w[i].form;
        }
        x->met_anew += dtl_bytes_equal(printed, DTL_LITERAL("w0")) && w[i].form != 1;
    }
    return DTL_OK;
}

static void what_comes_again_keeps_its_number(void **state)
{
    (void)state;
    enum { SLOTS = 16384, WORDS = 100000 };
    struct dtl_analyzer *small = NULL;
    struct dtl_buffer b = {0};
    assert_int_equal(dtl_analyzer_open(&small, NULL), DTL_OK);
    dtl_analyzer_limit(small, SLOTS * 2 * 32); /* so many slots of 32 bytes, and as much beside */
    for (unsigned i = 0; i < WORDS; i++)
        dtl_buffer_format(&b, "%sw%u ", i % 8 ? "" : "frequent ", i % 40000);
    struct numbers x = {.a = small, .text = (const char *)b.p};
    assert_int_equal(
        dtl_analyze_instances(small, dtl_buffer_view(&b), 7, 0, on_numbers, &x, NULL, NULL),
        DTL_OK);
    assert_true(x.most > SLOTS); /* more numbers in an epoch than forms can be kept, */
    assert_true(x.met_anew > 0); /* rare forms were forgotten, */
    assert_true(x.epochs > 1);   /* and numbers end as well */
    assert_true(x.epochs < 20);
    dtl_buffer_release(&b);
    dtl_analyzer_close(small);
}

static int setup(void **state)
{
    (void)state;
    return dtl_analyzer_open(&analyzer, NULL) == DTL_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    dtl_analyzer_close(analyzer);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_character_of_the_table_is_what_icu_says),
        cmocka_unit_test(bad_utf8_is_left_to_icu),
        cmocka_unit_test(every_kernel_gives_the_same_masks),
        cmocka_unit_test(every_short_string_is_cut_as_icu_does),
        cmocka_unit_test(it_does_not_matter_where_a_stretch_ends),
        cmocka_unit_test(a_small_table_changes_nothing),
        cmocka_unit_test(a_table_keeps_to_its_limit),
        cmocka_unit_test(what_comes_again_keeps_its_number),
        cmocka_unit_test(the_tokens_of_every_text_are_icus),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
