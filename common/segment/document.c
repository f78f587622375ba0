/*
 * document.c - the one walk over an article's tokens, and the two small codes that go with it.
 *
 * Why one walk: what a document adds to the lists when it is indexed, what its death subtracts and
 * what check recomputes must be the same to the last count, so all three are fed by this function.
 * The inverter takes words in bulk; test_inverter holds it to the occurrences given one by one.
 *
 * Positions: title words from 0; the body DTL_FIELD_GAP after the last of them (from 0 when the
 * title has no words), so no phrase crosses. Author and url values keep the same distance from each
 * other.
 */
#include "common/segment/document.h"

#include "common/base/hash.h"
#include "common/base/utf8.h"

struct walk {
    dtl_occurrence_fn fn; /* of a value */
    void *ctx;
    enum dtl_field field; /* of a value, in on_value_word */
};

#define VALUE_BYTES ((size_t)4 * DTL_TERM_MAX) /* of a whole value are looked at */

static struct dtl_bytes cut(struct dtl_bytes text, size_t most)
{
    if (text.n <= most)
        return text;
    size_t n = most;
    while (n && (text.p[n] & 0xc0) == 0x80)
        n--;
    return dtl_bytes(text.p, n);
}

/* ---- title and body ---- */

static enum dtl_status feed_text(struct dtl_analyzer *an, const struct dtl_article *a,
                                 uint32_t title_weight, const struct dtl_document_sink *sink,
                                 struct dtl_document_lengths *lengths, struct dtl_error *err)
{
    dtl_lang lang = dtl_lang_of(a->lang);
    uint32_t next = 0, from = 0;
    enum dtl_status st =
        dtl_analyze_instances(an, a->title, lang, 0, sink->title, sink->ctx, &next, err);
    if (st != DTL_OK)
        return st;
    lengths->title_words = next;
    from = next ? next + DTL_FIELD_GAP : 0;
    next = from;
    st = dtl_analyze_instances(an, a->body, lang, from, sink->body, sink->ctx, &next, err);
    if (st != DTL_OK)
        return st;
    lengths->body_words = next - from;
    uint64_t weighted = (uint64_t)title_weight * lengths->title_words + lengths->body_words;
    lengths->weighted = weighted > UINT32_MAX ? UINT32_MAX : (uint32_t)weighted;
    return DTL_OK;
}

/* ---- values ---- */

static enum dtl_status on_value_word(void *ctx, const struct dtl_token *t)
{
    const struct walk *w = ctx;
    struct dtl_bytes term = cut(t->folded, DTL_TERM_MAX);
    if (t->flags & DTL_TOKEN_JOINED || term.n == 0)
        return DTL_OK;
    struct dtl_occurrence o = {
        .field = w->field, .term = term, .position = t->position, .weight = 1};
    return w->fn(w->ctx, &o);
}

static enum dtl_status walk_words(struct dtl_analyzer *an, enum dtl_field field,
                                  const struct dtl_bytes *v, size_t n, struct walk *w,
                                  struct dtl_error *err)
{
    uint32_t position = 0;
    w->field = field;
    for (size_t i = 0; i < n; i++) {
        uint32_t next = position;
        enum dtl_status st = dtl_analyze(an, v[i], 0, position, on_value_word, w, &next, err);
        if (st != DTL_OK)
            return st;
        if (next > UINT32_MAX / 2)
            return dtl_fail(err, DTL_ELIMIT, 0, "too many words in the values of a field");
        if (next > position)
            position = next + DTL_FIELD_GAP;
    }
    return DTL_OK;
}

enum dtl_status dtl_value_term(struct dtl_analyzer *an, struct dtl_bytes value,
                               struct dtl_arena *arena, struct dtl_bytes *term,
                               struct dtl_error *err)
{
    struct dtl_bytes folded = {0};
    enum dtl_status st = dtl_fold(an, cut(value, VALUE_BYTES), arena, &folded, err);
    if (st == DTL_OK)
        *term = cut(folded, DTL_TERM_MAX);
    return st;
}

static enum dtl_status emit(const struct walk *w, enum dtl_field field, struct dtl_bytes term)
{
    if (term.n == 0)
        return DTL_OK;
    struct dtl_occurrence o = {.field = field, .term = term, .weight = 1};
    return w->fn(w->ctx, &o);
}

static enum dtl_status walk_values(struct dtl_analyzer *an, enum dtl_field field,
                                   const struct dtl_bytes *v, size_t n, const struct walk *w,
                                   struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < n && st == DTL_OK; i++) {
        struct dtl_bytes folded = {0};
        st = dtl_fold_view(an, cut(v[i], VALUE_BYTES), &folded, err);
        if (st == DTL_OK)
            st = emit(w, field, cut(folded, DTL_TERM_MAX));
    }
    return st;
}

