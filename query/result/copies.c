/*
 * copies.c - sketches of texts, compared pairwise.
 *
 * A sketch is the smallest SKETCH hashes of all runs of RUN words (words being what blanks and
 * ASCII punctuation divide, ASCII letters in lower case): of two texts, the share that the smallest
 * of both have in common estimates the share of all runs in common (Broder's resemblance). Wire
 * copies that were cut or given another first line stay above ALIKE; different stories of one event
 * share hardly a run of four words.
 */
#include "query/result/copies.h"

#include <stdlib.h>

#include "common/base/hash.h"

enum { RUN = 4, SKETCH = 64, ALIKE = 70 /* percent */, TITLE_BYTES = 1020 };

struct sketch {
    uint64_t title; /* of the folded title; 0: none */
    uint32_t first; /* number of the first article it is a copy of */
    uint32_t runs;  /* hashes kept */
    uint64_t run[SKETCH];
};

static bool divides(uint8_t c)
{
    return c < 0x80 &&
           !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
}

/* Keep `hash` among the smallest, rising, each once. */
static void keep(struct sketch *s, uint64_t hash)
{
    uint32_t at = s->runs;
    if (at == SKETCH && hash >= s->run[at - 1])
        return;
    while (at > 0 && s->run[at - 1] > hash)
        at--;
    if (at > 0 && s->run[at - 1] == hash)
        return;
    uint32_t last = s->runs < SKETCH ? s->runs++ : SKETCH - 1;
    memmove(s->run + at + 1, s->run + at, (last - at) * sizeof *s->run);
    s->run[at] = hash;
}

static bool take_body(struct sketch *s, struct dtl_bytes body)
{
    uint64_t last[RUN] = {0};
    size_t words = 0;
    struct dtl_buffer word = {0};
    for (size_t at = 0; at < body.n && !word.failed;) {
        dtl_buffer_reset(&word);
        while (at < body.n && divides(body.p[at]))
            at++;
        for (; at < body.n && !divides(body.p[at]); at++)
            dtl_buffer_byte(&word, body.p[at] >= 'A' && body.p[at] <= 'Z' ? body.p[at] | 0x20
                                                                          : body.p[at]);
        if (word.n == 0)
            break;
        last[words++ % RUN] = dtl_hash64(dtl_buffer_view(&word), 0);
        uint64_t run[RUN];
        for (size_t i = 0; i < RUN; i++)
            run[i] = last[(words + i) % RUN];
        if (words >= RUN)
            keep(s, dtl_hash64(dtl_bytes(run, sizeof run), 0));
    }
    bool ok = !word.failed;
    dtl_buffer_release(&word);
    return ok;
}

static bool is_copy(const struct sketch *a, const struct sketch *b)
{
    uint32_t i = 0, k = 0, seen = 0, both = 0;
    if (a->title && a->title == b->title)
        return true;
    while (i < a->runs && k < b->runs && seen < SKETCH) {
        both += a->run[i] == b->run[k];
        uint64_t least = a->run[i] < b->run[k] ? a->run[i] : b->run[k];
        i += a->run[i] == least;
        k += b->run[k] == least;
        seen++;
    }
    if (seen < SKETCH) /* short texts: what is left of one is in it alone */
        seen += a->runs - i + b->runs - k;
    if (seen > SKETCH)
        seen = SKETCH;
    return both >= RUN && both * 100 >= seen * ALIKE;
}

enum dtl_status dtl_copies_add(struct dtl_copies *c, struct dtl_analyzer *an,
                               const struct dtl_article *a, size_t *first, struct dtl_error *err)
{
    struct dtl_bytes title = {0};
    size_t n = a->title.n < TITLE_BYTES ? a->title.n : TITLE_BYTES;
    if (c->n == DTL_COPIES_MOST)
        return dtl_fail(err, DTL_ELIMIT, 0, "more than %u articles to compare", DTL_COPIES_MOST);
    if (!dtl_buffer_zeros(&c->sketches, sizeof(struct sketch)))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    struct sketch *all = (struct sketch *)(void *)c->sketches.p, *s = &all[c->n];
    enum dtl_status st = dtl_fold_view(an, dtl_bytes(a->title.p, n), &title, err);
    if (st < 0)
        return st;
    s->title = title.n ? dtl_hash64(title, 0) : 0;
    if (!take_body(s, a->body))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    s->first = (uint32_t)c->n;
    for (size_t i = 0; i < c->n && s->first == c->n; i++)
        if (all[i].first == i && is_copy(&all[i], s))
            s->first = (uint32_t)i;
    *first = s->first;
    c->n++;
    return DTL_OK;
}

void dtl_copies_release(struct dtl_copies *c)
{
    dtl_buffer_release(&c->sketches);
    *c = (struct dtl_copies){0};
}
