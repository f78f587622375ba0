/* What is marked is what satisfied the query, in a window that reads well; and a text is read once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "common/base/utf8.h"
#include "query/language/parser.h"
#include "query/result/snippet.h"
#include "random.h"

/* ---- a plan without an index: a word stands for its own stem ---- */

struct dtl_word_lists { /* of no segment */
    int none;
};

struct dtl_plan {
    struct dtl_arena *arena;
    struct dtl_analyzer *analyzer;
    const struct dtl_node *node[256];
    struct dtl_node_words words[256];
    uint32_t nodes;
    struct dtl_bytes stem[512]; /* of words, in w->df */
    uint32_t stems;
};

struct dtl_analyzer *dtl_plan_analyzer(struct dtl_plan *p)
{
    return p->analyzer;
}

const struct dtl_node_words *dtl_plan_words(const struct dtl_plan *p, const struct dtl_node *n)
{
    for (uint32_t i = 0; i < p->nodes; i++)
        if (p->node[i] == n)
            return &p->words[i];
    return NULL;
}

static struct dtl_plan *the_plan;

bool dtl_word_matches(const struct dtl_word *w, const struct dtl_token *t)
{
    if (w->exact && (t->flags & DTL_TOKEN_JOINED))
        return false;
    if (w->prefix)
        return dtl_bytes_starts(t->folded, w->folded);
    return w->exact ? dtl_bytes_equal(w->folded, t->folded)
                    : dtl_bytes_equal(the_plan->stem[w->df], t->term);
}

struct making {
    struct dtl_plan *p;
    struct dtl_node_words *w;
    const struct dtl_node *n;
};

static struct dtl_bytes keep(struct dtl_arena *arena, struct dtl_bytes b)
{
    return dtl_bytes(dtl_arena_strndup(arena, (const char *)b.p, b.n), b.n);
}

/* Equal words of a query have the same lists; here those of one printed form alone are known. */
static const struct dtl_word_lists *lists_of(struct making *m, const struct dtl_token *t)
{
    static struct dtl_word_lists lists[70];
    if (!m->n->exact)
        return NULL;
    for (uint32_t i = 0; i < m->w->words; i++)
        if (dtl_bytes_equal(m->w->word[i].folded, t->folded))
            return m->w->word[i].in;
    return &lists[m->w->words];
}

static enum dtl_status add_word(void *ctx, const struct dtl_token *t)
{
    struct making *m = ctx;
    if (t->flags & (DTL_TOKEN_UNIGRAM | DTL_TOKEN_JOINED))
        return DTL_OK;
    m->w->word[m->w->words++] = (struct dtl_word){.form = keep(m->p->arena, t->form),
                                                  .folded = keep(m->p->arena, t->folded),
                                                  .position = t->position,
                                                  .exact = m->n->exact,
                                                  .title = m->n->scope == DTL_SCOPE_TITLE,
                                                  .in = lists_of(m, t),
                                                  .df = m->p->stems};
    assert_true(m->p->stems < 512);
    m->p->stem[m->p->stems++] = keep(m->p->arena, t->term);
    return DTL_OK;
}

static void plan_node(struct dtl_plan *p, const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE) {
        struct making m = {p, &p->words[p->nodes], n};
        assert_true(p->nodes < 256);
        p->node[p->nodes++] = n;
        m.w->word = dtl_arena_alloc(p->arena, 70 * sizeof(struct dtl_word));
        assert_int_equal(dtl_analyze(p->analyzer, n->text,
                                     dtl_lang_of(dtl_lang_code_of(DTL_LITERAL("en"))), 0, add_word,
                                     &m, NULL, NULL),
                         DTL_OK);
        if (n->prefix && m.w->words)
            m.w->word[m.w->words - 1].prefix = true;
    }
    for (uint32_t i = 0; i < n->children; i++)
        plan_node(p, n->child[i]);
}

/* ---- one snippet ---- */

struct made {
    struct dtl_arena arena;
    struct dtl_plan plan;
    struct dtl_query *q;
    struct dtl_snippet s;
};

static struct dtl_analyzer *analyzer;

