/* Random writes of a fixed seed against a plain list of records: look-ups,
 * sums of scopes, changed-since rows, and the view over all that.  Each run
 * counts what it did, so that one that tests nothing fails. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/value.h"
#include "common/store/check.h"
#include "common/store/scopes.h"
#include "tests/lib/space.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define STEPS 600
#define GONE_MAX STEPS
#define LEN(array) (sizeof(array) / sizeof(array)[0])

static const okr_scope scopes[] = {4, 5, 6, 8, 9};
#define SCOPES LEN(scopes)

struct gone {
    okr_scope scope;
    struct okr_changed row;
};
/* What the confirmed copy has to be. */
struct state {
    struct okr_test_model model;
    okr_lsn met[SCOPES];
    okr_lsn left[OKR_TEST_IDS];
    struct gone gone[GONE_MAX];
    size_t n_gone;
};
enum act { CREATE, CHANGE, MOVE, DROP, JOIN, ABORT, ACTS };
struct world {
    struct okr_test_store store;
    struct state now, committed;
    uint64_t random;
    okr_lsn clock;
    unsigned done[ACTS];
};

static int set_up(void **state)
{
    struct world *w = *state;
    bool lmdb = w->store.lmdb;
    memset(w, 0, sizeof *w);
    w->store.lmdb = lmdb;
    w->random = 20260101;
    okr_test_store_open(&w->store);
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    okr_test_store_close(&w->store);
    return 0;
}

static size_t place_of(okr_scope scope)
{
    size_t i = 0;
    while (i < SCOPES && scopes[i] != scope)
        i++;
    assert_true(i < SCOPES);
    return i;
}

static void raise(okr_lsn *lsn, okr_lsn to)
{
    if (*lsn < to)
        *lsn = to;
}

/* ---- is the store what it has to be? ------------------------------------- */

static void assert_same(const struct okr_buf *got, const struct okr_buf *want)
{
    assert_int_equal(got->len, want->len);
    assert_memory_equal(got->data, want->data, want->len);
}

static void assert_reads(const struct okr_space *space,
                         const struct okr_test_model *model)
{
    struct okr_buf got, want;
    okr_buf_init(&got, NULL);
    okr_buf_init(&want, NULL);
    okr_test_reads(space, &got);
    okr_test_model_reads(model, &want);
    assert_same(&got, &want);
    okr_buf_close(&got);
    okr_buf_close(&want);
}

static int by_elsn_and_id(const void *a, const void *b)
{
    const struct okr_changed *x = a, *y = b;
    if (x->elsn != y->elsn)
        return x->elsn < y->elsn ? -1 : 1;
    return okr_id_cmp(&x->id, &y->id);
}

static size_t want_changed(const struct state *state, okr_scope scope,
                           struct okr_changed *out)
{
    size_t n = 0;
    for (size_t i = 0; i < OKR_TEST_IDS; i++) {
        const struct okr_record *record = state->model.at[i];
        if (record != NULL && okr_record_home(record) == scope)
            out[n++] = (struct okr_changed){.elsn = okr_record_elsn(record),
                                            .id = record->id};
    }
    for (size_t i = 0; i < state->n_gone; i++)
        if (state->gone[i].scope == scope)
            out[n++] = state->gone[i].row;
    qsort(out, n, sizeof *out, by_elsn_and_id);
    return n;
}

static void assert_changed(struct world *w, okr_scope scope)
{
    static struct okr_changed want[OKR_TEST_IDS + GONE_MAX];
    size_t want_n = want_changed(&w->now, scope, want), n;
    struct okr_changed *got;
    OK(okr_changed_after(w->store.txn, scope, 0, NULL, SIZE_MAX, w->store.arena,
                         &got, &n));
    assert_int_equal(n, want_n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(by_elsn_and_id(&got[i], &want[i]), 0);
        assert_int_equal(got[i].gone, want[i].gone);
    }
}

/* The sum over the list, from nothing. */
static void assert_scope(struct world *w, okr_scope scope)
{
    struct okr_scope_row row;
    struct okr_digest sum = {0};
    uint64_t count = 0;
    OK(okr_scope_get(w->store.txn, scope, &row));
    for (size_t i = 0; i < OKR_TEST_IDS; i++) {
        const struct okr_record *record = w->now.model.at[i];
        if (record == NULL || okr_record_home(record) != scope)
            continue;
        uint8_t b2[OKR_B2_LEN];
        OK(okr_entity_b2(record, w->store.arena, b2));
        struct okr_digest one = okr_digest_of(b2);
        okr_digest_add(&sum, &one);
        count++;
    }
    assert_int_equal(row.count, count);
    assert_true(okr_digest_eq(&row.digest, &sum));
    assert_int_equal(row.met, w->now.met[place_of(scope)]);
    assert_int_equal(row.head, 0); /* the caller's */
}

static void no_damage(void *context, const struct okr_damage *damage)
{
    (void)context;
    fail_msg("%s: %s", okr_table_name(damage->table), damage->what);
}

