/*
 * path.c - where the index is when nobody says: environment, XDG data directory, home.
 *
 * An empty variable counts as unset, and a relative $XDG_DATA_HOME is ignored, as its specification
 * asks: a cron job would otherwise make an index wherever it happened to start.
 */
#include "common/store/store_internal.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

static bool finish(struct dtl_buffer *out)
{
    bool fine = dtl_buffer_byte(out, 0);
    if (fine)
        out->n--; /* the NUL is there, and not counted */
    return fine;
}

static const char *variable(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

enum dtl_status dtl_index_path(const char *option, struct dtl_buffer *out, struct dtl_error *err)
{
    const char *dir = option ? option : variable("DATELINE_INDEX");
    const char *data = variable("XDG_DATA_HOME"), *home = variable("HOME");
    char room[4096];
    struct passwd pw, *found = NULL;
    if (option && !*option)
        return dtl_fail(err, DTL_EUSAGE, 0, "the index directory is named by an empty string");
    if (dir) {
        dtl_buffer_text(out, dir);
    } else if (data && *data == '/') {
        dtl_buffer_text(out, data);
        dtl_buffer_text(out, "/dateline/default");
    } else {
        if (!home && getpwuid_r(geteuid(), &pw, room, sizeof room, &found) == 0 && found)
            home = pw.pw_dir;
        if (!home || *home != '/')
            return dtl_fail(err, DTL_EUSAGE, 0,
                            "no index named and no home directory: use --index DIR");
        dtl_buffer_text(out, home);
        dtl_buffer_text(out, "/.local/share/dateline/default");
    }
    if (out->failed || !finish(out))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    return DTL_OK;
}
