/*
 * segments.c - UAX #29 by masks, for ASCII and Latin.
 *
 * Letters, digits and _ hold together (WB5, WB8 to WB10, WB13a, b). A full stop or an apostrophe
 * holds two letters (WB6, WB7) or two digits together (WB11, WB12), a comma two digits, U+00B7 two
 * letters; everything else we know is a boundary on both sides. Each rule is one line over 64
 * bytes, for a letter of several bytes is as many letters to the masks.
 *
 * What ICU must see goes back to the last word before it, so that marks, joiners and other scripts
 * find what they hang on.
 */
#include "common/text/segments.h"

#include "common/text/latin.h"

#define SIGN_BYTES 3u  /* of the longest sign that can stand inside a word */
#define CALM       48u /* bytes without anything for ICU before it is left again */

struct middle {  /* a sign of several bytes that may hold two letters together */
    uint32_t at; /* byte of the stretch */
    uint8_t bytes;
    bool digits; /* two digits as well */
};

struct stretch {
    struct dtl_segments *s;
    struct dtl_bytes text;
    size_t from, bytes;
    size_t middles;
    struct middle middle[DTL_STRETCH / 2];
};

static uint64_t bit(size_t i)
{
    return UINT64_C(1) << (i & (DTL_BLOCK - 1));
}

static void set_letter(struct dtl_classes *blocks, size_t at, size_t bytes)
{
    for (size_t i = at; i < at + bytes; i++)
        blocks[i / DTL_BLOCK].letter |= bit(i);
}

/* Enters what stands beyond ASCII into the masks; returns the byte where ICU is needed, or the end
 * (of a character that began inside the stretch). */
static size_t enter_latin(struct stretch *x)
{
    struct dtl_classes *blocks = x->s->blocks;
    size_t done = 0;
    for (size_t b = 0; b * DTL_BLOCK < x->bytes; b++) {
        for (uint64_t high = blocks[b].high; high; high &= high - 1) {
            size_t at = b * DTL_BLOCK + (size_t)__builtin_ctzll(high), n = 0;
            if (at < done)
                continue;
            enum dtl_latin kind = dtl_latin_at(x->text, x->from + at, &n);
            switch (kind) {
            case DTL_LATIN_NOT:
                return at;
            case DTL_LATIN_LETTER:
                set_letter(blocks, at, n);
                break;
            case DTL_LATIN_PAUSE:
                blocks[b].pause |= bit(at);
                break;
            case DTL_LATIN_SIGN:
                break;
            case DTL_LATIN_MIDDLE:
            case DTL_LATIN_EITHER:
                x->middle[x->middles++] =
                    (struct middle){(uint32_t)at, (uint8_t)n, kind == DTL_LATIN_EITHER};
                break;
            }
            done = at + n;
        }
    }
    return done > x->bytes ? done : x->bytes;
}

/* The masks know nothing from byte `end` of the stretch on. */
static void cut(struct dtl_classes *blocks, size_t end, size_t count)
{
    size_t b = end / DTL_BLOCK;
    uint64_t keep = bit(end) - 1;
    if (b < count) {
        blocks[b].letter &= keep;
        blocks[b].digit &= keep;
        blocks[b].under &= keep;
        blocks[b].either &= keep;
        blocks[b].number &= keep;
        blocks[b].pause &= keep;
    }
    for (b++; b < count; b++)
        blocks[b] = (struct dtl_classes){0};
}

static bool is_set(uint64_t mask, size_t i)
{
    return mask >> (i & (DTL_BLOCK - 1)) & 1;
}

/* Signs of several bytes that hold a word together become letters. */
static void join_middles(struct stretch *x, size_t end)
{
    struct dtl_classes *blocks = x->s->blocks;
    for (size_t i = 0; i < x->middles; i++) {
        struct middle m = x->middle[i];
        size_t before = m.at - 1, after = m.at + m.bytes;
        if (m.at == 0 || after >= end)
            continue;
        const struct dtl_classes *a = &blocks[before / DTL_BLOCK], *b = &blocks[after / DTL_BLOCK];
        if ((is_set(a->letter, before) && is_set(b->letter, after)) ||
            (m.digits && is_set(a->digit, before) && is_set(b->digit, after)))
            for (size_t k = m.at; k < after; k++)
                blocks[k / DTL_BLOCK].letter |=
                    bit(k); /* its neighbours are no signs, so it joins nothing else */
    }
}

static inline uint32_t *put_places(uint32_t *out, uint64_t mask, size_t base)
{
    for (; mask; mask &= mask - 1)
        *out++ = (uint32_t)(base + (size_t)__builtin_ctzll(mask));
    return out;
}

