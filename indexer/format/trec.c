/*
 * trec.c - the SGML of TREC's collections: <DOC> elements with a DOCNO, and whatever tags each
 * newspaper brought along; TRECWEB documents, which hold a page behind their DOCHDR.
 *
 * No document type was ever followed, tags are upper case and unclosed, and the day stands in one
 * of a few places: <DATE> or <DATE_TIME> (`01/30/03`, `920101`, `March 1, 1992, Sunday`), else in
 * the number itself (`AP880212-0001`, `APW19990101.0001`). Elements are looked for by name.
 */
#include "common/base/date.h"
#include "indexer/format/html_main.h"
#include "indexer/format/html_plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define TAGS     64                 /* of a document whose places are kept */
#define TEXT_MAX ((size_t)4 << 20)  /* of a text read without a parser */
#define ROOM_MAX ((size_t)64 << 10) /* for a text, when it begins */

struct trec {
    struct dtl_decoded *decoded;
    struct dtl_xml_frames frames;
};

static const char *const names[] = {"DOC", "doc", NULL};

/*
 * A document and where its tags are: elements are asked for by some thirty names, one by one, and
 * nearly all of those begin with a letter that no tag has.
 */
struct doc {
    struct dtl_bytes t;
    size_t at[TAGS], n; /* each '<', if they are so few */
    uint32_t letters;   /* ... and a bit for what each name may begin with, in either case */
    bool few;
};

static uint32_t letter_bit(uint8_t c)
{
    return UINT32_C(1) << (c & 31);
}

static struct doc doc_of(struct dtl_bytes t)
{
    struct doc d = {.t = t, .n = 0, .letters = 0, .few = true};
    const uint8_t *p = t.p, *end = t.p + t.n;
    while (p < end && (p = memchr(p, '<', (size_t)(end - p)))) {
        d.few = d.n < TAGS;
        if (!d.few)
            break;
        d.at[d.n++] = (size_t)(p++ - t.p);
        d.letters |= p < end ? letter_bit(*p) : 0;
    }
    return d;
}

/* Place of the next '<' from `from` on; d->t.n: there is none. */
static size_t next_tag(const struct doc *d, size_t from)
{
    if (!d->few) {
        const uint8_t *p = memchr(d->t.p + from, '<', d->t.n - from);
        return p ? (size_t)(p - d->t.p) : d->t.n;
    }
    size_t i = 0;
    while (i < d->n && d->at[i] < from)
        i++;
    return i < d->n ? d->at[i] : d->t.n;
}

/* The next "<NAME", or "</NAME", from `from` on. */
static const uint8_t *find_tag(const struct doc *d, size_t from, bool closes, const char *name)
{
    struct dtl_bytes t = d->t;
    if (d->few && !closes && !(d->letters & letter_bit((uint8_t)name[0])))
        return NULL;
    size_t n = strlen(name), before = 1 + closes;
    for (; from < t.n && (from = next_tag(d, from)) + before + n < t.n; from++) {
        const uint8_t *p = t.p + from, *own = p + before, *end = own + n;
        bool may_be = closes ? p[1] == '/' : ((*own ^ (uint8_t)name[0]) | 0x20) == 0x20;
        if (may_be && strncasecmp((const char *)own, name, n) == 0 && !dtl_is_alnum(*end) &&
            *end != '_')
            return p;
    }
    return NULL;
}

/* What stands between <NAME ...> and </NAME>, the next one from *from on. */
static bool element(const struct doc *d, const char *name, size_t *from, struct dtl_bytes *out)
{
    struct dtl_bytes t = d->t;
    const uint8_t *p = find_tag(d, *from, false, name),
                  *end = p ? memchr(p, '>', t.n - (size_t)(p - t.p)) : NULL;
    if (!end)
        return false;
    size_t at = (size_t)(end - t.p) + 1;
    const uint8_t *close = find_tag(d, at, true, name);
    size_t to = close ? (size_t)(close - t.p) : t.n;
    *out = dtl_bytes(t.p + at, to - at);
    *from = to;
    return true;
}

/* Where the paragraph that begins at `at` ends, before a blank or indented line; t.n: at the end.
 */
static size_t paragraph_end(struct dtl_bytes t, size_t at)
{
    for (; at < t.n; at++) {
        const uint8_t *nl = memchr(t.p + at, '\n', t.n - at);
        at = nl ? (size_t)(nl - t.p) : t.n;
        if (at + 3 < t.n && (t.p[at + 1] == '\n' ||
                             (t.p[at + 1] == ' ' && t.p[at + 2] == ' ' && t.p[at + 3] != ' ') ||
                             memcmp(t.p + at + 1, "   ", 3) == 0))
            break;
    }
    return at < t.n ? at : t.n;
}

/* Text without tags, paragraph by paragraph. False: that is for a parser, or it is one paragraph,
 * whose lines stay. */
