/* indexer/invert/inverter_private.h - what inverter.c fills and inverted_write.c empties. */
#ifndef DTL_INVERT_INVERTER_PRIVATE_H
#define DTL_INVERT_INVERTER_PRIVATE_H
#include "indexer/invert/inverter.h"
#include "indexer/invert/term_table.h"

enum { /* low bits of an occurrence; byte_run.h */
       DTL_RUN_FIRST = 1,
       DTL_RUN_TITLE = 2,
       DTL_RUN_OTHER = 4,
       DTL_RUN_SHIFT = 3,
};

#define DTL_RING      32u /* words that wait; a power of two */
#define DTL_RING_TEXT 120u

struct dtl_waiting {         /* a word on its way into its term's run */
    struct dtl_occurrence o; /* views into text */
    uint32_t hash;
    const struct dtl_variant_node *guess;
    uint8_t text[DTL_RING_TEXT];
};

struct dtl_inverter {
    struct dtl_term_table table;
    uint32_t title_weight;
    uint32_t articles;
    uint32_t ring_in, ring_out; /* counts; what lies between waits */
    struct dtl_waiting ring[DTL_RING];
};
#endif
