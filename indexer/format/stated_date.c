/*
 * stated_date.c - stated dates in the forms of news, and careful guesses from names.
 *
 * A guess must be unmistakable: four digits of a year in a sane range, a month and a day that
 * exist, and no digit on either side. A wrong date is worse than none: it makes spikes in
 * timelines that nobody can explain, so every date carries where it came from.
 */
#include "indexer/format/stated_date.h"

#include "indexer/format/format.h"

#include <stdio.h>
#include <strings.h>

#define GUESS_YEAR_MIN 1600
#define GUESS_YEAR_MAX 2199
#define LABEL_BYTES    30 /* of what may stand before a date on its line */

/* ---- dates in words ---- */

struct words {
    struct dtl_bytes in;
    size_t at;
};

static int peek(const struct words *w)
{
    return w->at < w->in.n ? w->in.p[w->at] : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void skip(struct words *w, const char *set)
{
    while (w->at < w->in.n && w->in.p[w->at] && strchr(set, w->in.p[w->at]))
        w->at++;
}

/* 1 to `max` digits; -1 when there are none or more. */
static int number(struct words *w, int max)
{
    int v = 0, n = 0;
    for (; is_digit(peek(w)); n++, w->at++)
        v = n < max ? v * 10 + (peek(w) - '0') : 0;
    return n >= 1 && n <= max ? v : -1;
}

/* A run of letters; its length, 0 for none. */
static size_t letters(struct words *w, const char **text)
{
    size_t from = w->at;
    while (is_letter(peek(w)))
        w->at++;
    *text = (const char *)w->in.p + from;
    return w->at - from;
}

/* Z, GMT, +0100, -05:00, EST: minutes; false when there is none that is known. */
static bool zone(struct words *w, int *minutes)
{
    static const struct {
        const char *name;
        int minutes;
    } known[] = {
        {"Z",   0   },
        {"UT",  0   },
        {"UTC", 0   },
        {"GMT", 0   },
        {"EST", -300},
        {"EDT", -240},
        {"CST", -360},
        {"CDT", -300},
        {"MST", -420},
        {"MDT", -360},
        {"PST", -480},
        {"PDT", -420}
    };
    int sign = peek(w);
    if (sign == '+' || sign == '-') {
        w->at++;
        size_t from = w->at;
        int v = number(w, 4);
        size_t n = w->at - from;
        if (n == 2 && peek(w) == ':') {
            w->at++;
            int m = number(w, 2);
            v = m < 0 ? -1 : v * 100 + m;
        } else if (n != 4) {
            v = n == 2 ? v * 100 : -1;
        }
        if (v < 0 || v > 1800 || v % 100 > 59)
            return false;
        *minutes = (v / 100 * 60 + v % 100) * (sign == '-' ? -1 : 1);
        return true;
    }
    const char *text;
    size_t n = letters(w, &text);
    for (size_t i = 0; n && i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == n && strncasecmp(known[i].name, text, n) == 0) {
            *minutes = known[i].minutes;
            return true;
        }
    }
    return false;
}

/* A word between a date and its clock, or behind the clock, in the languages that print one. */
static bool pass_word(struct words *w, const char *const *list)
{
    const char *text;
    size_t from = w->at, n = letters(w, &text);
    for (; n && *list; list++)
        if (strlen(*list) == n && strncasecmp(text, *list, n) == 0)
            return true;
    w->at = from;
    return false;
}

/* Blanks, stops and the "year" that Slavic languages write behind the number. */
static void skip_end(struct words *w)
{
    static const char *const years[] = {"г", "р", NULL};
    skip(w, " ,\t");
    for (size_t i = 0; years[i]; i++) {
        struct dtl_bytes rest = dtl_bytes(w->in.p + w->at, w->in.n - w->at);
        if (dtl_bytes_starts(rest, dtl_bytes_of(years[i])))
            w->at += strlen(years[i]);
    }
    skip(w, " ,.\t");
}

/* " 15:01:01.79 GMT", ", 8.15 Uhr", " at 3:01 p.m. EST", or nothing. False: something else follows
 * the date. */
