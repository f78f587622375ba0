/* the walk over an article's tokens, length codes and path terms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/utf8.h"
#include "common/segment/document.h"
#include "random.h"

/* ---- length codes ---- */

static void length_codes_are_the_format_examples(void **state)
{
    (void)state;
    static const uint32_t examples[][3] = {
  /* length, code, length of the code: docs/FORMAT.md, "Length codes" */
        {0,          0,   0     },
        {31,         31,  31    },
        {32,         32,  32    },
        {33,         32,  32    },
        {34,         33,  34    },
        {63,         47,  62    },
        {64,         48,  64    },
        {300,        82,  288   },
        {303,        82,  288   },
        {507903,     254, 491520},
        {507904,     255, 507904},
        {UINT32_MAX, 255, 507904},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        assert_int_equal(dtl_length_code(examples[i][0]), examples[i][1]);
        assert_int_equal(dtl_length_of((uint8_t)examples[i][1]), examples[i][2]);
    }
}

static void a_code_names_the_smallest_length_that_has_it(void **state)
{
    (void)state;
    uint8_t last = 0;
    for (uint32_t n = 1; n < 600000; n++) {
        uint8_t c = dtl_length_code(n);
        uint32_t low = dtl_length_of(c);
        assert_true(c == last || c == last + 1);
        assert_true(c == last || low == n);
        assert_true(low <= n && (c == UINT8_MAX || n - low <= n / 16));
        last = c;
    }
    assert_int_equal(last, UINT8_MAX);
}

/* ---- path terms ---- */

static void a_long_path_becomes_its_head_and_a_hash(void **state)
{
    (void)state;
    uint8_t out[DTL_TERM_MAX], again[DTL_TERM_MAX];
    char path[400];
    memset(path, 'p', sizeof path);
    for (size_t n = 0; n <= DTL_TERM_MAX; n++) {
        struct dtl_bytes t = dtl_path_term(dtl_bytes(path, n), out);
        assert_true(dtl_bytes_equal(t, dtl_bytes(path, n)));
    }
    struct dtl_bytes a = dtl_path_term(dtl_bytes(path, 300), out);
    struct dtl_bytes b = dtl_path_term(dtl_bytes(path, 301), again);
    assert_int_equal(a.n, DTL_TERM_MAX);
    assert_memory_equal(a.p, b.p, 239);
    assert_false(dtl_bytes_equal(a, b));
}

/* ---- the walk ---- */

struct seen { /* what a walk reported, one line an occurrence */
    struct dtl_buffer lines;
    uint32_t words, stop_after, count;
};

static enum dtl_status note(void *ctx, const struct dtl_occurrence *o)
{
    static const char *const names[] = {"?",      "text",   "title",   "sentence", "paragraph",
                                        "source", "author", "section", "tag",      "place",
                                        "lang",   "url",    "path"};
    struct seen *s = ctx;
    char lang[4] = "";
    if (o->lang)
        snprintf(lang, sizeof lang, "%s", dtl_lang_text(o->lang));
    dtl_buffer_format(&s->lines, "%s%s%s %.*s @%u x%u", names[o->field], *lang ? "." : "", lang,
                      (int)o->term.n, (const char *)o->term.p, o->position, o->weight);
    if (o->form.n)
        dtl_buffer_format(&s->lines, " %.*s/%.*s", (int)o->form.n, (const char *)o->form.p,
                          (int)o->folded.n, (const char *)o->folded.p);
    dtl_buffer_byte(&s->lines, '\n');
    return ++s->count == s->stop_after ? DTL_END : DTL_OK;
}

static struct dtl_document_lengths walk(const struct dtl_article *a, uint32_t weight,
                                        struct seen *s, enum dtl_status want)
{
    struct dtl_analyzer *an = NULL;
    struct dtl_document_lengths lengths = {77, 77, 77};
    struct dtl_error err = {0};
    assert_int_equal(dtl_analyzer_open(&an, &err), DTL_OK);
    assert_int_equal(dtl_document_walk(an, a, weight, note, s, &lengths, &err), want);
    dtl_analyzer_close(an);
    dtl_buffer_byte(&s->lines, 0);
    return lengths;
}

static void assert_line(const struct seen *s, const char *line)
{
    const char *at = strstr((const char *)s->lines.p, line);
    if (!at)
        fail_msg("no line '%s' in\n%s", line, (const char *)s->lines.p);
}

static struct dtl_article full(void)
{
    static struct dtl_bytes authors[] = {
        {(const uint8_t *)"Ann Writer", 10},
        {(const uint8_t *)"",           0 },
        {(const uint8_t *)"B. Running", 10}
    };
    static struct dtl_bytes tags[] = {
        {(const uint8_t *)"Middle East", 11}
    };
    return (struct dtl_article){
        .id = dtl_bytes_of("x"),
        .path = dtl_bytes_of("News/Gaza.txt#1"),
        .file_bytes = 13,
        .source = dtl_bytes_of("The Papers"),
        .title = dtl_bytes_of("Warnings repeated"),
        .body = dtl_bytes_of("A warning came. Talks go on.\n\nRafah waits."),
        .date = {19804,   19804},
        .lang = dtl_lang_code_of(DTL_LITERAL("en")),
        .authors = {authors, 3    },
        .tags = {tags,    1    },
        .url = dtl_bytes_of("https://example.org/World/running"),
    };
}

