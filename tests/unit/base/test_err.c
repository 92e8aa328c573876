/* Errors have texts, and OKR_TRY returns the first. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/err.h"

#define NAME(name, text) OKR_ERR_##name,
static const enum okr_err all[] = {OKR_OK, OKR_ERR_TABLE(NAME)};
#undef NAME
enum { ALL = sizeof all / sizeof all[0] };

/* Catches a row copied and not changed. */
static void every_error_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ALL; i++) {
        assert_int_equal(all[i], i);
        assert_true(strlen(okr_err_text(all[i])) > 0);
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(okr_err_text(all[i]), okr_err_text(all[k]));
    }
}

static void unknown_error_has_a_text(void **state)
{
    (void)state;
    assert_string_equal(okr_err_text((enum okr_err)ALL), "unknown error");
}

static enum okr_err try_twice(enum okr_err first, unsigned *reached)
{
    OKR_TRY(first);
    ++*reached;
    OKR_TRY(OKR_OK);
    ++*reached;
    return OKR_OK;
}

static void try_returns_the_first_error(void **state)
{
    (void)state;
    unsigned reached = 0;
    assert_int_equal(try_twice(OKR_ERR_FULL, &reached), OKR_ERR_FULL);
    assert_int_equal(reached, 0);
    assert_int_equal(try_twice(OKR_OK, &reached), OKR_OK);
    assert_int_equal(reached, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_text_of_its_own),
        cmocka_unit_test(unknown_error_has_a_text),
        cmocka_unit_test(try_returns_the_first_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
