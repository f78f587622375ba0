/*
 * dateline_han.c - a dispatch (电) of an agency named first, and place and agency in brackets.
 *
 * Han has no capital letters to tell a name, so the forms are taken whole or not at all, and the
 * agency must be one that is known where no sign stands between it and the place.
 */
#include "indexer/format/dateline_han.h"

#include "common/base/utf8.h"
#include "indexer/format/format.h"

enum { NAME_BYTES = 60 };

static const char *const agencies[] = {"新华社", "新華社", "中新社", "中央社",   "共同", "時事",
                                       "时事",   "AFP",    "AP",     "ロイター", "ANN"};

static struct dtl_bytes from_at(struct dtl_bytes t, size_t at)
{
    return at < t.n ? dtl_bytes(t.p + at, t.n - at) : dtl_bytes(t.p, 0);
}

/* The length of the first of `signs` that `t` begins with; 0: none. */
static size_t sign_of(struct dtl_bytes t, const char *const *signs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (t.n && t.p[0] == (uint8_t)signs[i][0] && dtl_bytes_starts(t, dtl_bytes_of(signs[i])))
            return strlen(signs[i]);
    return 0;
}

/* 新华社北京5月23日电 */
static bool dispatch(struct dtl_bytes t, const struct dtl_date_hints *hints, struct dtl_dateline *d)
{
    static const char *const ends[] = {"电", "電", "讯", "訊"};
    size_t agency = sign_of(t, agencies, sizeof agencies / sizeof *agencies), at = agency;
    if (!agency)
        return false;
    for (size_t next = at; at < t.n && at < agency + NAME_BYTES; at = next) {
        if (at > agency && dtl_printed_date(from_at(t, at), hints, false, &d->date) == DTL_OK)
            break;
        uint32_t c = dtl_utf8_next(t, &next);
        if (c < 0x3400)
            return false; /* no sign, digit or letter inside the name of a place */
    }
    size_t end = at + d->date.used, sign = sign_of(from_at(t, end), ends, 4);
    if (!d->date.used || !sign)
        return false;
    d->agency = dtl_bytes(t.p, agency);
    d->place[0] = dtl_bytes(t.p + agency, at - agency);
    d->places = 1;
    d->used = end + sign;
    return true;
}

/* 【パリ=AFP】 【パリ共同】 (서울=연합뉴스) */
static bool in_brackets(struct dtl_bytes t, struct dtl_dateline *d)
{
    static const char *const pairs[][2] = {
        {"【", "】"},
        {"（", "）"},
        {"(",   ")"  },
        {"[",   "]"  }
    };
    static const char *const between[] = {"=", "＝"};
    for (size_t i = 0; i < 4; i++) {
        if (!sign_of(t, &pairs[i][0], 1))
            continue;
        struct dtl_bytes in = from_at(t, strlen(pairs[i][0]));
        const uint8_t *close = memmem(in.p, in.n < 2 * NAME_BYTES ? in.n : 2 * NAME_BYTES,
                                      pairs[i][1], strlen(pairs[i][1]));
        if (!close)
            return false;
        size_t n = (size_t)(close - in.p), at = 0, sign = 0;
        while (at < n && !(sign = sign_of(dtl_bytes(in.p + at, n - at), between, 2)))
            at++;
        struct dtl_bytes place = dtl_bytes(in.p, at),
                         agency = from_at(dtl_bytes(in.p, n), at + sign);
        for (size_t k = 0; !sign && i == 0 && k < sizeof agencies / sizeof *agencies; k++) {
            size_t known = strlen(agencies[k]);
            if (n > known && memcmp(in.p + n - known, agencies[k], known) == 0) {
                place = dtl_bytes(in.p, n - known);
                agency = dtl_bytes(in.p + n - known, known);
                sign = 1;
            }
        }
        place = dtl_bytes_trim(place);
        agency = dtl_bytes_trim(agency);
        if (!sign || !place.n || !agency.n || place.p[0] < 0x80 || memchr(agency.p, '=', agency.n))
            return false;
        d->place[0] = place;
        d->places = 1;
        d->agency = agency;
        d->used = strlen(pairs[i][0]) + n + strlen(pairs[i][1]);
        return true;
    }
    return false;
}

bool dtl_dateline_han(struct dtl_bytes line, const struct dtl_date_hints *hints,
                      struct dtl_dateline *out)
{
    struct dtl_dateline d = {.places = 0};
    struct dtl_bytes t = dtl_bytes_trim(line);
    while (dtl_bytes_starts(t, DTL_LITERAL("\xe3\x80\x80"))) /* a paragraph's first blank */
        t = from_at(t, 3);
    if (!dispatch(t, hints, &d)) {
        d = (struct dtl_dateline){.places = 0};
        if (!in_brackets(t, &d))
            return false;
    }
    d.used += (size_t)(t.p - line.p);
    *out = d;
    return true;
}
