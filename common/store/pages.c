/*
 * pages.c - LMDB's trees walked page by page with pread; every number is checked before it is
 * followed.
 *
 * What a sound file is: every page of it is a meta page, in exactly one tree, or in the free list;
 * keys rise; nodes fill a page's upper half without gap; a tree's record counts its pages and
 * entries rightly. A page that breaks this is reported and not descended into, so one damaged page
 * is one finding and not a thousand.
 */
#include "common/store/pages.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGE_HEADER 16u
#define NODE_HEADER 8u
#define BRANCH      0x01u
#define LEAF        0x02u
#define OVERFLOW    0x04u
#define BIG_DATA    0x01u /* the value is on overflow pages */
#define SUB_DATA    0x02u /* the value is the record of a named database */
#define RECORD      48u
#define LEVELS      32u
#define KEY_MAX     511u
#define VALUE_MAX   ((size_t)256 << 20) /* of any value the store writes; more is not allocated */
#define NO_PAGE     UINT64_MAX

enum tree { FREE_TREE = -2, MAIN_TREE = -1 }; /* or enum dtl_db */

struct key {
    uint8_t p[KEY_MAX];
    size_t n;
    bool set;
};

struct level {
    uint8_t *page;
    uint64_t number;
    uint32_t at, keys;
};

struct counts {
    uint64_t branch, leaf, overflow, entries;
};

struct walk {
    int fd;
    const struct dtl_page_meta *meta;
    uint8_t *used, *unused; /* a bit a page */
    struct level level[LEVELS];
    struct dtl_page_db db[DTL_DBS];
    bool found[DTL_DBS];
    struct dtl_buffer value;
    struct key last, floor; /* of the tree at hand: the key before, the separator on the way down */
    struct counts count;
    dtl_page_entry_fn entry;
    dtl_page_finding_fn finding;
    void *ctx;
    struct dtl_page_figures *figures;
    struct dtl_error *err;
};

__attribute__((format(printf, 2, 3))) static void found(struct walk *w, const char *fmt, ...)
{
    char line[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    w->finding(w->ctx, true, line);
}

static const char *name_of(int tree)
{
    return tree == FREE_TREE   ? "the free list"
           : tree == MAIN_TREE ? "the main tree"
                               : dtl_db_name[tree];
}

/* Take page `number` for a tree; false (and a finding) when it cannot be there. */
static bool claim(struct walk *w, uint64_t number, int tree)
{
    if (number < 2 || number > w->meta->last_page) {
        found(w, "%s: page %llu is outside the file", name_of(tree), (unsigned long long)number);
        return false;
    }
    uint8_t bit = (uint8_t)(1u << (number & 7));
    if (w->used[number >> 3] & bit) {
        found(w, "%s: page %llu is in use twice", name_of(tree), (unsigned long long)number);
        return false;
    }
    w->used[number >> 3] |= bit;
    return true;
}

static enum dtl_status read_bytes(struct walk *w, void *to, size_t n, uint64_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t r = pread(w->fd, (uint8_t *)to + done, n - done, (off_t)(at + done));
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return dtl_fail(w->err, DTL_EIO, at, "reading data.mdb at byte %llu failed",
                            (unsigned long long)(at + done));
        done += (size_t)r;
    }
    return DTL_OK;
}

/* Told as a finding, when the walk goes on without the page. */
static bool unreadable(struct walk *w, int tree, uint64_t number, enum dtl_status st)
{
    bool skip = st == DTL_EIO && w->meta->reads_on;
    if (skip)
        found(w, "%s: page %llu cannot be read", name_of(tree), (unsigned long long)number);
    return skip;
}

/* ---- one page ---- */

struct node {
    uint32_t size; /* of the value: leaf only */
    uint16_t flags;
    uint64_t child; /* branch only */
    struct dtl_bytes key;
    const uint8_t *data; /* what follows the key */
};

