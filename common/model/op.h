/* An operation: one act of one person, signed, judged and logged as a whole.
 * The signed layouts are in audit layout.h; the payload's wire form in
 * proto/types.proto. */
#ifndef OKR_MODEL_OP_H
#define OKR_MODEL_OP_H

#include "common/model/record.h"

/* What the author saw of a field when he changed it. */
enum okr_seen_form {
    OKR_SEEN_NOTHING, /* creating, or a set element */
    OKR_SEEN_LSN,     /* the register's lsn, in `epoch` */
    OKR_SEEN_OP,      /* the value of an own pending operation */
};
struct okr_seen {
    enum okr_seen_form form;
    uint32_t epoch; /* the epoch's counter */
    okr_lsn lsn;
    struct okr_id op;
};

struct okr_change {
    uint16_t field;
    uint8_t form; /* enum okr_form */
    struct okr_slice data;
    struct okr_seen seen;
};

struct okr_payload {
    uint16_t verb, kind;
    struct okr_id entity;
    struct okr_change *changes;
    size_t n_changes;
    struct okr_slice reason; /* why, in the author's words */
    struct okr_id batch;     /* zero: none */
};

#define OKR_SALT_LEN 32
#define OKR_OP_SIG_LEN 64

/* As carried, hashed and stored: `payload` are the bytes as received. */
struct okr_op {
    struct okr_id id, person;
    okr_us time; /* the author's clock */
    uint16_t verb, schema;
    struct okr_slice payload;
    uint8_t salt[OKR_SALT_LEN];
    bool is_signed; /* else site-attested */
    uint8_t sig[OKR_OP_SIG_LEN];
};

#endif
