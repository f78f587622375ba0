/*
 * cmd_news.c - --new, --peek, --digest: what saved searches find that was not told yet.
 *
 * The order is what makes it once: the new record of what was told is written and synced beside the
 * old one, then the articles are printed, the output synced and closed, and only then does the new
 * record take the old one's place. A run that ends anywhere before that tells the same again; one
 * that ended well never does. A closed pipe, a full disk and a killed run are thus all alike.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/sandbox.h"
#include "common/base/utf8.h"
#include "query/alerts/keep.h"
#include "query/alerts/news.h"
#include "query/answer.h"
#include "query/commands.h"
#include "query/pages.h"

struct job { /* one saved search */
    const char *name;
    struct dtl_definition d;
    struct dtl_options o; /* those it was saved with, then those given now */
    struct dtl_buffer index;
    struct dtl_keep folder;
    int lock;
    bool ready;           /* the new record waits for its rename */
    enum dtl_status done; /* of this search; a digest goes on with the others */
};

struct telling {
    const struct dtl_options *o;
    struct dtl_saved saved;
    struct dtl_arena arena;
    struct job *job;
    size_t jobs;
    bool advances, found, begun;
    struct dtl_buffer out, talk;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

/* ---- which searches, with which options ---- */

/* The definition's options, then the command line's: what is given now holds, where one does. */
static enum dtl_status merge_options(struct dtl_arena *arena, const struct dtl_options *given,
                                     const struct dtl_definition *d, struct dtl_options *out,
                                     struct dtl_error *err)
{
    size_t n = 0, most = d->options + given->takens + 2;
    char **argv = dtl_arena_alloc(arena, most * sizeof *argv);
    struct dtl_buffer text = {0};
    if (given->takens > DTL_TAKEN_MAX)
        return dtl_fail(err, DTL_EUSAGE, 0, "at most %u options", DTL_TAKEN_MAX);
    if (!argv)
        return no_memory(err);
    argv[n++] = dtl_arena_strndup(arena, DTL_PROGRAM, sizeof DTL_PROGRAM - 1);
    for (size_t i = 0; i < d->options; i++)
        argv[n++] = dtl_arena_strndup(arena, d->option[i], strlen(d->option[i]));
    for (size_t i = 0; i < given->takens && !text.failed; i++) {
        dtl_buffer_reset(&text);
        dtl_option_write(&given->taken[i], &text);
        argv[n++] = dtl_arena_strndup(arena, (const char *)text.p, text.n);
    }
    bool fine = !text.failed;
    dtl_buffer_release(&text);
    for (size_t i = 0; i < n; i++)
        fine = fine && argv[i];
    return fine ? dtl_options_parse((int)n, argv, out, err) : no_memory(err);
}

static enum dtl_status recall(struct dtl_saved *saved, struct dtl_arena *arena,
                              const struct dtl_options *given, const char *name,
                              struct dtl_definition *d, struct dtl_options *o,
                              struct dtl_buffer *index, struct dtl_error *err)
{
    struct dtl_error why = {0};
    enum dtl_status st = dtl_saved_definition(saved, dtl_bytes_of(name), d, &why);
    if (st == DTL_NOTFOUND)
        return dtl_fail(err, DTL_EUSAGE, 0, "there is no saved search '%.60s'; %s", name, why.text);
    if (st == DTL_OK)
        st = merge_options(arena, given, d, o, &why);
    if (st < 0)
        return dtl_fail(err, st, 0, "%s", why.text);
    st = dtl_index_path(o->index, index, err);
    return st == DTL_OK && !dtl_buffer_byte(index, 0) ? no_memory(err) : st;
}

enum dtl_status dtl_news_index(struct dtl_saved *saved, const struct dtl_options *given,
                               const char *name, struct dtl_buffer *index, struct dtl_error *err)
{
    struct dtl_definition d = {0};
    struct dtl_options o;
    return recall(saved, &saved->arena, given, name, &d, &o, index, err);
}

static enum dtl_status check_options(const struct dtl_options *o, bool advances,
                                     struct dtl_error *err)
{
    const char *other = o->show          ? "show"
                        : o->queries     ? "queries"
                        : o->facets      ? "facet"
                        : o->timeline    ? "timeline"
                        : o->interactive ? "interactive"
                        : o->explain     ? "explain"
                        : o->resume      ? "resume"
                        : o->file        ? "file"
                                         : NULL;
    if (other)
        return dtl_fail(err, DTL_EUSAGE, 0, "--%s does not go with what is new to a saved search",
                        other);
    if (advances && o->offset)
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--offset would pass over articles for ever: --peek takes it");
    return DTL_OK;
}

static enum dtl_status add_job(struct telling *t, const char *name, struct dtl_error *err)
{
    for (size_t i = 0; i < t->jobs; i++)
        if (strcmp(t->job[i].name, name) == 0)
            return DTL_OK;
    struct job *j = &t->job[t->jobs++];
    *j = (struct job){.name = name, .lock = -1, .folder.fd = -1};
    enum dtl_status st = recall(&t->saved, &t->arena, t->o, name, &j->d, &j->o, &j->index, err);
    if (st == DTL_OK)
        st = check_options(&j->o, t->advances, err);
    if (st < 0)
        return st;
    j->o.no_pager = true; /* what a pager was given is not yet read */
    if (!j->o.limited)
        j->o.limit = UINT64_MAX;
    if (t->o->digest && j->o.form == DTL_FORM_AUTO)
        j->o.form = DTL_FORM_TEXT;
    return DTL_OK;
}

static enum dtl_status choose_jobs(struct telling *t, struct dtl_error *err)
{
    const struct dtl_options *o = t->o;
    const char *one = o->news ? o->news : o->peek, **name = NULL;
    size_t n = 0;
    enum dtl_status st = DTL_OK;
    if (o->news && o->peek)
        return dtl_fail(err, DTL_EUSAGE, 0, "--new and --peek do not go together");
    if (o->save || o->forget || o->reset || o->list_saved)
        return dtl_fail(err, DTL_EUSAGE, 0, "--save, --saved, --forget and --reset stand alone");
    if (o->word_count && !o->digest)
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--%s takes a saved search: no query beside it ('%.60s')",
                        o->news ? "new" : "peek", o->words[0]);
    if (o->digest && !one && o->word_count == 0 &&
        (st = dtl_saved_names(&t->saved, &name, &n, err)) == DTL_OK && n == 0)
        return dtl_fail(err, DTL_EUSAGE, 0, "no search is saved: --save NAME QUERY keeps one");
    size_t most = n + (size_t)o->word_count + 1;
    if (st == DTL_OK && !(t->job = dtl_arena_alloc(&t->arena, most * sizeof *t->job)))
        return no_memory(err);
    if (st == DTL_OK && one)
        st = add_job(t, one, err);
    for (int i = 0; i < o->word_count && st == DTL_OK; i++)
        st = add_job(t, o->words[i], err);
    for (size_t i = 0; i < n && st == DTL_OK; i++)
        st = add_job(t, name[i], err);
    return st;
}

