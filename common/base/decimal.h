/* Exact decimals: mantissa · 10^-scale, up to 18 digits, never binary floats.
 * Rates (progress, expected, confidence means) are millionths. */
#ifndef OKR_BASE_DECIMAL_H
#define OKR_BASE_DECIMAL_H

#include "common/base/err.h"
#include "common/base/slice.h"

struct okr_dec {
    int64_t mant;  /* |mant| < 10^18 */
    uint8_t scale; /* 0..18 digits behind the point */
};

/* A rate in millionths: 1.0 is 1,000,000. */
typedef int64_t okr_rate;
#define OKR_RATE_ONE ((okr_rate)1000000)

#define OKR_DEC_TEXT_MAX 24 /* sign, digits, point, leading 0, NUL */

/* Reads "-12.50", "1e3" is refused; digits may be grouped by ',' only where
 * the caller removed them.  OKR_ERR_FORMAT, or OKR_ERR_LIMIT over 18 digits.
 * The result is normalised. */
OKR_MUST_USE enum okr_err okr_dec_parse(struct okr_slice text,
                                        struct okr_dec *ret_dec);
/* The normalised text: no trailing zeros, no point without digits, "0". */
void okr_dec_format(struct okr_dec dec, char out[OKR_DEC_TEXT_MAX]);
/* No trailing zeros behind the point; 0 has scale 0. */
struct okr_dec okr_dec_normal(struct okr_dec dec);
struct okr_dec okr_dec_int(int64_t v);
bool okr_dec_valid(struct okr_dec dec);
int okr_dec_cmp(struct okr_dec a, struct okr_dec b);

/* (value - start) / (target - start) in millionths, half-even, saturated to
 * ±10^12 millionths.  start and target must differ. */
okr_rate okr_dec_share(struct okr_dec value, struct okr_dec start,
                       struct okr_dec target);
/* num / den in millionths, half-even, saturated as above; den > 0. */
okr_rate okr_rate_div(int64_t num, int64_t den);
/* Sum(w·r)/Sum(w) over n; 0 where the weights sum to 0 or n is 0.  Weights
 * must not be negative. */
okr_rate okr_rate_mean(const okr_rate *rates, const struct okr_dec *weights,
                       size_t n);
/* The same sum, one part at a time, for parts that stand in no array.  Begins
 * with zeros. */
struct okr_wide {
    uint64_t limb[4]; /* 256 bits, low limb first */
};
struct okr_mean {
    struct okr_wide plus, below, total;
};
void okr_mean_add(struct okr_mean *mean, okr_rate rate, struct okr_dec weight);
okr_rate okr_mean_rate(const struct okr_mean *mean);
okr_rate okr_rate_clamp(okr_rate r); /* to 0..OKR_RATE_ONE */
/* Rounds to `digits` (0..6) places, half-even. */
okr_rate okr_rate_round(okr_rate r, unsigned digits);
/* The rate as an exact decimal (|r| < 10^18), and an exact decimal as a rate
 * (half-even, saturated as above). */
struct okr_dec okr_rate_dec(okr_rate r);
okr_rate okr_dec_rate(struct okr_dec dec);

#endif
