/* saved.c - names to queries; a line of a file that is not understood is an error, never passed
 * over: an alert would search something else. */
#include "query/saved.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "query/alerts/keep.h"
#include "query/commands.h"

#define FILE_BYTES (1u << 20)
#define NAMES_TOLD 200u /* bytes of them in a message */

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

/* ---- the user's own file ---- */

enum dtl_status dtl_saved_path(struct dtl_buffer *path, struct dtl_error *err)
{
    return dtl_keep_path("XDG_CONFIG_HOME", ".config", "dateline/queries", path, err);
}

/* None is as good as an empty one. */
static enum dtl_status read_file(struct dtl_saved *s, struct dtl_error *err)
{
    if (s->read)
        return DTL_OK;
    dtl_buffer_reset(&s->text);
    enum dtl_status st = dtl_saved_path(&s->path, err);
    if (st < 0)
        return st;
    const char *path = (const char *)s->path.p;
    if (st == DTL_OK && (access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR)))
        st = dtl_read_file(path, FILE_BYTES, &s->text, err);
    s->read = st >= 0;
    return st < 0 ? st : DTL_OK;
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

/* The line of `name`; *found false: there is none. */
static enum dtl_status find_line(struct dtl_saved *s, struct dtl_bytes name, bool *found,
                                 struct dtl_bytes *text, struct dtl_error *err)
{
    enum dtl_status st = read_file(s, err);
    *found = false;
    for (size_t at = 0, number = 1; st == DTL_OK && at < s->text.n; number++) {
        struct line l;
        st = next_line(s, &at, number, &l, err);
        if (st < 0 || l.name.n == 0 || !dtl_bytes_equal(l.name, name))
            continue;
        if (*found)
            return dtl_fail(err, DTL_EUSAGE, 0, "%.200s, line %zu: '%.*s' is saved twice",
                            (const char *)s->path.p, number, name.n > 40 ? 40 : (int)name.n,
                            (const char *)name.p);
        *found = true;
        *text = l.query;
    }
    return st;
}

enum dtl_status dtl_saved_by_hand(struct dtl_saved *s, struct dtl_bytes name, bool *yes,
                                  struct dtl_error *err)
{
    struct dtl_bytes text = {0};
    return find_line(s, name, yes, &text, err);
}

/* ---- what --save wrote ---- */

static enum dtl_status read_search(struct dtl_saved *s, struct dtl_bytes name,
                                   struct dtl_definition *out, struct dtl_error *err)
{
    struct dtl_keep k;
    char where[512];
    if (!dtl_saved_name_fine(name))
        return DTL_NOTFOUND;
    const char *file = dtl_arena_strndup(&s->arena, (const char *)name.p, name.n);
    enum dtl_status st = file ? dtl_keep_searches(&k, false, err) : no_memory(err);
    if (st < 0)
        return st;
    st = dtl_keep_read(&k, file, "", DTL_DEFINITION_BYTES, &s->file, err);
    snprintf(where, sizeof where, "%.300s/%s", k.path.n ? (const char *)k.path.p : "", file);
    if (st == DTL_OK)
        st = dtl_definition_decode(dtl_buffer_view(&s->file), where, &s->arena, out, err);
    dtl_keep_close(&k);
    return st;
}

/* ---- names ---- */

struct names {
    struct dtl_saved *s;
    const char **name;
    size_t n, room;
};

static bool add_name(struct names *all, struct dtl_bytes name)
{
    if (all->n == all->room) {
        size_t room = all->room ? 2 * all->room : 16;
        const char **more = dtl_arena_alloc(&all->s->arena, room * sizeof(const char *));
        if (!more)
            return false;
        if (all->n)
            memcpy(more, all->name, all->n * sizeof(const char *));
        all->name = more;
        all->room = room;
    }
    const char *copy = dtl_arena_strndup(&all->s->arena, (const char *)name.p, name.n);
    if (copy)
        all->name[all->n++] = copy;
    return copy != NULL;
}

static enum dtl_status add_lines(struct names *all, struct dtl_error *err)
{
    enum dtl_status st = read_file(all->s, err);
    struct line l;
    for (size_t at = 0, number = 1; st == DTL_OK && at < all->s->text.n; number++) {
        st = next_line(all->s, &at, number, &l, err);
        if (st == DTL_OK && l.name.n && !add_name(all, l.name))
            st = no_memory(err);
    }
    return st;
}

