/* cmd_search.c - one query. */
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <unistd.h>

#include "common/base/utf8.h"
#include "query/answer.h"
#include "query/commands.h"
#include "query/explain.h"
#include "query/pages.h"
#include "query/why.h"

int dtl_cmd_fail(enum dtl_status st, const struct dtl_error *err, const char *where,
                 struct dtl_bytes query)
{
    if (st == DTL_EQUERY)
        dtl_say_query(where, query, err);
    else if (where)
        dtl_say("%s: %s", where, err->text[0] ? err->text : dtl_status_text(st));
    else
        dtl_say("%s", err->text[0] ? err->text : dtl_status_text(st));
    return dtl_status_exit(st);
}

enum dtl_status dtl_read_file(const char *name, size_t most, struct dtl_buffer *out,
                              struct dtl_error *err)
{
    bool standard = strcmp(name, "-") == 0;
    const char *shown = standard ? "standard input" : name;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return dtl_fail(err, DTL_EIO, 0, "%.200s: %s", shown, strerror(errno));
    enum dtl_status st = DTL_OK;
    while (st == DTL_OK) {
        if (!dtl_buffer_reserve(out, 65536)) {
            st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
            break;
        }
        ssize_t n = read(fd, out->p + out->n, 65536);
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            st = dtl_fail(err, DTL_EIO, 0, "%.200s: %s", shown, strerror(errno));
        if (n > 0)
            out->n += (size_t)n;
        if (out->n > most)
            st = dtl_fail(err, DTL_ELIMIT, 0, "%.200s: over the limit of %zu bytes", shown, most);
    }
    if (!standard)
        close(fd);
    return st;
}

/*
 * Arguments are UTF-8; what is not is read in the character set of the user's locale, which is
 * asked for here alone. A set that is UTF-8 or ASCII cannot help: the parser then names the byte.
 */
static void from_locale(struct dtl_buffer *text)
{
    if (dtl_utf8_valid_prefix(dtl_buffer_view(text)) == text->n)
        return;
    setlocale(LC_CTYPE, "");
    const char *set = nl_langinfo(CODESET);
    iconv_t cd = (iconv_t)-1;
    if (strcmp(set, "UTF-8") != 0 && strcmp(set, "ANSI_X3.4-1968") != 0)
        cd = iconv_open("UTF-8", set);
    setlocale(LC_CTYPE, "C");
    if (cd == (iconv_t)-1)
        return;
    struct dtl_buffer utf8 = {0};
    if (dtl_buffer_reserve(&utf8, text->n * 4 + 16)) {
        char *in = (char *)text->p, *out = (char *)utf8.p;
        size_t left = text->n, room = utf8.capacity;
        if (iconv(cd, &in, &left, &out, &room) != (size_t)-1 && left == 0) {
            utf8.n = utf8.capacity - room;
            struct dtl_buffer swap = *text;
            *text = utf8;
            utf8 = swap;
        }
    }
    dtl_buffer_release(&utf8);
    iconv_close(cd);
}

enum dtl_status dtl_query_text(const struct dtl_options *o, struct dtl_buffer *out,
                               struct dtl_error *err)
{
    if (o->file && o->word_count > 0)
        return dtl_fail(err, DTL_EUSAGE, 0, "a query from -f %.100s and words beside it ('%.60s')",
                        o->file, o->words[0]);
    if (o->file)
        return dtl_read_file(o->file, 16 * DTL_QUERY_BYTES, out,
                             err); /* the parser knows the limit */
    for (int i = 0; i < o->word_count; i++) {
        if (i > 0)
            dtl_buffer_byte(out, ' ');
        dtl_buffer_text(out, o->words[i]);
    }
    from_locale(out);
    return out->failed ? dtl_fail(err, DTL_ENOMEM, 0, "out of memory") : DTL_OK;
}

/* The hits, or the count. */
static enum dtl_status answer(struct dtl_session *s, struct dtl_answer *a,
                              const struct dtl_search_options *how, struct dtl_error *err)
{
    if (!how->count_only && !how->first_only) {
        dtl_render_begin(&s->render, &s->out);
        return dtl_pages(s, a, err);
    }
    enum dtl_status st = dtl_answer_search(s, how, a, err);
    a->total = a->result.total;
    a->found = a->total > 0;
    if (st == DTL_OK && s->render.form == DTL_FORM_COUNT && !how->first_only && !s->o->explain)
        dtl_render_count(&s->render, a->total, &s->out);
    return st;
}

static enum dtl_status search(struct dtl_session *s, struct dtl_answer *a, struct dtl_error *err)
{
    struct dtl_search_options how = dtl_answer_options(s);
    if (s->o->explain)
        how.count_only = true;
    dtl_answer_notes(s, a);
    enum dtl_status st = answer(s, a, &how, err);
    if (st < 0 || s->o->quiet || s->quit)
        return st;
    if (s->o->explain)
        st = dtl_explain(s, a, err);
    else if (!a->found)
        st = dtl_explain_zero(s, a, err);
    if (st == DTL_OK && s->o->stats)
        st = dtl_tell_undated(s, a, err);
    if (st == DTL_OK && s->o->stats && s->render.form != DTL_FORM_JSON &&
        s->render.form != DTL_FORM_TEXT && !s->o->explain)
        dtl_session_say(s, "%.3f ms, %llu segments, %llu blocks, %llu articles scored",
                        a->milliseconds, (unsigned long long)a->result.work.segments_visited,
                        (unsigned long long)a->result.work.blocks_read,
                        (unsigned long long)a->result.work.documents_scored);
    return st;
}

/* Options that would leave something out without a word. */
static enum dtl_status check_options(const struct dtl_options *o, struct dtl_error *err)
{
    if (o->word_count == 0 && !o->file && o->filters == 0 && !o->like)
        return dtl_fail(err, DTL_EUSAGE, 0, "no query; try --help");
    if (o->resume && o->offset)
        return dtl_fail(err, DTL_EUSAGE, 0, "--resume goes on where it says; leave --offset out");
    if (o->resume && (o->form == DTL_FORM_COUNT || o->quiet || o->explain))
        return dtl_fail(err, DTL_EUSAGE, 0, "--resume is for hits, not for -c, -q or --explain");
    return DTL_OK;
}

int dtl_cmd_search(struct dtl_session *s)
{
    struct dtl_buffer text = {0};
    struct dtl_arena arena = {0};
    struct dtl_answer a = {.arena = &arena};
    struct dtl_error err = {0};
    enum dtl_status st = dtl_query_text(s->o, &text, &err);
    if (st == DTL_OK)
        st = check_options(s->o, &err);
    if (st == DTL_OK)
        st = dtl_answer_parse(s, dtl_buffer_view(&text), &a, &err);
    if (st == DTL_OK)
        st = dtl_session_read(s, &err);
    if (st == DTL_OK)
        st = search(s, &a, &err);
    dtl_answer_close(&a);
    if (st == DTL_OK)
        st = dtl_session_flush(s, &err);
    int exit_status = a.found ? 0 : 1;
    if (st < 0)
        exit_status = dtl_cmd_fail(st, &err, NULL, dtl_buffer_view(&text));
    dtl_arena_release(&arena);
    dtl_buffer_release(&text);
    return exit_status;
}
