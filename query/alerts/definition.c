/* definition.c - a small file that a person may read and edit too. */
#include "query/alerts/definition.h"

#include "common/base/utf8.h"

bool dtl_saved_name_fine(struct dtl_bytes name)
{
    if (name.n == 0 || name.n > DTL_SAVED_NAME_BYTES || name.p[0] == '-' || name.p[0] == '.' ||
        dtl_utf8_valid_prefix(name) != name.n)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!letter && !(c >= '0' && c <= '9') && c < 0x80 && (c == 0 || !strchr("-_.", c)))
            return false;
    }
    return true;
}

static bool begins(struct dtl_bytes line, const char *word)
{
    return dtl_bytes_starts(line, dtl_bytes_of(word));
}

static enum dtl_status take_option(struct dtl_bytes line, const char *where, size_t number,
                                   struct dtl_arena *arena, struct dtl_definition *d,
                                   struct dtl_error *err)
{
    struct dtl_bytes text = dtl_bytes(line.p + 7, line.n - 7);
    if (!begins(text, "--") || text.n < 3 || memchr(text.p, 0, text.n))
        return dtl_fail(err, DTL_EUSAGE, 0, "%.200s, line %zu: after 'option' stands --NAME=VALUE",
                        where, number);
    if (d->options == DTL_DEFINITION_OPTIONS)
        return dtl_fail(err, DTL_EUSAGE, 0, "%.200s, line %zu: more than %u options", where, number,
                        DTL_DEFINITION_OPTIONS);
    const char *copy = dtl_arena_strndup(arena, (const char *)text.p, text.n);
    if (!copy)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    d->option[d->options++] = copy;
    return DTL_OK;
}

/* The query: a copy, its line ends blanks. */
static enum dtl_status take_query(struct dtl_bytes rest, struct dtl_arena *arena,
                                  struct dtl_definition *d, struct dtl_error *err)
{
    while (rest.n && (rest.p[rest.n - 1] == '\n' || rest.p[rest.n - 1] == '\r'))
        rest.n--;
    char *copy = dtl_arena_alloc(arena, rest.n + 1);
    if (!copy)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < rest.n; i++)
        copy[i] = (char)(rest.p[i] == '\n' || rest.p[i] == '\r' ? ' ' : rest.p[i]);
    d->query = dtl_bytes(copy, rest.n);
    return DTL_OK;
}

enum dtl_status dtl_definition_decode(struct dtl_bytes file, const char *where,
                                      struct dtl_arena *arena, struct dtl_definition *out,
                                      struct dtl_error *err)
{
    struct dtl_definition d = {0};
    size_t number = 1;
    for (size_t at = 0; at < file.n; number++) {
        const uint8_t *end = memchr(file.p + at, '\n', file.n - at);
        size_t stop = end ? (size_t)(end - file.p) : file.n;
        struct dtl_bytes line = dtl_bytes(file.p + at, stop - at);
        enum dtl_status st = DTL_OK;
        if (begins(line, "query ")) {
            st = take_query(dtl_bytes(line.p + 6, file.n - at - 6), arena, &d, err);
            if (st == DTL_OK)
                *out = d;
            return st;
        }
        if (begins(line, "option "))
            st = take_option(line, where, number, arena, &d, err);
        else if (line.n && line.p[0] != '#')
            st = dtl_fail(err, DTL_EUSAGE, 0, "%.200s, line %zu: neither 'option' nor 'query'",
                          where, number);
        if (st < 0)
            return st;
        at = stop + 1;
    }
    return dtl_fail(err, DTL_EUSAGE, 0, "%.200s: no line begins with 'query '", where);
}

enum dtl_status dtl_definition_encode(const struct dtl_definition *d, struct dtl_buffer *out,
                                      struct dtl_error *err)
{
    for (size_t i = 0; i < d->options; i++) {
        if (strpbrk(d->option[i], "\n\r"))
            return dtl_fail(err, DTL_EUSAGE, 0, "%.60s: a line end cannot be saved", d->option[i]);
        dtl_buffer_format(out, "option %s\n", d->option[i]);
    }
    dtl_buffer_text(out, "query ");
    dtl_buffer_append(out, d->query.p, d->query.n);
    dtl_buffer_byte(out, '\n');
    return out->failed ? dtl_fail(err, DTL_ENOMEM, 0, "out of memory") : DTL_OK;
}
