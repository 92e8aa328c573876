/* What is owed: facts from the store for the rules of common/rules/alert.h. */
#include "common/query/owed.h"

#include <stdlib.h>

#include "common/base/assert.h"
#include "common/model/dates.h"
#include "common/rules/calendar.h"

/* So long after its end a cycle is still asked about: later nobody can say any
 * more how it ended, and it is for the champion to close it. */
enum { LAPSED_DAYS = 28 };

/* ---- the last check-ins -------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct okr_point *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

static bool is_amended(const struct okr_ids *amended, const struct okr_id *id)
{
    for (size_t i = 0; i < amended->n; i++)
        if (okr_id_eq(&amended->at[i], id))
            return true;
    return false;
}

static struct okr_point point_of(const struct okr_record *check_in)
{
    struct okr_point point = {
        .confidence = (int)okr_record_int(check_in, OKR_F_CI_CONFIDENCE, -1),
        .at = okr_record_int(check_in, OKR_F_EFFECTIVE_AT,
                             okr_record_int(check_in, OKR_F_CI_OBSERVED_AT, 0)),
    };
    point.has_value = okr_record_dec(check_in, OKR_F_CI_VALUE, &point.value);
    return point;
}

/* Those that count, oldest first. */
static enum okr_err points_of(struct okr_session *s, const struct okr_id *kr,
                              struct okr_alert_facts *facts)
{
    struct okr_ids ids, amended = {.n = 0};
    OKR_TRY(okr_index_children(&s->space, kr, OKR_KIND_CHECK_IN, &ids));
    struct okr_record **records =
        okr_arena_array(s->space.arena, ids.n, sizeof *records);
    struct okr_point *points =
        okr_arena_array(s->space.arena, ids.n, sizeof *points);
    amended.at = okr_arena_array(s->space.arena, ids.n, sizeof *amended.at);
    if (records == NULL || points == NULL || amended.at == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&s->space, &ids.at[i], &records[i]));
        if (okr_record_id(records[i], OKR_F_AMENDS, &amended.at[amended.n]))
            amended.n++;
    }
    size_t n = 0;
    for (size_t i = 0; i < ids.n; i++)
        if (!okr_record_archived(records[i]) &&
            !is_amended(&amended, &ids.at[i]))
            points[n++] = point_of(records[i]);
    if (n > 0)
        qsort(points, n, sizeof *points, by_time);
    facts->points = points;
    facts->n_points = n;
    return OKR_OK;
}

/* ---- key results --------------------------------------------------------- */

static enum okr_err is_gone(struct okr_session *s,
                            const struct okr_record *record, uint16_t owner,
                            bool *ret_gone)
{
    struct okr_node *person;
    OKR_TRY(okr_session_follow(s, record, owner, &person));
    *ret_gone = person != NULL && person->record != NULL &&
                okr_session_gone(s, person->record);
    return OKR_OK;
}

static bool has_lapsed(const struct okr_session *s,
                       const struct okr_period *period)
{
    return period->closed ||
           (period->known && (int64_t)s->today > period->end + LAPSED_DAYS);
}

static enum okr_err facts_of(struct okr_session *s, struct okr_node *node,
                             struct okr_alert_facts *ret)
{
    const struct okr_gauge *gauge;
    struct okr_node *objective;
    struct okr_period period = {.known = false};
    bool published = false, gone;
    OKR_TRY(okr_session_objective(s, node->record, &objective));
    if (objective != NULL) {
        OKR_TRY(okr_session_period(s, objective->record, &period));
        published = okr_session_state(objective->record) ==
                        OKR_V_OBJECTIVE_STATE_PUBLISHED &&
                    !okr_record_archived(objective->record);
    }
    OKR_TRY(is_gone(s, node->record, OKR_F_KR_OWNER, &gone));
    OKR_TRY(okr_gauge_of(s, node, &gauge));
    *ret = (struct okr_alert_facts){
        .published = published,
        .closed = has_lapsed(s, &period),
        .owner_gone = gone,
        .blocked = okr_record_bool(node->record, OKR_F_KR_BLOCKED),
        .measured = gauge->measured,
        .has_expected = gauge->has_expected,
        .p = gauge->p,
        .expected = gauge->expected,
        .status = gauge->status,
        .has_check_in = gauge->has_check_in,
        .last_check_in = gauge->last_check_in,
        .has_period = period.known,
        .start = period.start,
        .end = period.end,
        .today = s->today,
    };
    return OKR_OK;
}

