/*
 * indexer/format/printed_pieces.h - the beginning of a text cut into what dates are made of.
 * Private to printed_date.c.
 */
#ifndef DTL_FORMAT_PRINTED_PIECES_H
#define DTL_FORMAT_PRINTED_PIECES_H
#include "indexer/format/printed_date.h"

enum { DTL_PIECES = 12, DTL_DATE_REACH = 120 /* bytes that are looked at */ };

enum dtl_piece_kind { DTL_PIECE_END, DTL_PIECE_NUMBER, DTL_PIECE_WORD, DTL_PIECE_MARK };

struct dtl_piece {
    enum dtl_piece_kind kind;
    size_t from, to;
    int value;  /* of a number; of a mark its ASCII character */
    int digits; /* of a number */
};

struct dtl_pieces {
    struct dtl_bytes text;
    struct dtl_piece p[DTL_PIECES + 8]; /* behind the last are ENDs, as far as a shape looks */
    size_t n;
    const struct dtl_date_hints *hints;
};

/** Fill p and n from text, up to its first line end. */
void dtl_pieces_cut(struct dtl_pieces *r);

/** Digits of Arabic, Persian, Devanagari, Bengali and full width too; -1: none. */
int dtl_digit_of(uint32_t c);
/** Blanks of all kinds, and marks of direction, which stand unseen in Hebrew and Arabic dates. */
bool dtl_is_printed_blank(uint32_t c);

struct dtl_bytes dtl_word_at(const struct dtl_pieces *r, size_t i);
bool dtl_is_mark(const struct dtl_pieces *r, size_t i, const char *set);
bool dtl_is_number(const struct dtl_pieces *r, size_t i, int least, int most); /* digits */
bool dtl_is_word(const struct dtl_pieces *r, size_t i, const char *const *list);

/** The month at piece i; *next is behind it. 0: none. */
int dtl_month_at(const struct dtl_pieces *r, size_t i, size_t *next);
/** How many pieces a weekday at i has: jeudi one, segunda-feira three. 0: none. */
size_t dtl_weekday_at(const struct dtl_pieces *r, size_t i);
#endif
