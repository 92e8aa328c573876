/* The bytes that are signed, hashed and logged: fixed big-endian layouts, as
 * docs/protocol.md shows them in hex.  Never protobuf, which is not
 * canonical. */
#ifndef OKR_MSG_LAYOUT_H
#define OKR_MSG_LAYOUT_H

#include "common/base/buf.h"
#include "common/msg/layout_op.h"
#include "common/msg/msg.h"

#define OKR_PUSH_LAYOUT_LEN 172

/* What a site signs over a push, beside the push itself. */
struct okr_push_ground {
    struct okr_id org, site;
    struct okr_hash prev;      /* SHA-256 of the previous push, or zero */
    struct okr_hash seen_root; /* or zero when seen_size is 0 */
};
void okr_layout_push(const struct okr_push *push,
                     const struct okr_push_ground *ground,
                     uint8_t out[OKR_PUSH_LAYOUT_LEN]);
void okr_layout_push_of(const struct okr_push *push,
                        const struct okr_push_ground *ground,
                        const struct okr_op_print *prints,
                        uint8_t out[OKR_PUSH_LAYOUT_LEN]);
/* What `prev` of the next push names: SHA-256 of the 172 bytes. */
struct okr_hash okr_layout_push_hash(const uint8_t layout[OKR_PUSH_LAYOUT_LEN]);

/* The bytes that a joiner signs with its new site key:
 * tag "\0okr/enrol/v1" (16) ‖ token id 8 ‖ SHA-256(secret) 32 ‖ site 16 ‖
 * site key 32 ‖ witness key 32 ‖ link key 32. */
#define OKR_ENROL_LAYOUT_LEN 168
void okr_layout_enrol(const struct okr_enrol *enrol,
                      uint8_t out[OKR_ENROL_LAYOUT_LEN]);

/* A leaf of the log. */
enum okr_leaf_kind {
    OKR_LEAF_OP = 1,
    OKR_LEAF_REFUSED = 2,
    OKR_LEAF_ADMIN = 3, /* genesis, invite */
    OKR_LEAF_KEY = 4,   /* enrol, key added, revoked */
    OKR_LEAF_REDACTION = 5,
    OKR_LEAF_EPOCH_BEGIN = 6,
    OKR_LEAF_EPOCH_AMEND = 7,
    OKR_LEAF_AUDIT = 8,
};
struct okr_leaf {
    uint64_t index;
    okr_us time;           /* server time */
    uint16_t kind, result; /* result: outcome * 256 + rule */
    struct okr_slice body;
    uint8_t meta[32];
};
/* Kind and result of the leaf that says what became of an operation. */
void okr_layout_leaf_verdict(uint16_t verb, const struct okr_verdict *verdict,
                             struct okr_leaf *leaf);
/* tag "\0okr/leaf/v1" (16) ‖ index u64 ‖ time u64 ‖ kind u16 ‖ result u16 ‖
 * body length u32 ‖ body ‖ meta commitment 32 */
void okr_layout_leaf(const struct okr_leaf *leaf, struct okr_buf *out);
/* Borrows `bytes`.  OKR_ERR_CORRUPT. */
OKR_MUST_USE enum okr_err okr_layout_leaf_read(struct okr_slice bytes,
                                               struct okr_leaf *ret_leaf);

/* The body of an op leaf:
 *   header 112 ‖ signature 64 (zero: site-attested) ‖ site 16 ‖
 *   incarnation u64 ‖ seq u64 ‖ first seq of its push u64 ‖ flag u8
 *   (1: push layout 172 ‖ site signature 64 follow, on a push's first op) ‖
 *   effects: count u32 ‖ per register: entity 16 ‖ field u16 ‖ form u8 ‖
 *   replaced lsn u64 ‖ element length u16 ‖ element (sets only) */
struct okr_effect {
    struct okr_id entity;
    uint16_t field;
    uint8_t form;
    okr_lsn replaced; /* 0: it had none */
    struct okr_slice element;
};
struct okr_op_body {
    uint8_t header[OKR_OP_HEADER_LEN];
    uint8_t sig[OKR_SIGN_LEN];
    struct okr_id site;
    uint64_t incarnation, seq, first_seq;
    bool has_push;
    uint8_t push[OKR_PUSH_LAYOUT_LEN];
    uint8_t push_sig[OKR_SIGN_LEN];
    struct okr_slice effects; /* encoded, count first */
};
void okr_layout_effects(const struct okr_effect *effects, size_t n,
                        struct okr_buf *out);
void okr_layout_op_body(const struct okr_op_body *body, struct okr_buf *out);
OKR_MUST_USE enum okr_err okr_layout_op_body_read(struct okr_slice bytes,
                                                  struct okr_op_body *ret_body);
/* The part of it that says who: `header`, `sig`, `site` are set. */
OKR_MUST_USE enum okr_err okr_layout_op_body_who(struct okr_slice bytes,
                                                 struct okr_op_body *ret_body);
/* By its author; else the site vouches for him. */
bool okr_layout_op_is_signed(const struct okr_op_body *body);
/* Walks the effects; false at the end (`*rest` empty) or when malformed
 * (`*rest` not empty).  Skip the count (4 bytes) first. */
bool okr_layout_effect_next(struct okr_slice *rest,
                            struct okr_effect *ret_effect);
/* Fields of a 112-byte header. */
struct okr_op_header {
    struct okr_id org, person, op;
    okr_us time;
    uint16_t verb, schema;
    uint32_t payload_len;
    struct okr_hash commit;
};
void okr_layout_op_header_read(const uint8_t header[OKR_OP_HEADER_LEN],
                               struct okr_op_header *ret_header);

/* meta_commit = SHA-256("\0okr/meta/v1\0" ‖ salt 32 ‖ block(peer address) ‖
 * block(user id) ‖ block(client version)); blocks have a u16 length. */
struct okr_hash okr_layout_meta(const uint8_t salt[32], struct okr_slice peer,
                                struct okr_slice user, struct okr_slice client);

#endif
