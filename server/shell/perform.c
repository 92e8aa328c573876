/* What a turn wants done, after its commit. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/hex.h"
#include "common/codec/codec.h"
#include "server/shell/log.h"
#include "server/shell/serve.h"

#define BUSY_RETRY_MS 1000
#define REBIND_TRIES 2000 /* of 1 ms */

static void say_lost(const char *what, enum okr_err err)
{
    /* Whoever misses it asks again: that is what his time-outs are for. */
    okr_log(OKR_LOG_DEBUG, "%s was not taken: %s", what, okr_err_text(err));
}

static enum okr_err encode(struct okr_serve *serve, const struct okr_msg *msg)
{
    serve->out.len = 0;
    serve->out.err = OKR_OK;
    okr_msg_encode(msg, &serve->out);
    if (serve->out.err != OKR_OK)
        okr_log(OKR_LOG_ERROR, "%s cannot be encoded: %s",
                okr_msg_name(msg->type), okr_err_text(serve->out.err));
    return serve->out.err;
}

static void send_msg(struct okr_serve *serve, const struct okr_envelope *to,
                     const struct okr_msg *msg)
{
    if (encode(serve, msg) != OKR_OK)
        return;
    enum okr_err err = okr_net_send(serve->router, okr_slice_of(to->b, to->len),
                                    okr_buf_slice(&serve->out));
    if (err != OKR_OK)
        say_lost(okr_msg_name(msg->type), err);
}

static void publish(struct okr_serve *serve, const struct okr_msg *msg)
{
    if (encode(serve, msg) != OKR_OK)
        return;
    enum okr_err err =
        okr_net_send(serve->pub, OKR_SLICE_NONE, okr_buf_slice(&serve->out));
    if (err != OKR_OK)
        say_lost(okr_msg_name(msg->type), err);
}

/* The port is free again a moment after the old socket was closed. */
static enum okr_err bind_again(struct okr_serve *serve)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    char bound[128];
    enum okr_err err = OKR_ERR_BUSY;
    for (int i = 0; i < REBIND_TRIES && err == OKR_ERR_BUSY; i++) {
        err = okr_serve_open_pub(serve, serve->publish, &serve->pub, bound);
        if (err == OKR_ERR_BUSY)
            (void)nanosleep(&moment, NULL);
    }
    return err;
}

/* Closes every subscription, the revoked site's among them; the others come
 * back by themselves, and pull what they missed. */
static void cut_pub(struct okr_serve *serve)
{
    zmq_close(serve->pub);
    serve->pub = NULL;
    enum okr_err err = bind_again(serve);
    if (err == OKR_OK)
        return;
    okr_log(OKR_LOG_ALARM, "%s cannot be bound again: %s; ending",
            serve->publish, okr_err_text(err));
    _exit(1);
}

static void say_site(const struct okr_fx *fx, const char *what)
{
    char id[OKR_ID_HEX], key[2 * sizeof fx->user + 1];
    okr_id_hex(&fx->id, id);
    okr_hex_encode(okr_slice_of(fx->user, sizeof fx->user), key);
    okr_log(OKR_LOG_NOTICE, "site %s, key %s: %s", id, key, what);
}

void okr_serve_perform(void *context, const struct okr_fx *fx)
{
    struct okr_serve *serve = context;
    switch (fx->kind) {
    case OKR_FX_SEND:
        send_msg(serve, &fx->to, fx->msg);
        return;
    case OKR_FX_PUBLISH:
        publish(serve, fx->msg);
        return;
    case OKR_FX_CUT_PUB:
        cut_pub(serve);
        return;
    case OKR_FX_REVOKED:
        say_site(fx, "revoked");
        return;
    case OKR_FX_ENROLLED:
        say_site(fx, "enrolled");
        return;
    case OKR_FX_ALARM:
        okr_log(OKR_LOG_ALARM, "%.*s", (int)fx->text.len,
                (const char *)fx->text.data);
        return;
    case OKR_FX_SEND_RAW:
    case OKR_FX_SUBSCRIBE:
    case OKR_FX_UNSUBSCRIBE:
    case OKR_FX_SUBSCRIBE_BEAT:
    case OKR_FX_RESUBSCRIBE:
    case OKR_FX_DISCONNECT:
    case OKR_FX_ANSWERED:
    case OKR_FX_HISTORY:
    case OKR_FX_CHANGED:
        okr_log(OKR_LOG_ERROR, "effect %d is none of a server's",
                (int)fx->kind);
        return;
    }
}

void okr_serve_busy(struct okr_serve *serve, const struct okr_hub_event *event)
{
    if (event->kind != OKR_HUB_MESSAGE)
        return;
    const struct okr_msg busy = {
        .type = OKR_MSG_BUSY,
        .request = event->msg != NULL ? event->msg->request : 0,
        .u.busy = {BUSY_RETRY_MS},
    };
    send_msg(serve, &event->from, &busy);
}
