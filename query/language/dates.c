/*
 * dates.c - date filters: the relation, `A..B`, Lucene's brackets, `none`.
 *
 * Every refusal names the form to write instead; nothing that looks like a date is ever ignored.
 */
#include "query/language/dates.h"

#include "query/language/chars.h"
#include "query/language/date_forms.h"

static struct dtl_bytes trim(struct dtl_bytes t)
{
    size_t begin = 0, len;
    while (begin < t.n && dtl_char_blank(dtl_char_at(t, begin, &len)))
        begin += len;
    size_t end = begin;
    for (size_t at = begin; at < t.n; at += len)
        if (!dtl_char_blank(dtl_char_at(t, at, &len)))
            end = at + len;
    return t.n ? dtl_bytes(t.p + begin, end - begin) : t;
}

static bool is_word(struct dtl_bytes t, const char *lower)
{
    if (t.n != strlen(lower))
        return false;
    for (size_t i = 0; i < t.n; i++)
        if ((t.p[i] | 0x20) != (uint8_t)lower[i])
            return false;
    return true;
}

/* One E at `part`, a view into `whole`: errors count from the start of `whole`. */
static enum dtl_status one(struct dtl_bytes whole, struct dtl_bytes part,
                           const struct dtl_clock *clock, struct dtl_interval *out, bool *relative,
                           struct dtl_error *err)
{
    struct dtl_bytes e = trim(part);
    size_t at = e.p && whole.p ? (size_t)(e.p - whole.p) : 0;
    if (e.n == 0)
        return dtl_fail(err, DTL_EQUERY, at,
                        "a date is missing, such as 2024, 2024-03 or "
                        "last_week");
    if (is_word(e, "none"))
        return dtl_fail(err, DTL_EQUERY, at,
                        "none stands alone: date:none finds articles without "
                        "a date");
    enum dtl_status st = dtl_date_form(e, clock, out, relative, err);
    if (st < 0 && err)
        err->pos += at;
    return st;
}

static size_t digits(struct dtl_bytes t)
{
    size_t n = 0;
    while (n < t.n && t.p[n] >= '0' && t.p[n] <= '9')
        n++;
    return n;
}

/* 2024-03..05: which of its parts did the right side leave out? */
static enum dtl_status refuse_short(struct dtl_bytes a, struct dtl_bytes b, size_t at,
                                    struct dtl_error *err)
{
    size_t first = digits(b), rest = first < b.n && b.p[first] == '-' ? first + 1 : b.n;
    size_t second = digits(dtl_bytes(b.p + rest, b.n - rest));
    bool one_number = first == b.n, two = rest < b.n && rest + second == b.n && second > 0;
    if (digits(a) != 4 || first == 0 || first > 2 || second > 2 || !(one_number || two))
        return DTL_OK;
    size_t keep = 0; /* of the left side */
    if (a.n == 4 && one_number)
        keep = 2;
    else if (a.n == 7 && one_number)
        keep = 5;
    else if (a.n == 10)
        keep = one_number ? 8 : 5;
    if (!keep || b.n + keep != a.n)
        return dtl_fail(err, DTL_EQUERY, at,
                        "the right side of a range is written in full, such as "
                        "2024-03..2024-05");
    return dtl_fail(err, DTL_EQUERY, at,
                    "the right side of a range is written in full: %.*s..%.*s%.*s", (int)a.n,
                    (const char *)a.p, (int)keep, (const char *)a.p, (int)b.n, (const char *)b.p);
}

static enum dtl_status reversed(struct dtl_bytes a, struct dtl_bytes b, struct dtl_error *err)
{
    return dtl_fail(err, DTL_EQUERY, 0, "the range ends before it starts; did you mean %.*s..%.*s?",
                    b.n > 40 ? 40 : (int)b.n, (const char *)b.p, a.n > 40 ? 40 : (int)a.n,
                    (const char *)a.p);
}

static enum dtl_status dotted(struct dtl_bytes text, size_t dots, const struct dtl_clock *clock,
                              struct dtl_interval *out, bool *relative, struct dtl_error *err)
{
    struct dtl_bytes a = trim(dtl_bytes(text.p, dots));
    struct dtl_bytes b = trim(dtl_bytes(text.p + dots + 2, text.n - dots - 2));
    struct dtl_interval x = {DTL_DAY_MIN, DTL_DAY_MIN}, y = {DTL_DAY_MAX, DTL_DAY_MAX};
    bool ra = false, rb = false;
    if (b.n && b.p[0] == '.')
        return dtl_fail(err, DTL_EQUERY, dots, "a range has two dots: 2024-03..2024-05");
    if (a.n == 0 && b.n == 0)
        return dtl_fail(err, DTL_EQUERY, dots,
                        "a range needs a date on one side at least, such as 2024-03..");
    enum dtl_status st = DTL_OK;
    if (a.n && b.n)
        st = refuse_short(a, b, (size_t)(b.p - text.p), err);
    if (st == DTL_OK && a.n)
        st = one(text, a, clock, &x, &ra, err);
    if (st == DTL_OK && b.n)
        st = one(text, b, clock, &y, &rb, err);
    if (st < 0)
        return st;
    if (x.earliest > y.latest)
        return reversed(a, b, err);
    *out = (struct dtl_interval){x.earliest, y.latest};
    *relative = ra || rb;
    return DTL_OK;
}

