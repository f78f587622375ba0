/*
 * printer.c - a tree in canonical text.
 *
 * Parsing the text with the same options gives an equal tree (a test holds it to that), so it may
 * be shown, saved and compared. Every list inside a list stands in parentheses; a filter inside the
 * tree stands in parentheses, or it would be lifted to the whole query.
 */
#include "query/language/ast.h"
#include "query/language/lexer.h"

static bool is_list(const struct dtl_node *n)
{
    return n->kind == DTL_NODE_AND || n->kind == DTL_NODE_OR || n->kind == DTL_NODE_QUORUM;
}

static void print_range(struct dtl_interval range, bool undated, struct dtl_buffer *out)
{
    char a[DTL_DATE_TEXT], b[DTL_DATE_TEXT];
    bool from = range.earliest != DTL_DAY_MIN, to = range.latest != DTL_DAY_MAX;
    dtl_buffer_text(out, "date:");
    if (undated)
        dtl_buffer_text(out, "none");
    else if (from == to)
        dtl_buffer_text(out, dtl_date_print(range, a));
    else
        dtl_buffer_format(out, "%s..%s", from ? dtl_day_print(range.earliest, a) : "",
                          to ? dtl_day_print(range.latest, b) : "");
}

static void print_word(const struct dtl_node *n, struct dtl_buffer *out)
{
    size_t start = out->n;
    if (n->exact)
        dtl_buffer_byte(out, '=');
    dtl_buffer_append(out, n->text.p, n->text.n);
    if (n->prefix)
        dtl_buffer_byte(out, '*');
    struct dtl_bytes piece = dtl_bytes(out->p + start, out->n - start);
    bool address = n->scope == DTL_SCOPE_TITLE &&
                   dtl_bytes_starts(piece, DTL_LITERAL("//")); /* title://x is text */
    if (out->failed || n->exact ||
        (!address && dtl_lex_is_word(piece, n->text.n, n->exact, n->prefix)))
        return;
    if (dtl_buffer_byte(out, 0)) { /* a leading comma makes AND or title:x plain text */
        memmove(out->p + start + 1, out->p + start, out->n - 1 - start);
        out->p[start] = ',';
    }
}

/* nested: inside another node; grouped: inside parentheses already printed. */
static void print_node(const struct dtl_node *n, bool nested, bool grouped, struct dtl_buffer *out)
{
    bool parentheses = (nested && is_list(n)) || (!grouped && n->kind == DTL_NODE_DATE);
    grouped = grouped || parentheses;
    if (parentheses)
        dtl_buffer_byte(out, '(');
    if (n->required)
        dtl_buffer_byte(out, '+');
    if (n->scope == DTL_SCOPE_TITLE)
        dtl_buffer_text(out, "title:");
    switch (n->kind) {
    case DTL_NODE_WORD:
        print_word(n, out);
        break;
    case DTL_NODE_PHRASE:
        dtl_buffer_byte(out, '"');
        dtl_buffer_append(out, n->text.p, n->text.n);
        dtl_buffer_text(out, n->prefix ? "\"*" : "\"");
        break;
    case DTL_NODE_AND:
    case DTL_NODE_OR:
    case DTL_NODE_QUORUM:
        for (uint32_t i = 0; i < n->children; i++) {
            if (i > 0)
                dtl_buffer_text(out, n->kind == DTL_NODE_OR                     ? " OR "
                                     : n->kind == DTL_NODE_AND && !n->adjacency ? " AND "
                                                                                : " ");
            print_node(n->child[i], true, grouped, out);
        }
        break;
    case DTL_NODE_NOT:
        dtl_buffer_text(out, n->child[0]->kind == DTL_NODE_NOT ? "NOT " : "-"); /* -- is a dash */
        print_node(n->child[0], true, grouped, out);
        break;
    case DTL_NODE_DATE:
        print_range(n->range, n->undated, out);
        break;
    case DTL_NODE_ALL:
        dtl_buffer_byte(out, '*');
        break;
    case DTL_NODE_NEAR:
    case DTL_NODE_ATLEAST:
    case DTL_NODE_FIELD:
    case DTL_NODE_NUMBER:
    case DTL_NODE_CALENDAR:
    case DTL_NODE_ADDED:
        break; /* the parser makes none */
    }
    if (parentheses)
        dtl_buffer_byte(out, ')');
}

bool dtl_node_print(const struct dtl_node *n, struct dtl_buffer *out)
{
    print_node(n, false, false, out);
    return !out->failed;
}

bool dtl_query_print(const struct dtl_query *q, struct dtl_buffer *out)
{
    print_node(q->root, false, false, out);
    if (q->has_dates) {
        dtl_buffer_byte(out, ' ');
        print_range(q->dates, q->undated, out);
    }
    return !out->failed;
}

bool dtl_node_equal(const struct dtl_node *a, const struct dtl_node *b)
{
    if (a->kind != b->kind || !dtl_bytes_equal(a->text, b->text) || a->scope != b->scope ||
        a->exact != b->exact || a->prefix != b->prefix || a->adjacency != b->adjacency ||
        a->undated != b->undated || a->required != b->required || a->needed != b->needed ||
        a->range.earliest != b->range.earliest || a->range.latest != b->range.latest ||
        a->children != b->children)
        return false;
    for (uint32_t i = 0; i < a->children; i++)
        if (!dtl_node_equal(a->child[i], b->child[i]))
            return false;
    return true;
}
