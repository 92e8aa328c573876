/* What the parts of check.h share.  Private to common/store/check*.c. */
#ifndef OKR_STORE_CHECK_IMPL_H
#define OKR_STORE_CHECK_IMPL_H

#include "common/store/check.h"
#include "common/store/index.h"
#include "common/store/scopes.h"

/* What the entities of a scope come to. */
struct okr_check_sum {
    okr_scope scope;
    struct okr_digest digest;
    uint64_t count;
    okr_lsn elsn_max;
};

struct okr_check {
    struct okr_kv_txn *txn;
    const struct okr_damage_sink *sink;
    struct okr_arena *arena; /* of one row: reset before the next */
    struct okr_buf sums;     /* of struct okr_check_sum */
};

void okr_check_tell(const struct okr_check *check, enum okr_table table,
                    struct okr_slice key, const char *what);
/* Calls `row` for each row of a table, with a fresh arena. */
typedef enum okr_err okr_check_row(struct okr_check *check,
                                   struct okr_slice key,
                                   struct okr_slice value);
OKR_MUST_USE enum okr_err okr_check_each(struct okr_check *check,
                                         enum okr_table table,
                                         okr_check_row *row);
/* The entity as `table` has it; NULL where it is missing or damaged, which
 * is told when its own row is looked at. */
OKR_MUST_USE enum okr_err okr_check_entity(struct okr_check *check,
                                           enum okr_table table,
                                           const struct okr_id *id,
                                           struct okr_record **ret_record);
/* The id at the end of a key. */
struct okr_id okr_check_id(struct okr_slice key);

OKR_MUST_USE enum okr_err okr_check_entities(struct okr_check *check);
OKR_MUST_USE enum okr_err okr_check_view(struct okr_check *check);
OKR_MUST_USE enum okr_err okr_check_log(struct okr_check *check);

#endif
