/* update_options.c - the options of `update`: every one of them checked before a file is opened. */
#include "indexer/update_options.h"

#include "common/base/process.h"

#include <getopt.h>
#include <sched.h>

enum {
    FORMAT = 256,
    MAP,
    SET,
    LANG,
    DEFAULT_LANG,
    DATE_FROM,
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
    NO_PRUNE,
    NETWORK,
};
static const struct option table[] = {
    {"format",           required_argument, NULL, FORMAT      },
    {"map",              required_argument, NULL, MAP         },
    {"set",              required_argument, NULL, SET         },
    {"lang",             required_argument, NULL, LANG        },
    {"default-lang",     required_argument, NULL, DEFAULT_LANG},
    {"date-from",        required_argument, NULL, DATE_FROM   },
    {"undated",          required_argument, NULL, UNDATED     },
    {"encoding",         required_argument, NULL, ENCODING    },
    {"exclude",          required_argument, NULL, EXCLUDE     },
    {"follow",           no_argument,       NULL, FOLLOW      },
    {"prune",            optional_argument, NULL, PRUNE       },
    {"no-prune",         no_argument,       NULL, NO_PRUNE    },
    {"settle",           required_argument, NULL, SETTLE      },
    {"memory",           required_argument, NULL, MEMORY      },
    {"jobs",             required_argument, NULL, JOBS        },
    {"wait",             optional_argument, NULL, WAIT        },
    {"group",            required_argument, NULL, GROUP       },
    {"null",             no_argument,       NULL, '0'         },
    {"dry-run",          no_argument,       NULL, DRY_RUN     },
    {"cron",             no_argument,       NULL, CRON        },
    {"quiet",            no_argument,       NULL, 'q'         },
    {"progress",         no_argument,       NULL, PROGRESS    },
    {"no-progress",      no_argument,       NULL, NO_PROGRESS },
    {"allow-network-fs", no_argument,       NULL, NETWORK     },
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

/* "title=headline,body=text": split at commas and '='; false on a part without both sides. */
static bool parse_pairs(const char *text, bool split, struct dtl_field_pair *out, size_t *n,
                        struct dtl_arena *arena)
{
    char *copy = dtl_arena_strndup(arena, text, strlen(text));
    for (char *part = copy; part;) {
        char *comma = split ? strchr(part, ',') : NULL;
        if (comma)
            *comma = 0;
        char *equals = strchr(part, '=');
        if (!equals || equals == part || (split && !equals[1]) || *n == DTL_PAIRS_MAX)
            return false;
        *equals = 0;
        out[(*n)++] = (struct dtl_field_pair){part, equals + 1};
        part = comma ? comma + 1 : NULL;
    }
    return copy != NULL;
}

static bool known_format(const char *name)
{
    for (const char *const *f = dtl_intake_formats(); *f; f++)
        if (strcmp(*f, name) == 0)
            return true;
    return false;
}

/* The processors this process may use. */
static uint32_t processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (uint32_t)n : 1;
}

