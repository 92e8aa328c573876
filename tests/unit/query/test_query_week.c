/* What the weekly meeting looks at: board, calendar, report. */
#include "tests/unit/query/answer.h"

static struct okr_id add_focus(struct answer *a, const char *week,
                               const char *rank, const char *text,
                               const char *horizon)
{
    struct okr_acme *c = &a->c;
    return okr_acme_add(c, OKR_KIND_FOCUS, "unit", okr_acme_hex(c, &c->sales),
                        "week", week, "rank", rank, "text", text, "horizon",
                        horizon, NULL);
}

static void add_health(struct answer *a, const char *week, const char *metric,
                       const char *light)
{
    struct okr_acme *c = &a->c;
    (void)okr_acme_add(c, OKR_KIND_HEALTH, "unit", okr_acme_hex(c, &c->sales),
                       "week", week, "metric", metric, "state", light, NULL);
}

/* Of Sales, whose Monday is 13 April. */
static void four_quadrants(void **state)
{
    struct answer *a = *state;
    (void)add_focus(a, "2026-04-13", "2", "second", "this_week");
    (void)add_focus(a, "2026-04-15", "1", "first", "this_week");
    (void)add_focus(a, "2026-04-06", "1", "last week's", "this_week");
    (void)add_focus(a, "2026-03-23", "1", "soon", "next_4_weeks");
    (void)add_focus(a, "2026-03-16", "1", "is over", "next_4_weeks");
    add_health(a, "2026-04-06", "team", "red");
    add_health(a, "2026-04-13", "team", "green");
    add_health(a, "2026-03-02", "quality", "yellow");
    struct okr_id gone = add_focus(a, "2026-04-13", "3", "x", "this_week");
    okr_acme_set(&a->c, &gone, 0, "archived", "true", NULL);
    assert_true(ask(a, "board", NULL));
    assert_at(a, "unit", "\"sales\"");
    assert_at(a, "week", "\"2026-04-13\"");
    assert_at(a, "detail", "true");
    assert_at(a, "cycles.0", "\"2026-Q2\"");
    assert_at(a, "focus.0.text", "\"first\"");
    assert_at(a, "focus.1.text", "\"second\"");
    assert_at(a, "focus.2", NULL);
    assert_at(a, "next_4_weeks.0.text", "\"soon\"");
    assert_at(a, "next_4_weeks.1", NULL);
    assert_at(a, "health.0.metric", "\"quality\"");
    assert_at(a, "health.0.week", "\"2026-03-02\""); /* old, and it shows */
    assert_at(a, "health.1.state", "\"green\"");
    assert_at(a, "health.2", NULL);
}

static void blocked_first_and_confident_ones_last(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id fine = add_objective(a, "Fine", NULL);
    struct okr_id stuck = add_objective(a, "Stuck", NULL);
    struct okr_id draft = add_objective(a, "Draft", NULL);
    okr_acme_set(c, &draft, 0, "state", "draft", NULL);
    struct okr_id good = add_kr(a, &fine, "good", "50");
    okr_acme_set(c, &good, 0, "confidence", "9", "observed_at",
                 "2026-04-14T08:00:00Z", NULL);
    struct okr_id behind = add_kr(a, &stuck, "behind", "1");
    struct okr_id blocked = add_kr(a, &stuck, "blocked", "50");
    okr_acme_set(c, &blocked, 0, "blocked", "true", NULL);
    (void)okr_acme_add(c, OKR_KIND_CONFLICT, "subject",
                       okr_acme_hex(c, &behind), NULL);
    a->query.person = c->bob;
    ask(a, "board", "unit=sales", NULL);
    assert_at(a, "objectives.0.title", "\"Stuck\"");
    assert_at(a, "objectives.1.title", "\"Fine\"");
    assert_at(a, "objectives.2", NULL);
    assert_at(a, "objectives.0.children.0.title", "\"blocked\"");
    assert_at(a, "objectives.0.children.0.alerts.0", "\"blocked\"");
    assert_at(a, "objectives.0.children.1.title", "\"behind\"");
    assert_at(a, "objectives.0.children.1.open_conflicts", "1");
    assert_at(a, "objectives.1.children.0.alerts", "[]");
    ask(a, "tree", NULL);
    assert_at(a, "1.children.0.open_conflicts", "1");
    assert_at(a, "0.children.0.open_conflicts", "0");
    ask(a, "board", "unit=acme", NULL);
    assert_at(a, "objectives", "[]");
}

