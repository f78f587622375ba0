/*
 * update_options.c - the options of `update`: every one of them checked before a file is opened.
 *
 * What holds is stated in three places, each over the one before: the program, dateline.toml (for
 * all roots, then for one), the command line. All three are lists of the same options, taken by
 * take(); only who is told of a mistake differs.
 */
#include "indexer/update_options.h"

#include "common/base/process.h"

#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    FORMAT = 256,
    MAP,
    SET,
    LANG,
    DEFAULT_LANG,
    DATE_FROM,
    DATE_ORDER,
    UNDATED,
    ENCODING,
    EXCLUDE,
    FOLLOW,
    PRUNE,
    SETTLE,
    MEMORY,
    JOBS,
    WAIT,
    GROUP,
    DRY_RUN,
    CRON,
    PROGRESS,
    NO_PROGRESS,
    REPORT,
    NO_REPORT,
    VERBOSE,
    NO_PRUNE,
    NO_FOLLOW,
    NETWORK,
    NO_NETWORK,
    CONFIG,
    NO_CONFIG,
};
static const struct option table[] = {
    {"format",              required_argument, NULL, FORMAT      },
    {"map",                 required_argument, NULL, MAP         },
    {"set",                 required_argument, NULL, SET         },
    {"lang",                required_argument, NULL, LANG        },
    {"default-lang",        required_argument, NULL, DEFAULT_LANG},
    {"date-from",           required_argument, NULL, DATE_FROM   },
    {"date-order",          required_argument, NULL, DATE_ORDER  },
    {"undated",             required_argument, NULL, UNDATED     },
    {"encoding",            required_argument, NULL, ENCODING    },
    {"exclude",             required_argument, NULL, EXCLUDE     },
    {"follow",              no_argument,       NULL, FOLLOW      },
    {"prune",               optional_argument, NULL, PRUNE       },
    {"no-prune",            no_argument,       NULL, NO_PRUNE    },
    {"settle",              required_argument, NULL, SETTLE      },
    {"memory",              required_argument, NULL, MEMORY      },
    {"jobs",                required_argument, NULL, JOBS        },
    {"wait",                optional_argument, NULL, WAIT        },
    {"group",               required_argument, NULL, GROUP       },
    {"null",                no_argument,       NULL, '0'         },
    {"dry-run",             no_argument,       NULL, DRY_RUN     },
    {"cron",                no_argument,       NULL, CRON        },
    {"quiet",               no_argument,       NULL, 'q'         },
    {"progress",            no_argument,       NULL, PROGRESS    },
    {"report",              no_argument,       NULL, REPORT      },
    {"no-report",           no_argument,       NULL, NO_REPORT   },
    {"verbose",             no_argument,       NULL, VERBOSE     },
    {"no-progress",         no_argument,       NULL, NO_PROGRESS },
    {"no-follow",           no_argument,       NULL, NO_FOLLOW   },
    {"allow-network-fs",    no_argument,       NULL, NETWORK     },
    {"no-allow-network-fs", no_argument,       NULL, NO_NETWORK  },
    {"config",              required_argument, NULL, CONFIG      },
    {"no-config",           no_argument,       NULL, NO_CONFIG   },
    DTL_COMMON_OPTIONS
};

bool dtl_wait_option(const char *value, double *seconds)
{
    uint64_t v = 0;
    if (!value) {
        *seconds = -1;
        return true;
    }
    if (!dtl_number_of(value, 1000000, &v))
        return false;
    *seconds = (double)v;
    return true;
}

/* ---- fields: --map, --set ---- */

/* Drop the pairs of `field` that a weaker place stated: the first `*below` of them. */
static void outdo(struct dtl_field_pair *pair, size_t *n, size_t *below, const char *field)
{
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        bool goes = i < *below && dtl_same_field(pair[i].field, field);
        if (!goes)
            pair[kept++] = pair[i];
    }
    *below -= *n - kept;
    *n = kept;
}

/* "title=headline,body=text": split at commas and '='; false on a part without both sides. */
static bool parse_pairs(const char *text, bool split, struct dtl_field_pair *out, size_t *n,
                        size_t *below, struct dtl_arena *arena)
{
    char *copy = dtl_arena_strndup(arena, text, strlen(text));
    for (char *part = copy; part;) {
        char *comma = split ? strchr(part, ',') : NULL;
        if (comma)
            *comma = 0;
        char *equals = strchr(part, '=');
        if (!equals || equals == part || (split && !equals[1]))
            return false;
        *equals = 0;
        outdo(out, n, below, part);
        if (*n == DTL_PAIRS_MAX)
            return false;
        out[(*n)++] = (struct dtl_field_pair){part, equals + 1};
        part = comma ? comma + 1 : NULL;
    }
    return copy != NULL;
}

