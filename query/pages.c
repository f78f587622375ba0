/*
 * pages.c - one page after the other.
 *
 * A page is a search for the best so many after the last hit of the page before: the same walk over
 * the same lists, of which what was given already is refused. That costs a walk a page, and needs
 * no memory that grows with the answer. A cursor for another run is the same place without the
 * names.
 */
#include "query/pages.h"

#include "common/base/hash.h"
#include "query/limit.h"
#include "query/result/copies.h"
#include "query/result/resume.h"

#define HEADING_CHARS 80u               /* of the first words of an article without a title */
#define PAGE_HELD     ((uint64_t)32768) /* hits searched at once while the snapshot stays open */
#define PAGE          ((uint64_t)4096)  /* and when it is closed after each page */
#define PAGE_BYTES    ((size_t)8 << 20) /* rendered: a page ends early */
#define POUR_BYTES    ((size_t)64 << 10)

struct pages {
    struct dtl_session *s;
    struct dtl_answer *a;
    struct dtl_error *err;
    struct dtl_arena article; /* a hit */
    struct dtl_snippets *snippets;
    struct dtl_place place; /* after the last hit put out or passed over */
    uint64_t start;         /* its rank before the first hit printed */
    uint64_t emitted, left; /* hits */
    uint64_t skip;          /* hits between where the next page goes on and the next to print */
    uint64_t asked;         /* of the page */
    uint64_t drop;          /* of the page's hits, those at its front that are skipped */
    uint64_t consumed;      /* of the page's hits, dropped or printed */
    double milliseconds;    /* of all pages' searches */
    struct dtl_after after; /* where the next page goes on */
    bool behind;            /* `after` is used */
    struct dtl_buffer last; /* its names */
    bool more;              /* hits may follow */
    bool found;             /* something matches */
    bool hold, late;
    char cursor[DTL_CURSOR_TEXT];
};

/* ---- where to begin ---- */

/* Of everything that says what is found and in which order. */
static uint64_t identity_of(const struct dtl_session *s, const struct dtl_query *q, bool *ok)
{
    struct dtl_buffer text = {0};
    dtl_query_print(q, &text);
    dtl_buffer_format(&text, "\n%d %d %d %d %d %u %d %d %s", (int)s->o->sort, q->within,
                      s->o->no_proximity, s->o->window_df, (int)s->o->spread, s->half_life,
                      s->half_life ? (int)s->clock.today : 0, s->o->expand,
                      s->o->like ? s->o->like : "");
    *ok = !text.failed;
    uint64_t hash = dtl_hash64(dtl_buffer_view(&text), 0);
    dtl_buffer_release(&text);
    return hash;
}

static enum dtl_status take_cursor(struct pages *p, struct dtl_place *now)
{
    struct dtl_place from = {0};
    const char *text = p->s->o->resume;
    if (!dtl_place_read(text, &from))
        return dtl_fail(p->err, DTL_EUSAGE, 0, "--resume '%.120s': not a cursor of this program",
                        text);
    if (from.query != now->query)
        return dtl_fail(p->err, DTL_EUSAGE, 0,
                        "--resume: the cursor is of another query, or of another order");
    if (from.generation != now->generation)
        return dtl_fail(p->err, DTL_EUSAGE, 0,
                        "--resume: the archive has changed since (generation %llu, now %llu); "
                        "start again without it",
                        (unsigned long long)from.generation, (unsigned long long)now->generation);
    *now = from;
    p->behind = from.rank > DTL_RESUME_SHALLOW && !p->s->o->spread;
    p->after = (struct dtl_after){.score = from.score, .date = from.date};
    p->skip = p->behind ? from.ties : from.rank;
    p->start = from.rank;
    return DTL_OK;
}

static enum dtl_status begin(struct pages *p)
{
    const struct dtl_options *o = p->s->o;
    bool ok = true;
    p->place = (struct dtl_place){.generation = p->s->snap->generation,
                                  .query = identity_of(p->s, p->a->q, &ok),
                                  .total = UINT64_MAX};
    p->left = o->limit;
    enum dtl_status st = ok ? DTL_OK : dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
    if (st == DTL_OK && o->resume)
        st = take_cursor(p, &p->place);
    else
        p->skip = p->start = o->offset;
    if (st == DTL_OK && o->spread) /* rounds go on by number */
        p->place.rank = p->skip;
    return st;
}

/* ---- one hit ---- */

