/* The query language: what is syntax and what is text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "query/language/chars.h"
#include "query/language/suggest.h"
#include "readings.h"

struct reading {
    const char *text, *tree;
};

/* clang-format off */
static const struct reading structure[] = {
    {"tax", "tax"},                          {"tax cuts", "AND(tax cuts)"},
    {"tax AND cuts", "AND!(tax cuts)"},      {"tax && cuts", "AND!(tax cuts)"},
    {"tax&&cuts", "AND!(tax cuts)"},         {"tax OR duty", "OR(tax duty)"},
    {"tax | duty", "OR(tax duty)"},          {"tax||duty", "OR(tax duty)"},
    {"tax|duty", "OR(tax duty)"},            {"a b OR c d", "OR(AND(a b) AND(c d))"},
    {"a OR b AND c", "OR(a AND!(b c))"},     {"a AND b c", "AND!(a AND(b c))"},
    {"(a OR b) c", "AND(OR(a b) c)"},        {"((a))", "a"},
    {"a(b)c", "AND(a b c)"},                 {"jaguar -car", "AND(jaguar NOT(car))"},
    {"jaguar NOT car", "AND(jaguar NOT(car))"}, {"NOT a b", "AND(NOT(a) b)"},
    {"NOT (a b)", "NOT(AND(a b))"},          {"-(a OR b)", "NOT(OR(a b))"},
    {"NOT NOT a", "NOT(NOT(a))"},            {"a AND NOT b", "AND!(a NOT(b))"},
    {"a OR -b", "OR(a NOT(b))"},             {"+a b", "AND(+a b)"},
    {"-+a", "NOT(a)"},                       {"+(a b)", "AND(a b)"},
    {"\"prime minister\"", "<prime minister>"}, {"\"prime  minister \"", "<prime minister>"},
    {"-\"prime minister\" x", "AND(NOT(<prime minister>) x)"},
    {"\"ab cd*\"", "<ab cd>*"},              {"\"ab cd\"*", "<ab cd>*"},
    {"=\"ab cd\"", "<ab cd>"},               {"a\"b c\"d", "AND(a <b c> d)"},
    {"=running", "=running"},                {"=run*", "=run*"},
    {"recyc*", "recyc*"},                    {"recyc*.", "recyc*"},
    {"(recyc*)", "recyc*"},                  {"title:quake", "title:quake"},
    {"title:\"big quake\"", "title:<big quake>"}, {"title:(a OR b) c", "AND(OR(title:a title:b) c)"},
    {"-title:a b", "AND(NOT(title:a) b)"},   {"title:=a*", "title:=a*"},
    {"+title:a b", "AND(+title:a b)"},       {"*", "ALL"},
    {"* a", "AND(ALL a)"},                   {"-*", "NOT(ALL)"},
    {"title:\xc3\xa9lan", "title:\xc3\xa9lan"}, {"a\xc2\xa0" "b", "AND(a b)"},
    {"a\tb\nc\r\n", "AND(a b c)"},           {"\xe6\x9d\xb1\xe4\xba\xac", "\xe6\x9d\xb1\xe4\xba\xac"},
};

static const struct reading plain_text[] = { /* QUERY.md section 4, first rows */
    {"it's", "it's"},                        {"U.S.", "U.S."},
    {"AT&T", "AT&T"},                        {"well-known", "well-known"},
    {"C++", "C++"},                          {"20.04", "20.04"},
    {"a/b", "a/b"},                          {"@user #tag", "AND(@user #tag)"},
    {"10:30", "10:30"},                      {"http://x/y", "http://x/y"},
    {"http://x.org", "http://x.org"},        {"Reuters:oil", "Reuters:oil"},
    {"http://x.org/?q=a*b~1^2", "http://x.org/?q=a*b~1^2"},
    {"[note]", "note"},                      {"[a b]", "AND(a b)"},
    {"Update: fire", "AND(Update fire)"},    {"fire, flood; storm!", "AND(fire flood storm)"},
    {"what?", "what"},                       {"update: fire", "AND(update fire)"},
    {"and or not near", "AND(and or not near)"}, {"And Or", "AND(And Or)"},
    {"AND, b", "AND(AND b)"},                {"- a", "a"},
    {"a - b", "AND(a b)"},                   {"a -- b", "AND(a b)"},
    {"--b", "b"},                            {"a + b", "AND(a b)"},
    {"*** a", "a"},                          {"~ a", "a"},
    {"2024", "2024"},                        {"\"2024-03\"", "<2024-03>"},
    {"2024-03", "2024-03"},                  {"N/A", "N/A"},
    {"W/o", "W/o"},                          {"N W PRE ADJ", "AND(N W PRE ADJ)"},
    {"N/x", "N/x"},                          {"title://x", "title://x"},
    {"a = b", "AND(a b)"},
    {"\xe2\x80\x9cquoted\xe2\x80\x9d", "\xe2\x80\x9cquoted\xe2\x80\x9d"},
    {"a \xe2\x80\x94 b", "AND(a b)"},        {"\"\" a", "a"},
    {"$5 \xc2\xa3" "5", "AND($5 \xc2\xa3" "5)"}, {"O'Neill", "O'Neill"},
    {",AND", "AND"},                         {",title:x", "title:x"},
    {"Smith-Jones's", "Smith-Jones's"},      {"[TO]", "TO"},
};

