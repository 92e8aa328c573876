/* Which index rows a record has, and how they follow its changes. */
#include "common/store/index.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/model/text.h"

enum { HIDDEN = 0, ADDED = 1 };

static const uint8_t no_value[OKR_INDEX_VALUE_LEN];

void okr_index_prefix(uint16_t kind, uint16_t field,
                      const uint8_t value[OKR_INDEX_VALUE_LEN],
                      struct okr_key *ret_prefix)
{
    ret_prefix->len = 0;
    okr_key_u16(ret_prefix, kind);
    okr_key_u16(ret_prefix, field);
    okr_key_put(ret_prefix, okr_slice_of(value, OKR_INDEX_VALUE_LEN));
}

/* Text that cannot be folded is no stored text: it is compared as it is. */
static enum okr_err folded(struct okr_slice value, struct okr_arena *arena,
                           struct okr_slice *ret_folded)
{
    struct okr_slice text = OKR_SLICE_NONE;
    if (okr_text_folded(value, arena, &text) != OKR_RULE_NONE)
        text = value;
    else if (text.data == NULL)
        return OKR_ERR_NOMEM;
    *ret_folded = text;
    return OKR_OK;
}

enum okr_err okr_index_value(const struct okr_field_info *field,
                             struct okr_slice value, struct okr_arena *arena,
                             uint8_t ret[OKR_INDEX_VALUE_LEN])
{
    OKR_ASSERT(field != NULL && (field->flags & OKR_FLAG_INDEX) != 0);
    if (field->type == OKR_TYPE_REF && value.len == OKR_INDEX_VALUE_LEN) {
        memcpy(ret, value.data, OKR_INDEX_VALUE_LEN);
        return OKR_OK;
    }
    if (field->type == OKR_TYPE_TITLE && (field->flags & OKR_FLAG_UNIQUE) != 0)
        OKR_TRY(folded(value, arena, &value));
    okr_blake2b(value, ret);
    return OKR_OK;
}

/* ---- the rows of a record ------------------------------------------------ */

static void make_row(const struct okr_key *prefix, const struct okr_id *id,
                     struct okr_index_row *row)
{
    struct okr_key key = *prefix;
    okr_key_id(&key, id);
    OKR_ASSERT(key.len == OKR_INDEX_KEY_LEN);
    memcpy(row->key, key.b, OKR_INDEX_KEY_LEN);
    row->kind_len = 0;
}

static void kind_row(const struct okr_record *record, struct okr_index_row *row)
{
    struct okr_key prefix;
    okr_index_prefix(record->kind, 0, no_value, &prefix);
    make_row(&prefix, &record->id, row);
}

/* False if nothing is above the record. */
static bool child_row(const struct okr_record *record,
                      struct okr_index_row *row)
{
    const struct okr_kind_info *kind = okr_kind_info(record->kind);
    struct okr_id parent;
    if (kind == NULL || kind->home_field == 0 ||
        !okr_record_id(record, kind->home_field, &parent))
        return false;
    struct okr_key prefix;
    okr_index_prefix(OKR_KIND_ANY, OKR_INDEX_CHILDREN, parent.b, &prefix);
    make_row(&prefix, &record->id, row);
    okr_be_put16(row->kind, record->kind);
    row->kind_len = sizeof row->kind;
    return true;
}

/* The field's description, if the register has a value that is indexed. */
static const struct okr_field_info *indexed(const struct okr_record *record,
                                            const struct okr_reg *reg)
{
    if (reg->form != OKR_REG_VALUE && reg->form != OKR_REG_PRESENT)
        return NULL;
    const struct okr_field_info *field =
        okr_field_info(record->kind, reg->field);
    bool yes = field != NULL && (field->flags & OKR_FLAG_INDEX) != 0;
    return yes ? field : NULL;
}

