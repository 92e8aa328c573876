/* What the server remembers of each site: where its pushes stand, and every
 * answer it ever got. */
#ifndef SERVER_STORE_PEERS_H
#define SERVER_STORE_PEERS_H

#include "common/codec/codec.h"
#include "common/store/kv.h"

struct okr_peer {
    uint64_t incarnation;
    uint64_t last_seq;         /* 0: nothing yet */
    struct okr_hash last_push; /* SHA-256 of the last push's layout */
    uint64_t seen_size;
    struct okr_hash seen_root;
};
/* Of (site, incarnation); one never seen reads as zero with that
 * incarnation. */
OKR_MUST_USE enum okr_err okr_peer_get(struct okr_kv_txn *txn,
                                       const struct okr_id *site,
                                       uint64_t incarnation,
                                       struct okr_peer *ret_peer);
OKR_MUST_USE enum okr_err okr_peer_put(struct okr_kv_txn *txn,
                                       const struct okr_id *site,
                                       const struct okr_peer *peer);

/* The answer to (site, incarnation, seq), and the hash of the operation that
 * it answered.  OKR_ERR_NOTFOUND. */
OKR_MUST_USE enum okr_err okr_answer_get(struct okr_kv_txn *txn,
                                         const struct okr_mark *mark,
                                         struct okr_arena *arena,
                                         struct okr_answer *ret_answer,
                                         struct okr_hash *ret_op_hash);
OKR_MUST_USE enum okr_err okr_answer_put(struct okr_kv_txn *txn,
                                         const struct okr_mark *mark,
                                         const struct okr_answer *answer,
                                         const struct okr_hash *op_hash,
                                         struct okr_arena *arena);

#endif
