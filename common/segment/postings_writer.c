/*
 * postings_writer.c - the one place where posting lists are encoded.
 *
 * A list is encoded block by block as postings arrive. Positions and variants go to their parts as
 * soon as the list is known to be long (its first full block); the blocks wait for the end, since
 * the directory stands in front of them. A list that stays short is held back until its end tells
 * whether it fits the dictionary.
 *
 * Canonical: every choice (inline or placed, tail or block, packed widths, impact pairs) follows
 * from the postings.
 */
#include "common/segment/postings_writer.h"

#include "common/codec/tail.h"
#include "common/segment/occurrences.h"
#include "common/segment/term_entry.h"

#include <stdlib.h>

void dtl_postings_writer_init(struct dtl_postings_writer *w, struct dtl_part_writer *postings,
                              struct dtl_part_writer *positions, struct dtl_part_writer *variants)
{
    *w = (struct dtl_postings_writer){
        .postings = postings, .positions = positions, .variants = variants};
}

void dtl_postings_writer_release(struct dtl_postings_writer *w)
{
    dtl_buffer_release(&w->blocks);
    dtl_buffer_release(&w->directory);
    dtl_buffer_release(&w->pairs);
    dtl_buffer_release(&w->position_bytes);
    dtl_buffer_release(&w->variant_bytes);
    dtl_buffer_release(&w->held_gaps);
    dtl_buffer_release(&w->held_variants);
}

size_t dtl_postings_writer_memory(const struct dtl_postings_writer *w)
{
    return w->blocks.capacity + w->directory.capacity + w->pairs.capacity +
           w->position_bytes.capacity + w->variant_bytes.capacity + w->held_gaps.capacity +
           w->held_variants.capacity;
}

void dtl_postings_writer_begin(struct dtl_postings_writer *w, bool has_positions, uint32_t variants)
{
    w->has_positions = has_positions;
    w->variant_count = variants;
    w->df = 0;
    w->tf_total = w->occurrences = 0;
    w->next = w->base = 0;
    dtl_frontier_reset(&w->frontier);
    w->placed = (struct dtl_term){.postings_at = w->postings->bytes,
                                  .positions_at = w->positions->bytes,
                                  .variants_at = w->variants->bytes};
    w->held = 0;
    dtl_buffer_reset(&w->blocks);
    dtl_buffer_reset(&w->directory);
    dtl_buffer_reset(&w->pairs);
    dtl_buffer_reset(&w->position_bytes);
    dtl_buffer_reset(&w->variant_bytes);
    dtl_buffer_reset(&w->held_gaps);
    dtl_buffer_reset(&w->held_variants);
}

static enum dtl_status check(const struct dtl_postings_writer *w, const struct dtl_posting *p,
                             struct dtl_error *err)
{
    if (p->doc < w->next)
        return dtl_fail(err, DTL_EUSAGE, p->doc, "posting of document %u is out of order", p->doc);
    if (p->tf == 0 || p->tf > DTL_TF_MAX)
        return dtl_fail(err, DTL_EUSAGE, p->doc, "posting with frequency %u", p->tf);
    if (!w->has_positions)
        return DTL_OK;
    if (p->count == 0 || p->count > p->tf)
        return dtl_fail(err, DTL_EUSAGE, p->doc, "posting with %u positions", p->count);
    for (uint32_t i = 1; i < p->count; i++)
        if (p->positions[i] < p->positions[i - 1])
            return dtl_fail(err, DTL_EUSAGE, p->doc, "positions of document %u fall", p->doc);
    for (uint32_t i = 0; w->variant_count && i < p->count; i++)
        if (p->variants[i] >= w->variant_count)
            return dtl_fail(err, DTL_EUSAGE, p->doc, "variant %u of %u", p->variants[i],
                            w->variant_count);
    return DTL_OK;
}

/* Encode positions and variants of the open block behind what waits in the buffers. */
static bool encode_occurrences(struct dtl_postings_writer *w)
{
    if (!w->has_positions)
        return true;
    const uint32_t *gaps = (const uint32_t *)(const void *)w->held_gaps.p;
    const uint32_t *variants = (const uint32_t *)(const void *)w->held_variants.p;
    bool ok = !w->held_gaps.failed && !w->held_variants.failed &&
              dtl_positions_encode(&w->position_bytes, w->tfs, w->counts, w->held, gaps,
                                   w->held_gaps.n / sizeof *gaps);
    if (ok && w->variant_count > 1)
        ok = dtl_variants_encode(&w->variant_bytes, variants, w->held_variants.n / sizeof *variants,
                                 w->variant_count);
    dtl_buffer_reset(&w->held_gaps);
    dtl_buffer_reset(&w->held_variants);
    return ok;
}

