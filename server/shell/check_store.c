/* The whole check of a store, with its progress. */
#include "server/shell/check_store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/net/net.h"
#include "common/store/migrate.h"
#include "server/audit/verify.h"

enum { SEEN_MAX = 4096, KEY_TEXT = 2 * OKR_KEY_MAX + 1, QUIET_MS = 1000 };

struct checking {
    const struct okr_check_how *how;
    uint64_t findings;
    okr_ms since;
    bool progress; /* a line of it stands on the terminal */
    /* A row is named once, although several checks may stumble over it. */
    struct okr_hash seen[SEEN_MAX];
    size_t n_seen;
};

/* ---- findings ------------------------------------------------------------ */

/* Keys that are words as words, the others in hex. */
static void key_text(struct okr_slice key, char out[KEY_TEXT])
{
    bool word = key.len > 0;
    for (size_t i = 0; i < key.len; i++)
        word = word && key.data[i] > ' ' && key.data[i] < 0x7f;
    if (word)
        (void)snprintf(out, KEY_TEXT, "%.*s", (int)key.len,
                       (const char *)key.data);
    else
        okr_hex_encode(okr_slice_sub(key, 0, OKR_KEY_MAX), out);
}

static bool is_new(struct checking *c, const struct okr_damage *damage)
{
    const struct okr_slice parts[] = {
        okr_slice_str(okr_table_name(damage->table)),
        OKR_SLICE_LIT("\0"),
        damage->key,
    };
    struct okr_hash row = okr_sha256_parts(parts, 3);
    for (size_t i = 0; i < c->n_seen; i++)
        if (okr_hash_eq(&c->seen[i], &row))
            return false;
    if (c->n_seen < SEEN_MAX)
        c->seen[c->n_seen++] = row;
    return true;
}

static void clear_progress(struct checking *c)
{
    if (c->progress)
        (void)fprintf(stderr, "\r\033[K");
    c->progress = false;
}

static void take(void *context, const struct okr_damage *damage)
{
    struct checking *c = context;
    char key[KEY_TEXT];
    if (!is_new(c, damage))
        return;
    c->findings++;
    key_text(damage->key, key);
    clear_progress(c);
    const struct okr_check_told told = {okr_table_name(damage->table), key,
                                        damage->what};
    c->how->told(c->how->context, &told);
}

static void progress(void *context, uint64_t leaves, uint64_t all)
{
    struct checking *c = context;
    if (isatty(STDERR_FILENO) != 1 || okr_net_monotonic() - c->since < QUIET_MS)
        return;
    (void)fprintf(stderr, "\r%llu of %llu leaves", (unsigned long long)leaves,
                  (unsigned long long)all);
    c->progress = true;
}

/* ---- the check ----------------------------------------------------------- */

static enum okr_err check_all(struct checking *c, struct okr_kv_txn *txn,
                              struct okr_checked *ret, struct okr_fault *fault)
{
    const struct okr_verify verify = {
        .sink = {take, c}, .progress = progress, .context = c};
    struct okr_store_age age = {.version = 0};
    struct okr_verified verified;
    enum okr_err err = okr_store_age(txn, "server", &okr_migrations, &age);
    if (err == OKR_ERR_VERSION || err == OKR_ERR_DENIED)
        return err; /* what else is wrong with the stamp, is told below */
    if (age.older) {
        okr_fault_refuse(fault, NULL,
                         "start `okr-server serve` once: that migrates it",
                         "the store is of version %llu, and here it is %d",
                         (unsigned long long)age.version, OKR_STORE_VERSION);
        return OKR_OK;
    }
    OKR_TRY(okr_store_check(txn, &verify.sink));
    OKR_TRY(okr_verify(txn, &verify, &verified));
    ret->leaves = verified.leaves;
    ret->root = verified.root;
    return OKR_OK;
}

bool okr_check_store(struct okr_kv *kv, const struct okr_check_how *how,
                     struct okr_checked *ret_checked, struct okr_fault *fault)
{
    static struct checking c; /* large */
    struct okr_checked checked = {.findings = 0};
    struct okr_kv_txn *txn;
    c = (struct checking){.how = how, .since = okr_net_monotonic()};
    enum okr_err err = okr_kv_begin(kv, false, &txn);
    if (err == OKR_OK) {
        err = check_all(&c, txn, &checked, fault);
        okr_kv_abort(&txn);
    }
    clear_progress(&c);
    if (err != OKR_OK)
        okr_fault_world(fault, err, "the store");
    checked.findings = c.findings;
    *ret_checked = checked;
    return !okr_faulty(fault);
}
