/* Enrol: a token becomes a site, once.  Who sends the same Enrol again, because
 * the reply was lost, gets the same success again. */
#include <string.h>

#include "common/base/assert.h"
#include "common/store/oplog.h"
#include "server/core/hub_local.h"
#include "server/core/hub_log.h"
#include "server/store/invites.h"

static enum okr_err refuse(const struct okr_hub_work *work, const char *text)
{
    return okr_hub_refuse(work, OKR_REFUSAL_TOKEN, text);
}

static bool is_signed(const struct okr_enrol *enrol)
{
    uint8_t layout[OKR_ENROL_LAYOUT_LEN];
    okr_layout_enrol(enrol, layout);
    return okr_sign_check(&enrol->site_key, okr_slice_of(layout, sizeof layout),
                          &enrol->sig);
}

static bool has_bytes(const struct okr_record *record, uint16_t field,
                      const uint8_t bytes[32])
{
    return okr_slice_eq(okr_record_text(record, field),
                        okr_slice_of(bytes, 32));
}

/* ---- the reply ----------------------------------------------------------- */

static enum okr_err add_leaf(const struct okr_hub_work *work,
                             struct okr_enrolled *reply)
{
    struct okr_slice leaf;
    uint64_t size;
    struct okr_tlog_proof *proof = okr_arena_alloc(work->arena, sizeof *proof);
    if (proof == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_oplog_leaf(work->txn, reply->leaf_index, &leaf));
    reply->leaf = okr_arena_copy(work->arena, leaf);
    if (reply->leaf.data == NULL)
        return OKR_ERR_NOMEM;
    struct okr_tlog_nodes nodes = okr_hub_log_nodes(work->txn);
    OKR_TRY(okr_oplog_size(work->txn, &size));
    OKR_TRY(okr_tlog_inclusion(&nodes, reply->leaf_index, size, proof));
    reply->proof = proof->hash;
    reply->n_proof = proof->n;
    return okr_hub_log_note(work, &reply->checkpoint);
}

/* The site is in; its leaf is where its key was written. */
static enum okr_err send_enrolled(const struct okr_hub_work *work,
                                  const struct okr_id *id)
{
    struct okr_hub *hub = work->hub;
    struct okr_space space = okr_hub_space(work);
    struct okr_record *site;
    OKR_TRY(okr_entity_get(&space, id, &site));
    const struct okr_reg *key = okr_record_reg(site, OKR_F_SITE_KEY);
    OKR_ASSERT(key != NULL && key->lsn > hub->base);
    struct okr_msg msg = {
        .type = OKR_MSG_ENROLLED,
        .u.enrolled = {.org = hub->org,
                       .server_site = hub->server_site,
                       .name = okr_record_text(site, OKR_F_SITE_NAME),
                       .log_key = okr_sk_public(hub->conf.log_key),
                       .leaf_index = key->lsn - hub->base - 1},
    };
    OKR_TRY(add_leaf(work, &msg.u.enrolled));
    struct okr_fx *fx = okr_effects_add(work->fx, OKR_FX_ENROLLED);
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    fx->id = *id;
    memcpy(fx->user, work->event->user, sizeof fx->user);
    return okr_hub_reply(work, &msg);
}

/* ---- the operation ------------------------------------------------------- */

static void add_field(struct okr_hub_field *fields, size_t *n, uint16_t field,
                      struct okr_slice data)
{
    fields[(*n)++] = (struct okr_hub_field){field, OKR_REG_VALUE, data};
}

/* What the invitation says, and the keys that the site brings. */
static size_t site_fields(const struct okr_enrol *enrol,
                          const struct okr_record *invite,
                          struct okr_hub_field *fields)
{
    size_t n = 0, at = 0;
    const struct okr_reg *reg;
    add_field(fields, &n, OKR_F_SITE_INVITE, okr_id_slice(&invite->id));
    add_field(fields, &n, OKR_F_SITE_NAME,
              okr_record_text(invite, OKR_F_INVITE_NAME));
    add_field(fields, &n, OKR_F_SITE_KEY,
              okr_slice_of(enrol->site_key.b, sizeof enrol->site_key.b));
    add_field(fields, &n, OKR_F_WITNESS_KEY,
              okr_slice_of(enrol->witness_key.b, sizeof enrol->witness_key.b));
    add_field(fields, &n, OKR_F_LINK_KEY,
              okr_slice_of(enrol->link_key, sizeof enrol->link_key));
    reg = okr_record_reg(invite, OKR_F_INVITE_ROLE);
    if (reg != NULL && reg->form == OKR_REG_VALUE)
        add_field(fields, &n, OKR_F_SITE_ROLE, reg->data);
    while ((reg = okr_record_next(invite, OKR_F_INVITE_UNITS, &at)) != NULL)
        if (reg->form == OKR_REG_PRESENT)
            fields[n++] = (struct okr_hub_field){OKR_F_SITE_UNITS,
                                                 OKR_REG_PRESENT, reg->data};
    return n;
}

/* In the name of whoever invited the site. */
static enum okr_err take_enrol(struct okr_hub_work *work,
                               const struct okr_enrol *enrol,
                               const struct okr_record *invite,
                               struct okr_answer *ret_answer)
{
    struct okr_hub_field *fields =
        okr_arena_array(work->arena, invite->n_regs + 6, sizeof *fields);
    if (fields == NULL)
        return OKR_ERR_NOMEM;
    struct okr_hub_act act = {
        .verb = OKR_VERB_ENROL,
        .kind = OKR_KIND_SITE,
        .entity = enrol->site,
        .fields = fields,
        .n_fields = site_fields(enrol, invite, fields),
    };
    (void)okr_record_id(invite, OKR_F_AUTHOR, &act.person);
    uint8_t random[32], salt[32];
    okr_hub_draw(work->hub, random);
    okr_hub_draw(work->hub, salt);
    struct okr_id id = okr_id_make(work->now, random);
    struct okr_op op;
    OKR_TRY(okr_hub_make_op(work, &act, &id, salt, &op));
    return okr_hub_take_local(work, &op, 1, true, ret_answer);
}

