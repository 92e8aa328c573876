/* Progress, expectation and status, as the state of the company gives them.
 * The formulas have their own tests; here it is what they are fed with. */
#include "tests/unit/query/answer.h"
#include "common/store/scopes.h"

static void set_policy(struct answer *a, const char *word, const char *text)
{
    okr_acme_set(&a->c, &a->c.policy, 0, word, text, NULL);
}

static void what_is_expected_by_today(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", "10");
    entity(a, &kr); /* the 15th of 91 days */
    assert_at(a, "expected", "0.164835");
    set_policy(a, "utc_offset_min", "-600"); /* still the 14th there */
    entity(a, &kr);
    assert_at(a, "expected", "0.153846");
    set_policy(a, "utc_offset_min", NULL);
    okr_acme_set(&a->c, &kr, 0, "due", "2026-04-30", NULL);
    entity(a, &kr);
    assert_at(a, "expected", "0.500000");
    okr_acme_set(&a->c, &kr, 0, "plan", "2026-04-15:0.4", NULL);
    entity(a, &kr);
    assert_at(a, "expected", "0.400000");
    entity(a, &o);
    assert_at(a, "expected", "0.400000");
}

static void status_follows_policy_and_time(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", NULL);
    entity(a, &kr);
    assert_at(a, "status", "\"pending\"");
    okr_acme_set(&a->c, &kr, 0, "value", "0", NULL);
    entity(a, &kr);
    assert_at(a, "status", "\"at_risk\"");
    set_policy(a, "on_track_from", "-0.2");
    entity(a, &kr);
    assert_at(a, "status", "\"on_track\"");
    okr_acme_set(&a->c, &kr, 0, "confidence", "3", NULL);
    entity(a, &kr);
    assert_at(a, "status", "\"off_track\"");
    okr_acme_set(&a->c, &kr, 0, "observed_at", "2026-04-04T12:00:00Z", NULL);
    entity(a, &kr); /* 11 days without a word */
    assert_at(a, "status", "\"outdated\"");
    set_policy(a, "cadence_days", "14");
    entity(a, &kr);
    assert_at(a, "status", "\"off_track\"");
    okr_acme_set(&a->c, &kr, 0, "value", "120", NULL);
    entity(a, &kr);
    assert_at(a, "status", "\"achieved\"");
    assert_at(a, "raw_progress", "1.200000");
    assert_at(a, "progress", "1.000000");
}

/* The mean of its parts: their feeling, and when the last one spoke. */
static void status_by_the_mean(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id one = add_kr(a, &o, "One", "50");
    struct okr_id two = add_kr(a, &o, "Two", "50");
    set_policy(a, "objective_status", "mean");
    okr_acme_set(&a->c, &one, 0, "observed_at", "2026-04-02T12:00:00Z",
                 "confidence", "10", NULL);
    entity(a, &o);
    assert_at(a, "status", "\"outdated\"");
    okr_acme_set(&a->c, &two, 0, "observed_at", "2026-04-14T12:00:00Z",
                 "confidence", "3", NULL);
    entity(a, &o);
    assert_at(a, "status", "\"on_track\"");
    okr_acme_set(&a->c, &two, 0, "confidence", "2", NULL);
    entity(a, &o); /* 6 */
    assert_at(a, "status", "\"at_risk\"");
    okr_acme_set(&a->c, &one, 0, "observed_at", "2026-04-15T09:00:00Z", NULL);
    okr_acme_set(&a->c, &two, 0, "observed_at", "2026-04-02T12:00:00Z", NULL);
    entity(a, &o);
    assert_at(a, "status", "\"at_risk\"");
}

/* V7 of the domain: .30 .30 .40 with weights .4 .2 .4 */
static void weights_of_key_results(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    const char *rows[][2] = {{"30", "0.4"}, {"30", "0.2"}, {"40", "0.4"}};
    for (size_t i = 0; i < 3; i++) {
        struct okr_id kr = add_kr(a, &o, "More", rows[i][0]);
        okr_acme_set(&a->c, &kr, 0, "weight", rows[i][1], NULL);
    }
    entity(a, &o);
    assert_at(a, "progress", "0.340000");
}

