/*
 * place.c - what a directory holds, whose it is, and what it lies on, before LMDB sees it.
 *
 * LMDB trusts its files with the process's memory (RELIABILITY H4): they must belong to the reader,
 * to root or to the directory's owner, and nobody else may be able to write data.mdb. lock.mdb is
 * only looked at by name, never opened: closing it would drop the lock LMDB holds on it in this
 * process (H16).
 */
#include "common/store/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statfs.h>
#include <unistd.h>

/* True also when it cannot be found out, with *failed the reason: no index is made where one may
 * be. */
static bool exists(int dir_fd, const char *name, int *failed)
{
    struct stat st;
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    if (errno == ENOENT)
        return false;
    *failed = errno;
    return true;
}

static bool is_temporary(const char *name)
{
    return strncmp(name, DTL_TEMP_PREFIX, sizeof DTL_TEMP_PREFIX - 1) == 0;
}

enum dtl_status dtl_place_look(const char *dir, enum dtl_place *out, struct dtl_error *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT) {
            *out = DTL_PLACE_MISSING;
            return DTL_OK;
        }
        if (errno == ENOTDIR)
            return dtl_fail(err, DTL_ENOINDEX, 0, "%s: not a directory, so not an index", dir);
        return dtl_lmdb_fail(err, errno, dir, "opening the index directory");
    }
    enum dtl_place place = DTL_PLACE_EMPTY;
    int failed = 0;
    if (exists(fd, DTL_FILE_DATA, &failed)) {
        place = DTL_PLACE_INDEX;
    } else if (exists(fd, DTL_FILE_LOCK, &failed) || exists(fd, DTL_FILE_WRITER, &failed) ||
               exists(fd, DTL_FILE_SWAP, &failed) || exists(fd, DTL_FILE_DAMAGED, &failed) ||
               exists(fd, DTL_FILE_NOTE, &failed)) {
        place = DTL_PLACE_VANISHED;
    }
    DIR *d = fdopendir(fd);
    if (!d) {
        int e = errno;
        close(fd);
        return dtl_lmdb_fail(err, e, dir, "reading the index directory");
    }
    errno = 0;
    for (struct dirent *e; place == DTL_PLACE_EMPTY && (e = readdir(d)); errno = 0)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            strcmp(e->d_name, "lost+found") != 0 && strcmp(e->d_name, DTL_FILE_CONFIG) != 0 &&
            !is_temporary(e->d_name))
            place = DTL_PLACE_FOREIGN;
    if (place == DTL_PLACE_EMPTY && errno)
        failed = errno;
    /* A creator may have put its files there between our looks, data.mdb first. */
    if (place != DTL_PLACE_EMPTY && exists(fd, DTL_FILE_DATA, &failed))
        place = DTL_PLACE_INDEX;
    closedir(d);
    if (failed)
        return dtl_lmdb_fail(err, failed, dir, "reading the index directory");
    *out = place;
    return DTL_OK;
}

enum dtl_status dtl_place_refusal(const char *dir, enum dtl_place place, struct dtl_error *err)
{
    switch (place) {
    case DTL_PLACE_INDEX:
        return DTL_OK;
    case DTL_PLACE_MISSING:
        return dtl_fail(err, DTL_ENOINDEX, 0,
                        "%s: no index here (no such directory): `dateline-index update` makes one",
                        dir);
    case DTL_PLACE_EMPTY:
        return dtl_fail(err, DTL_ENOINDEX, 0,
                        "%s: no index here (the directory is empty): `dateline-index update` "
                        "makes one",
                        dir);
    case DTL_PLACE_FOREIGN:
        return dtl_fail(err, DTL_ENOINDEX, 0,
                        "%s: no index here, but other files: name an empty or a new directory",
                        dir);
    case DTL_PLACE_VANISHED:
        break;
    }
    return dtl_fail(err, DTL_ECORRUPT, 0,
                    "%s: data.mdb has been deleted from this index: restore it from a backup, or "
                    "remove the whole directory to begin anew",
                    dir);
}