static void make(struct made *m, const char *query, const char *title, struct dtl_bytes body,
                 uint32_t chars)
{
    struct dtl_parse_options o = {0};
    struct dtl_error err = {0};
    struct dtl_article a = {.title = dtl_bytes_of(title),
                            .body = body,
                            .date = dtl_interval_day(19800),
                            .lang = dtl_lang_code_of(DTL_LITERAL("en"))};
    *m = (struct made){.plan = {.analyzer = analyzer}};
    m->plan.arena = &m->arena;
    the_plan = &m->plan;
    if (dtl_query_parse(dtl_bytes_of(query), &o, &m->arena, &m->q, &err) < 0)
        fail_msg("%s: %s", query, err.text);
    plan_node(&m->plan, m->q->root);
    struct dtl_snippets *snippets = NULL;
    assert_int_equal(dtl_snippets_open(&snippets, &m->plan, m->q, &err), DTL_OK);
    if (dtl_snippet_make(snippets, &a, 0, chars, &m->arena, &m->s, &err) < 0)
        fail_msg("%s", err.text);
    dtl_snippets_close(snippets);
}

static void marked_text(const struct dtl_marked *m, struct dtl_buffer *out)
{
    size_t at = 0;
    for (uint32_t i = 0; i < m->spans; i++) {
        assert_true(m->span[i].begin >= at && m->span[i].end > m->span[i].begin &&
                    m->span[i].end <= m->text.n);
        dtl_buffer_append(out, m->text.p + at, m->span[i].begin - at);
        dtl_buffer_format(out, "[%.*s]", (int)(m->span[i].end - m->span[i].begin),
                          (const char *)m->text.p + m->span[i].begin);
        at = m->span[i].end;
    }
    if (m->text.n > at)
        dtl_buffer_append(out, m->text.p + at, m->text.n - at);
    dtl_buffer_byte(out, 0);
}

static void shows(const char *query, const char *title, const char *body, uint32_t chars,
                  const char *expect)
{
    struct made m;
    struct dtl_buffer out = {0};
    make(&m, query, title, dtl_bytes_of(body), chars);
    marked_text(&m.s.body, &out);
    if (strcmp((const char *)out.p, expect) != 0)
        fail_msg("%s\n  gives  %s\n  wanted %s", query, (const char *)out.p, expect);
    dtl_buffer_release(&out);
    dtl_arena_release(&m.arena);
}

static const char tea[] = "The duty on tea was raised. Ships with tea lay in the harbour, and the "
                          "crowd threw the tea chests overboard. Nobody drank tea that night.";

static void only_what_satisfied_the_query_is_marked(void **state)
{
    (void)state;
    shows("ships", "", "Ships sail. A ship, shipped.", 200, "[Ships] sail. A [ship], [shipped].");
    shows("=ships", "", "Ships sail. A ship, shipped.", 200, "[Ships] sail. A ship, shipped.");
    shows("ship*", "", "Ships shipment shop", 200, "[Ships] [shipment] shop");
    shows("\"tea chests\"", "", tea, 50, "…the crowd threw the [tea chests] overboard. Nobody…");
    shows("tea -ships", "", "tea and ships", 200, "[tea] and ships");
    shows("(tea AND walrus) OR duty", "", "The duty on tea", 200, "The [duty] on tea");
    shows("(tea AND ships) OR walrus", "", "ships of tea", 200, "[ships] of [tea]");
    shows("\"a b\" OR x", "", "a c b x a b", 200, "a c b [x] [a b]");
    shows("\"a b a b\"", "", "a b a b a b", 200, "[a b a b a b]");
    shows("AT&T", "", "at t, AT&T, at-t at x t", 200, "[at t], [AT&T], [at-t] at x t");
    shows("(tea date:2024) OR ships", "", "tea ships", 200, "[tea] [ships]");
    shows("(tea date:1999) OR ships", "", "tea ships", 200, "tea [ships]");
    shows("(tea -walrus) OR x", "", "tea", 200, "[tea]");
}

