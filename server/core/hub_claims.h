/* What signatures a turn is going to check, said before it: so the shell can
 * have them checked by several processors while nothing is written.
 *
 * Only a hint.  The turn compares every byte with what it finds then, and
 * checks by itself whatever nobody has checked. */
#ifndef SERVER_CORE_HUB_CLAIMS_H
#define SERVER_CORE_HUB_CLAIMS_H

#include "server/core/hub.h"

struct okr_hub_claims {
    struct okr_sign_claim *at; /* `holds` is false: nobody has looked yet */
    size_t n;
};
/* The claims of a push, as the store is now, and its prints (event.h); none
 * for any other event, and for a push that will not be taken.  In `arena`.
 * OKR_ERR_NOMEM, or as the store fails. */
OKR_MUST_USE enum okr_err okr_hub_claim(struct okr_hub *hub,
                                        struct okr_kv_txn *txn,
                                        struct okr_arena *arena,
                                        struct okr_hub_event *event,
                                        struct okr_hub_claims *ret_claims);

#endif
