/* What publishing asks of one key result, and of weights. */
#include "common/rules/publish.h"

#include "common/base/assert.h"

struct okr_limits okr_limits_of(const struct okr_record *policy)
{
    struct okr_limits limits = {
        .objectives_max = 3, .krs_min = 2, .krs_max = 5, .midterm_days = 14};
    if (policy == NULL)
        return limits;
    limits.objectives_max =
        okr_record_int(policy, OKR_F_OBJECTIVES_MAX, limits.objectives_max);
    limits.krs_min = okr_record_int(policy, OKR_F_KRS_MIN, limits.krs_min);
    limits.krs_max = okr_record_int(policy, OKR_F_KRS_MAX, limits.krs_max);
    limits.midterm_days =
        okr_record_int(policy, OKR_F_MIDTERM_DAYS, limits.midterm_days);
    return limits;
}

/* The numbers without which a metric says nothing. */
static const struct needs {
    uint32_t metric;
    uint16_t fields[2];
} needs[] = {
    {OKR_V_METRIC_INCREASE, {OKR_F_START, OKR_F_TARGET}},
    {OKR_V_METRIC_DECREASE, {OKR_F_START, OKR_F_TARGET}},
    {OKR_V_METRIC_AT_LEAST, {OKR_F_TARGET, OKR_F_TARGET}},
    {OKR_V_METRIC_AT_MOST, {OKR_F_TARGET, OKR_F_TARGET}},
    {OKR_V_METRIC_BETWEEN, {OKR_F_LOW, OKR_F_HIGH}},
    {OKR_V_METRIC_HIT_RATE, {OKR_F_LOW, OKR_F_HIGH}},
    {OKR_V_METRIC_CHECKPOINTS, {OKR_F_CHECKPOINTS, OKR_F_CHECKPOINTS}},
};

static bool lacks_number(const struct okr_record *kr, uint32_t metric)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        if (needs[i].metric == metric)
            return !okr_record_has(kr, needs[i].fields[0]) ||
                   !okr_record_has(kr, needs[i].fields[1]);
    return false;
}

unsigned okr_flaws_of_kr(const struct okr_record *kr, okr_day start,
                         okr_day end)
{
    OKR_ASSERT(kr->kind == OKR_KIND_KEY_RESULT);
    unsigned flaws = 0;
    uint32_t metric =
        okr_record_enum(kr, OKR_F_METRIC, OKR_V_METRIC_UNMEASURED);
    int64_t due = okr_record_int(kr, OKR_F_KR_DUE, 0);
    if (metric == OKR_V_METRIC_UNMEASURED)
        flaws |= 1U << OKR_FLAW_METRIC;
    else if (lacks_number(kr, metric))
        flaws |= 1U << OKR_FLAW_TARGET;
    if (!okr_record_has(kr, OKR_F_KR_DUE))
        flaws |= 1U << OKR_FLAW_DUE;
    else if (due < start || due > end)
        flaws |= 1U << OKR_FLAW_OUTSIDE;
    return flaws;
}

void okr_weights_add(struct okr_weights *weights,
                     const struct okr_record *sibling, uint16_t field)
{
    struct okr_dec weight;
    weights->n++;
    if (!okr_record_dec(sibling, field, &weight))
        return;
    weights->weighted++;
    weights->sum += okr_dec_rate(weight);
}

static bool near(okr_rate sum, okr_rate whole)
{
    okr_rate off = sum > whole ? sum - whole : whole - sum;
    return off <= whole / 1000;
}

bool okr_weights_good(const struct okr_weights *weights)
{
    if (weights->weighted == 0)
        return true;
    return weights->weighted == weights->n &&
           (near(weights->sum, OKR_RATE_ONE) ||
            near(weights->sum, 100 * OKR_RATE_ONE));
}
