/* What counts as garbled, and what only looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/article/garbled.h"

static void expect(const char *text, uint64_t count)
{
    uint64_t got = dtl_garbled(dtl_bytes_of(text));
    if (got != count)
        print_message("%s\n", text);
    assert_int_equal(got, count);
}

static void counts_what_windows_1252_made_of_utf8(void **state)
{
    (void)state;
    expect("the companyâ€™s â€œplanâ€\xc2\x9d", 3);
    expect("the company\xc3\xa2\xc2\x80\xc2\x99"
           "s",
           1); /* its holes and C1 itself */
    expect("VisaÂ® for Â£4 and Â€2", 3);
    expect("PÃ¤ivinen, HÃ©ctor, aoÃ»t, Ã©tÃ©", 5);
    expect("byÅ‚ siÄ™", 2);
    expect("ÐŸÑ€Ð¸Ð²ÐµÑ‚", 6);
    expect("ä¸­æ–‡", 2);
    expect("ðŸ˜€ and ï»¿mark", 2);
    expect("â‚¬5, â„¢", 2);
}

static void counts_what_nobody_could_read(void **state)
{
    (void)state;
    expect("caf\xef\xbf\xbd and \xef\xbf\xbd\xef\xbf\xbd", 3);
}

static void leaves_sound_text_alone(void **state)
{
    (void)state;
    expect("", 0);
    expect("plain words of sixteen bytes and more", 0);
    expect("“Ich hab’ Spaß”.", 0);
    expect("CAFÉ™ opens; CAFÉ’s menu; “AMANHÔ, «IRMû", 0);
    expect("22.5×—a multiple", 0);
    expect("“résumé”—he said; à « cause » de", 0);
    expect("naïve façade, Ångström, ÀÉÎÕÜ, São Paulo, Größe", 0);
    expect("Привет, мир. 日本語のテキスト。 สวัสดี", 0);
}

static void takes_what_stands_beside_another(void **state)
{
    (void)state;
    expect("ß”", 0);
    expect("ß”ß”", 2);
    expect("ß” ß”", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_windows_1252_made_of_utf8),
        cmocka_unit_test(counts_what_nobody_could_read),
        cmocka_unit_test(leaves_sound_text_alone),
        cmocka_unit_test(takes_what_stands_beside_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
