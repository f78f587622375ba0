/*
 * indexer/build/output.h - a segment on its way into the store, with the article groups it uses.
 *
 * What is written stays invisible until it is published; an output given up leaves chunks that the
 * next writer removes.
 */
#ifndef DTL_BUILD_OUTPUT_H
#define DTL_BUILD_OUTPUT_H
#include "common/store/store.h"
#include "indexer/build/target.h"

#define DTL_GROUP_BYTES ((uint64_t)64 << 20) /* an article group is closed when it passes this */

struct dtl_output {
    struct dtl_store *store;
    struct dtl_segment_name name;
    size_t flush_bytes; /* commit when so many were put since the last commit */
    size_t unflushed;
    struct dtl_group_use *use; /* carried groups first, then new ones: serials rise */
    size_t uses, capacity;
    struct dtl_part_writer group; /* of the newest group, while `writing` */
    bool writing;
};

/** Nothing is written yet; takes a serial. `first_day`: the smallest earliest day of its documents.
 */
void dtl_output_open(struct dtl_output *o, struct dtl_store *store, dtl_day first_day,
                     size_t flush_bytes);
struct dtl_target dtl_output_target(struct dtl_output *o);
/** Name an older group; all of them before the first new frame, serials rising. *index: its place.
 */
enum dtl_status dtl_output_carry(struct dtl_output *o, uint32_t serial, uint32_t *index,
                                 struct dtl_error *err) DTL_MUST_USE;
/** Count a frame that stays where it is, in carried group `index`. */
void dtl_output_carried(struct dtl_output *o, uint32_t index, uint32_t frame_bytes);
/** No frame follows: what the last group holds is written. Optional: the finish does it too. */
enum dtl_status dtl_output_frames_end(struct dtl_output *o, struct dtl_error *err) DTL_MUST_USE;
/** Close the last group; set serial, first_day and groups of *facts, the array in `arena`. */
enum dtl_status dtl_output_finish(struct dtl_output *o, struct dtl_arena *arena,
                                  struct dtl_segment_facts *facts,
                                  struct dtl_error *err) DTL_MUST_USE;
void dtl_output_close(struct dtl_output *o); /* {0} is fine */
#endif
