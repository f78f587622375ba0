/*
 * temp_dir.h - a fresh directory for a test, and its removal with all that is in it.
 *
 *     char *dir = temp_dir_make();   "/tmp/dateline-test.XXXXXX", or under $TMPDIR
 *     char *file = temp_dir_path(dir, "index/data.mdb");
 *     ... free(file); temp_dir_remove(dir);   frees it too
 */
#ifndef DTL_TESTS_TEMP_DIR_H
#define DTL_TESTS_TEMP_DIR_H
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline char *temp_dir_path(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + 2;
    char *path = malloc(n);
    if (!path)
        abort();
    snprintf(path, n, "%s/%s", dir, name);
    return path;
}

static inline char *temp_dir_make(void)
{
    const char *under = getenv("TMPDIR");
    char *dir = temp_dir_path(under && *under ? under : "/tmp", "dateline-test.XXXXXX");
    if (!mkdtemp(dir)) {
        perror(dir);
        abort();
    }
    return dir;
}

static inline int temp_dir_remove_one(const char *path, const struct stat *st, int type,
                                      struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static inline void temp_dir_remove(char *dir)
{
    if (nftw(dir, temp_dir_remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        perror(dir);
    free(dir);
}
#endif
