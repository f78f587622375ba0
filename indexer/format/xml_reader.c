/* xml_reader.c - a stream of XML as records: frames, each parsed alone, each made by its dialect.
 */
#include "indexer/format/xml_reader.h"

#include <libxml/tree.h>
#include <stdlib.h>

struct reader {
    const struct dtl_xml_dialect *dialect;
    struct dtl_decoded *decoded;
    struct dtl_xml_frames frames;
    xmlDoc *lead;
    uint64_t given;
    bool begun;
};

enum dtl_status dtl_xml_reader_open(void **state, struct dtl_input *in,
                                    const struct dtl_format_options *o,
                                    const struct dtl_xml_dialect *dialect, struct dtl_error *err)
{
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    r->dialect = dialect;
    enum dtl_status st = dtl_decoded_open(&r->decoded, in, o, true, err);
    if (st < 0) {
        free(r);
        return st;
    }
    r->frames = (struct dtl_xml_frames){
        .in = dtl_decoded_input(r->decoded), .names = dialect->names, .line = o->lines_before + 1};
    *state = r;
    return DTL_OK;
}

void dtl_xml_reader_close(void *state)
{
    struct reader *r = state;
    dtl_xml_frames_release(&r->frames);
    xmlFreeDoc(r->lead);
    dtl_decoded_close(r->decoded);
    free(r);
}

bool dtl_xml_reader_place(const void *state, struct dtl_format_place *out)
{
    const struct reader *r = state;
    return dtl_xml_frames_place(&r->frames, r->decoded, out);
}

/* Whether nothing but the ends of elements follows: then the item was the only one. */
static bool is_last(struct reader *r)
{
    struct dtl_bytes view;
    size_t at = r->frames.held;
    if (dtl_input_peek(r->frames.in, at + 4096, &view, NULL) < 0 || view.n >= at + 4096)
        return false;
    for (; at < view.n; at++) {
        if (view.p[at] == '<' && at + 1 < view.n &&
            (view.p[at + 1] == '/' || view.p[at + 1] == '!'))
            continue;
        if (view.p[at] == '<')
            return false;
    }
    return true;
}

static enum dtl_status make(struct reader *r, const struct dtl_xml_frame *frame,
                            struct dtl_arena *arena, struct dtl_record *out, struct dtl_error *err)
{
    struct dtl_bytes lead = dtl_buffer_view(&r->frames.lead);
    xmlDoc *doc = NULL;
    struct dtl_making m;
    struct dtl_error why = {0};
    struct dtl_record rec = {.at = frame->at, .line = frame->line};
    dtl_decoded_tell(r->decoded, &rec);
    if (r->frames.lead.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (!r->begun)
        r->lead = dtl_xml_lead_parse(lead);
    r->begun = true;
    enum dtl_status st = dtl_xml_item_parse(frame->xml, lead, &doc, &why);
    if (st == DTL_EINPUT)
        return dtl_fail(err, st, frame->at, "line %llu: %s", (unsigned long long)frame->line,
                        why.text);
    if (st < 0 || !dtl_make_begin(&m, &rec, arena)) {
        xmlFreeDoc(doc);
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    const xmlNode *item = dtl_xml_element(xmlDocGetRootElement(doc)->children);
    const xmlNode *root = r->lead ? xmlDocGetRootElement(r->lead) : NULL;
    bool article = r->dialect->make(&m, item, root);
    xmlFreeDoc(doc);
    if (m.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (!article)
        return DTL_NOTFOUND;
    r->given++;
    rec.whole = r->dialect->alone && r->given == 1 && is_last(r);
    *out = rec;
    return DTL_OK;
}

enum dtl_status dtl_xml_reader_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                    struct dtl_error *err)
{
    struct reader *r = state;
    for (;;) {
        struct dtl_xml_frame frame;
        enum dtl_status st = dtl_xml_frames_next(&r->frames, &frame, err);
        if (st != DTL_OK)
            return st;
        st = make(r, &frame, arena, out, err);
        if (st != DTL_NOTFOUND)
            return st;
    }
}

bool dtl_xml_has_root(struct dtl_bytes head, const char *const *names)
{
    struct dtl_bytes root = dtl_xml_root(head), local = dtl_xml_local(root);
    for (; root.n && *names; names++)
        if (dtl_bytes_is(local, *names))
            return true;
    return false;
}
