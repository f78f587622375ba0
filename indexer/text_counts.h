/* indexer/text_counts.h - how the articles of a run were read: counted, and said at its end. */
#ifndef DTL_INDEXER_TEXT_COUNTS_H
#define DTL_INDEXER_TEXT_COUNTS_H
#include "indexer/article/text_facts.h"

#define DTL_CHARSETS_MAX 64 /* counted apart; more are counted as the last */

struct dtl_text_counts {
    struct {
        char name[40];
        enum dtl_charset_by by;
        uint64_t articles;
    } set[DTL_CHARSETS_MAX];
    size_t sets;
    uint64_t garbled_articles, garbled_characters;
};

void dtl_text_counts_add(struct dtl_text_counts *c, const struct dtl_text_facts *facts);

/**
 * Lines for a person, one of who decided which character set, one of garbled text, appended to
 * `out`; none where all of it was plain and sound UTF-8.
 */
void dtl_text_counts_print(const struct dtl_text_counts *c, struct dtl_buffer *out);
#endif
