/* Messages as text, every field of them, so that equal texts are equal
 * messages and a difference can be read. */
#ifndef OKR_TESTS_LIB_SHOW_H
#define OKR_TESTS_LIB_SHOW_H

#include "common/codec/local.h"
#include "common/msg/msg.h"

void okr_show_msg(const struct okr_msg *msg, struct okr_buf *out);
void okr_show_payload(const struct okr_payload *payload, struct okr_buf *out);
void okr_show_op(const struct okr_op *op, struct okr_buf *out);
void okr_show_answer(const struct okr_answer *answer, struct okr_buf *out);
void okr_show_ask(const struct okr_ask *ask, struct okr_buf *out);
void okr_show_reply(const struct okr_reply *reply, struct okr_buf *out);

#endif
