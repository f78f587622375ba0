/*
 * members.c - a walk over the streams of one file, as deep as containers may nest.
 *
 * A container is told from its content wherever it stands, so "a.tar.zst#b.zip#news/1.html" needs
 * no option and no name ending. What is wrong with one member or one inner container costs that
 * one.
 */
#include "indexer/input/members.h"

#include "indexer/input/warc.h"

#include <stdlib.h>

struct level {
    struct dtl_container *c; /* one of the two */
    struct dtl_warc *w;
    size_t path_bytes; /* of the container itself in members.path */
    uint64_t mtime_ns; /* for members that state none */
};

struct dtl_members {
    const struct dtl_walk_options *walk;
    struct dtl_skips skips; /* of the containers: passed on with the path in front */
    struct dtl_input *file;
    struct dtl_buffer path;
    uint64_t mtime_ns;
    struct level levels[DTL_CONTAINER_NESTING + 1];
    size_t depth;
    const char *kind;
    bool started, cut;
    uint64_t skipped; /* in containers that are closed */
};

static uint64_t skipped_in(const struct level *l)
{
    return l->c ? dtl_container_skipped(l->c) : dtl_warc_skipped(l->w);
}

static bool is_cut(const struct level *l)
{
    return l->c ? dtl_container_cut(l->c) : dtl_warc_cut(l->w);
}

/* A member of the innermost container was passed over. */
static void pass_on(void *ctx, struct dtl_bytes name, const char *why)
{
    struct dtl_members *m = ctx;
    size_t n = m->path.n;
    m->path.n = m->levels[m->depth - 1].path_bytes;
    dtl_buffer_byte(&m->path, '#');
    dtl_buffer_append(&m->path, name.p, name.n);
    m->walk->skips->skipped(m->walk->skips->ctx, dtl_buffer_view(&m->path), why);
    m->path.n = n < m->path.n ? n : m->path.n;
}

/*
 * DTL_OK: `in` is no container, it is the stream. DTL_END: it is one, now the innermost. Otherwise
 * why it cannot be read.
 */
static enum dtl_status enter(struct dtl_members *m, struct dtl_input *in, uint64_t mtime_ns,
                             struct dtl_error *err)
{
    struct dtl_bytes head;
    enum dtl_status st = dtl_input_peek(in, DTL_CONTAINER_HEAD, &head, err);
    if (st < 0)
        return st;
    const char *kind = dtl_container_kind(head), *web = kind ? NULL : dtl_warc_kind(head);
    if (!kind && !web)
        return DTL_OK;
    if (m->depth > DTL_CONTAINER_NESTING)
        return dtl_fail(err, DTL_EINPUT, 0,
                        "containers inside one another more than %d deep; unpack the outer ones",
                        DTL_CONTAINER_NESTING);
    struct level *l = &m->levels[m->depth];
    *l = (struct level){.path_bytes = m->path.n, .mtime_ns = mtime_ns};
    st = kind ? dtl_container_open(&l->c, in, err) : dtl_warc_open(&l->w, in, err);
    if (st < 0)
        return st;
    if (m->skips.skipped && l->c)
        dtl_container_tell(l->c, &m->skips);
    else if (m->skips.skipped)
        dtl_warc_tell(l->w, &m->skips);
    m->depth++;
    if (!m->kind)
        m->kind = kind ? kind : web;
    return DTL_END;
}

