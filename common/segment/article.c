/*
 * article.c - the stored record of an article: tagged fields, each at most once or as often as it
 * has values.
 *
 * Why tags and not a fixed row: most articles state a third of the fields, and an absent one should
 * cost nothing and mean nothing. Tags rise, empty fields are left out and numbers have one
 * spelling, so a record is canonical: two articles are the same exactly when their records are.
 */
#include "common/segment/article.h"

enum tag { /* order in a record; part of the format */
           TAG_ID = 1,
           TAG_SOURCE,
           TAG_PATH,
           TAG_FILE_BYTES, /* varint; absent when the path is all file */
           TAG_DATE, /* zigzag varint earliest, varint latest - earliest; absent when undated */
           TAG_DATE_SOURCE,
           TAG_INSTANT, /* zigzag varint seconds, zigzag varint minutes */
           TAG_LANG,    /* u16 */
           TAG_AUTHOR,  /* one a value, as the next three */
           TAG_SECTION,
           TAG_TAG,
           TAG_PLACE,
           TAG_URL,
           TAG_EXTRA,
           TAG_TITLE,
           TAG_BODY,
           TAG_AGENCY,     /* one a value */
           TAG_OTHER_DATE, /* date source, then as TAG_DATE; one a day said */
           TAGS_END
};

static uint64_t zigzag(int64_t v)
{
    return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

static int64_t unzigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* ---- writing ---- */

static void put(struct dtl_buffer *out, enum tag tag, struct dtl_bytes v)
{
    if (v.n == 0)
        return;
    dtl_buffer_byte(out, (uint8_t)tag);
    dtl_buffer_varint(out, v.n);
    dtl_buffer_append(out, v.p, v.n);
}

static void put_numbers(struct dtl_buffer *out, enum tag tag, uint64_t a, bool two, uint64_t b)
{
    uint8_t room[20];
    size_t n = 0;
    for (int i = 0; i < 1 + two; i++) {
        uint64_t v = i ? b : a;
        for (; v >= 0x80; v >>= 7)
            room[n++] = (uint8_t)(v | 0x80);
        room[n++] = (uint8_t)v;
    }
    put(out, tag, dtl_bytes(room, n));
}

static void put_values(struct dtl_buffer *out, enum tag tag, const struct dtl_values *v)
{
    for (size_t i = 0; i < v->n; i++)
        put(out, tag, v->v[i]);
}

static void put_said(struct dtl_buffer *out, const struct dtl_date_said *d)
{
    struct dtl_buffer b = {0};
    dtl_buffer_varint(&b, d->source);
    dtl_buffer_varint(&b, zigzag(d->date.earliest));
    dtl_buffer_varint(&b, (uint64_t)((int64_t)d->date.latest - d->date.earliest));
    out->failed |= b.failed;
    put(out, TAG_OTHER_DATE, dtl_buffer_view(&b));
    dtl_buffer_release(&b);
}

bool dtl_article_encode(const struct dtl_article *a, struct dtl_buffer *out)
{
    put(out, TAG_ID, a->id);
    put(out, TAG_SOURCE, a->source);
    put(out, TAG_PATH, a->path);
    if (a->file_bytes < a->path.n)
        put_numbers(out, TAG_FILE_BYTES, a->file_bytes, false, 0);
    if (dtl_interval_dated(a->date))
        put_numbers(out, TAG_DATE, zigzag(a->date.earliest), true,
                    (uint64_t)((int64_t)a->date.latest - a->date.earliest));
    if (a->date_source != DTL_DATE_NONE)
        put_numbers(out, TAG_DATE_SOURCE, a->date_source, false, 0);
    if (a->instant.known)
        put_numbers(out, TAG_INSTANT, zigzag(a->instant.seconds), true,
                    zigzag(a->instant.offset_minutes));
    if (a->lang)
        put_numbers(out, TAG_LANG, a->lang, false, 0);
    put_values(out, TAG_AUTHOR, &a->authors);
    put_values(out, TAG_SECTION, &a->sections);
    put_values(out, TAG_TAG, &a->tags);
    put_values(out, TAG_PLACE, &a->places);
    put(out, TAG_URL, a->url);
    put(out, TAG_EXTRA, a->extra);
    put(out, TAG_TITLE, a->title);
    put(out, TAG_BODY, a->body);
    put_values(out, TAG_AGENCY, &a->agencies);
    for (size_t i = 0; i < a->other_dates && i < DTL_DATES_OTHER; i++)
        put_said(out, &a->other_date[i]);
    return !out->failed;
}

/* ---- reading ---- */

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for an article");
}

static enum dtl_status damaged(uint64_t at, const char *what, struct dtl_error *err)
{
    return dtl_fail(err, DTL_ECORRUPT, at, "article record: %s", what);
}

/* One number of a field; a spelling longer than needed is refused, or records would not be
 * canonical. */
