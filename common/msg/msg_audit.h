/* Messages of trust: enrolment, proofs, cosignatures. */
#ifndef OKR_MSG_MSG_AUDIT_H
#define OKR_MSG_MSG_AUDIT_H

#include "common/crypto/hash.h"
#include "common/crypto/sign.h"
#include "common/model/op.h"

struct okr_enrol {
    uint8_t token_id[8], secret[20];
    struct okr_id site;
    struct okr_pk site_key, witness_key;
    uint8_t link_key[32];
    struct okr_sig sig;
};
struct okr_enrolled {
    struct okr_id org, server_site;
    struct okr_slice name;
    struct okr_pk log_key;
    struct okr_slice checkpoint, leaf;
    uint64_t leaf_index;
    struct okr_hash *proof;
    size_t n_proof;
};
struct okr_proof_ask {
    uint64_t from, to, index;
    bool inclusion;
};
struct okr_proved {
    struct okr_hash *hash;
    size_t n_hash;
    uint64_t from, to, index;
    bool inclusion;
    struct okr_slice checkpoint;
};
struct okr_cosign {
    struct okr_slice line, origin;
    uint64_t size;
};

#endif
