/*
 * analyzer.c - the walk over a text: segments to words to tokens.
 *
 * ICU gives segments; those that hold a letter or digit are cut further where the script changes,
 * and runs of Han and kana are read as bigrams directly from the bytes. word.c says what each
 * becomes, sentence.c what begins there. Whatever the input, each byte is looked at a bounded
 * number of times, and nothing is allocated for a token.
 *
 * Invariants a caller may rely on: positions never fall; spans lie inside the text and begin where
 * the token does; form, folded and term are valid UTF-8 of 1..DTL_TERM_MAX bytes.
 */
#include "common/text/analyzer.h"

#include "common/base/utf8.h"
#include "common/text/fold.h"
#include "common/text/sentence.h"
#include "common/text/window.h"
#include "common/text/word.h"

#include <stdlib.h>

struct dtl_analyzer {
    struct dtl_words words;
    struct dtl_window window;
    uint8_t joined[2 * DTL_TERM_MAX + 2];
};

struct walk {
    struct dtl_analyzer *a;
    struct dtl_bytes text;
    dtl_lang lang;
    uint32_t position; /* of the next token */
    uint32_t tokens;
    bool any;                        /* a word was seen: the next three hold */
    bool previous_run;               /* it was a run of ideographs: no hyphen breaks one */
    size_t previous_begin, previous; /* bytes of the last word (or run of ideographs) */
    dtl_token_fn fn;
    void *ctx;
    struct dtl_error *err;
};

enum dtl_status dtl_analyzer_open(struct dtl_analyzer **out, struct dtl_error *err)
{
    struct dtl_analyzer *a = calloc(1, sizeof *a);
    if (!a || !dtl_words_open(&a->words)) {
        free(a);
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for text analysis");
    }
    *out = a;
    return DTL_OK;
}

void dtl_analyzer_close(struct dtl_analyzer *a)
{
    if (!a)
        return;
    dtl_words_close(&a->words);
    free(a);
}

static enum dtl_status give(struct walk *w, const struct dtl_word *word, size_t begin, size_t end,
                            uint32_t position, unsigned flags)
{
    if (w->a->words.failed)
        return dtl_fail(w->err, DTL_ENOMEM, begin, "no memory for text analysis");
    if (w->tokens++ == DTL_TOKENS_MAX)
        return dtl_fail(w->err, DTL_ELIMIT, begin, "more than %u words in one text",
                        DTL_TOKENS_MAX);
    struct dtl_token token = {.form = word->form,
                              .folded = word->folded,
                              .term = word->term,
                              .lang = word->owner,
                              .flags = (uint8_t)flags,
                              .position = position,
                              .begin = (uint32_t)begin,
                              .end = (uint32_t)end};
    return w->fn(w->ctx, &token);
}

/* The bytes between a word's first half and its second: hyphen, blanks, one line end, blanks. */
static bool is_line_break(struct dtl_bytes gap)
{
    if (gap.n < 2)
        return false;
    size_t i = 0;
    if (gap.p[0] == '-')
        i = 1;
    else if (dtl_bytes_starts(gap, DTL_LITERAL("\xc2\xad"))) /* soft hyphen */
        i = 2;
    else if (dtl_bytes_starts(gap, DTL_LITERAL("\xe2\x80\x90"))) /* U+2010 */
        i = 3;
    else
        return false;
    while (i < gap.n && (gap.p[i] == ' ' || gap.p[i] == '\t'))
        i++;
    if (i < gap.n && gap.p[i] == '\r') {
        i++;
        if (i < gap.n && gap.p[i] == '\n')
            i++;
    } else if (i < gap.n && gap.p[i] == '\n') {
        i++;
    } else {
        return false;
    }
    while (i < gap.n && (gap.p[i] == ' ' || gap.p[i] == '\t'))
        i++;
    return i == gap.n;
}

static UChar32 last_character(struct dtl_bytes b)
{
    size_t at = b.n ? b.n - 1 : 0;
    while (at && b.n - at < 4 && (b.p[at] & 0xc0) == 0x80)
        at--;
    return b.n ? (UChar32)dtl_utf8_next(b, &at) : 0;
}

/* The token of a word broken at a line's end, when [begin, end) is the second half of one. */
static enum dtl_status give_joined(struct walk *w, size_t begin, size_t end)
{
    struct dtl_bytes t = w->text;
    size_t at = begin;
    if (!w->any || w->previous_run ||
        !is_line_break(dtl_bytes(t.p + w->previous, begin - w->previous)) ||
        u_charType((UChar32)dtl_utf8_next(t, &at)) != U_LOWERCASE_LETTER)
        return DTL_OK;
    struct dtl_words *words = &w->a->words;
    struct dtl_word half;
    dtl_word_printed(words, dtl_bytes(t.p + w->previous_begin, w->previous - w->previous_begin),
                     w->lang, &half);
    UChar32 before = last_character(half.form);
    if (!(U_GET_GC_MASK(before) & (U_GC_L_MASK | U_GC_M_MASK)))
        return DTL_OK;
    size_t n = half.form.n;
    memcpy(w->a->joined, half.form.p, n);
    memcpy(w->a->joined + n, "\xc2\xad", 2);
    n += 2;
    dtl_word_printed(words, dtl_bytes(t.p + begin, end - begin), w->lang, &half);
    if (!half.form.n || n + half.form.n > DTL_TERM_MAX)
        return DTL_OK;
    memcpy(w->a->joined + n, half.form.p, half.form.n);
    n += half.form.n;
    dtl_word_form(words, dtl_bytes(w->a->joined, n), w->lang, &half);
    return give(w, &half, w->previous_begin, end, w->position - 1, DTL_TOKEN_JOINED);
}

