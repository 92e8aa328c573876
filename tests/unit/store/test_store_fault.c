/* The same acts again and again, with the first, second, third … store call
 * failing, and then each allocation: the error comes back as it is, every
 * walk is closed, and nothing is taken for an answer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/store/check.h"
#include "common/store/kv_fault.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "common/store/scopes.h"
#include "tests/lib/store_sample.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define SUMMARY OKR_SCOPE(2, OKR_DEPTH_SUMMARY)
#define DETAIL OKR_SCOPE(2, OKR_DEPTH_DETAIL)

struct world {
    struct okr_test_store store;
    struct okr_kv *fault;
    struct okr_kv_txn *txn; /* of the faulty store */
    struct okr_arena *arena;
};

static struct okr_space space_of(struct world *w, bool view)
{
    return (struct okr_space){.txn = w->txn, .arena = w->arena, .view = view};
}

/* ---- acts ---------------------------------------------------------------- */

static enum okr_err act_get(struct world *w)
{
    struct okr_space space = space_of(w, true);
    struct okr_record *record;
    struct okr_id id = okr_test_id(OKR_SAMPLE_GOAL);
    okr_lsn left;
    OKR_TRY(okr_entity_gone(&space, &id, &left));
    return okr_entity_get(&space, &id, &record);
}

/* A move, which writes to every table that a put may write to. */
static enum okr_err act_put(struct world *w)
{
    struct okr_space space = space_of(w, false);
    struct okr_id id = okr_test_id(OKR_SAMPLE_GOAL);
    struct okr_record *old, *now;
    OKR_TRY(okr_entity_get(&space, &id, &old));
    now = old;
    okr_test_home(&now, w->store.arena, DETAIL, 20);
    okr_test_ref(&now, w->store.arena, OKR_F_O_OWNER, OKR_SAMPLE_ADA, 20);
    OKR_TRY(okr_entity_put(&space, old, now));
    return okr_entity_put(&space, now, now);
}

static enum okr_err act_create(struct world *w)
{
    struct okr_space space = space_of(w, false);
    struct okr_record *ada =
        okr_test_record(w->store.arena, 99, OKR_KIND_PERSON);
    okr_test_home(&ada, w->store.arena, OKR_SCOPE_COMPANY, 20);
    okr_test_text(&ada, w->store.arena, OKR_F_MAIL, "Eve@example.org", 20);
    return okr_entity_put(&space, NULL, ada);
}

static enum okr_err act_drop(struct world *w)
{
    struct okr_space space = space_of(w, false);
    struct okr_id id = okr_test_id(OKR_SAMPLE_GOAL);
    struct okr_record *record;
    OKR_TRY(okr_entity_get(&space, &id, &record));
    return okr_entity_drop(&space, record, 30);
}

static enum okr_err act_view(struct world *w)
{
    struct okr_space space = space_of(w, true);
    struct okr_id id = okr_test_id(OKR_SAMPLE_RESULT);
    struct okr_record *old, *now;
    OKR_TRY(okr_entity_get(&space, &id, &old));
    now = old;
    okr_test_ref(&now, w->store.arena, OKR_F_KR_OBJECTIVE, OKR_SAMPLE_ADA,
                 OKR_LSN_PENDING | 4);
    OKR_TRY(okr_entity_put(&space, old, now));
    return okr_view_clear(w->txn);
}

static enum okr_err act_find(struct world *w)
{
    struct okr_space space = space_of(w, true);
    struct okr_id id = okr_test_id(OKR_SAMPLE_BERLIN);
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&space, OKR_KIND_PERSON, OKR_F_MAIL,
                           OKR_SLICE_LIT("ada@example.org"), &ids));
    OKR_TRY(okr_index_children(&space, &id, 0, &ids));
    return okr_index_kind(&space, OKR_KIND_KEY_RESULT, &ids);
}

static enum okr_err act_changed(struct world *w)
{
    struct okr_changed *rows;
    okr_scope *scopes;
    size_t n;
    bool any;
    struct okr_id first = okr_test_id(OKR_SAMPLE_GOAL);
    OKR_TRY(
        okr_changed_after(w->txn, SUMMARY, 0, NULL, 9, w->arena, &rows, &n));
    OKR_TRY(okr_changed_any(w->txn, SUMMARY, 9, &first, &any));
    return okr_scope_all(w->txn, w->arena, &scopes, &n);
}

