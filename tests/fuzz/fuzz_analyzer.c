/* Any bytes as an article's text, first byte the language: tokens keep their promises, forms give
 * their terms back. */
#include "common/base/utf8.h"
#include "common/text/analyzer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

struct seen {
    struct dtl_analyzer *other;
    struct dtl_arena arena;
    size_t size;
    dtl_lang lang;
    uint32_t next, begin;
    bool any;
};

static enum dtl_status one(void *ctx, const struct dtl_token *t)
{
    struct seen *s = ctx;
    const struct dtl_bytes all[] = {t->form, t->folded, t->term};
    for (size_t i = 0; i < 3; i++)
        require(all[i].n > 0 && all[i].n <= DTL_TERM_MAX &&
                dtl_utf8_valid_prefix(all[i]) == all[i].n);
    require(t->begin < t->end && t->end <= s->size && dtl_lang_text(t->lang));
    if (t->flags & DTL_TOKEN_JOINED) {
        require(t->flags == DTL_TOKEN_JOINED && t->position + 1 == s->next && t->begin == s->begin);
    } else {
        require(t->position == s->next++ && (!s->any || t->begin > s->begin));
        require(s->any || t->flags & DTL_TOKEN_PARAGRAPH);
        require(!(t->flags & DTL_TOKEN_PARAGRAPH) || t->flags & DTL_TOKEN_SENTENCE);
        s->begin = t->begin;
    }
    s->any = true;

    struct dtl_bytes term = {0}, folded = {0};
    dtl_lang owner = 0;
    require(dtl_analyzer_term(s->other, t->form, s->lang, &term, &owner, NULL) == DTL_OK);
    require(dtl_bytes_equal(term, t->term) && owner == t->lang);
    require(dtl_fold(s->other, t->form, &s->arena, &folded, NULL) == DTL_OK);
    require(dtl_bytes_equal(folded, t->folded));
    require(dtl_nfc(s->other, t->form, &s->arena, &folded, NULL) == DTL_OK);
    require(dtl_bytes_equal(folded, t->form));
    dtl_arena_reset(&s->arena);
    return DTL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dtl_analyzer *first, *other; /* kept: what was asked before must not show */
    if (!first)
        require(dtl_analyzer_open(&first, NULL) == DTL_OK &&
                dtl_analyzer_open(&other, NULL) == DTL_OK);
    if (!size)
        return 0;
    struct seen s = {.other = other, .size = size - 1, .lang = data[0]};
    uint32_t next = 0;
    struct dtl_bytes text = dtl_bytes(data + 1, size - 1);
    require(dtl_analyze(first, text, s.lang, 0, one, &s, &next, NULL) == DTL_OK && next == s.next);
    dtl_text_columns(text);

    /* the same bytes as one form */
    struct dtl_bytes term = {0}, out = {0};
    dtl_lang owner = 0;
    require(dtl_analyzer_term(first, text, s.lang, &term, &owner, NULL) == DTL_OK);
    require(term.n <= DTL_TERM_MAX && dtl_utf8_valid_prefix(term) == term.n);
    require(dtl_fold(first, text, &s.arena, &out, NULL) == DTL_OK && out.n <= DTL_TERM_MAX);
    require(dtl_utf8_valid_prefix(out) == out.n);
    require(dtl_nfc(first, text, &s.arena, &out, NULL) == DTL_OK && out.n <= DTL_TERM_MAX);
    dtl_arena_release(&s.arena);
    return 0;
}
