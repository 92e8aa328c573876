/* The hub's log: leaves, their tree, and signed checkpoints of it. */
#ifndef SERVER_CORE_HUB_LOG_H
#define SERVER_CORE_HUB_LOG_H

#include "server/core/hub_impl.h"

/* The tree's nodes in the store. */
struct okr_tlog_nodes okr_hub_log_nodes(struct okr_kv_txn *txn);
/* Appends a leaf: index, time and meta commitment are filled in here.  Writes
 * the leaf, its tree nodes and what its meta commitment stands for. */
OKR_MUST_USE enum okr_err okr_hub_log_append(struct okr_hub_work *work,
                                             struct okr_leaf *leaf);
/* Root over the first `size` leaves (at least one, at most all); the last one
 * is remembered, because many sites have seen the same log. */
OKR_MUST_USE enum okr_err okr_hub_log_root(const struct okr_hub_work *work,
                                           uint64_t size,
                                           struct okr_hash *ret_root);
/* Server time of the next leaf: now, but never before the last one. */
okr_us okr_hub_log_time(const struct okr_hub_work *work);
/* The body of the operation's leaf at `lsn`, in the turn's arena. */
OKR_MUST_USE enum okr_err okr_hub_log_op(const struct okr_hub_work *work,
                                         okr_lsn lsn,
                                         struct okr_op_body *ret_body);
/* Who did what at `lsn`; zero where the leaf is of no operation, or older
 * than this log. */
OKR_MUST_USE enum okr_err okr_hub_log_last(const struct okr_hub_work *work,
                                           okr_lsn lsn,
                                           struct okr_last *ret_last);
/* A signed checkpoint of the log as it is, in the turn's arena. */
OKR_MUST_USE enum okr_err okr_hub_log_note(const struct okr_hub_work *work,
                                           struct okr_slice *ret_note);

#endif
