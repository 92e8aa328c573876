/* Judging: a new entity. */
#include "common/base/assert.h"
#include "common/model/value.h"
#include "common/replica/judge_impl.h"
#include "common/rules/transition.h"

/* Author, time and site of a new entity.  Its time is the author's clock, but
 * never later than the server's. */
static enum okr_err write_origin(struct okr_judging *j)
{
    struct okr_arena *arena = j->draft->space.arena;
    okr_us at = j->op->time < j->ground->now ? j->op->time : j->ground->now;
    struct okr_reg regs[3] = {
        {.field = OKR_F_AUTHOR,
         .form = OKR_REG_VALUE,
         .data = okr_value_id(arena, &j->op->person)},
        {.field = OKR_F_CREATED_AT,
         .form = OKR_REG_VALUE,
         .data = okr_value_int(arena, at)},
        {.field = OKR_F_VIA,
         .form = OKR_REG_VALUE,
         .data = okr_value_id(arena, &j->ground->site)},
    };
    for (size_t i = 0; i < 3; i++)
        if (regs[i].data.data == NULL)
            return OKR_ERR_NOMEM;
    return okr_draft_write(j->draft, &j->payload->entity, regs, 3);
}

static enum okr_err write_fields(struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    struct okr_arena *arena = j->draft->space.arena;
    struct okr_reg *regs =
        okr_arena_array(arena, p->n_changes + 1, sizeof *regs);
    if (regs == NULL)
        return OKR_ERR_NOMEM;
    size_t n = 0;
    if (okr_id_is_zero(&p->batch) == false)
        regs[n++] = (struct okr_reg){
            .field = OKR_F_BATCH,
            .form = OKR_REG_VALUE,
            .data = okr_id_slice(&p->batch),
        };
    for (size_t i = 0; i < p->n_changes; i++) {
        const struct okr_change *change = &p->changes[i];
        if (change->form == OKR_REG_VALUE || change->form == OKR_REG_PRESENT)
            regs[n++] = (struct okr_reg){
                .field = change->field,
                .form = change->form,
                .data = change->data,
            };
    }
    return okr_draft_write(j->draft, &p->entity, regs, n);
}

static enum okr_err write_first_state(struct okr_judging *j)
{
    uint16_t kind = j->payload->kind;
    uint16_t field = okr_move_field(kind);
    if (field == 0)
        field = okr_field_named(kind, "state");
    const struct okr_field_info *info = okr_field_info(kind, field);
    if (info == NULL || info->merge != OKR_MERGE_SWAP)
        return OKR_OK;
    struct okr_record *now;
    OKR_TRY(okr_draft_get(j->draft, &j->payload->entity, &now));
    uint32_t asked = okr_record_enum(now, field, 0), state;
    if (!okr_transition_first(kind, okr_judging_workflow(j), asked, j->import,
                              &state)) {
        okr_judging_refuse(j, OKR_RULE_WRONG_STATE, field, NULL);
        return OKR_OK;
    }
    if (kind == OKR_KIND_TASK && state == OKR_V_TASK_STATE_DONE)
        OKR_TRY(okr_judge_depends(j, now));
    if (state == asked && okr_record_has(now, field))
        return OKR_OK;
    struct okr_reg reg = {
        .field = field,
        .form = OKR_REG_VALUE,
        .data = okr_value_enum(j->draft->space.arena, state),
    };
    if (reg.data.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_draft_write(j->draft, &j->payload->entity, &reg, 1);
}

enum okr_err okr_judge_create(struct okr_judging *j)
{
    OKR_ASSERT(j->verb->makes && j->target == NULL);
    OKR_TRY(okr_draft_create(j->draft, &j->payload->entity, j->payload->kind));
    OKR_TRY(write_origin(j));
    OKR_TRY(write_fields(j));
    return write_first_state(j);
}