static enum okr_err say_rule(const struct okr_hub_work *work,
                             const struct okr_verdict *verdict)
{
    char *text =
        okr_arena_printf(work->arena, "%s: %s", okr_rule_what(verdict->rule),
                         okr_rule_remedy(verdict->rule));
    return text != NULL ? refuse(work, text) : OKR_ERR_NOMEM;
}

/* The transport tells sites apart by their link keys, so each has its own. */
static enum okr_err keys_in_use(const struct okr_hub_work *work,
                                const struct okr_enrol *enrol, bool *ret_in_use)
{
    struct okr_space space = okr_hub_space(work);
    struct okr_ids links, sites;
    OKR_TRY(okr_index_find(
        &space, OKR_KIND_SITE, OKR_F_LINK_KEY,
        okr_slice_of(enrol->link_key, sizeof enrol->link_key), &links));
    OKR_TRY(okr_index_find(
        &space, OKR_KIND_SITE, OKR_F_SITE_KEY,
        okr_slice_of(enrol->site_key.b, sizeof enrol->site_key.b), &sites));
    *ret_in_use = links.n + sites.n > 0;
    return OKR_OK;
}

static enum okr_err enrol_site(struct okr_hub_work *work,
                               struct okr_invite *invite)
{
    const struct okr_enrol *enrol = &work->event->msg->u.enrol;
    struct okr_space space = okr_hub_space(work);
    struct okr_record *said;
    enum okr_err err = okr_entity_get(&space, &invite->entity, &said);
    if (err == OKR_ERR_NOTFOUND || (err == OKR_OK && okr_record_archived(said)))
        return refuse(work, "the invitation was withdrawn: ask for a new one");
    OKR_TRY(err);
    bool in_use;
    OKR_TRY(keys_in_use(work, enrol, &in_use));
    if (in_use)
        return refuse(work, "the keys belong to a site already: make new ones");
    struct okr_answer answer;
    OKR_TRY(take_enrol(work, enrol, said, &answer));
    if (!okr_verdict_is_in(&answer.verdict))
        return say_rule(work, &answer.verdict);
    invite->used = true;
    invite->site = enrol->site;
    OKR_TRY(okr_invite_put(work->txn, enrol->token_id, invite));
    char hex[OKR_ID_HEX];
    okr_id_hex(&enrol->site, hex);
    okr_trace(&work->hub->conf.trace, "enrol site=%.8s", hex);
    return send_enrolled(work, &enrol->site);
}

/* ---- the token ----------------------------------------------------------- */

static enum okr_err enrol_again(struct okr_hub_work *work,
                                const struct okr_invite *invite)
{
    const struct okr_enrol *enrol = &work->event->msg->u.enrol;
    struct okr_space space = okr_hub_space(work);
    struct okr_record *site;
    OKR_TRY(okr_entity_get(&space, &invite->site, &site));
    if (!okr_id_eq(&invite->site, &enrol->site) ||
        !has_bytes(site, OKR_F_SITE_KEY, enrol->site_key.b) ||
        !has_bytes(site, OKR_F_LINK_KEY, enrol->link_key))
        return refuse(work, "the token was used already: ask for a new one");
    if (okr_record_enum(site, OKR_F_SITE_STATE, 0) == OKR_V_KEY_STATE_REVOKED)
        return okr_hub_refuse(work, OKR_REFUSAL_REVOKED,
                              "this site was revoked");
    return send_enrolled(work, &enrol->site);
}

static enum okr_err wrong_secret(struct okr_hub_work *work,
                                 struct okr_invite *invite)
{
    const struct okr_enrol *enrol = &work->event->msg->u.enrol;
    invite->failures++;
    OKR_TRY(okr_invite_put(work->txn, enrol->token_id, invite));
    if (invite->failures < OKR_INVITE_FAILURES_MAX)
        return refuse(work, "the token is altered: copy it again, whole");
    return refuse(work, "the token was tried wrongly too often and is void: "
                        "ask for a new one");
}

enum okr_err okr_hub_on_enrol(struct okr_hub_work *work)
{
    const struct okr_enrol *enrol = &work->event->msg->u.enrol;
    if (!is_signed(enrol) ||
        memcmp(enrol->link_key, work->event->user, sizeof enrol->link_key) != 0)
        return okr_hub_error(work, OKR_ERROR_MALFORMED, 0,
                             "not signed by the keys that it brings");
    struct okr_invite invite;
    enum okr_err err = okr_invite_get(work->txn, enrol->token_id, &invite);
    if (err == OKR_ERR_NOTFOUND)
        return refuse(work, "the token is unknown here: is it for this "
                            "server?  Ask for a new one");
    OKR_TRY(err);
    if (invite.failures >= OKR_INVITE_FAILURES_MAX)
        return refuse(work, "the token was tried wrongly too often and is "
                            "void: ask for a new one");
    struct okr_hash hash =
        okr_sha256(okr_slice_of(enrol->secret, sizeof enrol->secret));
    if (!okr_equal_secret(hash.b, invite.secret_hash.b, sizeof hash.b))
        return wrong_secret(work, &invite);
    if (invite.used)
        return enrol_again(work, &invite);
    if (invite.expires <= work->now)
        return refuse(work, "the token has expired: ask for a new one");
    return enrol_site(work, &invite);
}
