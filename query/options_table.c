/* options_table.c - what each option is called and does; the help that is made from it. */
#include <stdio.h>

#include "query/options.h"
#include "query/options_table.h"

/* clang-format off */
const struct dtl_option_row dtl_option_rows[DTL_OPTION_ROWS] = {
    {"index",      'i', DTL_TAKES,  DTL_ID_INDEX,      "DIR",   "the index (else $DATELINE_INDEX, else ~/.local/share/dateline/default)"},
    {"limit",      'n', DTL_TAKES,  DTL_ID_LIMIT,      "N",     "show at most N articles (10)"},
    {"offset",     0,   DTL_TAKES,  DTL_ID_OFFSET,     "N",     "leave out the first N"},
    {"all",        0,   DTL_SWITCH, DTL_ID_ALL,        NULL,    "show all that match, as they are found"},
    {"resume",     0,   DTL_TAKES,  DTL_ID_RESUME,     "CURSOR", "go on after the last hit of a run that printed CURSOR"},
    {"hold",       0,   DTL_TAKES,  DTL_ID_HOLD,       "SEC",   "with --all: seconds after which it lets go of the archive and stops (30)"},
    {"timeout",    0,   DTL_TAKES,  DTL_ID_TIMEOUT,    "SEC",   "end a query that takes longer, with status 2 (30; 0: never)"},
    {"memory",     0,   DTL_TAKES,  DTL_ID_MEMORY,     "SIZE",  "private memory it may take (1G)"},
    {"since",      0,   DTL_TAKES,  DTL_ID_SINCE,      "DATE",  "from the start of DATE; date options repeat and all of them hold"},
    {"until",      0,   DTL_TAKES,  DTL_ID_UNTIL,      "DATE",  "to the end of DATE"},
    {"before",     0,   DTL_TAKES,  DTL_ID_BEFORE,     "DATE",  "strictly before DATE"},
    {"after",      0,   DTL_TAKES,  DTL_ID_AFTER,      "DATE",  "strictly after DATE"},
    {"on",         0,   DTL_TAKES,  DTL_ID_ON,         "DATE",  "on DATE: a day, month, quarter, year, ..."},
    {"date",       0,   DTL_TAKES,  DTL_ID_DATE,       "RANGE", "the same, or A..B, A.., ..B, none"},
    {"date-match", 0,   DTL_TAKES,  DTL_ID_DATE_MATCH, "HOW",   "overlap (default) or within"},
    {"tz",         0,   DTL_TAKES,  DTL_ID_TZ,         "ZONE",  "whose today it is (IANA name)"},
    {"now",        0,   DTL_TAKES,  DTL_ID_NOW,        "TIME",  "what now is: 2024-04-10T12:00:00Z or 2024-04-10"},
    {"sort",       0,   DTL_TAKES,  DTL_ID_SORT,       "ORDER", "relevance (default), newest or oldest"},
    {"recency",    0,   DTL_TAKES,  DTL_ID_RECENCY,    "SPAN",  "a score halves for each SPAN of age: 30d, 2w, 6m, 1y"},
    {"spread",     0,   DTL_TAKES,  DTL_ID_SPREAD,     "BY",    "the best of every month or year in turn, not the best of all"},
    {"df",         0,   DTL_TAKES,  DTL_ID_DF,         "WHOSE", "how rare a word is in the archive (default) or in the window of the dates"},
    {"like",       0,   DTL_TAKES,  DTL_ID_LIKE,       "ID",    "articles with the words that mark article ID; a query beside it must match too"},
    {"expand",     0,   DTL_SWITCH, DTL_ID_EXPAND,     NULL,    "words that the best articles share score too; with --match any they find more"},
    {"proximity",  0,   DTL_SWITCH, DTL_ID_PROXIMITY,  NULL,    "words near each other score more (default); --no-proximity: they do not"},
    {"match",      0,   DTL_TAKES,  DTL_ID_MATCH,      "HOW",   "how many words must match: all (default), any, N or N%"},
    {"literal",    'F', DTL_SWITCH, DTL_ID_LITERAL,    NULL,    "nothing in the query is syntax"},
    {"file",       'f', DTL_TAKES,  DTL_ID_FILE,       "FILE",  "read the query from FILE (- is standard input)"},
    {"strict",     0,   DTL_SWITCH, DTL_ID_STRICT,     NULL,    "refuse AND beside OR without parentheses"},
    {"lenient",    0,   DTL_SWITCH, DTL_ID_LENIENT,    NULL,    "close what is left open; an unknown field is text"},
    {"max-expand", 0,   DTL_TAKES,  DTL_ID_MAX_EXPAND, "N",     "terms a word* may stand for (50000)"},
    {"count",      'c', DTL_SWITCH, DTL_ID_COUNT,      NULL,    "print the number of matching articles"},
    {"paths",      'l', DTL_SWITCH, DTL_ID_PATHS,      NULL,    "print the paths alone"},
    {"ids",        0,   DTL_SWITCH, DTL_ID_IDS,        NULL,    "print the ids alone"},
    {"null",       '0', DTL_SWITCH, DTL_ID_NULL,       NULL,    "end each path or id with NUL"},
    {"json",       0,   DTL_SWITCH, DTL_ID_JSON,       NULL,    "JSON Lines: a hit a line, then a record of type end"},
    {"tsv",        0,   DTL_SWITCH, DTL_ID_TSV,        NULL,    "DATE, SCORE, ID, TITLE, PATH divided by tabs (default when not on a terminal)"},
    {"csv",        0,   DTL_SWITCH, DTL_ID_CSV,        NULL,    "the same columns as CSV (RFC 4180)"},
    {"trec",       0,   DTL_SWITCH, DTL_ID_TREC,       NULL,    "a TREC run"},
    {"table",      0,   DTL_SWITCH, DTL_ID_TABLE,      NULL,    "columns as wide as the terminal"},
    {"format",     0,   DTL_TAKES,  DTL_ID_FORMAT,     "STRING", "a line a hit: %d date, %s score, %i id, %t title, %p path, %S source, ..."},
    {"only-matching", 'o', DTL_SWITCH, DTL_ID_MATCHES, NULL,    "print what matched, one a line"},
    {"text",       0,   DTL_SWITCH, DTL_ID_TEXT,       NULL,    "headings and snippets (default on a terminal)"},
    {"snippet",    0,   DTL_TAKES,  DTL_ID_SNIPPET,    "N",     "characters of text around what matched (200); --no-snippet: none"},
    {"color",      0,   DTL_TAKES,  DTL_ID_COLOR,      "WHEN",  "auto, always or never"},
    {"plain",      0,   DTL_SWITCH, DTL_ID_PLAIN,      NULL,    "mark what matched as [[this]], no colour"},
    {"collapse",   0,   DTL_SWITCH, DTL_ID_COLLAPSE,   NULL,    "with --text: fold copies and equal titles under the first of them"},
    {"hyperlink",  0,   DTL_MAY_TAKE, DTL_ID_HYPERLINK, "HOW",  "with --text, link paths: auto, always, never, vscode, ..., or a FORMAT with {path}"},
    {"pager",      0,   DTL_SWITCH, DTL_ID_PAGER,      NULL,    "page what is longer than the screen (default); --no-pager"},
    {"quiet",      'q', DTL_SWITCH, DTL_ID_QUIET,      NULL,    "print nothing; exit 0 at the first match, else 1"},
    {"show",       0,   DTL_TAKES,  DTL_ID_SHOW,       "ID",    "print the whole article"},
    {"queries",    0,   DTL_TAKES,  DTL_ID_QUERIES,    "FILE",  "a batch: one 'qid<TAB>query' a line (- is standard input)"},
    {"repeat",     0,   DTL_TAKES,  DTL_ID_REPEAT,     "N",     "search N times, for --stats"},
    {"stats",      0,   DTL_SWITCH, DTL_ID_STATS,      NULL,    "how long it took and what was read"},
    {"explain",    0,   DTL_SWITCH, DTL_ID_EXPLAIN,    NULL,    "the query as understood, its words and counts"},
    {"timeline",   0,   DTL_MAY_TAKE, DTL_ID_TIMELINE, "UNIT",  "counts by day, week, month (default), quarter or year"},
    {"interactive", 0,  DTL_SWITCH, DTL_ID_INTERACTIVE, NULL,   "search as you type, on the whole terminal"},
    {"compare",    0,   DTL_SWITCH, DTL_ID_COMPARE,    NULL,    "with --timeline: each argument is a query, side by side"},
    {"facet",      0,   DTL_TAKES,  DTL_ID_FACET,      "FIELD,...", "counts by source, author, section, tag, place, agency, lang, year, month"},
    {"save",       0,   DTL_TAKES,  DTL_ID_SAVE,       "NAME",  "keep this query and its options under NAME"},
    {"new",        0,   DTL_TAKES,  DTL_ID_NEW,        "NAME",  "print what NAME finds that --new has not printed yet, revised articles again"},
    {"peek",       0,   DTL_TAKES,  DTL_ID_PEEK,       "NAME",  "the same, and --new will print it all the same"},
    {"digest",     0,   DTL_SWITCH, DTL_ID_DIGEST,     NULL,    "what is new for the saved searches named as arguments (all), as text for a mail"},
    {"reset",      0,   DTL_TAKES,  DTL_ID_RESET,      "NAME",  "let --new NAME begin anew, with all that matches"},
    {"saved",      0,   DTL_SWITCH, DTL_ID_SAVED,      NULL,    "list the saved searches: NAME, QUERY, options"},
    {"forget",     0,   DTL_TAKES,  DTL_ID_FORGET,     "NAME",  "remove the saved search NAME"},
    {"line-buffered", 0, DTL_SWITCH, DTL_ID_LINE_BUFFERED, NULL, "with --all: write each hit at once"},
    {"format-version", 0, DTL_TAKES, DTL_ID_FORMAT_VERSION, "N", "refuse to print JSON of another version than N"},
    {"verbose",    'v', DTL_SWITCH, DTL_ID_VERBOSE,    NULL,    "notes about the query even when not on a terminal"},
    {"help",       0,   DTL_SWITCH, DTL_ID_HELP,       NULL,    "this text"},
    {"version",    'V', DTL_SWITCH, DTL_ID_VERSION,    NULL,    "versions of the program, the index format and the libraries"},
    {"query-file", 0,   DTL_TAKES,  DTL_ID_FILE,       NULL,    NULL},
};
/* clang-format on */

