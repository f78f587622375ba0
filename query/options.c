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
#include "query/limit.h"
#include "query/options_table.h"

static enum dtl_status usage(struct dtl_error *err, const char *name, const char *value,
                             const char *wanted)
{
    return dtl_fail(err, DTL_EUSAGE, 0, "--%s '%.60s': %s", name, value, wanted);
}

#define MEMORY_LEAST (UINT64_C(64) << 20)

/* "30", "0.5"; false when it is no number of seconds. */
static bool take_seconds(const char *value, double *seconds)
{
    char *end = NULL;
    if (!*value || value[strspn(value, "0123456789.")])
        return false;
    double v = strtod(value, &end);
    if (end == value || *end || v > DTL_TIMEOUT_MAX)
        return false;
    *seconds = v;
    return true;
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
    static const char *const statistics[] = {"archive", "window"};
    static const char *const periods[] = {"month", "year"};
    static const char *const units[] = {"day", "week", "month", "quarter", "year"};
    int i = 0;
    switch (id) {
    case DTL_ID_SORT:
        if (!choice(value, sorts, 3, &i))
            return usage(err, "sort", value, "relevance, newest or oldest");
        o->sort = (enum dtl_sort)i;
        break;
    case DTL_ID_COLOR:
        if (!choice(value, colors, 3, &i))
            return usage(err, "color", value, "auto, always or never");
        o->color = (enum dtl_color)i;
        break;
    case DTL_ID_DATE_MATCH:
        if (!choice(value, matches, 2, &i))
            return usage(err, "date-match", value, "overlap or within");
        o->within = i == 1;
        break;
    case DTL_ID_DF:
        if (!choice(value, statistics, 2, &i))
            return usage(err, "df", value, "archive or window");
        o->window_df = i == 1;
        break;
    case DTL_ID_SPREAD:
        if (!choice(value, periods, 2, &i))
            return usage(err, "spread", value, "month or year");
        o->spread = i == 0 ? DTL_SPREAD_MONTH : DTL_SPREAD_YEAR;
        break;
    case DTL_ID_HYPERLINK:
        o->hyperlink = value ? value : "auto";
        if (!dtl_link_known(o->hyperlink))
            return usage(err, "hyperlink", value,
                         "auto, always, never, default, file, vscode, vscodium, cursor, kitty, "
                         "textmate, macvim, grep+, or a format with {path}");
        break;
    case DTL_ID_FORMAT:
        if (dtl_format_check(value, err) < 0)
            return DTL_EUSAGE;
        o->format = value;
        o->form = DTL_FORM_FORMAT;
        break;
    case DTL_ID_FACET:
        if (dtl_facets_check(value, err) < 0)
            return DTL_EUSAGE;
        o->facets = value;
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
    case DTL_ID_INDEX:
        o->index = value;
        return DTL_OK;
    case DTL_ID_LIMIT:
        o->limited = true;
        return take_number("limit", value, 0, UINT64_MAX - 1, &o->limit, err);
    case DTL_ID_HOLD:
        st = take_number("hold", value, 1, 3600, &v, err);
        o->hold = st == DTL_OK ? (uint32_t)v : o->hold;
        return st;
    case DTL_ID_TIMEOUT:
        if (!take_seconds(value, &o->timeout))
            return dtl_fail(err, DTL_EUSAGE, 0, "--timeout '%.60s': seconds, at most %.0f", value,
                            DTL_TIMEOUT_MAX);
        return DTL_OK;
    case DTL_ID_MEMORY:
        if (!dtl_size_of(value, &o->memory) || o->memory < MEMORY_LEAST)
            return dtl_fail(err, DTL_EUSAGE, 0, "--memory '%.60s': a size of at least %llu MB",
                            value, (unsigned long long)(MEMORY_LEAST >> 20));
        return DTL_OK;
    case DTL_ID_RESUME:
        o->resume = value;
        return DTL_OK;
    case DTL_ID_FORMAT_VERSION:
        if (!dtl_number_of(value, UINT32_MAX, &v) || v != DTL_JSON_VERSION)
            return dtl_fail(err, DTL_EUSAGE, 0,
                            "--format-version '%.60s': this program writes version %u", value,
                            DTL_JSON_VERSION);
        o->versioned = true;
        return DTL_OK;
    case DTL_ID_OFFSET:
        return take_number("offset", value, 0, UINT64_MAX / 2, &o->offset, err);
    case DTL_ID_SNIPPET:
        st = take_number("snippet", value, 0, DTL_SNIPPET_MAX, &v, err);
        o->snippet = st == DTL_OK ? (uint32_t)v : o->snippet;
        return st;
    case DTL_ID_MAX_EXPAND:
        st = take_number("max-expand", value, 1, 100000000, &v, err);
        o->max_expand = st == DTL_OK ? (uint32_t)v : o->max_expand;
        return st;
    case DTL_ID_REPEAT:
        st = take_number("repeat", value, 1, 1000000, &v, err);
        o->repeat = st == DTL_OK ? (uint32_t)v : o->repeat;
        return st;
    case DTL_ID_MATCH:
        return take_match(o, value, err);
    case DTL_ID_FILE:
        o->file = value;
        return DTL_OK;
    case DTL_ID_QUERIES:
        o->queries = value;
        return DTL_OK;
    case DTL_ID_SHOW:
        o->show = value;
        return DTL_OK;
    case DTL_ID_TZ:
        o->tz = value;
        return DTL_OK;
    case DTL_ID_NOW:
        o->now = value;
        return DTL_OK;
    case DTL_ID_LIKE:
        o->like = value;
        return DTL_OK;
    case DTL_ID_RECENCY:
        o->recency = value;
        return DTL_OK;
    case DTL_ID_SAVE:
    case DTL_ID_NEW:
    case DTL_ID_PEEK:
    case DTL_ID_RESET:
    case DTL_ID_FORGET:
        *dtl_option_of_saved(o, id) = value;
        return DTL_OK;
    case DTL_ID_SINCE:
        return take_date(o, DTL_DATE_SINCE, value, err);
    case DTL_ID_UNTIL:
        return take_date(o, DTL_DATE_UNTIL, value, err);
    case DTL_ID_BEFORE:
        return take_date(o, DTL_DATE_BEFORE, value, err);
    case DTL_ID_AFTER:
        return take_date(o, DTL_DATE_AFTER, value, err);
    case DTL_ID_ON:
    case DTL_ID_DATE:
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
    case DTL_ID_ALL:
        o->limit = on ? UINT64_MAX : DTL_LIMIT_DEFAULT;
        o->limited = on;
        break;
    case DTL_ID_TABLE:
        take_form(o, DTL_FORM_TABLE, on);
        break;
    case DTL_ID_MATCHES:
        take_form(o, DTL_FORM_MATCHES, on);
        break;
    case DTL_ID_COLLAPSE:
        o->collapse = on;
        break;
    case DTL_ID_COMPARE:
        o->compare = on;
        if (on && !o->timeline)
            o->timeline = "month";
        break;
    case DTL_ID_LINE_BUFFERED:
        o->line_buffered = on;
        break;
    case DTL_ID_PAGER:
        o->no_pager = !on;
        break;
    case DTL_ID_COUNT:
        take_form(o, DTL_FORM_COUNT, on);
        break;
    case DTL_ID_PATHS:
        take_form(o, DTL_FORM_PATHS, on);
        break;
    case DTL_ID_IDS:
        take_form(o, DTL_FORM_IDS, on);
        break;
    case DTL_ID_JSON:
        take_form(o, DTL_FORM_JSON, on);
        break;
    case DTL_ID_TSV:
        take_form(o, DTL_FORM_TSV, on);
        break;
    case DTL_ID_CSV:
        take_form(o, DTL_FORM_CSV, on);
        break;
    case DTL_ID_TREC:
        take_form(o, DTL_FORM_TREC, on);
        break;
    case DTL_ID_TEXT:
        take_form(o, DTL_FORM_TEXT, on);
        break;
    case DTL_ID_NULL:
        o->nul = on;
        break;
    case DTL_ID_LITERAL:
        o->literal = on;
        break;
    case DTL_ID_STRICT:
        o->strict = on;
        break;
    case DTL_ID_LENIENT:
        o->lenient = on;
        break;
    case DTL_ID_EXPAND:
        o->expand = on;
        break;
    case DTL_ID_PROXIMITY:
        o->no_proximity = !on;
        break;
    case DTL_ID_PLAIN:
        o->plain = on;
        break;
    case DTL_ID_QUIET:
        o->quiet = on;
        break;
    case DTL_ID_STATS:
        o->stats = on;
        break;
    case DTL_ID_EXPLAIN:
        o->explain = on;
        break;
    case DTL_ID_VERBOSE:
        o->verbose = on;
        break;
    case DTL_ID_INTERACTIVE:
        o->interactive = on;
        break;
    case DTL_ID_HELP:
        o->help = on;
        break;
    case DTL_ID_VERSION:
        o->version = on;
        break;
    case DTL_ID_DIGEST:
        o->digest = on;
        break;
    case DTL_ID_SAVED:
        o->list_saved = on;
        break;
    default:
        break;
    }
}

