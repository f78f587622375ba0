/* naive_index.c - see naive_index.h. Failures of the shared parts abort: a test has nothing to
 * save. */
#include "tests/model/naive.h"
#include "tests/model/naive_fields.h"
#include "tests/model/naive_lexicon.h"

#include <assert.h>
#include <math.h>

static struct dtl_bytes copy(struct dtl_arena *arena, struct dtl_bytes b)
{
    return dtl_bytes(must(dtl_arena_strndup(arena, b.n ? (const char *)b.p : "", b.n)), b.n);
}

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
                                        .term = copy(&a->arena, o->term),
                                        .form = copy(&a->arena, o->form),
                                        .folded = copy(&a->arena, o->folded),
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
    a->id = copy(&a->arena, from->id);
    a->source = copy(&a->arena, from->source);
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

/* ---- what a word means ---- */

static bool date_holds(const struct article *a, struct dtl_interval range, bool undated,
                       bool within)
{
    if (a->date.earliest == DTL_DAY_NONE)
        return undated;
    if (undated)
        return false;
    if (within)
        return a->date.earliest >= range.earliest && a->date.latest <= range.latest;
    return a->date.earliest <= range.latest && a->date.latest >= range.earliest;
}

/* Is it one of those that say how rare a word is? */
static bool counts(const struct query *q, const struct article *a)
{
    const struct dtl_query *d = q->q;
    return !d->window_statistics || !d->has_dates || date_holds(a, d->dates, d->undated, d->within);
}

static bool has_soft_hyphen(struct dtl_bytes b)
{
    for (size_t i = 0; i + 1 < b.n; i++) {
        if (b.p[i] == 0xc2 && b.p[i + 1] == 0xad)
            return true;
    }
    return false;
}

/* case: and accent: */
static bool printed_so(const struct query *q, const struct word *w, const struct token *t)
{
    uint8_t x[DTL_TERM_MAX], y[DTL_TERM_MAX];
    struct dtl_bytes a, b;
    struct dtl_error err = {0};
    if (dtl_analyzer_literal(q->n->analyzer, t->form, t->letter_case, t->accents, x, &a, &err) <
            0 ||
        dtl_analyzer_literal(q->n->analyzer, w->form, t->letter_case, t->accents, y, &b, &err) < 0)
        abort();
    if (t->like.n)
        return naive_like(t->like, b);
    return t->prefix ? dtl_bytes_starts(b, a) : dtl_bytes_equal(a, b);
}

bool naive_word_is(const struct query *q, const struct word *w, const struct token *t)
{
    if (w->field != t->field)
        return false;
    if ((t->letter_case || t->accents) && !printed_so(q, w, t))
        return false;
    if (t->prefix && has_soft_hyphen(w->folded))
        return false;
    if (t->prefix && t->like.n)
        return naive_like(t->like, w->folded);
    if (t->prefix && t->edits)
        return naive_distance(t->folded, w->folded) <= t->edits;
    if (t->prefix)
        return dtl_bytes_starts(w->folded, t->folded);
    if (t->exact)
        return dtl_bytes_equal(w->folded, t->folded);
    for (size_t i = 0; i < t->keys; i++) {
        if (t->key[i].lang == w->lang && dtl_bytes_equal(t->key[i].term, w->term))
            return true;
    }
    return false;
}

static void add_key(struct query *q, struct token *t, dtl_lang lang, struct dtl_bytes term)
{
    for (size_t i = 0; i < t->keys; i++) {
        if (t->key[i].lang == lang && dtl_bytes_equal(t->key[i].term, term))
            return;
    }
    struct key *more = must(dtl_arena_alloc(&q->arena, (t->keys + 1) * sizeof *more));
    for (size_t i = 0; i < t->keys; i++)
        more[i] = t->key[i];
    more[t->keys++] = (struct key){lang, copy(&q->arena, term)};
    t->key = more;
}

