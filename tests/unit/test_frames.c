/* stored articles: compressed, found whole again, and known when they are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/frames.h"
#include "random.h"

/* News of a kind: sentences from a small stock, so that there is something to learn. */
static struct dtl_bytes made_up(struct random *r, struct dtl_arena *arena)
{
    static const char *const stock[] = {
        "The government said on Tuesday that ",
        "shares rose in early trading after ",
        "according to officials in the capital. ",
        "humanitarian concerns were raised by ",
        "a spokesman for the ministry declined to comment. ",
        "Prime Minister ",
        "net loss of 12 cts vs profit of 40 cts. ",
        "inflation fell to its lowest level in years, ",
    };
    struct dtl_buffer b = {0};
    for (uint32_t k = 5 + random_below(r, 60); k; k--) {
        dtl_buffer_text(&b, stock[random_below(r, 8)]);
        dtl_buffer_format(&b, "%u ", random_below(r, 100000));
    }
    uint8_t *p = dtl_arena_alloc(arena, b.n);
    assert_non_null(p);
    memcpy(p, b.p, b.n);
    struct dtl_bytes v = {p, b.n};
    dtl_buffer_release(&b);
    return v;
}

static void train(struct random *r, struct dtl_buffer *out, size_t n)
{
    struct dtl_arena arena = {0};
    struct dtl_buffer samples = {0};
    size_t *sizes = calloc(n + 1, sizeof *sizes);
    assert_non_null(sizes);
    for (size_t i = 0; i < n; i++) {
        struct dtl_bytes v = made_up(r, &arena);
        sizes[i] = v.n;
        dtl_buffer_append(&samples, v.p, v.n);
    }
    assert_int_equal(dtl_dictionary_train(dtl_buffer_view(&samples), sizes, n, out, NULL), DTL_OK);
    free(sizes);
    dtl_buffer_release(&samples);
    dtl_arena_release(&arena);
}

static void round_trips(struct dtl_bytes dictionary, struct random *r)
{
    struct dtl_frame_encoder *e = NULL;
    struct dtl_frame_decoder *d = NULL;
    struct dtl_arena arena = {0};
    assert_int_equal(dtl_frame_encoder_open(&e, dictionary, NULL), DTL_OK);
    assert_int_equal(dtl_frame_decoder_open(&d, dictionary, NULL), DTL_OK);
    for (int i = 0; i < 200; i++) {
        struct dtl_bytes record = i ? made_up(r, &arena) : dtl_bytes("", 0);
        if (i % 10 == 9) { /* what does not compress at all */
            uint8_t *p = dtl_arena_alloc(&arena, 5000);
            assert_non_null(p);
            for (size_t k = 0; k < 5000; k++)
                p[k] = (uint8_t)random_next(r);
            record = dtl_bytes(p, random_below(r, 5000));
        }
        struct dtl_bytes frame = {0}, back = {0};
        assert_int_equal(dtl_frame_encode(e, record, &frame, NULL), DTL_OK);
        assert_int_equal(dtl_frame_decode(d, frame, &arena, &back, NULL), DTL_OK);
        assert_true(dtl_bytes_equal(record, back));
        dtl_arena_reset(&arena);
    }
    dtl_frame_encoder_close(e);
    dtl_frame_decoder_close(d);
    dtl_arena_release(&arena);
}

static void records_come_back_with_and_without_a_dictionary(void **state)
{
    (void)state;
    struct random r = random_start("records_come_back_with_and_without_a_dictionary");
    struct dtl_buffer dictionary = {0};
    train(&r, &dictionary, 400);
    assert_in_range(dictionary.n, 1, DTL_DICTIONARY_BYTES);
    round_trips(dtl_bytes(NULL, 0), &r);
    round_trips(dtl_buffer_view(&dictionary), &r);
    dtl_buffer_release(&dictionary);
}

