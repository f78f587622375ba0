/*
 * publish.c - the end of a run: what is in memory and in spilled runs becomes segments, the killed
 * become dead or their segments are rewritten, rows are gathered, and one transaction shows it all.
 */
#include "indexer/build/cut.h"
#include "indexer/build/deliver.h"
#include "indexer/build/kill.h"
#include "indexer/build/run_private.h"
#include "indexer/build/stored.h"
#include "indexer/build/taken.h"

#include <stdlib.h>
#include <time.h>

struct publishing {
    struct dtl_run *r;
    struct dtl_segment_facts *add;
    size_t adds, add_capacity;
    struct dtl_segment_name *drop;
    size_t drops, drop_capacity;
    struct dtl_dead_update *dead;
    struct dtl_dead **own; /* the same dead, to be released */
    size_t deads, dead_capacity, own_capacity;
    struct dtl_source_row *source;
    size_t sources, source_capacity;
    struct dtl_arena arena; /* groups of facts, rows read */
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to publish");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static enum dtl_status add_segment(struct publishing *p, const struct dtl_segment_facts *facts,
                                   struct dtl_error *err)
{
    if (!dtl_run_room(&p->add, p->adds, &p->add_capacity, sizeof *p->add))
        return no_memory(err);
    p->add[p->adds++] = *facts;
    return DTL_OK;
}

static enum dtl_status write_parts(struct publishing *p, const struct dtl_merge_plan *plan,
                                   struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; st == DTL_OK && i < plan->parts; i++) {
        struct dtl_segment_facts facts;
        size_t peak = 0;
        st = dtl_merge_write(plan, i, p->r->store, dtl_run_flush_bytes(p->r->options.memory_bytes),
                             &p->arena, &facts, &peak, err);
        dtl_run_note_memory(p->r, peak + dtl_run_flush_bytes(p->r->options.memory_bytes));
        if (st == DTL_OK)
            st = add_segment(p, &facts, err);
    }
    return st;
}

/* ---- what was fed ---- */

/* How many segments may be written at once beside what is held. */
static uint32_t together(const struct dtl_run *r, size_t held, uint32_t parts)
{
    size_t used = held + dtl_run_flush_bytes(r->options.memory_bytes);
    size_t left = r->options.memory_bytes > used ? r->options.memory_bytes - used : 0;
    size_t n = left / DTL_DELIVERY_SEGMENT_BYTES;
    return n < 1 ? 1 : n < parts ? (uint32_t)n : parts;
}

static enum dtl_status deliver(struct publishing *p, struct dtl_gathered **g, size_t n,
                               const struct dtl_arrangement *a, size_t held, struct dtl_error *err)
{
    struct dtl_run *r = p->r;
    size_t peak = 0;
    struct dtl_segment_facts *facts = calloc(a->parts + 1, sizeof *facts);
    if (!facts)
        return no_memory(err);
    struct dtl_delivery d = {.store = r->store,
                             .gathered = g,
                             .n = n,
                             .arrangement = a,
                             .title_weight = dtl_store_settings(r->store)->title_weight,
                             .flush_bytes = dtl_run_flush_bytes(r->options.memory_bytes),
                             .together = together(r, held, a->parts),
                             .jobs = r->options.jobs};
    enum dtl_status st = dtl_deliver(&d, facts, &p->arena, &peak, err);
    dtl_run_note_memory(r, peak + held + dtl_arrangement_memory(a) + d.flush_bytes);
    for (uint32_t i = 0; st == DTL_OK && i < a->parts; i++)
        st = add_segment(p, &facts[i], err);
    free(facts);
    return st;
}

/* The batch stays in memory when all its segments can be written beside it at once. */
static enum dtl_status make_room(struct dtl_run *r, uint64_t weight, uint64_t cap,
                                 struct dtl_error *err)
{
    uint64_t parts = weight / cap + 2;
    size_t held = dtl_batch_memory(&r->batch);
    bool fits =
        together(r, held, (uint32_t)(parts < DTL_PARTS_MOST ? parts : DTL_PARTS_MOST)) >= parts;
    return weight <= cap || fits ? DTL_OK : dtl_run_spill(r, err);
}

