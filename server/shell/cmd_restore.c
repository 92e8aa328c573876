/* restore: a server's folder made of a backup.  Every restore begins a new
 * epoch: numbers that people have seen would be given twice otherwise. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/hex.h"
#include "common/lang/text.h"
#include "common/model/dates.h"
#include "common/net/net.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "server/shell/backup.h"
#include "server/shell/cli.h"
#include "server/shell/files.h"
#include "server/shell/server.h"
#include "server/store/invites.h"

struct restoring {
    struct okr_cli *cli;
    struct okr_fault *fault;
    const char *from, *dir;
    char keys_from[OKR_PATH_MAX_BYTES]; /* the folder with the key files */
    struct okr_backup_paper paper;
    struct okr_backup_facts facts;
    struct okr_checked checked;
    uint32_t epoch; /* that begins */
};

/* ---- keys ---------------------------------------------------------------- */

/* Before anything is made: without keys there is no server. */
static bool find_keys(struct restoring *r)
{
    const char *named = okr_cli_option(r->cli, "keys");
    struct stat info;
    if (named != NULL)
        (void)snprintf(r->keys_from, sizeof r->keys_from, "%s", named);
    else if (!okr_folder_path(r->from, "keys", r->keys_from, r->fault))
        return false;
    if (stat(r->keys_from, &info) == 0 && S_ISDIR(info.st_mode))
        return true;
    okr_fault_refuse(r->fault, NULL,
                     named != NULL
                         ? "name the folder with site.key, witness.key, "
                           "link.key and log.key"
                         : "say --keys FOLDER: the copy of DIR/keys that was "
                           "kept elsewhere",
                     named != NULL ? "%s: there is no such folder"
                                   : "%s: the keys are not in it",
                     named != NULL ? named : r->from);
    return false;
}

/* Keys of another server would be refused by every site, in worse words. */
static bool check_keys(struct restoring *r)
{
    char fingerprint[OKR_FINGERPRINT_LEN];
    struct okr_keys keys;
    if (!okr_keys_load(r->dir, &keys, r->fault))
        return false;
    okr_keys_fingerprint(&keys, fingerprint);
    struct okr_pk site = okr_sk_public(keys.site);
    okr_keys_free(&keys);
    if (strcmp(fingerprint, r->paper.fingerprint) == 0 &&
        okr_slice_eq(r->facts.site_key, okr_slice_of(site.b, sizeof site.b)))
        return true;
    okr_fault_refuse(r->fault, NULL, "name the keys of this very server",
                     "%s: they are not the keys of this backup: its log's "
                     "fingerprint is %s",
                     r->keys_from, r->paper.fingerprint);
    return false;
}

/* ---- the new epoch ------------------------------------------------------- */

static enum okr_err add_epoch(struct restoring *r, struct okr_kv_txn *txn)
{
    struct okr_epoch_row *epochs, next = {.began = r->facts.lsn};
    size_t n;
    OKR_TRY(okr_meta_epochs(txn, r->cli->arena, &epochs, &n));
    struct okr_epoch_row *all =
        okr_arena_array(r->cli->arena, n + 1, sizeof *all);
    if (all == NULL)
        return OKR_ERR_NOMEM;
    memcpy(all, epochs, n * sizeof *all);
    next.counter = r->epoch = epochs[n - 1].counter + 1;
    okr_random(next.random, sizeof next.random);
    all[n] = next;
    return okr_meta_put_epochs(txn, all, n + 1);
}

/* The server's own site begins anew like every other one. */
static enum okr_err add_incarnation(struct okr_kv_txn *txn)
{
    uint64_t incarnation;
    OKR_TRY(okr_meta_u64(txn, "incarnation", &incarnation));
    return okr_meta_put_u64(txn, "incarnation", incarnation + 1);
}

/* One that was used after the backup would be good for a second use. */
static enum okr_err burn_invites(struct okr_kv_txn *txn)
{
    struct okr_kv_iter it;
    struct okr_invite invite;
    uint8_t after[8] = {0};
    bool more = true;
    while (more) {
        uint8_t id[8];
        okr_kv_scan(txn, OKR_TABLE_INVITE, OKR_SLICE_NONE,
                    okr_slice_of(after, sizeof after), &it);
        more = okr_kv_iter_next(&it) && it.key.len == sizeof id;
        if (more)
            memcpy(id, it.key.data, sizeof id);
        OKR_TRY(okr_kv_iter_close(&it));
        if (!more)
            break;
        OKR_TRY(okr_invite_get(txn, id, &invite));
        invite.failures = OKR_INVITE_FAILURES_MAX;
        if (!invite.used)
            OKR_TRY(okr_invite_put(txn, id, &invite));
        okr_be_put64(after, okr_be_get64(id) + 1);
        more = okr_be_get64(after) != 0;
    }
    return OKR_OK;
}

/* This backup is the last one of which the server knows. */
static enum okr_err note_backup(const struct restoring *r,
                                struct okr_kv_txn *txn)
{
    char path[PATH_MAX];
    struct okr_backup_note note = {
        .lsn = r->paper.lsn,
        .epoch = r->paper.epoch,
        .path = okr_slice_str(realpath(r->from, path) != NULL ? path : r->from),
    };
    (void)okr_time_parse(okr_slice_str(r->paper.taken), &note.time);
    return okr_backup_note_put(txn, &note);
}

