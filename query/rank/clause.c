/* clause.c - which queries can be pruned, and a word's lists asked about one document. */
#include "query/rank/clause.h"

static bool add_clause(struct dtl_prune *p, struct dtl_cursor *c)
{
    if (p->clauses == DTL_CLAUSES_MAX)
        return false;
    struct dtl_clause *k = &p->clause[p->clauses++];
    *k = (struct dtl_clause){.weight = c->weight, .cost = c->cost};
    if (c->kind == DTL_CURSOR_LIST) {
        k->lists = 1;
        k->list = dtl_arena_alloc(c->ctx->arena, sizeof(struct dtl_list *));
        if (!k->list)
            return false;
        k->list[0] = (struct dtl_list *)c;
        return true;
    }
    if (c->kind != DTL_CURSOR_UNION)
        return false;
    for (uint32_t i = 0; i < c->parts; i++) {
        if (c->part[i]->kind != DTL_CURSOR_LIST)
            return false;
    }
    k->lists = c->parts;
    k->list = dtl_arena_alloc(c->ctx->arena, c->parts * sizeof(struct dtl_list *));
    for (uint32_t i = 0; k->list && i < c->parts; i++)
        k->list[i] = (struct dtl_list *)c->part[i];
    return k->list != NULL;
}

/* Does every match of the word score at least 1? The longest article and a single occurrence tell.
 */
static bool always_scores(const struct dtl_weight *w)
{
    return w && (w->norm ? w->factor / (1 + w->norm[255]) : (double)w->constant) >= 1;
}

bool dtl_prune_words(struct dtl_cursor *root, struct dtl_prune *out)
{
    out->ctx = root->ctx;
    out->all = root->kind == DTL_CURSOR_AND;
    out->clauses = 0;
    bool many = root->kind == DTL_CURSOR_AND || root->kind == DTL_CURSOR_OR;
    for (uint32_t i = 0; i < (many ? root->parts : 1); i++) {
        struct dtl_cursor *c = many ? root->part[i] : root;
        if (c->kind == DTL_CURSOR_NONE && !out->all)
            continue;
        if (!add_clause(out, c))
            return false;
    }
    return out->clauses > 0;
}

bool dtl_prune_of(struct dtl_cursor *root, struct dtl_prune *out)
{
    *out = (struct dtl_prune){.ctx = root->ctx, .all = root->kind == DTL_CURSOR_AND};
    bool many = root->kind == DTL_CURSOR_AND || root->kind == DTL_CURSOR_OR;
    bool some = false, each = true;
    double most = 0;
    for (uint32_t i = 0; i < (many ? root->parts : 1); i++) {
        struct dtl_cursor *c = many ? root->part[i] : root;
        if (c->kind == DTL_CURSOR_NONE && !out->all)
            continue;
        bool word = c->kind == DTL_CURSOR_LIST || c->kind == DTL_CURSOR_UNION;
        if (!word)
            return false;
        if (!out->all && !c->weight) { /* adds nothing to anyone's score */
            each = false;
            continue;
        }
        if (!add_clause(out, c))
            return false;
        some |= always_scores(c->weight);
        each &= always_scores(c->weight);
        if (c->weight)
            most += dtl_weight_most(c->weight) + 2 * out->clause[out->clauses - 1].lists;
    }
    out->exact = out->all ? some : each;
    return out->clauses > 0 && most < DTL_NARROW && (!out->all || some);
}

bool dtl_clause_open(struct dtl_clause *c)
{
    for (uint32_t i = 0; i < c->lists; i++) {
        if (c->list[i]->p.term.df < DTL_BLOCK && !dtl_list_load(c->list[i], 0))
            return false;
    }
    return true;
}

uint32_t dtl_list_most(struct dtl_list *l, const struct dtl_weight *w)
{
    uint32_t most = 0;
    const struct dtl_term *t = &l->p.term;
    for (uint32_t i = 0; w && i < t->impacts; i++) {
        uint32_t bound = dtl_pair_bound(w, t->impact[i].tf, t->impact[i].length_code);
        most = bound > most ? bound : most;
    }
    return most;
}

bool dtl_list_most_in(struct dtl_list *l, const struct dtl_weight *w, dtl_doc from, dtl_doc to,
                      uint32_t *most)
{
    uint32_t first = dtl_list_block(l, from), k = first, high = 0;
    while (k < l->p.blocks && dtl_postings_last(&l->p, k) < to - 1)
        k++;
    uint32_t end = k < l->p.blocks ? k + 1 : k;
    const uint32_t *bound = dtl_list_bounds(l, w, first, end);
    if (!bound)
        return false;
    for (k = first; k < end; k++)
        high = bound[k] > high ? bound[k] : high;
    *most = high;
    return true;
}

bool dtl_list_find(struct dtl_list *l, dtl_doc doc, uint32_t *place)
{
    struct dtl_postings *p = &l->p;
    if (p->count == 0 || doc > p->last || doc < p->docs[0]) {
        uint32_t k = dtl_list_block(l, doc);
        *place = p->count;
        if (k >= p->blocks)
            return true;
        if (!dtl_list_load(l, k))
            return false;
    }
    uint32_t i = dtl_list_place(l, doc);
    *place = i < p->count && p->docs[i] == doc ? i : p->count;
    return true;
}

bool dtl_list_holds(struct dtl_list *l, dtl_doc doc, bool *holds)
{
    uint32_t i;
    if (!dtl_list_find(l, doc, &i))
        return false;
    *holds = i < l->p.count;
    return true;
}

bool dtl_list_probe(struct dtl_list *l, dtl_doc doc, uint32_t *tf)
{
    uint32_t i;
    *tf = 0;
    if (!dtl_list_find(l, doc, &i))
        return false;
    if (i < l->p.count) {
        if (!dtl_list_tfs(l))
            return false;
        *tf = l->p.tfs[i];
    }
    return true;
}

bool dtl_clause_probe(struct dtl_clause *c, dtl_doc doc, uint32_t need, bool *match,
                      uint32_t *score)
{
    uint64_t sum = 0;
    *match = false;
    *score = 0;
    if (c->lists == 1) {
        struct dtl_list *l = c->list[0];
        struct dtl_postings *p = &l->p;
        if (p->count == 0 || doc > p->last || doc < p->docs[0]) {
            uint32_t k = dtl_list_block(l, doc);
            if (k >= p->blocks || dtl_list_bounded(l, k) < need)
                return true;
            if (!dtl_list_load(l, k))
                return false;
        }
        uint32_t i = dtl_list_place(l, doc);
        if (i == p->count || p->docs[i] != doc)
            return true;
        *match = true;
        if (!c->weight)
            return true;
        if (!dtl_list_tfs(l))
            return false;
        sum = p->tfs[i];
    } else {
        for (uint32_t i = 0; i < c->lists; i++) {
            uint32_t tf = 0;
            if (!dtl_list_probe(c->list[i], doc, &tf))
                return false;
            sum += tf;
        }
        *match = sum > 0;
    }
    if (*match && c->weight)
        *score = (uint32_t)dtl_weight_score(c->weight, sum, doc);
    return true;
}

enum dtl_status dtl_prune_zone(struct dtl_prune *p, struct dtl_sieve *sieve)
{
    for (uint32_t i = 0; i < p->clauses; i++) {
        if (!dtl_clause_open(&p->clause[i]))
            return p->ctx->status;
    }
    return p->all ? dtl_prune_all(p, sieve) : dtl_prune_any(p, sieve);
}
