/* Records: reading registers, writing over them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/model/record.h"
#include "common/model/value.h"
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

static struct okr_record *sample(void)
{
    static const struct okr_made fields[] = {
        {OKR_F_ROLES, "champion"},
        {OKR_F_PERSON_NAME, "Anna"},
        {OKR_F_ROLES, "admin"},
        {OKR_F_PERSON_UNIT, "000102030405060708090a0b0c0d0e0f"},
        {OKR_F_LOCALE, NULL},
        {OKR_F_LEFT, "2026-04-15"},
        {0},
    };
    return okr_made_record(OKR_KIND_PERSON, fields, arena);
}

static struct okr_slice role(uint32_t number)
{
    return okr_value_enum(arena, number);
}

static void registers_are_found(void **state)
{
    (void)state;
    const struct okr_record *r = sample();
    assert_int_equal(r->n_regs, 6);
    for (size_t i = 1; i < r->n_regs; i++)
        assert_true(r->regs[i - 1].field <= r->regs[i].field);
    assert_non_null(okr_record_reg(r, OKR_F_PERSON_NAME));
    assert_int_equal(okr_record_reg(r, OKR_F_LOCALE)->form, OKR_REG_UNSET);
    assert_null(okr_record_reg(r, OKR_F_MAIL));
    assert_null(okr_record_reg(r, OKR_F_ROLES)); /* a set is no scalar */
    assert_null(okr_record_reg(r, 1));
    assert_null(okr_record_reg(r, UINT16_MAX));
    assert_non_null(okr_record_element(r, OKR_F_ROLES, role(OKR_V_ROLE_ADMIN)));
    assert_null(okr_record_element(r, OKR_F_ROLES, role(OKR_V_ROLE_AUDITOR)));
    assert_null(
        okr_record_element(r, OKR_F_PERSON_NAME, OKR_SLICE_LIT("Anna")));
}

static void a_field_is_walked_alone(void **state)
{
    (void)state;
    const struct okr_record *r = sample();
    size_t n = 0, at = 0;
    const struct okr_reg *reg;
    while ((reg = okr_record_next(r, OKR_F_ROLES, &at)) != NULL) {
        assert_int_equal(reg->field, OKR_F_ROLES);
        n++;
    }
    assert_int_equal(n, 2);
    assert_null(okr_record_next(r, OKR_F_ROLES, &at)); /* still the end */
    at = 0;
    assert_non_null(okr_record_next(r, OKR_F_LEFT, &at)); /* the last one */
    assert_null(okr_record_next(r, OKR_F_LEFT, &at));
    at = 0;
    assert_null(okr_record_next(r, OKR_F_MAIL, &at));
    struct okr_id id = okr_made_id(1);
    const struct okr_record *none = okr_record_new(&id, OKR_KIND_PERSON, arena);
    at = 0;
    assert_null(okr_record_next(none, OKR_F_MAIL, &at));
}

static void typed_reads(void **state)
{
    (void)state;
    const struct okr_record *r = sample();
    struct okr_id id;
    assert_true(okr_slice_is(okr_record_text(r, OKR_F_PERSON_NAME), "Anna"));
    assert_int_equal(okr_record_text(r, OKR_F_MAIL).len, 0);
    assert_int_equal(okr_record_text(r, OKR_F_LOCALE).len, 0);
    assert_true(okr_record_id(r, OKR_F_PERSON_UNIT, &id));
    assert_int_equal(id.b[15], 15);
    assert_false(okr_record_id(r, OKR_F_PERSON_NAME, &id));
    assert_int_equal(okr_record_int(r, OKR_F_LEFT, -1), 20558);
    assert_int_equal(okr_record_int(r, OKR_F_LOCALE, -7), -7);
    assert_int_equal(okr_record_int(r, OKR_F_PERSON_NAME, -7), -7);
    assert_true(okr_record_has(r, OKR_F_LEFT));
    assert_false(okr_record_has(r, OKR_F_LOCALE)); /* unset */
    assert_false(okr_record_has(r, OKR_F_MAIL));
    assert_true(okr_record_has(r, OKR_F_ROLES));
    assert_true(okr_record_in_set(r, OKR_F_ROLES, role(OKR_V_ROLE_ADMIN)));
    assert_false(okr_record_archived(r));
    assert_int_equal(okr_record_home(r), 0);
}

static void numbers_of_a_key_result(void **state)
{
    (void)state;
    static const struct okr_made fields[] = {
        {OKR_F_METRIC, "decrease"}, {OKR_F_START, "100"},
        {OKR_F_TARGET, "60.5"},     {OKR_F_ARCHIVED, "true"},
        {OKR_F_HOME, "9"},          {0},
    };
    const struct okr_record *r =
        okr_made_record(OKR_KIND_KEY_RESULT, fields, arena);
    struct okr_dec dec;
    assert_true(okr_record_dec(r, OKR_F_TARGET, &dec));
    assert_int_equal(okr_dec_cmp(dec, okr_made_dec("60.5")), 0);
    assert_false(okr_record_dec(r, OKR_F_LOW, &dec));
    assert_int_equal(okr_record_enum(r, OKR_F_METRIC, 77),
                     OKR_V_METRIC_DECREASE);
    assert_int_equal(okr_record_enum(r, OKR_F_KR_STATE, 77), 77);
    assert_true(okr_record_archived(r));
    assert_int_equal(okr_record_home(r), 9);
}

