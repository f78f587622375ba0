/*
 * Files to articles: what fields mean, identity, dates, language, and that nothing is lost without
 * a word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/article/intake.h"
#include "tests/unit/records.h"
#include "tests/unit/temp_dir.h"

#include <fcntl.h>

static char *dir;

static int start(void **state)
{
    (void)state;
    dir = temp_dir_make();
    return chdir(dir);
}

static int stop(void **state)
{
    (void)state;
    int r = chdir("/");
    temp_dir_remove(dir);
    return r;
}

static void put_values(struct dtl_buffer *b, const char *name, const struct dtl_values *v)
{
    for (size_t i = 0; i < v->n; i++)
        dtl_buffer_format(b, " %s=%.*s", name, (int)v->v[i].n, (const char *)v->v[i].p);
}

static void put(struct dtl_buffer *b, const char *name, struct dtl_bytes v)
{
    struct dtl_values one = {&v, v.n != 0};
    put_values(b, name, &one);
}

static void print_article(struct dtl_buffer *b, const struct dtl_article *a)
{
    char date[DTL_DATE_TEXT], lang[4];
    put(b, "path", a->path);
    if (!dtl_bytes_equal(a->id, a->path))
        put(b, "id", a->id);
    put(b, "source", a->source);
    put(b, "date", dtl_bytes_of(dtl_date_print(a->date, date)));
    if (a->date_source)
        dtl_buffer_format(b, "(%d)", (int)a->date_source);
    put(b, "title", a->title);
    put(b, "body", a->body);
    put(b, "lang", dtl_bytes_of(dtl_lang_code_text(a->lang, lang)));
    put_values(b, "author", &a->authors);
    put_values(b, "section", &a->sections);
    put_values(b, "tag", &a->tags);
    put_values(b, "place", &a->places);
    put_values(b, "agency", &a->agencies);
    for (size_t i = 0; i < a->other_dates; i++)
        dtl_buffer_format(b, " %s:%s", dtl_date_source_name(a->other_date[i].source),
                          dtl_date_print(a->other_date[i].date, date));
    put(b, "url", a->url);
    put(b, "extra", a->extra);
}

/* Every article and rejection of a file, a line each. */
static char *taken(const char *name, struct dtl_bytes content, const struct dtl_intake_options *o)
{
    struct dtl_buffer b = {0};
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_intake *in = NULL;
    struct dtl_file file = {.path = dtl_bytes_of(name), .mtime_ns = UINT64_C(86400000000000)};
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content.p, content.n), (ssize_t)content.n);
    close(fd);
    enum dtl_status st = dtl_intake_open(&in, &file, o, &err);
    if (st != DTL_OK)
        dtl_buffer_format(&b, "%s", st == DTL_NOTFOUND ? "skipped" : err.text);
    while (st == DTL_OK) {
        struct dtl_article a;
        dtl_arena_reset(&arena);
        st = dtl_intake_next(in, &arena, &a, &err);
        if (st == DTL_END)
            break;
        if (b.n)
            dtl_buffer_byte(&b, '\n');
        if (st == DTL_OK) {
            assert_true(dtl_bytes_is(dtl_article_file(&a), name));
            print_article(&b, &a);
        } else {
            dtl_buffer_text(&b, err.text);
        }
        if (st == DTL_EINPUT)
            st = DTL_OK;
    }
    if (in && dtl_intake_cut(in))
        dtl_buffer_text(&b, "\n(cut)");
    dtl_intake_close(in);
    dtl_arena_release(&arena);
    dtl_buffer_byte(&b, 0);
    return (char *)b.p;
}

static void expect(const char *name, struct dtl_bytes content, const struct dtl_intake_options *o,
                   const char *text)
{
    char *got = taken(name, content, o);
    assert_string_equal(got, text);
    free(got);
}
#define EXPECT(name, content, o, text) expect(name, DTL_LITERAL(content), o, text)

static struct dtl_intake_options options(void)
{
    struct dtl_intake_options o = {.default_lang = dtl_lang_code_of(DTL_LITERAL("en"))};
    return o;
}

