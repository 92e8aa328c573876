/* Settings and counters of a store, by name, and its schema version. */
#ifndef OKR_STORE_META_H
#define OKR_STORE_META_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/model/op.h"
#include "common/store/kv.h"

#define OKR_STORE_VERSION 1

/* OKR_ERR_NOTFOUND; the bytes are copied into `arena`. */
OKR_MUST_USE enum okr_err okr_meta_get(struct okr_kv_txn *txn, const char *name,
                                       struct okr_arena *arena,
                                       struct okr_slice *ret_value);
OKR_MUST_USE enum okr_err okr_meta_put(struct okr_kv_txn *txn, const char *name,
                                       struct okr_slice value);
/* Numbers; one that was never written reads as 0. */
OKR_MUST_USE enum okr_err okr_meta_u64(struct okr_kv_txn *txn, const char *name,
                                       uint64_t *ret_value);
OKR_MUST_USE enum okr_err okr_meta_put_u64(struct okr_kv_txn *txn,
                                           const char *name, uint64_t value);
OKR_MUST_USE enum okr_err okr_meta_id(struct okr_kv_txn *txn, const char *name,
                                      struct okr_id *ret_id); /* NOTFOUND */

/* Stamps a new store ("server" or "site"), or checks an old one: VERSION if
 * it was written by a newer program, DENIED if it is of the other side.  One
 * of an older version is migrated, one of an older schema gets its look-ups
 * anew: so this wants a transaction that may write.  See migrate.h. */
OKR_MUST_USE enum okr_err okr_meta_stamp(struct okr_kv_txn *txn,
                                         const char *side);

/* The ancestry of epochs, oldest first; the last is the present one. */
struct okr_epoch_row {
    uint32_t counter;
    uint8_t random[16];
    okr_lsn began;
};
OKR_MUST_USE enum okr_err okr_meta_epochs(struct okr_kv_txn *txn,
                                          struct okr_arena *arena,
                                          struct okr_epoch_row **ret_epochs,
                                          size_t *ret_n);
OKR_MUST_USE enum okr_err
okr_meta_put_epochs(struct okr_kv_txn *txn, const struct okr_epoch_row *epochs,
                    size_t n);

#endif
