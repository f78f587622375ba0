/* naive_index.c - see naive_index.h. Failures of the shared parts abort: a test has nothing to
 * save. */
#include "tests/model/naive.h"

#include <math.h>

struct naive *naive_open(uint32_t title_weight)
{
    struct naive *n = must(calloc(1, sizeof *n));
    struct dtl_error err = {0};
    n->title_weight = title_weight;
    if (dtl_analyzer_open(&n->analyzer, &err) < 0)
        abort();
    return n;
}

static void article_free(struct article *a)
{
    dtl_arena_release(&a->arena);
    dtl_buffer_release(&a->record);
    dtl_buffer_release(&a->sentences);
    dtl_buffer_release(&a->paragraphs);
    free(a->word);
    free(a);
}

void naive_close(struct naive *n)
{
    for (size_t i = 0; i < n->articles; i++)
        article_free(n->article[i]);
    free(n->article);
    dtl_analyzer_close(n->analyzer);
    free(n);
}

size_t naive_size(const struct naive *n)
{
    return n->articles;
}

void naive_identity(const struct naive *n, size_t i, struct dtl_bytes *source, struct dtl_bytes *id)
{
    *source = n->article[i]->source;
    *id = n->article[i]->id;
}

static enum dtl_status keep_word(void *ctx, const struct dtl_occurrence *o)
{
    struct article *a = ctx;
    if (o->field == DTL_FIELD_SENTENCE)
        dtl_buffer_u32(&a->sentences, o->position);
    if (o->field == DTL_FIELD_PARAGRAPH)
        dtl_buffer_u32(&a->paragraphs, o->position);
    if (o->field != DTL_FIELD_TEXT && o->field != DTL_FIELD_TITLE)
        return DTL_OK;
    if (a->words == a->room) {
        a->room = a->room ? 2 * a->room : 64;
        a->word = must(realloc(a->word, a->room * sizeof *a->word));
    }
    a->word[a->words++] = (struct word){.field = o->field,
                                        .lang = o->lang,
                                        .term = naive_copy(&a->arena, o->term),
                                        .form = naive_copy(&a->arena, o->form),
                                        .folded = naive_copy(&a->arena, o->folded),
                                        .position = o->position,
                                        .weight = o->weight};
    return DTL_OK;
}

bool naive_remove(struct naive *n, struct dtl_bytes source, struct dtl_bytes id)
{
    for (size_t i = 0; i < n->articles; i++) {
        struct article *a = n->article[i];
        if (dtl_bytes_equal(a->source, source) && dtl_bytes_equal(a->id, id)) {
            article_free(a);
            n->article[i] = n->article[--n->articles];
            return true;
        }
    }
    return false;
}

void naive_put(struct naive *n, const struct dtl_article *from)
{
    struct dtl_document_lengths lengths = {0};
    struct dtl_error err = {0};
    struct article *a = must(calloc(1, sizeof *a));
    naive_remove(n, from->source, from->id);
    a->id = naive_copy(&a->arena, from->id);
    a->source = naive_copy(&a->arena, from->source);
    if (!dtl_article_encode(from, &a->record) ||
        dtl_article_decode(dtl_buffer_view(&a->record), &a->arena, &a->whole, &err) < 0)
        abort();
    a->date = from->date;
    a->lang = dtl_lang_of(from->lang);
    if (dtl_document_walk(n->analyzer, from, n->title_weight, keep_word, a, &lengths, &err) < 0)
        abort();
    a->weighted = lengths.weighted;
    a->title_words = lengths.title_words;
    a->total_words = lengths.title_words + lengths.body_words;
    if (n->articles == n->room) {
        n->room = n->room ? 2 * n->room : 64;
        n->article = must(realloc(n->article, n->room * sizeof *n->article));
    }
    n->article[n->articles++] = a;
}

bool naive_date_holds(const struct article *a, struct dtl_interval range, bool undated, bool within)
{
    if (a->date.earliest == DTL_DAY_NONE)
        return undated;
    if (undated)
        return false;
    if (within)
        return a->date.earliest >= range.earliest && a->date.latest <= range.latest;
    return a->date.earliest <= range.latest && a->date.latest >= range.earliest;
}

#define RERANKED 200

/* ---- the whole archive ---- */

static enum naive_sort sort_by; /* qsort has no context */

