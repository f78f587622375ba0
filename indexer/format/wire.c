/* wire.c - messages of a wire capture. */
#include "indexer/format/wire.h"

#include "common/base/date.h"
#include "indexer/format/charset.h"
#include "indexer/format/dateline.h"

#include <stdio.h>
#include <stdlib.h>

#define WINDOW_BYTES ((size_t)64 << 10) /* looked at first; most messages are shorter */

struct dtl_wire {
    struct dtl_decoded *decoded;
    struct dtl_input *in; /* as UTF-8 */
    uint64_t line;        /* of its place, from 1 */
};

enum dtl_status dtl_wire_open(void **state, struct dtl_input *in,
                              const struct dtl_format_options *o, struct dtl_error *err)
{
    struct dtl_wire *w = calloc(1, sizeof *w);
    if (!w)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    w->line = 1;
    enum dtl_status st = dtl_decoded_open(&w->decoded, in, o, false, err);
    if (st < 0) {
        dtl_wire_close(w);
        return st;
    }
    w->in = dtl_decoded_input(w->decoded);
    *state = w;
    return DTL_OK;
}

void dtl_wire_close(void *state)
{
    struct dtl_wire *w = state;
    dtl_decoded_close(w->decoded);
    free(w);
}

/* Place of `c` in t from `at` on, not behind `end`; `end`: nowhere. */
static size_t find(struct dtl_bytes t, size_t at, size_t end, uint8_t c)
{
    const uint8_t *p = at < end ? memchr(t.p + at, c, end - at) : NULL;
    return p ? (size_t)(p - t.p) : end;
}

/* Step over what is between messages. DTL_END: there is none left. */
static enum dtl_status seek_message(struct dtl_wire *w, struct dtl_error *err)
{
    for (;;) {
        struct dtl_bytes view;
        enum dtl_status st = dtl_input_peek(w->in, WINDOW_BYTES, &view, err);
        if (st < 0)
            return st;
        if (!view.n)
            return DTL_END;
        size_t soh = find(view, 0, view.n, DTL_SOH);
        dtl_format_skip(w->in, view, soh, &w->line);
        if (soh < view.n)
            return DTL_OK;
    }
}

/* All of the message that begins here: to its EOT, or to the next message where that is lost. */
static enum dtl_status see_message(struct dtl_wire *w, struct dtl_bytes *view, size_t *end,
                                   struct dtl_error *err)
{
    for (size_t want = WINDOW_BYTES;;) {
        enum dtl_status st = dtl_input_peek(w->in, want, view, err);
        if (st < 0)
            return st;
        *end = find(*view, 0, find(*view, 1, view->n, DTL_SOH), DTL_EOT);
        if (*end > DTL_FORMAT_RECORD_MAX) {
            uint64_t line = w->line, at = dtl_input_at(w->in);
            dtl_format_skip(w->in, *view, *end, &w->line);
            return dtl_fail(err, DTL_EINPUT, at,
                            "line %llu: a message over %zu MiB; is its end lost?",
                            (unsigned long long)line, DTL_FORMAT_RECORD_MAX >> 20);
        }
        if (*end < view->n || view->n < want)
            return DTL_OK;
        want = want * 4 > DTL_FORMAT_RECORD_MAX ? DTL_FORMAT_RECORD_MAX + 1 : want * 4;
    }
}

/* A copy in the arena, CR LF and CR as LF; NULL bytes: no memory. */
static struct dtl_bytes copy_lines(struct dtl_bytes t, struct dtl_arena *arena)
{
    uint8_t *p = dtl_arena_alloc(arena, t.n + 1);
    size_t n = 0;
    for (size_t at = 0; p && at < t.n; at++)
        if (t.p[at] != '\r')
            p[n++] = t.p[at];
        else if (at + 1 == t.n || t.p[at + 1] != '\n')
            p[n++] = '\n';
    return dtl_bytes(p, n);
}

