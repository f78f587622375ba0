/*
 * json_docs.c - JSON with a meaning of its own: JSON Feed, ninjs, the Washington Post collection.
 *
 * Records come from the JSON reader, so what that says of broken ones holds here. A record may hold
 * many articles (the items of a feed, the items of an API's answer); they are given one after
 * another. Of ninjs the text, its facts and the names in its lists are taken; renditions,
 * associations and codes say nothing a reader reads.
 *
 * The day of a ninjs item is that of the version it holds: that is the text people read.
 */
#include "common/base/date.h"
#include "indexer/format/html_text.h"
#include "indexer/format/json.h"

#include <stdio.h>
#include <stdlib.h>

#define FIELDS 20

struct docs {
    const struct dtl_format *self;
    void *records;           /* the JSON reader's state */
    struct dtl_arena memory; /* of the record in hand */
    struct dtl_record root;
    bool many;              /* it holds articles: */
    struct dtl_bytes items; /* ... those still to come, of a list of objects, or one object */
    size_t strays;          /* ... or so many that are none */
};

/* ---- fields ---- */

struct making {
    struct dtl_arena *arena;
    struct dtl_record *r;
    bool failed;
};

static const struct dtl_field *get(const struct dtl_record *from, const char *name)
{
    for (size_t i = 0; i < from->n; i++)
        if (dtl_bytes_is(from->fields[i].name, name))
            return &from->fields[i];
    return NULL;
}

static struct dtl_bytes text_of(const struct dtl_field *f)
{
    return f && !f->list && f->v->kind == DTL_VALUE_STRING ? f->v->text : dtl_bytes(NULL, 0);
}

/* The text of an object, or of a list that does not hold plain values alone. */
static struct dtl_bytes nested_in(const struct dtl_field *f)
{
    return f && !f->list && f->v->kind == DTL_VALUE_NESTED ? f->v->text : dtl_bytes(NULL, 0);
}

static bool is_list(const struct dtl_field *f)
{
    struct dtl_bytes nested = nested_in(f);
    return f && (f->list || (nested.n && nested.p[0] == '['));
}

static void put(struct making *m, const char *name, struct dtl_bytes text)
{
    struct dtl_bytes copy;
    if (!text.n || m->r->n == FIELDS)
        return;
    if (!dtl_bytes_copy(m->arena, text, &copy) || !dtl_record_text(m->r, m->arena, name, copy))
        m->failed = true;
}

