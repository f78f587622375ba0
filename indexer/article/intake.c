/*
 * intake.c - one source file to articles.
 *
 * A file may be a container: its members are read as they come, each by the reader its content asks
 * for, and are streams of the one source file.
 *
 * Identity: an article without an id is known by its path, the member's name behind '#' included,
 * and by '#' and its ordinal where the stream has, or may have, several. Ordinals count every
 * record from 1, rejected ones too, so that mending one does not rename the others.
 *
 * Text for which there is no article is never passed over in silence: each record is an article, or
 * DTL_EINPUT with a line that names the place and what to do.
 */
#include "indexer/article/intake.h"

#include "common/base/hash.h"
#include "common/base/utf8.h"
#include "indexer/article/evidence.h"
#include "indexer/article/written_in.h"
#include "indexer/format/format.h"
#include "indexer/input/members.h"

#include <stdio.h>
#include <stdlib.h>

#define MEMBER_SHOWN ((size_t)120) /* bytes of a member's name in a message */

struct dtl_intake {
    const struct dtl_intake_options *o;
    struct dtl_file file;
    struct dtl_members *members;
    struct dtl_stream stream; /* the one in hand */
    const struct dtl_format *format;
    void *reader; /* NULL: the next stream is to be opened */
    struct dtl_date_order order;
    uint64_t ordinal; /* of records in this stream */
    uint64_t skipped, streams;
    struct dtl_text_facts facts; /* of the last record */
    bool cut, whole;             /* whole: the file is one article */
    struct dtl_bookmark kept;
    uint64_t kept_line; /* of kept.at */
    bool keeps;         /* `kept` is one, hashes and lines aside */
};

const char *const *dtl_intake_formats(void)
{
    static const char *names[64];
    for (size_t i = 0; dtl_formats[i] && i < sizeof names / sizeof *names - 1; i++)
        names[i] = dtl_formats[i]->name;
    return names;
}

enum dtl_status dtl_intake_check(const struct dtl_intake_options *o, struct dtl_error *err)
{
    struct dtl_date_order order;
    if (o->format && !dtl_format_named(o->format))
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--format %.60s: no such format; 'dateline-index formats' lists them",
                        o->format);
    if (o->encoding && !dtl_encoding_known(o->encoding))
        return dtl_fail(err, DTL_EUSAGE, 0, "--encoding %.60s: no such encoding", o->encoding);
    enum dtl_status st = dtl_date_order_parse(o->date_from, false, &order, err);
    return st < 0 ? st : dtl_mapping_check(o, err);
}

static void close_stream(struct dtl_intake *in)
{
    if (in->reader)
        in->format->close(in->reader);
    in->reader = NULL;
}

/*
 * Find the reader of the next stream and open it. DTL_END: there is no stream left. DTL_NOTFOUND:
 * no reader recognises this one. DTL_ECORRUPT and DTL_EINPUT: it cannot be read.
 */
static enum dtl_status open_stream(struct dtl_intake *in, struct dtl_error *err)
{
    const struct dtl_format *format = NULL;
    in->ordinal = 0;
    enum dtl_status st = dtl_members_next(in->members, &in->stream, err);
    if (st != DTL_OK)
        return st;
    if (in->stream.is_text)
        format = &dtl_format_wet;
    else if (!in->file.bookmark)
        st = dtl_format_choose(in->stream.in, in->stream.path, &format, NULL, err);
    if (in->o->format && (st == DTL_OK || st == DTL_NOTFOUND)) {
        struct dtl_bytes first;
        st = dtl_input_peek(in->stream.in, 1, &first, err);
        if (st == DTL_OK && !first.n)
            st = DTL_NOTFOUND; /* an empty file is no article of any format */
        format = dtl_format_named(in->o->format);
    }
    if (st != DTL_OK)
        return st;
    in->format = format;
    st = dtl_date_order_parse(in->o->date_from, format->undated_is_final, &in->order, err);
    if (st < 0)
        return st;
    in->streams++;
    struct dtl_format_options fo = {
        .path = in->stream.path, .encoding = in->o->encoding, .declared = in->stream.charset};
    if (in->file.bookmark) {
        fo.known_utf8 = true; /* or there were no bookmark */
        fo.lines_before = in->file.bookmark->lines;
        in->ordinal = in->file.bookmark->records;
    }
    return format->open(&in->reader, in->stream.in, &fo, err);
}

