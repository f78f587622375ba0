/*
 * part.c - a part read through its chunks, and written into them.
 *
 * Why lazily: a query process opens every segment of the archive and reads a few pages of a few of
 * them. A chunk is fetched and its header checked when its first byte is asked for, a grain is
 * summed when it is first viewed, and nothing is done twice: one bit a grain remembers.
 *
 * Invariants: every chunk but the last holds exactly DTL_CHUNK_PAYLOAD bytes of the part, the last
 * the rest; a view handed out has all its grains verified (unless the part is `trusted`) and 64
 * readable bytes behind it. Not for several threads at once: states are filled in place.
 */
#include "common/segment/part.h"

#include <sys/mman.h>
#include <unistd.h>

static const uint8_t nothing[DTL_CHUNK_SLACK]; /* what an empty view points at */

enum dtl_status dtl_part_open(struct dtl_part *p, uint8_t id, uint64_t bytes, dtl_fetch_fn fetch,
                              void *ctx, struct dtl_arena *arena, struct dtl_error *err)
{
    if (bytes > DTL_PART_MAX)
        return dtl_fail(err, DTL_ECORRUPT, 0, "part %u of impossible size", id);
    uint32_t chunks = (uint32_t)((bytes + DTL_CHUNK_PAYLOAD - 1) / DTL_CHUNK_PAYLOAD);
    struct dtl_part_chunk **open = NULL;
    if (chunks && !(open = dtl_arena_alloc(arena, chunks * sizeof(struct dtl_part_chunk *))))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for part %u", id);
    *p = (struct dtl_part){.id = id,
                           .bytes = bytes,
                           .chunks = chunks,
                           .fetch = fetch,
                           .ctx = ctx,
                           .arena = arena,
                           .open = open};
    return DTL_OK;
}

/* Small values stand anywhere inside a page of the map: move them to where the payload is
 * 64-aligned. */
static enum dtl_status aligned(struct dtl_part *p, struct dtl_bytes *value, struct dtl_error *err)
{
    if (value->n >= DTL_GRAIN || ((uintptr_t)value->p & 63) == 64 - DTL_CHUNK_HEADER)
        return DTL_OK;
    uint8_t *room = dtl_arena_alloc(p->arena, value->n + 64);
    if (!room)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a chunk");
    while (((uintptr_t)room & 63) != 64 - DTL_CHUNK_HEADER) /* the arena gives multiples of 16 */
        room += 16;
    memcpy(room, value->p, value->n);
    value->p = room;
    return DTL_OK;
}

static enum dtl_status chunk_at(struct dtl_part *p, uint32_t number, struct dtl_part_chunk **out,
                                struct dtl_error *err)
{
    if (p->open[number]) {
        *out = p->open[number];
        return DTL_OK;
    }
    struct dtl_bytes value = {0};
    uint64_t seed = 0;
    enum dtl_status st = p->fetch(p->ctx, p->id, number, &value, &seed, err);
    if (st > 0)
        return dtl_fail(err, DTL_ECORRUPT, number, "chunk %u of part %u is missing", number, p->id);
    if (st < 0 || (st = aligned(p, &value, err)) < 0)
        return st;
    struct dtl_chunk c = {0};
    if ((st = dtl_chunk_open(value, seed, &c, err)) < 0)
        return st;
    uint64_t rest = p->bytes - (uint64_t)number * DTL_CHUNK_PAYLOAD;
    if (c.payload_bytes != (rest < DTL_CHUNK_PAYLOAD ? rest : DTL_CHUNK_PAYLOAD))
        return dtl_fail(err, DTL_ECORRUPT, number, "chunk %u of part %u has not the size it should",
                        number, p->id);
    struct dtl_part_chunk *state = dtl_arena_alloc(p->arena, sizeof *state);
    if (!state)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a chunk");
    state->c = c;
    *out = p->open[number] = state;
    return DTL_OK;
}

/*
 * The map is read without readahead, for most touches are alone; whoever is about to read much in a
 * row says so, or every page would be waited for by itself. Once for each beginning. Advice only:
 * that it fails harms nothing.
 */
static void announce(const struct dtl_part *p, struct dtl_part_chunk *k, size_t from, size_t n)
{
    size_t g = from / DTL_GRAIN;
    uint64_t bit = UINT64_C(1) << (g & 63);
    if (p->trusted || n <= DTL_ANNOUNCED || k->announced[g >> 6] & bit)
        return;
    k->announced[g >> 6] |= bit;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
    union {
        const uint8_t *from;
        void *to; /* madvise has no const; it reads nothing through it */
    } begin = {.from = k->c.payload + from};
    size_t into = (uintptr_t)begin.from & page;
    begin.from -= into;
    (void)madvise(begin.to, n + into, MADV_WILLNEED);
}

enum dtl_status dtl_part_announce(struct dtl_part *p, uint64_t at, uint64_t n,
                                  struct dtl_error *err)
{
    if (p->trusted || n <= DTL_ANNOUNCED || at > p->bytes || n > p->bytes - at)
        return DTL_OK; /* short, or a lie that the reading will find */
    n = n < DTL_ANNOUNCED_MOST ? n : DTL_ANNOUNCED_MOST;
    for (uint64_t end = at + n; at < end;) {
        size_t from = at % DTL_CHUNK_PAYLOAD;
        size_t here = end - at < DTL_CHUNK_PAYLOAD - from ? end - at : DTL_CHUNK_PAYLOAD - from;
        struct dtl_part_chunk *k = NULL;
        enum dtl_status st = chunk_at(p, (uint32_t)(at / DTL_CHUNK_PAYLOAD), &k, err);
        if (st < 0)
            return st;
        announce(p, k, from, here);
        at += here;
    }
    return DTL_OK;
}

