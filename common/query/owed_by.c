/* By whom something is owed, and since when. */
#include "common/base/assert.h"
#include "common/model/dates.h"
#include "common/query/owed.h"
#include "common/replica/standing.h"

/* ---- leads --------------------------------------------------------------- */

static enum okr_err present(struct okr_session *s, const struct okr_id *person,
                            bool *ret_present)
{
    struct okr_node *node;
    OKR_TRY(okr_session_node(s, person, &node));
    *ret_present = node->record == NULL || !okr_session_gone(s, node->record);
    return OKR_OK;
}

/* The lead of the unit, or of the next one above that has one who is here and
 * is not `beside`; zero: there is none. */
static enum okr_err lead_of(struct okr_session *s, struct okr_node *unit,
                            const struct okr_id *beside,
                            struct okr_id *ret_person)
{
    *ret_person = (struct okr_id){{0}};
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        struct okr_id lead;
        bool is_here = false;
        if (unit == NULL || unit->record == NULL)
            return OKR_OK;
        if (okr_record_id(unit->record, OKR_F_LEAD, &lead) &&
            !okr_id_eq(&lead, beside))
            OKR_TRY(present(s, &lead, &is_here));
        if (is_here) {
            *ret_person = lead;
            return OKR_OK;
        }
        OKR_TRY(okr_session_follow(s, unit->record, OKR_F_UNIT_PARENT, &unit));
    }
    return OKR_OK;
}

/* What is the company's is confirmed by management. */
static enum okr_err management(struct okr_session *s,
                               const struct okr_id *beside,
                               struct okr_id *ret_person)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_kind(&s->space, OKR_KIND_PERSON, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_node *node;
        OKR_TRY(okr_session_node(s, &ids.at[i], &node));
        if (node->record == NULL || okr_id_eq(&node->id, beside) ||
            okr_session_gone(s, node->record) ||
            !okr_standing_role(node->record, OKR_V_ROLE_MANAGEMENT))
            continue;
        *ret_person = node->id;
        return OKR_OK;
    }
    return OKR_OK;
}

/* ---- whose it is --------------------------------------------------------- */

static struct okr_id owner_of(const struct okr_record *record)
{
    struct okr_id id = {{0}};
    uint16_t field = okr_field_named(record->kind, "owner");
    if (field != 0)
        (void)okr_record_id(record, field, &id);
    return id;
}

/* The unit in which it stands: its own, or its objective's. */
static enum okr_err unit_of(struct okr_session *s, const struct okr_record *r,
                            struct okr_node **ret_unit)
{
    struct okr_node *objective;
    *ret_unit = NULL;
    if (r->kind == OKR_KIND_UNIT)
        return okr_session_node(s, &r->id, ret_unit);
    if (r->kind == OKR_KIND_OBJECTIVE)
        return okr_session_follow(s, r, OKR_F_O_UNIT, ret_unit);
    OKR_TRY(okr_session_objective(s, r, &objective));
    return objective == NULL ? OKR_OK
                             : okr_session_follow(s, objective->record,
                                                  OKR_F_O_UNIT, ret_unit);
}

static enum okr_err helper_of(struct okr_session *s, struct okr_node *unit,
                              const struct okr_id *owner,
                              struct okr_id *ret_person)
{
    OKR_TRY(lead_of(s, unit, owner, ret_person));
    if (okr_id_is_zero(ret_person))
        *ret_person = *owner; /* nobody is above him */
    return OKR_OK;
}

static enum okr_err above_of(struct okr_session *s, const struct okr_record *r,
                             struct okr_node *unit, struct okr_id *ret_person)
{
    struct okr_node *objective;
    bool is_here = false;
    OKR_TRY(okr_session_objective(s, r, &objective));
    *ret_person =
        objective == NULL ? (struct okr_id){{0}} : owner_of(objective->record);
    if (!okr_id_is_zero(ret_person))
        OKR_TRY(present(s, ret_person, &is_here));
    const struct okr_id nobody = {{0}};
    return is_here ? OKR_OK : lead_of(s, unit, &nobody, ret_person);
}

