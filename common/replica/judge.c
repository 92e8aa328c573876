/* Judging: who speaks, through whom, about what, and by which form. */
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/dates.h"
#include "common/replica/home.h"
#include "common/replica/judge_impl.h"
#include "common/replica/standing.h"
#include "common/rules/permit.h"
#include "common/rules/validate.h"

bool okr_judging_on(const struct okr_judging *j)
{
    return okr_verdict_is_in(&j->decision->verdict);
}

void okr_judging_refuse(struct okr_judging *j, enum okr_rule rule,
                        uint16_t field, const struct okr_id *about)
{
    OKR_ASSERT(rule != OKR_RULE_NONE);
    if (!okr_judging_on(j))
        return; /* the first rule broken is the one that is told */
    j->decision->verdict = about == NULL
                               ? okr_verdict_reject(rule, field)
                               : okr_verdict_reject_about(rule, field, about);
}

enum okr_err okr_judging_missing(struct okr_judging *j, const struct okr_id *id)
{
    okr_lsn refused_at = 0;
    if (j->ground->server)
        OKR_TRY(okr_entity_gone(&j->draft->space, id, &refused_at));
    if (refused_at != 0) {
        okr_judging_refuse(j, OKR_RULE_UNKNOWN_ENTITY, 0, id);
        return OKR_OK;
    }
    if (!okr_judging_on(j))
        return OKR_OK;
    j->decision->verdict = (struct okr_verdict){
        .outcome =
            j->ground->server ? OKR_OUTCOME_PARKED : OKR_OUTCOME_UNKNOWN_HERE,
        .about = *id,
    };
    j->decision->waits_for = *id;
    return OKR_OK;
}

enum okr_err okr_judging_load(struct okr_judging *j, const struct okr_id *id,
                              struct okr_record **ret_record)
{
    enum okr_err err = okr_draft_get(j->draft, id, ret_record);
    if (err != OKR_ERR_NOTFOUND)
        return err;
    *ret_record = NULL;
    return okr_judging_missing(j, id);
}

uint32_t okr_judging_workflow(const struct okr_judging *j)
{
    if (j->policy == NULL)
        return OKR_V_WORKFLOW_LIGHT;
    return okr_record_enum(j->policy, OKR_F_WORKFLOW, OKR_V_WORKFLOW_LIGHT);
}

okr_day okr_judging_today(const struct okr_judging *j)
{
    int64_t offset = 0;
    if (j->policy != NULL)
        offset = okr_record_int(j->policy, OKR_F_UTC_OFFSET_MIN, 0);
    return okr_day_at(j->ground->now, (int)offset);
}

static enum okr_err load_policy(struct okr_judging *j)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_kind(&j->draft->space, OKR_KIND_POLICY, &ids));
    if (ids.n == 0)
        return OKR_OK;
    return okr_draft_get(j->draft, &ids.at[0], &j->policy);
}

static enum okr_err check_person(struct okr_judging *j)
{
    OKR_TRY(okr_judging_load(j, &j->op->person, &j->person));
    if (j->person == NULL)
        return OKR_OK;
    if (j->person->kind != OKR_KIND_PERSON) {
        okr_judging_refuse(j, OKR_RULE_UNKNOWN_PERSON, 0, &j->op->person);
        return OKR_OK;
    }
    int64_t left = okr_record_int(j->person, OKR_F_LEFT, INT64_MAX);
    if (left <= okr_judging_today(j))
        okr_judging_refuse(j, OKR_RULE_LEFT, 0, &j->op->person);
    return OKR_OK;
}

/* A site vouches only for the persons under its units, and only in small
 * things for who has a key of his own. */
static enum okr_err check_attested(struct okr_judging *j)
{
    if (j->op->is_signed || j->person == NULL)
        return OKR_OK;
    struct okr_record *site;
    OKR_TRY(okr_judging_load(j, &j->ground->site, &site));
    if (site == NULL)
        return OKR_OK;
    struct okr_id units[OKR_SET_MAX], unit;
    size_t n = 0, at = 0;
    const struct okr_reg *reg;
    while ((reg = okr_record_next(site, OKR_F_SITE_UNITS, &at)) != NULL)
        if (reg->form == OKR_REG_PRESENT && n < OKR_SET_MAX &&
            okr_id_from(reg->data, &units[n]) == OKR_OK)
            n++;
    bool under = false, has_key;
    if (okr_record_id(j->person, OKR_F_PERSON_UNIT, &unit)) {
        enum okr_err err =
            okr_standing_under(j->draft, &unit, units, n, &under);
        if (err == OKR_ERR_NOTFOUND)
            return okr_judging_missing(j, &unit);
        OKR_TRY(err);
    }
    if (!under)
        okr_judging_refuse(j, OKR_RULE_NOT_THIS_SITE, 0, &j->op->person);
    OKR_TRY(okr_standing_has_key(j->draft, &j->op->person, &has_key));
    if (has_key && !okr_permit_attested(j->payload->verb, j->payload->kind,
                                        j->ground->by_server))
        okr_judging_refuse(j, OKR_RULE_NEEDS_KEY, 0, &j->op->person);
    return OKR_OK;
}

