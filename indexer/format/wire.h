/*
 * indexer/format/wire.h - what the two wire formats share: a capture cut into messages, dates as
 * wires print them, lines. Private to iptc7901.c and anpa.c.
 *
 * A capture is one transmission or many behind each other, as a receiver wrote them to disk. Both
 * formats frame a message by control characters: SOH heading STX text ETX trailer EOT.
 */
#ifndef DTL_FORMAT_WIRE_H
#define DTL_FORMAT_WIRE_H
#include "indexer/format/format.h"

enum { DTL_SOH = 1, DTL_STX, DTL_ETX, DTL_EOT };

struct dtl_wire_message { /* in the arena of the caller; UTF-8, line ends as LF */
    struct dtl_bytes heading, text, trailer;
    uint64_t at, line;   /* of its SOH */
    const char *charset; /* of the capture; NULL: UTF-8 */
    enum dtl_charset_by charset_by;
};

struct dtl_wire; /* a capture */
enum dtl_status dtl_wire_open(void **state, struct dtl_input *in,
                              const struct dtl_format_options *o, struct dtl_error *err);
void dtl_wire_close(void *state);
/** The next message. DTL_END. DTL_EINPUT: one without STX or ETX, or over DTL_FORMAT_RECORD_MAX. */
enum dtl_status dtl_wire_next(struct dtl_wire *w, struct dtl_arena *arena,
                              struct dtl_wire_message *out, struct dtl_error *err) DTL_MUST_USE;

/** Behind idle characters, does a head begin with SOH and go on to STX? Its heading, or empty. */
struct dtl_bytes dtl_wire_heading(struct dtl_bytes head);

/** The next line of *text, which moves on, trimmed; false: none is left. */
bool dtl_wire_line(struct dtl_bytes *text, struct dtl_bytes *line);

struct dtl_wire_date {
    int year, month, day, hour, minute; /* UTC */
};
/** As "2018-11-21T23:22Z" in the arena; empty: no such day or minute, or no memory. */
struct dtl_bytes dtl_wire_date_text(const struct dtl_wire_date *d, struct dtl_arena *arena);
/** The first line that is not blank, such as "212322 GMT Nov 18", as an instant, likewise; empty
 * when it is none. In iptc7901.c. */
struct dtl_bytes dtl_wire_closing_date(struct dtl_bytes trailer, struct dtl_arena *arena);
/** Two digits of a year, as wires print them: 70 to 99 are of the last century. */
int dtl_wire_year(int two_digits);
/** "By CHET BROKAW and JACK GILLUM" to the names; false: no byline. */
bool dtl_wire_byline(struct dtl_bytes line, struct dtl_bytes *names);
/** "PORTO, Portugal (XYZ) _ " begins the body, with an agency, which a wire need not know: all of
 * it, and the agency. */
bool dtl_wire_dateline(struct dtl_bytes body, struct dtl_bytes *dateline, struct dtl_bytes *agency);

/** `name` with the values that stand between `separator` in `text`, blanks and empty ones dropped.
 * False: no memory. */
bool dtl_wire_values(struct dtl_record *r, struct dtl_arena *arena, const char *name,
                     struct dtl_bytes text, uint8_t separator);
#endif
