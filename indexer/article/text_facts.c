/* text_facts.c - how an article's text was read. */
#include "indexer/article/text_facts.h"

#include "indexer/article/garbled.h"
#include "indexer/format/format.h"

#include <stdio.h>

static uint64_t garbled(const struct dtl_record *r)
{
    uint64_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->fields[i].n; k++)
            if (r->fields[i].v[k].kind == DTL_VALUE_STRING)
                n += dtl_garbled(r->fields[i].v[k].text);
    return n;
}

static bool states(const struct dtl_record *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (dtl_bytes_is(r->fields[i].name, name))
            return true;
    return false;
}

enum dtl_status dtl_text_facts_add(struct dtl_record *r, struct dtl_arena *arena,
                                   struct dtl_text_facts *out, struct dtl_error *err)
{
    bool ok = true, plain = r->charset_by == DTL_CHARSET_VALID;
    struct dtl_bytes name = dtl_bytes_of(r->charset ? r->charset : "UTF-8");
    struct dtl_bytes by = dtl_bytes_of(dtl_charset_by_text(r->charset_by));
    *out = (struct dtl_text_facts){(const char *)name.p, r->charset_by, garbled(r)};
    if (plain && !out->garbled)
        return DTL_OK;
    struct dtl_field *fields = dtl_arena_alloc(arena, (r->n + 3) * sizeof *fields);
    char *number = dtl_arena_alloc(arena, 24);
    if (!fields || !number)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (r->n)
        memcpy(fields, r->fields, r->n * sizeof *fields);
    r->fields = fields;
    if (!plain && !states(r, "charset"))
        ok = dtl_record_text(r, arena, "charset", name);
    if (ok && !plain && !states(r, "charset_by"))
        ok = dtl_record_text(r, arena, "charset_by", by);
    if (ok && out->garbled && !states(r, "mojibake")) {
        snprintf(number, 24, "%llu", (unsigned long long)out->garbled);
        ok = dtl_record_text(r, arena, "mojibake", dtl_bytes_of(number));
        if (ok)
            r->fields[r->n - 1].v->kind = DTL_VALUE_LITERAL;
    }
    return ok ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}
