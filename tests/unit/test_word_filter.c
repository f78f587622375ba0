/* A sieve loses no word it lets through, changes no position, and passes every sentence's start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sample_text.h"

static struct dtl_analyzer *analyzer;
static struct random choice;

struct list { /* what a walk gave: form 1 stands for any that was read */
    struct dtl_instance *v;
    size_t n, room;
    struct dtl_buffer terms; /* of those read, end to end */
};

static enum dtl_status take(void *ctx, const struct dtl_instance *instances, size_t n)
{
    struct list *l = ctx;
    for (size_t i = 0; i < n; i++) {
        struct dtl_token t = {0};
        if (l->n == l->room) {
            l->room = l->room ? 2 * l->room : 1024;
            l->v = realloc(l->v, l->room * sizeof *l->v);
            assert_non_null(l->v);
        }
        l->v[l->n] = instances[i];
        l->v[l->n].form = (uint32_t)l->terms.n;
        if (instances[i].form == DTL_INSTANCE_UNREAD) {
            l->v[l->n++].form = DTL_INSTANCE_UNREAD;
            continue;
        }
        dtl_analyzer_token(analyzer, &instances[i], &t);
        dtl_buffer_byte(&l->terms, (uint8_t)t.term.n);
        dtl_buffer_append(&l->terms, t.term.p, t.term.n);
        l->n++;
    }
    return DTL_OK;
}

static struct dtl_bytes term_of(const struct list *l, const struct dtl_instance *i)
{
    return dtl_bytes(l->terms.p + i->form + 1, l->terms.p[i->form]);
}

static bool is_ascii(struct dtl_bytes b)
{
    uint8_t any = 0;
    for (size_t i = 0; i < b.n; i++)
        any |= b.p[i];
    return any < 0x80;
}

static void admit(struct dtl_word_filter *v, struct dtl_bytes printed)
{
    uint32_t bit = dtl_word_filter_bit(printed.p, printed.n, printed.n);
    v->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool same_letters(struct dtl_bytes a, struct dtl_bytes b)
{
    return a.n == b.n && strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0;
}

static void sifted_is_what_passes(struct dtl_bytes text, dtl_lang lang)
{
    struct list all = {0}, some = {0};
    struct dtl_word_filter sieve = {0};
    struct dtl_bytes wanted[4];
    uint8_t first = (uint8_t)('a' + random_below(&choice, 26));
    size_t kinds = 0, at = 0, unread = 0;
    assert_int_equal(dtl_analyze_instances(analyzer, text, lang, 0, take, &all, NULL, NULL),
                     DTL_OK);
    while (all.n && kinds < 4) {
        const struct dtl_instance *i = &all.v[random_below(&choice, (uint32_t)all.n)];
        wanted[kinds] = dtl_bytes(text.p + i->begin, i->end - i->begin);
        admit(&sieve, wanted[kinds++]);
    }
    if (random_below(&choice, 2))
        sieve.first[first / 64] |= UINT64_C(1) << first % 64;
    else
        first = 0;
    assert_int_equal(dtl_analyze_sifted(analyzer, text, lang, &sieve, take, &some, NULL), DTL_OK);
    for (size_t k = 0; k < all.n; k++) {
        const struct dtl_instance *a = &all.v[k], *s = &some.v[at];
        struct dtl_bytes printed = dtl_bytes(text.p + a->begin, a->end - a->begin);
        bool given = at < some.n && s->begin == a->begin && s->end == a->end &&
                     s->position == a->position && s->flags == a->flags;
        bool must = a->flags & DTL_TOKEN_JOINED || !is_ascii(printed) || printed.p[0] == first;
        for (size_t w = 0; w < kinds; w++)
            must = must || same_letters(printed, wanted[w]);
        if (!given && (must || a->flags & DTL_TOKEN_SENTENCE))
            fail_msg("'%.*s' at %u is missing", (int)printed.n, (const char *)printed.p, a->begin);
        if (given && s->form == DTL_INSTANCE_UNREAD)
            assert_false(must);
        else if (given)
            assert_true(dtl_bytes_equal(term_of(&all, a), term_of(&some, s)));
        unread += given && s->form == DTL_INSTANCE_UNREAD;
        at += given;
    }
    assert_int_equal(at, some.n);
    if (all.n > 10000 && text.p[0] == '{' && is_ascii(dtl_bytes(text.p, 10000)))
        assert_true(some.n - unread < all.n / 2); /* it keeps most words of plain text out */
    free(all.v);
    free(some.v);
    dtl_buffer_release(&all.terms);
    dtl_buffer_release(&some.terms);
}

static void a_sieve_loses_nothing_it_lets_through(void **state)
{
    (void)state;
    choice = random_start("words of sieves");
    each_text("sieves", sifted_is_what_passes);
}

static void short_words_and_ends_of_texts(void **state)
{
    (void)state;
    static const uint8_t word[] = "abcdefgh";
    for (size_t n = 1; n <= 8; n++) /* the bytes behind a word do not matter */
        assert_int_equal(dtl_word_filter_bit(word, n, n), dtl_word_filter_bit(word, n, 8));
    assert_int_equal(dtl_word_filter_bit((const uint8_t *)"US", 2, 2),
                     dtl_word_filter_bit((const uint8_t *)"us", 2, 2));
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
        cmocka_unit_test(a_sieve_loses_nothing_it_lets_through),
        cmocka_unit_test(short_words_and_ends_of_texts),
    };
    return cmocka_run_group_tests(tests, open_analyzer, close_analyzer);
}
