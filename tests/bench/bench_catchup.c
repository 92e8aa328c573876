/* First sync of 100,000 key results, and catching up with as many that were
 * changed while the site was away: real daemons, CURVE, loopback.  Ends with
 * an error, and no table, where the site does not come to the server's
 * digest. */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/hex.h"
#include "tests/lib/bench.h"
#include "tests/lib/bench_world.h"

#define KEY_RESULTS_DEFAULT 100000

struct figures {
    double seconds, cpu, server_cpu;
    struct okr_bench_bytes bytes;
    double site_memory, server_memory, site_store, server_store;
    double status, show, tree; /* ms, each a program of its own, the median */
    double list;               /* ms, all of them, once */
};

/* The median of what a person waits for. */
static double wait_for(struct okr_bench_world *world, const char *word,
                       const char *name)
{
    enum { TIMES = 11 };
    double ms[TIMES];
    const char *const words[2] = {word, name};
    for (int i = 0; i < TIMES; i++)
        ms[i] = okr_bench_okr(world, 0, words);
    return okr_bench_quantile(ms, TIMES, 0.5);
}

/* The site starts, and ends when it has it all; the server serves afresh. */
static struct figures sync_site(struct okr_bench_world *world,
                                const struct okr_id *one)
{
    char name[2 * OKR_ID_LEN + 1];
    struct figures f;
    double from = okr_bench_seconds();
    okr_bench_site_run(world, 0);
    double cpu = okr_bench_cpu_of(world->server.pid);
    (void)okr_bench_settle(world, 0);
    f.seconds = okr_bench_seconds() - from;
    f.cpu = okr_bench_cpu_of(world->sites[0].pid);
    f.server_cpu = okr_bench_cpu_of(world->server.pid) - cpu;
    f.bytes = okr_bench_tcp(world->ports, 2);
    f.site_memory = okr_bench_memory(world->sites[0].pid);
    f.server_memory = okr_bench_memory(world->server.pid);
    f.site_store = okr_bench_store_bytes(&world->sites[0]);
    f.server_store = okr_bench_store_bytes(&world->server);
    okr_hex_encode(okr_id_slice(one), name);
    f.status = wait_for(world, "status", NULL);
    f.show = wait_for(world, "show", name);
    f.tree = wait_for(world, "tree", name);
    f.list = okr_bench_okr(world, 0, (const char *const[2]){"list", NULL});
    okr_bench_stop(&world->sites[0]);
    return f;
}

static void row(const char *what, double value, const char *unit,
                const char *note)
{
    okr_bench_row(&(struct okr_bench_row){
        .what = what, .value = value, .unit = unit, .note = note});
}

static void print(const char *title, const struct figures *f, double n,
                  double puts)
{
    char note[120];
    okr_bench_head(title);
    (void)snprintf(note, sizeof note, "CPU: site %.1f s, server %.1f s", f->cpu,
                   f->server_cpu);
    okr_bench_row(
        &(struct okr_bench_row){.what = "until live, with the server's digest",
                                .value = f->seconds,
                                .unit = "s",
                                .floor = "one put each, 64 a commit",
                                .floor_value = n / puts,
                                .note = note});
    row("from the server", f->bytes.sent / 1e6, "MB", NULL);
    row("from the server, a key result", f->bytes.sent / n, "B", NULL);
    row("to the server", f->bytes.received / 1e3, "kB", NULL);
    row("memory of okr-site", f->site_memory / 1e6, "MB", "less the store");
    row("memory of okr-server", f->server_memory / 1e6, "MB", "less the store");
    row("`okr status`", f->status, "ms", "median of 11, a program each");
    row("`okr show` of one", f->show, "ms", "likewise");
    row("`okr tree` of one", f->tree, "ms", "likewise");
    row("`okr list` of all of them", f->list / 1e3, "s", "once, page by page");
    row("store of the site", f->site_store / 1e6, "MB", NULL);
    row("store of the server", f->server_store / 1e6, "MB", NULL);
}

int main(int argc, char **argv)
{
    static struct okr_bench_world world;
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : KEY_RESULTS_DEFAULT;
    double loading, changing;
    okr_bench_need(n > 0, "usage: bench_catchup [KEY-RESULTS]");
    okr_bench_world_open(&world);
    double puts = okr_bench_commits(64) * 64;
    struct okr_id *ids = okr_bench_load(&world, n, &loading);
    okr_bench_serve(&world);
    okr_bench_join(&world, 0);
    struct figures first = sync_site(&world, ids);
    okr_bench_stop(&world.server);
    okr_bench_change(&world, ids, n, &changing);
    okr_bench_serve(&world);
    struct figures again = sync_site(&world, ids);
    free(ids);
    okr_bench_world_close(&world);

    (void)printf("\n%zu key results of %zu objectives\n", n, n / 10);
    okr_bench_head("Loading through the hub's turn, 960 operations a turn");
    row("adding them", (double)n / loading, "/s", NULL);
    row("changing each", (double)n / changing, "/s", NULL);
    print("First sync", &first, (double)n, puts);
    print("Catching up: each was changed while the site was away", &again,
          (double)n, puts);
    return 0;
}
