/*
 * The JSON reader: where records begin and end, what one broken record costs, and that the fast
 * path and the library read the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/format/json.h"
#include "tests/unit/random.h"
#include "tests/unit/records.h"

/* Lines joined by '|'. */
static void expect_as(const char *path, struct dtl_bytes in, const char *joined)
{
    struct records r;
    struct dtl_buffer b = {0};
    records_read(&r, &dtl_format_json, in, path);
    for (size_t i = 0; i < r.n; i++) {
        if (i)
            dtl_buffer_byte(&b, '|');
        dtl_buffer_text(&b, records_line(&r, i));
    }
    dtl_buffer_byte(&b, 0);
    assert_string_equal(b.p, joined);
    dtl_buffer_release(&b);
    records_free(&r);
}
#define EXPECT(in, joined) expect_as("x.json", DTL_LITERAL(in), joined)

static void reads_lines_objects_lists_and_one_object(void **state)
{
    (void)state;
    EXPECT("{\"a\":\"1\"}\n{\"a\":\"2\"}\n", "a=\"1\"|a=\"2\"");
    EXPECT("{\"a\":\"1\"}\r\n\r\n  {\"a\":\"2\"}", "a=\"1\"|a=\"2\"");
    EXPECT("{\"a\":\"1\"}{\"a\":\"2\"} {\"a\":\"3\"}", "a=\"1\"|a=\"2\"|a=\"3\"");
    EXPECT("[{\"a\":\"1\"},\n{\"a\":\"2\"}]", "a=\"1\"|a=\"2\"");
    EXPECT("[\n  {\n    \"a\": \"1\"\n  },\n  {\n    \"a\": \"2\"\n  }\n]\n", "a=\"1\"|a=\"2\"");
    EXPECT("{\n \"a\": {\"b\":\n[1, 2]}\n}\n{\n \"a\": 2\n}", "a={\"b\":[1,2]}|a=2");
    EXPECT("\xef\xbb\xbf{\"a\":\"1\"}", "a=\"1\"");
    EXPECT("\x1e{\"a\":\"1\"}\n\x1e{\"a\":\"2\"}\n", "a=\"1\"|a=\"2\""); /* RFC 7464 */
    EXPECT("[]", "");
    EXPECT("[ ]\n", "");
    EXPECT("{}", "");
    EXPECT("", "");
}

static void knows_when_a_file_is_one_article(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
        bool whole;
    } cases[] = {
        {"x.json",      "{\"a\":1}",            true },
        {"x.json",      "{\"a\":1}\n \n",       true },
        {"x.json",      "{\n\"a\":{}}\n",       true },
        {"x.json",      "{\"a\":1}\n{\"a\":2}", false},
        {"x.json",      "[{\"a\":1}]",          false},
        {"x.jsonl",     "{\"a\":1}",            false},
        {"x.jsonl.zst", "{\"a\":1}",            false},
        {"x.ndjson",    "{\"a\":1}",            false},
        {"x.jsonline",  "{\"a\":1}",            true },
        {"x.json",      "{\"a\":1} x",          false},
        {"x.json",      "x\n{\"a\":1}",         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct records r;
        records_read(&r, &dtl_format_json, dtl_bytes_of(cases[i].text), cases[i].path);
        bool whole = r.n == 1 && r.whole;
        assert_int_equal(whole, cases[i].whole);
        records_free(&r);
    }
}

static void keeps_every_kind_of_value(void **state)
{
    (void)state;
    EXPECT("{\"s\":\"a\\u00e9\\ud83d\\ude00\\n\\/\\\"\",\"z\":\"\\u0000x\"}",
           "s=\"a\xc3\xa9\xf0\x9f\x98\x80\\n/\\\"\" z=\"\\u0000x\"");
    EXPECT("{\"i\":-12,\"r\":1.50,\"e\":1e3,\"n\":null,\"t\":true,\"m\":-0,\"x\":0.1,\"b\":"
           "9007199254740993}",
           "b=9007199254740993 e=1000 i=-12 m=0 n=null r=1.5 t=true x=0.1");
    EXPECT("{\"l\":[\"a\",1,null,false],\"e\":[],\"d\":[[1],{\"b\":1,\"a\":2}],\"o\":{}}",
           "d=[[1],{\"a\":2,\"b\":1}] e=[] l=[\"a\",1,null,false] o={}");
    EXPECT("{\"a\":1,\"a\":2}", "a=2"); /* the last of a key holds */
    EXPECT("{\"\":1}", "=1");
}

