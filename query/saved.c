/* saved.c - a file a person edits: what cannot be a line of it is an error, never passed over. */
#include "query/saved.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "query/commands.h"

#define FILE_BYTES (1u << 20)

static const char *directory(const char *name)
{
    const char *v = getenv(name);
    return v && v[0] == '/' ? v : NULL; /* a relative one is ignored, as its specification asks */
}

enum dtl_status dtl_saved_path(struct dtl_buffer *path, struct dtl_error *err)
{
    const char *config = directory("XDG_CONFIG_HOME"), *home = directory("HOME");
    dtl_buffer_reset(path);
    if (!config && !home)
        return dtl_fail(err, DTL_NOTFOUND, 0, "there is no home directory to keep queries in");
    dtl_buffer_text(path, config ? config : home);
    dtl_buffer_text(path, config ? "/dateline/queries" : "/.config/dateline/queries");
    dtl_buffer_byte(path, 0);
    return path->failed ? dtl_fail(err, DTL_ENOMEM, 0, "out of memory") : DTL_OK;
}

static enum dtl_status read_file(struct dtl_saved *s, struct dtl_error *err)
{
    enum dtl_status st = dtl_saved_path(&s->path, err);
    if (st != DTL_OK)
        return st;
    dtl_buffer_reset(&s->text);
    const char *path = (const char *)s->path.p;
    if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return dtl_fail(err, DTL_NOTFOUND, 0, "none is saved: write NAME = QUERY in %.200s", path);
    st = dtl_read_file(path, FILE_BYTES, &s->text, err);
    s->read = st == DTL_OK;
    return st;
}

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct dtl_bytes trim(struct dtl_bytes t)
{
    while (t.n && blank(t.p[0]))
        t = dtl_bytes(t.p + 1, t.n - 1);
    while (t.n && blank(t.p[t.n - 1]))
        t.n--;
    return t;
}

struct line {
    struct dtl_bytes name, query;
};

/* The line at *at; name.n is 0 for a blank one and a comment. */
static enum dtl_status next_line(const struct dtl_saved *s, size_t *at, size_t number,
                                 struct line *out, struct dtl_error *err)
{
    size_t end = *at;
    while (end < s->text.n && s->text.p[end] != '\n')
        end++;
    struct dtl_bytes t = trim(dtl_bytes(s->text.p + *at, end - *at));
    *at = end + 1;
    *out = (struct line){
        {NULL, 0},
        {NULL, 0}
    };
    if (t.n == 0 || t.p[0] == '#')
        return DTL_OK;
    size_t n = 0;
    while (n < t.n &&
           ((t.p[n] | 0x20) >= 'a' || (t.p[n] >= '0' && t.p[n] <= '9') || strchr("-_.", t.p[n])))
        n++;
    size_t mark = n;
    bool tab = mark < t.n && t.p[mark] == '\t';
    while (mark < t.n && blank(t.p[mark]))
        mark++;
    bool equals = mark < t.n && t.p[mark] == '=';
    out->name = dtl_bytes(t.p, n);
    out->query = trim(dtl_bytes(t.p + mark + equals, t.n - mark - equals));
    if (n == 0 || !(tab || equals) || out->query.n == 0)
        return dtl_fail(
            err, DTL_EUSAGE, 0,
            "%.200s, line %zu: write NAME = QUERY, a name of letters, digits, - _ and .",
            (const char *)s->path.p, number);
    return DTL_OK;
}

static enum dtl_status name_them(const struct dtl_saved *s, struct dtl_error *err)
{
    struct dtl_buffer names = {0};
    struct dtl_error ignored = {0};
    struct line l;
    for (size_t at = 0, number = 1; at < s->text.n; number++)
        if (next_line(s, &at, number, &l, &ignored) == DTL_OK && l.name.n && names.n < 200)
            dtl_buffer_format(&names, "%s%.*s", names.n ? ", " : "",
                              l.name.n > 60 ? 60 : (int)l.name.n, (const char *)l.name.p);
    enum dtl_status st = dtl_fail(err, DTL_NOTFOUND, 0, "saved are: %.*s", (int)names.n,
                                  names.n ? (const char *)names.p : "");
    if (names.n == 0)
        st = dtl_fail(err, DTL_NOTFOUND, 0, "none is saved: write NAME = QUERY in %.200s",
                      (const char *)s->path.p);
    dtl_buffer_release(&names);
    return st;
}

enum dtl_status dtl_saved_find(void *saved, struct dtl_bytes name, struct dtl_bytes *text,
                               struct dtl_error *err)
{
    struct dtl_saved *s = saved;
    enum dtl_status st = s->read ? DTL_OK : read_file(s, err);
    bool found = false;
    for (size_t at = 0, number = 1; st == DTL_OK && at < s->text.n; number++) {
        struct line l;
        st = next_line(s, &at, number, &l, err);
        if (st < 0 || l.name.n == 0 || !dtl_bytes_equal(l.name, name))
            continue;
        if (found)
            return dtl_fail(err, DTL_EUSAGE, 0, "%.200s, line %zu: '%.*s' is saved twice",
                            (const char *)s->path.p, number, name.n > 40 ? 40 : (int)name.n,
                            (const char *)name.p);
        found = true;
        *text = l.query;
    }
    if (st != DTL_OK)
        return st;
    return found ? DTL_OK : name_them(s, err);
}

void dtl_saved_end(struct dtl_saved *s)
{
    dtl_buffer_release(&s->path);
    dtl_buffer_release(&s->text);
}
