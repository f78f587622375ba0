/* A dateline.toml: what each key becomes, which root a path belongs to, every mistake and its line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temp_dir.h"

/* What the text becomes, an option a word: "name=value", roots as "/path", a root's options behind
 * it. */
static void expect(const char *text, const char *wanted)
{
    struct dtl_arena arena = {0};
    struct dtl_config c = {0};
    struct dtl_error err = {0};
    struct dtl_buffer b = {0};
    enum dtl_status st = dtl_config_parse(dtl_bytes_of(text), &arena, &c, &err);
    if (st < 0)
        dtl_buffer_format(&b, "%d: %s", (int)err.pos, err.text);
    for (uint32_t root = 0; st == DTL_OK && root <= c.roots; root++) {
        if (root)
            dtl_buffer_format(&b, "%s ", c.root[root - 1].path);
        for (size_t i = 0; i < c.settings; i++)
            if (c.setting[i].root == root)
                dtl_buffer_format(&b, c.setting[i].value ? "%s:%s@%u " : "%s%s@%u ",
                                  c.setting[i].name, c.setting[i].value ? c.setting[i].value : "",
                                  (unsigned)c.setting[i].line);
    }
    dtl_buffer_byte(&b, 0);
    assert_string_equal((char *)b.p, wanted);
    dtl_buffer_release(&b);
    dtl_arena_release(&arena);
}

static void keys_become_options(void **state)
{
    (void)state;
    expect("", "");
    expect("# nothing\r\n\r\n", "");
    expect("\xef\xbb\xbfjobs = 2\r\nmemory = '1G'\r\n", "jobs:2@1 memory:1G@2 ");
    expect("follow = true\nprune = false\nwait = true\n", "follow@1 no-prune@2 wait@3 ");
    expect("wait = false\nsettle = 60", "wait:0@1 settle:60@2 ");
    expect("exclude = [\"*.bak\",\n  'drafts']\n", "exclude:*.bak@1 exclude:drafts@1 ");
    expect("exclude = 'one'\ndate-from = ['meta', 'url']\n", "exclude:one@1 date-from:meta,url@2 ");
    expect("[map]\ntitle = ['head', \"headline\"]\nbody = 'text'\n[set]\ntag = ['a,b', 'c']\n",
           "map:title=head@2 map:title=headline@2 map:body=text@3 set:tag=a,b@5 set:tag=c@5 ");
    expect("set.source = 'AP'\nset = {}\n", "2: a key is stated twice");
    expect("set.source = 'AP'\nset.lang = 'en'\n", "set:source=AP@1 set:lang=en@2 ");
}

static void roots_have_settings_of_their_own(void **state)
{
    (void)state;
    expect("roots = ['/a', '/b/']\nlang = 'en'\n[[root]]\npath = '/c'\nlang = 'de'\nset.tag = 'x'\n"
           "[[root]]\nformat = 'mbox'\npath = '/d'\n[root.map]\nid = 'key'\n",
           "lang:en@2 /a /b /c lang:de@5 set:tag=x@6 /d format:mbox@8 map:id=key@11 ");
    expect("roots = '/only'", "/only ");
}

static void a_path_belongs_to_the_deepest_root(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_config c = {0};
    struct dtl_error err = {0};
    const char *text = "roots = ['/news', '/news/wire', '/']";
    assert_int_equal(dtl_config_parse(dtl_bytes_of(text), &arena, &c, &err), DTL_OK);
    assert_int_equal(dtl_config_root_of(&c, "/news"), 1);
    assert_int_equal(dtl_config_root_of(&c, "/news/a"), 1);
    assert_int_equal(dtl_config_root_of(&c, "/news/wire/a"), 2);
    assert_int_equal(dtl_config_root_of(&c, "/news/wires"), 1);
    assert_int_equal(dtl_config_root_of(&c, "/newspaper"), 3);
    c.roots = 2;
    assert_int_equal(dtl_config_root_of(&c, "/newspaper"), 0);
    dtl_arena_release(&arena);
}

