/* The site daemon: one loop over the link, the local socket and the clock.
 * Private to client/shell. */
#ifndef CLIENT_SHELL_DAEMON_H
#define CLIENT_SHELL_DAEMON_H

#include "client/core/site_turn.h"
#include "client/shell/ident.h"
#include "client/shell/site_conf.h"
#include "client/shell/site_dir.h"
#include "client/shell/wire.h"

struct okr_desk;

struct okr_daemon {
    const char *dir, *conf_path; /* conf_path NULL: DIR/site.conf, if any */
    int lock_fd, signal_fd;      /* -1: none */
    struct okr_ident ident;
    struct okr_site_keys keys;
    struct okr_arena *conf_arena; /* of the settings */
    struct okr_site_settings settings;
    struct okr_kv *kv;
    struct okr_arena *turn; /* of okr_site_turn, which resets it */
    struct okr_arena *in;   /* what came in, until its turn is over */
    struct okr_site *site;
    /* Two contexts: a name server that does not answer holds up the thread
     * of the link, and must not hold up those who ask here. */
    void *zmq_local, *zmq_link;
    struct okr_wire *wire;
    struct okr_desk *desk;
    char trouble[200];  /* what the last turn failed of; empty: it did not */
    okr_ms quiet_until; /* after trouble: no dialling before */
    okr_ms alive_at;    /* when the supervisor wants to hear of us */
    okr_ms care_at;     /* when the store and the disk are looked after */
    bool stop;
    bool fatal; /* the outcome of a commit is unknown: read again */
};

/* ---- daemon.c: its life -------------------------------------------------- */
OKR_MUST_USE bool okr_daemon_open(struct okr_daemon *daemon, const char *dir,
                                  const char *conf_path, struct okr_snag *snag);
void okr_daemon_close(struct okr_daemon *daemon);
/* Reads the settings anew; what is wrong with them is logged, and then the
 * old ones stand. */
void okr_daemon_reread(struct okr_daemon *daemon);

/* ---- daemon_turn.c ------------------------------------------------------- */
/* An event of this kind, with the time and randomness of now. */
struct okr_site_event okr_daemon_event(enum okr_site_event_kind kind);
/* One turn.  On an error nothing happened, and the loop has been told what it
 * has to know: who asked is told by the caller. */
typedef void okr_daemon_stepped(void *context, struct okr_kv_txn *txn,
                                const struct okr_site_event *event);
OKR_MUST_USE enum okr_err okr_daemon_turn(struct okr_daemon *daemon,
                                          const struct okr_site_event *events,
                                          size_t n,
                                          okr_daemon_stepped *stepped);
/* A turn of one event that comes from nobody. */
void okr_daemon_happen(struct okr_daemon *daemon,
                       enum okr_site_event_kind kind);

/* ---- daemon_run.c -------------------------------------------------------- */
/* Until a signal ends it; the exit code. */
int okr_daemon_run(struct okr_daemon *daemon);

#endif
