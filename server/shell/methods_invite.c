/* site_invite: a token with which one site joins. */
#include <string.h>

#include "common/base/hex.h"
#include "common/crypto/keyfile.h"
#include "common/crypto/token.h"
#include "common/store/meta.h"
#include "server/shell/endpoint.h"
#include "server/shell/invite.h"

#define LIFE_MAX_S 86400 /* of a token */

/* ---- what is asked for --------------------------------------------------- */

/* The units that a site attests for; the root where none is named. */
static enum okr_err root_unit(struct okr_call *call, struct okr_view *view,
                              struct okr_slice *ret_units)
{
    struct okr_ids ids;
    struct okr_record *unit;
    OKR_TRY(okr_index_kind(&view->space, OKR_KIND_UNIT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        char hex[OKR_ID_HEX];
        OKR_TRY(okr_entity_get(&view->space, &ids.at[i], &unit));
        if (okr_record_has(unit, OKR_F_UNIT_PARENT))
            continue;
        okr_id_hex(&unit->id, hex);
        *ret_units = okr_arena_copy(call->arena, okr_slice_str(hex));
        return ret_units->data != NULL ? OKR_OK : OKR_ERR_NOMEM;
    }
    return OKR_ERR_CORRUPT; /* genesis made one */
}

/* Sites bear one name each; better told now than when the token is used. */
static enum okr_err check_name(struct okr_call *call, struct okr_view *view,
                               struct okr_slice name)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&view->space, OKR_KIND_SITE, OKR_F_SITE_NAME, name,
                           &ids));
    if (ids.n > 0)
        okr_fault_refuse(&call->fault, okr_rule_name(OKR_RULE_DUPLICATE),
                         "choose another name; `okr-server site list DIR` "
                         "shows those there are",
                         "there is a site `%.*s` already", (int)name.len,
                         (const char *)name.data);
    return OKR_OK;
}

static enum okr_err find_endpoint(struct okr_call *call, struct okr_view *view,
                                  struct okr_token *token)
{
    struct okr_slice typed = okr_call_arg(call, "endpoint");
    if (typed.len == 0) {
        enum okr_err err =
            okr_meta_get(view->txn, "listen", call->arena, &typed);
        if (err == OKR_ERR_NOTFOUND)
            okr_fault_usage(&call->fault,
                            "say --endpoint tcp://HOST:PORT, as the site "
                            "reaches this server, or run `okr-server serve` "
                            "once",
                            "where the server listens is not known yet");
        else
            OKR_TRY(err);
        if (!okr_faulty(&call->fault) && okr_endpoint_wildcard(typed))
            okr_fault_usage(&call->fault,
                            "say --endpoint tcp://HOST:PORT, as the site "
                            "reaches this server",
                            "the server listens on every address (%.*s)",
                            (int)typed.len, (const char *)typed.data);
    } else if (!okr_endpoint_valid(typed) || okr_endpoint_wildcard(typed)) {
        okr_fault_usage(&call->fault, "write tcp://HOST:PORT",
                        "--endpoint: `%.*s` is nothing to connect to",
                        (int)typed.len, (const char *)typed.data);
    }
    if (!okr_faulty(&call->fault) && typed.len > OKR_TOKEN_ENDPOINT_MAX)
        okr_fault_usage(&call->fault, "give a shorter name of the host",
                        "--endpoint is longer than %d characters",
                        OKR_TOKEN_ENDPOINT_MAX);
    if (!okr_faulty(&call->fault))
        memcpy(token->endpoint, typed.data, typed.len);
    return OKR_OK;
}

/* ---- the token ----------------------------------------------------------- */

static void draw_token(const struct okr_keys *keys, struct okr_token *token)
{
    struct okr_hash pin =
        okr_sha256(okr_slice_of(keys->log_public.b, sizeof keys->log_public.b));
    okr_random(token->id, sizeof token->id);
    okr_random(token->secret, sizeof token->secret);
    memcpy(token->server_key, keys->link_public, sizeof token->server_key);
    memcpy(token->log_pin, pin.b, sizeof token->log_pin);
}

static void answer(struct okr_call *call, const struct okr_token *token,
                   okr_us expires)
{
    char fingerprint[OKR_FINGERPRINT_LEN];
    struct okr_buf text;
    okr_buf_init(&text, call->arena);
    okr_token_format(token, &text);
    okr_keys_fingerprint(&call->server->keys, fingerprint);
    okr_json_open_object(&call->json);
    okr_json_key(&call->json, "token");
    okr_json_text(&call->json, okr_buf_slice(&text));
    okr_json_key(&call->json, "fingerprint");
    okr_json_cstr(&call->json, fingerprint);
    okr_json_key(&call->json, "expires");
    okr_json_text(&call->json, okr_invite_time(call, expires));
    okr_json_key(&call->json, "endpoint");
    okr_json_cstr(&call->json, token->endpoint);
    okr_json_close_object(&call->json);
}

/* What the view has to say before it is closed. */
static enum okr_err prepare(struct okr_call *call, struct okr_view *view,
                            struct okr_slice name, struct okr_slice *units,
                            struct okr_token *token)
{
    OKR_TRY(check_name(call, view, name));
    *units = okr_call_arg(call, "units");
    if (units->len == 0)
        OKR_TRY(root_unit(call, view, units));
    return find_endpoint(call, view, token);
}

static enum okr_err invite(struct okr_call *call, struct okr_view *view,
                           struct okr_slice name, okr_us expires)
{
    struct okr_token token = {.endpoint = ""};
    struct okr_slice units, role = okr_call_arg(call, "role");
    OKR_TRY(prepare(call, view, name, &units, &token));
    if (okr_faulty(&call->fault))
        return OKR_OK;
    draw_token(&call->server->keys, &token);
    const struct okr_pairs fields[] = {
        {"kind", OKR_SLICE_LIT("invite")},
        {"name", name},
        {"role", role.len > 0 ? role : OKR_SLICE_LIT("member")},
        {"units", units},
        {"expires", okr_invite_time(call, expires)},
        {NULL, OKR_SLICE_NONE},
    };
    struct okr_inviting inviting = {
        .fields = fields,
        .secret_hash =
            okr_sha256(okr_slice_of(token.secret, sizeof token.secret)),
        .expires = expires,
    };
    memcpy(inviting.id, token.id, sizeof inviting.id);
    OKR_TRY(okr_invite_make(call, view, &inviting));
    if (!okr_faulty(&call->fault))
        answer(call, &token, expires);
    okr_wipe(&token, sizeof token);
    return OKR_OK;
}

enum okr_err okr_method_site_invite(struct okr_call *call)
{
    struct okr_slice name, typed = okr_call_arg(call, "expires");
    struct okr_view view;
    okr_us expires = 0;
    if (!okr_call_need(call, "name", &name))
        return OKR_OK;
    if (typed.len == 0)
        typed = OKR_SLICE_LIT("24h");
    OKR_TRY(okr_invite_expiry(call, typed, LIFE_MAX_S, &expires));
    if (okr_faulty(&call->fault))
        return OKR_OK;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = invite(call, &view, name, expires);
    okr_view_close(&view);
    return err;
}
