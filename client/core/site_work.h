/* The parts of a site that move operations up and rows down.  Private to
 * client/core. */
#ifndef CLIENT_CORE_SITE_WORK_H
#define CLIENT_CORE_SITE_WORK_H

#include "client/core/site_soft.h"
#include "client/store/outbox.h"
#include "common/replica/record.h"

/* ---- the outbox --------------------------------------------------------- */
struct okr_site_visit {
    enum okr_err (*row)(struct okr_turn *turn, struct okr_out *out,
                        void *context);
    void *context;
    uint64_t below; /* sequences below this one */
};
/* Ascending.  The rows live in the turn's arena and may be changed. */
OKR_MUST_USE enum okr_err okr_site_each(struct okr_turn *turn,
                                        const struct okr_site_visit *visit);

/* ---- upwards ------------------------------------------------------------- */
OKR_MUST_USE enum okr_err okr_site_submit(struct okr_turn *turn,
                                          const struct okr_op *op);
/* Makes pushes of what is saved, as many as may be on the way. */
OKR_MUST_USE enum okr_err okr_site_push(struct okr_turn *turn);
/* Sends stored pushes again; those with something parked too, if asked. */
OKR_MUST_USE enum okr_err okr_site_resend(struct okr_turn *turn, bool parked);
OKR_MUST_USE enum okr_err okr_site_count_pushes(struct okr_site *site,
                                                struct okr_kv_txn *txn,
                                                struct okr_arena *arena);
OKR_MUST_USE enum okr_err okr_site_pushes(struct okr_kv_txn *txn,
                                          struct okr_arena *arena,
                                          struct okr_pushed_out **ret_rows,
                                          size_t *ret_n);
uint32_t okr_site_push_request(const struct okr_site *site, uint64_t first_seq);
void okr_site_push_timers(struct okr_turn *turn);
/* Error(code) to a push. */
OKR_MUST_USE enum okr_err
okr_site_push_error(struct okr_turn *turn, const struct okr_error_msg *error);
/* Answered rows whose effect is here leave the outbox. */
OKR_MUST_USE enum okr_err okr_site_settle(struct okr_turn *turn);
/* What events and pages say about own operations. */
OKR_MUST_USE enum okr_err okr_site_marks(struct okr_turn *turn,
                                         const struct okr_event_msg *event);
/* Sequences up to `seq` are in the server's state: in that of `page`, or in
 * this copy's (NULL). */
OKR_MUST_USE enum okr_err okr_site_taken(struct okr_turn *turn, uint64_t seq,
                                         struct okr_page *page);
/* How the copy has the entity of an answered operation: as it was after it,
 * or as it was before and known to be out of date. */
enum okr_site_copy { OKR_SITE_COPY_NONE, OKR_SITE_COPY_NEW, OKR_SITE_COPY_OLD };
OKR_MUST_USE enum okr_err okr_site_copy_of(struct okr_turn *turn,
                                           const struct okr_out *out,
                                           enum okr_site_copy *ret_copy);

/* ---- downwards ----------------------------------------------------------- */
/* Sends the next pull where one is due. */
OKR_MUST_USE enum okr_err okr_site_pull(struct okr_turn *turn);
/* A round is over when nothing is wanted any more: what its first page called
 * taken is then here, if the round was about everything. */
OKR_MUST_USE enum okr_err okr_site_round_end(struct okr_turn *turn);
void okr_site_pull_close(struct okr_site *site, okr_us again_at);
OKR_MUST_USE enum okr_err
okr_site_pull_error(struct okr_turn *turn, const struct okr_error_msg *error);
/* Sends a Pull or a Repair: one of both at a time. */
OKR_MUST_USE enum okr_err
okr_site_pull_send(struct okr_turn *turn, struct okr_msg *msg, uint32_t wait_s);
struct okr_site_rows {
    okr_scope scope;
    const struct okr_row *rows;
    size_t n;
    bool page; /* else an event */
    /* A repair: what is here goes, but for what is younger than `as_of`. */
    bool replace;
    okr_lsn as_of;
};
OKR_MUST_USE enum okr_err okr_site_apply(struct okr_turn *turn,
                                         const struct okr_site_rows *rows);
/* An entity of the scope that the server does not have there. */
OKR_MUST_USE enum okr_err okr_site_drop(struct okr_turn *turn, okr_scope scope,
                                        const struct okr_id *id);

/* ---- history ------------------------------------------------------------- */
OKR_MUST_USE enum okr_err okr_site_history_ask(struct okr_turn *turn,
                                               const struct okr_id *entity);
OKR_MUST_USE enum okr_err okr_site_history(struct okr_turn *turn,
                                           const struct okr_msg *msg);
/* Busy or an Error; `*ret_was`: to a request for a history. */
OKR_MUST_USE enum okr_err
okr_site_history_denied(struct okr_turn *turn, uint32_t request, bool *ret_was);

/* ---- repair -------------------------------------------------------------- */
void okr_site_repair_want(struct okr_site *site, struct okr_site_scope *entry);
void okr_site_repair_end(struct okr_site *site); /* of all scopes */
/* The scope that comes next, NULL: none. */
struct okr_site_scope *okr_site_repair_due(const struct okr_site *site);
OKR_MUST_USE enum okr_err okr_site_repair_ask(struct okr_turn *turn,
                                              struct okr_site_scope *entry);
/* The answer to the open one. */
OKR_MUST_USE enum okr_err okr_site_repaired(struct okr_turn *turn,
                                            const struct okr_msg *msg);
/* Something came on SUB. */
void okr_site_heard(struct okr_turn *turn);

/* ---- what is shown ------------------------------------------------------- */
struct okr_ground okr_site_ground(const struct okr_turn *turn,
                                  struct okr_arena *arena, okr_us at);
/* Brings the view up to date with the copy and the outbox, where it is not. */
OKR_MUST_USE enum okr_err okr_site_view(struct okr_turn *turn);
/* Makes it from nothing; `view` is to know it. */
OKR_MUST_USE enum okr_err okr_site_view_make(struct okr_turn *turn,
                                             struct okr_view *view);
/* The own operation `op` is known by `lsn` from now on. */
OKR_MUST_USE enum okr_err okr_site_op_at(struct okr_turn *turn,
                                         const struct okr_id *op, okr_lsn lsn);

/* ---- time ---------------------------------------------------------------- */
OKR_MUST_USE enum okr_err okr_site_timeouts(struct okr_turn *turn);

#endif
