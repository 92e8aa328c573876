/* Invitations: what a token must match, kept outside the log. */
#ifndef SERVER_STORE_INVITES_H
#define SERVER_STORE_INVITES_H

#include "common/crypto/hash.h"
#include "common/base/id.h"
#include "common/store/kv.h"

#define OKR_INVITE_FAILURES_MAX 5 /* then the token is burned */

struct okr_invite {
    struct okr_hash secret_hash; /* SHA-256 of the 20 bytes; of a person's
                                    code, its key (crypto/code.h) */
    struct okr_id entity;        /* the INVITE entity: name, role, units */
    okr_us expires;
    uint32_t failures;
    bool used;
    struct okr_id site; /* that used it; zero: a person's code */
};
OKR_MUST_USE enum okr_err okr_invite_get(struct okr_kv_txn *txn,
                                         const uint8_t token_id[8],
                                         struct okr_invite *ret_invite);
OKR_MUST_USE enum okr_err okr_invite_put(struct okr_kv_txn *txn,
                                         const uint8_t token_id[8],
                                         const struct okr_invite *invite);

#endif
