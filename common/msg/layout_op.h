/* The bytes that a person signs, for whoever knows nothing of messages; the
 * other layouts are in layout.h. */
#ifndef OKR_MSG_LAYOUT_OP_H
#define OKR_MSG_LAYOUT_OP_H

#include "common/crypto/hash.h"
#include "common/crypto/sign.h"
#include "common/model/op.h"

#define OKR_OP_HEADER_LEN 112

/* SHA-256("\0okr/payload/v1\0" ‖ salt ‖ payload) */
struct okr_hash okr_layout_payload_commit(const struct okr_op *op);
/* The 112 bytes that an author signs. */
void okr_layout_op(const struct okr_op *op, const struct okr_id *org,
                   uint8_t out[OKR_OP_HEADER_LEN]);
/* SHA-256("\0okr/ophash/v1\0" ‖ header ‖ signature or 64 zero bytes) */
struct okr_hash okr_layout_op_hash(const struct okr_op *op,
                                   const struct okr_id *org);

struct okr_op_print { /* both at once */
    uint8_t header[OKR_OP_HEADER_LEN];
    struct okr_hash hash;
};
void okr_layout_op_print(const struct okr_op *op, const struct okr_id *org,
                         struct okr_op_print *ret_print);

/* What shows that a new key is a person's: HMAC-SHA-256 under the one-use
 * code (crypto/code.h) over
 * tag "\0okr/keyadd/v1" (16) ‖ org 16 ‖ person 16 ‖ invite 16 ‖ new key 32;
 * where it replaces an old key, a signature by the new one over
 * tag "\0okr/rotate/v1" (16) ‖ org 16 ‖ person 16 ‖ old key 32 ‖ new key 32.
 * The operation itself is signed by the new key, or by the old one. */
#define OKR_KEY_ADD_LAYOUT_LEN 96
#define OKR_KEY_ROTATE_LAYOUT_LEN 112
struct okr_key_claim {
    struct okr_id org, person;
    struct okr_id invite; /* of a first key */
    struct okr_pk old_key, new_key;
};
void okr_layout_key_add(const struct okr_key_claim *claim,
                        uint8_t out[OKR_KEY_ADD_LAYOUT_LEN]);
void okr_layout_key_rotate(const struct okr_key_claim *claim,
                           uint8_t out[OKR_KEY_ROTATE_LAYOUT_LEN]);

#endif
