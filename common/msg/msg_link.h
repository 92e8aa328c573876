/* Messages of the link: who speaks, where he stands, what is wrong. */
#ifndef OKR_MSG_MSG_LINK_H
#define OKR_MSG_MSG_LINK_H

#include "common/crypto/hash.h"
#include "common/model/op.h"

struct okr_epoch {
    uint32_t counter;
    uint8_t random[16];
    okr_lsn began;
};
struct okr_cursor {
    okr_scope scope;
    okr_lsn lsn;
};

struct okr_hello {
    uint32_t version_min, version_max, frame_max, schema;
    struct okr_id site;
    uint64_t incarnation;
    struct okr_epoch epoch; /* counter 0: none yet */
    struct okr_cursor *cursors;
    size_t n_cursors;
    struct okr_hash last_push; /* zero: none */
    uint64_t seen_size;
};
struct okr_welcome {
    struct okr_epoch *epochs;
    size_t n_epochs;
    struct okr_cursor *heads;
    size_t n_heads;
    struct okr_slice publish; /* port as text */
    uint64_t last_seq;
    struct okr_hash last_push;
    uint32_t spread_ms, schema, beat_ms;
    okr_us time;
    struct okr_id org;
    okr_lsn base;
    struct okr_slice origin;
};
enum okr_refusal {
    OKR_REFUSAL_UNKNOWN = 1,
    OKR_REFUSAL_REVOKED = 2,
    OKR_REFUSAL_VERSION = 3,
    OKR_REFUSAL_HEALING = 4,
    OKR_REFUSAL_SITE = 5,
    OKR_REFUSAL_TOKEN = 6, /* Enrol: used, expired, altered or unknown */
};
struct okr_refuse {
    uint32_t code; /* enum okr_refusal */
    uint32_t retry_ms;
    struct okr_slice text;
};
struct okr_busy {
    uint32_t retry_ms;
};
enum okr_error_code {
    OKR_ERROR_MALFORMED = 1,
    OKR_ERROR_CHAIN = 2,
    OKR_ERROR_FORK = 3,
    OKR_ERROR_NOT_YOURS = 4,
    OKR_ERROR_LIMIT = 5,
    OKR_ERROR_SPLIT = 6,
    OKR_ERROR_TYPE = 7,
    OKR_ERROR_HELLO = 8, /* say Hello first */
};
struct okr_error_msg {
    uint32_t code; /* enum okr_error_code */
    struct okr_slice text;
    uint64_t last_seq;
};

#endif
