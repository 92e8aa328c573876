/* Is what a daemon wants signed what was typed?
 *
 * A daemon composes a payload, because only it knows what names mean and what
 * was seen; a person signs it.  In between whoever holds the key reads the
 * payload with this: each value is computed again from what was typed, each
 * change must have been typed or follow from it, each reference must be the
 * one that was written or, where a name was written, of whatever id the
 * daemon says.  Knows nothing of the store. */
#ifndef OKR_COMPOSE_INTENT_H
#define OKR_COMPOSE_INTENT_H

#include "common/compose/compose.h"

struct okr_intent {
    const struct okr_ask *ask; /* the question as it was typed */
    struct okr_id person;      /* who signs */
    okr_us now;                /* by the clock of who types */
    struct okr_arena *arena;
};

/* Problem `not_as_typed` (rule MALFORMED): names the field.  `retry` cannot be
 * checked: nobody typed what it was. */
OKR_MUST_USE enum okr_err okr_intent_check(const struct okr_intent *intent,
                                           const struct okr_payload *payload,
                                           struct okr_problem *ret_problem);
/* The same of an act of several operations (acts.h): publish or close of a
 * cycle, carry_over.  Of its one batch, in its order, nothing besides.  Which
 * objectives belong to the cycle, and what is copied of them when they are
 * carried over, only the daemon knows. */
OKR_MUST_USE enum okr_err
okr_intent_check_acts(const struct okr_intent *intent,
                      struct okr_payload *const *payloads, size_t n,
                      struct okr_problem *ret_problem);
/* The payload for people: "set k-7m3qd2xa: target=95.5, …". */
OKR_MUST_USE enum okr_err okr_intent_say(const struct okr_payload *payload,
                                         struct okr_arena *arena,
                                         struct okr_slice *ret_text);

#endif