static int take(const struct dtl_command *self, struct dtl_update_options *o, int c,
                struct dtl_arena *arena)
{
    uint64_t number = 0;
    switch (c) {
    case 'i':
        o->index = optarg;
        break;
    case FORMAT:
        if (!known_format(optarg)) {
            const char *const *f = dtl_intake_formats();
            size_t n = 0;
            while (f[n])
                n++;
            const char *near = dtl_nearest(optarg, f, n);
            return near ? dtl_usage(self, "no format '%s'; did you mean '%s'?", optarg, near)
                        : dtl_usage(self, "no format '%s'", optarg);
        }
        o->intake.format = optarg;
        break;
    case MAP:
        if (!parse_pairs(optarg, true, o->map, &o->intake.maps, arena))
            return dtl_usage(self, "--map wants FIELD=NAME[,FIELD=NAME...], not '%s'", optarg);
        break;
    case SET:
        if (!parse_pairs(optarg, false, o->set, &o->intake.sets, arena))
            return dtl_usage(self, "--set wants FIELD=VALUE, not '%s'", optarg);
        break;
    case LANG:
        o->intake.lang = 0;
        if (strcmp(optarg, "auto") != 0 &&
            !(o->intake.lang = dtl_lang_code_of(dtl_bytes_of(optarg))))
            return dtl_usage(self, "--lang wants a language such as 'en', or 'auto', not '%s'",
                             optarg);
        break;
    case DEFAULT_LANG:
        if (!(o->store.settings.default_lang = dtl_lang_code_of(dtl_bytes_of(optarg))))
            return dtl_usage(self, "--default-lang wants a language such as 'en', not '%s'",
                             optarg);
        break;
    case DATE_FROM:
        o->intake.date_from = optarg;
        break;
    case UNDATED:
        if (strcmp(optarg, "keep") != 0 && strcmp(optarg, "reject") != 0)
            return dtl_usage(self, "--undated wants keep or reject, not '%s'", optarg);
        o->intake.reject_undated = optarg[0] == 'r';
        break;
    case ENCODING:
        o->intake.encoding = optarg;
        break;
    case EXCLUDE:
        if (o->walk.excludes == DTL_EXCLUDES_MAX)
            return dtl_usage(self, "more than %d --exclude", DTL_EXCLUDES_MAX);
        o->exclude[o->walk.excludes++] = optarg;
        break;
    case FOLLOW:
        o->walk.follow = true;
        break;
    case PRUNE:
        if (optarg && strcmp(optarg, "force") != 0)
            return dtl_usage(self, "--prune takes nothing or 'force', not '%s'", optarg);
        o->prune = true;
        o->prune_force = optarg != NULL;
        break;
    case NO_PRUNE:
        o->prune = o->prune_force = false;
        break;
    case SETTLE:
        if (!dtl_number_of(optarg, 1000000000, &o->settle))
            return dtl_usage(self, "--settle wants seconds, not '%s'", optarg);
        break;
    case MEMORY:
        if (!dtl_size_of(optarg, &o->memory) || o->memory < (64u << 20))
            return dtl_usage(self, "--memory wants a size of at least 64M, not '%s'", optarg);
        break;
    case JOBS:
        if (!dtl_number_of(optarg, 1024, &number) || !number)
            return dtl_usage(self, "--jobs wants a number from 1 to 1024, not '%s'", optarg);
        o->jobs = (uint32_t)number;
        break;
    case WAIT:
        if (!dtl_wait_option(optarg, &o->store.wait_seconds))
            return dtl_usage(self, "--wait wants seconds, not '%s'", optarg);
        break;
    case GROUP:
        o->store.group = optarg;
        break;
    case '0':
        o->null_list = true;
        break;
    case DRY_RUN:
        o->dry_run = true;
        break;
    case CRON:
        o->cron = true;
        o->settle = o->settle ? o->settle : 5;
        break;
    case 'q':
        o->quiet = true;
        break;
    case PROGRESS:
        o->progress = 1;
        break;
    case NO_PROGRESS:
        o->progress = 0;
        break;
    case NETWORK:
        o->store.allow_network_fs = true;
        break;
    default:
        return 2; /* the message has been said */
    }
    return 0;
}

int dtl_update_options(const struct dtl_command *self, const char *index, int argc, char **argv,
                       struct dtl_arena *arena, struct dtl_update_options *o)
{
    *o = (struct dtl_update_options){
        .index = index, .progress = -1, .memory = (uint64_t)512 << 20, .jobs = processors()};
    int c;
    while ((c = dtl_option_next(self, argc, argv, ":i:0qh", table)) != -1) {
        int status = take(self, o, c, arena);
        if (status)
            return status;
    }
    o->store.create = true;
    o->intake.map = o->map;
    o->intake.set = o->set;
    o->walk.exclude = o->exclude;
    o->intake.walk = &o->walk;
    o->paths = (const char **)(void *)(argv + optind);
    o->path_count = (size_t)(argc - optind);
    if (o->quiet || o->cron)
        o->progress = o->progress > 0 ? 1 : 0;
    if (!o->path_count && !o->null_list)
        return dtl_usage(self, "name the files or folders to index, or - for standard input");
    if (o->null_list && o->path_count)
        return dtl_usage(self, "-0 reads the paths from standard input: name none beside it");
    return 0;
}
