/* Any bytes as a query: refused with a place inside it, or understood; what is understood prints,
 * and reads back equal. */
#include <stdio.h>
#include <stdlib.h>

#include "query/language/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dtl_bytes input;

static void check(bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "options 0x%02x, query '%.*s'\n", input.p[0], (int)input.n - 1,
            (const char *)input.p + 1);
    abort();
}

static void reads_back(const struct dtl_query *q, const struct dtl_parse_options *o)
{
    struct dtl_arena arena = {0};
    struct dtl_query *again = NULL;
    struct dtl_buffer text = {0};
    check(dtl_query_print(q, &text));
    if (text.n <= DTL_QUERY_BYTES) {
        check(dtl_query_parse(dtl_buffer_view(&text), o, &arena, &again, NULL) == DTL_OK);
        check(dtl_node_equal(q->root, again->root));
        check(q->has_dates == again->has_dates && q->undated == again->undated);
        check(q->dates.earliest == again->dates.earliest &&
              q->dates.latest == again->dates.latest && q->scoring == again->scoring);
    }
    dtl_buffer_release(&text);
    dtl_arena_release(&arena);
}

/* Saved queries, good and bad: a letter each. */
static enum dtl_status saved(void *context, struct dtl_bytes name, struct dtl_bytes *text,
                             struct dtl_error *err)
{
    static const struct {
        const char *name, *text;
    } queries[] = {
        {"a", "tax OR \"prime minister\"~2"     },
        {"b", "query:a query:a weekday:sun"     },
        {"c", "x query:d"                       },
        {"d", "query:c"                         },
        {"e", "(a b"                            },
        {"f", "query:b query:b query:b query:b" },
        {"g", "query:f query:f query:f query:f" },
        {"h", "query:g query:g query:g a NEAR b"}
    };
    (void)context;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        if (dtl_bytes_is(name, queries[i].name)) {
            *text = dtl_bytes_of(queries[i].text);
            return DTL_OK;
        }
    return dtl_fail(err, DTL_NOTFOUND, 0, "saved are: a to h");
}

/* The first byte chooses the options. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    input = dtl_bytes(data, size);
    struct dtl_parse_options o = {.literal = data[0] & 1,
                                  .lenient = data[0] & 2,
                                  .match = (enum dtl_match_mode)(data[0] >> 2 & 3),
                                  .match_value = 1 + (data[0] >> 5),
                                  .saved = saved};
    o.clock = (struct dtl_clock){19823, 19823 * (int64_t)86400};
    if (o.match == DTL_MATCH_PERCENT)
        o.match_value *= 12;
    struct dtl_bytes text = dtl_bytes(data + 1, size - 1);
    struct dtl_arena arena = {0};
    struct dtl_query *q = NULL;
    struct dtl_error err = {0};
    if (dtl_query_parse(text, &o, &arena, &q, &err) == DTL_OK) {
        struct dtl_parse_options again = o;
        again.literal = false; /* what -F understood is printed with its marks escaped */
        reads_back(q, &again);
    } else {
        struct dtl_buffer out = {0};
        check(err.code == DTL_EQUERY && err.pos <= text.n && err.text[0]);
        check(dtl_query_caret(text, &err, &out));
        for (size_t i = 0; i < out.n; i++)
            check(out.p[i] == '\n' || (out.p[i] >= 0x20 && out.p[i] != 0x7f));
        dtl_buffer_release(&out);
    }
    dtl_arena_release(&arena);
    return 0;
}
