/* What OUTBOX and SENT rows have in common.  Private to client/store.
 *
 *   state u8 ‖ written u8 ‖ at i64 ‖ block(operation) ‖ block(answer)
 *
 * Operation and answer are encoded as in proto/types.proto; the answer is
 * empty while there is none.  The sequence is not in here: OUTBOX has it in
 * its key, SENT puts it in front. */
#ifndef CLIENT_STORE_OUT_ROW_H
#define CLIENT_STORE_OUT_ROW_H

#include "client/store/outbox.h"

/* Appends; `arena` is for work in between.  The error is in `row`. */
void okr_out_row_write(const struct okr_out *out, struct okr_arena *arena,
                       struct okr_buf *row);
/* Reads what `r` has left; everything read lives in `arena`, `r` may point
 * into the store.  OKR_ERR_CORRUPT. */
OKR_MUST_USE enum okr_err okr_out_row_read(struct okr_reader *r,
                                           struct okr_arena *arena,
                                           struct okr_out *ret_out);

/* A block with an operation or an answer in it, as above. */
void okr_out_row_write_op(const struct okr_op *op, struct okr_arena *arena,
                          struct okr_buf *row);
void okr_out_row_write_answer(const struct okr_answer *answer,
                              struct okr_arena *arena, struct okr_buf *row);
OKR_MUST_USE enum okr_err okr_out_row_read_op(struct okr_reader *r,
                                              struct okr_arena *arena,
                                              struct okr_op *ret_op);
/* Zero where there is none. */
OKR_MUST_USE enum okr_err okr_out_row_read_answer(struct okr_reader *r,
                                                  struct okr_arena *arena,
                                                  struct okr_answer *ret);

#endif
