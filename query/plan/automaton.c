/*
 * automaton.c - see automaton.h.
 *
 * Rows of edits as Wu and Manber have them; a swap of neighbours is remembered for one step in
 * `swapped`: the second letter of the pair has been read, the first must follow. A star is not an
 * element but a loop on the state before which it stands.
 */
#include "query/plan/automaton.h"

#include "common/base/utf8.h"

struct rows { /* everything known after some letters */
    struct dtl_states row[DTL_EDITS_MAX + 1];
    struct dtl_states swapped[DTL_EDITS_MAX + 1];
};

struct dtl_automaton_walk {
    const struct dtl_automaton *a;
    uint8_t word[DTL_AUTOMATON_WORD]; /* the last one, as far as it was read */
    size_t bytes, dead;
    bool broken; /* the letter it died of was no UTF-8: more bytes might make another of it */
    bool boundary[DTL_AUTOMATON_WORD + 1];     /* `after` is known there */
    struct rows after[DTL_AUTOMATON_WORD + 1]; /* so many bytes */
};

static void set(struct dtl_states *s, uint32_t at)
{
    s->bit[at >> 6] |= UINT64_C(1) << (at & 63);
}

static bool holds(const struct dtl_states *s, uint32_t at)
{
    return s->bit[at >> 6] >> (at & 63) & 1;
}

/* ---- making ---- */

void dtl_automaton_init(struct dtl_automaton *a, bool folders, struct dtl_arena *arena)
{
    *a = (struct dtl_automaton){.arena = arena, .folders = folders, .chunks = 1};
    set(&a->start, 0);
}

static struct dtl_automaton_letter *letter_of(struct dtl_automaton *a, uint32_t letter)
{
    for (uint32_t i = 0; i < a->letters; i++)
        if (a->letter[i].letter == letter)
            return &a->letter[i];
    if (a->letters == a->room) {
        uint32_t room = a->room ? 2 * a->room : 8;
        struct dtl_automaton_letter *more = dtl_arena_alloc(a->arena, room * sizeof *more);
        if (!more) {
            a->failed = true;
            return NULL;
        }
        if (a->letters)
            memcpy(more, a->letter, a->letters * sizeof *more);
        a->letter = more;
        a->room = room;
    }
    a->letter[a->letters] = (struct dtl_automaton_letter){.letter = letter};
    if (letter < 128)
        a->ascii[letter] = (uint16_t)(a->letters + 1);
    return &a->letter[a->letters++];
}

/* A letter of the beginning and the end that do without the automaton. */
static void add_to_ends(struct dtl_automaton *a, uint32_t letter)
{
    uint8_t room[8];
    struct dtl_buffer utf8 = {.p = room, .capacity = sizeof room};
    bool ok = letter != 0xfffd && dtl_utf8_append(&utf8, letter); /* U+FFFD: bytes of any kind */
    if (ok && !a->head_ended && utf8.n <= DTL_AUTOMATON_WORD - a->head_bytes) {
        memcpy(a->head + a->head_bytes, room, utf8.n);
        a->head_bytes += (uint32_t)utf8.n;
    } else {
        a->head_ended = true;
    }
    if (ok && utf8.n <= DTL_AUTOMATON_WORD - a->tail_bytes) {
        memcpy(a->tail + a->tail_bytes, room, utf8.n);
        a->tail_bytes += (uint32_t)utf8.n;
    } else {
        a->tail_bytes = 0;
    }
}

void dtl_automaton_add(struct dtl_automaton *a, enum dtl_element element, uint32_t letter)
{
    if (element == DTL_ELEMENT_MANY || element == DTL_ELEMENT_ACROSS) {
        set(element == DTL_ELEMENT_MANY ? &a->many : &a->across, a->length);
        a->head_ended = true;
        a->tail_bytes = 0;
        return;
    }
    if (a->length == DTL_AUTOMATON_WORD) {
        a->never = true; /* every letter takes a byte at least */
        return;
    }
    if (element == DTL_ELEMENT_ANY) {
        set(&a->any, a->length);
        a->head_ended = true;
        a->tail_bytes = 0;
    } else {
        struct dtl_automaton_letter *l = letter_of(a, letter);
        if (!l)
            return;
        set(&l->at, a->length);
        add_to_ends(a, letter);
    }
    a->length++;
    a->chunks = a->length / 64 + 1;
}

