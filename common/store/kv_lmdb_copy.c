/* A copy of a store without its free pages, of one moment, while others write:
 * for a backup, before a migration, and to give space back.
 *
 * It is made as PATH.part, synced and then renamed, so PATH is a whole copy or
 * not there. */
#include "common/store/kv_lmdb.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/base/assert.h"

/* Left for whoever else writes to that disk. */
#define ROOM_LEFT ((uint64_t)16 << 20)

/* Bytes of the pages in use: what the copy comes to. */
static enum okr_err used_bytes(struct okr_kv_lmdb *lmdb, uint64_t *ret_bytes)
{
    MDB_txn *txn = NULL;
    uint64_t bytes = 0;
    OKR_TRY(okr_kv_lmdb_err(mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn)));
    int rc = MDB_SUCCESS;
    for (size_t i = 0; rc == MDB_SUCCESS && i < OKR_TABLE_COUNT; i++) {
        MDB_stat stat;
        rc = mdb_stat(txn, lmdb->dbi[i], &stat);
        if (rc == MDB_SUCCESS)
            bytes += stat.ms_psize *
                     (uint64_t)(stat.ms_branch_pages + stat.ms_leaf_pages +
                                stat.ms_overflow_pages);
    }
    mdb_txn_abort(txn);
    if (rc == MDB_SUCCESS)
        *ret_bytes = bytes;
    return okr_kv_lmdb_err(rc);
}

static enum okr_err room_check(struct okr_kv_lmdb *lmdb, int folder)
{
    uint64_t bytes = 0;
    struct statvfs disk;
    OKR_TRY(used_bytes(lmdb, &bytes));
    if (fstatvfs(folder, &disk) != 0)
        return okr_kv_lmdb_err(errno);
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    return room < bytes + ROOM_LEFT ? OKR_ERR_FULL : OKR_OK;
}

static enum okr_err fill(struct okr_kv_lmdb *lmdb, int folder)
{
    OKR_TRY(room_check(lmdb, folder));
    int fd = openat(folder, "data.mdb",
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    S_IRUSR | S_IWUSR);
    if (fd < 0)
        return okr_kv_lmdb_err(errno);
    enum okr_err err =
        okr_kv_lmdb_err(mdb_env_copyfd2(lmdb->env, fd, MDB_CP_COMPACT));
    if (err == OKR_OK && fsync(fd) != 0)
        err = okr_kv_lmdb_err(errno);
    if (close(fd) != 0 && err == OKR_OK)
        err = okr_kv_lmdb_err(errno);
    return err == OKR_OK ? okr_kv_lmdb_sync(folder) : err;
}

/* A copy that was cut short is nobody's. */
static void remove_part(const char *part)
{
    char file[PATH_MAX];
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int n = snprintf(file, sizeof file, "%s/%s", part, names[i]);
        if (n > 0 && (size_t)n < sizeof file)
            (void)unlink(file);
    }
    (void)rmdir(part);
}

static enum okr_err fill_part(struct okr_kv_lmdb *lmdb, const char *part)
{
    remove_part(part);
    if (mkdir(part, S_IRWXU) != 0)
        return okr_kv_lmdb_err(errno);
    int folder = open(part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return okr_kv_lmdb_err(errno);
    enum okr_err err = fill(lmdb, folder);
    close(folder);
    return err;
}

/* The new name, and then the folder in which it stands. */
static enum okr_err give_name(const char *part, const char *path)
{
    if (rename(part, path) != 0)
        return okr_kv_lmdb_err(errno);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return okr_kv_lmdb_err(errno);
    int parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum okr_err err = parent < 0 ? OKR_OK : okr_kv_lmdb_sync(parent);
    close(folder);
    if (parent >= 0)
        close(parent);
    return err;
}

enum okr_err okr_kv_lmdb_copy(struct okr_kv *kv, const char *path)
{
    struct okr_kv_lmdb *lmdb = (struct okr_kv_lmdb *)kv;
    char part[PATH_MAX];
    struct stat there;
    OKR_ASSERT(kv != NULL && path != NULL);
    int n = snprintf(part, sizeof part, "%s.part", path);
    if (n < 0 || (size_t)n >= sizeof part)
        return OKR_ERR_LIMIT;
    if (lstat(path, &there) == 0)
        return OKR_ERR_EXISTS;
    enum okr_err err = fill_part(lmdb, part);
    if (err == OKR_OK)
        err = give_name(part, path);
    if (err != OKR_OK)
        remove_part(part);
    return err;
}
