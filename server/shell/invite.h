/* Invitations: what the one for a site and the one for a person share. */
#ifndef SERVER_SHELL_INVITE_H
#define SERVER_SHELL_INVITE_H

#include "server/shell/methods.h"
#include "server/store/invites.h"

/* What is invited, and the secret's row. */
struct okr_inviting {
    const struct okr_pairs *fields; /* of the INVITE entity, up to NULL */
    uint8_t id[8];                  /* of the row */
    struct okr_hash secret_hash;
    okr_us expires;
};
/* The operation, and the row in the same transaction.  A refusal becomes the
 * fault.  The view is closed in between and has to be closed all the same. */
OKR_MUST_USE enum okr_err okr_invite_make(struct okr_call *call,
                                          struct okr_view *view,
                                          const struct okr_inviting *inviting);
/* "24h", "90m", "3600s", "1d" -> when that is; a fault if it is not in
 * (0, max_s]. */
OKR_MUST_USE enum okr_err okr_invite_expiry(struct okr_call *call,
                                            struct okr_slice typed,
                                            int64_t max_s, okr_us *ret_expires);
/* RFC 3339, in the call's arena; none when out of memory. */
struct okr_slice okr_invite_time(struct okr_call *call, okr_us time);

#endif
