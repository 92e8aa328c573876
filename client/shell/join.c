/* Joining: the token, the folder, and what is written in the end. */
#include "client/shell/join.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/msg/layout.h"
#include "common/store/meta.h"

#define ASK_ANEW "ask for a new one: `okr-server site invite`"

bool okr_join_token(const char *text, struct okr_token *ret_token,
                    struct okr_snag *snag)
{
    enum okr_err err = okr_token_parse(okr_slice_str(text), ret_token);
    if (err == OKR_OK)
        return true;
    if (err == OKR_ERR_VERSION)
        okr_snag_refuse(snag, "token", "upgrade okr-site on this machine",
                        "the token was made by a newer server than this "
                        "version can join");
    else if (err == OKR_ERR_CORRUPT)
        okr_snag_refuse(snag, "token", "copy it again, whole; or " ASK_ANEW,
                        "the token is altered or cut");
    else
        okr_snag_refuse(snag, "token", "a token begins with okr1-; " ASK_ANEW,
                        "that is no token");
    return false;
}

void okr_join_enrol(const struct okr_token *token,
                    const struct okr_site_keys *keys, struct okr_enrol *ret)
{
    struct okr_enrol enrol = {
        .site = okr_site_id_of(keys),
        .site_key = okr_sk_public(keys->site),
        .witness_key = okr_sk_public(keys->witness),
    };
    uint8_t layout[OKR_ENROL_LAYOUT_LEN];
    memcpy(enrol.token_id, token->id, sizeof enrol.token_id);
    memcpy(enrol.secret, token->secret, sizeof enrol.secret);
    memcpy(enrol.link_key, keys->link_public, sizeof enrol.link_key);
    okr_layout_enrol(&enrol, layout);
    enrol.sig = okr_sign(keys->site, okr_slice_of(layout, sizeof layout));
    *ret = enrol;
}

/* ---- the folder ---------------------------------------------------------- */

/* What the store says of an earlier join; NOTFOUND: there was none. */
static enum okr_err read_earlier(struct okr_kv *kv, struct okr_arena *arena,
                                 struct okr_ident *ret_ident)
{
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(kv, false, &txn));
    enum okr_err err = okr_ident_get(txn, arena, ret_ident);
    okr_kv_abort(&txn);
    return err;
}

static bool is_new(const char *dir, struct okr_kv *kv, struct okr_arena *arena,
                   struct okr_snag *snag)
{
    struct okr_ident earlier;
    enum okr_err err = read_earlier(kv, arena, &earlier);
    if (err == OKR_ERR_NOTFOUND)
        return true;
    if (err == OKR_OK)
        okr_snag_refuse(snag, NULL,
                        "start it with `okr-site run DIR`, or join in another "
                        "folder",
                        "%s has joined already, as site %s", dir, earlier.name);
    else
        okr_snag_world(snag, err, dir);
    return false;
}

static enum okr_err write_in(struct okr_kv_txn *txn,
                             const struct okr_ident *ident,
                             const struct okr_ident_seen *seen)
{
    OKR_TRY(okr_meta_stamp(txn, "site"));
    return okr_ident_put(txn, ident, seen);
}

static enum okr_err write_ident(struct okr_kv *kv,
                                const struct okr_ident *ident,
                                const struct okr_ident_seen *seen)
{
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(kv, true, &txn));
    enum okr_err err = write_in(txn, ident, seen);
    if (err == OKR_OK)
        return okr_kv_commit(&txn);
    okr_kv_abort(&txn);
    return err;
}

/* ---- all of it ----------------------------------------------------------- */

struct joining {
    const char *dir;
    struct okr_token token;
    struct okr_site_keys keys;
    struct okr_kv *kv;
    struct okr_arena *arena;
    struct okr_snag *snag;
};

static void fill_ident(const struct joining *j,
                       const struct okr_enrolled *enrolled,
                       struct okr_ident *ident)
{
    size_t len = enrolled->name.len;
    *ident = (struct okr_ident){.org = enrolled->org,
                                .site = okr_site_id_of(&j->keys),
                                .log_key = enrolled->log_key};
    /* A name is as short as any title; what is longer is cut. */
    while (len >= sizeof ident->name ||
           (len > 0 && len < enrolled->name.len &&
            (enrolled->name.data[len] & 0xc0) == 0x80))
        len--;
    if (len > 0)
        memcpy(ident->name, enrolled->name.data, len);
    memcpy(ident->endpoint, j->token.endpoint, sizeof j->token.endpoint);
    memcpy(ident->server_key, j->token.server_key, sizeof ident->server_key);
}

static bool enrol(struct joining *j, struct okr_ident *ret_ident)
{
    struct okr_enrol sent;
    struct okr_enrolled enrolled;
    struct okr_ident_seen seen;
    okr_join_enrol(&j->token, &j->keys, &sent);
    if (!okr_join_ask(&j->token, &j->keys, j->arena, &enrolled, j->snag) ||
        !okr_join_check(&j->token, &sent, &enrolled, &seen, j->snag))
        return false;
    fill_ident(j, &enrolled, ret_ident);
    enum okr_err err = write_ident(j->kv, ret_ident, &seen);
    if (err != OKR_OK)
        okr_snag_world(j->snag, err, j->dir);
    return err == OKR_OK;
}

static bool join_locked(struct joining *j, struct okr_ident *ret_ident)
{
    enum okr_err err = okr_arena_new(OKR_ARENA_UNBOUNDED, &j->arena);
    if (err != OKR_OK) {
        okr_snag_world(j->snag, err, j->dir);
        return false;
    }
    return okr_site_store_open(j->dir, &j->kv, j->snag) &&
           is_new(j->dir, j->kv, j->arena, j->snag) &&
           okr_site_keys_make(j->dir, j->snag) &&
           okr_site_keys_load(j->dir, &j->keys, j->snag) && enrol(j, ret_ident);
}

bool okr_join(const char *dir, const char *token, struct okr_ident *ret_ident,
              struct okr_snag *snag)
{
    struct joining j = {.dir = dir, .snag = snag};
    int lock;
    if (!okr_join_token(token, &j.token, snag) ||
        !okr_site_dir_make(dir, snag) || !okr_site_lock(dir, &lock, snag))
        return false;
    bool joined = join_locked(&j, ret_ident);
    okr_site_keys_free(&j.keys);
    if (j.kv != NULL)
        okr_kv_close(&j.kv);
    okr_arena_free(&j.arena);
    okr_wipe(&j.token, sizeof j.token);
    close(lock);
    return joined;
}
