/* What backups say, and what is remembered of them. */
#include "server/shell/backup.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/base/json.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "common/store/space.h"
#include "server/shell/files.h"

#define PAPER "backup.json"

enum { PAPER_FORMAT = 1, NOTE_FIXED = 28 };

/* ---- where a store is ---------------------------------------------------- */

static enum okr_err count_sites(const struct okr_space *space,
                                struct okr_backup_facts *facts)
{
    struct okr_ids ids;
    struct okr_record *site;
    struct okr_id own;
    OKR_TRY(okr_meta_id(space->txn, "server_site", &own));
    OKR_TRY(okr_index_kind(space, OKR_KIND_SITE, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(space, &ids.at[i], &site));
        if (okr_id_eq(&ids.at[i], &own))
            facts->site_key = okr_arena_copy(
                space->arena, okr_record_text(site, OKR_F_SITE_KEY));
        else
            facts->sites += okr_record_enum(site, OKR_F_SITE_STATE, 0) ==
                            OKR_V_KEY_STATE_ACTIVE;
    }
    return OKR_OK;
}

static enum okr_err read_facts(const struct okr_space *space,
                               struct okr_backup_facts *facts)
{
    struct okr_epoch_row *epochs;
    uint64_t base, size;
    size_t n;
    OKR_TRY(okr_meta_u64(space->txn, "base", &base));
    OKR_TRY(okr_oplog_size(space->txn, &size));
    OKR_TRY(okr_meta_epochs(space->txn, space->arena, &epochs, &n));
    OKR_TRY(okr_meta_get(space->txn, "slug", space->arena, &facts->slug));
    if (n == 0)
        return OKR_ERR_CORRUPT;
    facts->lsn = base + size;
    facts->epoch = epochs[n - 1].counter;
    return count_sites(space, facts);
}

bool okr_backup_facts(struct okr_kv *kv, struct okr_arena *arena,
                      struct okr_backup_facts *ret_facts,
                      struct okr_fault *fault)
{
    struct okr_backup_facts facts = {.lsn = 0};
    struct okr_space space = {.arena = arena};
    enum okr_err err = okr_kv_begin(kv, false, &space.txn);
    if (err == OKR_OK) {
        err = read_facts(&space, &facts);
        okr_kv_abort(&space.txn);
    }
    if (err != OKR_OK)
        okr_fault_world(fault, err, "the store");
    else
        *ret_facts = facts;
    return err == OKR_OK;
}

/* ---- backup.json --------------------------------------------------------- */

bool okr_backup_paper_write(const char *dir, struct okr_arena *arena,
                            const struct okr_backup_paper *paper,
                            struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    struct okr_buf text;
    struct okr_json json;
    okr_buf_init(&text, arena);
    okr_json_init(&json, &text);
    okr_json_open_object(&json);
    okr_json_key(&json, "format");
    okr_json_uint(&json, PAPER_FORMAT);
    okr_json_key(&json, "taken");
    okr_json_cstr(&json, paper->taken);
    okr_json_key(&json, "lsn");
    okr_json_uint(&json, paper->lsn);
    okr_json_key(&json, "epoch");
    okr_json_uint(&json, paper->epoch);
    okr_json_key(&json, "root");
    okr_json_cstr(&json, paper->root);
    okr_json_key(&json, "fingerprint");
    okr_json_cstr(&json, paper->fingerprint);
    okr_json_close_object(&json);
    okr_buf_u8(&text, '\n');
    if (text.err != OKR_OK) {
        okr_fault_world(fault, text.err, dir);
        return false;
    }
    return okr_folder_path(dir, PAPER, path, fault) &&
           okr_files_write(path, okr_buf_slice(&text), fault);
}

static bool take_text(const json_t *root, const char *name, char *to,
                      size_t cap)
{
    const char *text = json_string_value(json_object_get(root, name));
    int n = text == NULL ? -1 : snprintf(to, cap, "%s", text);
    return n >= 0 && (size_t)n < cap;
}

static bool take_paper(const json_t *root, struct okr_backup_paper *paper)
{
    json_int_t lsn = json_integer_value(json_object_get(root, "lsn"));
    json_int_t epoch = json_integer_value(json_object_get(root, "epoch"));
    paper->lsn = (okr_lsn)lsn;
    paper->epoch = (uint32_t)epoch;
    return json_integer_value(json_object_get(root, "format")) ==
               PAPER_FORMAT &&
           lsn > 0 && epoch > 0 && epoch <= UINT32_MAX &&
           take_text(root, "taken", paper->taken, sizeof paper->taken) &&
           take_text(root, "root", paper->root, sizeof paper->root) &&
           take_text(root, "fingerprint", paper->fingerprint,
                     sizeof paper->fingerprint);
}

bool okr_backup_paper_read(const char *dir, struct okr_arena *arena,
                           struct okr_backup_paper *ret_paper,
                           struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    struct okr_slice text;
    struct okr_fault why = {.code = OKR_REPLY_DONE};
    if (!okr_folder_path(dir, PAPER, path, fault))
        return false;
    json_t *root = NULL;
    if (okr_files_read(path, arena, &text, &why))
        root = json_loadb((const char *)text.data, text.len, 0, NULL);
    bool good = root != NULL && take_paper(root, ret_paper);
    json_decref(root);
    if (!good)
        okr_fault_refuse(
            fault, NULL, "name a folder that `okr-server backup` has made",
            "%s is no backup: %s", dir,
            okr_faulty(&why) ? why.what : "its backup.json says nothing");
    return good;
}

/* ---- the note ------------------------------------------------------------ */

enum okr_err okr_backup_note_put(struct okr_kv_txn *txn,
                                 const struct okr_backup_note *note)
{
    struct okr_buf row;
    okr_buf_init(&row, NULL);
    okr_buf_u64(&row, note->lsn);
    okr_buf_u32(&row, note->epoch);
    okr_buf_u64(&row, (uint64_t)note->time);
    okr_buf_u64(&row, note->findings);
    okr_buf_put(&row, note->path);
    enum okr_err err = row.err;
    if (err == OKR_OK)
        err = okr_meta_put(txn, "backup", okr_buf_slice(&row));
    okr_buf_close(&row);
    return err;
}

enum okr_err okr_backup_note_get(struct okr_kv_txn *txn,
                                 struct okr_arena *arena,
                                 struct okr_backup_note *ret_note)
{
    struct okr_slice row;
    OKR_TRY(okr_meta_get(txn, "backup", arena, &row));
    if (row.len < NOTE_FIXED)
        return OKR_ERR_CORRUPT;
    *ret_note = (struct okr_backup_note){
        .lsn = okr_be_get64(row.data),
        .epoch = okr_be_get32(row.data + 8),
        .time = (okr_us)okr_be_get64(row.data + 12),
        .findings = okr_be_get64(row.data + 20),
        .path = okr_slice_sub(row, NOTE_FIXED, row.len - NOTE_FIXED),
    };
    return OKR_OK;
}
