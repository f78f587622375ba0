/*
 * boundaries.c - words by ICU: a window of the text at a time.
 *
 * ICU gives segments; those that hold a letter or digit are cut further where the script changes,
 * and runs of Han and kana are read as bigrams directly from the bytes.
 */
#include "common/base/utf8.h"
#include "common/text/walk.h"

/*
 * From the first letter or digit to the last, with the marks and joiners that belong to it. What
 * falls away: underscores ("_word_"), invisible characters, and what ICU kept between letters of
 * two scripts.
 */
static enum dtl_status take_piece(struct dtl_walk *w, size_t begin, size_t end)
{
    struct dtl_bytes t = dtl_bytes(w->text.p, end);
    size_t from = end, to = begin;
    bool attached = false;
    for (size_t at = begin; at < end;) {
        size_t here = at;
        UChar32 c = (UChar32)dtl_utf8_next(t, &at);
        if (dtl_is_wordlike(c)) {
            from = from < here ? from : here;
            attached = true;
        } else if (c < 0x80 || !(c == 0x200c || c == 0x200d || (U_GET_GC_MASK(c) & U_GC_M_MASK))) {
            attached = false;
        }
        if (attached)
            to = at;
    }
    return from < to ? dtl_walk_word(w, from, to) : DTL_OK;
}

/* A segment with characters beyond ASCII: a piece a script. */
static enum dtl_status take_segment(struct dtl_walk *w, size_t begin, size_t end)
{
    struct dtl_bytes t = dtl_bytes(w->text.p, end);
    enum dtl_status st = DTL_OK;
    unsigned script = 0;
    bool wordlike = false;
    size_t piece = begin;
    for (size_t at = begin; at < end && st == DTL_OK;) {
        size_t here = at;
        UChar32 c = (UChar32)dtl_utf8_next(t, &at);
        unsigned s = dtl_script_of(c);
        if (s && script && s != script && wordlike) {
            st = take_piece(w, piece, here);
            piece = here;
            wordlike = false;
        }
        script = s ? s : script;
        wordlike |= dtl_is_wordlike(c);
    }
    return st == DTL_OK && wordlike ? take_piece(w, piece, end) : st;
}

/* One ideograph with the marks that belong to it; false when the text goes on with something else.
 */
static bool next_ideograph(struct dtl_bytes text, size_t *at)
{
    size_t i = *at;
    if (i == text.n || !dtl_is_ideographic((UChar32)dtl_utf8_next(text, &i)))
        return false;
    while (i < text.n) {
        size_t mark = i;
        UChar32 c = (UChar32)dtl_utf8_next(text, &mark);
        if (c < 0x300 || !u_hasBinaryProperty(c, UCHAR_GRAPHEME_EXTEND))
            break;
        i = mark;
    }
    *at = i;
    return true;
}

/* A run of Han and kana: overlapping bigrams, then the last character. *end: where it ends. */
static enum dtl_status take_run(struct dtl_walk *w, size_t begin, size_t *end)
{
    enum dtl_status st = DTL_OK;
    unsigned flags = dtl_walk_begins(w, begin);
    size_t first = begin, second = begin;
    bool alone = true;
    next_ideograph(w->text, &second);
    for (size_t next = second; st == DTL_OK; alone = false) {
        bool more = next_ideograph(w->text, &next);
        uint32_t form = 0;
        st = dtl_walk_form(w, dtl_bytes(w->text.p + first, next - first), false, &form);
        if (!more && !alone)
            flags |= DTL_TOKEN_UNIGRAM;
        if (st == DTL_OK && form != DTL_FORM_NONE) {
            st = dtl_walk_put(w, form, first, next, w->position++, flags);
            flags = 0;
        }
        if (!more)
            break;
        first = second;
        second = next;
    }
    dtl_walk_passed(w, begin, second, true);
    *end = second;
    return st;
}

/* All words of the filled window; *next: the byte where the following window begins. */
static enum dtl_status take_window(struct dtl_walk *w, size_t *next)
{
    const struct dtl_window *v = &w->a->window;
    UBreakIterator *words = dtl_words_of(&w->a->words.unicode);
    UErrorCode e = U_ZERO_ERROR;
    if (words)
        ubrk_setText(words, v->units, (int32_t)v->n, &e);
    if (!words || U_FAILURE(e))
        return dtl_fail(w->err, DTL_ENOMEM, v->begin, "no memory for text analysis");
    enum dtl_status st = DTL_OK;
    size_t from = 0, run_end = 0;
    for (int32_t to = ubrk_next(words); to != UBRK_DONE && from < v->usable && st == DTL_OK;
         from = (size_t)to, to = ubrk_next(words)) {
        size_t begin = v->begin + v->at[from], end = v->begin + v->at[to];
        UChar any = 0;
        for (size_t i = from; i < (size_t)to; i++)
            any |= v->units[i];
        UChar first = v->units[from];
        if (begin < run_end) {
            continue;
        } else if (any < 0x80) {
            bool wordlike = false;
            for (size_t i = from; i < (size_t)to && !wordlike; i++)
                wordlike = dtl_is_wordlike(v->units[i]);
            if (wordlike)
                st = first == '_' || v->units[to - 1] == '_' ? take_piece(w, begin, end)
                                                             : dtl_walk_word(w, begin, end);
        } else if (first == DTL_MASK && v->ideographs) {
            size_t at = begin;
            if (next_ideograph(w->text, &at)) /* else a real U+FFFC */
                st = take_run(w, begin, &run_end);
        } else {
            st = take_segment(w, begin, end);
        }
    }
    size_t done = v->begin + v->at[from];
    *next = run_end > done ? run_end : done;
    return st;
}

enum dtl_status dtl_walk_icu(struct dtl_walk *w, size_t *at, size_t until)
{
    enum dtl_status st = DTL_OK;
    while (*at < until && st == DTL_OK) {
        dtl_window_fill(&w->a->window, dtl_bytes(w->text.p, until), *at);
        st = take_window(w, at);
    }
    w->pause = true; /* nobody has looked */
    return st;
}
