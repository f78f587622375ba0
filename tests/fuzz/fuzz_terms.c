/* Any bytes as a term dictionary: no crash, and whatever is accepted is sane. */
#include "tests/fuzz/list_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct list_fuzz *f = list_fuzz_new();
    struct dtl_bytes terms = {data, size};
    static const uint8_t empty[64] = {1}; /* a dictionary without entries */
    static const uint8_t some[256] = {0};
    f->facts.terms = list_fuzz_entries(terms);
    list_fuzz_part(f, DTL_PART_TERMS, terms);
    list_fuzz_part(f, DTL_PART_FORMS, dtl_bytes(empty, sizeof empty));
    list_fuzz_part(f, DTL_PART_POSTINGS, dtl_bytes(some, sizeof some));
    list_fuzz_part(f, DTL_PART_POSITIONS, dtl_bytes(some, sizeof some));
    list_fuzz_part(f, DTL_PART_VARIANTS, dtl_bytes(some, sizeof some));
    list_fuzz_open(f);
    (void)exercise_segment(&f->segment);
    list_fuzz_free(f);
    return 0;
}