/* Every grain of payload bytes [from, from + n), n > 0. */
static enum dtl_status verify(const struct dtl_part *p, uint32_t number, struct dtl_part_chunk *k,
                              size_t from, size_t n, struct dtl_error *err)
{
    announce(p, k, from, n);
    for (uint32_t g = (uint32_t)(from / DTL_GRAIN); g <= (from + n - 1) / DTL_GRAIN; g++) {
        uint64_t bit = UINT64_C(1) << (g & 63);
        if (k->verified[g >> 6] & bit)
            continue;
        if (!p->trusted && !dtl_chunk_grain_holds(&k->c, g))
            return dtl_fail(
                err, DTL_ECORRUPT, (uint64_t)number * DTL_CHUNK_PAYLOAD + (uint64_t)g * DTL_GRAIN,
                "part %u, chunk %u: 4 KiB at %u do not verify", p->id, number, g * DTL_GRAIN);
        k->verified[g >> 6] |= bit;
    }
    return DTL_OK;
}

/* A view over a chunk's end. All chunks are opened before memory is taken: a lie costs no
 * allocation. */
static enum dtl_status gather(struct dtl_part *p, uint64_t at, size_t n, struct dtl_arena *scratch,
                              struct dtl_bytes *out, struct dtl_error *err)
{
    uint32_t first = (uint32_t)(at / DTL_CHUNK_PAYLOAD);
    uint32_t last = (uint32_t)((at + n - 1) / DTL_CHUNK_PAYLOAD);
    struct dtl_part_chunk *k = NULL;
    enum dtl_status st;
    for (uint32_t i = first; i <= last; i++)
        if ((st = chunk_at(p, i, &k, err)) < 0)
            return st;
    uint8_t *copy = dtl_arena_alloc(scratch, n + DTL_CHUNK_SLACK);
    if (!copy)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for %zu bytes of part %u", n, p->id);
    size_t done = 0, from = at % DTL_CHUNK_PAYLOAD;
    for (uint32_t i = first; i <= last; i++, from = 0) {
        size_t take = DTL_CHUNK_PAYLOAD - from;
        if (take > n - done)
            take = n - done;
        k = p->open[i];
        if ((st = verify(p, i, k, from, take, err)) < 0)
            return st;
        memcpy(copy + done, k->c.payload + from, take);
        done += take;
    }
    *out = dtl_bytes(copy, n);
    return DTL_OK;
}

enum dtl_status dtl_part_view_first(struct dtl_part *p, uint64_t at, size_t n,
                                    struct dtl_arena *scratch, struct dtl_bytes *out,
                                    struct dtl_error *err)
{
    if (at > p->bytes || n > p->bytes - at)
        return dtl_fail(err, DTL_ECORRUPT, at, "part %u ends before what it is said to hold",
                        p->id);
    if (n == 0) {
        *out = dtl_bytes(nothing, 0);
        return DTL_OK;
    }
    size_t from = at % DTL_CHUNK_PAYLOAD;
    if (n > DTL_CHUNK_PAYLOAD - from)
        return gather(p, at, n, scratch, out, err);
    uint32_t number = (uint32_t)(at / DTL_CHUNK_PAYLOAD);
    struct dtl_part_chunk *k = NULL;
    enum dtl_status st = chunk_at(p, number, &k, err);
    if (st < 0 || (st = verify(p, number, k, from, n, err)) < 0)
        return st;
    *out = dtl_bytes(k->c.payload + from, n);
    return DTL_OK;
}

/* ---- writing ---- */

void dtl_part_writer_init(struct dtl_part_writer *w, uint8_t id, dtl_chunk_sink_fn sink, void *ctx)
{
    *w = (struct dtl_part_writer){.id = id, .sink = sink, .ctx = ctx};
}

static enum dtl_status flush(struct dtl_part_writer *w, struct dtl_error *err)
{
    enum dtl_status st = w->sink(w->ctx, w->id, w->chunks, dtl_buffer_view(&w->pending), err);
    if (st < 0)
        return st;
    w->chunks++;
    dtl_buffer_reset(&w->pending);
    return DTL_OK;
}

enum dtl_status dtl_part_write(struct dtl_part_writer *w, struct dtl_bytes data,
                               struct dtl_error *err)
{
    if (data.n > DTL_PART_MAX - w->bytes)
        return dtl_fail(err, DTL_ELIMIT, w->bytes, "part %u would pass its limit", w->id);
    while (data.n) {
        size_t take = DTL_CHUNK_PAYLOAD - w->pending.n;
        if (take > data.n)
            take = data.n;
        if (!dtl_buffer_append(&w->pending, data.p, take))
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for part %u", w->id);
        data = dtl_bytes(data.p + take, data.n - take);
        w->bytes += take;
        enum dtl_status st;
        if (w->pending.n == DTL_CHUNK_PAYLOAD && (st = flush(w, err)) < 0)
            return st;
    }
    return DTL_OK;
}

enum dtl_status dtl_part_align(struct dtl_part_writer *w, size_t alignment, struct dtl_error *err)
{
    while (w->bytes % alignment) {
        size_t need = (size_t)(alignment - w->bytes % alignment);
        enum dtl_status st = dtl_part_write(
            w, dtl_bytes(nothing, need < sizeof nothing ? need : sizeof nothing), err);
        if (st < 0)
            return st;
    }
    return DTL_OK;
}

enum dtl_status dtl_part_finish(struct dtl_part_writer *w, struct dtl_error *err)
{
    return w->pending.n ? flush(w, err) : DTL_OK;
}

void dtl_part_writer_release(struct dtl_part_writer *w)
{
    dtl_buffer_release(&w->pending);
}
