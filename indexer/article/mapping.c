/*
 * mapping.c - the names of fields, and values made fit for them.
 *
 * Names are compared without letter case: `Title` of a Pelican page is `title` of a JSON line. Of
 * several names for a field of one value the first of the list that states something wins, and the
 * others are kept as they are; a field of several values takes all of them. The outcome does not
 * depend on the order of a record's fields.
 *
 * Values of one line (everything but title and body) lose control characters and outer blanks. In
 * title and body only NUL is changed, to a blank: printing sanitises the rest, and text is text.
 *
 * What stays over goes into `extra`. A name there must not be taken for a field when an export is
 * read back, so a name that would be is kept with "_" behind it.
 */
#include "indexer/article/mapping.h"

#include "common/base/json.h"
#include "common/base/process.h"
#include "common/base/utf8.h"

#include "indexer/article/dates.h"

#include <stdlib.h>
#include <strings.h>

#define ID_BYTES 4096

/* The first name is the one export writes; lower case. */
static const struct {
    const char *field; /* of the contract */
    const char *names[10];
} targets[DTL_TARGETS] = {
    [DTL_TARGET_ID] = {"id",       {"id"}                                           },
    [DTL_TARGET_SOURCE] = {"source",   {"source", "publication", "publisher"}           },
    [DTL_TARGET_TITLE] = {"title",    {"title", "headline"}                            },
    [DTL_TARGET_BODY] = {"body",     {"body", "text", "content"}                      },
    [DTL_TARGET_DATE] = {"date",
                       {"date", "published", "published_at", "date_published", "publishedat",
                          "datepublished", "publication_date", "pubdate"}           },
    [DTL_TARGET_DATE_END] = {"date_end", {"date_end"}                                     },
    [DTL_TARGET_LANG] = {"lang",     {"lang", "language"}                             },
    [DTL_TARGET_URL] = {"url",      {"url", "link", "permalink"}                     },
    [DTL_TARGET_AUTHOR] = {"author",   {"author", "authors", "byline"}                  },
    [DTL_TARGET_SECTION] = {"section",  {"section", "sections", "category", "categories"}},
    [DTL_TARGET_TAG] = {"tag",      {"tags", "tag", "keywords", "topics"}            },
    [DTL_TARGET_PLACE] = {"place",    {"place", "places"}                              },
    [DTL_TARGET_AGENCY] = {"agency",   {"agency", "agencies", "newswire"}               },
};

static bool is_many(enum dtl_target t)
{
    return t >= DTL_TARGET_AUTHOR;
}

/* Title, body, id and dates: what must not be lost in silence. */
static bool is_vital(enum dtl_target t)
{
    return t == DTL_TARGET_ID || t == DTL_TARGET_TITLE || t == DTL_TARGET_BODY ||
           t == DTL_TARGET_DATE || t == DTL_TARGET_DATE_END;
}

static bool is_text(enum dtl_target t)
{
    return t == DTL_TARGET_TITLE || t == DTL_TARGET_BODY;
}

/* The letters with which the usual names of a field begin, a bit each. Made once: readers run in
 * one thread. */
static uint32_t beginnings(enum dtl_target t)
{
    static uint32_t letters[DTL_TARGETS];
    if (!letters[t])
        for (int i = 0; i < 10 && targets[t].names[i]; i++)
            letters[t] |= UINT32_C(1) << (targets[t].names[i][0] & 31);
    return letters[t];
}

static bool same_name(struct dtl_bytes name, const char *known)
{
    return strncasecmp((const char *)name.p, known, name.n) == 0 && known[name.n] == 0;
}

/* Place of `name` among the usual names of `t`, from 1; 0: not among them. */
static int usual(enum dtl_target t, struct dtl_bytes name)
{
    uint8_t first = name.n ? name.p[0] | 0x20 : 0; /* each of them begins with a letter */
    if (!(beginnings(t) >> (first & 31) & 1))
        return 0;
    for (int i = 0; i < 10 && targets[t].names[i]; i++)
        if (first == (uint8_t)targets[t].names[i][0] && strlen(targets[t].names[i]) == name.n &&
            same_name(name, targets[t].names[i]))
            return i + 1;
    return 0;
}