static enum okr_err begin_anew(struct restoring *r, struct okr_kv *kv)
{
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(kv, true, &txn));
    enum okr_err err = add_epoch(r, txn);
    if (err == OKR_OK)
        err = add_incarnation(txn);
    if (err == OKR_OK)
        err = burn_invites(txn);
    if (err == OKR_OK)
        err = note_backup(r, txn);
    if (err == OKR_OK)
        return okr_kv_commit(&txn);
    okr_kv_abort(&txn);
    return err;
}

/* ---- the store ----------------------------------------------------------- */

static void tell_damage(void *context, const struct okr_check_told *told)
{
    (void)context;
    (void)fprintf(stderr, "%s %s: %s\n", told->table, told->key, told->what);
}

/* Is it whole, and is it what its paper says? */
static bool check_store(struct restoring *r, struct okr_kv *kv)
{
    const struct okr_check_how how = {.told = tell_damage};
    char root[2 * OKR_SHA256_LEN + 1];
    if (!okr_check_store(kv, &how, &r->checked, r->fault))
        return false;
    okr_hex_encode(okr_slice_of(r->checked.root.b, sizeof r->checked.root.b),
                   root);
    if (r->checked.findings > 0)
        okr_fault_refuse(r->fault, "damaged", "restore another backup",
                         "%s: it does not hold: %llu findings", r->from,
                         (unsigned long long)r->checked.findings);
    else if (strcmp(root, r->paper.root) != 0)
        okr_fault_refuse(r->fault, "damaged",
                         "restore another backup; somebody has exchanged the "
                         "store or backup.json of this one",
                         "%s: its log is not the one that was backed up",
                         r->from);
    return !okr_faulty(r->fault) &&
           okr_backup_facts(kv, r->cli->arena, &r->facts, r->fault);
}

static bool copy_store(struct restoring *r, const char *store)
{
    char from[OKR_PATH_MAX_BYTES], to[OKR_PATH_MAX_BYTES];
    if (!okr_folder_path(r->from, "store/data.mdb", from, r->fault) ||
        !okr_folder_path(store, "data.mdb", to, r->fault))
        return false;
    if (mkdir(store, S_IRWXU) != 0) {
        okr_fault_world(r->fault, OKR_ERR_IO, store);
        return false;
    }
    return okr_files_copy(from, to, r->fault) && okr_files_sync(store);
}

static void fill(struct restoring *r)
{
    char store[OKR_PATH_MAX_BYTES];
    struct okr_kv *kv;
    if (!okr_folder_path(r->dir, "store", store, r->fault) ||
        !okr_keys_copy(r->keys_from, r->dir, r->fault) || !copy_store(r, store))
        return;
    enum okr_err err = okr_kv_lmdb_open(store, OKR_STORE_MAP_BYTES, &kv);
    if (err != OKR_OK) {
        okr_fault_world(r->fault, err, store);
        return;
    }
    if (check_store(r, kv) && check_keys(r)) {
        err = begin_anew(r, kv);
        if (err == OKR_ERR_LIMIT)
            okr_fault_refuse(r->fault, NULL, NULL,
                             "%s was restored too often: there is no room for "
                             "another epoch",
                             r->from);
        else if (err != OKR_OK)
            okr_fault_world(r->fault, err, store);
    }
    okr_kv_close(&kv);
}

/* ---- telling ------------------------------------------------------------- */

static void answer_json(const struct restoring *r)
{
    struct okr_buf text;
    struct okr_json json;
    okr_buf_init(&text, r->cli->arena);
    okr_json_init(&json, &text);
    okr_json_open_object(&json);
    okr_json_key(&json, "lsn");
    okr_json_uint(&json, r->facts.lsn);
    okr_json_key(&json, "epoch");
    okr_json_uint(&json, r->epoch);
    okr_json_key(&json, "taken");
    okr_json_cstr(&json, r->paper.taken);
    okr_json_key(&json, "sites");
    okr_json_uint(&json, r->facts.sites);
    okr_json_key(&json, "root");
    okr_json_cstr(&json, r->paper.root);
    okr_json_close_object(&json);
    okr_cli_print(r->cli, okr_buf_slice(&text));
}

static void answer(const struct restoring *r)
{
    if (r->cli->json) {
        answer_json(r);
        return;
    }
    unsigned long long lsn = r->facts.lsn;
    printf(_("restored %s: lsn %llu, taken %s; epoch %u begins\n"), r->dir, lsn,
           r->paper.taken, (unsigned)r->epoch);
    printf(
        _("  sites: %llu; as soon as it connects, each drops its copy, pulls\n"
          "    it anew, and hands back what it had sent after lsn %llu\n"),
        (unsigned long long)r->facts.sites, lsn);
    printf("%s",
           _("  entered with okr-server itself after that: enter it again\n"
             "  joined after that: unknown here; invite them again\n"
             "  revoked after that: active again; revoke them again\n"
             "  invitations that were open are void; invite again\n"));
    printf("  -> okr-server serve %s\n", r->dir);
}

void okr_cmd_restore(struct okr_cli *cli)
{
    struct okr_making making;
    struct restoring r = {.cli = cli,
                          .fault = &cli->fault,
                          .from = cli->words[0],
                          .dir = cli->words[1]};
    if (!okr_backup_paper_read(r.from, cli->arena, &r.paper, r.fault) ||
        !find_keys(&r) || !okr_making_begin(r.dir, &making, r.fault))
        return;
    fill(&r);
    if (okr_faulty(r.fault) || !okr_making_finish(&making, r.fault))
        okr_making_undo(&making);
    else
        answer(&r);
}
