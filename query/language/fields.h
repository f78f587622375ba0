/* query/language/fields.h - the one table of field names: what is searched, what waits, how to do
 * without. */
#ifndef DTL_LANGUAGE_FIELDS_H
#define DTL_LANGUAGE_FIELDS_H
#include "query/language/dates.h"

enum dtl_field_use {
    DTL_USE_TITLE, /* a word, phrase or group in the title */
    DTL_USE_DATE,  /* a date filter of `relation` */
    DTL_USE_LATER, /* in the language, not built: refused by name */
};

struct dtl_query_field {
    const char *name;
    enum dtl_field_use use;
    enum dtl_date_relation relation;
};

/** Exact lookup; NULL when the language has no such field. */
const struct dtl_query_field *dtl_query_field(struct dtl_bytes name);
/** The nearest name that can be used today; NULL when none is near. */
const char *dtl_query_field_like(struct dtl_bytes wrong);
/** "title date on since until before after", static. */
const char *dtl_query_field_list(void);
#endif
