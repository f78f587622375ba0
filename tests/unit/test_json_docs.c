/* JSON Feed and ninjs: which facts are taken, wrappers, what is no item. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/forms.h"

static void reads_a_feed(void **state)
{
    (void)state;
    FORMS_EXPECT(
        "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"F\",\"language\":\"de\","
        "\"authors\":[{\"name\":\"all\"}],\"items\":[{\"id\":7,\"url\":\"u\",\"title\":\"A &amp; "
        "b\",\"content_html\":\"<p>x</p><p>y</p>\",\"date_published\":\"2024-03-22T10:00:00Z\","
        "\"tags\":[\"t\"],\"summary\":\"s\"},{\"id\":\"8\",\"content_text\":\"plain <b>\","
        "\"content_html\":\"<b>no</b>\",\"author\":{\"name\":\"one\"},\"language\":\"fr\"}, 3]}",
        "x.json",
        "jsonfeed: author=[\"all\"] body=\"x\\n\\ny\" date=\"2024-03-22T10:00:00Z\" id=\"7\" "
        "lang=\"de\" source=\"F\" summary=\"s\" tags=[\"t\"] title=\"A & b\" url=\"u\" | "
        "author=[\"one\"] body=\"plain <b>\" id=\"8\" lang=\"fr\" source=\"F\" | "
        "! line 1: an item that is no JSON object; remove it");
    FORMS_EXPECT("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[]}", "x", "jsonfeed:");
    FORMS_EXPECT("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":\n", "x",
                 "jsonfeed: ! line 1: the record does not end; is the file cut short?; mend or "
                 "remove the record");
}

static void reads_ninjs_alone_in_lines_and_wrapped(void **state)
{
    (void)state;
#define ITEM                                                                                       \
    "{\"guid\":\"g\",\"headline\":\"H\",\"versioncreated\":\"2017-08-24T04:38:34+0000\","          \
    "\"firstcreated\":\"2017-08-01\",\"body_html\":\"<p>B</p>\",\"byline\":\"By\",\"located\":"    \
    "\"Bonn\",\"subject\":[{\"code\":\"1\",\"name\":\"arts\"},{\"code\":\"2\"}],\"source\":"       \
    "\"AAP\","                                                                                     \
    "\"language\":\"en\",\"renditions\":{\"x\":1}}"
#define READ                                                                                       \
    "author=[\"By\"] body=\"B\" date=\"2017-08-24T04:38:34+0000\" id=\"g\" lang=\"en\" "           \
    "place=[\"Bonn\"] source=\"AAP\" subject=[\"arts\"] title=\"H\""
    FORMS_EXPECT(ITEM, "x.json", "ninjs: " READ " (whole)");
    FORMS_EXPECT(ITEM "\n" ITEM "\n{\"bad\n" ITEM, "x.jsonl",
                 "ninjs: " READ " | " READ " | ! line 3: a string is not closed at the end of its "
                 "line; mend or remove the record | " READ);
    FORMS_EXPECT("[" ITEM "," ITEM "]", "x", "ninjs: " READ " | " READ);
    FORMS_EXPECT("{\"data\":{\"item\":" ITEM "}}", "x", "ninjs: " READ);
    FORMS_EXPECT("{\"item\":[" ITEM "," ITEM "]}", "x", "ninjs: " READ " | " READ);
}

static void leaves_other_json_alone(void **state)
{
    (void)state;
    FORMS_EXPECT("{\"version\":\"1\",\"items\":[]}", "x.jsonl", "json: items=[] version=\"1\"");
    FORMS_EXPECT("{\"headline\":\"H\"}", "x.jsonl", "json: headline=\"H\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_feed),
        cmocka_unit_test(reads_ninjs_alone_in_lines_and_wrapped),
        cmocka_unit_test(leaves_other_json_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
