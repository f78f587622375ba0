/*
 * options.c - the table of options, and the reading of argv.
 *
 * getopt_long does the cutting; the table says the rest once: names, arguments, help, and which
 * options of the contract are not built. Abbreviated names are refused: a script that says --s must
 * not change its meaning when another option is added. Every switch has its --no- form.
 */
#include "query/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/process.h"
#include "query/language/suggest.h"

enum id {
    ID_INDEX = 1000, ID_LIMIT, ID_OFFSET, ID_ALL, ID_COUNT, ID_PATHS, ID_IDS, ID_NULL, ID_JSON, ID_TSV,
    ID_CSV, ID_TREC, ID_SORT, ID_MATCH, ID_LITERAL, ID_FILE, ID_QUERIES, ID_SHOW, ID_EXPLAIN, ID_SINCE,
    ID_UNTIL, ID_BEFORE, ID_AFTER, ID_ON, ID_DATE, ID_DATE_MATCH, ID_TZ, ID_NOW, ID_SNIPPET, ID_COLOR,
    ID_PAGER, ID_QUIET, ID_STRICT, ID_LENIENT, ID_PLAIN, ID_MAX_EXPAND, ID_VERBOSE, ID_STATS, ID_REPEAT,
    ID_TIMELINE, ID_HELP, ID_VERSION, ID_DF, ID_HYPERLINK, ID_LINE_BUFFERED, ID_TEXT, ID_LATER,
    ID_NO = 4096, /* added for the --no- form of a switch */
};

enum kind { SWITCH, TAKES, MAY_TAKE };

struct row {
    const char *name;
    char letter;
    enum kind kind;
    int id;
    const char *argument, *help; /* help NULL: accepted, not listed */
};

