/* verify and the store's check together, on a server's store: nothing while
 * all is well; the table's name for every byte that changes and every row that
 * goes missing; and what hashes and checksums cannot see, because whoever
 * forged it made those anew. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/oplog.h"
#include "common/store/seal.h"
#include "server/audit/verify.h"
#include "server/core/hub_log.h"
#include "common/store/meta.h"
#include "server/store/invites.h"
#include "server/store/parked.h"
#include "server/store/peers.h"
#include "tests/lib/everything.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define ROWS_MAX 512
#define VALUE_MAX 4096

static struct okr_everything e;

static int begin(void **state)
{
    (void)state;
    okr_everything_open(&e);
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_everything_close(&e);
    return 0;
}

/* ---- what was told ------------------------------------------------------- */

struct told {
    unsigned by_table[OKR_TABLE_COUNT];
    unsigned all;
    const char *leaf[8]; /* what was said of leaves */
    size_t n_leaf;
    uint64_t leaves, progress;
    struct okr_hash root;
};

static void take(void *context, const struct okr_damage *damage)
{
    struct told *told = context;
    assert_true(damage->key.len > 0 && damage->what != NULL);
    told->by_table[damage->table]++;
    told->all++;
    if (damage->table == OKR_TABLE_LEAF && told->n_leaf < 8)
        told->leaf[told->n_leaf++] = damage->what;
}

static void progress(void *context, uint64_t leaves, uint64_t all)
{
    struct told *told = context;
    assert_true(leaves <= all && leaves >= told->progress);
    told->progress = leaves;
}

/* Verify alone. */
static struct told verify(struct okr_kv_txn *txn)
{
    struct told told = {.all = 0};
    const struct okr_verify how = {
        .sink = {take, &told}, .progress = progress, .context = &told};
    struct okr_verified verified;
    OK(okr_verify(txn, &how, &verified));
    told.leaves = verified.leaves;
    told.root = verified.root;
    return told;
}

/* What `okr-server check` runs. */
static struct told check(struct okr_kv_txn *txn)
{
    struct told told = verify(txn);
    const struct okr_damage_sink sink = {take, &told};
    OK(okr_store_check(txn, &sink));
    return told;
}

static void test_a_sound_store_has_no_findings(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, false, &txn));
    struct told told = check(txn);
    okr_kv_abort(&txn);
    assert_int_equal(told.all, 0);
    assert_int_equal(told.leaves, okr_test_log_size(&e.h));
    assert_int_equal(told.progress, told.leaves);
    struct okr_hash root = okr_test_log_root(&e.h, told.leaves);
    assert_true(okr_hash_eq(&told.root, &root));
    assert_true(told.leaves > 16); /* several levels of the tree */
}

/* ---- damage -------------------------------------------------------------- */

static const enum okr_table tables[] = {
    OKR_TABLE_META,    OKR_TABLE_ENTITY, OKR_TABLE_INDEX,
    OKR_TABLE_CHANGED, OKR_TABLE_SCOPE,  OKR_TABLE_OP,
    OKR_TABLE_HISTORY, OKR_TABLE_LEAF,   OKR_TABLE_NODE,
    OKR_TABLE_PAYLOAD, OKR_TABLE_ANSWER, OKR_TABLE_PEER,
    OKR_TABLE_INVITE,  OKR_TABLE_PARKED, OKR_TABLE_METACOMMIT,
};
#define TABLES (sizeof tables / sizeof tables[0])

struct row {
    uint8_t key[OKR_KEY_MAX], value[VALUE_MAX];
    size_t key_len, value_len;
};
static struct row rows[ROWS_MAX];

