/* Rows of the server's own tables: what is put is got, damage is seen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/space.h"
#include "server/store/invites.h"
#include "server/store/parked.h"
#include "server/store/peers.h"
#include "server/store/refused_ids.h"
#include "tests/lib/store.h"

#define OK(call) assert_int_equal(call, OKR_OK)

static struct okr_test_store store;

static int begin(void **state)
{
    (void)state;
    memset(&store, 0, sizeof store);
    okr_crypto_init();
    okr_test_store_open(&store);
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_test_store_close(&store);
    return 0;
}

/* Turns one bit of every row of the table. */
static void damage(enum okr_table table)
{
    struct okr_kv_iter it;
    uint8_t key[OKR_KEY_MAX], value[512];
    size_t key_len = 0, len = 0;
    okr_kv_scan(store.txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (okr_kv_iter_next(&it)) {
        assert_true(it.value.len <= sizeof value);
        if (it.value.len == 0)
            continue;
        key_len = it.key.len;
        len = it.value.len;
        memcpy(key, it.key.data, key_len);
        memcpy(value, it.value.data, len);
    }
    OK(okr_kv_iter_close(&it));
    value[len / 2] ^= 0x10;
    OK(okr_kv_put(store.txn, table, okr_slice_of(key, key_len),
                  okr_slice_of(value, len)));
}

/* ---- peers --------------------------------------------------------------- */

static void test_a_peer_is_one_of_its_incarnations(void **state)
{
    (void)state;
    struct okr_id site = okr_test_id(1), other = okr_test_id(2);
    struct okr_peer peer = {.incarnation = 7,
                            .last_seq = 300,
                            .last_push = {{1, 2}},
                            .seen_size = UINT64_C(1) << 40,
                            .seen_root = {{3}}};
    struct okr_peer got;
    OK(okr_peer_put(store.txn, &site, &peer));
    OK(okr_peer_get(store.txn, &site, 7, &got));
    assert_int_equal(got.incarnation, 7);
    assert_int_equal(got.last_seq, 300);
    assert_int_equal(got.seen_size, peer.seen_size);
    assert_memory_equal(got.last_push.b, peer.last_push.b, 32);
    assert_memory_equal(got.seen_root.b, peer.seen_root.b, 32);
    OK(okr_peer_get(store.txn, &site, 8, &got));
    assert_int_equal(got.incarnation, 8);
    assert_int_equal(got.last_seq, 0);
    assert_int_equal(got.last_push.b[0], 0);
    OK(okr_peer_get(store.txn, &other, 7, &got));
    assert_int_equal(got.last_seq, 0);
    damage(OKR_TABLE_PEER);
    assert_int_equal(okr_peer_get(store.txn, &site, 7, &got), OKR_ERR_CORRUPT);
}

static struct okr_answer an_answer(okr_scope *scopes)
{
    scopes[0] = 4;
    scopes[1] = 9;
    return (struct okr_answer){
        .verdict = {.outcome = OKR_OUTCOME_MERGED,
                    .field = 17,
                    .about = okr_test_id(5),
                    .replaced = 77},
        .op = okr_test_id(6),
        .lsn = 1234567,
        .scopes = scopes,
        .n_scopes = 2,
        .time = 1770000000000000,
        .effects = OKR_SLICE_LIT("effects"),
        .meta = {9, 9},
        .current = OKR_SLICE_LIT("current"),
    };
}

static void test_an_answer_is_kept_whole(void **state)
{
    (void)state;
    okr_scope scopes[2];
    struct okr_answer answer = an_answer(scopes), got;
    struct okr_mark mark = {okr_test_id(1), 7, 42}, next = mark;
    struct okr_hash hash = {{5, 6, 7}}, got_hash;
    next.seq++;
    OK(okr_answer_put(store.txn, &mark, &answer, &hash, store.arena));
    OK(okr_answer_get(store.txn, &mark, store.arena, &got, &got_hash));
    assert_true(okr_hash_eq(&hash, &got_hash));
    assert_int_equal(got.verdict.outcome, OKR_OUTCOME_MERGED);
    assert_int_equal(got.verdict.replaced, 77);
    assert_int_equal(got.lsn, answer.lsn);
    assert_int_equal(got.n_scopes, 2);
    assert_int_equal(got.scopes[1], 9);
    assert_int_equal(got.time, answer.time);
    assert_true(okr_slice_is(got.effects, "effects"));
    assert_true(okr_slice_is(got.current, "current"));
    assert_memory_equal(got.meta, answer.meta, sizeof got.meta);
    /* What was read does not die with the next write. */
    answer.effects = OKR_SLICE_LIT("other");
    OK(okr_answer_put(store.txn, &mark, &answer, &hash, store.arena));
    assert_true(okr_slice_is(got.effects, "effects"));
    assert_int_equal(
        okr_answer_get(store.txn, &next, store.arena, &got, &got_hash),
        OKR_ERR_NOTFOUND);
    damage(OKR_TABLE_ANSWER);
    assert_int_equal(
        okr_answer_get(store.txn, &mark, store.arena, &got, &got_hash),
        OKR_ERR_CORRUPT);
}

/* ---- invitations --------------------------------------------------------- */

static void test_an_invite_is_kept_whole(void **state)
{
    (void)state;
    const uint8_t token[8] = {1, 2, 3, 4, 5, 6, 7, 8}, other[8] = {1};
    struct okr_invite invite = {.secret_hash = {{8, 8}},
                                .entity = okr_test_id(3),
                                .expires = 1770000000000000,
                                .failures = 4};
    struct okr_invite got;
    OK(okr_invite_put(store.txn, token, &invite));
    OK(okr_invite_get(store.txn, token, &got));
    assert_true(okr_hash_eq(&got.secret_hash, &invite.secret_hash));
    assert_true(okr_id_eq(&got.entity, &invite.entity));
    assert_int_equal(got.expires, invite.expires);
    assert_int_equal(got.failures, 4);
    assert_false(got.used);
    invite.used = true;
    invite.site = okr_test_id(9);
    OK(okr_invite_put(store.txn, token, &invite));
    OK(okr_invite_get(store.txn, token, &got));
    assert_true(got.used);
    assert_true(okr_id_eq(&got.site, &invite.site));
    assert_int_equal(okr_invite_get(store.txn, other, &got), OKR_ERR_NOTFOUND);
    damage(OKR_TABLE_INVITE);
    assert_int_equal(okr_invite_get(store.txn, token, &got), OKR_ERR_CORRUPT);
}

/* ---- parked operations --------------------------------------------------- */

static struct okr_parked a_parked(unsigned op, unsigned waits_for, okr_us since)
{
    return (struct okr_parked){
        .op = {.id = okr_test_id(op),
               .person = okr_test_id(99),
               .time = since - 5,
               .verb = OKR_VERB_ADD,
               .schema = 1,
               .payload = OKR_SLICE_LIT("payload"),
               .salt = {1}},
        .mark = {okr_test_id(50), 7, op},
        .first_seq = 1,
        .waits_for = okr_test_id(waits_for),
        .since = since,
        .authority = op == 2,
    };
}

static void test_parked_rows_are_found_all_three_ways(void **state)
{
    (void)state;
    const struct okr_parked all[] = {
        a_parked(1, 20, 3000), a_parked(2, 20, 1000), a_parked(3, 21, 2000)};
    struct okr_parked_ids ids;
    struct okr_parked got;
    bool any;
    OK(okr_parked_any(store.txn, &any));
    assert_false(any);
    for (size_t i = 0; i < 3; i++)
        OK(okr_parked_put(store.txn, &all[i], store.arena));
    OK(okr_parked_any(store.txn, &any));
    assert_true(any);
    OK(okr_parked_for(store.txn, &all[0].waits_for, 9, store.arena, &ids));
    assert_int_equal(ids.n, 2);
    OK(okr_parked_for(store.txn, &all[0].waits_for, 1, store.arena, &ids));
    assert_int_equal(ids.n, 1);
    OK(okr_parked_old(store.txn, 2000, 9, store.arena, &ids));
    assert_int_equal(ids.n, 2);
    assert_true(okr_id_eq(&ids.op[0], &all[1].op.id));
    assert_true(okr_id_eq(&ids.op[1], &all[2].op.id));
    OK(okr_parked_get(store.txn, &all[1].op.id, store.arena, &got));
    assert_int_equal(got.mark.seq, 2);
    assert_int_equal(got.mark.incarnation, 7);
    assert_int_equal(got.since, 1000);
    assert_true(got.authority);
    assert_true(okr_id_eq(&got.waits_for, &all[1].waits_for));
    assert_true(okr_slice_is(got.op.payload, "payload"));
    OK(okr_parked_del(store.txn, &got));
    OK(okr_parked_for(store.txn, &all[0].waits_for, 9, store.arena, &ids));
    assert_int_equal(ids.n, 1);
    OK(okr_parked_old(store.txn, 9000, 9, store.arena, &ids));
    assert_int_equal(ids.n, 2);
    assert_int_equal(
        okr_parked_get(store.txn, &all[1].op.id, store.arena, &got),
        OKR_ERR_NOTFOUND);
}

static void test_a_walk_goes_on_where_it_was(void **state)
{
    (void)state;
    struct okr_parked_ids ids;
    struct okr_id from[2] = {{{0}}};
    size_t seen = 0;
    for (unsigned i = 1; i <= 10; i++) {
        struct okr_parked one = a_parked(i, 20 + i % 3, i);
        OK(okr_parked_put(store.txn, &one, store.arena));
    }
    do {
        OK(okr_parked_all(store.txn, from, 4, store.arena, &ids));
        seen += ids.n - (seen > 0);
        from[0] = ids.waits_for[ids.n - 1];
        from[1] = ids.op[ids.n - 1];
    } while (ids.n == 4);
    assert_int_equal(seen, 10);
}

static void test_a_refused_id_is_gone(void **state)
{
    (void)state;
    struct okr_id id = okr_test_id(3);
    struct okr_space space = okr_test_space(&store, false);
    okr_lsn lsn;
    OK(okr_entity_gone(&space, &id, &lsn));
    assert_int_equal(lsn, 0);
    OK(okr_refused_id_put(store.txn, &id, 77));
    OK(okr_entity_gone(&space, &id, &lsn));
    assert_int_equal(lsn, 77);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_peer_is_one_of_its_incarnations),
        TEST(test_an_answer_is_kept_whole),
        TEST(test_an_invite_is_kept_whole),
        TEST(test_parked_rows_are_found_all_three_ways),
        TEST(test_a_walk_goes_on_where_it_was),
        TEST(test_a_refused_id_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
