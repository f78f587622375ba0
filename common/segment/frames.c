/*
 * frames.c - zstd, one frame an article, under a dictionary shared by the whole index.
 *
 * Why a frame each: a result page loads ten articles from ten places, and blocks would decompress a
 * hundred to show them; the dictionary gives back what a small frame loses. Frames carry their
 * content size (so one allocation fits) and zstd's own checksum (so a frame decoded with another
 * dictionary, or rotten below the grain sums, is known by itself), and no dictionary number: the
 * index has one dictionary at a time.
 */
#define ZSTD_STATIC_LINKING_ONLY  /* forced attaching, */
#define ZDICT_STATIC_LINKING_ONLY /* and training with the parameters given */
#include "common/segment/frames.h"

#include <stdlib.h>
#include <zdict.h>
#define ZSTD_STATIC_LINKING_ONLY /* dictionaries by reference, and limits on memory */
#include <zstd.h>

static bool failed(size_t code)
{
    return ZSTD_isError(code) != 0;
}

/* ---- encoder ---- */

struct dtl_frame_encoder {
    ZSTD_CCtx *c;
    struct dtl_buffer out;
};

/*
 * Why not a level: zstd sizes the tables of its levels for inputs of megabytes. An article has a
 * few thousand bytes, so what counts is that the tables of the article and those of the dictionary
 * stay in the caches, and that the dictionary's are looked into where they are (attached), never
 * copied. Two hash tables searched once each give three quarters of what level 4 gains over level
 * 1 (docs/decisions/0053).
 */
static const struct {
    ZSTD_cParameter name;
    int value;
} settings[] = {
    {ZSTD_c_compressionLevel, 3                   }, /* what the others do not say */
    {ZSTD_c_strategy,         ZSTD_dfast          },
    {ZSTD_c_windowLog,        20                  },
    {ZSTD_c_hashLog,          17                  },
    {ZSTD_c_chainLog,         15                  },
    {ZSTD_c_minMatch,         5                   },
    {ZSTD_c_contentSizeFlag,  1                   },
    {ZSTD_c_checksumFlag,     1                   },
    {ZSTD_c_dictIDFlag,       0                   },
    {ZSTD_c_forceAttachDict,  ZSTD_dictForceAttach},
};

enum dtl_status dtl_frame_encoder_open(struct dtl_frame_encoder **out, struct dtl_bytes dictionary,
                                       struct dtl_error *err)
{
    struct dtl_frame_encoder *e = calloc(1, sizeof *e);
    if (!e || !(e->c = ZSTD_createCCtx())) {
        dtl_frame_encoder_close(e);
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to compress articles");
    }
    bool ok = true;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        ok = ok && !failed(ZSTD_CCtx_setParameter(e->c, settings[i].name, settings[i].value));
    /* digested once, at the first frame */
    ok = ok &&
         (!dictionary.n || !failed(ZSTD_CCtx_loadDictionary(e->c, dictionary.p, dictionary.n)));
    if (!ok) {
        dtl_frame_encoder_close(e);
        return dtl_fail(err, DTL_ENOMEM, 0, "zstd refuses its settings");
    }
    *out = e;
    return DTL_OK;
}

enum dtl_status dtl_frame_encode(struct dtl_frame_encoder *e, struct dtl_bytes record,
                                 struct dtl_bytes *frame, struct dtl_error *err)
{
    if (record.n > DTL_ARTICLE_MAX)
        return dtl_fail(err, DTL_ELIMIT, record.n, "an article of more than %zu MiB",
                        DTL_ARTICLE_MAX >> 20);
    dtl_buffer_reset(&e->out);
    if (!dtl_buffer_reserve(&e->out, ZSTD_compressBound(record.n)))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to compress an article");
    size_t n = ZSTD_compress2(e->c, e->out.p, e->out.capacity, record.p, record.n);
    if (failed(n))
        return dtl_fail(err, DTL_ENOMEM, 0, "zstd: %s", ZSTD_getErrorName(n));
    e->out.n = n;
    *frame = dtl_buffer_view(&e->out);
    return DTL_OK;
}

void dtl_frame_encoder_close(struct dtl_frame_encoder *e)
{
    if (!e)
        return;
    ZSTD_freeCCtx(e->c);
    dtl_buffer_release(&e->out);
    free(e);
}

/* ---- decoder ---- */

