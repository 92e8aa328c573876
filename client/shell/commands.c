/* join and run. */
#include "client/shell/commands.h"

#include <stdio.h>

#include "client/shell/daemon.h"
#include "client/shell/join.h"
#include "client/shell/tell.h"
#include "common/base/json.h"

#define PROGRAM "okr-site"

static int failed(const struct okr_snag *snag)
{
    okr_snag_print(snag, PROGRAM);
    return (int)snag->code;
}

/* ---- join ---------------------------------------------------------------- */

struct joined {
    char server[OKR_FINGERPRINT_LEN]; /* of the log's key */
    char site[OKR_FINGERPRINT_LEN];
    char id[OKR_ID_HEX];
};

static bool fingerprints(const char *dir, const struct okr_ident *ident,
                         struct joined *ret, struct okr_snag *snag)
{
    struct okr_site_keys keys;
    if (!okr_site_keys_load(dir, &keys, snag))
        return false;
    struct okr_pk pk = okr_sk_public(keys.site);
    okr_site_keys_free(&keys);
    okr_fingerprint(okr_slice_of(pk.b, sizeof pk.b), ret->site);
    okr_fingerprint(okr_slice_of(ident->log_key.b, sizeof ident->log_key.b),
                    ret->server);
    okr_id_hex(&ident->site, ret->id);
    return true;
}

static void print_json(const struct okr_ident *ident, const struct joined *j)
{
    struct okr_buf text;
    struct okr_json json;
    okr_buf_init(&text, NULL);
    okr_json_init(&json, &text);
    okr_json_open_object(&json);
    okr_json_key(&json, "name");
    okr_json_cstr(&json, ident->name);
    okr_json_key(&json, "site");
    okr_json_id(&json, &ident->site);
    okr_json_key(&json, "fingerprint");
    okr_json_cstr(&json, j->site);
    okr_json_key(&json, "server_fingerprint");
    okr_json_cstr(&json, j->server);
    okr_json_key(&json, "endpoint");
    okr_json_cstr(&json, ident->endpoint);
    okr_json_close_object(&json);
    (void)printf("%.*s\n", (int)text.len, (const char *)text.data);
    okr_buf_close(&text);
}

int okr_site_cmd_join(const struct okr_site_options *options)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    struct okr_ident ident;
    struct joined joined;
    if (!okr_join(options->dir, options->token, &ident, &snag) ||
        !fingerprints(options->dir, &ident, &joined, &snag))
        return failed(&snag);
    if (options->json) {
        print_json(&ident, &joined);
        return 0;
    }
    (void)printf("joined as site %s (%s)\n"
                 "server's fingerprint  %s\n"
                 "site's fingerprint    %s\n"
                 "Compare the first with what headquarters shows, then:\n"
                 "  okr-site run %s\n",
                 ident.name, joined.id, joined.server, joined.site,
                 options->dir);
    return 0;
}

/* ---- run ----------------------------------------------------------------- */

static int check_config(const struct okr_site_options *options)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    struct okr_site_settings settings;
    struct okr_arena *arena;
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK)
        return 1;
    bool good = okr_site_settings_read(options->dir, options->config, arena,
                                       &settings, &snag);
    okr_arena_free(&arena);
    if (!good)
        return failed(&snag);
    (void)printf("the settings are good\n");
    return 0;
}

int okr_site_cmd_run(const struct okr_site_options *options)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    struct okr_daemon daemon;
    if (options->check_config)
        return check_config(options);
    if (options->debug)
        okr_tell_up_to(OKR_TELL_DEBUG);
    bool open = okr_daemon_open(&daemon, options->dir, options->config, &snag);
    int code = open ? okr_daemon_run(&daemon) : failed(&snag);
    okr_daemon_close(&daemon);
    return code;
}
