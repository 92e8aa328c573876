/* LD_PRELOAD: counts what a program syncs, and makes every sync take longer,
 * as on another disk.
 *
 *   OKR_SYNC_DELAY_US   added to each; 0 or nothing: only counted
 *   OKR_SYNC_COUNT      a file of 16 bytes: u64 calls of fsync and fdatasync,
 *                       u64 writes that sync (O_DSYNC, O_SYNC: LMDB's meta
 *                       page) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static uint64_t here[2], *count = here;
static long delay_us;

__attribute__((constructor)) static void begin(void)
{
    const char *delay = getenv("OKR_SYNC_DELAY_US");
    const char *path = getenv("OKR_SYNC_COUNT");
    delay_us = delay == NULL ? 0 : strtol(delay, NULL, 10);
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *at =
        mmap(NULL, sizeof here, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (at != MAP_FAILED)
        count = at;
}

static void synced(int which)
{
    struct timespec left = {.tv_sec = delay_us / 1000000,
                            .tv_nsec = delay_us % 1000000 * 1000};
    (void)__atomic_fetch_add(&count[which], 1, __ATOMIC_RELAXED);
    while (delay_us > 0 && nanosleep(&left, &left) != 0)
        ;
}

static void wrote(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & (O_DSYNC | O_SYNC)) != 0)
        synced(1);
}

int fsync(int fd)
{
    int failed = (int)syscall(SYS_fsync, fd);
    synced(0);
    return failed;
}

int fdatasync(int fd)
{
    int failed = (int)syscall(SYS_fdatasync, fd);
    synced(0);
    return failed;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    ssize_t n = syscall(SYS_pwrite64, fd, data, len, at);
    wrote(fd);
    return n;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    ssize_t n = syscall(SYS_pwrite64, fd, data, len, at);
    wrote(fd);
    return n;
}

/* LMDB writes pages that lie together with one call, never to the descriptor
 * that syncs; only the plain calls have to be watched. */