static uint64_t number(struct dtl_reader *r)
{
    size_t from = r->at;
    uint64_t v = dtl_read_varint(r);
    if (!r->bad && r->at - from > 1 && r->p[r->at - 1] == 0)
        r->bad = true;
    return v;
}

static bool lang_plausible(uint64_t v)
{
    return v > 0 && v <= 0x7fff && (v & 31) <= 26 && (v >> 5 & 31) <= 26 && v >> 10 <= 26;
}

static bool interval_of(uint64_t v, uint64_t span, struct dtl_interval *out)
{
    int64_t earliest = unzigzag(v);
    if (earliest < DTL_DAY_MIN || earliest > DTL_DAY_MAX ||
        span > (uint64_t)(DTL_DAY_MAX - earliest))
        return false;
    *out = (struct dtl_interval){(dtl_day)earliest, (dtl_day)(earliest + (int64_t)span)};
    return true;
}

/* What else was said of the day. False when it is no day of the calendar, or nobody said it. */
static bool read_said(struct dtl_bytes field, struct dtl_article *a)
{
    struct dtl_reader r = dtl_reader_of(field);
    uint64_t source = number(&r), v = number(&r), span = number(&r);
    struct dtl_date_said d;
    if (r.bad || r.at != r.n || source < 1 || source > DTL_DATE_SET ||
        !interval_of(v, span, &d.date))
        return false;
    d.source = (enum dtl_date_source)source;
    a->other_date[a->other_dates++] = d;
    return true;
}

/* A field of numbers. False when they are not such as this field has. */
static bool read_numbers(struct dtl_bytes field, enum tag tag, struct dtl_article *a)
{
    struct dtl_reader r = dtl_reader_of(field);
    uint64_t v = number(&r), w = tag == TAG_DATE || tag == TAG_INSTANT ? number(&r) : 0;
    if (r.bad || r.at != r.n)
        return false;
    switch (tag) {
    case TAG_FILE_BYTES:
        a->file_bytes = (uint32_t)v;
        return v < a->path.n && v <= UINT32_MAX;
    case TAG_DATE:
        return interval_of(v, w, &a->date);
    case TAG_DATE_SOURCE:
        a->date_source = (enum dtl_date_source)(v <= DTL_DATE_SET ? v : 0);
        return v > 0 && v <= DTL_DATE_SET;
    case TAG_INSTANT:
        a->instant = (struct dtl_instant){unzigzag(v), (int16_t)unzigzag(w), true};
        return w <= UINT16_MAX;
    default:
        a->lang = (dtl_lang_code)v;
        return lang_plausible(v);
    }
}

static struct dtl_values *values_of(struct dtl_article *a, uint8_t tag)
{
    switch (tag) {
    case TAG_AUTHOR:
        return &a->authors;
    case TAG_SECTION:
        return &a->sections;
    case TAG_TAG:
        return &a->tags;
    case TAG_PLACE:
        return &a->places;
    case TAG_AGENCY:
        return &a->agencies;
    default:
        return NULL;
    }
}

static struct dtl_bytes *bytes_of(struct dtl_article *a, uint8_t tag)
{
    switch (tag) {
    case TAG_ID:
        return &a->id;
    case TAG_SOURCE:
        return &a->source;
    case TAG_PATH:
        return &a->path;
    case TAG_URL:
        return &a->url;
    case TAG_EXTRA:
        return &a->extra;
    case TAG_TITLE:
        return &a->title;
    case TAG_BODY:
        return &a->body;
    default:
        return NULL;
    }
}

/* Pass one: order and sizes hold, and how many values there are; so pass two only fills. */
static enum dtl_status survey(struct dtl_bytes record, struct dtl_article *counts,
                              struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(record);
    uint8_t last = 0;
    while (r.at < r.n) {
        size_t at = r.at;
        uint8_t tag = dtl_read_u8(&r);
        struct dtl_bytes field = dtl_read_bytes(&r, number(&r));
        if (r.bad || field.n == 0)
            return damaged(at, "a field is cut short", err);
        struct dtl_values *v = values_of(counts, tag);
        bool said = tag == TAG_OTHER_DATE;
        if (tag == 0 || tag >= TAGS_END || tag < last || (tag == last && !v && !said) ||
            (said && ++counts->other_dates > DTL_DATES_OTHER))
            return damaged(at, "a field that does not belong there", err);
        if (v)
            v->n++;
        last = tag;
    }
    return DTL_OK;
}

