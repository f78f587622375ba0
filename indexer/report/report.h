/*
 * indexer/report/report.h - what a run met, by format, and why some of it is not in the index:
 * counted as it comes, printed at the end.
 */
#ifndef DTL_INDEXER_REPORT_H
#define DTL_INDEXER_REPORT_H
#include "common/base/arena.h"
#include "common/base/bytes.h"

#define DTL_TALLIES_MAX 64 /* formats counted apart; more are counted as the last */
#define DTL_REASONS_MAX 64 /* kinds of reasons, likewise */

struct dtl_tally {
    char format[48]; /* "json", "html in warc" */
    uint64_t files, articles, undated, rejected;
};

struct dtl_reason {
    bool skipped;      /* else rejected */
    const char *kind;  /* the reason without what differs from case to case */
    const char *first; /* the input it was first given for */
    uint64_t count;
};

struct dtl_report { /* {0} is empty */
    struct dtl_tally tally[DTL_TALLIES_MAX];
    size_t tallies;
    struct dtl_reason reason[DTL_REASONS_MAX];
    size_t reasons;
    struct dtl_arena arena;
};

/** The row of a format; container (may be NULL) is the kind of archive its files stand in. */
struct dtl_tally *dtl_report_tally(struct dtl_report *r, const char *format, const char *container);
/**
 * Count one input that gave no article. `reason` is one line: "#7: line 3: date '2021-13-01': ...";
 * its place goes to `path` for the example, what is quoted and every number is left out of the
 * kind.
 */
void dtl_report_reason(struct dtl_report *r, bool skipped, struct dtl_bytes path,
                       const char *reason);
/** A table, a row a format, then a line a kind of reason; `prefix` in front of each line. */
void dtl_report_print(const struct dtl_report *r, const char *prefix, struct dtl_buffer *out);
void dtl_report_release(struct dtl_report *r);
#endif
