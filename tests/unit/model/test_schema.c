/* The tables: complete, without contradictions, and never renumbered. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/schema.h"

static struct okr_slice str(const char *text)
{
    return okr_slice_str(text);
}

static void kinds_are_found_by_number_word_and_letter(void **state)
{
    (void)state;
    const struct okr_kind_info *kind;
    size_t n = 0;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL; n++) {
        assert_ptr_equal(okr_kind_info(kind->number), kind);
        assert_ptr_equal(okr_kind_by_word(str(kind->word)), kind);
        assert_ptr_equal(okr_kind_by_letter(kind->letter), kind);
    }
    assert_int_equal(n, 22);
    assert_null(okr_kind_info(0));
    assert_null(okr_kind_info(9));
    assert_null(okr_kind_info(OKR_KIND_MAX));
    assert_null(okr_kind_info(OKR_KIND_MAX + 1));
    assert_null(okr_kind_info(UINT32_MAX));
    assert_null(okr_kind_by_letter('z'));
    assert_null(okr_kind_by_letter('\0'));
}

static void kinds_have_the_words_people_use(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        uint16_t kind;
    } words[] = {
        {"kr", OKR_KIND_KEY_RESULT},
        {"key_result", OKR_KIND_KEY_RESULT},
        {"key-result", OKR_KIND_KEY_RESULT},
        {"checkin", OKR_KIND_CHECK_IN},
        {"check-in", OKR_KIND_CHECK_IN},
        {"check_in", OKR_KIND_CHECK_IN},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_int_equal(okr_kind_by_word(str(words[i].word))->number,
                         words[i].kind);
    assert_null(okr_kind_by_word(str("")));
    assert_null(okr_kind_by_word(str("key_resul")));
    assert_null(okr_kind_by_word(str("key_results")));
    assert_null(okr_kind_by_word(str("Objective")));
}

/* Numbers travel and are stored. */
static void numbers_are_fixed(void **state)
{
    (void)state;
    assert_int_equal(okr_kind_by_word(str("objective"))->number, 10);
    assert_int_equal(okr_kind_by_word(str("conflict"))->number, 23);
    assert_int_equal(okr_field_named(OKR_KIND_OBJECTIVE, "title"), 17);
    assert_int_equal(okr_field_named(OKR_KIND_KEY_RESULT, "due"), 27);
    assert_int_equal(okr_field_named(OKR_KIND_KEY_RESULT, "archived"), 5);
    assert_int_equal(okr_verb_by_word(str("checkin"))->number, 5);
    assert_int_equal(okr_verb_by_word(str("key-rotate"))->number, 35);
    assert_int_equal(OKR_V_METRIC_ROLLUP, 12);
    assert_int_equal(OKR_V_OBJECTIVE_STATE_PUBLISHED, 4);
}

static void fields_of_a_kind_are_its_own_and_the_common_ones(void **state)
{
    (void)state;
    const struct okr_kind_info *kind;
    for (size_t k = 0; (kind = okr_kind_next(&k)) != NULL;) {
        const struct okr_field_info *field;
        size_t common = 0, own = 0;
        uint16_t before = 0;
        for (size_t at = 0; (field = okr_field_next(kind->number, &at));) {
            assert_true(field->number > before); /* ascending, so no doubles */
            before = field->number;
            bool is_common = field->kind == OKR_KIND_ANY;
            assert_int_equal(is_common, field->number <= OKR_FIELD_COMMON_MAX);
            assert_true(is_common || field->kind == kind->number);
            assert_ptr_equal(okr_field_info(kind->number, field->number),
                             field);
            assert_ptr_equal(okr_field_by_word(kind->number, str(field->word)),
                             field);
            common += is_common;
            own += !is_common;
        }
        assert_int_equal(common, 7);
        assert_true(own > 0);
    }
}

static void unknown_fields_are_unknown(void **state)
{
    (void)state;
    assert_null(okr_field_info(OKR_KIND_OBJECTIVE, 0));
    assert_null(okr_field_info(OKR_KIND_OBJECTIVE, 8));
    assert_null(okr_field_info(OKR_KIND_OBJECTIVE, 63));
    assert_null(okr_field_info(OKR_KIND_OBJECTIVE, 64));
    assert_null(okr_field_info(OKR_KIND_OBJECTIVE, UINT32_MAX));
    assert_null(okr_field_info(9, OKR_F_ARCHIVED));
    assert_null(okr_field_info(9, 16));
    assert_null(okr_field_info(UINT32_MAX, 16));
    assert_non_null(okr_field_info(OKR_KIND_ANY, OKR_F_ARCHIVED));
    assert_null(okr_field_info(OKR_KIND_ANY, 16));
    assert_int_equal(okr_field_named(OKR_KIND_VOTE, "title"), 0);
    assert_int_equal(okr_field_named(9, "title"), 0);
}

