/* The look-ups made anew from the entities: a newer schema indexes fields
 * that an older program stored without knowing them. */
#include "common/base/assert.h"
#include "common/store/entity_row.h"
#include "common/store/index.h"

/* The record, or NULL where there is none. */
static enum okr_err maybe(const struct okr_space *space, enum okr_table table,
                          const struct okr_id *id,
                          struct okr_record **ret_record)
{
    enum okr_err err = okr_entity_row_get(space, table, id, ret_record);
    if (err == OKR_ERR_NOTFOUND)
        *ret_record = NULL;
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

/* Index rows of one entity; INDEX comes before VIEW_INDEX, which holds the
 * difference to it. */
static enum okr_err add(const struct okr_space *space, const struct okr_id *id)
{
    struct okr_record *confirmed, *record;
    OKR_TRY(maybe(space, OKR_TABLE_ENTITY, id, &confirmed));
    if (!space->view)
        return okr_index_write(space, NULL, confirmed);
    OKR_TRY(maybe(space, OKR_TABLE_VIEW_ENTITY, id, &record));
    return okr_index_write(space, confirmed, record);
}

static enum okr_err add_all(const struct okr_space *space)
{
    enum okr_table table =
        space->view ? OKR_TABLE_VIEW_ENTITY : OKR_TABLE_ENTITY;
    struct okr_kv_iter it;
    enum okr_err err = OKR_OK;
    okr_kv_scan(space->txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (err == OKR_OK && okr_kv_iter_next(&it)) {
        struct okr_id id;
        okr_arena_reset(space->arena);
        err = okr_id_from(it.key, &id) == OKR_OK ? add(space, &id)
                                                 : OKR_ERR_CORRUPT;
    }
    enum okr_err walked = okr_kv_iter_close(&it);
    return err != OKR_OK ? err : walked;
}

enum okr_err okr_index_rebuild(struct okr_kv_txn *txn)
{
    OKR_ASSERT(txn != NULL);
    OKR_TRY(okr_kv_clear(txn, OKR_TABLE_INDEX, OKR_SLICE_NONE));
    OKR_TRY(okr_kv_clear(txn, OKR_TABLE_VIEW_INDEX, OKR_SLICE_NONE));
    struct okr_space space = {.txn = txn};
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &space.arena));
    enum okr_err err = add_all(&space);
    space.view = true;
    if (err == OKR_OK)
        err = add_all(&space);
    okr_arena_free(&space.arena);
    return err;
}
