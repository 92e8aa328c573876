/* The sample store: see store_sample.h. */
#include "tests/lib/store_sample.h"

#include <stdlib.h>
#include <string.h>

#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "common/store/scopes.h"
#include "common/tlog/tree.h"

#define SUMMARY OKR_SCOPE(2, OKR_DEPTH_SUMMARY)
#define DETAIL OKR_SCOPE(2, OKR_DEPTH_DETAIL)
#define PRIVATE OKR_SCOPE(2, OKR_DEPTH_PRIVATE)
#define LEAVES 3
#define TIME INT64_C(1767225600000000) /* 2026-01-01T00:00Z */

static void need(enum okr_err err)
{
    if (err == OKR_OK)
        return;
    (void)fprintf(stderr, "sample store: %s\n", okr_err_text(err));
    exit(1);
}

static void put(struct okr_test_store *s, bool view,
                const struct okr_record *now)
{
    struct okr_space space = okr_test_space(s, view);
    struct okr_record *old = NULL;
    enum okr_err err = okr_entity_get(&space, &now->id, &old);
    need(err == OKR_ERR_NOTFOUND ? OKR_OK : err);
    need(okr_entity_put(&space, old, now));
}

static void directory(struct okr_test_store *s)
{
    struct okr_record *unit =
        okr_test_record(s->arena, OKR_SAMPLE_BERLIN, OKR_KIND_UNIT);
    okr_test_home(&unit, s->arena, OKR_SCOPE_COMPANY, 2);
    okr_test_text(&unit, s->arena, OKR_F_CODE, "BER", 2);
    put(s, false, unit);
    struct okr_record *ada =
        okr_test_record(s->arena, OKR_SAMPLE_ADA, OKR_KIND_PERSON);
    okr_test_home(&ada, s->arena, OKR_SCOPE_COMPANY, 3);
    okr_test_text(&ada, s->arena, OKR_F_MAIL, "Ada@example.org", 3);
    okr_test_ref(&ada, s->arena, OKR_F_PERSON_UNIT, OKR_SAMPLE_BERLIN, 3);
    put(s, false, ada);
}

static void goal(struct okr_test_store *s)
{
    struct okr_record *o =
        okr_test_record(s->arena, OKR_SAMPLE_GOAL, OKR_KIND_OBJECTIVE);
    okr_test_home(&o, s->arena, PRIVATE, 5);
    okr_test_text(&o, s->arena, OKR_F_O_TITLE, "Grow", 5);
    okr_test_ref(&o, s->arena, OKR_F_O_UNIT, OKR_SAMPLE_BERLIN, 5);
    put(s, false, o);
    okr_test_home(&o, s->arena, SUMMARY, 9);
    put(s, false, o);
    struct okr_record *k =
        okr_test_record(s->arena, OKR_SAMPLE_RESULT, OKR_KIND_KEY_RESULT);
    okr_test_home(&k, s->arena, SUMMARY, 10);
    okr_test_ref(&k, s->arena, OKR_F_KR_OBJECTIVE, OKR_SAMPLE_GOAL, 10);
    okr_test_ref(&k, s->arena, OKR_F_KR_OWNER, OKR_SAMPLE_ADA, 10);
    put(s, false, k);
}

static void dropped(struct okr_test_store *s)
{
    struct okr_space space = okr_test_space(s, false);
    struct okr_record *task =
        okr_test_record(s->arena, OKR_SAMPLE_LEFT, OKR_KIND_TASK);
    okr_test_home(&task, s->arena, DETAIL, 11);
    put(s, false, task);
    need(okr_entity_drop(&space, task, 12));
}

/* What a site adds to a scope's row. */
static void cursor(struct okr_test_store *s)
{
    struct okr_scope_row row;
    need(okr_scope_get(s->txn, SUMMARY, &row));
    row.head = 10;
    row.cursor = 9;
    row.token_elsn = 9;
    row.token_id = okr_test_id(OKR_SAMPLE_GOAL);
    row.upto = 10;
    row.followed = true;
    need(okr_scope_put(s->txn, SUMMARY, &row));
}

static void settings(struct okr_test_store *s)
{
    struct okr_epoch_row epoch = {.counter = 1};
    memset(epoch.random, 0xe1, sizeof epoch.random);
    need(okr_meta_stamp(s->txn, "server"));
    need(okr_meta_put_epochs(s->txn, &epoch, 1));
}

static enum okr_err node_get(void *context, uint64_t index,
                             struct okr_hash *ret_hash)
{
    struct okr_test_store *s = context;
    return okr_oplog_node(s->txn, index, ret_hash);
}

static enum okr_err node_put(void *context, uint64_t index,
                             const struct okr_hash *hash)
{
    struct okr_test_store *s = context;
    return okr_oplog_put_node(s->txn, index, hash);
}

static void append(struct okr_test_store *s, uint64_t index)
{
    struct okr_tlog_nodes nodes = {
        .get = node_get, .put = node_put, .context = s};
    struct okr_leaf leaf = {.index = index,
                            .time = TIME,
                            .kind = OKR_LEAF_ADMIN,
                            .body = OKR_SLICE_LIT("body")};
    memset(leaf.meta, 0x11, sizeof leaf.meta);
    struct okr_buf bytes;
    okr_buf_init(&bytes, s->arena);
    okr_layout_leaf(&leaf, &bytes);
    need(bytes.err);
    need(okr_oplog_put_leaf(s->txn, index, okr_buf_slice(&bytes)));
    struct okr_hash hash = okr_tlog_leaf_hash(okr_buf_slice(&bytes));
    need(okr_tlog_append(&nodes, index, &hash));
}

static void log_tables(struct okr_test_store *s)
{
    for (uint64_t i = 0; i < LEAVES; i++)
        append(s, i);
    struct okr_op op = {.payload = OKR_SLICE_LIT("payload")};
    memset(op.salt, 0x5a, sizeof op.salt);
    struct okr_hash commit = okr_layout_payload_commit(&op);
    need(okr_oplog_put_payload(s->txn, &commit, &op));
    struct okr_id decided = okr_test_id(OKR_SAMPLE_OP);
    struct okr_id mine = okr_test_id(OKR_SAMPLE_MINE);
    need(okr_oplog_put_op(s->txn, &decided, 9));
    need(okr_oplog_put_op(s->txn, &mine, OKR_LSN_PENDING | 3));
}

/* The own operation 3: the key result gets another owner. */
static void view(struct okr_test_store *s)
{
    struct okr_space space = okr_test_space(s, true);
    struct okr_id id = okr_test_id(OKR_SAMPLE_RESULT);
    struct okr_record *k;
    need(okr_entity_get(&space, &id, &k));
    okr_test_ref(&k, s->arena, OKR_F_KR_OWNER, OKR_SAMPLE_BERLIN,
                 OKR_LSN_PENDING | 3);
    put(s, true, k);
}

void okr_test_store_fill(struct okr_test_store *store)
{
    settings(store);
    directory(store);
    goal(store);
    dropped(store);
    cursor(store);
    log_tables(store);
    view(store);
}