static void loses_one_record_to_one_fault(void **state)
{
    (void)state;
    /* a string that does not end, a bracket that is missing, a quote that is missing */
    EXPECT("{\"a\":\"1\"}\n{\"a\":\"2\n{\"a\":\"3\"}\n",
           "a=\"1\"|! line 2: a string is not closed at the end of its line; mend or remove the "
           "record|a=\"3\"");
    EXPECT("{\"a\":{\"b\":1}\n{\"a\":\"2\"}\n{\"a\":\"3\"}\n",
           "! line 1: a value begins where the record should go on or end; mend or remove the "
           "record|a=\"2\"|a=\"3\"");
    EXPECT("{\"a\":[\n{\"a\":\"2\"}\n{\"a\":\"3\"}\n",
           "! line 1: a value begins where the record should go on or end; mend or remove the "
           "record|a=\"2\"|a=\"3\"");
    EXPECT("{\"a\": \"x, \"b\": \"y\"}\n{\"a\":\"2\"}\n",
           "! line 1: a string begins where the record should go on or end; mend or remove the "
           "record|a=\"2\"");
    EXPECT("{\"a\": nope}\n{\"a\":\"2\"}\n",
           "! line 1: not valid JSON at byte 10 of the record: invalid token near 'nope'|a=\"2\"");
    EXPECT("{\"a\":\"\xff\"}\n{\"a\":\"2\"}\n",
           "! line 1: byte 7 of the record is not UTF-8; convert it, or name its encoding with "
           "--encoding|a=\"2\"");
    EXPECT("{\"a\":\"\\ud800\"}\n{\"a\":\"2\"}\n",
           "! line 1: not valid JSON at byte 13 of the record: invalid Unicode '\\uD800' near "
           "'\"\\ud800\"'|a=\"2\"");
    EXPECT("{\"a\":99999999999999999999}\n{\"a\":\"2\"}\n",
           "! line 1: not valid JSON at byte 25 of the record: too big integer near "
           "'99999999999999999999'; write it as a string|a=\"2\"");
    EXPECT("what\n{\"a\":\"2\"}\n", "! line 1: not a JSON object; mend or remove it|a=\"2\"");
    EXPECT("{\"a\":\"1\"}\n\"s\"\n[1]\n{\"a\":\"2\"}",
           "a=\"1\"|! line 2: not a JSON object; mend or remove it|! line 3: not a JSON object; "
           "mend or remove it|a=\"2\"");
    EXPECT("{\"a\":\"1\"}\n{\"a\":\"2",
           "a=\"1\"|! line 2: the record does not end; is the file cut "
           "short?; mend or remove the record");
    /* printed over several lines */
    EXPECT(
        "{\n  \"a\": \"1\n}\n{\n  \"a\": 2\n}\n",
        "! line 1: a string is not closed at the end of its line; mend or remove the record|a=2");
    EXPECT(
        "[\n  {\n    \"a\": \"1\n  },\n  {\n    \"a\": 2\n  }\n]\n",
        "! line 2: a string is not closed at the end of its line; mend or remove the record|a=2");
    EXPECT("[{\"a\":nope},{\"a\":2}]",
           "! line 1: not valid JSON at byte 9 of the record: invalid token near 'nope'|a=2");
    EXPECT("[1,\"x]\",[2,[3]],null,{\"a\":2}]",
           "! line 1: not a JSON object; mend or remove it|! line 1: not a JSON object; mend or "
           "remove it|! line 1: not a JSON object; mend or remove it|! line 1: not a JSON object; "
           "mend or remove it|a=2");
}

static void says_when_the_rest_of_a_list_is_lost(void **state)
{
    (void)state;
    EXPECT("[{\"a\":1},{\"a\":2", "a=1|!! line 1: the record does not end; is the file cut short?; "
                                  "what follows in the list cannot be read");
    EXPECT("[{\"a\":1}\n", "a=1|!! line 2: the list is not closed; is the file cut short?");
    EXPECT("[{\"a\":1},{\"a\":\"2\n\"},{\"a\":3}]",
           "a=1|!! line 1: a string is not closed at the end of its line; what follows in the list "
           "cannot be read");
}

