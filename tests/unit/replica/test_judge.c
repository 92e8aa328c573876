/* Judging, as people meet it: who may, what merges, what is kept aside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/model/value.h"
#include "common/store/scopes.h"
#include "tests/lib/company.h"

#define O OKR_KIND_OBJECTIVE
#define KR OKR_KIND_KEY_RESULT

static void assert_refused(struct okr_verdict v, enum okr_rule rule)
{
    assert_string_equal(okr_rule_name(v.rule), okr_rule_name(rule));
    assert_int_equal(v.outcome, OKR_OUTCOME_REJECTED);
}

static void assert_text(struct okr_company *c, const struct okr_id *id,
                        uint16_t field, const char *text)
{
    struct okr_record *record = okr_company_get(c, id);
    assert_non_null(record);
    struct okr_slice is = okr_record_text(record, field);
    assert_int_equal(is.len, okr_slice_str(text).len);
    assert_true(okr_slice_is(is, text));
}

static struct okr_verdict set(struct okr_company *c,
                              const struct okr_id *person, uint16_t kind,
                              const struct okr_id *id, struct okr_typed change)
{
    struct okr_typed changes[] = {change, {0}};
    return okr_company_act(c, person, OKR_VERB_SET, kind, id, changes);
}

static void test_who_may(void **state)
{
    struct okr_company *c = *state;
    struct okr_id o = okr_company_objective(c, &c->wang, &c->sh, "ship");
    /* A colleague of another office may not, the lead and a champion may. */
    assert_refused(set(c, &c->li, O, &o,
                       (struct okr_typed)OKR_TYPED(OKR_F_O_TITLE, "mine now")),
                   OKR_RULE_NOT_PERMITTED);
    assert_text(c, &o, OKR_F_O_TITLE, "ship");
    struct okr_verdict v = set(
        c, &c->lin, O, &o, (struct okr_typed)OKR_TYPED(OKR_F_O_TITLE, "sail"));
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    v = set(c, &c->ada, O, &o,
            (struct okr_typed)OKR_TYPED(OKR_F_O_TITLE, "fly"));
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    /* Nobody makes an objective in another's name but his leads. */
    struct okr_id other = okr_company_id(c);
    struct okr_typed add[] = {OKR_REF(OKR_F_O_CYCLE, c->cycle),
                              OKR_TYPED(OKR_F_O_TITLE, "for you"),
                              OKR_REF(OKR_F_O_OWNER, c->wang),
                              OKR_REF(OKR_F_O_UNIT, c->sh),
                              {0}};
    assert_refused(okr_company_act(c, &c->li, OKR_VERB_ADD, O, &other, add),
                   OKR_RULE_NOT_PERMITTED);
    assert_null(okr_company_get(c, &other));
    v = okr_company_act(c, &c->lin, OKR_VERB_ADD, O, &other, add);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
}

static void test_short_field_merges_text_is_kept(void **state)
{
    struct okr_company *c = *state;
    struct okr_id o = okr_company_objective(c, &c->wang, &c->sh, "first");
    okr_lsn made = c->lsn;
    struct okr_typed blind = OKR_TYPED(OKR_F_O_WEIGHT, "30");
    assert_int_equal(set(c, &c->lin, O, &o, blind).outcome,
                     OKR_OUTCOME_ACCEPTED); /* nobody wrote it before */
    blind.text = "40";
    blind.blind = true;
    struct okr_verdict v = set(c, &c->wang, O, &o, blind);
    assert_int_equal(v.outcome, OKR_OUTCOME_MERGED);
    assert_int_equal(v.replaced, made + 1); /* its author can be told */

    struct okr_typed title = OKR_TYPED(OKR_F_O_TITLE, "wang's title");
    assert_int_equal(set(c, &c->wang, O, &o, title).outcome,
                     OKR_OUTCOME_ACCEPTED);
    title.text = "lin's title";
    title.blind = true;
    v = set(c, &c->lin, O, &o, title);
    assert_int_equal(v.outcome, OKR_OUTCOME_CONFLICT);
    assert_text(c, &o, OKR_F_O_TITLE, "wang's title");
    assert_text(c, &v.about, OKR_F_MINE, "lin's title");
    assert_text(c, &v.about, OKR_F_THEIRS, "wang's title");
    /* It lives beside its subject, where who decides can see it. */
    struct okr_record *conflict = okr_company_get(c, &v.about);
    struct okr_record *objective = okr_company_get(c, &o);
    assert_int_equal(OKR_SCOPE_ROOT(okr_record_home(conflict)),
                     OKR_SCOPE_ROOT(okr_record_home(objective)));
    assert_int_equal(OKR_SCOPE_DEPTH(okr_record_home(conflict)),
                     OKR_DEPTH_DETAIL);
}

static void test_own_second_edit_is_no_conflict(void **state)
{
    struct okr_company *c = *state;
    struct okr_id o = okr_company_objective(c, &c->wang, &c->sh, "first");
    struct okr_typed title = OKR_TYPED(OKR_F_O_TITLE, "second");
    set(c, &c->wang, O, &o, title);
    struct okr_id first_op = c->op;
    /* The second edit was made offline, on top of the first: it names it. */
    struct okr_change change = {
        .field = OKR_F_O_TITLE,
        .form = OKR_REG_VALUE,
        .data = OKR_SLICE_LIT("third"),
        .seen = {.form = OKR_SEEN_OP, .op = first_op},
    };
    struct okr_verdict v = okr_company_change(c, &c->wang, O, &o, &change);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    assert_text(c, &o, OKR_F_O_TITLE, "third");
    /* But not when somebody else wrote in between. */
    struct okr_typed lins = OKR_TYPED(OKR_F_O_TITLE, "lin's");
    set(c, &c->lin, O, &o, lins);
    v = okr_company_change(c, &c->wang, O, &o, &change);
    assert_int_equal(v.outcome, OKR_OUTCOME_CONFLICT);
}