/* clang-format off */
static const struct row rows[] = {
    {"index",      'i', TAKES,  ID_INDEX,      "DIR",   "the index (else $DATELINE_INDEX, else ~/.local/share/dateline/default)"},
    {"limit",      'n', TAKES,  ID_LIMIT,      "N",     "show at most N articles (10)"},
    {"offset",     0,   TAKES,  ID_OFFSET,     "N",     "leave out the first N"},
    {"all",        0,   SWITCH, ID_ALL,        NULL,    "show all that match"},
    {"since",      0,   TAKES,  ID_SINCE,      "DATE",  "from the start of DATE; date options repeat and all of them hold"},
    {"until",      0,   TAKES,  ID_UNTIL,      "DATE",  "to the end of DATE"},
    {"before",     0,   TAKES,  ID_BEFORE,     "DATE",  "strictly before DATE"},
    {"after",      0,   TAKES,  ID_AFTER,      "DATE",  "strictly after DATE"},
    {"on",         0,   TAKES,  ID_ON,         "DATE",  "on DATE: a day, month, quarter, year, ..."},
    {"date",       0,   TAKES,  ID_DATE,       "RANGE", "the same, or A..B, A.., ..B, none"},
    {"date-match", 0,   TAKES,  ID_DATE_MATCH, "HOW",   "overlap (default) or within"},
    {"tz",         0,   TAKES,  ID_TZ,         "ZONE",  "whose today it is (IANA name)"},
    {"now",        0,   TAKES,  ID_NOW,        "TIME",  "what now is: 2024-04-10T12:00:00Z or 2024-04-10"},
    {"sort",       0,   TAKES,  ID_SORT,       "ORDER", "relevance (default), newest or oldest"},
    {"match",      0,   TAKES,  ID_MATCH,      "HOW",   "how many words must match: all (default), any, N or N%"},
    {"literal",    'F', SWITCH, ID_LITERAL,    NULL,    "nothing in the query is syntax"},
    {"file",       'f', TAKES,  ID_FILE,       "FILE",  "read the query from FILE (- is standard input)"},
    {"strict",     0,   SWITCH, ID_STRICT,     NULL,    "refuse AND beside OR without parentheses"},
    {"lenient",    0,   SWITCH, ID_LENIENT,    NULL,    "close what is left open; an unknown field is text"},
    {"max-expand", 0,   TAKES,  ID_MAX_EXPAND, "N",     "terms a word* may stand for (50000)"},
    {"count",      'c', SWITCH, ID_COUNT,      NULL,    "print the number of matching articles"},
    {"paths",      'l', SWITCH, ID_PATHS,      NULL,    "print the paths alone"},
    {"ids",        0,   SWITCH, ID_IDS,        NULL,    "print the ids alone"},
    {"null",       '0', SWITCH, ID_NULL,       NULL,    "end each path or id with NUL"},
    {"json",       0,   SWITCH, ID_JSON,       NULL,    "JSON Lines: a hit a line, then a record of type end"},
    {"tsv",        0,   SWITCH, ID_TSV,        NULL,    "DATE, SCORE, ID, TITLE, PATH divided by tabs (default when not on a terminal)"},
    {"csv",        0,   SWITCH, ID_CSV,        NULL,    "the same columns as CSV (RFC 4180)"},
    {"trec",       0,   SWITCH, ID_TREC,       NULL,    "a TREC run"},
    {"text",       0,   SWITCH, ID_TEXT,       NULL,    "headings and snippets (default on a terminal)"},
    {"snippet",    0,   TAKES,  ID_SNIPPET,    "N",     "characters of text around what matched (200); --no-snippet: none"},
    {"color",      0,   TAKES,  ID_COLOR,      "WHEN",  "auto, always or never"},
    {"plain",      0,   SWITCH, ID_PLAIN,      NULL,    "mark what matched as [[this]], no colour"},
    {"pager",      0,   SWITCH, ID_PAGER,      NULL,    NULL},
    {"quiet",      'q', SWITCH, ID_QUIET,      NULL,    "print nothing; exit 0 at the first match, else 1"},
    {"show",       0,   TAKES,  ID_SHOW,       "ID",    "print the whole article"},
    {"queries",    0,   TAKES,  ID_QUERIES,    "FILE",  "a batch: one 'qid<TAB>query' a line (- is standard input)"},
    {"repeat",     0,   TAKES,  ID_REPEAT,     "N",     "search N times, for --stats"},
    {"stats",      0,   SWITCH, ID_STATS,      NULL,    "how long it took and what was read"},
    {"explain",    0,   SWITCH, ID_EXPLAIN,    NULL,    "the query as understood, its words and counts"},
    {"timeline",   0,   MAY_TAKE, ID_TIMELINE, "UNIT",  "counts by day, week, month (default), quarter or year"},
    {"verbose",    'v', SWITCH, ID_VERBOSE,    NULL,    "notes about the query even when not on a terminal"},
    {"help",       0,   SWITCH, ID_HELP,       NULL,    "this text"},
    {"version",    'V', SWITCH, ID_VERSION,    NULL,    "versions of the program, the index format and the libraries"},
    {"df",         0,   TAKES,  ID_DF,         NULL,    NULL},
    {"hyperlink",  0,   MAY_TAKE, ID_HYPERLINK, NULL,   NULL},
    {"line-buffered", 0, SWITCH, ID_LINE_BUFFERED, NULL, NULL},
    {"resume",     0,   TAKES,  ID_LATER,      NULL,    NULL},
    {"recency",    0,   TAKES,  ID_LATER,      NULL,    NULL},
    {"format",     0,   TAKES,  ID_LATER,      NULL,    NULL},
    {"table",      0,   SWITCH, ID_LATER,      NULL,    NULL},
    {"collapse",   0,   MAY_TAKE, ID_LATER,    NULL,    NULL},
    {"only-matching", 'o', SWITCH, ID_LATER,   NULL,    NULL},
    {"expand",     0,   SWITCH, ID_LATER,      NULL,    NULL},
    {"query-file", 0,   TAKES,  ID_FILE,       NULL,    NULL},
};
/* clang-format on */
enum { ROWS = sizeof rows / sizeof *rows };