enum dtl_status dtl_intake_open(struct dtl_intake **out, const struct dtl_file *file,
                                const struct dtl_intake_options *o, struct dtl_error *err)
{
    enum dtl_status st = dtl_intake_check(o, err);
    if (st < 0)
        return st;
    struct dtl_intake *in = calloc(1, sizeof *in);
    if (!in)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    in->o = o;
    in->file = *file;
    st = dtl_members_open(&in->members, file, o->walk, err);
    if (st == DTL_OK && !dtl_members_kind(in->members)) /* members are opened as they come */
        st = open_stream(in, err);
    if (st == DTL_OK) {
        *out = in;
        return DTL_OK;
    }
    dtl_intake_close(in);
    if (st == DTL_ECORRUPT) { /* nothing can be read of it until it changes */
        st = DTL_EINPUT;
        if (err)
            err->code = st;
    }
    return st;
}

void dtl_intake_close(struct dtl_intake *in)
{
    if (!in)
        return;
    close_stream(in);
    dtl_members_close(in->members);
    free(in);
}

const char *dtl_intake_format(const struct dtl_intake *in)
{
    const char *kind = dtl_members_kind(in->members);
    return kind ? kind : in->format->name;
}

const char *dtl_intake_stream_format(const struct dtl_intake *in)
{
    return in->reader ? in->format->name : NULL;
}

uint64_t dtl_intake_streams(const struct dtl_intake *in)
{
    return in->streams;
}

const char *dtl_intake_container(const struct dtl_intake *in)
{
    return dtl_members_kind(in->members);
}

struct dtl_text_facts dtl_intake_text_facts(const struct dtl_intake *in)
{
    return in->facts;
}

uint64_t dtl_intake_skipped(const struct dtl_intake *in)
{
    return in->skipped + dtl_members_skipped(in->members);
}

bool dtl_intake_cut(const struct dtl_intake *in)
{
    return in->cut || dtl_members_cut(in->members);
}

bool dtl_intake_unsettled(struct dtl_intake *in)
{
    return dtl_input_unsettled(dtl_members_file(in->members));
}

bool dtl_intake_unfinished(const struct dtl_intake *in)
{
    return in->reader && !dtl_members_kind(in->members) && in->format->unfinished &&
           in->format->unfinished(in->reader);
}

/* ---- where to read on when the file has grown ---- */

uint64_t dtl_intake_fingerprint(const struct dtl_intake_options *o)
{
    uint64_t h = 0;
    const char *text[] = {o->date_from ? o->date_from : "", o->encoding ? o->encoding : ""};
    const uint64_t number[] = {o->lang, o->default_lang, o->reject_undated, o->maps, o->sets};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        h = dtl_hash64(dtl_bytes(&number[i], sizeof number[i]), h);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        h = dtl_hash64(dtl_bytes_of(text[i]), h);
    for (size_t i = 0; i < o->maps + o->sets; i++) {
        const struct dtl_field_pair *p = i < o->maps ? &o->map[i] : &o->set[i - o->maps];
        h = dtl_hash64(dtl_bytes_of(p->field), h);
        h = dtl_hash64(dtl_bytes_of(p->value), h);
    }
    return h;
}

void dtl_intake_keep(struct dtl_intake *in)
{
    struct dtl_format_place place;
    const struct dtl_bookmark *from = in->file.bookmark;
    if (!in->reader || in->whole || dtl_members_kind(in->members) || !in->format->place ||
        !in->format->place(in->reader, &place))
        return;
    in->kept = (struct dtl_bookmark){place.lead, place.at, .records = in->ordinal};
    in->kept_line = place.line;
    in->keeps = true;
    if (from) {
        in->kept.lead = from->lead;
        in->kept.at += from->at - from->lead;
    }
}

