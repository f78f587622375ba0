/*
 * xml_item.c - from the bytes of one item to a tree by libxml2, and from trees to records.
 *
 * The parser's flags: no network, no entity ever substituted, no document type, no limit lifted;
 * what it can recover from, it may. What it cannot, it says, and the item is rejected instead of
 * half read.
 */
#include "indexer/format/xml_item.h"

#include "common/base/utf8.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>

#define COMPARED                                                                                   \
    256u /* values of a list that one more is compared with: else n values take n * n */
#define DECLARED_MAX 64 /* namespaces */

/* ---- made fit ---- */

/* "&name;" or "&#...;" at t.p[at]: put it out as a parser without document types reads it. */
static size_t put_reference(struct dtl_bytes t, size_t at, struct dtl_buffer *out)
{
    static const char *const own[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;"};
    struct dtl_bytes rest = dtl_bytes(t.p + at, t.n - at);
    for (size_t i = 0; i < 5; i++)
        if (dtl_bytes_starts(rest, dtl_bytes_of(own[i]))) {
            dtl_buffer_text(out, own[i]);
            return strlen(own[i]);
        }
    char name[34];
    size_t n = 0;
    while (n < sizeof name - 2 && n + 1 < rest.n &&
           (dtl_is_alnum(rest.p[n + 1]) || rest.p[n + 1] == '#')) {
        name[n] = (char)rest.p[n + 1];
        n++;
    }
    name[n] = 0;
    bool whole = n && n + 1 < rest.n && rest.p[n + 1] == ';';
    if (whole && name[0] == '#') {
        bool hex = (name[1] | 32) == 'x';
        char *end = NULL;
        unsigned long c = strtoul(name + 1 + hex, &end, hex ? 16 : 10);
        if (end && !*end && end > name + 1 + hex) {
            if (c >= 0x80 && c < 0xa0) /* windows-1252 in the clothes of Unicode */
                c = dtl_charset_stray((uint8_t)c);
            if (c < 0x20 && c != '\t' && c != '\n')
                c = ' ';
            if (c == '<' || c == '&')
                dtl_buffer_text(out, c == '<' ? "&lt;" : "&amp;");
            else
                dtl_utf8_append(out, c > 0x10ffff ? 0xfffd : (uint32_t)c);
            return n + 2;
        }
    }
    const htmlEntityDesc *e = whole ? htmlEntityLookup((const xmlChar *)name) : NULL;
    if (e) {
        dtl_utf8_append(out, e->value);
        return n + 2;
    }
    dtl_buffer_text(out, "&amp;");
    return 1;
}

static void put_fit(struct dtl_bytes t, struct dtl_buffer *out)
{
    bool cdata = false;
    for (size_t at = 0; at < t.n && !out->failed;) {
        struct dtl_bytes rest = dtl_bytes(t.p + at, t.n - at);
        uint8_t c = t.p[at];
        size_t n = 1;
        if (c == '<' && !cdata && dtl_bytes_starts(rest, DTL_LITERAL("<![CDATA["))) {
            cdata = memmem(rest.p, rest.n, "]]>", 3) != NULL;
            dtl_buffer_text(out, cdata ? "<![CDATA[" : "&lt;![CDATA[");
            n = 9;
        } else if (cdata && c == ']' && dtl_bytes_starts(rest, DTL_LITERAL("]]>"))) {
            cdata = false;
            dtl_buffer_text(out, "]]>");
            n = 3;
        } else if (c == '<' && !cdata && dtl_bytes_starts(rest, DTL_LITERAL("<!--"))) {
            const uint8_t *end = memmem(rest.p, rest.n, "-->", 3);
            n = end ? (size_t)(end - rest.p) + 3 : 4; /* a comment says nothing */
        } else if (c == '&' && !cdata) {
            n = put_reference(t, at, out);
        } else if (c == '<' && !cdata &&
                   (rest.n < 2 ||
                    !(dtl_is_alnum(rest.p[1]) || strchr("/_:?", rest.p[1]) || rest.p[1] >= 0x80))) {
            dtl_buffer_text(out, "&lt;");
        } else if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
            dtl_buffer_byte(out, ' ');
        } else if (c == 0xc2 && rest.n > 1 && rest.p[1] < 0xa0) {
            dtl_utf8_append(out, dtl_charset_stray(rest.p[1])); /* likewise, written out */
            n = 2;
        } else if (c == 0xef && rest.n > 2 && rest.p[1] == 0xbf && rest.p[2] >= 0xbe) {
            dtl_buffer_byte(out, ' '); /* U+FFFE, U+FFFF: no characters of XML */
            n = 3;
        } else {
            /* the runs between are copied whole */
            while (n < rest.n && rest.p[n] >= 0x20 && rest.p[n] != '<' && rest.p[n] != '&' &&
                   rest.p[n] != ']' && rest.p[n] != 0x7f && rest.p[n] != 0xef && rest.p[n] != 0xc2)
                n++;
            dtl_buffer_append(out, rest.p, n);
        }
        at += n;
    }
}