static enum dtl_status usage(struct dtl_error *err, const char *name, const char *value,
                             const char *wanted)
{
    return dtl_fail(err, DTL_EUSAGE, 0, "--%s '%.60s': %s", name, value, wanted);
}

static enum dtl_status take_number(const char *name, const char *value, uint64_t least,
                                   uint64_t most, uint64_t *out, struct dtl_error *err)
{
    uint64_t v = 0;
    if (!dtl_number_of(value, most, &v) || v < least)
        return most > UINT32_MAX
                   ? usage(err, name, value, "a whole number")
                   : dtl_fail(err, DTL_EUSAGE, 0, "--%s '%.60s': a whole number from %llu to %llu",
                              name, value, (unsigned long long)least, (unsigned long long)most);
    *out = v;
    return DTL_OK;
}

static enum dtl_status take_match(struct dtl_options *o, const char *value, struct dtl_error *err)
{
    uint64_t v = 0;
    size_t n = strlen(value);
    char digits[8] = "";
    if (strcmp(value, "all") == 0) {
        o->match = DTL_MATCH_ALL;
    } else if (strcmp(value, "any") == 0) {
        o->match = DTL_MATCH_ANY;
    } else if (n > 1 && n < sizeof digits && value[n - 1] == '%') {
        memcpy(digits, value, n - 1);
        if (!dtl_number_of(digits, 100, &v) || v < 1)
            return usage(err, "match", value, "a percentage is 1% to 100%");
        o->match = DTL_MATCH_PERCENT;
        o->match_value = (uint32_t)v;
    } else {
        if (!dtl_number_of(value, DTL_QUERY_WORDS, &v) || v < 1)
            return usage(err, "match", value, "all, any, a number of words, or a percentage");
        o->match = DTL_MATCH_COUNT;
        o->match_value = (uint32_t)v;
    }
    return DTL_OK;
}