enum dtl_status dtl_article_decode(struct dtl_bytes record, struct dtl_arena *arena,
                                   struct dtl_article *out, struct dtl_error *err)
{
    struct dtl_article a = {.date = DTL_UNDATED}, counts = {0};
    enum dtl_status st = survey(record, &counts, err);
    if (st < 0)
        return st;
    for (int tag = TAG_AUTHOR; tag <= TAG_AGENCY; tag++) {
        struct dtl_values *v = values_of(&a, (uint8_t)tag);
        size_t n = v ? values_of(&counts, (uint8_t)tag)->n : 0;
        if (n && !(v->v = dtl_arena_alloc(arena, n * sizeof *v->v)))
            return no_memory(err);
    }
    if (counts.other_dates &&
        !(a.other_date = dtl_arena_alloc(arena, counts.other_dates * sizeof *a.other_date)))
        return no_memory(err);
    bool split = false;
    struct dtl_reader r = dtl_reader_of(record);
    while (r.at < r.n) {
        size_t at = r.at;
        uint8_t tag = dtl_read_u8(&r);
        struct dtl_bytes field = dtl_read_bytes(&r, number(&r));
        struct dtl_values *v = values_of(&a, tag);
        struct dtl_bytes *b = bytes_of(&a, tag);
        if (v)
            v->v[v->n++] = field;
        else if (b)
            *b = field;
        else if (!(tag == TAG_OTHER_DATE ? read_said(field, &a)
                                         : read_numbers(field, (enum tag)tag, &a)))
            return damaged(at, "an impossible number", err);
        split = split || tag == TAG_FILE_BYTES;
    }
    if (a.id.n == 0)
        return damaged(0, "no id", err);
    if (a.path.n > UINT32_MAX)
        return damaged(0, "a path of impossible length", err);
    if (!split)
        a.file_bytes = (uint32_t)a.path.n;
    *out = a;
    return DTL_OK;
}

/* ---- comparing ---- */

/* Empty values are not stored, so they do not count here either. */
static bool values_equal(const struct dtl_values *a, const struct dtl_values *b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a->n && a->v[i].n == 0)
            i++;
        while (k < b->n && b->v[k].n == 0)
            k++;
        if (i == a->n || k == b->n)
            return i == a->n && k == b->n;
        if (!dtl_bytes_equal(a->v[i++], b->v[k++]))
            return false;
    }
}

static bool instants_equal(struct dtl_instant a, struct dtl_instant b)
{
    return a.known == b.known &&
           (!a.known || (a.seconds == b.seconds && a.offset_minutes == b.offset_minutes));
}

static bool dates_equal(struct dtl_interval a, struct dtl_interval b)
{
    if (!dtl_interval_dated(a) || !dtl_interval_dated(b))
        return dtl_interval_dated(a) == dtl_interval_dated(b);
    return a.earliest == b.earliest && a.latest == b.latest;
}

bool dtl_article_equal(const struct dtl_article *a, const struct dtl_article *b)
{
    return dtl_bytes_equal(a->id, b->id) && dtl_bytes_equal(a->source, b->source) &&
           dtl_bytes_equal(a->title, b->title) && dtl_bytes_equal(a->body, b->body) &&
           dates_equal(a->date, b->date) && instants_equal(a->instant, b->instant) &&
           a->date_source == b->date_source && a->lang == b->lang &&
           values_equal(&a->authors, &b->authors) && values_equal(&a->sections, &b->sections) &&
           values_equal(&a->tags, &b->tags) && values_equal(&a->places, &b->places) &&
           values_equal(&a->agencies, &b->agencies) && dtl_bytes_equal(a->url, b->url) &&
           dtl_bytes_equal(a->extra, b->extra);
}

/* ---- what is believed ---- */

bool dtl_article_disputed(const struct dtl_article *a)
{
    for (size_t i = 0; i < a->other_dates && dtl_interval_dated(a->date); i++)
        if (a->other_date[i].date.latest < a->date.earliest ||
            a->other_date[i].date.earliest > a->date.latest)
            return true;
    return false;
}

const char *dtl_date_source_name(enum dtl_date_source source)
{
    static const char *const names[] = {
        [DTL_DATE_NONE] = "",          [DTL_DATE_META] = "meta", [DTL_DATE_URL] = "url",
        [DTL_DATE_TEXT_LINE] = "text", [DTL_DATE_PATH] = "path", [DTL_DATE_MTIME] = "mtime",
        [DTL_DATE_SET] = "set"};
    return names[source];
}

bool dtl_date_has_two_readings(struct dtl_interval i)
{
    if (dtl_interval_zone(i) != DTL_ZONE_OTHER)
        return false;
    struct dtl_civil a = dtl_civil_of(i.earliest), b = dtl_civil_of(i.latest);
    return a.year == b.year && a.month == b.day && a.day == b.month;
}

enum dtl_date_trust dtl_date_trust_of(struct dtl_interval date, enum dtl_date_source source)
{
    bool stated = source == DTL_DATE_META || source == DTL_DATE_SET || source == DTL_DATE_URL;
    if (source == DTL_DATE_MTIME || source == DTL_DATE_NONE || dtl_date_has_two_readings(date))
        return DTL_TRUST_LOW;
    return stated ? DTL_TRUST_HIGH : DTL_TRUST_MEDIUM;
}

const char *dtl_date_trust_name(enum dtl_date_trust trust)
{
    static const char *const names[] = {"low", "medium", "high"};
    return names[trust];
}
