/*
 * indexer/article/detect/detect.h - the language an article is written in, when nobody stated it.
 */
#ifndef DTL_ARTICLE_DETECT_H
#define DTL_ARTICLE_DETECT_H
#include "common/text/language.h"

#define DTL_DETECT_BYTES 1024u /* of a text are looked at */
#define DTL_DETECT_WORDS 8u    /* fewer say nothing */

/**
 * Language of `text` (UTF-8; title and body joined serve best), by its first DTL_DETECT_BYTES
 * alone: the same text gives the same answer on every machine with this detector. 0 when unsure,
 * when there are fewer than DTL_DETECT_WORDS words, or when another language holds more than a
 * third of it.
 *
 * Safe from any thread; about 30 us.
 */
dtl_lang_code dtl_detect_language(struct dtl_bytes text);

/** Name and version of the detector, at most 31 bytes, static: another one may find other
 * languages. */
const char *dtl_detector_version(void);
#endif
