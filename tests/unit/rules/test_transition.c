/* States: every arrow of the domain, and no other. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rules/transition.h"

enum { LIGHT = OKR_V_WORKFLOW_LIGHT, FORMAL = OKR_V_WORKFLOW_FORMAL };
enum {
    DRAFT = OKR_V_OBJECTIVE_STATE_DRAFT,
    SUBMITTED = OKR_V_OBJECTIVE_STATE_SUBMITTED,
    APPROVED = OKR_V_OBJECTIVE_STATE_APPROVED,
    PUBLISHED = OKR_V_OBJECTIVE_STATE_PUBLISHED,
    CLOSED = OKR_V_OBJECTIVE_STATE_CLOSED,
    ABANDONED = OKR_V_OBJECTIVE_STATE_ABANDONED,
};
enum {
    OPEN = OKR_V_TASK_STATE_OPEN,
    DOING = OKR_V_TASK_STATE_DOING,
    DONE = OKR_V_TASK_STATE_DONE,
    DROPPED = OKR_V_TASK_STATE_DROPPED,
};

/* Where the verb leads; 0: nowhere. */
static uint32_t moved(uint16_t kind, uint16_t verb, uint32_t workflow,
                      uint32_t from)
{
    uint16_t field = 0;
    uint32_t to = 0;
    enum okr_rule rule =
        okr_transition(kind, verb, workflow, from, &field, &to);
    assert_int_equal(rule == OKR_RULE_NONE, to != 0);
    if (rule != OKR_RULE_NONE)
        assert_int_equal(rule, OKR_RULE_WRONG_STATE);
    else
        assert_int_equal(field, okr_move_field(kind));
    return to;
}

struct arrow {
    uint16_t verb;
    uint32_t from, to;
    bool light, formal;
};

static void assert_arrows(uint16_t kind, const struct arrow *arrows, size_t n,
                          uint32_t state_max)
{
    for (uint16_t verb = 0; verb < 64; verb++)
        for (uint32_t from = 0; from <= state_max + 1; from++) {
            uint32_t light = 0, formal = 0;
            for (size_t i = 0; i < n; i++) {
                if (arrows[i].verb != verb || arrows[i].from != from)
                    continue;
                light = arrows[i].light ? arrows[i].to : light;
                formal = arrows[i].formal ? arrows[i].to : formal;
            }
            assert_int_equal(moved(kind, verb, LIGHT, from), light);
            assert_int_equal(moved(kind, verb, FORMAL, from), formal);
        }
}

static void objectives_move_so_and_not_otherwise(void **state)
{
    (void)state;
    static const struct arrow arrows[] = {
        {OKR_VERB_SUBMIT, DRAFT, SUBMITTED, true, true},
        {OKR_VERB_RETURN, SUBMITTED, DRAFT, true, true},
        {OKR_VERB_APPROVE, SUBMITTED, APPROVED, true, true},
        {OKR_VERB_PUBLISH, APPROVED, PUBLISHED, true, true},
        {OKR_VERB_PUBLISH, DRAFT, PUBLISHED, true, false},
        {OKR_VERB_PUBLISH, SUBMITTED, PUBLISHED, true, false},
        {OKR_VERB_CLOSE, PUBLISHED, CLOSED, true, true},
        {OKR_VERB_ABANDON, PUBLISHED, ABANDONED, true, true},
    };
    assert_arrows(OKR_KIND_OBJECTIVE, arrows, 8, ABANDONED);
}

static void tasks_move_so_and_not_otherwise(void **state)
{
    (void)state;
    static const struct arrow arrows[] = {
        {OKR_VERB_START, OPEN, DOING, true, true},
        {OKR_VERB_FINISH, OPEN, DONE, true, true},
        {OKR_VERB_FINISH, DOING, DONE, true, true},
        {OKR_VERB_DROP, OPEN, DROPPED, true, true},
        {OKR_VERB_DROP, DOING, DROPPED, true, true},
        {OKR_VERB_REOPEN, DONE, OPEN, true, true},
        {OKR_VERB_REOPEN, DROPPED, OPEN, true, true},
    };
    assert_arrows(OKR_KIND_TASK, arrows, 7, DROPPED);
}

static void cycles_move_so_and_not_otherwise(void **state)
{
    (void)state;
    enum {
        DRAFTING = OKR_V_PHASE_DRAFTING,
        REVIEW = OKR_V_PHASE_REVIEW,
        OUT = OKR_V_PHASE_PUBLISHED,
        RUNNING = OKR_V_PHASE_RUNNING,
        ASSESSING = OKR_V_PHASE_ASSESSING,
        REFLECTING = OKR_V_PHASE_REFLECTING,
        OVER = OKR_V_PHASE_CLOSED,
    };
    static const struct arrow arrows[] = {
        {OKR_VERB_ADVANCE, DRAFTING, REVIEW, true, true},
        {OKR_VERB_PUBLISH, DRAFTING, OUT, true, false},
        {OKR_VERB_PUBLISH, REVIEW, OUT, true, true},
        {OKR_VERB_ADVANCE, OUT, RUNNING, true, true},
        {OKR_VERB_ADVANCE, RUNNING, ASSESSING, true, true},
        {OKR_VERB_ADVANCE, ASSESSING, REFLECTING, true, true},
        {OKR_VERB_CLOSE, REFLECTING, OVER, true, true},
        {OKR_VERB_CLOSE, OUT, OVER, true, false},
        {OKR_VERB_CLOSE, RUNNING, OVER, true, false},
        {OKR_VERB_CLOSE, ASSESSING, OVER, true, false},
    };
    assert_arrows(OKR_KIND_CYCLE, arrows, 10, OVER);
}

