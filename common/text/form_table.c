/*
 * form_table.c - how forms are kept: a record each, slots that grow by doubling.
 *
 * The table begins with 32 KB, which is what the words of one article need; a query or a snippet
 * touches no more. It grows as forms come, to `limit` (decision 0015). Most of what fills it then
 * was printed once: that is forgotten, and what came again stays with its number (decision 0270).
 */
#include "common/text/form_table.h"

#include "common/base/hash.h"

#include <stdatomic.h>
#include <stdlib.h>

#define FIRST_SLOTS 1024u
#define FORGOTTEN   UINT32_MAX /* the place of a number whose form is not kept */

/* A record: header, printed bytes, then form, folded and term where they differ from the one
 * before. */
struct record {
    uint16_t printed; /* bytes */
    uint8_t owner, form, folded, term;
    uint8_t same; /* SAME_ bits */
};
enum { SAME_FORM = 1, SAME_FOLDED = 2, SAME_TERM = 4 };

static uint64_t next_epoch(void)
{
    static atomic_uint_fast64_t last; /* no two tables of a process share one */
    return atomic_fetch_add(&last, 1) + 1;
}

bool dtl_form_table_open(struct dtl_form_table *t)
{
    *t = (struct dtl_form_table){
        .capacity = FIRST_SLOTS, .limit = DTL_ANALYZER_BYTES, .epoch = next_epoch()};
    t->slots = calloc(t->capacity, sizeof *t->slots);
    return t->slots;
}

void dtl_form_table_close(struct dtl_form_table *t)
{
    free(t->slots);
    dtl_buffer_release(&t->records);
    dtl_buffer_release(&t->places);
    t->slots = NULL;
}

size_t dtl_form_table_memory(const struct dtl_form_table *t)
{
    return t->capacity * sizeof *t->slots + t->records.capacity + t->places.capacity;
}

static void empty(struct dtl_form_table *t)
{
    memset(t->slots, 0, t->capacity * sizeof *t->slots);
    dtl_buffer_reset(&t->records);
    dtl_buffer_reset(&t->places);
    t->count = 0;
    t->epoch = next_epoch();
}

void dtl_form_table_limit(struct dtl_form_table *t, size_t bytes)
{
    t->limit = bytes;
    struct dtl_form_table fresh;
    if (dtl_form_table_memory(t) <= bytes || !dtl_form_table_open(&fresh))
        return;
    dtl_form_table_close(t);
    *t = fresh;
    t->limit = bytes;
}

struct dtl_bytes dtl_form_part(struct dtl_bytes printed)
{
    if (printed.n > DTL_WORD_BYTES) {
        printed.n = DTL_WORD_BYTES;
        while (printed.n && (printed.p[printed.n] & 0xc0) == 0x80)
            printed.n--;
    }
    return printed;
}

uint64_t dtl_form_long_hash(struct dtl_bytes printed)
{
    return dtl_hash64(printed, 0);
}

/* ---- records ---- */

static const uint8_t *record_of(const struct dtl_form_table *t, uint32_t number)
{
    return t->records.p + dtl_load32(t->places.p + (size_t)number * sizeof(uint32_t));
}

void dtl_form_table_word(const struct dtl_form_table *t, uint32_t number, struct dtl_word *out)
{
    const uint8_t *p = record_of(t, number);
    struct record r;
    memcpy(&r, p, sizeof r);
    p += sizeof r;
    const uint8_t *printed = p;
    p += r.printed;
    out->form = dtl_bytes(r.same & SAME_FORM ? printed : p, r.form);
    p += r.same & SAME_FORM ? 0 : r.form;
    out->folded = dtl_bytes(r.same & SAME_FOLDED ? out->form.p : p, r.folded);
    p += r.same & SAME_FOLDED ? 0 : r.folded;
    out->term = dtl_bytes(r.same & SAME_TERM ? out->folded.p : p, r.term);
    out->owner = r.owner;
}

bool dtl_form_table_prints(const struct dtl_form_table *t, uint32_t number)
{
    struct record r;
    memcpy(&r, record_of(t, number), sizeof r);
    return r.form != 0;
}

bool dtl_form_table_is(const struct dtl_form_table *t, uint32_t number, struct dtl_bytes printed)
{
    const uint8_t *p = record_of(t, number);
    struct record r;
    memcpy(&r, p, sizeof r);
    return r.printed == printed.n && memcmp(p + sizeof r, printed.p, printed.n) == 0;
}

static bool keep(struct dtl_form_table *t, struct dtl_bytes printed, const struct dtl_word *word)
{
    struct record r = {.printed = (uint16_t)printed.n,
                       .owner = word->owner,
                       .form = (uint8_t)word->form.n,
                       .folded = (uint8_t)word->folded.n,
                       .term = (uint8_t)word->term.n};
    r.same = (uint8_t)((dtl_bytes_equal(printed, word->form) ? SAME_FORM : 0) |
                       (dtl_bytes_equal(word->form, word->folded) ? SAME_FOLDED : 0) |
                       (dtl_bytes_equal(word->folded, word->term) ? SAME_TERM : 0));
    struct dtl_buffer *b = &t->records;
    size_t at = b->n;
    return dtl_buffer_append(&t->places, &(uint32_t){(uint32_t)at}, sizeof(uint32_t)) &&
           dtl_buffer_append(b, &r, sizeof r) && dtl_buffer_append(b, printed.p, printed.n) &&
           (r.same & SAME_FORM || dtl_buffer_append(b, word->form.p, word->form.n)) &&
           (r.same & SAME_FOLDED || dtl_buffer_append(b, word->folded.p, word->folded.n)) &&
           (r.same & SAME_TERM || dtl_buffer_append(b, word->term.p, word->term.n));
}

