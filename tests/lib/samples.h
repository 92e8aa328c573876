/* One message of every type with every field set, each to another value, and
 * lists of several.  Not a sensible conversation: for that see example.h. */
#ifndef OKR_TESTS_LIB_SAMPLES_H
#define OKR_TESTS_LIB_SAMPLES_H

#include "common/codec/local.h"
#include "common/msg/msg.h"

/* In the order of OKR_MSG_TABLE. */
extern const struct okr_msg okr_samples[];
extern const size_t okr_samples_n;
const struct okr_msg *okr_sample(enum okr_msg_type type);

extern const struct okr_payload okr_sample_payload;
extern const struct okr_op okr_sample_op;
extern const struct okr_answer okr_sample_answer;
extern const struct okr_ask okr_sample_ask;
extern const struct okr_reply okr_sample_reply;

#endif