static const struct reading places[] = {
    {"a NEAR/5 b", "NEAR5(a b)"},            {"a NEAR b", "NEAR10(a b)"},
    {"a N/3 b", "NEAR3(a b)"},               {"a W/3 b", "NEAR3(a b)"},
    {"a PRE/1 b", "NEAR>1(a b)"},            {"a ADJ/2 b", "NEAR>2(a b)"},
    {"a ONEAR/2 b", "NEAR>2(a b)"},          {"a NOTNEAR/2 b", "NEAR!2(a b)"},
    {"a W/S b", "NEARS(a b)"},               {"a SENTENCE b", "NEARS(a b)"},
    {"a W/P b", "NEARP(a b)"},               {"a SAME b", "NEARP(a b)"},
    {"a PARAGRAPH b", "NEARP(a b)"},         {"a NEAR/1 b", "NEAR1(a b)"},
    {"a NEAR/1000 b", "NEAR1000(a b)"},      {"a NEAR/5 b NEAR/2 c", "NEAR2(NEAR5(a b) c)"},
    {"a NEAR/5 (b PRE/2 c)", "NEAR5(a NEAR>2(b c))"}, {"a b NEAR/5 c d", "AND(a NEAR5(b c) d)"},
    {"a AND b NEAR/5 c OR d", "OR(AND!(a NEAR5(b c)) d)"}, {"a NEAR/5 (b OR c)", "NEAR5(a OR(b c))"},
    {"a NEAR/5(b OR \"c d\")", "NEAR5(a OR(b <c d>))"}, {"+a NEAR/5 b", "NEAR5(a b)"},
    {"-(a NEAR/5 b) c", "AND(NOT(NEAR5(a b)) c)"}, {"title:a NEAR/5 title:b", "NEAR5(title:a title:b)"},
    {"title:(a NEAR/5 b)", "NEAR5(title:a title:b)"}, {"a NEAR/5 b since:2024", "NEAR5(a b) @2024-01-01..9999-12-31"},
    {"a - NEAR/5 - b", "NEAR5(a b)"},        {"title,lead:a NEAR/2 b", "NEAR2(OR(title:a lead:a) b)"},
    {"ATLEAST/5 a", "ATLEAST5(a)"},          {"ATLEAST5 a b", "AND(ATLEAST5(a) b)"},
    {"ATLEAST/2 \"a b\"", "ATLEAST2(<a b>)"}, {"ATLEAST3(a OR b)", "ATLEAST3(OR(a b))"},
    {"ATLEAST/2 (a NEAR/3 b)", "ATLEAST2(NEAR3(a b))"}, {"ATLEAST/2 title:a", "ATLEAST2(title:a)"},
    {"-ATLEAST/2 a b", "AND(NOT(ATLEAST2(a)) b)"}, {"title:(ATLEAST/2 a)", "ATLEAST2(title:a)"},
};

