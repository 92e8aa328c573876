/* Messages upwards: operations, and what became of them. */
#ifndef OKR_MSG_MSG_PUSH_H
#define OKR_MSG_MSG_PUSH_H

#include "common/base/verdict.h"
#include "common/crypto/sign.h"
#include "common/model/op.h"

struct okr_push {
    uint64_t incarnation, first_seq;
    struct okr_op *ops;
    size_t n_ops;
    uint8_t prev8[8], seen_root8[8];
    uint64_t seen_size;
    struct okr_sig sig;
};
struct okr_answer {
    struct okr_verdict verdict; /* about: also the conflict's id */
    struct okr_id op;
    okr_lsn lsn;
    okr_scope *scopes;
    size_t n_scopes;
    okr_us time;
    struct okr_slice effects;
    uint8_t meta[32];
    struct okr_slice current;
};
struct okr_pushed {
    uint64_t incarnation, first_seq;
    struct okr_answer *answers;
    size_t n_answers;
};

#endif
