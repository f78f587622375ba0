/*
 * status_texts.c - `status --charsets`: which character sets the articles were read from and who
 * decided so, and which of them are garbled. It is kept with each article, so every live one is
 * read: some 30,000 a second.
 */
#include "common/base/json.h"
#include "common/base/utf8.h"
#include "indexer/command.h"
#include "indexer/status.h"
#include "indexer/text_counts.h"

#include <inttypes.h>
#include <stdio.h>

/* A string member without escapes into `room`; `otherwise` where there is none. */
static const char *member(struct dtl_bytes extra, const char *name, const char *otherwise,
                          char room[40])
{
    struct dtl_bytes v;
    if (!dtl_json_member(extra, name, &v) || v.n < 3 || v.n > 40 || v.p[0] != '"' ||
        memchr(v.p, '\\', v.n))
        return otherwise;
    snprintf(room, 40, "%.*s", (int)(v.n - 2), (const char *)v.p + 1);
    return room;
}

static enum dtl_charset_by by_of(const char *text)
{
    for (int by = 0; by < DTL_CHARSET_BYS; by++)
        if (strcmp(text, dtl_charset_by_text((enum dtl_charset_by)by)) == 0)
            return (enum dtl_charset_by)by;
    return DTL_CHARSET_VALID;
}

static uint64_t number(struct dtl_bytes extra, const char *name)
{
    struct dtl_bytes v;
    uint64_t n = 0;
    if (dtl_json_member(extra, name, &v))
        for (size_t i = 0; i < v.n && i < 18 && v.p[i] >= '0' && v.p[i] <= '9'; i++)
            n = n * 10 + v.p[i] - '0';
    return n;
}

enum dtl_status dtl_status_charsets(struct dtl_snapshot *snap, struct dtl_buffer *out,
                                    struct dtl_error *err)
{
    struct dtl_text_counts counts = {0};
    struct dtl_buffer garbled = {0};
    struct dtl_arena arena = {0};
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < snap->segments && st >= 0; i++) {
        struct dtl_segment *s = &snap->segment[i];
        for (dtl_doc d = 0; d < s->facts.docs && st >= 0; d++) {
            struct dtl_article a;
            char name[40], by[40];
            if (dtl_is_dead(s, d))
                continue;
            dtl_arena_reset(&arena);
            st = dtl_snapshot_article(snap, s, d, &arena, &a, err);
            if (st < 0)
                break;
            struct dtl_text_facts facts = {member(a.extra, "charset", "UTF-8", name),
                                           by_of(member(a.extra, "charset_by", "utf-8", by)),
                                           number(a.extra, "mojibake")};
            dtl_text_counts_add(&counts, &facts);
            if (!facts.garbled)
                continue;
            dtl_buffer_format(&garbled, "mojibake\t%" PRIu64 "\t", facts.garbled);
            dtl_utf8_sanitise(&garbled, a.id, false);
            dtl_buffer_byte(&garbled, '\n');
        }
    }
    for (int by = 0; by < DTL_CHARSET_BYS; by++)
        for (size_t i = 0; i < counts.sets; i++)
            if (counts.set[i].by == (enum dtl_charset_by)by) {
                dtl_buffer_format(out, "%s\t", dtl_charset_by_text(counts.set[i].by));
                dtl_utf8_sanitise(out, dtl_bytes_of(counts.set[i].name), false);
                dtl_buffer_format(out, "\t%" PRIu64 "\n", counts.set[i].articles);
            }
    dtl_buffer_append(out, garbled.p, garbled.n);
    if (st >= 0 && (garbled.failed || out->failed))
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    dtl_buffer_release(&garbled);
    dtl_arena_release(&arena);
    return st;
}
