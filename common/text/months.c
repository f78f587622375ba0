/*
 * months.c - one sorted table of all names, made when the first is asked for.
 *
 * ICU gives a month as it stands in a date and as it stands alone, which differ in many languages
 * (maja and maj). Names are kept folded: casefolded, accents of Latin, Greek and Cyrillic letters
 * off, dotless i as i, without a dot at the end, so that MÄRZ, Marz and a lost accent of a scanned
 * page are found, while the vowel signs of Devanagari stay.
 *
 * A library of its own, as charset.c is: it needs a part of ICU that a query does not load.
 */
#include "common/text/months.h"

#include "common/base/process.h"
#include "common/text/unicode.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/uclean.h>
#include <unicode/udat.h>

#define UNITS 96 /* of UTF-16, room for a name while it is folded */

/* Arabic has three sets of names, by country. */
static const char *const locales[] = {
    "en", "de", "fr", "es", "pt", "it", "nl", "sv", "da",    "nb",    "fi",    "pl", "cs",
    "sk", "hr", "sl", "hu", "ro", "bg", "ru", "uk", "el",    "tr",    "id",    "vi", "ca",
    "lt", "lv", "et", "hi", "bn", "he", "ar", "ko", "ar_SY", "ar_MA", "ar_DZ", "ja", "zh",
};
enum { LOCALES = sizeof locales / sizeof *locales, KINDS = 8, NAMES_MAX = LOCALES * 4 * 19 };

struct name {
    uint8_t text[DTL_MONTH_BYTES];
    uint8_t n;
    uint8_t month; /* 0: a weekday */
    dtl_lang_code lang;
};

static struct name *names; /* sorted; lives as long as the process */
static size_t count;
static uint16_t begins[257]; /* of the names that begin with each byte: the first */

/* `word` as names are kept; 0 bytes: it is none. */
static size_t folded(struct dtl_bytes word, uint8_t out[DTL_MONTH_BYTES])
{
    size_t ascii = 0;
    if (word.n == 0 || word.n > 2 * DTL_MONTH_BYTES)
        return 0;
    while (ascii < word.n && ascii < DTL_MONTH_BYTES && word.p[ascii] < 0x80) {
        uint8_t c = word.p[ascii];
        out[ascii++] = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }
    if (ascii == word.n) { /* nothing to take apart */
        while (ascii && out[ascii - 1] == '.')
            ascii--;
        return ascii < DTL_MONTH_BYTES ? ascii : 0;
    }
    struct dtl_unicode u = {0};
    UErrorCode e = U_ZERO_ERROR;
    UChar raw[UNITS], cased[UNITS * 4], apart[UNITS * 8];
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&e);
    if (U_FAILURE(e))
        return 0;
    size_t n = dtl_utf16_from(word, raw, UNITS), m = 0;
    n = dtl_casefold(&u, raw, n, cased, UNITS * 4);
    int32_t got = unorm2_normalize(nfd, cased, (int32_t)n, apart, UNITS * 8, &e);
    if (U_FAILURE(e) || u.failed)
        return 0;
    for (int32_t i = 0; i < got; i++) {
        bool mark = (apart[i] >= 0x300 && apart[i] <= 0x36f) || apart[i] == 0x200f;
        if (!mark)
            apart[m++] = apart[i] == 0x131 ? 'i' : apart[i];
    }
    while (m && apart[m - 1] == '.')
        m--;
    size_t bytes = m < DTL_MONTH_BYTES ? dtl_utf16_to(apart, m, out, DTL_MONTH_BYTES) : 0;
    return bytes < DTL_MONTH_BYTES ? bytes : 0; /* cut: no name */
}

static int by_text(const void *pa, const void *pb)
{
    const struct name *a = pa, *b = pb;
    return dtl_bytes_compare(dtl_bytes(a->text, a->n), dtl_bytes(b->text, b->n));
}

static void add(const UChar *text, int32_t n, int month, const char *locale)
{
    uint8_t utf8[3 * DTL_MONTH_BYTES];
    struct name *to = &names[count];
    if (count == NAMES_MAX || n <= 0 || n > UNITS - 2)
        return;
    size_t bytes = dtl_utf16_to(text, (size_t)n, utf8, sizeof utf8);
    to->n = (uint8_t)folded(dtl_bytes(utf8, bytes), to->text);
    to->month = (uint8_t)month;
    to->lang = dtl_lang_code_of(dtl_bytes_of(locale));
    bool letter = false; /* "5" and "5." are numbers */
    for (size_t i = 0; i < to->n; i++)
        letter |= to->text[i] > '9';
    count += letter;
}

