/* Verifies a server's store by what its log says: that nothing in it was
 * changed, added or taken away behind the log's back.
 *
 * Beside okr_store_check, which reads rows and what follows from them, this
 * reads what they mean: every leaf against its node and the root of the tree
 * built anew; each push's signature by its site and its place in that site's
 * chain; authors' signatures; payloads against what was signed; and every row
 * of OP, ANSWER, PEER, INVITE, PARKED, METACOMMIT and HISTORY against the
 * leaf that it came with, both ways. */
#ifndef SERVER_AUDIT_VERIFY_H
#define SERVER_AUDIT_VERIFY_H

#include "common/store/check.h"
#include "common/tlog/tree.h"

struct okr_verify {
    struct okr_damage_sink sink;
    /* May be NULL; now and then, and once at the end. */
    void (*progress)(void *context, uint64_t leaves, uint64_t all);
    void *context;
};
struct okr_verified {
    uint64_t leaves;
    struct okr_hash root; /* of the tree built from the leaves */
};

/* Damage is told to the sink, and is no error: the walk goes on. */
OKR_MUST_USE enum okr_err okr_verify(struct okr_kv_txn *txn,
                                     const struct okr_verify *verify,
                                     struct okr_verified *ret_verified);

#endif
