/*
 * check.c - dtl_store_check: every page, every sum, every chunk, and what they say of one another.
 *
 * Databases are walked in the order of enum dtl_db, so the catalog is known before the chunks and
 * the dead that refer to it. Chunks come in key order: a segment's parts, or a group, are complete
 * when the next key begins another. What only the decoders of common/segment know (postings against
 * documents) is checked above the store.
 */
#include "common/base/hash.h"
#include "common/store/pages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LINES_MAX 200 /* findings reported one by one; the rest are counted */

struct row {
    struct dtl_segment_facts facts;
    bool seen; /* it has chunks */
};

struct use { /* an article group and what the segments use of it */
    uint32_t serial;
    uint64_t bytes;
    bool seen;
};

struct check {
    dtl_report_fn report;
    void *ctx;
    struct dtl_error *first; /* the caller's: the first damage found */
    uint64_t damages, notes;
    struct dtl_arena arena;
    struct row *row;
    size_t rows, rows_room;
    struct use *use;
    size_t uses;
    bool groups_listed;
    struct dtl_manifest said, counted;
    bool manifest_read, format_read, settings_read, serial_read, dictionary_seen;
    uint32_t next_serial;
    /* the run of chunks at hand */
    enum dtl_db db;     /* DTL_DBS: none */
    struct row *at_row; /* NULL: orphans */
    struct use *at_use;
    struct dtl_segment_name name;
    uint32_t serial;
    uint64_t bytes[DTL_PARTS_END];
    uint32_t chunks[DTL_PARTS_END];
    uint32_t short_chunk; /* a chunk that is not full must be its part's last */
    uint64_t orphans;
    struct dtl_broken *broken; /* the caller's, or NULL */
    bool no_memory;
};

__attribute__((format(printf, 3, 4))) static void say(struct check *c, bool damage, const char *fmt,
                                                      ...)
{
    char line[300];
    va_list ap;
    uint64_t *count = damage ? &c->damages : &c->notes;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (damage && c->damages == 0)
        dtl_fail(c->first, DTL_ECORRUPT, 0, "%s", line);
    if (++*count <= LINES_MAX && c->report)
        c->report(c->ctx, damage, line);
}

static void on_finding(void *ctx, bool damage, const char *line)
{
    say(ctx, damage, "%s", line);
}

/* A segment or group whose chunks are not all there and sound. */
static void broken(struct check *c, bool group, uint32_t serial)
{
    struct dtl_serials *list = !c->broken ? NULL
                               : group    ? &c->broken->groups
                                          : &c->broken->segments;
    c->no_memory |= list && !dtl_serials_add(list, serial);
}

/* ---- meta, catalog ---- */

static enum dtl_status check_meta(struct check *c, struct dtl_bytes key, struct dtl_bytes body)
{
    struct dtl_settings settings;
    struct dtl_error e = {0};
    enum dtl_status st = DTL_OK;
    if (dtl_bytes_is(key, DTL_META_FORMAT)) {
        c->format_read = true;
        st = dtl_format_decode(body, &e);
    } else if (dtl_bytes_is(key, DTL_META_SETTINGS)) {
        c->settings_read = true;
        st = dtl_settings_decode(body, &settings, &e);
    } else if (dtl_bytes_is(key, DTL_META_SERIAL)) {
        c->serial_read = true;
        st = dtl_serial_decode(body, &c->next_serial, &e);
    } else if (dtl_bytes_is(key, DTL_META_MANIFEST)) {
        c->manifest_read = true;
        st = dtl_manifest_decode(body, &c->said, &e);
    } else if (dtl_bytes_is(key, DTL_META_RUNS)) {
        struct dtl_arena arena = {0};
        struct dtl_run_time *run = NULL;
        size_t n = 0;
        st = dtl_runs_decode(body, &arena, &run, &n, &e);
        dtl_arena_release(&arena);
    } else if (dtl_bytes_starts(key, DTL_LITERAL(DTL_META_BOOKMARK))) {
        struct dtl_source_row row;
        struct dtl_bookmark bookmark;
        st = dtl_bookmark_decode(body, &row, &bookmark, &e);
    }
    c->no_memory |= st == DTL_ENOMEM; /* which is no damage */
    if (st != DTL_OK && st != DTL_ENOMEM)
        say(c, true, "%s", e.text);
    return DTL_OK;
}