enum dtl_target dtl_target_named(const char *field)
{
    struct dtl_bytes name = dtl_bytes_of(field);
    for (int t = 0; t < DTL_TARGETS; t++)
        if (strcmp(targets[t].field, field) == 0)
            return (enum dtl_target)t;
    for (int t = 0; t < DTL_TARGETS; t++)
        if (usual((enum dtl_target)t, name))
            return (enum dtl_target)t;
    return DTL_TARGETS;
}

bool dtl_same_field(const char *a, const char *b)
{
    enum dtl_target t = dtl_target_named(a);
    return t == DTL_TARGETS ? strcmp(a, b) == 0 : dtl_target_named(b) == t;
}

static bool is_mapped(const struct dtl_intake_options *o, enum dtl_target t)
{
    for (size_t i = 0; i < o->maps; i++)
        if (dtl_target_named(o->map[i].field) == t)
            return true;
    return false;
}

static const char *nearest_field(const char *field)
{
    const char *names[DTL_TARGETS];
    for (int t = 0; t < DTL_TARGETS; t++)
        names[t] = targets[t].field;
    return dtl_nearest(field, names, DTL_TARGETS);
}

enum dtl_status dtl_mapping_check(const struct dtl_intake_options *o, struct dtl_error *err)
{
    for (size_t i = 0; i < o->maps + o->sets; i++) {
        const struct dtl_field_pair *pair = i < o->maps ? &o->map[i] : &o->set[i - o->maps];
        const char *option = i < o->maps ? "--map" : "--set";
        enum dtl_target t = dtl_target_named(pair->field);
        struct dtl_bytes value = dtl_bytes_of(pair->value);
        const char *near = t == DTL_TARGETS ? nearest_field(pair->field) : NULL;
        if (near)
            return dtl_fail(err, DTL_EUSAGE, 0, "%s %.60s: no such field; did you mean '%s'?",
                            option, pair->field, near);
        if (t == DTL_TARGETS)
            return dtl_fail(err, DTL_EUSAGE, 0,
                            "%s %.60s: no such field; there are id source title body date date_end "
                            "lang url author section tag place agency",
                            option, pair->field);
        if (!value.n || dtl_utf8_valid_prefix(value) < value.n)
            return dtl_fail(err, DTL_EUSAGE, 0, "%s %.60s: its value is empty or not UTF-8", option,
                            pair->field);
        if (i >= o->maps && (is_text(t) || t == DTL_TARGET_ID))
            return dtl_fail(err, DTL_EUSAGE, 0, "--set %.60s: every article needs its own",
                            pair->field);
        if (i >= o->maps && t == DTL_TARGET_LANG && !dtl_lang_code_of(value))
            return dtl_fail(err, DTL_EUSAGE, 0, "--set lang=%.60s: not a language code",
                            pair->value);
        const struct dtl_date_hints hints = {o->lang, o->day_order};
        struct dtl_interval day;
        struct dtl_instant instant;
        struct dtl_error why = {0};
        if (i >= o->maps && (t == DTL_TARGET_DATE || t == DTL_TARGET_DATE_END) &&
            dtl_date_stated(value, &hints, &day, &instant, &why) < 0)
            return dtl_fail(err, DTL_EUSAGE, 0, "--set %.60s: %s", pair->field, why.text);
    }
    return DTL_OK;
}

/* ---- values ---- */

static bool is_control(uint8_t c)
{
    return c < 0x20 || c == 0x7f;
}

/* `text` fit for field t. False: no memory. */
static bool clean(enum dtl_target t, struct dtl_bytes text, struct dtl_arena *arena,
                  struct dtl_bytes *out)
{
    bool bad = false;
    if (is_text(t))
        bad = text.n && memchr(text.p, 0, text.n);
    else
        for (size_t i = 0; i < text.n && !bad; i++)
            bad = is_control(text.p[i]);
    if (bad) {
        uint8_t *p = dtl_arena_alloc(arena, text.n);
        if (!p)
            return false;
        for (size_t i = 0; i < text.n; i++)
            p[i] = is_text(t) ? (text.p[i] ? text.p[i] : ' ')
                              : (is_control(text.p[i]) ? ' ' : text.p[i]);
        text.p = p;
    }
    *out = is_text(t) ? text : dtl_bytes_trim(text);
    return true;
}

static bool is_stated(const struct dtl_field *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->v[i].kind != DTL_VALUE_NULL && f->v[i].text.n)
            return true;
    return false;
}

