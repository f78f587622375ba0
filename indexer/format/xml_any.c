/*
 * xml_any.c - XML of nobody's standard: an agency's feed, the dump of a system of one's own.
 *
 * Two forms of it are articles beyond doubt. Records: an element that has, one beside the other,
 * children named as a title, a text and a day are named everywhere; each child is a field. And
 * documents: elements of paragraphs, which make one text. All other XML is no article.
 *
 * The names are looked for in the head, by tags alone; the items are then cut out and parsed as
 * those of the known dialects are.
 */
#include "common/base/utf8.h"
#include "indexer/format/xml_reader.h"

#include <libxml/tree.h>
#include <stdlib.h>
#include <strings.h>

#define NAME_BYTES 64u /* of an element */
#define DEPTH      32u /* of elements in the head whose children are looked at */
#define PARAGRAPHS 3u  /* that make a document */

enum part { NONE, TITLE, TEXT, DAY, ID, AUTHOR, PLACE, SOURCE, LINK, PARTS };

/* Names without regard to letter case, as they stand and with "_" and "-" taken away. */
static const struct {
    const char *name;
    enum part part;
} known[] = {
    {"title",           TITLE },
    {"headline",        TITLE },
    {"heading",         TITLE },
    {"head",            TITLE },
    {"body",            TEXT  },
    {"text",            TEXT  },
    {"content",         TEXT  },
    {"story",           TEXT  },
    {"fulltext",        TEXT  },
    {"bodytext",        TEXT  },
    {"articletext",     TEXT  },
    {"maintext",        TEXT  },
    {"articlebody",     TEXT  },
    {"date",            DAY   },
    {"pubdate",         DAY   },
    {"publishdate",     DAY   },
    {"publicationdate", DAY   },
    {"publisheddate",   DAY   },
    {"datepublished",   DAY   },
    {"published",       DAY   },
    {"publishedat",     DAY   },
    {"dateline",        NONE  },
    {"datetime",        DAY   },
    {"id",              ID    },
    {"newsid",          ID    },
    {"articleid",       ID    },
    {"storyid",         ID    },
    {"docid",           ID    },
    {"guid",            ID    },
    {"author",          AUTHOR},
    {"byline",          AUTHOR},
    {"creator",         AUTHOR},
    {"place",           PLACE },
    {"town",            PLACE },
    {"city",            PLACE },
    {"location",        PLACE },
    {"source",          SOURCE},
    {"origin",          SOURCE},
    {"provider",        SOURCE},
    {"publication",     SOURCE},
    {"publisher",       SOURCE},
    {"url",             LINK  },
    {"link",            LINK  },
    {"permalink",       LINK  },
};

static const char *const fields[PARTS] = {
    [TITLE] = "title",   [TEXT] = "body",   [DAY] = "date",      [ID] = "id",
    [AUTHOR] = "author", [PLACE] = "place", [SOURCE] = "source", [LINK] = "url"};

static enum part part_of(struct dtl_bytes name)
{
    char plain[24];
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < sizeof plain; i++)
        if (name.p[i] != '_' && name.p[i] != '-')
            plain[n++] = (char)name.p[i];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == n && strncasecmp(plain, known[i].name, n) == 0)
            return known[i].part;
    return NONE;
}

static bool is_paragraph(struct dtl_bytes name)
{
    static const char *const names[] = {"p", "para", "paragraph"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == name.n && strncasecmp((const char *)name.p, names[i], name.n) == 0)
            return true;
    return false;
}

/* ---- what the head shows ---- */

struct shown {
    struct dtl_bytes item; /* local name; empty: neither form */
    bool document;
};

/* The name in the tag at `at`, behind '<' or "</". */
static struct dtl_bytes name_at(struct dtl_bytes t, size_t at)
{
    size_t end = at;
    while (end < t.n && !dtl_is_space(t.p[end]) && t.p[end] != '>' && t.p[end] != '/')
        end++;
    return dtl_bytes(t.p + at, end - at);
}

