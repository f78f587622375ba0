/*
 * indexer/format/json.h - the parts of the JSON reader, and what other readers need of it.
 *
 * json.c finds the records in a stream, json_scan.c their ends, json_fast.c reads the usual record,
 * json_tree.c every other one through jansson. Fast and tree give the same record or fast gives
 * none: a test holds them to it.
 */
#ifndef DTL_FORMAT_JSON_H
#define DTL_FORMAT_JSON_H
#include "indexer/format/format.h"

#include <jansson.h>

/* ---- the end of a value ---- */

enum dtl_json_found {
    DTL_JSON_MORE,   /* all bytes are taken, the value goes on */
    DTL_JSON_END,    /* the value ended */
    DTL_JSON_BROKEN, /* this cannot be JSON; why says what */
};

#define DTL_JSON_STACK 4096 /* levels whose brackets are still matched; deeper is broken */

struct dtl_json_scan {                 /* {0} before an object, a list or a string */
    uint8_t lists[DTL_JSON_STACK / 8]; /* one bit a level: a list, not an object */
    size_t depth, deepest;
    bool in_string, escaped;
    char last; /* the last token outside strings: one of { [ : , or v, a value; 0 at the start */
    const char *why;
};

/**
 * Take bytes of one value. Its structure alone is looked at, as far as needed not to take a broken
 * record together with the next. END: *used bytes of `in` belong to the value; BROKEN: *used is the
 * offset of the byte that cannot be.
 */
enum dtl_json_found dtl_json_scan(struct dtl_json_scan *s, struct dtl_bytes in, size_t *used);

/* ---- one object to a record ---- */

/**
 * A flat object of strings, whole numbers, true, false, null and lists of these, blanks around it
 * allowed. DTL_OK: r->fields and r->n. DTL_NOTFOUND: something else, perhaps not JSON: ask
 * dtl_json_tree. DTL_ENOMEM.
 */
enum dtl_status dtl_json_fast(struct dtl_bytes in, struct dtl_arena *arena, struct dtl_record *r);

/** The same of an object that may hold any values: a nested one stands as it is printed in `in`,
 * valid JSON and not canonical; so may a list of plain values. */
enum dtl_status dtl_json_flat(struct dtl_bytes in, struct dtl_arena *arena, struct dtl_record *r);

/** Any object. DTL_EINPUT: err->pos is the offset in `in`, err->text the reason without a place. */
enum dtl_status dtl_json_tree(struct dtl_bytes in, struct dtl_arena *arena, struct dtl_record *r,
                              struct dtl_error *err);

/** The members of `object` as fields; nesting is at most DTL_FORMAT_DEPTH. */
enum dtl_status dtl_json_fields(const json_t *object, struct dtl_arena *arena, struct dtl_record *r,
                                struct dtl_error *err);

/** Canonical text of a value: no blanks, keys sorted by bytes, the shortest number that reads back.
 */
bool dtl_json_canonical(const json_t *value, struct dtl_buffer *out);

/** The reader of this state gives records as dtl_json_flat does wherever that is possible; where it
 * is not, nested values are canonical. */
void dtl_json_keep_nested(void *state);
#endif
