/* PUSH: first sequence u64 -> a push as it went out, sealed:
 *   last sequence u64 ‖ answered u8 ‖ hash 32 ‖ frame */
#include "client/store/outbox.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/seal.h"

#define SEQ_LEN 8

enum okr_err okr_push_put(struct okr_kv_txn *txn,
                          const struct okr_pushed_out *push,
                          struct okr_arena *arena)
{
    OKR_ASSERT(push->first_seq > 0 && push->last_seq >= push->first_seq);
    OKR_ASSERT(push->frame.len > 0);
    struct okr_key key = {.len = 0};
    okr_key_u64(&key, push->first_seq);
    struct okr_buf row;
    okr_buf_init(&row, arena);
    okr_buf_u64(&row, push->last_seq);
    okr_buf_u8(&row, push->answered);
    okr_buf_put(&row, okr_slice_of(push->hash.b, sizeof push->hash.b));
    okr_buf_put(&row, push->frame);
    return okr_sealed_put(txn, OKR_TABLE_PUSH, okr_key_slice(&key), &row);
}

enum okr_err okr_push_del(struct okr_kv_txn *txn, uint64_t first_seq)
{
    struct okr_key key = {.len = 0};
    okr_key_u64(&key, first_seq);
    return okr_kv_del(txn, OKR_TABLE_PUSH, okr_key_slice(&key));
}

static enum okr_err read_at(const struct okr_kv_iter *it,
                            struct okr_arena *arena,
                            struct okr_pushed_out *ret_push)
{
    struct okr_slice value;
    if (it->key.len != SEQ_LEN)
        return OKR_ERR_CORRUPT;
    OKR_TRY(okr_unseal(OKR_TABLE_PUSH, it->key, it->value, &value));
    struct okr_reader r = okr_reader_of(value);
    struct okr_pushed_out push = {.first_seq = okr_be_get64(it->key.data)};
    push.last_seq = okr_reader_u64(&r);
    push.answered = okr_reader_u8(&r) != 0;
    struct okr_slice hash = okr_reader_take(&r, sizeof push.hash.b);
    if (r.err != OKR_OK || r.rest.len == 0 || push.last_seq < push.first_seq)
        return OKR_ERR_CORRUPT;
    memcpy(push.hash.b, hash.data, sizeof push.hash.b);
    push.frame = okr_arena_copy(arena, r.rest);
    if (push.frame.data == NULL)
        return OKR_ERR_NOMEM;
    *ret_push = push;
    return OKR_OK;
}

enum okr_err okr_push_list(struct okr_kv_txn *txn, size_t max,
                           struct okr_arena *arena,
                           struct okr_pushed_out **ret_rows, size_t *ret_n)
{
    OKR_ASSERT(max > 0 && ret_rows != NULL && ret_n != NULL);
    struct okr_pushed_out *rows = okr_arena_array(arena, max, sizeof *rows);
    if (rows == NULL)
        return OKR_ERR_NOMEM;
    struct okr_kv_iter it;
    size_t n = 0;
    enum okr_err err = OKR_OK;
    okr_kv_scan(txn, OKR_TABLE_PUSH, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (err == OKR_OK && n < max && okr_kv_iter_next(&it)) {
        err = read_at(&it, arena, &rows[n]);
        n++;
    }
    enum okr_err closed = okr_kv_iter_close(&it);
    OKR_TRY(err != OKR_OK ? err : closed);
    *ret_rows = rows;
    *ret_n = n;
    return OKR_OK;
}
