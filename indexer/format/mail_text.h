/*
 * indexer/format/mail_text.h - the texts of a message in the order of belief of all texts
 * (charset.h): what is valid UTF-8 is UTF-8, whatever its header says.
 */
#ifndef DTL_FORMAT_MAIL_TEXT_H
#define DTL_FORMAT_MAIL_TEXT_H
#include "indexer/format/format.h"

struct _GMimePart; /* of <gmime/gmime.h>, which only those who take messages apart need */

/**
 * The content of a part, transfer encoding taken off, as UTF-8 in the arena. *record keeps the
 * first set and decider that was not plain UTF-8. `stated`: --encoding, for parts that declare
 * none; or NULL. DTL_EINPUT: over the limit of an article, or bytes that the stated set does not
 * have.
 */
enum dtl_status dtl_mail_part_text(struct _GMimePart *part, const char *stated, bool markup,
                                   struct dtl_arena *arena, struct dtl_bytes *out,
                                   struct dtl_record *record, struct dtl_error *err) DTL_MUST_USE;

/**
 * `message` with the encoded words of its headers corrected that declare a set of one byte a
 * character and hold UTF-8; itself when there are none, else a copy in the arena. DTL_ENOMEM.
 */
enum dtl_status dtl_mail_mend_words(struct dtl_bytes message, struct dtl_arena *arena,
                                    struct dtl_bytes *out, struct dtl_error *err) DTL_MUST_USE;

/**
 * `message` without headers of over 64 KiB that no reader looks at; itself when there are none,
 * else a copy in the arena. Time linear in the header. DTL_ENOMEM.
 */
enum dtl_status dtl_mail_shed_headers(struct dtl_bytes message, struct dtl_arena *arena,
                                      struct dtl_bytes *out, struct dtl_error *err) DTL_MUST_USE;
#endif
