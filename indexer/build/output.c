/* output.c - chunks to the store under one name; frames to groups cut at 64 MB. */
#include "indexer/build/output.h"

#include <stdlib.h>

void dtl_output_open(struct dtl_output *o, struct dtl_store *store, dtl_day first_day,
                     size_t flush_bytes)
{
    *o = (struct dtl_output){
        .store = store, .name = {first_day, dtl_writer_serial(store)},
             .flush_bytes = flush_bytes
    };
}

/* Keep the transaction that gathers chunks, which is private memory, within this run's share. */
static enum dtl_status put(struct dtl_output *o, size_t bytes, struct dtl_error *err)
{
    o->unflushed += bytes;
    if (o->unflushed < o->flush_bytes)
        return DTL_OK;
    o->unflushed = 0;
    return dtl_writer_flush(o->store, err);
}

static enum dtl_status segment_chunk(void *ctx, uint8_t part, uint32_t chunk,
                                     struct dtl_bytes payload, struct dtl_error *err)
{
    struct dtl_output *o = ctx;
    enum dtl_status st = dtl_writer_segment_chunk(o->store, o->name.first_day, o->name.serial, part,
                                                  chunk, payload, err);
    return st < 0 ? st : put(o, payload.n, err);
}

static enum dtl_status group_chunk(void *ctx, uint8_t part, uint32_t chunk,
                                   struct dtl_bytes payload, struct dtl_error *err)
{
    (void)part;
    struct dtl_output *o = ctx;
    enum dtl_status st =
        dtl_writer_group_chunk(o->store, o->use[o->uses - 1].serial, chunk, payload, err);
    return st < 0 ? st : put(o, payload.n, err);
}

static enum dtl_status add_use(struct dtl_output *o, uint32_t serial, struct dtl_error *err)
{
    if (o->uses == o->capacity) {
        size_t capacity = o->capacity ? o->capacity * 2 : 16;
        struct dtl_group_use *use = realloc(o->use, capacity * sizeof *use);
        if (!use)
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a list of article groups");
        o->use = use;
        o->capacity = capacity;
    }
    o->use[o->uses++] = (struct dtl_group_use){serial, 0};
    return DTL_OK;
}

enum dtl_status dtl_output_carry(struct dtl_output *o, uint32_t serial, uint32_t *index,
                                 struct dtl_error *err)
{
    enum dtl_status st = add_use(o, serial, err);
    if (st == DTL_OK)
        *index = (uint32_t)o->uses - 1;
    return st;
}

void dtl_output_carried(struct dtl_output *o, uint32_t index, uint32_t frame_bytes)
{
    o->use[index].bytes += frame_bytes;
}

static enum dtl_status close_group(struct dtl_output *o, struct dtl_error *err)
{
    if (!o->writing)
        return DTL_OK;
    enum dtl_status st = dtl_part_finish(&o->group, err);
    dtl_part_writer_release(&o->group);
    o->writing = false;
    return st;
}

static enum dtl_status put_frame(void *ctx, struct dtl_bytes frame, struct dtl_document *row,
                                 struct dtl_error *err)
{
    struct dtl_output *o = ctx;
    enum dtl_status st = DTL_OK;
    if (o->writing && o->group.bytes >= DTL_GROUP_BYTES && (st = close_group(o, err)) < 0)
        return st;
    if (!o->writing) {
        if ((st = add_use(o, dtl_writer_serial(o->store), err)) < 0)
            return st;
        dtl_part_writer_init(&o->group, 0, group_chunk, o);
        o->writing = true;
    }
    row->group = (uint32_t)o->uses - 1;
    row->frame_at = o->group.bytes;
    row->frame_bytes = (uint32_t)frame.n;
    o->use[row->group].bytes += frame.n;
    return dtl_part_write(&o->group, frame, err);
}

enum dtl_status dtl_output_frames_end(struct dtl_output *o, struct dtl_error *err)
{
    return close_group(o, err);
}

struct dtl_target dtl_output_target(struct dtl_output *o)
{
    return (struct dtl_target){segment_chunk, put_frame, o};
}

enum dtl_status dtl_output_finish(struct dtl_output *o, struct dtl_arena *arena,
                                  struct dtl_segment_facts *facts, struct dtl_error *err)
{
    enum dtl_status st = close_group(o, err);
    if (st < 0)
        return st;
    struct dtl_group_use *use = dtl_arena_alloc(arena, (o->uses + 1) * sizeof *use);
    if (!use)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a list of article groups");
    if (o->uses)
        memcpy(use, o->use, o->uses * sizeof *use);
    facts->serial = o->name.serial;
    facts->first_day = o->name.first_day;
    facts->group = use;
    facts->groups = o->uses;
    return DTL_OK;
}

void dtl_output_close(struct dtl_output *o)
{
    if (o->writing)
        dtl_part_writer_release(&o->group);
    free(o->use);
    *o = (struct dtl_output){0};
}
