/* the article record: canonical, and refused when it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/article.h"
#include "random.h"

static struct dtl_bytes text(const char *s)
{
    return dtl_bytes_of(s);
}

/* docs/FORMAT.md, "Article record". */
static struct dtl_bytes example_author[] = {
    {(const uint8_t *)"A. Writer", 9}
};
static const struct dtl_article example = {
    .id = {(const uint8_t *)"gaza-1",     6    },
    .path = {(const uint8_t *)"news.txt#1", 10   },
    .file_bytes = 8,
    .title = {(const uint8_t *)"Rafah",      5    },
    .body = {(const uint8_t *)"A warning.", 10   },
    .date = {19804,                         19804},
    .date_source = DTL_DATE_META,
    .lang = 0x05c5,
    .authors = {example_author,                1    },
};
static const uint8_t example_bytes[] = {
    1,    6,    'g', 'a', 'z', 'a', '-', '1', 3,    10,   'n', 'e', 'w', 's', '.', 't', 'x',
    't',  '#',  '1', 4,   1,   8,   5,   4,   0xb8, 0xb5, 2,   0,   6,   1,   1,   8,   2,
    0xc5, 0x0b, 9,   9,   'A', '.', ' ', 'W', 'r',  'i',  't', 'e', 'r', 15,  5,   'R', 'a',
    'f',  'a',  'h', 16,  10,  'A', ' ', 'w', 'a',  'r',  'n', 'i', 'n', 'g', '.',
};

static enum dtl_status decode(const uint8_t *p, size_t n, struct dtl_arena *arena,
                              struct dtl_article *out, struct dtl_error *err)
{
    uint8_t *exact =
        dtl_arena_alloc(arena, n); /* poisoned behind: the sanitizer sees an over-read */
    assert_non_null(exact);
    if (n)
        memcpy(exact, p, n);
    return dtl_article_decode(dtl_bytes(exact, n), arena, out, err);
}

static void the_format_example_is_what_the_encoder_writes(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    struct dtl_arena arena = {0};
    struct dtl_article back = {0};
    assert_true(dtl_article_encode(&example, &b));
    assert_int_equal(b.n, sizeof example_bytes);
    assert_memory_equal(b.p, example_bytes, b.n);
    assert_int_equal(decode(example_bytes, sizeof example_bytes, &arena, &back, NULL), DTL_OK);
    assert_true(dtl_article_equal(&example, &back));
    assert_int_equal(back.file_bytes, 8);
    assert_true(dtl_bytes_is(dtl_article_file(&back), "news.txt"));
    dtl_arena_release(&arena);
    dtl_buffer_release(&b);
}

static bool same(const struct dtl_article *a, const struct dtl_article *b)
{
    for (size_t i = 0; i < a->other_dates && i < b->other_dates; i++)
        if (a->other_date[i].source != b->other_date[i].source ||
            a->other_date[i].date.earliest != b->other_date[i].date.earliest ||
            a->other_date[i].date.latest != b->other_date[i].date.latest)
            return false;
    return dtl_article_equal(a, b) && dtl_bytes_equal(a->path, b->path) &&
           a->file_bytes == b->file_bytes && a->other_dates == b->other_dates;
}

/* What is accepted must be canonical: it encodes to the same bytes. */
static enum dtl_status canonical(const uint8_t *p, size_t n)
{
    struct dtl_arena arena = {0};
    struct dtl_article a = {.file_bytes = 77};
    struct dtl_error err = {0};
    struct dtl_buffer b = {0};
    enum dtl_status st = decode(p, n, &arena, &a, &err);
    if (st == DTL_OK) {
        assert_true(dtl_article_encode(&a, &b));
        assert_int_equal(b.n, n);
        assert_memory_equal(b.p, p, n);
    } else {
        assert_int_equal(st, DTL_ECORRUPT);
        assert_int_equal(a.file_bytes, 77);
        assert_in_range(err.pos, 0, n);
    }
    dtl_buffer_release(&b);
    dtl_arena_release(&arena);
    return st;
}

static void a_prefix_is_refused_unless_it_is_a_record_itself(void **state)
{
    (void)state;
    unsigned accepted = 0;
    for (size_t n = 0; n < sizeof example_bytes; n++)
        accepted += canonical(example_bytes, n) == DTL_OK;
    assert_int_equal(accepted,
                     8); /* it may end after any field: its frame has the sum and the size */
}

static void every_flipped_byte_gives_a_canonical_record_or_none(void **state)
{
    (void)state;
    uint8_t copy[sizeof example_bytes];
    memcpy(copy, example_bytes, sizeof copy);
    for (size_t i = 0; i < sizeof copy; i++)
        for (unsigned flip = 1; flip < 256; flip++) {
            copy[i] ^= (uint8_t)flip;
            (void)canonical(copy, sizeof copy);
            copy[i] ^= (uint8_t)flip;
        }
}