static bool flow_paragraphs(struct dtl_bytes raw, struct dtl_text_flow *f)
{
    size_t end = paragraph_end(raw, 0);
    if (end == raw.n || raw.n > TEXT_MAX || memchr(raw.p, '<', raw.n) || memchr(raw.p, 0, raw.n))
        return false;
    for (size_t at = 0;; end = paragraph_end(raw, at + 1)) {
        if (!dtl_html_plain(dtl_bytes(raw.p + at, end - at), f))
            return false;
        if (end == raw.n)
            return true;
        dtl_text_flow_lines(f, 2);
        at = end;
    }
}

/* Text of an element: its own tags gone, blank and indented lines as paragraphs. */
static struct dtl_bytes text_of(struct dtl_making *m, struct dtl_bytes raw)
{
    struct dtl_text_flow f = {0};
    struct dtl_buffer b = {0};
    struct dtl_bytes out = {0};
    dtl_buffer_reserve(&f.out, raw.n < ROOM_MAX ? raw.n : ROOM_MAX);
    if (flow_paragraphs(raw, &f)) {
        m->failed |= f.out.failed || !dtl_bytes_copy(m->arena, dtl_buffer_view(&f.out), &out);
        dtl_buffer_release(&f.out);
        return out;
    }
    dtl_buffer_release(&f.out);
    dtl_buffer_reserve(&b, raw.n + raw.n / 8);
    for (size_t at = 0, end = paragraph_end(raw, 0);; end = paragraph_end(raw, at + 1)) {
        dtl_buffer_append(&b, raw.p + at, end - at);
        if (end == raw.n)
            break;
        dtl_buffer_text(&b, "<p>");
        at = end;
    }
    if (b.failed || !dtl_html_text(dtl_buffer_view(&b), m->arena, &out))
        m->failed = true;
    dtl_buffer_release(&b);
    return out;
}

static void put_first(struct dtl_making *m, const char *field, const struct doc *doc,
                      const char *const *tags)
{
    for (; *tags; tags++) {
        size_t from = 0;
        struct dtl_bytes raw;
        if (!element(doc, *tags, &from, &raw))
            continue;
        if (dtl_make_has(m, field))
            return;
        if (!dtl_html_line(raw, m->arena, &raw))
            continue;
        dtl_make_put(m, field, raw);
    }
}

/* ---- days ---- */

static bool put_day(struct dtl_making *m, int year, int month, int day)
{
    char text[40];
    if (year >= 0 && year < 100) /* TREC's newspapers are of 1987 and later */
        year += year < 70 ? 2000 : 1900;
    if (year < 1000 || month < 1 || day < 1 || !dtl_civil_valid(year, month, day))
        return false;
    snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    dtl_make_put(m, "date", dtl_bytes_of(text));
    return true;
}

static size_t digit_run(struct dtl_bytes t, size_t at)
{
    size_t n = 0;
    while (at + n < t.n && t.p[at + n] >= '0' && t.p[at + n] <= '9')
        n++;
    return n;
}

/* A DATE's text. `March 1, 1992, Sunday, Home Edition` is cut behind its year. */
static bool put_stated_day(struct dtl_making *m, struct dtl_bytes t)
{
    size_t n = digit_run(t, 0);
    if (n == 6 || n == 8)
        return put_day(m, dtl_digits(t, 0, n - 4), dtl_digits(t, n - 4, 2),
                       dtl_digits(t, n - 2, 2));
    if (n == 2 && t.n >= 8 && t.p[2] == '/' && t.p[5] == '/')
        return put_day(m, dtl_digits(t, 6, digit_run(t, 6)), dtl_digits(t, 0, 2),
                       dtl_digits(t, 3, 2));
    if (n == 4) {
        dtl_make_put(m, "date", t);
        return true;
    }
    for (size_t at = 0; at < t.n; at++) {
        if (digit_run(t, at) == 4) {
            dtl_make_put(m, "date", dtl_bytes(t.p, at + 4));
            return true;
        }
        at += digit_run(t, at);
    }
    return false;
}

/* "AP880212-0001", "WSJ870324-0001", "NYT19980601.0001", "APW_ENG_19990101.0001": letters, then a
 * day. */
static void put_day_of_number(struct dtl_making *m, struct dtl_bytes number)
{
    size_t at = 0;
    while (at < number.n && (number.p[at] < '0' || number.p[at] > '9'))
        at++;
    size_t n = digit_run(number, at);
    if (at >= 2 && (n == 6 || n == 8) && at + n < number.n && strchr("-._", number.p[at + n]))
        put_day(m, dtl_digits(number, at, n - 4), dtl_digits(number, at + n - 4, 2),
                dtl_digits(number, at + n - 2, 2));
}

/* ---- a document ---- */

