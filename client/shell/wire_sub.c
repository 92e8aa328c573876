/* SUB: listens as long as the DEALER's link stands, and finds its own way
 * back when only it is lost (a server that revokes a key reopens XPUB). */
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "client/shell/wire_impl.h"
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/crypto/keyfile.h"

enum { PAUSE_MIN_MS = 200, PAUSE_MAX_MS = 8000, DOUBLINGS_MAX = 6 };

static void set_topic(struct okr_listener *sub, int option,
                      enum okr_msg_type type, okr_scope scope)
{
    uint8_t topic[OKR_TOPIC_LEN];
    okr_topic(type, scope, topic);
    if (sub->link.socket != NULL)
        (void)zmq_setsockopt(sub->link.socket, option, topic, sizeof topic);
}

/* The head topic last: its Head then says what the events go on from. */
static void set_scope(struct okr_listener *sub, int option, okr_scope scope)
{
    set_topic(sub, option, OKR_MSG_EVENT, scope);
    set_topic(sub, option, OKR_MSG_HEAD, scope);
}

void okr_wire_sub_drop(struct okr_wire *wire)
{
    struct okr_listener *sub = &wire->sub;
    okr_net_hang_up(&sub->link);
    sub->endpoint[0] = '\0';
    sub->n_scopes = 0;
    sub->dial_at = OKR_NEVER;
    sub->tries = 0;
}

static void dial(struct okr_wire *wire)
{
    struct okr_listener *sub = &wire->sub;
    struct okr_net_client conf = okr_wire_client(wire, ZMQ_SUB);
    okr_net_hang_up(&sub->link);
    sub->dial_at = OKR_NEVER;
    if (okr_net_dial(wire->conf.zmq, &conf, sub->endpoint, &sub->link) !=
        OKR_OK)
        return; /* the core hears nothing on SUB and asks for a new one */
    set_topic(sub, ZMQ_SUBSCRIBE, OKR_MSG_BEAT, 0);
    for (size_t i = 0; i < sub->n_scopes; i++)
        set_scope(sub, ZMQ_SUBSCRIBE, sub->scopes[i]);
}

/* Full jitter, doubling up to a cap. */
static okr_ms pause_of(struct okr_listener *sub)
{
    uint32_t draw;
    okr_ms most = PAUSE_MIN_MS << sub->tries;
    if (sub->tries < DOUBLINGS_MAX)
        sub->tries++;
    okr_random(&draw, sizeof draw);
    return draw % (most < PAUSE_MAX_MS ? most : PAUSE_MAX_MS);
}

void okr_wire_sub_tick(struct okr_wire *wire, okr_ms now)
{
    struct okr_listener *sub = &wire->sub;
    enum okr_net_life life;
    bool lost = false;
    while ((life = okr_net_life_next(&sub->link)) != OKR_NET_NOTHING) {
        if (life == OKR_NET_UP)
            sub->tries = 0;
        lost = lost || life == OKR_NET_DOWN || life == OKR_NET_REFUSED;
    }
    if (lost) {
        okr_net_hang_up(&sub->link);
        sub->dial_at = now + pause_of(sub);
    }
    if (now >= sub->dial_at)
        dial(wire);
}

void okr_wire_listen(struct okr_wire *wire, okr_ms now, struct okr_slice port)
{
    char endpoint[OKR_ENDPOINT_BYTES];
    if (!wire->up || !okr_ident_publish(wire->conf.ident, port, endpoint))
        return;
    if (strcmp(endpoint, wire->sub.endpoint) != 0)
        okr_wire_relisten(wire, now, port);
}

void okr_wire_relisten(struct okr_wire *wire, okr_ms now, struct okr_slice port)
{
    struct okr_listener *sub = &wire->sub;
    char endpoint[OKR_ENDPOINT_BYTES];
    okr_wire_sub_drop(wire);
    if (!wire->up || !okr_ident_publish(wire->conf.ident, port, endpoint))
        return;
    memcpy(sub->endpoint, endpoint, sizeof sub->endpoint);
    sub->dial_at = now;
}

static size_t find(const struct okr_listener *sub, okr_scope scope)
{
    size_t i = 0;
    while (i < sub->n_scopes && sub->scopes[i] != scope)
        i++;
    return i;
}

static bool reserve(struct okr_listener *sub)
{
    if (sub->n_scopes < sub->cap_scopes)
        return true;
    size_t cap = sub->cap_scopes == 0 ? 16 : sub->cap_scopes * 2;
    okr_scope *more = realloc(sub->scopes, cap * sizeof *more);
    if (more == NULL)
        return false;
    sub->scopes = more;
    sub->cap_scopes = cap;
    return true;
}

void okr_wire_subscribe(struct okr_wire *wire, okr_scope scope)
{
    struct okr_listener *sub = &wire->sub;
    OKR_ASSERT(scope != 0);
    if (sub->endpoint[0] == '\0')
        return;
    if (find(sub, scope) < sub->n_scopes)
        set_scope(sub, ZMQ_UNSUBSCRIBE, scope);
    else if (reserve(sub))
        sub->scopes[sub->n_scopes++] = scope;
    else
        return;
    set_scope(sub, ZMQ_SUBSCRIBE, scope);
}

void okr_wire_unsubscribe(struct okr_wire *wire, okr_scope scope)
{
    struct okr_listener *sub = &wire->sub;
    size_t i = find(sub, scope);
    if (i == sub->n_scopes)
        return;
    set_scope(sub, ZMQ_UNSUBSCRIBE, scope);
    sub->scopes[i] = sub->scopes[--sub->n_scopes];
}
