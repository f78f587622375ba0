/*
 * query/interactive/line.h - the query as it is being typed: a line of text, a cursor, what was
 * cut, and the queries of this session.
 *
 * The line is valid UTF-8 without control characters, whatever is inserted; the cursor stands
 * between characters as a reader sees them, a letter and its marks being one. Allocation failures
 * leave the line as it was and stick in line->text.failed.
 */
#ifndef DTL_INTERACTIVE_LINE_H
#define DTL_INTERACTIVE_LINE_H
#include "common/base/bytes.h"

#define DTL_LINE_BYTES   (70u << 10) /* over the limit of a query, which the parser then names */
#define DTL_LINE_HISTORY 200u        /* queries remembered; the oldest goes */

struct dtl_line {
    struct dtl_buffer text;
    size_t cursor;         /* bytes of text before it */
    struct dtl_buffer cut; /* for yank */
    struct dtl_buffer past[DTL_LINE_HISTORY];
    size_t pasts, shown;     /* shown == pasts: the line is the draft, not a past query */
    struct dtl_buffer draft; /* what was being typed before the history was walked */
};

/** Replace the text; the cursor goes to its end. Invalid UTF-8 and controls become blanks. */
void dtl_line_set(struct dtl_line *l, struct dtl_bytes text);
/** Insert one character at the cursor; a control character is a blank, a line end likewise. */
void dtl_line_insert(struct dtl_line *l, uint32_t c);

void dtl_line_left(struct dtl_line *l);
void dtl_line_right(struct dtl_line *l);
void dtl_line_word_left(struct dtl_line *l); /* words are divided by blanks */
void dtl_line_word_right(struct dtl_line *l);
void dtl_line_home(struct dtl_line *l);
void dtl_line_end(struct dtl_line *l);

void dtl_line_backspace(struct dtl_line *l);
void dtl_line_delete(struct dtl_line *l);
void dtl_line_cut_word(struct dtl_line *l);  /* the word left of the cursor */
void dtl_line_cut_start(struct dtl_line *l); /* to the start of the line */
void dtl_line_cut_end(struct dtl_line *l);
void dtl_line_yank(struct dtl_line *l); /* insert what was cut last */

/** Keep the line among the past queries, unless it is blank or the last one kept. */
void dtl_line_remember(struct dtl_line *l);
void dtl_line_older(struct dtl_line *l);
void dtl_line_newer(struct dtl_line *l); /* after the newest comes the draft again */

void dtl_line_release(struct dtl_line *l);
#endif