static void training_and_compressing_give_the_same_bytes_every_time(void **state)
{
    (void)state;
    struct random r = random_start("training_and_compressing_give_the_same_bytes_every_time");
    struct random again = r;
    struct dtl_buffer a = {0}, b = {0}, first = {0};
    train(&r, &a, 300);
    train(&again, &b, 300);
    assert_true(dtl_bytes_equal(dtl_buffer_view(&a), dtl_buffer_view(&b)));
    struct dtl_arena arena = {0};
    struct dtl_bytes record = made_up(&r, &arena), frame = {0};
    for (int i = 0; i < 3; i++) { /* a used context leaves no trace */
        struct dtl_frame_encoder *e = NULL;
        assert_int_equal(dtl_frame_encoder_open(&e, dtl_buffer_view(&a), NULL), DTL_OK);
        for (int k = 0; k < i; k++)
            assert_int_equal(dtl_frame_encode(e, made_up(&r, &arena), &frame, NULL), DTL_OK);
        assert_int_equal(dtl_frame_encode(e, record, &frame, NULL), DTL_OK);
        if (i == 0)
            dtl_buffer_append(&first, frame.p, frame.n);
        assert_true(dtl_bytes_equal(frame, dtl_buffer_view(&first)));
        dtl_frame_encoder_close(e);
    }
    dtl_buffer_release(&a);
    dtl_buffer_release(&b);
    dtl_buffer_release(&first);
    dtl_arena_release(&arena);
}

static void too_few_samples_train_nothing(void **state)
{
    (void)state;
    struct random r = random_start("too_few_samples_train_nothing");
    struct dtl_buffer d = {0};
    train(&r, &d, 0);
    train(&r, &d, 10);
    assert_int_equal(d.n, 0);
    dtl_buffer_release(&d);
}

/* `want`: what the record must be when the frame is accepted; p NULL: anything. */
static enum dtl_status decode_as(struct dtl_bytes dictionary, const uint8_t *p, size_t n,
                                 struct dtl_bytes want)
{
    struct dtl_frame_decoder *d = NULL;
    struct dtl_arena arena = {0};
    struct dtl_bytes record = {0};
    struct dtl_error err = {0};
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    if (n)
        memcpy(exact, p, n);
    assert_int_equal(dtl_frame_decoder_open(&d, dictionary, NULL), DTL_OK);
    enum dtl_status st = dtl_frame_decode(d, dtl_bytes(exact, n), &arena, &record, &err);
    if (st < 0)
        assert_null(record.p);
    else if (want.p)
        assert_true(dtl_bytes_equal(record, want));
    dtl_frame_decoder_close(d);
    dtl_arena_release(&arena);
    free(exact);
    return st;
}

static enum dtl_status decode(struct dtl_bytes dictionary, const uint8_t *p, size_t n)
{
    return decode_as(dictionary, p, n, dtl_bytes(NULL, 0));
}

/* docs/FORMAT.md, "Article groups": the record "aaaaaaaaaaaaaaaaaaaa" without a dictionary. */
static const uint8_t example[] = {0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x14, 0};

static void every_prefix_is_refused_and_no_flipped_bit_changes_a_record(void **state)
{
    (void)state;
    struct random r = random_start("every_prefix_is_refused_and_no_flipped_bit_changes_a_record");
    struct dtl_frame_encoder *e = NULL;
    struct dtl_arena arena = {0};
    struct dtl_bytes frame = {0}, none = {0};
    assert_int_equal(dtl_frame_encoder_open(&e, none, NULL), DTL_OK);
    assert_int_equal(dtl_frame_encode(e, DTL_LITERAL("aaaaaaaaaaaaaaaaaaaa"), &frame, NULL),
                     DTL_OK);
    assert_memory_equal(frame.p, example, sizeof example - 1);
    struct dtl_bytes record = made_up(&r, &arena);
    assert_int_equal(dtl_frame_encode(e, record, &frame, NULL), DTL_OK);
    uint8_t *copy = malloc(frame.n + 1);
    assert_non_null(copy);
    memcpy(copy, frame.p, frame.n);
    copy[frame.n] = 0;
    assert_int_equal(decode(none, copy, frame.n), DTL_OK);
    assert_int_equal(decode(none, copy, frame.n + 1), DTL_ECORRUPT);
    for (size_t n = 0; n < frame.n; n++)
        assert_int_equal(decode(none, copy, n), DTL_ECORRUPT);
    for (size_t i = 0; i < frame.n; i++)
        for (unsigned bit = 0; bit < 8; bit++) { /* refused, or a bit zstd does not use */
            copy[i] ^= (uint8_t)(1u << bit);
            (void)decode_as(none, copy, frame.n, record);
            copy[i] ^= (uint8_t)(1u << bit);
        }
    free(copy);
    dtl_frame_encoder_close(e);
    dtl_arena_release(&arena);
}

