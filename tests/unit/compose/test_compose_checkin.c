/* Check-ins as people say them, and which entity a name means. */
#include "tests/unit/compose/asking.h"

static struct okr_id add_kr(struct asking *a, const char *metric,
                            const char *start, const char *stretch)
{
    struct okr_acme *c = &a->c;
    struct okr_id o =
        okr_acme_add(c, OKR_KIND_OBJECTIVE, "cycle", okr_acme_hex(c, &c->q2),
                     "title", "Grow", "owner", okr_acme_hex(c, &c->bob), "unit",
                     okr_acme_hex(c, &c->sales), "state", "published", NULL);
    return okr_acme_add(c, OKR_KIND_KEY_RESULT, "objective",
                        okr_acme_hex(c, &o), "title", "More", "owner",
                        okr_acme_hex(c, &c->bob), "metric", metric, "start",
                        start, "stretch", stretch, NULL);
}

static const char *arg(struct asking *a, const char *name,
                       const struct okr_id *id)
{
    return okr_arena_printf(a->c.arena, "%s=%s", name, okr_acme_hex(&a->c, id));
}

static const char *value(struct asking *a, const char *text)
{
    return okr_arena_printf(a->c.arena, "value=%s", text);
}

static void a_check_in(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, "increase", "0", NULL);
    ask(a, "checkin", arg(a, "key_result", &kr), "value=70%", "confidence=7",
        "note=going well", "blocked=", NULL);
    assert_done(a);
    assert_int_equal(a->payload.verb, OKR_VERB_CHECKIN);
    assert_int_equal(a->payload.kind, OKR_KIND_CHECK_IN);
    assert_id(a, OKR_F_CI_KEY_RESULT, &kr);
    assert_field(a, OKR_F_CI_VALUE, "70");
    assert_field(a, OKR_F_CI_CONFIDENCE, "7");
    assert_field(a, OKR_F_CI_NOTE, "going well");
    assert_field(a, OKR_F_CI_BLOCKED, "true");
    assert_field(a, OKR_F_NO_CHANGE, NULL);
    assert_field(a, OKR_F_CI_OBSERVED_AT, "2026-04-15T09:30:00Z");
    assert_false(okr_id_eq(&a->payload.entity, &kr));
}

/* A day that is over stands for its end, today for now. */
static void observed_on_a_day(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, "increase", "0", NULL);
    a->ground.offset_min = 480;
    ask(a, "checkin", arg(a, "key_result", &kr), "value=1",
        "observed_at=2026-04-10", NULL);
    assert_done(a);
    assert_field(a, OKR_F_CI_OBSERVED_AT, "2026-04-10T15:59:59.999999Z");
    ask(a, "checkin", arg(a, "key_result", &kr), "value=1",
        "observed-at=2026-04-15", NULL);
    assert_field(a, OKR_F_CI_OBSERVED_AT, "2026-04-15T09:30:00Z");
}

static void levels_on_the_key_results_own_scale(void **state)
{
    struct asking *a = *state;
    struct okr_id own = add_kr(a, "levels", NULL, NULL);
    struct okr_id up = add_kr(a, "levels", "10", "35.5");
    struct okr_id down = add_kr(a, "levels", "0.5", "0");
    const struct {
        const struct okr_id *kr;
        const char *word, *want;
    } rows[] = {
        {&own, "none", "0"},       {&own, "commit", "0.3"},
        {&own, "Target", "0.7"},   {&own, "stretch", "1"},
        {&up, "none", "10"},       {&up, "commit", "17.65"},
        {&up, "target", "27.85"},  {&up, "stretch", "35.5"},
        {&down, "none", "0.5"},    {&down, "commit", "0.35"},
        {&down, "target", "0.15"}, {&down, "STRETCH", "0"},
        {&up, "12", "12"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask(a, "checkin", arg(a, "key_result", rows[i].kr),
            value(a, rows[i].word), NULL);
        assert_done(a);
        assert_field(a, OKR_F_CI_VALUE, rows[i].want);
    }
    ask(a, "checkin", arg(a, "key_result", &up), "value=best", NULL);
    assert_refused(a, OKR_RULE_BAD_VALUE, "value: \"best\" is no decimal",
                   "none, commit, target, stretch");
}

/* 18 digits hold both ends, but nothing between them. */
static void a_level_between_two_digits(void **state)
{
    struct asking *a = *state;
    const char *ends[][2] = {{"999999999999999999", "0.1"},
                             {"0.000000000000000001", "0"},
                             {"999999999999999999", "0.00000001"}};
    for (size_t i = 0; i < 3; i++) {
        struct okr_id kr = add_kr(a, "levels", ends[i][0], ends[i][1]);
        ask(a, "checkin", arg(a, "key_result", &kr), "value=commit", NULL);
        assert_refused(a, OKR_RULE_BAD_RANGE, "value: \"commit\" lies between",
                       "as a number");
    }
    struct okr_id fine = add_kr(a, "levels", "0.00000000000000001", "0");
    ask(a, "checkin", arg(a, "key_result", &fine), "value=commit", NULL);
    assert_done(a);
    assert_field(a, OKR_F_CI_VALUE, "0.000000000000000007");
}

static void yes_and_no(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, "boolean", NULL, NULL);
    const char *words[][2] = {{"yes", "1"}, {"Done", "1"}, {"true", "1"},
                              {"no", "0"},  {"1", "1"},    {"false", "0"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        ask(a, "checkin", arg(a, "key_result", &kr), value(a, words[i][0]),
            NULL);
        assert_done(a);
        assert_field(a, OKR_F_CI_VALUE, words[i][1]);
    }
    ask(a, "checkin", arg(a, "key_result", &kr), "value=maybe", NULL);
    assert_refused(a, OKR_RULE_BAD_VALUE, "\"maybe\"", "yes or no");
    /* Words are of their metric only. */
    struct okr_id line = add_kr(a, "increase", "0", NULL);
    ask(a, "checkin", arg(a, "key_result", &line), "value=yes", NULL);
    assert_refused(a, OKR_RULE_BAD_VALUE, "\"yes\"", "12.5");
}

static void a_correction_inherits(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, "increase", "0", NULL);
    struct okr_id old = okr_acme_add(
        &a->c, OKR_KIND_CHECK_IN, "key_result", okr_acme_hex(&a->c, &kr),
        "value", "5", "observed_at", "2026-04-03T08:00:00Z", NULL);
    ask(a, "checkin", arg(a, "amends", &old), "value=6", NULL);
    assert_done(a);
    assert_id(a, OKR_F_CI_KEY_RESULT, &kr);
    assert_id(a, OKR_F_AMENDS, &old);
    assert_field(a, OKR_F_CI_OBSERVED_AT, "2026-04-03T08:00:00Z");
    ask(a, "checkin", arg(a, "key_result", &kr), arg(a, "amends", &old),
        "value=6", "observed_at=2026-04-04T08:00:00Z", NULL);
    assert_field(a, OKR_F_CI_OBSERVED_AT, "2026-04-04T08:00:00Z");
}