/* ---- one search ---- */

static enum dtl_status read_told(const struct job *j, struct dtl_told *told, struct dtl_error *err)
{
    struct dtl_buffer file = {0};
    struct dtl_error why = {0};
    enum dtl_status st = dtl_keep_read(&j->folder, j->name, ".told", DTL_TOLD_BYTES, &file, &why);
    if (st == DTL_OK)
        st = dtl_told_decode(dtl_buffer_view(&file), told, &why);
    dtl_buffer_release(&file);
    if (st == DTL_ECORRUPT)
        return dtl_fail(err, st, 0, "%.200s/%.100s.told: %s; --reset %.60s begins anew",
                        (const char *)j->folder.path.p, j->name, why.text, j->name);
    return st < 0 ? dtl_fail(err, st, 0, "%s", why.text) : DTL_OK;
}

/* The record as it will be when this is told, on disk beside the old one. */
static enum dtl_status prepare(struct job *j, struct dtl_told *told, const struct dtl_news *news,
                               struct dtl_error *err)
{
    struct dtl_buffer file = {0};
    if (news->entries == 0 && told->generation == news->generation &&
        told->published == news->published)
        return DTL_OK;
    enum dtl_status st = dtl_told_add(told, news->entry, news->entries, err);
    told->generation = news->generation;
    told->published = news->published;
    if (st == DTL_OK && !dtl_told_encode(told, &file))
        st = no_memory(err);
    if (st == DTL_OK)
        st = dtl_keep_prepare(&j->folder, j->name, dtl_buffer_view(&file), err);
    j->ready = st == DTL_OK;
    dtl_buffer_release(&file);
    return st;
}

static void heading(struct telling *t, const struct job *j, const struct dtl_news *news)
{
    uint64_t fresh = news->total - news->revised;
    dtl_utf8_sanitise(&t->out, dtl_bytes_of(j->name), false);
    dtl_buffer_text(&t->out, ": ");
    if (fresh)
        dtl_buffer_format(&t->out, "%llu new", (unsigned long long)fresh);
    if (news->revised)
        dtl_buffer_format(&t->out, "%s%llu revised", fresh ? ", " : "",
                          (unsigned long long)news->revised);
    dtl_buffer_text(&t->out, "\n(");
    dtl_utf8_sanitise(&t->out, j->d.query, false);
    dtl_buffer_text(&t->out, ")\n\n");
}

