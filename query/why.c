/* why.c - see why.h. */
#include "query/why.h"

#include "query/plan/spelling.h"

enum {
    CLAUSES_SHOWN = 32,
    DROPS_TRIED = 16,  /* clauses of an AND that are left out in turn */
    WORDS_SPELLED = 8, /* words for which spellings are looked for */
    SPELLINGS_SHOWN = 3,
    TEXT_SHOWN = 200, /* bytes of a clause */
};
#define WHY_MS      1000u
#define SPELLING_MS 200u /* of it for one word */

struct why {
    struct dtl_session *s;
    struct dtl_answer *a;
    struct dtl_stopwatch watch;
    uint32_t milliseconds, shown, spelled;
    struct dtl_error *err;
};

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static bool out_of_time(struct why *w)
{
    return dtl_stopwatch_past(&w->watch);
}

static enum dtl_status count(struct why *w, const struct dtl_node *n, bool with_dates,
                             uint64_t *out)
{
    return dtl_search_count_node(w->s->snap, w->a->plan, w->a->q, n, with_dates, out, w->err);
}

/* "before: text", cut where it is long. */
static void say_node(struct why *w, const char *before, const struct dtl_node *n, const char *after)
{
    struct dtl_buffer text = {0};
    if (dtl_node_print(n, &text)) {
        int shown = text.n > TEXT_SHOWN ? TEXT_SHOWN : (int)text.n;
        dtl_session_say(w->s, "%s%.*s%s%s", before, shown, (const char *)text.p,
                        text.n > TEXT_SHOWN ? "…" : "", after);
    }
    dtl_buffer_release(&text);
}

/* ---- counts of the clauses ---- */

static bool is_clause(const struct dtl_node *n)
{
    return n->kind != DTL_NODE_AND && n->kind != DTL_NODE_OR && n->kind != DTL_NODE_QUORUM &&
           n->kind != DTL_NODE_NOT && n->kind != DTL_NODE_ALL;
}

static enum dtl_status count_clauses(struct why *w, const struct dtl_node *n)
{
    enum dtl_status st = DTL_OK;
    if (is_clause(n)) {
        uint64_t found = 0;
        char after[64];
        if (++w->shown > CLAUSES_SHOWN || out_of_time(w))
            return DTL_OK;
        if ((st = count(w, n, false, &found)) < 0)
            return st;
        snprintf(after, sizeof after, ": %llu article%s", (unsigned long long)found, plural(found));
        say_node(w, "  ", n, after);
        if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
            return DTL_OK;
    }
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children && st == DTL_OK; i++)
        st = count_clauses(w, n->child[i]);
    return st;
}

/* ---- what to leave out ---- */

struct drop {
    const struct dtl_node *clause;
    uint64_t found;
};

static enum dtl_status say_drops(struct why *w, const struct drop *drop, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char after[64];
        snprintf(after, sizeof after, ": %llu article%s", (unsigned long long)drop[i].found,
                 plural(drop[i].found));
        say_node(w, i ? "or without " : "without ", drop[i].clause, after);
    }
    return DTL_OK;
}

/* The root without one of its clauses, which helps most first. */
static enum dtl_status try_drops(struct why *w, const struct dtl_node *root, bool *helped)
{
    struct drop drop[DROPS_TRIED];
    uint32_t n = 0;
    struct dtl_node *left[256];
    struct dtl_node rest = *root;
    rest.child = left;
    for (uint32_t i = 0; i < root->children && i < DROPS_TRIED && !out_of_time(w); i++) {
        uint64_t found = 0;
        bool asks = false; /* exclusions alone are another question */
        rest.children = 0;
        for (uint32_t k = 0; k < root->children; k++)
            if (k != i) {
                left[rest.children++] = root->child[k];
                asks |=
                    root->child[k]->kind != DTL_NODE_NOT && root->child[k]->kind != DTL_NODE_ALL;
            }
        if (!asks)
            continue;
        enum dtl_status st = count(w, &rest, true, &found);
        if (st < 0)
            return st;
        if (!found)
            continue;
        uint32_t at = n++;
        for (; at > 0 && drop[at - 1].found < found; at--)
            drop[at] = drop[at - 1];
        drop[at] = (struct drop){root->child[i], found};
    }
    *helped = n > 0;
    return say_drops(w, drop, n < SPELLINGS_SHOWN ? n : SPELLINGS_SHOWN);
}

