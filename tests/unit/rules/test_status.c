/* Status: thresholds at their very edge, the order of the rules, alerts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/rules/progress.h"
#include "common/rules/status.h"
#include "tests/lib/made.h"

static struct okr_thresholds t;

static int set_thresholds(void **state)
{
    (void)state;
    t = okr_thresholds_default();
    return 0;
}

static void v13_pace(void **state)
{
    (void)state;
    assert_int_equal(okr_pace(450000, 500000, &t), OKR_STATUS_ON_TRACK);
    assert_int_equal(okr_pace(450000, 600000, &t), OKR_STATUS_AT_RISK);
    assert_int_equal(okr_pace(450000, 860000, &t), OKR_STATUS_OFF_TRACK);
    assert_int_equal(okr_pace(400000, 500000, &t), OKR_STATUS_ON_TRACK);
    assert_int_equal(okr_pace(399999, 500000, &t), OKR_STATUS_AT_RISK);
    assert_int_equal(okr_pace(250000, 500000, &t), OKR_STATUS_AT_RISK);
    assert_int_equal(okr_pace(249999, 500000, &t), OKR_STATUS_OFF_TRACK);
    struct okr_thresholds strict = t; /* the policy's own */
    strict.on_track_from = 0;
    assert_int_equal(okr_pace(450000, 500000, &strict), OKR_STATUS_AT_RISK);
}

static void confidence(void **state)
{
    (void)state;
    for (int c = -1; c <= 10; c++) {
        enum okr_status want = c < 0    ? OKR_STATUS_PENDING
                               : c <= 3 ? OKR_STATUS_OFF_TRACK
                               : c <= 6 ? OKR_STATUS_AT_RISK
                                        : OKR_STATUS_ON_TRACK;
        assert_int_equal(okr_confidence_status(c, &t), want);
    }
}

/* Measured, checked in today, as expected, confident. */
static struct okr_status_facts good(void)
{
    return (struct okr_status_facts){
        .measured = true,
        .p = 500000,
        .expected = 500000,
        .elapsed = 500000,
        .confidence = 8,
        .has_check_in = true,
        .last_check_in = 1000,
        .today = 1000,
    };
}

static enum okr_status status(struct okr_status_facts f)
{
    return okr_status_of(&f, &t);
}

static void the_worse_of_pace_and_confidence(void **state)
{
    (void)state;
    struct okr_status_facts f = good();
    assert_int_equal(status(f), OKR_STATUS_ON_TRACK);
    f.confidence = 5;
    assert_int_equal(status(f), OKR_STATUS_AT_RISK);
    f.confidence = 2;
    assert_int_equal(status(f), OKR_STATUS_OFF_TRACK);
    f = good();
    f.p = 300000;
    assert_int_equal(status(f), OKR_STATUS_AT_RISK);
    f.confidence = 0;
    assert_int_equal(status(f), OKR_STATUS_OFF_TRACK);
    f.confidence = -1; /* nobody said: pace alone */
    assert_int_equal(status(f), OKR_STATUS_AT_RISK);
    f.measured = false; /* no number yet: confidence alone */
    f.elapsed = 100000;
    f.confidence = 8;
    assert_int_equal(status(f), OKR_STATUS_ON_TRACK);
    f.confidence = -1;
    assert_int_equal(status(f), OKR_STATUS_PENDING);
}

static void silence_is_never_green(void **state)
{
    (void)state;
    struct okr_status_facts f = good();
    f.today = 1010; /* 10 days of 10.5 */
    assert_int_equal(status(f), OKR_STATUS_ON_TRACK);
    f.today = 1011;
    assert_int_equal(status(f), OKR_STATUS_OUTDATED);
    f.confidence = 0;
    assert_int_equal(status(f), OKR_STATUS_OUTDATED);
    struct okr_thresholds even = t;
    even.cadence_days = 14;
    f.today = 1021; /* exactly 1.5 × 14: not longer */
    assert_int_equal(okr_status_of(&f, &even), OKR_STATUS_OFF_TRACK);
    f.today = 1022;
    assert_int_equal(okr_status_of(&f, &even), OKR_STATUS_OUTDATED);
    f = good();
    f.last_check_in = 1005; /* a clock that runs ahead */
    assert_int_equal(status(f), OKR_STATUS_ON_TRACK);
}

static void never_measured_is_outdated_after_a_quarter(void **state)
{
    (void)state;
    struct okr_status_facts f = good();
    f.measured = false;
    f.has_check_in = false;
    f.confidence = -1;
    f.elapsed = 249999;
    assert_int_equal(status(f), OKR_STATUS_PENDING);
    f.elapsed = 250000;
    assert_int_equal(status(f), OKR_STATUS_OUTDATED);
    f.has_check_in = true; /* words, but no number */
    assert_int_equal(status(f), OKR_STATUS_OUTDATED);
    f.measured = true; /* by its milestones: no check-in is needed */
    f.has_check_in = false;
    assert_int_equal(status(f), OKR_STATUS_ON_TRACK);
}

static void closed_then_achieved_come_first(void **state)
{
    (void)state;
    struct okr_status_facts f = good();
    f.today = 2000;
    f.p = 1000000;
    assert_int_equal(status(f), OKR_STATUS_ACHIEVED);
    f.p = 999999;
    assert_int_equal(status(f), OKR_STATUS_OUTDATED);
    f.p = 1000000;
    f.closed = true;
    assert_int_equal(status(f), OKR_STATUS_CLOSED);
    f.p = 0;
    assert_int_equal(status(f), OKR_STATUS_CLOSED);
}

