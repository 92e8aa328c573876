/* Per verb what it may carry and what it must. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rules/validate.h"
#include "tests/lib/made.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct okr_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK;
}

static int free_arena(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

static void assert_verdict(const struct okr_payload *payload,
                           enum okr_rule rule, uint16_t field)
{
    struct okr_verdict v = okr_validate_shape(payload);
    if (v.rule != rule || v.field != field)
        fail_msg("verb %u, kind %u: %s, field %u", payload->verb, payload->kind,
                 okr_rule_name(v.rule), v.field);
    assert_int_equal(v.outcome, rule == OKR_RULE_NONE ? OKR_OUTCOME_ACCEPTED
                                                      : OKR_OUTCOME_REJECTED);
}

/* One operation: what it carries, and what is wrong with it. */
struct act {
    uint16_t verb, kind;
    struct okr_made changes[8];
    enum okr_rule rule;
    uint16_t field;
};

static void assert_acts(const struct act *acts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct act *a = &acts[i];
        struct okr_payload payload =
            okr_made_payload(a->verb, a->kind, a->changes, arena);
        assert_verdict(&payload, a->rule, a->field);
    }
}

#define ASSERT_ACTS(acts) assert_acts(acts, sizeof(acts) / sizeof(acts)[0])
#define FINE 0, 0

#define OBJECTIVE                                                     \
    {OKR_F_O_CYCLE, ID}, {OKR_F_O_TITLE, "Win"}, {OKR_F_O_OWNER, ID}, \
    {                                                                 \
        OKR_F_O_UNIT, ID                                              \
    }