/* The entity that it is about: there if it changes one, not there yet if it
 * makes one. */
static enum okr_err check_target(struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    if (j->verb->makes) {
        struct okr_record *there;
        enum okr_err err = okr_draft_get(j->draft, &p->entity, &there);
        if (err == OKR_OK)
            okr_judging_refuse(j, OKR_RULE_DUPLICATE, 0, &p->entity);
        return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
    }
    OKR_TRY(okr_judging_load(j, &p->entity, &j->target));
    if (j->target != NULL && j->target->kind != p->kind)
        okr_judging_refuse(j, OKR_RULE_WRONG_KIND, 0, &p->entity);
    return OKR_OK;
}

/* What belongs to importing, for whoever may import: the rows, their results,
 * and the cycle and persons that a file leaves out.  Never roles. */
static bool is_imported(const struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    bool row = p->kind == OKR_KIND_OBJECTIVE ||
               p->kind == OKR_KIND_KEY_RESULT || p->kind == OKR_KIND_TASK;
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->kind == OKR_KIND_PERSON && p->changes[i].field == OKR_F_ROLES)
            return false;
    if (p->verb == OKR_VERB_ADD)
        return j->import &&
               (row || p->kind == OKR_KIND_CYCLE || p->kind == OKR_KIND_PERSON);
    return j->import &&
           (p->verb == OKR_VERB_CHECKIN || (p->verb == OKR_VERB_SET && row));
}

/* As the tables say; where a gate says otherwise, as the gate does.  An
 * assessment says by itself who is to give it. */
static unsigned wanted_of(const struct okr_judging *j,
                          const struct okr_record *record)
{
    const struct okr_payload *p = j->payload;
    const struct okr_gate_info *gate = okr_gate_info(p->verb, p->kind);
    bool formal = okr_judging_workflow(j) == OKR_V_WORKFLOW_FORMAL;
    uint32_t kind = p->kind == OKR_KIND_ASSESSMENT
                        ? okr_record_enum(record, OKR_F_AS_KIND, 0)
                        : 0;
    if (p->verb == OKR_VERB_ADD && kind == OKR_V_ASSESSMENT_KIND_SELF)
        return OKR_WHO_OWNER;
    if (p->verb == OKR_VERB_ADD && kind == OKR_V_ASSESSMENT_KIND_LEAD)
        return OKR_WHO_LEAD;
    if (gate != NULL && gate->who != 0 && (formal || p->kind == OKR_KIND_CYCLE))
        return gate->who;
    unsigned wanted = okr_permit_wanted(p->verb, p->kind);
    if (j->carry)
        wanted |= okr_permit_wanted(OKR_VERB_CARRY, OKR_KIND_OBJECTIVE);
    return wanted;
}

static enum okr_err check_permit(struct okr_judging *j)
{
    if (j->ground->authority)
        return OKR_OK;
    struct okr_record *record;
    OKR_TRY(okr_draft_get(j->draft, &j->payload->entity, &record));
    unsigned holds;
    enum okr_err err = okr_standing(j->draft, j->person, record, &holds);
    if (err == OKR_ERR_NOTFOUND) {
        struct okr_id none = {{0}};
        return okr_judging_missing(j, &none);
    }
    OKR_TRY(err);
    unsigned wanted = wanted_of(j, record);
    if (is_imported(j)) /* asked anew: who began it may be nobody by now */
        wanted |= okr_permit_wanted(OKR_VERB_ADD, OKR_KIND_BATCH);
    if (!okr_permit(wanted, holds))
        okr_judging_refuse(j, OKR_RULE_NOT_PERMITTED, 0, &j->op->person);
    return OKR_OK;
}

/* What belongs to a batch may do what imports may only if that batch is an
 * import, and the author's own: who may begin one has been judged. */
static enum okr_err check_batch(struct okr_judging *j)
{
    struct okr_record *batch;
    struct okr_id author;
    if (okr_id_is_zero(&j->payload->batch))
        return OKR_OK;
    OKR_TRY(okr_judging_load(j, &j->payload->batch, &batch));
    if (batch == NULL)
        return OKR_OK;
    if (batch->kind != OKR_KIND_BATCH ||
        !okr_record_id(batch, OKR_F_AUTHOR, &author) ||
        !okr_id_eq(&author, &j->op->person)) {
        okr_judging_refuse(j, OKR_RULE_NOT_PERMITTED, OKR_F_BATCH, &batch->id);
        return OKR_OK;
    }
    uint32_t kind = okr_record_enum(batch, OKR_F_BATCH_KIND, 0);
    bool adds = j->payload->verb == OKR_VERB_ADD &&
                (j->payload->kind == OKR_KIND_OBJECTIVE ||
                 j->payload->kind == OKR_KIND_KEY_RESULT);
    j->import = kind == OKR_V_BATCH_KIND_IMPORT;
    j->carry = kind == OKR_V_BATCH_KIND_CARRY_OVER && adds;
    return OKR_OK;
}

