/* Check-ins and the value that follows from them; tasks and their states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/decimal.h"
#include "tests/lib/company.h"

#define KR OKR_KIND_KEY_RESULT

static struct okr_id check_in(struct okr_company *c, const struct okr_id *kr,
                              const char *value, const char *observed,
                              const struct okr_id *amends)
{
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[5] = {OKR_REF(OKR_F_CI_KEY_RESULT, *kr),
                                OKR_TYPED(OKR_F_CI_OBSERVED_AT, observed),
                                OKR_TYPED(OKR_F_CI_VALUE, value)};
    if (amends != NULL)
        with[3] = (struct okr_typed)OKR_REF(OKR_F_AMENDS, *amends);
    struct okr_verdict v = okr_company_act(c, &c->wang, OKR_VERB_CHECKIN,
                                           OKR_KIND_CHECK_IN, &id, with);
    assert_string_equal(okr_rule_name(v.rule), "none");
    return id;
}

static void assert_value(struct okr_company *c, const struct okr_id *kr,
                         const char *text)
{
    struct okr_dec value;
    char is[OKR_DEC_TEXT_MAX];
    assert_true(okr_record_dec(okr_company_get(c, kr), OKR_F_VALUE, &value));
    okr_dec_format(value, is);
    assert_string_equal(is, text);
}

static struct okr_id key_result(struct okr_company *c)
{
    struct okr_id o = okr_company_objective(c, &c->wang, &c->sh, "ship");
    return okr_company_kr(c, &o, &c->wang, "kr");
}

/* The latest observation counts, not the latest arrival: a note from the train
 * that comes in on Friday does not undo Thursday's number. */
static void test_latest_observation_counts(void **state)
{
    struct okr_company *c = *state;
    struct okr_id kr = key_result(c);
    check_in(c, &kr, "10", "2026-01-10T08:00:00Z", NULL);
    assert_value(c, &kr, "10");
    check_in(c, &kr, "30", "2026-01-20T08:00:00Z", NULL);
    assert_value(c, &kr, "30");
    check_in(c, &kr, "20", "2026-01-15T08:00:00Z", NULL);
    assert_value(c, &kr, "30");
    check_in(c, &kr, "35", "2026-01-20T08:00:00Z", NULL); /* same moment */
    assert_value(c, &kr, "35");
}

/* A clock ahead of the server's cannot block later check-ins. */
static void test_clock_ahead_is_cut(void **state)
{
    struct okr_company *c = *state;
    struct okr_id kr = key_result(c);
    struct okr_id id = check_in(c, &kr, "90", "2031-01-01T00:00:00Z", NULL);
    assert_int_equal(
        okr_record_int(okr_company_get(c, &id), OKR_F_EFFECTIVE_AT, 0),
        c->ground.now);
    c->ground.now += 1000000;
    check_in(c, &kr, "50", "2032-01-01T00:00:00Z", NULL);
    assert_value(c, &kr, "50");
}

/* What is amended counts no more, whenever it was observed. */
static void test_amended_counts_no_more(void **state)
{
    struct okr_company *c = *state;
    struct okr_id kr = key_result(c), other = key_result(c);
    check_in(c, &kr, "10", "2026-01-10T08:00:00Z", NULL);
    struct okr_id wrong = check_in(c, &kr, "99", "2026-01-20T08:00:00Z", NULL);
    check_in(c, &kr, "12", "2026-01-20T08:00:00Z", &wrong);
    assert_value(c, &kr, "12");
    /* Only one of the same key result can be amended. */
    struct okr_id id = okr_company_id(c);
    struct okr_typed foreign[] = {
        OKR_REF(OKR_F_CI_KEY_RESULT, other),
        OKR_TYPED(OKR_F_CI_OBSERVED_AT, "2026-01-20T08:00:00Z"),
        OKR_TYPED(OKR_F_CI_VALUE, "1"),
        OKR_REF(OKR_F_AMENDS, wrong),
        {0}};
    struct okr_verdict v = okr_company_act(c, &c->wang, OKR_VERB_CHECKIN,
                                           OKR_KIND_CHECK_IN, &id, foreign);
    assert_int_equal(v.rule, OKR_RULE_WRONG_KIND);
}

