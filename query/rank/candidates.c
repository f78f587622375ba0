/*
 * candidates.c - see candidates.h.
 *
 * The impact pairs of a block say how often a posting must hold the word to score enough: only
 * those postings are scored, an eighth of a block in a query of two words. A word's next block is
 * loaded once for all candidates that lie in it, and not at all when its bound helps none of them.
 */
#include "query/rank/candidates.h"

#define MANY 32u /* candidates; more are offered in two rounds */

/* Postings with `least` or more occurrences, whose documents hold the required words, to c->met and
 * c->tf; how many. */
static uint32_t pick_postings(struct dtl_candidates *c, const struct dtl_postings *p,
                              uint32_t least, const struct dtl_required *required)
{
    uint16_t pick[DTL_BLOCK + 16];
    uint32_t n = dtl_at_least(p->tfs, p->count, least, pick);
    for (uint32_t i = 0; i < n; i++) {
        c->met[i] = p->docs[pick[i]];
        c->tf[i] = p->tfs[pick[i]];
    }
    for (uint32_t k = 0; required && k < required->n && n; k++) {
        n = dtl_held(required->bits[k], c->met, n, pick);
        for (uint32_t i = 0; i < n; i++) {
            c->met[i] = c->met[pick[i]];
            c->tf[i] = c->tf[pick[i]];
        }
    }
    return n;
}

bool dtl_candidates_of_block(struct dtl_candidates *c, struct dtl_list *l,
                             const struct dtl_weight *w, dtl_doc from, dtl_doc to, uint32_t need,
                             const struct dtl_required *required)
{
    const dtl_doc *doc = l->p.docs;
    const uint32_t *score = NULL;
    uint16_t pick[DTL_BLOCK + 16];
    uint32_t n = l->p.count, least = 1;
    c->n = 0;
    if (w) {
        if (!dtl_list_tfs(l))
            return false;
        if (l->scored != l->p.block + 1) /* else another stretch asked for all scores */
            least = dtl_list_least_tf(l, w, need);
        if (least > 1 || (required && required->n)) {
            n = pick_postings(c, &l->p, least, required);
            doc = c->met;
            dtl_scores(w, doc, c->tf, n, c->score);
            score = c->score;
        } else if (!(score = dtl_list_scores(l, w))) {
            return false;
        }
        n = dtl_at_least(score, n, need, pick);
    }
    for (uint32_t i = 0; i < n; i++) { /* what is overwritten was looked at */
        uint32_t at = w ? pick[i] : i;
        c->doc[c->n] = doc[at];
        c->score[c->n] = w ? score[at] : 0;
        c->n += c->doc[c->n] >= from && c->doc[c->n] < to;
    }
    return true;
}

void dtl_candidates_keep(struct dtl_candidates *c, uint32_t need)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        c->doc[kept] = c->doc[i];
        c->score[kept] = c->score[i];
        kept += c->score[kept] >= need;
    }
    c->n = kept;
}

/* Which of the candidates the list holds, and its frequencies; how many in *met. */
static bool meet_list(struct dtl_candidates *c, struct dtl_list *l, bool scored, uint32_t need,
                      uint32_t *met)
{
    struct dtl_postings *p = &l->p;
    struct dtl_meeting in;
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n;) {
        if (p->count == 0 || c->doc[i] > p->last || c->doc[i] < p->docs[0]) {
            uint32_t k = dtl_list_block(l, c->doc[i]);
            if (k == p->blocks)
                break;
            uint32_t bound = scored ? dtl_list_bounded(l, k) : UINT32_MAX;
            dtl_doc last = dtl_postings_last(p, k);
            while (i < c->n && c->doc[i] <= last && (uint64_t)c->score[i] + bound < need)
                i++;
            if (i == c->n || c->doc[i] > last)
                continue;
            if (!dtl_list_load(l, k))
                return false;
        }
        uint32_t end = i + 1;
        while (end < c->n && c->doc[end] <= p->last)
            end++;
        uint32_t found = dtl_meet(p->docs, c->doc + i, end - i, &in);
        if (found && scored && !dtl_list_tfs(l))
            return false;
        for (uint32_t j = 0; j < found; j++, n++) {
            c->which[n] = (uint16_t)(i + in.which[j]);
            c->met[n] = c->doc[c->which[n]];
            c->tf[n] = p->tfs[in.place[j]];
        }
        i = end;
    }
    *met = n;
    return true;
}

/* A word of several lists is asked document by document. */
static bool probe_each(struct dtl_candidates *c, struct dtl_clause *word, bool required)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        bool match;
        uint32_t more;
        if (!dtl_clause_probe(word, c->doc[i], 0, &match, &more))
            return false;
        c->doc[kept] = c->doc[i];
        c->score[kept] = c->score[i] + more;
        kept += match || !required;
    }
    c->n = kept;
    return true;
}

bool dtl_candidates_ask(struct dtl_candidates *c, struct dtl_clause *word, bool required,
                        uint32_t need)
{
    uint32_t more[DTL_MEET_ROOM], met = 0;
    if (word->lists > 1) {
        if (!probe_each(c, word, required))
            return false;
    } else {
        if (!meet_list(c, word->list[0], word->weight != NULL, need, &met))
            return false;
        if (word->weight) {
            dtl_scores(word->weight, c->met, c->tf, met, more);
            for (uint32_t i = 0; i < met; i++)
                c->score[c->which[i]] += more[i];
        }
        for (uint32_t i = 0; required && i < met; i++) {
            c->doc[i] = c->met[i];
            c->score[i] = c->score[c->which[i]];
        }
        c->n = required ? met : c->n;
    }
    dtl_candidates_keep(c, need);
    return true;
}

/* A score that at least MANY / 16 of more than MANY candidates have, and no more than need be. */
static uint32_t among_the_best(const struct dtl_candidates *c)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i + 16 <= c->n; i += 16) { /* the worst of the best of each sixteen */
        uint32_t most = 0;
        for (uint32_t k = 0; k < 16; k++)
            most = c->score[i + k] > most ? c->score[i + k] : most;
        least = most < least ? most : least;
    }
    return least;
}

enum dtl_status dtl_candidates_offer(struct dtl_candidates *c, struct dtl_sieve *s)
{
    enum dtl_status st = DTL_OK;
    uint32_t first = c->n > MANY ? among_the_best(c) : 0;
    /* of many, the best ones before all others, for which the floor then is too high */
    for (uint32_t i = 0; first && i < c->n && st == DTL_OK; i++)
        if (c->score[i] >= first && c->score[i] >= dtl_sieve_floor(s, c->doc[i]))
            st = dtl_sieve_offer(s, c->doc[i], c->score[i]);
    if (first) {
        uint32_t floor = dtl_sieve_floors_rise(s) ? 1 : dtl_sieve_floor(s, c->doc[0]);
        dtl_candidates_keep(c,
                            floor > 1 ? floor - 1 : 1); /* a place's is at most 1 under another's */
    }
    for (uint32_t i = 0; i < c->n && st == DTL_OK; i++)
        if ((!first || c->score[i] < first) && c->score[i] >= dtl_sieve_floor(s, c->doc[i]))
            st = dtl_sieve_offer(s, c->doc[i], c->score[i]);
    return st;
}
