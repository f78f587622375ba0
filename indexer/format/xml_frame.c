/*
 * xml_frame.c - where elements of known names begin and end.
 */
#include "indexer/format/xml_frame.h"

enum piece { TEXT, START, EMPTY, END_TAG, OTHER, CUT };

static bool is_name_byte(uint8_t c)
{
    return dtl_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c >= 0x80;
}

static size_t find(struct dtl_bytes t, size_t at, const char *what)
{
    size_t n = strlen(what);
    const uint8_t *p = at <= t.n && t.n - at >= n ? memmem(t.p + at, t.n - at, what, n) : NULL;
    return p ? (size_t)(p - t.p) : SIZE_MAX;
}

/* A tag's end, quotes respected as long as the tag stays reasonable; SIZE_MAX: not in t. */
static size_t tag_end(struct dtl_bytes t, size_t at)
{
    uint8_t quote = 0;
    for (size_t i = at; i < t.n; i++) {
        uint8_t c = t.p[i];
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : (i && t.p[i - 1] == '=') || (i > 1 && t.p[i - 1] == ' ') ? c : 0;
        else if (!quote && c == '>')
            return i;
        else if (c == '<' && i > at) /* the quote was not one, or the tag is none */
            return i - 1;
    }
    return SIZE_MAX;
}

/*
 * The '>' of `<!DOCTYPE ...>`, its internal subset included; SIZE_MAX: not in t. No byte is looked
 * at twice: a search ends where the piece will, or is remembered as in vain.
 */
static size_t doctype_end(struct dtl_xml_frames *f, struct dtl_bytes t, size_t at, bool is_all)
{
    size_t end = f && f->endless[3] ? SIZE_MAX : find(t, at, ">");
    if (end == SIZE_MAX) {
        if (f)
            f->endless[3] = is_all;
        return end;
    }
    const uint8_t *subset = memchr(t.p + at, '[', end - at);
    if (!subset || (f && f->endless[4]))
        return end;
    size_t close = find(t, (size_t)(subset - t.p), "]");
    if (close == SIZE_MAX && f)
        f->endless[4] = is_all;
    if (close == SIZE_MAX)
        return is_all ? end : SIZE_MAX;
    return find(t, close, ">");
}

/*
 * What stands at t.p[at], which is '<', and where it ends (behind it). CUT: t holds too little to
 * tell.
 */
static enum piece piece_at(struct dtl_xml_frames *f, struct dtl_bytes t, size_t at, bool is_all,
                           size_t *end)
{
    static const struct {
        const char *begin, *end;
    } runs[] = {
        {"<!--",      "-->"},
        {"<![CDATA[", "]]>"},
        {"<?",        "?>" }
    };
    struct dtl_bytes rest = dtl_bytes(t.p + at, t.n - at);
    if (rest.n < 9 && !is_all)
        return CUT;
    bool tag = rest.n < 2 || (rest.p[1] != '!' && rest.p[1] != '?');
    for (size_t i = 0; i < 3 && !tag; i++) {
        if (!dtl_bytes_starts(rest, dtl_bytes_of(runs[i].begin)))
            continue;
        size_t to =
            f && f->endless[i] ? SIZE_MAX : find(t, at + strlen(runs[i].begin), runs[i].end);
        *end = to == SIZE_MAX ? at + strlen(runs[i].begin) : to + strlen(runs[i].end);
        if (to == SIZE_MAX && !is_all && !(f && f->endless[i]))
            return CUT;
        if (to == SIZE_MAX && f)
            f->endless[i] = true; /* it never ends: its beginning is text */
        return OTHER;
    }
    if (rest.n > 1 && rest.p[1] == '!') {
        size_t to = doctype_end(f, t, at, is_all);
        *end = to == SIZE_MAX ? at + 2 : to + 1;
        return to == SIZE_MAX && !is_all ? CUT : OTHER;
    }
    bool closes = rest.n > 1 && rest.p[1] == '/';
    if (rest.n < 3 || !is_name_byte(rest.p[1 + closes])) {
        *end = at + 1;
        return TEXT;
    }
    size_t to = tag_end(t, at + 1);
    *end = to == SIZE_MAX ? at + 1 : to + 1;
    if (to == SIZE_MAX)
        return is_all ? TEXT : CUT;
    return closes ? END_TAG : t.p[to] == '>' && t.p[to - 1] == '/' ? EMPTY : START;
}

struct dtl_bytes dtl_xml_local(struct dtl_bytes tag)
{
    size_t at = tag.n > 1 && tag.p[1] == '/' ? 2 : 1, end;
    for (end = at; end < tag.n && is_name_byte(tag.p[end]); end++)
        if (tag.p[end] == ':')
            at = end + 1;
    return end > at ? dtl_bytes(tag.p + at, end - at) : dtl_bytes(NULL, 0);
}

static bool is_wanted(const struct dtl_xml_frames *f, struct dtl_bytes tag)
{
    struct dtl_bytes name = dtl_xml_local(tag);
    for (const char *const *n = f->names; *n; n++)
        if (dtl_bytes_is(name, *n))
            return true;
    return false;
}

static void skip(struct dtl_xml_frames *f, struct dtl_bytes view, size_t n)
{
    size_t room = DTL_XML_LEAD_MAX - f->lead.n;
    if (!f->begun)
        dtl_buffer_append(&f->lead, view.p, n < room ? n : room);
    dtl_format_skip(f->in, view, n, &f->line);
}