static void maps_the_usual_names(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT(
        "x.jsonl",
        "{\"id\":7,\"date\":\"2024-03-22\",\"headline\":\"T\",\"text\":\"B\",\"publication\":\"P\","
        "\"byline\":\"A\",\"section\":\"s\",\"tags\":[\"a\",1,\"a\"],\"keywords\":[\"b\"],"
        "\"language\":\"de\",\"link\":\"u\",\"places\":[\"p\",\"q\"],\"k\":{\"y\":1,\"x\":[]}}",
        &o,
        " path=x.jsonl#1 id=7 source=P date=2024-03-22(1) title=T body=B lang=de author=A "
        "section=s tag=a tag=1 tag=b place=p place=q url=u extra={\"k\":{\"x\":[],\"y\":1}}");
    EXPECT("x.jsonl", "{\"Title\":\"A\",\"BODY\":[\"one\",\"two\"]}", &o,
           " path=x.jsonl#1 title=A body=one\n\ntwo lang=en");
    EXPECT("x.jsonl", "{\"title\":\"A\",\"headline\":\"H\",\"Title\":\"C\",\"text\":\"\"}", &o,
           " path=x.jsonl#1 title=A lang=en extra={\"Title\":\"C\",\"headline\":\"H\"}");
    EXPECT("x.jsonl", "{}", &o, " path=x.jsonl#1 lang=en"); /* kept, though it says nothing */
}

static void keeps_names_an_export_would_mistake_apart(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    struct dtl_field_pair map[] = {
        {"title",  "name"  },
        {"author", "writer"}
    };
    EXPECT("x.jsonl", "{\"author\":{\"n\":1},\"lang\":\"English\",\"url\":[\"a\",\"b\"]}", &o,
           " path=x.jsonl#1 lang=en "
           "extra={\"author_\":{\"n\":1},\"lang_\":\"English\",\"url_\":[\"a\",\"b\"]}");
    o.map = map;
    o.maps = 2;
    EXPECT("x.jsonl", "{\"name\":\"N\",\"title\":\"T\",\"byline\":\"B\",\"writer\":\"W\"}", &o,
           " path=x.jsonl#1 title=N lang=en author=W extra={\"byline_\":\"B\",\"title_\":\"T\"}");
}

static void keeps_how_a_text_was_read(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT("x.txt", "date 2024-03-22\n\ncaf\xe9", &o,
           " path=x.txt date=2024-03-22(1) body=caf\xc3\xa9 lang=en "
           "extra={\"charset\":\"windows-1252\",\"charset_by\":\"fallback\"}");
    EXPECT("x.json", "\xef\xbb\xbf{\"body\":\"b\"}", &o,
           " path=x.json body=b lang=en extra={\"charset\":\"UTF-8\",\"charset_by\":\"bom\"}");
    /* garbled before it came; what an export states of it is not stated twice */
    EXPECT("x.json", "{\"body\":\"it\xc3\xa2\xe2\x82\xac\xe2\x84\xa2s \xef\xbf\xbd\"}", &o,
           " path=x.json body=it\xc3\xa2\xe2\x82\xac\xe2\x84\xa2s \xef\xbf\xbd lang=en "
           "extra={\"mojibake\":2}");
    EXPECT("x.json", "{\"body\":\"\xef\xbf\xbd\",\"mojibake\":7}", &o,
           " path=x.json body=\xef\xbf\xbd lang=en extra={\"mojibake\":7}");
    o.encoding = "koi8-r";
    EXPECT("x.json", "{\"body\":\"\xf0\xd2\xc9\xd7\xc5\xd4\"}", &o,
           " path=x.json body=\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 lang=en "
           "extra={\"charset\":\"koi8-r\",\"charset_by\":\"stated\"}");
}

/* A text of no form is an article where its container says that it is one. */
static void takes_texts_of_web_archives(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT("x.wet",
           "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://x.org/a\r\n"
           "Content-Type: text/plain\r\nContent-Length: 14\r\n\r\nTitle\nIts text\r\n\r\n"
           "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://x.org/b\r\n"
           "Content-Type: text/plain\r\nContent-Length: 14\r\n\r\nTitle\nIts text\r\n\r\n",
           &o, " path=x.wet#http://x.org/a title=Title body=Its text lang=en");
}

