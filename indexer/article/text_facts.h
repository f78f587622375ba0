/*
 * indexer/article/text_facts.h - how an article's text was read, kept with the article: `charset`
 * and `charset_by` where it was not plain UTF-8, `mojibake` where some of it is garbled.
 */
#ifndef DTL_ARTICLE_TEXT_FACTS_H
#define DTL_ARTICLE_TEXT_FACTS_H
#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "indexer/format/charset_by.h"

struct dtl_record;

struct dtl_text_facts {
    const char *charset;            /* "UTF-8", ...; lives as long as the record */
    enum dtl_charset_by charset_by; /* who decided */
    uint64_t garbled;               /* characters (garbled.h) in all its fields */
};

/**
 * The facts of `record` into *out and, where they are worth keeping, among its fields: each under
 * its name unless the record has one of that name, as an export has. DTL_ENOMEM.
 */
enum dtl_status dtl_text_facts_add(struct dtl_record *record, struct dtl_arena *arena,
                                   struct dtl_text_facts *out, struct dtl_error *err) DTL_MUST_USE;
#endif
