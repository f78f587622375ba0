/* explain.c - every number here is counted over the archive, none is estimated. */
#include "query/explain.h"

#include "common/base/utf8.h"
#include "common/segment/dead.h"
#include "common/segment/terms.h"

enum { TERMS_SHOWN = 24, WORDS_SHOWN = 32 };

static const char *kind_text(const struct dtl_node *n)
{
    switch (n->kind) {
    case DTL_NODE_AND:
        return "all of";
    case DTL_NODE_OR:
        return "any of";
    case DTL_NODE_NOT:
        return "not";
    default:
        return "";
    }
}

static void range_text(struct dtl_interval d, struct dtl_buffer *out)
{
    char a[DTL_DATE_TEXT], b[DTL_DATE_TEXT];
    dtl_buffer_format(out, "%s..%s", d.earliest == DTL_DAY_MIN ? "" : dtl_day_print(d.earliest, a),
                      d.latest == DTL_DAY_MAX ? "" : dtl_day_print(d.latest, b));
}

static void print_safe(const struct dtl_node *n, struct dtl_buffer *out)
{
    struct dtl_buffer text = {0};
    dtl_node_print(n, &text);
    dtl_utf8_sanitise(out, dtl_buffer_view(&text), false);
    out->failed = out->failed || text.failed;
    dtl_buffer_release(&text);
}

/* Live articles that hold a term; 0 for a stem that no article of its language has. */
static enum dtl_status term_df(struct dtl_snapshot *snap, const struct dtl_term_key *key,
                               uint64_t *df, struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    enum dtl_status st = DTL_OK;
    *df = 0;
    for (size_t i = 0; i < snap->segments && st >= 0; i++) {
        struct dtl_term t;
        st = dtl_terms_find(&snap->segment[i], key, &arena, &t, err);
        if (st == DTL_OK)
            *df += t.df - dtl_dead_df(&snap->segment[i], t.ordinal);
    }
    dtl_arena_release(&arena);
    return st < 0 ? st : DTL_OK;
}

static enum dtl_status word_line(struct dtl_snapshot *snap, const struct dtl_word *w,
                                 uint32_t depth, struct dtl_buffer *out, struct dtl_error *err)
{
    uint32_t shown = 0, more = 0;
    dtl_buffer_format(out, "%*s", (int)depth * 2, "");
    dtl_utf8_sanitise(out, w->folded, false);
    dtl_buffer_format(out, "%s%s: in %llu articles", w->exact ? " (as printed)" : "",
                      w->stop ? " (stop word, does not score)" : "", (unsigned long long)w->df);
    for (uint32_t i = 0; i < w->key_count; i++) {
        const char *lang = dtl_lang_text(w->keys[i].lang);
        uint64_t df = 0;
        if (shown == TERMS_SHOWN) {
            more = w->key_count - i;
            break;
        }
        enum dtl_status st = term_df(snap, &w->keys[i], &df, err);
        if (st < 0)
            return st;
        if (!df)
            continue;
        dtl_buffer_format(out, "%s%s:", shown++ ? ", " : "; terms ", lang ? lang : "?");
        dtl_utf8_sanitise(out, w->keys[i].text, false);
        dtl_buffer_format(out, " %llu", (unsigned long long)df);
    }
    if (more)
        dtl_buffer_format(out, ", and at most %u more", more);
    dtl_buffer_byte(out, '\n');
    return DTL_OK;
}

static enum dtl_status node_lines(struct dtl_session *s, struct dtl_answer *a,
                                  const struct dtl_node *n, uint32_t depth, struct dtl_error *err)
{
    struct dtl_buffer *out = &s->out;
    uint64_t count = 0;
    enum dtl_status st = dtl_search_count_node(s->snap, a->plan, a->q, n, false, &count, err);
    if (st < 0)
        return st;
    dtl_buffer_format(out, "%*s", (int)depth * 2, "");
    if (n->kind == DTL_NODE_QUORUM)
        dtl_buffer_format(out, "at least %u of %u", n->needed, n->children);
    else if (n->children > 0)
        dtl_buffer_text(out, kind_text(n));
    else
        print_safe(n, out);
    dtl_buffer_format(out, "  [%llu articles]\n", (unsigned long long)count);
    const struct dtl_node_words *w = dtl_plan_words(a->plan, n);
    for (uint32_t i = 0; w && i < w->words && st == DTL_OK; i++)
        st = word_line(s->snap, &w->word[i], depth + 1, out, err);
    for (uint32_t i = 0; i < n->children && st == DTL_OK; i++)
        st = node_lines(s, a, n->child[i], depth + 1, err);
    return st;
}

