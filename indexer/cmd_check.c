/*
 * cmd_check.c - is the index sound? Pages and sums by the store, then every structure against the
 * others, then, when asked, articles analysed again and each of their words looked up. What is to
 * be done about damage is in repair.c.
 */
#include "common/base/process.h"
#include "indexer/repair.h"
#include "indexer/update_options.h"
#include "indexer/verify.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { SAMPLE = 256, SEED, FAST, FULL, REPAIR, WAIT };
static const struct option table[] = {
    {"fast",   no_argument,       NULL, FAST  },
    {"full",   no_argument,       NULL, FULL  },
    {"sample", required_argument, NULL, SAMPLE},
    {"seed",   required_argument, NULL, SEED  },
    {"repair", no_argument,       NULL, REPAIR},
    {"wait",   optional_argument, NULL, WAIT  },
    DTL_COMMON_OPTIONS
};

struct asked { /* the options */
    uint64_t samples, seed;
    double wait_seconds;
    bool fast, full, repair;
};

static void report(void *ctx, bool damage, const char *line)
{
    (void)ctx;
    dtl_say(damage ? "damaged: %s" : "note: %s", line);
}

static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Every live article. */
static enum dtl_status sample_all(struct dtl_verify *v, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < v->snapshot->segments; i++) {
        v->segment = &v->snapshot->segment[i];
        for (dtl_doc d = 0; st == DTL_OK && d < v->segment->facts.docs; d++)
            if (!dtl_is_dead(v->segment, d))
                st = dtl_verify_sample(v, d, err);
    }
    return st;
}

static enum dtl_status sample(struct dtl_verify *v, uint64_t count, uint64_t seed,
                              struct dtl_error *err)
{
    uint64_t all = 0;
    for (size_t i = 0; i < v->snapshot->segments; i++)
        all += v->snapshot->segment[i].facts.docs;
    enum dtl_status st = DTL_OK;
    for (uint64_t tries = 0, done = 0; v->snapshot->docs && done < count && tries < count * 20;
         tries++) {
        uint64_t at = next_random(&seed) % all;
        size_t i = 0;
        while (at >= v->snapshot->segment[i].facts.docs)
            at -= v->snapshot->segment[i++].facts.docs;
        v->segment = &v->snapshot->segment[i];
        if (dtl_is_dead(v->segment, (dtl_doc)at))
            continue;
        if ((st = dtl_verify_sample(v, (dtl_doc)at, err)) < 0)
            break;
        done++;
    }
    return st;
}

/*
 * As the writer when no run is at work: only then may the mark of a damaged index be set or taken
 * away, and nothing changes under the walk. Beside a run the check only reads.
 */
static enum dtl_status open_to_check(const char *dir, const struct asked *a, struct dtl_store **out,
                                     struct dtl_error *err)
{
    struct dtl_store_options o = {
        .write = true, .checking = true, .wait_seconds = a->repair ? a->wait_seconds : 0};
    enum dtl_status st = dtl_store_open(out, dir, &o, err);
    if (!a->repair && (st == DTL_EBUSY || st == DTL_EIO)) {
        o.write = false; /* a run at work, or a medium that cannot be written */
        st = dtl_store_open(out, dir, &o, err);
    }
    return st;
}

static enum dtl_status check_structures(struct dtl_verify *v, uint64_t samples, uint64_t seed,
                                        struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < v->snapshot->segments && !v->fast; i++) {
        v->segment = &v->snapshot->segment[i];
        if ((st = dtl_verify_documents(v, err)) < 0 || (st = dtl_verify_terms(v, err)) < 0)
            return st;
    }
    if (samples == UINT64_MAX)
        return sample_all(v, err);
    return samples ? sample(v, samples, seed, err) : DTL_OK;
}

