/*
 * postings.c - one term's list, read.
 *
 * Three shapes behind one face: a list inside its dictionary entry and a short placed list are a
 * tail and nothing else; a long one is directory, blocks, tail. The directory is viewed once, when
 * the list is opened, and never copied out: columns have fixed widths, so that a binary search
 * loads straight from the page.
 *
 * Of a block's positions and variants only the groups are decoded that hold the postings asked for.
 *
 * Nothing read here is believed: a block must end on the document its directory row names, blocks
 * must not go back, sizes must fit their list, and memory is taken only in proportion to bytes that
 * are there.
 */
#include "common/segment/postings.h"

#include "common/codec/tail.h"
#include "common/segment/impacts.h"
#include "common/segment/occurrences.h"
#include "common/segment/postings_layout.h"

#define NO_BLOCK UINT32_MAX

struct dtl_postings_private {
    struct dtl_arena *arena;
    struct dtl_bytes directory; /* fixed columns; empty for a list that is one tail */
    const uint8_t *column[DTL_DIRECTORY_COLUMNS];
    unsigned width[DTL_DIRECTORY_COLUMNS];
    uint64_t blocks_at, blocks_bytes, pairs_at; /* offsets in the postings part */
    struct dtl_bytes pairs;                     /* viewed on first use */
    uint64_t bitmap_at;                         /* in the postings part */
    size_t bitmap_bytes;                        /* 0: none */
    struct dtl_bytes bitmap;                    /* viewed on first use */
    dtl_doc floor;                              /* no document of a block to come may be below it */
    struct dtl_bytes tf_bytes;                  /* of the current block, while tfs wait */
    struct dtl_occurrences *occurrences; /* of the current block, from the first asked for on; holds
                                            heap memory */
    bool have_tfs, have_positions, have_variants;
};

static uint32_t cell(const struct dtl_postings_private *x, enum dtl_directory_column c,
                     uint32_t row)
{
    unsigned width = x->width[c]; /* a view has slack behind it: the load may pass its end */
    uint32_t v = dtl_load32(x->column[c] + (size_t)row * width);
    return width == 4 ? v : v & ((UINT32_C(1) << 8 * width) - 1);
}

static uint32_t cell_before(const struct dtl_postings_private *x, enum dtl_directory_column c,
                            uint32_t row)
{
    return row ? cell(x, c, row - 1) : 0;
}

/* What stands behind the blocks is a bitmap, or nothing. */
static enum dtl_status find_bitmap(struct dtl_postings *p, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    uint64_t end = cell(x, DTL_COLUMN_POSTINGS, p->blocks - 1);
    dtl_doc last = cell(x, DTL_COLUMN_LAST, p->blocks - 1);
    if (end >= x->blocks_bytes || last >= p->segment->facts.docs)
        return DTL_OK; /* nothing there, or damage that reading a block finds */
    if (x->blocks_bytes - end != dtl_bitmap_bytes(last))
        return dtl_fail(err, DTL_ECORRUPT, x->blocks_at + end,
                        "what follows a list's blocks is no bitmap");
    x->bitmap_at = x->blocks_at + end;
    x->bitmap_bytes = dtl_bitmap_bytes(last);
    x->blocks_bytes = end;
    return DTL_OK;
}

static enum dtl_status open_directory(struct dtl_postings *p, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    struct dtl_part *part = &p->segment->part[DTL_PART_POSTINGS];
    struct dtl_bytes v = {0};
    uint64_t at = p->term.postings_at, bytes = p->term.postings_bytes;
    if (bytes < DTL_DIRECTORY_HEAD)
        return dtl_fail(err, DTL_ECORRUPT, at, "block directory ends early");
    enum dtl_status st = dtl_part_view(part, at, DTL_DIRECTORY_HEAD, x->arena, &v, err);
    if (st < 0)
        return st;
    if (v.p[0] || v.p[2] >> (2 * DTL_DIRECTORY_COLUMNS - 8))
        return dtl_fail(err, DTL_ECORRUPT, at,
                        "block directory has flags this version does not know");
    unsigned widths = v.p[1] | (unsigned)v.p[2] << 8;
    size_t fixed = 0;
    for (unsigned c = 0; c < DTL_DIRECTORY_COLUMNS; c++) {
        x->width[c] = dtl_directory_has(c, p->term.has_positions, p->term.variants)
                          ? 1 + (widths >> (2 * c) & 3)
                          : 0;
        fixed += (size_t)x->width[c] * p->blocks;
    }
    if (fixed > bytes - DTL_DIRECTORY_HEAD)
        return dtl_fail(err, DTL_ECORRUPT, at, "block directory is longer than its list");
    if ((st = dtl_part_view(part, at + DTL_DIRECTORY_HEAD, fixed, x->arena, &x->directory, err)) <
        0)
        return st;
    const uint8_t *column = x->directory.p;
    for (unsigned c = 0; c < DTL_DIRECTORY_COLUMNS; c++) {
        x->column[c] = column;
        column += (size_t)x->width[c] * p->blocks;
    }
    uint64_t pairs = (uint64_t)DTL_IMPACT_BYTES * cell(x, DTL_COLUMN_PAIRS, p->blocks - 1);
    if (pairs > bytes - DTL_DIRECTORY_HEAD - fixed)
        return dtl_fail(err, DTL_ECORRUPT, at, "impact pairs are longer than their list");
    x->pairs_at = at + DTL_DIRECTORY_HEAD + fixed;
    x->blocks_at = x->pairs_at + pairs;
    x->blocks_bytes = bytes - DTL_DIRECTORY_HEAD - fixed - pairs;
    return find_bitmap(p, err);
}

