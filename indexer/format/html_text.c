/*
 * html_text.c - HTML to text: what is plain by html_plain.c, the rest by libxml2's HTML parser.
 */
#include "indexer/format/html_text.h"

#include "common/base/process.h"
#include "common/base/utf8.h"
#include "indexer/format/charset.h"
#include "indexer/format/html_plain.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>

#define ATTRIBUTES_MAX 2000               /* of a tag */
#define START_BYTES    ((size_t)64 << 10) /* of room for a text, when it begins */

static xmlParserInputPtr open_nothing(const char *url, const char *id, xmlParserCtxtPtr context)
{
    (void)url, (void)id, (void)context;
    return NULL;
}

static void say_nothing(void *context, const char *text, ...)
{
    (void)context, (void)text;
}

/*
 * libxml2 2.9.14 without the memory it asked for goes on without the part of the document, or for
 * ever: it never learns of it (docs/decisions/0230).
 */
static void *held(void *p, size_t n)
{
    if (!p && n)
        dtl_process_out_of_memory();
    return p;
}

static void *memory_of(size_t n)
{
    return held(malloc(n), n);
}

static void *memory_again(void *p, size_t n)
{
    return held(realloc(p, n), n);
}

static char *memory_like(const char *s)
{
    return held(strdup(s), 1);
}

void dtl_xml_start(void)
{
    static bool started;
    if (started)
        return;
    started = true; /* readers run in one thread, the one that walks the files */
    xmlMemSetup(free, memory_of, memory_again, memory_like);
    xmlInitParser();
    xmlSetExternalEntityLoader(open_nothing);
    xmlSetGenericErrorFunc(NULL, say_nothing);
}

/* Where what begins at t[at] ends, behind it; t.n: nowhere. */
static size_t behind(struct dtl_bytes t, size_t at, const char *end)
{
    const uint8_t *p = memmem(t.p + at, t.n - at, end, strlen(end));
    return p ? (size_t)(p - t.p) + strlen(end) : t.n;
}

bool dtl_markup_is_overloaded(struct dtl_bytes t)
{
    for (size_t at = 0; at < t.n;) {
        const uint8_t *tag = memchr(t.p + at, '<', t.n - at);
        if (!tag)
            return false;
        struct dtl_bytes rest = dtl_bytes(tag, t.n - (size_t)(tag - t.p));
        at = (size_t)(tag - t.p) + 1;
        if (dtl_bytes_starts(rest, DTL_LITERAL("<!--")))
            at = behind(t, at, "-->");
        else if (dtl_bytes_starts(rest, DTL_LITERAL("<![CDATA[")))
            at = behind(t, at, "]]>");
        else if (rest.n > 1 && (dtl_is_alnum(rest.p[1]) || rest.p[1] == '_' || rest.p[1] >= 0x80)) {
            uint8_t quote = 0, before = 0;
            for (size_t names = 0; at < t.n && (quote || t.p[at] != '>'); before = t.p[at++]) {
                uint8_t c = t.p[at];
                if (quote) {
                    quote = c == quote ? 0 : quote;
                    continue;
                }
                if (c == '"' || c == '\'')
                    quote = before == '=' || dtl_is_space(before) ? c : 0;
                names += dtl_is_space(before) && !dtl_is_space(c);
                if (names > ATTRIBUTES_MAX)
                    return true;
            }
        }
    }
    return false;
}

/* ---- parsing ---- */

static bool tag_at(struct dtl_bytes t, size_t at, const char *tag)
{
    size_t n = strlen(tag);
    return t.n - at > n && strncasecmp((const char *)t.p + at, tag, n) == 0 &&
           !dtl_is_alnum(t.p[at + n]);
}

/* Where the next `tag` begins at or behind `at`; t.n: nowhere. */
static size_t tag_behind(struct dtl_bytes t, size_t at, const char *tag)
{
    for (; at < t.n; at++) {
        const uint8_t *p = memchr(t.p + at, '<', t.n - at);
        at = p ? (size_t)(p - t.p) : t.n;
        if (p && tag_at(t, at, tag))
            return at;
    }
    return t.n;
}

