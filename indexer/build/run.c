/*
 * run.c - articles in: each is new, changed or equal to what the index has; what must be written
 * goes into the batch, and the batch to a file when memory is full.
 *
 * What an identity's article was before this run decides what it is called; where it is now, what
 * has to be undone when the same identity comes again. Nothing changes in the run until the article
 * has been taken in, so a rejected one leaves no trace.
 */
#include "indexer/build/run_private.h"

#include "common/base/hash.h"
#include "common/segment/columns.h"
#include "common/segment/identities.h"

#include <stdlib.h>

#define FIXED_BYTES ((size_t)72 << 20) /* builder, encoders and the process itself */

/* A transaction costs one write of what it gathered however small it is, and what it gathers is
 * memory that no batch can use: 16 MB of the usual 512. */
size_t dtl_run_flush_bytes(size_t memory_bytes)
{
    size_t n = memory_bytes / 32;
    return n < (4u << 20) ? 4u << 20 : n > (64u << 20) ? 64u << 20 : n;
}

/* What a batch may hold: the budget less what writing it takes at the same time. */
static size_t batch_bytes(size_t memory_bytes)
{
    size_t beside = FIXED_BYTES + dtl_run_flush_bytes(memory_bytes);
    size_t least = memory_bytes / 4, most = DTL_POOL_MAX / 4;
    size_t n = memory_bytes > beside + least ? memory_bytes - beside : least;
    return n > most ? most : n;
}

/* What each analyser may remember: an eighth of a batch between them, counted as held by it. */
static size_t form_bytes(size_t memory_bytes, uint32_t jobs)
{
    size_t n = batch_bytes(memory_bytes) / 8 / jobs;
    return n < DTL_ANALYZER_BYTES ? n : DTL_ANALYZER_BYTES;
}

static uint32_t jobs_of(const struct dtl_run_options *o)
{
    return o->jobs < 1 ? 1 : o->jobs < DTL_JOBS_MAX ? o->jobs : DTL_JOBS_MAX;
}

enum dtl_status dtl_run_open(struct dtl_run **out, struct dtl_store *store,
                             const struct dtl_run_options *o, dtl_day today, struct dtl_error *err)
{
    struct dtl_run *r = calloc(1, sizeof *r);
    if (!r)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a run");
    r->store = store;
    r->options = *o;
    r->today = today;
    r->current = DTL_NO_FILE;
    r->spills = (struct dtl_spills){.dir = dtl_store_directory(store), .fd = -1};
    r->seen.dir = dtl_store_directory(store);
    struct dtl_bytes dictionary = {0};
    enum dtl_status st = dtl_snapshot_open(store, &r->snapshot, err);
    if (st == DTL_OK)
        st = dtl_snapshot_dictionary(r->snapshot, &dictionary, err);
    if (st == DTL_OK)
        st = dtl_batch_open(&r->batch, store, dictionary, jobs_of(o), err);
    if (st == DTL_OK)
        for (uint32_t i = 0; i < jobs_of(o); i++)
            dtl_analyzer_limit(r->batch.worker[i].analyzer,
                               form_bytes(o->memory_bytes, jobs_of(o)));
    if (st == DTL_OK &&
        !(r->killed = calloc(r->snapshot->segments + 1, sizeof(roaring_bitmap_t *))))
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for a run");
    if (st != DTL_OK) {
        dtl_run_close(r);
        return st;
    }
    r->generation = (uint32_t)(r->snapshot->generation + 1);
    r->figures.generation = r->snapshot->generation;
    *out = r;
    return DTL_OK;
}

void dtl_run_close(struct dtl_run *r)
{
    if (!r)
        return;
    for (size_t i = 0; r->killed && r->snapshot && i < r->snapshot->segments; i++)
        if (r->killed[i])
            roaring_bitmap_free(r->killed[i]);
    free(r->killed);
    free(r->whole);
    dtl_seen_release(&r->seen);
    dtl_spills_release(&r->spills);
    dtl_batch_close(&r->batch);
    dtl_snapshot_close(r->snapshot);
    free(r->file);
    free(r->known);
    free(r->lost);
    free(r->forget);
    free(r->taken);
    free(r->shrunk);
    dtl_arena_release(&r->arena);
    dtl_arena_release(&r->scratch);
    free(r);
}

struct dtl_snapshot *dtl_run_snapshot(struct dtl_run *r)
{
    return r->snapshot;
}

