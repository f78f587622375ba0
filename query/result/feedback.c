/*
 * feedback.c - see feedback.h.
 *
 * Articles are analysed once more, as they were when indexed; a term is known by its language and
 * stem, and asked for by the form it was printed with first. All sums run in the order of ranks and
 * of words in their articles, so that they are the same everywhere.
 */
#include "query/result/feedback.h"

#include "common/base/hash.h"
#include "common/base/utf8.h"
#include "common/segment/dead.h"
#include "common/segment/identities.h"
#include "query/plan/plan.h"

#include <stdlib.h>

#define LAMBDA_RATIO 0.25 /* of the weight of all added words to that of the query's: .2 / .8 */

struct mark { /* a term of the articles */
    struct dtl_bytes form, folded, term;
    dtl_lang lang;
    uint32_t articles, tf; /* those that hold it; occurrences in the last of them */
    double sum;            /* of what it would score there, without idf, by the articles' shares */
    double weight;
};

struct marks {
    struct dtl_plan *plan;
    struct dtl_arena arena;
    struct mark *mark;
    uint32_t n, room;
    uint32_t *slot; /* open addressing: place + 1; twice `room` of them */
    uint32_t *here; /* places of the article at hand */
    uint32_t heres;
};

static const struct dtl_bytes soft_hyphen = {(const uint8_t *)"\xc2\xad", 2};

/* ---- the terms of an article ---- */

static uint32_t *slot_of(const struct marks *m, dtl_lang lang, struct dtl_bytes term)
{
    uint32_t mask = 2 * m->room - 1, at = (uint32_t)dtl_hash64(term, lang) & mask;
    for (; m->slot[at]; at = (at + 1) & mask) {
        const struct mark *k = &m->mark[m->slot[at] - 1];
        if (k->lang == lang && dtl_bytes_equal(k->term, term))
            break;
    }
    return &m->slot[at];
}

static bool grow(struct marks *m)
{
    uint32_t room = m->room ? 2 * m->room : 1024;
    struct mark *mark = dtl_arena_alloc(&m->arena, room * sizeof *mark);
    uint32_t *slot = dtl_arena_alloc(&m->arena, 2 * (size_t)room * sizeof *slot);
    uint32_t *here = dtl_arena_alloc(&m->arena, room * sizeof *here);
    if (!mark || !slot || !here)
        return false;
    if (m->n)
        memcpy(mark, m->mark, m->n * sizeof *mark);
    if (m->heres)
        memcpy(here, m->here, m->heres * sizeof *here);
    m->mark = mark;
    m->slot = slot;
    m->here = here;
    m->room = room;
    for (uint32_t i = 0; i < m->n; i++)
        *slot_of(m, mark[i].lang, mark[i].term) = i + 1;
    return true;
}

static struct dtl_bytes copy(struct marks *m, struct dtl_bytes b, bool *ok)
{
    char *text = dtl_arena_strndup(&m->arena, b.n ? (const char *)b.p : "", b.n);
    *ok = *ok && text;
    return dtl_bytes(text, b.n);
}

static enum dtl_status take_word(void *ctx, const struct dtl_occurrence *o)
{
    struct marks *m = ctx;
    bool ok = true;
    if (o->field != DTL_FIELD_TEXT || memmem(o->folded.p, o->folded.n, soft_hyphen.p, 2))
        return DTL_OK;
    if (m->n == m->room && !grow(m))
        return DTL_ENOMEM;
    uint32_t *slot = slot_of(m, o->lang, o->term);
    if (!*slot) {
        m->mark[m->n] = (struct mark){.lang = o->lang,
                                      .form = copy(m, o->form, &ok),
                                      .folded = copy(m, o->folded, &ok),
                                      .term = copy(m, o->term, &ok)};
        *slot = ++m->n;
    }
    struct mark *k = &m->mark[*slot - 1];
    if (k->tf++ == 0)
        m->here[m->heres++] = *slot - 1;
    return ok ? DTL_OK : DTL_ENOMEM;
}

/* Add what one article says, whose share of all is `share`. */
static enum dtl_status take_article(struct marks *m, const struct dtl_hit *hit, double share,
                                    struct dtl_error *err)
{
    struct dtl_arena scratch = {0};
    struct dtl_article article = {0};
    struct dtl_document_lengths lengths = {0};
    struct dtl_analyzer *an = dtl_plan_analyzer(m->plan);
    enum dtl_status st =
        dtl_snapshot_article(m->plan->snap, hit->segment, hit->doc, &scratch, &article, err);
    if (st == DTL_OK && !an)
        st = DTL_ENOMEM;
    if (st == DTL_OK)
        st = dtl_document_walk(an, &article, m->plan->title_weight, take_word, m, &lengths, err);
    double words = (double)lengths.title_words + lengths.body_words,
           average = m->plan->average_words;
    double norm = 1.2 * (0.4 + 0.6 * (average > 0 ? words / average : 1));
    for (uint32_t i = 0; i < m->heres; i++) {
        struct mark *k = &m->mark[m->here[i]];
        k->sum += share * 2.2 * k->tf / (k->tf + norm);
        k->articles++;
        k->tf = 0;
    }
    m->heres = 0;
    dtl_arena_release(&scratch);
    return st == DTL_ENOMEM ? dtl_fail(err, DTL_ENOMEM, 0, "no memory for related words") : st;
}