static enum okr_err bits_of_key_result(struct okr_session *s,
                                       struct okr_node *node,
                                       unsigned *ret_bits)
{
    struct okr_alert_facts facts;
    OKR_TRY(facts_of(s, node, &facts));
    bool asked = facts.published && !facts.closed && facts.has_check_in;
    if (asked)
        OKR_TRY(points_of(s, &node->id, &facts));
    *ret_bits = okr_alerts_of(&facts, &s->thresholds);
    return OKR_OK;
}

/* ---- objectives, tasks, units -------------------------------------------- */

static enum okr_err is_root_unit(struct okr_session *s,
                                 const struct okr_record *objective,
                                 bool *ret_root)
{
    struct okr_node *unit;
    OKR_TRY(okr_session_follow(s, objective, OKR_F_O_UNIT, &unit));
    *ret_root = unit == NULL || unit->record == NULL ||
                !okr_record_has(unit->record, OKR_F_UNIT_PARENT);
    return OKR_OK;
}

static enum okr_err bits_of_objective(struct okr_session *s,
                                      const struct okr_record *objective,
                                      unsigned *ret_bits)
{
    struct okr_period period;
    bool root;
    uint32_t state = okr_session_state(objective);
    OKR_TRY(okr_session_period(s, objective, &period));
    OKR_TRY(is_root_unit(s, objective, &root));
    if (has_lapsed(s, &period))
        return OKR_OK;
    if (state == OKR_V_OBJECTIVE_STATE_SUBMITTED)
        *ret_bits |= OKR_ALERT_BIT(OKR_ALERT_UNCONFIRMED);
    if (state == OKR_V_OBJECTIVE_STATE_PUBLISHED && !root &&
        !okr_record_has(objective, OKR_F_CONTRIBUTES_TO))
        *ret_bits |= OKR_ALERT_BIT(OKR_ALERT_ORPHAN);
    return OKR_OK;
}

static void bits_of_task(const struct okr_session *s,
                         const struct okr_record *task, unsigned *ret_bits)
{
    uint32_t state =
        okr_record_enum(task, OKR_F_T_STATE, OKR_V_TASK_STATE_OPEN);
    okr_day due = (okr_day)okr_record_int(task, OKR_F_T_DUE, 0);
    bool open =
        state == OKR_V_TASK_STATE_OPEN || state == OKR_V_TASK_STATE_DOING;
    if (open &&
        okr_alert_overdue(okr_record_has(task, OKR_F_T_DUE), due, s->today))
        *ret_bits = OKR_ALERT_BIT(OKR_ALERT_TASK_OVERDUE);
}

bool okr_owed_midterm(const struct okr_session *s,
                      const struct okr_record *cycle, okr_day *ret_first)
{
    struct okr_period period = okr_period_of(cycle);
    const struct okr_rhythm rhythm = {
        period.start, period.end, s->thresholds.cadence_days, s->midterm_days};
    struct okr_event event;
    if (!period.known || period.closed || okr_record_archived(cycle) ||
        !okr_event_of(&rhythm, OKR_EVENT_MIDTERM, &event) ||
        s->today < event.first || s->today > event.last)
        return false;
    *ret_first = event.first;
    return true;
}

static enum okr_err has_objective(struct okr_session *s,
                                  const struct okr_id *unit,
                                  const struct okr_id *cycle, bool *ret_has)
{
    struct okr_ids ids;
    *ret_has = false;
    OKR_TRY(okr_index_children(&s->space, unit, OKR_KIND_OBJECTIVE, &ids));
    for (size_t i = 0; i < ids.n && !*ret_has; i++) {
        struct okr_node *node;
        struct okr_id of;
        OKR_TRY(okr_session_node(s, &ids.at[i], &node));
        *ret_has = node->record != NULL && !okr_record_archived(node->record) &&
                   okr_session_state(node->record) ==
                       OKR_V_OBJECTIVE_STATE_PUBLISHED &&
                   okr_record_id(node->record, OKR_F_O_CYCLE, &of) &&
                   okr_id_eq(&of, cycle);
    }
    return OKR_OK;
}