/*
 * The page without what stands in <noscript>: no text to us, and an element left open in it would
 * swallow the rest of the page, since libxml2, unlike a browser, keeps it open. Scripts and
 * comments are passed over, for they may speak of the tag. *out is the page itself or a copy to be
 * released.
 */
static struct dtl_bytes without_noscript(struct dtl_bytes html, struct dtl_buffer *copy)
{
    size_t taken = 0;
    for (size_t at = 0; at < html.n; at++) {
        const uint8_t *p = memchr(html.p + at, '<', html.n - at);
        if (!p)
            break;
        at = (size_t)(p - html.p);
        if (tag_at(html, at, "<script")) {
            at = tag_behind(html, at, "</script");
        } else if (html.n - at >= 4 && memcmp(p, "<!--", 4) == 0) {
            const uint8_t *end = memmem(p + 4, html.n - at - 4, "-->", 3);
            at = end ? (size_t)(end - html.p) : at + 3;
        } else if (tag_at(html, at, "<noscript")) {
            size_t end = tag_behind(html, at, "</noscript");
            if (end == html.n)
                break;
            dtl_buffer_append(copy, html.p + taken, at - taken);
            taken = end; /* a lone end tag is passed over by the parser */
            at = end;
        }
    }
    if (!taken)
        return html;
    dtl_buffer_append(copy, html.p + taken, html.n - taken);
    return copy->failed ? html : dtl_buffer_view(copy);
}

xmlDoc *dtl_html_parse(struct dtl_bytes html, bool *deep)
{
    *deep = dtl_markup_is_overloaded(html);
    dtl_xml_start();
    if (*deep || !html.n || html.n > INT_MAX / 2)
        return NULL;
    struct dtl_buffer copy = {0};
    html = without_noscript(html, &copy);
    htmlParserCtxtPtr c =
        html.n ? htmlCreateMemoryParserCtxt((const char *)html.p, (int)html.n) : NULL;
    if (!c) {
        dtl_buffer_release(&copy);
        return NULL;
    }
    xmlDoc *doc = htmlCtxtReadMemory(c, (const char *)html.p, (int)html.n, NULL, "UTF-8",
                                     HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                         HTML_PARSE_RECOVER | HTML_PARSE_COMPACT);
    *deep = c->disableSAX != 0; /* it stops where it refuses to go deeper, keeping what it had */
    htmlFreeParserCtxt(c);
    dtl_buffer_release(&copy);
    if (*deep && doc) {
        xmlFreeDoc(doc);
        doc = NULL;
    }
    return doc;
}

