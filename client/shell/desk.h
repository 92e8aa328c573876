/* The desk: who asks on the local socket is answered here (docs/local.md). */
#ifndef CLIENT_SHELL_DESK_H
#define CLIENT_SHELL_DESK_H

#include "client/shell/daemon.h"

struct okr_desk;

OKR_MUST_USE enum okr_err okr_desk_open(struct okr_daemon *daemon,
                                        struct okr_desk **ret_desk);
/* Tells those who wait and watch that this is the end. */
void okr_desk_close(struct okr_desk **desk);
void *okr_desk_socket(const struct okr_desk *desk);

/* Answers what was asked; what is to be written is saved in one turn, and
 * answered after its commit. */
void okr_desk_serve(struct okr_desk *desk);
/* What a turn changed, told to those who watch; then that it is over.  `txn`
 * shows it; NULL: it is committed. */
void okr_desk_changed(struct okr_desk *desk, struct okr_kv_txn *txn,
                      const struct okr_fx *fx);
void okr_desk_after(struct okr_desk *desk);
/* A history came from headquarters, or will not. */
void okr_desk_history(struct okr_desk *desk, const struct okr_fx *fx);
/* Those who wait: is it time?  Once after every round of the loop. */
void okr_desk_tick(struct okr_desk *desk, okr_ms now);
okr_ms okr_desk_deadline(const struct okr_desk *desk); /* OKR_NEVER */

#endif