/* [A TO B], {A TO B}, mixed; * is an open end. */
static enum dtl_status bracketed(struct dtl_bytes text, const struct dtl_clock *clock,
                                 struct dtl_interval *out, bool *relative, struct dtl_error *err)
{
    uint8_t open = text.p[0], close = text.p[text.n - 1];
    size_t to = 0;
    for (size_t i = 2; i + 3 < text.n && !to; i++)
        if ((text.p[i - 1] == ' ' || text.p[i - 1] == '"') && (text.p[i] | 0x20) == 't' &&
            (text.p[i + 1] | 0x20) == 'o' && (text.p[i + 2] == ' ' || text.p[i + 2] == '"'))
            to = i;
    if (!to || text.n < 2 || (close != ']' && close != '}'))
        return dtl_fail(err, DTL_EQUERY, 0, "unfinished range: write [2024-03-01 TO 2024-04-15]");
    struct dtl_bytes side[2] = {trim(dtl_bytes(text.p + 1, to - 1)),
                                trim(dtl_bytes(text.p + to + 2, text.n - to - 3))};
    struct dtl_interval e[2] = {
        {DTL_DAY_MIN, DTL_DAY_MIN},
        {DTL_DAY_MAX, DTL_DAY_MAX}
    };
    bool by_clock[2] = {false, false}, given[2] = {false, false};
    for (int i = 0; i < 2; i++) {
        if (side[i].n >= 2 && side[i].p[0] == '"' && side[i].p[side[i].n - 1] == '"')
            side[i] = dtl_bytes(side[i].p + 1, side[i].n - 2);
        given[i] = !dtl_bytes_is(side[i], "*");
        if (!given[i])
            continue;
        enum dtl_status st = one(text, side[i], clock, &e[i], &by_clock[i], err);
        if (st < 0)
            return st;
    }
    if (!given[0] && !given[1])
        return dtl_fail(err, DTL_EQUERY, 0,
                        "a range needs a date on one side at least, such as [2024-03 TO *]");
    if (e[0].earliest > e[1].latest)
        return reversed(side[0], side[1], err);
    dtl_day first = open == '{' && given[0] ? e[0].latest + 1 : e[0].earliest;
    dtl_day last = close == '}' && given[1] ? e[1].earliest - 1 : e[1].latest;
    if (first > last || first > DTL_DAY_MAX || last < DTL_DAY_MIN)
        return dtl_fail(err, DTL_EQUERY, 0, "{ } leave both ends out, and no day is between them");
    *out = (struct dtl_interval){first, last};
    *relative = by_clock[0] || by_clock[1];
    return DTL_OK;
}

static enum dtl_status related(enum dtl_date_relation relation, struct dtl_interval e,
                               struct dtl_interval *out, struct dtl_error *err)
{
    switch (relation) {
    case DTL_DATE_SINCE:
        *out = (struct dtl_interval){e.earliest, DTL_DAY_MAX};
        return DTL_OK;
    case DTL_DATE_UNTIL:
        *out = (struct dtl_interval){DTL_DAY_MIN, e.latest};
        return DTL_OK;
    case DTL_DATE_BEFORE:
        if (e.earliest == DTL_DAY_MIN)
            return dtl_fail(err, DTL_EQUERY, 0, "no day is before 0001-01-01");
        *out = (struct dtl_interval){DTL_DAY_MIN, e.earliest - 1};
        return DTL_OK;
    case DTL_DATE_AFTER:
        if (e.latest == DTL_DAY_MAX)
            return dtl_fail(err, DTL_EQUERY, 0, "no day is after 9999-12-31");
        *out = (struct dtl_interval){e.latest + 1, DTL_DAY_MAX};
        return DTL_OK;
    default:
        *out = e;
        return DTL_OK;
    }
}

enum dtl_status dtl_dates_resolve(enum dtl_date_relation relation, struct dtl_bytes text,
                                  const struct dtl_clock *clock, struct dtl_interval *out,
                                  bool *relative, bool *undated, struct dtl_error *err)
{
    static const char *const name[] = {"date", "since", "until", "before", "after"};
    struct dtl_bytes t = trim(text);
    size_t lead = t.n ? (size_t)(t.p - text.p) : 0, dots = t.n;
    for (size_t i = 0; i + 1 < t.n && dots == t.n; i++)
        if (t.p[i] == '.' && t.p[i + 1] == '.')
            dots = i;
    bool brackets = t.n > 1 && (t.p[0] == '[' || t.p[0] == '{');
    struct dtl_interval e = {0, 0};
    bool by_clock = false;
    enum dtl_status st;
    if (is_word(t, "none") && relation == DTL_DATE_ON) {
        *out = DTL_UNDATED;
        *relative = false;
        *undated = true;
        return DTL_OK;
    }
    if ((brackets || dots < t.n) && relation != DTL_DATE_ON)
        st = dtl_fail(err, DTL_EQUERY, 0, "%s takes one date; a range goes with date:A..B",
                      name[relation]);
    else if (brackets)
        st = bracketed(t, clock, &e, &by_clock, err);
    else if (dots < t.n)
        st = dotted(t, dots, clock, &e, &by_clock, err);
    else
        st = one(t, t, clock, &e, &by_clock, err);
    if (st == DTL_OK)
        st = related(relation, e, &e, err);
    if (st < 0) {
        if (err)
            err->pos += lead;
        return st;
    }
    *out = e;
    *relative = by_clock;
    *undated = false;
    return DTL_OK;
}