enum dtl_status dtl_check_index(struct dtl_store *store, uint64_t samples, uint64_t seed,
                                struct dtl_verify *v, struct dtl_error *err)
{
    enum dtl_status pages = dtl_store_check(store, v->report, v->ctx, err);
    if (pages < 0 && pages != DTL_ECORRUPT)
        return pages;
    enum dtl_status st = dtl_snapshot_open(store, &v->snapshot, err);
    if (st >= 0) /* also after damage to pages: the deep check says which articles are touched */
        st = check_structures(v, samples, seed, err);
    v->articles = v->fast && st >= 0 ? v->snapshot->docs : v->articles;
    dtl_snapshot_close(v->snapshot);
    v->snapshot = NULL;
    if (st < 0 && st != DTL_ECORRUPT)
        return st;
    if (v->findings && pages >= 0)
        dtl_store_condemn(store, "the structures of a segment contradict each other");
    if (v->findings || pages < 0 || st < 0)
        return dtl_fail(err, DTL_ECORRUPT, 0,
                        "the index is damaged: restore a backup, or save what is sound with "
                        "`dateline-index check --repair`");
    return DTL_OK;
}

static void print_sound(const struct asked *a, const struct dtl_verify *v)
{
    printf("sound: %" PRIu64 " articles", v->articles);
    if (!v->fast)
        printf(", %" PRIu64 " terms, %" PRIu64 " postings, %" PRIu64 " positions", v->terms,
               v->postings, v->positions);
    if (a->full)
        printf(", %" PRIu64 " words of all articles found", v->sampled_words);
    else if (a->samples)
        printf(", %" PRIu64 " words of a sample found (--seed %" PRIu64 ")", v->sampled_words,
               a->seed);
    puts(a->repair ? "; nothing to repair" : "");
}

static int check(const char *index, const struct asked *a)
{
    struct dtl_buffer dir = {0};
    struct dtl_store *store = NULL;
    struct dtl_error err = {0};
    struct dtl_verify v = {.report = report, .fast = a->fast};
    enum dtl_status st = dtl_index_path(index, &dir, &err);
    if (st == DTL_OK && !dtl_buffer_byte(&dir, 0))
        st = dtl_fail(&err, DTL_ENOMEM, 0, "out of memory");
    if (st == DTL_OK)
        st = open_to_check((const char *)dir.p, a, &store, &err);
    dtl_close_in(index, NULL, 0, false);
    if (st >= 0)
        st = dtl_check_index(store, a->full ? UINT64_MAX : a->samples, a->seed, &v, &err);
    bool opened = store != NULL, sound = st >= 0;
    dtl_store_close(store); /* a repair opens it anew */
    if (st == DTL_ECORRUPT && a->repair) {
        if (!opened)
            dtl_say("damaged: %s", err.text);
        st = dtl_repair((const char *)dir.p, a->wait_seconds, &err);
    }
    if (sound)
        print_sound(a, &v);
    dtl_arena_release(&v.arena);
    dtl_buffer_release(&dir);
    return st < 0 ? dtl_say_error(&err) : dtl_finish_output();
}

int dtl_cmd_check(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    struct asked a = {.seed = (uint64_t)time(NULL)};
    int c;
    while ((c = dtl_option_next(self, argc, argv, ":i:h", table)) != -1) {
        if (c == '?' || c == ':')
            return 2;
        if (c == 'i')
            index = optarg;
        a.fast |= c == FAST;
        a.full |= c == FULL;
        a.repair |= c == REPAIR;
        if (c == SAMPLE && !dtl_number_of(optarg, 1000000000, &a.samples))
            return dtl_usage(self, "--sample wants a number, not '%s'", optarg);
        if (c == SEED && !dtl_number_of(optarg, UINT64_MAX, &a.seed))
            return dtl_usage(self, "--seed wants a number, not '%s'", optarg);
        if (c == WAIT && !dtl_wait_option(optarg, &a.wait_seconds))
            return dtl_usage(self, "--wait wants seconds, not '%s'", optarg);
    }
    if (optind < argc)
        return dtl_usage(self, "takes no argument, not '%s'", argv[optind]);
    if (a.fast && (a.full || a.samples))
        return dtl_usage(self, "--fast looks at no article: leave out --full and --sample");
    return check(index, &a);
}
