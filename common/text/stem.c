/*
 * stem.c - one Snowball stemmer a language, opened when first needed.
 *
 * A stemmer tells endings apart by the letters it was written for. A letter with a diacritic
 * outside that alphabet only hides an ending from it, so it is folded first; one inside is needed
 * and folded afterwards.
 */
#include "common/text/stem.h"

#include <libstemmer.h>

const UChar *dtl_alphabet(dtl_lang lang)
{
    /* clang-format off */
    static const UChar *const known[DTL_LANGS] = {
        [DTL_LANG_AR] = u"\u0622\u0623\u0624\u0625\u0626", /* alef, waw and yeh with hamza or madda */
        [DTL_LANG_EU]           = u"\u00f1\u00e7\u00fc",
        [DTL_LANG_CA] = u"àáçèéíïòóúü",
        [DTL_LANG_DA]           = u"æøå",
        [DTL_LANG_NL]           = u"äëïöüáéíóúè",
        [DTL_LANG_FI]           = u"äöåšž",
        [DTL_LANG_FR] = u"àâçéèêëîïôùûü",
        [DTL_LANG_DE]          = u"äöü",
        [DTL_LANG_HU]          = u"áéíóöőúüű",
        [DTL_LANG_GA]          = u"áéíóú",
        [DTL_LANG_IT] = u"áéíóúàèìòù",
        [DTL_LANG_LT]          = u"ąčęėįšųūž",
        [DTL_LANG_NO] = u"æøå",
        [DTL_LANG_PT]          = u"áéíóúâêôãõç",
        [DTL_LANG_RO] = u"ăâîşţ",
        [DTL_LANG_SR]          = u"čćšžđ",
        [DTL_LANG_ES]          = u"áéíóúñü",
        [DTL_LANG_SV]          = u"äåö",
        [DTL_LANG_TR] = u"çğıöşü",
    };
    /* clang-format on */
    return known[lang];
}

static bool is_elided(dtl_lang lang, struct dtl_bytes before)
{
    static const char *const french[] = {"l",      "d",    "j",      "m",     "t",      "s",
                                         "n",      "c",    "qu",     "jusqu", "lorsqu", "puisqu",
                                         "quoiqu", "entr", "presqu", NULL};
    static const char *const italian[] = {"l",     "d",     "c",    "m",    "t",    "s",
                                          "v",     "n",     "un",   "all",  "dall", "dell",
                                          "nell",  "sull",  "coll", "gl",   "agl",  "degl",
                                          "quell", "quest", "bell", "sant", NULL};
    static const char *const catalan[] = {"l", "d", "m", "n", "s", "t", NULL};
    const char *const *list = lang == DTL_LANG_FR   ? french
                              : lang == DTL_LANG_IT ? italian
                                                    : catalan;
    for (; *list; list++)
        if (dtl_bytes_is(before, *list))
            return true;
    return false;
}

static size_t find(struct dtl_bytes word, char c)
{
    const uint8_t *at = word.n ? memchr(word.p, c, word.n) : NULL;
    return at ? (size_t)(at - word.p) : word.n;
}

struct dtl_bytes dtl_stem_part(dtl_lang lang, struct dtl_bytes word, size_t *kept)
{
    size_t at, from = 0;
    *kept = 0;
    switch (lang) {
    case DTL_LANG_TR: /* Ankara'da */
        at = find(word, '\'');
        word.n = at >= 2 ? at : word.n;
        break;
    case DTL_LANG_FR: /* l'homme */
    case DTL_LANG_IT: /* dell'uomo */
    case DTL_LANG_CA: /* l'home */
        at = find(word, '\'');
        if (at + 1 < word.n && is_elided(lang, dtl_bytes(word.p, at)))
            word = dtl_bytes(word.p + at + 1, word.n - at - 1);
        break;
    default:
        break;
    }
    for (size_t i = 0; i + 1 < word.n; i++) /* u.s, amazon.com's */
        if (word.p[i] == '.' || word.p[i] == '_')
            from = i + 1;
    *kept = from;
    return word;
}

bool dtl_stem(struct dtl_stemmers *s, dtl_lang lang, struct dtl_bytes word, uint8_t *out,
              size_t cap, size_t *n)
{
    if (!s->of[lang]) {
        s->of[lang] = sb_stemmer_new(dtl_stemmer_row(lang)->snowball, "UTF_8");
        if (!s->of[lang])
            return false;
    }
    const sb_symbol *stem = sb_stemmer_stem(s->of[lang], word.p, (int)word.n);
    if (!stem)
        return false;
    size_t m = (size_t)sb_stemmer_length(s->of[lang]);
    if (m > cap)
        for (m = cap; m && (stem[m] & 0xc0) == 0x80;)
            m--;
    if (m)
        memcpy(out, stem, m);
    *n = m;
    return true;
}

void dtl_stemmers_close(struct dtl_stemmers *s)
{
    for (size_t i = 0; i < DTL_LANGS; i++) {
        if (s->of[i])
            sb_stemmer_delete(s->of[i]);
        s->of[i] = NULL;
    }
}
