/*
 * printed_pieces.c - numbers, words and marks; months and weekdays among the words.
 *
 * English is looked up in a table here, all other languages in ICU's data, which the first such
 * word loads.
 */
#include "indexer/format/printed_pieces.h"

#include "common/base/utf8.h"
#include "common/text/months.h"

#include <strings.h>

/* ---- pieces ---- */

/* Digits of other scripts as printed in dates: Arabic, Persian, Devanagari, full width. */
int dtl_digit_of(uint32_t c)
{
    if (c < 0x80)
        return c >= '0' && c <= '9' ? (int)c - '0' : -1;
    static const uint32_t zeros[] = {0x660, 0x6f0, 0x966, 0x9e6, 0xff10};
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
        if (c >= zeros[i] && c < zeros[i] + 10)
            return (int)(c - zeros[i]);
    return -1;
}

/* Blanks of all kinds, and marks of direction, which stand unseen in Hebrew and Arabic dates. */
bool dtl_is_printed_blank(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || c == '\t';
    return c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200f) || c == 0x202f || c == 0x61c;
}

/* The ASCII mark that a character stands for; 0: it is none. */
static int mark_of(uint32_t c)
{
    if (c < 0x80)
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? 0 : (int)c;
    switch (c) {
    case 0x60c:  /* Arabic comma */
    case 0x3001: /* of Chinese and Japanese */
    case 0xff0c:
        return ',';
    case 0xaa: /* 1ª */
    case 0xb0:
    case 0xba: /* 1º */
        return '.';
    case 0x2010:
    case 0x2011:
    case 0x2013:
        return '-';
    case 0x2014:
    case 0xb7:
        return '|';
    case 0xff08:
        return '(';
    case 0xff09:
        return ')';
    case 0xff0e:
        return '.';
    case 0xff0f:
        return '/';
    case 0x201c:
    case 0x201d:
    case 0xab:
    case 0xbb:
        return '"';
    default:
        return 0;
    }
}

static uint32_t next_of(struct dtl_bytes t, size_t *at)
{
    return t.p[*at] < 0x80 ? t.p[(*at)++] : dtl_utf8_next(t, at);
}

void dtl_pieces_cut(struct dtl_pieces *r)
{
    struct dtl_bytes t = r->text;
    size_t at = 0;
    while (at < t.n && r->n < DTL_PIECES) {
        size_t from = at, next = at;
        uint32_t c = next_of(t, &next);
        if (dtl_is_printed_blank(c)) {
            at = next;
            continue;
        }
        if (c == '\n')
            break;
        struct dtl_piece *p = &r->p[r->n++];
        *p = (struct dtl_piece){.from = from};
        int digit = dtl_digit_of(c), mark = mark_of(c);
        if (digit >= 0) {
            p->kind = DTL_PIECE_NUMBER;
            for (; digit >= 0; p->digits++) {
                p->value = p->digits < 8 ? p->value * 10 + digit : 0;
                at = next;
                digit = next < t.n ? dtl_digit_of(next_of(t, &next)) : -1;
            }
        } else if (mark) {
            p->kind = DTL_PIECE_MARK;
            p->value = mark;
            at = next;
        } else {
            p->kind = DTL_PIECE_WORD;
            do {
                at = next;
                c = next < t.n ? next_of(t, &next) : ' ';
            } while (!dtl_is_printed_blank(c) && dtl_digit_of(c) < 0 && !mark_of(c));
        }
        p->to = at;
    }
}

struct dtl_bytes dtl_word_at(const struct dtl_pieces *r, size_t i)
{
    return dtl_bytes(r->text.p + r->p[i].from, r->p[i].to - r->p[i].from);
}

bool dtl_is_mark(const struct dtl_pieces *r, size_t i, const char *set)
{
    return r->p[i].kind == DTL_PIECE_MARK && strchr(set, r->p[i].value);
}

bool dtl_is_number(const struct dtl_pieces *r, size_t i, int least, int most)
{
    return r->p[i].kind == DTL_PIECE_NUMBER && r->p[i].digits >= least && r->p[i].digits <= most;
}

bool dtl_is_word(const struct dtl_pieces *r, size_t i, const char *const *list)
{
    struct dtl_bytes w = dtl_word_at(r, i);
    for (; r->p[i].kind == DTL_PIECE_WORD && *list; list++)
        if (((w.p[0] ^ (uint8_t) * *list) & ~0x20) == 0 && strlen(*list) == w.n &&
            strncasecmp((const char *)w.p, *list, w.n) == 0)
            return true;
    return false;
}

/* ---- months and weekdays ---- */

static bool begins_name(struct dtl_bytes w, const char *const *names, size_t n, size_t *which)
{
    for (size_t i = 0; i < n && w.n >= 3; i++)
        if ((w.p[0] | 0x20) == names[i][0] && w.n <= strlen(names[i]) &&
            strncasecmp((const char *)w.p, names[i], w.n) == 0) {
            *which = i;
            return true;
        }
    return false;
}

int dtl_english_month(struct dtl_bytes w)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    size_t i;
    if (begins_name(w, names, 12, &i))
        return (int)i + 1;
    return w.n == 4 && strncasecmp((const char *)w.p, "sept", 4) == 0 ? 9 : 0;
}

static bool english_weekday(struct dtl_bytes w)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    size_t i;
    return begins_name(w, names, 7, &i);
}

/* The month at piece i; *next is behind it, and behind a dot of its own. 0: none. */
int dtl_month_at(const struct dtl_pieces *r, size_t i, size_t *next)
{
    if (r->p[i].kind != DTL_PIECE_WORD)
        return 0;
    struct dtl_bytes w = dtl_word_at(r, i);
    int month = dtl_english_month(w);
    *next = i + 1;
    if (!month && w.n <= DTL_MONTH_BYTES)
        month = dtl_month_named(w, r->hints->lang);
    if (!month && dtl_is_number(r, i + 1, 1, 2)) { /* tháng 5 */
        struct dtl_bytes two = dtl_bytes(w.p, r->p[i + 1].to - r->p[i].from);
        if ((month = two.n <= DTL_MONTH_BYTES ? dtl_month_named(two, r->hints->lang) : 0))
            *next = i + 2;
    }
    if (month && dtl_is_mark(r, i + 1, "/") &&
        r->p[i + 2].kind == DTL_PIECE_WORD) { /* both Arabic names */
        size_t after;
        if (dtl_month_at(r, i + 2, &after) == month)
            *next = after;
    }
    return month;
}

/* The pieces of a weekday at i: jeudi, segunda-feira, Thứ Năm. 0: none. */
size_t dtl_weekday_at(const struct dtl_pieces *r, size_t i)
{
    if (r->p[i].kind != DTL_PIECE_WORD)
        return 0;
    if (english_weekday(dtl_word_at(r, i)))
        return 1;
    for (size_t n = 3; n; n--) { /* the longest: Thứ alone is, without its accents, Thursday */
        struct dtl_bytes w = dtl_bytes(r->text.p + r->p[i].from, r->p[i + n - 1].to - r->p[i].from);
        if (r->p[i + n - 1].kind == DTL_PIECE_WORD && w.n <= DTL_MONTH_BYTES &&
            dtl_weekday_named(w))
            return n;
    }
    return 0;
}
