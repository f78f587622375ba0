/*
 * html_main.c - the article of a page among its menus, teasers and comments.
 *
 * Three passes over the tree. The first measures: text and text in links below each element. The
 * second gives points: each paragraph of some length to its parent, half of it to the one above.
 * The best candidate, and those beside it that look like its continuation, are the article. The
 * third writes it out and leaves aside what is inside it without belonging to it: lists of links,
 * share bars, forms.
 */
#include "indexer/format/html_main.h"

#include <libxml/tree.h>
#include <strings.h>

#define PARAGRAPH_MIN 25  /* characters: shorter ones are captions, buttons, dates */
#define POINTS_BY     100 /* one point for so many characters of a paragraph, at most 3 */
#define SIBLING_PART  5   /* a sibling with a fifth of the best's points is its continuation */
#define SIBLING_LINE                                                                               \
    80 /* a paragraph of so many characters beside the best, with few links, is too */
#define SHORT_TEXT     600 /* bytes: with less, a second attempt is made */
#define BOXES          4   /* in one another, around a paragraph */
#define TORN           3   /* an article has a third of a page's paragraphs at least */
#define LINKS_TOO_MANY 50  /* percent of a block's text in links: a list of teasers */

struct mark {             /* of one element, behind its _private */
    uint32_t text, links; /* characters without blanks */
    uint32_t commas;
    float points;
    bool candidate, aside;
};

static struct mark *mark_of(const xmlNode *n)
{
    return n->_private;
}

/* ---- names ---- */

static bool names(const xmlNode *n, const char *const *words)
{
    for (const xmlAttr *a = n->properties; a; a = a->next) {
        const char *attribute = (const char *)a->name;
        if (strcmp(attribute, "class") != 0 && strcmp(attribute, "id") != 0 &&
            strcmp(attribute, "role") != 0)
            continue;
        const char *value =
            a->children && a->children->content ? (const char *)a->children->content : "";
        for (const char *const *w = words; *w; w++)
            if (strcasestr(value, *w))
                return true;
    }
    return false;
}

static const char *const against[] = {
    "comment",  "sidebar",    "footer",    "navi",      "nav-",       "navbar",     "menu",
    "related",  "share",      "sharing",   "social",    "promo",      "teaser",     "newsletter",
    "cookie",   "banner",     "advert",    "sponsor",   "widget",     "breadcrumb", "pagination",
    "popup",    "modal",      "login",     "subscribe", "recommend",  "outbrain",   "taboola",
    "disqus",   "hidden",     "toolbar",   "masthead",  "tags",       "most-read",  "popular",
    "trending", "author-bio", "copyright", "ad-",       "disclaimer", NULL};
static const char *const in_favour[] = {"article", "body", "content", "entry", "main",
                                        "post",    "text", "blog",    "story", NULL};
static const char *const whole_page[] = {"page", "wrapper", "container", "layout", "site", NULL};

static bool is_tag(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && strcasecmp((const char *)n->name, name) == 0;
}

/* By what the page states of it: microdata, RDFa. */
static bool is_article_body(const xmlNode *n)
{
    for (const xmlAttr *a = n->properties; a; a = a->next) {
        if (strcmp((const char *)a->name, "itemprop") != 0 &&
            strcmp((const char *)a->name, "property") != 0)
            continue;
        const char *value = a->children ? (const char *)a->children->content : NULL;
        if (value && (strstr(value, "articleBody") || strstr(value, "content:encoded")))
            return true;
    }
    return false;
}

/* What is never part of an article, by its tag or its names. */
static bool is_aside(const xmlNode *n, bool by_names)
{
    static const char *const tags[] = {"nav", "aside", "footer", "form", "menu", "dialog"};
    if (dtl_html_role((const char *)n->name) == DTL_HTML_NO_TEXT)
        return true;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (is_tag(n, tags[i]))
            return true;
    if (!by_names || is_tag(n, "body") || is_tag(n, "html") || is_tag(n, "article") ||
        is_tag(n, "main") || is_article_body(n))
        return false;
    return names(n, against) &&
           !names(n, (const char *const[]){"article-body", "articlebody", "article_body",
                                           "story-body", "entry-content", "post-content",
                                           "content-body", "has-sidebar", "with-sidebar",
                                           "no-sidebar", "label-hidden", NULL});
}

/* ---- first pass: measures ---- */

static void add(struct mark *to, const struct mark *from)
{
    to->text += from->text;
    to->links += from->links;
    to->commas += from->commas;
}

