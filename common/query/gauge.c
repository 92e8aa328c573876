/* Progress, expectation and status of objectives and key results.
 *
 * Each is worked out once and kept.  What contributes to itself, which the
 * rules refuse but two sites may bring about together, is left out where the
 * walk meets it again. */
#include "common/base/assert.h"
#include "common/model/dates.h"
#include "common/query/session.h"

/* Contributions deeper than that are left out, as if they were a circle. */
enum { WALK_MAX = 2 * OKR_DEPTH_MAX };

/* ---- parts --------------------------------------------------------------- */

struct parts {
    struct okr_part *at;
    struct okr_gauge *gauges; /* beside the parts */
    size_t n;
};

static bool counts(const struct okr_record *objective)
{
    uint32_t state = okr_session_state(objective);
    return (state == OKR_V_OBJECTIVE_STATE_PUBLISHED ||
            state == OKR_V_OBJECTIVE_STATE_CLOSED) &&
           !okr_record_archived(objective);
}

static enum okr_err measure(struct okr_session *s, struct okr_node *node,
                            int depth);

static enum okr_err add_parts(struct okr_session *s, const struct okr_ids *ids,
                              int depth, struct parts *ret)
{
    struct okr_arena *arena = s->space.arena;
    *ret = (struct parts){
        .at = okr_arena_array(arena, ids->n, sizeof *ret->at),
        .gauges = okr_arena_array(arena, ids->n, sizeof *ret->gauges)};
    if (ret->at == NULL || ret->gauges == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids->n; i++) {
        struct okr_node *node;
        OKR_TRY(okr_session_node(s, &ids->at[i], &node));
        if (node->record == NULL || node->measuring || depth > WALK_MAX)
            continue;
        bool objective = node->record->kind == OKR_KIND_OBJECTIVE;
        if (objective ? !counts(node->record)
                      : okr_record_bool(node->record, OKR_F_NOT_APPLICABLE))
            continue;
        OKR_TRY(measure(s, node, depth + 1));
        struct okr_part *part = &ret->at[ret->n];
        part->p = node->gauge.p;
        part->has_weight = okr_record_dec(
            node->record, objective ? OKR_F_O_WEIGHT : OKR_F_KR_WEIGHT,
            &part->weight);
        ret->gauges[ret->n++] = node->gauge;
    }
    return OKR_OK;
}

static enum okr_err contributors_of(struct okr_session *s,
                                    const struct okr_id *id, int depth,
                                    struct parts *ret)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&s->space, OKR_KIND_OBJECTIVE, OKR_F_CONTRIBUTES_TO,
                           okr_id_slice(id), &ids));
    return add_parts(s, &ids, depth, ret);
}

/* ---- key results --------------------------------------------------------- */

static enum okr_err facts_of(struct okr_session *s, struct okr_node *node,
                             const struct okr_period *period, int depth,
                             struct okr_kr_facts *ret)
{
    const struct okr_record *kr = node->record;
    okr_progress_facts(kr, s->strict_limits, ret);
    if (ret->metric == OKR_V_METRIC_ROLLUP) {
        struct parts parts;
        OKR_TRY(contributors_of(s, &node->id, depth, &parts));
        ret->has_contributors = parts.n > 0;
        ret->contributors = okr_progress_rollup(parts.at, parts.n);
    }
    okr_day end = (okr_day)okr_record_int(kr, OKR_F_KR_DUE, period->end);
    return okr_gauge_detail(s, kr, period->start, end, ret);
}

static void expect(struct okr_session *s, const struct okr_record *kr,
                   const struct okr_period *period, struct okr_gauge *gauge)
{
    struct okr_slice plan = okr_record_text(kr, OKR_F_PLAN);
    okr_day end = (okr_day)okr_record_int(kr, OKR_F_KR_DUE, period->end);
    gauge->has_expected = period->known;
    if (!period->known)
        return;
    gauge->expected = plan.len > 0
                          ? okr_expected_plan(plan, period->start, s->today)
                          : okr_expected(period->start, end, s->today);
}

static enum okr_status status_of(struct okr_session *s,
                                 const struct okr_gauge *gauge, bool closed,
                                 const struct okr_period *period)
{
    struct okr_status_facts facts = {
        .closed = closed,
        .measured = gauge->measured,
        .p = gauge->p,
        .expected = gauge->expected,
        .elapsed = period->known
                       ? okr_expected(period->start, period->end, s->today)
                       : 0,
        .confidence = gauge->confidence,
        .has_check_in = gauge->has_check_in,
        .last_check_in = gauge->last_check_in,
        .today = s->today,
    };
    return okr_status_of(&facts, &s->thresholds);
}

static bool is_over(const struct okr_record *objective)
{
    return okr_session_state(objective) >= OKR_V_OBJECTIVE_STATE_CLOSED;
}