void dtl_options_help(bool brief, struct dtl_buffer *out)
{
    dtl_buffer_text(
        out, "usage: dateline-query [--index DIR] [OPTION...] QUERY...\n"
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
            "output  -n N  --all  -c (count)  -l (paths)  --ids  --json  --tsv  --csv  --trec\n"
            "        --table  --format '%d %t'  -o (matches)  --timeline  --facet source\n"
            "        --sort newest|oldest  --snippet N  --no-snippet  --explain\n"
            "more    --show ID   --queries FILE   --match any   -F (no syntax)   --help\n\n");
    else
        dtl_buffer_text(out, "options:\n");
    for (size_t i = 0; i < DTL_OPTION_ROWS && !brief; i++) {
        char left[48];
        if (!dtl_option_rows[i].help)
            continue;
        snprintf(left, sizeof left, "%c%c%s --%s%s%s%s", dtl_option_rows[i].letter ? '-' : ' ',
                 dtl_option_rows[i].letter ? dtl_option_rows[i].letter : ' ',
                 dtl_option_rows[i].letter ? "," : " ", dtl_option_rows[i].name,
                 dtl_option_rows[i].kind == DTL_MAY_TAKE ? "[="
                 : dtl_option_rows[i].kind == DTL_TAKES  ? " "
                                                         : "",
                 dtl_option_rows[i].argument ? dtl_option_rows[i].argument : "",
                 dtl_option_rows[i].kind == DTL_MAY_TAKE ? "]" : "");
        dtl_buffer_format(out, "  %-24s %s\n", left, dtl_option_rows[i].help);
    }
    if (brief)
        return;
    dtl_buffer_text(out, "  -h                       a short form of this\n\n--format STRING:\n");
    dtl_format_help(out);
    dtl_buffer_format(
        out,
        "\nlimits: a query has at most %u bytes, %u words and %u levels, a phrase %u words\n"
        "exit status: 0 found, 1 nothing found, 2 usage or query not understood,\n"
        "  3 no index or a damaged one, 4 input, output or memory failed, or --all stopped with a\n"
        "  cursor, 75 try again\n",
        DTL_QUERY_BYTES, DTL_QUERY_WORDS, DTL_QUERY_DEPTH, DTL_PHRASE_WORDS);
}