static void load_locale(const char *locale)
{
    static const struct {
        UDateFormatSymbolType type;
        int32_t first, last; /* symbols that count */
        bool months;
    } kinds[KINDS] = {
        {UDAT_MONTHS,                    0, 11, true },
        {UDAT_STANDALONE_MONTHS,         0, 11, true },
        {UDAT_SHORT_MONTHS,              0, 11, true },
        {UDAT_STANDALONE_SHORT_MONTHS,   0, 11, true },
        {UDAT_WEEKDAYS,                  1, 7,  false},
        {UDAT_STANDALONE_WEEKDAYS,       1, 7,  false},
        {UDAT_SHORT_WEEKDAYS,            1, 7,  false},
        {UDAT_STANDALONE_SHORT_WEEKDAYS, 1, 7,  false},
    };
    static const UChar pattern[] = {'M', 0}, zone[] = {'U', 'T', 'C', 0};
    UErrorCode e = U_ZERO_ERROR;
    UDateFormat *f = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, zone, 3, pattern, 1, &e);
    for (int k = 0; k < KINDS && U_SUCCESS(e); k++) {
        for (int32_t i = kinds[k].first; i <= kinds[k].last; i++) {
            UChar text[UNITS];
            UErrorCode one = U_ZERO_ERROR; /* a symbol too long for a name is none */
            int32_t n = udat_getSymbols(f, kinds[k].type, i, text, UNITS, &one);
            if (U_SUCCESS(one))
                add(text, n, kinds[k].months ? i + 1 : 0, locale);
        }
    }
    if (f)
        udat_close(f);
}

/*
 * ICU 72 without the memory for locale data follows a null pointer or waits for ever for itself,
 * and a month that is not known is a date lost in silence (docs/decisions/0230).
 */
static void *held(void *p)
{
    if (!p)
        dtl_process_out_of_memory();
    return p;
}

static void *U_CALLCONV memory_of(const void *context, size_t n)
{
    (void)context;
    return held(malloc(n));
}

static void *U_CALLCONV memory_again(const void *context, void *p, size_t n)
{
    (void)context;
    return held(realloc(p, n));
}

static void U_CALLCONV memory_back(const void *context, void *p)
{
    (void)context;
    free(p);
}

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Names of two plain letters at the beginning: those letters, of nearly no other words. */
static uint32_t second[26]; /* by the first, a bit each */

static void note_beginning(const uint8_t *name)
{
    if (is_letter(name[0]) && is_letter(name[1]))
        second[(name[0] | 0x20) - 'a'] |= UINT32_C(1) << ((name[1] | 0x20) - 'a');
}

/* False: no name begins as the word does. A mark may stand behind a letter and change it. */
static bool may_be_name(struct dtl_bytes word)
{
    if (word.n < 2 || !is_letter(word.p[0]) || !is_letter(word.p[1]) ||
        (word.n > 2 && word.p[2] >= 0x80))
        return true;
    return second[(word.p[0] | 0x20) - 'a'] >> ((word.p[1] | 0x20) - 'a') & 1;
}

static void load(void)
{
    UErrorCode e = U_ZERO_ERROR;
    dtl_unicode_prepare();
    u_setMemoryFunctions(NULL, memory_of, memory_again, memory_back, &e);
    names = held(calloc(NAMES_MAX, sizeof *names));
    for (size_t i = 0; i < LOCALES; i++)
        load_locale(locales[i]);
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = count; i-- > 0;) {
        begins[names[i].text[0]] = (uint16_t)i;
        note_beginning((const uint8_t *)names[i].text);
    }
    begins[256] = (uint16_t)count;
    for (size_t c = 256; c-- > 0;)
        if (!begins[c] && (!count || names[0].text[0] != c))
            begins[c] = begins[c + 1];
}

/* The entries of `word`: names[*first], and so many. */
static size_t find(struct dtl_bytes word, size_t *first)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    *first = 0;
    if (!may_be_name(word))
        return 0;
    struct name key = {.n = 0};
    key.n = (uint8_t)folded(word, key.text);
    size_t low = begins[key.text[0]], high = begins[key.text[0] + 1], n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_text(&names[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (key.n && low + n < count && by_text(&names[low + n], &key) == 0)
        n++;
    *first = low;
    return n;
}

static int month_of(struct dtl_bytes word, dtl_lang_code lang)
{
    size_t first, n = find(word, &first);
    int month = 0, others = 0;
    for (size_t i = first; i < first + n; i++) {
        if (!names[i].month)
            continue;
        if (lang && names[i].lang == lang)
            return names[i].month;
        others += month && names[i].month != month;
        month = names[i].month;
    }
    return others ? 0 : month;
}

int dtl_month_named(struct dtl_bytes word, dtl_lang_code lang)
{
    static const uint8_t bet[] = {0xd7, 0x91}; /* Hebrew "in", which a date has before its month */
    int month = month_of(word, lang);
    if (!month && dtl_bytes_starts(word, dtl_bytes(bet, 2)))
        month = month_of(dtl_bytes(word.p + 2, word.n - 2), lang);
    return month;
}

bool dtl_weekday_named(struct dtl_bytes word)
{
    size_t first, n = find(word, &first);
    for (size_t i = first; i < first + n; i++)
        if (!names[i].month)
            return true;
    return false;
}
