/*
 * maintain.c - measure, backup, shrink.
 *
 * Both copies are LMDB's compacting one: it needs only a read transaction, so neither waits for the
 * other side, and both are checked with our own reader before their rename shows them.
 */
#include "common/store/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* ---- figures ---- */

struct readers {
    uint32_t n;
    uint64_t oldest;
    long self;
};

static int one_reader(const char *line, void *ctx)
{
    struct readers *r = ctx;
    long pid = 0;
    unsigned long long thread = 0, transaction = 0;
    int fields = sscanf(line, "%ld %llx %llu", &pid, &thread, &transaction);
    if (fields < 3 || pid == r->self) /* the heading; "-": a slot without a transaction */
        return 0;
    r->n++;
    if (transaction < r->oldest)
        r->oldest = transaction;
    return 0;
}

static int count_free(MDB_txn *txn, uint64_t *pages)
{
    MDB_cursor *c = NULL;
    MDB_val k, v;
    uint64_t n = 0;
    int rc = mdb_cursor_open(txn, 0, &c); /* 0 is the free list's handle */
    while (rc == 0 && (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0)
        if (v.mv_size >= 8)
            n += dtl_load64(v.mv_data);
    if (c)
        mdb_cursor_close(c);
    if (rc != MDB_NOTFOUND)
        return rc;
    *pages = n;
    return 0;
}

enum dtl_status dtl_store_measure(struct dtl_snapshot *snap, struct dtl_store_figures *out,
                                  struct dtl_error *err)
{
    struct dtl_store *s = snap->store;
    struct dtl_store_figures f = {0};
    struct readers r = {.oldest = UINT64_MAX, .self = getpid()};
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    mdb_filehandle_t fd;
    uint64_t unused = 0;
    int rc = mdb_env_info(s->env, &info);
    if (rc == 0)
        rc = mdb_env_stat(s->env, &stat);
    if (rc == 0)
        rc = mdb_env_get_fd(s->env, &fd);
    if (rc == 0 && fstat(fd, &st) != 0)
        rc = errno;
    if (rc == 0)
        rc = count_free(snap->x->txn, &unused);
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "measuring");
    mdb_reader_list(s->env, one_reader, &r);
    uint64_t pages = info.me_last_pgno + 1;
    f.file_bytes = (uint64_t)st.st_size;
    f.free_bytes = (unused < pages ? unused : pages) * stat.ms_psize;
    f.used_bytes = pages * stat.ms_psize - f.free_bytes;
    f.readers = r.n;
    f.oldest_reader_lag = r.n && r.oldest < info.me_last_txnid ? info.me_last_txnid - r.oldest : 0;
    f.source_files = snap->x->manifest.sources;
    for (size_t i = 0; i < snap->x->groups; i++) {
        uint64_t bytes = 0;
        enum dtl_status status =
            dtl_snapshot_group_bytes(snap, snap->x->group[i].serial, &bytes, err);
        if (status != DTL_OK)
            return status;
        f.article_bytes += bytes;
    }
    *out = f;
    return DTL_OK;
}

/* ---- copies ---- */

/* Copy, sync, check: `fd` holds a sound copy afterwards. */
static enum dtl_status copy_to(struct dtl_store *s, int fd, const char *name, struct dtl_error *err)
{
    struct dtl_page_meta meta;
    struct dtl_error e = {0};
    struct statvfs fs;
    int rc = mdb_env_copyfd2(s->env, fd, MDB_CP_COMPACT);
    if (rc == 0 && fsync(fd) != 0)
        rc = errno;
    if (rc == EIO && fstatvfs(fd, &fs) == 0 && fs.f_bavail == 0)
        rc = ENOSPC;  /* a short write is reported as EIO */
    if (rc == EAGAIN) /* LMDB writes from a thread of its own */
        return dtl_fail(err, DTL_ENOMEM, 0,
                        "%s: copying the index: no thread could be started: out of memory, or over "
                        "`ulimit -u`",
                        name);
    if (rc)
        return dtl_lmdb_fail(err, rc, name, "copying the index");
    enum dtl_status st = dtl_page_meta_read(fd, name, &meta, &e);
    if (st == DTL_OK)
        st = dtl_check_file(fd, &meta, NULL, NULL, NULL, &e);
    if (st == DTL_OK)
        return DTL_OK;
    return dtl_fail(err, st, e.pos, "%s: the copy is not sound, so it was removed: %.300s", name,
                    e.text);
}

