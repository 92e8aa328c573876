/* What can happen in the simulated world, and when. */
#ifndef OKR_SIM_HAPPEN_H
#define OKR_SIM_HAPPEN_H

#include "common/base/id.h"

enum sim_kind {
    SIM_DELIVER, /* a frame arrives */
    SIM_SERVER_TURN,
    SIM_SERVER_TIMER,
    SIM_SITE_TIMER,
    SIM_CONNECT, /* a site's link comes up, if the line is up */
    SIM_SUBSCRIBED,
    SIM_WORK,    /* a person does something */
    SIM_LINE,    /* a line goes down or comes back */
    SIM_FAULT,   /* a disk or process fault is armed */
    SIM_RESTART, /* a stopped process comes back */
    SIM_PROBE,   /* an outsider asks for a proof, or talks nonsense */
};

struct sim_frame {
    uint8_t *bytes; /* heap; freed when delivered */
    size_t len;
    bool pub;
    unsigned link; /* of which connection */
    int from;      /* node: what ZAP would vouch for */
};

struct sim_event {
    okr_us at;
    uint64_t order; /* ties are broken by order of making */
    enum sim_kind kind;
    int node; /* -1: the server */
    unsigned generation;
    okr_scope scope;
    struct sim_frame frame;
};

#endif
