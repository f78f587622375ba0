/*
 * printed_date.c - a few words and numbers at the beginning of a text, and the shapes of a date.
 *
 * The text is cut into at most a dozen pieces (numbers, words, marks); a shape is a sequence of
 * them. A word is a month or not: English is looked up in a table here, all others in ICU's data,
 * and only where a number stands beside the word, so that plain text never loads it.
 *
 * Han and Hangul dates (2024年5月23日, 令和6年5月23日, 2024년 5월 23일) are a shape of their own,
 * read before the others.
 */
#include "indexer/format/printed_pieces.h"

#include "common/base/utf8.h"

/* ---- the parts of a shape ---- */

static const char *const articles[] = {"the",  "on",   "den", "am", "le", "il",
                                       "el",   "dem",  "der", "op", "av", "em",
                                       "ngày", "ngay", "vom", "du", NULL};
static const char *const between[] = {"of", "de", "del", "di", "do", "da", "năm", "nam", NULL};
static const char *const ordinals[] = {"st", "nd", "rd", "th", "er",  "ère",
                                       "e",  "го", "re", "ος", "eme", NULL};

/* Marks, ordinals and joining words between the parts of a date. */
static size_t skip_between(const struct dtl_pieces *r, size_t i)
{
    while (dtl_is_mark(r, i, ".,-/'") || dtl_is_word(r, i, between))
        i++;
    return i;
}

/* A day of one or two digits at i; *next is behind its dot, ordinal and joining words. */
static int day_at(const struct dtl_pieces *r, size_t i, size_t *next)
{
    if (!dtl_is_number(r, i, 1, 2))
        return 0;
    *next = i + 1;
    if (dtl_is_word(r, *next, ordinals) && r->p[*next].from == r->p[i].to)
        (*next)++;
    *next = skip_between(r, *next);
    return r->p[i].value;
}

static int year_at(const struct dtl_pieces *r, size_t i)
{
    return dtl_is_number(r, i, 4, 4) ? r->p[i].value : 0;
}

struct found {
    int year, month, day; /* year 0: none; day 0: the month */
    size_t last;          /* piece */
};

/* A clock and perhaps a zone between day and year, as programs print dates: *next is behind. */
static bool clock_at(const struct dtl_pieces *r, size_t i, size_t *next)
{
    if (!dtl_is_number(r, i, 1, 2) || !dtl_is_mark(r, i + 1, ":") || !dtl_is_number(r, i + 2, 2, 2))
        return false;
    i += 3;
    if (dtl_is_mark(r, i, ":") && dtl_is_number(r, i + 1, 2, 2))
        i += 2;
    if (r->p[i].kind == DTL_PIECE_WORD && dtl_word_at(r, i).n <= 5)
        i++;
    *next = i;
    return true;
}

/* ---- the shapes ---- */

/* day month [year] */
static bool day_first(const struct dtl_pieces *r, size_t i, struct found *f)
{
    size_t at;
    f->day = day_at(r, i, &at);
    if (!f->day || !(f->month = dtl_month_at(r, at, &at)))
        return false;
    f->last = at - 1;
    at = skip_between(r, at);
    if ((f->year = year_at(r, at)))
        f->last = at;
    return true;
}

/* month day [year], month year */
static bool month_first(const struct dtl_pieces *r, size_t i, struct found *f)
{
    size_t at, after;
    if (r->p[i].kind != DTL_PIECE_WORD ||
        !(r->p[i + 1].kind == DTL_PIECE_NUMBER || dtl_is_mark(r, i + 1, ".,-/") ||
          dtl_is_word(r, i + 1, between)) ||
        !(f->month = dtl_month_at(r, i, &at)))
        return false;
    at = skip_between(r, at);
    if ((f->year = year_at(r, at))) {
        f->last = at;
        return true;
    }
    size_t day = at;
    if (!(f->day = day_at(r, at, &at)))
        return false;
    f->last = day;
    if ((f->year = year_at(r, at))) {
        f->last = at;
    } else if (clock_at(r, at, &after) && (f->year = year_at(r, after))) {
        f->last = after;
    }
    return true;
}

/* year month [day] */
static bool year_first(const struct dtl_pieces *r, size_t i, struct found *f)
{
    size_t at;
    if (!(f->year = year_at(r, i)) || r->p[i + 1].kind == DTL_PIECE_END)
        return false;
    at = skip_between(r, i + 1);
    if (!(f->month = dtl_month_at(r, at, &at)))
        return false;
    f->last = at - 1;
    at = skip_between(r, at);
    if (dtl_is_number(r, at, 1, 2) && !dtl_is_mark(r, at + 1, ":")) {
        f->day = r->p[at].value;
        f->last = at;
    }
    return true;
}

/* Three numbers with one mark between them, the year first or last; *swapped: the other reading of
 * the first two is a day as well, and nothing tells which. */
