/*
 * operators.c - the operators that are words in capitals, and the numbers behind marks.
 *
 * NEAR is an operator alone; N W PRE ADJ ONEAR NOTNEAR are only with a slash and a number, for they
 * are words and initials of ordinary text (N/A, W/o, PRE/x). What is an operator with a number out
 * of range is refused, with the range.
 */
#include "query/language/operators.h"

bool dtl_read_number(struct dtl_bytes t, uint32_t *out)
{
    uint32_t v = 0;
    if (t.n == 0 || t.n > 9)
        return false;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
        v = v * 10 + (uint32_t)(t.p[i] - '0');
    }
    *out = v;
    return true;
}

static bool all_digits(struct dtl_bytes t)
{
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
    return t.n > 0;
}

static const struct {
    const char *name;
    enum dtl_near near;
} units[] = {
    {"SAME",      DTL_NEAR_PARAGRAPH},
    {"PARAGRAPH", DTL_NEAR_PARAGRAPH},
    {"W/P",       DTL_NEAR_PARAGRAPH},
    {"SENTENCE",  DTL_NEAR_SENTENCE },
    {"W/S",       DTL_NEAR_SENTENCE }
};

static const struct {
    const char *name;
    enum dtl_near near;
    bool strict; /* a slash always opens its number */
} counted[] = {
    {"NEAR",    DTL_NEAR_ANY,     true },
    {"NOTNEAR", DTL_NEAR_NOT,     true },
    {"ONEAR",   DTL_NEAR_ORDERED, true },
    {"PRE",     DTL_NEAR_ORDERED, false},
    {"ADJ",     DTL_NEAR_ORDERED, false},
    {"N",       DTL_NEAR_ANY,     false},
    {"W",       DTL_NEAR_ANY,     false}
};

static enum dtl_status out_of_range(const char *name, size_t pos, struct dtl_error *err)
{
    return dtl_fail(err, DTL_EQUERY, pos, "%s takes a number from 1 to %u, such as %s/5", name,
                    DTL_NEAR_MAX, name);
}

/* ATLEAST/5 or ATLEAST5. */
static enum dtl_status read_atleast(struct dtl_bytes chunk, size_t pos, struct dtl_lexeme *out,
                                    bool *found, struct dtl_error *err)
{
    size_t name = strlen("ATLEAST");
    bool slash = chunk.n > name && chunk.p[name] == '/';
    struct dtl_bytes digits = dtl_bytes(chunk.p + name + slash, chunk.n - name - slash);
    if (chunk.n > name && !slash && !all_digits(digits))
        return DTL_OK; /* ATLEASTX is a word */
    uint32_t n = 0;
    if (!dtl_read_number(digits, &n) || n < 1 || n > DTL_NEAR_MAX)
        return out_of_range("ATLEAST", chunk.n == name ? pos : pos + name + slash, err);
    out->kind = DTL_LEX_ATLEAST;
    out->needed = n;
    *found = true;
    return DTL_OK;
}

enum dtl_status dtl_read_operator(struct dtl_bytes chunk, size_t pos, struct dtl_lexeme *out,
                                  bool *found, struct dtl_error *err)
{
    *found = false;
    for (size_t i = 0; i < sizeof units / sizeof *units && !*found; i++)
        if (dtl_bytes_is(chunk, units[i].name)) {
            out->kind = DTL_LEX_NEAR;
            out->near = units[i].near;
            *found = true;
            return DTL_OK;
        }
    if (dtl_bytes_starts(chunk, DTL_LITERAL("ATLEAST")))
        return read_atleast(chunk, pos, out, found, err);
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        struct dtl_bytes name = dtl_bytes_of(counted[i].name);
        if (!dtl_bytes_starts(chunk, name))
            continue;
        bool alone = chunk.n == name.n;
        if (alone ? counted[i].near != DTL_NEAR_ANY || name.n == 1 : chunk.p[name.n] != '/')
            continue;
        uint32_t n = DTL_NEAR_DEFAULT;
        if (!alone) {
            struct dtl_bytes digits = dtl_bytes(chunk.p + name.n + 1, chunk.n - name.n - 1);
            if (!all_digits(digits) && !counted[i].strict)
                return DTL_OK;
            if (!dtl_read_number(digits, &n) || n < 1 || n > DTL_NEAR_MAX)
                return out_of_range(counted[i].name, pos + name.n + 1, err);
        }
        out->kind = DTL_LEX_NEAR;
        out->near = counted[i].near;
        out->distance = n;
        *found = true;
        return DTL_OK;
    }
    return DTL_OK;
}

enum dtl_status dtl_read_boost(struct dtl_bytes mark, size_t pos, uint32_t *boost,
                               struct dtl_error *err)
{
    uint32_t thousandths = 0, scale = 1000;
    size_t at = 1, digits = 0;
    bool point = false, ok = true;
    for (; at < mark.n && ok; at++) {
        if (mark.p[at] == '.' && !point) {
            point = true;
            continue;
        }
        ok = mark.p[at] >= '0' && mark.p[at] <= '9' && thousandths <= DTL_BOOST_MAX &&
             (!point || scale > 1);
        if (!ok)
            break;
        uint32_t digit = (uint32_t)(mark.p[at] - '0');
        digits++;
        if (point)
            scale /= 10;
        thousandths = point ? thousandths + digit * scale : thousandths * 10 + digit * 1000;
    }
    if (!ok || digits == 0 || thousandths == 0 || thousandths > DTL_BOOST_MAX)
        return dtl_fail(err, DTL_EQUERY, pos,
                        "^ (boost) takes a number above 0, up to 100, with at most three decimals, "
                        "such as word^3 or word^0.5; quote the text to search it");
    *boost = thousandths;
    return DTL_OK;
}

enum dtl_status dtl_read_fuzzy(struct dtl_bytes mark, size_t pos, uint32_t letters, uint8_t *edits,
                               struct dtl_error *err)
{
    uint32_t n = letters <= 7 ? 1 : 2;
    bool given = mark.n > 1;
    if (given &&
        (!dtl_read_number(dtl_bytes(mark.p + 1, mark.n - 1), &n) || n < 1 || n > DTL_FUZZY_MAX))
        return dtl_fail(err, DTL_EQUERY, pos,
                        "~ (fuzzy) takes 1 or %u letters that may differ, such as word~1; quote "
                        "the text to search it",
                        DTL_FUZZY_MAX);
    *edits = (uint8_t)n;
    return DTL_OK;
}

enum dtl_status dtl_read_slop(struct dtl_bytes digits, size_t pos, uint32_t *slop,
                              struct dtl_error *err)
{
    if (!dtl_read_number(digits, slop) || *slop < 1 || *slop > DTL_NEAR_MAX)
        return dtl_fail(err, DTL_EQUERY, pos,
                        "~ after a phrase takes the words that may stand in between, 1 to %u, such "
                        "as \"ship lost power\"~3",
                        DTL_NEAR_MAX);
    return DTL_OK;
}
