/* What may be believed of anything that a decoder gave out. */
#ifndef OKR_TESTS_LIB_BELIEVED_H
#define OKR_TESTS_LIB_BELIEVED_H

#include "common/codec/local.h"
#include "common/msg/msg.h"

/* NULL, or what is beyond its limit. */
const char *okr_msg_unbelievable(const struct okr_msg *msg);
const char *okr_payload_unbelievable(const struct okr_payload *payload);
const char *okr_ask_unbelievable(const struct okr_ask *ask);
const char *okr_reply_unbelievable(const struct okr_reply *reply);

#endif