static enum okr_err measure_kr(struct okr_session *s, struct okr_node *node,
                               int depth)
{
    const struct okr_record *kr = node->record;
    struct okr_gauge *gauge = &node->gauge;
    struct okr_node *objective;
    struct okr_kr_facts facts;
    struct okr_period period = {0};
    bool over = false;
    OKR_TRY(okr_session_follow(s, kr, OKR_F_KR_OBJECTIVE, &objective));
    if (objective != NULL && objective->record != NULL &&
        objective->record->kind == OKR_KIND_OBJECTIVE) {
        OKR_TRY(okr_session_period(s, objective->record, &period));
        over = is_over(objective->record);
    }
    OKR_TRY(facts_of(s, node, &period, depth, &facts));
    struct okr_progress progress = okr_progress_of(&facts);
    gauge->raw = progress.raw;
    gauge->p = progress.p;
    gauge->measured = progress.measured;
    gauge->confidence = (int)okr_record_int(kr, OKR_F_CONFIDENCE, -1);
    gauge->has_check_in = okr_record_has(kr, OKR_F_OBSERVED_AT);
    gauge->last_check_in =
        okr_day_at(okr_record_int(kr, OKR_F_OBSERVED_AT, 0), s->offset_min);
    expect(s, kr, &period, gauge);
    gauge->status = status_of(s, gauge, over, &period);
    return OKR_OK;
}

/* ---- objectives ---------------------------------------------------------- */

/* What its parts expect of it by now, weighted as their progress is; a part
 * without a period has no say. */
static void expect_of_parts(struct parts *parts, struct okr_gauge *gauge)
{
    for (size_t i = 0; i < parts->n; i++) {
        parts->at[i].p = parts->gauges[i].expected;
        parts->at[i].excluded = !parts->gauges[i].has_expected;
        gauge->has_expected |= parts->gauges[i].has_expected;
    }
    gauge->expected = okr_progress_rollup(parts->at, parts->n);
}

static void feel_of_parts(const struct parts *parts, struct okr_gauge *gauge)
{
    int sum = 0, n = 0;
    for (size_t i = 0; i < parts->n; i++) {
        const struct okr_gauge *part = &parts->gauges[i];
        gauge->measured |= part->measured;
        if (part->confidence >= 0) {
            sum += part->confidence;
            n++;
        }
        if (!part->has_check_in)
            continue;
        if (!gauge->has_check_in || part->last_check_in > gauge->last_check_in)
            gauge->last_check_in = part->last_check_in;
        gauge->has_check_in = true;
    }
    gauge->confidence = n == 0 ? -1 : (2 * sum + n) / (2 * n);
}

static enum okr_err worst_of(struct okr_session *s, const struct parts *parts,
                             enum okr_status *ret_status)
{
    enum okr_status *all =
        okr_arena_array(s->space.arena, parts->n, sizeof *all);
    if (all == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < parts->n; i++)
        all[i] = parts->gauges[i].status;
    *ret_status = okr_status_worst(all, parts->n);
    return OKR_OK;
}

static enum okr_err measure_objective(struct okr_session *s,
                                      struct okr_node *node, int depth)
{
    struct okr_gauge *gauge = &node->gauge;
    const struct okr_ids *ids;
    struct parts parts;
    struct okr_period period;
    OKR_TRY(okr_session_period(s, node->record, &period));
    OKR_TRY(okr_session_key_results(s, node, &ids));
    if (ids->n > 0)
        OKR_TRY(add_parts(s, ids, depth, &parts));
    else
        OKR_TRY(contributors_of(s, &node->id, depth, &parts));
    gauge->raw = gauge->p = okr_progress_rollup(parts.at, parts.n);
    feel_of_parts(&parts, gauge);
    expect_of_parts(&parts, gauge);
    if (!gauge->has_expected && period.known) {
        gauge->has_expected = true;
        gauge->expected = okr_expected(period.start, period.end, s->today);
    }
    bool over = is_over(node->record);
    if (over || (s->mean_status && parts.n > 0))
        gauge->status = status_of(s, gauge, over, &period);
    else
        OKR_TRY(worst_of(s, &parts, &gauge->status));
    return OKR_OK;
}

static enum okr_err measure(struct okr_session *s, struct okr_node *node,
                            int depth)
{
    OKR_ASSERT(node->record != NULL && !node->measuring);
    if (node->has_gauge)
        return OKR_OK;
    node->measuring = true;
    node->gauge = (struct okr_gauge){.confidence = -1};
    if (node->record->kind == OKR_KIND_KEY_RESULT)
        OKR_TRY(measure_kr(s, node, depth));
    else
        OKR_TRY(measure_objective(s, node, depth));
    node->measuring = false;
    node->has_gauge = true;
    return OKR_OK;
}

enum okr_err okr_gauge_of(struct okr_session *s, struct okr_node *node,
                          const struct okr_gauge **ret_gauge)
{
    OKR_ASSERT(node->record != NULL);
    OKR_ASSERT(node->record->kind == OKR_KIND_KEY_RESULT ||
               node->record->kind == OKR_KIND_OBJECTIVE);
    OKR_TRY(measure(s, node, 0));
    *ret_gauge = &node->gauge;
    return OKR_OK;
}