static enum dtl_status write_fed(struct publishing *p, struct dtl_error *err)
{
    struct dtl_run *r = p->r;
    enum dtl_status st = dtl_batch_settle(&r->batch, err);
    uint64_t weight = r->batch.cut_weight;
    for (size_t i = 0; i < r->spills.n; i++)
        weight += r->spills.v[i].cut_weight;
    uint64_t cap =
        dtl_cut_cap(dtl_stored_archive_weight(r->snapshot) + weight, r->options.cap_least);
    if (st == DTL_OK)
        st = make_room(r, weight, cap, err);
    if (st != DTL_OK)
        return st;
    struct dtl_gathered batch = {0};
    struct dtl_arrangement a = {0};
    struct dtl_gathered **g = calloc(r->spills.n + 1, sizeof(struct dtl_gathered *));
    size_t n = 0, held = dtl_batch_memory(&r->batch);
    if (!g)
        return no_memory(err);
    for (; n < r->spills.n; n++)
        g[n] = &r->spills.v[n].gathered;
    if (r->batch.live) {
        st = dtl_batch_gather(&r->batch, &batch, err);
        g[n++] = &batch;
    }
    if (st == DTL_OK)
        st = dtl_arrange(&a, g, n, cap, DTL_SEGMENT_DOCS_MAX, err);
    if (st == DTL_OK && a.parts)
        st = deliver(p, g, n, &a, held, err);
    dtl_arrangement_release(&a);
    dtl_batch_release(&batch);
    free(g);
    return st;
}

/* ---- deaths ---- */

static enum dtl_status drop(struct publishing *p, uint32_t segment, struct dtl_error *err)
{
    const struct dtl_segment_facts *f = &p->r->snapshot->segment[segment].facts;
    if (!dtl_run_room(&p->drop, p->drops, &p->drop_capacity, sizeof *p->drop))
        return no_memory(err);
    p->drop[p->drops++] = (struct dtl_segment_name){f->first_day, f->serial};
    return DTL_OK;
}

static enum dtl_status rewrite(struct publishing *p, uint32_t segment, struct dtl_error *err)
{
    struct dtl_run *r = p->r;
    struct dtl_stored_inputs x = {0};
    struct dtl_merge_plan plan = {0};
    const roaring_bitmap_t *dropped = r->killed[segment];
    enum dtl_status st = dtl_stored_open(&x, r->snapshot, &segment, 1, &dropped, false, err);
    if (st == DTL_OK)
        st = dtl_merge_plan(&plan, x.input, 1, UINT64_MAX, DTL_SEGMENT_DOCS_MAX, err);
    if (st == DTL_OK)
        st = write_parts(p, &plan, err);
    dtl_merge_plan_release(&plan);
    dtl_stored_close(&x);
    return st == DTL_OK ? drop(p, segment, err) : st;
}

static enum dtl_status write_deaths(struct publishing *p, struct dtl_error *err)
{
    struct dtl_run *r = p->r;
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; st == DTL_OK && i < r->snapshot->segments; i++) {
        struct dtl_segment *s = &r->snapshot->segment[i];
        uint64_t n = r->killed[i] ? roaring_bitmap_get_cardinality(r->killed[i]) : 0;
        struct dtl_dead *dead = NULL;
        if (r->whole && r->whole[i]) {
            st = drop(p, i, err);
            continue;
        }
        if (n == 0)
            continue;
        if (n > s->facts.docs / 16) {
            st = rewrite(p, i, err);
            continue;
        }
        st = dtl_kill(r->snapshot, s, r->killed[i], dtl_batch_analyzer(&r->batch), &dead, err);
        if (st != DTL_OK)
            break;
        if (!dtl_run_room(&p->dead, p->deads, &p->dead_capacity, sizeof *p->dead) ||
            !dtl_run_room(&p->own, p->deads, &p->own_capacity, sizeof(struct dtl_dead *))) {
            dtl_dead_release(dead);
            return no_memory(err);
        }
        p->own[p->deads] = dead;
        p->dead[p->deads++] = (struct dtl_dead_update){
            {s->facts.first_day, s->facts.serial},
            dead
        };
    }
    return st;
}

/* ---- rows of source files ---- */

static int by_path(const void *a, const void *b)
{
    return dtl_bytes_compare(((const struct dtl_lost *)a)->path,
                             ((const struct dtl_lost *)b)->path);
}

static int by_file(const void *a, const void *b)
{
    const struct dtl_taken *x = a, *y = b;
    return (x->file > y->file) - (x->file < y->file);
}

static int by_bytes(const void *a, const void *b)
{
    return dtl_bytes_compare(*(const struct dtl_bytes *)a, *(const struct dtl_bytes *)b);
}

static int by_path_then_last(const void *a, const void *b, void *ctx)
{
    const struct dtl_run_file *file = ctx;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int c = dtl_bytes_compare(file[x].row.path, file[y].row.path);
    return c ? c : (x > y) - (x < y);
}

/* A file of which only what is new was read keeps its counts, less what others took from it.
 * `lost` is any of the entries of its path. */
