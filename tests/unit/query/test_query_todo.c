/* What is owed: each alert, to whom it goes, and what ends it. */
#include "tests/unit/query/answer.h"

/* "check_in_due Cy" of every row, one after the other. */
static void assert_owed(struct answer *a, const char *want)
{
    struct okr_buf out;
    okr_buf_init(&out, a->c.arena);
    for (int i = 0;; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "%d.alert", i);
        const char *alert = value_at(a, path);
        if (alert == NULL)
            break;
        (void)snprintf(path, sizeof path, "%d.person", i);
        const char *person = value_at(a, path);
        okr_buf_printf(&out, "%s%.*s %.*s", i == 0 ? "" : ", ",
                       (int)strlen(alert) - 2, alert + 1,
                       (int)strcspn(person + 1, "@"), person + 1);
    }
    okr_buf_u8(&out, 0);
    if (a->problem.rule != OKR_RULE_NONE)
        fail_msg("%s", a->problem.what);
    assert_string_equal((const char *)out.data, want);
}

/* An objective of Bob in Sales below one of the company, and Cy's key result
 * with a check-in of yesterday. */
struct goal {
    struct okr_id objective, kr;
};
static struct goal add_goal(struct answer *a)
{
    struct okr_acme *c = &a->c;
    struct okr_id top = add_objective(a, "Top", NULL);
    okr_acme_set(c, &top, 0, "unit", okr_acme_hex(c, &c->acme), "owner",
                 okr_acme_hex(c, &c->ann), NULL);
    struct goal g;
    g.objective = add_objective(a, "O", &top);
    g.kr = add_kr(a, &g.objective, "K", "15");
    okr_acme_set(c, &g.kr, 0, "observed_at", "2026-04-14T08:00:00Z",
                 "confidence", "8", NULL);
    return g;
}

static void say(struct answer *a, const struct okr_id *kr, const char *at,
                const char *value, const char *confidence)
{
    struct okr_acme *c = &a->c;
    (void)okr_acme_add(c, OKR_KIND_CHECK_IN, "key_result", okr_acme_hex(c, kr),
                       "value", value, "confidence", confidence, "observed_at",
                       at, "effective_at", at, NULL);
}

static void all_is_well(void **state)
{
    struct answer *a = *state;
    (void)add_goal(a);
    ask(a, "todo", NULL);
    assert_string_equal((const char *)a->json.data, "[]");
    ask(a, "todo", "unit=sales", NULL);
    assert_string_equal((const char *)a->json.data, "[]");
}

static void check_ins_are_the_owners(void **state)
{
    struct answer *a = *state;
    struct goal g = add_goal(a);
    okr_acme_set(&a->c, &g.kr, 0, "observed_at", "2026-04-08T08:00:00Z", NULL);
    ask(a, "todo", NULL);
    assert_owed(a, "check_in_due cy");
    assert_at(a, "0.since", "\"2026-04-15\"");
    assert_id_at(a, "0.id", &g.kr);
    assert_at(a, "0.value", "\"15\"");
    const char *ref = value_at(a, "0.ref"), *action = value_at(a, "0.action");
    assert_string_equal(
        action, okr_arena_printf(a->c.arena, "\"okr checkin %s", ref + 1));
    ask(a, "todo", "owner=bob@acme.test", NULL);
    assert_owed(a, "");
    ask(a, "todo", "owner=me", "cycle=2026-Q2", NULL);
    assert_owed(a, "check_in_due cy");
    okr_acme_set(&a->c, &g.kr, 0, "observed_at", "2026-04-04T08:00:00Z", NULL);
    ask(a, "todo", NULL);
    assert_owed(a, "outdated cy");
    a->query.now += (okr_us)100 * 86400 * 1000000; /* 2026-07-24 */
    ask(a, "todo", NULL);
    assert_owed(a, "late_check_in cy");
    assert_at(a, "0.since", "\"2026-07-01\"");
    a->query.now += (okr_us)10 * 86400 * 1000000;
    ask(a, "todo", NULL);
    assert_owed(a, ""); /* too late to be told */
}

