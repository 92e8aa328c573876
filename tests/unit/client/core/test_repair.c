/* A copy that differs from the server's, and how it is mended. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/replica/repair.h"
#include "tests/lib/office.h"

#define SH OKR_OFFICE_SH

static struct okr_office o;
static struct okr_id goals[8];

static int open_office(void **state)
{
    (void)state;
    static const char *const titles[] = {"a", "b", "c", "d",
                                         "e", "f", "g", "h"};
    okr_office_open(&o, false);
    for (size_t i = 0; i < 8; i++)
        goals[i] = okr_office_objective(&o, titles[i]);
    okr_office_live(&o);
    return 0;
}

static int close_office(void **state)
{
    (void)state;
    okr_office_close(&o);
    return 0;
}

/* The next message of the type; whatever else waits is dropped. */
static struct okr_msg *take(enum okr_msg_type type)
{
    struct okr_msg *msg;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == type)
            return msg;
    return NULL;
}

/* Drops it from the copy (`title` NULL), or has it say something else. */
static void damage(const struct okr_id *id, const char *title)
{
    struct okr_kv_txn *txn = okr_office_begin(&o);
    struct okr_space space = {.txn = txn, .arena = o.company.arena};
    struct okr_record *record;
    assert_int_equal(okr_entity_get(&space, id, &record), OKR_OK);
    if (title == NULL) {
        assert_int_equal(okr_entity_drop(&space, record, 0), OKR_OK);
    } else {
        struct okr_reg reg = *okr_record_reg(record, OKR_F_O_TITLE);
        reg.data = okr_slice_str(title);
        struct okr_record *other =
            okr_record_with(record, &reg, 1, space.arena);
        other->entered = record->entered;
        assert_int_equal(okr_entity_put(&space, record, other), OKR_OK);
    }
    assert_int_equal(okr_kv_commit(&txn), OKR_OK);
}

/* An objective that the server does not have. */
static struct okr_id invent(okr_lsn lsn)
{
    struct okr_kv_txn *txn = okr_office_begin(&o);
    struct okr_space space = {.txn = txn, .arena = o.company.arena};
    struct okr_record *record, *other;
    assert_int_equal(okr_entity_get(&space, &goals[7], &record), OKR_OK);
    other = okr_record_with(record, NULL, 0, space.arena);
    other->id = okr_company_id(&o.company);
    for (size_t i = 0; i < other->n_regs; i++)
        other->regs[i].lsn = lsn;
    other->entered = lsn;
    assert_int_equal(okr_entity_put(&space, NULL, other), OKR_OK);
    assert_int_equal(okr_kv_commit(&txn), OKR_OK);
    return other->id;
}

static void notice(void)
{
    o.n_out = 0;
    okr_office_publish(&o, okr_office_head(&o, SH));
}

static void answer(struct okr_msg *msg)
{
    assert_non_null(msg);
    okr_office_message(&o, okr_office_answer(&o, msg));
}

static void mended(void)
{
    answer(take(OKR_MSG_PULL));
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_scope(&o, SH).repairs, 0);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
    assert_int_equal(okr_office_state(&o).alarms, 0);
}

static void test_what_is_missing_comes_back(void **state)
{
    (void)state;
    damage(&goals[3], NULL);
    okr_lsn cursor = okr_office_scope(&o, SH).cursor;
    notice();
    assert_true(okr_office_traced(&o, "scope 8 differs"));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
    struct okr_msg *repair = take(OKR_MSG_REPAIR);
    assert_non_null(repair);
    assert_int_equal(repair->u.repair.scope, SH);
    assert_true(okr_office_scope(&o, SH).cursor == cursor);
    struct okr_msg *page = okr_office_answer(&o, repair);
    assert_int_equal(page->u.repaired.n_buckets, 1); /* not all of it */
    okr_office_message(&o, page);
    assert_int_equal(okr_office_scope(&o, SH).repairs, 1);
    mended();
}

/* A register with the right lsn and another value: joining would keep it. */
static void test_what_is_wrong_is_replaced(void **state)
{
    (void)state;
    damage(&goals[1], "zzz");
    damage(&goals[2], "");
    notice();
    answer(take(OKR_MSG_REPAIR));
    mended();
}