static void what_has_no_state_does_not_move(void **state)
{
    (void)state;
    assert_arrows(OKR_KIND_KEY_RESULT, NULL, 0, ABANDONED);
    assert_arrows(OKR_KIND_COMMENT, NULL, 0, 4);
    assert_arrows(9, NULL, 0, 4);
}

/* The state it begins in; 0: may not. */
static uint32_t first(uint16_t kind, uint32_t workflow, uint32_t asked,
                      bool import)
{
    uint32_t got = 0;
    bool ok = okr_transition_first(kind, workflow, asked, import, &got);
    assert_true(ok || got == 0);
    return got;
}

static void objectives_begin(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked, light, formal, light_import, formal_import;
    } rows[] = {
        {0, PUBLISHED, DRAFT, PUBLISHED, PUBLISHED},
        {DRAFT, DRAFT, DRAFT, DRAFT, DRAFT},
        {SUBMITTED, 0, 0, 0, 0},
        {APPROVED, 0, 0, 0, 0},
        {PUBLISHED, PUBLISHED, 0, PUBLISHED, PUBLISHED},
        {CLOSED, 0, 0, CLOSED, CLOSED},
        {ABANDONED, 0, 0, 0, 0},
        {99, 0, 0, 0, 0},
    };
    const uint16_t o = OKR_KIND_OBJECTIVE;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t asked = rows[i].asked;
        assert_int_equal(first(o, LIGHT, asked, false), rows[i].light);
        assert_int_equal(first(o, FORMAL, asked, false), rows[i].formal);
        assert_int_equal(first(o, LIGHT, asked, true), rows[i].light_import);
        assert_int_equal(first(o, FORMAL, asked, true), rows[i].formal_import);
    }
}

static void others_begin(void **state)
{
    (void)state;
    assert_int_equal(first(OKR_KIND_TASK, FORMAL, 0, false), OPEN);
    assert_int_equal(first(OKR_KIND_TASK, FORMAL, DOING, false), DOING);
    assert_int_equal(first(OKR_KIND_TASK, FORMAL, DONE, false), DONE);
    assert_int_equal(first(OKR_KIND_TASK, FORMAL, DROPPED, true), 0);
    assert_int_equal(first(OKR_KIND_CYCLE, LIGHT, 0, false),
                     OKR_V_PHASE_RUNNING);
    assert_int_equal(first(OKR_KIND_CYCLE, FORMAL, 0, false),
                     OKR_V_PHASE_DRAFTING);
    for (uint32_t phase = 1; phase <= 7; phase++) {
        bool first_one = phase == OKR_V_PHASE_DRAFTING;
        assert_int_equal(first(OKR_KIND_CYCLE, LIGHT, phase, false), phase);
        assert_int_equal(first(OKR_KIND_CYCLE, FORMAL, phase, true), phase);
        assert_int_equal(first(OKR_KIND_CYCLE, FORMAL, phase, false),
                         first_one ? phase : 0);
    }
    assert_int_equal(first(OKR_KIND_CYCLE, FORMAL, 0, true),
                     OKR_V_PHASE_RUNNING);
    assert_int_equal(first(OKR_KIND_CYCLE, LIGHT, 8, false), 0);
    assert_int_equal(first(OKR_KIND_PROPOSAL, LIGHT, 0, false),
                     OKR_V_PROPOSAL_STATE_OPEN);
    assert_int_equal(
        first(OKR_KIND_PROPOSAL, LIGHT, OKR_V_PROPOSAL_STATE_TAKEN, false), 0);
    uint32_t got = 77;
    assert_true(okr_transition_first(OKR_KIND_CONFLICT, LIGHT,
                                     OKR_V_CONFLICT_STATE_OPEN, false, &got));
    assert_int_equal(got, OKR_V_CONFLICT_STATE_OPEN);
    assert_false(okr_transition_first(
        OKR_KIND_CONFLICT, LIGHT, OKR_V_CONFLICT_STATE_RESOLVED, false, &got));
    assert_true(okr_transition_first(OKR_KIND_COMMENT, LIGHT, 0, false, &got));
    assert_int_equal(got, 0);
    assert_false(
        okr_transition_first(OKR_KIND_KEY_RESULT, LIGHT, DRAFT, true, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objectives_move_so_and_not_otherwise),
        cmocka_unit_test(tasks_move_so_and_not_otherwise),
        cmocka_unit_test(cycles_move_so_and_not_otherwise),
        cmocka_unit_test(what_has_no_state_does_not_move),
        cmocka_unit_test(objectives_begin),
        cmocka_unit_test(others_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