enum dtl_status dtl_wire_next(struct dtl_wire *w, struct dtl_arena *arena,
                              struct dtl_wire_message *out, struct dtl_error *err)
{
    struct dtl_bytes view;
    size_t end;
    enum dtl_status st = seek_message(w, err);
    uint64_t line = w->line, at = dtl_input_at(w->in);
    if (st == DTL_OK)
        st = see_message(w, &view, &end, err);
    if (st != DTL_OK)
        return st;
    struct dtl_record read_as = {0};
    dtl_decoded_tell(w->decoded, &read_as);
    struct dtl_bytes t = copy_lines(dtl_bytes(view.p, end), arena);
    if (!t.p)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    dtl_format_skip(w->in, view, end + (end < view.n && view.p[end] == DTL_EOT), &w->line);
    size_t stx = find(t, 0, t.n, DTL_STX), etx = find(t, stx, t.n, DTL_ETX);
    if (stx == t.n || etx == t.n)
        return dtl_fail(err, DTL_EINPUT, at, "line %llu: the message has no %s; it was cut short",
                        (unsigned long long)line, stx == t.n ? "text" : "end");
    *out = (struct dtl_wire_message){
        .heading = dtl_bytes(t.p + 1, stx - 1),
        .text = dtl_bytes(t.p + stx + 1, etx - stx - 1),
        .trailer = dtl_bytes(t.p + etx + 1, t.n - etx - 1),
        .at = at,
        .line = line,
        .charset = read_as.charset,
        .charset_by = read_as.charset_by,
    };
    return DTL_OK;
}

struct dtl_bytes dtl_wire_heading(struct dtl_bytes head)
{
    size_t at = 0;
    while (at < head.n && (dtl_is_space(head.p[at]) || head.p[at] == 0 || head.p[at] == 0x16 ||
                           head.p[at] == 0x7f))
        at++;
    if (at == head.n || head.p[at] != DTL_SOH)
        return DTL_LITERAL("");
    size_t stx = find(head, at, head.n, DTL_STX);
    return stx < head.n ? dtl_bytes(head.p + at + 1, stx - at - 1) : DTL_LITERAL("");
}

bool dtl_wire_line(struct dtl_bytes *text, struct dtl_bytes *line)
{
    if (!text->n)
        return false;
    size_t end = find(*text, 0, text->n, '\n'), next = end + (end < text->n);
    *line = dtl_bytes_trim(dtl_bytes(text->p, end));
    *text = dtl_bytes(text->p + next, text->n - next);
    return true;
}

struct dtl_bytes dtl_wire_date_text(const struct dtl_wire_date *d, struct dtl_arena *arena)
{
    char room[32];
    if (d->year < 1 || d->hour < 0 || d->hour > 23 || d->minute < 0 || d->minute > 59 ||
        !dtl_civil_valid(d->year, d->month, d->day))
        return DTL_LITERAL("");
    int n = snprintf(room, sizeof room, "%04d-%02d-%02dT%02d:%02dZ", d->year, d->month, d->day,
                     d->hour, d->minute);
    struct dtl_bytes out = DTL_LITERAL("");
    (void)dtl_bytes_copy(arena, dtl_bytes(room, (size_t)n), &out);
    return out;
}

int dtl_wire_year(int two_digits)
{
    return two_digits < 0 ? -1 : two_digits < 70 ? 2000 + two_digits : 1900 + two_digits;
}

bool dtl_wire_byline(struct dtl_bytes line, struct dtl_bytes *names)
{
    if (!dtl_bytes_starts(line, DTL_LITERAL("By ")) && !dtl_bytes_starts(line, DTL_LITERAL("BY ")))
        return false;
    size_t end = find(line, 0, line.n, ','); /* ", dpa" names the agency */
    *names = dtl_bytes_trim(dtl_bytes(line.p + 3, end < 3 ? 0 : end - 3));
    return names->n > 0;
}

bool dtl_wire_dateline(struct dtl_bytes body, struct dtl_bytes *dateline, struct dtl_bytes *agency)
{
    static const struct dtl_date_hints no_hints;
    struct dtl_dateline d;
    size_t line = find(body, 0, body.n, '\n');
    if (!dtl_dateline_read(dtl_bytes(body.p, line), true, &no_hints, &d) || !d.agency.n)
        return false;
    *dateline = dtl_bytes_trim(dtl_bytes(body.p, d.used));
    *agency = d.agency;
    return true;
}

bool dtl_wire_values(struct dtl_record *r, struct dtl_arena *arena, const char *name,
                     struct dtl_bytes text, uint8_t separator)
{
    size_t most = 1, n = 0;
    for (size_t i = 0; i < text.n; i++)
        most += text.p[i] == separator;
    struct dtl_value *v = dtl_arena_alloc(arena, most * sizeof *v);
    if (!v)
        return false;
    for (size_t at = 0; at <= text.n;) {
        size_t end = find(text, at, text.n, separator);
        struct dtl_bytes one = dtl_bytes_trim(dtl_bytes(text.p + at, end - at));
        if (one.n)
            v[n++] = (struct dtl_value){one, DTL_VALUE_STRING};
        at = end + 1;
    }
    r->fields[r->n++] = (struct dtl_field){dtl_bytes_of(name), v, n, true};
    return true;
}
