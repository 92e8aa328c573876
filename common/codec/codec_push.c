/* Operations on their way to the server, and their answers. */
#include "common/codec/pb.h"

#include "common/base/assert.h"
#include "common/base/limits.h"

void *okr_pack_push(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_push *from = &msg->u.push;
    Okr__Push *pb = okr_pack_new(p, &okr__push__descriptor);
    OKR_ASSERT(from->n_ops <= OKR_PUSH_OPS_MAX);
    pb->incarnation = from->incarnation;
    pb->first_seq = from->first_seq;
    OKR_PACK_LIST(p, pb, operations, from->ops, from->n_ops, okr_pack_op);
    pb->prev8 = okr_pack_optional(from->prev8, sizeof from->prev8);
    pb->seen_size = from->seen_size;
    pb->seen_root8 =
        okr_pack_optional(from->seen_root8, sizeof from->seen_root8);
    pb->sig = okr_pack_fixed(from->sig.b, sizeof from->sig.b);
    return pb;
}

void okr_unpack_push(struct okr_unpack *u, const void *message,
                     struct okr_msg *msg)
{
    const Okr__Push *pb = message;
    struct okr_push *ret = &msg->u.push;
    okr_unpack_need(u, pb->n_operations <= OKR_PUSH_OPS_MAX, OKR_ERR_LIMIT);
    ret->incarnation = pb->incarnation;
    ret->first_seq = okr_unpack_number(u, pb->first_seq);
    OKR_UNPACK_LIST(u, ret->ops, ret->n_ops, pb, operations, okr_unpack_op);
    okr_unpack_optional(u, pb->prev8, ret->prev8, sizeof ret->prev8);
    ret->seen_size = okr_unpack_number(u, pb->seen_size);
    okr_unpack_optional(u, pb->seen_root8, ret->seen_root8,
                        sizeof ret->seen_root8);
    okr_unpack_fixed(u, pb->sig, ret->sig.b, sizeof ret->sig.b);
}

void *okr_pack_pushed(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_pushed *from = &msg->u.pushed;
    Okr__Pushed *pb = okr_pack_new(p, &okr__pushed__descriptor);
    OKR_ASSERT(from->n_answers <= OKR_PUSH_OPS_MAX);
    pb->incarnation = from->incarnation;
    pb->first_seq = from->first_seq;
    OKR_PACK_LIST(p, pb, answers, from->answers, from->n_answers,
                  okr_pack_answer);
    return pb;
}

void okr_unpack_pushed(struct okr_unpack *u, const void *message,
                       struct okr_msg *msg)
{
    const Okr__Pushed *pb = message;
    struct okr_pushed *ret = &msg->u.pushed;
    okr_unpack_need(u, pb->n_answers <= OKR_PUSH_OPS_MAX, OKR_ERR_LIMIT);
    ret->incarnation = pb->incarnation;
    ret->first_seq = okr_unpack_number(u, pb->first_seq);
    OKR_UNPACK_LIST(u, ret->answers, ret->n_answers, pb, answers,
                    okr_unpack_answer);
}
