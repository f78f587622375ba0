/*
 * near.c - NEAR and its kin, and ATLEAST: operators of places.
 *
 * Their operands are what has places in the text: words, phrases, OR-groups of them, and what NEAR
 * makes of them. Anything else is refused, for "(a AND b) NEAR c" has several meanings in several
 * languages.
 */
#include "query/language/parse.h"

static bool has_places(const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE || n->kind == DTL_NODE_NEAR)
        return true;
    bool all = n->kind == DTL_NODE_OR;
    for (uint32_t i = 0; i < n->children && all; i++)
        all = has_places(n->child[i]);
    return all;
}

static enum dtl_status check_places(struct dtl_parser *p, const struct dtl_lexeme *op,
                                    struct dtl_node *n, bool lifted)
{
    if (lifted || !has_places(n))
        return dtl_fail(p->err, DTL_EQUERY, n->begin,
                        "%.*s takes words, phrases, OR-groups of them and other NEARs, such as "
                        "budget NEAR/5 (deficit OR gap)",
                        (int)(op->end - op->begin), p->x.text.p + op->begin);
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        n->required = false; /* NEAR asks for it already */
    return DTL_OK;
}

static enum dtl_status parse_right(struct dtl_parser *p, const struct dtl_lexeme *op,
                                   struct dtl_node **out, bool *lifted)
{
    enum dtl_status st = dtl_parse_advance(p);
    if (st == DTL_OK)
        st = dtl_parse_skip_noise(p);
    if (st < 0)
        return st;
    if (!dtl_parse_starts_operand(p->now.kind))
        return dtl_fail(p->err, DTL_EQUERY, op->begin,
                        "a word must follow %.*s; in lower case or in quotes it is text",
                        (int)(op->end - op->begin), p->x.text.p + op->begin);
    return dtl_parse_unary(p, out, lifted);
}

enum dtl_status dtl_parse_near(struct dtl_parser *p, struct dtl_node **out, bool *lifted)
{
    uint32_t depth = p->depth;
    struct dtl_node *left = NULL;
    enum dtl_status st = dtl_parse_unary(p, &left, lifted);
    if (st == DTL_OK)
        st = dtl_parse_skip_noise(p);
    while (st == DTL_OK && p->now.kind == DTL_LEX_NEAR) {
        struct dtl_lexeme op = p->now;
        struct dtl_node *pair[2] = {left, NULL};
        bool right_lifted = false;
        st = dtl_parse_deeper(p, op.begin); /* the tree grows to the left */
        if (st == DTL_OK)
            st = check_places(p, &op, left, *lifted);
        if (st == DTL_OK)
            st = parse_right(p, &op, &pair[1], &right_lifted);
        if (st == DTL_OK)
            st = check_places(p, &op, pair[1], right_lifted);
        if (st == DTL_OK)
            st = dtl_parse_skip_noise(p);
        if (st < 0)
            break;
        left = dtl_parse_node_over(p, DTL_NODE_NEAR, pair, 2);
        if (!left)
            return dtl_parse_no_memory(p);
        left->near = op.near;
        left->distance = op.distance;
    }
    p->depth = depth;
    *out = left;
    return st;
}

enum dtl_status dtl_parse_atleast(struct dtl_parser *p, struct dtl_node **out)
{
    struct dtl_lexeme op = p->now;
    struct dtl_node *counted = NULL;
    bool lifted = false;
    enum dtl_status st = dtl_parse_deeper(p, op.begin);
    if (st == DTL_OK)
        st = dtl_parse_advance(p);
    if (st < 0)
        return st;
    bool starts = p->now.kind == DTL_LEX_WORD || p->now.kind == DTL_LEX_PHRASE ||
                  p->now.kind == DTL_LEX_OPEN || p->now.kind == DTL_LEX_FIELD;
    if (!starts)
        return dtl_fail(p->err, DTL_EQUERY, op.begin,
                        "a word, a phrase or a group must follow %.*s; in lower case or in quotes "
                        "it is text",
                        (int)(op.end - op.begin), p->x.text.p + op.begin);
    st = dtl_parse_primary(p, &counted, &lifted);
    p->depth--;
    if (st == DTL_OK)
        st = check_places(p, &op, counted, lifted);
    if (st < 0)
        return st;
    *out = dtl_parse_node_over(p, DTL_NODE_ATLEAST, &counted, 1);
    if (!*out)
        return dtl_parse_no_memory(p);
    (*out)->needed = op.needed;
    (*out)->begin = op.begin;
    return DTL_OK;
}
