/*
 * inverted_write.c - the way out: postings of all sources put into document order, variants
 * numbered canonically, each segment given its own.
 *
 * Two passes over the bytes of each term. The first finds where its postings begin, which place
 * each has and how often each form occurs in each segment; the second, in document order, gives
 * them to the builders. When the archive was fed in document order, or exactly against it, nothing
 * is sorted.
 *
 * Forms of one term that several sources met are one form: they get a number of the term's here,
 * and the number that a segment's variant list gives them is made from that.
 */
#include "indexer/invert/inverted.h"

#include "common/codec/block.h"
#include "indexer/invert/inverter_private.h"

#include <stdlib.h>

struct key { /* one posting that stays */
    uint32_t place;
    uint32_t at;    /* of its first occurrence in the run of its source */
    uint32_t found; /* which of the sources that have the term */
    uint32_t count; /* its occurrences */
};

struct form { /* one form of one source */
    struct dtl_inverted_form text;
    uint32_t found, number;
};

struct numbering { /* one variant of the current term in one segment */
    struct dtl_variant v;
    uint32_t number; /* the term's */
};

struct writer { /* scratch of one write, reused term after term */
    const struct dtl_inverted_input *in;
    struct dtl_inverted_cursor *cursor; /* one an input, */
    bool *ended;
    uint32_t *found; /* and those that stand at the least term, */
    size_t inputs, finds;
    uint32_t *first_form; /* with the place of each one's forms in `number` */
    uint32_t title_weight;
    struct dtl_builder *const *b;
    uint32_t first, n;
    uint32_t forms; /* of the term, distinct */
    struct dtl_buffer keys, key_room, positions, variants, all, number, text, counts, numbering,
        listed;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to write a batch");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* An array of `n` items of `size` bytes in a scratch buffer; NULL: no memory. */
static void *room(struct dtl_buffer *b, size_t n, size_t size)
{
    dtl_buffer_reset(b);
    return dtl_buffer_reserve(b, n * size + 1) ? b->p : NULL;
}

/* ---- the forms of a term ---- */

static int compare_forms(const void *a, const void *b)
{
    const struct form *x = a, *y = b;
    int c = dtl_bytes_compare(x->text.form, y->text.form);
    return c ? c : (x->found > y->found) - (x->found < y->found);
}

/* Number the distinct forms: number[first_form[k] + i] is that of form i of the k-th source. */
static bool join_forms(struct writer *w)
{
    uint32_t total = 0;
    for (size_t k = 0; k < w->finds; k++) {
        w->first_form[k] = total;
        total += w->cursor[w->found[k]].forms;
    }
    w->forms = 0;
    uint32_t *number = room(&w->number, total, sizeof *number);
    struct dtl_inverted_form *text = room(&w->text, total, sizeof *text);
    if (!number || !text)
        return false;
    if (w->finds == 1) {
        const struct dtl_inverted_cursor *c = &w->cursor[w->found[0]];
        for (uint32_t i = 0; i < total; i++) {
            number[i] = i;
            text[i] = c->form[i];
        }
        w->forms = total;
        return true;
    }
    struct form *all = room(&w->all, total, sizeof *all);
    if (!all)
        return false;
    for (uint32_t k = 0, n = 0; k < w->finds; k++) {
        const struct dtl_inverted_cursor *c = &w->cursor[w->found[k]];
        for (uint32_t i = 0; i < c->forms; i++)
            all[n++] = (struct form){c->form[i], k, i};
    }
    qsort(all, total, sizeof *all, compare_forms);
    for (uint32_t i = 0; i < total; i++) {
        if (i == 0 || !dtl_bytes_equal(all[i].text.form, all[i - 1].text.form))
            text[w->forms++] = all[i].text;
        number[w->first_form[all[i].found] + all[i].number] = w->forms - 1;
    }
    return true;
}

/* ---- first pass: which postings, how many of each form ---- */

static inline uint64_t next_number(const uint8_t **p)
{
    uint64_t v = *(*p)++;
    if (!(v & 0x80))
        return v;
    v &= 0x7f;
    for (unsigned shift = 7;; shift += 7) {
        uint8_t c = *(*p)++;
        v |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80))
            return v;
    }
}

/* What one occurrence says first, its step and bits. One byte or two, which is nearly always, are
 * read without asking which: it is a guess that fails every third time. */
