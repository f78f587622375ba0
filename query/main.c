/*
 * main.c - dateline-query: settle the process, read the options, run one command.
 *
 * The program never writes to the index and creates nothing. Its exit statuses are documented in
 * --help; every way out of here closes standard output and hears whether it was written.
 */
#include <signal.h>
#include <stdlib.h>

#include "common/base/process.h"
#include "common/base/sandbox.h"
#include "query/alerts/keep.h"
#include "query/commands.h"
#include "query/help_tables.h" /* made from docs/man by tools/help_from_man */
#include "query/saved.h"

static void settle_process(void)
{
    dtl_process_start(DTL_PROGRAM);
    signal(SIGPIPE, SIG_DFL);    /* a closed pipe ends it quietly, whatever the parent set */
    unsetenv("POSIXLY_CORRECT"); /* options may follow operands */
    dtl_store_guard(DTL_PROGRAM);
}

/* `help query`, `help dates` and nothing else: any other words are a query. */
static bool is_help(int argc, char **argv, struct dtl_buffer *text)
{
    if (argc != 3 || strcmp(argv[1], "help") != 0)
        return false;
    const char *table = strcmp(argv[2], "query") == 0   ? dtl_help_query
                        : strcmp(argv[2], "dates") == 0 ? dtl_help_dates
                                                        : NULL;
    return table && dtl_buffer_text(text, table);
}

static int help(struct dtl_buffer *table, bool brief)
{
    struct dtl_buffer text = *table;
    struct dtl_error err = {0};
    if (text.n == 0)
        dtl_options_help(brief, &text);
    enum dtl_status st = text.failed ? dtl_fail(&err, DTL_ENOMEM, 0, "out of memory")
                                     : dtl_write_out(dtl_buffer_view(&text), &err);
    dtl_buffer_release(&text);
    return st < 0 ? dtl_cmd_fail(st, &err, NULL, (struct dtl_bytes){0}) : 0;
}

static int version(void)
{
    struct dtl_buffer text = {0};
    struct dtl_error err = {0};
    dtl_buffer_format(&text, DTL_PROGRAM " %s\nindex format %u\n%s\n%s\n", DTL_VERSION,
                      DTL_FORMAT_VERSION, dtl_store_version(), dtl_text_versions());
    enum dtl_status st = dtl_write_out(dtl_buffer_view(&text), &err);
    dtl_buffer_release(&text);
    return st < 0 ? dtl_cmd_fail(st, &err, NULL, (struct dtl_bytes){0}) : 0;
}

/*
 * The index's folder and the files that were named are all this process can open from here on. Not
 * where a pager may run, which needs its own files: there the rights are those of the person.
 */
static void close_in(const struct dtl_session *s)
{
    struct dtl_buffer index = {0}, saved = {0}, searches = {0};
    struct dtl_error err = {0};
    struct dtl_sandbox_path path[5];
    size_t n = 0;
    if (s->pager_command || s->o->interactive)
        return;
    if (dtl_index_path(s->o->index, &index, &err) == DTL_OK && dtl_buffer_byte(&index, 0))
        path[n++] = (struct dtl_sandbox_path){(const char *)index.p, true};
    if (dtl_saved_path(&saved, &err) == DTL_OK)
        path[n++] = (struct dtl_sandbox_path){(const char *)saved.p, false};
    if (dtl_keep_path("XDG_CONFIG_HOME", ".config", "dateline/searches", &searches, &err) == DTL_OK)
        path[n++] = (struct dtl_sandbox_path){(const char *)searches.p, false};
    if (index.failed || saved.failed || searches.failed) /* what is left out could not be opened */
        dtl_process_out_of_memory();
    if (s->o->file)
        path[n++] = (struct dtl_sandbox_path){s->o->file, false};
    if (s->o->queries)
        path[n++] = (struct dtl_sandbox_path){s->o->queries, false};
    dtl_sandbox(path, n, false);
    dtl_buffer_release(&index);
    dtl_buffer_release(&saved);
    dtl_buffer_release(&searches);
}

static int run(const struct dtl_options *o)
{
    struct dtl_session s = {0};
    struct dtl_error err = {0};
    dtl_process_limit_data(o->memory);
    enum dtl_status st = dtl_session_begin(&s, o, &err);
    bool keeps = o->save || o->list_saved || o->forget || o->reset;
    int exit_status;
    if (st == DTL_OK && !keeps) /* those open no index */
        close_in(&s);
    if (st < 0)
        exit_status = dtl_cmd_fail(st, &err, NULL, (struct dtl_bytes){0});
    else if (keeps)
        exit_status = dtl_cmd_saved(&s);
    else if (o->interactive)
        exit_status = dtl_cmd_interactive(&s);
    else if (o->show)
        exit_status = dtl_cmd_show(&s);
    else if (o->queries)
        exit_status = dtl_cmd_batch(&s);
    else if (o->facets)
        exit_status = dtl_cmd_facet(&s);
    else if (o->timeline)
        exit_status = dtl_cmd_timeline(&s);
    else
        exit_status = dtl_cmd_search(&s);
    dtl_session_end(&s);
    return exit_status;
}

int main(int argc, char **argv)
{
    struct dtl_options o;
    struct dtl_error err = {0};
    struct dtl_buffer table = {0};
    int exit_status;
    settle_process();
    if (is_help(argc, argv, &table)) {
        exit_status = help(&table, false);
    } else if (dtl_options_parse(argc, argv, &o, &err) < 0) {
        dtl_say("%s; try --help", err.text);
        exit_status = 2;
    } else if (o.help || o.short_help) {
        exit_status = help(&table, !o.help);
    } else if (o.version) {
        exit_status = version();
    } else if (o.news || o.peek || o.digest) {
        exit_status = dtl_cmd_news(&o);
    } else {
        exit_status = run(&o);
    }
    if (dtl_close_out(&err) < 0 && exit_status < 2)
        exit_status = dtl_cmd_fail(DTL_EIO, &err, NULL, (struct dtl_bytes){0});
    return exit_status;
}
