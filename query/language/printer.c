/*
 * printer.c - a tree in canonical text.
 *
 * Parsing the text with the same options gives an equal tree (a test holds it to that), so it may
 * be shown, saved and compared. Every list inside a list stands in parentheses; a filter of days
 * inside the tree stands in parentheses, or it would be lifted to the whole query.
 */
#include <stdio.h>

#include "query/language/ast.h"
#include "query/language/lexer.h"

static bool is_list(const struct dtl_node *n)
{
    return n->kind == DTL_NODE_AND || n->kind == DTL_NODE_OR || n->kind == DTL_NODE_QUORUM ||
           n->kind == DTL_NODE_NEAR;
}

static bool is_filter_of_days(const struct dtl_node *n)
{
    return n->kind == DTL_NODE_DATE || n->kind == DTL_NODE_CALENDAR || n->kind == DTL_NODE_ADDED;
}

static bool is_boosted(const struct dtl_node *n)
{
    return n->boost != DTL_BOOST_NONE && n->boost != 0;
}

/* ---- marks ---- */

static void print_boost(const struct dtl_node *n, struct dtl_buffer *out)
{
    if (!is_boosted(n))
        return;
    dtl_buffer_format(out, "^%u", n->boost / 1000);
    if (n->boost % 1000) {
        char digits[8];
        snprintf(digits, sizeof digits, "%03u", n->boost % 1000);
        for (size_t i = 2; digits[i] == '0'; i--)
            digits[i] = 0;
        dtl_buffer_format(out, ".%s", digits);
    }
}

static void print_range(const char *name, struct dtl_interval range, bool undated,
                        struct dtl_buffer *out)
{
    char a[DTL_DATE_TEXT], b[DTL_DATE_TEXT];
    bool from = range.earliest != DTL_DAY_MIN, to = range.latest != DTL_DAY_MAX;
    dtl_buffer_format(out, "%s:", name);
    if (undated)
        dtl_buffer_text(out, "none");
    else if (from == to)
        dtl_buffer_text(out, dtl_date_print(range, a));
    else
        dtl_buffer_format(out, "%s..%s", from ? dtl_day_print(range.earliest, a) : "",
                          to ? dtl_day_print(range.latest, b) : "");
}