static size_t rows_of(struct okr_kv_txn *txn, enum okr_table table)
{
    size_t n = 0;
    struct okr_kv_iter it;
    okr_kv_scan(txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (okr_kv_iter_next(&it)) {
        assert_true(n < ROWS_MAX && it.value.len <= VALUE_MAX);
        struct row *row = &rows[n++];
        row->key_len = it.key.len;
        row->value_len = it.value.len;
        memcpy(row->key, it.key.data, it.key.len);
        if (it.value.len > 0)
            memcpy(row->value, it.value.data, it.value.len);
    }
    OK(okr_kv_iter_close(&it));
    assert_true(n > 0);
    return n;
}

static void put(struct okr_kv_txn *txn, enum okr_table table,
                const struct row *row)
{
    OK(okr_kv_put(txn, table, okr_slice_of(row->key, row->key_len),
                  okr_slice_of(row->value, row->value_len)));
}

static void assert_told(struct okr_kv_txn *txn, enum okr_table table,
                        const struct row *row, const char *what)
{
    struct told told = check(txn);
    unsigned n = told.by_table[table];
    if (table == OKR_TABLE_NODE || table == OKR_TABLE_LEAF)
        n = told.by_table[OKR_TABLE_NODE] + told.by_table[OKR_TABLE_LEAF];
    if (n == 0)
        fail_msg("%s %02x…%02x: %s: not told", okr_table_name(table),
                 row->key[0], row->key[row->key_len - 1], what);
}

static void test_a_changed_byte_is_told(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    for (size_t t = 0; t < TABLES; t++) {
        size_t n = rows_of(txn, tables[t]);
        for (size_t i = 0; i < n; i++) {
            size_t step = rows[i].value_len / 3 + 1;
            for (size_t at = i % 3; at < rows[i].value_len; at += step) {
                rows[i].value[at] ^= (uint8_t)(1u << i % 8);
                put(txn, tables[t], &rows[i]);
                assert_told(txn, tables[t], &rows[i], "a byte");
                rows[i].value[at] ^= (uint8_t)(1u << i % 8);
            }
            put(txn, tables[t], &rows[i]);
        }
    }
    assert_int_equal(check(txn).all, 0);
    okr_kv_abort(&txn);
}

/* Which table tells that a row of `table` is missing; COUNT: none can.  A
 * setting that was never made, and an invitation, are missed by nobody; an
 * entity is missed by the sum of its scope. */
static enum okr_table misses(enum okr_table table)
{
    if (table == OKR_TABLE_META || table == OKR_TABLE_INVITE)
        return OKR_TABLE_COUNT;
    return table == OKR_TABLE_ENTITY ? OKR_TABLE_SCOPE : table;
}

static void test_a_missing_row_is_told(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    for (size_t t = 0; t < TABLES; t++) {
        size_t n = rows_of(txn, tables[t]);
        enum okr_table teller = misses(tables[t]);
        for (size_t i = 0; i < n && teller != OKR_TABLE_COUNT; i++) {
            OK(okr_kv_del(txn, tables[t],
                          okr_slice_of(rows[i].key, rows[i].key_len)));
            assert_told(txn, teller, &rows[i], "missing");
            put(txn, tables[t], &rows[i]);
        }
    }
    okr_kv_abort(&txn);
}

/* The row with a checksum that fits its key, where it has one. */
static void seal_anew(struct okr_kv_txn *txn, enum okr_table table,
                      const struct row *row)
{
    struct okr_buf value;
    if (row->value_len == 0) {
        put(txn, table, row);
        return;
    }
    okr_buf_init(&value, e.h.keep);
    okr_buf_put(&value,
                okr_slice_of(row->value, row->value_len - OKR_SEAL_LEN));
    OK(okr_sealed_put(txn, table, okr_slice_of(row->key, row->key_len),
                      &value));
}

/* Its checksum holds, and yet it is of nothing. */
static void test_a_row_too_many_is_told(void **state)
{
    (void)state;
    static const enum okr_table named[] = {
        OKR_TABLE_OP,     OKR_TABLE_ANSWER,     OKR_TABLE_PEER,
        OKR_TABLE_PARKED, OKR_TABLE_METACOMMIT, OKR_TABLE_HISTORY,
    };
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    for (size_t t = 0; t < sizeof named / sizeof named[0]; t++) {
        size_t n = rows_of(txn, named[t]);
        for (size_t i = 0; i < n; i++) {
            struct row other = rows[i];
            other.key[other.key_len - 1] ^= 0x40;
            seal_anew(txn, named[t], &other); /* beside it: one too many */
            assert_told(txn, named[t], &other, "one too many");
            OK(okr_kv_del(txn, named[t],
                          okr_slice_of(other.key, other.key_len)));
        }
    }
    okr_kv_abort(&txn);
}

/* ---- rows whose checksum holds, and that say what is not so -------------- */

static void lie_peer_push(struct okr_kv_txn *txn)
{
    struct okr_peer row;
    OK(okr_peer_get(txn, &e.peer.id, e.peer.incarnation, &row));
    row.last_push.b[3] ^= 1;
    OK(okr_peer_put(txn, &e.peer.id, &row));
}

static void lie_peer_more(struct okr_kv_txn *txn)
{
    struct okr_peer row;
    OK(okr_peer_get(txn, &e.peer.id, e.peer.incarnation, &row));
    row.last_seq += 2;
    OK(okr_peer_put(txn, &e.peer.id, &row));
}

static void lie_peer_less(struct okr_kv_txn *txn)
{
    struct okr_peer row;
    OK(okr_peer_get(txn, &e.peer.id, e.peer.incarnation, &row));
    row.last_seq--;
    OK(okr_peer_put(txn, &e.peer.id, &row));
}

static void lie_answer(struct okr_kv_txn *txn)
{
    struct okr_mark mark = {e.peer.id, e.peer.incarnation, e.peer.next_seq - 1};
    struct okr_answer answer;
    struct okr_hash hash;
    OK(okr_answer_get(txn, &mark, e.h.keep, &answer, &hash));
    answer.verdict = okr_verdict_reject(OKR_RULE_CIRCLE, 0);
    OK(okr_answer_put(txn, &mark, &answer, &hash, e.h.keep));
}

static void lie_invite(struct okr_kv_txn *txn)
{
    const uint8_t token[8] = {1};
    struct okr_invite invite = {.entity = e.peer.id}; /* a site */
    OK(okr_invite_put(txn, token, &invite));
}

static void lie_invite_used(struct okr_kv_txn *txn)
{
    struct okr_invite invite;
    OK(okr_invite_get(txn, e.peer.enrol.token_id, &invite));
    invite.used = true;
    invite.site = e.h.admin;
    OK(okr_invite_put(txn, e.peer.enrol.token_id, &invite));
}

static void lie_scope(struct okr_kv_txn *txn)
{
    struct okr_scope_row row;
    OK(okr_scope_get(txn, OKR_SCOPE_COMPANY, &row));
    row.head += 1000;
    OK(okr_scope_put(txn, OKR_SCOPE_COMPANY, &row));
}

static void lie_entity(struct okr_kv_txn *txn)
{
    const struct okr_space space = {.txn = txn, .arena = e.h.keep};
    struct okr_record *old;
    OK(okr_entity_get(&space, &e.cycle, &old));
    struct okr_reg reg = *okr_record_reg(old, OKR_F_CYCLE_NAME);
    reg.lsn += 1000;
    struct okr_record *now = okr_record_with(old, &reg, 1, e.h.keep);
    OK(okr_entity_put(&space, old, now));
}

static void lie_epoch(struct okr_kv_txn *txn)
{
    const struct okr_epoch_row epoch = {.counter = 1, .began = 1000};
    OK(okr_meta_put_epochs(txn, &epoch, 1));
}

static void lie_base(struct okr_kv_txn *txn)
{
    OK(okr_meta_put_u64(txn, "base", 3));
}

static void lie_op(struct okr_kv_txn *txn)
{
    OK(okr_oplog_put_op(txn, &e.signed_op.id, 3));
}

/* What was decided waits again. */
static void lie_parked(struct okr_kv_txn *txn)
{
    struct okr_parked parked = {
        .op = e.signed_op,
        .mark = {e.peer.id, e.peer.incarnation, 1},
        .first_seq = 1,
        .waits_for = e.parked_for,
        .since = e.h.now,
    };
    OK(okr_parked_put(txn, &parked, e.h.keep));
}

static void test_a_row_that_lies_is_told(void **state)
{
    (void)state;
    static const struct {
        void (*lie)(struct okr_kv_txn *txn);
        enum okr_table table;
    } lies[] = {
        {lie_peer_push, OKR_TABLE_PEER}, {lie_peer_more, OKR_TABLE_PEER},
        {lie_peer_less, OKR_TABLE_PEER}, {lie_answer, OKR_TABLE_ANSWER},
        {lie_invite, OKR_TABLE_INVITE},  {lie_invite_used, OKR_TABLE_INVITE},
        {lie_scope, OKR_TABLE_SCOPE},    {lie_entity, OKR_TABLE_ENTITY},
        {lie_epoch, OKR_TABLE_META},     {lie_base, OKR_TABLE_OP},
        {lie_op, OKR_TABLE_OP},          {lie_parked, OKR_TABLE_PARKED},
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct okr_kv_txn *txn;
        OK(okr_kv_begin(e.h.kv, true, &txn));
        lies[i].lie(txn);
        struct told told = verify(txn);
        okr_kv_abort(&txn);
        if (told.by_table[lies[i].table] == 0)
            fail_msg("lie %zu about %s: not told", i,
                     okr_table_name(lies[i].table));
    }
}

/* Without the store's check: whoever has only the log has to see it. */
static void test_a_changed_node_is_told_by_verify_alone(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_NODE);
    for (size_t i = 0; i < n; i++) {
        rows[i].value[0] ^= 1;
        put(txn, OKR_TABLE_NODE, &rows[i]);
        struct told told = verify(txn);
        assert_true(told.all > 0);
        rows[i].value[0] ^= 1;
        put(txn, OKR_TABLE_NODE, &rows[i]);
    }
    okr_kv_abort(&txn);
}

