/*
 * feeds.c - RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, and WordPress exports (WXR), which are RSS.
 *
 * One item is one article; the feed's title is its publication, the feed's language its language.
 * Of several texts the fullest is the body (content:encoded before description), the other is kept
 * as `summary`. A guid, an Atom id, rdf:about or else the link is the id, so that an item that is
 * still in tomorrow's feed is the same article.
 *
 * A WordPress export holds everything a site is made of; posts and pages are articles, attachments,
 * menus and settings are not. Its day is the one printed on the page (wp:post_date), its text has
 * paragraphs by blank lines and short codes in brackets.
 */
#include "indexer/format/xml_reader.h"

#include "common/base/utf8.h"

#include <libxml/tree.h>
#include <stdio.h>

static void put_child(struct dtl_making *m, const char *field, const xmlNode *of,
                      const char *family, const char *name)
{
    const xmlNode *n = dtl_xml_child(of, family, name, NULL);
    if (n && !dtl_make_has(m, field))
        dtl_make_put(m, field, dtl_make_line(m, n));
}

static void add_children(struct dtl_making *m, const char *field, const xmlNode *of,
                         const char *family, const char *name)
{
    for (const xmlNode *n = NULL; (n = dtl_xml_child(of, family, name, n));)
        dtl_make_add(m, field, dtl_make_line(m, n));
}

/* Titles of RSS may hold escaped HTML. */
static void put_title(struct dtl_making *m, const char *field, const xmlNode *n, bool escaped)
{
    struct dtl_bytes text = dtl_make_line(m, n);
    if (escaped && text.n && !dtl_html_line(text, m->arena, &text))
        m->failed = true;
    dtl_make_put(m, field, text);
}

/* ---- RSS ---- */

/* <channel> of RSS 2.0 stands around its items, that of RSS 1.0 before them. */
static const xmlNode *channel_of(const xmlNode *lead)
{
    const xmlNode *channel = lead ? dtl_xml_child(lead, NULL, "channel", NULL) : NULL;
    return channel ? channel : lead;
}

static void put_feed(struct dtl_making *m, const xmlNode *feed)
{
    const xmlNode *title = feed ? dtl_xml_child(feed, "", "title", NULL) : NULL;
    if (title)
        put_title(m, "source", title, true);
    if (!dtl_make_has(m, "lang") && feed)
        put_child(m, "lang", feed, "", "language");
    if (!dtl_make_has(m, "lang") && feed)
        put_child(m, "lang", feed, "dc", "language");
}

static void put_rss_text(struct dtl_making *m, const xmlNode *item)
{
    static const char *const texts[][2] = {
        {"content", "encoded"    },
        {"",        "body"       },
        {"xhtml",   "body"       },
        {"xhtml",   "div"        },
        {"",        "content"    },
        {"",        "description"},
        {"",        "summary"    },
        {"itunes",  "summary"    },
        {"dc",      "description"}
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const xmlNode *n = dtl_xml_child(item, texts[i][0], texts[i][1], NULL);
        if (!n)
            continue;
        struct dtl_bytes text = dtl_make_flow(m, n, true);
        if (!dtl_make_has(m, "body"))
            dtl_make_put(m, "body", text);
        else if (!dtl_bytes_equal(text, m->r->fields[m->r->n - 1].v[0].text))
            dtl_make_put(m, "summary", text);
    }
}

static void put_rss_facts(struct dtl_making *m, const xmlNode *item)
{
    put_child(m, "id", item, "", "guid");
    dtl_make_put(m, "id", dtl_bytes_of(dtl_xml_attribute(item, "about")));
    put_child(m, "url", item, "", "link");
    if (!dtl_make_has(m, "url"))
        dtl_make_put(
            m, "url",
            dtl_bytes_of(dtl_xml_attribute(dtl_xml_child(item, "atom", "link", NULL), "href")));
    const xmlNode *guid = dtl_xml_child(item, "", "guid", NULL);
    if (!dtl_make_has(m, "url") && guid &&
        strcmp(dtl_xml_attribute(guid, "isPermaLink"), "false") != 0)
        put_child(m, "url", item, "", "guid");
    put_child(m, "id", item, "", "link");
    const xmlNode *title = dtl_xml_child(item, "", "title", NULL);
    if (!title)
        title = dtl_xml_child(item, "dc", "title", NULL);
    if (title)
        put_title(m, "title", title, true);
    put_child(m, "lang", item, "dc", "language");
}

