/* tests/unit/random.h - the seeded generator of the random tests; SEED in the environment repeats a
 * run. */
#ifndef DTL_TESTS_RANDOM_H
#define DTL_TESTS_RANDOM_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct random {
    uint64_t state;
};

static inline struct random random_start(const char *test)
{
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    printf("%s: SEED=%llu\n", test, (unsigned long long)seed);
    return (struct random){seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
}

static inline uint64_t random_next(struct random *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint32_t random_below(struct random *r, uint32_t n)
{
    return n ? (uint32_t)(random_next(r) % n) : 0;
}
#endif
