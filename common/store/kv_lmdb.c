/* The store on disk: one LMDB environment, a named database for each table.
 *
 * Durable by default: no NOSYNC, WRITEMAP or DUPSORT.  Read transactions are
 * not tied to threads (MDB_NOTLS).  Only this file and kv_lmdb_copy.c know
 * lmdb.h; they and the key files are what touches the disk below the shells. */
#include "common/store/kv_lmdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/assert.h"

struct lmdb_txn {
    struct okr_kv_txn base;
    MDB_txn *txn;
};

static struct okr_kv_lmdb *lmdb_of(struct okr_kv *kv)
{
    return (struct okr_kv_lmdb *)kv;
}

static MDB_txn *txn_of(struct okr_kv_txn *txn)
{
    return ((struct lmdb_txn *)txn)->txn;
}

static MDB_dbi dbi_of(struct okr_kv_txn *txn, enum okr_table table)
{
    return lmdb_of(txn->kv)->dbi[table];
}

enum okr_err okr_kv_lmdb_err(int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return OKR_OK;
    case MDB_NOTFOUND:
    case ENOENT:
        return OKR_ERR_NOTFOUND;
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return OKR_ERR_FULL;
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_INVALID:
    case MDB_INCOMPATIBLE:
        return OKR_ERR_CORRUPT;
    case MDB_VERSION_MISMATCH:
        return OKR_ERR_VERSION;
    case MDB_PANIC: /* an earlier commit broke off at the meta page */
        return OKR_ERR_COMMIT;
    case MDB_READERS_FULL:
    case MDB_TXN_FULL:
    case MDB_DBS_FULL:
    case MDB_BAD_VALSIZE:
    case MDB_MAP_RESIZED:
        return OKR_ERR_LIMIT;
    case EACCES:
    case EPERM:
    case EROFS:
        return OKR_ERR_DENIED;
    case EAGAIN:
    case EBUSY:
        return OKR_ERR_BUSY;
    case ENOMEM:
        return OKR_ERR_NOMEM;
    default:
        return OKR_ERR_IO;
    }
}

static MDB_val val_of(struct okr_slice s)
{
    /* LMDB only reads through the pointers that it is given here. */
    union {
        const void *in;
        void *out;
    } pun = {.in = s.data};
    return (MDB_val){.mv_size = s.len, .mv_data = pun.out};
}

static struct okr_slice slice_of(const MDB_val *val)
{
    return okr_slice_of(val->mv_data, val->mv_size);
}

static void lmdb_close(struct okr_kv *kv)
{
    struct okr_kv_lmdb *lmdb = lmdb_of(kv);
    OKR_ASSERT(lmdb->open_txns == 0);
    mdb_env_close(lmdb->env);
    free(lmdb);
}

static enum okr_err lmdb_begin(struct okr_kv *kv, bool write,
                               struct okr_kv_txn **ret_txn)
{
    struct okr_kv_lmdb *lmdb = lmdb_of(kv);
    OKR_ASSERT(!write || !lmdb->writing); /* LMDB would wait for ever */
    struct lmdb_txn *txn = malloc(sizeof *txn);
    if (txn == NULL)
        return OKR_ERR_NOMEM;
    int rc = mdb_txn_begin(lmdb->env, NULL, write ? 0 : MDB_RDONLY, &txn->txn);
    if (rc != MDB_SUCCESS) {
        free(txn);
        return okr_kv_lmdb_err(rc);
    }
    if (write)
        lmdb->writing = true;
    lmdb->open_txns++;
    *ret_txn = &txn->base;
    return OKR_OK;
}

static void end(struct okr_kv_txn *txn)
{
    struct okr_kv_lmdb *lmdb = lmdb_of(txn->kv);
    OKR_ASSERT(lmdb->open_txns > 0);
    lmdb->open_txns--;
    if (txn->write)
        lmdb->writing = false;
    free(txn);
}

/* What a failed commit means.  mdb_txn_commit writes the pages, syncs them,
 * and writes the meta page last; where that last write fails it marks the
 * environment, and nothing can begin any more (MDB_PANIC).  So where a reader
 * can begin and sees an older transaction, nothing was written for sure. */
static enum okr_err commit_error(struct okr_kv_lmdb *lmdb, int rc,
                                 size_t txn_id)
{
    MDB_txn *probe = NULL;
    if (mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &probe) != MDB_SUCCESS)
        return OKR_ERR_COMMIT;
    bool before = mdb_txn_id(probe) < txn_id;
    mdb_txn_abort(probe);
    return before ? okr_kv_lmdb_err(rc) : OKR_ERR_COMMIT;
}

static enum okr_err lmdb_commit(struct okr_kv_txn *txn)
{
    struct okr_kv_lmdb *lmdb = lmdb_of(txn->kv);
    size_t txn_id = mdb_txn_id(txn_of(txn));
    int rc = mdb_txn_commit(txn_of(txn));
    end(txn);
    return rc == MDB_SUCCESS ? OKR_OK : commit_error(lmdb, rc, txn_id);
}

