/* The overlay: VIEW_INDEX holds exactly the difference between the index rows
 * of the records in VIEW_ENTITY and those of the same records in ENTITY. */
#include "common/store/check_impl.h"

#include <string.h>

struct rows {
    struct okr_index_row *at;
    size_t n;
};
/* Index rows of one entity, in the view and confirmed. */
struct both {
    struct rows view, confirmed;
};

static enum okr_err rows_of(struct okr_check *check, enum okr_table table,
                            const struct okr_id *id, struct rows *ret_rows)
{
    struct okr_record *record;
    *ret_rows = (struct rows){0};
    OKR_TRY(okr_check_entity(check, table, id, &record));
    if (record == NULL || record->kind == OKR_KIND_ANY)
        return OKR_OK;
    return okr_index_rows(record, check->arena, &ret_rows->at, &ret_rows->n);
}

static enum okr_err both_of(struct okr_check *check, const struct okr_id *id,
                            struct both *ret_both)
{
    OKR_TRY(rows_of(check, OKR_TABLE_VIEW_ENTITY, id, &ret_both->view));
    return rows_of(check, OKR_TABLE_ENTITY, id, &ret_both->confirmed);
}

static const struct okr_index_row *among(const struct rows *rows,
                                         struct okr_slice key)
{
    for (size_t i = 0; i < rows->n; i++)
        if (memcmp(rows->at[i].key, key.data, sizeof rows->at[i].key) == 0)
            return &rows->at[i];
    return NULL;
}

/* Is this what the overlay has to say about a row?  `value` NULL: nothing. */
static bool is_right(const struct both *both, struct okr_slice key,
                     const struct okr_slice *value)
{
    const struct okr_index_row *view = among(&both->view, key);
    const struct okr_index_row *confirmed = among(&both->confirmed, key);
    if ((view == NULL) == (confirmed == NULL) || value == NULL)
        return (view == NULL) == (confirmed == NULL) && value == NULL;
    const struct okr_index_row *row = view != NULL ? view : confirmed;
    struct okr_slice kind = okr_slice_sub(*value, 1, value->len);
    return value->len > 0 && value->data[0] == (view != NULL) &&
           okr_slice_eq(kind, okr_slice_of(row->kind, row->kind_len));
}

static enum okr_err check_rows(struct okr_check *check, const struct both *both,
                               const struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        struct okr_slice key =
            okr_slice_of(rows->at[i].key, sizeof rows->at[i].key);
        struct okr_slice value;
        enum okr_err err =
            okr_kv_get(check->txn, OKR_TABLE_VIEW_INDEX, key, &value);
        if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
            return err;
        if (!is_right(both, key, err == OKR_OK ? &value : NULL))
            okr_check_tell(check, OKR_TABLE_VIEW_INDEX, key,
                           "it does not follow from its entity");
    }
    return OKR_OK;
}

static enum okr_err check_entity(struct okr_check *check, struct okr_slice key,
                                 struct okr_slice value)
{
    (void)value;
    struct okr_id id;
    struct both both = {0};
    if (okr_id_from(key, &id) == OKR_OK)
        OKR_TRY(both_of(check, &id, &both));
    if (both.view.n == 0) { /* every readable record has one */
        okr_check_tell(check, OKR_TABLE_VIEW_ENTITY, key,
                       "its checksum does not hold");
        return OKR_OK;
    }
    OKR_TRY(check_rows(check, &both, &both.view));
    return check_rows(check, &both, &both.confirmed);
}

static enum okr_err check_index(struct okr_check *check, struct okr_slice key,
                                struct okr_slice value)
{
    struct both both = {0};
    if (key.len == OKR_INDEX_KEY_LEN) {
        struct okr_id id = okr_check_id(key);
        OKR_TRY(both_of(check, &id, &both));
    }
    if (both.view.n == 0 || !is_right(&both, key, &value))
        okr_check_tell(check, OKR_TABLE_VIEW_INDEX, key, "it is of no entity");
    return OKR_OK;
}

enum okr_err okr_check_view(struct okr_check *check)
{
    OKR_TRY(okr_check_each(check, OKR_TABLE_VIEW_ENTITY, check_entity));
    return okr_check_each(check, OKR_TABLE_VIEW_INDEX, check_index);
}
