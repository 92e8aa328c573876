/* Homes and moves: where entities live, who moves along, what a site makes of
 * the rows; archived things, drafts, keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/model/value.h"
#include "common/store/scopes.h"
#include "tests/lib/company.h"

#define O OKR_KIND_OBJECTIVE

static okr_scope home(struct okr_company *c, const struct okr_id *id)
{
    return okr_record_home(okr_company_get(c, id));
}

static uint32_t root_of(struct okr_company *c, const struct okr_id *unit)
{
    return (uint32_t)okr_record_int(okr_company_get(c, unit), OKR_F_ROOT_NO, 0);
}

static struct okr_id comment(struct okr_company *c, const struct okr_id *on)
{
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {
        OKR_REF(OKR_F_CM_SUBJECT, *on), OKR_TYPED(OKR_F_CM_TEXT, "hm"), {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->li, OKR_VERB_ADD, OKR_KIND_COMMENT, &id, with);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    return id;
}

static void test_all_that_hangs_below_moves_along(void **state)
{
    struct okr_company *c = *state;
    struct okr_id o = okr_company_objective(c, &c->ada, &c->sh_dev, "ship");
    struct okr_id kr = okr_company_kr(c, &o, &c->ada, "kr");
    struct okr_id on_kr = comment(c, &kr), on_it = comment(c, &on_kr);
    uint32_t sh = root_of(c, &c->sh), bj = root_of(c, &c->bj);
    assert_int_not_equal(sh, bj);
    assert_int_equal(home(c, &kr), OKR_SCOPE(sh, OKR_DEPTH_SUMMARY));
    assert_int_equal(home(c, &on_it), OKR_SCOPE(sh, OKR_DEPTH_DETAIL));
    struct okr_typed to[] = {OKR_REF(OKR_F_O_UNIT, c->bj), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET, O, &o, to);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(home(c, &o), OKR_SCOPE(bj, OKR_DEPTH_SUMMARY));
    assert_int_equal(home(c, &kr), OKR_SCOPE(bj, OKR_DEPTH_SUMMARY));
    assert_int_equal(home(c, &on_kr), OKR_SCOPE(bj, OKR_DEPTH_DETAIL));
    assert_int_equal(home(c, &on_it), OKR_SCOPE(bj, OKR_DEPTH_DETAIL));
    assert_int_equal(okr_company_get(c, &on_it)->entered, c->lsn);
}

/* A team that goes to another office takes its objectives with it, and only
 * those. */
static void test_a_unit_takes_its_objectives_along(void **state)
{
    struct okr_company *c = *state;
    struct okr_id theirs = okr_company_objective(c, &c->ada, &c->sh_dev, "a");
    struct okr_id stays = okr_company_objective(c, &c->ada, &c->sh, "b");
    struct okr_typed to[] = {OKR_REF(OKR_F_UNIT_PARENT, c->bj), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_UNIT, &c->sh_dev, to);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(OKR_SCOPE_ROOT(home(c, &theirs)), root_of(c, &c->bj));
    assert_int_equal(OKR_SCOPE_ROOT(home(c, &stays)), root_of(c, &c->sh));
    assert_int_equal(home(c, &c->sh_dev), OKR_SCOPE_COMPANY);
}

