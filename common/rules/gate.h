/* The seven phases of a cycle: what may be done in which, what is frozen once
 * it is published, and when the mid-term window is open (docs/domain.md "The
 * cycle").  All of it binds in the formal workflow only. */
#ifndef OKR_RULES_GATE_H
#define OKR_RULES_GATE_H

#include "common/base/verdict.h"
#include "common/model/op.h"

/* The phase in which a cycle is `today`: what is published runs from the
 * cycle's first day on, and is assessed after its last one. */
uint32_t okr_phase_on(uint32_t phase, okr_day start, okr_day end,
                      okr_day today);
/* NONE or PHASE, by the GATE rows of verbs.def. */
enum okr_rule okr_gate(uint16_t verb, uint16_t kind, uint32_t phase);

/* It opens at half time, for `days`, both ends inside; none: to < from. */
struct okr_window {
    okr_day from, to;
};
struct okr_window okr_midterm(okr_day start, okr_day end, int64_t days);

/* May `set` change this field of an objective or key result that is published?
 * The person in charge may change; everything else is what was published. */
bool okr_frozen(uint16_t kind, uint16_t field);

#endif