static bool in_numbers(const struct dtl_pieces *r, size_t i, struct found *f, bool *either)
{
    if (!dtl_is_mark(r, i + 1, "./-") || !dtl_is_mark(r, i + 3, "./-") ||
        r->p[i + 1].value != r->p[i + 3].value || r->p[i].kind != DTL_PIECE_NUMBER)
        return false;
    int a = r->p[i].value, b = r->p[i + 2].value;
    f->last = i + 4;
    if (year_at(r, i) && dtl_is_number(r, i + 2, 1, 2) && dtl_is_number(r, i + 4, 1, 2)) {
        *f = (struct found){a, b, r->p[i + 4].value, i + 4};
        return true;
    }
    if (!dtl_is_number(r, i, 1, 2) || !dtl_is_number(r, i + 2, 1, 2) || !year_at(r, i + 4))
        return false;
    static const uint16_t english = 5 << 10 | 14 << 5;
    bool given = r->hints->order != DTL_ORDER_BY_LANGUAGE;
    bool told = r->p[i + 1].value == '.' || (r->hints->lang && r->hints->lang != english);
    bool day_first = given ? r->hints->order == DTL_ORDER_DAY_FIRST : told;
    if (day_first ? b > 12 && a <= 12 : a > 12 && b <= 12)
        day_first = !day_first; /* 05/23/2024 among dates that begin with the day */
    *either = !given && !told && a <= 12 && b <= 12 && a != b && a && b;
    *f = (struct found){r->p[i + 4].value, day_first ? b : a, day_first ? a : b, i + 4};
    return true;
}

/* ---- Han and Hangul ---- */

struct mark { /* a unit behind a number: 年 */
    const char *text;
    int unit; /* 1 year, 2 month, 3 day */
};

/* The number of Han digits at *at: 二〇二四, 二十三. -1: none. */
static int han_number(struct dtl_bytes t, size_t *at)
{
    static const char *const digits[] = {"〇", "一", "二", "三", "四", "五",
                                         "六", "七", "八", "九", "十"};
    int value = 0, n = 0;
    bool ten = false;
    for (bool more = true; more && n < 5;) {
        more = false;
        for (int d = 0; d <= 10 && !more; d++) {
            struct dtl_bytes one = dtl_bytes_of(digits[d]);
            if (!dtl_bytes_starts(dtl_bytes(t.p + *at, t.n - *at), one))
                continue;
            if (d == 10) {
                value = (value ? value : 1) * 10;
                ten = true;
            } else {
                value = ten ? value + d : value * 10 + d;
            }
            *at += one.n;
            n++;
            more = true;
        }
    }
    return n ? value : -1;
}

static void skip_blanks(struct dtl_bytes t, size_t *at)
{
    for (size_t next = *at; *at < t.n; *at = next)
        if (!dtl_is_printed_blank(dtl_utf8_next(t, &next)))
            break;
}

/* A number and the unit behind it. False: none is there. */
static bool unit_at(struct dtl_bytes t, size_t *at, int *value, int *unit)
{
    static const struct mark marks[] = {
        {"年", 1},
        {"月", 2},
        {"日", 3},
        {"號", 3},
        {"号", 3},
        {"년", 1},
        {"월", 2},
        {"일", 3},
    };
    size_t i = *at;
    int digits = 0, d;
    skip_blanks(t, &i);
    *value = 0;
    for (size_t next = i; i < t.n && (d = dtl_digit_of(dtl_utf8_next(t, &next))) >= 0; i = next)
        *value = digits++ < 4 ? *value * 10 + d : 10000;
    if (!digits && dtl_bytes_starts(dtl_bytes(t.p + i, t.n - i), DTL_LITERAL("元")))
        *value = 1, digits = 1, i += 3;
    if (!digits && (*value = han_number(t, &i)) < 0)
        return false;
    skip_blanks(t, &i);
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
        struct dtl_bytes mark = dtl_bytes_of(marks[k].text);
        if (dtl_bytes_starts(dtl_bytes(t.p + i, t.n - i), mark)) {
            *unit = marks[k].unit;
            *at = i + mark.n;
            return true;
        }
    }
    return false;
}

/* The years before the first of an era that `t` begins with. */
static int era_at(struct dtl_bytes t, size_t *at)
{
    static const struct {
        const char *name;
        int before;
    } eras[] = {
        {"令和", 2018},
        {"平成", 1988},
        {"昭和", 1925},
        {"大正", 1911},
        {"明治", 1867},
        {"民國", 1911},
        {"民国", 1911},
    };
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        struct dtl_bytes name = dtl_bytes_of(eras[i].name);
        if (dtl_bytes_starts(dtl_bytes(t.p + *at, t.n - *at), name)) {
            *at += name.n;
            return eras[i].before;
        }
    }
    return 0;
}

