/* YAML front matter: keys and their types, what is refused and with which line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/records.h"

static void expect(struct dtl_bytes in, const char *line)
{
    struct records r;
    records_read(&r, &dtl_format_front_matter, in, "x.md");
    assert_int_equal(r.n, 1);
    assert_string_equal(records_line(&r, 0), line);
    records_free(&r);
}
#define EXPECT(in, line) expect(DTL_LITERAL(in), line)

static int bid(const char *text, const char *path)
{
    return dtl_format_front_matter.bid(dtl_bytes_of(text), true, dtl_bytes_of(path));
}

static void reads_keys_and_the_body(void **state)
{
    (void)state;
    EXPECT("---\ntitle: A: \"b\"\n---\nx",
           "! line 2: not valid YAML: mapping values are not allowed in this context; mend it, or "
           "put the value in quotes");
    EXPECT("---\ntitle: 'A: b'\ndate: 2019-05-15T00:00:00Z\ntags: [a, b c]\nauthors:\n- x\n- "
           "y\n---\n\nBody\n\nMore\n",
           "authors=[\"x\",\"y\"] body=\"Body\\n\\nMore\" date=\"2019-05-15T00:00:00Z\" "
           "tags=[\"a\",\"b c\"] title=\"A: b\"");
    EXPECT("\xef\xbb\xbf---\r\na: b\r\n...\r\n", "a=\"b\"");
    EXPECT("---\n---\n", "");
    EXPECT("---\n# nothing\n---\nx", "body=\"x\"");
}

static void tells_types_apart_only_where_nothing_quotes_them(void **state)
{
    (void)state;
    EXPECT("---\na: 12\nb: '12'\nc: 012\nd: ~\ne:\nf: true\ng: \"true\"\nh: 1.50\ni: -3\nj: 0\nk: "
           "yes\nl: 1234567890123456789\n---\n",
           "a=12 b=\"12\" c=\"012\" d=null e=null f=true g=\"true\" h=\"1.50\" i=-3 j=0 k=\"yes\" "
           "l=\"1234567890123456789\"");
    EXPECT("---\na: |\n  x\n  y\n\nb: >\n  x\n  y\n---\n", "a=\"x\\ny\" b=\"x y\"");
    EXPECT("---\na: {z: 1, b: [x, {c: ~}]}\nd: []\ne: [[1]]\n---\n",
           "a={\"b\":[\"x\",{\"c\":null}],\"z\":1} d=[] e=[[1]]");
    EXPECT("---\na: 1\na: 2\n---\n", "a=2");
    EXPECT("---\nbody: key\n---\ntext", "body=\"text\" body_=\"key\"");
}

static void refuses_what_bites_and_names_the_line(void **state)
{
    (void)state;
    EXPECT("---\na: &x [1]\nb: *x\n---\n", "! line 3: an alias (*name); write the value out");
    EXPECT("---\na: 1\n? [k]\n: v\n---\n", "! line 3: a key that is a list or a mapping");
    EXPECT("---\n\"a\\0b\": 1\n---\n", "! line 2: a key with a NUL");
    EXPECT("---\na: 1\n--- {b: 2}\n---\n", "! line 3: a second document; one is enough");
    EXPECT("---\n- a\n- b\n---\n", "! line 2: front matter without keys; write key: value");
    EXPECT("---\na: 1\n", "! line 1: front matter is not closed; end it with a line of ---");
    EXPECT("\n\n---\na: 1\n", "! line 3: front matter is not closed; end it with a line of ---");
    EXPECT("a: 1\n", "! line 1: front matter begins with a line of ---, of +++, or with {");
    EXPECT("---\na: [1, 2\nb: 3\n---\n", "! line 3: not valid YAML: did not find expected ',' or "
                                         "']'; mend it, or put the value in quotes");
    EXPECT("---\nb: 1\na: \x01\n---\n",
           "! line 3: not valid YAML: control characters are not allowed; "
           "mend it, or put the value in quotes");
}

static void reads_the_other_forms(void **state)
{
    (void)state;
    EXPECT(
        "+++\ntitle = \"T\"\npath = \"2024/05/02/x\"\n[taxonomies]\ntags = [\"a\"]\n+++\n\nBody\n",
        "body=\"Body\" path=\"2024/05/02/x\" tags=[\"a\"] taxonomies={\"tags\":[\"a\"]} "
        "title=\"T\" url=\"2024/05/02/x\"");
    EXPECT("+++\n\nb = [\n+++\n", "! line 4: not valid TOML: a list is not closed; mend it");
    EXPECT("{\n \"title\": \"T\",\n \"n\": {\"a\": 1}\n}\n\nBody\n",
           "body=\"Body\" n={\"a\":1} title=\"T\"");
    EXPECT(
        "Title: T: x\nDate: 2016-10-25\nTags: a,\n  b\nEmpty:\n\nBody\n\nMore",
        "Date=\"2016-10-25\" Empty=\"\" Tags=\"a,\\n  b\" Title=\"T: x\" body=\"Body\\n\\nMore\"");
}

static void refuses_depth_and_size(void **state)
{
    (void)state;
    for (int depth = 255; depth <= 256; depth++) { /* and the mapping itself */
        struct dtl_buffer b = {0};
        struct records r;
        dtl_buffer_text(&b, "---\na: ");
        for (int i = 0; i < depth; i++)
            dtl_buffer_text(&b, "[");
        for (int i = 0; i < depth; i++)
            dtl_buffer_text(&b, "]");
        dtl_buffer_text(&b, "\n---\n");
        records_read(&r, &dtl_format_front_matter, dtl_buffer_view(&b), "x.md");
        assert_int_equal(r.rejected, depth == 256);
        records_free(&r);
        dtl_buffer_release(&b);
    }
    static uint8_t big[DTL_FORMAT_FRONT_BYTES + 64];
    memset(big, '\n', sizeof big);
    memcpy(big, "---\na: b", 8);
    memcpy(big + sizeof big - 5, "\n---\n", 5);
    expect(dtl_bytes(big, sizeof big), "! front matter over 1024 KiB");
    memset(big, '[', sizeof big); /* a million brackets must not take a million steps each */
    memcpy(big, "---\na: ", 7);
    memcpy(big + 1000000, "\n---\n", 5);
    struct records r;
    records_read(&r, &dtl_format_front_matter, dtl_bytes(big, 1000005), "x.md");
    assert_int_equal(r.rejected, 1);
    records_free(&r);
}