const struct dtl_run_figures *dtl_run_figures(const struct dtl_run *r)
{
    return &r->figures;
}

bool dtl_run_published(const struct dtl_run *r)
{
    return !r->snapshot;
}

bool dtl_run_room(void *array, size_t n, size_t *capacity, size_t size)
{
    void *p = NULL;
    if (n < *capacity)
        return true;
    size_t want = *capacity ? *capacity * 2 : 16;
    memcpy(&p, array, sizeof p);
    if (!(p = realloc(p, want * size)))
        return false;
    memcpy(array, &p, sizeof p);
    *capacity = want;
    return true;
}

void dtl_run_note_memory(struct dtl_run *r, size_t more)
{
    size_t held = more + dtl_seen_memory(&r->seen) + dtl_spills_memory(&r->spills) +
                  r->arena.used_bytes + r->scratch.used_bytes + r->file_capacity * sizeof *r->file +
                  r->known_capacity * sizeof *r->known;
    if (r->snapshot)
        held += r->snapshot->arena.used_bytes;
    if (held > r->peak_bytes)
        r->peak_bytes = held;
}

/* ---- deaths ---- */

bool dtl_run_is_killed(const struct dtl_run *r, uint32_t segment, dtl_doc doc)
{
    return r->killed[segment] && roaring_bitmap_contains(r->killed[segment], doc);
}

bool dtl_run_kill(struct dtl_run *r, uint32_t segment, dtl_doc doc)
{
    if (!r->killed[segment] && !(r->killed[segment] = roaring_bitmap_create()))
        return false;
    roaring_bitmap_add(r->killed[segment], doc);
    return true;
}

uint32_t dtl_run_segment_number(const struct dtl_run *r, const struct dtl_segment *s)
{
    return (uint32_t)(s - r->snapshot->segment);
}

/* ---- the budget ---- */

enum dtl_status dtl_run_spill(struct dtl_run *r, struct dtl_error *err)
{
    enum dtl_status st = dtl_batch_settle(&r->batch, err);
    if (st != DTL_OK)
        return st;
    dtl_run_note_memory(r, dtl_batch_memory(&r->batch));
    if (r->batch.live) {
        if ((st = dtl_spill_batch(&r->spills, &r->batch, err)) != DTL_OK)
            return st;
        r->figures.spills++;
        for (size_t i = 0; i < r->seen.capacity; i++) {
            struct dtl_seen *e = &r->seen.slot[i];
            if (e->taken && e->place == DTL_SEEN_BATCH) {
                e->place = DTL_SEEN_SPILL;
                e->number = (uint16_t)(r->spills.n - 1);
            }
        }
    }
    dtl_batch_reset(&r->batch);
    return DTL_OK;
}

/* Records that wait for a dictionary stand beside the budget: else how much it is trained on, and
 * so every frame, would depend on --memory. They are DTL_SAMPLE_BYTES at most. */
bool dtl_run_is_full(struct dtl_run *r)
{
    size_t held = dtl_batch_memory(&r->batch);
    dtl_run_note_memory(r, held);
    held += dtl_seen_memory(&r->seen) + r->file_capacity * sizeof *r->file + r->arena.used_bytes -
            r->batch.records.committed;
    return held > batch_bytes(r->options.memory_bytes) || r->batch.n >= DTL_SEGMENT_DOCS_MAX;
}

/* ---- identity ---- */

struct stored { /* an article of the snapshot */
    bool found;
    uint32_t segment;
    dtl_doc doc;
};

static enum dtl_status find_stored(struct dtl_run *r, const struct dtl_article *a,
                                   struct stored *out, struct dtl_error *err)
{
    *out = (struct stored){0};
    for (uint32_t i = 0; i < r->snapshot->segments; i++) {
        struct dtl_segment *s = &r->snapshot->segment[i];
        dtl_doc *docs = NULL;
        size_t n = 0;
        enum dtl_status st =
            dtl_identities_find(s, a->source, false, a->id, &r->scratch, &docs, &n, err);
        if (st < 0)
            return st;
        for (size_t k = 0; k < n; k++)
            if (!dtl_is_dead(s, docs[k])) {
                *out = (struct stored){true, i, docs[k]};
                return DTL_OK;
            }
    }
    return DTL_OK;
}

