/* dates.c - the order in which sources of a date are asked. */
#include "indexer/article/dates.h"

#include <string.h>

enum dtl_status dtl_date_order_parse(const char *text, bool final, struct dtl_date_order *out,
                                     struct dtl_error *err)
{
    static const struct {
        const char *word;
        enum dtl_date_source source;
    } words[] = {
        {"meta",  DTL_DATE_META     },
        {"url",   DTL_DATE_URL      },
        {"text",  DTL_DATE_TEXT_LINE},
        {"path",  DTL_DATE_PATH     },
        {"mtime", DTL_DATE_MTIME    }
    };
    const size_t count = sizeof words / sizeof *words;
    struct dtl_date_order order = {.n = 0};
    if (!text)
        text = final ? "meta" : "meta,url,text,path";
    while (*text) {
        size_t n = strcspn(text, ","), i = 0;
        while (i < count && !(strlen(words[i].word) == n && strncmp(words[i].word, text, n) == 0))
            i++;
        if (i == count || order.n == count)
            return dtl_fail(err, DTL_EUSAGE, 0,
                            "--date-from: '%.*s' is not one of meta url text path mtime, each once",
                            n < 40 ? (int)n : 40, text);
        order.source[order.n++] = words[i].source;
        text += n + (text[n] == ',');
    }
    *out = order;
    return DTL_OK;
}
