/* How states move; the arrows are MOVE rows of verbs.def. */
#ifndef OKR_RULES_TRANSITION_H
#define OKR_RULES_TRANSITION_H

#include "common/base/verdict.h"
#include "common/model/schema.h"

/* The state after `verb` from `from` under `workflow` (OKR_V_WORKFLOW_*).
 * NONE and `*ret_field`, `*ret_to`, or WRONG_STATE. */
enum okr_rule okr_transition(uint16_t kind, uint16_t verb, uint32_t workflow,
                             uint32_t from, uint16_t *ret_field,
                             uint32_t *ret_to);
/* The state a new entity of the kind begins in, given the one asked for
 * (0: none asked).  False: may not begin there.  Kinds without states: 0. */
bool okr_transition_first(uint16_t kind, uint32_t workflow, uint32_t asked,
                          bool import, uint32_t *ret_state);

#endif