static void sets_fields_for_every_article(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    struct dtl_field_pair set[] = {
        {"source", "Reuters"},
        {"date",   "1990-05"},
        {"tag",    "x"      },
        {"tag",    "y"      },
        {"lang",   "fr"     }
    };
    o.set = set;
    o.sets = 5;
    EXPECT("x.json", "{\"source\":\"S\",\"date\":\"2024-03-22\",\"tags\":\"z\",\"title\":\"T\"}",
           &o, " path=x.json source=Reuters date=1990-05(6) title=T lang=fr tag=x tag=y");
}

static void refuses_options_that_name_nothing(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    struct dtl_field_pair pair[] = {
        {"tittle", "x"}
    };
    o.map = pair;
    o.maps = 1;
    EXPECT("x.json", "{}", &o, "--map tittle: no such field; did you mean 'title'?");
    pair[0].field = "mood";
    EXPECT("x.json", "{}", &o,
           "--map mood: no such field; there are id source title body date date_end lang url "
           "author section tag place agency");
    o = options();
    pair[0] = (struct dtl_field_pair){"id", "7"};
    o.set = pair;
    o.sets = 1;
    EXPECT("x.json", "{}", &o, "--set id: every article needs its own");
    pair[0] = (struct dtl_field_pair){"lang", "English"};
    EXPECT("x.json", "{}", &o, "--set lang=English: not a language code");
    pair[0] = (struct dtl_field_pair){"date", "2024-02-30"};
    EXPECT("x.json", "{}", &o, "--set date: '2024-02-30': no such day in that month");
    o = options();
    o.encoding = "klingon";
    EXPECT("x.json", "{}", &o, "--encoding klingon: no such encoding");
    o = options();
    o.format = "docx";
    EXPECT("x.json", "{}", &o,
           "--format docx: no such format; 'dateline-index formats' lists them");
    o = options();
    o.date_from = "meta,ctime";
    EXPECT("x.json", "{}", &o,
           "--date-from: 'ctime' is not one of meta url text path mtime, each once");
}

static void names_articles_by_id_or_by_path_and_ordinal(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT("x.json", "{\"title\":\"A\"}", &o, " path=x.json title=A lang=en");
    EXPECT("x.txt", "date 2024-03-22 B", &o, " path=x.txt date=2024-03-22(1) body=B lang=en");
    EXPECT("x.json", "{\"title\":\"A\"}\nbad\n{\"id\":\" i \",\"title\":\"C\"}", &o,
           " path=x.json#1 title=A lang=en\n"
           "#2: line 2: not a JSON object; mend or remove it\n"
           " path=x.json#3 id=i title=C lang=en");
    EXPECT("x.jsonl", "{\"id\":\"a\\u0007b\"}\n{\"id\":[\"a\",\"b\"]}\n{\"id\":\"\"}\n", &o,
           "#1: line 1: \"id\" is an id with a control character; name another key with --map "
           "id=NAME\n"
           "#2: line 2: \"id\" is a list; name another key with --map id=NAME\n"
           " path=x.jsonl#3 lang=en");
    char big[5000];
    memset(big, 'x', sizeof big);
    memcpy(big, "{\"id\":\"", 7);
    memcpy(big + 4200, "\"}", 2);
    expect("x.json", dtl_bytes(big, 4202), &o,
           "\"id\" is an id of more than 4096 bytes; name another key with --map id=NAME");
}

