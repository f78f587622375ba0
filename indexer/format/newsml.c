/*
 * newsml.c - news agencies' XML: NITF, NewsML 1.2 and NewsML-G2.
 *
 * One item is one article. Its id is the agency's without the revision, so that a later revision
 * replaces an earlier one; its day is that of the revision, which is the text people read; packages
 * and pictures are no articles. NITF stands alone (also as the New York Times corpus has it) or
 * inside the other two as the text.
 */
#include "indexer/format/xml_reader.h"

#include <libxml/tree.h>
#include <stdio.h>
#include <strings.h>

static void put_below(struct dtl_making *m, const char *field, const xmlNode *of, const char *name)
{
    for (const xmlNode *n = NULL;
         of && !dtl_make_has(m, field) && (n = dtl_xml_below(of, name, n));)
        dtl_make_put(m, field, dtl_make_line(m, n));
}

static void put_attribute(struct dtl_making *m, const char *field, const xmlNode *of,
                          const char *name, const char *attribute)
{
    for (const xmlNode *n = NULL;
         of && !dtl_make_has(m, field) && (n = dtl_xml_below(of, name, n));)
        dtl_make_put(m, field, dtl_bytes_of(dtl_xml_attribute(n, attribute)));
}

static void add_attributes(struct dtl_making *m, const char *field, const xmlNode *of,
                           const char *name, const char *attribute)
{
    for (const xmlNode *n = NULL; of && (n = dtl_xml_below(of, name, n));)
        dtl_make_add(m, field, dtl_bytes_of(dtl_xml_attribute(n, attribute)));
}

/* ---- NITF ---- */

/* What describes pictures to machines, a byline's office, and the facts agencies repeat above a
 * page. */
static bool is_aside(const xmlNode *node, void *context)
{
    (void)context;
    return dtl_xml_is(node, NULL, "byttl") || dtl_xml_is(node, "xhtml", "header") ||
           dtl_xml_is(node, "xhtml", "footer") || dtl_xml_is(node, NULL, "media-metadata") ||
           dtl_xml_is(node, NULL, "media-reference") ||
           dtl_xml_is(node, NULL, "nitf-table-metadata");
}

static struct dtl_bytes flow(struct dtl_making *m, const xmlNode *n)
{
    struct dtl_text_flow f = {0};
    struct dtl_bytes out = {0};
    dtl_text_flow_tree(&f, n, is_aside, NULL);
    if (f.out.failed || !dtl_bytes_copy(m->arena, dtl_buffer_view(&f.out), &out))
        m->failed = true;
    dtl_buffer_release(&f.out);
    return out;
}

/* "By John Doe" to the name. */
static void add_byline(struct dtl_making *m, const xmlNode *n)
{
    struct dtl_bytes text = flow(m, n);
    if (text.n > 3 && strncasecmp((const char *)text.p, "by ", 3) == 0)
        text = dtl_bytes(text.p + 3, text.n - 3);
    dtl_make_add(m, "author", text);
}

/* The text of body.content; where a lead and the full text both stand (New York Times), the full
 * one. */
static void put_nitf_text(struct dtl_making *m, const xmlNode *nitf)
{
    const xmlNode *content = dtl_xml_below(nitf, "body.content", NULL), *block = NULL;
    while (content && (block = dtl_xml_below(content, "block", block)))
        if (strcmp(dtl_xml_attribute(block, "class"), "full_text") == 0)
            content = block;
    if (content)
        dtl_make_put(m, "body", flow(m, content));
}

