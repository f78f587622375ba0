/*
 * html_plain.c - fragments so plain that a parser would find in them what stands there.
 *
 * What feeds and collections hold is mostly paragraphs, line breaks and words marked by letters or
 * links; a tree of it costs ten times what reading it costs. This reader never judges: at the first
 * thing for which a parser of the web's HTML has a rule of its own (a tag of another name, a mark
 * not closed in its paragraph, a reference without ';', a character that is none) it gives up, and
 * libxml2 decides. A fuzz target holds the two to the same text.
 */
#include "indexer/format/html_plain.h"

#include "common/base/utf8.h"

#include <libxml/HTMLparser.h>
#include <strings.h>

#define DEPTH      16                /* of marks inside one another */
#define ATTRIBUTES 30                /* of a tag */
#define NAME_BYTES 40                /* of one that HTML does not have */
#define TEXT_MAX   ((size_t)4 << 20) /* libxml2 drops what passes its limit for one text */

/* MARK and above: marks of words, by name; UNKNOWN: a name no HTML has, as `<XYZ>` beside a company
 */
enum kind { PARAGRAPH, BREAK, IMAGE, MARK, UNKNOWN = 64 };

struct tag {
    enum kind kind;
    bool closes, empty; /* </p>, <p/> */
    size_t end;         /* behind its '>' */
};

struct plain {
    struct dtl_text_flow *f;
    enum kind open[DEPTH];
    size_t depth;
    bool paragraph; /* one is open */
};

/* Characters of UTF-8 that XML has, none of them a control but blanks. */
static bool is_clean(struct dtl_bytes t)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t at = 0;
    while (at < t.n) {
        if (t.n - at >= 8) {
            uint64_t w = dtl_load64(t.p + at), ends = w ^ ones * '\n', low = ones * 0x7f;
            ends = ~(((ends & low) + low) | ends | low); /* exactly the ends of lines */
            w |= ends >> 2;                              /* which are no controls: 0x20 */
            if (!((w - ones * 0x20) & ~w & ones << 7)) {
                at += 8;
                continue;
            }
        }
        for (size_t stop = t.n - at < 8 ? t.n : at + 8; at < stop; at++)
            if (t.p[at] < 0x20 && t.p[at] != '\n' && t.p[at] != '\t' && t.p[at] != '\r')
                return false;
    }
    if (dtl_bytes_starts(t, DTL_LITERAL("\xef\xbb\xbf")) || dtl_utf8_valid_prefix(t) < t.n)
        return false;
    const uint8_t *p = t.p, *end = t.p + t.n;
    while ((p = memchr(p, 0xef, (size_t)(end - p))) && (p[1] != 0xbf || p[2] < 0xbe))
        p++; /* U+FFFE and U+FFFF are no characters */
    return !p;
}

static bool named(struct dtl_bytes name, enum kind *kind)
{
    static const char *const marks[] = {"a", "b",   "i",   "em",   "strong", "span",
                                        "u", "sub", "sup", "cite", "small",  "font"};
    static const char *const own[] = {"p", "br", "img"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strlen(own[i]) == name.n && !strncasecmp(own[i], (const char *)name.p, name.n)) {
            *kind = (enum kind)i;
            return true;
        }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strlen(marks[i]) == name.n && !strncasecmp(marks[i], (const char *)name.p, name.n)) {
            *kind = (enum kind)(MARK + i);
            return true;
        }
    return false;
}

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* `name="value"`, the value without angle brackets. *at goes behind it. */
static bool attribute(struct dtl_bytes t, size_t *at)
{
    size_t i = *at, from = i;
    while (i < t.n && (is_letter(t.p[i]) || t.p[i] == '-'))
        i++;
    if (i == from || t.n - i < 2 || t.p[i] != '=' || (t.p[i + 1] != '"' && t.p[i + 1] != '\''))
        return false;
    uint8_t quote = t.p[i + 1];
    for (i += 2; i < t.n && t.p[i] != quote; i++)
        if (t.p[i] == '<' || t.p[i] == '>')
            return false;
    *at = i + 1;
    return i < t.n;
}

/*
 * The opening tag at t.p[at] of a name that HTML does not have: news prints codes so, `<XYZ.O>`,
 * `<Qantas Ltd>`. A parser makes an element without text of it, open until its paragraph's end.
 */
static bool unknown_tag(struct dtl_bytes t, size_t at, struct tag *out)
{
    char name[NAME_BYTES];
    size_t n = 0, words = 0;
    for (at++; at < t.n && n < sizeof name - 1 && (dtl_is_alnum(t.p[at]) || t.p[at] == '.'); at++)
        name[n++] = (char)((t.p[at] >= 'A' && t.p[at] <= 'Z') ? t.p[at] | 0x20 : t.p[at]);
    name[n] = 0;
    if (!n || !is_letter((uint8_t)name[0]) || htmlTagLookup((const xmlChar *)name) ||
        dtl_html_role(name) != DTL_HTML_INLINE)
        return false;
    while (at < t.n && t.p[at] == ' ' && words++ < ATTRIBUTES) { /* attributes without a value */
        size_t from = ++at;
        while (at < t.n && is_letter(t.p[at]) && at - from < NAME_BYTES)
            at++;
        if (at == from)
            return false;
    }
    if (at >= t.n || t.p[at] != '>')
        return false;
    *out = (struct tag){UNKNOWN, false, false, at + 1};
    return true;
}

