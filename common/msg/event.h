/* What happens to a core: one event at a time, with the time in it. */
#ifndef OKR_MSG_EVENT_H
#define OKR_MSG_EVENT_H

#include "common/msg/effects.h"
#include "common/msg/layout.h"

/* Random bytes that the shell draws for each event, so that a core has none
 * of its own and the simulator can replay it. */
#define OKR_ENTROPY 32

/* Who sent it, as the transport vouches (ZAP): not as the message says. */
enum okr_peer_state {
    OKR_PEER_SITE,       /* an enrolled site, `site` is set */
    OKR_PEER_QUARANTINE, /* an unknown key: may only Enrol */
    OKR_PEER_REVOKED,    /* a revoked key: gets Refuse */
};

/* ---- server -------------------------------------------------------------- */
enum okr_hub_event_kind {
    OKR_HUB_MESSAGE,
    OKR_HUB_SUBSCRIBED, /* somebody subscribed to `scope` */
    OKR_HUB_LOCAL,      /* operations of the server's own site */
    OKR_HUB_TIMEOUT,
};
struct okr_hub_event {
    enum okr_hub_event_kind kind;
    okr_us now;
    uint8_t entropy[OKR_ENTROPY];
    /* MESSAGE */
    const struct okr_msg *msg; /* NULL: it could not be decoded … */
    enum okr_err bad;          /* … because of this */
    uint32_t request;          /* … of what cannot be decoded */
    struct okr_envelope from;
    enum okr_peer_state peer;
    struct okr_id site;
    uint8_t user[32]; /* CURVE public key of the sender */
    struct okr_slice address;
    /* Of a push, worked out beforehand (server/core/hub_claims.h), or none. */
    const struct okr_op_print *prints;
    struct okr_sign_claims claims;
    /* SUBSCRIBED */
    okr_scope scope;
    /* LOCAL: borrowed; `authority` as in replica/judge.h */
    const struct okr_op *ops;
    size_t n_ops;
    bool authority;
};

/* ---- site ---------------------------------------------------------------- */
enum okr_site_event_kind {
    OKR_SITE_START,     /* first event after the process came up */
    OKR_SITE_LINK_UP,   /* the DEALER finished its handshake */
    OKR_SITE_LINK_DOWN, /* and lost it */
    OKR_SITE_MESSAGE,   /* from the server, on DEALER */
    OKR_SITE_PUBLISHED, /* a PUB frame */
    OKR_SITE_SUBMIT,    /* a person's operation, composed and maybe signed */
    OKR_SITE_RETRY,     /* a refused operation, given up: `id` */
    OKR_SITE_HISTORY,   /* somebody wants the whole history of entity `id` */
    OKR_SITE_TIMEOUT,
};
struct okr_site_event {
    enum okr_site_event_kind kind;
    okr_us now;
    uint8_t entropy[OKR_ENTROPY];
    const struct okr_msg *msg; /* MESSAGE, PUBLISHED; NULL: undecodable */
    enum okr_err bad;
    const struct okr_op *op; /* SUBMIT */
    struct okr_id id;
};

#endif
