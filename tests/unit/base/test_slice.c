/* Slices: comparing and cutting, with nothing and at the edges. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/slice.h"

#define S(s) OKR_SLICE_LIT(s)

static void literals_leave_out_the_nul(void **state)
{
    (void)state;
    assert_int_equal(S("").len, 0);
    assert_int_equal(S("a\0b").len, 3);
    assert_true(okr_slice_eq(S("abc"), okr_slice_str("abc")));
    assert_int_equal(okr_slice_str(NULL).len, 0);
    assert_null(OKR_SLICE_NONE.data);
}

/* memcmp(NULL, …, 0) is undefined: the sanitizer sees it if it happens. */
static void nothing_equals_nothing(void **state)
{
    (void)state;
    assert_true(okr_slice_eq(OKR_SLICE_NONE, S("")));
    assert_int_equal(okr_slice_cmp(OKR_SLICE_NONE, S("")), 0);
    assert_true(okr_slice_cmp(OKR_SLICE_NONE, S("a")) < 0);
    assert_true(okr_slice_is(OKR_SLICE_NONE, ""));
    assert_true(okr_slice_starts(OKR_SLICE_NONE, OKR_SLICE_NONE));
    assert_int_equal(okr_slice_sub(OKR_SLICE_NONE, 3, 4).len, 0);
}

/* Signed chars would put 0xff before 'a', and with it every key order. */
static void order_is_of_unsigned_bytes_then_length(void **state)
{
    (void)state;
    static const struct okr_slice sorted[] = {
        {NULL, 0},
        {(const uint8_t *)"\0", 1},
        {(const uint8_t *)"a", 1},
        {(const uint8_t *)"a\0", 2},
        {(const uint8_t *)"aa", 2},
        {(const uint8_t *)"b", 1},
        {(const uint8_t *)"\x7f", 1},
        {(const uint8_t *)"\x80", 1},
        {(const uint8_t *)"\xff", 1},
    };
    enum { N = sizeof sorted / sizeof sorted[0] };
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            int order = okr_slice_cmp(sorted[i], sorted[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
            assert_int_equal(okr_slice_eq(sorted[i], sorted[k]), i == k);
        }
}

static void a_prefix_must_fit(void **state)
{
    (void)state;
    assert_true(okr_slice_starts(S("okr1-x"), S("okr1-")));
    assert_true(okr_slice_starts(S("okr"), S("")));
    assert_true(okr_slice_starts(S("okr"), S("okr")));
    assert_false(okr_slice_starts(S("ok"), S("okr")));
    assert_false(okr_slice_starts(S("xkr"), S("okr")));
}

static void a_part_is_cut_to_what_is_there(void **state)
{
    (void)state;
    struct okr_slice s = S("abcdef");
    assert_true(okr_slice_is(okr_slice_sub(s, 0, 6), "abcdef"));
    assert_true(okr_slice_is(okr_slice_sub(s, 2, 3), "cde"));
    assert_true(okr_slice_is(okr_slice_sub(s, 4, 99), "ef"));
    assert_true(okr_slice_is(okr_slice_sub(s, 1, SIZE_MAX), "bcdef"));
    assert_true(okr_slice_is(okr_slice_sub(s, 6, 1), ""));
    assert_true(okr_slice_is(okr_slice_sub(s, SIZE_MAX, SIZE_MAX), ""));
}

static void equal_to_a_string_means_all_of_it(void **state)
{
    (void)state;
    assert_true(okr_slice_is(S("kr"), "kr"));
    assert_false(okr_slice_is(S("kr"), "krs"));
    assert_false(okr_slice_is(S("krs"), "kr"));
    assert_false(okr_slice_is(S("kr\0"), "kr"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_leave_out_the_nul),
        cmocka_unit_test(nothing_equals_nothing),
        cmocka_unit_test(order_is_of_unsigned_bytes_then_length),
        cmocka_unit_test(a_prefix_must_fit),
        cmocka_unit_test(a_part_is_cut_to_what_is_there),
        cmocka_unit_test(equal_to_a_string_means_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