static enum okr_err field_row(const struct okr_record *record,
                              const struct okr_field_info *field,
                              struct okr_slice data, struct okr_arena *arena,
                              struct okr_index_row *row)
{
    uint8_t value[OKR_INDEX_VALUE_LEN];
    OKR_TRY(okr_index_value(field, data, arena, value));
    struct okr_key prefix;
    okr_index_prefix(record->kind, field->number, value, &prefix);
    make_row(&prefix, &record->id, row);
    return OKR_OK;
}

enum okr_err okr_index_rows(const struct okr_record *record,
                            struct okr_arena *arena,
                            struct okr_index_row **ret_rows, size_t *ret_n)
{
    OKR_ASSERT(record != NULL && arena != NULL && record->kind != 0);
    struct okr_index_row *rows =
        okr_arena_array(arena, record->n_regs + 2, sizeof *rows);
    if (rows == NULL)
        return OKR_ERR_NOMEM;
    size_t n = 0;
    kind_row(record, &rows[n++]);
    n += child_row(record, &rows[n]);
    for (size_t i = 0; i < record->n_regs; i++) {
        const struct okr_reg *reg = &record->regs[i];
        const struct okr_field_info *field = indexed(record, reg);
        if (field == NULL)
            continue;
        OKR_TRY(field_row(record, field, reg->data, arena, &rows[n]));
        n++;
    }
    *ret_rows = rows;
    *ret_n = n;
    return OKR_OK;
}

/* ---- writing ------------------------------------------------------------- */

/* The overlay keeps only what differs, so that equal views are equal rows. */
static enum okr_err overlay(struct okr_kv_txn *txn,
                            const struct okr_index_row *row, bool wanted)
{
    struct okr_slice key = okr_slice_of(row->key, sizeof row->key);
    enum okr_err err = okr_kv_get(txn, OKR_TABLE_INDEX, key, NULL);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    bool confirmed = err == OKR_OK;
    if (confirmed == wanted)
        return okr_kv_del(txn, OKR_TABLE_VIEW_INDEX, key);
    uint8_t value[1 + sizeof row->kind] = {wanted ? ADDED : HIDDEN};
    memcpy(value + 1, row->kind, row->kind_len);
    return okr_kv_put(txn, OKR_TABLE_VIEW_INDEX, key,
                      okr_slice_of(value, 1u + row->kind_len));
}

static enum okr_err write_row(const struct okr_space *space,
                              const struct okr_index_row *row, bool wanted)
{
    okr_trail_wrote_row(space->trail, row->key);
    if (space->view)
        return overlay(space->txn, row, wanted);
    struct okr_slice key = okr_slice_of(row->key, sizeof row->key);
    if (!wanted)
        return okr_kv_del(space->txn, OKR_TABLE_INDEX, key);
    return okr_kv_put(space->txn, OKR_TABLE_INDEX, key,
                      okr_slice_of(row->kind, row->kind_len));
}

struct rows {
    struct okr_index_row *at;
    size_t n;
};

static bool among(const struct rows *rows, const struct okr_index_row *row)
{
    for (size_t i = 0; i < rows->n; i++)
        if (memcmp(rows->at[i].key, row->key, sizeof row->key) == 0)
            return true;
    return false;
}

/* Writes those of `rows` that are not among `others`. */
static enum okr_err write_rest(const struct okr_space *space,
                               const struct rows *rows,
                               const struct rows *others, bool wanted)
{
    for (size_t i = 0; i < rows->n; i++)
        if (!among(others, &rows->at[i]))
            OKR_TRY(write_row(space, &rows->at[i], wanted));
    return OKR_OK;
}

enum okr_err okr_index_write(const struct okr_space *space,
                             const struct okr_record *old,
                             const struct okr_record *now)
{
    struct rows before = {0}, after = {0};
    if (old != NULL)
        OKR_TRY(okr_index_rows(old, space->arena, &before.at, &before.n));
    if (now != NULL)
        OKR_TRY(okr_index_rows(now, space->arena, &after.at, &after.n));
    OKR_TRY(write_rest(space, &before, &after, false));
    return write_rest(space, &after, &before, true);
}
