/* check: reads everything, while serve runs or not, and names what is wrong. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/store/migrate.h"
#include "server/audit/verify.h"
#include "server/shell/cli.h"
#include "server/shell/server.h"

enum { SEEN_MAX = 4096, KEY_TEXT = 2 * OKR_KEY_MAX + 1 };

struct checking {
    struct okr_cli *cli;
    struct okr_buf text; /* with --json: the findings */
    struct okr_json json;
    uint64_t findings;
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
    const char *table = okr_table_name(damage->table);
    if (!c->cli->json) {
        clear_progress(c);
        printf("%s %s: %s\n", table, key, damage->what);
        return;
    }
    okr_json_open_object(&c->json);
    okr_json_key(&c->json, "table");
    okr_json_cstr(&c->json, table);
    okr_json_key(&c->json, "key");
    okr_json_cstr(&c->json, key);
    okr_json_key(&c->json, "what");
    okr_json_cstr(&c->json, damage->what);
    okr_json_close_object(&c->json);
}

static void progress(void *context, uint64_t leaves, uint64_t all)
{
    struct checking *c = context;
    if (!isatty(STDERR_FILENO))
        return;
    (void)fprintf(stderr, "\r%llu of %llu leaves", (unsigned long long)leaves,
                  (unsigned long long)all);
    c->progress = true;
}

/* ---- the check ----------------------------------------------------------- */

static enum okr_err check_all(struct checking *c, struct okr_kv_txn *txn,
                              struct okr_verified *ret_verified)
{
    const struct okr_verify verify = {
        .sink = {take, c}, .progress = progress, .context = c};
    struct okr_store_age age = {.version = 0};
    enum okr_err err = okr_store_age(txn, "server", &okr_migrations, &age);
    if (err == OKR_ERR_VERSION)
        return err;
    if (age.older) {
        okr_fault_refuse(&c->cli->fault, NULL,
                         "start `okr-server serve` once: that migrates it",
                         "the store is of version %llu, and here it is %d",
                         (unsigned long long)age.version, OKR_STORE_VERSION);
        return OKR_OK;
    }
    OKR_TRY(okr_store_check(txn, &verify.sink));
    return okr_verify(txn, &verify, ret_verified);
}

static void answer(struct checking *c, const struct okr_verified *verified)
{
    char root[2 * OKR_SHA256_LEN + 1];
    okr_hex_encode(okr_slice_of(verified->root.b, sizeof verified->root.b),
                   root);
    clear_progress(c);
    if (c->cli->json) {
        okr_json_close_array(&c->json);
        okr_json_key(&c->json, "ok");
        okr_json_bool(&c->json, c->findings == 0);
        okr_json_key(&c->json, "leaves");
        okr_json_uint(&c->json, verified->leaves);
        okr_json_key(&c->json, "root");
        okr_json_cstr(&c->json, root);
        okr_json_close_object(&c->json);
        okr_cli_print(c->cli, okr_buf_slice(&c->text));
    } else if (c->findings == 0) {
        printf("check: ok, %llu leaves, root %s\n",
               (unsigned long long)verified->leaves, root);
    } else {
        printf("check: %llu finding%s\n", (unsigned long long)c->findings,
               c->findings == 1 ? "" : "s");
    }
    if (c->findings > 0)
        c->cli->fault.code = OKR_REPLY_REFUSED; /* all is said */
}

static enum okr_err check_store(struct checking *c, struct okr_kv *kv)
{
    struct okr_kv_txn *txn;
    struct okr_verified verified;
    OKR_TRY(okr_kv_begin(kv, false, &txn));
    enum okr_err err = check_all(c, txn, &verified);
    okr_kv_abort(&txn);
    if (err == OKR_OK && !okr_faulty(&c->cli->fault))
        answer(c, &verified);
    return err;
}

void okr_cmd_check(struct okr_cli *cli)
{
    static struct checking c; /* large */
    char store[OKR_PATH_MAX_BYTES];
    struct okr_kv *kv;
    c.cli = cli;
    okr_buf_init(&c.text, cli->arena);
    okr_json_init(&c.json, &c.text);
    okr_json_open_object(&c.json);
    okr_json_key(&c.json, "findings");
    okr_json_open_array(&c.json);
    if (!okr_folder_check(cli->words[0], &cli->fault) ||
        !okr_folder_path(cli->words[0], "store", store, &cli->fault))
        return;
    enum okr_err err = okr_kv_lmdb_open(store, OKR_STORE_MAP_BYTES, &kv);
    if (err == OKR_OK) {
        err = check_store(&c, kv);
        okr_kv_close(&kv);
    }
    clear_progress(&c);
    if (err != OKR_OK)
        okr_fault_world(&cli->fault, err, store);
}
