/*
 * unicode.c - normal forms, casefolding, scripts and conversion, on top of ICU.
 *
 * Why words are prepared before they are normalised: ICU's canonical reordering is quadratic in a
 * run of combining marks (200,000 of them take ten seconds), so a run is cut at 30 marks and a word
 * at 1,024 bytes first. No orthography comes near either.
 */
#include "common/text/unicode.h"

#include "common/base/utf8.h"
#include "common/text/language_table.h"

#include <pthread.h>
#include <unicode/putil.h>
#include <unicode/uscript.h>

static void ignore_environment(void)
{
    u_setDataDirectory(""); /* else the first call would take a directory from ICU_DATA */
}

void dtl_unicode_prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, ignore_environment);
}

const UNormalizer2 *dtl_nfc_of(struct dtl_unicode *u)
{
    if (!u->nfc) {
        UErrorCode e = U_ZERO_ERROR;
        dtl_unicode_prepare();
        const UNormalizer2 *made = unorm2_getNFCInstance(&e);
        u->nfc = U_SUCCESS(e) ? made : NULL;
        u->failed |= !u->nfc;
    }
    return u->nfc;
}

const UNormalizer2 *dtl_nfkc_casefold_of(struct dtl_unicode *u)
{
    if (!u->nfkc_casefold) {
        UErrorCode e = U_ZERO_ERROR;
        dtl_unicode_prepare();
        const UNormalizer2 *made = unorm2_getNFKCCasefoldInstance(&e);
        u->nfkc_casefold = U_SUCCESS(e) ? made : NULL;
        u->failed |= !u->nfkc_casefold;
    }
    return u->nfkc_casefold;
}

UBreakIterator *dtl_words_of(struct dtl_unicode *u)
{
    if (!u->words) {
        UErrorCode e = U_ZERO_ERROR;
        dtl_unicode_prepare(); /* NULL for a locale would be the environment's */
        UBreakIterator *made = ubrk_open(UBRK_WORD, "root", NULL, 0, &e);
        u->words = U_SUCCESS(e) ? made : NULL;
        u->failed |= !u->words;
    }
    return u->words;
}

void dtl_unicode_close(struct dtl_unicode *u)
{
    if (u->words)
        ubrk_close(u->words);
    u->words = NULL;
}

size_t dtl_utf16_from(struct dtl_bytes in, UChar *out, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < in.n && n + 2 <= cap;) {
        UChar32 c = in.p[i] < 0x80 ? in.p[i++] : (UChar32)dtl_utf8_next(in, &i);
        dtl_utf16_put(out, &n, c);
    }
    return n;
}

size_t dtl_utf16_to(const UChar *in, size_t n, uint8_t *out, size_t cap)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c = (uint32_t)dtl_utf16_next(in, &i);
        size_t need = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (bytes + need > cap)
            break;
        if (need == 1) {
            out[bytes++] = (uint8_t)c;
            continue;
        }
        for (size_t k = need - 1; k; k--, c >>= 6)
            out[bytes + k] = (uint8_t)(0x80 | (c & 0x3f));
        out[bytes] = (uint8_t)(0xf00u >> need | c);
        bytes += need;
    }
    return bytes;
}

