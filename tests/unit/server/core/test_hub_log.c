/* The log: a leaf for every decision, a tree over all of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/oplog.h"
#include "common/tlog/checkpoint.h"
#include "tests/lib/hub.h"

static struct okr_test_hub h;
static struct okr_test_peer peer;
static struct okr_id cycle;

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    const struct okr_id units[] = {h.root, {{0}}};
    okr_test_join(&h, &peer, "hq", units);
    cycle = okr_test_cycle(&h, "Q1");
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_test_leave(&peer);
    okr_test_hub_close(&h);
    return 0;
}

static struct okr_slice leaf_at(uint64_t index)
{
    struct okr_kv_txn *txn;
    struct okr_slice leaf;
    assert_int_equal(okr_kv_begin(h.kv, false, &txn), OKR_OK);
    assert_int_equal(okr_oplog_leaf(txn, index, &leaf), OKR_OK);
    leaf = okr_arena_copy(h.keep, leaf);
    okr_kv_abort(&txn);
    return leaf;
}

static struct okr_leaf read_leaf(uint64_t index)
{
    struct okr_leaf leaf;
    assert_int_equal(okr_layout_leaf_read(leaf_at(index), &leaf), OKR_OK);
    assert_int_equal(leaf.index, index);
    return leaf;
}

static struct okr_op_body read_body(uint64_t index)
{
    struct okr_op_body body;
    struct okr_leaf leaf = read_leaf(index);
    assert_int_equal(okr_layout_op_body_read(leaf.body, &body), OKR_OK);
    return body;
}

/* MTH of RFC 6962 2.1, straight from its definition. */
static struct okr_hash root_of(uint64_t from, uint64_t n)
{
    if (n == 1)
        return okr_tlog_leaf_hash(leaf_at(from));
    uint64_t left = 1;
    while (left * 2 < n)
        left *= 2;
    struct okr_hash a = root_of(from, left);
    struct okr_hash b = root_of(from + left, n - left);
    return okr_tlog_node_hash(&a, &b);
}

static void test_the_tree_is_that_of_the_leaves(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++) {
        struct okr_test_act act =
            okr_test_objective(&h, &cycle, &h.root, "a", i % 2 == 0);
        act.changes = i % 3 == 2 ? NULL : act.changes; /* some are refused */
        (void)okr_test_do(&h, &peer, &act);
    }
    uint64_t size = okr_test_log_size(&h);
    assert_true(size > 16);
    for (uint64_t n = 1; n <= size; n++) {
        struct okr_hash root = root_of(0, n), kept = okr_test_log_root(&h, n);
        assert_true(okr_hash_eq(&root, &kept));
    }
}

/* A site that has its operation and the answer can make the leaf itself, and
 * so look for it in the log. */
static void test_the_answer_gives_the_leaf(void **state)
{
    (void)state;
    struct okr_test_act act =
        okr_test_objective(&h, &cycle, &h.root, "a", false);
    struct okr_test_act bad = act;
    bad.entity = okr_test_hub_id(&h);
    bad.changes = NULL;
    struct okr_op ops[] = {okr_test_op(&h, &act), okr_test_op(&h, &bad)};
    struct okr_msg push = okr_test_push(&h, &peer, ops, 2);
    struct okr_pushed pushed = okr_test_send(&h, &peer, &push)->u.pushed;
    for (size_t i = 0; i < 2; i++) {
        const struct okr_answer *answer = &pushed.answers[i];
        uint8_t own[OKR_OP_HEADER_LEN + OKR_SIGN_LEN] = {0};
        okr_layout_op(&ops[i], &h.org, own);
        struct okr_buf body, bytes;
        okr_buf_init(&body, h.keep);
        okr_buf_init(&bytes, h.keep);
        okr_buf_put(&body, okr_slice_of(own, sizeof own));
        okr_buf_put(&body, answer->effects);
        struct okr_leaf leaf = {
            .index = answer->lsn - 1,
            .time = answer->time,
            .body = okr_buf_slice(&body),
        };
        okr_layout_leaf_verdict(ops[i].verb, &answer->verdict, &leaf);
        assert_int_equal(leaf.kind, i == 0 ? OKR_LEAF_OP : OKR_LEAF_REFUSED);
        memcpy(leaf.meta, answer->meta, sizeof leaf.meta);
        okr_layout_leaf(&leaf, &bytes);
        assert_true(okr_slice_eq(okr_buf_slice(&bytes), leaf_at(leaf.index)));
    }
}

