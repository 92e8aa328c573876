/* The turn's order: what a failure leaves behind, and that the next turn
 * works again.  Would catch: an effect that goes out before its commit, a row
 * written beside a step that failed, a hub that stays dead after a failure. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/kv_fault.h"
#include "common/store/meta.h"
#include "tests/lib/hub.h"

#define OK(call) assert_int_equal(call, OKR_OK)

static struct okr_test_hub h;
static size_t performed, stepped;
static struct okr_kv *fault; /* h.kv, as long as it fails on purpose */
static bool spoil;           /* the callback's own write is too long */

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    performed = stepped = 0;
    spoil = false;
    OK(okr_kv_fault_open(h.kv, &fault));
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_kv_close(&fault);
    okr_test_hub_close(&h);
    return 0;
}

static void on_step(void *context, struct okr_kv_txn *txn,
                    const struct okr_hub_event *event)
{
    (void)context;
    (void)event;
    assert_int_equal(performed, 0);
    stepped++;
    enum okr_err err = okr_meta_put_u64(txn, "beside", stepped);
    (void)err; /* the commit tells it */
    if (!spoil)
        return;
    okr_kv_fault_at(fault, 1, OKR_ERR_FULL, false);
    err = okr_meta_put_u64(txn, "spoiled", 1);
    assert_int_equal(err, OKR_ERR_FULL);
}

static void on_effect(void *context, const struct okr_fx *fx)
{
    struct okr_kv_txn *txn;
    uint64_t beside;
    (void)context;
    (void)fx;
    /* Durable first: a new transaction sees it already. */
    OK(okr_kv_begin(h.kv, false, &txn));
    OK(okr_meta_u64(txn, "beside", &beside));
    okr_kv_abort(&txn);
    assert_int_equal(beside, stepped);
    performed++;
}

static enum okr_err turn(void)
{
    const struct okr_hub_shell shell = {.kv = fault,
                                        .arena = h.arena,
                                        .stepped = on_step,
                                        .perform = on_effect};
    const struct okr_hub_event event = {
        .kind = OKR_HUB_SUBSCRIBED, .now = h.now, .scope = OKR_SCOPE_COMPANY};
    performed = 0;
    return okr_hub_turn(h.hub, &shell, &event, 1, h.now);
}

static uint64_t beside(void)
{
    struct okr_kv_txn *txn;
    uint64_t value;
    OK(okr_kv_begin(h.kv, false, &txn));
    OK(okr_meta_u64(txn, "beside", &value));
    okr_kv_abort(&txn);
    return value;
}

static void test_what_goes_out_is_durable(void **state)
{
    (void)state;
    OK(turn());
    assert_true(performed > 0);
    assert_int_equal(beside(), 1);
}

/* Every call of a turn fails in turn: nothing goes out, nothing stays, and
 * the turn after it is as if there had been none. */
static void test_a_failure_leaves_nothing(void **state)
{
    (void)state;
    uint64_t n;
    for (n = 1; n < 1000; n++) {
        uint64_t before = beside();
        okr_kv_fault_at(fault, n, OKR_ERR_IO, false);
        enum okr_err err = turn();
        if (!okr_kv_fault_fired(fault))
            break;
        okr_kv_fault_at(fault, 0, OKR_OK, false);
        if (err == OKR_OK) /* a call whose failure does not matter */
            continue;
        assert_int_equal(performed, 0);
        assert_int_equal(beside(), before);
    }
    assert_in_range(n, 5, 999);
    okr_kv_fault_at(fault, 0, OKR_OK, false);
    OK(turn());
    assert_int_equal(beside(), stepped);
}

static void test_a_row_beside_a_step_can_fail_the_turn(void **state)
{
    (void)state;
    spoil = true;
    assert_int_equal(turn(), OKR_ERR_FULL);
    assert_int_equal(performed, 0);
    assert_int_equal(beside(), 0);
}

/* The commit failed, and so did loading afterwards. */
static void test_a_hub_that_could_not_be_loaded_is_loaded_later(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    struct okr_slice key, value;
    uint8_t kept[256], bad[256];
    OK(okr_kv_begin(h.kv, true, &txn));
    OK(okr_kv_last(txn, OKR_TABLE_SCOPE, OKR_SLICE_NONE, &key, &value));
    assert_true(key.len <= 64 && value.len + 64 <= sizeof kept);
    struct okr_slice own = okr_slice_of(kept, key.len);
    memcpy(kept, key.data, key.len);
    memcpy(kept + 64, value.data, value.len);
    memcpy(bad, value.data, value.len);
    bad[0] ^= 1;
    size_t len = value.len;
    OK(okr_kv_put(txn, OKR_TABLE_SCOPE, own, okr_slice_of(bad, len)));
    OK(okr_kv_commit(&txn));
    assert_int_equal(turn(), OKR_ERR_CORRUPT);
    assert_int_equal(turn(), OKR_ERR_CORRUPT);
    assert_int_equal(okr_hub_deadline(h.hub), OKR_NEVER);
    OK(okr_kv_begin(h.kv, true, &txn));
    OK(okr_kv_put(txn, OKR_TABLE_SCOPE, own, okr_slice_of(kept + 64, len)));
    OK(okr_kv_commit(&txn));
    stepped = 0;
    OK(turn());
    assert_true(performed > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_goes_out_is_durable),
        TEST(test_a_failure_leaves_nothing),
        TEST(test_a_row_beside_a_step_can_fail_the_turn),
        TEST(test_a_hub_that_could_not_be_loaded_is_loaded_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
