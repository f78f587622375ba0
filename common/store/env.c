/*
 * env.c - LMDB itself: flags, map size, reader slots, transactions, and all its codes in our words.
 *
 * Invariants: no flag of DTL_ENV_NEVER is ever set; the map is resized only while this process has
 * no transaction; after a failed commit the store is dead, because LMDB would happily retry an
 * fsync whose pages the kernel has already dropped (RELIABILITY H5 to H12).
 */
#include "common/store/pages.h"
#include "common/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOCK_BYTES ((off_t)(DTL_MAX_READERS + 2) * 64) /* of lock.mdb: a slot and a head */
#define MAP_FLOOR  ((size_t)64 << 20)

/* clang-format off */
static const struct {
    int rc;
    enum dtl_status status;
    const char *text;
} codes[] = {
    {MDB_KEYEXIST, DTL_ECORRUPT, "a key that must be new is there already"},
    {MDB_NOTFOUND, DTL_ECORRUPT, "something that must be there is missing: restore a backup"},
    {MDB_PAGE_NOTFOUND, DTL_ECORRUPT, "a page is missing, the index is damaged: restore a backup"},
    {MDB_CORRUPTED, DTL_ECORRUPT, "a page is damaged: restore a backup"},
    {MDB_PANIC, DTL_ECORRUPT, "a meta page could not be written, the run ends here"},
    {MDB_VERSION_MISMATCH, DTL_EVERSION, "data.mdb was written by another version of LMDB"},
    {MDB_INVALID, DTL_ECORRUPT, "data.mdb is not an LMDB file, or its first page is damaged"},
    {MDB_MAP_FULL, DTL_EFULL, "the memory map is too small (limited by `ulimit -v`?)"},
    {MDB_DBS_FULL, DTL_ECORRUPT, "more databases than an index has"},
    {MDB_READERS_FULL, DTL_EBUSY, "all reader slots are taken: try again"},
    {MDB_TLS_FULL, DTL_ENOMEM, "no thread-local storage left"},
    {MDB_TXN_FULL, DTL_ELIMIT, "one transaction became too large"},
    {MDB_CURSOR_FULL, DTL_ECORRUPT, "a tree is deeper than it can be: the index is damaged"},
    {MDB_PAGE_FULL, DTL_ECORRUPT, "a page is fuller than it can be: the index is damaged"},
    {MDB_MAP_RESIZED, DTL_EBUSY, "the index outgrew this process's map: try again"},
    {MDB_INCOMPATIBLE, DTL_ECORRUPT, "a database has another kind, or pages have been lost"},
    {MDB_BAD_RSLOT, DTL_EIO, "the reader slot is in use (opened twice in one process?)"},
    {MDB_BAD_TXN, DTL_ECORRUPT, "a page met before is damaged: restore a backup"},
    {MDB_BAD_VALSIZE, DTL_ELIMIT, "a key or value has a size LMDB does not take"},
    {MDB_BAD_DBI, DTL_ECORRUPT, "a database has been dropped"},
    {ENOMEM, DTL_ENOMEM, "out of memory"},
    {ENOSPC, DTL_EFULL, "disk full"},
    {EDQUOT, DTL_EFULL, "disk quota exceeded"},
    {EFBIG, DTL_EFULL, "file size limit reached (`ulimit -f`)"},
    {ENOENT, DTL_ENOINDEX, "no such file or directory"},
    {EACCES, DTL_EIO, "no permission"},
    {EPERM, DTL_EIO, "not permitted"},
    {EROFS, DTL_EIO, "the file system is read-only"},
    {EMFILE, DTL_EIO, "too many open files in this process"},
    {ENFILE, DTL_EIO, "too many open files in the system"},
    {EIO, DTL_EIO, "read or write failed: see the kernel's log"},
    {EINTR, DTL_EIO, "interrupted"},
    {EAGAIN, DTL_EBUSY, "a resource is taken for the moment: try again"},
    {ELOOP, DTL_EREFUSED, "a symbolic link where a file must be"},
};
/* clang-format on */

enum dtl_status dtl_lmdb_fail(struct dtl_error *err, int rc, const char *dir, const char *what)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].rc == rc)
            return dtl_fail(err, codes[i].status, 0, "%s: %s: %s", dir, what, codes[i].text);
    return dtl_fail(err, DTL_EIO, 0, "%s: %s: %s (%d)", dir, what, mdb_strerror(rc), rc);
}

