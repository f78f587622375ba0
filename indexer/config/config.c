/*
 * config.c - dateline.toml to a list of options.
 *
 * What is stated and not understood is an error, never passed over: a misspelt `exclude` would
 * index what somebody wanted left out, and no one would look into the file for months.
 */
#include "indexer/config/config.h"

#include "common/base/process.h"
#include "common/base/utf8.h"
#include "indexer/format/toml.h"

enum kind { /* of values, as bits */
            TEXT = 1,
            NUMBER = 2,
            SWITCH = 4,
            LIST = 8,   /* of texts; a text alone stands for a list of one */
            TABLE = 16, /* of names to texts or lists */
};

/* clang-format off */
static const struct {
    const char *name;
    unsigned kind;
    bool of_root; /* may stand in [[root]] too */
    const char *wants;
} keys[] = {
    {"index",            TEXT,            false, "the index's folder in quotes"},
    {"roots",            TEXT | LIST,     false, "a list of folders: [\"/srv/news\"]"},
    {"root",             0,               false, "tables: [[root]]"},
    {"format",           TEXT,            true,  "a format's name in quotes"},
    {"map",              TABLE,           true,  "a table: [map]"},
    {"set",              TABLE,           true,  "a table: [set]"},
    {"lang",             TEXT,            true,  "a language in quotes"},
    {"default-lang",     TEXT,            false, "a language in quotes"},
    {"date-from",        TEXT | LIST,     true,  "a list: [\"meta\", \"url\", \"text\", \"path\"]"},
    {"date-order",       TEXT,            true,  "\"dmy\", \"mdy\" or \"auto\""},
    {"undated",          TEXT,            true,  "\"keep\" or \"reject\""},
    {"encoding",         TEXT,            true,  "a character set in quotes"},
    {"exclude",          TEXT | LIST,     true,  "a list: [\"*.bak\", \"drafts\"]"},
    {"follow",           SWITCH,          true,  "true or false"},
    {"prune",            SWITCH,          false, "true or false"},
    {"settle",           NUMBER,          false, "seconds, without quotes"},
    {"memory",           TEXT | NUMBER,   false, "a size in quotes: \"512M\""},
    {"jobs",             NUMBER,          false, "a number, without quotes"},
    {"wait",             SWITCH | NUMBER, false, "seconds, or true"},
    {"group",            TEXT,            false, "a group in quotes"},
    {"allow-network-fs", SWITCH,          false, "true or false"},
};
/* clang-format on */
enum { KEYS = sizeof keys / sizeof *keys };

struct place { /* where a key of the tree stands */
    const json_t *table;
    const char *key;
    size_t at;
};

struct reading {
    struct dtl_bytes text;
    struct dtl_arena *arena;
    struct place *place;
    size_t places, place_room;
    struct dtl_config c;
    size_t setting_room, root_room;
    struct dtl_error *err;
};

/* Make room in an array of the arena for one more; what is outgrown stays in the arena. */
static bool room(struct dtl_arena *arena, void *array, size_t n, size_t *have, size_t size)
{
    void *old;
    if (n < *have)
        return true;
    size_t want = *have ? *have * 2 : 32;
    void *grown = dtl_arena_alloc(arena, want * size);
    if (!grown)
        return false;
    memcpy(&old, array, sizeof old);
    if (n)
        memcpy(grown, old, n * size);
    memcpy(array, &grown, sizeof grown);
    *have = want;
    return true;
}

static enum dtl_status no_memory(struct reading *r)
{
    return dtl_fail(r->err, DTL_ENOMEM, 0, "no memory for the configuration");
}

static uint32_t line_at(struct dtl_bytes text, size_t at)
{
    uint32_t line = 1;
    for (size_t i = 0; i < at && i < text.n; i++)
        line += text.p[i] == '\n';
    return line;
}

static bool note_place(void *ctx, const json_t *table, const char *key, size_t at)
{
    struct reading *r = ctx;
    if (!room(r->arena, &r->place, r->places, &r->place_room, sizeof *r->place))
        return false;
    const char *copy = dtl_arena_strndup(r->arena, key, strlen(key));
    r->place[r->places++] = (struct place){table, copy, at};
    return copy != NULL;
}

