/*
 * cmd_batch.c - many queries over one open index.
 *
 * All lines are answered from one snapshot until half a megabyte is gathered; then the snapshot is
 * closed before anything is printed, and the next lines see the archive as it is then.
 */
#include <stdio.h>

#include "query/answer.h"
#include "query/commands.h"
#include "query/explain.h"
#include "query/limit.h"
#include "query/pages.h"
#include "query/why.h"

#define BATCH_BYTES   ((size_t)1 << 30)
#define GATHERED_MOST ((size_t)512 << 10)

struct batch {
    uint64_t line, bad, found;
    const char *name;
};

static enum dtl_status print_one(struct dtl_session *s, struct dtl_answer *a, struct dtl_error *err)
{
    struct dtl_search_options how = dtl_answer_options(s);
    bool hits = !how.count_only && !how.first_only && !s->o->explain;
    if (hits)
        return dtl_pages(s, a, err);
    enum dtl_status st = dtl_answer_search(s, &how, a, err);
    a->total = a->result.total;
    a->found = a->total > 0;
    if (st < 0 || s->o->quiet)
        return st;
    if (s->o->explain)
        return dtl_explain(s, a, err);
    dtl_render_count(&s->render, a->total, &s->out);
    return DTL_OK;
}

static enum dtl_status one_query(struct dtl_session *s, struct dtl_bytes text, bool *found,
                                 struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct dtl_answer a = {.arena = &arena};
    enum dtl_status st = dtl_answer_parse(s, text, &a, err);
    if (st == DTL_OK && s->o->verbose)
        dtl_answer_notes(s, &a);
    if (st == DTL_OK)
        st = dtl_session_read(s, err);
    dtl_limit_begin(s->o->timeout); /* each line has its own */
    if (st == DTL_OK)
        st = print_one(s, &a, err);
    dtl_limit_end();
    if (st == DTL_OK && s->o->verbose && !a.found && !s->quit)
        st = dtl_explain_zero(s, &a, err);
    if (st == DTL_OK && s->o->stats && s->render.form != DTL_FORM_JSON)
        dtl_session_say(s, "%.*s: %.3f ms, %llu articles", (int)s->render.qid.n,
                        (const char *)s->render.qid.p, a.milliseconds, (unsigned long long)a.total);
    *found = a.found;
    dtl_answer_close(&a);
    dtl_arena_release(&arena);
    return st;
}

/* A bad line is said and counted; anything else that fails ends the batch. */
static enum dtl_status one_line(struct dtl_session *s, struct batch *b, struct dtl_bytes line,
                                struct dtl_error *err)
{
    char where[320];
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    if (line.n == 0)
        return DTL_OK;
    snprintf(where, sizeof where, "%.250s:%llu", b->name, (unsigned long long)b->line);
    const uint8_t *tab = memchr(line.p, '\t', line.n);
    if (!tab || tab == line.p) {
        dtl_say("%s: not qid<TAB>query", where);
        b->bad++;
        return DTL_OK;
    }
    struct dtl_bytes query = dtl_bytes(tab + 1, (size_t)(line.p + line.n - tab - 1));
    bool found = false;
    s->render.qid = dtl_bytes(line.p, (size_t)(tab - line.p));
    enum dtl_status st = one_query(s, query, &found, err);
    b->found += found;
    if (st == DTL_EQUERY || st == DTL_EUSAGE || st == DTL_ELIMIT) {
        dtl_cmd_fail(st, err, where, query);
        b->bad++;
        st = DTL_OK;
    }
    if (st == DTL_OK && s->snap && s->out.n + s->talk.n > GATHERED_MOST)
        st = dtl_session_flush(s, err);
    return st;
}

int dtl_cmd_batch(struct dtl_session *s)
{
    struct dtl_buffer file = {0};
    struct dtl_error err = {0};
    struct batch b = {.name = strcmp(s->o->queries, "-") == 0 ? "stdin" : s->o->queries};
    enum dtl_status st = DTL_OK;
    if (s->o->word_count > 0 || s->o->file)
        st = dtl_fail(&err, DTL_EUSAGE, 0, "--queries takes its queries from the file alone");
    else if (s->o->resume)
        st = dtl_fail(&err, DTL_EUSAGE, 0, "--resume is for one query, not for a batch");
    else if (s->o->timeline || s->o->facets)
        st = dtl_fail(&err, DTL_EUSAGE, 0, "--%s is for one query, not for a batch",
                      s->o->facets ? "facet" : "timeline");
    if (st == DTL_OK)
        st = dtl_read_file(s->o->queries, BATCH_BYTES, &file, &err);
    if (st == DTL_OK)
        st = dtl_session_read(s, &err); /* a missing index is said once, and not by line */
    s->render.batch = true;
    if (st == DTL_OK && !s->o->quiet && !s->o->explain)
        dtl_render_begin(&s->render, &s->out);
    for (size_t at = 0; st == DTL_OK && at < file.n;) {
        const uint8_t *end = memchr(file.p + at, '\n', file.n - at);
        size_t n = end ? (size_t)(end - file.p) - at : file.n - at;
        b.line++;
        st = one_line(s, &b, dtl_bytes(file.p + at, n), &err);
        at += n + 1;
        if ((s->o->quiet && b.found) || s->quit)
            break;
    }
    if (st == DTL_OK)
        st = dtl_session_flush(s, &err);
    int exit_status = b.bad ? 2 : b.found ? 0 : 1;
    if (st < 0)
        exit_status = dtl_cmd_fail(st, &err, NULL, (struct dtl_bytes){0});
    dtl_buffer_release(&file);
    return exit_status;
}