static bool all_words(const struct dtl_node *n)
{
    bool words = true;
    for (uint32_t i = 0; i < n->children; i++)
        words &= n->child[i]->kind == DTL_NODE_WORD || n->child[i]->kind == DTL_NODE_PHRASE;
    return words;
}

/* Most of its clauses that some article has together. */
static enum dtl_status try_fewer(struct why *w, const struct dtl_node *root, uint32_t from)
{
    struct dtl_node some = *root;
    some.kind = DTL_NODE_QUORUM;
    for (uint32_t needed = from; needed > 0 && !out_of_time(w); needed--) {
        uint64_t found = 0;
        some.needed = needed;
        enum dtl_status st = count(w, &some, true, &found);
        if (st < 0)
            return st;
        if (found == 0)
            continue;
        char option[48];
        snprintf(option, sizeof option, " (--match %u)", needed);
        dtl_session_say(w->s, "%u of the %u together: %llu article%s%s", needed, root->children,
                        (unsigned long long)found, plural(found), all_words(root) ? option : "");
        return DTL_OK;
    }
    return DTL_OK;
}

static enum dtl_status relax(struct why *w, const struct dtl_node *root)
{
    bool helped = false;
    enum dtl_status st = DTL_OK;
    if (root->children < 2 || root->children > 256)
        return DTL_OK;
    if (root->kind == DTL_NODE_QUORUM)
        return root->needed > 1 ? try_fewer(w, root, root->needed - 1) : DTL_OK;
    if (root->kind != DTL_NODE_AND)
        return DTL_OK;
    st = try_drops(w, root, &helped);
    if (st == DTL_OK && !helped && root->children > 3)
        st = try_fewer(w, root, root->children - 2);
    return st;
}

/* ---- spelling ---- */

/* Articles that print `text`, in the query's dates. */
static enum dtl_status count_form(struct why *w, struct dtl_bytes text, enum dtl_scope scope,
                                  uint64_t *out)
{
    struct dtl_arena arena = {0};
    struct dtl_plan *plan = NULL;
    struct dtl_node word = {
        .kind = DTL_NODE_WORD, .text = text, .exact = true, .boost = DTL_BOOST_NONE};
    struct dtl_query q = *w->a->q;
    word.scope = scope == DTL_SCOPE_TITLE ? scope : DTL_SCOPE_TEXT;
    q.root = &word;
    enum dtl_status st = dtl_plan_open(&plan, w->s->snap, &q, w->s->o->max_expand, &arena, w->err);
    if (st == DTL_OK)
        st = dtl_search_count_node(w->s->snap, plan, &q, &word, true, out, w->err);
    dtl_plan_close(plan);
    dtl_arena_release(&arena);
    return st;
}

static void say_spellings(struct why *w, struct dtl_bytes word, const struct dtl_suggestion *s,
                          const uint64_t *found, size_t n)
{
    struct dtl_buffer line = {0};
    dtl_buffer_format(&line, "%.*s: did you mean ", word.n > 100 ? 100 : (int)word.n,
                      (const char *)word.p);
    for (size_t i = 0; i < n; i++)
        dtl_buffer_format(&line, "%s%.*s (%llu)",
                          i == 0       ? ""
                          : i + 1 == n ? " or "
                                       : ", ",
                          (int)s[i].text.n, (const char *)s[i].text.p,
                          (unsigned long long)found[i]);
    if (!line.failed)
        dtl_session_say(w->s, "%.*s?%s", (int)line.n, (const char *)line.p,
                        w->a->q->has_dates ? " (articles of these dates)" : "");
    dtl_buffer_release(&line);
}