static enum dtl_status take_format(const char *value, struct dtl_reading *r, struct dtl_error *err)
{
    const char *const *names = dtl_intake_formats();
    size_t n = 0;
    bool known = false;
    for (; names[n]; n++)
        known |= strcmp(names[n], value) == 0;
    const char *near = dtl_nearest(value, names, n);
    if (!known && near)
        return dtl_fail(err, DTL_EUSAGE, 0, "no format '%s'; did you mean '%s'?", value, near);
    if (!known)
        return dtl_fail(err, DTL_EUSAGE, 0, "no format '%s'; 'dateline-index formats' lists them",
                        value);
    r->intake.format = value;
    return DTL_OK;
}

/* The processors this process may use. */
static uint32_t processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (uint32_t)n : 1;
}

/* ---- one option ---- */

/* What concerns the reading of files, and may differ from root to root. */
static bool is_of_reading(int c)
{
    return c == FORMAT || c == MAP || c == SET || c == LANG || c == DATE_FROM || c == DATE_ORDER ||
           c == UNDATED || c == ENCODING || c == EXCLUDE || c == FOLLOW || c == NO_FOLLOW;
}

static enum dtl_status take_reading(struct dtl_reading *r, int c, const char *value,
                                    struct dtl_arena *arena, struct dtl_error *err)
{
    switch (c) {
    case FORMAT:
        return take_format(value, r, err);
    case MAP:
        if (!parse_pairs(value, true, r->map, &r->intake.maps, &r->maps_below, arena))
            return dtl_fail(err, DTL_EUSAGE, 0, "--map wants FIELD=NAME[,FIELD=NAME...], not '%s'",
                            value);
        break;
    case SET:
        if (!parse_pairs(value, false, r->set, &r->intake.sets, &r->sets_below, arena))
            return dtl_fail(err, DTL_EUSAGE, 0, "--set wants FIELD=VALUE, not '%s'", value);
        break;
    case LANG:
        r->intake.lang = 0;
        if (strcmp(value, "auto") != 0 && !(r->intake.lang = dtl_lang_code_of(dtl_bytes_of(value))))
            return dtl_fail(err, DTL_EUSAGE, 0,
                            "--lang wants a language such as 'en', or 'auto', not '%s'", value);
        break;
    case DATE_FROM:
        r->intake.date_from = value;
        break;
    case DATE_ORDER:
        if (!dtl_day_order_named(value, &r->intake.day_order))
            return dtl_fail(err, DTL_EUSAGE, 0, "--date-order wants auto, dmy or mdy, not '%s'",
                            value);
        break;
    case UNDATED:
        if (strcmp(value, "keep") != 0 && strcmp(value, "reject") != 0)
            return dtl_fail(err, DTL_EUSAGE, 0, "--undated wants keep or reject, not '%s'", value);
        r->intake.reject_undated = value[0] == 'r';
        break;
    case ENCODING:
        r->intake.encoding = value;
        break;
    case EXCLUDE:
        if (r->walk.excludes == DTL_EXCLUDES_MAX)
            return dtl_fail(err, DTL_EUSAGE, 0, "more than %d --exclude", DTL_EXCLUDES_MAX);
        r->exclude[r->walk.excludes++] = value;
        break;
    default:
        r->walk.follow = c == FOLLOW;
    }
    return DTL_OK;
}