/* The tag at t.p[at], which is '<'. False: none of ours, or not written as most write it. */
static bool tag_at(struct dtl_bytes t, size_t at, struct tag *out)
{
    size_t from = at + 1, end;
    out->closes = from < t.n && t.p[from] == '/';
    from += out->closes;
    for (end = from; end < t.n && is_letter(t.p[end]); end++)
        ;
    if (!named(dtl_bytes(t.p + from, end - from), &out->kind) ||
        (end < t.n && (dtl_is_alnum(t.p[end]) || t.p[end] == '.')))
        return !out->closes && unknown_tag(t, at, out);
    for (int n = 0; n <= ATTRIBUTES; n++) {
        size_t blank = end;
        while (end < t.n && dtl_is_space(t.p[end]))
            end++;
        out->empty = end + 1 < t.n && t.p[end] == '/' && t.p[end + 1] == '>';
        if (out->empty && (out->closes || out->kind >= MARK))
            return false;
        end += out->empty;
        if (end < t.n && t.p[end] == '>') {
            out->end = end + 1;
            return true;
        }
        if (out->closes || blank == end || !attribute(t, &end))
            return false;
    }
    return false;
}

/* What the tag does to the flow; false: something only a parser knows. */
static bool take_tag(struct plain *p, const struct tag *tag)
{
    if (tag->kind >= MARK) {
        if (tag->closes)
            return p->depth && p->open[--p->depth] == tag->kind;
        for (size_t i = 0; i < p->depth && tag->kind != UNKNOWN; i++)
            if (p->open[i] == tag->kind)
                return false; /* some are closed by another of their name */
        if (p->depth == DEPTH)
            return false;
        p->open[p->depth++] = tag->kind;
        return true;
    }
    if (tag->kind == PARAGRAPH) {
        bool lone = tag->closes && !p->paragraph;
        p->paragraph = !tag->closes && !tag->empty;
        dtl_text_flow_lines(p->f, 2);
        return p->depth == 0 && !lone;
    }
    if (tag->closes)
        return false;
    if (tag->kind == BREAK)
        dtl_text_flow_lines(p->f, p->f->lines ? 2 : 1);
    return true;
}

/* The reference at t.p[at], which is '&': what it stands for, put out. *at goes behind it. */
static bool take_reference(struct plain *p, struct dtl_bytes t, size_t *at)
{
    size_t used;
    uint32_t c = dtl_html_reference(t, *at, &used);
    uint8_t room[4];
    struct dtl_buffer one = {.p = room, .capacity = sizeof room};
    if (!used || t.p[*at + used - 1] != ';' || c <= ' ' || (c >= 0xd800 && c < 0xe000) ||
        (c & 0xfffe) == 0xfffe || c > 0x10ffff)
        return false;
    dtl_utf8_append(&one, c);
    dtl_text_flow_put(p->f, dtl_buffer_view(&one));
    *at += used;
    return true;
}

static bool is_blank(struct dtl_bytes t)
{
    for (size_t i = 0; i < t.n; i++)
        if (!dtl_is_space(t.p[i]))
            return false;
    return true;
}

bool dtl_html_plain(struct dtl_bytes t, struct dtl_text_flow *f)
{
    struct plain p = {.f = f};
    struct tag tag = {.kind = PARAGRAPH};
    if (t.n > TEXT_MAX || !is_clean(t))
        return false;
    for (size_t at = 0; at < t.n;) {
        const uint8_t *next = memchr(t.p + at, '<', t.n - at);
        size_t from = at, end = next ? (size_t)(next - t.p) : t.n;
        while (at < end) {
            const uint8_t *ref = memchr(t.p + at, '&', end - at);
            size_t stop = ref ? (size_t)(ref - t.p) : end;
            dtl_text_flow_put(f, dtl_bytes(t.p + at, stop - at));
            at = stop;
            if (ref && !take_reference(&p, t, &at))
                return false;
        }
        if (at == t.n)
            break;
        bool last_breaks = tag.kind <= BREAK,
             blank = at > from && is_blank(dtl_bytes(t.p + from, at - from));
        if (!tag_at(t, at, &tag) || !take_tag(&p, &tag))
            return false;
        /* a parser drops some blanks between tags; where a line ends that makes no difference */
        if (blank && !last_breaks && tag.kind > BREAK)
            return false;
        at = tag.end;
    }
    return true;
}