static void test_who_may_check_in_and_when(void **state)
{
    struct okr_company *c = *state;
    struct okr_id kr = key_result(c), id = okr_company_id(c);
    struct okr_typed with[] = {
        OKR_REF(OKR_F_CI_KEY_RESULT, kr),
        OKR_TYPED(OKR_F_CI_OBSERVED_AT, "2026-01-20T08:00:00Z"),
        OKR_TYPED(OKR_F_CI_VALUE, "1"),
        {0}};
    struct okr_verdict v = okr_company_act(c, &c->li, OKR_VERB_CHECKIN,
                                           OKR_KIND_CHECK_IN, &id, with);
    assert_int_equal(v.rule, OKR_RULE_NOT_PERMITTED);
    struct okr_typed away[] = {OKR_TYPED(OKR_F_ARCHIVED, "true"), {0}};
    okr_company_act(c, &c->wang, OKR_VERB_ARCHIVE, KR, &kr, away);
    v = okr_company_act(c, &c->wang, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN, &id,
                        with);
    assert_int_equal(v.rule, OKR_RULE_ARCHIVED);
}

static struct okr_id task(struct okr_company *c, const struct okr_id *kr)
{
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {OKR_REF(OKR_F_T_SUBJECT, *kr),
                               OKR_TYPED(OKR_F_T_TITLE, "task"),
                               OKR_REF(OKR_F_T_OWNER, c->wang),
                               {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->wang, OKR_VERB_ADD, OKR_KIND_TASK, &id, with);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    return id;
}

static enum okr_rule move(struct okr_company *c, const struct okr_id *person,
                          uint16_t verb, const struct okr_id *id,
                          const char *state)
{
    struct okr_typed to[] = {OKR_TYPED(OKR_F_T_STATE, state), {0}};
    return okr_company_act(c, person, verb, OKR_KIND_TASK, id, to).rule;
}

static void test_tasks_wait_for_each_other(void **state)
{
    struct okr_company *c = *state;
    struct okr_id kr = key_result(c), first = task(c, &kr), then = task(c, &kr);
    struct okr_typed waits[] = {OKR_REF(OKR_F_DEPENDS_ON, first),
                                OKR_REF(OKR_F_COLLABORATORS, c->lin),
                                {0}};
    waits[0].text = waits[1].text = "+";
    assert_int_equal(
        okr_company_act(c, &c->wang, OKR_VERB_SET, OKR_KIND_TASK, &then, waits)
            .rule,
        OKR_RULE_NONE);
    assert_int_equal(move(c, &c->lin, OKR_VERB_FINISH, &then, "done"),
                     OKR_RULE_BLOCKED);
    assert_int_equal(move(c, &c->li, OKR_VERB_FINISH, &first, "done"),
                     OKR_RULE_NOT_PERMITTED);
    assert_int_equal(move(c, &c->wang, OKR_VERB_FINISH, &first, "doing"),
                     OKR_RULE_BAD_VALUE); /* not where the verb leads */
    assert_int_equal(move(c, &c->wang, OKR_VERB_FINISH, &first, "done"),
                     OKR_RULE_NONE);
    assert_int_equal(move(c, &c->wang, OKR_VERB_START, &first, "doing"),
                     OKR_RULE_WRONG_STATE);
    assert_int_equal(move(c, &c->lin, OKR_VERB_FINISH, &then, "done"),
                     OKR_RULE_NONE);
}

/* Two who move one state: the second has seen another one. */
static void test_moves_of_state_compare(void **state)
{
    struct okr_company *c = *state;
    struct okr_id kr = key_result(c), id = task(c, &kr);
    assert_int_equal(move(c, &c->wang, OKR_VERB_START, &id, "doing"), 0);
    struct okr_typed to[] = {OKR_TYPED(OKR_F_T_STATE, "done"), {0}};
    to[0].blind = true;
    struct okr_verdict v =
        okr_company_act(c, &c->wang, OKR_VERB_FINISH, OKR_KIND_TASK, &id, to);
    assert_int_equal(v.rule, OKR_RULE_STALE);
}

static int setup(void **state)
{
    static struct okr_company company;
    okr_company_open(&company);
    *state = &company;
    return 0;
}

static int teardown(void **state)
{
    okr_company_close(*state);
    return 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_latest_observation_counts),
        CASE(test_clock_ahead_is_cut),
        CASE(test_amended_counts_no_more),
        CASE(test_who_may_check_in_and_when),
        CASE(test_tasks_wait_for_each_other),
        CASE(test_moves_of_state_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