static bool make_rss(struct dtl_making *m, const xmlNode *item, const xmlNode *lead)
{
    put_rss_facts(m, item);
    put_child(m, "date", item, "", "pubDate");
    put_child(m, "date", item, "dc", "date");
    put_child(m, "date", item, "atom", "published");
    put_child(m, "date", item, "atom", "updated");
    put_child(m, "date", item, "", "pubdate");
    put_feed(m, channel_of(lead));
    add_children(m, "author", item, "dc", "creator");
    add_children(m, "author", item, "dc", "author");
    if (!dtl_make_has(m, "author"))
        add_children(m, "author", item, "", "author");
    if (!dtl_make_has(m, "author"))
        add_children(m, "author", item, "itunes", "author");
    add_children(m, "section", item, "", "category");
    add_children(m, "section", item, "dc", "subject");
    put_rss_text(m, item);
    return true;
}

/* ---- WordPress ---- */

/* Blank lines to paragraphs, short codes gone: what WordPress does before it prints. */
static struct dtl_bytes printed(struct dtl_making *m, struct dtl_bytes raw)
{
    struct dtl_buffer b = {0};
    struct dtl_bytes out = {0};
    for (size_t at = 0; at < raw.n;) {
        size_t n = 1, end = at + 1;
        uint8_t c = raw.p[at];
        if (c == '\n' || c == '\r') {
            int lines = 0;
            for (n = 0; at + n < raw.n && dtl_is_space(raw.p[at + n]); n++)
                lines += raw.p[at + n] == '\n';
            dtl_buffer_text(&b, lines > 1 ? "<p>" : "<br>");
        } else if (c == '[') {
            end += end < raw.n && raw.p[end] == '/';
            size_t name = end;
            while (end < raw.n && end - name < 40 &&
                   ((raw.p[end] >= 'a' && raw.p[end] <= 'z') || raw.p[end] == '_' ||
                    raw.p[end] == '-'))
                end++;
            bool word = end - name >= 3 && end < raw.n && (raw.p[end] == ']' || raw.p[end] == ' ');
            const uint8_t *close = word ? memchr(raw.p + end, ']', raw.n - end) : NULL;
            if (close && close - (raw.p + at) < 1000)
                n = (size_t)(close - (raw.p + at)) + 1;
            else
                dtl_buffer_byte(&b, c);
        } else {
            dtl_buffer_byte(&b, c);
        }
        at += n;
    }
    if (b.failed || !dtl_html_text(dtl_buffer_view(&b), m->arena, &out))
        m->failed = true;
    dtl_buffer_release(&b);
    return out;
}

static bool is_post(struct dtl_making *m, const xmlNode *item)
{
    const xmlNode *n = dtl_xml_child(item, "wp", "post_type", NULL);
    if (!n)
        return true;
    static const char *const others[] = {
        "attachment",       "nav_menu_item", "revision", "custom_css",  "customize_changeset",
        "oembed_cache",     "user_request",  "wp_block", "wp_template", "wp_template_part",
        "wp_global_styles", "wp_navigation", "feedback"};
    struct dtl_bytes type = dtl_make_line(m, n);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (dtl_bytes_is(type, others[i]))
            return false;
    return true;
}

