/*
 * front_yaml.c - the YAML of a front matter as a JSON tree.
 *
 * YAML is a large language made to bite. Read here: mappings, lists and scalars as events, without
 * recursion. Refused: aliases (a few hundred bytes of them expand to gigabytes), keys that are not
 * plain, more than 256 levels. Of the types only null, true, false and whole numbers are told
 * apart, and only where nothing quotes them; a date stays text, as printed.
 */
#include "indexer/format/front_matter.h"

#include <stdlib.h>
#include <yaml.h>

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

static enum dtl_status parse_failed(const yaml_parser_t *parser, struct dtl_bytes yaml,
                                    size_t first_line, struct dtl_error *err)
{
    size_t line = parser->problem_mark.line + first_line, at = parser->problem_mark.index;
    if (parser->error == YAML_MEMORY_ERROR)
        return dtl_fail(err, DTL_ENOMEM, 0, no_memory);
    if (parser->error == YAML_READER_ERROR) { /* has an offset and no mark */
        at = parser->problem_offset;
        line = first_line;
        for (size_t i = 0; i < at && i < yaml.n; i++)
            line += yaml.p[i] == '\n';
    }
    return dtl_fail(err, DTL_EINPUT, at,
                    "line %zu: not valid YAML: %s; mend it, or put the value in quotes", line,
                    parser->problem ? parser->problem : "no reason given");
}

enum dtl_status dtl_yaml_parse(struct dtl_bytes yaml, size_t first_line, json_t **root,
                               struct dtl_error *err)
{
    struct building b = {0};
    yaml_parser_t parser;
    enum dtl_status st = DTL_OK;
    if (!yaml_parser_initialize(&parser))
        return dtl_fail(err, DTL_ENOMEM, 0, no_memory);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, yaml.p, yaml.n);
    for (bool more = true; more && st == DTL_OK;) {
        yaml_event_t e;
        if (!yaml_parser_parse(&parser, &e)) {
            st = parse_failed(&parser, yaml, first_line, err);
            break;
        }
        const char *wrong = take_event(&b, &e);
        if (wrong)
            st = wrong == no_memory ? dtl_fail(err, DTL_ENOMEM, 0, no_memory)
                                    : dtl_fail(err, DTL_EINPUT, e.start_mark.index, "line %zu: %s",
                                               e.start_mark.line + first_line, wrong);
        more = e.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&parser);
    for (size_t i = 0; i < b.depth; i++)
        json_decref(b.key[i]);
    if (st == DTL_OK && b.root && !json_is_object(b.root) && !json_is_null(b.root))
        st = dtl_fail(err, DTL_EINPUT, 0, "line %zu: front matter without keys; write key: value",
                      first_line);
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
