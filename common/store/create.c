/*
 * create.c - a new index appears whole or not at all (RELIABILITY H8).
 *
 * A torn first meta page makes an LMDB file unreadable for ever, so the environment is built under
 * another name, committed once and synced before a rename shows it. Where the directory is missing
 * the folder DIR.new.PID is renamed; where an empty one stands (made by an administrator, or a
 * mount point) it keeps its owner and mode, and data.mdb is renamed into it. Both renames refuse to
 * replace: of two creators one wins, and both go on with that.
 */
#include "common/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NEW_INDEX ((uint64_t)128 << 10) /* bytes: more than an index without articles takes */

static enum dtl_status make_parents(const char *dir, struct dtl_error *err)
{
    char *path = strdup(dir);
    enum dtl_status st = DTL_OK;
    if (!path)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    for (char *p = path + 1; st == DTL_OK && (p = strchr(p, '/')); p++) {
        *p = 0;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            st = dtl_lmdb_fail(err, errno, path, "making the directory");
        *p = '/';
    }
    free(path);
    return st;
}

static enum dtl_status put(MDB_txn *txn, MDB_dbi meta, const char *key, struct dtl_buffer *b,
                           const char *path, struct dtl_error *err)
{
    struct dtl_bytes k = dtl_bytes_of(key);
    if (!dtl_value_seal(b, 0, DTL_DB_META, k))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    MDB_val mk = dtl_val(k), mv = dtl_val(dtl_buffer_view(b));
    int rc = mdb_put(txn, meta, &mk, &mv, MDB_NOOVERWRITE);
    dtl_buffer_reset(b);
    return rc ? dtl_lmdb_fail(err, rc, path, "writing a new index") : DTL_OK;
}

static enum dtl_status put_meta(MDB_txn *txn, MDB_dbi meta, const struct dtl_settings *settings,
                                const char *path, struct dtl_error *err)
{
    struct dtl_buffer b = {0};
    struct dtl_manifest empty = {0};
    dtl_format_encode(&b);
    enum dtl_status st = put(txn, meta, DTL_META_FORMAT, &b, path, err);
    if (st == DTL_OK) {
        dtl_settings_encode(settings, &b);
        st = put(txn, meta, DTL_META_SETTINGS, &b, path, err);
    }
    if (st == DTL_OK) {
        dtl_buffer_format(&b, "dateline %s, %s", DTL_VERSION, dtl_store_version());
        st = put(txn, meta, DTL_META_CREATED, &b, path, err);
    }
    if (st == DTL_OK) {
        dtl_manifest_encode(&empty, &b);
        st = put(txn, meta, DTL_META_MANIFEST, &b, path, err);
    }
    if (st == DTL_OK) {
        dtl_serial_encode(1, &b);
        st = put(txn, meta, DTL_META_SERIAL, &b, path, err);
    }
    dtl_buffer_release(&b);
    return st;
}

static enum dtl_status sync_file(int dir_fd, const char *name, const char *path,
                                 struct dtl_error *err)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    enum dtl_status st = DTL_OK;
    if (fd < 0 || fsync(fd) != 0)
        st = dtl_lmdb_fail(err, errno, path, "syncing a new index");
    if (fd >= 0)
        close(fd);
    return st;
}

