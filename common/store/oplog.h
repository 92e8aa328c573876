/* The server's log in its store: leaves, tree nodes, payloads; and, on both
 * sides, where an operation ended up. */
#ifndef OKR_STORE_OPLOG_H
#define OKR_STORE_OPLOG_H

#include "common/crypto/hash.h"
#include "common/msg/layout.h"
#include "common/store/kv.h"

/* Leaves so far. */
OKR_MUST_USE enum okr_err okr_oplog_size(struct okr_kv_txn *txn,
                                         uint64_t *ret_size);
/* Writes leaf bytes under `index` (= size) and raises the size; the tree
 * nodes are written by the caller through okr_oplog_node_*. */
OKR_MUST_USE enum okr_err okr_oplog_put_leaf(struct okr_kv_txn *txn,
                                             uint64_t index,
                                             struct okr_slice leaf);
OKR_MUST_USE enum okr_err okr_oplog_leaf(struct okr_kv_txn *txn, uint64_t index,
                                         struct okr_slice *ret_leaf);
OKR_MUST_USE enum okr_err okr_oplog_put_node(struct okr_kv_txn *txn,
                                             uint64_t index,
                                             const struct okr_hash *hash);
OKR_MUST_USE enum okr_err okr_oplog_node(struct okr_kv_txn *txn, uint64_t index,
                                         struct okr_hash *ret_hash);
/* salt ‖ payload under the payload's commitment. */
OKR_MUST_USE enum okr_err okr_oplog_put_payload(struct okr_kv_txn *txn,
                                                const struct okr_hash *commit,
                                                const struct okr_op *op);
/* OKR_ERR_NOTFOUND when it was erased; OKR_ERR_CORRUPT when salt and payload
 * do not make that commitment.  Borrowed, as all that is read here: dies with
 * the next write to the table. */
OKR_MUST_USE enum okr_err okr_oplog_payload(struct okr_kv_txn *txn,
                                            const struct okr_hash *commit,
                                            struct okr_slice *ret_salt,
                                            struct okr_slice *ret_payload);

/* op id -> lsn at which it was decided, or OKR_LSN_PENDING | sequence of an
 * own operation without an answer; 0: never heard of. */
OKR_MUST_USE enum okr_err
okr_oplog_op(struct okr_kv_txn *txn, const struct okr_id *op, okr_lsn *ret_lsn);
OKR_MUST_USE enum okr_err
okr_oplog_put_op(struct okr_kv_txn *txn, const struct okr_id *op, okr_lsn lsn);

#endif
