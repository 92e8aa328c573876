/* Sites that are nothing but a key and a connection, for ./dev bench: they
 * push check-ins to a real server over CURVE, as fast as it answers. */
#ifndef OKR_TESTS_LIB_BENCH_SITES_H
#define OKR_TESTS_LIB_BENCH_SITES_H

#include "tests/lib/bench_world.h"

enum { OKR_BENCH_CLIENTS = 64 };

struct okr_bench_sites;

/* Enrols them through the hub of the resting server's folder, with an author
 * whose key signs, and a thousand key results. */
struct okr_bench_sites *okr_bench_sites_open(struct okr_bench_world *world);
void okr_bench_sites_close(struct okr_bench_sites *sites);
/* The server runs: each says Hello. */
void okr_bench_sites_dial(struct okr_bench_sites *sites);
void okr_bench_sites_hang_up(struct okr_bench_sites *sites);

struct okr_bench_run {
    int clients;    /* at once; each waits for its answer */
    size_t ops;     /* of a push */
    size_t pushes;  /* of all clients together, at most */
    bool author;    /* each operation is signed by its author as well */
    double seconds; /* then it ends, with the pushes that are under way */
};
struct okr_bench_pushed {
    double seconds;
    size_t ops;        /* durable: each was answered with "accepted" */
    double p50, p99;   /* ms from a push to its answer */
    double client_cpu; /* seconds of this process */
    double server_cpu; /* seconds of the server */
};
/* All pushes are made and signed before the clock starts: what a site spends
 * on one is another figure. */
struct okr_bench_pushed okr_bench_sites_push(struct okr_bench_sites *sites,
                                             const struct okr_bench_run *run);

#endif