/* Masks to words. Returns true when some word begins or ends with _. */
static bool put_words(struct stretch *x, size_t count)
{
    struct dtl_segments *s = x->s;
    const struct dtl_classes *blocks = s->blocks;
    uint64_t letter = 0, digit = 0, inside = 0, under = 0; /* of the block before */
    uint32_t *from = s->from, *to = s->to;
    for (size_t b = 0; b < count; b++) {
        const struct dtl_classes *c = &blocks[b], *next = c + 1;
        uint64_t letter_before = c->letter << 1 | letter >> 63;
        uint64_t letter_after = c->letter >> 1 | next->letter << 63;
        uint64_t digits = (c->digit << 1 | digit >> 63) & (c->digit >> 1 | next->digit << 63);
        uint64_t joins =
            (c->either & letter_before & letter_after) | ((c->either | c->number) & digits);
        uint64_t now = c->letter | c->digit | c->under | joins;
        uint64_t before = now << 1 | inside >> 63;
        uint64_t begins = now & ~before, ends = before & ~now;
        for (uint64_t pauses = c->pause & ~now; pauses; pauses &= pauses - 1) {
            uint64_t earlier = begins & ((pauses & -pauses) - 1);
            s->pause[(from - s->from) + __builtin_popcountll(earlier)] = 1;
        }
        from = put_places(from, begins, x->from + b * DTL_BLOCK);
        to = put_places(to, ends, x->from + b * DTL_BLOCK);
        letter = c->letter;
        digit = c->digit;
        inside = now;
        under |= c->under;
    }
    s->n = (size_t)(from - s->from);
    return under != 0;
}

/* Take _ off both ends; what is nothing else is no word. */
static void trim(struct dtl_segments *s, const uint8_t *text)
{
    size_t n = 0;
    uint8_t pause = 0;
    for (size_t i = 0; i < s->n; i++) {
        uint32_t from = s->from[i], to = s->to[i];
        while (from < to && text[from] == '_')
            from++;
        while (to > from && text[to - 1] == '_')
            to--;
        pause |= s->pause[i];
        if (from == to)
            continue;
        s->from[n] = from;
        s->to[n] = to;
        s->pause[n++] = pause;
        pause = 0;
    }
    s->pause[n] = pause | s->pause[s->n];
    s->n = n;
}

static void classify_all(struct dtl_segments *s, dtl_classify_fn classify, const uint8_t *p,
                         size_t bytes)
{
    size_t whole = bytes / DTL_BLOCK, rest = bytes % DTL_BLOCK;
    classify(p, whole, s->blocks);
    if (rest) {
        uint8_t last[DTL_BLOCK] = {0};
        memcpy(last, p + whole * DTL_BLOCK, rest);
        classify(last, 1, s->blocks + whole++);
    }
    s->blocks[whole] = s->blocks[whole + 1] = (struct dtl_classes){0};
}

void dtl_segments_fill(struct dtl_segments *s, dtl_classify_fn classify, struct dtl_bytes text,
                       size_t from)
{
    struct stretch x; /* not cleared: `middle` is large */
    x.s = s;
    x.text = text;
    x.from = from;
    x.bytes = text.n - from;
    x.middles = 0;
    bool rest = x.bytes > DTL_STRETCH; /* text goes on behind the stretch */
    if (rest)
        x.bytes = DTL_STRETCH;
    size_t count = (x.bytes + DTL_BLOCK - 1) / DTL_BLOCK + 1;
    classify_all(s, classify, text.p + from, x.bytes);
    memset(s->pause, 0, x.bytes / 2 + 2);
    size_t known = enter_latin(&x);
    s->icu = known < x.bytes;
    s->reason = from + known;
    if (s->icu)
        cut(s->blocks, known, count + 1);
    if (x.middles)
        join_middles(&x, known);
    bool under = put_words(&x, count);
    s->end = s->icu && !s->n ? from : from + known;
    if (s->n && (s->icu || rest)) {
        /* what follows may belong to the last word */
        bool open = s->to[s->n - 1] + SIGN_BYTES >= s->reason;
        s->n -= open;
        s->end = open ? s->from[s->n] : s->to[s->n - 1];
        s->icu |= s->end == from; /* a word as long as the stretch */
    }
    if (under)
        trim(s, text.p);
}

size_t dtl_segments_resume(struct dtl_bytes text, size_t reason)
{
    size_t found = 0;
    for (size_t at = reason; at < text.n;) {
        uint8_t c = text.p[at];
        if (found && at - found >= CALM)
            return found;
        if (c < 0x80) {
            at++;
            bool blank = c == ' ' && at < text.n && text.p[at] < 0x80 && text.p[at] != ' ';
            if (!found && (blank || c == '\n'))
                found = at;
            continue;
        }
        size_t n = 1;
        if (dtl_latin_at(text, at, &n) == DTL_LATIN_NOT) {
            found = 0;
            n = 1;
        }
        at += n;
    }
    return found ? found : text.n;
}