static void put_nitf_day(struct dtl_making *m, const xmlNode *nitf)
{
    static const char *const parts[] = {"publication_year", "publication_month",
                                        "publication_day_of_month"};
    int v[3] = {0};
    put_attribute(m, "date", nitf, "date.issue", "norm");
    put_attribute(m, "date", nitf, "pubdata", "date.publication");
    put_attribute(m, "date", nitf, "date.release", "norm");
    put_attribute(m, "date", nitf, "story.date", "norm");
    for (const xmlNode *n = NULL; (n = dtl_xml_below(nitf, "meta", n));)
        for (int i = 0; i < 3; i++)
            if (strcmp(dtl_xml_attribute(n, "name"), parts[i]) == 0)
                sscanf(dtl_xml_attribute(n, "content"), "%4d", &v[i]);
    char text[24];
    if (v[0] > 0 && v[1] > 0 && v[2] > 0 && v[1] < 100 && v[2] < 100) {
        snprintf(text, sizeof text, "%04d-%02d-%02d", v[0], v[1], v[2]);
        dtl_make_put(m, "date", dtl_bytes_of(text));
    }
}

static bool make_nitf(struct dtl_making *m, const xmlNode *nitf, const xmlNode *lead)
{
    (void)lead;
    const xmlNode *head = dtl_xml_child(nitf, NULL, "head", NULL);
    const xmlNode *top = dtl_xml_below(nitf, "body.head", NULL);
    put_attribute(m, "id", nitf, "doc-id", "id-string");
    put_below(m, "title", top, "hl1");
    put_below(m, "title", top, "hedline");
    put_below(m, "title", head, "title");
    put_nitf_day(m, nitf);
    dtl_make_put(m, "lang", dtl_bytes_of(dtl_xml_attribute(nitf, "baselang")));
    dtl_make_put(m, "lang", dtl_bytes_of(dtl_xml_attribute(nitf, "lang")));
    put_attribute(m, "source", nitf, "doc.copyright", "holder");
    put_below(m, "source", top, "distributor");
    put_attribute(m, "source", nitf, "doc-id", "regsrc");
    put_attribute(m, "url", nitf, "pubdata", "ex-ref");
    const xmlNode *by = top ? dtl_xml_below(top, "byline", NULL) : NULL;
    if (by)
        add_byline(m, by);
    const xmlNode *line = top ? dtl_xml_below(top, "dateline", NULL) : NULL;
    if (line) {
        put_below(m, "place", line, "location");
        dtl_make_put(m, "place", dtl_make_line(m, line));
    }
    put_attribute(m, "section", nitf, "tobject", "tobject.type");
    add_attributes(m, "tags", nitf, "keyword", "key");
    const xmlNode *abstract = top ? dtl_xml_below(top, "abstract", NULL) : NULL;
    if (abstract)
        dtl_make_put(m, "summary", dtl_make_line(m, abstract));
    put_nitf_text(m, nitf);
    return true;
}

/* ---- NewsML 1.2 ---- */

/* The agency's id without its revision: "urn:newsml:afp.com:20140829T135002Z:TX-PAR-FXW86". */
static void put_newsml_id(struct dtl_making *m, const xmlNode *item)
{
    const xmlNode *name = dtl_xml_below(item, "NewsIdentifier", NULL);
    if (!name)
        return;
    const xmlNode *id = dtl_xml_child(name, NULL, "NewsItemId", NULL);
    const xmlNode *public = dtl_xml_child(name, NULL, "PublicIdentifier", NULL);
    const xmlNode *revision = dtl_xml_child(name, NULL, "RevisionId", NULL);
    struct dtl_bytes own = id ? dtl_make_line(m, id) : dtl_bytes(NULL, 0);
    struct dtl_bytes urn = public ? dtl_make_line(m, public) : own;
    struct dtl_bytes rev = revision ? dtl_make_line(m, revision) : own;
    /* some agencies give all their items the same one */
    if (own.n && urn.n && !memmem(urn.p, urn.n, own.p, own.n))
        urn = own;
    size_t end = urn.n;
    while (end && urn.p[end - 1] != ':')
        end--;
    struct dtl_bytes tail = dtl_bytes(urn.p + end, urn.n - end);
    bool letter = tail.n == rev.n + 1 && strchr("NUA", tail.p[rev.n]);
    if (end > 1 && rev.n && dtl_bytes_starts(tail, rev) && (tail.n == rev.n || letter))
        urn.n = end - 1;
    dtl_make_put(m, "id", urn);
}