static void reads_depth_256_and_not_257(void **state)
{
    (void)state;
    for (size_t depth = 256; depth <= 257; depth++) {
        struct dtl_buffer b = {0};
        struct records r;
        dtl_buffer_text(&b, "{\"a\":");
        for (size_t i = 1; i < depth; i++)
            dtl_buffer_byte(&b, '[');
        for (size_t i = 1; i < depth; i++)
            dtl_buffer_byte(&b, ']');
        dtl_buffer_text(&b, "}\n{\"a\":2}\n");
        records_read(&r, &dtl_format_json, dtl_buffer_view(&b), "x");
        assert_int_equal(r.n, 2);
        assert_int_equal(r.rejected, depth == 257);
        if (depth == 257)
            assert_string_equal(records_line(&r, 0), "! line 1: nested deeper than 256");
        records_free(&r);
        dtl_buffer_release(&b);
    }
    static uint8_t deep[1 << 20];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "{\"a\":", 5);
    struct records r;
    records_read(&r, &dtl_format_json, dtl_bytes(deep, sizeof deep), "x");
    assert_string_equal(records_line(&r, 0),
                        "! line 1: nested too deep; mend or remove the record");
    records_free(&r);
}

static void rejects_a_record_over_the_limit_and_reads_on(void **state)
{
    (void)state;
    size_t n = DTL_FORMAT_RECORD_MAX + 100;
    uint8_t *big = malloc(n);
    assert_non_null(big);
    memset(big, 'x', n);
    memcpy(big, "{\"a\":\"", 6);
    memcpy(big + n - 12, "\"}\n{\"a\":\"2\"}", 12);
    struct records r;
    records_read(&r, &dtl_format_json, dtl_bytes(big, n), "x");
    assert_int_equal(r.n, 2);
    assert_string_equal(records_line(&r, 0), "! line 1: record over 64 MiB; divide it");
    assert_string_equal(records_line(&r, 1), "a=\"2\"");
    records_free(&r);
    free(big);
}

static int bid(const char *text)
{
    return dtl_format_json.bid(dtl_bytes_of(text), true, DTL_LITERAL("x"));
}

static void bids_for_objects_and_lists_of_objects(void **state)
{
    (void)state;
    assert_true(bid("{\"a\"") > 0);
    assert_true(bid(" \n{ \"") > 0);
    assert_true(bid("[{") > 0);
    assert_true(bid("{}") > 0);
    assert_int_equal(bid("[1]"), 0);
    assert_int_equal(bid("{a: 1}"), 0);
    assert_int_equal(bid("{% raw %}"), 0);
    assert_int_equal(bid("\"x\""), 0);
    assert_int_equal(bid("x {\"a\""), 0);
    assert_int_equal(bid("{"), 0);
    assert_int_equal(bid(""), 0);
}

static void survives_every_truncation_and_flipped_byte(void **state)
{
    (void)state;
    static const char *const samples[] = {
        "{\"id\":\"1\",\"l\":[\"a\\u00e9\",null],\"n\":-1.5e2}\n{\"b\":{\"c\":[]}}\n",
        "[\n {\"a\":\"\xc3\xa9\"},\n {\"a\":true}\n]\n",
    };
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        char copy[128];
        size_t n = strlen(samples[s]);
        for (size_t k = 0; k <= n; k++) {
            struct records r;
            records_read(&r, &dtl_format_json, dtl_bytes(samples[s], k), "x");
            records_free(&r);
        }
        for (size_t k = 0; k < n; k++) {
            for (unsigned v = 0; v < 256; v++) {
                struct records r;
                memcpy(copy, samples[s], n);
                copy[k] = (char)v;
                records_read(&r, &dtl_format_json, dtl_bytes(copy, n), "x");
                records_free(&r);
            }
        }
    }
}

/* ---- the fast path against the library ---- */

static size_t fast_count, flat_count, tree_count;