static int by_order(const void *x, const void *y)
{
    const struct naive_hit *a = x, *b = y;
    if (sort_by == NAIVE_RELEVANCE && a->score != b->score)
        return a->score > b->score ? -1 : 1;
    bool au = a->date.earliest == DTL_DAY_NONE, bu = b->date.earliest == DTL_DAY_NONE;
    if (au != bu)
        return au ? 1 : -1;
    if (a->date.earliest != b->date.earliest) {
        bool first = a->date.earliest > b->date.earliest;
        return first == (sort_by != NAIVE_OLDEST) ? -1 : 1;
    }
    int c = dtl_bytes_compare(a->id, b->id);
    return c ? c : dtl_bytes_compare(a->source, b->source);
}

static uint64_t faded(const struct naive_options *o, const struct article *a, uint64_t score)
{
    if (!o->half_life)
        return score;
    dtl_day day = a->date.earliest == DTL_DAY_NONE ? dtl_day_of(1, 1, 1) : a->date.earliest;
    double age = day < o->today ? (double)o->today - day : 0;
    return (uint64_t)floor((double)score * exp2(-age / o->half_life));
}

/* The first RERANKED hits score their pairs too. */
static void rerank(const struct query *q, const struct naive_options *o, struct naive_result *r)
{
    struct naive_sequence *s = naive_sequence_of(q);
    for (size_t i = 0; i < r->hits && i < RERANKED; i++) {
        for (size_t k = 0; k < q->n->articles; k++) {
            const struct article *a = q->n->article[k];
            if (a->id.p == r->hit[i].id.p) {
                r->hit[i].whole += naive_pairs_score(q, s, a);
                r->hit[i].score = faded(o, a, r->hit[i].whole);
                break;
            }
        }
    }
    free(s);
    qsort(r->hit, r->hits, sizeof *r->hit, by_order);
}

static int period_of(const struct naive_hit *h, int period)
{
    if (h->date.earliest == DTL_DAY_NONE)
        return -1;
    struct dtl_civil c = dtl_civil_of(h->date.earliest);
    return period == 1 ? c.year * 100 + c.month : c.year;
}

static int by_round(const void *x, const void *y)
{
    const struct naive_hit *a = x, *b = y;
    return a->round != b->round ? (a->round < b->round ? -1 : 1) : by_order(x, y);
}

/* Number the hits of each period, in their order; the first of all come first. */
static void spread(struct naive_result *r, int period)
{
    for (size_t i = 0; i < r->hits; i++) {
        for (size_t k = 0; k < i; k++)
            r->hit[i].round += period_of(&r->hit[k], period) == period_of(&r->hit[i], period);
    }
    qsort(r->hit, r->hits, sizeof *r->hit, by_round);
}

void naive_search(struct naive *n, const struct dtl_query *dq, const struct naive_options *o,
                  struct naive_result *out)
{
    struct query q = {.n = n, .q = dq};
    double total = 0, words = 0;
    for (size_t i = 0; i < n->articles; i++) {
        if (!naive_counts(&q, n->article[i]))
            continue;
        total += n->article[i]->weighted;
        words += n->article[i]->total_words;
        q.docs++;
    }
    q.average = q.docs > 0 ? total / q.docs : 0;
    q.average_words = q.docs > 0 ? words / q.docs : 0;
    naive_collect_leaves(&q, dq->root);
    q.stops_score = !naive_other_word_scores(&q, dq->root);
    *out = (struct naive_result){.hit = must(malloc((n->articles + 1) * sizeof *out->hit))};
    for (size_t i = 0; i < n->articles; i++) {
        const struct article *a = n->article[i];
        if (dq->has_dates && !naive_date_holds(a, dq->dates, dq->undated, dq->within))
            continue;
        struct naive_verdict v = naive_judge(&q, dq->root, a, 1);
        uint64_t score = v.says && dq->scoring ? v.score : 0;
        if (!v.says || v.matches)
            out->hit[out->hits++] =
                (struct naive_hit){a->id, a->source, a->date, faded(o, a, score), .whole = score};
    }
    sort_by = o->sort == NAIVE_RELEVANCE && !dq->scoring ? NAIVE_NEWEST : o->sort;
    qsort(out->hit, out->hits, sizeof *out->hit, by_order);
    if (sort_by == NAIVE_RELEVANCE && !o->first_stage && !o->period)
        rerank(&q, o, out);
    if (o->period)
        spread(out, o->period);
    dtl_arena_release(&q.arena);
}
