/*
 * front.c - front-coded blocks: writer, binary search, walk.
 *
 * Part := block* padding(16) heads padding(64) footer. A block begins with the distances between
 * its restarts, so that a search decodes at most 16 keys; a head is the first eight bytes of the
 * block's first key as a number, and the block's offset, 16 bytes that never straddle a grain.
 * Equal numbers are settled by the key itself.
 *
 * The table of keys (large dictionaries alone): lines of sixteen slots, a slot an ordinal and what
 * of the hash the other bits hold. A key stands in its line or, when that is full, in one of the
 * next few; where those are full too it is left out, and whoever meets so many full lines searches
 * the heads. So neither writing nor reading it depends on words an archive's author may choose.
 *
 * The footer stands at the end because a part is written as a stream of chunks.
 *
 * Invariants: keys rise strictly; every block but the last holds 64; a restart shares nothing with
 * the key before. The reader checks what keeps it inside its bytes, not the order of keys: a
 * dictionary out of order is searched in vain, harmlessly.
 */
#include "common/segment/front.h"

#include "common/base/hash.h"
#include "common/codec/bitpack.h"
#include "common/codec/varint.h"

#include <stdlib.h>

#define VERSION    1u
#define HEAD_BYTES 16u
#define NIBBLE     15u

void dtl_front_writer_init(struct dtl_front_writer *w, struct dtl_part_writer *part)
{
    *w = (struct dtl_front_writer){.part = part};
}

void dtl_front_writer_release(struct dtl_front_writer *w)
{
    dtl_buffer_release(&w->entries);
    dtl_buffer_release(&w->heads);
    dtl_buffer_release(&w->last);
    dtl_buffer_release(&w->scratch);
    dtl_buffer_release(&w->hashes);
}

size_t dtl_front_writer_memory(const struct dtl_front_writer *w)
{
    return w->entries.capacity + w->heads.capacity + w->last.capacity + w->scratch.capacity +
           w->hashes.capacity;
}

static enum dtl_status flush(struct dtl_front_writer *w, struct dtl_error *err)
{
    uint32_t n = w->count % DTL_FRONT_BLOCK ? w->count % DTL_FRONT_BLOCK : DTL_FRONT_BLOCK;
    dtl_buffer_reset(&w->scratch);
    for (uint32_t i = 1; i * DTL_FRONT_RESTART < n; i++)
        dtl_buffer_varint(&w->scratch, w->restart[i] - w->restart[i - 1]);
    if (w->scratch.failed || w->entries.failed || w->heads.failed || w->last.failed ||
        w->hashes.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a dictionary block");
    enum dtl_status st = dtl_part_write(w->part, dtl_buffer_view(&w->scratch), err);
    if (st == DTL_OK)
        st = dtl_part_write(w->part, dtl_buffer_view(&w->entries), err);
    dtl_buffer_reset(&w->entries);
    return st;
}

static uint64_t prefix_of(struct dtl_bytes key)
{
    uint8_t first[8] = {0};
    if (key.n)
        memcpy(first, key.p, key.n < 8 ? key.n : 8);
    return __builtin_bswap64(dtl_load64(first));
}

enum dtl_status dtl_front_add(struct dtl_front_writer *w, struct dtl_bytes key,
                              struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (key.n > DTL_FRONT_KEY_MAX || w->count == UINT32_MAX)
        return dtl_fail(err, DTL_ELIMIT, w->count, "dictionary key of %zu bytes", key.n);
    if (w->count && dtl_bytes_compare(key, dtl_buffer_view(&w->last)) <= 0)
        return dtl_fail(err, DTL_EUSAGE, w->count, "dictionary key does not rise");
    uint32_t at = w->count % DTL_FRONT_BLOCK;
    if (at == 0) {
        if (w->count && (st = flush(w, err)) < 0)
            return st;
        dtl_buffer_u64(&w->heads, prefix_of(key));
        dtl_buffer_u64(&w->heads, w->part->bytes);
    }
    size_t shared = 0;
    if (at % DTL_FRONT_RESTART == 0)
        w->restart[at / DTL_FRONT_RESTART] = (uint32_t)w->entries.n;
    else
        while (shared < w->last.n && shared < key.n && w->last.p[shared] == key.p[shared])
            shared++;
    size_t rest = key.n - shared;
    dtl_buffer_byte(&w->entries, (uint8_t)((shared < NIBBLE ? shared : NIBBLE) |
                                           (rest < NIBBLE ? rest : NIBBLE) << 4));
    if (shared >= NIBBLE)
        dtl_buffer_varint(&w->entries, shared - NIBBLE);
    if (rest >= NIBBLE)
        dtl_buffer_varint(&w->entries, rest - NIBBLE);
    dtl_buffer_append(&w->entries, key.p + shared, rest);
    dtl_buffer_u32(&w->hashes, dtl_front_hash(key));
    dtl_buffer_reset(&w->last);
    dtl_buffer_append(&w->last, key.p, key.n);
    w->count++;
    return DTL_OK;
}

/* ---- the table of keys ---- */

#define LINE       64u /* bytes; a chunk holds whole lines */
#define SLOTS      (LINE / 4)
#define PER_LINE   12u /* keys a line is made for */
#define LINES_NEAR 4u  /* lines a key may stand in */
#define EMPTY      UINT32_MAX

uint32_t dtl_front_hash(struct dtl_bytes key)
{
    return (uint32_t)dtl_hash64(key, 0);
}

static uint32_t lines_of(uint32_t entries)
{
    return entries / PER_LINE + 1;
}

static uint32_t line_of(uint32_t hash, uint32_t lines)
{
    return (uint32_t)((uint64_t)hash * lines >> 32);
}

/* The tag of a slot above its ordinal: an ordinal of ones alone is none. */
static uint32_t tag_of(uint32_t hash, unsigned ordinal_bits)
{
    return (uint32_t)((uint64_t)hash << ordinal_bits);
}

static enum dtl_status write_table(struct dtl_front_writer *w, struct dtl_error *err)
{
    uint32_t lines = lines_of(w->count), *slot;
    unsigned bits = dtl_bit_width(w->count);
    size_t bytes = (size_t)lines * LINE;
    if (!(slot = malloc(bytes)))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a table of %u keys", w->count);
    memset(slot, 0xff, bytes);
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t hash = dtl_load32(w->hashes.p + (size_t)4 * i), line = line_of(hash, lines);
        bool placed = false;
        for (uint32_t k = 0; k < LINES_NEAR && !placed;
             k++, line = line + 1 == lines ? 0 : line + 1)
            for (uint32_t at = 0; at < SLOTS && !placed; at++) {
                uint32_t *here = slot + (size_t)line * SLOTS + at;
                placed = *here == EMPTY;
                if (placed)
                    *here = tag_of(hash, bits) | i;
            }
    }
    enum dtl_status st = dtl_part_write(w->part, dtl_bytes(slot, bytes), err);
    free(slot);
    return st;
}

