/* Judging: moves of state, and the end of a conflict. */
#include "common/base/assert.h"
#include "common/model/value.h"
#include "common/replica/judge_impl.h"
#include "common/rules/merge.h"
#include "common/rules/transition.h"

enum okr_err okr_judge_depends(struct okr_judging *j,
                               const struct okr_record *record)
{
    size_t at = 0;
    const struct okr_reg *reg;
    while ((reg = okr_record_next(record, OKR_F_DEPENDS_ON, &at)) != NULL) {
        struct okr_id id;
        struct okr_record *task;
        if (reg->form != OKR_REG_PRESENT || !okr_value_as_id(reg->data, &id))
            continue;
        OKR_TRY(okr_judging_load(j, &id, &task));
        if (task == NULL)
            return OKR_OK;
        uint32_t state = okr_record_enum(task, OKR_F_T_STATE, 0);
        if (state != OKR_V_TASK_STATE_DONE && !okr_record_archived(task))
            okr_judging_refuse(j, OKR_RULE_BLOCKED, OKR_F_DEPENDS_ON, &id);
    }
    return OKR_OK;
}

/* Nobody approves what is his own, unless the policy lets him. */
static void check_own(struct okr_judging *j)
{
    struct okr_id owner;
    if (j->policy != NULL && okr_record_bool(j->policy, OKR_F_SELF_APPROVE))
        return;
    if (okr_record_id(j->target, OKR_F_O_OWNER, &owner) &&
        okr_id_eq(&owner, &j->op->person))
        okr_judging_refuse(j, OKR_RULE_OWN, OKR_F_O_OWNER, &j->target->id);
}

/* The arrow is there: what else the new state asks for, and brings about. */
static enum okr_err enter_state(struct okr_judging *j, uint16_t field,
                                uint32_t to)
{
    const struct okr_payload *p = j->payload;
    struct okr_reg now = {
        .field = field, .form = OKR_REG_VALUE, .data = p->changes[0].data};
    if (p->kind == OKR_KIND_TASK && to == OKR_V_TASK_STATE_DONE)
        OKR_TRY(okr_judge_depends(j, j->target));
    if (p->verb == OKR_VERB_APPROVE)
        check_own(j);
    if (p->verb == OKR_VERB_PUBLISH && okr_judging_on(j))
        OKR_TRY(okr_judge_publish(j));
    if (!okr_judging_on(j))
        return OKR_OK;
    OKR_TRY(okr_draft_write(j->draft, &p->entity, &now, 1));
    return p->kind == OKR_KIND_OBJECTIVE && p->verb == OKR_VERB_CLOSE
               ? okr_judge_scores(j)
               : OKR_OK;
}

enum okr_err okr_judge_move_state(struct okr_judging *j)
{
    OKR_ASSERT(j->target != NULL);
    const struct okr_payload *p = j->payload;
    uint16_t field = okr_move_field(p->kind);
    uint32_t from = okr_record_enum(j->target, field, 0), to, wanted = 0;
    const struct okr_reg *reg = okr_record_reg(j->target, field);
    if (okr_record_archived(j->target)) {
        okr_judging_refuse(j, OKR_RULE_ARCHIVED, field, &p->entity);
        return OKR_OK;
    }
    OKR_ASSERT(p->n_changes == 1); /* okr_validate_shape */
    bool concurrent;
    OKR_TRY(okr_judge_concurrent(j, &p->changes[0], reg, &concurrent));
    if (concurrent) {
        okr_judging_refuse(j, OKR_RULE_STALE, field, &p->entity);
        return OKR_OK;
    }
    enum okr_rule rule = okr_transition(
        p->kind, p->verb, okr_judging_workflow(j), from, &field, &to);
    if (rule == OKR_RULE_NONE &&
        (!okr_value_as_enum(p->changes[0].data, &wanted) || wanted != to))
        rule = OKR_RULE_WRONG_STATE;
    if (rule != OKR_RULE_NONE) {
        okr_judging_refuse(j, rule, field, &p->entity);
        return OKR_OK;
    }
    return enter_state(j, field, to);
}

/* Mine, theirs, or a third text becomes the field's value; the conflict is
 * closed.  Two who decide at once: the first one counts. */
enum okr_err okr_judge_resolve(struct okr_judging *j)
{
    OKR_ASSERT(j->target != NULL && j->payload->n_changes == 1);
    const struct okr_change *choice = &j->payload->changes[0];
    const struct okr_record *conflict = j->target;
    struct okr_id subject_id;
    struct okr_record *subject;
    if (okr_record_enum(conflict, OKR_F_CF_STATE, 0) !=
        OKR_V_CONFLICT_STATE_OPEN) {
        okr_judging_refuse(j, OKR_RULE_NOT_OPEN, OKR_F_CF_STATE, &conflict->id);
        return OKR_OK;
    }
    uint16_t number = (uint16_t)okr_record_int(conflict, OKR_F_CF_FIELD, 0);
    if (!okr_record_id(conflict, OKR_F_CF_SUBJECT, &subject_id)) {
        okr_judging_refuse(j, OKR_RULE_WRONG_STATE, OKR_F_CF_SUBJECT, NULL);
        return OKR_OK;
    }
    OKR_TRY(okr_judging_load(j, &subject_id, &subject));
    if (subject == NULL)
        return OKR_OK;
    const struct okr_field_info *field = okr_field_info(subject->kind, number);
    const struct okr_reg *chosen = okr_record_reg(conflict, choice->field);
    struct okr_reg reg = {.field = number, .form = OKR_REG_UNSET};
    if (choice->field == OKR_F_BASE) {
        reg.form = OKR_REG_VALUE;
        reg.data = choice->data;
    } else if (chosen != NULL && chosen->form == OKR_REG_VALUE) {
        reg.form = OKR_REG_VALUE;
        reg.data = chosen->data;
    }
    enum okr_rule rule = OKR_RULE_UNKNOWN_FIELD;
    if (field != NULL && field->type == OKR_TYPE_REF &&
        choice->field == OKR_F_BASE)
        rule = OKR_RULE_BAD_VALUE; /* what it names has not been looked at */
    else if (field != NULL)
        rule = reg.form == OKR_REG_VALUE ? okr_value_check(field, reg.data)
                                         : OKR_RULE_NONE;
    if (rule != OKR_RULE_NONE) {
        okr_judging_refuse(j, rule, number, &subject_id);
        return OKR_OK;
    }
    if (choice->field != OKR_F_THEIRS)
        OKR_TRY(okr_draft_write(j->draft, &subject_id, &reg, 1));
    struct okr_reg closed = {
        .field = OKR_F_CF_STATE,
        .form = OKR_REG_VALUE,
        .data = okr_value_enum(j->draft->space.arena,
                               OKR_V_CONFLICT_STATE_RESOLVED),
    };
    if (closed.data.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_draft_write(j->draft, &conflict->id, &closed, 1);
}