/* What the columns say of each other. */
static void assert_sensible(const struct okr_kind_info *kind,
                            const struct okr_field_info *field)
{
    bool set = (field->flags & OKR_FLAG_SET) != 0;
    bool text = field->type == OKR_TYPE_TITLE || field->type == OKR_TYPE_TEXT;
    if (field->merge == OKR_MERGE_KEPT)
        assert_true(text && !set); /* a conflict shows two texts */
    if (field->merge == OKR_MERGE_SWAP)
        assert_int_equal(field->type, OKR_TYPE_ENUM);
    if (field->merge == OKR_MERGE_DERIVED)
        assert_int_equal(field->flags & OKR_FLAG_REQUIRED, 0);
    if (field->flags & OKR_FLAG_ACYCLIC)
        assert_int_equal(field->type, OKR_TYPE_REF);
    if (field->flags & OKR_FLAG_UNIQUE)
        assert_true(field->flags & OKR_FLAG_INDEX);
    if (field->type == OKR_TYPE_ENUM) {
        size_t at = 0;
        assert_non_null(okr_enum_next(field->of, &at));
    }
    if (field->type == OKR_TYPE_REF && field->of != OKR_KIND_ANY)
        assert_non_null(okr_kind_info(field->of));
    if (kind->home != OKR_HOME_DIRECTORY && field->number == kind->home_field)
        assert_int_equal(field->type, OKR_TYPE_REF);
    assert_true(strlen(okr_type_word(field->type)) > 0);
}

static void the_columns_fit_each_other(void **state)
{
    (void)state;
    const struct okr_kind_info *kind;
    const struct okr_field_info *field;
    for (size_t k = 0; (kind = okr_kind_next(&k)) != NULL;) {
        for (size_t at = 0; (field = okr_field_next(kind->number, &at));)
            assert_sensible(kind, field);
        if (kind->home != OKR_HOME_DIRECTORY)
            assert_non_null(okr_field_info(kind->number, kind->home_field));
    }
}

static void enums_go_both_ways(void **state)
{
    (void)state;
    for (uint16_t v = 1; v <= OKR_ENUM_CONFLICT_STATE; v++) {
        const char *word;
        size_t n = 0;
        for (size_t at = 0; (word = okr_enum_next(v, &at)) != NULL; n++) {
            uint32_t number;
            assert_true(okr_enum_number(v, str(word), &number));
            assert_string_equal(okr_enum_word(v, number), word);
        }
        assert_true(n >= 2);
    }
    uint32_t number = 77;
    assert_false(okr_enum_number(OKR_ENUM_METRIC, str("increas"), &number));
    assert_false(okr_enum_number(OKR_ENUM_METRIC, str(""), &number));
    assert_false(okr_enum_number(0, str("light"), &number));
    assert_int_equal(number, 77);
    assert_true(okr_enum_number(OKR_ENUM_METRIC, str("at-most"), &number));
    assert_int_equal(number, OKR_V_METRIC_AT_MOST);
    assert_null(okr_enum_word(OKR_ENUM_ROLE, 0));
    assert_null(okr_enum_word(OKR_ENUM_METRIC, 13));
    assert_null(okr_enum_word(OKR_ENUM_METRIC, UINT32_MAX));
    assert_null(okr_enum_word(UINT16_MAX, 1));
}

static void verbs_are_found(void **state)
{
    (void)state;
    size_t n = 0;
    for (uint32_t number = 0; number < 70; number++) {
        const struct okr_verb_info *verb = okr_verb_info(number);
        if (verb == NULL)
            continue;
        assert_int_equal(verb->number, number);
        assert_ptr_equal(okr_verb_by_word(str(verb->word)), verb);
        n++;
    }
    assert_int_equal(n, 28);
    assert_null(okr_verb_info(0));
    assert_null(okr_verb_info(UINT32_MAX));
    assert_null(okr_verb_by_word(str("delete")));
    assert_true(okr_verb_info(OKR_VERB_ADD)->makes);
    assert_false(okr_verb_info(OKR_VERB_SET)->makes);
}

/* Every arrow is of a state field that merges by compare and set, between
 * states that exist, and every verb of that form has one. */
static void arrows_lead_somewhere(void **state)
{
    (void)state;
    const struct okr_move_info *move;
    bool moved[64] = {false};
    for (size_t at = 0; (move = okr_move_next(&at)) != NULL;) {
        const struct okr_field_info *field =
            okr_field_info(move->kind, move->field);
        assert_int_equal(field->merge, OKR_MERGE_SWAP);
        assert_non_null(okr_enum_word(field->of, move->from));
        assert_non_null(okr_enum_word(field->of, move->to));
        assert_int_not_equal(move->from, move->to);
        assert_int_equal(okr_verb_info(move->verb)->form, OKR_FORM_MOVE_STATE);
        moved[move->verb] = true;
    }
    for (uint32_t number = 0; number < 64; number++) {
        const struct okr_verb_info *verb = okr_verb_info(number);
        bool moves = verb != NULL && verb->form == OKR_FORM_MOVE_STATE;
        assert_int_equal(moved[number], moves);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_found_by_number_word_and_letter),
        cmocka_unit_test(kinds_have_the_words_people_use),
        cmocka_unit_test(numbers_are_fixed),
        cmocka_unit_test(fields_of_a_kind_are_its_own_and_the_common_ones),
        cmocka_unit_test(unknown_fields_are_unknown),
        cmocka_unit_test(the_columns_fit_each_other),
        cmocka_unit_test(enums_go_both_ways),
        cmocka_unit_test(verbs_are_found),
        cmocka_unit_test(arrows_lead_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
