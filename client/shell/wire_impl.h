/* What the two halves of wire.h share.  Private to client/shell/wire*.c. */
#ifndef CLIENT_SHELL_WIRE_IMPL_H
#define CLIENT_SHELL_WIRE_IMPL_H

#include "client/shell/wire.h"

enum { OKR_WIRE_WAITING_MAX = 128 };

/* Frames that the DEALER did not take yet. */
struct okr_wire_frame {
    uint8_t *data; /* malloc */
    size_t len;
};
struct okr_wire_queue {
    struct okr_wire_frame at[OKR_WIRE_WAITING_MAX];
    size_t n, bytes;
};

struct okr_listener {
    struct okr_net_link link;
    char endpoint[OKR_ENDPOINT_BYTES]; /* empty: nothing to listen to */
    okr_scope *scopes;                 /* malloc, subscribed */
    size_t n_scopes, cap_scopes;
    okr_ms dial_at; /* OKR_NEVER: it is up, or not wanted */
    unsigned tries; /* dials in a row that came to nothing */
};

struct okr_wire {
    struct okr_wire_conf conf;
    struct okr_net_link link;
    bool up, named; /* named: the server's name is an address */
    bool lost;      /* to be told */
    okr_ms dial_at, dialled_at;
    unsigned refusals;
    struct okr_wire_queue talk, bulk;
    struct okr_listener sub;
};

/* The keys and limits of a socket of this type. */
struct okr_net_client okr_wire_client(const struct okr_wire *wire, int type);

void okr_wire_sub_tick(struct okr_wire *wire, okr_ms now);
/* Hangs up and forgets what was subscribed. */
void okr_wire_sub_drop(struct okr_wire *wire);

#endif
