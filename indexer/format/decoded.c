/*
 * decoded.c - a stream of any character set as a stream of UTF-8.
 *
 * What the first 64 KiB say holds for all of it; a byte that does not fit later costs that
 * character. So a file of gigabytes is read at the speed of iconv, in constant memory, and what
 * reads it sees valid UTF-8 and nothing else.
 */
#include "common/base/utf8.h"
#include "indexer/format/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#define STEP_BYTES ((size_t)64 << 10)

struct dtl_decoded {
    struct dtl_input *under; /* borrowed */
    struct dtl_input *in;    /* what is read: ours, or `under` where nothing is to be changed */
    struct dtl_charset set;
    bool utf8, stray; /* stray: a byte was none of UTF-8 */
    iconv_t cd;
};

/* As much of valid UTF-8 as fits, or one character for a byte that is not. */
static ssize_t pass_on(struct dtl_decoded *d, struct dtl_bytes view, bool is_all, uint8_t *to,
                       size_t n)
{
    struct dtl_bytes part = dtl_bytes(view.p, view.n < n ? view.n : n);
    size_t valid = dtl_utf8_valid_prefix(part);
    if (valid) {
        memcpy(to, part.p, valid);
        dtl_input_skip(d->under, valid);
        return (ssize_t)valid;
    }
    (void)is_all;
    d->stray = true;
    struct dtl_buffer one = {0};
    dtl_utf8_append(&one, dtl_charset_stray(view.p[0]));
    ssize_t got = one.failed || one.n > n ? -1 : (ssize_t)one.n;
    if (got > 0)
        memcpy(to, one.p, one.n);
    dtl_buffer_release(&one);
    dtl_input_skip(d->under, 1);
    return got;
}

static ssize_t convert_some(struct dtl_decoded *d, struct dtl_bytes view, bool is_all, uint8_t *to,
                            size_t n)
{
    char *p, *out = (char *)to;
    size_t left = view.n, room = n;
    memcpy(&p, &view.p, sizeof p);
    size_t r = iconv(d->cd, &p, &left, &out, &room);
    bool stuck = r == (size_t)-1 && (errno == EILSEQ || (errno == EINVAL && is_all));
    size_t used = view.n - left;
    dtl_charset_mend(to, n - room);
    if (stuck && n - room == 0 && n >= 3) {
        memcpy(to, "\xef\xbf\xbd", 3); /* U+FFFD */
        room -= 3;
        used++;
    }
    dtl_input_skip(d->under, used);
    return (ssize_t)(n - room);
}

static ssize_t on_pull(void *context, void *to, size_t n, struct dtl_error *err)
{
    struct dtl_decoded *d = context;
    for (;;) {
        struct dtl_bytes view;
        if (dtl_input_peek(d->under, STEP_BYTES, &view, err) < 0)
            return -1;
        if (!view.n)
            return 0;
        bool is_all = view.n < STEP_BYTES;
        ssize_t got =
            d->utf8 ? pass_on(d, view, is_all, to, n) : convert_some(d, view, is_all, to, n);
        if (got < 0)
            dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        if (got) /* shift sequences are bytes without a character */
            return got;
    }
}

enum dtl_status dtl_decoded_open(struct dtl_decoded **out, struct dtl_input *under,
                                 const struct dtl_format_options *o, bool markup,
                                 struct dtl_error *err)
{
    struct dtl_bytes head;
    enum dtl_status st = dtl_input_peek(under, DTL_FORMAT_BID_BYTES + 1, &head, err);
    if (st < 0)
        return st;
    struct dtl_decoded *d = calloc(1, sizeof *d);
    if (!d)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    d->under = under;
    struct dtl_bytes declared = {0};
    if (o->declared)
        declared = dtl_bytes_of(o->declared);
    else if (markup)
        declared = dtl_charset_declared(head);
    if (o->known_utf8) /* decided by the beginning of the file, which is not here */
        d->set = (struct dtl_charset){.name = "UTF-8", .by = DTL_CHARSET_VALID};
    else
        dtl_charset_decide(head, head.n <= DTL_FORMAT_BID_BYTES, o->encoding, declared, markup,
                           &d->set);
    d->utf8 = dtl_charset_is_utf8(d->set.name);
    d->cd = d->utf8 ? (iconv_t)-1 : dtl_charset_open(d->set.name);
    dtl_input_skip(under, d->set.mark);
    if (d->utf8 && head.n <= DTL_FORMAT_BID_BYTES && dtl_input_at(under) == 0 &&
        dtl_utf8_valid_prefix(head) == head.n) { /* all of it is seen, and is as it should be */
        d->in = under;
        *out = d;
        return DTL_OK;
    }
    st = !d->utf8 && d->cd == (iconv_t)-1
             ? dtl_fail(err, DTL_EINPUT, 0, "no such encoding: %.40s", d->set.name)
             : dtl_input_open_pull(&d->in, on_pull, d, false, err);
    if (st == DTL_OK)
        *out = d;
    else
        dtl_decoded_close(d);
    return st;
}

struct dtl_input *dtl_decoded_input(struct dtl_decoded *d)
{
    return d->in;
}

void dtl_decoded_tell(const struct dtl_decoded *d, struct dtl_record *record)
{
    record->charset = d->utf8 ? NULL : d->set.name;
    record->charset_by = d->set.by;
}

bool dtl_decoded_plain(const struct dtl_decoded *d)
{
    return d->utf8 && d->set.by == DTL_CHARSET_VALID && !d->stray && !d->set.mark;
}

void dtl_decoded_close(struct dtl_decoded *d)
{
    if (!d)
        return;
    if (d->in != d->under)
        dtl_input_close(d->in);
    if (!d->utf8 && d->cd != (iconv_t)-1)
        iconv_close(d->cd);
    free(d);
}