static enum dtl_status load_row(struct pages *p, const struct dtl_hit *hit, bool snippet,
                                struct dtl_arena *arena, struct dtl_row *row)
{
    struct dtl_session *s = p->s;
    struct dtl_article *article = dtl_arena_alloc(arena, sizeof *article);
    if (!article)
        return dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st =
        dtl_snapshot_article(s->snap, hit->segment, hit->doc, arena, article, p->err);
    if (st < 0)
        return st;
    row->article = article;
    row->title = article->title;
    row->path = article->path;
    row->source = article->source;
    row->heading = article->title;
    if (article->title.n == 0 &&
        !dtl_first_words(article->body, HEADING_CHARS, arena, &row->heading))
        return dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
    if (snippet && p->snippets)
        st =
            dtl_snippet_make(p->snippets, article, (size_t)(hit->segment - s->snap->segment),
                             s->render.form == DTL_FORM_MATCHES ? DTL_SNIPPET_WHOLE : s->o->snippet,
                             arena, &row->snippet, p->err);
    return st;
}

static enum dtl_status render_one(struct pages *p, const struct dtl_hit *hit, struct dtl_row *row)
{
    enum dtl_status st = DTL_OK;
    *row = (struct dtl_row){.rank = p->place.rank + 1,
                            .score = hit->score,
                            .id = hit->id,
                            .date = hit->date,
                            .copies = row->copies,
                            .copy_count = row->copy_count};
    if (p->s->news)
        row->change =
            dtl_news_change(p->s->news, (size_t)(hit->segment - p->s->snap->segment), hit->doc);
    if (dtl_form_loads(p->s->render.form))
        st = load_row(p, hit, true, &p->article, row);
    if (st == DTL_OK)
        dtl_render_hit(&p->s->render, row, &p->s->out);
    dtl_arena_reset(&p->article);
    return st;
}

static void pass(struct pages *p, const struct dtl_hit *hit)
{
    dtl_place_pass(&p->place, hit);
    p->emitted++;
    p->consumed++;
    p->left--;
}

/* Are copies folded under the first of them? For people alone. */
static bool folds(const struct dtl_session *s)
{
    return s->o->collapse && s->render.form == DTL_FORM_TEXT;
}

/* With the snapshot open: write now and then, and see whether its time is over. */
static enum dtl_status pour(struct pages *p)
{
    struct dtl_session *s = p->s;
    bool full = s->out.n >= POUR_BYTES || (s->o->line_buffered && s->out.n > 0);
    if (!p->hold || s->news || (!full && dtl_session_clock() < s->held_since + s->o->hold))
        return DTL_OK;
    return dtl_session_pour(s, &p->late, p->err);
}

/* ---- copies of one story ---- */

/* For each hit the number of the first it is a copy of. */
static enum dtl_status find_copies(struct pages *p, uint32_t *first)
{
    const struct dtl_result *r = &p->a->result;
    struct dtl_copies copies = {0};
    enum dtl_status st = DTL_OK;
    struct dtl_analyzer *an = dtl_plan_analyzer(p->a->plan);
    if (!an)
        return dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
    for (uint64_t i = 0; i < r->hits && st == DTL_OK; i++) {
        struct dtl_article article = {0};
        size_t of = i;
        st = dtl_snapshot_article(p->s->snap, r->hit[i].segment, r->hit[i].doc, &p->article,
                                  &article, p->err);
        if (st == DTL_OK)
            st = dtl_copies_add(&copies, an, &article, &of, p->err);
        first[i] = (uint32_t)of;
        dtl_arena_reset(&p->article);
    }
    dtl_copies_release(&copies);
    return st;
}

static enum dtl_status render_folded(struct pages *p)
{
    const struct dtl_result *r = &p->a->result;
    uint32_t *first = dtl_arena_alloc(&p->a->page, (r->hits + 1) * sizeof *first);
    struct dtl_row *copy = dtl_arena_alloc(&p->a->page, (r->hits + 1) * sizeof *copy);
    if (!first || !copy)
        return dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = find_copies(p, first);
    for (uint64_t i = 0; i < r->hits && st == DTL_OK; i++) {
        struct dtl_row row = {.copies = copy};
        for (uint64_t k = i + 1; k < r->hits && first[i] == i && st == DTL_OK; k++) {
            if (first[k] != i)
                continue;
            copy[row.copy_count] = (struct dtl_row){
                .id = r->hit[k].id, .date = r->hit[k].date, .source = r->hit[k].source};
            row.copy_count++;
        }
        if (first[i] == i)
            st = render_one(p, &r->hit[i], &row);
        pass(p, &r->hit[i]);
    }
    return st;
}

