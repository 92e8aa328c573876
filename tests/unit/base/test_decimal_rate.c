/* Rates: published key results, extremes, ties, and the definition itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/decimal.h"
#include "tests/lib/death.h"

#define RATE_MAX INT64_C(1000000000000)

static struct okr_dec dec(const char *text)
{
    struct okr_dec d = {0};
    assert_int_equal(okr_dec_parse(okr_slice_str(text), &d), OKR_OK);
    return d;
}

struct share {
    const char *value, *start, *target;
    okr_rate want;
};

static void assert_shares(const struct share *shares, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct share *s = &shares[i];
        okr_rate got =
            okr_dec_share(dec(s->value), dec(s->start), dec(s->target));
        if (got != s->want)
            fail_msg("(%s - %s) / (%s - %s) gives %lld", s->value, s->start,
                     s->target, s->start, (long long)got);
    }
}

/* Published OKRs of real companies. */
static void share_of_real_key_results(void **state)
{
    (void)state;
    static const struct share shares[] = {
        {"2471130", "2900000", "3900000", -428870},
        {"3440219", "2900000", "3900000", 540219},
        {"92424", "86609", "250000", 35589},
        {"66", "14", "150", 382353},
        {"143", "14", "150", 948529},
        {"149", "14", "150", 992647},
        {"151", "14", "150", 1007353},
        {"157", "14", "150", 1051471},
        {"100", "200", "0", 500000}, /* downwards */
    };
    assert_shares(shares, sizeof shares / sizeof shares[0]);
}

/* Expected values from Python's fractions.  Scaling to one scale, or by
 * 10^6, overflows 64 bits in all of them and 128 bits in most. */
static void share_is_exact_at_the_extremes(void **state)
{
    (void)state;
    static const struct share shares[] = {
        {"999999999999999999", "-999999999999999999", "999999999999999998",
         1000000},
        {"0.999999999999999999", "-999999999999999999", "999999999999999999",
         500000},
        {"333333333333333333", "-999999999999999999", "0.000000000000000001",
         1333333},
        {"0.333333333333333333", "0.000000000000000001", "0.999999999999999999",
         333333},
        {"123456789012345.678", "-0.000000000000000123", "987654321.987654321",
         124999998748},
        {"0.000000000000000001", "0", "999999999999999999", 0},
        {"100000000000000001", "100000000000000000", "100000000000000003",
         333333},
        {"-999999999999999999", "999999999999999999", "-999999999999999998",
         1000000},
    };
    assert_shares(shares, sizeof shares / sizeof shares[0]);
}

/* A tie goes to the even neighbour; a hair beside the tie does not, however
 * far behind the point the hair is. */
static void share_rounds_half_to_even_once(void **state)
{
    (void)state;
    static const struct share shares[] = {
        {"0.0000005", "0", "1", 0},
        {"0.0000015", "0", "1", 2},
        {"0.0000025", "0", "1", 2},
        {"-0.0000005", "0", "1", 0},
        {"-0.0000015", "0", "1", -2},
        {"0.00000050000000001", "0", "1", 1},
        {"0.000000499999999999", "0", "1", 0},
        {"0.000001500000000001", "0", "1", 2},
        {"0.000002500000000001", "0", "1", 3},
        {"0.500000000000000001", "0", "1000000", 1},
        {"0.5", "0", "1000000", 0},
    };
    assert_shares(shares, sizeof shares / sizeof shares[0]);
}

static void share_saturates(void **state)
{
    (void)state;
    static const struct share shares[] = {
        {"1000000", "0", "1", RATE_MAX},
        {"1000000.1", "0", "1", RATE_MAX},
        {"-1000001", "0", "1", -RATE_MAX},
        {"999999.9999994", "0", "1", RATE_MAX - 1},
        {"999999.9999996", "0", "1", RATE_MAX},
        {"999999999999999999", "0", "0.000000000000000001", RATE_MAX},
        {"-999999999999999999", "0", "0.000000000000000001", -RATE_MAX},
    };
    assert_shares(shares, sizeof shares / sizeof shares[0]);
}

/* Half to even by its definition: the integer nearest to n/d, and if two
 * are, the even one. */
static int64_t nearest(int64_t n, int64_t d)
{
    if (d < 0) {
        n = -n;
        d = -d;
    }
    int64_t below = n / d - (n % d < 0);
    int64_t twice_rest = 2 * (n - below * d);
    if (twice_rest == d)
        return below % 2 == 0 ? below : below + 1;
    return twice_rest > d ? below + 1 : below;
}

