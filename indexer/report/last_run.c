/* last_run.c - the lines of the file `last-run`. */
#include "indexer/report/last_run.h"

#include "common/base/utf8.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

static const struct {
    const char *name;
    size_t at;
} numbers[] = {
    {"started",    offsetof(struct dtl_last_run, started)   },
    {"ended",      offsetof(struct dtl_last_run, ended)     },
    {"succeeded",  offsetof(struct dtl_last_run, succeeded) },
    {"status",     offsetof(struct dtl_last_run, status)    },
    {"indexed",    offsetof(struct dtl_last_run, indexed)   },
    {"changed",    offsetof(struct dtl_last_run, changed)   },
    {"unchanged",  offsetof(struct dtl_last_run, unchanged) },
    {"removed",    offsetof(struct dtl_last_run, removed)   },
    {"rejected",   offsetof(struct dtl_last_run, rejected)  },
    {"skipped",    offsetof(struct dtl_last_run, skipped)   },
    {"waiting",    offsetof(struct dtl_last_run, waiting)   },
    {"warnings",   offsetof(struct dtl_last_run, warnings)  },
    {"generation", offsetof(struct dtl_last_run, generation)},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

bool dtl_last_run_encode(const struct dtl_last_run *l, struct dtl_buffer *out)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        uint64_t v;
        memcpy(&v, (const char *)l + numbers[i].at, sizeof v);
        dtl_buffer_format(out, "%s=%" PRIu64 "\n", numbers[i].name, v);
    }
    if (l->trouble[0])
        dtl_buffer_format(out, "trouble=%s\n", l->trouble);
    for (size_t i = 0; i < l->heards; i++)
        dtl_buffer_format(out, "heard=%016" PRIx64 "\n", l->heard[i]);
    return !out->failed;
}

static bool number_of(struct dtl_bytes text, unsigned base, uint64_t *out)
{
    uint64_t v = 0;
    if (!text.n || text.n > (base == 16 ? 16 : 18))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        unsigned d = c >= '0' && c <= '9'   ? c - (unsigned)'0'
                     : c >= 'a' && c <= 'f' ? c - 'a' + 10u
                                            : 99;
        if (d >= base)
            return false;
        v = v * base + d;
    }
    *out = v;
    return true;
}

static void take_line(struct dtl_bytes name, struct dtl_bytes value, struct dtl_last_run *l)
{
    uint64_t v;
    if (dtl_bytes_is(name, "heard") && number_of(value, 16, &v))
        dtl_last_run_hear(l, v);
    if (dtl_bytes_is(name, "trouble")) {
        struct dtl_buffer clean = {0};
        dtl_utf8_sanitise(&clean, value, false);
        struct dtl_bytes fits = dtl_buffer_view(&clean);
        if (fits.n >= sizeof l->trouble)
            fits.n = sizeof l->trouble - 1;
        fits.n = dtl_utf8_valid_prefix(fits);
        memset(l->trouble, 0, sizeof l->trouble);
        if (fits.n)
            memcpy(l->trouble, fits.p, fits.n);
        l->trouble[fits.n] = 0;
        dtl_buffer_release(&clean);
    }
    for (size_t i = 0; i < NUMBERS; i++)
        if (dtl_bytes_is(name, numbers[i].name) && number_of(value, 10, &v))
            memcpy((char *)l + numbers[i].at, &v, sizeof v);
}

void dtl_last_run_decode(struct dtl_bytes text, struct dtl_last_run *out)
{
    *out = (struct dtl_last_run){0};
    while (text.n) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end ? (size_t)(end - text.p) : text.n;
        const uint8_t *equals = memchr(text.p, '=', n);
        if (equals) {
            size_t name = (size_t)(equals - text.p);
            take_line(dtl_bytes(text.p, name), dtl_bytes(equals + 1, n - name - 1), out);
        }
        text = dtl_bytes(text.p + n + (end != NULL), text.n - n - (end != NULL));
    }
}

bool dtl_last_run_heard(const struct dtl_last_run *l, uint64_t hash)
{
    for (size_t i = 0; i < l->heards; i++)
        if (l->heard[i] == hash)
            return true;
    return false;
}

void dtl_last_run_hear(struct dtl_last_run *l, uint64_t hash)
{
    if (l->heards < DTL_HEARD_MAX && !dtl_last_run_heard(l, hash))
        l->heard[l->heards++] = hash;
}