/* Nested values that stand as they were printed, as a tree of them prints. */
static void make_canonical(struct dtl_record *r, struct dtl_arena *arena)
{
    for (size_t i = 0; i < r->n; i++) {
        struct dtl_value *v = r->fields[i].v;
        if (r->fields[i].list || v->kind != DTL_VALUE_NESTED)
            continue;
        struct dtl_buffer b = {0};
        json_t *tree =
            json_loadb((const char *)v->text.p, v->text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(tree);
        assert_true(dtl_json_canonical(tree, &b));
        assert_true(dtl_bytes_copy(arena, dtl_buffer_view(&b), &v->text));
        json_decref(tree);
        dtl_buffer_release(&b);
    }
}

static void compare(struct dtl_bytes in)
{
    struct dtl_arena arena = {0};
    struct dtl_record fast = {0}, flat = {0}, tree = {0};
    struct dtl_error err = {0};
    struct dtl_buffer a = {0}, b = {0};
    uint8_t *exact = malloc(in.n ? in.n : 1);
    assert_non_null(exact);
    if (in.n)
        memcpy(exact, in.p, in.n);
    in.p = exact;
    enum dtl_status f = dtl_json_fast(in, &arena, &fast);
    enum dtl_status t = dtl_json_tree(in, &arena, &tree, &err);
    tree_count += t == DTL_OK;
    if (f == DTL_OK) {
        fast_count++;
        if (t != DTL_OK)
            fail_msg("fast accepts, the library says %s: %.*s", err.text, (int)in.n,
                     (const char *)in.p);
        records_print(&fast, &a);
        records_print(&tree, &b);
        if (!dtl_bytes_equal(dtl_buffer_view(&a), dtl_buffer_view(&b)))
            fail_msg("%.*s: fast %.*s, tree %.*s", (int)in.n, (const char *)in.p, (int)a.n,
                     (const char *)a.p, (int)b.n, (const char *)b.p);
    } else {
        assert_int_equal(f, DTL_NOTFOUND);
    }
    if (dtl_json_flat(in, &arena, &flat) == DTL_OK) {
        flat_count++;
        assert_int_equal(t, DTL_OK);
        dtl_buffer_reset(&a);
        dtl_buffer_reset(&b);
        make_canonical(&flat, &arena);
        records_print(&flat, &a);
        records_print(&tree, &b);
        if (!dtl_bytes_equal(dtl_buffer_view(&a), dtl_buffer_view(&b)))
            fail_msg("%.*s: flat %.*s, tree %.*s", (int)in.n, (const char *)in.p, (int)a.n,
                     (const char *)a.p, (int)b.n, (const char *)b.p);
    } else {
        assert_int_equal(f, DTL_NOTFOUND); /* it takes more, never less */
    }
    dtl_buffer_release(&a);
    dtl_buffer_release(&b);
    dtl_arena_release(&arena);
    free(exact);
}

static void put_value(struct random *r, struct dtl_buffer *b, int depth)
{
    static const char *const strings[] = {
        "\"\"",
        "\"a\"",
        "\"\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud800\"",
        "\"\xc3\xa9\"",
        "\"\xff\"",
        "\"\xc3\"",
        "\"\\n\\t\\/\\\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u0000\"",
        "\"a long string of more than eight\"",
        "\"\x01\"",
        "\"seven7\\\"\"",
        "\"tab\there\"",
        "\"\xed\xa0\x80\"",
        "\"\\uFFFF\\u7ff\"",
        "\"open",
    };
    static const char *const numbers[] = {
        "0",
        "-0",
        "1",
        "-1",
        "01",
        "1.0",
        "1e5",
        "123456789012345678",
        "1.",
        "-",
        "+1",
        "0x1",
        "1e999",
        "9223372036854775807",
        "9223372036854775808",
        "-123456789012345678",
        "1234567890123456789",
        ".5",
        "1E-7",
        "0.1",
        "00",
    };
    static const char *const words[] = {"true", "false", "null", "tru", "nulll", "True", "NaN"};
    switch (random_below(r, depth < 3 ? 7 : 5)) {
    case 0:
    case 1:
        dtl_buffer_text(b, strings[random_below(r, sizeof strings / sizeof *strings)]);
        break;
    case 2:
        dtl_buffer_text(b, numbers[random_below(r, sizeof numbers / sizeof *numbers)]);
        break;
    case 3:
        dtl_buffer_text(b, words[random_below(r, 3)]);
        break;
    case 4:
        dtl_buffer_text(b, words[random_below(r, sizeof words / sizeof *words)]);
        break;
    case 5:
        dtl_buffer_byte(b, '[');
        for (uint32_t n = random_below(r, 4); n; n--) {
            put_value(r, b, depth + 1);
            dtl_buffer_text(b, n > 1 ? "," : "");
        }
        dtl_buffer_byte(b, ']');
        break;
    default:
        dtl_buffer_text(b, "{\"k\":");
        put_value(r, b, depth + 1);
        dtl_buffer_byte(b, '}');
    }
}

static void fast_and_library_agree_on_odd_objects(void **state)
{
    (void)state;
    static const char *const keys[] = {"a", "b", "title", "\\u0061", "", "\\u0000", "\xc3\xa9"};
    static const char *const gaps[] = {"", "", "", " ", "\n", "\t\r", "\f", "\xc2\xa0"};
    struct random r = random_start("json");
    fast_count = flat_count = tree_count = 0;
    for (int round = 0; round < 60000; round++) {
        struct dtl_buffer b = {0};
        dtl_buffer_byte(&b, '{');
        for (uint32_t n = random_below(&r, 5); n; n--) {
            dtl_buffer_format(&b, "%s\"%s\"%s:", gaps[random_below(&r, 8)],
                              keys[random_below(&r, 7)], gaps[random_below(&r, 6)]);
            put_value(&r, &b, 0);
            dtl_buffer_format(&b, "%s%s", gaps[random_below(&r, 6)],
                              n > 1 || !random_below(&r, 30) ? "," : "");
        }
        dtl_buffer_byte(&b, '}');
        if (!random_below(&r, 4))
            b.p[random_below(&r, (uint32_t)b.n)] = (uint8_t)random_next(&r);
        if (!random_below(&r, 20))
            b.n = random_below(&r, (uint32_t)b.n);
        compare(dtl_buffer_view(&b));
        dtl_buffer_release(&b);
    }
    printf("%zu objects read by the library, %zu of them fast, %zu flat\n", tree_count, fast_count,
           flat_count);
    assert_true(fast_count > 2000 && flat_count > fast_count + 300 && tree_count > flat_count);
}

static void fast_and_library_agree_on_real_archives(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        size_t lines; /* of each are compared */
    } files[] = {
        {"reuters/reuters.jsonl",            SIZE_MAX},
        {"archive/blogs.jsonl.zst",          3000    },
        {"archive/press-releases.jsonl.zst", 3000    },
        {"archive/pm-transcripts.jsonl.zst", 1000    }
    };
    size_t skipped = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = records_data(files[i].path);
        struct dtl_file file = {.path = dtl_bytes_of(path)};
        struct dtl_input *in;
        struct dtl_error err;
        if (!path) {
            skipped++;
            continue;
        }
        fast_count = tree_count = 0;
        assert_int_equal(dtl_input_open(&in, &file, &err), DTL_OK);
        for (size_t n = 0; n < files[i].lines; n++) {
            struct dtl_bytes view;
            const uint8_t *nl = NULL;
            for (size_t want = 1; !nl; want = view.n + 1) {
                assert_int_equal(dtl_input_peek(in, want, &view, &err), DTL_OK);
                nl = view.n ? memchr(view.p, '\n', view.n) : NULL;
                if (view.n < want)
                    break;
            }
            if (!nl)
                break;
            compare(dtl_bytes(view.p, (size_t)(nl - view.p)));
            dtl_input_skip(in, (size_t)(nl - view.p) + 1);
        }
        printf("%s: %zu records, %zu fast\n", files[i].path, tree_count, fast_count);
        assert_true(fast_count * 100 > tree_count * 99); /* else it is not worth having */
        dtl_input_close(in);
        free(path);
    }
    if (skipped)
        skip();
}