static enum okr_err act_meta(struct world *w)
{
    struct okr_epoch_row *epochs;
    struct okr_slice value;
    size_t n;
    OKR_TRY(okr_meta_stamp(w->txn, "server"));
    OKR_TRY(okr_meta_epochs(w->txn, w->arena, &epochs, &n));
    OKR_TRY(okr_meta_put_epochs(w->txn, epochs, n));
    OKR_TRY(okr_meta_put(w->txn, "side", OKR_SLICE_LIT("server")));
    return okr_meta_get(w->txn, "side", w->arena, &value);
}

static enum okr_err act_log(struct world *w)
{
    struct okr_op op = {.payload = OKR_SLICE_LIT("another")};
    struct okr_hash commit = okr_layout_payload_commit(&op), hash;
    struct okr_slice salt, payload;
    struct okr_id id = okr_test_id(99);
    okr_lsn lsn;
    OKR_TRY(okr_oplog_put_leaf(w->txn, 3, OKR_SLICE_LIT("leaf")));
    OKR_TRY(okr_oplog_leaf(w->txn, 3, &payload));
    OKR_TRY(okr_oplog_node(w->txn, 0, &hash));
    OKR_TRY(okr_oplog_put_node(w->txn, 4, &hash));
    OKR_TRY(okr_oplog_put_payload(w->txn, &commit, &op));
    OKR_TRY(okr_oplog_payload(w->txn, &commit, &salt, &payload));
    OKR_TRY(okr_oplog_op(w->txn, &id, &lsn));
    return okr_oplog_put_op(w->txn, &id, 9);
}

static enum okr_err act_rebuild(struct world *w)
{
    return okr_index_rebuild(w->txn);
}

static void no_damage(void *context, const struct okr_damage *damage)
{
    (void)context;
    fail_msg("%s: %s", okr_table_name(damage->table), damage->what);
}

static enum okr_err act_check(struct world *w)
{
    struct okr_damage_sink sink = {.take = no_damage};
    return okr_store_check(w->txn, &sink);
}

typedef enum okr_err act_fn(struct world *w);
static act_fn *const acts[] = {act_get,  act_put,     act_create,  act_drop,
                               act_view, act_find,    act_changed, act_meta,
                               act_log,  act_rebuild, act_check};
#define ACTS (sizeof acts / sizeof acts[0])

/* ---- sweeps -------------------------------------------------------------- */

static void begin(struct world *w)
{
    *w = (struct world){.txn = NULL};
    okr_test_store_open(&w->store);
    okr_test_store_fill(&w->store);
    OK(okr_kv_commit(&w->store.txn));
    OK(okr_kv_fault_open(w->store.kv, &w->fault));
    OK(okr_kv_begin(w->fault, true, &w->txn));
    OK(okr_arena_new(OKR_ARENA_UNBOUNDED, &w->arena));
}

static void end(struct world *w)
{
    okr_kv_abort(&w->txn); /* asserts that every walk was closed */
    okr_kv_close(&w->fault);
    okr_arena_free(&w->arena);
    okr_test_store_close(&w->store);
}

/* What the act says when the `n`-th call or allocation fails.  A store call
 * that failed and was not told would be an answer that is none. */
static enum okr_err act_failing(act_fn *act, unsigned n, enum okr_err err,
                                bool arena)
{
    struct world w;
    begin(&w);
    if (arena)
        okr_arena_fail_at(w.arena, n);
    else
        okr_kv_fault_at(w.fault, n, err, false);
    enum okr_err got = act(&w);
    assert_true(arena || (got == OKR_OK) != okr_kv_fault_fired(w.fault));
    end(&w);
    return got;
}

/* Number of calls that could fail.  Behind the first act that went well no
 * other may fail: that one would have swallowed its failure. */
static unsigned sweep(act_fn *act, enum okr_err err, bool arena)
{
    unsigned n = 1;
    enum okr_err got;
    for (; (got = act_failing(act, n, err, arena)) != OKR_OK; n++)
        assert_int_equal(got, err);
    for (unsigned more = 1; more < 8; more++)
        OK(act_failing(act, n + more, err, arena));
    return n - 1;
}

static void each_store_call_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < ACTS; i++) {
        assert_true(sweep(acts[i], OKR_ERR_IO, false) > 1);
        sweep(acts[i], OKR_ERR_FULL, false);
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    unsigned sum = 0;
    for (size_t i = 0; i < ACTS; i++)
        sum += sweep(acts[i], OKR_ERR_NOMEM, true);
    assert_true(sum > 30);
}

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_store_call_may_fail),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
