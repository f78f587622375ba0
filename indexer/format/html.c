/*
 * html.c - a page of the web as one article: its text, and what it states about itself.
 *
 * Pages state their day in many places, often wrongly in some. The places are asked in an order,
 * and a statement that is no day is passed over for the next: JSON-LD (of an article before that of
 * anything else), OpenGraph's article:published_time, itemprop datePublished, Dublin Core, names of
 * meta tags in use, a <time> that says it is the publication's, any <time> before the first that is
 * one of many. The address is left to the date rules behind (--date-from).
 */
#include "common/base/date.h"
#include "indexer/format/html_main.h"
#include "indexer/format/html_title.h"
#include "indexer/format/printed_date.h"
#include "indexer/format/xml_item.h"

#include <jansson.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define JSON_LD_DEPTH 16 /* of objects inside one another that are looked into */
#define DATES         12 /* kinds of statements of a day, best first */

struct html {
    struct dtl_input *in;
    struct dtl_charset_said said;
    bool done;
};

struct facts { /* views into the tree and the arena */
    struct dtl_making *m;
    struct dtl_bytes date[DATES]; /* the first that is a day, of each kind */
    struct dtl_html_titles titles;
    struct dtl_bytes og_title, headline, site, url, canonical, locale, description, body;
    int times; /* <time> elements that state a day */
};

/* ---- days ---- */

static bool is_day(struct dtl_bytes t)
{
    struct dtl_interval i;
    return dtl_date_parse(t, &i, NULL, NULL) == DTL_OK && i.earliest == i.latest;
}

/* A printed day, as YYYY-MM-DD; 03/04/2020 is none: nobody knows which. */
static bool printed_day(struct dtl_bytes t, char out[DTL_DATE_TEXT])
{
    static const struct dtl_date_hints no_hints;
    struct dtl_printed_date d;
    if (dtl_printed_date(t, &no_hints, true, &d) != DTL_OK || d.date.earliest != d.date.latest)
        return false;
    dtl_day_print(d.date.earliest, out);
    return true;
}

/* The day `text` states, as a text the date rules read; empty: it states none. */
static struct dtl_bytes day_of(struct facts *f, const char *text)
{
    struct dtl_bytes t = dtl_bytes_trim(dtl_bytes_of(text)), none = {0};
    char room[DTL_DATE_TEXT];
    if (t.n < 8 || t.n > 60)
        return none;
    if (!is_day(t)) {
        if (t.n > 10 && is_day(dtl_bytes(t.p, 10)) && t.p[4] == '-') {
            t.n = 10; /* what follows the day is no time */
        } else if (dtl_digits(t, 0, 8) > 0 && (t.n == 8 || t.p[8] == 'T' || t.p[8] == ' ')) {
            t.n = 8;
        } else if (printed_day(t, room)) {
            t = dtl_bytes_of(room);
        }
        if (!is_day(t))
            return none;
    }
    struct dtl_bytes copy;
    if (!dtl_bytes_copy(f->m->arena, t, &copy)) {
        f->m->failed = true;
        return none;
    }
    return copy;
}

static void state_day(struct facts *f, int rank, const char *text)
{
    if (rank >= 0 && rank < DATES && !f->date[rank].n && text)
        f->date[rank] = day_of(f, text);
}

/* ---- JSON-LD ---- */

static const char *text_of(const json_t *v)
{
    return json_is_string(v) ? json_string_value(v) : "";
}

static void keep(struct facts *f, struct dtl_bytes *to, const char *text)
{
    struct dtl_bytes t = dtl_bytes_of(text);
    if (!to->n && t.n && !dtl_bytes_copy(f->m->arena, t, to))
        f->m->failed = true;
}

static void add_author(struct facts *f, const char *name)
{
    if (strncasecmp(name, "http", 4) != 0 && strlen(name) < 200) /* a page about them is no name */
        dtl_make_add(f->m, "author", dtl_bytes_of(name));
}

