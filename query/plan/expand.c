/*
 * expand.c - which printed forms a prefix, a pattern or a word with mistakes stands for, within a
 * budget.
 *
 * The letters every such form begins with narrow the walk; inside it the automaton says what cannot
 * match, and the dictionary passes over it. All segments are counted before a single list is
 * opened: a query over its budget costs what the walk costs.
 */
#include "query/plan/plan.h"

#include "common/base/hash.h"
#include "common/segment/forms.h"

#include <stdlib.h>
#include <time.h>

#define WALK_SECONDS 2u /* for DTL_EXPAND_DEFAULT words, more as --max-expand allows more */
#define ASK_EVERY    1024u
#define SAMPLED      24u /* forms that a person is shown */

static const struct dtl_bytes soft_hyphen = {(const uint8_t *)"\xc2\xad", 2};

/* ---- the budget ---- */

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t seconds_of(const struct dtl_plan *p)
{
    uint64_t times = p->max_expand / DTL_EXPAND_DEFAULT;
    return WALK_SECONDS * (times ? times : 1);
}

struct dtl_stopwatch dtl_stopwatch_for(uint64_t nanoseconds)
{
    return (struct dtl_stopwatch){.end_ns = now_ns() + nanoseconds};
}

struct dtl_stopwatch dtl_stopwatch_start(const struct dtl_plan *p)
{
    return dtl_stopwatch_for(seconds_of(p) * 1000000000u);
}

bool dtl_stopwatch_past(const struct dtl_stopwatch *s)
{
    return now_ns() > s->end_ns;
}

bool dtl_stopwatch_over(struct dtl_stopwatch *s)
{
    return ++s->asked % ASK_EVERY == 0 && dtl_stopwatch_past(s);
}

enum dtl_status dtl_over_budget(const struct dtl_plan *p, struct dtl_bytes what, uint64_t count,
                                bool over_time, uint64_t at, struct dtl_error *err)
{
    int shown = what.n > 100 ? 100 : (int)what.n;
    if (over_time)
        return dtl_fail(err, DTL_EQUERY, at,
                        "%.*s stands for %llu words and more after %llu s, the budget of time: "
                        "write more letters, or allow more of both with --max-expand %llu",
                        shown, (const char *)what.p, (unsigned long long)count,
                        (unsigned long long)seconds_of(p),
                        (unsigned long long)(2 * ((uint64_t)p->max_expand > DTL_EXPAND_DEFAULT
                                                      ? p->max_expand
                                                      : DTL_EXPAND_DEFAULT)));
    return dtl_fail(err, DTL_EQUERY, at,
                    "%.*s stands for %llu words, over the budget of %u: write more letters, or "
                    "allow it with --max-expand %llu",
                    shown, (const char *)what.p, (unsigned long long)count, p->max_expand,
                    (unsigned long long)count);
}

/* ---- the walk ---- */

struct walk {
    const struct dtl_word *w;
    struct dtl_automaton_walk *automaton; /* NULL: the beginning is all */
    struct dtl_expansion *out;
    struct dtl_buffer hashes; /* u64 of each form, of all segments */
    struct dtl_buffer sample; /* of the first segment that has any */
    uint32_t sampled;
    struct dtl_stopwatch watch;
    bool over_time;
};

static enum dtl_status test_form(void *ctx, struct dtl_bytes word, size_t *dead)
{
    struct walk *x = ctx;
    if (dtl_stopwatch_over(&x->watch)) {
        x->over_time = true;
        return DTL_EQUERY;
    }
    return dtl_automaton_walk_distance(x->automaton, word, dead) >= 0 ? DTL_OK : DTL_NOTFOUND;
}

static enum dtl_status take_form(void *ctx, struct dtl_bytes folded, const uint32_t *ordinals,
                                 size_t count)
{
    struct walk *x = ctx;
    if (memmem(folded.p, folded.n, soft_hyphen.p, soft_hyphen.n))
        return DTL_OK;
    if (x->sampled < SAMPLED) {
        dtl_buffer_text(&x->sample, x->sampled++ ? ", " : "");
        dtl_buffer_append(&x->sample, folded.p, folded.n);
    }
    dtl_buffer_append(&x->out->ordinals, ordinals, count * sizeof *ordinals);
    dtl_buffer_u64(&x->hashes, dtl_hash64(folded, 0));
    return x->out->ordinals.failed || x->hashes.failed ? DTL_ENOMEM : DTL_OK;
}

static int by_u64(const void *x, const void *y)
{
    uint64_t a = dtl_load64(x), b = dtl_load64(y);
    return (a > b) - (a < b);
}

/* Distinct forms seen; hashes are sorted in place. One segment gives each form once. */
static uint64_t distinct_forms(struct dtl_buffer *hashes, size_t segments)
{
    size_t n = hashes->n / sizeof(uint64_t);
    uint64_t count = n > 0;
    if (segments <= 1)
        return n;
    if (n > 1)
        qsort(hashes->p, n, sizeof(uint64_t), by_u64);
    for (size_t i = 1; i < n; i++)
        count += dtl_load64(hashes->p + 8 * i) != dtl_load64(hashes->p + 8 * (i - 1));
    return count;
}

/* As it was written, for a message. */
static struct dtl_bytes written(const struct dtl_word *w, char room[128])
{
    int n = w->form.n > 100 ? 100 : (int)w->form.n;
    if (w->edits)
        n = snprintf(room, 128, "%.*s~%u", n, (const char *)w->form.p, w->edits);
    else
        n = snprintf(room, 128, "%.*s%s", n, (const char *)w->form.p, w->like ? "" : "*");
    return dtl_bytes(room, (size_t)n);
}

enum dtl_status dtl_expand(struct dtl_plan *p, const struct dtl_word *w, uint64_t at,
                           struct dtl_expansion *out, struct dtl_error *err)
{
    struct dtl_arena scratch = {0};
    struct walk x = {.w = w, .out = out, .watch = dtl_stopwatch_start(p)};
    enum dtl_status st = DTL_OK;
    size_t segments = p->snap->segments;
    char room[128];
    *out = (struct dtl_expansion){0};
    out->end = dtl_arena_alloc(p->arena, (segments + 1) * sizeof *out->end);
    if (w->like)
        x.automaton = dtl_automaton_walk_open(w->like, &scratch);
    if (!out->end || (w->like && !x.automaton))
        st = DTL_ENOMEM;
    for (size_t i = 0; i < segments && st == DTL_OK; i++) {
        st = dtl_forms_passing(&p->snap->segment[i], w->folded, w->like ? test_form : NULL, &x,
                               take_form, &x, err);
        out->end[i + 1] = out->ordinals.n / sizeof(uint32_t);
        x.sampled = out->end[i + 1] ? SAMPLED : 0;
    }
    out->forms = distinct_forms(&x.hashes, segments);
    if (x.over_time)
        st = dtl_over_budget(p, written(w, room), out->forms, true, at, err);
    else if (st == DTL_OK && out->forms > p->max_expand)
        st = dtl_over_budget(p, written(w, room), out->forms, false, at, err);
    const char *sample = dtl_arena_strndup(p->arena, (const char *)x.sample.p, x.sample.n);
    if (sample)
        out->sample = dtl_bytes(sample, x.sample.n);
    dtl_buffer_release(&x.sample);
    dtl_buffer_release(&x.hashes);
    dtl_arena_release(&scratch);
    return st == DTL_ENOMEM ? dtl_fail(err, DTL_ENOMEM, 0, "no memory for the query's words") : st;
}
