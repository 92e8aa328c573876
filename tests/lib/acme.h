/* A small company whose records are written as they are, without judging: for
 * tests of what reads entities, in any state and with any lsn.
 *
 * Everything that fails here ends the test. */
#ifndef OKR_TESTS_LIB_ACME_H
#define OKR_TESTS_LIB_ACME_H

#include "common/store/kv_fault.h"
#include "common/store/space.h"

#define OKR_ACME_NOW 1776245400000000 /* 2026-04-15T09:30:00Z */

struct okr_acme {
    struct okr_kv *inner, *kv; /* kv counts its calls: okr_kv_fault_calls */
    struct okr_kv_txn *txn;    /* open for writing */
    struct okr_arena *arena;
    struct okr_space space; /* the confirmed copy */
    okr_lsn lsn;            /* of the last write; each has its own */
    unsigned made;          /* ids handed out */
    /* ACME (root, lead Ann) and Sales below it (lead Bob); Cy is of Sales.
     * The cycle Q2 is April to June 2026. */
    struct okr_id policy, acme, sales, ann, bob, cy, q2;
};

void okr_acme_open(struct okr_acme *c);
void okr_acme_close(struct okr_acme *c);

/* A new entity: "field", "value" …, NULL.  References as hex ids, sets as
 * "a,b".  In the company's summary scope and by Ann, unless said. */
__attribute__((sentinel)) struct okr_id okr_acme_add(struct okr_acme *c,
                                                     unsigned kind, ...);
/* Writes fields over; a value of NULL unsets, "+x" and "-x" are for sets.
 * `lsn` 0: the next one.  Pending ones go into the view. */
__attribute__((sentinel)) void
okr_acme_set(struct okr_acme *c, const struct okr_id *id, okr_lsn lsn, ...);
/* The id in hex, in the arena. */
const char *okr_acme_hex(struct okr_acme *c, const struct okr_id *id);
struct okr_record *okr_acme_get(struct okr_acme *c, const struct okr_id *id);

#endif
