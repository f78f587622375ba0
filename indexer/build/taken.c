/* taken.c - lines "<tab>its articles stand in FILE, which was read later". */
#include "indexer/build/taken.h"

#define BEGINS "\tits articles stand in "
#define ENDS   ", which was read later"
#define OTHERS "\tits articles stand in other files, which were read later"

bool dtl_taken_next(struct dtl_bytes reasons, size_t *at, struct dtl_bytes *by)
{
    size_t begins = sizeof BEGINS - 1, ends = sizeof ENDS - 1;
    while (*at < reasons.n) {
        const uint8_t *p = reasons.p + *at, *end = memchr(p, '\n', reasons.n - *at);
        struct dtl_bytes line = dtl_bytes(p, end ? (size_t)(end - p) : reasons.n - *at);
        *at += line.n + 1;
        if (dtl_bytes_is(line, OTHERS)) {
            *by = dtl_bytes(line.p + line.n, 0);
            return true;
        }
        if (line.n <= begins + ends || !dtl_bytes_starts(line, DTL_LITERAL(BEGINS)) ||
            memcmp(line.p + line.n - ends, ENDS, ends) != 0)
            continue;
        *by = dtl_bytes(line.p + begins, line.n - begins - ends);
        return true;
    }
    return false;
}

bool dtl_taken_note(struct dtl_buffer *reasons, struct dtl_bytes by)
{
    struct dtl_buffer whole = {.limit = reasons->limit};
    struct dtl_bytes named;
    size_t at = 0, names = 0;
    bool others = !by.n || memchr(by.p, '\n', by.n);
    while (dtl_taken_next(dtl_buffer_view(reasons), &at, &named)) {
        names++;
        if (!named.n || dtl_bytes_equal(named, by))
            return true; /* "other files" stands for any */
    }
    if (others || names >= DTL_TAKEN_MAX) {
        dtl_buffer_text(&whole, OTHERS "\n");
    } else {
        dtl_buffer_text(&whole, BEGINS);
        dtl_buffer_append(&whole, by.p, by.n);
        dtl_buffer_text(&whole, ENDS "\n");
    }
    dtl_buffer_append(&whole, reasons->p, reasons->n);
    if (whole.failed) {
        dtl_buffer_release(&whole);
        return false;
    }
    dtl_buffer_release(reasons);
    *reasons = whole;
    return true;
}