/* One of `n` words, its place to *out. */
static bool choice(const char *value, const char *const *word, int n, int *out)
{
    for (int i = 0; i < n; i++)
        if (strcmp(value, word[i]) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static enum dtl_status take_date(struct dtl_options *o, enum dtl_date_relation relation,
                                 const char *value, struct dtl_error *err)
{
    if (o->filters == DTL_DATE_OPTIONS_MAX)
        return dtl_fail(err, DTL_EUSAGE, 0, "at most %u date options", DTL_DATE_OPTIONS_MAX);
    o->filter[o->filters++] = (struct dtl_date_filter){relation, value};
    return DTL_OK;
}

static enum dtl_status take_word(struct dtl_options *o, int id, const char *value,
                                 struct dtl_error *err)
{
    static const char *const sorts[] = {"relevance", "newest", "oldest"};
    static const char *const colors[] = {"auto", "always", "never"};
    static const char *const matches[] = {"overlap", "within"};
    static const char *const units[] = {"day", "week", "month", "quarter", "year"};
    int i = 0;
    switch (id) {
    case ID_SORT:
        if (!choice(value, sorts, 3, &i))
            return usage(err, "sort", value, "relevance, newest or oldest");
        o->sort = (enum dtl_sort)i;
        break;
    case ID_COLOR:
        if (!choice(value, colors, 3, &i))
            return usage(err, "color", value, "auto, always or never");
        o->color = (enum dtl_color)i;
        break;
    case ID_DATE_MATCH:
        if (!choice(value, matches, 2, &i))
            return usage(err, "date-match", value, "overlap or within");
        o->within = i == 1;
        break;
    case ID_DF:
        if (strcmp(value, "archive") != 0)
            return usage(err, "df", value, "only archive is available yet");
        break;
    case ID_HYPERLINK:
        if (!value || strcmp(value, "never") != 0)
            return usage(err, "hyperlink", value ? value : "", "only never is available yet");
        break;
    default:
        if (value && !choice(value, units, 5, &i))
            return usage(err, "timeline", value, "day, week, month, quarter or year");
        o->timeline = value ? units[i] : units[2];
        break;
    }
    return DTL_OK;
}

static enum dtl_status take_value(struct dtl_options *o, int id, const char *value,
                                  struct dtl_error *err)
{
    uint64_t v = 0;
    enum dtl_status st = DTL_OK;
    switch (id) {
    case ID_INDEX:
        o->index = value;
        return DTL_OK;
    case ID_LIMIT:
        return take_number("limit", value, 0, UINT64_MAX - 1, &o->limit, err);
    case ID_OFFSET:
        return take_number("offset", value, 0, UINT64_MAX / 2, &o->offset, err);
    case ID_SNIPPET:
        st = take_number("snippet", value, 0, DTL_SNIPPET_MAX, &v, err);
        o->snippet = st == DTL_OK ? (uint32_t)v : o->snippet;
        return st;
    case ID_MAX_EXPAND:
        st = take_number("max-expand", value, 1, 100000000, &v, err);
        o->max_expand = st == DTL_OK ? (uint32_t)v : o->max_expand;
        return st;
    case ID_REPEAT:
        st = take_number("repeat", value, 1, 1000000, &v, err);
        o->repeat = st == DTL_OK ? (uint32_t)v : o->repeat;
        return st;
    case ID_MATCH:
        return take_match(o, value, err);
    case ID_FILE:
        o->file = value;
        return DTL_OK;
    case ID_QUERIES:
        o->queries = value;
        return DTL_OK;
    case ID_SHOW:
        o->show = value;
        return DTL_OK;
    case ID_TZ:
        o->tz = value;
        return DTL_OK;
    case ID_NOW:
        o->now = value;
        return DTL_OK;
    case ID_SINCE:
        return take_date(o, DTL_DATE_SINCE, value, err);
    case ID_UNTIL:
        return take_date(o, DTL_DATE_UNTIL, value, err);
    case ID_BEFORE:
        return take_date(o, DTL_DATE_BEFORE, value, err);
    case ID_AFTER:
        return take_date(o, DTL_DATE_AFTER, value, err);
    case ID_ON:
    case ID_DATE:
        return take_date(o, DTL_DATE_ON, value, err);
    default:
        return take_word(o, id, value, err);
    }
}

static void take_form(struct dtl_options *o, enum dtl_form form, bool on)
{
    if (on)
        o->form = form;
    else if (o->form == form)
        o->form = DTL_FORM_AUTO;
}

static void take_switch(struct dtl_options *o, int id, bool on)
{
    switch (id) {
    case ID_ALL:
        o->limit = on ? UINT64_MAX : 10;
        break;
    case ID_COUNT:
        take_form(o, DTL_FORM_COUNT, on);
        break;
    case ID_PATHS:
        take_form(o, DTL_FORM_PATHS, on);
        break;
    case ID_IDS:
        take_form(o, DTL_FORM_IDS, on);
        break;
    case ID_JSON:
        take_form(o, DTL_FORM_JSON, on);
        break;
    case ID_TSV:
        take_form(o, DTL_FORM_TSV, on);
        break;
    case ID_CSV:
        take_form(o, DTL_FORM_CSV, on);
        break;
    case ID_TREC:
        take_form(o, DTL_FORM_TREC, on);
        break;
    case ID_TEXT:
        take_form(o, DTL_FORM_TEXT, on);
        break;
    case ID_NULL:
        o->nul = on;
        break;
    case ID_LITERAL:
        o->literal = on;
        break;
    case ID_STRICT:
        o->strict = on;
        break;
    case ID_LENIENT:
        o->lenient = on;
        break;
    case ID_PLAIN:
        o->plain = on;
        break;
    case ID_QUIET:
        o->quiet = on;
        break;
    case ID_STATS:
        o->stats = on;
        break;
    case ID_EXPLAIN:
        o->explain = on;
        break;
    case ID_VERBOSE:
        o->verbose = on;
        break;
    case ID_HELP:
        o->help = on;
        break;
    case ID_VERSION:
        o->version = on;
        break;
    default: /* --pager, --line-buffered: nothing to do, there is no pager and output is whole */
        break;
    }
}

/* Names that exist, for suggestions. */
static enum dtl_status unknown(const char *written, struct dtl_error *err)
{
    const char *names[ROWS];
    size_t n = 0;
    const char *name = written + 2;
    bool no = strncmp(name, "no-", 3) == 0;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].id != ID_LATER && (!no || rows[i].kind == SWITCH))
            names[n++] = rows[i].name;
    size_t length = strcspn(name, "=");
    const char *like =
        dtl_suggest(dtl_bytes(name + (no ? 3 : 0), length - (no ? 3 : 0)), names, n);
    for (size_t i = 0; i < n && !like && length > 1; i++) /* an abbreviation is near what it begins */
        if (strncmp(names[i], name, length) == 0)
            like = names[i];
    if (like)
        return dtl_fail(err, DTL_EUSAGE, 0, "unknown option --%.*s; did you mean --%s%s?",
                        length > 60 ? 60 : (int)length, name, no ? "no-" : "", like);
    return dtl_fail(err, DTL_EUSAGE, 0,
                    "unknown option --%.*s (before a query that starts with a minus write --)",
                    length > 60 ? 60 : (int)length, name);
}