static bool make_wxr(struct dtl_making *m, const xmlNode *item, const xmlNode *lead)
{
    if (!is_post(m, item))
        return false;
    put_rss_facts(m, item);
    const xmlNode *date = dtl_xml_child(item, "wp", "post_date", NULL);
    struct dtl_bytes day = date ? dtl_make_line(m, date) : dtl_bytes(NULL, 0);
    if (!dtl_bytes_starts(day, DTL_LITERAL("0000")))
        dtl_make_put(m, "date", day);
    put_child(m, "date", item, "", "pubDate");
    put_feed(m, channel_of(lead));
    add_children(m, "author", item, "dc", "creator");
    for (const xmlNode *n = NULL; (n = dtl_xml_child(item, "", "category", n));)
        dtl_make_add(m,
                     strcmp(dtl_xml_attribute(n, "domain"), "post_tag") == 0 ? "tags" : "section",
                     dtl_make_line(m, n));
    const xmlNode *text = dtl_xml_child(item, "content", "encoded", NULL);
    if (text)
        dtl_make_put(m, "body", printed(m, dtl_make_raw(m, text)));
    text = dtl_xml_child(item, "excerpt", "encoded", NULL);
    if (text)
        dtl_make_put(m, "summary", printed(m, dtl_make_raw(m, text)));
    put_child(m, "status", item, "wp", "status");
    return true;
}

/* ---- Atom ---- */

static const xmlNode *atom(const xmlNode *of, const char *name, const xmlNode *after)
{
    const xmlNode *n = of ? dtl_xml_child(of, "atom", name, after) : NULL;
    return n || !of ? n : dtl_xml_child(of, "", name, after);
}

static bool is_escaped(const xmlNode *n) /* HTML as text: type="html", in Atom 0.3 mode="escaped" */
{
    const char *type = dtl_xml_attribute(n, "type");
    return strcmp(type, "html") == 0 || strcmp(type, "text/html") == 0 ||
           strcmp(dtl_xml_attribute(n, "mode"), "escaped") == 0;
}

static void put_atom_text(struct dtl_making *m, const char *field, const xmlNode *n)
{
    if (!n)
        return;
    struct dtl_bytes text = is_escaped(n) || dtl_xml_element(n->children)
                                ? dtl_make_flow(m, n, true)
                                : dtl_make_raw(m, n);
    dtl_make_put(m, field, text);
}

static void put_atom_link(struct dtl_making *m, const xmlNode *entry)
{
    const char *any = "";
    for (const xmlNode *n = NULL; (n = atom(entry, "link", n));) {
        const char *rel = dtl_xml_attribute(n, "rel");
        if (!*rel || strcmp(rel, "alternate") == 0)
            dtl_make_put(m, "url", dtl_bytes_of(dtl_xml_attribute(n, "href")));
        else if (strcmp(rel, "self") == 0)
            any = dtl_xml_attribute(n, "href");
    }
    dtl_make_put(m, "url", dtl_bytes_of(any));
}

static void add_atom_authors(struct dtl_making *m, const xmlNode *of)
{
    for (const xmlNode *n = NULL; (n = atom(of, "author", n));)
        if (atom(n, "name", NULL))
            dtl_make_add(m, "author", dtl_make_line(m, atom(n, "name", NULL)));
}

