/* What people type, and what they read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/model/value.h"

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

struct typed {
    uint16_t kind, field;
    const char *text;
    const char *shown;  /* NULL: refused … */
    enum okr_rule rule; /* … by this */
};

static void assert_typed(const struct typed *t)
{
    const struct okr_field_info *field = okr_field_info(t->kind, t->field);
    struct okr_slice value = OKR_SLICE_LIT("untouched");
    enum okr_rule rule =
        okr_value_parse(field, okr_slice_str(t->text), arena, &value);
    if (rule != t->rule)
        fail_msg("\"%s\": %s", t->text, okr_rule_name(rule));
    if (t->shown == NULL) {
        assert_true(okr_slice_is(value, "untouched"));
        return;
    }
    assert_int_equal(okr_value_check(field, value), OKR_RULE_NONE);
    assert_string_equal(okr_value_text(field, value, 480, arena), t->shown);
    /* What is shown can be typed again and is the same value. */
    struct okr_slice again;
    rule = okr_value_parse(field, okr_slice_str(t->shown), arena, &again);
    assert_int_equal(rule, OKR_RULE_NONE);
    assert_true(okr_slice_eq(value, again));
}

static const struct typed typed[] = {
#define KR OKR_KIND_KEY_RESULT
#define BAD NULL, OKR_RULE_BAD_VALUE
#define RANGE NULL, OKR_RULE_BAD_RANGE
    {OKR_KIND_TASK, OKR_F_T_BLOCKED, "yes", "true", 0},
    {OKR_KIND_TASK, OKR_F_T_BLOCKED, "True", "true", 0},
    {OKR_KIND_TASK, OKR_F_T_BLOCKED, " no ", "false", 0},
    {OKR_KIND_TASK, OKR_F_T_BLOCKED, "ye", BAD},
    {OKR_KIND_TASK, OKR_F_T_BLOCKED, "1", BAD},
    {OKR_KIND_TASK, OKR_F_T_BLOCKED, "", BAD},
    {OKR_KIND_POLICY, OKR_F_KRS_MAX, "5", "5", 0},
    {OKR_KIND_POLICY, OKR_F_UTC_OFFSET_MIN, "-240", "-240", 0},
    {OKR_KIND_POLICY, OKR_F_UTC_OFFSET_MIN, "+480", "480", 0},
    {OKR_KIND_POLICY, OKR_F_KRS_MAX, "5.0", "5", 0},
    {OKR_KIND_POLICY, OKR_F_KRS_MAX, "5.5", BAD},
    {OKR_KIND_POLICY, OKR_F_KRS_MAX, "five", BAD},
    {OKR_KIND_POLICY, OKR_F_KRS_MAX, "1234567890123456789", RANGE},
    {KR, OKR_F_TARGET, "12.50", "12.5", 0},
    {KR, OKR_F_TARGET, "+12.5", "12.5", 0},
    {KR, OKR_F_TARGET, "-0", "0", 0},
    {KR, OKR_F_TARGET, "2900000", "2900000", 0},
    {KR, OKR_F_TARGET, "12%", BAD},
    {KR, OKR_F_TARGET, "12,5", BAD},
    {KR, OKR_F_TARGET, "1e3", BAD},
    {KR, OKR_F_TARGET, "+-5", BAD},
    {KR, OKR_F_TARGET, "+", BAD},
    {KR, OKR_F_TARGET, ".5", BAD},
    {KR, OKR_F_TARGET, "", BAD},
    {KR, OKR_F_TARGET, "0.0000000000000000001", RANGE},
    {KR, OKR_F_KR_DUE, "2026-06-30", "2026-06-30", 0},
    {KR, OKR_F_KR_DUE, "30.06.2026", BAD},
    {KR, OKR_F_KR_DUE, "2026-06-31", BAD},
    {OKR_KIND_REVIEW, OKR_F_HELD_AT, "2026-06-30T09:30:00Z",
     "2026-06-30T17:30:00+08:00", 0},
    {OKR_KIND_REVIEW, OKR_F_HELD_AT, "2026-06-30", BAD},
    {KR, OKR_F_KR_TITLE, "  NPS \xe2\x89\xa5 50 ", "NPS \xe2\x89\xa5 50", 0},
    {KR, OKR_F_KR_TITLE, "cafe\xcc\x81", "caf\xc3\xa9", 0},
    {KR, OKR_F_KR_TITLE, "   ", BAD},
    {KR, OKR_F_KR_TITLE, "two\nlines", NULL, OKR_RULE_BAD_TEXT},
    {KR, OKR_F_KR_TITLE, "\xff", NULL, OKR_RULE_BAD_TEXT},
    {KR, OKR_F_KR_DESCRIPTION, " kept\r\nas is ", " kept\nas is ", 0},
    {KR, OKR_F_METRIC, "at_least", "at_least", 0},
    {KR, OKR_F_METRIC, "at-least", "at_least", 0},
    {KR, OKR_F_METRIC, "atleast", BAD},
    {KR, OKR_F_METRIC, "3", BAD},
    {KR, OKR_F_KR_OWNER, "0123456789ABCDEF0123456789abcdef",
     "0123456789abcdef0123456789abcdef", 0},
    {KR, OKR_F_KR_OWNER, "p-7m3qd", BAD},
    {KR, OKR_F_KR_OWNER, "0123456789abcdef0123456789abcde", BAD},
    {KR, OKR_F_KR_OWNER, "0123456789abcdef", BAD},
    {KR, OKR_F_IMPORT_KEY, "00ff", "00ff", 0},
    {KR, OKR_F_IMPORT_KEY, "00f", BAD},
    {KR, OKR_F_IMPORT_KEY, "00fg", BAD},
    {KR, OKR_F_CHECKPOINTS, "50:0.4,80:0.7", "50:0.4,80:0.7", 0},
    {KR, OKR_F_CHECKPOINTS, " 50 : 0.40 , 80 : .70", BAD},
    {KR, OKR_F_CHECKPOINTS, " 50 : 0.40 , 80 : 0.70", "50:0.4,80:0.7", 0},
    {KR, OKR_F_CHECKPOINTS, "1:0,2:1,3:0", "1:0,2:1,3:0", 0},
    {KR, OKR_F_CHECKPOINTS, "80:0.7,50:0.4", RANGE},
    {KR, OKR_F_CHECKPOINTS, "50:0.4,50.0:0.7", RANGE},
    {KR, OKR_F_CHECKPOINTS, "50", BAD},
    {KR, OKR_F_CHECKPOINTS, "50:", BAD},
    {KR, OKR_F_CHECKPOINTS, ",", BAD},
    {KR, OKR_F_CHECKPOINTS, "50:0.4,,80:0.7", BAD},
    {KR, OKR_F_CHECKPOINTS, "50:0.4:9", BAD},
    {KR, OKR_F_CHECKPOINTS, "", BAD},
    {KR, OKR_F_PLAN, "2026-04-30:0.3,2026-05-31:1",
     "2026-04-30:0.3,2026-05-31:1", 0},
    {KR, OKR_F_PLAN, "2026-04-31:0.3", BAD},
#undef KR
#undef BAD
#undef RANGE
};