static bool clock_of(struct words *w, dtl_day day, struct dtl_instant *instant)
{
    static const char *const before[] = {"at", "um", "kl", "klo", "ore", "alle", "om", "T", NULL};
    static const char *const behind[] = {"Uhr", "h", "uur", "hrs", NULL};
    static const char *const halves[] = {"am", "pm", "a", "p", NULL};
    skip_end(w);
    if (peek(w) < 0)
        return true;
    if (peek(w) == '|' || peek(w) == '-')
        w->at++;
    skip(w, " \t");
    if (pass_word(w, before))
        skip(w, " .\t");
    int hour = number(w, 2), minute = -1, second = 0, minutes = 0;
    if (peek(w) == ':' || peek(w) == '.' || peek(w) == 'h') {
        w->at++;
        minute = number(w, 2);
    }
    if (peek(w) == ':') {
        w->at++;
        second = number(w, 2);
        if (peek(w) == '.') {
            w->at++;
            if (number(w, 9) < 0)
                return false;
        }
    }
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    skip(w, " \t");
    int half = w->at < w->in.n ? w->in.p[w->at] | 0x20 : 0;
    if (pass_word(w, halves)) { /* p.m. is two of them with dots */
        skip(w, ".");
        const char *text;
        size_t from = w->at;
        if (letters(w, &text) != 1 || (text[0] | 0x20) != 'm')
            w->at = from;
        skip(w, ". \t");
        if (hour < 1 || hour > 12)
            return false;
        hour = hour % 12 + (half == 'p' ? 12 : 0);
    } else if (pass_word(w, behind)) {
        skip(w, " .\t");
    }
    if (peek(w) < 0)
        return true;
    if (!zone(w, &minutes))
        return false;
    skip(w, " \t)");
    if (peek(w) >= 0)
        return false;
    *instant = (struct dtl_instant){(int64_t)day * 86400 + hour * 3600 + minute * 60 + second -
                                        (int64_t)minutes * 60,
                                    (int16_t)minutes, true};
    return true;
}

/* A printed date and perhaps a clock behind it. *looked_like: it is one, but there is no such day.
 */
static enum dtl_status printed(struct dtl_bytes text, const struct dtl_date_hints *hints,
                               struct dtl_interval *out, struct dtl_instant *instant,
                               bool *looked_like)
{
    struct dtl_printed_date d;
    enum dtl_status st = dtl_printed_date(text, hints, true, &d);
    *looked_like = st != DTL_NOTFOUND;
    if (st != DTL_OK)
        return DTL_EINPUT;
    struct dtl_instant t = {0};
    struct words w = {text, d.used};
    bool day = d.date.earliest == d.date.latest;
    if (!clock_of(&w, day ? d.date.earliest : 0, &t))
        return DTL_EINPUT;
    *out = d.date;
    *instant = day ? t : (struct dtl_instant){0};
    return DTL_OK;
}

/* "20131020T192751+1100" -> "2013-10-20T19:27:51+1100": ISO 8601's basic form, which agencies use.
 */
static struct dtl_bytes with_marks(struct dtl_bytes text, char room[64])
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    if (text.n < 13 || text.n > 40 || text.p[8] != 'T')
        return text;
    size_t at = 0, n = 0;
    for (; form[n] && at < text.n; n++) {
        bool digit = form[n] == 'd', mark = form[n] == '-' || form[n] == ':';
        if (digit && !is_digit(text.p[at])) {
            if (n < 16 || form[n - 1] != ':')
                return text;
            n--; /* no seconds: the zone follows the minutes */
            break;
        }
        room[n] = mark ? form[n] : (char)text.p[at++];
    }
    memcpy(room + n, text.p + at, text.n - at);
    return dtl_bytes(room, n + text.n - at);
}

/* "2012-11-19 1:16:9" -> "2012-11-19 01:16:09": clocks are printed without zeros in many a blog. */
static struct dtl_bytes with_full_clock(struct dtl_bytes text, char room[64])
{
    size_t at = 0, n = 0;
    while (at < text.n && text.p[at] != ' ' && text.p[at] != 'T')
        at++;
    if (at + 2 >= text.n || text.n >= 58 || !is_digit(text.p[at + 1]))
        return text;
    for (size_t i = 0; i < text.n; i++) {
        bool begins = i > at && is_digit(text.p[i]) && (i == at + 1 || text.p[i - 1] == ':');
        bool alone = i + 1 == text.n || !is_digit(text.p[i + 1]);
        bool clock = i == at + 1 ? i + 1 < text.n && text.p[i + 1] == ':' : i - at < 9;
        if (begins && alone && clock)
            room[n++] = '0';
        room[n++] = (char)text.p[i];
    }
    return dtl_bytes(room, n);
}

