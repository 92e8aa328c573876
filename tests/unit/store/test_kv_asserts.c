/* Misuse of kv.h that would work by luck on one store and read or lose other
 * rows on another: it ends the process instead. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/assert.h"
#include "common/store/kv.h"
#include "common/store/kv_fault.h"
#include "tests/lib/death.h"
#include "tests/lib/files.h"

#define T OKR_TABLE_ENTITY
#define LIT(s) OKR_SLICE_LIT(s)
#define NONE OKR_SLICE_NONE

struct store {
    struct okr_kv *kv;
    struct okr_kv_txn *txn;
};

/* With two rows, in a new transaction. */
static struct store begin(bool write)
{
    struct store s = {.kv = NULL};
    OKR_ASSERT(okr_kv_mem_open(&s.kv) == OKR_OK);
    OKR_ASSERT(okr_kv_begin(s.kv, true, &s.txn) == OKR_OK);
    OKR_ASSERT(okr_kv_put(s.txn, T, LIT("a"), LIT("1")) == OKR_OK);
    OKR_ASSERT(okr_kv_put(s.txn, T, LIT("b"), LIT("2")) == OKR_OK);
    OKR_ASSERT(okr_kv_commit(&s.txn) == OKR_OK);
    OKR_ASSERT(okr_kv_begin(s.kv, write, &s.txn) == OKR_OK);
    return s;
}

static void end(struct store *s)
{
    okr_kv_abort(&s->txn);
    okr_kv_close(&s->kv);
}

static void nothing(void)
{
    struct store s = begin(true);
    end(&s);
}

static void empty_key(void)
{
    struct store s = begin(true);
    (void)!okr_kv_put(s.txn, T, NONE, LIT("v"));
    end(&s);
}

static void long_key(void)
{
    static const uint8_t key[OKR_KEY_MAX + 1];
    struct store s = begin(true);
    (void)!okr_kv_get(s.txn, T, okr_slice_of(key, sizeof key), NULL);
    end(&s);
}

static void put_while_reading(void)
{
    struct store s = begin(false);
    (void)!okr_kv_put(s.txn, T, LIT("k"), LIT("v"));
    end(&s);
}

static void del_while_reading(void)
{
    struct store s = begin(false);
    (void)!okr_kv_del(s.txn, T, LIT("a"));
    end(&s);
}

static void clear_while_reading(void)
{
    struct store s = begin(false);
    (void)!okr_kv_clear(s.txn, OKR_TABLE_META, NONE);
    end(&s);
}

static void next_after_put(void)
{
    struct store s = begin(true);
    struct okr_kv_iter it;
    okr_kv_scan(s.txn, T, NONE, NONE, &it);
    (void)okr_kv_iter_next(&it);
    (void)!okr_kv_put(s.txn, T, LIT("c"), LIT("v"));
    (void)okr_kv_iter_next(&it);
    (void)!okr_kv_iter_close(&it);
    end(&s);
}

static void next_after_del(void)
{
    struct store s = begin(true);
    struct okr_kv_iter it;
    okr_kv_scan(s.txn, T, NONE, NONE, &it);
    (void)okr_kv_iter_next(&it);
    (void)!okr_kv_del(s.txn, T, LIT("a"));
    (void)okr_kv_iter_next(&it);
    (void)!okr_kv_iter_close(&it);
    end(&s);
}

static void commit_with_open_walk(void)
{
    struct store s = begin(true);
    struct okr_kv_iter it;
    okr_kv_scan(s.txn, T, NONE, NONE, &it);
    (void)!okr_kv_commit(&s.txn);
    okr_kv_close(&s.kv);
}

static void abort_with_open_walk(void)
{
    struct store s = begin(true);
    struct okr_kv_iter it;
    okr_kv_scan(s.txn, T, NONE, NONE, &it);
    end(&s);
}

static void walk_closed_twice(void)
{
    struct store s = begin(true);
    struct okr_kv_iter it;
    okr_kv_scan(s.txn, T, NONE, NONE, &it);
    (void)!okr_kv_iter_close(&it);
    (void)!okr_kv_iter_close(&it);
    end(&s);
}

static void two_writers(void)
{
    struct store s = begin(true);
    struct okr_kv_txn *second = NULL;
    (void)!okr_kv_begin(s.kv, true, &second);
}

/* LMDB would wait for the first one, that is for ever. */
static void two_writers_on_disk(void)
{
    char dir[OKR_TEST_PATH_MAX];
    struct okr_kv *kv = NULL;
    struct okr_kv_txn *first = NULL, *second = NULL;
    okr_test_dir_make(dir);
    OKR_ASSERT(okr_kv_lmdb_open(dir, 1 << 20, &kv) == OKR_OK);
    OKR_ASSERT(okr_kv_begin(kv, true, &first) == OKR_OK);
    okr_test_dir_remove(dir); /* nobody could do it later */
    (void)!okr_kv_begin(kv, true, &second);
}

static void reader_beside_writer(void)
{
    struct store s = begin(true);
    struct okr_kv_txn *second = NULL;
    (void)!okr_kv_begin(s.kv, false, &second);
}

static void writer_beside_reader(void)
{
    struct store s = begin(false);
    struct okr_kv_txn *second = NULL;
    (void)!okr_kv_begin(s.kv, true, &second);
}

static void close_with_open_transaction(void)
{
    struct store s = begin(false);
    okr_kv_close(&s.kv);
}

static void fault_in_a_plain_store(void)
{
    struct store s = begin(false);
    okr_kv_fault_at(s.kv, 1, OKR_ERR_IO, false);
}

static void misuse_ends_the_process(void **state)
{
    (void)state;
    static const struct {
        void (*act)(void);
        const char *file; /* where the assertion stands */
    } acts[] = {
        {empty_key, "store/kv.c"},
        {long_key, "store/kv.c"},
        {put_while_reading, "store/kv.c"},
        {del_while_reading, "store/kv.c"},
        {clear_while_reading, "store/kv.c"},
        {next_after_put, "store/kv.c"},
        {next_after_del, "store/kv.c"},
        {commit_with_open_walk, "store/kv.c"},
        {abort_with_open_walk, "store/kv.c"},
        {walk_closed_twice, "store/kv.c"},
        {two_writers, "store/kv_mem.c"},
        {two_writers_on_disk, "store/kv_lmdb.c"},
        {reader_beside_writer, "store/kv_mem.c"},
        {writer_beside_reader, "store/kv_mem.c"},
        {close_with_open_transaction, "store/kv_mem.c"},
        {fault_in_a_plain_store, "store/kv_fault.c"},
    };
    char said[OKR_DEATH_SAID_MAX];
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (!okr_death_of(acts[i].act, said) ||
            strstr(said, acts[i].file) == NULL)
            fail_msg("act %zu: %s", i, said);
    }
    assert_false(okr_death_of(nothing, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misuse_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
