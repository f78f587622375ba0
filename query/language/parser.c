/*
 * parser.c - recursive descent over the lexemes.
 *
 *   binds tightest   NOT - +         one operand
 *                    AND && blank    a blank is AND, or --match
 *   binds loosest    OR | ||
 *
 * Depth is counted at each parenthesis and each sign, so the stack is bounded by DTL_QUERY_DEPTH;
 * lists of operands grow on one side stack, so time is linear.
 *
 * Date filters outside parentheses are lifted: they hold for the whole query, wherever they stand, and
 * leave no operand behind. Inside parentheses they are DATE nodes where they stand.
 *
 * An *adjacency run* is a maximal list of operands joined by blanks alone; --match governs its plain
 * words and phrases, when there are two or more; groups, exclusions, +words and filters stay required.
 */
#include "query/language/parser.h"

#include <stdio.h>
#include <stdlib.h>

#include "query/language/chars.h"
#include "query/language/filters.h"
#include "query/language/lexer.h"
#include "query/language/notes.h"

struct parser {
    struct dtl_lexer x;
    struct dtl_lexeme now;
    const struct dtl_parse_options *o;
    struct dtl_arena *arena;
    struct dtl_query *q;
    struct dtl_error *err;
    struct dtl_node **stack; /* operands of the lists being parsed */
    size_t n, capacity;
    uint32_t depth, words;
    uint32_t groups, negatives, titles; /* parentheses, NOTs, title: groups we are inside of */
    struct dtl_node **lifted;           /* negated date filters of the whole query */
    size_t lifts;
    bool mixed; /* AND beside OR in one list, without parentheses */
    uint32_t mixed_at;
    bool noted_noise;
    struct dtl_filters filters;
};

static enum dtl_status parse_or(struct parser *p, struct dtl_node **out);
static enum dtl_status parse_unary(struct parser *p, struct dtl_node **out, bool *lifted);

static enum dtl_status fail(struct parser *p, uint32_t pos, const char *text)
{
    return dtl_fail(p->err, DTL_EQUERY, pos, "%s", text);
}

static enum dtl_status no_memory(struct parser *p)
{
    return dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
}

static enum dtl_status advance(struct parser *p)
{
    return p->o->literal ? dtl_lex_literal(&p->x, &p->now) : dtl_lex_next(&p->x, &p->now, p->err);
}

static enum dtl_status push(struct parser *p, struct dtl_node *n)
{
    if (p->n == p->capacity) {
        size_t more = p->capacity ? p->capacity * 2 : 64;
        struct dtl_node **grown = realloc(p->stack, more * sizeof(struct dtl_node *));
        if (!grown)
            return no_memory(p);
        p->stack = grown;
        p->capacity = more;
    }
    p->stack[p->n++] = n;
    return DTL_OK;
}

static struct dtl_node *node(struct parser *p, enum dtl_node_kind kind, uint32_t begin,
                             uint32_t end)
{
    struct dtl_node *n = dtl_arena_alloc(p->arena, sizeof *n);
    if (n)
        *n = (struct dtl_node){.kind = kind, .begin = begin, .end = end};
    return n;
}

/* A node over list[0..n), which is copied. */
static struct dtl_node *node_over(struct parser *p, enum dtl_node_kind kind,
                                  struct dtl_node *const *list, size_t n)
{
    struct dtl_node *parent = node(p, kind, list[0]->begin, list[n - 1]->end);
    struct dtl_node **child = dtl_arena_alloc(p->arena, n * sizeof(struct dtl_node *));
    if (!parent || !child)
        return NULL;
    memcpy(child, list, n * sizeof(struct dtl_node *));
    parent->child = child;
    parent->children = (uint32_t)n;
    return parent;
}

static enum dtl_status deeper(struct parser *p, uint32_t pos)
{
    if (p->depth == DTL_QUERY_DEPTH)
        return dtl_fail(p->err, DTL_EQUERY, pos,
                        "parentheses and signs nest at most %u deep here", DTL_QUERY_DEPTH);
    p->depth++;
    return DTL_OK;
}

/* ---- --match ---- */

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