static enum okr_err approver_of(struct okr_session *s, struct okr_node *unit,
                                const struct okr_id *owner,
                                struct okr_id *ret_person)
{
    struct okr_node *above = NULL;
    if (unit != NULL && unit->record != NULL)
        OKR_TRY(okr_session_follow(s, unit->record, OKR_F_UNIT_PARENT, &above));
    OKR_TRY(lead_of(s, above, owner, ret_person));
    return okr_id_is_zero(ret_person) ? management(s, owner, ret_person)
                                      : OKR_OK;
}

enum okr_err okr_owed_by(struct okr_session *s, const struct okr_node *node,
                         enum okr_alert alert, struct okr_id *ret_person)
{
    OKR_ASSERT(node->record != NULL);
    const struct okr_record *r = node->record;
    const struct okr_id owner = owner_of(r), nobody = {{0}};
    struct okr_node *unit;
    *ret_person = owner;
    OKR_TRY(unit_of(s, r, &unit));
    switch (okr_alert_info(alert)->who) {
    case OKR_DEBTOR_OWNER:
        return OKR_OK;
    case OKR_DEBTOR_HELPER:
        return helper_of(s, unit, &owner, ret_person);
    case OKR_DEBTOR_ABOVE:
        return above_of(s, r, unit, ret_person);
    case OKR_DEBTOR_APPROVER:
        return approver_of(s, unit, &owner, ret_person);
    case OKR_DEBTOR_LEAD:
        return lead_of(s, unit, &nobody, ret_person);
    }
    OKR_UNREACHABLE();
}

/* ---- since when ---------------------------------------------------------- */

static enum okr_err check_in_since(struct okr_session *s, struct okr_node *node,
                                   enum okr_alert alert, bool *ret_known,
                                   okr_day *ret_day)
{
    const struct okr_gauge *gauge;
    struct okr_node *objective;
    struct okr_period period;
    OKR_TRY(okr_session_objective(s, node->record, &objective));
    if (objective == NULL)
        return OKR_OK;
    OKR_TRY(okr_session_period(s, objective->record, &period));
    OKR_TRY(okr_gauge_of(s, node, &gauge));
    *ret_known = period.known;
    if (alert == OKR_ALERT_LATE_CHECK_IN)
        *ret_day = period.end + 1;
    else if (gauge->has_check_in && gauge->last_check_in > period.start)
        *ret_day = gauge->last_check_in + s->thresholds.cadence_days;
    else
        *ret_day = period.start + s->thresholds.cadence_days;
    return OKR_OK;
}

static enum okr_err midterm_since(struct okr_session *s, bool *ret_known,
                                  okr_day *ret_day)
{
    struct okr_ids cycles;
    OKR_TRY(okr_index_kind(&s->space, OKR_KIND_CYCLE, &cycles));
    for (size_t i = 0; i < cycles.n && !*ret_known; i++) {
        struct okr_node *cycle;
        OKR_TRY(okr_session_node(s, &cycles.at[i], &cycle));
        *ret_known = cycle->record != NULL &&
                     okr_owed_midterm(s, cycle->record, ret_day);
    }
    return OKR_OK;
}

enum okr_err okr_owed_since(struct okr_session *s, struct okr_node *node,
                            enum okr_alert alert, bool *ret_known,
                            okr_day *ret_day)
{
    OKR_ASSERT(node->record != NULL);
    const unsigned check_ins = OKR_ALERT_BIT(OKR_ALERT_LATE_CHECK_IN) |
                               OKR_ALERT_BIT(OKR_ALERT_OUTDATED) |
                               OKR_ALERT_BIT(OKR_ALERT_CHECK_IN_DUE);
    *ret_known = false;
    if ((OKR_ALERT_BIT(alert) & check_ins) != 0)
        return check_in_since(s, node, alert, ret_known, ret_day);
    if (alert == OKR_ALERT_MIDTERM_DUE)
        return midterm_since(s, ret_known, ret_day);
    *ret_known = alert == OKR_ALERT_TASK_OVERDUE;
    if (*ret_known)
        *ret_day = (okr_day)okr_record_int(node->record, OKR_F_T_DUE, 0) + 1;
    return OKR_OK;
}