enum dtl_status dtl_front_candidates(const struct dtl_front *f, uint32_t hash,
                                     struct dtl_arena *arena,
                                     uint32_t ordinal[DTL_FRONT_CANDIDATES], size_t *n,
                                     struct dtl_error *err)
{
    if (!f->table_bytes)
        return DTL_END;
    uint32_t lines = lines_of(f->entries), line = line_of(hash, lines);
    unsigned bits = dtl_bit_width(f->entries);
    uint32_t tag = tag_of(hash, bits), low = (uint32_t)((UINT64_C(1) << bits) - 1);
    size_t found = 0;
    for (uint32_t k = 0; k < LINES_NEAR; k++, line = line + 1 == lines ? 0 : line + 1) {
        struct dtl_bytes v = {0};
        enum dtl_status st =
            dtl_part_view(f->part, f->table_at + (uint64_t)LINE * line, LINE, arena, &v, err);
        if (st < 0)
            return st;
        uint32_t match = 0, empty = 0;
        for (uint32_t i = 0; i < SLOTS; i++) {
            uint32_t slot = dtl_load32(v.p + (size_t)4 * i);
            match |= (uint32_t)((slot & ~low) == tag) << i;
            empty |= (uint32_t)(slot == EMPTY) << i;
        }
        for (match &= ~empty; match; match &= match - 1) {
            if (found == DTL_FRONT_CANDIDATES)
                return DTL_END;
            ordinal[found] = dtl_load32(v.p + (size_t)4 * (uint32_t)__builtin_ctz(match)) & low;
            if (ordinal[found] >= f->entries)
                return dtl_fail(err, DTL_ECORRUPT, f->table_at,
                                "table names a key that is not there");
            found++;
        }
        if (empty) {
            *n = found;
            return DTL_OK;
        }
    }
    return DTL_END;
}

void dtl_front_prefetch(const struct dtl_front *f, uint32_t hash)
{
    if (!f->table_bytes)
        return;
    uint64_t at = f->table_at + (uint64_t)LINE * line_of(hash, lines_of(f->entries));
    const struct dtl_part_chunk *k = f->part->open[at / DTL_CHUNK_PAYLOAD];
    if (k)
        __builtin_prefetch(k->c.payload + at % DTL_CHUNK_PAYLOAD);
}

