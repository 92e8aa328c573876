/* Sites that speak to a hub under test; see hub.h. */
#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "server/store/invites.h"
#include "tests/lib/hub.h"

/* ---- enrolling ----------------------------------------------------------- */

void okr_test_enrol_sign(struct okr_test_peer *peer)
{
    uint8_t layout[OKR_ENROL_LAYOUT_LEN];
    okr_layout_enrol(&peer->enrol, layout);
    peer->enrol.sig = okr_sign(peer->key, okr_slice_of(layout, sizeof layout));
}

static void make_peer(struct okr_test_hub *h, struct okr_test_peer *peer)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    memset(peer, 0, sizeof *peer);
    peer->id = okr_test_hub_id(h);
    memset(seed, 0x55, sizeof seed);
    memcpy(seed, peer->id.b, OKR_ID_LEN);
    OKR_ASSERT(okr_sk_from_seed(seed, &peer->key) == OKR_OK);
    peer->incarnation = 0x1000 + h->made;
    peer->next_seq = 1;
    peer->state = OKR_PEER_QUARANTINE;
    peer->from.len = 5;
    okr_be_put32(peer->from.b + 1, h->made);
    peer->enrol.site = peer->id;
    peer->enrol.site_key = okr_sk_public(peer->key);
    peer->enrol.witness_key = okr_sk_public(peer->key);
    memset(peer->enrol.link_key, 0x77, sizeof peer->enrol.link_key);
    memcpy(peer->enrol.link_key, peer->id.b, OKR_ID_LEN);
    memcpy(peer->enrol.token_id, peer->id.b + 8, 8);
    memcpy(peer->enrol.secret, peer->id.b, OKR_ID_LEN);
}

static void put_invite(struct okr_test_hub *h, const struct okr_enrol *enrol,
                       const struct okr_id *entity)
{
    struct okr_invite invite = {
        .secret_hash =
            okr_sha256(okr_slice_of(enrol->secret, sizeof enrol->secret)),
        .entity = *entity,
        .expires = h->now + (okr_us)24 * 3600 * 1000000,
    };
    struct okr_kv_txn *txn;
    OKR_ASSERT(okr_kv_begin(h->kv, true, &txn) == OKR_OK);
    OKR_ASSERT(okr_invite_put(txn, enrol->token_id, &invite) == OKR_OK);
    OKR_ASSERT(okr_kv_commit(&txn) == OKR_OK);
}

void okr_test_invite(struct okr_test_hub *h, struct okr_test_peer *peer,
                     const char *name, const struct okr_id *units)
{
    make_peer(h, peer);
    struct okr_typed with[8] = {
        OKR_TYPED(OKR_F_INVITE_NAME, name),
        OKR_TYPED(OKR_F_INVITE_EXPIRES, "2026-02-03T00:00:00Z"),
    };
    for (size_t i = 0; i < 4 && !okr_id_is_zero(&units[i]); i++)
        with[2 + i] = (struct okr_typed)OKR_REF(OKR_F_INVITE_UNITS, units[i]);
    struct okr_id entity = okr_test_add(h, OKR_KIND_INVITE, with);
    put_invite(h, &peer->enrol, &entity);
    okr_test_enrol_sign(peer);
}

const struct okr_msg *okr_test_enrol(struct okr_test_hub *h,
                                     struct okr_test_peer *peer)
{
    struct okr_msg msg = {.type = OKR_MSG_ENROL, .u.enrol = peer->enrol};
    return okr_test_send(h, peer, &msg);
}

void okr_test_join(struct okr_test_hub *h, struct okr_test_peer *peer,
                   const char *name, const struct okr_id *units)
{
    okr_test_invite(h, peer, name, units);
    const struct okr_msg *reply = okr_test_enrol(h, peer);
    OKR_ASSERT(reply != NULL && reply->type == OKR_MSG_ENROLLED);
    peer->state = OKR_PEER_SITE;
    reply = okr_test_hello(h, peer);
    OKR_ASSERT(reply != NULL && reply->type == OKR_MSG_WELCOME);
}

void okr_test_leave(struct okr_test_peer *peer)
{
    okr_sk_free(&peer->key);
}

/* ---- speaking ------------------------------------------------------------ */

const struct okr_msg *okr_test_hello(struct okr_test_hub *h,
                                     struct okr_test_peer *peer)
{
    struct okr_msg msg = {
        .type = OKR_MSG_HELLO,
        .u.hello = {.version_min = OKR_WIRE_VERSION,
                    .version_max = OKR_WIRE_VERSION,
                    .frame_max = OKR_FRAME_MAX,
                    .schema = OKR_SCHEMA_VERSION,
                    .site = peer->id,
                    .incarnation = peer->incarnation},
    };
    return okr_test_send(h, peer, &msg);
}

void okr_test_push_sign(struct okr_test_hub *h, struct okr_test_peer *peer,
                        struct okr_push *push)
{
    struct okr_push_ground ground = {.org = h->org, .site = peer->id};
    uint8_t layout[OKR_PUSH_LAYOUT_LEN];
    ground.prev = peer->prev;
    memcpy(push->prev8, peer->prev.b, sizeof push->prev8);
    if (push->seen_size > 0)
        ground.seen_root = okr_test_log_root(h, push->seen_size);
    memcpy(push->seen_root8, ground.seen_root.b, sizeof push->seen_root8);
    okr_layout_push(push, &ground, layout);
    push->sig = okr_sign(peer->key, okr_slice_of(layout, sizeof layout));
    peer->prev = okr_layout_push_hash(layout);
}

struct okr_msg okr_test_push(struct okr_test_hub *h, struct okr_test_peer *peer,
                             struct okr_op *ops, size_t n)
{
    struct okr_msg msg = {
        .type = OKR_MSG_PUSH,
        .u.push = {.incarnation = peer->incarnation,
                   .first_seq = peer->next_seq,
                   .ops = ops,
                   .n_ops = n,
                   .seen_size = okr_test_log_size(h)},
    };
    okr_test_push_sign(h, peer, &msg.u.push);
    peer->next_seq += n;
    return msg;
}

struct okr_answer okr_test_do(struct okr_test_hub *h,
                              struct okr_test_peer *peer,
                              const struct okr_test_act *act)
{
    struct okr_op op = okr_test_op(h, act);
    struct okr_msg msg = okr_test_push(h, peer, &op, 1);
    const struct okr_msg *reply = okr_test_send(h, peer, &msg);
    OKR_ASSERT(reply != NULL && reply->type == OKR_MSG_PUSHED);
    OKR_ASSERT(reply->u.pushed.n_answers == 1);
    return reply->u.pushed.answers[0];
}

struct okr_msg okr_test_pull(struct okr_test_hub *h, okr_scope scope,
                             okr_lsn since, uint32_t bytes_max)
{
    struct okr_want *want = okr_arena_alloc(h->keep, sizeof *want);
    OKR_ASSERT(want != NULL);
    want->scope = scope;
    want->since = since;
    return (struct okr_msg){
        .type = OKR_MSG_PULL,
        .u.pull = {.wants = want, .n_wants = 1, .bytes_max = bytes_max},
    };
}