static enum dtl_status drain(struct dtl_postings_writer *w, struct dtl_error *err)
{
    enum dtl_status st = dtl_part_write(w->positions, dtl_buffer_view(&w->position_bytes), err);
    if (st == DTL_OK)
        st = dtl_part_write(w->variants, dtl_buffer_view(&w->variant_bytes), err);
    w->placed.positions_bytes += w->position_bytes.n;
    w->placed.variants_bytes += w->variant_bytes.n;
    dtl_buffer_reset(&w->position_bytes);
    dtl_buffer_reset(&w->variant_bytes);
    return st;
}

/* Close the open block, full or not, as one of a list with a directory. */
static enum dtl_status flush(struct dtl_postings_writer *w, struct dtl_error *err)
{
    struct dtl_frontier frontier;
    struct dtl_impact pairs[DTL_IMPACTS_MAX];
    dtl_frontier_reset(&frontier);
    dtl_frontier_add(&frontier, w->tfs, w->length_codes, w->held);
    dtl_frontier_merge(&w->frontier, &frontier);
    bool ok = dtl_impacts_encode(&w->pairs, pairs, dtl_frontier_pairs(&frontier, pairs));
    ok = ok &&
         (w->held == DTL_BLOCK ? dtl_block_encode(&w->blocks, w->base, w->docs, w->tfs)
                               : dtl_tail_encode(&w->blocks, w->base, w->docs, w->tfs, w->held));
    if (!ok || !encode_occurrences(w))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a posting block");
    enum dtl_status st = drain(w, err);
    if (st < 0)
        return st;
    if (w->blocks.n > UINT32_MAX || w->placed.positions_bytes > UINT32_MAX ||
        w->placed.variants_bytes > UINT32_MAX)
        return dtl_fail(err, DTL_ELIMIT, w->next, "posting list over 4 GiB");
    struct dtl_directory_row row = {
        .value = {
                  [DTL_COLUMN_LAST] = w->docs[w->held - 1],
                  [DTL_COLUMN_POSTINGS] = (uint32_t)w->blocks.n,
                  [DTL_COLUMN_POSITIONS] = (uint32_t)w->placed.positions_bytes,
                  [DTL_COLUMN_VARIANTS] = (uint32_t)w->placed.variants_bytes,
                  [DTL_COLUMN_PAIRS] = (uint32_t)(w->pairs.n / DTL_IMPACT_BYTES),
                  }
    };
    if (!dtl_buffer_append(&w->directory, &row, sizeof row))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a block directory");
    w->held = 0;
    w->base = w->next;
    return DTL_OK;
}

enum dtl_status dtl_postings_writer_add(struct dtl_postings_writer *w, const struct dtl_posting *p,
                                        uint8_t length_code, struct dtl_error *err)
{
    enum dtl_status st = check(w, p, err);
    if (st < 0)
        return st;
    if (w->held == DTL_BLOCK && (st = flush(w, err)) < 0)
        return st;
    uint32_t i = w->held++;
    w->docs[i] = p->doc;
    w->tfs[i] = p->tf;
    w->counts[i] = p->count;
    w->length_codes[i] = length_code;
    if (w->has_positions) {
        if (!dtl_buffer_reserve(&w->held_gaps, p->count * sizeof *p->positions))
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for positions");
        uint32_t *gap = (uint32_t *)(void *)(w->held_gaps.p + w->held_gaps.n), last = 0;
        for (uint32_t k = 0; k < p->count; last = p->positions[k++])
            gap[k] = p->positions[k] - last;
        w->held_gaps.n += p->count * sizeof *gap;
        if (w->variant_count > 1)
            dtl_buffer_append(&w->held_variants, p->variants, p->count * sizeof *p->variants);
        w->occurrences += p->count;
    }
    w->df++;
    w->tf_total += p->tf;
    w->next = p->doc + 1;
    return DTL_OK;
}

