/* The stamp of a store: whose it is, how old, and how an older one is brought
 * up to date. */
#ifndef OKR_STORE_MIGRATE_H
#define OKR_STORE_MIGRATE_H

#include "common/store/meta.h"

/* Rewrites all tables that are laid out in another way one version later;
 * those of the other side are empty.  The row `version` is not its matter:
 * that one keeps its form and its seal for ever. */
typedef enum okr_err okr_migration(struct okr_kv_txn *txn);

/* `steps[v]` leads from version v to v + 1, up to `latest`; `steps[0]` is
 * none. */
struct okr_migrations {
    okr_migration *const *steps;
    uint64_t latest;
};
/* Every released version has its step here, for ever. */
extern const struct okr_migrations okr_migrations;

/* What stamping a store would have to do; reads only, the same errors. */
struct okr_store_age {
    uint64_t version;  /* 0: nothing is stamped yet */
    bool older;        /* it would be migrated */
    bool older_schema; /* it would be indexed anew; unknown while `older` */
};
OKR_MUST_USE enum okr_err okr_store_age(struct okr_kv_txn *txn,
                                        const char *side,
                                        const struct okr_migrations *migrations,
                                        struct okr_store_age *ret_age);
/* okr_meta_stamp, by these steps. */
OKR_MUST_USE enum okr_err
okr_store_stamp(struct okr_kv_txn *txn, const char *side,
                const struct okr_migrations *migrations);

/* For a store on the disk, when it is opened: stamps it where that has
 * something to do, in one transaction.  Before a migration it is copied, to
 * PATH.v1 if version 1 it was.  Errors as okr_kv_lmdb_copy and okr_meta_stamp;
 * OKR_ERR_NOTFOUND: nothing was ever stamped. */
struct okr_upgrade {
    struct okr_kv *kv;
    const char *path; /* of its folder */
    const char *side;
    const struct okr_migrations *migrations;
    char copy[4096]; /* set: where the copy is, "" if none was made */
};
OKR_MUST_USE enum okr_err okr_store_upgrade(struct okr_upgrade *upgrade);

#endif
