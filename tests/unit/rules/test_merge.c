/* Concurrent or not, and what becomes of it; small cases exhaustively. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rules/merge.h"

enum { FIELD = 20 };

static const struct okr_epoch_span epochs[] = {{1, 0}, {2, 100}, {3, 200}};

static bool concurrent_with(okr_lsn reg_lsn, uint32_t epoch, okr_lsn seen)
{
    struct okr_reg reg = {
        .field = FIELD, .form = OKR_REG_VALUE, .lsn = reg_lsn};
    struct okr_seen s = {.form = OKR_SEEN_LSN, .epoch = epoch, .lsn = seen};
    return okr_merge_concurrent(&reg, &s, 0, epochs, 3);
}

static void a_field_never_written_has_no_rival(void **state)
{
    (void)state;
    const struct okr_seen seen[] = {
        {.form = OKR_SEEN_NOTHING},
        {.form = OKR_SEEN_LSN, .epoch = 9, .lsn = 5},
        {.form = OKR_SEEN_OP},
    };
    for (size_t i = 0; i < 3; i++)
        assert_false(okr_merge_concurrent(NULL, &seen[i], 0, epochs, 3));
}

static void later_than_seen_is_concurrent(void **state)
{
    (void)state;
    assert_false(concurrent_with(250, 3, 250));
    assert_false(concurrent_with(249, 3, 250));
    assert_true(concurrent_with(251, 3, 250));
    assert_true(concurrent_with(OKR_LSN_PENDING | 1, 3, 250));
}

/* Numbers above the end of an older epoch were issued again: what was seen
 * there is gone. */
static void what_was_rolled_back_was_not_seen(void **state)
{
    (void)state;
    assert_false(concurrent_with(150, 2, 200)); /* the last one that held */
    assert_true(concurrent_with(150, 2, 201));  /* rolled back */
    assert_true(concurrent_with(201, 2, 200));  /* written after */
    assert_false(concurrent_with(90, 1, 100));
    assert_true(concurrent_with(90, 1, 101));
    assert_true(concurrent_with(90, 1, 150));
    assert_true(concurrent_with(90, 4, 100)); /* an epoch unknown here */
    assert_true(concurrent_with(90, 0, 100));
}

/* The second restore went further back than the first. */
static void a_later_restore_may_reach_further_back(void **state)
{
    (void)state;
    static const struct okr_epoch_span back[] = {{1, 0}, {2, 100}, {3, 50}};
    struct okr_reg reg = {.field = FIELD, .form = OKR_REG_VALUE, .lsn = 40};
    struct okr_seen seen = {.form = OKR_SEEN_LSN, .epoch = 1, .lsn = 80};
    assert_true(okr_merge_concurrent(&reg, &seen, 0, back, 3));
    seen.lsn = 50;
    assert_false(okr_merge_concurrent(&reg, &seen, 0, back, 3));
    assert_true(okr_merge_concurrent(&reg, &seen, 0, NULL, 0));
}

/* One's second offline edit does not conflict with one's first. */
static void the_own_pending_value_was_seen(void **state)
{
    (void)state;
    struct okr_seen seen = {.form = OKR_SEEN_OP};
    struct okr_reg reg = {.field = FIELD, .form = OKR_REG_VALUE, .lsn = 7};
    assert_false(okr_merge_concurrent(&reg, &seen, 7, epochs, 3));
    assert_true(okr_merge_concurrent(&reg, &seen, 6, epochs, 3));
    assert_true(okr_merge_concurrent(&reg, &seen, 8, epochs, 3));
    assert_true(okr_merge_concurrent(&reg, &seen, 0, epochs, 3));
    reg.lsn = 0;
    assert_true(okr_merge_concurrent(&reg, &seen, 0, epochs, 3));
    reg.lsn = OKR_LSN_PENDING | 3;
    assert_false(
        okr_merge_concurrent(&reg, &seen, OKR_LSN_PENDING | 3, epochs, 3));
}

static void who_saw_nothing_saw_no_value(void **state)
{
    (void)state;
    struct okr_seen seen = {.form = OKR_SEEN_NOTHING};
    struct okr_reg reg = {.field = FIELD, .form = OKR_REG_VALUE, .lsn = 7};
    assert_true(okr_merge_concurrent(&reg, &seen, 0, epochs, 3));
    reg.form = OKR_REG_UNSET;
    assert_true(okr_merge_concurrent(&reg, &seen, 0, epochs, 3));
    reg.form = OKR_REG_PRESENT; /* elements are added and removed blind */
    assert_false(okr_merge_concurrent(&reg, &seen, 0, epochs, 3));
    reg.form = OKR_REG_ABSENT;
    assert_false(okr_merge_concurrent(&reg, &seen, 0, epochs, 3));
}

/* ---- acts --------------------------------------------------------------- */

static enum okr_merge_act act(enum okr_merge merge, const char *is,
                              const char *wanted, bool concurrent)
{
    struct okr_reg reg = {.field = FIELD, .lsn = 7};
    struct okr_change change = {.field = FIELD};
    reg.form = is == NULL ? OKR_REG_UNSET : OKR_REG_VALUE;
    change.form = wanted == NULL ? OKR_REG_UNSET : OKR_REG_VALUE;
    reg.data = is == NULL ? OKR_SLICE_NONE : okr_slice_str(is);
    change.data = wanted == NULL ? OKR_SLICE_NONE : okr_slice_str(wanted);
    return okr_merge_act(merge, &reg, &change, concurrent);
}

