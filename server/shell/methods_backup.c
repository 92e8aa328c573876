/* backup_noted: `backup` tells how it ended. */
#include <errno.h>
#include <stdlib.h>

#include "server/shell/backup.h"
#include "server/shell/log.h"
#include "server/shell/methods.h"

static bool read_number(struct okr_call *call, const char *name,
                        uint64_t *ret_number)
{
    struct okr_slice typed;
    if (!okr_call_need(call, name, &typed))
        return false;
    const char *text = okr_arena_str(call->arena, typed);
    char *end = NULL;
    errno = 0;
    unsigned long long number = text == NULL ? 0 : strtoull(text, &end, 10);
    if (text == NULL || *end != '\0' || errno != 0)
        okr_fault_usage(&call->fault, "write a number", "`%s` is none", name);
    *ret_number = number;
    return !okr_faulty(&call->fault);
}

/* One that does not hold leaves the last good one in its place. */
static enum okr_err note_it(struct okr_call *call, struct okr_kv_txn *txn,
                            const struct okr_backup_note *note)
{
    struct okr_backup_note kept = {.lsn = 0};
    if (note->findings == 0)
        return okr_backup_note_put(txn, note);
    enum okr_err err = okr_backup_note_get(txn, call->arena, &kept);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    kept.findings = note->findings;
    return okr_backup_note_put(txn, &kept);
}

enum okr_err okr_method_backup_noted(struct okr_call *call)
{
    uint64_t lsn, epoch, time, findings;
    struct okr_slice path;
    struct okr_kv_txn *txn;
    if (!read_number(call, "lsn", &lsn) ||
        !read_number(call, "epoch", &epoch) ||
        !read_number(call, "time", &time) ||
        !read_number(call, "findings", &findings) ||
        !okr_call_need(call, "path", &path))
        return OKR_OK;
    const struct okr_backup_note note = {.lsn = lsn,
                                         .epoch = (uint32_t)epoch,
                                         .time = (okr_us)time,
                                         .findings = findings,
                                         .path = path};
    OKR_TRY(okr_kv_begin(call->server->kv, true, &txn));
    enum okr_err err = note_it(call, txn, &note);
    if (err == OKR_OK)
        err = okr_kv_commit(&txn);
    else
        okr_kv_abort(&txn);
    OKR_TRY(err);
    okr_json_open_object(&call->json);
    okr_json_close_object(&call->json);
    if (findings > 0)
        okr_log(OKR_LOG_ALARM, "the backup %.*s does not hold: %llu findings",
                (int)path.len, (const char *)path.data,
                (unsigned long long)findings);
    else
        okr_log(OKR_LOG_NOTICE, "backup %.*s, verified, lsn %llu epoch %u",
                (int)path.len, (const char *)path.data, (unsigned long long)lsn,
                (unsigned)epoch);
    return OKR_OK;
}
