/*
 * indexer/article/mapping.h - what a raw record's fields mean.
 *
 * Every field of an article has usual names (title: title, headline). --map FIELD=NAME replaces the
 * usual names of FIELD by those given; --set FIELD=VALUE states the field for every article. What
 * no name claims is kept as `extra`.
 */
#ifndef DTL_ARTICLE_MAPPING_H
#define DTL_ARTICLE_MAPPING_H
#include "common/segment/article.h"
#include "indexer/article/intake.h"
#include "indexer/format/format.h"

enum dtl_target {
    DTL_TARGET_ID,
    DTL_TARGET_SOURCE,
    DTL_TARGET_TITLE,
    DTL_TARGET_BODY,
    DTL_TARGET_DATE,
    DTL_TARGET_DATE_END,
    DTL_TARGET_LANG,
    DTL_TARGET_URL,
    DTL_TARGET_AUTHOR, /* from here on: several values */
    DTL_TARGET_SECTION,
    DTL_TARGET_TAG,
    DTL_TARGET_PLACE,
    DTL_TARGET_AGENCY,
    DTL_TARGETS
};

struct dtl_mapped {
    struct dtl_values
        values[DTL_TARGETS]; /* cleaned; none is empty; one at most for single fields */
    bool set[DTL_TARGETS];   /* by --set */
    struct dtl_bytes extra;  /* canonical JSON object, or empty */
};

/** FIELD of --map and --set, by its name in the contract (aliases too); DTL_TARGETS: none. */
enum dtl_target dtl_target_named(const char *field);

/** DTL_EUSAGE: an unknown field, a value that is not UTF-8, --set of the text itself. */
enum dtl_status dtl_mapping_check(const struct dtl_intake_options *o, struct dtl_error *err);

/**
 * Views of *out point into `record` and `arena`. DTL_EINPUT: a field that must be plain is not, or
 * an id that cannot be one; err->text without a place.
 */
enum dtl_status dtl_mapping_apply(const struct dtl_intake_options *o,
                                  const struct dtl_format *format, const struct dtl_record *record,
                                  struct dtl_arena *arena, struct dtl_mapped *out,
                                  struct dtl_error *err);
#endif
