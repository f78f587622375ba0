/*
 * facets.c - counts by value.
 *
 * A field whose values are terms is counted list by list: the bits of the value's list and those of
 * the matches. What is printed is not the folded term but what the newest match with it says (of
 * several of one day the one whose id comes first), so one article is read for each value printed.
 * Author names are indexed by word and have no lists of their own: there the matches are read.
 */
#include "query/result/facets.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/hash.h"
#include "common/segment/columns.h"
#include "common/segment/identities.h"
#include "common/segment/terms.h"
#include "query/cursor/cursor.h"
#include "query/result/matched.h"

enum field { SOURCE, AUTHOR, SECTION, TAG, PLACE, AGENCY, LANG, YEAR, MONTH, FIELDS };

static const struct {
    const char *name;
    uint8_t terms; /* field byte; 0: not counted by lists */
} fields[FIELDS] = {
    [SOURCE] = {"source",  DTL_FIELD_SOURCE },
    [AUTHOR] = {"author",  0                },
    [SECTION] = {"section", DTL_FIELD_SECTION},
    [TAG] = {"tag",     DTL_FIELD_TAG    },
    [PLACE] = {"place",   DTL_FIELD_PLACE  },
    [AGENCY] = {"agency",  DTL_FIELD_AGENCY },
    [LANG] = {"lang",    DTL_FIELD_LANG   },
    [YEAR] = {"year",    0                },
    [MONTH] = {"month",   0                },
};

struct entry { /* a value met */
    struct dtl_bytes key;
    uint64_t count;
    uint32_t segment; /* the match that tells how it is printed */
    dtl_doc doc;
    struct dtl_interval date;
    uint32_t last_segment; /* the match that counted last */
    dtl_doc last_doc;
};

struct counts { /* of one field */
    enum field field;
    uint64_t with; /* matches that have a value */
    struct entry *entry;
    size_t entries, room;
    uint32_t *slot; /* open addressing: place in entry[] plus one */
    size_t slots;
};

struct counting {
    struct dtl_snapshot *snap;
    struct dtl_analyzer *analyzer;
    struct counts *c;
    size_t n;
    uint64_t total;
    struct dtl_arena *arena;
    struct dtl_arena scratch; /* an article, a segment's cursors */
    const struct dtl_matched *m;
    struct counts *now; /* the field whose matches are read */
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for facets");
}

/* ---- names ---- */

static bool next_field(const char **list, enum field *field)
{
    size_t n = strcspn(*list, ",");
    for (int f = 0; f < FIELDS; f++)
        if (strlen(fields[f].name) == n && strncmp(fields[f].name, *list, n) == 0) {
            *field = (enum field)f;
            *list += n;
            return true;
        }
    return false;
}

enum dtl_status dtl_facets_check(const char *list, struct dtl_error *err)
{
    enum field field = FIELDS;
    const char *p = list;
    bool seen[FIELDS] = {false};
    for (;; p++) {
        if (!next_field(&p, &field))
            return dtl_fail(
                err, DTL_EUSAGE, 0,
                "--facet '%.60s': source, author, section, tag, place, agency, lang, year and "
                "month, commas between",
                list);
        if (seen[field])
            return dtl_fail(err, DTL_EUSAGE, 0, "--facet '%.60s': %s is named twice", list,
                            fields[field].name);
        seen[field] = true;
        if (!*p)
            return DTL_OK;
    }
}

/* ---- the table of values ---- */

static size_t place_of(const struct counts *c, struct dtl_bytes key)
{
    size_t i = dtl_hash64(key, 0) & (c->slots - 1);
    while (c->slot[i] && !dtl_bytes_equal(c->entry[c->slot[i] - 1].key, key))
        i = (i + 1) & (c->slots - 1);
    return i;
}

static bool widen(struct counts *c)
{
    struct counts wide = *c;
    wide.slots = c->slots ? 2 * c->slots : 64;
    wide.slot = calloc(wide.slots, sizeof *wide.slot);
    if (!wide.slot)
        return false;
    for (size_t i = 0; i < c->entries; i++)
        wide.slot[place_of(&wide, c->entry[i].key)] = (uint32_t)i + 1;
    free(c->slot);
    *c = wide;
    return true;
}