static void assert_sound(struct okr_kv_txn *txn)
{
    struct okr_damage_sink sink = {.take = no_damage};
    OK(okr_store_check(txn, &sink));
}

static void assert_state(struct world *w)
{
    struct okr_space space = okr_test_space(&w->store, false);
    assert_reads(&space, &w->now.model);
    uint64_t rows;
    OK(okr_kv_count(w->store.txn, OKR_TABLE_INDEX, &rows));
    assert_int_equal(rows, okr_test_model_index_rows(&w->now.model));
    for (size_t i = 0; i < SCOPES; i++) {
        assert_scope(w, scopes[i]);
        assert_changed(w, scopes[i]);
    }
    for (unsigned i = 0; i < OKR_TEST_IDS; i++) {
        struct okr_id id = okr_test_id(i);
        okr_lsn left;
        OK(okr_entity_gone(&space, &id, &left));
        assert_int_equal(left, w->now.left[i]);
    }
    assert_sound(w->store.txn);
}

/* ---- what is done to it -------------------------------------------------- */

static okr_scope draw_scope(struct world *w)
{
    return scopes[okr_test_draw(&w->random, SCOPES)];
}

/* Some registers more, of this lsn. */
static struct okr_record *changed(struct world *w, struct okr_record *record,
                                  okr_lsn lsn)
{
    for (uint64_t n = 1 + okr_test_draw(&w->random, 3); n > 0; n--)
        okr_test_set(
            &record, w->store.arena,
            okr_test_random_reg(&w->random, record->kind, lsn, w->store.arena));
    return record;
}

static void put(struct world *w, unsigned n, struct okr_record *now)
{
    struct okr_space space = okr_test_space(&w->store, false);
    struct okr_id id = okr_test_id(n);
    struct okr_record *was = w->now.model.at[n], *old = NULL;
    if (was != NULL) {
        OK(okr_entity_get(&space, &id, &old));
        okr_scope from = okr_record_home(was);
        okr_lsn left = okr_record_reg(now, OKR_F_HOME)->lsn;
        if (from != okr_record_home(now)) {
            w->now.gone[w->now.n_gone++] = (struct gone){
                .scope = from, .row = {.elsn = left, .id = id, .gone = true}};
            raise(&w->now.met[place_of(from)], left);
        }
    }
    OK(okr_entity_put(&space, old, now));
    raise(&w->now.met[place_of(okr_record_home(now))], okr_record_elsn(now));
    w->now.model.at[n] = now;
}

static void create(struct world *w, unsigned n)
{
    struct okr_record *now =
        okr_test_record(w->store.arena, n, okr_test_kind(n));
    okr_test_home(&now, w->store.arena, draw_scope(w), w->clock);
    put(w, n, changed(w, now, w->clock));
}

static void move(struct world *w, unsigned n)
{
    struct okr_record *now = w->now.model.at[n];
    okr_test_home(&now, w->store.arena, draw_scope(w), w->clock);
    put(w, n, okr_test_draw(&w->random, 2) ? changed(w, now, w->clock) : now);
}

static void drop(struct world *w, unsigned n)
{
    struct okr_space space = okr_test_space(&w->store, false);
    okr_scope home = okr_record_home(w->now.model.at[n]);
    okr_lsn left = okr_test_draw(&w->random, w->clock + 1);
    struct okr_record *record;
    struct okr_id id = okr_test_id(n);
    OK(okr_entity_get(&space, &id, &record));
    OK(okr_entity_drop(&space, record, left));
    w->now.model.at[n] = NULL;
    raise(&w->now.left[n], left);
    raise(&w->now.met[place_of(home)], left);
}

/* Part of another copy: some of it older, some newer, perhaps a move. */
static void join(struct world *w, unsigned n)
{
    struct okr_record *part =
        okr_test_record(w->store.arena, n, okr_test_kind(n));
    okr_lsn back = okr_test_draw(&w->random, 8);
    okr_lsn lsn = w->clock > back ? w->clock - back : w->clock;
    part = changed(w, part, lsn);
    if (okr_test_draw(&w->random, 3) == 0)
        okr_test_home(&part, w->store.arena, draw_scope(w), lsn);
    struct okr_record *now =
        okr_record_join(w->now.model.at[n], part, w->store.arena);
    assert_non_null(now);
    put(w, n, now);
}

static void end_txn(struct world *w, bool commit)
{
    okr_test_store_next(&w->store, commit);
    if (commit)
        w->committed = w->now;
    else
        w->now = w->committed;
}

static void step(struct world *w)
{
    unsigned n = (unsigned)okr_test_draw(&w->random, OKR_TEST_IDS);
    struct okr_record *was = w->now.model.at[n];
    enum act act = (enum act)okr_test_draw(&w->random, ACTS);
    if (was == NULL && act != ABORT)
        act = CREATE;
    else if (was != NULL && act == CREATE)
        act = CHANGE;
    if (act == DROP && okr_test_draw(&w->random, 3) != 0)
        act = CHANGE;
    if (act == ABORT && okr_test_draw(&w->random, 6) != 0)
        return;
    w->clock++;
    w->done[act]++;
    if (act == CREATE)
        create(w, n);
    else if (act == CHANGE)
        put(w, n, changed(w, was, w->clock));
    else if (act == MOVE)
        move(w, n);
    else if (act == DROP)
        drop(w, n);
    else if (act == JOIN)
        join(w, n);
    else
        end_txn(w, false);
}

