/* indexer/update_options.h - what `update` was asked to do, parsed and checked. */
#ifndef DTL_INDEXER_UPDATE_OPTIONS_H
#define DTL_INDEXER_UPDATE_OPTIONS_H
#include "indexer/article/intake.h"
#include "indexer/command.h"
#include "indexer/config/config.h"

enum { DTL_PAIRS_MAX = 64, DTL_EXCLUDES_MAX = 256, DTL_SETTLE_CRON = 5 /* seconds */ };

struct dtl_reading { /* how the files below one root are read */
    struct dtl_intake_options intake;
    struct dtl_walk_options walk;
    struct dtl_field_pair map[DTL_PAIRS_MAX], set[DTL_PAIRS_MAX];
    const char *exclude[DTL_EXCLUDES_MAX];
    size_t maps_below, sets_below; /* the first of them come from a weaker place */
};

struct dtl_update_options {
    const char *index;
    struct dtl_config config; /* file NULL: there is none */
    struct dtl_reading all, *root;
    size_t roots; /* of the configuration */
    struct dtl_store_options store;
    bool prune, prune_force, null_list, dry_run, cron, quiet, verbose;
    int report;      /* 1 always, 0 never, -1 on a terminal, or when several were rejected */
    int progress;    /* 1 always, 0 never, -1 on a terminal */
    uint64_t settle; /* seconds */
    bool settle_stated;
    uint64_t memory;    /* bytes */
    uint32_t jobs;      /* threads */
    const char **paths; /* borrowed from argv or the configuration */
    size_t path_count;
};

/** 0 and *o, which stays where it is, or the exit status after a message. What options hold lives
 * in argv or `arena`. */
int dtl_update_options(const struct dtl_command *self, const char *index, int argc, char **argv,
                       struct dtl_arena *arena, struct dtl_update_options *o);
/** How a file is read: by the settings of the deepest root of the configuration that holds it. */
const struct dtl_reading *dtl_reading_of(const struct dtl_update_options *o, struct dtl_bytes path);
bool dtl_update_follows(const struct dtl_update_options *o); /* links below any root */
/**
 * The configuration: the file named by --config; else, unless --no-config, dateline.toml in the
 * index's folder; else, of the index nobody named, the user's. DTL_OK with out->file NULL: there is
 * none. Errors as dtl_config_read; DTL_EIO also for a named file that is missing.
 */
enum dtl_status dtl_config_find(const char *named, bool none, const char *index,
                                struct dtl_arena *arena, struct dtl_config *out,
                                struct dtl_error *err) DTL_MUST_USE;
/** --wait without a value waits for ever; with one, SEC seconds. False when it is no number. */
bool dtl_wait_option(const char *value, double *seconds);
#endif
