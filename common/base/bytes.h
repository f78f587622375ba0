/* common/base/bytes.h - borrowed views of bytes, little-endian loads, a growable buffer. */
#ifndef DTL_BASE_BYTES_H
#define DTL_BASE_BYTES_H
#include "common/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint32_t dtl_doc; /* document number inside one segment, 0 .. docs-1 */
typedef int32_t dtl_day;  /* days since 1970-01-01, proleptic Gregorian, signed */

#define DTL_DOC_END UINT32_MAX /* the sentinel every cursor ends on; never a document */

struct dtl_bytes { /* a borrowed view: never owns, never frees; p may be NULL when n is 0 */
    const uint8_t *p;
    size_t n; /* bytes */
};

#define DTL_LITERAL(s) ((struct dtl_bytes){(const uint8_t *)(s), sizeof(s) - 1})

static inline struct dtl_bytes dtl_bytes(const void *p, size_t n)
{
    return (struct dtl_bytes){p, n};
}

static inline struct dtl_bytes dtl_bytes_of(const char *s) /* NULL gives the empty view */
{
    return (struct dtl_bytes){(const uint8_t *)s, s ? strlen(s) : 0};
}

static inline bool dtl_bytes_equal(struct dtl_bytes a, struct dtl_bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool dtl_bytes_is(struct dtl_bytes a, const char *s)
{
    return dtl_bytes_equal(a, dtl_bytes_of(s));
}

static inline bool dtl_bytes_starts(struct dtl_bytes a, struct dtl_bytes prefix)
{
    return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0);
}

/** Byte order, as LMDB and the term dictionary sort: <0, 0, >0. */
int dtl_bytes_compare(struct dtl_bytes a, struct dtl_bytes b);

/* Unaligned loads and stores. Every number on disk is little-endian unless a key; keys are
 * big-endian. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the index is mapped, not converted");
_Static_assert(sizeof(void *) == 8, "the map needs a 64-bit address space");

static inline uint16_t dtl_load16(const void *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline uint32_t dtl_load32(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline uint64_t dtl_load64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline void dtl_store16(void *p, uint16_t v)
{
    memcpy(p, &v, sizeof v);
}
static inline void dtl_store32(void *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}
static inline void dtl_store64(void *p, uint64_t v)
{
    memcpy(p, &v, sizeof v);
}
static inline void dtl_store32_be(void *p, uint32_t v)
{
    dtl_store32(p, __builtin_bswap32(v));
}
static inline uint32_t dtl_load32_be(const void *p)
{
    return __builtin_bswap32(dtl_load32(p));
}

/**
 * A buffer that grows by doubling, owned by whoever embeds it; {0} is a valid empty one without
 * limit. The first failure (no memory, or `limit` passed) sticks in `failed`: append freely, ask
 * once; `over` then tells which of the two it was.
 */
struct dtl_buffer {
    uint8_t *p;
    size_t n, capacity; /* bytes */
    size_t limit;       /* 0: none */
    bool failed, over;
};

bool dtl_buffer_reserve(struct dtl_buffer *b, size_t more); /* room for `more` bytes after n */
bool dtl_buffer_append(struct dtl_buffer *b, const void *p, size_t n);
bool dtl_buffer_text(struct dtl_buffer *b, const char *s);
bool dtl_buffer_format(struct dtl_buffer *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool dtl_buffer_zeros(struct dtl_buffer *b, size_t n);
void dtl_buffer_release(struct dtl_buffer *b);

static inline bool dtl_buffer_byte(struct dtl_buffer *b, uint8_t v)
{
    if (b->n == b->capacity && !dtl_buffer_reserve(b, 1))
        return false;
    b->p[b->n++] = v;
    return true;
}
static inline void dtl_buffer_reset(struct dtl_buffer *b)
{
    b->n = 0;
    b->failed = b->over = false;
}
static inline struct dtl_bytes dtl_buffer_view(const struct dtl_buffer *b)
{
    return (struct dtl_bytes){b->p, b->n};
}
bool dtl_buffer_u16(struct dtl_buffer *b, uint16_t v);
bool dtl_buffer_u32(struct dtl_buffer *b, uint32_t v);
bool dtl_buffer_u64(struct dtl_buffer *b, uint64_t v);
bool dtl_buffer_varint(struct dtl_buffer *b, uint64_t v); /* LEB128, low group first */

/**
 * A bounded reader over untrusted bytes: the first read past the end (or a number too wide) sets
 * `bad` and every later read returns 0 or an empty view, so a decoder reads a whole record and asks
 * once.
 */
struct dtl_reader {
    const uint8_t *p;
    size_t n, at;
    bool bad;
};
static inline struct dtl_reader dtl_reader_of(struct dtl_bytes b)
{
    return (struct dtl_reader){b.p, b.n, 0, false};
}
uint8_t dtl_read_u8(struct dtl_reader *r);
uint16_t dtl_read_u16(struct dtl_reader *r);
uint32_t dtl_read_u32(struct dtl_reader *r);
uint64_t dtl_read_u64(struct dtl_reader *r);
uint64_t dtl_read_varint(struct dtl_reader *r);                  /* at most 64 bits */
uint32_t dtl_read_varint32(struct dtl_reader *r);                /* bad when over 32 bits */
struct dtl_bytes dtl_read_bytes(struct dtl_reader *r, size_t n); /* borrowed from the input */
#endif
