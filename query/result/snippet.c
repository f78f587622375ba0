/*
 * snippet.c - the best window of the body, its blanks joined, its marks carried over.
 *
 * The window is the one with the most different words of the query, then the most marks, then the
 * first; it is found by two pointers over the marks. One that opens with a sentence is preferred
 * where it shows as many different words. Otherwise it opens at a sentence where one is near, else
 * at a word, and never cuts a grapheme. Lengths are asked in characters and measured in the text's
 * own bytes per character.
 */
#include "query/result/snippet.h"

#include <stdlib.h>

#include "common/base/utf8.h"
#include "query/result/marks.h"

static bool is_blank(struct dtl_bytes text, size_t at, size_t *len)
{
    size_t end = at;
    uint32_t c = dtl_utf8_next(text, &end);
    *len = end - at;
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xa0 || c == 0x2028 ||
           c == 0x2029 || c == 0x3000;
}

static size_t skip_blanks(struct dtl_bytes text, size_t at)
{
    size_t len;
    while (at < text.n && is_blank(text, at, &len))
        at += len;
    return at;
}

/* ---- cutting ---- */

/* May a text be cut before `at`? Not inside a character, nor before what is drawn on the one
 * before. */
static bool is_cut(struct dtl_bytes text, size_t at)
{
    if (at == 0 || at >= text.n)
        return true;
    if ((text.p[at] & 0xc0) == 0x80)
        return false;
    size_t end = at, before = at - 1;
    uint32_t c = dtl_utf8_next(text, &end);
    while (before > 0 && (text.p[before] & 0xc0) == 0x80)
        before--;
    uint32_t previous = dtl_utf8_next(text, &before);
    bool spacing_mark = c == 0xe33 || c == 0xeb3 || (c >= 0x1160 && c <= 0x11ff) ||
                        (c >= 0x1f3fb && c <= 0x1f3ff) || c == 0x200d;
    bool flag = c >= 0x1f1e6 && c <= 0x1f1ff && previous >= 0x1f1e6 && previous <= 0x1f1ff;
    return !spacing_mark && !flag && previous != 0x200d &&
           (c < 0x300 || dtl_text_columns(dtl_bytes(text.p + at, end - at)) > 0);
}

/* The cut nearest before `at`, not before `from`: at a blank where there is one, else between
 * graphemes. */
static size_t cut_before(struct dtl_bytes text, size_t from, size_t at)
{
    size_t len;
    if (at >= text.n)
        return text.n;
    for (size_t i = at + 1; i-- > from;)
        if ((text.p[i] & 0xc0) != 0x80 && is_blank(text, i, &len))
            return i;
    for (size_t i = at; i > from; i--)
        if (is_cut(text, i))
            return i;
    return from;
}

/* The cut nearest after `at`, before `to`: past a blank where there is one, else between graphemes.
 */
static size_t cut_after(struct dtl_bytes text, size_t at, size_t to)
{
    size_t len;
    if (at == 0)
        return 0;
    for (size_t i = at - 1; i < to; i++)
        if ((text.p[i] & 0xc0) != 0x80 && is_blank(text, i, &len)) {
            while (i < to && is_blank(text, i, &len))
                i += len;
            return i < to ? i : to;
        }
    for (size_t i = at; i < to; i++)
        if (is_cut(text, i))
            return i;
    return to;
}

/* Bytes that `chars` characters of this text take, about. */
static size_t bytes_of_chars(struct dtl_bytes text, uint32_t chars)
{
    size_t n = text.n < 4096 ? text.n : 4096, starts = n, i = 0;
    for (; i + 8 <= n; i += 8) { /* 10xxxxxx goes on with a character */
        uint64_t v = dtl_load64(text.p + i);
        v = (v & ~(v << 1)) >> 7 & UINT64_C(0x0101010101010101);
        starts -= (size_t)(v * UINT64_C(0x0101010101010101) >> 56);
    }
    for (; i < n; i++)
        starts -= (text.p[i] & 0xc0) == 0x80;
    return starts ? (size_t)chars * n / starts : chars;
}

/* ---- one line of text with spans ---- */

struct line {
    struct dtl_buffer text, spans;
};

static void release_line(struct line *l)
{
    dtl_buffer_release(&l->text);
    dtl_buffer_release(&l->spans);
}

