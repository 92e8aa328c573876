/* The walk over what would be published. */
#include "common/replica/publish.h"

#include "common/base/assert.h"

struct okr_publishing okr_publishing_begin(const struct okr_draft *draft,
                                           const struct okr_record *policy,
                                           okr_day today)
{
    uint32_t workflow = policy == NULL ? OKR_V_WORKFLOW_LIGHT
                                       : okr_record_enum(policy, OKR_F_WORKFLOW,
                                                         OKR_V_WORKFLOW_LIGHT);
    return (struct okr_publishing){
        .draft = draft,
        .limits = okr_limits_of(policy),
        .today = today,
        .light = workflow == OKR_V_WORKFLOW_LIGHT,
    };
}

/* ---- what is found ------------------------------------------------------- */

static enum okr_err add(struct okr_publishing *p, enum okr_flaw flaw,
                        const struct okr_id *about, size_t count)
{
    if (p->strict && !okr_flaw_refuses(flaw))
        return OKR_OK;
    if (p->at == NULL) {
        p->at = okr_arena_array(p->draft->space.arena, OKR_OFFENCES_MAX,
                                sizeof *p->at);
        if (p->at == NULL)
            return OKR_ERR_NOMEM;
        p->cap = OKR_OFFENCES_MAX;
    }
    if (p->n == p->cap) {
        p->more++;
        return OKR_OK;
    }
    p->at[p->n++] = (struct okr_offence){
        .flaw = flaw, .about = *about, .count = (uint32_t)count};
    return OKR_OK;
}

size_t okr_publish_refusing(const struct okr_publishing *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += okr_flaw_refuses(p->at[i].flaw) ? 1 : 0;
    return n;
}

void okr_publish_refusals(struct okr_publishing *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (okr_flaw_refuses(p->at[i].flaw))
            p->at[n++] = p->at[i];
    p->n = n;
    if (p->more == 0)
        return;
    if (p->n == p->cap) {
        p->n--;
        p->more++;
    }
    p->at[p->n++] =
        (struct okr_offence){.flaw = OKR_FLAW_MORE, .count = p->more};
}

/* ---- looking things up --------------------------------------------------- */

/* NULL where it is not here: a site does not see everything. */
static enum okr_err look(struct okr_publishing *p, const struct okr_id *id,
                         struct okr_record **ret_record)
{
    enum okr_err err = okr_draft_get(p->draft, id, ret_record);
    if (err != OKR_ERR_NOTFOUND)
        return err;
    *ret_record = NULL;
    if (okr_id_is_zero(&p->absent))
        p->absent = *id;
    return OKR_OK;
}

static uint32_t state_of(const struct okr_record *objective)
{
    return okr_record_enum(objective, OKR_F_O_STATE,
                           OKR_V_OBJECTIVE_STATE_PUBLISHED);
}

bool okr_publish_goes(const struct okr_record *objective, bool light)
{
    uint32_t state = state_of(objective);
    if (okr_record_archived(objective))
        return false;
    return state == OKR_V_OBJECTIVE_STATE_APPROVED ||
           (light && state < OKR_V_OBJECTIVE_STATE_APPROVED);
}

static enum okr_err check_owner(struct okr_publishing *p,
                                const struct okr_record *record)
{
    struct okr_id id;
    struct okr_record *owner;
    uint16_t field = okr_field_named(record->kind, "owner");
    if (!okr_record_id(record, field, &id))
        return add(p, OKR_FLAW_OWNER, &record->id, 0);
    OKR_TRY(look(p, &id, &owner));
    if (owner == NULL)
        return OKR_OK;
    bool here = okr_record_int(owner, OKR_F_LEFT, INT64_MAX) > p->today &&
                !okr_record_archived(owner);
    return here ? OKR_OK : add(p, OKR_FLAW_OWNER, &record->id, 0);
}

/* ---- key results --------------------------------------------------------- */

static enum okr_err check_kr(struct okr_publishing *p,
                             const struct okr_record *kr,
                             const struct okr_record *cycle)
{
    okr_day start = (okr_day)okr_record_int(cycle, OKR_F_CYCLE_START, 0);
    okr_day end = (okr_day)okr_record_int(cycle, OKR_F_CYCLE_END, 0);
    unsigned flaws = okr_flaws_of_kr(kr, start, end);
    for (unsigned flaw = 1; flaw <= OKR_FLAW_MORE; flaw++)
        if ((flaws & (1U << flaw)) != 0)
            OKR_TRY(add(p, (enum okr_flaw)flaw, &kr->id, 0));
    return check_owner(p, kr);
}