static struct okr_id add_task(struct answer *a, const struct okr_id *subject,
                              const char *kind, const char *state,
                              const char *weight)
{
    struct okr_acme *c = &a->c;
    return okr_acme_add(c, OKR_KIND_TASK, "subject", okr_acme_hex(c, subject),
                        "title", "x", "owner", okr_acme_hex(c, &c->cy), "kind",
                        kind, "state", state, "weight", weight, NULL);
}

/* V9; what is dropped, archived or no milestone has no say. */
static void milestones_are_tasks(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", NULL);
    okr_acme_set(&a->c, &kr, 0, "metric", "milestones", NULL);
    entity(a, &kr);
    assert_at(a, "measured", "false");
    (void)add_task(a, &kr, "milestone", "done", "30");
    struct okr_id open = add_task(a, &kr, "milestone", "open", "70");
    (void)add_task(a, &kr, "milestone", "dropped", "100");
    (void)add_task(a, &kr, "initiative", "done", "100");
    struct okr_id old = add_task(a, &kr, "milestone", "done", "100");
    okr_acme_set(&a->c, &old, 0, "archived", "true", NULL);
    entity(a, &kr);
    assert_at(a, "progress", "0.300000");
    okr_acme_set(&a->c, &open, 0, "weight", NULL, NULL); /* then it is 1 */
    entity(a, &kr);
    assert_at(a, "progress", "0.967742");
}

static struct okr_id add_check_in(struct answer *a, const struct okr_id *kr,
                                  const char *value, const struct okr_id *old)
{
    struct okr_acme *c = &a->c;
    return okr_acme_add(c, OKR_KIND_CHECK_IN, "key_result", okr_acme_hex(c, kr),
                        "value", value, "observed_at", "2026-04-10T08:00:00Z",
                        "amends", old == NULL ? NULL : okr_acme_hex(c, old),
                        NULL);
}

/* V11: 13 planned, one of them missed; a corrected one counts as corrected. */
static void hits_are_check_ins(void **state)
{
    struct answer *a = *state;
    const char *values[] = {"4.8", "4.2", "4.5", "3.5", "4.25", "4.5",
                            "2",   "3",   "4.5", "4.6", "5",    "4.5"};
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", "4.5"), low = {{0}};
    okr_acme_set(&a->c, &kr, 0, "metric", "hit_rate", "low", "4.2", "high", "5",
                 NULL);
    set_policy(a, "cadence_days", "1");
    okr_acme_set(&a->c, &a->c.q2, 0, "start", "2026-04-03", NULL);
    entity(a, &kr);
    assert_at(a, "measured", "false");
    for (size_t i = 0; i < 12; i++) {
        struct okr_id id = add_check_in(a, &kr, values[i], NULL);
        low = i == 3 ? id : low;
    }
    entity(a, &kr);
    assert_at(a, "progress", "0.692308");
    (void)add_check_in(a, &kr, "4.4", &low);
    entity(a, &kr);
    assert_at(a, "progress", "0.769231");
    /* Saying more than was planned is never above 1. */
    set_policy(a, "cadence_days", "7");
    entity(a, &kr);
    assert_at(a, "raw_progress", "0.833333");
}

/* Contributors that count are published ones. */
static void a_roll_up_takes_its_contributors(void **state)
{
    struct answer *a = *state;
    struct okr_id top = add_objective(a, "Company", NULL);
    struct okr_id kr = add_kr(a, &top, "All of it", "5");
    okr_acme_set(&a->c, &kr, 0, "metric", "rollup", NULL);
    entity(a, &kr);
    assert_at(a, "measured", "false");
    const char *states[] = {"published", "closed", "draft", "abandoned",
                            "published"};
    const char *values[] = {"100", "40", "0", "0", "0"};
    for (size_t i = 0; i < 5; i++) {
        struct okr_id o = add_objective(a, "Part", &kr);
        (void)add_kr(a, &o, "More", values[i]);
        okr_acme_set(&a->c, &o, 0, "state", states[i], "archived",
                     i == 4 ? "true" : "false", NULL);
    }
    entity(a, &kr);
    assert_at(a, "progress", "0.700000");
    entity(a, &top);
    assert_at(a, "progress", "0.700000");
    /* Any other metric is its own. */
    okr_acme_set(&a->c, &kr, 0, "metric", "increase", NULL);
    entity(a, &kr);
    assert_at(a, "progress", "0.050000");
}

