/* The local socket: a question, and its replies. */
#include "common/codec/local.h"

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/codec/pb.h"
#include "proto/local.pb-c.h"

static Okr__Field *pack_arg(struct okr_pack *p, const struct okr_arg *arg)
{
    Okr__Field *pb = okr_pack_new(p, &okr__field__descriptor);
    pb->name = okr_pack_slice(arg->name);
    pb->value = okr_pack_slice(arg->value);
    return pb;
}

/* Values are judged, and refused in words, by whoever uses them. */
static void unpack_arg(struct okr_unpack *u, const Okr__Field *pb,
                       struct okr_arg *ret)
{
    ret->name = okr_unpack_text(u, pb->name);
    ret->value = okr_unpack_slice(pb->value);
}

void okr_ask_encode(const struct okr_ask *ask, struct okr_buf *out)
{
    struct okr_pack p;
    OKR_ASSERT(ask != NULL && out != NULL);
    if (!okr_pack_begin(&p, out))
        return;
    Okr__Ask *pb = okr_pack_new(&p, &okr__ask__descriptor);
    pb->method = okr_pack_slice(ask->method);
    OKR_PACK_LIST(&p, pb, args, ask->args, ask->n_args, pack_arg);
    pb->as_mail = okr_pack_slice(ask->as_mail);
    if (ask->operation != NULL)
        pb->operation = okr_pack_op(&p, ask->operation);
    OKR_PACK_LIST(&p, pb, operations, ask->operations, ask->n_operations,
                  okr_pack_op);
    pb->blob = okr_pack_slice(ask->blob);
    pb->language = okr_pack_slice(ask->language);
    okr_pack_put(&p, pb, out);
    okr_pack_end(&p, out);
}

static void unpack_operation(struct okr_unpack *u, const Okr__Operation *pb,
                             struct okr_ask *ret)
{
    if (pb == NULL)
        return;
    ret->operation = okr_unpack_array(u, 1, sizeof *ret->operation);
    if (ret->operation != NULL)
        okr_unpack_op(u, pb, ret->operation);
}

enum okr_err okr_ask_decode(struct okr_slice s, struct okr_arena *arena,
                            struct okr_ask **ret_ask)
{
    ProtobufCMessage *message = NULL;
    struct okr_unpack u = {.arena = arena};
    OKR_ASSERT(arena != NULL && ret_ask != NULL);
    OKR_TRY(okr_pb_unpack(&okr__ask__descriptor, s, arena, &message));
    const Okr__Ask *pb = (const Okr__Ask *)message;
    if (pb->n_args > OKR_ARGS_MAX)
        return OKR_ERR_LIMIT;
    struct okr_ask *ask = okr_unpack_array(&u, 1, sizeof *ask);
    if (ask == NULL)
        return u.err;
    ask->method = okr_unpack_text(&u, pb->method);
    OKR_UNPACK_LIST(&u, ask->args, ask->n_args, pb, args, unpack_arg);
    ask->as_mail = okr_unpack_text(&u, pb->as_mail);
    unpack_operation(&u, pb->operation, ask);
    OKR_UNPACK_LIST(&u, ask->operations, ask->n_operations, pb, operations,
                    okr_unpack_op);
    ask->blob = okr_unpack_slice(pb->blob);
    ask->language = okr_unpack_text(&u, pb->language);
    if (u.err == OKR_OK)
        *ret_ask = ask;
    return u.err;
}

static void pack_payloads(struct okr_pack *p, const struct okr_reply *reply,
                          Okr__Reply *pb)
{
    size_t n = reply->n_payloads;
    pb->payloads = okr_pack_array(p, n, sizeof *pb->payloads);
    pb->n_payloads = pb->payloads != NULL ? n : 0;
    for (size_t i = 0; i < pb->n_payloads; i++)
        pb->payloads[i] = okr_pack_slice(reply->payloads[i]);
}

static void unpack_payloads(struct okr_unpack *u, const Okr__Reply *pb,
                            struct okr_reply *ret)
{
    size_t n = pb->n_payloads;
    ret->payloads = okr_unpack_array(u, n, sizeof *ret->payloads);
    ret->n_payloads = ret->payloads != NULL ? n : 0;
    for (size_t i = 0; i < ret->n_payloads; i++)
        ret->payloads[i] = okr_unpack_slice(pb->payloads[i]);
}

void okr_reply_encode(const struct okr_reply *reply, struct okr_buf *out)
{
    struct okr_pack p;
    OKR_ASSERT(reply != NULL && out != NULL);
    if (!okr_pack_begin(&p, out))
        return;
    Okr__Reply *pb = okr_pack_new(&p, &okr__reply__descriptor);
    pb->code = reply->code;
    pb->json = okr_pack_slice(reply->json);
    pb->error = okr_pack_slice(reply->error);
    pb->rule = okr_pack_slice(reply->rule);
    pb->remedy = okr_pack_slice(reply->remedy);
    pb->more = reply->more;
    pb->payload = okr_pack_slice(reply->payload);
    pack_payloads(&p, reply, pb);
    okr_pack_put(&p, pb, out);
    okr_pack_end(&p, out);
}

enum okr_err okr_reply_decode(struct okr_slice s, struct okr_arena *arena,
                              struct okr_reply **ret_reply)
{
    ProtobufCMessage *message = NULL;
    struct okr_unpack u = {.arena = arena};
    OKR_ASSERT(arena != NULL && ret_reply != NULL);
    OKR_TRY(okr_pb_unpack(&okr__reply__descriptor, s, arena, &message));
    const Okr__Reply *pb = (const Okr__Reply *)message;
    struct okr_reply *reply = okr_unpack_array(&u, 1, sizeof *reply);
    if (reply == NULL)
        return u.err;
    reply->code = pb->code;
    reply->json = okr_unpack_text(&u, pb->json);
    reply->error = okr_unpack_text(&u, pb->error);
    reply->rule = okr_unpack_text(&u, pb->rule);
    reply->remedy = okr_unpack_text(&u, pb->remedy);
    reply->more = pb->more;
    reply->payload = okr_unpack_slice(pb->payload);
    unpack_payloads(&u, pb, reply);
    if (u.err == OKR_OK)
        *ret_reply = reply;
    return u.err;
}

bool okr_ask_next(const struct okr_ask *ask, const char *name, size_t *at,
                  struct okr_slice *ret_value)
{
    OKR_ASSERT(ask != NULL && name != NULL && at != NULL && ret_value != NULL);
    while (*at < ask->n_args) {
        const struct okr_arg *arg = &ask->args[(*at)++];
        if (okr_slice_is(arg->name, name)) {
            *ret_value = arg->value;
            return true;
        }
    }
    return false;
}

struct okr_slice okr_ask_arg(const struct okr_ask *ask, const char *name)
{
    struct okr_slice value = OKR_SLICE_NONE;
    size_t at = 0;
    (void)okr_ask_next(ask, name, &at, &value);
    return value;
}
