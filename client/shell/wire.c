/* The DEALER: dialled, lost, spoken to. */
#include "client/shell/wire.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "client/shell/wire_impl.h"
#include "common/base/assert.h"
#include "common/base/limits.h"

enum {
    HIGH_WATER = 4,      /* of the DEALER: what waits, waits here */
    NAME_MS = 20 * 1000, /* a name server may take that long */
    WAITING_BYTES_MAX = 8 * 1024 * 1024,
};

enum okr_err okr_wire_open(const struct okr_wire_conf *conf,
                           struct okr_wire **ret_wire)
{
    OKR_ASSERT(conf->zmq != NULL && conf->ident != NULL);
    struct okr_wire *wire = calloc(1, sizeof *wire);
    if (wire == NULL)
        return OKR_ERR_NOMEM;
    wire->conf = *conf;
    wire->dial_at = wire->sub.dial_at = OKR_NEVER;
    *ret_wire = wire;
    return OKR_OK;
}

static void queue_clear(struct okr_wire_queue *queue)
{
    for (size_t i = 0; i < queue->n; i++)
        free(queue->at[i].data);
    queue->n = queue->bytes = 0;
}

static void hang_up(struct okr_wire *wire)
{
    okr_net_hang_up(&wire->link);
    okr_wire_sub_drop(wire);
    queue_clear(&wire->talk);
    queue_clear(&wire->bulk);
    wire->up = wire->named = wire->lost = false;
    wire->dial_at = OKR_NEVER;
}

void okr_wire_close(struct okr_wire **wire)
{
    if (*wire == NULL)
        return;
    hang_up(*wire);
    free((*wire)->sub.scopes);
    free(*wire);
    *wire = NULL;
}

struct okr_net_client okr_wire_client(const struct okr_wire *wire, int type)
{
    return (struct okr_net_client){
        .type = type,
        .server_key = wire->conf.ident->server_key,
        .public_key = wire->conf.public_key,
        .secret = wire->conf.secret,
        .frame_max = OKR_FRAME_MAX,
        .high_water = type == ZMQ_DEALER ? HIGH_WATER : 512,
    };
}

void okr_wire_sockets(const struct okr_wire *wire,
                      void *ret_sockets[OKR_WIRE_SOCKETS], bool *ret_writing)
{
    ret_sockets[0] = wire->link.socket;
    ret_sockets[1] = wire->link.monitor;
    ret_sockets[2] = wire->sub.link.socket;
    ret_sockets[3] = wire->sub.link.monitor;
    *ret_writing = wire->up && wire->talk.n + wire->bulk.n > 0;
}

/* ---- dialling ------------------------------------------------------------ */

void okr_wire_redial(struct okr_wire *wire, okr_ms now, okr_ms ms)
{
    OKR_ASSERT(ms >= 0);
    hang_up(wire);
    wire->dial_at = now + ms;
}

static void dial(struct okr_wire *wire, okr_ms now)
{
    struct okr_net_client conf = okr_wire_client(wire, ZMQ_DEALER);
    wire->dial_at = OKR_NEVER;
    wire->dialled_at = now;
    wire->lost = okr_net_dial(wire->conf.zmq, &conf, wire->conf.ident->endpoint,
                              &wire->link) != OKR_OK;
}

okr_ms okr_wire_deadline(const struct okr_wire *wire)
{
    okr_ms at = wire->dial_at;
    if (wire->sub.dial_at < at)
        at = wire->sub.dial_at;
    if (wire->lost)
        return 0;
    if (wire->link.socket != NULL && !wire->named &&
        wire->dialled_at + NAME_MS < at)
        at = wire->dialled_at + NAME_MS;
    return at;
}

/* Nothing was heard of the dial: its name could not be looked up. */
static bool is_overdue(const struct okr_wire *wire, okr_ms now)
{
    return wire->link.socket != NULL && !wire->named &&
           now >= wire->dialled_at + NAME_MS;
}

enum okr_net_life okr_wire_life(struct okr_wire *wire, okr_ms now)
{
    enum okr_net_life life;
    while ((life = okr_net_life_next(&wire->link)) != OKR_NET_NOTHING) {
        wire->named = true;
        if (life == OKR_NET_TRYING)
            continue;
        wire->up = life == OKR_NET_UP;
        if (life == OKR_NET_UP) {
            wire->refusals = 0;
            return life;
        }
        wire->refusals += life == OKR_NET_REFUSED ? 1 : 0;
        wire->lost = true;
        break;
    }
    if (!wire->lost && !is_overdue(wire, now))
        return OKR_NET_NOTHING;
    hang_up(wire);
    return OKR_NET_DOWN;
}

unsigned okr_wire_refusals(const struct okr_wire *wire)
{
    return wire->refusals;
}

/* ---- frames -------------------------------------------------------------- */

enum okr_err okr_wire_next(struct okr_wire *wire, struct okr_arena *arena,
                           struct okr_slice *ret_frame, bool *ret_published)
{
    void *const sockets[] = {wire->link.socket, wire->sub.link.socket};
    for (size_t i = 0; i < 2; i++) {
        struct okr_net_frame frame;
        if (sockets[i] == NULL)
            continue;
        enum okr_err err = okr_net_recv(sockets[i], arena, &frame);
        if (err == OKR_ERR_NOTFOUND)
            continue;
        OKR_TRY(err);
        *ret_frame = frame.body;
        *ret_published = i == 1;
        return OKR_OK;
    }
    return OKR_ERR_NOTFOUND;
}

/* As many as the socket takes; false when it takes no more. */
static bool drain(struct okr_wire *wire, struct okr_wire_queue *queue)
{
    size_t sent = 0;
    for (; sent < queue->n; sent++) {
        struct okr_wire_frame *frame = &queue->at[sent];
        if (okr_net_send(wire->link.socket, OKR_SLICE_NONE,
                         okr_slice_of(frame->data, frame->len)) != OKR_OK)
            break;
        queue->bytes -= frame->len;
        free(frame->data);
    }
    queue->n -= sent;
    memmove(queue->at, queue->at + sent, queue->n * sizeof queue->at[0]);
    return queue->n == 0;
}

static void drain_both(struct okr_wire *wire)
{
    if (drain(wire, &wire->talk))
        (void)drain(wire, &wire->bulk);
}

void okr_wire_send(struct okr_wire *wire, struct okr_slice frame, bool bulk)
{
    struct okr_wire_queue *queue = bulk ? &wire->bulk : &wire->talk;
    OKR_ASSERT(frame.len > 0);
    if (!wire->up || queue->n == OKR_WIRE_WAITING_MAX ||
        queue->bytes + frame.len > WAITING_BYTES_MAX)
        return;
    struct okr_wire_frame *last = &queue->at[queue->n];
    *last = (struct okr_wire_frame){malloc(frame.len), frame.len};
    if (last->data == NULL)
        return;
    memcpy(last->data, frame.data, frame.len);
    queue->n++;
    queue->bytes += frame.len;
    drain_both(wire);
}

void okr_wire_tick(struct okr_wire *wire, okr_ms now)
{
    if (now >= wire->dial_at)
        dial(wire, now);
    okr_wire_sub_tick(wire, now);
    if (wire->up)
        drain_both(wire);
}
