/* Persons with keys; see persons.h. */
#include "tests/lib/persons.h"

#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/codec/codec.h"
#include "common/model/dates.h"
#include "server/store/invites.h"

#define HOUR_US ((okr_us)3600 * 1000000)

struct okr_id okr_test_person(struct okr_test_hub *h, const char *mail,
                              const struct okr_id *unit)
{
    struct okr_typed with[] = {OKR_TYPED(OKR_F_PERSON_NAME, mail),
                               OKR_TYPED(OKR_F_MAIL, mail),
                               OKR_REF(OKR_F_PERSON_UNIT, *unit),
                               {0}};
    return okr_test_add(h, OKR_KIND_PERSON, with);
}

struct okr_test_key okr_test_key_make(struct okr_test_hub *h,
                                      const struct okr_id *person, uint8_t seed)
{
    struct okr_test_key key = {.person = *person, .entity = okr_test_hub_id(h)};
    uint8_t bytes[OKR_SIGN_SEED_LEN];
    memset(bytes, seed, sizeof bytes);
    OKR_ASSERT(okr_sk_from_seed(bytes, &key.sk) == OKR_OK);
    return key;
}

void okr_test_key_free(struct okr_test_key *key)
{
    okr_sk_free(&key->sk);
}

static void put_row(struct okr_test_hub *h, const uint8_t *code,
                    const struct okr_id *entity)
{
    struct okr_invite row = {.secret_hash = okr_code_key(code),
                             .entity = *entity,
                             .expires = h->now + HOUR_US};
    struct okr_kv_txn *txn;
    uint8_t id[OKR_CODE_ID_LEN];
    okr_code_id(code, id);
    OKR_ASSERT(okr_kv_begin(h->kv, true, &txn) == OKR_OK);
    OKR_ASSERT(okr_invite_put(txn, id, &row) == OKR_OK);
    OKR_ASSERT(okr_kv_commit(&txn) == OKR_OK);
}

struct okr_id okr_test_code(struct okr_test_hub *h, const struct okr_id *person,
                            uint8_t ret_code[OKR_CODE_LEN])
{
    struct okr_id any = okr_test_hub_id(h);
    uint8_t id[OKR_CODE_ID_LEN];
    char hex[2 * OKR_CODE_ID_LEN + 1], expires[OKR_TIME_TEXT];
    memcpy(ret_code, any.b + OKR_ID_LEN - OKR_CODE_LEN, OKR_CODE_LEN);
    okr_code_id(ret_code, id);
    okr_hex_encode(okr_slice_of(id, sizeof id), hex);
    okr_time_format(h->now + HOUR_US, 0, expires);
    struct okr_typed with[] = {OKR_TYPED(OKR_F_INVITE_NAME, "code"),
                               OKR_REF(OKR_F_INVITE_PERSON, *person),
                               OKR_TYPED(OKR_F_INVITE_EXPIRES, expires),
                               OKR_TYPED(OKR_F_INVITE_CODE, hex),
                               {0}};
    struct okr_id entity = okr_test_add(h, OKR_KIND_INVITE, with);
    put_row(h, ret_code, &entity);
    return entity;
}

void okr_test_sign(const struct okr_test_hub *h, const struct okr_test_key *key,
                   struct okr_op *op)
{
    uint8_t header[OKR_OP_HEADER_LEN];
    op->person = key->person;
    op->is_signed = true;
    okr_layout_op(op, &h->org, header);
    struct okr_sig sig = okr_sign(key->sk, okr_slice_of(header, sizeof header));
    memcpy(op->sig, sig.b, sizeof op->sig);
}

static struct okr_op op_of(struct okr_test_hub *h,
                           const struct okr_payload *payload)
{
    struct okr_buf bytes;
    okr_buf_init(&bytes, h->keep);
    okr_payload_encode(payload, &bytes);
    OKR_ASSERT(bytes.err == OKR_OK);
    return (struct okr_op){
        .id = okr_test_hub_id(h),
        .time = h->now,
        .verb = payload->verb,
        .schema = OKR_SCHEMA_VERSION,
        .payload = okr_buf_slice(&bytes),
    };
}

struct okr_op okr_test_key_add(struct okr_test_hub *h,
                               const struct okr_test_key *key,
                               const struct okr_id *invite,
                               const uint8_t code[OKR_CODE_LEN])
{
    struct okr_payload payload;
    struct okr_new_key made = {
        .claim = {.org = h->org,
                  .person = key->person,
                  .invite = *invite,
                  .new_key = okr_sk_public(key->sk)},
        .key = key->entity,
    };
    struct okr_hash code_key = okr_code_key(code);
    OKR_ASSERT(okr_new_key_add(&made, &code_key, h->keep, &payload) == OKR_OK);
    struct okr_op op = op_of(h, &payload);
    okr_test_sign(h, key, &op);
    return op;
}

struct okr_op okr_test_key_rotate(struct okr_test_hub *h,
                                  const struct okr_test_key *old,
                                  const struct okr_test_key *key)
{
    struct okr_payload payload;
    struct okr_new_key made = {
        .claim = {.org = h->org,
                  .person = old->person,
                  .old_key = okr_sk_public(old->sk),
                  .new_key = okr_sk_public(key->sk)},
        .key = key->entity,
        .replaces = old->entity,
    };
    OKR_ASSERT(okr_new_key_rotate(&made, key->sk, h->keep, &payload) == OKR_OK);
    struct okr_op op = op_of(h, &payload);
    okr_test_sign(h, old, &op);
    return op;
}

struct okr_answer okr_test_push_op(struct okr_test_hub *h,
                                   struct okr_test_peer *peer,
                                   const struct okr_op *op)
{
    struct okr_op own = *op;
    struct okr_msg push = okr_test_push(h, peer, &own, 1);
    const struct okr_msg *reply = okr_test_send(h, peer, &push);
    OKR_ASSERT(reply != NULL && reply->type == OKR_MSG_PUSHED);
    OKR_ASSERT(reply->u.pushed.n_answers == 1);
    return reply->u.pushed.answers[0];
}

struct okr_test_key okr_test_key_known(struct okr_test_hub *h,
                                       struct okr_test_peer *peer,
                                       const struct okr_id *person,
                                       uint8_t seed)
{
    uint8_t code[OKR_CODE_LEN];
    struct okr_id invite = okr_test_code(h, person, code);
    struct okr_test_key key = okr_test_key_make(h, person, seed);
    struct okr_op op = okr_test_key_add(h, &key, &invite, code);
    struct okr_answer answer = okr_test_push_op(h, peer, &op);
    OKR_ASSERT(okr_verdict_is_in(&answer.verdict));
    return key;
}