/* Every xmlns declaration of the tags in `lead`, the last of each prefix. */
static void put_namespaces(struct dtl_bytes lead, struct dtl_buffer *out)
{
    struct dtl_bytes prefix[DECLARED_MAX], value[DECLARED_MAX];
    size_t n = 0;
    for (size_t at = 0; at + 8 < lead.n; at++) {
        const uint8_t *p = memmem(lead.p + at, lead.n - at, " xmlns", 6);
        if (!p)
            p = memmem(lead.p + at, lead.n - at, "\nxmlns", 6);
        const uint8_t *tab =
            memmem(lead.p + at, p ? (size_t)(p - lead.p) - at : lead.n - at, "\txmlns", 6);
        p = tab ? tab : p;
        if (!p)
            break;
        size_t from = (size_t)(p - lead.p) + 6, to = from;
        while (to < lead.n && (dtl_is_alnum(lead.p[to]) || strchr(":_-.", lead.p[to])) &&
               lead.p[to])
            to++;
        at = to;
        if (to + 2 >= lead.n || lead.p[to] != '=' ||
            (lead.p[to + 1] != '"' && lead.p[to + 1] != '\''))
            continue;
        const uint8_t *end = memchr(lead.p + to + 2, lead.p[to + 1], lead.n - to - 2);
        if (!end || memchr(lead.p + to, '<', (size_t)(end - lead.p) - to))
            continue;
        struct dtl_bytes name = dtl_bytes(lead.p + from, to - from);
        size_t i = 0;
        while (i < n && !dtl_bytes_equal(prefix[i], name))
            i++;
        if (i == DECLARED_MAX)
            continue;
        prefix[i] = name;
        value[i] = dtl_bytes(lead.p + to + 2, (size_t)(end - lead.p) - to - 2);
        n += i == n;
    }
    for (size_t i = 0; i < n; i++) {
        if (memchr(value[i].p, '"', value[i].n))
            continue;
        dtl_buffer_text(out, " xmlns");
        dtl_buffer_append(out, prefix[i].p, prefix[i].n);
        dtl_buffer_text(out, "=\"");
        put_fit(value[i], out);
        dtl_buffer_byte(out, '"');
    }
}

static const int flags = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                         XML_PARSE_NOCDATA | XML_PARSE_RECOVER | XML_PARSE_NODICT;

enum dtl_status dtl_xml_item_parse(struct dtl_bytes xml, struct dtl_bytes lead, xmlDoc **doc,
                                   struct dtl_error *err)
{
    struct dtl_buffer b = {0};
    dtl_xml_start();
    if (dtl_markup_is_overloaded(xml))
        return dtl_fail(err, DTL_EINPUT, 0, "a tag with thousands of attributes; mend it");
    dtl_buffer_text(&b, "<x");
    put_namespaces(lead, &b);
    dtl_buffer_byte(&b, '>');
    put_fit(xml, &b);
    dtl_buffer_text(&b, "</x>");
    xmlParserCtxtPtr c = b.failed ? NULL : xmlNewParserCtxt();
    if (!c) {
        dtl_buffer_release(&b);
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    xmlDoc *tree = xmlCtxtReadMemory(c, (const char *)b.p, (int)b.n, NULL, "UTF-8", flags);
    const xmlError *last = xmlCtxtGetLastError(c);
    enum dtl_status st = DTL_OK;
    bool stopped = c->disableSAX != 0 && !c->wellFormed && c->instate == XML_PARSER_EOF;
    if (last && last->code == XML_ERR_NO_MEMORY) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    } else if (!tree || stopped ||
               !dtl_xml_element(xmlDocGetRootElement(tree) ? xmlDocGetRootElement(tree)->children
                                                           : NULL)) {
        const char *why = last && last->message ? last->message : "not XML";
        st = dtl_fail(err, DTL_EINPUT, 0, "cannot be followed to its end: %.*s; mend it",
                      (int)(strcspn(why, "\n") < 160 ? strcspn(why, "\n") : 160), why);
    }
    xmlFreeParserCtxt(c);
    dtl_buffer_release(&b);
    if (st == DTL_OK)
        *doc = tree;
    else
        xmlFreeDoc(tree);
    return st;
}

