/* Roll-up, expected progress and scores. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/model/dates.h"
#include "common/rules/progress.h"
#include "tests/lib/made.h"

static struct okr_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK;
}

static int free_arena(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

enum { N_MAX = 6, NA = -7 };

struct rollup {
    size_t n;
    okr_rate p[N_MAX]; /* NA: excluded */
    const char *weights[N_MAX];
    okr_rate want;
};

static okr_rate rolled_up(const struct rollup *r)
{
    struct okr_part parts[N_MAX] = {{0}};
    for (size_t i = 0; i < r->n; i++) {
        parts[i].p = r->p[i];
        parts[i].excluded = r->p[i] == NA;
        parts[i].has_weight = r->weights[i] != NULL;
        if (r->weights[i] != NULL)
            parts[i].weight = okr_made_dec(r->weights[i]);
    }
    assert_int_equal(okr_score_rollup(parts, r->n),
                     okr_progress_rollup(parts, r->n));
    return okr_progress_rollup(parts, r->n);
}

static void v6_v7_v8_weighted_means(void **state)
{
    (void)state;
    static const struct rollup rollups[] = {
        {3, {1000000, 0, 0}, {NULL}, 333333}, /* V6 */
        {3, {1000000, 0, 0}, {"0", "50", "50"}, 0},
        {3, {300000, 300000, 400000}, {"0.4", "0.2", "0.4"}, 340000}, /* V7 */
        {2, {1000000, 500000}, {"0", "0"}, 0},                        /* V8 */
        {0, {0}, {NULL}, 0},
        {2, {1500000, 0}, {NULL}, 500000},       /* each is clamped first: V4 */
        {2, {-400000, 1000000}, {NULL}, 500000}, /* V5 */
        {3, {1000000, NA, 0}, {NULL}, 500000},   /* excluded, not 0 */
        {2, {NA, NA}, {NULL}, 0},
        {3, {1000000, NA, 0}, {"1", "98", "1"}, 500000},
        {2, {1000000, NA}, {NULL, "5"}, 1000000}, /* its weight is gone too */
        {2, {1000000, 0}, {"60", NULL}, 1000000}, /* weightless among weighed */
        {2, {1000000, 0}, {"60", "-1"}, 1000000}, /* nonsense counts as 0 */
        {3, {1, 0, 0}, {NULL}, 0},
        {2, {1, 0}, {NULL}, 0}, /* 0.5: to the even one */
        {2, {1, 2}, {NULL}, 2}, /* 1.5: to the even one */
    };
    for (size_t i = 0; i < sizeof rollups / sizeof rollups[0]; i++)
        if (rolled_up(&rollups[i]) != rollups[i].want)
            fail_msg("rollup %zu gives %lld", i,
                     (long long)rolled_up(&rollups[i]));
}

static void v14_scores(void **state)
{
    (void)state;
    static const struct rollup five = {
        5, {330000, 1000000, 1000000, 360000, 390000}, {NULL}, 616000};
    static const struct rollup na = {
        5, {240000, 400000, 50000, 950000, NA}, {NULL}, 410000};
    assert_int_equal(rolled_up(&five), five.want);
    assert_int_equal(rolled_up(&na), na.want);
}

static void v15_stated_totals_are_recomputed(void **state)
{
    (void)state;
    static const struct rollup four = {
        4, {1000000, 400000, 240000, 370000}, {NULL}, 502500};
    okr_rate total = rolled_up(&four);
    assert_int_equal(total, four.want);
    assert_true(okr_score_mismatch(550000, total));
    assert_false(okr_score_mismatch(502500, total));
    assert_false(okr_score_mismatch(502001, total));
    assert_true(okr_score_mismatch(502000, total));
    assert_false(okr_score_mismatch(502999, total));
    assert_true(okr_score_mismatch(503000, total));
}

