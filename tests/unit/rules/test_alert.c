/* What is owed about a key result: every alert at its very edge. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/rules/alert.h"
#include "tests/lib/made.h"

#define BIT(name) OKR_ALERT_BIT(OKR_ALERT_##name)
enum { START = 1000, END = 1090 };

/* Half way, as expected, checked in today. */
static struct okr_alert_facts good(void)
{
    return (struct okr_alert_facts){
        .published = true,
        .measured = true,
        .has_expected = true,
        .p = 500000,
        .expected = 500000,
        .status = OKR_STATUS_ON_TRACK,
        .has_check_in = true,
        .last_check_in = 1045,
        .has_period = true,
        .start = START,
        .end = END,
        .today = 1045,
    };
}

static unsigned alerts(struct okr_alert_facts f)
{
    struct okr_thresholds t = okr_thresholds_default();
    return okr_alerts_of(&f, &t);
}

static void good_owes_nothing(void **state)
{
    (void)state;
    assert_int_equal(alerts(good()), 0);
}

static void a_check_in_is_due_after_a_cadence(void **state)
{
    (void)state;
    static const struct {
        bool said;
        okr_day last, today;
        enum okr_status status;
        unsigned want;
    } rows[] = {
        {true, 1045, 1051, OKR_STATUS_ON_TRACK, 0},
        {true, 1045, 1052, OKR_STATUS_ON_TRACK, BIT(CHECK_IN_DUE)},
        {true, 1045, 1056, OKR_STATUS_OUTDATED, BIT(OUTDATED)},
        {true, 1045, 1052, OKR_STATUS_ACHIEVED, 0},
        /* Before the first word it counts from the beginning. */
        {false, 0, 1006, OKR_STATUS_PENDING, 0},
        {false, 0, 1007, OKR_STATUS_PENDING, BIT(CHECK_IN_DUE)},
        {false, 0, 1023, OKR_STATUS_OUTDATED, BIT(OUTDATED)},
        /* The last day belongs to the cycle. */
        {true, END - 7, END, OKR_STATUS_ON_TRACK, BIT(CHECK_IN_DUE)},
        /* What was said in the cycle before does not count for this one. */
        {true, 990, 1006, OKR_STATUS_ON_TRACK, 0},
        {true, 990, 999, OKR_STATUS_ON_TRACK, 0},   /* it has not begun */
        {true, 1060, 1045, OKR_STATUS_ON_TRACK, 0}, /* a clock ahead */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_alert_facts f = good();
        f.has_check_in = rows[i].said;
        f.last_check_in = rows[i].last;
        f.today = rows[i].today;
        f.status = rows[i].status;
        assert_int_equal(alerts(f), rows[i].want);
    }
}

static void after_the_end_the_last_word_is_owed(void **state)
{
    (void)state;
    struct okr_alert_facts f = good();
    f.status = OKR_STATUS_OUTDATED;
    f.p = 100000; /* nor is anybody told of a pace that is over */
    f.today = END + 1;
    f.last_check_in = END - 7;
    assert_int_equal(alerts(f), BIT(LATE_CHECK_IN));
    f.last_check_in = END - 6;
    assert_int_equal(alerts(f), 0);
    f.has_check_in = false;
    assert_int_equal(alerts(f), BIT(LATE_CHECK_IN));
    f.closed = true;
    assert_int_equal(alerts(f), 0);
}

static void behind_the_pace(void **state)
{
    (void)state;
    struct okr_alert_facts f = good();
    f.p = 400000;
    assert_int_equal(alerts(f), 0);
    f.p = 399999;
    assert_int_equal(alerts(f), BIT(BEHIND_PACE));
    f.status = OKR_STATUS_OUTDATED; /* first of all somebody has to look */
    assert_int_equal(alerts(f), BIT(OUTDATED));
    f = good();
    f.p = 0;
    f.measured = false; /* nobody knows */
    assert_int_equal(alerts(f), 0);
    f.measured = true;
    f.has_expected = false;
    assert_int_equal(alerts(f), 0);
}