static const struct reading marks[] = {
    {"\"ship lost power\"~3", "<ship lost power>~3"}, {"\"a b\"~3!", "<a b>~3!"},
    {"\"president * bush\"", "<president * bush>[gaps]"}, {"\"a * * b\"", "<a * * b>[gaps]"},
    {"\"* a *\"", "<a>"},                    {"\"f*** off\"", "<f*** off>"},
    {"\"a * b c*\"", "<a * b c>*[gaps]"},    {"\"a b\"*~2", "<a b>*~2"},
    {"=\"a b\"~2", "<a b>~2"},               {"\"a b\"^2", "<a b>^2000"},
    {"\"a b\"~3^2.5", "<a b>~3^2500"},       {"\"a b\"~3, c", "AND(<a b>~3 c)"},
    {"wom?n", "wom?n[wild]"},                {"*gate", "*gate[wild]"},
    {"a*b", "a*b[wild]"},                    {"wom?", "wom"},
    {"wom?? c", "AND(wom c)"},               {"wom?n?", "wom?n[wild]"},
    {"?omen", "?omen[wild]"},                {"wom?n*", "wom?n*[wild]"},
    {"what?.", "what?."},                      {"wom?n.", "wom?n[wild]"},
    {"f***", "f*"},                          {"s**t", "s**t[wild]"},
    {"=wom?n", "=wom?n[wild]"},              {"C++*", "C++*"},
    {"mueler~", "mueler~1"},                 {"muellers~", "muellers~2"},
    {"mueller~", "mueller~1"},               {"mueler~2", "mueler~2"},
    {"=mueler~1", "=mueler~1"},              {"mueler~, x", "AND(mueler~1 x)"},
    {"mueler~!^2", "mueler~1^2000"},
    {"a~b", "a~b"},                          {"M\xc3\xbcller~", "M\xc3\xbcller~1"},
    {"quake^3 tsunami", "AND(quake^3000 tsunami)"}, {"quake^0.5", "quake^500"},
    {"quake^.25.", "quake^250"},             {"quake^100", "quake^100000"},
    {"quake^1", "quake"},                    {"mueler~1^2", "mueler~1^2000"},
    {"recyc*^2", "recyc*^2000"},             {"wom?n^2", "wom?n[wild]^2000"},
    {"(a b)^2", "AND(a b)^2000"},            {"(a OR b)^2 c", "AND(OR(a b)^2000 c)"},
    {"(a)^2", "a^2000"},                     {"((a)^2)^3", "a^6000"},
    {"(a^2 b)^3", "AND(a^2000 b)^3000"},     {"title:a^2", "title:a^2000"},
    {"title:(a b)^2", "AND(title:a title:b)^2000"}, {"-a^2 b", "AND(NOT(a^2000) b)"},
    {"(http://x.org/)^2", "http://x.org/^2000"}, {"(ATLEAST/2 a)^2", "ATLEAST2(a)^2000"},
    {"(a NEAR/2 b)^2", "NEAR2(a b)^2000"},   {"(a b)^2, c", "AND(AND(a b)^2000 c)"},
};