static enum okr_err check_krs(struct okr_publishing *p,
                              const struct okr_record *objective,
                              const struct okr_record *cycle)
{
    struct okr_ids ids;
    struct okr_weights weights = {0};
    OKR_TRY(okr_index_children(&p->draft->space, &objective->id,
                               OKR_KIND_KEY_RESULT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *kr;
        OKR_TRY(look(p, &ids.at[i], &kr));
        if (kr == NULL || okr_record_archived(kr))
            continue;
        okr_weights_add(&weights, kr, OKR_F_KR_WEIGHT);
        OKR_TRY(check_kr(p, kr, cycle));
    }
    if ((int64_t)weights.n < p->limits.krs_min)
        OKR_TRY(add(p, OKR_FLAW_KRS_FEW, &objective->id, weights.n));
    if ((int64_t)weights.n > p->limits.krs_max)
        OKR_TRY(add(p, OKR_FLAW_KRS_MANY, &objective->id, weights.n));
    if (!okr_weights_good(&weights))
        OKR_TRY(add(p, OKR_FLAW_WEIGHTS, &objective->id, 0));
    return OKR_OK;
}

/* ---- what it contributes to ---------------------------------------------- */

static bool same_ref(const struct okr_record *a, const struct okr_record *b,
                     uint16_t field)
{
    struct okr_id one, other;
    return okr_record_id(a, field, &one) && okr_record_id(b, field, &other) &&
           okr_id_eq(&one, &other);
}

/* Upwards until the top, or until it comes back to itself. */
static enum okr_err check_circle(struct okr_publishing *p,
                                 const struct okr_record *objective)
{
    const struct okr_record *at = objective;
    for (int level = 0; level < 2 * OKR_DEPTH_MAX; level++) {
        struct okr_record *next;
        struct okr_id up;
        uint16_t field = at->kind == OKR_KIND_KEY_RESULT ? OKR_F_KR_OBJECTIVE
                                                         : OKR_F_CONTRIBUTES_TO;
        if (!okr_record_id(at, field, &up))
            return OKR_OK;
        if (okr_id_eq(&up, &objective->id))
            return add(p, OKR_FLAW_CIRCLE, &objective->id, 0);
        OKR_TRY(look(p, &up, &next));
        if (next == NULL)
            return OKR_OK;
        at = next;
    }
    return add(p, OKR_FLAW_CIRCLE, &objective->id, 0);
}

static enum okr_err check_above(struct okr_publishing *p,
                                const struct okr_record *objective,
                                const struct okr_record *above)
{
    struct okr_id id;
    struct okr_record *whole = NULL;
    if (above->kind == OKR_KIND_OBJECTIVE) {
        OKR_TRY(look(p, &above->id, &whole));
    } else if (okr_record_id(above, OKR_F_KR_OBJECTIVE, &id)) {
        OKR_TRY(look(p, &id, &whole));
    }
    if (whole == NULL)
        return OKR_OK;
    uint32_t state = state_of(whole);
    bool out = state == OKR_V_OBJECTIVE_STATE_PUBLISHED ||
               state == OKR_V_OBJECTIVE_STATE_CLOSED ||
               okr_publish_goes(whole, p->light);
    if (!out || okr_record_archived(above) || okr_record_archived(whole))
        OKR_TRY(add(p, OKR_FLAW_DANGLING, &objective->id, 0));
    if (same_ref(objective, whole, OKR_F_O_UNIT) &&
        same_ref(objective, whole, OKR_F_O_CYCLE))
        OKR_TRY(add(p, OKR_FLAW_NEIGHBOUR, &objective->id, 0));
    return check_circle(p, objective);
}

static enum okr_err check_contribution(struct okr_publishing *p,
                                       const struct okr_record *objective)
{
    struct okr_id id;
    struct okr_record *record;
    if (okr_record_id(objective, OKR_F_CONTRIBUTES_TO, &id)) {
        OKR_TRY(look(p, &id, &record));
        return record == NULL ? OKR_OK : check_above(p, objective, record);
    }
    if (!okr_record_id(objective, OKR_F_O_UNIT, &id))
        return OKR_OK;
    OKR_TRY(look(p, &id, &record));
    if (record == NULL || !okr_record_has(record, OKR_F_UNIT_PARENT))
        return OKR_OK; /* the company's own contribute to nothing */
    return add(p, OKR_FLAW_ORPHAN, &objective->id, 0);
}

/* ---- how many ------------------------------------------------------------ */

/* The owner's objectives in this cycle: those that are out, and if `going`
 * those that are about to; the first of the latter in `ret_first`. */
static enum okr_err count_owner(struct okr_publishing *p,
                                const struct okr_record *objective, bool going,
                                size_t *ret_n, struct okr_id *ret_first)
{
    struct okr_id owner;
    struct okr_ids ids;
    *ret_n = 0;
    *ret_first = objective->id;
    if (!okr_record_id(objective, OKR_F_O_OWNER, &owner))
        return OKR_OK;
    OKR_TRY(okr_index_find(&p->draft->space, OKR_KIND_OBJECTIVE, OKR_F_O_OWNER,
                           okr_id_slice(&owner), &ids));
    for (size_t i = ids.n; i-- > 0;) {
        struct okr_record *other;
        OKR_TRY(look(p, &ids.at[i], &other));
        if (other == NULL || okr_record_archived(other) ||
            !same_ref(objective, other, OKR_F_O_CYCLE))
            continue;
        bool goes = going && okr_publish_goes(other, p->light);
        bool self = okr_id_eq(&other->id, &objective->id);
        if (!goes && !self &&
            state_of(other) != OKR_V_OBJECTIVE_STATE_PUBLISHED)
            continue;
        (*ret_n)++;
        if (goes)
            *ret_first = other->id;
        if (!going && (int64_t)*ret_n > p->limits.objectives_max)
            return OKR_OK; /* too many; how many more takes too long */
    }
    return OKR_OK;
}

/* An owner who has too many is named once, by the first of them. */
static enum okr_err check_number(struct okr_publishing *p,
                                 const struct okr_record *objective, bool going)
{
    struct okr_id first, owner;
    size_t n;
    OKR_TRY(count_owner(p, objective, going, &n, &first));
    if ((int64_t)n <= p->limits.objectives_max ||
        !okr_id_eq(&first, &objective->id) ||
        !okr_record_id(objective, OKR_F_O_OWNER, &owner))
        return OKR_OK;
    return add(p, OKR_FLAW_OBJECTIVES, &owner, n);
}

static enum okr_err check_objective(struct okr_publishing *p,
                                    const struct okr_record *objective,
                                    const struct okr_record *cycle, bool going)
{
    OKR_TRY(check_number(p, objective, going));
    OKR_TRY(check_owner(p, objective));
    OKR_TRY(check_krs(p, objective, cycle));
    return check_contribution(p, objective);
}

enum okr_err okr_publish_objective(struct okr_publishing *p,
                                   const struct okr_record *objective)
{
    OKR_ASSERT(objective->kind == OKR_KIND_OBJECTIVE);
    struct okr_id id;
    struct okr_record *cycle;
    if (!okr_record_id(objective, OKR_F_O_CYCLE, &id))
        return OKR_ERR_CORRUPT; /* required */
    OKR_TRY(look(p, &id, &cycle));
    return cycle == NULL ? OKR_OK : check_objective(p, objective, cycle, false);
}

enum okr_err okr_publish_cycle(struct okr_publishing *p,
                               const struct okr_record *cycle)
{
    OKR_ASSERT(cycle->kind == OKR_KIND_CYCLE);
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&p->draft->space, OKR_KIND_OBJECTIVE, OKR_F_O_CYCLE,
                           okr_id_slice(&cycle->id), &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *objective;
        OKR_TRY(look(p, &ids.at[i], &objective));
        if (objective == NULL || okr_record_archived(objective))
            continue;
        bool open = state_of(objective) == OKR_V_OBJECTIVE_STATE_SUBMITTED;
        if (open && !p->light && !p->decided)
            OKR_TRY(add(p, OKR_FLAW_SUBMITTED, &objective->id, 0));
        if (okr_publish_goes(objective, p->light))
            OKR_TRY(check_objective(p, objective, cycle, true));
    }
    return OKR_OK;
}
