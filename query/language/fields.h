/* query/language/fields.h - the one table of field names and what each asks for. */
#ifndef DTL_LANGUAGE_FIELDS_H
#define DTL_LANGUAGE_FIELDS_H
#include "query/language/ast.h"
#include "query/language/dates.h"

#define DTL_FIELD_LIST 8u       /* names in title,lead: */
#define DTL_FIRST_MAX  1000000u /* N of first/N: */

enum dtl_field_use {
    DTL_USE_SCOPE,    /* where in the text a word, phrase or group is looked for: `scope` */
    DTL_USE_LOOK,     /* how its words are compared: `look` */
    DTL_USE_VALUE,    /* a filter on what the article says of itself: `value` */
    DTL_USE_DATE,     /* a date filter of `relation` */
    DTL_USE_CALENDAR, /* a weekday, month or day of any year: `calendar` */
    DTL_USE_ADDED,    /* when it was indexed */
    DTL_USE_NUMBER,   /* how many words it has */
    DTL_USE_SAVED,    /* a query kept under a name */
};

enum dtl_field_look { DTL_LOOK_CASE, DTL_LOOK_ACCENT, DTL_LOOK_STEM };

struct dtl_query_field {
    const char *name;
    enum dtl_field_use use;
    enum dtl_scope scope;
    enum dtl_field_look look;
    enum dtl_node_field value;
    enum dtl_date_relation relation;
    enum dtl_calendar_kind calendar;
};

/** Exact lookup, without the /N of first/N; NULL when the language has no such field. */
const struct dtl_query_field *dtl_query_field(struct dtl_bytes name);
/** The nearest name; NULL when none is near. */
const char *dtl_query_field_like(struct dtl_bytes wrong);
/** "title date on since ...", static. */
const char *dtl_query_field_list(void);
/** The name a tree is printed with: "author", not "byline". */
const char *dtl_node_field_name(enum dtl_node_field f);
#endif
