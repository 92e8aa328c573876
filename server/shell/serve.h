/* The daemon: sockets in, one turn, sockets out.  Private to the files of
 * `serve`. */
#ifndef SERVER_SHELL_SERVE_H
#define SERVER_SHELL_SERVE_H

#include "common/base/limits.h"
#include "common/net/local.h"
#include "common/net/net.h"
#include "server/shell/endpoint.h"
#include "server/shell/exporting.h"
#include "server/shell/importing.h"
#include "server/shell/server_conf.h"
#include "server/shell/verifiers.h"

#define OKR_ZAP_ROUTER "okr-router" /* ZAP domains */
#define OKR_ZAP_PUB "okr-pub"

struct okr_serve {
    struct okr_server server;
    const char *conf_path; /* NULL: DIR/server.conf, if any */
    struct okr_server_settings settings;
    bool verbose;    /* on the command line: whatever the file says */
    okr_ms alive_at; /* when the supervisor wants to hear of us */
    void *zmq, *zap, *router, *pub;
    struct okr_local *local;
    int signal_fd;
    char listen[OKR_ENDPOINT_BYTES], publish[OKR_ENDPOINT_BYTES]; /* bound */
    /* What one turn takes in: messages live in `in` until it is over. */
    struct okr_arena *in;
    struct okr_hub_event events[OKR_TURN_OPS_MAX];
    size_t n_events;
    struct okr_importing *importing; /* NULL: nobody imports */
    struct okr_caller importer;      /* who does */
    struct okr_exporting *exporting; /* likewise */
    struct okr_caller exporter;
    struct okr_reply export_part;
    bool export_kept;   /* it was not taken yet */
    struct okr_buf out; /* the frame being sent */
    struct okr_verifiers *verifiers;
    okr_us clock;       /* when the last turn was */
    okr_ms care_at;     /* when the store and the disk are looked after */
    bool low;           /* too little room on the disk for new work */
    okr_us quiet_until; /* no timeouts before it: the last turn failed */
};

/* ---- serve.c: the loop; true: it was told to end ------------------------- */

bool okr_serve_loop(struct okr_serve *serve, struct okr_fault *fault);
/* Makes what the settings say so. */
void okr_serve_set(struct okr_serve *serve,
                   const struct okr_server_settings *settings);

/* ---- admit.c: who may connect, and who it is that speaks ----------------- */

OKR_MUST_USE enum okr_err okr_serve_open_pub(struct okr_serve *serve,
                                             const char *endpoint,
                                             void **ret_socket,
                                             char ret_bound[128]);
/* Answers all ZAP requests that are there; how many. */
size_t okr_serve_admit(struct okr_serve *serve);
/* Sees with its own eyes that an unknown key is refused; false and a fault
 * when it is not.  Before the first public bind. */
bool okr_serve_self_test(struct okr_serve *serve, struct okr_fault *fault);
/* Whose is the CURVE key?  Sets `peer` and `site` of the event. */
OKR_MUST_USE enum okr_err okr_serve_identify(struct okr_kv_txn *txn,
                                             struct okr_arena *arena,
                                             struct okr_hub_event *event);

/* ---- serve_jobs.c: imports and exports, between the turns ---------------- */

/* True: the question is one of those, and is answered later. */
bool okr_serve_job(struct okr_serve *serve, const struct okr_caller *caller,
                   const struct okr_asked *asked);
void okr_serve_jobs(struct okr_serve *serve);
/* How long the loop may sleep for them; below 0: as long as it likes. */
long okr_serve_jobs_ms(const struct okr_serve *serve);
void okr_serve_jobs_end(struct okr_serve *serve);

/* ---- gather.c: what came in, as events ----------------------------------- */

/* Fills `events` from ROUTER and XPUB: up to OKR_TURN_OPS_MAX operations, or
 * what is there within 2 ms. */
void okr_serve_gather(struct okr_serve *serve);

/* ---- perform.c: what goes out -------------------------------------------- */

void okr_serve_perform(void *serve, const struct okr_fx *fx);
/* "Try again": to whoever sent the event. */
void okr_serve_busy(struct okr_serve *serve, const struct okr_hub_event *event);

#endif
