/* Interpolation in exact decimals, rounded once. */
#include "common/rules/curve.h"

#include "common/base/assert.h"

__extension__ typedef __int128 wide_int;

enum { SCALE_MAX = 18 };

/* At scale 18: |value| < 10^36. */
static wide_int aligned(struct okr_dec dec)
{
    OKR_ASSERT(okr_dec_valid(dec));
    wide_int v = dec.mant;
    for (unsigned i = dec.scale; i < SCALE_MAX; i++)
        v *= 10;
    return v;
}

/* a - b, exactly; false if that takes more than 18 digits. */
static bool minus(struct okr_dec a, struct okr_dec b, struct okr_dec *ret_dec)
{
    wide_int v = aligned(a) - aligned(b);
    struct okr_dec dec = {.scale = SCALE_MAX};
    for (; dec.scale > 0 && v % 10 == 0; dec.scale--)
        v /= 10;
    dec.mant = (int64_t)v;
    if (dec.mant != v || !okr_dec_valid(dec))
        return false;
    *ret_dec = dec;
    return true;
}

struct okr_curve okr_curve_at(struct okr_dec at)
{
    return (struct okr_curve){.at = at};
}

void okr_curve_add(struct okr_curve *curve, struct okr_dec place, okr_rate rate)
{
    OKR_ASSERT(curve != NULL);
    if (okr_dec_cmp(place, curve->at) <= 0) {
        if (curve->has_below && okr_dec_cmp(place, curve->below) <= 0)
            return;
        curve->has_below = true;
        curve->below = place;
        curve->below_rate = rate;
    } else {
        if (curve->has_above && okr_dec_cmp(place, curve->above) >= 0)
            return;
        curve->has_above = true;
        curve->above = place;
        curve->above_rate = rate;
    }
}

bool okr_curve_rate(const struct okr_curve *curve, okr_rate *ret_rate)
{
    OKR_ASSERT(curve != NULL && ret_rate != NULL);
    if (!curve->has_below && !curve->has_above)
        return false;
    if (!curve->has_below || !curve->has_above) {
        *ret_rate = curve->has_below ? curve->below_rate : curve->above_rate;
        return true;
    }
    /* Each neighbour weighs as much as the other one is away. */
    struct okr_dec weights[2];
    okr_rate rates[2] = {curve->below_rate, curve->above_rate};
    if (!minus(curve->above, curve->at, &weights[0]) ||
        !minus(curve->at, curve->below, &weights[1])) {
        okr_rate share = okr_dec_share(curve->at, curve->below, curve->above);
        weights[0] = okr_rate_dec(OKR_RATE_ONE - share);
        weights[1] = okr_rate_dec(share);
    }
    *ret_rate = okr_rate_mean(rates, weights, 2);
    return true;
}

/* from + tenths/10·(to - from), times ten: below 10^37. */
bool okr_curve_reaches(struct okr_dec value, struct okr_dec from,
                       struct okr_dec to, int tenths)
{
    OKR_ASSERT(tenths >= 0 && tenths <= 10);
    wide_int mark = aligned(from) * (10 - tenths) + aligned(to) * tenths;
    wide_int v = aligned(value) * 10;
    return okr_dec_cmp(from, to) <= 0 ? v >= mark : v <= mark;
}
