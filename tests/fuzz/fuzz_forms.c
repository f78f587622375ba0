/* Any bytes as a forms dictionary beside good terms: no crash, and whatever is accepted is sane. */
#include "tests/fuzz/list_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two terms of the text in language 1, each once in article 0: "run", printed so, and "runs"
 * likewise. */
static const uint8_t terms[] = {0x50, 1,    1,    'r',  'u', 'n',  0, 0,  0,    0x06, 0,
                                40,   0x01, 0x00, 0x15, 's', 0x06, 0, 40, 0x01, 0x01};

static enum dtl_status count(void *ctx, struct dtl_bytes folded, const uint32_t *ordinals, size_t n)
{
    (void)folded;
    (void)ordinals;
    exercise_require(n > 0);
    size_t *seen = ctx;
    return ++*seen == 1000 ? DTL_END : DTL_OK;
}

/* Nothing that begins with the first half of a word passes. */
static enum dtl_status kill_halves(void *ctx, struct dtl_bytes word, size_t *dead)
{
    size_t *asked = ctx;
    *dead = word.n / 2;
    return ++*asked % 3 ? DTL_NOTFOUND : DTL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct list_fuzz *f = list_fuzz_new();
    struct dtl_bytes forms = {data, size};
    uint8_t dictionary[32 + 64 + 64] = {0};
    memcpy(dictionary, terms, sizeof terms);
    memcpy(dictionary + 35, "nur\x01\x01", 5); /* head at 32 */
    dictionary[96] = 1;
    dictionary[100] = 2;
    dictionary[104] = 32;
    dictionary[128] = 2;
    f->facts.terms = 2;
    f->facts.forms = list_fuzz_entries(forms);
    list_fuzz_part(f, DTL_PART_TERMS, dtl_bytes(dictionary, sizeof dictionary));
    list_fuzz_part(f, DTL_PART_FORMS, forms);
    list_fuzz_open(f);
    (void)exercise_segment(&f->segment);
    static const char *const words[] = {"run", "running", "r", "zzz", "runs", ""};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct dtl_arena arena = {0};
        uint32_t *ordinals = NULL;
        size_t n = 0, seen = 0;
        (void)exercise_result(
            dtl_forms_lookup(&f->segment, dtl_bytes_of(words[i]), &arena, &ordinals, &n, NULL));
        (void)exercise_result(
            dtl_forms_prefix(&f->segment, dtl_bytes_of(words[i]), count, &seen, NULL));
        size_t asked = 0;
        (void)exercise_result(dtl_forms_passing(&f->segment, dtl_bytes_of(words[i]), kill_halves,
                                                &asked, count, &seen, NULL));
        dtl_arena_release(&arena);
    }
    list_fuzz_free(f);
    return 0;
}
