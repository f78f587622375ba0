/*
 * value.c - filters: dates, days of any year, days of indexing, numbers of words, and what an
 * article says of itself.
 */
#include "query/language/operators.h"
#include "query/language/parse.h"

/* A fault inside the value `v`: its place counts from the value's text. */
static enum dtl_status shift(struct dtl_parser *p, const struct dtl_lex_value *v,
                             enum dtl_status st)
{
    if (p->err && p->err->code == DTL_EQUERY) {
        uint64_t pos = v->inner + p->err->pos;
        p->err->pos = pos < v->end ? pos : v->begin;
    }
    return st;
}

/* A date field, or a bare range. */
static enum dtl_status parse_date(struct dtl_parser *p, const struct dtl_query_field *f,
                                  struct dtl_node *n)
{
    struct dtl_lex_value v = {0};
    enum dtl_date_relation relation = f ? f->relation : DTL_DATE_ON;
    enum dtl_status st = DTL_OK;
    bool added = f && f->use == DTL_USE_ADDED;
    if (f)
        st = dtl_lex_range(&p->x, p->arena, "date", &v, p->err);
    else
        v = (struct dtl_lex_value){
            .text = p->now.text, .begin = p->now.begin, .end = p->now.end, .inner = p->now.begin};
    if (st < 0)
        return st;
    if (v.compared && relation != DTL_DATE_ON)
        return dtl_parse_fail(p, v.begin, "a comparison goes with date:, such as date:>=2024-03");
    if (v.compared)
        relation = v.relation;
    n->end = v.end;
    bool whole = !added && p->groups == 0 && p->negatives == 0;
    st = dtl_filters_resolve(&p->filters, relation, v.text, whole, !f, &n->range, &n->undated,
                             p->err);
    if (st < 0)
        return shift(p, &v, st);
    if (added && n->undated)
        return dtl_parse_fail(p, v.begin,
                              "every article was added on some day: added: takes a date");
    return DTL_OK;
}

static enum dtl_status parse_calendar(struct dtl_parser *p, const struct dtl_query_field *f,
                                      struct dtl_node *n)
{
    struct dtl_lex_value v = {0};
    enum dtl_status st = dtl_lex_range(&p->x, p->arena, "date", &v, p->err);
    if (st < 0)
        return st;
    if (v.compared)
        return dtl_fail(p->err, DTL_EQUERY, v.begin,
                        "a comparison goes with date:, not with %s:", f->name);
    n->end = v.end;
    st = dtl_filters_calendar(&p->filters, f->calendar, f->name, v.text, &n->calendar, p->err);
    return st < 0 ? shift(p, &v, st) : DTL_OK;
}

/* ---- numbers ---- */

static struct dtl_bytes trim(struct dtl_bytes t)
{
    while (t.n && t.p[0] == ' ')
        t = dtl_bytes(t.p + 1, t.n - 1);
    while (t.n && t.p[t.n - 1] == ' ')
        t.n--;
    return t;
}

static size_t find(struct dtl_bytes t, const char *what)
{
    const uint8_t *at = t.n ? memmem(t.p, t.n, what, strlen(what)) : NULL;
    return at ? (size_t)(at - t.p) : t.n;
}

/* A, A..B, A.., ..B, [A TO B], and with `relation` >A and its kin: low..high. */
static bool read_numbers(const struct dtl_lex_value *v, uint64_t *low, uint64_t *high)
{
    struct dtl_bytes t = trim(v->text), a = t, b = t;
    bool open_low = false, open_high = false;
    if (t.n && (t.p[0] == '[' || t.p[0] == '{')) {
        size_t to = find(t, " TO ");
        if (to + 4 >= t.n)
            return false;
        open_low = t.p[0] == '{';
        open_high = t.p[t.n - 1] == '}';
        a = trim(dtl_bytes(t.p + 1, to - 1));
        b = trim(dtl_bytes(t.p + to + 4, t.n - to - 5));
        a.n = dtl_bytes_is(a, "*") ? 0 : a.n;
        b.n = dtl_bytes_is(b, "*") ? 0 : b.n;
    } else if (find(t, "..") < t.n) {
        size_t dots = find(t, "..");
        a = dtl_bytes(t.p, dots);
        b = dtl_bytes(t.p + dots + 2, t.n - dots - 2);
    } else if (v->compared) {
        a.n = v->relation == DTL_DATE_UNTIL || v->relation == DTL_DATE_BEFORE ? 0 : a.n;
        b.n = v->relation == DTL_DATE_SINCE || v->relation == DTL_DATE_AFTER ? 0 : b.n;
        open_low = v->relation == DTL_DATE_AFTER;
        open_high = v->relation == DTL_DATE_BEFORE;
    }
    uint32_t x = 0, y = 0;
    if ((a.n && !dtl_read_number(a, &x)) || (b.n && !dtl_read_number(b, &y)) || a.n + b.n == 0)
        return false;
    *low = a.n ? (uint64_t)x + open_low : 0;
    *high = b.n ? (uint64_t)y - open_high : UINT64_MAX;
    return !(b.n && open_high && y == 0) && *low <= *high;
}

static enum dtl_status parse_number(struct dtl_parser *p, const struct dtl_query_field *f,
                                    struct dtl_node *n)
{
    struct dtl_lex_value v = {0};
    enum dtl_status st = dtl_lex_range(&p->x, p->arena, "number", &v, p->err);
    if (st < 0)
        return st;
    n->end = v.end;
    if (!read_numbers(&v, &n->low, &n->high))
        return dtl_fail(p->err, DTL_EQUERY, v.begin,
                        "%s: takes a number of words, or a range that is not empty: %s:>500 "
                        "%s:<=200 %s:200..400",
                        f->name, f->name, f->name, f->name);
    return DTL_OK;
}

enum dtl_status dtl_parse_filter(struct dtl_parser *p, struct dtl_node **out)
{
    const struct dtl_query_field *f = p->now.kind == DTL_LEX_FIELD ? p->now.field[0] : NULL;
    enum dtl_node_kind kind = !f                           ? DTL_NODE_DATE
                              : f->use == DTL_USE_ADDED    ? DTL_NODE_ADDED
                              : f->use == DTL_USE_CALENDAR ? DTL_NODE_CALENDAR
                              : f->use == DTL_USE_NUMBER   ? DTL_NODE_NUMBER
                                                           : DTL_NODE_DATE;
    struct dtl_node *n = dtl_parse_node(p, kind, p->now.begin, p->now.end);
    if (!n)
        return dtl_parse_no_memory(p);
    enum dtl_status st = kind == DTL_NODE_CALENDAR ? parse_calendar(p, f, n)
                         : kind == DTL_NODE_NUMBER ? parse_number(p, f, n)
                                                   : parse_date(p, f, n);
    if (st < 0)
        return st;
    *out = n;
    return dtl_parse_advance(p);
}
