/*
 * identities.c - from (source, id) to documents and back.
 *
 * Why hashes by themselves: "is this article known?" is asked once an article of every run, in
 * every segment. An array of nothing but sorted 64-bit hashes is uniform, so interpolation lands
 * within a few entries, and a miss touches two grains. The ids' bytes are read only for a hash that
 * is equal, because equal hashes of different ids would otherwise make one article replace another.
 *
 * Layout (all of it follows from the header): header 64 | hashes u64 | their documents | sources'
 * ordinals by document | block starts | front-coded ids | sources' starts | sources; every piece at
 * a multiple of 64.
 */
#include "common/segment/identities.h"

#include "common/base/hash.h"
#include "common/segment/identities_layout.h"

#include <stdlib.h>

struct dtl_identities {
    struct identities_layout at;
};

static enum dtl_status damaged(uint64_t at, const char *what, struct dtl_error *err)
{
    return dtl_fail(err, DTL_ECORRUPT, at, "identities: %s", what);
}

static enum dtl_status opened(struct dtl_segment *s, struct dtl_identities **out,
                              struct dtl_error *err)
{
    if (s->identities) {
        *out = s->identities;
        return DTL_OK;
    }
    struct dtl_part *p = &s->part[DTL_PART_IDENTITIES];
    struct dtl_bytes h = {0};
    enum dtl_status st = dtl_part_view(p, 0, IDENTITIES_HEADER, s->arena, &h, err);
    if (st < 0)
        return st;
    if (dtl_load32(h.p + AT_MAGIC) != IDENTITIES_MAGIC ||
        dtl_load32(h.p + AT_VERSION) != IDENTITIES_VERSION)
        return damaged(0, "not identities of this version", err);
    uint32_t docs = dtl_load32(h.p + AT_DOCS), sources = dtl_load32(h.p + AT_SOURCES);
    uint64_t id_bytes = dtl_load64(h.p + AT_ID_BYTES),
             source_bytes = dtl_load64(h.p + AT_SOURCE_BYTES);
    if (docs != s->facts.docs || sources == 0 || sources > docs || id_bytes > p->bytes ||
        source_bytes > p->bytes)
        return damaged(AT_DOCS, "impossible sizes", err);
    struct dtl_identities *x = dtl_arena_alloc(s->arena, sizeof *x);
    if (!x)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for identities");
    x->at = identities_layout(docs, sources, id_bytes, source_bytes);
    if (x->at.end != p->bytes)
        return damaged(x->at.end, "of another size than stated", err);
    *out = s->identities = x;
    return DTL_OK;
}

/* ---- one document ---- */

/* The id of `doc`, in `arena`: its block is decoded from the first entry up to it. */
static enum dtl_status id_of(struct dtl_segment *s, const struct identities_layout *at, dtl_doc doc,
                             struct dtl_arena *arena, struct dtl_bytes *id, struct dtl_error *err)
{
    struct dtl_part *p = &s->part[DTL_PART_IDENTITIES];
    uint32_t block = doc / IDENTITIES_BLOCK;
    uint64_t from = 0, to = at->id_bytes;
    enum dtl_status st = dtl_packed_get(p, at->blocks, at->block_width, block, &from, err);
    if (st == DTL_OK && block + 1 < at->block_count)
        st = dtl_packed_get(p, at->blocks, at->block_width, block + 1, &to, err);
    if (st < 0)
        return st;
    if (from > to || to > at->id_bytes)
        return damaged(at->blocks, "block starts do not rise", err);
    struct dtl_bytes v = {0};
    if ((st = dtl_part_view(p, at->ids + from, (size_t)(to - from), arena, &v, err)) < 0)
        return st;
    uint8_t *text = dtl_arena_alloc(arena, v.n + 1); /* no id of a block is longer than the block */
    if (!text)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for an id");
    struct dtl_reader r = dtl_reader_of(v);
    size_t n = 0;
    for (uint32_t i = 0; i <= doc % IDENTITIES_BLOCK; i++) {
        uint64_t shared = i ? dtl_read_varint(&r) : 0;
        struct dtl_bytes rest = dtl_read_bytes(&r, dtl_read_varint(&r));
        if (r.bad || shared > n)
            return damaged(at->ids + from + r.at, "a front-coded id is cut short", err);
        if (rest.n)
            memcpy(text + shared, rest.p, rest.n);
        n = (size_t)shared + rest.n;
    }
    *id = dtl_bytes(text, n);
    return DTL_OK;
}

