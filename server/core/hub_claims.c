/* From a push to the signatures in it. */
#include "server/core/hub_claims.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/oplog.h"
#include "server/core/hub_log.h"
#include "server/core/hub_take.h"
#include "server/store/peers.h"

static bool key_of(const struct okr_record *record, uint16_t field,
                   struct okr_pk *ret_key)
{
    struct okr_slice bytes = okr_record_text(record, field);
    if (bytes.len != sizeof ret_key->b)
        return false;
    memcpy(ret_key->b, bytes.data, sizeof ret_key->b);
    return true;
}

/* The push as its site signed it; false where it will not be taken. */
static enum okr_err claim_push(const struct okr_hub_work *work,
                               const struct okr_record *site,
                               struct okr_hub_claims *claims)
{
    const struct okr_push *push = &work->event->msg->u.push;
    struct okr_push_ground ground = {.org = work->hub->org, .site = site->id};
    struct okr_peer peer;
    struct okr_pk key;
    uint64_t size;
    OKR_TRY(okr_oplog_size(work->txn, &size));
    OKR_TRY(okr_peer_get(work->txn, &site->id, push->incarnation, &peer));
    if (push->first_seq != peer.last_seq + 1 || push->seen_size > size ||
        !key_of(site, OKR_F_SITE_KEY, &key))
        return OKR_OK;
    if (push->seen_size > 0)
        OKR_TRY(okr_hub_log_root(work, push->seen_size, &ground.seen_root));
    ground.prev = peer.last_push;
    uint8_t layout[OKR_PUSH_LAYOUT_LEN];
    okr_layout_push_of(push, &ground, work->event->prints, layout);
    claims->at[claims->n++] = okr_sign_claim_of(
        &key, okr_slice_of(layout, sizeof layout), &push->sig);
    return OKR_OK;
}

/* With the author's first active key: who has two is checked in the turn. */
static enum okr_err author_key(const struct okr_hub_work *work,
                               const struct okr_id *person,
                               struct okr_pk *ret_key, bool *ret_has)
{
    const struct okr_space space = {.txn = work->txn, .arena = work->arena};
    struct okr_ids keys;
    *ret_has = false;
    OKR_TRY(okr_index_find(&space, OKR_KIND_KEY, OKR_F_KEY_PERSON,
                           okr_id_slice(person), &keys));
    for (size_t i = 0; i < keys.n && !*ret_has; i++) {
        struct okr_record *key;
        OKR_TRY(okr_entity_get(&space, &keys.at[i], &key));
        *ret_has = okr_record_enum(key, OKR_F_KEY_STATE, 0) ==
                       OKR_V_KEY_STATE_ACTIVE &&
                   key_of(key, OKR_F_KEY_PUBLIC, ret_key);
    }
    return OKR_OK;
}

static enum okr_err claim_ops(const struct okr_hub_work *work,
                              struct okr_hub_claims *claims)
{
    const struct okr_push *push = &work->event->msg->u.push;
    struct okr_pk key;
    bool has = false;
    for (size_t i = 0; i < push->n_ops; i++) {
        const struct okr_op *op = &push->ops[i];
        struct okr_sig sig;
        if (!op->is_signed)
            continue;
        if (!has || !okr_id_eq(&op->person, &push->ops[i - 1].person))
            OKR_TRY(author_key(work, &op->person, &key, &has));
        if (!has)
            continue;
        memcpy(sig.b, op->sig, sizeof sig.b);
        claims->at[claims->n++] = okr_sign_claim_of(
            &key,
            okr_slice_of(work->event->prints[i].header, OKR_OP_HEADER_LEN),
            &sig);
    }
    return OKR_OK;
}

static bool is_push(const struct okr_hub_event *event)
{
    return event->kind == OKR_HUB_MESSAGE && event->peer == OKR_PEER_SITE &&
           event->msg != NULL && event->msg->type == OKR_MSG_PUSH &&
           event->msg->u.push.n_ops > 0 &&
           event->msg->u.push.n_ops <= OKR_PUSH_OPS_MAX;
}

enum okr_err okr_hub_claim(struct okr_hub *hub, struct okr_kv_txn *txn,
                           struct okr_arena *arena, struct okr_hub_event *event,
                           struct okr_hub_claims *ret_claims)
{
    OKR_ASSERT(hub != NULL && event != NULL && ret_claims != NULL);
    struct okr_hub_work work = {
        .hub = hub, .txn = txn, .arena = arena, .event = event};
    struct okr_hub_claims claims = {0};
    struct okr_record *site;
    *ret_claims = claims;
    if (!hub->loaded || !is_push(event))
        return OKR_OK;
    /* Not the turn's cache: this is before the turn. */
    const struct okr_space space = {.txn = txn, .arena = arena};
    enum okr_err err = okr_entity_get(&space, &event->site, &site);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    event->prints = okr_hub_prints(&work, &event->msg->u.push);
    claims.at =
        okr_arena_array(arena, event->msg->u.push.n_ops + 1, sizeof *claims.at);
    if (event->prints == NULL || claims.at == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(claim_push(&work, site, &claims));
    if (claims.n > 0)
        OKR_TRY(claim_ops(&work, &claims));
    event->claims = (struct okr_sign_claims){claims.at, claims.n};
    *ret_claims = claims;
    return OKR_OK;
}
