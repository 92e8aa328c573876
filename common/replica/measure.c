/* Key results as they stand: facts from what hangs below them, and their
 * progress for the score at the close. */
#include "common/replica/measure.h"

#include "common/base/assert.h"
#include "common/base/limits.h"

/* Done and all weight as a share of 1: the sum of weights may have more digits
 * than a decimal, their share never does. */
static enum okr_err milestones(const struct okr_measuring *m,
                               const struct okr_record *kr,
                               struct okr_kr_facts *facts)
{
    struct okr_ids ids;
    struct okr_mean mean = {0};
    const struct okr_dec none = {0};
    bool any = false;
    OKR_TRY(okr_index_children(&m->space, &kr->id, OKR_KIND_TASK, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *task;
        struct okr_dec weight = okr_dec_int(1);
        OKR_TRY(okr_entity_get(&m->space, &ids.at[i], &task));
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
static enum okr_err is_amended(const struct okr_measuring *m,
                               const struct okr_id *id, bool *ret_amended)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&m->space, OKR_KIND_CHECK_IN, OKR_F_AMENDS,
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
static uint32_t planned(const struct okr_measuring *m, okr_day start,
                        okr_day end)
{
    okr_day last = m->today < end ? m->today : end;
    int64_t days = (int64_t)last - start + 1;
    int64_t cadence = m->cadence_days;
    return days <= 0 || cadence <= 0 ? 0 : (uint32_t)(days / cadence);
}

static enum okr_err hit_rate(const struct okr_measuring *m,
                             const struct okr_record *kr,
                             struct okr_kr_facts *facts)
{
    struct okr_ids ids;
    uint32_t said = 0;
    OKR_TRY(okr_index_children(&m->space, &kr->id, OKR_KIND_CHECK_IN, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *check_in;
        bool amended;
        OKR_TRY(okr_entity_get(&m->space, &ids.at[i], &check_in));
        OKR_TRY(is_amended(m, &ids.at[i], &amended));
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

enum okr_err okr_measure_detail(const struct okr_measuring *m,
                                const struct okr_record *kr, okr_day start,
                                okr_day end, struct okr_kr_facts *facts)
{
    OKR_ASSERT(kr->kind == OKR_KIND_KEY_RESULT);
    if (facts->metric == OKR_V_METRIC_MILESTONES)
        return milestones(m, kr, facts);
    if (facts->metric != OKR_V_METRIC_HIT_RATE)
        return OKR_OK;
    facts->planned = planned(m, start, end);
    return hit_rate(m, kr, facts);
}

/* ---- progress ------------------------------------------------------------ */

/* Contributions deeper than that are left out, as if they were a circle. */
enum { WALK_MAX = OKR_DEPTH_MAX };

static enum okr_err measure_kr(const struct okr_measuring *m,
                               const struct okr_record *kr, int depth,
                               okr_rate *ret_p);

/* The weighted mean of those of `ids` that count. */
static enum okr_err mean_of(const struct okr_measuring *m,
                            const struct okr_ids *ids, int depth,
                            okr_rate *ret_p, size_t *ret_n);

static enum okr_err measure_objective(const struct okr_measuring *m,
                                      const struct okr_record *objective,
                                      int depth, okr_rate *ret_p)
{
    struct okr_ids ids;
    size_t n;
    OKR_TRY(okr_index_children(&m->space, &objective->id, OKR_KIND_KEY_RESULT,
                               &ids));
    OKR_TRY(mean_of(m, &ids, depth, ret_p, &n));
    if (n > 0)
        return OKR_OK;
    OKR_TRY(okr_index_find(&m->space, OKR_KIND_OBJECTIVE, OKR_F_CONTRIBUTES_TO,
                           okr_id_slice(&objective->id), &ids));
    return mean_of(m, &ids, depth, ret_p, &n);
}

static bool counts(const struct okr_record *record)
{
    uint32_t state = OKR_V_OBJECTIVE_STATE_PUBLISHED;
    if (record->kind == OKR_KIND_OBJECTIVE)
        state = okr_record_enum(record, OKR_F_O_STATE, state);
    return !okr_record_archived(record) &&
           (state == OKR_V_OBJECTIVE_STATE_PUBLISHED ||
            state == OKR_V_OBJECTIVE_STATE_CLOSED);
}

static enum okr_err mean_of(const struct okr_measuring *m,
                            const struct okr_ids *ids, int depth,
                            okr_rate *ret_p, size_t *ret_n)
{
    struct okr_part *parts =
        okr_arena_array(m->space.arena, ids->n + 1, sizeof *parts);
    size_t n = 0;
    if (parts == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids->n && depth < WALK_MAX; i++) {
        struct okr_record *one;
        OKR_TRY(okr_entity_get(&m->space, &ids->at[i], &one));
        bool kr = one->kind == OKR_KIND_KEY_RESULT;
        if (!counts(one))
            continue;
        struct okr_part *part = &parts[n++];
        part->has_weight = okr_record_dec(
            one, kr ? OKR_F_KR_WEIGHT : OKR_F_O_WEIGHT, &part->weight);
        part->excluded = kr && okr_record_bool(one, OKR_F_NOT_APPLICABLE);
        OKR_TRY(kr ? measure_kr(m, one, depth + 1, &part->p)
                   : measure_objective(m, one, depth + 1, &part->p));
    }
    *ret_p = okr_progress_rollup(parts, n);
    *ret_n = n;
    return OKR_OK;
}

static enum okr_err period_of(const struct okr_measuring *m,
                              const struct okr_record *kr, okr_day *ret_start,
                              okr_day *ret_end)
{
    struct okr_id id;
    struct okr_record *objective, *cycle;
    *ret_start = *ret_end = 0;
    if (!okr_record_id(kr, OKR_F_KR_OBJECTIVE, &id))
        return OKR_OK;
    OKR_TRY(okr_entity_get(&m->space, &id, &objective));
    if (!okr_record_id(objective, OKR_F_O_CYCLE, &id))
        return OKR_OK;
    OKR_TRY(okr_entity_get(&m->space, &id, &cycle));
    *ret_start = (okr_day)okr_record_int(cycle, OKR_F_CYCLE_START, 0);
    *ret_end = (okr_day)okr_record_int(
        kr, OKR_F_KR_DUE, okr_record_int(cycle, OKR_F_CYCLE_END, 0));
    return OKR_OK;
}

static enum okr_err measure_kr(const struct okr_measuring *m,
                               const struct okr_record *kr, int depth,
                               okr_rate *ret_p)
{
    struct okr_kr_facts facts;
    struct okr_ids ids;
    okr_day start, end;
    size_t n;
    okr_progress_facts(kr, m->strict_limits, &facts);
    enum okr_err err = period_of(m, kr, &start, &end);
    if (err != OKR_ERR_NOTFOUND)
        OKR_TRY(err);
    OKR_TRY(okr_measure_detail(m, kr, start, end, &facts));
    if (facts.metric == OKR_V_METRIC_ROLLUP) {
        OKR_TRY(okr_index_find(&m->space, OKR_KIND_OBJECTIVE,
                               OKR_F_CONTRIBUTES_TO, okr_id_slice(&kr->id),
                               &ids));
        OKR_TRY(mean_of(m, &ids, depth, &facts.contributors, &n));
        facts.has_contributors = n > 0;
    }
    *ret_p = okr_progress_of(&facts).p;
    return OKR_OK;
}

enum okr_err okr_measure_kr(const struct okr_measuring *m,
                            const struct okr_record *kr, okr_rate *ret_p)
{
    OKR_ASSERT(kr->kind == OKR_KIND_KEY_RESULT && ret_p != NULL);
    return measure_kr(m, kr, 0, ret_p);
}
