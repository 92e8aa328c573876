/* Durable operations a second: sites push check-ins to a real server over
 * CURVE, one push at a time each, and every one is answered with "accepted"
 * after its commit.  Again with each sync delayed by 2 ms.  At the end a real
 * site must come to the server's digest, or nothing is printed. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/bench.h"
#include "tests/lib/bench_sites.h"
#include "tests/lib/bench_slow.h"

#define RUN_SECONDS 3.0
#define SLOW_US 2000

struct shape {
    const char *what;
    int clients;
    size_t ops, pushes;
    bool author;
};

static const struct shape shapes[] = {
    {"attested, 1 client, 1 a push", 1, 1, 4000, false},
    {"attested, 64 clients, 1 a push", 64, 1, 20000, false},
    {"attested, 1 client, 64 a push", 1, 64, 700, false},
    {"attested, 64 clients, 64 a push", 64, 64, 1024, false},
    {"signed, 1 client, 1 a push", 1, 1, 4000, true},
    {"signed, 64 clients, 1 a push", 64, 1, 20000, true},
    {"signed, 1 client, 64 a push", 1, 64, 400, true},
    {"signed, 64 clients, 64 a push", 64, 64, 640, true},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

struct result {
    struct okr_bench_pushed pushed;
    struct okr_bench_syncs syncs;
};

static void run_all(struct okr_bench_world *world, struct okr_bench_sites *s,
                    int delay_us, double seconds, struct result results[SHAPES])
{
    okr_bench_slow_on(world->dir, delay_us);
    okr_bench_serve(world);
    okr_bench_slow_off();
    okr_bench_sites_dial(s);
    for (size_t i = 0; i < SHAPES; i++) {
        double share = seconds < RUN_SECONDS ? seconds / RUN_SECONDS : 1;
        size_t pushes = (size_t)((double)shapes[i].pushes * share) + 64;
        const struct okr_bench_run run = {.clients = shapes[i].clients,
                                          .ops = shapes[i].ops,
                                          .pushes = pushes,
                                          .author = shapes[i].author,
                                          .seconds = seconds};
        struct okr_bench_syncs before = okr_bench_syncs();
        results[i].pushed = okr_bench_sites_push(s, &run);
        struct okr_bench_syncs after = okr_bench_syncs();
        results[i].syncs.calls = after.calls - before.calls;
        results[i].syncs.writes = after.writes - before.writes;
    }
    okr_bench_sites_hang_up(s);
    okr_bench_stop(&world->server);
}

/* ---- what it cannot be faster than --------------------------------------- */

struct floors {
    double verify;   /* a second, one processor */
    double syncs_ms; /* one synced commit */
};

/* The signatures of both processors, or one commit for all that wait. */
static double floor_of(const struct floors *floors, const struct shape *shape)
{
    double ops = (double)shape->ops, clients = (double)shape->clients;
    double processors = shape->clients > 1 ? 2 : 1;
    double signatures = shape->author ? 1 + ops : 1;
    double busy = clients * signatures / floors->verify / processors;
    return clients * ops / (busy + floors->syncs_ms / 1e3);
}

static void print(const char *title, const struct floors *floors,
                  const struct result results[SHAPES])
{
    okr_bench_head(title);
    for (size_t i = 0; i < SHAPES; i++) {
        const struct okr_bench_pushed *p = &results[i].pushed;
        const struct okr_bench_syncs *syncs = &results[i].syncs;
        double ops = (double)p->ops;
        char note[200];
        (void)snprintf(note, sizeof note,
                       "until answered %.2f / %.2f ms; CPU an operation: "
                       "server %.0f, clients %.0f µs; synced %llu + %llu "
                       "times for %zu operations",
                       p->p50, p->p99, p->server_cpu / ops * 1e6,
                       p->client_cpu / ops * 1e6,
                       (unsigned long long)syncs->calls,
                       (unsigned long long)syncs->writes, p->ops);
        okr_bench_row(
            &(struct okr_bench_row){.what = shapes[i].what,
                                    .value = ops / p->seconds,
                                    .unit = "op/s",
                                    .floor = "verify + commit",
                                    .floor_value = floor_of(floors, &shapes[i]),
                                    .note = note});
    }
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : RUN_SECONDS;
    static struct okr_bench_world world;
    static struct result plain[SHAPES], slow[SHAPES];
    okr_bench_world_open(&world);
    struct floors floors = {okr_bench_verify(), 1e3 / okr_bench_commits(1)};
    okr_bench_serve(&world); /* who has a key does not invite any more */
    okr_bench_join(&world, 0);
    okr_bench_stop(&world.server);
    struct okr_bench_sites *sites = okr_bench_sites_open(&world);
    run_all(&world, sites, 0, seconds, plain);
    run_all(&world, sites, SLOW_US, seconds, slow);
    okr_bench_serve(&world);
    okr_bench_site_run(&world, 0);
    (void)okr_bench_settle(&world, 0); /* ends where the digests differ */
    okr_bench_sites_close(sites);
    okr_bench_world_close(&world);

    print("Durable check-ins a second at the server, clients included", &floors,
          plain);
    floors.syncs_ms += SLOW_US / 1e3;
    print("The same, every sync delayed by 2 ms", &floors, slow);
    return 0;
}
