/* operand.c - one operand: a word, a phrase, a group, a field with its value, and the signs before
 * it. */
#include "query/language/chars.h"
#include "query/language/notes.h"
#include "query/language/parse.h"

static enum dtl_status count_words(struct dtl_parser *p, const struct dtl_lexeme *l)
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
static bool tidy(struct dtl_parser *p, struct dtl_bytes text, struct dtl_bytes *out)
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

static enum dtl_status parse_text(struct dtl_parser *p, struct dtl_node **out)
{
    struct dtl_lexeme l = p->now;
    enum dtl_status st = count_words(p, &l);
    if (st < 0)
        return st;
    bool phrase = l.kind == DTL_LEX_PHRASE;
    struct dtl_node *n =
        dtl_parse_node(p, phrase ? DTL_NODE_PHRASE : DTL_NODE_WORD, l.begin, l.end);
    if (!n)
        return dtl_parse_no_memory(p);
    n->text = l.text;
    if (phrase && !tidy(p, l.text, &n->text))
        return dtl_parse_no_memory(p);
    n->exact = l.exact;
    n->prefix = l.prefix;
    n->scope = p->titles > 0 ? DTL_SCOPE_TITLE : DTL_SCOPE_TEXT;
    if (l.unclosed)
        dtl_note_add(p->q, p->arena, "the quote opened at byte %u was closed at the end", l.begin);
    *out = n;
    return dtl_parse_advance(p);
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
    return p->now.kind == DTL_LEX_END ? DTL_OK : dtl_parse_advance(p);
}

static enum dtl_status parse_date(struct dtl_parser *p, const struct dtl_query_field *f,
                                  uint32_t begin, struct dtl_node **out)
{
    struct dtl_lex_value v = {0};
    enum dtl_date_relation relation = DTL_DATE_ON;
    if (f) { /* the value of a field */
        enum dtl_status st = dtl_lex_date(&p->x, p->arena, &v, p->err);
        if (st < 0)
            return st;
        relation = f->relation;
        if (v.compared && relation != DTL_DATE_ON)
            return dtl_parse_fail(p, v.begin,
                                  "a comparison goes with date:, such as date:>=2024-03");
        if (v.compared)
            relation = v.relation;
    } else { /* a bare range */
        v = (struct dtl_lex_value){
            .text = p->now.text, .begin = p->now.begin, .end = p->now.end, .inner = p->now.begin};
    }
    struct dtl_node *n = dtl_parse_node(p, DTL_NODE_DATE, begin, v.end);
    if (!n)
        return dtl_parse_no_memory(p);
    bool whole = p->groups == 0 && p->negatives == 0;
    enum dtl_status st = dtl_filters_resolve(&p->filters, relation, v.text, whole, !f, &n->range,
                                             &n->undated, p->err);
    if (st < 0) {
        if (p->err && p->err->code == DTL_EQUERY) {
            uint64_t pos = v.inner + p->err->pos;
            p->err->pos = pos < v.end ? pos : v.begin;
        }
        return st;
    }
    *out = n;
    return dtl_parse_advance(p);
}

static enum dtl_status parse_field(struct dtl_parser *p, struct dtl_node **out, bool *date)
{
    struct dtl_lexeme l = p->now;
    if (l.field->use == DTL_USE_DATE) {
        *date = true;
        return parse_date(p, l.field, l.begin, out);
    }
    enum dtl_status st = dtl_parse_advance(p);
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
        st = dtl_parse_fail(
            p, l.end, "title: takes a word, a phrase or a group, such as title:(tax OR duty)");
    }
    p->titles--;
    if (st == DTL_OK && (*out)->begin > l.begin)
        (*out)->begin = l.begin;
    return st;
}

static enum dtl_status parse_primary(struct dtl_parser *p, struct dtl_node **out, bool *lifted)
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
        *out = dtl_parse_node(p, DTL_NODE_ALL, p->now.begin, p->now.end);
        return *out ? dtl_parse_advance(p) : dtl_parse_no_memory(p);
    case DTL_LEX_RANGE:
        date = true;
        st = parse_date(p, NULL, p->now.begin, out);
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
           k == DTL_LEX_PLUS || k == DTL_LEX_FIELD || k == DTL_LEX_ALL || k == DTL_LEX_RANGE;
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
    return parse_primary(p, out, lifted);
}
