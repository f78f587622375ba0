/*
 * parser.c - recursive descent over the lexemes.
 *
 *   binds tightest   ^ boost
 *                    NOT - +         one operand
 *                    NEAR/n W/S ...  left to right
 *                    AND && blank    a blank is AND, or --match
 *   binds loosest    OR | ||
 *
 * Depth is counted at each parenthesis and each sign, so the stack is bounded by DTL_QUERY_DEPTH;
 * lists of operands grow on one side stack, so time is linear.
 *
 * Date filters outside parentheses are lifted: they hold for the whole query, wherever they stand,
 * and leave no operand behind. Ranges of dates narrow one interval; weekdays, months, days of any
 * year, days of indexing and exclusions join the root. Inside parentheses they are nodes where they
 * stand.
 *
 * An *adjacency run* is a maximal list of operands joined by blanks alone; --match governs its
 * plain words and phrases, when there are two or more; groups, exclusions, +words and filters stay
 * required.
 */
#include "query/language/parser.h"

#include <stdlib.h>

#include "query/language/notes.h"
#include "query/language/parse.h"

enum dtl_status dtl_parse_fail(struct dtl_parser *p, uint32_t pos, const char *text)
{
    return dtl_fail(p->err, DTL_EQUERY, pos, "%s", text);
}

enum dtl_status dtl_parse_no_memory(struct dtl_parser *p)
{
    return dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
}

enum dtl_status dtl_parse_advance(struct dtl_parser *p)
{
    return p->o->literal ? dtl_lex_literal(&p->x, &p->now) : dtl_lex_next(&p->x, &p->now, p->err);
}

enum dtl_status dtl_parse_push(struct dtl_parser *p, struct dtl_node *n)
{
    if (p->n == p->capacity) {
        size_t more = p->capacity ? p->capacity * 2 : 64;
        struct dtl_node **grown = realloc(p->stack, more * sizeof(struct dtl_node *));
        if (!grown)
            return dtl_parse_no_memory(p);
        p->stack = grown;
        p->capacity = more;
    }
    p->stack[p->n++] = n;
    return DTL_OK;
}

struct dtl_node *dtl_parse_node(struct dtl_parser *p, enum dtl_node_kind kind, uint32_t begin,
                                uint32_t end)
{
    struct dtl_node *n = dtl_arena_alloc(p->arena, sizeof *n);
    if (n)
        *n = (struct dtl_node){.kind = kind, .begin = begin, .end = end, .boost = DTL_BOOST_NONE};
    return n;
}

struct dtl_node *dtl_parse_node_over(struct dtl_parser *p, enum dtl_node_kind kind,
                                     struct dtl_node *const *list, size_t n)
{
    struct dtl_node *parent = dtl_parse_node(p, kind, list[0]->begin, list[n - 1]->end);
    struct dtl_node **child = dtl_arena_alloc(p->arena, n * sizeof(struct dtl_node *));
    if (!parent || !child)
        return NULL;
    memcpy(child, list, n * sizeof(struct dtl_node *));
    parent->child = child;
    parent->children = (uint32_t)n;
    return parent;
}

enum dtl_status dtl_parse_deeper(struct dtl_parser *p, uint32_t pos)
{
    if (p->depth == DTL_QUERY_DEPTH)
        return dtl_fail(p->err, DTL_EQUERY, pos, "parentheses and signs nest at most %u deep here",
                        DTL_QUERY_DEPTH);
    p->depth++;
    return DTL_OK;
}

/* ---- lists ---- */

static enum dtl_status lift(struct dtl_parser *p, struct dtl_node *n)
{
    if (n->kind == DTL_NODE_DATE)
        return dtl_filters_apply(&p->filters, n->range, n->undated, n->begin, p->err);
    struct dtl_node **grown = realloc(p->lifted, (p->lifts + 1) * sizeof(struct dtl_node *));
    if (!grown)
        return dtl_parse_no_memory(p);
    p->lifted = grown;
    p->lifted[p->lifts++] = n;
    return DTL_OK;
}

struct list_facts {  /* of one AND list */
    size_t operands; /* filters included */
    size_t items;    /* without lifted filters */
};

