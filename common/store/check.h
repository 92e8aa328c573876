/* Reads everything and names what does not agree: what the disk altered, and
 * what a bug left behind.  For `check`, and after each step of a simulation. */
#ifndef OKR_STORE_CHECK_H
#define OKR_STORE_CHECK_H

#include "common/store/kv.h"

struct okr_damage {
    enum okr_table table;
    struct okr_slice key; /* of the row; dies with the call */
    const char *what;     /* static: "its checksum does not hold" */
};
struct okr_damage_sink {
    void (*take)(void *context, const struct okr_damage *damage);
    void *context;
};

/* Every table of both stores: each row by its seal, or against the rows that
 * it follows from (docs/store.md says which).  Damage is no error: it is told
 * to the sink, and the check goes on. */
OKR_MUST_USE enum okr_err okr_store_check(struct okr_kv_txn *txn,
                                          const struct okr_damage_sink *sink);

#endif