/* LMDB says EIO of a write that ended short: of a full disk, and of one at `ulimit -f`. */
static int why_not_written(int rc, const char *path)
{
    struct statvfs fs;
    struct rlimit limit;
    if (rc == EIO && statvfs(path, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < NEW_INDEX)
        return ENOSPC;
    if (rc == EIO && getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < NEW_INDEX)
        return EFBIG;
    return rc;
}

enum dtl_status dtl_create_fill(const char *path, const struct dtl_settings *settings,
                                struct dtl_error *err)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    size_t map = 0;
    MDB_dbi dbi[DTL_DBS];
    int rc = 0, fd = -1;
    enum dtl_status st = dtl_env_new(&env, path, err);
    if (st == DTL_OK)
        st = dtl_env_map(&env, path, DTL_ENV_WRITE, 0600, &map, err);
    if (st != DTL_OK)
        return st;
    rc = mdb_txn_begin(env, NULL, 0, &txn);
    for (int i = 0; rc == 0 && i < DTL_DBS; i++)
        rc = mdb_dbi_open(txn, dtl_db_name[i], MDB_CREATE, &dbi[i]);
    if (rc == 0)
        st = put_meta(txn, dbi[DTL_DB_META], settings, path, err);
    if (rc == 0 && st == DTL_OK) {
        rc = mdb_txn_commit(txn);
        txn = NULL;
    }
    if (txn)
        mdb_txn_abort(txn);
    mdb_env_close(env);
    if (rc)
        return dtl_lmdb_fail(err, why_not_written(rc, path), path, "writing a new index");
    if (st != DTL_OK)
        return st;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return dtl_lmdb_fail(err, errno, path, "opening a new index");
    st = sync_file(fd, DTL_FILE_DATA, path, err);
    if (st == DTL_OK)
        st = dtl_sync_dir(fd, path, err);
    close(fd);
    return st;
}

static enum dtl_status group_of(const char *name, gid_t *gid, struct dtl_error *err)
{
    char room[8192];
    struct group gr, *found = NULL;
    if (getgrnam_r(name, &gr, room, sizeof room, &found) != 0 || !found)
        return dtl_fail(err, DTL_EUSAGE, 0, "--group: there is no group '%s'", name);
    *gid = found->gr_gid;
    return DTL_OK;
}

/* Owner, group and modes of a folder and the files in it, whatever the umask was. */
static enum dtl_status dress(int fd, const char *path, const char *group, struct dtl_error *err)
{
    static const struct {
        const char *name;
        mode_t alone, shared;
    } file[] = {
        {DTL_FILE_DATA,   0600, 0640},
        {DTL_FILE_LOCK,   0600, 0660},
        {DTL_FILE_WRITER, 0600, 0640},
        {DTL_FILE_SWAP,   0600, 0640}
    };
    gid_t gid = (gid_t)-1;
    enum dtl_status st = group ? group_of(group, &gid, err) : DTL_OK;
    if (st != DTL_OK)
        return st;
    if (group && fchown(fd, (uid_t)-1, gid) != 0)
        return dtl_fail(err, DTL_EREFUSED, 0,
                        "%s: cannot be given to the group '%s': you must be in it", path, group);
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        if (group && fchownat(fd, file[i].name, (uid_t)-1, gid, AT_SYMLINK_NOFOLLOW) != 0 &&
            errno != ENOENT)
            return dtl_lmdb_fail(err, errno, path, "setting the group");
        if (fchmodat(fd, file[i].name, group ? file[i].shared : file[i].alone, 0) != 0 &&
            errno != ENOENT)
            return dtl_lmdb_fail(err, errno, path, "setting modes");
    }
    if (fchmod(fd, group ? 02750 : 0700) != 0) /* after chown, which clears the bit */
        return dtl_lmdb_fail(err, errno, path, "setting modes");
    return DTL_OK;
}

