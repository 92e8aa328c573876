/* Opening a server's folder, and turns over it. */
#include "server/shell/server.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/assert.h"
#include "common/net/net.h"
#include "common/store/migrate.h"
#include "common/store/space.h"
#include "server/shell/log.h"

#define BEAT_MS 15000 /* where the policy says nothing */
#define PARK_DAYS 30
/* Of pages, before sites are told to come later: what a returning fleet may
 * take of the one thread that also takes pushes. */
#define PAGE_BYTES_S (8u * 1024 * 1024)
#define DAY_MS ((okr_ms)86400 * 1000)

static void tell_stamp(struct okr_fault *fault, enum okr_err err,
                       const char *dir)
{
    if (err == OKR_ERR_VERSION)
        okr_fault_refuse(fault, NULL,
                         "upgrade okr-server here, or open the folder with the "
                         "version that wrote it",
                         "%s/store was written by a newer version", dir);
    else if (err == OKR_ERR_DENIED)
        okr_fault_refuse(fault, NULL, "name the folder of a server",
                         "%s/store is the store of a site", dir);
    else if (err == OKR_ERR_NOTFOUND)
        okr_fault_refuse(fault, NULL,
                         "restore a backup, or make a new one with "
                         "`okr-server init`",
                         "%s/store is empty", dir);
    else if (err == OKR_ERR_EXISTS)
        okr_fault_refuse(fault, NULL,
                         "move that copy away: the next start makes a new one "
                         "and migrates",
                         "%s/store is of an older version, and its copy from "
                         "an earlier migration lies beside it",
                         dir);
    else if (err != OKR_OK) {
        char path[OKR_PATH_MAX_BYTES];
        (void)snprintf(path, sizeof path, "%s/store", dir);
        okr_fault_world(fault, err, path);
    }
}

/* Reads the stamp, never makes one: only init begins a store.  One of an
 * older version is migrated. */
static enum okr_err read_stamp(struct okr_kv *kv, const char *store)
{
    struct okr_upgrade up = {.kv = kv,
                             .path = store,
                             .side = "server",
                             .migrations = &okr_migrations};
    struct okr_kv_txn *txn;
    struct okr_id org;
    enum okr_err err = okr_store_upgrade(&up);
    if (err == OKR_OK && up.copy[0] != '\0')
        okr_log(OKR_LOG_NOTICE,
                "%s was migrated to version %d; as it was before it is in %s",
                store, OKR_STORE_VERSION, up.copy);
    OKR_TRY(err);
    OKR_TRY(okr_kv_begin(kv, false, &txn));
    err = okr_meta_id(txn, "org", &org);
    okr_kv_abort(&txn);
    return err;
}

bool okr_server_open(const char *dir, struct okr_server *ret_server,
                     struct okr_fault *fault)
{
    struct okr_server server = {.dir = dir};
    char store[OKR_PATH_MAX_BYTES];
    if (!okr_folder_path(dir, "store", store, fault) ||
        !okr_keys_load(dir, &server.keys, fault))
        return false;
    enum okr_err err = okr_kv_lmdb_open(store, OKR_STORE_MAP_BYTES, &server.kv);
    if (err == OKR_OK)
        err = read_stamp(server.kv, store);
    if (err == OKR_OK)
        err = okr_arena_new(OKR_ARENA_UNBOUNDED, &server.arena);
    if (err != OKR_OK) {
        tell_stamp(fault, err, dir);
        okr_server_close(&server);
        return false;
    }
    *ret_server = server;
    return true;
}

/* ---- the hub ------------------------------------------------------------- */

static enum okr_err read_policy(struct okr_server *server,
                                struct okr_hub_conf *conf)
{
    struct okr_kv_txn *txn;
    struct okr_record *policy;
    struct okr_ids ids;
    OKR_TRY(okr_kv_begin(server->kv, false, &txn));
    struct okr_space space = {.txn = txn, .arena = server->arena};
    enum okr_err err = okr_index_kind(&space, OKR_KIND_POLICY, &ids);
    conf->beat_ms = BEAT_MS;
    conf->park_ms = PARK_DAYS * DAY_MS;
    if (err == OKR_OK && ids.n > 0)
        err = okr_entity_get(&space, &ids.at[0], &policy);
    if (err == OKR_OK && ids.n > 0) {
        int64_t beat = okr_record_int(policy, OKR_F_BEAT_MS, BEAT_MS);
        int64_t days = okr_record_int(policy, OKR_F_PARK_DAYS, PARK_DAYS);
        conf->beat_ms = beat >= 100 ? beat : BEAT_MS;
        conf->park_ms =
            days > 0 && days < 3650 ? days * DAY_MS : PARK_DAYS * DAY_MS;
    }
    okr_kv_abort(&txn);
    okr_arena_reset(server->arena);
    return err;
}

bool okr_server_start(struct okr_server *server, const char *publish,
                      struct okr_fault *fault)
{
    OKR_ASSERT(server->hub == NULL);
    struct okr_hub_conf conf = {.site_key = server->keys.site,
                                .log_key = server->keys.log,
                                .page_bytes_s = PAGE_BYTES_S,
                                .trace = okr_log_trace()};
    (void)snprintf(conf.publish, sizeof conf.publish, "%s", publish);
    enum okr_err err = read_policy(server, &conf);
    if (err == OKR_OK)
        err = okr_hub_new(&conf, &server->hub);
    if (err == OKR_OK) {
        struct okr_hub_shell shell = {.kv = server->kv, .arena = server->arena};
        err = okr_hub_reload(server->hub, &shell);
    }
    tell_stamp(fault, err, server->dir);
    return err == OKR_OK;
}

void okr_server_close(struct okr_server *server)
{
    okr_hub_free(&server->hub);
    if (server->kv != NULL)
        okr_kv_close(&server->kv);
    okr_arena_free(&server->arena);
    okr_keys_free(&server->keys);
}

/* ---- turns --------------------------------------------------------------- */

/* The turn knows one context for both callbacks. */
struct both {
    struct okr_server *server;
    const struct okr_stepped *stepped;
};

static void step_of(void *context, struct okr_kv_txn *txn,
                    const struct okr_hub_event *event)
{
    struct both *both = context;
    both->stepped->stepped(both->stepped->context, txn, event);
}

static void perform_of(void *context, const struct okr_fx *fx)
{
    struct both *both = context;
    if (both->server->perform != NULL)
        both->server->perform(both->server->context, fx);
}

enum okr_err okr_server_turn(struct okr_server *server,
                             const struct okr_hub_event *events, size_t n,
                             const struct okr_stepped *stepped)
{
    struct both both = {server, stepped};
    struct okr_hub_shell shell = {
        .kv = server->kv,
        .arena = server->arena,
        .stepped = stepped != NULL ? step_of : NULL,
        .perform = perform_of,
        .context = &both,
    };
    enum okr_err err =
        okr_hub_turn(server->hub, &shell, events, n, okr_net_now());
    if (err == OKR_ERR_COMMIT) {
        okr_log(OKR_LOG_ALARM,
                "%s/store: the outcome of a commit is unknown; ending, so that "
                "the next start reads what is there",
                server->dir);
        _exit(1);
    }
    return err;
}
