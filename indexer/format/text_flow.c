/*
 * text_flow.c - text gathered piece by piece, its blanks single, its blocks apart.
 *
 * Nearly all bytes of a text go out as they came in. So runs are looked for, eight bytes at a time,
 * and only where one ends is a byte looked at alone.
 */
#include "indexer/format/text_flow.h"

#include "common/base/utf8.h"
#include "indexer/format/charset.h"

#include <libxml/tree.h>
#include <strings.h>

/* The table is sorted; every name begins with a letter. */
enum dtl_html_role dtl_html_role(const char *name)
{
    static const struct {
        char name[11];
        uint8_t role;
    } known[] = {
        {"address",    DTL_HTML_BLOCK  },
        {"article",    DTL_HTML_BLOCK  },
        {"aside",      DTL_HTML_BLOCK  },
        {"audio",      DTL_HTML_NO_TEXT},
        {"block",      DTL_HTML_BLOCK  },
        {"blockquote", DTL_HTML_BLOCK  },
        {"body",       DTL_HTML_BLOCK  },
        {"bq",         DTL_HTML_BLOCK  },
        {"br",         DTL_HTML_BREAK  },
        {"button",     DTL_HTML_NO_TEXT},
        {"canvas",     DTL_HTML_NO_TEXT},
        {"caption",    DTL_HTML_BLOCK  },
        {"center",     DTL_HTML_BLOCK  },
        {"dd",         DTL_HTML_LINE   },
        {"details",    DTL_HTML_BLOCK  },
        {"div",        DTL_HTML_BLOCK  },
        {"dl",         DTL_HTML_BLOCK  },
        {"dt",         DTL_HTML_LINE   },
        {"embed",      DTL_HTML_NO_TEXT},
        {"fieldset",   DTL_HTML_BLOCK  },
        {"figcaption", DTL_HTML_BLOCK  },
        {"figure",     DTL_HTML_BLOCK  },
        {"footer",     DTL_HTML_BLOCK  },
        {"form",       DTL_HTML_BLOCK  },
        {"h1",         DTL_HTML_BLOCK  },
        {"h2",         DTL_HTML_BLOCK  },
        {"h3",         DTL_HTML_BLOCK  },
        {"h4",         DTL_HTML_BLOCK  },
        {"h5",         DTL_HTML_BLOCK  },
        {"h6",         DTL_HTML_BLOCK  },
        {"head",       DTL_HTML_NO_TEXT},
        {"header",     DTL_HTML_BLOCK  },
        {"hl1",        DTL_HTML_BLOCK  },
        {"hl2",        DTL_HTML_BLOCK  },
        {"hr",         DTL_HTML_BLOCK  },
        {"iframe",     DTL_HTML_NO_TEXT},
        {"input",      DTL_HTML_NO_TEXT},
        {"li",         DTL_HTML_LINE   },
        {"main",       DTL_HTML_BLOCK  },
        {"map",        DTL_HTML_NO_TEXT},
        {"math",       DTL_HTML_NO_TEXT},
        {"nav",        DTL_HTML_BLOCK  },
        {"noscript",   DTL_HTML_NO_TEXT},
        {"object",     DTL_HTML_NO_TEXT},
        {"ol",         DTL_HTML_BLOCK  },
        {"option",     DTL_HTML_LINE   },
        {"p",          DTL_HTML_BLOCK  },
        {"para",       DTL_HTML_BLOCK  },
        {"pre",        DTL_HTML_BLOCK  },
        {"script",     DTL_HTML_NO_TEXT},
        {"section",    DTL_HTML_BLOCK  },
        {"select",     DTL_HTML_NO_TEXT},
        {"style",      DTL_HTML_NO_TEXT},
        {"summary",    DTL_HTML_BLOCK  },
        {"svg",        DTL_HTML_NO_TEXT},
        {"table",      DTL_HTML_BLOCK  },
        {"tbody",      DTL_HTML_LINE   },
        {"td",         DTL_HTML_CELL   },
        {"td-p",       DTL_HTML_BLOCK  },
        {"template",   DTL_HTML_NO_TEXT},
        {"textarea",   DTL_HTML_NO_TEXT},
        {"th",         DTL_HTML_CELL   },
        {"thead",      DTL_HTML_LINE   },
        {"tr",         DTL_HTML_LINE   },
        {"ul",         DTL_HTML_BLOCK  },
        {"video",      DTL_HTML_NO_TEXT},
    };
    enum { KNOWN = sizeof known / sizeof *known };
    static uint8_t first[27]; /* of those with each letter; readers run in one thread */
    if (!first[26]) {
        for (size_t i = KNOWN; i-- > 0;)
            first[known[i].name[0] - 'a'] = (uint8_t)i;
        first[26] = KNOWN;
        for (size_t c = 25; c > 0; c--)
            first[c] = first[c] ? first[c] : first[c + 1];
    }
    unsigned letter = ((uint8_t)name[0] | 0x20u) - 'a';
    for (size_t i = letter < 26 ? first[letter] : KNOWN; i < KNOWN && i < first[letter + 1]; i++)
        if (strcasecmp(name, known[i].name) == 0)
            return known[i].role;
    return DTL_HTML_INLINE;
}

void dtl_text_flow_lines(struct dtl_text_flow *f, int lines)
{
    if (f->lines < lines)
        f->lines = lines;
}