static void takes_dates_as_stated_or_not_at_all(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT(
        "2020-01-02.jsonl",
        "{\"date\":null,\"url\":\"http://x/2019/03/04/\"}\n{\"date\":\"\"}\n{\"published\":true}\n"
        "{\"date\":\"1990-01-01\",\"date_end\":\"1999\"}\n{\"date\":1895}\n"
        "{\"date\":\"2024-02-31\"}\n{\"date\":{\"y\":1}}\n{\"date_end\":\"1999\"}\n"
        "{\"date\":\"1999\",\"date_end\":\"1998\"}\n",
        &o,
        " path=2020-01-02.jsonl#1 lang=en url:2019-03-04 url=http://x/2019/03/04/\n"
        " path=2020-01-02.jsonl#2 lang=en\n"
        " path=2020-01-02.jsonl#3 lang=en extra={\"published\":true}\n"
        " path=2020-01-02.jsonl#4 date=1990-01-01..1999-12-31(1) lang=en\n"
        " path=2020-01-02.jsonl#5 date=1895(1) lang=en\n"
        "#6: line 6: date '2024-02-31': no such day in that month; correct it, or name another "
        "key with --map date=NAME\n"
        "#7: line 7: \"date\" is an object or a nested list; name another key with --map "
        "date=NAME\n"
        "#8: line 8: date_end without date; state the first day too\n"
        "#9: line 9: date_end '1998' is before date '1999'; exchange them");
    o.date_from = "meta,url,path";
    EXPECT("2020-01-02.jsonl", "{\"url\":\"http://x/2019/03/04/\"}\n{}\n{\"date\":\"1990\"}", &o,
           " path=2020-01-02.jsonl#1 date=2019-03-04(2) lang=en "
           "url=http://x/2019/03/04/\n"
           " path=2020-01-02.jsonl#2 date=2020-01-02(4) lang=en\n"
           " path=2020-01-02.jsonl#3 date=1990(1) lang=en");
    o.date_from = "mtime";
    EXPECT("x.json", "{\"date\":\"bad\"}", &o, " path=x.json date=1970-01-02(5) lang=en");
    o = options();
    o.reject_undated = true;
    EXPECT("x.json", "{}", &o, "no date; state one or index it with --undated keep");
}

static void guesses_dates_of_pages_from_their_names(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT("2020-01-02-x.md", "---\ntitle: T\ntags: a, b c\n---\nText", &o,
           " path=2020-01-02-x.md date=2020-01-02(4) title=T body=Text lang=en tag=a tag=b c");
    EXPECT("x.md", "---\ntitle: T\n---\nMay 5, 1987\n\nText", &o,
           " path=x.md date=1987-05-05(3) title=T body=May 5, 1987\n\nText lang=en");
}

static void settles_the_language(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    static const char german[] =
        "{\"title\":\"Der Wald im Winter\",\"body\":\"Die alte Stadt liegt am Fluss, und hinter "
        "den "
        "Feldern beginnt der Wald, in dem es seit Wochen geschneit hat.\"}";
    char *got = taken("x.json", DTL_LITERAL(german), &o);
    assert_non_null(strstr(got, " lang=de"));
    free(got);
    o.lang = dtl_lang_code_of(DTL_LITERAL("sv")); /* --lang: of all that state none */
    got = taken("x.json", DTL_LITERAL(german), &o);
    assert_non_null(strstr(got, " lang=sv"));
    free(got);
    EXPECT("x.json", "{\"title\":\"T\",\"lang\":\"EN-gb\"}", &o, " path=x.json title=T lang=en");
}

static void makes_control_characters_harmless(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT("x.json",
           "{\"title\":\"a\\u0000b\\n\",\"body\":\"x\\u0000\\u001by\",\"author\":\"\\u0000n\\nm "
           "\",\"k\\n\":\"\\u001b\"}",
           &o,
           " path=x.json title=a b\n body=x \x1by lang=en author=n m "
           "extra={\"k\\n\":\"\\u001b\"}");
}

static void passes_over_what_nobody_reads(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT("x", "", &o, "skipped");
    EXPECT("x", " \n\n", &o, "skipped");
    EXPECT("x", "Some text.", &o, "skipped");
    EXPECT("x",
           "\x7f"
           "ELF\x02",
           &o, "skipped");
    o.format = "dated";
    EXPECT("x", "", &o, "skipped");
    EXPECT("x", "Some text.", &o, "line 1: does not begin with \"date YYYY-MM-DD\"; put it there");
    o.format = "json";
    EXPECT("x", "Some text.", &o, "#1: line 1: not a JSON object; mend or remove it");
}

