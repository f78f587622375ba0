/*
 * query/pages.h - hits put out, however many: a page is searched, loaded, rendered, then the next.
 *
 * Memory is that of a page. A query that is answered by one page leaves it in s->out, and the
 * caller closes the snapshot before anything is written; where more pages follow, each is written
 * with no snapshot open. --all alone (not to a pager, not in a batch) keeps one snapshot for all
 * its pages and writes meanwhile, no longer than o->hold seconds (docs/decisions/0110). News of a
 * saved search are gathered whole: they are told once, so a slow reader must not end them halfway.
 */
#ifndef DTL_QUERY_PAGES_H
#define DTL_QUERY_PAGES_H
#include "query/answer.h"

/**
 * Search and render everything the session's options ask for, the end record included. The plan of
 * the last page stays open, and the snapshot too unless time ran out. a->total is then the number
 * of matches as far as it is told: 0 only when there is none.
 *
 * DTL_EIO: time ran out; what was printed ends in order, and err->text has the cursor to go on
 * from. DTL_EBUSY: the archive changed between two pages. DTL_EUSAGE: --resume is not of this
 * query, or of another generation.
 */
enum dtl_status dtl_pages(struct dtl_session *s, struct dtl_answer *a,
                          struct dtl_error *err) DTL_MUST_USE;
#endif
