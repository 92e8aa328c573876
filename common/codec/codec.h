/* Bytes <-> structs; every limit of proto/README.md is enforced here, so
 * what a decoder gives out can be believed in shape (not in meaning).
 * The only user of the generated protobuf code. */
#ifndef OKR_CODEC_CODEC_H
#define OKR_CODEC_CODEC_H

#include "common/base/buf.h"
#include "common/msg/msg.h"

/* A whole frame, header included.  EVENT, HEAD and BEAT get the PUB header
 * (topic first), all others the 8-byte one.  The error is in `out`. */
void okr_msg_encode(const struct okr_msg *msg, struct okr_buf *out);

/* Decodes a ROUTER/DEALER frame.  Borrows `frame`: slices in the result point
 * into it or into `arena`.  OKR_ERR_FORMAT malformed, LIMIT over a bound,
 * VERSION another protocol version, NOTFOUND an unknown type. */
OKR_MUST_USE enum okr_err okr_msg_decode(struct okr_slice frame,
                                         struct okr_arena *arena,
                                         struct okr_msg **ret_msg);
/* The request number in a frame's header, so that also what cannot be decoded
 * is answered under its number; 0 if there is none. */
uint32_t okr_msg_request(struct okr_slice frame);
/* Decodes a PUB frame (EVENT, HEAD, BEAT). */
OKR_MUST_USE enum okr_err okr_msg_decode_pub(struct okr_slice frame,
                                             struct okr_arena *arena,
                                             struct okr_msg **ret_msg);
void okr_topic(enum okr_msg_type type, okr_scope scope,
               uint8_t out[OKR_TOPIC_LEN]);

/* Payload of an operation. */
void okr_payload_encode(const struct okr_payload *payload, struct okr_buf *out);
OKR_MUST_USE enum okr_err okr_payload_decode(struct okr_slice s,
                                             struct okr_arena *arena,
                                             struct okr_payload **ret_payload);
/* One operation, one answer, as stored (outbox, parked, sent, answer). */
void okr_op_encode(const struct okr_op *op, struct okr_buf *out);
OKR_MUST_USE enum okr_err okr_op_decode(struct okr_slice s,
                                        struct okr_arena *arena,
                                        struct okr_op *ret_op);
void okr_answer_encode(const struct okr_answer *answer, struct okr_buf *out);
OKR_MUST_USE enum okr_err okr_answer_decode(struct okr_slice s,
                                            struct okr_arena *arena,
                                            struct okr_answer *ret_answer);
/* For filling pages: what a row adds to a message at most, where `meter` has
 * seen the rows before it (zeroed: none), and what its columns take once. */
struct okr_row_meter {
    struct okr_id seen[1024];
};
#define OKR_ROWS_SIZE 96
size_t okr_row_size(const struct okr_row *row, struct okr_row_meter *meter);
/* Of an operation in a history. */
size_t okr_history_size(const struct okr_history *row);

#endif
