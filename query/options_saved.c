/* options_saved.c - which options a saved search keeps, and how they are written. */
#include "query/options.h"
#include "query/options_table.h"

const char **dtl_option_of_saved(struct dtl_options *o, int id)
{
    switch (id) {
    case DTL_ID_SAVE:
        return &o->save;
    case DTL_ID_NEW:
        return &o->news;
    case DTL_ID_PEEK:
        return &o->peek;
    case DTL_ID_RESET:
        return &o->reset;
    default:
        return &o->forget;
    }
}

static enum dtl_keeping keeping(int id)
{
    switch (id) {
    case DTL_ID_SINCE:
    case DTL_ID_UNTIL:
    case DTL_ID_BEFORE:
    case DTL_ID_AFTER:
    case DTL_ID_ON:
    case DTL_ID_DATE:
    case DTL_ID_DATE_MATCH:
    case DTL_ID_TZ:
    case DTL_ID_NOW:
    case DTL_ID_DF:
    case DTL_ID_LIKE:
    case DTL_ID_EXPAND:
    case DTL_ID_MATCH:
    case DTL_ID_LITERAL:
    case DTL_ID_STRICT:
    case DTL_ID_LENIENT:
    case DTL_ID_MAX_EXPAND:
        return DTL_KEEP_FINDS;
    case DTL_ID_INDEX:
    case DTL_ID_SORT:
    case DTL_ID_RECENCY:
    case DTL_ID_SPREAD:
    case DTL_ID_PROXIMITY:
    case DTL_ID_PATHS:
    case DTL_ID_IDS:
    case DTL_ID_NULL:
    case DTL_ID_JSON:
    case DTL_ID_TSV:
    case DTL_ID_CSV:
    case DTL_ID_TREC:
    case DTL_ID_TABLE:
    case DTL_ID_TEXT:
    case DTL_ID_FORMAT:
    case DTL_ID_MATCHES:
    case DTL_ID_SNIPPET:
    case DTL_ID_COLOR:
    case DTL_ID_PLAIN:
    case DTL_ID_COLLAPSE:
    case DTL_ID_HYPERLINK:
    case DTL_ID_FORMAT_VERSION:
        return DTL_KEEP_LOOKS;
    case DTL_ID_SAVE:
    case DTL_ID_FILE:
    case DTL_ID_ALL:
    case DTL_ID_QUIET:
    case DTL_ID_VERBOSE:
    case DTL_ID_PAGER:
    case DTL_ID_LINE_BUFFERED:
        return DTL_KEEP_PASSING;
    default:
        return DTL_KEEP_NOT;
    }
}

enum dtl_keeping dtl_option_keeping(const struct dtl_taken *t)
{
    return keeping(dtl_option_rows[t->row].id);
}

enum dtl_keeping dtl_option_keeping_of(const char *written)
{
    const char *name = strncmp(written, "--no-", 5) == 0 ? written + 5 : written + 2;
    size_t n = strcspn(name, "=");
    for (size_t i = 0; i < DTL_OPTION_ROWS; i++)
        if (strncmp(dtl_option_rows[i].name, name, n) == 0 && !dtl_option_rows[i].name[n])
            return keeping(dtl_option_rows[i].id);
    return DTL_KEEP_NOT;
}

void dtl_option_write(const struct dtl_taken *t, struct dtl_buffer *out)
{
    dtl_buffer_format(out, "--%s%s", t->no ? "no-" : "", dtl_option_rows[t->row].name);
    if (t->value)
        dtl_buffer_format(out, "=%s", t->value);
}