static struct node node_at(const uint8_t *page, uint32_t i)
{
    const uint8_t *p = page + dtl_load16(page + PAGE_HEADER + 2 * (size_t)i);
    uint32_t low = dtl_load32(p); /* two halves, low first */
    struct node n = {.size = low, .flags = dtl_load16(p + 4)};
    n.child = low | (uint64_t)n.flags << 32;
    n.key = dtl_bytes(p + NODE_HEADER, dtl_load16(p + 6));
    n.data = p + NODE_HEADER + n.key.n;
    return n;
}

/* Every node inside the page, together exactly its upper part: then node_at is safe. */
static const char *page_fault(const struct walk *w, const uint8_t *p, uint64_t number, bool leaf)
{
    uint32_t bytes = w->meta->page_bytes;
    uint32_t lower = dtl_load16(p + 12), upper = dtl_load16(p + 14), sum = 0;
    if (dtl_load64(p) != number)
        return "carries another number";
    if (dtl_load16(p + 10) != (leaf ? LEAF : BRANCH))
        return "is of another kind than its place asks";
    if (lower <= PAGE_HEADER || lower > upper || upper > bytes || (lower & 1) || (upper & 1))
        return "has impossible bounds";
    for (uint32_t i = 0; i < (lower - PAGE_HEADER) / 2; i++) {
        uint32_t at = dtl_load16(p + PAGE_HEADER + 2 * (size_t)i);
        if (at < upper || (at & 1) || at + NODE_HEADER > bytes)
            return "has a node outside its bounds";
        const uint8_t *n = p + at;
        uint32_t flags = dtl_load16(n + 4), size = NODE_HEADER + dtl_load16(n + 6);
        if (leaf && (flags & ~(BIG_DATA | SUB_DATA)))
            return "has a node of an unknown kind";
        if (leaf && (flags & BIG_DATA))
            size += 8;
        else if (leaf && dtl_load32(n) > bytes)
            return "has a value longer than a page";
        else if (leaf)
            size += dtl_load32(n);
        if (at + size > bytes)
            return "has a node that reaches beyond it";
        sum += (size + 1) & ~1u;
    }
    return sum == bytes - upper ? NULL : "has nodes that do not fill it";
}

static int compare_keys(int tree, struct dtl_bytes a, struct dtl_bytes b)
{
    if (tree != FREE_TREE || a.n != 8 || b.n != 8)
        return dtl_bytes_compare(a, b);
    uint64_t x = dtl_load64(a.p),
             y = dtl_load64(b.p); /* transaction numbers, as the machine has them */
    return x < y ? -1 : x > y;
}

static void keep_key(struct key *k, struct dtl_bytes from)
{
    k->n = from.n <= KEY_MAX ? from.n : KEY_MAX;
    if (k->n)
        memcpy(k->p, from.p, k->n);
    k->set = true;
}

static bool key_rises(struct walk *w, int tree, struct dtl_bytes key, bool separator)
{
    bool fine = key.n >= 1 && key.n <= KEY_MAX;
    if (fine && w->last.set)
        fine = compare_keys(tree, dtl_bytes(w->last.p, w->last.n), key) < 0;
    if (fine && !separator && w->floor.set)
        fine = compare_keys(tree, dtl_bytes(w->floor.p, w->floor.n), key) <= 0;
    return fine;
}

/* ---- values ---- */

