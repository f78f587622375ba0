/*
 * terms.c - the term dictionary, read: lookup, by ordinal, in order.
 *
 * A lookup asks the table of keys, where there is one, for the ordinal; else it searches the block
 * heads and a block's restarts. Either way at most 15 entries are stepped over and one is decoded.
 *
 * The key of a term is a view into the walk that read it; lookups copy it into the caller's arena.
 */
#include "common/codec/varint.h"
#include "common/segment/term_entry.h"
#include "common/segment/terms_private.h"

#include <stdlib.h>

#define KEY_HEAD 2u /* field and language byte */

int dtl_term_key_compare(const struct dtl_term_key *a, const struct dtl_term_key *b)
{
    if (a->field != b->field)
        return a->field < b->field ? -1 : 1;
    if (a->lang != b->lang)
        return a->lang < b->lang ? -1 : 1;
    return dtl_bytes_compare(a->text, b->text);
}

enum dtl_status dtl_terms_open(struct dtl_segment *s, struct dtl_error *err)
{
    if (s->terms)
        return DTL_OK;
    struct dtl_terms *t = dtl_arena_alloc(s->arena, sizeof *t);
    if (!t)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a term dictionary");
    enum dtl_status st = dtl_front_open(&t->front, &s->part[DTL_PART_TERMS], s->arena, err);
    if (st < 0)
        return st;
    if (t->front.entries != s->facts.terms)
        return dtl_fail(err, DTL_ECORRUPT, 0, "segment of %u terms has %u in its dictionary",
                        s->facts.terms, t->front.entries);
    s->terms = t;
    return DTL_OK;
}

struct walk { /* a walk over entries, and where their lists are */
    struct dtl_front_walk front;
    struct dtl_list_ends base, now;
};

static enum dtl_status read_ends(struct dtl_reader *r, const struct dtl_list_ends *base,
                                 struct dtl_list_ends *out, struct dtl_error *err)
{
    uint64_t postings = dtl_varint(r), positions = dtl_varint(r), variants = dtl_varint(r);
    if (r->bad || postings > DTL_PART_MAX || positions > DTL_PART_MAX || variants > DTL_PART_MAX)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "dictionary places lists outside their parts");
    *out = (struct dtl_list_ends){base->postings + postings, base->positions + positions,
                                  base->variants + variants};
    return DTL_OK;
}

/* Read the key of the next entry, and where its lists are if it is a restart. DTL_END after the
 * block's last. */
static enum dtl_status next_key(struct walk *w, struct dtl_error *err)
{
    enum dtl_status st = dtl_front_key(&w->front, err);
    if (st != DTL_OK)
        return st;
    if (w->front.key_bytes < KEY_HEAD || w->front.key_bytes > KEY_HEAD + DTL_TERM_MAX)
        return dtl_fail(err, DTL_ECORRUPT, w->front.r.at, "term of impossible length");
    uint32_t at = w->front.at - 1;
    if (at % DTL_FRONT_RESTART)
        return DTL_OK;
    static const struct dtl_list_ends zero = {0};
    if ((st = read_ends(&w->front.r, at ? &w->base : &zero, &w->now, err)) < 0)
        return st;
    if (at == 0)
        w->base = w->now;
    return DTL_OK;
}

static enum dtl_status read_entry(struct walk *w, const struct dtl_segment *s, struct dtl_term *t,
                                  struct dtl_error *err)
{
    t->key = (struct dtl_term_key){
        .field = w->front.key[0],
        .lang = w->front.key[1],
        .text = dtl_bytes(w->front.key + KEY_HEAD, w->front.key_bytes - KEY_HEAD)};
    t->ordinal = w->front.first + w->front.at - 1;
    return dtl_term_entry_decode(&w->front.r, s->facts.docs, &w->now, t, err);
}

/* Stand before restart `number` of the block the walk is in, knowing where the block's lists begin.
 */
static enum dtl_status to_restart(struct walk *w, uint32_t number, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (number) {
        dtl_front_to_restart(&w->front, 0);
        st = next_key(w, err);
    }
    dtl_front_to_restart(&w->front, number);
    return st;
}

/* The key as the dictionary writes it, in `room`. */
static struct dtl_bytes flat_key(const struct dtl_term_key *key,
                                 uint8_t room[KEY_HEAD + DTL_TERM_MAX])
{
    size_t n = key->text.n < DTL_TERM_MAX ? key->text.n : DTL_TERM_MAX;
    room[0] = key->field;
    room[1] = key->lang;
    if (n)
        memcpy(room + KEY_HEAD, key->text.p, n);
    return dtl_bytes(room, KEY_HEAD + n);
}

