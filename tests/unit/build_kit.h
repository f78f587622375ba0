/*
 * build_kit.h - invented articles by number, runs that feed them, and what an index holds reduced
 * to a few sums that do not depend on how it came to hold it.
 */
#ifndef DTL_TESTS_BUILD_KIT_H
#define DTL_TESTS_BUILD_KIT_H
#include "common/base/hash.h"
#include "common/segment/columns.h"
#include "common/segment/identities.h"
#include "common/segment/postings.h"
#include "indexer/build/run.h"
#include "random.h"
#include "store_fixture.h"

/* ---- articles ---- */

static inline struct dtl_bytes kit_text(struct dtl_arena *arena, const struct dtl_buffer *b)
{
    return dtl_bytes(dtl_arena_strndup(arena, b->n ? (const char *)b->p : "", b->n), b->n);
}

/* `n` words of a small language with a few frequent ones, capitals, sentences and paragraphs. */
static inline struct dtl_bytes kit_words(struct dtl_arena *arena, struct random *r, uint32_t n)
{
    static const char *const common[] = {"the",     "market", "markets", "run",  "running",
                                         "nations", "US",     "us",      "1987", "café"};
    struct dtl_buffer b = {0};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = random_below(r, 4) ? random_below(r, 10) : 10 + random_below(r, 400);
        if (i)
            dtl_buffer_text(&b, random_below(r, 12) ? " " : random_below(r, 4) ? ". " : ".\n\n");
        size_t at = b.n;
        if (k < 10)
            dtl_buffer_text(&b, common[k]);
        else
            dtl_buffer_format(&b, "w%cr%cd%u", 'a' + (int)(k % 7), 'e' + (int)(k % 5), k);
        if (random_below(r, 5) == 0 && b.p[at] >= 'a' && b.p[at] <= 'z')
            b.p[at] = (uint8_t)(b.p[at] - 32);
    }
    struct dtl_bytes out = kit_text(arena, &b);
    dtl_buffer_release(&b);
    return out;
}

static inline struct dtl_bytes kit_numbered(struct dtl_arena *arena, const char *name, uint32_t v)
{
    char room[64];
    int n = snprintf(room, sizeof room, "%s%u", name, v);
    return dtl_bytes(dtl_arena_strndup(arena, room, (size_t)n), (size_t)n);
}

/* Article `number` as it reads in its `version`, given by `file`. The date is the number's alone.
 */
static inline struct dtl_article kit_article(struct dtl_arena *arena, uint32_t number,
                                             uint32_t version, const char *file)
{
    struct random r = {number * UINT64_C(7919) + 17}, text = {number * UINT64_C(104729) + version};
    struct dtl_article a = {0};
    a.id = kit_numbered(arena, "article-", number % 5 ? number : number * 3);
    a.source = number % 3 ? DTL_LITERAL("Daily Planet") : DTL_LITERAL("");
    struct dtl_buffer path = {0};
    dtl_buffer_format(&path, "%s#%u", file, number + 1);
    a.path = kit_text(arena, &path);
    a.file_bytes = (uint32_t)strlen(file);
    dtl_buffer_release(&path);
    int year = 1980 + (int)random_below(&r, 6), month = 1 + (int)random_below(&r, 12);
    switch (random_below(&r, 12)) {
    case 0:
        a.date = dtl_interval_month(year, month);
        break;
    case 1:
        a.date = dtl_interval_year(year);
        break;
    case 2:
        a.date = DTL_UNDATED;
        break;
    case 3:
        a.date = (struct dtl_interval){dtl_day_of(year, month, 3), dtl_day_of(year + 1, month, 9)};
        break;
    default:
        a.date = dtl_interval_day(dtl_day_of(year, month, 1 + (int)random_below(&r, 28)));
    }
    a.date_source = dtl_interval_dated(a.date) ? DTL_DATE_META : DTL_DATE_NONE;
    a.lang = dtl_lang_code_of(number % 7 ? DTL_LITERAL("en") : DTL_LITERAL("fr"));
    a.title = random_below(&text, 8) ? kit_words(arena, &text, 1 + random_below(&text, 6))
                                     : DTL_LITERAL("");
    a.body = kit_words(arena, &text, random_below(&text, 120));
    a.authors.n = random_below(&text, 3);
    a.authors.v = dtl_arena_alloc(arena, 2 * sizeof *a.authors.v);
    for (size_t i = 0; i < a.authors.n; i++)
        a.authors.v[i] = kit_words(arena, &text, 2);
    a.tags.n = 1;
    a.tags.v = dtl_arena_alloc(arena, sizeof *a.tags.v);
    a.tags.v[0] = kit_numbered(arena, "Tag ", random_below(&text, 9));
    return a;
}

/* ---- runs ---- */

struct kit_run {
    struct dtl_run *run;
    struct dtl_arena arena;
};

static inline struct kit_run kit_begin_jobs(struct fixture *f, size_t memory, uint64_t cap,
                                            uint32_t jobs)
{
    struct kit_run k = {0};
    struct dtl_run_options o = {.memory_bytes = memory, .cap_least = cap, .jobs = jobs};
    must(dtl_run_open(&k.run, f->s, &o, dtl_day_of(2020, 1, 1), ERR));
    return k;
}