/* Postings [from, from + n) of the run, which fit the open block. */
static enum dtl_status check_run(const struct dtl_postings_writer *w,
                                 const struct dtl_posting_run *run, uint32_t from, uint32_t n,
                                 struct dtl_error *err)
{
    bool fine = true;
    dtl_doc next = w->next;
    for (uint32_t i = from; i < from + n; i++) {
        fine &= run->docs[i] >= next && run->tfs[i] - 1 < DTL_TF_MAX;
        next = run->docs[i] + 1;
    }
    if (w->has_positions)
        for (uint32_t i = from; i < from + n; i++)
            fine &= run->start[i + 1] - run->start[i] - 1 < run->tfs[i];
    if (w->variant_count > 1)
        for (uint32_t k = run->start[from]; k < run->start[from + n]; k++)
            fine &= run->variants[k] < w->variant_count;
    return fine ? DTL_OK
                : dtl_fail(err, DTL_EUSAGE, run->docs[from],
                           "postings from document %u on are out of order or of impossible counts",
                           run->docs[from]);
}

static bool hold(struct dtl_postings_writer *w, const struct dtl_posting_run *run, uint32_t from,
                 uint32_t n, const uint8_t *lengths)
{
    memcpy(w->docs + w->held, run->docs + from, n * sizeof *w->docs);
    memcpy(w->tfs + w->held, run->tfs + from, n * sizeof *w->tfs);
    for (uint32_t i = 0; i < n; i++) {
        w->length_codes[w->held + i] = lengths[run->docs[from + i]];
        w->tf_total += run->tfs[from + i];
    }
    if (w->has_positions) {
        uint32_t begin = run->start[from], occurrences = run->start[from + n] - begin;
        for (uint32_t i = 0; i < n; i++)
            w->counts[w->held + i] = run->start[from + i + 1] - run->start[from + i];
        dtl_buffer_append(&w->held_gaps, run->gaps + begin, occurrences * sizeof *run->gaps);
        if (w->variant_count > 1)
            dtl_buffer_append(&w->held_variants, run->variants + begin,
                              occurrences * sizeof *run->variants);
        w->occurrences += occurrences;
    }
    w->held += n;
    w->df += n;
    w->next = run->docs[from + n - 1] + 1;
    return !w->held_gaps.failed && !w->held_variants.failed;
}

enum dtl_status dtl_postings_writer_run(struct dtl_postings_writer *w,
                                        const struct dtl_posting_run *run, const uint8_t *lengths,
                                        struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t from = 0, n; from < run->n; from += n) {
        if (w->held == DTL_BLOCK && (st = flush(w, err)) < 0)
            return st;
        n = DTL_BLOCK - w->held < run->n - from ? DTL_BLOCK - w->held : run->n - from;
        if ((st = check_run(w, run, from, n, err)) < 0)
            return st;
        if (!hold(w, run, from, n, lengths))
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for positions");
    }
    return DTL_OK;
}

static unsigned bytes_of(uint32_t v)
{
    return v < 1u << 8 ? 1 : v < 1u << 16 ? 2 : v < 1u << 24 ? 3 : 4;
}

static enum dtl_status write_directory(struct dtl_postings_writer *w, struct dtl_error *err)
{
    const struct dtl_directory_row *rows = (const void *)w->directory.p;
    size_t n = w->directory.n / sizeof *rows;
    unsigned width[DTL_DIRECTORY_COLUMNS] = {0};
    for (unsigned c = 0; c < DTL_DIRECTORY_COLUMNS;
         c++) /* every column rises: its last row is its widest */
        if (dtl_directory_has(c, w->has_positions, w->variant_count))
            width[c] = bytes_of(rows[n - 1].value[c]);
    uint32_t packed = 0;
    for (unsigned c = 0; c < DTL_DIRECTORY_COLUMNS; c++)
        packed |= (width[c] ? width[c] - 1 : 0) << (2 * c);
    uint8_t head[DTL_DIRECTORY_HEAD] = {0, (uint8_t)packed, (uint8_t)(packed >> 8)};
    struct dtl_buffer out = {0};
    dtl_buffer_append(&out, head, sizeof head);
    for (unsigned c = 0; c < DTL_DIRECTORY_COLUMNS; c++)
        for (size_t i = 0; width[c] && i < n; i++)
            dtl_buffer_append(&out, &rows[i].value[c], width[c]); /* little-endian: the low bytes */
    dtl_buffer_append(&out, w->pairs.p, w->pairs.n);
    enum dtl_status st = out.failed ? dtl_fail(err, DTL_ENOMEM, 0, "no memory for a directory")
                                    : dtl_part_write(w->postings, dtl_buffer_view(&out), err);
    dtl_buffer_release(&out);
    return st;
}

/* A bit for each document, read back from the encoded blocks: only at its end is a list known to be
 * dense, and few are. */
