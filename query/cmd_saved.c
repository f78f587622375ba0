/*
 * cmd_saved.c - --save, --saved, --forget, --reset: which searches there are. cmd_news.c tells what
 * they find.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/json.h"
#include "common/base/utf8.h"
#include "query/alerts/keep.h"
#include "query/answer.h"
#include "query/commands.h"

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

/* ---- --save ---- */

/* A saved search works from any folder, so its index is kept by its whole path. */
static enum dtl_status whole_index(const struct dtl_options *o, struct dtl_arena *arena,
                                   const char **out, struct dtl_error *err)
{
    struct dtl_buffer text = {0};
    char *whole = realpath(o->index, NULL), *here = NULL;
    dtl_buffer_text(&text, "--index=");
    if (whole) {
        dtl_buffer_text(&text, whole);
    } else { /* it may be made later */
        if (o->index[0] != '/' && (here = getcwd(NULL, 0)) != NULL)
            dtl_buffer_format(&text, "%s/", here);
        dtl_buffer_text(&text, o->index);
    }
    free(whole);
    free(here);
    *out = text.failed ? NULL : dtl_arena_strndup(arena, (const char *)text.p, text.n);
    dtl_buffer_release(&text);
    return *out ? DTL_OK : no_memory(err);
}

static enum dtl_status keep_options(const struct dtl_options *o, struct dtl_arena *arena,
                                    struct dtl_definition *d, struct dtl_error *err)
{
    struct dtl_buffer text = {0};
    enum dtl_status st = DTL_OK;
    if (o->takens > DTL_TAKEN_MAX)
        return dtl_fail(err, DTL_EUSAGE, 0, "--save keeps at most %u options", DTL_TAKEN_MAX);
    if (o->index)
        st = whole_index(o, arena, &d->option[d->options++], err);
    for (size_t i = 0; i < o->takens && st == DTL_OK; i++) {
        const struct dtl_taken *t = &o->taken[i];
        enum dtl_keeping keeping = dtl_option_keeping(t);
        dtl_buffer_reset(&text);
        dtl_option_write(t, &text);
        if (keeping == DTL_KEEP_NOT)
            st = dtl_fail(err, DTL_EUSAGE, 0, "--save keeps a search: %.*s does not go with it",
                          text.n > 60 ? 60 : (int)text.n, (const char *)text.p);
        if (st != DTL_OK || keeping == DTL_KEEP_PASSING || (o->index && t->value == o->index))
            continue;
        if (text.failed || d->options == DTL_DEFINITION_OPTIONS ||
            !(d->option[d->options++] = dtl_arena_strndup(arena, (const char *)text.p, text.n)))
            st = no_memory(err);
    }
    dtl_buffer_release(&text);
    return st;
}

static enum dtl_status check_name(const char *name, struct dtl_error *err)
{
    if (dtl_saved_name_fine(dtl_bytes_of(name)))
        return DTL_OK;
    return dtl_fail(err, DTL_EUSAGE, 0,
                    "'%.60s': a name has letters, digits, - _ and ., at most %u bytes, not - or . "
                    "in front",
                    name, DTL_SAVED_NAME_BYTES);
}

/* The user's own file is his to write. */
static enum dtl_status check_not_by_hand(struct dtl_session *s, const char *name,
                                         struct dtl_error *err)
{
    bool by_hand = false;
    enum dtl_status st = dtl_saved_by_hand(&s->saved, dtl_bytes_of(name), &by_hand, err);
    if (st == DTL_OK && by_hand)
        return dtl_fail(err, DTL_EUSAGE, 0, "'%.60s' stands in %.200s: change it there", name,
                        (const char *)s->saved.path.p);
    return st;
}

static enum dtl_status write_definition(const char *name, const struct dtl_definition *d,
                                        struct dtl_error *err)
{
    struct dtl_buffer file = {0};
    struct dtl_keep k = {.fd = -1};
    enum dtl_status st = dtl_definition_encode(d, &file, err);
    if (st == DTL_OK)
        st = dtl_keep_searches(&k, true, err);
    if (st == DTL_OK)
        st = dtl_keep_prepare(&k, name, dtl_buffer_view(&file), err);
    if (st == DTL_OK)
        st = dtl_keep_commit(&k, name, "", err);
    dtl_keep_close(&k);
    dtl_buffer_release(&file);
    return st;
}

/* Is it a query? Said now, and not by the first run from cron. */
static enum dtl_status save(struct dtl_session *s, struct dtl_buffer *text, struct dtl_arena *arena,
                            struct dtl_error *err)
{
    const struct dtl_options *o = s->o;
    struct dtl_definition d = {0};
    struct dtl_answer a = {.arena = arena};
    enum dtl_status st = check_name(o->save, err);
    if (st == DTL_OK)
        st = check_not_by_hand(s, o->save, err);
    if (st == DTL_OK)
        st = keep_options(o, arena, &d, err);
    if (st == DTL_OK)
        st = dtl_query_text(o, text, err);
    if (st == DTL_OK && text->n == 0 && o->filters == 0 && !o->like)
        st = dtl_fail(err, DTL_EUSAGE, 0, "--save %.60s: no query to keep", o->save);
    if (st == DTL_OK)
        st = dtl_answer_parse(s, dtl_buffer_view(text), &a, err);
    for (size_t i = 0; i < text->n; i++) /* blanks to the parser as well */
        if (text->p[i] == '\n' || text->p[i] == '\r')
            text->p[i] = ' ';
    d.query = dtl_buffer_view(text);
    if (st == DTL_OK)
        st = write_definition(o->save, &d, err);
    if (st == DTL_OK && s->talks)
        dtl_say("'%s' is saved: --new %s prints what it finds, each article once", o->save,
                o->save);
    return st;
}