/* Switches can be taken back, and so can what changes the output. */
static bool has_no_form(const struct dtl_option_row *row)
{
    return row->kind != DTL_TAKES || row->id == DTL_ID_SNIPPET || row->id == DTL_ID_FACET ||
           row->id == DTL_ID_FORMAT;
}

/* Names that exist, for suggestions. */
static enum dtl_status unknown(const char *written, struct dtl_error *err)
{
    const char *names[DTL_OPTION_ROWS];
    size_t n = 0;
    const char *name = written + 2;
    bool no = strncmp(name, "no-", 3) == 0;
    for (size_t i = 0; i < DTL_OPTION_ROWS; i++)
        if (dtl_option_rows[i].id != DTL_ID_LATER && (!no || has_no_form(&dtl_option_rows[i])))
            names[n++] = dtl_option_rows[i].name;
    size_t length = strcspn(name, "=");
    static const char *const orders[] = {"relevance", "newest", "oldest"};
    int order = 0;
    if (choice(name, orders, 3, &order))
        return dtl_fail(err, DTL_EUSAGE, 0, "unknown option --%s; did you mean --sort %s?", name,
                        name);
    const char *like = dtl_suggest(dtl_bytes(name + (no ? 3 : 0), length - (no ? 3 : 0)), names, n);
    for (size_t i = 0; i < n && !like && length > 1;
         i++) /* an abbreviation is near what it begins */
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
    static char no_names[DTL_OPTION_ROWS][24];
    size_t n = 0;
    *shorts++ = ':';
    for (size_t i = 0; i < DTL_OPTION_ROWS; i++) {
        int has = dtl_option_rows[i].kind == DTL_SWITCH  ? no_argument
                  : dtl_option_rows[i].kind == DTL_TAKES ? required_argument
                                                         : optional_argument;
        longs[n++] = (struct option){dtl_option_rows[i].name, has, NULL, (int)i + 1000};
        if (has_no_form(&dtl_option_rows[i])) {
            snprintf(no_names[i], sizeof no_names[i], "no-%s", dtl_option_rows[i].name);
            longs[n++] = (struct option){no_names[i], no_argument, NULL, (int)i + 1000 + DTL_ID_NO};
        }
        if (dtl_option_rows[i].letter) {
            *shorts++ = dtl_option_rows[i].letter;
            if (dtl_option_rows[i].kind == DTL_TAKES)
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
    const char *written =
        optarg && argv[optind - 1] == optarg && optind > 1 ? argv[optind - 2] : argv[optind - 1];
    size_t n = strcspn(written, "=");
    return strncmp(written, "--", 2) == 0 &&
           (n - 2 != strlen(name) || strncmp(written + 2, name, n - 2) != 0);
}

static enum dtl_status take(struct dtl_options *o, const struct dtl_option_row *row, bool no,
                            struct dtl_error *err)
{
    if (row->id == DTL_ID_LATER)
        return no ? DTL_OK : dtl_fail(err, DTL_EUSAGE, 0, "--%s is not available yet", row->name);
    if (no && row->id == DTL_ID_SNIPPET)
        o->snippet = 0;
    else if (no && row->id == DTL_ID_TIMELINE)
        o->timeline = NULL;
    else if (no && row->id == DTL_ID_FACET)
        o->facets = NULL;
    else if (no && row->id == DTL_ID_HYPERLINK)
        o->hyperlink = NULL;
    else if (no && row->id == DTL_ID_FORMAT)
        take_form(o, DTL_FORM_FORMAT, false);
    else if (row->kind == DTL_SWITCH)
        take_switch(o, row->id, !no);
    else
        return take_value(o, row->id, optarg, err);
    return DTL_OK;
}

static const struct dtl_option_row *by_letter(int letter)
{
    for (size_t i = 0; i < DTL_OPTION_ROWS; i++)
        if (dtl_option_rows[i].letter == letter)
            return &dtl_option_rows[i];
    return NULL;
}

enum dtl_status dtl_options_parse(int argc, char **argv, struct dtl_options *out,
                                  struct dtl_error *err)
{
    struct option longs[2 * DTL_OPTION_ROWS + 1];
    char shorts[2 * DTL_OPTION_ROWS + 4];
    struct dtl_options o = {.limit = DTL_LIMIT_DEFAULT,
                            .hold = DTL_HOLD_DEFAULT,
                            .timeout = DTL_TIMEOUT_DEFAULT,
                            .memory = DTL_MEMORY_DEFAULT,
                            .snippet = DTL_SNIPPET_DEFAULT,
                            .max_expand = DTL_EXPAND_DEFAULT,
                            .repeat = 1};
    enum dtl_status st = DTL_OK;
    describe(longs, shorts);
    opterr = 0;
    optind = 0; /* anew, also after another command line */
    for (int c, at = -1; st == DTL_OK && (c = getopt_long(argc, argv, shorts, longs, &at)) != -1;
         at = -1) {
        if (c == 'h') {
            o.short_help = true;
        } else if (c == ':') {
            const struct dtl_option_row *row =
                optopt >= 1000 ? &dtl_option_rows[optopt - 1000] : by_letter(optopt);
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
            bool no = c >= 1000 + DTL_ID_NO;
            const struct dtl_option_row *row =
                c >= 1000 ? &dtl_option_rows[c - 1000 - (no ? DTL_ID_NO : 0)] : by_letter(c);
            st = take(&o, row, no, err);
            if (o.takens < DTL_TAKEN_MAX)
                o.taken[o.takens] =
                    (struct dtl_taken){(uint16_t)(row - dtl_option_rows), no,
                                       no || row->kind == DTL_SWITCH ? NULL : optarg};
            o.takens++;
        }
    }
    o.argv = argv;
    o.argv_options = optind;
    o.words = argv + optind;
    o.word_count = argc - optind;
    if (st == DTL_OK)
        *out = o;
    return st;
}