static bool close_span(struct line *l, uint32_t open_at)
{
    return dtl_buffer_u32(&l->spans, open_at) && dtl_buffer_u32(&l->spans, (uint32_t)l->text.n);
}

/* Printable ASCII from `at` on: what neither is a blank nor needs decoding. */
static size_t plain_until(struct dtl_bytes text, size_t at, size_t stop)
{
    while (at < stop && (uint8_t)(text.p[at] - '!') < 0x5f)
        at++;
    return at;
}

/* Append text[begin, end) with blanks joined; marks inside become spans, merged where they meet. */
static void add_text(struct line *l, struct dtl_bytes text, size_t begin, size_t end,
                     const struct dtl_mark *mark, size_t marks)
{
    size_t next = 0, open_until = 0;
    uint32_t open_at = 0;
    while (next < marks && mark[next].begin < begin)
        next++;
    for (size_t at = begin; at < end;) {
        if (open_until && at >= open_until) {
            close_span(l, open_at);
            open_until = 0;
        }
        for (; next < marks && mark[next].begin <= at; next++) {
            if (mark[next].end > end)
                continue;
            if (!open_until)
                open_at = (uint32_t)l->text.n;
            if (mark[next].end > open_until)
                open_until = mark[next].end;
        }
        size_t stop = next < marks && mark[next].begin < end ? mark[next].begin : end, len;
        if (open_until && open_until < stop)
            stop = open_until;
        size_t plain = plain_until(text, at, stop);
        if (plain > at) {
            dtl_buffer_append(&l->text, text.p + at, plain - at);
            at = plain;
        } else if (is_blank(text, at, &len)) {
            if (l->text.n && l->text.p[l->text.n - 1] != ' ')
                dtl_buffer_byte(&l->text, ' ');
            at += len;
        } else {
            dtl_buffer_append(&l->text, text.p + at, len);
            at += len;
        }
    }
    if (open_until)
        close_span(l, open_at);
}

static bool keep_line(struct line *l, struct dtl_arena *arena, struct dtl_marked *out)
{
    size_t n = l->text.n;
    while (n && l->text.p[n - 1] == ' ')
        n--;
    uint8_t *text = dtl_arena_alloc(arena, n + 1);
    struct dtl_span *span = dtl_arena_alloc(arena, l->spans.n + 8);
    if (!text || !span || l->text.failed || l->spans.failed)
        return false;
    if (n)
        memcpy(text, l->text.p, n);
    if (l->spans.n)
        memcpy(span, l->spans.p, l->spans.n);
    *out = (struct dtl_marked){dtl_bytes(text, n), span,
                               (uint32_t)(l->spans.n / sizeof(struct dtl_span))};
    return true;
}

bool dtl_first_words(struct dtl_bytes text, uint32_t chars, struct dtl_arena *arena,
                     struct dtl_bytes *out)
{
    struct line l = {0};
    struct dtl_marked m = {0};
    size_t begin = skip_blanks(text, 0);
    size_t end = cut_before(text, begin, begin + bytes_of_chars(text, chars));
    add_text(&l, text, begin, end, NULL, 0);
    while (l.text.n && l.text.p[l.text.n - 1] == ' ')
        l.text.n--;
    if (skip_blanks(text, end) < text.n)
        dtl_buffer_text(&l.text, "…");
    bool ok = keep_line(&l, arena, &m);
    release_line(&l);
    if (ok)
        *out = m.text;
    return ok;
}

/* ---- the window ---- */

