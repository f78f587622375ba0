/* query/rank/clause.h - a word's lists as the pruned walks use them; for the files of this folder.
 */
#ifndef DTL_RANK_CLAUSE_H
#define DTL_RANK_CLAUSE_H
#include "query/cursor/list.h"
#include "query/rank/prune.h"

/** Make the lists ready: short ones are decoded, since only that tells where they end. False on
 * failure, noted. */
bool dtl_clause_open(struct dtl_clause *c);

/** What list `l` of a clause adds at most to any document; to one of [from, to). The second from
 * its blocks' bounds. */
uint32_t dtl_list_most(struct dtl_list *l, const struct dtl_weight *w);
bool dtl_list_most_in(struct dtl_list *l, const struct dtl_weight *w, dtl_doc from, dtl_doc to,
                      uint32_t *most);

/**
 * What the clause adds to `doc`: *match says whether the document holds the word at all. May give
 * up and say no as soon as it sees that the contribution is below `need`. False on failure, noted.
 */
bool dtl_clause_probe(struct dtl_clause *c, dtl_doc doc, uint32_t need, bool *match,
                      uint32_t *score);
/** Where `doc` stands in the block that would hold it, which becomes current; p->count: nowhere. */
bool dtl_list_find(struct dtl_list *l, dtl_doc doc, uint32_t *place);
/** Is the document in the list? */
bool dtl_list_holds(struct dtl_list *l, dtl_doc doc, bool *holds);
/** Frequency in one list, 0 when the document is not in it. */
bool dtl_list_probe(struct dtl_list *l, dtl_doc doc, uint32_t *tf);

enum dtl_status dtl_prune_any(struct dtl_prune *p, struct dtl_sieve *sieve) DTL_MUST_USE;
enum dtl_status dtl_prune_single(struct dtl_prune *p, struct dtl_sieve *sieve) DTL_MUST_USE;
enum dtl_status dtl_prune_all(struct dtl_prune *p, struct dtl_sieve *sieve) DTL_MUST_USE;
#endif
