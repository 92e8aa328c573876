/* Entities by example: what one write leaves behind, row by row, what it
 * costs, and what is a bug of the caller. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/value.h"
#include "common/store/kv_impl.h"
#include "common/store/scopes.h"
#include "tests/lib/death.h"
#include "tests/lib/store.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define SUMMARY OKR_SCOPE(2, OKR_DEPTH_SUMMARY)
#define DETAIL OKR_SCOPE(2, OKR_DEPTH_DETAIL)
enum { ADA = 1, UNIT = 2, CYCLE = 3, GOAL = 4, RESULT = 5, PARENT = 6 };

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

/* An objective with all that is indexed of one. */
static struct okr_record *objective(struct okr_test_store *s, okr_lsn lsn)
{
    struct okr_record *o = okr_test_record(s->arena, GOAL, OKR_KIND_OBJECTIVE);
    okr_test_home(&o, s->arena, SUMMARY, lsn);
    okr_test_ref(&o, s->arena, OKR_F_O_CYCLE, CYCLE, lsn);
    okr_test_text(&o, s->arena, OKR_F_O_TITLE, "Grow", lsn);
    okr_test_ref(&o, s->arena, OKR_F_O_OWNER, ADA, lsn);
    okr_test_ref(&o, s->arena, OKR_F_O_UNIT, UNIT, lsn);
    okr_test_ref(&o, s->arena, OKR_F_CONTRIBUTES_TO, PARENT, lsn);
    return o;
}

static struct okr_record *get(struct okr_test_store *s, bool view, unsigned n)
{
    struct okr_space space = okr_test_space(s, view);
    struct okr_record *record = NULL;
    struct okr_id id = okr_test_id(n);
    enum okr_err err = okr_entity_get(&space, &id, &record);
    if (err == OKR_ERR_NOTFOUND)
        return NULL;
    OK(err);
    return record;
}

static void put(struct okr_test_store *s, bool view, struct okr_record *now)
{
    struct okr_space space = okr_test_space(s, view);
    struct okr_record *old = NULL;
    enum okr_err err = okr_entity_get(&space, &now->id, &old);
    assert_true(err == OKR_OK || err == OKR_ERR_NOTFOUND);
    OK(okr_entity_put(&space, old, now));
}

static void assert_ids(struct okr_ids got, const unsigned *want, size_t n)
{
    assert_int_equal(got.n, n);
    for (size_t i = 0; i < n; i++) {
        struct okr_id id = okr_test_id(want[i]);
        assert_true(okr_id_eq(&got.at[i], &id));
    }
}

/* The one entity that is found, 0 for none. */
static void assert_found(struct okr_test_store *s, bool view, uint16_t field,
                         unsigned value, unsigned want)
{
    struct okr_space space = okr_test_space(s, view);
    struct okr_id id = okr_test_id(value);
    struct okr_ids ids;
    OK(okr_index_find(&space, OKR_KIND_OBJECTIVE, field, okr_id_slice(&id),
                      &ids));
    assert_ids(ids, &want, want != 0);
}

static struct okr_scope_row scope(struct okr_test_store *s, okr_scope number)
{
    struct okr_scope_row row;
    OK(okr_scope_get(s->txn, number, &row));
    return row;
}

static void assert_b2(const struct okr_scope_row *row,
                      const struct okr_record *record, struct okr_arena *arena)
{
    uint8_t b2[OKR_B2_LEN];
    OK(okr_entity_b2(record, arena, b2));
    struct okr_digest want = okr_digest_of(b2);
    assert_true(okr_digest_eq(&row->digest, &want));
}

static void what_is_put_comes_back(void **state)
{
    struct okr_test_store *s = *state;
    assert_null(get(s, false, GOAL));
    struct okr_record *o = objective(s, 7);
    o->entered = UINT64_C(0x0102030405060708);
    put(s, false, o);
    okr_test_store_next(s, true);
    struct okr_record *got = get(s, false, GOAL);
    assert_int_equal(got->kind, OKR_KIND_OBJECTIVE);
    assert_true(got->entered == o->entered);
    assert_true(okr_id_eq(&got->id, &o->id));
    assert_int_equal(okr_record_elsn(got), 7);
    assert_int_equal(okr_record_home(got), SUMMARY);
    assert_true(okr_slice_is(okr_record_text(got, OKR_F_O_TITLE), "Grow"));
    struct okr_scope_row row = scope(s, SUMMARY);
    assert_int_equal(row.count, 1);
    assert_int_equal(row.met, 7);
    assert_b2(&row, o, s->arena);
}

