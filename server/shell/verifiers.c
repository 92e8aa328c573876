/* One list of claims at a time: whoever is free takes the next one.  The lock
 * is held only to take and to report; the claims between are shared by nobody.
 */
#include "server/shell/verifiers.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/base/assert.h"

enum { THREADS_MAX = 15 };

struct okr_verifiers {
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    struct okr_sign_claim **claims;
    size_t n, next, left; /* next to be taken; not reported yet */
    bool ending;
    pthread_t threads[THREADS_MAX];
    unsigned n_threads;
};

static void check(struct okr_sign_claim *claim)
{
    claim->holds = okr_sign_check(
        &claim->pk, okr_slice_of(claim->message, claim->len), &claim->sig);
}

/* Takes and checks until nothing is left to take; the lock is held before and
 * after. */
static void take_all(struct okr_verifiers *v)
{
    while (v->next < v->n) {
        struct okr_sign_claim *claim = v->claims[v->next++];
        (void)pthread_mutex_unlock(&v->lock);
        check(claim);
        (void)pthread_mutex_lock(&v->lock);
        if (--v->left == 0)
            (void)pthread_cond_signal(&v->done);
    }
}

static void *run(void *context)
{
    struct okr_verifiers *v = context;
    (void)pthread_mutex_lock(&v->lock);
    while (!v->ending) {
        take_all(v);
        if (!v->ending)
            (void)pthread_cond_wait(&v->work, &v->lock);
    }
    (void)pthread_mutex_unlock(&v->lock);
    return NULL;
}

enum okr_err okr_verifiers_open(unsigned threads, struct okr_verifiers **ret)
{
    OKR_ASSERT(ret != NULL);
    struct okr_verifiers *v = calloc(1, sizeof *v);
    if (v == NULL)
        return OKR_ERR_NOMEM;
    if (pthread_mutex_init(&v->lock, NULL) != 0 ||
        pthread_cond_init(&v->work, NULL) != 0 ||
        pthread_cond_init(&v->done, NULL) != 0) {
        free(v);
        return OKR_ERR_LIMIT;
    }
    if (threads > THREADS_MAX)
        threads = THREADS_MAX;
    while (v->n_threads < threads &&
           pthread_create(&v->threads[v->n_threads], NULL, run, v) == 0)
        v->n_threads++;
    *ret = v; /* with fewer than were asked for it is only slower */
    return OKR_OK;
}

void okr_verifiers_close(struct okr_verifiers **verifiers)
{
    OKR_ASSERT(verifiers != NULL);
    struct okr_verifiers *v = *verifiers;
    if (v == NULL)
        return;
    (void)pthread_mutex_lock(&v->lock);
    v->ending = true;
    (void)pthread_cond_broadcast(&v->work);
    (void)pthread_mutex_unlock(&v->lock);
    for (unsigned i = 0; i < v->n_threads; i++)
        (void)pthread_join(v->threads[i], NULL);
    (void)pthread_cond_destroy(&v->done);
    (void)pthread_cond_destroy(&v->work);
    (void)pthread_mutex_destroy(&v->lock);
    free(v);
    *verifiers = NULL;
}

unsigned okr_verifiers_threads(const struct okr_verifiers *verifiers)
{
    return verifiers->n_threads;
}

void okr_verifiers_run(struct okr_verifiers *v, struct okr_sign_claim **claims,
                       size_t n)
{
    OKR_ASSERT(v != NULL && (claims != NULL || n == 0));
    (void)pthread_mutex_lock(&v->lock);
    OKR_ASSERT(v->left == 0);
    v->claims = claims;
    v->n = v->left = n;
    v->next = 0;
    (void)pthread_cond_broadcast(&v->work);
    take_all(v);
    while (v->left > 0)
        (void)pthread_cond_wait(&v->done, &v->lock);
    v->claims = NULL;
    v->n = v->next = 0;
    (void)pthread_mutex_unlock(&v->lock);
}