static void print_calendar(const struct dtl_calendar *c, struct dtl_buffer *out)
{
    static const char *const weekday[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    if (c->kind == DTL_CALENDAR_WEEKDAY)
        dtl_buffer_format(out, "weekday:%s", weekday[(c->weekday + 6u) % 7]);
    else if (c->kind == DTL_CALENDAR_MONTH)
        dtl_buffer_format(out, "month:%u", c->month);
    else
        dtl_buffer_format(out, "every:%02u-%02u", c->month, c->day);
}

/* ---- leaves ---- */

/* title: case: ... before a word; false when nothing was printed. */
static bool print_where(const struct dtl_node *n, struct dtl_buffer *out)
{
    size_t start = out->n;
    if (n->scope == DTL_SCOPE_TITLE)
        dtl_buffer_text(out, "title:");
    else if (n->scope == DTL_SCOPE_LEAD)
        dtl_buffer_text(out, "lead:");
    else if (n->scope == DTL_SCOPE_HLEAD)
        dtl_buffer_text(out, "hlead:");
    else if (n->scope == DTL_SCOPE_FIRST)
        dtl_buffer_format(out, "first/%u:", n->first);
    if (n->letter_case)
        dtl_buffer_text(out, "case:");
    if (n->accents)
        dtl_buffer_text(out, "accent:");
    if (n->stemmed)
        dtl_buffer_text(out, "stem:");
    return out->n > start;
}

static void print_word(const struct dtl_node *n, bool valued, struct dtl_buffer *out)
{
    struct dtl_lexeme as = {.text = n->text,
                            .exact = n->exact && !n->letter_case && !n->accents,
                            .prefix = n->prefix,
                            .wildcard = n->wildcard,
                            .fuzzy = n->fuzzy,
                            .boost = is_boosted(n) ? n->boost : 0};
    size_t start = out->n;
    bool outside = as.boost && dtl_lex_is_address(dtl_lex_trim(n->text)); /* (http://x)^2 */
    if (as.exact)
        dtl_buffer_byte(out, '=');
    dtl_buffer_append(out, n->text.p, n->text.n);
    if (n->prefix)
        dtl_buffer_byte(out, '*');
    if (n->fuzzy)
        dtl_buffer_format(out, "~%u", n->fuzzy);
    if (!outside)
        print_boost(n, out);
    else
        as.boost = 0;
    struct dtl_bytes piece = dtl_bytes(out->p + start, out->n - start);
    bool address = valued && dtl_bytes_starts(piece, DTL_LITERAL("//")); /* title://x is text */
    if (out->failed || as.exact || (!address && dtl_lex_is_word(piece, 0, &as)))
        return;
    if (dtl_buffer_byte(out, 0)) { /* a leading comma makes AND or title:x plain text */
        memmove(out->p + start + 1, out->p + start, out->n - 1 - start);
        out->p[start] = ',';
    }
}

static void print_phrase(const struct dtl_node *n, struct dtl_buffer *out)
{
    dtl_buffer_byte(out, '"');
    dtl_buffer_append(out, n->text.p, n->text.n);
    dtl_buffer_text(out, n->prefix ? "\"*" : "\"");
    if (n->slop)
        dtl_buffer_format(out, "~%u%s", n->slop, n->any_order ? "!" : "");
    print_boost(n, out);
}

/* May the value stand without quotes? */
static bool is_plain(struct dtl_bytes t)
{
    for (size_t i = 0; i < t.n; i++) {
        uint8_t c = t.p[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!letter && (i == 0 || i + 1 == t.n || !strchr("-_./", c)))
            return false;
    }
    return t.n > 0;
}

static void print_field(const struct dtl_node *n, struct dtl_buffer *out)
{
    dtl_buffer_format(out, "%s:", dtl_node_field_name(n->field));
    bool quoted = !n->wildcard && !is_plain(n->text);
    if (quoted)
        dtl_buffer_byte(out, '"');
    else if (n->text.n && strchr("=/<>", n->text.p[0]))
        dtl_buffer_byte(out, '='); /* else url://x is text, and id:>x a comparison */
    dtl_buffer_append(out, n->text.p, n->text.n);
    if (quoted)
        dtl_buffer_byte(out, '"');
}

static void print_number(const struct dtl_node *n, struct dtl_buffer *out)
{
    if (n->high == UINT64_MAX)
        dtl_buffer_format(out, "wc:>=%llu", (unsigned long long)n->low);
    else
        dtl_buffer_format(out, "wc:%llu..%llu", (unsigned long long)n->low,
                          (unsigned long long)n->high);
}

/* ---- operators ---- */

static void print_joint(const struct dtl_node *n, struct dtl_buffer *out)
{
    static const char *const near[] = {"NEAR", "PRE", "NOTNEAR", "W/S", "W/P"};
    if (n->kind == DTL_NODE_OR)
        dtl_buffer_text(out, " OR ");
    else if (n->kind == DTL_NODE_AND && !n->adjacency)
        dtl_buffer_text(out, " AND ");
    else if (n->kind != DTL_NODE_NEAR)
        dtl_buffer_byte(out, ' ');
    else if (n->near == DTL_NEAR_SENTENCE || n->near == DTL_NEAR_PARAGRAPH)
        dtl_buffer_format(out, " %s ", near[n->near]);
    else
        dtl_buffer_format(out, " %s/%u ", near[n->near], n->distance);
}

static bool needs_parentheses(const struct dtl_node *n, bool nested, bool grouped)
{
    if (is_filter_of_days(n))
        return !grouped;
    if (n->kind == DTL_NODE_WORD)
        return is_boosted(n) && dtl_lex_is_address(dtl_lex_trim(n->text));
    if (n->kind == DTL_NODE_ATLEAST)
        return is_boosted(n);
    return is_list(n) && (nested || is_boosted(n));
}

/* nested: inside another node; grouped: inside parentheses already printed. */
static void print_node(const struct dtl_node *n, bool nested, bool grouped, struct dtl_buffer *out)
{
    bool parentheses = needs_parentheses(n, nested, grouped), valued = false;
    grouped = grouped || parentheses;
    if (n->required)
        dtl_buffer_byte(out, '+');
    if (parentheses)
        dtl_buffer_byte(out, '(');
    switch (n->kind) {
    case DTL_NODE_WORD:
        valued = print_where(n, out);
        print_word(n, valued, out);
        break;
    case DTL_NODE_PHRASE:
        print_where(n, out);
        print_phrase(n, out);
        break;
    case DTL_NODE_AND:
    case DTL_NODE_OR:
    case DTL_NODE_QUORUM:
    case DTL_NODE_NEAR:
        for (uint32_t i = 0; i < n->children; i++) {
            if (i > 0)
                print_joint(n, out);
            print_node(n->child[i], true, grouped, out);
        }
        break;
    case DTL_NODE_NOT:
        dtl_buffer_text(out, n->child[0]->kind == DTL_NODE_NOT ? "NOT " : "-"); /* -- is a dash */
        print_node(n->child[0], true, grouped, out);
        break;
    case DTL_NODE_ATLEAST:
        dtl_buffer_format(out, "ATLEAST/%u ", n->needed);
        print_node(n->child[0], true, grouped, out);
        break;
    case DTL_NODE_DATE:
        print_range("date", n->range, n->undated, out);
        break;
    case DTL_NODE_ADDED:
        print_range("added", n->range, false, out);
        break;
    case DTL_NODE_CALENDAR:
        print_calendar(&n->calendar, out);
        break;
    case DTL_NODE_FIELD:
        print_field(n, out);
        break;
    case DTL_NODE_NUMBER:
        print_number(n, out);
        break;
    case DTL_NODE_ALL:
        dtl_buffer_byte(out, '*');
        break;
    }
    if (parentheses)
        dtl_buffer_byte(out, ')');
    if (parentheses && n->kind != DTL_NODE_DATE)
        print_boost(n, out);
}

bool dtl_node_print(const struct dtl_node *n, struct dtl_buffer *out)
{
    print_node(n, false, false, out);
    return !out->failed;
}

bool dtl_query_print(const struct dtl_query *q, struct dtl_buffer *out)
{
    print_node(q->root, false, false, out);
    if (q->has_dates) {
        dtl_buffer_byte(out, ' ');
        print_range("date", q->dates, q->undated, out);
    }
    return !out->failed;
}

/* ---- equality ---- */

static bool same_marks(const struct dtl_node *a, const struct dtl_node *b)
{
    return a->exact == b->exact && a->stemmed == b->stemmed && a->letter_case == b->letter_case &&
           a->accents == b->accents && a->prefix == b->prefix && a->wildcard == b->wildcard &&
           a->gaps == b->gaps && a->fuzzy == b->fuzzy && a->slop == b->slop &&
           a->any_order == b->any_order && a->boost == b->boost && a->required == b->required;
}

static bool same_filter(const struct dtl_node *a, const struct dtl_node *b)
{
    return a->undated == b->undated && a->range.earliest == b->range.earliest &&
           a->range.latest == b->range.latest && a->field == b->field && a->low == b->low &&
           a->high == b->high && a->calendar.kind == b->calendar.kind &&
           a->calendar.weekday == b->calendar.weekday && a->calendar.month == b->calendar.month &&
           a->calendar.day == b->calendar.day;
}

bool dtl_node_equal(const struct dtl_node *a, const struct dtl_node *b)
{
    if (a->kind != b->kind || !dtl_bytes_equal(a->text, b->text) || a->scope != b->scope ||
        a->first != b->first || !same_marks(a, b) || !same_filter(a, b) ||
        a->adjacency != b->adjacency || a->needed != b->needed || a->near != b->near ||
        a->distance != b->distance || a->children != b->children)
        return false;
    for (uint32_t i = 0; i < a->children; i++)
        if (!dtl_node_equal(a->child[i], b->child[i]))
            return false;
    return true;
}
