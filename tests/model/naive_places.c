/*
 * naive_places.c - where the parts of a query stand in an article, by their definitions
 * (docs/decisions/0140): every pair, every stretch, then those that contain another are dropped.
 */
#include "tests/model/naive.h"

bool naive_is_placed(const struct query *q, const struct dtl_node *n)
{
    const struct leaf *l = naive_leaf_of(q, n);
    if (!l)
        return n->kind == DTL_NODE_NEAR || n->kind == DTL_NODE_ATLEAST;
    return n->scope > DTL_SCOPE_TITLE || (l->tokens > 1 && (n->slop || n->any_order));
}

bool naive_says(const struct query *q, const struct dtl_node *n)
{
    const struct leaf *l = naive_leaf_of(q, n);
    if (l)
        return l->tokens > 0;
    bool some = false;
    for (uint32_t i = 0; i < n->children; i++) {
        if (i == 1 && n->kind == DTL_NODE_NEAR && n->near == DTL_NEAR_NOT)
            break; /* what must not be near does not make a clause alone */
        some |= naive_says(q, n->child[i]);
    }
    return some;
}

static void add(struct naive_spans *s, uint32_t begin, uint32_t end)
{
    s->v = must(realloc(s->v, (s->n + 1) * sizeof *s->v));
    s->v[s->n++] = (struct naive_span){begin, end};
}

