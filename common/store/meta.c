/*
 * meta.c - the values of `meta`: format, settings, manifest, next serial (docs/FORMAT.md, "Meta").
 *
 * `format` is read before anything else and its layout never changes, so that every version can say
 * what an index is that it cannot read.
 */
#include "common/store/store_internal.h"

#include "common/codec/varint.h"

static const char magic[8] = {'d', 'a', 't', 'e', 'l', 'i', 'n', 'e'};

bool dtl_format_encode(struct dtl_buffer *out)
{
    dtl_buffer_append(out, magic, sizeof magic);
    return dtl_buffer_u32(out, DTL_FORMAT_VERSION);
}

enum dtl_status dtl_format_decode(struct dtl_bytes in, struct dtl_error *err)
{
    if (in.n < sizeof magic + 4 || memcmp(in.p, magic, sizeof magic) != 0)
        return dtl_fail(err, DTL_ECORRUPT, 0, "the format of the index is not readable");
    uint32_t version = dtl_load32(in.p + sizeof magic);
    if (version == 0)
        return dtl_fail(err, DTL_ECORRUPT, 0, "the format of the index is not readable");
    if (version > DTL_FORMAT_VERSION)
        return dtl_fail(err, DTL_EVERSION, version,
                        "the index has format %u, made by a newer dateline; this one reads format "
                        "%u: install the newer one",
                        version, DTL_FORMAT_VERSION);
    if (version < DTL_FORMAT_VERSION)
        return dtl_fail(err, DTL_EVERSION, version,
                        "the index has format %u, this program reads format %u: `dateline-index "
                        "compact --reanalyse` makes it anew from its stored articles",
                        version, DTL_FORMAT_VERSION);
    if (in.n != sizeof magic + 4)
        return dtl_fail(err, DTL_ECORRUPT, sizeof magic + 4, "the format has trailing bytes");
    return DTL_OK;
}

static void put_text(struct dtl_buffer *out, const char *text, size_t room)
{
    size_t n = strnlen(text, room - 1);
    dtl_buffer_varint(out, n);
    dtl_buffer_append(out, text, n);
}

static void read_text(struct dtl_reader *r, char *text, size_t room)
{
    uint32_t n = dtl_read_varint32(r);
    struct dtl_bytes b = dtl_read_bytes(r, n < room ? n : 0);
    if (n >= room || (b.n && memchr(b.p, 0, b.n)))
        r->bad = true;
    if (!r->bad && b.n)
        memcpy(text, b.p, b.n);
}

bool dtl_settings_encode(const struct dtl_settings *v, struct dtl_buffer *out)
{
    dtl_buffer_u32(out, v->title_weight);
    dtl_buffer_u16(out, v->default_lang);
    put_text(out, v->versions, sizeof v->versions);
    put_text(out, v->detector, sizeof v->detector);
    return !out->failed;
}

enum dtl_status dtl_settings_decode(struct dtl_bytes in, struct dtl_settings *out,
                                    struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    struct dtl_settings v = {0};
    v.title_weight = dtl_read_u32(&r);
    v.default_lang = dtl_read_u16(&r);
    read_text(&r, v.versions, sizeof v.versions);
    read_text(&r, v.detector, sizeof v.detector);
    if (r.bad || r.at != in.n || v.title_weight == 0 || v.title_weight > UINT16_MAX)
        return dtl_fail(err, DTL_ECORRUPT, r.at, "the settings of the index are not well formed");
    *out = v;
    return DTL_OK;
}

bool dtl_manifest_encode(const struct dtl_manifest *m, struct dtl_buffer *out)
{
    dtl_buffer_u64(out, m->generation);
    dtl_buffer_u32(out, m->rows);
    dtl_buffer_u32(out, m->dead_rows);
    dtl_buffer_u64(out, m->docs);
    dtl_buffer_u64(out, m->sources);
    dtl_buffer_u64(out, m->rows_hash);
    return dtl_buffer_u32(out, m->dictionary);
}

enum dtl_status dtl_manifest_decode(struct dtl_bytes in, struct dtl_manifest *out,
                                    struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    struct dtl_manifest m = {0};
    m.generation = dtl_read_u64(&r);
    m.rows = dtl_read_u32(&r);
    m.dead_rows = dtl_read_u32(&r);
    m.docs = dtl_read_u64(&r);
    m.sources = dtl_read_u64(&r);
    m.rows_hash = dtl_read_u64(&r);
    m.dictionary = dtl_read_u32(&r);
    if (r.bad || r.at != in.n || m.dead_rows > m.rows || (m.rows == 0) != (m.docs == 0) ||
        m.docs > (uint64_t)m.rows * DTL_SEGMENT_DOCS_MAX)
        return dtl_fail(err, DTL_ECORRUPT, r.at, "the manifest of the index is not well formed");
    *out = m;
    return DTL_OK;
}

bool dtl_serial_encode(uint32_t next, struct dtl_buffer *out)
{
    return dtl_buffer_u32(out, next);
}

enum dtl_status dtl_serial_decode(struct dtl_bytes in, uint32_t *next, struct dtl_error *err)
{
    if (in.n != 4 || dtl_load32(in.p) == 0)
        return dtl_fail(err, DTL_ECORRUPT, 0, "the next serial of the index is not well formed");
    *next = dtl_load32(in.p);
    return DTL_OK;
}

/* ---- times of runs ---- */

bool dtl_runs_append(const struct dtl_run_time *last, const struct dtl_run_time *run,
                     struct dtl_buffer *out)
{
    int64_t passed =
        (int64_t)((uint64_t)run->seconds - (uint64_t)last->seconds); /* clocks are set back, too */
    dtl_buffer_varint(out, run->generation - last->generation - 1);
    return dtl_buffer_varint(out, (uint64_t)passed << 1 ^ (uint64_t)(passed >> 63));
}

enum dtl_status dtl_runs_decode(struct dtl_bytes in, struct dtl_arena *arena,
                                struct dtl_run_time **runs, size_t *n, struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    struct dtl_run_time now = {0};
    struct dtl_run_time *out = dtl_arena_alloc(arena, (in.n / 2 + 1) * sizeof *out);
    size_t count = 0;
    if (!out)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the times of runs");
    while (r.at < in.n) {
        uint64_t gap = dtl_varint(&r), zigzag = dtl_varint(&r);
        if (r.bad || gap >= UINT64_MAX - now.generation)
            return dtl_fail(err, DTL_ECORRUPT, r.at,
                            "the times of the index's runs are not well formed");
        now.generation += gap + 1;
        now.seconds =
            (int64_t)((uint64_t)now.seconds + (zigzag >> 1 ^ (UINT64_C(0) - (zigzag & 1))));
        out[count++] = now;
    }
    *runs = out;
    *n = count;
    return DTL_OK;
}
