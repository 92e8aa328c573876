/* Some threads answer, so that two syncs at once take as long as one. */
#include "tests/lib/bench_notify.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/bench.h"

enum { THREADS = 4, TICK_MS = 100 };

struct okr_bench_notify {
    int fd;
    long delay_us;
    uint64_t syncs;
    int ending;
    pthread_t threads[THREADS];
};

/* ---- in the program, before it is itself --------------------------------- */

static int install(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof code / sizeof code[0], code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                        SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

union passing {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message(union passing *passing, struct iovec *byte)
{
    return (struct msghdr){.msg_iov = byte,
                           .msg_iovlen = 1,
                           .msg_control = passing->bytes,
                           .msg_controllen = sizeof passing->bytes};
}

static void pass(int to, int fd)
{
    union passing passing = {0};
    char byte = 0;
    struct iovec io = {&byte, 1};
    struct msghdr msg = message(&passing, &io);
    struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
    if (sendmsg(to, &msg, 0) != 1)
        _exit(126);
}

static int receive(int from)
{
    union passing passing = {0};
    char byte;
    struct iovec io = {&byte, 1};
    struct msghdr msg = message(&passing, &io);
    int fd = -1;
    if (recvmsg(from, &msg, MSG_CMSG_CLOEXEC) == 1 &&
        CMSG_FIRSTHDR(&msg) != NULL)
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof fd);
    return fd;
}

static void become(const char *const *argv, const char *out, int to)
{
    int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    union {
        const char *const *in;
        char *const *out;
    } args = {.in = argv};
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
        _exit(126);
    int listener = install();
    if (listener < 0)
        _exit(125);
    pass(to, listener);
    (void)close(listener);
    (void)execv(argv[0], args.out);
    _exit(127);
}

/* ---- here ---------------------------------------------------------------- */

static void wait_us(long us)
{
    struct timespec left = {.tv_sec = us / 1000000,
                            .tv_nsec = us % 1000000 * 1000};
    while (us > 0 && nanosleep(&left, &left) != 0)
        ;
}

static void *answer(void *context)
{
    struct okr_bench_notify *n = context;
    while (!__atomic_load_n(&n->ending, __ATOMIC_RELAXED)) {
        struct pollfd poll_fd = {.fd = n->fd, .events = POLLIN};
        struct seccomp_notif asked = {0};
        if (poll(&poll_fd, 1, TICK_MS) <= 0)
            continue;
        if ((poll_fd.revents & POLLIN) == 0)
            break; /* the program is gone */
        if (ioctl(n->fd, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
            continue; /* another thread had it */
        (void)__atomic_fetch_add(&n->syncs, 1, __ATOMIC_RELAXED);
        wait_us(n->delay_us);
        struct seccomp_notif_resp go = {
            .id = asked.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
        (void)ioctl(n->fd, SECCOMP_IOCTL_NOTIF_SEND, &go);
    }
    return NULL;
}

struct okr_bench_notify *okr_bench_notify_start(const char *const *argv,
                                                const char *out, int delay_us,
                                                pid_t *ret_pid)
{
    struct okr_bench_notify *n = calloc(1, sizeof *n);
    int pair[2];
    okr_bench_need(n != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC,
                                           0, pair) == 0,
                   "socketpair");
    pid_t pid = fork();
    okr_bench_need(pid >= 0, "fork");
    if (pid == 0)
        become(argv, out, pair[1]);
    (void)close(pair[1]);
    n->fd = receive(pair[0]);
    (void)close(pair[0]);
    okr_bench_need(n->fd >= 0, "seccomp's notifications");
    n->delay_us = delay_us;
    for (int i = 0; i < THREADS; i++)
        okr_bench_need(pthread_create(&n->threads[i], NULL, answer, n) == 0,
                       "thread");
    *ret_pid = pid;
    return n;
}

void okr_bench_notify_close(struct okr_bench_notify *notify)
{
    __atomic_store_n(&notify->ending, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(notify->threads[i], NULL);
    (void)close(notify->fd);
    free(notify);
}

uint64_t okr_bench_notify_syncs(const struct okr_bench_notify *notify)
{
    return __atomic_load_n(&notify->syncs, __ATOMIC_RELAXED);
}