static void lmdb_abort(struct okr_kv_txn *txn)
{
    mdb_txn_abort(txn_of(txn));
    end(txn);
}

static enum okr_err lmdb_get(struct okr_kv_txn *txn, enum okr_table table,
                             struct okr_slice key, struct okr_slice *ret_value)
{
    MDB_val key_val = val_of(key);
    MDB_val value;
    int rc = mdb_get(txn_of(txn), dbi_of(txn, table), &key_val, &value);
    if (rc != MDB_SUCCESS)
        return okr_kv_lmdb_err(rc);
    *ret_value = slice_of(&value);
    return OKR_OK;
}

static enum okr_err lmdb_put(struct okr_kv_txn *txn, enum okr_table table,
                             struct okr_slice key, struct okr_slice value)
{
    MDB_val key_val = val_of(key);
    MDB_val value_val = val_of(value);
    return okr_kv_lmdb_err(
        mdb_put(txn_of(txn), dbi_of(txn, table), &key_val, &value_val, 0));
}

static enum okr_err lmdb_del(struct okr_kv_txn *txn, enum okr_table table,
                             struct okr_slice key)
{
    MDB_val key_val = val_of(key);
    return okr_kv_lmdb_err(
        mdb_del(txn_of(txn), dbi_of(txn, table), &key_val, NULL));
}

/* Moves a cursor; `key` matters to MDB_SET_RANGE only. */
static enum okr_err move(MDB_cursor *cursor, MDB_cursor_op op,
                         struct okr_slice key, struct okr_kv_row *ret_row)
{
    MDB_val key_val = val_of(key);
    MDB_val value;
    int rc = mdb_cursor_get(cursor, &key_val, &value, op);
    if (rc != MDB_SUCCESS)
        return okr_kv_lmdb_err(rc);
    ret_row->key = slice_of(&key_val);
    ret_row->value = slice_of(&value);
    return OKR_OK;
}

static enum okr_err lmdb_seek(struct okr_kv_txn *txn, enum okr_table table,
                              void **cursor, struct okr_slice key,
                              struct okr_kv_row *ret_row)
{
    MDB_cursor *opened = *cursor;
    if (opened == NULL)
        OKR_TRY(okr_kv_lmdb_err(
            mdb_cursor_open(txn_of(txn), dbi_of(txn, table), &opened)));
    *cursor = opened;
    return move(opened, key.len == 0 ? MDB_FIRST : MDB_SET_RANGE, key, ret_row);
}

static enum okr_err lmdb_next(struct okr_kv_txn *txn, enum okr_table table,
                              void **cursor, struct okr_kv_row *ret_row)
{
    (void)txn;
    (void)table;
    OKR_ASSERT(*cursor != NULL);
    return move(*cursor, MDB_NEXT, OKR_SLICE_NONE, ret_row);
}

static void lmdb_cursor_close(struct okr_kv_txn *txn, void *cursor)
{
    (void)txn;
    mdb_cursor_close(cursor);
}

static enum okr_err lmdb_before(struct okr_kv_txn *txn, enum okr_table table,
                                struct okr_slice key,
                                struct okr_kv_row *ret_row)
{
    MDB_cursor *cursor = NULL;
    OKR_TRY(okr_kv_lmdb_err(
        mdb_cursor_open(txn_of(txn), dbi_of(txn, table), &cursor)));
    struct okr_kv_row behind;
    enum okr_err err = OKR_ERR_NOTFOUND;
    if (key.len > 0)
        err = move(cursor, MDB_SET_RANGE, key, &behind);
    if (err == OKR_OK)
        err = move(cursor, MDB_PREV, OKR_SLICE_NONE, ret_row);
    else if (err == OKR_ERR_NOTFOUND)
        err = move(cursor, MDB_LAST, OKR_SLICE_NONE, ret_row);
    mdb_cursor_close(cursor);
    return err;
}

static enum okr_err lmdb_count(struct okr_kv_txn *txn, enum okr_table table,
                               uint64_t *ret_rows)
{
    MDB_stat stat;
    OKR_TRY(okr_kv_lmdb_err(mdb_stat(txn_of(txn), dbi_of(txn, table), &stat)));
    *ret_rows = stat.ms_entries;
    return OKR_OK;
}

static const struct okr_kv_ops lmdb_ops = {
    .close = lmdb_close,
    .begin = lmdb_begin,
    .commit = lmdb_commit,
    .abort = lmdb_abort,
    .get = lmdb_get,
    .put = lmdb_put,
    .del = lmdb_del,
    .seek = lmdb_seek,
    .next = lmdb_next,
    .cursor_close = lmdb_cursor_close,
    .before = lmdb_before,
    .count = lmdb_count,
};

/* Opens the folder, made if missing.  One in which others may write is
 * refused: they could put another file in the place of ours. */
