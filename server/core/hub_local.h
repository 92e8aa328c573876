/* Operations that the server makes itself. */
#ifndef SERVER_CORE_HUB_LOCAL_H
#define SERVER_CORE_HUB_LOCAL_H

#include "server/core/hub_impl.h"

/* Pushes them as the site `server`, in as many pushes as it takes. */
OKR_MUST_USE enum okr_err okr_hub_take_local(struct okr_hub_work *work,
                                             const struct okr_op *ops, size_t n,
                                             bool authority,
                                             struct okr_answer *answers);

/* One change of a payload that the server makes. */
struct okr_hub_field {
    uint16_t field;
    uint8_t form; /* enum okr_form */
    struct okr_slice data;
};
struct okr_hub_act {
    uint16_t verb, kind;
    struct okr_id entity, person; /* person: in whose name */
    const struct okr_hub_field *fields;
    size_t n_fields;
};
/* Makes the operation: its payload in the turn's arena.  `salt` is 32 bytes
 * of randomness. */
OKR_MUST_USE enum okr_err okr_hub_make_op(const struct okr_hub_work *work,
                                          const struct okr_hub_act *act,
                                          const struct okr_id *id,
                                          const uint8_t *salt,
                                          struct okr_op *ret_op);

#endif
