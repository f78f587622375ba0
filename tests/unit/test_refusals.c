/* The query language: what is refused, where, and how it is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "readings.h"

/* clang-format off */
/* text, byte of the fault, what the message holds */
static const struct {
    const char *text;
    unsigned at;
    const char *says;
} refused[] = {
    {"", 0, "nothing to search"},            {"  ", 0, "nothing to search"},
    {"\"\"", 0, "nothing to search"},        {"...", 0, "nothing to search"},
    {"- - -", 0, "nothing to search"},       {"title:", 6, "value must follow title:"},
    {"date: 2024", 5, "value must follow"},  {"(title:)", 7, "value must follow"},
    {"(a title:) b", 9, "value must follow"}, {"[a TO", 0, "unfinished range"},
    {"[a TO b", 0, "unfinished range"},      {"[a TO b]", 1, "date"},
    {"()", 0, "inside"},                     {"a (  ) b", 2, "inside"},
    {"updat:fire", 0, "unknown field 'updat'"}, {"updat:fire", 0, "did you mean 'date'"},
    {"updat:fire", 0, "quote it"},           {"titel:fire", 0, "did you mean 'title'"},
    {"(a b", 0, "missing )"},                {"a (b (c)", 2, "missing )"},
    {"a)", 1, "missing ("},                  {"a \"abc", 2, "missing closing \""},
    {"a AND", 2, "must follow AND"},         {"OR b", 0, "before OR"},
    {"AND b", 0, "before AND"},              {"a OR", 2, "must follow OR"},
    {"a OR OR b", 5, "before OR"},           {"a AND AND b", 6, "between two operators"},
    {"a AND OR b", 2, "must follow AND"},    {"a OR AND b", 5, "before AND"},
    {"NOT", 0, "must follow NOT"},           {"a NOT", 2, "must follow NOT"},
    {"a NOT AND b", 2, "must follow NOT"},   {"(a OR) b", 3, "must follow OR"},
    {"a NEAR", 2, "must follow NEAR"},       {"NEAR b", 0, "before NEAR"},
    {"a AND NEAR b", 6, "before NEAR"},      {"a NEAR/5 OR b", 2, "must follow NEAR/5"},
    {"(a NEAR/5) b", 3, "must follow NEAR/5"}, {"NOT NEAR b", 0, "must follow NOT"},
    {"a NEAR NEAR b", 2, "must follow NEAR"}, {"a SAME", 2, "must follow SAME"},
    {"W/S b", 0, "before W/S"},
    {"a NEAR/ b", 7, "1 to 1000"},           {"a NEAR/0 b", 7, "1 to 1000"},
    {"a NEAR/1001 b", 7, "1 to 1000"},       {"a NEAR/1000000 b", 7, "1 to 1000"},
    {"a NEAR/x b", 7, "1 to 1000"},          {"a PRE/0 b", 6, "1 to 1000"},
    {"a NOTNEAR/ b", 10, "1 to 1000"},       {"W/0", 2, "1 to 1000"},
    {"a NEAR/5 -b", 9, "words, phrases"},    {"-a NEAR/5 b", 0, "words, phrases"},
    {"(a b) NEAR/5 c", 1, "words, phrases"}, {"a NEAR/5 (b AND c)", 10, "words, phrases"},
    {"a NEAR/5 source:x", 9, "words, phrases"}, {"a NEAR/5 since:2024", 9, "words, phrases"},
    {"* NEAR/5 a", 0, "words, phrases"},     {"a NEAR/5 (b OR -c)", 10, "words, phrases"},
    {"a NEAR/5 ATLEAST/2 b", 9, "words, phrases"},
    {"ATLEAST 5 a", 0, "1 to 1000"},         {"ATLEAST/0 a", 8, "1 to 1000"},
    {"ATLEAST/x a", 8, "1 to 1000"},         {"ATLEAST/5", 0, "must follow ATLEAST/5"},
    {"ATLEAST/5 (a b)", 11, "words, phrases"}, {"ATLEAST/5 -a", 0, "must follow"},
    {"quake^x", 5, "above 0"},               {"quake^-1", 5, "above 0"},
    {"quake^0", 5, "above 0"},               {"quake^101", 5, "up to 100"},
    {"quake^1.2.3", 5, "above 0"},           {"quake^", 5, "above 0"},
    {"quake^0.0001", 5, "three decimals"},   {"quake^4294967297", 5, "up to 100"},
    {"^x", 0, "above 0"},                    {"^-1", 0, "above 0"},
    {"^2", 0, "above 0"},                    {"*^2", 0, "behind a word"},
    {"~9", 0, "1 or 2"},                     {"mueler~9", 6, "1 or 2"},
    {"mueler~0", 6, "1 or 2"},               {"wom?n~1", 5, "does not go"},
    {"rec*~", 4, "does not go"},
    {"\"a b\"~", 5, "1 to 1000"},            {"\"a b\"~0", 5, "1 to 1000"},
    {"\"a b\"~1001", 5, "1 to 1000"},        {"\"a b\"^x", 5, "above 0"},
    {"(a b)^0", 5, "above 0"},               {"(date:2024)^2", 11, "does not score"},
    {"(-a)^2", 4, "does not score"},         {"((a)^100)^2", 9, "within 100"},
    {"(a^0.001)^0.1", 9, "above 0"},         {"source:ap^2 ()", 12, "inside"},
    {"source:(ap^2)", 8, "is a filter"},     {"source:(ap~1)", 8, "is a filter"},
    {"source:(\"a b\"~2)", 8, "is a filter"}, {"source:>ap", 7, "not compared"},
    {"source:\"ap", 7, "missing closing"},   {"source:!", 7, "value must follow"},
    {"source: ap", 7, "value must follow"},  {"case:", 5, "value must follow"},
    {"stem:=run", 5, "choose one"},          {"stem:case:x", 10, "choose one"},
    {"case:x~1", 5, "choose one"},           {"case:AND x", 5, "case: takes"},
    {"title:lead:x", 6, "title: takes"},     {"title:(lead:x)", 7, "one place"},
    {"first/50:(first/60:x)", 10, "one place"}, {"title,since:2024", 6, "stands alone"},
    {"title,case:x", 6, "stands alone"},     {"title,led:x", 6, "unknown field 'led'"},
    {"first:x", 0, "first/50"},              {"first/0:x", 0, "first/50"},
    {"first/:x", 0, "first/50"},             {"first/9999999:x", 0, "first/50"},
    {"title,lead,hlead,tag,place,lang,id,url,path:x", 39, "at most 8"},
    {"wc:x", 3, "wc:>500"},                  {"wc:400..200", 3, "not empty"},
    {"wc:<0", 3, "not empty"},               {"wc:..", 3, "wc:>500"},
    {"wc:1000000000", 3, "wc:>500"},         {"wc:(1 OR 2)", 3, "wc:<100 OR"},
    {"wc:[200 TO", 3, "unfinished"},         {"wc:{1 TO 2}", 3, "not empty"},
    {"every:march", 6, "month:3"},           {"every:2024", 6, "one day"},
    {"every:02-30", 9, "02-29"},             {"every:garbage", 6, "not a date"},
    {"every:>03-15", 6, "comparison"},       {"weekday:7", 8, "mon to sun"},
    {"weekday:sundy", 8, "sunday"},          {"weekday:mon..fri", 8, "mon to sun"},
    {"month:13", 6, "1 to 12"},              {"month:0", 6, "1 to 12"},
    {"month:2024-03", 6, "date:2024-03"},    {"month:decembre", 6, "december"},
    {"a OR month:3", 2, "whole query"},      {"a AND month:3 OR b OR weekday:mon", 19, "whole query"},
    {"added:none", 6, "takes a date"},       {"added:garbage", 6, "not a date"},
    {"added:last week", 6, "last_week"},     {"query:quakes", 0, "no saved query 'quakes'"},
    {"title:*", 6, "title: takes"},          {"title:since:2024", 6, "title: takes"},
    {"title:AND", 6, "title: takes"},        {"title:title:x", 6, "title: takes"},
    {"since:2025 until:2024", 11, "leave no day"}, {"date:none since:2024", 10, "date:none"},
    {"date:garbage", 5, "not a date"},       {"a date:2024-02-31", 15, "2024-02-29"},
    {"date:03/04/2024", 5, "2024-03-04"},    {"date:..", 5, "one side"},
    {"date:\"march", 5, "missing closing"},  {"date:[2024 TO", 5, "unfinished"},
    {"date:(2023 OR 2024)", 5, "date:2021 OR date:2023"}, {"since:>2024", 6, "date:>="},
    {"since:2023..2024", 6, "takes one date"}, {"since:last week", 6, "last_week"},
    {"a OR since:2024", 2, "whole query"},   {"since:2024 OR a", 11, "whole query"},
    {"a\x01", 1, "control characters"},      {"a\x7f", 1, "control characters"},
    {"a\xc2\x85", 1, "control characters"},  {"ab\xff", 2, "byte offset 2"},
    {"caf\xc3", 3, "byte offset 3"},         {"\xed\xa0\x80", 0, "byte offset 0"},
};
/* clang-format on */