static void measure_text(struct mark *m, const char *text, bool link)
{
    uint32_t n = 0;
    for (const uint8_t *p = (const uint8_t *)text; *p; p++) {
        n += !dtl_is_space(*p) && (*p & 0xc0) != 0x80;
        m->commas += *p == ',' || (*p == 0xe3 && p[1] == 0x80 && (p[2] == 0x81 || p[2] == 0x82)) ||
                     (*p == 0xd8 && p[1] == 0x8c); /* of Chinese, Japanese, Arabic too */
    }
    m->text += n;
    m->links += link ? n : 0;
}

static bool measure(xmlNode *root, bool by_names, struct dtl_arena *arena)
{
    xmlNode *n = root;
    int links = 0;
    for (;;) {
        bool enter = false;
        if (n->type == XML_ELEMENT_NODE) {
            struct mark *m = dtl_arena_alloc(arena, sizeof *m);
            if (!m)
                return false;
            n->_private = m;
            m->aside = is_aside(n, by_names);
            links += is_tag(n, "a");
            enter = n->children && !m->aside;
        } else if (n->type == XML_TEXT_NODE && n->content && n->parent && mark_of(n->parent)) {
            measure_text(mark_of(n->parent), (const char *)n->content, links > 0);
        }
        if (enter) {
            n = n->children;
            continue;
        }
        for (;; n = n->parent) { /* n is done with */
            if (n->type == XML_ELEMENT_NODE) {
                links -= is_tag(n, "a");
                if (n != root && n->parent && mark_of(n->parent))
                    add(mark_of(n->parent), mark_of(n));
            }
            if (n == root)
                return true;
            if (n->next)
                break;
        }
        n = n->next;
    }
}

/* ---- second pass: points ---- */

static bool has_block(const xmlNode *n)
{
    for (const xmlNode *c = n->children; c; c = c->next)
        if (c->type == XML_ELEMENT_NODE && dtl_html_role((const char *)c->name) == DTL_HTML_BLOCK)
            return true;
    return false;
}

static bool is_paragraph(const xmlNode *n)
{
    return is_tag(n, "p") || is_tag(n, "pre") || is_tag(n, "blockquote") ||
           ((is_tag(n, "div") || is_tag(n, "section") || is_tag(n, "td") || is_tag(n, "span")) &&
            !has_block(n) && mark_of(n)->text >= SIBLING_LINE);
}

static float first_points(const xmlNode *n)
{
    float v = is_tag(n, "article")                       ? 10
              : is_tag(n, "main")                        ? 8
              : is_tag(n, "div") || is_tag(n, "section") ? 5
              : is_tag(n, "td")                          ? 3
                                                         : 0;
    if (is_tag(n, "ul") || is_tag(n, "ol") || is_tag(n, "li") || is_tag(n, "dl"))
        v -= 3;
    if (is_tag(n, "body") ||
        names(n, whole_page)) /* holds everything: wins only when nothing else does */
        v -= 5;
    if (names(n, in_favour))
        v += 25;
    if (is_article_body(n))
        v += 50;
    return v;
}

static void give(xmlNode *n, float points)
{
    struct mark *m = n && n->type == XML_ELEMENT_NODE ? mark_of(n) : NULL;
    if (!m)
        return;
    if (!m->candidate)
        m->points = first_points(n);
    m->candidate = true;
    m->points += points;
}

static float worth(const xmlNode *n) /* points, less what its links take */
{
    const struct mark *m = mark_of(n);
    return m->points * (1 - (float)m->links / (float)(m->text + 1));
}

static xmlNode *next_element(xmlNode *n, const xmlNode *root)
{
    if (n->children && !(n->type == XML_ELEMENT_NODE && mark_of(n) && mark_of(n)->aside))
        return n->children;
    while (n != root && !n->next)
        n = n->parent;
    return n == root ? NULL : n->next;
}

/* The element with most points; *paragraphs: characters in all paragraphs that gave some. */
static xmlNode *best_candidate(xmlNode *root, uint64_t *paragraphs)
{
    xmlNode *best = NULL;
    *paragraphs = 0;
    for (xmlNode *n = root; n; n = next_element(n, root)) {
        const struct mark *m = n->type == XML_ELEMENT_NODE ? mark_of(n) : NULL;
        if (!m || m->aside || !is_paragraph(n) || m->text < PARAGRAPH_MIN ||
            m->links * 100 > m->text * LINKS_TOO_MANY)
            continue;
        *paragraphs += m->text;
        float by_length = (float)m->text / POINTS_BY;
        float points = 1 + (float)m->commas + (by_length < 3 ? by_length : 3);
        give(n->parent, points);
        give(n->parent ? n->parent->parent : NULL, points / 2);
        if (n->parent && n->parent->parent)
            give(n->parent->parent->parent, points / 6);
    }
    for (xmlNode *n = root; n; n = next_element(n, root))
        if (n->type == XML_ELEMENT_NODE && mark_of(n) && mark_of(n)->candidate &&
            !mark_of(n)->aside && (!best || worth(n) > worth(best)))
            best = n;
    return best;
}

