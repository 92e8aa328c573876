/* Judging: is it the time for it?  Phases, the mid-term window, and what is
 * frozen since it was published or closed. */
#include "common/base/assert.h"
#include "common/model/value.h"
#include "common/replica/judge_impl.h"
#include "common/rules/gate.h"
#include "common/rules/publish.h"

/* What something belongs to; NULL where it belongs to none. */
struct place {
    struct okr_record *cycle, *objective;
};

/* What an objective, a proposal … is of, or the cycle itself. */
static enum okr_err load_cycle(struct okr_judging *j, struct okr_record *record,
                               struct place *ret)
{
    struct okr_id id;
    uint16_t field = okr_field_named(record->kind, "cycle");
    if (record->kind == OKR_KIND_OBJECTIVE)
        ret->objective = record;
    if (record->kind == OKR_KIND_CYCLE)
        ret->cycle = record;
    else if (okr_record_id(record, field, &id))
        OKR_TRY(okr_judging_load(j, &id, &ret->cycle));
    return OKR_OK;
}

/* Upwards from `id`, as it lives: a check-in's key result, its objective. */
static enum okr_err place_of(struct okr_judging *j, const struct okr_id *id,
                             struct place *ret)
{
    struct okr_id up = *id;
    *ret = (struct place){NULL, NULL};
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        struct okr_record *at;
        OKR_TRY(okr_judging_load(j, &up, &at));
        if (at == NULL)
            return OKR_OK;
        const struct okr_kind_info *kind = okr_kind_info(at->kind);
        if (kind == NULL)
            return OKR_OK;
        if (kind->home != OKR_HOME_PARENT)
            return load_cycle(j, at, ret);
        if (!okr_record_id(at, kind->home_field, &up))
            return OKR_OK;
    }
    return OKR_OK;
}

static uint32_t state_of(const struct okr_record *objective)
{
    return okr_record_enum(objective, OKR_F_O_STATE,
                           OKR_V_OBJECTIVE_STATE_PUBLISHED);
}

static okr_day day_of(const struct okr_record *cycle, uint16_t field)
{
    return (okr_day)okr_record_int(cycle, field, 0);
}

/* ---- phases -------------------------------------------------------------- */

static void check_phase(struct okr_judging *j, const struct okr_record *cycle)
{
    const struct okr_payload *p = j->payload;
    uint32_t phase = okr_record_enum(cycle, OKR_F_PHASE, OKR_V_PHASE_RUNNING);
    if (p->kind != OKR_KIND_CYCLE) /* which is moved from where it stands */
        phase =
            okr_phase_on(phase, day_of(cycle, OKR_F_CYCLE_START),
                         day_of(cycle, OKR_F_CYCLE_END), okr_judging_today(j));
    enum okr_rule rule = okr_gate(p->verb, p->kind, phase);
    bool late = p->verb == OKR_VERB_CHECKIN && phase == OKR_V_PHASE_CLOSED;
    if (rule != OKR_RULE_NONE)
        okr_judging_refuse(j, late ? OKR_RULE_LATE : rule, 0, &cycle->id);
}

/* ---- the mid-term window ------------------------------------------------- */

static bool is_exceptional(const struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    for (size_t i = 0; i < p->n_changes; i++) {
        bool yes;
        if (p->kind == OKR_KIND_KEY_RESULT &&
            p->changes[i].field == OKR_F_EXCEPTIONAL &&
            okr_value_as_bool(p->changes[i].data, &yes) && yes)
            return true;
    }
    return false;
}

/* Key results change at half time, or as an exception; everybody reads why. */
static void check_revision(struct okr_judging *j, const struct place *place)
{
    struct okr_limits limits = okr_limits_of(j->policy);
    okr_day today = okr_judging_today(j);
    struct okr_window window = {.from = today, .to = today};
    if (place->cycle != NULL)
        window = okr_midterm(day_of(place->cycle, OKR_F_CYCLE_START),
                             day_of(place->cycle, OKR_F_CYCLE_END),
                             limits.midterm_days);
    bool open = window.from <= today && today <= window.to;
    if (!open && !is_exceptional(j))
        okr_judging_refuse(j, OKR_RULE_WINDOW, OKR_F_EXCEPTIONAL,
                           &j->payload->entity);
    if (j->payload->reason.len == 0)
        okr_judging_refuse(j, OKR_RULE_NEEDS_REASON, 0, &j->payload->entity);
}

/* ---- what is frozen ------------------------------------------------------ */