static uint32_t line_of(const struct reading *r, const json_t *table, const char *key)
{
    for (size_t i = 0; i < r->places; i++)
        if (r->place[i].table == table && strcmp(r->place[i].key, key) == 0)
            return line_at(r->text, r->place[i].at);
    return 1;
}

/* ---- values ---- */

static enum dtl_status add(struct reading *r, const char *name, const char *value, size_t n,
                           uint32_t line, uint32_t root)
{
    const char *copy = value ? dtl_arena_strndup(r->arena, value, n) : NULL;
    if ((value && !copy) ||
        !room(r->arena, &r->c.setting, r->c.settings, &r->setting_room, sizeof *r->c.setting))
        return no_memory(r);
    r->c.setting[r->c.settings++] = (struct dtl_setting){name, copy, line, root};
    return DTL_OK;
}

static enum dtl_status wants(struct reading *r, const char *name, const char *what, uint32_t line)
{
    return dtl_fail(r->err, DTL_EINPUT, line, "'%.60s' wants %s", name, what);
}

/* A text that can be handed on as an option: not empty, no NUL. */
static enum dtl_status text_of(struct reading *r, const char *name, const json_t *v, uint32_t line)
{
    size_t n = json_string_length(v);
    if (n == 0)
        return dtl_fail(r->err, DTL_EINPUT, line, "'%.60s' is empty; leave it out", name);
    if (memchr(json_string_value(v), 0, n))
        return dtl_fail(r->err, DTL_EINPUT, line, "'%.60s' holds a NUL", name);
    return DTL_OK;
}

static enum dtl_status add_root(struct reading *r, const json_t *v, uint32_t line)
{
    enum dtl_status st = text_of(r, "roots", v, line);
    if (st < 0)
        return st;
    const char *text = json_string_value(v);
    size_t n = json_string_length(v);
    if (text[0] != '/')
        return dtl_fail(r->err, DTL_EINPUT, line,
                        "'%.100s' is not an absolute path, and cron starts wherever it likes; "
                        "write it from / on",
                        text);
    while (n > 1 && text[n - 1] == '/')
        n--;
    for (size_t i = 0; i < r->c.roots; i++)
        if (strlen(r->c.root[i].path) == n && strncmp(r->c.root[i].path, text, n) == 0)
            return dtl_fail(r->err, DTL_EINPUT, line, "'%.100s' is a root already, by line %u",
                            text, (unsigned)r->c.root[i].line);
    if (r->c.roots == DTL_CONFIG_ROOTS)
        return dtl_fail(r->err, DTL_EINPUT, line, "more than %d roots; name a folder above them",
                        DTL_CONFIG_ROOTS);
    const char *path = dtl_arena_strndup(r->arena, text, n);
    if (!path || !room(r->arena, &r->c.root, r->c.roots, &r->root_room, sizeof *r->c.root))
        return no_memory(r);
    r->c.root[r->c.roots++] = (struct dtl_config_root){path, line};
    return DTL_OK;
}

/* One option for each text of a list, or for the one text it is. */
static enum dtl_status each_text(struct reading *r, size_t key, const json_t *v, uint32_t line,
                                 uint32_t root)
{
    enum dtl_status st = DTL_OK;
    size_t n = json_is_array(v) ? json_array_size(v) : 1;
    struct dtl_buffer joined = {0};
    bool joins = strcmp(keys[key].name, "date-from") == 0;
    for (size_t i = 0; i < n && st == DTL_OK; i++) {
        const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
        if (!json_is_string(one))
            st = wants(r, keys[key].name, keys[key].wants, line);
        else if (strcmp(keys[key].name, "roots") == 0)
            st = add_root(r, one, line);
        else if ((st = text_of(r, keys[key].name, one, line)) == DTL_OK && !joins)
            st =
                add(r, keys[key].name, json_string_value(one), json_string_length(one), line, root);
        else if (joins)
            dtl_buffer_format(&joined, "%s%s", i ? "," : "", json_string_value(one));
    }
    if (st == DTL_OK && joins && joined.failed)
        st = no_memory(r);
    else if (st == DTL_OK && joins && joined.n)
        st = add(r, keys[key].name, (const char *)joined.p, joined.n, line, root);
    dtl_buffer_release(&joined);
    return st;
}