/* The value of a leaf's node in *out; *fine false (and a finding) when it cannot be read. */
static enum dtl_status value_of(struct walk *w, int tree, const struct node *n,
                                struct dtl_bytes *out, bool *fine)
{
    uint32_t bytes = w->meta->page_bytes;
    uint8_t head[PAGE_HEADER];
    *fine = true;
    *out = dtl_bytes(n->data, n->size);
    if (!(n->flags & BIG_DATA))
        return DTL_OK;
    *fine = false;
    uint64_t number = dtl_load64(n->data), need = (PAGE_HEADER - 1 + (uint64_t)n->size) / bytes + 1;
    if (n->size > VALUE_MAX || number < 2 || number > w->meta->last_page ||
        need > w->meta->last_page - number + 1) {
        found(w, "%s: a value of %u bytes on page %llu is outside the file", name_of(tree), n->size,
              (unsigned long long)number);
        return DTL_OK;
    }
    enum dtl_status st = read_bytes(w, head, sizeof head, number * bytes);
    if (unreadable(w, tree, number, st))
        return DTL_OK;
    if (st != DTL_OK)
        return st;
    uint64_t pages = dtl_load32(head + 12);
    if (dtl_load64(head) != number || dtl_load16(head + 10) != OVERFLOW || pages < need ||
        pages > w->meta->last_page - number + 1) {
        found(w, "%s: page %llu does not hold the value its leaf says", name_of(tree),
              (unsigned long long)number);
        return DTL_OK;
    }
    for (uint64_t i = 0; i < pages; i++)
        if (!claim(w, number + i, tree))
            return DTL_OK;
    w->count.overflow += pages;
    dtl_buffer_reset(&w->value);
    if (!dtl_buffer_reserve(&w->value, n->size))
        return dtl_fail(w->err, DTL_ENOMEM, 0, "out of memory");
    st = read_bytes(w, w->value.p, n->size, number * bytes + PAGE_HEADER);
    *out = dtl_bytes(w->value.p, n->size);
    *fine = st == DTL_OK;
    return unreadable(w, tree, number, st) ? DTL_OK : st;
}

/* An entry of the free list: a count and so many page numbers, falling. */
static void take_free(struct walk *w, struct dtl_bytes key, struct dtl_bytes v)
{
    uint64_t n = v.n >= 8 ? dtl_load64(v.p) : 0, last = UINT64_MAX;
    uint64_t freed = key.n == 8 ? dtl_load64(key.p) : 0; /* the transaction that gave them back */
    if (freed == 0 || freed > w->meta->transaction || v.n < 8 || v.n % 8 || n > v.n / 8 - 1) {
        found(w, "the free list: an entry is not well formed");
        return;
    }
    for (uint64_t i = 1; i <= n; i++) {
        uint64_t page = dtl_load64(v.p + 8 * i);
        if (page < 2 || page > w->meta->last_page || page >= last) {
            found(w, "the free list: page %llu cannot be free", (unsigned long long)page);
            return;
        }
        uint8_t bit = (uint8_t)(1u << (page & 7));
        if (w->unused[page >> 3] & bit)
            found(w, "the free list: page %llu is free twice", (unsigned long long)page);
        w->unused[page >> 3] |= bit;
        last = page;
    }
}

struct dtl_page_db dtl_page_db_read(const uint8_t *p)
{
    return (struct dtl_page_db){
        .pad = dtl_load32(p),
        .flags = dtl_load16(p + 4),
        .depth = dtl_load16(p + 6),
        .branch_pages = dtl_load64(p + 8),
        .leaf_pages = dtl_load64(p + 16),
        .overflow_pages = dtl_load64(p + 24),
        .entries = dtl_load64(p + 32),
        .root = dtl_load64(p + 40),
    };
}

static void take_database(struct walk *w, const struct node *n, struct dtl_bytes v)
{
    for (int i = 0; i < DTL_DBS; i++)
        if (dtl_bytes_is(n->key, dtl_db_name[i]) && n->flags == SUB_DATA && v.n == RECORD) {
            w->db[i] = dtl_page_db_read(v.p);
            w->found[i] = true;
            return;
        }
    found(w, "the main tree: an entry that is no database of an index");
}

