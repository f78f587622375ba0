/*
 * indexer/article/evidence.h - everything that says of which day an article is, and the choice
 * among it; what its dateline says besides.
 */
#ifndef DTL_ARTICLE_EVIDENCE_H
#define DTL_ARTICLE_EVIDENCE_H
#include "indexer/article/dates.h"
#include "indexer/article/mapping.h"
#include "indexer/format/dateline.h"

struct dtl_evidence {
    const struct dtl_mapped *fields; /* date and date_end as the article states them */
    struct dtl_date_order order;     /* which sources may decide, best first */
    struct dtl_date_hints hints;
    struct dtl_bytes path; /* of the stream the article came from */
    bool path_is_its_own;  /* the stream holds this article alone */
    uint64_t mtime_ns;     /* 0: there is none */
};

/**
 * The dateline of `record` (its field of that name, else the first lines of the body) adds its
 * places and its agency to those of `a`, unless they were set for all articles. *out is it; without
 * one places is 0 there. DTL_ENOMEM.
 */
enum dtl_status dtl_dateline_take(const struct dtl_record *record, const struct dtl_mapped *fields,
                                  const struct dtl_date_hints *hints, struct dtl_arena *arena,
                                  struct dtl_article *a, struct dtl_dateline *out,
                                  struct dtl_error *err) DTL_MUST_USE;

/**
 * Choose the date of `a` (its url and body are read, its date, instant, date_source and other_date
 * are written): the first source of the order that has one. All the others that have one become
 * other_date, but for the file's time and the path of a file of many articles, which are asked when
 * nothing else is left. Undated when none decides. DTL_EINPUT: the article states a date that is
 * none, and may decide.
 */
enum dtl_status dtl_date_choose(const struct dtl_evidence *e, const struct dtl_dateline *dateline,
                                struct dtl_arena *arena, struct dtl_article *a,
                                struct dtl_error *err) DTL_MUST_USE;
#endif