static void broken_structure_is_refused_at_its_place(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        refuses(refused[i].text, strlen(refused[i].text), &o, refused[i].at, refused[i].says);
    refuses("a\0b", 3, &o, 1, "control characters");
}

static void deep_or_long_queries_are_refused_by_name(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    static char text[200000];
    memset(text, '(', 60000);
    refuses(text, 60000, &o, 256, "256 deep");
    for (size_t i = 0; i < 60000; i++)
        text[i] = i % 2 ? '+' : '-';
    text[59999] = 'x';
    refuses(text, 60000, &o, 256, "256 deep");
    for (size_t i = 0; i + 4 <= 60000; i += 4)
        memcpy(text + i, "NOT ", 4);
    refuses(text, 60000, &o, 4 * 256, "256 deep");
    for (size_t i = 0; i < 60000; i += 2)
        memcpy(text + i, "a|", 2);
    refuses(text, 59999, &o, 2 * 4096, "4096 words");
    for (size_t i = 0; i < 60000; i += 2)
        memcpy(text + i, "a ", 2);
    refuses(text, 60000, &o, 2 * 4096, "4096 words");
    text[0] = text[201] = '"';
    refuses(text, 202, &o, 0, "64 words");
    memset(text, 'a', sizeof text);
    refuses(text, 65537, &o, 65536, "65536 bytes");
    struct dtl_arena arena = {0};
    struct dtl_query *q = NULL;
    assert_int_equal(dtl_query_parse(dtl_bytes(text, 65536), &o, &arena, &q, NULL), DTL_OK);
    memset(text, '-', 65536);
    text[65535] = 'a';
    assert_int_equal(dtl_query_parse(dtl_bytes(text, 65536), &o, &arena, &q, NULL), DTL_OK);
    for (size_t i = 0; i < 65536; i++) /* noise alone, each piece noted at most once */
        text[i] = i % 2 ? ' ' : '-';
    assert_int_equal(dtl_query_parse(dtl_bytes(text, 65536), &o, &arena, &q, NULL), DTL_EQUERY);
    dtl_arena_release(&arena);
}