static enum dtl_status spell_word(struct why *w, const struct dtl_node *n,
                                  const struct dtl_word *word)
{
    struct dtl_suggestion s[DTL_SUGGESTIONS_MAX], kept[SPELLINGS_SHOWN];
    uint64_t found[SPELLINGS_SHOWN], here = word->df;
    size_t count_of = 0, shown = 0;
    enum dtl_status st = DTL_OK;
    if (here && w->a->q->has_dates)
        st = count_form(w, word->form, n->scope, &here);
    if (st < 0 || here || word->prefix || w->spelled++ >= WORDS_SPELLED || out_of_time(w))
        return st;
    uint64_t ms = w->milliseconds < SPELLING_MS ? w->milliseconds : SPELLING_MS;
    st = dtl_spelling_of_word(w->a->plan, word, dtl_stopwatch_for(ms * 1000000u), s, &count_of,
                              w->err);
    for (size_t i = 0; i < count_of && st == DTL_OK && shown < SPELLINGS_SHOWN; i++) {
        uint64_t articles = 0;
        if (out_of_time(w)) /* a common word's printed form is counted at its positions */
            break;
        st = count_form(w, s[i].text, n->scope, &articles);
        if (articles) {
            kept[shown] = s[i];
            found[shown++] = articles;
        }
    }
    if (st == DTL_OK && shown)
        say_spellings(w, word->form, kept, found, shown);
    return st;
}

static enum dtl_status spell_value(struct why *w, const struct dtl_node *n)
{
    struct dtl_suggestion s[DTL_SUGGESTIONS_MAX];
    uint64_t found[SPELLINGS_SHOWN], here = 0;
    size_t count_of = 0;
    enum dtl_status st = count(w, n, false, &here);
    if (st < 0 || here || out_of_time(w))
        return st;
    st = dtl_spelling_of_value(w->a->plan, n, s, &count_of, w->err);
    count_of = count_of < SPELLINGS_SHOWN ? count_of : SPELLINGS_SHOWN;
    for (size_t i = 0; i < count_of && st == DTL_OK; i++)
        found[i] = s[i].df; /* whole values: a term is a value */
    if (st == DTL_OK && count_of)
        say_spellings(w, n->text, s, found, count_of);
    return st;
}

static enum dtl_status spell(struct why *w, const struct dtl_node *n)
{
    enum dtl_status st = DTL_OK;
    const struct dtl_node_words *words = dtl_plan_words(w->a->plan, n);
    for (uint32_t i = 0; words && i < words->words && st == DTL_OK; i++)
        st = spell_word(w, n, &words->word[i]);
    if (n->kind == DTL_NODE_FIELD)
        st = spell_value(w, n);
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children && st == DTL_OK; i++)
        st = spell(w, n->child[i]);
    return st;
}

/* ---- dates ---- */

static void range_text(struct dtl_interval d, struct dtl_buffer *out)
{
    char a[DTL_DATE_TEXT], b[DTL_DATE_TEXT];
    dtl_buffer_format(out, "%s..%s", d.earliest == DTL_DAY_MIN ? "" : dtl_day_print(d.earliest, a),
                      d.latest == DTL_DAY_MAX ? "" : dtl_day_print(d.latest, b));
}

/* Matches of the days `range`, and the one of them nearest to the query's. */
static enum dtl_status look_at(struct why *w, struct dtl_interval range, enum dtl_sort sort,
                               uint64_t *total, struct dtl_interval *nearest)
{
    struct dtl_arena arena = {0};
    struct dtl_result result = {0};
    struct dtl_query q = *w->a->q;
    struct dtl_search_options o = {.sort = sort, .limit = 1};
    q.dates = range;
    q.undated = false;
    enum dtl_status st = dtl_search(w->s->snap, w->a->plan, &q, &o, &arena, &result, w->err);
    *total = result.total;
    if (st == DTL_OK && result.hits)
        *nearest = result.hit[0].date;
    dtl_arena_release(&arena);
    return st;
}