static bool make_atom(struct dtl_making *m, const xmlNode *entry, const xmlNode *lead)
{
    static const char *const dates[] = {"published", "issued", "updated", "modified", "created"};
    const xmlNode *source = atom(entry, "source", NULL), *feed = source ? source : lead;
    if (atom(entry, "id", NULL))
        dtl_make_put(m, "id", dtl_make_line(m, atom(entry, "id", NULL)));
    if (atom(feed, "title", NULL))
        put_title(m, "source", atom(feed, "title", NULL), is_escaped(atom(feed, "title", NULL)));
    else if (atom(lead, "title", NULL))
        put_title(m, "source", atom(lead, "title", NULL), is_escaped(atom(lead, "title", NULL)));
    if (atom(entry, "title", NULL))
        put_title(m, "title", atom(entry, "title", NULL), is_escaped(atom(entry, "title", NULL)));
    for (size_t i = 0; i < 5; i++)
        if (atom(entry, dates[i], NULL))
            dtl_make_put(m, "date", dtl_make_line(m, atom(entry, dates[i], NULL)));
    put_child(m, "date", entry, "dc", "date");
    put_atom_link(m, entry);
    add_atom_authors(m, entry);
    if (!dtl_make_has(m, "author"))
        add_atom_authors(m, feed);
    if (!dtl_make_has(m, "author"))
        add_atom_authors(m, lead);
    for (const xmlNode *n = NULL; (n = atom(entry, "category", n));) {
        const char *label = dtl_xml_attribute(n, "label");
        dtl_make_add(m, "section", dtl_bytes_of(*label ? label : dtl_xml_attribute(n, "term")));
    }
    dtl_make_put(m, "lang", dtl_bytes_of(dtl_xml_attribute(entry, "lang")));
    dtl_make_put(m, "lang", dtl_bytes_of(dtl_xml_attribute(lead, "lang")));
    put_atom_text(m, "body", atom(entry, "content", NULL));
    put_atom_text(m, dtl_make_has(m, "body") ? "summary" : "body", atom(entry, "summary", NULL));
    return true;
}

/* ---- the formats ---- */

static const char *const items[] = {"item", NULL}, *const entries[] = {"entry", NULL};
static const struct dtl_xml_dialect rss = {items, false, make_rss}, wxr = {items, false, make_wxr},
                                    feed = {entries, false, make_atom};

static bool has(struct dtl_bytes head, const char *text)
{
    return memmem(head.p, head.n, text, strlen(text)) != NULL;
}

static int rss_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    static const char *const roots[] = {"rss", "RDF", "rdf", NULL}, *const plain[] = {"rss", NULL};
    (void)is_all, (void)path;
    if (!dtl_xml_has_root(head, roots) || has(head, "wordpress.org/export/"))
        return 0;
    return dtl_xml_has_root(head, plain) || has(head, "purl.org/rss/") ||
                   has(head, "netscape.com/rdf")
               ? 90
               : 0;
}

static int wxr_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    static const char *const roots[] = {"rss", NULL};
    (void)is_all, (void)path;
    return dtl_xml_has_root(head, roots) && has(head, "wordpress.org/export/") ? 95 : 0;
}

static int atom_bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    static const char *const roots[] = {"feed", "entry", NULL};
    (void)is_all, (void)path;
    if (!dtl_xml_has_root(head, roots))
        return 0;
    return has(head, "w3.org/2005/Atom") || has(head, "purl.org/atom") ? 90 : 40;
}

#define OPEN(name, dialect)                                                                        \
    static enum dtl_status name(void **state, struct dtl_input *in,                                \
                                const struct dtl_format_options *o, struct dtl_error *err)         \
    {                                                                                              \
        return dtl_xml_reader_open(state, in, o, dialect, err);                                    \
    }
OPEN(rss_open, &rss)
OPEN(wxr_open, &wxr)
OPEN(atom_open, &feed)

const struct dtl_format dtl_format_rss = {
    .name = "rss",
    .summary = "RSS 0.9x, 1.0 and 2.0: the items of a feed",
    .confidence = 90,
    .bid = rss_bid,
    .open = rss_open,
    .next = dtl_xml_reader_next,
    .close = dtl_xml_reader_close,
    .place = dtl_xml_reader_place,
};
const struct dtl_format dtl_format_wxr = {
    .name = "wxr",
    .summary = "WordPress exports (WXR): posts and pages",
    .confidence = 95,
    .bid = wxr_bid,
    .open = wxr_open,
    .next = dtl_xml_reader_next,
    .close = dtl_xml_reader_close,
    .place = dtl_xml_reader_place,
};
const struct dtl_format dtl_format_atom = {
    .name = "atom",
    .summary = "Atom 0.3 and 1.0: the entries of a feed",
    .confidence = 90,
    .bid = atom_bid,
    .open = atom_open,
    .next = dtl_xml_reader_next,
    .close = dtl_xml_reader_close,
    .place = dtl_xml_reader_place,
};
