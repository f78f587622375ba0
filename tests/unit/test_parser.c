/* The query language: what is syntax, what is text, what is refused and where, and the printer that
 * gives it back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "query/language/chars.h"
#include "query/language/fields.h"
#include "query/language/parser.h"
#include "query/language/suggest.h"
#include "random.h"

static struct dtl_parse_options defaults(void)
{
    struct dtl_parse_options o = {0};
    assert_int_equal(dtl_clock_of("2024-04-10", NULL, &o.clock, NULL), DTL_OK);
    return o;
}

/* ---- the tree as text, for the tables below ---- */

static void show_leaf(const struct dtl_node *n, struct dtl_buffer *out)
{
    static const char *const scope[] = {"", "title:", "lead:", "hlead:", "first:"};
    bool phrase = n->kind == DTL_NODE_PHRASE;
    dtl_buffer_text(out, scope[n->scope]);
    if (n->first)
        dtl_buffer_format(out, "%u:", n->first);
    dtl_buffer_format(out, "%s%s%s", n->letter_case ? "case:" : "", n->accents ? "accent:" : "",
                      n->stemmed ? "stem:" : "");
    dtl_buffer_format(out, "%s%s%.*s%s%s%s%s", !phrase && n->exact ? "=" : "", phrase ? "<" : "",
                      (int)n->text.n, (const char *)n->text.p, phrase ? ">" : "",
                      n->prefix ? "*" : "", n->wildcard ? "[wild]" : "", n->gaps ? "[gaps]" : "");
    if (n->fuzzy)
        dtl_buffer_format(out, "~%u", n->fuzzy);
    if (n->slop)
        dtl_buffer_format(out, "~%u%s", n->slop, n->any_order ? "!" : "");
}

static void show(const struct dtl_node *n, struct dtl_buffer *out)
{
    static const char *const kind[] = {"",    "",     "AND",     "OR",    "NOT", "QUORUM", "DATE",
                                       "ALL", "NEAR", "ATLEAST", "FIELD", "WC",  "",       "ADDED"};
    static const char *const near[] = {"", ">", "!", "S", "P"};
    static const char *const field[] = {"source", "author", "section", "tag", "place",
                                        "lang",   "url",    "path",    "id"};
    char a[DTL_DATE_TEXT];
    if (n->required)
        dtl_buffer_byte(out, '+');
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        show_leaf(n, out);
    dtl_buffer_text(out, kind[n->kind]);
    if (n->kind == DTL_NODE_AND && !n->adjacency)
        dtl_buffer_byte(out, '!');
    if (n->kind == DTL_NODE_QUORUM || n->kind == DTL_NODE_ATLEAST)
        dtl_buffer_format(out, "%u", n->needed);
    if (n->kind == DTL_NODE_NEAR)
        dtl_buffer_text(out, near[n->near]);
    if (n->kind == DTL_NODE_NEAR && n->distance)
        dtl_buffer_format(out, "%u", n->distance);
    if (n->kind == DTL_NODE_DATE || n->kind == DTL_NODE_ADDED)
        dtl_buffer_format(out, ":%s", n->undated ? "none" : dtl_date_print(n->range, a));
    if (n->kind == DTL_NODE_FIELD)
        dtl_buffer_format(out, ":%s:%.*s%s", field[n->field], (int)n->text.n,
                          (const char *)n->text.p, n->wildcard ? "[wild]" : "");
    if (n->kind == DTL_NODE_NUMBER)
        dtl_buffer_format(out, ":%llu..%lld", (unsigned long long)n->low, (long long)n->high);
    if (n->kind == DTL_NODE_CALENDAR)
        dtl_buffer_format(out, "CAL:%u/%u-%u", n->calendar.weekday, n->calendar.month,
                          n->calendar.day);
    for (uint32_t i = 0; i < n->children; i++) {
        dtl_buffer_byte(out, i == 0 ? '(' : ' ');
        show(n->child[i], out);
    }
    if (n->children > 0)
        dtl_buffer_byte(out, ')');
    if (n->boost != DTL_BOOST_NONE)
        dtl_buffer_format(out, "^%u", n->boost);
}

static void reads(const char *text, const struct dtl_parse_options *o, const char *tree)
{
    struct dtl_arena arena = {0};
    struct dtl_query *q = NULL;
    struct dtl_error err = {0};
    struct dtl_buffer out = {0};
    if (dtl_query_parse(dtl_bytes_of(text), o, &arena, &q, &err) < 0)
        fail_msg("'%s' refused at %d: %s", text, (int)err.pos, err.text);
    show(q->root, &out);
    if (q->has_dates) {
        char a[DTL_DATE_TEXT];
        dtl_buffer_format(&out, " @%s", q->undated ? "none" : dtl_date_print(q->dates, a));
    }
    dtl_buffer_byte(&out, 0);
    if (strcmp((const char *)out.p, tree) != 0)
        fail_msg("'%s' is read as %s, not %s", text, (const char *)out.p, tree);
    dtl_buffer_release(&out);
    dtl_arena_release(&arena);
}

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