static inline struct kit_run kit_begin(struct fixture *f, size_t memory, uint64_t cap)
{
    return kit_begin_jobs(f, memory, cap, 1);
}

static inline void kit_add(struct kit_run *k, uint32_t number, uint32_t version, const char *file)
{
    dtl_arena_reset(&k->arena);
    struct dtl_article a = kit_article(&k->arena, number, version, file);
    must(dtl_run_add(k->run, &a, ERR));
}

static inline void kit_file_begin(struct kit_run *k, const char *file, bool known)
{
    must(dtl_run_file_begin(k->run, dtl_bytes_of(file), known, ERR));
}

static inline struct dtl_source_row kit_file_end(struct kit_run *k, const char *file, bool keep)
{
    struct dtl_source_row row = {.path = dtl_bytes_of(file), .size = 1, .format = "kit"};
    must(dtl_run_file_end(k->run, &row, keep, ERR));
    return row;
}

static inline struct dtl_run_figures kit_publish(struct kit_run *k)
{
    must(dtl_run_publish(k->run, ERR));
    struct dtl_run_figures figures = *dtl_run_figures(k->run);
    dtl_run_close(k->run);
    dtl_arena_release(&k->arena);
    return figures;
}

/* One run that feeds articles [from, to) of version `version` as one file. */
static inline struct dtl_run_figures kit_feed_jobs(struct fixture *f, const char *file,
                                                   uint32_t from, uint32_t to, uint32_t version,
                                                   uint32_t jobs)
{
    struct kit_run k = kit_begin_jobs(f, 64u << 20, 0, jobs);
    kit_file_begin(&k, file, true);
    for (uint32_t i = from; i < to; i++)
        kit_add(&k, i, version, file);
    kit_file_end(&k, file, false);
    return kit_publish(&k);
}

static inline struct dtl_run_figures kit_feed(struct fixture *f, const char *file, uint32_t from,
                                              uint32_t to, uint32_t version)
{
    return kit_feed_jobs(f, file, from, to, version, 1);
}

/* ---- what an index holds ---- */

struct kit_digest {
    uint64_t docs, weighted, words, text, by_lang;
    uint64_t articles; /* every field of every live article, the path too when asked for */
    uint64_t dfs;      /* term and live df */
    uint64_t postings; /* term, article, frequency, positions, printed forms */
    uint64_t terms, pairs;
};

static inline uint64_t kit_mix(uint64_t a, uint64_t b)
{
    uint64_t both[2] = {a, b};
    return dtl_hash64(dtl_bytes(both, sizeof both), 77);
}

static inline uint64_t kit_term_hash(const struct dtl_term_key *key)
{
    return dtl_hash64(key->text, (uint64_t)key->field << 8 | key->lang);
}

struct kit_dfs { /* live df by term, over segments: a small open table */
    uint64_t *hash;
    uint64_t *df;
    size_t capacity;
};

static inline void kit_count(struct kit_dfs *d, uint64_t hash, uint64_t df)
{
    size_t i = hash & (d->capacity - 1);
    while (d->hash[i] && d->hash[i] != hash)
        i = (i + 1) & (d->capacity - 1);
    d->hash[i] = hash;
    d->df[i] += df;
}

static inline void kit_digest_term(struct dtl_segment *s, const struct dtl_term *t,
                                   const uint64_t *who, struct kit_dfs *dfs, struct kit_digest *out)
{
    struct dtl_arena arena = {0};
    struct dtl_postings p = {0};
    struct dtl_variant *v = NULL;
    uint64_t term = kit_term_hash(&t->key), live = 0;
    if (t->variants)
        must(dtl_term_variants(t, &arena, &v, ERR));
    must(dtl_postings_open(&p, s, t, &arena, ERR));
    enum dtl_status st;
    for (dtl_doc next = 0; (st = dtl_postings_seek(&p, next, ERR)) == DTL_OK; next = p.last + 1)
        for (uint32_t i = 0; i < p.count; i++) {
            if (dtl_is_dead(s, p.docs[i]))
                continue;
            const uint32_t *positions = NULL, *variants = NULL;
            uint32_t n = 0;
            uint64_t h = kit_mix(kit_mix(term, who[p.docs[i]]), p.tfs[i]);
            if (t->has_positions)
                must(dtl_postings_positions(&p, i, &positions, &n, ERR));
            if (t->variants)
                must(dtl_postings_variants(&p, i, &variants, ERR));
            for (uint32_t k = 0; k < n; k++) {
                h = kit_mix(h, positions[k]);
                if (v)
                    h = kit_mix(h, dtl_hash64(v[variants[k]].form, 5));
            }
            out->postings += h;
            out->pairs++;
            live++;
        }
    assert_int_equal(st, DTL_END);
    assert_int_equal(live, t->df - dtl_dead_df(s, t->ordinal));
    if (live)
        kit_count(dfs, term, live);
    dtl_postings_release(&p);
    dtl_arena_release(&arena);
}