static struct entry *entry_of(struct counting *k, struct counts *c, struct dtl_bytes key)
{
    if (2 * c->entries >= c->slots && !widen(c))
        return NULL;
    size_t at = place_of(c, key);
    if (c->slot[at])
        return &c->entry[c->slot[at] - 1];
    if (c->entries == c->room) {
        size_t room = c->room ? 2 * c->room : 32;
        struct entry *more = realloc(c->entry, room * sizeof *more);
        if (!more)
            return NULL;
        c->entry = more;
        c->room = room;
    }
    uint8_t *copy = dtl_arena_take(k->arena, key.n + 1);
    if (!copy || c->entries == UINT32_MAX)
        return NULL;
    if (key.n)
        memcpy(copy, key.p, key.n);
    c->entry[c->entries] = (struct entry){.key = dtl_bytes(copy, key.n), .segment = UINT32_MAX};
    c->slot[at] = (uint32_t)++c->entries;
    return &c->entry[c->entries - 1];
}

/* Is (segment, doc) the better one to ask how a value is printed? Newer, then by id. */
static enum dtl_status prefer(struct counting *k, struct entry *e, uint32_t segment, dtl_doc doc,
                              struct dtl_error *err)
{
    struct dtl_segment *s = &k->snap->segment[segment];
    struct dtl_interval date = DTL_UNDATED;
    enum dtl_status st = dtl_columns_date(s, doc, &date, err);
    bool better = e->segment == UINT32_MAX;
    if (st == DTL_OK && !better && date.earliest != e->date.earliest)
        better = e->date.earliest == DTL_DAY_NONE ||
                 (date.earliest != DTL_DAY_NONE && date.earliest > e->date.earliest);
    else if (st == DTL_OK && !better && segment != e->segment) {
        struct dtl_bytes id[2], source[2];
        st = dtl_identities_of(s, doc, &k->scratch, &id[0], &source[0], err);
        if (st == DTL_OK)
            st = dtl_identities_of(&k->snap->segment[e->segment], e->doc, &k->scratch, &id[1],
                                   &source[1], err);
        better = st == DTL_OK && dtl_bytes_compare(id[0], id[1]) < 0;
    }
    if (st == DTL_OK && better) {
        e->segment = segment;
        e->doc = doc;
        e->date = date;
    }
    return st;
}

/* ---- by lists ---- */

/* Matches in one list: their number, the first, and their bits added to `with`. */
static enum dtl_status meet(struct counting *k, struct dtl_cursor_context *ctx,
                            const struct dtl_term *term, uint64_t *with, uint64_t *count,
                            dtl_doc *first, struct dtl_error *err)
{
    (void)err;
    const struct dtl_matched *m = k->m;
    struct dtl_cursor *c = dtl_cursor_term(ctx, term, NULL);
    uint64_t bits[DTL_WINDOW_WORDS];
    *count = 0;
    *first = DTL_DOC_END;
    if (!c)
        return ctx->status;
    dtl_doc docs = m->segment->facts.docs, d = dtl_cursor_seek(c, 0);
    while (d < docs) {
        struct dtl_window w = {.begin = d & ~(dtl_doc)63, .bits = bits};
        w.end = docs - w.begin < DTL_WINDOW ? docs : w.begin + DTL_WINDOW;
        memset(bits, 0, sizeof bits);
        dtl_cursor_window(c, &w);
        for (size_t i = 0, at = w.begin / 64; i < DTL_WINDOW_WORDS && at + i < m->words; i++) {
            uint64_t both = bits[i] & m->bits[at + i];
            with[at + i] |= both;
            *count += (uint64_t)__builtin_popcountll(both);
            if (both && *first == DTL_DOC_END)
                *first = (dtl_doc)(64 * (at + i)) + (dtl_doc)__builtin_ctzll(both);
        }
        d = c->doc;
    }
    return ctx->status;
}