enum dtl_status dtl_date_stated(struct dtl_bytes text, const struct dtl_date_hints *hints,
                                struct dtl_interval *out, struct dtl_instant *instant,
                                struct dtl_error *err)
{
    while (text.n && (text.p[0] == ' ' || text.p[0] == '\t' || text.p[0] == '\n'))
        text = dtl_bytes(text.p + 1, text.n - 1);
    while (text.n &&
           (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t' || text.p[text.n - 1] == '\n'))
        text.n--;
    char room[64], marked[64];
    struct dtl_error why = {0};
    struct dtl_instant t = {0};
    struct dtl_interval i = DTL_UNDATED;
    text = with_marks(text, marked);
    bool looked_like;
    enum dtl_status st = dtl_date_parse(with_full_clock(text, room), &i, &t, err ? &why : NULL);
    if (st == DTL_EINPUT) {
        st = printed(text, hints, &i, &t, &looked_like);
        if (err && st < 0 && looked_like &&
            dtl_digits(text, 0, 4) < 0) /* else it is said already */
            dtl_fail(&why, DTL_EINPUT, 0, "'%.*s': no such day or time",
                     text.n < 40 ? (int)text.n : 40, (const char *)text.p);
    }
    if (st < 0) {
        if (err)
            *err = why;
        return st;
    }
    *out = i;
    *instant = t;
    return DTL_OK;
}

/* ---- guesses ---- */

static bool in_range(int year, int month, int day)
{
    return year >= GUESS_YEAR_MIN && year <= GUESS_YEAR_MAX && dtl_civil_valid(year, month, day);
}

/* YYYY-M-D, YYYY/M/D, YYYY_M_D, YYYY.M.D or YYYY/mon/D; *n is its length. */
static bool divided(struct dtl_bytes name, size_t at, dtl_day *out, size_t *n)
{
    struct words w = {name, at};
    int year = number(&w, 4), between = peek(&w), month, day;
    if (year < 1000 || between <= 0 || !strchr("-/_.", between))
        return false;
    w.at++;
    const char *word;
    size_t letter_count = between == '/' || between == '-' ? letters(&w, &word) : 0;
    month = letter_count ? dtl_english_month(dtl_bytes(word, letter_count)) : number(&w, 2);
    if (peek(&w) != between)
        return false;
    w.at++;
    day = number(&w, 2);
    if (month < 1 || day < 1 || !in_range(year, month, day))
        return false;
    *out = dtl_day_of(year, month, day);
    *n = w.at - at;
    return true;
}

/* YYYYMMDD of the last two centuries: eight digits are a number more often than a day before. */
static bool compact(struct dtl_bytes name, size_t at, dtl_day *out, size_t *n)
{
    struct words w = {name, at};
    int v = number(&w, 8);
    *n = 8;
    if (w.at - at != 8 || v / 10000 < 1900 || !in_range(v / 10000, v / 100 % 100, v % 100))
        return false;
    *out = dtl_day_of(v / 10000, v / 100 % 100, v % 100);
    return true;
}

bool dtl_date_in_name(struct dtl_bytes name, bool last, dtl_day *out)
{
    bool found = false;
    for (size_t at = 0; at + 8 <= name.n; at++) {
        size_t n = 0;
        dtl_day day;
        if (!is_digit(name.p[at]) || (at && is_digit(name.p[at - 1])))
            continue;
        if (!divided(name, at, &day, &n) && !(last && compact(name, at, &day, &n)))
            continue;
        if (at + n < name.n && is_digit(name.p[at + n]))
            continue;
        *out = day;
        found = true;
        if (!last)
            break;
        at += n - 1;
    }
    return found;
}

bool dtl_year_in_name(struct dtl_bytes name, int *out)
{
    bool found = false;
    for (size_t at = 0; at + 4 <= name.n; at++) {
        int year = dtl_digits(name, at, 4);
        bool begins = at == 0 || strchr("/-_.#", name.p[at - 1]);
        bool ends = at + 4 == name.n || strchr("/-_.#", name.p[at + 4]);
        if (year >= GUESS_YEAR_MIN && year <= GUESS_YEAR_MAX && begins && ends) {
            *out = year;
            found = true;
        }
    }
    return found;
}

/* A day, or one of the two that 03/04/2020 may be. */
static bool is_one_day_of_few(struct dtl_interval i)
{
    enum dtl_zone_id zone = dtl_interval_zone(i);
    return zone == DTL_ZONE_DAY || zone == DTL_ZONE_OTHER;
}

static bool has_mark(struct dtl_bytes line)
{
    for (size_t i = 0; i < line.n; i++)
        if (!is_digit(line.p[i]))
            return true;
    return false;
}

/* "Published: " at the beginning of a line is passed over. */
static size_t behind_label(struct dtl_bytes text, size_t at, size_t end)
{
    for (size_t i = at; i < end && i < at + LABEL_BYTES && !is_digit(text.p[i]); i++)
        if (text.p[i] == ':' && i + 1 < end && text.p[i + 1] == ' ')
            return i + 2;
    return at;
}

bool dtl_date_in_text(struct dtl_bytes text, const struct dtl_date_hints *hints,
                      struct dtl_interval *out, struct dtl_instant *instant)
{
    size_t at = 0;
    for (int lines = 0; lines < 3 && at < text.n; lines++) {
        while (at < text.n && (text.p[at] == '\n' || text.p[at] == ' '))
            at++;
        const uint8_t *lf = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
        size_t end = lf ? (size_t)(lf - text.p) : text.n;
        struct dtl_interval i;
        struct dtl_instant t;
        at = behind_label(text, at, end);
        /* a bare year or a run of digits in a text is more often something else */
        if (end - at >= 8 && end - at <= 80 &&
            dtl_may_be_printed_date(dtl_bytes(text.p + at, end - at)) &&
            dtl_date_stated(dtl_bytes(text.p + at, end - at), hints, &i, &t, NULL) == DTL_OK &&
            is_one_day_of_few(i) && has_mark(dtl_bytes(text.p + at, end - at))) {
            *out = i;
            *instant = t;
            return true;
        }
        at = end;
    }
    return false;
}
