/*
 * csv.c - tables with a header: commas, semicolons, tabs or bars between fields, quoted fields that
 * may hold line ends (RFC 4180), one row an article, the header's words its field names.
 *
 * A table has no mark to know it by, so the bid asks for three things: a header of short distinct
 * words, a word among them that tables of articles have (or a name that says csv or tsv), and rows
 * of as many fields. The separator is the one under which that holds with the most columns.
 *
 * A row with another number of fields is rejected: which field is missing cannot be known. A quote
 * that is never closed would take the rest of the file for one field; such a row is given up and
 * reading goes on at the next line.
 */
#include "indexer/format/charset.h"

#include <stdlib.h>
#include <strings.h>

#define COLUMNS_MAX  1024
#define HEADER_BYTES 60 /* of one column's name, for a bid */
#define BID_ROWS     10
#define BROKEN_MAX   100 /* rows whose quote is not closed, before the rest is given up */

static const char separators[] = ",;\t|";

struct csv {
    struct dtl_input *in; /* UTF-8 */
    struct dtl_decoded *decoded;
    struct dtl_bytes path;
    char separator;
    struct dtl_bytes *names; /* in `memory` */
    size_t columns;
    struct dtl_arena memory;
    uint64_t line;
    size_t broken;
    bool begun;
};

/* ---- one row ---- */

struct row { /* views and offsets into the bytes it was scanned in */
    struct dtl_bytes cell[COLUMNS_MAX];
    bool quoted[COLUMNS_MAX]; /* holds its quotes still */
    size_t n;                 /* may be COLUMNS_MAX + 1: too many */
};

/*
 * Bytes of the row at the start of `in`, its line end included; 0: the row may go on behind `in`. A
 * row whose quotes are not closed ends at the end when `is_all`, *open is then true.
 */
static size_t scan(struct dtl_bytes in, char separator, bool is_all, struct row *row, bool *open)
{
    size_t at = 0, from = 0;
    bool quoted = false, inside = false, began = true;
    *open = false;
    row->n = 0;
    for (;; at++) {
        if (inside) {
            const uint8_t *q = at < in.n ? memchr(in.p + at, '"', in.n - at) : NULL;
            if (!q || (q + 1 == in.p + in.n && !is_all)) {
                *open = !q;
                return is_all ? in.n : 0;
            }
            at = (size_t)(q - in.p);
            if (at + 1 < in.n && in.p[at + 1] == '"')
                at++;
            else
                inside = false;
            continue;
        }
        bool end = at >= in.n;
        if (end && !is_all)
            return 0;
        uint8_t c = end ? '\n' : in.p[at];
        if (c == '"' && began) {
            quoted = inside = true;
            began = false;
        } else if (c == (uint8_t)separator || c == '\n' || c == '\r') {
            if (row->n < COLUMNS_MAX) {
                row->cell[row->n] = dtl_bytes(in.p + from, at - from);
                row->quoted[row->n] = quoted;
            }
            row->n += row->n <= COLUMNS_MAX;
            if (c != (uint8_t)separator) {
                if (c == '\r' && at + 1 >= in.n && !is_all)
                    return 0;
                return at + !end + (c == '\r' && at + 1 < in.n && in.p[at + 1] == '\n');
            }
            from = at + 1;
            quoted = false;
            began = true;
        } else if (c != ' ') {
            began = false;
        }
    }
}

