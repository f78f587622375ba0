/* The query language: a random tree, printed and read back, is the same tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "random.h"
#include "readings.h"

static struct random rnd;

static uint32_t below(uint32_t n)
{
    return random_below(&rnd, n);
}

static struct dtl_node *make(struct dtl_arena *arena, enum dtl_node_kind kind)
{
    struct dtl_node *n = dtl_arena_alloc(arena, sizeof *n);
    assert_non_null(n);
    n->kind = kind;
    n->boost = DTL_BOOST_NONE;
    return n;
}

/* Marks a word may have beside each other, as the lexer reads them. */
static void random_marks(struct dtl_node *n, bool letter_first, bool plain)
{
    static const char *const patterns[] = {"wom?n", "*gate", "a*b*", "?x", "s**t", "r*n?d"};
    static const uint32_t boosts[] = {500, 2000, 1, 100000, 1250, 10};
    if (below(5) == 0)
        n->boost = boosts[below(6)];
    if (n->kind == DTL_NODE_PHRASE) {
        n->slop = below(5) == 0 ? 1 + below(1000) : 0;
        n->any_order = n->slop && below(2);
        if (below(6) == 0) {
            n->text = DTL_LITERAL("president * bush * *x");
            n->gaps = true;
        }
        n->stemmed = below(6) == 0;
        n->exact = !n->stemmed;
    } else {
        n->exact = letter_first && below(6) == 0;
        if (plain && !n->prefix && below(6) == 0)
            n->fuzzy = (uint8_t)(1 + below(2));
        if (!n->prefix && !n->fuzzy && below(6) == 0) {
            n->text = dtl_bytes_of(patterns[below(6)]);
            n->wildcard = true;
        }
    }
    if (!n->stemmed && !n->fuzzy && below(8) == 0) {
        n->letter_case = below(2);
        n->accents = !n->letter_case || below(2);
        n->exact = true;
    }
}

static struct dtl_node *random_leaf(struct dtl_arena *arena, bool negative)
{
    static const char *const words[] = {"tax",
                                        "AND",
                                        "OR",
                                        "NOT",
                                        "title:x",
                                        "since:2024",
                                        "http://x.org/a?b*c",
                                        "C++",
                                        "it's",
                                        "2024",
                                        "\xc3\xa9lan",
                                        "\xe6\x9d\xb1\xe4\xba\xac",
                                        "U.S.",
                                        "a/b",
                                        "near",
                                        "NEAR/5",
                                        "W/S",
                                        "2024-01-01..2024-02-01",
                                        "x@y",
                                        "#tag",
                                        "ATLEAST",
                                        "first/50:x",
                                        "AT&T",
                                        "10:30",
                                        "TO",
                                        "'-x",
                                        "/[a",
                                        "//x:y",
                                        "unknown:x",
                                        "a=b",
                                        "$5"};
    struct dtl_node *n = make(arena, below(4) ? DTL_NODE_WORD : DTL_NODE_PHRASE);
    n->text = dtl_bytes_of(words[below(sizeof words / sizeof *words)]);
    n->scope = below(3) == 0 ? (enum dtl_scope)below(5) : DTL_SCOPE_TEXT;
    if (n->scope == DTL_SCOPE_FIRST)
        n->first = 1 + below(DTL_FIRST_MAX);
    n->required = !negative && below(8) == 0;
    n->prefix = below(6) == 0;
    if (n->kind == DTL_NODE_PHRASE)
        n->exact = true;
    uint8_t first = n->text.p[0], last = n->text.p[n->text.n - 1];
    bool letter_first = first >= 0x80 || (first >= '0' && first <= '9') || (first | 0x20) >= 'a';
    bool letter_last = last >= 0x80 || (last >= '0' && last <= '9') || (last | 0x20) >= 'a';
    bool url = memmem(n->text.p, n->text.n, "://", 3) != NULL;
    if (n->kind == DTL_NODE_PHRASE && memchr(n->text.p, '*', n->text.n))
        n->text = DTL_LITERAL("prime minister");
    if (n->kind == DTL_NODE_WORD)
        n->prefix = n->prefix && letter_last && !url;
    random_marks(n, letter_first, letter_last && !url);
    return n;
}

