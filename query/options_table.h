/* query/options_table.h - the one list of options: parsing, help and suggestions read it. Private
 * to options. */
#ifndef DTL_QUERY_OPTIONS_TABLE_H
#define DTL_QUERY_OPTIONS_TABLE_H
#include "query/options.h"

enum dtl_option_id {
    DTL_ID_INDEX = 1000,
    DTL_ID_LIMIT,
    DTL_ID_OFFSET,
    DTL_ID_ALL,
    DTL_ID_COUNT,
    DTL_ID_PATHS,
    DTL_ID_IDS,
    DTL_ID_NULL,
    DTL_ID_JSON,
    DTL_ID_TSV,
    DTL_ID_CSV,
    DTL_ID_TREC,
    DTL_ID_SORT,
    DTL_ID_MATCH,
    DTL_ID_LITERAL,
    DTL_ID_FILE,
    DTL_ID_QUERIES,
    DTL_ID_SHOW,
    DTL_ID_EXPLAIN,
    DTL_ID_SINCE,
    DTL_ID_UNTIL,
    DTL_ID_BEFORE,
    DTL_ID_AFTER,
    DTL_ID_ON,
    DTL_ID_DATE,
    DTL_ID_DATE_MATCH,
    DTL_ID_TZ,
    DTL_ID_NOW,
    DTL_ID_SNIPPET,
    DTL_ID_COLOR,
    DTL_ID_PAGER,
    DTL_ID_QUIET,
    DTL_ID_STRICT,
    DTL_ID_LENIENT,
    DTL_ID_PLAIN,
    DTL_ID_MAX_EXPAND,
    DTL_ID_VERBOSE,
    DTL_ID_STATS,
    DTL_ID_REPEAT,
    DTL_ID_TIMELINE,
    DTL_ID_HELP,
    DTL_ID_VERSION,
    DTL_ID_DF,
    DTL_ID_HYPERLINK,
    DTL_ID_LINE_BUFFERED,
    DTL_ID_TEXT,
    DTL_ID_PROXIMITY,
    DTL_ID_RECENCY,
    DTL_ID_SPREAD,
    DTL_ID_EXPAND,
    DTL_ID_LIKE,
    DTL_ID_INTERACTIVE,
    DTL_ID_RESUME,
    DTL_ID_HOLD,
    DTL_ID_TIMEOUT,
    DTL_ID_MEMORY,
    DTL_ID_FORMAT,
    DTL_ID_FORMAT_VERSION,
    DTL_ID_TABLE,
    DTL_ID_MATCHES,
    DTL_ID_COLLAPSE,
    DTL_ID_FACET,
    DTL_ID_COMPARE,
    DTL_ID_SAVE,
    DTL_ID_NEW,
    DTL_ID_PEEK,
    DTL_ID_DIGEST,
    DTL_ID_RESET,
    DTL_ID_SAVED,
    DTL_ID_FORGET,
    DTL_ID_LATER,
    DTL_ID_NO = 4096, /* added for the --no- form of a switch */
};

enum dtl_option_kind { DTL_SWITCH, DTL_TAKES, DTL_MAY_TAKE };

struct dtl_option_row {
    const char *name;
    char letter;
    enum dtl_option_kind kind;
    int id;
    const char *argument, *help; /* help NULL: accepted, not listed */
};

/** options_values.c: what option `id` sets to `value`. DTL_EUSAGE with the values it takes. */
enum dtl_status dtl_option_value(struct dtl_options *o, int id, const char *value,
                                 struct dtl_error *err);
/** A switch, and with `on` false its --no- form. */
void dtl_option_switch(struct dtl_options *o, int id, bool on);
/** `form` from now on; without `on` the default again, should it be `form`. */
void dtl_option_form(struct dtl_options *o, enum dtl_form form, bool on);
/** Which of `n` words `value` is, into *out; false: none. */
bool dtl_option_choice(const char *value, const char *const *word, int n, int *out);
/** options_saved.c: where the NAME of --save, --new, --peek, --reset and --forget is kept. */
const char **dtl_option_of_saved(struct dtl_options *o, int id);

#define DTL_OPTION_ROWS 71
extern const struct dtl_option_row dtl_option_rows[DTL_OPTION_ROWS];
#endif
