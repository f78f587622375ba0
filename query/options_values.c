/*
 * options_values.c - what each option of the table sets, and which values it takes.
 */
#include "query/options.h"

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
bool dtl_option_choice(const char *value, const char *const *word, int n, int *out)
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
        if (!dtl_option_choice(value, sorts, 3, &i))
            return usage(err, "sort", value, "relevance, newest or oldest");
        o->sort = (enum dtl_sort)i;
        break;
    case DTL_ID_COLOR:
        if (!dtl_option_choice(value, colors, 3, &i))
            return usage(err, "color", value, "auto, always or never");
        o->color = (enum dtl_color)i;
        break;
    case DTL_ID_DATE_MATCH:
        if (!dtl_option_choice(value, matches, 2, &i))
            return usage(err, "date-match", value, "overlap or within");
        o->within = i == 1;
        break;
    case DTL_ID_DF:
        if (!dtl_option_choice(value, statistics, 2, &i))
            return usage(err, "df", value, "archive or window");
        o->window_df = i == 1;
        break;
    case DTL_ID_SPREAD:
        if (!dtl_option_choice(value, periods, 2, &i))
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
        if (value && !dtl_option_choice(value, units, 5, &i))
            return usage(err, "timeline", value, "day, week, month, quarter or year");
        o->timeline = value ? units[i] : units[2];
        break;
    }
    return DTL_OK;
}

enum dtl_status dtl_option_value(struct dtl_options *o, int id, const char *value,
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

void dtl_option_form(struct dtl_options *o, enum dtl_form form, bool on)
{
    if (on)
        o->form = form;
    else if (o->form == form)
        o->form = DTL_FORM_AUTO;
}

void dtl_option_switch(struct dtl_options *o, int id, bool on)
{
    switch (id) {
    case DTL_ID_ALL:
        o->limit = on ? UINT64_MAX : DTL_LIMIT_DEFAULT;
        o->limited = on;
        break;
    case DTL_ID_TABLE:
        dtl_option_form(o, DTL_FORM_TABLE, on);
        break;
    case DTL_ID_MATCHES:
        dtl_option_form(o, DTL_FORM_MATCHES, on);
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
        dtl_option_form(o, DTL_FORM_COUNT, on);
        break;
    case DTL_ID_PATHS:
        dtl_option_form(o, DTL_FORM_PATHS, on);
        break;
    case DTL_ID_IDS:
        dtl_option_form(o, DTL_FORM_IDS, on);
        break;
    case DTL_ID_JSON:
        dtl_option_form(o, DTL_FORM_JSON, on);
        break;
    case DTL_ID_TSV:
        dtl_option_form(o, DTL_FORM_TSV, on);
        break;
    case DTL_ID_CSV:
        dtl_option_form(o, DTL_FORM_CSV, on);
        break;
    case DTL_ID_TREC:
        dtl_option_form(o, DTL_FORM_TREC, on);
        break;
    case DTL_ID_TEXT:
        dtl_option_form(o, DTL_FORM_TEXT, on);
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
