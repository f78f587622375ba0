/* resume.c - numbers, a checksum over them, and letters that no shell or JSON minds (RFC 4648,
 * base64url without padding). */
#include "query/result/resume.h"

#include "common/base/hash.h"

enum { VERSION = 1, SUM = 4, MOST = 80 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static size_t put(uint8_t *out, size_t at, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        out[at++] = (uint8_t)(v | 0x80);
    out[at++] = (uint8_t)v;
    return at;
}

static uint32_t sum_of(const uint8_t *p, size_t n)
{
    return (uint32_t)dtl_hash64(dtl_bytes(p, n), VERSION);
}

void dtl_place_write(const struct dtl_place *p, char out[DTL_CURSOR_TEXT])
{
    uint8_t raw[MOST];
    size_t n = 0, at = 0;
    raw[n++] = VERSION;
    n = put(raw, n, p->generation);
    dtl_store64(raw + n, p->query);
    n += 8;
    n = put(raw, n, p->rank);
    n = put(raw, n, p->total + 1); /* 0: not counted */
    n = put(raw, n, p->score);
    n = put(raw, n, (uint32_t)p->date.earliest);
    n = put(raw, n, p->ties);
    dtl_store32(raw + n, sum_of(raw, n));
    n += SUM;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t left = (uint32_t)(n - i), v = (uint32_t)raw[i] << 16;
        v |= left > 1 ? (uint32_t)raw[i + 1] << 8 : 0;
        v |= left > 2 ? raw[i + 2] : 0;
        for (uint32_t k = 0; k < (left > 2 ? 4 : left + 1); k++)
            out[at++] = digits[v >> (18 - 6 * k) & 63];
    }
    out[at] = 0;
}

static bool decode(const char *text, uint8_t raw[MOST + 3], size_t *bytes)
{
    size_t n = 0, bits = 0;
    uint32_t v = 0;
    for (; *text; text++) {
        const char *digit = strchr(digits, *text);
        if (!digit || n > MOST)
            return false;
        v = v << 6 | (uint32_t)(digit - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            raw[n++] = (uint8_t)(v >> bits);
        }
    }
    *bytes = n;
    return n > SUM;
}

bool dtl_place_read(const char *text, struct dtl_place *out)
{
    uint8_t raw[MOST + 3] = {0};
    size_t n = 0;
    if (!decode(text, raw, &n) || dtl_load32(raw + n - SUM) != sum_of(raw, n - SUM))
        return false;
    struct dtl_reader r = dtl_reader_of(dtl_bytes(raw, n - SUM));
    struct dtl_place p = {0};
    if (dtl_read_u8(&r) != VERSION)
        return false;
    p.generation = dtl_read_varint(&r);
    p.query = dtl_read_u64(&r);
    p.rank = dtl_read_varint(&r);
    p.total = dtl_read_varint(&r) - 1;
    p.score = dtl_read_varint(&r);
    p.date.earliest = p.date.latest = (dtl_day)dtl_read_varint32(&r);
    p.ties = dtl_read_varint(&r);
    if (r.bad || r.at != r.n || p.ties > p.rank)
        return false;
    *out = p;
    return true;
}

void dtl_place_pass(struct dtl_place *p, const struct dtl_hit *hit)
{
    bool tie = p->ties && p->score == hit->score && p->date.earliest == hit->date.earliest;
    p->ties = tie ? p->ties + 1 : 1;
    p->score = hit->score;
    p->date = hit->date;
    p->rank++;
}
