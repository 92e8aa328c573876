/* What was typed to add something: fields, defaults, and every slip. */
#include "tests/unit/compose/asking.h"

static void an_objective_gets_owner_and_unit(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "kind=objective", "cycle=2026-Q2", "title= Grow ", NULL);
    assert_done(a);
    assert_int_equal(a->payload.verb, OKR_VERB_ADD);
    assert_int_equal(a->payload.kind, OKR_KIND_OBJECTIVE);
    assert_field(a, OKR_F_O_TITLE, "Grow");
    assert_id(a, OKR_F_O_CYCLE, &a->c.q2);
    assert_id(a, OKR_F_O_OWNER, &a->c.cy);
    assert_id(a, OKR_F_O_UNIT, &a->c.sales);
    assert_int_equal(a->payload.n_changes, 4);
    for (size_t i = 0; i < a->payload.n_changes; i++)
        assert_int_equal(a->payload.changes[i].seen.form, OKR_SEEN_NOTHING);
    struct okr_id id =
        okr_id_make(a->ground.now, (const uint8_t *)a->ground.entropy);
    assert_true(okr_id_eq(&a->payload.entity, &id));
}

/* The unit follows the owner who is given, not the one who speaks. */
static void the_unit_is_the_owners(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "kind=objective", "cycle=2026-q2", "title=Grow",
        "owner=ANN@acme.test", NULL);
    assert_done(a);
    assert_id(a, OKR_F_O_OWNER, &a->c.ann);
    assert_id(a, OKR_F_O_UNIT, &a->c.acme);
    ask(a, "add", "kind=objective", "cycle=2026-Q2", "title=Grow", "owner=me",
        "unit=Sales & co", NULL);
    assert_done(a);
    assert_id(a, OKR_F_O_OWNER, &a->c.cy);
    assert_id(a, OKR_F_O_UNIT, &a->c.sales);
}

static struct okr_id add_objective(struct asking *a)
{
    return okr_acme_add(
        &a->c, OKR_KIND_OBJECTIVE, "cycle", okr_acme_hex(&a->c, &a->c.q2),
        "title", "Grow", "owner", okr_acme_hex(&a->c, &a->c.bob), "unit",
        okr_acme_hex(&a->c, &a->c.sales), "state", "published", NULL);
}

static const char *arg(struct asking *a, const char *name, const char *value)
{
    char *text = okr_arena_printf(a->c.arena, "%s=%s", name, value);
    assert_non_null(text);
    return text;
}

static void start_and_target_tell_the_metric(void **state)
{
    struct asking *a = *state;
    struct okr_id o = add_objective(a);
    const char *objective = arg(a, "objective", okr_acme_hex(&a->c, &o));
    ask(a, "add", "kind=kr", objective, "title=More", "start=10",
        "target=20.50", NULL);
    assert_done(a);
    assert_field(a, OKR_F_METRIC, "increase");
    assert_field(a, OKR_F_TARGET, "20.5");
    assert_id(a, OKR_F_KR_OWNER, &a->c.cy);
    ask(a, "add", "kind=kr", objective, "title=Less", "start=10", "target=-2",
        NULL);
    assert_field(a, OKR_F_METRIC, "decrease");
    ask(a, "add", "kind=kr", objective, "title=Less", "start=10", "target=2",
        "metric=at_most", NULL);
    assert_field(a, OKR_F_METRIC, "at_most");
    ask(a, "add", "kind=kr", objective, "title=?", "target=2", NULL);
    assert_done(a);
    assert_field(a, OKR_F_METRIC, NULL);
    assert_field(a, OKR_F_KR_DUE, NULL);
}

static void a_percent_sign_is_the_unit(void **state)
{
    struct asking *a = *state;
    struct okr_id o = add_objective(a);
    const char *objective = arg(a, "objective", okr_acme_hex(&a->c, &o));
    ask(a, "add", "kind=key_result", objective, "title=Share", "start=0 %",
        "target=70%", NULL);
    assert_done(a);
    assert_field(a, OKR_F_TARGET, "70");
    assert_field(a, OKR_F_START, "0");
    assert_field(a, OKR_F_UNIT_OF_MEASURE, "%");
    ask(a, "add", "kind=key_result", objective, "title=Share", "start=0",
        "target=70%", "unit-of-measure=points", NULL);
    assert_field(a, OKR_F_UNIT_OF_MEASURE, "points");
}

/* A cycle has a field named kind: the first one is the entity's. */
static void the_second_kind_is_the_field(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "kind=cycle", "name=2026-Q3", "kind=quarter",
        "start=2026-07-01", "end=2026-09-30", NULL);
    assert_done(a);
    assert_int_equal(a->payload.kind, OKR_KIND_CYCLE);
    assert_field(a, OKR_F_CYCLE_KIND, "quarter");
    assert_field(a, OKR_F_CYCLE_START, "2026-07-01");
}

