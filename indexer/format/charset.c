/*
 * charset.c - the text of a file that is one article, as UTF-8.
 *
 * The order of belief: a byte order mark, then validity (text that is valid UTF-8 and is not ASCII
 * is UTF-8 with overwhelming likelihood), then what the caller says, then windows-1252, which has
 * nearly every byte and is what unmarked western text is in. iconv does the tables.
 */
#include "common/base/utf8.h"
#include "indexer/format/format.h"

#include <errno.h>
#include <iconv.h>

bool dtl_encoding_known(const char *encoding)
{
    iconv_t cd = iconv_open("UTF-8", encoding);
    if (cd == (iconv_t)-1)
        return false;
    iconv_close(cd);
    return true;
}

/* CR LF and CR become LF, in place. */
static size_t plain_lines(uint8_t *p, size_t n)
{
    const uint8_t *cr = n ? memchr(p, '\r', n) : NULL;
    if (!cr)
        return n;
    size_t m = (size_t)(cr - p);
    for (size_t at = m; at < n; at++) {
        if (p[at] != '\r')
            p[m++] = p[at];
        else if (at + 1 == n || p[at + 1] != '\n')
            p[m++] = '\n';
    }
    return m;
}

static enum dtl_status convert(struct dtl_bytes from, const char *encoding, bool guessed,
                               struct dtl_arena *arena, struct dtl_bytes *out,
                               struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    iconv_t cd = iconv_open("UTF-8", encoding);
    if (cd == (iconv_t)-1)
        return dtl_fail(err, DTL_EINPUT, 0, "no such encoding: %.40s", encoding);
    struct dtl_buffer b = {.limit = DTL_FORMAT_RECORD_MAX};
    uint8_t *copy = dtl_arena_alloc(arena, from.n + 1); /* iconv takes its input without const */
    if (!copy) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        goto out;
    }
    memcpy(copy, from.p, from.n);
    char *in = (char *)copy;
    size_t left = from.n;
    while (left && !b.failed) {
        if (!dtl_buffer_reserve(&b, left + 16 < 65536 ? left + 16 : 65536))
            break;
        char *to = (char *)b.p + b.n;
        size_t room = b.capacity - b.n, before = room;
        size_t r = iconv(cd, &in, &left, &to, &room);
        int why = errno;
        b.n += before - room;
        if (r != (size_t)-1 || why == E2BIG)
            continue;
        uint64_t at = from.n - left;
        if (!guessed) {
            st = dtl_fail(err, DTL_EINPUT, at,
                          "byte %llu is not %.40s; name the encoding with --encoding",
                          (unsigned long long)at, encoding);
            goto out;
        }
        dtl_utf8_append(&b, 0xfffd); /* the five bytes windows-1252 has no character for */
        in++;
        left--;
    }
    if (b.failed)
        st = dtl_fail(err, DTL_EINPUT, 0, "article over %zu MiB", DTL_FORMAT_RECORD_MAX >> 20);
    else if (!dtl_bytes_copy(arena, dtl_buffer_view(&b), out))
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
out:
    dtl_buffer_release(&b);
    iconv_close(cd);
    return st;
}

enum dtl_status dtl_format_whole_text(struct dtl_input *in, const char *encoding,
                                      struct dtl_arena *arena, struct dtl_bytes *out,
                                      struct dtl_error *err)
{
    struct dtl_bytes all, text;
    enum dtl_status st = dtl_input_peek(in, DTL_FORMAT_RECORD_MAX + 1, &all, err);
    if (st < 0)
        return st;
    if (all.n > DTL_FORMAT_RECORD_MAX)
        return dtl_fail(err, DTL_EINPUT, 0, "article over %zu MiB: divide the file",
                        DTL_FORMAT_RECORD_MAX >> 20);
    if (dtl_bytes_starts(all, DTL_LITERAL("\xef\xbb\xbf"))) {
        text = dtl_bytes(all.p + 3, all.n - 3);
        encoding = "UTF-8";
    } else if (dtl_bytes_starts(all, DTL_LITERAL("\xff\xfe"))) {
        text = dtl_bytes(all.p + 2, all.n - 2);
        encoding = "UTF-16LE";
    } else if (dtl_bytes_starts(all, DTL_LITERAL("\xfe\xff"))) {
        text = dtl_bytes(all.p + 2, all.n - 2);
        encoding = "UTF-16BE";
    } else {
        text = all;
    }
    bool utf16 = text.p != all.p && encoding[4] == '1';
    /* 7-bit and wide encodings are valid UTF-8 too, but text does not hold their marks */
    bool marks = encoding && text.n && (memchr(text.p, 0, text.n) || memchr(text.p, 0x1b, text.n));
    if (!utf16 && !marks && dtl_utf8_valid_prefix(text) == text.n) {
        if (!dtl_bytes_copy(arena, text, &text))
            st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    } else {
        st = convert(text, encoding ? encoding : "WINDOWS-1252", !encoding, arena, &text, err);
    }
    if (st < 0)
        return st;
    size_t consumed = all.n;
    uint8_t *p = dtl_arena_alloc(arena, text.n + 1);
    if (!p)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (text.n)
        memcpy(p, text.p, text.n);
    *out = dtl_bytes(p, plain_lines(p, text.n));
    dtl_input_skip(in, consumed);
    return DTL_OK;
}
