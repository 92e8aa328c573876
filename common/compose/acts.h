/* Acts of several operations: a whole cycle is published or closed, objectives
 * are carried over.  One batch, reviewable as one: first the batch, then the
 * gate that the others depend on, then the others. */
#ifndef OKR_COMPOSE_ACTS_H
#define OKR_COMPOSE_ACTS_H

#include "common/compose/compose.h"

struct okr_acts {
    struct okr_payload *at;
    size_t n;
    struct okr_id shown; /* whose state answers */
    struct okr_id batch; /* zero: a single operation */
};

/* May it be one?  Then okr_acts_is_one says whether it is. */
bool okr_acts_named(struct okr_slice method);
/* Is `ask` such an act?  `publish` and `close` of a cycle, `carry_over`. */
OKR_MUST_USE enum okr_err okr_acts_is_one(const struct okr_space *space,
                                          const struct okr_ask *ask,
                                          bool *ret_is);
/* `publish` ref= a cycle: all that is approved in it (light: every draft).
 * `close` ref= a cycle: all that is published in it.  `carry_over` ref= the
 * cycle that is over, to= the next one, and any number of keep=, modify= and
 * abandon= with an objective each.  `reason` with all. */
OKR_MUST_USE enum okr_err okr_compose_acts(const struct okr_compose *ground,
                                           const struct okr_ask *ask,
                                           struct okr_acts *ret_acts,
                                           struct okr_problem *ret_problem);

#endif
