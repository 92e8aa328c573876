/* Operations that wait for an entity the server does not know yet: their
 * sequence is taken, their answer is not final. */
#ifndef SERVER_STORE_PARKED_H
#define SERVER_STORE_PARKED_H

#include "common/codec/codec.h"
#include "common/store/kv.h"

struct okr_parked {
    struct okr_op op;
    struct okr_mark mark;    /* where its answer is kept */
    uint64_t first_seq;      /* of the push that brought it */
    struct okr_id waits_for; /* the entity that is missing */
    okr_us since;            /* server time at which it was parked */
    bool authority;          /* made by the server itself */
};
/* Puts a new one; one that waits for something else now is deleted first. */
OKR_MUST_USE enum okr_err okr_parked_put(struct okr_kv_txn *txn,
                                         const struct okr_parked *parked,
                                         struct okr_arena *arena);
/* Deletes all rows of one that was read with okr_parked_get. */
OKR_MUST_USE enum okr_err okr_parked_del(struct okr_kv_txn *txn,
                                         const struct okr_parked *parked);
OKR_MUST_USE enum okr_err okr_parked_get(struct okr_kv_txn *txn,
                                         const struct okr_id *op,
                                         struct okr_arena *arena,
                                         struct okr_parked *ret_parked);

/* Up to `max` ids of operations, in the arena. */
struct okr_parked_ids {
    struct okr_id *op;
    struct okr_id *waits_for; /* okr_parked_all only */
    size_t n;
};
/* Is there any? */
OKR_MUST_USE enum okr_err okr_parked_any(struct okr_kv_txn *txn, bool *ret_any);
/* Those that wait for `entity`. */
OKR_MUST_USE enum okr_err okr_parked_for(struct okr_kv_txn *txn,
                                         const struct okr_id *entity,
                                         size_t max, struct okr_arena *arena,
                                         struct okr_parked_ids *ret_ids);
/* Those parked at `until` or before, oldest first. */
OKR_MUST_USE enum okr_err okr_parked_old(struct okr_kv_txn *txn, okr_us until,
                                         size_t max, struct okr_arena *arena,
                                         struct okr_parked_ids *ret_ids);
/* All, ascending by (entity, operation), from (entity, operation) on. */
OKR_MUST_USE enum okr_err okr_parked_all(struct okr_kv_txn *txn,
                                         const struct okr_id from[2],
                                         size_t max, struct okr_arena *arena,
                                         struct okr_parked_ids *ret_ids);

#endif
