/* query/options.h - the command line of dateline-query: one table for parsing, help and
 * suggestions. */
#ifndef DTL_QUERY_OPTIONS_H
#define DTL_QUERY_OPTIONS_H
#include "query/language/parser.h"
#include "query/result/facets.h"
#include "query/result/format.h"
#include "query/result/link.h"
#include "query/result/render.h"

#define DTL_LIMIT_DEFAULT    10u
#define DTL_HOLD_DEFAULT     30u
#define DTL_DATE_OPTIONS_MAX 64u

#define DTL_TAKEN_MAX 64u

enum dtl_color { DTL_COLOR_AUTO, DTL_COLOR_ALWAYS, DTL_COLOR_NEVER };

struct dtl_options {
    const char *index; /* --index, or NULL */
    uint64_t limit;    /* UINT64_MAX: --all */
    uint64_t offset;
    enum dtl_form form;
    enum dtl_sort sort;
    enum dtl_match_mode match;
    uint32_t match_value;
    bool literal, strict, lenient, within;
    bool no_proximity, window_df, expand;
    const char *like;          /* id, or NULL */
    const char *recency;       /* SPAN, or NULL */
    enum dtl_spread_by spread; /* --spread */
    bool explain, quiet, plain, nul, verbose, stats;
    bool help, short_help, version, interactive;
    const char *file, *queries, *show; /* NULL: not given */
    const char *tz, *now;
    struct dtl_date_filter filter[DTL_DATE_OPTIONS_MAX];
    size_t filters;
    uint32_t snippet;            /* characters; 0: none */
    const char *resume, *format; /* a cursor; the string of --format */
    const char *facets;          /* field,...; or NULL */
    const char *hyperlink;       /* as given; NULL: never */
    double timeout;              /* seconds; 0: none */
    uint64_t memory;             /* bytes */
    uint32_t hold;               /* seconds --all may keep its snapshot */
    bool limited;                /* -n or --all was given */
    bool collapse, compare, line_buffered, no_pager;
    bool versioned; /* --format-version was given */
    enum dtl_color color;
    uint32_t max_expand, repeat;
    const char *timeline;                            /* unit, or NULL */
    const char *save, *news, *peek, *reset, *forget; /* --save, --new, ...: NAME, or NULL */
    bool digest, list_saved;
    struct dtl_taken { /* the options as they were given, in order */
        uint16_t row;  /* of dtl_option_rows */
        bool no;
        const char *value; /* NULL: none */
    } taken[DTL_TAKEN_MAX];
    size_t takens;    /* may be more than fit: then the last ones are not in `taken` */
    char **argv;      /* as permuted: the program, options, operands */
    int argv_options; /* of argv: the program and its options, a -- included */
    char **words;     /* operands, in order */
    int word_count;
};

/** Read argv (which is permuted). DTL_EUSAGE: err->text is one line for standard error. */
enum dtl_status dtl_options_parse(int argc, char **argv, struct dtl_options *out,
                                  struct dtl_error *err) DTL_MUST_USE;

/** What an option is to a saved search. */
enum dtl_keeping {
    DTL_KEEP_NOT,     /* cannot be kept: another command, or a part of an answer */
    DTL_KEEP_PASSING, /* of this run alone */
    DTL_KEEP_LOOKS,   /* kept: the order and the look of what is found */
    DTL_KEEP_FINDS,   /* kept: what is found, or how the query is read */
};
enum dtl_keeping dtl_option_keeping(const struct dtl_taken *t);
/** The same of "--name" or "--name=value"; NOT when there is none such. */
enum dtl_keeping dtl_option_keeping_of(const char *written);
/** As it is written on a command line, appended: --name, --no-name, --name=value. */
void dtl_option_write(const struct dtl_taken *t, struct dtl_buffer *out);

/** -h: one screen; --help: everything. To `out`. */
void dtl_options_help(bool brief, struct dtl_buffer *out);
#endif
