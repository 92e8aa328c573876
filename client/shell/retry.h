/* A refused operation, issued anew: other ids where they were wrong, and what
 * its author is shown now in place of what he saw then. */
#ifndef CLIENT_SHELL_RETRY_H
#define CLIENT_SHELL_RETRY_H

#include "common/compose/compose.h"
#include "common/replica/record.h"

/* Replaces the id named by `old` (32 hex digits, or a reference as "o-7m3qd")
 * wherever the payload names an entity.  The number of places; its changes
 * are written over, their values are borrowed from `now`. */
size_t okr_retry_replace(struct okr_payload *payload, struct okr_slice old,
                         const struct okr_id *now);
/* Takes `seen` anew for every change: from `ground->space`. */
OKR_MUST_USE enum okr_err okr_retry_see(const struct okr_compose *ground,
                                        struct okr_payload *payload);

#endif