static void test_a_draft_is_private_until_published(void **state)
{
    struct okr_company *c = *state;
    struct okr_id o = okr_company_id(c);
    struct okr_typed with[] = {
        OKR_REF(OKR_F_O_CYCLE, c->cycle),  OKR_TYPED(OKR_F_O_TITLE, "secret"),
        OKR_REF(OKR_F_O_OWNER, c->wang),   OKR_REF(OKR_F_O_UNIT, c->sh),
        OKR_TYPED(OKR_F_O_STATE, "draft"), {0}};
    okr_company_act(c, &c->wang, OKR_VERB_ADD, O, &o, with);
    struct okr_id kr = okr_company_kr(c, &o, &c->wang, "kr");
    assert_int_equal(OKR_SCOPE_DEPTH(home(c, &o)), OKR_DEPTH_PRIVATE);
    assert_int_equal(OKR_SCOPE_DEPTH(home(c, &kr)), OKR_DEPTH_PRIVATE);
    struct okr_typed out[] = {OKR_TYPED(OKR_F_O_STATE, "published"), {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->wang, OKR_VERB_PUBLISH, O, &o, out);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(OKR_SCOPE_DEPTH(home(c, &o)), OKR_DEPTH_SUMMARY);
    assert_int_equal(OKR_SCOPE_DEPTH(home(c, &kr)), OKR_DEPTH_SUMMARY);
}

/* Who edits what was archived meanwhile keeps his words; who knows that it is
 * archived is told so. */
static void test_edit_of_archived(void **state)
{
    struct okr_company *c = *state;
    struct okr_id o = okr_company_objective(c, &c->wang, &c->sh, "first");
    struct okr_typed away[] = {OKR_TYPED(OKR_F_ARCHIVED, "true"), {0}};
    okr_company_act(c, &c->lin, OKR_VERB_ARCHIVE, O, &o, away);
    struct okr_typed edit[] = {OKR_TYPED(OKR_F_O_TITLE, "later words"), {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->wang, OKR_VERB_SET, O, &o, edit);
    assert_int_equal(v.outcome, OKR_OUTCOME_CONFLICT);
    struct okr_slice mine =
        okr_record_text(okr_company_get(c, &v.about), OKR_F_MINE);
    assert_true(okr_slice_is(mine, "later words"));
    c->ground.server = false;
    v = okr_company_act(c, &c->wang, OKR_VERB_SET, O, &o, edit);
    assert_int_equal(v.rule, OKR_RULE_ARCHIVED);
    c->ground.server = true;
    struct okr_typed back[] = {OKR_TYPED(OKR_F_ARCHIVED, "false"), {0}};
    v = okr_company_act(c, &c->lin, OKR_VERB_RESTORE, O, &o, back);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    v = okr_company_act(c, &c->wang, OKR_VERB_SET, O, &o, edit);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
}

/* Nobody makes a site by an operation of his own; a revoked one stays so. */
static void test_sites_come_and_go(void **state)
{
    struct okr_company *c = *state;
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {OKR_TYPED(OKR_F_SITE_NAME, "fake"),
                               OKR_TYPED(OKR_F_SITE_KEY, "bb01"),
                               OKR_TYPED(OKR_F_WITNESS_KEY, "bb02"),
                               OKR_TYPED(OKR_F_LINK_KEY, "bb03"),
                               {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_ENROL, OKR_KIND_SITE, &id, with);
    assert_int_equal(v.rule, OKR_RULE_NOT_PERMITTED);
    v = okr_company_act(c, &c->lin, OKR_VERB_REVOKE, OKR_KIND_SITE, &c->site,
                        NULL);
    assert_int_equal(v.rule, OKR_RULE_NOT_PERMITTED);
    v = okr_company_act(c, &c->ada, OKR_VERB_REVOKE, OKR_KIND_SITE, &c->site,
                        NULL);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    v = okr_company_act(c, &c->ada, OKR_VERB_REVOKE, OKR_KIND_SITE, &c->site,
                        NULL);
    assert_int_equal(v.rule, OKR_RULE_NOT_OPEN);
}

/* A site attests for the persons of its units, and for nobody else. */
static void test_a_site_attests_for_its_own(void **state)
{
    struct okr_company *c = *state;
    struct okr_typed narrow[] = {OKR_REF(OKR_F_SITE_UNITS, c->root),
                                 OKR_REF(OKR_F_SITE_UNITS, c->sh),
                                 {0}};
    narrow[0].text = "-";
    narrow[1].text = "+";
    okr_company_act(c, &c->ada, OKR_VERB_SET, OKR_KIND_SITE, &c->site, narrow);
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {OKR_REF(OKR_F_O_CYCLE, c->cycle),
                               OKR_TYPED(OKR_F_O_TITLE, "t"),
                               OKR_REF(OKR_F_O_OWNER, c->li),
                               OKR_REF(OKR_F_O_UNIT, c->bj),
                               {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->li, OKR_VERB_ADD, O, &id, with);
    assert_int_equal(v.rule, OKR_RULE_NOT_THIS_SITE);
    struct okr_typed left[] = {OKR_TYPED(OKR_F_LEFT, "2026-01-01"), {0}};
    c->ground.authority = true;
    okr_company_act(c, &c->ada, OKR_VERB_LEAVE, OKR_KIND_PERSON, &c->wang,
                    left);
    c->ground.authority = false;
    with[2].ref = c->wang;
    with[3].ref = c->sh;
    v = okr_company_act(c, &c->wang, OKR_VERB_ADD, O, &id, with);
    assert_int_equal(v.rule, OKR_RULE_LEFT);
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
        CASE(test_all_that_hangs_below_moves_along),
        CASE(test_a_unit_takes_its_objectives_along),
        CASE(test_a_draft_is_private_until_published),
        CASE(test_edit_of_archived),
        CASE(test_sites_come_and_go),
        CASE(test_a_site_attests_for_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
