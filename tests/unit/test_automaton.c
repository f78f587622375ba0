/* The automaton of patterns and mistakes against a recursive matcher and a table of distances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "query/plan/automaton.h"
#include "random.h"
#include "tests/model/naive_lexicon.h"

static void make(struct dtl_automaton *a, struct dtl_arena *arena, const char *pattern,
                 bool folders)
{
    struct dtl_bytes text = dtl_bytes_of(pattern);
    dtl_automaton_init(a, folders, arena);
    for (size_t at = 0; at < text.n;) {
        bool two = folders && at + 1 < text.n && text.p[at] == '*' && text.p[at + 1] == '*';
        size_t from = at;
        while (at < text.n && text.p[at] != '*' && text.p[at] != '?')
            at++;
        if (at > from) {
            dtl_automaton_add_text(a, dtl_bytes(text.p + from, at - from));
            continue;
        }
        dtl_automaton_add(a,
                          two                 ? DTL_ELEMENT_ACROSS
                          : text.p[at] == '*' ? DTL_ELEMENT_MANY
                                              : DTL_ELEMENT_ANY,
                          0);
        at += two ? 2 : 1;
    }
    assert_false(a->failed);
}

static bool accepts(const char *pattern, const char *word)
{
    struct dtl_arena arena = {0};
    struct dtl_automaton a;
    make(&a, &arena, pattern, false);
    bool yes = dtl_automaton_accepts(&a, dtl_bytes_of(word));
    dtl_arena_release(&arena);
    return yes;
}

static int distance(const char *from, const char *to, unsigned edits)
{
    struct dtl_arena arena = {0};
    struct dtl_automaton a;
    make(&a, &arena, from, false);
    dtl_automaton_allow(&a, edits);
    int d = dtl_automaton_distance(&a, dtl_bytes_of(to));
    dtl_arena_release(&arena);
    return d;
}

static void marks_stand_for_letters(void **state)
{
    (void)state;
    assert_true(accepts("wom?n", "women"));
    assert_true(accepts("wom?n", "wom\xc3\xa9n")); /* a letter, not a byte */
    assert_false(accepts("wom?n", "womn"));
    assert_false(accepts("wom?n", "womeen"));
    assert_true(accepts("*gate", "gate"));
    assert_true(accepts("*gate", "watergate"));
    assert_false(accepts("*gate", "watergates"));
    assert_true(accepts("re*ing", "reading"));
    assert_false(accepts("re*ing", "rng"));
    assert_true(accepts("a*b*c", "axxbyybc"));
    assert_true(accepts("", ""));
    assert_false(accepts("", "a"));
    assert_true(accepts("*", ""));
}

static void mistakes_are_counted(void **state)
{
    (void)state;
    assert_int_equal(distance("mueler", "mueller", 2), 1);
    assert_int_equal(distance("mueler", "mueler", 2), 0);
    assert_int_equal(distance("mueler", "muller", 2), 1);
    assert_int_equal(distance("mueler", "meuler", 2), 1); /* two neighbours swapped */
    assert_int_equal(distance("mueler", "meulre", 2), 2);
    assert_int_equal(distance("mueler", "miller", 2), 2);
    assert_int_equal(distance("mueler", "maker", 2), -1);
    assert_int_equal(distance("mueler", "mller", 1), -1);
    assert_int_equal(distance("ca", "abc", 2), -1); /* no letter is edited twice: 3 */
    assert_int_equal(distance("\xd0\xb4\xd0\xb0", "\xd0\xb0\xd0\xb4", 1), 1);
    assert_int_equal(distance("ab", "", 2), 2);
    assert_int_equal(distance("", "ab", 2), 2);
}

static void folders_are_kept_apart(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_automaton a;
    make(&a, &arena, "2024/*/?.txt", true);
    assert_true(dtl_automaton_accepts(&a, dtl_bytes_of("2024/03/a.txt")));
    assert_false(dtl_automaton_accepts(&a, dtl_bytes_of("2024/03/04/a.txt")));
    assert_false(dtl_automaton_accepts(&a, dtl_bytes_of("2024/03//.txt")));
    make(&a, &arena, "2024/**", true);
    assert_true(dtl_automaton_accepts(&a, dtl_bytes_of("2024/03/04/a.txt")));
    dtl_automaton_init(&a, true, &arena);
    dtl_automaton_add(&a, DTL_ELEMENT_ACROSS, 0);
    dtl_automaton_add(&a, DTL_ELEMENT_LETTER, '/');
    dtl_automaton_optional(&a);
    dtl_automaton_add_text(&a, dtl_bytes_of("a.txt"));
    assert_true(dtl_automaton_accepts(&a, dtl_bytes_of("a.txt")));
    assert_true(dtl_automaton_accepts(&a, dtl_bytes_of("x/y/a.txt")));
    assert_false(dtl_automaton_accepts(&a, dtl_bytes_of("xa.txt")));
    dtl_arena_release(&arena);
}

static const char *some(struct random *r, const char *letters, uint32_t most, char out[64])
{
    uint32_t n = random_below(r, most + 1);
    for (uint32_t i = 0; i < n; i++)
        out[i] = letters[random_below(r, (uint32_t)strlen(letters))];
    out[n] = 0;
    return out;
}

