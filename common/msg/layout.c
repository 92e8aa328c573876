/* What authors, sites and joiners sign: offsets as in docs/protocol.md. */
#include "common/msg/layout.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"

enum {
    TAG_LEN = 16,
    BLOCK_MAX = UINT16_MAX, /* bytes of a block with a u16 length */
};

static const uint8_t op_tag[TAG_LEN] = "\0okr/op/v1";
static const uint8_t push_tag[TAG_LEN] = "\0okr/push/v1";
static const uint8_t enrol_tag[TAG_LEN] = "\0okr/enrol/v1";
static const uint8_t key_add_tag[TAG_LEN] = "\0okr/keyadd/v1";
static const uint8_t key_rotate_tag[TAG_LEN] = "\0okr/rotate/v1";

struct okr_hash okr_layout_payload_commit(const struct okr_op *op)
{
    OKR_ASSERT(op != NULL);
    const struct okr_slice parts[] = {
        OKR_SLICE_LIT("\0okr/payload/v1\0"),
        {op->salt, sizeof op->salt},
        op->payload,
    };
    return okr_sha256_parts(parts, sizeof parts / sizeof parts[0]);
}

void okr_layout_op(const struct okr_op *op, const struct okr_id *org,
                   uint8_t out[OKR_OP_HEADER_LEN])
{
    OKR_ASSERT(op != NULL && org != NULL);
    OKR_ASSERT(op->payload.len <= UINT32_MAX);
    struct okr_hash commit = okr_layout_payload_commit(op);
    memcpy(out, op_tag, TAG_LEN);
    memcpy(out + 16, org->b, OKR_ID_LEN);
    memcpy(out + 32, op->person.b, OKR_ID_LEN);
    memcpy(out + 48, op->id.b, OKR_ID_LEN);
    okr_be_put64(out + 64, (uint64_t)op->time);
    okr_be_put16(out + 72, op->verb);
    okr_be_put16(out + 74, op->schema);
    okr_be_put32(out + 76, (uint32_t)op->payload.len);
    memcpy(out + 80, commit.b, sizeof commit.b);
}

void okr_layout_op_print(const struct okr_op *op, const struct okr_id *org,
                         struct okr_op_print *ret_print)
{
    static const uint8_t unsigned_op[OKR_OP_SIG_LEN];
    OKR_ASSERT(ret_print != NULL);
    okr_layout_op(op, org, ret_print->header);
    const struct okr_slice parts[] = {
        OKR_SLICE_LIT("\0okr/ophash/v1\0"),
        {ret_print->header, sizeof ret_print->header},
        {op->is_signed ? op->sig : unsigned_op, OKR_OP_SIG_LEN},
    };
    ret_print->hash = okr_sha256_parts(parts, sizeof parts / sizeof parts[0]);
}

struct okr_hash okr_layout_op_hash(const struct okr_op *op,
                                   const struct okr_id *org)
{
    struct okr_op_print print;
    okr_layout_op_print(op, org, &print);
    return print.hash;
}

/* SHA-256 over the hashes of the push's operations, in order. */
static struct okr_hash ops_hash(const struct okr_op_print *prints, size_t n)
{
    uint8_t hashes[OKR_PUSH_OPS_MAX * OKR_SHA256_LEN];
    OKR_ASSERT(n <= OKR_PUSH_OPS_MAX);
    for (size_t i = 0; i < n; i++)
        memcpy(hashes + i * OKR_SHA256_LEN, prints[i].hash.b, OKR_SHA256_LEN);
    return okr_sha256(okr_slice_of(hashes, n * OKR_SHA256_LEN));
}

void okr_layout_push(const struct okr_push *push,
                     const struct okr_push_ground *ground,
                     uint8_t out[OKR_PUSH_LAYOUT_LEN])
{
    struct okr_op_print prints[OKR_PUSH_OPS_MAX];
    OKR_ASSERT(push != NULL && ground != NULL);
    OKR_ASSERT(push->n_ops <= OKR_PUSH_OPS_MAX);
    for (size_t i = 0; i < push->n_ops; i++)
        okr_layout_op_print(&push->ops[i], &ground->org, &prints[i]);
    okr_layout_push_of(push, ground, prints, out);
}

