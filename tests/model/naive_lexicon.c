/* naive_lexicon.c - see naive_lexicon.h. */
#include "tests/model/naive_lexicon.h"

#include "common/base/utf8.h"

#include <stdlib.h>

#define LETTERS 64

static bool like(struct dtl_bytes pattern, size_t p, struct dtl_bytes word, size_t w, bool folders)
{
    if (p == pattern.n)
        return w == word.n;
    if (pattern.p[p] == '*') {
        bool across = !folders || (p + 1 < pattern.n && pattern.p[p + 1] == '*');
        size_t next = p + 1 + (folders && across);
        if (like(pattern, next, word, w, folders))
            return true;
        if (w == word.n || (word.p[w] == '/' && !across))
            return false;
        dtl_utf8_next(word, &w);
        return like(pattern, p, word, w, folders);
    }
    if (w == word.n)
        return false;
    uint32_t letter = dtl_utf8_next(word, &w);
    if (pattern.p[p] == '?')
        return !(folders && letter == '/') && like(pattern, p + 1, word, w, folders);
    return dtl_utf8_next(pattern, &p) == letter && like(pattern, p, word, w, folders);
}

bool naive_like(struct dtl_bytes pattern, struct dtl_bytes word)
{
    return like(pattern, 0, word, 0, false);
}

bool naive_path_like(struct dtl_bytes pattern, struct dtl_bytes path)
{
    return like(pattern, 0, path, 0, true);
}

static unsigned letters_of(struct dtl_bytes word, uint32_t out[LETTERS])
{
    unsigned n = 0;
    for (size_t at = 0; at < word.n;) {
        if (n == LETTERS - 1)
            abort();
        out[n++] = dtl_utf8_next(word, &at);
    }
    return n;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned naive_distance(struct dtl_bytes a, struct dtl_bytes b)
{
    uint32_t x[LETTERS], y[LETTERS];
    unsigned n = letters_of(a, x), m = letters_of(b, y), d[LETTERS][LETTERS];
    for (unsigned i = 0; i <= n; i++)
        for (unsigned k = 0; k <= m; k++) {
            if (i == 0 || k == 0) {
                d[i][k] = i + k;
                continue;
            }
            d[i][k] = least(d[i - 1][k - 1] + (x[i - 1] != y[k - 1]),
                            least(d[i - 1][k], d[i][k - 1]) + 1);
            if (i > 1 && k > 1 && x[i - 1] == y[k - 2] && x[i - 2] == y[k - 1])
                d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
        }
    return d[n][m];
}
