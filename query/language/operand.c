/* operand.c - one operand: a word, a group, a field with its value, and the signs before it. */
#include "query/language/notes.h"
#include "query/language/operators.h"
#include "query/language/parse.h"

bool dtl_parse_scores(const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        return true;
    bool any = false;
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children && !any; i++)
        any = dtl_parse_scores(n->child[i]);
    return any;
}

/* (...)^2: boosts of what is inside and outside multiply, within the range of one. */
static enum dtl_status boost_group(struct dtl_parser *p, struct dtl_node *n, uint32_t boost,
                                   uint32_t pos)
{
    if (!boost)
        return DTL_OK;
    if (!dtl_parse_scores(n))
        return dtl_parse_fail(p, pos,
                              "^ (boost) goes with words: a filter or an exclusion does not score");
    uint64_t product = (uint64_t)n->boost * boost / DTL_BOOST_NONE;
    if (product < 1 || product > DTL_BOOST_MAX)
        return dtl_parse_fail(p, pos,
                              "^ (boost): what stands inside and outside the parentheses is "
                              "multiplied, and must stay above 0 and within 100");
    n->boost = (uint32_t)product;
    return DTL_OK;
}

static enum dtl_status parse_group(struct dtl_parser *p, struct dtl_node **out)
{
    uint32_t open = p->now.begin;
    enum dtl_status st = dtl_parse_deeper(p, open);
    if (st == DTL_OK)
        st = dtl_parse_advance(p);
    if (st < 0)
        return st;
    p->groups++;
    st = dtl_parse_or(p, out);
    p->groups--;
    p->depth--;
    if (st < 0)
        return st;
    if (p->now.kind == DTL_LEX_END && !p->o->lenient)
        return dtl_parse_fail(p, open, "missing ): this parenthesis is never closed");
    if (p->now.kind == DTL_LEX_END)
        dtl_note_add(p->q, p->arena, "the parenthesis opened at byte %u was closed at the end",
                     open);
    if (!*out)
        return dtl_parse_fail(p, open, "nothing to search inside these parentheses");
    if (p->now.kind == DTL_LEX_END)
        return DTL_OK;
    st = boost_group(p, *out, p->now.boost, p->now.begin + 1);
    return st < 0 ? st : dtl_parse_advance(p);
}

/* ---- fields ---- */

static enum dtl_status refuse_value(struct dtl_parser *p, const struct dtl_lexeme *l)
{
    const char *name = l->field[0]->name;
    return dtl_fail(p->err, DTL_EQUERY, l->end,
                    "%s: takes a word, a phrase or a group, such as %s%s:(tax OR duty)", name, name,
                    l->field[0]->scope == DTL_SCOPE_FIRST ? "/50" : "");
}

/* title:, case: ... around what is already said of where and how; a place within a place is none.
 */
static enum dtl_status enter(struct dtl_parser *p, const struct dtl_lexeme *l)
{
    struct dtl_parse_where *w = &p->where;
    const struct dtl_query_field *f = l->field[0];
    if (f->use == DTL_USE_LOOK) {
        w->letter_case = w->letter_case || f->look == DTL_LOOK_CASE;
        w->accents = w->accents || f->look == DTL_LOOK_ACCENT;
        w->stemmed = w->stemmed || f->look == DTL_LOOK_STEM;
        return DTL_OK;
    }
    bool same = l->fields == w->fields && (w->first == l->first || !w->first || !l->first);
    for (uint32_t i = 0; i < l->fields && same; i++)
        same = l->field[i] == w->field[i];
    if (w->fields > 0 && !same)
        return dtl_fail(p->err, DTL_EQUERY, l->begin,
                        "%s: inside %s: - a word is looked for in one place; list places as "
                        "title,lead:",
                        f->name, w->field[0]->name);
    memcpy(w->field, l->field, sizeof w->field);
    w->fields = l->fields;
    w->first = l->first;
    return DTL_OK;
}

/* The value of fields that are all filters on what the article says, as it stands. */
static enum dtl_status parse_values(struct dtl_parser *p, const struct dtl_lexeme *l,
                                    struct dtl_node **out)
{
    struct dtl_lex_value v = {0};
    struct dtl_node *list[DTL_FIELD_LIST];
    enum dtl_status st = dtl_lex_value(&p->x, l->field[0], &v, p->err);
    if (st < 0)
        return st;
    for (uint32_t i = 0; i < l->fields; i++) {
        list[i] = dtl_parse_field_node(p, l->field[i], v.text, v.quoted, l->begin, v.end);
        if (!list[i])
            return dtl_parse_no_memory(p);
    }
    *out = l->fields > 1 ? dtl_parse_node_over(p, DTL_NODE_OR, list, l->fields) : list[0];
    return *out ? dtl_parse_advance(p) : dtl_parse_no_memory(p);
}