/* The longest text among the contents: an item has the same one in several forms and lengths. */
static void put_newsml_text(struct dtl_making *m, const xmlNode *item)
{
    struct dtl_bytes best = {0};
    for (const xmlNode *n = NULL; (n = dtl_xml_below(item, "DataContent", n));) {
        const xmlNode *nitf = dtl_xml_below(n, "body.content", NULL);
        struct dtl_bytes text =
            dtl_xml_element(n->children) ? flow(m, nitf ? nitf : n) : dtl_make_flow(m, n, true);
        if (text.n > best.n)
            best = text;
    }
    dtl_make_put(m, "body", best);
}

static bool make_newsml(struct dtl_making *m, const xmlNode *item, const xmlNode *lead)
{
    (void)lead;
    put_newsml_id(m, item);
    put_below(m, "title", item, "HeadLine");
    put_below(m, "title", item, "hl1");
    put_below(m, "date", item, "ThisRevisionCreated");
    put_below(m, "date", item, "FirstCreated");
    put_below(m, "date", item, "DateId");
    put_attribute(m, "lang", item, "Language", "FormalName");
    dtl_make_put(m, "lang", dtl_bytes_of(dtl_xml_attribute(item, "lang")));
    put_attribute(m, "lang", item, "NewsComponent", "lang");
    const xmlNode *provider = dtl_xml_below(item, "Provider", NULL);
    put_attribute(m, "source", provider, "Party", "FormalName");
    put_below(m, "source", item, "ProviderId");
    const xmlNode *by = dtl_xml_below(item, "ByLine", NULL);
    if (by)
        add_byline(m, by);
    for (const xmlNode *n = NULL; (n = dtl_xml_below(item, "Property", n));) {
        const char *name = dtl_xml_attribute(n, "FormalName");
        if (strcmp(name, "City") == 0)
            dtl_make_add(m, "place", dtl_bytes_of(dtl_xml_attribute(n, "Value")));
        else if (strcmp(name, "Keyword") == 0)
            dtl_make_add(m, "tags", dtl_bytes_of(dtl_xml_attribute(n, "Value")));
    }
    for (const xmlNode *n = NULL; (n = dtl_xml_below(item, "KeywordLine", n));)
        dtl_make_add(m, "tags", dtl_make_line(m, n));
    put_below(m, "dateline", item, "DateLine");
    put_below(m, "slugline", item, "SlugLine");
    put_newsml_text(m, item);
    if (!dtl_make_has(
            m, "title")) /* a picture's item has neither; a text without a headline has a label */
        put_below(m, "title", item, "NameLabel");
    return dtl_make_has(m, "title") || dtl_make_has(m, "body");
}

/* ---- NewsML-G2 ---- */

static void put_name(struct dtl_making *m, const char *field, const xmlNode *of, const char *name)
{
    const xmlNode *n = of ? dtl_xml_below(of, name, NULL) : NULL;
    if (!n || dtl_make_has(m, field))
        return;
    const xmlNode *title = dtl_xml_child(n, NULL, "name", NULL);
    if (title)
        dtl_make_put(m, field, dtl_make_line(m, title));
    dtl_make_put(m, field, dtl_bytes_of(dtl_xml_attribute(n, "literal")));
}

