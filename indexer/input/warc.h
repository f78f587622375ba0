/*
 * indexer/input/warc.h - web archives (WARC 0.18 to 1.1, WET, ARC) as containers: each page, file
 * or text that was kept is a member, named by its address.
 */
#ifndef DTL_INPUT_WARC_H
#define DTL_INPUT_WARC_H
#include "indexer/input/container.h"

struct dtl_warc;

/** "warc" or "arc" when the first bytes are those of one, else NULL. */
const char *dtl_warc_kind(struct dtl_bytes head);
/** As dtl_container_open. */
enum dtl_status dtl_warc_open(struct dtl_warc **out, struct dtl_input *in,
                              struct dtl_error *err) DTL_MUST_USE;
/**
 * As dtl_container_next: records that keep something (response with a status of 2xx, resource,
 * conversion; of ARC every one but the first). The member is what was sent, HTTP's head and chunks
 * taken off, unpacked like a file. DTL_EINPUT: bytes that are no record were stepped over.
 */
enum dtl_status dtl_warc_next(struct dtl_warc *w, struct dtl_member *member,
                              struct dtl_error *err) DTL_MUST_USE;
/** Answers that kept nothing: errors, redirections, revisits. */
/** Who is told of records passed over, by their URL; NULL: nobody. */
void dtl_warc_tell(struct dtl_warc *w, const struct dtl_skips *skips);
uint64_t dtl_warc_skipped(const struct dtl_warc *w);
bool dtl_warc_cut(const struct dtl_warc *w); /* it ended inside a record */
void dtl_warc_close(struct dtl_warc *w);
#endif
