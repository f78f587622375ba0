/*
 * word.c - what becomes of one printed word.
 *
 *   printed -> form                 NFC, invisible characters dropped
 *           -> cased                apostrophes, NFKC casefold
 *           -> folded               every diacritic folded
 *   cased   -> part the stemmer sees -> diacritics foreign to it folded -> stem -> the rest folded
 * -> term
 *
 * All of it is a pure function of (language, printed bytes): form_table.c asks once. Pure ASCII
 * words skip ICU: for them NFC changes nothing and casefolding is 26 letters.
 */
#include "common/text/word.h"

#include "common/text/fold.h"

void dtl_words_close(struct dtl_words *w)
{
    dtl_unicode_close(&w->unicode);
    dtl_stemmers_close(&w->stemmers);
}

static void ascii_lower(struct dtl_bytes in, uint8_t *out)
{
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        out[i] = (uint8_t)(c + ((uint8_t)(c - 'A') < 26 ? 32 : 0));
    }
}

/* Whose stemmer: none for a word with a digit ("1980s", "b52" are one list in all languages). */
static dtl_lang owner_of(const UChar *cased, size_t n, dtl_lang lang)
{
    const struct dtl_stemmer_row *row = dtl_stemmer_row(lang);
    unsigned script = 0;
    for (size_t i = 0; i < n;) {
        UChar32 c = dtl_utf16_next(cased, &i);
        if (c < 0x80 ? (uint32_t)(c - '0') < 10 : u_isdigit(c))
            return 0;
        if (!script)
            script = dtl_script_of(c);
    }
    return row && (row->scripts & script) ? lang : dtl_lang_of_script(script);
}

static dtl_lang ascii_owner(struct dtl_bytes form, dtl_lang lang)
{
    const struct dtl_stemmer_row *row = dtl_stemmer_row(lang);
    bool letter = false;
    if (!row || !(row->scripts & DTL_SCRIPT_LATIN))
        return 0;
    for (size_t i = 0; i < form.n; i++) {
        if ((uint8_t)(form.p[i] - '0') < 10)
            return 0;
        letter |= (uint8_t)((form.p[i] | 0x20) - 'a') < 26;
    }
    return letter ? lang : 0;
}

/* Stem w->term[0..n) in place; an ASCII stem needs no folding. */
static size_t stem(struct dtl_words *w, dtl_lang owner, size_t n)
{
    size_t kept, m = 0;
    struct dtl_bytes part = dtl_stem_part(owner, dtl_bytes(w->term, n), &kept);
    struct dtl_bytes ending = dtl_bytes(part.p + kept, part.n - kept);
    uint8_t stemmed[DTL_TERM_MAX];
    memcpy(stemmed, part.p, kept);
    if (!dtl_stem(&w->stemmers, owner, ending, stemmed + kept, sizeof stemmed - kept, &m)) {
        w->failed = true;
        return 0;
    }
    m += kept;
    if (dtl_is_ascii(dtl_bytes(stemmed, m))) {
        memcpy(w->term, stemmed, m);
        return m;
    }
    size_t units = dtl_utf16_from(dtl_bytes(stemmed, m), w->units, DTL_WORD_UNITS);
    units = dtl_fold_marks(&w->unicode, w->units, units, NULL, w->plain);
    return dtl_utf16_to(w->plain, units, w->term, sizeof w->term);
}

/* Casefold the form in w->units[0..n) as the stemmer of a language wants it; leaves it in w->cased.
 */
static size_t casefold_for(struct dtl_words *w, size_t n, dtl_lang owner)
{
    if (owner == DTL_LANG_TR) /* dotless and dotted I are two letters, and Unicode's default folding
                                 is English */
        for (size_t i = 0; i < n; i++)
            w->units[i] = w->units[i] == 'I' ? 0x131 : w->units[i] == 0x130 ? 'i' : w->units[i];
    n = dtl_casefold(&w->unicode, w->units, n, w->cased, DTL_WORD_UNITS);
    if (owner ==
        DTL_LANG_RO) /* Snowball 2.2 spells s and t with a cedilla, newspapers with a comma */
        for (size_t i = 0; i < n; i++)
            w->cased[i] = w->cased[i] == 0x219 ? 0x15f : w->cased[i] == 0x21b ? 0x163 : w->cased[i];
    return n;
}

