/*
 * detect.c - when to believe the detector.
 *
 * A wrong language is worse than none: the article's words would be stemmed by foreign rules, and
 * found by few. So the answer must be reliable by CLD2's own account, most of the text, and drawn
 * from more than a headline.
 */
#include "indexer/article/detect/detect.h"

#include "common/base/process.h"
#include "common/base/utf8.h"
#include "indexer/article/detect/cld2.h"

#include <pthread.h>
#include <stdio.h>

#define MOST 66 /* percent of the text */

/*
 * Words, roughly: runs of letters, where anything beyond ASCII is one. Scripts written without
 * blanks count a word for two characters. Stops at `enough`.
 */
static unsigned count_words(struct dtl_bytes text, unsigned enough)
{
    unsigned words = 0, dense = 0;
    bool inside = false;
    for (size_t i = 0; i < text.n && words + dense / 2 < enough;) {
        uint32_t c = dtl_utf8_next(text, &i);
        bool letter = c >= 0x80
                          ? c >= 0xc0 && (c < 0x2000 || c > 0x206f) && (c < 0x3000 || c > 0x303f)
                          : (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        bool blankless = (c >= 0xe00 && c < 0x1100) || (c >= 0x1780 && c < 0x1800) ||
                         (c >= 0x3040 && c < 0xac00) || (c >= 0x20000 && c < 0x40000);
        words += letter && !inside && !blankless;
        dense += letter && blankless;
        inside = letter;
    }
    return words + dense / 2;
}

static void start(void)
{
    dtl_cld2_start(dtl_process_out_of_memory);
}

/* May CLD2 see it? Its tables have no place for controls and for what is no character. */
static bool is_interchange(uint32_t c)
{
    return c >= 0x20 && (c < 0x7f || c > 0x9f) && (c & 0xfffe) != 0xfffe &&
           (c < 0xfdd0 || c > 0xfdef);
}

/* A copy with blanks for what it may not see, as many bytes long. */
static struct dtl_bytes for_cld2(struct dtl_bytes text, char room[DTL_DETECT_BYTES])
{
    memcpy(room, text.p, text.n);
    for (size_t at = 0, from = 0; at < text.n; from = at)
        if (!is_interchange(dtl_utf8_next(text, &at)))
            memset(room + from, ' ', at - from);
    return dtl_bytes(room, text.n);
}

dtl_lang_code dtl_detect_language(struct dtl_bytes text)
{
    char room[DTL_DETECT_BYTES];
    text.n = text.n < DTL_DETECT_BYTES ? text.n : DTL_DETECT_BYTES;
    text.n = dtl_utf8_valid_prefix(text);
    if (count_words(text, DTL_DETECT_WORDS) < DTL_DETECT_WORDS)
        return 0;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
    int percent = 0;
    text = for_cld2(text, room);
    const char *tag = dtl_cld2_guess((const char *)text.p, text.n, &percent);
    if (!tag || percent < MOST)
        return 0;
    return dtl_lang_code_of(dtl_bytes_of(tag));
}

static char version[32];

static void format_version(void)
{
    snprintf(version, sizeof version, "cld2 %.26s", dtl_cld2_version());
}

const char *dtl_detector_version(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, format_version);
    return version;
}
