/*
 * language.c - tags of articles, bytes of stemmers, and which goes with which.
 *
 * Both numberings are written into indexes (docs/FORMAT.md, "Languages"), so neither table may be
 * reordered and no number may be used again. The aliases are our own table rather than ICU's: what
 * "ger" means must not change with a library.
 */
#include "common/text/language.h"
#include "common/text/language_table.h"

/* Index = language byte. */
static const struct dtl_stemmer_row stemmers[] = {
    {"-",  NULL,         0                                     },
    {"ar", "arabic",     DTL_SCRIPT_ARABIC                     },
    {"hy", "armenian",   DTL_SCRIPT_ARMENIAN                   },
    {"eu", "basque",     DTL_SCRIPT_LATIN                      },
    {"ca", "catalan",    DTL_SCRIPT_LATIN                      },
    {"da", "danish",     DTL_SCRIPT_LATIN                      },
    {"nl", "dutch",      DTL_SCRIPT_LATIN                      },
    {"en", "english",    DTL_SCRIPT_LATIN                      },
    {"fi", "finnish",    DTL_SCRIPT_LATIN                      },
    {"fr", "french",     DTL_SCRIPT_LATIN                      },
    {"de", "german",     DTL_SCRIPT_LATIN                      },
    {"el", "greek",      DTL_SCRIPT_GREEK                      },
    {"hi", "hindi",      DTL_SCRIPT_DEVANAGARI                 },
    {"hu", "hungarian",  DTL_SCRIPT_LATIN                      },
    {"id", "indonesian", DTL_SCRIPT_LATIN                      },
    {"ga", "irish",      DTL_SCRIPT_LATIN                      },
    {"it", "italian",    DTL_SCRIPT_LATIN                      },
    {"lt", "lithuanian", DTL_SCRIPT_LATIN                      },
    {"ne", "nepali",     DTL_SCRIPT_DEVANAGARI                 },
    {"no", "norwegian",  DTL_SCRIPT_LATIN                      },
    {"pt", "portuguese", DTL_SCRIPT_LATIN                      },
    {"ro", "romanian",   DTL_SCRIPT_LATIN                      },
    {"ru", "russian",    DTL_SCRIPT_CYRILLIC                   },
    {"sr", "serbian",    DTL_SCRIPT_LATIN | DTL_SCRIPT_CYRILLIC},
    {"es", "spanish",    DTL_SCRIPT_LATIN                      },
    {"sv", "swedish",    DTL_SCRIPT_LATIN                      },
    {"ta", "tamil",      DTL_SCRIPT_TAMIL                      },
    {"tr", "turkish",    DTL_SCRIPT_LATIN                      },
    {"yi", "yiddish",    DTL_SCRIPT_HEBREW                     },
};
#define STEMMERS (sizeof stemmers / sizeof *stemmers)
_Static_assert(STEMMERS <= DTL_LANGS, "a language byte must fit the segment header's counts");

const struct dtl_stemmer_row *dtl_stemmer_row(dtl_lang lang)
{
    return lang < STEMMERS ? &stemmers[lang] : NULL;
}

dtl_lang dtl_lang_of_script(unsigned script)
{
    switch (script) {
    case DTL_SCRIPT_CYRILLIC:
        return DTL_LANG_RU;
    case DTL_SCRIPT_GREEK:
        return DTL_LANG_EL;
    case DTL_SCRIPT_ARABIC:
        return DTL_LANG_AR;
    case DTL_SCRIPT_DEVANAGARI:
        return DTL_LANG_HI;
    case DTL_SCRIPT_ARMENIAN:
        return DTL_LANG_HY;
    case DTL_SCRIPT_TAMIL:
        return DTL_LANG_TA;
    default:
        return 0;
    }
}

/*
 * Other spellings of a language: ISO 639-2 (both the bibliographic and the terminological form),
 * the ISO 639-3 codes by which some tools name the common member of a macrolanguage, and codes
 * withdrawn from ISO 639-1. Sorted by bytes. An empty second column is a tag that names no
 * language.
 */
