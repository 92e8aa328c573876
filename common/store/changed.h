/* The rows of CHANGED, as entities.c writes them.  Private to common/store.
 *
 * Key: scope u32, elsn u64, id 16.  A live row is empty: it can be worked out
 * from the entity.  A gone row is 01 and a seal, for nothing else knows it. */
#ifndef OKR_STORE_CHANGED_H
#define OKR_STORE_CHANGED_H

#include "common/store/key.h"
#include "common/store/scopes.h"

#define OKR_CHANGED_KEY_LEN 28

void okr_changed_key(okr_scope scope, okr_lsn elsn, const struct okr_id *id,
                     struct okr_key *ret_key);
OKR_MUST_USE enum okr_err okr_changed_put(struct okr_kv_txn *txn,
                                          okr_scope scope,
                                          const struct okr_changed *row);
/* Removes a live row. */
OKR_MUST_USE enum okr_err okr_changed_del(struct okr_kv_txn *txn,
                                          okr_scope scope, okr_lsn elsn,
                                          const struct okr_id *id);
/* OKR_ERR_CORRUPT if it is neither a live nor a gone row. */
OKR_MUST_USE enum okr_err okr_changed_read(struct okr_slice key,
                                           struct okr_slice value,
                                           struct okr_changed *ret_row);

#endif
