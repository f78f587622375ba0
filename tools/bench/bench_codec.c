/*
 * bench_codec.c - every kernel of the codec: bench_codec [--json] [KERNEL...].
 *
 * For each kernel this processor can use: packing, unpacking and unpacking with running sums at
 * each width; posting blocks of geometric gaps as lists have them (documents, frequencies); tails;
 * groups of positions. Nanoseconds a call are the middle of many measurements, the spread is the
 * 99th percentile; billions of numbers a second follow from the middle.
 */
#include "common/codec/pfor.h"
#include "common/codec/tail.h"
#include "tools/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 41u   /* measurements */
#define CALLS  2000u /* in each */
#define BLOCKS 256u  /* of a made list: more than a branch predictor remembers */

struct work { /* what one measurement does CALLS times */
    const struct dtl_bitpack *kernel;
    unsigned bits;
    uint32_t values[DTL_GROUP], out[DTL_GROUP], tfs[DTL_GROUP];
    uint8_t packed[DTL_GROUP * 4 + 64];
    struct dtl_buffer bytes; /* BLOCKS of them */
    size_t at[BLOCKS + 1], tfs_at[BLOCKS];
    dtl_doc base[BLOCKS];
    size_t n; /* numbers a call decodes */
};
typedef void (*call_fn)(struct work *w, uint32_t i);

static uint64_t state = 88172645463325252u;

static uint32_t some(uint32_t below) /* the same numbers in every run */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 32) * below >> 32);
}

static uint32_t geometric(uint32_t mean)
{
    uint32_t n = 0;
    while (some(mean) != 0)
        n++;
    return n;
}

static void measure(bool json, const char *what, struct work *w, call_fn call)
{
    double ns[ROUNDS];
    char name[96];
    for (uint32_t r = 0; r < ROUNDS; r++) {
        double start = dtl_bench_seconds();
        for (uint32_t i = 0; i < CALLS; i++)
            call(w, i % BLOCKS);
        ns[r] = (dtl_bench_seconds() - start) * 1e9 / CALLS;
    }
    double middle = dtl_bench_percentile(ns, ROUNDS, 0.5);
    snprintf(name, sizeof name, "%s %s", w->kernel->name, what);
    struct dtl_bench_column c[] = {
        {"ns",     middle,                  1          },
        {"ns_p99", dtl_bench_percentile(ns, ROUNDS,      0.99), 1},
        {"g_ints_s",       (double)w->n / middle,                              2                               },
        {"bytes_call",       w->at[BLOCKS] ? (double)w->at[BLOCKS] / BLOCKS : 16.0 * w->bits, 1},
    };
    dtl_bench_row(json, name, c, sizeof c / sizeof *c);
}

static void pack(struct work *w, uint32_t i)
{
    (void)i;
    w->kernel->pack(w->values, w->bits, w->packed);
}

static void unpack(struct work *w, uint32_t i)
{
    (void)i;
    w->kernel->unpack(w->packed, w->bits, 0, w->out);
}

static void unpack_rising(struct work *w, uint32_t i)
{
    w->kernel->unpack_rising(w->packed, w->bits, i, w->out);
}

static void widths(bool json, const struct dtl_bitpack *kernel)
{
    static const struct {
        const char *name;
        call_fn call;
    } does[] = {
        {"pack",          pack         },
        {"unpack",        unpack       },
        {"unpack_rising", unpack_rising},
    };
    for (size_t d = 0; d < sizeof does / sizeof *does; d++)
        for (unsigned bits = 1; bits <= 32; bits++) {
            struct work w = {.kernel = kernel, .bits = bits, .n = DTL_GROUP};
            char what[64];
            for (size_t i = 0; i < DTL_GROUP; i++)
                w.values[i] = bits == 32 ? (uint32_t)state : some(1u << bits);
            kernel->pack(w.values, bits, w.packed);
            snprintf(what, sizeof what, "%s %u", does[d].name, bits);
            measure(json, what, &w, does[d].call);
        }
}

static void require(enum dtl_status st)
{
    if (st != DTL_OK)
        dtl_bench_die("what was encoded does not decode");
}

static struct dtl_bytes from(const struct work *w, size_t at)
{
    return dtl_bytes(w->bytes.p + at, w->bytes.n - at);
}

static void block_docs(struct work *w, uint32_t i)
{
    size_t used;
    require(dtl_block_decode_docs(from(w, w->at[i]), w->base[i], INT32_MAX, w->out, &used, NULL));
}

