/* One turn of a site: what came in, one transaction, then what goes out.
 * Durable first, audible second, but for what the server has kept: this is the
 * only place that knows the order, so the daemon and the simulator cannot
 * differ in it. */
#ifndef CLIENT_CORE_SITE_TURN_H
#define CLIENT_CORE_SITE_TURN_H

#include "client/core/site.h"

struct okr_site_shell {
    struct okr_kv *kv;
    struct okr_arena *arena; /* of the turn; reset at its end */
    /* After each step, before the commit: nothing may leave here, but what was
     * written can be read (okr_site_submitted).  May be NULL. */
    void (*stepped)(void *context, struct okr_kv_txn *txn,
                    const struct okr_site_event *event);
    /* After the commit, in order. */
    void (*perform)(void *context, const struct okr_fx *fx);
    /* Before it, as long as the first effects promise nothing that could be
     * lost with the transaction: a question for more rows, and word of what
     * the server has on its disk already.  `txn` shows what is being
     * committed.  What was said is said again if that fails.  May be NULL:
     * then all come after. */
    void (*early)(void *context, struct okr_kv_txn *txn,
                  const struct okr_fx *fx);
    void *context;
};

/* Runs a turn over `n` events.  OKR_ERR_COMMIT: the outcome is unknown, the
 * process has to end and read again.  Any other error: nothing happened, the
 * site has been loaded anew, and nothing went out. */
OKR_MUST_USE enum okr_err okr_site_turn(struct okr_site *site,
                                        const struct okr_site_shell *shell,
                                        const struct okr_site_event *events,
                                        size_t n, okr_us now);
/* Loads the site from the store in a transaction of its own. */
OKR_MUST_USE enum okr_err okr_site_reload(struct okr_site *site,
                                          const struct okr_site_shell *shell);

#endif