static enum dtl_status parse_and(struct dtl_parser *p, struct dtl_node **out,
                                 struct list_facts *facts)
{
    size_t mark = p->n, run = p->n;
    uint32_t joiner = 0;
    bool joined = false;
    *facts = (struct list_facts){0, 0};
    for (;;) {
        enum dtl_status st = dtl_parse_skip_noise(p);
        if (st < 0)
            return st;
        if (p->now.kind == DTL_LEX_AND) {
            if (joined || facts->operands == 0)
                return dtl_parse_fail(
                    p, p->now.begin,
                    joined ? "a word must stand between two operators"
                           : "a word must come before AND; in lower case or in quotes it "
                             "is text");
            joiner = p->now.begin;
            joined = true;
            st = dtl_parse_close_run(p, run);
            run = p->n;
            if (st == DTL_OK)
                st = dtl_parse_advance(p);
            if (st < 0)
                return st;
            continue;
        }
        if (p->now.kind == DTL_LEX_NEAR)
            return dtl_fail(p->err, DTL_EQUERY, p->now.begin,
                            "a word must come before %.*s; in lower case or in quotes it is text",
                            (int)(p->now.end - p->now.begin), p->x.text.p + p->now.begin);
        if (!dtl_parse_starts_operand(p->now.kind))
            break;
        struct dtl_node *n = NULL;
        bool lifted = false;
        st = dtl_parse_near(p, &n, &lifted);
        if (st == DTL_OK)
            st = lifted ? lift(p, n) : dtl_parse_push(p, n);
        if (st < 0)
            return st;
        facts->items += !lifted;
        facts->operands++;
        joined = false;
    }
    if (joined)
        return dtl_parse_fail(p, joiner,
                              "a word must follow AND; in lower case or in quotes it is text");
    enum dtl_status st = dtl_parse_close_run(p, run);
    if (st < 0)
        return st;
    size_t runs = p->n - mark;
    if (runs > 0) {
        *out = runs == 1 ? p->stack[mark]
                         : dtl_parse_node_over(p, DTL_NODE_AND, p->stack + mark, runs);
        if (!*out)
            return dtl_parse_no_memory(p);
    }
    p->n = mark;
    return DTL_OK;
}

static enum dtl_status refuse_empty_side(struct dtl_parser *p, bool another, uint32_t last_or,
                                         bool filters)
{
    uint32_t at = another ? p->now.begin : last_or;
    if (filters)
        return dtl_parse_fail(
            p, at,
            "a filter of days outside parentheses holds for the whole query and leaves OR "
            "nothing to join; write (date:...) to join it");
    return dtl_parse_fail(p, at,
                          another
                              ? "a word must come before OR; in lower case or in quotes it is text"
                              : "a word must follow OR; in lower case or in quotes it is text");
}

enum dtl_status dtl_parse_or(struct dtl_parser *p, struct dtl_node **out)
{
    size_t mark = p->n, lists = 0;
    bool mixed = false, another = true;
    uint32_t last_or = 0;
    while (another) {
        struct dtl_node *n = NULL;
        struct list_facts facts = {0, 0};
        enum dtl_status st = parse_and(p, &n, &facts);
        if (st < 0)
            return st;
        another = p->now.kind == DTL_LEX_OR;
        if (!n && (another || lists > 0))
            return refuse_empty_side(p, another, last_or, facts.operands > 0);
        mixed = mixed || facts.items > 1;
        lists++;
        if (n)
            st = dtl_parse_push(p, n);
        if (st == DTL_OK && another) {
            last_or = p->now.begin;
            st = dtl_parse_advance(p);
        }
        if (st < 0)
            return st;
    }
    if (mixed && lists > 1) {
        p->mixed = true;
        p->mixed_at = last_or;
    }
    size_t n = p->n - mark;
    if (n > 0) {
        *out = n == 1 ? p->stack[mark] : dtl_parse_node_over(p, DTL_NODE_OR, p->stack + mark, n);
        if (!*out)
            return dtl_parse_no_memory(p);
    }
    p->n = mark;
    return DTL_OK;
}

/* ---- the whole query ---- */

/* Depth of the printed tree, which may open parentheses that the query left to precedence. */
static uint32_t depth_of(const struct dtl_node *n)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < n->children; i++) {
        uint32_t d = depth_of(n->child[i]);
        most = d > most ? d : most;
    }
    bool filter = n->kind == DTL_NODE_DATE || n->kind == DTL_NODE_CALENDAR ||
                  n->kind == DTL_NODE_ADDED; /* in parentheses when inside the tree */
    uint32_t names =
        (uint32_t)(n->scope != DTL_SCOPE_TEXT) + n->letter_case + n->accents + n->stemmed;
    return most + (n->children > 0 || n->required || filter) + (n->boost != DTL_BOOST_NONE) + names;
}