static struct dtl_node *random_filter(struct dtl_arena *arena)
{
    static const struct {
        const char *text;
        bool wildcard;
    } values[] = {
        {"reuters",           false},
        {"jane doe",          false},
        {"re*",               true },
        {"2024/03/**",        true },
        {"//x*",              true },
        {"=a?b",              true },
        {"a*b",               false},
        {">x",                false},
        {"a.zip#news/1.html", false},
        {"-7",                false},
        {"(x",                false}
    };
    struct dtl_node *n = make(arena, DTL_NODE_FIELD);
    uint32_t v = below(sizeof values / sizeof *values);
    switch (below(6)) {
    case 0:
        n->kind = DTL_NODE_NUMBER;
        n->low = below(1000);
        n->high = below(3) ? n->low + below(100000) : UINT64_MAX;
        return n;
    case 1:
        n->kind = DTL_NODE_CALENDAR;
        n->calendar.kind = (enum dtl_calendar_kind)below(3);
        if (n->calendar.kind == DTL_CALENDAR_WEEKDAY)
            n->calendar.weekday = (uint8_t)(1 + below(7));
        else
            n->calendar.month = (uint8_t)(1 + below(12));
        if (n->calendar.kind == DTL_CALENDAR_DAY)
            n->calendar.day = (uint8_t)(1 + below(29));
        return n;
    case 2:
        n->kind = DTL_NODE_ADDED;
        n->range.earliest = dtl_day_of(1900 + (int)below(200), 1 + (int)below(12), 1);
        n->range.latest = below(3) ? n->range.earliest + (dtl_day)below(60) : DTL_DAY_MAX;
        return n;
    default:
        n->field = (enum dtl_node_field)below(DTL_NODE_ID + 1);
        n->text = dtl_bytes_of(values[v].text);
        n->wildcard = values[v].wildcard;
        return n;
    }
}

/* What has places: leaves, ORs of them, NEARs. */
static struct dtl_node *random_places(struct dtl_arena *arena, int depth)
{
    static const uint32_t boosts[] = {500, 2000, 1250};
    uint32_t pick = depth > 0 ? below(4) : 0;
    struct dtl_node *n;
    if (pick < 2) {
        n = random_leaf(arena, true);
        return n;
    }
    n = make(arena, pick == 2 ? DTL_NODE_OR : DTL_NODE_NEAR);
    n->children = pick == 2 ? 2 + below(3) : 2;
    n->child = dtl_arena_alloc(arena, n->children * sizeof(struct dtl_node *));
    assert_non_null(n->child);
    for (uint32_t i = 0; i < n->children; i++)
        n->child[i] = random_places(arena, depth - 1);
    if (n->kind == DTL_NODE_NEAR) {
        n->near = (enum dtl_near)below(5);
        n->distance = n->near <= DTL_NEAR_NOT ? 1 + below(1000) : 0;
    }
    if (below(5) == 0)
        n->boost = boosts[below(3)];
    return n;
}

static struct dtl_node *random_atleast(struct dtl_arena *arena, int depth)
{
    struct dtl_node *n = make(arena, DTL_NODE_ATLEAST);
    n->needed = 1 + below(1000);
    n->children = 1;
    n->child = dtl_arena_alloc(arena, sizeof(struct dtl_node *));
    assert_non_null(n->child);
    n->child[0] = random_places(arena, depth);
    if (below(4) == 0)
        n->boost = 3000;
    return n;
}

