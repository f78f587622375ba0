/*
 * json_tree.c - any JSON object, through jansson, and the canonical text of values.
 *
 * Canonical text goes into the index (keys nobody knows are kept), so it must be one spelling: keys
 * in byte order, no blanks, numbers in the fewest digits that read back to the same value. What it
 * prints, it reads back to what it prints.
 */
#include "common/base/json.h"
#include "common/base/utf8.h"
#include "indexer/format/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool put_real(double v, struct dtl_buffer *out)
{
    char text[40];
    if (v == 0) /* also -0, which would read back as 0 */
        return dtl_buffer_byte(out, '0');
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    return dtl_buffer_text(out, text);
}

/* The parser has bounded the depth of every tree, so recursion is bounded too. */
static bool put_object(const json_t *value, struct dtl_buffer *out)
{
    size_t n = json_object_size(value), at = 0;
    const char **keys = malloc((n ? n : 1) * sizeof *keys);
    const char *key;
    json_t *member, *object;
    if (!keys)
        return false;
    /* iterating does not change the object, though jansson's functions ask for one they might */
    memcpy(&object, &value, sizeof object);
    json_object_foreach(object, key, member)
    {
        (void)member;
        keys[at++] = key;
    }
    qsort(keys, n, sizeof *keys, by_bytes);
    bool ok = dtl_buffer_byte(out, '{');
    for (size_t i = 0; ok && i < n; i++) {
        if (i)
            dtl_buffer_byte(out, ',');
        dtl_json_string(out, dtl_bytes_of(keys[i]));
        dtl_buffer_byte(out, ':');
        ok = dtl_json_canonical(json_object_get(object, keys[i]), out);
    }
    dtl_buffer_byte(out, '}');
    free(keys);
    return ok && !out->failed;
}

bool dtl_json_canonical(const json_t *value, struct dtl_buffer *out)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_object(value, out);
    case JSON_ARRAY:
        dtl_buffer_byte(out, '[');
        for (size_t i = 0; i < json_array_size(value); i++) {
            if (i)
                dtl_buffer_byte(out, ',');
            if (!dtl_json_canonical(json_array_get(value, i), out))
                return false;
        }
        return dtl_buffer_byte(out, ']');
    case JSON_STRING:
        return dtl_json_string(out, dtl_bytes(json_string_value(value), json_string_length(value)));
    case JSON_INTEGER:
        return dtl_buffer_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return put_real(json_real_value(value), out);
    case JSON_TRUE:
        return dtl_buffer_text(out, "true");
    case JSON_FALSE:
        return dtl_buffer_text(out, "false");
    default:
        return dtl_buffer_text(out, "null");
    }
}

static bool is_plain(const json_t *v)
{
    return !json_is_object(v) && !json_is_array(v);
}

static bool put_value(const json_t *j, struct dtl_arena *arena, struct dtl_value *v)
{
    if (json_is_null(j)) {
        *v = (struct dtl_value){{0}, DTL_VALUE_NULL};
        return true;
    }
    if (json_is_string(j)) {
        v->kind = DTL_VALUE_STRING;
        return dtl_bytes_copy(arena, dtl_bytes(json_string_value(j), json_string_length(j)),
                              &v->text);
    }
    struct dtl_buffer b = {0};
    v->kind = is_plain(j) ? DTL_VALUE_LITERAL : DTL_VALUE_NESTED;
    bool ok = dtl_json_canonical(j, &b) && dtl_bytes_copy(arena, dtl_buffer_view(&b), &v->text);
    dtl_buffer_release(&b);
    return ok;
}

static bool put_field(const json_t *j, struct dtl_arena *arena, struct dtl_field *f)
{
    size_t n = json_array_size(j); /* 0 for what is no list */
    f->list = json_is_array(j);
    for (size_t i = 0; i < n; i++)
        f->list = f->list && is_plain(json_array_get(j, i));
    f->n = f->list ? n : 1;
    f->v = dtl_arena_alloc(arena, (f->n ? f->n : 1) * sizeof *f->v);
    if (!f->v)
        return false;
    if (!f->list)
        return put_value(j, arena, f->v);
    for (size_t i = 0; i < n; i++)
        if (!put_value(json_array_get(j, i), arena, &f->v[i]))
            return false;
    return true;
}

enum dtl_status dtl_json_fields(const json_t *object, struct dtl_arena *arena, struct dtl_record *r,
                                struct dtl_error *err)
{
    size_t n = json_object_size(object), at = 0;
    struct dtl_field *fields = dtl_arena_alloc(arena, (n ? n : 1) * sizeof *fields);
    const char *key;
    json_t *value, *members;
    bool ok = fields != NULL;
    memcpy(&members, &object, sizeof members);
    json_object_foreach(members, key, value)
    {
        if (ok) {
            struct dtl_field *f = &fields[at++];
            ok = dtl_bytes_copy(arena, dtl_bytes_of(key), &f->name) && put_field(value, arena, f);
        }
    }
    if (!ok)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    r->fields = fields;
    r->n = n;
    return DTL_OK;
}

enum dtl_status dtl_json_tree(struct dtl_bytes in, struct dtl_arena *arena, struct dtl_record *r,
                              struct dtl_error *err)
{
    size_t valid = dtl_utf8_valid_prefix(in);
    if (valid < in.n)
        return dtl_fail(
            err, DTL_EINPUT, valid,
            "byte %zu of the record is not UTF-8; convert it, or name its encoding with --encoding",
            valid + 1);
    struct dtl_json_scan s = {0};
    size_t used = 0;
    enum dtl_json_found found = dtl_json_scan(&s, dtl_bytes_trim(in), &used);
    if (found == DTL_JSON_BROKEN)
        return dtl_fail(err, DTL_EINPUT, used, "not valid JSON: %s", s.why);
    if (s.deepest > DTL_FORMAT_DEPTH)
        return dtl_fail(err, DTL_EINPUT, 0, "nested deeper than %d", DTL_FORMAT_DEPTH);
    json_error_t why;
    json_t *tree = json_loadb((const char *)in.p, in.n, JSON_ALLOW_NUL, &why);
    if (!tree && json_error_code(&why) == json_error_out_of_memory)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (!tree)
        return dtl_fail(
            err, DTL_EINPUT, why.position > 0 ? (uint64_t)why.position : 0,
            "not valid JSON at byte %d of the record: %s%s", why.position, why.text,
            json_error_code(&why) == json_error_numeric_overflow ? "; write it as a string" : "");
    enum dtl_status st = json_is_object(tree) ? dtl_json_fields(tree, arena, r, err)
                                              : dtl_fail(err, DTL_EINPUT, 0, "not a JSON object");
    json_decref(tree);
    return st;
}