static void sets_come_as_lists_or_twice(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "kind=person", "name=Dee", "mail=Dee@ACME.Test", "unit=sales",
        "roles=admin, champion,,admin", "roles=auditor", NULL);
    assert_done(a);
    assert_field(a, OKR_F_MAIL, "dee@acme.test");
    size_t roles = 0;
    for (size_t i = 0; i < a->payload.n_changes; i++)
        if (a->payload.changes[i].field == OKR_F_ROLES) {
            roles++;
            assert_int_equal(a->payload.changes[i].form, OKR_REG_PRESENT);
        }
    assert_int_equal(roles, 3);
}

static void kinds_are_methods(void **state)
{
    struct asking *a = *state;
    struct okr_id o = add_objective(a);
    ask(a, "comment", arg(a, "subject", okr_acme_hex(&a->c, &o)),
        "text=well done\n\n ", NULL);
    assert_done(a);
    assert_int_equal(a->payload.kind, OKR_KIND_COMMENT);
    assert_id(a, OKR_F_CM_SUBJECT, &o);
    ask(a, "standup", "done=a", NULL);
    assert_done(a);
    assert_id(a, OKR_F_SU_PERSON, &a->c.cy);
    assert_field(a, OKR_F_SU_DAY, "2026-04-15");
    ask(a, "invite", "name=Office", "expires=2026-05-01", NULL);
    assert_done(a);
    assert_int_equal(a->payload.verb, OKR_VERB_INVITE);
}

/* Weeks begin on Monday, ranks go on where the week's last one ended. */
static void a_focus_is_of_this_week(void **state)
{
    struct asking *a = *state;
    ask(a, "focus", "text=Ship it", NULL);
    assert_done(a);
    assert_field(a, OKR_F_FO_WEEK, "2026-04-13");
    assert_field(a, OKR_F_FO_RANK, "1");
    assert_id(a, OKR_F_FO_UNIT, &a->c.sales);
    const char *sales = okr_acme_hex(&a->c, &a->c.sales);
    (void)okr_acme_add(&a->c, OKR_KIND_FOCUS, "unit", sales, "week",
                       "2026-04-06", "rank", "9", "text", "Old", NULL);
    ask(a, "focus", "text=Ship it", NULL);
    assert_field(a, OKR_F_FO_RANK, "1");
    (void)okr_acme_add(&a->c, OKR_KIND_FOCUS, "unit", sales, "week",
                       "2026-04-13", "rank", "2", "text", "New", NULL);
    ask(a, "focus", "text=Ship it", NULL);
    assert_field(a, OKR_F_FO_RANK, "3");
}

static void an_unknown_word_lists_the_known(void **state)
{
    struct asking *a = *state;
    struct okr_id o = add_objective(a);
    ask(a, "add", "kind=kr", arg(a, "objective", okr_acme_hex(&a->c, &o)),
        "title=x", "metric=incrase", NULL);
    assert_refused(a, OKR_RULE_BAD_VALUE,
                   "--metric: \"incrase\" is no metric; one of unmeasured, "
                   "increase, decrease",
                   "one of these words");
    assert_true(a->problem.usage);
}

static void an_unknown_name_says_where_to_look(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "kind=objective", "cycle=Q9", "title=x", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY,
                   "--cycle: no cycle is named \"Q9\"",
                   "okr list --kind cycle shows them");
    assert_false(a->problem.usage);
    ask(a, "add", "kind=objective", "cycle=2026-Q2", "title=x",
        "owner=eve@acme.test", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY,
                   "--owner: no person is named \"eve@acme.test\"",
                   "okr list --kind person");
}

/* Not a slip: it was copied from somewhere, and the server may know it. */
static void an_unknown_id_passes(void **state)
{
    struct asking *a = *state;
    const char *id = "0123456789abcdef0123456789abcdef";
    ask(a, "add", "kind=kr", arg(a, "objective", id), "title=x", NULL);
    assert_done(a);
    assert_field(a, OKR_F_KR_OBJECTIVE, id);
    ask(a, "set", arg(a, "ref", id), "change=title=x", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY, "nothing here is", "okr list");
}

