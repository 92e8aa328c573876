/* What changed since: one row a live entity, and one each time one left. */
#include "common/store/changed.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/seal.h"

#define GONE 0x01

void okr_changed_key(okr_scope scope, okr_lsn elsn, const struct okr_id *id,
                     struct okr_key *ret_key)
{
    ret_key->len = 0;
    okr_key_u32(ret_key, scope);
    okr_key_u64(ret_key, elsn);
    okr_key_id(ret_key, id);
}

enum okr_err okr_changed_put(struct okr_kv_txn *txn, okr_scope scope,
                             const struct okr_changed *row)
{
    OKR_ASSERT(scope != 0 && row != NULL);
    struct okr_key key;
    okr_changed_key(scope, row->elsn, &row->id, &key);
    if (!row->gone)
        return okr_kv_put(txn, OKR_TABLE_CHANGED, okr_key_slice(&key),
                          OKR_SLICE_NONE);
    uint8_t bytes[1 + OKR_SEAL_LEN];
    struct okr_buf value;
    okr_buf_init_fixed(&value, bytes, sizeof bytes);
    okr_buf_u8(&value, GONE);
    return okr_sealed_put(txn, OKR_TABLE_CHANGED, okr_key_slice(&key), &value);
}

enum okr_err okr_changed_del(struct okr_kv_txn *txn, okr_scope scope,
                             okr_lsn elsn, const struct okr_id *id)
{
    struct okr_key key;
    okr_changed_key(scope, elsn, id, &key);
    return okr_kv_del(txn, OKR_TABLE_CHANGED, okr_key_slice(&key));
}

enum okr_err okr_changed_read(struct okr_slice key, struct okr_slice value,
                              struct okr_changed *ret_row)
{
    if (key.len != OKR_CHANGED_KEY_LEN)
        return OKR_ERR_CORRUPT;
    struct okr_changed row = {.elsn = okr_be_get64(key.data + 4)};
    memcpy(row.id.b, key.data + 12, OKR_ID_LEN);
    if (value.len > 0) {
        OKR_TRY(okr_unseal(OKR_TABLE_CHANGED, key, value, &value));
        if (value.len != 1 || value.data[0] != GONE)
            return OKR_ERR_CORRUPT;
        row.gone = true;
    }
    *ret_row = row;
    return OKR_OK;
}

/* Opens a walk of the rows behind (elsn, id) and remembers what to skip. */
static void scan_after(struct okr_kv_txn *txn, const struct okr_key *after,
                       struct okr_kv_iter *it)
{
    struct okr_slice from = okr_key_slice(after);
    struct okr_slice scope = okr_slice_sub(from, 0, 4);
    okr_kv_scan(txn, OKR_TABLE_CHANGED, scope, from, it);
}

static void key_after(okr_scope scope, okr_lsn elsn, const struct okr_id *id,
                      struct okr_key *ret_key)
{
    struct okr_id last;
    memset(last.b, 0xff, sizeof last.b);
    okr_changed_key(scope, elsn, id == NULL ? &last : id, ret_key);
}

static enum okr_err collect(struct okr_kv_iter *it, const struct okr_key *after,
                            size_t max, struct okr_buf *out)
{
    for (size_t n = 0; n < max && okr_kv_iter_next(it);) {
        if (okr_slice_eq(it->key, okr_key_slice(after)))
            continue;
        struct okr_changed row;
        OKR_TRY(okr_changed_read(it->key, it->value, &row));
        okr_buf_put(out, okr_slice_of(&row, sizeof row));
        OKR_TRY(out->err);
        n++;
    }
    return OKR_OK;
}

enum okr_err okr_changed_after(struct okr_kv_txn *txn, okr_scope scope,
                               okr_lsn after_elsn,
                               const struct okr_id *after_id, size_t max,
                               struct okr_arena *arena,
                               struct okr_changed **ret_rows, size_t *ret_n)
{
    OKR_ASSERT(arena != NULL && ret_rows != NULL && ret_n != NULL);
    struct okr_key after;
    key_after(scope, after_elsn, after_id, &after);
    struct okr_buf rows;
    okr_buf_init(&rows, arena);
    struct okr_kv_iter it;
    scan_after(txn, &after, &it);
    enum okr_err err = collect(&it, &after, max, &rows);
    OKR_TRY(okr_kv_iter_close(&it));
    OKR_TRY(err);
    *ret_rows = (void *)rows.data; /* an arena aligns for any type */
    *ret_n = rows.len / sizeof **ret_rows;
    return OKR_OK;
}

enum okr_err okr_changed_any(struct okr_kv_txn *txn, okr_scope scope,
                             okr_lsn after_elsn, const struct okr_id *after_id,
                             bool *ret_any)
{
    OKR_ASSERT(ret_any != NULL);
    struct okr_key after;
    key_after(scope, after_elsn, after_id, &after);
    struct okr_kv_iter it;
    scan_after(txn, &after, &it);
    bool any = okr_kv_iter_next(&it);
    if (any && okr_slice_eq(it.key, okr_key_slice(&after)))
        any = okr_kv_iter_next(&it);
    OKR_TRY(okr_kv_iter_close(&it));
    *ret_any = any;
    return OKR_OK;
}
