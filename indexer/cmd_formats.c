/*
 * cmd_formats.c - which forms of articles there are, and which one a file is taken for.
 *
 * The second answers "why was this skipped" and "why was this read as that" without an index.
 */
#include "common/base/process.h"
#include "common/base/utf8.h"
#include "indexer/article/recognise.h"
#include "indexer/command.h"

#include <getopt.h>

static const struct option table[] = {DTL_COMMON_OPTIONS};

static void list(struct dtl_buffer *out)
{
    struct dtl_intake_form f;
    for (size_t i = 0; dtl_intake_form_at(i, &f); i++)
        dtl_buffer_format(out, "%s\t%d\t%s\n", f.name, f.confidence, f.summary);
}

/* One line a stream of the file; a message and false for what cannot be read. */
static bool tell(const struct dtl_file *file, struct dtl_buffer *out)
{
    struct dtl_members *m = NULL;
    struct dtl_error err = {0};
    bool ok = true;
    enum dtl_status st = dtl_members_open(&m, file, NULL, &err);
    while (st >= 0) {
        struct dtl_stream s = {0};
        struct dtl_intake_form form = {"-", NULL, 0};
        st = dtl_members_next(m, &s, &err);
        if (st == DTL_END)
            break;
        if (st == DTL_OK)
            st = dtl_intake_form_of(&s, &form, &err);
        if (st == DTL_EINPUT || st == DTL_ECORRUPT) {
            dtl_say("%.*s: %s", (int)s.path.n, (const char *)s.path.p, err.text);
            ok = false;
            st = DTL_OK;
            continue;
        }
        if (st >= 0) {
            dtl_utf8_sanitise(out, s.path, false);
            dtl_buffer_format(out, "\t%s\t%d\n", form.name, form.confidence);
        }
    }
    if (st < 0)
        dtl_say("%.*s: %s", (int)file->path.n, (const char *)file->path.p, err.text);
    dtl_members_close(m);
    return ok && st >= 0;
}

static bool tell_path(const char *path, struct dtl_buffer *out)
{
    struct dtl_walk *walk = NULL;
    struct dtl_error err = {0};
    struct dtl_file file = dtl_file_stdin();
    bool ok = true;
    if (strcmp(path, "-") == 0)
        return tell(&file, out);
    enum dtl_status st = dtl_walk_open(&walk, &path, 1, &(struct dtl_walk_options){0}, &err);
    while (st >= 0 && (st = dtl_walk_next(walk, &file, &err)) != DTL_END) {
        if (st == DTL_OK) {
            ok &= tell(&file, out);
        } else if (st == DTL_EIO) {
            dtl_say("%s", err.text);
            ok = false;
            st = DTL_OK;
        }
    }
    dtl_walk_close(walk);
    return ok && st >= 0;
}

int dtl_cmd_formats(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    struct dtl_buffer out = {0};
    bool ok = true;
    int c;
    (void)index;
    while ((c = dtl_option_next(self, argc, argv, ":i:h", table)) != -1)
        if (c != 'i')
            return 2;
    if (optind == argc)
        list(&out);
    for (int i = optind; i < argc; i++) {
        ok &= tell_path(argv[i], &out);
        dtl_put_buffer(&out);
        dtl_buffer_reset(&out);
    }
    dtl_put_buffer(&out);
    dtl_buffer_release(&out);
    int status = dtl_finish_output();
    return status ? status : ok ? 0 : 4;
}
