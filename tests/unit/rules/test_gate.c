/* Phases: the table of docs/domain.md, row by row; dates; the window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/dates.h"
#include "common/rules/gate.h"

enum {
    DRAFTING = OKR_V_PHASE_DRAFTING,
    REVIEW = OKR_V_PHASE_REVIEW,
    PUBLISHED = OKR_V_PHASE_PUBLISHED,
    RUNNING = OKR_V_PHASE_RUNNING,
    ASSESSING = OKR_V_PHASE_ASSESSING,
    REFLECTING = OKR_V_PHASE_REFLECTING,
    CLOSED = OKR_V_PHASE_CLOSED,
};

/* One letter a phase: '+' may be done, '.' refused. */
static const struct {
    uint16_t verb, kind;
    const char *phases;
} rows[] = {
    {OKR_VERB_ADD, OKR_KIND_PROPOSAL, "+......"},
    {OKR_VERB_ADD, OKR_KIND_VOTE, "+......"},
    {OKR_VERB_ADD, OKR_KIND_OBJECTIVE, "++++..."},
    {OKR_VERB_ADD, OKR_KIND_KEY_RESULT, "++++..."},
    {OKR_VERB_SUBMIT, OKR_KIND_OBJECTIVE, ".+++..."},
    {OKR_VERB_RETURN, OKR_KIND_OBJECTIVE, ".+++..."},
    {OKR_VERB_APPROVE, OKR_KIND_OBJECTIVE, ".+++..."},
    {OKR_VERB_PUBLISH, OKR_KIND_OBJECTIVE, "..++..."},
    {OKR_VERB_PUBLISH, OKR_KIND_CYCLE, "++....."},
    {OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN, "..++++."},
    {OKR_VERB_REVISE, OKR_KIND_KEY_RESULT, "..++..."},
    {OKR_VERB_ABANDON, OKR_KIND_OBJECTIVE, "..+++.."},
    {OKR_VERB_ADD, OKR_KIND_ASSESSMENT, "....++."},
    {OKR_VERB_SCORE, OKR_KIND_OBJECTIVE, "....++."},
    {OKR_VERB_SCORE, OKR_KIND_KEY_RESULT, "....++."},
    {OKR_VERB_CLOSE, OKR_KIND_OBJECTIVE, "......+"},
};

static const char *phases_of(uint16_t verb, uint16_t kind)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].verb == verb && rows[i].kind == kind)
            return rows[i].phases;
    return "+++++++"; /* bound to no phase */
}

static void every_verb_in_every_phase(void **state)
{
    (void)state;
    for (uint16_t verb = 0; verb < 64; verb++)
        for (uint16_t kind = 0; kind < 32; kind++)
            for (uint32_t phase = 1; phase <= 7; phase++) {
                bool may = phases_of(verb, kind)[phase - 1] == '+';
                enum okr_rule rule = okr_gate(verb, kind, phase);
                if (rule != (may ? OKR_RULE_NONE : OKR_RULE_PHASE))
                    fail_msg("verb %u, kind %u, phase %u", verb, kind, phase);
            }
    assert_int_equal(okr_gate(OKR_VERB_SUBMIT, OKR_KIND_OBJECTIVE, 99),
                     OKR_RULE_PHASE);
}

static okr_day day(const char *text)
{
    okr_day d;
    assert_true(okr_day_parse(okr_slice_str(text), &d));
    return d;
}

static void dates_end_what_nobody_ends(void **state)
{
    (void)state;
    static const struct {
        uint32_t phase;
        const char *today;
        uint32_t is;
    } cases[] = {
        {DRAFTING, "2026-05-01", DRAFTING},
        {REVIEW, "2026-05-01", REVIEW},
        {PUBLISHED, "2026-03-31", PUBLISHED},
        {PUBLISHED, "2026-04-01", RUNNING},
        {PUBLISHED, "2026-06-30", RUNNING},
        {PUBLISHED, "2026-07-01", ASSESSING},
        {RUNNING, "2026-03-01", RUNNING}, /* begun early, by a champion */
        {RUNNING, "2026-06-30", RUNNING},
        {RUNNING, "2026-07-01", ASSESSING},
        {ASSESSING, "2026-06-20", ASSESSING},
        {REFLECTING, "2027-01-01", REFLECTING},
        {CLOSED, "2026-05-01", CLOSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(okr_phase_on(cases[i].phase, day("2026-04-01"),
                                      day("2026-06-30"), day(cases[i].today)),
                         cases[i].is);
}

static void the_window_opens_at_half_time(void **state)
{
    (void)state;
    static const struct {
        const char *start, *end;
        int64_t days;
        const char *from, *to;
    } cases[] = {
        {"2026-04-01", "2026-06-30", 14, "2026-05-16", "2026-05-29"},
        {"2026-01-01", "2026-03-31", 14, "2026-02-15", "2026-02-28"},
        {"2026-04-01", "2026-04-30", 14, "2026-04-16", "2026-04-29"},
        {"2026-04-01", "2026-04-30", 1, "2026-04-16", "2026-04-16"},
        {"2026-01-01", "2026-12-31", 30, "2026-07-02", "2026-07-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct okr_window w =
            okr_midterm(day(cases[i].start), day(cases[i].end), cases[i].days);
        assert_int_equal(w.from, day(cases[i].from));
        assert_int_equal(w.to, day(cases[i].to));
    }
    struct okr_window none = okr_midterm(0, 90, 0);
    assert_true(none.to < none.from);
}

/* Who is in charge may change; nothing else that was published. */
static void only_the_owner_thaws(void **state)
{
    (void)state;
    const uint16_t kinds[] = {OKR_KIND_OBJECTIVE, OKR_KIND_KEY_RESULT};
    for (size_t i = 0; i < 2; i++) {
        const struct okr_field_info *field;
        for (size_t at = 0; (field = okr_field_next(kinds[i], &at)) != NULL;)
            assert_int_equal(okr_frozen(kinds[i], field->number),
                             strcmp(field->word, "owner") != 0);
    }
    assert_false(okr_frozen(OKR_KIND_TASK, OKR_F_T_TITLE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_in_every_phase),
        cmocka_unit_test(dates_end_what_nobody_ends),
        cmocka_unit_test(the_window_opens_at_half_time),
        cmocka_unit_test(only_the_owner_thaws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
