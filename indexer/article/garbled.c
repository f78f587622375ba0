/* garbled.c - traces of a wrong character set in text that is UTF-8 now. */
#include "indexer/article/garbled.h"

#include "common/base/utf8.h"

#define LONGEST 4u /* characters that one of UTF-8 was read as */

/* The byte that windows-1252 has for the character; its five holes are the controls of that number.
 * 0: none beyond ASCII. */
static uint8_t byte_of(uint32_t c)
{
    static const uint16_t typographic[][2] = {
        {0x20ac, 0x80},
        {0x201a, 0x82},
        {0x0192, 0x83},
        {0x201e, 0x84},
        {0x2026, 0x85},
        {0x2020, 0x86},
        {0x2021, 0x87},
        {0x02c6, 0x88},
        {0x2030, 0x89},
        {0x0160, 0x8a},
        {0x2039, 0x8b},
        {0x0152, 0x8c},
        {0x017d, 0x8e},
        {0x2018, 0x91},
        {0x2019, 0x92},
        {0x201c, 0x93},
        {0x201d, 0x94},
        {0x2022, 0x95},
        {0x2013, 0x96},
        {0x2014, 0x97},
        {0x02dc, 0x98},
        {0x2122, 0x99},
        {0x0161, 0x9a},
        {0x203a, 0x9b},
        {0x0153, 0x9c},
        {0x017e, 0x9e},
        {0x0178, 0x9f},
    };
    if (c >= 0x80 && c <= 0xff)
        return (uint8_t)c;
    for (size_t i = 0; i < sizeof typographic / sizeof *typographic; i++)
        if (typographic[i][0] == c)
            return (uint8_t)typographic[i][1];
    return 0;
}

static bool is_control(uint32_t c)
{
    return c >= 0x80 && c < 0xa0;
}

static bool is_small(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 0xdf && c <= 0xff && c != 0xf7);
}

/* A letter by its byte, which windows-1252 and Unicode have in the same place. */
static bool is_capital(uint8_t b)
{
    return b >= 0xc0 && b <= 0xde && b != 0xd7;
}

static bool is_quote(uint8_t b)
{
    return b == 0x8b || b == 0x9b || (b >= 0x91 && b <= 0x94) || b == 0xab || b == 0xbb;
}

/* What may be one character of UTF-8 read as several. */
struct sequence {
    uint8_t byte[LONGEST];
    size_t n;   /* 0: it is none */
    size_t end; /* in the text */
    bool control;
};

/* The sequence that begins with the character `c`, behind which `at` stands. */
static struct sequence sequence_at(struct dtl_bytes text, uint32_t c, size_t at)
{
    struct sequence s = {.end = at};
    size_t n = c < 0xc2 || c > 0xf4 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    s.byte[0] = (uint8_t)c; /* of these, each is the byte of its number */
    for (size_t i = 1; i < n; i++) {
        uint32_t next = s.end < text.n ? dtl_utf8_next(text, &s.end) : 0;
        s.byte[i] = byte_of(next);
        s.control |= is_control(next);
        if (s.byte[i] < 0x80 || s.byte[i] > 0xbf)
            return (struct sequence){0};
    }
    if (n && dtl_utf8_valid_prefix(dtl_bytes(s.byte, n)) == n) /* not overlong, no surrogate */
        s.n = n;
    return s;
}

/* Is it one, whatever stands beside it? */
static bool is_sure(const struct sequence *s, uint32_t before, uint32_t after)
{
    const uint8_t *b = s->byte;
    if (s->control || s->n == 4)
        return true;
    if (s->n == 3)
        return (b[0] == 0xe2 && b[1] < 0xa0) || (b[0] == 0xef && b[1] >= 0xbb);
    if (b[0] == 0xc2)
        return !is_quote(b[1]);
    return is_capital(b[0]) && (is_small(before) || (is_small(after) && !is_quote(b[1])));
}

/* Bytes of ASCII at `at`, in steps of eight as far as they go. */
static size_t past_ascii(struct dtl_bytes text, size_t at)
{
    while (text.n - at >= 8 && !(dtl_load64(text.p + at) & UINT64_C(0x8080808080808080)))
        at += 8;
    while (at < text.n && text.p[at] < 0x80)
        at++;
    return at;
}

uint64_t dtl_garbled(struct dtl_bytes text)
{
    uint64_t count = 0;
    uint32_t before = 0;      /* the character in front */
    size_t last_end = 0;      /* of the last sequence; 0: there was none */
    bool last_counted = true; /* it was sure */
    for (size_t at = 0;;) {
        size_t from = past_ascii(text, at);
        if (from > at)
            before = text.p[from - 1];
        if (from >= text.n)
            return count;
        at = from;
        uint32_t c = dtl_utf8_next(text, &at);
        count += c == 0xfffd;
        struct sequence s = sequence_at(text, c, at);
        if (!s.n) {
            before = c;
            continue;
        }
        size_t next = s.end;
        uint32_t after = next < text.n ? dtl_utf8_next(text, &next) : 0;
        bool beside = last_end && last_end == from, sure = is_sure(&s, before, after);
        count += beside || sure;
        count += beside && !last_counted;
        last_counted = beside || sure;
        last_end = at = s.end;
        before = 0;
    }
}
