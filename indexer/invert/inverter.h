/*
 * indexer/invert/inverter.h - articles in, terms with their postings out: the inverted index of one
 * batch, in memory.
 *
 * Articles are inverted as they arrive, under local numbers 0, 1, ...; the caller says at the end
 * which document each became (or that it was dropped), and the postings of every term are put into
 * that order as they are written. Nothing of an article's text is kept.
 */
#ifndef DTL_INVERT_INVERTER_H
#define DTL_INVERT_INVERTER_H
#include "common/segment/builder.h"
#include "common/segment/document.h"

struct dtl_inverter;

enum dtl_status dtl_inverter_open(struct dtl_inverter **out, uint32_t title_weight,
                                  struct dtl_error *err) DTL_MUST_USE;
void dtl_inverter_close(struct dtl_inverter *inv); /* NULL is fine */

/**
 * Invert one article. Its local number, the count of earlier calls, is used up even on failure; an
 * article that failed must be given no document. DTL_ELIMIT: too many words; DTL_ENOMEM.
 */
enum dtl_status dtl_inverter_add(struct dtl_inverter *inv, struct dtl_analyzer *an,
                                 const struct dtl_article *a, struct dtl_document_lengths *lengths,
                                 struct dtl_error *err) DTL_MUST_USE;
uint32_t dtl_inverter_articles(const struct dtl_inverter *inv); /* local numbers used */
/** Bytes of memory held now, to the page. */
size_t dtl_inverter_memory(const struct dtl_inverter *inv);

/** Forget every article; gives the memory back to the system. */
void dtl_inverter_reset(struct dtl_inverter *inv);

/** True for the fields whose postings keep positions. */
bool dtl_field_has_positions(uint8_t field);
#endif
