/* Decimals: what is read, what is refused and why, and their order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/decimal.h"
#include "tests/lib/death.h"

static void assert_parses(const char *text, int64_t mant, unsigned scale,
                          const char *normal)
{
    struct okr_dec dec = {0};
    char out[OKR_DEC_TEXT_MAX];
    assert_int_equal(okr_dec_parse(okr_slice_str(text), &dec), OKR_OK);
    assert_true(dec.mant == mant);
    assert_int_equal(dec.scale, scale);
    okr_dec_format(dec, out);
    assert_string_equal(out, normal);
}

static void numbers_become_their_normal_form(void **state)
{
    (void)state;
    assert_parses("0", 0, 0, "0");
    assert_parses("-0", 0, 0, "0");
    assert_parses("-0.00", 0, 0, "0");
    assert_parses("007", 7, 0, "7");
    assert_parses("-12.50", -125, 1, "-12.5");
    assert_parses("12.00", 12, 0, "12");
    assert_parses("100", 100, 0, "100");
    assert_parses("0.05", 5, 2, "0.05");
    assert_parses("-0.05", -5, 2, "-0.05");
    assert_parses("1.05", 105, 2, "1.05");
    assert_parses("2900000", 2900000, 0, "2900000");
}

/* 18 digits are the limit, wherever the point is; zeros that say nothing do
 * not count. */
static void eighteen_digits_fit(void **state)
{
    (void)state;
    assert_parses("999999999999999999", INT64_C(999999999999999999), 0,
                  "999999999999999999");
    assert_parses("-999999999999999999", -INT64_C(999999999999999999), 0,
                  "-999999999999999999");
    assert_parses("-0.999999999999999999", -INT64_C(999999999999999999), 18,
                  "-0.999999999999999999");
    assert_parses("0.000000000000000001", 1, 18, "0.000000000000000001");
    assert_parses("123456789.123456789", INT64_C(123456789123456789), 9,
                  "123456789.123456789");
    assert_parses("000000000000000000000000000001.0000000000000000000000000", 1,
                  0, "1");
}

static void more_digits_are_a_limit_not_a_typo(void **state)
{
    (void)state;
    static const char *const big[] = {
        "1000000000000000000",   "-1000000000000000000",
        "9223372036854775807",   "9223372036854775808",
        "18446744073709551617",  "99999999999999999999999999999999999999999",
        "0.0000000000000000001", "1.000000000000000001",
        "999999999999999999.5",  "100000000000000000.01",
    };
    for (unsigned i = 0; i < sizeof big / sizeof big[0]; i++) {
        struct okr_dec dec = {.mant = 5, .scale = 1};
        assert_int_equal(okr_dec_parse(okr_slice_str(big[i]), &dec),
                         OKR_ERR_LIMIT);
        assert_int_equal(dec.mant, 5);
        assert_int_equal(dec.scale, 1);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "-",
        ".",
        "-.",
        "+1",
        "1.",
        ".5",
        "-.5",
        "1e3",
        "1E3",
        "0x10",
        "1,000",
        "1 000",
        " 1",
        "1 ",
        "1\n",
        "--1",
        "-+1",
        "1-",
        "1.2.3",
        "1..2",
        "1.-2",
        "1.2-",
        "\xc2\xbd",
        "nan",
        "inf",
        "1_0",
        "\xd9\xa1",
        "9999999999999999999999x",
        "1.0000000000000000000000000000x",
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct okr_dec dec = {.mant = 5, .scale = 1};
        assert_int_equal(okr_dec_parse(okr_slice_str(bad[i]), &dec),
                         OKR_ERR_FORMAT);
        assert_int_equal(dec.mant, 5);
    }
    struct okr_dec dec;
    assert_int_equal(okr_dec_parse(OKR_SLICE_LIT("1\0"), &dec), OKR_ERR_FORMAT);
    assert_int_equal(okr_dec_parse(OKR_SLICE_NONE, &dec), OKR_ERR_FORMAT);
}

static void format_normalises(void **state)
{
    (void)state;
    char out[OKR_DEC_TEXT_MAX];
    okr_dec_format((struct okr_dec){.mant = -1200, .scale = 3}, out);
    assert_string_equal(out, "-1.2");
    okr_dec_format((struct okr_dec){.mant = 0, .scale = 18}, out);
    assert_string_equal(out, "0");
    struct okr_dec n = okr_dec_normal((struct okr_dec){-1500, 2});
    assert_int_equal(n.mant, -15);
    assert_int_equal(n.scale, 0);
    n = okr_dec_int(-1500);
    assert_int_equal(n.mant, -1500);
    assert_int_equal(n.scale, 0);
}

static void validity_has_sharp_edges(void **state)
{
    (void)state;
    const int64_t end = INT64_C(1000000000000000000);
    assert_true(okr_dec_valid((struct okr_dec){end - 1, 18}));
    assert_true(okr_dec_valid((struct okr_dec){1 - end, 0}));
    assert_false(okr_dec_valid((struct okr_dec){end, 0}));
    assert_false(okr_dec_valid((struct okr_dec){-end, 0}));
    assert_false(okr_dec_valid((struct okr_dec){INT64_MIN, 0}));
    assert_false(okr_dec_valid((struct okr_dec){1, 19}));
}

/* Sorted; equal values stand on one line.  Comparing mantissas, or scaling
 * in 64 bits, gets some pair of these wrong. */
static void order_is_that_of_the_values(void **state)
{
    (void)state;
    static const struct {
        struct okr_dec dec;
        int rank;
    } sorted[] = {
        {{-INT64_C(999999999999999999), 0}, 0},
        {{-5, 0}, 1},
        {{-INT64_C(500000000000000000), 17}, 1},
        {{-49, 1}, 2},
        {{-1, 18}, 3},
        {{0, 0}, 4},
        {{0, 18}, 4},
        {{1, 18}, 5},
        {{INT64_C(999999999999999999), 18}, 6},
        {{1, 0}, 7},
        {{INT64_C(100000000000000000), 17}, 7},
        {{INT64_C(100000000000000001), 17}, 8},
        {{INT64_C(999999999999999998), 0}, 9},
        {{INT64_C(999999999999999999), 0}, 10},
    };
    enum { N = sizeof sorted / sizeof sorted[0] };
    for (unsigned i = 0; i < N; i++)
        for (unsigned k = 0; k < N; k++)
            assert_int_equal(okr_dec_cmp(sorted[i].dec, sorted[k].dec),
                             (sorted[i].rank > sorted[k].rank) -
                                 (sorted[i].rank < sorted[k].rank));
}

static void int_too_large(void)
{
    (void)okr_dec_int(INT64_C(1000000000000000000));
}

static void format_of_garbage(void)
{
    char out[OKR_DEC_TEXT_MAX];
    okr_dec_format((struct okr_dec){1, 200}, out);
}

static void invalid_decimals_are_a_bug(void **state)
{
    (void)state;
    assert_true(okr_death_of(int_too_large, NULL));
    assert_true(okr_death_of(format_of_garbage, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_become_their_normal_form),
        cmocka_unit_test(eighteen_digits_fit),
        cmocka_unit_test(more_digits_are_a_limit_not_a_typo),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(format_normalises),
        cmocka_unit_test(validity_has_sharp_edges),
        cmocka_unit_test(order_is_that_of_the_values),
        cmocka_unit_test(invalid_decimals_are_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
