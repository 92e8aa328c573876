/* What became of own operations, by op id, sealed:
 *   SENT     sequence u64 ‖ a row as in OUTBOX (out_row.h)
 *   REFUSED  at i64 ‖ block(operation) ‖ block(answer) */
#include "client/store/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/out_row.h"
#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/seal.h"

/* ---- sent ---------------------------------------------------------------- */

enum okr_err okr_sent_put(struct okr_kv_txn *txn, const struct okr_out *out,
                          struct okr_arena *arena)
{
    OKR_ASSERT(out->state == OKR_OUT_ANSWERED && arena != NULL);
    struct okr_buf row;
    okr_buf_init(&row, arena);
    okr_buf_u64(&row, out->seq);
    okr_out_row_write(out, arena, &row);
    return okr_sealed_put(txn, OKR_TABLE_SENT, okr_id_slice(&out->op.id), &row);
}

enum okr_err okr_sent_get(struct okr_kv_txn *txn, const struct okr_id *op,
                          struct okr_arena *arena, struct okr_out *ret_out)
{
    OKR_ASSERT(op != NULL && ret_out != NULL);
    struct okr_slice value;
    OKR_TRY(okr_sealed_get(txn, OKR_TABLE_SENT, okr_id_slice(op), &value));
    struct okr_reader r = okr_reader_of(value);
    struct okr_out out = {.seq = okr_reader_u64(&r)};
    OKR_TRY(okr_out_row_read(&r, arena, &out));
    *ret_out = out;
    return OKR_OK;
}

enum okr_err okr_sent_del(struct okr_kv_txn *txn, const struct okr_id *op)
{
    OKR_ASSERT(op != NULL);
    return okr_kv_del(txn, OKR_TABLE_SENT, okr_id_slice(op));
}

/* The lsn of one row.  `scratch` holds it, and nothing else. */
static enum okr_err read_at(const struct okr_kv_iter *it,
                            struct okr_arena *scratch,
                            struct okr_sent_at *ret_at)
{
    struct okr_slice value;
    struct okr_out out = {.seq = 0};
    okr_arena_reset(scratch);
    OKR_TRY(okr_unseal(OKR_TABLE_SENT, it->key, it->value, &value));
    struct okr_reader r = okr_reader_of(value);
    (void)okr_reader_u64(&r);
    OKR_TRY(okr_out_row_read(&r, scratch, &out));
    ret_at->lsn = out.answer.lsn;
    return okr_id_from(it->key, &ret_at->op) == OKR_OK ? OKR_OK
                                                       : OKR_ERR_CORRUPT;
}

static enum okr_err collect_behind(struct okr_kv_txn *txn, okr_lsn after,
                                   struct okr_arena *scratch,
                                   struct okr_buf *rows)
{
    struct okr_kv_iter it;
    struct okr_sent_at at;
    enum okr_err err = OKR_OK;
    okr_kv_scan(txn, OKR_TABLE_SENT, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (err == OKR_OK && okr_kv_iter_next(&it)) {
        err = read_at(&it, scratch, &at);
        if (err == OKR_OK && at.lsn > after)
            okr_buf_put(rows, okr_slice_of((const uint8_t *)&at, sizeof at));
    }
    enum okr_err walked = okr_kv_iter_close(&it);
    OKR_TRY(err != OKR_OK ? err : walked);
    return rows->err;
}

static int by_lsn(const void *a, const void *b)
{
    const struct okr_sent_at *x = a, *y = b;
    return x->lsn < y->lsn ? -1 : x->lsn > y->lsn;
}

enum okr_err okr_sent_after(struct okr_kv_txn *txn, okr_lsn after,
                            struct okr_arena *arena,
                            struct okr_sent_at **ret_rows, size_t *ret_n)
{
    OKR_ASSERT(arena != NULL && ret_rows != NULL && ret_n != NULL);
    struct okr_arena *scratch;
    struct okr_buf rows;
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &scratch));
    okr_buf_init(&rows, NULL);
    enum okr_err err = collect_behind(txn, after, scratch, &rows);
    okr_arena_free(&scratch);
    size_t n = rows.len / sizeof(struct okr_sent_at);
    struct okr_sent_at *at =
        err == OKR_OK ? okr_arena_array(arena, n, sizeof *at) : NULL;
    if (at != NULL && n > 0) {
        memcpy(at, rows.data, n * sizeof *at);
        qsort(at, n, sizeof *at, by_lsn);
    }
    okr_buf_close(&rows);
    OKR_TRY(err);
    if (at == NULL)
        return OKR_ERR_NOMEM;
    *ret_rows = at;
    *ret_n = n;
    return OKR_OK;
}