static enum dtl_status take_run(struct dtl_update_options *o, int c, const char *value,
                                struct dtl_error *err)
{
    uint64_t number = 0;
    switch (c) {
    case DEFAULT_LANG:
        if (!(o->store.settings.default_lang = dtl_lang_code_of(dtl_bytes_of(value))))
            return dtl_fail(err, DTL_EUSAGE, 0,
                            "--default-lang wants a language such as 'en', not '%s'", value);
        break;
    case PRUNE:
        if (value && strcmp(value, "force") != 0)
            return dtl_fail(err, DTL_EUSAGE, 0, "--prune takes nothing or 'force', not '%s'",
                            value);
        o->prune = true;
        o->prune_force = value != NULL;
        break;
    case NO_PRUNE:
        o->prune = o->prune_force = false;
        break;
    case SETTLE:
        if (!dtl_number_of(value, 1000000000, &o->settle))
            return dtl_fail(err, DTL_EUSAGE, 0, "--settle wants seconds, not '%s'", value);
        o->settle_stated = true;
        break;
    case MEMORY:
        if (!dtl_size_of(value, &o->memory) || o->memory < (64u << 20))
            return dtl_fail(err, DTL_EUSAGE, 0, "--memory wants a size of at least 64M, not '%s'",
                            value);
        break;
    case JOBS:
        if (!dtl_number_of(value, 1024, &number) || !number)
            return dtl_fail(err, DTL_EUSAGE, 0, "--jobs wants a number from 1 to 1024, not '%s'",
                            value);
        o->jobs = (uint32_t)number;
        break;
    case WAIT:
        if (!dtl_wait_option(value, &o->store.wait_seconds))
            return dtl_fail(err, DTL_EUSAGE, 0, "--wait wants seconds, not '%s'", value);
        break;
    case GROUP:
        o->store.group = value;
        break;
    case '0':
        o->null_list = true;
        break;
    case DRY_RUN:
        o->dry_run = true;
        break;
    case CRON:
        o->cron = true;
        break;
    case 'q':
        o->quiet = true;
        break;
    case PROGRESS:
    case NO_PROGRESS:
        o->progress = c == PROGRESS;
        break;
    case REPORT:
    case NO_REPORT:
        o->report = c == REPORT;
        break;
    case VERBOSE:
        o->verbose = true;
        break;
    case NETWORK:
    case NO_NETWORK:
        o->store.allow_network_fs = c == NETWORK;
        break;
    default:
        break; /* -i, --config, --no-config: heard before */
    }
    return DTL_OK;
}

/* ---- three places ---- */

/* What is stated from here on outdoes what was stated before. */
static void outrank(struct dtl_reading *r)
{
    r->maps_below = r->intake.maps;
    r->sets_below = r->intake.sets;
}

/* Let the options point to what stands in the same reading: it was copied, or is new. */
static void point_within(struct dtl_reading *r)
{
    r->intake.map = r->map;
    r->intake.set = r->set;
    r->walk.exclude = r->exclude;
    r->intake.walk = &r->walk;
}

/* take_reading, and see that the fields, dates and encodings it names exist. */
static enum dtl_status take_checked(struct dtl_reading *r, int c, const char *value,
                                    struct dtl_arena *arena, struct dtl_error *err)
{
    enum dtl_status st = take_reading(r, c, value, arena, err);
    point_within(r);
    return st == DTL_OK ? dtl_intake_check(&r->intake, err) : st;
}

static enum dtl_status take_settings(struct dtl_update_options *o, uint32_t root,
                                     struct dtl_arena *arena, struct dtl_error *err)
{
    struct dtl_reading *r = root ? &o->root[root - 1] : &o->all;
    for (size_t i = 0; i < o->config.settings; i++) {
        const struct dtl_setting *s = &o->config.setting[i];
        const struct option *known = table;
        struct dtl_error why = {0};
        if (s->root != root)
            continue;
        while (known->name && strcmp(known->name, s->name) != 0)
            known++;
        enum dtl_status st = is_of_reading(known->val)
                                 ? take_checked(r, known->val, s->value, arena, &why)
                                 : take_run(o, known->val, s->value, &why);
        if (st < 0)
            return dtl_fail(err, st, 0, "%.160s:%u: %.220s", o->config.file, (unsigned)s->line,
                            why.text);
    }
    return DTL_OK;
}

/* The file's: for all roots, then what each one has beside it. */
static enum dtl_status take_config(struct dtl_update_options *o, struct dtl_arena *arena,
                                   struct dtl_error *err)
{
    enum dtl_status st = take_settings(o, 0, arena, err);
    if (st < 0 || !o->config.roots)
        return st;
    o->root = dtl_arena_alloc(arena, o->config.roots * sizeof *o->root);
    if (!o->root)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the configuration");
    o->roots = o->config.roots;
    for (size_t i = 0; i < o->roots && st == DTL_OK; i++) {
        o->root[i] = o->all;
        outrank(&o->root[i]);
        st = take_settings(o, (uint32_t)i + 1, arena, err);
    }
    return st;
}

struct given { /* one option of the command line */
    int c;
    const char *value;
};

