/*
 * query/plan/words.h - what a word of a query means in this archive: the terms it stands for.
 *
 * A word is looked up as a form (every language and accent it was printed with) and as the stem in
 * each language that has live articles; the union is one word, frequencies added. The same answer
 * serves the cursors and the snippets, so that what is marked is what matched.
 */
#ifndef DTL_PLAN_WORDS_H
#define DTL_PLAN_WORDS_H
#include "common/store/store.h"
#include "common/text/analyzer.h"
#include "query/language/ast.h"

struct dtl_word_lists; /* plan.h: its lists in each segment */
struct dtl_automaton;

struct dtl_word {          /* one token of a WORD or PHRASE node */
    struct dtl_bytes form; /* as typed, NFC */
    struct dtl_bytes folded;
    uint32_t position; /* relative to the node's first token */
    bool exact, title;
    bool prefix; /* an expansion: stands for all printed forms that begin with `folded` */
    const struct dtl_automaton *like; /* of an expansion: not NULL: and that it accepts */
    uint8_t edits;                    /* of `like`, when it is a word with mistakes */
    uint64_t forms;                   /* of an expansion: distinct ones in the dictionaries */
    struct dtl_bytes sample;          /* the first of them, for a person */
    bool letter_case, accents;        /* as printed, not folded */
    const struct dtl_automaton *printed_like; /* then, beside `like`: what the printed form is */
    struct dtl_bytes *printed; /* and the forms that are, in any segment: a table by hash */
    uint32_t printed_count, printed_room;
    bool stop;                 /* carries no score while another word does */
    struct dtl_term_key *keys; /* sorted; the terms it stands for, in any segment */
    uint32_t key_count;
    uint64_t df; /* live documents of those terms, summed over keys and segments (of those whose
                    statistics rank: dtl_plan.docs); at most all */
    const struct dtl_word_lists
        *in; /* by segment of the snapshot; the same for equal words of a query */
};

struct dtl_node_words { /* what dtl_plan_words gives for one WORD or PHRASE node */
    struct dtl_word *word;
    uint32_t words;
};

struct dtl_plan;
/**
 * Resolve every word of `q` against the snapshot. Counts expansions: over `max_expand` terms is
 * DTL_EQUERY with the count, never a cut. The analyzer is opened by the first word that needs it
 * and belongs to the plan.
 */
enum dtl_status dtl_plan_open(struct dtl_plan **out, struct dtl_snapshot *snap,
                              const struct dtl_query *q, uint32_t max_expand,
                              struct dtl_arena *arena, struct dtl_error *err) DTL_MUST_USE;
/**
 * The same with an analyzer that serves one plan after the other, as a batch of queries wants:
 * *analyzer is NULL or open, is opened when a word needs it, and stays the caller's to close after
 * the plan.
 */
enum dtl_status dtl_plan_open_with(struct dtl_plan **out, struct dtl_snapshot *snap,
                                   const struct dtl_query *q, uint32_t max_expand,
                                   struct dtl_analyzer **analyzer, struct dtl_arena *arena,
                                   struct dtl_error *err) DTL_MUST_USE;
void dtl_plan_close(struct dtl_plan *p);
/** NULL for nodes that hold no words. */
const struct dtl_node_words *dtl_plan_words(const struct dtl_plan *p, const struct dtl_node *n);
/**
 * Would this token of an article match this word? The snippet's question. For a `title` word ask
 * only about tokens of the title. A node of several words matches where words[i] matches at
 * position p + words[i].position, each i.
 */
bool dtl_word_matches(const struct dtl_word *w, const struct dtl_token *t);
struct dtl_analyzer *dtl_plan_analyzer(struct dtl_plan *p); /* opened on demand; NULL: no memory */
#endif