static void words_of_near_are_marked_where_they_are_near(void **state)
{
    (void)state;
    shows("ship NEAR/2 tea", "", "ship x x x tea x ship. tea", 200,
          "ship x x x [tea] x [ship]. [tea]");
    shows("ship PRE/2 tea", "", "ship x x x tea x ship. tea", 200,
          "ship x x x tea x [ship]. [tea]");
    shows("ship NOTNEAR/2 tea", "", "ship x x x tea x ship", 200, "[ship] x x x tea x ship");
    shows("ship W/S tea", "", "A ship. Tea on the ship. A ship", 200,
          "A ship. [Tea] on the [ship]. A ship");
    shows("ship W/P tea", "", "A ship.\n\nTea. On the ship.", 200, "A ship. [Tea]. On the [ship].");
    shows("(ship NEAR/1 tea) NEAR/3 x", "", "ship tea a a a tea ship a x", 200,
          "ship tea a a a [tea] [ship] a [x]");
    shows("ship NEAR/1 (tea OR \"x y\")", "", "x y tea a x y ship x", 200,
          "x y tea a [x y] [ship] x");
    shows("=a OR (ship NEAR/1 tea)", "", "a ship a tea", 200, "[a] ship [a] tea");
    shows("=a (ship NEAR/1 tea) OR y", "", "a ship b tea y", 200, "a ship b tea [y]");
    shows("ATLEAST/2 ship", "A ship", "A ship", 200, "A [ship]");
    shows("=a OR ATLEAST/3 ship", "A ship", "A ship", 200, "[A] ship");
    shows("ship NEAR/9 tea", "A ship", "Tea and a ship", 200, "[Tea] and a [ship]");
    shows("=a OR (ship NEAR/1000 tea)", "A ship", "Tea", 200, "[A] ship");
}

static void scopes_mark_what_stands_in_them(void **state)
{
    (void)state;
    shows("lead:tea", "Tea", "Tea, tea.\n\nMore tea.", 200, "[Tea], [tea]. More tea.");
    shows("hlead:tea", "Tea", "Nothing.\n\nMore tea.", 200, "[Tea]");
    shows("first/2:tea", "Tea", "No tea. Tea", 200, "No [tea]. Tea");
    shows("lead:\"more tea\"", "", "More\n\ntea. more tea", 200, "More tea. more tea");
}

static void loose_phrases_are_marked_whole(void **state)
{
    (void)state;
    shows("\"tea x\"~1", "", "tea a a x tea a x", 200, "tea a a x [tea a x]");
    shows("\"tea x\"~1!", "", "tea a a x a tea", 200, "tea a a [x a tea]");
    shows("\"tea x tea\"~1!", "", "x tea x b a tea x tea", 200, "x tea x b a [tea x tea]");
    shows("\"tea x\"~1 NEAR/2 y", "", "tea a x y b b tea x y", 200,
          "[tea a x] [y] b b [tea x] [y]");
}

static void a_match_in_the_title_alone_shows_the_title(void **state)
{
    (void)state;
    shows("quake", "A quake at sea", "Nothing of it here.", 200, "A [quake] at sea");
    shows("title:quake", "A quake", "The quake in the body", 200, "A [quake]");
    shows("quake", "A quake", "The quake in the body", 200, "The [quake] in the body");
    shows("title:quake body", "A quake", "The quake in the body", 200, "The quake in the [body]");
    shows("quake \"sea nothing\"", "A quake at sea", "Nothing.", 200, "A [quake] at sea");
    shows("quake", "", "Nothing of it here.", 200, "Nothing of it here.");
    shows("*", "T", "Line one\n\n  line\ttwo ", 200, "Line one line two");
    shows("*", "Only a title", "", 200, "Only a title");
}

static void the_window_holds_the_most_different_words(void **state)
{
    (void)state;
    shows("ships crowd", "", tea, 60,
          "…[Ships] with tea lay in the harbour, and the [crowd] threw the…");
    shows("duty", "", tea, 30, "The [duty] on tea was raised.…");
    shows("duty tea was", "", "The duty on tea was raised.", 15, "…[duty] on [tea] [was]…");
    shows("night", "", tea, 30, "…Nobody drank tea that [night].");
    shows("harbour", "", tea, 1, "…[harbour]…");
    shows("raised", "", "\n\n  It was\nraised.\n", 100, "It was [raised].");
}

