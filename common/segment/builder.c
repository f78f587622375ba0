/*
 * builder.c - one segment from its documents and terms: the conductor of the part writers.
 *
 * It owns a writer for each part and decides nothing about bytes; order, limits and canonical
 * encoding are the part writers' own. What it adds: lengths of documents flow from the columns into
 * impact pairs, variants of TEXT terms into the forms, sums into the facts.
 *
 * A term's variants are copied when it begins, because its entry is written when it ends.
 */
#include "common/segment/builder.h"

#include "common/segment/forms_writer.h"
#include "common/segment/identities.h"
#include "common/segment/postings_writer.h"
#include "common/segment/terms_writer.h"

#include <stdlib.h>

struct dtl_builder {
    struct dtl_part_writer part[DTL_PARTS_END];
    struct dtl_columns_builder *columns;
    struct dtl_identities_builder *identities;
    struct dtl_postings_writer postings;
    struct dtl_terms_writer terms;
    struct dtl_forms_writer forms;
    struct dtl_segment_facts sums; /* docs and totals so far */
    /* the open term */
    bool open;
    struct dtl_arena term_arena;
    struct dtl_term_key key;
    struct dtl_variant *variants;
    size_t variant_count;
    uint64_t variant_total; /* occurrences the caller announced */
};

enum dtl_status dtl_builder_open(struct dtl_builder **out, dtl_chunk_sink_fn sink, void *ctx,
                                 struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_builder *b = calloc(1, sizeof *b);
    if (!b)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a segment builder");
    for (unsigned id = 1; id < DTL_PARTS_END; id++)
        dtl_part_writer_init(&b->part[id], (uint8_t)id, sink, ctx);
    dtl_postings_writer_init(&b->postings, &b->part[DTL_PART_POSTINGS],
                             &b->part[DTL_PART_POSITIONS], &b->part[DTL_PART_VARIANTS]);
    dtl_terms_writer_init(&b->terms, &b->part[DTL_PART_TERMS]);
    b->sums.first_day = DTL_DAY_NONE;
    if ((st = dtl_columns_builder_open(&b->columns, err)) < 0 ||
        (st = dtl_identities_builder_open(&b->identities, err)) < 0) {
        dtl_builder_close(b);
        return st;
    }
    *out = b;
    return DTL_OK;
}

void dtl_builder_close(struct dtl_builder *b)
{
    if (!b)
        return;
    for (unsigned id = 1; id < DTL_PARTS_END; id++)
        dtl_part_writer_release(&b->part[id]);
    dtl_columns_builder_close(b->columns);
    dtl_identities_builder_close(b->identities);
    dtl_postings_writer_release(&b->postings);
    dtl_terms_writer_release(&b->terms);
    dtl_forms_writer_release(&b->forms);
    dtl_arena_release(&b->term_arena);
    free(b);
}

size_t dtl_builder_memory(const struct dtl_builder *b)
{
    size_t sum = sizeof *b + dtl_columns_builder_memory(b->columns) +
                 dtl_identities_builder_memory(b->identities) +
                 dtl_postings_writer_memory(&b->postings) + dtl_terms_writer_memory(&b->terms) +
                 dtl_forms_writer_memory(&b->forms) + b->term_arena.used_bytes;
    for (unsigned id = 1; id < DTL_PARTS_END; id++)
        sum += b->part[id].pending.capacity;
    return sum;
}

enum dtl_status dtl_builder_document(struct dtl_builder *b, const struct dtl_document *row,
                                     struct dtl_bytes source, struct dtl_bytes id,
                                     struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_segment_facts *f = &b->sums;
    if (f->docs == DTL_SEGMENT_DOCS_MAX)
        return dtl_fail(err, DTL_ELIMIT, f->docs, "segment of more than %u articles",
                        DTL_SEGMENT_DOCS_MAX);
    if (b->terms.front.count || b->open)
        return dtl_fail(err, DTL_EUSAGE, f->docs, "document after the first term");
    if ((st = dtl_columns_builder_add(b->columns, row, err)) < 0 ||
        (st = dtl_identities_builder_add(b->identities, source, id, err)) < 0)
        return st;
    dtl_lang lang = dtl_lang_of(row->lang);
    f->docs++;
    f->weighted_total += row->weighted;
    f->word_total += row->words;
    f->text_bytes += row->text_bytes;
    f->lang_docs[lang < DTL_LANGS ? lang : 0]++;
    if (row->date.earliest < f->first_day)
        f->first_day = row->date.earliest;
    return DTL_OK;
}

