/*
 * What a person or a script writes to say how output looks, from any bytes: --format, the colours,
 * the form of links, a cursor. Refused with a reason, or used, and then nothing but text comes out.
 * The first byte chooses.
 */
#include "common/base/utf8.h"
#include "query/result/format.h"
#include "query/result/link.h"
#include "query/result/resume.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void is_safe(const struct dtl_buffer *b, bool escapes)
{
    for (size_t i = 0; i < b->n; i++)
        require(b->p[i] >= 0x20 || b->p[i] == '\n' || b->p[i] == '\t' || b->p[i] == 0 ||
                (escapes && b->p[i] == 0x1b));
}

static void format(const char *text, struct dtl_buffer *out)
{
    static struct dtl_bytes author[] = {
        {(const uint8_t *)"Jane\x1b[31m", 9},
        {(const uint8_t *)"\xe2\x80\xae"
                          "oD",  5}
    };
    struct dtl_article a = {
        .title = DTL_LITERAL("Quake\n"),
        .url = DTL_LITERAL("http://x.example/\x07"),
        .authors = {author, 2}
    };
    struct dtl_row row = {.rank = 1,
                          .score = 7310000,
                          .id = DTL_LITERAL("a#1\xff"),
                          .heading = a.title,
                          .path = DTL_LITERAL("a\x1b"),
                          .date = dtl_interval_day(19823),
                          .article = &a};
    struct dtl_render r = {.form = DTL_FORM_FORMAT, .format = text};
    struct dtl_error err = {0};
    if (dtl_format_check(text, &err) == DTL_OK) {
        (void)dtl_format_snippets(text);
        dtl_format_hit(&r, &row, out);
        is_safe(out, false);
        require(out->n && out->p[out->n - 1] == '\n');
    } else {
        require(err.code == DTL_EUSAGE && err.text[0]);
    }
}

static void colors(const char *text, struct dtl_buffer *out)
{
    struct dtl_colors c;
    struct dtl_bytes at = {0};
    dtl_colors_default(&c);
    if (!dtl_colors_parse(&c, text, &at))
        require(at.p >= (const uint8_t *)text &&
                at.p + at.n <= (const uint8_t *)text + strlen(text));
    for (int i = 0; i < DTL_COLORS; i++) {
        dtl_color_on(&c, (enum dtl_color_of)i, out);
        dtl_color_off(&c, (enum dtl_color_of)i, out);
    }
    is_safe(out, true);
}

static void link(const char *text, struct dtl_bytes path, struct dtl_buffer *out)
{
    const char *how = dtl_link_known(text) ? dtl_link_format(text, true) : NULL;
    if (!how)
        return;
    if (dtl_link_begin(how, path, out))
        dtl_link_end(out);
    is_safe(out, true);
}

static void cursor(const char *text, struct dtl_bytes in)
{
    struct dtl_place a, b;
    char printed[DTL_CURSOR_TEXT];
    if (!dtl_place_read(text, &a)) { /* it ends in a sum: no fuzzer finds one */
        struct dtl_reader r = dtl_reader_of(in);
        a = (struct dtl_place){.generation = dtl_read_varint(&r),
                               .query = dtl_read_varint(&r),
                               .rank = dtl_read_varint(&r),
                               .total = dtl_read_varint(&r),
                               .score = dtl_read_varint(&r),
                               .ties = dtl_read_varint(&r)};
        a.date.earliest = a.date.latest = (dtl_day)dtl_read_varint32(&r);
        a.ties = a.ties > a.rank ? a.rank : a.ties;
    }
    dtl_place_write(&a, printed);
    require(strlen(printed) < DTL_CURSOR_TEXT);
    require(dtl_place_read(printed, &b));
    require(a.generation == b.generation && a.query == b.query && a.rank == b.rank &&
            a.total == b.total && a.score == b.score && a.ties == b.ties &&
            a.date.earliest == b.date.earliest && a.date.latest == b.date.latest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_buffer out = {0};
    if (size == 0)
        return 0;
    char *text = strndup((const char *)data + 1, size - 1);
    require(text != NULL);
    switch (data[0] % 4) {
    case 0:
        format(text, &out);
        break;
    case 1:
        colors(text, &out);
        break;
    case 2:
        link(text, dtl_bytes(data, size), &out);
        break;
    default:
        cursor(text, dtl_bytes(data + 1, size - 1));
    }
    free(text);
    dtl_buffer_release(&out);
    return 0;
}
