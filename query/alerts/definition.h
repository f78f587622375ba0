/*
 * query/alerts/definition.h - a saved search as it stands in its file: options, then the query.
 *
 *     option --since=2024
 *     query central bank rates
 *
 * An option a line, as it is written on a command line; what follows `query ` up to the end of the
 * file is the query (a line end in it is a blank). Lines before it that are empty or begin with #
 * are passed over; a line that is anything else is an error, never passed over.
 */
#ifndef DTL_ALERTS_DEFINITION_H
#define DTL_ALERTS_DEFINITION_H
#include "common/base/arena.h"
#include "common/base/bytes.h"

#define DTL_DEFINITION_BYTES   ((size_t)1 << 20)
#define DTL_DEFINITION_OPTIONS 64u
#define DTL_SAVED_NAME_BYTES   100u

struct dtl_definition {
    struct dtl_bytes query;
    const char *option[DTL_DEFINITION_OPTIONS]; /* NUL-ended, "--name" or "--name=value" */
    size_t options;
};

/** Letters, digits, - _ . and what is not ASCII; not with - or . in front. */
bool dtl_saved_name_fine(struct dtl_bytes name);

/** Read a file; views and options live in `arena`. `where` names it in errors. DTL_EUSAGE. */
enum dtl_status dtl_definition_decode(struct dtl_bytes file, const char *where,
                                      struct dtl_arena *arena, struct dtl_definition *out,
                                      struct dtl_error *err) DTL_MUST_USE;
/** DTL_EUSAGE: an option holds what cannot stand on a line. */
enum dtl_status dtl_definition_encode(const struct dtl_definition *d, struct dtl_buffer *out,
                                      struct dtl_error *err) DTL_MUST_USE;
#endif
