/* fields.c - a field of the language that is not built yet is known here all the same, so that it
 * is refused by its name and never searched as text. */
#include "query/language/fields.h"

#include "query/language/suggest.h"

/* clang-format off */
static const struct dtl_query_field fields[] = {
    {"title",     DTL_USE_TITLE, 0},
    {"date",      DTL_USE_DATE,  DTL_DATE_ON},
    {"on",        DTL_USE_DATE,  DTL_DATE_ON},
    {"since",     DTL_USE_DATE,  DTL_DATE_SINCE},
    {"until",     DTL_USE_DATE,  DTL_DATE_UNTIL},
    {"before",    DTL_USE_DATE,  DTL_DATE_BEFORE},
    {"after",     DTL_USE_DATE,  DTL_DATE_AFTER},
    {"accent",    DTL_USE_LATER, 0}, {"added",   DTL_USE_LATER, 0}, {"author",    DTL_USE_LATER, 0},
    {"byline",    DTL_USE_LATER, 0}, {"case",    DTL_USE_LATER, 0}, {"every",     DTL_USE_LATER, 0},
    {"first",     DTL_USE_LATER, 0}, {"hlead",   DTL_USE_LATER, 0}, {"id",        DTL_USE_LATER, 0},
    {"lang",      DTL_USE_LATER, 0}, {"lead",    DTL_USE_LATER, 0}, {"month",     DTL_USE_LATER, 0},
    {"onthisday", DTL_USE_LATER, 0}, {"path",    DTL_USE_LATER, 0}, {"place",     DTL_USE_LATER, 0},
    {"query",     DTL_USE_LATER, 0}, {"section", DTL_USE_LATER, 0}, {"source",    DTL_USE_LATER, 0},
    {"stem",      DTL_USE_LATER, 0}, {"tag",     DTL_USE_LATER, 0}, {"url",       DTL_USE_LATER, 0},
    {"wc",        DTL_USE_LATER, 0}, {"weekday", DTL_USE_LATER, 0},
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
    size_t n = 0;
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].use != DTL_USE_LATER)
            names[n++] = fields[i].name;
    return dtl_suggest(wrong, names, n);
}

const char *dtl_query_field_list(void)
{
    return "title date on since until before after";
}
