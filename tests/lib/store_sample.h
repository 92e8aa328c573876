/* A small store with rows in every table that common/store writes, of fixed
 * ids and numbers: docs/store.md shows these very rows. */
#ifndef OKR_TESTS_LIB_STORE_SAMPLE_H
#define OKR_TESTS_LIB_STORE_SAMPLE_H

#include "tests/lib/store.h"

/* Numbers of ids, for okr_test_id. */
enum okr_sample {
    OKR_SAMPLE_ADA = 1,    /* a person */
    OKR_SAMPLE_BERLIN = 2, /* her unit, root 2 */
    OKR_SAMPLE_GOAL = 4,   /* an objective: published at lsn 9, so it moved */
    OKR_SAMPLE_RESULT = 5, /* a key result of it */
    OKR_SAMPLE_LEFT = 6,   /* a task that was dropped: it left at lsn 12 */
    OKR_SAMPLE_OP = 7,     /* an operation with lsn 9 */
    OKR_SAMPLE_MINE = 8,   /* the own operation 3, without an answer */
};

void okr_test_store_fill(struct okr_test_store *store);

#endif