/* Digits, perhaps behind a '-'. */
static bool is_whole(const struct dtl_field *f)
{
    if (!f || f->list || f->v->kind != DTL_VALUE_LITERAL)
        return false;
    struct dtl_bytes t = f->v->text;
    for (size_t i = t.n && t.p[0] == '-'; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
    return t.n != 0;
}

/* The first of `keys` (a NULL ends them) that has a text; a number counts as its digits. */
static bool put_first(struct making *m, const char *name, const struct dtl_record *from,
                      const char *const *keys)
{
    for (; *keys; keys++) {
        const struct dtl_field *f = get(from, *keys);
        struct dtl_bytes text = is_whole(f) ? f->v->text : text_of(f);
        if (text.n) {
            put(m, name, text);
            return true;
        }
    }
    return false;
}
#define FIRST(m, name, from, ...) put_first(m, name, from, (const char *const[]){__VA_ARGS__, NULL})

static void put_html(struct making *m, const char *name, struct dtl_bytes html, bool line)
{
    struct dtl_bytes text;
    if (!(line ? dtl_html_line : dtl_html_text)(html, m->arena, &text))
        m->failed = true;
    else
        put(m, name, text);
}

static struct dtl_bytes text_in(const json_t *v)
{
    return json_is_string(v) ? dtl_bytes(json_string_value(v), json_string_length(v))
                             : dtl_bytes(NULL, 0);
}

/* Texts of a list, names of its objects; one object or one text counts as a list of one. */
static bool put_names(struct making *m, const char *name, const struct dtl_field *f)
{
    struct dtl_bytes nested = nested_in(f);
    json_t *tree = NULL;
    if (nested.n) {
        tree = json_loadb((const char *)nested.p, nested.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        m->failed |= !tree;
    }
    size_t n = json_is_array(tree) ? json_array_size(tree) : tree ? 1 : f ? f->n : 0, used = 0;
    struct dtl_value *v = n && m->r->n < FIELDS ? dtl_arena_alloc(m->arena, n * sizeof *v) : NULL;
    m->failed |= n && m->r->n < FIELDS && !v;
    for (size_t i = 0; v && i < n; i++) {
        const json_t *item = json_is_array(tree) ? json_array_get(tree, i) : tree;
        struct dtl_bytes text = {0};
        if (tree)
            text = text_in(json_is_object(item) ? json_object_get(item, "name") : item);
        else if (f->v[i].kind == DTL_VALUE_STRING)
            text = f->v[i].text;
        v[used].kind = DTL_VALUE_STRING;
        if (text.n && dtl_bytes_copy(m->arena, text, &v[used].text))
            used++;
    }
    json_decref(tree);
    if (used)
        m->r->fields[m->r->n++] = (struct dtl_field){dtl_bytes_of(name), v, used, true};
    return used != 0;
}

static void put_body(struct making *m, const struct dtl_record *from, const char *text,
                     const char *html)
{
    if (text_of(get(from, text)).n)
        put(m, "body", text_of(get(from, text)));
    else
        put_html(m, "body", text_of(get(from, html)), false);
}

/* ---- JSON Feed ---- */

static bool is_feed(const struct dtl_record *root)
{
    struct dtl_bytes version = text_of(get(root, "version"));
    return version.n && memmem(version.p, version.n, "jsonfeed.org/version", 20) &&
           is_list(get(root, "items"));
}

static void feed_item(struct making *m, const struct dtl_record *root,
                      const struct dtl_record *item)
{
    FIRST(m, "id", item, "id");
    FIRST(m, "source", root, "title");
    put_html(m, "title", text_of(get(item, "title")), true);
    FIRST(m, "date", item, "date_published", "date_modified");
    FIRST(m, "url", item, "url", "external_url");
    if (!FIRST(m, "lang", item, "language"))
        FIRST(m, "lang", root, "language");
    static const char *const authors[] = {"authors", "author"};
    bool named = false;
    for (int i = 0; i < 4 && !named; i++)
        named = put_names(m, "author", get(i < 2 ? item : root, authors[i % 2]));
    put_names(m, "tags", get(item, "tags"));
    put_body(m, item, "content_text", "content_html");
    FIRST(m, "summary", item, "summary");
}

/* ---- ninjs ---- */

static void ninjs_item(struct making *m, const struct dtl_record *item)
{
    FIRST(m, "id", item, "guid", "uri", "id");
    if (!FIRST(m, "source", item, "source", "provider"))
        FIRST(m, "source", item, "copyrightholder");
    if (!FIRST(m, "title", item, "headline", "title"))
        FIRST(m, "title", item, "slugline", "name");
    FIRST(m, "date", item, "versioncreated", "firstcreated", "firstpublished", "contentcreated");
    FIRST(m, "lang", item, "language");
    FIRST(m, "url", item, "url", "canonicalurl");
    if (!put_names(m, "author", get(item, "byline")))
        put_names(m, "author", get(item, "authors"));
    put_names(m, "place", get(item, "located"));
    put_names(m, "tags", get(item, "keywords"));
    put_names(m, "subject", get(item, "subject"));
    put_names(m, "section", get(item, "service"));
    if (text_of(get(item, "body_html")).n)
        put_html(m, "body", text_of(get(item, "body_html")), false);
    else if (text_of(get(item, "body_xhtml")).n)
        put_html(m, "body", text_of(get(item, "body_xhtml")), false);
    else
        put_body(m, item, "body_text", "description_html");
    FIRST(m, "summary", item, "description_text", "description_caption");
    FIRST(m, "slugline", item, "slugline");
    FIRST(m, "status", item, "pubstatus");
}

/* ---- the Washington Post collection of TREC ---- */

/* Milliseconds since 1970 as a day and a time. */
static void put_milliseconds(struct making *m, const struct dtl_field *f)
{
    char text[40];
    if (!is_whole(f) || f->v->text.n > 18)
        return;
    snprintf(text, sizeof text, "%.*s", (int)f->v->text.n, (const char *)f->v->text.p);
    long long s = strtoll(text, NULL, 10) / 1000;
    if (s <= 0 || s / 86400 > DTL_DAY_MAX)
        return;
    struct dtl_civil c = dtl_civil_of((dtl_day)(s / 86400));
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
             (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
    put(m, "date", dtl_bytes_of(text));
}

/* A part of an article's text; false: no memory. */
static bool put_part(struct making *m, const json_t *part, struct dtl_buffer *body)
{
    struct dtl_bytes type = text_in(json_object_get(part, "type")), text;
    const json_t *content = json_object_get(part, "content");
    if (dtl_bytes_is(type, "kicker")) {
        char number[32];
        text = text_in(content);
        if (json_is_integer(content)) {
            snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(content));
            text = dtl_bytes_of(number);
        }
        put(m, "section", text);
    }
    if (!dtl_bytes_is(type, "sanitized_html"))
        return true;
    if (!dtl_html_text(text_in(content), m->arena, &text))
        return false;
    if (text.n && body->n)
        dtl_buffer_text(body, "\n\n");
    return dtl_buffer_append(body, text.p, text.n);
}

static void post_item(struct making *m, const struct dtl_record *item)
{
    struct dtl_bytes nested = nested_in(get(item, "contents"));
    json_t *contents = NULL;
    struct dtl_buffer body = {0};
    FIRST(m, "id", item, "id");
    FIRST(m, "source", item, "source");
    FIRST(m, "title", item, "title");
    put_milliseconds(m, get(item, "published_date"));
    FIRST(m, "url", item, "article_url");
    FIRST(m, "author", item, "author");
    if (nested.n) {
        contents =
            json_loadb((const char *)nested.p, nested.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        m->failed |= !contents;
    }
    for (size_t i = 0; i < json_array_size(contents) && !m->failed; i++)
        m->failed |= !put_part(m, json_array_get(contents, i), &body);
    m->failed |= body.failed;
    put(m, "body", dtl_buffer_view(&body));
    dtl_buffer_release(&body);
    json_decref(contents);
}

/* ---- the reader ---- */

static enum dtl_status docs_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err,
                                 const struct dtl_format *self)
{
    struct docs *d = calloc(1, sizeof *d);
    if (!d)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    d->self = self;
    enum dtl_status st = dtl_format_json.open(&d->records, in, o, err);
    if (st < 0) {
        free(d);
        return st;
    }
    dtl_json_keep_nested(d->records);
    *state = d;
    return DTL_OK;
}

static enum dtl_status feed_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err)
{
    return docs_open(state, in, o, err, &dtl_format_jsonfeed);
}

static enum dtl_status ninjs_open(void **state, struct dtl_input *in,
                                  const struct dtl_format_options *o, struct dtl_error *err)
{
    return docs_open(state, in, o, err, &dtl_format_ninjs);
}

static enum dtl_status post_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err)
{
    return docs_open(state, in, o, err, &dtl_format_washingtonpost);
}

