/* Status: pace, confidence, silence. */
#include "common/rules/status.h"

#include "common/base/assert.h"

const char *okr_status_word(enum okr_status status)
{
    static const char *const words[] = {
        [OKR_STATUS_PENDING] = "pending",
        [OKR_STATUS_ON_TRACK] = "on_track",
        [OKR_STATUS_AT_RISK] = "at_risk",
        [OKR_STATUS_OFF_TRACK] = "off_track",
        [OKR_STATUS_OUTDATED] = "outdated",
        [OKR_STATUS_ACHIEVED] = "achieved",
        [OKR_STATUS_CLOSED] = "closed",
    };
    OKR_ASSERT((size_t)status < sizeof words / sizeof words[0]);
    return words[status];
}

struct okr_thresholds okr_thresholds_default(void)
{
    return (struct okr_thresholds){
        .on_track_from = -OKR_RATE_ONE / 10,
        .at_risk_from = -OKR_RATE_ONE / 4,
        .confidence_on_track = 7,
        .confidence_at_risk = 4,
        .cadence_days = 7,
    };
}

enum okr_status okr_pace(okr_rate p, okr_rate expected,
                         const struct okr_thresholds *t)
{
    OKR_ASSERT(t != NULL);
    okr_rate d = p - expected;
    if (d >= t->on_track_from)
        return OKR_STATUS_ON_TRACK;
    return d >= t->at_risk_from ? OKR_STATUS_AT_RISK : OKR_STATUS_OFF_TRACK;
}

enum okr_status okr_confidence_status(int confidence,
                                      const struct okr_thresholds *t)
{
    OKR_ASSERT(t != NULL);
    if (confidence < 0)
        return OKR_STATUS_PENDING; /* nobody said */
    if (confidence >= t->confidence_on_track)
        return OKR_STATUS_ON_TRACK;
    return confidence >= t->confidence_at_risk ? OKR_STATUS_AT_RISK
                                               : OKR_STATUS_OFF_TRACK;
}

/* Longer than 1.5 × the cadence without a word, or a quarter of the time gone
 * without a number. */
static bool is_outdated(const struct okr_status_facts *facts,
                        const struct okr_thresholds *t)
{
    int64_t silent_days = (int64_t)facts->today - facts->last_check_in;
    if (facts->has_check_in && 2 * silent_days > 3 * (int64_t)t->cadence_days)
        return true;
    return !facts->measured && facts->elapsed >= OKR_RATE_ONE / 4;
}

enum okr_status okr_status_of(const struct okr_status_facts *facts,
                              const struct okr_thresholds *t)
{
    OKR_ASSERT(facts != NULL && t != NULL);
    if (facts->closed)
        return OKR_STATUS_CLOSED;
    if (facts->measured && facts->p >= OKR_RATE_ONE)
        return OKR_STATUS_ACHIEVED;
    if (is_outdated(facts, t))
        return OKR_STATUS_OUTDATED;
    enum okr_status known[2];
    size_t n = 0;
    if (facts->measured)
        known[n++] = okr_pace(facts->p, facts->expected, t);
    if (facts->confidence >= 0)
        known[n++] = okr_confidence_status(facts->confidence, t);
    return okr_status_worst(known, n);
}

/* Not knowing is worse than on track: silence is never green. */
static int badness(enum okr_status status)
{
    static const int order[] = {
        [OKR_STATUS_CLOSED] = 0,   [OKR_STATUS_ACHIEVED] = 1,
        [OKR_STATUS_ON_TRACK] = 2, [OKR_STATUS_PENDING] = 3,
        [OKR_STATUS_AT_RISK] = 4,  [OKR_STATUS_OFF_TRACK] = 5,
        [OKR_STATUS_OUTDATED] = 6,
    };
    OKR_ASSERT((size_t)status < sizeof order / sizeof order[0]);
    return order[status];
}

enum okr_status okr_status_worst(const enum okr_status *all, size_t n)
{
    OKR_ASSERT(all != NULL || n == 0);
    if (n == 0)
        return OKR_STATUS_PENDING;
    enum okr_status worst = all[0];
    for (size_t i = 1; i < n; i++)
        if (badness(all[i]) > badness(worst))
            worst = all[i];
    return worst;
}
