/* The outbox's tables: what is put comes back, and damage is found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/store/outbox.h"
#include "tests/lib/made.h"
#include "tests/lib/store.h"

static struct okr_test_store store;

static int open_store(void **state)
{
    (void)state;
    memset(&store, 0, sizeof store);
    okr_test_store_open(&store);
    return 0;
}

static int close_store(void **state)
{
    (void)state;
    okr_test_store_close(&store);
    return 0;
}

static struct okr_op op_of(uint8_t n)
{
    struct okr_op op = {.id = okr_made_id(n),
                        .person = okr_made_id(200),
                        .time = 1000 + n,
                        .verb = OKR_VERB_SET,
                        .schema = 1,
                        .payload = OKR_SLICE_LIT("payload")};
    memset(op.salt, n, sizeof op.salt);
    return op;
}

static struct okr_out out_of(uint8_t n, enum okr_out_state state)
{
    static okr_scope scopes[] = {4, 9};
    struct okr_out out = {
        .seq = n, .state = state, .at = 5000 + n, .op = op_of(n)};
    if (state == OKR_OUT_ANSWERED || state == OKR_OUT_PARKED)
        out.answer = (struct okr_answer){.op = out.op.id,
                                         .lsn = 70u + n,
                                         .scopes = scopes,
                                         .n_scopes = 2,
                                         .time = 12345};
    if (state == OKR_OUT_PARKED)
        out.answer.verdict.outcome = OKR_OUTCOME_PARKED;
    return out;
}

static void put(const struct okr_out *out)
{
    assert_int_equal(okr_outbox_put(store.txn, out, store.arena), OKR_OK);
}

static void assert_same(const struct okr_out *a, const struct okr_out *b)
{
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->written, b->written);
    assert_int_equal(a->at, b->at);
    assert_true(okr_id_eq(&a->op.id, &b->op.id));
    assert_true(okr_slice_eq(a->op.payload, b->op.payload));
    assert_memory_equal(a->op.salt, b->op.salt, sizeof a->op.salt);
    assert_int_equal(a->answer.lsn, b->answer.lsn);
    assert_int_equal(a->answer.n_scopes, b->answer.n_scopes);
    for (size_t i = 0; i < a->answer.n_scopes; i++)
        assert_int_equal(a->answer.scopes[i], b->answer.scopes[i]);
}

/* A field that is forgotten in either direction. */
static void test_rows_come_back(void **state)
{
    (void)state;
    static const enum okr_out_state states[] = {
        OKR_OUT_SAVED, OKR_OUT_PUSHED, OKR_OUT_PARKED, OKR_OUT_ANSWERED};
    for (uint8_t i = 0; i < 4; i++) {
        struct okr_out out = out_of((uint8_t)(i + 1), states[i]), back;
        out.written = i % 2 == 1;
        put(&out);
        assert_int_equal(okr_outbox_get(store.txn, out.seq, store.arena, &back),
                         OKR_OK);
        assert_same(&out, &back);
        assert_int_equal(back.answer.verdict.outcome,
                         out.answer.verdict.outcome);
    }
}

/* Little-endian keys: 256 would come before 2. */
static void test_list_ascends_from_where_it_is_told(void **state)
{
    (void)state;
    struct okr_outs rows;
    static const uint64_t seqs[] = {300, 2, 256, 1, 70000};
    for (size_t i = 0; i < 5; i++) {
        struct okr_out out = out_of((uint8_t)(i + 1), OKR_OUT_SAVED);
        out.seq = seqs[i];
        put(&out);
    }
    assert_int_equal(okr_outbox_list(store.txn, 2, 3, store.arena, &rows),
                     OKR_OK);
    assert_int_equal(rows.n, 3);
    assert_int_equal(rows.at[0].seq, 2);
    assert_int_equal(rows.at[1].seq, 256);
    assert_int_equal(rows.at[2].seq, 300);
    assert_int_equal(okr_outbox_del(store.txn, 256), OKR_OK);
    assert_int_equal(okr_outbox_list(store.txn, 0, 10, store.arena, &rows),
                     OKR_OK);
    assert_int_equal(rows.n, 4);
    assert_int_equal(rows.at[3].seq, 70000);
}

static void test_count_leaves_out_what_is_answered(void **state)
{
    (void)state;
    uint64_t n;
    struct okr_out saved = out_of(1, OKR_OUT_SAVED);
    struct okr_out parked = out_of(2, OKR_OUT_PARKED);
    struct okr_out answered = out_of(3, OKR_OUT_ANSWERED);
    put(&saved);
    put(&parked);
    put(&answered);
    assert_int_equal(okr_outbox_count(store.txn, &n), OKR_OK);
    assert_int_equal(n, 2);
}