static void says_once_that_a_file_is_cut_and_ends(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    EXPECT("x.json", "[{\"title\":\"A\"},{\"title\":\"B\"", &o,
           " path=x.json#1 title=A lang=en\n"
           "#2: line 1: the record does not end; is the file cut short?; what follows in the list "
           "cannot be read\n(cut)");
    static const uint8_t gz[] = {/* {"a":1}\n packed, without its last bytes */
                                 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
                                 0x00, 0x03, 0xab, 0x56, 0x4a, 0x54, 0xb2, 0x32};
    char *got = taken("x.json.gz", dtl_bytes(gz, sizeof gz), &o);
    assert_non_null(strstr(got, "broken compression"));
    free(got);
}

static void takes_every_article_of_real_files(void **state)
{
    (void)state;
    static const char *const names[] = {"reuters/reut2-000.sgm", "reuters/reuters.jsonl"};
    struct dtl_arena a = {0};
    struct dtl_error err;
    struct dtl_intake_options o = options();
    o.lang = o.default_lang;
    for (size_t i = 0; i < 2; i++) {
        char *path = records_data(names[i]);
        if (!path)
            skip();
        struct dtl_file file = {.path = dtl_bytes_of(path)};
        struct dtl_intake *in;
        struct dtl_article article;
        size_t n = 0;
        enum dtl_status st;
        assert_int_equal(dtl_intake_open(&in, &file, &o, &err), DTL_OK);
        while ((st = dtl_intake_next(in, &a, &article, &err)) == DTL_OK) {
            assert_true(dtl_bytes_starts(article.path, file.path));
            assert_true(dtl_interval_dated(article.date));
            dtl_arena_reset(&a);
            n++;
        }
        assert_int_equal(st, DTL_END);
        assert_int_equal(n, i ? 21578 : 1000);
        assert_int_equal(dtl_intake_bytes(in), i ? 21426573 : 1324350);
        dtl_intake_close(in);
        free(path);
    }
    dtl_arena_release(&a);
}

static void takes_place_agency_and_day_from_a_dateline(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    o.lang = dtl_lang_code_of(DTL_LITERAL("en"));
    EXPECT("x.jsonl",
           "{\"date\":\"2024-11-25\",\"body\":\"PARIS, Nov 23 (AP) - x\",\"place\":\"Paris\"}", &o,
           " path=x.jsonl#1 date=2024-11-25(1) body=PARIS, Nov 23 (AP) - x lang=en place=Paris "
           "agency=AP"
           " text:2024-11-23");
    EXPECT(
        "x.jsonl", "{\"date\":\"2024-01-01\",\"body\":\"b\",\"dateline\":\"Lyon/PARIS, Dec 31 -\"}",
        &o,
        " path=x.jsonl#1 date=2024-01-01(1) body=b lang=en place=Lyon place=PARIS text:2023-12-31 "
        "extra={\"dateline\":\"Lyon/PARIS, Dec 31 -\"}");
    EXPECT("x.jsonl", "{\"body\":\"PARIS, Nov 23, 2024 (AP) - x\"}", &o, /* stated to have none */
           " path=x.jsonl#1 body=PARIS, Nov 23, 2024 (AP) - x lang=en place=PARIS agency=AP "
           "text:2024-11-23");
    o.date_from = "meta,text";
    EXPECT(
        "x.jsonl", "{\"body\":\"PARIS, Nov 23, 2024 (AP) - x\"}", &o,
        " path=x.jsonl#1 date=2024-11-23(3) body=PARIS, Nov 23, 2024 (AP) - x lang=en place=PARIS "
        "agency=AP");
    struct dtl_field_pair set[] = {
        {"place",  "Rome"},
        {"agency", "XY"  }
    };
    o.set = set;
    o.sets = 2;
    EXPECT("x.jsonl", "{\"body\":\"PARIS (AP) - x\"}", &o,
           " path=x.jsonl#1 body=PARIS (AP) - x lang=en place=Rome agency=XY");
}