/* Catches: a row of an index or of CHANGED left behind or forgotten, a sum
 * that is off, a scope that is not told, after any sequence of writes. */
static void the_confirmed_copy_is_what_was_written(void **state)
{
    struct world *w = *state;
    for (unsigned i = 0; i < STEPS; i++) {
        step(w);
        if (i % 4 == 0)
            assert_state(w);
        if (i % 9 == 0)
            end_txn(w, true);
    }
    assert_state(w);
    for (size_t i = 0; i < ACTS; i++)
        assert_true(w->done[i] >= 5);
}

/* ---- the view ------------------------------------------------------------ */

#define ROUNDS 40
#define WRITES 8

/* The same write, pending in the view and confirmed in the other store. */
static void write_both(struct world *w, struct world *other, unsigned n)
{
    struct okr_space view = okr_test_space(&w->store, true);
    struct okr_space plain = okr_test_space(&other->store, false);
    struct okr_id id = okr_test_id(n);
    struct okr_record *old = NULL, *now;
    enum okr_err err = okr_entity_get(&view, &id, &old);
    now = old;
    if (err != OKR_OK)
        now = okr_test_record(w->store.arena, n, okr_test_kind(n));
    okr_lsn lsn = other->clock + 1000000;
    if (err != OKR_OK || okr_test_draw(&w->random, 4) == 0)
        okr_test_home(&now, w->store.arena, draw_scope(w),
                      lsn | OKR_LSN_PENDING);
    now = changed(w, now, lsn | OKR_LSN_PENDING);
    OK(okr_entity_put(&view, old, now));
    /* For the other store: the same, without the mark of the pending. */
    struct okr_record *same = okr_record_with(now, NULL, 0, w->store.arena);
    same->entered &= ~OKR_LSN_PENDING;
    for (size_t i = 0; i < same->n_regs; i++)
        same->regs[i].lsn &= ~OKR_LSN_PENDING;
    if (okr_entity_get(&plain, &id, &old) != OKR_OK)
        old = NULL;
    OK(okr_entity_put(&plain, old, same));
    other->clock++;
}

static void assert_same_reads(const struct okr_space *a,
                              const struct okr_space *b)
{
    struct okr_buf got, want;
    okr_buf_init(&got, NULL);
    okr_buf_init(&want, NULL);
    okr_test_reads(a, &got);
    okr_test_reads(b, &want);
    assert_same(&got, &want);
    okr_buf_close(&got);
    okr_buf_close(&want);
}

static void assert_no_overlay(struct world *w)
{
    struct okr_space view = okr_test_space(&w->store, true);
    uint64_t rows;
    OK(okr_view_clear(w->store.txn));
    OK(okr_kv_count(w->store.txn, OKR_TABLE_VIEW_ENTITY, &rows));
    assert_int_equal(rows, 0);
    OK(okr_kv_count(w->store.txn, OKR_TABLE_VIEW_INDEX, &rows));
    assert_int_equal(rows, 0);
    assert_reads(&view, &w->now.model);
    assert_state(w); /* and the confirmed copy was never touched */
}

/* Catches: an overlay that hides too much or too little, a merge of the two
 * indexes that is off, a view that writes to the confirmed copy. */
static void the_view_reads_like_a_confirmed_copy(void **state)
{
    struct world *w = *state;
    static struct world other;
    other.random = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < 10; i++)
            step(w);
        end_txn(w, true);
        memset(&other, 0, sizeof other);
        okr_test_store_open(&other.store);
        struct okr_space plain = okr_test_space(&other.store, false);
        for (unsigned i = 0; i < OKR_TEST_IDS; i++)
            if (w->now.model.at[i] != NULL)
                OK(okr_entity_put(&plain, NULL, w->now.model.at[i]));
        struct okr_space view = okr_test_space(&w->store, true);
        for (unsigned i = 0; i < WRITES; i++) {
            write_both(w, &other,
                       (unsigned)okr_test_draw(&w->random, OKR_TEST_IDS));
            assert_same_reads(&view, &plain);
        }
        assert_sound(w->store.txn);
        assert_no_overlay(w);
        okr_test_store_close(&other.store);
    }
}

#define BOTH(test)                                         \
    {#test " (memory)", test, set_up, tear_down, &memory}, \
    {                                                      \
#test " (lmdb)", test, set_up, tear_down, &disk    \
    }

int main(void)
{
    okr_crypto_init();
    static struct world memory, disk;
    disk.store.lmdb = true;
    const struct CMUnitTest tests[] = {
        BOTH(the_confirmed_copy_is_what_was_written),
        BOTH(the_view_reads_like_a_confirmed_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
