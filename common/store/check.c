/* The check: sealed tables, sums of scopes, and what every part needs. */
#include "common/store/check_impl.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/entity_row.h"
#include "common/store/seal.h"

void okr_check_tell(const struct okr_check *check, enum okr_table table,
                    struct okr_slice key, const char *what)
{
    struct okr_damage damage = {.table = table, .key = key, .what = what};
    check->sink->take(check->sink->context, &damage);
}

enum okr_err okr_check_each(struct okr_check *check, enum okr_table table,
                            okr_check_row *row)
{
    struct okr_kv_iter it;
    enum okr_err err = OKR_OK;
    okr_kv_scan(check->txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (err == OKR_OK && okr_kv_iter_next(&it)) {
        okr_arena_reset(check->arena);
        err = row(check, it.key, it.value);
    }
    enum okr_err walked = okr_kv_iter_close(&it);
    return err != OKR_OK ? err : walked;
}

enum okr_err okr_check_entity(struct okr_check *check, enum okr_table table,
                              const struct okr_id *id,
                              struct okr_record **ret_record)
{
    struct okr_space space = {.txn = check->txn, .arena = check->arena};
    struct okr_record *record = NULL;
    enum okr_err err = okr_entity_row_get(&space, table, id, &record);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND && err != OKR_ERR_CORRUPT)
        return err;
    *ret_record = record;
    return OKR_OK;
}

struct okr_id okr_check_id(struct okr_slice key)
{
    OKR_ASSERT(key.len >= OKR_ID_LEN);
    struct okr_id id;
    memcpy(id.b, key.data + key.len - OKR_ID_LEN, OKR_ID_LEN);
    return id;
}

/* ---- sealed rows --------------------------------------------------------- */

static const enum okr_table sealed_tables[] = {
    OKR_TABLE_META,    OKR_TABLE_SCOPE,      OKR_TABLE_OP,
    OKR_TABLE_ANSWER,  OKR_TABLE_PEER,       OKR_TABLE_INVITE,
    OKR_TABLE_PARKED,  OKR_TABLE_OUTBOX,     OKR_TABLE_PUSH,
    OKR_TABLE_SENT,    OKR_TABLE_GONE,       OKR_TABLE_REFUSED,
    OKR_TABLE_HISTORY, OKR_TABLE_METACOMMIT,
};

/* Rows that have no value by their nature: those of the server's HISTORY, and
 * of PARKED all but the operations. */
static bool may_be_empty(enum okr_table table, struct okr_slice key)
{
    if (table == OKR_TABLE_PARKED)
        return key.data[0] != 'o';
    return table == OKR_TABLE_HISTORY;
}

static enum okr_err check_seals(struct okr_check *check, enum okr_table table)
{
    struct okr_kv_iter it;
    struct okr_slice value;
    okr_kv_scan(check->txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (okr_kv_iter_next(&it)) {
        if (it.value.len == 0 && may_be_empty(table, it.key))
            continue;
        if (okr_unseal(table, it.key, it.value, &value) != OKR_OK)
            okr_check_tell(check, table, it.key, "its checksum does not hold");
    }
    return okr_kv_iter_close(&it);
}

static enum okr_err check_sealed(struct okr_check *check)
{
    for (size_t i = 0; i < sizeof sealed_tables / sizeof sealed_tables[0]; i++)
        OKR_TRY(check_seals(check, sealed_tables[i]));
    return OKR_OK;
}

/* ---- scopes -------------------------------------------------------------- */

static bool agrees(const struct okr_scope_row *row,
                   const struct okr_check_sum *sum)
{
    return row->count == sum->count && row->met >= sum->elsn_max &&
           okr_digest_eq(&row->digest, &sum->digest);
}

/* A row whose seal is broken was told already. */
static enum okr_err check_scope(struct okr_check *check,
                                const struct okr_check_sum *sum)
{
    struct okr_scope_row row;
    enum okr_err err = okr_scope_get(check->txn, sum->scope, &row);
    if (err == OKR_ERR_CORRUPT)
        return OKR_OK;
    OKR_TRY(err);
    uint8_t key[4];
    okr_be_put32(key, sum->scope);
    if (!agrees(&row, sum))
        okr_check_tell(check, OKR_TABLE_SCOPE, okr_slice_of(key, sizeof key),
                       "its entities come to another sum");
    return OKR_OK;
}

static const struct okr_check_sum *sums_of(const struct okr_check *check,
                                           size_t *ret_n)
{
    *ret_n = check->sums.len / sizeof(struct okr_check_sum);
    return (const void *)check->sums.data; /* the heap aligns for any type */
}

/* A scope without entities: nothing may be left in its sum. */
static enum okr_err check_empty(struct okr_check *check, struct okr_slice key,
                                struct okr_slice value)
{
    (void)value;
    if (key.len != sizeof(okr_scope)) {
        okr_check_tell(check, OKR_TABLE_SCOPE, key, "it is no scope");
        return OKR_OK;
    }
    struct okr_check_sum none = {.scope = okr_be_get32(key.data)};
    size_t n;
    const struct okr_check_sum *sums = sums_of(check, &n);
    for (size_t i = 0; i < n; i++)
        if (sums[i].scope == none.scope)
            return OKR_OK;
    return check_scope(check, &none);
}

static enum okr_err check_scopes(struct okr_check *check)
{
    size_t n;
    const struct okr_check_sum *sums = sums_of(check, &n);
    for (size_t i = 0; i < n; i++)
        OKR_TRY(check_scope(check, &sums[i]));
    return okr_check_each(check, OKR_TABLE_SCOPE, check_empty);
}

/* ---- all ----------------------------------------------------------------- */

static enum okr_err check_all(struct okr_check *check)
{
    OKR_TRY(check_sealed(check));
    OKR_TRY(okr_check_entities(check));
    OKR_TRY(check_scopes(check));
    OKR_TRY(okr_check_view(check));
    return okr_check_log(check);
}

enum okr_err okr_store_check(struct okr_kv_txn *txn,
                             const struct okr_damage_sink *sink)
{
    OKR_ASSERT(txn != NULL && sink != NULL && sink->take != NULL);
    struct okr_check check = {.txn = txn, .sink = sink};
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &check.arena));
    okr_buf_init(&check.sums, NULL);
    enum okr_err err = check_all(&check);
    okr_buf_close(&check.sums);
    okr_arena_free(&check.arena);
    return err;
}
