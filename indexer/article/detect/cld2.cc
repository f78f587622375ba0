/*
 * cld2.cc - the one C++ file: CLD2 has no C interface (docs/decisions/0010-language-detection.md).
 *
 * No hints are passed. Hints from file names, links or the environment would make the answer depend
 * on more than the text.
 */
#include "indexer/article/detect/cld2.h"

#include <cstdio>  // CLD2's header uses FILE without it

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <new>

extern "C" const char *dtl_cld2_guess(const char *text, size_t n, int *percent)
{
    static const CLD2::CLDHints no_hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING,
                                            CLD2::UNKNOWN_LANGUAGE};
    CLD2::Language languages[3];
    int percents[3], text_bytes = 0;
    double scores[3];
    bool reliable = false;
    CLD2::ExtDetectLanguageSummary(text, static_cast<int>(n), true, &no_hints, 0, languages,
                                   percents, scores, nullptr, &text_bytes, &reliable);
    if (!reliable || languages[0] == CLD2::UNKNOWN_LANGUAGE)
        return nullptr;
    *percent = percents[0];
    return CLD2::LanguageCode(languages[0]);
}

extern "C" void dtl_cld2_start(void (*out_of_memory)())
{
    std::set_new_handler(out_of_memory);
}

extern "C" const char *dtl_cld2_version()
{
    return CLD2::DetectLanguageVersion();
}