bool dtl_intake_bookmark(struct dtl_intake *in, struct dtl_bookmark *out)
{
    struct dtl_bookmark b = in->kept;
    b.options = dtl_intake_fingerprint(in->o);
    if (!in->keeps || in->cut ||
        !dtl_bookmark_seal(dtl_members_file(in->members), in->kept_line, &b))
        return false;
    *out = b;
    return true;
}

uint64_t dtl_intake_bytes(const struct dtl_intake *in)
{
    return dtl_input_at(dtl_members_file(in->members));
}

/* ---- one article ---- */

static struct dtl_bytes first_of(const struct dtl_mapped *m, enum dtl_target t)
{
    return m->values[t].n ? m->values[t].v[0] : dtl_bytes(NULL, 0);
}

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

static enum dtl_status settle_date(const struct dtl_intake *in, const struct dtl_record *record,
                                   const struct dtl_mapped *m, struct dtl_arena *arena,
                                   struct dtl_article *a, struct dtl_error *err)
{
    struct dtl_dateline dateline;
    const struct dtl_evidence e = {
        .fields = m,
        .order = in->order,
        .hints = {a->lang, in->o->day_order},
        .path = in->stream.path,
        .path_is_its_own = record->whole,
        .mtime_ns = in->file.is_stdin ? 0 : in->stream.mtime_ns,
    };
    enum dtl_status st = dtl_dateline_take(record, m, &e.hints, arena, a, &dateline, err);
    if (st == DTL_OK)
        st = dtl_date_choose(&e, &dateline, arena, a, err);
    if (st == DTL_OK && in->o->reject_undated && !dtl_interval_dated(a->date))
        st = dtl_fail(err, DTL_EINPUT, 0, "no date; state one or index it with --undated keep");
    return st;
}

static void settle_language(const struct dtl_intake *in, const struct dtl_mapped *m,
                            struct dtl_article *a)
{
    struct dtl_bytes stated = first_of(m, DTL_TARGET_LANG);
    struct dtl_language_word word = {.stated = stated.n ? dtl_lang_code_of(stated) : 0,
                                     .doubted = in->format->lang_doubted,
                                     .of_run = in->o->lang,
                                     .otherwise = in->o->default_lang};
    a->lang = dtl_written_in(&word, a->title, a->body);
}

static enum dtl_status settle_identity(const struct dtl_intake *in, bool whole,
                                       const struct dtl_mapped *m, struct dtl_arena *arena,
                                       struct dtl_article *a, struct dtl_error *err)
{
    size_t n = in->stream.path.n;
    char *path = dtl_arena_alloc(arena, n + 24);
    if (!path)
        return no_memory(err);
    if (n)
        memcpy(path, in->stream.path.p, n);
    if (!whole || (in->file.is_stdin && n == in->file.path.n))
        n += (size_t)snprintf(path + n, 24, "#%llu", (unsigned long long)in->ordinal);
    a->path = dtl_bytes(path, n);
    a->file_bytes = (uint32_t)in->file.path.n;
    a->source = first_of(m, DTL_TARGET_SOURCE);
    a->id = first_of(m, DTL_TARGET_ID);
    if (!a->id.n)
        a->id = a->path;
    return DTL_OK;
}

static enum dtl_status article_of(const struct dtl_intake *in, const struct dtl_record *record,
                                  struct dtl_arena *arena, struct dtl_article *out,
                                  struct dtl_error *err)
{
    struct dtl_article a = {0};
    struct dtl_mapped m;
    enum dtl_status st = dtl_mapping_apply(in->o, in->format, record, arena, &m, err);
    if (st < 0)
        return st;
    a.title = first_of(&m, DTL_TARGET_TITLE);
    a.body = first_of(&m, DTL_TARGET_BODY);
    a.url = first_of(&m, DTL_TARGET_URL);
    a.authors = m.values[DTL_TARGET_AUTHOR];
    a.sections = m.values[DTL_TARGET_SECTION];
    a.tags = m.values[DTL_TARGET_TAG];
    a.places = m.values[DTL_TARGET_PLACE];
    a.agencies = m.values[DTL_TARGET_AGENCY];
    a.extra = m.extra;
    if (a.title.n + a.body.n > DTL_FORMAT_RECORD_MAX)
        return dtl_fail(err, DTL_EINPUT, 0, "article over %zu MiB; divide it",
                        DTL_FORMAT_RECORD_MAX >> 20);
    settle_language(in, &m, &a); /* it tells in which order days and months are printed */
    st = settle_date(in, record, &m, arena, &a, err);
    if (st == DTL_OK)
        st = settle_identity(in, record->whole, &m, arena, &a, err);
    if (st == DTL_OK)
        *out = a;
    return st;
}

