/* bars.c - the block elements of Unicode, U+2581 to U+258F. */
#include "query/result/bars.h"

#include <stdio.h>

/* Of `parts` for value/most, rounded, at least 1 for what is not 0. */
static uint64_t parts_of(uint64_t value, uint64_t most, uint64_t parts)
{
    if (value == 0 || most == 0)
        return 0;
    double share = (double)value / (double)most * (double)parts + 0.5;
    uint64_t n = share >= (double)parts ? parts : (uint64_t)share;
    return n ? n : 1;
}

void dtl_bar(uint64_t value, uint64_t most, size_t width, struct dtl_buffer *out)
{
    static const char *const rest[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    uint64_t eighths = parts_of(value, most, 8 * (uint64_t)width);
    size_t used = (size_t)(eighths / 8);
    for (size_t i = 0; i < used; i++)
        dtl_buffer_text(out, "█");
    dtl_buffer_text(out, rest[eighths % 8]);
    for (used += eighths % 8 != 0; used < width; used++)
        dtl_buffer_byte(out, ' ');
}

void dtl_spark(uint64_t value, uint64_t most, struct dtl_buffer *out)
{
    static const char *const height[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    dtl_buffer_text(out, height[parts_of(value, most, 8)]);
}

void dtl_decimal(double value, int places, struct dtl_buffer *out)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%.*f", places, value);
    if (n < 0 || (size_t)n >= sizeof text)
        return;
    while (memchr(text, '.', (size_t)n) && (text[n - 1] == '0' || text[n - 1] == '.')) {
        bool point = text[--n] == '.';
        if (point)
            break;
    }
    dtl_buffer_append(out, text, (size_t)n);
}
