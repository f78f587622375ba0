/* seen.c - open addressing by identity hash; equal hashes of different identities stand in a row.
 */
#include "indexer/build/seen.h"

#include "indexer/build/temp.h"

#include <stdlib.h>
#include <sys/mman.h>

#define MAPPED_FROM ((size_t)8 << 20) /* bytes of a table from which it lives in a file */

static size_t slot_of(const struct dtl_seen_table *t, uint64_t hash)
{
    /* The low bits are the source's hash, the same for a whole archive: take the upper ones. */
    return (size_t)((hash * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (t->capacity - 1);
}

struct dtl_seen *dtl_seen_find(const struct dtl_seen_table *t, uint64_t hash,
                               const struct dtl_seen *prev)
{
    if (t->capacity == 0)
        return NULL;
    size_t i = prev ? ((size_t)(prev - t->slot) + 1) & (t->capacity - 1) : slot_of(t, hash);
    for (; t->slot[i].taken; i = (i + 1) & (t->capacity - 1))
        if (t->slot[i].hash == hash)
            return &t->slot[i];
    return NULL;
}

static void put(struct dtl_seen_table *t, const struct dtl_seen *e)
{
    size_t i = slot_of(t, e->hash);
    while (t->slot[i].taken)
        i = (i + 1) & (t->capacity - 1);
    t->slot[i] = *e;
    t->slot[i].taken = true;
}

static void free_slots(struct dtl_seen_table *t)
{
    if (t->mapped)
        munmap(t->slot, t->capacity * sizeof *t->slot);
    else
        free(t->slot);
    t->slot = NULL;
}

static enum dtl_status grow(struct dtl_seen_table *t, struct dtl_error *err)
{
    struct dtl_seen_table wide = {
        .dir = t->dir, .n = t->n, .capacity = t->capacity ? t->capacity * 2 : 256};
    size_t bytes = wide.capacity * sizeof *wide.slot;
    if (bytes >= MAPPED_FROM) {
        void *p = NULL;
        enum dtl_status st = dtl_temp_array(t->dir, bytes, &p, err);
        if (st != DTL_OK)
            return st;
        wide.slot = p;
        wide.mapped = true;
    } else if (!(wide.slot = calloc(wide.capacity, sizeof *wide.slot))) {
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the identities of a run");
    }
    for (size_t i = 0; i < t->capacity; i++)
        if (t->slot[i].taken)
            put(&wide, &t->slot[i]);
    free_slots(t);
    *t = wide;
    return DTL_OK;
}

enum dtl_status dtl_seen_add(struct dtl_seen_table *t, const struct dtl_seen *e,
                             struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (t->n + 1 > t->capacity / 4 * 3 && (st = grow(t, err)) != DTL_OK)
        return st;
    put(t, e);
    t->n++;
    return DTL_OK;
}

size_t dtl_seen_memory(const struct dtl_seen_table *t)
{
    return t->mapped ? 0 : t->capacity * sizeof *t->slot;
}

void dtl_seen_release(struct dtl_seen_table *t)
{
    free_slots(t);
    *t = (struct dtl_seen_table){.dir = t->dir};
}