static void test_the_first_leaf_of_a_push_carries_it(void **state)
{
    (void)state;
    struct okr_test_act a = okr_test_objective(&h, &cycle, &h.root, "a", false);
    struct okr_test_act b = okr_test_objective(&h, &cycle, &h.root, "b", false);
    struct okr_op ops[] = {okr_test_op(&h, &a), okr_test_op(&h, &b)};
    uint64_t size = okr_test_log_size(&h);
    struct okr_msg push = okr_test_push(&h, &peer, ops, 2);
    (void)okr_test_send(&h, &peer, &push);
    struct okr_op_body first = read_body(size), second = read_body(size + 1);
    assert_true(first.has_push && !second.has_push);
    assert_int_equal(second.seq, 2);
    assert_int_equal(second.first_seq, 1);
    struct okr_hash hash = okr_layout_push_hash(first.push);
    assert_true(okr_hash_eq(&hash, &peer.prev));
    assert_memory_equal(first.push_sig, push.u.push.sig.b, OKR_SIGN_LEN);
    /* Its payload lies beside the log, under its commitment. */
    struct okr_hash commit = okr_layout_payload_commit(&ops[1]);
    struct okr_op_header header;
    okr_layout_op_header_read(second.header, &header);
    assert_true(okr_hash_eq(&commit, &header.commit));
    struct okr_kv_txn *txn;
    struct okr_slice salt, payload;
    assert_int_equal(okr_kv_begin(h.kv, false, &txn), OKR_OK);
    assert_int_equal(okr_oplog_payload(txn, &commit, &salt, &payload), OKR_OK);
    assert_true(okr_slice_eq(payload, ops[1].payload));
    okr_kv_abort(&txn);
}

static void test_effects_name_what_was_replaced(void **state)
{
    (void)state;
    struct okr_test_act act =
        okr_test_objective(&h, &cycle, &h.root, "a", false);
    struct okr_answer made = okr_test_do(&h, &peer, &act);
    struct okr_typed with[] = {OKR_TYPED(OKR_F_O_TITLE, "b"), {0}};
    struct okr_test_act set = {
        OKR_VERB_SET, OKR_KIND_OBJECTIVE, act.entity, with, {{0}}};
    struct okr_answer answer = okr_test_do(&h, &peer, &set);
    struct okr_op_body body = read_body(answer.lsn - 1);
    struct okr_slice rest =
        okr_slice_sub(body.effects, 4, body.effects.len - 4);
    struct okr_effect effect;
    assert_true(okr_layout_effect_next(&rest, &effect));
    assert_true(okr_id_eq(&effect.entity, &act.entity));
    assert_int_equal(effect.field, OKR_F_O_TITLE);
    assert_int_equal(effect.replaced, made.lsn);
    assert_int_equal(rest.len, 0);
}