/* Behind a weekday, in parentheses or not: (木), 星期四. */
static size_t behind_weekday(struct dtl_bytes t, size_t at)
{
    struct dtl_date_hints none = {0};
    struct dtl_pieces r = {.text = dtl_bytes(t.p + at, t.n - at), .hints = &none};
    dtl_pieces_cut(&r);
    if (dtl_is_mark(&r, 0, "(") && r.p[1].kind == DTL_PIECE_WORD && dtl_is_mark(&r, 2, ")"))
        return at + r.p[2].to;
    return r.n && dtl_weekday_at(&r, 0) ? at + r.p[0].to : at;
}

/* [era] year 年 month 月 [day 日], month 月 day 日; *used: bytes. */
static bool in_han(struct dtl_bytes t, struct found *f, size_t *used)
{
    size_t at = 0;
    int value, unit, era;
    skip_blanks(t, &at);
    if (at < t.n && t.p[at] < 0x80 && !(t.p[at] >= '0' && t.p[at] <= '9'))
        return false;
    era = era_at(t, &at);
    if (!unit_at(t, &at, &value, &unit))
        return false;
    if (unit == 1) {
        f->year = value + era;
        if (!unit_at(t, &at, &value, &unit))
            return false;
    }
    if (unit != 2)
        return false;
    f->month = value;
    *used = at;
    if (unit_at(t, &at, &value, &unit) && unit == 3) {
        f->day = value;
        *used = behind_weekday(t, at);
    }
    return f->day || f->year;
}

/* ---- what was found ---- */

static enum dtl_status result(const struct found *f, bool either, size_t used, bool years,
                              struct dtl_printed_date *out)
{
    struct dtl_printed_date d = {
        .date = DTL_UNDATED, .month = f->month, .day = f->day, .used = used};
    if (!f->year && (years || !f->day))
        return DTL_NOTFOUND;
    if (f->month < 1 || f->month > 12 || f->year > 9999)
        return DTL_EINPUT;
    if (!f->year) {
        if (f->day > dtl_days_in_month(2000, f->month))
            return DTL_EINPUT;
    } else if (!f->day) {
        d.date = dtl_interval_month(f->year, f->month);
    } else {
        if (!dtl_civil_valid(f->year, f->month, f->day))
            return DTL_EINPUT;
        d.date = dtl_interval_day(dtl_day_of(f->year, f->month, f->day));
        if (either) {
            dtl_day other = dtl_day_of(f->year, f->day, f->month);
            if (other < d.date.earliest)
                d.date.earliest = other;
            else
                d.date.latest = other;
            d.ambiguous = true;
        }
    }
    *out = d;
    return DTL_OK;
}

bool dtl_may_be_printed_date(struct dtl_bytes text)
{
    for (size_t i = 0; i < text.n && i < DTL_DATE_REACH; i++)
        if ((text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] >= 0x80)
            return true;
    return false;
}

enum dtl_status dtl_printed_date(struct dtl_bytes text, const struct dtl_date_hints *hints,
                                 bool years, struct dtl_printed_date *out)
{
    struct dtl_pieces r = {.text = text, .hints = hints};
    struct found f = {0};
    size_t used = 0, i = 0;
    bool either = false;
    if (text.n > DTL_DATE_REACH)
        r.text.n = DTL_DATE_REACH;
    if (!dtl_may_be_printed_date(r.text))
        return DTL_NOTFOUND;
    if (in_han(r.text, &f, &used))
        return result(&f, false, used, years, out);
    dtl_pieces_cut(&r);
    if (!r.n)
        return DTL_NOTFOUND;
    /* a month may begin it; else words must be a weekday or articles, with a number near */
    for (int words = 0; words < 3 && r.p[i].kind == DTL_PIECE_WORD; words++) {
        bool near = false;
        for (size_t k = i + 1; k <= i + 5 && k < r.n; k++)
            near |= r.p[k].kind == DTL_PIECE_NUMBER;
        if (!near)
            return DTL_NOTFOUND;
        f = (struct found){0};
        if (month_first(&r, i, &f))
            return result(&f, false, r.p[f.last].to, years, out);
        size_t n = dtl_is_word(&r, i, articles) ? 1 : dtl_weekday_at(&r, i);
        if (!n)
            return DTL_NOTFOUND;
        i += n;
        while (dtl_is_mark(&r, i, ".,"))
            i++;
    }
    f = (struct found){0};
    if (in_numbers(&r, i, &f, &either))
        return result(&f, either, r.p[f.last].to, years, out);
    f = (struct found){0};
    if (!day_first(&r, i, &f)) {
        f = (struct found){0};
        if (!year_first(&r, i, &f))
            return DTL_NOTFOUND;
    }
    return result(&f, false, r.p[f.last].to, years, out);
}

bool dtl_day_order_named(const char *name, enum dtl_day_order *out)
{
    static const char *const names[] = {"auto", "dmy", "mdy"};
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (enum dtl_day_order)i;
            return true;
        }
    return false;
}