enum dtl_status dtl_members_open(struct dtl_members **out, const struct dtl_file *file,
                                 const struct dtl_walk_options *walk, struct dtl_error *err)
{
    struct dtl_members *m = calloc(1, sizeof *m);
    if (!m || !dtl_buffer_append(&m->path, file->path.p, file->path.n)) {
        dtl_members_close(m);
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    m->walk = walk;
    if (walk && walk->skips)
        m->skips = (struct dtl_skips){pass_on, m};
    m->mtime_ns = file->mtime_ns;
    enum dtl_status st = dtl_input_open(&m->file, file, err);
    if (st == DTL_OK && !file->bookmark) /* only a plain file has one */
        st = enter(m, m->file, m->mtime_ns, err);
    if (st >= 0)
        *out = m;
    else
        dtl_members_close(m);
    return st < 0 ? st : DTL_OK;
}

static void leave(struct dtl_members *m)
{
    struct level *l = &m->levels[--m->depth];
    m->skipped += skipped_in(l);
    m->cut |= is_cut(l);
    dtl_container_close(l->c);
    dtl_warc_close(l->w);
    m->path.n = l->path_bytes;
}

void dtl_members_close(struct dtl_members *m)
{
    if (!m)
        return;
    while (m->depth)
        leave(m);
    dtl_input_close(m->file);
    dtl_buffer_release(&m->path);
    free(m);
}

/* Is the member left out, by its own name or by that of a folder above it? */
static bool is_left_out(struct dtl_members *m, size_t name)
{
    if (!m->walk || !m->walk->excludes || !dtl_buffer_byte(&m->path, 0))
        return false;
    char *path = (char *)m->path.p;
    bool out = false;
    for (char *slash = path + name; !out && (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        out = dtl_is_excluded(m->walk, path + name) || dtl_is_excluded(m->walk, path);
        *slash = '/';
    }
    out = out || dtl_is_excluded(m->walk, path + name) || dtl_is_excluded(m->walk, path);
    m->path.n--;
    return out;
}

enum dtl_status dtl_members_next(struct dtl_members *m, struct dtl_stream *s, struct dtl_error *err)
{
    enum dtl_status st = DTL_END;
    if (!m->started && !m->depth) {
        *s = (struct dtl_stream){m->file, dtl_buffer_view(&m->path), m->mtime_ns, false, NULL};
        st = DTL_OK;
    }
    m->started = true;
    while (st == DTL_END && m->depth) {
        struct level *l = &m->levels[m->depth - 1];
        struct dtl_member member = {0};
        m->path.n = l->path_bytes;
        st = l->c ? dtl_container_next(l->c, &member, err) : dtl_warc_next(l->w, &member, err);
        *s = (struct dtl_stream){.path = dtl_buffer_view(&m->path)};
        if (st == DTL_END) {
            leave(m);
            continue;
        }
        if (st == DTL_OK || st == DTL_EINPUT) {
            dtl_buffer_byte(&m->path, '#');
            size_t name = m->path.n;
            dtl_buffer_append(&m->path, member.name.p, member.name.n);
            if (m->path.failed)
                return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
            if (is_left_out(m, name)) {
                st = DTL_END;
                continue;
            }
        }
        uint64_t mtime_ns = member.mtime_ns ? member.mtime_ns : l->mtime_ns;
        if (st == DTL_OK)
            st = enter(m, member.in, mtime_ns, err);
        *s = (struct dtl_stream){member.in, dtl_buffer_view(&m->path), mtime_ns, member.is_text,
                                 member.charset};
    }
    if (st == DTL_ECORRUPT) { /* said once; what follows in an outer container may be sound */
        m->cut = true;
        st = DTL_EINPUT;
        if (err)
            err->code = st;
    }
    return st;
}

const char *dtl_members_kind(const struct dtl_members *m)
{
    return m->kind;
}

struct dtl_input *dtl_members_file(struct dtl_members *m)
{
    return m->file;
}

uint64_t dtl_members_skipped(const struct dtl_members *m)
{
    uint64_t n = m->skipped;
    for (size_t i = 0; i < m->depth; i++)
        n += skipped_in(&m->levels[i]);
    return n;
}

bool dtl_members_cut(const struct dtl_members *m)
{
    bool cut = m->cut;
    for (size_t i = 0; i < m->depth; i++)
        cut |= is_cut(&m->levels[i]);
    return cut;
}