enum dtl_status dtl_front_finish(struct dtl_front_writer *w, uint64_t languages,
                                 struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (w->count && (st = flush(w, err)) < 0)
        return st;
    if ((st = dtl_part_align(w->part, HEAD_BYTES, err)) < 0)
        return st;
    uint64_t heads_at = w->part->bytes;
    if ((st = dtl_part_write(w->part, dtl_buffer_view(&w->heads), err)) < 0 ||
        (st = dtl_part_align(w->part, DTL_FRONT_FOOTER, err)) < 0)
        return st;
    uint64_t table_at = w->count < DTL_FRONT_TABLE_FROM ? 0 : w->part->bytes;
    if (table_at && (st = write_table(w, err)) < 0)
        return st;
    uint8_t footer[DTL_FRONT_FOOTER] = {0};
    dtl_store32(footer, VERSION);
    dtl_store32(footer + 4, w->count);
    dtl_store64(footer + 8, heads_at);
    dtl_store64(footer + 16, table_at);
    dtl_store64(footer + 24, table_at ? (uint64_t)LINE * lines_of(w->count) : 0);
    dtl_store64(footer + 32, languages);
    return dtl_part_write(w->part, dtl_bytes(footer, sizeof footer), err);
}

enum dtl_status dtl_front_open(struct dtl_front *f, struct dtl_part *part,
                               struct dtl_arena *scratch, struct dtl_error *err)
{
    struct dtl_bytes v = {0};
    if (part->bytes < DTL_FRONT_FOOTER)
        return dtl_fail(err, DTL_ECORRUPT, 0, "dictionary of %llu bytes has no footer",
                        (unsigned long long)part->bytes);
    uint64_t at = part->bytes - DTL_FRONT_FOOTER;
    enum dtl_status st = dtl_part_view(part, at, DTL_FRONT_FOOTER, scratch, &v, err);
    if (st < 0)
        return st;
    if (dtl_load32(v.p) != VERSION)
        return dtl_fail(err, DTL_ECORRUPT, at, "dictionary of format %u", dtl_load32(v.p));
    struct dtl_front open = {.part = part,
                             .entries = dtl_load32(v.p + 4),
                             .heads_at = dtl_load64(v.p + 8),
                             .table_at = dtl_load64(v.p + 16),
                             .table_bytes = dtl_load64(v.p + 24),
                             .languages = dtl_load64(v.p + 32)};
    open.blocks = (uint32_t)(((uint64_t)open.entries + DTL_FRONT_BLOCK - 1) / DTL_FRONT_BLOCK);
    if (open.heads_at % HEAD_BYTES || open.heads_at > at ||
        at - open.heads_at < (uint64_t)HEAD_BYTES * open.blocks)
        return dtl_fail(err, DTL_ECORRUPT, at, "dictionary footer names heads outside its part");
    uint64_t table =
        open.entries < DTL_FRONT_TABLE_FROM ? 0 : (uint64_t)LINE * lines_of(open.entries);
    if (open.table_bytes != table || open.table_at % LINE || (open.table_at != 0) != (table != 0) ||
        open.table_at > at || table > at - open.table_at)
        return dtl_fail(err, DTL_ECORRUPT, at, "dictionary footer names a table that cannot be");
    *f = open;
    return DTL_OK;
}

static enum dtl_status head_of(const struct dtl_front *f, uint32_t number, struct dtl_arena *arena,
                               uint64_t *prefix, uint64_t *at, struct dtl_error *err)
{
    struct dtl_bytes v = {0};
    enum dtl_status st = dtl_part_view(f->part, f->heads_at + (uint64_t)HEAD_BYTES * number,
                                       HEAD_BYTES, arena, &v, err);
    if (st == DTL_OK) {
        *prefix = dtl_load64(v.p);
        *at = dtl_load64(v.p + 8);
    }
    return st;
}

