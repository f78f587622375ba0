/*
 * saved.c - query:NAME: the text kept under a name is read in its place, as if in parentheses.
 *
 * Its nodes take the span of the `query:NAME` that asked for them, and a fault in it is told at
 * that place. Names may ask for other names: depth and number are bounded, a circle is an error.
 */
#include "query/language/parse.h"

enum { DEEPEST = 16, MOST = 256 };

static void respan(struct dtl_node *n, uint32_t begin, uint32_t end)
{
    n->begin = begin;
    n->end = end;
    for (uint32_t i = 0; i < n->children; i++)
        respan(n->child[i], begin, end);
}

static enum dtl_status check_open(struct dtl_parser *p, struct dtl_bytes name, uint32_t pos)
{
    unsigned depth = 0;
    for (const struct dtl_parse_open *o = p->open; o; o = o->outer) {
        if (dtl_bytes_equal(o->name, name))
            return dtl_fail(p->err, DTL_EQUERY, pos, "the saved query '%.*s' asks for itself",
                            name.n > 40 ? 40 : (int)name.n, (const char *)name.p);
        depth++;
    }
    if (depth == DEEPEST || p->saved == MOST)
        return dtl_fail(p->err, DTL_EQUERY, pos,
                        "saved queries ask for each other at most %d deep, and %d times in all",
                        DEEPEST, MOST);
    p->saved++;
    return DTL_OK;
}

/* The text of `name`, copied to the arena and checked. */
static enum dtl_status fetch(struct dtl_parser *p, struct dtl_bytes name, struct dtl_bytes *out)
{
    struct dtl_error why = {0};
    struct dtl_bytes text = {0};
    enum dtl_status st = DTL_NOTFOUND;
    if (p->o->saved)
        st = p->o->saved(p->o->saved_context, name, &text, &why);
    if (st == DTL_NOTFOUND)
        return dtl_fail(p->err, DTL_EQUERY, 0, "there is no saved query '%.*s'; %s",
                        name.n > 40 ? 40 : (int)name.n, (const char *)name.p,
                        why.text[0] ? why.text : "none is saved");
    if (st == DTL_OK)
        st = dtl_lex_check(text, &why);
    if (st < 0)
        return dtl_fail(p->err, st, 0, "%s", why.text);
    uint8_t *copy = dtl_arena_alloc(p->arena, text.n + 1);
    if (!copy)
        return dtl_parse_no_memory(p);
    if (text.n)
        memcpy(copy, text.p, text.n);
    *out = dtl_bytes(copy, text.n);
    return DTL_OK;
}

static enum dtl_status read_text(struct dtl_parser *p, struct dtl_bytes text, struct dtl_node **out)
{
    struct dtl_lexer outer = p->x;
    p->x = (struct dtl_lexer){.text = text, .lenient = outer.lenient};
    p->groups++;
    enum dtl_status st = dtl_parse_advance(p);
    if (st == DTL_OK)
        st = dtl_parse_or(p, out);
    if (st == DTL_OK && p->now.kind == DTL_LEX_CLOSE)
        st = dtl_parse_fail(p, 0, "missing (: nothing opened its parenthesis");
    if (st == DTL_OK && !*out)
        st = dtl_parse_fail(p, 0, "it holds nothing to search");
    p->groups--;
    p->x = outer;
    return st;
}

enum dtl_status dtl_parse_saved(struct dtl_parser *p, struct dtl_node **out)
{
    struct dtl_lexeme l = p->now;
    struct dtl_lex_value v = {0};
    struct dtl_bytes text = {0};
    bool mixed = p->mixed;
    enum dtl_status st = dtl_lex_value(&p->x, l.field[0], &v, p->err);
    if (st < 0)
        return st;
    struct dtl_parse_open open = {p->open, v.text};
    st = check_open(p, v.text, l.begin);
    if (st == DTL_OK)
        st = dtl_parse_deeper(p, l.begin);
    if (st < 0)
        return st;
    st = fetch(p, v.text, &text);
    if (st == DTL_OK) {
        p->open = &open;
        st = read_text(p, text, out);
        p->open = open.outer;
        if (st < 0 && p->err) {
            struct dtl_error inner = *p->err;
            (void)!dtl_fail(p->err, st, 0, "in the saved query '%.*s': %s",
                            v.text.n > 40 ? 40 : (int)v.text.n, (const char *)v.text.p, inner.text);
        }
    }
    p->depth--;
    if (st < 0) {
        if (p->err)
            p->err->pos = l.begin;
        return st;
    }
    if (p->mixed && !mixed)
        p->mixed_at = l.begin;
    respan(*out, l.begin, v.end);
    return dtl_parse_advance(p);
}
