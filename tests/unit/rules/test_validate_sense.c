/* The sense of records: each rule with what just passes and just does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/model/value.h"
#include "common/rules/validate.h"
#include "tests/lib/made.h"

#define SELF "01010101010101010101010101010101" /* id of okr_made_record */
#define OTHER "0123456789abcdef0123456789abcdef"
#define FINE 0, 0
#define RANGE OKR_RULE_BAD_RANGE

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

struct thing {
    uint16_t kind;
    struct okr_made fields[4];
    enum okr_rule rule;
    uint16_t field;
};

static void assert_things(const struct thing *things, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct thing *t = &things[i];
        struct okr_verdict v =
            okr_validate_sense(okr_made_record(t->kind, t->fields, arena));
        if (v.rule != t->rule || v.field != t->field)
            fail_msg("thing %zu: %s, field %u", i, okr_rule_name(v.rule),
                     v.field);
        assert_int_equal(v.outcome, t->rule == OKR_RULE_NONE
                                        ? OKR_OUTCOME_ACCEPTED
                                        : OKR_OUTCOME_REJECTED);
    }
}

#define ASSERT_THINGS(things) \
    assert_things(things, sizeof(things) / sizeof(things)[0])

/* A record without any field has nothing that makes no sense. */
static void empty_records_pass(void **state)
{
    (void)state;
    const struct okr_kind_info *kind;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;) {
        const struct thing nothing = {.kind = kind->number};
        assert_things(&nothing, 1);
    }
}

static void numbers_in_their_range(void **state)
{
    (void)state;
    const uint16_t kr = OKR_KIND_KEY_RESULT, o = OKR_KIND_OBJECTIVE;
    const struct thing things[] = {
        {kr, {{OKR_F_CONFIDENCE, "0"}}, FINE},
        {kr, {{OKR_F_CONFIDENCE, "10"}}, FINE},
        {kr, {{OKR_F_CONFIDENCE, "11"}}, RANGE, OKR_F_CONFIDENCE},
        {kr, {{OKR_F_CONFIDENCE, "-1"}}, RANGE, OKR_F_CONFIDENCE},
        {OKR_KIND_CHECK_IN,
         {{OKR_F_CI_CONFIDENCE, "11"}},
         RANGE,
         OKR_F_CI_CONFIDENCE},
        {kr, {{OKR_F_KR_SCORE, "0"}}, FINE},
        {kr, {{OKR_F_KR_SCORE, "1.0"}}, FINE},
        {kr, {{OKR_F_KR_SCORE, "1.000001"}}, RANGE, OKR_F_KR_SCORE},
        {o, {{OKR_F_O_SCORE, "-0.1"}}, RANGE, OKR_F_O_SCORE},
        {OKR_KIND_ASSESSMENT, {{OKR_F_AS_SCORE, "7"}}, RANGE, OKR_F_AS_SCORE},
        {o, {{OKR_F_O_WEIGHT, "0"}}, FINE},
        {o, {{OKR_F_O_WEIGHT, "100"}}, FINE},
        {o, {{OKR_F_O_WEIGHT, "-0.1"}}, RANGE, OKR_F_O_WEIGHT},
        {kr, {{OKR_F_KR_WEIGHT, "-1"}}, RANGE, OKR_F_KR_WEIGHT},
        {OKR_KIND_TASK, {{OKR_F_T_WEIGHT, "-1"}}, RANGE, OKR_F_T_WEIGHT},
        {OKR_KIND_VOTE, {{OKR_F_VO_WEIGHT, "-1"}}, RANGE, OKR_F_VO_WEIGHT},
        {OKR_KIND_FOCUS, {{OKR_F_FO_RANK, "1"}}, FINE},
        {OKR_KIND_FOCUS, {{OKR_F_FO_RANK, "-1"}}, RANGE, OKR_F_FO_RANK},
        {kr, {{OKR_F_START, "-5"}, {OKR_F_TARGET, "-10"}}, FINE},
    };
    ASSERT_THINGS(things);
}