static int by_begin(const void *x, const void *y)
{
    const struct naive_span *a = x, *b = y;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

static struct naive_spans minimal(struct naive_spans s)
{
    struct naive_spans out = {0};
    if (s.n)
        qsort(s.v, s.n, sizeof *s.v, by_begin);
    for (size_t i = 0; i < s.n; i++) {
        bool outer = false;
        for (size_t k = 0; k < s.n && !outer; k++)
            outer = k != i && s.v[k].begin >= s.v[i].begin && s.v[k].end <= s.v[i].end &&
                    (s.v[k].begin != s.v[i].begin || s.v[k].end != s.v[i].end || k < i);
        if (!outer)
            add(&out, s.v[i].begin, s.v[i].end);
    }
    free(s.v);
    return out;
}

static bool crosses(const struct article *a, uint32_t begin, uint32_t end)
{
    return begin < a->title_words && end >= a->title_words;
}

static bool stands(const struct query *q, const struct article *a, const struct token *t,
                   uint32_t position)
{
    for (size_t i = 0; i < a->words; i++)
        if (a->word[i].position == position && naive_word_is(q, &a->word[i], t))
            return true;
    return false;
}

/* ---- leaves ---- */

/* Words from `i` on in their order, the last at `end`, word i - 1 being at `before`. */
static bool in_order(const struct query *q, const struct leaf *l, const struct article *a, size_t i,
                     uint32_t before, uint32_t end)
{
    uint32_t least = before + l->token[i].position - l->token[i - 1].position;
    for (uint32_t p = least; p <= end; p++) {
        if (i + 1 == l->tokens && p != end)
            continue;
        if (stands(q, a, &l->token[i], p) &&
            (i + 1 == l->tokens || in_order(q, l, a, i + 1, p, end)))
            return true;
    }
    return false;
}

static bool same_token(const struct token *a, const struct token *b)
{
    return a->exact == b->exact && a->prefix == b->prefix && dtl_bytes_equal(a->form, b->form);
}

static bool in_any_order(const struct query *q, const struct leaf *l, const struct article *a,
                         uint32_t begin, uint32_t end)
{
    for (size_t i = 0; i < l->tokens; i++) {
        uint32_t wanted = 0, held = 0;
        for (size_t k = 0; k < l->tokens; k++)
            wanted += same_token(&l->token[i], &l->token[k]);
        for (uint32_t p = begin; p <= end; p++)
            held += stands(q, a, &l->token[i], p);
        if (held < wanted)
            return false;
    }
    return true;
}

static struct naive_spans leaf_places(const struct query *q, const struct leaf *l,
                                      const struct article *a)
{
    struct naive_spans s = {0};
    const struct dtl_node *n = l->node;
    for (size_t i = 0; i < a->words && l->tokens; i++) {
        uint32_t begin = a->word[i].position;
        uint32_t span = l->token[l->tokens - 1].position - l->token[0].position;
        uint32_t slop = l->tokens > 1 ? n->slop : 0;
        if (l->tokens == 1) {
            if (naive_word_is(q, &a->word[i], &l->token[0]))
                add(&s, begin, begin);
            continue;
        }
        bool any = n->any_order;
        if (!any && !naive_word_is(q, &a->word[i], &l->token[0]))
            continue;
        for (uint32_t end = any ? begin : begin + span; end <= begin + span + slop; end++)
            if (!crosses(a, begin, end) &&
                (any ? in_any_order(q, l, a, begin, end) : in_order(q, l, a, 1, begin, end)))
                add(&s, begin, end);
    }
    return minimal(s);
}

static uint32_t lead_end(const struct article *a, uint32_t body)
{
    uint32_t end = UINT32_MAX;
    for (size_t i = 0; i < a->paragraphs.n / 4; i++) {
        uint32_t p = dtl_load32(a->paragraphs.p + 4 * i);
        if (p > body && p < end)
            end = p;
    }
    return end;
}

static struct naive_spans in_scope(const struct dtl_node *n, const struct article *a,
                                   struct naive_spans s)
{
    struct naive_spans out = {0};
    uint32_t body = a->title_words ? a->title_words + DTL_FIELD_GAP : 0;
    uint32_t end = n->scope == DTL_SCOPE_FIRST ? body + n->first : lead_end(a, body);
    if (n->scope <= DTL_SCOPE_TITLE)
        return s;
    for (size_t i = 0; i < s.n; i++) {
        bool title = s.v[i].end < a->title_words;
        if (title ? n->scope == DTL_SCOPE_HLEAD : s.v[i].begin >= body && s.v[i].end < end)
            add(&out, s.v[i].begin, s.v[i].end);
    }
    free(s.v);
    return out;
}

/* ---- two of them ---- */

static bool begins_between(const struct dtl_buffer *starts, uint32_t begin, uint32_t end)
{
    for (size_t i = 0; i < starts->n / 4; i++) {
        uint32_t p = dtl_load32(starts->p + 4 * i);
        if (p > begin && p <= end)
            return true;
    }
    return false;
}

static bool suits(const struct dtl_node *n, const struct article *a, struct naive_span x,
                  struct naive_span y)
{
    bool forth = x.end < y.begin, back = y.end < x.begin;
    uint32_t begin = x.begin < y.begin ? x.begin : y.begin, end = x.end > y.end ? x.end : y.end;
    uint32_t gap = forth ? y.begin - x.end : back ? x.begin - y.end : 0;
    if (crosses(a, begin, end))
        return false;
    switch (n->near) {
    case DTL_NEAR_ANY:
        return gap && gap <= n->distance;
    case DTL_NEAR_ORDERED:
        return forth && gap <= n->distance;
    case DTL_NEAR_NOT:
        return gap <= n->distance;
    case DTL_NEAR_SENTENCE:
        return gap && !begins_between(&a->sentences, begin, end);
    case DTL_NEAR_PARAGRAPH:
        return gap && !begins_between(&a->paragraphs, begin, end);
    }
    return false;
}

static struct naive_spans near_places(const struct query *q, const struct dtl_node *n,
                                      const struct article *a)
{
    bool left = naive_says(q, n->child[0]), right = naive_says(q, n->child[1]);
    if (!right || !left)
        return left || n->near == DTL_NEAR_NOT ? naive_places(q, n->child[0], a)
                                               : naive_places(q, n->child[1], a);
    struct naive_spans x = naive_places(q, n->child[0], a), y = naive_places(q, n->child[1], a);
    struct naive_spans s = {0};
    for (size_t i = 0; i < x.n; i++) {
        bool near = false;
        for (size_t k = 0; k < y.n; k++) {
            if (!suits(n, a, x.v[i], y.v[k]))
                continue;
            near = true;
            if (n->near != DTL_NEAR_NOT)
                add(&s, x.v[i].begin < y.v[k].begin ? x.v[i].begin : y.v[k].begin,
                    x.v[i].end > y.v[k].end ? x.v[i].end : y.v[k].end);
        }
        if (n->near == DTL_NEAR_NOT && !near)
            add(&s, x.v[i].begin, x.v[i].end);
    }
    free(x.v);
    free(y.v);
    return minimal(s);
}

struct naive_spans naive_places(const struct query *q, const struct dtl_node *n,
                                const struct article *a)
{
    struct naive_spans s = {0};
    const struct leaf *l = naive_leaf_of(q, n);
    if (l)
        return in_scope(n, a, leaf_places(q, l, a));
    if (n->kind == DTL_NODE_NEAR)
        return near_places(q, n, a);
    if (n->kind == DTL_NODE_ATLEAST) {
        s = naive_places(q, n->child[0], a);
        if (s.n < n->needed)
            s.n = 0;
        return s;
    }
    for (uint32_t i = 0; i < n->children; i++) { /* OR */
        struct naive_spans one = naive_places(q, n->child[i], a);
        for (size_t k = 0; k < one.n; k++)
            add(&s, one.v[k].begin, one.v[k].end);
        free(one.v);
    }
    return minimal(s);
}