static void resolve(struct query *q, struct token *t)
{
    struct naive *n = q->n;
    struct dtl_error err = {0};
    uint64_t langs[DTL_LANGS] = {0};
    for (size_t i = 0; i < n->articles; i++)
        langs[n->article[i]->lang]++;
    for (unsigned lang = 0; lang < DTL_LANGS && !t->exact && !t->prefix; lang++) {
        struct dtl_bytes term;
        dtl_lang owner;
        if (lang && !langs[lang])
            continue;
        if (dtl_analyzer_term(n->analyzer, t->form, (dtl_lang)lang, &term, &owner, &err) < 0)
            abort();
        add_key(q, t, owner, term);
        if (lang && langs[lang] >= n->articles / 10 && dtl_is_stopword(t->folded, (dtl_lang)lang))
            t->stop = true;
    }
    for (size_t i = 0; i < n->articles && !t->prefix; i++) {
        for (size_t k = 0; k < n->article[i]->words; k++) {
            const struct word *w = &n->article[i]->word[k];
            if (w->field == DTL_FIELD_TEXT && dtl_bytes_equal(w->folded, t->folded))
                add_key(q, t, w->lang, w->term);
        }
    }
    for (size_t key = 0; key < t->keys; key++) {
        for (size_t i = 0; i < n->articles; i++) {
            bool holds = false;
            for (size_t k = 0; k < n->article[i]->words; k++) {
                const struct word *w = &n->article[i]->word[k];
                holds |= w->field == t->field && w->lang == t->key[key].lang &&
                         dtl_bytes_equal(w->term, t->key[key].term);
            }
            t->df += holds && counts(q, n->article[i]);
        }
    }
    if ((double)t->df > q->docs)
        t->df = (uint64_t)q->docs;
}

struct collect {
    struct query *q;
    struct leaf *leaf;
    uint32_t base;
};

static enum dtl_status collect_token(void *ctx, const struct dtl_token *t)
{
    struct collect *c = ctx;
    struct leaf *l = c->leaf;
    if (t->flags & (DTL_TOKEN_UNIGRAM | DTL_TOKEN_JOINED))
        return DTL_OK;
    struct token *more = must(dtl_arena_alloc(&c->q->arena, (l->tokens + 1) * sizeof *more));
    for (size_t i = 0; i < l->tokens; i++)
        more[i] = l->token[i];
    more[l->tokens++] = (struct token){.form = copy(&c->q->arena, t->form),
                                       .folded = copy(&c->q->arena, t->folded),
                                       .position = c->base + t->position};
    l->token = more;
    return DTL_OK;
}

/* A single Han or Kana character: CJK ideographs, Hiragana, Katakana. */
static bool single_ideograph(struct dtl_bytes form)
{
    if (form.n != 3 || form.p[0] < 0xe3 || form.p[0] > 0xe9)
        return false;
    uint32_t c = (form.p[0] & 15u) << 12 | (form.p[1] & 63u) << 6 | (form.p[2] & 63u);
    return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3041 && c <= 0x30fa);
}

/* A lone star is a place that any one word takes. */
static void collect_with_gaps(struct collect *c, struct dtl_bytes text)
{
    for (size_t at = 0; at < text.n;) {
        size_t end = at;
        while (end < text.n && text.p[end] != ' ')
            end++;
        struct dtl_bytes piece = dtl_bytes(text.p + at, end - at);
        struct dtl_error err = {0};
        at = end + 1;
        if (dtl_bytes_is(piece, "*")) {
            c->base += c->leaf->tokens > 0;
            continue;
        }
        uint32_t positions = 0; /* more than words: a run's last character takes one */
        if (dtl_analyze(c->q->n->analyzer, piece, 0, 0, collect_token, c, &positions, &err) < 0)
            abort();
        c->base += c->leaf->tokens ? positions : 0;
    }
}