/* The entry of an identity this run has met; *out NULL: none. */
static enum dtl_status find_seen(struct dtl_run *r, const struct dtl_article *a, uint64_t hash,
                                 struct dtl_seen **out, struct dtl_error *err)
{
    *out = NULL;
    for (struct dtl_seen *e = NULL; (e = dtl_seen_find(&r->seen, hash, e)) != NULL;) {
        struct dtl_bytes id = {0}, source = {0};
        if (e->place == DTL_SEEN_BATCH) {
            id = dtl_batch_id(&r->batch, e->doc);
            source = dtl_batch_source(&r->batch, e->doc);
        } else if (e->place == DTL_SEEN_SPILL) {
            id = dtl_gathered_id(&r->spills.v[e->number].gathered, e->doc);
            source = dtl_gathered_source_of(&r->spills.v[e->number].gathered, e->doc);
        } else {
            struct dtl_segment *s = &r->snapshot->segment[e->number];
            enum dtl_status st = dtl_identities_of(s, e->doc, &r->scratch, &id, &source, err);
            if (st < 0)
                return st;
        }
        if (dtl_bytes_equal(id, a->id) && dtl_bytes_equal(source, a->source)) {
            *out = e;
            break;
        }
    }
    return DTL_OK;
}

struct verdict { /* what becomes of an article */
    struct stored stored;
    enum dtl_seen_class class;
    bool write;             /* it goes into the batch */
    bool revived;           /* it had been removed in this run */
    bool killed;            /* what is stored is dead when this run ends */
    struct dtl_article old; /* when stored.found; views in scratch */
};

static enum dtl_status judge(struct dtl_run *r, const struct dtl_article *a,
                             const struct dtl_seen *e, struct verdict *v, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    *v = (struct verdict){.class = DTL_SEEN_ADDED, .write = true};
    if (e && e->class == DTL_SEEN_ADDED)
        return DTL_OK;
    if ((st = find_stored(r, a, &v->stored, err)) < 0 || !v->stored.found)
        return st;
    struct dtl_segment *s = &r->snapshot->segment[v->stored.segment];
    if ((st = dtl_snapshot_article(r->snapshot, s, v->stored.doc, &r->scratch, &v->old, err)) < 0)
        return st;
    bool killed = v->killed = dtl_run_is_killed(r, v->stored.segment, v->stored.doc);
    bool equal = dtl_article_equal(&v->old, a);
    v->class = equal ? DTL_SEEN_UNCHANGED : DTL_SEEN_CHANGED;
    v->write = killed || !equal || !dtl_bytes_equal(v->old.path, a->path);
    v->revived = killed && !e;
    return DTL_OK;
}

/* ---- in ---- */

static uint64_t *figure(struct dtl_run *r, unsigned class)
{
    return class == DTL_SEEN_ADDED     ? &r->figures.added
           : class == DTL_SEEN_CHANGED ? &r->figures.changed
                                       : &r->figures.unchanged;
}

static void count_file(struct dtl_run *r, const struct dtl_seen *e, bool more)
{
    if (e->file == DTL_NO_FILE)
        return;
    struct dtl_run_file *f = &r->file[e->file];
    if (more) {
        f->articles++;
        f->undated += e->undated;
    } else {
        f->articles--;
        f->undated -= e->undated;
    }
}

/* The identity comes again: what it gave before in this run is undone. */
static enum dtl_status undo(struct dtl_run *r, const struct dtl_seen *e, struct dtl_error *err)
{
    r->figures.twice++;
    --*figure(r, e->class);
    count_file(r, e, false);
    if (e->place == DTL_SEEN_BATCH)
        dtl_batch_drop(&r->batch, e->doc);
    else if (e->place == DTL_SEEN_SPILL)
        dtl_spill_drop(&r->spills.v[e->number], e->doc);
    if (e->file == DTL_NO_FILE || r->current == DTL_NO_FILE || e->file == r->current)
        return DTL_OK;
    return dtl_run_taken(r, e->file, r->file[r->current].row.path, err);
}

/* A grown file gives again what it is counted with already. */
static void take_back(struct dtl_run *r, struct dtl_run_file *f, const struct dtl_article *old)
{
    r->figures.unchanged -= r->figures.unchanged > 0;
    f->articles -= f->articles > 0;
    f->undated -= f->undated > 0 && !dtl_interval_dated(old->date);
}

