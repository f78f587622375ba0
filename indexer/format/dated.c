/*
 * dated.c - dated text: `date YYYY-MM-DD`, then the article. One file is one article.
 *
 *     date 2024-03-22
 *     A title
 *
 *     First paragraph ...
 *
 * The title is the first line after the date, if the date stood alone on its line, the line has at
 * most 200 bytes and a blank line follows; otherwise the article has none. A month may stand for
 * the day. Blanks may come before the date.
 */
#include "indexer/format/format.h"

#include <stdlib.h>

#define TITLE_BYTES 200

struct dated {
    struct dtl_input *in;
    struct dtl_charset_said said;
    bool done;
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static size_t skip_spaces(struct dtl_bytes t, size_t at)
{
    while (at < t.n && dtl_is_space(t.p[at]))
        at++;
    return at;
}

/* The words `date` and a token that looks like a date: *from and *to are the token's ends. */
static bool find_date(struct dtl_bytes t, size_t *from, size_t *to)
{
    size_t at = skip_spaces(t, 0);
    if (t.n - at < 6 || memcmp(t.p + at, "date", 4) != 0 || !dtl_is_blank(t.p[at + 4]))
        return false;
    at += 4;
    while (at < t.n && dtl_is_blank(t.p[at]))
        at++;
    size_t end = at;
    while (end < t.n && !dtl_is_space(t.p[end]))
        end++;
    if (end - at < 6 || t.p[at + 4] != '-')
        return false;
    for (size_t i = at; i < end; i++)
        if (!is_digit(t.p[i]) && (i < at + 4 || t.p[i] != '-'))
            return false;
    *from = at;
    *to = end;
    return true;
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    size_t from, to;
    return find_date(head, &from, &to) ? 80 : 0;
}

static enum dtl_status dated_open(void **state, struct dtl_input *in,
                                  const struct dtl_format_options *o, struct dtl_error *err)
{
    struct dated *d = calloc(1, sizeof *d);
    if (!d)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *d = (struct dated){
        .in = in, .said = {o->encoding, o->declared}
    };
    *state = d;
    return DTL_OK;
}

/* The title as the top of this file has it; *rest is where the body begins. */
static struct dtl_bytes find_title(struct dtl_bytes t, size_t date_end, size_t *rest)
{
    size_t at = date_end;
    *rest = skip_spaces(t, at);
    while (at < t.n && dtl_is_blank(t.p[at]))
        at++;
    if (at == t.n || t.p[at] != '\n')
        return DTL_LITERAL("");
    at = *rest;
    size_t end = at;
    while (end < t.n && t.p[end] != '\n')
        end++;
    struct dtl_bytes line = dtl_bytes_trim(dtl_bytes(t.p + at, end - at));
    size_t next = end + (end < t.n);
    while (next < t.n && dtl_is_blank(t.p[next]))
        next++;
    if (end == t.n || next == t.n || t.p[next] != '\n' || line.n > TITLE_BYTES)
        return DTL_LITERAL("");
    *rest = end;
    return line;
}

static enum dtl_status dated_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                  struct dtl_error *err)
{
    struct dated *d = state;
    struct dtl_bytes t;
    if (d->done)
        return DTL_END;
    d->done = true;
    struct dtl_record r = {.whole = true, .line = 1};
    enum dtl_status st = dtl_format_whole_text(d->in, &d->said, false, arena, &t, &r, err);
    if (st < 0)
        return st;
    size_t from, to, body;
    if (!find_date(t, &from, &to))
        return dtl_fail(err, DTL_EINPUT, 0,
                        "line 1: does not begin with \"date YYYY-MM-DD\"; put it there");
    struct dtl_bytes title = find_title(t, to, &body);
    r.fields = dtl_arena_alloc(arena, 3 * sizeof *r.fields);
    if (!r.fields || !dtl_record_text(&r, arena, "date", dtl_bytes(t.p + from, to - from)) ||
        !dtl_record_text(&r, arena, "title", title) ||
        !dtl_record_text(&r, arena, "body", dtl_bytes_trim(dtl_bytes(t.p + body, t.n - body))))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = r;
    return DTL_OK;
}

const struct dtl_format dtl_format_dated = {

    .name = "dated",
    .summary = "dated text: \"date YYYY-MM-DD\", then the article",
    .confidence = 80,
    .undated_is_final = true,
    .one_article = true,
    .bid = bid,
    .open = dated_open,
    .next = dated_next,
    .close = free,
};
