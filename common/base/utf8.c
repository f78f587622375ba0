/*
 * utf8.c - validity, decoding and the terminal sanitiser.
 *
 * Why not ICU: these run on every printed line and every query, and loading ICU costs a process
 * more than answering it. The sanitiser is one function for all output, errors included: an
 * article's author chooses titles, ids and paths, and an escape sequence in any of them would
 * otherwise reach the reader's terminal.
 */
#include "common/base/utf8.h"

/* Bytes of the sequence that starts at p (n left), 0 when not valid; *c is its code point. */
static size_t sequence(const uint8_t *p, size_t n, uint32_t *c)
{
    uint8_t b = p[0];
    if (b < 0x80) {
        *c = b;
        return 1;
    }
    size_t len = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
    if (b < 0xc2 || b > 0xf4 || n < len)
        return 0;
    uint32_t v = b & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3fu);
    }
    if ((len == 3 && (v < 0x800 || (v >= 0xd800 && v < 0xe000))) ||
        (len == 4 && (v < 0x10000 || v > 0x10ffff)))
        return 0;
    *c = v;
    return len;
}

size_t dtl_utf8_valid_prefix(struct dtl_bytes text)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    size_t at = 0;
    while (at < text.n) {
        if (text.n - at >= 8 && !(dtl_load64(text.p + at) & high)) {
            for (at += 8; text.n - at >= 32; at += 32) {
                const uint8_t *p = text.p + at;
                if ((dtl_load64(p) | dtl_load64(p + 8) | dtl_load64(p + 16) | dtl_load64(p + 24)) &
                    high)
                    break;
            }
            continue;
        }
        uint32_t c;
        size_t len = sequence(text.p + at, text.n - at, &c);
        if (!len)
            break;
        at += len;
    }
    return at;
}

uint32_t dtl_utf8_next(struct dtl_bytes text, size_t *at)
{
    uint32_t c = 0xfffd;
    size_t len = sequence(text.p + *at, text.n - *at, &c);
    *at += len ? len : 1;
    return len ? c : 0xfffd;
}

bool dtl_utf8_append(struct dtl_buffer *out, uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        c = 0xfffd;
    uint8_t b[4];
    size_t n = 0;
    if (c < 0x80) {
        b[n++] = (uint8_t)c;
    } else if (c < 0x800) {
        b[n++] = (uint8_t)(0xc0 | c >> 6);
        b[n++] = (uint8_t)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        b[n++] = (uint8_t)(0xe0 | c >> 12);
        b[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        b[n++] = (uint8_t)(0x80 | (c & 0x3f));
    } else {
        b[n++] = (uint8_t)(0xf0 | c >> 18);
        b[n++] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
        b[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        b[n++] = (uint8_t)(0x80 | (c & 0x3f));
    }
    return dtl_buffer_append(out, b, n);
}

bool dtl_utf8_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

bool dtl_utf8_sanitise(struct dtl_buffer *out, struct dtl_bytes text, bool keep_lines)
{
    for (size_t at = 0; at < text.n;) {
        uint32_t c = 0;
        size_t len = sequence(text.p + at, text.n - at, &c);
        if (!len) {
            dtl_buffer_format(out, "\\x%02x", text.p[at]);
            at++;
        } else if (c == '\t' || c == '\n') {
            dtl_buffer_byte(out, keep_lines ? (uint8_t)c : ' ');
            at++;
        } else if (dtl_utf8_hidden(c)) {
            dtl_buffer_format(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
            at += len;
        } else {
            dtl_buffer_append(out, text.p + at, len);
            at += len;
        }
    }
    return !out->failed;
}