/* ---- a page ---- */

static enum dtl_status render_page(struct pages *p)
{
    struct dtl_session *s = p->s;
    const struct dtl_result *r = &p->a->result;
    enum dtl_status st = DTL_OK;
    uint64_t i = 0;
    bool title = s->render.form == DTL_FORM_TEXT || s->render.form == DTL_FORM_MATCHES;
    for (; i < p->drop && i < r->hits; i++)
        if (!s->o->resume) /* else the cursor counted them */
            dtl_place_pass(&p->place, &r->hit[i]);
    p->consumed = i;
    if (dtl_render_snippets(&s->render) && (s->o->snippet > 0 || title) && i < r->hits)
        st = dtl_snippets_open(&p->snippets, p->a->plan, p->a->q, p->err);
    if (st == DTL_OK && folds(s)) {
        st = render_folded(p);
    } else {
        for (; i < r->hits && st == DTL_OK && !p->late; i++) {
            struct dtl_row row = {0};
            st = render_one(p, &r->hit[i], &row);
            pass(p, &r->hit[i]);
            if (st == DTL_OK)
                st = pour(p);
            if (!p->hold && s->out.n > PAGE_BYTES && i > DTL_RESUME_SHALLOW)
                break;
        }
    }
    dtl_snippets_close(p->snippets);
    p->snippets = NULL;
    return st;
}

/* The total, where it is told: counted with the first page, or as the cursor says, or now. */
static enum dtl_status settle_total(struct pages *p, bool first)
{
    struct dtl_answer *a = p->a;
    struct dtl_search_options how = dtl_answer_options(p->s);
    if (first && !p->behind) {
        if (a->result.exact)
            p->place.total = a->result.total;
        p->found = a->result.total > 0;
    } else if (first && p->place.total == UINT64_MAX && !how.hits_only) {
        struct dtl_result counted = {0};
        how.count_only = true;
        how.stop = dtl_limit_over;
        enum dtl_status st =
            dtl_search(p->s->snap, a->plan, a->q, &how, &a->page, &counted, p->err);
        if (st == DTL_END)
            st = dtl_limit_fail(p->err);
        if (st < 0)
            return st;
        p->place.total = counted.total;
    }
    p->found = p->found || a->result.hits > 0 || (p->s->o->resume && p->start > 0);
    return DTL_OK;
}

static enum dtl_status search_page(struct pages *p, bool first)
{
    struct dtl_session *s = p->s;
    struct dtl_answer *a = p->a;
    uint64_t page = folds(s) ? DTL_COPIES_MOST : p->hold ? PAGE_HELD : PAGE;
    struct dtl_search_options how = dtl_answer_options(s);
    how.limit = p->left < page ? p->left : page;
    how.offset = p->skip;
    how.after = p->behind ? &p->after : NULL;
    how.hits_only = how.hits_only || !first || p->place.total != UINT64_MAX;
    p->drop = 0;
    if (p->skip && (!s->o->resume || p->skip > page)) { /* looked at, or walked through by pages */
        how.offset = 0;
        how.limit = p->skip < page && p->left < page - p->skip ? p->skip + p->left : page;
        p->drop = p->skip;
    }
    if (s->o->spread) { /* rounds have no place to go on behind: one page, counted from the first */
        how.offset = p->place.rank;
        how.limit = p->left;
        p->drop = 0;
    }
    dtl_answer_close(a);
    enum dtl_status st = dtl_answer_search(s, &how, a, p->err);
    p->asked = how.limit;
    p->milliseconds += a->milliseconds;
    return st == DTL_OK ? settle_total(p, first) : st;
}

/* Where the next page begins: behind the last hit that was consumed. */
static enum dtl_status move_on(struct pages *p)
{
    const struct dtl_result *r = &p->a->result;
    bool full = r->hits == p->asked || p->consumed < r->hits;
    p->skip = p->drop > p->consumed ? p->drop - p->consumed : 0;
    p->more = p->place.total != UINT64_MAX && !p->skip ? p->place.rank < p->place.total : full;
    if (p->consumed == 0)
        return DTL_OK;
    const struct dtl_hit *last = &r->hit[p->consumed - 1];
    p->behind = !p->s->o->spread;
    dtl_buffer_reset(&p->last);
    dtl_buffer_append(&p->last, last->id.p, last->id.n);
    dtl_buffer_append(&p->last, last->source.p, last->source.n);
    if (p->last.failed)
        return dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
    p->after = (struct dtl_after){.score = last->score,
                                  .date = last->date,
                                  .named = true,
                                  .id = dtl_bytes(p->last.p, last->id.n),
                                  .source = dtl_bytes(p->last.p + last->id.n, last->source.n)};
    return DTL_OK;
}