const char *dtl_store_version(void)
{
    static char text[32];
    int major = 0, minor = 0, patch = 0;
    mdb_version(&major, &minor, &patch); /* of the library at hand, not of the header */
    snprintf(text, sizeof text, "lmdb %d.%d.%d", major, minor, patch);
    return text;
}

enum dtl_status dtl_env_new(MDB_env **env, const char *dir, struct dtl_error *err)
{
    MDB_env *e = NULL;
    int rc = mdb_env_create(&e);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(e, DTL_DBS);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(e, DTL_MAX_READERS);
    if (rc) {
        if (e)
            mdb_env_close(e);
        return dtl_lmdb_fail(err, rc, dir, "preparing LMDB");
    }
    mdb_env_set_assert(e, dtl_guard_assert);
    *env = e;
    return DTL_OK;
}

/*
 * LMDB's table of readers is a file with holes, filled when their pages are first touched: on a
 * full disk that is a SIGBUS. So its room is taken before, by writers each time (it costs nothing
 * when it is there) and by the reader who makes the file. Closing the file drops no lock of ours:
 * no environment is open in this process (H16). What hinders other than a full disk is left to
 * LMDB, which meets it too.
 */
static enum dtl_status room_for_locks(const char *dir, unsigned flags, mdb_mode_t mode,
                                      struct dtl_error *err)
{
    struct dtl_buffer path = {0};
    if (!dtl_buffer_format(&path, "%s/" DTL_FILE_LOCK, dir)) {
        dtl_buffer_release(&path);
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    const char *name = (const char *)path.p;
    int rc = 0, fd = -1;
    if (!(flags & MDB_RDONLY) || access(name, F_OK) != 0)
        fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode);
    while (fd >= 0 && (rc = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, LOCK_BYTES)) != 0 &&
           errno == EINTR)
        ;
    if (rc)
        rc = errno;
    if (fd >= 0)
        close(fd);
    dtl_buffer_release(&path);
    return rc == ENOSPC || rc == EDQUOT || rc == EFBIG
               ? dtl_lmdb_fail(err, rc, dir, "making room for lock.mdb")
               : DTL_OK;
}

/*
 * LMDB leaves a failed environment fit for closing only, so every try is made with a new one: half
 * the size while there is no room, and once more when it finds no meta pages where our own look,
 * just before, found sound ones (a read that was cut short, say).
 */
enum dtl_status dtl_env_map(MDB_env **env, const char *dir, unsigned flags, mdb_mode_t mode,
                            size_t *map_bytes, struct dtl_error *err)
{
    size_t size = DTL_MAP_BYTES;
    enum dtl_status room = room_for_locks(dir, flags, mode, err);
    if (room != DTL_OK) {
        mdb_env_close(*env);
        *env = NULL;
        return room;
    }
    for (bool again = true;;) {
        int rc = mdb_env_set_mapsize(*env, size);
        if (rc == 0)
            rc = mdb_env_open(*env, dir, flags, mode);
        if (rc == 0) {
            *map_bytes = size;
            return DTL_OK;
        }
        mdb_env_close(*env);
        *env = NULL;
        if (rc == MDB_INVALID && again)
            again = false;
        else if (rc != ENOMEM || size <= MAP_FLOOR)
            return dtl_lmdb_fail(err, rc, dir,
                                 rc == ENOMEM ? "mapping the index (`ulimit -v` too small?)"
                                              : "opening the index");
        else
            size /= 2;
        enum dtl_status st = dtl_env_new(env, dir, err);
        if (st != DTL_OK)
            return st;
    }
}

enum dtl_status dtl_env_size_check(struct dtl_store *s, struct dtl_error *err)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    mdb_filehandle_t fd;
    int rc = mdb_env_info(s->env, &info);
    if (rc == 0)
        rc = mdb_env_stat(s->env, &stat);
    if (rc == 0)
        rc = mdb_env_get_fd(s->env, &fd);
    if (rc == 0 && fstat(fd, &st) != 0)
        rc = errno;
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "measuring data.mdb");
    if ((uint64_t)st.st_size / stat.ms_psize > info.me_last_pgno)
        return DTL_OK;
    struct dtl_page_meta meta; /* short: of free pages alone? */
    return dtl_page_meta_read(fd, s->dir, &meta, err);
}

/*
 * A map of at least `bytes`, by doubling: not what the file says (that is the writer's, perhaps a
 * TiB where this process has less). LMDB unmaps first; when the new map fails there is none, and
 * the store is of no more use.
 */