static void put_text(struct dtl_making *m, const struct doc *doc)
{
    static const char *const texts[] = {"LP", "LEADPARA", "TEXT", "GRAPHIC"};
    struct dtl_buffer b = {0};
    struct dtl_bytes raw;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t from = 0; element(doc, texts[i], &from, &raw);) {
            struct dtl_bytes text = text_of(m, raw);
            if (text.n && b.n)
                dtl_buffer_text(&b, "\n\n");
            dtl_buffer_append(&b, text.p, text.n);
        }
    m->failed |= b.failed;
    dtl_make_put(m, "body", dtl_buffer_view(&b));
    dtl_buffer_release(&b);
}

static bool make(struct dtl_making *m, struct dtl_bytes t)
{
    const struct doc whole = doc_of(t), *doc = &whole;
    static const char *const numbers[] = {"DOCNO", "DOCID", NULL};
    static const char *const titles[] = {"HEADLINE", "HEAD", "HL", "TITLE",
                                         "TI",       "TTL",  "H3", NULL};
    static const char *const days[] = {"DATE", "DATE_TIME", "DATE1", "PUBDATE", NULL};
    static const char *const bylines[] = {"BYLINE", "AU", "AUTHOR", NULL};
    size_t from = 0;
    struct dtl_bytes page, day;
    put_first(m, "id", doc, numbers);
    const uint8_t *end = memchr(t.p, '>', t.n);
    const uint8_t *id = end ? memmem(t.p, (size_t)(end - t.p), " id=\"", 5) : NULL;
    const uint8_t *quote = id ? memchr(id + 5, '"', (size_t)(end - id) - 5) : NULL;
    if (quote)
        dtl_make_put(m, "id", dtl_bytes(id + 5, (size_t)(quote - id) - 5));
    if (!dtl_make_has(m, "id"))
        return false;
    for (const char *const *d = days; *d; d++) {
        from = 0;
        if (element(doc, *d, &from, &day) && !dtl_make_has(m, "date") &&
            dtl_html_line(day, m->arena, &day))
            put_stated_day(m, day);
    }
    if (!dtl_make_has(m, "date"))
        put_day_of_number(m, m->r->fields[0].v[0].text);
    const uint8_t *header = find_tag(doc, 0, true, "DOCHDR");
    if (header) { /* TRECWEB: a page stands behind it */
        from = (size_t)(header - t.p) + 9;
        page = dtl_bytes(t.p + from, t.n - from);
        return dtl_html_record(page, m);
    }
    put_first(m, "title", doc, titles);
    put_first(m, "author", doc, bylines);
    put_first(m, "dateline", doc, (const char *const[]){"DATELINE", NULL});
    put_first(m, "section", doc, (const char *const[]){"SECTION", NULL});
    put_first(m, "source", doc, (const char *const[]){"SO", NULL});
    put_text(m, doc);
    return true;
}

/* ---- the reader ---- */

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    head = dtl_bytes_trim(head);
    const struct doc first = doc_of(dtl_bytes(head.p, head.n < 8 ? head.n : 8));
    if (!head.n || !find_tag(&first, 0, false, "DOC"))
        return 0;
    const struct doc all = doc_of(head);
    return find_tag(&all, 0, false, "DOCNO") ||
                   memmem(head.p, head.n < 200 ? head.n : 200, " id=", 4)
               ? 85
               : 0;
}

static enum dtl_status trec_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err)
{
    struct trec *t = calloc(1, sizeof *t);
    if (!t)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = dtl_decoded_open(&t->decoded, in, o, false, err);
    if (st < 0) {
        free(t);
        return st;
    }
    t->frames = (struct dtl_xml_frames){
        .in = dtl_decoded_input(t->decoded), .names = names, .line = o->lines_before + 1};
    *state = t;
    return DTL_OK;
}

static void trec_close(void *state)
{
    struct trec *t = state;
    dtl_xml_frames_release(&t->frames);
    dtl_decoded_close(t->decoded);
    free(t);
}

static bool trec_place(const void *state, struct dtl_format_place *out)
{
    const struct trec *t = state;
    return dtl_xml_frames_place(&t->frames, t->decoded, out);
}

static enum dtl_status trec_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    struct trec *t = state;
    struct dtl_xml_frame frame;
    struct dtl_making m;
    enum dtl_status st = dtl_xml_frames_next(&t->frames, &frame, err);
    if (st != DTL_OK)
        return st;
    struct dtl_record r = {.at = frame.at, .line = frame.line};
    dtl_decoded_tell(t->decoded, &r);
    bool made = dtl_make_begin(&m, &r, arena) && make(&m, frame.xml);
    if (m.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (!made)
        return dtl_fail(err, DTL_EINPUT, frame.at, "line %llu: a DOC without a DOCNO; give it one",
                        (unsigned long long)frame.line);
    *out = r;
    return DTL_OK;
}

const struct dtl_format dtl_format_trec = {
    .name = "trec",
    .summary = "TREC SGML and TRECWEB: DOC elements with a DOCNO",
    .confidence = 85,
    .bid = bid,
    .open = trec_open,
    .next = trec_next,
    .close = trec_close,
    .place = trec_place,
};
