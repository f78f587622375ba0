/*
 * walk.c - a word found becomes a token: its form's number, what begins there, what it is joined
 * to.
 *
 * Tokens wait until there are DTL_INSTANCES_MAX of them, for who takes them in bulk can look ahead.
 * Words found by masks are looked up in bulk as well: the slots of all of them are fetched before
 * the first is read.
 */
#include "common/text/walk.h"

#include "common/base/utf8.h"
#include "common/text/sentence.h"

static enum dtl_status no_memory(const struct dtl_walk *w)
{
    dtl_fail(w->err, DTL_ENOMEM, w->previous, "no memory for text analysis");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

enum dtl_status dtl_walk_flush(struct dtl_walk *w)
{
    size_t n = w->waiting, left = DTL_TOKENS_MAX - w->tokens;
    bool over = n > left;
    if (over)
        n = left;
    w->waiting = 0;
    w->tokens += (uint32_t)n;
    enum dtl_status st = n ? w->fn(w->ctx, w->a->instances, n) : DTL_OK;
    if (st == DTL_OK && over)
        return dtl_fail(w->err, DTL_ELIMIT, w->a->instances[n].begin,
                        "more than %u words in one text", DTL_TOKENS_MAX);
    return st;
}

enum dtl_status dtl_walk_put(struct dtl_walk *w, uint32_t form, size_t begin, size_t end,
                             uint32_t position, unsigned flags)
{
    w->a->instances[w->waiting++] = (struct dtl_instance){.form = form,
                                                          .position = position,
                                                          .begin = (uint32_t)begin,
                                                          .end = (uint32_t)end,
                                                          .flags = (uint8_t)flags};
    return w->waiting == DTL_INSTANCES_MAX ? dtl_walk_flush(w) : DTL_OK;
}

/* Adds a form that was not found. When the table is full, what waits is given first, under the
 * numbers it has. */
static enum dtl_status add(struct dtl_walk *w, const struct dtl_form_key *key,
                           struct dtl_bytes printed, bool joined, uint32_t *number)
{
    struct dtl_analyzer *a = w->a;
    *number = dtl_form_table_add(&a->forms, &a->words, key, printed, w->lang, joined);
    if (*number == DTL_FORM_NONE && !a->words.failed) {
        enum dtl_status st = dtl_walk_flush(w);
        if (st != DTL_OK)
            return st;
        if (!dtl_form_table_relieve(&a->forms))
            return no_memory(w);
        *number = dtl_form_table_add(&a->forms, &a->words, key, printed, w->lang, joined);
    }
    return *number == DTL_FORM_NONE ? no_memory(w) : DTL_OK;
}

enum dtl_status dtl_walk_form(struct dtl_walk *w, struct dtl_bytes printed, bool joined,
                              uint32_t *number)
{
    struct dtl_form_table *t = &w->a->forms;
    struct dtl_form_key key;
    printed = dtl_form_part(printed);
    dtl_form_key(&key, printed, printed.n, w->lang, joined);
    *number = dtl_form_table_find(t, &key, printed);
    enum dtl_status st = *number == DTL_FORM_NONE ? add(w, &key, printed, joined, number) : DTL_OK;
    if (st == DTL_OK && !dtl_form_table_prints(t, *number))
        *number = DTL_FORM_NONE;
    return st;
}

/* ---- one word ---- */

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
static enum dtl_status put_joined(struct dtl_walk *w, size_t begin, size_t end)
{
    struct dtl_bytes t = w->text;
    size_t at = begin, n = 0;
    if (!w->any || w->previous_run ||
        !is_line_break(dtl_bytes(t.p + w->previous, begin - w->previous)) ||
        u_charType((UChar32)dtl_utf8_next(t, &at)) != U_LOWERCASE_LETTER)
        return DTL_OK;
    const struct dtl_bytes halves[2] = {
        dtl_bytes(t.p + w->previous_begin, w->previous - w->previous_begin),
        dtl_bytes(t.p + begin, end - begin)};
    uint32_t form = 0;
    for (unsigned i = 0; i < 2; i++) {
        struct dtl_word half;
        enum dtl_status st = dtl_walk_form(w, halves[i], false, &form);
        if (st != DTL_OK || form == DTL_FORM_NONE)
            return st;
        dtl_form_table_word(&w->a->forms, form, &half);
        if (i == 0) {
            if (!(U_GET_GC_MASK(last_character(half.form)) & (U_GC_L_MASK | U_GC_M_MASK)))
                return DTL_OK;
        } else {
            if (n + 2 + half.form.n > DTL_TERM_MAX)
                return DTL_OK;
            memcpy(w->a->joined + n, "\xc2\xad", 2);
            n += 2;
        }
        memcpy(w->a->joined + n, half.form.p, half.form.n);
        n += half.form.n;
    }
    enum dtl_status st = dtl_walk_form(w, dtl_bytes(w->a->joined, n), true, &form);
    if (st != DTL_OK)
        return st;
    return dtl_walk_put(w, form, w->previous_begin, end, w->position - 1, DTL_TOKEN_JOINED);
}

unsigned dtl_walk_begins(const struct dtl_walk *w, size_t begin)
{
    if (!w->any)
        return DTL_TOKEN_SENTENCE | DTL_TOKEN_PARAGRAPH;
    return dtl_sentence_between(w->text, w->previous, begin);
}

void dtl_walk_passed(struct dtl_walk *w, size_t begin, size_t end, bool run)
{
    w->any = true;
    w->previous_run = run;
    w->previous_begin = begin;
    w->previous = end;
}

enum dtl_status dtl_walk_word(struct dtl_walk *w, size_t begin, size_t end)
{
    uint32_t form = 0;
    enum dtl_status st = put_joined(w, begin, end);
    if (st == DTL_OK)
        st = dtl_walk_form(w, dtl_bytes(w->text.p + begin, end - begin), false, &form);
    if (st != DTL_OK || form == DTL_FORM_NONE)
        return st;
    st = dtl_walk_put(w, form, begin, end, w->position, dtl_walk_begins(w, begin));
    w->position++;
    dtl_walk_passed(w, begin, end, false);
    return st;
}

/* ---- many words ---- */

/* Words i.. of the stretch; *done: how many were taken. */
static enum dtl_status take_words(struct dtl_walk *w, size_t i, size_t n)
{
    struct dtl_analyzer *a = w->a;
    const struct dtl_segments *s = &a->segments;
    struct dtl_form_key keys[DTL_INSTANCES_MAX];
    const uint8_t *text = w->text.p;
    for (size_t k = 0; k < n; k++) {
        size_t from = s->from[i + k];
        struct dtl_bytes printed = dtl_form_part(dtl_bytes(text + from, s->to[i + k] - from));
        dtl_form_key(&keys[k], printed, w->text.n - from, w->lang, false);
        dtl_form_table_expect(&a->forms, &keys[k]);
    }
    for (size_t k = 0; k < n; k++, i++) {
        size_t from = s->from[i], to = s->to[i];
        enum dtl_status st = DTL_OK;
        unsigned flags = 0;
        if (s->pause[i]) {
            if ((st = put_joined(w, from, to)) != DTL_OK)
                return st;
            flags = dtl_walk_begins(w, from);
        }
        struct dtl_bytes printed = dtl_form_part(dtl_bytes(text + from, to - from));
        uint32_t form = dtl_form_table_find(&a->forms, &keys[k], printed);
        if (form == DTL_FORM_NONE && (st = add(w, &keys[k], printed, false, &form)) != DTL_OK)
            return st;
        st = dtl_walk_put(w, form, from, to, w->position++, flags);
        dtl_walk_passed(w, from, to, false);
        if (st != DTL_OK)
            return st;
    }
    return DTL_OK;
}

/* ---- few words of many ---- */

static bool passes(const struct dtl_word_filter *v, const uint8_t *p, size_t n, size_t room)
{
    uint32_t bit = dtl_word_filter_bit(p, n, room);
    if ((v->bits[bit / 64] >> bit % 64 | v->first[*p / 64] >> *p % 64) & 1)
        return true;
    if (n <= 8 && room >= 8)
        return dtl_load64(p) << (64 - 8 * n) & UINT64_C(0x8080808080808080);
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= p[i];
    return any >= 0x80 || n > DTL_TERM_MAX;
}

/* All words of the stretch: each takes its position, and those the sieve lets through are given. */
static enum dtl_status sift_words(struct dtl_walk *w)
{
    const struct dtl_segments *s = &w->a->segments;
    const uint8_t *text = w->text.p;
    for (size_t i = 0; i < s->n; i++) {
        size_t from = s->from[i], to = s->to[i];
        enum dtl_status st = DTL_OK;
        uint32_t form = DTL_INSTANCE_UNREAD;
        unsigned flags = 0;
        if (s->pause[i]) {
            if ((st = put_joined(w, from, to)) != DTL_OK)
                return st;
            flags = dtl_walk_begins(w, from);
        }
        if (passes(w->sieve, text + from, to - from, w->text.n - from))
            st = dtl_walk_form(w, dtl_bytes(text + from, to - from), false, &form);
        if (st == DTL_OK && (flags || form != DTL_INSTANCE_UNREAD))
            st = dtl_walk_put(w, form, from, to, w->position, flags);
        w->position++;
        dtl_walk_passed(w, from, to, false);
        if (st != DTL_OK)
            return st;
    }
    return DTL_OK;
}

enum dtl_status dtl_walk_masks(struct dtl_walk *w, size_t *at, bool *icu)
{
    struct dtl_segments *s = &w->a->segments;
    enum dtl_status st = DTL_OK;
    *icu = false;
    while (*at < w->text.n && st == DTL_OK && !*icu) {
        dtl_segments_fill(s, w->a->classify, w->text, *at);
        s->pause[0] |= w->pause;
        if (w->sieve)
            st = sift_words(w);
        for (size_t i = 0; i < s->n && st == DTL_OK && !w->sieve; i += DTL_INSTANCES_MAX)
            st = take_words(w, i, s->n - i < DTL_INSTANCES_MAX ? s->n - i : DTL_INSTANCES_MAX);
        w->pause = s->pause[s->n];
        *at = s->end;
        *icu = s->icu;
    }
    return st;
}
