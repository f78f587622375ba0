/* naive_fields.c - see naive_fields.h. Patterns of random queries are ASCII in lower case. */
#include "tests/model/naive_fields.h"

#include "tests/model/naive_lexicon.h"

#include <time.h>

static struct dtl_bytes folded(const struct query *q, struct dtl_bytes text,
                               struct dtl_arena *arena)
{
    struct dtl_bytes out = {0};
    if (dtl_fold(q->n->analyzer, text, arena, &out, NULL) < 0)
        abort();
    return out;
}

static bool whole_is(const struct query *q, const struct dtl_node *n, struct dtl_bytes value)
{
    struct dtl_arena arena = {0};
    struct dtl_bytes v = folded(q, value, &arena);
    bool same =
        n->wildcard ? naive_like(n->text, v) : dtl_bytes_equal(folded(q, n->text, &arena), v);
    dtl_arena_release(&arena);
    return v.n > 0 && same;
}

static bool any_whole_is(const struct query *q, const struct dtl_node *n,
                         const struct dtl_values *values)
{
    for (size_t i = 0; i < values->n; i++)
        if (whole_is(q, n, values->v[i]))
            return true;
    return false;
}

struct list {
    struct dtl_arena *arena;
    struct dtl_bytes word[64];
    uint32_t position[64];
    size_t n;
};

static enum dtl_status add_word(void *ctx, const struct dtl_token *t)
{
    struct list *l = ctx;
    if (t->flags & (DTL_TOKEN_JOINED | DTL_TOKEN_UNIGRAM))
        return DTL_OK;
    if (l->n == 64)
        abort();
    l->position[l->n] = t->position;
    l->word[l->n++] = dtl_bytes(
        must(dtl_arena_strndup(l->arena, (const char *)t->folded.p, t->folded.n)), t->folded.n);
    return DTL_OK;
}

static struct list words_of(const struct query *q, struct dtl_bytes text, struct dtl_arena *arena)
{
    struct list l = {.arena = arena};
    if (dtl_analyze(q->n->analyzer, text, 0, 0, add_word, &l, NULL, NULL) < 0)
        abort();
    return l;
}

/* Is `word` of an article the i-th of the value asked for? */
static bool word_holds(const struct dtl_node *n, const struct list *asked, size_t i,
                       struct dtl_bytes word)
{
    struct dtl_bytes want = n->wildcard ? n->text : asked->word[i];
    if (n->wildcard)
        return naive_like(want, word);
    if (dtl_bytes_equal(want, word))
        return true;
    return n->field == DTL_NODE_URL && i == 0 && memchr(want.p, '.', want.n) && word.n > want.n &&
           word.p[word.n - want.n - 1] == '.' &&
           memcmp(word.p + word.n - want.n, want.p, want.n) == 0;
}

static bool words_are(const struct query *q, const struct dtl_node *n, struct dtl_bytes value)
{
    struct dtl_arena arena = {0};
    struct list asked = {0}, have = words_of(q, value, &arena);
    bool found = false;
    if (n->wildcard)
        asked.n = 1; /* random patterns are single words */
    else
        asked = words_of(q, n->text, &arena);
    for (size_t from = 0; from < have.n && !found; from++) {
        found = from + asked.n <= have.n;
        for (size_t i = 0; i < asked.n && found; i++)
            found = word_holds(n, &asked, i, have.word[from + i]) &&
                    have.position[from + i] - have.position[from] == i;
    }
    dtl_arena_release(&arena);
    return found;
}

/* A path may begin in any folder. */
static bool path_is(const struct dtl_node *n, struct dtl_bytes path)
{
    struct dtl_buffer pattern = {0};
    bool found = false;
    dtl_buffer_append(&pattern, n->text.p, n->text.n);
    if (n->text.p[n->text.n - 1] == '/')
        dtl_buffer_text(&pattern, "**");
    for (size_t i = 0; i < path.n && !found; i++)
        if (i == 0 || path.p[i - 1] == '/')
            found = naive_path_like(dtl_buffer_view(&pattern), dtl_bytes(path.p + i, path.n - i));
    dtl_buffer_release(&pattern);
    return found;
}

static bool field_holds(const struct query *q, const struct dtl_node *n,
                        const struct dtl_article *a)
{
    char tag[4];
    switch (n->field) {
    case DTL_NODE_SOURCE:
        return whole_is(q, n, a->source);
    case DTL_NODE_SECTION:
        return any_whole_is(q, n, &a->sections);
    case DTL_NODE_TAG:
        return any_whole_is(q, n, &a->tags);
    case DTL_NODE_PLACE:
        return any_whole_is(q, n, &a->places);
    case DTL_NODE_AGENCY:
        return any_whole_is(q, n, &a->agencies);
    case DTL_NODE_LANG:
        return whole_is(q, n, dtl_bytes_of(dtl_lang_code_text(a->lang, tag)));
    case DTL_NODE_AUTHOR:
        for (size_t i = 0; i < a->authors.n; i++)
            if (words_are(q, n, a->authors.v[i]))
                return true;
        return false;
    case DTL_NODE_URL:
        return words_are(q, n, a->url);
    case DTL_NODE_PATH:
        return path_is(n, dtl_article_file(a));
    case DTL_NODE_ID:
        return n->wildcard ? naive_like(n->text, a->id) : dtl_bytes_equal(n->text, a->id);
    }
    return false;
}

static bool calendar_holds(const struct dtl_calendar *c, struct dtl_interval d)
{
    if (d.earliest == DTL_DAY_NONE)
        return false;
    struct dtl_civil x = dtl_civil_of(d.earliest), y = dtl_civil_of(d.latest);
    bool day = d.earliest == d.latest, month = x.year == y.year && x.month == y.month;
    if (c->kind == DTL_CALENDAR_WEEKDAY) /* 1970-01-01 was a Thursday */
        return day && (unsigned)(((d.earliest % 7 + 7) % 7 + 3) % 7 + 1) == c->weekday;
    if (c->kind == DTL_CALENDAR_MONTH)
        return month && x.month == c->month;
    return day && x.month == c->month && x.day == c->day;
}

bool naive_filter_holds(const struct query *q, const struct dtl_node *n, const struct article *a)
{
    dtl_day today = (dtl_day)(time(NULL) / 86400); /* everything was added a moment ago */
    switch (n->kind) {
    case DTL_NODE_FIELD:
        return field_holds(q, n, &a->whole);
    case DTL_NODE_NUMBER:
        return a->total_words >= n->low && a->total_words <= n->high;
    case DTL_NODE_CALENDAR:
        return calendar_holds(&n->calendar, a->date);
    default:
        return today >= n->range.earliest && today <= n->range.latest;
    }
}
