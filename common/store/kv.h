/* The store behind everything: ordered tables of bytes, one writer.
 *
 * Two implementations: kv_lmdb.c (disk) and kv_mem.c (tests, simulator), and
 * kv_fault.c, which wraps either and fails on purpose.  Values read die with
 * the transaction, and also with the next write to the same table.  Only one
 * write transaction at a time; read transactions see the last commit. */
#ifndef OKR_STORE_KV_H
#define OKR_STORE_KV_H

#include "common/base/err.h"
#include "common/base/slice.h"

enum okr_table {
#define X(name, word, what) OKR_TABLE_##name,
#include "common/store/tables.def"
#undef X
    OKR_TABLE_COUNT
};

#define OKR_KEY_MAX 120 /* bytes of a key, 1 at least */

struct okr_kv;
struct okr_kv_txn;

/* Name of a table as in tables.def, for messages. */
const char *okr_table_name(enum okr_table table);
const char *okr_table_what(enum okr_table table);

/* Opens the LMDB environment in folder `path` (made 0700 if missing; files
 * 0600).  `map_bytes` is the size limit of the file, set large once.
 * OKR_ERR_FULL, IO, CORRUPT, DENIED.  The caller owns `*ret_kv`. */
OKR_MUST_USE enum okr_err okr_kv_lmdb_open(const char *path, size_t map_bytes,
                                           struct okr_kv **ret_kv);
/* A copy of `kv`, which kv_lmdb_open has opened, as a new folder `path` (0700,
 * its file 0600 whatever the umask): of one moment, without free pages, while
 * others write.  Whole and synced, or not there: OKR_ERR_EXISTS when something
 * is there already, FULL when there is no room for it and 16 MiB more. */
OKR_MUST_USE enum okr_err okr_kv_lmdb_copy(struct okr_kv *kv, const char *path);
/* Gives back what readers held that were killed; once a minute is enough. */
OKR_MUST_USE enum okr_err okr_kv_lmdb_tidy(struct okr_kv *kv);
/* A store in memory with the same behaviour, abort included. */
OKR_MUST_USE enum okr_err okr_kv_mem_open(struct okr_kv **ret_kv);
void okr_kv_close(struct okr_kv **kv); /* no transaction may be open */

/* Begins a transaction; `write` ones are exclusive. */
OKR_MUST_USE enum okr_err okr_kv_begin(struct okr_kv *kv, bool write,
                                       struct okr_kv_txn **ret_txn);
/* Ends it.  A failed commit: OKR_ERR_FULL or IO when nothing was written for
 * sure, OKR_ERR_COMMIT when the outcome is unknown and the process has to
 * exit and re-read.  A transaction in which a call failed with anything but
 * NOTFOUND cannot commit any more: the first error comes back here. */
OKR_MUST_USE enum okr_err okr_kv_commit(struct okr_kv_txn **txn);
void okr_kv_abort(struct okr_kv_txn **txn); /* NULL inside is fine */

/* OKR_ERR_NOTFOUND leaves `*ret_value` untouched.  `ret_value` may be NULL.
 * For put, del and clear: `key` and `value` must not be bytes that were read
 * from the same table, because those die with this very call. */
OKR_MUST_USE enum okr_err okr_kv_get(struct okr_kv_txn *txn,
                                     enum okr_table table, struct okr_slice key,
                                     struct okr_slice *ret_value);
OKR_MUST_USE enum okr_err okr_kv_put(struct okr_kv_txn *txn,
                                     enum okr_table table, struct okr_slice key,
                                     struct okr_slice value);
/* Deleting what is not there is OKR_OK. */
OKR_MUST_USE enum okr_err
okr_kv_del(struct okr_kv_txn *txn, enum okr_table table, struct okr_slice key);
/* The largest key that starts with `prefix`; OKR_ERR_NOTFOUND.  Either of
 * the last two may be NULL. */
OKR_MUST_USE enum okr_err okr_kv_last(struct okr_kv_txn *txn,
                                      enum okr_table table,
                                      struct okr_slice prefix,
                                      struct okr_slice *ret_key,
                                      struct okr_slice *ret_value);
/* Deletes every row whose key starts with `prefix` (empty: all rows). */
OKR_MUST_USE enum okr_err okr_kv_clear(struct okr_kv_txn *txn,
                                       enum okr_table table,
                                       struct okr_slice prefix);

/* A walk in key order over the keys that start with `prefix`, from the first
 * key >= `from` (empty: from the beginning of the prefix).  Writing to the
 * walked table ends the walk: a next after it is asserted against.  Every walk
 * is closed before its transaction ends, also on the way out with an error.
 *
 *     struct okr_kv_iter it;
 *     okr_kv_scan(txn, table, prefix, from, &it);
 *     while (okr_kv_iter_next(&it)) use(it.key, it.value);
 *     OKR_TRY(okr_kv_iter_close(&it));   // the error, if any, is told here
 */
struct okr_kv_iter {
    struct okr_slice key, value; /* valid after next returned true */
    /* private */
    struct okr_kv_txn *txn;
    enum okr_table table;
    uint8_t prefix[OKR_KEY_MAX];
    size_t prefix_len;
    uint8_t from[OKR_KEY_MAX];
    size_t from_len;
    void *cursor;
    enum okr_err err;
    bool started;
    uint64_t writes; /* to the table when the walk began */
};
void okr_kv_scan(struct okr_kv_txn *txn, enum okr_table table,
                 struct okr_slice prefix, struct okr_slice from,
                 struct okr_kv_iter *it);
bool okr_kv_iter_next(struct okr_kv_iter *it);
OKR_MUST_USE enum okr_err okr_kv_iter_close(struct okr_kv_iter *it);

/* Rows of a table; an estimate is not enough, it is exact. */
OKR_MUST_USE enum okr_err
okr_kv_count(struct okr_kv_txn *txn, enum okr_table table, uint64_t *ret_rows);

#endif
