/* ZeroMQ and the operating system as the shells need them, in one place. */
#ifndef OKR_NET_NET_H
#define OKR_NET_NET_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/base/slice.h"

/* Clocks and randomness of the shells. */
okr_us okr_net_now(void);       /* wall clock, µs since 1970 */
okr_ms okr_net_monotonic(void); /* for time-outs */

/* Locks the folder (flock on DIR/lock, made 0600): OKR_ERR_BUSY while another
 * process holds it; the lock lives as long as the descriptor. */
OKR_MUST_USE enum okr_err okr_net_lock_folder(const char *dir, int *ret_fd);

/* One ZeroMQ context per process; NULL when it cannot be made. */
void *okr_net_context(void);

/* A CURVE server socket (ROUTER, XPUB): key, ZAP domain with enforcement
 * (option 93 of libzmq 4.3, which Debian's header lacks), size limits, TCP
 * keepalive, no heartbeats; bound to `endpoint`. `ret_bound` gets the real
 * endpoint (128 bytes).  All options are set before the bind. */
struct okr_net_server {
    int type;              /* ZMQ_ROUTER, ZMQ_XPUB */
    const char *domain;    /* ZAP domain */
    const uint8_t *secret; /* CURVE, 32 bytes */
    int frame_max; /* on the wire: CURVE adds 33 bytes to a message */
    int high_water;
};
OKR_MUST_USE enum okr_err okr_net_serve(void *zmq,
                                        const struct okr_net_server *conf,
                                        const char *endpoint, void **ret_socket,
                                        char ret_bound[128]);
/* A CURVE client socket (DEALER, SUB) that does not reconnect by itself, with
 * a monitor (PAIR) to read its life from.  Not connected yet. */
struct okr_net_client {
    int type; /* ZMQ_DEALER, ZMQ_SUB */
    const uint8_t *server_key, *public_key, *secret;
    int frame_max, high_water;
    const char *socks; /* proxy "host:port" or NULL */
};
struct okr_net_link {
    void *socket, *monitor;
};
OKR_MUST_USE enum okr_err okr_net_dial(void *zmq,
                                       const struct okr_net_client *conf,
                                       const char *endpoint,
                                       struct okr_net_link *ret_link);
void okr_net_hang_up(struct okr_net_link *link); /* closes both */
enum okr_net_life {
    OKR_NET_NOTHING,
    OKR_NET_TRYING,  /* the name is an address; connecting.  A name that
                      * cannot be looked up tells nothing, ever */
    OKR_NET_UP,      /* the handshake is done */
    OKR_NET_DOWN,    /* lost, or could not connect */
    OKR_NET_REFUSED, /* the handshake was refused (ZAP, wrong key) */
};
/* The next thing the monitor has to tell. */
enum okr_net_life okr_net_life_next(struct okr_net_link *link);

/* One message: its first part where there are several (the envelope), its
 * last part (the body), and what the transport says of the sender. */
struct okr_net_frame {
    struct okr_slice envelope, body; /* in the arena */
    int parts;
    bool has_user;    /* ZAP admitted it as … */
    uint8_t user[32]; /* … this CURVE key */
    char address[64];
};
/* OKR_ERR_NOTFOUND when nothing is there. */
OKR_MUST_USE enum okr_err okr_net_recv(void *socket, struct okr_arena *arena,
                                       struct okr_net_frame *ret_frame);
/* Never waits: OKR_ERR_BUSY when the pipe is full, CLOSED when the peer is
 * gone.  `envelope` may be none. */
OKR_MUST_USE enum okr_err okr_net_send(void *socket, struct okr_slice envelope,
                                       struct okr_slice frame);

/* ZAP (RFC 27) on inproc://zeromq.zap.01.  Bind it, and see it answer, before
 * the first TCP bind: without a handler CURVE admits anybody. */
OKR_MUST_USE enum okr_err okr_net_zap_open(void *zmq, void **ret_socket);
struct okr_zap_request {
    uint8_t id[32]; /* the library's; goes back with the answer */
    size_t id_len;
    char domain[32];
    uint8_t key[32]; /* CURVE public key of the client */
    char address[64];
};
/* OKR_ERR_NOTFOUND when none is there, FORMAT for one that is no CURVE
 * request: answer it with false. */
OKR_MUST_USE enum okr_err okr_net_zap_next(void *socket,
                                           struct okr_zap_request *ret_request);
/* Answers the request just read: 200 with user id = hex of the key, or 400. */
OKR_MUST_USE enum okr_err
okr_net_zap_answer(void *socket, const struct okr_zap_request *request,
                   bool admit);

#endif