/* What is due before the next byte of text. */
static void put_due(struct dtl_text_flow *f)
{
    if (f->out.n && f->lines)
        for (int i = 0; i < f->lines; i++)
            dtl_buffer_byte(&f->out, '\n');
    else if (f->out.n && f->blank)
        dtl_buffer_byte(&f->out, ' ');
    f->lines = 0;
    f->blank = false;
}

/* High bit of each byte that is zero, of one below `low`; perhaps of others behind such a one. */
static uint64_t zeros(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return (w - ones) & ~w & ones << 7;
}

static uint64_t below(uint64_t w, uint8_t low)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return (w - ones * low) & ~w & ones << 7;
}

/* Each '\n' among the eight bytes as a ' ', and no other byte changed. */
static uint64_t lines_joined(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = ones * 0x7f;
    uint64_t other = w ^ ones * '\n', is_end = ~(((other & low) + low) | other | low);
    return w ^ (is_end >> 7) * ('\n' ^ ' ');
}

static void join_lines(uint8_t *p, size_t n)
{
    for (; n >= 8; p += 8, n -= 8)
        dtl_store64(p, lines_joined(dtl_load64(p)));
    for (; n; p++, n--)
        *p = *p == '\n' ? ' ' : *p;
}

/*
 * Where the run that begins at `at`, not with a blank, ends: what goes out as it stands, words with
 * one ' ' or one line's end between them, which is then made a ' '. 0xc2 begins the characters that
 * are blanks or meant otherwise. A blank that ends a run is none of it. Eight bytes at a time, each
 * with the one behind it.
 */
static size_t run_end(struct dtl_bytes t, size_t at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    while (at < t.n) {
        for (; t.n - at >= 9; at += 8) {
            uint64_t w = lines_joined(dtl_load64(t.p + at)), next = dtl_load64(t.p + at + 1);
            uint64_t blank =
                zeros(w ^ ones * ' ') & (below(next, 0x21) | zeros(next ^ ones * 0xc2));
            if (below(w, 0x20) | zeros(w ^ ones * 0xc2) | blank)
                break;
        }
        for (size_t stop = t.n - at < 8 ? t.n : at + 8; at < stop; at++) {
            bool last = at + 1 == t.n || dtl_is_space(t.p[at + 1]) || t.p[at + 1] == 0xc2;
            bool single = (t.p[at] == ' ' || t.p[at] == '\n') && !last;
            if (t.p[at] == 0xc2 || (dtl_is_space(t.p[at]) && !single))
                return at;
        }
    }
    return at;
}

/* The web reads U+0080..9F as what windows-1252 has there, and writes them so. */
void dtl_text_flow_put(struct dtl_text_flow *f, struct dtl_bytes text)
{
    for (size_t at = 0; at < text.n;) {
        uint8_t c = text.p[at], next = at + 1 < text.n ? text.p[at + 1] : 0;
        bool nbsp = c == 0xc2 && next == 0xa0;
        if (dtl_is_space(c) || nbsp) {
            f->blank = true;
            at += nbsp ? 2 : 1;
            continue;
        }
        put_due(f);
        if (c == 0xc2 && next >= 0x80 && next < 0xa0 && dtl_charset_stray(next) != 0xfffd) {
            dtl_utf8_append(&f->out, dtl_charset_stray(next));
            at += 2;
            continue;
        }
        size_t end = run_end(text, c == 0xc2 ? at + 1 : at);
        if (dtl_buffer_append(&f->out, text.p + at, end - at))
            join_lines(f->out.p + f->out.n - (end - at), end - at);
        at = end;
    }
}

static void around(struct dtl_text_flow *f, enum dtl_html_role role)
{
    if (role == DTL_HTML_BLOCK)
        dtl_text_flow_lines(f, 2);
    else if (role == DTL_HTML_LINE || role == DTL_HTML_BREAK)
        dtl_text_flow_lines(f, 1);
    else if (role == DTL_HTML_CELL)
        f->blank = true;
}

static enum dtl_html_role role_of(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE ? dtl_html_role((const char *)node->name)
                                          : DTL_HTML_INLINE;
}

/* Text, or the beginning of an element; true when its children are to be walked. */
static bool enters(struct dtl_text_flow *f, const xmlNode *node)
{
    enum dtl_html_role role = role_of(node);
    if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && node->content)
        dtl_text_flow_put(f, dtl_bytes_of((const char *)node->content));
    if (role == DTL_HTML_BREAK && f->lines) /* two breaks are a paragraph's end */
        dtl_text_flow_lines(f, 2);
    around(f, role);
    bool holds = node->type == XML_ELEMENT_NODE || node->type == XML_HTML_DOCUMENT_NODE ||
                 node->type == XML_DOCUMENT_NODE;
    return holds && node->children && role != DTL_HTML_NO_TEXT;
}

void dtl_text_flow_tree(struct dtl_text_flow *f, const xmlNode *node,
                        bool (*skip)(const xmlNode *node, void *context), void *context)
{
    const xmlNode *at = node;
    for (;;) {
        bool left_out = skip && skip(at, context);
        if (!left_out && enters(f, at)) {
            at = at->children;
            continue;
        }
        for (;; at = at->parent) { /* `at` is done with */
            enum dtl_html_role role = role_of(at);
            if (!left_out && role != DTL_HTML_BREAK)
                around(f, role);
            left_out = false;
            if (at == node)
                return;
            if (at->next)
                break;
        }
        at = at->next;
    }
}
