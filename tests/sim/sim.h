/* The simulator: a server and its sites in one process, on one clock, over a
 * network and disks that fail, all from one seed.
 *
 * It links the very cores that ship.  A run is: found a company, let sites
 * work under faults, heal, wait until all is quiet, compare.  After every
 * step the invariants of docs/invariants.md are checked. */
#ifndef OKR_SIM_SIM_H
#define OKR_SIM_SIM_H

#include "client/core/site_turn.h"
#include "common/codec/codec.h"
#include "common/compose/compose.h"
#include "common/store/kv_fault.h"
#include "common/store/scopes.h"
#include "server/core/hub_turn.h"
#include "tests/sim/count.h"
#include "tests/sim/happen.h"

#define SIM_SITES_MAX 5
#define SIM_SCOPES_MAX (4 * (SIM_SITES_MAX + 2))
#define SIM_ACKED_MAX 4096
#define SIM_SECOND ((okr_us)1000000)
#define SIM_MINUTE (60 * SIM_SECOND)
#define SIM_HOUR (60 * SIM_MINUTE)

/* ---- nodes --------------------------------------------------------------- */
struct sim_disk {
    struct okr_kv *mem, *kv; /* kv fails on purpose */
    bool commit_happens;     /* of the fault that is armed */
};

struct sim_server {
    struct sim_disk disk;
    struct okr_hub *hub;
    struct okr_arena *arena;
    struct okr_sk *site_key, *log_key;
    bool up, turn_due;
    unsigned generation;
    struct sim_event inbox[256];
    size_t n_inbox;
    struct okr_id org, site;
    uint64_t leaves_checked;
    uint64_t leaves_fresh; /* since the last commit */
    okr_us leaf_time;
};

struct sim_saved; /* an operation that a person was told is saved */

struct sim_site {
    int index;
    struct sim_disk disk;
    struct okr_site *core;
    struct okr_arena *arena;
    struct okr_sk *key;
    struct okr_id id;
    uint8_t link_key[32];
    char unit[32]; /* code of its unit */
    bool thin, up, enrolled, revoked;
    unsigned generation;
    /* the line */
    bool line_up, linked;
    unsigned link;         /* counts connections */
    unsigned dial;         /* counts what the core asked of the shell */
    okr_us pub_deaf_until; /* PUB loses everything until then */
    okr_us pub_last;       /* order on SUB */
    okr_scope subscribed[64];
    size_t n_subscribed;
    bool beat;
    okr_us last_seen; /* when the server last spoke to it, for 18 */
    uint64_t saved;   /* operations told as saved */
    uint64_t last_incarnation, last_seq; /* done at the server */
    okr_lsn cursors[64];
    okr_scope cursor_scopes[64];
    size_t n_cursors;
    uint32_t cursor_epoch;
    bool damaged[SIM_SCOPES_MAX]; /* until it is the server's again */
};

/* What goes wrong, and how often; per seed. */
struct sim_faults {
    unsigned drop, duplicate, reorder; /* permille of messages */
    okr_us delay_min, delay_max;
    unsigned pub_drop;
    okr_us line_up_mean, line_down_mean;
    okr_us crash_mean; /* between two armed faults, over all nodes */
    okr_us work_mean;
    bool mute_push; /* pushes never arrive: downloads must not care (14) */
    uint32_t page_bytes_s; /* at the server, then Busy; 0: no limit */
    unsigned damage;       /* permille of starts: the copy is not what it was */
};

struct sim_tip {
    okr_lsn head;
    struct okr_digest digest;
};

/* Every state that a scope ever was in, ascending by head. */
struct sim_tips {
    struct sim_tip *at;
    size_t n, cap, n_committed;
};

