/* query/language/date_forms.h - one date E of the grammar to its days. Private to query/language.
 */
#ifndef DTL_LANGUAGE_DATE_FORMS_H
#define DTL_LANGUAGE_DATE_FORMS_H
#include "query/language/dates.h"

/**
 * `text` is one E, without `..` and brackets, any case. *relative is set when the clock decided.
 * DTL_EQUERY: err->pos inside `text`, err->text names the nearest form.
 */
enum dtl_status dtl_date_form(struct dtl_bytes text, const struct dtl_clock *clock,
                              struct dtl_interval *out, bool *relative,
                              struct dtl_error *err) DTL_MUST_USE;

/* ---- the parts, each in a file of its own ---- */

#define DTL_DATE_PARTS 12
struct dtl_date_part { /* digits, or letters in lower case */
    bool number;
    uint32_t value; /* of digits; UINT32_MAX over 9 of them */
    uint32_t digits;
    char word[16]; /* "" when longer than fits */
    uint8_t mark;  /* what stood before it: 0 nothing, ' ' for blank _ and comma, else the byte: - /
                      . : + @ */
    uint32_t at;   /* byte in the text */
};
struct dtl_date_text {
    struct dtl_bytes text;
    struct dtl_date_part part[DTL_DATE_PARTS];
    size_t parts;
    uint8_t last_mark; /* a mark after the last part */
};

/** DTL_NOTFOUND: no form of this file; DTL_EQUERY: one, but refused. */
enum dtl_status dtl_date_numeric(const struct dtl_date_text *t, const struct dtl_clock *clock,
                                 struct dtl_interval *out, bool *relative,
                                 struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_date_named(const struct dtl_date_text *t, const struct dtl_clock *clock,
                               struct dtl_interval *out, bool *relative,
                               struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_date_relative(const struct dtl_date_text *t, const struct dtl_clock *clock,
                                  struct dtl_interval *out, bool *relative,
                                  struct dtl_error *err) DTL_MUST_USE;

/** The latest such day that has been; always relative. The `at`s are for messages. */
enum dtl_status dtl_date_latest(uint32_t month, uint32_t day, uint32_t month_at, uint32_t day_at,
                                const struct dtl_clock *clock, struct dtl_interval *out,
                                bool *relative, struct dtl_error *err) DTL_MUST_USE;

/** 1..12 of a month's name, full or three letters; 0: none. */
int dtl_month_of(const char *word);
/** 0 Monday .. 6, -1: none. */
int dtl_weekday_of(const char *word);
/** `day` moved by `months`, clamped to the month's end; false outside the years 0001 to 9999. */
bool dtl_add_months(dtl_day day, int64_t months, dtl_day *out);
#endif
