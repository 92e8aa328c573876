/* Some turns of the hub, with callgrind counting their instructions:
 * count_hub mem|lmdb attested|signed PUSHES OPS TURNS. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION (void)0
#define CALLGRIND_STOP_INSTRUMENTATION (void)0
#endif

#include "tests/lib/bench.h"
#include "tests/lib/bench_hub.h"
#include "tests/lib/files.h"

enum { TURNS_MAX = 64, WARM = 1, KEY_RESULTS = 200 };
#define MAP_BYTES ((size_t)1 << 30)

static struct okr_kv *open_kv(const char *kind, const char *dir)
{
    struct okr_kv *kv = NULL;
    enum okr_err err = strcmp(kind, "lmdb") == 0
                           ? okr_kv_lmdb_open(dir, MAP_BYTES, &kv)
                           : okr_kv_mem_open(&kv);
    okr_bench_need(err == OKR_OK, "store");
    return kv;
}

static size_t number(const char *text, size_t max)
{
    size_t n = strtoul(text, NULL, 10);
    okr_bench_need(n > 0 && n <= max, text);
    return n;
}

int main(int argc, char **argv)
{
    static struct okr_bench_hub b;
    static struct okr_slice frames[TURNS_MAX][OKR_BENCH_PEERS];
    char dir[OKR_TEST_PATH_MAX];
    okr_bench_need(argc == 6, "mem|lmdb attested|signed PUSHES OPS TURNS");
    size_t pushes = number(argv[3], OKR_BENCH_PEERS);
    size_t ops = number(argv[4], OKR_PUSH_OPS_MAX);
    size_t turns = number(argv[5], TURNS_MAX - WARM) + WARM;
    b.n_peers = pushes;
    b.n_key_results = KEY_RESULTS;
    okr_crypto_init();
    okr_test_dir_make(dir);
    okr_bench_hub_open(&b, open_kv(argv[1], dir),
                       strcmp(argv[2], "signed") == 0);
    for (size_t i = 0; i < turns; i++)
        for (size_t k = 0; k < pushes; k++)
            frames[i][k] = okr_bench_hub_push(&b, &b.peers[k], ops);
    for (size_t i = 0; i < turns; i++) {
        if (i == WARM)
            CALLGRIND_START_INSTRUMENTATION;
        okr_bench_hub_turn(&b, frames[i], pushes);
    }
    CALLGRIND_STOP_INSTRUMENTATION;
    okr_bench_hub_close(&b);
    okr_test_dir_remove(dir);
    return 0;
}