static void a_home_out_of_range_is_none(void **state)
{
    (void)state;
    static const struct okr_made minus[] = {{OKR_F_HOME, "-1"}, {0}};
    static const struct okr_made big[] = {{OKR_F_HOME, "4294967296"}, {0}};
    assert_int_equal(
        okr_record_home(okr_made_record(OKR_KIND_TASK, minus, arena)), 0);
    assert_int_equal(
        okr_record_home(okr_made_record(OKR_KIND_TASK, big, arena)), 0);
}

/* An element that was taken out is a register, but not in the set. */
static void absent_elements_are_not_in_the_set(void **state)
{
    (void)state;
    const struct okr_reg out = {.field = OKR_F_ROLES,
                                .form = OKR_REG_ABSENT,
                                .lsn = 5,
                                .data = role(OKR_V_ROLE_ADMIN)};
    const struct okr_record *r = okr_record_with(sample(), &out, 1, arena);
    assert_int_equal(r->n_regs, 6); /* written over, not added */
    assert_false(okr_record_in_set(r, OKR_F_ROLES, role(OKR_V_ROLE_ADMIN)));
    assert_true(okr_record_in_set(r, OKR_F_ROLES, role(OKR_V_ROLE_CHAMPION)));
    assert_true(okr_record_has(r, OKR_F_ROLES));
    const struct okr_reg other = {.field = OKR_F_ROLES,
                                  .form = OKR_REG_ABSENT,
                                  .data = role(OKR_V_ROLE_CHAMPION)};
    r = okr_record_with(r, &other, 1, arena);
    assert_false(okr_record_has(r, OKR_F_ROLES));
}

static void writing_over_leaves_the_base_alone(void **state)
{
    (void)state;
    struct okr_record *base = sample();
    base->entered = 42;
    const struct okr_reg regs[] = {
        {OKR_F_LEFT, OKR_REG_UNSET, 0, OKR_SLICE_NONE}, /* smaller lsn: wins */
        {OKR_F_MAIL, OKR_REG_VALUE, 9, OKR_SLICE_LIT("a@b.c")},
        {OKR_F_ARCHIVED, OKR_REG_VALUE, 9, OKR_SLICE_LIT("\1")},
        {OKR_F_MAIL, OKR_REG_VALUE, 9, OKR_SLICE_LIT("x@y.z")}, /* again */
    };
    const struct okr_record *r = okr_record_with(base, regs, 4, arena);
    assert_int_equal(base->n_regs, 6);
    assert_true(okr_record_has(base, OKR_F_LEFT));
    assert_int_equal(r->n_regs, 8);
    assert_int_equal(r->entered, 42);
    assert_int_equal(r->kind, OKR_KIND_PERSON);
    assert_true(okr_id_eq(&r->id, &base->id));
    assert_false(okr_record_has(r, OKR_F_LEFT));
    assert_true(okr_slice_is(okr_record_text(r, OKR_F_MAIL), "x@y.z"));
    assert_int_equal(r->regs[0].field, OKR_F_ARCHIVED); /* sorted in */
    assert_true(okr_record_archived(r));
    r = okr_record_with(r, NULL, 0, arena);
    assert_int_equal(r->n_regs, 8);
}

static void elsn_is_the_largest(void **state)
{
    (void)state;
    struct okr_record *r = sample();
    struct okr_id id = okr_made_id(1);
    assert_int_equal(okr_record_elsn(r), 1);
    r->regs[2].lsn = 77;
    assert_int_equal(okr_record_elsn(r), 77);
    r->regs[0].lsn = OKR_LSN_PENDING | 1; /* larger than any committed one */
    assert_true(okr_record_elsn(r) == (OKR_LSN_PENDING | 1));
    assert_int_equal(okr_record_elsn(okr_record_new(&id, 1, arena)), 0);
}

static void memory_that_runs_out_gives_no_record(void **state)
{
    (void)state;
    const struct okr_record *base = sample();
    for (unsigned n = 1; n <= 2; n++) {
        okr_arena_fail_at(arena, n);
        assert_null(okr_record_with(base, NULL, 0, arena));
        okr_arena_fail_at(arena, n);
        assert_null(okr_record_join(base, base, arena));
        okr_arena_fail_at(arena, n);
        assert_null(okr_record_new(&base->id, 1, arena));
    }
    okr_arena_fail_at(arena, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_are_found),
        cmocka_unit_test(a_field_is_walked_alone),
        cmocka_unit_test(typed_reads),
        cmocka_unit_test(numbers_of_a_key_result),
        cmocka_unit_test(a_home_out_of_range_is_none),
        cmocka_unit_test(absent_elements_are_not_in_the_set),
        cmocka_unit_test(writing_over_leaves_the_base_alone),
        cmocka_unit_test(elsn_is_the_largest),
        cmocka_unit_test(memory_that_runs_out_gives_no_record),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
