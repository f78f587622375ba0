/*
 * indexer/build/taken.h - which files took articles from one, as lines among the reasons of its row
 * (docs/FORMAT.md: sources).
 *
 * An article that stands in two files is the one's that was read later. When that one goes, the
 * earlier is to be read again; without these lines nobody would know which it is. `status
 * --skipped` shows them.
 */
#ifndef DTL_BUILD_TAKEN_H
#define DTL_BUILD_TAKEN_H
#include "common/base/bytes.h"

#define DTL_TAKEN_MAX 16 /* files that are named; more are "other files" */

/**
 * Put the line that names `by` in front of the reasons, unless it is there. A path with a line end
 * in it, and one too many, is not named: "other files". False: no memory. Linear in the reasons.
 */
bool dtl_taken_note(struct dtl_buffer *reasons, struct dtl_bytes by);
/**
 * The next file that is named, from *at on (0 at first): a view, empty for "other files". False:
 * there is none. Reads any bytes.
 */
bool dtl_taken_next(struct dtl_bytes reasons, size_t *at, struct dtl_bytes *by);
#endif