static void ld_object(struct facts *f, const json_t *o)
{
    const json_t *type = json_object_get(o, "@type");
    const char *name = text_of(json_is_array(type) ? json_array_get(type, 0) : type);
    bool article = strstr(name, "Article") || strstr(name, "Posting") || strstr(name, "Report");
    bool other = strstr(name, "Comment") || strstr(name, "Image") || strstr(name, "Video") ||
                 strstr(name, "Audio");
    if (other)
        return;
    state_day(f, article ? 0 : 4, text_of(json_object_get(o, "datePublished")));
    state_day(f, article ? 5 : 9, text_of(json_object_get(o, "dateCreated")));
    if (!article)
        return;
    keep(f, &f->headline, text_of(json_object_get(o, "headline")));
    keep(f, &f->body, text_of(json_object_get(o, "articleBody")));
    const json_t *author = json_object_get(o, "author"),
                 *publisher = json_object_get(o, "publisher");
    size_t n = json_is_array(author) ? json_array_size(author) : author != NULL;
    for (size_t i = 0; i < n; i++) {
        const json_t *a = json_is_array(author) ? json_array_get(author, i) : author;
        add_author(f, text_of(json_is_object(a) ? json_object_get(a, "name") : a));
    }
    keep(f, &f->site, text_of(json_object_get(publisher, "name")));
}

static void ld_walk(struct facts *f, json_t *v, int depth)
{
    size_t i;
    const char *key;
    json_t *child;
    if (depth > JSON_LD_DEPTH)
        return;
    if (json_is_array(v)) {
        json_array_foreach(v, i, child) ld_walk(f, child, depth + 1);
    } else if (json_is_object(v)) {
        ld_object(f, v);
        json_object_foreach(v, key, child)
        {
            if (json_is_object(child) || json_is_array(child))
                ld_walk(f, child, depth + 1);
        }
    }
}

static void json_ld(struct facts *f, const xmlNode *script)
{
    if (strcmp(dtl_xml_attribute(script, "type"), "application/ld+json") != 0 ||
        !script->children || !script->children->content)
        return;
    const char *text = (const char *)script->children->content;
    json_t *root = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
    if (root)
        ld_walk(f, root, 0);
    json_decref(root);
}

/* ---- meta, time, link ---- */

static int meta_rank(const char *name)
{
    static const struct {
        const char *name;
        int rank;
    } known[] = {
        {"article:published_time",       1 },
        {"og:article:published_time",    1 },
        {"article:published",            1 },
        {"datePublished",                2 },
        {"dc.date.issued",               3 },
        {"dcterms.issued",               3 },
        {"dc.date",                      6 },
        {"dcterms.date",                 6 },
        {"dcterms.created",              6 },
        {"dc.date.created",              6 },
        {"dc.created",                   6 },
        {"pubdate",                      5 },
        {"publishdate",                  5 },
        {"publish-date",                 5 },
        {"publish_date",                 5 },
        {"publication_date",             5 },
        {"publication-date",             5 },
        {"date_published",               5 },
        {"sailthru.date",                5 },
        {"parsely-pub-date",             5 },
        {"cxenseparse:recs:publishtime", 5 },
        {"og:published_time",            5 },
        {"originalpublicationdate",      5 },
        {"article_date_original",        5 },
        {"displaydate",                  5 },
        {"ptime",                        5 },
        {"citation_date",                5 },
        {"citation_publication_date",    5 },
        {"uploaddate",                   8 },
        {"datecreated",                  8 },
        {"date",                         7 },
        {"revision_date",                10},
        {"last-modified",                11},
        {"article:modified_time",        11},
        {"datemodified",                 11},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(name, known[i].name) == 0)
            return known[i].rank;
    return -1;
}

static void add_list(struct facts *f, const char *field, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, ",;");
        dtl_make_add(f->m, field, dtl_bytes(text, n));
        text += n + (text[n] != 0);
    }
}