static bool make_g2(struct dtl_making *m, const xmlNode *item, const xmlNode *lead)
{
    (void)lead;
    const xmlNode *facts = dtl_xml_child(item, NULL, "itemMeta", NULL);
    const xmlNode *about = dtl_xml_child(item, NULL, "contentMeta", NULL);
    const xmlNode *set = dtl_xml_child(item, NULL, "contentSet", NULL);
    dtl_make_put(m, "id", dtl_bytes_of(dtl_xml_attribute(item, "guid")));
    put_below(m, "title", about, "headline");
    put_below(m, "date", facts, "versionCreated");
    put_below(m, "date", about, "contentCreated");
    put_below(m, "date", facts, "firstCreated");
    put_attribute(m, "lang", about, "language", "tag");
    dtl_make_put(m, "lang", dtl_bytes_of(dtl_xml_attribute(item, "lang")));
    put_name(m, "source", facts, "provider");
    put_below(m, "source", about, "creditline");
    const xmlNode *by = about ? dtl_xml_below(about, "by", NULL) : NULL;
    if (by)
        add_byline(m, by);
    put_name(m, "place", about, "located");
    for (const xmlNode *n = NULL; about && (n = dtl_xml_child(about, NULL, "keyword", n));)
        dtl_make_add(m, "tags", dtl_make_line(m, n));
    for (const xmlNode *n = NULL; about && (n = dtl_xml_child(about, NULL, "subject", n));) {
        const xmlNode *name = dtl_xml_child(n, NULL, "name", NULL);
        if (name)
            dtl_make_add(m, "subject", dtl_make_line(m, name));
    }
    put_below(m, "slugline", about, "slugline");
    const xmlNode *text = set ? dtl_xml_below(set, "body.content", NULL) : NULL;
    if (!text && set)
        text = dtl_xml_below(set, "inlineXML", NULL);
    if (text)
        dtl_make_put(m, "body", flow(m, text));
    const xmlNode *data = set ? dtl_xml_below(set, "inlineData", NULL) : NULL;
    if (data)
        dtl_make_put(m, "body", dtl_make_flow(m, data, true));
    return true;
}

/* ---- the formats ---- */

static const char *const nitf_names[] = {"nitf", NULL}, *const newsml_names[] = {"NewsItem", NULL},
                         *const g2_names[] = {"newsItem", NULL};
static const struct dtl_xml_dialect nitf = {nitf_names, true, make_nitf},
                                    newsml = {newsml_names, true, make_newsml},
                                    g2 = {g2_names, true, make_g2};

static int nitf_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    return dtl_xml_has_root(head, nitf_names) ? 90 : 0;
}

static int newsml_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    static const char *const roots[] = {"NewsML", "NewsItem", NULL};
    (void)is_all, (void)path;
    return dtl_xml_has_root(head, roots) ? 90 : 0;
}

static int g2_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    static const char *const roots[] = {"newsMessage", "newsItem", "packageItem", "knowledgeItem",
                                        NULL};
    (void)is_all, (void)path;
    return dtl_xml_has_root(head, roots) ? 90 : 0;
}

#define OPEN(name, dialect)                                                                        \
    static enum dtl_status name(void **state, struct dtl_input *in,                                \
                                const struct dtl_format_options *o, struct dtl_error *err)         \
    {                                                                                              \
        return dtl_xml_reader_open(state, in, o, dialect, err);                                    \
    }
OPEN(nitf_open, &nitf)
OPEN(newsml_open, &newsml)
OPEN(g2_open, &g2)

const struct dtl_format dtl_format_nitf = {
    .name = "nitf",
    .summary = "NITF: one news text a document, also of the New York Times corpus",
    .confidence = 90,
    .bid = nitf_bid,
    .open = nitf_open,
    .next = dtl_xml_reader_next,
    .close = dtl_xml_reader_close,
};
const struct dtl_format dtl_format_newsml = {
    .name = "newsml",
    .summary = "NewsML 1.x: the texts of a message",
    .confidence = 90,
    .bid = newsml_bid,
    .open = newsml_open,
    .next = dtl_xml_reader_next,
    .close = dtl_xml_reader_close,
};
const struct dtl_format dtl_format_newsml_g2 = {
    .name = "newsml-g2",
    .summary = "NewsML-G2: the news items of a message",
    .confidence = 90,
    .bid = g2_bid,
    .open = g2_open,
    .next = dtl_xml_reader_next,
    .close = dtl_xml_reader_close,
};
