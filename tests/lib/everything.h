/* A server's store in which everything happened that leaves rows: a site, an
 * author's key, operations that were taken, refused, parked and set free, sent
 * again, signed and forged.  Everything that fails here ends the test. */
#ifndef OKR_TESTS_LIB_EVERYTHING_H
#define OKR_TESTS_LIB_EVERYTHING_H

#include "tests/lib/hub.h"

struct okr_everything {
    struct okr_test_hub h;
    struct okr_test_peer peer;
    struct okr_id cycle, key_id;
    struct okr_id parked_for; /* what one operation waits for, in vain */
    struct okr_op signed_op;  /* by the admin's own key */
};

void okr_everything_open(struct okr_everything *e);
void okr_everything_close(struct okr_everything *e);
/* Pushes one operation as the site; what came of it. */
struct okr_answer okr_everything_push(struct okr_everything *e,
                                      struct okr_op *op);

#endif
