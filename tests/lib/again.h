/* For fuzz targets: what was decoded is encoded and decoded again, and must
 * be the same.  Whatever is not ends the program. */
#ifndef OKR_TESTS_LIB_AGAIN_H
#define OKR_TESTS_LIB_AGAIN_H

#include "common/base/slice.h"

/* Each tries one decoder on the bytes; refusing them is fine. */
void okr_again_msg(struct okr_slice frame, bool pub);
void okr_again_payload(struct okr_slice s);
void okr_again_op(struct okr_slice s);
void okr_again_answer(struct okr_slice s);
void okr_again_ask(struct okr_slice s);
void okr_again_reply(struct okr_slice s);
/* The layouts have one form only: what is read is written as it was. */
void okr_again_leaf(struct okr_slice s);
void okr_again_op_body(struct okr_slice s);
void okr_again_effects(struct okr_slice s);

#endif
