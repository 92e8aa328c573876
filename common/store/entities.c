/* Entities: one record, and everything that follows from it. */
#include "common/store/space.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/changed.h"
#include "common/store/entity_cache.h"
#include "common/store/entity_row.h"
#include "common/store/index.h"
#include "common/store/seal.h"

#define LSN_LEN 8

enum okr_err okr_entity_get(const struct okr_space *space,
                            const struct okr_id *id,
                            struct okr_record **ret_record)
{
    OKR_ASSERT(space != NULL);
    if (space->trail != NULL)
        okr_trail_read(space->trail, okr_print_entity(id));
    if (space->view) {
        enum okr_err err =
            okr_entity_row_get(space, OKR_TABLE_VIEW_ENTITY, id, ret_record);
        if (err != OKR_ERR_NOTFOUND)
            return err;
    }
    struct okr_record *known = okr_entity_cache_find(space, id);
    if (known == NULL) {
        OKR_TRY(okr_entity_row_get(space, OKR_TABLE_ENTITY, id, &known));
        OKR_TRY(okr_entity_cache_keep(space, known));
    }
    *ret_record = known;
    return OKR_OK;
}

/* ---- scopes -------------------------------------------------------------- */

/* What a write does to a scope's row. */
struct shift {
    struct okr_digest minus, plus;
    int count;
    okr_lsn lsn;
};

static enum okr_err shift_scope(struct okr_kv_txn *txn, okr_scope scope,
                                const struct shift *shift)
{
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(txn, scope, &row));
    okr_digest_sub(&row.digest, &shift->minus);
    okr_digest_add(&row.digest, &shift->plus);
    if (shift->count < 0 && row.count == 0)
        return OKR_ERR_CORRUPT;
    row.count =
        shift->count < 0 ? row.count - 1 : row.count + (unsigned)shift->count;
    if (row.met < shift->lsn)
        row.met = shift->lsn;
    return okr_scope_put(txn, scope, &row);
}

/* The lsn at which the record came to its home. */
static okr_lsn home_lsn(const struct okr_record *record)
{
    const struct okr_reg *home = okr_record_reg(record, OKR_F_HOME);
    OKR_ASSERT(home != NULL);
    return home->lsn;
}

struct digests {
    struct okr_digest old, now; /* zero where there is none */
};

static enum okr_err shift_scopes(struct okr_kv_txn *txn,
                                 const struct okr_record *old,
                                 const struct okr_record *now,
                                 const struct digests *digests)
{
    okr_scope from = old == NULL ? 0 : okr_record_home(old);
    okr_scope to = okr_record_home(now);
    struct shift here = {.plus = digests->now, .lsn = okr_record_elsn(now)};
    if (from == to) {
        here.minus = digests->old;
        return shift_scope(txn, to, &here);
    }
    here.count = 1;
    OKR_TRY(shift_scope(txn, to, &here));
    if (old == NULL)
        return OKR_OK;
    struct shift there = {
        .minus = digests->old, .count = -1, .lsn = home_lsn(now)};
    return shift_scope(txn, from, &there);
}

/* ---- the confirmed copy -------------------------------------------------- */

static void check_confirmed(const struct okr_record *record)
{
    OKR_ASSERT(okr_record_home(record) != 0);
    OKR_ASSERT(okr_record_elsn(record) < OKR_LSN_PENDING);
}

/* The hash of what is stored; a caller whose `old` is something else would
 * leave rows behind that nobody finds again. */
static enum okr_err old_digest(const struct okr_space *space,
                               const struct okr_id *id,
                               const struct okr_record *old,
                               struct okr_digest *ret_digest)
{
    uint8_t stored[OKR_B2_LEN], given[OKR_B2_LEN];
    enum okr_err err = okr_entity_row_b2(space->txn, id, stored);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    OKR_ASSERT((err == OKR_ERR_NOTFOUND) == (old == NULL));
    if (old == NULL) {
        *ret_digest = (struct okr_digest){0};
        return OKR_OK;
    }
    if (old->stored)
        memcpy(given, old->b2, sizeof given);
    else
        OKR_TRY(okr_entity_b2(old, space->arena, given));
    OKR_ASSERT(memcmp(stored, given, sizeof given) == 0);
    *ret_digest = okr_digest_of(stored);
    return OKR_OK;
}

static enum okr_err put_changed(struct okr_kv_txn *txn,
                                const struct okr_record *old,
                                const struct okr_record *now)
{
    struct okr_changed live = {.elsn = okr_record_elsn(now), .id = now->id};
    okr_scope to = okr_record_home(now);
    okr_scope from = old == NULL ? 0 : okr_record_home(old);
    if (old != NULL && from == to && okr_record_elsn(old) == live.elsn)
        return OKR_OK;
    if (old != NULL)
        OKR_TRY(okr_changed_del(txn, from, okr_record_elsn(old), &now->id));
    if (old != NULL && from != to) {
        struct okr_changed gone = {
            .elsn = home_lsn(now), .id = now->id, .gone = true};
        OKR_TRY(okr_changed_put(txn, from, &gone));
    }
    return okr_changed_put(txn, to, &live);
}