static void test_kinds_of_leaves(void **state)
{
    (void)state;
    assert_int_equal(read_leaf(0).kind, OKR_LEAF_ADMIN); /* genesis */
    assert_int_equal(read_leaf(1).kind, OKR_LEAF_OP);
    assert_int_equal(read_leaf(4).kind, OKR_LEAF_KEY);   /* site `server` */
    assert_int_equal(read_leaf(5).kind, OKR_LEAF_ADMIN); /* invite */
    assert_int_equal(read_leaf(6).kind, OKR_LEAF_KEY);   /* enrol */
    struct okr_test_act act = {
        .verb = OKR_VERB_REVOKE, .kind = OKR_KIND_SITE, .entity = peer.id};
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_int_equal(read_leaf(answer.lsn - 1).kind, OKR_LEAF_KEY);
    assert_int_equal(read_leaf(answer.lsn - 1).result, 0);
    answer = okr_test_local(&h, &act); /* revoked already */
    struct okr_leaf leaf = read_leaf(answer.lsn - 1);
    assert_int_equal(leaf.kind, OKR_LEAF_REFUSED);
    assert_int_equal(leaf.result,
                     OKR_OUTCOME_REJECTED * 256 + OKR_RULE_NOT_OPEN);
}

static void test_time_in_the_log_never_goes_back(void **state)
{
    (void)state;
    struct okr_test_act a = okr_test_objective(&h, &cycle, &h.root, "a", false);
    okr_us before = okr_test_do(&h, &peer, &a).time;
    h.now -= 3600 * (okr_us)1000000;
    struct okr_test_act b = okr_test_objective(&h, &cycle, &h.root, "b", false);
    assert_int_equal(okr_test_do(&h, &peer, &b).time, before);
    okr_test_hub_restart(&h);
    struct okr_test_act c = okr_test_objective(&h, &cycle, &h.root, "c", false);
    struct okr_answer answer = okr_test_do(&h, &peer, &c);
    assert_int_equal(answer.time, before);
    assert_int_equal(read_leaf(answer.lsn - 1).time, before);
}

static void test_no_two_salts_are_equal(void **state)
{
    (void)state;
    for (uint64_t i = 1; i < okr_test_log_size(&h); i++) {
        struct okr_leaf a = read_leaf(i - 1), b = read_leaf(i);
        assert_memory_not_equal(a.meta, b.meta, sizeof a.meta);
    }
}

/* The bytes that a step draws come from its event: another event, others. */
static void test_salts_come_from_the_event(void **state)
{
    (void)state;
    struct okr_test_act act =
        okr_test_objective(&h, &cycle, &h.root, "a", false);
    struct okr_op op = okr_test_op(&h, &act);
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    struct okr_hub_event event = okr_test_from(&h, &peer, &push);
    uint8_t meta[3][32];
    for (size_t i = 0; i < 3; i++) {
        struct okr_kv_txn *txn;
        struct okr_effects fx;
        okr_test_hub_restart(&h);
        okr_effects_init(&fx, h.keep);
        event.entropy[0] = i == 2;
        assert_int_equal(okr_kv_begin(h.kv, true, &txn), OKR_OK);
        assert_int_equal(okr_hub_step(h.hub, txn, &event, &fx), OKR_OK);
        okr_kv_abort(&txn);
        assert_int_equal(fx.n, 1);
        memcpy(meta[i], fx.at[0].msg->u.pushed.answers[0].meta, 32);
    }
    okr_test_hub_restart(&h);
    assert_memory_equal(meta[0], meta[1], 32);
    assert_memory_not_equal(meta[0], meta[2], 32);
}

/* ---- proofs -------------------------------------------------------------- */

static void test_proofs_hold(void **state)
{
    (void)state;
    uint64_t size = okr_test_log_size(&h);
    struct okr_hash root = okr_test_log_root(&h, size);
    for (uint64_t i = 0; i < size; i++) {
        struct okr_msg ask = {.type = OKR_MSG_PROOF,
                              .u.proof = {.index = i, .inclusion = true}};
        struct okr_proved proved = okr_test_send(&h, &peer, &ask)->u.proved;
        struct okr_tlog_proof proof = {.n = proved.n_hash};
        if (proved.n_hash > 0)
            memcpy(proof.hash, proved.hash, proved.n_hash * sizeof *proof.hash);
        struct okr_hash hash = okr_tlog_leaf_hash(leaf_at(i));
        assert_int_equal(proved.to, size);
        assert_true(okr_tlog_inclusion_holds(&hash, i, size, &proof, &root));
        ask.u.proof = (struct okr_proof_ask){.from = i + 1};
        proved = okr_test_send(&h, &peer, &ask)->u.proved;
        proof.n = proved.n_hash;
        if (proved.n_hash > 0)
            memcpy(proof.hash, proved.hash, proved.n_hash * sizeof *proof.hash);
        struct okr_hash from = okr_test_log_root(&h, i + 1);
        assert_true(
            okr_tlog_consistency_holds(i + 1, size, &from, &root, &proof));
    }
}