/* What was read stays, whatever is written afterwards. */
static void a_record_outlives_the_next_write(void **state)
{
    struct okr_test_store *s = *state;
    put(s, false, objective(s, 7));
    struct okr_record *before = get(s, false, GOAL), *now = before;
    okr_test_text(&now, s->arena, OKR_F_O_TITLE, "Grow a lot faster", 8);
    put(s, false, now);
    assert_true(okr_slice_is(okr_record_text(before, OKR_F_O_TITLE), "Grow"));
}

static void b2_is_over_id_and_encoding(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_record *o = objective(s, 7);
    struct okr_buf buf;
    uint8_t want[OKR_B2_LEN], got[OKR_B2_LEN];
    okr_buf_init(&buf, s->arena);
    okr_buf_put(&buf, okr_id_slice(&o->id));
    okr_record_encode(o, &buf);
    okr_blake2b(okr_buf_slice(&buf), want);
    OK(okr_entity_b2(o, s->arena, got));
    assert_memory_equal(got, want, sizeof got);
    /* How a copy got here is not part of what it is. */
    o->entered = 99;
    OK(okr_entity_b2(o, s->arena, got));
    assert_memory_equal(got, want, sizeof got);
}

static void joining_an_old_copy_changes_nothing(void **state)
{
    struct okr_test_store *s = *state;
    put(s, false, objective(s, 7));
    struct okr_scope_row before = scope(s, SUMMARY);
    struct okr_record *copy = get(s, false, GOAL);
    put(s, false, okr_record_join(copy, objective(s, 6), s->arena));
    struct okr_scope_row after = scope(s, SUMMARY);
    assert_true(okr_digest_eq(&before.digest, &after.digest));
    assert_int_equal(after.count, 1);
    assert_int_equal(after.met, 7);
}

/* ---- what a write costs -------------------------------------------------- */

static uint64_t writes(const struct okr_test_store *s)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < OKR_TABLE_COUNT; i++)
        sum += s->txn->writes[i];
    return sum;
}

static void a_put_writes_what_changes(void **state)
{
    struct okr_test_store *s = *state;
    uint64_t before = writes(s);
    put(s, false, objective(s, 7));
    /* entity, kind, unit, cycle, owner, contributes_to, changed, scope */
    assert_int_equal(writes(s) - before, 8);
    struct okr_record *now = get(s, false, GOAL);
    okr_test_text(&now, s->arena, OKR_F_O_TITLE, "Shrink", 8);
    before = writes(s);
    put(s, false, now);
    /* entity, changed out and in, scope */
    assert_int_equal(writes(s) - before, 4);
    assert_int_equal(s->txn->writes[OKR_TABLE_INDEX], 5);
    okr_test_ref(&now, s->arena, OKR_F_O_OWNER, ADA + 10, 9);
    before = writes(s);
    put(s, false, now);
    assert_int_equal(writes(s) - before, 6);
}

/* ---- moves --------------------------------------------------------------- */

static void assert_changed(struct okr_test_store *s, okr_scope number,
                           const struct okr_changed *want, size_t want_n)
{
    struct okr_changed *got;
    size_t n;
    OK(okr_changed_after(s->txn, number, 0, NULL, 9, s->arena, &got, &n));
    assert_int_equal(n, want_n);
    for (size_t i = 0; i < n; i++) {
        struct okr_id id = okr_test_id(GOAL);
        assert_true(okr_id_eq(&got[i].id, &id));
        assert_int_equal(got[i].elsn, want[i].elsn);
        assert_int_equal(got[i].gone, want[i].gone);
    }
}

static void a_move_leaves_a_gone_row(void **state)
{
    struct okr_test_store *s = *state;
    put(s, false, objective(s, 7));
    struct okr_record *now = get(s, false, GOAL);
    okr_test_home(&now, s->arena, DETAIL, 9);
    okr_test_text(&now, s->arena, OKR_F_O_TITLE, "Shrink", 12);
    put(s, false, now);
    /* It left with the move, whatever happened to it later. */
    assert_changed(s, SUMMARY, &(struct okr_changed){.elsn = 9, .gone = true},
                   1);
    assert_changed(s, DETAIL, &(struct okr_changed){.elsn = 12}, 1);
    struct okr_scope_row left = scope(s, SUMMARY), came = scope(s, DETAIL);
    assert_true(left.count == 0 && left.digest.lo == 0 && left.digest.hi == 0);
    assert_int_equal(left.met, 9);
    assert_int_equal(came.count, 1);
    assert_int_equal(came.met, 12);
    assert_b2(&came, now, s->arena);
    /* And back: the gone row stays, for those who have not seen it. */
    okr_test_home(&now, s->arena, SUMMARY, 15);
    put(s, false, now);
    const struct okr_changed back[] = {{.elsn = 9, .gone = true}, {.elsn = 15}};
    assert_changed(s, SUMMARY, back, 2);
    assert_changed(s, DETAIL, &(struct okr_changed){.elsn = 15, .gone = true},
                   1);
}