static enum dtl_status source_of(struct dtl_segment *s, const struct identities_layout *at,
                                 dtl_doc doc, struct dtl_arena *arena, struct dtl_bytes *source,
                                 struct dtl_error *err)
{
    struct dtl_part *p = &s->part[DTL_PART_IDENTITIES];
    uint64_t ordinal = 0, from = 0, to = at->source_bytes;
    enum dtl_status st = dtl_packed_get(p, at->ordinals, at->ordinal_width, doc, &ordinal, err);
    if (st == DTL_OK && ordinal >= at->sources)
        return damaged(at->ordinals, "a source that is not in the table", err);
    if (st == DTL_OK)
        st = dtl_packed_get(p, at->source_starts, at->source_width, ordinal, &from, err);
    if (st == DTL_OK && ordinal + 1 < at->sources)
        st = dtl_packed_get(p, at->source_starts, at->source_width, ordinal + 1, &to, err);
    if (st < 0)
        return st;
    if (from > to || to > at->source_bytes)
        return damaged(at->source_starts, "sources do not rise", err);
    return dtl_part_view(p, at->source_text + from, (size_t)(to - from), arena, source, err);
}

enum dtl_status dtl_identities_of(struct dtl_segment *s, dtl_doc doc, struct dtl_arena *arena,
                                  struct dtl_bytes *id, struct dtl_bytes *source,
                                  struct dtl_error *err)
{
    struct dtl_identities *x = NULL;
    struct dtl_bytes i = {0}, o = {0};
    enum dtl_status st = opened(s, &x, err);
    if (st == DTL_OK && doc >= s->facts.docs)
        st = damaged(doc, "no such document", err);
    if (st < 0 || (st = id_of(s, &x->at, doc, arena, &i, err)) < 0 ||
        (st = source_of(s, &x->at, doc, arena, &o, err)) < 0)
        return st;
    *id = i;
    *source = o;
    return DTL_OK;
}

/* ---- search ---- */

struct search { /* the answer lies in [lo, hi]; entries before lo are below the target, from hi on
                   not */
    struct dtl_part *p;
    uint64_t hashes, target, below, above; /* hash just before lo, and at hi */
    uint32_t lo, hi;
    bool was_below; /* the last probe */
};

static enum dtl_status probe(struct search *q, uint32_t i, struct dtl_error *err)
{
    uint64_t v = 0;
    enum dtl_status st = dtl_packed_get(q->p, q->hashes, 64, i, &v, err);
    if (st < 0)
        return st;
    q->was_below = v < q->target;
    if (q->was_below) {
        q->lo = i + 1;
        q->below = v;
    } else {
        q->hi = i;
        q->above = v;
    }
    return DTL_OK;
}

static uint32_t interpolated(const struct search *q)
{
    uint64_t span = q->above - q->below, part = q->target - q->below;
    if (span == 0)
        return q->lo;
    unsigned shift =
        span >> 32 ? 32 - (unsigned)__builtin_clzll(span) : 0; /* keep 32 bits of both */
    uint64_t at = (part >> shift) * (q->hi - q->lo) / ((span >> shift) + 1);
    return q->lo + (uint32_t)(at < q->hi - q->lo ? at : q->hi - q->lo - 1);
}

/*
 * First entry >= target. Three interpolations bring a uniform array within a few entries; then
 * steps that double from there, then halving: damaged or unlucky hashes cost a logarithm, never a
 * scan.
 */
