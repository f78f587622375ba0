/*
 * indexer/format/format.h - from bytes to raw records: named fields as the file states them.
 *
 * Interface to the readers. A format bids for a file by its first bytes; the highest bid opens it;
 * each call of next gives one record, in the arena of the caller, or the reason why there is none.
 * What a field means (which one is the title, what its date is) is not known here.
 */
#ifndef DTL_FORMAT_FORMAT_H
#define DTL_FORMAT_FORMAT_H
#include "common/base/arena.h"
#include "indexer/format/charset_by.h"
#include "indexer/input/source.h"

#define DTL_FORMAT_BID_BYTES   ((size_t)64 << 10) /* what a bid may look at */
#define DTL_FORMAT_RECORD_MAX  ((size_t)64 << 20) /* bytes of one record or whole-file article */
#define DTL_FORMAT_DEPTH       256                /* of lists and objects inside one another */
#define DTL_FORMAT_FRONT_BYTES ((size_t)1 << 20)  /* of a YAML front matter */

enum dtl_value_kind {
    DTL_VALUE_STRING,  /* text: UTF-8, unescaped; may hold any control character, NUL too */
    DTL_VALUE_LITERAL, /* a number, true or false as canonical JSON */
    DTL_VALUE_NULL,
    DTL_VALUE_NESTED, /* an object, or a list that holds more than plain values: canonical JSON */
};

struct dtl_value {
    struct dtl_bytes text; /* empty for NULL */
    enum dtl_value_kind kind;
};

struct dtl_field {
    struct dtl_bytes name; /* as printed; UTF-8 */
    struct dtl_value *v;
    size_t n;  /* 1 unless a list */
    bool list; /* of plain values, possibly none */
};

struct dtl_record { /* all of it in the caller's arena */
    struct dtl_field *fields;
    size_t n;            /* names are distinct */
    bool whole;          /* the file is this one article */
    uint64_t at;         /* offset of its first byte in the unpacked stream */
    uint64_t line;       /* of its first byte, from 1 */
    const char *charset; /* it was read from, where that is not UTF-8; else NULL */
    enum dtl_charset_by charset_by;
};

struct dtl_charset_said { /* by whom a text's character set is named, or NULL */
    const char *encoding; /* --encoding */
    const char *declared; /* what came with the stream, as HTTP's head: before what the text says */
};

struct dtl_format_options {
    struct dtl_bytes path; /* of the file; lives as long as the reader */
    const char *encoding;  /* of text that is not UTF-8 and has no mark, or NULL: windows-1252 */
    const char *declared;  /* the set that came with the stream, or NULL; lives as the path does */
    bool known_utf8;       /* what was read before was, and its character set holds for all of it */
    uint64_t lines_before; /* the stream's first line is this many lines further down in the file */
};

struct dtl_format_place { /* where a reader stands between two records */
    uint64_t lead;        /* bytes in front of the first record that say how records are read */
    uint64_t at, line;    /* behind the last record: of the stream, and of the file */
};

struct dtl_format {
    const char *name;
    const char *summary; /* a line for a person: what it reads */
    int confidence;      /* the highest of its bids: how sure its marks make it */
    bool
        undated_is_final; /* a record without a date states that it has none: no guess by default */
    bool one_article;     /* a file never gives more */
    bool comma_lists;     /* "a, b" in a field of several values may be two values */
    bool lang_doubted;    /* the language a record states may be its template's */
    /** 0: not mine; 1..100: how sure. `head` is at most DTL_FORMAT_BID_BYTES, without a BOM. */
    int (*bid)(struct dtl_bytes head, bool is_all, struct dtl_bytes path);
    /** Borrows `in` until close. */
    enum dtl_status (*open)(void **state, struct dtl_input *in, const struct dtl_format_options *o,
                            struct dtl_error *err);
    /**
     * DTL_OK: *out. DTL_END. DTL_EINPUT: this record cannot be read; err->text says why and where
     * (line), err->pos its offset in the unpacked stream; the next call goes on behind it.
     * DTL_ECORRUPT: nor can anything behind it; DTL_EIO, DTL_ENOMEM: likewise. *out is untouched
     * but for DTL_OK.
     */
    enum dtl_status (*next)(void *state, struct dtl_arena *arena, struct dtl_record *out,
                            struct dtl_error *err);
    void (*close)(void *state);
    /**
     * After a record given or refused: *out when a stream of what leads and then the bytes behind
     * `at` would give the records that follow, and the same ones if more were appended. False: no
     * such place, or none here. NULL: a format whose files do not grow at their end.
     */
    bool (*place)(const void *state, struct dtl_format_place *out);
    /** The record refused last is the beginning of one, and the file's last line, not yet ended.
     * NULL: a format that cannot tell. */
    bool (*unfinished)(const void *state);
};

