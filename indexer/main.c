/*
 * main.c - dateline-index: the command table and what all commands share.
 *
 * The table is the only list of commands: dispatch, usage and the test of the man page read it.
 */
#include "common/base/process.h"
#include "common/base/sandbox.h"
#include "common/text/analyzer.h"
#include "indexer/article/detect/detect.h"
#include "indexer/command.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

/* clang-format off */
static const struct dtl_command commands[] = {
    {"update", dtl_cmd_update, "[PATH...]", "index what is new or changed under files and folders",
     "  --format NAME          one of 'dateline-index formats' (default: by content)\n"
     "  --map FIELD=NAME[,..]  take FIELD (id date title body ...) from the key NAME\n"
     "  --set FIELD=VALUE      give every article of this run a value\n"
     "  --lang CODE|auto       language of articles that state none (default: auto, detect)\n"
     "  --default-lang CODE    when detection is unsure; fixed when the index is made (default: en)\n"
     "  --date-from LIST       meta,url,text,path,mtime: where dates may come from, in this order\n"
     "  --date-order ORDER     03/04/2020 is dmy or mdy; auto: by the language of the article\n"
     "  --undated keep|reject  articles without a date (default: keep)\n"
     "  --encoding NAME        character set of text that is not UTF-8\n"
     "  --exclude GLOB         leave out paths or names that match; may be repeated\n"
     "  --follow               follow symbolic links below the named folders\n"
     "  --prune[=force]        remove articles of files that vanished under the named folders\n"
     "  --settle SEC           leave files younger than SEC for the next run (default 0; --cron: 5)\n"
     "  --memory SIZE          private memory to use (default 512M)\n"
     "  --jobs N               threads that work (default: the processors it may use)\n"
     "  --wait[=SEC]           wait for another run to end instead of exiting with 75\n"
     "  --group NAME           let a group read the index; when it is made\n"
     "  --config FILE          settings and roots (default: dateline.toml in the index's folder)\n"
     "  --no-config            without it\n"
     "  -0, --null             read a NUL-separated list of paths from standard input\n"
     "  --dry-run              print what would be indexed, write nothing\n"
     "  --cron                 say nothing unless something is newly wrong or failed, then one line\n"
     "  --report               at the end, by format: files, articles, undated, rejected, and why\n"
     "                         (default: on a terminal, and when more than one was rejected)\n"
     "  --verbose              name each file and member that is passed over, and why\n"
     "  --quiet, --progress, --no-progress, --no-report\n"
     "  --allow-network-fs     let the index lie on a network file system\n"
     "  --no-prune, --no-follow, --no-allow-network-fs\n"
     "\n"
     "Examples:\n"
     "  dateline-index update ~/news\n"
     "  zcat day.jsonl.gz | dateline-index --index /srv/news update --map body=text -\n"
     "  dateline-index -i /srv/news/index update --cron   # from crontab; the rest is in dateline.toml\n"},
    {"config", dtl_cmd_config, "", "check the configuration and print what holds",
     "  --config FILE    this one, not that in the index's folder\n"
     "  --show-origin    with the file and line of each\n"},
    {"status", dtl_cmd_status, "", "articles, days covered, size, segments",
     "  --json       one object, keys documented in docs/OUTPUT.md\n"
     "  --rejected   each input that was rejected: file, place, reason and remedy\n"
     "  --skipped    each member of a container that was passed over, and why\n"
     "  --charsets   which character sets texts came in and who decided so; garbled articles\n"
     "  --dates      where dates are from, and articles that other sources say to be of other days\n"},
    {"check", dtl_cmd_check, "", "verify every structure: 0 sound, 3 damaged",
     "  --fast         pages, sums, order and counts only: at the speed of the disk\n"
     "  --full         also analyse every article again and look each word up\n"
     "  --sample N     analyse N random articles again and look each word up\n"
     "  --seed N       which articles --sample takes\n"
     "  --repair       rebuild what is damaged from stored articles, and say what is lost\n"
     "  --wait[=SEC]   with --repair: wait for another run to end\n"
     "\n"
     "Examples:\n"
     "  dateline-index check --sample 100       # weekly, from cron\n"
     "  dateline-index check --repair && dateline-index update ~/news\n"},
    {"remove", dtl_cmd_remove, "--id ID | --path PATH | --date RANGE", "remove articles, print 'removed N'",
     "  --id ID        of whatever publication; may be repeated\n"
     "  --path PATH    every article of a source file\n"
     "  --date RANGE   articles dated wholly inside: 2010, 2010-05, 1990-01-01..1999-12-31, ..2009\n"
     "  --wait[=SEC]   wait for another run to end\n"},
    {"compact", dtl_cmd_compact, "", "merge all, drop the deleted, give free pages back",
     "  --reanalyse    analyse every stored article anew: for an index of other library versions or an older format\n"
     "  --memory SIZE  private memory to use (default 512M)\n"
     "  --wait[=SEC]   wait for another run to end\n"},
    {"backup", dtl_cmd_backup, "DEST", "a consistent copy while readers and a writer work",
     "  DEST must not exist; it becomes an index of its own\n"},
    {"export", dtl_cmd_export, "", "every article as JSON Lines that update reads back",
     "Example:\n  dateline-index export | zstd > archive.jsonl.zst\n"},
    {"formats", dtl_cmd_formats, "[FILE...]", "the forms update reads; of files: which one it takes each for",
     "  One a line: name, tab, the confidence of its content's marks (1 to 100), tab, what it reads.\n"
     "  With files: path, tab, name, tab, confidence; tar and zip are opened; '-' for one nobody reads.\n"},
    {"analyze", dtl_cmd_analyze, "TEXT...", "show each token: printed form, term, position, bytes",
     "  --lang CODE    the language of the text (default: en)\n"
     "  -              read the text from standard input\n"},
};
/* clang-format on */
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_usage(FILE *to)
{
    fputs("usage: dateline-index [--index DIR] COMMAND [OPTION...] [ARGUMENT...]\n"
          "\n"
          "  dateline-index update ~/news            index a folder, or what is new in it\n"
          "  dateline-index status                   what the index holds\n"
          "  dateline-index --index /srv/x check     verify an index elsewhere\n"
          "\n",
          to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fputs("\n"
          "  -i, --index DIR   else $DATELINE_INDEX, else $XDG_DATA_HOME/dateline/default\n"
          "  -h, --help        this; 'help COMMAND' for its options\n"
          "  --version         versions of the program, the index format and its libraries\n"
          "\n"
          "exit: 0 done, 2 usage, 3 index missing, damaged or a refused danger, 4 input, output or "
          "memory,\n"
          "      5 done but some inputs were rejected, 75 another run is at work\n",
          to);
}

void dtl_command_help(const struct dtl_command *self)
{
    printf("usage: dateline-index [--index DIR] %s [OPTION...] %s\n\n%s.\n\n%s", self->name,
           self->args, self->summary, self->help);
}

int dtl_usage(const struct dtl_command *self, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    dtl_say("%s: %s; try 'dateline-index %s --help'", self->name, text, self->name);
    return 2;
}

int dtl_option_next(const struct dtl_command *self, int argc, char **argv,
                    const char *short_options, const struct option *options)
{
    opterr = 0;
    int at = optind;
    int c = getopt_long(argc, argv, short_options, options, NULL);
    if (c == 'h') {
        dtl_command_help(self);
        exit(dtl_finish_output());
    }
    if (c != '?' && c != ':')
        return c;
    const char *given = argv[at ? at : 1];
    if (optopt && given[0] == '-' && given[1] != '-') {
        dtl_usage(self, c == ':' ? "option -%c needs a value" : "unknown option -%c", optopt);
        return '?';
    }
    if (strncmp(given, "--", 2) != 0) /* getopt moved operands: the option is the last it took */
        given = argv[optind - 1];
    char name[64];
    snprintf(name, sizeof name, "%s", given + (strncmp(given, "--", 2) == 0 ? 2 : 0));
    name[strcspn(name, "=")] = 0;
    const char *names[64];
    size_t n = 0;
    bool known = false;
    for (const struct option *o = options; o->name && n < 64; o++) {
        names[n++] = o->name;
        known |= strcmp(o->name, name) == 0;
    }
    const char *near = dtl_nearest(name, names, n);
    if (known)
        dtl_usage(self,
                  c == ':' || strchr(given, '=') == NULL ? "option --%s needs a value"
                                                         : "option --%s takes no value",
                  name);
    else if (near)
        dtl_usage(self, "unknown option --%s; did you mean --%s?", name, near);
    else
        dtl_usage(self, "unknown option --%s", name);
    return '?';
}

int dtl_open_to_read(const char *index, struct dtl_opened *out)
{
    struct dtl_error err = {0};
    struct dtl_buffer dir = {0};
    struct dtl_store *store = NULL;
    struct dtl_snapshot *snap = NULL;
    enum dtl_status st = dtl_index_path(index, &dir, &err);
    if (st == DTL_OK && dtl_buffer_byte(&dir, 0))
        st = dtl_store_open(&store, (const char *)dir.p, &(struct dtl_store_options){0}, &err);
    if (st == DTL_OK)
        st = dtl_snapshot_open(store, &snap, &err);
    dtl_buffer_release(&dir);
    if (st != DTL_OK) {
        dtl_store_close(store);
        return dtl_say_error(&err);
    }
    *out = (struct dtl_opened){store, snap};
    return 0;
}

void dtl_close_in(const char *index, const char *const *inputs, size_t n, bool everything)
{
    struct dtl_buffer dir = {0};
    struct dtl_error err = {0};
    struct dtl_sandbox_path *path = calloc(n + 2, sizeof *path);
    if (path && dtl_index_path(index, &dir, &err) == DTL_OK && dtl_buffer_byte(&dir, 0)) {
        path[0] = (struct dtl_sandbox_path){(const char *)dir.p, true};
        for (size_t i = 0; i < n; i++)
            path[i + 1] = (struct dtl_sandbox_path){inputs[i], false};
        if (everything)
            path[n + 1] = (struct dtl_sandbox_path){"/", false};
        dtl_sandbox(path, n + 1 + everything, false);
    }
    if (!path || dir.failed) /* not closed in, no further */
        dtl_process_out_of_memory();
    dtl_buffer_release(&dir);
    free(path);
}

void dtl_opened_close(struct dtl_opened *o)
{
    dtl_snapshot_close(o->snapshot);
    dtl_store_close(o->store);
}

void dtl_default_settings(struct dtl_settings *s)
{
    *s = (struct dtl_settings){.title_weight = DTL_TITLE_WEIGHT_DEFAULT,
                               .default_lang = dtl_lang_code_of(DTL_LITERAL("en"))};
    snprintf(s->versions, sizeof s->versions, "%s", dtl_text_versions());
    snprintf(s->detector, sizeof s->detector, "%s", dtl_detector_version());
}

void dtl_limit_memory(uint64_t memory, uint32_t jobs)
{
    uint64_t bytes = memory > DTL_DATA_LIMIT / 2 ? 2 * memory : DTL_DATA_LIMIT;
    dtl_process_limit_data(bytes + ((uint64_t)jobs << 24));
}

int dtl_open_to_write(const char *index, const struct dtl_store_options *o, struct dtl_store **out)
{
    struct dtl_error err = {0};
    return dtl_store_to_write(index, o, out, &err) == DTL_OK ? 0 : dtl_say_error(&err);
}

enum dtl_status dtl_store_to_write(const char *index, const struct dtl_store_options *o,
                                   struct dtl_store **out, struct dtl_error *err)
{
    struct dtl_buffer dir = {0};
    struct dtl_store_options with = *o;
    struct dtl_settings given = o->settings;
    with.write = true;
    dtl_default_settings(&with.settings);
    if (given.title_weight)
        with.settings.title_weight = given.title_weight;
    if (given.default_lang)
        with.settings.default_lang = given.default_lang;
    enum dtl_status st = dtl_index_path(index, &dir, err);
    if (st == DTL_OK && dtl_buffer_byte(&dir, 0))
        st = dtl_store_open(out, (const char *)dir.p, &with, err);
    dtl_buffer_release(&dir);
    return st;
}

/* What other programs call it, or what was meant. */
static void unknown_command(const char *word)
{
    static const struct {
        const char *word, *command;
    } known_as[] = {
        {"add",      "update" },
        {"index",    "update" },
        {"import",   "update" },
        {"rm",       "remove" },
        {"delete",   "remove" },
        {"info",     "status" },
        {"verify",   "check"  },
        {"fsck",     "check"  },
        {"optimize", "compact"},
        {"vacuum",   "compact"},
        {"dump",     "export" },
    };
    static const char *const searches[] = {"search", "query", "find", "grep"};
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = dtl_nearest(word, names, COMMANDS);
    for (size_t i = 0; i < sizeof known_as / sizeof *known_as; i++)
        if (strcmp(word, known_as[i].word) == 0)
            near = known_as[i].command;
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
        if (strcmp(word, searches[i]) == 0) {
            dtl_say("unknown command '%s'; to search, use dateline-query", word);
            return;
        }
    if (near)
        dtl_say("unknown command '%s'; did you mean '%s'?", word, near);
    else if (access(word, F_OK) == 0)
        dtl_say("unknown command '%s'; to index it: dateline-index update %s", word, word);
    else
        dtl_say("unknown command '%s'; try 'dateline-index --help'", word);
}

static void print_version(void)
{
    printf("dateline-index %s\nindex format %u\n%s\n%s\n%s\nzstd %s\nsandbox %s\n", DTL_VERSION,
           DTL_FORMAT_VERSION, dtl_store_version(), dtl_text_versions(), dtl_detector_version(),
           ZSTD_versionString(), dtl_sandbox_offered());
}

int main(int argc, char **argv)
{
    dtl_process_start("dateline-index");
    dtl_process_locale();
    const char *index = NULL;
    int at = 1;
    /* Options before the command are few enough to read by hand; those after it are getopt's. */
    for (; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
        const char *a = argv[at];
        if (strcmp(a, "--help") == 0 || strcmp(a, "-h") == 0) {
            print_usage(stdout);
            if (strcmp(a, "--help") == 0)
                for (size_t i = 0; i < COMMANDS; i++)
                    printf("\n%s %s: %s\n%s", commands[i].name, commands[i].args,
                           commands[i].summary, commands[i].help);
            return dtl_finish_output();
        } else if (strcmp(a, "--version") == 0) {
            print_version();
            return dtl_finish_output();
        } else if (strncmp(a, "--index=", 8) == 0) {
            index = a + 8;
        } else if ((strcmp(a, "--index") == 0 || strcmp(a, "-i") == 0) && at + 1 < argc) {
            index = argv[++at];
        } else if (strncmp(a, "-i", 2) == 0 && a[2]) {
            index = a + 2;
        } else {
            bool lacks = strcmp(a, "--index") == 0 || strcmp(a, "-i") == 0;
            dtl_say(lacks ? "option %s needs a folder; try 'dateline-index --help'"
                          : "unknown option %s before the command; try 'dateline-index --help'",
                    a);
            return 2;
        }
    }
    if (at >= argc) {
        print_usage(stderr);
        return 2;
    }
    bool help = strcmp(argv[at], "help") == 0;
    if (help && ++at >= argc) {
        print_usage(stdout);
        return dtl_finish_output();
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[at], commands[i].name) == 0) {
            if (help) {
                dtl_command_help(&commands[i]);
                return dtl_finish_output();
            }
            dtl_store_guard("dateline-index");
            if (commands[i].run != dtl_cmd_update && commands[i].run != dtl_cmd_compact)
                dtl_process_limit_data(DTL_DATA_LIMIT); /* those two know their --memory later */
            return commands[i].run(&commands[i], index, argc - at, argv + at);
        }
    unknown_command(argv[at]);
    return 2;
}
