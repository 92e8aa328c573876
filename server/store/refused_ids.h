/* Ids of entities that will never be, because the operation that would have
 * made them was refused: what builds on one is rejected(unknown_entity), and
 * does not wait for it.  Read with okr_entity_gone. */
#ifndef SERVER_STORE_REFUSED_IDS_H
#define SERVER_STORE_REFUSED_IDS_H

#include "common/base/id.h"
#include "common/store/kv.h"

/* `lsn`: where the refusal is in the log. */
OKR_MUST_USE enum okr_err okr_refused_id_put(struct okr_kv_txn *txn,
                                             const struct okr_id *entity,
                                             okr_lsn lsn);

#endif