static inline uint64_t next_step(const uint8_t **p, const uint8_t *end)
{
    if (end - *p < 2)
        return next_number(p);
    uint32_t two = dtl_load16(*p), more = two >> 7 & 1;
    if ((two & 0x8080) == 0x8080)
        return next_number(p);
    *p += 1 + more;
    return (two & 0x7f) | (two >> 8 << 7 & -more);
}

/* `counts`: a row of w->forms for each segment, and one more for what does not stay. */
static bool scan(struct writer *w, uint32_t k, uint32_t *counts)
{
    const struct dtl_inverted_cursor *c = &w->cursor[w->found[k]];
    const uint32_t *place = w->in[w->found[k]].place;
    const uint32_t *number = (const uint32_t *)(const void *)w->number.p + w->first_form[k];
    uint32_t article = 0, variant = 0, *count = counts, occurrences = 0, *in_key;
    uint32_t nowhere = 0;     /* for what does not stay */
    bool one = c->forms == 1; /* then its occurrences are counted at once */
    in_key = &nowhere;
    size_t n = w->keys.n / sizeof(struct key);
    struct key *keys = (struct key *)(void *)w->keys.p;
    for (const uint8_t *p = c->run.p, *end = c->run.p + c->run.n; p < end;) {
        uint32_t at = (uint32_t)(p - c->run.p);
        uint64_t v = next_step(&p, end);
        if (v & DTL_RUN_FIRST) {
            article += (uint32_t)next_number(&p);
            uint32_t to = place[article - 1], part = (to >> DTL_PLACE_BITS) - w->first;
            bool stays = to != DTL_PLACE_NONE && part < w->n;
            if (one)
                count[number[0]] += occurrences;
            *in_key = occurrences;
            occurrences = 0;
            in_key = &nowhere;
            if (stays) {
                if ((n + 1) * sizeof *keys > w->keys.capacity) {
                    w->keys.n = n * sizeof *keys;
                    if (!dtl_buffer_reserve(&w->keys, (n + 1) * sizeof *keys))
                        return false;
                    keys = (struct key *)(void *)w->keys.p;
                }
                keys[n] = (struct key){to, at, k, 0};
                in_key = &keys[n++].count;
            }
            count = counts + (size_t)(stays ? part : w->n) * w->forms;
            variant = 0;
        }
        occurrences++;
        if (v & DTL_RUN_OTHER)
            variant = (uint32_t)next_number(&p);
        if (c->forms > 1)
            count[number[variant]]++;
    }
    if (one)
        count[number[0]] += occurrences;
    *in_key = occurrences;
    w->keys.n = n * sizeof *keys;
    return true;
}

/* ---- into document order ---- */

#define DIGIT_BITS 11u
#define FEW        48u /* keys that are put in order one by one */

static void insert_keys(struct key *k, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct key x = k[i];
        size_t at = i;
        for (; at && k[at - 1].place > x.place; at--)
            k[at] = k[at - 1];
        k[at] = x;
    }
}

static void reverse_keys(struct key *k, size_t n)
{
    for (size_t i = 0, j = n - 1; i < j; i++, j--) {
        struct key swap = k[i];
        k[i] = k[j];
        k[j] = swap;
    }
}

