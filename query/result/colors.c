/* colors.c - a code is digits and semicolons alone, so that no environment writes an escape. */
#include "query/result/colors.h"

static const char names[DTL_COLORS][3] = {"ti", "mt", "da", "so", "pa", "nu", "ba"};

void dtl_colors_default(struct dtl_colors *c)
{
    *c = (struct dtl_colors){
        .code = {[DTL_COLOR_TITLE] = "1",
                 [DTL_COLOR_MATCH] = "1;4;31",
                 [DTL_COLOR_DATE] = "36",
                 [DTL_COLOR_PATH] = "35",
                 [DTL_COLOR_BAR] = "32"}
    };
}

static bool take(struct dtl_colors *c, struct dtl_bytes part)
{
    if (part.n < 3 || part.p[2] != '=' || part.n - 3 >= DTL_COLOR_CODE)
        return false;
    for (size_t i = 3; i < part.n; i++)
        if ((part.p[i] < '0' || part.p[i] > '9') && part.p[i] != ';')
            return false;
    for (size_t i = 0; i < DTL_COLORS; i++) {
        if (memcmp(part.p, names[i], 2) != 0)
            continue;
        memcpy(c->code[i], part.p + 3, part.n - 3);
        c->code[i][part.n - 3] = 0;
        return true;
    }
    return false;
}

bool dtl_colors_parse(struct dtl_colors *c, const char *text, struct dtl_bytes *at)
{
    bool ok = true;
    while (*text) {
        struct dtl_bytes part = dtl_bytes(text, strcspn(text, ":"));
        if (part.n && !take(c, part) && ok) {
            *at = part;
            ok = false;
        }
        text += part.n + (text[part.n] == ':');
    }
    return ok;
}

void dtl_color_on(const struct dtl_colors *c, enum dtl_color_of which, struct dtl_buffer *out)
{
    if (c->code[which][0])
        dtl_buffer_format(out, "\x1b[%sm", c->code[which]);
}

void dtl_color_off(const struct dtl_colors *c, enum dtl_color_of which, struct dtl_buffer *out)
{
    if (c->code[which][0])
        dtl_buffer_text(out, "\x1b[m");
}