enum dtl_status dtl_postings_open(struct dtl_postings *p, struct dtl_segment *s,
                                  const struct dtl_term *term, struct dtl_arena *arena,
                                  struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (term->df == 0 || term->df > s->facts.docs)
        return dtl_fail(err, DTL_ECORRUPT, term->ordinal, "term in %u of %u documents", term->df,
                        s->facts.docs);
    struct dtl_postings_private *x = dtl_arena_alloc(arena, sizeof *x);
    if (!x)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a posting list");
    x->arena = arena;
    p->count = 0;
    p->last = 0;
    p->blocks = (term->df + DTL_BLOCK - 1) / DTL_BLOCK;
    p->block = NO_BLOCK;
    p->blocks_read = 0;
    p->segment = s;
    p->term = *term;
    p->x = x;
    if (term->df < DTL_BLOCK)
        return DTL_OK;
    if (term->is_inline)
        return dtl_fail(err, DTL_ECORRUPT, term->ordinal, "inline list of %u postings", term->df);
    st = open_directory(p, err);
    if (st == DTL_OK) /* a bitmap is not: few ask for it */
        st = dtl_part_announce(&s->part[DTL_PART_POSTINGS], term->postings_at,
                               term->postings_bytes - x->bitmap_bytes, err);
    return st;
}

static bool has_directory(const struct dtl_postings *p)
{
    return p->term.df >= DTL_BLOCK;
}

/* The bytes of row `row` of column `c` as a view of `part`, whose list begins at `at` and has
 * `bytes`. */
static enum dtl_status view_row(struct dtl_postings *p, enum dtl_part_id part,
                                enum dtl_directory_column c, uint32_t row, uint64_t at,
                                uint64_t bytes, struct dtl_bytes *out, struct dtl_error *err)
{
    uint64_t begin = 0, end = bytes;
    if (has_directory(p)) {
        begin = cell_before(p->x, c, row);
        end = cell(p->x, c, row);
    }
    if (begin > end || end > bytes)
        return dtl_fail(err, DTL_ECORRUPT, at, "block %u lies outside its list", row);
    return dtl_part_view(&p->segment->part[part], at + begin, (size_t)(end - begin), p->x->arena,
                         out, err);
}

static enum dtl_status view_block(struct dtl_postings *p, uint32_t block, struct dtl_bytes *out,
                                  struct dtl_error *err)
{
    if (p->term.is_inline) {
        *out = p->term.inline_postings;
        return DTL_OK;
    }
    if (!has_directory(p))
        return dtl_part_view(&p->segment->part[DTL_PART_POSTINGS], p->term.postings_at,
                             (size_t)p->term.postings_bytes, p->x->arena, out, err);
    return view_row(p, DTL_PART_POSTINGS, DTL_COLUMN_POSTINGS, block, p->x->blocks_at,
                    p->x->blocks_bytes, out, err);
}