static unsigned begins_here(const struct walk *w, size_t begin)
{
    if (!w->any)
        return DTL_TOKEN_SENTENCE | DTL_TOKEN_PARAGRAPH;
    return dtl_sentence_between(w->text, w->previous, begin);
}

static void passed(struct walk *w, size_t begin, size_t end, bool run)
{
    w->any = true;
    w->previous_run = run;
    w->previous_begin = begin;
    w->previous = end;
}

/* One word of one script. */
static enum dtl_status take_word(struct walk *w, size_t begin, size_t end)
{
    enum dtl_status st = give_joined(w, begin, end);
    if (st != DTL_OK)
        return st;
    struct dtl_word word;
    dtl_word_printed(&w->a->words, dtl_bytes(w->text.p + begin, end - begin), w->lang, &word);
    if (!word.form.n)
        return DTL_OK;
    st = give(w, &word, begin, end, w->position, begins_here(w, begin));
    w->position++;
    passed(w, begin, end, false);
    return st;
}

/*
 * From the first letter or digit to the last, with the marks and joiners that belong to it. What
 * falls away: underscores ("_word_"), invisible characters, and what ICU kept between letters of
 * two scripts.
 */
static enum dtl_status take_piece(struct walk *w, size_t begin, size_t end)
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
    return from < to ? take_word(w, from, to) : DTL_OK;
}

/* A segment with characters beyond ASCII: a piece a script. */
static enum dtl_status take_segment(struct walk *w, size_t begin, size_t end)
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
static enum dtl_status take_run(struct walk *w, size_t begin, size_t *end)
{
    enum dtl_status st = DTL_OK;
    unsigned flags = begins_here(w, begin);
    size_t first = begin, second = begin;
    bool alone = true;
    next_ideograph(w->text, &second);
    for (size_t next = second; st == DTL_OK; alone = false) {
        struct dtl_word word;
        bool more = next_ideograph(w->text, &next);
        dtl_word_printed(&w->a->words, dtl_bytes(w->text.p + first, next - first), w->lang, &word);
        if (!more && !alone)
            flags |= DTL_TOKEN_UNIGRAM;
        if (word.form.n) {
            st = give(w, &word, first, next, w->position++, flags);
            flags = 0;
        }
        if (!more)
            break;
        first = second;
        second = next;
    }
    passed(w, begin, second, true);
    *end = second;
    return st;
}

/* All words of the filled window; *next: the byte where the following window begins. */
static enum dtl_status take_window(struct walk *w, size_t *next)
{
    const struct dtl_window *v = &w->a->window;
    UBreakIterator *words = w->a->words.unicode.words;
    UErrorCode e = U_ZERO_ERROR;
    ubrk_setText(words, v->units, (int32_t)v->n, &e);
    if (U_FAILURE(e))
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
                                                             : take_word(w, begin, end);
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

enum dtl_status dtl_analyze(struct dtl_analyzer *a, struct dtl_bytes text, dtl_lang lang,
                            uint32_t position, dtl_token_fn fn, void *ctx, uint32_t *next,
                            struct dtl_error *err)
{
    if (text.n >= UINT32_MAX)
        return dtl_fail(err, DTL_ELIMIT, 0, "a text of 4 GiB or more");
    a->words.failed = a->words.unicode.failed = false;
    struct walk w = {
        .a = a, .text = text, .lang = lang, .position = position, .fn = fn, .ctx = ctx, .err = err};
    enum dtl_status st = DTL_OK;
    for (size_t at = 0; at < text.n && st == DTL_OK;) {
        dtl_window_fill(&a->window, text, at);
        st = take_window(&w, &at);
    }
    if (st == DTL_OK && a->words.failed)
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for text analysis");
    if (st == DTL_OK && next)
        *next = w.position;
    return st;
}

enum dtl_status dtl_analyzer_term(struct dtl_analyzer *a, struct dtl_bytes form, dtl_lang lang,
                                  struct dtl_bytes *term, dtl_lang *owner, struct dtl_error *err)
{
    struct dtl_word word = {0};
    a->words.failed = a->words.unicode.failed = false;
    dtl_word_form(&a->words, form, lang, &word);
    if (a->words.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for text analysis");
    *term = word.term;
    *owner = word.owner;
    return DTL_OK;
}

static enum dtl_status copy_out(struct dtl_analyzer *a, struct dtl_bytes from,
                                struct dtl_arena *arena, struct dtl_bytes *out,
                                struct dtl_error *err)
{
    char *p = a->words.failed
                  ? NULL
                  : dtl_arena_strndup(arena, from.n ? (const char *)from.p : "", from.n);
    if (!p)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for text analysis");
    *out = dtl_bytes(p, from.n);
    return DTL_OK;
}

enum dtl_status dtl_fold(struct dtl_analyzer *a, struct dtl_bytes form, struct dtl_arena *arena,
                         struct dtl_bytes *folded, struct dtl_error *err)
{
    struct dtl_word word = {0};
    a->words.failed = a->words.unicode.failed = false;
    dtl_word_form(&a->words, form, 0, &word);
    return copy_out(a, word.folded, arena, folded, err);
}

enum dtl_status dtl_nfc(struct dtl_analyzer *a, struct dtl_bytes form, struct dtl_arena *arena,
                        struct dtl_bytes *nfc, struct dtl_error *err)
{
    uint8_t out[DTL_TERM_MAX];
    a->words.failed = a->words.unicode.failed = false;
    size_t n = dtl_form_of(&a->words.unicode, form, true, out, sizeof out);
    a->words.failed |= a->words.unicode.failed;
    return copy_out(a, dtl_bytes(out, n), arena, nfc, err);
}
