/* The checksum of a row.  The value is hashed by itself first, so nothing has
 * to be copied behind the key, however long the value is. */
#include "common/store/seal.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/crypto/hash.h"

#define WORD_MAX 16

static void checksum(enum okr_table table, struct okr_slice key,
                     struct okr_slice value, uint8_t out[OKR_SEAL_LEN])
{
    uint8_t bytes[WORD_MAX + 1 + OKR_KEY_MAX + OKR_B2_LEN];
    struct okr_slice word = okr_slice_str(okr_table_name(table));
    OKR_ASSERT(word.len <= WORD_MAX && key.len <= OKR_KEY_MAX);
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, bytes, sizeof bytes);
    okr_buf_put(&buf, word);
    okr_buf_u8(&buf, 0);
    okr_buf_put(&buf, key);
    uint8_t hash[OKR_B2_LEN];
    okr_blake2b(value, hash);
    okr_buf_put(&buf, okr_slice_of(hash, sizeof hash));
    OKR_ASSERT(buf.err == OKR_OK);
    okr_blake2b(okr_buf_slice(&buf), hash);
    memcpy(out, hash, OKR_SEAL_LEN);
}

void okr_seal(enum okr_table table, struct okr_slice key, struct okr_buf *value)
{
    OKR_ASSERT(value != NULL && key.len > 0);
    if (value->err != OKR_OK)
        return;
    uint8_t sum[OKR_SEAL_LEN];
    checksum(table, key, okr_buf_slice(value), sum);
    okr_buf_put(value, okr_slice_of(sum, sizeof sum));
}

enum okr_err okr_unseal(enum okr_table table, struct okr_slice key,
                        struct okr_slice sealed, struct okr_slice *ret_value)
{
    OKR_ASSERT(key.len > 0 && ret_value != NULL);
    if (sealed.len < OKR_SEAL_LEN)
        return OKR_ERR_CORRUPT;
    size_t len = sealed.len - OKR_SEAL_LEN;
    struct okr_slice value = okr_slice_sub(sealed, 0, len);
    uint8_t sum[OKR_SEAL_LEN];
    checksum(table, key, value, sum);
    if (memcmp(sum, sealed.data + len, OKR_SEAL_LEN) != 0)
        return OKR_ERR_CORRUPT;
    *ret_value = value;
    return OKR_OK;
}

enum okr_err okr_sealed_put(struct okr_kv_txn *txn, enum okr_table table,
                            struct okr_slice key, struct okr_buf *value)
{
    okr_seal(table, key, value);
    OKR_TRY(value->err);
    return okr_kv_put(txn, table, key, okr_buf_slice(value));
}

enum okr_err okr_sealed_get(struct okr_kv_txn *txn, enum okr_table table,
                            struct okr_slice key, struct okr_slice *ret_value)
{
    struct okr_slice sealed;
    OKR_TRY(okr_kv_get(txn, table, key, &sealed));
    return okr_unseal(table, key, sealed, ret_value);
}
