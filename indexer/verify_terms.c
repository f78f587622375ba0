/* verify_terms.c - every list of every term, decoded whole; every form; and words looked up from
 * their articles. */
#include "common/segment/dead.h"
#include "common/segment/forms.h"
#include "common/segment/postings.h"
#include "indexer/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool ends_check(enum dtl_status st)
{
    return st == DTL_ENOMEM || st == DTL_EIO || st == DTL_EFULL;
}

static enum dtl_status check_occurrences(struct dtl_verify *v, struct dtl_postings *p, uint32_t i,
                                         uint64_t *variant_counts, struct dtl_error *err)
{
    const uint32_t *positions = NULL, *variants = NULL;
    uint32_t n = 0;
    enum dtl_status st = dtl_postings_positions(p, i, &positions, &n, err);
    if (st >= 0 && p->term.variants)
        st = dtl_postings_variants(p, i, &variants, err);
    if (st < 0)
        return st;
    if (n == 0 || n > p->tfs[i])
        dtl_verify_say(v, "term %u, document %u: %u positions for frequency %u", p->term.ordinal,
                       p->docs[i], n, p->tfs[i]);
    for (uint32_t k = 0; k < n; k++) {
        if (k && positions[k] < positions[k - 1])
            dtl_verify_say(v, "term %u, document %u: positions fall", p->term.ordinal, p->docs[i]);
        if (variants && variants[k] < p->term.variants)
            variant_counts[variants[k]]++;
        else if (variants)
            dtl_verify_say(v, "term %u, document %u: no variant %u", p->term.ordinal, p->docs[i],
                           variants[k]);
    }
    v->positions += n;
    return DTL_OK;
}

static enum dtl_status check_list(struct dtl_verify *v, const struct dtl_term *term,
                                  struct dtl_postings *p, uint64_t *counts, struct dtl_error *err)
{
    uint64_t df = 0, tf = 0;
    dtl_doc before = 0;
    enum dtl_status st = dtl_postings_open(p, v->segment, term, &v->arena, err);
    for (dtl_doc target = 0; st >= 0; target = p->last + 1) {
        if ((st = dtl_postings_seek(p, target, err)) == DTL_END)
            break;
        if (st < 0)
            break;
        for (uint32_t i = 0; i < p->count && st >= 0; i++) {
            if ((df && p->docs[i] <= before) || p->docs[i] >= v->segment->facts.docs)
                dtl_verify_say(v, "term %u: document %u out of order or range", term->ordinal,
                               p->docs[i]);
            before = p->docs[i];
            df++;
            tf += p->tfs[i];
            if (term->has_positions)
                st = check_occurrences(v, p, i, counts, err);
        }
        if (p->last == DTL_DOC_END || p->last + 1 == 0)
            break;
    }
    if (st >= 0)
        st = dtl_postings_check_bitmap(p, err);
    if (st < 0)
        return st;
    if (df != term->df || tf != term->tf_total)
        dtl_verify_say(v, "term %u: list of %" PRIu64 " documents, dictionary says %u",
                       term->ordinal, df, term->df);
    v->postings += df;
    return DTL_OK;
}

