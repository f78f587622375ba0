/* html_title.c - which of a page's lines is its title. */
#include "indexer/format/html_title.h"

#include "indexer/format/html_text.h"

#include <libxml/tree.h>
#include <strings.h>

#define HEADING_MIN  10  /* bytes: a shorter heading is a logo or a section */
#define NAME_LETTERS 4   /* letters of a site's name that must agree */
#define NAME_BYTES   256 /* bytes of one that are looked at */

/* ---- headings ---- */

static bool is_link(const xmlNode *n, void *context)
{
    (void)context;
    return n->type == XML_ELEMENT_NODE && strcasecmp((const char *)n->name, "a") == 0;
}

/* The heading as one line; without its links: a site's own name stands in one. */
static void keep(struct dtl_html_titles *t, const xmlNode *h1, bool links, struct dtl_making *m)
{
    struct dtl_text_flow flow = {0}, line = {0};
    struct dtl_bytes text = {0};
    if (t->headings == DTL_HTML_HEADINGS)
        return;
    dtl_text_flow_tree(&flow, h1, links ? NULL : is_link, NULL);
    dtl_text_flow_put(&line, dtl_buffer_view(&flow.out));
    if (flow.out.failed || line.out.failed ||
        !dtl_bytes_copy(m->arena, dtl_buffer_view(&line.out), &text))
        m->failed = true;
    else if (text.n && (!t->headings || !dtl_bytes_equal(text, t->heading[t->headings - 1])))
        t->heading[t->headings++] = text;
    dtl_buffer_release(&flow.out);
    dtl_buffer_release(&line.out);
}

void dtl_html_titles_heading(struct dtl_html_titles *t, const xmlNode *h1, struct dtl_making *m)
{
    t->h1++;
    keep(t, h1, true, m);
    keep(t, h1, false, m);
}

/* ---- what divides a title from a site's name ---- */

static size_t blank_at(struct dtl_bytes t, size_t at)
{
    struct dtl_bytes rest = dtl_bytes(t.p + at, t.n - at);
    if (rest.n && dtl_is_space(rest.p[0]))
        return 1;
    if (dtl_bytes_starts(rest, DTL_LITERAL("\xc2\xa0")))
        return 2;
    return dtl_bytes_starts(rest, DTL_LITERAL("\xe3\x80\x80")) ? 3 : 0; /* of Chinese, Japanese */
}

/* Bytes of the divider at `at`, its blanks included; 0: there is none. */
static size_t divider_at(struct dtl_bytes t, size_t at)
{
    static const char *const marks[] = {"-",
                                        "|",
                                        "\xe2\x80\x93",
                                        "\xe2\x80\x94",
                                        "::",
                                        "\xc2\xbb",
                                        "\xc2\xb7",
                                        "\xe2\x80\xa2",
                                        "\xe2\x80\xba",
                                        "\xef\xbc\x9a", /* full-width colon */
                                        "\xef\xbd\x9c" /* ... and bar */};
    size_t from = at, n;
    while ((n = blank_at(t, at)))
        at += n;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (!dtl_bytes_starts(dtl_bytes(t.p + at, t.n - at), dtl_bytes_of(marks[i])))
            continue;
        if (at == from && marks[i][0] == '-') /* inside a word */
            return 0;
        at += strlen(marks[i]);
        while ((n = blank_at(t, at)))
            at += n;
        return at - from;
    }
    return 0;
}

/* Where the title ends that `heading` begins: at its own end, when a divider or nothing follows. */
static bool begins_with(struct dtl_bytes line, struct dtl_bytes heading)
{
    return heading.n >= HEADING_MIN && dtl_bytes_starts(line, heading) &&
           (line.n == heading.n || divider_at(line, heading.n) > 0);
}

/* Letters and digits of a name in lower case; how many bytes. */
static size_t letters(struct dtl_bytes name, uint8_t out[NAME_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < NAME_BYTES; i++) {
        uint8_t c = name.p[i];
        if (c >= 'A' && c <= 'Z')
            out[n++] = c | 0x20;
        else if (dtl_is_alnum(c) || c >= 0x80)
            out[n++] = c;
    }
    return n;
}

/* Is one name the beginning of the other? "La Stampa" and "lastampa.it" are. */
static bool same_name(struct dtl_bytes a, struct dtl_bytes b)
{
    uint8_t x[NAME_BYTES], y[NAME_BYTES];
    size_t n = letters(a, x), m = letters(b, y);
    if (n == m && n)
        return memcmp(x, y, n) == 0;
    return n >= NAME_LETTERS && m >= NAME_LETTERS && memcmp(x, y, n < m ? n : m) == 0;
}

/* The host of an address, without "www."; empty when there is none. */
static struct dtl_bytes host_of(struct dtl_bytes url)
{
    const uint8_t *p = url.n ? memmem(url.p, url.n, "://", 3) : NULL;
    if (!p)
        return dtl_bytes(NULL, 0);
    size_t at = (size_t)(p - url.p) + 3, end = at;
    while (end < url.n && url.p[end] != '/')
        end++;
    struct dtl_bytes host = dtl_bytes(url.p + at, end - at);
    if (dtl_bytes_starts(host, DTL_LITERAL("www.")))
        host = dtl_bytes(host.p + 4, host.n - 4);
    return host;
}

static struct dtl_bytes without_blanks(struct dtl_bytes t) /* at its end */
{
    for (size_t n = 1; n <= 3 && n <= t.n; n++)
        if (blank_at(t, t.n - n) == n) {
            t.n -= n;
            n = 0;
        }
    return t;
}

/* "Title - Site" without the site. */
static struct dtl_bytes without_site(struct dtl_bytes title, const struct dtl_html_titles *t)
{
    struct dtl_bytes host = host_of(t->url);
    for (size_t at = title.n; at-- > 1;) {
        size_t n = divider_at(title, at);
        if (!n)
            continue;
        struct dtl_bytes name = dtl_bytes(title.p + at + n, title.n - at - n);
        if (!same_name(name, t->site) && !same_name(name, host))
            continue;
        return without_blanks(dtl_bytes(title.p, at));
    }
    return title;
}

/* ---- the choice ---- */

struct dtl_bytes dtl_html_title(const struct dtl_html_titles *t)
{
    struct dtl_bytes title = t->stated.n                 ? t->stated
                             : t->h1 == 1 && t->headings ? t->heading[0]
                                                         : t->window;
    bool seen = title.n && t->window.n && memmem(t->window.p, t->window.n, title.p, title.n);
    for (size_t i = 0; i < t->headings && t->stated.n && !seen; i++)
        seen = dtl_bytes_equal(t->heading[i], title);
    for (size_t i = 0; i < 2 * t->headings; i++) {
        struct dtl_bytes h = t->heading[i % t->headings];
        bool agrees = i < t->headings ? !seen && begins_with(t->window, h) /* two against one */
                                      : begins_with(title, h);
        if (agrees && !same_name(h, t->site))
            return h;
    }
    return without_site(title, t);
}
