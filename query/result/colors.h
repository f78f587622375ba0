/* query/result/colors.h - what is shown in which colour, and how a person changes it. */
#ifndef DTL_RESULT_COLORS_H
#define DTL_RESULT_COLORS_H
#include "common/base/bytes.h"

enum dtl_color_of { /* capabilities of DATELINE_COLORS, in grep's and ls's manner */
                    DTL_COLOR_TITLE,  /* ti */
                    DTL_COLOR_MATCH,  /* mt */
                    DTL_COLOR_DATE,   /* da */
                    DTL_COLOR_SOURCE, /* so */
                    DTL_COLOR_PATH,   /* pa */
                    DTL_COLOR_NUMBER, /* nu: ranks and counts */
                    DTL_COLOR_BAR,    /* ba: of timelines and facets */
                    DTL_COLORS,
};

#define DTL_COLOR_CODE 32u
struct dtl_colors {
    char code[DTL_COLORS][DTL_COLOR_CODE]; /* SGR parameters, "1;31"; empty: as the terminal is */
};

/** The colours of the 16-colour set that we use. */
void dtl_colors_default(struct dtl_colors *c);
/** "mt=1;31:ti=4": takes what it knows. False when a part of it is not understood; *at is it. */
bool dtl_colors_parse(struct dtl_colors *c, const char *text, struct dtl_bytes *at);
/** Switch it on; nothing for an empty code. */
void dtl_color_on(const struct dtl_colors *c, enum dtl_color_of which, struct dtl_buffer *out);
/** And off again, if it was on. */
void dtl_color_off(const struct dtl_colors *c, enum dtl_color_of which, struct dtl_buffer *out);
#endif
