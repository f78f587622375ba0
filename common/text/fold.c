/*
 * fold.c - what counts as a diacritic, and what it is folded to.
 *
 * A mark is dropped where readers of the script treat it as an addition to a letter they know:
 * Latin, Greek, Cyrillic, the points of Arabic, Hebrew and Syriac. It stays where it is a letter to
 * them: vowel signs and tone marks of the scripts of India and South-East Asia, the voicing of
 * kana, and the few Cyrillic and Arabic letters that Unicode happens to decompose. Letters that
 * Unicode does not decompose have a table.
 */
#include "common/text/fold.h"

#include <unicode/uscript.h>

/* clang-format off */
static const struct { UChar from; char to[4]; } letters[] = { /* sorted; all lower case, as casefolding leaves them */
    {0x00b7, ""},   /* Catalan l.l */
    {0x00e6, "ae"}, {0x00f0, "d"},  {0x00f8, "o"},  {0x00fe, "th"}, {0x0111, "d"},  {0x0127, "h"},
    {0x0131, "i"},  {0x0138, "k"},  {0x0142, "l"},  {0x014b, "n"},  {0x0153, "oe"}, {0x0167, "t"},
    {0x0180, "b"},  {0x0188, "c"},  {0x0192, "f"},  {0x0199, "k"},  {0x019a, "l"},  {0x01a5, "p"},
    {0x01ad, "t"},  {0x01b4, "y"},  {0x01b6, "z"},  {0x01e5, "g"},  {0x0237, "j"},  {0x0253, "b"},
    {0x0256, "d"},  {0x0257, "d"},  {0x0260, "g"},  {0x0268, "i"},  {0x026b, "l"},  {0x0289, "u"},
    {0x05f3, "'"},  {0x05f4, "\""}, /* Hebrew geresh and gershayim, typed as quotes */
    {0x0640, ""},   /* Arabic tatweel stretches a line, not a word */
};
static const UChar hebrew_digraphs[3][2] = { /* U+05F0..2 and the two letters everybody types */
    {0x05d5, 0x05d5}, {0x05d5, 0x05d9}, {0x05d9, 0x05d9},
};
static const UChar own_letters[][2] = { /* base and mark that are one letter to those who write it */
    {0x0433, 0x0301}, {0x0438, 0x0306}, {0x043a, 0x0301}, {0x0443, 0x0306}, {0x0456, 0x0308},
    {0x0648, 0x0654}, {0x064a, 0x0654},
};
/* clang-format on */

/* NULL when the letter folds to itself. */
static const char *folded_letter(UChar32 c)
{
    size_t low = 0, high = sizeof letters / sizeof *letters;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (letters[mid].from == c)
            return letters[mid].to;
        if (letters[mid].from < c)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static bool drops_marks(UChar32 base)
{
    UErrorCode e = U_ZERO_ERROR;
    switch (uscript_getScript(base, &e)) {
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
    case USCRIPT_SYRIAC:
    case USCRIPT_COPTIC:
    case USCRIPT_GEORGIAN:
    case USCRIPT_ARMENIAN:
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
        return true;
    default:
        return false;
    }
}

static bool is_own_letter(UChar32 base, UChar32 mark)
{
    base = u_tolower(base);
    for (size_t i = 0; i < sizeof own_letters / sizeof *own_letters; i++)
        if (own_letters[i][0] == base && own_letters[i][1] == mark)
            return true;
    return false;
}

static bool keeps(const UChar *keep, UChar32 c)
{
    for (; keep && *keep; keep++)
        if (*keep == c)
            return true;
    return false;
}

struct folding {
    UChar *out;
    size_t n;
    UChar32 base; /* last letter written, for its marks */
    bool drops;   /* base's script drops marks */
};

static void fold_one(struct folding *f, UChar32 c)
{
    if (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK)) {
        if (!f->drops || is_own_letter(f->base, c))
            dtl_utf16_put(f->out, &f->n, c);
        return;
    }
    f->base = c;
    f->drops = c < 0x300 || drops_marks(c);
    if (c >= 0x5f0 && c <= 0x5f2) {
        f->out[f->n++] = hebrew_digraphs[c - 0x5f0][0];
        f->out[f->n++] = hebrew_digraphs[c - 0x5f0][1];
        return;
    }
    UChar32 lower = u_tolower(c); /* a capital is there only when case is not folded */
    const char *to = folded_letter(lower);
    if (!to) {
        dtl_utf16_put(f->out, &f->n, c);
        return;
    }
    for (; *to; to++)
        f->out[f->n++] = (UChar)(lower == c ? *to : *to - 'a' + 'A');
}

size_t dtl_fold_marks(struct dtl_unicode *u, const UChar *in, size_t n, const UChar *keep,
                      UChar *out)
{
    UChar folded[DTL_WORD_UNITS], parts[8]; /* the longest canonical decomposition has 4 units */
    struct folding f = {.out = folded, .drops = true};
    const UNormalizer2 *nfc = dtl_nfc_of(u);
    if (!nfc)
        return 0;
    UErrorCode e = U_ZERO_ERROR;
    for (size_t i = 0; i < n && f.n + 16 < DTL_WORD_UNITS;) {
        UChar32 c = dtl_utf16_next(in, &i);
        if (c < 0x80 || keeps(keep, c)) {
            f.base = c;
            f.drops = true;
            folded[f.n++] = (UChar)c;
        } else {
            e = U_ZERO_ERROR;
            int32_t m = unorm2_getDecomposition(nfc, c, parts, 8, &e);
            if (m < 0) { /* has none */
                fold_one(&f, c);
                continue;
            }
            for (size_t k = 0; k < (size_t)m;) {
                UChar32 part = dtl_utf16_next(parts, &k);
                fold_one(&f, part);
            }
        }
    }
    UChar any = 0;
    for (size_t i = 0; i < f.n; i++)
        any |= folded[i];
    if (any < 0x80) {
        memcpy(out, folded, f.n * sizeof *out);
        return f.n;
    }
    e = U_ZERO_ERROR;
    int32_t m = unorm2_normalize(nfc, folded, (int32_t)f.n, out, (int32_t)DTL_WORD_UNITS, &e);
    if (U_FAILURE(e)) {
        u->failed = true;
        return 0;
    }
    return (size_t)m;
}