static enum dtl_status render(struct telling *t, struct job *j, struct dtl_session *s,
                              struct dtl_answer *a, const struct dtl_news *news,
                              struct dtl_error *err)
{
    bool text = s->render.form == DTL_FORM_TEXT;
    s->render.changes = true;
    s->render.batch = t->o->digest && !text;
    s->render.qid = dtl_bytes_of(j->name);
    s->render.endless = t->o->digest;
    if (s->render.form == DTL_FORM_COUNT) {
        dtl_render_count(&s->render, news->total, &s->out);
        return DTL_OK;
    }
    if (news->total == 0 && s->render.form != DTL_FORM_JSON)
        return DTL_OK;
    if (t->o->digest && text)
        heading(t, j, news);
    if (!t->begun)
        dtl_render_begin(&s->render, &s->out);
    return dtl_pages(s, a, err);
}

/* Cut short, the rest would be told never, or what was printed again. */
static enum dtl_status check_limit(const struct telling *t, const struct job *j,
                                   const struct dtl_news *news, struct dtl_error *err)
{
    if (!t->advances || j->o.quiet || news->total <= j->o.limit || j->o.form == DTL_FORM_COUNT)
        return DTL_OK;
    return dtl_fail(err, DTL_EUSAGE, 0,
                    "%llu articles are new to '%.60s', and only %llu should be printed: --new "
                    "prints all or none, --peek takes -n",
                    (unsigned long long)news->total, j->name, (unsigned long long)j->o.limit);
}

static enum dtl_status find(struct dtl_session *s, struct dtl_answer *a,
                            const struct dtl_told *told, struct dtl_news *news,
                            struct dtl_error *err)
{
    struct dtl_plan *plan = NULL;
    enum dtl_status st = dtl_answer_expand(s, a, err);
    if (st == DTL_OK)
        st = dtl_plan_open(&plan, s->snap, a->q, s->o->max_expand, a->arena, err);
    if (st == DTL_OK)
        st = dtl_news_find(s->snap, plan, a->q, told, (int64_t)time(NULL), a->arena, news, err);
    dtl_plan_close(plan);
    return st;
}

static enum dtl_status tell(struct telling *t, struct job *j, struct dtl_error *err)
{
    struct dtl_session s = {.o = &j->o};
    struct dtl_arena arena = {0};
    struct dtl_answer a = {.arena = &arena};
    struct dtl_told told = {0};
    struct dtl_news news = {0};
    enum dtl_status st = t->advances ? dtl_keep_lock(&j->folder, j->name, &j->lock, err) : DTL_OK;
    if (st == DTL_OK)
        st = read_told(j, &told, err);
    if (st == DTL_OK)
        st = dtl_session_begin(&s, &j->o, err);
    if (st == DTL_OK)
        st = dtl_answer_parse(&s, j->d.query, &a, err);
    if (st == DTL_OK)
        st = dtl_session_read(&s, err);
    if (st == DTL_OK)
        st = find(&s, &a, &told, &news, err);
    if (st == DTL_OK)
        st = check_limit(t, j, &news, err);
    s.news = &news;
    if (st == DTL_OK && !j->o.quiet)
        st = render(t, j, &s, &a, &news, err);
    if (st == DTL_OK && s.talks && news.total == 0)
        dtl_session_say(&s, "nothing is new to '%s'", j->name);
    if (st == DTL_OK && t->advances && !j->o.quiet)
        st = prepare(j, &told, &news, err);
    if (st == DTL_OK) {
        dtl_buffer_append(&t->out, s.out.p, s.out.n);
        dtl_buffer_append(&t->talk, s.talk.p, s.talk.n);
        t->found = t->found || news.total > 0;
        t->begun = t->begun || news.total > 0; /* what stands in front of all hits is there */
        if (t->out.failed || t->talk.failed)
            st = no_memory(err);
    }
    dtl_answer_close(&a);
    dtl_session_end(&s);
    dtl_told_release(&told);
    dtl_arena_release(&arena);
    return st;
}

/* ---- all of them ---- */

static enum dtl_status open_folders(struct telling *t, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < t->jobs && st == DTL_OK; i++)
        st = dtl_keep_told(&t->job[i].folder, (const char *)t->job[i].index.p, t->advances, err);
    return st;
}