enum dtl_status dtl_document_feed(struct dtl_analyzer *an, const struct dtl_article *a,
                                  uint32_t title_weight, const struct dtl_document_sink *sink,
                                  struct dtl_document_lengths *lengths, struct dtl_error *err)
{
    struct walk w = {.fn = sink->value, .ctx = sink->ctx};
    struct dtl_document_lengths l = {0};
    struct dtl_bytes disputed = dtl_bytes_of(dtl_article_disputed(a) ? DTL_DATES_DISPUTED : "");
    uint8_t room[DTL_TERM_MAX];
    char tag[4];
    enum dtl_status st;
    if ((st = feed_text(an, a, title_weight, sink, &l, err)) != DTL_OK ||
        (st = walk_values(an, DTL_FIELD_SOURCE, &a->source, 1, &w, err)) != DTL_OK ||
        (st = walk_words(an, DTL_FIELD_AUTHOR, a->authors.v, a->authors.n, &w, err)) != DTL_OK ||
        (st = walk_values(an, DTL_FIELD_SECTION, a->sections.v, a->sections.n, &w, err)) !=
            DTL_OK ||
        (st = walk_values(an, DTL_FIELD_TAG, a->tags.v, a->tags.n, &w, err)) != DTL_OK ||
        (st = walk_values(an, DTL_FIELD_PLACE, a->places.v, a->places.n, &w, err)) != DTL_OK ||
        (st = emit(&w, DTL_FIELD_LANG, dtl_bytes_of(dtl_lang_code_text(a->lang, tag)))) != DTL_OK ||
        (st = walk_words(an, DTL_FIELD_URL, &a->url, 1, &w, err)) != DTL_OK ||
        (st = emit(&w, DTL_FIELD_PATH, dtl_path_term(dtl_article_file(a), room))) != DTL_OK ||
        (st = walk_values(an, DTL_FIELD_AGENCY, a->agencies.v, a->agencies.n, &w, err)) != DTL_OK ||
        (st = emit(&w, DTL_FIELD_DATES, disputed)) != DTL_OK)
        return st;
    *lengths = l;
    return DTL_OK;
}

/* ---- one occurrence at a time ---- */

struct each {
    const struct dtl_analyzer *an;
    dtl_occurrence_fn fn;
    void *ctx;
    uint32_t weight; /* of a title word */
};

static enum dtl_status mark(const struct each *e, enum dtl_field field, uint32_t position)
{
    struct dtl_occurrence o = {.field = field, .position = position, .weight = 1};
    return e->fn(e->ctx, &o);
}

static enum dtl_status give_word(const struct each *e, const struct dtl_instance *w, bool title)
{
    struct dtl_token t;
    dtl_analyzer_token(e->an, w, &t);
    enum dtl_status st = DTL_OK;
    if (!(t.flags & DTL_TOKEN_JOINED)) {
        if (t.flags & (DTL_TOKEN_SENTENCE | DTL_TOKEN_PARAGRAPH))
            st = mark(e, DTL_FIELD_SENTENCE, t.position);
        if (st == DTL_OK && t.flags & DTL_TOKEN_PARAGRAPH)
            st = mark(e, DTL_FIELD_PARAGRAPH, t.position);
    }
    struct dtl_occurrence o = {.field = DTL_FIELD_TEXT,
                               .lang = t.lang,
                               .term = t.term,
                               .form = t.form,
                               .folded = t.folded,
                               .position = t.position,
                               .weight = title ? e->weight : 1};
    if (st == DTL_OK)
        st = e->fn(e->ctx, &o);
    o.field = DTL_FIELD_TITLE;
    o.weight = 1;
    return st == DTL_OK && title ? e->fn(e->ctx, &o) : st;
}

static enum dtl_status give_title(void *ctx, const struct dtl_instance *w, size_t n)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < n && st == DTL_OK; i++)
        st = give_word(ctx, &w[i], true);
    return st;
}

static enum dtl_status give_body(void *ctx, const struct dtl_instance *w, size_t n)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < n && st == DTL_OK; i++)
        st = give_word(ctx, &w[i], false);
    return st;
}

static enum dtl_status give_value(void *ctx, const struct dtl_occurrence *o)
{
    const struct each *e = ctx;
    return e->fn(e->ctx, o);
}

enum dtl_status dtl_document_walk(struct dtl_analyzer *an, const struct dtl_article *a,
                                  uint32_t title_weight, dtl_occurrence_fn fn, void *ctx,
                                  struct dtl_document_lengths *lengths, struct dtl_error *err)
{
    struct each e = {an, fn, ctx, title_weight};
    struct dtl_document_sink sink = {give_title, give_body, give_value, &e};
    return dtl_document_feed(an, a, title_weight, &sink, lengths, err);
}

/* ---- path terms and length codes ---- */

struct dtl_bytes dtl_path_term(struct dtl_bytes file, uint8_t out[DTL_TERM_MAX])
{
    static const char digits[] = "0123456789abcdef";
    if (file.n <= DTL_TERM_MAX) {
        if (file.n)
            memcpy(out, file.p, file.n);
        return dtl_bytes(out, file.n);
    }
    size_t head = DTL_TERM_MAX - 16;
    uint64_t hash = dtl_hash64(file, 0);
    memcpy(out, file.p, head);
    for (size_t i = 0; i < 16; i++)
        out[head + i] = (uint8_t)digits[hash >> (60 - 4 * i) & 15];
    return dtl_bytes(out, DTL_TERM_MAX);
}

uint8_t dtl_length_code(uint32_t weighted)
{
    if (weighted < DTL_LENGTH_EXACT)
        return (uint8_t)weighted;
    uint32_t octave = 31 - (uint32_t)__builtin_clz(weighted);
    uint32_t step = (weighted >> (octave - 4)) - DTL_LENGTH_STEPS;
    uint32_t code = DTL_LENGTH_EXACT + (octave - DTL_LENGTH_OCTAVE) * DTL_LENGTH_STEPS + step;
    return code > UINT8_MAX ? UINT8_MAX : (uint8_t)code;
}