struct sim_world {
    uint64_t seed, random[4];
    okr_us now, end;
    struct sim_event *heap;
    size_t n_heap, cap_heap;
    uint64_t order;
    struct sim_server server;
    struct sim_site sites[SIM_SITES_MAX];
    int n_sites;
    struct sim_faults faults;
    bool founded, healing, restless; /* moves its objectives about */
    struct sim_counts *counts;
    bool print_trace;
    uint64_t trace_hash, trace_lines;
    /* what the checkers remember */
    struct sim_tips tips[SIM_SCOPES_MAX];
    struct okr_id acked[SIM_ACKED_MAX]; /* in this turn of the server */
    size_t n_acked;
    okr_lsn published[SIM_SCOPES_MAX]; /* largest lsn said on PUB */
    struct sim_saved *saved;
    size_t n_saved, cap_saved;
    int failed; /* number of the invariant, 0: none */
    char failure[400];
    struct okr_arena *scratch; /* reset by every check */
    struct okr_arena *hand;    /* the operation that is being made */
};

/* world.c */
void sim_world_open(struct sim_world *world, uint64_t seed,
                    struct sim_counts *counts);
void sim_world_close(struct sim_world *world);
void sim_world_run(struct sim_world *world);
uint64_t sim_random(struct sim_world *world);
uint64_t sim_below(struct sim_world *world, uint64_t n);
bool sim_chance(struct sim_world *world, unsigned permille);
void sim_bytes(struct sim_world *world, void *out, size_t len);
okr_us sim_between(struct sim_world *world, okr_us from, okr_us to);
okr_us sim_around(struct sim_world *world, okr_us mean);
struct sim_event *sim_at(struct sim_world *world, okr_us at, enum sim_kind kind,
                         int node);
__attribute__((format(printf, 3, 4))) void
sim_fail(struct sim_world *world, int invariant, const char *format, ...);
struct okr_trace sim_trace(struct sim_world *world);

/* found.c: genesis, units, persons, enrolment of the sites */
void sim_found(struct sim_world *world);

/* server.c, site.c: nodes over the cores' turns */
void sim_server_start(struct sim_world *world);
void sim_server_stop(struct sim_world *world);
void sim_server_deliver(struct sim_world *world, struct sim_event *event);
void sim_server_turn(struct sim_world *world);
void sim_server_timer(struct sim_world *world);
void sim_server_local(struct sim_world *world, const struct okr_op *ops,
                      size_t n);
void sim_server_subscribed(struct sim_world *world, okr_scope scope);
void sim_site_start(struct sim_world *world, struct sim_site *site);
void sim_site_stop(struct sim_world *world, struct sim_site *site);
void sim_site_step(struct sim_world *world, struct sim_site *site,
                   struct okr_site_event *event);
void sim_site_deliver(struct sim_world *world, struct sim_site *site,
                      struct sim_event *event);
void sim_site_line(struct sim_world *world, struct sim_site *site, bool up);
void sim_site_connect(struct sim_world *world, struct sim_site *site);

/* net.c */
void sim_send(struct sim_world *world, int from, int to, unsigned link,
              struct okr_slice frame);
void sim_publish(struct sim_world *world, okr_scope scope, bool beat,
                 struct okr_slice frame);

/* probe.c: what outsiders and admins do */
void sim_probe(struct sim_world *world);
void sim_probe_answer(struct sim_world *world, const struct okr_msg *msg);
void sim_admin(struct sim_world *world, const char *const *words,
               struct okr_op *ret_op);

/* work.c */
void sim_work(struct sim_world *world, struct sim_site *site);
bool sim_compose(struct sim_world *world, struct okr_space *space,
                 const struct okr_id *person, const char *const *words,
                 struct okr_op *ret_op);

/* check_*.c */
void sim_check_server(struct sim_world *world);
void sim_check_site(struct sim_world *world, struct sim_site *site);
/* A submit whose commit has an unknown outcome: saved iff it is there. */
void sim_check_unsure(struct sim_world *world, struct sim_site *site,
                      const struct okr_op *op);
void sim_check_saved(struct sim_world *world, struct sim_site *site,
                     const struct okr_op *op);
/* An entity that some site has saved and the server does not have yet. */
bool sim_check_unseen(struct sim_world *world, struct okr_id *ret_id);
void sim_check_end(struct sim_world *world);
bool sim_quiet(struct sim_world *world);
bool sim_caught_up(struct sim_world *world, struct sim_site *site);

#endif