/* clang-format off */
static const char aliases[][2][4] = {
    {"aar", "aa"}, {"abk", "ab"}, {"afr", "af"}, {"aka", "ak"}, {"alb", "sq"}, {"als", "sq"}, {"amh", "am"},
    {"ara", "ar"}, {"arb", "ar"}, {"arg", "an"}, {"arm", "hy"}, {"asm", "as"}, {"ava", "av"}, {"ave", "ae"},
    {"aym", "ay"}, {"azb", "az"}, {"aze", "az"}, {"azj", "az"}, {"bak", "ba"}, {"bam", "bm"}, {"baq", "eu"},
    {"bel", "be"}, {"ben", "bn"}, {"bih", "bh"}, {"bis", "bi"}, {"bod", "bo"}, {"bos", "bs"}, {"bre", "br"},
    {"bul", "bg"}, {"bur", "my"}, {"cat", "ca"}, {"ces", "cs"}, {"cha", "ch"}, {"che", "ce"}, {"chi", "zh"},
    {"chu", "cu"}, {"chv", "cv"}, {"cmn", "zh"}, {"cor", "kw"}, {"cos", "co"}, {"cre", "cr"}, {"cym", "cy"},
    {"cze", "cs"}, {"dan", "da"}, {"deu", "de"}, {"div", "dv"}, {"dut", "nl"}, {"dzo", "dz"}, {"ekk", "et"},
    {"ell", "el"}, {"eng", "en"}, {"epo", "eo"}, {"est", "et"}, {"eus", "eu"}, {"ewe", "ee"}, {"fao", "fo"},
    {"fas", "fa"}, {"fij", "fj"}, {"fin", "fi"}, {"fra", "fr"}, {"fre", "fr"}, {"fry", "fy"}, {"ful", "ff"},
    {"geo", "ka"}, {"ger", "de"}, {"gla", "gd"}, {"gle", "ga"}, {"glg", "gl"}, {"glv", "gv"}, {"gre", "el"},
    {"grn", "gn"}, {"guj", "gu"}, {"hat", "ht"}, {"hau", "ha"}, {"heb", "he"}, {"her", "hz"}, {"hin", "hi"},
    {"hmo", "ho"}, {"hrv", "hr"}, {"hun", "hu"}, {"hye", "hy"}, {"ibo", "ig"}, {"ice", "is"}, {"ido", "io"},
    {"iii", "ii"}, {"iku", "iu"}, {"ile", "ie"}, {"in", "id"}, {"ina", "ia"}, {"ind", "id"}, {"ipk", "ik"},
    {"isl", "is"}, {"ita", "it"}, {"iw", "he"}, {"jav", "jv"}, {"ji", "yi"}, {"jpn", "ja"}, {"jw", "jv"},
    {"kal", "kl"}, {"kan", "kn"}, {"kas", "ks"}, {"kat", "ka"}, {"kau", "kr"}, {"kaz", "kk"}, {"khk", "mn"},
    {"khm", "km"}, {"kik", "ki"}, {"kin", "rw"}, {"kir", "ky"}, {"kmr", "ku"}, {"kom", "kv"}, {"kon", "kg"},
    {"kor", "ko"}, {"kua", "kj"}, {"kur", "ku"}, {"lao", "lo"}, {"lat", "la"}, {"lav", "lv"}, {"lim", "li"},
    {"lin", "ln"}, {"lit", "lt"}, {"ltz", "lb"}, {"lub", "lu"}, {"lug", "lg"}, {"lvs", "lv"}, {"mac", "mk"},
    {"mah", "mh"}, {"mal", "ml"}, {"mao", "mi"}, {"mar", "mr"}, {"may", "ms"}, {"mis", ""},   {"mkd", "mk"},
    {"mlg", "mg"}, {"mlt", "mt"}, {"mo", "ro"},  {"mol", "ro"}, {"mon", "mn"}, {"mri", "mi"}, {"msa", "ms"},
    {"mul", ""},   {"mya", "my"}, {"nau", "na"}, {"nav", "nv"}, {"nbl", "nr"}, {"nde", "nd"}, {"ndo", "ng"},
    {"nep", "ne"}, {"nld", "nl"}, {"nno", "nn"}, {"nob", "nb"}, {"nor", "no"}, {"npi", "ne"}, {"nya", "ny"},
    {"oci", "oc"}, {"oji", "oj"}, {"ori", "or"}, {"orm", "om"}, {"oss", "os"}, {"pan", "pa"}, {"per", "fa"},
    {"pes", "fa"}, {"pli", "pi"}, {"pol", "pl"}, {"por", "pt"}, {"pus", "ps"}, {"que", "qu"}, {"roh", "rm"},
    {"ron", "ro"}, {"rum", "ro"}, {"run", "rn"}, {"rus", "ru"}, {"sag", "sg"}, {"san", "sa"}, {"scc", "sr"},
    {"scr", "hr"}, {"sin", "si"}, {"slk", "sk"}, {"slo", "sk"}, {"slv", "sl"}, {"sme", "se"}, {"smo", "sm"},
    {"sna", "sn"}, {"snd", "sd"}, {"som", "so"}, {"sot", "st"}, {"spa", "es"}, {"sqi", "sq"}, {"srd", "sc"},
    {"srp", "sr"}, {"ssw", "ss"}, {"sun", "su"}, {"swa", "sw"}, {"swe", "sv"}, {"swh", "sw"}, {"tah", "ty"},
    {"tam", "ta"}, {"tat", "tt"}, {"tel", "te"}, {"tgk", "tg"}, {"tgl", "tl"}, {"tha", "th"}, {"tib", "bo"},
    {"tir", "ti"}, {"ton", "to"}, {"tsn", "tn"}, {"tso", "ts"}, {"tuk", "tk"}, {"tur", "tr"}, {"twi", "tw"},
    {"uig", "ug"}, {"ukr", "uk"}, {"und", ""},   {"urd", "ur"}, {"uzb", "uz"}, {"uzn", "uz"}, {"ven", "ve"},
    {"vie", "vi"}, {"vol", "vo"}, {"wel", "cy"}, {"wln", "wa"}, {"wol", "wo"}, {"xho", "xh"}, {"yid", "yi"},
    {"yor", "yo"}, {"zha", "za"}, {"zho", "zh"}, {"zsm", "ms"}, {"zul", "zu"}, {"zxx", ""},
};
/* clang-format on */

