/* What publishing asks of a key result, and of weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/model/dates.h"
#include "common/rules/publish.h"
#include "tests/lib/made.h"

static struct okr_arena *arena;

enum {
    METRIC = 1 << OKR_FLAW_METRIC,
    TARGET = 1 << OKR_FLAW_TARGET,
    DUE = 1 << OKR_FLAW_DUE,
    OUTSIDE = 1 << OKR_FLAW_OUTSIDE,
};

#define DUE_IN                     \
    {                              \
        OKR_F_KR_DUE, "2026-06-30" \
    }

static void key_results(void **state)
{
    (void)state;
    static const struct {
        struct okr_made fields[6];
        unsigned flaws;
    } cases[] = {
        {{{0}}, METRIC | DUE},
        {{DUE_IN, {0}}, METRIC},
        {{{OKR_F_METRIC, "unmeasured"}, DUE_IN, {0}}, METRIC},
        {{{OKR_F_METRIC, "increase"}, DUE_IN, {0}}, TARGET},
        {{{OKR_F_METRIC, "increase"}, {OKR_F_TARGET, "9"}, DUE_IN, {0}},
         TARGET},
        {{{OKR_F_METRIC, "decrease"},
          {OKR_F_START, "9"},
          {OKR_F_TARGET, "0"},
          DUE_IN,
          {0}},
         0},
        {{{OKR_F_METRIC, "at_least"}, DUE_IN, {0}}, TARGET},
        {{{OKR_F_METRIC, "at_most"}, {OKR_F_TARGET, "9"}, DUE_IN, {0}}, 0},
        {{{OKR_F_METRIC, "between"}, {OKR_F_LOW, "1"}, DUE_IN, {0}}, TARGET},
        {{{OKR_F_METRIC, "hit_rate"},
          {OKR_F_LOW, "1"},
          {OKR_F_HIGH, "2"},
          DUE_IN,
          {0}},
         0},
        {{{OKR_F_METRIC, "checkpoints"}, DUE_IN, {0}}, TARGET},
        {{{OKR_F_METRIC, "boolean"}, DUE_IN, {0}}, 0},
        {{{OKR_F_METRIC, "milestones"}, DUE_IN, {0}}, 0},
        {{{OKR_F_METRIC, "levels"}, DUE_IN, {0}}, 0},
        {{{OKR_F_METRIC, "baseline"}, DUE_IN, {0}}, 0},
        {{{OKR_F_METRIC, "rollup"}, DUE_IN, {0}}, 0},
        {{{OKR_F_METRIC, "boolean"}, {OKR_F_KR_DUE, "2026-04-01"}, {0}}, 0},
        {{{OKR_F_METRIC, "boolean"}, {OKR_F_KR_DUE, "2026-03-31"}, {0}},
         OUTSIDE},
        {{{OKR_F_METRIC, "boolean"}, {OKR_F_KR_DUE, "2026-07-01"}, {0}},
         OUTSIDE},
        {{{OKR_F_METRIC, "increase"}, {OKR_F_KR_DUE, "2027-01-01"}, {0}},
         TARGET | OUTSIDE},
    };
    okr_day start, end;
    assert_true(okr_day_parse(OKR_SLICE_LIT("2026-04-01"), &start));
    assert_true(okr_day_parse(OKR_SLICE_LIT("2026-06-30"), &end));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct okr_record *kr =
            okr_made_record(OKR_KIND_KEY_RESULT, cases[i].fields, arena);
        if (okr_flaws_of_kr(kr, start, end) != cases[i].flaws)
            fail_msg("row %zu", i);
    }
}

static void weights(void **state)
{
    (void)state;
    static const struct {
        const char *weights[5]; /* "-": none */
        bool good;
    } cases[] = {
        {{NULL}, true},
        {{"-", "-", NULL}, true},
        {{"40", "20", "40", NULL}, true},
        {{"0.4", "0.2", "0.4", NULL}, true},
        {{"33.3", "33.3", "33.3", NULL}, true},   /* 99.9 */
        {{"33.3", "33.3", "33.2", NULL}, false},  /* 99.8 */
        {{"33.4", "33.4", "33.3", NULL}, true},   /* 100.1 */
        {{"33.4", "33.4", "33.31", NULL}, false}, /* 100.11 */
        {{"0.333", "0.333", "0.333", NULL}, true},
        {{"0.333", "0.333", "0.3329", NULL}, false},
        {{"0.5", "0.501", NULL}, true},
        {{"0.5", "0.5011", NULL}, false},
        {{"50", "50", "-", NULL}, false}, /* all or none */
        {{"0", "50", "50", NULL}, true},
        {{"0", "0", NULL}, false},
        {{"1", "1", NULL}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct okr_weights sum = {0};
        for (size_t k = 0; cases[i].weights[k] != NULL; k++) {
            const char *text = cases[i].weights[k];
            struct okr_made fields[] = {
                {text[0] == '-' ? 0 : OKR_F_KR_WEIGHT, text}, {0}};
            okr_weights_add(&sum,
                            okr_made_record(OKR_KIND_KEY_RESULT, fields, arena),
                            OKR_F_KR_WEIGHT);
        }
        if (okr_weights_good(&sum) != cases[i].good)
            fail_msg("row %zu", i);
    }
}

static void limits(void **state)
{
    (void)state;
    static const struct okr_made none[] = {{0}};
    static const struct okr_made own[] = {{OKR_F_OBJECTIVES_MAX, "5"},
                                          {OKR_F_KRS_MIN, "1"},
                                          {OKR_F_KRS_MAX, "7"},
                                          {OKR_F_MIDTERM_DAYS, "0"},
                                          {0}};
    const struct okr_record *policies[] = {
        NULL, okr_made_record(OKR_KIND_POLICY, none, arena)};
    for (size_t i = 0; i < 2; i++) {
        struct okr_limits l = okr_limits_of(policies[i]);
        assert_int_equal(l.objectives_max, 3);
        assert_int_equal(l.krs_min, 2);
        assert_int_equal(l.krs_max, 5);
        assert_int_equal(l.midterm_days, 14);
    }
    struct okr_limits l =
        okr_limits_of(okr_made_record(OKR_KIND_POLICY, own, arena));
    assert_int_equal(l.objectives_max, 5);
    assert_int_equal(l.krs_min, 1);
    assert_int_equal(l.krs_max, 7);
    assert_int_equal(l.midterm_days, 0);
}

static void every_flaw_has_words(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= OKR_FLAW_MORE; i++) {
        enum okr_flaw flaw = (enum okr_flaw)i;
        assert_string_not_equal(okr_flaw_word(flaw), "unknown");
        assert_true(okr_flaw_what(flaw)[0] != '\0');
        assert_true(okr_flaw_remedy(flaw)[0] != '\0');
        bool warns = flaw == OKR_FLAW_ORPHAN || flaw == OKR_FLAW_NEIGHBOUR;
        assert_int_equal(okr_flaw_refuses(flaw), !warns);
        for (unsigned k = 1; k < i; k++)
            assert_string_not_equal(okr_flaw_word(flaw),
                                    okr_flaw_word((enum okr_flaw)k));
    }
    assert_string_equal(okr_flaw_word((enum okr_flaw)999), "unknown");
    assert_true(okr_flaw_refuses((enum okr_flaw)999));
}

static int setup(void **state)
{
    (void)state;
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) == OKR_OK ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_results),
        cmocka_unit_test(weights),
        cmocka_unit_test(limits),
        cmocka_unit_test(every_flaw_has_words),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