static void collect_leaves(struct query *q, const struct dtl_node *n)
{
    for (uint32_t i = 0; i < n->children; i++)
        collect_leaves(q, n->child[i]);
    if (n->kind != DTL_NODE_WORD && n->kind != DTL_NODE_PHRASE)
        return;
    struct leaf l = {.node = n};
    struct collect c = {q, &l, 0};
    struct dtl_error err = {0};
    if (n->wildcard) { /* random patterns are single words of ASCII */
        l.token = must(dtl_arena_alloc(&q->arena, sizeof *l.token));
        *l.token = (struct token){.form = n->text, .like = n->text};
        l.tokens = 1;
    } else if (n->gaps)
        collect_with_gaps(&c, n->text);
    else if (dtl_analyze(q->n->analyzer, n->text, 0, 0, collect_token, &c, NULL, &err) < 0)
        abort();
    for (size_t i = 0; i < l.tokens; i++) {
        struct token *t = &l.token[i];
        t->field = n->scope == DTL_SCOPE_TITLE ? DTL_FIELD_TITLE : DTL_FIELD_TEXT;
        t->edits = n->fuzzy;
        t->prefix = (n->prefix && i + 1 == l.tokens) || single_ideograph(t->form) || n->wildcard ||
                    n->fuzzy;
        t->letter_case = n->letter_case;
        t->accents = n->accents;
        t->exact = !t->prefix && (n->exact || n->letter_case || n->accents ||
                                  (n->kind == DTL_NODE_PHRASE && !n->stemmed));
        resolve(q, t);
    }
    struct leaf *more = must(dtl_arena_alloc(&q->arena, (q->leaves + 1) * sizeof *more));
    for (size_t i = 0; i < q->leaves; i++)
        more[i] = q->leaf[i];
    more[q->leaves++] = l;
    q->leaf = more;
}

const struct leaf *naive_leaf_of(const struct query *q, const struct dtl_node *n)
{
    for (size_t i = 0; i < q->leaves; i++) {
        if (q->leaf[i].node == n)
            return &q->leaf[i];
    }
    return NULL;
}

static bool is_stop(const struct leaf *l)
{
    bool all = true;
    for (size_t i = 0; i < l->tokens; i++)
        all &= l->token[i].stop;
    return all;
}

static bool other_word_scores(const struct query *q, const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_NOT)
        return false;
    const struct leaf *l = naive_leaf_of(q, n);
    if (l && l->tokens && !is_stop(l)) {
        bool held = true;
        for (size_t i = 0; i < l->tokens; i++)
            held &= l->token[i].df > 0 || l->token[i].prefix;
        if (held)
            return true;
    }
    for (uint32_t i = 0; i < n->children; i++) {
        if (i == 1 && n->kind == DTL_NODE_NEAR && n->near == DTL_NEAR_NOT)
            break;
        if (other_word_scores(q, n->child[i]))
            return true;
    }
    return false;
}

/* ---- one article against one node ---- */

struct verdict {
    bool says; /* false: the node holds no word and is left out */
    bool matches;
    uint64_t score;
};

/* Weighted occurrences of the leaf's tokens side by side. */
static uint64_t frequency(const struct query *q, const struct leaf *l, const struct article *a)
{
    uint64_t tf = 0;
    if (l->tokens == 1) {
        for (size_t i = 0; i < a->words; i++)
            tf += naive_word_is(q, &a->word[i], &l->token[0]) ? a->word[i].weight : 0;
        return tf;
    }
    int64_t counted = -1;
    for (size_t i = 0; i < a->words; i++) {
        const struct word *first = &a->word[i];
        bool all = naive_word_is(q, first, &l->token[0]);
        for (size_t t = 1; t < l->tokens && all; t++) {
            uint32_t place = first->position + l->token[t].position - l->token[0].position;
            bool there = false;
            for (size_t k = 0; k < a->words && !there; k++)
                there = a->word[k].position == place && naive_word_is(q, &a->word[k], &l->token[t]);
            all = there;
        }
        if (all && counted != first->position) { /* a joined word stands where its half does */
            tf += first->weight;
            counted = first->position;
        }
    }
    return tf;
}

struct weighing {
    double idf;
    bool constant, stop;
};

static struct weighing weigh(const struct query *q, const struct dtl_node *n)
{
    struct weighing sum = {0, true, true};
    const struct leaf *l = naive_leaf_of(q, n);
    double total = q->docs;
    if (l) {
        sum.stop = is_stop(l);
        for (size_t i = 0; i < l->tokens; i++) {
            double df = (double)l->token[i].df;
            if (l->token[i].prefix)
                continue;
            sum.idf += log(1 + (total - df + 0.5) / (df + 0.5));
            sum.constant = false;
        }
        return sum;
    }
    for (uint32_t i = 0; i < n->children; i++) {
        if (i == 1 && n->kind == DTL_NODE_NEAR && n->near == DTL_NEAR_NOT)
            break;
        if (!naive_says(q, n->child[i]))
            continue;
        struct weighing w = weigh(q, n->child[i]);
        sum.stop &= w.stop;
        sum.constant &= w.constant;
        if (n->kind == DTL_NODE_OR)
            sum.idf = w.idf > sum.idf ? w.idf : sum.idf;
        else
            sum.idf += w.idf;
    }
    return sum;
}