static void help_is_the_leads(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct goal g = add_goal(a);
    okr_acme_set(c, &g.kr, 0, "blocked", "true", NULL);
    ask(a, "todo", "owner=bob@acme.test", NULL);
    assert_owed(a, "blocked bob");
    ask(a, "todo", NULL);
    assert_owed(a, "");
    /* Of his own it goes to who leads above him, and with nobody above to
     * himself. */
    okr_acme_set(c, &g.kr, 0, "owner", okr_acme_hex(c, &c->bob), NULL);
    ask(a, "todo", "owner=bob@acme.test", NULL);
    assert_owed(a, "");
    ask(a, "todo", "owner=ann@acme.test", NULL);
    assert_owed(a, "blocked ann");
    okr_acme_set(c, &c->acme, 0, "lead", NULL, NULL);
    ask(a, "todo", "owner=bob@acme.test", NULL);
    assert_owed(a, "blocked bob");
}

static void stuck_and_a_drop(void **state)
{
    struct answer *a = *state;
    struct goal g = add_goal(a);
    say(a, &g.kr, "2026-04-03T08:00:00Z", "15", "8");
    say(a, &g.kr, "2026-04-07T08:00:00Z", "15", "8");
    say(a, &g.kr, "2026-04-14T08:00:00Z", "15", "5");
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "confidence_drop bob, value_stuck cy");
}

static void amended_check_ins_do_not_count(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct goal g = add_goal(a);
    say(a, &g.kr, "2026-04-07T08:00:00Z", "15", "8");
    struct okr_id typo = okr_acme_add(
        c, OKR_KIND_CHECK_IN, "key_result", okr_acme_hex(c, &g.kr),
        "confidence", "1", "observed_at", "2026-04-14T08:00:00Z", NULL);
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "confidence_drop bob");
    (void)okr_acme_add(c, OKR_KIND_CHECK_IN, "key_result",
                       okr_acme_hex(c, &g.kr), "confidence", "8", "observed_at",
                       "2026-04-14T08:00:00Z", "amends", okr_acme_hex(c, &typo),
                       NULL);
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "");
}

static void behind_the_pace(void **state)
{
    struct answer *a = *state;
    struct goal g = add_goal(a);
    okr_acme_set(&a->c, &g.kr, 0, "value", "1", NULL);
    ask(a, "todo", NULL);
    assert_owed(a, "behind_pace cy");
}

static void who_left_owes_nothing_any_more(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct goal g = add_goal(a);
    okr_acme_set(c, &c->cy, 0, "left", "2026-04-15", NULL);
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "no_owner bob"); /* the objective's owner */
    okr_acme_set(c, &g.objective, 0, "owner", okr_acme_hex(c, &c->cy), NULL);
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "no_owner bob"); /* the unit's lead */
    okr_acme_set(c, &c->bob, 0, "left", "2026-04-01", NULL);
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "no_owner ann");
}

static void tasks_when_they_are_overdue(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct goal g = add_goal(a);
    struct okr_id task =
        okr_acme_add(c, OKR_KIND_TASK, "subject", okr_acme_hex(c, &g.kr),
                     "title", "T", "owner", okr_acme_hex(c, &c->cy), "due",
                     "2026-04-14", "state", "doing", NULL);
    ask(a, "todo", NULL);
    assert_owed(a, "task_overdue cy");
    assert_at(a, "0.since", "\"2026-04-15\"");
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "task_overdue cy");
    okr_acme_set(c, &task, 0, "state", "done", NULL);
    ask(a, "todo", NULL);
    assert_owed(a, "");
}

static void what_is_submitted_waits_for_the_lead_above(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct goal g = add_goal(a);
    a->query.person = c->ann; /* a draft is shown to those who decide */
    okr_acme_set(c, &g.objective, 0, "state", "submitted", NULL);
    ask(a, "todo", NULL);
    assert_owed(a, "unconfirmed ann");
    /* The company's is for management, but not for its own owner. */
    okr_acme_set(c, &g.objective, 0, "unit", okr_acme_hex(c, &c->acme), "owner",
                 okr_acme_hex(c, &c->ann), NULL);
    ask(a, "todo", NULL);
    assert_owed(a, "");
    okr_acme_set(c, &c->bob, 0, "roles", "+management", NULL);
    okr_acme_set(c, &c->bob, 0, "roles", "+champion", NULL);
    a->query.person = c->bob;
    ask(a, "todo", NULL);
    assert_owed(a, "unconfirmed bob");
}