static void bids_for_front_matter_and_not_for_rules_or_yaml_files(void **state)
{
    (void)state;
    assert_true(bid("---\na: 1\n---\n", "x.md") > 0);
    assert_true(bid("---\na: 1\n", "x.md") > 0);
    assert_int_equal(bid("---\na: 1\n", "x.yaml"), 0);
    assert_int_equal(bid("---\na: 1\n", "x.yml"), 0);
    assert_int_equal(bid("---\nSome text\n---\n", "x.md"), 0);
    assert_int_equal(bid("----\na: 1\n---\n", "x.md"), 0);
    assert_int_equal(bid("Title: x\nDate: 2016-10-25\n\nBody", "x.md"), 50);
    assert_int_equal(bid("Subject: x\nDate: 2016-10-25\n\nMail", "x.md"), 0);
    assert_int_equal(bid("Title: x\nThe text\n\nBody", "x.md"), 0);
    assert_int_equal(bid("+++\na = 1\n+++\n", "x.md"), 70);
    assert_int_equal(bid("+++\nSome text\n+++\n", "x.md"), 0);
    assert_int_equal(bid("{\n\"a\": 1\n}\n\nBody", "x.md"), 70);
    assert_int_equal(bid("{\"a\": 1}\nBody", "x.md"), 0); /* a broken line of JSON Lines */
    assert_int_equal(bid("{\n\"a\": 1\n}\n{\n}", "x.md"), 0);
    assert_int_equal(bid("", ".yml"), 0);
}

static void survives_every_truncation(void **state)
{
    (void)state;
    static const char text[] =
        "---\ntitle: \"q \\u00e9\"\nlist:\n  - a: {b: [c, d]}\n  - |\n    x\n"
        "---\nBody \xc3\xa9.\n";
    for (size_t n = 0; n < sizeof text; n++) {
        struct records r;
        records_read(&r, &dtl_format_front_matter, dtl_bytes(text, n), "x");
        assert_int_equal(r.n, 1);
        records_free(&r);
    }
}

static void reads_real_pages(void **state)
{
    (void)state;
    static const char *const pages[][2] = {
        {"hugo-2019-5-15-letsencrypt.md",                        "date=\"2019-05-15T00:00:00Z\""                 },
        {"hugo-yaml-digitalgov.md",                              "authors=[\"michael-pulsifer\",\"gray-brooks\"]"},
        {"jekyll-nodatefield-ucsc-1994-03-24.md",                "author=[\"Alisa Zapp\",\"Robert Irion\"]"      },
        {"jekyll-wpexport-2008-01-10-opensuse-shop-now-live.md",
         "date=\"2008-01-10 16:01:05+00:00\""                                                                    },
    };
    size_t skipped = 0;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        char name[128];
        snprintf(name, sizeof name, "formats/front-matter/%s", pages[i][0]);
        char *path = records_data(name);
        struct dtl_file file = {.path = dtl_bytes_of(path)};
        struct dtl_input *in;
        struct dtl_error err;
        struct records r;
        const struct dtl_format *format;
        if (!path) {
            skipped++;
            continue;
        }
        assert_int_equal(dtl_input_open(&in, &file, &err), DTL_OK);
        assert_int_equal(dtl_format_choose(in, file.path, &format, NULL, &err), DTL_OK);
        assert_ptr_equal(format, &dtl_format_front_matter);
        records_read_input(&r, format, in, path, NULL);
        assert_non_null(strstr(records_line(&r, 0), pages[i][1]));
        records_free(&r);
        dtl_input_close(in);
        free(path);
    }
    if (skipped)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_keys_and_the_body),
        cmocka_unit_test(tells_types_apart_only_where_nothing_quotes_them),
        cmocka_unit_test(refuses_what_bites_and_names_the_line),
        cmocka_unit_test(reads_the_other_forms),
        cmocka_unit_test(refuses_depth_and_size),
        cmocka_unit_test(bids_for_front_matter_and_not_for_rules_or_yaml_files),
        cmocka_unit_test(survives_every_truncation),
        cmocka_unit_test(reads_real_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