static struct dtl_bytes local(struct dtl_bytes name)
{
    const uint8_t *colon = name.n ? memchr(name.p, ':', name.n) : NULL;
    return colon ? dtl_bytes(colon + 1, name.n - (size_t)(colon + 1 - name.p)) : name;
}

/* Behind what begins with '<' at `at` and is no element's tag; 0: it is one. */
static size_t past_other(struct dtl_bytes t, size_t at)
{
    static const char *const others[][2] = {
        {"<!--",      "-->"},
        {"<![CDATA[", "]]>"},
        {"<?",        "?>" },
        {"<!",        ">"  }
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t n = strlen(others[i][0]), m = strlen(others[i][1]);
        if (t.n - at < n || memcmp(t.p + at, others[i][0], n) != 0)
            continue;
        const uint8_t *end = memmem(t.p + at + n, t.n - at - n, others[i][1], m);
        return end ? (size_t)(end - t.p) + m : t.n;
    }
    return 0;
}

static bool is_record(unsigned parts)
{
    const unsigned needed = 1u << TITLE | 1u << TEXT | 1u << DAY;
    return (parts & needed) == needed;
}

/* The innermost element with a title, a text and a day beside each other; else whether there are
 * paragraphs. */
static struct shown look(struct dtl_bytes head)
{
    struct {
        struct dtl_bytes name;
        unsigned parts; /* of its children, a bit each */
    } open[DEPTH];
    struct shown s = {{0}, false};
    struct dtl_bytes root = {0};
    size_t depth = 0; /* elements open, those beyond DEPTH counted too */
    unsigned paragraphs = 0;
    for (size_t at = 0; at < head.n;) {
        const uint8_t *p = memchr(head.p + at, '<', head.n - at);
        if (!p)
            break;
        at = (size_t)(p - head.p);
        size_t past = past_other(head, at);
        if (past) {
            at = past;
            continue;
        }
        const uint8_t *close = memchr(p, '>', head.n - at);
        size_t end = close ? (size_t)(close - head.p) : head.n;
        if (at + 1 < head.n && head.p[at + 1] == '/') {
            depth -= depth > 0;
        } else {
            struct dtl_bytes name = local(name_at(head, at + 1));
            if (!name.n)
                return (struct shown){{0}, false};
            if (!depth) {
                if (root.n || name.p != p + 1) /* a prefix is a standard's, known or not */
                    break;
                root = name;
            }
            paragraphs += name.p == p + 1 && is_paragraph(name);
            if (depth && depth <= DEPTH) {
                open[depth - 1].parts |= 1u << part_of(name);
                if (is_record(open[depth - 1].parts) && open[depth - 1].name.n < NAME_BYTES) {
                    s.item = open[depth - 1].name;
                    return s;
                }
            }
            if (!close || head.p[end - 1] != '/') {
                if (depth < DEPTH) {
                    open[depth].name = name;
                    open[depth].parts = 0;
                }
                depth++;
            }
        }
        at = end + 1;
    }
    if (paragraphs >= PARAGRAPHS && root.n < NAME_BYTES)
        s = (struct shown){root, true};
    return s;
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    head = dtl_bytes_trim(head);
    if (!head.n || head.p[0] != '<')
        return 0;
    struct shown s = look(head);
    return !s.item.n ? 0 : s.document ? 20 : 40;
}

/* ---- records ---- */

/* References that were escaped once too often ("&amp;apos;") resolved too, in lines without a tag.
 */
static struct dtl_bytes unescaped(struct dtl_making *m, struct dtl_bytes text)
{
    struct dtl_buffer b = {0};
    struct dtl_bytes out = text;
    if (!text.n || !memchr(text.p, '&', text.n))
        return text;
    for (size_t at = 0; at < text.n;) {
        const uint8_t *nl = memchr(text.p + at, '\n', text.n - at);
        size_t end = nl ? (size_t)(nl - text.p) : text.n;
        struct dtl_bytes line = dtl_bytes(text.p + at, end - at);
        bool refers = line.n && memchr(line.p, '&', line.n) && !memchr(line.p, '<', line.n);
        if (refers && !dtl_html_line(line, m->arena, &line))
            m->failed = true;
        dtl_buffer_append(&b, line.p, line.n);
        if (nl)
            dtl_buffer_byte(&b, '\n');
        at = end + 1;
    }
    if (b.failed || !dtl_bytes_copy(m->arena, dtl_buffer_view(&b), &out))
        m->failed = true;
    dtl_buffer_release(&b);
    return out;
}

