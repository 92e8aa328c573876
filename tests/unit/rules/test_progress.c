/* Progress by metric: the vectors of docs/domain.md, and the edges. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

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

static void give(const char *text, bool *has, struct okr_dec *dec)
{
    *has = text != NULL;
    if (text != NULL)
        *dec = okr_made_dec(text);
}

/* A key result with a line; NULL: not given. */
static struct okr_kr_facts line(uint32_t metric, const char *start,
                                const char *target, const char *value)
{
    struct okr_kr_facts f = {.metric = metric};
    give(start, &f.has_start, &f.start);
    give(target, &f.has_target, &f.target);
    give(value, &f.has_value, &f.value);
    return f;
}

static okr_rate clamped(okr_rate r)
{
    return r < 0 ? 0 : r > 1000000 ? 1000000 : r;
}

static void assert_raw(const struct okr_kr_facts *f, okr_rate raw)
{
    struct okr_progress progress = okr_progress_of(f);
    assert_true(progress.measured);
    assert_int_equal(progress.raw, raw);
    assert_int_equal(progress.p, clamped(raw));
}

static void assert_unmeasured(const struct okr_kr_facts *f)
{
    struct okr_progress progress = okr_progress_of(f);
    assert_false(progress.measured);
    assert_int_equal(progress.raw, 0);
    assert_int_equal(progress.p, 0);
}

struct on_line {
    uint32_t metric;
    const char *start, *target, *value;
    okr_rate raw;
};

static void v1_v3_v4_v5_v16_v18_v19_lines(void **state)
{
    (void)state;
    enum { UP = OKR_V_METRIC_INCREASE, DOWN = OKR_V_METRIC_DECREASE };
    static const struct on_line lines[] = {
        {DOWN, "100", "60", "80", 500000}, /* V1 */
        {DOWN, "100", "60", "70", 750000},
        {DOWN, "100", "60", "50", 1250000},
        {DOWN, "100", "20", "100", 0}, /* V3 */
        {DOWN, "100", "20", "80", 250000},
        {DOWN, "100", "20", "20", 1000000},
        {DOWN, "100", "20", "0", 1250000},
        {UP, "0", "100", "150", 1500000}, /* V4 */
        {UP, "0", "0", "0", 1000000},
        {UP, "0", "100", "-10", -100000},               /* V5 */
        {UP, "2900000", "3900000", "2471130", -428870}, /* V16 */
        {UP, "2900000", "3900000", "3440219", 540219},
        {UP, "86609", "250000", "92424", 35589}, /* V17 */
        {UP, "14", "150", "66", 382353},         /* V18 */
        {UP, "14", "150", "143", 948529},
        {UP, "14", "150", "149", 992647},
        {UP, "14", "150", "151", 1007353},
        {UP, "14", "150", "157", 1051471},
        {DOWN, "200", "0", "100", 500000}, /* V19 */
        {UP, "200", "0", "100", 500000},   /* the same expression for both */
        {UP, "0.1", "0.3", "0.2", 500000}, /* exact where doubles are not */
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct on_line *l = &lines[i];
        struct okr_kr_facts f = line(l->metric, l->start, l->target, l->value);
        assert_raw(&f, l->raw);
    }
}

static void start_equal_to_target(void **state)
{
    (void)state;
    enum { UP = OKR_V_METRIC_INCREASE, DOWN = OKR_V_METRIC_DECREASE };
    static const struct on_line lines[] = {
        {UP, "5", "5", "4.9", 0},       {UP, "5", "5.0", "5", 1000000},
        {UP, "5", "5", "6", 1000000},   {DOWN, "5", "5", "5.1", 0},
        {DOWN, "5", "5", "5", 1000000}, {DOWN, "5", "5", "4", 1000000},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct on_line *l = &lines[i];
        struct okr_kr_facts f = line(l->metric, l->start, l->target, l->value);
        assert_raw(&f, l->raw);
    }
}