static enum dtl_status write_bitmap(struct dtl_postings_writer *w, struct dtl_error *err)
{
    const struct dtl_directory_row *rows = (const void *)w->directory.p;
    uint32_t blocks = (uint32_t)(w->directory.n / sizeof *rows);
    dtl_doc last = rows[blocks - 1].value[DTL_COLUMN_LAST], docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK];
    if (!dtl_bitmap_pays(w->df, last))
        return DTL_OK;
    size_t bytes = dtl_bitmap_bytes(last), used = 0;
    uint64_t *bits = calloc(1, bytes);
    enum dtl_status st = bits ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "no memory for a bitmap");
    for (uint32_t b = 0; b < blocks && st == DTL_OK; b++) {
        uint32_t from = b ? rows[b - 1].value[DTL_COLUMN_POSTINGS] : 0;
        uint32_t n = w->df - b * DTL_BLOCK < DTL_BLOCK ? w->df - b * DTL_BLOCK : DTL_BLOCK;
        dtl_doc base = b ? rows[b - 1].value[DTL_COLUMN_LAST] + 1 : 0;
        struct dtl_bytes in =
            dtl_bytes(w->blocks.p + from, rows[b].value[DTL_COLUMN_POSTINGS] - from);
        st = n < DTL_BLOCK ? dtl_tail_decode(in, base, last + 1, n, docs, tfs, &used, err)
                           : dtl_block_decode_docs(in, base, last + 1, docs, &used, err);
        for (uint32_t i = 0; i < n && st == DTL_OK; i++)
            bits[docs[i] / 64] |= UINT64_C(1) << docs[i] % 64;
    }
    if (st == DTL_OK)
        st = dtl_part_write(w->postings, dtl_bytes((const uint8_t *)bits, bytes), err);
    free(bits);
    return st;
}

static enum dtl_status end_short(struct dtl_postings_writer *w, struct dtl_term *t,
                                 struct dtl_error *err)
{
    dtl_frontier_add(&w->frontier, w->tfs, w->length_codes, w->held);
    if (!dtl_tail_encode(&w->blocks, 0, w->docs, w->tfs, w->held) || !encode_occurrences(w))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a posting list");
    if (w->blocks.n + w->position_bytes.n + w->variant_bytes.n <= DTL_INLINE_MAX) {
        t->is_inline = true;
        t->inline_postings = dtl_buffer_view(&w->blocks);
        t->inline_positions = dtl_buffer_view(&w->position_bytes);
        t->inline_variants = dtl_buffer_view(&w->variant_bytes);
        t->impact[0] = (struct dtl_impact){.length_code = (uint8_t)w->frontier.low};
        for (uint32_t i = 0; i < w->held; i++) {
            uint32_t tf = dtl_impact_tf_of(dtl_impact_tf_code(w->tfs[i]));
            t->impact[0].tf = tf > t->impact[0].tf ? tf : t->impact[0].tf;
        }
        t->impacts = 1;
        return DTL_OK;
    }
    t->impacts = dtl_frontier_pairs(&w->frontier, t->impact);
    enum dtl_status st = dtl_part_write(w->postings, dtl_buffer_view(&w->blocks), err);
    return st < 0 ? st : drain(w, err);
}

static enum dtl_status end_long(struct dtl_postings_writer *w, struct dtl_term *t,
                                struct dtl_error *err)
{
    enum dtl_status st = w->held ? flush(w, err) : DTL_OK;
    if (st < 0)
        return st;
    t->impacts = dtl_frontier_pairs(&w->frontier, t->impact);
    if ((st = write_directory(w, err)) < 0)
        return st;
    st = dtl_part_write(w->postings, dtl_buffer_view(&w->blocks), err);
    return st < 0 ? st : write_bitmap(w, err);
}

enum dtl_status dtl_postings_writer_end(struct dtl_postings_writer *w, struct dtl_term *t,
                                        struct dtl_error *err)
{
    t->df = w->df;
    if (w->df == 0)
        return DTL_OK;
    t->tf_total = w->tf_total;
    t->has_positions = w->has_positions;
    t->variants = w->variant_count;
    t->is_inline = false;
    enum dtl_status st = w->df < DTL_BLOCK ? end_short(w, t, err) : end_long(w, t, err);
    if (st < 0 || t->is_inline)
        return st;
    t->postings_at = w->placed.postings_at;
    t->positions_at = w->placed.positions_at;
    t->variants_at = w->placed.variants_at;
    t->postings_bytes = w->postings->bytes - t->postings_at;
    t->positions_bytes = w->placed.positions_bytes;
    t->variants_bytes = w->placed.variants_bytes;
    return DTL_OK;
}