/* Write the entry of the open term, if it got postings. */
static enum dtl_status end_term(struct dtl_builder *b, struct dtl_error *err)
{
    if (!b->open)
        return DTL_OK;
    struct dtl_term t = {.key = b->key};
    enum dtl_status st = dtl_postings_writer_end(&b->postings, &t, err);
    b->open = false;
    if (st < 0 || t.df == 0)
        return st;
    if (b->variant_count && b->variant_total != b->postings.occurrences)
        return dtl_fail(err, DTL_EUSAGE, b->terms.front.count,
                        "term with %llu occurrences was announced with %llu",
                        (unsigned long long)b->postings.occurrences,
                        (unsigned long long)b->variant_total);
    uint32_t ordinal = b->terms.front.count;
    if ((st = dtl_terms_writer_add(&b->terms, &t, b->variants, err)) < 0)
        return st;
    return t.key.field == DTL_FIELD_TEXT
               ? dtl_forms_writer_add(&b->forms, ordinal, t.key.text, b->variants, t.variants, err)
               : DTL_OK;
}

static bool copy(struct dtl_arena *arena, struct dtl_bytes *b)
{
    char *p = dtl_arena_strndup(arena, b->n ? (const char *)b->p : "", b->n);
    b->p = (const uint8_t *)p;
    return p != NULL;
}

enum dtl_status dtl_builder_term(struct dtl_builder *b, const struct dtl_term_key *key,
                                 const struct dtl_variant *variants, size_t n, bool has_positions,
                                 struct dtl_error *err)
{
    enum dtl_status st = end_term(b, err);
    if (st < 0)
        return st;
    if (n > UINT32_MAX || (n && !has_positions) || key->lang >= DTL_LANGS)
        return dtl_fail(err, DTL_EUSAGE, b->terms.front.count, "term with impossible properties");
    dtl_arena_reset(&b->term_arena);
    b->key = *key;
    b->variant_count = n;
    b->variant_total = 0;
    b->variants = dtl_arena_alloc(&b->term_arena, (n ? n : 1) * sizeof *b->variants);
    bool ok = b->variants && copy(&b->term_arena, &b->key.text);
    for (size_t i = 0; ok && i < n; i++) {
        b->variants[i] = variants[i];
        b->variant_total += variants[i].count;
        ok = copy(&b->term_arena, &b->variants[i].form) &&
             copy(&b->term_arena, &b->variants[i].folded);
    }
    if (!ok)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a term");
    dtl_postings_writer_begin(&b->postings, has_positions, (uint32_t)n);
    b->open = true;
    return DTL_OK;
}

enum dtl_status dtl_builder_posting(struct dtl_builder *b, const struct dtl_posting *p,
                                    struct dtl_error *err)
{
    if (!b->open || p->doc >= b->sums.docs)
        return dtl_fail(err, DTL_EUSAGE, p->doc, "posting of document %u, of no term or no article",
                        p->doc);
    return dtl_postings_writer_add(&b->postings, p, dtl_columns_builder_lengths(b->columns)[p->doc],
                                   err);
}

enum dtl_status dtl_builder_postings(struct dtl_builder *b, const struct dtl_posting_run *run,
                                     struct dtl_error *err)
{
    dtl_doc last = run->n ? run->docs[run->n - 1] : 0; /* the writer finds out whether they rise */
    if (!b->open || last >= b->sums.docs)
        return dtl_fail(err, DTL_EUSAGE, last,
                        "postings up to document %u, of no term or no article", last);
    return dtl_postings_writer_run(&b->postings, run, dtl_columns_builder_lengths(b->columns), err);
}

enum dtl_status dtl_builder_finish(struct dtl_builder *b, struct dtl_segment_facts *facts,
                                   struct dtl_error *err)
{
    enum dtl_status st = end_term(b, err);
    if (st < 0)
        return st;
    if ((st = dtl_terms_writer_finish(&b->terms, err)) < 0 ||
        (st = dtl_forms_writer_finish(&b->forms, &b->part[DTL_PART_FORMS], &b->sums.forms, err)) <
            0 ||
        (st = dtl_columns_builder_finish(b->columns, &b->part[DTL_PART_COLUMNS], err)) < 0 ||
        (st = dtl_identities_builder_finish(b->identities, &b->part[DTL_PART_IDENTITIES], err)) < 0)
        return st;
    b->sums.terms = b->terms.front.count;
    dtl_columns_builder_zones(b->columns, b->sums.zone);
    for (unsigned id = 1; id < DTL_PARTS_END; id++) {
        if ((st = dtl_part_finish(&b->part[id], err)) < 0)
            return st;
        b->sums.part_bytes[id] = b->part[id].bytes;
    }
    uint32_t serial = facts->serial;
    struct dtl_group_use *group = facts->group;
    size_t groups = facts->groups;
    *facts = b->sums;
    facts->serial = serial;
    facts->group = group;
    facts->groups = groups;
    return DTL_OK;
}
