/* SCOPE rows: fixed places, sealed. */
#include "common/store/scopes.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/seal.h"

#define ROW_LEN 82 /* bytes before the seal */
#define KEY_LEN 4

static void row_encode(const struct okr_scope_row *row, struct okr_buf *out)
{
    uint8_t digest[OKR_B2_LEN];
    okr_digest_bytes(&row->digest, digest);
    okr_buf_u64(out, row->head);
    okr_buf_put(out, okr_slice_of(digest, sizeof digest));
    okr_buf_u64(out, row->count);
    okr_buf_u64(out, row->met);
    okr_buf_u64(out, row->cursor);
    okr_buf_u64(out, row->token_elsn);
    okr_buf_put(out, okr_id_slice(&row->token_id));
    okr_buf_u64(out, row->upto);
    okr_buf_u8(out, row->followed);
    okr_buf_u8(out, row->repairs);
}

static void row_decode(const uint8_t b[ROW_LEN], struct okr_scope_row *row)
{
    row->head = okr_be_get64(b);
    row->digest = okr_digest_of(b + 8);
    row->count = okr_be_get64(b + 24);
    row->met = okr_be_get64(b + 32);
    row->cursor = okr_be_get64(b + 40);
    row->token_elsn = okr_be_get64(b + 48);
    memcpy(row->token_id.b, b + 56, OKR_ID_LEN);
    row->upto = okr_be_get64(b + 72);
    row->followed = b[80] != 0;
    row->repairs = b[81];
}

enum okr_err okr_scope_get(struct okr_kv_txn *txn, okr_scope scope,
                           struct okr_scope_row *ret_row)
{
    OKR_ASSERT(ret_row != NULL);
    struct okr_key key = {0};
    okr_key_u32(&key, scope);
    struct okr_slice value;
    enum okr_err err =
        okr_sealed_get(txn, OKR_TABLE_SCOPE, okr_key_slice(&key), &value);
    if (err == OKR_ERR_NOTFOUND) {
        *ret_row = (struct okr_scope_row){0};
        return OKR_OK;
    }
    OKR_TRY(err);
    if (value.len != ROW_LEN)
        return OKR_ERR_CORRUPT;
    row_decode(value.data, ret_row);
    return OKR_OK;
}

enum okr_err okr_scope_put(struct okr_kv_txn *txn, okr_scope scope,
                           const struct okr_scope_row *row)
{
    OKR_ASSERT(scope != 0 && row != NULL);
    struct okr_key key = {0};
    okr_key_u32(&key, scope);
    uint8_t bytes[ROW_LEN + OKR_SEAL_LEN];
    struct okr_buf value;
    okr_buf_init_fixed(&value, bytes, sizeof bytes);
    row_encode(row, &value);
    OKR_ASSERT(value.len == ROW_LEN);
    return okr_sealed_put(txn, OKR_TABLE_SCOPE, okr_key_slice(&key), &value);
}

static enum okr_err collect(struct okr_kv_iter *it, struct okr_buf *out)
{
    while (okr_kv_iter_next(it)) {
        if (it->key.len != KEY_LEN)
            return OKR_ERR_CORRUPT;
        okr_scope scope = okr_be_get32(it->key.data);
        okr_buf_put(out, okr_slice_of(&scope, sizeof scope));
    }
    return out->err;
}

enum okr_err okr_scope_all(struct okr_kv_txn *txn, struct okr_arena *arena,
                           okr_scope **ret_scopes, size_t *ret_n)
{
    OKR_ASSERT(arena != NULL && ret_scopes != NULL && ret_n != NULL);
    struct okr_buf scopes;
    okr_buf_init(&scopes, arena);
    struct okr_kv_iter it;
    okr_kv_scan(txn, OKR_TABLE_SCOPE, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    enum okr_err err = collect(&it, &scopes);
    OKR_TRY(okr_kv_iter_close(&it));
    OKR_TRY(err);
    *ret_scopes = (void *)scopes.data; /* an arena aligns for any type */
    *ret_n = scopes.len / sizeof **ret_scopes;
    return OKR_OK;
}
