/* span.c - a length of time as an option takes it: 30d, 2 weeks, 6m, 1_year; see dates.h. */
#include "query/language/date_forms.h"

enum dtl_status dtl_span_days(struct dtl_bytes text, const struct dtl_clock *clock, uint32_t *days,
                              struct dtl_error *err)
{
    struct dtl_interval span = {0, 0};
    bool relative = false;
    char word[16] = "";
    size_t at = 0, n = 0;
    while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9')
        at++;
    bool number = false; /* other than 0 */
    for (size_t i = 0; i < at; i++)
        number |= text.p[i] != '0';
    if (at < text.n && (text.p[at] == ' ' || text.p[at] == '_' || text.p[at] == '-'))
        at++;
    for (; at < text.n && n + 1 < sizeof word; at++) {
        uint8_t c = text.p[at] | 0x20;
        if (c < 'a' || c > 'z')
            break;
        word[n++] = (char)c;
    }
    /* a month's name would make a date of it: 15march */
    if (!number || n == 0 || at < text.n || dtl_month_of(word))
        return dtl_fail(err, DTL_EQUERY, 0,
                        "a length of time is a number of d w m q y: 30d, 2w, 6 months, 1y");
    enum dtl_status st = dtl_date_form(text, clock, &span, &relative, err);
    if (st == DTL_OK)
        *days = (uint32_t)(span.latest - span.earliest) + 1;
    return st;
}