static void chain(struct check *c, struct dtl_bytes key, struct dtl_bytes value)
{
    c->counted.rows_hash = dtl_hash64(key, c->counted.rows_hash);
    c->counted.rows_hash = dtl_hash64(dtl_bytes(value.p + value.n - 8, 8), c->counted.rows_hash);
}

static enum dtl_status check_row(struct check *c, struct dtl_bytes key, struct dtl_bytes value)
{
    struct dtl_error e = {0};
    struct row row = {0};
    enum dtl_status st = dtl_catalog_row(key, value, &c->arena, &row.facts, &e);
    if (st == DTL_ENOMEM)
        return st;
    chain(c, key, value);
    c->counted.rows++;
    if (st != DTL_OK) {
        say(c, true, "%s", e.text);
        return DTL_OK;
    }
    c->counted.docs += row.facts.docs;
    if (row.facts.serial >= c->next_serial)
        say(c, true, "segment %u: its serial has not been given out yet", row.facts.serial);
    if (c->rows == c->rows_room) {
        size_t room = c->rows_room ? 2 * c->rows_room : 64;
        struct row *more = realloc(c->row, room * sizeof *more);
        if (!more)
            return DTL_ENOMEM;
        c->row = more;
        c->rows_room = room;
    }
    c->row[c->rows++] = row;
    return DTL_OK;
}