/* Go to the next wanted start tag; what stands before it is passed over. */
static enum dtl_status seek(struct dtl_xml_frames *f, struct dtl_bytes *view, size_t *tag,
                            bool *empty, struct dtl_error *err)
{
    size_t want = 4096;
    for (;;) {
        enum dtl_status st = dtl_input_peek(f->in, want, view, err);
        if (st < 0)
            return st;
        bool is_all = view->n < want;
        size_t at = 0, end;
        while (at < view->n) {
            const uint8_t *p = memchr(view->p + at, '<', view->n - at);
            at = p ? (size_t)(p - view->p) : view->n;
            if (at == view->n)
                break;
            enum piece piece = piece_at(f, *view, at, is_all, &end);
            if (piece == CUT && at == 0 && view->n > DTL_XML_ITEM_MAX) {
                piece = TEXT; /* a tag or comment beyond all sense */
                end = 1;
            }
            if (piece == CUT)
                break;
            if ((piece == START || piece == EMPTY) &&
                is_wanted(f, dtl_bytes(view->p + at, end - at))) {
                skip(f, *view, at);
                *view = dtl_bytes(view->p + at, view->n - at);
                *tag = end - at;
                *empty = piece == EMPTY;
                return DTL_OK;
            }
            at = end;
        }
        if (is_all && at == view->n) {
            skip(f, *view, at);
            return DTL_END;
        }
        want = at ? 4096 : view->n * 2;
        skip(f, *view, at);
    }
}

static enum dtl_status broken(struct dtl_xml_frames *f, struct dtl_bytes view, size_t n,
                              const char *why, struct dtl_error *err)
{
    uint64_t line = f->line, at = dtl_input_at(f->in);
    skip(f, view, n);
    return dtl_fail(err, DTL_EINPUT, at, "line %llu: %s", (unsigned long long)line, why);
}

enum dtl_status dtl_xml_frames_next(struct dtl_xml_frames *f, struct dtl_xml_frame *out,
                                    struct dtl_error *err)
{
    struct dtl_bytes view;
    size_t tag, at, want;
    bool empty, open = true;
    dtl_input_skip(f->in, f->held);
    f->held = 0;
    enum dtl_status st = seek(f, &view, &tag, &empty, err);
    if (st != DTL_OK)
        return st;
    f->begun = true;
    struct dtl_bytes name = dtl_xml_local(view);
    uint8_t own[64];
    name.n = name.n < sizeof own ? name.n : sizeof own;
    if (name.n)
        memcpy(own, name.p, name.n); /* the window moves */
    name.p = own;
    *out = (struct dtl_xml_frame){.at = dtl_input_at(f->in), .line = f->line};
    for (at = want = tag; open && !empty;) {
        st = dtl_input_peek(f->in, want + 1, &view, err);
        if (st < 0)
            return st;
        bool is_all = view.n < want + 1;
        while (at < view.n && open) {
            size_t end;
            const uint8_t *p = memchr(view.p + at, '<', view.n - at);
            at = p ? (size_t)(p - view.p) : view.n;
            if (at == view.n)
                break;
            enum piece piece = piece_at(f, view, at, is_all, &end);
            if (piece == CUT)
                break;
            bool same = (piece == START || piece == END_TAG) &&
                        dtl_bytes_equal(dtl_xml_local(dtl_bytes(view.p + at, end - at)), name);
            if (same && piece == START)
                return broken(f, view, at, "an item that is not closed before the next begins",
                              err);
            open = !same;
            at = end;
        }
        if (at > DTL_XML_ITEM_MAX || (view.n > DTL_XML_ITEM_MAX && open))
            return broken(f, view, at > tag ? at : tag, "an item over 16 MiB; divide it", err);
        if (open && is_all)
            return broken(f, view, tag, "an item that is not closed; is the file cut short?", err);
        want = view.n * 2 > want ? view.n * 2 : want * 2;
    }
    out->xml = dtl_bytes(view.p, at);
    f->held = at;
    for (const uint8_t *p = view.p, *end = p + at; (p = memchr(p, '\n', (size_t)(end - p)));)
        f->line += p++ != NULL;
    return DTL_OK;
}

bool dtl_xml_frames_place(const struct dtl_xml_frames *f, const struct dtl_decoded *d,
                          struct dtl_format_place *out)
{
    *out = (struct dtl_format_place){
        .lead = f->lead.n, .at = dtl_input_at(f->in) + f->held, .line = f->line};
    return f->begun && f->held && f->lead.n < DTL_XML_LEAD_MAX && dtl_decoded_plain(d);
}

void dtl_xml_frames_release(struct dtl_xml_frames *f)
{
    dtl_buffer_release(&f->lead);
}

struct dtl_bytes dtl_xml_root(struct dtl_bytes head)
{
    for (size_t at = 0; at < head.n;) {
        size_t end = head.n;
        if (head.p[at] != '<') {
            if (!dtl_is_space(head.p[at]))
                break;
            at++;
            continue;
        }
        enum piece piece = piece_at(NULL, head, at, true, &end);
        if (piece == START || piece == EMPTY)
            return dtl_bytes(head.p + at, end - at);
        if (piece != OTHER || end <= at + 2)
            break;
        at = end;
    }
    return dtl_bytes(NULL, 0);
}
