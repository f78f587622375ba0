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
    free(c->range);
    *c = (struct dtl_merge_cursor){0};
}

/* The first posting of a document >= least that is in the part. */
static enum dtl_status find(struct dtl_merge_cursor *c, dtl_doc least, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    c->final = DTL_DOC_END;
    for (;;) {
        if (c->list.count == 0 || least > c->list.last) {
            if ((st = dtl_postings_seek(&c->list, least, err)) != DTL_OK)
                return st;
            c->at = 0;
        }
        while (c->list.docs[c->at] < least)
            c->at++;
        dtl_doc doc = c->list.docs[c->at];
        while (c->at_range < c->ranges && doc >= c->range[c->at_range].end)
            c->at_range++;
        if (c->at_range == c->ranges)
            return DTL_END;
        least = c->range[c->at_range].begin;
        if (doc < least)
            continue;
        if ((c->final = dtl_merge_map(c->in, c->part, doc)) != DTL_DOC_END)
            return DTL_OK;
        least = doc + 1;
    }
}

enum dtl_status dtl_merge_cursor_next(struct dtl_merge_cursor *c, struct dtl_error *err)
{
    return find(c, c->list.docs[c->at] + 1, err);
}

enum dtl_status dtl_merge_cursor_list(struct dtl_merge_cursor *c, struct dtl_arena *arena,
                                      struct dtl_error *err)
{
    dtl_merge_cursor_unlist(c);
    c->final = DTL_DOC_END;
    c->at_range = 0;
    if (c->ranges == 0)
        return DTL_END;
    c->list = (struct dtl_postings){0};
    enum dtl_status st = dtl_postings_open(&c->list, c->in->segment, &c->term, arena, err);
    c->listed = st == DTL_OK;
    return st < 0 ? st : find(c, c->range[0].begin, err);
}
