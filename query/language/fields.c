/* fields.c - names are lower-case ASCII; a text with one before a colon is a field attempt. */
#include "query/language/fields.h"

#include "query/language/suggest.h"

/* clang-format off */
static const struct dtl_query_field fields[] = {
    {"title",     DTL_USE_SCOPE,    .scope = DTL_SCOPE_TITLE},
    {"date",      DTL_USE_DATE,     .relation = DTL_DATE_ON},
    {"on",        DTL_USE_DATE,     .relation = DTL_DATE_ON},
    {"since",     DTL_USE_DATE,     .relation = DTL_DATE_SINCE},
    {"until",     DTL_USE_DATE,     .relation = DTL_DATE_UNTIL},
    {"before",    DTL_USE_DATE,     .relation = DTL_DATE_BEFORE},
    {"after",     DTL_USE_DATE,     .relation = DTL_DATE_AFTER},
    {"every",     DTL_USE_CALENDAR, .calendar = DTL_CALENDAR_DAY},
    {"onthisday", DTL_USE_CALENDAR, .calendar = DTL_CALENDAR_DAY},
    {"weekday",   DTL_USE_CALENDAR, .calendar = DTL_CALENDAR_WEEKDAY},
    {"month",     DTL_USE_CALENDAR, .calendar = DTL_CALENDAR_MONTH},
    {"added",     DTL_USE_ADDED,    .relation = DTL_DATE_ON},
    {"source",    DTL_USE_VALUE,    .value = DTL_NODE_SOURCE},
    {"author",    DTL_USE_VALUE,    .value = DTL_NODE_AUTHOR},
    {"byline",    DTL_USE_VALUE,    .value = DTL_NODE_AUTHOR},
    {"section",   DTL_USE_VALUE,    .value = DTL_NODE_SECTION},
    {"tag",       DTL_USE_VALUE,    .value = DTL_NODE_TAG},
    {"place",     DTL_USE_VALUE,    .value = DTL_NODE_PLACE},
    {"agency",    DTL_USE_VALUE,    .value = DTL_NODE_AGENCY},
    {"lang",      DTL_USE_VALUE,    .value = DTL_NODE_LANG},
    {"url",       DTL_USE_VALUE,    .value = DTL_NODE_URL},
    {"path",      DTL_USE_VALUE,    .value = DTL_NODE_PATH},
    {"id",        DTL_USE_VALUE,    .value = DTL_NODE_ID},
    {"wc",        DTL_USE_NUMBER,   .relation = DTL_DATE_ON},
    {"lead",      DTL_USE_SCOPE,    .scope = DTL_SCOPE_LEAD},
    {"hlead",     DTL_USE_SCOPE,    .scope = DTL_SCOPE_HLEAD},
    {"first",     DTL_USE_SCOPE,    .scope = DTL_SCOPE_FIRST},
    {"case",      DTL_USE_LOOK,     .look = DTL_LOOK_CASE},
    {"accent",    DTL_USE_LOOK,     .look = DTL_LOOK_ACCENT},
    {"stem",      DTL_USE_LOOK,     .look = DTL_LOOK_STEM},
    {"query",     DTL_USE_SAVED,    .relation = DTL_DATE_ON},
};
/* clang-format on */
enum { FIELDS = sizeof fields / sizeof *fields };

const struct dtl_query_field *dtl_query_field(struct dtl_bytes name)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (dtl_bytes_is(name, fields[i].name))
            return &fields[i];
    return NULL;
}

const char *dtl_query_field_like(struct dtl_bytes wrong)
{
    const char *names[FIELDS];
    for (size_t i = 0; i < FIELDS; i++)
        names[i] = fields[i].name;
    return dtl_suggest(wrong, names, FIELDS);
}

const char *dtl_query_field_list(void)
{
    return "title lead hlead first/N date on since until before after every onthisday weekday "
           "month added source author section tag place agency lang url path id wc case accent "
           "stem query";
}

const char *dtl_node_field_name(enum dtl_node_field f)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].use == DTL_USE_VALUE && fields[i].value == f)
            return fields[i].name;
    return "";
}