/* ---- which of them to add ---- */

static bool is_number(struct dtl_bytes b)
{
    for (size_t i = 0; i < b.n; i++) {
        if (b.p[i] < '0' || b.p[i] > '9')
            return false;
    }
    return b.n != 4; /* a year says something */
}

static bool is_short(struct dtl_bytes b)
{
    size_t at = 0;
    dtl_utf8_next(b, &at);
    return at >= b.n;
}

/* Weigh the words that `least` of the articles hold, and neither one article of the archive alone
 * nor everybody prints. */
static enum dtl_status weigh(struct marks *m, uint32_t least, struct dtl_error *err)
{
    struct dtl_plan *p = m->plan;
    for (uint32_t i = 0; i < m->n; i++) {
        struct mark *k = &m->mark[i];
        struct dtl_word w = {.form = k->form, .folded = k->folded};
        if (k->articles < least || is_short(k->folded) || is_number(k->folded))
            continue;
        enum dtl_status st = dtl_word_resolve(p, &w, 0, err);
        if (st < 0)
            return st;
        if (!w.stop && w.df >= 2 && 5 * w.df <= p->docs)
            k->weight = dtl_bm25_idf(&p->bm25, w.df) * k->sum;
    }
    return DTL_OK;
}

static int by_weight(const void *x, const void *y)
{
    const struct mark *a = x, *b = y;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    int c = dtl_bytes_compare(a->term, b->term);
    return c ? c : (a->lang > b->lang) - (a->lang < b->lang);
}

/* ---- the query with them ---- */

/* How many words of the query score by how rare they are. */
static uint32_t scoring(const struct dtl_plan *p, const struct dtl_node *n)
{
    const struct dtl_node_words *words = dtl_plan_words(p, n);
    uint32_t count = 0;
    if (n->kind == DTL_NODE_NOT)
        return 0;
    for (uint32_t i = 0; words && i < words->words; i++) {
        const struct dtl_word *w = &words->word[i];
        count += w->df > 0 && !w->prefix && (!w->stop || p->stops_score);
    }
    for (uint32_t i = 0; i < n->children; i++)
        count += scoring(p, n->child[i]);
    return count;
}

static struct dtl_node *group(struct dtl_arena *arena, enum dtl_node_kind kind, uint32_t room)
{
    struct dtl_node *n = dtl_arena_alloc(arena, sizeof *n);
    if (!n)
        return NULL;
    *n = (struct dtl_node){.kind = kind, .boost = DTL_BOOST_NONE};
    n->child = dtl_arena_alloc(arena, room * sizeof(struct dtl_node *));
    return n->child ? n : NULL;
}

static struct dtl_node *added(struct dtl_arena *arena, const struct mark *k, double boost)
{
    struct dtl_node *n = dtl_arena_alloc(arena, sizeof *n);
    const char *text = dtl_arena_strndup(arena, (const char *)k->form.p, k->form.n);
    if (!n || !text)
        return NULL;
    uint32_t thousandths = (uint32_t)(boost * DTL_BOOST_NONE + 0.5);
    *n = (struct dtl_node){.kind = DTL_NODE_WORD,
                           .text = dtl_bytes(text, k->form.n),
                           .boost = thousandths ? thousandths : 1,
                           .alone = true};
    return n;
}

/* `root` and the words: beside it when any of all may match, else as what only scores. */
static struct dtl_node *join(struct dtl_arena *arena, struct dtl_node *root, bool any,
                             const struct mark *mark, uint32_t n, double scale)
{
    bool flat = any && (root->kind == DTL_NODE_OR || root->kind == DTL_NODE_QUORUM) &&
                (root->boost == DTL_BOOST_NONE || !root->boost);
    uint32_t own = flat ? root->children : 1;
    struct dtl_node *words = group(arena, DTL_NODE_OR, own + n);
    struct dtl_node *out = any ? words : group(arena, DTL_NODE_AND, 2);
    struct dtl_node *all = any ? NULL : group(arena, DTL_NODE_ALL, 1);
    if (!words || !out || (!any && !all))
        return NULL;
    for (uint32_t i = 0; i < own; i++)
        words->child[i] = flat ? root->child[i] : any ? root : all;
    words->children = own;
    for (uint32_t i = 0; i < n; i++) {
        if (!(words->child[own + i] = added(arena, &mark[i], scale * mark[i].weight)))
            return NULL;
        words->children++;
    }
    if (!any) {
        out->child[0] = root;
        out->child[1] = words;
        out->children = 2;
    }
    return out;
}

/* ---- all of it ---- */