/* A board without cycle shows what runs; before the first, what comes; after
 * the last, what ended last. */
static void which_cycle(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    (void)okr_acme_add(c, OKR_KIND_CYCLE, "name", "2026", "start", "2026-01-01",
                       "end", "2026-12-31", NULL);
    (void)okr_acme_add(c, OKR_KIND_CYCLE, "name", "Q3", "start", "2026-07-01",
                       "end", "2026-09-30", NULL);
    ask(a, "board", NULL);
    assert_at(a, "cycles", "[\"2026\",\"2026-Q2\"]");
    ask(a, "report", NULL);
    assert_at(a, "cycle", "\"2026-Q2\""); /* the shortest */
    ask(a, "board", "cycle=Q3", NULL);
    assert_at(a, "cycles", "[\"Q3\"]");
    okr_acme_set(c, &c->q2, 0, "phase", "closed", NULL);
    ask(a, "report", NULL);
    assert_at(a, "cycle", "\"2026\"");
    a->query.now -= (okr_us)1000 * 86400 * 1000000;
    ask(a, "report", NULL);
    assert_at(a, "cycle", "\"2026\"");
    a->query.now += (okr_us)2000 * 86400 * 1000000;
    ask(a, "report", NULL);
    assert_at(a, "cycle", "\"2026\"");
    assert_false(ask(a, "board", "cycle=Q9", NULL));
}

static void the_calendar_of_what_is_not_over(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    (void)okr_acme_add(c, OKR_KIND_CYCLE, "name", "Q1", "start", "2026-01-01",
                       "end", "2026-03-31", NULL);
    ask(a, "calendar", NULL);
    assert_at(a, "0.event", "\"standup\"");
    assert_at(a, "0.next", "\"2026-04-15\"");
    assert_at(a, "0.every_days", "1");
    assert_at(a, "1.event", "\"weekly\"");
    assert_at(a, "1.start", "\"2026-04-06\"");
    assert_at(a, "1.next", "\"2026-04-20\"");
    assert_at(a, "1.until", "\"2026-06-30\"");
    assert_at(a, "2.event", "\"midterm\"");
    assert_at(a, "2.start", "\"2026-05-16\"");
    assert_at(a, "2.end", "\"2026-05-29\"");
    assert_at(a, "2.until", "null");
    assert_at(a, "4.event", "\"retro\"");
    assert_at(a, "5", NULL); /* the retro week of Q1 was the one before */
    assert_at(a, "4.uid",
              okr_arena_printf(c->arena, "\"%s-retro@okr\"",
                               okr_acme_hex(c, &c->q2)));
    ask(a, "calendar", "cycle=Q1", NULL);
    assert_at(a, "4.event", "\"retro\"");
    assert_at(a, "4.next", "null");
    okr_acme_set(c, &c->policy, 0, "midterm_days", "0", "cadence_days", "14",
                 NULL);
    ask(a, "calendar", NULL);
    assert_at(a, "1.every_days", "14");
    assert_at(a, "2.event", "\"close\"");
}

/* Two objectives in Sales, one in the company; one of four key results was
 * checked in too long ago, one is measured by nobody. */
