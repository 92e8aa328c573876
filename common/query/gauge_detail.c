/* What a metric asks of what hangs below a key result.  Where the details are
 * not followed there is nothing to ask, and nothing is measured. */
#include "common/base/assert.h"
#include "common/query/session.h"
#include "common/replica/measure.h"

enum okr_err okr_gauge_detail(struct okr_session *s,
                              const struct okr_record *kr, okr_day start,
                              okr_day end, struct okr_kr_facts *facts)
{
    bool detail;
    const struct okr_measuring measuring = {
        .space = s->space,
        .today = s->today,
        .cadence_days = s->thresholds.cadence_days,
        .strict_limits = s->strict_limits,
    };
    OKR_ASSERT(kr->kind == OKR_KIND_KEY_RESULT);
    if (facts->metric != OKR_V_METRIC_MILESTONES &&
        facts->metric != OKR_V_METRIC_HIT_RATE)
        return OKR_OK;
    OKR_TRY(okr_session_detail(s, kr, &detail));
    if (!detail)
        return OKR_OK;
    return okr_measure_detail(&measuring, kr, start, end, facts);
}
