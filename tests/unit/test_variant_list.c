/* Printed forms stored relative to their term: the format's example, every way a form differs,
 * damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/variant_list.h"
#include "damage.h"

static struct dtl_variant variant(const char *form, const char *folded, uint32_t count)
{
    return (struct dtl_variant){dtl_bytes_of(form), dtl_bytes_of(folded), count};
}

/* "Variant list" */
static const uint8_t example[] = {0x01, 0x11, 0x40, 'n',  'i',  'n',  'g',
                                  0x23, 0x06, 0x10, 0x03, 0x52, 0xc3, 0xbc};
static const uint8_t example_counts[] = {9, 4, 2, 1};

static void round_trip(const char *term, const struct dtl_variant *v, uint32_t n, size_t bytes)
{
    struct dtl_buffer list = {0}, counts = {0};
    struct dtl_arena arena = {0};
    struct dtl_variant *got = NULL;
    struct dtl_error err = {0};
    uint32_t found = 0;
    assert_int_equal(dtl_variant_list_encode(&list, dtl_bytes_of(term), v, n, &err), DTL_OK);
    assert_true(dtl_variant_counts_encode(&counts, v, n, 5, 9));
    if (bytes)
        assert_int_equal(list.n, bytes);
    struct dtl_reader r = dtl_reader_of(dtl_buffer_view(&list));
    assert_int_equal(dtl_variant_list_skip(&r, &found, &err), DTL_OK);
    assert_int_equal(found, n);
    assert_int_equal(r.at, list.n);
    struct dtl_term t = {.key.text = dtl_bytes_of(term),
                         .df = 5,
                         .tf_total = 9,
                         .variants = n,
                         .variant_list = dtl_buffer_view(&list),
                         .variant_counts = dtl_buffer_view(&counts)};
    if (dtl_term_variants(&t, &arena, &got, &err) < 0)
        fail_msg("%s", err.text);
    bool own = false;
    for (uint32_t i = 0; i < n; i++) {
        assert_true(dtl_bytes_equal(got[i].form, v[i].form));
        assert_true(dtl_bytes_equal(got[i].folded, v[i].folded));
        assert_int_equal(got[i].count, v[i].count);
        own |= dtl_bytes_is(v[i].folded, term);
    }
    assert_int_equal(dtl_variant_list_has_term(dtl_buffer_view(&list)), own);
    dtl_buffer_release(&list);
    dtl_buffer_release(&counts);
    dtl_arena_release(&arena);
}

static void the_format_document_example_both_ways(void **state)
{
    (void)state;
    const struct dtl_variant v[] = {variant("run", "run", 9), variant("running", "running", 4),
                                    variant("Running", "running", 2),
                                    variant("R\xc3\xbcn", "run", 1)};
    struct dtl_buffer b = {0};
    struct dtl_error err = {0};
    assert_int_equal(dtl_variant_list_encode(&b, DTL_LITERAL("run"), v, 4, &err), DTL_OK);
    assert_true(dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(example, sizeof example)));
    dtl_buffer_reset(&b);
    assert_true(dtl_variant_counts_encode(&b, v, 4, 5, 9));
    assert_true(
        dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(example_counts, sizeof example_counts)));
    dtl_buffer_release(&b);
    round_trip("run", v, 4, sizeof example);
}

static void a_form_equal_to_its_term_costs_a_byte(void **state)
{
    (void)state;
    const struct dtl_variant v = variant("budget", "budget", 3);
    struct dtl_buffer b = {0};
    round_trip("budget", &v, 1, 1);
    assert_true(dtl_variant_counts_encode(&b, &v, 1, 3, 3)); /* once in each: the count follows */
    assert_int_equal(b.n, 0);
    dtl_buffer_release(&b);
}

static void capitals_and_apostrophes_need_no_letters(void **state)
{
    (void)state;
    const struct dtl_variant v[] = {
        variant("NATO", "nato", 9),
        variant("Nato", "nato", 8),
        variant("nato's", "nato's", 7),
        variant("NATO\xe2\x80\x99S", "nato's", 6),
        variant("Nato\xe2\x80\x99s", "nato's", 5),
        variant("NATO\xe2\x80\x99s", "nato's", 4), /* capitals, but not of the s: literal */
    };
    round_trip("nato", v, 6, 1 + 1 + 4 + 1 + 1 + 1 + 1 + 1 + 7);
    const struct dtl_variant greek[] = {variant("\xce\x91\xce\xb8\xce\xb7\xce\xbd\xce\xb1",
                                                "\xce\xb1\xce\xb8\xce\xb7\xce\xbd\xce\xb1", 2)};
    round_trip("\xce\xb1\xce\xb8\xce\xb7\xce\xbd", greek, 1, 1 + 1 + 2);
    const struct dtl_variant russian[] = {
        variant("\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0",
                "\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0", 2),
        variant("\xd0\x9c\xd0\x9e\xd0\xa1\xd0\x9a\xd0\x92\xd0\x90",
                "\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0", 1)};
    round_trip("\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2", russian, 2, 1 + 1 + 2 + 1);
}

static void broken_words_and_empty_and_long_ones_come_back(void **state)
{
    (void)state;
    char big[301];
    memset(big, 'x', 300);
    big[300] = 0;
    const struct dtl_variant v[] = {variant("govern\xc2\xadment", "govern\xc2\xadment", 3),
                                    variant(big, big, 2), variant("", "", 1),
                                    variant("\xc3\x9f", "ss", 1), variant("zz", big, 1)};
    round_trip("govern", v, 5, 0);
    round_trip("", v, 5, 0);
}

static void more_forms_than_a_head_can_name_come_back(void **state)
{
    (void)state;
    enum { N = 3 * 140 };
    static char text[N][8];
    struct dtl_variant v[N];
    for (unsigned i = 0; i < N; i++) {
        snprintf(text[i], sizeof text[i], "w%u", i % 140);
        v[i] = variant(text[i], text[i], N - i);
    }
    round_trip("word", v, N, 0);
}

static enum dtl_status decode(void *ctx, struct dtl_bytes in)
{
    (void)ctx;
    struct dtl_arena arena = {0};
    struct dtl_variant *v = NULL;
    struct dtl_error err = {0};
    struct dtl_reader r = dtl_reader_of(in);
    struct dtl_term t = {.key.text = DTL_LITERAL("run"),
                         .df = 5,
                         .tf_total = 9,
                         .variant_counts = dtl_bytes(example_counts, 4)};
    enum dtl_status st = dtl_variant_list_skip(&r, &t.variants, &err);
    (void)dtl_variant_list_has_term(in);
    if (st == DTL_OK) {
        t.variant_list = dtl_bytes(in.p, r.at);
        st = dtl_term_variants(&t, &arena, &v, &err);
    }
    assert_true(st == DTL_OK || st == DTL_ECORRUPT);
    dtl_arena_release(&arena);
    return st;
}

static void prefixes_are_refused_and_flips_survived(void **state)
{
    (void)state;
    assert_int_equal(damage_prefixes(decode, NULL, example, sizeof example), 0);
    damage_flips(decode, NULL, example, sizeof example);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_document_example_both_ways),
        cmocka_unit_test(a_form_equal_to_its_term_costs_a_byte),
        cmocka_unit_test(capitals_and_apostrophes_need_no_letters),
        cmocka_unit_test(broken_words_and_empty_and_long_ones_come_back),
        cmocka_unit_test(more_forms_than_a_head_can_name_come_back),
        cmocka_unit_test(prefixes_are_refused_and_flips_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