static void typed_values_are_read_and_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        assert_typed(&typed[i]);
}

static void every_word_of_every_field_can_be_typed(void **state)
{
    (void)state;
    const struct okr_kind_info *kind;
    const struct okr_field_info *field;
    const char *word;
    for (size_t k = 0; (kind = okr_kind_next(&k)) != NULL;)
        for (size_t f = 0; (field = okr_field_next(kind->number, &f));)
            for (size_t w = 0; field->type == OKR_TYPE_ENUM &&
                               (word = okr_enum_next(field->of, &w));)
                assert_typed(&(struct typed){kind->number, field->number, word,
                                             word, 0});
}

static void a_long_list_is_too_long(void **state)
{
    (void)state;
    char text[16 * 600] = "";
    for (int i = 0; i < 600; i++) {
        char item[] = "10000:0.123456,";
        item[1] = (char)('0' + i / 100);
        item[2] = (char)('0' + i / 10 % 10);
        item[3] = (char)('0' + i % 10);
        strcat(text, item);
    }
    const struct typed t = {OKR_KIND_KEY_RESULT, OKR_F_CHECKPOINTS, text, NULL,
                            OKR_RULE_TOO_LONG};
    assert_typed(&t);
}

/* A value that a newer version wrote is shown as its bytes. */
static void what_is_no_value_is_shown_as_hex(void **state)
{
    (void)state;
    const struct okr_field_info *metric =
        okr_field_info(OKR_KIND_KEY_RESULT, OKR_F_METRIC);
    assert_string_equal(okr_value_text(metric, OKR_SLICE_LIT("\x7f"), 0, arena),
                        "7f");
    const struct okr_field_info *title =
        okr_field_info(OKR_KIND_KEY_RESULT, OKR_F_KR_TITLE);
    assert_string_equal(
        okr_value_text(title, OKR_SLICE_LIT("\x1b[2J"), 0, arena), "1b5b324a");
}

static void memory_that_runs_out_is_told_apart(void **state)
{
    (void)state;
    static const struct {
        uint16_t field;
        const char *text;
    } values[] = {
        {OKR_F_TARGET, "5"},          {OKR_F_KR_TITLE, "title"},
        {OKR_F_CHECKPOINTS, "5:0.1"}, {OKR_F_KR_DUE, "2026-04-15"},
        {OKR_F_IMPORT_KEY, "00ff"},   {OKR_F_METRIC, "increase"},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct okr_field_info *field =
            okr_field_info(OKR_KIND_KEY_RESULT, values[i].field);
        struct okr_slice value;
        okr_arena_fail_at(arena, 1);
        assert_int_equal(okr_value_parse(field, okr_slice_str(values[i].text),
                                         arena, &value),
                         OKR_RULE_NONE);
        assert_null(value.data);
        okr_arena_fail_at(arena, 1);
        assert_null(okr_value_text(field, OKR_SLICE_LIT("\x02"), 0, arena));
    }
    okr_arena_fail_at(arena, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typed_values_are_read_and_shown),
        cmocka_unit_test(every_word_of_every_field_can_be_typed),
        cmocka_unit_test(a_long_list_is_too_long),
        cmocka_unit_test(what_is_no_value_is_shown_as_hex),
        cmocka_unit_test(memory_that_runs_out_is_told_apart),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
