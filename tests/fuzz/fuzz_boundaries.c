/* Any bytes as an article's text, first byte the language: words found by masks are those of ICU,
 * with every form, flag and span, by every kernel's masks. */
#include "common/text/analyzer.h"
#include "common/text/segments.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RUN_MAX 2500u /* longer words are cut where a window ends, and windows begin elsewhere */

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool has_long_run(struct dtl_bytes text)
{
    size_t run = 0, longest = 0;
    for (size_t i = 0; i < text.n; i++) {
        run = text.p[i] == ' ' || text.p[i] == '\n' ? 0 : run + 1;
        longest = run > longest ? run : longest;
    }
    return longest > RUN_MAX;
}

static enum dtl_status keep(void *ctx, const struct dtl_token *t)
{
    struct dtl_buffer *b = ctx;
    const uint32_t facts[] = {t->position, t->begin, t->end, t->flags, t->lang};
    require(dtl_buffer_append(b, facts, sizeof facts) &&
            dtl_buffer_append(b, t->form.p, t->form.n) && dtl_buffer_byte(b, 0) &&
            dtl_buffer_append(b, t->folded.p, t->folded.n) && dtl_buffer_byte(b, 0) &&
            dtl_buffer_append(b, t->term.p, t->term.n) && dtl_buffer_byte(b, 0));
    return DTL_OK;
}

static void compare_kernels(struct dtl_bytes text)
{
    static struct dtl_segments want, got;
    size_t n;
    const dtl_classify_fn *all = dtl_classifiers(&n);
    for (size_t at = 0; at < text.n; at = want.end) {
        dtl_segments_fill(&want, all[0], text, at);
        require(want.icu || want.end > at);
        for (size_t k = 1; k < n; k++) {
            dtl_segments_fill(&got, all[k], text, at);
            require(got.n == want.n && got.end == want.end && got.icu == want.icu &&
                    !memcmp(got.from, want.from, want.n * sizeof *want.from) &&
                    !memcmp(got.to, want.to, want.n * sizeof *want.to) &&
                    !memcmp(got.pause, want.pause, want.n + 1));
        }
        if (want.icu)
            want.end = dtl_segments_resume(text, want.reason);
        require(want.end > at && want.end <= text.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dtl_analyzer *masks, *icu;
    static struct dtl_buffer want, got;
    if (!masks) {
        require(dtl_analyzer_open(&masks, NULL) == DTL_OK &&
                dtl_analyzer_open(&icu, NULL) == DTL_OK);
        dtl_analyzer_use_icu(icu, true);
        dtl_analyzer_limit(masks, 0); /* emptied often */
    }
    if (!size)
        return 0;
    struct dtl_bytes text = dtl_bytes(data + 1, size - 1);
    compare_kernels(text);
    if (has_long_run(text))
        return 0;
    uint32_t a = 0, b = 0;
    dtl_buffer_reset(&want);
    dtl_buffer_reset(&got);
    require(dtl_analyze(icu, text, data[0], 0, keep, &want, &a, NULL) == DTL_OK);
    require(dtl_analyze(masks, text, data[0], 0, keep, &got, &b, NULL) == DTL_OK);
    require(a == b && dtl_bytes_equal(dtl_buffer_view(&want), dtl_buffer_view(&got)));
    return 0;
}