/* Replace the operands from `mark` on by the node of their adjacency run; none leaves none. */
static enum dtl_status close_run(struct parser *p, size_t mark)
{
    size_t n = p->n - mark;
    struct dtl_node **list = p->stack + mark;
    if (n < 2)
        return DTL_OK;
    uint32_t words = 0;
    for (size_t i = 0; i < n; i++)
        words += governed(list[i]);
    uint32_t needed = needed_of(p->o, words);
    if (p->negatives == 0 && words >= 2 && needed < words) {
        struct dtl_node *quorum = node(p, DTL_NODE_QUORUM, 0, 0);
        if (quorum)
            quorum->child = dtl_arena_alloc(p->arena, words * sizeof(struct dtl_node *));
        if (!quorum || !quorum->child)
            return no_memory(p);
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
    struct dtl_node *run = n == 1 ? list[0] : node_over(p, DTL_NODE_AND, list, n);
    if (!run)
        return no_memory(p);
    if (n > 1)
        run->adjacency = true;
    p->n = mark;
    return push(p, run);
}

/* ---- operands ---- */

static enum dtl_status count_words(struct parser *p, const struct dtl_lexeme *l)
{
    uint32_t words = dtl_count_words(l->text);
    if (l->kind == DTL_LEX_PHRASE && words > DTL_PHRASE_WORDS)
        return dtl_fail(p->err, DTL_EQUERY, l->begin,
                        "a phrase has at most %u words; this one has %u", DTL_PHRASE_WORDS, words);
    p->words += words;
    if (p->words > DTL_QUERY_WORDS)
        return dtl_fail(p->err, DTL_EQUERY, l->begin, "a query has at most %u words",
                        DTL_QUERY_WORDS);
    return DTL_OK;
}

/* A phrase's blanks count as one, so that its text prints on one line and compares equal. */
static bool tidy(struct parser *p, struct dtl_bytes text, struct dtl_bytes *out)
{
    uint8_t *t = dtl_arena_alloc(p->arena, text.n + 1);
    if (!t)
        return false;
    size_t n = 0;
    for (size_t at = 0, len; at < text.n; at += len) {
        if (dtl_char_blank(dtl_char_at(text, at, &len))) {
            if (n && t[n - 1] != ' ')
                t[n++] = ' ';
        } else {
            memcpy(t + n, text.p + at, len);
            n += len;
        }
    }
    while (n && t[n - 1] == ' ')
        n--;
    *out = dtl_bytes(t, n);
    return true;
}

static enum dtl_status parse_text(struct parser *p, struct dtl_node **out)
{
    struct dtl_lexeme l = p->now;
    enum dtl_status st = count_words(p, &l);
    if (st < 0)
        return st;
    bool phrase = l.kind == DTL_LEX_PHRASE;
    struct dtl_node *n = node(p, phrase ? DTL_NODE_PHRASE : DTL_NODE_WORD, l.begin, l.end);
    if (!n)
        return no_memory(p);
    n->text = l.text;
    if (phrase && !tidy(p, l.text, &n->text))
        return no_memory(p);
    n->exact = l.exact;
    n->prefix = l.prefix;
    n->title = p->titles > 0;
    if (l.unclosed)
        dtl_note_add(p->q, p->arena, "the quote opened at byte %u was closed at the end", l.begin);
    *out = n;
    return advance(p);
}

static enum dtl_status parse_group(struct parser *p, struct dtl_node **out)
{
    uint32_t open = p->now.begin;
    enum dtl_status st = deeper(p, open);
    if (st == DTL_OK)
        st = advance(p);
    if (st < 0)
        return st;
    p->groups++;
    st = parse_or(p, out);
    p->groups--;
    p->depth--;
    if (st < 0)
        return st;
    if (p->now.kind == DTL_LEX_END && !p->o->lenient)
        return fail(p, open, "missing ): this parenthesis is never closed");
    if (p->now.kind == DTL_LEX_END)
        dtl_note_add(p->q, p->arena, "the parenthesis opened at byte %u was closed at the end",
                     open);
    if (!*out)
        return fail(p, open, "nothing to search inside these parentheses");
    return p->now.kind == DTL_LEX_END ? DTL_OK : advance(p);
}

static enum dtl_status parse_date(struct parser *p, const struct dtl_query_field *f, uint32_t begin,
                                  struct dtl_node **out)
{
    struct dtl_lex_value v = {0};
    enum dtl_date_relation relation = DTL_DATE_ON;
    if (f) { /* the value of a field */
        enum dtl_status st = dtl_lex_date(&p->x, p->arena, &v, p->err);
        if (st < 0)
            return st;
        relation = f->relation;
        if (v.compared && relation != DTL_DATE_ON)
            return fail(p, v.begin, "a comparison goes with date:, such as date:>=2024-03");
        if (v.compared)
            relation = v.relation;
    } else { /* a bare range */
        v = (struct dtl_lex_value){.text = p->now.text,
                                   .begin = p->now.begin,
                                   .end = p->now.end,
                                   .inner = p->now.begin};
    }
    struct dtl_node *n = node(p, DTL_NODE_DATE, begin, v.end);
    if (!n)
        return no_memory(p);
    bool whole = p->groups == 0 && p->negatives == 0;
    enum dtl_status st =
        dtl_filters_resolve(&p->filters, relation, v.text, whole, !f, &n->range, &n->undated,
                            p->err);
    if (st < 0) {
        if (p->err && p->err->code == DTL_EQUERY) {
            uint64_t pos = v.inner + p->err->pos;
            p->err->pos = pos < v.end ? pos : v.begin;
        }
        return st;
    }
    *out = n;
    return advance(p);
}

static enum dtl_status parse_field(struct parser *p, struct dtl_node **out, bool *date)
{
    struct dtl_lexeme l = p->now;
    if (l.field->use == DTL_USE_DATE) {
        *date = true;
        return parse_date(p, l.field, l.begin, out);
    }
    enum dtl_status st = advance(p);
    if (st < 0)
        return st;
    p->titles++;
    switch (p->now.kind) {
    case DTL_LEX_WORD:
    case DTL_LEX_PHRASE:
        st = parse_text(p, out);
        break;
    case DTL_LEX_OPEN:
        st = parse_group(p, out);
        break;
    default:
        st = fail(p, l.end,
                  "title: takes a word, a phrase or a group, such as title:(tax OR duty)");
    }
    p->titles--;
    if (st == DTL_OK && (*out)->begin > l.begin)
        (*out)->begin = l.begin;
    return st;
}

/* *lifted: the operand is a date filter outside parentheses, to be applied to the whole query. */
static enum dtl_status parse_primary(struct parser *p, struct dtl_node **out, bool *lifted)
{
    bool date = false;
    enum dtl_status st;
    switch (p->now.kind) {
    case DTL_LEX_WORD:
    case DTL_LEX_PHRASE:
        return parse_text(p, out);
    case DTL_LEX_OPEN:
        return parse_group(p, out);
    case DTL_LEX_ALL:
        *out = node(p, DTL_NODE_ALL, p->now.begin, p->now.end);
        return *out ? advance(p) : no_memory(p);
    case DTL_LEX_RANGE:
        date = true;
        st = parse_date(p, NULL, p->now.begin, out);
        break;
    case DTL_LEX_FIELD:
        st = parse_field(p, out, &date);
        break;
    case DTL_LEX_CLOSE:
        return fail(p, p->now.begin, "a word must come before this )");
    default:
        return fail(p, p->now.begin, "a word must follow here");
    }
    if (st == DTL_OK)
        *lifted = date && p->groups == 0;
    return st;
}

static const char *lexeme_name(const struct dtl_lexeme *l)
{
    return l->kind == DTL_LEX_AND    ? "AND"
           : l->kind == DTL_LEX_OR   ? "OR"
           : l->kind == DTL_LEX_PLUS ? "+"
           : l->minus                ? "-"
                                     : "NOT";
}

static enum dtl_status skip_noise(struct parser *p)
{
    while (p->now.kind == DTL_LEX_NOISE ||
           (p->now.kind == DTL_LEX_CLOSE && p->groups == 0 && p->o->lenient)) {
        if (p->now.kind == DTL_LEX_CLOSE)
            dtl_note_add(p->q, p->arena, "nothing opened the ) at byte %u; it is passed over",
                         p->now.begin);
        else if (!p->noted_noise)
            dtl_note_add(p->q, p->arena,
                         "punctuation standing alone is not searched (first at byte %u)",
                         p->now.begin);
        p->noted_noise = p->noted_noise || p->now.kind == DTL_LEX_NOISE;
        enum dtl_status st = advance(p);
        if (st < 0)
            return st;
    }
    return DTL_OK;
}

static bool starts_operand(enum dtl_lexeme_kind k)
{
    return k == DTL_LEX_WORD || k == DTL_LEX_PHRASE || k == DTL_LEX_OPEN || k == DTL_LEX_NOT ||
           k == DTL_LEX_PLUS || k == DTL_LEX_FIELD || k == DTL_LEX_ALL || k == DTL_LEX_RANGE;
}

static enum dtl_status parse_sign(struct parser *p, struct dtl_node **out, bool *lifted)
{
    struct dtl_lexeme sign = p->now;
    bool negative = sign.kind == DTL_LEX_NOT;
    enum dtl_status st = deeper(p, sign.begin);
    if (st == DTL_OK)
        st = advance(p);
    if (st == DTL_OK)
        st = skip_noise(p);
    if (st < 0)
        return st;
    if (!starts_operand(p->now.kind))
        return dtl_fail(p->err, DTL_EQUERY, sign.begin,
                        "a word must follow %s; in lower case or in quotes it is text",
                        lexeme_name(&sign));
    struct dtl_node *operand = NULL;
    p->negatives += negative;
    st = parse_unary(p, &operand, lifted);
    p->negatives -= negative;
    p->depth--;
    if (st < 0)
        return st;
    if (negative) {
        operand->required = false;
        struct dtl_node *n = node_over(p, DTL_NODE_NOT, &operand, 1);
        if (!n)
            return no_memory(p);
        operand = n;
    } else if (operand->kind == DTL_NODE_WORD || operand->kind == DTL_NODE_PHRASE) {
        operand->required = p->negatives == 0;
    }
    operand->begin = sign.begin;
    *out = operand;
    return DTL_OK;
}

static enum dtl_status parse_unary(struct parser *p, struct dtl_node **out, bool *lifted)
{
    if (p->now.kind == DTL_LEX_NOT || p->now.kind == DTL_LEX_PLUS)
        return parse_sign(p, out, lifted);
    return parse_primary(p, out, lifted);
}

/* ---- lists ---- */

static enum dtl_status lift(struct parser *p, struct dtl_node *n)
{
    if (n->kind == DTL_NODE_DATE)
        return dtl_filters_apply(&p->filters, n->range, n->undated, n->begin, p->err);
    struct dtl_node **grown = realloc(p->lifted, (p->lifts + 1) * sizeof(struct dtl_node *));
    if (!grown)
        return no_memory(p);
    p->lifted = grown;
    p->lifted[p->lifts++] = n;
    return DTL_OK;
}

struct list_facts { /* of one AND list */
    size_t operands; /* filters included */
    size_t items;    /* without lifted filters */
};

static enum dtl_status parse_and(struct parser *p, struct dtl_node **out, struct list_facts *facts)
{
    size_t mark = p->n, run = p->n;
    uint32_t joiner = 0;
    bool joined = false;
    *facts = (struct list_facts){0, 0};
    for (;;) {
        enum dtl_status st = skip_noise(p);
        if (st < 0)
            return st;
        if (p->now.kind == DTL_LEX_AND) {
            if (joined || facts->operands == 0)
                return fail(p, p->now.begin,
                            joined ? "a word must stand between two operators"
                                   : "a word must come before AND; in lower case or in quotes it "
                                     "is text");
            joiner = p->now.begin;
            joined = true;
            st = close_run(p, run);
            run = p->n;
            if (st == DTL_OK)
                st = advance(p);
            if (st < 0)
                return st;
            continue;
        }
        if (!starts_operand(p->now.kind))
            break;
        struct dtl_node *n = NULL;
        bool lifted = false;
        st = parse_unary(p, &n, &lifted);
        if (st == DTL_OK)
            st = lifted ? lift(p, n) : push(p, n);
        if (st < 0)
            return st;
        facts->items += !lifted;
        facts->operands++;
        joined = false;
    }
    if (joined)
        return fail(p, joiner, "a word must follow AND; in lower case or in quotes it is text");
    enum dtl_status st = close_run(p, run);
    if (st < 0)
        return st;
    size_t runs = p->n - mark;
    if (runs > 0) {
        *out = runs == 1 ? p->stack[mark] : node_over(p, DTL_NODE_AND, p->stack + mark, runs);
        if (!*out)
            return no_memory(p);
    }
    p->n = mark;
    return DTL_OK;
}

static enum dtl_status refuse_empty_side(struct parser *p, bool another, uint32_t last_or,
                                         bool filters)
{
    uint32_t at = another ? p->now.begin : last_or;
    if (filters)
        return fail(p, at,
                    "a date filter outside parentheses holds for the whole query and leaves OR "
                    "nothing to join; write (date:...) to join it");
    return fail(p, at,
                another ? "a word must come before OR; in lower case or in quotes it is text"
                        : "a word must follow OR; in lower case or in quotes it is text");
}

static enum dtl_status parse_or(struct parser *p, struct dtl_node **out)
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
            st = push(p, n);
        if (st == DTL_OK && another) {
            last_or = p->now.begin;
            st = advance(p);
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
        *out = n == 1 ? p->stack[mark] : node_over(p, DTL_NODE_OR, p->stack + mark, n);
        if (!*out)
            return no_memory(p);
    }
    p->n = mark;
    return DTL_OK;
}

