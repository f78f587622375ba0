/*
 * tests/unit/tokens.h - analyse a literal, get one line back that a test can compare.
 *
 *     tokens("en", "The elections", "%t")  "the elect"
 *
 * %f form, %d folded, %t term, %l language, %p position, %s span "begin-end", %g flags (S P U J).
 * One analyzer serves a test program; the result lives to the next call.
 */
#ifndef DTL_TESTS_TOKENS_H
#define DTL_TESTS_TOKENS_H
#include "common/text/analyzer.h"

struct tokens_line {
    struct dtl_buffer out;
    const char *format;
};

static struct dtl_analyzer *tokens_analyzer;

static inline int tokens_setup(void **state)
{
    (void)state;
    return dtl_analyzer_open(&tokens_analyzer, NULL) == DTL_OK ? 0 : -1;
}

static inline int tokens_teardown(void **state)
{
    (void)state;
    dtl_analyzer_close(tokens_analyzer);
    return 0;
}

static inline enum dtl_status tokens_one(void *ctx, const struct dtl_token *t)
{
    static const char flags[] = "SPUJ";
    struct tokens_line *line = ctx;
    if (line->out.n)
        dtl_buffer_byte(&line->out, ' ');
    for (const char *f = line->format; *f; f++) {
        if (*f != '%') {
            dtl_buffer_byte(&line->out, (uint8_t)*f);
            continue;
        }
        switch (*++f) {
        case 'f':
            dtl_buffer_append(&line->out, t->form.p, t->form.n);
            break;
        case 'd':
            dtl_buffer_append(&line->out, t->folded.p, t->folded.n);
            break;
        case 't':
            dtl_buffer_append(&line->out, t->term.p, t->term.n);
            break;
        case 'l':
            dtl_buffer_text(&line->out, dtl_lang_text(t->lang));
            break;
        case 'p':
            dtl_buffer_format(&line->out, "%u", t->position);
            break;
        case 's':
            dtl_buffer_format(&line->out, "%u-%u", t->begin, t->end);
            break;
        default:
            for (unsigned i = 0; i < 4; i++)
                if (t->flags & 1u << i)
                    dtl_buffer_byte(&line->out, (uint8_t)flags[i]);
        }
    }
    return DTL_OK;
}

static inline dtl_lang tokens_lang(const char *tag)
{
    return dtl_lang_of(dtl_lang_code_of(dtl_bytes_of(tag)));
}

static inline const char *tokens_bytes(const char *lang, struct dtl_bytes text, const char *format)
{
    static struct tokens_line line;
    line.format = format;
    dtl_buffer_reset(&line.out);
    struct dtl_error err = {0};
    enum dtl_status st =
        dtl_analyze(tokens_analyzer, text, tokens_lang(lang), 0, tokens_one, &line, NULL, &err);
    if (st != DTL_OK)
        return err.text[0] ? "error" : dtl_status_text(st);
    dtl_buffer_byte(&line.out, 0);
    return (const char *)line.out.p;
}

static inline const char *tokens(const char *lang, const char *text, const char *format)
{
    return tokens_bytes(lang, dtl_bytes_of(text), format);
}
#endif
