/* backup: a copy of one moment while serve goes on, checked as `check` does,
 * and only then called DEST. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/lang/text.h"
#include "common/model/dates.h"
#include "common/net/net.h"
#include "common/store/migrate.h"
#include "server/shell/backup.h"
#include "server/shell/cli.h"
#include "server/shell/files.h"
#include "server/shell/server.h"

struct backing {
    struct okr_cli *cli;
    struct okr_fault *fault;
    const char *dir, *dest;
    char part[OKR_PATH_MAX_BYTES]; /* DEST.part, locked while it is made */
    int part_fd;
    okr_us taken;
    struct okr_checked checked;
    struct okr_backup_facts facts;
    struct okr_backup_paper paper;
};

/* ---- where it goes ------------------------------------------------------- */

/* The folder in which DEST will stand, as the system names it. */
static bool parent_of(struct backing *b, char ret[OKR_PATH_MAX_BYTES])
{
    char copy[OKR_PATH_MAX_BYTES], real[PATH_MAX];
    if (snprintf(copy, sizeof copy, "%s", b->dest) >= (int)sizeof copy) {
        okr_fault_usage(b->fault, "use a shorter one", "the path is too long");
        return false;
    }
    char *slash = strrchr(copy, '/');
    if (slash != NULL)
        slash[slash == copy ? 1 : 0] = '\0';
    if (realpath(slash != NULL ? copy : ".", real) == NULL) {
        okr_fault_refuse(b->fault, NULL,
                         "make the folder that it is to lie in, or name "
                         "another",
                         "%s: %s", b->dest, strerror(errno));
        return false;
    }
    (void)snprintf(ret, OKR_PATH_MAX_BYTES, "%s", real);
    return true;
}

static bool check_dest(struct backing *b)
{
    char parent[OKR_PATH_MAX_BYTES], real[PATH_MAX];
    struct stat info;
    size_t len = strlen(b->dest);
    if (len == 0 || b->dest[len - 1] == '/') {
        okr_fault_usage(b->fault, "name a folder that is not there yet",
                        "`%s` names no new folder", b->dest);
        return false;
    }
    if (lstat(b->dest, &info) == 0) {
        okr_fault_refuse(b->fault, NULL,
                         "name a folder that is not there yet, as "
                         "/backup/okr-$(date +%%F)",
                         "%s is there already", b->dest);
        return false;
    }
    if (!parent_of(b, parent) || realpath(b->dir, real) == NULL)
        return false;
    len = strlen(real);
    if (strncmp(parent, real, len) == 0 &&
        (parent[len] == '\0' || parent[len] == '/')) {
        okr_fault_refuse(b->fault, NULL,
                         "name a folder elsewhere, on another disk if there "
                         "is one",
                         "%s lies in the folder that is backed up", b->dest);
        return false;
    }
    return true;
}

/* ---- the unfinished folder ----------------------------------------------- */