static void test_resolve_by_either_author(void **state)
{
    struct okr_company *c = *state;
    struct okr_id o = okr_company_objective(c, &c->wang, &c->sh, "first");
    struct okr_typed title = OKR_TYPED(OKR_F_O_TITLE, "lin's");
    title.blind = true;
    struct okr_id x = set(c, &c->lin, O, &o, title).about;
    struct okr_typed mine[] = {OKR_TYPED(OKR_F_MINE, ""), {0}};
    assert_refused(okr_company_act(c, &c->li, OKR_VERB_RESOLVE,
                                   OKR_KIND_CONFLICT, &x, mine),
                   OKR_RULE_NOT_PERMITTED);
    struct okr_verdict v = okr_company_act(c, &c->lin, OKR_VERB_RESOLVE,
                                           OKR_KIND_CONFLICT, &x, mine);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    assert_text(c, &o, OKR_F_O_TITLE, "lin's");
    assert_refused(okr_company_act(c, &c->wang, OKR_VERB_RESOLVE,
                                   OKR_KIND_CONFLICT, &x, mine),
                   OKR_RULE_NOT_OPEN);
}

static void test_circles(void **state)
{
    struct okr_company *c = *state;
    struct okr_id a = okr_company_objective(c, &c->wang, &c->sh, "a");
    struct okr_id kr = okr_company_kr(c, &a, &c->wang, "kr of a");
    struct okr_id b = okr_company_objective(c, &c->wang, &c->sh, "b");
    struct okr_typed up = OKR_REF(OKR_F_CONTRIBUTES_TO, kr);
    assert_int_equal(set(c, &c->wang, O, &b, up).outcome, OKR_OUTCOME_ACCEPTED);
    /* a -> b would close a circle through the key result; so would a move of
     * the key result below b. */
    up.ref = b;
    assert_refused(set(c, &c->wang, O, &a, up), OKR_RULE_CIRCLE);
    struct okr_typed move = OKR_REF(OKR_F_KR_OBJECTIVE, b);
    assert_refused(set(c, &c->wang, KR, &kr, move), OKR_RULE_CIRCLE);
    struct okr_typed self = OKR_REF(OKR_F_CONTRIBUTES_TO, a);
    assert_refused(set(c, &c->wang, O, &a, self), OKR_RULE_CIRCLE);
    struct okr_typed under = OKR_REF(OKR_F_UNIT_PARENT, c->sh_dev);
    assert_refused(set(c, &c->ada, OKR_KIND_UNIT, &c->sh, under),
                   OKR_RULE_CIRCLE);
}

static void test_unique_and_one_root(void **state)
{
    struct okr_company *c = *state;
    struct okr_id id = okr_company_id(c);
    struct okr_typed same[] = {OKR_TYPED(OKR_F_PERSON_NAME, "Wang 2"),
                               OKR_TYPED(OKR_F_MAIL, "WANG@example.org"),
                               OKR_REF(OKR_F_PERSON_UNIT, c->sh),
                               {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_ADD, OKR_KIND_PERSON, &id, same);
    assert_refused(v, OKR_RULE_DUPLICATE);
    assert_true(okr_id_eq(&v.about, &c->wang)); /* names who has it */
    struct okr_typed root[] = {OKR_TYPED(OKR_F_UNIT_NAME, "second"),
                               OKR_TYPED(OKR_F_CODE, "second"),
                               {0}};
    assert_refused(
        okr_company_act(c, &c->ada, OKR_VERB_ADD, OKR_KIND_UNIT, &id, root),
        OKR_RULE_TWO_ROOTS);
}

static void test_unknown_entity_waits(void **state)
{
    struct okr_company *c = *state;
    struct okr_id nowhere = okr_company_id(c), id = okr_company_id(c);
    struct okr_typed add[] = {OKR_REF(OKR_F_KR_OBJECTIVE, nowhere),
                              OKR_TYPED(OKR_F_KR_TITLE, "early"),
                              OKR_REF(OKR_F_KR_OWNER, c->wang),
                              {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->wang, OKR_VERB_ADD, KR, &id, add);
    assert_int_equal(v.outcome, OKR_OUTCOME_PARKED);
    assert_true(okr_id_eq(&c->decision.waits_for, &nowhere));
    c->ground.server = false;
    v = okr_company_act(c, &c->wang, OKR_VERB_ADD, KR, &id, add);
    assert_int_equal(v.outcome, OKR_OUTCOME_UNKNOWN_HERE);
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
        CASE(test_who_may),
        CASE(test_short_field_merges_text_is_kept),
        CASE(test_own_second_edit_is_no_conflict),
        CASE(test_resolve_by_either_author),
        CASE(test_circles),
        CASE(test_unique_and_one_root),
        CASE(test_unknown_entity_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
