/* check: reads everything, while serve runs or not, and names what is wrong. */
#include <stdio.h>

#include "common/base/hex.h"
#include "server/shell/check_store.h"
#include "server/shell/cli.h"
#include "server/shell/server.h"

struct telling {
    struct okr_cli *cli;
    struct okr_json *json;
};

static void tell(void *context, const struct okr_check_told *told)
{
    struct telling *t = context;
    if (!t->cli->json) {
        printf("%s %s: %s\n", told->table, told->key, told->what);
        return;
    }
    okr_json_open_object(t->json);
    okr_json_key(t->json, "table");
    okr_json_cstr(t->json, told->table);
    okr_json_key(t->json, "key");
    okr_json_cstr(t->json, told->key);
    okr_json_key(t->json, "what");
    okr_json_cstr(t->json, told->what);
    okr_json_close_object(t->json);
}

static void answer(const struct telling *t, const struct okr_checked *checked)
{
    char root[2 * OKR_SHA256_LEN + 1];
    okr_hex_encode(okr_slice_of(checked->root.b, sizeof checked->root.b), root);
    if (t->cli->json) {
        okr_json_close_array(t->json);
        okr_json_key(t->json, "ok");
        okr_json_bool(t->json, checked->findings == 0);
        okr_json_key(t->json, "leaves");
        okr_json_uint(t->json, checked->leaves);
        okr_json_key(t->json, "root");
        okr_json_cstr(t->json, root);
        okr_json_close_object(t->json);
        okr_cli_print(t->cli, okr_buf_slice(t->json->out));
    } else if (checked->findings == 0) {
        printf("check: ok, %llu leaves, root %s\n",
               (unsigned long long)checked->leaves, root);
    } else {
        printf("check: %llu finding%s\n", (unsigned long long)checked->findings,
               checked->findings == 1 ? "" : "s");
    }
    if (checked->findings > 0)
        t->cli->fault.code = OKR_REPLY_REFUSED; /* all is said */
}

void okr_cmd_check(struct okr_cli *cli)
{
    char store[OKR_PATH_MAX_BYTES];
    struct okr_buf text;
    struct okr_json json;
    struct okr_kv *kv;
    struct okr_checked checked;
    struct telling t = {cli, &json};
    const struct okr_check_how how = {tell, &t};
    okr_buf_init(&text, cli->arena);
    okr_json_init(&json, &text);
    okr_json_open_object(&json);
    okr_json_key(&json, "findings");
    okr_json_open_array(&json);
    if (!okr_folder_check(cli->words[0], &cli->fault) ||
        !okr_folder_path(cli->words[0], "store", store, &cli->fault))
        return;
    enum okr_err err = okr_kv_lmdb_open(store, OKR_STORE_MAP_BYTES, &kv);
    if (err != OKR_OK) {
        okr_fault_world(&cli->fault, err, store);
        return;
    }
    if (okr_check_store(kv, &how, &checked, &cli->fault))
        answer(&t, &checked);
    okr_kv_close(&kv);
}
