/* Saying the same thing again changes it; what nobody said of the cycle. */
#include "tests/unit/compose/asking.h"

static void a_second_stand_up_changes_the_first(void **state)
{
    struct asking *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id first =
        okr_acme_add(c, OKR_KIND_STANDUP, "person", okr_acme_hex(c, &c->cy),
                     "day", "2026-04-15", "done", "slept", NULL);
    ask(a, "standup", "done=worked", "plan=more", NULL);
    assert_done(a);
    assert_int_equal(a->payload.verb, OKR_VERB_SET);
    assert_true(okr_id_eq(&a->payload.entity, &first));
    assert_int_equal(a->payload.n_changes, 2);
    assert_field(a, OKR_F_DONE, "worked");
    assert_int_equal(a->payload.changes[0].seen.form, OKR_SEEN_LSN);
    /* Another day, another person, one that was put away: a new one. */
    ask(a, "standup", "day=2026-04-16", "done=worked", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
    a->ground.person = c->bob;
    ask(a, "standup", "done=worked", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
    a->ground.person = c->cy;
    okr_acme_set(c, &first, 0, "archived", "true", NULL);
    ask(a, "standup", "done=worked", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
}

static void add_makes_a_new_one_in_any_case(void **state)
{
    struct asking *a = *state;
    struct okr_acme *c = &a->c;
    (void)okr_acme_add(c, OKR_KIND_STANDUP, "person", okr_acme_hex(c, &c->cy),
                       "day", "2026-04-15", NULL);
    ask(a, "add", "kind=standup", "done=worked", NULL);
    assert_done(a);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
}

static void a_light_of_this_week(void **state)
{
    struct asking *a = *state;
    struct okr_acme *c = &a->c;
    (void)okr_acme_add(c, OKR_KIND_HEALTH, "unit", okr_acme_hex(c, &c->sales),
                       "week", "2026-04-13", "metric", "team", "state", "red",
                       NULL);
    ask(a, "health", "metric=team", "state=green", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_SET);
    assert_int_equal(a->payload.n_changes, 1);
    ask(a, "health", "metric=quality", "state=green", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
    ask(a, "health", "metric=team", "state=green", "unit=acme", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
}

static void focus_by_its_rank(void **state)
{
    struct asking *a = *state;
    struct okr_acme *c = &a->c;
    (void)okr_acme_add(c, OKR_KIND_FOCUS, "unit", okr_acme_hex(c, &c->sales),
                       "week", "2026-04-13", "rank", "1", "text", "x",
                       "horizon", "this_week", NULL);
    ask(a, "focus", "text=y", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
    assert_field(a, OKR_F_FO_RANK, "2");
    ask(a, "focus", "text=y", "horizon=next_4_weeks", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
    assert_field(a, OKR_F_FO_RANK, "1");
    ask(a, "focus", "text=y", "rank=1", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_SET);
    assert_field(a, OKR_F_FO_TEXT, "y");
}

static void a_vote_is_given_once(void **state)
{
    struct asking *a = *state;
    struct okr_acme *c = &a->c;
    ask(a, "proposal", "title=Less meetings", NULL);
    assert_done(a);
    assert_id(a, OKR_F_PR_CYCLE, &c->q2);
    assert_id(a, OKR_F_PR_UNIT, &c->sales);
    struct okr_id proposal =
        okr_acme_add(c, OKR_KIND_PROPOSAL, "title", "Less meetings", NULL);
    const char *arg =
        okr_arena_printf(c->arena, "proposal=%s", okr_acme_hex(c, &proposal));
    ask(a, "vote", arg, NULL);
    assert_done(a);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
    (void)okr_acme_add(c, OKR_KIND_VOTE, "proposal", okr_acme_hex(c, &proposal),
                       "person", okr_acme_hex(c, &c->cy), NULL);
    ask(a, "vote", arg, NULL);
    assert_int_equal(a->problem.rule, OKR_RULE_DUPLICATE);
    ask(a, "vote", arg, "weight=2", NULL);
    assert_int_equal(a->payload.verb, OKR_VERB_SET);
}

/* A comment has no key: the same twice is two. */
static void comments_are_always_new(void **state)
{
    struct asking *a = *state;
    struct okr_acme *c = &a->c;
    (void)okr_acme_add(c, OKR_KIND_COMMENT, "subject",
                       okr_acme_hex(c, &c->sales), "text", "hm", NULL);
    ask(a, "comment", "subject=sales", "text=hm", NULL);
    assert_done(a);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
}

static void the_cycle_of_a_proposal_and_of_a_review(void **state)
{
    struct asking *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id year =
        okr_acme_add(c, OKR_KIND_CYCLE, "name", "2026", "start", "2026-01-01",
                     "end", "2026-12-31", NULL);
    struct okr_id q3 =
        okr_acme_add(c, OKR_KIND_CYCLE, "name", "Q3", "start", "2026-07-01",
                     "end", "2026-09-30", "phase", "drafting", NULL);
    ask(a, "proposal", "title=P", NULL);
    assert_id(a, OKR_F_PR_CYCLE, &q3);
    ask(a, "review", "kind=weekly", NULL);
    assert_id(a, OKR_F_RV_CYCLE, &c->q2);
    okr_acme_set(c, &c->q2, 0, "phase", "closed", NULL);
    ask(a, "review", "kind=weekly", NULL);
    assert_id(a, OKR_F_RV_CYCLE, &year);
    okr_acme_set(c, &year, 0, "archived", "true", NULL);
    okr_acme_set(c, &q3, 0, "archived", "true", NULL);
    ask(a, "review", "kind=weekly", NULL);
    assert_int_equal(a->problem.rule, OKR_RULE_MISSING);
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, asking_open, asking_close)
    const struct CMUnitTest tests[] = {
        TEST(a_second_stand_up_changes_the_first),
        TEST(add_makes_a_new_one_in_any_case),
        TEST(a_light_of_this_week),
        TEST(focus_by_its_rank),
        TEST(a_vote_is_given_once),
        TEST(comments_are_always_new),
        TEST(the_cycle_of_a_proposal_and_of_a_review),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
