/* indexer/article/detect/cld2.h - private to this folder: the C face of a C++ library. */
#ifndef DTL_ARTICLE_DETECT_CLD2_H
#define DTL_ARTICLE_DETECT_CLD2_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tag of the language of `n` bytes of valid UTF-8 plain text, static; NULL when not reliable.
 * *percent: how much of the text is written in it.
 */
const char *dtl_cld2_guess(const char *text, size_t n, int *percent);
/** Before the first guess: what CLD2 calls when it gets no memory; it must not return. */
void dtl_cld2_start(void (*out_of_memory)(void));
const char *dtl_cld2_version(void);

#ifdef __cplusplus
}
#endif
#endif
