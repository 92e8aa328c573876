/* What a metric asks of what hangs below a key result.  Where the details are
 * not followed there is nothing to ask, and nothing is measured. */
#include "common/base/assert.h"
#include "common/query/session.h"

/* Done and all weight as a share of 1: the sum of weights may have more digits
 * than a decimal, their share never does. */
static enum okr_err milestones(struct okr_session *s,
                               const struct okr_record *kr,
                               struct okr_kr_facts *facts)
{
    struct okr_ids ids;
    struct okr_mean mean = {0};
    const struct okr_dec none = {0};
    bool any = false;
    OKR_TRY(okr_index_children(&s->space, &kr->id, OKR_KIND_TASK, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *task;
        struct okr_dec weight = okr_dec_int(1);
        OKR_TRY(okr_entity_get(&s->space, &ids.at[i], &task));
        uint32_t state = okr_record_enum(task, OKR_F_T_STATE, 0);
        if (okr_record_enum(task, OKR_F_T_KIND, 0) !=
                OKR_V_TASK_KIND_MILESTONE ||
            state == OKR_V_TASK_STATE_DROPPED || okr_record_archived(task))
            continue;
        (void)okr_record_dec(task, OKR_F_T_WEIGHT, &weight);
        if (okr_dec_cmp(weight, none) <= 0)
            continue;
        any = true;
        okr_mean_add(&mean, state == OKR_V_TASK_STATE_DONE ? OKR_RATE_ONE : 0,
                     weight);
    }
    facts->milestones_all = okr_dec_int(any ? 1 : 0);
    facts->milestones_done = okr_rate_dec(okr_mean_rate(&mean));
    return OKR_OK;
}

/* Has another of the check-ins taken its place? */
static enum okr_err is_amended(struct okr_session *s, const struct okr_id *id,
                               bool *ret_amended)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&s->space, OKR_KIND_CHECK_IN, OKR_F_AMENDS,
                           okr_id_slice(id), &ids));
    *ret_amended = ids.n > 0;
    return OKR_OK;
}

static bool is_inside(const struct okr_record *check_in,
                      const struct okr_kr_facts *facts)
{
    struct okr_dec value;
    return facts->has_low && facts->has_high &&
           okr_record_dec(check_in, OKR_F_CI_VALUE, &value) &&
           okr_dec_cmp(value, facts->low) >= 0 &&
           okr_dec_cmp(value, facts->high) <= 0;
}

/* One check-in is planned for every full cadence that is over. */
static uint32_t planned(const struct okr_session *s, okr_day start, okr_day end)
{
    okr_day last = s->today < end ? s->today : end;
    int64_t days = (int64_t)last - start + 1;
    int64_t cadence = s->thresholds.cadence_days;
    return days <= 0 || cadence <= 0 ? 0 : (uint32_t)(days / cadence);
}

static enum okr_err hit_rate(struct okr_session *s, const struct okr_record *kr,
                             struct okr_kr_facts *facts)
{
    struct okr_ids ids;
    uint32_t said = 0;
    OKR_TRY(okr_index_children(&s->space, &kr->id, OKR_KIND_CHECK_IN, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *check_in;
        bool amended;
        OKR_TRY(okr_entity_get(&s->space, &ids.at[i], &check_in));
        OKR_TRY(is_amended(s, &ids.at[i], &amended));
        if (amended || okr_record_archived(check_in) ||
            !okr_record_has(check_in, OKR_F_CI_VALUE))
            continue;
        said++;
        facts->hits += is_inside(check_in, facts) ? 1 : 0;
    }
    /* Who says more than was planned is not worse off, and never above 1;
     * before the first value nothing is measured. */
    if (said == 0)
        facts->planned = 0;
    else if (facts->planned < said)
        facts->planned = said;
    return OKR_OK;
}

enum okr_err okr_gauge_detail(struct okr_session *s,
                              const struct okr_record *kr, okr_day start,
                              okr_day end, struct okr_kr_facts *facts)
{
    bool detail;
    OKR_ASSERT(kr->kind == OKR_KIND_KEY_RESULT);
    if (facts->metric != OKR_V_METRIC_MILESTONES &&
        facts->metric != OKR_V_METRIC_HIT_RATE)
        return OKR_OK;
    OKR_TRY(okr_session_detail(s, kr, &detail));
    if (!detail)
        return OKR_OK;
    if (facts->metric == OKR_V_METRIC_MILESTONES)
        return milestones(s, kr, facts);
    facts->planned = planned(s, start, end);
    return hit_rate(s, kr, facts);
}
