/* indexer/repair.h - `check --repair`. */
#ifndef DTL_INDEXER_REPAIR_H
#define DTL_INDEXER_REPAIR_H
#include "indexer/command.h"

/**
 * Replace the damaged index at `dir` by a sound one of what can be saved: segments are made anew
 * from stored articles, files whose articles are lost are marked to be read again. Says on standard
 * output what was lost and how to get it back. DTL_ECORRUPT and every other failure: nothing was
 * changed. Costs the analysis of the damaged segments and two copies of the index.
 */
enum dtl_status dtl_repair(const char *dir, double wait_seconds,
                           struct dtl_error *err) DTL_MUST_USE;
#endif