static const struct reading fielded[] = {
    {"case:US", "case:=US"},                 {"case:(US AND \"Air Force\")", "AND!(case:=US case:<Air Force>)"},
    {"accent:r\xc3\xa9sum\xc3\xa9", "accent:=r\xc3\xa9sum\xc3\xa9"}, {"stem:\"tax cuts\"", "stem:<tax cuts>"},
    {"stem:running", "running"},             {"stem:(\"a b\" OR c)", "OR(stem:<a b> c)"},
    {"title:case:US", "title:case:=US"},     {"case:title:US", "title:case:=US"},
    {"case:accent:\"A B\"", "case:accent:<A B>"}, {"case:US*", "case:=US*"},
    {"lead:quake", "lead:quake"},            {"hlead:(a b)", "AND(hlead:a hlead:b)"},
    {"first/50:quake", "first:50:quake"},    {"first/50:(a \"b c\")", "AND(first:50:a first:50:<b c>)"},
    {"title,lead:tax", "OR(title:tax lead:tax)"}, {"title,lead:\"a b\"~2", "OR(title:<a b>~2 lead:<a b>~2)"},
    {"title,lead:(a -b)", "AND(OR(title:a lead:a) NOT(OR(title:b lead:b)))"},
    {"title,first/9:a b", "AND(OR(title:a first:9:a) b)"}, {"title:(title:a b)", "AND(title:a title:b)"},
    {"title,tag:tax", "OR(title:tax FIELD:tag:tax)"}, {"section,tag:tax", "OR(FIELD:section:tax FIELD:tag:tax)"},
    {"source:reuters a", "AND(FIELD:source:reuters a)"}, {"byline:\"jane doe\"", "FIELD:author:jane doe"},
    {"author:jane", "FIELD:author:jane"},    {"section:sport, a", "AND(FIELD:section:sport a)"},
    {"lang:fr", "FIELD:lang:fr"},            {"place:\"New  York\"", "FIELD:place:New York"},
    {"tag:#brexit", "FIELD:tag:#brexit"},    {"url:example.org/2024", "FIELD:url:example.org/2024"},
    {"url:http://x.org/?a=b", "FIELD:url:http://x.org/?a=b[wild]"}, {"url:\"http://x.org/?a\"", "FIELD:url:http://x.org/?a"},
    {"path:2024/03/**", "FIELD:path:2024/03/**[wild]"}, {"id:a.zip#news/1.html", "FIELD:id:a.zip#news/1.html"},
    {"id:-7", "FIELD:id:-7"},                {"id:=x", "FIELD:id:x"},
    {"source:re*", "FIELD:source:re*[wild]"}, {"source:*", "FIELD:source:*[wild]"},
    {"source:(reuters OR ap)", "OR(FIELD:source:reuters FIELD:source:ap)"},
    {"source:(\"a b\" -c*)", "AND(FIELD:source:a b NOT(FIELD:source:c*[wild]))"},
    {"-source:ap a", "AND(NOT(FIELD:source:ap) a)"}, {"a OR b source:ap", "OR(a AND(b FIELD:source:ap))"},
    {"\"\" source:ap", "FIELD:source:ap"},   {"title:(a source:ap)", "AND(title:a FIELD:source:ap)"},
    {"wc:500", "WC:500..500"},               {"wc:>500", "WC:501..-1"},
    {"wc:>=500", "WC:500..-1"},              {"wc:<500", "WC:0..499"},
    {"wc:<=500 a", "AND(WC:0..500 a)"},      {"wc:200..400", "WC:200..400"},
    {"wc:200..", "WC:200..-1"},              {"wc:..400", "WC:0..400"},
    {"wc:[200 TO 400]", "WC:200..400"},      {"wc:{200 TO 400}", "WC:201..399"},
    {"wc:[200 TO *]", "WC:200..-1"},         {"wc:=7", "WC:7..7"},
    {"every:03-15", "CAL:0/3-15"},           {"onthisday:march_15", "CAL:0/3-15"},
    {"every:\"15 march\"", "CAL:0/3-15"},    {"every:02-29", "CAL:0/2-29"},
    {"every:feb_29", "CAL:0/2-29"},          {"onthisday:today", "CAL:0/4-10"},
    {"onthisday:1999-12-31", "CAL:0/12-31"}, {"weekday:sun a", "AND(a CAL:7/0-0)"},
    {"weekday:Monday", "CAL:1/0-0"},         {"month:12", "CAL:0/12-0"},
    {"month:dec", "CAL:0/12-0"},             {"month:3", "CAL:0/3-0"},
    {"a OR b month:3", "AND(OR(a b) CAL:0/3-0)"}, {"a month:3 OR b", "AND(OR(a b) CAL:0/3-0)"},
    {"a (weekday:sat OR weekday:sun)", "AND(a OR(CAL:6/0-0 CAL:7/0-0))"},
    {"a -weekday:sun", "AND(a NOT(CAL:7/0-0))"}, {"(a b)^2 month:3", "AND(AND(a b)^2000 CAL:0/3-0)"},
    {"added:today a", "AND(a ADDED:2024-04-10)"}, {"added:2024-03..2024-04 a", "AND(a ADDED:2024-03-01..2024-04-30)"},
    {"added:>=2024 a", "AND(a ADDED:2024-01-01..9999-12-31)"}, {"added:last_week", "ADDED:2024-04-01..2024-04-07"},
    {"added:{2024-03-01 TO 2024-03-05} a", "AND(a ADDED:2024-03-02..2024-03-04)"},
};