static bool is_yes_or_no(const struct dtl_field *f)
{
    return !f->list && f->v[0].kind == DTL_VALUE_LITERAL &&
           (dtl_bytes_is(f->v[0].text, "true") || dtl_bytes_is(f->v[0].text, "false"));
}

static bool joined(const struct dtl_field *f, const char *between, struct dtl_arena *arena,
                   struct dtl_bytes *out)
{
    size_t n = 0, gap = strlen(between);
    for (size_t i = 0; i < f->n; i++)
        n += f->v[i].text.n + gap;
    uint8_t *p = dtl_arena_alloc(arena, n);
    if (!p)
        return false;
    n = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (!f->v[i].text.n)
            continue;
        if (n) {
            memcpy(p + n, between, gap);
            n += gap;
        }
        memcpy(p + n, f->v[i].text.p, f->v[i].text.n);
        n += f->v[i].text.n;
    }
    *out = dtl_bytes(p, n);
    return true;
}

/* ---- choice ---- */

struct choice {
    enum dtl_target target; /* DTL_TARGETS: extra */
    int rank;               /* 1 is the first name */
};

static struct choice choose(const struct dtl_intake_options *o, const struct dtl_field *f)
{
    struct choice c = {DTL_TARGETS, 0};
    for (size_t i = 0; i < o->maps; i++) {
        if (f->name.n == strlen(o->map[i].value) && same_name(f->name, o->map[i].value)) {
            bool exact = dtl_bytes_is(f->name, o->map[i].value);
            return (struct choice){dtl_target_named(o->map[i].field), 2 * (int)i + 2 - exact};
        }
    }
    for (int t = 0; t < DTL_TARGETS && c.target == DTL_TARGETS; t++) {
        int place = usual((enum dtl_target)t, f->name);
        if (place && !is_mapped(o, (enum dtl_target)t)) {
            bool exact = dtl_bytes_is(f->name, targets[t].names[place - 1]);
            c = (struct choice){(enum dtl_target)t, 2 * place - exact};
        }
    }
    return c;
}

