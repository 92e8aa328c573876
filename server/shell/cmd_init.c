/* init: keys, store and the first transaction; all of it or nothing. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/model/text.h"
#include "common/net/net.h"
#include "server/shell/cli.h"
#include "server/shell/server.h"

enum { SLUG_MAX = 40, OFFSET_MAX = 14 * 60 };

struct wish {
    struct okr_slice name, admin_name, admin_mail;
    char slug[SLUG_MAX + 1];
    int utc_offset_min;
};

/* ---- what was asked for -------------------------------------------------- */

static struct okr_slice trimmed(const char *text, size_t len)
{
    while (len > 0 && isspace((unsigned char)text[0])) {
        text++;
        len--;
    }
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    return okr_slice_of(text, len);
}

/* A name as it is stored. */
static bool read_name(struct okr_cli *cli, const char *option,
                      struct okr_slice typed, struct okr_slice *ret)
{
    enum okr_rule rule = okr_text_normal(typed, cli->arena, ret);
    if (rule == OKR_RULE_NONE)
        rule = okr_text_check(*ret, true, OKR_TITLE_CHARS_MAX);
    if (rule != OKR_RULE_NONE)
        okr_fault_usage(&cli->fault, okr_rule_remedy(rule), "%s: %s", option,
                        okr_rule_what(rule));
    else if (ret->len == 0)
        okr_fault_usage(&cli->fault, "give it as in `okr-server init --help`",
                        "%s has no name", option);
    return !okr_faulty(&cli->fault);
}

static bool is_mail(struct okr_slice mail)
{
    size_t at = 0, ats = 0;
    for (size_t i = 0; i < mail.len; i++) {
        if (isspace(mail.data[i]) || mail.data[i] == '<')
            return false;
        if (mail.data[i] == '@') {
            at = i;
            ats++;
        }
    }
    return ats == 1 && at > 0 && at + 1 < mail.len;
}

/* "Name <mail>" */
static bool read_admin(struct okr_cli *cli, struct wish *wish)
{
    const char *typed = okr_cli_option(cli, "admin");
    if (typed == NULL) {
        okr_fault_usage(&cli->fault, "add --admin \"Name <mail>\"",
                        "init needs its first admin");
        return false;
    }
    struct okr_slice all = trimmed(typed, strlen(typed));
    const char *open = strchr(typed, '<');
    const char *end = (const char *)all.data + all.len;
    struct okr_slice mail = OKR_SLICE_NONE, name = OKR_SLICE_NONE;
    if (open != NULL && end > open + 1 && end[-1] == '>') {
        name = trimmed(typed, (size_t)(open - typed));
        mail = trimmed(open + 1, (size_t)(end - open - 2));
    }
    if (!is_mail(mail)) {
        okr_fault_usage(&cli->fault, "write --admin \"Ada <ada@acme.example>\"",
                        "--admin: `%s` is not \"Name <mail>\"", typed);
        return false;
    }
    return read_name(cli, "--admin", name, &wish->admin_name) &&
           read_name(cli, "--admin", mail, &wish->admin_mail);
}

/* What is left of a name in [a-z0-9-]: other runs become one '-'. */
static void slug_of(struct okr_slice name, char slug[SLUG_MAX + 1])
{
    size_t n = 0;
    bool gap = false;
    for (size_t i = 0; i < name.len && n < SLUG_MAX - 1; i++) {
        unsigned char c = name.data[i];
        bool fits = c < 0x80 && isalnum(c);
        if (fits && gap && n > 0)
            slug[n++] = '-';
        if (fits)
            slug[n++] = (char)tolower(c);
        gap = !fits;
    }
    slug[n] = '\0';
    if (n == 0)
        (void)snprintf(slug, SLUG_MAX + 1, "org");
}

static bool read_slug(struct okr_cli *cli, struct wish *wish)
{
    const char *typed = okr_cli_option(cli, "slug");
    if (typed == NULL) {
        slug_of(wish->name, wish->slug);
        return true;
    }
    size_t len = strlen(typed);
    if (len == 0 || len > SLUG_MAX ||
        strspn(typed, "abcdefghijklmnopqrstuvwxyz0123456789-") != len) {
        okr_fault_usage(&cli->fault, "give 1 to 40 of a-z, 0-9 and -",
                        "--slug: `%s` is no slug", typed);
        return false;
    }
    memcpy(wish->slug, typed, len + 1);
    return true;
}

static bool read_offset(struct okr_cli *cli, struct wish *wish)
{
    const char *typed = okr_cli_option(cli, "utc-offset");
    if (typed == NULL)
        return true;
    char *end;
    long minutes = strtol(typed, &end, 10);
    if (end == typed || *end != '\0' || minutes < -OFFSET_MAX ||
        minutes > OFFSET_MAX) {
        okr_fault_usage(&cli->fault, "give minutes, 480 for UTC+8",
                        "--utc-offset: `%s` is no offset", typed);
        return false;
    }
    wish->utc_offset_min = (int)minutes;
    return true;
}