static void a_check_in_says_something(void **state)
{
    struct asking *a = *state;
    struct okr_id kr = add_kr(a, "increase", "0", NULL);
    ask(a, "checkin", arg(a, "key_result", &kr), NULL);
    assert_refused(a, OKR_RULE_MISSING, "value: the check-in says nothing",
                   "--no-change");
    ask(a, "checkin", arg(a, "key_result", &kr), "no_change=false", NULL);
    assert_refused(a, OKR_RULE_MISSING, "says nothing", "");
    ask(a, "checkin", arg(a, "key_result", &kr), "no_change=", NULL);
    assert_done(a);
    ask(a, "checkin", arg(a, "key_result", &kr), "value=1", "no-change=yes",
        NULL);
    assert_refused(a, OKR_RULE_MALFORMED, "--no-change: a value is given",
                   "or");
    ask(a, "checkin", arg(a, "key_result", &kr), "no_change=0", "blocked=1",
        NULL);
    assert_done(a);
    assert_field(a, OKR_F_NO_CHANGE, "false");
    assert_field(a, OKR_F_CI_BLOCKED, "true");
    ask(a, "checkin", "value=1", NULL);
    assert_refused(a, OKR_RULE_MISSING, "key_result: ", "okr todo");
    ask(a, "checkin", arg(a, "key_result", &kr), "confidence=11", NULL);
    assert_refused(a, OKR_RULE_BAD_RANGE, "--confidence: \"11\"",
                   "0 (no hope) to 10");
    ask(a, "checkin", "key_result=ann@acme.test", "value=1", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY,
                   "key_result: no key result is \"ann@", "okr list");
}

/* ---- names --------------------------------------------------------------- */

static enum okr_rule resolve(struct asking *a, uint16_t kind, const char *text,
                             struct okr_id *ret)
{
    memset(ret, 0, sizeof *ret);
    memset(&a->problem, 0xee, sizeof a->problem);
    assert_int_equal(
        okr_resolve(&a->c.space, kind, okr_slice_str(text), ret, &a->problem),
        OKR_OK);
    return a->problem.rule;
}

static void assert_means(struct asking *a, uint16_t kind, const char *text,
                         const struct okr_id *want)
{
    struct okr_id id;
    if (resolve(a, kind, text, &id) != OKR_RULE_NONE)
        fail_msg("%s: %s", text, a->problem.what);
    assert_memory_equal(&id, want, sizeof id);
}

