/* The shape of operations: also those that no honest program makes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/rules/validate.h"
#include "tests/lib/made.h"

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

static struct okr_payload resolve(uint16_t field, uint8_t form,
                                  const char *data)
{
    struct okr_payload p = {.verb = OKR_VERB_RESOLVE,
                            .kind = OKR_KIND_CONFLICT,
                            .entity = okr_made_id(1),
                            .n_changes = 1};
    p.changes = okr_arena_array(arena, 2, sizeof *p.changes);
    p.changes[0] = (struct okr_change){
        .field = field, .form = form, .data = okr_slice_str(data)};
    p.changes[1] = p.changes[0];
    return p;
}

static void resolving(void **state)
{
    (void)state;
    static const struct {
        uint16_t field;
        uint8_t form;
        const char *data;
        enum okr_rule rule;
    } rows[] = {
        {OKR_F_MINE, OKR_REG_UNSET, "", 0},
        {OKR_F_MINE, OKR_REG_VALUE, "", 0},
        {OKR_F_THEIRS, OKR_REG_UNSET, "", 0},
        {OKR_F_BASE, OKR_REG_VALUE, "both of it", 0},
        {OKR_F_MINE, OKR_REG_VALUE, "x", OKR_RULE_MALFORMED},
        {OKR_F_THEIRS, OKR_REG_PRESENT, "", OKR_RULE_MALFORMED},
        {OKR_F_BASE, OKR_REG_UNSET, "", OKR_RULE_MISSING},
        {OKR_F_BASE, OKR_REG_VALUE, "", OKR_RULE_MISSING},
        {OKR_F_BASE, OKR_REG_UNSET, "x", OKR_RULE_MALFORMED},
        {OKR_F_BASE, OKR_REG_VALUE, "\xff", 0}, /* of a field unknown here */
        {OKR_F_CF_STATE, OKR_REG_VALUE, "\1", OKR_RULE_NOT_SETTABLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_payload p =
            resolve(rows[i].field, rows[i].form, rows[i].data);
        assert_verdict(&p, rows[i].rule,
                       rows[i].rule == OKR_RULE_NONE ? 0 : rows[i].field);
    }
    struct okr_payload p = resolve(OKR_F_MINE, OKR_REG_UNSET, "");
    p.n_changes = 0;
    assert_verdict(&p, OKR_RULE_MISSING, OKR_F_BASE);
    p.n_changes = 2;
    assert_verdict(&p, OKR_RULE_MALFORMED, OKR_F_MINE);
    p.changes[1].field = OKR_F_THEIRS;
    assert_verdict(&p, OKR_RULE_MALFORMED, OKR_F_MINE);
    p.n_changes = 1;
    p.kind = OKR_KIND_TASK;
    assert_verdict(&p, OKR_RULE_WRONG_KIND, 0);
}

static struct okr_payload set_title(void)
{
    static const struct okr_made title[] = {{OKR_F_T_TITLE, "x"}, {0}};
    return okr_made_payload(OKR_VERB_SET, OKR_KIND_TASK, title, arena);
}

static void what_is_unknown(void **state)
{
    (void)state;
    struct okr_payload p = set_title();
    assert_verdict(&p, OKR_RULE_NONE, 0);
    p.verb = 0;
    assert_verdict(&p, OKR_RULE_UNKNOWN_VERB, 0);
    p.verb = UINT16_MAX;
    assert_verdict(&p, OKR_RULE_UNKNOWN_VERB, 0);
    p = set_title();
    p.kind = 9;
    assert_verdict(&p, OKR_RULE_UNKNOWN_KIND, 0);
    p.kind = 0;
    assert_verdict(&p, OKR_RULE_UNKNOWN_KIND, 0);
    p = set_title();
    p.changes[0].field = 60;
    assert_verdict(&p, OKR_RULE_UNKNOWN_FIELD, 60);
    p = set_title();
    p.entity = (struct okr_id){{0}};
    assert_verdict(&p, OKR_RULE_MALFORMED, 0);
}

