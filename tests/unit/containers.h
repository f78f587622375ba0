/* containers.h - tar and zip in memory, as the library writes them: for tests of what reads them.
 */
#ifndef DTL_TESTS_CONTAINERS_H
#define DTL_TESTS_CONTAINERS_H
#include "common/base/bytes.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

struct packing {
    struct archive *a;
    struct dtl_buffer out;
    size_t used;
};

static inline void packing_check(int r)
{
    if (r < ARCHIVE_WARN)
        abort();
}

static inline struct packing packing_begin(const char *format, int filter, size_t room)
{
    struct packing p = {.a = archive_write_new()};
    if (!p.a || !dtl_buffer_reserve(&p.out, room))
        abort();
    packing_check(archive_write_set_format_by_name(p.a, format));
    if (filter)
        packing_check(archive_write_add_filter(p.a, filter));
    archive_write_set_bytes_in_last_block(p.a, 1);
    return p;
}

static inline void packing_open(struct packing *p)
{
    packing_check(archive_write_open_memory(p->a, p->out.p, p->out.capacity, &p->used));
}

/* A member of any type; `target` of links. Time is 2001-09-09 01:46:40. */
static inline void packing_entry(struct packing *p, const char *name, unsigned type,
                                 const char *target, struct dtl_bytes content)
{
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, type ? type : (unsigned)AE_IFREG);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_mtime(e, 1000000000, 0);
    archive_entry_set_size(e, (la_int64_t)content.n);
    if (type == AE_IFLNK)
        archive_entry_set_symlink(e, target);
    else if (target)
        archive_entry_set_hardlink(e, target);
    packing_check(archive_write_header(p->a, e));
    if (content.n && archive_write_data(p->a, content.p, content.n) < 0)
        abort();
    archive_entry_free(e);
}

static inline void packing_add(struct packing *p, const char *name, const char *text)
{
    packing_entry(p, name, 0, NULL, dtl_bytes_of(text));
}

static inline struct dtl_buffer packing_end(struct packing *p)
{
    packing_check(archive_write_close(p->a));
    archive_write_free(p->a);
    p->out.n = p->used;
    return p->out;
}
#endif
