/* news.c - the matches, held against what was told. */
#include "query/alerts/news.h"

#include <stdlib.h>

#include "common/base/hash.h"
#include "common/segment/columns.h"
#include "common/segment/identities.h"

struct finding {
    struct dtl_snapshot *snap;
    const struct dtl_told *told;
    bool same_history; /* a generation means what it meant when it was told */
    struct dtl_news *news;
    struct dtl_arena *arena;
    struct dtl_arena article;
    struct dtl_buffer record;
    struct dtl_buffer *docs, *changes; /* by segment */
    struct dtl_buffer entries;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for what is new");
}

/* When `generation` was made. */
static enum dtl_status published(struct dtl_snapshot *snap, uint64_t generation, int64_t *seconds,
                                 struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct dtl_run_time *run = NULL;
    size_t n = 0;
    enum dtl_status st = dtl_snapshot_runs(snap, &arena, &run, &n, err);
    *seconds = DTL_TOLD_UNKNOWN;
    for (size_t i = 0; st == DTL_OK && i < n; i++)
        if (run[i].generation == generation)
            *seconds = run[i].seconds;
    dtl_arena_release(&arena);
    return st;
}

/* Everything an article says, whatever file it stands in. */
static enum dtl_status content_of(struct finding *f, struct dtl_segment *s, dtl_doc doc,
                                  uint64_t *content, struct dtl_error *err)
{
    struct dtl_article a = {0};
    enum dtl_status st = dtl_snapshot_article(f->snap, s, doc, &f->article, &a, err);
    if (st < 0)
        return st;
    a.path = dtl_bytes(NULL, 0);
    a.file_bytes = 0;
    dtl_buffer_reset(&f->record);
    if (!dtl_article_encode(&a, &f->record))
        return no_memory(err);
    *content = dtl_hash64(dtl_buffer_view(&f->record), 0);
    return DTL_OK;
}

static enum dtl_status look_at(struct finding *f, const struct dtl_matches *m, dtl_doc doc,
                               struct dtl_error *err)
{
    struct dtl_bytes id = {0}, source = {0};
    struct dtl_told_entry now = {0};
    dtl_arena_reset(&f->article);
    enum dtl_status st = dtl_columns_generation(m->segment, doc, &now.generation, err);
    if (st == DTL_OK)
        st = dtl_identities_of(m->segment, doc, &f->article, &id, &source, err);
    if (st < 0)
        return st;
    now.identity = dtl_hash_identity(source, id);
    const struct dtl_told_entry *before = dtl_told_find(f->told, now.identity);
    if (before && f->same_history && before->generation == now.generation)
        return DTL_OK;
    if ((st = content_of(f, m->segment, doc, &now.content, err)) < 0)
        return st;
    dtl_buffer_append(&f->entries, &now, sizeof now);
    if (!before || before->content != now.content) {
        dtl_buffer_u32(&f->docs[m->number], doc);
        dtl_buffer_byte(&f->changes[m->number], before ? DTL_CHANGE_REVISED : DTL_CHANGE_NEW);
        f->news->revised += before != NULL;
        f->news->total++;
    }
    return f->entries.failed || f->docs[m->number].failed || f->changes[m->number].failed
               ? no_memory(err)
               : DTL_OK;
}

static enum dtl_status look(void *ctx, const struct dtl_matches *m, struct dtl_error *err)
{
    struct finding *f = ctx;
    enum dtl_status st = DTL_OK;
    for (uint32_t k = 0; 64 * k < m->end - m->begin && st == DTL_OK; k++)
        for (uint64_t left = m->bits[k]; left && st == DTL_OK; left &= left - 1)
            st = look_at(f, m, m->begin + 64 * k + (dtl_doc)__builtin_ctzll(left), err);
    return st;
}

static void *copy(struct dtl_arena *arena, const struct dtl_buffer *b)
{
    void *p = dtl_arena_take(arena, b->n + 1);
    if (p && b->n)
        memcpy(p, b->p, b->n);
    return p;
}

struct listed {
    dtl_doc doc;
    uint8_t change;
};