static void orphans_and_the_midterm(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct goal g = add_goal(a);
    okr_acme_set(c, &g.objective, 0, "contributes_to", NULL, NULL);
    ask(a, "todo", "owner=bob@acme.test", NULL);
    assert_owed(a, "orphan bob");
    okr_acme_set(c, &g.objective, 0, "archived", "true", NULL);
    ask(a, "todo", "owner=bob@acme.test", NULL);
    assert_owed(a, "");
    okr_acme_set(c, &g.objective, 0, "archived", "false", NULL);
    okr_acme_set(c, &g.kr, 0, "observed_at", "2026-05-18T08:00:00Z", "value",
                 "55", NULL);
    a->query.now += (okr_us)34 * 86400 * 1000000; /* 2026-05-19 */
    ask(a, "todo", "owner=bob@acme.test", NULL);
    assert_owed(a, "midterm_due bob, orphan bob");
    assert_at(a, "0.action", "\"okr review midterm --unit sales\"");
    assert_at(a, "0.since", "\"2026-05-16\"");
    (void)okr_acme_add(c, OKR_KIND_REVIEW, "unit", okr_acme_hex(c, &c->sales),
                       "cycle", okr_acme_hex(c, &c->q2), "kind", "midterm",
                       NULL);
    ask(a, "todo", "owner=bob@acme.test", NULL);
    assert_owed(a, "orphan bob");
}

static void a_closed_cycle_asks_for_nothing(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct goal g = add_goal(a);
    okr_acme_set(c, &g.kr, 0, "blocked", "true", "observed_at", NULL, NULL);
    okr_acme_set(c, &g.objective, 0, "contributes_to", NULL, NULL);
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "blocked bob, check_in_due cy, orphan bob");
    okr_acme_set(c, &c->q2, 0, "phase", "closed", NULL);
    ask(a, "todo", "unit=sales", NULL);
    assert_owed(a, "");
}

static void of_nobody_in_particular(void **state)
{
    struct answer *a = *state;
    struct okr_json json;
    uint64_t n = 7;
    a->query.person = (struct okr_id){{0}};
    assert_false(ask(a, "todo", NULL));
    assert_int_equal(a->problem.rule, OKR_RULE_UNKNOWN_PERSON);
    answer_begin(a, &json);
    assert_int_equal(okr_query_alerts(&a->query, 3, &json, &n), OKR_OK);
    answer_end(a);
    assert_int_equal(n, 0);
    assert_string_equal((const char *)a->json.data, "[]");
}

static void status_tells_the_first_of_it(void **state)
{
    struct answer *a = *state;
    struct okr_json json;
    uint64_t n = 0;
    struct goal g = add_goal(a);
    okr_acme_set(&a->c, &g.kr, 0, "observed_at", "2026-04-08T08:00:00Z",
                 "value", "0", NULL);
    answer_begin(a, &json);
    assert_int_equal(okr_query_alerts(&a->query, 1, &json, &n), OKR_OK);
    answer_end(a);
    assert_int_equal(n, 2);
    assert_at(a, "0.alert", "\"check_in_due\"");
    assert_at(a, "0.title", "\"K\"");
    assert_at(a, "1", NULL);
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, answer_open, answer_close)
    const struct CMUnitTest tests[] = {
        TEST(all_is_well),
        TEST(check_ins_are_the_owners),
        TEST(help_is_the_leads),
        TEST(stuck_and_a_drop),
        TEST(amended_check_ins_do_not_count),
        TEST(behind_the_pace),
        TEST(who_left_owes_nothing_any_more),
        TEST(tasks_when_they_are_overdue),
        TEST(what_is_submitted_waits_for_the_lead_above),
        TEST(orphans_and_the_midterm),
        TEST(a_closed_cycle_asks_for_nothing),
        TEST(of_nobody_in_particular),
        TEST(status_tells_the_first_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
