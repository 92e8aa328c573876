/* The local socket's question and reply (proto/local.proto). */
#ifndef OKR_CODEC_LOCAL_H
#define OKR_CODEC_LOCAL_H

#include "common/base/buf.h"
#include "common/model/op.h"

struct okr_arg {
    struct okr_slice name, value;
};
struct okr_ask {
    struct okr_slice method;
    struct okr_arg *args;
    size_t n_args;
    struct okr_slice as_mail;  /* empty: the key's person, or the caller's */
    struct okr_op *operation;  /* NULL: none */
    struct okr_op *operations; /* of an act, in order */
    size_t n_operations;
    struct okr_slice blob;
    struct okr_slice language; /* of what is wrong; empty: English */
};
enum okr_reply_code {
    OKR_REPLY_DONE = 0,
    OKR_REPLY_REFUSED = 1,
    OKR_REPLY_USAGE = 2,
};
struct okr_reply {
    uint32_t code;
    struct okr_slice json, error, rule, remedy, payload;
    struct okr_slice *payloads; /* of an act, in order */
    size_t n_payloads;
    bool more;
};

void okr_ask_encode(const struct okr_ask *ask, struct okr_buf *out);
OKR_MUST_USE enum okr_err okr_ask_decode(struct okr_slice s,
                                         struct okr_arena *arena,
                                         struct okr_ask **ret_ask);
void okr_reply_encode(const struct okr_reply *reply, struct okr_buf *out);
OKR_MUST_USE enum okr_err okr_reply_decode(struct okr_slice s,
                                           struct okr_arena *arena,
                                           struct okr_reply **ret_reply);
/* Value of an argument, or none; every value of it in turn: `*at` from 0. */
struct okr_slice okr_ask_arg(const struct okr_ask *ask, const char *name);
bool okr_ask_next(const struct okr_ask *ask, const char *name, size_t *at,
                  struct okr_slice *ret_value);

#endif
