/* readings.h - a query's tree as text, and what a query is read as; for tests that have included
 * cmocka. */
#ifndef DTL_TEST_READINGS_H
#define DTL_TEST_READINGS_H
#include "query/language/fields.h"
#include "query/language/parser.h"

static inline struct dtl_parse_options defaults(void)
{
    struct dtl_parse_options o = {0};
    assert_int_equal(dtl_clock_of("2024-04-10", NULL, &o.clock, NULL), DTL_OK);
    return o;
}

static inline void show_leaf(const struct dtl_node *n, struct dtl_buffer *out)
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

static inline void show(const struct dtl_node *n, struct dtl_buffer *out)
{
    static const char *const kind[] = {"",    "",     "AND",     "OR",    "NOT", "QUORUM", "DATE",
                                       "ALL", "NEAR", "ATLEAST", "FIELD", "WC",  "",       "ADDED"};
    static const char *const near[] = {"", ">", "!", "S", "P"};
    static const char *const field[] = {"source", "author", "section", "tag",  "place",
                                        "agency", "lang",   "url",     "path", "id"};
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

static inline void reads(const char *text, const struct dtl_parse_options *o, const char *tree)
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

static inline void refuses(const char *text, size_t n, const struct dtl_parse_options *o,
                           unsigned at, const char *says)
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
#endif
