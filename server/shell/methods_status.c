/* status: where the server is. */
#include <string.h>

#include "common/base/hex.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "common/store/scopes.h"
#include "common/model/dates.h"
#include "common/net/room.h"
#include "server/shell/backup.h"
#include "server/shell/methods.h"

static void put_digest(struct okr_json *json, const struct okr_digest *digest)
{
    uint8_t bytes[OKR_B2_LEN];
    char hex[2 * OKR_B2_LEN + 1];
    okr_digest_bytes(digest, bytes);
    okr_hex_encode(okr_slice_of(bytes, sizeof bytes), hex);
    okr_json_key(json, "digest");
    okr_json_cstr(json, hex);
}

/* The scopes one by one, and the sum of their digests: what a site that
 * follows all of them comes to. */
static enum okr_err put_scopes(struct okr_call *call, struct okr_kv_txn *txn)
{
    struct okr_digest sum = {0, 0};
    struct okr_scope_row row;
    okr_scope *scopes;
    size_t n;
    OKR_TRY(okr_scope_all(txn, call->arena, &scopes, &n));
    okr_json_key(&call->json, "scopes");
    okr_json_open_array(&call->json);
    for (size_t i = 0; i < n; i++) {
        OKR_TRY(okr_scope_get(txn, scopes[i], &row));
        okr_digest_add(&sum, &row.digest);
        okr_json_open_object(&call->json);
        okr_json_key(&call->json, "scope");
        okr_json_uint(&call->json, scopes[i]);
        okr_json_key(&call->json, "head");
        okr_json_uint(&call->json, row.head);
        okr_json_key(&call->json, "count");
        okr_json_uint(&call->json, row.count);
        put_digest(&call->json, &row.digest);
        okr_json_close_object(&call->json);
    }
    okr_json_close_array(&call->json);
    put_digest(&call->json, &sum);
    return OKR_OK;
}

static enum okr_err put_sites(struct okr_call *call,
                              const struct okr_view *view)
{
    struct okr_ids ids;
    struct okr_record *site;
    uint64_t active = 0;
    OKR_TRY(okr_index_kind(&view->space, OKR_KIND_SITE, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&view->space, &ids.at[i], &site));
        active += okr_record_enum(site, OKR_F_SITE_STATE, 0) ==
                  OKR_V_KEY_STATE_ACTIVE;
    }
    okr_json_key(&call->json, "sites");
    okr_json_uint(&call->json, active);
    return OKR_OK;
}

static enum okr_err put_company(struct okr_call *call,
                                const struct okr_view *view)
{
    char fingerprint[OKR_FINGERPRINT_LEN];
    struct okr_slice slug;
    OKR_TRY(okr_meta_get(view->txn, "slug", call->arena, &slug));
    okr_keys_fingerprint(&call->server->keys, fingerprint);
    okr_json_key(&call->json, "slug");
    okr_json_text(&call->json, slug);
    okr_json_key(&call->json, "fingerprint");
    okr_json_cstr(&call->json, fingerprint);
    okr_json_key(&call->json, "serving");
    okr_json_bool(&call->json, call->listen != NULL);
    okr_json_key(&call->json, "listen");
    if (call->listen != NULL)
        okr_json_cstr(&call->json, call->listen);
    else
        okr_json_null(&call->json);
    return OKR_OK;
}

static void put_backup(struct okr_call *call,
                       const struct okr_backup_note *note)
{
    char taken[OKR_TIME_TEXT];
    okr_time_format(note->time, 0, taken);
    okr_json_key(&call->json, "backup_at");
    okr_json_cstr(&call->json, taken);
    okr_json_key(&call->json, "backup_lsn");
    okr_json_uint(&call->json, note->lsn);
    okr_json_key(&call->json, "backup_epoch");
    okr_json_uint(&call->json, note->epoch);
    okr_json_key(&call->json, "backup_path");
    okr_json_text(&call->json, note->path);
}

static void put_alarm(struct okr_call *call, const char *text)
{
    if (text != NULL)
        okr_json_cstr(&call->json, text);
    else
        call->text.err = OKR_ERR_NOMEM;
}

/* The last backup, whether it holds or not, and what somebody has to do. */
static enum okr_err put_care(struct okr_call *call, struct okr_kv_txn *txn)
{
    struct okr_backup_note note = {.lsn = 0};
    enum okr_err err = okr_backup_note_get(txn, call->arena, &note);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    if (note.time != 0) {
        put_backup(call, &note);
    } else {
        okr_json_key(&call->json, "backup_at");
        okr_json_null(&call->json);
    }
    okr_json_key(&call->json, "alarms");
    okr_json_open_array(&call->json);
    if (note.findings > 0)
        put_alarm(call, okr_arena_printf(
                            call->arena,
                            "the last backup does not hold (%llu findings): "
                            "run okr-server check",
                            (unsigned long long)note.findings));
    if (call->server->backup_max_age > 0 &&
        call->now - note.time > call->server->backup_max_age * 1000)
        put_alarm(call, note.time == 0 ? "there is no backup yet"
                                       : "the last verified backup is too old");
    if (okr_room_is_low(call->server->dir))
        put_alarm(call, "the disk is nearly full: nothing new is taken");
    okr_json_close_array(&call->json);
    return OKR_OK;
}

static enum okr_err status(struct okr_call *call, const struct okr_view *view)
{
    uint64_t base, size;
    OKR_TRY(okr_meta_u64(view->txn, "base", &base));
    OKR_TRY(okr_oplog_size(view->txn, &size));
    okr_json_open_object(&call->json);
    okr_json_key(&call->json, "lsn");
    okr_json_uint(&call->json, base + size);
    okr_json_key(&call->json, "head");
    okr_json_uint(&call->json, base + size);
    okr_json_key(&call->json, "epoch");
    okr_json_uint(&call->json, view->epoch);
    OKR_TRY(put_sites(call, view));
    OKR_TRY(put_company(call, view));
    OKR_TRY(put_care(call, view->txn));
    OKR_TRY(put_scopes(call, view->txn));
    okr_json_close_object(&call->json);
    return OKR_OK;
}

enum okr_err okr_method_status(struct okr_call *call)
{
    struct okr_view view;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = status(call, &view);
    okr_view_close(&view);
    return err;
}