static bool touch(int dir_fd, const char *name)
{
    int fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

bool dtl_rename_new(int from_fd, const char *from, int to_fd, const char *to, bool folder)
{
    if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    if (folder) /* replaces an empty folder at most */
        return renameat(from_fd, from, to_fd, to) == 0;
    if (linkat(from_fd, from, to_fd, to, 0) != 0)
        return false;
    unlinkat(from_fd, from, 0);
    return true;
}

/* Build the folder `name` of parent_fd; `path` is its whole path. */
static enum dtl_status build(int parent_fd, const char *name, const char *path,
                             const struct dtl_store_options *o, bool locks, struct dtl_error *err)
{
    if (mkdirat(parent_fd, name, 0700) != 0) {
        if (errno != EEXIST)
            return dtl_lmdb_fail(err, errno, path, "making the directory");
        dtl_place_remove(parent_fd, name); /* an earlier process of our number */
        if (mkdirat(parent_fd, name, 0700) != 0)
            return dtl_lmdb_fail(err, errno, path, "making the directory");
    }
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return dtl_lmdb_fail(err, errno, path, "opening the directory");
    enum dtl_status st = dtl_create_fill(path, &o->settings, err);
    if (st == DTL_OK && locks && (!touch(fd, DTL_FILE_WRITER) || !touch(fd, DTL_FILE_SWAP)))
        st = dtl_lmdb_fail(err, errno, path, "making the lock files");
    if (st == DTL_OK)
        st = dress(fd, path, o->group, err);
    if (st == DTL_OK)
        st = dtl_sync_dir(fd, path, err);
    close(fd);
    return st;
}

static enum dtl_status create_beside(const char *dir, const struct dtl_store_options *o,
                                     struct dtl_error *err)
{
    char *parent = NULL, *base = NULL;
    struct dtl_buffer name = {0}, path = {0};
    int fd = -1;
    enum dtl_status st = make_parents(dir, err);
    if (st != DTL_OK)
        return st;
    if (!dtl_place_split(dir, &parent, &base) || !dtl_buffer_format(&name, "%s.new.", base) ||
        !dtl_buffer_byte(&name, 0)) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        goto out;
    }
    fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        st = dtl_lmdb_fail(err, errno, parent, "opening the directory");
        goto out;
    }
    if (!o->allow_network_fs && (st = dtl_place_file_system(fd, parent, err)) != DTL_OK)
        goto out;
    dtl_place_clean(fd, (const char *)name.p);
    name.n--;
    if (!dtl_buffer_format(&name, "%ld", (long)getpid()) || !dtl_buffer_byte(&name, 0) ||
        !dtl_buffer_format(&path, "%s/%s", parent, (const char *)name.p) ||
        !dtl_buffer_byte(&path, 0)) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        goto out;
    }
    st = build(fd, (const char *)name.p, (const char *)path.p, o, true, err);
    if (st == DTL_OK && !dtl_rename_new(fd, (const char *)name.p, fd, base, true) &&
        errno != EEXIST && errno != ENOTEMPTY)
        st = dtl_lmdb_fail(err, errno, dir, "putting the new index in place");
    dtl_place_remove(fd, (const char *)name.p); /* nothing there after the rename */
    if (st == DTL_OK)
        st = dtl_sync_dir(fd, parent, err);
out:
    if (fd >= 0)
        close(fd);
    dtl_buffer_release(&path);
    dtl_buffer_release(&name);
    free(parent);
    free(base);
    return st;
}

static enum dtl_status create_inside(const char *dir, const struct dtl_store_options *o,
                                     struct dtl_error *err)
{
    char name[sizeof DTL_TEMP_PREFIX + 24];
    struct dtl_buffer path = {0};
    int to = -1, from = -1;
    enum dtl_status st = DTL_OK;
    snprintf(name, sizeof name, DTL_TEMP_PREFIX "%ld", (long)getpid());
    if (!dtl_buffer_format(&path, "%s/%s", dir, name) || !dtl_buffer_byte(&path, 0)) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        goto out;
    }
    to = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (to < 0) {
        st = dtl_lmdb_fail(err, errno, dir, "opening the index directory");
        goto out;
    }
    if (!o->allow_network_fs && (st = dtl_place_file_system(to, dir, err)) != DTL_OK)
        goto out;
    dtl_place_clean(to, DTL_TEMP_PREFIX);
    st = build(to, name, (const char *)path.p, o, false, err);
    from = st == DTL_OK ? openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (st == DTL_OK && from < 0)
        st = dtl_lmdb_fail(err, errno, dir, "opening the new index");
    if (st == DTL_OK && !dtl_rename_new(from, DTL_FILE_DATA, to, DTL_FILE_DATA, false) &&
        errno != EEXIST)
        st = dtl_lmdb_fail(err, errno, dir, "putting the new index in place");
    dtl_place_remove(to, name);
    if (st == DTL_OK && o->group)
        st = dress(to, dir, o->group, err);
    if (st == DTL_OK)
        st = dtl_sync_dir(to, dir, err);
out:
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    dtl_buffer_release(&path);
    return st;
}

enum dtl_status dtl_store_create(const char *dir, const struct dtl_store_options *o,
                                 enum dtl_place place, struct dtl_error *err)
{
    return place == DTL_PLACE_MISSING ? create_beside(dir, o, err) : create_inside(dir, o, err);
}
