/*
 * indexer/article/intake.h - one source file to articles: the reader chosen by content, fields
 * mapped, identity, date, language and limits settled. What comes out is ready to be indexed.
 */
#ifndef DTL_ARTICLE_INTAKE_H
#define DTL_ARTICLE_INTAKE_H
#include "common/segment/article.h"
#include "indexer/article/text_facts.h"
#include "indexer/format/printed_date.h"
#include "indexer/input/source.h"

struct dtl_field_pair { /* --map FIELD=NAME, --set FIELD=VALUE */
    const char *field, *value;
};

/** Do both name one field of an article? "byline" is "author"; an unknown name is itself alone. */
bool dtl_same_field(const char *a, const char *b);

struct dtl_intake_options {
    const char *format; /* --format, or NULL: by content */
    const struct dtl_field_pair *map, *set;
    size_t maps, sets;
    dtl_lang_code lang;         /* --lang CODE for articles that state none; 0: detect */
    dtl_lang_code default_lang; /* when detection is unsure */
    const char
        *date_from; /* "meta,url,text,path,mtime" subset, or NULL for the default (no mtime) */
    enum dtl_day_order day_order; /* --date-order */
    const char *encoding;         /* or NULL */
    bool reject_undated;
    const struct dtl_walk_options *walk; /* whose globs leave members of containers out, or NULL */
};

/** A hash of the options, the format aside: a growing file is read on only with those it was begun
 * with. */
uint64_t dtl_intake_fingerprint(const struct dtl_intake_options *o);

/** Known format names, NULL-terminated. */
const char *const *dtl_intake_formats(void);

/** DTL_EUSAGE: an option names a format, field, encoding or source of dates that there is not, or
 * states a value that cannot be one. dtl_intake_open asks the same. */
enum dtl_status dtl_intake_check(const struct dtl_intake_options *o,
                                 struct dtl_error *err) DTL_MUST_USE;

#define DTL_UNRECOGNISED "empty, or in no form that a reader recognises"

struct dtl_intake;
/**
 * A file with a bookmark is read on in the format o->format names (that of its row).
 * DTL_NOTFOUND: no reader recognises it (skipped). DTL_EIO: cannot be read. DTL_EINPUT: packed, and
 * broken or over a cap. DTL_EUSAGE: an option names what there is not. `o` and the bytes `file`
 * points to must outlive it.
 */
enum dtl_status dtl_intake_open(struct dtl_intake **out, const struct dtl_file *file,
                                const struct dtl_intake_options *o,
                                struct dtl_error *err) DTL_MUST_USE;
/**
 * The next article, its views in `arena` (reset by the caller).
 * DTL_OK; DTL_END; DTL_EINPUT: this record is rejected, err->text says "#7: reason", in a container
 * "#news/x.jsonl#7: reason", with the place and the remedy: call again for the next; DTL_EIO: the
 * rest of the file cannot be read.
 */
enum dtl_status dtl_intake_next(struct dtl_intake *in, struct dtl_arena *arena,
                                struct dtl_article *out, struct dtl_error *err) DTL_MUST_USE;
/** The format's name; "tar", "zip", "warc" or "arc" for a container, whose members may be of
 * several. */
const char *dtl_intake_format(const struct dtl_intake *in);
/** Of the stream in hand: its format's name, NULL where none was recognised; how many streams were
 * opened so far, itself included. */
const char *dtl_intake_stream_format(const struct dtl_intake *in);
uint64_t dtl_intake_streams(const struct dtl_intake *in);
/** "tar", "zip", "warc", "arc"; NULL when the file is no container. */
const char *dtl_intake_container(const struct dtl_intake *in);
/** Of the article last given. */
struct dtl_text_facts dtl_intake_text_facts(const struct dtl_intake *in);
/** Members of a container so far that no reader recognises, or that are hidden or no files. */
uint64_t dtl_intake_skipped(const struct dtl_intake *in);
/** The file is damaged where reading ended (DTL_EINPUT said so): what it gave before may still be
 * in it. */
bool dtl_intake_cut(const struct dtl_intake *in);
bool dtl_intake_unsettled(struct dtl_intake *in); /* the file changed while it was read */
/** The record rejected last is the beginning of one that somebody may still be writing: the file's
 * last line, without an end. */
bool dtl_intake_unfinished(const struct dtl_intake *in);
/** What was given or rejected last has been dealt with: the file's bookmark may stand behind it. */
void dtl_intake_keep(struct dtl_intake *in);
/** Where the file may be read on from when it has grown, as far as dtl_intake_keep was told.
 * False: nowhere. */
bool dtl_intake_bookmark(struct dtl_intake *in, struct dtl_bookmark *out);
uint64_t dtl_intake_bytes(const struct dtl_intake *in); /* unpacked bytes read so far */
void dtl_intake_close(struct dtl_intake *in);
#endif
