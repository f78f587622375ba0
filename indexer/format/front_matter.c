/*
 * front_matter.c - a text with YAML between two lines of "---" on top: blogs and site generators.
 * One file is one article; what follows the second line is its `body`, unless a key says so.
 *
 * YAML is a large language made to bite. Read here: mappings, lists and scalars as events, without
 * recursion. Refused: aliases (a few hundred bytes of them expand to gigabytes), keys that are not
 * plain, more than 256 levels, more than 1 MiB. Of the types only null, true, false and whole
 * numbers are told apart, and only where nothing quotes them; a date stays text, as printed.
 */
#include "indexer/format/json.h"

#include <stdlib.h>
#include <yaml.h>

struct front {
    struct dtl_input *in;
    const char *encoding;
    bool done;
};

struct block {
    struct dtl_bytes yaml;
    size_t line; /* of its first line, from 1 */
    size_t body; /* offset behind the closing line */
};

/* The line at `at` without its end; *next is where the one behind it begins. */
static struct dtl_bytes line_at(struct dtl_bytes t, size_t at, size_t *next)
{
    const uint8_t *nl = at < t.n ? memchr(t.p + at, '\n', t.n - at) : NULL;
    size_t end = nl ? (size_t)(nl - t.p) : t.n;
    *next = end + (nl != NULL);
    while (end > at && dtl_is_blank(t.p[end - 1]))
        end--;
    return dtl_bytes(t.p + at, end - at);
}

/* DTL_OK; DTL_NOTFOUND: no opening line; DTL_END: no closing one. */
static enum dtl_status find_block(struct dtl_bytes t, struct block *out)
{
    size_t at = 0, next, line = 1;
    struct dtl_bytes l = line_at(t, at, &next);
    while (!l.n && next < t.n) {
        at = next;
        line++;
        l = line_at(t, at, &next);
    }
    if (!dtl_bytes_is(l, "---"))
        return DTL_NOTFOUND;
    size_t from = next;
    out->line = line + 1;
    for (at = from; at < t.n; at = next) {
        l = line_at(t, at, &next);
        if (dtl_bytes_is(l, "---") || dtl_bytes_is(l, "...")) {
            out->yaml = dtl_bytes(t.p + from, at - from);
            out->body = next;
            return DTL_OK;
        }
    }
    out->yaml = dtl_bytes(t.p + from, t.n - from);
    return DTL_END;
}

/* Does the first line that says something have a colon? A rule across the page has none below it.
 */
static bool has_keys(struct dtl_bytes yaml)
{
    size_t next;
    for (size_t at = 0; at < yaml.n; at = next) {
        struct dtl_bytes l = line_at(yaml, at, &next);
        if (l.n && l.p[0] != '#')
            return memchr(l.p, ':', l.n) != NULL;
    }
    return true;
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    struct block b;
    enum dtl_status st = find_block(head, &b);
    if (st == DTL_NOTFOUND || !has_keys(b.yaml))
        return 0;
    if (st == DTL_END && is_all) /* a YAML file, or front matter cut short: the name decides */
        for (size_t i = 4; i <= 5 && i <= path.n; i++)
            if (memcmp(path.p + path.n - i, i == 4 ? ".yml" : ".yaml", i) == 0)
                return 0;
    return 70;
}

static enum dtl_status front_open(void **state, struct dtl_input *in,
                                  const struct dtl_format_options *o, struct dtl_error *err)
{
    struct front *f = calloc(1, sizeof *f);
    if (!f)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *f = (struct front){.in = in, .encoding = o->encoding};
    *state = f;
    return DTL_OK;
}

/* ---- YAML to a tree ---- */

struct building {
    json_t *root;
    json_t *open[DTL_FORMAT_DEPTH]; /* borrowed: each is owned by the one before */
    json_t *key[DTL_FORMAT_DEPTH];  /* of an open mapping: the key that waits for its value */
    size_t depth;
};

