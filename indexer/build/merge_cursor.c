/*
 * merge_cursor.c - the postings of an input that are in the part being written.
 *
 * A part is a stretch of time, so its documents of one input are a range in each zone. Lists are
 * entered by their block directory at the start of each range: an archive cut into many parts is
 * not decoded once for each of them.
 */
#include "indexer/build/merge_cursor.h"

#include <stdlib.h>

/* Ranges of documents of the part; the dead between two of them do not part them. */
static enum dtl_status find_ranges(struct dtl_merge_cursor *c, struct dtl_error *err)
{
    uint32_t docs = c->in->segment->facts.docs, stay = 0;
    size_t capacity = 0;
    bool inside = false;
    for (dtl_doc d = 0; d < docs; d++) {
        if (c->in->map[d] == DTL_DOC_END)
            continue;
        if (dtl_merge_map(c->in, c->part, d) == DTL_DOC_END) {
            inside = false;
            continue;
        }
        stay++;
        if (!inside) {
            if (c->ranges == capacity) {
                capacity = capacity ? capacity * 2 : DTL_ZONES;
                struct dtl_merge_range *v = realloc(c->range, capacity * sizeof *v);
                if (!v)
                    return dtl_fail(err, DTL_ENOMEM, 0, "no memory to merge");
                c->range = v;
            }
            c->range[c->ranges++].begin = d;
            inside = true;
        }
        c->range[c->ranges - 1].end = d + 1;
    }
    c->filtered = stay != docs;
    c->only_dead = c->in->segment->dead && !c->in->dropped && !c->in->output;
    return DTL_OK;
}

enum dtl_status dtl_merge_cursor_open(struct dtl_merge_cursor *c, const struct dtl_merge_input *in,
                                      uint32_t part, struct dtl_error *err)
{
    *c = (struct dtl_merge_cursor){.in = in, .part = part, .final = DTL_DOC_END};
    enum dtl_status st = find_ranges(c, err);
    return st == DTL_OK ? dtl_terms_seek(&c->terms, in->segment, NULL, err) : st;
}

void dtl_merge_cursor_unlist(struct dtl_merge_cursor *c)
{
    if (c->listed)
        dtl_postings_release(&c->list);
    c->listed = false;
}

void dtl_merge_cursor_close(struct dtl_merge_cursor *c)
{
    dtl_merge_cursor_unlist(c);
    dtl_terms_iter_release(&c->terms);
    dtl_buffer_release(&c->numbers);
    free(c->range);
    *c = (struct dtl_merge_cursor){0};
}

/* Map the block that became current; stand before the first posting that stays. False: none does.
 */
static bool map_block(struct dtl_merge_cursor *c)
{
    const struct dtl_merge_input *in = c->in;
    const dtl_doc *docs = c->list.docs;
    uint32_t n = c->list.count;
    c->opened = false;
    if (in->output)
        for (uint32_t i = 0; i < n; i++)
            c->mapped[i] = dtl_merge_map(in, c->part, docs[i]);
    else
        for (uint32_t i = 0; i < n; i++)
            c->mapped[i] = in->map[docs[i]];
    for (c->at = 0; c->at < n && c->mapped[c->at] == DTL_DOC_END;)
        c->at++;
    return c->at < n;
}

/* The first posting of a document >= least, in a block to come, that is in the part. */
static enum dtl_status find(struct dtl_merge_cursor *c, dtl_doc least, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    c->final = DTL_DOC_END;
    for (;; least = c->list.last + 1) {
        while (c->at_range < c->ranges && least >= c->range[c->at_range].end)
            c->at_range++;
        if (c->at_range == c->ranges)
            return DTL_END;
        if (least < c->range[c->at_range].begin)
            least = c->range[c->at_range].begin;
        if ((st = dtl_postings_seek(&c->list, least, err)) != DTL_OK)
            return st;
        if (map_block(c)) {
            c->final = c->mapped[c->at];
            return DTL_OK;
        }
    }
}

uint32_t dtl_merge_cursor_run(const struct dtl_merge_cursor *c, dtl_doc limit)
{
    uint32_t end = c->at + 1; /* DTL_DOC_END is no smaller than any limit */
    if (c->list.count && c->mapped[c->list.count - 1] < limit && !c->filtered)
        return c->list.count - c->at;
    while (end < c->list.count && c->mapped[end] < limit)
        end++;
    return end - c->at;
}

enum dtl_status dtl_merge_cursor_skip(struct dtl_merge_cursor *c, uint32_t n, struct dtl_error *err)
{
    for (c->at += n; c->at < c->list.count; c->at++)
        if ((c->final = c->mapped[c->at]) != DTL_DOC_END)
            return DTL_OK;
    return find(c, c->list.last + 1, err);
}

enum dtl_status dtl_merge_cursor_list(struct dtl_merge_cursor *c, struct dtl_arena *arena,
                                      struct dtl_error *err)
{
    dtl_merge_cursor_unlist(c);
    c->final = DTL_DOC_END;
    c->at_range = 0;
    if (c->ranges == 0)
        return DTL_END;
    enum dtl_status st = dtl_postings_open(&c->list, c->in->segment, &c->term, arena, err);
    c->listed = st == DTL_OK;
    return st < 0 ? st : find(c, c->range[0].begin, err);
}