static enum dtl_status refuse_mode(struct dtl_error *err, const char *dir, const char *name,
                                   const struct stat *st, const char *who)
{
    return dtl_fail(err, DTL_EREFUSED, 0,
                    "%s%s%s is writable by %s (mode %04o): they could take over every reader: "
                    "chmod %s",
                    dir, *name ? "/" : "", name, who, (unsigned)st->st_mode & 07777,
                    strcmp(name, DTL_FILE_LOCK) == 0 ? "o-w" : "go-w");
}

static enum dtl_status check_file(int dir_fd, const char *dir, const char *name,
                                  const struct stat *folder, mode_t refused, struct stat *st,
                                  struct dtl_error *err)
{
    if (fstatat(dir_fd, name, st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? DTL_NOTFOUND : dtl_lmdb_fail(err, errno, dir, "looking at files");
    if (!S_ISREG(st->st_mode))
        return dtl_fail(err, DTL_EREFUSED, 0, "%s/%s is a %s, not a file", dir, name,
                        S_ISLNK(st->st_mode) ? "symbolic link" : "special file");
    if (st->st_uid != geteuid() && st->st_uid != 0 && st->st_uid != folder->st_uid)
        return dtl_fail(err, DTL_EREFUSED, 0,
                        "%s/%s belongs to user %u, who is neither you, root nor the owner of the "
                        "directory",
                        dir, name, (unsigned)st->st_uid);
    if (st->st_mode & refused)
        return refuse_mode(err, dir, name, st, st->st_mode & S_IWOTH ? "everyone" : "its group");
    return DTL_OK;
}

/* The words for a file that is there and may not be opened: whom to ask (H15). */
static enum dtl_status no_permission(const char *dir, const char *name, const struct stat *st,
                                     bool group_helps, struct dtl_error *err)
{
    char room[2048];
    struct group gr, *found = NULL;
    if (group_helps && getgrgid_r(st->st_gid, &gr, room, sizeof room, &found) == 0 && found)
        return dtl_fail(err, DTL_EIO, 0, "%s/%s: no permission: ask to be added to the group %s",
                        dir, name, gr.gr_name);
    return dtl_fail(err, DTL_EIO, 0,
                    "%s/%s: no permission: the index is its owner's (user %u) alone; `--group` at "
                    "its creation would share it",
                    dir, name, (unsigned)st->st_uid);
}

enum dtl_status dtl_place_inspect(int dir_fd, const char *dir, bool metas, struct dtl_error *err)
{
    struct stat folder, data = {0}, lock = {0};
    int fd = -1;
    if (fstat(dir_fd, &folder) != 0)
        return dtl_lmdb_fail(err, errno, dir, "looking at the index directory");
    if (folder.st_mode & (S_IWGRP | S_IWOTH))
        return refuse_mode(err, dir, "", &folder,
                           folder.st_mode & S_IWOTH ? "everyone" : "its group");
    enum dtl_status st =
        check_file(dir_fd, dir, DTL_FILE_DATA, &folder, S_IWGRP | S_IWOTH, &data, err);
    if (st == DTL_NOTFOUND)
        return dtl_place_refusal(dir, DTL_PLACE_VANISHED, err);
    if (st != DTL_OK)
        return st;
    st = check_file(dir_fd, dir, DTL_FILE_LOCK, &folder, S_IWOTH, &lock, err);
    if (st < 0)
        return st;
    if (st == DTL_OK && faccessat(dir_fd, DTL_FILE_LOCK, R_OK | W_OK, AT_EACCESS) != 0 &&
        errno == EACCES)
        return no_permission(dir, DTL_FILE_LOCK, &lock, (lock.st_mode & 060) == 060, err);

    fd = openat(dir_fd, DTL_FILE_DATA, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == EACCES ? no_permission(dir, DTL_FILE_DATA, &data, data.st_mode & 040, err)
                               : dtl_lmdb_fail(err, errno, dir, "opening data.mdb");
    struct dtl_page_meta meta;
    if (data.st_size == 0)
        st = dtl_fail(err, DTL_ECORRUPT, 0,
                      "%s: data.mdb is empty: restore a backup, or remove the directory to begin "
                      "anew",
                      dir);
    else if (metas)
        st = dtl_page_meta_read(fd, dir, &meta, err);
    close(fd);
    return st;
}

/* File systems on which a shared map or its locks do not hold between machines (H23). */
static const struct {
    unsigned long type;
    const char *name;
} network[] = {
    {0x6969,     "NFS"   },
    {0x517B,     "SMB"   },
    {0xFF534D42, "CIFS"  },
    {0xFE534D42, "SMB2"  },
    {0x65735546, "FUSE"  },
    {0x01021997, "9p"    },
    {0x5346414F, "AFS"   },
    {0x6B414653, "AFS"   },
    {0x73757245, "Coda"  },
    {0x00C36400, "Ceph"  },
    {0x564C,     "NCP"   },
    {0x0BD00BD0, "Lustre"},
    {0x01161970, "GFS2"  },
    {0x7461636F, "OCFS2" },
    {0x786F4256, "vboxsf"},
    {0x19830326, "BeeGFS"},
};

enum dtl_status dtl_place_file_system(int dir_fd, const char *dir, struct dtl_error *err)
{
    struct statfs fs;
    if (fstatfs(dir_fd, &fs) != 0)
        return dtl_lmdb_fail(err, errno, dir, "asking for the file system");
    for (size_t i = 0; i < sizeof network / sizeof *network; i++)
        if (((unsigned long)fs.f_type & 0xFFFFFFFFu) == network[i].type)
            return dtl_fail(err, DTL_EREFUSED, 0,
                            "%s: lies on %s, where locks and memory maps of several machines do "
                            "not agree: put the index on a local disk",
                            dir, network[i].name);
    return DTL_OK;
}

enum dtl_status dtl_sync_dir(int dir_fd, const char *dir, struct dtl_error *err)
{
    /* Some file systems cannot sync a directory and say EINVAL; nothing more can be done there. */
    if (fsync(dir_fd) != 0 && errno != EINVAL)
        return dtl_lmdb_fail(err, errno, dir, "writing the directory");
    return DTL_OK;
}

void dtl_place_adopt(int dir_fd, int fd, bool lock)
{
    struct stat st;
    if (fstatat(dir_fd, DTL_FILE_DATA, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    bool shared = st.st_mode & 040;
    int rc = fchown(fd, geteuid() == 0 ? st.st_uid : (uid_t)-1, st.st_gid);
    (void)rc; /* not ours to give: the next writer is told what it may not open */
    rc = fchmod(fd, lock ? (shared ? 0660 : 0600) : (st.st_mode & 0640));
    (void)rc;
}

bool dtl_place_split(const char *dir, char **parent, char **base)
{
    const char *slash = strrchr(dir, '/');
    char *b = strdup(slash ? slash + 1 : dir);
    char *p = !slash         ? strdup(".")
              : slash == dir ? strdup("/")
                             : strndup(dir, (size_t)(slash - dir));
    if (!b || !p) {
        free(b);
        free(p);
        return false;
    }
    *parent = p;
    *base = b;
    return true;
}

void dtl_place_remove(int parent_fd, const char *name)
{
    static const char *const files[] = {DTL_FILE_DATA, DTL_FILE_LOCK, DTL_FILE_WRITER,
                                        DTL_FILE_SWAP};
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) {
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
            unlinkat(fd, files[i], 0);
        close(fd);
        unlinkat(parent_fd, name, AT_REMOVEDIR);
    } else if (errno == ENOTDIR) {
        unlinkat(parent_fd, name, 0);
    }
}

void dtl_place_clean(int dir_fd, const char *prefix)
{
    size_t n = strlen(prefix);
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (!d) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(d));) {
        char *end = NULL;
        if (strncmp(e->d_name, prefix, n) != 0 || e->d_name[n] < '0' || e->d_name[n] > '9')
            continue;
        long pid = strtol(e->d_name + n, &end, 10);
        if (*end == 0 && pid > 0 && pid != getpid() && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
            dtl_place_remove(dir_fd, e->d_name);
    }
    closedir(d);
}