/* ---- --saved ---- */

static void list_one(struct dtl_session *s, const char *name, const struct dtl_definition *d)
{
    bool first = true;
    if (s->o->form == DTL_FORM_JSON) {
        dtl_buffer_text(&s->out, "{\"type\":\"saved\",\"name\":");
        dtl_json_string(&s->out, dtl_bytes_of(name));
        dtl_buffer_text(&s->out, ",\"query\":");
        dtl_json_string(&s->out, d->query);
        dtl_buffer_text(&s->out, ",\"options\":[");
        for (size_t i = 0; i < d->options; i++, first = false) {
            dtl_buffer_text(&s->out, first ? "" : ",");
            dtl_json_string(&s->out, dtl_bytes_of(d->option[i]));
        }
        dtl_buffer_text(&s->out, "]}\n");
        return;
    }
    dtl_utf8_sanitise(&s->out, dtl_bytes_of(name), false);
    dtl_buffer_byte(&s->out, '\t');
    dtl_utf8_sanitise(&s->out, d->query, false);
    dtl_buffer_byte(&s->out, '\t');
    for (size_t i = 0; i < d->options; i++, first = false) {
        dtl_buffer_text(&s->out, first ? "" : " ");
        dtl_utf8_sanitise(&s->out, dtl_bytes_of(d->option[i]), false);
    }
    dtl_buffer_byte(&s->out, '\n');
}

static enum dtl_status list(struct dtl_session *s, bool *any, struct dtl_error *err)
{
    const char **name = NULL;
    size_t n = 0;
    enum dtl_status st = dtl_saved_names(&s->saved, &name, &n, err);
    for (size_t i = 0; i < n && st == DTL_OK; i++) {
        struct dtl_definition d = {0};
        st = dtl_saved_definition(&s->saved, dtl_bytes_of(name[i]), &d, err);
        if (st == DTL_OK)
            list_one(s, name[i], &d);
    }
    *any = n > 0;
    return st == DTL_OK ? dtl_session_flush(s, err) : st;
}

/* ---- --forget, --reset ---- */

static enum dtl_status unknown(struct dtl_session *s, const char *name, struct dtl_error *err)
{
    struct dtl_definition d = {0};
    struct dtl_error why = {0};
    enum dtl_status st = dtl_saved_definition(&s->saved, dtl_bytes_of(name), &d, &why);
    if (st == DTL_NOTFOUND)
        return dtl_fail(err, DTL_EUSAGE, 0, "there is no saved search '%.60s'; %s", name, why.text);
    return st < 0 ? dtl_fail(err, st, 0, "%s", why.text) : DTL_OK;
}

static enum dtl_status forget(struct dtl_session *s, struct dtl_error *err)
{
    const char *name = s->o->forget;
    struct dtl_keep k = {.fd = -1};
    enum dtl_status st = check_name(name, err);
    if (st == DTL_OK)
        st = check_not_by_hand(s, name, err);
    if (st == DTL_OK)
        st = dtl_keep_searches(&k, false, err);
    if (st == DTL_OK && (st = dtl_keep_remove(&k, name, "", err)) == DTL_NOTFOUND)
        st = unknown(s, name, err);
    dtl_keep_close(&k);
    return st == DTL_OK ? dtl_keep_remove_told(name, ".told", err) : st;
}

static enum dtl_status reset(struct dtl_session *s, struct dtl_error *err)
{
    const char *name = s->o->reset;
    struct dtl_buffer index = {0};
    struct dtl_keep k = {.fd = -1};
    int lock = -1;
    enum dtl_status st = unknown(s, name, err);
    if (st == DTL_OK)
        st = dtl_news_index(&s->saved, s->o, name, &index, err);
    if (st == DTL_OK)
        st = dtl_keep_told(&k, (const char *)index.p, true, err);
    if (st == DTL_OK)
        st = dtl_keep_lock(&k, name, &lock, err);
    if (st == DTL_OK && (st = dtl_keep_remove(&k, name, ".told", err)) == DTL_NOTFOUND)
        st = DTL_OK; /* nothing was told yet */
    if (lock >= 0)
        close(lock);
    dtl_keep_close(&k);
    dtl_buffer_release(&index);
    return st;
}

/* ---- which of them ---- */

int dtl_cmd_saved(struct dtl_session *s)
{
    const struct dtl_options *o = s->o;
    struct dtl_error err = {0};
    struct dtl_buffer text = {0};
    struct dtl_arena arena = {0};
    bool any = true;
    enum dtl_status st = DTL_OK;
    const char *option = o->list_saved ? "saved" : o->forget ? "forget" : "reset";
    if ((o->save != NULL) + (o->forget != NULL) + (o->reset != NULL) + o->list_saved > 1)
        st =
            dtl_fail(&err, DTL_EUSAGE, 0, "one of --save, --saved, --forget and --reset at a time");
    else if (!o->save && (o->word_count || o->file))
        st = dtl_fail(&err, DTL_EUSAGE, 0, "--%s takes no query", option);
    else if (o->save)
        st = save(s, &text, &arena, &err);
    else if (o->list_saved)
        st = list(s, &any, &err);
    else
        st = o->forget ? forget(s, &err) : reset(s, &err);
    int exit_status = any ? 0 : 1;
    if (st < 0)
        exit_status = dtl_cmd_fail(st, &err, NULL, dtl_buffer_view(&text));
    dtl_buffer_release(&text);
    dtl_arena_release(&arena);
    return exit_status;
}