static void the_worst_shows(void **state)
{
    (void)state;
    static const enum okr_status order[] = {
        OKR_STATUS_CLOSED,  OKR_STATUS_ACHIEVED, OKR_STATUS_ON_TRACK,
        OKR_STATUS_PENDING, OKR_STATUS_AT_RISK,  OKR_STATUS_OFF_TRACK,
        OKR_STATUS_OUTDATED};
    for (size_t i = 0; i < 7; i++)
        for (size_t k = 0; k < 7; k++) {
            enum okr_status pair[] = {order[i], order[k]};
            assert_int_equal(okr_status_worst(pair, 2), order[i > k ? i : k]);
        }
    assert_int_equal(okr_status_worst(order, 7), OKR_STATUS_OUTDATED);
    assert_int_equal(okr_status_worst(NULL, 0), OKR_STATUS_PENDING);
}

static void words(void **state)
{
    (void)state;
    assert_string_equal(okr_status_word(OKR_STATUS_ON_TRACK), "on_track");
    assert_string_equal(okr_status_word(OKR_STATUS_CLOSED), "closed");
    for (int i = 0; i <= OKR_STATUS_CLOSED; i++)
        assert_true(strlen(okr_status_word((enum okr_status)i)) > 0);
}

/* ---- alerts ------------------------------------------------------------- */

enum { NONE = -1, N_MAX = 10 };

struct history {
    size_t n;
    const char *values[N_MAX]; /* NULL: none */
    int confidences[N_MAX];
    bool stuck, drop;
};

static void assert_history(const struct history *h)
{
    struct okr_point points[N_MAX] = {{0}};
    for (size_t i = 0; i < h->n; i++) {
        points[i].has_value = h->values[i] != NULL;
        if (h->values[i] != NULL)
            points[i].value = okr_made_dec(h->values[i]);
        points[i].confidence = h->confidences[i];
        points[i].at = (okr_us)i;
    }
    assert_int_equal(okr_alert_stuck(points, h->n), h->stuck);
    assert_int_equal(okr_alert_confidence_drop(points, h->n), h->drop);
}

static void alerts_look_at_the_last_check_ins(void **state)
{
    (void)state;
    static const struct history histories[] = {
        {0, {NULL}, {0}, false, false},
        {1, {"5"}, {3}, false, false},
        {3, {"5", "5", "5"}, {6, 6, 5}, true, false},
        {3, {"5", "5.0", "5"}, {6, 5, 5}, true, false},
        {3, {"5", "5", "5"}, {6, 6, 6}, false, false},
        {3, {"5", "5", "5"}, {5, 6, 7}, false, false},
        {3, {"5", "6", "5"}, {6, 5, 4}, false, false},
        {2, {"5", "5"}, {6, 5}, false, false},
        {4, {"4", "5", "5", "5"}, {9, 6, 6, 6}, false, false},
        {4, {"5", "5", "5", "6"}, {6, 5, 4, 3}, false, false},
        /* "no change" says nothing new of the value, but lowers the mood */
        {5, {"5", "5", NULL, "5", NULL}, {6, 6, 6, 6, 4}, true, false},
        {3, {"5", "5", "5"}, {NONE, 6, NONE}, false, false},
        {3, {"5", "5", "5"}, {NONE, 6, 5}, true, false},
        {2, {NULL, NULL}, {8, 5}, false, true},
        {2, {NULL, NULL}, {8, 6}, false, false},
        {2, {NULL, NULL}, {5, 8}, false, false},
        {3, {NULL}, {8, NONE, 5}, false, true},
        {3, {NULL}, {9, 6, 6}, false, false}, /* was told already */
        {3, {NULL}, {9, 6, NONE}, false, true},
    };
    for (size_t i = 0; i < sizeof histories / sizeof histories[0]; i++)
        assert_history(&histories[i]);
}

/* V17: 86,609→250,000 stuck at 92,424 for 8 weeks of 13, confidence 6→0. */
static void v17_stuck_is_told_before_off_track(void **state)
{
    (void)state;
    static const int confidences[] = {6, 6, 5, 4, 3, 2, 1, 0};
    struct okr_point points[8];
    okr_rate p = okr_dec_share(okr_made_dec("92424"), okr_made_dec("86609"),
                               okr_made_dec("250000"));
    assert_int_equal(p, 35589); /* 5815/163391 */
    size_t stuck_at = 0, off_at = 0;
    for (size_t i = 0; i < 8; i++) {
        points[i] = (struct okr_point){.has_value = true,
                                       .value = okr_made_dec("92424"),
                                       .confidence = confidences[i]};
        struct okr_status_facts f = good();
        f.p = p;
        f.expected = okr_rate_div((int64_t)i + 1, 13);
        f.confidence = confidences[i];
        if (stuck_at == 0 && okr_alert_stuck(points, i + 1))
            stuck_at = i + 1;
        if (off_at == 0 && status(f) == OKR_STATUS_OFF_TRACK)
            off_at = i + 1;
    }
    assert_int_equal(stuck_at, 3);
    assert_int_equal(off_at, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v13_pace),
        cmocka_unit_test(confidence),
        cmocka_unit_test(the_worse_of_pace_and_confidence),
        cmocka_unit_test(silence_is_never_green),
        cmocka_unit_test(never_measured_is_outdated_after_a_quarter),
        cmocka_unit_test(closed_then_achieved_come_first),
        cmocka_unit_test(the_worst_shows),
        cmocka_unit_test(words),
        cmocka_unit_test(alerts_look_at_the_last_check_ins),
        cmocka_unit_test(v17_stuck_is_told_before_off_track),
    };
    return cmocka_run_group_tests(tests, set_thresholds, NULL);
}
