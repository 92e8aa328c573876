/* A new site, and what a witness asks and answers. */
#include "common/codec/pb.h"

#include "common/base/assert.h"
#include "common/base/limits.h"

static okr_pb_bytes *pack_proof(struct okr_pack *p,
                                const struct okr_hash *hashes, size_t n)
{
    OKR_ASSERT(n <= OKR_PROOF_MAX);
    okr_pb_bytes *all = okr_pack_array(p, n, sizeof *all);
    for (size_t i = 0; all != NULL && i < n; i++)
        all[i] = okr_pack_fixed(hashes[i].b, sizeof hashes[i].b);
    return all;
}

static void unpack_hash(struct okr_unpack *u, okr_pb_bytes pb,
                        struct okr_hash *ret)
{
    okr_unpack_fixed(u, pb, ret->b, sizeof ret->b);
}

void *okr_pack_enrol(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_enrol *from = &msg->u.enrol;
    Okr__Enrol *pb = okr_pack_new(p, &okr__enrol__descriptor);
    pb->token_id = okr_pack_fixed(from->token_id, sizeof from->token_id);
    pb->secret = okr_pack_fixed(from->secret, sizeof from->secret);
    pb->site = okr_pack_id(&from->site);
    pb->site_key = okr_pack_fixed(from->site_key.b, sizeof from->site_key.b);
    pb->witness_key =
        okr_pack_fixed(from->witness_key.b, sizeof from->witness_key.b);
    pb->link_key = okr_pack_fixed(from->link_key, sizeof from->link_key);
    pb->sig = okr_pack_fixed(from->sig.b, sizeof from->sig.b);
    return pb;
}

void okr_unpack_enrol(struct okr_unpack *u, const void *message,
                      struct okr_msg *msg)
{
    const Okr__Enrol *pb = message;
    struct okr_enrol *ret = &msg->u.enrol;
    okr_unpack_fixed(u, pb->token_id, ret->token_id, sizeof ret->token_id);
    okr_unpack_fixed(u, pb->secret, ret->secret, sizeof ret->secret);
    okr_unpack_fixed(u, pb->site, ret->site.b, OKR_ID_LEN);
    okr_unpack_fixed(u, pb->site_key, ret->site_key.b, sizeof ret->site_key.b);
    okr_unpack_fixed(u, pb->witness_key, ret->witness_key.b,
                     sizeof ret->witness_key.b);
    okr_unpack_fixed(u, pb->link_key, ret->link_key, sizeof ret->link_key);
    okr_unpack_fixed(u, pb->sig, ret->sig.b, sizeof ret->sig.b);
}

void *okr_pack_enrolled(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_enrolled *from = &msg->u.enrolled;
    Okr__Enrolled *pb = okr_pack_new(p, &okr__enrolled__descriptor);
    pb->org = okr_pack_id(&from->org);
    pb->server_site = okr_pack_id(&from->server_site);
    pb->name = okr_pack_slice(from->name);
    pb->log_key = okr_pack_fixed(from->log_key.b, sizeof from->log_key.b);
    pb->checkpoint = okr_pack_slice(from->checkpoint);
    pb->leaf = okr_pack_slice(from->leaf);
    pb->leaf_index = from->leaf_index;
    pb->proof = pack_proof(p, from->proof, from->n_proof);
    pb->n_proof = pb->proof != NULL ? from->n_proof : 0;
    return pb;
}

void okr_unpack_enrolled(struct okr_unpack *u, const void *message,
                         struct okr_msg *msg)
{
    const Okr__Enrolled *pb = message;
    struct okr_enrolled *ret = &msg->u.enrolled;
    okr_unpack_need(u, pb->n_proof <= OKR_PROOF_MAX, OKR_ERR_LIMIT);
    okr_unpack_fixed(u, pb->org, ret->org.b, OKR_ID_LEN);
    okr_unpack_fixed(u, pb->server_site, ret->server_site.b, OKR_ID_LEN);
    ret->name = okr_unpack_text(u, pb->name);
    okr_unpack_fixed(u, pb->log_key, ret->log_key.b, sizeof ret->log_key.b);
    ret->checkpoint = okr_unpack_slice(pb->checkpoint);
    ret->leaf = okr_unpack_slice(pb->leaf);
    ret->leaf_index = okr_unpack_number(u, pb->leaf_index);
    OKR_UNPACK_LIST(u, ret->proof, ret->n_proof, pb, proof, unpack_hash);
}

void *okr_pack_proof(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_proof_ask *from = &msg->u.proof;
    Okr__Proof *pb = okr_pack_new(p, &okr__proof__descriptor);
    pb->from = from->from;
    pb->to = from->to;
    pb->index = from->index;
    pb->inclusion = from->inclusion;
    return pb;
}

void okr_unpack_proof(struct okr_unpack *u, const void *message,
                      struct okr_msg *msg)
{
    const Okr__Proof *pb = message;
    struct okr_proof_ask *ret = &msg->u.proof;
    ret->from = okr_unpack_number(u, pb->from);
    ret->to = okr_unpack_number(u, pb->to);
    ret->index = okr_unpack_number(u, pb->index);
    ret->inclusion = pb->inclusion;
}

void *okr_pack_proved(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_proved *from = &msg->u.proved;
    Okr__Proved *pb = okr_pack_new(p, &okr__proved__descriptor);
    pb->hash = pack_proof(p, from->hash, from->n_hash);
    pb->n_hash = pb->hash != NULL ? from->n_hash : 0;
    pb->from = from->from;
    pb->to = from->to;
    pb->index = from->index;
    pb->inclusion = from->inclusion;
    pb->checkpoint = okr_pack_slice(from->checkpoint);
    return pb;
}

void okr_unpack_proved(struct okr_unpack *u, const void *message,
                       struct okr_msg *msg)
{
    const Okr__Proved *pb = message;
    struct okr_proved *ret = &msg->u.proved;
    okr_unpack_need(u, pb->n_hash <= OKR_PROOF_MAX, OKR_ERR_LIMIT);
    OKR_UNPACK_LIST(u, ret->hash, ret->n_hash, pb, hash, unpack_hash);
    ret->from = okr_unpack_number(u, pb->from);
    ret->to = okr_unpack_number(u, pb->to);
    ret->index = okr_unpack_number(u, pb->index);
    ret->inclusion = pb->inclusion;
    ret->checkpoint = okr_unpack_slice(pb->checkpoint);
}

void *okr_pack_cosign(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_cosign *from = &msg->u.cosign;
    Okr__Cosign *pb = okr_pack_new(p, &okr__cosign__descriptor);
    pb->line = okr_pack_slice(from->line);
    pb->origin = okr_pack_slice(from->origin);
    pb->size = from->size;
    return pb;
}

void okr_unpack_cosign(struct okr_unpack *u, const void *message,
                       struct okr_msg *msg)
{
    const Okr__Cosign *pb = message;
    struct okr_cosign *ret = &msg->u.cosign;
    ret->line = okr_unpack_text(u, pb->line);
    ret->origin = okr_unpack_text(u, pb->origin);
    ret->size = okr_unpack_number(u, pb->size);
}