static void no_grapheme_is_cut(void **state)
{
    (void)state;
    shows("x", "",
          "e\xcc\x81"
          "e\xcc\x81"
          "e\xcc\x81"
          "e\xcc\x81 x",
          4, "…[x]");
    shows("\xe6\x9d\xb1\xe4\xba\xac", "",
          "\xe6\x98\x8e\xe6\x97\xa5\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd\xe3\x81\xaf\xe6\x99\xb4\xe3"
          "\x82\x8c",
          4, "…\xe6\x97\xa5[\xe6\x9d\xb1\xe4\xba\xac]\xe9\x83\xbd…");
    struct made m; /* a family of joined emoji and flags, cut at every length */
    static const char emoji[] =
        "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"
        "\xf0\x9f\x87\xab\xf0\x9f\x87\xb7\xf0\x9f\x87\xab\xf0\x9f\x87\xb7"
        "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd";
    for (uint32_t n = 1; n < 12; n++) {
        make(&m, "*", "", DTL_LITERAL(emoji), n);
        assert_int_equal(dtl_utf8_valid_prefix(m.s.body.text), m.s.body.text.n);
        dtl_arena_release(&m.arena);
    }
}

static void first_words_are_one_line(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_bytes out = {0};
    assert_true(dtl_first_words(DTL_LITERAL("  One two\nthree four"), 14, &arena, &out));
    assert_true(dtl_bytes_is(out, "One two three…"));
    assert_true(dtl_first_words(DTL_LITERAL("short"), 80, &arena, &out));
    assert_true(dtl_bytes_is(out, "short"));
    assert_true(dtl_first_words(DTL_LITERAL(""), 80, &arena, &out));
    assert_int_equal(out.n, 0);
    dtl_arena_release(&arena);
}

/* ---- random texts ---- */

static const char *const vocabulary[] = {"ship",
                                         "ships",
                                         "tea",
                                         "harbour",
                                         "caf\xc3\xa9",
                                         "duty",
                                         "night",
                                         "crowd",
                                         "\xe6\x9d\xb1\xe4\xba\xac",
                                         "U.S.",
                                         "x"};
enum { VOCABULARY = sizeof vocabulary / sizeof *vocabulary };

static void random_text(struct random *r, struct dtl_buffer *out)
{
    static const char *const between[] = {" ",  " ",  " ",  "\n\n",
                                          ". ", ", ", "\t", " \xe2\x80\x94 "};
    for (uint32_t n = random_below(r, 120); n > 0; n--) {
        dtl_buffer_text(out, vocabulary[random_below(r, VOCABULARY)]);
        dtl_buffer_text(out, between[random_below(r, 8)]);
    }
}

static void random_query(struct random *r, char *out, size_t room)
{
    size_t n = 0;
    for (uint32_t words = 1 + random_below(r, 4); words > 0; words--) {
        const char *a = vocabulary[random_below(r, VOCABULARY)];
        const char *b = vocabulary[random_below(r, VOCABULARY)];
        const char *join = words == 1 ? "" : random_below(r, 2) ? " OR " : " ";
        switch (random_below(r, 4)) {
        case 0:
            n += (size_t)snprintf(out + n, room - n, "\"%s %s\"%s", a, b, join);
            break;
        case 1:
            n += (size_t)snprintf(out + n, room - n, "=%s%s", a, join);
            break;
        default:
            n += (size_t)snprintf(out + n, room - n, "%s%s", a, join);
        }
    }
}

struct flat { /* the tokens of a text, for the naive matcher */
    struct dtl_token token[512];
    uint32_t n;
    struct dtl_arena *arena;
};

static enum dtl_status add_token(void *ctx, const struct dtl_token *t)
{
    struct flat *f = ctx;
    struct dtl_token copy = *t;
    copy.form = keep(f->arena, t->form);
    copy.folded = keep(f->arena, t->folded);
    copy.term = keep(f->arena, t->term);
    assert_true(f->n < 512);
    f->token[f->n++] = copy;
    return DTL_OK;
}

static bool naive_holds(const struct made *m, const struct dtl_node *n, const struct flat *f)
{
    const struct dtl_node_words *w = dtl_plan_words(&m->plan, n);
    if (!w) {
        uint32_t held = 0;
        for (uint32_t i = 0; i < n->children; i++)
            held += naive_holds(m, n->child[i], f);
        return n->kind == DTL_NODE_OR ? held > 0 : held == n->children;
    }
    for (uint32_t i = 0; i < f->n; i++) {
        uint32_t k = 0;
        while (k < w->words && i + k < f->n &&
               f->token[i + k].position == f->token[i].position + w->word[k].position &&
               dtl_word_matches(&w->word[k], &f->token[i + k]))
            k++;
        if (k == w->words)
            return true;
    }
    return false;
}