/* A word, a phrase, a group, or one more field that says how or where: title:case:US. */
static enum dtl_status parse_inside(struct dtl_parser *p, const struct dtl_lexeme *l,
                                    struct dtl_node **out)
{
    struct dtl_parse_where outer = p->where;
    bool lifted = false;
    bool values = dtl_lex_peek(&p->x) != '(';
    for (uint32_t i = 0; i < l->fields; i++)
        values = values && l->field[i]->use == DTL_USE_VALUE;
    if (values)
        return parse_values(p, l, out);
    enum dtl_status st = enter(p, l);
    if (st == DTL_OK)
        st = dtl_parse_advance(p);
    if (st < 0)
        return st;
    bool chained = p->now.kind == DTL_LEX_FIELD &&
                   (p->now.field[0]->use == DTL_USE_LOOK ||
                    (p->now.field[0]->use == DTL_USE_SCOPE && l->field[0]->use == DTL_USE_LOOK));
    if (p->now.kind == DTL_LEX_WORD || p->now.kind == DTL_LEX_PHRASE ||
        p->now.kind == DTL_LEX_OPEN || chained) {
        uint32_t depth = p->depth;
        if (chained)
            st = dtl_parse_deeper(p, l->begin);
        if (st == DTL_OK)
            st = dtl_parse_primary(p, out, &lifted);
        p->depth = depth;
    } else {
        st = refuse_value(p, l);
    }
    p->where = outer;
    return st;
}

static enum dtl_status parse_field(struct dtl_parser *p, struct dtl_node **out, bool *date)
{
    struct dtl_lexeme l = p->now;
    enum dtl_status st;
    switch (l.field[0]->use) {
    case DTL_USE_DATE:
    case DTL_USE_CALENDAR:
    case DTL_USE_ADDED:
        *date = true;
        return dtl_parse_filter(p, out);
    case DTL_USE_NUMBER:
        return dtl_parse_filter(p, out);
    case DTL_USE_SAVED:
        return dtl_parse_saved(p, out);
    default:
        st = parse_inside(p, &l, out);
    }
    if (st == DTL_OK && (*out)->begin > l.begin)
        (*out)->begin = l.begin;
    return st;
}

enum dtl_status dtl_parse_primary(struct dtl_parser *p, struct dtl_node **out, bool *lifted)
{
    bool date = false;
    enum dtl_status st;
    switch (p->now.kind) {
    case DTL_LEX_WORD:
    case DTL_LEX_PHRASE:
        return dtl_parse_leaf(p, out);
    case DTL_LEX_OPEN:
        return parse_group(p, out);
    case DTL_LEX_ATLEAST:
        return dtl_parse_atleast(p, out);
    case DTL_LEX_ALL:
        *out = dtl_parse_node(p, DTL_NODE_ALL, p->now.begin, p->now.end);
        return *out ? dtl_parse_advance(p) : dtl_parse_no_memory(p);
    case DTL_LEX_RANGE:
        date = true;
        st = dtl_parse_filter(p, out);
        break;
    case DTL_LEX_FIELD:
        st = parse_field(p, out, &date);
        break;
    case DTL_LEX_CLOSE:
        return dtl_parse_fail(p, p->now.begin, "a word must come before this )");
    default:
        return dtl_parse_fail(p, p->now.begin, "a word must follow here");
    }
    if (st == DTL_OK)
        *lifted = date && p->groups == 0;
    return st;
}

/* ---- signs ---- */

static const char *lexeme_name(const struct dtl_lexeme *l)
{
    return l->kind == DTL_LEX_AND    ? "AND"
           : l->kind == DTL_LEX_OR   ? "OR"
           : l->kind == DTL_LEX_PLUS ? "+"
           : l->minus                ? "-"
                                     : "NOT";
}

enum dtl_status dtl_parse_skip_noise(struct dtl_parser *p)
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
        enum dtl_status st = dtl_parse_advance(p);
        if (st < 0)
            return st;
    }
    return DTL_OK;
}

bool dtl_parse_starts_operand(enum dtl_lexeme_kind k)
{
    return k == DTL_LEX_WORD || k == DTL_LEX_PHRASE || k == DTL_LEX_OPEN || k == DTL_LEX_NOT ||
           k == DTL_LEX_PLUS || k == DTL_LEX_FIELD || k == DTL_LEX_ALL || k == DTL_LEX_RANGE ||
           k == DTL_LEX_ATLEAST;
}

static enum dtl_status parse_sign(struct dtl_parser *p, struct dtl_node **out, bool *lifted)
{
    struct dtl_lexeme sign = p->now;
    bool negative = sign.kind == DTL_LEX_NOT;
    enum dtl_status st = dtl_parse_deeper(p, sign.begin);
    if (st == DTL_OK)
        st = dtl_parse_advance(p);
    if (st == DTL_OK)
        st = dtl_parse_skip_noise(p);
    if (st < 0)
        return st;
    if (!dtl_parse_starts_operand(p->now.kind))
        return dtl_fail(p->err, DTL_EQUERY, sign.begin,
                        "a word must follow %s; in lower case or in quotes it is text",
                        lexeme_name(&sign));
    struct dtl_node *operand = NULL;
    p->negatives += negative;
    st = dtl_parse_unary(p, &operand, lifted);
    p->negatives -= negative;
    p->depth--;
    if (st < 0)
        return st;
    if (negative) {
        operand->required = false;
        struct dtl_node *n = dtl_parse_node_over(p, DTL_NODE_NOT, &operand, 1);
        if (!n)
            return dtl_parse_no_memory(p);
        operand = n;
    } else if (operand->kind == DTL_NODE_WORD || operand->kind == DTL_NODE_PHRASE) {
        operand->required = p->negatives == 0;
    }
    operand->begin = sign.begin;
    *out = operand;
    return DTL_OK;
}

enum dtl_status dtl_parse_unary(struct dtl_parser *p, struct dtl_node **out, bool *lifted)
{
    if (p->now.kind == DTL_LEX_NOT || p->now.kind == DTL_LEX_PLUS)
        return parse_sign(p, out, lifted);
    return dtl_parse_primary(p, out, lifted);
}
