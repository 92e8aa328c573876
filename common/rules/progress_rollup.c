/* From key results up, and what was expected by now. */
#include "common/base/assert.h"
#include "common/rules/curve.h"
#include "common/rules/progress.h"

static bool any_weight(const struct okr_part *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!parts[i].excluded && parts[i].has_weight)
            return true;
    return false;
}

okr_rate okr_progress_rollup(const struct okr_part *parts, size_t n)
{
    OKR_ASSERT(parts != NULL || n == 0);
    bool weighted = any_weight(parts, n);
    const struct okr_dec none = {0};
    struct okr_mean mean = {0};
    for (size_t i = 0; i < n; i++) {
        struct okr_dec weight = weighted ? none : okr_dec_int(1);
        if (parts[i].excluded)
            continue;
        if (parts[i].has_weight) /* below 0: a bug of whoever wrote it */
            weight = parts[i].weight.mant > 0 ? parts[i].weight : none;
        okr_mean_add(&mean, okr_rate_clamp(parts[i].p), weight);
    }
    okr_rate p = okr_mean_rate(&mean);
    OKR_ASSERT(p >= 0 && p <= OKR_RATE_ONE);
    return p;
}

okr_rate okr_expected(okr_day start, okr_day end, okr_day today)
{
    int64_t days = (int64_t)end - start + 1, over = (int64_t)today - start + 1;
    if (days <= 0) /* ends before it starts: no line, only before and after */
        return today >= start ? OKR_RATE_ONE : 0;
    return okr_rate_clamp(okr_rate_div(over, days));
}

/* A plan's rate is that of a day's end, and nothing is expected at the end of
 * the day before `start`: so a plan of the one point (end, 1) is the line. */
okr_rate okr_expected_plan(struct okr_slice plan, okr_day start, okr_day today)
{
    struct okr_curve curve = okr_curve_at(okr_dec_int(today));
    struct okr_pair pair;
    okr_rate rate = 0;
    bool first = true;
    while (okr_value_pair(OKR_LIST_DAY_DEC, &plan, &pair)) {
        int64_t before = (int64_t)start - 1;
        if (first && before >= pair.day)
            before = (int64_t)pair.day - 1;
        if (first)
            okr_curve_add(&curve, okr_dec_int(before), 0);
        okr_curve_add(&curve, okr_dec_int(pair.day), okr_dec_rate(pair.p));
        first = false;
    }
    (void)okr_curve_rate(&curve, &rate);
    return okr_rate_clamp(rate);
}

okr_rate okr_score_of(okr_rate p)
{
    return okr_rate_round(okr_rate_clamp(p), 1);
}

okr_rate okr_score_rollup(const struct okr_part *parts, size_t n)
{
    return okr_progress_rollup(parts, n);
}

enum okr_band okr_score_band(okr_rate score)
{
    if (score < 4 * OKR_RATE_ONE / 10)
        return OKR_BAND_RED;
    return score < 7 * OKR_RATE_ONE / 10 ? OKR_BAND_YELLOW : OKR_BAND_GREEN;
}

bool okr_score_mismatch(okr_rate stated, okr_rate recomputed)
{
    okr_rate difference =
        stated > recomputed ? stated - recomputed : recomputed - stated;
    return difference >= OKR_RATE_ONE / 2000;
}
