/*
 * charset.c - ICU's character set detector.
 *
 * A library of its own, because the detector lives in a part of ICU that nothing else needs:
 * whoever only searches does not load it.
 */
#include "common/text/charset.h"

#include <stdio.h>
#include <unicode/ucsdet.h>

#define LOOKED_AT ((size_t)64 << 10)

int dtl_charset_guess(struct dtl_bytes text, bool markup, char name[DTL_CHARSET_NAME])
{
    UErrorCode e = U_ZERO_ERROR;
    int confidence = 0;
    name[0] = 0;
    UCharsetDetector *d = ucsdet_open(&e);
    if (U_FAILURE(e))
        return 0;
    ucsdet_enableInputFilter(d, (UBool)markup);
    size_t n = text.n < LOOKED_AT ? text.n : LOOKED_AT;
    ucsdet_setText(d, (const char *)text.p, (int32_t)n, &e);
    const UCharsetMatch *match = U_SUCCESS(e) ? ucsdet_detect(d, &e) : NULL;
    if (match && U_SUCCESS(e)) {
        confidence = ucsdet_getConfidence(match, &e);
        const char *found = ucsdet_getName(match, &e);
        if (U_FAILURE(e) || !found || strlen(found) >= DTL_CHARSET_NAME)
            confidence = 0;
        else
            snprintf(name, DTL_CHARSET_NAME, "%s", found);
    }
    ucsdet_close(d);
    return confidence;
}
