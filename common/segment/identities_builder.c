/*
 * identities_builder.c - gathers (source, id) in document order and writes the identities part.
 *
 * Ids are front-coded as they come: inside a day they stand in byte order, so neighbours share most
 * of a path. Sources are few; each distinct one is kept once and numbered in byte order at the end,
 * so the part's bytes depend on the set of articles alone.
 */
#include "common/base/hash.h"
#include "common/segment/identities.h"
#include "common/segment/identities_layout.h"

#include <stdlib.h>

struct identity {
    uint64_t hash;
    dtl_doc doc;
};

struct dtl_identities_builder {
    uint32_t docs, sources;
    struct dtl_buffer identity;     /* struct identity a document */
    struct dtl_buffer ids, blocks;  /* front-coded bytes; u64 a block: where it begins */
    struct dtl_buffer previous;     /* the last id */
    struct dtl_buffer ordinals;     /* u32 a document, by first appearance */
    struct dtl_buffer text, starts; /* distinct sources laid end to end; u64 a source */
    uint32_t *table;                /* open addressing: ordinal + 1 */
    size_t slots;                   /* a power of two */
};

enum dtl_status dtl_identities_builder_open(struct dtl_identities_builder **out,
                                            struct dtl_error *err)
{
    struct dtl_identities_builder *b = calloc(1, sizeof *b);
    if (!b)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for identities");
    *out = b;
    return DTL_OK;
}

void dtl_identities_builder_close(struct dtl_identities_builder *b)
{
    if (!b)
        return;
    dtl_buffer_release(&b->identity);
    dtl_buffer_release(&b->ids);
    dtl_buffer_release(&b->blocks);
    dtl_buffer_release(&b->previous);
    dtl_buffer_release(&b->ordinals);
    dtl_buffer_release(&b->text);
    dtl_buffer_release(&b->starts);
    free(b->table);
    free(b);
}

size_t dtl_identities_builder_memory(const struct dtl_identities_builder *b)
{
    return sizeof *b + b->identity.capacity + b->ids.capacity + b->blocks.capacity +
           b->previous.capacity + b->ordinals.capacity + b->text.capacity + b->starts.capacity +
           b->slots * sizeof *b->table;
}

static struct dtl_bytes source_at(const struct dtl_identities_builder *b, uint32_t ordinal)
{
    uint64_t from = dtl_load64(b->starts.p + (size_t)ordinal * 8);
    uint64_t to =
        ordinal + 1 < b->sources ? dtl_load64(b->starts.p + (size_t)(ordinal + 1) * 8) : b->text.n;
    return dtl_bytes(b->text.p + from, (size_t)(to - from));
}

static bool grow_table(struct dtl_identities_builder *b)
{
    size_t slots = b->slots ? b->slots * 2 : 64;
    uint32_t *table = calloc(slots, sizeof *table);
    if (!table)
        return false;
    for (uint32_t i = 0; i < b->sources; i++) {
        size_t at = dtl_hash64(source_at(b, i), 0) & (slots - 1);
        while (table[at])
            at = (at + 1) & (slots - 1);
        table[at] = i + 1;
    }
    free(b->table);
    b->table = table;
    b->slots = slots;
    return true;
}

/* The ordinal of `source`, new or known; false: no memory. */
static bool number_source(struct dtl_identities_builder *b, struct dtl_bytes source,
                          uint32_t *ordinal)
{
    if ((size_t)b->sources * 2 >= b->slots && !grow_table(b))
        return false;
    size_t at = dtl_hash64(source, 0) & (b->slots - 1);
    for (; b->table[at]; at = (at + 1) & (b->slots - 1))
        if (dtl_bytes_equal(source_at(b, b->table[at] - 1), source)) {
            *ordinal = b->table[at] - 1;
            return true;
        }
    if (!dtl_buffer_reserve(&b->starts, 8) || !dtl_buffer_reserve(&b->text, source.n))
        return false;
    dtl_buffer_u64(&b->starts, b->text.n);
    dtl_buffer_append(&b->text, source.p, source.n);
    *ordinal = b->sources++;
    b->table[at] = b->sources;
    return true;
}

static void front_code(struct dtl_identities_builder *b, struct dtl_bytes id)
{
    size_t shared = 0;
    if (b->docs % IDENTITIES_BLOCK == 0) {
        dtl_buffer_u64(&b->blocks, b->ids.n);
    } else {
        size_t most = id.n < b->previous.n ? id.n : b->previous.n;
        while (shared < most && id.p[shared] == b->previous.p[shared])
            shared++;
        dtl_buffer_varint(&b->ids, shared);
    }
    dtl_buffer_varint(&b->ids, id.n - shared);
    if (id.n > shared)
        dtl_buffer_append(&b->ids, id.p + shared, id.n - shared);
    dtl_buffer_reset(&b->previous);
    dtl_buffer_append(&b->previous, id.p, id.n);
}