/* The text of a cell: quotes around it gone, doubled ones single; line ends as LF. */
static bool text_of(struct dtl_bytes cell, bool quoted, struct dtl_arena *arena,
                    struct dtl_bytes *out)
{
    if (!quoted) {
        *out = dtl_bytes_trim(cell);
        return dtl_bytes_copy(arena, *out, out);
    }
    uint8_t *p = dtl_arena_alloc(arena, cell.n + 1);
    if (!p)
        return false;
    size_t n = 0, at = 0;
    while (at < cell.n && cell.p[at] == ' ')
        at++;
    bool inside = true;
    for (at++; at < cell.n; at++) { /* behind the opening quote */
        uint8_t c = cell.p[at];
        if (c == '"' && inside) {
            if (at + 1 < cell.n && cell.p[at + 1] == '"')
                at++;
            else {
                inside = false;
                continue;
            }
        }
        if (c == '\r') {
            if (at + 1 < cell.n && cell.p[at + 1] == '\n')
                continue;
            c = '\n';
        }
        p[n++] = c;
    }
    *out = dtl_bytes_trim(dtl_bytes(p, n));
    return true;
}

/* ---- the bid ---- */

static bool is_header_word(struct dtl_bytes cell)
{
    bool letter = false;
    if (cell.n >= 2 && cell.p[0] == '"' && cell.p[cell.n - 1] == '"')
        cell = dtl_bytes(cell.p + 1, cell.n - 2);
    cell = dtl_bytes_trim(cell);
    if (!cell.n || cell.n > HEADER_BYTES)
        return false;
    for (size_t i = 0; i < cell.n; i++) {
        uint8_t c = cell.p[i];
        letter |= c >= 0x80 || (dtl_is_alnum(c) && c > '9');
        if (c < 0x80 && !dtl_is_alnum(c) && !strchr("_- .:/@#()", c))
            return false;
    }
    return letter && cell.p[cell.n - 1] != '.';
}

static bool is_article_word(struct dtl_bytes cell)
{
    static const char *const words[] = {
        "id",  "date",      "title",   "headline",     "body",    "text",          "content",
        "url", "published", "pubdate", "published_at", "article", "date_published"};
    if (cell.n >= 2 && cell.p[0] == '"')
        cell = dtl_bytes(cell.p + 1, cell.n - 2);
    cell = dtl_bytes_trim(cell);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == cell.n && strncasecmp((const char *)cell.p, words[i], cell.n) == 0)
            return true;
    return false;
}

static bool is_table_name(struct dtl_bytes path)
{
    static const char *const marks[] = {".csv", ".tsv", ".tab"};
    for (size_t i = 0; i < 3; i++) {
        const uint8_t *p = memmem(path.p, path.n, marks[i], 4);
        if (p && (p + 4 == path.p + path.n || p[4] == '.'))
            return true;
    }
    return false;
}

static size_t first_line(struct dtl_bytes head) /* "sep=;" of a spreadsheet is no row */
{
    if (head.n > 6 && strncasecmp((const char *)head.p, "sep=", 4) == 0 &&
        (head.p[5] == '\n' || (head.p[5] == '\r' && head.p[6] == '\n')))
        return head.p[5] == '\n' ? 6 : 7;
    return 0;
}

/* Columns under which the head is a table; 0: none. *known: the header has a word of articles. */
static size_t table_of(struct dtl_bytes head, bool is_all, char separator, struct row *row,
                       size_t *rows, bool *known)
{
    size_t at = first_line(head), columns = 0, odd = 0;
    bool open;
    *rows = 0;
    *known = false;
    for (size_t r = 0; r <= BID_ROWS && at < head.n; r++) {
        size_t n = scan(dtl_bytes(head.p + at, head.n - at), separator, is_all, row, &open);
        if (!n || open)
            break;
        at += n;
        if (row->n == 1 && !dtl_bytes_trim(row->cell[0]).n)
            continue; /* an empty line */
        if (!columns) {
            columns = row->n;
            if (columns < 2 || columns > COLUMNS_MAX)
                return 0;
            for (size_t i = 0; i < columns; i++) {
                *known |= is_article_word(row->cell[i]);
                if (row->cell[i].n && !is_header_word(row->cell[i]))
                    return 0;
            }
        } else if (row->n != columns) {
            /* the last row of a file may be cut short */
            odd += !*rows || !is_all || at < head.n;
        } else {
            ++*rows;
        }
    }
    return odd * 3 > *rows ? 0 : columns;
}

