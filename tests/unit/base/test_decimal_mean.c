/* Weighted means, up to sums that no machine integer holds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/decimal.h"
#include "tests/lib/death.h"

enum { N_MAX = 9 };

struct mean {
    size_t n;
    okr_rate rates[N_MAX];
    const char *weights[N_MAX];
    okr_rate want;
};

static okr_rate mean_of(const struct mean *m)
{
    struct okr_dec weights[N_MAX] = {0};
    for (size_t i = 0; i < m->n; i++)
        assert_int_equal(
            okr_dec_parse(okr_slice_str(m->weights[i]), &weights[i]), OKR_OK);
    return okr_rate_mean(m->rates, weights, m->n);
}

static void assert_means(const struct mean *means, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (mean_of(&means[i]) != means[i].want)
            fail_msg("mean %zu gives %lld", i, (long long)mean_of(&means[i]));
}

static void means_of_real_objectives(void **state)
{
    (void)state;
    static const struct mean means[] = {
        {5,
         {330000, 1000000, 1000000, 360000, 390000},
         {"1", "1", "1", "1", "1"},
         616000},
        {4, {240000, 400000, 50000, 950000}, {"1", "1", "1", "1"}, 410000},
        {4, {1000000, 400000, 240000, 370000}, {"1", "1", "1", "1"}, 502500},
        {2, {500000, 250001}, {"1.5", "2.25"}, 350001},
        {2, {1000000, 0}, {"3", "1"}, 750000},
    };
    assert_means(means, sizeof means / sizeof means[0]);
}

static void ties_go_to_the_even_neighbour(void **state)
{
    (void)state;
    static const struct mean means[] = {
        {2, {1, 2}, {"1", "1"}, 2},
        {2, {2, 3}, {"1", "1"}, 2},
        {2, {-1, -2}, {"1", "1"}, -2},
        {2, {-2, -3}, {"1", "1"}, -2},
        {2, {-1, 2}, {"1", "1"}, 0},
        {2, {-2, 1}, {"1", "1"}, 0},
        {2, {-3, 3}, {"0.5", "0.5"}, 0},
        {3,
         {0, 1, 1},
         {"0.000000000000000002", "0.000000000000000001",
          "0.000000000000000001"},
         0},
    };
    assert_means(means, sizeof means / sizeof means[0]);
}

/* Expected values from Python's fractions; the sums do not fit 128 bits.
 * Weights come from people: no weight may crash or bend a mean. */
static void extreme_weights_are_exact(void **state)
{
    (void)state;
#define W18 "999999999999999999"
    static const struct mean means[] = {
        {2,
         {1000000000000, -1000000000000},
         {W18, "0.000000000000000001"},
         1000000000000},
        {4,
         {-1000000000000, -1000000000000, -1000000000000, 1000000000000},
         {W18, W18, "0.5", "123456789.123456789"},
         -999999999877},
        {9,
         {1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000,
          1000000, 1000000},
         {W18, W18, W18, W18, W18, W18, W18, W18, W18},
         1000000},
        {2, {1000000, 0}, {"0.000000000000000001", W18}, 0},
        {2, {1000000, 0}, {W18, "0.000000000000000001"}, 1000000},
        {3,
         {INT64_MAX, INT64_MAX, INT64_MAX - 1},
         {"1", "2", "0.1"},
         INT64_MAX},
        {2, {INT64_MIN, INT64_MIN}, {W18, "1"}, INT64_MIN},
    };
#undef W18
    assert_means(means, sizeof means / sizeof means[0]);
}

static void no_weight_gives_zero(void **state)
{
    (void)state;
    static const struct mean means[] = {
        {0, {0}, {NULL}, 0},
        {2, {500000, 700000}, {"0", "0.000"}, 0},
        {2, {500000, 700000}, {"0", "1"}, 700000},
    };
    assert_means(means, sizeof means / sizeof means[0]);
    assert_int_equal(okr_rate_mean(NULL, NULL, 0), 0);
}

/* Integers small enough for plain arithmetic, all combinations of three. */
static void agrees_with_plain_arithmetic(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 7 * 7 * 7 * 64; i++) {
        const okr_rate r[] = {i % 7 - 3, i / 7 % 7 * 5 - 15, i / 49 % 7 - 2};
        const int64_t w[] = {i / 343 % 4, i / 1372 % 4, i / 5488 % 4};
        const struct okr_dec weights[] = {
            {w[0], 0}, {w[1] * 10, 1}, {w[2] * 100000, 5}};
        int64_t total = w[0] + w[1] + w[2];
        int64_t sum = w[0] * r[0] + w[1] * r[1] + w[2] * r[2];
        okr_rate got = okr_rate_mean(r, weights, 3);
        int64_t off = 2 * (got * total - sum);
        off = off < 0 ? -off : off;
        if (total == 0)
            assert_int_equal(got, 0);
        else
            assert_true(off < total || (off == total && got % 2 == 0));
    }
}

static void negative_weight(void)
{
    const okr_rate rate = 1;
    const struct okr_dec weight = {-1, 0};
    (void)okr_rate_mean(&rate, &weight, 1);
}

static void a_negative_weight_is_a_bug(void **state)
{
    (void)state;
    assert_true(okr_death_of(negative_weight, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_of_real_objectives),
        cmocka_unit_test(ties_go_to_the_even_neighbour),
        cmocka_unit_test(extreme_weights_are_exact),
        cmocka_unit_test(no_weight_gives_zero),
        cmocka_unit_test(agrees_with_plain_arithmetic),
        cmocka_unit_test(a_negative_weight_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