static enum okr_err put_confirmed(const struct okr_space *space,
                                  const struct okr_record *old,
                                  const struct okr_record *now)
{
    check_confirmed(now);
    struct digests digests;
    OKR_TRY(old_digest(space, &now->id, old, &digests.old));
    uint8_t b2[OKR_B2_LEN];
    OKR_TRY(okr_entity_row_put(space, OKR_TABLE_ENTITY, now, b2));
    OKR_TRY(okr_entity_cache_wrote(space, now, b2));
    digests.now = okr_digest_of(b2);
    OKR_TRY(okr_index_write(space, old, now));
    OKR_TRY(put_changed(space->txn, old, now));
    return shift_scopes(space->txn, old, now, &digests);
}

static enum okr_err put_view(const struct okr_space *space,
                             const struct okr_record *old,
                             const struct okr_record *now)
{
    uint8_t b2[OKR_B2_LEN];
    OKR_TRY(okr_entity_row_put(space, OKR_TABLE_VIEW_ENTITY, now, b2));
    return okr_index_write(space, old, now);
}

enum okr_err okr_entity_put(const struct okr_space *space,
                            const struct okr_record *old,
                            const struct okr_record *now)
{
    OKR_ASSERT(space != NULL && now != NULL && now->kind != OKR_KIND_ANY);
    OKR_ASSERT(old == NULL ||
               (okr_id_eq(&old->id, &now->id) && old->kind == now->kind));
    okr_trail_wrote(space->trail, &now->id);
    return space->view ? put_view(space, old, now)
                       : put_confirmed(space, old, now);
}

enum okr_err okr_view_clear(struct okr_kv_txn *txn)
{
    OKR_TRY(okr_kv_clear(txn, OKR_TABLE_VIEW_ENTITY, OKR_SLICE_NONE));
    return okr_kv_clear(txn, OKR_TABLE_VIEW_INDEX, OKR_SLICE_NONE);
}

enum okr_err okr_view_undo(struct okr_kv_txn *txn, const struct okr_id *ids,
                           size_t n_ids, const struct okr_trail_row *rows,
                           size_t n_rows)
{
    for (size_t i = 0; i < n_ids; i++)
        OKR_TRY(okr_kv_del(txn, OKR_TABLE_VIEW_ENTITY, okr_id_slice(&ids[i])));
    for (size_t i = 0; i < n_rows; i++)
        OKR_TRY(okr_kv_del(txn, OKR_TABLE_VIEW_INDEX,
                           okr_slice_of(rows[i].b, OKR_TRAIL_ROW)));
    return OKR_OK;
}

enum okr_err okr_entity_hash(const struct okr_space *space,
                             const struct okr_id *id,
                             uint8_t ret_b2[OKR_B2_LEN])
{
    OKR_ASSERT(space != NULL && !space->view);
    return okr_entity_row_b2(space->txn, id, ret_b2);
}

/* ---- leaving ------------------------------------------------------------- */

enum okr_err okr_entity_gone(const struct okr_space *space,
                             const struct okr_id *id, okr_lsn *ret_lsn)
{
    OKR_ASSERT(space != NULL && id != NULL && ret_lsn != NULL);
    struct okr_slice value;
    enum okr_err err =
        okr_sealed_get(space->txn, OKR_TABLE_GONE, okr_id_slice(id), &value);
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

static enum okr_err put_gone(const struct okr_space *space,
                             const struct okr_id *id, okr_lsn left_at)
{
    okr_lsn known;
    OKR_TRY(okr_entity_gone(space, id, &known));
    if (left_at <= known)
        return OKR_OK;
    uint8_t bytes[LSN_LEN + OKR_SEAL_LEN];
    struct okr_buf value;
    okr_buf_init_fixed(&value, bytes, sizeof bytes);
    okr_buf_u64(&value, left_at);
    return okr_sealed_put(space->txn, OKR_TABLE_GONE, okr_id_slice(id), &value);
}

enum okr_err okr_entity_drop(const struct okr_space *space,
                             const struct okr_record *record, okr_lsn left_at)
{
    OKR_ASSERT(space != NULL && !space->view && record != NULL);
    OKR_ASSERT(left_at < OKR_LSN_PENDING);
    okr_trail_wrote(space->trail, &record->id);
    struct okr_kv_txn *txn = space->txn;
    const struct okr_id *id = &record->id;
    okr_scope home = okr_record_home(record);
    struct shift shift = {.count = -1, .lsn = left_at};
    OKR_TRY(old_digest(space, id, record, &shift.minus));
    okr_entity_cache_drop(space);
    OKR_TRY(okr_kv_del(txn, OKR_TABLE_ENTITY, okr_id_slice(id)));
    OKR_TRY(okr_index_write(space, record, NULL));
    OKR_TRY(okr_changed_del(txn, home, okr_record_elsn(record), id));
    OKR_TRY(shift_scope(txn, home, &shift));
    return put_gone(space, id, left_at);
}