/* Lifted filters that are nodes join the root. */
static enum dtl_status join_lifted(struct dtl_parser *p, struct dtl_node **root)
{
    size_t mark = p->n;
    enum dtl_status st = DTL_OK;
    if (*root && (*root)->kind == DTL_NODE_AND && (*root)->adjacency &&
        (*root)->boost == DTL_BOOST_NONE)
        for (uint32_t i = 0; i < (*root)->children && st == DTL_OK; i++)
            st = dtl_parse_push(p, (*root)->child[i]);
    else if (*root)
        st = dtl_parse_push(p, *root);
    for (size_t i = 0; i < p->lifts && st == DTL_OK; i++)
        st = dtl_parse_push(p, p->lifted[i]);
    if (st < 0)
        return st;
    size_t n = p->n - mark;
    *root = n == 1 ? p->stack[mark] : dtl_parse_node_over(p, DTL_NODE_AND, p->stack + mark, n);
    if (!*root)
        return dtl_parse_no_memory(p);
    if (n > 1)
        (*root)->adjacency = true;
    p->n = mark;
    return DTL_OK;
}

static enum dtl_status note_mixed(struct dtl_parser *p)
{
    struct dtl_buffer text = {0};
    enum dtl_status st = DTL_OK;
    if (!dtl_node_print(p->q->root, &text))
        st = dtl_parse_no_memory(p);
    else if (p->o->strict)
        st = dtl_fail(p->err, DTL_EQUERY, p->mixed_at,
                      "AND and OR are mixed here; say which you mean by parentheses, such as %.*s",
                      text.n > 200 ? 200 : (int)text.n, (const char *)text.p);
    else
        dtl_note_add(p->q, p->arena, "AND binds tighter than OR: read as %.*s", (int)text.n,
                     (const char *)text.p);
    dtl_buffer_release(&text);
    return st;
}

static enum dtl_status finish(struct dtl_parser *p, struct dtl_node *root)
{
    const struct dtl_parse_options *o = p->o;
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < o->filters && st == DTL_OK; i++)
        st = dtl_filters_option(&p->filters, &o->filter[i], p->err);
    if (st == DTL_OK && p->lifts > 0)
        st = join_lifted(p, &root);
    if (st < 0)
        return st;
    if (!root) {
        if (!p->q->has_dates)
            return dtl_parse_fail(p, 0, "nothing to search; * finds every article");
        root = dtl_parse_node(p, DTL_NODE_ALL, 0, 0);
        if (!root)
            return dtl_parse_no_memory(p);
    }
    if (depth_of(root) > DTL_QUERY_DEPTH)
        return dtl_fail(p->err, DTL_EQUERY, root->begin, "a query nests at most %u deep",
                        DTL_QUERY_DEPTH);
    p->q->root = root;
    p->q->scoring = dtl_parse_scores(root);
    return p->mixed ? note_mixed(p) : DTL_OK;
}

enum dtl_status dtl_query_parse(struct dtl_bytes text, const struct dtl_parse_options *o,
                                struct dtl_arena *arena, struct dtl_query **out,
                                struct dtl_error *err)
{
    enum dtl_status st = dtl_lex_check(text, err);
    if (st < 0)
        return st;
    struct dtl_query *q = dtl_arena_alloc(arena, sizeof *q);
    uint8_t *copy = dtl_arena_alloc(arena, text.n + 1);
    if (!q || !copy)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (text.n)
        memcpy(copy, text.p, text.n);
    q->text = dtl_bytes(copy, text.n);
    q->dates = (struct dtl_interval){DTL_DAY_MIN, DTL_DAY_MAX};
    q->within = o->within;
    struct dtl_parser p = {
        .x = {.text = q->text, .lenient = o->lenient},
        .o = o,
        .arena = arena,
        .q = q,
        .err = err,
        .filters = { .q = q, .arena = arena,    .clock = &o->clock}
    };
    struct dtl_node *root = NULL;
    st = dtl_parse_advance(&p);
    if (st == DTL_OK)
        st = dtl_parse_or(&p, &root);
    if (st == DTL_OK && p.now.kind == DTL_LEX_CLOSE)
        st = dtl_parse_fail(&p, p.now.begin, "missing (: nothing opened this parenthesis");
    if (st == DTL_OK)
        st = finish(&p, root);
    free(p.stack);
    free(p.lifted);
    if (st == DTL_OK)
        *out = q;
    return st;
}
