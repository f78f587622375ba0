/* crew.c - one mutex, two conditions: there is work, and a piece is done. */
#include "indexer/build/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_PER_THREAD 2u

struct member { /* one thread */
    struct dtl_crew *crew;
    pthread_t thread;
    uint32_t number;
};

struct dtl_crew {
    dtl_crew_fn fn;
    void *ctx;
    struct member *member;
    uint32_t members;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    void **queue; /* a ring of `room` */
    uint32_t room, first, waiting;
    uint32_t busy; /* pieces under way */
    bool closing;
    struct dtl_error failed; /* code 0: nothing has */
};

/* The oldest piece. The lock is held. */
static void *take(struct dtl_crew *c)
{
    void *piece = c->queue[c->first];
    c->first = (c->first + 1) % c->room;
    c->waiting--;
    return piece;
}

/* Do the oldest piece. The lock is held before and after, not meanwhile. */
static void do_one(struct dtl_crew *c, uint32_t number)
{
    struct dtl_error err = {0};
    void *piece = take(c);
    c->busy++;
    bool wanted = c->failed.code == DTL_OK;
    pthread_mutex_unlock(&c->lock);
    enum dtl_status st = wanted ? c->fn(c->ctx, number, piece, &err) : DTL_OK;
    pthread_mutex_lock(&c->lock);
    c->busy--;
    if (st < 0 && c->failed.code == DTL_OK)
        c->failed = err;
    pthread_cond_broadcast(&c->done);
}

static void *member_main(void *arg)
{
    struct member *m = arg;
    struct dtl_crew *c = m->crew;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (!c->waiting && !c->closing)
            pthread_cond_wait(&c->work, &c->lock);
        if (c->closing)
            break;
        do_one(c, m->number);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

enum dtl_status dtl_crew_open(struct dtl_crew **out, uint32_t threads, dtl_crew_fn fn, void *ctx,
                              struct dtl_error *err)
{
    struct dtl_crew *c = calloc(1, sizeof *c);
    if (!c)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for threads");
    c->fn = fn;
    c->ctx = ctx;
    c->room = QUEUE_PER_THREAD * threads + 1;
    c->queue = calloc(c->room, sizeof(void *));
    c->member = calloc(threads + 1, sizeof *c->member);
    if (!c->queue || !c->member) {
        free(c->queue);
        free(c->member);
        free(c);
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for threads");
    }
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->work, NULL);
    pthread_cond_init(&c->done, NULL);
    /* Signals are the first thread's: it is the one that reads and can stop. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    for (uint32_t i = 0; i < threads; i++) {
        struct member *m = &c->member[c->members];
        *m = (struct member){.crew = c, .number = i + 1};
        if (pthread_create(&m->thread, NULL, member_main, m) != 0)
            break; /* fewer threads do the same work */
        c->members++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *out = c;
    return DTL_OK;
}

static enum dtl_status result(const struct dtl_crew *c, struct dtl_error *err)
{
    if (c->failed.code != DTL_OK && err)
        *err = c->failed;
    return c->failed.code;
}

enum dtl_status dtl_crew_give(struct dtl_crew *c, void *piece, struct dtl_error *err)
{
    pthread_mutex_lock(&c->lock);
    if (c->waiting == c->room || (c->members == 0 && c->waiting))
        do_one(c, 0);
    enum dtl_status st = result(c, err);
    if (st == DTL_OK) {
        c->queue[(c->first + c->waiting) % c->room] = piece;
        c->waiting++;
        pthread_cond_signal(&c->work);
    }
    pthread_mutex_unlock(&c->lock);
    return st;
}

enum dtl_status dtl_crew_drain(struct dtl_crew *c, struct dtl_error *err)
{
    pthread_mutex_lock(&c->lock);
    while (c->waiting || c->busy) {
        if (c->waiting)
            do_one(c, 0);
        else
            pthread_cond_wait(&c->done, &c->lock);
    }
    enum dtl_status st = result(c, err);
    pthread_mutex_unlock(&c->lock);
    return st;
}

void dtl_crew_close(struct dtl_crew *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->lock);
    for (uint32_t i = 0; i < c->members; i++)
        pthread_join(c->member[i].thread, NULL);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->work);
    pthread_cond_destroy(&c->done);
    free(c->queue);
    free(c->member);
    free(c);
}
