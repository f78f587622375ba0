/*
 * format.c - the table of formats and the choice among them by content.
 *
 * Content decides, not the name: archives are full of .txt that is SGML and .json that is JSON
 * Lines. A file for which nobody bids is skipped by the caller, not rejected.
 */
#include "indexer/format/format.h"

#include "indexer/format/charset.h"

/* clang-format off */
const struct dtl_format *const dtl_formats[] = {
    &dtl_format_anpa,
    &dtl_format_iptc7901,
    &dtl_format_dated,
    &dtl_format_front_matter,
    &dtl_format_json,
    &dtl_format_jsonfeed,
    &dtl_format_ninjs,
    &dtl_format_csv,
    &dtl_format_mbox,
    &dtl_format_mail,
    &dtl_format_rss,
    &dtl_format_atom,
    &dtl_format_wxr,
    &dtl_format_nitf,
    &dtl_format_newsml,
    &dtl_format_newsml_g2,
    &dtl_format_html,
    &dtl_format_xml,
    &dtl_format_trec,
    &dtl_format_washingtonpost,
    &dtl_format_reuters,
    &dtl_format_wet,
    &dtl_format_text,
    NULL,
};
/* clang-format on */

const struct dtl_format *dtl_format_named(const char *name)
{
    for (const struct dtl_format *const *f = dtl_formats; *f; f++)
        if (strcmp((*f)->name, name) == 0)
            return *f;
    return NULL;
}

/* A head of UTF-16 or UTF-32 as UTF-8, a cut character at its end left out; other heads stay. */
static bool decoded_head(struct dtl_bytes *head, struct dtl_arena *arena)
{
    struct dtl_charset set = {.mark = 0};
    if (!dtl_charset_marked(*head, &set) || dtl_charset_is_utf8(set.name)) {
        *head = dtl_bytes(head->p + set.mark, head->n - set.mark);
        return true;
    }
    head->n -= head->n % 4;
    if (head->n < set.mark) { /* the mark is all there is, or it is cut */
        head->n = 0;
        return true;
    }
    return dtl_charset_convert(*head, &set, arena, head, NULL) == DTL_OK;
}

enum dtl_status dtl_format_choose(struct dtl_input *in, struct dtl_bytes path,
                                  const struct dtl_format **out, int *confidence,
                                  struct dtl_error *err)
{
    struct dtl_bytes head;
    enum dtl_status st = dtl_input_peek(in, DTL_FORMAT_BID_BYTES + 1, &head, err);
    if (st < 0)
        return st;
    bool is_all = head.n <= DTL_FORMAT_BID_BYTES;
    if (!is_all)
        head.n = DTL_FORMAT_BID_BYTES;
    struct dtl_arena arena = {0};
    if (!decoded_head(&head, &arena)) {
        dtl_arena_release(&arena);
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    const struct dtl_format *best = NULL;
    int highest = 0;
    for (const struct dtl_format *const *f = dtl_formats; *f; f++) {
        if ((*f)->confidence <= highest)
            continue; /* it could not win */
        int bid = (*f)->bid(head, is_all, path);
        if (bid > highest) {
            highest = bid;
            best = *f;
        }
    }
    dtl_arena_release(&arena);
    if (!best)
        return DTL_NOTFOUND;
    *out = best;
    if (confidence)
        *confidence = highest;
    return DTL_OK;
}

void dtl_format_skip(struct dtl_input *in, struct dtl_bytes view, size_t n, uint64_t *line)
{
    const uint8_t *p = view.p, *end = view.p + n;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        (*line)++;
        p++;
    }
    dtl_input_skip(in, n);
}

bool dtl_bytes_copy(struct dtl_arena *arena, struct dtl_bytes from, struct dtl_bytes *out)
{
    char *p = dtl_arena_strndup(arena, from.n ? (const char *)from.p : "", from.n);
    if (!p)
        return false;
    *out = dtl_bytes(p, from.n);
    return true;
}

bool dtl_record_text(struct dtl_record *r, struct dtl_arena *arena, const char *name,
                     struct dtl_bytes value)
{
    struct dtl_value *v = dtl_arena_alloc(arena, sizeof *v);
    if (!v)
        return false;
    *v = (struct dtl_value){value, DTL_VALUE_STRING};
    r->fields[r->n++] = (struct dtl_field){dtl_bytes_of(name), v, 1, false};
    return true;
}

int dtl_digits(struct dtl_bytes text, size_t at, size_t n)
{
    int v = 0;
    if (at > text.n || n > text.n - at)
        return -1;
    for (size_t i = at; i < at + n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return -1;
        v = v * 10 + (text.p[i] - '0');
    }
    return v;
}

struct dtl_bytes dtl_bytes_trim(struct dtl_bytes b)
{
    while (b.n && dtl_is_space(b.p[b.n - 1]))
        b.n--;
    while (b.n && dtl_is_space(b.p[0])) {
        b.p++;
        b.n--;
    }
    return b;
}