static enum dtl_status lower_bound(struct search *q, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (int i = 0; i < 3 && q->lo < q->hi && st == DTL_OK; i++)
        st = probe(q, interpolated(q), err);
    bool upward = q->was_below;
    for (uint32_t step = 2; q->lo < q->hi && st == DTL_OK && upward == q->was_below; step *= 2) {
        uint32_t room = q->hi - q->lo - 1, by = step < room ? step : room;
        st = probe(q, upward ? q->lo + by : q->hi - 1 - by, err);
    }
    while (q->lo < q->hi && st == DTL_OK)
        st = probe(q, q->lo + (q->hi - q->lo) / 2, err);
    return st;
}

static int rising(const void *a, const void *b)
{
    dtl_doc x = *(const dtl_doc *)a, y = *(const dtl_doc *)b;
    return (x > y) - (x < y);
}

/* Whether `doc` really is (source, id); what was decoded for it dies here. */
static enum dtl_status is_it(struct dtl_segment *s, const struct identities_layout *at, dtl_doc doc,
                             struct dtl_bytes source, bool any_source, struct dtl_bytes id,
                             struct dtl_arena *scratch, bool *yes, struct dtl_error *err)
{
    struct dtl_bytes i = {0}, o = {0};
    dtl_arena_reset(scratch);
    enum dtl_status st = id_of(s, at, doc, scratch, &i, err);
    if (st == DTL_OK && !any_source && dtl_bytes_equal(i, id))
        st = source_of(s, at, doc, scratch, &o, err);
    *yes = dtl_bytes_equal(i, id) && (any_source || dtl_bytes_equal(o, source));
    return st;
}

enum dtl_status dtl_identities_find(struct dtl_segment *s, struct dtl_bytes source, bool any_source,
                                    struct dtl_bytes id, struct dtl_arena *arena, dtl_doc **docs,
                                    size_t *count, struct dtl_error *err)
{
    struct dtl_identities *x = NULL;
    enum dtl_status st = opened(s, &x, err);
    if (st < 0)
        return st;
    struct dtl_part *p = &s->part[DTL_PART_IDENTITIES];
    uint64_t hash = dtl_hash_identity(source, id);
    uint64_t lowest = any_source ? hash & ~DTL_IDENTITY_SOURCE_MASK : hash;
    uint64_t highest = any_source ? hash | DTL_IDENTITY_SOURCE_MASK : hash;
    struct search q = {
        .p = p, .hashes = x->at.hashes, .target = lowest, .above = UINT64_MAX, .hi = s->facts.docs};
    struct dtl_buffer found = {0};
    struct dtl_arena scratch = {0};
    st = lower_bound(&q, err);
    uint64_t last = lowest;
    for (uint32_t i = q.lo; i < s->facts.docs && st == DTL_OK; i++) {
        uint64_t h = 0, doc = 0;
        bool yes = false;
        if ((st = dtl_packed_get(p, x->at.hashes, 64, i, &h, err)) < 0 || h > highest)
            break;
        if (h < last) {
            st = damaged(x->at.hashes + (uint64_t)i * 8, "hashes do not rise", err);
            break;
        }
        last = h;
        if ((st = dtl_packed_get(p, x->at.docs_at, x->at.doc_width, i, &doc, err)) < 0)
            break;
        if (doc >= s->facts.docs) {
            st = damaged(x->at.docs_at, "no such document", err);
            break;
        }
        st = is_it(s, &x->at, (dtl_doc)doc, source, any_source, id, &scratch, &yes, err);
        if (st == DTL_OK && yes && !dtl_buffer_u32(&found, (dtl_doc)doc))
            st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for documents");
    }
    dtl_doc *list = NULL;
    if (st == DTL_OK && found.n) {
        if ((list = dtl_arena_alloc(arena, found.n))) {
            memcpy(list, found.p, found.n);
            qsort(list, found.n / sizeof *list, sizeof *list, rising);
        } else {
            st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for documents");
        }
    }
    if (st == DTL_OK) {
        *docs = list;
        *count = found.n / sizeof *list;
    }
    dtl_arena_release(&scratch);
    dtl_buffer_release(&found);
    return st;
}
