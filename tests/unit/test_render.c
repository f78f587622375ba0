/* Every form of output, and that nothing an article holds reaches a terminal as a control. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "query/result/render.h"

static void scores_are_the_shortest_decimals(void **state)
{
    (void)state;
    static const struct {
        uint64_t score;
        const char *text;
    } cases[] = {
        {0,          "0"                    },
        {1,          "0.000001"             },
        {7310000,    "7.31"                 },
        {7000000,    "7"                    },
        {100000000,  "100"                  },
        {1234567,    "1.234567"             },
        {10,         "0.00001"              },
        {999999,     "0.999999"             },
        {UINT64_MAX, "18446744073709.551615"}
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dtl_buffer b = {0};
        assert_true(dtl_render_score(cases[i].score, &b));
        dtl_buffer_byte(&b, 0);
        assert_string_equal((const char *)b.p, cases[i].text);
        dtl_buffer_release(&b);
    }
}

static void json_keeps_bytes_that_are_no_utf8(void **state)
{
    (void)state;
    static const struct {
        struct dtl_bytes in;
        const char *out;
    } cases[] = {
        {{(const uint8_t *)"a\"b\\c\n\x1b\x7f", 8}, "\"a\\\"b\\\\c\\n\\u001b\\u007f\""},
        {{(const uint8_t *)"", 0},                  "\"\""                            },
        {{(const uint8_t *)"a\0b", 3},              "\"a\\u0000b\""                   },
        {{(const uint8_t *)"\xff", 1},              "{\"bytes\":\"/w==\"}"            },
        {{(const uint8_t *)"a\xff", 2},             "{\"bytes\":\"Yf8=\"}"            },
        {{(const uint8_t *)"ab\xff", 3},            "{\"bytes\":\"YWL/\"}"            }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dtl_buffer b = {0};
        assert_true(dtl_render_json(cases[i].in, &b));
        dtl_buffer_byte(&b, 0);
        assert_string_equal((const char *)b.p, cases[i].out);
        dtl_buffer_release(&b);
    }
}

static void headings_fit_the_width_in_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        const char *out;
    } cases[] = {
        {"short",                                10, "short"                      },
        {"exactly 10",                           10, "exactly 10"                 },
        {"eleven char",                          10, "eleven ch…"               },
        {"\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd", 5,  "\xe6\x9d\xb1\xe4\xba\xac…"},
        {"no limit at all",                      0,  "no limit at all"            },
        {"\x1b]0;x\x07",                         80, "\\x1b]0;x\\x07"             }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dtl_buffer b = {0};
        assert_true(dtl_render_fit(dtl_bytes_of(cases[i].text), cases[i].width, &b));
        dtl_buffer_byte(&b, 0);
        assert_string_equal((const char *)b.p, cases[i].out);
        dtl_buffer_release(&b);
    }
}

/* Terminal and log injection: every pair of bytes, in every field, in every form. */
static void no_control_of_an_article_reaches_the_output(void **state)
{
    (void)state;
    static const enum dtl_form forms[] = {DTL_FORM_TEXT, DTL_FORM_TSV,  DTL_FORM_CSV,
                                          DTL_FORM_JSON, DTL_FORM_TREC, DTL_FORM_PATHS,
                                          DTL_FORM_IDS};
    struct dtl_span span = {1, 2};
    for (unsigned v = 0; v < 0x10000; v += v < 0x300 ? 1 : 7) {
        uint8_t raw[4] = {'x', (uint8_t)(v >> 8), (uint8_t)v, 'y'};
        struct dtl_bytes text = dtl_bytes(raw, 4);
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
            struct dtl_render r = {.form = forms[f], .width = 80, .batch = true, .qid = text};
            struct dtl_row row = {
                .rank = 1,
                .score = 5,
                .id = text,
                .title = text,
                .path = text,
                .source = text,
                .heading = text,
                .date = {1,                1               },
                .snippet = {{text, &span, 1}, {text, &span, 1}}
            };
            struct dtl_buffer b = {0};
            assert_true(dtl_render_hit(&r, &row, &b));
            size_t lines = 0, tabs = 0;
            for (size_t i = 0; i < b.n; i++) {
                uint8_t c = b.p[i];
                bool c1 = i > 0 && b.p[i - 1] == 0xc2 && c >= 0x80 && c < 0xa0;
                bool cr = c == '\r' && forms[f] == DTL_FORM_CSV && i + 2 == b.n;
                lines += c == '\n';
                tabs += c == '\t';
                if ((c < 0x20 && c != '\n' && c != '\t' && !cr) || c == 0x7f || c1)
                    fail_msg("byte %02x of %04x in form %d", c, v, (int)forms[f]);
            }
            if (forms[f] != DTL_FORM_TEXT)
                assert_int_equal(lines, 1);
            assert_int_equal(tabs, forms[f] == DTL_FORM_TSV                                 ? 5
                                   : forms[f] == DTL_FORM_PATHS || forms[f] == DTL_FORM_IDS ? 1
                                                                                            : 0);
            dtl_buffer_release(&b);
        }
    }
}

static void names_that_end_in_nul_are_the_names(void **state)
{
    (void)state;
    struct dtl_render r = {.form = DTL_FORM_PATHS, .nul = true};
    struct dtl_row row = {
        .path = {(const uint8_t *)"a\nb\xff", 4}
    };
    struct dtl_buffer b = {0};
    assert_true(dtl_render_hit(&r, &row, &b));
    assert_int_equal(b.n, 5);
    assert_memory_equal(b.p, "a\nb\xff", 5);
    dtl_buffer_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_the_shortest_decimals),
        cmocka_unit_test(json_keeps_bytes_that_are_no_utf8),
        cmocka_unit_test(headings_fit_the_width_in_columns),
        cmocka_unit_test(no_control_of_an_article_reaches_the_output),
        cmocka_unit_test(names_that_end_in_nul_are_the_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