static void put_field(struct dtl_making *m, const xmlNode *child)
{
    struct dtl_bytes name = dtl_bytes_of((const char *)child->name);
    enum part part = part_of(name);
    if (part == TEXT) {
        dtl_make_put(m, fields[TEXT], unescaped(m, dtl_make_flow(m, child, true)));
        return;
    }
    struct dtl_bytes line = unescaped(m, dtl_make_line(m, child));
    if (part == AUTHOR || part == PLACE) {
        dtl_make_add(m, fields[part], line);
        return;
    }
    if (part != NONE && !dtl_make_has(m, fields[part])) {
        dtl_make_put(m, fields[part], line);
        return;
    }
    char *own = dtl_arena_strndup(m->arena, (const char *)child->name, name.n);
    if (!own)
        m->failed = true;
    else if (dtl_make_has(m, own))
        dtl_make_add(m, own, line); /* an element that comes again is a list */
    else
        dtl_make_put(m, own, line);
}

static bool make_record(struct dtl_making *m, const xmlNode *item, const xmlNode *lead)
{
    (void)lead;
    for (const xmlNode *c = dtl_xml_element(item->children); c; c = dtl_xml_element(c->next))
        put_field(m, c);
    return true;
}

static bool is_it(const xmlNode *node, void *context)
{
    return node == context;
}

static bool make_document(struct dtl_making *m, const xmlNode *item, const xmlNode *lead)
{
    (void)lead;
    xmlNode *title = (xmlNode *)(uintptr_t)dtl_xml_below(item, "title", NULL);
    struct dtl_text_flow f = {0};
    if (title)
        dtl_make_put(m, "title", dtl_make_line(m, title));
    dtl_text_flow_tree(&f, item, is_it, title);
    dtl_make_put(m, "body", dtl_buffer_view(&f.out));
    m->failed |= f.out.failed;
    dtl_buffer_release(&f.out);
    return true;
}

/* ---- the reader ---- */

struct any {
    void *reader;
    struct dtl_xml_dialect dialect;
    const char *names[2];
    char name[NAME_BYTES];
};

static enum dtl_status any_open(void **state, struct dtl_input *in,
                                const struct dtl_format_options *o, struct dtl_error *err)
{
    struct dtl_bytes head;
    struct any *a = calloc(1, sizeof *a);
    if (!a)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = dtl_input_peek(in, DTL_FORMAT_BID_BYTES, &head, err);
    if (st == DTL_OK) {
        if (head.n > DTL_FORMAT_BID_BYTES)
            head.n = DTL_FORMAT_BID_BYTES;
        struct shown s = look(dtl_bytes_trim(head));
        if (s.item.n)
            memcpy(a->name, s.item.p, s.item.n);
        a->names[0] = a->name;
        a->dialect = (struct dtl_xml_dialect){
            .names = a->names, .alone = true, .make = s.document ? make_document : make_record};
        st = dtl_xml_reader_open(&a->reader, in, o, &a->dialect, err);
    }
    if (st == DTL_OK)
        *state = a;
    else
        free(a);
    return st;
}

static enum dtl_status any_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                struct dtl_error *err)
{
    struct any *a = state;
    return dtl_xml_reader_next(a->reader, arena, out, err);
}

static void any_close(void *state)
{
    struct any *a = state;
    dtl_xml_reader_close(a->reader);
    free(a);
}

const struct dtl_format dtl_format_xml = {
    .name = "xml",
    .summary = "other XML: records of a title, a text and a day; documents of paragraphs",
    .confidence = 40,
    .bid = bid,
    .open = any_open,
    .next = any_next,
    .close = any_close,
};