static enum dtl_status count_term(struct counting *k, struct counts *c, const struct dtl_term *term,
                                  uint64_t *with, struct dtl_error *err)
{
    struct dtl_cursor_context ctx;
    uint64_t count = 0;
    dtl_doc first;
    dtl_cursor_context_init(&ctx, k->m->segment, DTL_TITLE_WEIGHT_DEFAULT, &k->scratch, err);
    enum dtl_status st = meet(k, &ctx, term, with, &count, &first, err);
    dtl_cursor_context_release(&ctx);
    if (st == DTL_OK && count) {
        struct entry *e = entry_of(k, c, term->key.text);
        if (!e)
            return no_memory(err);
        e->count += count;
        st = prefer(k, e, k->m->number, first, err);
    }
    dtl_arena_reset(&k->scratch);
    return st;
}

static enum dtl_status count_lists(struct counting *k, struct counts *c, struct dtl_error *err)
{
    struct dtl_term_key from = {.field = fields[c->field].terms};
    struct dtl_terms_iter it = {0};
    struct dtl_term term;
    uint64_t *with = calloc(k->m->words, sizeof *with);
    if (!with)
        return no_memory(err);
    enum dtl_status st = dtl_terms_seek(&it, k->m->segment, &from, err);
    while (st == DTL_OK && (st = dtl_terms_next(&it, &term, err)) == DTL_OK &&
           term.key.field == from.field)
        st = count_term(k, c, &term, with, err);
    for (size_t i = 0; i < k->m->words; i++)
        c->with += (uint64_t)__builtin_popcountll(with[i]);
    dtl_terms_iter_release(&it);
    free(with);
    return st == DTL_END ? DTL_OK : st;
}

/* ---- by articles ---- */

static enum dtl_status count_value(struct counting *k, struct dtl_bytes key, dtl_doc doc,
                                   struct dtl_error *err)
{
    struct entry *e = entry_of(k, k->now, key);
    uint32_t segment = k->m->number;
    if (!e)
        return no_memory(err);
    if (e->count && e->last_segment == segment && e->last_doc == doc) /* twice in one article */
        return DTL_OK;
    e->count++;
    e->last_segment = segment;
    e->last_doc = doc;
    return prefer(k, e, segment, doc, err);
}

static enum dtl_status count_authors(void *ctx, dtl_doc doc, struct dtl_error *err)
{
    struct counting *k = ctx;
    struct dtl_article a = {0};
    bool any = false;
    enum dtl_status st = dtl_snapshot_article(k->snap, k->m->segment, doc, &k->scratch, &a, err);
    for (size_t i = 0; i < a.authors.n && st == DTL_OK; i++) {
        struct dtl_bytes key = {0};
        st = dtl_value_term(k->analyzer, a.authors.v[i], &k->scratch, &key, err);
        if (st == DTL_OK && key.n) {
            any = true;
            st = count_value(k, key, doc, err);
        }
    }
    k->now->with += any;
    dtl_arena_reset(&k->scratch);
    return st;
}

static enum dtl_status count_date(void *ctx, dtl_doc doc, struct dtl_error *err)
{
    struct counting *k = ctx;
    struct dtl_interval date = DTL_UNDATED;
    char text[DTL_DATE_TEXT];
    enum dtl_status st = dtl_columns_date(k->m->segment, doc, &date, err);
    if (st < 0 || !dtl_interval_dated(date))
        return st;
    dtl_day_print(date.earliest, text);
    struct entry *e = entry_of(k, k->now, dtl_bytes(text, k->now->field == YEAR ? 4 : 7));
    if (!e)
        return no_memory(err);
    e->count++;
    k->now->with++;
    return DTL_OK;
}

static enum dtl_status on_segment(void *ctx, const struct dtl_matched *m, struct dtl_error *err)
{
    struct counting *k = ctx;
    enum dtl_status st = DTL_OK;
    k->m = m;
    k->total += m->count;
    for (size_t i = 0; i < k->n && st == DTL_OK; i++) {
        k->now = &k->c[i];
        if (fields[k->now->field].terms)
            st = count_lists(k, k->now, err);
        else
            st = dtl_matched_each(m, k->now->field == AUTHOR ? count_authors : count_date, k, err);
    }
    return st;
}

/* ---- what is printed ---- */