/* ---- forgery: whoever has the disk makes hashes and checksums anew ------- */

static void rebuild_tree(struct okr_kv_txn *txn)
{
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    struct okr_tlog_nodes nodes = okr_hub_log_nodes(txn);
    OK(okr_kv_clear(txn, OKR_TABLE_NODE, OKR_SLICE_NONE));
    for (size_t i = 0; i < n; i++) {
        struct okr_hash hash =
            okr_tlog_leaf_hash(okr_slice_of(rows[i].value, rows[i].value_len));
        OK(okr_tlog_append(&nodes, i, &hash));
    }
}

/* Where the body of leaf `row` has byte `at`. */
static uint8_t *body_at(struct row *row, size_t at)
{
    enum { BODY_AT = 16 + 8 + 8 + 2 + 2 + 4 };
    assert_true(BODY_AT + at < row->value_len);
    return row->value + BODY_AT + at;
}

/* The index of the leaf of an operation. */
static size_t leaf_of(struct okr_kv_txn *txn, const struct okr_id *op)
{
    okr_lsn lsn;
    OK(okr_oplog_op(txn, op, &lsn));
    assert_true(lsn > 0);
    return (size_t)lsn - 1;
}

static void assert_leaf(const struct told *told, const char *what)
{
    for (size_t i = 0; i < told->n_leaf; i++)
        if (strstr(told->leaf[i], what) != NULL)
            return;
    fail_msg("nobody said: %s", what);
}

