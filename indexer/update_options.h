/* indexer/update_options.h - what `update` was asked to do, parsed and checked. */
#ifndef DTL_INDEXER_UPDATE_OPTIONS_H
#define DTL_INDEXER_UPDATE_OPTIONS_H
#include "indexer/article/intake.h"
#include "indexer/command.h"

enum { DTL_PAIRS_MAX = 64, DTL_EXCLUDES_MAX = 256 };

struct dtl_update_options {
    const char *index;
    struct dtl_intake_options intake;
    struct dtl_walk_options walk;
    struct dtl_store_options store;
    struct dtl_field_pair map[DTL_PAIRS_MAX], set[DTL_PAIRS_MAX];
    const char *exclude[DTL_EXCLUDES_MAX];
    bool prune, prune_force, null_list, dry_run, cron, quiet;
    int progress;       /* 1 always, 0 never, -1 on a terminal */
    uint64_t settle;    /* seconds */
    uint64_t memory;    /* bytes */
    uint32_t jobs;      /* threads */
    const char **paths; /* borrowed from argv */
    size_t path_count;
};

/** 0 and *o, or the exit status after a message. Copies of option values live in `arena`. */
int dtl_update_options(const struct dtl_command *self, const char *index, int argc, char **argv,
                       struct dtl_arena *arena, struct dtl_update_options *o);
/** --wait without a value waits for ever; with one, SEC seconds. False when it is no number. */
bool dtl_wait_option(const char *value, double *seconds);
#endif
