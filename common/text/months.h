/*
 * common/text/months.h - months and weekdays as they are printed in the languages of the world's
 * news, by ICU's locale data.
 *
 * The data is loaded by the first call (a few milliseconds), so who has an English or a numeric
 * date in hand does not call. Safe from any thread.
 */
#ifndef DTL_TEXT_MONTHS_H
#define DTL_TEXT_MONTHS_H
#include "common/text/language.h"

#define DTL_MONTH_BYTES 40u /* no name, nor any spelling of one, is longer */

/**
 * The month, 1 to 12, that `word` names: in full or short, in any of its cases (mai, maja, maia),
 * letter case, accents and a dot at its end aside. In several languages with several months (the
 * Croatian and the Polish listopad) the one of `lang`; 0 when that does not tell, or no language
 * has it.
 */
int dtl_month_named(struct dtl_bytes word, dtl_lang_code lang);

/** Is it a day of the week in one of them? */
bool dtl_weekday_named(struct dtl_bytes word);

#endif
