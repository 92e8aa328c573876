/* A payload and its operation, as bytes: apart from sign.c because messages
 * and the terminal both have pages. */
#ifndef CLIENT_CLI_ACT_H
#define CLIENT_CLI_ACT_H

#include "common/base/arena.h"
#include "common/crypto/sign.h"
#include "common/model/op.h"

struct okr_act {
    struct okr_id org, person;
    const struct okr_sk *sk;
    okr_us now;
};
/* The payload, packed anew here, as an operation with a fresh id and salt,
 * signed. */
OKR_MUST_USE enum okr_err okr_act_sign(const struct okr_act *act,
                                       const struct okr_payload *payload,
                                       struct okr_arena *arena,
                                       struct okr_op *ret_op);
/* What a daemon prepared.  OKR_ERR_FORMAT and the like. */
OKR_MUST_USE enum okr_err okr_act_read(struct okr_slice bytes,
                                       struct okr_arena *arena,
                                       struct okr_payload **ret_payload);

#endif