static void another_dictionary_is_noticed(void **state)
{
    (void)state;
    struct random r = random_start("another_dictionary_is_noticed");
    struct dtl_buffer a = {0}, b = {0};
    train(&r, &a, 300);
    train(&r, &b, 300);
    struct dtl_frame_encoder *e = NULL;
    struct dtl_arena arena = {0};
    struct dtl_bytes frame = {0};
    assert_int_equal(dtl_frame_encoder_open(&e, dtl_buffer_view(&a), NULL), DTL_OK);
    assert_int_equal(dtl_frame_encode(e, made_up(&r, &arena), &frame, NULL), DTL_OK);
    assert_int_equal(decode(dtl_buffer_view(&a), frame.p, frame.n), DTL_OK);
    assert_int_equal(decode(dtl_buffer_view(&b), frame.p, frame.n), DTL_ECORRUPT);
    assert_int_equal(decode(dtl_bytes(NULL, 0), frame.p, frame.n), DTL_ECORRUPT);
    b.n = 20; /* a dictionary cut short */
    assert_int_equal(decode(dtl_buffer_view(&b), frame.p, frame.n), DTL_ECORRUPT);
    dtl_frame_encoder_close(e);
    dtl_buffer_release(&a);
    dtl_buffer_release(&b);
    dtl_arena_release(&arena);
}

static void a_record_over_the_limit_is_refused_both_ways(void **state)
{
    (void)state;
    struct dtl_frame_encoder *e = NULL;
    struct dtl_bytes frame = {0};
    struct dtl_error err = {0};
    uint8_t *big = calloc(1, DTL_ARTICLE_MAX + 1);
    assert_non_null(big);
    assert_int_equal(dtl_frame_encoder_open(&e, dtl_bytes(NULL, 0), NULL), DTL_OK);
    assert_int_equal(dtl_frame_encode(e, dtl_bytes(big, DTL_ARTICLE_MAX + 1), &frame, &err),
                     DTL_ELIMIT);
    assert_int_equal(dtl_frame_encode(e, dtl_bytes(big, DTL_ARTICLE_MAX), &frame, &err), DTL_OK);
    assert_int_equal(decode(dtl_bytes(NULL, 0), frame.p, frame.n), DTL_OK);
    /* a frame that says a size beyond the limit: eight bytes of size, nothing else */
    static const uint8_t liar[] = {0x28, 0xb5, 0x2f, 0xfd, 0xe4, 1, 0, 0, 4, 0, 0, 0, 0};
    assert_int_equal(decode(dtl_bytes(NULL, 0), liar, sizeof liar), DTL_ECORRUPT);
    dtl_frame_encoder_close(e);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back_with_and_without_a_dictionary),
        cmocka_unit_test(training_and_compressing_give_the_same_bytes_every_time),
        cmocka_unit_test(too_few_samples_train_nothing),
        cmocka_unit_test(every_prefix_is_refused_and_no_flipped_bit_changes_a_record),
        cmocka_unit_test(another_dictionary_is_noticed),
        cmocka_unit_test(a_record_over_the_limit_is_refused_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