enum dtl_status dtl_front_block(const struct dtl_front *f, uint32_t number, struct dtl_arena *arena,
                                struct dtl_front_walk *w, struct dtl_error *err)
{
    uint64_t prefix = 0, at = 0, end = f->heads_at;
    struct dtl_bytes v = {0};
    enum dtl_status st = head_of(f, number, arena, &prefix, &at, err);
    if (st == DTL_OK && number + 1 < f->blocks)
        st = head_of(f, number + 1, arena, &prefix, &end, err);
    if (st < 0)
        return st;
    if (at >= end || end > f->heads_at)
        return dtl_fail(err, DTL_ECORRUPT, f->heads_at, "dictionary block %u out of place", number);
    if ((st = dtl_part_view(f->part, at, (size_t)(end - at), arena, &v, err)) < 0)
        return st;
    uint32_t first = number * DTL_FRONT_BLOCK, n = f->entries - first;
    w->r = dtl_reader_of(v);
    w->block = number;
    w->first = first;
    w->n = n < DTL_FRONT_BLOCK ? n : DTL_FRONT_BLOCK;
    w->at = 0;
    w->key_bytes = 0;
    uint64_t distance[DTL_FRONT_RESTARTS] = {0};
    uint32_t restarts = (w->n + DTL_FRONT_RESTART - 1) / DTL_FRONT_RESTART;
    for (uint32_t i = 1; i < restarts; i++)
        distance[i] = dtl_varint32(&w->r);
    if (w->r.bad)
        return dtl_fail(err, DTL_ECORRUPT, at, "dictionary block %u ends early", number);
    uint64_t offset = w->r.at;
    for (uint32_t i = 0; i < restarts; i++) {
        offset += distance[i];
        if (offset >= v.n)
            return dtl_fail(err, DTL_ECORRUPT, at, "dictionary restart outside block %u", number);
        w->restart[i] = (size_t)offset;
    }
    return DTL_OK;
}

void dtl_front_to_restart(struct dtl_front_walk *w, uint32_t number)
{
    w->r.at = w->restart[number];
    w->r.bad = false;
    w->at = number * DTL_FRONT_RESTART;
    w->key_bytes = 0;
}

enum dtl_status dtl_front_key(struct dtl_front_walk *w, struct dtl_error *err)
{
    if (w->at == w->n)
        return DTL_END;
    uint8_t lengths = dtl_byte(&w->r);
    size_t shared = lengths & NIBBLE, rest = lengths >> 4;
    if (shared == NIBBLE)
        shared += dtl_varint32(&w->r);
    if (rest == NIBBLE)
        rest += dtl_varint32(&w->r);
    struct dtl_bytes suffix = dtl_take(&w->r, rest);
    if (w->r.bad)
        return dtl_fail(err, DTL_ECORRUPT, w->r.at, "dictionary entry %u of block %u ends early",
                        w->at, w->block);
    if (shared > w->key_bytes || rest > DTL_FRONT_KEY_MAX - shared ||
        (shared && w->at % DTL_FRONT_RESTART == 0))
        return dtl_fail(err, DTL_ECORRUPT, w->r.at,
                        "dictionary entry %u of block %u shares too much", w->at, w->block);
    if (rest)
        memcpy(w->key + shared, suffix.p, rest);
    w->key_bytes = shared + rest;
    w->at++;
    return DTL_OK;
}

/* How the first key of block `number` compares with `key`: <0, 0, >0. */
static enum dtl_status compare_head(const struct dtl_front *f, uint32_t number,
                                    struct dtl_bytes key, uint64_t prefix, struct dtl_arena *arena,
                                    struct dtl_front_walk *w, int *order, struct dtl_error *err)
{
    uint64_t head = 0, at = 0;
    enum dtl_status st = head_of(f, number, arena, &head, &at, err);
    if (st == DTL_OK && head != prefix) {
        *order = head < prefix ? -1 : 1;
    } else if (st == DTL_OK && (st = dtl_front_block(f, number, arena, w, err)) == DTL_OK &&
               (st = dtl_front_key(w, err)) == DTL_OK) {
        *order = dtl_bytes_compare(dtl_front_key_view(w), key);
    }
    return st;
}

enum dtl_status dtl_front_find(const struct dtl_front *f, struct dtl_bytes key,
                               struct dtl_arena *arena, struct dtl_front_walk *w,
                               struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    uint64_t prefix = prefix_of(key);
    uint32_t
        low = 0,
        high = f->blocks; /* blocks below low begin at or before key, those from high on after it */
    if (f->blocks == 0)
        return DTL_END;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = 0;
        if ((st = compare_head(f, middle, key, prefix, arena, w, &order, err)) < 0)
            return st;
        if (order <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if ((st = dtl_front_block(f, low ? low - 1 : 0, arena, w, err)) < 0)
        return st;
    uint32_t best = 0;
    for (uint32_t i = 1; i * DTL_FRONT_RESTART < w->n; i++) {
        dtl_front_to_restart(w, i);
        if ((st = dtl_front_key(w, err)) < 0)
            return st;
        if (dtl_bytes_compare(dtl_front_key_view(w), key) > 0)
            break;
        best = i;
    }
    dtl_front_to_restart(w, best);
    return DTL_OK;
}
