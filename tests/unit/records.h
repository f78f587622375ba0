/*
 * tests/unit/records.h - what a format reader makes of bytes, as text to compare.
 *
 *     struct records r;
 *     records_read(&r, &dtl_format_json, DTL_LITERAL("..."), "x.jsonl");
 *     assert_string_equal(records_line(&r, 0), "a=\"x\" b=[1,null]");      fields in byte order
 *     records_free(&r);
 *
 * A rejected record is "! reason", the end by a failure "!! reason".
 */
#ifndef DTL_TESTS_RECORDS_H
#define DTL_TESTS_RECORDS_H
#include "common/base/json.h"
#include "indexer/format/format.h"

#include <stdio.h>
#include <stdlib.h>

struct records {
    char **lines;
    size_t n, rejected;
    bool failed, whole; /* `whole` of the last record */
};

static inline int records_by_name(const void *a, const void *b)
{
    const struct dtl_field *x = a, *y = b;
    return dtl_bytes_compare(x->name, y->name);
}

static inline void records_print(const struct dtl_record *r, struct dtl_buffer *out)
{
    struct dtl_field *fields = malloc((r->n ? r->n : 1) * sizeof *fields);
    if (!fields)
        abort();
    if (r->n)
        memcpy(fields, r->fields, r->n * sizeof *fields);
    qsort(fields, r->n, sizeof *fields, records_by_name);
    for (size_t i = 0; i < r->n; i++) {
        const struct dtl_field *f = &fields[i];
        if (i)
            dtl_buffer_byte(out, ' ');
        dtl_buffer_append(out, f->name.p, f->name.n);
        dtl_buffer_text(out, f->list ? "=[" : "=");
        for (size_t k = 0; k < f->n; k++) {
            if (k)
                dtl_buffer_byte(out, ',');
            if (f->v[k].kind == DTL_VALUE_STRING)
                dtl_json_string(out, f->v[k].text);
            else if (f->v[k].kind == DTL_VALUE_NULL)
                dtl_buffer_text(out, "null");
            else
                dtl_buffer_append(out, f->v[k].text.p, f->v[k].text.n);
        }
        if (f->list)
            dtl_buffer_byte(out, ']');
    }
    free(fields);
}

static inline void records_read_input(struct records *r, const struct dtl_format *format,
                                      struct dtl_input *in, const char *path, const char *encoding)
{
    struct dtl_format_options o = {.path = dtl_bytes_of(path), .encoding = encoding};
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    void *reader = NULL;
    *r = (struct records){0};
    if (format->open(&reader, in, &o, &err) != DTL_OK)
        abort();
    for (;;) {
        struct dtl_record record = {0};
        struct dtl_buffer line = {0};
        enum dtl_status st = format->next(reader, &arena, &record, &err);
        if (st == DTL_END)
            break;
        if (st == DTL_OK)
            records_print(&record, &line);
        else
            dtl_buffer_format(&line, "%s %s", st == DTL_EINPUT ? "!" : "!!", err.text);
        r->lines = realloc(r->lines, (r->n + 1) * sizeof *r->lines);
        if (!r->lines)
            abort();
        r->lines[r->n++] = strndup(line.n ? (const char *)line.p : "", line.n);
        dtl_buffer_release(&line);
        r->rejected += st < 0;
        r->whole = record.whole;
        dtl_arena_reset(&arena);
        if (st < 0 && st != DTL_EINPUT) {
            r->failed = true;
            break;
        }
        if (r->n > 10000000)
            abort(); /* a reader that does not move */
    }
    format->close(reader);
    dtl_arena_release(&arena);
}

static inline void records_read(struct records *r, const struct dtl_format *format,
                                struct dtl_bytes bytes, const char *path)
{
    struct dtl_input *in = NULL;
    struct dtl_error err = {0};
    uint8_t *exact = malloc(bytes.n ? bytes.n : 1); /* an over-read is seen */
    if (!exact)
        abort();
    if (bytes.n)
        memcpy(exact, bytes.p, bytes.n);
    *r = (struct records){0};
    if (dtl_input_open_bytes(&in, dtl_bytes(exact, bytes.n), &err) == DTL_OK) {
        records_read_input(r, format, in, path, NULL);
        dtl_input_close(in);
    }
    free(exact);
}

static inline const char *records_line(const struct records *r, size_t i)
{
    return i < r->n ? r->lines[i] : "(none)";
}

static inline void records_free(struct records *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->lines[i]);
    free(r->lines);
    *r = (struct records){0};
}

#ifdef DTL_DATA
/* A file of the shared data, by its path there; NULL, and a word on why, when it is not there. */
static inline char *records_data(const char *name)
{
    const char *folder = getenv("DATELINE_DATA");
    size_t n = strlen(folder ? folder : DTL_DATA) + strlen(name) + 2;
    char *path = malloc(n);
    if (!path)
        abort();
    snprintf(path, n, "%s/%s", folder ? folder : DTL_DATA, name);
    FILE *f = fopen(path, "rb");
    if (f) {
        fclose(f);
        return path;
    }
    printf("skipped: %s is not there\n", path);
    free(path);
    return NULL;
}
#endif
#endif
