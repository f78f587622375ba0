/*
 * common/text/form_table.h - private to common/text: every printed word met so far, with what
 * became of it.
 *
 * Folding and stemming are a pure function of (language, printed bytes), and text repeats itself:
 * a word is worked out once and found again by one probe. A slot holds the bytes of a word of up to
 * 16 itself, so that finding it touches one line of the cache and compares two numbers.
 *
 * A form has a number, rising from 0 in the order of first sight. When the table is full, forms
 * that were not met again since the last time are forgotten; their numbers are not given again.
 * When that leaves too little room the table is emptied, and everything begins again under another
 * epoch. Nothing but speed depends on it (decision 0270).
 */
#ifndef DTL_TEXT_FORM_TABLE_H
#define DTL_TEXT_FORM_TABLE_H
#include "common/text/word.h"

#define DTL_FORM_NONE  UINT32_MAX
#define DTL_KEY_INLINE 16u

struct dtl_form_slot {  /* half a line of the cache; {0}: free */
    uint64_t low, high; /* the printed bytes, zeros behind them; of a longer word a hash of them */
    uint32_t tag;       /* TAG_USED | kind and language << 16 | bytes */
    uint32_t number;
    uint64_t hash; /* its highest bit: met again (DTL_FORM_MET) */
};

struct dtl_form_key {
    uint64_t low, high, hash;
    uint32_t tag;
};

struct dtl_form_table { /* open with dtl_form_table_open */
    struct dtl_form_slot *slots;
    size_t capacity; /* slots: a power of two */
    struct dtl_buffer records;
    struct dtl_buffer places; /* of each number: its record, a uint32_t; of a forgotten one none */
    size_t count, limit;      /* forms kept; the most bytes all of this may take */
    uint64_t epoch;
};

bool dtl_form_table_open(struct dtl_form_table *t); /* false: no memory */
void dtl_form_table_close(struct dtl_form_table *t);
size_t dtl_form_table_memory(const struct dtl_form_table *t);
/** The most bytes it may take, 256 KB at least; forgets all forms when it holds more. */
void dtl_form_table_limit(struct dtl_form_table *t, size_t bytes);
/** Make room in a full table: numbers given before mean nothing any more. Memory is kept. False: no
 * memory. */
bool dtl_form_table_relieve(struct dtl_form_table *t);

/**
 * Work a form out and number it. `printed`: a word as printed, or (`joined`) a form that holds
 * U+00AD. DTL_FORM_NONE: the table is full and must be relieved first, or, with w->failed, there is
 * no memory.
 */
uint32_t dtl_form_table_add(struct dtl_form_table *t, struct dtl_words *w,
                            const struct dtl_form_key *key, struct dtl_bytes printed, dtl_lang lang,
                            bool joined);
/** What form `number` is: views that live until the next form is added. */
void dtl_form_table_word(const struct dtl_form_table *t, uint32_t number, struct dtl_word *out);
/** False: nothing printable is left of it, and it is no token. */
bool dtl_form_table_prints(const struct dtl_form_table *t, uint32_t number);
/** True when a longer word is the one in the slot. */
bool dtl_form_table_is(const struct dtl_form_table *t, uint32_t number, struct dtl_bytes printed);

/** The part of a printed word that its form depends on: DTL_WORD_BYTES at most, no character cut.
 */
struct dtl_bytes dtl_form_part(struct dtl_bytes printed);
/** Of a word over DTL_KEY_INLINE. */
uint64_t dtl_form_long_hash(struct dtl_bytes printed);

#define DTL_FORM_MET   (UINT64_C(1) << 63) /* in a slot's hash; no table has so many slots */
#define DTL_TAG_USED   (UINT32_C(1) << 31)
#define DTL_TAG_JOINED (UINT32_C(1) << 30)
#define DTL_TAG_LANG   16u /* shift of the language; the bytes below */

__extension__ typedef unsigned __int128 dtl_wide;

static inline uint64_t dtl_form_mix(uint64_t low, uint64_t high, uint32_t tag)
{
    dtl_wide m = (dtl_wide)(low ^ UINT64_C(0x9e3779b97f4a7c15)) *
                 (high ^ tag ^ UINT64_C(0xd6e8feb86659fd93) ^ (uint64_t)tag << 32);
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/** `printed`: at least one byte, already cut by dtl_form_part; `room`: bytes readable from its
 * first. */
static inline void dtl_form_key(struct dtl_form_key *k, struct dtl_bytes printed, size_t room,
                                dtl_lang lang, bool joined)
{
    static const uint8_t ones[2 * DTL_KEY_INLINE] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                     0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                     0xff, 0xff, 0xff, 0xff};
    k->tag = DTL_TAG_USED | (joined ? DTL_TAG_JOINED : 0) | (uint32_t)lang << DTL_TAG_LANG |
             (uint32_t)printed.n;
    if (printed.n > DTL_KEY_INLINE) {
        k->low = dtl_form_long_hash(printed);
        k->high = 0;
    } else if (room >= DTL_KEY_INLINE) {
        const uint8_t *mask = ones + DTL_KEY_INLINE - printed.n;
        k->low = dtl_load64(printed.p) & dtl_load64(mask);
        k->high = dtl_load64(printed.p + 8) & dtl_load64(mask + 8);
    } else {
        uint8_t bytes[DTL_KEY_INLINE] = {0};
        memcpy(bytes, printed.p, printed.n);
        k->low = dtl_load64(bytes);
        k->high = dtl_load64(bytes + 8);
    }
    k->hash = dtl_form_mix(k->low, k->high, k->tag);
}

static inline void dtl_form_table_expect(const struct dtl_form_table *t,
                                         const struct dtl_form_key *k)
{
    __builtin_prefetch(&t->slots[k->hash & (t->capacity - 1)]);
}

/** Its number, or DTL_FORM_NONE. */
static inline uint32_t dtl_form_table_find(struct dtl_form_table *t, const struct dtl_form_key *k,
                                           struct dtl_bytes printed)
{
    for (size_t i = k->hash & (t->capacity - 1);; i = (i + 1) & (t->capacity - 1)) {
        struct dtl_form_slot *s = &t->slots[i];
        if (s->low == k->low && s->high == k->high && s->tag == k->tag &&
            (printed.n <= DTL_KEY_INLINE || dtl_form_table_is(t, s->number, printed))) {
            if (!(s->hash & DTL_FORM_MET)) /* asked, so that lines stay clean */
                s->hash |= DTL_FORM_MET;
            return s->number;
        }
        if (!s->tag)
            return DTL_FORM_NONE;
    }
}
#endif