static void describe(struct option *longs, char *shorts)
{
    static char no_names[ROWS][24];
    size_t n = 0;
    *shorts++ = ':';
    for (size_t i = 0; i < ROWS; i++) {
        int has = rows[i].kind == SWITCH   ? no_argument
                  : rows[i].kind == TAKES ? required_argument
                                          : optional_argument;
        longs[n++] = (struct option){rows[i].name, has, NULL, (int)i + 1000};
        if (rows[i].kind == SWITCH || rows[i].id == ID_SNIPPET || rows[i].id == ID_TIMELINE) {
            snprintf(no_names[i], sizeof no_names[i], "no-%s", rows[i].name);
            longs[n++] = (struct option){no_names[i], no_argument, NULL, (int)i + 1000 + ID_NO};
        }
        if (rows[i].letter) {
            *shorts++ = rows[i].letter;
            if (rows[i].kind == TAKES)
                *shorts++ = ':';
        }
    }
    *shorts++ = 'h';
    *shorts = 0;
    longs[n] = (struct option){0};
}

/* getopt takes an unambiguous beginning for the whole name; we do not. */
static bool abbreviated(char **argv, const char *name)
{
    const char *written = optarg && argv[optind - 1] == optarg && optind > 1 ? argv[optind - 2]
                                                                             : argv[optind - 1];
    size_t n = strcspn(written, "=");
    return strncmp(written, "--", 2) == 0 && (n - 2 != strlen(name) || strncmp(written + 2, name, n - 2) != 0);
}

static enum dtl_status take(struct dtl_options *o, const struct row *row, bool no,
                            struct dtl_error *err)
{
    if (row->id == ID_LATER)
        return no ? DTL_OK
                  : dtl_fail(err, DTL_EUSAGE, 0, "--%s is not available yet", row->name);
    if (no && row->id == ID_SNIPPET)
        o->snippet = 0;
    else if (no && row->id == ID_TIMELINE)
        o->timeline = NULL;
    else if (row->kind == SWITCH)
        take_switch(o, row->id, !no);
    else
        return take_value(o, row->id, optarg, err);
    return DTL_OK;
}

static const struct row *by_letter(int letter)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].letter == letter)
            return &rows[i];
    return NULL;
}