struct applying {
    const struct dtl_intake_options *o;
    const struct dtl_format *format;
    const struct dtl_record *record;
    struct dtl_arena *arena;
    struct dtl_error *err;
    struct choice *choice;             /* one a field */
    const struct dtl_field *lang_word; /* a language that is no code */
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

static enum dtl_status not_plain(const struct applying *a, enum dtl_target t,
                                 const struct dtl_field *f, const char *what)
{
    int n = f->name.n < 40 ? (int)f->name.n : 40;
    return dtl_fail(a->err, DTL_EINPUT, 0, "\"%.*s\" is %s; name another key with --map %s=NAME", n,
                    (const char *)f->name.p, what, targets[t].field);
}

/* The field of a single value: the best stated one; the others become extra. */
static enum dtl_status take_one(struct applying *a, enum dtl_target t, struct dtl_values *out)
{
    size_t best = SIZE_MAX;
    const struct dtl_field *fields = a->record->fields;
    for (size_t i = 0; i < a->record->n; i++) {
        if (a->choice[i].target != t || !is_stated(&fields[i]))
            continue;
        if (best == SIZE_MAX || a->choice[i].rank < a->choice[best].rank ||
            (a->choice[i].rank == a->choice[best].rank &&
             dtl_bytes_compare(fields[i].name, fields[best].name) < 0))
            best = i;
    }
    for (size_t i = 0; i < a->record->n; i++)
        if (a->choice[i].target == t && i != best && is_stated(&fields[i]))
            a->choice[i].target = DTL_TARGETS;
    if (best == SIZE_MAX)
        return DTL_OK;
    const struct dtl_field *f = &fields[best];
    bool nested = !f->list && f->v[0].kind == DTL_VALUE_NESTED;
    if (nested || (f->n > 1 && !is_text(t))) {
        if (is_vital(t))
            return not_plain(a, t, f, nested ? "an object or a nested list" : "a list");
        a->choice[best].target = DTL_TARGETS;
        return DTL_OK;
    }
    struct dtl_bytes text = f->v[0].text;
    if (f->n > 1 && !joined(f, t == DTL_TARGET_BODY ? "\n\n" : " ", a->arena, &text))
        return no_memory(a->err);
    if (t == DTL_TARGET_ID) {
        for (size_t i = 0; i < text.n; i++)
            if (is_control(text.p[i]))
                return not_plain(a, t, f, "an id with a control character");
        if (text.n > ID_BYTES)
            return not_plain(a, t, f, "an id of more than 4096 bytes");
    }
    struct dtl_bytes *v = dtl_arena_alloc(a->arena, sizeof *v);
    if (!v || !clean(t, text, a->arena, v))
        return no_memory(a->err);
    if (t == DTL_TARGET_LANG && !dtl_lang_code_of(*v)) {
        a->choice[best].target = DTL_TARGETS;
        a->lang_word = f;
        return DTL_OK;
    }
    *out = (struct dtl_values){v, v->n != 0};
    return DTL_OK;
}

static size_t parts_of(const struct dtl_value *v, bool commas)
{
    size_t n = 1;
    for (size_t i = 0; commas && v->kind == DTL_VALUE_STRING && i < v->text.n; i++)
        n += v->text.p[i] == ',';
    return n;
}

static bool add_value(struct dtl_values *out, struct dtl_bytes v)
{
    for (size_t i = 0; i < out->n && i < 256; i++) /* lists are short; a long one may repeat */
        if (dtl_bytes_equal(out->v[i], v))
            return false;
    if (v.n)
        out->v[out->n++] = v;
    return v.n != 0;
}

/* A field of several values: all stated ones, in the order of names, then of the record. */
static enum dtl_status take_many(struct applying *a, enum dtl_target t, struct dtl_values *out)
{
    const struct dtl_record *r = a->record;
    bool commas = a->format->comma_lists && t == DTL_TARGET_TAG;
    size_t room = 0;
    int ranks = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (a->choice[i].target != t)
            continue;
        if (!r->fields[i].list && r->fields[i].v[0].kind == DTL_VALUE_NESTED) {
            a->choice[i].target = DTL_TARGETS;
            continue;
        }
        for (size_t k = 0; k < r->fields[i].n; k++)
            room += parts_of(&r->fields[i].v[k], commas && !r->fields[i].list);
        if (a->choice[i].rank > ranks)
            ranks = a->choice[i].rank;
    }
    if (!room)
        return DTL_OK;
    out->v = dtl_arena_alloc(a->arena, room * sizeof *out->v);
    if (!out->v)
        return no_memory(a->err);
    for (int rank = 1; rank <= ranks; rank++) {
        for (size_t i = 0; i < r->n; i++) {
            const struct dtl_field *f = &r->fields[i];
            if (a->choice[i].target != t || a->choice[i].rank != rank)
                continue;
            for (size_t k = 0; k < f->n; k++) {
                struct dtl_bytes left, v;
                if (!clean(t, f->v[k].text, a->arena, &left))
                    return no_memory(a->err);
                const uint8_t *comma;
                while (commas && !f->list && left.n && (comma = memchr(left.p, ',', left.n))) {
                    v = dtl_bytes(left.p, (size_t)(comma - left.p));
                    add_value(out, dtl_bytes_trim(v));
                    left = dtl_bytes(comma + 1, left.n - v.n - 1);
                }
                add_value(out, dtl_bytes_trim(left));
            }
        }
    }
    return DTL_OK;
}

/* ---- what is over ---- */

static void put_value(struct dtl_buffer *out, const struct dtl_value *v)
{
    if (v->kind == DTL_VALUE_STRING)
        dtl_json_string(out, v->text);
    else if (v->kind == DTL_VALUE_NULL)
        dtl_buffer_text(out, "null");
    else
        dtl_buffer_append(out, v->text.p, v->text.n);
}

struct leftover {
    struct dtl_bytes name; /* as it will stand in extra */
    const struct dtl_field *field;
};

static int by_name(const void *a, const void *b)
{
    const struct leftover *x = a, *y = b;
    int c = dtl_bytes_compare(x->name, y->name);
    return c ? c : dtl_bytes_compare(x->field->name, y->field->name);
}

/* Would a later reading of an export take the name for a field? */
static bool is_taken(const struct applying *a, const struct dtl_mapped *m, struct dtl_bytes name)
{
    for (int t = 0; t < DTL_TARGETS; t++) {
        int place = usual((enum dtl_target)t, name);
        if (place == 1 && dtl_bytes_is(name, targets[t].names[0]))
            return true;
        if (place && (is_mapped(a->o, (enum dtl_target)t) || m->set[t]))
            return true;
    }
    return false;
}