/* A key result of a published objective that is made, put away, or revised. */
static bool is_revision(const struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    return p->kind == OKR_KIND_KEY_RESULT &&
           (p->verb == OKR_VERB_ADD || p->verb == OKR_VERB_REVISE ||
            p->verb == OKR_VERB_ARCHIVE || p->verb == OKR_VERB_RESTORE);
}

static void refuse_frozen(struct okr_judging *j, uint16_t field)
{
    okr_judging_refuse(j, OKR_RULE_FROZEN, field, &j->payload->entity);
}

static void check_published(struct okr_judging *j, const struct place *place)
{
    const struct okr_payload *p = j->payload;
    bool own = p->kind == OKR_KIND_OBJECTIVE || p->kind == OKR_KIND_KEY_RESULT;
    if (is_revision(j)) {
        check_revision(j, place);
        return;
    }
    if (!own || (p->verb != OKR_VERB_SET && p->verb != OKR_VERB_ARCHIVE))
        return;
    for (size_t i = 0; i < p->n_changes; i++)
        if (okr_frozen(p->kind, p->changes[i].field))
            refuse_frozen(j, p->changes[i].field);
}

/* Scores are final: nothing of it changes any more, in either workflow. */
static void check_closed(struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    bool own = p->kind == OKR_KIND_OBJECTIVE || p->kind == OKR_KIND_KEY_RESULT;
    bool changes = p->verb == OKR_VERB_SET || p->verb == OKR_VERB_SCORE ||
                   p->verb == OKR_VERB_REVISE || p->verb == OKR_VERB_ARCHIVE ||
                   (p->verb == OKR_VERB_ADD && p->kind == OKR_KIND_KEY_RESULT);
    if (own && changes)
        refuse_frozen(j, p->n_changes > 0 ? p->changes[0].field : 0);
}

/* A conflict of a field that is frozen by now ends with what stands. */
static enum okr_err check_conflict(struct okr_judging *j,
                                   const struct okr_record *conflict)
{
    struct okr_id id;
    struct okr_record *subject;
    struct place place;
    uint16_t field = (uint16_t)okr_record_int(conflict, OKR_F_CF_FIELD, 0);
    if (!okr_record_id(conflict, OKR_F_CF_SUBJECT, &id))
        return OKR_OK;
    OKR_TRY(okr_judging_load(j, &id, &subject));
    if (subject == NULL)
        return OKR_OK;
    OKR_TRY(place_of(j, &id, &place));
    if (place.objective == NULL || j->payload->n_changes == 0 ||
        j->payload->changes[0].field == OKR_F_THEIRS)
        return OKR_OK;
    uint32_t state = state_of(place.objective);
    bool formal = okr_judging_workflow(j) == OKR_V_WORKFLOW_FORMAL;
    if (okr_frozen(subject->kind, field) &&
        (state >= OKR_V_OBJECTIVE_STATE_CLOSED ||
         (formal && state == OKR_V_OBJECTIVE_STATE_PUBLISHED)))
        okr_judging_refuse(j, OKR_RULE_FROZEN, OKR_F_CF_FIELD, &id);
    return OKR_OK;
}

/* Only what one of the rules above looks at is walked up from. */
static bool is_bound(const struct okr_payload *p)
{
    bool own = p->kind == OKR_KIND_OBJECTIVE || p->kind == OKR_KIND_KEY_RESULT;
    return own || okr_gate_info(p->verb, p->kind) != NULL;
}

enum okr_err okr_judge_gate(struct okr_judging *j,
                            const struct okr_record *record)
{
    const struct okr_payload *p = j->payload;
    bool formal = okr_judging_workflow(j) == OKR_V_WORKFLOW_FORMAL;
    struct place place;
    if (j->import || j->ground->authority)
        return OKR_OK;
    if (p->verb == OKR_VERB_RESOLVE)
        return check_conflict(j, record);
    if (!is_bound(p))
        return OKR_OK;
    OKR_TRY(place_of(j, &record->id, &place));
    if (!okr_judging_on(j))
        return OKR_OK;
    uint32_t state = place.objective == NULL ? 0 : state_of(place.objective);
    if (state == OKR_V_OBJECTIVE_STATE_CLOSED ||
        (formal && state == OKR_V_OBJECTIVE_STATE_ABANDONED))
        check_closed(j);
    if (formal && place.cycle != NULL)
        check_phase(j, place.cycle);
    if (formal && state == OKR_V_OBJECTIVE_STATE_PUBLISHED)
        check_published(j, &place);
    return okr_judging_on(j) ? okr_judge_carry(j, record) : OKR_OK;
}