static void meta(struct facts *f, const xmlNode *n)
{
    const char *content = dtl_xml_attribute(n, "content");
    const char *names[] = {dtl_xml_attribute(n, "property"), dtl_xml_attribute(n, "name"),
                           dtl_xml_attribute(n, "itemprop"), dtl_xml_attribute(n, "http-equiv")};
    for (size_t i = 0; i < 4; i++) {
        const char *name = names[i];
        if (!*name || !*content)
            continue;
        state_day(f, meta_rank(name), content);
        if (strcasecmp(name, "og:title") == 0)
            keep(f, &f->og_title, content);
        else if (strcasecmp(name, "og:site_name") == 0)
            keep(f, &f->site, content);
        else if (strcasecmp(name, "og:url") == 0)
            keep(f, &f->url, content);
        else if (strcasecmp(name, "og:locale") == 0 || strcasecmp(name, "content-language") == 0)
            keep(f, &f->locale, content);
        else if (strcasecmp(name, "description") == 0 || strcasecmp(name, "og:description") == 0)
            keep(f, &f->description, content);
        else if (strcasecmp(name, "author") == 0 || strcasecmp(name, "article:author") == 0 ||
                 strcasecmp(name, "dc.creator") == 0)
            add_author(f, content);
        else if (strcasecmp(name, "article:section") == 0)
            dtl_make_add(f->m, "section", dtl_bytes_of(content));
        else if (strcasecmp(name, "article:tag") == 0)
            dtl_make_add(f->m, "tags", dtl_bytes_of(content));
        else if (strcasecmp(name, "keywords") == 0 || strcasecmp(name, "news_keywords") == 0)
            add_list(f, "tags", content);
    }
}

static void time_of(struct facts *f, const xmlNode *n)
{
    const char *prop = dtl_xml_attribute(n, "itemprop"), *class = dtl_xml_attribute(n, "class");
    const char *day = dtl_xml_attribute(n, "datetime");
    bool says = strstr(prop, "datePublished") || strcasestr(class, "publish") ||
                xmlHasProp(n, (const xmlChar *)"pubdate");
    bool changed =
        strstr(prop, "dateModified") || strcasestr(class, "modif") || strcasestr(class, "updated");
    if (f->times < 1000)
        f->times += *day != 0;
    int rank = changed ? 11 : says ? (strstr(prop, "datePublished") ? 2 : 6) : 8;
    struct dtl_bytes shown = {0};
    if (!*day) /* what it shows is its value then */
        shown = dtl_make_line(f->m, n);
    char text[64];
    snprintf(text, sizeof text, "%.*s", shown.n < 63 ? (int)shown.n : 0, (const char *)shown.p);
    state_day(f, rank, *day ? day : text);
}

static void link_of(struct facts *f, const xmlNode *n)
{
    const char *href = dtl_xml_attribute(n, "href");
    if (strcasecmp(dtl_xml_attribute(n, "rel"), "canonical") != 0 || !*href)
        return;
    if (strncmp(href, "//", 2) == 0) {
        struct dtl_buffer b = {0};
        dtl_buffer_format(&b, "https:%s", href);
        if (dtl_buffer_byte(&b, 0))
            keep(f, &f->canonical, (const char *)b.p);
        dtl_buffer_release(&b);
    } else if (strncasecmp(href, "http", 4) == 0) {
        keep(f, &f->canonical, href);
    }
}

static void gather(struct facts *f, const xmlNode *root)
{
    for (const xmlNode *n = root; n;) {
        const char *name = n->type == XML_ELEMENT_NODE ? (const char *)n->name : "";
        if (strcmp(name, "meta") == 0)
            meta(f, n);
        else if (strcmp(name, "script") == 0)
            json_ld(f, n);
        else if (strcmp(name, "time") == 0)
            time_of(f, n);
        else if (strcmp(name, "link") == 0)
            link_of(f, n);
        else if (strcmp(name, "title") == 0 && !f->titles.window.n &&
                 (!n->parent || strcmp((const char *)n->parent->name, "svg") != 0))
            f->titles.window = dtl_make_line(f->m, n);
        else if (strcmp(name, "h1") == 0)
            dtl_html_titles_heading(&f->titles, n, f->m);
        if (n->type == XML_ELEMENT_NODE && n->children) {
            n = n->children;
            continue;
        }
        while (n != root && !n->next)
            n = n->parent;
        n = n == root ? NULL : n->next;
    }
}