static bool read_wish(struct okr_cli *cli, struct wish *wish)
{
    const char *org = okr_cli_option(cli, "org");
    if (org == NULL) {
        okr_fault_usage(&cli->fault, "add --org NAME",
                        "init needs the name of the company");
        return false;
    }
    return read_name(cli, "--org", trimmed(org, strlen(org)), &wish->name) &&
           read_slug(cli, wish) && read_admin(cli, wish) &&
           read_offset(cli, wish);
}

/* ---- making it ----------------------------------------------------------- */

static struct okr_genesis genesis_of(const struct wish *wish,
                                     const struct okr_keys *keys)
{
    struct okr_genesis genesis = {
        .name = wish->name,
        .slug = okr_slice_str(wish->slug),
        .admin_name = wish->admin_name,
        .admin_mail = wish->admin_mail,
        .site_key = okr_sk_public(keys->site),
        .witness_key = okr_sk_public(keys->witness),
        .utc_offset_min = wish->utc_offset_min,
        .now = okr_net_now(),
    };
    memcpy(genesis.link_key, keys->link_public, sizeof genesis.link_key);
    okr_random(genesis.org.b, sizeof genesis.org.b);
    okr_random(genesis.epoch_random, sizeof genesis.epoch_random);
    okr_random(genesis.entropy, sizeof genesis.entropy);
    return genesis;
}

static enum okr_err write_genesis(const struct okr_keys *keys,
                                  struct okr_kv *kv,
                                  const struct okr_genesis *genesis,
                                  struct okr_arena *arena)
{
    const struct okr_hub_conf conf = {.site_key = keys->site,
                                      .log_key = keys->log,
                                      .beat_ms = 1,
                                      .park_ms = 1};
    struct okr_hub *hub;
    struct okr_kv_txn *txn;
    OKR_TRY(okr_hub_new(&conf, &hub));
    enum okr_err err = okr_kv_begin(kv, true, &txn);
    if (err == OKR_OK) {
        err = okr_hub_genesis(hub, txn, genesis, arena);
        if (err == OKR_OK)
            err = okr_kv_commit(&txn);
        else
            okr_kv_abort(&txn);
    }
    okr_hub_free(&hub);
    return err;
}

static void make_store(struct okr_cli *cli, const char *dir,
                       const struct okr_genesis *genesis,
                       const struct okr_keys *keys)
{
    char path[OKR_PATH_MAX_BYTES];
    struct okr_kv *kv;
    if (!okr_folder_path(dir, "store", path, &cli->fault))
        return;
    enum okr_err err = okr_kv_lmdb_open(path, OKR_STORE_MAP_BYTES, &kv);
    if (err == OKR_OK) {
        err = write_genesis(keys, kv, genesis, cli->arena);
        okr_kv_close(&kv);
    }
    if (err == OKR_ERR_FORMAT)
        okr_fault_refuse(&cli->fault, NULL,
                         "use plain names and a mail address",
                         "the company's first entries are refused");
    else if (err != OKR_OK)
        okr_fault_world(&cli->fault, err, path);
}

static void answer(struct okr_cli *cli, const struct okr_genesis *genesis,
                   const struct okr_keys *keys)
{
    char fingerprint[OKR_FINGERPRINT_LEN];
    struct okr_buf text;
    struct okr_json json;
    okr_keys_fingerprint(keys, fingerprint);
    if (!cli->json) {
        printf("fingerprint %s\n", fingerprint);
        return;
    }
    okr_buf_init(&text, cli->arena);
    okr_json_init(&json, &text);
    okr_json_open_object(&json);
    okr_json_key(&json, "fingerprint");
    okr_json_cstr(&json, fingerprint);
    okr_json_key(&json, "org");
    okr_json_id(&json, &genesis->org);
    okr_json_key(&json, "name");
    okr_json_text(&json, genesis->name);
    okr_json_key(&json, "slug");
    okr_json_text(&json, genesis->slug);
    okr_json_close_object(&json);
    okr_cli_print(cli, okr_buf_slice(&text));
}

void okr_cmd_init(struct okr_cli *cli)
{
    const char *dir = cli->words[0];
    struct wish wish = {.utc_offset_min = 0};
    struct okr_making making;
    struct okr_keys keys = {.site = NULL};
    struct okr_genesis genesis = {.now = 0};
    if (!read_wish(cli, &wish) || !okr_making_begin(dir, &making, &cli->fault))
        return;
    if (okr_keys_make(dir, &cli->fault) &&
        okr_keys_load(dir, &keys, &cli->fault)) {
        genesis = genesis_of(&wish, &keys);
        make_store(cli, dir, &genesis, &keys);
    }
    if (okr_faulty(&cli->fault) || !okr_making_finish(&making, &cli->fault))
        okr_making_undo(&making);
    else
        answer(cli, &genesis, &keys);
    okr_wipe(&genesis, sizeof genesis);
    okr_keys_free(&keys);
}
