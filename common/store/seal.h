/* Rows that carry a checksum, because LMDB has none: what the disk altered is
 * found when it is read, and never passed on.
 *
 * value ‖ 4 bytes: the first of BLAKE2b-128 over
 *   word of the table ‖ 00 ‖ key ‖ BLAKE2b-128(value)
 * The word, not the number, which lines of tables.def may shift; the key, so
 * that a row that strayed to another key is found too.  Every table whose
 * values cannot be recomputed from others is sealed: see docs/store.md. */
#ifndef OKR_STORE_SEAL_H
#define OKR_STORE_SEAL_H

#include "common/base/buf.h"
#include "common/store/kv.h"

#define OKR_SEAL_LEN 4

/* Appends the checksum to the row's value. */
void okr_seal(enum okr_table table, struct okr_slice key,
              struct okr_buf *value);
/* The value without its checksum, borrowed; OKR_ERR_CORRUPT if it does not
 * hold. */
OKR_MUST_USE enum okr_err okr_unseal(enum okr_table table, struct okr_slice key,
                                     struct okr_slice sealed,
                                     struct okr_slice *ret_value);

/* Seals `value` and puts it; a failure of the buffer comes back here. */
OKR_MUST_USE enum okr_err okr_sealed_put(struct okr_kv_txn *txn,
                                         enum okr_table table,
                                         struct okr_slice key,
                                         struct okr_buf *value);
/* As okr_kv_get (NOTFOUND, and what is read dies as told there), without the
 * checksum; OKR_ERR_CORRUPT if it does not hold. */
OKR_MUST_USE enum okr_err okr_sealed_get(struct okr_kv_txn *txn,
                                         enum okr_table table,
                                         struct okr_slice key,
                                         struct okr_slice *ret_value);

#endif