static enum okr_err has_midterm(struct okr_session *s,
                                const struct okr_id *unit,
                                const struct okr_id *cycle, bool *ret_has)
{
    struct okr_ids ids;
    *ret_has = false;
    OKR_TRY(okr_index_children(&s->space, unit, OKR_KIND_REVIEW, &ids));
    for (size_t i = 0; i < ids.n && !*ret_has; i++) {
        struct okr_record *review;
        struct okr_id of;
        OKR_TRY(okr_entity_get(&s->space, &ids.at[i], &review));
        *ret_has = !okr_record_archived(review) &&
                   okr_record_enum(review, OKR_F_RV_KIND, 0) ==
                       OKR_V_REVIEW_KIND_MIDTERM &&
                   okr_record_id(review, OKR_F_RV_CYCLE, &of) &&
                   okr_id_eq(&of, cycle);
    }
    return OKR_OK;
}

/* Where the unit's reviews are not kept, nobody can say that one is missing. */
static enum okr_err bits_of_unit(struct okr_session *s,
                                 const struct okr_node *unit,
                                 unsigned *ret_bits)
{
    struct okr_ids cycles;
    okr_day first;
    bool detail, concerns, held;
    if (okr_record_archived(unit->record))
        return OKR_OK;
    OKR_TRY(okr_session_unit_detail(s, unit->record, &detail));
    OKR_TRY(okr_index_kind(&s->space, OKR_KIND_CYCLE, &cycles));
    for (size_t i = 0; detail && i < cycles.n; i++) {
        struct okr_node *cycle;
        OKR_TRY(okr_session_node(s, &cycles.at[i], &cycle));
        if (cycle->record == NULL ||
            !okr_owed_midterm(s, cycle->record, &first))
            continue;
        OKR_TRY(has_objective(s, &unit->id, &cycle->id, &concerns));
        OKR_TRY(has_midterm(s, &unit->id, &cycle->id, &held));
        if (concerns && !held)
            *ret_bits = OKR_ALERT_BIT(OKR_ALERT_MIDTERM_DUE);
    }
    return OKR_OK;
}

enum okr_err okr_owed_bits(struct okr_session *s, struct okr_node *node,
                           unsigned *ret_bits)
{
    OKR_ASSERT(node->record != NULL);
    *ret_bits = 0;
    switch (node->record->kind) {
    case OKR_KIND_KEY_RESULT:
        return bits_of_key_result(s, node, ret_bits);
    case OKR_KIND_OBJECTIVE:
        return bits_of_objective(s, node->record, ret_bits);
    case OKR_KIND_TASK:
        bits_of_task(s, node->record, ret_bits);
        return OKR_OK;
    case OKR_KIND_UNIT:
        return bits_of_unit(s, node, ret_bits);
    default:
        return OKR_OK;
    }
}

void okr_owed_emit(struct okr_session *s, unsigned bits)
{
    okr_json_open_array(s->out);
    for (int i = 0; i < OKR_ALERTS; i++)
        if ((bits & OKR_ALERT_BIT(i)) != 0)
            okr_json_cstr(s->out, okr_alert_info((enum okr_alert)i)->word);
    okr_json_close_array(s->out);
}

enum okr_err okr_owed_conflicts(struct okr_session *s, const struct okr_id *id,
                                uint64_t *ret_n)
{
    struct okr_ids ids;
    uint64_t n = 0;
    OKR_TRY(okr_index_children(&s->space, id, OKR_KIND_CONFLICT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *conflict;
        OKR_TRY(okr_entity_get(&s->space, &ids.at[i], &conflict));
        if (okr_record_enum(conflict, OKR_F_CF_STATE,
                            OKR_V_CONFLICT_STATE_OPEN) ==
            OKR_V_CONFLICT_STATE_OPEN)
            n++;
    }
    *ret_n = n;
    return OKR_OK;
}