/* form (without U+00AD) -> folded into w->folded, term into w->term; returns views of both. */
static void analyse(struct dtl_words *w, struct dtl_bytes form, dtl_lang lang, struct dtl_word *out)
{
    size_t folded, term, cased = 0;
    bool ascii = dtl_is_ascii(form);
    dtl_lang owner;
    if (ascii) {
        folded = form.n;
        ascii_lower(form, w->folded);
        owner = ascii_owner(form, lang);
    } else {
        size_t n = dtl_utf16_from(form, w->units, DTL_WORD_UNITS);
        cased = n = dtl_casefold(&w->unicode, w->units, n, w->cased, DTL_WORD_UNITS);
        owner = owner_of(w->cased, n, lang);
        n = dtl_fold_marks(&w->unicode, w->cased, n, NULL, w->plain);
        folded = dtl_utf16_to(w->plain, n, w->folded, sizeof w->folded);
        if (!folded) { /* a lone tatweel, a Hangul filler: better found as printed than not at all
                        */
            folded = form.n;
            memcpy(w->folded, form.p, form.n);
        }
    }
    if (!owner) {
        term = 0;
    } else if (ascii && owner != DTL_LANG_TR) {
        memcpy(w->term, w->folded, folded);
        term = stem(w, owner, folded);
    } else {
        size_t n = cased;
        if (owner == DTL_LANG_TR || owner == DTL_LANG_RO) {
            n = dtl_utf16_from(form, w->units, DTL_WORD_UNITS);
            n = casefold_for(w, n, owner);
        }
        n = dtl_fold_marks(&w->unicode, w->cased, n, dtl_alphabet(owner), w->plain);
        term = dtl_utf16_to(w->plain, n, w->term, sizeof w->term);
        term = stem(w, owner, term);
    }
    if (!term) {
        term = folded;
        memcpy(w->term, w->folded, folded);
    }
    out->form = form;
    out->folded = dtl_bytes(w->folded, folded);
    out->term = dtl_bytes(w->term, term);
    out->owner = owner;
}

void dtl_word_printed(struct dtl_words *w, struct dtl_bytes raw, dtl_lang lang,
                      struct dtl_word *out)
{
    struct dtl_bytes form;
    if (dtl_is_ascii(raw)) {
        form = dtl_bytes(raw.p, raw.n < DTL_TERM_MAX ? raw.n : DTL_TERM_MAX);
    } else {
        form = dtl_bytes(w->form, dtl_form_of(&w->unicode, raw, false, w->form, sizeof w->form));
    }
    *out = (struct dtl_word){0};
    if (form.n)
        analyse(w, form, lang, out);
}

/* Bytes before the next U+00AD; in.n when there is none. */
static size_t until_soft_hyphen(struct dtl_bytes in)
{
    for (size_t i = 0; i + 1 < in.n; i++)
        if (in.p[i] == 0xc2 && in.p[i + 1] == DTL_SOFT_HYPHEN)
            return i;
    return in.n;
}

void dtl_word_form(struct dtl_words *w, struct dtl_bytes form, dtl_lang lang, struct dtl_word *out)
{
    if (until_soft_hyphen(form) == form.n) {
        dtl_word_printed(w, form, lang, out);
        return;
    }
    /* folded: each half by itself, so that the break stays where it was printed */
    uint8_t whole[DTL_TERM_MAX], folded[DTL_TERM_MAX];
    size_t form_n = dtl_form_of(&w->unicode, form, true, w->form, sizeof w->form);
    size_t whole_n = 0, folded_n = 0;
    struct dtl_bytes rest = dtl_bytes(w->form, form_n);
    for (;;) {
        struct dtl_bytes half = dtl_bytes(rest.p, until_soft_hyphen(rest));
        if (half.n) {
            memcpy(whole + whole_n, half.p, half.n);
            whole_n += half.n;
            analyse(w, half, 0, out);
            size_t n = out->folded.n, room = sizeof folded - folded_n;
            if (n > room)
                for (n = room; n && (out->folded.p[n] & 0xc0) == 0x80;)
                    n--;
            memcpy(folded + folded_n, out->folded.p, n);
            folded_n += n;
        }
        if (half.n == rest.n)
            break;
        if (folded_n + 2 <= sizeof folded) {
            folded[folded_n++] = 0xc2;
            folded[folded_n++] = DTL_SOFT_HYPHEN;
        }
        rest = dtl_bytes(rest.p + half.n + 2, rest.n - half.n - 2);
    }
    if (whole_n)
        analyse(w, dtl_bytes(whole, whole_n), lang, out);
    memcpy(w->folded, folded, folded_n);
    if (!whole_n) { /* nothing but soft hyphens */
        memcpy(w->term, folded, folded_n);
        out->term = dtl_bytes(w->term, folded_n);
        out->owner = 0;
    }
    out->form = dtl_bytes(w->form, form_n);
    out->folded = dtl_bytes(w->folded, folded_n);
}

size_t dtl_word_literal(struct dtl_words *w, struct dtl_bytes form, bool letter_case, bool accents,
                        uint8_t out[DTL_TERM_MAX])
{
    if (form.n > DTL_TERM_MAX)
        form.n = DTL_TERM_MAX;
    if (dtl_is_ascii(form)) {
        if (letter_case)
            memcpy(out, form.p, form.n);
        else
            ascii_lower(form, out);
        return form.n;
    }
    size_t n = dtl_utf16_from(form, w->units, DTL_WORD_UNITS);
    for (size_t i = 0; i < n; i++) /* apostrophes are one letter to everybody */
        if (w->units[i] == 0x2018 || w->units[i] == 0x2019 || w->units[i] == 0x2bc ||
            w->units[i] == 0xff07)
            w->units[i] = '\'';
    if (letter_case)
        memcpy(w->cased, w->units, n * sizeof *w->cased);
    else
        n = dtl_casefold(&w->unicode, w->units, n, w->cased, DTL_WORD_UNITS);
    const UChar *units = w->cased;
    if (!accents) {
        n = dtl_fold_marks(&w->unicode, w->cased, n, NULL, w->plain);
        units = w->plain;
    }
    return dtl_utf16_to(units, n, out, DTL_TERM_MAX);
}