static enum dtl_status take_best(struct marks *m, const struct dtl_result *best,
                                 struct dtl_error *err)
{
    double share[DTL_FEEDBACK_ARTICLES], total = 0;
    enum dtl_status st = DTL_OK;
    uint64_t n = 0;
    for (; n < best->hits && n < DTL_FEEDBACK_ARTICLES && best->hit[n].score; n++) {
        double part = (double)best->hit[n].score / (double)best->hit[0].score;
        total += share[n] = part * part * part * part;
    }
    for (uint64_t i = 0; i < n && st == DTL_OK; i++)
        st = take_article(m, &best->hit[i], share[i] / total, err);
    return st;
}

enum dtl_status dtl_feedback_expand(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                    struct dtl_query *q, const struct dtl_search_options *o,
                                    bool any, struct dtl_arena *arena, struct dtl_error *err)
{
    struct dtl_search_options how = {
        .limit = DTL_FEEDBACK_ARTICLES, .hits_only = true, .first_stage = o->first_stage};
    struct marks m = {.plan = plan};
    struct dtl_result best = {0};
    double sum = 0;
    uint32_t n = 0;
    if (!q->scoring)
        return DTL_OK;
    enum dtl_status st = dtl_search(snap, plan, q, &how, arena, &best, err);
    if (st == DTL_OK)
        st = take_best(&m, &best, err);
    if (st == DTL_OK)
        st = weigh(&m, 2, err);
    if (st == DTL_OK && m.n > 1)
        qsort(m.mark, m.n, sizeof *m.mark, by_weight);
    for (; st == DTL_OK && n < m.n && n < DTL_FEEDBACK_WORDS && m.mark[n].weight > 0; n++)
        sum += m.mark[n].weight;
    if (st == DTL_OK && n > 0) {
        double scale = LAMBDA_RATIO * scoring(plan, q->root) / sum;
        struct dtl_node *root = join(arena, q->root, any, m.mark, n, scale);
        if (root)
            q->root = root;
        else
            st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for related words");
    }
    dtl_arena_release(&m.arena);
    return st;
}

/* ---- like one article ---- */

/* Every live article of that id. */
static enum dtl_status take_named(struct marks *m, struct dtl_snapshot *snap, struct dtl_bytes id,
                                  uint64_t *found, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < snap->segments && st == DTL_OK; i++) {
        struct dtl_arena arena = {0};
        dtl_doc *docs = NULL;
        size_t count = 0;
        st = dtl_identities_find(&snap->segment[i], (struct dtl_bytes){0}, true, id, &arena, &docs,
                                 &count, err);
        for (size_t k = 0; k < count && st == DTL_OK; k++) {
            struct dtl_hit hit = {.segment = &snap->segment[i], .doc = docs[k]};
            if (dtl_is_dead(hit.segment, hit.doc))
                continue;
            st = take_article(m, &hit, 1, err);
            ++*found;
        }
        dtl_arena_release(&arena);
    }
    return st;
}

/* Any of the words, and what was asked for. */
static struct dtl_node *like(struct dtl_arena *arena, struct dtl_node *root,
                             const struct mark *mark, uint32_t n)
{
    struct dtl_node *out = group(arena, DTL_NODE_AND, 2), *words = group(arena, DTL_NODE_OR, n);
    if (!out || !words)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (!(words->child[i] = added(arena, &mark[i], mark[i].weight / mark[0].weight)))
            return NULL;
        words->children++;
    }
    if (root->kind == DTL_NODE_ALL)
        return words;
    out->child[0] = root;
    out->child[1] = words;
    out->children = 2;
    return out;
}

enum dtl_status dtl_feedback_like(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                  struct dtl_query *q, struct dtl_bytes id, struct dtl_arena *arena,
                                  struct dtl_error *err)
{
    struct marks m = {.plan = plan};
    uint64_t found = 0;
    uint32_t n = 0;
    enum dtl_status st = take_named(&m, snap, id, &found, err);
    if (st == DTL_OK && found == 0)
        st = dtl_fail(err, DTL_NOTFOUND, 0, "no article has the id '%.*s'",
                      id.n > 300 ? 300 : (int)id.n, (const char *)id.p);
    if (st == DTL_OK)
        st = weigh(&m, 1, err);
    if (st == DTL_OK && m.n > 1)
        qsort(m.mark, m.n, sizeof *m.mark, by_weight);
    while (st == DTL_OK && n < m.n && n < DTL_LIKE_WORDS && m.mark[n].weight > 0)
        n++;
    if (st == DTL_OK && n == 0)
        st = dtl_fail(err, DTL_NOTFOUND, 0, "no other article shares a telling word with '%.*s'",
                      id.n > 300 ? 300 : (int)id.n, (const char *)id.p);
    if (st == DTL_OK) {
        struct dtl_node *root = like(arena, q->root, m.mark, n);
        if (!root)
            st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for an article's words");
        q->root = root ? root : q->root;
        q->scoring = true;
        q->without = id;
    } else if (st == DTL_NOTFOUND) {
        struct dtl_node *nothing = group(arena, DTL_NODE_NOT, 1);
        if (!nothing || !(nothing->child[0] = group(arena, DTL_NODE_ALL, 1)))
            st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for an article's words");
        else
            nothing->children = 1;
        q->root = st == DTL_NOTFOUND ? nothing : q->root;
    }
    dtl_arena_release(&m.arena);
    return st;
}
