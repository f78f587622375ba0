/* arena, buffer, reader, UTF-8 and the sanitiser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/hash.h"
#include "common/base/utf8.h"

static void arena_reset_reuses_memory(void **state)
{
    (void)state;
    struct dtl_arena article = {0};
    for (int i = 0; i < 1000; i++) {
        char *s = dtl_arena_strndup(&article, "PARIS, Nov 23", 5);
        assert_string_equal(s, "PARIS");
        assert_non_null(dtl_arena_alloc(&article, 9000));
        dtl_arena_reset(&article);
    }
    assert_int_equal(article.used_bytes, 0);
    dtl_arena_release(&article);
}

static void varints_survive_the_round_trip_and_refuse_more_than_64_bits(void **state)
{
    (void)state;
    const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX};
    struct dtl_buffer b = {0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(dtl_buffer_varint(&b, values[i]));
    struct dtl_reader r = dtl_reader_of(dtl_buffer_view(&b));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(dtl_read_varint(&r) == values[i]);
    assert_false(r.bad);
    assert_int_equal(r.at, b.n);
    dtl_read_u8(&r);
    assert_true(r.bad);

    uint8_t wide[11] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0};
    r = dtl_reader_of(dtl_bytes(wide, sizeof wide));
    dtl_read_varint(&r);
    assert_true(r.bad);
    dtl_buffer_release(&b);
}

static void buffer_stops_at_its_limit_and_stays_failed(void **state)
{
    (void)state;
    struct dtl_buffer b = {.limit = 10};
    assert_true(dtl_buffer_append(&b, "0123456789", 10));
    assert_false(dtl_buffer_byte(&b, 'x'));
    assert_true(b.failed && b.over);
    assert_int_equal(b.n, 10);
    dtl_buffer_release(&b);
}

static void utf8_validity_follows_the_standard(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t valid;
    } cases[] = {
        {"plain ascii text", 16},
        {"caf\xc3\xa9",      5 },
        {"\xc0\x80",         0 },
        {"a\xed\xa0\x80",    1 },
        {"\xf4\x90\x80\x80", 0 },
        {"\xe2\x82",         0 },
        {"\xf0\x9f\x98\x80", 4 },
        {"ab\xff",           2 },
        {"\xe0\x9f\xbf",     0 },
        {"\xf0\x8f\xbf\xbf", 0 }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(dtl_utf8_valid_prefix(dtl_bytes_of(cases[i].text)), cases[i].valid);
}

static void every_code_point_survives_append_and_next(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (c >= 0xd800 && c < 0xe000)
            continue;
        dtl_buffer_reset(&b);
        dtl_utf8_append(&b, c);
        size_t at = 0;
        if (dtl_utf8_next(dtl_buffer_view(&b), &at) != c || at != b.n)
            fail_msg("U+%04X", c);
    }
    dtl_buffer_release(&b);
}

static void sanitiser_lets_no_control_through(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"a\x1b[31mb",     "a\\x1b[31mb"},
        {"x\xe2\x80\xaey", "x\\u202ey"  },
        {"\xc2\x9b"
         "31m",   "\\x9b31m"   },
        {"bad\xff",        "bad\\xff"   },
        {"tab\tline\n",    "tab line "  },
        {"zürich",        "zürich"    },
        {"\x7f",           "\\x7f"      }
    };
    struct dtl_buffer b = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dtl_buffer_reset(&b);
        dtl_utf8_sanitise(&b, dtl_bytes_of(cases[i].in), false);
        assert_true(dtl_bytes_is(dtl_buffer_view(&b), cases[i].out));
    }
    dtl_buffer_release(&b);
}

static void identity_hash_keeps_ids_together_and_sources_apart(void **state)
{
    (void)state;
    uint64_t a = dtl_hash_identity(DTL_LITERAL("Reuters"), DTL_LITERAL("7"));
    uint64_t b = dtl_hash_identity(DTL_LITERAL("AP"), DTL_LITERAL("7"));
    uint64_t c = dtl_hash_identity(DTL_LITERAL("Reuters"), DTL_LITERAL("8"));
    assert_true(a != b && (a & ~DTL_IDENTITY_SOURCE_MASK) == (b & ~DTL_IDENTITY_SOURCE_MASK));
    assert_true((a & ~DTL_IDENTITY_SOURCE_MASK) != (c & ~DTL_IDENTITY_SOURCE_MASK));
}

static void every_status_has_words_and_an_exit_status(void **state)
{
    (void)state;
    assert_int_equal(dtl_status_exit(DTL_EBUSY), 75);
    assert_int_equal(dtl_status_exit(DTL_ECORRUPT), 3);
    assert_int_equal(dtl_status_exit(DTL_NOTFOUND), 1);
    assert_string_equal(dtl_status_text(DTL_EFULL), "disk full");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_reset_reuses_memory),
        cmocka_unit_test(varints_survive_the_round_trip_and_refuse_more_than_64_bits),
        cmocka_unit_test(buffer_stops_at_its_limit_and_stays_failed),
        cmocka_unit_test(utf8_validity_follows_the_standard),
        cmocka_unit_test(every_code_point_survives_append_and_next),
        cmocka_unit_test(sanitiser_lets_no_control_through),
        cmocka_unit_test(identity_hash_keeps_ids_together_and_sources_apart),
        cmocka_unit_test(every_status_has_words_and_an_exit_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
