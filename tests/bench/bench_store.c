/* What the store takes: puts, reads and look-ups of 100,000 key results, in
 * memory and on disk. */
#include <stdio.h>
#include <time.h>

#include "tests/lib/store.h"

#define ENTITIES 100000
#define BATCH 64
#define LSN_FIRST 10

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void report(const char *what, double from, double count)
{
    double took = seconds() - from;
    (void)printf("  %-28s %9.3f ms  %10.0f /s\n", what, took * 1e3,
                 count / took);
}

static struct okr_id id_of(uint32_t n)
{
    struct okr_id id = {{0x01, 0x90}};
    okr_be_put32(id.b + 4, n);
    okr_be_put32(id.b + 8, n * UINT32_C(2654435761)); /* well spread */
    return id;
}

/* 1,000 objectives' worth of key results: owner, objective, title, target. */
static struct okr_record *record_of(struct okr_arena *arena, uint32_t n,
                                    okr_lsn lsn)
{
    struct okr_id id = id_of(n);
    struct okr_record *k = okr_record_new(&id, OKR_KIND_KEY_RESULT, arena);
    okr_test_home(&k, arena, 8 + n % 40, LSN_FIRST);
    okr_test_ref(&k, arena, OKR_F_KR_OBJECTIVE, n % 1000, LSN_FIRST);
    okr_test_ref(&k, arena, OKR_F_KR_OWNER, n % 700, LSN_FIRST);
    okr_test_text(&k, arena, OKR_F_KR_TITLE,
                  "Raise the share of returning customers to a third", lsn);
    return k;
}

static enum okr_err put_all(struct okr_test_store *s, okr_lsn lsn)
{
    for (uint32_t n = 0; n < ENTITIES; n++) {
        if (n % BATCH == 0) {
            okr_test_store_next(s, true);
            okr_arena_reset(s->arena);
        }
        struct okr_space space = okr_test_space(s, false);
        struct okr_record *old = NULL;
        struct okr_id id = id_of(n);
        enum okr_err err = okr_entity_get(&space, &id, &old);
        if (err != OKR_ERR_NOTFOUND)
            OKR_TRY(err);
        OKR_TRY(
            okr_entity_put(&space, old, record_of(s->arena, n, lsn + n / 10)));
    }
    okr_test_store_next(s, true);
    return OKR_OK;
}

static enum okr_err read_all(struct okr_test_store *s)
{
    struct okr_space space = okr_test_space(s, false);
    struct okr_record *record;
    for (uint32_t n = 0; n < ENTITIES; n++) {
        if (n % BATCH == 0)
            okr_arena_reset(s->arena);
        struct okr_id id = id_of(n);
        OKR_TRY(okr_entity_get(&space, &id, &record));
    }
    return OKR_OK;
}

static enum okr_err look_up(struct okr_test_store *s)
{
    struct okr_space space = okr_test_space(s, false);
    struct okr_ids ids;
    struct okr_id owner = okr_test_id(5);
    double from = seconds();
    OKR_TRY(okr_index_ref(&space, OKR_KIND_KEY_RESULT, OKR_SLICE_LIT("7m3q"), 9,
                          &ids));
    report("one reference among all", from, 1);
    from = seconds();
    OKR_TRY(okr_index_kind(&space, OKR_KIND_KEY_RESULT, &ids));
    report("ids of the kind", from, (double)ids.n);
    from = seconds();
    OKR_TRY(okr_index_find(&space, OKR_KIND_KEY_RESULT, OKR_F_KR_OWNER,
                           okr_id_slice(&owner), &ids));
    report("those of one owner", from, 1);
    return OKR_OK;
}

static enum okr_err run(bool lmdb)
{
    struct okr_test_store s = {.lmdb = lmdb};
    (void)printf("%s\n", lmdb ? "on disk" : "in memory");
    okr_test_store_open(&s);
    double from = seconds();
    enum okr_err err = put_all(&s, LSN_FIRST);
    report("create, 64 a transaction", from, ENTITIES);
    from = seconds();
    if (err == OKR_OK)
        err = put_all(&s, LSN_FIRST + ENTITIES);
    report("change, 64 a transaction", from, ENTITIES);
    from = seconds();
    if (err == OKR_OK)
        err = read_all(&s);
    report("read", from, ENTITIES);
    if (err == OKR_OK)
        err = look_up(&s);
    okr_test_store_close(&s);
    return err;
}

int main(void)
{
    okr_crypto_init();
    enum okr_err err = run(false);
    if (err == OKR_OK)
        err = run(true);
    if (err != OKR_OK)
        (void)fprintf(stderr, "bench_store: %s\n", okr_err_text(err));
    return err != OKR_OK;
}
