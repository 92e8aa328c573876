/* The store that fails: every n-th call leaves the store as it was before,
 * and values die when kv.h says so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/buf.h"
#include "common/store/kv.h"
#include "common/store/kv_fault.h"
#include "tests/lib/files.h"

#if defined(__SANITIZE_ADDRESS__)
#define OKR_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OKR_TEST_ASAN 1
#endif
#endif
#if defined(OKR_TEST_ASAN)
#include <sanitizer/asan_interface.h>
#endif

#define T OKR_TABLE_ENTITY
#define OTHER OKR_TABLE_INDEX
#define LIT(s) OKR_SLICE_LIT(s)
#define OK(call) assert_int_equal(call, OKR_OK)
#define NONE OKR_SLICE_NONE

struct stores {
    bool lmdb;
    struct okr_kv *inner, *kv;
    char dir[OKR_TEST_PATH_MAX];
};

static void fill(struct okr_kv *kv)
{
    struct okr_kv_txn *txn = NULL;
    OK(okr_kv_begin(kv, true, &txn));
    OK(okr_kv_put(txn, T, LIT("a1"), LIT("old")));
    OK(okr_kv_put(txn, T, LIT("a2"), LIT("old")));
    OK(okr_kv_put(txn, T, LIT("b"), LIT("old")));
    OK(okr_kv_put(txn, OTHER, LIT("x"), LIT("old")));
    OK(okr_kv_commit(&txn));
}

static int set_up(void **state)
{
    struct stores *s = *state;
    if (s->lmdb) {
        okr_test_dir_make(s->dir);
        OK(okr_kv_lmdb_open(s->dir, 1 << 20, &s->inner));
    } else {
        OK(okr_kv_mem_open(&s->inner));
    }
    OK(okr_kv_fault_open(s->inner, &s->kv));
    fill(s->kv);
    return 0;
}

static int tear_down(void **state)
{
    struct stores *s = *state;
    okr_kv_close(&s->kv);
    okr_kv_close(&s->inner);
    if (s->lmdb)
        okr_test_dir_remove(s->dir);
    return 0;
}

/* All rows of the inner store, as one string. */
static void dump(const struct stores *s, struct okr_buf *out)
{
    struct okr_kv_txn *txn = NULL;
    out->len = 0;
    OK(okr_kv_begin(s->inner, false, &txn));
    for (unsigned t = 0; t < OKR_TABLE_COUNT; t++) {
        struct okr_kv_iter it;
        okr_kv_scan(txn, (enum okr_table)t, NONE, NONE, &it);
        while (okr_kv_iter_next(&it)) {
            okr_buf_put(out, it.key);
            okr_buf_put(out, LIT("="));
            okr_buf_put(out, it.value);
            okr_buf_put(out, LIT(" "));
        }
        OK(okr_kv_iter_close(&it));
        okr_buf_put(out, LIT("/"));
    }
    okr_kv_abort(&txn);
    OK(out->err);
}

/* A transaction with each kind of call; the first error comes back, and is
 * the same that the commit tells. */
static enum okr_err change(struct okr_kv_txn *txn)
{
    struct okr_slice value;
    uint64_t rows;
    struct okr_kv_iter it;
    OKR_TRY(okr_kv_get(txn, T, LIT("a1"), &value));
    OKR_TRY(okr_kv_put(txn, OTHER, LIT("y"), value));
    OKR_TRY(okr_kv_put(txn, T, LIT("c"), LIT("new")));
    OKR_TRY(okr_kv_put(txn, T, LIT("b"), LIT("new")));
    okr_kv_scan(txn, T, NONE, NONE, &it);
    while (okr_kv_iter_next(&it))
        assert_true(it.key.len > 0);
    OKR_TRY(okr_kv_iter_close(&it));
    OKR_TRY(okr_kv_del(txn, OTHER, LIT("x")));
    OKR_TRY(okr_kv_last(txn, T, NONE, NULL, NULL));
    OKR_TRY(okr_kv_count(txn, T, &rows));
    return okr_kv_clear(txn, T, LIT("a"));
}

static enum okr_err run(struct okr_kv *kv)
{
    struct okr_kv_txn *txn = NULL;
    OKR_TRY(okr_kv_begin(kv, true, &txn));
    enum okr_err err = change(txn);
    enum okr_err end = okr_kv_commit(&txn);
    if (err != OKR_OK)
        assert_int_equal(end, err);
    return end;
}