static void block_tfs(struct work *w, uint32_t i)
{
    size_t used;
    require(dtl_block_decode_tfs(from(w, w->tfs_at[i]), w->tfs, &used, NULL));
}

static void tail(struct work *w, uint32_t i)
{
    size_t used;
    require(dtl_tail_decode(from(w, w->at[i]), w->base[i], INT32_MAX, w->n, w->out, w->tfs, &used,
                            NULL));
}

static void group(struct work *w, uint32_t i)
{
    size_t used;
    require(dtl_pfor_decode(from(w, w->at[i]), w->n, w->out, &used, NULL));
}

/* Blocks or tails of n postings, `mean` documents apart. */
static void make_postings(struct work *w, uint32_t mean)
{
    dtl_doc next = 0;
    for (size_t b = 0; b < BLOCKS; b++) {
        w->at[b] = w->bytes.n;
        w->base[b] = next;
        for (size_t i = 0; i < w->n; i++) {
            w->out[i] = next + geometric(mean);
            next = w->out[i] + 1;
            w->tfs[i] = 1 + geometric(2) / 2 + (some(10) == 0 ? 3 : 0);
        }
        if (w->n == DTL_BLOCK ? !dtl_block_encode(&w->bytes, w->base[b], w->out, w->tfs)
                              : !dtl_tail_encode(&w->bytes, w->base[b], w->out, w->tfs, w->n))
            dtl_bench_die("no memory");
    }
    w->at[BLOCKS] = w->bytes.n;
    for (size_t b = 0; b < BLOCKS && w->n == DTL_BLOCK; b++) {
        size_t used = 0;
        require(
            dtl_block_decode_docs(from(w, w->at[b]), w->base[b], INT32_MAX, w->out, &used, NULL));
        w->tfs_at[b] = w->at[b] + used;
    }
}

static void lists(bool json, const struct dtl_bitpack *kernel)
{
    static const uint32_t means[] = {2, 20, 200, 2000};
    static const size_t tails[] = {1, 4, 7, 8, 16, 64, 127};
    char what[64];
    for (size_t m = 0; m < sizeof means / sizeof *means; m++) {
        struct work w = {.kernel = kernel, .n = DTL_BLOCK};
        make_postings(&w, means[m]);
        snprintf(what, sizeof what, "block documents, gap %u", means[m]);
        measure(json, what, &w, block_docs);
        snprintf(what, sizeof what, "block frequencies, gap %u", means[m]);
        measure(json, what, &w, block_tfs);
        dtl_buffer_release(&w.bytes);
    }
    for (size_t t = 0; t < sizeof tails / sizeof *tails; t++) {
        struct work w = {.kernel = kernel, .n = tails[t]};
        make_postings(&w, 200);
        snprintf(what, sizeof what, "tail of %zu", tails[t]);
        measure(json, what, &w, tail);
        dtl_buffer_release(&w.bytes);
    }
    struct work w = {.kernel = kernel, .n = DTL_GROUP};
    for (size_t b = 0; b < BLOCKS; b++) { /* gaps of positions: many short, some long */
        w.at[b] = w.bytes.n;
        for (size_t i = 0; i < DTL_GROUP; i++)
            w.out[i] = geometric(some(4) == 0 ? 400 : 60);
        if (!dtl_pfor_encode(&w.bytes, w.out, DTL_GROUP, DTL_PFOR_SMALL))
            dtl_bench_die("no memory");
    }
    w.at[BLOCKS] = w.bytes.n;
    measure(json, "group of positions", &w, group);
    dtl_buffer_release(&w.bytes);
}

static bool named(const struct dtl_bitpack *kernel, int argc, char **argv)
{
    bool any = argc < 2;
    for (int i = 1; i < argc; i++)
        any |= strcmp(argv[i], kernel->name) == 0;
    return any;
}

int main(int argc, char **argv)
{
    bool json = dtl_bench_wants_json(&argc, argv);
    dtl_bench_pin(-1);
    for (size_t k = 0; dtl_bitpack_at(k); k++) {
        const struct dtl_bitpack *kernel = dtl_bitpack_at(k);
        if (!kernel->usable() || !named(kernel, argc, argv))
            continue;
        atomic_store(&dtl_bitpack_chosen, kernel);
        widths(json, kernel);
        lists(json, kernel);
    }
    return 0;
}