static int by_begin(const void *pa, const void *pb)
{
    const struct dtl_mark *a = pa, *b = pb;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

/* Keep the marks of leaves that count, sorted by begin: as they came, unless phrases overlap. */
static size_t settle_marks(struct dtl_buffer *marks, const struct dtl_leaves *l)
{
    struct dtl_mark *m = (struct dtl_mark *)(void *)marks->p;
    size_t n = marks->n / sizeof *m, kept = 0;
    bool sorted = true;
    for (size_t i = 0; i < n; i++)
        if (l->leaf[m[i].leaf].counts && !m[i].out) {
            m[kept++] = m[i];
            sorted = sorted && (kept < 2 || by_begin(&m[kept - 2], &m[kept - 1]) <= 0);
        }
    if (!sorted)
        qsort(m, kept, sizeof *m, by_begin);
    return kept;
}

struct window {
    size_t first, last; /* marks, inclusive */
    size_t distinct;    /* leaves among them */
    size_t begin;       /* of the sentence it opens with; SIZE_MAX: with none */
};

/* Is `a` the better one: more different words, then more marks? */
static bool is_better(const struct window *a, const struct window *b)
{
    return a->distinct != b->distinct ? a->distinct > b->distinct
                                      : a->last - a->first > b->last - b->first;
}

static struct window best_window(const struct dtl_mark *m, size_t n, size_t bytes, uint32_t *seen)
{
    struct window best = {.begin = SIZE_MAX}, now = {.begin = SIZE_MAX};
    for (now.last = 0; now.last < n; now.last++) {
        now.distinct += seen[m[now.last].leaf]++ == 0;
        while (now.first < now.last && m[now.last].end - m[now.first].begin > bytes)
            now.distinct -= --seen[m[now.first++].leaf] == 0;
        if (is_better(&now, &best))
            best = now;
    }
    for (; now.first < n; now.first++)
        seen[m[now.first].leaf] = 0;
    return best;
}

/* The best of the windows that open with a sentence, if in its first three quarters it shows as
 * many different words as `best` does, and half as many marks: then it reads better. */
static struct window sentence_window(const struct dtl_mark *m, size_t n, size_t bytes,
                                     const struct dtl_buffer *sentences, struct window best,
                                     uint32_t *seen)
{
    const uint32_t *start = (const uint32_t *)(const void *)sentences->p;
    struct window found = best, now = {0};
    size_t end = 0; /* marks before it are counted in `now` */
    for (size_t i = 0; i < sentences->n / sizeof *start; i++) {
        for (; now.first < n && m[now.first].begin < start[i]; now.first++)
            if (now.first < end)
                now.distinct -= --seen[m[now.first].leaf] == 0;
        end = end > now.first ? end : now.first;
        for (; end < n && m[end].end - start[i] <= bytes - bytes / 4; end++)
            now.distinct += seen[m[end].leaf]++ == 0;
        if (end == now.first)
            continue;
        now.last = end - 1;
        now.begin = start[i];
        bool enough = 2 * (now.last - now.first + 1) >= best.last - best.first + 1;
        if (now.distinct == best.distinct && enough &&
            (found.begin == SIZE_MAX || is_better(&now, &found)))
            found = now;
    }
    return found;
}

/* Where the snippet begins: a sentence that starts shortly before the window, else a word. */
static size_t opening(struct dtl_bytes text, size_t mark, size_t room, const uint32_t *sentence,
                      size_t sentences)
{
    size_t low = 0,
           high = sentences; /* sentences are in order: the last one at or before the mark */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (sentence[mid] <= mark)
            low = mid + 1;
        else
            high = mid;
    }
    if (low > 0 && mark - sentence[low - 1] <= room)
        return sentence[low - 1];
    return mark <= room ? 0 : cut_after(text, mark - room, mark);
}

static void add_window(struct line *l, struct dtl_bytes text, size_t bytes,
                       const struct dtl_mark *m, size_t n, struct window w,
                       const struct dtl_buffer *sentences)
{
    size_t begin = 0, end;
    size_t need = n ? m[w.last].end - m[w.first].begin : 0;
    size_t spare = bytes > need ? bytes - need : 0;
    if (n && w.begin != SIZE_MAX)
        begin = w.begin;
    else if (n)
        begin = opening(text, m[w.first].begin, spare / 2,
                        (const uint32_t *)(const void *)sentences->p, sentences->n / 4);
    size_t most = begin + (bytes > need ? bytes : need);
    size_t least = n ? m[w.last].end : begin;
    if (most < least)
        most = least;
    if (n && begin > 0 && text.n - begin < bytes) /* near the end: more of what comes before */
        begin = opening(text, m[w.first].begin, bytes - (text.n - m[w.first].begin), NULL, 0);
    end = cut_before(text, least, most);
    begin = skip_blanks(text, begin);
    if (begin > skip_blanks(text, 0) && end > begin)
        dtl_buffer_text(&l->text, "…");
    add_text(l, text, begin, end, m, n);
    while (l->text.n && l->text.p[l->text.n - 1] == ' ')
        l->text.n--;
    if (skip_blanks(text, end) < text.n)
        dtl_buffer_text(&l->text, "…");
}