static struct dtl_node *random_tree(struct dtl_arena *arena, int depth, bool any, bool negative)
{
    uint32_t pick = below(depth > 0 ? 12 : 4);
    if (pick < 2)
        return random_leaf(arena, negative);
    if (pick == 2)
        return random_filter(arena);
    if (pick == 10)
        return random_places(arena, depth);
    if (pick == 11)
        return random_atleast(arena, depth - 1);
    if (pick == 3) {
        struct dtl_node *n = make(arena, below(3) ? DTL_NODE_DATE : DTL_NODE_ALL);
        if (n->kind == DTL_NODE_DATE) {
            dtl_day a = dtl_day_of(1 + (int)below(9999), 1 + (int)below(12), 1);
            n->undated = below(5) == 0;
            n->range = (struct dtl_interval){below(4) ? a : DTL_DAY_MIN,
                                             below(4) ? a + (dtl_day)below(30) : DTL_DAY_MAX};
            if (n->undated)
                n->range = DTL_UNDATED;
        }
        return n;
    }
    struct dtl_node *n = make(arena, pick == 4   ? DTL_NODE_NOT
                                     : pick <= 7 ? DTL_NODE_AND
                                                 : DTL_NODE_OR);
    if (n->kind == DTL_NODE_AND && any && !negative && below(2))
        n->kind = DTL_NODE_QUORUM;
    n->children = n->kind == DTL_NODE_NOT ? 1 : 2 + below(3);
    n->child = dtl_arena_alloc(arena, n->children * sizeof(struct dtl_node *));
    assert_non_null(n->child);
    n->adjacency = n->kind == DTL_NODE_AND && below(3) > 0;
    n->needed = n->kind == DTL_NODE_QUORUM;
    bool inner = negative || n->kind == DTL_NODE_NOT;
    for (uint32_t i = 0; i < n->children; i++) {
        n->child[i] = n->kind == DTL_NODE_QUORUM ? random_leaf(arena, negative)
                                                 : random_tree(arena, depth - 1, any, inner);
        bool leaf = n->child[i]->kind == DTL_NODE_WORD || n->child[i]->kind == DTL_NODE_PHRASE;
        if (n->kind == DTL_NODE_NOT || n->kind == DTL_NODE_QUORUM)
            n->child[i]->required = false;
        else if (any && !negative && n->adjacency && leaf)
            n->child[i]->required = true; /* else --match would have made a quorum of them */
    }
    return n;
}

static void printed_trees_are_read_back_equal(void **state)
{
    (void)state;
    rnd = random_start("printed trees");
    struct dtl_parse_options o = defaults();
    for (int i = 0; i < 20000; i++) {
        struct dtl_arena arena = {0};
        bool any = below(2);
        struct dtl_query made = {.root = random_tree(&arena, (int)below(6), any, false)}, *q = NULL;
        made.dates = (struct dtl_interval){DTL_DAY_MIN, DTL_DAY_MAX};
        if (below(3) == 0) {
            made.has_dates = true;
            made.dates.earliest = dtl_day_of(1900 + (int)below(100), 1, 1);
            made.dates.latest = made.dates.earliest + (dtl_day)below(1000);
        }
        o.match = any ? DTL_MATCH_ANY : DTL_MATCH_ALL;
        struct dtl_buffer text = {0};
        struct dtl_error err = {0};
        assert_true(dtl_query_print(&made, &text));
        if (dtl_query_parse(dtl_buffer_view(&text), &o, &arena, &q, &err) < 0)
            fail_msg("%.*s: refused at %d: %s", (int)text.n, (const char *)text.p, (int)err.pos,
                     err.text);
        if (!dtl_node_equal(made.root, q->root) || made.has_dates != q->has_dates ||
            made.dates.earliest != q->dates.earliest || made.dates.latest != q->dates.latest) {
            struct dtl_buffer a = {0}, b = {0};
            show(made.root, &a);
            show(q->root, &b);
            fail_msg("%.*s\n%.*s\n%.*s", (int)text.n, (const char *)text.p, (int)a.n,
                     (const char *)a.p, (int)b.n, (const char *)b.p);
        }
        dtl_buffer_release(&text);
        dtl_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printed_trees_are_read_back_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