/* ---- the whole query ---- */

static bool scores(const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        return true;
    bool any = false;
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children && !any; i++)
        any = scores(n->child[i]);
    return any;
}

/* Depth of the printed tree, which may open parentheses that the query left to precedence. */
static uint32_t depth_of(const struct dtl_node *n)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < n->children; i++) {
        uint32_t d = depth_of(n->child[i]);
        most = d > most ? d : most;
    }
    return most + (n->children > 0 || n->required);
}

/* Negated date filters of the whole query join the root as exclusions. */
static enum dtl_status join_lifted(struct parser *p, struct dtl_node **root)
{
    size_t mark = p->n;
    enum dtl_status st = DTL_OK;
    if (*root && (*root)->kind == DTL_NODE_AND && (*root)->adjacency)
        for (uint32_t i = 0; i < (*root)->children && st == DTL_OK; i++)
            st = push(p, (*root)->child[i]);
    else if (*root)
        st = push(p, *root);
    for (size_t i = 0; i < p->lifts && st == DTL_OK; i++)
        st = push(p, p->lifted[i]);
    if (st < 0)
        return st;
    size_t n = p->n - mark;
    *root = n == 1 ? p->stack[mark] : node_over(p, DTL_NODE_AND, p->stack + mark, n);
    if (!*root)
        return no_memory(p);
    if (n > 1)
        (*root)->adjacency = true;
    p->n = mark;
    return DTL_OK;
}

