/*
 * config_find.c - which configuration holds for a run.
 *
 * It belongs to an index, so it is looked for beside that one's data: whoever names the index gets
 * its settings, by hand as from cron. Only a file named by --config may name an index in turn; else
 * `dateline-query`, which reads no configuration, would search another one than was updated.
 */
#include "indexer/update_options.h"

#include <stdlib.h>

static bool is_set(const char *name)
{
    const char *v = getenv(name);
    return v && *v;
}

/* $XDG_CONFIG_HOME/dateline/dateline.toml, or the same below ~/.config; false when nothing says
 * where that is. */
static bool users_file(struct dtl_buffer *path)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && *config == '/')
        dtl_buffer_text(path, config);
    else if (home && *home == '/')
        dtl_buffer_format(path, "%s/.config", home);
    else
        return false;
    dtl_buffer_text(path, "/dateline/" DTL_CONFIG_NAME);
    return dtl_buffer_byte(path, 0);
}

static enum dtl_status index_of_others(const struct dtl_config *c, struct dtl_error *err)
{
    if (!c->index)
        return DTL_OK;
    return dtl_fail(err, DTL_EUSAGE, c->index_line,
                    "%.160s:%u: only a file named by --config may name the index; take the line "
                    "out, this file belongs to the index it is found by",
                    c->file, (unsigned)c->index_line);
}

enum dtl_status dtl_config_find(const char *named, bool none, const char *index,
                                struct dtl_arena *arena, struct dtl_config *out,
                                struct dtl_error *err)
{
    struct dtl_buffer path = {0};
    struct dtl_error unknown = {0};
    *out = (struct dtl_config){0};
    if (named) {
        enum dtl_status st = dtl_config_read(named, arena, out, err);
        return st == DTL_NOTFOUND
                   ? dtl_fail(err, DTL_EIO, 0, "--config %.200s: there is no such file", named)
                   : st;
    }
    if (none)
        return DTL_OK;
    enum dtl_status st = DTL_NOTFOUND;
    if (dtl_index_path(index, &path, &unknown) == DTL_OK) {
        dtl_buffer_text(&path, "/" DTL_CONFIG_NAME);
        st = dtl_buffer_byte(&path, 0) ? dtl_config_read((const char *)path.p, arena, out, err)
                                       : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    if (st == DTL_NOTFOUND && !index && !is_set("DATELINE_INDEX")) {
        dtl_buffer_reset(&path);
        if (users_file(&path))
            st = dtl_config_read((const char *)path.p, arena, out, err);
    }
    dtl_buffer_release(&path);
    if (st == DTL_NOTFOUND)
        return DTL_OK;
    return st == DTL_OK ? index_of_others(out, err) : st;
}