static void scores_have_one_digit(void **state)
{
    (void)state;
    static const okr_rate rows[][2] = {
        {540219, 500000},  {549999, 500000}, {550000, 600000},
        {650000, 600000},  {-100000, 0},     {1250000, 1000000},
        {960000, 1000000}, {0, 0},           {50000, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(okr_score_of(rows[i][0]), rows[i][1]);
}

static void bands(void **state)
{
    (void)state;
    assert_int_equal(okr_score_band(0), OKR_BAND_RED);
    assert_int_equal(okr_score_band(399999), OKR_BAND_RED);
    assert_int_equal(okr_score_band(400000), OKR_BAND_YELLOW);
    assert_int_equal(okr_score_band(699999), OKR_BAND_YELLOW);
    assert_int_equal(okr_score_band(700000), OKR_BAND_GREEN);
    assert_int_equal(okr_score_band(1000000), OKR_BAND_GREEN);
}

static okr_day day(const char *text)
{
    okr_day d;
    assert_true(okr_day_parse(okr_slice_str(text), &d));
    return d;
}

static void v12_both_ends_are_inside(void **state)
{
    (void)state;
    okr_day start = day("2026-04-01"), end = day("2026-04-30");
    assert_int_equal(okr_expected(start, end, day("2026-04-15")), 500000);
    assert_int_equal(okr_expected(start, end, day("2026-03-31")), 0);
    assert_int_equal(okr_expected(start, end, day("2026-03-01")), 0);
    assert_int_equal(okr_expected(start, end, start), 33333);
    assert_int_equal(okr_expected(start, end, day("2026-04-29")), 966667);
    assert_int_equal(okr_expected(start, end, end), 1000000);
    assert_int_equal(okr_expected(start, end, day("2026-05-01")), 1000000);
    assert_int_equal(okr_expected(start, start, start), 1000000);
    assert_int_equal(okr_expected(start, start, start - 1), 0);
    /* Ends before it begins: no share of it could be meant. */
    assert_int_equal(okr_expected(end, start, end), 1000000);
    assert_int_equal(okr_expected(end, start, start), 0);
    assert_int_equal(okr_expected(INT32_MIN, INT32_MAX, 0), 500000);
}

static okr_rate planned(const char *plan, const char *today)
{
    struct okr_slice list = OKR_SLICE_NONE;
    if (plan[0] != '\0')
        list = okr_made_value(OKR_KIND_KEY_RESULT, OKR_F_PLAN, plan, arena);
    return okr_expected_plan(list, day("2026-04-01"), day(today));
}

static void a_plan_replaces_the_line(void **state)
{
    (void)state;
    const char *plan = "2026-04-10:0.2,2026-04-20:0.8";
    assert_int_equal(planned(plan, "2026-03-20"), 0);
    assert_int_equal(planned(plan, "2026-03-31"), 0);
    assert_int_equal(planned(plan, "2026-04-01"), 20000);
    assert_int_equal(planned(plan, "2026-04-05"), 100000);
    assert_int_equal(planned(plan, "2026-04-10"), 200000);
    assert_int_equal(planned(plan, "2026-04-15"), 500000);
    assert_int_equal(planned(plan, "2026-04-20"), 800000);
    assert_int_equal(planned(plan, "2026-05-30"), 800000);
    assert_int_equal(planned("", "2026-04-15"), 0);
    /* A plan that begins before the key result does. */
    assert_int_equal(planned("2026-03-01:0.1", "2026-02-27"), 0);
    assert_int_equal(planned("2026-03-01:0.1", "2026-03-01"), 100000);
    assert_int_equal(planned("2026-03-01:0.1", "2026-04-15"), 100000);
}

/* The plan of one point, all of it at the end, is the line itself. */
static void the_simplest_plan_is_the_line(void **state)
{
    (void)state;
    okr_day start = day("2026-04-01"), end = day("2026-04-30");
    struct okr_slice plan =
        okr_made_value(OKR_KIND_KEY_RESULT, OKR_F_PLAN, "2026-04-30:1", arena);
    for (okr_day today = start - 5; today <= end + 5; today++)
        assert_int_equal(okr_expected_plan(plan, start, today),
                         okr_expected(start, end, today));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v6_v7_v8_weighted_means),
        cmocka_unit_test(v14_scores),
        cmocka_unit_test(v15_stated_totals_are_recomputed),
        cmocka_unit_test(scores_have_one_digit),
        cmocka_unit_test(bands),
        cmocka_unit_test(v12_both_ends_are_inside),
        cmocka_unit_test(a_plan_replaces_the_line),
        cmocka_unit_test(the_simplest_plan_is_the_line),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