static void refuses(const char *text, size_t n, const struct dtl_parse_options *o, unsigned at,
                    const char *says)
{
    struct dtl_arena arena = {0};
    struct dtl_query *q = NULL;
    struct dtl_error err = {0};
    if (dtl_query_parse(dtl_bytes(text, n), o, &arena, &q, &err) != DTL_EQUERY)
        fail_msg("'%.60s' is not refused", text);
    if (err.pos != at || !strstr(err.text, says))
        fail_msg("'%.60s' refused at %d, not %u: '%s' (wanted '%s')", text, (int)err.pos, at,
                 err.text, says);
    assert_null(q);
    struct dtl_buffer out = {0};
    assert_true(dtl_query_caret(dtl_bytes(text, n), &err, &out));
    assert_non_null(memchr(out.p, '^', out.n));
    for (size_t i = 0; i < out.n; i++)
        assert_true(out.p[i] == '\n' || (out.p[i] >= 0x20 && out.p[i] != 0x7f));
    dtl_buffer_release(&out);
    dtl_arena_release(&arena);
}

static void broken_structure_is_refused_at_its_place(void **state)
{
    (void)state;
    struct dtl_parse_options o = defaults();
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        refuses(refused[i].text, strlen(refused[i].text), &o, refused[i].at, refused[i].says);
    refuses("a\0b", 3, &o, 1, "control characters");
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

/* ---- printing ---- */

static struct random rnd;

static uint32_t below(uint32_t n)
{
    return random_below(&rnd, n);
}

static struct dtl_node *make(struct dtl_arena *arena, enum dtl_node_kind kind)
{
    struct dtl_node *n = dtl_arena_alloc(arena, sizeof *n);
    assert_non_null(n);
    n->kind = kind;
    n->boost = DTL_BOOST_NONE;
    return n;
}

/* Marks a word may have beside each other, as the lexer reads them. */
static void random_marks(struct dtl_node *n, bool letter_first, bool plain)
{
    static const char *const patterns[] = {"wom?n", "*gate", "a*b*", "?x", "s**t", "r*n?d"};
    static const uint32_t boosts[] = {500, 2000, 1, 100000, 1250, 10};
    if (below(5) == 0)
        n->boost = boosts[below(6)];
    if (n->kind == DTL_NODE_PHRASE) {
        n->slop = below(5) == 0 ? 1 + below(1000) : 0;
        n->any_order = n->slop && below(2);
        if (below(6) == 0) {
            n->text = DTL_LITERAL("president * bush * *x");
            n->gaps = true;
        }
        n->stemmed = below(6) == 0;
        n->exact = !n->stemmed;
    } else {
        n->exact = letter_first && below(6) == 0;
        if (plain && !n->prefix && below(6) == 0)
            n->fuzzy = (uint8_t)(1 + below(2));
        if (!n->prefix && !n->fuzzy && below(6) == 0) {
            n->text = dtl_bytes_of(patterns[below(6)]);
            n->wildcard = true;
        }
    }
    if (!n->stemmed && !n->fuzzy && below(8) == 0) {
        n->letter_case = below(2);
        n->accents = !n->letter_case || below(2);
        n->exact = true;
    }
}

static struct dtl_node *random_leaf(struct dtl_arena *arena, bool negative)
{
    static const char *const words[] = {"tax",
                                        "AND",
                                        "OR",
                                        "NOT",
                                        "title:x",
                                        "since:2024",
                                        "http://x.org/a?b*c",
                                        "C++",
                                        "it's",
                                        "2024",
                                        "\xc3\xa9lan",
                                        "\xe6\x9d\xb1\xe4\xba\xac",
                                        "U.S.",
                                        "a/b",
                                        "near",
                                        "NEAR/5",
                                        "W/S",
                                        "2024-01-01..2024-02-01",
                                        "x@y",
                                        "#tag",
                                        "ATLEAST",
                                        "first/50:x",
                                        "AT&T",
                                        "10:30",
                                        "TO",
                                        "'-x",
                                        "/[a",
                                        "//x:y",
                                        "unknown:x",
                                        "a=b",
                                        "$5"};
    struct dtl_node *n = make(arena, below(4) ? DTL_NODE_WORD : DTL_NODE_PHRASE);
    n->text = dtl_bytes_of(words[below(sizeof words / sizeof *words)]);
    n->scope = below(3) == 0 ? (enum dtl_scope)below(5) : DTL_SCOPE_TEXT;
    if (n->scope == DTL_SCOPE_FIRST)
        n->first = 1 + below(DTL_FIRST_MAX);
    n->required = !negative && below(8) == 0;
    n->prefix = below(6) == 0;
    if (n->kind == DTL_NODE_PHRASE)
        n->exact = true;
    uint8_t first = n->text.p[0], last = n->text.p[n->text.n - 1];
    bool letter_first = first >= 0x80 || (first >= '0' && first <= '9') || (first | 0x20) >= 'a';
    bool letter_last = last >= 0x80 || (last >= '0' && last <= '9') || (last | 0x20) >= 'a';
    bool url = memmem(n->text.p, n->text.n, "://", 3) != NULL;
    if (n->kind == DTL_NODE_PHRASE && memchr(n->text.p, '*', n->text.n))
        n->text = DTL_LITERAL("prime minister");
    if (n->kind == DTL_NODE_WORD)
        n->prefix = n->prefix && letter_last && !url;
    random_marks(n, letter_first, letter_last && !url);
    return n;
}

static struct dtl_node *random_filter(struct dtl_arena *arena)
{
    static const struct {
        const char *text;
        bool wildcard;
    } values[] = {
        {"reuters",           false},
        {"jane doe",          false},
        {"re*",               true },
        {"2024/03/**",        true },
        {"//x*",              true },
        {"=a?b",              true },
        {"a*b",               false},
        {">x",                false},
        {"a.zip#news/1.html", false},
        {"-7",                false},
        {"(x",                false}
    };
    struct dtl_node *n = make(arena, DTL_NODE_FIELD);
    uint32_t v = below(sizeof values / sizeof *values);
    switch (below(6)) {
    case 0:
        n->kind = DTL_NODE_NUMBER;
        n->low = below(1000);
        n->high = below(3) ? n->low + below(100000) : UINT64_MAX;
        return n;
    case 1:
        n->kind = DTL_NODE_CALENDAR;
        n->calendar.kind = (enum dtl_calendar_kind)below(3);
        if (n->calendar.kind == DTL_CALENDAR_WEEKDAY)
            n->calendar.weekday = (uint8_t)(1 + below(7));
        else
            n->calendar.month = (uint8_t)(1 + below(12));
        if (n->calendar.kind == DTL_CALENDAR_DAY)
            n->calendar.day = (uint8_t)(1 + below(29));
        return n;
    case 2:
        n->kind = DTL_NODE_ADDED;
        n->range.earliest = dtl_day_of(1900 + (int)below(200), 1 + (int)below(12), 1);
        n->range.latest = below(3) ? n->range.earliest + (dtl_day)below(60) : DTL_DAY_MAX;
        return n;
    default:
        n->field = (enum dtl_node_field)below(DTL_NODE_ID + 1);
        n->text = dtl_bytes_of(values[v].text);
        n->wildcard = values[v].wildcard;
        return n;
    }
}

/* What has places: leaves, ORs of them, NEARs. */
static struct dtl_node *random_places(struct dtl_arena *arena, int depth)
{
    static const uint32_t boosts[] = {500, 2000, 1250};
    uint32_t pick = depth > 0 ? below(4) : 0;
    struct dtl_node *n;
    if (pick < 2) {
        n = random_leaf(arena, true);
        return n;
    }
    n = make(arena, pick == 2 ? DTL_NODE_OR : DTL_NODE_NEAR);
    n->children = pick == 2 ? 2 + below(3) : 2;
    n->child = dtl_arena_alloc(arena, n->children * sizeof(struct dtl_node *));
    assert_non_null(n->child);
    for (uint32_t i = 0; i < n->children; i++)
        n->child[i] = random_places(arena, depth - 1);
    if (n->kind == DTL_NODE_NEAR) {
        n->near = (enum dtl_near)below(5);
        n->distance = n->near <= DTL_NEAR_NOT ? 1 + below(1000) : 0;
    }
    if (below(5) == 0)
        n->boost = boosts[below(3)];
    return n;
}

static struct dtl_node *random_atleast(struct dtl_arena *arena, int depth)
{
    struct dtl_node *n = make(arena, DTL_NODE_ATLEAST);
    n->needed = 1 + below(1000);
    n->children = 1;
    n->child = dtl_arena_alloc(arena, sizeof(struct dtl_node *));
    assert_non_null(n->child);
    n->child[0] = random_places(arena, depth);
    if (below(4) == 0)
        n->boost = 3000;
    return n;
}

static struct dtl_node *random_tree(struct dtl_arena *arena, int depth, bool any, bool negative)
{
    uint32_t pick = below(depth > 0 ? 12 : 4);
    if (pick < 2)
        return random_leaf(arena, negative);
    if (pick == 2)
        return random_filter(arena);
    if (pick == 10)
        return random_places(arena, depth);
    if (pick == 11)
        return random_atleast(arena, depth - 1);
    if (pick == 3) {
        struct dtl_node *n = make(arena, below(3) ? DTL_NODE_DATE : DTL_NODE_ALL);
        if (n->kind == DTL_NODE_DATE) {
            dtl_day a = dtl_day_of(1 + (int)below(9999), 1 + (int)below(12), 1);
            n->undated = below(5) == 0;
            n->range = (struct dtl_interval){below(4) ? a : DTL_DAY_MIN,
                                             below(4) ? a + (dtl_day)below(30) : DTL_DAY_MAX};
            if (n->undated)
                n->range = DTL_UNDATED;
        }
        return n;
    }
    struct dtl_node *n = make(arena, pick == 4   ? DTL_NODE_NOT
                                     : pick <= 7 ? DTL_NODE_AND
                                                 : DTL_NODE_OR);
    if (n->kind == DTL_NODE_AND && any && !negative && below(2))
        n->kind = DTL_NODE_QUORUM;
    n->children = n->kind == DTL_NODE_NOT ? 1 : 2 + below(3);
    n->child = dtl_arena_alloc(arena, n->children * sizeof(struct dtl_node *));
    assert_non_null(n->child);
    n->adjacency = n->kind == DTL_NODE_AND && below(3) > 0;
    n->needed = n->kind == DTL_NODE_QUORUM;
    bool inner = negative || n->kind == DTL_NODE_NOT;
    for (uint32_t i = 0; i < n->children; i++) {
        n->child[i] = n->kind == DTL_NODE_QUORUM ? random_leaf(arena, negative)
                                                 : random_tree(arena, depth - 1, any, inner);
        bool leaf = n->child[i]->kind == DTL_NODE_WORD || n->child[i]->kind == DTL_NODE_PHRASE;
        if (n->kind == DTL_NODE_NOT || n->kind == DTL_NODE_QUORUM)
            n->child[i]->required = false;
        else if (any && !negative && n->adjacency && leaf)
            n->child[i]->required = true; /* else --match would have made a quorum of them */
    }
    return n;
}

static void printed_trees_are_read_back_equal(void **state)
{
    (void)state;
    rnd = random_start("printed trees");
    struct dtl_parse_options o = defaults();
    for (int i = 0; i < 20000; i++) {
        struct dtl_arena arena = {0};
        bool any = below(2);
        struct dtl_query made = {.root = random_tree(&arena, (int)below(6), any, false)}, *q = NULL;
        made.dates = (struct dtl_interval){DTL_DAY_MIN, DTL_DAY_MAX};
        if (below(3) == 0) {
            made.has_dates = true;
            made.dates.earliest = dtl_day_of(1900 + (int)below(100), 1, 1);
            made.dates.latest = made.dates.earliest + (dtl_day)below(1000);
        }
        o.match = any ? DTL_MATCH_ANY : DTL_MATCH_ALL;
        struct dtl_buffer text = {0};
        struct dtl_error err = {0};
        assert_true(dtl_query_print(&made, &text));
        if (dtl_query_parse(dtl_buffer_view(&text), &o, &arena, &q, &err) < 0)
            fail_msg("%.*s: refused at %d: %s", (int)text.n, (const char *)text.p, (int)err.pos,
                     err.text);
        if (!dtl_node_equal(made.root, q->root) || made.has_dates != q->has_dates ||
            made.dates.earliest != q->dates.earliest || made.dates.latest != q->dates.latest) {
            struct dtl_buffer a = {0}, b = {0};
            show(made.root, &a);
            show(q->root, &b);
            fail_msg("%.*s\n%.*s\n%.*s", (int)text.n, (const char *)text.p, (int)a.n,
                     (const char *)a.p, (int)b.n, (const char *)b.p);
        }
        dtl_buffer_release(&text);
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
        cmocka_unit_test(broken_structure_is_refused_at_its_place),
        cmocka_unit_test(lenient_closes_what_is_open_and_takes_unknown_fields_as_text),
        cmocka_unit_test(strict_wants_parentheses_where_and_meets_or),
        cmocka_unit_test(match_governs_plain_words_joined_by_blanks),
        cmocka_unit_test(literal_text_has_no_syntax),
        cmocka_unit_test(deep_or_long_queries_are_refused_by_name),
        cmocka_unit_test(options_narrow_the_dates),
        cmocka_unit_test(notes_tell_what_was_decided),
        cmocka_unit_test(scoring_needs_a_positive_word),
        cmocka_unit_test(the_caret_stands_under_the_column),
        cmocka_unit_test(printed_trees_are_read_back_equal),
        cmocka_unit_test(words_are_counted_as_limits_count_them),
        cmocka_unit_test(typing_slips_cost_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