static void random_patterns_match_as_the_recursive_matcher(void **state)
{
    (void)state;
    struct random r = {20261124};
    char pattern[64], word[64];
    size_t yes = 0;
    for (int i = 0; i < 3000; i++) {
        struct dtl_arena arena = {0};
        struct dtl_automaton a;
        bool folders = random_below(&r, 2);
        make(&a, &arena, some(&r, folders ? "ab/*?" : "abc*?", 7, pattern), folders);
        for (int k = 0; k < 20; k++) {
            struct dtl_bytes p = dtl_bytes_of(pattern);
            struct dtl_bytes w = dtl_bytes_of(some(&r, folders ? "ab/" : "abc", 8, word));
            bool want = folders ? naive_path_like(p, w) : naive_like(p, w);
            assert_int_equal(dtl_automaton_accepts(&a, w), want);
            assert_true(!want || dtl_bytes_starts(w, dtl_automaton_head(&a)));
            yes += want;
        }
        dtl_arena_release(&arena);
    }
    assert_in_range(yes, 2000, 40000);
}

static void random_words_are_as_far_apart_as_the_table_says(void **state)
{
    (void)state;
    struct random r = {20261125};
    char from[64], to[64];
    size_t near = 0;
    for (int i = 0; i < 40000; i++) {
        unsigned edits = random_below(&r, 3);
        some(&r, "abcd", 7, from);
        some(&r, "abcd", 7, to);
        unsigned want = naive_distance(dtl_bytes_of(from), dtl_bytes_of(to));
        assert_int_equal(distance(from, to, edits), want <= edits ? (int)want : -1);
        near += want <= edits;
    }
    assert_in_range(near, 500, 39000);
}

/* A walk over sorted words: the same verdicts, and what it calls dead is. */
static void a_walk_is_the_same_and_its_dead_are_dead(void **state)
{
    (void)state;
    struct random r = {20261126};
    char pattern[64], word[400][64];
    size_t skipped = 0;
    for (int i = 0; i < 200; i++) {
        struct dtl_arena arena = {0};
        struct dtl_automaton a;
        unsigned edits = random_below(&r, 3);
        make(&a, &arena, some(&r, edits ? "abcd" : "abcd*?", 8, pattern), false);
        dtl_automaton_allow(&a, edits);
        for (int k = 0; k < 400; k++)
            some(&r, "abcd", 8, word[k]);
        qsort(word, 400, sizeof *word, (int (*)(const void *, const void *))strcmp);
        struct dtl_automaton_walk *w = dtl_automaton_walk_open(&a, &arena);
        struct dtl_bytes dead = {0};
        for (int k = 0; k < 400; k++) {
            struct dtl_bytes here = dtl_bytes_of(word[k]);
            size_t n = 0;
            int want = dtl_automaton_distance(&a, here);
            if (dead.n && dtl_bytes_starts(here, dead)) {
                assert_int_equal(want, -1);
                skipped++;
                continue;
            }
            assert_int_equal(dtl_automaton_walk_distance(w, here, &n), want);
            dead = dtl_bytes(here.p, n);
        }
        dtl_arena_release(&arena);
    }
    assert_true(skipped > 10000);
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void many_stars_cost_as_many_letters(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_automaton a;
    char pattern[241], word[241];
    for (int i = 0; i < 240; i += 2) {
        pattern[i] = '*';
        pattern[i + 1] = i % 3 ? '?' : 'a';
    }
    pattern[240] = 0;
    memset(word, 'a', 240);
    word[239] = 'b';
    word[240] = 0;
    make(&a, &arena, pattern, false);
    dtl_automaton_add_text(&a, dtl_bytes_of("c"));
    double start = seconds_now();
    for (int i = 0; i < 1000; i++)
        assert_false(dtl_automaton_accepts(&a, dtl_bytes_of(word)));
    assert_true(seconds_now() - start < 5);
    dtl_arena_release(&arena);
}

static void what_is_longer_than_any_word_matches_none(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_automaton a;
    char text[301];
    memset(text, 'a', 300);
    text[300] = 0;
    make(&a, &arena, text, false);
    assert_true(a.never);
    assert_false(dtl_automaton_accepts(&a, dtl_bytes(text, 255)));
    text[255] = 0;
    make(&a, &arena, text, false);
    assert_true(dtl_automaton_accepts(&a, dtl_bytes(text, 255)));
    dtl_automaton_allow(&a, 2);
    assert_int_equal(dtl_automaton_distance(&a, dtl_bytes(text, 253)), 2);
    dtl_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_stand_for_letters),
        cmocka_unit_test(mistakes_are_counted),
        cmocka_unit_test(folders_are_kept_apart),
        cmocka_unit_test(random_patterns_match_as_the_recursive_matcher),
        cmocka_unit_test(random_words_are_as_far_apart_as_the_table_says),
        cmocka_unit_test(a_walk_is_the_same_and_its_dead_are_dead),
        cmocka_unit_test(many_stars_cost_as_many_letters),
        cmocka_unit_test(what_is_longer_than_any_word_matches_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
