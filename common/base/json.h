/* common/base/json.h - writing JSON (RFC 8259), and finding a member of what was written; reading
 * any other is a library's work. */
#ifndef DTL_BASE_JSON_H
#define DTL_BASE_JSON_H
#include "common/base/bytes.h"

/**
 * Append `text` as a JSON string, quotes included. Controls, DEL, C1, bidi controls and U+2028/9
 * are escaped, so that the line is safe on a terminal too; invalid UTF-8 becomes U+FFFD.
 */
bool dtl_json_string(struct dtl_buffer *out, struct dtl_bytes text);

/** Append `"name":` with a comma in front when *first is false; then clear *first. `name` needs no
 * escapes. */
bool dtl_json_key(struct dtl_buffer *out, const char *name, bool *first);

/**
 * The value of a member of `object`, JSON that Dateline itself wrote, as it stands there, quotes
 * included; of what is inside its members none. False: it has none of that name (which needs no
 * escapes).
 */
bool dtl_json_member(struct dtl_bytes object, const char *name, struct dtl_bytes *value);
#endif