static void random_snippets_hold_what_the_naive_matcher_finds(void **state)
{
    (void)state;
    struct random r = random_start("random snippets");
    for (int i = 0; i < 3000; i++) {
        struct made m;
        struct dtl_buffer body = {0};
        struct flat f = {.arena = &m.arena};
        char query[256];
        uint32_t chars = 1 + random_below(&r, 150);
        random_text(&r, &body);
        random_query(&r, query, sizeof query);
        make(&m, query, "", dtl_buffer_view(&body), chars);
        assert_int_equal(dtl_analyze(analyzer, dtl_buffer_view(&body),
                                     dtl_lang_of(dtl_lang_code_of(DTL_LITERAL("en"))), 0, add_token,
                                     &f, NULL, NULL),
                         DTL_OK);
        bool holds = naive_holds(&m, m.q->root, &f);
        const struct dtl_marked *s = &m.s.body;
        if (holds && s->spans == 0)
            fail_msg("%s: no mark in %.*s", query, (int)s->text.n, (const char *)s->text.p);
        assert_int_equal(dtl_utf8_valid_prefix(s->text), s->text.n);
        size_t characters = 0, longest = 0;
        for (size_t at = 0; at < s->text.n; characters++)
            dtl_utf8_next(s->text, &at);
        for (uint32_t k = 0; k < s->spans; k++) {
            assert_true(s->span[k].begin < s->span[k].end && s->span[k].end <= s->text.n);
            assert_true(k == 0 || s->span[k].begin >= s->span[k - 1].end);
            size_t n = s->span[k].end - s->span[k].begin;
            longest = n > longest ? n : longest;
        }
        if (characters > 2 * (size_t)chars + 2 * longest + 24)
            fail_msg("%s: %zu characters, %u asked: %.*s", query, characters, chars, (int)s->text.n,
                     (const char *)s->text.p);
        dtl_buffer_release(&body);
        dtl_arena_release(&m.arena);
    }
}

static double seconds_for(size_t words)
{
    struct dtl_buffer body = {0};
    struct made m;
    for (size_t i = 0; i < words; i++)
        dtl_buffer_format(&body, "%s%s", i % 7 ? "tea ships " : "a b ", i % 50 ? "" : "\n\n");
    clock_t start = clock();
    make(&m, "tea ships \"ships tea ships tea ships walrus\" a* \"b tea\"", "",
         dtl_buffer_view(&body), 200);
    double took = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_true(m.s.body.spans > 0);
    dtl_buffer_release(&body);
    dtl_arena_release(&m.arena);
    return took;
}

static void a_long_text_costs_its_length(void **state)
{
    (void)state;
    seconds_for(1000); /* warm */
    double small = seconds_for(20000), large = seconds_for(160000);
    printf("%.3f s for 20,000 words, %.3f s for 160,000\n", small, large);
    assert_true(large < 24 * small + 0.1);
}

static int open_analyzer(void **state)
{
    (void)state;
    return dtl_analyzer_open(&analyzer, NULL) == DTL_OK ? 0 : -1;
}

static int close_analyzer(void **state)
{
    (void)state;
    dtl_analyzer_close(analyzer);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_satisfied_the_query_is_marked),
        cmocka_unit_test(words_of_near_are_marked_where_they_are_near),
        cmocka_unit_test(scopes_mark_what_stands_in_them),
        cmocka_unit_test(loose_phrases_are_marked_whole),
        cmocka_unit_test(a_match_in_the_title_alone_shows_the_title),
        cmocka_unit_test(the_window_holds_the_most_different_words),
        cmocka_unit_test(no_grapheme_is_cut),
        cmocka_unit_test(first_words_are_one_line),
        cmocka_unit_test(random_snippets_hold_what_the_naive_matcher_finds),
        cmocka_unit_test(a_long_text_costs_its_length),
    };
    return cmocka_run_group_tests(tests, open_analyzer, close_analyzer);
}