/* Anything else in that folder is no name, a file half written neither. */
static enum dtl_status add_files(struct names *all, struct dtl_error *err)
{
    struct dtl_keep k;
    enum dtl_status st = dtl_keep_searches(&k, false, err);
    if (st != DTL_OK || k.fd < 0) {
        if (st == DTL_OK)
            dtl_keep_close(&k);
        return st;
    }
    DIR *dir = fdopendir(k.fd);
    k.fd = dir ? -1 : k.fd;
    for (struct dirent *e; dir && st == DTL_OK && (e = readdir(dir)) != NULL;) {
        if (dtl_saved_name_fine(dtl_bytes_of(e->d_name)) && !add_name(all, dtl_bytes_of(e->d_name)))
            st = no_memory(err);
    }
    if (dir)
        closedir(dir);
    dtl_keep_close(&k);
    return st;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum dtl_status dtl_saved_names(struct dtl_saved *s, const char ***names, size_t *n,
                                struct dtl_error *err)
{
    struct names all = {.s = s};
    enum dtl_status st = add_files(&all, err);
    if (st == DTL_OK)
        st = add_lines(&all, err);
    if (st < 0)
        return st;
    if (all.n > 1)
        qsort(all.name, all.n, sizeof *all.name, by_bytes);
    *names = all.name;
    *n = all.n;
    return DTL_OK;
}

static enum dtl_status name_them(struct dtl_saved *s, struct dtl_error *err)
{
    struct dtl_buffer told = {0};
    struct dtl_error ignored = {0};
    struct names all = {.s = s};
    if (add_lines(&all, &ignored) < 0 || add_files(&all, &ignored) < 0)
        all.n = all.n ? all.n : 0;
    for (size_t i = 0; i < all.n && told.n < NAMES_TOLD; i++)
        dtl_buffer_format(&told, "%s%.60s", i ? ", " : "", all.name[i]);
    enum dtl_status st = DTL_NOTFOUND;
    if (told.n)
        st = dtl_fail(err, st, 0, "saved are: %.*s", (int)told.n, (const char *)told.p);
    else
        st = dtl_fail(err, st, 0,
                      "none is saved: --save NAME QUERY keeps one, or write NAME = "
                      "QUERY in %.200s",
                      s->path.n ? (const char *)s->path.p : "~/.config/dateline/queries");
    dtl_buffer_release(&told);
    return st;
}

/* ---- both ---- */

enum dtl_status dtl_saved_definition(struct dtl_saved *s, struct dtl_bytes name,
                                     struct dtl_definition *out, struct dtl_error *err)
{
    struct dtl_bytes text = {0};
    bool by_hand = false;
    enum dtl_status st = find_line(s, name, &by_hand, &text, err);
    if (st < 0)
        return st;
    st = read_search(s, name, out, err);
    if (st == DTL_OK && by_hand)
        return dtl_fail(err, DTL_EUSAGE, 0, "'%.*s' is saved twice: by --save, and in %.200s",
                        name.n > 40 ? 40 : (int)name.n, (const char *)name.p,
                        (const char *)s->path.p);
    if (st == DTL_NOTFOUND && by_hand) {
        *out = (struct dtl_definition){.query = text};
        return DTL_OK;
    }
    return st == DTL_NOTFOUND ? name_them(s, err) : st;
}

enum dtl_status dtl_saved_find(void *saved, struct dtl_bytes name, struct dtl_bytes *text,
                               struct dtl_error *err)
{
    struct dtl_definition d = {0};
    enum dtl_status st = dtl_saved_definition(saved, name, &d, err);
    for (size_t i = 0; st == DTL_OK && i < d.options; i++)
        if (dtl_option_keeping_of(d.option[i]) != DTL_KEEP_LOOKS)
            return dtl_fail(err, DTL_EUSAGE, 0,
                            "'%.*s' was saved with %.60s, which is for a whole search: --new and "
                            "--peek heed it",
                            name.n > 40 ? 40 : (int)name.n, (const char *)name.p, d.option[i]);
    if (st == DTL_OK)
        *text = d.query;
    return st;
}

void dtl_saved_end(struct dtl_saved *s)
{
    dtl_buffer_release(&s->path);
    dtl_buffer_release(&s->text);
    dtl_buffer_release(&s->file);
    dtl_arena_release(&s->arena);
}
