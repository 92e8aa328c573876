/* An act of several operations in the making.  Private to common/compose. */
#ifndef OKR_COMPOSE_ACTS_IMPL_H
#define OKR_COMPOSE_ACTS_IMPL_H

#include "common/compose/acts.h"

enum { OKR_MAKING_ARGS = 40 };

struct okr_making {
    const struct okr_compose *ground;
    struct okr_problem *problem;
    struct okr_record *policy; /* NULL: none */
    bool light;
    struct okr_slice reason; /* goes with every operation */
    struct okr_acts acts;
    size_t cap;
    uint32_t drawn;
};

/* Composes one operation more, of the act's batch once there is one.  Does
 * nothing where there is a problem already. */
OKR_MUST_USE enum okr_err okr_making_add(struct okr_making *m,
                                         const char *method,
                                         const struct okr_arg *args, size_t n);
OKR_MUST_USE enum okr_err okr_making_move(struct okr_making *m,
                                          const char *verb,
                                          const struct okr_id *id);
/* Begins the batch; `count` is told to people. */
OKR_MUST_USE enum okr_err okr_making_batch(struct okr_making *m,
                                           const char *kind,
                                           const struct okr_record *cycle,
                                           size_t count);
/* An id as text in the arena; data NULL: out of memory. */
struct okr_slice okr_making_hex(struct okr_making *m, const struct okr_id *id);
/* `carry_over`. */
OKR_MUST_USE enum okr_err okr_making_carry(struct okr_making *m,
                                           const struct okr_ask *ask);

#endif