static enum dtl_status put_extra(const struct applying *a, struct dtl_mapped *m)
{
    const struct dtl_record *r = a->record;
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += a->choice[i].target == DTL_TARGETS;
    if (!n)
        return DTL_OK;
    struct leftover *over = dtl_arena_alloc(a->arena, n * sizeof *over);
    if (!over)
        return no_memory(a->err);
    n = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (a->choice[i].target != DTL_TARGETS)
            continue;
        struct dtl_bytes name = r->fields[i].name;
        if (&r->fields[i] == a->lang_word || is_taken(a, m, name)) {
            uint8_t *p = dtl_arena_alloc(a->arena, name.n + 1);
            if (!p)
                return no_memory(a->err);
            memcpy(p, name.p, name.n);
            p[name.n] = '_';
            name = dtl_bytes(p, name.n + 1);
        }
        over[n++] = (struct leftover){name, &r->fields[i]};
    }
    qsort(over, n, sizeof *over, by_name);
    struct dtl_buffer b = {0};
    for (size_t i = 0; i < n; i++) {
        if (i && dtl_bytes_equal(over[i].name, over[i - 1].name))
            continue; /* "title" put aside beside a "title_" of the record */
        dtl_buffer_byte(&b, i ? ',' : '{');
        dtl_json_string(&b, over[i].name);
        dtl_buffer_byte(&b, ':');
        if (over[i].field->list)
            dtl_buffer_byte(&b, '[');
        for (size_t k = 0; k < over[i].field->n; k++) {
            if (k)
                dtl_buffer_byte(&b, ',');
            put_value(&b, &over[i].field->v[k]);
        }
        if (over[i].field->list)
            dtl_buffer_byte(&b, ']');
    }
    dtl_buffer_byte(&b, '}');
    bool ok = !b.failed && dtl_bytes_copy(a->arena, dtl_buffer_view(&b), &m->extra);
    dtl_buffer_release(&b);
    return ok ? DTL_OK : no_memory(a->err);
}

static enum dtl_status set_fields(const struct applying *a, struct dtl_mapped *m)
{
    const struct dtl_intake_options *o = a->o;
    for (size_t i = 0; i < o->sets; i++) {
        enum dtl_target t = dtl_target_named(o->set[i].field);
        if (!m->set[t]) {
            m->values[t].n = 0;
            m->values[t].v = dtl_arena_alloc(a->arena, o->sets * sizeof *m->values[t].v);
        }
        if (!m->values[t].v)
            return no_memory(a->err);
        m->set[t] = true;
        struct dtl_bytes v;
        if (!clean(t, dtl_bytes_of(o->set[i].value), a->arena, &v))
            return no_memory(a->err);
        if (!is_many(t))
            m->values[t].n = 0; /* the last one holds */
        add_value(&m->values[t], v);
    }
    return DTL_OK;
}

enum dtl_status dtl_mapping_apply(const struct dtl_intake_options *o,
                                  const struct dtl_format *format, const struct dtl_record *record,
                                  struct dtl_arena *arena, struct dtl_mapped *out,
                                  struct dtl_error *err)
{
    struct dtl_mapped m = {0};
    struct applying a = {o, format, record, arena, err, NULL, NULL};
    a.choice = dtl_arena_alloc(arena, (record->n ? record->n : 1) * sizeof *a.choice);
    if (!a.choice)
        return no_memory(err);
    for (size_t i = 0; i < record->n; i++) {
        a.choice[i] = choose(o, &record->fields[i]);
        if (a.choice[i].target == DTL_TARGET_DATE && is_yes_or_no(&record->fields[i]))
            a.choice[i].target = DTL_TARGETS; /* "published: true" is a switch */
    }
    enum dtl_status st = DTL_OK;
    for (int t = 0; t < DTL_TARGETS && st == DTL_OK; t++)
        st = is_many((enum dtl_target)t) ? take_many(&a, (enum dtl_target)t, &m.values[t])
                                         : take_one(&a, (enum dtl_target)t, &m.values[t]);
    if (st == DTL_OK)
        st = set_fields(&a, &m);
    if (st == DTL_OK)
        st = put_extra(&a, &m);
    if (st == DTL_OK)
        *out = m;
    return st;
}
