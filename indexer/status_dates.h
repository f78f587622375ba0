/* indexer/status_dates.h - where the articles' dates come from, and which of them are disputed. */
#ifndef DTL_INDEXER_STATUS_DATES_H
#define DTL_INDEXER_STATUS_DATES_H
#include "indexer/command.h"

/**
 * How many articles have their date from which source, then each article that something says to be
 * of another day, newest first: for people, or as one JSON object. Written to standard output as it
 * goes; memory for 32 bytes and an id a disputed article.
 */
enum dtl_status dtl_status_dates(struct dtl_snapshot *snap, bool json,
                                 struct dtl_error *err) DTL_MUST_USE;
#endif