static void mistakes_have_a_line_and_a_remedy(void **state)
{
    (void)state;
    expect("a = 1", "1: there is no 'a'; dateline.toml(5) lists the keys");
    expect("jobs = 1\nexcludes = 'x'\n", "2: there is no 'excludes'; did you mean 'exclude'?");
    expect("date_from = 'url'", "1: there is no 'date_from'; did you mean 'date-from'?");
    expect("jobs = '2'", "1: 'jobs' wants a number, without quotes");
    expect("jobs = 2\njobs = 3", "2: a key is stated twice");
    expect("lang = en", "1: a value that is no number, true or false wants quotes: \"...\"");
    expect("lang = 1", "1: 'lang' wants a language in quotes");
    expect("lang = ''", "1: 'lang' is empty; leave it out");
    expect("lang = \"a\\u0000b\"", "1: 'lang' holds a NUL");
    expect("\n\nfollow = 'yes'", "3: 'follow' wants true or false");
    expect("prune = 'force'", "1: 'prune' wants true or false");
    expect("exclude = ['a', 1]", "1: 'exclude' wants a list: [\"*.bak\", \"drafts\"]");
    expect("roots = ['news']", "1: 'news' is not an absolute path, and cron starts wherever it "
                               "likes; write it from / on");
    expect("roots = ['/a',\n'/a/']", "1: '/a/' is a root already, by line 1");
    expect("index = 'x'", "1: 'x' is not an absolute path");
    expect("root = 1", "1: 'root' wants tables: [[root]]");
    expect("[root]\npath = '/a'", "1: 'root' wants tables: [[root]]");
    expect("[[root]]\nlang = 'en'", "2: this [[root]] has no path = \"/...\"");
    expect("[[root]]\npath = '/a'\nmemory = '1G'",
           "3: 'memory' is for the whole run; put it above the first [[root]]");
    expect("[[root]]\npath = 1", "2: 'path' wants a folder in quotes");
    expect("[set]\n\"a=b\" = 'c'", "2: 'a=b' is no field's name");
    expect("[set]\ntag = 1", "2: 'tag' wants a text in quotes, or a list of them");
    expect("[map]\nid = 'a,b'", "2: 'id' names a key with a comma; write several as a list");
    expect("set = 'tag=x'", "1: 'set' wants a table: [set]");
    expect("jobs = 1\nlang = \"\xff\"", "2: not UTF-8; save the file as UTF-8");
    expect("lang = 'en", "1: a string is not closed");
    expect("jobs = 1\njobs.x = 2", "2: the name in front of the dot was given a value before");
    expect("jobs = 1\n[jobs]\n", "2: the table's name was given a value before");
}

static void others_may_not_write_it(void **state)
{
    (void)state;
    char *path = NULL;
    char *dir = temp_dir_make();
    struct dtl_arena arena = {0};
    struct dtl_config c = {0};
    struct dtl_error err = {0};
    path = temp_dir_path(dir, DTL_CONFIG_NAME);
    assert_int_equal(dtl_config_read(path, &arena, &c, &err), DTL_NOTFOUND);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("jobs = 1\nfollow = 1\n", f);
    fclose(f);
    const mode_t refused[] = {0620, 0602, 0666}, taken[] = {0600, 0644, 0400};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(chmod(path, refused[i]), 0);
        assert_int_equal(dtl_config_read(path, &arena, &c, &err), DTL_EREFUSED);
        assert_int_equal(chmod(path, taken[i]), 0);
        assert_int_equal(dtl_config_read(path, &arena, &c, &err), DTL_EUSAGE);
        assert_non_null(strstr(err.text, DTL_CONFIG_NAME ":2: 'follow' wants true or false"));
    }
    assert_int_equal(dtl_config_read(dir, &arena, &c, &err), DTL_EUSAGE); /* a folder */
    dtl_arena_release(&arena);
    free(path);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_become_options),
        cmocka_unit_test(roots_have_settings_of_their_own),
        cmocka_unit_test(a_path_belongs_to_the_deepest_root),
        cmocka_unit_test(mistakes_have_a_line_and_a_remedy),
        cmocka_unit_test(others_may_not_write_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
