/* Rows of PARKED.
 *
 *   'o' ‖ op 16              -> the operation and where it stands; sealed
 *   't' ‖ since 8 ‖ op 16    -> nothing: which ones expire next
 *   'w' ‖ waits for 16 ‖ op 16 -> nothing: which ones an entity sets free
 *
 * Value of 'o': site 16 ‖ incarnation 8 ‖ seq 8 ‖ first seq 8 ‖ waits for 16 ‖
 *               since 8 ‖ authority 1 ‖ Operation (proto/types.proto) */
#include "server/store/parked.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/seal.h"

enum {
    TIME_AT = 1,        /* in a 't' key: since */
    TIME_OP_AT = 1 + 8, /* and the operation */
    WAIT_AT = 1,        /* in a 'w' key: the entity */
    WAIT_OP_AT = 1 + OKR_ID_LEN,
    FIXED_LEN = 2 * OKR_ID_LEN + 4 * 8 + 1,
};

static struct okr_key op_key(const struct okr_id *op)
{
    struct okr_key key = {0};
    okr_key_put(&key, OKR_SLICE_LIT("o"));
    okr_key_id(&key, op);
    return key;
}

static struct okr_key time_key(okr_us since, const struct okr_id *op)
{
    OKR_ASSERT(since >= 0);
    struct okr_key key = {0};
    okr_key_put(&key, OKR_SLICE_LIT("t"));
    okr_key_u64(&key, (uint64_t)since);
    okr_key_id(&key, op);
    return key;
}

static struct okr_key wait_key(const struct okr_id *waits_for)
{
    struct okr_key key = {0};
    okr_key_put(&key, OKR_SLICE_LIT("w"));
    okr_key_id(&key, waits_for);
    return key;
}

static struct okr_key wait_op_key(const struct okr_id *waits_for,
                                  const struct okr_id *op)
{
    struct okr_key key = wait_key(waits_for);
    okr_key_id(&key, op);
    return key;
}

enum okr_err okr_parked_put(struct okr_kv_txn *txn,
                            const struct okr_parked *parked,
                            struct okr_arena *arena)
{
    OKR_ASSERT(txn != NULL && parked != NULL && parked->mark.seq > 0);
    struct okr_key key = op_key(&parked->op.id);
    struct okr_key time = time_key(parked->since, &parked->op.id);
    struct okr_key wait = wait_op_key(&parked->waits_for, &parked->op.id);
    struct okr_buf value;
    okr_buf_init(&value, arena);
    okr_buf_put(&value, okr_id_slice(&parked->mark.site));
    okr_buf_u64(&value, parked->mark.incarnation);
    okr_buf_u64(&value, parked->mark.seq);
    okr_buf_u64(&value, parked->first_seq);
    okr_buf_put(&value, okr_id_slice(&parked->waits_for));
    okr_buf_u64(&value, (uint64_t)parked->since);
    okr_buf_u8(&value, parked->authority ? 1 : 0);
    okr_op_encode(&parked->op, &value);
    OKR_TRY(okr_sealed_put(txn, OKR_TABLE_PARKED, okr_key_slice(&key), &value));
    OKR_TRY(okr_kv_put(txn, OKR_TABLE_PARKED, okr_key_slice(&time),
                       OKR_SLICE_NONE));
    return okr_kv_put(txn, OKR_TABLE_PARKED, okr_key_slice(&wait),
                      OKR_SLICE_NONE);
}

enum okr_err okr_parked_del(struct okr_kv_txn *txn,
                            const struct okr_parked *parked)
{
    OKR_ASSERT(txn != NULL && parked != NULL);
    struct okr_key key = op_key(&parked->op.id);
    struct okr_key time = time_key(parked->since, &parked->op.id);
    struct okr_key wait = wait_op_key(&parked->waits_for, &parked->op.id);
    OKR_TRY(okr_kv_del(txn, OKR_TABLE_PARKED, okr_key_slice(&key)));
    OKR_TRY(okr_kv_del(txn, OKR_TABLE_PARKED, okr_key_slice(&time)));
    return okr_kv_del(txn, OKR_TABLE_PARKED, okr_key_slice(&wait));
}

