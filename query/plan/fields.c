/* fields.c - values as they are written, to words and automata; see fields.h. */
#include "query/plan/fields.h"

#include "common/segment/document.h"
#include "common/segment/identities.h"
#include "query/language/dates.h"
#include "query/language/fields.h"

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the query's filters");
}

/* ---- values as they are written ---- */

static enum dtl_status as_automaton(struct dtl_plan *p, struct dtl_word *w, bool folders,
                                    struct dtl_automaton **out, struct dtl_error *err)
{
    struct dtl_automaton *a = dtl_arena_alloc(p->arena, sizeof *a);
    if (!a)
        return no_memory(err);
    dtl_automaton_init(a, folders, p->arena);
    w->prefix = true;
    w->like = *out = a;
    return DTL_OK;
}

static enum dtl_status finished(const struct dtl_automaton *a, const struct dtl_node *n,
                                struct dtl_error *err)
{
    if (a->failed)
        return no_memory(err);
    return a->never ? dtl_fail(err, DTL_EQUERY, n->begin, "a pattern has at most %u letters",
                               DTL_AUTOMATON_WORD)
                    : DTL_OK;
}

static enum dtl_status whole_value(struct dtl_plan *p, const struct dtl_node *n, struct dtl_word *w,
                                   struct dtl_error *err)
{
    struct dtl_automaton *a = NULL;
    w->form = n->text;
    if (n->wildcard) {
        enum dtl_status st = as_automaton(p, w, false, &a, err);
        if (st == DTL_OK)
            st = dtl_pattern_elements(p, n->text, a, err);
        w->folded = a ? dtl_automaton_head(a) : w->folded;
        return st;
    }
    if (n->field == DTL_NODE_LANG) { /* en-GB, eng: en */
        char *tag = dtl_arena_alloc(p->arena, 4);
        dtl_lang_code code = dtl_lang_code_of(n->text);
        if (!tag)
            return no_memory(err);
        if (code) {
            w->folded = dtl_bytes_of(dtl_lang_code_text(code, tag));
            return DTL_OK;
        }
    }
    return dtl_value_term(*p->analyzer, n->text, p->arena, &w->folded, err);
}

/*
 * A path stands for itself, or for what lies below it where it ends in a slash; * and ? keep to one
 * folder, ** does not. Unless it begins with a slash it may begin in any folder.
 */
static enum dtl_status path_value(struct dtl_plan *p, const struct dtl_node *n, struct dtl_word *w,
                                  struct dtl_error *err)
{
    struct dtl_bytes t = n->text;
    struct dtl_automaton *a = NULL;
    enum dtl_status st = as_automaton(p, w, true, &a, err);
    if (st < 0)
        return st;
    w->form = t;
    while (t.n > 2 && t.p[0] == '.' && t.p[1] == '/')
        t = dtl_bytes(t.p + 2, t.n - 2);
    if (!n->wildcard && t.n > DTL_TERM_MAX) { /* a path as long is asked for whole */
        uint8_t *room = dtl_arena_alloc(p->arena, DTL_TERM_MAX);
        if (!room)
            return no_memory(err);
        w->prefix = false;
        w->like = NULL;
        w->folded = dtl_path_term(t, room);
        return DTL_OK;
    }
    if (t.n && t.p[0] != '/') {
        dtl_automaton_add(a, DTL_ELEMENT_ACROSS, 0);
        dtl_automaton_add(a, DTL_ELEMENT_LETTER, '/');
        dtl_automaton_optional(a);
    }
    for (size_t at = 0; at < t.n;) {
        bool star = n->wildcard && t.p[at] == '*';
        size_t from = at;
        if (n->wildcard && t.p[at] == '?') {
            dtl_automaton_add(a, DTL_ELEMENT_ANY, 0);
            at++;
        } else if (star) {
            while (at < t.n && t.p[at] == '*')
                at++;
            dtl_automaton_add(a, at - from > 1 ? DTL_ELEMENT_ACROSS : DTL_ELEMENT_MANY, 0);
        } else {
            while (at < t.n && !(n->wildcard && (t.p[at] == '*' || t.p[at] == '?')))
                at++;
            dtl_automaton_add_text(a, dtl_bytes(t.p + from, at - from));
        }
    }
    if (t.n && t.p[t.n - 1] == '/')
        dtl_automaton_add(a, DTL_ELEMENT_ACROSS, 0);
    w->folded = dtl_automaton_head(a);
    return finished(a, n, err);
}