static const struct reading dates[] = {
    {"a since:2024", "a @2024-01-01..9999-12-31"}, {"since:2024 a", "a @2024-01-01..9999-12-31"},
    {"a until:2024-03", "a @0001-01-01..2024-03-31"}, {"a before:2024-03-01", "a @0001-01-01..2024-02-29"},
    {"a after:2024-03-01", "a @2024-03-02..9999-12-31"}, {"a on:2024-03-22", "a @2024-03-22"},
    {"a date:2024-03", "a @2024-03"},        {"date:2024", "ALL @2024"},
    {"* date:2024", "ALL @2024"},            {"date:2023..2024 a", "a @2023-01-01..2024-12-31"},
    {"date:..2024 a", "a @0001-01-01..2024-12-31"}, {"date:2024.. a", "a @2024-01-01..9999-12-31"},
    {"date:[2023 TO 2024] a", "a @2023-01-01..2024-12-31"}, {"[2023 TO 2024] a", "a @2023-01-01..2024-12-31"},
    {"2024-03-01..2024-04-15 a", "a @2024-03-01..2024-04-15"}, {"date:\"march 2024\" a", "a @2024-03"},
    {"date:\"march 2024\"..\"april 2024\" a", "a @2024-03-01..2024-04-30"},
    {"since:last_week a", "a @2024-04-01..9999-12-31"}, {"since:\"last week\" a", "a @2024-04-01..9999-12-31"},
    {"date:>2024 a", "a @2025-01-01..9999-12-31"}, {"date:>=2024 a", "a @2024-01-01..9999-12-31"},
    {"date:<2024 a", "a @0001-01-01..2023-12-31"}, {"date:<=2024 a", "a @0001-01-01..2024-12-31"},
    {"date:=2024 a", "a @2024"},             {"date:@1709251200 a", "a @2024-03-01"},
    {"date:none a", "a @none"},              {"a date:none", "a @none"},
    {"since:2023 until:2024 a", "a @2023-01-01..2024-12-31"},
    {"since:2023 since:2024 a", "a @2024-01-01..9999-12-31"},
    {"a OR b since:2024", "OR(a b) @2024-01-01..9999-12-31"},
    {"a since:2024 OR b", "OR(a b) @2024-01-01..9999-12-31"},
    {"a AND since:2024", "a @2024-01-01..9999-12-31"},
    {"since:2024 AND a AND b", "AND!(a b) @2024-01-01..9999-12-31"},
    {"(a date:2024) OR b", "OR(AND(a DATE:2024) b)"}, {"(date:2024) a", "AND(DATE:2024 a)"},
    {"(date:2021 OR date:2023) a", "AND(OR(DATE:2021 DATE:2023) a)"},
    {"a -date:2024", "AND(a NOT(DATE:2024))"}, {"a OR b -date:2024", "AND(OR(a b) NOT(DATE:2024))"},
    {"-date:2024", "NOT(DATE:2024)"},        {"-date:none a", "AND(a NOT(DATE:none))"},
    {"a since:2024,", "a @2024-01-01..9999-12-31"}, {"\"\" since:2024", "ALL @2024-01-01..9999-12-31"},
    {"NOT a since:2024", "NOT(a) @2024-01-01..9999-12-31"},
};

/* clang-format on */

static void structure_is_read_by_the_precedence_table(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    for (size_t i = 0; i < sizeof structure / sizeof *structure; i++)
        reads(structure[i].text, &o, structure[i].tree);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        reads(places[i].text, &o, places[i].tree);
}

static void marks_and_fields_are_read_where_they_stand(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        reads(marks[i].text, &o, marks[i].tree);
    for (size_t i = 0; i < sizeof fielded / sizeof *fielded; i++)
        reads(fielded[i].text, &o, fielded[i].tree);
}

static void ordinary_text_is_a_valid_query(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    for (size_t i = 0; i < sizeof plain_text / sizeof *plain_text; i++)
        reads(plain_text[i].text, &o, plain_text[i].tree);
}

static void dates_outside_parentheses_hold_for_the_whole_query(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        reads(dates[i].text, &o, dates[i].tree);
}

static void lenient_closes_what_is_open_and_takes_unknown_fields_as_text(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    o.lenient = true;
    reads("(a b", &o, "AND(a b)");
    reads("a) b", &o, "AND(a b)");
    reads("a ((b", &o, "AND(a b)");
    reads("\"abc def", &o, "<abc def>");
    reads("updat:fire", &o, "updat:fire");
    reads("since:\"last week", &o, "ALL @2024-04-01..9999-12-31");
    reads("source:\"jane d", &o, "FIELD:source:jane d");
    reads("title,led:x", &o, "title,led:x");
    refuses("a NEAR/0 b", 10, &o, 7, "1 to 1000");
    refuses("case:", 5, &o, 5, "value must follow");
    refuses("date:garbage", 12, &o, 5, "not a date");
}