static void canonical_text_reads_back_to_itself(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"b\":1,\"a\":[1.5,1e300,-0.0,5e-324,0.1,123456789012345680000.0,\"\\u2028\\u0007\"]}",
        "{\"\xc3\xa9\":{},\"z\":[[[]]],\"A\":null}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct dtl_buffer once = {0}, twice = {0};
        json_t *j = json_loads(texts[i], 0, NULL);
        assert_non_null(j);
        assert_true(dtl_json_canonical(j, &once));
        json_decref(j);
        j = json_loadb((const char *)once.p, once.n, 0, NULL);
        assert_non_null(j);
        assert_true(dtl_json_canonical(j, &twice));
        json_decref(j);
        assert_int_equal(once.n, twice.n);
        assert_memory_equal(once.p, twice.p, once.n);
        dtl_buffer_release(&once);
        dtl_buffer_release(&twice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lines_objects_lists_and_one_object),
        cmocka_unit_test(knows_when_a_file_is_one_article),
        cmocka_unit_test(keeps_every_kind_of_value),
        cmocka_unit_test(loses_one_record_to_one_fault),
        cmocka_unit_test(says_when_the_rest_of_a_list_is_lost),
        cmocka_unit_test(reads_depth_256_and_not_257),
        cmocka_unit_test(rejects_a_record_over_the_limit_and_reads_on),
        cmocka_unit_test(bids_for_objects_and_lists_of_objects),
        cmocka_unit_test(survives_every_truncation_and_flipped_byte),
        cmocka_unit_test(fast_and_library_agree_on_odd_objects),
        cmocka_unit_test(fast_and_library_agree_on_real_archives),
        cmocka_unit_test(canonical_text_reads_back_to_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