static void all_that_is_missing_is_told_at_once(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "kind=objective", "title=", NULL);
    assert_refused(a, OKR_RULE_MISSING,
                   "--cycle, --title: the kind objective needs them",
                   "give them");
    assert_true(a->problem.usage);
    ask(a, "add", "kind=reaction", "subject=acme", NULL);
    assert_refused(a, OKR_RULE_MISSING,
                   "--kind: the kind reaction needs it; one of kudos, thanks",
                   "give it");
    ask(a, "add", "kind=objective", "cycle=2026-Q2", "title=\xe3\x80\x80",
        NULL);
    assert_refused(a, OKR_RULE_MISSING, "title", "give the field");
}

static void values_of_the_wrong_type(void **state)
{
    struct asking *a = *state;
    const struct {
        const char *arg, *what, *remedy;
    } slips[] = {
        {"target=12,5", "--target: \"12,5\" is no decimal", "12.5"},
        {"due=30.6.2026", "--due: \"30.6.2026\" is no date", "2026-04-15"},
        {"due=2026-02-30", "--due: \"2026-02-30\"", "2026-04-15"},
        {"checkpoints=5", "--checkpoints: \"5\" is no list", "50:0.4"},
        {"plan=2026-05-01:x", "--plan: \"2026-05-01:x\"", "pairs"},
        {"value=3", "--value: add cannot write it", "okr checkin"},
        {"state=published", "--state: add cannot write it", "verb"},
        {"metrik=3",
         "--metrik: add takes no such argument for the kind key result; "
         "its fields: objective, title",
         "--help"},
        {"target=1234567890123456789", "--target: \"1234567890123456789\"",
         "18 digits"},
    };
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        ask(a, "add", "kind=kr", "objective=0123456789abcdef0123456789abcdef",
            "title=x", slips[i].arg, NULL);
        assert_int_not_equal(a->problem.rule, OKR_RULE_NONE);
        assert_refused(a, a->problem.rule, slips[i].what, slips[i].remedy);
        assert_true(a->problem.usage);
    }
}

/* Also where it is the first, and where it begins like one that is read. */
static void arguments_that_nobody_reads(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "colour=red", "kind=objective", "cycle=2026-Q2", "title=x",
        NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_FIELD, "--colour: add takes no such",
                   "--help");
    assert_true(a->problem.usage);
    ask(a, "set", "re=acme", "change=name=x", NULL);
    assert_refused(a, OKR_RULE_MISSING, "set needs a reference", "");
    ask(a, "set", "reference=acme", "change=name=x", NULL);
    assert_refused(a, OKR_RULE_MISSING, "set needs a reference", "");
    assert_true(a->problem.usage);
}

static void what_cannot_be_added(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "title=x", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_KIND, "add needs a kind; one of",
                   "okr add KIND");
    ask(a, "add", "kind=conflict", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_KIND, "\"conflict\" is no kind",
                   "okr add KIND");
    ask(a, "add", "kind=site", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_KIND, "\"site\" is no kind", "");
    ask(a, "genesis", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_VERB, "\"genesis\"", "--help");
    assert_true(a->problem.usage);
    ask(a, "destroy", "ref=acme", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_VERB, "\"destroy\"", "--help");
}

static void a_field_given_twice(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "kind=objective", "cycle=2026-Q2", "title=x", "title=y",
        NULL);
    assert_refused(a, OKR_RULE_MALFORMED, "--title: it is given twice", "once");
}

/* Nobody's terminal is steered by what somebody typed, and a cut text is
 * still a text. */
static void what_is_quoted_is_tame(void **state)
{
    struct asking *a = *state;
    ask(a, "add", "kind=objective", "cycle=\x1b[2J\n\xff", "title=x", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY, "\"?[2J??\"", "");
    char name[1200] = "cycle=";
    for (int i = 0; i < 300; i++)
        strcat(name, "\xe4\xb8\xad");
    ask(a, "add", "kind=objective", name, "title=x", NULL);
    assert_refused(a, OKR_RULE_UNKNOWN_ENTITY, "\xe4\xb8\xad…\"", "");
    assert_true(strlen(a->problem.what) < 300);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, asking_open, asking_close)
    const struct CMUnitTest tests[] = {
        T(an_objective_gets_owner_and_unit),
        T(the_unit_is_the_owners),
        T(start_and_target_tell_the_metric),
        T(a_percent_sign_is_the_unit),
        T(the_second_kind_is_the_field),
        T(sets_come_as_lists_or_twice),
        T(kinds_are_methods),
        T(a_focus_is_of_this_week),
        T(an_unknown_word_lists_the_known),
        T(an_unknown_name_says_where_to_look),
        T(an_unknown_id_passes),
        T(all_that_is_missing_is_told_at_once),
        T(values_of_the_wrong_type),
        T(arguments_that_nobody_reads),
        T(what_cannot_be_added),
        T(a_field_given_twice),
        T(what_is_quoted_is_tame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
