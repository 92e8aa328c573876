/* Rows of GONE on the server's side: id -> lsn u64, sealed, as
 * okr_entity_gone reads them. */
#include "server/store/refused_ids.h"

#include "common/base/assert.h"
#include "common/store/seal.h"

enum okr_err okr_refused_id_put(struct okr_kv_txn *txn,
                                const struct okr_id *entity, okr_lsn lsn)
{
    OKR_ASSERT(entity != NULL && lsn > 0);
    uint8_t bytes[8 + OKR_SEAL_LEN];
    struct okr_buf value;
    okr_buf_init_fixed(&value, bytes, sizeof bytes);
    okr_buf_u64(&value, lsn);
    return okr_sealed_put(txn, OKR_TABLE_GONE, okr_id_slice(entity), &value);
}