/* A host stands for its own subdomains too: example.org finds www.example.org. */
static enum dtl_status host(struct dtl_plan *p, struct dtl_word *w, struct dtl_error *err)
{
    struct dtl_automaton *a = NULL;
    struct dtl_bytes name = w->folded;
    enum dtl_status st = as_automaton(p, w, false, &a, err);
    if (st < 0)
        return st;
    dtl_automaton_add(a, DTL_ELEMENT_MANY, 0);
    dtl_automaton_add(a, DTL_ELEMENT_LETTER, '.');
    dtl_automaton_optional(a);
    dtl_automaton_add_text(a, name);
    w->folded = dtl_automaton_head(a);
    return a->failed ? no_memory(err) : DTL_OK;
}

/* ---- ids ---- */

static enum dtl_status ids_like(struct dtl_plan *p, struct dtl_segment *s,
                                const struct dtl_automaton *a, struct dtl_stopwatch *watch,
                                const struct dtl_node *n, struct dtl_field_docs *out,
                                struct dtl_error *err)
{
    struct dtl_arena scratch = {0};
    struct dtl_buffer docs = {0};
    enum dtl_status st = DTL_OK;
    for (dtl_doc d = 0; d < s->facts.docs && st == DTL_OK; d++) {
        struct dtl_bytes id = {0}, source = {0};
        dtl_arena_reset(&scratch);
        st = dtl_identities_of(s, d, &scratch, &id, &source, err);
        if (st == DTL_OK && dtl_automaton_accepts(a, id))
            dtl_buffer_u32(&docs, d);
        if (st == DTL_OK && dtl_stopwatch_over(watch))
            st = dtl_over_budget(p, n->text, docs.n / sizeof(uint32_t), true, n->begin, err);
    }
    out->docs = (uint32_t)(docs.n / sizeof(uint32_t));
    out->doc = dtl_arena_take(p->arena, docs.n + sizeof(dtl_doc));
    if (st == DTL_OK && (docs.failed || !out->doc))
        st = no_memory(err);
    if (st == DTL_OK && docs.n)
        memcpy(out->doc, docs.p, docs.n);
    dtl_buffer_release(&docs);
    dtl_arena_release(&scratch);
    return st;
}

static enum dtl_status resolve_ids(struct dtl_plan *p, const struct dtl_node *n,
                                   struct dtl_field_plan *out, struct dtl_error *err)
{
    struct dtl_stopwatch watch = dtl_stopwatch_start(p);
    struct dtl_automaton a;
    enum dtl_status st = DTL_OK;
    out->ids = dtl_arena_alloc(p->arena, (p->snap->segments + 1) * sizeof *out->ids);
    if (!out->ids)
        return no_memory(err);
    dtl_automaton_init(&a, false, p->arena);
    for (size_t at = 0; n->wildcard && at < n->text.n;) {
        uint8_t c = n->text.p[at];
        if (c == '*' || c == '?') {
            dtl_automaton_add(&a, c == '*' ? DTL_ELEMENT_MANY : DTL_ELEMENT_ANY, 0);
            at++;
            continue;
        }
        size_t from = at;
        while (at < n->text.n && n->text.p[at] != '*' && n->text.p[at] != '?')
            at++;
        dtl_automaton_add_text(&a, dtl_bytes(n->text.p + from, at - from));
    }
    st = finished(&a, n, err);
    for (size_t i = 0; i < p->snap->segments && st == DTL_OK; i++) {
        struct dtl_segment *s = &p->snap->segment[i];
        size_t found = 0;
        if (n->wildcard) {
            st = ids_like(p, s, &a, &watch, n, &out->ids[i], err);
            continue;
        }
        st = dtl_identities_find(s, (struct dtl_bytes){0}, true, n->text, p->arena,
                                 &out->ids[i].doc, &found, err);
        out->ids[i].docs = (uint32_t)found;
    }
    return st;
}

/* ---- one node ---- */

struct tokens {
    struct dtl_plan *p;
    struct dtl_word word[DTL_PHRASE_WORDS];
    uint32_t n;
};

