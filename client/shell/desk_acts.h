/* Acts of several operations: a cycle is published or closed, objectives are
 * carried over.  What is no such act is a write like any other. */
#ifndef CLIENT_SHELL_DESK_ACTS_H
#define CLIENT_SHELL_DESK_ACTS_H

#include "client/shell/desk_impl.h"

void okr_desk_acts(struct okr_desk *desk, const struct okr_caller *caller,
                   const struct okr_ask *ask);
/* The same, made elsewhere and signed by its author: `submit_signed` with
 * `operations` and, as `ref`, the cycle that answers. */
void okr_desk_acts_signed(struct okr_desk *desk,
                          const struct okr_caller *caller,
                          const struct okr_ask *ask);
/* The payload of what somebody signed, who speaks from here on; or a snag
 * (desk_write.c). */
OKR_MUST_USE enum okr_err okr_desk_read_signed(struct okr_asking *a,
                                               const struct okr_op *op,
                                               struct okr_payload **ret);

#endif