static void strict_wants_parentheses_where_and_meets_or(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    o.strict = true;
    refuses("a b OR c", 8, &o, 4, "(a b) OR c");
    refuses("a OR b AND c", 12, &o, 2, "a OR (b AND c)");
    reads("(a b) OR c", &o, "OR(AND(a b) c)");
    reads("a OR b since:2024", &o, "OR(a b) @2024-01-01..9999-12-31");
}

static void match_governs_plain_words_joined_by_blanks(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    o.match = DTL_MATCH_ANY;
    reads("a", &o, "a");
    reads("a b", &o, "QUORUM1(a b)");
    reads("a \"b c\" title:d", &o, "QUORUM1(a <b c> title:d)");
    reads("a b -c", &o, "AND(QUORUM1(a b) NOT(c))");
    reads("-c a b", &o, "AND(NOT(c) QUORUM1(a b))");
    reads("+a b c", &o, "AND(+a QUORUM1(b c))");
    reads("+a b", &o, "AND(+a b)");
    reads("a AND b c", &o, "AND!(a QUORUM1(b c))");
    reads("a OR b c", &o, "OR(a QUORUM1(b c))");
    reads("a b (c d)", &o, "AND(QUORUM1(a b) QUORUM1(c d))");
    reads("a (b OR c)", &o, "AND(a OR(b c))");
    reads("a b NEAR/3 c d", &o, "AND(QUORUM1(a d) NEAR3(b c))");
    reads("a b source:x wc:>5", &o, "AND(QUORUM1(a b) FIELD:source:x WC:6..-1)");
    reads("a^2 b~ c* weekday:sun", &o, "AND(QUORUM1(a^2000 b~1 c*) CAL:7/0-0)");
    reads("(a b)^2 c", &o, "AND(QUORUM1(a b)^2000 c)");
    reads("a b since:2024", &o, "QUORUM1(a b) @2024-01-01..9999-12-31");
    reads("NOT (a b)", &o, "NOT(AND(a b))");
    o.match = DTL_MATCH_COUNT;
    o.match_value = 2;
    reads("a b c", &o, "QUORUM2(a b c)");
    reads("a b", &o, "AND(a b)");
    o.match_value = 9;
    reads("a b c", &o, "AND(a b c)");
    o.match = DTL_MATCH_PERCENT;
    o.match_value = 50;
    reads("a b c", &o, "QUORUM2(a b c)");
    reads("a b c d", &o, "QUORUM2(a b c d)");
    o.match_value = 1;
    reads("a b c d", &o, "QUORUM1(a b c d)");
    o.match_value = 100;
    reads("a b", &o, "AND(a b)");
}

static void literal_text_has_no_syntax(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    o.literal = true;
    reads("a AND (b OR -c)", &o, "AND(a AND b OR c)");
    reads("\"prime minister\"", &o, "AND(prime minister)");
    reads("title:x since:2024", &o, "AND(title:x since:2024)");
    reads("wom?n a* b~2 c^3", &o, "AND(wom n a b 2 c 3)");
}

static void options_narrow_the_dates(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    struct dtl_date_filter filter[2] = {
        {DTL_DATE_SINCE, "2023"   },
        {DTL_DATE_UNTIL, "2024-03"}
    };
    o.filter = filter;
    o.filters = 2;
    reads("a", &o, "a @2023-01-01..2024-03-31");
    reads("a date:2024", &o, "a @2024-01-01..2024-03-31");
    reads("", &o, "ALL @2023-01-01..2024-03-31");
    filter[1].text = "garbage";
    struct dtl_arena arena = {0};
    struct dtl_query *q = NULL;
    struct dtl_error err = {0};
    assert_int_equal(dtl_query_parse(DTL_LITERAL("a"), &o, &arena, &q, &err), DTL_EUSAGE);
    assert_non_null(strstr(err.text, "--until"));
    filter[1].text = "2022";
    assert_int_equal(dtl_query_parse(DTL_LITERAL("a"), &o, &arena, &q, &err), DTL_EUSAGE);
    assert_non_null(strstr(err.text, "leave no day"));
    dtl_arena_release(&arena);
}

static const char *notes_of(const char *text, struct dtl_arena *arena)
{
    struct dtl_parse_options o = defaults();
    struct dtl_query *q = NULL;
    assert_int_equal(dtl_query_parse(dtl_bytes_of(text), &o, arena, &q, NULL), DTL_OK);
    return q->notes ? q->notes->text : "";
}