static void test_what_is_too_much_goes(void **state)
{
    (void)state;
    struct okr_id extra = invent(okr_office_scope(&o, SH).cursor);
    assert_int_equal(okr_office_count(&o, OKR_KIND_OBJECTIVE, false), 9);
    notice();
    answer(take(OKR_MSG_REPAIR));
    assert_int_equal(okr_office_count(&o, OKR_KIND_OBJECTIVE, false), 8);
    assert_false(okr_id_is_zero(&extra));
    mended();
}

/* What is younger than the list is not told by it. */
static void test_what_is_younger_stays(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    damage(&goals[0], NULL);
    notice();
    struct okr_msg *repair = take(OKR_MSG_REPAIR);
    struct okr_msg *page = okr_office_answer(&o, repair);
    struct okr_id extra = invent(page->u.repaired.as_of + 5);
    uint32_t all[OKR_BUCKETS];
    for (uint32_t i = 0; i < OKR_BUCKETS; i++)
        all[i] = i;
    struct okr_row rows[8];
    struct okr_repair_range range = {.scope = SH,
                                     .as_of = page->u.repaired.as_of,
                                     .to = {.bucket = OKR_BUCKETS},
                                     .buckets = all,
                                     .n_buckets = OKR_BUCKETS,
                                     .rows = rows};
    struct okr_ids ids;
    txn = okr_office_begin(&o);
    struct okr_space space = {.txn = txn, .arena = o.company.arena};
    assert_int_equal(okr_repair_left_over(&space, &range, &ids), OKR_OK);
    okr_kv_abort(&txn);
    assert_int_equal(ids.n, 7); /* but for the one dropped, and the younger */
    for (size_t i = 0; i < ids.n; i++)
        assert_false(okr_id_eq(&ids.at[i], &extra));
}

static void test_registers_that_are_younger_stay(void **state)
{
    (void)state;
    struct okr_kv_txn *txn = okr_office_begin(&o);
    struct okr_space space = {.txn = txn, .arena = o.company.arena};
    struct okr_record *record, *after;
    struct okr_row row;
    struct okr_joined joined;
    assert_int_equal(okr_entity_get(&space, &goals[0], &record), OKR_OK);
    assert_int_equal(okr_record_make_row(record, 0, space.arena, &row), OKR_OK);
    okr_lsn as_of = okr_record_elsn(record) + 10;
    struct okr_reg younger = *okr_record_reg(record, OKR_F_O_TITLE);
    younger.lsn = as_of + 1;
    younger.data = OKR_SLICE_LIT("younger");
    struct okr_record *now = okr_record_with(record, &younger, 1, space.arena);
    now->entered = record->entered;
    assert_int_equal(okr_entity_put(&space, record, now), OKR_OK);
    assert_int_equal(okr_repair_row(&space, SH, as_of, &row, &joined), OKR_OK);
    assert_int_equal(joined.what, OKR_APPLIED_NOTHING);
    assert_int_equal(okr_repair_row(&space, SH, as_of + 1, &row, &joined),
                     OKR_OK);
    assert_int_equal(joined.what, OKR_APPLIED_CHANGED);
    assert_int_equal(okr_entity_get(&space, &goals[0], &after), OKR_OK);
    okr_kv_abort(&txn);
    assert_true(okr_slice_is(okr_record_text(after, OKR_F_O_TITLE), "a"));
}

/* What happens meanwhile is not taken in, and comes with the pull. */
static void test_events_wait(void **state)
{
    (void)state;
    damage(&goals[0], NULL);
    notice();
    struct okr_msg *repair = take(OKR_MSG_REPAIR);
    struct okr_msg *page = okr_office_answer(&o, repair);
    okr_lsn cursor = okr_office_scope(&o, SH).cursor;
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goals[5], OKR_F_O_TITLE, "x");
    okr_office_publish(&o, okr_office_events(&o, SH));
    assert_true(okr_office_scope(&o, SH).cursor == cursor);
    assert_true(okr_office_traced(&o, "held back"));
    okr_office_message(&o, page);
    assert_true(okr_office_scope(&o, SH).cursor == cursor);
    mended();
}

/* In parts; what changes between them comes with the pull behind the first
 * one's state, whichever bucket it is in. */
