/*
 * chars.c - character classes of the query language.
 *
 * Why not ICU: a query process that meets only ASCII should not load it, and these classes must not
 * move with a library's Unicode version, or a saved query would change its meaning. Whatever is not
 * listed here as punctuation counts as part of a word; the analyzer then finds its tokens.
 */
#include "query/language/chars.h"

#include "common/base/utf8.h"

struct range {
    uint32_t first, last;
};

/* clang-format off */
static const struct range not_words[] = { /* sorted, disjoint; from U+0080 */
    {0x80, 0xa9}, {0xab, 0xb4}, {0xb6, 0xb9}, {0xbb, 0xbf}, {0xd7, 0xd7}, {0xf7, 0xf7},
    {0x300, 0x36f}, {0x37e, 0x37e}, {0x387, 0x387}, {0x55a, 0x55f}, {0x589, 0x58f}, {0x5be, 0x5be},
    {0x5c0, 0x5c0}, {0x5c3, 0x5c3}, {0x5f3, 0x5f4}, {0x600, 0x60f}, {0x61b, 0x61f}, {0x66a, 0x66d},
    {0x6d4, 0x6d4}, {0x964, 0x965}, {0x970, 0x970}, {0xe3f, 0xe3f}, {0xe4f, 0xe4f}, {0xe5a, 0xe5b},
    {0x104a, 0x104f}, {0x10fb, 0x10fb}, {0x1360, 0x1368}, {0x17d4, 0x17d6}, {0x17d8, 0x17db},
    {0x1800, 0x180e}, {0x2000, 0x206f}, {0x20a0, 0x20ff}, {0x2190, 0x245f}, {0x2500, 0x2bff},
    {0x2e00, 0x2e7f}, {0x2ff0, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x303d, 0x303f},
    {0x30a0, 0x30a0}, {0x30fb, 0x30fb}, {0xe000, 0xf8ff}, {0xfd3e, 0xfd3f}, {0xfe00, 0xfe6f},
    {0xfeff, 0xfeff}, {0xff01, 0xff0f}, {0xff1a, 0xff20}, {0xff3b, 0xff40}, {0xff5b, 0xff65},
    {0xffe0, 0xffff}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff},
};

static const struct range one_each[] = { /* scripts written without blanks: a character a word */
    {0x0e01, 0x0e33}, {0x0e81, 0x0eb3}, {0x1000, 0x109f}, {0x1780, 0x17b3}, {0x3005, 0x3007}, {0x3041, 0x30ff},
    {0x31f0, 0x31ff}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0x20000, 0x3ffff},
};
/* clang-format on */

static bool within(uint32_t c, const struct range *r, size_t n)
{
    size_t low = 0, high = n;
    while (low < high) { /* the first range that ends at or after c */
        size_t mid = low + (high - low) / 2;
        if (c > r[mid].last)
            low = mid + 1;
        else
            high = mid;
    }
    return low < n && c >= r[low].first;
}

bool dtl_char_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

bool dtl_char_control(uint32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0);
}

bool dtl_char_wordlike(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    return !within(c, not_words, sizeof not_words / sizeof *not_words);
}

uint32_t dtl_char_at(struct dtl_bytes text, size_t at, size_t *len)
{
    size_t end = at;
    uint32_t c = at < text.n ? dtl_utf8_next(text, &end) : 0;
    if (len)
        *len = end - at;
    return c;
}

bool dtl_has_word(struct dtl_bytes text)
{
    for (size_t at = 0; at < text.n;)
        if (dtl_char_wordlike(dtl_utf8_next(text, &at)))
            return true;
    return false;
}

uint32_t dtl_count_words(struct dtl_bytes text)
{
    uint32_t words = 0;
    bool inside = false;
    for (size_t at = 0; at < text.n;) {
        uint32_t c = dtl_utf8_next(text, &at);
        if (c >= 0x300 && c < 0x370) /* a combining mark belongs to what it stands on */
            continue;
        if (c >= 0xe00 && within(c, one_each, sizeof one_each / sizeof *one_each)) {
            words++;
            inside = false;
        } else if (dtl_char_wordlike(c)) {
            words += !inside;
            inside = true;
        } else {
            inside = false;
        }
    }
    return words;
}