static enum dtl_status take_leaf(struct walk *w, int tree, const uint8_t *page, uint32_t keys,
                                 uint64_t number)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; st == DTL_OK && i < keys; i++) {
        struct node n = node_at(page, i);
        struct dtl_bytes v = {0};
        bool fine = false;
        w->count.entries++;
        if (!key_rises(w, tree, n.key, false)) {
            found(w, "%s: keys of page %llu do not rise", name_of(tree),
                  (unsigned long long)number);
            return DTL_OK;
        }
        keep_key(&w->last, n.key);
        st = value_of(w, tree, &n, &v, &fine);
        if (st != DTL_OK || !fine)
            continue;
        if ((n.flags & SUB_DATA) && tree != MAIN_TREE)
            found(w, "%s: an entry of page %llu is no value", name_of(tree),
                  (unsigned long long)number);
        else if (tree == FREE_TREE)
            take_free(w, n.key, v);
        else if (tree == MAIN_TREE)
            take_database(w, &n, v);
        else
            st = w->entry(w->ctx, (enum dtl_db)tree, n.key, v);
    }
    return st;
}

/* ---- trees ---- */

/* Read page `number` into level `depth`; *fine false when there is nothing to walk there. */
static enum dtl_status enter(struct walk *w, int tree, uint32_t depth, uint64_t number, bool leaf,
                             bool *fine)
{
    struct level *l = &w->level[depth];
    *fine = false;
    if (!l->page && !(l->page = malloc(w->meta->page_bytes)))
        return dtl_fail(w->err, DTL_ENOMEM, 0, "out of memory");
    if (!claim(w, number, tree))
        return DTL_OK;
    enum dtl_status st = read_bytes(w, l->page, w->meta->page_bytes, number * w->meta->page_bytes);
    if (unreadable(w, tree, number, st))
        return DTL_OK;
    if (st != DTL_OK)
        return st;
    const char *fault = page_fault(w, l->page, number, leaf);
    if (fault) {
        found(w, "%s: page %llu %s", name_of(tree), (unsigned long long)number, fault);
        return DTL_OK;
    }
    l->number = number;
    l->at = 0;
    l->keys = (dtl_load16(l->page + 12) - PAGE_HEADER) / 2u;
    if (leaf)
        w->count.leaf++;
    else
        w->count.branch++;
    *fine = true;
    return DTL_OK;
}

static enum dtl_status walk_pages(struct walk *w, int tree, const struct dtl_page_db *db)
{
    bool fine = false;
    uint32_t depth = 0;
    enum dtl_status st = enter(w, tree, 0, db->root, db->depth == 1, &fine);
    if (st != DTL_OK || !fine)
        return st;
    for (;;) {
        struct level *l = &w->level[depth];
        if (depth + 1u == db->depth) {
            st = take_leaf(w, tree, l->page, l->keys, l->number);
            if (st != DTL_OK)
                return st;
            l->at = l->keys;
        }
        while (l->at == l->keys) { /* up, to a branch that has more */
            if (depth == 0)
                return DTL_OK;
            l = &w->level[--depth];
        }
        struct node n = node_at(l->page, l->at);
        if (l->at++ > 0) { /* the first separator of a branch is not kept by LMDB */
            if (!key_rises(w, tree, n.key, true))
                found(w, "%s: separators of page %llu do not rise", name_of(tree),
                      (unsigned long long)l->number);
            keep_key(&w->floor, n.key);
        }
        st = enter(w, tree, depth + 1, n.child, depth + 2u == db->depth, &fine);
        if (st != DTL_OK)
            return st;
        if (fine)
            depth++;
    }
}

