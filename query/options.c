/*
 * options.c - the reading of argv.
 *
 * getopt_long does the cutting; the table (options_table.c) says the rest once: names, arguments,
 * help, and which options of the contract are not built; options_values.c what each one sets.
 * Abbreviated names are refused: a script that says --s must not change its meaning when another
 * option is added. Every switch has its --no- form.
 */
#include "query/options.h"

#include <getopt.h>
#include <stdio.h>

#include "query/language/suggest.h"
#include "query/limit.h"
#include "query/options_table.h"

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
    if (dtl_option_choice(name, orders, 3, &order))
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
        dtl_option_form(o, DTL_FORM_FORMAT, false);
    else if (row->kind == DTL_SWITCH)
        dtl_option_switch(o, row->id, !no);
    else
        return dtl_option_value(o, row->id, optarg, err);
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