enum dtl_status dtl_postings_load(struct dtl_postings *p, uint32_t block, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    dtl_doc limit = p->segment->facts.docs, base = 0;
    uint32_t n = block + 1 < p->blocks ? DTL_BLOCK : p->term.df - block * DTL_BLOCK;
    struct dtl_bytes in = {0};
    size_t used = 0;
    if (p->block == block && p->count)
        return DTL_OK;
    if (block) {
        dtl_doc before = cell(x, DTL_COLUMN_LAST, block - 1);
        if (before >= limit)
            return dtl_fail(err, DTL_ECORRUPT, block, "block %u begins beyond the segment", block);
        base = before + 1;
    }
    p->count = 0; /* what is current is about to be overwritten */
    enum dtl_status st = view_block(p, block, &in, err);
    if (st < 0)
        return st;
    x->have_tfs = n < DTL_BLOCK;
    st = x->have_tfs ? dtl_tail_decode(in, base, limit, n, p->docs, p->tfs, &used, err)
                     : dtl_block_decode_docs(in, base, limit, p->docs, &used, err);
    if (st < 0)
        return st;
    if ((x->have_tfs && used != in.n) ||
        (has_directory(p) && p->docs[n - 1] != cell(x, DTL_COLUMN_LAST, block)))
        return dtl_fail(err, DTL_ECORRUPT, block, "block %u is not what its directory says", block);
    for (uint32_t i = n; i < DTL_BLOCK; i++)
        p->docs[i] = DTL_DOC_END;
    x->tf_bytes = dtl_bytes(in.p + used, in.n - used);
    p->count = n;
    p->last = p->docs[n - 1];
    p->block = block;
    p->blocks_read++;
    x->have_positions = x->have_variants = false;
    return DTL_OK;
}

enum dtl_status dtl_postings_tfs(struct dtl_postings *p, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    size_t used = 0;
    if (x->have_tfs || p->count == 0)
        return DTL_OK;
    enum dtl_status st = dtl_block_decode_tfs(x->tf_bytes, p->tfs, &used, err);
    if (st < 0)
        return st;
    if (used != x->tf_bytes.n)
        return dtl_fail(err, DTL_ECORRUPT, p->block, "block %u is not what its directory says",
                        p->block);
    x->have_tfs = true;
    return DTL_OK;
}