static enum dtl_status note_mixed(struct parser *p)
{
    struct dtl_buffer text = {0};
    enum dtl_status st = DTL_OK;
    if (!dtl_node_print(p->q->root, &text))
        st = no_memory(p);
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

static enum dtl_status finish(struct parser *p, struct dtl_node *root)
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
            return fail(p, 0, "nothing to search; * finds every article");
        root = node(p, DTL_NODE_ALL, 0, 0);
        if (!root)
            return no_memory(p);
    }
    if (depth_of(root) > DTL_QUERY_DEPTH)
        return dtl_fail(p->err, DTL_EQUERY, root->begin, "a query nests at most %u deep",
                        DTL_QUERY_DEPTH);
    p->q->root = root;
    p->q->scoring = scores(root);
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
    struct parser p = {.x = {.text = q->text, .lenient = o->lenient},
                       .o = o,
                       .arena = arena,
                       .q = q,
                       .err = err,
                       .filters = {.q = q, .arena = arena, .clock = &o->clock}};
    struct dtl_node *root = NULL;
    st = advance(&p);
    if (st == DTL_OK)
        st = parse_or(&p, &root);
    if (st == DTL_OK && p.now.kind == DTL_LEX_CLOSE)
        st = fail(&p, p.now.begin, "missing (: nothing opened this parenthesis");
    if (st == DTL_OK)
        st = finish(&p, root);
    free(p.stack);
    free(p.lifted);
    if (st == DTL_OK)
        *out = q;
    return st;
}