static dtl_lang_code pack(const char *s)
{
    unsigned v = 0;
    for (unsigned i = 0; i < 3; i++)
        v = v << 5 | (s[0] ? (unsigned)(*s++ - 'a') + 1 : 0);
    return (dtl_lang_code)v;
}

dtl_lang_code dtl_lang_code_of(struct dtl_bytes tag)
{
    char s[4] = {0};
    size_t n = 0;
    for (; n < tag.n && tag.p[n] != '-' && tag.p[n] != '_'; n++) {
        uint8_t c = tag.p[n] | 0x20u;
        if (n == 3 || c < 'a' || c > 'z')
            return 0;
        s[n] = (char)c;
    }
    if (n < 2)
        return 0;
    size_t low = 0, high = sizeof aliases / sizeof *aliases;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(aliases[mid][0], s);
        if (order == 0)
            return pack(aliases[mid][1]);
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return pack(s);
}

const char *dtl_lang_code_text(dtl_lang_code code, char out[4])
{
    size_t n = 0;
    for (unsigned shift = 15; shift;) {
        shift -= 5;
        unsigned letter = (unsigned)code >> shift & 31u;
        if (letter < 1 || letter > 26)
            break;
        out[n++] = (char)('a' + letter - 1);
    }
    out[n] = 0;
    return out;
}

dtl_lang dtl_lang_of(dtl_lang_code code)
{
    char s[4];
    dtl_lang_code_text(code, s);
    if (!strcmp(s, "nb") || !strcmp(s, "nn")) /* both written norms; Snowball has one stemmer */
        return DTL_LANG_NO;
    for (size_t i = 1; i < STEMMERS; i++)
        if (!strcmp(s, stemmers[i].iso))
            return (dtl_lang)i;
    return 0;
}

const char *dtl_lang_text(dtl_lang lang)
{
    return lang < STEMMERS ? stemmers[lang].iso : NULL;
}