static void docs_close(void *state)
{
    struct docs *d = state;
    dtl_arena_release(&d->memory);
    dtl_format_json.close(d->records);
    free(d);
}

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

static enum dtl_status make(struct docs *d, const struct dtl_record *item, bool whole,
                            struct dtl_arena *arena, struct dtl_record *out, struct dtl_error *err)
{
    struct dtl_record r = {.at = d->root.at,
                           .line = d->root.line,
                           .charset = d->root.charset,
                           .charset_by = d->root.charset_by,
                           .whole = whole};
    struct making m = {arena, &r, false};
    r.fields = dtl_arena_alloc(arena, FIELDS * sizeof *r.fields);
    if (!r.fields)
        return no_memory(err);
    if (d->self == &dtl_format_jsonfeed)
        feed_item(&m, &d->root, item);
    else if (d->self == &dtl_format_washingtonpost)
        post_item(&m, item);
    else
        ninjs_item(&m, item);
    if (m.failed)
        return no_memory(err);
    *out = r;
    return DTL_OK;
}

/* An object whose text has been seen to be valid, as a record. */
static enum dtl_status object_of(struct dtl_bytes text, struct dtl_arena *arena,
                                 struct dtl_record *out, struct dtl_error *err)
{
    enum dtl_status st = dtl_json_flat(text, arena, out);
    return st == DTL_NOTFOUND ? dtl_json_tree(text, arena, out, err) : st < 0 ? no_memory(err) : st;
}

/* The articles of the field are what comes now. */
static void take_items(struct docs *d, const struct dtl_field *f)
{
    d->many = true;
    d->items = nested_in(f);
    d->strays = d->items.n ? 0 : f->n;
    if (d->items.n && d->items.p[0] == '[')
        d->items = dtl_bytes(d->items.p + 1, d->items.n - 2);
}

/* The articles of an answer of an API: {"item": [...]}, {"data": {"item": {...}}}, {"items":
 * [...]}. */
static enum dtl_status find_wrapped(struct docs *d, struct dtl_error *err)
{
    static const char *const names[] = {"item", "items", "data", "results"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct dtl_field *f = get(&d->root, names[i]);
        if (i == 2 && nested_in(f).n && !is_list(f)) {
            struct dtl_record data = {0};
            enum dtl_status st = object_of(nested_in(f), &d->memory, &data, err);
            if (st < 0)
                return st;
            f = get(&data, "item") ? get(&data, "item") : get(&data, "items");
        }
        if (is_list(f) || nested_in(f).n) {
            take_items(d, f);
            break;
        }
    }
    return DTL_OK;
}