static enum okr_err by_form(struct okr_judging *j)
{
    switch (j->verb->form) {
    case OKR_FORM_CREATE:
        return okr_judge_create(j);
    case OKR_FORM_CHANGE:
        return okr_judge_change(j);
    case OKR_FORM_MOVE_STATE:
        return okr_judge_move_state(j);
    case OKR_FORM_CHECKIN:
        return okr_judge_checkin(j);
    case OKR_FORM_RESOLVE:
        return okr_judge_resolve(j);
    case OKR_FORM_KEYS:
        return okr_judge_keys(j);
    case OKR_FORM_ADOPT:
        return okr_judge_adopt(j);
    }
    OKR_UNREACHABLE();
}

static enum okr_err check_after(struct okr_judging *j)
{
    for (size_t i = 0; i < j->draft->n && okr_judging_on(j); i++) {
        const struct okr_record *now = j->draft->entries[i].now;
        struct okr_verdict v = okr_validate_sense(now);
        if (!okr_verdict_is_in(&v))
            okr_judging_refuse(j, v.rule, v.field, &now->id);
    }
    if (okr_judging_on(j))
        OKR_TRY(okr_judge_structure(j));
    if (!okr_judging_on(j))
        return OKR_OK;
    enum okr_err err = okr_home_settle(j->draft);
    if (err == OKR_ERR_LIMIT) {
        okr_judging_refuse(j, OKR_RULE_TOO_LARGE, 0, &j->payload->entity);
        return OKR_OK;
    }
    if (err == OKR_ERR_NOTFOUND) /* a site that lacks what is above */
        return okr_judging_missing(j, &j->payload->entity);
    return err;
}

/* May it be made, by whom, and now? */
static enum okr_err check_made(struct okr_judging *j)
{
    struct okr_record *made;
    OKR_TRY(check_permit(j));
    if (!okr_judging_on(j))
        return OKR_OK;
    OKR_TRY(okr_draft_get(j->draft, &j->payload->entity, &made));
    return okr_judge_gate(j, made);
}

static enum okr_err judge_payload(struct okr_judging *j)
{
    struct okr_verdict shape = okr_validate_shape(j->payload);
    if (!okr_verdict_is_in(&shape)) {
        j->decision->verdict = shape;
        return OKR_OK;
    }
    j->verb = okr_verb_info(j->payload->verb);
    OKR_ASSERT(j->verb != NULL);
    OKR_TRY(load_policy(j));
    if (!j->ground->authority) {
        OKR_TRY(check_person(j));
        if (okr_judging_on(j))
            OKR_TRY(check_attested(j));
    }
    /* What is adopted was judged where it came from; its references may name
     * what comes behind it, or the site of another server. */
    if (okr_judging_on(j) && j->verb->form == OKR_FORM_ADOPT)
        OKR_TRY(by_form(j));
    if (okr_judging_on(j) && j->verb->form == OKR_FORM_ADOPT)
        return check_after(j);
    if (okr_judging_on(j))
        OKR_TRY(check_target(j));
    if (okr_judging_on(j))
        OKR_TRY(check_batch(j));
    if (okr_judging_on(j))
        OKR_TRY(okr_judge_references(j));
    /* Who changes something must be allowed to before he learns more of it;
     * what is being made has to be drafted first to be asked about. */
    if (okr_judging_on(j) && !j->verb->makes)
        OKR_TRY(check_permit(j));
    if (okr_judging_on(j) && !j->verb->makes)
        OKR_TRY(okr_judge_gate(j, j->target));
    if (okr_judging_on(j))
        OKR_TRY(by_form(j));
    if (okr_judging_on(j) && j->verb->makes)
        OKR_TRY(check_made(j));
    if (okr_judging_on(j))
        OKR_TRY(check_after(j));
    return OKR_OK;
}

enum okr_err okr_judge(const struct okr_ground *ground, const struct okr_op *op,
                       struct okr_decision *ret_decision)
{
    OKR_ASSERT(ground->space.txn != NULL && ground->space.arena != NULL);
    struct okr_decision decision = {.verdict = okr_verdict_ok()};
    struct okr_judging j = {
        .ground = ground,
        .op = op,
        .draft = &decision.draft,
        .decision = &decision,
    };
    OKR_TRY(okr_draft_init(&decision.draft, &ground->space));
    enum okr_err err =
        okr_payload_decode(op->payload, ground->space.arena, &decision.payload);
    if (err == OKR_ERR_NOMEM)
        return err;
    if (err != OKR_OK || decision.payload->verb != op->verb) {
        decision.payload = NULL;
        decision.verdict = okr_verdict_reject(OKR_RULE_MALFORMED, 0);
    } else {
        j.payload = decision.payload;
        OKR_TRY(judge_payload(&j));
    }
    if (!okr_verdict_is_in(&decision.verdict))
        OKR_TRY(okr_draft_init(&decision.draft, &ground->space));
    *ret_decision = decision;
    return OKR_OK;
}
