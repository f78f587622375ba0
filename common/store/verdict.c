/*
 * verdict.c - dtl_store_check, and what a check leaves behind: the mark of a damaged index.
 */
#include "common/store/pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void stamp(char text[32])
{
    struct tm tm;
    time_t now = time(NULL);
    if (!localtime_r(&now, &tm) || strftime(text, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0)
        text[0] = 0;
}

/* In a file of its own and not in `meta`: writing into a damaged tree could destroy what is still
 * sound. */
static void remember(struct dtl_store *s, enum dtl_status st, const char *finding)
{
    char when[32];
    if (st == DTL_OK) {
        unlinkat(s->dir_fd, DTL_FILE_DAMAGED, 0);
    } else {
        int fd = openat(s->dir_fd, DTL_FILE_DAMAGED,
                        O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
            return;
        dtl_place_adopt(s->dir_fd, fd, false);
        stamp(when);
        dprintf(fd, "%s %s\n", when, finding);
        fsync(fd);
        close(fd);
    }
    fsync(s->dir_fd);
}

void dtl_store_condemn(struct dtl_store *s, const char *finding)
{
    if (s->write)
        remember(s, DTL_ECORRUPT, finding);
}

enum dtl_status dtl_store_check(struct dtl_store *s, dtl_report_fn report, void *ctx,
                                struct dtl_error *err)
{
    struct dtl_page_meta meta;
    struct dtl_error e = {0};
    mdb_filehandle_t fd = -1;
    MDB_stat stat;
    MDB_txn *txn = NULL;
    enum dtl_status st = DTL_NOTFOUND;
    int rc = mdb_env_get_fd(s->env, &fd);
    if (rc == 0)
        rc = mdb_env_stat(s->env, &stat);
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "checking");
    if (s->txn && (st = dtl_writer_flush(s, err)) != DTL_OK)
        return st;
    /* The transaction pins its pages; its meta page is gone when a writer committed twice
     * meanwhile. */
    for (int tries = 0; tries < 100; tries++) {
        if ((st = dtl_env_read(s, &txn, err)) != DTL_OK)
            return st;
        st = dtl_page_meta_of(fd, mdb_txn_id(txn), stat.ms_psize, &meta, &e);
        if (st != DTL_NOTFOUND)
            break;
        mdb_txn_abort(txn);
        txn = NULL;
    }
    if (st == DTL_NOTFOUND)
        return dtl_fail(err, DTL_EBUSY, 0, "%s: a writer commits too fast to be checked", s->dir);
    s->snapshots++;
    if (st == DTL_OK)
        st = dtl_check_file(fd, &meta, report, ctx, NULL, &e);
    else if (report && st == DTL_ECORRUPT)
        report(ctx, true, e.text);
    s->snapshots--;
    mdb_txn_abort(txn);
    if (s->write && (st == DTL_OK || st == DTL_ECORRUPT))
        remember(s, st, e.text);
    return st == DTL_OK ? st : dtl_fail(err, st, e.pos, "%s: %.340s", s->dir, e.text);
}