static void forms_must_fit(void **state)
{
    (void)state;
    for (uint8_t form = 0; form < 6; form++) {
        struct okr_payload p = set_title();
        p.changes[0].form = form;
        if (form != OKR_REG_VALUE)
            assert_verdict(&p, OKR_RULE_MALFORMED, OKR_F_T_TITLE);
        p.changes[0].field = OKR_F_COLLABORATORS;
        p.changes[0].data = okr_id_slice(&p.entity);
        bool element = form == OKR_REG_PRESENT || form == OKR_REG_ABSENT;
        assert_verdict(&p, element ? OKR_RULE_NONE : OKR_RULE_MALFORMED,
                       element ? 0 : OKR_F_COLLABORATORS);
    }
    struct okr_payload p = set_title();
    p.changes[0].data = OKR_SLICE_LIT("two\nlines");
    assert_verdict(&p, OKR_RULE_BAD_TEXT, OKR_F_T_TITLE);
    p.changes[0].data = OKR_SLICE_NONE;
    assert_verdict(&p, OKR_RULE_BAD_VALUE, OKR_F_T_TITLE);
}

static void reasons_are_texts(void **state)
{
    (void)state;
    struct okr_payload p = set_title();
    char *text = okr_arena_alloc(arena, OKR_TEXT_CHARS_MAX + 1);
    memset(text, 'x', OKR_TEXT_CHARS_MAX + 1);
    p.reason = okr_slice_of(text, OKR_TEXT_CHARS_MAX);
    assert_verdict(&p, OKR_RULE_NONE, 0);
    p.reason.len++;
    assert_verdict(&p, OKR_RULE_TOO_LONG, 0);
    p.reason = OKR_SLICE_LIT("\x1b[2J");
    assert_verdict(&p, OKR_RULE_BAD_TEXT, 0);
}

static void many_changes(void **state)
{
    (void)state;
    struct okr_payload p = {.verb = OKR_VERB_SET,
                            .kind = OKR_KIND_TASK,
                            .entity = okr_made_id(1),
                            .n_changes = OKR_CHANGES_MAX};
    p.changes = okr_arena_array(arena, OKR_CHANGES_MAX + 1, sizeof *p.changes);
    struct okr_id ids[OKR_CHANGES_MAX + 1];
    for (size_t i = 0; i <= OKR_CHANGES_MAX; i++) {
        ids[i] = okr_made_id((uint8_t)i);
        ids[i].b[0] = (uint8_t)(i >> 8);
        p.changes[i] = (struct okr_change){.field = OKR_F_COLLABORATORS,
                                           .form = OKR_REG_PRESENT,
                                           .data = okr_id_slice(&ids[i])};
    }
    assert_verdict(&p, OKR_RULE_NONE, 0);
    p.n_changes++;
    assert_verdict(&p, OKR_RULE_TOO_LARGE, 0);
    p.n_changes = 2; /* an element put in and taken out at once */
    p.changes[1] = p.changes[0];
    p.changes[1].form = OKR_REG_ABSENT;
    assert_verdict(&p, OKR_RULE_MALFORMED, OKR_F_COLLABORATORS);
}

/* Whatever verb, kind, field, form and data come together, the answer is a
 * verdict and not a crash; and what is accepted sets nothing derived. */
static void every_combination_has_a_verdict(void **state)
{
    (void)state;
    static const char *const data[] = {"", "\1", "\2\2", "0123456789abcdef"};
    unsigned accepted = 0;
    for (uint16_t verb = 0; verb < 40; verb++)
        for (uint16_t kind = 0; kind < 26; kind++)
            for (uint16_t number = 0; number < 40; number++)
                for (uint8_t i = 0; i < 16; i++) {
                    struct okr_change change = {.field = number,
                                                .form = i % 4,
                                                .data =
                                                    okr_slice_str(data[i / 4])};
                    struct okr_payload p = {.verb = verb,
                                            .kind = kind,
                                            .entity = okr_made_id(1),
                                            .changes = &change,
                                            .n_changes = 1};
                    struct okr_verdict v = okr_validate_shape(&p);
                    const struct okr_field_info *field =
                        okr_field_info(kind, number);
                    bool ok = v.outcome == OKR_OUTCOME_ACCEPTED;
                    assert_int_equal(ok, v.rule == OKR_RULE_NONE);
                    assert_true(!ok || field->merge != OKR_MERGE_DERIVED);
                    accepted += ok;
                }
    assert_true(accepted > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolving),
        cmocka_unit_test(what_is_unknown),
        cmocka_unit_test(forms_must_fit),
        cmocka_unit_test(reasons_are_texts),
        cmocka_unit_test(many_changes),
        cmocka_unit_test(every_combination_has_a_verdict),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