/* Format characters a reader does not see and a typist does not type. */
static bool is_invisible(UChar32 c)
{
    return c >= 0xad && c != 0x200c && c != 0x200d && u_charType(c) == U_FORMAT_CHAR &&
           u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

size_t dtl_form_of(struct dtl_unicode *u, struct dtl_bytes raw, bool keep_soft, uint8_t *out,
                   size_t cap)
{
    UChar units[DTL_WORD_BYTES + 2],
        normal[3 * DTL_WORD_BYTES + 6]; /* NFC grows at most threefold */
    size_t n = 0, marks = 0;
    if (raw.n > DTL_WORD_BYTES) {
        raw.n = DTL_WORD_BYTES;
        while (raw.n && (raw.p[raw.n] & 0xc0) == 0x80)
            raw.n--;
    }
    for (size_t i = 0; i < raw.n;) {
        UChar32 c = (UChar32)dtl_utf8_next(raw, &i);
        if (is_invisible(c) && !(keep_soft && c == DTL_SOFT_HYPHEN))
            continue;
        marks = c >= 0x300 && u_getCombiningClass(c) ? marks + 1 : 0;
        if (marks <= DTL_MARKS_MAX)
            dtl_utf16_put(units, &n, c);
    }
    const UNormalizer2 *nfc = dtl_nfc_of(u);
    if (!nfc)
        return 0;
    UErrorCode e = U_ZERO_ERROR;
    if (unorm2_quickCheck(nfc, units, (int32_t)n, &e) == UNORM_YES && U_SUCCESS(e))
        return dtl_utf16_to(units, n, out, cap);
    e = U_ZERO_ERROR;
    int32_t m = unorm2_normalize(nfc, units, (int32_t)n, normal,
                                 (int32_t)(sizeof normal / sizeof *normal), &e);
    if (U_FAILURE(e)) {
        u->failed = true;
        return 0;
    }
    return dtl_utf16_to(normal, (size_t)m, out, cap);
}

size_t dtl_casefold(struct dtl_unicode *u, const UChar *in, size_t n, UChar *out, size_t cap)
{
    const UNormalizer2 *casefold = dtl_nfkc_casefold_of(u);
    if (!casefold)
        return 0;
    UErrorCode e = U_ZERO_ERROR;
    int32_t m = unorm2_normalize(casefold, in, (int32_t)n, out, (int32_t)cap, &e);
    if (U_FAILURE(e)) {
        u->failed = true;
        return 0;
    }
    if (m > (int32_t)DTL_CASED_UNITS) {
        m = (int32_t)DTL_CASED_UNITS;
        m -= (out[m] & 0xfc00) == 0xdc00; /* not inside a pair */
    }
    for (int32_t i = 0; i < m; i++) /* after, not before: NFKC makes U+02BC out of U+0149 */
        if (out[i] == 0x2018 || out[i] == 0x2019 || out[i] == 0x2bc || out[i] == 0xff07)
            out[i] = '\'';
    return (size_t)m;
}

bool dtl_is_ideographic(UChar32 c)
{
    if (c < 0x2e80)
        return false;
    if (!(U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_NL_MASK)))
        return false;
    if (c == 0x30fc || c == 0xff70 || (c >= 0x3031 && c <= 0x3035))
        return true; /* prolonged sound and repeat marks belong to no script */
    UErrorCode e = U_ZERO_ERROR;
    UScriptCode s = uscript_getScript(c, &e);
    return s == USCRIPT_HAN || s == USCRIPT_HIRAGANA || s == USCRIPT_KATAKANA;
}

unsigned dtl_script_of(UChar32 c)
{
    if (c < 0x80)
        return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ? DTL_SCRIPT_LATIN : 0;
    if (c == 0xb5)
        return DTL_SCRIPT_GREEK; /* the micro sign is a Greek mu to everybody but the encoding */
    UErrorCode e = U_ZERO_ERROR;
    UScriptCode s = uscript_getScript(c, &e);
    switch (s) {
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
    case USCRIPT_UNKNOWN:
    case USCRIPT_INVALID_CODE:
        return 0;
    case USCRIPT_LATIN:
        return DTL_SCRIPT_LATIN;
    case USCRIPT_CYRILLIC:
        return DTL_SCRIPT_CYRILLIC;
    case USCRIPT_GREEK:
        return DTL_SCRIPT_GREEK;
    case USCRIPT_ARABIC:
        return DTL_SCRIPT_ARABIC;
    case USCRIPT_HEBREW:
        return DTL_SCRIPT_HEBREW;
    case USCRIPT_DEVANAGARI:
        return DTL_SCRIPT_DEVANAGARI;
    case USCRIPT_ARMENIAN:
        return DTL_SCRIPT_ARMENIAN;
    case USCRIPT_TAMIL:
        return DTL_SCRIPT_TAMIL;
    default:
        return DTL_SCRIPT_OTHER | (unsigned)s << 16; /* only ever compared with its neighbours */
    }
}