static void met_never_falls(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_scope_row row = {.head = 5, .met = 100, .cursor = 4};
    OK(okr_scope_put(s->txn, SUMMARY, &row));
    put(s, false, objective(s, 7));
    row = scope(s, SUMMARY);
    assert_int_equal(row.met, 100);
    /* What is not about entities is left as it was. */
    assert_int_equal(row.head, 5);
    assert_int_equal(row.cursor, 4);
}

static void a_drop_leaves_nothing_but_the_lsn(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_space space = okr_test_space(s, false);
    struct okr_id id = okr_test_id(GOAL);
    okr_lsn left = 7;
    OK(okr_entity_gone(&space, &id, &left));
    assert_int_equal(left, 0);
    static const okr_lsn at[] = {20, 9, 30, 0};
    static const okr_lsn want[] = {20, 20, 30, 30};
    for (size_t i = 0; i < 4; i++) {
        put(s, false, objective(s, 7));
        OK(okr_entity_drop(&space, get(s, false, GOAL), at[i]));
        OK(okr_entity_gone(&space, &id, &left));
        assert_int_equal(left, want[i]);
        assert_int_equal(scope(s, SUMMARY).met, want[i]);
    }
    uint64_t rows;
    OK(okr_kv_count(s->txn, OKR_TABLE_ENTITY, &rows));
    assert_int_equal(rows, 0);
    OK(okr_kv_count(s->txn, OKR_TABLE_INDEX, &rows));
    assert_int_equal(rows, 0);
    OK(okr_kv_count(s->txn, OKR_TABLE_CHANGED, &rows));
    assert_int_equal(rows, 0);
    assert_true(scope(s, SUMMARY).count == 0 &&
                scope(s, SUMMARY).digest.lo == 0);
}

/* ---- look-ups ------------------------------------------------------------ */

static void unique_texts_are_found_folded(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_space space = okr_test_space(s, false);
    struct okr_record *ada = okr_test_record(s->arena, ADA, OKR_KIND_PERSON);
    okr_test_home(&ada, s->arena, OKR_SCOPE_COMPANY, 3);
    okr_test_text(&ada, s->arena, OKR_F_MAIL, "Ada@Example.org", 3);
    put(s, false, ada);
    struct okr_ids ids;
    static const unsigned want[] = {ADA};
    OK(okr_index_find(&space, OKR_KIND_PERSON, OKR_F_MAIL,
                      OKR_SLICE_LIT(" aDA@example.ORG"), &ids));
    assert_ids(ids, want, 1);
    /* Other spelling, same name: the row is the same one. */
    uint64_t before = s->txn->writes[OKR_TABLE_INDEX];
    okr_test_text(&ada, s->arena, OKR_F_MAIL, "ada@example.org", 4);
    put(s, false, ada);
    assert_int_equal(s->txn->writes[OKR_TABLE_INDEX], before);
    /* What is no text cannot be stored, but it may be asked for. */
    OK(okr_index_find(&space, OKR_KIND_PERSON, OKR_F_MAIL,
                      OKR_SLICE_LIT("\xff\xfe"), &ids));
    assert_int_equal(ids.n, 0);
}

static void common_fields_are_found_by_kind(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_space space = okr_test_space(s, false);
    struct okr_record *o = objective(s, 7);
    struct okr_record *k =
        okr_test_record(s->arena, RESULT, OKR_KIND_KEY_RESULT);
    okr_test_home(&k, s->arena, SUMMARY, 7);
    okr_test_text(&o, s->arena, OKR_F_IMPORT_KEY, "row 1", 7);
    okr_test_text(&k, s->arena, OKR_F_IMPORT_KEY, "row 1", 7);
    put(s, false, o);
    put(s, false, k);
    struct okr_ids ids;
    static const unsigned goal[] = {GOAL}, result[] = {RESULT};
    OK(okr_index_find(&space, OKR_KIND_OBJECTIVE, OKR_F_IMPORT_KEY,
                      OKR_SLICE_LIT("row 1"), &ids));
    assert_ids(ids, goal, 1);
    OK(okr_index_find(&space, OKR_KIND_KEY_RESULT, OKR_F_IMPORT_KEY,
                      OKR_SLICE_LIT("row 1"), &ids));
    assert_ids(ids, result, 1);
}

