/* Saying the same thing again: today's stand-up, a vote, this week's light.
 * Who says it a second time changes what he said first (flag K). */
#include "common/base/assert.h"
#include "common/compose/work.h"
#include "common/model/value.h"

static bool is_key(const struct okr_work *work, uint16_t number)
{
    const struct okr_field_info *field =
        okr_field_info(work->kind->number, number);
    return (field->flags & OKR_FLAG_KEY) != 0;
}

/* Are all fields that name it the same? */
static bool is_alike(const struct okr_work *work,
                     const struct okr_record *other)
{
    if (okr_record_archived(other))
        return false;
    for (size_t i = 0; i < work->n; i++) {
        const struct okr_change *change = &work->changes[i];
        if (!is_key(work, change->field))
            continue;
        const struct okr_reg *reg = okr_record_reg(other, change->field);
        if (reg == NULL || reg->form != OKR_REG_VALUE ||
            !okr_slice_eq(reg->data, change->data))
            return false;
    }
    return true;
}

static enum okr_err find_alike(struct okr_work *work,
                               struct okr_record **ret_other)
{
    const struct okr_space *space = &work->ground->space;
    const struct okr_change *home =
        okr_work_change(work, work->kind->home_field);
    struct okr_id parent;
    struct okr_ids ids;
    *ret_other = NULL;
    if (home == NULL || !is_key(work, home->field) ||
        !okr_value_as_id(home->data, &parent))
        return OKR_OK;
    OKR_TRY(okr_index_children(space, &parent, work->kind->number, &ids));
    for (size_t i = 0; i < ids.n && *ret_other == NULL; i++) {
        struct okr_record *other;
        OKR_TRY(okr_entity_get(space, &ids.at[i], &other));
        if (is_alike(work, other))
            *ret_other = other;
    }
    return OKR_OK;
}

static void refuse_same(struct okr_work *work)
{
    *work->problem = (struct okr_problem){.rule = OKR_RULE_DUPLICATE};
    okr_say(work->problem, N_("%s says so already"),
            OKR_SAID_ENTITY(work->shown));
    okr_say_remedy(work->problem, N_("nothing needs to be done"));
}

enum okr_err okr_work_again(struct okr_work *work)
{
    struct okr_record *other;
    OKR_ASSERT(work->verb->makes);
    OKR_TRY(find_alike(work, &other));
    if (other == NULL)
        return OKR_OK;
    size_t n = work->n;
    work->verb = okr_verb_info(OKR_VERB_SET);
    work->id = other->id;
    work->shown = other;
    work->n = 0;
    for (size_t i = 0; i < n; i++) {
        /* They move to the front, never past what is still to be read. */
        const struct okr_change change = work->changes[i];
        if (!is_key(work, change.field))
            OKR_STEP(work,
                     okr_work_put(work, change.field,
                                  (enum okr_form)change.form, change.data));
    }
    if (work->n == 0)
        refuse_same(work);
    return OKR_OK;
}