/* Stand before the last restart at or before `flat`; DTL_END when there are no terms. */
static enum dtl_status find_restart(struct dtl_segment *s, struct dtl_bytes flat,
                                    struct dtl_arena *arena, struct walk *w, struct dtl_error *err)
{
    enum dtl_status st = dtl_front_find(&s->terms->front, flat, arena, &w->front, err);
    return st == DTL_OK ? to_restart(w, w->front.at / DTL_FRONT_RESTART, err) : st;
}

/* Read the key of the entry with that ordinal, and what stands before it. */
static enum dtl_status walk_to(struct dtl_segment *s, uint32_t ordinal, struct dtl_arena *arena,
                               struct walk *w, struct dtl_error *err)
{
    uint32_t at = ordinal % DTL_FRONT_BLOCK, restart = at / DTL_FRONT_RESTART;
    enum dtl_status st =
        dtl_front_block(&s->terms->front, ordinal / DTL_FRONT_BLOCK, arena, &w->front, err);
    if (st < 0 || (st = to_restart(w, restart, err)) < 0)
        return st;
    for (uint32_t i = restart * DTL_FRONT_RESTART; i < at; i++)
        if ((st = next_key(w, err)) < 0 ||
            (st = dtl_term_entry_skip(&w->front.r, &w->now, err)) < 0)
            return st;
    return next_key(w, err);
}

static enum dtl_status own_key(struct dtl_term *t, struct dtl_arena *arena, struct dtl_error *err)
{
    char *copy = dtl_arena_strndup(arena, (const char *)t->key.text.p, t->key.text.n);
    if (!copy)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a term");
    t->key.text = dtl_bytes(copy, t->key.text.n);
    return DTL_OK;
}

/* Decode the entry whose key was read. */
static enum dtl_status take(struct walk *w, const struct dtl_segment *s, struct dtl_arena *arena,
                            struct dtl_term *out, struct dtl_error *err)
{
    struct dtl_term t;
    enum dtl_status st = read_entry(w, s, &t, err);
    if (st == DTL_OK && (st = own_key(&t, arena, err)) == DTL_OK)
        *out = t;
    return st;
}

static enum dtl_status find_by_search(struct dtl_segment *s, struct dtl_bytes flat,
                                      struct dtl_arena *arena, struct dtl_term *out,
                                      struct dtl_error *err)
{
    struct walk w;
    enum dtl_status st = find_restart(s, flat, arena, &w, err);
    for (uint32_t i = 0; st == DTL_OK && i < DTL_FRONT_RESTART; i++) {
        if ((st = next_key(&w, err)) != DTL_OK)
            break;
        int order = dtl_bytes_compare(dtl_front_key_view(&w.front), flat);
        if (order == 0)
            return take(&w, s, arena, out, err);
        if (order > 0)
            return DTL_NOTFOUND;
        st = dtl_term_entry_skip(&w.front.r, &w.now, err);
    }
    return st < 0 ? st : DTL_NOTFOUND;
}

enum dtl_status dtl_terms_find(struct dtl_segment *s, const struct dtl_term_key *key,
                               struct dtl_arena *arena, struct dtl_term *out, struct dtl_error *err)
{
    struct walk w;
    uint8_t room[KEY_HEAD + DTL_TERM_MAX];
    uint32_t candidate[DTL_FRONT_CANDIDATES];
    size_t n = 0;
    if (key->text.n > DTL_TERM_MAX)
        return DTL_NOTFOUND;
    enum dtl_status st = dtl_terms_open(s, err);
    if (st < 0)
        return st;
    struct dtl_bytes flat = flat_key(key, room);
    st = dtl_front_candidates(&s->terms->front, dtl_front_hash(flat), arena, candidate, &n, err);
    if (st == DTL_END)
        return find_by_search(s, flat, arena, out, err);
    for (size_t i = 0; st == DTL_OK && i < n; i++) {
        st = walk_to(s, candidate[i], arena, &w, err);
        if (st == DTL_OK && dtl_bytes_equal(dtl_front_key_view(&w.front), flat))
            return take(&w, s, arena, out, err);
    }
    return st < 0 ? st : DTL_NOTFOUND;
}

void dtl_terms_prefetch(struct dtl_segment *s, const struct dtl_term_key *key)
{
    uint8_t room[KEY_HEAD + DTL_TERM_MAX];
    if (s->terms)
        dtl_front_prefetch(&s->terms->front, dtl_front_hash(flat_key(key, room)));
}