static void put_facts(struct facts *f, const xmlNode *root)
{
    struct dtl_making *m = f->m;
    f->titles.site = f->site;
    f->titles.url = f->canonical.n ? f->canonical : f->url;
    if (!dtl_html_line(f->headline.n ? f->headline : f->og_title, m->arena, &f->titles.stated))
        m->failed = true;
    dtl_make_put(m, "title", dtl_html_title(&f->titles));
    for (int i = 0; i < DATES; i++)
        dtl_make_put(m, "date", f->date[i]);
    dtl_make_put(m, "source", f->site);
    dtl_make_put(m, "url", f->canonical);
    dtl_make_put(m, "url", f->url);
    dtl_make_put(m, "lang", dtl_bytes_of(dtl_xml_attribute(root, "lang")));
    dtl_make_put(m, "lang", f->locale);
    dtl_make_put(m, "summary", f->description);
}

/* ---- the reader ---- */

static const uint8_t *find_tag(struct dtl_bytes head, const char *tag)
{
    size_t n = strlen(tag);
    for (size_t at = 0; at + n < head.n; at++) {
        const uint8_t *p = memchr(head.p + at, '<', head.n - at - n);
        if (!p)
            return NULL;
        at = (size_t)(p - head.p);
        if (strncasecmp((const char *)p, tag, n) == 0 && !dtl_is_alnum(p[n]))
            return p;
    }
    return NULL;
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    head = dtl_bytes_trim(head);
    if (!head.n || head.p[0] != '<')
        return 0;
    if (head.n > 4096)
        head.n = 4096;
    if (find_tag(head, "<!doctype html") || find_tag(head, "<html"))
        return 60;
    return find_tag(head, "<head") || find_tag(head, "<body") || find_tag(head, "<article") ? 50
                                                                                            : 0;
}

static enum dtl_status html_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err)
{
    struct html *h = calloc(1, sizeof *h);
    if (!h)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *h = (struct html){
        .in = in, .said = {o->encoding, o->declared}
    };
    *state = h;
    return DTL_OK;
}

bool dtl_html_record(struct dtl_bytes page, struct dtl_making *m)
{
    bool deep;
    struct dtl_bytes text = {0};
    xmlDoc *doc = dtl_html_parse(page, &deep);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    struct facts f = {.m = m};
    if (root) {
        gather(&f, root);
        put_facts(&f, root);
        if (!dtl_html_main_text(doc, m->arena, &text))
            m->failed = true;
    } else if (!dtl_html_text(page, m->arena, &text)) {
        m->failed = true;
    }
    xmlFreeDoc(doc);
    if (f.body.n > 2 * text.n &&
        !dtl_html_text(f.body, m->arena, &text)) /* a page filled in by a script */
        m->failed = true;
    dtl_make_put(m, "body", text);
    return !m->failed;
}

static enum dtl_status html_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    struct html *h = state;
    struct dtl_record r = {.whole = true, .line = 1};
    struct dtl_making m;
    struct dtl_bytes page;
    if (h->done)
        return DTL_END;
    h->done = true;
    enum dtl_status st = dtl_format_whole_text(h->in, &h->said, true, arena, &page, &r, err);
    if (st < 0)
        return st;
    if (!dtl_make_begin(&m, &r, arena) || !dtl_html_record(page, &m))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = r;
    return DTL_OK;
}

const struct dtl_format dtl_format_html = {
    .name = "html",
    .summary = "pages of the web: the article's text, and the day, title and names they state",
    .confidence = 60,
    .one_article = true,
    .lang_doubted = true,
    .bid = bid,
    .open = html_open,
    .next = html_next,
    .close = free,
};