static bool begin_part(struct backing *b)
{
    int n = snprintf(b->part, sizeof b->part, "%s.part", b->dest);
    if (n < 0 || (size_t)n >= sizeof b->part)
        okr_fault_usage(b->fault, "use a shorter one", "the path is too long");
    else if (mkdir(b->part, S_IRWXU) != 0 && errno != EEXIST)
        okr_fault_refuse(b->fault, NULL,
                         "name a place where you may write, with room",
                         "%s: %s", b->part, strerror(errno));
    if (okr_faulty(b->fault))
        return false;
    b->part_fd = open(b->part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (b->part_fd < 0 || flock(b->part_fd, LOCK_EX | LOCK_NB) != 0)
        okr_fault_refuse(b->fault, NULL, "wait for it",
                         "%s: another backup is at it", b->part);
    else if (!okr_files_clear(b->part, 2, NULL))
        okr_fault_refuse(b->fault, NULL, "remove it by hand",
                         "%s: what a backup has left cannot be removed: %s",
                         b->part, strerror(errno));
    return !okr_faulty(b->fault);
}

static void end_part(struct backing *b)
{
    if (b->part_fd < 0)
        return;
    if (okr_faulty(b->fault)) {
        (void)okr_files_clear(b->part, 2, NULL);
        (void)rmdir(b->part);
    }
    close(b->part_fd);
}

/* ---- the copy ------------------------------------------------------------ */

static void tell_copy(struct backing *b, enum okr_err err, const char *store)
{
    if (err == OKR_ERR_FULL)
        okr_fault_refuse(
            b->fault, NULL, "free space there, or name another disk",
            "%s: there is no room for the copy and 16 MiB more", b->dest);
    else if (err == OKR_ERR_CORRUPT)
        okr_fault_refuse(b->fault, NULL,
                         "`okr-server check DIR` names what is damaged; "
                         "restore an earlier backup",
                         "%s: its pages do not agree", store);
    else if (err != OKR_OK)
        okr_fault_world(b->fault, err, store);
}

static bool copy_store(struct backing *b)
{
    char from[OKR_PATH_MAX_BYTES], to[OKR_PATH_MAX_BYTES];
    struct okr_kv *kv;
    if (!okr_folder_path(b->dir, "store", from, b->fault) ||
        !okr_folder_path(b->part, "store", to, b->fault))
        return false;
    if (isatty(STDERR_FILENO) == 1)
        (void)fprintf(stderr, _("copying %s\n"), from);
    enum okr_err err = okr_kv_lmdb_open(from, OKR_STORE_MAP_BYTES, &kv);
    if (err == OKR_OK) {
        err = okr_kv_lmdb_copy(kv, to);
        okr_kv_close(&kv);
    }
    tell_copy(b, err, from);
    return err == OKR_OK;
}

static void tell_damage(void *context, const struct okr_check_told *told)
{
    (void)context;
    (void)fprintf(stderr, "%s %s: %s\n", told->table, told->key, told->what);
}

/* What was written is what is read: of the copy, not of the store. */
static bool check_copy(struct backing *b)
{
    const struct okr_check_how how = {.told = tell_damage};
    char store[OKR_PATH_MAX_BYTES], lock[OKR_PATH_MAX_BYTES];
    struct okr_kv *kv;
    if (!okr_folder_path(b->part, "store", store, b->fault) ||
        !okr_folder_path(b->part, "store/lock.mdb", lock, b->fault))
        return false;
    enum okr_err err = okr_kv_lmdb_open(store, OKR_STORE_MAP_BYTES, &kv);
    if (err != OKR_OK) {
        okr_fault_world(b->fault, err, store);
        return false;
    }
    bool done = okr_check_store(kv, &how, &b->checked, b->fault) &&
                (b->checked.findings > 0 ||
                 okr_backup_facts(kv, b->cli->arena, &b->facts, b->fault));
    okr_kv_close(&kv);
    (void)unlink(lock);
    return done;
}

static bool copy_keys(struct backing *b)
{
    char from[OKR_PATH_MAX_BYTES];
    return !okr_cli_flag(b->cli, "with-keys") ||
           (okr_folder_path(b->dir, "keys", from, b->fault) &&
            okr_keys_copy(from, b->part, b->fault));
}

static bool write_paper(struct backing *b)
{
    struct okr_keys keys;
    if (!okr_keys_load(b->dir, &keys, b->fault))
        return false;
    okr_keys_fingerprint(&keys, b->paper.fingerprint);
    okr_keys_free(&keys);
    okr_time_format(b->taken, 0, b->paper.taken);
    okr_hex_encode(okr_slice_of(b->checked.root.b, sizeof b->checked.root.b),
                   b->paper.root);
    b->paper.lsn = b->facts.lsn;
    b->paper.epoch = b->facts.epoch;
    return okr_backup_paper_write(b->part, b->cli->arena, &b->paper, b->fault);
}

static bool give_name(struct backing *b)
{
    char parent[OKR_PATH_MAX_BYTES];
    if (okr_files_sync(b->part) && rename(b->part, b->dest) == 0 &&
        parent_of(b, parent) && okr_files_sync(parent))
        return true;
    okr_fault_refuse(b->fault, NULL, "name a folder that is not there yet",
                     "%s: %s", b->dest, strerror(errno));
    return false;
}

/* ---- telling ------------------------------------------------------------- */

/* Tells the server, running or not, how the backup ended.  A good one is not
 * spoilt by a server that cannot note it. */
static void announce(struct backing *b)
{
    char lsn[24], epoch[16], findings[24], time[24], path[PATH_MAX];
    struct okr_ask ask;
    struct okr_slice json;
    struct okr_fault of_backup = b->cli->fault;
    b->cli->fault = (struct okr_fault){.code = OKR_REPLY_DONE};
    (void)snprintf(lsn, sizeof lsn, "%llu", (unsigned long long)b->facts.lsn);
    (void)snprintf(epoch, sizeof epoch, "%u", (unsigned)b->facts.epoch);
    (void)snprintf(time, sizeof time, "%lld", (long long)b->taken);
    (void)snprintf(findings, sizeof findings, "%llu",
                   (unsigned long long)b->checked.findings);
    okr_cli_ask_init(b->cli, "backup_noted", &ask);
    okr_cli_ask_arg(b->cli, &ask, "lsn", lsn);
    okr_cli_ask_arg(b->cli, &ask, "epoch", epoch);
    okr_cli_ask_arg(b->cli, &ask, "time", time);
    okr_cli_ask_arg(b->cli, &ask, "findings", findings);
    okr_cli_ask_arg(b->cli, &ask, "path",
                    realpath(b->dest, path) != NULL ? path : b->dest);
    if (!okr_cli_ask(b->cli, &ask, &json))
        (void)fprintf(stderr,
                      _("okr-server: the server could not note this backup, so "
                        "`status` will not show it: %s\n"),
                      b->cli->fault.what);
    b->cli->fault = of_backup;
}

static void answer(const struct backing *b)
{
    struct okr_buf text;
    struct okr_json json;
    if (!b->cli->json) {
        printf(_("backup: %s, verified: lsn %llu, epoch %u, root %s\n"),
               b->dest, (unsigned long long)b->facts.lsn,
               (unsigned)b->facts.epoch, b->paper.root);
        printf("  %s\n", okr_cli_flag(b->cli, "with-keys")
                             ? _("it holds the keys: guard it like the server")
                             : _("the keys are not in it: keep a copy of "
                                 "DIR/keys elsewhere"));
        return;
    }
    okr_buf_init(&text, b->cli->arena);
    okr_json_init(&json, &text);
    okr_json_open_object(&json);
    okr_json_key(&json, "path");
    okr_json_cstr(&json, b->dest);
    okr_json_key(&json, "lsn");
    okr_json_uint(&json, b->facts.lsn);
    okr_json_key(&json, "epoch");
    okr_json_uint(&json, b->facts.epoch);
    okr_json_key(&json, "leaves");
    okr_json_uint(&json, b->checked.leaves);
    okr_json_key(&json, "root");
    okr_json_cstr(&json, b->paper.root);
    okr_json_key(&json, "keys");
    okr_json_bool(&json, okr_cli_flag(b->cli, "with-keys"));
    okr_json_close_object(&json);
    okr_cli_print(b->cli, okr_buf_slice(&text));
}

static void tell_bad(struct backing *b)
{
    announce(b);
    okr_fault_refuse(b->fault, "damaged",
                     "`okr-server check DIR` tells whether the store is "
                     "damaged or only the copy; keep the earlier backups",
                     "%s: the copy does not hold (findings: %llu); it was "
                     "removed",
                     b->dest, (unsigned long long)b->checked.findings);
}

static void back_up(struct backing *b)
{
    if (!begin_part(b) || !copy_store(b) || !check_copy(b))
        return;
    if (b->checked.findings > 0) {
        tell_bad(b);
        return;
    }
    if (copy_keys(b) && write_paper(b) && give_name(b)) {
        announce(b);
        answer(b);
    }
}

void okr_cmd_backup(struct okr_cli *cli)
{
    struct backing b = {.cli = cli,
                        .fault = &cli->fault,
                        .dir = cli->words[0],
                        .dest = cli->words[1],
                        .part_fd = -1,
                        .taken = okr_net_now()};
    if (!okr_folder_check(b.dir, b.fault) || !check_dest(&b))
        return;
    back_up(&b);
    end_part(&b);
}
