/*
 * Any bytes as the list of a placed term: no crash, and whatever is accepted is sane.
 * Input: df:u16 shape:u8 variants:u8 postings:u16 positions:u16, then postings, positions and the
 * rest as variants.
 */
#include "tests/fuzz/list_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dtl_bytes take(struct dtl_bytes *in, size_t n)
{
    struct dtl_bytes b = dtl_bytes(in->p, n < in->n ? n : in->n);
    *in = dtl_bytes(in->p + b.n, in->n - b.n);
    return b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 8)
        return 0;
    struct list_fuzz *f = list_fuzz_new();
    struct dtl_bytes in = {data + 8, size - 8};
    struct dtl_bytes postings = take(&in, dtl_load16(data + 4));
    struct dtl_bytes positions = take(&in, dtl_load16(data + 6));
    struct dtl_term t = {
        .key = {DTL_FIELD_TEXT,      1, DTL_LITERAL("run")},
        .df = 1 + dtl_load16(data) % FUZZ_DOCS,
        .impact = {{1, 1}},
        .impacts = 1,
        .has_positions = data[2] & 1,
        .variants = data[2] & 1 ? data[3] % 16 : 0,
        .is_inline = data[2] & 2
    };
    if (t.is_inline) {
        t.inline_postings = postings;
        t.inline_positions = positions;
        t.inline_variants = in;
    } else {
        t.postings_bytes = postings.n;
        t.positions_bytes = positions.n;
        t.variants_bytes = in.n;
    }
    list_fuzz_part(f, DTL_PART_POSTINGS, postings);
    list_fuzz_part(f, DTL_PART_POSITIONS, positions);
    list_fuzz_part(f, DTL_PART_VARIANTS, in);
    list_fuzz_open(f);
    (void)exercise_list(&f->segment, &t);
    list_fuzz_free(f);
    return 0;
}