struct dtl_frame_decoder {
    ZSTD_DCtx *d;
    ZSTD_DDict *dictionary; /* NULL: none, or not yet prepared */
    struct dtl_bytes raw;   /* what it refers to */
};

enum dtl_status dtl_frame_decoder_open(struct dtl_frame_decoder **out, struct dtl_bytes dictionary,
                                       struct dtl_error *err)
{
    struct dtl_frame_decoder *d = calloc(1, sizeof *d);
    if (!d)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to read articles");
    d->raw = dictionary;
    *out = d;
    return DTL_OK;
}

static enum dtl_status prepare(struct dtl_frame_decoder *d, struct dtl_error *err)
{
    if (!d->d && !(d->d = ZSTD_createDCtx()))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to read articles");
    if (d->raw.n && !d->dictionary &&
        !(d->dictionary = ZSTD_createDDict_byReference(d->raw.p, d->raw.n))) /* or no memory */
        return dtl_fail(err, DTL_ECORRUPT, 0, "the articles' dictionary is damaged");
    return DTL_OK;
}

enum dtl_status dtl_frame_decode(struct dtl_frame_decoder *d, struct dtl_bytes frame,
                                 struct dtl_arena *arena, struct dtl_bytes *record,
                                 struct dtl_error *err)
{
    enum dtl_status st = prepare(d, err);
    if (st < 0)
        return st;
    unsigned long long n = ZSTD_getFrameContentSize(frame.p, frame.n);
    if (n == ZSTD_CONTENTSIZE_ERROR || n == ZSTD_CONTENTSIZE_UNKNOWN || n > DTL_ARTICLE_MAX)
        return dtl_fail(err, DTL_ECORRUPT, 0, "an article's frame does not say its size");
    if (ZSTD_findFrameCompressedSize(frame.p, frame.n) != frame.n)
        return dtl_fail(err, DTL_ECORRUPT, 0, "an article's frame is not as long as stated");
    uint8_t *p = dtl_arena_alloc(arena, (size_t)n + 1);
    if (!p)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for an article of %llu bytes", n);
    size_t got = ZSTD_decompress_usingDDict(d->d, p, (size_t)n, frame.p, frame.n, d->dictionary);
    if (failed(got) || got != n)
        return dtl_fail(err, DTL_ECORRUPT, 0, "an article's frame: %s",
                        failed(got) ? ZSTD_getErrorName(got) : "shorter than it says");
    *record = dtl_bytes(p, (size_t)n);
    return DTL_OK;
}

void dtl_frame_decoder_close(struct dtl_frame_decoder *d)
{
    if (!d)
        return;
    ZSTD_freeDCtx(d->d);
    ZSTD_freeDDict(d->dictionary);
    free(d);
}

/* ---- dictionary ---- */

enum {
    SAMPLES_MIN = 64,      /* fewer teach nothing */
    SAMPLE_SHARE = 16,     /* a dictionary is at most this part of what it was trained on */
    DICTIONARY_MIN = 4096, /* smaller ones cost more than they give */
    SAMPLES_MAX = DTL_SAMPLE_BYTES, /* more train longer for nothing */
};

enum dtl_status dtl_dictionary_train(struct dtl_bytes samples, const size_t *sizes, size_t n,
                                     struct dtl_buffer *out, struct dtl_error *err)
{
    size_t bytes = 0, used = 0;
    while (used < n && sizes[used] <= samples.n - bytes && bytes < SAMPLES_MAX)
        bytes += sizes[used++];
    size_t most = bytes / SAMPLE_SHARE;
    if (most > DTL_DICTIONARY_BYTES)
        most = DTL_DICTIONARY_BYTES;
    if (used < SAMPLES_MIN || used > UINT32_MAX || most < DICTIONARY_MIN)
        return DTL_OK;
    if (!dtl_buffer_reserve(out, most))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to train a dictionary");
    /* Segments of 512 bytes chosen by their eight-byte words, no search for a better length: it
     * takes five times as long and gains half a percent. */
    ZDICT_fastCover_params_t how = {.k = 512,
                                    .d = 8,
                                    .f = 20,
                                    .splitPoint = 1.0,
                                    .accel = 4,
                                    .zParams = {.compressionLevel = 3}};
    size_t got = ZDICT_trainFromBuffer_fastCover(out->p + out->n, most, samples.p, sizes,
                                                 (unsigned)used, how);
    if (!ZDICT_isError(got)) /* samples that have nothing in common give none: not a failure */
        out->n += got;
    return DTL_OK;
}
