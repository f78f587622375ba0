/*
 * indexer/article/written_in.h - the language an article is taken to be written in.
 */
#ifndef DTL_ARTICLE_WRITTEN_IN_H
#define DTL_ARTICLE_WRITTEN_IN_H
#include "common/segment/article.h"

struct dtl_language_word {   /* who says something about the language; 0: nothing */
    dtl_lang_code stated;    /* the article */
    bool doubted;            /* ... but its template may have said so: of pages of the web */
    dtl_lang_code of_run;    /* --lang */
    dtl_lang_code otherwise; /* the index's default */
};

/**
 * What is stated; else what is said of the run; else what the text shows, by its beginning and,
 * where that is unsure, by its middle; else the default. A doubted statement gives way to a text
 * that shows another language in its beginning and once more behind a quarter, the half or three
 * quarters of it, the stated one nowhere, unless the two are close.
 */
dtl_lang_code dtl_written_in(const struct dtl_language_word *word, struct dtl_bytes title,
                             struct dtl_bytes body);
#endif