static void v4_what_is_not_given_is_not_measured(void **state)
{
    (void)state;
    struct okr_kr_facts f;
    f = line(OKR_V_METRIC_INCREASE, "0", "100", NULL);
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_INCREASE, NULL, "100", "50");
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_INCREASE, "0", NULL, "50");
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_UNMEASURED, "0", "100", "50");
    assert_unmeasured(&f);
    f = line(99, "0", "100", "50"); /* a metric of a newer version */
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_AT_LEAST, NULL, NULL, "50");
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_AT_LEAST, NULL, "50", NULL);
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_BOOLEAN, NULL, NULL, NULL);
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_LEVELS, "0", NULL, NULL);
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_CHECKPOINTS, NULL, NULL, "50");
    assert_unmeasured(&f);
    f = line(OKR_V_METRIC_ROLLUP, "0", "100", "50");
    assert_unmeasured(&f);
}

static void v2_limits(void **state)
{
    (void)state;
    static const struct {
        uint32_t metric;
        const char *value;
        okr_rate plain, strict;
    } rows[] = {
        {OKR_V_METRIC_AT_MOST, "24.9", 1000000, 1000000},
        {OKR_V_METRIC_AT_MOST, "25", 1000000, 0},
        {OKR_V_METRIC_AT_MOST, "25.1", 0, 0},
        {OKR_V_METRIC_AT_LEAST, "24.9", 0, 0},
        {OKR_V_METRIC_AT_LEAST, "25.00", 1000000, 0},
        {OKR_V_METRIC_AT_LEAST, "25.1", 1000000, 1000000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_kr_facts f = line(rows[i].metric, NULL, "25", rows[i].value);
        assert_raw(&f, rows[i].plain);
        f.strict_limits = true;
        assert_raw(&f, rows[i].strict);
    }
}

static struct okr_kr_facts band(uint32_t metric, const char *low,
                                const char *high, const char *value)
{
    struct okr_kr_facts f = line(metric, NULL, NULL, value);
    give(low, &f.has_low, &f.low);
    give(high, &f.has_high, &f.high);
    return f;
}

static void between_includes_its_ends(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        okr_rate p;
    } rows[] = {{"3.99", 0},
                {"4", 1000000},
                {"4.5", 1000000},
                {"5", 1000000},
                {"5.01", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_kr_facts f =
            band(OKR_V_METRIC_BETWEEN, "4", "5", rows[i].value);
        assert_raw(&f, rows[i].p);
        f.strict_limits = true; /* of at_least and at_most only */
        assert_raw(&f, rows[i].p);
    }
    struct okr_kr_facts f = band(OKR_V_METRIC_BETWEEN, "4", NULL, "4");
    assert_unmeasured(&f);
    f = band(OKR_V_METRIC_BETWEEN, NULL, "5", "4");
    assert_unmeasured(&f);
    f = band(OKR_V_METRIC_BETWEEN, "4", "5", NULL);
    assert_unmeasured(&f);
}

static void v11_a_missed_check_in_is_no_hit(void **state)
{
    (void)state;
    static const char *const values[] = {"4.8", "4.2", "4.5", "3.5", "4.25",
                                         NULL,  "4.5", "2",   "3",   "4.5",
                                         "4.6", "5",   "4.5"};
    struct okr_kr_facts f = {.metric = OKR_V_METRIC_HIT_RATE};
    for (size_t i = 0; i < 13; i++) {
        struct okr_kr_facts one =
            band(OKR_V_METRIC_BETWEEN, "4", "5", values[i]);
        f.planned++;
        f.hits += okr_progress_of(&one).p == OKR_RATE_ONE;
    }
    assert_int_equal(f.hits, 9);
    assert_raw(&f, 692308); /* 9/13 */
    f = (struct okr_kr_facts){.metric = OKR_V_METRIC_HIT_RATE, .hits = 3};
    assert_unmeasured(&f); /* nothing was planned yet */
}

static void yes_or_no(void **state)
{
    (void)state;
    struct okr_kr_facts f = line(OKR_V_METRIC_BOOLEAN, NULL, NULL, "0");
    assert_raw(&f, 0);
    f = line(OKR_V_METRIC_BOOLEAN, NULL, NULL, "1");
    assert_raw(&f, 1000000);
    f = line(OKR_V_METRIC_BOOLEAN, NULL, NULL, "0.5"); /* not done */
    assert_raw(&f, 0);
    f = line(OKR_V_METRIC_BASELINE, NULL, NULL, "0"); /* the number is 0 */
    assert_raw(&f, 1000000);
    f = line(OKR_V_METRIC_BASELINE, NULL, NULL, NULL);
    assert_unmeasured(&f);
}

static void v9_milestones(void **state)
{
    (void)state;
    struct okr_kr_facts f = {.metric = OKR_V_METRIC_MILESTONES,
                             .milestones_done = okr_made_dec("30"),
                             .milestones_all = okr_made_dec("100")};
    assert_raw(&f, 300000);
    f.milestones_done = okr_dec_int(0);
    assert_raw(&f, 0);
    f.milestones_all = okr_dec_int(0); /* none, or all weigh nothing */
    assert_unmeasured(&f);
}

static void v20_levels(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum okr_level level;
        okr_rate p;
    } rows[] = {
        {"0.29", OKR_LEVEL_NONE, 0},
        {"0.35", OKR_LEVEL_COMMIT, 300000},
        {"0.3", OKR_LEVEL_COMMIT, 300000},
        {"0.29999999999", OKR_LEVEL_NONE, 0}, /* not rounded up to 0.3 */
        {"0.699999999", OKR_LEVEL_COMMIT, 300000},
        {"0.7", OKR_LEVEL_TARGET, 700000},
        {"0.999999999", OKR_LEVEL_TARGET, 700000},
        {"1", OKR_LEVEL_STRETCH, 1000000},
        {"7", OKR_LEVEL_STRETCH, 1000000},
        {"-1", OKR_LEVEL_NONE, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *value = rows[i].value;
        struct okr_kr_facts f = line(OKR_V_METRIC_LEVELS, "0", NULL, value);
        give("1", &f.has_stretch, &f.stretch);
        assert_raw(&f, rows[i].p);
        assert_int_equal(okr_progress_of(&f).level, rows[i].level);
        /* Given as a level: without start and stretch. */
        f = line(OKR_V_METRIC_LEVELS, NULL, NULL, value);
        assert_raw(&f, rows[i].p);
    }
}

static void levels_on_other_scales(void **state)
{
    (void)state;
    static const struct {
        const char *start, *stretch, *value;
        okr_rate p;
    } rows[] = {
        {"100", "200", "129.99", 0},
        {"100", "200", "130", 300000},
        {"100", "200", "170", 700000},
        {"100", "200", "200", 1000000},
        {"200", "100", "171", 0},
        {"200", "100", "170", 300000},
        {"200", "100", "130", 700000},
        {"200", "100", "99", 1000000},
        {"5", "5", "4.9", 0},
        {"5", "5", "5", 1000000},
        {"-999999999999999999", "999999999999999999", "0", 300000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_kr_facts f =
            line(OKR_V_METRIC_LEVELS, rows[i].start, NULL, rows[i].value);
        give(rows[i].stretch, &f.has_stretch, &f.stretch);
        assert_raw(&f, rows[i].p);
    }
}

static struct okr_kr_facts curve(const char *start, const char *target,
                                 const char *checkpoints, const char *value)
{
    struct okr_kr_facts f =
        line(OKR_V_METRIC_CHECKPOINTS, start, target, value);
    if (checkpoints != NULL)
        f.checkpoints = okr_made_value(OKR_KIND_KEY_RESULT, OKR_F_CHECKPOINTS,
                                       checkpoints, arena);
    return f;
}

static void v10_checkpoints(void **state)
{
    (void)state;
    static const struct {
        const char *start, *target, *points, *value;
        okr_rate p;
    } rows[] = {
        {"0", "100", "50:0.4,80:0.7", "60", 500000}, /* V10 */
        {"0", "100", "50:0.4,80:0.7", "0", 0},
        {"0", "100", "50:0.4,80:0.7", "25", 200000},
        {"0", "100", "50:0.4,80:0.7", "50", 400000},
        {"0", "100", "50:0.4,80:0.7", "90", 850000},
        {"0", "100", "50:0.4,80:0.7", "100", 1000000},
        {"0", "100", "50:0.4,80:0.7", "120", 1000000},
        {"0", "100", "50:0.4,80:0.7", "-5", 0},
        {"100", "0", "20:0.7,50:0.4", "60", 320000}, /* downwards */
        {"100", "0", "20:0.7,50:0.4", "10", 850000},
        {NULL, NULL, "50:0.4,80:0.7", "20", 400000}, /* flat at the ends */
        {NULL, NULL, "50:0.4,80:0.7", "95", 700000},
        {NULL, NULL, "50:0.4,80:0.7", "65", 550000},
        {"0", "100", NULL, "30", 300000},           /* no point: the line */
        {"0", "100", "0:0.1,100:0.9", "0", 100000}, /* the point counts */
        {"0", "100", "0:0.1,100:0.9", "100", 900000},
        {"0", "100", "0:0.1,100:0.9", "50", 500000},
        {"0", "3", NULL, "1", 333333},
        {"0", "3", "2:0.5", "1", 250000},
        /* Exact: share and rate rounded one by one would give 0.000001. */
        {NULL, NULL, "0:0,3:0.000001", "1", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_kr_facts f =
            curve(rows[i].start, rows[i].target, rows[i].points, rows[i].value);
        assert_raw(&f, rows[i].p);
    }
    struct okr_kr_facts f = curve("0", "100", "50:0.4", NULL);
    assert_unmeasured(&f);
}

static void checkpoints_too_far_apart_for_exact_weights(void **state)
{
    (void)state;
    const char *low = "-999999999999999999", *high = "999999999999999999";
    struct okr_kr_facts f = curve(low, high, NULL, "0.000000000000000001");
    assert_raw(&f, 500000);
    f = curve(low, high, NULL, "500000000000000000");
    assert_raw(&f, 750000);
}

static void a_rollup_takes_its_contributors(void **state)
{
    (void)state;
    struct okr_kr_facts f = line(OKR_V_METRIC_ROLLUP, "0", "100", "90");
    f.has_contributors = true;
    f.contributors = 250000;
    assert_raw(&f, 250000);
    f.metric = OKR_V_METRIC_INCREASE; /* others keep their own value */
    assert_raw(&f, 900000);
}

static void facts_come_from_the_record(void **state)
{
    (void)state;
    static const struct okr_made fields[] = {
        {OKR_F_METRIC, "checkpoints"},
        {OKR_F_START, "0"},
        {OKR_F_TARGET, "100"},
        {OKR_F_LOW, "4"},
        {OKR_F_HIGH, "5"},
        {OKR_F_STRETCH, "120"},
        {OKR_F_VALUE, "60"},
        {OKR_F_CHECKPOINTS, "50:0.4,80:0.7"},
        {0},
    };
    struct okr_kr_facts f;
    const struct okr_record *kr =
        okr_made_record(OKR_KIND_KEY_RESULT, fields, arena);
    okr_progress_facts(kr, true, &f);
    assert_true(f.strict_limits && f.has_low && f.has_high && f.has_stretch);
    assert_int_equal(okr_dec_cmp(f.stretch, okr_dec_int(120)), 0);
    assert_raw(&f, 500000);
    static const struct okr_made none[] = {{0}};
    kr = okr_made_record(OKR_KIND_KEY_RESULT, none, arena);
    okr_progress_facts(kr, false, &f);
    assert_unmeasured(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v1_v3_v4_v5_v16_v18_v19_lines),
        cmocka_unit_test(start_equal_to_target),
        cmocka_unit_test(v4_what_is_not_given_is_not_measured),
        cmocka_unit_test(v2_limits),
        cmocka_unit_test(between_includes_its_ends),
        cmocka_unit_test(v11_a_missed_check_in_is_no_hit),
        cmocka_unit_test(yes_or_no),
        cmocka_unit_test(v9_milestones),
        cmocka_unit_test(v20_levels),
        cmocka_unit_test(levels_on_other_scales),
        cmocka_unit_test(v10_checkpoints),
        cmocka_unit_test(checkpoints_too_far_apart_for_exact_weights),
        cmocka_unit_test(a_rollup_takes_its_contributors),
        cmocka_unit_test(facts_come_from_the_record),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