static enum dtl_status widen_map(struct dtl_store *s, uint64_t bytes, struct dtl_error *err)
{
    size_t size = s->map_bytes;
    while (size < bytes && size < DTL_MAP_MOST)
        size *= 2;
    int rc = mdb_env_set_mapsize(s->env, size);
    if (rc == 0) {
        s->map_bytes = size;
        return dtl_env_size_check(s, err);
    }
    s->failed = s->unmapped = true;
    return dtl_lmdb_fail(err, rc, s->dir, "mapping a larger index (`ulimit -v` too small?)");
}

static uint64_t file_bytes(struct dtl_store *s)
{
    struct stat st;
    mdb_filehandle_t fd;
    return mdb_env_get_fd(s->env, &fd) == 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static enum dtl_status usable(struct dtl_store *s, struct dtl_error *err)
{
    if (s->unmapped)
        return dtl_fail(err, DTL_ENOMEM, 0, "%s: the index could not be mapped again", s->dir);
    return DTL_OK;
}

enum dtl_status dtl_env_read(struct dtl_store *s, MDB_txn **txn, struct dtl_error *err)
{
    enum dtl_status st = usable(s, err);
    for (int tries = 0; st == DTL_OK; tries++) {
        int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, txn);
        if (rc == 0)
            return DTL_OK;
        if (rc == MDB_READERS_FULL && tries < 3) { /* H11: slots of killed readers are freed */
            mdb_reader_check(s->env, NULL);
            dtl_nap(tries ? 0.05 : 0);
        } else if (rc == MDB_MAP_RESIZED && s->snapshots == 0 && !s->txn && tries < 3) { /* H12 */
            st = widen_map(s, 2 * file_bytes(s), err);
        } else {
            return dtl_lmdb_fail(err, rc, s->dir, "beginning to read");
        }
    }
    return st;
}

enum dtl_status dtl_env_write(struct dtl_store *s, MDB_txn **txn, struct dtl_error *err)
{
    enum dtl_status st = usable(s, err);
    uint64_t need = file_bytes(s) + 4 * DTL_TXN_BYTES; /* short only under `ulimit -v` */
    if (st == DTL_OK && need > s->map_bytes && s->snapshots == 0)
        st = widen_map(s, need, err);
    if (st != DTL_OK)
        return st;
    mdb_reader_check(s->env, NULL); /* H10: a killed reader pins pages until somebody looks */
    int rc = mdb_txn_begin(s->env, NULL, 0, txn);
    return rc ? dtl_lmdb_fail(err, rc, s->dir, "beginning to write") : DTL_OK;
}

static bool disk_short(struct dtl_store *s, uint64_t bytes, uint64_t *left)
{
    struct statvfs fs;
    if (fstatvfs(s->dir_fd, &fs) != 0)
        return false;
    *left = (uint64_t)fs.f_bavail * fs.f_frsize;
    return *left < s->reserve_bytes || *left < 2 * bytes;
}

/* With SIGXFSZ ignored a write over `ulimit -f` ends short, which LMDB reports as EIO. */
static bool file_limited(struct dtl_store *s)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           file_bytes(s) + DTL_TXN_BYTES > limit.rlim_cur;
}

enum dtl_status dtl_env_reserve(struct dtl_store *s, uint64_t bytes, struct dtl_error *err)
{
    uint64_t left = 0;
    if (s->reserve_off || !disk_short(s, bytes, &left))
        return DTL_OK;
    s->failed = true;
    uint64_t need = 2 * bytes > s->reserve_bytes ? 2 * bytes : s->reserve_bytes;
    return dtl_fail(err, DTL_EFULL, 0,
                    "%s: disk full: %llu MB left, a batch needs %llu MB: nothing of it was written",
                    s->dir, (unsigned long long)(left >> 20), (unsigned long long)(need >> 20));
}

enum dtl_status dtl_env_commit(struct dtl_store *s, MDB_txn **txn, uint64_t bytes,
                               struct dtl_error *err)
{
    sigset_t all, old;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV); /* a fault must reach guard.c */
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGABRT);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    int rc = mdb_txn_commit(*txn);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    *txn = NULL;
    if (rc == 0)
        return DTL_OK;
    s->failed = true;
    uint64_t left = 0;
    if ((rc == EIO || rc == ENOSPC) && disk_short(s, bytes, &left)) /* a short write is EIO */
        return dtl_fail(err, DTL_EFULL, 0,
                        "%s: disk full: %llu MB left: nothing of this batch was written", s->dir,
                        (unsigned long long)(left >> 20));
    return dtl_lmdb_fail(err, rc == EIO && file_limited(s) ? EFBIG : rc, s->dir, "writing");
}