static enum dtl_status walk_tree(struct walk *w, int tree, const struct dtl_page_db *db)
{
    w->count = (struct counts){0};
    w->last.set = w->floor.set = false;
    uint16_t flags = tree == FREE_TREE ? 0x08 : 0; /* the free list's keys are integers */
    if (db->root == NO_PAGE) {
        if (db->depth || db->entries || db->leaf_pages || db->branch_pages || db->overflow_pages)
            found(w, "%s: has counts and no pages", name_of(tree));
        return DTL_OK;
    }
    if (db->depth == 0 || db->depth > LEVELS || (db->flags & 0x7fff) != flags) {
        found(w, "%s: its record is damaged", name_of(tree));
        return DTL_OK;
    }
    enum dtl_status st = walk_pages(w, tree, db);
    if (st == DTL_OK &&
        (w->count.branch != db->branch_pages || w->count.leaf != db->leaf_pages ||
         w->count.overflow != db->overflow_pages || w->count.entries != db->entries))
        found(w, "%s: has %llu entries on %llu pages, its record says %llu on %llu", name_of(tree),
              (unsigned long long)w->count.entries,
              (unsigned long long)(w->count.branch + w->count.leaf + w->count.overflow),
              (unsigned long long)db->entries,
              (unsigned long long)(db->branch_pages + db->leaf_pages + db->overflow_pages));
    return st;
}

static void account(struct walk *w)
{
    uint64_t both = 0, lost = 0, unused = 0, first = 0;
    for (uint64_t n = 2; n <= w->meta->last_page; n++) {
        bool u = w->used[n >> 3] >> (n & 7) & 1, f = w->unused[n >> 3] >> (n & 7) & 1;
        unused += f;
        lost += !u && !f;
        if (u && f && both++ == 0)
            first = n;
    }
    if (both)
        found(w, "the free list: %llu pages are free and in use, the first is %llu",
              (unsigned long long)both, (unsigned long long)first);
    w->figures->pages = w->meta->last_page + 1;
    w->figures->free_pages = unused;
    w->figures->lost_pages = lost;
}

static void release(struct walk *w)
{
    for (uint32_t i = 0; i < LEVELS; i++)
        free(w->level[i].page);
    dtl_buffer_release(&w->value);
    free(w->used);
    free(w->unused);
}

static void note_finding(void *ctx, bool damage, const char *line)
{
    (void)line;
    *(bool *)ctx |= damage;
}

bool dtl_pages_are_free(int fd, const struct dtl_page_meta *meta, uint64_t from, uint64_t to)
{
    bool damaged = false;
    struct dtl_error err = {0};
    struct walk w = {.fd = fd, .meta = meta, .finding = note_finding, .ctx = &damaged, .err = &err};
    size_t bits = (size_t)(meta->last_page >> 3) + 1;
    w.used = calloc(bits, 1);
    w.unused = calloc(bits, 1);
    bool all = w.used && w.unused && walk_tree(&w, FREE_TREE, &meta->free) == DTL_OK && !damaged;
    for (uint64_t n = from; all && n <= to; n++)
        all = w.unused[n >> 3] >> (n & 7) & 1;
    release(&w);
    return all;
}

enum dtl_status dtl_pages_walk(int fd, const struct dtl_page_meta *meta, dtl_page_entry_fn entry,
                               dtl_page_finding_fn finding, void *ctx,
                               struct dtl_page_figures *figures, struct dtl_error *err)
{
    struct walk w = {.fd = fd,
                     .meta = meta,
                     .entry = entry,
                     .finding = finding,
                     .ctx = ctx,
                     .figures = figures,
                     .err = err};
    size_t bits = (size_t)(meta->last_page >> 3) + 1; /* the file is that long */
    enum dtl_status st = DTL_OK;
    w.used = calloc(bits, 1);
    w.unused = calloc(bits, 1);
    if (!w.used || !w.unused)
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (st == DTL_OK)
        st = walk_tree(&w, FREE_TREE, &meta->free);
    if (st == DTL_OK)
        st = walk_tree(&w, MAIN_TREE, &meta->main);
    for (int i = 0; st == DTL_OK && i < DTL_DBS; i++) {
        if (!w.found[i])
            found(&w, "the database '%s' is missing", dtl_db_name[i]);
        else
            st = walk_tree(&w, i, &w.db[i]);
        figures->entries[i] = w.count.entries;
    }
    if (st == DTL_OK)
        account(&w);
    release(&w);
    return st;
}
