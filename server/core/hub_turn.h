/* One turn of the server: what came in, one transaction, then what goes out.
 * Durable first, audible second: this is the only place that knows the order,
 * so the daemon and the simulator cannot differ in it. */
#ifndef SERVER_CORE_HUB_TURN_H
#define SERVER_CORE_HUB_TURN_H

#include "server/core/hub.h"

struct okr_hub_shell {
    struct okr_kv *kv;
    struct okr_arena *arena; /* of the turn; reset at its end */
    /* After each step, before the commit: nothing may leave here, but answers
     * can be copied (okr_hub_local_answers), what was written can be read, and
     * rows that belong to the step can be written: a write that fails fails
     * the commit.  May be NULL. */
    void (*stepped)(void *context, struct okr_kv_txn *txn,
                    const struct okr_hub_event *event);
    /* After the commit, in order. */
    void (*perform)(void *context, const struct okr_fx *fx);
    void *context;
};

/* Runs a turn over `n` events.  OKR_ERR_COMMIT: the outcome is unknown, the
 * process has to end and read again.  Any other error: nothing happened, the
 * hub has been loaded anew (or will be before the next turn, if that failed),
 * and nothing went out. */
OKR_MUST_USE enum okr_err okr_hub_turn(struct okr_hub *hub,
                                       const struct okr_hub_shell *shell,
                                       const struct okr_hub_event *events,
                                       size_t n, okr_us now);
/* Loads the hub from the store in a transaction of its own. */
OKR_MUST_USE enum okr_err okr_hub_reload(struct okr_hub *hub,
                                         const struct okr_hub_shell *shell);

#endif
