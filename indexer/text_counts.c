/* text_counts.c - how the articles of a run were read. */
#include "indexer/text_counts.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

void dtl_text_counts_add(struct dtl_text_counts *c, const struct dtl_text_facts *facts)
{
    size_t i = 0;
    while (i < c->sets && i < DTL_CHARSETS_MAX - 1 &&
           (c->set[i].by != facts->charset_by || strcasecmp(c->set[i].name, facts->charset) != 0))
        i++;
    if (i == c->sets) {
        snprintf(c->set[i].name, sizeof c->set[i].name, "%s", facts->charset);
        c->set[i].by = facts->charset_by;
        c->sets++;
    }
    c->set[i].articles++;
    c->garbled_articles += facts->garbled > 0;
    c->garbled_characters += facts->garbled;
}

static bool all_plain(const struct dtl_text_counts *c)
{
    for (size_t i = 0; i < c->sets; i++)
        if (c->set[i].by != DTL_CHARSET_VALID)
            return false;
    return true;
}

void dtl_text_counts_print(const struct dtl_text_counts *c, struct dtl_buffer *out)
{
    const char *between = "character sets by ";
    for (int by = 0; by < DTL_CHARSET_BYS && !all_plain(c); by++) {
        const char *comma = " ";
        for (size_t i = 0; i < c->sets; i++) {
            if (c->set[i].by != (enum dtl_charset_by)by)
                continue;
            dtl_buffer_text(out, between);
            if (*comma == ' ')
                dtl_buffer_text(out, dtl_charset_by_text(c->set[i].by));
            dtl_buffer_text(out, comma);
            if (by != DTL_CHARSET_VALID)
                dtl_buffer_format(out, "%s ", c->set[i].name);
            dtl_buffer_format(out, "%" PRIu64, c->set[i].articles);
            comma = ", ";
            between = "";
        }
        if (out->n && *comma == ',')
            between = "; ";
    }
    if (out->n)
        dtl_buffer_byte(out, '\n');
    if (c->garbled_articles)
        dtl_buffer_format(out,
                          "mojibake: %" PRIu64 " characters garbled before they came here, in "
                          "%" PRIu64 " articles; 'status --charsets' lists them\n",
                          c->garbled_characters, c->garbled_articles);
}
