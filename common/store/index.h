/* The rows of INDEX and VIEW_INDEX.  Private to common/store.
 *
 * Key: kind u16, field u16, value 16, id 16.  The value of a reference is the
 * reference, of anything else its BLAKE2b-128 (unique titles: folded).  Two
 * rows are of no field: field 0 and a zero value lists a kind; kind 0 and
 * field 1 with a parent's id lists its children, their kind as value.
 *
 * VIEW_INDEX says in front of that value whether a row is added (01) to INDEX
 * or hidden (00) from it; what is the same in both is not there. */
#ifndef OKR_STORE_INDEX_H
#define OKR_STORE_INDEX_H

#include "common/store/key.h"
#include "common/store/space.h"

#define OKR_INDEX_KEY_LEN OKR_TRAIL_ROW
#define OKR_INDEX_VALUE_LEN 16
#define OKR_INDEX_CHILDREN 1 /* "field" of the rows of kind 0 */

struct okr_index_row {
    uint8_t key[OKR_INDEX_KEY_LEN];
    uint8_t kind[2];  /* value of a row of children */
    uint8_t kind_len; /* 0 or 2 */
};

/* All rows that `record` ought to have, in `arena`. */
OKR_MUST_USE enum okr_err okr_index_rows(const struct okr_record *record,
                                         struct okr_arena *arena,
                                         struct okr_index_row **ret_rows,
                                         size_t *ret_n);
/* Replaces the rows of `old` by those of `now` (either may be NULL) in the
 * space; a row that both have is not touched. */
OKR_MUST_USE enum okr_err okr_index_write(const struct okr_space *space,
                                          const struct okr_record *old,
                                          const struct okr_record *now);
/* What stands in the key for a field's value.  OKR_ERR_NOMEM. */
OKR_MUST_USE enum okr_err okr_index_value(const struct okr_field_info *field,
                                          struct okr_slice value,
                                          struct okr_arena *arena,
                                          uint8_t ret[OKR_INDEX_VALUE_LEN]);
/* The key without the id. */
void okr_index_prefix(uint16_t kind, uint16_t field,
                      const uint8_t value[OKR_INDEX_VALUE_LEN],
                      struct okr_key *ret_prefix);

/* A walk over the ids below a prefix, in the space: ascending, each once. */
struct okr_index_walk {
    struct okr_id id; /* valid after next returned true */
    uint16_t kind;    /* of a row of children, else 0 */
    /* private */
    struct okr_kv_iter base, over;
    bool view, has_base, has_over;
    enum okr_err err;
};
void okr_index_walk(const struct okr_space *space, const struct okr_key *prefix,
                    struct okr_index_walk *walk);
/* From this id on (NULL: from the first). */
void okr_index_walk_from(const struct okr_space *space,
                         const struct okr_key *prefix,
                         const struct okr_id *from,
                         struct okr_index_walk *walk);
bool okr_index_walk_next(struct okr_index_walk *walk);
/* The error, if any, is told here. */
OKR_MUST_USE enum okr_err okr_index_walk_close(struct okr_index_walk *walk);

#endif
