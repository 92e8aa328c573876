/* A row of ENTITY or VIEW_ENTITY.  Private to common/store.
 *
 *   BLAKE2b-128(id ‖ encoding) 16 ‖ encoding ‖ entered u64 ‖ seal 4
 *
 * The hash is the entity's share in the digest of its scope; `entered` has no
 * part in it, because it says how a copy got here and not what it holds. */
#ifndef OKR_STORE_ENTITY_ROW_H
#define OKR_STORE_ENTITY_ROW_H

#include "common/store/space.h"

/* Puts the row of `record`; `ret_b2` gets its hash. */
OKR_MUST_USE enum okr_err okr_entity_row_put(const struct okr_space *space,
                                             enum okr_table table,
                                             const struct okr_record *record,
                                             uint8_t ret_b2[OKR_B2_LEN]);
/* NOTFOUND, CORRUPT.  The record lives in the space's arena. */
OKR_MUST_USE enum okr_err okr_entity_row_get(const struct okr_space *space,
                                             enum okr_table table,
                                             const struct okr_id *id,
                                             struct okr_record **ret_record);
/* The hash alone, as the row has it. */
OKR_MUST_USE enum okr_err okr_entity_row_b2(struct okr_kv_txn *txn,
                                            const struct okr_id *id,
                                            uint8_t ret_b2[OKR_B2_LEN]);

#endif