static inline void kit_digest_segment(struct dtl_snapshot *snap, struct dtl_segment *s, bool paths,
                                      struct kit_dfs *dfs, struct kit_digest *out)
{
    uint64_t *who = calloc(s->facts.docs, sizeof *who);
    struct dtl_arena arena = {0};
    struct dtl_buffer record = {0};
    for (dtl_doc d = 0; d < s->facts.docs; d++) {
        struct dtl_bytes id = {0}, source = {0};
        struct dtl_document row;
        dtl_arena_reset(&arena);
        must(dtl_identities_of(s, d, &arena, &id, &source, ERR));
        must(dtl_columns_row(s, d, &row, ERR));
        who[d] = kit_mix(dtl_hash_identity(source, id), row.weighted);
        if (dtl_is_dead(s, d))
            continue;
        struct dtl_article a;
        must(dtl_snapshot_article(snap, s, d, &arena, &a, ERR));
        assert_true(dtl_bytes_equal(a.id, id) && dtl_bytes_equal(a.source, source));
        assert_int_equal(a.date.latest, row.date.latest);
        if (!paths)
            a.path = dtl_bytes("x", 1), a.file_bytes = 1;
        dtl_buffer_reset(&record);
        dtl_article_encode(&a, &record);
        out->articles += dtl_hash64(dtl_buffer_view(&record), 9);
    }
    struct dtl_terms_iter it;
    struct dtl_term t;
    enum dtl_status st;
    must(dtl_terms_seek(&it, s, NULL, ERR));
    while ((st = dtl_terms_next(&it, &t, ERR)) == DTL_OK)
        if (paths || t.key.field != DTL_FIELD_PATH)
            kit_digest_term(s, &t, who, dfs, out);
    assert_int_equal(st, DTL_END);
    dtl_terms_iter_release(&it);
    dtl_buffer_release(&record);
    dtl_arena_release(&arena);
    free(who);
}

static inline struct kit_digest kit_digest(struct fixture *f, bool paths)
{
    struct kit_digest out = {0};
    struct dtl_snapshot *snap = NULL;
    struct kit_dfs dfs = {.capacity = 1u << 16};
    dfs.hash = calloc(dfs.capacity, sizeof *dfs.hash);
    dfs.df = calloc(dfs.capacity, sizeof *dfs.df);
    must(dtl_snapshot_open(f->s, &snap, ERR));
    out.docs = snap->docs;
    out.weighted = snap->weighted_total;
    out.words = snap->word_total;
    out.text = snap->text_bytes;
    for (int l = 0; l < DTL_LANGS; l++)
        out.by_lang = kit_mix(out.by_lang, snap->lang_docs[l]);
    for (size_t i = 0; i < snap->segments; i++)
        kit_digest_segment(snap, &snap->segment[i], paths, &dfs, &out);
    for (size_t i = 0; i < dfs.capacity; i++)
        if (dfs.hash[i]) {
            out.dfs += kit_mix(dfs.hash[i], dfs.df[i]);
            out.terms++;
        }
    dtl_snapshot_close(snap);
    free(dfs.hash);
    free(dfs.df);
    return out;
}

static inline void kit_same(struct kit_digest a, struct kit_digest b)
{
    assert_int_equal(a.docs, b.docs);
    assert_int_equal(a.weighted, b.weighted);
    assert_int_equal(a.words, b.words);
    assert_int_equal(a.text, b.text);
    assert_int_equal(a.by_lang, b.by_lang);
    assert_int_equal(a.terms, b.terms);
    assert_int_equal(a.dfs, b.dfs);
    assert_int_equal(a.pairs, b.pairs);
    assert_int_equal(a.articles, b.articles);
    assert_int_equal(a.postings, b.postings);
}

/* Every byte of every part of a segment, and of its articles' frames in document order. */
static inline uint64_t kit_segment_bytes(struct dtl_snapshot *snap, struct dtl_segment *s)
{
    uint64_t h = s->facts.docs;
    struct dtl_arena arena = {0};
    for (int p = DTL_PART_TERMS; p < DTL_PARTS_END; p++) {
        struct dtl_bytes all = {0};
        dtl_arena_reset(&arena);
        must(dtl_part_view(&s->part[p], 0, (size_t)s->part[p].bytes, &arena, &all, ERR));
        h = kit_mix(h, dtl_hash64(all, (uint64_t)p));
    }
    for (dtl_doc d = 0; d < s->facts.docs; d++) {
        struct dtl_bytes frame = {0};
        dtl_arena_reset(&arena);
        must(dtl_snapshot_frame(snap, s, d, &arena, &frame, ERR));
        h = kit_mix(h, dtl_hash64(frame, 1));
    }
    dtl_arena_release(&arena);
    return h;
}

static inline size_t kit_segments(struct fixture *f)
{
    struct dtl_snapshot *snap = NULL;
    must(dtl_snapshot_open(f->s, &snap, ERR));
    size_t n = snap->segments;
    dtl_snapshot_close(snap);
    return n;
}
#endif
