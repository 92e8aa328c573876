/* From frames to events. */
#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/crypto/keyfile.h"
#include "server/core/hub_claims.h"
#include "server/shell/log.h"
#include "server/shell/serve.h"

#define GATHER_MS 2
#define GATHER_BYTES_MAX ((size_t)16 << 20) /* of one turn's messages */

static struct okr_hub_event *add_event(struct okr_serve *serve,
                                       enum okr_hub_event_kind kind)
{
    OKR_ASSERT(serve->n_events < OKR_TURN_OPS_MAX);
    struct okr_hub_event *event = &serve->events[serve->n_events++];
    *event = (struct okr_hub_event){.kind = kind, .now = okr_net_now()};
    okr_random(event->entropy, sizeof event->entropy);
    return event;
}

/* ---- ROUTER -------------------------------------------------------------- */

/* What the frame says, or why it says nothing. */
static void decode(struct okr_serve *serve, const struct okr_net_frame *frame,
                   struct okr_hub_event *event)
{
    struct okr_msg *msg;
    enum okr_err err = OKR_ERR_FORMAT;
    if (frame->parts == 2)
        err = okr_msg_decode(frame->body, serve->in, &msg);
    if (err == OKR_OK)
        event->msg = msg;
    else
        event->bad = err;
    event->request = okr_msg_request(frame->body);
}

/* How many operations it brings; 0: it was dropped. */
static size_t take_frame(struct okr_serve *serve, struct okr_kv_txn *txn,
                         const struct okr_net_frame *frame)
{
    if (!frame->has_user || frame->envelope.len == 0 ||
        frame->envelope.len > OKR_ENVELOPE_MAX) {
        okr_log(OKR_LOG_NOTICE, "%s: a frame that nobody can answer, dropped",
                frame->address);
        return 0;
    }
    struct okr_hub_event *event = add_event(serve, OKR_HUB_MESSAGE);
    memcpy(event->from.b, frame->envelope.data, frame->envelope.len);
    event->from.len = frame->envelope.len;
    memcpy(event->user, frame->user, sizeof event->user);
    event->address = okr_arena_copy(serve->in, okr_slice_str(frame->address));
    enum okr_err err = okr_serve_identify(txn, serve->in, event);
    if (err == OKR_OK && event->address.data == NULL)
        err = OKR_ERR_NOMEM;
    if (err != OKR_OK) {
        okr_log(OKR_LOG_ERROR, "%s: the sender cannot be looked up: %s",
                frame->address, okr_err_text(err));
        okr_serve_busy(serve, event);
        serve->n_events--;
        return 0;
    }
    decode(serve, frame, event);
    bool push = event->msg != NULL && event->msg->type == OKR_MSG_PUSH;
    return push ? event->msg->u.push.n_ops : 1;
}

static bool enough(const struct okr_serve *serve, size_t ops, okr_ms until)
{
    return ops >= OKR_TURN_OPS_MAX || serve->n_events == OKR_TURN_OPS_MAX ||
           okr_arena_used(serve->in) >= GATHER_BYTES_MAX ||
           okr_net_monotonic() >= until;
}

static enum okr_err gather_router(struct okr_serve *serve,
                                  struct okr_kv_txn *txn, okr_ms until)
{
    struct okr_net_frame frame;
    size_t ops = 0;
    do {
        enum okr_err err = okr_net_recv(serve->router, serve->in, &frame);
        if (err == OKR_ERR_NOTFOUND)
            return OKR_OK;
        OKR_TRY(err);
        ops += take_frame(serve, txn, &frame);
    } while (!enough(serve, ops, until));
    return OKR_OK;
}

/* ---- XPUB ---------------------------------------------------------------- */

/* A subscription: 1, then the topic: type 1, scope u32. */
static void take_subscription(struct okr_serve *serve, struct okr_slice frame)
{
    if (frame.len != 1 + OKR_TOPIC_LEN || frame.data[0] != 1 ||
        (frame.data[1] != OKR_MSG_EVENT && frame.data[1] != OKR_MSG_HEAD))
        return;
    struct okr_hub_event *event = add_event(serve, OKR_HUB_SUBSCRIBED);
    event->scope = okr_be_get32(frame.data + 2);
}

static enum okr_err gather_pub(struct okr_serve *serve)
{
    struct okr_net_frame frame;
    while (serve->n_events < OKR_TURN_OPS_MAX) {
        enum okr_err err = okr_net_recv(serve->pub, serve->in, &frame);
        if (err == OKR_ERR_NOTFOUND)
            return OKR_OK;
        OKR_TRY(err);
        take_subscription(serve, frame.body);
    }
    return OKR_OK;
}

/* ---- signatures ---------------------------------------------------------- */

/* The claims of all events, as pointers in `*ret`. */
static enum okr_err claims_of(struct okr_serve *serve, struct okr_kv_txn *txn,
                              struct okr_buf *ret)
{
    okr_buf_init(ret, serve->in);
    for (size_t i = 0; i < serve->n_events; i++) {
        struct okr_hub_claims claims;
        OKR_TRY(okr_hub_claim(serve->server.hub, txn, serve->in,
                              &serve->events[i], &claims));
        for (size_t k = 0; k < claims.n; k++) {
            struct okr_sign_claim *claim = &claims.at[k];
            okr_buf_put(ret, okr_slice_of(&claim, sizeof claim));
        }
    }
    return ret->err;
}

static size_t signatures_of(const struct okr_serve *serve)
{
    size_t n = 0;
    for (size_t i = 0; i < serve->n_events; i++) {
        const struct okr_msg *msg = serve->events[i].msg;
        if (msg == NULL || msg->type != OKR_MSG_PUSH)
            continue;
        n++;
        for (size_t k = 0; k < msg->u.push.n_ops; k++)
            n += msg->u.push.ops[k].is_signed;
    }
    return n;
}

/* What several processors can check while nothing is written yet; what fails
 * here is left to the turn, which checks by itself. */
static void verify(struct okr_serve *serve, struct okr_kv_txn *txn)
{
    struct okr_buf claims;
    if (okr_verifiers_threads(serve->verifiers) == 0 ||
        signatures_of(serve) < 2)
        return;
    if (claims_of(serve, txn, &claims) == OKR_OK)
        okr_verifiers_run(serve->verifiers, (void *)claims.data,
                          claims.len / sizeof(struct okr_sign_claim *));
}

void okr_serve_gather(struct okr_serve *serve)
{
    struct okr_kv_txn *txn;
    serve->n_events = 0;
    enum okr_err err = okr_kv_begin(serve->server.kv, false, &txn);
    if (err == OKR_OK) {
        err = gather_pub(serve);
        if (err == OKR_OK)
            err = gather_router(serve, txn, okr_net_monotonic() + GATHER_MS);
        verify(serve, txn);
        okr_kv_abort(&txn);
    }
    if (err != OKR_OK)
        okr_log(OKR_LOG_ERROR, "receiving: %s", okr_err_text(err));
}
