/* Whose word is taken for the language of an article. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/article/written_in.h"

#define GERMAN                                                                                     \
    "Der Wind hat in der Nacht gedreht, und am Morgen lag das Wasser ruhig vor dem Deich. Die "    \
    "Leute vom Hafen gingen hinaus und zählten, was der Sturm ihnen gelassen hatte. "
#define ENGLISH                                                                                    \
    "The wind had turned in the night, and in the morning the water lay still before the dyke. "   \
    "The people of the harbour went out and counted what the storm had left them. "
#define NAMES "Ada Lovelace 12. Niels Bohr 7. Marie Curie 9. Lise Meitner 3. Emmy Noether 5. "

#define FOUR(x) x x x x

static void expect(struct dtl_language_word word, const char *body, const char *lang)
{
    char text[4];
    dtl_lang_code got = dtl_written_in(&word, DTL_LITERAL("A title"), dtl_bytes_of(body));
    assert_string_equal(dtl_lang_code_text(got, text), lang);
}

static dtl_lang_code code(const char *lang)
{
    return dtl_lang_code_of(dtl_bytes_of(lang));
}

static void believes_the_article_then_the_run_then_the_text(void **state)
{
    (void)state;
    const dtl_lang_code fr = code("fr"), it = code("it");
    expect((struct dtl_language_word){.stated = fr, .of_run = it}, FOUR(GERMAN), "fr");
    expect((struct dtl_language_word){.of_run = it, .otherwise = fr}, FOUR(GERMAN), "it");
    expect((struct dtl_language_word){.otherwise = fr}, FOUR(GERMAN), "de");
    expect((struct dtl_language_word){.otherwise = fr}, "Few words.", "fr");
}

static void looks_at_the_middle_where_the_beginning_says_nothing(void **state)
{
    (void)state;
    expect((struct dtl_language_word){.otherwise = code("fr")},
           FOUR(FOUR(NAMES)) FOUR(FOUR(GERMAN)), "de");
}

static void doubts_what_a_template_says(void **state)
{
    (void)state;
    struct dtl_language_word page = {.stated = code("en"), .doubted = true};
    expect(page, FOUR(GERMAN), "de");
    expect(page, GERMAN, "en");                           /* too short to speak against it */
    expect(page, FOUR(GERMAN) FOUR(FOUR(ENGLISH)), "en"); /* beginning and middle differ */
    page.stated = code("de");
    expect(page, FOUR(GERMAN), "de");
    page.doubted = false;
    page.stated = code("en");
    expect(page, FOUR(GERMAN), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(believes_the_article_then_the_run_then_the_text),
        cmocka_unit_test(looks_at_the_middle_where_the_beginning_says_nothing),
        cmocka_unit_test(doubts_what_a_template_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