static void test_in_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++)
        damage(&goals[i], i % 2 == 0 ? "zzz" : NULL);
    o.page_rows = 2;
    notice();
    struct okr_msg *repair = take(OKR_MSG_REPAIR);
    okr_lsn as_of = okr_office_answer(&o, repair)->u.repaired.as_of;
    for (size_t i = 0; i < 3; i++) {
        struct okr_msg *page = okr_office_answer(&o, repair);
        okr_office_message(&o, page);
        repair = take(OKR_MSG_REPAIR);
        for (size_t k = 0; k < 8 && i < 2; k++)
            okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goals[k],
                                OKR_F_O_TITLE, i == 0 ? "once" : "twice");
        if (repair == NULL)
            break;
    }
    while (repair != NULL) {
        okr_office_message(&o, okr_office_answer(&o, repair));
        if (okr_office_traced(&o, "repaired as of"))
            break;
        repair = take(OKR_MSG_REPAIR);
    }
    assert_true(okr_office_scope(&o, SH).cursor == as_of);
    o.page_rows = 0;
    mended();
}

/* Three repairs do not help: all of it comes anew, and somebody is told. */
static void test_a_copy_that_never_agrees(void **state)
{
    (void)state;
    struct okr_msg *head = okr_office_head(&o, SH);
    head->u.head.digest.lo ^= 1;
    o.n_out = 0;
    okr_office_publish(&o, head);
    for (int i = 0; i < 3; i++) {
        answer(take(OKR_MSG_REPAIR));
        assert_int_equal(okr_office_scope(&o, SH).repairs, i + 1);
        assert_int_equal(okr_office_scope(&o, SH).count, 8);
        struct okr_msg *page = okr_office_answer(&o, take(OKR_MSG_PULL));
        page->u.page.sections[0].digest.lo ^= 1;
        okr_office_message(&o, page);
    }
    assert_int_equal(okr_office_state(&o).alarms, OKR_SITE_ALARM_DIGEST);
    assert_int_equal(okr_office_scope(&o, SH).count, 0);
    struct okr_msg *pull = take(OKR_MSG_PULL);
    assert_non_null(pull);
    assert_int_equal(pull->u.pull.wants[0].since, 0);
    struct okr_msg *page = okr_office_answer(&o, pull);
    page->u.page.sections[0].digest.lo ^= 1;
    okr_office_message(&o, page); /* and not once more within an hour */
    assert_int_equal(okr_office_scope(&o, SH).count, 8);
    notice();
    assert_int_equal(okr_office_scope(&o, SH).repairs, 0);
}

/* The sum that is kept is wrong, and everything else is right. */
static void test_a_wrong_sum(void **state)
{
    (void)state;
    struct okr_kv_txn *txn = okr_office_begin(&o);
    struct okr_scope_row row;
    assert_int_equal(okr_scope_get(txn, SH, &row), OKR_OK);
    row.digest.hi ^= 77;
    row.count++;
    assert_int_equal(okr_scope_put(txn, SH, &row), OKR_OK);
    assert_int_equal(okr_kv_commit(&txn), OKR_OK);
    notice();
    answer(take(OKR_MSG_REPAIR));
    mended();
}

/* Busy, an answer that is late, a line that breaks: it goes on, or begins
 * anew, and no repair is counted that did not take place. */
static void test_what_gets_in_between(void **state)
{
    (void)state;
    damage(&goals[0], NULL);
    notice();
    struct okr_msg *repair = take(OKR_MSG_REPAIR);
    struct okr_msg busy = {.type = OKR_MSG_BUSY,
                           .request = repair->request,
                           .u.busy = {.retry_ms = 3000}};
    okr_office_message(&o, &busy);
    assert_null(take(OKR_MSG_REPAIR));
    okr_office_wait(&o, 2900 * 1000);
    assert_null(take(OKR_MSG_REPAIR));
    okr_office_wait(&o, 3200 * 1000);
    repair = take(OKR_MSG_REPAIR);
    assert_non_null(repair);
    okr_office_wait(&o, 16 * (okr_us)1000000);
    struct okr_msg *again = take(OKR_MSG_REPAIR);
    assert_non_null(again);
    okr_office_message(&o, okr_office_answer(&o, repair)); /* late */
    assert_int_equal(okr_office_scope(&o, SH).repairs, 0);
    answer(again);
    mended();
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_office, close_office)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_missing_comes_back),
        TEST(test_what_is_wrong_is_replaced),
        TEST(test_what_is_too_much_goes),
        TEST(test_what_is_younger_stays),
        TEST(test_registers_that_are_younger_stay),
        TEST(test_events_wait),
        TEST(test_in_pages),
        TEST(test_a_copy_that_never_agrees),
        TEST(test_a_wrong_sum),
        TEST(test_what_gets_in_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