/* ---- one article ---- */

struct dtl_snippets { /* memory that all the hits use one after the other */
    struct dtl_finder finder;
    struct dtl_buffer in_title, in_body, sentences;
    struct line title, body;
    uint32_t *seen; /* by leaf */
};

enum dtl_status dtl_snippets_open(struct dtl_snippets **out, struct dtl_plan *plan,
                                  const struct dtl_query *q, struct dtl_error *err)
{
    struct dtl_snippets *s = calloc(1, sizeof *s);
    if (!s)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = dtl_finder_open(&s->finder, plan, q, err);
    if (st == DTL_OK) {
        s->seen = calloc(s->finder.leaves.leaves + 1, sizeof *s->seen);
        if (!s->seen)
            st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    if (st != DTL_OK) {
        dtl_snippets_close(s);
        return st;
    }
    *out = s;
    return DTL_OK;
}

void dtl_snippets_close(struct dtl_snippets *s)
{
    if (!s)
        return;
    dtl_finder_close(&s->finder);
    dtl_buffer_release(&s->in_title);
    dtl_buffer_release(&s->in_body);
    dtl_buffer_release(&s->sentences);
    release_line(&s->title);
    release_line(&s->body);
    free(s->seen);
    free(s);
}

static void begin_article(struct dtl_snippets *s)
{
    struct dtl_buffer *all[] = {&s->in_title,    &s->in_body,   &s->sentences, &s->title.text,
                                &s->title.spans, &s->body.text, &s->body.spans};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        dtl_buffer_reset(all[i]);
    memset(s->seen, 0, s->finder.leaves.leaves * sizeof *s->seen);
}

static struct window window_of(struct dtl_snippets *s, const struct dtl_mark *m, size_t n,
                               size_t bytes)
{
    struct window best = {.begin = SIZE_MAX};
    if (n == 0)
        return best;
    best = best_window(m, n, bytes, s->seen);
    return sentence_window(m, n, bytes, &s->sentences, best, s->seen);
}

enum dtl_status dtl_snippet_make(struct dtl_snippets *s, const struct dtl_article *a,
                                 size_t segment, uint32_t chars, struct dtl_arena *arena,
                                 struct dtl_snippet *out, struct dtl_error *err)
{
    struct dtl_finder *f = &s->finder;
    dtl_lang lang = dtl_lang_of(a->lang);
    begin_article(s);
    enum dtl_status st = dtl_finder_begin(f, segment, err);
    if (st == DTL_OK)
        st = dtl_marks_find(f, a->title, lang, true, &s->in_title, NULL, err);
    if (st == DTL_OK)
        st = dtl_marks_find(f, a->body, lang, false, &s->in_body, &s->sentences, err);
    if (st != DTL_OK)
        return st;
    if ((st = dtl_finder_settle(f, a->date, &s->in_title, &s->in_body, err)) != DTL_OK)
        return st;
    size_t titles = settle_marks(&s->in_title, &f->leaves);
    size_t n = settle_marks(&s->in_body, &f->leaves);
    const struct dtl_mark *tm = (const struct dtl_mark *)(const void *)s->in_title.p;
    const struct dtl_mark *m = (const struct dtl_mark *)(const void *)s->in_body.p;
    size_t bytes = chars == DTL_SNIPPET_WHOLE ? 0 : bytes_of_chars(a->body, chars);
    struct dtl_snippet made = {0};
    add_text(&s->title, a->title, 0, a->title.n, tm, titles);
    if (chars == DTL_SNIPPET_WHOLE)
        add_text(&s->body, a->body, 0, a->body.n, m, n);
    else if (chars && (n || (!titles && a->body.n)))
        add_window(&s->body, a->body, bytes, m, n, window_of(s, m, n, bytes), &s->sentences);
    if (!keep_line(&s->title, arena, &made.title) || !keep_line(&s->body, arena, &made.body))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (chars && chars != DTL_SNIPPET_WHOLE && made.body.text.n == 0)
        made.body = made.title;
    *out = made;
    return DTL_OK;
}
