/* Stamps and migrations: one step a version, all in one transaction. */
#include "common/store/migrate.h"

#include <stdio.h>

#include "common/base/assert.h"
#include "common/store/space.h"

/* Version 1 is the first: nothing leads to it. */
static okr_migration *const steps[OKR_STORE_VERSION] = {NULL};

const struct okr_migrations okr_migrations = {steps, OKR_STORE_VERSION};

/* ---- reading it ---------------------------------------------------------- */

/* An older program stored fields that it did not know, and did not index
 * them; one that is older than the store would leave its rows behind. */
static enum okr_err read_schema(struct okr_kv_txn *txn, bool *ret_older)
{
    uint64_t schema;
    OKR_TRY(okr_meta_u64(txn, "schema", &schema));
    if (schema > OKR_SCHEMA_VERSION)
        return OKR_ERR_VERSION;
    *ret_older = schema < OKR_SCHEMA_VERSION;
    return OKR_OK;
}

static enum okr_err check_side(struct okr_kv_txn *txn, const char *side)
{
    struct okr_arena *arena;
    struct okr_slice was;
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena));
    enum okr_err err = okr_meta_get(txn, "side", arena, &was);
    if (err == OKR_OK && !okr_slice_is(was, side))
        err = OKR_ERR_DENIED;
    okr_arena_free(&arena);
    return err;
}

/* 0: a new store.  Half a stamp is damage: taken for a new store, that would
 * be stamped anew and its data taken for what it is not. */
static enum okr_err read_version(struct okr_kv_txn *txn, uint64_t latest,
                                 uint64_t *ret_version)
{
    uint64_t version;
    struct okr_slice side;
    OKR_TRY(okr_meta_u64(txn, "version", &version));
    enum okr_err err =
        okr_kv_get(txn, OKR_TABLE_META, OKR_SLICE_LIT("side"), &side);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    if ((version == 0) != (err == OKR_ERR_NOTFOUND))
        return OKR_ERR_CORRUPT;
    if (version > latest)
        return OKR_ERR_VERSION;
    *ret_version = version;
    return OKR_OK;
}

enum okr_err okr_store_age(struct okr_kv_txn *txn, const char *side,
                           const struct okr_migrations *migrations,
                           struct okr_store_age *ret_age)
{
    OKR_ASSERT(side != NULL && migrations != NULL && ret_age != NULL);
    struct okr_store_age age = {.version = 0};
    OKR_TRY(read_version(txn, migrations->latest, &age.version));
    age.older = age.version != 0 && age.version < migrations->latest;
    if (age.version != 0 && !age.older) {
        OKR_TRY(check_side(txn, side));
        OKR_TRY(read_schema(txn, &age.older_schema));
    }
    *ret_age = age;
    return OKR_OK;
}

/* ---- stamping ------------------------------------------------------------ */

static enum okr_err stamp_new(struct okr_kv_txn *txn, const char *side,
                              uint64_t version)
{
    OKR_TRY(okr_meta_put_u64(txn, "version", version));
    OKR_TRY(okr_meta_put_u64(txn, "schema", OKR_SCHEMA_VERSION));
    return okr_meta_put(txn, "side", okr_slice_str(side));
}

static enum okr_err migrate(struct okr_kv_txn *txn, uint64_t version,
                            const struct okr_migrations *migrations)
{
    for (; version < migrations->latest; version++) {
        OKR_ASSERT(migrations->steps[version] != NULL);
        OKR_TRY(migrations->steps[version](txn));
    }
    return okr_meta_put_u64(txn, "version", version);
}

/* Rows of an older version may be sealed in another way, so whose store it is
 * can be read only afterwards; what is refused then is aborted whole. */
enum okr_err okr_store_stamp(struct okr_kv_txn *txn, const char *side,
                             const struct okr_migrations *migrations)
{
    OKR_ASSERT(side != NULL && side[0] != '\0' && migrations != NULL);
    uint64_t version;
    bool older_schema;
    OKR_TRY(read_version(txn, migrations->latest, &version));
    if (version == 0)
        return stamp_new(txn, side, migrations->latest);
    if (version < migrations->latest)
        OKR_TRY(migrate(txn, version, migrations));
    OKR_TRY(check_side(txn, side));
    OKR_TRY(read_schema(txn, &older_schema));
    if (!older_schema)
        return OKR_OK;
    OKR_TRY(okr_index_rebuild(txn));
    return okr_meta_put_u64(txn, "schema", OKR_SCHEMA_VERSION);
}

enum okr_err okr_meta_stamp(struct okr_kv_txn *txn, const char *side)
{
    return okr_store_stamp(txn, side, &okr_migrations);
}

/* ---- on the disk --------------------------------------------------------- */

static enum okr_err read_age(const struct okr_upgrade *upgrade,
                             struct okr_store_age *ret_age)
{
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(upgrade->kv, false, &txn));
    enum okr_err err =
        okr_store_age(txn, upgrade->side, upgrade->migrations, ret_age);
    okr_kv_abort(&txn);
    return err;
}

static enum okr_err stamp(const struct okr_upgrade *upgrade)
{
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(upgrade->kv, true, &txn));
    enum okr_err err = okr_store_stamp(txn, upgrade->side, upgrade->migrations);
    if (err == OKR_OK)
        return okr_kv_commit(&txn);
    okr_kv_abort(&txn);
    return err;
}

enum okr_err okr_store_upgrade(struct okr_upgrade *upgrade)
{
    OKR_ASSERT(upgrade != NULL && upgrade->path != NULL);
    struct okr_store_age age;
    upgrade->copy[0] = '\0';
    OKR_TRY(read_age(upgrade, &age));
    if (age.version == 0)
        return OKR_ERR_NOTFOUND;
    if (age.older) {
        int n = snprintf(upgrade->copy, sizeof upgrade->copy, "%s.v%llu",
                         upgrade->path, (unsigned long long)age.version);
        if (n < 0 || (size_t)n >= sizeof upgrade->copy)
            return OKR_ERR_LIMIT;
        OKR_TRY(okr_kv_lmdb_copy(upgrade->kv, upgrade->copy));
    }
    return age.older || age.older_schema ? stamp(upgrade) : OKR_OK;
}
