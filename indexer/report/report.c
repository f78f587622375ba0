/*
 * report.c - ten thousand rejected records are a handful of mistakes: they are counted by kind.
 *
 * The kind of a reason is its words. What a reader quotes of the input, and numbers, differ from
 * record to record; where the record stands is what the list of `status --rejected` is for.
 */
#include "indexer/report/report.h"

#include "common/base/utf8.h"

#include <stdio.h>

struct dtl_tally *dtl_report_tally(struct dtl_report *r, const char *format, const char *container)
{
    char name[sizeof r->tally[0].format];
    snprintf(name, sizeof name, container && *container ? "%.20s in %.20s" : "%.20s", format,
             container);
    size_t i = 0;
    while (i < r->tallies && strcmp(r->tally[i].format, name) != 0)
        i++;
    if (i == DTL_TALLIES_MAX)
        return &r->tally[i - 1];
    if (i == r->tallies) {
        memcpy(r->tally[i].format, name, sizeof name);
        r->tallies++;
    }
    return &r->tally[i];
}

/* Where the reason proper begins: behind "#7: ", "#a.zip#b.html: " and "line 3: ". */
static const char *without_place(const char *reason)
{
    const char *colon;
    if (reason[0] == '#' && (colon = strstr(reason, ": ")))
        reason = colon + 2;
    size_t digits = strncmp(reason, "line ", 5) == 0 ? strspn(reason + 5, "0123456789") : 0;
    if (digits && strncmp(reason + 5 + digits, ": ", 2) == 0)
        reason += 5 + digits + 2;
    return reason;
}

/* The words of a reason: 'quoted' as '...', numbers as N. */
static void kind_of(const char *reason, struct dtl_buffer *out)
{
    for (const char *c = reason; *c; c++) {
        bool begins = c == reason || c[-1] == ' ' || c[-1] == '(';
        const char *end = *c == '\'' && begins ? strchr(c + 1, '\'') : NULL;
        size_t digits = strspn(c, "0123456789");
        if (end) {
            dtl_buffer_text(out, "'...'");
            c = end;
        } else if (digits) {
            dtl_buffer_byte(out, 'N');
            c += digits - 1;
        } else {
            dtl_buffer_byte(out, (uint8_t)*c);
        }
    }
    dtl_buffer_byte(out, 0);
}

/* "news/e.jsonl#7" from the path and the place in front of the reason. */
static const char *place_of(struct dtl_report *r, struct dtl_bytes path, const char *reason)
{
    struct dtl_buffer b = {0};
    const char *colon = reason[0] == '#' ? strstr(reason, ": ") : NULL;
    dtl_buffer_append(&b, path.p, path.n);
    if (colon)
        dtl_buffer_append(&b, reason, (size_t)(colon - reason));
    const char *copy = b.failed ? NULL : dtl_arena_strndup(&r->arena, b.n ? (char *)b.p : "", b.n);
    dtl_buffer_release(&b);
    return copy ? copy : "";
}

void dtl_report_reason(struct dtl_report *r, bool skipped, struct dtl_bytes path,
                       const char *reason)
{
    struct dtl_buffer kind = {0};
    kind_of(without_place(reason), &kind);
    if (kind.failed) {
        dtl_buffer_release(&kind);
        return; /* the run counts it all the same; only the kind is not told */
    }
    const char *text = (const char *)kind.p;
    size_t i = 0;
    while (i < r->reasons &&
           (r->reason[i].skipped != skipped || strcmp(r->reason[i].kind, text) != 0))
        i++;
    if (i == DTL_REASONS_MAX) {
        r->reason[--i].kind = "other reasons";
    } else if (i == r->reasons) {
        const char *copy = dtl_arena_strndup(&r->arena, text, strlen(text));
        if (copy)
            r->reason[r->reasons++] =
                (struct dtl_reason){skipped, copy, place_of(r, path, reason), 0};
    }
    if (i < r->reasons)
        r->reason[i].count++;
    dtl_buffer_release(&kind);
}

void dtl_report_print(const struct dtl_report *r, const char *prefix, struct dtl_buffer *out)
{
    size_t wide = strlen("format");
    for (size_t i = 0; i < r->tallies; i++)
        if (strlen(r->tally[i].format) > wide)
            wide = strlen(r->tally[i].format);
    if (r->tallies)
        dtl_buffer_format(out, "%s%-*s %8s %9s %8s %9s\n", prefix, (int)wide, "format", "files",
                          "articles", "undated", "rejected");
    for (size_t i = 0; i < r->tallies; i++) {
        const struct dtl_tally *t = &r->tally[i];
        dtl_buffer_format(out, "%s%-*s %8llu %9llu %8llu %9llu\n", prefix, (int)wide, t->format,
                          (unsigned long long)t->files, (unsigned long long)t->articles,
                          (unsigned long long)t->undated, (unsigned long long)t->rejected);
    }
    for (int skipped = 0; skipped < 2; skipped++)
        for (size_t i = 0; i < r->reasons; i++) {
            const struct dtl_reason *e = &r->reason[i];
            if (e->skipped != (bool)skipped)
                continue;
            dtl_buffer_format(out, "%s%s %llu: ", prefix, skipped ? "skipped" : "rejected",
                              (unsigned long long)e->count);
            dtl_utf8_sanitise(out, dtl_bytes_of(e->kind), false);
            dtl_buffer_text(out, e->count > 1 ? " (first: " : " (");
            dtl_utf8_sanitise(out, dtl_bytes_of(e->first), false);
            dtl_buffer_text(out, ")\n");
        }
}

void dtl_report_release(struct dtl_report *r)
{
    dtl_arena_release(&r->arena);
    *r = (struct dtl_report){0};
}