enum dtl_status dtl_terms_at(struct dtl_segment *s, uint32_t ordinal, struct dtl_arena *arena,
                             struct dtl_term *out, struct dtl_error *err)
{
    struct walk w;
    enum dtl_status st = dtl_terms_open(s, err);
    if (st < 0)
        return st;
    if (ordinal >= s->terms->front.entries)
        return dtl_fail(err, DTL_ECORRUPT, ordinal, "no term %u", ordinal);
    st = walk_to(s, ordinal, arena, &w, err);
    if (st == DTL_END)
        st = dtl_fail(err, DTL_ECORRUPT, ordinal, "no term %u in its block", ordinal);
    return st == DTL_OK ? take(&w, s, arena, out, err) : st;
}

enum dtl_status dtl_terms_at_many(struct dtl_segment *s, const uint32_t *ordinal, size_t n,
                                  struct dtl_arena *arena, struct dtl_term *out,
                                  struct dtl_error *err)
{
    struct walk w;
    enum dtl_status st = dtl_terms_open(s, err);
    for (size_t i = 0; i < n && st == DTL_OK; i++) {
        if (ordinal[i] >= s->terms->front.entries)
            return dtl_fail(err, DTL_ECORRUPT, ordinal[i], "no term %u", ordinal[i]);
        uint32_t next = i ? ordinal[i - 1] + 1 : 0; /* where the walk stands */
        if (i && next <= ordinal[i] && next % DTL_FRONT_BLOCK &&
            ordinal[i] / DTL_FRONT_BLOCK == next / DTL_FRONT_BLOCK &&
            ordinal[i] - next < DTL_FRONT_RESTART) {
            while ((st = next_key(&w, err)) == DTL_OK && next++ < ordinal[i])
                if ((st = dtl_term_entry_skip(&w.front.r, &w.now, err)) < 0)
                    return st;
        } else {
            st = walk_to(s, ordinal[i], arena, &w, err);
        }
        if (st == DTL_END)
            st = dtl_fail(err, DTL_ECORRUPT, ordinal[i], "no term %u in its block", ordinal[i]);
        if (st == DTL_OK)
            st = take(&w, s, arena, &out[i], err);
    }
    return st;
}

struct iter_state {
    struct walk walk;
    struct dtl_term found; /* read by the seek, not yet handed out */
    bool pending, in_block;
};

static enum dtl_status step(struct dtl_terms_iter *it, struct dtl_term *t, struct dtl_error *err)
{
    struct iter_state *x = it->state;
    const struct dtl_front *f = &it->s->terms->front;
    enum dtl_status st = x->in_block ? next_key(&x->walk, err) : DTL_END;
    if (st == DTL_END) {
        uint32_t number = x->in_block ? x->walk.front.block + 1 : 0;
        if (number >= f->blocks)
            return DTL_END;
        dtl_arena_reset(&it->arena);
        x->in_block = false;
        if ((st = dtl_front_block(f, number, &it->arena, &x->walk.front, err)) < 0)
            return st;
        x->in_block = true;
        st = next_key(&x->walk, err);
    }
    return st < 0 ? st : read_entry(&x->walk, it->s, t, err);
}

enum dtl_status dtl_terms_seek(struct dtl_terms_iter *it, struct dtl_segment *s,
                               const struct dtl_term_key *key, struct dtl_error *err)
{
    uint8_t room[KEY_HEAD + DTL_TERM_MAX];
    *it = (struct dtl_terms_iter){.s = s};
    struct iter_state *x = calloc(1, sizeof *x);
    if (!x)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a walk over terms");
    it->state = x;
    enum dtl_status st = dtl_terms_open(s, err);
    if (st == DTL_OK && key) {
        st = find_restart(s, flat_key(key, room), &it->arena, &x->walk, err);
        x->in_block = st == DTL_OK;
        while (st == DTL_OK) {
            if ((st = step(it, &x->found, err)) != DTL_OK)
                break;
            if (dtl_term_key_compare(&x->found.key, key) >= 0) {
                x->pending = true;
                it->next = x->found.ordinal;
                break;
            }
        }
        if (st == DTL_END) {
            it->next = s->terms->front.entries;
            st = DTL_OK;
        }
    }
    if (st < 0)
        dtl_terms_iter_release(it);
    return st;
}

enum dtl_status dtl_terms_next(struct dtl_terms_iter *it, struct dtl_term *out,
                               struct dtl_error *err)
{
    struct iter_state *x = it->state;
    if (!x || it->next >= it->s->terms->front.entries)
        return DTL_END;
    if (x->pending) {
        x->pending = false;
        *out = x->found;
    } else {
        enum dtl_status st = step(it, &x->found, err);
        if (st != DTL_OK)
            return st;
        *out = x->found;
    }
    it->next = out->ordinal + 1;
    return DTL_OK;
}

void dtl_terms_iter_release(struct dtl_terms_iter *it)
{
    free(it->state);
    dtl_arena_release(&it->arena);
    *it = (struct dtl_terms_iter){0};
}