static void flip(enum okr_table table, struct okr_slice key, size_t at)
{
    struct okr_slice value;
    assert_int_equal(okr_kv_get(store.txn, table, key, &value), OKR_OK);
    value = okr_arena_copy(store.arena, value);
    uint8_t *bytes = okr_arena_alloc(store.arena, value.len);
    memcpy(bytes, value.data, value.len);
    bytes[at % value.len] ^= 0x10;
    assert_int_equal(
        okr_kv_put(store.txn, table, key, okr_slice_of(bytes, value.len)),
        OKR_OK);
}

/* A flipped bit in what a person wrote must not be signed and pushed. */
static void test_a_flipped_bit_is_found(void **state)
{
    (void)state;
    static const uint8_t key[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    struct okr_out out = out_of(1, OKR_OUT_ANSWERED), back;
    struct okr_outs rows;
    for (size_t at = 0; at < 200; at += 7) {
        put(&out);
        flip(OKR_TABLE_OUTBOX, okr_slice_of(key, sizeof key), at);
        assert_int_equal(okr_outbox_get(store.txn, 1, store.arena, &back),
                         OKR_ERR_CORRUPT);
        assert_int_equal(okr_outbox_list(store.txn, 1, 5, store.arena, &rows),
                         OKR_ERR_CORRUPT);
    }
}

static void test_pushes_come_back_in_order(void **state)
{
    (void)state;
    struct okr_pushed_out *rows;
    size_t n;
    struct okr_pushed_out push = {
        .first_seq = 300, .last_seq = 310, .frame = OKR_SLICE_LIT("second")};
    assert_int_equal(okr_push_put(store.txn, &push, store.arena), OKR_OK);
    push = (struct okr_pushed_out){.first_seq = 7,
                                   .last_seq = 299,
                                   .hash = {{1, 2, 3}},
                                   .frame = OKR_SLICE_LIT("first"),
                                   .answered = true};
    assert_int_equal(okr_push_put(store.txn, &push, store.arena), OKR_OK);
    assert_int_equal(okr_push_list(store.txn, 9, store.arena, &rows, &n),
                     OKR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].first_seq, 7);
    assert_int_equal(rows[0].last_seq, 299);
    assert_int_equal(rows[0].hash.b[2], 3);
    assert_true(rows[0].answered);
    assert_true(okr_slice_is(rows[0].frame, "first"));
    assert_false(rows[1].answered);
    assert_true(okr_slice_is(rows[1].frame, "second"));
    assert_int_equal(okr_push_del(store.txn, 7), OKR_OK);
    assert_int_equal(okr_push_list(store.txn, 9, store.arena, &rows, &n),
                     OKR_OK);
    assert_int_equal(n, 1);
}

static void test_sent_and_refused_are_found_by_op(void **state)
{
    (void)state;
    struct okr_out out = out_of(4, OKR_OUT_ANSWERED), back;
    struct okr_refused refused = {.op = op_of(5),
                                  .answer = {.op = okr_made_id(5), .lsn = 9},
                                  .at = 77},
                       *rows;
    size_t n;
    refused.answer.verdict = okr_verdict_reject(OKR_RULE_CIRCLE, 18);
    assert_int_equal(okr_sent_put(store.txn, &out, store.arena), OKR_OK);
    assert_int_equal(okr_sent_get(store.txn, &out.op.id, store.arena, &back),
                     OKR_OK);
    assert_same(&out, &back);
    assert_int_equal(okr_refused_put(store.txn, &refused, store.arena), OKR_OK);
    assert_int_equal(okr_refused_list(store.txn, store.arena, &rows, &n),
                     OKR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].at, 77);
    assert_int_equal(rows[0].answer.verdict.rule, OKR_RULE_CIRCLE);
    assert_int_equal(rows[0].answer.verdict.field, 18);
    assert_int_equal(okr_refused_del(store.txn, &refused.op.id), OKR_OK);
    assert_int_equal(
        okr_refused_get(store.txn, &refused.op.id, store.arena, &rows[0]),
        OKR_ERR_NOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows_come_back, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(test_list_ascends_from_where_it_is_told,
                                        open_store, close_store),
        cmocka_unit_test_setup_teardown(test_count_leaves_out_what_is_answered,
                                        open_store, close_store),
        cmocka_unit_test_setup_teardown(test_a_flipped_bit_is_found, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(test_pushes_come_back_in_order,
                                        open_store, close_store),
        cmocka_unit_test_setup_teardown(test_sent_and_refused_are_found_by_op,
                                        open_store, close_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