static json_t *scalar(const yaml_event_t *e)
{
    const char *text = (const char *)e->data.scalar.value;
    struct dtl_bytes t = dtl_bytes(text, e->data.scalar.length);
    yaml_scalar_style_t style = e->data.scalar.style;
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
        t = dtl_bytes_trim(t);
    if (style != YAML_PLAIN_SCALAR_STYLE || !e->data.scalar.plain_implicit)
        return json_stringn((const char *)t.p, t.n);
    if (!t.n || dtl_bytes_is(t, "~") || dtl_bytes_is(t, "null") || dtl_bytes_is(t, "Null") ||
        dtl_bytes_is(t, "NULL"))
        return json_null();
    if (dtl_bytes_is(t, "true") || dtl_bytes_is(t, "True") || dtl_bytes_is(t, "TRUE"))
        return json_true();
    if (dtl_bytes_is(t, "false") || dtl_bytes_is(t, "False") || dtl_bytes_is(t, "FALSE"))
        return json_false();
    size_t digits = t.n - (t.p[0] == '-'), first = t.n - digits;
    bool whole = digits && digits <= 18 && t.p[first] >= '1' && t.p[first] <= '9';
    for (size_t i = first; i < t.n && whole; i++)
        whole = t.p[i] >= '0' && t.p[i] <= '9';
    if (whole || dtl_bytes_is(t, "0"))
        return json_integer(strtoll(text, NULL, 10));
    return json_stringn((const char *)t.p, t.n);
}

static const char no_memory[] = "out of memory";

/* Put `value` (taken over) where it belongs; NULL or what is wrong. */
static const char *place(struct building *b, json_t *value)
{
    if (!value)
        return no_memory;
    size_t top = b->depth - 1;
    int failed;
    if (!b->depth) {
        if (b->root) {
            json_decref(value);
            return "a second document; one is enough";
        }
        b->root = value;
        return NULL;
    }
    if (json_is_array(b->open[top])) {
        failed = json_array_append_new(b->open[top], value);
    } else if (!b->key[top]) {
        json_decref(value);
        return "a key that is a list or a mapping";
    } else {
        failed = json_object_set_new(b->open[top], json_string_value(b->key[top]), value);
        json_decref(b->key[top]);
        b->key[top] = NULL;
    }
    return failed ? no_memory : NULL;
}

static const char *take_scalar(struct building *b, const yaml_event_t *e)
{
    size_t top = b->depth - 1;
    if (!b->depth || json_is_array(b->open[top]) || b->key[top])
        return place(b, scalar(e));
    size_t n = e->data.scalar.length;
    if (memchr(e->data.scalar.value, 0, n + 1) != e->data.scalar.value + n)
        return "a key with a NUL";
    b->key[top] = json_stringn((const char *)e->data.scalar.value, n);
    return b->key[top] ? NULL : no_memory;
}

static const char *take_open(struct building *b, json_t *container)
{
    if (b->depth == DTL_FORMAT_DEPTH) {
        json_decref(container);
        return "nested deeper than 256";
    }
    const char *wrong = place(b, container);
    if (!wrong) {
        b->key[b->depth] = NULL;
        b->open[b->depth++] = container;
    }
    return wrong;
}

static const char *take_event(struct building *b, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(b, e);
    case YAML_SEQUENCE_START_EVENT:
        return take_open(b, json_array());
    case YAML_MAPPING_START_EVENT:
        return take_open(b, json_object());
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        return NULL;
    case YAML_ALIAS_EVENT:
        return "an alias (*name); write the value out";
    default:
        return NULL;
    }
}

static enum dtl_status parse_failed(const yaml_parser_t *parser, const struct block *block,
                                    struct dtl_error *err)
{
    size_t line = parser->problem_mark.line + block->line, at = parser->problem_mark.index;
    if (parser->error == YAML_MEMORY_ERROR)
        return dtl_fail(err, DTL_ENOMEM, 0, no_memory);
    if (parser->error == YAML_READER_ERROR) { /* has an offset and no mark */
        at = parser->problem_offset;
        line = block->line;
        for (size_t i = 0; i < at && i < block->yaml.n; i++)
            line += block->yaml.p[i] == '\n';
    }
    return dtl_fail(err, DTL_EINPUT, at,
                    "line %zu: not valid YAML: %s; mend it, or put the value in quotes", line,
                    parser->problem ? parser->problem : "no reason given");
}