static void subtract_lost(const struct dtl_run *r, const struct dtl_lost *lost,
                          struct dtl_source_row *row)
{
    while (lost > r->lost && by_path(lost - 1, lost) == 0)
        lost--;
    for (const struct dtl_lost *l = lost; l < r->lost + r->losts && by_path(l, lost) == 0; l++) {
        row->articles -= row->articles > 0;
        row->undated -= row->undated > 0 && l->undated;
    }
}

/* The row says which files have what it gave: those that took it (`lost`, entries of its path), and
 * those that came behind it in this run (`file`; DTL_NO_FILE: it was not read). */
static enum dtl_status name_takers(struct publishing *p, struct dtl_source_row *row,
                                   const struct dtl_lost *lost, uint32_t file,
                                   struct dtl_error *err)
{
    const struct dtl_run *r = p->r;
    struct dtl_taken key = {.file = file}, *t = NULL;
    if (r->takens && file != DTL_NO_FILE)
        t = bsearch(&key, r->taken, r->takens, sizeof *t, by_file);
    if (!lost && !t)
        return DTL_OK;
    struct dtl_buffer reasons = {0};
    bool ok = dtl_buffer_append(&reasons, row->reasons.p, row->reasons.n);
    for (; lost && lost > r->lost && by_path(lost - 1, lost) == 0; lost--)
        ;
    const struct dtl_lost *last = NULL; /* takers come in runs */
    for (const struct dtl_lost *l = lost;
         ok && l && l < r->lost + r->losts && by_path(l, lost) == 0; last = l++)
        if (l->by.n && (!last || last->by.p != l->by.p))
            ok = dtl_taken_note(&reasons, l->by);
    for (; t && t > r->taken && t[-1].file == file; t--)
        ;
    for (; ok && t && t < r->taken + r->takens && t->file == file; t++)
        ok = dtl_taken_note(&reasons, t->by);
    char *text = ok ? dtl_arena_strndup(&p->arena, (const char *)reasons.p, reasons.n) : NULL;
    row->reasons = dtl_bytes(text, text ? reasons.n : 0);
    dtl_buffer_release(&reasons);
    return text ? DTL_OK : no_memory(err);
}

/* A path fed twice has one row: the last one's. Marks paths found among the lost. */
static enum dtl_status gather_rows(struct publishing *p, bool *fed, struct dtl_error *err)
{
    struct dtl_run *r = p->r;
    uint32_t *order = malloc((r->files + 1) * sizeof *order);
    if (!order)
        return no_memory(err);
    for (uint32_t i = 0; i < r->files; i++)
        order[i] = i;
    qsort_r(order, r->files, sizeof *order, by_path_then_last, r->file);
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; st == DTL_OK && i < r->files; i++) {
        struct dtl_run_file *f = &r->file[order[i]];
        bool again =
            i + 1 < r->files && dtl_bytes_equal(f->row.path, r->file[order[i + 1]].row.path);
        if (!f->put || (again && r->file[order[i + 1]].put))
            continue;
        if (!dtl_run_room(&p->source, p->sources, &p->source_capacity, sizeof *p->source)) {
            st = no_memory(err);
            break;
        }
        struct dtl_source_row *row = &p->source[p->sources++];
        *row = f->row;
        row->articles = f->articles;
        row->undated = f->undated;
        row->bookmark = f->marked ? &f->bookmark : NULL;
        struct dtl_lost key = {.path = row->path};
        struct dtl_lost *lost =
            r->losts ? bsearch(&key, r->lost, r->losts, sizeof *r->lost, by_path) : NULL;
        if (lost && f->grown)
            subtract_lost(r, lost, row);
        if (lost)
            fed[lost - r->lost] = true;
        st = name_takers(p, row, f->grown ? lost : NULL, order[i], err);
    }
    free(order);
    return st;
}

/* Files not read in this run that lost articles to others. */
static enum dtl_status gather_lost(struct publishing *p, const bool *fed, struct dtl_error *err)
{
    struct dtl_run *r = p->r;
    enum dtl_status st = DTL_OK;
    for (size_t i = 0, next; st == DTL_OK && i < r->losts; i = next) {
        uint32_t articles = 0, undated = 0;
        bool known = false;
        struct dtl_source_row row;
        for (next = i; next < r->losts && by_path(&r->lost[i], &r->lost[next]) == 0; next++) {
            articles++;
            undated += r->lost[next].undated;
            known = known || fed[next];
        }
        if (known)
            continue;
        st = dtl_sources_get(r->snapshot, r->lost[i].path, &p->arena, &row, err);
        if (st == DTL_NOTFOUND) {
            st = DTL_OK;
            continue;
        }
        if (st < 0)
            break;
        row.articles -= articles < row.articles ? articles : row.articles;
        row.undated -= undated < row.undated ? undated : row.undated;
        if ((st = name_takers(p, &row, &r->lost[i], DTL_NO_FILE, err)) < 0)
            break;
        if (!dtl_run_room(&p->source, p->sources, &p->source_capacity, sizeof *p->source))
            return no_memory(err);
        p->source[p->sources++] = row;
    }
    return st;
}

