/* One row per scope: where it is, what it holds, how far this side got. */
#ifndef OKR_STORE_SCOPES_H
#define OKR_STORE_SCOPES_H

#include "common/base/arena.h"
#include "common/crypto/hash.h"
#include "common/model/schema.h"
#include "common/store/kv.h"

#define OKR_ROOT_COMPANY 1 /* root number of the root unit */
#define OKR_SCOPE(root_no, depth) ((okr_scope)((root_no)*4 + (depth)))
#define OKR_SCOPE_COMPANY OKR_SCOPE(OKR_ROOT_COMPANY, OKR_DEPTH_SUMMARY)
#define OKR_SCOPE_DEPTH(scope) ((enum okr_depth)((scope) % 4))
#define OKR_SCOPE_ROOT(scope) ((scope) / 4)

struct okr_scope_row {
    okr_lsn head;             /* last operation that wrote it (as known) */
    struct okr_digest digest; /* of its live entities here */
    uint64_t count;           /* live entities here */
    okr_lsn met;              /* largest lsn that touched it here */
    /* a site only: */
    okr_lsn cursor;     /* everything up to it is here */
    okr_lsn token_elsn; /* paging: go on behind (elsn, id); 0: not paging */
    struct okr_id token_id;
    okr_lsn upto; /* head when the first page was made */
    bool followed;
    uint8_t repairs; /* in a row, without a digest that agreed */
};

/* An unknown scope reads as all zero. */
OKR_MUST_USE enum okr_err okr_scope_get(struct okr_kv_txn *txn, okr_scope scope,
                                        struct okr_scope_row *ret_row);
OKR_MUST_USE enum okr_err okr_scope_put(struct okr_kv_txn *txn, okr_scope scope,
                                        const struct okr_scope_row *row);
/* All scopes there are, ascending; in `arena`. */
OKR_MUST_USE enum okr_err okr_scope_all(struct okr_kv_txn *txn,
                                        struct okr_arena *arena,
                                        okr_scope **ret_scopes, size_t *ret_n);

/* The changed-since index: one row an entity, ascending by (elsn, id), and a
 * row for each that left. */
struct okr_changed {
    okr_lsn elsn;
    struct okr_id id;
    bool gone;
};
/* Up to `max` rows of the scope behind (after_elsn, after_id), here and below
 * with `after_id` NULL: behind all rows of `after_elsn`. */
OKR_MUST_USE enum okr_err okr_changed_after(struct okr_kv_txn *txn,
                                            okr_scope scope, okr_lsn after_elsn,
                                            const struct okr_id *after_id,
                                            size_t max, struct okr_arena *arena,
                                            struct okr_changed **ret_rows,
                                            size_t *ret_n);
/* Is there a row behind (elsn, id)? */
OKR_MUST_USE enum okr_err okr_changed_any(struct okr_kv_txn *txn,
                                          okr_scope scope, okr_lsn after_elsn,
                                          const struct okr_id *after_id,
                                          bool *ret_any);

#endif