/* The first row of [from, end) of a rising column that is >= target; `end` when none. */
static inline uint32_t find_in(const struct dtl_postings *p, enum dtl_directory_column c,
                               uint32_t from, uint32_t target, uint32_t end)
{
    const struct dtl_postings_private *x = p->x;
    uint32_t step = 1, low = from, high = from;
    while (high < end && cell(x, c, high) < target) { /* gallop: targets are near */
        low = high + 1;
        high = end - high > step ? high + step : end;
        step *= 2;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (cell(x, c, middle) < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first block from `from` on whose last document is >= target; p->blocks when none. */
static uint32_t find_block(const struct dtl_postings *p, uint32_t from, dtl_doc target)
{
    return find_in(p, DTL_COLUMN_LAST, from, target, p->blocks);
}

uint32_t dtl_postings_find(const struct dtl_postings *p, uint32_t from, dtl_doc target)
{
    if (has_directory(p))
        return from < p->blocks ? find_block(p, from, target) : p->blocks;
    return p->count && target > p->last ? p->blocks : from;
}

void dtl_postings_lasts(const struct dtl_postings *p, uint32_t from, uint32_t to, dtl_doc *out)
{
    for (uint32_t b = from; b < to; b++)
        out[b - from] = dtl_postings_last(p, b);
}

dtl_doc dtl_postings_last(const struct dtl_postings *p, uint32_t block)
{
    if (has_directory(p))
        return cell(p->x, DTL_COLUMN_LAST, block);
    return p->count ? p->last : DTL_DOC_END - 1;
}

static enum dtl_status end(struct dtl_postings *p)
{
    p->count = 0;
    p->last = DTL_DOC_END;
    p->block = p->blocks;
    return DTL_END;
}

enum dtl_status dtl_postings_seek_docs(struct dtl_postings *p, dtl_doc target,
                                       struct dtl_error *err)
{
    if (p->count && target <= p->last)
        return DTL_OK;
    if (p->block == p->blocks)
        return DTL_END;
    uint32_t next = p->block == NO_BLOCK ? 0 : p->block + 1;
    if (has_directory(p))
        next = find_block(p, next, target);
    if (next >= p->blocks)
        return end(p);
    if (next && cell(p->x, DTL_COLUMN_LAST, next - 1) + 1 < p->x->floor)
        return dtl_fail(err, DTL_ECORRUPT, next, "block directory goes back at block %u", next);
    enum dtl_status st = dtl_postings_load(p, next, err);
    if (st < 0)
        return st;
    p->x->floor = p->last + 1;
    return p->last >= target ? DTL_OK : end(p); /* only a list without directory can disappoint */
}

enum dtl_status dtl_postings_seek(struct dtl_postings *p, dtl_doc target, struct dtl_error *err)
{
    enum dtl_status st = dtl_postings_seek_docs(p, target, err);
    return st == DTL_OK ? dtl_postings_tfs(p, err) : st;
}

static enum dtl_status need_pairs(struct dtl_postings *p, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    if (x->pairs.p)
        return DTL_OK;
    return dtl_part_view(&p->segment->part[DTL_PART_POSTINGS], x->pairs_at,
                         (size_t)(x->blocks_at - x->pairs_at), x->arena, &x->pairs, err);
}

enum dtl_status dtl_postings_bitmap(struct dtl_postings *p, struct dtl_bytes *bits,
                                    struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    enum dtl_status st = DTL_OK;
    if (!has_directory(p) || x->bitmap_bytes == 0)
        return DTL_END;
    if (!x->bitmap.p)
        st = dtl_part_view(&p->segment->part[DTL_PART_POSTINGS], x->bitmap_at, x->bitmap_bytes,
                           x->arena, &x->bitmap, err);
    *bits = x->bitmap;
    return st;
}

enum dtl_status dtl_postings_check_bitmap(struct dtl_postings *p, struct dtl_error *err)
{
    struct dtl_bytes bits = {0};
    uint32_t set = 0, held = 0;
    enum dtl_status st = dtl_postings_bitmap(p, &bits, err);
    if (st != DTL_OK)
        return st < 0 ? st : DTL_OK;
    for (size_t at = 0; at < bits.n; at += 8)
        set += (uint32_t)__builtin_popcountll(dtl_load64(bits.p + at));
    for (uint32_t b = 0; b < p->blocks; b++) {
        if ((st = dtl_postings_load(p, b, err)) < 0)
            return st;
        for (uint32_t i = 0; i < p->count; i++)
            if (p->docs[i] / 8 < bits.n)
                held += bits.p[p->docs[i] / 8] >> p->docs[i] % 8 & 1;
    }
    if (set != p->term.df || held != set)
        return dtl_fail(err, DTL_ECORRUPT, p->x->bitmap_at,
                        "bitmap with other documents than its list");
    return DTL_OK;
}

enum dtl_status dtl_postings_pairs(struct dtl_postings *p, uint32_t from, uint32_t to,
                                   const uint8_t **pairs, uint32_t *end, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    enum dtl_status st = need_pairs(p, err);
    if (st < 0)
        return st;
    uint32_t first = cell_before(x, DTL_COLUMN_PAIRS, from), last = first;
    for (uint32_t b = from; b < to; b++) {
        uint32_t e = cell(x, DTL_COLUMN_PAIRS, b);
        if (last >= e || e - last > DTL_IMPACTS_MAX || (uint64_t)DTL_IMPACT_BYTES * e > x->pairs.n)
            return dtl_fail(err, DTL_ECORRUPT, b, "impact pairs of block %u out of place", b);
        end[b - from] = e - first;
        last = e;
    }
    *pairs = x->pairs.p + (size_t)DTL_IMPACT_BYTES * first;
    return DTL_OK;
}

enum dtl_status dtl_postings_all_pairs(struct dtl_postings *p, uint32_t from, uint32_t to,
                                       const uint8_t **pairs, uint32_t *number, uint32_t *count,
                                       struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    enum dtl_status st = need_pairs(p, err);
    if (st < 0)
        return st;
    uint32_t begin = cell_before(x, DTL_COLUMN_PAIRS, from);
    uint32_t end = cell(x, DTL_COLUMN_PAIRS, to - 1);
    if (begin > end || (uint64_t)DTL_IMPACT_BYTES * end > x->pairs.n)
        return dtl_fail(err, DTL_ECORRUPT, from, "impact pairs of block %u out of place", from);
    *pairs = x->pairs.p + (size_t)DTL_IMPACT_BYTES * begin;
    *number = begin;
    *count = end - begin;
    return DTL_OK;
}

uint32_t dtl_postings_pair_block(const struct dtl_postings *p, uint32_t from, uint32_t number)
{
    return find_in(p, DTL_COLUMN_PAIRS, from, number + 1, p->blocks - 1);
}

enum dtl_status dtl_postings_impacts(struct dtl_postings *p, dtl_doc target,
                                     struct dtl_impact out[DTL_IMPACTS_MAX], uint32_t *count,
                                     dtl_doc *block_last, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    enum dtl_status st = DTL_OK;
    if (p->block == p->blocks)
        return DTL_END;
    if (!has_directory(p)) { /* one block: only decoding it tells where it ends */
        if (p->block == NO_BLOCK && (st = dtl_postings_load(p, 0, err)) < 0)
            return st;
        if (target > p->last)
            return DTL_END;
        memcpy(out, p->term.impact, p->term.impacts * sizeof *out);
        *count = p->term.impacts;
        *block_last = p->last;
        return DTL_OK;
    }
    uint32_t block = p->block == NO_BLOCK ? 0 : p->block;
    block = find_block(p, block, target);
    if (block == p->blocks)
        return DTL_END;
    uint32_t begin = cell_before(x, DTL_COLUMN_PAIRS, block), e = cell(x, DTL_COLUMN_PAIRS, block);
    if ((st = need_pairs(p, err)) < 0)
        return st;
    if (begin >= e || e - begin > DTL_IMPACTS_MAX || (uint64_t)DTL_IMPACT_BYTES * e > x->pairs.n)
        return dtl_fail(err, DTL_ECORRUPT, block, "impact pairs of block %u out of place", block);
    st = dtl_impacts_decode(dtl_bytes(x->pairs.p + (size_t)DTL_IMPACT_BYTES * begin,
                                      (size_t)DTL_IMPACT_BYTES * (e - begin)),
                            e - begin, out, err);
    if (st < 0)
        return st;
    *count = e - begin;
    *block_last = cell(x, DTL_COLUMN_LAST, block);
    return DTL_OK;
}

static enum dtl_status need_positions(struct dtl_postings *p, uint32_t i, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    enum dtl_status st = DTL_OK;
    struct dtl_bytes in = p->term.inline_positions;
    if (i >= p->count || !p->term.has_positions)
        return dtl_fail(err, DTL_EUSAGE, i, "no positions for posting %u", i);
    if (x->have_positions)
        return DTL_OK;
    if (!x->occurrences && !(x->occurrences = dtl_arena_alloc(x->arena, sizeof *x->occurrences)))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for positions");
    if (!p->term.is_inline)
        st = view_row(p, DTL_PART_POSITIONS, DTL_COLUMN_POSITIONS, p->block, p->term.positions_at,
                      p->term.positions_bytes, &in, err);
    if (st == DTL_OK)
        st = dtl_postings_tfs(p, err);
    if (st == DTL_OK)
        st = dtl_occurrences_open(x->occurrences, in, p->tfs, p->count, err);
    x->have_positions = st == DTL_OK;
    return st;
}

enum dtl_status dtl_postings_positions(struct dtl_postings *p, uint32_t i,
                                       const uint32_t **positions, uint32_t *count,
                                       struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (!p->x->have_positions || i >= p->count)
        st = need_positions(p, i, err);
    if (st == DTL_OK)
        st = dtl_occurrences_of(p->x->occurrences, i, positions, err);
    if (st == DTL_OK)
        *count = p->x->occurrences->start[i + 1] - p->x->occurrences->start[i];
    return st;
}

static enum dtl_status need_variants(struct dtl_postings *p, uint32_t i, struct dtl_error *err)
{
    struct dtl_postings_private *x = p->x;
    enum dtl_status st = need_positions(p, i, err);
    if (st < 0 || x->have_variants)
        return st;
    if (p->term.variants == 0)
        return dtl_fail(err, DTL_EUSAGE, i, "the field of this term keeps no printed forms");
    struct dtl_bytes in = p->term.inline_variants;
    if (!p->term.is_inline && p->term.variants > 1)
        st = view_row(p, DTL_PART_VARIANTS, DTL_COLUMN_VARIANTS, p->block, p->term.variants_at,
                      p->term.variants_bytes, &in, err);
    if (st == DTL_OK)
        st = dtl_occurrences_variants(x->occurrences, in, p->term.variants, err);
    x->have_variants = st == DTL_OK;
    return st;
}

enum dtl_status dtl_postings_variants(struct dtl_postings *p, uint32_t i, const uint32_t **variants,
                                      struct dtl_error *err)
{
    enum dtl_status st = need_variants(p, i, err);
    return st < 0 ? st : dtl_occurrences_numbers(p->x->occurrences, i, variants, err);
}

enum dtl_status dtl_postings_occurrences(struct dtl_postings *p, bool gaps, bool numbers,
                                         struct dtl_occurrence_run *out, struct dtl_error *err)
{
    enum dtl_status st = need_positions(p, 0, err);
    struct dtl_occurrences *o = p->x->occurrences;
    if (st < 0)
        return st;
    *out = (struct dtl_occurrence_run){.start = o->start};
    if (gaps)
        st = dtl_occurrences_gaps(o, &out->gaps, err);
    if (st == DTL_OK && numbers && p->term.variants > 1) {
        if ((st = need_variants(p, 0, err)) == DTL_OK)
            st = dtl_occurrences_all_numbers(o, &out->numbers, err);
    }
    return st;
}

void dtl_postings_release(struct dtl_postings *p)
{
    if (!p->x)
        return;
    if (p->x->occurrences)
        dtl_occurrences_release(p->x->occurrences);
    p->x = NULL;
}