static void without_key_results_contributors_count(void **state)
{
    struct answer *a = *state;
    struct okr_id top = add_objective(a, "Company", NULL);
    struct okr_id part = add_objective(a, "Part", &top);
    struct okr_id other = add_objective(a, "Part", &top);
    (void)add_kr(a, &part, "More", "60");
    struct okr_id late = add_kr(a, &other, "More", "0");
    okr_acme_set(&a->c, &part, 0, "weight", "75", NULL);
    okr_acme_set(&a->c, &other, 0, "weight", "25", NULL);
    okr_acme_set(&a->c, &late, 0, "due", "2026-04-15", NULL);
    entity(a, &top);
    assert_at(a, "progress", "0.450000");
    assert_at(a, "expected", "0.373626");
    assert_at(a, "status", "\"off_track\"");
    set_policy(a, "objective_status", "mean");
    entity(a, &top);
    assert_at(a, "status", "\"on_track\"");
    (void)add_kr(a, &top, "Own", "10");
    entity(a, &top);
    assert_at(a, "progress", "0.100000");
}

static void an_objective_alone(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    entity(a, &o);
    assert_at(a, "progress", "0.000000");
    assert_at(a, "expected", "0.164835");
    assert_at(a, "status", "\"pending\"");
    okr_acme_set(&a->c, &o, 0, "state", "abandoned", NULL);
    entity(a, &o);
    assert_at(a, "status", "\"closed\"");
}

/* Two sites can make one together; it must end, not be right. */
static void a_circle_ends(void **state)
{
    struct answer *a = *state;
    struct okr_id one = add_objective(a, "One", NULL);
    struct okr_id kr = add_kr(a, &one, "All", NULL);
    okr_acme_set(&a->c, &kr, 0, "metric", "rollup", NULL);
    struct okr_id two = add_objective(a, "Two", &kr);
    okr_acme_set(&a->c, &one, 0, "contributes_to", okr_acme_hex(&a->c, &two),
                 NULL);
    struct okr_id self = add_objective(a, "Self", NULL);
    okr_acme_set(&a->c, &self, 0, "contributes_to", okr_acme_hex(&a->c, &self),
                 NULL);
    assert_true(ask(a, "list", NULL));
    assert_at(a, "0.progress", "0.000000");
    assert_at(a, "3.title", "\"Self\"");
}

static void follow(struct answer *a, okr_scope scope)
{
    struct okr_scope_row row;
    assert_int_equal(okr_scope_get(a->c.txn, scope, &row), OKR_OK);
    row.followed = true;
    assert_int_equal(okr_scope_put(a->c.txn, scope, &row), OKR_OK);
}

/* What is not followed is not known: no number is made of half the tasks. */
static void details_that_are_not_followed(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", NULL);
    okr_acme_set(&a->c, &kr, 0, "metric", "milestones", NULL);
    (void)add_task(a, &kr, "milestone", "done", "30");
    follow(a, OKR_SCOPE_COMPANY);
    entity(a, &kr);
    assert_at(a, "measured", "false");
    assert_true(ask(a, "show", arg(a, "ref", &kr), NULL));
    assert_at(a, "detail", "false");
    follow(a, OKR_SCOPE(OKR_ROOT_COMPANY, OKR_DEPTH_DETAIL));
    entity(a, &kr);
    assert_at(a, "progress", "1.000000");
    assert_true(ask(a, "show", arg(a, "ref", &kr), NULL));
    assert_at(a, "detail", "true");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, answer_open, answer_close)
    const struct CMUnitTest tests[] = {
        T(what_is_expected_by_today),
        T(status_follows_policy_and_time),
        T(status_by_the_mean),
        T(weights_of_key_results),
        T(milestones_are_tasks),
        T(hits_are_check_ins),
        T(a_roll_up_takes_its_contributors),
        T(without_key_results_contributors_count),
        T(an_objective_alone),
        T(a_circle_ends),
        T(details_that_are_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