static void notes_tell_what_was_decided(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    static const char *const cases[][2] = {
        {"a b OR c",                "AND binds tighter than OR: read as (a b) OR c"},
        {"since:last_week a",       "since last_week: 2024-04-01.."                },
        {"2023..2024 a",            "dates 2023..2024: 2023-01-01..2024-12-31"     },
        {"- a",                     "punctuation standing alone"                   },
        {"since:2023 since:2024 a", "several since filters"                        },
        {"date:1066 a",             "Gregorian"                                    },
        {"a b",                     ""                                             },
        {"a since:2024",            ""                                             },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *note = notes_of(cases[i][0], &arena);
        if (!strstr(note, cases[i][1]) || (!cases[i][1][0] && note[0]))
            fail_msg("'%s': note '%s'", cases[i][0], note);
    }
    dtl_arena_release(&arena);
}

static void scoring_needs_a_positive_word(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    static const struct {
        const char *text;
        bool scores;
    } cases[] = {
        {"a",              true },
        {"\"a b\"",        true },
        {"title:a",        true },
        {"*",              false},
        {"NOT a",          false},
        {"since:2024",     false},
        {"NOT NOT a",      false},
        {"(date:2024) -a", false},
        {"* a",            true }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dtl_arena arena = {0};
        struct dtl_query *q = NULL;
        assert_int_equal(dtl_query_parse(dtl_bytes_of(cases[i].text), &o, &arena, &q, NULL),
                         DTL_OK);
        assert_int_equal(q->scoring, cases[i].scores);
        dtl_arena_release(&arena);
    }
}

/* ---- small parts ---- */

static void words_are_counted_as_limits_count_them(void **state)
{
    (void)state;
    assert_int_equal(dtl_count_words(DTL_LITERAL("")), 0);
    assert_int_equal(dtl_count_words(DTL_LITERAL("AT&T's U.S. deal")), 6);
    assert_int_equal(dtl_count_words(DTL_LITERAL("\xe6\x9d\xb1\xe4\xba\xac")), 2);
    assert_int_equal(dtl_count_words(DTL_LITERAL("cafe\xcc\x81")), 1);
    assert_int_equal(dtl_count_words(DTL_LITERAL("\xe2\x80\x94 ...")), 0);
    assert_true(dtl_has_word(DTL_LITERAL("...a")));
    assert_false(dtl_has_word(DTL_LITERAL("\xf0\x9f\x8e\x89 \xe2\x80\x9c")));
}

static void typing_slips_cost_one(void **state)
{
    (void)state;
    assert_int_equal(dtl_edit_distance(DTL_LITERAL("since"), DTL_LITERAL("since")), 0);
    assert_int_equal(dtl_edit_distance(DTL_LITERAL("sicne"), DTL_LITERAL("since")), 1);
    assert_int_equal(dtl_edit_distance(DTL_LITERAL("snce"), DTL_LITERAL("since")), 1);
    assert_int_equal(dtl_edit_distance(DTL_LITERAL(""), DTL_LITERAL("abc")), 3);
    static const char *const names[] = {"title", "date", "since", "until"};
    assert_string_equal(dtl_suggest(DTL_LITERAL("untill"), names, 4), "until");
    assert_null(dtl_suggest(DTL_LITERAL("xyzzy"), names, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structure_is_read_by_the_precedence_table),
        cmocka_unit_test(marks_and_fields_are_read_where_they_stand),
        cmocka_unit_test(ordinary_text_is_a_valid_query),
        cmocka_unit_test(dates_outside_parentheses_hold_for_the_whole_query),
        cmocka_unit_test(lenient_closes_what_is_open_and_takes_unknown_fields_as_text),
        cmocka_unit_test(strict_wants_parentheses_where_and_meets_or),
        cmocka_unit_test(match_governs_plain_words_joined_by_blanks),
        cmocka_unit_test(literal_text_has_no_syntax),
        cmocka_unit_test(options_narrow_the_dates),
        cmocka_unit_test(notes_tell_what_was_decided),
        cmocka_unit_test(scoring_needs_a_positive_word),
        cmocka_unit_test(words_are_counted_as_limits_count_them),
        cmocka_unit_test(typing_slips_cost_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
