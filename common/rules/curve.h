/* A piecewise linear curve through a few points, asked at one place.
 *
 * Only the nearest point on each side is kept, so points come in any order
 * and there is no bound on their number.  Where two have the same place, the
 * first one added counts. */
#ifndef OKR_RULES_CURVE_H
#define OKR_RULES_CURVE_H

#include "common/base/decimal.h"

struct okr_curve {
    struct okr_dec at;
    bool has_below, has_above; /* below: at or below */
    struct okr_dec below, above;
    okr_rate below_rate, above_rate;
};

struct okr_curve okr_curve_at(struct okr_dec at);
void okr_curve_add(struct okr_curve *curve, struct okr_dec place,
                   okr_rate rate);
/* Linear between the neighbours; beyond the last point its rate.  False if
 * there is no point at all. */
bool okr_curve_rate(const struct okr_curve *curve, okr_rate *ret_rate);

/* Does `value`, on its way from `from` to `to` (up or down), reach the mark
 * `tenths` tenths of the way?  Exact. */
bool okr_curve_reaches(struct okr_dec value, struct okr_dec from,
                       struct okr_dec to, int tenths);

#endif