/* Between pages: what was rendered is written with no snapshot open. */
static enum dtl_status turn(struct pages *p)
{
    struct dtl_session *s = p->s;
    if (p->hold)
        return DTL_OK;
    dtl_answer_close(p->a);
    enum dtl_status st = dtl_session_flush(s, p->err);
    if (st == DTL_OK && !s->quit)
        st = dtl_session_read(s, p->err);
    if (st == DTL_OK && !s->quit && s->snap->generation != p->place.generation)
        st = dtl_fail(p->err, DTL_EBUSY, 0,
                      "the archive changed after %llu hits were printed; try again",
                      (unsigned long long)p->emitted);
    return st;
}

/* ---- the end ---- */

static enum dtl_status render_end(struct pages *p)
{
    struct dtl_session *s = p->s;
    const struct dtl_query *q = p->a->q;
    struct dtl_buffer query = {0};
    bool counted = p->place.total != UINT64_MAX;
    uint64_t total = counted ? p->place.total : p->place.rank;
    bool complete = counted ? p->place.rank >= total : !p->more;
    dtl_query_print(q, &query);
    if (!complete && p->place.rank > 0)
        dtl_place_write(&p->place, p->cursor);
    struct dtl_summary summary = {.total = total,
                                  .emitted = p->emitted,
                                  .offset = p->start,
                                  .complete = complete,
                                  .cursor = p->cursor[0] ? p->cursor : NULL,
                                  .generation = p->place.generation,
                                  .query = dtl_buffer_view(&query),
                                  .has_dates = q->has_dates && !q->undated,
                                  .dates = q->dates,
                                  .timed = s->o->stats,
                                  .milliseconds = p->milliseconds};
    bool ok = !query.failed && dtl_render_end(&s->render, &summary, &s->out);
    dtl_buffer_release(&query);
    return ok ? DTL_OK : dtl_fail(p->err, DTL_ENOMEM, 0, "out of memory");
}

/* Time is over: the archive is let go first, and then the reader may take its time. */
static enum dtl_status stop_late(struct pages *p)
{
    dtl_answer_close(p->a);
    enum dtl_status st = dtl_session_flush(p->s, p->err);
    if (st == DTL_OK)
        st = render_end(p);
    if (st == DTL_OK)
        st = dtl_session_flush(p->s, p->err);
    if (st < 0)
        return st;
    return dtl_fail(p->err, DTL_EIO, 0,
                    "stopped after %u s, to let go of the archive; to go on: --resume %s",
                    p->s->o->hold, p->cursor);
}

static enum dtl_status all_pages(struct pages *p)
{
    enum dtl_status st = begin(p);
    bool first = true;
    do {
        if (st == DTL_OK && !first)
            st = turn(p);
        if (p->s->quit)
            break;
        if (st == DTL_OK)
            st = search_page(p, first);
        if (st == DTL_OK)
            st = render_page(p);
        if (st == DTL_OK)
            st = move_on(p);
        first = false;
    } while (st == DTL_OK && p->more && p->left > 0 && !p->late);
    if (st < 0 || p->s->quit)
        return st;
    return p->late && p->more && p->left > 0 ? stop_late(p) : render_end(p);
}

enum dtl_status dtl_pages(struct dtl_session *s, struct dtl_answer *a, struct dtl_error *err)
{
    struct pages p = {.s = s, .a = a, .err = err};
    p.hold = s->news ||
             (s->o->limit == UINT64_MAX && !s->pager_command && !s->render.batch && !folds(s));
    enum dtl_status st = all_pages(&p);
    if (st == DTL_OK && s->out.failed)
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    a->found = p.found;
    a->milliseconds = p.milliseconds;
    a->total = p.place.total == UINT64_MAX ? p.place.rank : p.place.total;
    dtl_arena_release(&p.article);
    dtl_buffer_release(&p.last);
    return st;
}