/* Fails the 1st, 2nd, … call until there is none left to fail. */
static void sweep(struct stores *s, enum okr_err want)
{
    struct okr_buf before, after;
    okr_buf_init(&before, NULL);
    okr_buf_init(&after, NULL);
    dump(s, &before);
    uint64_t n = 1;
    for (;; n++) {
        okr_kv_fault_at(s->kv, n, want, false);
        enum okr_err err = run(s->kv);
        dump(s, &after);
        if (!okr_kv_fault_fired(s->kv))
            break;
        assert_int_equal(err, want);
        assert_true(
            okr_slice_eq(okr_buf_slice(&before), okr_buf_slice(&after)));
    }
    assert_false(okr_slice_eq(okr_buf_slice(&before), okr_buf_slice(&after)));
    /* begin 1, get 1, put 3, walk 5, del 1, last 1, count 1, clear 5,
     * commit 1 */
    assert_int_equal(n, 20);
    okr_buf_close(&before);
    okr_buf_close(&after);
}

static void nth_failure_changes_nothing(void **state)
{
    sweep(*state, OKR_ERR_IO);
}

static void nth_failure_is_told_as_given(void **state)
{
    sweep(*state, OKR_ERR_FULL);
}

/* Counts the calls of one run, the commit being the last of them. */
static uint64_t calls_of_a_run(const struct stores *s)
{
    struct okr_kv *inner = NULL, *kv = NULL;
    (void)s;
    OK(okr_kv_mem_open(&inner));
    OK(okr_kv_fault_open(inner, &kv));
    fill(kv);
    uint64_t before = okr_kv_fault_calls(kv);
    OK(run(kv));
    uint64_t calls = okr_kv_fault_calls(kv) - before;
    okr_kv_close(&kv);
    okr_kv_close(&inner);
    return calls;
}

static void unknown_outcome(struct stores *s, bool happens)
{
    struct okr_buf before, after;
    okr_buf_init(&before, NULL);
    okr_buf_init(&after, NULL);
    dump(s, &before);
    okr_kv_fault_at(s->kv, calls_of_a_run(s), OKR_ERR_COMMIT, happens);
    assert_int_equal(run(s->kv), OKR_ERR_COMMIT);
    assert_true(okr_kv_fault_fired(s->kv));
    dump(s, &after);
    assert_int_equal(
        okr_slice_eq(okr_buf_slice(&before), okr_buf_slice(&after)), !happens);
    okr_buf_close(&before);
    okr_buf_close(&after);
}

static void commit_fails_and_happened(void **state)
{
    unknown_outcome(*state, true);
}

static void commit_fails_and_did_not_happen(void **state)
{
    unknown_outcome(*state, false);
}

/* Only a commit has an unknown outcome, so it waits for one. */
static void unknown_outcome_waits_for_the_commit(void **state)
{
    struct stores *s = *state;
    okr_kv_fault_at(s->kv, 2, OKR_ERR_COMMIT, true);
    assert_int_equal(run(s->kv), OKR_ERR_COMMIT);
    assert_true(okr_kv_fault_fired(s->kv));
}

static void failed_transaction_stays_failed(void **state)
{
    struct stores *s = *state;
    struct okr_kv_txn *txn = NULL;
    struct okr_slice value = LIT("untouched"), key = value;
    uint64_t rows = 7;
    struct okr_kv_iter it;
    OK(okr_kv_begin(s->kv, true, &txn));
    okr_kv_fault_at(s->kv, 1, OKR_ERR_FULL, false);
    assert_int_equal(okr_kv_put(txn, T, LIT("c"), LIT("new")), OKR_ERR_FULL);
    uint64_t calls = okr_kv_fault_calls(s->kv);
    assert_int_equal(okr_kv_get(txn, T, LIT("a1"), &value), OKR_ERR_FULL);
    assert_int_equal(okr_kv_last(txn, T, NONE, &key, &value), OKR_ERR_FULL);
    assert_int_equal(okr_kv_put(txn, T, LIT("d"), LIT("new")), OKR_ERR_FULL);
    assert_int_equal(okr_kv_del(txn, T, LIT("a1")), OKR_ERR_FULL);
    assert_int_equal(okr_kv_clear(txn, T, NONE), OKR_ERR_FULL);
    assert_int_equal(okr_kv_count(txn, T, &rows), OKR_ERR_FULL);
    okr_kv_scan(txn, T, NONE, NONE, &it);
    assert_false(okr_kv_iter_next(&it));
    assert_int_equal(okr_kv_iter_close(&it), OKR_ERR_FULL);
    assert_int_equal(okr_kv_commit(&txn), OKR_ERR_FULL);
    assert_null(txn);
    assert_true(okr_slice_is(value, "untouched"));
    assert_int_equal(rows, 7);
    assert_int_equal(okr_kv_fault_calls(s->kv), calls);
}

