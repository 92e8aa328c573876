/* Entities against INDEX and CHANGED, both ways: every row that follows from
 * an entity is there, and no row is there that follows from none. */
#include "common/store/check_impl.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/changed.h"
#include "common/store/entity_row.h"

/* ---- from the entity ----------------------------------------------------- */

static enum okr_err add_sum(struct okr_check *check, okr_scope scope,
                            okr_lsn elsn, const struct okr_digest *digest)
{
    struct okr_check_sum *sums = (void *)check->sums.data;
    size_t n = check->sums.len / sizeof *sums;
    for (size_t i = 0; i < n; i++) {
        if (sums[i].scope != scope)
            continue;
        okr_digest_add(&sums[i].digest, digest);
        sums[i].count++;
        if (sums[i].elsn_max < elsn)
            sums[i].elsn_max = elsn;
        return OKR_OK;
    }
    struct okr_check_sum sum = {
        .scope = scope, .digest = *digest, .count = 1, .elsn_max = elsn};
    okr_buf_put(&check->sums, okr_slice_of(&sum, sizeof sum));
    return check->sums.err;
}

static enum okr_err check_index_row(struct okr_check *check,
                                    const struct okr_index_row *row)
{
    struct okr_slice key = okr_slice_of(row->key, sizeof row->key);
    struct okr_slice kind = okr_slice_of(row->kind, row->kind_len);
    struct okr_slice value;
    enum okr_err err = okr_kv_get(check->txn, OKR_TABLE_INDEX, key, &value);
    if (err == OKR_ERR_NOTFOUND)
        okr_check_tell(check, OKR_TABLE_INDEX, key, "it is missing");
    else if (err == OKR_OK && !okr_slice_eq(value, kind))
        okr_check_tell(check, OKR_TABLE_INDEX, key, "its value is another");
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

static enum okr_err check_live_row(struct okr_check *check, okr_scope scope,
                                   okr_lsn elsn, const struct okr_id *id)
{
    struct okr_key key;
    okr_changed_key(scope, elsn, id, &key);
    struct okr_slice value;
    enum okr_err err =
        okr_kv_get(check->txn, OKR_TABLE_CHANGED, okr_key_slice(&key), &value);
    if (err == OKR_ERR_NOTFOUND || (err == OKR_OK && value.len > 0))
        okr_check_tell(check, OKR_TABLE_CHANGED, okr_key_slice(&key),
                       err == OKR_OK ? "it is not live" : "it is missing");
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

static enum okr_err check_followers(struct okr_check *check,
                                    const struct okr_record *record)
{
    struct okr_index_row *rows;
    size_t n;
    OKR_TRY(okr_index_rows(record, check->arena, &rows, &n));
    for (size_t i = 0; i < n; i++)
        OKR_TRY(check_index_row(check, &rows[i]));
    okr_scope home = okr_record_home(record);
    okr_lsn elsn = okr_record_elsn(record);
    OKR_TRY(check_live_row(check, home, elsn, &record->id));
    uint8_t b2[OKR_B2_LEN];
    OKR_TRY(okr_entity_row_b2(check->txn, &record->id, b2));
    struct okr_digest digest = okr_digest_of(b2);
    return add_sum(check, home, elsn, &digest);
}

static enum okr_err check_entity(struct okr_check *check, struct okr_slice key,
                                 struct okr_slice value)
{
    (void)value;
    struct okr_id id;
    struct okr_record *record = NULL;
    if (okr_id_from(key, &id) == OKR_OK)
        OKR_TRY(okr_check_entity(check, OKR_TABLE_ENTITY, &id, &record));
    if (record != NULL && record->kind != OKR_KIND_ANY &&
        okr_record_home(record) != 0)
        return check_followers(check, record);
    okr_check_tell(check, OKR_TABLE_ENTITY, key,
                   record == NULL ? "its checksum does not hold"
                                  : "it has no kind or no home");
    return OKR_OK;
}

/* ---- back to the entity -------------------------------------------------- */

static enum okr_err has_row(struct okr_check *check, struct okr_slice key,
                            const struct okr_record *record, bool *ret_has)
{
    struct okr_index_row *rows;
    size_t n;
    OKR_TRY(okr_index_rows(record, check->arena, &rows, &n));
    bool has = false;
    for (size_t i = 0; i < n && !has; i++)
        has = memcmp(rows[i].key, key.data, sizeof rows[i].key) == 0;
    *ret_has = has;
    return OKR_OK;
}

static enum okr_err check_index(struct okr_check *check, struct okr_slice key,
                                struct okr_slice value)
{
    (void)value;
    struct okr_record *record = NULL;
    bool has = false;
    if (key.len == OKR_INDEX_KEY_LEN) {
        struct okr_id id = okr_check_id(key);
        OKR_TRY(okr_check_entity(check, OKR_TABLE_ENTITY, &id, &record));
    }
    if (record != NULL && record->kind != OKR_KIND_ANY)
        OKR_TRY(has_row(check, key, record, &has));
    if (!has)
        okr_check_tell(check, OKR_TABLE_INDEX, key, "it is of no entity");
    return OKR_OK;
}

static enum okr_err check_changed(struct okr_check *check, struct okr_slice key,
                                  struct okr_slice value)
{
    struct okr_changed row;
    if (okr_changed_read(key, value, &row) != OKR_OK) {
        okr_check_tell(check, OKR_TABLE_CHANGED, key,
                       "its checksum does not hold");
        return OKR_OK;
    }
    if (row.gone)
        return OKR_OK;
    struct okr_record *record;
    OKR_TRY(okr_check_entity(check, OKR_TABLE_ENTITY, &row.id, &record));
    if (record == NULL || okr_record_home(record) != okr_be_get32(key.data) ||
        okr_record_elsn(record) != row.elsn)
        okr_check_tell(check, OKR_TABLE_CHANGED, key, "it is of no entity");
    return OKR_OK;
}

enum okr_err okr_check_entities(struct okr_check *check)
{
    OKR_TRY(okr_check_each(check, OKR_TABLE_ENTITY, check_entity));
    OKR_TRY(okr_check_each(check, OKR_TABLE_INDEX, check_index));
    return okr_check_each(check, OKR_TABLE_CHANGED, check_changed);
}