static void ends_in_their_order(void **state)
{
    (void)state;
    const uint16_t kr = OKR_KIND_KEY_RESULT, c = OKR_KIND_CYCLE;
    const struct thing things[] = {
        {kr, {{OKR_F_LOW, "4"}, {OKR_F_HIGH, "4.0"}}, FINE},
        {kr, {{OKR_F_LOW, "5"}, {OKR_F_HIGH, "4"}}, RANGE, OKR_F_HIGH},
        {kr, {{OKR_F_LOW, "5"}}, FINE},
        {kr, {{OKR_F_LOW, "5"}, {OKR_F_HIGH, NULL}}, FINE},
        {c,
         {{OKR_F_CYCLE_START, "2026-04-01"}, {OKR_F_CYCLE_END, "2026-04-01"}},
         FINE},
        {c,
         {{OKR_F_CYCLE_START, "2026-04-02"}, {OKR_F_CYCLE_END, "2026-04-01"}},
         RANGE,
         OKR_F_CYCLE_END},
        {c, {{OKR_F_CYCLE_START, "2026-04-02"}}, FINE},
        {kr, {{OKR_F_CHECKPOINTS, "50:0,80:1"}}, FINE},
        {kr, {{OKR_F_CHECKPOINTS, "50:0,80:1.1"}}, RANGE, OKR_F_CHECKPOINTS},
        {kr, {{OKR_F_CHECKPOINTS, "50:-0.1"}}, RANGE, OKR_F_CHECKPOINTS},
        {kr, {{OKR_F_PLAN, "2026-04-01:2"}}, RANGE, OKR_F_PLAN},
    };
    ASSERT_THINGS(things);
}

/* A list that came from elsewhere than the shape check. */
static void lists_are_looked_at_again(void **state)
{
    (void)state;
    const struct okr_pair pairs[] = {{.at = {2, 0}}, {.at = {1, 0}}};
    struct okr_reg reg = {
        .field = OKR_F_CHECKPOINTS,
        .form = OKR_REG_VALUE,
        .data = okr_value_list(arena, OKR_LIST_DEC_DEC, pairs, 2)};
    struct okr_id id = okr_made_id(1);
    const struct okr_record *kr =
        okr_record_new(&id, OKR_KIND_KEY_RESULT, arena);
    kr = okr_record_with(kr, &reg, 1, arena);
    assert_int_equal(okr_validate_sense(kr).rule, RANGE);
    reg.data.len--;
    kr = okr_record_with(kr, &reg, 1, arena);
    assert_int_equal(okr_validate_sense(kr).rule, OKR_RULE_BAD_VALUE);
}

static void mail(void **state)
{
    (void)state;
    static const char *const good[] = {
        "anna@example.com", "a@b", "o'neil+okr@mail.example.com",
        "slug@import.invalid", "\xe5\xbc\xa0@\xe4\xbe\x8b.cn"};
    static const char *const bad[] = {
        "anna",         "@example.com",    "anna@",          "a@b@c",
        "Anna <a@b.c>", "a@b.c,d@e.f",     "a@.example",     "a@example.",
        "a@exa..mple",  "a b@example.com", "a@exam ple.com", "mailto:a@b.c",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const struct thing t = {OKR_KIND_PERSON, {{OKR_F_MAIL, good[i]}}, FINE};
        assert_things(&t, 1);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct thing t = {OKR_KIND_PERSON,
                                {{OKR_F_MAIL, bad[i]}},
                                OKR_RULE_BAD_VALUE,
                                OKR_F_MAIL};
        assert_things(&t, 1);
    }
}

static void codes_and_slugs(void **state)
{
    (void)state;
    const uint16_t u = OKR_KIND_UNIT, p = OKR_KIND_POLICY;
    const struct thing things[] = {
        {u, {{OKR_F_CODE, "eu-sales.2"}}, FINE},
        {u, {{OKR_F_CODE, "\xe7\xa0\x94\xe5\x8f\x91"}}, FINE},
        {u, {{OKR_F_CODE, "EU sales"}}, OKR_RULE_BAD_VALUE, OKR_F_CODE},
        {u,
         {{OKR_F_CODE, "0123456789012345678901234567890123456789"
                       "0123456789012345678901234"}},
         OKR_RULE_BAD_VALUE,
         OKR_F_CODE},
        {p, {{OKR_F_SLUG, "acme-2"}}, FINE},
        {p, {{OKR_F_SLUG, "Acme"}}, OKR_RULE_BAD_VALUE, OKR_F_SLUG},
        {p, {{OKR_F_SLUG, "-acme"}}, OKR_RULE_BAD_VALUE, OKR_F_SLUG},
        {p, {{OKR_F_SLUG, "acme-"}}, OKR_RULE_BAD_VALUE, OKR_F_SLUG},
        {p, {{OKR_F_SLUG, "acme/x"}}, OKR_RULE_BAD_VALUE, OKR_F_SLUG},
    };
    ASSERT_THINGS(things);
}

