/*
 * date_forms.c - one date as a person types it, cut into parts, and the file that knows its form.
 *
 * A text is first cut into numbers and words with the marks between them; the forms are then
 * matched on parts, so case, blanks, `_` and (beside words) `-` cannot make a form unknown:
 * `last week`, `last_week`, `LAST-WEEK`. What no file knows is refused with the nearest form.
 */
#include "query/language/date_forms.h"

#include "common/base/utf8.h"
#include "query/language/chars.h"
#include "query/language/suggest.h"

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool cut(struct dtl_bytes text, struct dtl_date_text *t)
{
    *t = (struct dtl_date_text){.text = text};
    uint8_t mark = 0;
    for (size_t at = 0; at < text.n;) {
        uint8_t c = text.p[at];
        if (!is_digit(c) && !is_letter(c)) {
            size_t len;
            uint32_t u = dtl_char_at(text, at, &len);
            bool soft = dtl_char_blank(u) || u == '_' || u == ',';
            if (!soft && (u > 0x7e || !strchr("-/.:+@", (int)u)))
                return false;
            if (!soft && mark && mark != ' ')
                return false; /* two marks in a row */
            if (!soft || !mark)
                mark = soft ? ' ' : c;
            at += len;
            continue;
        }
        if (t->parts == DTL_DATE_PARTS)
            return false;
        struct dtl_date_part *p = &t->part[t->parts++];
        *p = (struct dtl_date_part){.number = is_digit(c), .mark = mark, .at = (uint32_t)at};
        size_t letters = 0;
        for (; at < text.n && (p->number ? is_digit(text.p[at]) : is_letter(text.p[at])); at++) {
            if (p->number) {
                p->digits++;
                p->value = p->digits > 9 ? UINT32_MAX : p->value * 10 + (text.p[at] - '0');
            } else if (letters < sizeof p->word - 1) {
                p->word[letters++] = (char)(text.p[at] | 0x20);
            } else {
                return false; /* no form has so long a word */
            }
        }
        mark = 0;
    }
    t->last_mark = mark;
    return t->parts > 0;
}

static const char *const known_words[] = {
    "january",   "february",  "march",    "april",    "may",      "june",   "july",
    "august",    "september", "october",  "november", "december", "monday", "tuesday",
    "wednesday", "thursday",  "friday",   "saturday", "sunday",   "today",  "yesterday",
    "tomorrow",  "now",       "last",     "this",     "past",     "ago",    "days",
    "weeks",     "months",    "quarters", "years",    "day",      "week",   "month",
    "quarter",   "year",      "none",
};

static bool is_known(const char *word)
{
    for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
        if (strcmp(word, known_words[i]) == 0)
            return true;
    return dtl_month_of(word) || dtl_weekday_of(word) >= 0;
}

static enum dtl_status refuse(const struct dtl_date_text *t, struct dtl_error *err)
{
    for (size_t i = 0; i < t->parts; i++) {
        const struct dtl_date_part *p = &t->part[i];
        if (p->number || strlen(p->word) < 3 || is_known(p->word))
            continue;
        const char *like = dtl_suggest(dtl_bytes_of(p->word), known_words,
                                       sizeof known_words / sizeof *known_words);
        if (like)
            return dtl_fail(err, DTL_EQUERY, p->at, "'%s' is no part of a date; did you mean '%s'?",
                            p->word, like);
    }
    if (t->parts == 1 && strcmp(t->part[0].word, "last") == 0)
        return dtl_fail(err, DTL_EQUERY, 0,
                        "not a whole date; with blanks write it in quotes or with _, such as "
                        "last_week or \"last 7 days\"");
    return dtl_fail(err, DTL_EQUERY, 0,
                    "not a date; write 2024, 2024-03, 2024-03-22, 2024-Q1, march_2024, last_week "
                    "or A..B");
}

enum dtl_status dtl_date_form(struct dtl_bytes text, const struct dtl_clock *clock,
                              struct dtl_interval *out, bool *relative, struct dtl_error *err)
{
    struct dtl_date_text t = {0};
    bool whole = cut(text, &t) && !strchr("-/.:+@", t.last_mark ? t.last_mark : ' ');
    if (whole && t.part[0].mark == '-' && t.parts == 2 && t.part[0].number)
        return dtl_fail(err, DTL_EQUERY, 0, "write last_%u%s, or %u%s_ago", t.part[0].value,
                        t.part[1].word, t.part[0].value, t.part[1].word);
    if (!whole || (t.part[0].mark && !strchr(" @", t.part[0].mark)))
        return dtl_fail(err, DTL_EQUERY, 0,
                        "not a date; write 2024, 2024-03, 2024-03-22, 2024-Q1, march_2024, "
                        "last_week or A..B");
    bool by_clock = false;
    struct dtl_interval v = {0, 0};
    enum dtl_status st = dtl_date_numeric(&t, clock, &v, &by_clock, err);
    if (st == DTL_NOTFOUND)
        st = dtl_date_named(&t, clock, &v, &by_clock, err);
    if (st == DTL_NOTFOUND)
        st = dtl_date_relative(&t, clock, &v, &by_clock, err);
    if (st == DTL_NOTFOUND)
        st = refuse(&t, err);
    if (st == DTL_OK) {
        *out = v;
        *relative = by_clock;
    }
    return st;
}