static void blocked_and_nobody_s(void **state)
{
    (void)state;
    struct okr_alert_facts f = good();
    f.blocked = true;
    f.owner_gone = true;
    assert_int_equal(alerts(f), BIT(BLOCKED) | BIT(NO_OWNER));
    f.status = OKR_STATUS_ACHIEVED;
    assert_int_equal(alerts(f), BIT(NO_OWNER));
    f = good();
    f.blocked = true;
    f.has_period = false; /* its cycle is not here */
    f.p = 0;
    f.last_check_in = 0;
    assert_int_equal(alerts(f), BIT(BLOCKED));
}

static void a_draft_owes_nothing(void **state)
{
    (void)state;
    struct okr_alert_facts f = good();
    f.published = false;
    f.blocked = f.owner_gone = true;
    f.p = 0;
    f.last_check_in = 0;
    assert_int_equal(alerts(f), 0);
}

/* V17: stuck at 92,424 while the mood goes from 6 to 0; told while the status
 * is still `at_risk`. */
static void v17_stuck_before_off_track(void **state)
{
    (void)state;
    static const int confidences[] = {6, 6, 5, 4, 3, 2, 1, 0};
    struct okr_thresholds t = okr_thresholds_default();
    struct okr_point points[8];
    size_t stuck_at = 0, off_at = 0, drop_at = 0;
    for (size_t i = 0; i < 8; i++) {
        points[i] = (struct okr_point){true, okr_made_dec("92424"),
                                       confidences[i], (okr_us)i};
        struct okr_alert_facts f = good();
        struct okr_status_facts status = {.measured = true,
                                          .p = 35589,
                                          .confidence = confidences[i],
                                          .has_check_in = true};
        f.p = 35589;
        f.expected = status.expected = okr_rate_div((int64_t)i + 1, 13);
        f.status = okr_status_of(&status, &t);
        f.points = points;
        f.n_points = i + 1;
        unsigned bits = alerts(f);
        if (stuck_at == 0 && (bits & BIT(VALUE_STUCK)) != 0)
            stuck_at = i + 1;
        if (drop_at == 0 && (bits & BIT(CONFIDENCE_DROP)) != 0)
            drop_at = i + 1;
        if (off_at == 0 && f.status == OKR_STATUS_OFF_TRACK)
            off_at = i + 1;
    }
    assert_int_equal(stuck_at, 3);
    assert_int_equal(off_at, 4);
    assert_int_equal(drop_at, 0); /* it went down by one at a time */
}

static void a_drop_of_three(void **state)
{
    (void)state;
    const struct okr_point points[] = {{false, {0}, 8, 1}, {false, {0}, 5, 2}};
    struct okr_alert_facts f = good();
    f.points = points;
    f.n_points = 2;
    assert_int_equal(alerts(f), BIT(CONFIDENCE_DROP));
    f.status = OKR_STATUS_ACHIEVED;
    assert_int_equal(alerts(f), 0);
}

static void a_task_is_overdue_the_day_after(void **state)
{
    (void)state;
    assert_false(okr_alert_overdue(true, 10, 10));
    assert_true(okr_alert_overdue(true, 10, 11));
    assert_false(okr_alert_overdue(false, 0, 11));
}

/* Each has a word of its own and a command that can be typed. */
static void words_and_commands(void **state)
{
    (void)state;
    for (int i = 0; i < OKR_ALERTS; i++) {
        const struct okr_alert_info *info = okr_alert_info((enum okr_alert)i);
        assert_true(strncmp(info->action, "okr ", 4) == 0);
        const char *hole = strstr(info->action, "%s");
        assert_non_null(hole);
        assert_null(strchr(hole + 1, '%'));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(info->word,
                                    okr_alert_info((enum okr_alert)k)->word);
    }
    assert_string_equal(okr_alert_info(OKR_ALERT_NO_OWNER)->word, "no_owner");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_owes_nothing),
        cmocka_unit_test(a_check_in_is_due_after_a_cadence),
        cmocka_unit_test(after_the_end_the_last_word_is_owed),
        cmocka_unit_test(behind_the_pace),
        cmocka_unit_test(blocked_and_nobody_s),
        cmocka_unit_test(a_draft_owes_nothing),
        cmocka_unit_test(v17_stuck_before_off_track),
        cmocka_unit_test(a_drop_of_three),
        cmocka_unit_test(a_task_is_overdue_the_day_after),
        cmocka_unit_test(words_and_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
