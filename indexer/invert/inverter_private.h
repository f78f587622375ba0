/* indexer/invert/inverter_private.h - what inverter.c fills and inverter_write.c empties. */
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

struct dtl_inverter {
    struct dtl_term_table table;
    uint32_t title_weight;
    uint32_t articles;
};
#endif
