/* The real programs, for ./dev bench: a server and its sites in a folder of
 * their own, over loopback.  What fails ends the program with a message. */
#ifndef OKR_TESTS_LIB_BENCH_WORLD_H
#define OKR_TESTS_LIB_BENCH_WORLD_H

#include <sys/types.h>

#include "common/base/id.h"
#include "common/net/local.h"
#include "tests/lib/files.h"

enum { OKR_BENCH_SITES = 2 };
#define OKR_BENCH_ADMIN "ada@bench.example"

struct okr_bench_daemon {
    char dir[OKR_TEST_PATH_MAX];
    pid_t pid; /* 0: it does not run */
    struct okr_asker *asker;
};
struct okr_bench_world {
    char dir[OKR_TEST_PATH_MAX];
    struct okr_bench_daemon server, sites[OKR_BENCH_SITES];
    unsigned ports[2];       /* of the server: ROUTER, XPUB */
    struct okr_arena *arena; /* of the last answer */
};

/* A new server's folder; nothing runs yet. */
void okr_bench_world_open(struct okr_bench_world *world);
void okr_bench_world_close(struct okr_bench_world *world); /* ends all */
void okr_bench_serve(struct okr_bench_world *world);
/* Invites and joins site `i`, for the whole company. */
void okr_bench_join(struct okr_bench_world *world, int i);
void okr_bench_site_run(struct okr_bench_world *world, int i);
void okr_bench_stop(struct okr_bench_daemon *daemon);

/* The answer to a question without arguments; in `world->arena`. */
const char *okr_bench_ask(struct okr_bench_world *world,
                          struct okr_bench_daemon *daemon, const char *method);
/* What a person waits for: `okr` with these words at site `i`, as a program
 * of its own; ms. */
double okr_bench_okr(struct okr_bench_world *world, int i,
                     const char *const words[2]);
/* Waits until site `i` is live and has the server's digest; how long that
 * took in seconds. */
double okr_bench_settle(struct okr_bench_world *world, int i);

/* Bytes of memory that a process has for itself: resident, less what it has
 * mapped of its store. */
double okr_bench_memory(pid_t pid);
double okr_bench_store_bytes(const struct okr_bench_daemon *daemon);
struct okr_bench_bytes {
    double sent, received; /* by the server, TCP payload */
};
/* Of the connections that the server has now. */
struct okr_bench_bytes okr_bench_tcp(const unsigned *ports, size_t n);

/* ---- bench_load.c: through the hub's turn, while the server rests -------- */

/* Adds `n` key results, ten an objective; their ids are the caller's to
 * free.  Seconds that it took in `ret_seconds`. */
struct okr_id *okr_bench_load(struct okr_bench_world *world, size_t n,
                              double *ret_seconds);
/* Changes the title of each. */
void okr_bench_change(struct okr_bench_world *world, const struct okr_id *ids,
                      size_t n, double *ret_seconds);

#endif