/* A forgotten path has no row, whatever else happened to it. */
static void leave_out_forgotten(struct publishing *p)
{
    struct dtl_run *r = p->r;
    size_t kept = 0;
    qsort(r->forget, r->forgets, sizeof *r->forget, by_bytes);
    for (size_t i = 0; i < p->sources; i++)
        if (!bsearch(&p->source[i].path, r->forget, r->forgets, sizeof *r->forget, by_bytes))
            p->source[kept++] = p->source[i];
    p->sources = kept;
}

static enum dtl_status write_rows(struct publishing *p, struct dtl_error *err)
{
    struct dtl_run *r = p->r;
    bool *fed = calloc(r->losts + 1, sizeof *fed);
    if (!fed)
        return no_memory(err);
    if (r->losts)
        qsort(r->lost, r->losts, sizeof *r->lost, by_path);
    if (r->takens)
        qsort(r->taken, r->takens, sizeof *r->taken, by_file);
    enum dtl_status st = gather_rows(p, fed, err);
    if (st == DTL_OK)
        st = gather_lost(p, fed, err);
    if (r->forgets)
        leave_out_forgotten(p);
    free(fed);
    return st;
}

/* ---- all of it ---- */

static enum dtl_status publish(struct publishing *p, struct dtl_error *err)
{
    struct dtl_run *r = p->r;
    struct dtl_publication all = {.add = p->add,
                                  .adds = p->adds,
                                  .drop = p->drop,
                                  .drops = p->drops,
                                  .dead = p->dead,
                                  .deads = p->deads,
                                  .source = p->source,
                                  .sources = p->sources,
                                  .forget = r->forget,
                                  .forgets = r->forgets,
                                  .new_generation = p->adds || p->drops || p->deads};
    if (!all.new_generation && !all.sources && !all.forgets)
        return DTL_OK;
    enum dtl_status st = dtl_writer_publish(r->store, &all, err);
    if (st == DTL_OK && all.new_generation)
        r->figures.generation = r->generation;
    return st;
}

/* Everything the run held but its figures. */
static void let_go(struct dtl_run *r)
{
    for (size_t i = 0; i < r->snapshot->segments; i++)
        if (r->killed[i])
            roaring_bitmap_free(r->killed[i]);
    free(r->killed);
    r->killed = NULL;
    dtl_snapshot_close(r->snapshot);
    r->snapshot = NULL;
    dtl_seen_release(&r->seen);
    dtl_spills_release(&r->spills);
    dtl_batch_close(&r->batch);
}

static uint64_t bytes_of(const struct dtl_segment_facts *f)
{
    uint64_t bytes = 0;
    for (int part = 0; part < DTL_PARTS_END; part++)
        bytes += f->part_bytes[part];
    for (size_t g = 0; g < f->groups; g++)
        bytes += f->group[g].bytes;
    return bytes;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

enum dtl_status dtl_run_publish(struct dtl_run *r, struct dtl_error *err)
{
    struct publishing p = {.r = r};
    if (!r->snapshot)
        return dtl_fail(err, DTL_EUSAGE, 0, "this run has been published");
    enum dtl_status st = write_fed(&p, err);
    dtl_batch_reset(&r->batch);
    if (st == DTL_OK && (st = write_deaths(&p, err)) == DTL_OK &&
        (st = write_rows(&p, err)) == DTL_OK)
        st = publish(&p, err);
    for (size_t i = 0; i < p.adds; i++)
        r->figures.index_bytes += bytes_of(&p.add[i]);
    for (size_t i = 0; i < p.deads; i++)
        dtl_dead_release(p.own[i]);
    free(p.add);
    free(p.drop);
    free(p.dead);
    free(p.own);
    free(p.source);
    dtl_arena_release(&p.arena);
    if (st == DTL_OK) {
        r->figures.searchable = seconds_now();
        let_go(r);
        if (p.drops)
            st = dtl_writer_sweep(r->store, err);
        if (st == DTL_OK)
            st =
                dtl_schedule_merges(r->store, &r->options, &r->figures.merges, &r->peak_bytes, err);
    }
    r->figures.private_bytes_peak = r->peak_bytes;
    return st;
}