/* ---- refused ------------------------------------------------------------- */

enum okr_err okr_refused_put(struct okr_kv_txn *txn,
                             const struct okr_refused *refused,
                             struct okr_arena *arena)
{
    OKR_ASSERT(!okr_verdict_is_in(&refused->answer.verdict));
    struct okr_buf row;
    okr_buf_init(&row, arena);
    okr_buf_u64(&row, (uint64_t)refused->at);
    okr_out_row_write_op(&refused->op, arena, &row);
    okr_out_row_write_answer(&refused->answer, arena, &row);
    return okr_sealed_put(txn, OKR_TABLE_REFUSED, okr_id_slice(&refused->op.id),
                          &row);
}

static enum okr_err read_refused(struct okr_slice value,
                                 struct okr_arena *arena,
                                 struct okr_refused *ret_refused)
{
    struct okr_reader r = okr_reader_of(value);
    struct okr_refused refused = {.at = (okr_us)okr_reader_u64(&r)};
    OKR_TRY(okr_out_row_read_op(&r, arena, &refused.op));
    OKR_TRY(okr_out_row_read_answer(&r, arena, &refused.answer));
    if (okr_reader_end(&r) != OKR_OK)
        return OKR_ERR_CORRUPT;
    *ret_refused = refused;
    return OKR_OK;
}

enum okr_err okr_refused_get(struct okr_kv_txn *txn, const struct okr_id *op,
                             struct okr_arena *arena,
                             struct okr_refused *ret_refused)
{
    OKR_ASSERT(op != NULL && ret_refused != NULL);
    struct okr_slice value;
    OKR_TRY(okr_sealed_get(txn, OKR_TABLE_REFUSED, okr_id_slice(op), &value));
    return read_refused(value, arena, ret_refused);
}

enum okr_err okr_refused_del(struct okr_kv_txn *txn, const struct okr_id *op)
{
    OKR_ASSERT(op != NULL);
    return okr_kv_del(txn, OKR_TABLE_REFUSED, okr_id_slice(op));
}

static enum okr_err collect(struct okr_kv_iter *it, struct okr_arena *arena,
                            struct okr_refused *rows, size_t max, size_t *ret_n)
{
    for (*ret_n = 0; *ret_n < max && okr_kv_iter_next(it); (*ret_n)++) {
        struct okr_slice value;
        OKR_TRY(okr_unseal(OKR_TABLE_REFUSED, it->key, it->value, &value));
        OKR_TRY(read_refused(value, arena, &rows[*ret_n]));
    }
    return OKR_OK;
}

enum okr_err okr_refused_list(struct okr_kv_txn *txn, struct okr_arena *arena,
                              struct okr_refused **ret_rows, size_t *ret_n)
{
    OKR_ASSERT(arena != NULL && ret_rows != NULL && ret_n != NULL);
    uint64_t count;
    OKR_TRY(okr_kv_count(txn, OKR_TABLE_REFUSED, &count));
    struct okr_refused *rows =
        okr_arena_array(arena, (size_t)count, sizeof *rows);
    if (rows == NULL)
        return OKR_ERR_NOMEM;
    struct okr_kv_iter it;
    size_t n = 0;
    okr_kv_scan(txn, OKR_TABLE_REFUSED, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    enum okr_err err = collect(&it, arena, rows, (size_t)count, &n);
    enum okr_err closed = okr_kv_iter_close(&it);
    OKR_TRY(err != OKR_OK ? err : closed);
    *ret_rows = rows;
    *ret_n = n;
    return OKR_OK;
}