enum dtl_status dtl_explain(struct dtl_session *s, struct dtl_answer *a, struct dtl_error *err)
{
    struct dtl_buffer *out = &s->out, query = {0};
    const struct dtl_query *q = a->q;
    dtl_query_print(q, &query);
    dtl_buffer_text(out, "query: ");
    dtl_utf8_sanitise(out, dtl_buffer_view(&query), false);
    dtl_buffer_release(&query);
    dtl_buffer_text(out, "\ndates: ");
    if (q->undated) {
        dtl_buffer_text(out, "only articles without a date");
    } else if (q->has_dates) {
        range_text(q->dates, out);
        dtl_buffer_text(out, q->within ? ", lying within" : ", overlapping");
    } else {
        dtl_buffer_text(out, "any");
    }
    dtl_buffer_format(out, "\norder: %s\n",
                      s->o->sort == DTL_SORT_OLDEST                  ? "oldest first"
                      : s->o->sort == DTL_SORT_NEWEST || !q->scoring ? "newest first"
                                                                     : "relevance");
    for (const struct dtl_note *n = q->notes; n; n = n->next) {
        dtl_buffer_text(out, "note: ");
        dtl_utf8_sanitise(out, dtl_bytes_of(n->text), false);
        dtl_buffer_byte(out, '\n');
    }
    dtl_buffer_text(out, "tree, counts without the dates:\n");
    enum dtl_status st = node_lines(s, a, q->root, 1, err);
    const struct dtl_work *w = &a->result.work;
    dtl_buffer_format(out,
                      "matching articles: %llu\n"
                      "work: %llu segments visited, %llu passed over, %llu blocks read, %llu "
                      "positions read, %llu articles scored\n",
                      (unsigned long long)a->result.total, (unsigned long long)w->segments_visited,
                      (unsigned long long)w->segments_skipped, (unsigned long long)w->blocks_read,
                      (unsigned long long)w->positions_read,
                      (unsigned long long)w->documents_scored);
    if (s->o->stats)
        dtl_buffer_format(out, "time: %.3f ms\n", a->milliseconds);
    return st;
}

/* ---- why nothing was found ---- */

static enum dtl_status count_words(struct dtl_session *s, struct dtl_answer *a,
                                   const struct dtl_node *n, uint32_t *shown, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE) {
        uint64_t count = 0;
        struct dtl_buffer text = {0};
        if ((*shown)++ >= WORDS_SHOWN)
            return DTL_OK;
        st = dtl_search_count_node(s->snap, a->plan, a->q, n, false, &count, err);
        if (st == DTL_OK && dtl_node_print(n, &text))
            dtl_session_say(s, "  %.*s: %llu article%s", text.n > 200 ? 200 : (int)text.n,
                            (const char *)text.p, (unsigned long long)count, count == 1 ? "" : "s");
        dtl_buffer_release(&text);
    }
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children && st == DTL_OK; i++)
        st = count_words(s, a, n->child[i], shown, err);
    return st;
}

enum dtl_status dtl_explain_zero(struct dtl_session *s, struct dtl_answer *a, struct dtl_error *err)
{
    const struct dtl_query *q = a->q;
    uint32_t shown = 0;
    uint64_t outside = 0;
    dtl_session_say(s, "no article matches");
    enum dtl_status st = count_words(s, a, q->root, &shown, err);
    if (st == DTL_OK && shown > WORDS_SHOWN)
        dtl_session_say(s, "  and %u more words", shown - WORDS_SHOWN);
    if (st == DTL_OK && q->has_dates)
        st = dtl_search_count_node(s->snap, a->plan, a->q, q->root, false, &outside, err);
    if (st < 0)
        return st;
    if (q->has_dates) {
        struct dtl_buffer dates = {0};
        if (q->undated)
            dtl_buffer_text(&dates, "date:none");
        else
            range_text(q->dates, &dates);
        dtl_session_say(s, "%llu article%s match%s outside the dates %.*s",
                        (unsigned long long)outside, outside == 1 ? "" : "s",
                        outside == 1 ? "es" : "", (int)dates.n, (const char *)dates.p);
        dtl_buffer_release(&dates);
    }
    char first[DTL_DATE_TEXT], last[DTL_DATE_TEXT];
    if (s->snap->docs == 0)
        dtl_session_say(s, "the archive is empty");
    else if (dtl_interval_dated(s->snap->covers))
        dtl_session_say(s, "archive covers %s..%s", dtl_day_print(s->snap->covers.earliest, first),
                        dtl_day_print(s->snap->covers.latest, last));
    else
        dtl_session_say(s, "no article of the archive has a date");
    return DTL_OK;
}
