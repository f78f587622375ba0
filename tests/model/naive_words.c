/* naive_words.c - the words of a query: what each of them means, and how rare it is. */
#include "tests/model/naive.h"
#include "tests/model/naive_lexicon.h"

bool naive_counts(const struct query *q, const struct article *a)
{
    const struct dtl_query *d = q->q;
    return !d->window_statistics || !d->has_dates ||
           naive_date_holds(a, d->dates, d->undated, d->within);
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
    more[t->keys++] = (struct key){lang, naive_copy(&q->arena, term)};
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
            t->df += holds && naive_counts(q, n->article[i]);
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
    more[l->tokens++] = (struct token){.form = naive_copy(&c->q->arena, t->form),
                                       .folded = naive_copy(&c->q->arena, t->folded),
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

void naive_collect_leaves(struct query *q, const struct dtl_node *n)
{
    for (uint32_t i = 0; i < n->children; i++)
        naive_collect_leaves(q, n->child[i]);
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

bool naive_is_stop(const struct leaf *l)
{
    bool all = true;
    for (size_t i = 0; i < l->tokens; i++)
        all &= l->token[i].stop;
    return all;
}

bool naive_other_word_scores(const struct query *q, const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_NOT)
        return false;
    const struct leaf *l = naive_leaf_of(q, n);
    if (l && l->tokens && !naive_is_stop(l)) {
        bool held = true;
        for (size_t i = 0; i < l->tokens; i++)
            held &= l->token[i].df > 0 || l->token[i].prefix;
        if (held)
            return true;
    }
    for (uint32_t i = 0; i < n->children; i++) {
        if (i == 1 && n->kind == DTL_NODE_NEAR && n->near == DTL_NEAR_NOT)
            break;
        if (naive_other_word_scores(q, n->child[i]))
            return true;
    }
    return false;
}
