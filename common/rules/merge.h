/* What becomes of one field change when others wrote meanwhile. */
#ifndef OKR_RULES_MERGE_H
#define OKR_RULES_MERGE_H

#include "common/model/op.h"

enum okr_merge_act {
    OKR_ACT_NOTHING, /* the register says this already */
    OKR_ACT_WRITE,   /* nobody wrote meanwhile */
    OKR_ACT_REPLACE, /* merged: a value its author had not seen is replaced */
    OKR_ACT_KEEP_ASIDE, /* conflict: the server's text stays */
    OKR_ACT_STALE,      /* compare and set failed */
};

/* The lsn up to which an older epoch's numbers still mean the same. */
struct okr_epoch_span {
    uint32_t epoch; /* counter */
    okr_lsn began;  /* lsn at which it began */
};

/* Did somebody write the register that the author had not seen?
 * `reg` NULL: never written.  `seen_op_lsn`: where OKR_SEEN_OP's operation
 * was committed (or OKR_LSN_PENDING | sequence), 0 if it is not known.
 * `epochs` ascending, the last is the present one. */
bool okr_merge_concurrent(const struct okr_reg *reg,
                          const struct okr_seen *seen, okr_lsn seen_op_lsn,
                          const struct okr_epoch_span *epochs, size_t n_epochs);

/* What to do with `change` to a field that merges by `merge`. */
enum okr_merge_act okr_merge_act(enum okr_merge merge,
                                 const struct okr_reg *reg,
                                 const struct okr_change *change,
                                 bool concurrent);

#endif