/* Changes a byte of the signed operation's leaf, with a new tree. */
static struct told forge_leaf(size_t at, bool in_body)
{
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t leaf = leaf_of(txn, &e.signed_op.id);
    (void)rows_of(txn, OKR_TABLE_LEAF);
    *(in_body ? body_at(&rows[leaf], at) : rows[leaf].value + at) ^= 1;
    put(txn, OKR_TABLE_LEAF, &rows[leaf]);
    rebuild_tree(txn);
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_int_equal(told.by_table[OKR_TABLE_NODE], 0);
    return told;
}

static void test_another_log_than_was_seen_is_told(void **state)
{
    (void)state;
    /* The time of the leaf: nobody signed that, but the next pushes say what
     * log their sites had seen. */
    struct told told = forge_leaf(16 + 8 + 7, false);
    assert_leaf(&told, "had seen another log");
}

static void test_a_forged_signature_of_a_push_is_told(void **state)
{
    (void)state;
    enum { PUSH_SIG = 112 + 64 + 16 + 8 + 8 + 8 + 1 + 172 };
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    /* The very last push, so that no later one tells. */
    struct row *last = &rows[n - 1];
    *body_at(last, PUSH_SIG + 3) ^= 1;
    put(txn, OKR_TABLE_LEAF, last);
    rebuild_tree(txn);
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_int_equal(told.all, 1);
    assert_leaf(&told, "site's signature");
}

