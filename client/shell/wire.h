/* The two sockets to the server: the DEALER, which comes and goes as the core
 * says, and SUB beside it.  libzmq never reconnects here.
 *
 * Times are monotonic milliseconds. */
#ifndef CLIENT_SHELL_WIRE_H
#define CLIENT_SHELL_WIRE_H

#include "client/shell/ident.h"
#include "common/net/net.h"

struct okr_wire;

struct okr_wire_conf {
    void *zmq;                     /* context of these sockets; borrowed */
    const struct okr_ident *ident; /* borrowed */
    uint8_t public_key[OKR_CURVE_LEN];
    const uint8_t *secret; /* CURVE, borrowed */
};
OKR_MUST_USE enum okr_err okr_wire_open(const struct okr_wire_conf *conf,
                                        struct okr_wire **ret_wire);
void okr_wire_close(struct okr_wire **wire);

/* What to poll: DEALER, its monitor, SUB, its monitor; NULL where there is
 * none.  `ret_writing`: the DEALER is waited for to take more, too. */
enum { OKR_WIRE_SOCKETS = 4 };
void okr_wire_sockets(const struct okr_wire *wire,
                      void *ret_sockets[OKR_WIRE_SOCKETS], bool *ret_writing);

/* Hangs up, forgets the subscriptions, dials again after `ms`. */
void okr_wire_redial(struct okr_wire *wire, okr_ms now, okr_ms ms);
/* Dials what is due, sends what waits. */
void okr_wire_tick(struct okr_wire *wire, okr_ms now);
okr_ms okr_wire_deadline(const struct okr_wire *wire); /* OKR_NEVER */

/* The next thing to tell the core: UP, DOWN (then it is hung up), NOTHING. */
enum okr_net_life okr_wire_life(struct okr_wire *wire, okr_ms now);
/* Handshakes in a row that the other side broke off; reset by UP. */
unsigned okr_wire_refusals(const struct okr_wire *wire);

/* The next frame from the server; OKR_ERR_NOTFOUND. */
OKR_MUST_USE enum okr_err okr_wire_next(struct okr_wire *wire,
                                        struct okr_arena *arena,
                                        struct okr_slice *ret_frame,
                                        bool *ret_published);
/* Copies the frame and sends it as soon as the DEALER takes it.  `bulk`, the
 * pushes, goes behind everything else.  What is too much is dropped, and what
 * waits too when the link is lost: the core asks again. */
void okr_wire_send(struct okr_wire *wire, struct okr_slice frame, bool bulk);

/* Subscriptions.  `port` is of the publish endpoint; a SUB socket that is
 * there already and goes to that port stays. */
void okr_wire_listen(struct okr_wire *wire, okr_ms now, struct okr_slice port);
/* Builds it anew, with nothing subscribed but Beat. */
void okr_wire_relisten(struct okr_wire *wire, okr_ms now,
                       struct okr_slice port);
/* Subscribed again: the server answers with its Head once more. */
void okr_wire_subscribe(struct okr_wire *wire, okr_scope scope);
void okr_wire_unsubscribe(struct okr_wire *wire, okr_scope scope);

#endif