enum dtl_status dtl_env_get(struct dtl_store *s, MDB_txn *txn, enum dtl_db db, struct dtl_bytes key,
                            struct dtl_bytes *out, struct dtl_error *err)
{
    MDB_val k = dtl_val(key), v;
    int rc = mdb_get(txn, s->dbi[db], &k, &v);
    if (rc == MDB_NOTFOUND)
        return DTL_NOTFOUND;
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "reading");
    return dtl_value_open(dtl_of_val(v), db, key, out, err);
}

enum dtl_status dtl_env_put(struct dtl_store *s, MDB_txn *txn, enum dtl_db db, struct dtl_bytes key,
                            struct dtl_buffer *b, struct dtl_error *err)
{
    if (!dtl_value_seal(b, 0, db, key))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    MDB_val k = dtl_val(key), v = dtl_val(dtl_buffer_view(b));
    int rc = mdb_put(txn, s->dbi[db], &k, &v, 0);
    if (rc == 0)
        return DTL_OK;
    s->failed = true;
    return dtl_lmdb_fail(err, rc, s->dir, "writing");
}

static enum dtl_status open_databases(struct dtl_store *s, struct dtl_error *err)
{
    MDB_txn *txn = NULL;
    enum dtl_status st = dtl_env_read(s, &txn, err);
    if (st != DTL_OK)
        return st;
    for (int i = 0; i < DTL_DBS; i++) {
        int rc = mdb_dbi_open(txn, dtl_db_name[i], 0, &s->dbi[i]);
        unsigned flags = 0;
        if (rc == 0)
            rc = mdb_dbi_flags(txn, s->dbi[i], &flags);
        if (rc == MDB_NOTFOUND && i == DTL_DB_META)
            st = dtl_fail(err, DTL_ENOINDEX, 0, "%s: data.mdb is LMDB's, but not a Dateline index",
                          s->dir);
        else if (rc == MDB_NOTFOUND || (rc == 0 && flags))
            st = dtl_fail(err, DTL_ECORRUPT, 0, "%s: the database '%s' is %s: restore a backup",
                          s->dir, dtl_db_name[i], rc ? "missing" : "damaged");
        else if (rc)
            st = dtl_lmdb_fail(err, rc, s->dir, "opening databases");
        if (st != DTL_OK) {
            mdb_txn_abort(txn);
            return st;
        }
    }
    int rc = mdb_txn_commit(txn); /* keeps the handles */
    return rc ? dtl_lmdb_fail(err, rc, s->dir, "opening databases") : DTL_OK;
}

enum dtl_status dtl_env_open(struct dtl_store *s, struct dtl_error *err)
{
    struct stat by_name = {0}, by_fd = {0}, data;
    mdb_filehandle_t fd;
    if (fstatat(s->dir_fd, DTL_FILE_DATA, &data, AT_SYMLINK_NOFOLLOW) != 0)
        return dtl_lmdb_fail(err, errno, s->dir, "looking at data.mdb");
    enum dtl_status st = dtl_env_new(&s->env, s->dir, err);
    if (st == DTL_OK) /* the mode is that of lock.mdb when it must be made */
        st = dtl_env_map(&s->env, s->dir, s->write ? DTL_ENV_WRITE : DTL_ENV_READ,
                         data.st_mode & 040 ? 0660 : 0600, &s->map_bytes, err);
    if (st != DTL_OK)
        return st;
    int rc = mdb_env_get_fd(s->env, &fd);
    if (rc == 0 && (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fstat(fd, &by_fd) != 0 ||
                    fstatat(s->dir_fd, DTL_FILE_DATA, &by_name, AT_SYMLINK_NOFOLLOW) != 0))
        rc = errno;
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "looking at data.mdb");
    if (by_fd.st_dev != by_name.st_dev || by_fd.st_ino != by_name.st_ino)
        return dtl_fail(err, DTL_EBUSY, 0,
                        "%s: data.mdb was replaced while it was opened: try again", s->dir);
    st = dtl_env_size_check(s, err);
    return st == DTL_OK ? open_databases(s, err) : st;
}