uint32_t dtl_html_reference(struct dtl_bytes in, size_t at, size_t *used)
{
    char name[16];
    size_t n = 0, end = at + 1;
    *used = 0;
    if (end < in.n && in.p[end] == '#') {
        uint32_t v = 0;
        bool hex = ++end < in.n && (in.p[end] | 32) == 'x';
        for (end += hex; end < in.n && n < 10; end++, n++) {
            int c = in.p[end];
            int d = c >= '0' && c <= '9'                        ? c - '0'
                    : hex && (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                                : -1;
            if (d < 0)
                break;
            v = v > 0x10ffff ? v : v * (hex ? 16 : 10) + (uint32_t)d;
        }
        if (!n)
            return 0;
        *used = end - at + (end < in.n && in.p[end] == ';');
        return v < 0x20 ? ' ' : v;
    }
    while (end < in.n && n < sizeof name - 1 && dtl_is_alnum(in.p[end]))
        name[n++] = (char)in.p[end++];
    name[n] = 0;
    const htmlEntityDesc *e =
        n && end < in.n && in.p[end] == ';' ? htmlEntityLookup((const xmlChar *)name) : NULL;
    if (!e)
        return 0;
    *used = end - at + 1;
    return e->value;
}

/* Where the next '<' or '&' is; in.n: nowhere. *tag is kept from call to call, SIZE_MAX at first:
 * the next '<', looked for once. */
static size_t markup_at(struct dtl_bytes in, size_t at, size_t *tag)
{
    if (*tag == SIZE_MAX || *tag < at) {
        const uint8_t *p = memchr(in.p + at, '<', in.n - at);
        *tag = p ? (size_t)(p - in.p) : in.n;
    }
    const uint8_t *p = memchr(in.p + at, '&', *tag - at);
    return p ? (size_t)(p - in.p) : *tag;
}

/* Text without the tags: for what no tree can be made of. */
static void without_tags(struct dtl_text_flow *f, struct dtl_bytes in)
{
    struct dtl_buffer text = {0};
    size_t tag = SIZE_MAX;
    dtl_buffer_reserve(&text, in.n);
    for (size_t at = 0; at < in.n;) {
        size_t used = 0, next = markup_at(in, at, &tag);
        uint32_t c;
        dtl_buffer_append(&text, in.p + at, next - at);
        at = next;
        if (at == in.n)
            break;
        if (in.p[at] == '<') {
            const uint8_t *end = memchr(in.p + at, '>', in.n - at);
            at = end ? (size_t)(end - in.p) + 1 : in.n;
            dtl_buffer_byte(&text, ' ');
        } else if (c = dtl_html_reference(in, at, &used), used) {
            dtl_utf8_append(&text, c);
            at += used;
        } else {
            dtl_buffer_byte(&text, in.p[at++]);
        }
    }
    dtl_text_flow_put(f, dtl_buffer_view(&text));
    f->out.failed |= text.failed;
    dtl_buffer_release(&text);
}

static bool flow_text(struct dtl_bytes html, struct dtl_text_flow *f)
{
    bool deep = false;
    if (!html.n)
        return true;
    if (!memchr(html.p, '<', html.n) || memchr(html.p, 0, html.n)) {
        without_tags(f, html);
        return !f->out.failed;
    }
    if (dtl_html_plain(html, f))
        return !f->out.failed;
    *f = (struct dtl_text_flow){
        .out = {.p = f->out.p, .capacity = f->out.capacity}
    };
    xmlDoc *doc = dtl_html_parse(html, &deep);
    if (doc)
        dtl_text_flow_tree(f, (const xmlNode *)doc, NULL, NULL);
    else
        without_tags(f, html);
    xmlFreeDoc(doc);
    return !f->out.failed;
}

bool dtl_html_text(struct dtl_bytes html, struct dtl_arena *arena, struct dtl_bytes *out)
{
    struct dtl_text_flow f = {0};
    if (!html.n || (!memchr(html.p, '<', html.n) && !memchr(html.p, '&', html.n)))
        return dtl_bytes_copy(arena, dtl_bytes_trim(html), out);
    dtl_buffer_reserve(&f.out, html.n < START_BYTES ? html.n : START_BYTES);
    bool ok = flow_text(html, &f);
    struct dtl_bytes text = dtl_buffer_view(&f.out);
    if (dtl_utf8_valid_prefix(text) < text.n)
        text.n = dtl_utf8_valid_prefix(text);
    ok = ok && dtl_bytes_copy(arena, text, out);
    dtl_buffer_release(&f.out);
    return ok;
}

/* A line already: neither markup nor blanks to be made single. */
static bool is_line(struct dtl_bytes t)
{
    for (size_t i = 0; i < t.n; i++) {
        uint8_t c = t.p[i];
        if (c < ' ' || c == '<' || c == '&' || c == 0xc2 ||
            (c == ' ' && i + 1 < t.n && t.p[i + 1] == ' '))
            return false;
    }
    return true;
}

bool dtl_html_line(struct dtl_bytes html, struct dtl_arena *arena, struct dtl_bytes *out)
{
    html = dtl_bytes_trim(html);
    if (is_line(html))
        return dtl_bytes_copy(arena, html, out);
    if (!dtl_html_text(html, arena, out))
        return false;
    struct dtl_text_flow f = {0};
    dtl_text_flow_put(&f, *out);
    bool ok = !f.out.failed && dtl_bytes_copy(arena, dtl_buffer_view(&f.out), out);
    dtl_buffer_release(&f.out);
    return ok;
}
