/* compact: gives back what the store holds of free pages.  The store's folder
 * is exchanged in one step for its copy, so there is always a whole one. */
#define _GNU_SOURCE /* renameat2 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/lang/text.h"
#include "server/shell/cli.h"
#include "server/shell/files.h"
#include "server/shell/server.h"

struct compacting {
    struct okr_fault *fault;
    char store[OKR_PATH_MAX_BYTES], other[OKR_PATH_MAX_BYTES];
};

static uint64_t size_of(const char *folder)
{
    char path[OKR_PATH_MAX_BYTES];
    struct stat info;
    struct okr_fault ignored = {.code = OKR_REPLY_DONE};
    if (!okr_folder_path(folder, "data.mdb", path, &ignored) ||
        stat(path, &info) != 0)
        return 0;
    return (uint64_t)info.st_size;
}

static void remove_other(const struct compacting *c)
{
    if (okr_files_clear(c->other, 1, NULL))
        (void)rmdir(c->other);
}

static bool copy(struct compacting *c)
{
    struct okr_kv *kv;
    remove_other(c); /* what was cut short */
    enum okr_err err = okr_kv_lmdb_open(c->store, OKR_STORE_MAP_BYTES, &kv);
    if (err == OKR_OK) {
        err = okr_kv_lmdb_copy(kv, c->other);
        okr_kv_close(&kv);
    }
    if (err == OKR_ERR_FULL)
        okr_fault_refuse(c->fault, NULL, "free space on the disk first",
                         "there is no room for the copy and 16 MiB more");
    else if (err != OKR_OK)
        okr_fault_world(c->fault, err, c->store);
    return err == OKR_OK;
}

static void compact(struct okr_cli *cli, struct compacting *c)
{
    uint64_t before = size_of(c->store);
    if (!copy(c))
        return;
    if (renameat2(AT_FDCWD, c->store, AT_FDCWD, c->other, RENAME_EXCHANGE) !=
        0) {
        okr_fault_refuse(&cli->fault, NULL,
                         "back it up and restore it on a disk with ext4, xfs "
                         "or btrfs",
                         "%s: the file system cannot exchange two folders: %s",
                         c->store, strerror(errno));
        remove_other(c);
        return;
    }
    (void)okr_files_sync(cli->words[0]);
    remove_other(c);
    uint64_t after = size_of(c->store);
    if (cli->json)
        printf("{\"before\":%llu,\"after\":%llu}\n", (unsigned long long)before,
               (unsigned long long)after);
    else
        printf(_("compact: %llu KiB, was %llu KiB\n"),
               (unsigned long long)(after >> 10),
               (unsigned long long)(before >> 10));
}

void okr_cmd_compact(struct okr_cli *cli)
{
    const char *dir = cli->words[0];
    struct compacting c = {.fault = &cli->fault};
    int lock;
    if (!okr_folder_check(dir, c.fault) ||
        !okr_folder_path(dir, "store", c.store, c.fault) ||
        !okr_folder_path(dir, "store.compact", c.other, c.fault))
        return;
    enum okr_err err = okr_folder_lock(dir, &lock, c.fault);
    if (err == OKR_ERR_BUSY)
        okr_fault_refuse(c.fault, NULL,
                         "end `okr-server serve` first: this takes seconds",
                         "%s is in use by another process (pid %ld)", dir,
                         okr_folder_holder(dir));
    if (err != OKR_OK)
        return;
    compact(cli, &c);
    close(lock);
}
