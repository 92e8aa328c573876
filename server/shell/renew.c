/* Genesis once more. */
#include "server/shell/renew.h"

#include <string.h>

#include "common/crypto/keyfile.h"
#include "common/net/net.h"

static struct okr_genesis genesis_of(const struct okr_server *server,
                                     const struct okr_whole *whole)
{
    struct okr_genesis genesis = {
        .name = whole->name,
        .slug = whole->slug,
        .admin_name = whole->admin_name,
        .admin_mail = whole->admin_mail,
        .site_key = okr_sk_public(server->keys.site),
        .witness_key = okr_sk_public(server->keys.witness),
        .utc_offset_min = whole->utc_offset_min,
        .policy = whole->policy,
        .unit = whole->unit,
        .person = whole->person,
        .now = okr_net_now(),
    };
    memcpy(genesis.link_key, server->keys.link_public, sizeof genesis.link_key);
    okr_random(genesis.org.b, sizeof genesis.org.b);
    okr_random(genesis.epoch_random, sizeof genesis.epoch_random);
    okr_random(genesis.entropy, sizeof genesis.entropy);
    return genesis;
}

static enum okr_err begin_anew(struct okr_server *server,
                               struct okr_kv_txn *txn,
                               const struct okr_genesis *genesis)
{
    for (int table = 0; table < OKR_TABLE_COUNT; table++)
        OKR_TRY(okr_kv_clear(txn, (enum okr_table)table, OKR_SLICE_NONE));
    return okr_hub_genesis(server->hub, txn, genesis, server->arena);
}

enum okr_err okr_server_renew(struct okr_server *server,
                              const struct okr_whole *whole)
{
    struct okr_genesis genesis = genesis_of(server, whole);
    const struct okr_hub_shell shell = {.kv = server->kv,
                                        .arena = server->arena};
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(server->kv, true, &txn));
    enum okr_err err = begin_anew(server, txn, &genesis);
    if (err == OKR_OK)
        err = okr_kv_commit(&txn);
    else
        okr_kv_abort(&txn);
    okr_arena_reset(server->arena);
    okr_wipe(&genesis, sizeof genesis);
    enum okr_err loaded = okr_hub_reload(server->hub, &shell);
    return err != OKR_OK ? err : loaded;
}
