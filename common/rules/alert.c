/* Which alerts a key result gives. */
#include "common/rules/alert.h"

#include "common/base/assert.h"

const struct okr_alert_info *okr_alert_info(enum okr_alert alert)
{
    static const struct okr_alert_info infos[] = {
#define OKR_ALERT_INFO(NAME, word, who, action) \
    [OKR_ALERT_##NAME] = {word, OKR_DEBTOR_##who, action},
        OKR_ALERT_TABLE(OKR_ALERT_INFO)
#undef OKR_ALERT_INFO
    };
    OKR_ASSERT((size_t)alert < sizeof infos / sizeof infos[0]);
    return &infos[alert];
}

/* A cadence is over since the last word, or since the beginning. */
static bool is_due(const struct okr_alert_facts *f,
                   const struct okr_thresholds *t)
{
    okr_day since = f->has_check_in && f->last_check_in > f->start
                        ? f->last_check_in
                        : f->start;
    return (int64_t)f->today - since >= t->cadence_days;
}

/* The cycle is over, and nobody said how its last days ended. */
static bool lacks_the_end(const struct okr_alert_facts *f,
                          const struct okr_thresholds *t)
{
    return !f->has_check_in ||
           (int64_t)f->last_check_in + t->cadence_days <= f->end;
}

static unsigned check_in_of(const struct okr_alert_facts *f,
                            const struct okr_thresholds *t)
{
    if (f->status == OKR_STATUS_ACHIEVED || f->today < f->start)
        return 0;
    if (f->today > f->end)
        return lacks_the_end(f, t) ? OKR_ALERT_BIT(OKR_ALERT_LATE_CHECK_IN) : 0;
    if (f->status == OKR_STATUS_OUTDATED)
        return OKR_ALERT_BIT(OKR_ALERT_OUTDATED);
    return is_due(f, t) ? OKR_ALERT_BIT(OKR_ALERT_CHECK_IN_DUE) : 0;
}

/* How it goes, as far as the last check-ins tell. */
static unsigned course_of(const struct okr_alert_facts *f,
                          const struct okr_thresholds *t)
{
    unsigned alerts = 0;
    if (f->status == OKR_STATUS_ACHIEVED || f->today > f->end)
        return 0;
    if (okr_alert_stuck(f->points, f->n_points))
        alerts |= OKR_ALERT_BIT(OKR_ALERT_VALUE_STUCK);
    if (okr_alert_confidence_drop(f->points, f->n_points))
        alerts |= OKR_ALERT_BIT(OKR_ALERT_CONFIDENCE_DROP);
    if (f->measured && f->has_expected && f->status != OKR_STATUS_OUTDATED &&
        okr_pace(f->p, f->expected, t) != OKR_STATUS_ON_TRACK)
        alerts |= OKR_ALERT_BIT(OKR_ALERT_BEHIND_PACE);
    return alerts;
}

unsigned okr_alerts_of(const struct okr_alert_facts *f,
                       const struct okr_thresholds *t)
{
    OKR_ASSERT(f != NULL && t != NULL);
    unsigned alerts = 0;
    if (!f->published || f->closed)
        return 0;
    if (f->owner_gone)
        alerts |= OKR_ALERT_BIT(OKR_ALERT_NO_OWNER);
    if (f->blocked && f->status != OKR_STATUS_ACHIEVED)
        alerts |= OKR_ALERT_BIT(OKR_ALERT_BLOCKED);
    if (!f->has_period)
        return alerts;
    return alerts | check_in_of(f, t) | course_of(f, t);
}

bool okr_alert_overdue(bool has_due, okr_day due, okr_day today)
{
    return has_due && today > due;
}
