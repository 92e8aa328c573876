/* What the two files that know LMDB share.  Private to kv_lmdb*.c. */
#ifndef OKR_STORE_KV_LMDB_H
#define OKR_STORE_KV_LMDB_H

#include <lmdb.h>

#include "common/store/kv_impl.h"

struct okr_kv_lmdb {
    struct okr_kv base;
    MDB_env *env;
    MDB_dbi dbi[OKR_TABLE_COUNT];
    unsigned open_txns;
    bool writing;
};

/* What a return code of LMDB, or an errno, is to us. */
enum okr_err okr_kv_lmdb_err(int rc);
/* Syncs the names in a folder.  OK as well where a file system has no such
 * thing (EINVAL). */
OKR_MUST_USE enum okr_err okr_kv_lmdb_sync(int folder);

#endif