static enum dtl_status room_for_copy(struct dtl_store *s, int dir_fd, const char *name,
                                     struct dtl_error *err)
{
    MDB_envinfo info;
    MDB_stat stat;
    MDB_txn *txn = NULL;
    struct statvfs fs;
    uint64_t unused = 0;
    enum dtl_status st = dtl_env_read(s, &txn, err);
    if (st != DTL_OK)
        return st;
    int rc = count_free(txn, &unused);
    mdb_txn_abort(txn);
    if (rc == 0)
        rc = mdb_env_info(s->env, &info);
    if (rc == 0)
        rc = mdb_env_stat(s->env, &stat);
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "measuring");
    uint64_t pages = info.me_last_pgno + 1;
    uint64_t need = (pages - (unused < pages ? unused : pages)) * stat.ms_psize + s->reserve_bytes;
    if (s->reserve_off || fstatvfs(dir_fd, &fs) != 0 || (uint64_t)fs.f_bavail * fs.f_frsize >= need)
        return DTL_OK;
    return dtl_fail(err, DTL_EFULL, 0, "%s: disk full: the copy needs %llu MB, %llu MB are left",
                    name, (unsigned long long)(need >> 20),
                    (unsigned long long)((uint64_t)fs.f_bavail * fs.f_frsize >> 20));
}

static enum dtl_status fill_backup(struct dtl_store *s, int parent_fd, const char *name,
                                   const char *dest, struct dtl_error *err)
{
    int dir_fd = -1, fd = -1;
    enum dtl_status st = DTL_OK;
    if (mkdirat(parent_fd, name, 0700) != 0)
        return dtl_lmdb_fail(err, errno, dest, "making the directory");
    dir_fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir_fd >= 0)
        fd =
            openat(dir_fd, DTL_FILE_DATA, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        st = dtl_lmdb_fail(err, errno, dest, "making data.mdb");
    if (st == DTL_OK)
        st = copy_to(s, fd, dest, err);
    if (st == DTL_OK)
        st = dtl_sync_dir(dir_fd, dest, err);
    if (fd >= 0)
        close(fd);
    if (dir_fd >= 0)
        close(dir_fd);
    return st;
}

enum dtl_status dtl_store_backup(struct dtl_store *s, const char *dest, struct dtl_error *err)
{
    char *trimmed = strdup(dest), *parent = NULL, *base = NULL, *name = NULL;
    struct stat there;
    int fd = -1;
    enum dtl_status st = DTL_OK;
    size_t n = trimmed ? strlen(trimmed) : 0;
    while (n > 1 && trimmed[n - 1] == '/')
        trimmed[--n] = 0;
    if (!trimmed || !dtl_place_split(trimmed, &parent, &base)) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        goto out;
    }
    size_t room = strlen(base) + 40;
    name = malloc(room);
    if (!name) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        goto out;
    }
    size_t prefix = (size_t)snprintf(name, room, "%s.new.", base);
    if (*base == 0 || fstatat(AT_FDCWD, trimmed, &there, AT_SYMLINK_NOFOLLOW) == 0) {
        st = dtl_fail(err, DTL_EREFUSED, 0, "%s: exists already: name a new directory", dest);
        goto out;
    }
    fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        st = dtl_lmdb_fail(err, errno, parent, "opening the directory");
        st = st == DTL_ENOINDEX ? DTL_EIO : st; /* it is not an index that is missing */
        goto out;
    }
    st = room_for_copy(s, fd, dest, err);
    if (st != DTL_OK)
        goto out;
    dtl_place_clean(fd, name); /* what backups that were killed left */
    snprintf(name + prefix, room - prefix, "%ld", (long)getpid());
    dtl_place_remove(fd, name);
    st = fill_backup(s, fd, name, dest, err);
    if (st == DTL_OK && !dtl_rename_new(fd, name, fd, base, true))
        st = dtl_lmdb_fail(err, errno, dest, "putting the backup in place");
    if (st == DTL_OK)
        st = dtl_sync_dir(fd, parent, err);
    else
        dtl_place_remove(fd, name);
out:
    if (err && st != DTL_OK)
        err->code = st;
    if (fd >= 0)
        close(fd);
    free(name);
    free(trimmed);
    free(parent);
    free(base);
    return st;
}