/* Places differ, so any way of sorting gives the same. NULL: no memory. */
static struct key *sort_keys(struct writer *w, size_t n)
{
    struct key *k = (struct key *)(void *)w->keys.p, *other;
    bool rises = true, falls = true;
    uint32_t differ = 0;
    for (size_t i = 1; i < n; i++) {
        rises = rises && k[i - 1].place < k[i].place;
        falls = falls && k[i - 1].place > k[i].place;
        differ |= k[i - 1].place ^ k[i].place;
    }
    if (rises)
        return k;
    if (falls) {
        reverse_keys(k, n);
        return k;
    }
    if (n < FEW) {
        insert_keys(k, n);
        return k;
    }
    if (!(other = room(&w->key_room, n, sizeof *other)))
        return NULL;
    for (unsigned shift = 0; shift < 32 && differ >> shift; shift += DIGIT_BITS) {
        uint32_t start[1u << DIGIT_BITS] = {0}, sum = 0, mask = (1u << DIGIT_BITS) - 1;
        if (!(differ >> shift & mask))
            continue;
        for (size_t i = 0; i < n; i++)
            start[k[i].place >> shift & mask]++;
        for (size_t d = 0; d <= mask; d++) {
            uint32_t count = start[d];
            start[d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            other[start[k[i].place >> shift & mask]++] = k[i];
        struct key *swap = k;
        k = other;
        other = swap;
    }
    return k;
}

/* ---- variants ---- */

static int compare_variants(const void *a, const void *b)
{
    const struct dtl_variant *x = &((const struct numbering *)a)->v;
    const struct dtl_variant *y = &((const struct numbering *)b)->v;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return dtl_bytes_compare(x->form, y->form);
}

/* The variants that stay in one segment, in canonical order; counts[f] becomes the number there of
 * form f. */
static bool number_variants(struct writer *w, uint32_t *counts, size_t *listed)
{
    const struct dtl_inverted_form *text = (const void *)w->text.p;
    struct numbering *all = room(&w->numbering, w->forms, sizeof *all);
    struct dtl_variant *list = room(&w->listed, w->forms, sizeof *list);
    if (!all || !list)
        return false;
    size_t stay = 0;
    for (uint32_t i = 0; i < w->forms; i++)
        if (counts[i])
            all[stay++] = (struct numbering){
                {text[i].form, text[i].folded, counts[i]},
                i
            };
    if (stay > 1)
        qsort(all, stay, sizeof *all, compare_variants);
    for (size_t i = 0; i < stay; i++) {
        list[i] = all[i].v;
        counts[all[i].number] = (uint32_t)i;
    }
    *listed = stay;
    return true;
}

/* ---- second pass ---- */

/* What a posting's occurrences say, behind one another. Returns its weighted frequency. */
static uint64_t decode_posting(const struct writer *w, const struct key *k,
                               const uint32_t *renumber, uint32_t *gap, uint32_t *form)
{
    const struct dtl_inverted_cursor *c = &w->cursor[w->found[k->found]];
    const uint32_t *number = (const uint32_t *)(const void *)w->number.p + w->first_form[k->found];
    const uint8_t *p = c->run.p + k->at, *end = c->run.p + c->run.n;
    uint32_t titles = 0, now = form ? renumber[number[0]] : 0;
    for (uint32_t i = 0; i < k->count; i++) {
        uint64_t v = next_step(&p, end);
        if (i == 0)
            (void)next_number(&p); /* the article */
        if (v & DTL_RUN_OTHER) {
            uint32_t variant = (uint32_t)next_number(&p);
            now = form ? renumber[number[variant]] : 0;
        }
        titles += (v & DTL_RUN_TITLE) != 0;
        if (gap)
            gap[i] = (uint32_t)(v >> DTL_RUN_SHIFT);
        if (form)
            form[i] = now;
    }
    return k->count + (uint64_t)titles * (w->title_weight - 1);
}

/* Postings keys[0 .. n), n at most DTL_BLOCK, all of one segment. `variants`: of the term there. */
static enum dtl_status write_postings(struct writer *w, const struct key *keys, uint32_t n,
                                      bool positions, const uint32_t *renumber, size_t variants,
                                      struct dtl_error *err)
{
    dtl_doc docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK], start[DTL_BLOCK + 1] = {0};
    for (uint32_t i = 0; i < n; i++)
        start[i + 1] = start[i] + (positions ? keys[i].count : 0);
    uint32_t *gaps = positions ? room(&w->positions, start[n], sizeof *gaps) : NULL;
    uint32_t *forms = variants > 1 ? room(&w->variants, start[n], sizeof *forms) : NULL;
    if ((positions && !gaps) || (variants > 1 && !forms))
        return no_memory(err);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t tf = decode_posting(w, &keys[i], renumber, gaps ? gaps + start[i] : NULL,
                                     forms ? forms + start[i] : NULL);
        docs[i] = keys[i].place & (DTL_SEGMENT_DOCS_MAX - 1);
        tfs[i] = tf > UINT32_MAX ? UINT32_MAX : (uint32_t)tf;
    }
    struct dtl_posting_run run = {
        .n = n, .docs = docs, .tfs = tfs, .start = start, .gaps = gaps, .variants = forms};
    return dtl_builder_postings(w->b[(keys->place >> DTL_PLACE_BITS) - w->first], &run, err);
}