enum okr_err okr_parked_get(struct okr_kv_txn *txn, const struct okr_id *op,
                            struct okr_arena *arena,
                            struct okr_parked *ret_parked)
{
    OKR_ASSERT(txn != NULL && op != NULL && ret_parked != NULL);
    struct okr_key key = op_key(op);
    struct okr_slice value;
    OKR_TRY(okr_sealed_get(txn, OKR_TABLE_PARKED, okr_key_slice(&key), &value));
    if (value.len < FIXED_LEN)
        return OKR_ERR_CORRUPT;
    struct okr_slice own = okr_arena_copy(arena, value);
    if (own.data == NULL)
        return OKR_ERR_NOMEM;
    struct okr_parked parked = {0};
    struct okr_reader r = okr_reader_of(own);
    OKR_TRY(okr_id_from(okr_reader_take(&r, OKR_ID_LEN), &parked.mark.site));
    parked.mark.incarnation = okr_reader_u64(&r);
    parked.mark.seq = okr_reader_u64(&r);
    parked.first_seq = okr_reader_u64(&r);
    OKR_TRY(okr_id_from(okr_reader_take(&r, OKR_ID_LEN), &parked.waits_for));
    parked.since = (okr_us)okr_reader_u64(&r);
    parked.authority = okr_reader_u8(&r) == 1;
    enum okr_err err = okr_op_decode(r.rest, arena, &parked.op);
    if (err != OKR_OK)
        return err == OKR_ERR_NOMEM ? err : OKR_ERR_CORRUPT;
    *ret_parked = parked;
    return OKR_OK;
}

static enum okr_err ids_init(struct okr_parked_ids *ids, size_t max,
                             struct okr_arena *arena)
{
    *ids = (struct okr_parked_ids){0};
    ids->op = okr_arena_array(arena, max, sizeof *ids->op);
    ids->waits_for = okr_arena_array(arena, max, sizeof *ids->waits_for);
    return ids->op != NULL && ids->waits_for != NULL ? OKR_OK : OKR_ERR_NOMEM;
}

static void take_id(struct okr_slice key, size_t at, struct okr_id *ret_id)
{
    OKR_ASSERT(key.len >= at + OKR_ID_LEN);
    memcpy(ret_id->b, key.data + at, OKR_ID_LEN);
}

enum okr_err okr_parked_any(struct okr_kv_txn *txn, bool *ret_any)
{
    OKR_ASSERT(ret_any != NULL);
    enum okr_err err =
        okr_kv_last(txn, OKR_TABLE_PARKED, OKR_SLICE_LIT("o"), NULL, NULL);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    *ret_any = err == OKR_OK;
    return OKR_OK;
}

enum okr_err okr_parked_for(struct okr_kv_txn *txn, const struct okr_id *entity,
                            size_t max, struct okr_arena *arena,
                            struct okr_parked_ids *ret_ids)
{
    OKR_ASSERT(entity != NULL && ret_ids != NULL);
    OKR_TRY(ids_init(ret_ids, max, arena));
    struct okr_key prefix = wait_key(entity);
    struct okr_kv_iter it;
    okr_kv_scan(txn, OKR_TABLE_PARKED, okr_key_slice(&prefix), OKR_SLICE_NONE,
                &it);
    while (ret_ids->n < max && okr_kv_iter_next(&it)) {
        ret_ids->waits_for[ret_ids->n] = *entity;
        take_id(it.key, WAIT_OP_AT, &ret_ids->op[ret_ids->n++]);
    }
    return okr_kv_iter_close(&it);
}

enum okr_err okr_parked_old(struct okr_kv_txn *txn, okr_us until, size_t max,
                            struct okr_arena *arena,
                            struct okr_parked_ids *ret_ids)
{
    OKR_ASSERT(ret_ids != NULL);
    OKR_TRY(ids_init(ret_ids, max, arena));
    struct okr_kv_iter it;
    okr_kv_scan(txn, OKR_TABLE_PARKED, OKR_SLICE_LIT("t"), OKR_SLICE_NONE, &it);
    while (ret_ids->n < max && okr_kv_iter_next(&it)) {
        OKR_ASSERT(it.key.len == TIME_OP_AT + OKR_ID_LEN);
        if ((okr_us)okr_be_get64(it.key.data + TIME_AT) > until)
            break;
        take_id(it.key, TIME_OP_AT, &ret_ids->op[ret_ids->n++]);
    }
    return okr_kv_iter_close(&it);
}

enum okr_err okr_parked_all(struct okr_kv_txn *txn, const struct okr_id from[2],
                            size_t max, struct okr_arena *arena,
                            struct okr_parked_ids *ret_ids)
{
    OKR_ASSERT(from != NULL && ret_ids != NULL);
    OKR_TRY(ids_init(ret_ids, max, arena));
    struct okr_key start = wait_op_key(&from[0], &from[1]);
    struct okr_kv_iter it;
    okr_kv_scan(txn, OKR_TABLE_PARKED, OKR_SLICE_LIT("w"),
                okr_key_slice(&start), &it);
    while (ret_ids->n < max && okr_kv_iter_next(&it)) {
        take_id(it.key, WAIT_AT, &ret_ids->waits_for[ret_ids->n]);
        take_id(it.key, WAIT_OP_AT, &ret_ids->op[ret_ids->n++]);
    }
    return okr_kv_iter_close(&it);
}