static struct dtl_values values_of(const struct dtl_article *a, enum field field,
                                   struct dtl_bytes *room)
{
    switch (field) {
    case SOURCE:
        *room = a->source;
        return (struct dtl_values){room, 1};
    case AUTHOR:
        return a->authors;
    case SECTION:
        return a->sections;
    case TAG:
        return a->tags;
    case PLACE:
        return a->places;
    case AGENCY:
        return a->agencies;
    default:
        return (struct dtl_values){0};
    }
}

/* As the chosen article prints it; the key itself for what is not printed otherwise. */
static enum dtl_status printed(struct counting *k, enum field field, const struct entry *e,
                               struct dtl_bytes *out, struct dtl_error *err)
{
    struct dtl_article a = {0};
    struct dtl_bytes room = {0}, key = {0};
    *out = e->key;
    if (field == LANG || field == YEAR || field == MONTH)
        return DTL_OK;
    enum dtl_status st =
        dtl_snapshot_article(k->snap, &k->snap->segment[e->segment], e->doc, &k->scratch, &a, err);
    struct dtl_values v = values_of(&a, field, &room);
    for (size_t i = 0; i < v.n && st == DTL_OK; i++) {
        st = dtl_value_term(k->analyzer, v.v[i], &k->scratch, &key, err);
        if (st != DTL_OK || !dtl_bytes_equal(key, e->key))
            continue;
        char *copy = dtl_arena_strndup(k->arena, (const char *)v.v[i].p, v.v[i].n);
        if (!copy)
            st = no_memory(err);
        else
            *out = dtl_bytes(copy, v.v[i].n);
        break;
    }
    dtl_arena_reset(&k->scratch);
    return st;
}

static int by_count(const void *pa, const void *pb)
{
    const struct dtl_facet_value *a = pa, *b = pb;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return dtl_bytes_compare(a->text, b->text);
}

static int by_text(const void *pa, const void *pb)
{
    const struct dtl_facet_value *a = pa, *b = pb;
    return dtl_bytes_compare(a->text, b->text);
}

static enum dtl_status deliver(struct counting *k, const struct counts *c, struct dtl_facet *out,
                               struct dtl_error *err)
{
    bool dates = c->field == YEAR || c->field == MONTH;
    enum dtl_status st = DTL_OK;
    out->field = fields[c->field].name;
    out->value = dtl_arena_alloc(k->arena, (c->entries + 1) * sizeof *out->value);
    if (!out->value)
        return no_memory(err);
    for (size_t i = 0; i < c->entries && st == DTL_OK; i++) {
        struct dtl_facet_value *v = &out->value[out->values++];
        v->count = c->entry[i].count;
        st = printed(k, c->field, &c->entry[i], &v->text, err);
    }
    qsort(out->value, out->values, sizeof *out->value, dates ? by_text : by_count);
    if (k->total > c->with)
        out->value[out->values++] =
            (struct dtl_facet_value){.count = k->total - c->with, .none = true};
    return st;
}

static enum dtl_status count_all(struct counting *k, struct dtl_plan *plan,
                                 const struct dtl_query *q, struct dtl_error *err)
{
    k->analyzer = dtl_plan_analyzer(plan);
    if (!k->analyzer)
        return no_memory(err);
    return dtl_matched_walk(k->snap, plan, q, q->root, on_segment, k, err);
}

enum dtl_status dtl_facets_count(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                 const struct dtl_query *q, const char *list,
                                 struct dtl_arena *arena, struct dtl_facet **out, size_t *n,
                                 uint64_t *total, struct dtl_error *err)
{
    struct counts c[FIELDS] = {0};
    struct counting k = {.snap = snap, .c = c, .arena = arena};
    enum field field = FIELDS;
    for (const char *p = list; k.n < FIELDS && next_field(&p, &field); p += *p == ',')
        c[k.n++].field = field;
    struct dtl_facet *facet = dtl_arena_alloc(arena, (k.n + 1) * sizeof *facet);
    enum dtl_status st = facet ? count_all(&k, plan, q, err) : no_memory(err);
    for (size_t i = 0; i < k.n; i++) {
        if (st == DTL_OK)
            st = deliver(&k, &c[i], &facet[i], err);
        free(c[i].entry);
        free(c[i].slot);
    }
    dtl_arena_release(&k.scratch);
    *out = facet;
    *n = k.n;
    *total = k.total;
    return st;
}