xmlDoc *dtl_xml_lead_parse(struct dtl_bytes lead)
{
    struct dtl_buffer b = {0};
    struct dtl_bytes root = dtl_xml_root(lead);
    dtl_xml_start();
    if (!root.n || dtl_markup_is_overloaded(lead))
        return NULL;
    put_fit(dtl_bytes(root.p, lead.n - (size_t)(root.p - lead.p)), &b);
    xmlDoc *doc = b.failed || b.n > INT32_MAX
                      ? NULL
                      : xmlReadMemory((const char *)b.p, (int)b.n, NULL, "UTF-8", flags);
    dtl_buffer_release(&b);
    return doc;
}

/* ---- trees ---- */

const xmlNode *dtl_xml_element(const xmlNode *first)
{
    while (first && first->type != XML_ELEMENT_NODE)
        first = first->next;
    return first;
}

static const char *family_of(const xmlNode *node, const char **local)
{
    static const struct {
        const char *part, *family;
    } known[] = {
        {"purl.org/dc/",                     "dc"     },
        {"rss/1.0/modules/content",          "content"},
        {"wordpress.org/export/1.0/excerpt", "excerpt"},
        {"/excerpt",                         "excerpt"},
        {"wordpress.org/export",             "wp"     },
        {"search.yahoo.com/mrss",            "media"  },
        {"itunes",                           "itunes" },
        {"w3.org/2005/Atom",                 "atom"   },
        {"purl.org/atom",                    "atom"   },
        {"w3.org/1999/xhtml",                "xhtml"  },
        {"purl.org/rss/1.0/modules",         "other"  },
        {"purl.org/rss",                     ""       },
        {"userland.com",                     ""       },
        {"netscape.com",                     ""       },
        {"iptc.org",                         ""       },
    };
    const char *name = (const char *)node->name, *colon = strchr(name, ':');
    *local = colon ? colon + 1 : name;
    if (node->ns && node->ns->href) {
        const char *uri = (const char *)node->ns->href;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strstr(uri, known[i].part))
                return known[i].family;
        return node->ns->prefix ? "other" : "";
    }
    if (!colon)
        return "";
    static const char *const prefixes[] = {"dc",    "content", "wp",   "excerpt",
                                           "media", "itunes",  "atom", "xhtml"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strlen(prefixes[i]) == (size_t)(colon - name) &&
            strncmp(name, prefixes[i], (size_t)(colon - name)) == 0)
            return prefixes[i];
    return "other";
}

bool dtl_xml_is(const xmlNode *node, const char *family, const char *name)
{
    const char *local;
    if (node->type != XML_ELEMENT_NODE)
        return false;
    const char *own = family_of(node, &local);
    return strcmp(local, name) == 0 && (!family || strcmp(own, family) == 0);
}

const xmlNode *dtl_xml_child(const xmlNode *parent, const char *family, const char *name,
                             const xmlNode *after)
{
    const xmlNode *n = after ? after->next : parent ? parent->children : NULL;
    while (n && !dtl_xml_is(n, family, name))
        n = n->next;
    return n;
}

const xmlNode *dtl_xml_below(const xmlNode *top, const char *name, const xmlNode *after)
{
    const xmlNode *n = after ? after : top;
    while (n) {
        if (n->type == XML_ELEMENT_NODE && n->children) {
            n = n->children;
        } else {
            while (n != top && !n->next)
                n = n->parent;
            if (n == top)
                return NULL;
            n = n->next;
        }
        if (n && dtl_xml_is(n, NULL, name))
            return n;
    }
    return NULL;
}

const char *dtl_xml_attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node ? node->properties : NULL; a; a = a->next)
        if (strcmp((const char *)a->name, name) == 0 && a->children && a->children->content)
            return (const char *)a->children->content;
    return "";
}

/* ---- records ---- */