/* What tf occurrences of the node add, `boost` being that of the groups around. */
static uint64_t contribution(const struct query *q, const struct dtl_node *n,
                             const struct article *a, uint64_t tf, double boost)
{
    struct weighing w = weigh(q, n);
    if (w.stop && !q->stops_score)
        return 0;
    boost *= n->boost ? n->boost / 1000.0 : 1;
    if (w.constant)
        return (uint64_t)(1e6 * boost + 0.5);
    double length = dtl_length_of(dtl_length_code(a->weighted));
    double k = 1.2 * (0.4 + 0.6 * (q->average > 0 ? length / q->average : 1));
    return (uint64_t)floor(1e6 * w.idf * 2.2 * boost * (double)tf / ((double)tf + k) + 0.5);
}

static struct verdict judge_placed(const struct query *q, const struct dtl_node *n,
                                   const struct article *a, double boost)
{
    struct verdict v = {.says = naive_says(q, n)};
    struct naive_spans s = v.says ? naive_places(q, n, a) : (struct naive_spans){0};
    uint64_t tf = 0;
    for (size_t i = 0; i < s.n; i++)
        tf += s.v[i].begin < a->title_words ? q->n->title_weight : 1;
    free(s.v);
    v.matches = tf > 0;
    v.score = tf ? contribution(q, n, a, tf, boost) : 0;
    return v;
}

static struct verdict judge(const struct query *q, const struct dtl_node *n,
                            const struct article *a, double boost)
{
    struct verdict v = {0};
    uint32_t saying = 0, matching = 0;
    uint64_t sum = 0, tf;
    const struct leaf *l = naive_leaf_of(q, n);
    if (naive_is_placed(q, n))
        return judge_placed(q, n, a, boost);
    if (l) {
        v.says = l->tokens > 0;
        tf = v.says ? frequency(q, l, a) : 0;
        v.matches = tf > 0;
        v.score = tf ? contribution(q, n, a, tf, boost) : 0;
        return v;
    }
    boost *= n->boost ? n->boost / 1000.0 : 1;
    if (n->kind == DTL_NODE_ALL)
        return (struct verdict){true, true, 0};
    if (n->kind == DTL_NODE_FIELD || n->kind == DTL_NODE_NUMBER || n->kind == DTL_NODE_CALENDAR ||
        n->kind == DTL_NODE_ADDED)
        return (struct verdict){true, naive_filter_holds(q, n, a), 0};
    if (n->kind == DTL_NODE_DATE)
        return (struct verdict){true, date_holds(a, n->range, n->undated, q->q->within), 0};
    for (uint32_t i = 0; i < n->children; i++) {
        struct verdict c = judge(q, n->child[i], a, boost);
        saying += c.says;
        matching += c.says && c.matches;
        sum += c.says && c.matches ? c.score : 0;
    }
    v.says = saying > 0;
    if (n->kind == DTL_NODE_NOT) {
        v.matches = matching == 0;
        return v;
    }
    uint32_t needed = n->kind == DTL_NODE_AND  ? saying
                      : n->kind == DTL_NODE_OR ? 1
                      : n->needed < 1          ? 1
                      : n->needed < saying     ? n->needed
                                               : saying;
    v.matches = v.says && matching >= needed;
    v.score = v.matches ? sum : 0;
    return v;
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
        if (!counts(&q, n->article[i]))
            continue;
        total += n->article[i]->weighted;
        words += n->article[i]->total_words;
        q.docs++;
    }
    q.average = q.docs > 0 ? total / q.docs : 0;
    q.average_words = q.docs > 0 ? words / q.docs : 0;
    collect_leaves(&q, dq->root);
    q.stops_score = !other_word_scores(&q, dq->root);
    *out = (struct naive_result){.hit = must(malloc((n->articles + 1) * sizeof *out->hit))};
    for (size_t i = 0; i < n->articles; i++) {
        const struct article *a = n->article[i];
        if (dq->has_dates && !date_holds(a, dq->dates, dq->undated, dq->within))
            continue;
        struct verdict v = judge(&q, dq->root, a, 1);
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
