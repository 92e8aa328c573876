/* Who may, against the table of docs/domain.md. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rules/permit.h"

enum {
    OWNER = OKR_WHO_OWNER,
    LEAD = OKR_WHO_LEAD,
    ABOVE = OKR_WHO_LEAD_ABOVE,
    CHAMPION = OKR_WHO_CHAMPION,
    ADMIN = OKR_WHO_ADMIN,
};

static const struct {
    uint16_t verb, kind;
    unsigned who;
} table[] = {
    {OKR_VERB_ADD, OKR_KIND_CYCLE, CHAMPION | ADMIN},
    {OKR_VERB_SET, OKR_KIND_CYCLE, CHAMPION | ADMIN},
    {OKR_VERB_ADD, OKR_KIND_UNIT, ADMIN},
    {OKR_VERB_ADD, OKR_KIND_PERSON, ADMIN},
    {OKR_VERB_SET, OKR_KIND_PERSON, ADMIN},
    {OKR_VERB_LEAVE, OKR_KIND_PERSON, ADMIN},
    {OKR_VERB_ADD, OKR_KIND_POLICY, OKR_WHO_NOBODY},
    {OKR_VERB_SET, OKR_KIND_POLICY, ADMIN},
    {OKR_VERB_ADD, OKR_KIND_KEY, OKR_WHO_NOBODY},
    {OKR_VERB_ADD, OKR_KIND_SITE, OKR_WHO_NOBODY},
    {OKR_VERB_REVOKE, OKR_KIND_SITE, ADMIN | OKR_WHO_SELF},
    {OKR_VERB_KEY_ADD, OKR_KIND_KEY, OKR_WHO_SELF},
    {OKR_VERB_KEY_ROTATE, OKR_KIND_KEY, OKR_WHO_SELF},
    {OKR_VERB_INVITE, OKR_KIND_INVITE, ADMIN},
    {OKR_VERB_ADD, OKR_KIND_CONFLICT, OKR_WHO_NOBODY},
    {OKR_VERB_SET, OKR_KIND_CONFLICT, OKR_WHO_NOBODY},
    {OKR_VERB_RESOLVE, OKR_KIND_CONFLICT, OKR_WHO_AUTHORS | OWNER | LEAD},
    {OKR_VERB_ADD, OKR_KIND_OBJECTIVE, OWNER | LEAD | CHAMPION},
    {OKR_VERB_SET, OKR_KIND_OBJECTIVE, OWNER | LEAD | CHAMPION},
    {OKR_VERB_ARCHIVE, OKR_KIND_KEY_RESULT, OWNER | LEAD | CHAMPION},
    {OKR_VERB_REVISE, OKR_KIND_KEY_RESULT, OWNER | LEAD | CHAMPION},
    {OKR_VERB_SUBMIT, OKR_KIND_OBJECTIVE, OWNER | LEAD | CHAMPION},
    {OKR_VERB_SCORE, OKR_KIND_OBJECTIVE, OWNER | LEAD | CHAMPION},
    {OKR_VERB_APPROVE, OKR_KIND_OBJECTIVE, ABOVE},
    {OKR_VERB_RETURN, OKR_KIND_OBJECTIVE, ABOVE},
    {OKR_VERB_CLOSE, OKR_KIND_OBJECTIVE, CHAMPION | ADMIN},
    {OKR_VERB_ADVANCE, OKR_KIND_CYCLE, CHAMPION | ADMIN},
    {OKR_VERB_CLOSE, OKR_KIND_CYCLE, CHAMPION | ADMIN},
    {OKR_VERB_CARRY, OKR_KIND_OBJECTIVE, CHAMPION | ADMIN},
    {OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN, OWNER | LEAD},
    {OKR_VERB_SET, OKR_KIND_CHECK_IN, OKR_WHO_NOBODY}, /* append-only */
    {OKR_VERB_ARCHIVE, OKR_KIND_CHECK_IN, OKR_WHO_NOBODY},
    {OKR_VERB_SET, OKR_KIND_TASK, OWNER},
    {OKR_VERB_FINISH, OKR_KIND_TASK,
     OWNER | OKR_WHO_COLLABORATOR | OKR_WHO_SUBJECT_OWNER},
    {OKR_VERB_DROP, OKR_KIND_TASK, OWNER},
    {OKR_VERB_ADD, OKR_KIND_COMMENT, OKR_WHO_EVERYBODY},
    {OKR_VERB_SET, OKR_KIND_COMMENT, OKR_WHO_AUTHOR},
    {OKR_VERB_ADD, OKR_KIND_PROPOSAL, OKR_WHO_EVERYBODY},
    {OKR_VERB_ADD, OKR_KIND_STANDUP, OKR_WHO_SELF},
    {OKR_VERB_ADD, OKR_KIND_VOTE, OKR_WHO_SELF},
    {OKR_VERB_ADD, OKR_KIND_FOCUS, LEAD | CHAMPION},
    {OKR_VERB_ADD, OKR_KIND_HEALTH, LEAD | CHAMPION},
    {OKR_VERB_ADD, OKR_KIND_REVIEW, LEAD | CHAMPION},
    {0, OKR_KIND_TASK, OKR_WHO_NOBODY},
    {OKR_VERB_ADD, 9, OKR_WHO_NOBODY},
    {UINT16_MAX, UINT16_MAX, OKR_WHO_NOBODY},
};

static void the_table_of_the_domain(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (okr_permit_wanted(table[i].verb, table[i].kind) != table[i].who)
            fail_msg("row %zu: verb %u, kind %u", i, table[i].verb,
                     table[i].kind);
}

static void any_one_bit_is_enough(void **state)
{
    (void)state;
    assert_true(okr_permit(OWNER | LEAD, LEAD));
    assert_true(okr_permit(OWNER | LEAD, LEAD | ADMIN));
    assert_false(okr_permit(OWNER | LEAD, CHAMPION | ADMIN));
    assert_false(okr_permit(OWNER, 0));
    assert_true(okr_permit(OKR_WHO_EVERYBODY, 0));
    assert_false(okr_permit(OKR_WHO_NOBODY, UINT32_MAX));
}

/* KIND is no right that somebody could hold: it never gets out. */
static void the_placeholder_is_never_asked_for(void **state)
{
    (void)state;
    for (uint16_t verb = 0; verb < 64; verb++)
        for (uint16_t kind = 0; kind < 64; kind++)
            assert_int_equal(okr_permit_wanted(verb, kind) & OKR_WHO_KIND, 0);
}

static void sites_may_attest_what_does_no_harm(void **state)
{
    (void)state;
    for (uint16_t verb = 0; verb < 64; verb++)
        for (uint16_t kind = 0; kind < 64; kind++) {
            bool words = kind == OKR_KIND_COMMENT ||
                         kind == OKR_KIND_REACTION || kind == OKR_KIND_VOTE ||
                         kind == OKR_KIND_STANDUP;
            bool may = (verb == OKR_VERB_ADD && words) ||
                       (verb == OKR_VERB_CHECKIN && okr_kind_info(kind));
            bool helps = okr_kind_info(kind) &&
                         (verb == OKR_VERB_INVITE || verb == OKR_VERB_REVOKE);
            assert_int_equal(okr_permit_attested(verb, kind, false), may);
            assert_int_equal(okr_permit_attested(verb, kind, true),
                             may || helps);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_the_domain),
        cmocka_unit_test(any_one_bit_is_enough),
        cmocka_unit_test(the_placeholder_is_never_asked_for),
        cmocka_unit_test(sites_may_attest_what_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