static void the_walk_reports_every_field_at_its_positions(void **state)
{
    (void)state;
    struct dtl_article a = full();
    struct seen s = {0};
    struct dtl_document_lengths l = walk(&a, 3, &s, DTL_OK);
    assert_int_equal(l.title_words, 2);
    assert_int_equal(l.body_words, 8);
    assert_int_equal(l.weighted, 2 * 3 + 8);
    assert_line(&s, "text.en warn @0 x3 Warnings/warnings\n");
    assert_line(&s, "title.en warn @0 x1 Warnings/warnings\n");
    assert_line(&s, "sentence  @0 x1\n");
    assert_line(&s, "text.en a @102 x1 A/a\n");
    assert_line(&s, "text.en warn @103 x1 warning/warning\n");
    assert_line(&s, "sentence  @102 x1\n");
    assert_line(&s, "sentence  @105 x1\n");
    assert_line(&s, "sentence  @108 x1\n");
    assert_line(&s, "paragraph  @108 x1\n");
    assert_line(&s, "text.en rafah @108 x1 Rafah/rafah\n");
    assert_line(&s, "source the papers @0 x1\n");
    assert_line(&s, "author ann @0 x1\n");
    assert_line(&s, "author writer @1 x1\n");
    assert_line(&s, "author b @102 x1\n");
    assert_line(&s, "author running @103 x1\n"); /* not stemmed */
    assert_line(&s, "tag middle east @0 x1\n");
    assert_line(&s, "lang en @0 x1\n");
    assert_line(&s, "url running @");
    assert_line(&s, "path News/Gaza.txt @0 x1\n"); /* not folded */
    dtl_buffer_release(&s.lines);
}

static void without_a_title_the_body_begins_at_nought(void **state)
{
    (void)state;
    struct dtl_article a = {
        .body = dtl_bytes_of("Rafah waits"), .title = dtl_bytes_of("---"), .date = DTL_UNDATED};
    struct seen s = {0};
    struct dtl_document_lengths l = walk(&a, 3, &s, DTL_OK);
    assert_int_equal(l.title_words, 0);
    assert_int_equal(l.body_words, 2);
    assert_int_equal(l.weighted, 2);
    assert_line(&s, "rafah @0 x1");
    assert_null(strstr((const char *)s.lines.p, "title"));
    assert_null(strstr((const char *)s.lines.p, "lang"));
    dtl_buffer_release(&s.lines);
}

static void a_broken_word_is_also_joined_in_the_text_and_not_counted(void **state)
{
    (void)state;
    struct dtl_article a = {.body = dtl_bytes_of("The govern-\nment waits"),
                            .lang = dtl_lang_code_of(DTL_LITERAL("en")),
                            .date = DTL_UNDATED};
    struct seen s = {0};
    struct dtl_document_lengths l = walk(&a, 3, &s, DTL_OK);
    assert_int_equal(l.body_words, 4); /* the, govern, ment, waits */
    assert_line(&s, "text.en govern @1 x1 govern\xc2\xad"
                    "ment/");
    dtl_buffer_release(&s.lines);
}

static void a_callback_that_stops_is_the_walks_answer(void **state)
{
    (void)state;
    struct dtl_article a = full();
    struct seen all = {0};
    (void)walk(&a, 3, &all, DTL_OK);
    for (uint32_t n = 1; n <= all.count; n++) {
        struct seen s = {.stop_after = n};
        struct dtl_document_lengths l = walk(&a, 3, &s, DTL_END);
        assert_int_equal(l.title_words, 77); /* outputs untouched */
        assert_int_equal(s.count, n);
        dtl_buffer_release(&s.lines);
    }
    dtl_buffer_release(&all.lines);
}

static void long_values_are_cut_between_code_points(void **state)
{
    (void)state;
    struct dtl_analyzer *an = NULL;
    struct dtl_arena arena = {0};
    struct dtl_bytes term = {0};
    assert_int_equal(dtl_analyzer_open(&an, NULL), DTL_OK);
    char value[3001] = "";
    for (size_t i = 0; i < 1500; i++)
        memcpy(value + 2 * i, "\xd0\x96", 2); /* a Cyrillic letter */
    assert_int_equal(dtl_value_term(an, dtl_bytes(value, 3000), &arena, &term, NULL), DTL_OK);
    assert_int_equal(term.n, 254);
    assert_int_equal(dtl_utf8_valid_prefix(term), 254);
    assert_int_equal(dtl_value_term(an, DTL_LITERAL("\xc3\x89tranger"), &arena, &term, NULL),
                     DTL_OK);
    assert_true(dtl_bytes_is(term, "etranger"));
    dtl_arena_release(&arena);
    dtl_analyzer_close(an);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_codes_are_the_format_examples),
        cmocka_unit_test(a_code_names_the_smallest_length_that_has_it),
        cmocka_unit_test(a_long_path_becomes_its_head_and_a_hash),
        cmocka_unit_test(the_walk_reports_every_field_at_its_positions),
        cmocka_unit_test(without_a_title_the_body_begins_at_nought),
        cmocka_unit_test(a_broken_word_is_also_joined_in_the_text_and_not_counted),
        cmocka_unit_test(a_callback_that_stops_is_the_walks_answer),
        cmocka_unit_test(long_values_are_cut_between_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
