/*
 * wet.c - the text somebody took out of a page of the web, as WET files keep it: the page's title
 * is its first line, then come all other lines, menus and teasers among them.
 *
 * Nobody bids for it: any text would be it. The container that holds such texts says that they are.
 */
#include "indexer/format/charset.h"

#include <stdlib.h>

#define TITLE_BYTES 200u /* a longer first line is text */

struct wet {
    struct dtl_input *in;
    struct dtl_charset_said said;
    bool done;
};

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)head, (void)is_all, (void)path;
    return 0;
}

static enum dtl_status wet_open(void **state, struct dtl_input *in,
                                const struct dtl_format_options *o, struct dtl_error *err)
{
    struct wet *w = calloc(1, sizeof *w);
    if (!w)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *w = (struct wet){
        .in = in, .said = {o->encoding, o->declared}
    };
    *state = w;
    return DTL_OK;
}

static enum dtl_status wet_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                struct dtl_error *err)
{
    struct wet *w = state;
    struct dtl_record r = {.whole = true, .line = 1};
    struct dtl_bytes text, title = {0};
    if (w->done)
        return DTL_END;
    w->done = true;
    enum dtl_status st = dtl_format_whole_text(w->in, &w->said, false, arena, &text, &r, err);
    if (st < 0)
        return st;
    text = dtl_bytes_trim(text);
    const uint8_t *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
    if (end && (size_t)(end - text.p) <= TITLE_BYTES) {
        title = dtl_bytes_trim(dtl_bytes(text.p, (size_t)(end - text.p)));
        text = dtl_bytes_trim(dtl_bytes(end, text.n - (size_t)(end - text.p)));
    }
    r.fields = dtl_arena_alloc(arena, 2 * sizeof *r.fields);
    if (!r.fields || (title.n && !dtl_record_text(&r, arena, "title", title)) ||
        !dtl_record_text(&r, arena, "body", text))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = r;
    return DTL_OK;
}

const struct dtl_format dtl_format_wet = {
    .name = "wet",
    .summary = "a page's text in a web archive (WET): its title, then its lines",
    .one_article = true,
    .bid = bid,
    .open = wet_open,
    .next = wet_next,
    .close = free,
};
