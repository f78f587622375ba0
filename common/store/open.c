/*
 * open.c - dtl_store_open: the order in which a directory is looked at, locked, inspected and
 * mapped.
 *
 * The order matters. A writer holds writer.lock before it looks; everyone holds swap.lock (shared)
 * from the look at data.mdb to the end of the opening, so that `compact` never swaps the file
 * between; files are inspected by our own code before LMDB maps them; and only then is anything
 * believed or written.
 */
#include "common/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SWAP_WAIT 10.0 /* seconds; the swap itself takes milliseconds */

static char *trimmed(const char *dir)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    return strndup(dir, n);
}

/* An index stands at s->dir afterwards, or the status says why not. */
static enum dtl_status find_or_create(struct dtl_store *s, const struct dtl_store_options *o,
                                      struct dtl_error *err)
{
    enum dtl_place place = DTL_PLACE_MISSING;
    enum dtl_status st = dtl_place_look(s->dir, &place, err);
    if (st != DTL_OK)
        return st;
    if ((place == DTL_PLACE_MISSING || place == DTL_PLACE_EMPTY) && o->write && o->create) {
        st = dtl_store_create(s->dir, o, place, err);
        if (st == DTL_OK)
            st = dtl_place_look(s->dir, &place, err);
        if (st != DTL_OK)
            return st;
    }
    return dtl_place_refusal(s->dir, place, err);
}

static bool on_read_only_medium(const struct dtl_store *s)
{
    struct statvfs fs;
    return fstatvfs(s->dir_fd, &fs) == 0 && (fs.f_flag & ST_RDONLY);
}

static enum dtl_status read_meta(struct dtl_store *s, const struct dtl_store_options *o,
                                 struct dtl_error *err)
{
    struct dtl_bytes v = {0};
    MDB_txn *txn = NULL;
    enum dtl_status st = dtl_env_read(s, &txn, err);
    if (st != DTL_OK)
        return st;
    st = dtl_env_get(s, txn, DTL_DB_META, DTL_LITERAL(DTL_META_FORMAT), &v, err);
    if (st == DTL_OK)
        st = dtl_format_decode(v, err);
    /* Of an older format everything but dictionaries is as it is now, and those are made anew. */
    if (st == DTL_EVERSION && o->any_version && err->pos < DTL_FORMAT_VERSION)
        st = DTL_OK;
    if (st == DTL_OK)
        st = dtl_env_get(s, txn, DTL_DB_META, DTL_LITERAL(DTL_META_SETTINGS), &v, err);
    if (st == DTL_OK)
        st = dtl_settings_decode(v, &s->settings, err);
    if (st == DTL_OK)
        st = dtl_env_get(s, txn, DTL_DB_META, DTL_LITERAL(DTL_META_SERIAL), &v, err);
    if (st == DTL_OK)
        st = dtl_serial_decode(v, &s->next_serial, err);
    if (st == DTL_OK)
        st = dtl_manifest_read(s, txn, &s->manifest, err);
    mdb_txn_abort(txn);
    if (st == DTL_NOTFOUND)
        st = dtl_fail(err, DTL_ECORRUPT, 0, "a value of 'meta' is missing");
    if (st < 0 && err && st != DTL_ENOMEM) { /* the decoders know no directory */
        struct dtl_error e = *err;
        return dtl_fail(err, st, e.pos, "%s: %.300s%s", s->dir, e.text,
                        st == DTL_ECORRUPT ? ": restore a backup" : "");
    }
    return st;
}

/* What only a writer asks: damage seen, other versions, what a crashed run left. */
static enum dtl_status ready_to_write(struct dtl_store *s, const struct dtl_store_options *o,
                                      struct dtl_error *err)
{
    struct stat st;
    if (o->checking)
        return DTL_OK;
    if (fstatat(s->dir_fd, DTL_FILE_DAMAGED, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return dtl_fail(err, DTL_ECORRUPT, 0,
                        "%s: the last check found damage (file '%s' says what), and writing could "
                        "spread it: restore a backup, or run `dateline-index check` again",
                        s->dir, DTL_FILE_DAMAGED);
    if (!o->any_version && *o->settings.versions &&
        strcmp(o->settings.versions, s->settings.versions) != 0)
        return dtl_fail(err, DTL_EVERSION, 0,
                        "%s: indexed with %.100s, this program has %.100s: `dateline-index compact "
                        "--reanalyse` brings the index up to date",
                        s->dir, s->settings.versions, o->settings.versions);
    dtl_place_clean(s->dir_fd, DTL_TEMP_PREFIX);
    return dtl_sweep(s, err);
}

static enum dtl_status open_locked(struct dtl_store *s, const struct dtl_store_options *o,
                                   struct dtl_error *err)
{
    int swap = -1;
    enum dtl_status st = dtl_lock_swap(s, false, SWAP_WAIT, &swap, err);
    if (st != DTL_OK)
        return st;
    st = dtl_place_inspect(s->dir_fd, s->dir, !o->lock_only, err);
    if (st == DTL_OK && !o->lock_only)
        st = dtl_env_open(s, err);
    if (swap >= 0)
        close(swap);
    if (st != DTL_OK || o->lock_only)
        return st < 0 ? st : DTL_OK;
    if (st == DTL_OK)
        st = read_meta(s, o, err);
    if (st == DTL_OK && s->write)
        st = ready_to_write(s, o, err);
    return st;
}

enum dtl_status dtl_store_open(struct dtl_store **out, const char *dir,
                               const struct dtl_store_options *o, struct dtl_error *err)
{
    struct dtl_store *s = calloc(1, sizeof *s);
    enum dtl_status st = DTL_OK;
    if (!s)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    s->dir_fd = s->writer_fd = -1;
    s->write = o->write;
    s->checking = o->checking;
    s->reserve_bytes = DTL_DISK_RESERVE;
    s->swap_seconds = DTL_SWAP_SECONDS;
    s->dir = trimmed(dir);
    if (!s->dir || !*s->dir) {
        st = s->dir ? dtl_fail(err, DTL_EUSAGE, 0, "the index directory has no name")
                    : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        goto out;
    }
    if ((st = find_or_create(s, o, err)) != DTL_OK)
        goto out;
    s->dir_fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir_fd < 0) {
        st = dtl_lmdb_fail(err, errno, s->dir, "opening the index directory");
        goto out;
    }
    if (!o->allow_network_fs && (st = dtl_place_file_system(s->dir_fd, s->dir, err)) != DTL_OK)
        goto out;
    if (s->write)
        st = dtl_lock_writer(s, o->wait_seconds, err);
    else if (on_read_only_medium(s))
        st = dtl_lock_out_writers(s, err);
    if (st == DTL_OK)
        st = open_locked(s, o, err);
out:
    if (st != DTL_OK) {
        dtl_store_close(s);
        return st;
    }
    *out = s;
    return DTL_OK;
}

void dtl_store_close(struct dtl_store *s)
{
    if (!s)
        return;
    if (s->txn)
        mdb_txn_abort(s->txn);
    if (s->env)
        mdb_env_close(s->env);
    dtl_unlock_writer(s); /* after the environment: the next writer finds it closed */
    if (s->dir_fd >= 0)
        close(s->dir_fd);
    free(s->pending.v);
    dtl_buffer_release(&s->scratch);
    dtl_arena_release(&s->arena);
    free(s->dir);
    free(s);
}

const struct dtl_settings *dtl_store_settings(const struct dtl_store *s)
{
    return &s->settings;
}

const char *dtl_store_directory(const struct dtl_store *s)
{
    return s->dir;
}