static char separator_of(struct dtl_bytes head, bool is_all, bool *known, size_t *columns)
{
    struct row *row = malloc(sizeof *row);
    char best = 0;
    *columns = 0;
    *known = false;
    for (size_t s = 0; row && s < sizeof separators - 1; s++) {
        size_t rows;
        bool has;
        size_t n = table_of(head, is_all, separators[s], row, &rows, &has);
        if (n > *columns && (rows || is_all)) {
            best = separators[s];
            *columns = n;
            *known = has;
        }
    }
    free(row);
    return best;
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    bool known, named = is_table_name(path);
    size_t columns;
    if (!head.n || strchr("<{[", head.p[0]) || !separator_of(head, is_all, &known, &columns))
        return 0;
    return known ? (named ? 55 : 50) : named ? 30 : 0;
}

/* ---- the reader ---- */

static void csv_close(void *state)
{
    struct csv *c = state;
    dtl_decoded_close(c->decoded);
    dtl_arena_release(&c->memory);
    free(c);
}

static enum dtl_status csv_open(void **state, struct dtl_input *in,
                                const struct dtl_format_options *o, struct dtl_error *err)
{
    struct csv *c = calloc(1, sizeof *c);
    if (!c)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    c->line = 1;
    c->path = o->path;
    enum dtl_status st = dtl_decoded_open(&c->decoded, in, o, false, err);
    if (st < 0) {
        csv_close(c);
        return st;
    }
    c->in = dtl_decoded_input(c->decoded);
    *state = c;
    return DTL_OK;
}

/* Give up the row in hand as far as the end of its first line. */
static enum dtl_status give_up(struct csv *c, struct dtl_bytes view, struct dtl_error *err,
                               const char *why)
{
    uint64_t line = c->line;
    const uint8_t *nl = memchr(view.p, '\n', view.n);
    dtl_format_skip(c->in, view, nl ? (size_t)(nl - view.p) + 1 : view.n, &c->line);
    return dtl_fail(err, ++c->broken > BROKEN_MAX ? DTL_ECORRUPT : DTL_EINPUT, dtl_input_at(c->in),
                    "line %llu: %s", (unsigned long long)line, why);
}

/* The next row that is not empty, still in the window: *used bytes of *view. DTL_END: none. */
static enum dtl_status next_row(struct csv *c, struct row *row, struct dtl_bytes *view,
                                size_t *used, struct dtl_error *err)
{
    size_t want = (size_t)64 << 10;
    for (;;) {
        bool open;
        enum dtl_status st = dtl_input_peek(c->in, want, view, err);
        if (st < 0)
            return st;
        if (!view->n)
            return DTL_END;
        bool is_all = view->n < want;
        *used = scan(*view, c->separator, is_all, row, &open);
        if (open)
            return give_up(c, *view, err, "a quoted field is not closed; close it with a quote");
        if (!*used && want > DTL_FORMAT_RECORD_MAX)
            return give_up(c, *view, err, "a row over 64 MiB; is a quote not closed?");
        if (!*used) {
            want *= 4;
            continue;
        }
        if (row->n != 1 || dtl_bytes_trim(row->cell[0]).n)
            return DTL_OK;
        dtl_format_skip(c->in, *view, *used, &c->line);
    }
}

/* Names of columns must be distinct: the second "text" is "text_2", one without a name "column_3".
 */
static bool name_column(struct csv *c, size_t i, struct dtl_bytes name)
{
    struct dtl_buffer b = {0};
    if (name.n)
        dtl_buffer_append(&b, name.p, name.n);
    else
        dtl_buffer_format(&b, "column_%zu", i + 1);
    size_t bare = b.n;
    for (size_t k = 0, again = 2; k < i && !b.failed; k++) {
        if (!dtl_bytes_equal(c->names[k], dtl_buffer_view(&b)))
            continue;
        b.n = bare;
        dtl_buffer_format(&b, "_%zu", again++);
        k = (size_t)-1; /* from the first again */
    }
    bool ok = !b.failed && dtl_bytes_copy(&c->memory, dtl_buffer_view(&b), &c->names[i]);
    dtl_buffer_release(&b);
    return ok;
}

