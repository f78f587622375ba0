/*
 * operators.c - the operators that are known and not built.
 *
 * They are refused rather than read as words: a query that means one thing today and another after
 * an upgrade is worse than an error. Their numbers are checked already, so that the message is
 * about the first thing that is wrong.
 */
#include "query/language/operators.h"

/* Digits of t[at..] as a number; UINT32_MAX when there are none, other characters, or too many. */
static uint32_t number_of(struct dtl_bytes t, size_t at)
{
    uint32_t v = 0;
    if (at >= t.n || t.n - at > 9)
        return UINT32_MAX;
    for (; at < t.n; at++) {
        if (t.p[at] < '0' || t.p[at] > '9')
            return UINT32_MAX;
        v = v * 10 + (uint32_t)(t.p[at] - '0');
    }
    return v;
}

static bool all_digits(struct dtl_bytes t, size_t at)
{
    for (size_t i = at; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
    return at < t.n;
}

static enum dtl_status refuse(const char *name, struct dtl_bytes as_written, size_t pos,
                              struct dtl_error *err)
{
    return dtl_fail(err, DTL_EQUERY, pos,
                    "the operator %s (%.*s) is not available yet; write it in lower case or in "
                    "quotes to search the text",
                    name, as_written.n > 40 ? 40 : (int)as_written.n, (const char *)as_written.p);
}

enum dtl_status dtl_refuse_operator(struct dtl_bytes chunk, size_t pos, struct dtl_error *err)
{
    static const char *const plain[] = {"SAME", "SENTENCE", "PARAGRAPH", "W/S", "W/P"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (dtl_bytes_is(chunk, plain[i]))
            return refuse(plain[i], chunk, pos, err);
    static const struct {
        const char *name;
        bool bare;   /* an operator without a number too */
        bool strict; /* a slash always opens its number */
    } counted[] = {
        {"NEAR",    true,  true },
        {"NOTNEAR", false, true },
        {"ONEAR",   false, true },
        {"ATLEAST", true,  true },
        {"PRE",     false, false},
        {"ADJ",     false, false},
        {"N",       false, false},
        {"W",       false, false}
    };
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        struct dtl_bytes name = dtl_bytes_of(counted[i].name);
        if (!dtl_bytes_starts(chunk, name))
            continue;
        if (chunk.n == name.n) {
            if (counted[i].bare)
                return refuse(counted[i].name, chunk, pos, err);
            continue;
        }
        bool atleast = i == 3, slash = chunk.p[name.n] == '/';
        if (!slash && !(atleast && all_digits(chunk, name.n)))
            continue;
        size_t digits = name.n + slash;
        uint32_t n = number_of(chunk, digits);
        if (!all_digits(chunk, digits) && !counted[i].strict)
            continue; /* N/A, W/o: text */
        if (n == UINT32_MAX || n < 1 || n > DTL_NEAR_MAX)
            return dtl_fail(err, DTL_EQUERY, pos + digits,
                            "%s takes a number from 1 to %u, such as %s/5", counted[i].name,
                            DTL_NEAR_MAX, counted[i].name);
        return refuse(counted[i].name, chunk, pos, err);
    }
    return DTL_OK;
}

enum dtl_status dtl_refuse_boost(struct dtl_bytes mark, size_t pos, struct dtl_error *err)
{
    size_t at = 1, digits = 0;
    bool point = false, nonzero = false;
    for (; at < mark.n; at++) {
        if (mark.p[at] == '.' && !point) {
            point = true;
        } else if (mark.p[at] >= '0' && mark.p[at] <= '9') {
            digits++;
            nonzero = nonzero || mark.p[at] != '0';
        } else {
            break;
        }
    }
    if (at < mark.n || digits == 0 || digits > 6 || !nonzero)
        return dtl_fail(err, DTL_EQUERY, pos,
                        "^ (boost) takes a number above 0, up to 100, such as word^3; it is not "
                        "available yet: quote the text to search it");
    return dtl_fail(err, DTL_EQUERY, pos,
                    "^ (boost) is not available yet; leave it out, or quote the text to search it");
}

enum dtl_status dtl_refuse_fuzzy(struct dtl_bytes mark, size_t pos, struct dtl_error *err)
{
    uint32_t n = mark.n > 1 ? number_of(mark, 1) : 1;
    if (n < 1 || n > DTL_FUZZY_MAX)
        return dtl_fail(err, DTL_EQUERY, pos,
                        "~ (fuzzy) takes 1 or %u, such as word~1; it is not available yet: quote "
                        "the text to search it",
                        DTL_FUZZY_MAX);
    return dtl_fail(err, DTL_EQUERY, pos,
                    "~ (fuzzy) is not available yet; leave it out, or quote the text to search it");
}