static void adding(void **state)
{
    (void)state;
    static const struct act acts[] = {
        {OKR_VERB_ADD, OKR_KIND_OBJECTIVE, {OBJECTIVE}, FINE},
        {OKR_VERB_ADD,
         OKR_KIND_OBJECTIVE,
         {OBJECTIVE, {OKR_F_O_STATE, "draft"}, {OKR_F_IMPORT_KEY, "00"}},
         FINE},
        {OKR_VERB_ADD,
         OKR_KIND_OBJECTIVE,
         {{OKR_F_O_CYCLE, ID}, {OKR_F_O_TITLE, "Win"}, {OKR_F_O_UNIT, ID}},
         OKR_RULE_MISSING,
         OKR_F_O_OWNER},
        {OKR_VERB_ADD,
         OKR_KIND_OBJECTIVE,
         {OBJECTIVE, {OKR_F_AUTHOR, ID}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_AUTHOR},
        {OKR_VERB_ADD,
         OKR_KIND_OBJECTIVE,
         {OBJECTIVE, {OKR_F_SUPPORTS, ID}, {OKR_F_O_TITLE, "Again"}},
         OKR_RULE_MALFORMED,
         OKR_F_O_TITLE},
        {OKR_VERB_ADD,
         OKR_KIND_OBJECTIVE,
         {OBJECTIVE, {OKR_F_SUPPORTS, ID}, {OKR_F_SUPPORTS, ID}},
         OKR_RULE_MALFORMED,
         OKR_F_SUPPORTS},
        {OKR_VERB_ADD, OKR_KIND_TASK, {{0}}, OKR_RULE_MISSING, OKR_F_T_SUBJECT},
        {OKR_VERB_ADD,
         OKR_KIND_COMMENT,
         {{OKR_F_CM_SUBJECT, ID}, {OKR_F_CM_TEXT, " \n\xe3\x80\x80 "}},
         OKR_RULE_MISSING,
         OKR_F_CM_TEXT},
        /* Values that follow from check-ins. */
        {OKR_VERB_ADD,
         OKR_KIND_KEY_RESULT,
         {{OKR_F_KR_OBJECTIVE, ID},
          {OKR_F_KR_TITLE, "x"},
          {OKR_F_KR_OWNER, ID},
          {OKR_F_VALUE, "5"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_VALUE},
        /* What needs a verb of its own. */
        {OKR_VERB_ADD, OKR_KIND_CHECK_IN, {{0}}, OKR_RULE_WRONG_KIND, 0},
        {OKR_VERB_ADD, OKR_KIND_INVITE, {{0}}, OKR_RULE_WRONG_KIND, 0},
        {OKR_VERB_INVITE,
         OKR_KIND_OBJECTIVE,
         {OBJECTIVE},
         OKR_RULE_WRONG_KIND,
         0},
        {OKR_VERB_INVITE,
         OKR_KIND_INVITE,
         {{OKR_F_INVITE_NAME, "Lyon"},
          {OKR_F_INVITE_EXPIRES, "2026-05-01T00:00:00Z"}},
         FINE},
        {OKR_VERB_INVITE,
         OKR_KIND_INVITE,
         {{OKR_F_INVITE_NAME, "Lyon"}},
         OKR_RULE_MISSING,
         OKR_F_INVITE_EXPIRES},
    };
    ASSERT_ACTS(acts);
}

static void setting(void **state)
{
    (void)state;
    static const struct act acts[] = {
        {OKR_VERB_SET,
         OKR_KIND_OBJECTIVE,
         {{OKR_F_O_TITLE, "Win"},
          {OKR_F_O_WEIGHT, "5"},
          {OKR_F_ARCHIVED, "no"}},
         FINE},
        {OKR_VERB_SET, OKR_KIND_OBJECTIVE, {{OKR_F_O_WEIGHT, NULL}}, FINE},
        {OKR_VERB_SET,
         OKR_KIND_OBJECTIVE,
         {{OKR_F_O_TITLE, NULL}},
         OKR_RULE_MISSING,
         OKR_F_O_TITLE},
        {OKR_VERB_SET, OKR_KIND_OBJECTIVE, {{0}}, OKR_RULE_MISSING, 0},
        {OKR_VERB_SET,
         OKR_KIND_OBJECTIVE,
         {{OKR_F_O_STATE, "published"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_O_STATE},
        {OKR_VERB_SET,
         OKR_KIND_TASK,
         {{OKR_F_T_STATE, "done"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_T_STATE},
        {OKR_VERB_SET,
         OKR_KIND_OBJECTIVE,
         {{OKR_F_IMPORT_KEY, "00"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_IMPORT_KEY},
        {OKR_VERB_SET,
         OKR_KIND_KEY_RESULT,
         {{OKR_F_CONFIDENCE, "5"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_CONFIDENCE},
        {OKR_VERB_SET,
         OKR_KIND_CONFLICT,
         {{OKR_F_CF_STATE, "resolved"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_CF_STATE},
        /* States that no verb moves. */
        {OKR_VERB_SET,
         OKR_KIND_CYCLE,
         {{OKR_F_PHASE, "running"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_PHASE},
        {OKR_VERB_SET,
         OKR_KIND_KEY_RESULT,
         {{OKR_F_EXCEPTIONAL, "true"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_EXCEPTIONAL},
        {OKR_VERB_SET,
         OKR_KIND_KEY_RESULT,
         {{OKR_F_NOT_APPLICABLE, "true"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_NOT_APPLICABLE},
        {OKR_VERB_SET,
         OKR_KIND_OBJECTIVE,
         {{OKR_F_CARRIED, "keep"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_CARRIED},
        {OKR_VERB_SET, OKR_KIND_PROPOSAL, {{OKR_F_PR_STATE, "taken"}}, FINE},
        {OKR_VERB_SET,
         OKR_KIND_POLICY,
         {{OKR_F_SLUG, "acme"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_SLUG},
    };
    ASSERT_ACTS(acts);
}

static void archiving(void **state)
{
    (void)state;
    static const struct act acts[] = {
        {OKR_VERB_ARCHIVE, OKR_KIND_TASK, {{OKR_F_ARCHIVED, "yes"}}, FINE},
        {OKR_VERB_RESTORE, OKR_KIND_TASK, {{OKR_F_ARCHIVED, "no"}}, FINE},
        {OKR_VERB_ARCHIVE,
         OKR_KIND_TASK,
         {{OKR_F_ARCHIVED, "no"}},
         OKR_RULE_BAD_VALUE,
         OKR_F_ARCHIVED},
        {OKR_VERB_RESTORE,
         OKR_KIND_TASK,
         {{OKR_F_ARCHIVED, "yes"}},
         OKR_RULE_BAD_VALUE,
         OKR_F_ARCHIVED},
        {OKR_VERB_ARCHIVE,
         OKR_KIND_TASK,
         {{0}},
         OKR_RULE_MISSING,
         OKR_F_ARCHIVED},
        {OKR_VERB_ARCHIVE,
         OKR_KIND_TASK,
         {{OKR_F_ARCHIVED, NULL}},
         OKR_RULE_MISSING,
         OKR_F_ARCHIVED},
        {OKR_VERB_ARCHIVE,
         OKR_KIND_TASK,
         {{OKR_F_ARCHIVED, "yes"}, {OKR_F_T_TITLE, "x"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_T_TITLE},
        {OKR_VERB_ARCHIVE,
         OKR_KIND_POLICY,
         {{OKR_F_ARCHIVED, "yes"}},
         OKR_RULE_WRONG_KIND,
         0},
    };
    ASSERT_ACTS(acts);
}

#define CHECK_IN                                     \
    {OKR_F_CI_KEY_RESULT, ID},                       \
    {                                                \
        OKR_F_CI_OBSERVED_AT, "2026-04-15T09:30:00Z" \
    }

static void checking_in(void **state)
{
    (void)state;
    const uint16_t v = OKR_VERB_CHECKIN, k = OKR_KIND_CHECK_IN;
    const struct act acts[] = {
        {v, k, {CHECK_IN, {OKR_F_CI_VALUE, "5"}}, FINE},
        {v, k, {CHECK_IN, {OKR_F_CI_CONFIDENCE, "0"}}, FINE},
        {v, k, {CHECK_IN, {OKR_F_CI_CONFIDENCE, "10"}}, FINE},
        {v, k, {CHECK_IN, {OKR_F_CI_NOTE, "still here"}}, FINE},
        {v, k, {CHECK_IN, {OKR_F_NO_CHANGE, "yes"}}, FINE},
        {v, k, {CHECK_IN, {OKR_F_CI_BLOCKED, "no"}}, FINE},
        {v, k, {CHECK_IN}, OKR_RULE_MISSING, OKR_F_CI_VALUE},
        {v,
         k,
         {CHECK_IN, {OKR_F_NO_CHANGE, "no"}},
         OKR_RULE_MISSING,
         OKR_F_CI_VALUE},
        {v,
         k,
         {CHECK_IN, {OKR_F_CI_VALUE, NULL}},
         OKR_RULE_MISSING,
         OKR_F_CI_VALUE},
        {v,
         k,
         {CHECK_IN, {OKR_F_CI_CONFIDENCE, "11"}},
         OKR_RULE_BAD_RANGE,
         OKR_F_CI_CONFIDENCE},
        {v,
         k,
         {CHECK_IN, {OKR_F_CI_CONFIDENCE, "-1"}},
         OKR_RULE_BAD_RANGE,
         OKR_F_CI_CONFIDENCE},
        {v,
         k,
         {CHECK_IN,
          {OKR_F_CI_VALUE, "5"},
          {OKR_F_EFFECTIVE_AT, "2026-04-15T09:30:00Z"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_EFFECTIVE_AT},
        {v,
         k,
         {{OKR_F_CI_KEY_RESULT, ID}, {OKR_F_CI_VALUE, "5"}},
         OKR_RULE_MISSING,
         OKR_F_CI_OBSERVED_AT},
        {v, OKR_KIND_TASK, {{0}}, OKR_RULE_WRONG_KIND, 0},
    };
    ASSERT_ACTS(acts);
}

static void moving(void **state)
{
    (void)state;
    const uint16_t o = OKR_KIND_OBJECTIVE, t = OKR_KIND_TASK;
    const struct act acts[] = {
        {OKR_VERB_SUBMIT, o, {{OKR_F_O_STATE, "submitted"}}, FINE},
        {OKR_VERB_FINISH, t, {{OKR_F_T_STATE, "done"}}, FINE},
        {OKR_VERB_SUBMIT,
         o,
         {{OKR_F_O_STATE, "published"}},
         OKR_RULE_BAD_VALUE,
         OKR_F_O_STATE},
        {OKR_VERB_SUBMIT, o, {{0}}, OKR_RULE_MISSING, OKR_F_O_STATE},
        {OKR_VERB_SUBMIT,
         o,
         {{OKR_F_O_STATE, NULL}},
         OKR_RULE_MISSING,
         OKR_F_O_STATE},
        {OKR_VERB_SUBMIT,
         o,
         {{OKR_F_O_STATE, "submitted"}, {OKR_F_O_TITLE, "x"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_O_TITLE},
        {OKR_VERB_SUBMIT, t, {{0}}, OKR_RULE_WRONG_KIND, 0},
        {OKR_VERB_RETURN,
         o,
         {{OKR_F_O_STATE, "draft"}},
         OKR_RULE_NEEDS_REASON,
         0},
        {OKR_VERB_ADVANCE, OKR_KIND_CYCLE, {{OKR_F_PHASE, "review"}}, FINE},
        {OKR_VERB_ADVANCE,
         OKR_KIND_CYCLE,
         {{OKR_F_PHASE, "published"}},
         OKR_RULE_BAD_VALUE,
         OKR_F_PHASE},
        {OKR_VERB_ADVANCE, o, {{0}}, OKR_RULE_WRONG_KIND, 0},
        {OKR_VERB_START, o, {{0}}, OKR_RULE_WRONG_KIND, 0},
        {OKR_VERB_PUBLISH, OKR_KIND_KEY_RESULT, {{0}}, OKR_RULE_WRONG_KIND, 0},
    };
    ASSERT_ACTS(acts);
}

static void scoring_and_leaving(void **state)
{
    (void)state;
    const uint16_t o = OKR_KIND_OBJECTIVE, k = OKR_KIND_KEY_RESULT;
    const uint16_t p = OKR_KIND_PERSON;
    const struct act acts[] = {
        {OKR_VERB_SCORE,
         o,
         {{OKR_F_O_SCORE, "0.7"}, {OKR_F_O_SCORE_REASON, "x"}},
         FINE},
        {OKR_VERB_SCORE,
         k,
         {{OKR_F_KR_SCORE, "0.7"}},
         OKR_RULE_NEEDS_REASON,
         0},
        {OKR_VERB_SCORE,
         k,
         {{OKR_F_NOT_APPLICABLE, "true"}},
         OKR_RULE_NEEDS_REASON,
         0},
        {OKR_VERB_SCORE, k, {{OKR_F_KR_SCORE, NULL}}, FINE},
        {OKR_VERB_CARRY, o, {{OKR_F_CARRIED, "keep"}}, FINE},
        {OKR_VERB_CARRY, k, {{0}}, OKR_RULE_WRONG_KIND, 0},
        {OKR_VERB_SCORE,
         k,
         {{OKR_F_KR_TITLE, "x"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_KR_TITLE},
        {OKR_VERB_SCORE, k, {{0}}, OKR_RULE_MISSING, 0},
        {OKR_VERB_SCORE, OKR_KIND_ASSESSMENT, {{0}}, OKR_RULE_WRONG_KIND, 0},
        {OKR_VERB_LEAVE, p, {{OKR_F_LEFT, "2026-04-30"}}, FINE},
        {OKR_VERB_LEAVE, p, {{OKR_F_LEFT, NULL}}, OKR_RULE_MISSING, OKR_F_LEFT},
        {OKR_VERB_LEAVE, p, {{0}}, OKR_RULE_MISSING, OKR_F_LEFT},
        {OKR_VERB_LEAVE,
         p,
         {{OKR_F_LEFT, "2026-04-30"}, {OKR_F_LOCALE, "de"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_LOCALE},
        {OKR_VERB_LEAVE, o, {{0}}, OKR_RULE_WRONG_KIND, 0},
    };
    ASSERT_ACTS(acts);
}

static void keys_and_sites(void **state)
{
    (void)state;
    const struct act acts[] = {
        {OKR_VERB_GENESIS, OKR_KIND_POLICY, {{OKR_F_ORG_NAME, "Acme"}}, FINE},
        {OKR_VERB_GENESIS, OKR_KIND_UNIT, {{0}}, OKR_RULE_WRONG_KIND, 0},
        {OKR_VERB_ENROL,
         OKR_KIND_SITE,
         {{OKR_F_SITE_NAME, "Lyon"},
          {OKR_F_SITE_KEY, "00"},
          {OKR_F_WITNESS_KEY, "01"},
          {OKR_F_LINK_KEY, "02"}},
         FINE},
        {OKR_VERB_ENROL,
         OKR_KIND_SITE,
         {{OKR_F_SITE_NAME, "Lyon"}},
         OKR_RULE_MISSING,
         OKR_F_SITE_KEY},
        {OKR_VERB_KEY_ADD,
         OKR_KIND_KEY,
         {{OKR_F_KEY_PERSON, ID}, {OKR_F_KEY_PUBLIC, "00"}},
         FINE},
        {OKR_VERB_KEY_ROTATE,
         OKR_KIND_KEY,
         {{OKR_F_KEY_PERSON, ID},
          {OKR_F_KEY_PUBLIC, "00"},
          {OKR_F_KEY_STATE, "active"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_KEY_STATE},
        {OKR_VERB_REVOKE, OKR_KIND_KEY, {{0}}, FINE},
        {OKR_VERB_REVOKE, OKR_KIND_SITE, {{0}}, FINE},
        {OKR_VERB_REVOKE,
         OKR_KIND_SITE,
         {{OKR_F_SITE_NAME, "x"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_SITE_NAME},
        {OKR_VERB_REVOKE, OKR_KIND_TASK, {{0}}, OKR_RULE_WRONG_KIND, 0},
    };
    ASSERT_ACTS(acts);
}

static void revising_needs_a_reason(void **state)
{
    (void)state;
    static const struct okr_made all[] = {
        {OKR_F_KR_TITLE, "x"},  {OKR_F_START, "0"},
        {OKR_F_TARGET, "9"},    {OKR_F_KR_DUE, "2026-06-30"},
        {OKR_F_KR_WEIGHT, "1"}, {0}};
    struct okr_payload p =
        okr_made_payload(OKR_VERB_REVISE, OKR_KIND_KEY_RESULT, all, arena);
    assert_verdict(&p, OKR_RULE_NEEDS_REASON, 0);
    p.reason = OKR_SLICE_LIT(" \t ");
    assert_verdict(&p, OKR_RULE_NEEDS_REASON, 0);
    p.reason = OKR_SLICE_LIT("the market halved");
    assert_verdict(&p, OKR_RULE_NONE, 0);
    static const struct act acts[] = {
        {OKR_VERB_REVISE,
         OKR_KIND_KEY_RESULT,
         {{OKR_F_METRIC, "increase"}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_METRIC},
        {OKR_VERB_REVISE,
         OKR_KIND_KEY_RESULT,
         {{OKR_F_KR_OWNER, ID}},
         OKR_RULE_NOT_SETTABLE,
         OKR_F_KR_OWNER},
        {OKR_VERB_REVISE, OKR_KIND_KEY_RESULT, {{0}}, OKR_RULE_MISSING, 0},
        {OKR_VERB_REVISE, OKR_KIND_OBJECTIVE, {{0}}, OKR_RULE_WRONG_KIND, 0},
    };
    ASSERT_ACTS(acts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding),
        cmocka_unit_test(setting),
        cmocka_unit_test(archiving),
        cmocka_unit_test(checking_in),
        cmocka_unit_test(moving),
        cmocka_unit_test(scoring_and_leaving),
        cmocka_unit_test(keys_and_sites),
        cmocka_unit_test(revising_needs_a_reason),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