static enum dtl_status begin(struct csv *c, struct row *row, struct dtl_error *err)
{
    struct dtl_bytes head;
    bool known;
    size_t used;
    enum dtl_status st = dtl_input_peek(c->in, DTL_FORMAT_BID_BYTES + 1, &head, err);
    if (st < 0)
        return st;
    c->separator = separator_of(head, head.n <= DTL_FORMAT_BID_BYTES, &known, &(size_t){0});
    if (!c->separator) /* --format csv: a table all the same */
        c->separator = memchr(head.p ? head.p : (const uint8_t *)"", '\t', head.n) ? '\t' : ',';
    dtl_format_skip(c->in, head, first_line(head), &c->line);
    st = next_row(c, row, &head, &used, err);
    if (st != DTL_OK)
        return st;
    if (row->n > COLUMNS_MAX)
        return dtl_fail(err, DTL_ECORRUPT, 0, "line %llu: a header of over %d columns",
                        (unsigned long long)c->line, COLUMNS_MAX);
    c->names = dtl_arena_alloc(&c->memory, row->n * sizeof *c->names);
    bool ok = c->names != NULL;
    for (size_t i = 0; ok && i < row->n; i++) {
        struct dtl_bytes name;
        ok = text_of(row->cell[i], row->quoted[i], &c->memory, &name) && name_column(c, i, name);
    }
    if (!ok)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    c->columns = row->n;
    dtl_format_skip(c->in, head, used, &c->line);
    c->begun = true;
    return DTL_OK;
}

static enum dtl_status take_row(struct csv *c, struct row *row, struct dtl_arena *arena,
                                struct dtl_record *r, struct dtl_error *err)
{
    if (row->n != c->columns)
        return dtl_fail(err, DTL_EINPUT, r->at, "line %llu: %zu fields where the header has %zu",
                        (unsigned long long)r->line, row->n, c->columns);
    r->fields = dtl_arena_alloc(arena, c->columns * sizeof *r->fields);
    struct dtl_value *values = dtl_arena_alloc(arena, c->columns * sizeof *values);
    if (!r->fields || !values)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < c->columns; i++) {
        struct dtl_value *v = &values[r->n];
        if (!text_of(row->cell[i], row->quoted[i], arena, &v->text) ||
            !dtl_bytes_copy(arena, c->names[i], &r->fields[r->n].name))
            return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        if (!v->text.n)
            continue; /* an empty cell states nothing */
        r->fields[r->n].v = v;
        r->fields[r->n++].n = 1;
    }
    dtl_decoded_tell(c->decoded, r);
    return DTL_OK;
}

static enum dtl_status csv_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                struct dtl_error *err)
{
    struct csv *c = state;
    struct dtl_bytes view;
    size_t used;
    struct row *row = dtl_arena_take(arena, sizeof *row);
    if (!row)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = c->broken > BROKEN_MAX ? DTL_END : DTL_OK;
    if (st == DTL_OK && !c->begun)
        st = begin(c, row, err);
    if (st == DTL_OK)
        st = next_row(c, row, &view, &used, err);
    if (st != DTL_OK)
        return st;
    struct dtl_record r = {.at = dtl_input_at(c->in), .line = c->line};
    st = take_row(c, row, arena, &r, err);
    dtl_format_skip(c->in, view, used, &c->line);
    if (st == DTL_OK)
        *out = r;
    return st;
}

const struct dtl_format dtl_format_csv = {
    .name = "csv",
    .summary = "tables with a header: commas, semicolons, tabs or bars, quoted as in RFC 4180",
    .confidence = 55,
    .undated_is_final = true,
    .comma_lists = true,
    .bid = bid,
    .open = csv_open,
    .next = csv_next,
    .close = csv_close,
};