/* [map] and [set]: NAME = "value" or a list of them, as NAME=value. */
static enum dtl_status each_pair(struct reading *r, size_t key, json_t *table, uint32_t root)
{
    const char *name;
    json_t *v;
    enum dtl_status st = DTL_OK;
    json_object_foreach(table, name, v)
    {
        uint32_t line = line_of(r, table, name);
        size_t n = json_is_array(v) ? json_array_size(v) : 1;
        if (!*name || strpbrk(name, "=,"))
            return dtl_fail(r->err, DTL_EINPUT, line, "'%.60s' is no field's name", name);
        for (size_t i = 0; i < n && st == DTL_OK; i++) {
            const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
            struct dtl_buffer pair = {0};
            if (!json_is_string(one))
                return wants(r, name, "a text in quotes, or a list of them", line);
            if ((st = text_of(r, name, one, line)) < 0)
                return st;
            if (strcmp(keys[key].name, "map") == 0 && strchr(json_string_value(one), ','))
                return dtl_fail(r->err, DTL_EINPUT, line,
                                "'%.60s' names a key with a comma; write several as a list", name);
            dtl_buffer_format(&pair, "%s=%s", name, json_string_value(one));
            st = pair.failed ? no_memory(r)
                             : add(r, keys[key].name, (const char *)pair.p, pair.n, line, root);
            dtl_buffer_release(&pair);
        }
    }
    return st;
}

static enum dtl_status one_key(struct reading *r, size_t key, json_t *v, uint32_t line,
                               uint32_t root)
{
    const char *name = keys[key].name;
    unsigned kind = keys[key].kind;
    char number[24];
    if (json_is_boolean(v) && (kind & SWITCH)) {
        if (json_is_true(v))
            return add(r, name, NULL, 0, line, root);
        if (strcmp(name, "wait") == 0)
            return add(r, name, "0", 1, line, root);
        struct dtl_buffer no = {0};
        dtl_buffer_format(&no, "no-%s", name);
        const char *kept = no.failed ? NULL : dtl_arena_strndup(r->arena, (const char *)no.p, no.n);
        dtl_buffer_release(&no);
        return kept ? add(r, kept, NULL, 0, line, root) : no_memory(r);
    }
    if (json_is_integer(v) && (kind & NUMBER)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(v));
        return add(r, name, number, strlen(number), line, root);
    }
    if ((json_is_string(v) && (kind & TEXT)) || (json_is_array(v) && (kind & LIST))) {
        if (strcmp(name, "index") != 0)
            return each_text(r, key, v, line, root);
        enum dtl_status st = text_of(r, name, v, line);
        if (st == DTL_OK && json_string_value(v)[0] != '/')
            st = dtl_fail(r->err, DTL_EINPUT, line, "'%.100s' is not an absolute path",
                          json_string_value(v));
        if (st < 0)
            return st;
        r->c.index_line = line;
        r->c.index = dtl_arena_strndup(r->arena, json_string_value(v), json_string_length(v));
        return r->c.index ? DTL_OK : no_memory(r);
    }
    if (json_is_object(v) && (kind & TABLE))
        return each_pair(r, key, v, root);
    return wants(r, name, keys[key].wants, line);
}

/* ---- tables ---- */

static enum dtl_status unknown(struct reading *r, const char *name, bool in_root, uint32_t line)
{
    const char *names[KEYS + 1];
    size_t n = 0;
    char dashed[64];
    snprintf(dashed, sizeof dashed, "%s", name);
    for (char *c = dashed; *c; c++)
        *c = *c == '_' ? '-' : *c;
    for (size_t i = 0; i < KEYS; i++)
        if (!in_root || keys[i].of_root)
            names[n++] = keys[i].name;
    if (in_root)
        names[n++] = "path";
    const char *near = dtl_nearest(dashed, names, n);
    if (near)
        return dtl_fail(r->err, DTL_EINPUT, line, "there is no '%.60s'; did you mean '%s'?", name,
                        near);
    for (size_t i = 0; in_root && i < KEYS; i++)
        if (strcmp(keys[i].name, name) == 0)
            return dtl_fail(r->err, DTL_EINPUT, line,
                            "'%s' is for the whole run; put it above the first [[root]]", name);
    return dtl_fail(r->err, DTL_EINPUT, line,
                    "there is no '%.60s'; dateline.toml(5) lists the keys", name);
}

