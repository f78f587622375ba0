/*
 * match.c - --match: how many of the words joined by blanks must occur.
 *
 * An *adjacency run* is a maximal list of operands joined by blanks alone; --match governs its
 * plain words and phrases, when there are two or more. Groups, exclusions, +words and filters stay
 * required, for they were asked for by a mark of their own.
 */
#include "query/language/parse.h"

static bool governed(const struct dtl_node *n)
{
    return (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE) && !n->required;
}

static uint32_t needed_of(const struct dtl_parse_options *o, uint32_t words)
{
    uint64_t n = words;
    if (o->match == DTL_MATCH_ANY)
        n = 1;
    else if (o->match == DTL_MATCH_COUNT)
        n = o->match_value;
    else if (o->match == DTL_MATCH_PERCENT)
        n = ((uint64_t)words * o->match_value + 99) / 100;
    return n < 1 ? 1 : n > words ? words : (uint32_t)n;
}

enum dtl_status dtl_parse_close_run(struct dtl_parser *p, size_t mark)
{
    size_t n = p->n - mark;
    if (n < 2)
        return DTL_OK;
    struct dtl_node **list = p->stack + mark;
    uint32_t words = 0;
    for (size_t i = 0; i < n; i++)
        words += governed(list[i]);
    uint32_t needed = needed_of(p->o, words);
    if (p->negatives == 0 && words >= 2 && needed < words) {
        struct dtl_node *quorum = dtl_parse_node(p, DTL_NODE_QUORUM, 0, 0);
        if (quorum)
            quorum->child = dtl_arena_alloc(p->arena, words * sizeof(struct dtl_node *));
        if (!quorum || !quorum->child)
            return dtl_parse_no_memory(p);
        quorum->needed = needed;
        size_t kept = 0;
        for (size_t i = 0; i < n; i++) { /* the quorum takes the place of its first word */
            struct dtl_node *item = list[i];
            if (!governed(item)) {
                list[kept++] = item;
                continue;
            }
            if (quorum->children == 0) {
                quorum->begin = item->begin;
                list[kept++] = quorum;
            }
            quorum->end = item->end;
            quorum->child[quorum->children++] = item;
        }
        n = kept;
    }
    struct dtl_node *run = n == 1 ? list[0] : dtl_parse_node_over(p, DTL_NODE_AND, list, n);
    if (!run)
        return dtl_parse_no_memory(p);
    if (n > 1)
        run->adjacency = true;
    p->n = mark;
    return dtl_parse_push(p, run);
}