/* *root is new. */
static enum dtl_status parse(const struct block *block, json_t **root, struct dtl_error *err)
{
    struct building b = {0};
    yaml_parser_t parser;
    enum dtl_status st = DTL_OK;
    if (!yaml_parser_initialize(&parser))
        return dtl_fail(err, DTL_ENOMEM, 0, no_memory);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, block->yaml.p, block->yaml.n);
    for (bool more = true; more && st == DTL_OK;) {
        yaml_event_t e;
        if (!yaml_parser_parse(&parser, &e)) {
            st = parse_failed(&parser, block, err);
            break;
        }
        const char *wrong = take_event(&b, &e);
        if (wrong)
            st = wrong == no_memory ? dtl_fail(err, DTL_ENOMEM, 0, no_memory)
                                    : dtl_fail(err, DTL_EINPUT, e.start_mark.index, "line %zu: %s",
                                               e.start_mark.line + block->line, wrong);
        more = e.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&parser);
    for (size_t i = 0; i < b.depth; i++)
        json_decref(b.key[i]);
    if (st == DTL_OK && b.root && !json_is_object(b.root) && !json_is_null(b.root))
        st = dtl_fail(err, DTL_EINPUT, 0, "line %zu: front matter without keys; write key: value",
                      block->line);
    if (st == DTL_OK && !json_is_object(b.root)) { /* empty, or comments alone */
        json_decref(b.root);
        b.root = json_object();
        if (!b.root)
            return dtl_fail(err, DTL_ENOMEM, 0, no_memory);
    }
    if (st == DTL_OK)
        *root = b.root;
    else
        json_decref(b.root);
    return st;
}

static enum dtl_status front_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                  struct dtl_error *err)
{
    struct front *f = state;
    struct dtl_bytes t;
    struct block block = {0};
    json_t *root = NULL;
    if (f->done)
        return DTL_END;
    f->done = true;
    enum dtl_status st = dtl_format_whole_text(f->in, f->encoding, arena, &t, err);
    if (st < 0)
        return st;
    st = find_block(t, &block);
    if (st == DTL_NOTFOUND)
        return dtl_fail(err, DTL_EINPUT, 0, "line 1: front matter begins with a line of ---");
    if (st == DTL_END)
        return dtl_fail(err, DTL_EINPUT, 0,
                        "line %zu: front matter is not closed; end it with a line of ---",
                        block.line - 1);
    if (block.yaml.n > DTL_FORMAT_FRONT_BYTES)
        return dtl_fail(err, DTL_EINPUT, 0, "front matter over %zu KiB",
                        DTL_FORMAT_FRONT_BYTES >> 10);
    st = parse(&block, &root, err);
    if (st < 0)
        return st;
    struct dtl_record r = {.whole = true, .line = 1};
    struct dtl_bytes body = dtl_bytes_trim(dtl_bytes(t.p + block.body, t.n - block.body));
    /* the text of the page comes first: a `body` or `content` among the keys is a key's business */
    if (body.n) {
        json_t *keyed = json_object_get(root, "body");
        if (keyed)
            json_object_set(root, "body_", keyed);
        if (json_object_set_new(root, "body", json_stringn((const char *)body.p, body.n)) < 0) {
            json_decref(root);
            return dtl_fail(err, DTL_ENOMEM, 0, no_memory);
        }
    }
    st = dtl_json_fields(root, arena, &r, err);
    json_decref(root);
    if (st == DTL_OK)
        *out = r;
    return st;
}

const struct dtl_format dtl_format_front_matter = {
    .name = "front-matter",
    .summary = "text under front matter: YAML between lines of ---",
    .confidence = 70,
    .one_article = true,
    .comma_lists = true,
    .bid = bid,
    .open = front_open,
    .next = front_next,
    .close = free,
};
