/* Any pattern over any words: no crash, a walk says what single words are told, the dead stay dead.
 */
#include <stdlib.h>

#include "query/plan/automaton.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* One byte of options, the pattern up to a line end (bytes 0 to 4 are marks), then a word a line.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_arena arena = {0};
    struct dtl_automaton a;
    struct dtl_bytes dead = {0};
    if (size < 2 || size > 4096)
        return 0;
    bool marks = false; /* mistakes go with letters alone */
    const uint8_t *p = data + 1, *end = data + size;
    dtl_automaton_init(&a, data[0] & 4, &arena);
    for (; p < end && *p != '\n'; p++) {
        marks |= *p < 5;
        if (*p == 4)
            dtl_automaton_optional(&a);
        else if (*p < 4)
            dtl_automaton_add(&a, (enum dtl_element)(*p % 3 + DTL_ELEMENT_ANY), 0);
        else
            dtl_automaton_add(&a, DTL_ELEMENT_LETTER, *p == 5 ? 0x1f600 : *p);
    }
    dtl_automaton_allow(&a, marks ? 0 : data[0] % 3);
    struct dtl_automaton_walk *w = dtl_automaton_walk_open(&a, &arena);
    require(w && !a.failed);
    while (p < end) {
        const uint8_t *word = ++p;
        while (p < end && *p != '\n')
            p++;
        if (word > end)
            break;
        size_t length = (size_t)(p - word); /* a dictionary has no longer words */
        struct dtl_bytes here =
            dtl_bytes(word, length < DTL_AUTOMATON_WORD ? length : DTL_AUTOMATON_WORD);
        size_t n = 0;
        int alone = dtl_automaton_distance(&a, here);
        require(dtl_automaton_walk_distance(w, here, &n) == alone);
        require(n <= here.n && (alone < 0 || dtl_bytes_starts(here, dtl_automaton_head(&a))));
        require(alone < 0 || dead.n == 0 || !dtl_bytes_starts(here, dead));
        if (n)
            dead = dtl_bytes(here.p, n);
    }
    dtl_arena_release(&arena);
    return 0;
}
