/*
 * front_matter.c - a text with its facts on top: blogs and site generators (Hugo, Jekyll, Zola,
 * Pelican). One file is one article; what follows the facts is its `body`, unless a key says so.
 *
 * The block is YAML between two lines of "---", TOML between two of "+++", one JSON object, or
 * Pelican's lines of "Key: value" up to a blank one. A block is at most 1 MiB. Of Zola's and Hugo's
 * tables, `taxonomies` has tags and categories that belong beside the title, and `path` is the
 * page's address, which often has its day.
 */
#include "indexer/format/front_matter.h"

#include "indexer/format/toml.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum kind { YAML, TOML, JSON, LINES };

struct front {
    struct dtl_input *in;
    struct dtl_charset_said said;
    bool done;
};

struct block {
    enum kind kind;
    struct dtl_bytes text;
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

/* "Key: value": the key's length, 0 when the line is none. */
static size_t key_of(struct dtl_bytes l)
{
    size_t n = 0;
    while (n < l.n && n < 40 && (dtl_is_alnum(l.p[n]) || l.p[n] == '_' || l.p[n] == '-'))
        n++;
    return n && n < l.n && l.p[n] == ':' && l.p[0] > '9' ? n : 0;
}

static bool is_key(struct dtl_bytes l, const char *key)
{
    size_t n = key_of(l);
    return n == strlen(key) && strncasecmp((const char *)l.p, key, n) == 0;
}

/* Lines of keys from `from`, a title and a date among them, a blank line behind. */
static enum dtl_status find_lines(struct dtl_bytes t, size_t from, struct block *out)
{
    bool title = false, other = false;
    size_t at = from, next;
    for (; at < t.n; at = next) {
        struct dtl_bytes l = line_at(t, at, &next);
        if (!l.n)
            break;
        if (at > from && dtl_is_blank(l.p[0]))
            continue; /* the value goes on */
        if (!key_of(l))
            return DTL_NOTFOUND;
        title |= is_key(l, "title");
        other |=
            is_key(l, "date") || is_key(l, "category") || is_key(l, "tags") || is_key(l, "slug");
    }
    if (!title || !other)
        return DTL_NOTFOUND;
    out->kind = LINES;
    out->text = dtl_bytes(t.p + from, at - from);
    out->body = at;
    return DTL_OK;
}

/* An object, then a text that is no JSON. */
static enum dtl_status find_object(struct dtl_bytes t, size_t from, struct block *out)
{
    struct dtl_json_scan s = {0};
    size_t used, at;
    if (dtl_json_scan(&s, dtl_bytes(t.p + from, t.n - from), &used) != DTL_JSON_END)
        return DTL_NOTFOUND;
    at = from + used;
    while (at < t.n && dtl_is_blank(t.p[at]))
        at++;
    if (at == t.n || t.p[at] != '\n')
        return DTL_NOTFOUND;
    out->body = at;
    while (at < t.n && (dtl_is_space(t.p[at]) || t.p[at] == 0x1e))
        at++;
    if (at == t.n || t.p[at] == '{' || t.p[at] == '[' || t.p[at] == '}' || t.p[at] == ']')
        return DTL_NOTFOUND;
    out->kind = JSON;
    out->text = dtl_bytes(t.p + from, used);
    return DTL_OK;
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
    out->line = line;
    if (dtl_bytes_is(l, "{")) /* alone: a line of JSON Lines has its keys behind it */
        return find_object(t, at, out);
    if (dtl_bytes_is(l, "---"))
        out->kind = YAML;
    else if (dtl_bytes_is(l, "+++"))
        out->kind = TOML;
    else
        return find_lines(t, at, out);
    size_t from = next;
    out->line = line + 1;
    for (at = from; at < t.n; at = next) {
        l = line_at(t, at, &next);
        if (out->kind == TOML ? dtl_bytes_is(l, "+++")
                              : dtl_bytes_is(l, "---") || dtl_bytes_is(l, "...")) {
            out->text = dtl_bytes(t.p + from, at - from);
            out->body = next;
            return DTL_OK;
        }
    }
    out->text = dtl_bytes(t.p + from, t.n - from);
    return DTL_END;
}

/* Does the first line that says something have a key's mark? A rule across the page has none below
 * it.
 */
static bool has_keys(const struct block *b)
{
    size_t next;
    if (b->kind == JSON || b->kind == LINES)
        return true;
    for (size_t at = 0; at < b->text.n; at = next) {
        struct dtl_bytes l = line_at(b->text, at, &next);
        if (l.n && l.p[0] != '#')
            return b->kind == YAML ? memchr(l.p, ':', l.n) != NULL
                                   : memchr(l.p, '=', l.n) || l.p[0] == '[';
    }
    return true;
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    struct block b;
    enum dtl_status st = find_block(head, &b);
    if (st == DTL_NOTFOUND || !has_keys(&b))
        return 0;
    if (st == DTL_END && is_all) /* a YAML file, or front matter cut short: the name decides */
        for (size_t i = 4; i <= 5 && i <= path.n; i++)
            if (memcmp(path.p + path.n - i, i == 4 ? ".yml" : ".yaml", i) == 0)
                return 0;
    return b.kind == LINES ? 50 : 70;
}

static enum dtl_status front_open(void **state, struct dtl_input *in,
                                  const struct dtl_format_options *o, struct dtl_error *err)
{
    struct front *f = calloc(1, sizeof *f);
    if (!f)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *f = (struct front){
        .in = in, .said = {o->encoding, o->declared}
    };
    *state = f;
    return DTL_OK;
}

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

static enum dtl_status parse_toml(const struct block *b, json_t **root, struct dtl_error *err)
{
    struct dtl_error why = {0};
    enum dtl_status st = dtl_toml_parse(b->text, NULL, root, &why);
    size_t line = b->line;
    for (size_t i = 0; i < why.pos && i < b->text.n; i++)
        line += b->text.p[i] == '\n';
    return st == DTL_EINPUT
               ? dtl_fail(err, st, why.pos, "line %zu: not valid TOML: %s; mend it", line, why.text)
               : st;
}

static enum dtl_status parse_json(const struct block *b, json_t **root, struct dtl_error *err)
{
    json_error_t why;
    *root = json_loadb((const char *)b->text.p, b->text.n, JSON_ALLOW_NUL, &why);
    if (*root)
        return DTL_OK;
    if (json_error_code(&why) == json_error_out_of_memory)
        return no_memory(err);
    return dtl_fail(err, DTL_EINPUT, 0, "line %zu: not valid JSON: %s; mend it",
                    b->line + (size_t)(why.line > 0 ? why.line - 1 : 0), why.text);
}

static enum dtl_status parse_lines(const struct block *b, json_t **root, struct dtl_error *err)
{
    json_t *tree = json_object();
    size_t next;
    for (size_t at = 0; tree && at < b->text.n; at = next) {
        struct dtl_bytes l = line_at(b->text, at, &next);
        size_t n = key_of(l), end = at + l.n;
        if (!n)
            continue;
        for (size_t more = next; more < b->text.n && dtl_is_blank(b->text.p[more]); more = next)
            end = more + line_at(b->text, more, &next).n;
        char key[44];
        snprintf(key, sizeof key, "%.*s", (int)n, (const char *)l.p);
        struct dtl_bytes v = dtl_bytes_trim(
            dtl_bytes(b->text.p + at + n + 1, end > at + n + 1 ? end - at - n - 1 : 0));
        if (json_object_set_new(tree, key, json_stringn(v.n ? (const char *)v.p : "", v.n)) < 0) {
            json_decref(tree);
            tree = NULL;
        }
    }
    *root = tree;
    return tree ? DTL_OK : no_memory(err);
}

/* What Hugo and Zola keep a level down, or under another name, where every page has it. */
static bool lift(json_t *root)
{
    json_t *under = json_object_get(root, "taxonomies"), *v;
    const char *key;
    bool ok = true;
    if (json_is_object(under))
        json_object_foreach(under, key, v)
        {
            if (!json_object_get(root, key))
                ok = ok && json_object_set(root, key, v) == 0;
        }
    v = json_object_get(root, "path");
    if (json_is_string(v) && strchr(json_string_value(v), '/') && !json_object_get(root, "url") &&
        !json_object_get(root, "permalink"))
        ok = ok && json_object_set(root, "url", v) == 0;
    return ok;
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
    struct dtl_record r = {.whole = true, .line = 1};
    enum dtl_status st = dtl_format_whole_text(f->in, &f->said, false, arena, &t, &r, err);
    if (st < 0)
        return st;
    st = find_block(t, &block);
    if (st == DTL_NOTFOUND)
        return dtl_fail(err, DTL_EINPUT, 0,
                        "line 1: front matter begins with a line of ---, of +++, or with {");
    if (st == DTL_END)
        return dtl_fail(err, DTL_EINPUT, 0,
                        "line %zu: front matter is not closed; end it with a line of %s",
                        block.line - 1, block.kind == TOML ? "+++" : "---");
    if (block.text.n > DTL_FORMAT_FRONT_BYTES)
        return dtl_fail(err, DTL_EINPUT, 0, "front matter over %zu KiB",
                        DTL_FORMAT_FRONT_BYTES >> 10);
    struct dtl_bytes body = dtl_bytes_trim(dtl_bytes(t.p + block.body, t.n - block.body));
    st = block.kind == YAML ? dtl_front_plain(block.text, arena, &r) : DTL_NOTFOUND;
    if (st == DTL_OK && body.n && !dtl_record_text(&r, arena, "body", body))
        st = DTL_ENOMEM;
    if (st == DTL_OK)
        *out = r;
    if (st != DTL_NOTFOUND)
        return st < 0 ? no_memory(err) : st;
    st = block.kind == YAML   ? dtl_yaml_parse(block.text, block.line, &root, err)
         : block.kind == TOML ? parse_toml(&block, &root, err)
         : block.kind == JSON ? parse_json(&block, &root, err)
                              : parse_lines(&block, &root, err);
    if (st < 0)
        return st;
    bool ok = lift(root);
    /* the text of the page comes first: a `body` or `content` among the keys is a key's business */
    if (ok && body.n) {
        json_t *keyed = json_object_get(root, "body");
        if (keyed)
            json_object_set(root, "body_", keyed);
        ok = json_object_set_new(root, "body", json_null()) == 0; /* its place; see below */
    }
    st = ok ? dtl_json_fields(root, arena, &r, err) : no_memory(err);
    json_decref(root);
    for (size_t i = 0; st == DTL_OK && body.n && i < r.n; i++)
        if (dtl_bytes_is(r.fields[i].name, "body")) /* as it is in the arena, without a copy */
            *r.fields[i].v = (struct dtl_value){body, DTL_VALUE_STRING};
    if (st == DTL_OK)
        *out = r;
    return st;
}

const struct dtl_format dtl_format_front_matter = {
    .name = "front-matter",
    .summary =
        "a text under its facts: YAML (---), TOML (+++), JSON, or Pelican's Key: value lines",
    .confidence = 70,
    .one_article = true,
    .comma_lists = true,
    .bid = bid,
    .open = front_open,
    .next = front_next,
    .close = free,
};