/* A checkpoint that was signed in a turn that never was must not be shown for
 * another log of the same size. */
static void test_no_checkpoint_outlives_its_log(void **state)
{
    (void)state;
    struct okr_msg ask = {.type = OKR_MSG_PROOF,
                          .u.proof = {.inclusion = true}};
    struct okr_test_act acts[2];
    struct okr_op ops[2];
    for (size_t i = 0; i < 2; i++) {
        acts[i] = okr_test_objective(&h, &cycle, &h.root, "a", false);
        ops[i] = okr_test_op(&h, &acts[i]);
    }
    struct okr_test_peer was = peer;
    struct okr_msg lost = okr_test_push(&h, &peer, &ops[0], 1);
    struct okr_hub_event events[] = {okr_test_from(&h, &peer, &lost),
                                     okr_test_from(&h, &peer, &ask)};
    struct okr_kv_txn *txn;
    struct okr_effects fx;
    okr_effects_init(&fx, h.keep);
    assert_int_equal(okr_kv_begin(h.kv, true, &txn), OKR_OK);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(okr_hub_step(h.hub, txn, &events[i], &fx), OKR_OK);
    okr_kv_abort(&txn);
    struct okr_hub_shell shell = {.kv = h.kv, .arena = h.arena};
    assert_int_equal(okr_hub_reload(h.hub, &shell), OKR_OK);
    struct okr_msg taken = okr_test_push(&h, &was, &ops[1], 1);
    (void)okr_test_send(&h, &was, &taken);
    struct okr_slice bytes =
        okr_test_send(&h, &peer, &ask)->u.proved.checkpoint;
    struct okr_note *note = okr_arena_alloc(h.keep, sizeof *note);
    assert_int_equal(okr_note_parse(bytes, note), OKR_OK);
    struct okr_hash root = okr_test_log_root(&h, note->checkpoint.size);
    assert_true(okr_hash_eq(&root, &note->checkpoint.root));
}

static void test_proofs_of_what_is_not_there(void **state)
{
    (void)state;
    uint64_t size = okr_test_log_size(&h);
    const struct okr_proof_ask asks[] = {
        {.index = size, .inclusion = true},
        {.index = 3, .to = 3, .inclusion = true},
        {.index = 0, .to = size + 1, .inclusion = true},
        {.from = 0},
        {.from = 4, .to = 3},
        {.from = 1, .to = size + 1},
    };
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        struct okr_msg ask = {.type = OKR_MSG_PROOF, .u.proof = asks[i]};
        const struct okr_msg *reply = okr_test_send(&h, &peer, &ask);
        assert_int_equal(reply->type, OKR_MSG_ERROR);
        assert_int_equal(reply->u.error.code, OKR_ERROR_LIMIT);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_tree_is_that_of_the_leaves),
        TEST(test_the_answer_gives_the_leaf),
        TEST(test_the_first_leaf_of_a_push_carries_it),
        TEST(test_effects_name_what_was_replaced),
        TEST(test_kinds_of_leaves),
        TEST(test_time_in_the_log_never_goes_back),
        TEST(test_no_two_salts_are_equal),
        TEST(test_salts_come_from_the_event),
        TEST(test_proofs_hold),
        TEST(test_no_checkpoint_outlives_its_log),
        TEST(test_proofs_of_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
