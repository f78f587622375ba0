/*
 * leaf.c - a word or a phrase of the query as a node of the tree: once for each place it is looked
 * for in, with the marks it was written with.
 *
 * title,lead:tax is an OR of the two places, made at each word, so that title,lead:(a -b) excludes
 * b from both.
 */
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

bool dtl_parse_tidy(struct dtl_parser *p, struct dtl_bytes text, struct dtl_bytes *out)
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

/* ---- gaps ---- */

static bool lone_star(struct dtl_bytes t, size_t at)
{
    return t.p[at] == '*' && (at == 0 || t.p[at - 1] == ' ') &&
           (at + 1 == t.n || t.p[at + 1] == ' ');
}

/* A * alone between two words of a tidy phrase stands for a word. At an edge it would stand for
 * any text at all, and glued to a word it is punctuation: both are told. */
static void find_gaps(struct dtl_parser *p, struct dtl_node *n, uint32_t at)
{
    struct dtl_bytes t = n->text;
    bool edge = false, glued = false;
    while (t.n > 1 && lone_star(t, 0)) {
        t = dtl_bytes(t.p + 2, t.n - 2);
        edge = true;
    }
    while (t.n > 1 && lone_star(t, t.n - 1)) {
        t.n -= 2;
        edge = true;
    }
    if (edge && t.n > 1 && t.p[t.n - 1] == '*' && t.p[t.n - 2] != '*' && t.p[t.n - 2] != ' ') {
        n->prefix = true; /* "two words* *" */
        t.n--;
    }
    for (size_t i = 0; i < t.n; i++) {
        bool lone = lone_star(t, i);
        n->gaps = n->gaps || lone;
        glued = glued || (t.p[i] == '*' && !lone);
    }
    n->text = t;
    if (edge)
        dtl_note_add(p->q, p->arena,
                     "a * at the edge of the phrase at byte %u stands for nothing: it is passed "
                     "over",
                     at);
    if (glued)
        dtl_note_add(p->q, p->arena,
                     "a * inside a word of the phrase at byte %u is punctuation; alone it stands "
                     "for any one word, at the end for the rest of a word",
                     at);
}

/* ---- the node ---- */

static enum dtl_status check_look(struct dtl_parser *p, const struct dtl_lexeme *l)
{
    const struct dtl_parse_where *w = &p->where;
    bool printed = w->letter_case || w->accents;
    if (w->stemmed && (printed || l->exact))
        return dtl_parse_fail(p, l->begin,
                              "stem: asks for all forms of the words; = case: and accent: ask for "
                              "the printed one: choose one of them");
    if (printed && l->fuzzy)
        return dtl_parse_fail(p, l->begin,
                              "case: and accent: ask for the printed word, ~ (fuzzy) for ones like "
                              "it: choose one of them");
    return DTL_OK;
}

static enum dtl_status make_text(struct dtl_parser *p, const struct dtl_lexeme *l,
                                 struct dtl_node **out)
{
    const struct dtl_parse_where *w = &p->where;
    bool phrase = l->kind == DTL_LEX_PHRASE;
    struct dtl_node *n =
        dtl_parse_node(p, phrase ? DTL_NODE_PHRASE : DTL_NODE_WORD, l->begin, l->end);
    if (!n)
        return dtl_parse_no_memory(p);
    n->text = l->text;
    n->letter_case = w->letter_case;
    n->accents = w->accents;
    n->stemmed = phrase && w->stemmed;
    n->exact = phrase ? !n->stemmed : l->exact || w->letter_case || w->accents;
    n->prefix = l->prefix;
    n->wildcard = l->wildcard;
    n->fuzzy = l->fuzzy;
    n->slop = l->slop;
    n->any_order = l->any_order;
    if (l->boost)
        n->boost = l->boost;
    if (phrase && !dtl_parse_tidy(p, l->text, &n->text))
        return dtl_parse_no_memory(p);
    if (l->stars)
        find_gaps(p, n, l->begin);
    *out = n;
    return check_look(p, l);
}

struct dtl_node *dtl_parse_field_node(struct dtl_parser *p, const struct dtl_query_field *f,
                                      struct dtl_bytes text, bool quoted, uint32_t begin,
                                      uint32_t end)
{
    struct dtl_node *n = dtl_parse_node(p, DTL_NODE_FIELD, begin, end);
    if (!n)
        return NULL;
    n->field = f->value;
    n->text = text;
    n->wildcard = !quoted && (memchr(text.p, '*', text.n) || memchr(text.p, '?', text.n));
    if (quoted && !dtl_parse_tidy(p, text, &n->text))
        return NULL;
    return n;
}

/* The word as a value of `f`: as it stands, for ids and paths hold any mark. */
static enum dtl_status make_value(struct dtl_parser *p, const struct dtl_lexeme *l,
                                  const struct dtl_query_field *f, struct dtl_node **out)
{
    bool phrase = l->kind == DTL_LEX_PHRASE;
    if (l->fuzzy || l->boost || l->slop || (phrase && l->prefix))
        return dtl_fail(
            p->err, DTL_EQUERY, l->begin,
            "%s: is a filter, which neither scores (^) nor looks for words like it (~); "
            "a value may have * and ? outside quotes",
            f->name);
    struct dtl_bytes text = l->text;
    if (!phrase)
        text = dtl_lex_trim(dtl_bytes(p->x.text.p + l->begin, l->end - l->begin));
    *out = dtl_parse_field_node(p, f, text, phrase, l->begin, l->end);
    return *out ? DTL_OK : dtl_parse_no_memory(p);
}

enum dtl_status dtl_parse_leaf(struct dtl_parser *p, struct dtl_node **out)
{
    struct dtl_lexeme l = p->now;
    const struct dtl_parse_where *w = &p->where;
    struct dtl_node *list[DTL_FIELD_LIST] = {NULL};
    enum dtl_status st = count_words(p, &l);
    if (st == DTL_OK && w->fields == 0)
        st = make_text(p, &l, &list[0]);
    for (uint32_t i = 0; i < w->fields && st == DTL_OK; i++) {
        if (w->field[i]->use == DTL_USE_VALUE) {
            st = make_value(p, &l, w->field[i], &list[i]);
            continue;
        }
        st = make_text(p, &l, &list[i]);
        if (st == DTL_OK) {
            list[i]->scope = w->field[i]->scope;
            list[i]->first = list[i]->scope == DTL_SCOPE_FIRST ? w->first : 0;
        }
    }
    if (st < 0)
        return st;
    if (l.unclosed)
        dtl_note_add(p->q, p->arena, "the quote opened at byte %u was closed at the end", l.begin);
    *out = w->fields > 1 ? dtl_parse_node_over(p, DTL_NODE_OR, list, w->fields) : list[0];
    return *out ? dtl_parse_advance(p) : dtl_parse_no_memory(p);
}
