/* forms.h - what a text is taken for and what is read of it, as one line: "format: record |
 * record". */
#ifndef DTL_TESTS_FORMS_H
#define DTL_TESTS_FORMS_H
#include "tests/unit/records.h"

static inline char *forms_read(struct dtl_bytes in, const char *path)
{
    struct dtl_input *input;
    struct dtl_error err = {0};
    const struct dtl_format *format;
    struct dtl_buffer b = {0};
    if (dtl_input_open_bytes(&input, in, &err) != DTL_OK)
        abort();
    enum dtl_status st = dtl_format_choose(input, dtl_bytes_of(path), &format, NULL, &err);
    dtl_input_close(input);
    dtl_buffer_format(&b, "%s:", st == DTL_OK ? format->name : "nobody");
    if (st == DTL_OK) {
        struct records r;
        records_read(&r, format, in, path);
        for (size_t i = 0; i < r.n; i++)
            dtl_buffer_format(&b, "%s%s", i ? " | " : " ", records_line(&r, i));
        if (r.whole)
            dtl_buffer_text(&b, " (whole)");
        records_free(&r);
    }
    dtl_buffer_byte(&b, 0);
    return (char *)b.p;
}

#define FORMS_EXPECT(in, path, text)                                                               \
    do {                                                                                           \
        char *forms_got = forms_read(DTL_LITERAL(in), path);                                       \
        assert_string_equal(forms_got, text);                                                      \
        free(forms_got);                                                                           \
    } while (0)
#endif