static enum dtl_status check_term(struct dtl_verify *v, const struct dtl_term *term,
                                  struct dtl_error *err)
{
    struct dtl_postings p = {0};
    struct dtl_variant *variants = NULL;
    uint64_t *counts = NULL;
    enum dtl_status st = DTL_OK;
    if (term->variants) {
        st = dtl_term_variants(term, &v->arena, &variants, err);
        counts = dtl_arena_alloc(&v->arena, term->variants * sizeof *counts);
        if (st >= 0 && !counts)
            st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    if (st >= 0)
        st = check_list(v, term, &p, counts, err);
    for (uint32_t i = 0; st >= 0 && i < term->variants; i++)
        if (counts[i] != variants[i].count)
            dtl_verify_say(v,
                           "term %u: printed form %u occurs %" PRIu64 " times, its count says %u",
                           term->ordinal, i, counts[i], variants[i].count);
    dtl_postings_release(&p);
    return st;
}

struct form_walk {
    struct dtl_verify *v;
    uint32_t forms;
};

static enum dtl_status check_form(void *ctx, struct dtl_bytes folded, const uint32_t *ordinals,
                                  size_t count)
{
    struct form_walk *w = ctx;
    for (size_t i = 0; i < count; i++)
        if (ordinals[i] >= w->v->segment->facts.terms)
            dtl_verify_say(w->v, "form '%.*s' names term %u of %u", (int)folded.n,
                           (const char *)folded.p, ordinals[i], w->v->segment->facts.terms);
    w->forms++;
    return DTL_OK;
}

enum dtl_status dtl_verify_terms(struct dtl_verify *v, struct dtl_error *err)
{
    struct dtl_terms_iter it = {0};
    struct dtl_error why = {0};
    uint32_t seen = 0;
    enum dtl_status st = dtl_terms_seek(&it, v->segment, NULL, &why);
    while (st >= 0) {
        struct dtl_term term;
        dtl_arena_reset(&v->arena);
        if ((st = dtl_terms_next(&it, &term, &why)) != DTL_OK)
            break;
        seen++;
        v->terms++;
        st = check_term(v, &term, &why);
        if (st < 0 && !ends_check(st)) {
            dtl_verify_say(v, "term %u: %s", term.ordinal, why.text);
            st = DTL_OK;
        }
        if (v->segment->dead && dtl_dead_df(v->segment, term.ordinal) > term.df)
            dtl_verify_say(v, "term %u: more dead documents than documents", term.ordinal);
    }
    dtl_terms_iter_release(&it);
    if (st == DTL_END) {
        if (seen != v->segment->facts.terms)
            dtl_verify_say(v, "%u terms, the catalog says %u", seen, v->segment->facts.terms);
        struct form_walk w = {v, 0};
        dtl_arena_reset(&v->arena);
        st = dtl_forms_prefix(v->segment, dtl_bytes(NULL, 0), check_form, &w, &why);
    }
    if (st < 0 && !ends_check(st)) {
        dtl_verify_say(v, "dictionary: %s", why.text);
        return DTL_OK;
    }
    if (st < 0)
        *err = why;
    return st < 0 ? st : DTL_OK;
}

/* ---- words looked up from their article ---- */

struct sample {
    struct dtl_verify *v;
    dtl_doc doc;
    struct dtl_arena arena; /* reset for each word */
    struct dtl_error *err;
};

static enum dtl_status find_occurrence(void *ctx, const struct dtl_occurrence *o)
{
    struct sample *s = ctx;
    struct dtl_term_key key = {(uint8_t)o->field, o->lang, o->term};
    struct dtl_term term;
    struct dtl_postings p = {0};
    const uint32_t *positions = NULL;
    uint32_t n = 0, i = 0;
    dtl_arena_reset(&s->arena);
    enum dtl_status st = dtl_terms_find(s->v->segment, &key, &s->arena, &term, s->err);
    if (st == DTL_OK)
        st = dtl_postings_open(&p, s->v->segment, &term, &s->arena, s->err);
    if (st == DTL_OK)
        st = dtl_postings_seek(&p, s->doc, s->err);
    while (st == DTL_OK && i < p.count && p.docs[i] < s->doc)
        i++;
    bool found = st == DTL_OK && i < p.count && p.docs[i] == s->doc;
    if (found && term.has_positions) {
        st = dtl_postings_positions(&p, i, &positions, &n, s->err);
        found = false;
        for (uint32_t k = 0; st == DTL_OK && k < n && !found; k++)
            found = positions[k] == o->position;
    }
    dtl_postings_release(&p);
    if (ends_check(st))
        return st;
    if (!found)
        dtl_verify_say(s->v, "document %u: '%.*s' (field %d) at position %u is not in the index",
                       s->doc, (int)o->term.n, (const char *)o->term.p, (int)o->field, o->position);
    s->v->sampled_words++;
    return DTL_OK;
}

enum dtl_status dtl_verify_sample(struct dtl_verify *v, dtl_doc doc, struct dtl_error *err)
{
    struct dtl_analyzer *an = NULL;
    struct dtl_article a;
    struct dtl_document_lengths lengths;
    struct sample s = {.v = v, .doc = doc, .err = err};
    dtl_arena_reset(&v->arena);
    enum dtl_status st = dtl_snapshot_article(v->snapshot, v->segment, doc, &v->arena, &a, err);
    if (st >= 0)
        st = dtl_analyzer_open(&an, err);
    if (st >= 0)
        st = dtl_document_walk(an, &a, dtl_store_settings(v->snapshot->store)->title_weight,
                               find_occurrence, &s, &lengths, err);
    dtl_analyzer_close(an);
    dtl_arena_release(&s.arena);
    if (st == DTL_ECORRUPT) {
        dtl_verify_say(v, "document %u: %s", doc, err->text);
        st = DTL_OK;
    }
    return st < 0 ? st : DTL_OK;
}