bool dtl_make_begin(struct dtl_making *m, struct dtl_record *r, struct dtl_arena *arena)
{
    *m = (struct dtl_making){.arena = arena, .r = r};
    r->fields = dtl_arena_alloc(arena, DTL_MAKE_FIELDS * sizeof *r->fields);
    m->failed = !r->fields;
    return r->fields != NULL;
}

static struct dtl_field *field_of(const struct dtl_making *m, const char *name)
{
    for (size_t i = 0; i < m->r->n; i++)
        if (m->r->fields[i].name.p[0] == (uint8_t)name[0] &&
            dtl_bytes_is(m->r->fields[i].name, name))
            return &m->r->fields[i];
    return NULL;
}

bool dtl_make_has(const struct dtl_making *m, const char *name)
{
    return field_of(m, name) != NULL;
}

void dtl_make_put(struct dtl_making *m, const char *name, struct dtl_bytes text)
{
    struct dtl_bytes copy;
    text = dtl_bytes_trim(text);
    text.n = dtl_utf8_valid_prefix(text);
    if (!text.n || m->failed || m->r->n == DTL_MAKE_FIELDS || field_of(m, name))
        return;
    if (!dtl_bytes_copy(m->arena, text, &copy) || !dtl_record_text(m->r, m->arena, name, copy))
        m->failed = true;
}

void dtl_make_add(struct dtl_making *m, const char *name, struct dtl_bytes text)
{
    struct dtl_field *f = field_of(m, name);
    text = dtl_bytes_trim(text);
    text.n = dtl_utf8_valid_prefix(text);
    if (!text.n || m->failed || (!f && m->r->n == DTL_MAKE_FIELDS))
        return;
    for (size_t i = 0; f && i < f->n && i < COMPARED; i++)
        if (dtl_bytes_equal(f->v[i].text, text))
            return;
    size_t n = f ? f->n : 0;
    struct dtl_value *v = f ? f->v : NULL;
    if (!(n & (n - 1))) { /* room for the next power of two */
        v = dtl_arena_alloc(m->arena, (n ? 2 * n : 1) * sizeof *v);
        if (v && n)
            memcpy(v, f->v, n * sizeof *v);
    }
    if (!v || !dtl_bytes_copy(m->arena, text, &v[n].text)) {
        m->failed = true;
        return;
    }
    v[n].kind = DTL_VALUE_STRING;
    if (!f)
        f = &m->r->fields[m->r->n++];
    *f = (struct dtl_field){dtl_bytes_of(name), v, n + 1, true};
}

static struct dtl_bytes taken(struct dtl_making *m, struct dtl_buffer *b)
{
    struct dtl_bytes out = {0};
    if (b->failed || !dtl_bytes_copy(m->arena, dtl_buffer_view(b), &out))
        m->failed = true;
    dtl_buffer_release(b);
    return out;
}

static void gather(const xmlNode *top, struct dtl_buffer *out)
{
    const xmlNode *n = top;
    while (n) {
        if ((n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) && n->content)
            dtl_buffer_text(out, (const char *)n->content);
        if (n->type == XML_ELEMENT_NODE && n->children) {
            n = n->children;
            continue;
        }
        while (n != top && !n->next)
            n = n->parent;
        if (n == top)
            return;
        n = n->next;
    }
}

struct dtl_bytes dtl_make_raw(struct dtl_making *m, const xmlNode *node)
{
    struct dtl_buffer b = {0};
    gather(node, &b);
    return taken(m, &b);
}

struct dtl_bytes dtl_make_line(struct dtl_making *m, const xmlNode *node)
{
    struct dtl_text_flow f = {0};
    struct dtl_buffer b = {0};
    gather(node, &b);
    dtl_text_flow_put(&f, dtl_buffer_view(&b));
    m->failed |= b.failed;
    dtl_buffer_release(&b);
    return taken(m, &f.out);
}

struct dtl_bytes dtl_make_flow(struct dtl_making *m, const xmlNode *node, bool escaped)
{
    struct dtl_text_flow f = {0};
    struct dtl_bytes out = {0};
    if (!node)
        return out;
    if (escaped && !dtl_xml_element(node->children)) {
        if (!dtl_html_text(dtl_make_raw(m, node), m->arena, &out))
            m->failed = true;
        return out;
    }
    dtl_text_flow_tree(&f, node, NULL, NULL);
    return taken(m, &f.out);
}
