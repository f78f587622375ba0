/*
 * common/segment/article.h - one article, and its stored record (docs/FORMAT.md, "Article record").
 *
 * The record is what the zstd frame holds: every field that --show, export and a later re-analysis
 * need. Two articles are equal when their records are, the path aside.
 */
#ifndef DTL_SEGMENT_ARTICLE_H
#define DTL_SEGMENT_ARTICLE_H
#include "common/base/arena.h"
#include "common/base/date.h"
#include "common/text/language.h"

enum dtl_date_source { /* where the date came from; part of the format */
                       DTL_DATE_NONE,
                       DTL_DATE_META,
                       DTL_DATE_URL,
                       DTL_DATE_TEXT_LINE,
                       DTL_DATE_PATH,
                       DTL_DATE_MTIME,
                       DTL_DATE_SET,
};

/** How much a day of that source is believed, in words of status --dates and of --show. A day of
 * two readings (03/04/2020) is always low. */
enum dtl_date_trust { DTL_TRUST_LOW, DTL_TRUST_MEDIUM, DTL_TRUST_HIGH };

#define DTL_DATES_OTHER                                                                            \
    5u /* of an article at most: one a source, and the chosen one beside them                      \
        */

struct dtl_date_said { /* a day that something says the article is of */
    struct dtl_interval date;
    enum dtl_date_source source; /* never NONE */
};

struct dtl_values { /* a field that may be stated several times */
    struct dtl_bytes *v;
    size_t n;
};

struct dtl_article {     /* all views borrowed: from the article arena, or from a decoded record */
    struct dtl_bytes id; /* as given, else the path; never empty */
    struct dtl_bytes source; /* the publication; may be empty */
    struct dtl_bytes path;   /* source file, '#' member or ordinal; see dtl_article_file */
    struct dtl_bytes title, body;
    struct dtl_interval date;
    struct dtl_instant instant;
    enum dtl_date_source date_source;
    dtl_lang_code lang; /* stated, detected or the default */
    struct dtl_values authors, sections, tags, places, agencies;
    struct dtl_date_said *other_date; /* what else was said of its day; may say the same */
    size_t other_dates;
    struct dtl_bytes url;
    struct dtl_bytes extra; /* unknown keys: a JSON object, keys sorted, or empty */
    uint32_t
        file_bytes; /* leading bytes of `path` that name the file itself; the rest is "#member" */
};

/** The path of the file alone, without member or ordinal: the term of the `path` field. */
static inline struct dtl_bytes dtl_article_file(const struct dtl_article *a)
{
    return dtl_bytes(a->path.p, a->file_bytes <= a->path.n ? a->file_bytes : a->path.n);
}

/** Append the record of `a` to `out`. Canonical: equal articles give equal bytes. */
bool dtl_article_encode(const struct dtl_article *a, struct dtl_buffer *out);

/** Decode a record; views point into `record`, value arrays into `arena`. DTL_ECORRUPT when it
 * lies. */
enum dtl_status dtl_article_decode(struct dtl_bytes record, struct dtl_arena *arena,
                                   struct dtl_article *out, struct dtl_error *err) DTL_MUST_USE;

/** True when the two are the same article: every field is equal but the path, and what else was
 * said of its day, which may come from the path. */
bool dtl_article_equal(const struct dtl_article *a, const struct dtl_article *b);

/** Does a day that was said of the dated article lie outside its date? */
bool dtl_article_disputed(const struct dtl_article *a);

/** 03/04/2020, of which nobody knows the month: kept as from the one day to the other. */
bool dtl_date_has_two_readings(struct dtl_interval date);
/** "meta", "url", "text", "path", "mtime", "set"; "" for NONE. */
const char *dtl_date_source_name(enum dtl_date_source source);
enum dtl_date_trust dtl_date_trust_of(struct dtl_interval date, enum dtl_date_source source);
const char *dtl_date_trust_name(enum dtl_date_trust trust); /* "low", "medium", "high" */
#endif