/* A walk that fails in the middle ends, and says so at its close. */
static void failed_walk(void **state)
{
    struct stores *s = *state;
    struct okr_kv_txn *txn = NULL;
    struct okr_kv_iter it;
    OK(okr_kv_begin(s->kv, false, &txn));
    okr_kv_scan(txn, T, NONE, NONE, &it);
    assert_true(okr_kv_iter_next(&it));
    okr_kv_fault_at(s->kv, 1, OKR_ERR_CORRUPT, false);
    assert_false(okr_kv_iter_next(&it));
    assert_false(okr_kv_iter_next(&it));
    assert_int_equal(okr_kv_iter_close(&it), OKR_ERR_CORRUPT);
    assert_int_equal(okr_kv_commit(&txn), OKR_ERR_CORRUPT);
}

static void cancelled_faults_do_not_fire(void **state)
{
    struct stores *s = *state;
    okr_kv_fault_at(s->kv, 1, OKR_ERR_IO, false);
    okr_kv_fault_at(s->kv, 0, OKR_ERR_IO, false);
    OK(run(s->kv));
    assert_false(okr_kv_fault_fired(s->kv));
}

static void faults_fire_once(void **state)
{
    struct stores *s = *state;
    okr_kv_fault_at(s->kv, 1, OKR_ERR_IO, false);
    assert_int_equal(run(s->kv), OKR_ERR_IO);
    OK(run(s->kv));
    assert_true(okr_kv_fault_fired(s->kv));
}

/* LMDB aligns values to two bytes; whoever reads a number out of one by a
 * cast must meet an odd address in tests. */
static void values_are_not_aligned(void **state)
{
    struct stores *s = *state;
    struct okr_kv_txn *txn = NULL;
    struct okr_slice value;
    OK(okr_kv_begin(s->kv, false, &txn));
    OK(okr_kv_get(txn, T, LIT("a1"), &value));
    assert_int_equal((uintptr_t)value.data & 1, 1);
    okr_kv_abort(&txn);
}

#if defined(OKR_TEST_ASAN)
static bool is_dead(struct okr_slice s)
{
    return __asan_region_is_poisoned((void *)(uintptr_t)s.data, s.len) != NULL;
}

static void values_die(void **state)
{
    struct stores *s = *state;
    struct okr_kv_txn *txn = NULL;
    struct okr_slice got, last, other, key;
    OK(okr_kv_begin(s->kv, true, &txn));
    OK(okr_kv_get(txn, T, LIT("a1"), &got));
    OK(okr_kv_last(txn, T, NONE, &key, &last));
    OK(okr_kv_get(txn, OTHER, LIT("x"), &other));
    OK(okr_kv_put(txn, OTHER, LIT("z"), got));
    assert_false(is_dead(got) || is_dead(last) || is_dead(key));
    assert_true(is_dead(other));
    OK(okr_kv_put(txn, T, LIT("c"), LIT("another row")));
    assert_true(is_dead(got) && is_dead(last) && is_dead(key));
    OK(okr_kv_get(txn, T, LIT("a1"), &got));
    OK(okr_kv_del(txn, T, LIT("nobody")));
    assert_true(is_dead(got));
    OK(okr_kv_get(txn, T, LIT("a1"), &got));
    OK(okr_kv_commit(&txn));
    assert_true(is_dead(got));
}
#else
static void values_die(void **state)
{
    (void)state;
    print_message("SKIPPED: seen with the address sanitizer only\n");
    skip();
}
#endif

static struct stores mem, disk = {.lmdb = true};

#define ON(store, test)                                        \
    {                                                          \
#test " on " #store, test, set_up, tear_down, &(store) \
    }
#define ON_BOTH(test) ON(mem, test), ON(disk, test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(nth_failure_changes_nothing),
        ON_BOTH(nth_failure_is_told_as_given),
        ON_BOTH(commit_fails_and_happened),
        ON_BOTH(commit_fails_and_did_not_happen),
        ON_BOTH(unknown_outcome_waits_for_the_commit),
        ON_BOTH(failed_transaction_stays_failed),
        ON_BOTH(failed_walk),
        ON_BOTH(cancelled_faults_do_not_fire),
        ON_BOTH(faults_fire_once),
        ON_BOTH(values_are_not_aligned),
        ON_BOTH(values_die),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