/* ---- shrink ---- */

/*
 * Nobody may have the environment open when its file is replaced: lock.mdb carries the number of
 * the last transaction, and a reader that shares it with holders of the old file would look into
 * the wrong meta page of the new one. LMDB shows who has it open by a lock on the first byte of
 * lock.mdb; whoever gets it for writing is alone, and every opener waits. Openers hold swap.lock
 * while they look the file up.
 */
enum dtl_status dtl_swap_in(struct dtl_store *s, const char *name, const char *keep,
                            struct dtl_error *err)
{
    double until = dtl_monotonic() + s->swap_seconds;
    for (;;) {
        int swap = -1;
        struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
        enum dtl_status st = dtl_lock_swap(s, true, s->swap_seconds, &swap, err);
        if (st != DTL_OK)
            return st;
        int lock = openat(s->dir_fd, DTL_FILE_LOCK, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
        bool none = lock < 0 && errno == ENOENT && !s->env; /* then nobody has it open either */
        bool alone = none || (lock >= 0 && fcntl(lock, F_SETLK, &all) == 0);
        if (alone && keep) {
            unlinkat(s->dir_fd, keep, 0);
            if (linkat(s->dir_fd, DTL_FILE_DATA, s->dir_fd, keep, 0) != 0)
                st = dtl_lmdb_fail(err, errno, s->dir, "keeping the damaged file");
        }
        if (st == DTL_OK && alone && renameat(s->dir_fd, name, s->dir_fd, DTL_FILE_DATA) != 0)
            st = dtl_lmdb_fail(err, errno, s->dir, "putting the new file in place");
        else if (st == DTL_OK && alone)
            st = dtl_sync_dir(s->dir_fd, s->dir, err);
        else if (lock < 0 && !none)
            st = dtl_lmdb_fail(err, errno, s->dir, "opening lock.mdb");
        if (lock >= 0)
            close(lock);
        close(swap);
        if (alone || st != DTL_OK)
            return st;
        if (dtl_monotonic() >= until || !dtl_nap(0.1))
            return dtl_fail(err, DTL_EBUSY, 0,
                            "%s: programs that read the index keep its file open: nothing is lost, "
                            "try again when they have ended",
                            s->dir);
    }
}

enum dtl_status dtl_copy_beside(struct dtl_store *s, const struct dtl_store *place,
                                const char *name, struct dtl_error *err)
{
    unlinkat(place->dir_fd, name, 0);
    int fd = openat(place->dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return dtl_lmdb_fail(err, errno, place->dir, "making a temporary file");
    dtl_place_adopt(place->dir_fd, fd, false);
    enum dtl_status st = copy_to(s, fd, place->dir, err);
    close(fd);
    return st;
}

bool dtl_store_is_loose(struct dtl_store *s)
{
    MDB_envinfo info;
    MDB_stat stat;
    MDB_txn *txn = NULL;
    uint64_t unused = 0;
    if (mdb_env_info(s->env, &info) || mdb_env_stat(s->env, &stat) ||
        dtl_env_read(s, &txn, NULL) != DTL_OK)
        return false;
    int rc = count_free(txn, &unused);
    mdb_txn_abort(txn);
    return rc == 0 && unused * stat.ms_psize >= DTL_LOOSE_BYTES && unused <= info.me_last_pgno &&
           unused * 3 > info.me_last_pgno - unused;
}

enum dtl_status dtl_store_shrink(struct dtl_store *s, struct dtl_error *err)
{
    char name[sizeof DTL_TEMP_PREFIX + 24];
    snprintf(name, sizeof name, DTL_TEMP_PREFIX "%ld", (long)getpid());
    enum dtl_status st = dtl_writer_flush(s, err);
    if (st == DTL_OK)
        st = room_for_copy(s, s->dir_fd, s->dir, err);
    if (st == DTL_OK)
        st = dtl_copy_beside(s, s, name, err);
    if (st == DTL_OK) {
        mdb_env_close(s->env); /* no snapshot of ours is open: the caller's part of the contract */
        s->env = NULL;
        st = dtl_swap_in(s, name, NULL, err);
    }
    if (st != DTL_OK && s->write)
        unlinkat(s->dir_fd, name, 0);
    dtl_store_close(s);
    return st;
}
