/*
 * indexer/format/mail.h - one message (RFC 5322, MIME by GMime) as a record. Private to mail.c and
 * mbox.c.
 */
#ifndef DTL_FORMAT_MAIL_H
#define DTL_FORMAT_MAIL_H
#include "indexer/format/format.h"

/**
 * Does `head` begin with the header of a message: lines `Name: value`, among them who sent it or
 * how it came, and when or under which identity? Blank lines in front are passed over.
 */
bool dtl_mail_begins(struct dtl_bytes head);

/**
 * The message as a record in the arena: id (its Message-ID), date as its Date header prints it,
 * title (Subject), author (From), body (its text parts in order; of alternatives the plain one,
 * else HTML as text), to, list, in_reply_to, and the names of parts that are no text as
 * attachments. `encoding` is --encoding, for parts that declare none, or NULL. DTL_EINPUT: no
 * header, nested too deep, over DTL_FORMAT_RECORD_MAX, or bytes that `encoding` does not have.
 */
enum dtl_status dtl_mail_record(struct dtl_bytes message, const char *encoding,
                                struct dtl_arena *arena, struct dtl_record *out,
                                struct dtl_error *err) DTL_MUST_USE;
#endif
