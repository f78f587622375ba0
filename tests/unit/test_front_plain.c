/* test_front_plain.c - what is read without a tree is what libyaml's tree says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/format/front_matter.h"

static void same_text(struct dtl_bytes yaml, struct dtl_bytes a, struct dtl_bytes b)
{
    if (!dtl_bytes_equal(a, b))
        fail_msg("%.*s\nplain: %.*s\ntree:  %.*s", (int)yaml.n, (const char *)yaml.p, (int)a.n,
                 (const char *)a.p, (int)b.n, (const char *)b.p);
}

static void same_records(struct dtl_bytes yaml, const struct dtl_record *a,
                         const struct dtl_record *b)
{
    if (a->n != b->n)
        fail_msg("%.*s\nplain: %zu keys, tree: %zu", (int)yaml.n, (const char *)yaml.p, a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct dtl_field *x = &a->fields[i], *y = &b->fields[i];
        same_text(yaml, x->name, y->name);
        if (x->n != y->n || x->list != y->list)
            fail_msg("%.*s\nanother list", (int)yaml.n, (const char *)yaml.p);
        for (size_t k = 0; k < x->n; k++) {
            if (x->v[k].kind != y->v[k].kind)
                fail_msg("%.*s\nanother kind", (int)yaml.n, (const char *)yaml.p);
            same_text(yaml, x->v[k].text, y->v[k].text);
        }
    }
}

/* Does dtl_front_plain take it? Then the record must be that of the tree. */
static bool taken_as_tree(struct dtl_bytes yaml)
{
    struct dtl_arena arena = {0};
    struct dtl_record plain = {.n = 0}, tree = {.n = 0};
    struct dtl_error err = {0};
    json_t *root = NULL;
    enum dtl_status st = dtl_front_plain(yaml, &arena, &plain);
    if (st == DTL_OK) {
        if (dtl_yaml_parse(yaml, 1, &root, &err) != DTL_OK)
            fail_msg("%.*s\n%s", (int)yaml.n, (const char *)yaml.p, err.text);
        assert_int_equal(dtl_json_fields(root, &arena, &tree, &err), DTL_OK);
        same_records(yaml, &plain, &tree);
        json_decref(root);
    } else {
        assert_int_equal(st, DTL_NOTFOUND);
        assert_int_equal(plain.n, 0);
    }
    dtl_arena_release(&arena);
    return st == DTL_OK;
}

#define TAKES(s)  assert_true(taken_as_tree(DTL_LITERAL(s)))
#define LEAVES(s) assert_false(taken_as_tree(DTL_LITERAL(s)))

static void takes_what_pages_have(void **state)
{
    (void)state;
    TAKES("title: \"Say \\\"so\\\" \\\\ \"\ndate: 2019-05-15 10:30:00 +02:00\ndraft: false\n");
    TAKES("# made by hand\ntitle: 'It''s'\n\ntags:\n- a\n- 'b c'\n- 12\nweight: -3\n");
    TAKES("tags: [ news, \"a, b\", 7 ]\ncategories: []\nauthor:\nurl: /2020/05/x.html\n");
    TAKES("list:\n  - (AP) - x\n  - http://x.org/a#b\nlast: true");
    TAKES("title: \xe2\x80\x9cQuoted\xe2\x80\x9d \xe2\x80\x93 \xc3\xa9t\xc3\xa9\n");
}

static void leaves_what_yaml_has_rules_for(void **state)
{
    (void)state;
    LEAVES("");
    LEAVES("title: a: b");
    LEAVES("title: a # b");
    LEAVES("title: goes\n  on");
    LEAVES("title: >\n  folded");
    LEAVES("title: &x a");
    LEAVES("title: \"\\x41\"");
    LEAVES("title: \"open");
    LEAVES("a: 1\na: 2");
    LEAVES("map:\n  a: b");
    LEAVES("list:\n- a: b");
    LEAVES("list:\n- a\n - b");
    LEAVES("list:\n\n- a");
    LEAVES("list: [a, [b]]");
    LEAVES("list: [a,]");
    LEAVES("a:\tb");
    LEAVES("a: b\x7f");
    LEAVES("a: b\xe2\x80\xa8"
           "c: d");
    LEAVES("path: /a/b");
    LEAVES("taxonomies:\n");
    LEAVES("body: x");
}

static void agrees_on_random_headers(void **state)
{
    static const char *const pieces[] = {
        "title:", "date:", "tags:",  "a:",         "key-2:", " ",    " ",   "\n",       "\n",
        "\n",     "\n- ",  "\n  - ", "[",          "]",      ", ",   ",",   "word",     "two w",
        "\"",     "'",     "''",     "\\\"",       "\\n",    "\\\\", "#",   " # ",      "-",
        ": ",     "null",  "true",   "False",      "12",     "-7",   "007", "~",        "/x",
        "(AP)",   "{",     "&",      "*",          "%",      "|",    ">",   "\xc3\xa9", "\xc2\xa0",
        ".",      "_",     "?",      "2020-01-02", "!"};
    static const char *const lines[] = {"title: x\n",
                                        "date: 2020-01-02T03:04:05Z\n",
                                        "tags: [a, \"b\", 'c']\n",
                                        "n: 12\n",
                                        "e:\n",
                                        "list:\n- a\n- \"b: c\"\n",
                                        "q: \"a \\\"b\\\" c\"\n",
                                        "s: 'it''s'\n",
                                        "\n",
                                        "# c\n"};
    uint64_t seed = 7;
    size_t taken = 0;
    (void)state;
    for (int round = 0; round < 60000; round++) {
        struct dtl_buffer b = {0};
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        for (unsigned n = (unsigned)(seed >> 60) % 6 + 1; n; n--) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            uint64_t pick = seed >> 33;
            if (pick % 2 == 0 || (b.n == 0 && pick % 3))
                dtl_buffer_text(&b, lines[pick / 16 % (sizeof lines / sizeof *lines)]);
            else
                dtl_buffer_text(&b, pieces[pick / 16 % (sizeof pieces / sizeof *pieces)]);
        }
        taken += taken_as_tree(dtl_buffer_view(&b));
        dtl_buffer_release(&b);
    }
    assert_true(taken > 6000); /* or too little was compared */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_pages_have),
        cmocka_unit_test(leaves_what_yaml_has_rules_for),
        cmocka_unit_test(agrees_on_random_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
