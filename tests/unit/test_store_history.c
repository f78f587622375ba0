/* A thousand random days against a model: publish, kill documents, merge, forget, sweep, close,
 * check, shrink. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#define SEGMENTS 64
#define PATHS    300

struct model {
    struct dtl_segment_facts live[SEGMENTS];
    struct dtl_group_use use[SEGMENTS];
    size_t n;
    bool known[PATHS];
    uint64_t docs, generation, sources;
};

static size_t below(size_t n)
{
    return (size_t)random() % n;
}

static struct dtl_segment_name name_of(const struct dtl_segment_facts *f)
{
    return (struct dtl_segment_name){f->first_day, f->serial};
}

static void drop_last(struct model *m, size_t k)
{
    for (size_t i = 0; i < k; i++)
        m->docs -= m->live[--m->n].docs;
}

/* One publication: perhaps a merge of the last k segments, a new one, some source rows changed and
 * forgotten. */
static void publish(struct fixture *f, struct model *m)
{
    struct dtl_segment_name drop[SEGMENTS];
    struct dtl_source_row rows[40];
    struct dtl_bytes forget[40];
    char text[80][600];
    struct dtl_publication p = {.drop = drop, .source = rows, .forget = forget};
    if (m->n > 40 || (m->n > 4 && below(4) == 0)) {
        p.drops = 1 + below(m->n);
        for (size_t i = 0; i < p.drops; i++)
            drop[i] = name_of(&m->live[m->n - 1 - i]);
        drop_last(m, p.drops);
    }
    for (size_t i = 0; i < below(40); i++) {
        size_t path = below(PATHS), n = path % 3 ? 20 : path + 200;
        memset(text[i], '.', sizeof text[i]);
        snprintf(text[i], 10, "f%05zu", path);
        rows[p.sources++] = (struct dtl_source_row){
            .path = dtl_bytes(text[i], n), .reasons = dtl_bytes(text[i], below(500)), .size = path};
        m->sources += !m->known[path];
        m->known[path] = true;
    }
    for (size_t i = 40; i < 40 + below(10); i++) {
        size_t path = below(PATHS);
        bool put = false;
        for (size_t k = 0; k < p.sources; k++)
            put = put || rows[k].size == path;
        if (put)
            continue;
        memset(text[i], '.', sizeof text[i]);
        snprintf(text[i], 10, "f%05zu", path);
        forget[p.forgets++] = dtl_bytes(text[i], path % 3 ? 20 : path + 200);
        m->sources -= m->known[path];
        m->known[path] = false;
    }
    size_t at = m->n;
    dtl_day day = below(10) ? (dtl_day)below(40000) - 20000 : DTL_DAY_NONE;
    must(fixture_segment(f->s, day, 1 + (uint32_t)below(50), below(400000), 0, 1 + below(30000),
                         &m->use[at], &m->live[at], ERR));
    m->live[at].group = &m->use[at];
    p.add = &m->live[at];
    p.adds = 1;
    p.new_generation = below(2);
    must(dtl_writer_publish(f->s, &p, ERR));
    m->n++;
    m->docs += m->live[at].docs;
    m->generation += p.new_generation;
}

static void compare(struct fixture *f, const struct model *m)
{
    struct dtl_snapshot *snap = NULL;
    must(dtl_snapshot_open(f->s, &snap, ERR));
    assert_int_equal(snap->segments, m->n);
    assert_int_equal(snap->docs, m->docs);
    assert_int_equal(snap->generation, m->generation);
    assert_int_equal(snap->x->manifest.sources, m->sources);
    dtl_snapshot_close(snap);
}

static void a_long_random_history_stays_sound_and_as_the_model_says(void **state)
{
    (void)state;
    const char *given = getenv("SEED"), *days = getenv("DTL_DAYS");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : 1;
    size_t rounds = days ? (size_t)strtoul(days, NULL, 10) : 150;
    print_message("SEED=%u\n", seed);
    srandom(seed);
    struct fixture f = fixture_make();
    struct model *m = calloc(1, sizeof *m);
    must(fixture_open(&f, true, ERR));
    for (size_t day = 0; day < rounds; day++) {
        publish(&f, m);
        if (below(3) == 0)
            must(dtl_writer_sweep(f.s, ERR));
        if (below(10) == 0) { /* a run that dies with chunks flushed */
            struct dtl_segment_facts lost;
            struct dtl_group_use use;
            must(fixture_segment(f.s, 1, 1, below(5000000), 0, 100, &use, &lost, ERR));
            must(dtl_writer_flush(f.s, ERR));
            fixture_close(&f);
            must(fixture_open(&f, true, ERR));
        }
        if (below(40) == 0) {
            must(dtl_store_shrink(f.s, ERR));
            f.s = NULL;
            must(fixture_open(&f, true, ERR));
        }
        compare(&f, m);
        if (below(10) == 0)
            must(dtl_store_check(f.s, fixture_print, NULL, ERR));
    }
    free(m);
    fixture_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_random_history_stays_sound_and_as_the_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
