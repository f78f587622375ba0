/*
 * cmd_config.c - what the configuration says, as it is understood: a dateline.toml again, which
 * read back means the same. A mistake in it ends this command as it would end the run at night.
 */
#include "common/base/json.h"
#include "common/base/process.h"
#include "common/base/utf8.h"
#include "indexer/update_options.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

enum { CONFIG = 256, ORIGIN };
static const struct option table[] = {
    {"config",      required_argument, NULL, CONFIG},
    {"show-origin", no_argument,       NULL, ORIGIN},
    DTL_COMMON_OPTIONS
};

struct printing {
    struct dtl_buffer *out;
    const struct dtl_config *c;
    bool origin;
};

static void end_line(const struct printing *p, const char *file, uint32_t line)
{
    if (p->origin) {
        dtl_buffer_text(p->out, "  # ");
        dtl_utf8_sanitise(p->out, dtl_bytes_of(file), false);
        if (line)
            dtl_buffer_format(p->out, ":%u", (unsigned)line);
    }
    dtl_buffer_byte(p->out, '\n');
}

/* The field of a NAME=value of --map or --set; empty for other options. */
static struct dtl_bytes field_of(const struct dtl_setting *s)
{
    bool pair = strcmp(s->name, "map") == 0 || strcmp(s->name, "set") == 0;
    return pair ? dtl_bytes(s->value, strcspn(s->value, "=")) : dtl_bytes(NULL, 0);
}

static bool same_key(const struct dtl_setting *a, const struct dtl_setting *b)
{
    return a->root == b->root && strcmp(a->name, b->name) == 0 &&
           dtl_bytes_equal(field_of(a), field_of(b));
}

static bool is_number(const struct dtl_setting *s)
{
    uint64_t unused;
    bool counts = strcmp(s->name, "settle") == 0 || strcmp(s->name, "jobs") == 0 ||
                  strcmp(s->name, "wait") == 0;
    return counts && dtl_number_of(s->value, UINT64_MAX, &unused);
}

static void print_value(struct dtl_buffer *out, const struct dtl_setting *s)
{
    struct dtl_bytes field = field_of(s);
    if (!s->value)
        dtl_buffer_text(out, strncmp(s->name, "no-", 3) == 0 ? "false" : "true");
    else if (is_number(s))
        dtl_buffer_text(out, s->value);
    else
        dtl_json_string(out, dtl_bytes_of(s->value + (field.n ? field.n + 1 : 0)));
}

static void put_key(struct dtl_buffer *out, struct dtl_bytes key)
{
    bool bare = true;
    for (size_t i = 0; i < key.n; i++)
        bare &= (key.p[i] | 32) >= 'a' && (key.p[i] | 32) <= 'z';
    if (bare)
        dtl_buffer_append(out, key.p, key.n);
    else
        dtl_json_string(out, key);
}

/* The settings of one root: each key once, with all its values. */
static void print_settings(const struct printing *p, uint32_t root)
{
    const struct dtl_config *c = p->c;
    for (size_t i = 0; i < c->settings; i++) {
        const struct dtl_setting *s = &c->setting[i];
        size_t same = 0, before = 0;
        if (s->root != root)
            continue;
        for (size_t k = 0; k < c->settings; k++) {
            same += same_key(s, &c->setting[k]);
            before += k < i && same_key(s, &c->setting[k]);
        }
        if (before)
            continue;
        struct dtl_bytes field = field_of(s);
        dtl_buffer_text(p->out, strncmp(s->name, "no-", 3) == 0 ? s->name + 3 : s->name);
        if (field.n) {
            dtl_buffer_byte(p->out, '.');
            put_key(p->out, field);
        }
        dtl_buffer_text(p->out, same > 1 ? " = [" : " = ");
        for (size_t k = i, n = 0; k < c->settings; k++)
            if (same_key(s, &c->setting[k])) {
                dtl_buffer_text(p->out, n++ ? ", " : "");
                print_value(p->out, &c->setting[k]);
            }
        dtl_buffer_text(p->out, same > 1 ? "]" : "");
        end_line(p, c->file, s->line);
    }
}

static const char *index_origin(const struct dtl_config *c, const char *given)
{
    const char *v = getenv("DATELINE_INDEX");
    return given ? "--index" : c->index ? c->file : v && *v ? "DATELINE_INDEX" : "default";
}

static enum dtl_status print(const struct printing *p, const char *given,
                             const struct dtl_update_options *o, struct dtl_error *err)
{
    struct dtl_buffer dir = {0}, whole = {0};
    char *here = NULL;
    enum dtl_status st = dtl_index_path(o->index, &dir, err);
    if (st < 0)
        return st;
    dtl_buffer_text(p->out, "index = ");
    if (dir.p[0] != '/' && (here = getcwd(NULL, 0))) {
        dtl_buffer_text(&whole, here);
        dtl_buffer_byte(&whole, '/');
    }
    dtl_buffer_append(&whole, dir.p, dir.n);
    dtl_json_string(p->out, dtl_buffer_view(&whole));
    dtl_buffer_release(&whole);
    dtl_buffer_release(&dir);
    free(here);
    end_line(p, index_origin(p->c, given), !given && p->c->index ? p->c->index_line : 0);
    print_settings(p, 0);
    for (size_t i = 0; i < p->c->roots; i++) {
        dtl_buffer_text(p->out, "[[root]]\npath = ");
        dtl_json_string(p->out, dtl_bytes_of(p->c->root[i].path));
        end_line(p, p->c->file, p->c->root[i].line);
        print_settings(p, (uint32_t)i + 1);
    }
    return p->out->failed ? dtl_fail(err, DTL_ENOMEM, 0, "out of memory") : DTL_OK;
}

int dtl_cmd_config(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    struct dtl_buffer out = {0};
    struct printing p = {.out = &out};
    char *file = NULL, standard_input[] = "-", config[] = "--config";
    int c;
    while ((c = dtl_option_next(self, argc, argv, ":i:h", table)) != -1) {
        if (c == '?' || c == ':')
            return 2;
        p.origin |= c == ORIGIN;
        file = c == CONFIG ? optarg : file;
        index = c == 'i' ? optarg : index;
    }
    if (optind < argc)
        return dtl_usage(self, "takes no argument, not '%s'", argv[optind]);
    /* As the run would take it: with a path, for a configuration without roots is sound too. */
    char *update[] = {argv[0], file ? config : standard_input, file, standard_input, NULL};
    struct dtl_update_options *o = calloc(1, sizeof *o);
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    optind = 0;
    int status = o ? dtl_update_options(self, index, file ? 4 : 2, update, &arena, o) : 4;
    if (status == 0 && !o->config.file)
        dtl_say("there is no configuration: neither %s in the index's folder nor a file of the "
                "user's",
                DTL_CONFIG_NAME);
    if (status == 0) {
        p.c = &o->config;
        if (print(&p, index, o, &err) < 0)
            status = dtl_say_error(&err);
    }
    if (status == 0) {
        dtl_put_buffer(&out);
        status = dtl_finish_output();
    }
    dtl_buffer_release(&out);
    dtl_arena_release(&arena);
    free(o);
    return status;
}
