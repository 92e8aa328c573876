/* Durable operations a second at the server: pushes of check-ins, as frames,
 * through the hub's turn over LMDB on disk, to the frames of the answers.  No
 * sockets, one thread. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/lib/bench.h"
#include "tests/lib/bench_hub.h"
#include "tests/lib/files.h"

enum { RUNS = 3, RUN_TURNS_MAX = 400 };

#define MAP_BYTES ((size_t)8 << 30)
#define RUN_OPS 3000

static unsigned long syncs;

/* LMDB's, too: counted, and done. */
int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

struct shape {
    const char *what;
    size_t pushes, ops; /* of a turn, of a push */
};

struct figures {
    double rate, cpu_us, syncs, bytes;
};

static struct figures run_once(struct okr_bench_hub *b,
                               const struct shape *shape)
{
    static struct okr_slice frames[RUN_TURNS_MAX][OKR_BENCH_PEERS];
    size_t each = shape->pushes * shape->ops;
    size_t turns = RUN_OPS / each < 3 ? 3 : RUN_OPS / each;
    if (turns > RUN_TURNS_MAX)
        turns = RUN_TURNS_MAX;
    okr_arena_reset(b->h.keep);
    for (size_t i = 0; i < turns; i++)
        for (size_t k = 0; k < shape->pushes; k++)
            frames[i][k] = okr_bench_hub_push(b, &b->peers[k], shape->ops);
    b->replies = b->bytes = 0;
    syncs = 0;
    double from = okr_bench_seconds(), cpu = okr_bench_cpu();
    for (size_t i = 0; i < turns; i++)
        okr_bench_hub_turn(b, frames[i], shape->pushes);
    double took = okr_bench_seconds() - from, ops = (double)(turns * each);
    okr_bench_need(b->replies == turns * shape->pushes, "an answer is missing");
    return (struct figures){.rate = ops / took,
                            .cpu_us = (okr_bench_cpu() - cpu) / ops * 1e6,
                            .syncs = (double)syncs / ops,
                            .bytes = (double)b->bytes / ops};
}

struct floors {
    double verify, commit1;
};

/* What one push costs at least: its signatures, and its share of a commit. */
static double floor_of(const struct okr_bench_hub *b,
                       const struct floors *floors, const struct shape *shape)
{
    double pushes = (double)shape->pushes, ops = (double)shape->ops;
    double signatures = pushes * (b->author.key == NULL ? 1 : 1 + ops);
    return pushes * ops / (signatures / floors->verify + 1 / floors->commit1);
}

static void run(struct okr_bench_hub *b, const struct floors *floors,
                const struct shape *shape)
{
    double rates[RUNS];
    struct figures f = {0};
    char note[120];
    for (int i = 0; i < RUNS; i++) {
        f = run_once(b, shape);
        rates[i] = f.rate;
    }
    (void)snprintf(note, sizeof note,
                   "%.0f µs CPU, %.3f fdatasync, %.0f B out an operation",
                   f.cpu_us, f.syncs, f.bytes);
    okr_bench_row(
        &(struct okr_bench_row){.what = shape->what,
                                .value = okr_bench_quantile(rates, RUNS, 0.5),
                                .unit = "op/s",
                                .floor = "verify + commit",
                                .floor_value = floor_of(b, floors, shape),
                                .note = note});
}

static void run_all(const struct floors *floors, bool author)
{
    static const struct shape shapes[] = {
        {"1 push of 1 a turn", 1, 1},
        {"64 pushes of 1 a turn", 64, 1},
        {"1 push of 64 a turn", 1, 64},
        {"15 pushes of 64 a turn", 15, 64},
    };
    static struct okr_bench_hub b = {.n_peers = OKR_BENCH_PEERS,
                                     .n_key_results = OKR_BENCH_KEY_RESULTS};
    char dir[OKR_TEST_PATH_MAX];
    struct okr_kv *kv;
    okr_test_dir_make(dir);
    okr_bench_need(okr_kv_lmdb_open(dir, MAP_BYTES, &kv) == OKR_OK, "store");
    okr_bench_hub_open(&b, kv, author);
    okr_bench_head(author ? "Check-ins, signed by their author, at the hub"
                          : "Check-ins, attested by the site, at the hub");
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        run(&b, floors, &shapes[i]);
    okr_bench_hub_close(&b);
    okr_test_dir_remove(dir);
}

int main(void)
{
    okr_crypto_init();
    const struct floors floors = {okr_bench_verify(), okr_bench_commits(1)};
    run_all(&floors, false);
    run_all(&floors, true);
    return 0;
}