/* What the candidates beside n are worth together. */
static float beside(const xmlNode *n)
{
    float sum = 0;
    for (const xmlNode *c = n->parent->children; c; c = c->next)
        if (c != n && c->type == XML_ELEMENT_NODE && mark_of(c) && mark_of(c)->candidate &&
            !mark_of(c)->aside && worth(c) > 0)
            sum += worth(c);
    return sum;
}

static xmlNode *holder(const xmlNode *n) /* NULL: it is the page itself */
{
    xmlNode *p = n->parent;
    return !p || p->type != XML_ELEMENT_NODE || !mark_of(p) || is_tag(p, "body") ||
                   is_tag(p, "html")
               ? NULL
               : p;
}

/* An article spread over several blocks of a kind: their parent is the article. */
static xmlNode *widened(xmlNode *best)
{
    for (int steps = 0; steps < 3; steps++) {
        xmlNode *p = holder(best);
        if (!p || (beside(best) < worth(best) / 2 && worth(p) < worth(best) * 0.75f))
            break;
        best = p;
    }
    return best;
}

/*
 * Site builders put each paragraph into a box in a box. Where the best has but a part of the page's
 * paragraphs, the boxes around it are compared with those beside them; they are of one kind, so the
 * first that has others of its worth beside it shows the article in what holds them.
 */
static xmlNode *gathered(xmlNode *best, uint64_t paragraphs)
{
    xmlNode *box = best;
    for (int steps = 0; steps < BOXES && (uint64_t)mark_of(best)->text * TORN < paragraphs;
         steps++) {
        xmlNode *p = holder(box);
        if (!p)
            break;
        if (mark_of(box)->candidate && beside(box) >= worth(box))
            best = p;
        box = p;
    }
    return best;
}

/* ---- third pass: the text ---- */

/* Inside the article, yet not of it: asides, and blocks whose text is mostly links. */
static bool leaves_out(const xmlNode *n, void *context)
{
    (void)context;
    const struct mark *m = n->type == XML_ELEMENT_NODE ? n->_private : NULL;
    if (!m)
        return false;
    if (m->aside)
        return true;
    enum dtl_html_role role = dtl_html_role((const char *)n->name);
    bool block = role == DTL_HTML_BLOCK || role == DTL_HTML_LINE;
    return block && m->text && m->links * 100 > m->text * LINKS_TOO_MANY && !is_tag(n, "h1") &&
           (m->text > 3 * PARAGRAPH_MIN || m->links * 10 > m->text * 9);
}

static bool continues(const xmlNode *n, const xmlNode *best)
{
    const struct mark *m = n->type == XML_ELEMENT_NODE ? mark_of(n) : NULL;
    if (!m || m->aside)
        return false;
    if (n == best)
        return true;
    float bar = worth(best) / SIBLING_PART > 10 ? worth(best) / SIBLING_PART : 10;
    if (m->candidate && worth(n) >= bar)
        return true;
    return is_tag(n, "p") && m->text > SIBLING_LINE && m->links * 4 < m->text;
}

/* The article when names of classes count, or when they do not. */
static bool attempt(xmlNode *root, bool by_names, struct dtl_buffer *out)
{
    struct dtl_text_flow f = {0};
    struct dtl_arena marks = {0};
    bool ok = measure(root, by_names, &marks);
    uint64_t paragraphs = 0;
    xmlNode *best = ok ? best_candidate(root, &paragraphs) : NULL;
    if (best)
        best = gathered(widened(best), paragraphs);
    if (best && best->parent && best->parent->type == XML_ELEMENT_NODE) {
        for (xmlNode *n = best->parent->children; n; n = n->next)
            if (continues(n, best)) {
                dtl_text_flow_lines(&f, 2);
                dtl_text_flow_tree(&f, n, leaves_out, NULL);
            }
    } else if (ok) {
        dtl_text_flow_tree(&f, best ? best : root, leaves_out, NULL);
    }
    dtl_arena_release(&marks);
    *out = f.out;
    return ok && !f.out.failed;
}

bool dtl_html_main_text(xmlDoc *page, struct dtl_arena *arena, struct dtl_bytes *out)
{
    struct dtl_buffer first = {0}, second = {0};
    xmlNode *root = xmlDocGetRootElement(page);
    bool ok = !root || attempt(root, true, &first);
    /* hardly anything: perhaps the page calls its article a sidebar */
    if (ok && root && first.n < SHORT_TEXT)
        ok = attempt(root, false, &second);
    struct dtl_buffer *best = second.n > 2 * first.n ? &second : &first;
    ok = ok && dtl_bytes_copy(arena, dtl_buffer_view(best), out);
    dtl_buffer_release(&first);
    dtl_buffer_release(&second);
    return ok;
}
