/* cmd_maintain.c - `compact` and `backup`: the two that rewrite or copy the whole index. */
#include "common/base/process.h"
#include "common/text/analyzer.h"
#include "indexer/article/detect/detect.h"
#include "indexer/build/run.h"
#include "indexer/command.h"
#include "indexer/update_options.h"

#include <getopt.h>
#include <stdio.h>

enum { MEMORY = 256, WAIT, REANALYSE };
static const struct option compact_table[] = {
    {"memory",    required_argument, NULL, MEMORY   },
    {"wait",      optional_argument, NULL, WAIT     },
    {"reanalyse", no_argument,       NULL, REANALYSE},
    DTL_COMMON_OPTIONS
};
static const struct option plain_table[] = {DTL_COMMON_OPTIONS};

/* Bring an index made with other library versions up to date: its articles are stored, so nothing
 * is read again. */
static enum dtl_status reanalyse(struct dtl_store *store, const struct dtl_run_options *o,
                                 struct dtl_error *err)
{
    struct dtl_settings settings = *dtl_store_settings(store);
    struct dtl_run *run = NULL;
    snprintf(settings.versions, sizeof settings.versions, "%s", dtl_text_versions());
    snprintf(settings.detector, sizeof settings.detector, "%s", dtl_detector_version());
    enum dtl_status st = dtl_writer_settings(store, &settings, err);
    if (st >= 0)
        st = dtl_run_open(&run, store, o, DTL_DAY_MAX, err);
    if (st >= 0)
        st = dtl_run_reanalyse(run, err);
    if (st >= 0)
        st = dtl_run_publish(run, err);
    dtl_run_close(run);
    return st;
}

int dtl_cmd_compact(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    uint64_t memory = (uint64_t)512 << 20;
    struct dtl_store_options open = {0};
    int c;
    while ((c = dtl_option_next(self, argc, argv, ":i:h", compact_table)) != -1) {
        if (c == '?' || c == ':')
            return 2;
        if (c == 'i')
            index = optarg;
        open.any_version |= c == REANALYSE;
        if (c == MEMORY && (!dtl_size_of(optarg, &memory) || memory < (64u << 20)))
            return dtl_usage(self, "--memory wants a size of at least 64M, not '%s'", optarg);
        if (c == WAIT && !dtl_wait_option(optarg, &open.wait_seconds))
            return dtl_usage(self, "--wait wants seconds, not '%s'", optarg);
    }
    if (optind < argc)
        return dtl_usage(self, "takes no argument, not '%s'", argv[optind]);
    struct dtl_store *store = NULL;
    struct dtl_error err = {0};
    int status = dtl_open_to_write(index, &open, &store);
    if (status)
        return status;
    dtl_close_in(index, NULL, 0, false);
    dtl_limit_memory(memory, 1);
    struct dtl_run_options o = {.memory_bytes = (size_t)memory};
    enum dtl_status st = open.any_version ? reanalyse(store, &o, &err) : DTL_OK;
    if (st >= 0)
        st = dtl_compact(store, &o, &err);
    if (st >= 0)
        st = dtl_store_shrink(store, &err); /* closes the store */
    else
        dtl_store_close(store);
    return st < 0 ? dtl_say_error(&err) : 0;
}

int dtl_cmd_backup(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    int c;
    while ((c = dtl_option_next(self, argc, argv, ":i:h", plain_table)) != -1) {
        if (c == '?' || c == ':')
            return 2;
        if (c == 'i')
            index = optarg;
    }
    if (argc - optind != 1)
        return dtl_usage(self, "name one folder that does not exist yet");
    struct dtl_opened o = {0};
    struct dtl_error err = {0};
    int status = dtl_open_to_read(index, &o);
    if (status)
        return status;
    dtl_snapshot_close(o.snapshot); /* the copy takes a transaction of its own */
    o.snapshot = NULL;
    if (dtl_store_backup(o.store, argv[optind], &err) < 0)
        status = dtl_say_error(&err);
    dtl_opened_close(&o);
    return status;
}
