/* The environment and the counter of tests/shim/slow_sync.c. */
#include "tests/lib/bench_slow.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/lib/bench.h"
#include "tests/lib/files.h"

static const uint64_t *counted;

/* bench/slow_sync.so, beside this program. */
static void find_shim(char ret[OKR_TEST_PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", ret, OKR_TEST_PATH_MAX - 20);
    okr_bench_need(n > 0, "/proc/self/exe");
    ret[n] = '\0';
    (void)strcpy(strrchr(ret, '/') + 1, "slow_sync.so");
    okr_bench_need(access(ret, R_OK) == 0, ret);
}

static void open_counter(const char *path)
{
    static const uint64_t zero[2];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    okr_bench_need(fd >= 0 && write(fd, zero, sizeof zero) == sizeof zero,
                   path);
    void *at = mmap(NULL, sizeof zero, PROT_READ, MAP_SHARED, fd, 0);
    (void)close(fd);
    okr_bench_need(at != MAP_FAILED, path);
    counted = at;
}

void okr_bench_slow_on(const char *dir, int delay_us)
{
    char shim[OKR_TEST_PATH_MAX], path[OKR_TEST_PATH_MAX], delay[16];
    find_shim(shim);
    okr_test_path(dir, "syncs", path);
    open_counter(path);
    (void)snprintf(delay, sizeof delay, "%d", delay_us);
    okr_bench_need(setenv("OKR_SYNC_DELAY_US", delay, 1) == 0 &&
                       setenv("OKR_SYNC_COUNT", path, 1) == 0 &&
                       setenv("LD_PRELOAD", shim, 1) == 0,
                   "setenv");
}

void okr_bench_slow_off(void)
{
    (void)unsetenv("LD_PRELOAD");
}

struct okr_bench_syncs okr_bench_syncs(void)
{
    okr_bench_need(counted != NULL, "no counter");
    return (struct okr_bench_syncs){counted[0], counted[1]};
}
