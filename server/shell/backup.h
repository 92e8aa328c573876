/* Backups: what one says of itself, and what the server remembers of the last
 * one.
 *
 *   DEST/store/data.mdb  the store, compacted, as of one moment
 *   DEST/backup.json     when, how far, the root of the log, whose key
 *   DEST/keys/           only with --with-keys: the four key files
 *
 * What a server remembers of what it signed last is never in a backup: brought
 * back, it would be a lie. */
#ifndef SERVER_SHELL_BACKUP_H
#define SERVER_SHELL_BACKUP_H

#include "common/model/op.h"
#include "server/shell/check_store.h"
#include "server/shell/folder.h"

/* Where a store is. */
struct okr_backup_facts {
    okr_lsn lsn;
    uint32_t epoch;
    uint64_t sites; /* active ones, but for the server's own */
    struct okr_slice slug;
    struct okr_slice site_key; /* of the server's own site */
};
bool okr_backup_facts(struct okr_kv *kv, struct okr_arena *arena,
                      struct okr_backup_facts *ret_facts,
                      struct okr_fault *fault);

/* DEST/backup.json */
struct okr_backup_paper {
    char taken[40]; /* RFC 3339 */
    okr_lsn lsn;
    uint32_t epoch;
    char root[2 * OKR_SHA256_LEN + 1];
    char fingerprint[OKR_FINGERPRINT_LEN];
};
bool okr_backup_paper_write(const char *dir, struct okr_arena *arena,
                            const struct okr_backup_paper *paper,
                            struct okr_fault *fault);
bool okr_backup_paper_read(const char *dir, struct okr_arena *arena,
                           struct okr_backup_paper *ret_paper,
                           struct okr_fault *fault);

/* The last backup that was verified, in META as `backup`: lsn u64, epoch u32,
 * time i64, findings u64, path.  Time 0: there is none. */
struct okr_backup_note {
    okr_lsn lsn;
    uint32_t epoch;
    okr_us time;
    uint64_t findings; /* of a later one, which does not hold; 0: none */
    struct okr_slice path;
};
OKR_MUST_USE enum okr_err
okr_backup_note_put(struct okr_kv_txn *txn, const struct okr_backup_note *note);
OKR_MUST_USE enum okr_err
okr_backup_note_get(struct okr_kv_txn *txn, struct okr_arena *arena,
                    struct okr_backup_note *ret_note); /* NOTFOUND */

#endif