static void records_that_lie_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *p;
        size_t n;
    } bad[] = {
#define BAD(s) {s, sizeof(s) - 1}
        BAD(""),                   /* no id */
        BAD("\x0f\x01t"),          /* likewise */
        BAD("\x01\x00"),           /* an empty field */
        BAD("\x01\x01x\x01\x01y"), /* twice */
        BAD("\x01\x01x\x00\x01y"), /* tag 0 */
        BAD("\x01\x01x\x13\x01y"), /* a tag of the future */
        BAD("\x0f\x01t\x01\x01x"), /* tags fall */
        BAD("\x01\x81\x00x"),      /* a length spelt too long */
        BAD("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"),
        BAD("\x01\x01x\x03\x02"
            "ab\x04\x01\x02"),        /* the file is all of the path: must be left out */
        BAD("\x01\x01x\x04\x01\x00"), /* no path to split */
        BAD("\x01\x01x\x05\x01\x00"), /* half a date */
        BAD("\x01\x01x\x05\x06\xff\xff\xff\xff\x0f\x00"), /* a day out of all years */
        BAD("\x01\x01x\x05\x06\x00\xff\xff\xff\xff\x0f"),
        BAD("\x01\x01x\x06\x01\x00"),
        BAD("\x01\x01x\x06\x01\x07"),
        BAD("\x01\x01x\x07\x04\x00\xff\xff\x7f"), /* an offset of a million minutes */
        BAD("\x01\x01x\x08\x01\x00"),
        BAD("\x01\x01x\x08\x03\x80\x80\x02"),
        BAD("\x01\x01x\x08\x01\x1f"),         /* no 31st letter */
        BAD("\x01\x01x\x08\x02\x01\x01"),     /* bytes after the number */
        BAD("\x01\x01x\x12\x03\x00\x00\x00"), /* a day that nobody said */
        BAD("\x01\x01x\x12\x03\x07\x00\x00"),
        BAD("\x01\x01x\x12\x02\x01\x00"), /* half of one */
        BAD("\x01\x01x\x12\x03\x01\x00\x00\x12\x03\x01\x00\x00\x12\x03\x01\x00\x00"
            "\x12\x03\x01\x00\x00\x12\x03\x01\x00\x00\x12\x03\x01\x00\x00"), /* six */
#undef BAD
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(canonical((const uint8_t *)bad[i].p, bad[i].n), DTL_ECORRUPT);
}

static struct dtl_bytes random_text(struct random *r, struct dtl_arena *arena, size_t most)
{
    size_t n = random_below(r, 4) ? random_below(r, (uint32_t)most) : 0;
    uint8_t *p = dtl_arena_alloc(arena, n + 1);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)random_next(r);
    return dtl_bytes(p, n);
}

static struct dtl_values random_values(struct random *r, struct dtl_arena *arena)
{
    struct dtl_values v = {.n = random_below(r, 5)};
    v.v = dtl_arena_alloc(arena, (v.n + 1) * sizeof *v.v);
    assert_non_null(v.v);
    for (size_t i = 0; i < v.n; i++)
        v.v[i] = random_text(r, arena, 40);
    return v;
}

static struct dtl_article random_article(struct random *r, struct dtl_arena *arena)
{
    dtl_day day = DTL_DAY_MIN + (dtl_day)random_below(r, DTL_DAY_MAX - DTL_DAY_MIN);
    struct dtl_article a = {
        .id = random_text(r, arena, 50),
        .source = random_text(r, arena, 20),
        .path = random_text(r, arena, 100),
        .title = random_text(r, arena, 100),
        .body = random_text(r, arena, 3000),
        .date = {day, day + (dtl_day)random_below(r, (uint32_t)(DTL_DAY_MAX - day))},
        .date_source = (enum dtl_date_source)random_below(r, DTL_DATE_SET + 1),
        .lang = (dtl_lang_code)random_below(r, 27),
        .authors = random_values(r, arena),
        .sections = random_values(r, arena),
        .tags = random_values(r, arena),
        .places = random_values(r, arena),
        .agencies = random_values(r, arena),
        .url = random_text(r, arena, 200),
        .extra = random_text(r, arena, 200),
    };
    if (a.id.n == 0)
        a.id = text("id");
    if (random_below(r, 3) == 0)
        a.date = DTL_UNDATED;
    if (random_below(r, 2))
        a.instant = (struct dtl_instant){(int64_t)random_next(r),
                                         (int16_t)((int)random_below(r, 65536) - 32768), true};
    a.file_bytes = random_below(r, (uint32_t)a.path.n + 1);
    a.other_dates = random_below(r, DTL_DATES_OTHER + 1);
    a.other_date = dtl_arena_alloc(arena, (a.other_dates + 1) * sizeof *a.other_date);
    assert_non_null(a.other_date);
    for (size_t i = 0; i < a.other_dates; i++)
        a.other_date[i] = (struct dtl_date_said){
            {day - (dtl_day)random_below(r, (uint32_t)(day - DTL_DAY_MIN) + 1), day},
            (enum dtl_date_source)(1 + random_below(r, DTL_DATE_SET))
        };
    return a;
}