void dtl_automaton_add_text(struct dtl_automaton *a, struct dtl_bytes text)
{
    for (size_t at = 0; at < text.n;)
        dtl_automaton_add(a, DTL_ELEMENT_LETTER, dtl_utf8_next(text, &at));
}

void dtl_automaton_optional(struct dtl_automaton *a)
{
    set(&a->start, a->length);
    a->head_bytes = a->tail_bytes = 0;
    a->head_ended = true;
}

void dtl_automaton_allow(struct dtl_automaton *a, unsigned edits)
{
    a->edits = (uint8_t)(edits < DTL_EDITS_MAX ? edits : DTL_EDITS_MAX);
    if (a->edits)
        a->head_bytes = a->tail_bytes = 0;
}

/* ---- running ---- */

/* out |= in shifted up by `by` states. */
static inline void add_shifted(struct dtl_states *out, const struct dtl_states *in, unsigned by,
                               uint32_t chunks)
{
    uint64_t carry = 0;
    for (uint32_t k = 0; k < chunks; k++) {
        out->bit[k] |= in->bit[k] << by | carry;
        carry = in->bit[k] >> (64 - by);
    }
}

static struct rows started(const struct dtl_automaton *a)
{
    struct rows r = {0};
    r.row[0] = a->start;
    for (unsigned e = 1; e <= a->edits; e++) { /* letters left out at the very beginning */
        r.row[e] = r.row[e - 1];
        add_shifted(&r.row[e], &r.row[e - 1], 1, a->chunks);
    }
    return r;
}

/* The elements that `letter` matches. */
static inline void matching(const struct dtl_automaton *a, uint32_t letter, struct dtl_states *out,
                            uint32_t chunks)
{
    const struct dtl_automaton_letter *l = NULL;
    bool any = !a->folders || letter != '/';
    if (letter < 128) {
        l = a->ascii[letter] ? &a->letter[a->ascii[letter] - 1] : NULL;
    } else {
        for (uint32_t i = 0; i < a->letters && !l; i++)
            l = a->letter[i].letter == letter ? &a->letter[i] : NULL;
    }
    for (uint32_t k = 0; k < chunks; k++)
        out->bit[k] = (l ? l->at.bit[k] : 0) | (any ? a->any.bit[k] : 0);
}

/* *out is *in after one more letter; false when no state is left. Chunks that are not in use are
 * neither read nor written: most patterns have one. */
static inline bool step_by(const struct dtl_automaton *a, const struct rows *in, struct rows *out,
                           uint32_t letter, const uint32_t chunks)
{
    struct dtl_states here, hit;
    uint64_t any = 0;
    matching(a, letter, &here, chunks);
    for (unsigned e = 0; e <= a->edits; e++) {
        struct dtl_states *row = &out->row[e], *swapped = &out->swapped[e];
        for (uint32_t k = 0; k < chunks; k++) {
            uint64_t loop = a->across.bit[k];
            if (!a->folders || letter != '/')
                loop |= a->many.bit[k];
            row->bit[k] = in->row[e].bit[k] & loop;
            hit.bit[k] = in->row[e].bit[k] & here.bit[k];
            swapped->bit[k] = 0;
        }
        add_shifted(row, &hit, 1, chunks);
        if (e) {
            for (uint32_t k = 0; k < chunks; k++) {
                uint64_t due = here.bit[k] >> 1 | (k + 1 < chunks ? here.bit[k + 1] << 63 : 0);
                row->bit[k] |= in->row[e - 1].bit[k];          /* one letter too many */
                swapped->bit[k] = in->row[e - 1].bit[k] & due; /* second of a pair comes first */
                hit.bit[k] = in->swapped[e].bit[k] & here.bit[k];
            }
            add_shifted(row, &in->row[e - 1], 1, chunks);  /* another letter */
            add_shifted(row, &out->row[e - 1], 1, chunks); /* one left out */
            add_shifted(row, &hit, 2, chunks);
        }
        for (uint32_t k = 0; k < chunks; k++)
            any |= row->bit[k] | swapped->bit[k];
    }
    return any != 0;
}