/* clang-format off */
extern const struct dtl_format
    dtl_format_anpa,
    dtl_format_atom,
    dtl_format_csv,
    dtl_format_dated,
    dtl_format_front_matter,
    dtl_format_html,
    dtl_format_iptc7901,
    dtl_format_json,
    dtl_format_mail,
    dtl_format_mbox,
    dtl_format_jsonfeed,
    dtl_format_newsml,
    dtl_format_newsml_g2,
    dtl_format_ninjs,
    dtl_format_nitf,
    dtl_format_reuters,
    dtl_format_rss,
    dtl_format_text,
    dtl_format_trec,
    dtl_format_washingtonpost,
    dtl_format_wet,
    dtl_format_wxr,
    dtl_format_xml;
/* clang-format on */

/** All formats, NULL-terminated. */
extern const struct dtl_format *const dtl_formats[];

/** By its name; NULL when there is none. */
const struct dtl_format *dtl_format_named(const char *name);

/**
 * The format of the stream, which stays where it is. *confidence (may be NULL) is its bid.
 * DTL_NOTFOUND: empty, or no format bids. Otherwise as dtl_input_peek.
 */
enum dtl_status dtl_format_choose(struct dtl_input *in, struct dtl_bytes path,
                                  const struct dtl_format **out, int *confidence,
                                  struct dtl_error *err) DTL_MUST_USE;

/* ---- for readers ---- */

/** Step over the first n bytes of `view`, which dtl_input_peek just showed, counting lines. */
void dtl_format_skip(struct dtl_input *in, struct dtl_bytes view, size_t n, uint64_t *line);

/** `name` with one string value, appended to r->fields, which has room. False: no memory. */
bool dtl_record_text(struct dtl_record *r, struct dtl_arena *arena, const char *name,
                     struct dtl_bytes value);

/** A copy in the arena; NULL view with *ok false when there is no memory. */
bool dtl_bytes_copy(struct dtl_arena *arena, struct dtl_bytes from, struct dtl_bytes *out);

/**
 * All that is left of the stream as UTF-8, in the arena, line ends as LF, without a BOM (charset.h
 * has the order of belief). With `markup` a declaration in the text counts, unless one came with
 * the stream. Of *record only `charset`, in the arena, and `charset_by` are set. The stream is
 * consumed. DTL_EINPUT: longer than DTL_FORMAT_RECORD_MAX, or bytes the named encoding does not
 * have.
 */
enum dtl_status dtl_format_whole_text(struct dtl_input *in, const struct dtl_charset_said *said,
                                      bool markup, struct dtl_arena *arena, struct dtl_bytes *out,
                                      struct dtl_record *record,
                                      struct dtl_error *err) DTL_MUST_USE;

/** True when iconv knows it. */
bool dtl_encoding_known(const char *encoding);

static inline bool dtl_is_blank(uint8_t c) /* blank of a line */
{
    return c == ' ' || c == '\t' || c == '\r';
}

static inline bool dtl_is_alnum(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool dtl_is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/** The number that `n` (at most 9) digits at text[at] write; -1: there are fewer. */
int dtl_digits(struct dtl_bytes text, size_t at, size_t n);

struct dtl_bytes dtl_bytes_trim(struct dtl_bytes b); /* without spaces at both ends */

#endif
