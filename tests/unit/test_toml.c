/* The TOML of a front matter: every kind of value, tables, what is wrong and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/format/json.h"
#include "indexer/format/toml.h"

#include <stdlib.h>

static void expect(struct dtl_bytes in, const char *text)
{
    json_t *root = NULL;
    struct dtl_error err = {0};
    struct dtl_buffer b = {0};
    enum dtl_status st = dtl_toml_parse(in, NULL, &root, &err);
    if (st == DTL_OK)
        dtl_json_canonical(root, &b);
    else
        dtl_buffer_format(&b, "%d %s", (int)err.pos, err.text);
    dtl_buffer_byte(&b, 0);
    assert_string_equal((char *)b.p, text);
    json_decref(root);
    dtl_buffer_release(&b);
}
#define EXPECT(in, text) expect(DTL_LITERAL(in), text)

static void reads_values(void **state)
{
    (void)state;
    EXPECT(
        "a = 1\nb = -12 # why\nc = true\nd=false\ne = 1.50\nf = 2024-05-02T07:32:00Z\ng = 007\n",
        "{\"a\":1,\"b\":-12,\"c\":true,\"d\":false,\"e\":\"1.50\",\"f\":\"2024-05-02T07:32:00Z\","
        "\"g\":\"007\"}");
    EXPECT(
        "a = \"x\\t\\u00e9 \\\"q\\\"\"\nb = 'C:\\no'\nc = \"\"\"\none\ntwo \\\n   three\"\"\"\"\n"
        "d = '''\n'x''''\n",
        "{\"a\":\"x\\t\xc3\xa9 \\\"q\\\"\",\"b\":\"C:\\\\no\",\"c\":\"one\\ntwo three\\\"\",\"d\":"
        "\"'x'\"}");
    EXPECT("a = [ 1, \"b\", # c\n [], { x = 1, y.z = 2 }, ]\n",
           "{\"a\":[1,\"b\",[],{\"x\":1,\"y\":{\"z\":2}}]}");
    EXPECT("", "{}");
}

static void reads_tables(void **state)
{
    (void)state;
    EXPECT(
        "t = 1\n[a.b]\nc = 1\n[a]\nd = 2\n\"e f\".g = 3\n[[l]]\nx = 1\n[[l]]\nx = 2\n[l.m]\ny=1\n",
        "{\"a\":{\"b\":{\"c\":1},\"d\":2,\"e "
        "f\":{\"g\":3}},\"l\":[{\"x\":1},{\"m\":{\"y\":1},\"x\":2}],"
        "\"t\":1}");
    EXPECT("a = 1\na = 2\n[a]\n", "{\"a\":{}}");
}

static void says_what_is_wrong_and_where(void **state)
{
    (void)state;
    EXPECT("a = \"open\nb = 1\n", "9 a string is not closed");
    EXPECT("a\n", "1 a line that is no key = value");
    EXPECT("= 1\n", "0 a key is missing");
    EXPECT("a =\n", "3 a value is missing");
    EXPECT("a = [1, 2", "9 a list is not closed");
    EXPECT("a = { b = 1", "11 a table is not closed");
    EXPECT("[a\n", "2 a table's name is not closed");
    EXPECT("[[a]\n", "3 a table's name is not closed");
    EXPECT("a = \"\\q\"\n", "6 an escape that is none");
    EXPECT("a = 'b' c\n", "8 something behind a value");
}

static void refuses_depth(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    dtl_buffer_text(&b, "a = ");
    for (int i = 0; i < 1000000; i++)
        dtl_buffer_byte(&b, '[');
    json_t *root = NULL;
    struct dtl_error err = {0};
    assert_int_equal(dtl_toml_parse(dtl_buffer_view(&b), NULL, &root, &err), DTL_EINPUT);
    assert_string_equal(err.text, "nested too deep");
    dtl_buffer_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values),
        cmocka_unit_test(reads_tables),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(refuses_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
