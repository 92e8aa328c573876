/* How states move and where they begin. */
#include "common/rules/transition.h"

#include "common/base/assert.h"

enum okr_rule okr_transition(uint16_t kind, uint16_t verb, uint32_t workflow,
                             uint32_t from, uint16_t *ret_field,
                             uint32_t *ret_to)
{
    OKR_ASSERT(ret_field != NULL && ret_to != NULL);
    const struct okr_move_info *move;
    for (size_t at = 0; (move = okr_move_next(&at)) != NULL;) {
        if (move->kind != kind || move->verb != verb || move->from != from)
            continue;
        if (move->workflow >= 0 && (uint32_t)move->workflow != workflow)
            continue;
        *ret_field = move->field;
        *ret_to = move->to;
        return OKR_RULE_NONE;
    }
    return OKR_RULE_WRONG_STATE;
}

/* Nobody's draft was approved by being typed: in the formal workflow an
 * objective begins as a draft, unless a champion brings it in from a file. */
static bool first_of_objective(bool formal, bool import, uint32_t *state)
{
    const uint32_t published = OKR_V_OBJECTIVE_STATE_PUBLISHED;
    if (*state == 0)
        *state = formal && !import ? OKR_V_OBJECTIVE_STATE_DRAFT : published;
    if (*state == OKR_V_OBJECTIVE_STATE_CLOSED)
        return import;
    if (*state == published)
        return import || !formal;
    return *state == OKR_V_OBJECTIVE_STATE_DRAFT;
}

static bool first_of_task(uint32_t *state)
{
    if (*state == 0)
        *state = OKR_V_TASK_STATE_OPEN;
    return *state == OKR_V_TASK_STATE_OPEN ||
           *state == OKR_V_TASK_STATE_DOING || *state == OKR_V_TASK_STATE_DONE;
}

/* In the formal workflow a cycle goes through its phases from the first one
 * on, unless it comes from a file. */
static bool first_of_cycle(bool formal, bool import, uint32_t *state)
{
    if (*state == 0)
        *state = formal && !import ? OKR_V_PHASE_DRAFTING : OKR_V_PHASE_RUNNING;
    if (formal && !import)
        return *state == OKR_V_PHASE_DRAFTING;
    return okr_enum_word(OKR_ENUM_PHASE, *state) != NULL;
}

bool okr_transition_first(uint16_t kind, uint32_t workflow, uint32_t asked,
                          bool import, uint32_t *ret_state)
{
    OKR_ASSERT(ret_state != NULL);
    bool ok, formal = workflow == OKR_V_WORKFLOW_FORMAL;
    uint32_t state = asked;
    if (kind == OKR_KIND_OBJECTIVE) {
        ok = first_of_objective(formal, import, &state);
    } else if (kind == OKR_KIND_TASK) {
        ok = first_of_task(&state);
    } else if (kind == OKR_KIND_CYCLE) {
        ok = first_of_cycle(formal, import, &state);
    } else if (kind == OKR_KIND_PROPOSAL) {
        state = OKR_V_PROPOSAL_STATE_OPEN;
        ok = asked == 0 || asked == state;
    } else { /* a conflict is open, which is 0; others have no state */
        ok = asked == 0;
    }
    if (ok)
        *ret_state = state;
    return ok;
}
