/* Rates: exact quotients of decimals, rounded once, half to even. */
#include "common/base/assert.h"
#include "common/base/decimal.h"

__extension__ typedef __int128 wide_int;
__extension__ typedef unsigned __int128 wide_uint;

#define RATE_MAX INT64_C(1000000000000) /* 10^12 millionths */

enum { RATE_DIGITS = 6, SCALE_MAX = 18 };

static wide_uint magnitude(wide_int v)
{
    return v < 0 ? 0 - (wide_uint)v : (wide_uint)v;
}

/* At scale 18: |value| < 10^36 < 2^127. */
static wide_int aligned(struct okr_dec dec)
{
    OKR_ASSERT(okr_dec_valid(dec));
    wide_int v = dec.mant;
    for (unsigned i = dec.scale; i < SCALE_MAX; i++)
        v *= 10;
    return v;
}

/* `quotient` and what is left over of `den`, rounded half to even. */
static uint64_t half_even(uint64_t quotient, wide_uint rest, wide_uint den)
{
    OKR_ASSERT(rest < den);
    bool up = rest > den - rest || (rest == den - rest && quotient % 2 == 1);
    return quotient + up;
}

static okr_rate with_sign(bool negative, uint64_t size)
{
    int64_t rate = size > INT64_MAX ? INT64_MAX : (int64_t)size;
    return negative ? -rate : rate;
}

/* num/den in millionths by long division, a decimal place a step: num·10^6
 * would not fit.  10·rest must: den < 2^124. */
static okr_rate divide(wide_int num, wide_int den)
{
    OKR_ASSERT(den != 0);
    bool negative = (num < 0) != (den < 0);
    wide_uint n = magnitude(num), d = magnitude(den);
    OKR_ASSERT(d >> 124 == 0);
    if (n / d >= (wide_uint)(RATE_MAX / OKR_RATE_ONE))
        return with_sign(negative, (uint64_t)RATE_MAX);
    uint64_t quotient = (uint64_t)(n / d);
    wide_uint rest = n % d;
    for (int i = 0; i < RATE_DIGITS; i++) {
        rest *= 10;
        quotient = quotient * 10 + (uint64_t)(rest / d);
        rest %= d;
    }
    return with_sign(negative, half_even(quotient, rest, d));
}

okr_rate okr_dec_share(struct okr_dec value, struct okr_dec start,
                       struct okr_dec target)
{
    OKR_ASSERT(okr_dec_cmp(start, target) != 0);
    wide_int from = aligned(start);
    return divide(aligned(value) - from, aligned(target) - from);
}

okr_rate okr_rate_div(int64_t num, int64_t den)
{
    OKR_ASSERT(den > 0);
    return divide(num, den);
}

okr_rate okr_dec_rate(struct okr_dec dec)
{
    return divide(aligned(dec), aligned(okr_dec_int(1)));
}

okr_rate okr_rate_clamp(okr_rate r)
{
    if (r < 0)
        return 0;
    return r > OKR_RATE_ONE ? OKR_RATE_ONE : r;
}

okr_rate okr_rate_round(okr_rate r, unsigned digits)
{
    OKR_ASSERT(digits <= RATE_DIGITS);
    uint64_t step = 1;
    for (unsigned i = digits; i < RATE_DIGITS; i++)
        step *= 10;
    uint64_t size = (uint64_t)magnitude(r);
    return with_sign(r < 0, half_even(size / step, size % step, step) * step);
}

struct okr_dec okr_rate_dec(okr_rate r)
{
    return okr_dec_normal((struct okr_dec){.mant = r, .scale = RATE_DIGITS});
}
