/* Verdicts: numbers that never change, and texts for those yet unknown. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/verdict.h"
#include "tests/lib/death.h"

#define RULE(number, name, text, what, remedy) {number, text},
static const struct {
    uint32_t number;
    const char *name;
} rules[] = {OKR_RULE_TABLE(RULE)};
#undef RULE
enum { RULES = sizeof rules / sizeof rules[0] };

static void rules_differ_and_say_what_to_do(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RULES; i++) {
        enum okr_rule rule = (enum okr_rule)rules[i].number;
        assert_string_equal(okr_rule_name(rule), rules[i].name);
        assert_true(okr_rule_known(rules[i].number));
        bool refuses = rule != OKR_RULE_NONE;
        assert_int_equal(strlen(okr_rule_what(rule)) > 0, refuses);
        assert_int_equal(strlen(okr_rule_remedy(rule)) > 0, refuses);
        for (unsigned k = 0; k < i; k++) {
            assert_int_not_equal(rules[i].number, rules[k].number);
            assert_string_not_equal(rules[i].name, rules[k].name);
        }
    }
}

/* Numbers travel and are stored: these must stay what they are for ever. */
static void rule_numbers_are_fixed(void **state)
{
    (void)state;
    assert_string_equal(okr_rule_name((enum okr_rule)1), "malformed");
    assert_string_equal(okr_rule_name((enum okr_rule)2), "bad_signature");
    assert_string_equal(okr_rule_name((enum okr_rule)11), "not_permitted");
    assert_string_equal(okr_rule_name((enum okr_rule)18), "stale");
    assert_string_equal(okr_rule_name((enum okr_rule)26), "unknown_entity");
    assert_string_equal(okr_rule_name((enum okr_rule)31), "pending_expired");
}

static void outcome_numbers_are_fixed(void **state)
{
    (void)state;
    static const char *const names[] = {"accepted", "merged", "conflict",
                                        "rejected", "parked", "unknown_here"};
    for (unsigned i = 0; i < OKR_OUTCOME_COUNT; i++)
        assert_string_equal(okr_outcome_name((enum okr_outcome)i), names[i]);
}

/* A newer server may refuse by a rule that came later: people still need an
 * answer, not a crash. */
static void a_rule_of_the_future_can_be_shown(void **state)
{
    (void)state;
    enum okr_rule later = (enum okr_rule)60000;
    assert_false(okr_rule_known(60000));
    assert_string_equal(okr_rule_name(later), "unknown");
    assert_non_null(strstr(okr_rule_what(later), "does not know"));
    assert_non_null(strstr(okr_rule_remedy(later), "upgrade"));
    assert_string_equal(okr_outcome_name((enum okr_outcome)99), "unknown");
}

static void constructors_fill_every_field(void **state)
{
    (void)state;
    struct okr_id who = {{7, 8, 9}};
    struct okr_verdict v = okr_verdict_ok();
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(v.rule, OKR_RULE_NONE);
    v = okr_verdict_reject_about(OKR_RULE_DUPLICATE, 12, &who);
    assert_int_equal(v.outcome, OKR_OUTCOME_REJECTED);
    assert_int_equal(v.rule, OKR_RULE_DUPLICATE);
    assert_int_equal(v.field, 12);
    assert_true(okr_id_eq(&v.about, &who));
    assert_int_equal(v.replaced, 0);
    v = okr_verdict_reject(OKR_RULE_MISSING, 3);
    assert_true(okr_id_is_zero(&v.about));
}

static void only_three_outcomes_wrote_something(void **state)
{
    (void)state;
    for (unsigned i = 0; i < OKR_OUTCOME_COUNT; i++) {
        struct okr_verdict v = {.outcome = (enum okr_outcome)i};
        bool in = i == OKR_OUTCOME_ACCEPTED || i == OKR_OUTCOME_MERGED ||
                  i == OKR_OUTCOME_CONFLICT;
        assert_int_equal(okr_verdict_is_in(&v), in);
    }
}

static void reject_without_a_rule(void)
{
    (void)okr_verdict_reject(OKR_RULE_NONE, 0);
}

static void refusing_needs_a_rule(void **state)
{
    (void)state;
    assert_true(okr_death_of(reject_without_a_rule, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_differ_and_say_what_to_do),
        cmocka_unit_test(rule_numbers_are_fixed),
        cmocka_unit_test(outcome_numbers_are_fixed),
        cmocka_unit_test(a_rule_of_the_future_can_be_shown),
        cmocka_unit_test(constructors_fill_every_field),
        cmocka_unit_test(only_three_outcomes_wrote_something),
        cmocka_unit_test(refusing_needs_a_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