/* From here on nothing is opened but the indexes and the records of what was told. */
static enum dtl_status close_in(struct telling *t, struct dtl_error *err)
{
    struct dtl_buffer queries = {0}, searches = {0};
    struct dtl_error none = {0};
    size_t n = 0;
    struct dtl_sandbox_path *path = dtl_arena_alloc(&t->arena, (2 * t->jobs + 2) * sizeof *path);
    if (!path)
        return no_memory(err);
    for (size_t i = 0; i < t->jobs; i++) {
        path[n++] = (struct dtl_sandbox_path){(const char *)t->job[i].index.p, true};
        if (t->job[i].folder.fd >= 0)
            path[n++] =
                (struct dtl_sandbox_path){(const char *)t->job[i].folder.path.p, t->advances};
    }
    if (dtl_saved_path(&queries, &none) == DTL_OK) /* a query may ask for another */
        path[n++] = (struct dtl_sandbox_path){(const char *)queries.p, false};
    if (dtl_keep_path("XDG_CONFIG_HOME", ".config", "dateline/searches", &searches, &none) ==
        DTL_OK)
        path[n++] = (struct dtl_sandbox_path){(const char *)searches.p, false};
    dtl_sandbox(path, n, false);
    dtl_buffer_release(&queries);
    dtl_buffer_release(&searches);
    return DTL_OK;
}

/* Printed for good: nothing is left in a buffer of ours, and in a file also after a power failure.
 */
static enum dtl_status print(struct telling *t, struct dtl_error *err)
{
    struct dtl_session out = {.out = t->out, .talk = t->talk};
    struct stat st;
    if (t->advances && t->out.n && dtl_process_lacked(STDOUT_FILENO))
        return dtl_fail(err, DTL_EIO, 0, "standard output is closed");
    enum dtl_status done = dtl_session_flush(&out, err);
    t->out = out.out;
    t->talk = out.talk;
    if (done < 0 || !t->advances)
        return done;
    if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode) && fsync(STDOUT_FILENO) != 0)
        return dtl_fail(err, DTL_EIO, 0, "standard output: %s", strerror(errno));
    return dtl_close_out(err);
}

static enum dtl_status commit(struct telling *t, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_error why = {0};
    for (size_t i = 0; i < t->jobs && st == DTL_OK; i++) {
        if (t->job[i].ready)
            st = dtl_keep_commit(&t->job[i].folder, t->job[i].name, ".told", &why);
        t->job[i].ready = t->job[i].ready && st < 0;
        if (st < 0)
            st = dtl_fail(err, st, 0,
                          "what was printed for '%.60s' could not be noted, and may be printed "
                          "again: %s",
                          t->job[i].name, why.text);
    }
    return st;
}

static enum dtl_status tell_all(struct telling *t, int *failure, struct dtl_error *err)
{
    enum dtl_status st = choose_jobs(t, err);
    if (st == DTL_OK)
        st = open_folders(t, err);
    if (st == DTL_OK)
        st = close_in(t, err);
    for (size_t i = 0; i < t->jobs && st == DTL_OK; i++) {
        struct job *j = &t->job[i];
        struct dtl_error why = {0};
        j->done = tell(t, j, &why);
        if (j->done >= 0)
            continue;
        int exit_status = dtl_cmd_fail(j->done, &why, t->o->digest ? j->name : NULL, j->d.query);
        *failure = *failure ? *failure : exit_status;
    }
    if (st == DTL_OK)
        st = print(t, err);
    return st == DTL_OK ? commit(t, err) : st;
}

int dtl_cmd_news(const struct dtl_options *o)
{
    struct telling t = {.o = o, .advances = !o->peek};
    struct dtl_error err = {0};
    int failure = 0;
    enum dtl_status st = tell_all(&t, &failure, &err);
    int exit_status = failure ? failure : t.found ? 0 : 1;
    if (st < 0)
        exit_status = dtl_cmd_fail(st, &err, NULL, (struct dtl_bytes){0});
    for (size_t i = 0; i < t.jobs; i++) {
        if (t.job[i].ready) /* it was not printed */
            dtl_keep_discard(&t.job[i].folder, t.job[i].name);
        if (t.job[i].lock >= 0)
            close(t.job[i].lock);
        dtl_keep_close(&t.job[i].folder);
        dtl_buffer_release(&t.job[i].index);
    }
    dtl_saved_end(&t.saved);
    dtl_buffer_release(&t.out);
    dtl_buffer_release(&t.talk);
    dtl_arena_release(&t.arena);
    return exit_status;
}
