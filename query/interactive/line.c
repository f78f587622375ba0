/* line.c - editing is moving the cursor from one place between characters to another, and removing
 * what lies between the two; every key is one of these. */
#include "query/interactive/line.h"

#include "common/base/utf8.h"
#include "common/text/analyzer.h"

/* ---- places ---- */

static size_t code_point_left(const struct dtl_line *l, size_t at)
{
    while (at > 0 && (l->text.p[--at] & 0xc0) == 0x80)
        ;
    return at;
}

/* Does the code point at `at` stand on the one before it? */
static bool is_mark(const struct dtl_line *l, size_t at)
{
    size_t end = at;
    if (at == 0 || at >= l->text.n)
        return false;
    dtl_utf8_next(dtl_buffer_view(&l->text), &end);
    return dtl_text_columns(dtl_bytes(l->text.p + at, end - at)) == 0;
}

static size_t place_left(const struct dtl_line *l)
{
    size_t at = code_point_left(l, l->cursor);
    while (is_mark(l, at))
        at = code_point_left(l, at);
    return at;
}

static size_t place_right(const struct dtl_line *l)
{
    size_t at = l->cursor;
    if (at >= l->text.n)
        return at;
    do
        dtl_utf8_next(dtl_buffer_view(&l->text), &at);
    while (is_mark(l, at));
    return at;
}

static size_t word_left(const struct dtl_line *l)
{
    size_t at = l->cursor;
    while (at > 0 && l->text.p[at - 1] == ' ')
        at--;
    while (at > 0 && l->text.p[at - 1] != ' ')
        at--;
    return at;
}

static size_t word_right(const struct dtl_line *l)
{
    size_t at = l->cursor;
    while (at < l->text.n && l->text.p[at] == ' ')
        at++;
    while (at < l->text.n && l->text.p[at] != ' ')
        at++;
    return at;
}

/* ---- changes ---- */

static void replace(struct dtl_buffer *b, struct dtl_bytes with)
{
    dtl_buffer_reset(b);
    dtl_buffer_append(b, with.p, with.n);
}

static void insert_bytes(struct dtl_line *l, struct dtl_bytes b)
{
    if (b.n == 0 || l->text.n + b.n > DTL_LINE_BYTES || !dtl_buffer_reserve(&l->text, b.n))
        return;
    memmove(l->text.p + l->cursor + b.n, l->text.p + l->cursor, l->text.n - l->cursor);
    memcpy(l->text.p + l->cursor, b.p, b.n);
    l->text.n += b.n;
    l->cursor += b.n;
}

static void remove_between(struct dtl_line *l, size_t begin, size_t end, bool keep)
{
    if (begin >= end)
        return;
    if (keep)
        replace(&l->cut, dtl_bytes(l->text.p + begin, end - begin));
    memmove(l->text.p + begin, l->text.p + end, l->text.n - end);
    l->text.n -= end - begin;
    l->cursor = begin;
}

/* What the line holds is always fit to be shown and searched. */
static uint32_t admitted(uint32_t c)
{
    return c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ? ' ' : c;
}

void dtl_line_insert(struct dtl_line *l, uint32_t c)
{
    struct dtl_buffer b = {0};
    if (dtl_utf8_append(&b, admitted(c)))
        insert_bytes(l, dtl_buffer_view(&b));
    dtl_buffer_release(&b);
}

void dtl_line_set(struct dtl_line *l, struct dtl_bytes text)
{
    dtl_buffer_reset(&l->text);
    l->cursor = 0;
    for (size_t at = 0; at < text.n && l->text.n < DTL_LINE_BYTES;)
        dtl_utf8_append(&l->text, admitted(dtl_utf8_next(text, &at)));
    l->cursor = l->text.n;
}

/* ---- keys ---- */

void dtl_line_left(struct dtl_line *l)
{
    l->cursor = place_left(l);
}
void dtl_line_right(struct dtl_line *l)
{
    l->cursor = place_right(l);
}
void dtl_line_word_left(struct dtl_line *l)
{
    l->cursor = word_left(l);
}
void dtl_line_word_right(struct dtl_line *l)
{
    l->cursor = word_right(l);
}
void dtl_line_home(struct dtl_line *l)
{
    l->cursor = 0;
}
void dtl_line_end(struct dtl_line *l)
{
    l->cursor = l->text.n;
}
void dtl_line_backspace(struct dtl_line *l)
{
    remove_between(l, place_left(l), l->cursor, false);
}
void dtl_line_delete(struct dtl_line *l)
{
    remove_between(l, l->cursor, place_right(l), false);
}
void dtl_line_cut_word(struct dtl_line *l)
{
    remove_between(l, word_left(l), l->cursor, true);
}
void dtl_line_cut_start(struct dtl_line *l)
{
    remove_between(l, 0, l->cursor, true);
}
void dtl_line_cut_end(struct dtl_line *l)
{
    remove_between(l, l->cursor, l->text.n, true);
}
void dtl_line_yank(struct dtl_line *l)
{
    insert_bytes(l, dtl_buffer_view(&l->cut));
}

/* ---- history ---- */

void dtl_line_remember(struct dtl_line *l)
{
    struct dtl_bytes text = dtl_buffer_view(&l->text);
    size_t blanks = 0;
    while (blanks < text.n && text.p[blanks] == ' ')
        blanks++;
    bool is_last = l->pasts > 0 && dtl_bytes_equal(dtl_buffer_view(&l->past[l->pasts - 1]), text);
    if (blanks < text.n && !is_last) {
        if (l->pasts == DTL_LINE_HISTORY) {
            dtl_buffer_release(&l->past[0]);
            memmove(l->past, l->past + 1, (DTL_LINE_HISTORY - 1) * sizeof *l->past);
            l->pasts--;
        }
        l->past[l->pasts] = (struct dtl_buffer){0};
        replace(&l->past[l->pasts++], text);
    }
    l->shown = l->pasts;
}

void dtl_line_older(struct dtl_line *l)
{
    if (l->shown == 0)
        return;
    if (l->shown == l->pasts)
        replace(&l->draft, dtl_buffer_view(&l->text));
    l->shown--;
    dtl_line_set(l, dtl_buffer_view(&l->past[l->shown]));
}

void dtl_line_newer(struct dtl_line *l)
{
    if (l->shown >= l->pasts)
        return;
    l->shown++;
    dtl_line_set(l, dtl_buffer_view(l->shown == l->pasts ? &l->draft : &l->past[l->shown]));
}

void dtl_line_release(struct dtl_line *l)
{
    for (size_t i = 0; i < l->pasts; i++)
        dtl_buffer_release(&l->past[i]);
    dtl_buffer_release(&l->draft);
    dtl_buffer_release(&l->cut);
    dtl_buffer_release(&l->text);
    *l = (struct dtl_line){0};
}
