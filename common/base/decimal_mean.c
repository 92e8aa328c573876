/* The weighted mean, exact for any weights: a weight at scale 18 takes 120
 * bits, so the sum of weight times rate takes more than 128. */
#include "common/base/assert.h"
#include "common/base/decimal.h"

__extension__ typedef unsigned __int128 wide_uint;

enum { LIMBS = 4, SCALE_MAX = 18 };

/* sum += a·b.  For n weights below 2^120 and rates below 2^64 sums stay below
 * n·2^184: nothing overflows for n < 2^64. */
static void add_product(struct okr_wide *sum, wide_uint a, uint64_t b)
{
    wide_uint low = (wide_uint)(uint64_t)a * b;
    wide_uint high = (wide_uint)(uint64_t)(a >> 64) * b;
    wide_uint carry = 0;
    for (unsigned i = 0; i < LIMBS; i++) {
        carry += sum->limb[i];
        if (i < 2)
            carry += (uint64_t)(low >> (64 * i));
        if (i > 0 && i < 3)
            carry += (uint64_t)(high >> (64 * (i - 1)));
        sum->limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    OKR_ASSERT(carry == 0);
}

static int compare(const struct okr_wide *a, const struct okr_wide *b)
{
    for (unsigned i = LIMBS; i-- > 0;)
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* a - b, where a >= b */
static struct okr_wide minus(const struct okr_wide *a, const struct okr_wide *b)
{
    struct okr_wide difference;
    uint64_t borrow = 0;
    for (unsigned i = 0; i < LIMBS; i++) {
        wide_uint taken = (wide_uint)b->limb[i] + borrow;
        difference.limb[i] = a->limb[i] - (uint64_t)taken;
        borrow = taken > a->limb[i];
    }
    OKR_ASSERT(borrow == 0);
    return difference;
}

/* a·2^bits, 0 <= bits < 64 */
static struct okr_wide shifted(const struct okr_wide *a, unsigned bits)
{
    struct okr_wide result;
    uint64_t carry = 0;
    for (unsigned i = 0; i < LIMBS; i++) {
        wide_uint limb = ((wide_uint)a->limb[i] << bits) | carry;
        result.limb[i] = (uint64_t)limb;
        carry = (uint64_t)(limb >> 64);
    }
    OKR_ASSERT(carry == 0);
    return result;
}

/* num/den by shift and subtract, half to even; the quotient has 64 bits. */
static uint64_t divide(struct okr_wide num, const struct okr_wide *den)
{
    uint64_t quotient = 0;
    for (unsigned bit = 64; bit-- > 0;) {
        struct okr_wide part = shifted(den, bit);
        if (compare(&num, &part) < 0)
            continue;
        num = minus(&num, &part);
        quotient |= UINT64_C(1) << bit;
    }
    OKR_ASSERT(compare(&num, den) < 0);
    struct okr_wide missing = minus(den, &num);
    int half = compare(&num, &missing);
    return quotient + (half > 0 || (half == 0 && quotient % 2 == 1));
}

static wide_uint aligned(struct okr_dec weight)
{
    OKR_ASSERT(okr_dec_valid(weight) && weight.mant >= 0);
    wide_uint v = (wide_uint)weight.mant;
    for (unsigned i = weight.scale; i < SCALE_MAX; i++)
        v *= 10;
    return v;
}

void okr_mean_add(struct okr_mean *mean, okr_rate rate, struct okr_dec weight)
{
    OKR_ASSERT(mean != NULL);
    wide_uint w = aligned(weight);
    if (rate < 0)
        add_product(&mean->below, w, 0 - (uint64_t)rate);
    else
        add_product(&mean->plus, w, (uint64_t)rate);
    add_product(&mean->total, w, 1);
}

okr_rate okr_mean_rate(const struct okr_mean *mean)
{
    OKR_ASSERT(mean != NULL);
    static const struct okr_wide none;
    if (compare(&mean->total, &none) == 0)
        return 0;
    bool negative = compare(&mean->plus, &mean->below) < 0;
    struct okr_wide sum = negative ? minus(&mean->below, &mean->plus)
                                   : minus(&mean->plus, &mean->below);
    uint64_t size = divide(sum, &mean->total);
    return negative ? (okr_rate)(0 - size) : (okr_rate)size;
}

okr_rate okr_rate_mean(const okr_rate *rates, const struct okr_dec *weights,
                       size_t n)
{
    OKR_ASSERT((rates != NULL && weights != NULL) || n == 0);
    struct okr_mean mean = {0};
    for (size_t i = 0; i < n; i++)
        okr_mean_add(&mean, rates[i], weights[i]);
    return okr_mean_rate(&mean);
}
