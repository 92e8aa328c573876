/* etcd beside it, on the same machine in the same hour: puts of 300 bytes over
 * gRPC without encryption, 1 and 64 clients, and again with syncs that take
 * 2 ms longer.  Debian's etcd-server; $OKR_ETCD names another one. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/bench.h"
#include "tests/lib/bench_h2.h"
#include "tests/lib/bench_notify.h"
#include "tests/lib/files.h"

enum { CLIENTS_MAX = 64, VALUE = 300, SLOW_US = 2000, WAIT_MS = 30000 };
enum { PUTS_MAX = 400000, START_TRIES = 600 };
#define RUN_SECONDS 3.0

struct bench {
    char dir[OKR_TEST_PATH_MAX];
    unsigned port;
    pid_t pid;
    struct okr_bench_notify *notify;
    struct okr_bench_h2 clients[CLIENTS_MAX];
    double asked[CLIENTS_MAX], *ms;
    size_t n_ms, keys;
};

static const char *find_etcd(void)
{
    const char *own = getenv("OKR_ETCD");
    if (own != NULL)
        return own;
    return access("/usr/bin/etcd", X_OK) == 0 ? "/usr/bin/etcd" : NULL;
}

static void start(struct bench *b, const char *etcd, int delay_us)
{
    char data[OKR_TEST_PATH_MAX], out[OKR_TEST_PATH_MAX], client[64], peer[64],
        cluster[80];
    const struct timespec moment = {.tv_nsec = 50 * 1000 * 1000};
    okr_test_path(b->dir, delay_us == 0 ? "plain" : "slow", data);
    okr_test_path(b->dir, "etcd.log", out);
    b->port = 20000 + (unsigned)getpid() % 20000 + (delay_us == 0 ? 0 : 2);
    (void)snprintf(client, sizeof client, "http://127.0.0.1:%u", b->port);
    (void)snprintf(peer, sizeof peer, "http://127.0.0.1:%u", b->port + 1);
    (void)snprintf(cluster, sizeof cluster, "bench=%s", peer);
    const char *const argv[] = {etcd,
                                "--name=bench",
                                "--data-dir",
                                data,
                                "--listen-client-urls",
                                client,
                                "--advertise-client-urls",
                                client,
                                "--listen-peer-urls",
                                peer,
                                "--initial-advertise-peer-urls",
                                peer,
                                "--initial-cluster",
                                cluster,
                                "--log-level=error",
                                NULL};
    b->notify = okr_bench_notify_start(argv, out, delay_us, &b->pid);
    for (int i = 0; i < START_TRIES; i++) {
        if (okr_bench_h2_open(&b->clients[0], b->port))
            break;
        okr_bench_need(waitpid(b->pid, NULL, WNOHANG) == 0, "etcd ended");
        (void)nanosleep(&moment, NULL);
    }
    okr_bench_need(b->clients[0].fd >= 0, "etcd does not listen");
    for (int i = 1; i < CLIENTS_MAX; i++)
        okr_bench_need(okr_bench_h2_open(&b->clients[i], b->port),
                       "etcd's connection");
}

static void stop(struct bench *b)
{
    for (int i = 0; i < CLIENTS_MAX; i++)
        okr_bench_h2_close(&b->clients[i]);
    (void)kill(b->pid, SIGKILL);
    (void)waitpid(b->pid, NULL, 0);
    okr_bench_notify_close(b->notify);
}

static void put(struct bench *b, int i)
{
    static const uint8_t value[VALUE] = {'{'};
    char key[32];
    (void)snprintf(key, sizeof key, "k-%010zu", b->keys++);
    b->asked[i] = okr_bench_seconds();
    okr_bench_h2_put(&b->clients[i], key, value, sizeof value);
}

static double run(struct bench *b, int clients)
{
    struct pollfd fds[CLIENTS_MAX];
    size_t waiting = (size_t)clients;
    b->n_ms = 0;
    double from = okr_bench_seconds(), now = from;
    for (int i = 0; i < clients; i++) {
        fds[i] = (struct pollfd){.fd = b->clients[i].fd, .events = POLLIN};
        put(b, i);
    }
    while (waiting > 0) {
        okr_bench_need(poll(fds, (nfds_t)clients, WAIT_MS) > 0, "no answer");
        for (int i = 0; i < clients; i++) {
            if (fds[i].revents == 0 || !okr_bench_h2_done(&b->clients[i]))
                continue;
            now = okr_bench_seconds();
            b->ms[b->n_ms++] = (now - b->asked[i]) * 1e3;
            if (now - from > RUN_SECONDS || b->n_ms + CLIENTS_MAX > PUTS_MAX)
                waiting--;
            else
                put(b, i);
        }
    }
    return now - from;
}

static void row(struct bench *b, const char *what, int clients)
{
    char note[120];
    uint64_t syncs = okr_bench_notify_syncs(b->notify);
    double cpu = okr_bench_cpu_of(b->pid), seconds = run(b, clients);
    double n = (double)b->n_ms;
    (void)snprintf(
        note, sizeof note,
        "until answered %.2f / %.2f ms; %.0f µs CPU of etcd a put; "
        "synced %llu times for %zu",
        okr_bench_quantile(b->ms, b->n_ms, 0.5),
        okr_bench_quantile(b->ms, b->n_ms, 0.99),
        (okr_bench_cpu_of(b->pid) - cpu) / n * 1e6,
        (unsigned long long)(okr_bench_notify_syncs(b->notify) - syncs),
        b->n_ms);
    okr_bench_row(&(struct okr_bench_row){
        .what = what, .value = n / seconds, .unit = "put/s", .note = note});
}

int main(void)
{
    static struct bench b;
    const char *etcd = find_etcd();
    if (etcd == NULL) {
        (void)printf("\nSKIPPED: etcd is not installed (apt-get install "
                     "etcd-server, or name one in $OKR_ETCD)\n");
        return 0;
    }
    okr_test_dir_make(b.dir);
    b.ms = calloc(PUTS_MAX, sizeof *b.ms);
    okr_bench_need(b.ms != NULL, "memory");
    okr_bench_head("etcd: puts of 300 bytes, no encryption, no signatures");
    start(&b, etcd, 0);
    row(&b, "1 client", 1);
    row(&b, "64 clients", CLIENTS_MAX);
    stop(&b);
    start(&b, etcd, SLOW_US);
    row(&b, "1 client, syncs 2 ms longer", 1);
    row(&b, "64 clients, syncs 2 ms longer", CLIENTS_MAX);
    stop(&b);
    free(b.ms);
    okr_test_dir_remove(b.dir);
    return 0;
}