/* All small cases against the definition, at several scales and with every
 * sign: catches a sign or a tie handled only in the first quadrant. */
static void share_agrees_with_the_definition(void **state)
{
    (void)state;
    for (int v = -40; v <= 40; v++)
        for (int s = -12; s <= 12; s++)
            for (int t = -64; t <= 64; t++) {
                if (s == t)
                    continue;
                struct okr_dec value = {v * 1000, 5}, start = {s, 2};
                struct okr_dec target = {t * INT64_C(100000000), 10};
                int64_t want = nearest((v - s) * INT64_C(1000000), t - s);
                assert_true(okr_dec_share(value, start, target) == want);
            }
}

static void quotients_of_counts(void **state)
{
    (void)state;
    for (int64_t n = -300; n <= 300; n++)
        for (int64_t d = 1; d <= 128; d++)
            assert_true(okr_rate_div(n, d) == nearest(n * 1000000, d));
    assert_int_equal(okr_rate_div(1, 2000000), 0);
    assert_int_equal(okr_rate_div(3, 2000000), 2);
    assert_int_equal(okr_rate_div(INT64_MAX, INT64_MAX), 1000000);
    assert_int_equal(okr_rate_div(INT64_MIN, INT64_MAX), -1000000);
    assert_int_equal(okr_rate_div(INT64_MAX, 1), RATE_MAX);
    assert_int_equal(okr_rate_div(INT64_MIN, 1), -RATE_MAX);
}

static void rates_are_clamped_and_rounded(void **state)
{
    (void)state;
    assert_int_equal(okr_rate_clamp(-1), 0);
    assert_int_equal(okr_rate_clamp(0), 0);
    assert_int_equal(okr_rate_clamp(999999), 999999);
    assert_int_equal(okr_rate_clamp(1000001), OKR_RATE_ONE);
    assert_int_equal(okr_rate_round(382353, 4), 382400);
    assert_int_equal(okr_rate_round(382350, 4), 382400);
    assert_int_equal(okr_rate_round(382250, 4), 382200);
    assert_int_equal(okr_rate_round(-382350, 4), -382400);
    assert_int_equal(okr_rate_round(382251, 4), 382300);
    assert_int_equal(okr_rate_round(500000, 0), 0);
    assert_int_equal(okr_rate_round(1500000, 0), 2000000);
    assert_int_equal(okr_rate_round(-123457, 6), -123457);
    assert_true(okr_rate_round(INT64_MAX, 0) == INT64_MAX);
}

static void assert_text(okr_rate r, const char *want)
{
    char out[OKR_DEC_TEXT_MAX];
    okr_dec_format(okr_rate_dec(r), out);
    assert_string_equal(out, want);
}

static void rates_and_decimals_convert(void **state)
{
    (void)state;
    assert_text(0, "0");
    assert_text(1000000, "1");
    assert_text(-428870, "-0.42887");
    assert_text(RATE_MAX, "1000000");
    assert_int_equal(okr_dec_rate(dec("0.7")), 700000);
    assert_int_equal(okr_dec_rate(dec("-1.0514705")), -1051470);
    assert_int_equal(okr_dec_rate(dec("1.0514715")), 1051472);
    assert_int_equal(okr_dec_rate(dec("0.000000500000000001")), 1);
    assert_true(okr_dec_rate(dec("999999999999999999")) == RATE_MAX);
    for (okr_rate r = -3000000; r <= 3000000; r += 997)
        assert_true(okr_dec_rate(okr_rate_dec(r)) == r);
}

static void share_of_an_empty_span(void)
{
    (void)okr_dec_share(okr_dec_int(1), (struct okr_dec){50, 1},
                        okr_dec_int(5));
}

static void division_by_zero(void)
{
    (void)okr_rate_div(1, 0);
}

static void a_share_of_nothing_is_a_bug(void **state)
{
    (void)state;
    assert_true(okr_death_of(share_of_an_empty_span, NULL));
    assert_true(okr_death_of(division_by_zero, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share_of_real_key_results),
        cmocka_unit_test(share_is_exact_at_the_extremes),
        cmocka_unit_test(share_rounds_half_to_even_once),
        cmocka_unit_test(share_saturates),
        cmocka_unit_test(share_agrees_with_the_definition),
        cmocka_unit_test(quotients_of_counts),
        cmocka_unit_test(rates_are_clamped_and_rounded),
        cmocka_unit_test(rates_and_decimals_convert),
        cmocka_unit_test(a_share_of_nothing_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
