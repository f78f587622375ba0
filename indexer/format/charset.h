/*
 * indexer/format/charset.h - text of any character set as UTF-8.
 *
 * The order of belief: a byte order mark; zeros that only UTF-16 and UTF-32 have; validity (text
 * that is valid UTF-8 and not ASCII is UTF-8 with overwhelming likelihood); what the caller's
 * --encoding says; UTF-8 with hardly a stray byte; what the text itself declares, if its bytes bear
 * it out; a guess by statistics, above a floor; windows-1252, which has nearly every byte and is
 * what unmarked western text is in.
 */
#ifndef DTL_FORMAT_CHARSET_H
#define DTL_FORMAT_CHARSET_H
#include "common/text/charset.h"
#include "indexer/format/format.h"

#include <iconv.h>

struct dtl_charset {
    char name[DTL_CHARSET_NAME]; /* "UTF-8", "windows-1252", ... */
    size_t mark;                 /* bytes of a byte order mark in front */
    enum dtl_charset_by by;      /* STATED: bytes it does not have are an error */
};

/**
 * iconv_open("UTF-8", name); (iconv_t)-1 only when there is no such set: without the memory, or the
 * descriptor, for its tables the process ends (docs/decisions/0230), for a text in another set than
 * its own would be indexed as something else.
 */
iconv_t dtl_charset_open(const char *name);

/** True when the name is that of UTF-8. */
bool dtl_charset_is_utf8(const char *name);

/**
 * Decide for a text that begins with `head` (`is_all`: is it). `stated` may be NULL, `declared`
 * empty; `markup`: the text has tags.
 */
void dtl_charset_decide(struct dtl_bytes head, bool is_all, const char *stated,
                        struct dtl_bytes declared, bool markup, struct dtl_charset *out);

/** What a mark, or zeros where letters should be, say; false: nothing. */
bool dtl_charset_marked(struct dtl_bytes head, struct dtl_charset *out);

/** What `<?xml encoding="..."`, `<meta charset=...>` or `<meta ... content="...; charset=...">`
 * near the beginning declares; empty when nothing does. Also of text in UTF-16. */
struct dtl_bytes dtl_charset_declared(struct dtl_bytes head);

/**
 * `in`, its mark included (cut short it is an empty text), as UTF-8 in the arena. Bytes the set
 * does not have: a windows-1252 character in text that is UTF-8 otherwise, U+FFFD in any other,
 * DTL_EINPUT when the set was stated.
 */
enum dtl_status dtl_charset_convert(struct dtl_bytes in, const struct dtl_charset *from,
                                    struct dtl_arena *arena, struct dtl_bytes *out,
                                    struct dtl_error *err) DTL_MUST_USE;

/** Bytes that are no UTF-8 become '?': iconv knows sets with numbers beyond U+10FFFF. */
void dtl_charset_mend(uint8_t *p, size_t n);

/** The character a byte that is not UTF-8 stands for in text that is: windows-1252's. */
uint32_t dtl_charset_stray(uint8_t c);

/** A stream as UTF-8, without a mark, decided by its first 64 KiB. Borrows `under` until close. */
struct dtl_decoded;
enum dtl_status dtl_decoded_open(struct dtl_decoded **out, struct dtl_input *under,
                                 const struct dtl_format_options *o, bool markup,
                                 struct dtl_error *err) DTL_MUST_USE;
struct dtl_input *dtl_decoded_input(struct dtl_decoded *d); /* belongs to d */
/** Of *record `charset`, which lives as long as d, and `charset_by`. */
void dtl_decoded_tell(const struct dtl_decoded *d, struct dtl_record *record);
bool dtl_decoded_plain(const struct dtl_decoded *d); /* so far, the bytes are those of `under` */
void dtl_decoded_close(struct dtl_decoded *d);
#endif