static void what_is_alone_is_written(void **state)
{
    (void)state;
    static const enum okr_merge merges[] = {OKR_MERGE_LAST, OKR_MERGE_KEPT,
                                            OKR_MERGE_SWAP, OKR_MERGE_DERIVED};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(act(merges[i], "a", "b", false), OKR_ACT_WRITE);
        assert_int_equal(act(merges[i], "a", NULL, false), OKR_ACT_WRITE);
        assert_int_equal(act(merges[i], NULL, "b", false), OKR_ACT_WRITE);
        assert_int_equal(act(merges[i], "a", "a", false), OKR_ACT_NOTHING);
        assert_int_equal(act(merges[i], NULL, NULL, false), OKR_ACT_NOTHING);
    }
}

static void what_meets_goes_by_the_field(void **state)
{
    (void)state;
    assert_int_equal(act(OKR_MERGE_LAST, "a", "b", true), OKR_ACT_REPLACE);
    assert_int_equal(act(OKR_MERGE_LAST, NULL, "b", true), OKR_ACT_REPLACE);
    assert_int_equal(act(OKR_MERGE_LAST, "a", NULL, true), OKR_ACT_REPLACE);
    assert_int_equal(act(OKR_MERGE_KEPT, "a", "b", true), OKR_ACT_KEEP_ASIDE);
    assert_int_equal(act(OKR_MERGE_KEPT, NULL, "b", true), OKR_ACT_KEEP_ASIDE);
    assert_int_equal(act(OKR_MERGE_KEPT, "a", NULL, true), OKR_ACT_KEEP_ASIDE);
    assert_int_equal(act(OKR_MERGE_SWAP, "a", "b", true), OKR_ACT_STALE);
}

/* Two who want the same do not disagree; but two who approve at once would
 * both believe that they decided. */
static void the_same_wish_twice(void **state)
{
    (void)state;
    assert_int_equal(act(OKR_MERGE_LAST, "a", "a", true), OKR_ACT_NOTHING);
    assert_int_equal(act(OKR_MERGE_KEPT, "a", "a", true), OKR_ACT_NOTHING);
    assert_int_equal(act(OKR_MERGE_SWAP, "a", "a", true), OKR_ACT_STALE);
    /* An empty value is not "no value". */
    assert_int_equal(act(OKR_MERGE_LAST, NULL, "", false), OKR_ACT_WRITE);
}

static void what_is_given_once_stays(void **state)
{
    (void)state;
    struct okr_change change = {
        .field = FIELD, .form = OKR_REG_VALUE, .data = OKR_SLICE_LIT("a")};
    assert_int_equal(okr_merge_act(OKR_MERGE_ONCE, NULL, &change, false),
                     OKR_ACT_WRITE);
    assert_int_equal(act(OKR_MERGE_ONCE, "a", "b", false), OKR_ACT_STALE);
    assert_int_equal(act(OKR_MERGE_ONCE, "a", "a", false), OKR_ACT_NOTHING);
}

static void fields_and_elements_that_were_never_there(void **state)
{
    (void)state;
    struct okr_change change = {.field = FIELD, .form = OKR_REG_UNSET};
    assert_int_equal(okr_merge_act(OKR_MERGE_LAST, NULL, &change, false),
                     OKR_ACT_NOTHING);
    change.data = OKR_SLICE_LIT("x");
    change.form = OKR_REG_ABSENT;
    assert_int_equal(okr_merge_act(OKR_MERGE_LAST, NULL, &change, false),
                     OKR_ACT_NOTHING);
    change.form = OKR_REG_PRESENT;
    assert_int_equal(okr_merge_act(OKR_MERGE_LAST, NULL, &change, false),
                     OKR_ACT_WRITE);
    struct okr_reg reg = {
        .field = FIELD, .form = OKR_REG_ABSENT, .data = OKR_SLICE_LIT("x")};
    assert_int_equal(okr_merge_act(OKR_MERGE_LAST, &reg, &change, false),
                     OKR_ACT_WRITE);
    reg.form = OKR_REG_PRESENT;
    assert_int_equal(okr_merge_act(OKR_MERGE_LAST, &reg, &change, false),
                     OKR_ACT_NOTHING);
}

/* Whatever is written is never silently lost: each act either writes the
 * value, keeps it aside, tells its author, or finds it there already. */
static void no_wish_is_dropped(void **state)
{
    (void)state;
    static const char *const values[] = {NULL, "", "a", "b"};
    for (int merge = OKR_MERGE_LAST; merge <= OKR_MERGE_DERIVED; merge++)
        for (size_t i = 0; i < 4; i++)
            for (size_t k = 0; k < 4; k++)
                for (int concurrent = 0; concurrent < 2; concurrent++) {
                    enum okr_merge_act a = act((enum okr_merge)merge, values[i],
                                               values[k], concurrent != 0);
                    assert_true(i == k || a != OKR_ACT_NOTHING);
                    assert_true(i != k || a == OKR_ACT_NOTHING ||
                                a == OKR_ACT_STALE);
                    assert_true(concurrent != 0 || a != OKR_ACT_REPLACE);
                    assert_true(concurrent != 0 || a != OKR_ACT_KEEP_ASIDE);
                }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_never_written_has_no_rival),
        cmocka_unit_test(later_than_seen_is_concurrent),
        cmocka_unit_test(what_was_rolled_back_was_not_seen),
        cmocka_unit_test(a_later_restore_may_reach_further_back),
        cmocka_unit_test(the_own_pending_value_was_seen),
        cmocka_unit_test(who_saw_nothing_saw_no_value),
        cmocka_unit_test(what_is_alone_is_written),
        cmocka_unit_test(what_meets_goes_by_the_field),
        cmocka_unit_test(the_same_wish_twice),
        cmocka_unit_test(what_is_given_once_stays),
        cmocka_unit_test(fields_and_elements_that_were_never_there),
        cmocka_unit_test(no_wish_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
