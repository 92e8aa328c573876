/* Rows of entities.  The id stands where the hash will be (or was) while it
 * is computed, so the bytes lie together and are copied only once. */
#include "common/store/entity_row.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/seal.h"

#define ENTERED_LEN 8

_Static_assert(OKR_B2_LEN == OKR_ID_LEN, "the id stands in for the hash");
_Static_assert(sizeof((struct okr_record *)0)->b2 == OKR_B2_LEN, "the hash");

/* id ‖ encoding; the hash of that. */
static enum okr_err encode(const struct okr_record *record,
                           struct okr_arena *arena, struct okr_buf *ret_buf,
                           uint8_t ret_b2[OKR_B2_LEN])
{
    OKR_ASSERT(record != NULL && arena != NULL && ret_b2 != NULL);
    okr_buf_init(ret_buf, arena);
    okr_buf_put(ret_buf, okr_id_slice(&record->id));
    okr_record_encode(record, ret_buf);
    OKR_TRY(ret_buf->err);
    okr_blake2b(okr_buf_slice(ret_buf), ret_b2);
    return OKR_OK;
}

enum okr_err okr_entity_b2(const struct okr_record *record,
                           struct okr_arena *arena, uint8_t ret_b2[OKR_B2_LEN])
{
    struct okr_buf buf;
    return encode(record, arena, &buf, ret_b2);
}

enum okr_err okr_entity_row_put(const struct okr_space *space,
                                enum okr_table table,
                                const struct okr_record *record,
                                uint8_t ret_b2[OKR_B2_LEN])
{
    struct okr_buf row;
    OKR_TRY(encode(record, space->arena, &row, ret_b2));
    memcpy(row.data, ret_b2, OKR_B2_LEN);
    okr_buf_u64(&row, record->entered);
    return okr_sealed_put(space->txn, table, okr_id_slice(&record->id), &row);
}

/* `row` is the reader's own: the id is written over the hash. */
static enum okr_err decode(uint8_t *row, size_t len, const struct okr_id *id,
                           struct okr_arena *arena,
                           struct okr_record **ret_record)
{
    OKR_ASSERT(len >= OKR_B2_LEN + ENTERED_LEN);
    struct okr_slice hashed = okr_slice_of(row, len - ENTERED_LEN);
    uint8_t want[OKR_B2_LEN], got[OKR_B2_LEN];
    memcpy(want, row, sizeof want);
    memcpy(row, id->b, OKR_ID_LEN);
    okr_blake2b(hashed, got);
    if (memcmp(want, got, sizeof got) != 0)
        return OKR_ERR_CORRUPT;
    struct okr_slice encoding = okr_slice_sub(hashed, OKR_ID_LEN, hashed.len);
    struct okr_record *record;
    OKR_TRY(okr_record_decode(encoding, id, arena, &record));
    record->entered = okr_be_get64(row + hashed.len);
    record->stored = true;
    memcpy(record->b2, want, sizeof record->b2);
    *ret_record = record;
    return OKR_OK;
}

enum okr_err okr_entity_row_get(const struct okr_space *space,
                                enum okr_table table, const struct okr_id *id,
                                struct okr_record **ret_record)
{
    OKR_ASSERT(space != NULL && id != NULL && ret_record != NULL);
    struct okr_slice row;
    OKR_TRY(okr_sealed_get(space->txn, table, okr_id_slice(id), &row));
    if (row.len < OKR_B2_LEN + ENTERED_LEN)
        return OKR_ERR_CORRUPT;
    uint8_t *copy = okr_arena_alloc(space->arena, row.len);
    if (copy == NULL)
        return OKR_ERR_NOMEM;
    memcpy(copy, row.data, row.len);
    return decode(copy, row.len, id, space->arena, ret_record);
}

enum okr_err okr_entity_row_b2(struct okr_kv_txn *txn, const struct okr_id *id,
                               uint8_t ret_b2[OKR_B2_LEN])
{
    OKR_ASSERT(id != NULL && ret_b2 != NULL);
    struct okr_slice row;
    OKR_TRY(okr_kv_get(txn, OKR_TABLE_ENTITY, okr_id_slice(id), &row));
    if (row.len < OKR_B2_LEN)
        return OKR_ERR_CORRUPT;
    memcpy(ret_b2, row.data, OKR_B2_LEN);
    return OKR_OK;
}
