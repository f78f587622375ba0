/*
 * spill.c - the stretch of a spilled batch in the run's file: its frames, then its chunks as they
 * come, each placed as LMDB would place it so that decoders find the alignment they expect.
 */
#include "indexer/build/spill.h"

#include "indexer/build/temp.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE       4096u
#define VALUE_AT   16u /* of a page: payloads then begin at a multiple of 64 */
#define FRAME_ROOM ((size_t)1 << 20)

struct spilling {
    struct dtl_spill *spill;
    int fd;
    uint64_t base;    /* of the stretch in the file */
    uint64_t end;     /* of what is used of it */
    uint64_t frames;  /* put so far */
    uint64_t flushed; /* of them, written */
    struct dtl_buffer pending, value;
};

static uint64_t page_up(uint64_t n)
{
    return (n + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

static uint64_t seed_of(uint8_t part, uint32_t chunk)
{
    return (uint64_t)part << 32 | chunk;
}

static enum dtl_status flush_frames(struct spilling *x, struct dtl_error *err)
{
    enum dtl_status st =
        dtl_temp_write(x->fd, x->base + x->flushed, dtl_buffer_view(&x->pending), err);
    x->flushed = x->frames;
    dtl_buffer_reset(&x->pending);
    return st;
}

static enum dtl_status put_frame(void *ctx, struct dtl_bytes frame, struct dtl_document *row,
                                 struct dtl_error *err)
{
    struct spilling *x = ctx;
    row->group = 0;
    row->frame_at = x->frames;
    row->frame_bytes = (uint32_t)frame.n;
    if (!dtl_buffer_append(&x->pending, frame.p, frame.n))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to spill articles");
    x->frames += frame.n;
    return x->pending.n >= FRAME_ROOM ? flush_frames(x, err) : DTL_OK;
}

static enum dtl_status put_chunk(void *ctx, uint8_t part, uint32_t chunk, struct dtl_bytes payload,
                                 struct dtl_error *err)
{
    struct spilling *x = ctx;
    struct dtl_spill *s = x->spill;
    if (part >= DTL_PARTS_END || chunk != s->chunk[part].n)
        return dtl_fail(err, DTL_ECORRUPT, chunk, "chunk %u of part %u out of turn", chunk, part);
    if (chunk == s->chunk[part].capacity) {
        uint32_t capacity = chunk ? chunk * 2 : 4;
        struct dtl_spill_chunk *v = realloc(s->chunk[part].v, capacity * sizeof *v);
        if (!v)
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory to spill a batch");
        s->chunk[part].v = v;
        s->chunk[part].capacity = capacity;
    }
    dtl_buffer_reset(&x->value);
    if (!dtl_chunk_encode(&x->value, payload, seed_of(part, chunk)))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to spill a batch");
    uint64_t at = page_up(x->end) + VALUE_AT;
    enum dtl_status st = dtl_temp_write(x->fd, x->base + at, dtl_buffer_view(&x->value), err);
    if (st != DTL_OK)
        return st;
    s->chunk[part].v[s->chunk[part].n++] = (struct dtl_spill_chunk){at, x->value.n};
    x->end = at + x->value.n;
    return DTL_OK;
}

static enum dtl_status fetch(void *ctx, uint8_t part, uint32_t chunk, struct dtl_bytes *value,
                             uint64_t *seed, struct dtl_error *err)
{
    (void)err;
    const struct dtl_spill *s = ctx;
    if (part >= DTL_PARTS_END || chunk >= s->chunk[part].n)
        return DTL_NOTFOUND;
    *value = dtl_bytes(s->map + s->chunk[part].v[chunk].at, s->chunk[part].v[chunk].bytes);
    *seed = seed_of(part, chunk);
    return DTL_OK;
}

static void spill_close(struct dtl_spill *s)
{
    if (!s)
        return;
    for (int p = 0; p < DTL_PARTS_END; p++)
        free(s->chunk[p].v);
    if (s->mapped)
        munmap(s->mapped, s->map_bytes);
    if (s->dropped)
        roaring_bitmap_free(s->dropped);
    dtl_arena_release(&s->arena);
    free(s);
}

static enum dtl_status write_stretch(struct spilling *x, struct dtl_batch *b, size_t *peak_bytes,
                                     struct dtl_error *err)
{
    struct dtl_spill *s = x->spill;
    struct dtl_segment_facts facts = {0};
    struct dtl_target target = {put_chunk, put_frame, x};
    enum dtl_status st = dtl_batch_write(b, target, &facts, peak_bytes, err);
    if (st == DTL_OK)
        st = flush_frames(x, err);
    /* slack: decoders may look a little past the end of the last value */
    static const uint8_t zeros[DTL_CHUNK_SLACK];
    if (st == DTL_OK)
        st = dtl_temp_write(x->fd, x->base + x->end, dtl_bytes(zeros, sizeof zeros), err);
    x->end += sizeof zeros;
    if (st == DTL_OK)
        st = dtl_temp_map(x->fd, x->base, x->end, &s->mapped, err);
    if (st != DTL_OK)
        return st;
    s->map = s->mapped;
    s->map_bytes = x->end;
    s->group = (struct dtl_group_use){0, x->frames};
    facts.first_day = dtl_batch_first_day(b);
    facts.group = &s->group;
    facts.groups = 1;
    st = dtl_segment_open(&s->segment, &facts, fetch, s, &s->arena, err);
    for (int p = 0; st == DTL_OK && p < DTL_PARTS_END; p++)
        s->segment.part[p].trusted = true;
    return st;
}

enum dtl_status dtl_spill_batch(struct dtl_spills *s, struct dtl_batch *b, size_t *peak_bytes,
                                struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (s->n == UINT16_MAX)
        return dtl_fail(err, DTL_ELIMIT, s->n, "too many spilled runs: raise --memory");
    if (s->fd < 0 && (st = dtl_temp_open(s->dir, &s->fd, err)) != DTL_OK)
        return st;
    if (s->n == s->capacity) {
        size_t capacity = s->capacity ? s->capacity * 2 : 8;
        struct dtl_spill **v = realloc(s->v, capacity * sizeof(struct dtl_spill *));
        if (!v)
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory to spill a batch");
        s->v = v;
        s->capacity = capacity;
    }
    struct dtl_spill *spill = calloc(1, sizeof *spill);
    if (!spill)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to spill a batch");
    struct spilling x = {
        .spill = spill, .fd = s->fd, .base = s->bytes, .end = dtl_batch_frame_bytes(b)};
    st = write_stretch(&x, b, peak_bytes, err);
    dtl_buffer_release(&x.pending);
    dtl_buffer_release(&x.value);
    if (st != DTL_OK) {
        spill_close(spill);
        return st;
    }
    s->bytes = page_up(s->bytes + x.end);
    s->v[s->n++] = spill;
    return DTL_OK;
}

bool dtl_spill_drop(struct dtl_spill *s, dtl_doc doc)
{
    if (!s->dropped && !(s->dropped = roaring_bitmap_create()))
        return false;
    roaring_bitmap_add(s->dropped, doc);
    return true;
}

enum dtl_status dtl_spill_frame(void *ctx, dtl_doc doc, const struct dtl_document *row,
                                struct dtl_arena *arena, struct dtl_bytes *frame,
                                struct dtl_error *err)
{
    (void)arena;
    const struct dtl_spill *s = ctx;
    if (row->frame_at > s->group.bytes || row->frame_bytes > s->group.bytes - row->frame_at)
        return dtl_fail(err, DTL_ECORRUPT, doc, "a spilled article lies outside its run");
    *frame = dtl_bytes(s->map + row->frame_at, row->frame_bytes);
    return DTL_OK;
}

size_t dtl_spills_memory(const struct dtl_spills *s)
{
    size_t n = s->capacity * sizeof(struct dtl_spill *);
    for (size_t i = 0; i < s->n; i++)
        n += sizeof *s->v[i] + s->v[i]->arena.used_bytes;
    return n;
}

void dtl_spills_release(struct dtl_spills *s)
{
    for (size_t i = 0; i < s->n; i++)
        spill_close(s->v[i]);
    free(s->v);
    if (s->fd >= 0)
        close(s->fd);
    *s = (struct dtl_spills){.dir = s->dir, .fd = -1};
}