static enum dtl_status stray(struct docs *d, struct dtl_error *err)
{
    return dtl_fail(err, DTL_EINPUT, d->root.at,
                    "line %llu: an item that is no JSON object; remove it",
                    (unsigned long long)d->root.line);
}

/* The next article of a record that holds many. DTL_END: it has no more. */
static enum dtl_status next_item(struct docs *d, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    if (d->strays) {
        d->strays--;
        return stray(d, err);
    }
    while (d->items.n && (dtl_is_space(d->items.p[0]) || d->items.p[0] == ','))
        d->items = dtl_bytes(d->items.p + 1, d->items.n - 1);
    if (!d->items.n)
        return DTL_END;
    struct dtl_json_scan s = {0};
    size_t n = 0;
    if (strchr("{[\"", d->items.p[0]))
        (void)dtl_json_scan(&s, d->items, &n);
    else
        while (n < d->items.n && d->items.p[n] != ',')
            n++;
    struct dtl_bytes text = dtl_bytes(d->items.p, n);
    d->items = dtl_bytes(text.p + n, d->items.n - n);
    if (text.p[0] != '{')
        return stray(d, err);
    struct dtl_record item = {0};
    enum dtl_status st = object_of(text, arena, &item, err);
    return st == DTL_OK ? make(d, &item, false, arena, out, err) : st;
}

static enum dtl_status docs_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    struct docs *d = state;
    bool feed = d->self == &dtl_format_jsonfeed;
    for (;;) {
        enum dtl_status st = d->many ? next_item(d, arena, out, err) : DTL_END;
        if (st != DTL_END)
            return st;
        d->many = false;
        d->root = (struct dtl_record){0};
        dtl_arena_reset(&d->memory);
        st = dtl_format_json.next(d->records, &d->memory, &d->root, err);
        if (st != DTL_OK)
            return st;
        if (feed && !is_feed(&d->root))
            return dtl_fail(err, DTL_EINPUT, d->root.at,
                            "line %llu: not a JSON Feed; mend its version or items",
                            (unsigned long long)d->root.line);
        if (feed)
            take_items(d, get(&d->root, "items"));
        else if (d->self == &dtl_format_ninjs)
            st = find_wrapped(d, err);
        if (st < 0)
            return st;
        if (!d->many)
            return make(d, &d->root, d->root.whole, arena, out, err);
    }
}

/* The words `all` (a NULL ends them) as JSON keys or values in a head that begins like JSON. */
static bool has_all(struct dtl_bytes head, const char *const *all)
{
    for (; *all; all++)
        if (!memmem(head.p, head.n, *all, strlen(*all)))
            return false;
    return true;
}

static int feed_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    static const char *const words[] = {"\"version\"", "jsonfeed.org", "\"items\"", NULL};
    static const char *const early[] = {"\"version\"", "jsonfeed.org", NULL};
    return dtl_format_json.bid(head, is_all, path) && has_all(head, is_all ? words : early) ? 85
                                                                                            : 0;
}

static int ninjs_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    static const char *const version[] = {"\"versioncreated\"", "\"headline\"", NULL};
    static const char *const body[] = {"\"body_html\"", "\"headline\"", "\"pubstatus\"", NULL};
    return dtl_format_json.bid(head, is_all, path) &&
                   (has_all(head, version) || has_all(head, body))
               ? 80
               : 0;
}

static int post_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    static const char *const words[] = {"\"article_url\"", "\"published_date\"", "\"contents\"",
                                        NULL};
    return dtl_format_json.bid(head, is_all, path) && has_all(head, words) ? 85 : 0;
}

const struct dtl_format dtl_format_washingtonpost = {
    .name = "washingtonpost",
    .summary = "the Washington Post collection of TREC: JSON Lines of articles in parts",
    .confidence = 85,
    .undated_is_final = true,
    .bid = post_bid,
    .open = post_open,
    .next = docs_next,
    .close = docs_close,
};

const struct dtl_format dtl_format_jsonfeed = {
    .name = "jsonfeed",
    .summary = "JSON Feed 1 and 1.1: the items of a feed",
    .confidence = 85,
    .undated_is_final = true,
    .bid = feed_bid,
    .open = feed_open,
    .next = docs_next,
    .close = docs_close,
};

const struct dtl_format dtl_format_ninjs = {
    .name = "ninjs",
    .summary = "ninjs of the IPTC: one item, many, or an API's answer that holds them",
    .confidence = 80,
    .undated_is_final = true,
    .bid = ninjs_bid,
    .open = ninjs_open,
    .next = docs_next,
    .close = docs_close,
};