static void policies(void **state)
{
    (void)state;
    const uint16_t p = OKR_KIND_POLICY;
    const struct thing things[] = {
        {p, {{OKR_F_UTC_OFFSET_MIN, "840"}}, FINE},
        {p, {{OKR_F_UTC_OFFSET_MIN, "-720"}}, FINE},
        {p, {{OKR_F_UTC_OFFSET_MIN, "841"}}, RANGE, OKR_F_UTC_OFFSET_MIN},
        {p, {{OKR_F_UTC_OFFSET_MIN, "-841"}}, RANGE, OKR_F_UTC_OFFSET_MIN},
        {p, {{OKR_F_OBJECTIVES_MAX, "0"}}, RANGE, OKR_F_OBJECTIVES_MAX},
        {p, {{OKR_F_KRS_MIN, "5"}}, FINE},
        {p, {{OKR_F_KRS_MIN, "6"}}, RANGE, OKR_F_KRS_MAX}, /* 5 by default */
        {p, {{OKR_F_KRS_MIN, "6"}, {OKR_F_KRS_MAX, "6"}}, FINE},
        {p, {{OKR_F_KRS_MAX, "1"}}, RANGE, OKR_F_KRS_MAX},
        {p, {{OKR_F_ON_TRACK, "-0.25"}}, FINE},
        {p, {{OKR_F_ON_TRACK, "-0.26"}}, RANGE, OKR_F_ON_TRACK},
        {p, {{OKR_F_AT_RISK, "-1.1"}}, RANGE, OKR_F_ON_TRACK},
        {p, {{OKR_F_CADENCE_DAYS, "0"}}, RANGE, OKR_F_CADENCE_DAYS},
        {p, {{OKR_F_BEAT_MS, "0"}}, RANGE, OKR_F_BEAT_MS},
        {p, {{OKR_F_RETRY_MAX_MS, "3600000"}}, FINE},
    };
    ASSERT_THINGS(things);
}

static void nothing_is_above_itself(void **state)
{
    (void)state;
    const uint16_t o = OKR_KIND_OBJECTIVE, t = OKR_KIND_TASK;
    const enum okr_rule circle = OKR_RULE_CIRCLE;
    const struct thing things[] = {
        {OKR_KIND_UNIT, {{OKR_F_UNIT_PARENT, OTHER}}, FINE},
        {OKR_KIND_UNIT, {{OKR_F_UNIT_PARENT, SELF}}, circle, OKR_F_UNIT_PARENT},
        {o, {{OKR_F_CONTRIBUTES_TO, OTHER}}, FINE},
        {o, {{OKR_F_CONTRIBUTES_TO, SELF}}, circle, OKR_F_CONTRIBUTES_TO},
        {OKR_KIND_CYCLE,
         {{OKR_F_CYCLE_PARENT, SELF}},
         circle,
         OKR_F_CYCLE_PARENT},
        {t, {{OKR_F_T_SUBJECT, SELF}}, circle, OKR_F_T_SUBJECT},
        {t, {{OKR_F_DEPENDS_ON, OTHER}}, FINE},
        {t,
         {{OKR_F_DEPENDS_ON, OTHER}, {OKR_F_DEPENDS_ON, SELF}},
         circle,
         OKR_F_DEPENDS_ON},
        {OKR_KIND_COMMENT, {{OKR_F_REPLY_TO, SELF}}, circle, OKR_F_REPLY_TO},
        /* The first person is his own author, the first site came via itself,
         * a batch may be of itself. */
        {OKR_KIND_PERSON, {{OKR_F_AUTHOR, SELF}}, FINE},
        {OKR_KIND_SITE, {{OKR_F_VIA, SELF}}, FINE},
        {OKR_KIND_BATCH, {{OKR_F_BATCH, SELF}}, FINE},
    };
    ASSERT_THINGS(things);
}

static void sets_are_not_endless(void **state)
{
    (void)state;
    struct okr_reg regs[OKR_SET_MAX + 2];
    struct okr_id ids[OKR_SET_MAX + 2], id = okr_made_id(1);
    for (size_t i = 0; i < OKR_SET_MAX + 2; i++) {
        ids[i] = okr_made_id((uint8_t)(i + 2));
        regs[i] = (struct okr_reg){.field = OKR_F_COLLABORATORS,
                                   .form = OKR_REG_PRESENT,
                                   .data = okr_id_slice(&ids[i])};
    }
    regs[0].form = OKR_REG_ABSENT; /* taken out: does not count */
    const struct okr_record *task = okr_record_new(&id, OKR_KIND_TASK, arena);
    const struct okr_record *full =
        okr_record_with(task, regs, OKR_SET_MAX + 1, arena);
    assert_int_equal(okr_validate_sense(full).rule, OKR_RULE_NONE);
    full = okr_record_with(task, regs, OKR_SET_MAX + 2, arena);
    assert_int_equal(okr_validate_sense(full).rule, OKR_RULE_TOO_LARGE);
    assert_int_equal(okr_validate_sense(full).field, OKR_F_COLLABORATORS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_records_pass),
        cmocka_unit_test(numbers_in_their_range),
        cmocka_unit_test(ends_in_their_order),
        cmocka_unit_test(lists_are_looked_at_again),
        cmocka_unit_test(mail),
        cmocka_unit_test(codes_and_slugs),
        cmocka_unit_test(policies),
        cmocka_unit_test(nothing_is_above_itself),
        cmocka_unit_test(sets_are_not_endless),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
