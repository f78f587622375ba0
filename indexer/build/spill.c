/*
 * spill.c - the stretch of a batch in the run's file: articles, their strings, then for each worker
 * its numbers, its frames and its terms, each at a multiple of 64.
 */
#include "indexer/build/spill.h"

#include "indexer/build/cut.h"
#include "indexer/build/temp.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096u

struct spilling {
    int fd;
    uint64_t base; /* of the stretch in the file */
    uint64_t end;  /* of what is used of it */
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to spill a batch");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static uint64_t up(uint64_t n, uint64_t to)
{
    return (n + to - 1) & ~(to - 1);
}

static enum dtl_status put(void *ctx, struct dtl_bytes bytes, struct dtl_error *err)
{
    struct spilling *x = ctx;
    enum dtl_status st = dtl_temp_write(x->fd, x->base + x->end, bytes, err);
    x->end += bytes.n;
    return st;
}

/* A stretch of its own; *at is where it begins. */
static enum dtl_status put_at(struct spilling *x, struct dtl_bytes bytes, uint64_t *at,
                              struct dtl_error *err)
{
    *at = x->end = up(x->end, 64);
    return put(x, bytes, err);
}

struct places { /* of one worker's things */
    uint64_t locals, frames, terms, terms_end;
};

static enum dtl_status write_worker(struct spilling *x, const struct dtl_worker *w,
                                    const struct dtl_gathered_source *s, struct places *p,
                                    struct dtl_error *err)
{
    enum dtl_status st;
    if ((st = put_at(x, dtl_bytes(w->locals.base, w->locals.used), &p->locals, err)) == DTL_OK &&
        (st = put_at(x, dtl_bytes(w->frames.base, w->frames.used), &p->frames, err)) == DTL_OK &&
        (st = put_at(x, dtl_bytes(NULL, 0), &p->terms, err)) == DTL_OK)
        st = dtl_inverted_save(&s->terms, put, x, err);
    p->terms_end = x->end;
    return st;
}

static enum dtl_status write_stretch(struct spilling *x, struct dtl_batch *b,
                                     const struct dtl_gathered *g, struct dtl_spill *out,
                                     struct dtl_error *err)
{
    uint64_t articles = 0, strings = 0;
    struct places *p = calloc(g->sources, sizeof *p);
    out->gathered.source = calloc(g->sources, sizeof *out->gathered.source);
    enum dtl_status st = p && out->gathered.source ? DTL_OK : no_memory(err);
    if (st == DTL_OK &&
        (st = put_at(x, dtl_bytes(b->articles.base, b->articles.used), &articles, err)) == DTL_OK)
        st = put_at(x, dtl_bytes(b->strings.base, b->strings.used), &strings, err);
    for (uint32_t i = 0; st == DTL_OK && i < g->sources; i++)
        st = write_worker(x, &b->worker[i], &g->source[i], &p[i], err);
    if (st == DTL_OK)
        st = dtl_temp_map(x->fd, x->base, x->end, &out->map, err);
    if (st == DTL_OK) {
        uint8_t *map = out->map;
        out->map_bytes = x->end;
        out->live = b->live;
        out->cut_weight = b->cut_weight;
        out->gathered.article = (struct dtl_batch_article *)(void *)(map + articles);
        out->gathered.strings = map + strings;
        out->gathered.n = g->n;
        out->gathered.sources = g->sources;
        for (uint32_t i = 0; i < g->sources; i++)
            out->gathered.source[i] = (struct dtl_gathered_source){
                .frames = map + p[i].frames,
                .terms = dtl_inverted_of(dtl_bytes(map + p[i].terms, p[i].terms_end - p[i].terms)),
                .local = (const uint32_t *)(const void *)(map + p[i].locals),
                .articles = g->source[i].articles};
    }
    free(p);
    return st;
}

static void spill_close(struct dtl_spill *s)
{
    dtl_batch_release(&s->gathered);
    if (s->map)
        munmap(s->map, s->map_bytes);
    *s = (struct dtl_spill){0};
}

enum dtl_status dtl_spill_batch(struct dtl_spills *s, struct dtl_batch *b, struct dtl_error *err)
{
    struct dtl_gathered g = {0};
    struct dtl_spill spill = {0};
    enum dtl_status st = DTL_OK;
    if (s->n == UINT16_MAX)
        return dtl_fail(err, DTL_ELIMIT, s->n, "too many spilled runs: raise --memory");
    if (s->fd < 0 && (st = dtl_temp_open(s->dir, &s->fd, err)) != DTL_OK)
        return st;
    if (s->n == s->capacity) {
        size_t capacity = s->capacity ? s->capacity * 2 : 8;
        struct dtl_spill *v = realloc(s->v, capacity * sizeof *v);
        if (!v)
            return no_memory(err);
        s->v = v;
        s->capacity = capacity;
    }
    if ((st = dtl_batch_gather(b, &g, err)) != DTL_OK)
        return st;
    struct spilling x = {.fd = s->fd, .base = s->bytes};
    st = write_stretch(&x, b, &g, &spill, err);
    dtl_batch_release(&g);
    if (st != DTL_OK) {
        spill_close(&spill);
        return st;
    }
    s->bytes = up(s->bytes + x.end, PAGE);
    s->v[s->n++] = spill;
    return DTL_OK;
}

void dtl_spill_drop(struct dtl_spill *s, uint32_t local)
{
    struct dtl_batch_article *x = &s->gathered.article[local];
    if (x->dropped)
        return;
    x->dropped = true;
    s->live--;
    s->cut_weight -= dtl_cut_weight(1, x->row.text_bytes);
}

size_t dtl_spills_memory(const struct dtl_spills *s)
{
    size_t n = s->capacity * sizeof *s->v;
    for (size_t i = 0; i < s->n; i++)
        n += s->v[i].gathered.sources * sizeof *s->v[i].gathered.source;
    return n;
}

void dtl_spills_release(struct dtl_spills *s)
{
    for (size_t i = 0; i < s->n; i++)
        spill_close(&s->v[i]);
    free(s->v);
    if (s->fd >= 0)
        close(s->fd);
    *s = (struct dtl_spills){.dir = s->dir, .fd = -1};
}
