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
    void *records; /* the JSON reader's state */
    json_t *root;  /* the record in hand, or NULL */
    json_t *items; /* borrowed from it: its articles; NULL: it is one itself */
    size_t next;
    uint64_t at, line;
    struct dtl_record from; /* it, without fields */
};

/* ---- records back to trees ---- */

static json_t *tree_of_value(const struct dtl_value *v)
{
    if (v->kind == DTL_VALUE_NULL)
        return json_null();
    if (v->kind == DTL_VALUE_STRING)
        return json_stringn(v->text.n ? (const char *)v->text.p : "", v->text.n);
    return json_loadb((const char *)v->text.p, v->text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

static json_t *tree_of(const struct dtl_record *r)
{
    json_t *root = json_object();
    for (size_t i = 0; root && i < r->n; i++) {
        const struct dtl_field *f = &r->fields[i];
        char *name = strndup((const char *)f->name.p, f->name.n);
        json_t *v = f->list ? json_array() : tree_of_value(&f->v[0]);
        for (size_t k = 0; v && f->list && k < f->n; k++)
            json_array_append_new(v, tree_of_value(&f->v[k]));
        if (!name || json_object_set_new(root, name, v) < 0) {
            json_decref(root);
            root = NULL;
        }
        free(name);
    }
    return root;
}

/* ---- fields ---- */

struct making {
    struct dtl_arena *arena;
    struct dtl_record *r;
    bool failed;
};

static struct dtl_bytes text_of(const json_t *v)
{
    return json_is_string(v) ? dtl_bytes(json_string_value(v), json_string_length(v))
                             : dtl_bytes(NULL, 0);
}

static void put(struct making *m, const char *name, struct dtl_bytes text)
{
    struct dtl_bytes copy;
    if (!text.n || m->r->n == FIELDS)
        return;
    if (!dtl_bytes_copy(m->arena, text, &copy) || !dtl_record_text(m->r, m->arena, name, copy))
        m->failed = true;
}

/* The first of `keys` (a NULL ends them) that has a text; a number counts as its digits. */
static bool put_first(struct making *m, const char *name, const json_t *from,
                      const char *const *keys)
{
    for (; *keys; keys++) {
        const json_t *v = json_object_get(from, *keys);
        struct dtl_bytes text = text_of(v);
        char number[32];
        if (json_is_integer(v)) {
            snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
            text = dtl_bytes_of(number);
        }
        if (text.n) {
            put(m, name, text);
            return true;
        }
    }
    return false;
}
#define FIRST(m, name, from, ...) put_first(m, name, from, (const char *const[]){__VA_ARGS__, NULL})

static void put_html(struct making *m, const char *name, const json_t *html, bool line)
{
    struct dtl_bytes text;
    if (!(line ? dtl_html_line : dtl_html_text)(text_of(html), m->arena, &text))
        m->failed = true;
    else
        put(m, name, text);
}

/* Texts of a list, names of its objects; one object or one text counts as a list of one. */
static bool put_names(struct making *m, const char *name, const json_t *list)
{
    size_t n = json_is_array(list) ? json_array_size(list) : list != NULL, used = 0;
    struct dtl_value *v = n ? dtl_arena_alloc(m->arena, n * sizeof *v) : NULL;
    if (!n || m->r->n == FIELDS)
        return false;
    for (size_t i = 0; v && i < n; i++) {
        const json_t *item = json_is_array(list) ? json_array_get(list, i) : list;
        struct dtl_bytes text =
            text_of(json_is_object(item) ? json_object_get(item, "name") : item);
        v[used].kind = DTL_VALUE_STRING;
        if (text.n && dtl_bytes_copy(m->arena, text, &v[used].text))
            used++;
    }
    m->failed |= !v;
    if (used)
        m->r->fields[m->r->n++] = (struct dtl_field){dtl_bytes_of(name), v, used, true};
    return used != 0;
}

static void put_body(struct making *m, const json_t *from, const char *text, const char *html)
{
    if (text_of(json_object_get(from, text)).n)
        put(m, "body", text_of(json_object_get(from, text)));
    else
        put_html(m, "body", json_object_get(from, html), false);
}

/* ---- JSON Feed ---- */

static bool is_feed(const json_t *root)
{
    struct dtl_bytes version = text_of(json_object_get(root, "version"));
    return version.n && memmem(version.p, version.n, "jsonfeed.org/version", 20) &&
           json_is_array(json_object_get(root, "items"));
}

static void feed_item(struct making *m, const json_t *root, const json_t *item)
{
    FIRST(m, "id", item, "id");
    FIRST(m, "source", root, "title");
    put_html(m, "title", json_object_get(item, "title"), true);
    FIRST(m, "date", item, "date_published", "date_modified");
    FIRST(m, "url", item, "url", "external_url");
    if (!FIRST(m, "lang", item, "language"))
        FIRST(m, "lang", root, "language");
    static const char *const authors[] = {"authors", "author"};
    bool named = false;
    for (int i = 0; i < 4 && !named; i++)
        named = put_names(m, "author", json_object_get(i < 2 ? item : root, authors[i % 2]));
    put_names(m, "tags", json_object_get(item, "tags"));
    put_body(m, item, "content_text", "content_html");
    FIRST(m, "summary", item, "summary");
}

/* ---- ninjs ---- */

static void ninjs_item(struct making *m, const json_t *item)
{
    FIRST(m, "id", item, "guid", "uri", "id");
    if (!FIRST(m, "source", item, "source", "provider"))
        FIRST(m, "source", item, "copyrightholder");
    if (!FIRST(m, "title", item, "headline", "title"))
        FIRST(m, "title", item, "slugline", "name");
    FIRST(m, "date", item, "versioncreated", "firstcreated", "firstpublished", "contentcreated");
    FIRST(m, "lang", item, "language");
    FIRST(m, "url", item, "url", "canonicalurl");
    if (!put_names(m, "author", json_object_get(item, "byline")))
        put_names(m, "author", json_object_get(item, "authors"));
    put_names(m, "place", json_object_get(item, "located"));
    put_names(m, "tags", json_object_get(item, "keywords"));
    put_names(m, "subject", json_object_get(item, "subject"));
    put_names(m, "section", json_object_get(item, "service"));
    if (text_of(json_object_get(item, "body_html")).n)
        put_html(m, "body", json_object_get(item, "body_html"), false);
    else if (text_of(json_object_get(item, "body_xhtml")).n)
        put_html(m, "body", json_object_get(item, "body_xhtml"), false);
    else
        put_body(m, item, "body_text", "description_html");
    FIRST(m, "summary", item, "description_text", "description_caption");
    FIRST(m, "slugline", item, "slugline");
    FIRST(m, "status", item, "pubstatus");
}

/* ---- the Washington Post collection of TREC ---- */

/* Milliseconds since 1970 as a day and a time. */
static void put_milliseconds(struct making *m, const json_t *v)
{
    json_int_t s = json_is_integer(v) ? json_integer_value(v) / 1000 : 0;
    char text[40];
    if (s <= 0 || s / 86400 > DTL_DAY_MAX)
        return;
    struct dtl_civil c = dtl_civil_of((dtl_day)(s / 86400));
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
             (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
    put(m, "date", dtl_bytes_of(text));
}

static void post_item(struct making *m, const json_t *item)
{
    const json_t *contents = json_object_get(item, "contents");
    struct dtl_buffer body = {0};
    FIRST(m, "id", item, "id");
    FIRST(m, "source", item, "source");
    FIRST(m, "title", item, "title");
    put_milliseconds(m, json_object_get(item, "published_date"));
    FIRST(m, "url", item, "article_url");
    FIRST(m, "author", item, "author");
    for (size_t i = 0; i < json_array_size(contents); i++) {
        const json_t *part = json_array_get(contents, i);
        struct dtl_bytes type = text_of(json_object_get(part, "type")), text;
        if (dtl_bytes_is(type, "kicker"))
            FIRST(m, "section", part, "content");
        if (!dtl_bytes_is(type, "sanitized_html"))
            continue;
        if (!dtl_html_text(text_of(json_object_get(part, "content")), m->arena, &text))
            m->failed = true;
        else if (text.n && body.n)
            dtl_buffer_text(&body, "\n\n");
        if (!m->failed)
            dtl_buffer_append(&body, text.p, text.n);
    }
    m->failed |= body.failed;
    put(m, "body", dtl_buffer_view(&body));
    dtl_buffer_release(&body);
}

/* The articles of an answer of an API: {"item": [...]}, {"data": {"item": {...}}}, {"items":
 * [...]}. */
static json_t *wrapped(json_t *root)
{
    static const char *const names[] = {"item", "items", "data", "results"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *v = json_object_get(root, names[i]);
        if (i == 2 && json_is_object(v))
            v = json_object_get(v, "item") ? json_object_get(v, "item")
                                           : json_object_get(v, "items");
        if (json_is_array(v) || json_is_object(v))
            return v;
    }
    return NULL;
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
    if (st == DTL_OK)
        *state = d;
    else
        free(d);
    return st;
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
    json_decref(d->root);
    dtl_format_json.close(d->records);
    free(d);
}

static enum dtl_status make(struct docs *d, const json_t *item, bool whole, struct dtl_arena *arena,
                            struct dtl_record *out, struct dtl_error *err)
{
    struct dtl_record r = d->from;
    r.whole = whole;
    struct making m = {arena, &r, false};
    r.fields = dtl_arena_alloc(arena, FIELDS * sizeof *r.fields);
    if (!r.fields)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (!json_is_object(item))
        return dtl_fail(err, DTL_EINPUT, d->at,
                        "line %llu: an item that is no JSON object; remove it",
                        (unsigned long long)d->line);
    if (d->self == &dtl_format_jsonfeed)
        feed_item(&m, d->root, item);
    else if (d->self == &dtl_format_washingtonpost)
        post_item(&m, item);
    else
        ninjs_item(&m, item);
    if (m.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = r;
    return DTL_OK;
}

static enum dtl_status docs_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    struct docs *d = state;
    for (;;) {
        size_t n = json_is_array(d->items) ? json_array_size(d->items) : d->items != NULL;
        if (d->root && d->next < n) {
            const json_t *item =
                json_is_array(d->items) ? json_array_get(d->items, d->next) : d->items;
            d->next++;
            return make(d, item, false, arena, out, err);
        }
        json_decref(d->root);
        d->root = d->items = NULL;
        struct dtl_record r = {0};
        enum dtl_status st = dtl_format_json.next(d->records, arena, &r, err);
        if (st != DTL_OK)
            return st;
        d->at = r.at;
        d->line = r.line;
        d->from = (struct dtl_record){
            .at = r.at, .line = r.line, .charset = r.charset, .charset_by = r.charset_by};
        d->next = 0;
        d->root = tree_of(&r);
        if (!d->root)
            return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        bool feed = d->self == &dtl_format_jsonfeed;
        if (feed && !is_feed(d->root))
            return dtl_fail(err, DTL_EINPUT, d->at,
                            "line %llu: not a JSON Feed; mend its version or items",
                            (unsigned long long)d->line);
        d->items = feed                           ? json_object_get(d->root, "items")
                   : d->self == &dtl_format_ninjs ? wrapped(d->root)
                                                  : NULL;
        if (!d->items) {
            st = make(d, d->root, r.whole, arena, out, err);
            d->next = 0;
            return st;
        }
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
