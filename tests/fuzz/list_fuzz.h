/* tests/fuzz/list_fuzz.h - bytes of a fuzzer as parts of a segment whose sums hold, so that
 * decoders see them. */
#ifndef DTL_FUZZ_LIST_FUZZ_H
#define DTL_FUZZ_LIST_FUZZ_H
#include "tests/unit/list_exercise.h"
#include "tests/unit/memory_parts.h"

#define FUZZ_DOCS 5000u

struct list_fuzz {
    struct memory_parts parts;
    struct dtl_segment_facts facts;
    struct dtl_segment segment;
    struct dtl_arena arena;
};

static inline struct list_fuzz *list_fuzz_new(void)
{
    struct list_fuzz *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    f->facts.docs = FUZZ_DOCS;
    return f;
}

static inline void list_fuzz_part(struct list_fuzz *f, uint8_t id, struct dtl_bytes bytes)
{
    memory_put(&f->parts, id, bytes);
    f->facts.part_bytes[id] = bytes.n;
}

/* A dictionary knows its number of entries; the catalog row, which must agree, is taken from it. */
static inline uint32_t list_fuzz_entries(struct dtl_bytes part)
{
    return part.n < 64 ? 0 : dtl_load32(part.p + part.n - 60);
}

static inline void list_fuzz_open(struct list_fuzz *f)
{
    if (dtl_segment_open(&f->segment, &f->facts, memory_fetch, &f->parts, &f->arena, NULL) < 0)
        abort();
}

static inline void list_fuzz_free(struct list_fuzz *f)
{
    dtl_arena_release(&f->arena);
    memory_release(&f->parts);
    free(f);
}
#endif