enum dtl_status dtl_identities_builder_add(struct dtl_identities_builder *b,
                                           struct dtl_bytes source, struct dtl_bytes id,
                                           struct dtl_error *err)
{
    uint32_t ordinal = 0;
    if (b->docs == DTL_SEGMENT_DOCS_MAX)
        return dtl_fail(err, DTL_ELIMIT, b->docs, "a segment holds at most %u articles",
                        DTL_SEGMENT_DOCS_MAX);
    struct identity entry = {.hash = dtl_hash_identity(source, id), .doc = b->docs};
    bool ok = number_source(b, source, &ordinal);
    front_code(b, id);
    dtl_buffer_u32(&b->ordinals, ordinal);
    dtl_buffer_append(&b->identity, &entry, sizeof entry);
    if (!ok || b->ids.failed || b->blocks.failed || b->previous.failed || b->ordinals.failed ||
        b->identity.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for identities");
    b->docs++;
    return DTL_OK;
}

/* ---- writing ---- */

static int by_hash(const void *a, const void *b)
{
    const struct identity *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

static int by_source(const void *a, const void *b, void *builder)
{
    return dtl_bytes_compare(source_at(builder, *(const uint32_t *)a),
                             source_at(builder, *(const uint32_t *)b));
}

static enum dtl_status write_hashes(const struct identity *e, uint32_t docs, unsigned width,
                                    struct dtl_part_writer *w, struct dtl_error *err)
{
    struct dtl_packer k;
    enum dtl_status st = DTL_OK;
    dtl_packer_init(&k, w, 64);
    for (uint32_t i = 0; i < docs && st == DTL_OK; i++)
        st = dtl_packer_put(&k, e[i].hash, err);
    if (st == DTL_OK)
        st = dtl_packer_finish(&k, err);
    dtl_packer_init(&k, w, width);
    for (uint32_t i = 0; i < docs && st == DTL_OK; i++)
        st = dtl_packer_put(&k, e[i].doc, err);
    return st < 0 ? st : dtl_packer_finish(&k, err);
}

/* `order`: sources in byte order; `rank`: its inverse. */
static enum dtl_status write_sources(const struct dtl_identities_builder *b, const uint32_t *order,
                                     unsigned width, struct dtl_part_writer *w,
                                     struct dtl_error *err)
{
    struct dtl_packer k;
    enum dtl_status st = DTL_OK;
    uint64_t at = 0;
    dtl_packer_init(&k, w, width);
    for (uint32_t i = 0; i < b->sources && st == DTL_OK; i++) {
        st = dtl_packer_put(&k, at, err);
        at += source_at(b, order[i]).n;
    }
    if (st == DTL_OK)
        st = dtl_packer_finish(&k, err);
    for (uint32_t i = 0; i < b->sources && st == DTL_OK; i++)
        st = dtl_part_write(w, source_at(b, order[i]), err);
    return st < 0 ? st : dtl_part_align(w, 64, err);
}

static enum dtl_status write_all(struct dtl_identities_builder *b, const uint32_t *order,
                                 const uint32_t *rank, struct dtl_part_writer *w,
                                 struct dtl_error *err)
{
    struct identities_layout l = identities_layout(b->docs, b->sources, b->ids.n, b->text.n);
    uint8_t h[IDENTITIES_HEADER] = {0};
    dtl_store32(h + AT_MAGIC, IDENTITIES_MAGIC);
    dtl_store32(h + AT_VERSION, IDENTITIES_VERSION);
    dtl_store32(h + AT_DOCS, b->docs);
    dtl_store32(h + AT_SOURCES, b->sources);
    dtl_store64(h + AT_ID_BYTES, b->ids.n);
    dtl_store64(h + AT_SOURCE_BYTES, b->text.n);
    enum dtl_status st = dtl_part_write(w, dtl_bytes(h, sizeof h), err);
    if (st == DTL_OK)
        st = write_hashes((const struct identity *)(const void *)b->identity.p, b->docs,
                          l.doc_width, w, err);
    struct dtl_packer k;
    dtl_packer_init(&k, w, l.ordinal_width);
    for (uint32_t i = 0; i < b->docs && st == DTL_OK; i++)
        st = dtl_packer_put(&k, rank[dtl_load32(b->ordinals.p + (size_t)i * 4)], err);
    if (st == DTL_OK)
        st = dtl_packer_finish(&k, err);
    dtl_packer_init(&k, w, l.block_width);
    for (uint32_t i = 0; i < l.block_count && st == DTL_OK; i++)
        st = dtl_packer_put(&k, dtl_load64(b->blocks.p + (size_t)i * 8), err);
    if (st == DTL_OK)
        st = dtl_packer_finish(&k, err);
    if (st == DTL_OK)
        st = dtl_part_write(w, dtl_buffer_view(&b->ids), err);
    if (st == DTL_OK)
        st = dtl_part_align(w, 64, err);
    return st < 0 ? st : write_sources(b, order, l.source_width, w, err);
}

enum dtl_status dtl_identities_builder_finish(struct dtl_identities_builder *b,
                                              struct dtl_part_writer *w, struct dtl_error *err)
{
    uint32_t *order = calloc((size_t)b->sources + 1, sizeof *order);
    uint32_t *rank = calloc((size_t)b->sources + 1, sizeof *rank);
    enum dtl_status st = DTL_OK;
    if (!order || !rank) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for identities");
        goto out;
    }
    for (uint32_t i = 0; i < b->sources; i++)
        order[i] = i;
    qsort_r(order, b->sources, sizeof *order, by_source, b);
    for (uint32_t i = 0; i < b->sources; i++)
        rank[order[i]] = i;
    if (b->docs)
        qsort(b->identity.p, b->docs, sizeof(struct identity), by_hash);
    st = write_all(b, order, rank, w, err);
out:
    free(order);
    free(rank);
    return st;
}