static void references_find_at_most_what_is_asked(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_space space = okr_test_space(s, false);
    for (unsigned n = 0; n < 5; n++) {
        struct okr_record *t = okr_test_record(s->arena, n, OKR_KIND_TASK);
        okr_test_home(&t, s->arena, DETAIL, 7);
        put(s, false, t);
    }
    struct okr_ids ids;
    static const unsigned first[] = {0, 1, 2, 3, 4}, third[] = {3};
    OK(okr_index_ref(&space, OKR_KIND_TASK, OKR_SLICE_LIT("0"), 3, &ids));
    assert_ids(ids, first, 3);
    OK(okr_index_ref(&space, OKR_KIND_TASK, OKR_SLICE_LIT("0"), 99, &ids));
    assert_ids(ids, first, 5);
    OK(okr_index_ref(&space, OKR_KIND_TASK, OKR_SLICE_LIT("01G"), 99, &ids));
    assert_ids(ids, third, 1); /* 24 in the first 14 bits */
    OK(okr_index_ref(&space, OKR_KIND_COMMENT, OKR_SLICE_LIT("0"), 99, &ids));
    assert_int_equal(ids.n, 0);
}

/* An index that cannot be read is no answer, least of all an empty one. */
static void a_row_of_another_form_is_damage(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_space view = okr_test_space(s, true);
    static const struct {
        enum okr_table table;
        size_t key_len;
        const char *value;
    } rows[] = {
        {OKR_TABLE_INDEX, 35, ""},      {OKR_TABLE_INDEX, 37, ""},
        {OKR_TABLE_INDEX, 36, "x"},     {OKR_TABLE_VIEW_INDEX, 35, "\1"},
        {OKR_TABLE_VIEW_INDEX, 36, ""}, {OKR_TABLE_VIEW_INDEX, 36, "\1x"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t key[37] = {0, OKR_KIND_TASK};
        struct okr_ids ids = {.n = 7};
        okr_test_store_next(s, false);
        view.txn = s->txn;
        OK(okr_kv_put(s->txn, rows[i].table, okr_slice_of(key, rows[i].key_len),
                      okr_slice_str(rows[i].value)));
        assert_int_equal(okr_index_kind(&view, OKR_KIND_TASK, &ids),
                         OKR_ERR_CORRUPT);
        assert_int_equal(ids.n, 7);
    }
}

/* ---- the view ------------------------------------------------------------ */

static void the_view_lies_over_the_confirmed_copy(void **state)
{
    struct okr_test_store *s = *state;
    put(s, false, objective(s, 7));
    struct okr_record *now = get(s, true, GOAL);
    assert_int_equal(okr_record_elsn(now), 7);
    okr_test_ref(&now, s->arena, OKR_F_O_OWNER, ADA + 10, OKR_LSN_PENDING | 1);
    put(s, true, now);
    assert_int_equal(okr_record_elsn(get(s, false, GOAL)), 7);
    assert_true(okr_record_elsn(get(s, true, GOAL)) == (OKR_LSN_PENDING | 1));
    assert_found(s, false, OKR_F_O_OWNER, ADA, GOAL);
    assert_found(s, false, OKR_F_O_OWNER, ADA + 10, 0);
    assert_found(s, true, OKR_F_O_OWNER, ADA, 0);
    assert_found(s, true, OKR_F_O_OWNER, ADA + 10, GOAL);
    assert_int_equal(scope(s, SUMMARY).met, 7);
    /* Only what differs: one row hidden, one added. */
    uint64_t rows;
    OK(okr_kv_count(s->txn, OKR_TABLE_VIEW_INDEX, &rows));
    assert_int_equal(rows, 2);
    /* Taken back, nothing differs. */
    okr_test_ref(&now, s->arena, OKR_F_O_OWNER, ADA, OKR_LSN_PENDING | 2);
    put(s, true, now);
    OK(okr_kv_count(s->txn, OKR_TABLE_VIEW_INDEX, &rows));
    assert_int_equal(rows, 0);
    OK(okr_view_clear(s->txn));
    assert_int_equal(okr_record_elsn(get(s, true, GOAL)), 7);
}

static void children_in_the_view_have_their_kind(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_space view = okr_test_space(s, true);
    struct okr_id goal = okr_test_id(GOAL);
    struct okr_record *k =
        okr_test_record(s->arena, RESULT, OKR_KIND_KEY_RESULT);
    okr_test_ref(&k, s->arena, OKR_F_KR_OBJECTIVE, GOAL, OKR_LSN_PENDING | 1);
    put(s, true, k);
    struct okr_ids ids;
    static const unsigned want[] = {RESULT};
    OK(okr_index_children(&view, &goal, OKR_KIND_KEY_RESULT, &ids));
    assert_ids(ids, want, 1);
    OK(okr_index_children(&view, &goal, 0, &ids));
    assert_ids(ids, want, 1);
    OK(okr_index_children(&view, &goal, OKR_KIND_TASK, &ids));
    assert_int_equal(ids.n, 0);
}

/* ---- bugs of the caller -------------------------------------------------- */

struct bug {
    struct okr_test_store store;
    struct okr_space space;
    struct okr_record *stored;
};

/* In memory, with one objective.  An error ends the act: no death, no pass. */
static struct bug bug_begin(void)
{
    struct bug bug = {.stored = NULL};
    okr_test_store_open(&bug.store);
    bug.space = okr_test_space(&bug.store, false);
    bug.stored = objective(&bug.store, 7);
    if (okr_entity_put(&bug.space, NULL, bug.stored) != OKR_OK)
        bug.stored = NULL;
    return bug;
}

static enum okr_err ignored;

static void put_as_new(void)
{
    struct bug bug = bug_begin();
    ignored = okr_entity_put(&bug.space, NULL, objective(&bug.store, 8));
}

static void put_over_another_old(void)
{
    struct bug bug = bug_begin();
    ignored = okr_entity_put(&bug.space, objective(&bug.store, 6),
                             objective(&bug.store, 8));
}

static void put_over_nothing(void)
{
    struct bug bug = bug_begin();
    struct okr_record *t = okr_test_record(bug.store.arena, 9, OKR_KIND_TASK);
    okr_test_home(&t, bug.store.arena, DETAIL, 7);
    ignored = okr_entity_put(&bug.space, t, t);
}

static void put_without_home(void)
{
    struct bug bug = bug_begin();
    struct okr_record *t = okr_test_record(bug.store.arena, 9, OKR_KIND_TASK);
    ignored = okr_entity_put(&bug.space, NULL, t);
}

static void put_pending(void)
{
    struct bug bug = bug_begin();
    struct okr_record *now = bug.stored;
    okr_test_text(&now, bug.store.arena, OKR_F_O_TITLE, "x",
                  OKR_LSN_PENDING | 1);
    ignored = okr_entity_put(&bug.space, bug.stored, now);
}

static void drop_from_the_view(void)
{
    struct bug bug = bug_begin();
    bug.space.view = true;
    ignored = okr_entity_drop(&bug.space, bug.stored, 9);
}

static void find_by_what_is_not_indexed(void)
{
    struct bug bug = bug_begin();
    struct okr_ids ids;
    ignored = okr_index_find(&bug.space, OKR_KIND_OBJECTIVE, OKR_F_O_TITLE,
                             OKR_SLICE_LIT("Grow"), &ids);
}

static void bugs_end_the_process(void **state)
{
    (void)state;
    static void (*const acts[])(void) = {put_as_new,
                                         put_over_another_old,
                                         put_over_nothing,
                                         put_without_home,
                                         put_pending,
                                         drop_from_the_view,
                                         find_by_what_is_not_indexed};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        assert_true(okr_death_of(acts[i], NULL));
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
        BOTH(what_is_put_comes_back),
        BOTH(a_record_outlives_the_next_write),
        BOTH(b2_is_over_id_and_encoding),
        BOTH(joining_an_old_copy_changes_nothing),
        BOTH(a_put_writes_what_changes),
        BOTH(a_move_leaves_a_gone_row),
        BOTH(met_never_falls),
        BOTH(a_drop_leaves_nothing_but_the_lsn),
        BOTH(unique_texts_are_found_folded),
        BOTH(common_fields_are_found_by_kind),
        BOTH(references_find_at_most_what_is_asked),
        BOTH(a_row_of_another_form_is_damage),
        BOTH(the_view_lies_over_the_confirmed_copy),
        BOTH(children_in_the_view_have_their_kind),
        cmocka_unit_test(bugs_end_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