static enum okr_err folder_open(const char *path, int *ret_fd)
{
    if (mkdir(path, S_IRWXU) != 0 && errno != EEXIST)
        return okr_kv_lmdb_err(errno);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return okr_kv_lmdb_err(errno);
    struct stat st;
    enum okr_err err = OKR_OK;
    if (fstat(fd, &st) != 0)
        err = okr_kv_lmdb_err(errno);
    else if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        err = OKR_ERR_DENIED;
    if (err != OKR_OK)
        close(fd);
    else
        *ret_fd = fd;
    return err;
}

/* A file that others own, or may read, is refused rather than tightened:
 * somebody may hold it open already.  A missing one is fine. */
static enum okr_err file_check(int folder, const char *name)
{
    struct stat st;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? OKR_OK : okr_kv_lmdb_err(errno);
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
        (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return OKR_ERR_DENIED;
    return OKR_OK;
}

static enum okr_err files_check(int folder)
{
    OKR_TRY(file_check(folder, "data.mdb"));
    return file_check(folder, "lock.mdb");
}

enum okr_err okr_kv_lmdb_sync(int folder)
{
    return fsync(folder) == 0 || errno == EINVAL ? OKR_OK
                                                 : okr_kv_lmdb_err(errno);
}

/* LMDB syncs its file, but not the names that lead to it: without this a
 * power cut could take a whole new store. */
static enum okr_err names_sync(int folder)
{
    OKR_TRY(okr_kv_lmdb_sync(folder));
    int parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return errno == EACCES ? OKR_OK : okr_kv_lmdb_err(errno);
    enum okr_err err = okr_kv_lmdb_sync(parent);
    close(parent);
    return err;
}

/* All tables, made in one transaction; handles stay valid until the close. */
static enum okr_err tables_open(struct okr_kv_lmdb *lmdb)
{
    MDB_txn *txn = NULL;
    OKR_TRY(okr_kv_lmdb_err(mdb_txn_begin(lmdb->env, NULL, 0, &txn)));
    for (size_t i = 0; i < OKR_TABLE_COUNT; i++) {
        const char *name = okr_table_name((enum okr_table)i);
        int rc = mdb_dbi_open(txn, name, MDB_CREATE, &lmdb->dbi[i]);
        if (rc != MDB_SUCCESS) {
            mdb_txn_abort(txn);
            return okr_kv_lmdb_err(rc);
        }
    }
    return okr_kv_lmdb_err(mdb_txn_commit(txn));
}

/* Slots of readers that were killed would keep old pages for ever. */
static enum okr_err readers_check(struct okr_kv_lmdb *lmdb)
{
    int dead = 0;
    return okr_kv_lmdb_err(mdb_reader_check(lmdb->env, &dead));
}

static enum okr_err env_open(struct okr_kv_lmdb *lmdb, const char *path,
                             size_t map_bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t rounded = (map_bytes + page - 1) / page * page;
    OKR_TRY(okr_kv_lmdb_err(mdb_env_create(&lmdb->env)));
    OKR_TRY(okr_kv_lmdb_err(mdb_env_set_mapsize(lmdb->env, rounded)));
    OKR_TRY(okr_kv_lmdb_err(mdb_env_set_maxdbs(lmdb->env, OKR_TABLE_COUNT)));
    OKR_TRY(okr_kv_lmdb_err(
        mdb_env_open(lmdb->env, path, MDB_NOTLS, S_IRUSR | S_IWUSR)));
    OKR_TRY(readers_check(lmdb));
    return tables_open(lmdb);
}

static enum okr_err folder_fill(struct okr_kv_lmdb *lmdb, const char *path,
                                int folder, size_t map_bytes)
{
    OKR_TRY(files_check(folder));
    OKR_TRY(env_open(lmdb, path, map_bytes));
    OKR_TRY(files_check(folder));
    return names_sync(folder);
}

enum okr_err okr_kv_lmdb_tidy(struct okr_kv *kv)
{
    OKR_ASSERT(kv != NULL && kv->ops == &lmdb_ops);
    return readers_check(lmdb_of(kv));
}

enum okr_err okr_kv_lmdb_open(const char *path, size_t map_bytes,
                              struct okr_kv **ret_kv)
{
    OKR_ASSERT(path != NULL && map_bytes > 0 && ret_kv != NULL);
    int folder = -1;
    OKR_TRY(folder_open(path, &folder));
    enum okr_err err = OKR_ERR_NOMEM;
    struct okr_kv_lmdb *lmdb = calloc(1, sizeof *lmdb);
    if (lmdb != NULL)
        err = folder_fill(lmdb, path, folder, map_bytes);
    close(folder);
    if (err == OKR_OK) {
        lmdb->base.ops = &lmdb_ops;
        *ret_kv = &lmdb->base;
        return OKR_OK;
    }
    if (lmdb != NULL && lmdb->env != NULL)
        mdb_env_close(lmdb->env);
    free(lmdb);
    return err;
}
