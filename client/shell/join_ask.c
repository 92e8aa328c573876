/* Asking the server to enrol: one DEALER, one message, one answer. */
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "client/shell/join.h"
#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/net/net.h"

enum {
    WAIT_MS = 20 * 1000,
    AGAIN_MS = 500,     /* before dialling again */
    BUSY_MS_MAX = 5000, /* of a server that asks for patience */
    REFUSALS_MAX = 2,   /* handshakes broken off: then it is not the server */
};

#define CHECK_LINK "check the network and that `okr-server serve` runs there"

struct asking {
    void *zmq;
    const struct okr_token *token;
    const struct okr_site_keys *keys;
    struct okr_arena *arena;
    struct okr_snag *snag;
    struct okr_net_link link;
    okr_ms until;
    unsigned refusals;
    bool reached; /* the handshake was done once */
};

/* ---- the link ------------------------------------------------------------ */

static void dial(struct asking *a)
{
    const struct okr_net_client conf = {
        .type = ZMQ_DEALER,
        .server_key = a->token->server_key,
        .public_key = a->keys->link_public,
        .secret = okr_sk_seed(a->keys->link),
        .frame_max = OKR_FRAME_MAX,
        .high_water = 4,
    };
    okr_net_hang_up(&a->link);
    enum okr_err err =
        okr_net_dial(a->zmq, &conf, a->token->endpoint, &a->link);
    if (err != OKR_OK)
        okr_snag_world(a->snag, err, a->token->endpoint);
}

static void pause_ms(okr_ms ms)
{
    (void)zmq_poll(NULL, 0, (long)ms);
}

static void refuse_key(struct asking *a)
{
    okr_snag_refuse(a->snag, "server_key",
                    "check that the token is for this server, and ask for a "
                    "new one if the server was set up anew",
                    "what listens at %s is not the server that the token names",
                    a->token->endpoint);
}

static void refuse_late(struct asking *a)
{
    if (a->reached)
        okr_snag_refuse(a->snag, "timeout", "try again: it is safe",
                        "the server at %s did not answer in %d s",
                        a->token->endpoint, WAIT_MS / 1000);
    else if (a->refusals > 0)
        refuse_key(a);
    else
        okr_snag_refuse(a->snag, "unreachable", CHECK_LINK,
                        "no server at %s within %d s", a->token->endpoint,
                        WAIT_MS / 1000);
}

/* Waits for either socket until the time is over; false: it is. */
static bool wait_for(struct asking *a)
{
    zmq_pollitem_t items[] = {{.socket = a->link.monitor, .events = ZMQ_POLLIN},
                              {.socket = a->link.socket, .events = ZMQ_POLLIN}};
    okr_ms left = a->until - okr_net_monotonic();
    if (left <= 0 || zmq_poll(items, 2, (long)left) == 0)
        refuse_late(a);
    return !okr_snagged(a->snag);
}

/* ---- the message --------------------------------------------------------- */

static void send_enrol(struct asking *a)
{
    struct okr_msg msg = {.type = OKR_MSG_ENROL, .request = 1};
    struct okr_buf frame;
    okr_join_enrol(a->token, a->keys, &msg.u.enrol);
    okr_buf_init(&frame, a->arena);
    okr_msg_encode(&msg, &frame);
    enum okr_err err = frame.err;
    if (err == OKR_OK)
        err =
            okr_net_send(a->link.socket, OKR_SLICE_NONE, okr_buf_slice(&frame));
    if (err != OKR_OK && err != OKR_ERR_BUSY && err != OKR_ERR_CLOSED)
        okr_snag_world(a->snag, err, a->token->endpoint);
}

static void refuse_answer(struct asking *a, const struct okr_msg *msg)
{
    if (msg->type == OKR_MSG_REFUSE && msg->u.refuse.text.len > 0)
        okr_snag_refuse(
            a->snag, msg->u.refuse.code == OKR_REFUSAL_TOKEN ? "token" : NULL,
            NULL, "the server refuses: %.*s", (int)msg->u.refuse.text.len,
            (const char *)msg->u.refuse.text.data);
    else if (msg->type == OKR_MSG_ERROR && msg->u.error.text.len > 0)
        okr_snag_refuse(a->snag, NULL, NULL, "the server cannot take it: %.*s",
                        (int)msg->u.error.text.len,
                        (const char *)msg->u.error.text.data);
    else
        okr_snag_refuse(a->snag, NULL, "upgrade okr-site or the server",
                        "the server answers with %s", okr_msg_name(msg->type));
}

/* True: it is the answer. */
static bool take_answer(struct asking *a, struct okr_enrolled *ret_enrolled)
{
    struct okr_net_frame frame;
    struct okr_msg *msg;
    if (okr_net_recv(a->link.socket, a->arena, &frame) != OKR_OK)
        return false;
    if (okr_msg_decode(frame.body, a->arena, &msg) != OKR_OK) {
        okr_snag_refuse(a->snag, NULL, "upgrade okr-site or the server",
                        "the server's answer cannot be read");
        return false;
    }
    if (msg->type == OKR_MSG_ENROLLED) {
        *ret_enrolled = msg->u.enrolled;
        return true;
    }
    if (msg->type != OKR_MSG_BUSY) {
        refuse_answer(a, msg);
        return false;
    }
    okr_ms ms = msg->u.busy.retry_ms;
    pause_ms(ms < BUSY_MS_MAX ? ms : BUSY_MS_MAX);
    send_enrol(a);
    return false;
}

/* A link that is lost is dialled again: the same message twice is safe. */
static void take_life(struct asking *a)
{
    enum okr_net_life life = okr_net_life_next(&a->link);
    if (life == OKR_NET_UP) {
        a->reached = true;
        send_enrol(a);
    }
    if (life != OKR_NET_DOWN && life != OKR_NET_REFUSED)
        return;
    a->refusals += life == OKR_NET_REFUSED ? 1 : 0;
    if (a->refusals >= REFUSALS_MAX && !a->reached) {
        refuse_key(a);
        return;
    }
    pause_ms(AGAIN_MS);
    dial(a);
}

bool okr_join_ask(const struct okr_token *token,
                  const struct okr_site_keys *keys, struct okr_arena *arena,
                  struct okr_enrolled *ret_enrolled, struct okr_snag *snag)
{
    struct asking a = {.zmq = okr_net_context(),
                       .token = token,
                       .keys = keys,
                       .arena = arena,
                       .snag = snag,
                       .until = okr_net_monotonic() + WAIT_MS};
    bool answered = false;
    if (a.zmq == NULL) {
        okr_snag_world(snag, OKR_ERR_NOMEM, token->endpoint);
        return false;
    }
    dial(&a);
    while (!answered && !okr_snagged(snag) && wait_for(&a)) {
        answered = take_answer(&a, ret_enrolled);
        if (!answered && !okr_snagged(snag))
            take_life(&a);
    }
    okr_net_hang_up(&a.link);
    zmq_ctx_term(a.zmq);
    return answered;
}