static enum dtl_status take_given(struct dtl_update_options *o, const struct given *given, size_t n,
                                  struct dtl_arena *arena, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t k = 0; k <= o->roots && st == DTL_OK; k++) {
        struct dtl_reading *r = k ? &o->root[k - 1] : &o->all;
        outrank(r);
        point_within(r);
        for (size_t i = 0; i < n && st == DTL_OK; i++)
            if (is_of_reading(given[i].c))
                st = take_checked(r, given[i].c, given[i].value, arena, err);
            else if (k == 0)
                st = take_run(o, given[i].c, given[i].value, err);
    }
    return st;
}

const struct dtl_reading *dtl_reading_of(const struct dtl_update_options *o, struct dtl_bytes path)
{
    char whole[8192];
    if (!o->roots || path.n >= sizeof whole / 2)
        return &o->all;
    size_t n = 0;
    if ((!path.n || path.p[0] != '/') && getcwd(whole, sizeof whole / 2)) {
        n = strlen(whole);
        whole[n++] = '/';
    }
    if (path.n)
        memcpy(whole + n, path.p, path.n);
    whole[n + path.n] = 0;
    uint32_t root = dtl_config_root_of(&o->config, whole);
    return root ? &o->root[root - 1] : &o->all;
}

bool dtl_update_follows(const struct dtl_update_options *o)
{
    bool follows = o->all.walk.follow;
    for (size_t i = 0; i < o->roots; i++)
        follows |= o->root[i].walk.follow;
    return follows;
}

/* The paths: those of the command line, else the file's roots. */
static int settle_paths(const struct dtl_command *self, struct dtl_update_options *o, int argc,
                        char **argv, struct dtl_arena *arena)
{
    o->paths = (const char **)(void *)(argv + optind);
    o->path_count = (size_t)(argc - optind);
    if (o->null_list && o->path_count)
        return dtl_usage(self, "-0 reads the paths from standard input: name none beside it");
    if (o->path_count || o->null_list)
        return 0;
    if (!o->roots)
        return o->config.file
                   ? dtl_usage(self, "name files or folders to index, or roots in %.160s",
                               o->config.file)
                   : dtl_usage(self,
                               "name the files or folders to index, or - for "
                               "standard input, or roots in %s",
                               DTL_CONFIG_NAME);
    o->paths = dtl_arena_alloc(arena, o->roots * sizeof *o->paths);
    if (!o->paths)
        return dtl_say_error(&(struct dtl_error){.code = DTL_ENOMEM});
    for (size_t i = 0; i < o->roots; i++)
        o->paths[i] = o->config.root[i].path;
    o->path_count = o->roots;
    return 0;
}

int dtl_update_options(const struct dtl_command *self, const char *index, int argc, char **argv,
                       struct dtl_arena *arena, struct dtl_update_options *o)
{
    const char *file = NULL;
    bool no_config = false;
    struct dtl_error err = {0};
    *o = (struct dtl_update_options){.index = index,
                                     .progress = -1,
                                     .report = -1,
                                     .memory = (uint64_t)512 << 20,
                                     .jobs = processors()};
    size_t n = 0, most = 1;
    for (int i = 0; i < argc; i++) /* as many options as letters, where short ones are bundled */
        most += strlen(argv[i]);
    struct given *given = dtl_arena_alloc(arena, most * sizeof *given);
    int c;
    while (given && (c = dtl_option_next(self, argc, argv, ":i:0qh", table)) != -1) {
        if (c == '?' || c == ':')
            return 2; /* the message has been said */
        if (c == 'i')
            o->index = optarg;
        else if (c == CONFIG || c == NO_CONFIG)
            file = c == CONFIG ? optarg : NULL;
        no_config = c == NO_CONFIG || (no_config && c != CONFIG);
        given[n++] = (struct given){c, optarg};
    }
    enum dtl_status st = given ? dtl_config_find(file, no_config, o->index, arena, &o->config, &err)
                               : dtl_fail(&err, DTL_ENOMEM, 0, "out of memory");
    if (st == DTL_OK && !o->index)
        o->index = o->config.index;
    if (st == DTL_OK)
        st = take_config(o, arena, &err);
    if (st < 0)
        return dtl_say_error(&err);
    st = take_given(o, given, n, arena, &err);
    if (st == DTL_EUSAGE)
        return dtl_usage(self, "%s", err.text);
    if (st < 0)
        return dtl_say_error(&err);
    o->store.create = true;
    if (o->cron && !o->settle_stated)
        o->settle = DTL_SETTLE_CRON;
    if (o->quiet || o->cron)
        o->progress = o->progress > 0 ? 1 : 0;
    return settle_paths(self, o, argc, argv, arena);
}
