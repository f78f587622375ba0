/*
 * tests/unit/sample_text.h - texts to hold the analyzer to: real ones in many languages, and random
 * mixtures of what the rules tell apart.
 *
 * Real text: the folder DATELINE_DATA, else the one this build was configured with; parts that are
 * not there are skipped, and how many is said.
 */
#ifndef DTL_TESTS_SAMPLE_TEXT_H
#define DTL_TESTS_SAMPLE_TEXT_H
#include <stdio.h>
#include <stdlib.h>

#include "common/base/utf8.h"
#include "common/text/analyzer.h"
#include "tests/unit/random.h"

#define SAMPLE (1u << 20) /* bytes of a file */

static const struct sample {
    const char *path, *lang;
} samples[] = {
    {"reuters/reuters.jsonl",                                 "en"},
    {"reuters/reut2-021.sgm",                                 "en"},
    {"seed/000_a63481e40361881c.txt",                         "en"},
    {"formats/multilingual/bg.jsonl",                         "bg"},
    {"formats/multilingual/es.jsonl",                         "es"},
    {"formats/multilingual/fr.jsonl",                         "fr"},
    {"formats/multilingual/he.jsonl",                         "he"},
    {"formats/multilingual/hi.jsonl",                         "hi"},
    {"formats/multilingual/ja.jsonl",                         "ja"},
    {"formats/multilingual/ko.jsonl",                         "ko"},
    {"formats/multilingual/ru.jsonl",                         "ru"},
    {"formats/multilingual/sv.jsonl",                         "sv"},
    {"formats/multilingual/tr.jsonl",                         "tr"},
    {"formats/multilingual/vi.jsonl",                         "vi"},
    {"formats/multilingual/zh_tw.jsonl",                      "zh"},
    {"formats/multilingual/arabic_article.html",              "ar"},
    {"formats/multilingual/japanese_article.html",            "ja"},
    {"formats/multilingual/hu__mindmegette.hu.levagott.html", "hu"},
};
#define SAMPLES (sizeof samples / sizeof *samples)

static inline struct dtl_bytes load(const struct sample *s, uint8_t *buffer)
{
    const char *folder = getenv("DATELINE_DATA");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : DTL_DATA, s->path);
    FILE *f = fopen(path, "rb");
    if (!f)
        return dtl_bytes(NULL, 0);
    size_t n = fread(buffer, 1, SAMPLE, f);
    fclose(f);
    size_t to = 0; /* JSON's line ends and accents as the articles have them */
    for (size_t i = 0; i < n; i++) {
        if (buffer[i] == '\\' && i + 1 < n && (buffer[i + 1] == 'n' || buffer[i + 1] == '"')) {
            i++;
            buffer[to++] = buffer[i] == 'n' ? '\n' : '"';
        } else {
            buffer[to++] = buffer[i];
        }
    }
    return dtl_bytes(buffer, to);
}

static inline dtl_lang lang_of(const char *tag)
{
    return dtl_lang_of(dtl_lang_code_of(dtl_bytes_of(tag)));
}

/* Calls `check` for each sample that is there, and for random texts. */
static inline void each_text(const char *test, void (*check)(struct dtl_bytes text, dtl_lang lang))
{
    static const uint32_t alphabet[] = {
        'a',    'B',    ' ',    ' ',    '\n',   '\n',   '\r',   '.',    '!',     '-',
        '\'',   '"',    '1',    ',',    '_',    '@',    ':',    '(',    0xad,    0xe9,
        ';',    0xb7,   0xa0,   0x2014, 0x2018, 0x201c, 0x20ac, 0x1ea1, 0x2026,  0x202f,
        0xdf,   0x130,  0x131,  0x2bc,  0x2019, 0x301,  0x327,  0x345,  0x200b,  0x200c,
        0x200d, 0x200f, 0x2029, 0x3b1,  0x3c2,  0x43e,  0x439,  0x5d0,  0x5b8,   0x623,
        0x64b,  0x640,  0x915,  0x93f,  0xe01,  0xe31,  0x3000, 0x3002, 0x30ab,  0x3099,
        0x4e00, 0x9fff, 0xac00, 0x1100, 0xfb01, 0xfdfa, 0xff21, 0xfffc, 0x1f600, 0x20000,
    };
    uint8_t *buffer = malloc(SAMPLE);
    assert_non_null(buffer);
    size_t skipped = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct dtl_bytes text = load(&samples[i], buffer);
        if (text.n)
            check(text, lang_of(samples[i].lang));
        else
            skipped++;
    }
    if (skipped)
        printf("%s: %zu of %zu samples are not here, skipped\n", test, skipped, SAMPLES);
    free(buffer);

    struct random r = random_start(test);
    for (unsigned i = 0; i < 400; i++) {
        struct dtl_buffer b = {0};
        uint32_t length = random_below(&r, i % 40 ? 200 : 30000);
        uint32_t letters = 1 + random_below(&r, sizeof alphabet / sizeof *alphabet);
        uint32_t from = random_below(&r, sizeof alphabet / sizeof *alphabet);
        for (uint32_t k = 0; k < length; k++) {
            if (random_below(&r, 300) == 0)
                dtl_buffer_byte(&b, (uint8_t)random_next(&r));
            dtl_utf8_append(&b, alphabet[(from + random_below(&r, letters)) %
                                         (sizeof alphabet / sizeof *alphabet)]);
        }
        check(dtl_buffer_view(&b), (dtl_lang)random_below(&r, 29));
        dtl_buffer_release(&b);
    }
}
#endif