static struct row *find_row(struct check *c, struct dtl_segment_name name)
{
    for (size_t low = 0, high = c->rows; low < high;) {
        size_t mid = (low + high) / 2;
        const struct dtl_segment_facts *f = &c->row[mid].facts;
        int order =
            dtl_segment_name_compare((struct dtl_segment_name){f->first_day, f->serial}, name);
        if (order == 0)
            return &c->row[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static int by_serial(const void *a, const void *b)
{
    uint32_t x = ((const struct use *)a)->serial, y = ((const struct use *)b)->serial;
    return x < y ? -1 : x > y;
}

/* Once the catalog is read: the groups its rows name, and how much of each they use together. */
static enum dtl_status list_groups(struct check *c)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < c->rows; i++)
        n += c->row[i].facts.groups;
    c->groups_listed = true;
    c->use = dtl_arena_alloc(&c->arena, (n + 1) * sizeof *c->use);
    if (!c->use)
        return DTL_ENOMEM;
    n = 0;
    for (size_t i = 0; i < c->rows; i++)
        for (size_t g = 0; g < c->row[i].facts.groups; g++)
            c->use[n++] = (struct use){c->row[i].facts.group[g].serial,
                                       c->row[i].facts.group[g].bytes, false};
    qsort(c->use, n, sizeof *c->use, by_serial);
    for (size_t i = 0; i < n; i++) {
        if (kept && c->use[kept - 1].serial == c->use[i].serial)
            c->use[kept - 1].bytes += c->use[i].bytes;
        else
            c->use[kept++] = c->use[i];
    }
    c->uses = kept;
    return DTL_OK;
}

/* ---- chunks ---- */

static void end_run(struct check *c)
{
    if (c->db == DTL_DB_SEGMENTS && c->at_row) {
        const struct dtl_segment_facts *f = &c->at_row->facts;
        for (int p = DTL_PART_TERMS; p < DTL_PARTS_END; p++)
            if (c->bytes[p] != f->part_bytes[p]) {
                broken(c, false, f->serial);
                say(c, true, "segment %u: part %d has %llu bytes, the catalog says %llu", f->serial,
                    p, (unsigned long long)c->bytes[p], (unsigned long long)f->part_bytes[p]);
            }
    } else if (c->db == DTL_DB_ARTICLES && c->at_use && c->bytes[0] < c->at_use->bytes) {
        broken(c, true, c->serial);
        say(c, true, "article group %u: has %llu bytes, its segments use %llu", c->serial,
            (unsigned long long)c->bytes[0], (unsigned long long)c->at_use->bytes);
    }
    c->db = DTL_DBS;
    c->at_row = NULL;
    c->at_use = NULL;
    memset(c->bytes, 0, sizeof c->bytes);
    memset(c->chunks, 0, sizeof c->chunks);
    c->short_chunk = 0;
}

static void check_payload(struct check *c, enum dtl_db db, struct dtl_bytes key,
                          struct dtl_bytes value, uint8_t part, uint32_t chunk)
{
    struct dtl_chunk open;
    struct dtl_error e = {0};
    const char *what = db == DTL_DB_SEGMENTS ? "segment" : "article group";
    uint32_t bad = 0;
    if (dtl_chunk_open(value, dtl_hash_seed(dtl_db_name[db], key), &open, &e) != DTL_OK) {
        broken(c, db == DTL_DB_ARTICLES, c->serial);
        say(c, true, "%s %u, part %u, chunk %u: %s", what, c->serial, part, chunk, e.text);
        return;
    }
    for (uint32_t g = 0; g < open.grains; g++)
        bad += !dtl_chunk_grain_holds(&open, g);
    bool next = chunk == c->chunks[part] && !(c->short_chunk & 1u << part);
    if (bad || !next)
        broken(c, db == DTL_DB_ARTICLES, c->serial);
    if (bad)
        say(c, true, "%s %u, part %u, chunk %u: %u of %u grains are damaged", what, c->serial, part,
            chunk, bad, open.grains);
    if (!next)
        say(c, true, "%s %u, part %u: chunk %u is not the next", what, c->serial, part, chunk);
    c->chunks[part] = chunk + 1;
    c->bytes[part] += open.payload_bytes;
    if (open.payload_bytes != DTL_CHUNK_PAYLOAD)
        c->short_chunk |= 1u << part;
}

static void check_segment_chunk(struct check *c, struct dtl_bytes key, struct dtl_bytes value)
{
    struct dtl_chunk_name n;
    if (!dtl_key_chunk_read(key, &n)) {
        say(c, true, "a key of 'segments' is not well formed");
        return;
    }
    if (c->db != DTL_DB_SEGMENTS || dtl_segment_name_compare(c->name, n.segment) != 0) {
        end_run(c);
        c->db = DTL_DB_SEGMENTS;
        c->name = n.segment;
        c->serial = n.segment.serial;
        c->at_row = find_row(c, n.segment);
        if (c->at_row)
            c->at_row->seen = true;
    }
    c->orphans += !c->at_row;
    if (c->at_row)
        check_payload(c, DTL_DB_SEGMENTS, key, value, n.part, n.chunk);
}

static void check_group_chunk(struct check *c, struct dtl_bytes key, struct dtl_bytes value)
{
    uint32_t serial = 0, chunk = 0;
    if (!dtl_key_group_read(key, &serial, &chunk)) {
        say(c, true, "a key of 'articles' is not well formed");
        return;
    }
    if (c->db != DTL_DB_ARTICLES || c->serial != serial) {
        struct use wanted = {.serial = serial};
        end_run(c);
        c->db = DTL_DB_ARTICLES;
        c->serial = serial;
        c->at_use = c->uses ? bsearch(&wanted, c->use, c->uses, sizeof wanted, by_serial) : NULL;
        if (c->at_use)
            c->at_use->seen = true;
    }
    c->orphans += !c->at_use;
    if (c->at_use)
        check_payload(c, DTL_DB_ARTICLES, key, value, 0, chunk);
}

/* ---- the rest ---- */

static enum dtl_status check_dead(struct check *c, struct dtl_bytes key, struct dtl_bytes body)
{
    struct dtl_segment_name name;
    struct dtl_dead *dead = NULL;
    struct dtl_error e = {0};
    struct row *row = dtl_key_segment_read(key, &name) ? find_row(c, name) : NULL;
    if (!row) {
        say(c, true, "a row of 'dead' has no segment");
        return DTL_OK;
    }
    enum dtl_status st = dtl_dead_decode(body, &row->facts, &dead, &e);
    if (st == DTL_OK)
        dtl_dead_release(dead);
    else if (st != DTL_ENOMEM)
        say(c, true, "the dead of segment %u: %s", name.serial, e.text);
    return st == DTL_ENOMEM ? st : DTL_OK;
}

static void check_small(struct check *c, enum dtl_db db, struct dtl_bytes key,
                        struct dtl_bytes body)
{
    struct dtl_source_row source;
    struct dtl_error e = {0};
    uint32_t number = 0;
    if (db == DTL_DB_SOURCES) {
        c->counted.sources++;
        if (dtl_source_row_decode(body, key, &source, &e) != DTL_OK)
            say(c, true, "%s", e.text);
    } else if (db == DTL_DB_DICTIONARIES) {
        if (!dtl_key_dictionary_read(key, &number))
            say(c, true, "a key of 'dictionaries' is not well formed");
        else if (number == c->said.dictionary)
            c->dictionary_seen = true;
        else
            c->orphans++;
    }
}

static enum dtl_status on_entry(void *ctx, enum dtl_db db, struct dtl_bytes key,
                                struct dtl_bytes value)
{
    struct check *c = ctx;
    struct dtl_bytes body = {0};
    struct dtl_error e = {0};
    enum dtl_status st = DTL_OK;
    if (db > DTL_DB_CATALOG && !c->groups_listed && (st = list_groups(c)) != DTL_OK)
        return st;
    if (db == DTL_DB_CATALOG)
        return check_row(c, key, value);
    if (db == DTL_DB_SEGMENTS || db == DTL_DB_ARTICLES) {
        (db == DTL_DB_SEGMENTS ? check_segment_chunk : check_group_chunk)(c, key, value);
        return DTL_OK;
    }
    if (db == DTL_DB_DEAD) {
        c->counted.dead_rows++;
        if (value.n >= 8)
            chain(c, key, value);
    }
    if (dtl_value_open(value, db, key, &body, &e) != DTL_OK) {
        say(c, true, "%s", e.text);
        return DTL_OK;
    }
    if (db == DTL_DB_META)
        return check_meta(c, key, body);
    if (db == DTL_DB_DEAD)
        return check_dead(c, key, body);
    check_small(c, db, key, body);
    return DTL_OK;
}

static void check_whole(struct check *c, const struct dtl_page_figures *figures)
{
    end_run(c);
    if (!c->format_read || !c->settings_read || !c->serial_read || !c->manifest_read)
        say(c, true, "a value of 'meta' is missing");
    else if (c->said.rows != c->counted.rows || c->said.dead_rows != c->counted.dead_rows ||
             c->said.docs != c->counted.docs || c->said.sources != c->counted.sources ||
             c->said.rows_hash != c->counted.rows_hash)
        say(c, true,
            "the catalog is not the one last published: %u segments, %llu articles, %llu "
            "files; %u, %llu, %llu expected",
            c->counted.rows, (unsigned long long)c->counted.docs,
            (unsigned long long)c->counted.sources, c->said.rows, (unsigned long long)c->said.docs,
            (unsigned long long)c->said.sources);
    if (c->said.dictionary && !c->dictionary_seen)
        say(c, true, "the dictionary %u is missing", c->said.dictionary);
    for (size_t i = 0; i < c->rows; i++)
        if (!c->row[i].seen) {
            broken(c, false, c->row[i].facts.serial);
            say(c, true, "segment %u: has no chunks", c->row[i].facts.serial);
        }
    for (size_t i = 0; i < c->uses; i++)
        if (!c->use[i].seen) {
            broken(c, true, c->use[i].serial);
            say(c, true, "article group %u: is missing", c->use[i].serial);
        }
    if (c->orphans)
        say(c, false, "%llu chunks of a run that did not end: the next run removes them",
            (unsigned long long)c->orphans);
    if (figures->lost_pages)
        say(c, false, "%llu pages are neither used nor free: `compact` gives them back",
            (unsigned long long)figures->lost_pages);
    if (c->damages > LINES_MAX && c->report) {
        char line[80];
        snprintf(line, sizeof line, "and %llu more findings",
                 (unsigned long long)(c->damages - LINES_MAX));
        c->report(c->ctx, true, line);
    }
}

enum dtl_status dtl_check_file(int fd, const struct dtl_page_meta *meta, dtl_report_fn report,
                               void *ctx, struct dtl_broken *list, struct dtl_error *err)
{
    struct dtl_page_figures figures = {0};
    struct dtl_error first = {0}, e = {0};
    struct check c = {.report = report, .ctx = ctx, .first = &first, .db = DTL_DBS, .broken = list};
    enum dtl_status st = dtl_pages_walk(fd, meta, on_entry, on_finding, &c, &figures, &e);
    if (st == DTL_OK && !c.groups_listed)
        st = list_groups(&c);
    if (st == DTL_OK)
        check_whole(&c, &figures);
    if (c.no_memory)
        st = DTL_ENOMEM;
    uint64_t damages = c.damages;
    free(c.row);
    dtl_arena_release(&c.arena);
    if (st == DTL_ENOMEM)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (st != DTL_OK)
        return dtl_fail(err, st, e.pos, "%s", e.text);
    if (damages == 0)
        return DTL_OK;
    return dtl_fail(err, DTL_ECORRUPT, damages, "%llu findings of damage, the first: %s",
                    (unsigned long long)damages, first.text);
}