static void notes_what_else_is_said_of_a_day(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    o.lang = dtl_lang_code_of(DTL_LITERAL("en"));
    EXPECT("2020-04-03.jsonl", "{\"date\":\"03/04/2020\",\"title\":\"a\"}", &o,
           " path=2020-04-03.jsonl#1 date=2020-04-03(1) title=a lang=en");
    EXPECT("x.jsonl", "{\"date\":\"03/04/2020\",\"title\":\"a\",\"url\":\"http://x/2020/05/01/\"}",
           &o,
           " path=x.jsonl#1 date=2020-03-04..2020-04-03(1) title=a lang=en url:2020-05-01 "
           "url=http://x/2020/05/01/");
    EXPECT("2020-04-03.txt", "date 2020-04-05\n\na\n", &o,
           " path=2020-04-03.txt date=2020-04-05(1) body=a lang=en path:2020-04-03");
    o.day_order = DTL_ORDER_MONTH_FIRST;
    EXPECT("x.jsonl", "{\"date\":\"03/04/2020\",\"title\":\"a\"}", &o,
           " path=x.jsonl#1 date=2020-03-04(1) title=a lang=en");
    o.day_order = DTL_ORDER_BY_LANGUAGE;
    o.lang = dtl_lang_code_of(DTL_LITERAL("fr"));
    EXPECT("x.jsonl", "{\"date\":\"03/04/2020\",\"title\":\"a\"}", &o,
           " path=x.jsonl#1 date=2020-04-03(1) title=a lang=fr");
    EXPECT("2019-04-03.jsonl", "{\"date\":\"23 mai 2024\",\"title\":\"a\"}\n{\"date\":\"2020\"}",
           &o,
           " path=2019-04-03.jsonl#1 date=2024-05-23(1) title=a lang=fr\n"
           " path=2019-04-03.jsonl#2 date=2020(1) lang=fr"); /* the path of many is of none */
}

static void reads_a_plain_text_of_a_place(void **state)
{
    (void)state;
    struct dtl_intake_options o = options();
    o.lang = dtl_lang_code_of(DTL_LITERAL("en"));
    EXPECT(
        "note-2018.txt",
        "Cup won\n\nSAITAMA, Japan, Dec. 9 Kyodo - It was won by those who were there.\n", &o,
        " path=note-2018.txt date=2018-12-09(3) title=Cup won body=SAITAMA, Japan, Dec. 9 Kyodo - "
        "It was won by those who were there. lang=en place=SAITAMA place=Japan agency=Kyodo");
    EXPECT("note.txt", "Cup won\n\nIt was won by those who were there.\n", &o, "skipped");
    o.format = "text";
    EXPECT("note.txt", "Cup won\n\nIt was won.\n", &o,
           " path=note.txt title=Cup won body=It was won. lang=en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_place_agency_and_day_from_a_dateline, start, stop),
        cmocka_unit_test_setup_teardown(notes_what_else_is_said_of_a_day, start, stop),
        cmocka_unit_test_setup_teardown(reads_a_plain_text_of_a_place, start, stop),
        cmocka_unit_test_setup_teardown(maps_the_usual_names, start, stop),
        cmocka_unit_test_setup_teardown(keeps_names_an_export_would_mistake_apart, start, stop),
        cmocka_unit_test_setup_teardown(keeps_how_a_text_was_read, start, stop),
        cmocka_unit_test_setup_teardown(takes_texts_of_web_archives, start, stop),
        cmocka_unit_test_setup_teardown(sets_fields_for_every_article, start, stop),
        cmocka_unit_test_setup_teardown(refuses_options_that_name_nothing, start, stop),
        cmocka_unit_test_setup_teardown(names_articles_by_id_or_by_path_and_ordinal, start, stop),
        cmocka_unit_test_setup_teardown(takes_dates_as_stated_or_not_at_all, start, stop),
        cmocka_unit_test_setup_teardown(guesses_dates_of_pages_from_their_names, start, stop),
        cmocka_unit_test_setup_teardown(settles_the_language, start, stop),
        cmocka_unit_test_setup_teardown(makes_control_characters_harmless, start, stop),
        cmocka_unit_test_setup_teardown(passes_over_what_nobody_reads, start, stop),
        cmocka_unit_test_setup_teardown(says_once_that_a_file_is_cut_and_ends, start, stop),
        cmocka_unit_test(takes_every_article_of_real_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