static void random_articles_survive_the_round_trip(void **state)
{
    (void)state;
    struct random r = random_start("random_articles_survive_the_round_trip");
    struct dtl_arena arena = {0};
    for (int i = 0; i < 3000; i++) {
        struct dtl_article a = random_article(&r, &arena), back = {0};
        struct dtl_buffer b = {0}, again = {0};
        assert_true(dtl_article_encode(&a, &b));
        assert_int_equal(decode(b.p, b.n, &arena, &back, NULL), DTL_OK);
        assert_true(same(&a, &back));
        assert_true(dtl_article_encode(&back, &again));
        assert_true(dtl_bytes_equal(dtl_buffer_view(&b), dtl_buffer_view(&again)));
        dtl_buffer_release(&b);
        dtl_buffer_release(&again);
        dtl_arena_reset(&arena);
    }
    dtl_arena_release(&arena);
}

static void articles_are_equal_exactly_when_all_but_the_path_is(void **state)
{
    (void)state;
    struct dtl_article a = example, b = example;
    b.path = text("elsewhere");
    b.file_bytes = 9;
    assert_true(dtl_article_equal(&a, &b));
    struct dtl_bytes two[] = {text("A. Writer"), text("")};
    b.authors = (struct dtl_values){two, 2}; /* an empty value is none */
    assert_true(dtl_article_equal(&a, &b));
    two[1] = text("B");
    assert_false(dtl_article_equal(&a, &b));
#define DIFFERS(field, value)                                                                      \
    do {                                                                                           \
        b = example;                                                                               \
        b.field = value;                                                                           \
        assert_false(dtl_article_equal(&a, &b));                                                   \
    } while (0)
    DIFFERS(id, text("x"));
    DIFFERS(source, text("x"));
    DIFFERS(title, text("x"));
    DIFFERS(body, text("x"));
    DIFFERS(url, text("x"));
    DIFFERS(extra, text("{}"));
    DIFFERS(date.latest, 19805);
    DIFFERS(date, DTL_UNDATED);
    DIFFERS(date_source, DTL_DATE_URL);
    DIFFERS(lang, 1);
    DIFFERS(instant.known, true);
    DIFFERS(tags, ((struct dtl_values){two, 1}));
    DIFFERS(agencies, ((struct dtl_values){two, 1}));
    b = example;
    struct dtl_date_said said = {
        {19805, 19805},
        DTL_DATE_PATH
    };
    b.other_date = &said;
    b.other_dates = 1; /* a path may say something else after a move */
    assert_true(dtl_article_equal(&a, &b));
#undef DIFFERS
}

static void tells_whether_a_date_is_disputed_and_believed(void **state)
{
    (void)state;
    struct dtl_article a = example;
    struct dtl_date_said said[] = {
        {{19804, 19804}, DTL_DATE_URL },
        {{19800, 19810}, DTL_DATE_PATH}
    };
    a.other_date = said;
    a.other_dates = 2;
    assert_false(dtl_article_disputed(&a));
    said[0].date = dtl_interval_day(19805);
    assert_true(dtl_article_disputed(&a));
    a.date = DTL_UNDATED;
    assert_false(dtl_article_disputed(&a));

    struct dtl_interval day = {19804, 19804};
    struct dtl_interval two = {dtl_day_of(2020, 3, 4), dtl_day_of(2020, 4, 3)};
    assert_int_equal(dtl_date_trust_of(day, DTL_DATE_META), DTL_TRUST_HIGH);
    assert_int_equal(dtl_date_trust_of(day, DTL_DATE_TEXT_LINE), DTL_TRUST_MEDIUM);
    assert_int_equal(dtl_date_trust_of(day, DTL_DATE_MTIME), DTL_TRUST_LOW);
    assert_int_equal(dtl_date_trust_of(two, DTL_DATE_META), DTL_TRUST_LOW);
    assert_string_equal(dtl_date_source_name(DTL_DATE_PATH), "path");
    assert_string_equal(dtl_date_trust_name(DTL_TRUST_HIGH), "high");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_example_is_what_the_encoder_writes),
        cmocka_unit_test(a_prefix_is_refused_unless_it_is_a_record_itself),
        cmocka_unit_test(every_flipped_byte_gives_a_canonical_record_or_none),
        cmocka_unit_test(records_that_lie_are_refused),
        cmocka_unit_test(random_articles_survive_the_round_trip),
        cmocka_unit_test(tells_whether_a_date_is_disputed_and_believed),
        cmocka_unit_test(articles_are_equal_exactly_when_all_but_the_path_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