static enum dtl_status outside(struct why *w)
{
    const struct dtl_query *q = w->a->q;
    uint64_t all = 0, before = 0, after = 0;
    struct dtl_interval last = DTL_UNDATED, first = DTL_UNDATED;
    struct dtl_buffer line = {0};
    char day[DTL_DATE_TEXT];
    enum dtl_status st = count(w, q->root, false, &all);
    if (st == DTL_OK && !q->undated && q->dates.earliest > DTL_DAY_MIN)
        st = look_at(w, (struct dtl_interval){DTL_DAY_MIN, q->dates.earliest - 1}, DTL_SORT_NEWEST,
                     &before, &last);
    if (st == DTL_OK && !q->undated && q->dates.latest < DTL_DAY_MAX)
        st = look_at(w, (struct dtl_interval){q->dates.latest + 1, DTL_DAY_MAX}, DTL_SORT_OLDEST,
                     &after, &first);
    if (st < 0)
        return st;
    dtl_buffer_format(&line, "%llu article%s match%s outside the dates ", (unsigned long long)all,
                      plural(all), all == 1 ? "es" : "");
    if (q->undated)
        dtl_buffer_text(&line, "date:none");
    else
        range_text(q->dates, &line);
    if (before)
        dtl_buffer_format(&line, "; %llu before, the last of %s", (unsigned long long)before,
                          dtl_date_print(last, day));
    if (after)
        dtl_buffer_format(&line, "; %llu after, the first of %s", (unsigned long long)after,
                          dtl_date_print(first, day));
    if (!line.failed)
        dtl_session_say(w->s, "%.*s", (int)line.n, (const char *)line.p);
    dtl_buffer_release(&line);
    return DTL_OK;
}

static void covers(struct dtl_session *s)
{
    char first[DTL_DATE_TEXT], last[DTL_DATE_TEXT];
    if (s->snap->docs == 0)
        dtl_session_say(s, "the archive is empty");
    else if (dtl_interval_dated(s->snap->covers))
        dtl_session_say(s, "archive covers %s..%s", dtl_day_print(s->snap->covers.earliest, first),
                        dtl_day_print(s->snap->covers.latest, last));
    else
        dtl_session_say(s, "no article of the archive has a date");
}

/* ---- the whole ---- */

enum dtl_status dtl_explain_zero(struct dtl_session *s, struct dtl_answer *a, struct dtl_error *err)
{
    return dtl_explain_zero_within(s, a, WHY_MS, err);
}

enum dtl_status dtl_explain_zero_within(struct dtl_session *s, struct dtl_answer *a,
                                        uint32_t milliseconds, struct dtl_error *err)
{
    struct why w = {.s = s,
                    .a = a,
                    .watch = dtl_stopwatch_for(milliseconds * UINT64_C(1000000)),
                    .milliseconds = milliseconds,
                    .err = err};
    dtl_session_say(s, "no article matches");
    enum dtl_status st = count_clauses(&w, a->q->root);
    if (st == DTL_OK && w.shown > CLAUSES_SHOWN)
        dtl_session_say(s, "  and %u more", w.shown - CLAUSES_SHOWN);
    if (st == DTL_OK && milliseconds >= SPELLING_MS) /* a dictionary is walked in one go */
        st = spell(&w, a->q->root);
    if (st == DTL_OK)
        st = relax(&w, a->q->root);
    if (st == DTL_OK && a->q->has_dates)
        st = outside(&w);
    if (st == DTL_OK)
        covers(s);
    return st;
}

enum dtl_status dtl_tell_undated(struct dtl_session *s, struct dtl_answer *a, struct dtl_error *err)
{
    struct dtl_query q = *a->q;
    struct dtl_arena arena = {0};
    struct dtl_result result = {0};
    struct dtl_search_options o = {.count_only = true};
    if (!q.has_dates || q.undated)
        return DTL_OK;
    q.undated = true;
    enum dtl_status st = dtl_search(s->snap, a->plan, &q, &o, &arena, &result, err);
    if (st == DTL_OK)
        dtl_session_say(s, "%llu article%s without a date match%s otherwise",
                        (unsigned long long)result.total, plural(result.total),
                        result.total == 1 ? "es" : "");
    dtl_arena_release(&arena);
    return st;
}