/* "#7: reason" for a file that may have several articles, "#news/1.html: reason" in a container. */
static enum dtl_status rejected(const struct dtl_intake *in, bool whole, uint64_t at, uint64_t line,
                                const struct dtl_error *why, struct dtl_error *err)
{
    char place[32] = "", in_line[40] = "";
    struct dtl_buffer member = {0};
    size_t from = in->file.path.n, n = in->stream.path.n > from ? in->stream.path.n - from : 0;
    if (n > MEMBER_SHOWN) /* the end of a name tells more than its beginning */
        from += n - MEMBER_SHOWN;
    if (n > MEMBER_SHOWN)
        dtl_buffer_text(&member, "#...");
    if (n)
        dtl_utf8_sanitise(&member, dtl_bytes(in->stream.path.p + from, in->stream.path.n - from),
                          false);
    if (!whole)
        snprintf(place, sizeof place, "#%llu", (unsigned long long)in->ordinal);
    if (line && !whole)
        snprintf(in_line, sizeof in_line, "line %llu: ", (unsigned long long)line);
    int shown = member.n < 200 ? (int)member.n : 200;
    dtl_fail(err, DTL_EINPUT, at, "%.*s%s%s%s%.320s", shown, (const char *)member.p, place,
             n || !whole ? ": " : "", in_line, why->text);
    dtl_buffer_release(&member);
    return DTL_EINPUT;
}

/* The next record of the stream in hand as an article; DTL_END: it has no more. */
static enum dtl_status next_of_stream(struct dtl_intake *in, struct dtl_arena *arena,
                                      struct dtl_article *out, struct dtl_error *err)
{
    struct dtl_record record = {0};
    struct dtl_error why = {0};
    enum dtl_status st = in->format->next(in->reader, arena, &record, &why);
    if (st == DTL_END)
        return st;
    in->ordinal++;
    if (st == DTL_ECORRUPT) { /* said once; the stream ends here until it changes */
        in->cut = true;
        close_stream(in);
        st = DTL_EINPUT;
    }
    if (st == DTL_EINPUT)
        return rejected(in, in->format->one_article, why.pos, 0, &why, err);
    if (st == DTL_OK) {
        record.whole = record.whole && !in->file.bookmark;
        in->whole |= record.whole;
        st = dtl_text_facts_add(&record, arena, &in->facts, &why);
    }
    if (st == DTL_OK) {
        st = article_of(in, &record, arena, out, &why);
        if (st == DTL_EINPUT)
            return rejected(in, record.whole, record.at, record.line, &why, err);
    }
    if (st < 0 && err)
        *err = why;
    return st;
}

/* The member in hand is nothing any reader knows. */
static void skip(struct dtl_intake *in)
{
    in->skipped++;
    if (in->o->walk && in->o->walk->skips)
        in->o->walk->skips->skipped(in->o->walk->skips->ctx, in->stream.path, DTL_UNRECOGNISED);
}

enum dtl_status dtl_intake_next(struct dtl_intake *in, struct dtl_arena *arena,
                                struct dtl_article *out, struct dtl_error *err)
{
    for (;;) {
        struct dtl_error why = {0};
        enum dtl_status st = DTL_OK;
        if (in->reader) {
            st = next_of_stream(in, arena, out, err);
            if (st != DTL_END)
                return st;
            close_stream(in);
        }
        st = open_stream(in, &why);
        if (st == DTL_END)
            return st;
        if (st == DTL_NOTFOUND)
            skip(in);
        in->cut |= st == DTL_ECORRUPT;
        if (st == DTL_EINPUT || st == DTL_ECORRUPT)
            return rejected(in, true, why.pos, 0, &why, err);
        if (st < 0) {
            if (err)
                *err = why;
            return st;
        }
    }
}