static enum dtl_status write_term(struct writer *w, struct dtl_error *err)
{
    const struct dtl_term_key *key = &w->cursor[w->found[0]].key;
    bool positions = dtl_field_has_positions(key->field);
    if (!join_forms(w))
        return no_memory(err);
    size_t cells = (size_t)(w->n + 1) * w->forms;
    uint32_t *counts = room(&w->counts, cells, sizeof *counts);
    if (!counts)
        return no_memory(err);
    memset(counts, 0, cells * sizeof *counts);
    dtl_buffer_reset(&w->keys);
    for (uint32_t k = 0; k < w->finds; k++)
        if (!scan(w, k, counts))
            return no_memory(err);
    size_t n = w->keys.n / sizeof(struct key);
    struct key *keys = n ? sort_keys(w, n) : NULL;
    if (n && !keys)
        return no_memory(err);
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; st == DTL_OK && i < n;) {
        uint32_t part = keys[i].place >> DTL_PLACE_BITS;
        uint32_t *row = counts + (size_t)(part - w->first) * w->forms;
        size_t listed = 0;
        if (w->forms && !number_variants(w, row, &listed))
            return no_memory(err);
        st = dtl_builder_term(w->b[part - w->first], key,
                              listed ? (const struct dtl_variant *)(const void *)w->listed.p : NULL,
                              listed, positions, err);
        while (st == DTL_OK && i < n && keys[i].place >> DTL_PLACE_BITS == part) {
            uint32_t some = 1;
            while (some < DTL_BLOCK && i + some < n &&
                   keys[i + some].place >> DTL_PLACE_BITS == part)
                some++;
            st = write_postings(w, &keys[i], some, positions, row, listed, err);
            i += some;
        }
    }
    return st;
}

/* ---- one term after another ---- */

static enum dtl_status advance(struct writer *w, size_t i, struct dtl_error *err)
{
    enum dtl_status st = dtl_inverted_next(&w->cursor[i], err);
    w->ended[i] = st == DTL_END;
    return st < 0 ? st : DTL_OK;
}

/* Those of the inputs that stand at the least term. */
static void find_least(struct writer *w)
{
    w->finds = 0;
    for (uint32_t i = 0; i < w->inputs; i++) {
        if (w->ended[i])
            continue;
        int c = 0;
        if (w->finds) {
            const struct dtl_inverted_cursor *x = &w->cursor[i], *y = &w->cursor[w->found[0]];
            c = x->head != y->head ? (x->head < y->head ? -1 : 1)
                                   : dtl_bytes_compare(x->key.text, y->key.text);
        }
        if (c < 0)
            w->finds = 0;
        if (c <= 0)
            w->found[w->finds++] = i;
    }
}

static enum dtl_status write_all(struct writer *w, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; st == DTL_OK && i < w->inputs; i++)
        st = advance(w, i, err);
    while (st == DTL_OK) {
        find_least(w);
        if (w->finds == 0)
            break;
        st = write_term(w, err);
        for (size_t k = 0; st == DTL_OK && k < w->finds; k++)
            st = advance(w, w->found[k], err);
    }
    return st;
}

enum dtl_status dtl_inverted_write(const struct dtl_inverted_input *in, size_t inputs,
                                   uint32_t title_weight, struct dtl_builder *const *b,
                                   uint32_t first, uint32_t n, struct dtl_error *err)
{
    struct writer w = {
        .in = in, .inputs = inputs, .title_weight = title_weight, .b = b, .first = first, .n = n};
    w.cursor = calloc(inputs + 1, sizeof *w.cursor);
    w.ended = calloc(inputs + 1, sizeof *w.ended);
    w.found = calloc(inputs + 1, sizeof *w.found);
    w.first_form = calloc(inputs + 1, sizeof *w.first_form);
    bool ok = w.cursor && w.ended && w.found && w.first_form;
    for (size_t i = 0; ok && i < inputs; i++)
        w.cursor[i].t = in[i].terms;
    enum dtl_status st = ok ? write_all(&w, err) : no_memory(err);
    struct dtl_buffer *scratch[] = {&w.keys,   &w.key_room, &w.positions, &w.variants,  &w.all,
                                    &w.number, &w.text,     &w.counts,    &w.numbering, &w.listed};
    for (size_t i = 0; i < sizeof scratch / sizeof scratch[0]; i++)
        dtl_buffer_release(scratch[i]);
    for (size_t i = 0; w.cursor && i < inputs; i++)
        dtl_inverted_cursor_release(&w.cursor[i]);
    free(w.first_form);
    free(w.found);
    free(w.ended);
    free(w.cursor);
    return st;
}