enum dtl_status dtl_options_parse(int argc, char **argv, struct dtl_options *out,
                                  struct dtl_error *err)
{
    struct option longs[2 * ROWS + 1];
    char shorts[2 * ROWS + 4];
    struct dtl_options o = {.limit = 10,
                            .snippet = DTL_SNIPPET_DEFAULT,
                            .max_expand = DTL_EXPAND_DEFAULT,
                            .repeat = 1};
    enum dtl_status st = DTL_OK;
    describe(longs, shorts);
    opterr = 0;
    optind = 1;
    for (int c, at = -1; st == DTL_OK && (c = getopt_long(argc, argv, shorts, longs, &at)) != -1;
         at = -1) {
        if (c == 'h') {
            o.short_help = true;
        } else if (c == ':') {
            const struct row *row = optopt >= 1000 ? &rows[optopt - 1000] : by_letter(optopt);
            st = dtl_fail(err, DTL_EUSAGE, 0, "--%s needs %s", row ? row->name : "?",
                          row && row->argument ? row->argument : "a value");
        } else if (c == '?' && optopt >= 1000) {
            st = dtl_fail(err, DTL_EUSAGE, 0, "--%.*s takes no value",
                          (int)strcspn(argv[optind - 1] + 2, "="), argv[optind - 1] + 2);
        } else if (c == '?' && optopt) {
            st = dtl_fail(err, DTL_EUSAGE, 0,
                          "unknown option -%c; to leave a word out, write it after -- or quote it "
                          "with another word: 'jaguar -car'",
                          optopt > ' ' && optopt < 0x7f ? optopt : '?');
        } else if (c == '?') {
            st = unknown(argv[optind - 1], err);
        } else if (at >= 0 && abbreviated(argv, longs[at].name)) {
            st = unknown(argv[optind - (optarg && argv[optind - 1] == optarg ? 2 : 1)], err);
        } else {
            bool no = c >= 1000 + ID_NO;
            const struct row *row = c >= 1000 ? &rows[c - 1000 - (no ? ID_NO : 0)] : by_letter(c);
            st = take(&o, row, no, err);
        }
    }
    o.words = argv + optind;
    o.word_count = argc - optind;
    if (st == DTL_OK)
        *out = o;
    return st;
}

void dtl_options_help(bool brief, struct dtl_buffer *out)
{
    dtl_buffer_text(out,
                    "usage: dateline-query [--index DIR] [OPTION...] QUERY...\n"
                    "Search an archive of dated news articles.\n\n"
                    "  dateline-query prime minister since:2024\n"
                    "  dateline-query '\"central bank\" (rates OR inflation) -crypto' --on 2024-Q1\n"
                    "  dateline-query --json --sort newest 'title:quake*' | jq .title\n\n");
    if (brief)
        dtl_buffer_text(
            out,
            "query   words are joined by AND; OR, NOT or -word, (groups), \"exact phrase\",\n"
            "        =word (not stemmed), word* (beginning), title:word\n"
            "dates   date:2024-03 since:2024 until:2024-Q1 before:2024-03-22 after:1999\n"
            "        date:2024-03-01..2024-04-15, or --since, --until, --on, ...\n"
            "output  -n N  -c (count)  -l (paths)  --ids  --json  --tsv  --csv  --trec\n"
            "        --sort newest|oldest  --snippet N  --no-snippet  --explain\n"
            "more    --show ID   --queries FILE   --match any   -F (no syntax)   --help\n\n");
    else
        dtl_buffer_text(out, "options:\n");
    for (size_t i = 0; i < ROWS && !brief; i++) {
        char left[48];
        if (!rows[i].help)
            continue;
        snprintf(left, sizeof left, "%c%c%s --%s%s%s%s", rows[i].letter ? '-' : ' ',
                 rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? "," : " ", rows[i].name,
                 rows[i].kind == MAY_TAKE ? "[=" : rows[i].kind == TAKES ? " " : "",
                 rows[i].argument ? rows[i].argument : "", rows[i].kind == MAY_TAKE ? "]" : "");
        dtl_buffer_format(out, "  %-24s %s\n", left, rows[i].help);
    }
    if (!brief)
        dtl_buffer_format(
            out,
            "  -h                       a short form of this\n\n"
            "limits: a query has at most %u bytes, %u words and %u levels, a phrase %u words\n"
            "exit status: 0 found, 1 nothing found, 2 usage or query not understood,\n"
            "  3 no index or a damaged one, 4 input, output or memory failed, 75 try again\n",
            DTL_QUERY_BYTES, DTL_QUERY_WORDS, DTL_QUERY_DEPTH, DTL_PHRASE_WORDS);
}
