/*
 * metapage.c - LMDB's two meta pages, read before LMDB maps the file (RELIABILITY H1, H3).
 *
 * mdb_env_open believes them: a file cut short is mapped and kills at the first touch, and a
 * flipped bit in the newer page silently serves the commit before. A healthy pair always has
 * consecutive transaction numbers.
 */
#include "common/store/pages.h"

#include <errno.h>
#include <unistd.h>

#define META_MAGIC   0xBEEFC0DEu
#define META_VERSION 1u
#define META_FLAG    0x08u
#define META_BYTES   152u /* page header and what follows, to the end of the transaction number */
#define TRIES        50
#define UNWRITTEN    4096u /* free pages that may be missing at the end: bounds what is believed */

/* 0, ENODATA where the file ends before, or why it could not be read. */
static int read_at(int fd, void *to, size_t n, off_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t r = pread(fd, (uint8_t *)to + done, n - done, at + (off_t)done);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return r ? errno : ENODATA;
        done += (size_t)r;
    }
    return 0;
}

static bool parse(const uint8_t p[META_BYTES], struct dtl_page_meta *out)
{
    if (dtl_load16(p + 10) != META_FLAG || dtl_load32(p + 16) != META_MAGIC ||
        dtl_load32(p + 20) != META_VERSION)
        return false;
    struct dtl_page_meta m = {
        .page_bytes = dtl_load32(p + 40),
        .last_page = dtl_load64(p + 136),
        .transaction = dtl_load64(p + 144),
        .free = dtl_page_db_read(p + 40),
        .main = dtl_page_db_read(p + 88),
    };
    if (m.page_bytes < 512 || m.page_bytes > 65536 || (m.page_bytes & (m.page_bytes - 1)) != 0 ||
        m.last_page < 1 || m.last_page > (UINT64_MAX >> 17))
        return false;
    *out = m;
    return true;
}

/* What is wrong with the two pages, or NULL; *passing when a writer between our two reads can be
 * the reason; *failed when they could not be read, which says nothing about them. */
static const char *pair_fault(int fd, struct dtl_page_meta m[2], bool *passing, int *failed)
{
    uint8_t p[META_BYTES];
    *passing = false;
    int rc = read_at(fd, p, sizeof p, 0);
    *failed = rc == ENODATA ? 0 : rc;
    if (rc || !parse(p, &m[0]))
        return "is not an LMDB file, or its first page is damaged";
    rc = read_at(fd, p, sizeof p, (off_t)m[0].page_bytes);
    *failed = rc == ENODATA ? 0 : rc;
    if (rc || !parse(p, &m[1]) || m[0].page_bytes != m[1].page_bytes)
        return "has a damaged second page";
    uint64_t a = m[0].transaction, b = m[1].transaction;
    *passing = true;
    if ((a > b ? a - b : b - a) != 1 || (a & 1) != 0)
        return "has first pages that do not follow one another";
    /* The tree of a commit before may still be there whole, its sums and counts in order. */
    const struct dtl_page_meta *newer = a > b ? &m[0] : &m[1];
    struct stat st;
    uint64_t root = newer->main.root;
    bool fits = fstat(fd, &st) == 0 &&
                newer->last_page < (uint64_t)st.st_size / newer->page_bytes + UNWRITTEN;
    return fits && root <= newer->last_page && dtl_pages_are_free(fd, newer, root, root)
               ? "has a first page that leads to free pages"
               : NULL;
}

/* Does the file hold every page that is in use? */
static bool is_whole(int fd, const struct dtl_page_meta *m, uint64_t bytes)
{
    uint64_t pages = bytes / m->page_bytes;
    return pages > m->last_page || (pages > 1 && m->last_page - pages < UNWRITTEN &&
                                    dtl_pages_are_free(fd, m, pages, m->last_page));
}

enum dtl_status dtl_page_meta_read(int fd, const char *dir, struct dtl_page_meta *out,
                                   struct dtl_error *err)
{
    struct dtl_page_meta m[2];
    const char *fault = NULL;
    bool passing = true;
    int failed = 0;
    for (int tries = 0; (fault = pair_fault(fd, m, &passing, &failed)) != NULL; tries++) {
        if (failed)
            return dtl_lmdb_fail(err, failed, dir, "reading data.mdb");
        if (!passing || tries == TRIES)
            return dtl_fail(err, DTL_ECORRUPT, 0, "%s: data.mdb %s: restore a backup", dir, fault);
        if (tries > 2)
            dtl_nap(0.001);
    }
    const struct dtl_page_meta *newer = m[0].transaction > m[1].transaction ? &m[0] : &m[1];
    struct stat st;
    if (fstat(fd, &st) != 0)
        return dtl_lmdb_fail(err, errno, dir, "reading data.mdb");
    uint64_t need = (newer->last_page + 1) * newer->page_bytes;
    if (!is_whole(fd, newer, (uint64_t)st.st_size))
        return dtl_fail(err, DTL_ECORRUPT, (uint64_t)st.st_size,
                        "%s: data.mdb is cut short: %llu bytes of %llu: restore a backup", dir,
                        (unsigned long long)st.st_size, (unsigned long long)need);
    *out = *newer;
    return DTL_OK;
}

enum dtl_status dtl_page_meta_of(int fd, uint64_t transaction, uint32_t page_bytes,
                                 struct dtl_page_meta *out, struct dtl_error *err)
{
    uint8_t p[META_BYTES];
    struct dtl_page_meta m = {0};
    int rc = read_at(fd, p, sizeof p, transaction & 1 ? (off_t)page_bytes : 0);
    if (rc && rc != ENODATA)
        return dtl_lmdb_fail(err, rc, "data.mdb", "reading a meta page");
    if (rc || !parse(p, &m) || m.page_bytes != page_bytes)
        return dtl_fail(err, DTL_ECORRUPT, 0, "a meta page is damaged");
    if (m.transaction != transaction)
        return DTL_NOTFOUND;
    *out = m;
    return DTL_OK;
}

int dtl_page_metas_of(int fd, struct dtl_page_meta out[2])
{
    /* The second page lies where the first one says, or, when that is damaged, at some size. */
    static const uint32_t sizes[] = {4096, 16384, 65536, 8192, 32768, 2048, 1024, 512};
    uint8_t p[META_BYTES];
    struct dtl_page_meta m;
    struct stat st;
    int n = 0;
    if (fstat(fd, &st) != 0)
        return 0;
    if (read_at(fd, p, sizeof p, 0) == 0 && parse(p, &m))
        out[n++] = m;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if ((n == 0 || sizes[i] == out[0].page_bytes) &&
            read_at(fd, p, sizeof p, (off_t)sizes[i]) == 0 && parse(p, &m) &&
            m.page_bytes == sizes[i]) {
            out[n++] = m;
            break;
        }
    if (n == 2 && out[1].transaction > out[0].transaction) {
        m = out[0];
        out[0] = out[1];
        out[1] = m;
    }
    for (int i = 0; i < n; i++) {
        uint64_t pages = (uint64_t)st.st_size / out[i].page_bytes;
        if (pages <= out[i].last_page)
            out[i].last_page = pages ? pages - 1 : 0;
    }
    return n;
}