static int by_document(const void *pa, const void *pb)
{
    const struct listed *a = pa, *b = pb;
    return (a->doc > b->doc) - (a->doc < b->doc);
}

/* The zones of a segment are visited one after the other, which is the documents' order; sorted all
 * the same, because the search depends on it. */
static enum dtl_status keep_segment(struct finding *f, size_t i, struct dtl_error *err)
{
    struct dtl_docs *out = &f->news->segment[i];
    const dtl_doc *doc = (const void *)f->docs[i].p;
    size_t n = f->docs[i].n / sizeof *doc;
    struct listed *list = dtl_arena_take(&f->article, (n + 1) * sizeof *list);
    dtl_doc *sorted = dtl_arena_take(f->arena, (n + 1) * sizeof *sorted);
    uint8_t *change = copy(f->arena, &f->changes[i]);
    if (!list || !sorted || !change)
        return no_memory(err);
    for (size_t k = 0; k < n; k++)
        list[k] = (struct listed){doc[k], change[k]};
    if (n > 1)
        qsort(list, n, sizeof *list, by_document);
    for (size_t k = 0; k < n; k++) {
        sorted[k] = list[k].doc;
        change[k] = list[k].change;
    }
    *out = (struct dtl_docs){sorted, (uint32_t)n};
    f->news->change[i] = change;
    return DTL_OK;
}

static enum dtl_status keep(struct finding *f, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_news *n = f->news;
    n->segment = dtl_arena_alloc(f->arena, (f->snap->segments + 1) * sizeof *n->segment);
    n->change = dtl_arena_alloc(f->arena, (f->snap->segments + 1) * sizeof *n->change);
    n->entry = copy(f->arena, &f->entries);
    n->entries = f->entries.n / sizeof *n->entry;
    if (!n->segment || !n->change || !n->entry)
        return no_memory(err);
    for (size_t i = 0; i < f->snap->segments && st == DTL_OK; i++) {
        dtl_arena_reset(&f->article);
        st = keep_segment(f, i, err);
    }
    return st;
}

enum dtl_status dtl_news_find(struct dtl_snapshot *snap, struct dtl_plan *plan,
                              const struct dtl_query *q, const struct dtl_told *told, int64_t now,
                              struct dtl_arena *arena, struct dtl_news *out, struct dtl_error *err)
{
    struct dtl_news news = {.generation = snap->generation};
    struct finding f = {.snap = snap, .told = told, .news = &news, .arena = arena};
    int64_t then = DTL_TOLD_UNKNOWN;
    size_t room = (snap->segments + 1) * sizeof(struct dtl_buffer);
    f.docs = dtl_arena_alloc(arena, room);
    f.changes = dtl_arena_alloc(arena, room);
    enum dtl_status st = f.docs && f.changes ? DTL_OK : no_memory(err);
    if (st == DTL_OK)
        st = published(snap, told->generation, &then, err);
    f.same_history = then != DTL_TOLD_UNKNOWN && then == told->published;
    if (st == DTL_OK)
        st = published(snap, snap->generation, &news.published, err);
    if (news.published >= now) /* another index may still be made in this second */
        news.published = DTL_TOLD_UNKNOWN;
    if (st == DTL_OK)
        st = dtl_search_visit(snap, plan, q, q->root, look, &f, err);
    if (st == DTL_OK)
        st = keep(&f, err);
    for (size_t i = 0; f.docs && f.changes && i < snap->segments; i++) {
        dtl_buffer_release(&f.docs[i]);
        dtl_buffer_release(&f.changes[i]);
    }
    dtl_buffer_release(&f.record);
    dtl_buffer_release(&f.entries);
    dtl_arena_release(&f.article);
    if (st == DTL_OK)
        *out = news;
    return st;
}

enum dtl_change dtl_news_change(const struct dtl_news *n, size_t segment, dtl_doc doc)
{
    const struct dtl_docs *d = &n->segment[segment];
    size_t from = 0, to = d->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (d->doc[middle] == doc)
            return (enum dtl_change)n->change[segment][middle];
        if (d->doc[middle] < doc)
            from = middle + 1;
        else
            to = middle;
    }
    return DTL_CHANGE_NONE;
}
