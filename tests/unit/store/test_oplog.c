/* The log's tables: dense leaves, nodes, payloads that prove themselves, and
 * where operations ended up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/record.h"
#include "common/store/key.h"
#include "common/store/oplog.h"
#include "tests/lib/death.h"
#include "tests/lib/store.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define LIT(s) OKR_SLICE_LIT(s)

static int set_up(void **state)
{
    okr_test_store_open(*state);
    return 0;
}

static int tear_down(void **state)
{
    okr_test_store_close(*state);
    return 0;
}

static void leaves_are_dense(void **state)
{
    struct okr_test_store *s = *state;
    uint64_t size = 7;
    struct okr_slice leaf = LIT("untouched");
    OK(okr_oplog_size(s->txn, &size));
    assert_int_equal(size, 0);
    assert_int_equal(okr_oplog_leaf(s->txn, 0, &leaf), OKR_ERR_NOTFOUND);
    assert_true(okr_slice_is(leaf, "untouched"));
    for (uint8_t i = 0; i < 3; i++) /* 256 would sort wrong, were it no u64 */
        OK(okr_oplog_put_leaf(s->txn, i, okr_slice_of(&i, 1)));
    okr_test_store_next(s, true);
    OK(okr_oplog_size(s->txn, &size));
    assert_int_equal(size, 3);
    OK(okr_oplog_leaf(s->txn, 2, &leaf));
    assert_true(leaf.len == 1 && leaf.data[0] == 2);
}

static void sizes_are_numbers(void **state)
{
    struct okr_test_store *s = *state;
    for (uint64_t i = 0; i < 300; i++)
        OK(okr_oplog_put_leaf(s->txn, i, LIT("x")));
    uint64_t size;
    OK(okr_oplog_size(s->txn, &size));
    assert_int_equal(size, 300);
    OK(okr_kv_put(s->txn, OKR_TABLE_LEAF, LIT("zzz"), LIT("x")));
    assert_int_equal(okr_oplog_size(s->txn, &size), OKR_ERR_CORRUPT);
}

static void put_leaf_again(void)
{
    struct okr_test_store s = {0};
    okr_test_store_open(&s);
    for (unsigned i = 0; i < 2; i++) {
        enum okr_err err = okr_oplog_put_leaf(s.txn, 0, LIT("x"));
        if (err != OKR_OK)
            return;
    }
}

/* A leaf that is written over is an operation that the log forgets. */
static void a_leaf_twice_is_a_bug(void **state)
{
    (void)state;
    assert_true(okr_death_of(put_leaf_again, NULL));
}

static void nodes(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_hash want = okr_sha256(LIT("x")), got;
    assert_int_equal(okr_oplog_node(s->txn, 3, &got), OKR_ERR_NOTFOUND);
    OK(okr_oplog_put_node(s->txn, 3, &want));
    OK(okr_oplog_node(s->txn, 3, &got));
    assert_true(okr_hash_eq(&got, &want));
    struct okr_key key = {0};
    okr_key_u64(&key, 3);
    OK(okr_kv_put(s->txn, OKR_TABLE_NODE, okr_key_slice(&key), LIT("short")));
    assert_int_equal(okr_oplog_node(s->txn, 3, &got), OKR_ERR_CORRUPT);
}

static void payloads_prove_themselves(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_op op = {.payload = LIT("payload")};
    memset(op.salt, 0x5a, sizeof op.salt);
    struct okr_hash commit = okr_layout_payload_commit(&op);
    struct okr_slice key = okr_slice_of(commit.b, sizeof commit.b);
    struct okr_slice salt, payload, row;
    assert_int_equal(okr_oplog_payload(s->txn, &commit, &salt, &payload),
                     OKR_ERR_NOTFOUND);
    OK(okr_oplog_put_payload(s->txn, &commit, &op));
    OK(okr_oplog_payload(s->txn, &commit, &salt, &payload));
    assert_true(okr_slice_eq(salt, okr_slice_of(op.salt, sizeof op.salt)));
    assert_true(okr_slice_is(payload, "payload"));
    OK(okr_kv_get(s->txn, OKR_TABLE_PAYLOAD, key, &row));
    uint8_t bytes[OKR_SALT_LEN + 7];
    assert_int_equal(row.len, sizeof bytes);
    memcpy(bytes, row.data, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 1;
        OK(okr_kv_put(s->txn, OKR_TABLE_PAYLOAD, key,
                      okr_slice_of(bytes, sizeof bytes)));
        assert_int_equal(okr_oplog_payload(s->txn, &commit, &salt, &payload),
                         OKR_ERR_CORRUPT);
        bytes[i] ^= 1;
    }
    OK(okr_kv_put(s->txn, OKR_TABLE_PAYLOAD, key,
                  okr_slice_of(bytes, OKR_SALT_LEN - 1)));
    assert_int_equal(okr_oplog_payload(s->txn, &commit, &salt, &payload),
                     OKR_ERR_CORRUPT);
}

static void an_empty_payload_is_one(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_op op = {.payload = OKR_SLICE_NONE};
    struct okr_hash commit = okr_layout_payload_commit(&op);
    struct okr_slice salt, payload;
    OK(okr_oplog_put_payload(s->txn, &commit, &op));
    OK(okr_oplog_payload(s->txn, &commit, &salt, &payload));
    assert_int_equal(salt.len, OKR_SALT_LEN);
    assert_int_equal(payload.len, 0);
}

static void operations(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_id op = okr_test_id(1), other = okr_test_id(2);
    okr_lsn lsn = 7;
    OK(okr_oplog_op(s->txn, &op, &lsn));
    assert_int_equal(lsn, 0);
    OK(okr_oplog_put_op(s->txn, &op, OKR_LSN_PENDING | 12));
    OK(okr_oplog_op(s->txn, &op, &lsn));
    assert_true(lsn == (OKR_LSN_PENDING | 12));
    OK(okr_oplog_put_op(s->txn, &op, 99));
    OK(okr_oplog_op(s->txn, &op, &lsn));
    assert_int_equal(lsn, 99);
    OK(okr_oplog_op(s->txn, &other, &lsn));
    assert_int_equal(lsn, 0);
    OK(okr_kv_put(s->txn, OKR_TABLE_OP, okr_id_slice(&op), LIT("damage")));
    assert_int_equal(okr_oplog_op(s->txn, &op, &lsn), OKR_ERR_CORRUPT);
}

#define BOTH(test)                                         \
    {#test " (memory)", test, set_up, tear_down, &memory}, \
    {                                                      \
#test " (lmdb)", test, set_up, tear_down, &disk    \
    }

int main(void)
{
    okr_crypto_init();
    struct okr_test_store memory = {0}, disk = {.lmdb = true};
    const struct CMUnitTest tests[] = {
        BOTH(leaves_are_dense),
        BOTH(sizes_are_numbers),
        cmocka_unit_test(a_leaf_twice_is_a_bug),
        BOTH(nodes),
        BOTH(payloads_prove_themselves),
        BOTH(an_empty_payload_is_one),
        BOTH(operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