void okr_layout_push_of(const struct okr_push *push,
                        const struct okr_push_ground *ground,
                        const struct okr_op_print *prints,
                        uint8_t out[OKR_PUSH_LAYOUT_LEN])
{
    OKR_ASSERT(push != NULL && ground != NULL && prints != NULL);
    struct okr_hash ops = ops_hash(prints, push->n_ops);
    memcpy(out, push_tag, TAG_LEN);
    memcpy(out + 16, ground->org.b, OKR_ID_LEN);
    memcpy(out + 32, ground->site.b, OKR_ID_LEN);
    okr_be_put64(out + 48, push->incarnation);
    okr_be_put64(out + 56, push->first_seq);
    okr_be_put32(out + 64, (uint32_t)push->n_ops);
    memcpy(out + 68, ops.b, sizeof ops.b);
    okr_be_put64(out + 100, push->seen_size);
    memcpy(out + 108, ground->seen_root.b, OKR_SHA256_LEN);
    memcpy(out + 140, ground->prev.b, OKR_SHA256_LEN);
}

struct okr_hash okr_layout_push_hash(const uint8_t layout[OKR_PUSH_LAYOUT_LEN])
{
    return okr_sha256(okr_slice_of(layout, OKR_PUSH_LAYOUT_LEN));
}

void okr_layout_enrol(const struct okr_enrol *enrol,
                      uint8_t out[OKR_ENROL_LAYOUT_LEN])
{
    OKR_ASSERT(enrol != NULL);
    struct okr_hash secret =
        okr_sha256(okr_slice_of(enrol->secret, sizeof enrol->secret));
    memcpy(out, enrol_tag, TAG_LEN);
    memcpy(out + 16, enrol->token_id, sizeof enrol->token_id);
    memcpy(out + 24, secret.b, sizeof secret.b);
    memcpy(out + 56, enrol->site.b, OKR_ID_LEN);
    memcpy(out + 72, enrol->site_key.b, OKR_SIGN_PK_LEN);
    memcpy(out + 104, enrol->witness_key.b, OKR_SIGN_PK_LEN);
    memcpy(out + 136, enrol->link_key, sizeof enrol->link_key);
}

void okr_layout_key_add(const struct okr_key_claim *claim,
                        uint8_t out[OKR_KEY_ADD_LAYOUT_LEN])
{
    OKR_ASSERT(claim != NULL);
    memcpy(out, key_add_tag, TAG_LEN);
    memcpy(out + 16, claim->org.b, OKR_ID_LEN);
    memcpy(out + 32, claim->person.b, OKR_ID_LEN);
    memcpy(out + 48, claim->invite.b, OKR_ID_LEN);
    memcpy(out + 64, claim->new_key.b, OKR_SIGN_PK_LEN);
}

void okr_layout_key_rotate(const struct okr_key_claim *claim,
                           uint8_t out[OKR_KEY_ROTATE_LAYOUT_LEN])
{
    OKR_ASSERT(claim != NULL);
    memcpy(out, key_rotate_tag, TAG_LEN);
    memcpy(out + 16, claim->org.b, OKR_ID_LEN);
    memcpy(out + 32, claim->person.b, OKR_ID_LEN);
    memcpy(out + 48, claim->old_key.b, OKR_SIGN_PK_LEN);
    memcpy(out + 80, claim->new_key.b, OKR_SIGN_PK_LEN);
}

void okr_layout_op_header_read(const uint8_t header[OKR_OP_HEADER_LEN],
                               struct okr_op_header *ret_header)
{
    OKR_ASSERT(header != NULL && ret_header != NULL);
    memcpy(ret_header->org.b, header + 16, OKR_ID_LEN);
    memcpy(ret_header->person.b, header + 32, OKR_ID_LEN);
    memcpy(ret_header->op.b, header + 48, OKR_ID_LEN);
    ret_header->time = (okr_us)okr_be_get64(header + 64);
    ret_header->verb = okr_be_get16(header + 72);
    ret_header->schema = okr_be_get16(header + 74);
    ret_header->payload_len = okr_be_get32(header + 76);
    memcpy(ret_header->commit.b, header + 80, OKR_SHA256_LEN);
}

struct okr_hash okr_layout_meta(const uint8_t salt[32], struct okr_slice peer,
                                struct okr_slice user, struct okr_slice client)
{
    OKR_ASSERT(peer.len <= BLOCK_MAX && user.len <= BLOCK_MAX);
    OKR_ASSERT(client.len <= BLOCK_MAX);
    uint8_t lens[3][2];
    okr_be_put16(lens[0], (uint16_t)peer.len);
    okr_be_put16(lens[1], (uint16_t)user.len);
    okr_be_put16(lens[2], (uint16_t)client.len);
    const struct okr_slice parts[] = {
        OKR_SLICE_LIT("\0okr/meta/v1\0"), {salt, 32},
        {lens[0], sizeof lens[0]},        peer,
        {lens[1], sizeof lens[1]},        user,
        {lens[2], sizeof lens[2]},        client,
    };
    return okr_sha256_parts(parts, sizeof parts / sizeof parts[0]);
}
