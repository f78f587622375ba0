/* explain.c - every number here is counted over the archive, none is estimated. */
#include "query/explain.h"

#include "common/base/utf8.h"
#include "common/segment/dead.h"
#include "common/segment/terms.h"
#include "query/plan/fields.h"

enum { TERMS_SHOWN = 24 };

/* What a node with children asks of them. */
static void kind_text(const struct dtl_node *n, struct dtl_buffer *out)
{
    switch (n->kind) {
    case DTL_NODE_AND:
        dtl_buffer_text(out, "all of");
        break;
    case DTL_NODE_OR:
        dtl_buffer_text(out, "any of");
        break;
    case DTL_NODE_NOT:
        dtl_buffer_text(out, "not");
        break;
    case DTL_NODE_QUORUM:
        dtl_buffer_format(out, "at least %u of %u", n->needed, n->children);
        break;
    case DTL_NODE_ATLEAST:
        dtl_buffer_format(out, "at least %u times", n->needed);
        break;
    case DTL_NODE_NEAR:
        if (n->near == DTL_NEAR_SENTENCE)
            dtl_buffer_text(out, "in one sentence");
        else if (n->near == DTL_NEAR_PARAGRAPH)
            dtl_buffer_text(out, "in one paragraph");
        else if (n->near == DTL_NEAR_ORDERED)
            dtl_buffer_format(out, "in this order, at most %u words apart", n->distance);
        else if (n->near == DTL_NEAR_NOT)
            dtl_buffer_format(out, "the first, with none of the second within %u words",
                              n->distance);
        else
            dtl_buffer_format(out, "at most %u words apart", n->distance);
        break;
    default:
        break;
    }
    if (n->boost && n->boost != DTL_BOOST_NONE)
        dtl_buffer_format(out, ", scores times %g", n->boost / (double)DTL_BOOST_NONE);
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

/* A word that stands for many. */
static void expansion_text(const struct dtl_word *w, struct dtl_buffer *out)
{
    dtl_utf8_sanitise(out, w->form, false);
    if (w->edits)
        dtl_buffer_format(out, "~%u", w->edits);
    else if (!w->like)
        dtl_buffer_byte(out, '*');
    dtl_buffer_format(out, ": %llu printed form%s of %u term%s", (unsigned long long)w->forms,
                      w->forms == 1 ? "" : "s", w->key_count, w->key_count == 1 ? "" : "s");
    if (w->sample.n) {
        dtl_buffer_text(out, ", such as ");
        dtl_utf8_sanitise(out, w->sample, false);
    }
    dtl_buffer_byte(out, '\n');
}

/* What a filter found in the dictionary. */
static void filter_line(struct dtl_session *s, const struct dtl_field_plan *f, uint32_t depth,
                        struct dtl_buffer *out)
{
    uint64_t ids = 0, values = f->values;
    for (size_t i = 0; f->ids && i < s->snap->segments; i++)
        ids += f->ids[i].docs;
    for (uint32_t i = 0; i < f->words; i++)
        values += !f->word[i].prefix;
    dtl_buffer_format(out, "%*s", (int)depth * 2, "");
    if (f->ids)
        dtl_buffer_format(out, "%llu article%s with such an id, deleted ones included\n",
                          (unsigned long long)ids, ids == 1 ? "" : "s");
    else
        dtl_buffer_format(out, "%llu value%s looked for\n", (unsigned long long)values,
                          values == 1 ? "" : "s");
}

static enum dtl_status word_line(struct dtl_snapshot *snap, const struct dtl_word *w,
                                 uint32_t depth, struct dtl_buffer *out, struct dtl_error *err)
{
    uint32_t shown = 0, more = 0;
    dtl_buffer_format(out, "%*s", (int)depth * 2, "");
    if (w->prefix) {
        expansion_text(w, out);
        return DTL_OK;
    }
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
    if (n->children > 0)
        kind_text(n, out);
    else
        print_safe(n, out);
    dtl_buffer_format(out, "  [%llu articles]\n", (unsigned long long)count);
    const struct dtl_node_words *w = dtl_plan_words(a->plan, n);
    for (uint32_t i = 0; w && i < w->words && st == DTL_OK; i++)
        st = word_line(s->snap, &w->word[i], depth + 1, out, err);
    const struct dtl_field_plan *f = n->kind == DTL_NODE_FIELD ? dtl_plan_field(a->plan, n) : NULL;
    if (f)
        filter_line(s, f, depth + 1, out);
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
