/* A broken assumption ends the process and says where it was. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/assert.h"
#include "tests/lib/death.h"

static void hold(void)
{
    OKR_ASSERT(1 + 1 == 2);
}

static void break_one(void)
{
    OKR_ASSERT(1 + 1 == 3);
}

static void reach(void)
{
    OKR_UNREACHABLE();
}

static void break_long(void)
{
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    okr_assert_fail(text, "file.c", 7);
}

static void true_assumption_costs_nothing(void **state)
{
    (void)state;
    char said[OKR_DEATH_SAID_MAX];
    assert_false(okr_death_of(hold, said));
    assert_string_equal(said, "");
}

/* Whoever reads the journal must find the line without a debugger. */
static void broken_assumption_says_where_and_aborts(void **state)
{
    (void)state;
    char said[OKR_DEATH_SAID_MAX];
    assert_true(okr_death_of(break_one, said));
    assert_non_null(strstr(said, "test_assert.c:"));
    assert_non_null(strstr(said, ": assertion failed: 1 + 1 == 3\n"));
    assert_true(okr_death_of(reach, said));
    assert_non_null(strstr(said, "unreachable"));
}

static void long_text_does_not_overflow(void **state)
{
    (void)state;
    char said[OKR_DEATH_SAID_MAX];
    assert_true(okr_death_of(break_long, said));
    assert_int_equal(strncmp(said, "file.c:7: assertion failed: xxx", 31), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_assumption_costs_nothing),
        cmocka_unit_test(broken_assumption_says_where_and_aborts),
        cmocka_unit_test(long_text_does_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
