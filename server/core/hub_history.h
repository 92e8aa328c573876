/* An entity's history at the server, whose HISTORY rows only say which leaves
 * touched it: the leaf says who, when and which registers, the payload beside
 * it the values. */
#ifndef SERVER_CORE_HUB_HISTORY_H
#define SERVER_CORE_HUB_HISTORY_H

#include "common/replica/record.h"

/* Oldest first, in the space's arena; for okr_query.history.  A value that no
 * payload carries and that was overwritten since (the state that an objective
 * was made with) is left out rather than guessed at. */
OKR_MUST_USE enum okr_err okr_hub_history(const struct okr_space *space,
                                          const struct okr_id *entity,
                                          struct okr_history **ret_rows,
                                          size_t *ret_n);

#endif