/* An operation put in place of another one: leaf, answer, payload and tree
 * agree, but the site signed over something else. */
static void test_another_operation_in_a_push_is_told(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    struct row *last = &rows[n - 1];
    *body_at(last, 64 + 7) ^= 1; /* the author's clock */
    put(txn, OKR_TABLE_LEAF, last);
    rebuild_tree(txn);
    const struct okr_slice parts[] = {
        OKR_SLICE_LIT("\0okr/ophash/v1\0"),
        {body_at(last, 0), OKR_OP_HEADER_LEN + OKR_SIGN_LEN},
    };
    struct okr_hash hash = okr_sha256_parts(parts, 2);
    struct okr_mark mark = {e.peer.id, e.peer.incarnation, e.peer.next_seq - 1};
    struct okr_answer answer;
    struct okr_hash old;
    OK(okr_answer_get(txn, &mark, e.h.keep, &answer, &old));
    OK(okr_answer_put(txn, &mark, &answer, &hash, e.h.keep));
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_int_equal(told.all, 2);
    assert_leaf(&told, "over other operations");
    assert_leaf(&told, "author's signature");
}

static void replace_key(struct okr_kv_txn *txn, const struct okr_id *id,
                        uint16_t field)
{
    static const uint8_t other[32] = {1, 2, 3};
    const struct okr_space space = {.txn = txn, .arena = e.h.keep};
    struct okr_record *old;
    OK(okr_entity_get(&space, id, &old));
    struct okr_reg reg = *okr_record_reg(old, field);
    reg.data = okr_slice_of(other, sizeof other);
    struct okr_record *now = okr_record_with(old, &reg, 1, e.h.keep);
    assert_non_null(now);
    OK(okr_entity_put(&space, old, now));
}

static void test_a_replaced_key_is_told(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    replace_key(txn, &e.key_id, OKR_F_KEY_PUBLIC);
    struct told told = check(txn);
    okr_kv_abort(&txn);
    assert_int_equal(told.all, told.by_table[OKR_TABLE_LEAF]);
    assert_leaf(&told, "author's signature");
    OK(okr_kv_begin(e.h.kv, true, &txn));
    replace_key(txn, &e.peer.id, OKR_F_SITE_KEY);
    told = check(txn);
    okr_kv_abort(&txn);
    assert_leaf(&told, "site's signature");
    assert_int_equal(told.all, told.by_table[OKR_TABLE_LEAF]);
}

static void test_a_leaf_taken_from_the_end_is_told(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    OK(okr_kv_del(txn, OKR_TABLE_LEAF,
                  okr_slice_of(rows[n - 1].key, rows[n - 1].key_len)));
    rebuild_tree(txn);
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_true(told.by_table[OKR_TABLE_OP] > 0);
    assert_true(told.by_table[OKR_TABLE_ANSWER] > 0);
}

