/* Moves of state, and the choice that ends a conflict. */
#include "common/base/assert.h"

#include <stdio.h>
#include "common/compose/work.h"
#include "common/model/text.h"
#include "common/model/value.h"
#include "common/rules/transition.h"

static enum okr_err workflow_of(struct okr_work *work, uint32_t *ret_workflow)
{
    struct okr_ids ids;
    struct okr_record *policy;
    *ret_workflow = OKR_V_WORKFLOW_LIGHT;
    OKR_TRY(okr_index_kind(&work->ground->space, OKR_KIND_POLICY, &ids));
    if (ids.n == 0)
        return OKR_OK;
    OKR_TRY(okr_entity_get(&work->ground->space, &ids.at[0], &policy));
    *ret_workflow =
        okr_record_enum(policy, OKR_F_WORKFLOW, OKR_V_WORKFLOW_LIGHT);
    return OKR_OK;
}

static void say_ways_out(struct okr_work *work, uint32_t workflow,
                         uint32_t from)
{
    const struct okr_move_info *move;
    struct okr_said list = {0};
    for (size_t at = 0; (move = okr_move_next(&at)) != NULL;) {
        bool exists =
            move->workflow < 0 || (uint32_t)move->workflow == workflow;
        if (move->kind != work->kind->number || move->from != from || !exists)
            continue;
        okr_said_item(&list, okr_verb_info(move->verb)->word);
    }
    if (list.text[0] != '\0')
        okr_say_remedy(work->problem, N_("possible here: %s"), list.text);
    else
        okr_say_remedy(work->problem, N_("nothing leads out of this state"));
}

static void refuse_move(struct okr_work *work, uint32_t workflow, uint32_t from)
{
    const struct okr_field_info *field =
        okr_field_info(work->kind->number, okr_move_field(work->kind->number));
    const char *word = field == NULL ? NULL : okr_enum_word(field->of, from);
    *work->problem = (struct okr_problem){.rule = OKR_RULE_WRONG_STATE};
    const char *entity = OKR_SAID_ENTITY(work->shown);
    if (word == NULL)
        word = N_("in no known state");
    if (workflow == OKR_V_WORKFLOW_FORMAL)
        okr_say(work->problem,
                N_("%s is %s: no %s from there in the formal workflow"), entity,
                word, work->verb->word);
    else
        okr_say(work->problem, N_("%s is %s: no %s from there"), entity, word,
                work->verb->word);
    say_ways_out(work, workflow, from);
}

enum okr_err okr_work_move(struct okr_work *work)
{
    uint32_t workflow, to;
    uint16_t field = okr_move_field(work->kind->number);
    OKR_ASSERT(field != 0 && work->shown != NULL);
    uint32_t from = okr_record_enum(work->shown, field, 0);
    OKR_TRY(workflow_of(work, &workflow));
    enum okr_rule rule = okr_transition(work->kind->number, work->verb->number,
                                        workflow, from, &field, &to);
    if (rule != OKR_RULE_NONE) {
        refuse_move(work, workflow, from);
        return OKR_OK;
    }
    return okr_work_imply(work, field, okr_value_enum(work->arena, to));
}

/* ---- conflicts ----------------------------------------------------------- */

static bool is_open(const struct okr_record *conflict)
{
    return okr_record_enum(conflict, OKR_F_CF_STATE,
                           OKR_V_CONFLICT_STATE_OPEN) ==
           OKR_V_CONFLICT_STATE_OPEN;
}

static void refuse_count(struct okr_work *work, size_t n)
{
    *work->problem = (struct okr_problem){.rule = n == 0 ? OKR_RULE_NOT_OPEN
                                                         : OKR_RULE_MALFORMED};
    const char *entity = OKR_SAID_ENTITY(work->shown);
    if (n == 0)
        okr_say(work->problem, N_("%s has no open conflict"), entity);
    else
        okr_say(work->problem, N_("%s has %s open conflicts"), entity,
                OKR_SAID_NUMBER(n));
    okr_say_remedy(work->problem,
                   N_("okr conflicts shows those that are open"));
}

/* A conflict may be named by what it is about, if there is only one. */
static enum okr_err find_conflict(struct okr_work *work)
{
    const struct okr_space *space = &work->ground->space;
    struct okr_ids ids;
    struct okr_record *found = NULL;
    size_t n = 0;
    if (work->kind->number == OKR_KIND_CONFLICT)
        return OKR_OK;
    OKR_TRY(okr_index_children(space, &work->id, OKR_KIND_CONFLICT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *one;
        OKR_TRY(okr_entity_get(space, &ids.at[i], &one));
        if (!is_open(one))
            continue;
        found = one;
        n++;
    }
    if (n != 1) {
        refuse_count(work, n);
        return OKR_OK;
    }
    work->shown = found;
    work->id = found->id;
    work->kind = okr_kind_info(OKR_KIND_CONFLICT);
    return OKR_OK;
}

static enum okr_err third_text(struct okr_work *work, struct okr_slice text)
{
    struct okr_id subject_id;
    struct okr_record *subject;
    const struct okr_field_info *field = NULL;
    struct okr_slice value;
    if (okr_record_id(work->shown, OKR_F_CF_SUBJECT, &subject_id)) {
        enum okr_err err =
            okr_entity_get(&work->ground->space, &subject_id, &subject);
        if (err == OKR_OK)
            field = okr_field_info(
                subject->kind,
                (uint32_t)okr_record_int(work->shown, OKR_F_CF_FIELD, 0));
        else if (err != OKR_ERR_NOTFOUND)
            return err;
    }
    if (field == NULL || field->type == OKR_TYPE_REF) {
        okr_work_blame(work, OKR_RULE_BAD_VALUE, OKR_SLICE_LIT("choice"));
        okr_say(work->problem, N_("%s is neither mine nor theirs"),
                OKR_SAID_TYPED(text));
        okr_say_remedy(work->problem, N_("choose mine or theirs; then set the "
                                         "field to something else"));
        return OKR_OK;
    }
    OKR_STEP(work, okr_work_value(work, field, text, &value));
    return okr_work_imply(work, OKR_F_BASE, value);
}

enum okr_err okr_work_resolve(struct okr_work *work)
{
    struct okr_slice choice;
    OKR_STEP(work, find_conflict(work));
    if (!is_open(work->shown)) {
        refuse_count(work, 0);
        return OKR_OK;
    }
    if (!okr_work_arg(work, "choice", &choice) || choice.len == 0) {
        okr_work_blame(work, OKR_RULE_MISSING, OKR_SLICE_LIT("choice"));
        okr_say(work->problem, N_("which text shall stay?"));
        okr_say_remedy(work->problem,
                       N_("write mine, theirs, or another text"));
        return OKR_OK;
    }
    if (okr_slice_is(choice, "mine"))
        return okr_work_put(work, OKR_F_MINE, OKR_REG_UNSET, OKR_SLICE_NONE);
    if (okr_slice_is(choice, "theirs"))
        return okr_work_put(work, OKR_F_THEIRS, OKR_REG_UNSET, OKR_SLICE_NONE);
    return third_text(work, choice);
}
