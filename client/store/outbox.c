/* OUTBOX: sequence u64 -> an own operation without a final answer, sealed.
 * The row's layout is in out_row.h. */
#include "client/store/outbox.h"

#include "client/store/out_row.h"
#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/seal.h"

#define SEQ_LEN 8

static struct okr_key key_of(uint64_t seq)
{
    struct okr_key key = {.len = 0};
    OKR_ASSERT(seq > 0);
    okr_key_u64(&key, seq);
    return key;
}

enum okr_err okr_outbox_put(struct okr_kv_txn *txn, const struct okr_out *out,
                            struct okr_arena *arena)
{
    OKR_ASSERT(out != NULL && arena != NULL);
    struct okr_key key = key_of(out->seq);
    struct okr_buf row;
    okr_buf_init(&row, arena);
    okr_out_row_write(out, arena, &row);
    return okr_sealed_put(txn, OKR_TABLE_OUTBOX, okr_key_slice(&key), &row);
}

enum okr_err okr_outbox_get(struct okr_kv_txn *txn, uint64_t seq,
                            struct okr_arena *arena, struct okr_out *ret_out)
{
    OKR_ASSERT(ret_out != NULL);
    struct okr_key key = key_of(seq);
    struct okr_slice value;
    OKR_TRY(okr_sealed_get(txn, OKR_TABLE_OUTBOX, okr_key_slice(&key), &value));
    struct okr_reader r = okr_reader_of(value);
    struct okr_out out = {.seq = seq};
    OKR_TRY(okr_out_row_read(&r, arena, &out));
    *ret_out = out;
    return OKR_OK;
}

enum okr_err okr_outbox_del(struct okr_kv_txn *txn, uint64_t seq)
{
    struct okr_key key = key_of(seq);
    return okr_kv_del(txn, OKR_TABLE_OUTBOX, okr_key_slice(&key));
}

/* One row of a walk.  The walk reads and never writes, so what it points at
 * stays until it goes on. */
static enum okr_err read_at(const struct okr_kv_iter *it,
                            struct okr_arena *arena, struct okr_out *ret_out)
{
    struct okr_slice value;
    if (it->key.len != SEQ_LEN)
        return OKR_ERR_CORRUPT;
    OKR_TRY(okr_unseal(OKR_TABLE_OUTBOX, it->key, it->value, &value));
    struct okr_reader r = okr_reader_of(value);
    ret_out->seq = okr_be_get64(it->key.data);
    return okr_out_row_read(&r, arena, ret_out);
}

enum okr_err okr_outbox_list(struct okr_kv_txn *txn, uint64_t from, size_t max,
                             struct okr_arena *arena, struct okr_outs *ret_rows)
{
    OKR_ASSERT(max > 0 && ret_rows != NULL);
    struct okr_key key = key_of(from == 0 ? 1 : from);
    struct okr_out *rows = okr_arena_array(arena, max, sizeof *rows);
    if (rows == NULL)
        return OKR_ERR_NOMEM;
    struct okr_kv_iter it;
    size_t n = 0;
    enum okr_err err = OKR_OK;
    okr_kv_scan(txn, OKR_TABLE_OUTBOX, OKR_SLICE_NONE, okr_key_slice(&key),
                &it);
    while (err == OKR_OK && n < max && okr_kv_iter_next(&it)) {
        err = read_at(&it, arena, &rows[n]);
        n++;
    }
    enum okr_err closed = okr_kv_iter_close(&it);
    OKR_TRY(err != OKR_OK ? err : closed);
    *ret_rows = (struct okr_outs){rows, n};
    return OKR_OK;
}

enum okr_err okr_outbox_count(struct okr_kv_txn *txn, uint64_t *ret_n)
{
    OKR_ASSERT(ret_n != NULL);
    struct okr_kv_iter it;
    uint64_t n = 0;
    okr_kv_scan(txn, OKR_TABLE_OUTBOX, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (okr_kv_iter_next(&it))
        n += it.value.len > 0 && it.value.data[0] != OKR_OUT_ANSWERED;
    OKR_TRY(okr_kv_iter_close(&it));
    *ret_n = n;
    return OKR_OK;
}