/* The kind and the result of the last leaf, which nobody signs. */
static void test_a_result_that_was_changed_is_told(void **state)
{
    (void)state;
    enum { RESULT_AT = 16 + 8 + 8 + 2 };
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    rows[n - 1].value[RESULT_AT] = OKR_OUTCOME_REJECTED;
    rows[n - 1].value[RESULT_AT + 1] = OKR_RULE_CIRCLE;
    put(txn, OKR_TABLE_LEAF, &rows[n - 1]);
    rebuild_tree(txn);
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_leaf(&told, "do not agree");
    assert_true(told.by_table[OKR_TABLE_ANSWER] > 0);
}

/* A push that follows on another one, although its site signed it so. */
static void test_a_broken_chain_is_told(void **state)
{
    (void)state;
    enum { PUSH_AT = 112 + 64 + 16 + 8 + 8 + 8 + 1, PREV_AT = 140 };
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    uint8_t *push = body_at(&rows[n - 1], PUSH_AT);
    push[PREV_AT + 9] ^= 1;
    struct okr_sig sig =
        okr_sign(e.peer.key, okr_slice_of(push, OKR_PUSH_LAYOUT_LEN));
    memcpy(push + OKR_PUSH_LAYOUT_LEN, sig.b, sizeof sig.b);
    put(txn, OKR_TABLE_LEAF, &rows[n - 1]);
    rebuild_tree(txn);
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_leaf(&told, "does not follow on the one before");
}

/* A push of another site, signed by that one, under this site's leaf. */
static void test_a_push_of_another_sequence_is_told(void **state)
{
    (void)state;
    enum { SEQ_AT = 112 + 64 + 16 + 8 };
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    *body_at(&rows[n - 1], SEQ_AT + 6) ^= 1;
    put(txn, OKR_TABLE_LEAF, &rows[n - 1]);
    rebuild_tree(txn);
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_leaf(&told, "another site or sequence");
}

/* An operation that nobody pushed. */
static void test_an_operation_without_a_push_is_told(void **state)
{
    (void)state;
    enum { FLAG_AT = 112 + 64 + 16 + 8 + 8 + 8, PUSH_LEN = 172 + 64 };
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    struct row *last = &rows[n - 1];
    uint8_t *flag = body_at(last, FLAG_AT);
    size_t rest = (size_t)(last->value + last->value_len - flag) - 1 - PUSH_LEN;
    *flag = 0;
    memmove(flag + 1, flag + 1 + PUSH_LEN, rest);
    last->value_len -= PUSH_LEN;
    okr_be_put32(last->value + 36, okr_be_get32(last->value + 36) - PUSH_LEN);
    put(txn, OKR_TABLE_LEAF, last);
    rebuild_tree(txn);
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_leaf(&told, "no push brought it");
}

static void test_time_that_goes_back_is_told(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(e.h.kv, true, &txn));
    size_t n = rows_of(txn, OKR_TABLE_LEAF);
    rows[n - 1].value[16 + 8 + 1] = 0;
    put(txn, OKR_TABLE_LEAF, &rows[n - 1]);
    rebuild_tree(txn);
    struct told told = verify(txn);
    okr_kv_abort(&txn);
    assert_leaf(&told, "older than the one before");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_sound_store_has_no_findings),
        TEST(test_a_changed_byte_is_told),
        TEST(test_a_missing_row_is_told),
        TEST(test_a_row_too_many_is_told),
        TEST(test_a_row_that_lies_is_told),
        TEST(test_a_changed_node_is_told_by_verify_alone),
        TEST(test_another_log_than_was_seen_is_told),
        TEST(test_a_forged_signature_of_a_push_is_told),
        TEST(test_another_operation_in_a_push_is_told),
        TEST(test_a_replaced_key_is_told),
        TEST(test_a_leaf_taken_from_the_end_is_told),
        TEST(test_a_result_that_was_changed_is_told),
        TEST(test_a_broken_chain_is_told),
        TEST(test_a_push_of_another_sequence_is_told),
        TEST(test_an_operation_without_a_push_is_told),
        TEST(test_time_that_goes_back_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