static bool step(const struct dtl_automaton *a, const struct rows *in, struct rows *out,
                 uint32_t letter)
{
    return a->chunks == 1 ? step_by(a, in, out, letter, 1) : step_by(a, in, out, letter, a->chunks);
}

static int verdict(const struct dtl_automaton *a, const struct rows *r)
{
    for (unsigned e = 0; e <= a->edits; e++)
        if (holds(&r->row[e], a->length))
            return (int)e;
    return -1;
}

static bool ends_right(const struct dtl_automaton *a, struct dtl_bytes word)
{
    return word.n >= a->tail_bytes &&
           memcmp(word.p + word.n - a->tail_bytes, a->tail, a->tail_bytes) == 0;
}

int dtl_automaton_distance(const struct dtl_automaton *a, struct dtl_bytes word)
{
    struct rows r[2] = {started(a)};
    unsigned now = 0;
    if (a->never || (a->tail_bytes && !ends_right(a, word)))
        return -1;
    for (size_t at = 0; at < word.n; now = !now)
        if (!step(a, &r[now], &r[!now], dtl_utf8_next(word, &at)))
            return -1;
    return verdict(a, &r[now]);
}

/* ---- one word after the other ---- */

struct dtl_automaton_walk *dtl_automaton_walk_open(const struct dtl_automaton *a,
                                                   struct dtl_arena *arena)
{
    struct dtl_automaton_walk *w = dtl_arena_take(arena, sizeof *w);
    if (!w)
        return NULL;
    w->a = a;
    w->bytes = w->dead = 0;
    w->broken = false;
    memset(w->boundary, 0, sizeof w->boundary);
    w->boundary[0] = true;
    w->after[0] = started(a);
    return w;
}

/* Bytes of `word` whose states are known: to a boundary of letters in both words. */
static size_t known(const struct dtl_automaton_walk *w, struct dtl_bytes word)
{
    size_t n = 0, most = w->bytes < word.n ? w->bytes : word.n;
    while (n < most && w->word[n] == word.p[n])
        n++;
    while (n > 0 && (!w->boundary[n] || (n < word.n && (word.p[n] & 0xc0) == 0x80)))
        n--;
    return n;
}

int dtl_automaton_walk_distance(struct dtl_automaton_walk *w, struct dtl_bytes word, size_t *dead)
{
    *dead = 0;
    if (w->a->never || word.n > DTL_AUTOMATON_WORD)
        return -1;
    if (w->a->tail_bytes && w->a->head_bytes == 0 && !ends_right(w->a, word))
        return -1; /* nothing is dead before its end is seen, so nothing is lost */
    size_t at = known(w, word);
    if (w->dead && at < w->dead)
        w->dead = 0;
    while (at < word.n && !w->dead) {
        size_t from = at;
        uint32_t letter = dtl_utf8_next(word, &at);
        bool alive = step(w->a, &w->after[from], &w->after[at], letter);
        memset(w->boundary + from + 1, 0, at - from);
        memcpy(w->word + from, word.p + from, at - from);
        w->boundary[at] = true;
        w->dead = alive ? 0 : at;
        w->broken = letter == 0xfffd;
        w->bytes = at;
    }
    if (!w->dead)
        w->bytes = at;
    *dead = w->broken ? 0 : w->dead;
    return w->dead ? -1 : verdict(w->a, &w->after[at]);
}