static void the_caret_stands_under_the_column(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t pos;
        const char *shown;
    } cases[] = {
        {"tax AND",                    4, "query:\n  tax AND\n      ^ why\n"                    },
        {"",                           0, "query:\n  \n  ^ why\n"                               },
        {"\xe6\x9d\xb1\xe4\xba\xac )", 7, "query:\n  \xe6\x9d\xb1\xe4\xba\xac )\n       ^ why\n"},
        {"e\xcc\x81 )",                4, "query:\n  e\xcc\x81 )\n    ^ why\n"                  },
        {"a\x1b[31m )",                7, "query:\n  a\\x1b[31m )\n            ^ why\n"         },
        {"one\ntwo )\nthree",          8, "query, line 2:\n  two )\n      ^ why\n"              },
        {"a\xff",                      1, "query:\n  a\\xff\n   ^ why\n"                        },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dtl_error err = {DTL_EQUERY, cases[i].pos, "why"};
        struct dtl_buffer out = {0};
        assert_true(dtl_query_caret(dtl_bytes_of(cases[i].text), &err, &out));
        dtl_buffer_byte(&out, 0);
        assert_string_equal((const char *)out.p, cases[i].shown);
        dtl_buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_structure_is_refused_at_its_place),
        cmocka_unit_test(deep_or_long_queries_are_refused_by_name),
        cmocka_unit_test(the_caret_stands_under_the_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