/* ---- slots ---- */

static void put(struct dtl_form_slot *slots, size_t capacity, const struct dtl_form_slot *s)
{
    size_t i = s->hash & (capacity - 1);
    while (slots[i].tag)
        i = (i + 1) & (capacity - 1);
    slots[i] = *s;
}

#define RECORD_MOST (sizeof(struct record) + DTL_WORD_BYTES + 3 * DTL_TERM_MAX)

/* The most forms for so many slots: a load of five eighths. */
static size_t forms_of(size_t slots)
{
    return slots / 8 * 5;
}

/* Room for one more form. False: no memory, or over the limit. */
static bool make_room(struct dtl_form_table *t, bool *failed)
{
    if (t->records.n + RECORD_MOST > t->records.capacity &&
        t->capacity * sizeof *t->slots + 2 * t->records.capacity + t->places.capacity > t->limit)
        return false;
    if (t->places.n == t->places.capacity &&
        dtl_form_table_memory(t) + t->places.capacity > t->limit)
        return false;
    if (t->count + 1 <= forms_of(t->capacity))
        return true;
    size_t capacity = 2 * t->capacity;
    if (dtl_form_table_memory(t) + t->capacity * sizeof *t->slots > t->limit)
        return false;
    struct dtl_form_slot *slots = calloc(capacity, sizeof *slots);
    if (!slots) {
        *failed = true;
        return false;
    }
    for (size_t i = 0; i < t->capacity; i++)
        if (t->slots[i].tag)
            put(slots, capacity, &t->slots[i]);
    free(t->slots);
    t->slots = slots;
    t->capacity = capacity;
    return true;
}

uint32_t dtl_form_table_add(struct dtl_form_table *t, struct dtl_words *w,
                            const struct dtl_form_key *key, struct dtl_bytes printed, dtl_lang lang,
                            bool joined)
{
    struct dtl_word word;
    if (!make_room(t, &w->failed))
        return DTL_FORM_NONE;
    if (joined)
        dtl_word_form(w, printed, lang, &word);
    else
        dtl_word_printed(w, printed, lang, &word);
    w->failed |= w->unicode.failed;
    if (w->failed)
        return DTL_FORM_NONE;
    if (!keep(t, printed, &word)) {
        w->failed = true;
        return DTL_FORM_NONE;
    }
    uint32_t number = (uint32_t)(t->places.n / sizeof number) - 1;
    t->count++;
    struct dtl_form_slot slot = {key->low, key->high, key->tag, number, key->hash & ~DTL_FORM_MET};
    put(t->slots, t->capacity, &slot);
    return number;
}

/* ---- relief ---- */

static size_t record_bytes(const uint8_t *p)
{
    struct record r;
    memcpy(&r, p, sizeof r);
    return sizeof r + r.printed + (r.same & SAME_FORM ? 0 : r.form) +
           (r.same & SAME_FOLDED ? 0 : r.folded) + (r.same & SAME_TERM ? 0 : r.term);
}

/* Records stand in the order of their numbers: those that stay move down over the others. */
static void close_gaps(struct dtl_form_table *t)
{
    size_t to = 0;
    for (size_t i = 0; i < t->places.n; i += sizeof(uint32_t)) {
        uint32_t at = dtl_load32(t->places.p + i);
        if (at == FORGOTTEN)
            continue;
        size_t n = record_bytes(t->records.p + at);
        memmove(t->records.p + to, t->records.p + at, n);
        dtl_store32(t->places.p + i, (uint32_t)to);
        to += n;
    }
    t->records.n = to;
}

bool dtl_form_table_relieve(struct dtl_form_table *t)
{
    struct dtl_form_slot *stay = NULL;
    size_t n = 0;
    for (size_t i = 0; i < t->capacity; i++)
        n += t->slots[i].tag && t->slots[i].hash & DTL_FORM_MET;
    /* Numbers that were given take room as well: both in the table and at who keeps by number. */
    if (n <= t->count / 4 * 3 && t->places.n / sizeof(uint32_t) <= t->capacity &&
        t->places.n < t->places.capacity && !(stay = malloc((n + 1) * sizeof *stay)))
        return false;
    if (!stay) {
        empty(t);
        return true;
    }
    n = 0;
    for (size_t i = 0; i < t->capacity; i++) {
        struct dtl_form_slot *s = &t->slots[i];
        if (s->tag && s->hash & DTL_FORM_MET) {
            stay[n] = *s;
            stay[n++].hash &= ~DTL_FORM_MET;
        } else if (s->tag) {
            dtl_store32(t->places.p + s->number * sizeof(uint32_t), FORGOTTEN);
        }
    }
    memset(t->slots, 0, t->capacity * sizeof *t->slots);
    for (size_t i = 0; i < n; i++)
        put(t->slots, t->capacity, &stay[i]);
    free(stay);
    t->count = n;
    close_gaps(t);
    if (t->records.n + RECORD_MOST > t->records.capacity)
        empty(t);
    return true;
}
