/* Operations: the payload as its author makes it, the operation as it is
 * carried and kept. */
#include "common/codec/codec.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/codec/pb.h"

static Okr__Seen *pack_seen(struct okr_pack *p, const struct okr_seen *seen)
{
    if (seen->form == OKR_SEEN_NOTHING)
        return NULL;
    Okr__Seen *pb = okr_pack_new(p, &okr__seen__descriptor);
    if (seen->form == OKR_SEEN_OP) {
        pb->op = okr_pack_id(&seen->op);
    } else {
        pb->epoch = seen->epoch;
        pb->lsn = seen->lsn;
    }
    return pb;
}

static struct okr_seen unpack_seen(struct okr_unpack *u, const Okr__Seen *pb)
{
    struct okr_seen seen = {.form = OKR_SEEN_NOTHING};
    if (pb == NULL || (pb->op.len == 0 && pb->epoch == 0 && pb->lsn == 0))
        return seen;
    seen.form = OKR_SEEN_LSN;
    if (pb->op.len > 0) {
        seen.form = OKR_SEEN_OP;
        okr_unpack_fixed(u, pb->op, seen.op.b, OKR_ID_LEN);
        okr_unpack_need(u, pb->lsn == 0, OKR_ERR_FORMAT);
        return seen;
    }
    seen.epoch = pb->epoch;
    seen.lsn = okr_unpack_number(u, pb->lsn);
    return seen;
}

static Okr__Change *pack_change(struct okr_pack *p,
                                const struct okr_change *change)
{
    Okr__Change *pb = okr_pack_new(p, &okr__change__descriptor);
    pb->field = okr_pack_field(change->field, change->form);
    pb->data = okr_pack_slice(change->data);
    pb->seen = pack_seen(p, &change->seen);
    return pb;
}

static void unpack_change(struct okr_unpack *u, const Okr__Change *pb,
                          struct okr_change *ret)
{
    okr_unpack_field(u, pb->field, &ret->field, &ret->form);
    ret->data = okr_unpack_slice(pb->data);
    ret->seen = unpack_seen(u, pb->seen);
    okr_unpack_need(u, ret->form != OKR_REG_UNSET || ret->data.len == 0,
                    OKR_ERR_FORMAT);
}

void okr_payload_encode(const struct okr_payload *payload, struct okr_buf *out)
{
    struct okr_pack p;
    OKR_ASSERT(payload != NULL && out != NULL);
    if (!okr_pack_begin(&p, out))
        return;
    Okr__Payload *pb = okr_pack_new(&p, &okr__payload__descriptor);
    pb->verb = payload->verb;
    pb->kind = payload->kind;
    pb->entity = okr_pack_id(&payload->entity);
    OKR_PACK_LIST(&p, pb, changes, payload->changes, payload->n_changes,
                  pack_change);
    pb->reason = okr_pack_slice(payload->reason);
    pb->batch = okr_pack_id_optional(&payload->batch);
    okr_pack_put(&p, pb, out);
    okr_pack_end(&p, out);
}

enum okr_err okr_payload_decode(struct okr_slice s, struct okr_arena *arena,
                                struct okr_payload **ret_payload)
{
    ProtobufCMessage *message = NULL;
    struct okr_unpack u = {.arena = arena};
    if (s.len > OKR_OP_MAX)
        return OKR_ERR_LIMIT;
    OKR_TRY(okr_pb_unpack(&okr__payload__descriptor, s, arena, &message));
    const Okr__Payload *pb = (const Okr__Payload *)message;
    if (pb->n_changes > OKR_CHANGES_MAX)
        return OKR_ERR_LIMIT;
    struct okr_payload *payload = okr_unpack_array(&u, 1, sizeof *payload);
    if (payload == NULL)
        return u.err;
    payload->verb = okr_unpack_u16(&u, pb->verb);
    payload->kind = okr_unpack_u16(&u, pb->kind);
    okr_unpack_fixed(&u, pb->entity, payload->entity.b, OKR_ID_LEN);
    OKR_UNPACK_LIST(&u, payload->changes, payload->n_changes, pb, changes,
                    unpack_change);
    payload->reason = okr_unpack_slice(pb->reason);
    okr_unpack_optional(&u, pb->batch, payload->batch.b, OKR_ID_LEN);
    if (u.err == OKR_OK)
        *ret_payload = payload;
    return u.err;
}

Okr__Operation *okr_pack_op(struct okr_pack *p, const struct okr_op *op)
{
    Okr__Operation *pb = okr_pack_new(p, &okr__operation__descriptor);
    pb->id = okr_pack_id(&op->id);
    pb->person = okr_pack_id(&op->person);
    pb->time_us = op->time;
    pb->verb = op->verb;
    pb->schema = op->schema;
    pb->payload = okr_pack_slice(op->payload);
    pb->salt = okr_pack_fixed(op->salt, sizeof op->salt);
    if (op->is_signed)
        pb->sig = okr_pack_fixed(op->sig, sizeof op->sig);
    return pb;
}

void okr_unpack_op(struct okr_unpack *u, const Okr__Operation *pb,
                   struct okr_op *ret)
{
    okr_unpack_fixed(u, pb->id, ret->id.b, OKR_ID_LEN);
    okr_unpack_fixed(u, pb->person, ret->person.b, OKR_ID_LEN);
    ret->time = okr_unpack_time(u, pb->time_us);
    ret->verb = okr_unpack_u16(u, pb->verb);
    ret->schema = okr_unpack_u16(u, pb->schema);
    ret->payload = okr_unpack_slice(pb->payload);
    okr_unpack_need(u, ret->payload.len <= OKR_OP_MAX, OKR_ERR_LIMIT);
    okr_unpack_fixed(u, pb->salt, ret->salt, sizeof ret->salt);
    ret->is_signed = pb->sig.len > 0;
    okr_unpack_optional(u, pb->sig, ret->sig, sizeof ret->sig);
}

void okr_op_encode(const struct okr_op *op, struct okr_buf *out)
{
    struct okr_pack p;
    OKR_ASSERT(op != NULL && out != NULL);
    if (!okr_pack_begin(&p, out))
        return;
    okr_pack_put(&p, okr_pack_op(&p, op), out);
    okr_pack_end(&p, out);
}

enum okr_err okr_op_decode(struct okr_slice s, struct okr_arena *arena,
                           struct okr_op *ret_op)
{
    ProtobufCMessage *message = NULL;
    struct okr_unpack u = {.arena = arena};
    struct okr_op op = {0};
    if (s.len > OKR_FRAME_MAX)
        return OKR_ERR_LIMIT;
    OKR_TRY(okr_pb_unpack(&okr__operation__descriptor, s, arena, &message));
    okr_unpack_op(&u, (const Okr__Operation *)message, &op);
    if (u.err == OKR_OK)
        *ret_op = op;
    return u.err;
}
