/* mailbox.c - letters go round between two lists: those posted and those to be written anew. */
#include "indexer/build/mailbox.h"

#include <pthread.h>
#include <stdlib.h>

#define LETTERS 4u /* 4 MiB each at most */

struct dtl_mailbox {
    pthread_mutex_t lock;
    pthread_cond_t posted, returned;
    struct dtl_letter letter[LETTERS];
    struct dtl_letter *empty;
    struct dtl_letter *first, *last; /* posted, in turn */
    uint32_t writers;
    bool failed;
};

struct dtl_mailbox *dtl_mailbox_new(uint32_t writers)
{
    struct dtl_mailbox *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->posted, NULL);
    pthread_cond_init(&m->returned, NULL);
    m->writers = writers;
    for (unsigned i = 0; i < LETTERS; i++) {
        m->letter[i].next = m->empty;
        m->empty = &m->letter[i];
    }
    return m;
}

void dtl_mailbox_free(struct dtl_mailbox *m)
{
    if (!m)
        return;
    for (unsigned i = 0; i < LETTERS; i++)
        dtl_buffer_release(&m->letter[i].payload);
    pthread_mutex_destroy(&m->lock);
    pthread_cond_destroy(&m->posted);
    pthread_cond_destroy(&m->returned);
    free(m);
}

static enum dtl_status stopped(struct dtl_error *err)
{
    return dtl_fail(err, DTL_EIO, 0, "the index cannot be written");
}

enum dtl_status dtl_mailbox_post(struct dtl_mailbox *m, uint32_t index, uint8_t part,
                                 uint32_t chunk, struct dtl_bytes payload, struct dtl_error *err)
{
    pthread_mutex_lock(&m->lock);
    while (!m->empty && !m->failed)
        pthread_cond_wait(&m->returned, &m->lock);
    struct dtl_letter *letter = m->failed ? NULL : m->empty;
    if (letter)
        m->empty = letter->next;
    pthread_mutex_unlock(&m->lock);
    if (!letter)
        return stopped(err);
    letter->index = index;
    letter->part = part;
    letter->chunk = chunk;
    letter->next = NULL;
    dtl_buffer_reset(&letter->payload);
    bool ok = dtl_buffer_append(&letter->payload, payload.p, payload.n);
    pthread_mutex_lock(&m->lock);
    if (!ok) {
        letter->next = m->empty;
        m->empty = letter;
    } else {
        if (m->first)
            m->last->next = letter;
        else
            m->first = letter;
        m->last = letter;
        pthread_cond_signal(&m->posted);
    }
    pthread_mutex_unlock(&m->lock);
    return ok ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "no memory for a chunk");
}

void dtl_mailbox_leave(struct dtl_mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    m->writers--;
    pthread_cond_signal(&m->posted);
    pthread_mutex_unlock(&m->lock);
}

struct dtl_letter *dtl_mailbox_take(struct dtl_mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    while (!m->first && m->writers)
        pthread_cond_wait(&m->posted, &m->lock);
    struct dtl_letter *letter = m->first;
    if (letter)
        m->first = letter->next;
    pthread_mutex_unlock(&m->lock);
    return letter;
}

void dtl_mailbox_done(struct dtl_mailbox *m, struct dtl_letter *letter)
{
    pthread_mutex_lock(&m->lock);
    letter->next = m->empty;
    m->empty = letter;
    pthread_cond_signal(&m->returned);
    pthread_mutex_unlock(&m->lock);
}

void dtl_mailbox_fail(struct dtl_mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    m->failed = true;
    pthread_cond_broadcast(&m->returned);
    pthread_mutex_unlock(&m->lock);
}
