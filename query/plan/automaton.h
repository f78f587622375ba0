/*
 * query/plan/automaton.h - which words are like a pattern: `wom?n`, `*gate`, `wo*n`, or a
 * word with a few mistakes in it, `mueler~2`.
 *
 * One nondeterministic automaton over code points, run with its states as bits of a few machine
 * words: bit i says that the first i elements have been matched, row e that it took e edits. A step
 * costs the same whatever the pattern, so `?*?*?*` is as linear as `abc`. An edit is a letter
 * inserted, left out or replaced, or two neighbours swapped (docs/decisions/0151).
 *
 * A walk over a sorted dictionary keeps the states of each beginning, so that a word costs its
 * letters that differ from the last one's; and once no state is left it says after how many bytes,
 * so that all words with that beginning can be passed over unread.
 */
#ifndef DTL_PLAN_AUTOMATON_H
#define DTL_PLAN_AUTOMATON_H
#include "common/base/arena.h"
#include "common/base/bytes.h"

#define DTL_AUTOMATON_WORD   255u /* bytes of the longest word it accepts: DTL_TERM_MAX */
#define DTL_AUTOMATON_CHUNKS 4u   /* 256 states */
#define DTL_EDITS_MAX        2u

enum dtl_element {
    DTL_ELEMENT_LETTER,
    DTL_ELEMENT_ANY,    /* ?: one letter; with `folders`, no slash */
    DTL_ELEMENT_MANY,   /* *: any letters or none; with `folders`, no slash */
    DTL_ELEMENT_ACROSS, /* **: any letters or none */
};

struct dtl_states {
    uint64_t bit[DTL_AUTOMATON_CHUNKS];
};

struct dtl_automaton_letter { /* where in the pattern it stands */
    uint32_t letter;
    struct dtl_states at;
};

struct dtl_automaton { /* made by the functions below; then never changed */
    struct dtl_arena *arena;
    bool folders;    /* a slash is something else than a letter: paths */
    bool failed;     /* no memory */
    bool never;      /* over DTL_AUTOMATON_WORD letters: longer than any word */
    uint8_t edits;   /* 0 to DTL_EDITS_MAX; only of patterns that are letters alone */
    uint32_t length; /* elements that take a letter; the bit that accepts */
    uint32_t chunks; /* of the states that are in use */
    struct dtl_automaton_letter *letter;
    uint32_t letters, room;
    uint16_t ascii[128]; /* place in `letter`, plus one */
    struct dtl_states start, any, many, across;
    uint8_t head[DTL_AUTOMATON_WORD]; /* what every accepted word begins with */
    uint32_t head_bytes;
    bool head_ended;
    uint8_t tail[DTL_AUTOMATON_WORD]; /* and what it ends with */
    uint32_t tail_bytes;
};

/** An automaton that accepts the empty word. Elements are then added from left to right. */
void dtl_automaton_init(struct dtl_automaton *a, bool folders, struct dtl_arena *arena);
/** `letter`: of DTL_ELEMENT_LETTER. No memory is noted in a->failed. */
void dtl_automaton_add(struct dtl_automaton *a, enum dtl_element element, uint32_t letter);
/** Each code point of `text` as a letter. */
void dtl_automaton_add_text(struct dtl_automaton *a, struct dtl_bytes text);
/** What was added so far may also be missing altogether. */
void dtl_automaton_optional(struct dtl_automaton *a);
/** The letters added, with at most so many edits. */
void dtl_automaton_allow(struct dtl_automaton *a, unsigned edits);

/** Fewest edits that make the pattern of `word`, of any length, or -1 when that is more than are
 * allowed. */
int dtl_automaton_distance(const struct dtl_automaton *a, struct dtl_bytes word);
static inline bool dtl_automaton_accepts(const struct dtl_automaton *a, struct dtl_bytes word)
{
    return dtl_automaton_distance(a, word) >= 0;
}
static inline struct dtl_bytes dtl_automaton_head(const struct dtl_automaton *a)
{
    return dtl_bytes(a->head, a->head_bytes);
}

struct dtl_automaton_walk;
/** Some 50 KB in `arena`; NULL when there are none. */
struct dtl_automaton_walk *dtl_automaton_walk_open(const struct dtl_automaton *a,
                                                   struct dtl_arena *arena);
/**
 * dtl_automaton_distance for one word after the other, cheapest when they are sorted. *dead: no
 * word that begins with its first *dead bytes is accepted either; 0 when nothing is known.
 */
int dtl_automaton_walk_distance(struct dtl_automaton_walk *w, struct dtl_bytes word, size_t *dead);
#endif