static enum dtl_status settle_old(struct dtl_run *r, const struct dtl_article *a,
                                  const struct dtl_seen *e, const struct verdict *v,
                                  struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (!v->stored.found)
        return DTL_OK;
    if (v->revived)
        r->figures.removed--;
    else if (!e && !dtl_bytes_equal(dtl_article_file(&v->old), dtl_article_file(a)))
        st = dtl_run_lose(r, &v->old, err);
    else if (!e && r->current != DTL_NO_FILE && r->file[r->current].grown)
        take_back(r, &r->file[r->current], &v->old);
    if (st == DTL_OK && v->write && !dtl_run_kill(r, v->stored.segment, v->stored.doc))
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory to replace an article");
    dtl_run_mark_known(r, v->stored.segment, v->stored.doc);
    return st;
}

/* Of a file read again: has another file the article? */
static bool another_has(const struct dtl_run *r, const struct dtl_article *a,
                        const struct dtl_seen *e, const struct verdict *v, struct dtl_bytes *by)
{
    if (e) {
        *by = e->file == DTL_NO_FILE ? dtl_bytes(NULL, 0) : r->file[e->file].row.path;
        return e->file != r->current && !dtl_bytes_equal(*by, dtl_article_file(a));
    }
    if (!v->stored.found || v->killed)
        return false;
    *by = dtl_article_file(&v->old);
    return !dtl_bytes_equal(*by, dtl_article_file(a));
}

static enum dtl_status note_other(struct dtl_run *r, struct dtl_bytes by, struct dtl_error *err)
{
    for (size_t i = r->takens; i-- && r->taken[i].file == r->current;)
        if (dtl_bytes_equal(r->taken[i].by, by))
            return DTL_OK;
    char *copy = dtl_arena_strndup(&r->arena, (const char *)by.p, by.n);
    if (!copy)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the files of a run");
    return dtl_run_taken(r, r->current, dtl_bytes(copy, by.n), err);
}

static void count_dates(struct dtl_run *r, const struct dtl_article *a)
{
    if (!dtl_interval_dated(a->date))
        r->figures.undated++;
    else if (a->date.earliest > r->today + 1)
        r->figures.future++;
}

enum dtl_status dtl_run_add(struct dtl_run *r, const struct dtl_article *a, struct dtl_error *err)
{
    struct dtl_seen *e = NULL;
    struct verdict v;
    struct dtl_bytes by;
    uint32_t local = 0;
    uint64_t hash = dtl_hash_identity(a->source, a->id);
    dtl_arena_reset(&r->scratch);
    enum dtl_status st = find_seen(r, a, hash, &e, err);
    if (st < 0 || (st = judge(r, a, e, &v, err)) < 0)
        return st;
    if (r->recovering && another_has(r, a, e, &v, &by))
        return note_other(r, by, err);
    if (r->recovering && e && e->file != r->current) { /* read when the file had grown */
        count_file(r, e, false);
        e->file = r->current;
        count_file(r, e, true);
        if (v.stored.found)
            dtl_run_mark_known(r, v.stored.segment, v.stored.doc);
        return DTL_OK;
    }
    uint32_t generation = r->generation;
    if (v.write && v.class == DTL_SEEN_UNCHANGED) /* its place alone is new: it is no news */
        st = dtl_columns_generation(&r->snapshot->segment[v.stored.segment], v.stored.doc,
                                    &generation, err);
    if (v.write && st == DTL_OK)
        st = dtl_batch_add(&r->batch, a, generation, &local, err);
    if (st != DTL_OK)
        return st;
    struct dtl_seen now = {.hash = hash,
                           .place = v.write ? DTL_SEEN_BATCH : DTL_SEEN_STORED,
                           .number = v.write ? 0 : (uint16_t)v.stored.segment,
                           .doc = v.write ? local : v.stored.doc,
                           .file = r->current,
                           .class = (uint8_t)v.class,
                           .taken = true,
                           .undated = !dtl_interval_dated(a->date)};
    if (e && (st = undo(r, e, err)) < 0)
        return st;
    if ((st = settle_old(r, a, e, &v, err)) < 0)
        return st;
    if (e)
        *e = now;
    else if ((st = dtl_seen_add(&r->seen, &now, err)) < 0)
        return st;
    ++*figure(r, v.class);
    count_file(r, &now, true);
    if (v.class != DTL_SEEN_UNCHANGED)
        count_dates(r, a);
    return dtl_run_is_full(r) ? dtl_run_spill(r, err) : DTL_OK;
}
