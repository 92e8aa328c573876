/* LEAF, NODE, PAYLOAD and OP.  Leaves and nodes are told by the tree's root,
 * payloads by their commitment; only OP needs a seal. */
#include "common/store/oplog.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/seal.h"

#define INDEX_LEN 8
#define LSN_LEN 8

enum okr_err okr_oplog_size(struct okr_kv_txn *txn, uint64_t *ret_size)
{
    OKR_ASSERT(ret_size != NULL);
    struct okr_slice key;
    enum okr_err err =
        okr_kv_last(txn, OKR_TABLE_LEAF, OKR_SLICE_NONE, &key, NULL);
    if (err == OKR_ERR_NOTFOUND) {
        *ret_size = 0;
        return OKR_OK;
    }
    OKR_TRY(err);
    if (key.len != INDEX_LEN || okr_be_get64(key.data) == UINT64_MAX)
        return OKR_ERR_CORRUPT;
    *ret_size = okr_be_get64(key.data) + 1;
    return OKR_OK;
}

enum okr_err okr_oplog_put_leaf(struct okr_kv_txn *txn, uint64_t index,
                                struct okr_slice leaf)
{
    uint64_t size;
    OKR_TRY(okr_oplog_size(txn, &size));
    OKR_ASSERT(index == size && leaf.len > 0);
    struct okr_key key = {0};
    okr_key_u64(&key, index);
    return okr_kv_put(txn, OKR_TABLE_LEAF, okr_key_slice(&key), leaf);
}

enum okr_err okr_oplog_leaf(struct okr_kv_txn *txn, uint64_t index,
                            struct okr_slice *ret_leaf)
{
    OKR_ASSERT(ret_leaf != NULL);
    struct okr_key key = {0};
    okr_key_u64(&key, index);
    return okr_kv_get(txn, OKR_TABLE_LEAF, okr_key_slice(&key), ret_leaf);
}

enum okr_err okr_oplog_put_node(struct okr_kv_txn *txn, uint64_t index,
                                const struct okr_hash *hash)
{
    OKR_ASSERT(hash != NULL);
    struct okr_key key = {0};
    okr_key_u64(&key, index);
    return okr_kv_put(txn, OKR_TABLE_NODE, okr_key_slice(&key),
                      okr_slice_of(hash->b, sizeof hash->b));
}

enum okr_err okr_oplog_node(struct okr_kv_txn *txn, uint64_t index,
                            struct okr_hash *ret_hash)
{
    OKR_ASSERT(ret_hash != NULL);
    struct okr_key key = {0};
    okr_key_u64(&key, index);
    struct okr_slice value;
    OKR_TRY(okr_kv_get(txn, OKR_TABLE_NODE, okr_key_slice(&key), &value));
    if (value.len != sizeof ret_hash->b)
        return OKR_ERR_CORRUPT;
    memcpy(ret_hash->b, value.data, sizeof ret_hash->b);
    return OKR_OK;
}

/* ---- payloads ------------------------------------------------------------ */

static struct okr_slice payload_key(const struct okr_hash *commit)
{
    return okr_slice_of(commit->b, sizeof commit->b);
}

enum okr_err okr_oplog_put_payload(struct okr_kv_txn *txn,
                                   const struct okr_hash *commit,
                                   const struct okr_op *op)
{
    OKR_ASSERT(commit != NULL && op != NULL);
    struct okr_buf value;
    okr_buf_init(&value, NULL);
    okr_buf_put(&value, okr_slice_of(op->salt, sizeof op->salt));
    okr_buf_put(&value, op->payload);
    enum okr_err err = value.err;
    if (err == OKR_OK)
        err = okr_kv_put(txn, OKR_TABLE_PAYLOAD, payload_key(commit),
                         okr_buf_slice(&value));
    okr_buf_close(&value);
    return err;
}

/* The commitment that salt and payload make is their checksum. */
enum okr_err okr_oplog_payload(struct okr_kv_txn *txn,
                               const struct okr_hash *commit,
                               struct okr_slice *ret_salt,
                               struct okr_slice *ret_payload)
{
    OKR_ASSERT(commit != NULL && ret_salt != NULL && ret_payload != NULL);
    struct okr_slice value;
    OKR_TRY(okr_kv_get(txn, OKR_TABLE_PAYLOAD, payload_key(commit), &value));
    if (value.len < OKR_SALT_LEN)
        return OKR_ERR_CORRUPT;
    struct okr_op op = {.payload =
                            okr_slice_sub(value, OKR_SALT_LEN, value.len)};
    memcpy(op.salt, value.data, sizeof op.salt);
    struct okr_hash made = okr_layout_payload_commit(&op);
    if (!okr_hash_eq(&made, commit))
        return OKR_ERR_CORRUPT;
    *ret_salt = okr_slice_sub(value, 0, OKR_SALT_LEN);
    *ret_payload = op.payload;
    return OKR_OK;
}

/* ---- where operations ended up ------------------------------------------- */

enum okr_err okr_oplog_op(struct okr_kv_txn *txn, const struct okr_id *op,
                          okr_lsn *ret_lsn)
{
    OKR_ASSERT(op != NULL && ret_lsn != NULL);
    struct okr_slice value;
    enum okr_err err =
        okr_sealed_get(txn, OKR_TABLE_OP, okr_id_slice(op), &value);
    if (err == OKR_ERR_NOTFOUND) {
        *ret_lsn = 0;
        return OKR_OK;
    }
    OKR_TRY(err);
    if (value.len != LSN_LEN)
        return OKR_ERR_CORRUPT;
    *ret_lsn = okr_be_get64(value.data);
    return OKR_OK;
}

enum okr_err okr_oplog_put_op(struct okr_kv_txn *txn, const struct okr_id *op,
                              okr_lsn lsn)
{
    OKR_ASSERT(op != NULL);
    uint8_t bytes[LSN_LEN + OKR_SEAL_LEN];
    struct okr_buf value;
    okr_buf_init_fixed(&value, bytes, sizeof bytes);
    okr_buf_u64(&value, lsn);
    return okr_sealed_put(txn, OKR_TABLE_OP, okr_id_slice(op), &value);
}
