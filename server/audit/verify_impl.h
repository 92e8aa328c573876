/* What the parts of verify.h share.  Private to server/audit/verify*.c. */
#ifndef SERVER_AUDIT_VERIFY_IMPL_H
#define SERVER_AUDIT_VERIFY_IMPL_H

#include "common/msg/layout.h"
#include "common/store/space.h"
#include "server/audit/verify.h"

/* Where the pushes of (site, incarnation) stand, as the log tells. */
struct okr_chain {
    struct okr_id site;
    uint64_t incarnation;
    uint64_t first, end; /* sequences of the last push, both in it */
    struct okr_hash last_push;
};

struct okr_verifying {
    struct okr_kv_txn *txn;
    const struct okr_verify *verify;
    struct okr_arena *arena; /* of one row: reset before the next */
    struct okr_id org;
    okr_lsn base;
    uint64_t size;         /* leaves */
    okr_us time;           /* of the leaf before */
    struct okr_buf peaks;  /* of struct okr_hash: complete subtrees */
    struct okr_buf chains; /* of struct okr_chain */
};

/* The leaf being looked at. */
struct okr_leaf_look {
    struct okr_leaf leaf;
    okr_lsn lsn;
    struct okr_op_body body;
    struct okr_op_header header;
    struct okr_hash op_hash;
    enum okr_outcome outcome; /* of `leaf.result` */
    enum okr_rule rule;
};

void okr_verify_tell(const struct okr_verifying *v, enum okr_table table,
                     struct okr_slice key, const char *what);
void okr_verify_tell_leaf(const struct okr_verifying *v, uint64_t index,
                          const char *what);
/* NOTFOUND and CORRUPT become OK, after `what` was told of the row (NULL:
 * nothing, somebody else tells it); other errors stay. */
struct okr_verify_row {
    enum okr_table table;
    struct okr_slice key;
};
OKR_MUST_USE enum okr_err okr_verify_got(const struct okr_verifying *v,
                                         enum okr_err err,
                                         const struct okr_verify_row *row,
                                         const char *what);
/* The operation's leaf at `lsn`; false where there is none.  In the arena. */
OKR_MUST_USE enum okr_err okr_verify_look(const struct okr_verifying *v,
                                          okr_lsn lsn, bool *ret_is_op,
                                          struct okr_leaf_look *ret_look);
bool okr_verify_is_op(uint16_t leaf_kind);
/* A record that must be of the kind; NULL if it is not there. */
OKR_MUST_USE enum okr_err okr_verify_record(const struct okr_verifying *v,
                                            const struct okr_id *id,
                                            uint16_t kind,
                                            struct okr_record **ret_record);

/* ---- the parts ----------------------------------------------------------- */

/* verify_op.c: an operation's leaf and the rows that came with it. */
OKR_MUST_USE enum okr_err okr_verify_op(struct okr_verifying *v,
                                        const struct okr_leaf_look *look);
/* verify_author.c: could its author say so? */
OKR_MUST_USE enum okr_err okr_verify_author(const struct okr_verifying *v,
                                            const struct okr_leaf_look *look);
/* verify_push.c: by which push it came. */
OKR_MUST_USE enum okr_err okr_verify_push(struct okr_verifying *v,
                                          const struct okr_leaf_look *look);
struct okr_chain *okr_verify_chain(const struct okr_verifying *v,
                                   const struct okr_id *site,
                                   uint64_t incarnation);
/* Has every sequence of the span an answer?  The first that has none is
 * told. */
OKR_MUST_USE enum okr_err okr_verify_answered(const struct okr_verifying *v,
                                              struct okr_chain span,
                                              bool *ret_all);
/* verify_rows.c: back from the rows to the log. */
OKR_MUST_USE enum okr_err okr_verify_rows(struct okr_verifying *v);

#endif