static void figures_are_of_units(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id top = add_objective(a, "Top", NULL);
    okr_acme_set(c, &top, 0, "unit", okr_acme_hex(c, &c->acme), "origin",
                 "top_down", NULL);
    struct okr_id one = add_objective(a, "One", &top);
    okr_acme_set(c, &one, 0, "origin", "bottom_up", "score", "0.9", NULL);
    struct okr_id two = add_objective(a, "Two", &top);
    okr_acme_set(c, &two, 0, "score", "0.3", NULL);
    struct okr_id k[4] = {
        add_kr(a, &one, "K1", "50"), add_kr(a, &one, "K2", "30"),
        add_kr(a, &two, "K3", "0"), add_kr(a, &two, "K4", NULL)};
    for (int i = 0; i < 3; i++)
        okr_acme_set(c, &k[i], 0, "observed_at",
                     i == 2 ? "2026-04-04T08:00:00Z" : "2026-04-05T08:00:00Z",
                     NULL);
    ask(a, "report", "unit=acme", NULL);
    assert_at(a, "unit", "\"acme\"");
    assert_at(a, "start", "\"2026-04-01\"");
    assert_at(a, "objectives.0.title", "\"Top\"");
    assert_at(a, "objectives.1", NULL);
    assert_at(a, "units.1.unit", "\"sales\"");
    assert_at(a, "units.1.level", "1");
    assert_at(a, "units.1.key_results", "4");
    assert_at(a, "units.1.checked_in", "0.500000");
    assert_at(a, "units.1.measured", "0.750000");
    assert_at(a, "units.1.on_track", "0.500000");
    assert_at(a, "units.1.bottom_up", "0.500000");
    assert_at(a, "units.1.progress", "0.200000");
    assert_at(a, "units.1.score", "0.600000");
    assert_at(a, "units.1.scores.green", "1");
    assert_at(a, "units.1.scores.red", "1");
    assert_at(a, "units.0.checked_in", "null"); /* of nothing is no share */
    assert_at(a, "figures.objectives", "3");
    assert_at(a, "figures.bottom_up", "0.333333");
    assert_at(a, "figures.checked_in", "0.500000");
    assert_at(a, "figures.score", "null");
    ask(a, "report", "unit=sales", NULL);
    assert_at(a, "objectives.1.children.1.title", "\"K4\"");
    assert_at(a, "units.1", NULL);
}

/* A person's has no figures: nobody is compared. */
static void of_a_person(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id one = add_objective(a, "One", NULL);
    struct okr_id kr = add_kr(a, &one, "K1", "50");
    (void)okr_acme_add(c, OKR_KIND_CHECK_IN, "key_result", okr_acme_hex(c, &kr),
                       "note", "older", "observed_at", "2026-04-03T08:00:00Z",
                       NULL);
    (void)okr_acme_add(c, OKR_KIND_CHECK_IN, "key_result", okr_acme_hex(c, &kr),
                       "note", "newer", "observed_at", "2026-04-05T08:00:00Z",
                       NULL);
    ask(a, "report", "owner=me", NULL);
    assert_at(a, "person", "\"cy@acme.test\"");
    assert_at(a, "objectives", "[]");
    assert_at(a, "key_results.0.title", "\"K1\"");
    assert_at(a, "key_results.0.last_note", "\"newer\"");
    assert_at(a, "figures", NULL);
    assert_at(a, "units", NULL);
    ask(a, "report", "owner=bob@acme.test", NULL);
    assert_at(a, "objectives.0.children.0.title", "\"K1\"");
    assert_at(a, "key_results", "[]");
    a->query.person = (struct okr_id){{0}};
    assert_false(ask(a, "report", "owner=me", NULL));
}

static void without_a_cycle(void **state)
{
    struct answer *a = *state;
    okr_acme_set(&a->c, &a->c.q2, 0, "archived", "true", NULL);
    assert_false(ask(a, "report", NULL));
    assert_string_equal(a->problem.what, "there is no cycle yet");
    assert_true(ask(a, "board", NULL));
    assert_at(a, "cycles", "[]");
    assert_true(ask(a, "calendar", NULL));
    assert_string_equal((const char *)a->json.data, "[]");
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, answer_open, answer_close)
    const struct CMUnitTest tests[] = {
        TEST(four_quadrants),       TEST(blocked_first_and_confident_ones_last),
        TEST(which_cycle),          TEST(the_calendar_of_what_is_not_over),
        TEST(figures_are_of_units), TEST(of_a_person),
        TEST(without_a_cycle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