static void names_of_all_sorts(void **state)
{
    struct asking *a = *state;
    char ref[OKR_REF_TEXT];
    const struct okr_acme *c = &a->c;
    okr_ref_format(OKR_KIND_CYCLE, &c->q2, OKR_REF_CHARS_MIN, ref);
    assert_means(a, 0, ref, &c->q2);
    assert_means(a, OKR_KIND_CYCLE, ref, &c->q2);
    assert_means(a, OKR_KIND_CYCLE, "2026-Q2", &c->q2);
    assert_means(a, OKR_KIND_CYCLE, " 2026-q2 ", &c->q2);
    assert_means(a, 0, okr_acme_hex(&a->c, &c->q2), &c->q2);
    assert_means(a, OKR_KIND_UNIT, "sales", &c->sales);
    assert_means(a, OKR_KIND_UNIT, "SALES", &c->sales);
    assert_means(a, OKR_KIND_UNIT, "sales & co", &c->sales);
    assert_means(a, OKR_KIND_PERSON, "Bob@ACME.test", &c->bob);
    assert_means(a, OKR_KIND_PERSON, "bob bee", &c->bob);
    assert_means(a, 0, "cy@acme.test", &c->cy);
    assert_means(a, 0, "bob BEE", &c->bob);
    assert_means(a, 0, "Sales & Co", &c->sales);
    assert_means(a, 0, "policy", &c->policy);
}

static void a_name_may_be_shared(void **state)
{
    struct asking *a = *state;
    struct okr_id id, twin;
    twin = okr_acme_add(&a->c, OKR_KIND_CYCLE, "name", "2026-Q2", "kind",
                        "quarter", NULL);
    resolve(a, OKR_KIND_CYCLE, "2026-Q2", &id);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY,
                   "\"2026-Q2\" may be one of 2: c-", "reference");
    assert_non_null(strstr(a->problem.what, "(2026-Q2), c-"));
    /* Of two, the one in use is meant. */
    okr_acme_set(&a->c, &twin, 0, "archived", "true", NULL);
    assert_means(a, OKR_KIND_CYCLE, "2026-Q2", &a->c.q2);
    okr_acme_set(&a->c, &a->c.q2, 0, "archived", "true", NULL);
    resolve(a, OKR_KIND_CYCLE, "2026-Q2", &id);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY, "may be one of 2", "");
}

/* Candidates stop at five, and say that they do. */
static void few_candidates_are_shown(void **state)
{
    struct asking *a = *state;
    struct okr_id id;
    for (int i = 0; i < 80; i++)
        (void)okr_acme_add(&a->c, OKR_KIND_CYCLE, "name", "X", NULL);
    resolve(a, OKR_KIND_CYCLE, "X", &id);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY, "one of 80: ", "");
    size_t shown = 0;
    for (const char *at = a->problem.what; (at = strstr(at, "(X)")) != NULL;
         at++)
        shown++;
    assert_int_equal(shown, 5);
    assert_non_null(strstr(a->problem.what, "(X), …"));
}

static void another_kind_is_named_as_such(void **state)
{
    struct asking *a = *state;
    struct okr_id id;
    char ref[OKR_REF_TEXT];
    okr_ref_format(OKR_KIND_CYCLE, &a->c.q2, OKR_REF_CHARS, ref);
    resolve(a, OKR_KIND_UNIT, ref, &id);
    assert_refused(a, OKR_RULE_WRONG_KIND, "is of kind cycle, not unit",
                   "okr list --kind unit");
    resolve(a, OKR_KIND_OBJECTIVE, ref, &id);
    assert_refused(a, OKR_RULE_WRONG_KIND, "not objective", "");
    resolve(a, OKR_KIND_PERSON, "", &id);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY, "\"\"", "");
}

/* A code may look like a reference. */
static void a_code_is_not_taken_for_a_reference(void **state)
{
    struct asking *a = *state;
    struct okr_id unit =
        okr_acme_add(&a->c, OKR_KIND_UNIT, "name", "A", "code", "a-team", NULL);
    assert_means(a, OKR_KIND_UNIT, "a-team", &unit);
    assert_means(a, 0, "a-team", &unit);
}

static void a_verdict_in_words(void **state)
{
    struct asking *a = *state;
    struct okr_verdict v =
        okr_verdict_reject_about(OKR_RULE_DUPLICATE, OKR_F_MAIL, &a->c.bob);
    okr_problem_of(&v, OKR_KIND_PERSON, &a->problem);
    assert_int_equal(a->problem.rule, OKR_RULE_DUPLICATE);
    assert_non_null(strstr(a->problem.what, "mail: another entity"));
    assert_non_null(strstr(a->problem.what, okr_acme_hex(&a->c, &a->c.bob)));
    assert_string_equal(a->problem.remedy, okr_rule_remedy(OKR_RULE_DUPLICATE));
    v = okr_verdict_ok();
    okr_problem_of(&v, OKR_KIND_PERSON, &a->problem);
    assert_int_equal(a->problem.rule, OKR_RULE_NONE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, asking_open, asking_close)
    const struct CMUnitTest tests[] = {
        T(a_check_in),
        T(observed_on_a_day),
        T(levels_on_the_key_results_own_scale),
        T(a_level_between_two_digits),
        T(yes_and_no),
        T(a_correction_inherits),
        T(a_check_in_says_something),
        T(names_of_all_sorts),
        T(a_name_may_be_shared),
        T(few_candidates_are_shown),
        T(another_kind_is_named_as_such),
        T(a_code_is_not_taken_for_a_reference),
        T(a_verdict_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
