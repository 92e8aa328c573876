/* Comparing a scope bucket by bucket, and replacing what differs. */
#ifndef OKR_REPLICA_REPAIR_H
#define OKR_REPLICA_REPAIR_H

#include "common/replica/record.h"

/* What is in a scope, in the order of a repair, and what that adds up to. */
struct okr_repair_list {
    struct okr_place *at; /* ascending by (bucket, id) */
    size_t n;
    struct okr_digest buckets[OKR_BUCKETS];
};
int okr_place_cmp(const struct okr_place *a, const struct okr_place *b);
/* Reads the hash of every entity of the scope. */
OKR_MUST_USE enum okr_err okr_repair_list(const struct okr_space *space,
                                          okr_scope scope,
                                          struct okr_repair_list *ret_list);
/* A site: the scope's row says what its entities add up to, whatever it said
 * before. */
OKR_MUST_USE enum okr_err okr_repair_sum(const struct okr_space *space,
                                         okr_scope scope,
                                         const struct okr_repair_list *list);
/* A site: like okr_record_row, for a row of the scope as of lsn `as_of`: what
 * is here goes but for registers that are younger. */
OKR_MUST_USE enum okr_err okr_repair_row(const struct okr_space *space,
                                         okr_scope scope, okr_lsn as_of,
                                         const struct okr_row *row,
                                         struct okr_joined *ret_joined);
/* A site: what it has of the scope between two places in buckets that differ,
 * that the server did not list there, and that is not younger than `as_of`.
 * Ascending, in the space's arena. */
struct okr_repair_range {
    okr_scope scope;
    okr_lsn as_of;
    struct okr_place after, to; /* behind `after`, up to and with `to` */
    const uint32_t *buckets;
    size_t n_buckets;
    const struct okr_row *rows; /* that the server listed */
    size_t n_rows;
};
OKR_MUST_USE enum okr_err
okr_repair_left_over(const struct okr_space *space,
                     const struct okr_repair_range *range,
                     struct okr_ids *ret_ids);

#endif
