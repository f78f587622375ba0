/* query/commands.h - what dateline-query can be asked to do; each returns the program's exit
 * status. */
#ifndef DTL_QUERY_COMMANDS_H
#define DTL_QUERY_COMMANDS_H
#include "query/session.h"

/** One query: words of argv or -f. Also --explain, -c, -q. */
int dtl_cmd_search(struct dtl_session *s);
/** --queries FILE. */
int dtl_cmd_batch(struct dtl_session *s);
/** --show ID. */
int dtl_cmd_show(struct dtl_session *s);
/** An article as --show prints it, appended to s->out. */
void dtl_show_text(struct dtl_session *s, const struct dtl_article *a);
/** --timeline, --compare. */
int dtl_cmd_timeline(struct dtl_session *s);
/** --facet. */
int dtl_cmd_facet(struct dtl_session *s);
/** Can counts be printed as the options want? `option` is the one that counts. */
enum dtl_status dtl_counts_form(const struct dtl_session *s, const char *option,
                                struct dtl_error *err) DTL_MUST_USE;

/** --save, --saved, --forget, --reset. */
int dtl_cmd_saved(struct dtl_session *s);
/** --new, --peek, --digest; a session a search. */
int dtl_cmd_news(const struct dtl_options *o);
/** The index that --new NAME reads, with the options given now; NUL-ended. */
enum dtl_status dtl_news_index(struct dtl_saved *saved, const struct dtl_options *given,
                               const char *name, struct dtl_buffer *index,
                               struct dtl_error *err) DTL_MUST_USE;

/** --interactive. */
int dtl_cmd_interactive(struct dtl_session *s);

/** The query text of argv or -f; released by the caller. Says what is wrong; DTL_OK or the status
 * to end with. */
enum dtl_status dtl_query_text(const struct dtl_options *o, struct dtl_buffer *out,
                               struct dtl_error *err) DTL_MUST_USE;
/** All of a file, `-` standard input, at most `most` bytes. */
enum dtl_status dtl_read_file(const char *name, size_t most, struct dtl_buffer *out,
                              struct dtl_error *err) DTL_MUST_USE;
/** Say the error and give its exit status; with `query` a query's error is shown with its caret. */
int dtl_cmd_fail(enum dtl_status st, const struct dtl_error *err, const char *where,
                 struct dtl_bytes query);
#endif
