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

struct dtl_place {    /* where a form's occurrences go, in one field */
    uint32_t term;    /* offset of its node + 1; 0: not met in this batch */
    uint32_t variant; /* number in the term */
};

struct dtl_places { /* by the analyzer's number of a form */
    struct dtl_place *v;
    size_t n;
};

struct dtl_inverter {
    struct dtl_term_table table;
    uint32_t title_weight;
    uint32_t articles;
    uint64_t epoch; /* of the analyzer's numbers that the places are by */
    struct dtl_places text, title;
    uint32_t sentence, paragraph; /* offset of their nodes + 1; 0: not met */
};
#endif
