/* The payload that makes a key known: put together by whoever holds the key,
 * never by a daemon. */
#ifndef OKR_COMPOSE_NEWKEY_H
#define OKR_COMPOSE_NEWKEY_H

#include "common/base/arena.h"
#include "common/msg/layout_op.h"

struct okr_new_key {
    struct okr_key_claim claim; /* with `invite`, or with `old_key` */
    struct okr_id key;          /* the new entity */
    struct okr_id replaces;     /* the old one; zero: by an invite's code */
    struct okr_slice label;     /* empty: none */
};

/* KEY_ADD: `code_key` is that of the one-use code (crypto/code.h). */
OKR_MUST_USE enum okr_err okr_new_key_add(const struct okr_new_key *made,
                                          const struct okr_hash *code_key,
                                          struct okr_arena *arena,
                                          struct okr_payload *ret_payload);
/* KEY_ROTATE: `sk` is the new key.  The operation is for the old one to
 * sign. */
OKR_MUST_USE enum okr_err okr_new_key_rotate(const struct okr_new_key *made,
                                             const struct okr_sk *sk,
                                             struct okr_arena *arena,
                                             struct okr_payload *ret_payload);

#endif
