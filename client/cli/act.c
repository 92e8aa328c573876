/* Making and signing an operation. */
#include "client/cli/act.h"

#include <string.h>

#include "common/codec/codec.h"
#include "common/crypto/keyfile.h"
#include "common/msg/layout_op.h"

enum okr_err okr_act_sign(const struct okr_act *act,
                          const struct okr_payload *payload,
                          struct okr_arena *arena, struct okr_op *ret_op)
{
    struct okr_buf bytes;
    uint8_t random[10], header[OKR_OP_HEADER_LEN];
    okr_buf_init(&bytes, arena);
    okr_payload_encode(payload, &bytes);
    OKR_TRY(bytes.err);
    okr_random(random, sizeof random);
    struct okr_op op = {
        .id = okr_id_make(act->now, random),
        .person = act->person,
        .time = act->now,
        .verb = payload->verb,
        .schema = OKR_SCHEMA_VERSION,
        .payload = okr_buf_slice(&bytes),
        .is_signed = true,
    };
    okr_random(op.salt, sizeof op.salt);
    okr_layout_op(&op, &act->org, header);
    struct okr_sig sig = okr_sign(act->sk, okr_slice_of(header, sizeof header));
    memcpy(op.sig, sig.b, sizeof op.sig);
    *ret_op = op;
    return OKR_OK;
}

enum okr_err okr_act_read(struct okr_slice bytes, struct okr_arena *arena,
                          struct okr_payload **ret_payload)
{
    return okr_payload_decode(bytes, arena, ret_payload);
}
