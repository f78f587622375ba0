/*
 * cmd_remove.c - take articles out by id, by source file or by date.
 *
 * A date range removes what is dated wholly inside it: an article known only to be of 2010 does not
 * go with "2010-05". Removing by id takes every publication's article of that id.
 */
#include "common/base/process.h"
#include "common/segment/columns.h"
#include "common/segment/identities.h"
#include "indexer/build/run.h"
#include "indexer/command.h"
#include "indexer/update_options.h"

#include <getopt.h>
#include <stdio.h>

enum { ID = 256, PATH, DATE, WAIT, MEMORY, WHAT_MAX = 1024 };
static const struct option table[] = {
    {"id",     required_argument, NULL, ID    },
    {"path",   required_argument, NULL, PATH  },
    {"date",   required_argument, NULL, DATE  },
    {"wait",   optional_argument, NULL, WAIT  },
    {"memory", required_argument, NULL, MEMORY},
    DTL_COMMON_OPTIONS
};

struct wish {
    int kind;
    const char *text;
    struct dtl_interval range;
};

/* "2010", "2010-05", "A..B", "..B", "A.." with absolute ISO forms; both ends included. */
static enum dtl_status parse_range(const char *text, struct dtl_interval *out,
                                   struct dtl_error *err)
{
    const char *dots = strstr(text, "..");
    struct dtl_interval a = {DTL_DAY_MIN, DTL_DAY_MIN}, b = {DTL_DAY_MAX, DTL_DAY_MAX};
    enum dtl_status st = DTL_OK;
    if (!dots)
        return dtl_date_parse(dtl_bytes_of(text), out, NULL, err);
    if (dots == text && !dots[2])
        return dtl_fail(err, DTL_EUSAGE, 0, "'..' alone names no days");
    if (dots != text)
        st = dtl_date_parse(dtl_bytes(text, (size_t)(dots - text)), &a, NULL, err);
    if (st == DTL_OK && dots[2])
        st = dtl_date_parse(dtl_bytes_of(dots + 2), &b, NULL, err);
    if (st < 0)
        return st;
    if (a.earliest > b.latest)
        return dtl_fail(err, DTL_EUSAGE, 0, "'%s' ends before it begins", text);
    *out = (struct dtl_interval){a.earliest, b.latest};
    return DTL_OK;
}

static enum dtl_status remove_id(struct dtl_run *run, const char *id, struct dtl_error *err)
{
    struct dtl_snapshot *snap = dtl_run_snapshot(run);
    struct dtl_arena arena = {0};
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < snap->segments && st >= 0; i++) {
        dtl_doc *docs = NULL;
        size_t n = 0;
        st = dtl_identities_find(&snap->segment[i], dtl_bytes(NULL, 0), true, dtl_bytes_of(id),
                                 &arena, &docs, &n, err);
        for (size_t k = 0; k < n && st >= 0; k++)
            st = dtl_run_remove(run, &snap->segment[i], docs[k], err);
    }
    dtl_arena_release(&arena);
    return st < 0 ? st : DTL_OK;
}

static enum dtl_status remove_range(struct dtl_run *run, struct dtl_interval range,
                                    struct dtl_error *err)
{
    struct dtl_snapshot *snap = dtl_run_snapshot(run);
    for (size_t i = 0; i < snap->segments; i++) {
        struct dtl_segment *s = &snap->segment[i];
        for (enum dtl_zone_id z = DTL_ZONE_DAY; z < DTL_ZONE_UNDATED; z++) {
            dtl_doc begin = 0, end = 0;
            enum dtl_status st = dtl_columns_range(s, z, range, true, &begin, &end, err);
            for (dtl_doc d = begin; d < end && st >= 0; d++) {
                struct dtl_interval date;
                if ((st = dtl_columns_date(s, d, &date, err)) >= 0 &&
                    date.earliest >= range.earliest && date.latest <= range.latest)
                    st = dtl_run_remove(run, s, d, err);
            }
            if (st < 0)
                return st;
        }
    }
    return DTL_OK;
}

static enum dtl_status carry_out(struct dtl_run *run, const struct wish *wish, size_t n,
                                 struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < n && st >= 0; i++)
        st = wish[i].kind == ID     ? remove_id(run, wish[i].text, err)
             : wish[i].kind == PATH ? dtl_run_forget(run, dtl_bytes_of(wish[i].text), err)
                                    : remove_range(run, wish[i].range, err);
    return st < 0 ? st : dtl_run_publish(run, err);
}

int dtl_cmd_remove(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    static struct wish wish[WHAT_MAX];
    size_t n = 0;
    int c;
    uint64_t memory = (uint64_t)512 << 20;
    struct dtl_store_options open = {0};
    struct dtl_error err = {0};
    while ((c = dtl_option_next(self, argc, argv, ":i:h", table)) != -1) {
        if (c == '?' || c == ':')
            return 2;
        if (c == 'i') {
            index = optarg;
        } else if (c == WAIT) {
            if (!dtl_wait_option(optarg, &open.wait_seconds))
                return dtl_usage(self, "--wait wants seconds, not '%s'", optarg);
        } else if (c == MEMORY) {
            if (!dtl_size_of(optarg, &memory) || memory < (64u << 20))
                return dtl_usage(self, "--memory wants a size of at least 64M, not '%s'", optarg);
        } else {
            if (n == WHAT_MAX)
                return dtl_usage(self, "more than %d things to remove", WHAT_MAX);
            wish[n] = (struct wish){.kind = c, .text = optarg};
            if (c == DATE && parse_range(optarg, &wish[n].range, &err) < 0)
                return dtl_usage(self, "--date %s: %s", optarg, err.text);
            n++;
        }
    }
    if (optind < argc)
        return dtl_usage(self, "takes no argument, not '%s'", argv[optind]);
    if (!n)
        return dtl_usage(self, "say what to remove: --id, --path or --date");

    struct dtl_store *store = NULL;
    struct dtl_run *run = NULL;
    int status = dtl_open_to_write(index, &open, &store);
    if (status)
        return status;
    dtl_close_in(index, NULL, 0, false);
    struct dtl_run_options o = {.memory_bytes = (size_t)memory};
    enum dtl_status st = dtl_run_open(&run, store, &o, DTL_DAY_MAX, &err);
    if (st >= 0)
        st = carry_out(run, wish, n, &err);
    if (st < 0) {
        status = dtl_say_error(&err);
    } else {
        printf("removed %llu\n", (unsigned long long)dtl_run_figures(run)->removed);
        status = dtl_finish_output();
    }
    dtl_run_close(run);
    dtl_store_close(store);
    return status;
}