static enum dtl_status add_token(void *ctx, const struct dtl_token *t)
{
    struct tokens *k = ctx;
    if (t->flags & (DTL_TOKEN_JOINED | DTL_TOKEN_UNIGRAM))
        return DTL_OK;
    if (k->n == DTL_PHRASE_WORDS)
        return DTL_ELIMIT;
    const char *folded = dtl_arena_strndup(k->p->arena, (const char *)t->folded.p, t->folded.n);
    if (!folded)
        return DTL_ENOMEM;
    k->word[k->n] = (struct dtl_word){.form = dtl_bytes(folded, t->folded.n),
                                      .folded = dtl_bytes(folded, t->folded.n),
                                      .position = t->position};
    k->word[k->n].position -= k->n ? k->word[0].position : 0;
    k->n++;
    return DTL_OK;
}

/* AUTHOR and URL: words that follow each other. */
static enum dtl_status value_words(struct dtl_plan *p, const struct dtl_node *n,
                                   struct dtl_field_plan *out, struct dtl_error *err)
{
    struct tokens *k = dtl_arena_alloc(p->arena, sizeof *k);
    enum dtl_status st;
    if (!k)
        return no_memory(err);
    if (n->wildcard) {
        st = dtl_pattern_words(p, n, &out->word, &out->words, err);
    } else {
        k->p = p;
        st = dtl_analyze(*p->analyzer, n->text, 0, 0, add_token, k, NULL, err);
        if (k->n)
            k->word[0].position = 0;
        out->word = k->word;
        out->words = k->n;
    }
    if (st == DTL_ELIMIT)
        return dtl_fail(err, DTL_EQUERY, n->begin, "a value has at most %u words",
                        DTL_PHRASE_WORDS);
    if (st == DTL_ENOMEM)
        return no_memory(err);
    struct dtl_word *first = out->word;
    if (st == DTL_OK && n->field == DTL_NODE_URL && out->words && !first->prefix &&
        memchr(first->folded.p, '.', first->folded.n))
        st = host(p, first, err);
    return st;
}

enum dtl_status dtl_field_resolve(struct dtl_plan *p, const struct dtl_node *n,
                                  struct dtl_field_plan *out, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    *out = (struct dtl_field_plan){.node = n};
    if (!dtl_plan_analyzer(p))
        return no_memory(err);
    if (n->field == DTL_NODE_ID)
        return resolve_ids(p, n, out, err);
    if (n->field == DTL_NODE_AUTHOR || n->field == DTL_NODE_URL) {
        st = value_words(p, n, out, err);
    } else {
        if (!(out->word = dtl_arena_alloc(p->arena, sizeof *out->word)))
            return no_memory(err);
        st = n->field == DTL_NODE_PATH ? path_value(p, n, out->word, err)
                                       : whole_value(p, n, out->word, err);
        out->words = out->word->prefix || out->word->folded.n ? 1 : 0;
    }
    if (st == DTL_OK && out->words == 0)
        return dtl_fail(err, DTL_EQUERY, n->begin,
                        "%s: has nothing to look for: no letter or digit",
                        dtl_node_field_name(n->field));
    for (uint32_t i = 0; i < out->words && st == DTL_OK; i++) {
        st = dtl_value_lists(p, &out->word[i], n, err);
        out->values += out->word[i].forms;
    }
    return st;
}

const struct dtl_field_plan *dtl_plan_field(const struct dtl_plan *p, const struct dtl_node *n)
{
    for (uint32_t i = 0; i < p->fields; i++)
        if (p->field[i].node == n)
            return &p->field[i];
    return NULL;
}

/* ---- days of runs ---- */

enum dtl_status dtl_plan_runs(struct dtl_plan *p, struct dtl_error *err)
{
    if (p->runs_read)
        return DTL_OK;
    enum dtl_status st = dtl_snapshot_runs(p->snap, p->arena, &p->run, &p->runs, err);
    p->runs_read = st == DTL_OK;
    return st;
}

dtl_day dtl_plan_run_day(const struct dtl_plan *p, uint32_t generation)
{
    size_t from = 0, to = p->runs;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (p->run[middle].generation == generation)
            return dtl_clock_day(p->run[middle].seconds);
        if (p->run[middle].generation < generation)
            from = middle + 1;
        else
            to = middle;
    }
    return DTL_DAY_NONE;
}
