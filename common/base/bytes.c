/*
 * bytes.c - the buffer every writer fills and the bounded reader every decoder reads with.
 *
 * Both carry a sticky failure: a builder of a hundred fields checks once, and a decoder of hostile
 * bytes cannot forget a check, because reads past the end give zeros and leave `bad` set.
 */
#include "common/base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int dtl_bytes_compare(struct dtl_bytes a, struct dtl_bytes b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool dtl_buffer_reserve(struct dtl_buffer *b, size_t more)
{
    if (b->failed)
        return false;
    if (b->capacity - b->n >= more)
        return true;
    if (more > SIZE_MAX / 4 || b->n + more < b->n || (b->limit && b->n + more > b->limit))
        return !(b->failed = b->over = true);
    size_t want = b->capacity ? b->capacity * 2 : 256;
    while (want < b->n + more)
        want *= 2;
    if (b->limit && want > b->limit)
        want = b->limit;
    uint8_t *p = realloc(b->p, want);
    if (!p)
        return !(b->failed = true);
    b->p = p;
    b->capacity = want;
    return true;
}

bool dtl_buffer_append(struct dtl_buffer *b, const void *p, size_t n)
{
    if (!dtl_buffer_reserve(b, n))
        return false;
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    return true;
}

bool dtl_buffer_text(struct dtl_buffer *b, const char *s)
{
    return dtl_buffer_append(b, s, strlen(s));
}

bool dtl_buffer_format(struct dtl_buffer *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    bool ok = n >= 0 && dtl_buffer_reserve(b, (size_t)n + 1);
    if (ok) {
        vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
    return ok;
}

bool dtl_buffer_zeros(struct dtl_buffer *b, size_t n)
{
    if (!dtl_buffer_reserve(b, n))
        return false;
    if (n)
        memset(b->p + b->n, 0, n);
    b->n += n;
    return true;
}

void dtl_buffer_release(struct dtl_buffer *b)
{
    free(b->p);
    *b = (struct dtl_buffer){0};
}

bool dtl_buffer_u16(struct dtl_buffer *b, uint16_t v)
{
    return dtl_buffer_append(b, &v, sizeof v);
}

bool dtl_buffer_u32(struct dtl_buffer *b, uint32_t v)
{
    return dtl_buffer_append(b, &v, sizeof v);
}

bool dtl_buffer_u64(struct dtl_buffer *b, uint64_t v)
{
    return dtl_buffer_append(b, &v, sizeof v);
}

bool dtl_buffer_varint(struct dtl_buffer *b, uint64_t v)
{
    if (!dtl_buffer_reserve(b, 10))
        return false;
    while (v >= 0x80) {
        b->p[b->n++] = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    b->p[b->n++] = (uint8_t)v;
    return true;
}

static const uint8_t *take(struct dtl_reader *r, size_t n)
{
    if (r->bad || r->n - r->at < n) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->p + r->at;
    r->at += n;
    return p;
}

uint8_t dtl_read_u8(struct dtl_reader *r)
{
    const uint8_t *p = take(r, 1);
    return p ? *p : 0;
}

uint16_t dtl_read_u16(struct dtl_reader *r)
{
    const uint8_t *p = take(r, 2);
    return p ? dtl_load16(p) : 0;
}

uint32_t dtl_read_u32(struct dtl_reader *r)
{
    const uint8_t *p = take(r, 4);
    return p ? dtl_load32(p) : 0;
}

uint64_t dtl_read_u64(struct dtl_reader *r)
{
    const uint8_t *p = take(r, 8);
    return p ? dtl_load64(p) : 0;
}

uint64_t dtl_read_varint(struct dtl_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        const uint8_t *p = take(r, 1);
        if (!p)
            return 0;
        if (shift == 63 && *p > 1)
            break;
        v |= (uint64_t)(*p & 0x7f) << shift;
        if (!(*p & 0x80))
            return v;
    }
    r->bad = true;
    return 0;
}

uint32_t dtl_read_varint32(struct dtl_reader *r)
{
    uint64_t v = dtl_read_varint(r);
    if (v > UINT32_MAX) {
        r->bad = true;
        return 0;
    }
    return (uint32_t)v;
}

struct dtl_bytes dtl_read_bytes(struct dtl_reader *r, size_t n)
{
    const uint8_t *p = take(r, n);
    return p ? (struct dtl_bytes){p, n} : (struct dtl_bytes){NULL, 0};
}