static enum dtl_status one_table(struct reading *r, json_t *table, bool in_root, uint32_t root)
{
    const char *name;
    json_t *v;
    enum dtl_status st = DTL_OK;
    json_object_foreach(table, name, v)
    {
        uint32_t line = line_of(r, table, name);
        size_t key = 0;
        if (in_root && strcmp(name, "path") == 0)
            continue;
        while (key < KEYS && strcmp(keys[key].name, name) != 0)
            key++;
        if (key == KEYS || (in_root && !keys[key].of_root))
            return unknown(r, name, in_root, line);
        if (strcmp(name, "root") == 0) {
            if (!json_is_array(v))
                return wants(r, name, keys[key].wants, line);
            continue; /* after what holds for all */
        }
        if ((st = one_key(r, key, v, line, root)) < 0)
            return st;
    }
    return st;
}

static enum dtl_status root_tables(struct reading *r, const json_t *tree)
{
    const json_t *tables = json_object_get(tree, "root");
    uint32_t heading = line_of(r, tree, "root");
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < json_array_size(tables) && st == DTL_OK; i++) {
        json_t *table = json_array_get(tables, i);
        if (!json_is_object(table))
            return wants(r, "root", "tables: [[root]]", heading);
        const json_t *path = json_object_get(table, "path");
        uint32_t line = heading;
        for (size_t k = 0; k < r->places; k++)
            if (r->place[k].table == table) {
                line = line_at(r->text, r->place[k].at);
                break;
            }
        if (!path)
            return dtl_fail(r->err, DTL_EINPUT, line, "this [[root]] has no path = \"/...\"");
        if (!json_is_string(path))
            return wants(r, "path", "a folder in quotes", line_of(r, table, "path"));
        st = add_root(r, path, line_of(r, table, "path"));
        if (st == DTL_OK)
            st = one_table(r, table, true, (uint32_t)r->c.roots);
    }
    return st;
}

/* CR LF as LF, so that what an editor of another system saved is read. */
static bool with_plain_ends(struct dtl_bytes in, struct dtl_arena *arena, struct dtl_bytes *out)
{
    uint8_t *p = dtl_arena_take(arena, in.n + 1);
    size_t n = 0;
    if (!p)
        return false;
    for (size_t i = 0; i < in.n; i++)
        if (in.p[i] != '\r' || i + 1 == in.n || in.p[i + 1] != '\n')
            p[n++] = in.p[i];
    *out = dtl_bytes(p, n);
    return true;
}

enum dtl_status dtl_config_parse(struct dtl_bytes text, struct dtl_arena *arena,
                                 struct dtl_config *out, struct dtl_error *err)
{
    struct reading r = {.arena = arena, .err = err};
    struct dtl_toml_watch watch = {.ctx = &r, .key = note_place};
    struct dtl_error why = {0};
    json_t *tree = NULL;
    if (dtl_bytes_starts(text, DTL_LITERAL("\xef\xbb\xbf")))
        text = dtl_bytes(text.p + 3, text.n - 3);
    size_t valid = dtl_utf8_valid_prefix(text);
    if (valid < text.n)
        return dtl_fail(err, DTL_EINPUT, line_at(text, valid), "not UTF-8; save the file as UTF-8");
    if (!with_plain_ends(text, arena, &r.text))
        return no_memory(&r);
    enum dtl_status st = dtl_toml_parse(r.text, &watch, &tree, &why);
    if (st < 0)
        return dtl_fail(err, st, line_at(r.text, why.pos), "%s", why.text);
    st = one_table(&r, tree, false, 0);
    if (st == DTL_OK)
        st = root_tables(&r, tree);
    json_decref(tree);
    if (st < 0)
        return st;
    *out = r.c;
    return DTL_OK;
}

uint32_t dtl_config_root_of(const struct dtl_config *c, const char *path)
{
    uint32_t best = 0;
    size_t longest = 0;
    for (size_t i = 0; i < c->roots; i++) {
        size_t n = strlen(c->root[i].path);
        bool holds =
            strncmp(path, c->root[i].path, n) == 0 && (path[n] == 0 || path[n] == '/' || n == 1);
        if (holds && n > longest) {
            longest = n;
            best = (uint32_t)i + 1;
        }
    }
    return best;
}
