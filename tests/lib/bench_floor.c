/* The floors: what signatures, the disk and the transport alone can do. */
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <zmq.h>

#include "common/base/buf.h"
#include "common/base/limits.h"
#include "common/crypto/sign.h"
#include "common/store/kv.h"
#include "tests/lib/bench.h"
#include "tests/lib/files.h"

#define FLOOR_SECONDS 0.5
#define MAP_BYTES ((size_t)1 << 30)

static void fine(enum okr_err err)
{
    okr_bench_need(err == OKR_OK, okr_err_text(err));
}

double okr_bench_verify(void)
{
    static const uint8_t seed[OKR_SIGN_SEED_LEN] = {1};
    uint8_t text[150] = {2};
    struct okr_sk *sk;
    size_t n = 0;
    fine(okr_sk_from_seed(seed, &sk));
    struct okr_pk pk = okr_sk_public(sk);
    struct okr_slice message = okr_slice_of(text, sizeof text);
    struct okr_sig sig = okr_sign(sk, message);
    double from = okr_bench_seconds();
    for (; okr_bench_seconds() - from < FLOOR_SECONDS; n++)
        okr_bench_need(okr_sign_check(&pk, message, &sig), "verify");
    double took = okr_bench_seconds() - from;
    okr_sk_free(&sk);
    return (double)n / took;
}

static void commit(struct okr_kv *kv, uint32_t *n, int puts)
{
    struct okr_kv_txn *txn;
    uint8_t key[16] = {0}, value[100] = {3};
    fine(okr_kv_begin(kv, true, &txn));
    for (int i = 0; i < puts; i++) {
        okr_be_put32(key, ++*n * UINT32_C(2654435761)); /* well spread */
        fine(okr_kv_put(txn, OKR_TABLE_ENTITY, okr_slice_of(key, sizeof key),
                        okr_slice_of(value, sizeof value)));
    }
    fine(okr_kv_commit(&txn));
}

double okr_bench_commits(int puts)
{
    char dir[OKR_TEST_PATH_MAX];
    struct okr_kv *kv;
    uint32_t n = 0;
    double commits = 0;
    okr_test_dir_make(dir);
    fine(okr_kv_lmdb_open(dir, MAP_BYTES, &kv));
    double from = okr_bench_seconds();
    for (; okr_bench_seconds() - from < FLOOR_SECONDS; commits++)
        commit(kv, &n, puts);
    double took = okr_bench_seconds() - from;
    okr_kv_close(&kv);
    okr_test_dir_remove(dir);
    return commits / took;
}

/* ---- CURVE --------------------------------------------------------------- */

/* An echo over loopback, in a context and a thread of its own. */
struct echo {
    void *zmq, *socket; /* DEALER: one peer */
    void *peer_zmq, *peer;
    pthread_t thread;
};

static void set(void *socket, int option, const void *value, size_t len)
{
    okr_bench_need(zmq_setsockopt(socket, option, value, len) == 0, "zmq");
}

/* Sends back what comes; of large frames one byte; ends on an empty one. */
static void *run_echo(void *socket)
{
    static char frame[OKR_FRAME_MAX];
    for (;;) {
        int n = zmq_recv(socket, frame, sizeof frame, 0);
        if (n <= 0)
            return NULL;
        if (zmq_send(socket, frame, n > 1000 ? 1 : (size_t)n, 0) < 0)
            return NULL;
    }
}

static void open_echo(struct echo *echo)
{
    uint8_t server[32], server_key[32], client[32], client_key[32];
    char endpoint[128];
    size_t len = sizeof endpoint;
    int one = 1;
    memset(server, 5, sizeof server);
    memset(client, 6, sizeof client);
    okr_curve_public(server, server_key);
    okr_curve_public(client, client_key);
    echo->zmq = zmq_ctx_new();
    echo->peer_zmq = zmq_ctx_new();
    echo->socket = zmq_socket(echo->zmq, ZMQ_DEALER);
    echo->peer = zmq_socket(echo->peer_zmq, ZMQ_DEALER);
    set(echo->peer, ZMQ_CURVE_SERVER, &one, sizeof one);
    set(echo->peer, ZMQ_CURVE_SECRETKEY, server, sizeof server);
    set(echo->socket, ZMQ_CURVE_SERVERKEY, server_key, sizeof server_key);
    set(echo->socket, ZMQ_CURVE_PUBLICKEY, client_key, sizeof client_key);
    set(echo->socket, ZMQ_CURVE_SECRETKEY, client, sizeof client);
    okr_bench_need(
        zmq_bind(echo->peer, "tcp://127.0.0.1:*") == 0 &&
            zmq_getsockopt(echo->peer, ZMQ_LAST_ENDPOINT, endpoint, &len) ==
                0 &&
            zmq_connect(echo->socket, endpoint) == 0 &&
            pthread_create(&echo->thread, NULL, run_echo, echo->peer) == 0,
        "zmq");
}

static void close_echo(struct echo *echo)
{
    okr_bench_need(zmq_send(echo->socket, "", 0, 0) == 0, "zmq");
    (void)pthread_join(echo->thread, NULL);
    zmq_close(echo->socket);
    zmq_close(echo->peer);
    zmq_ctx_term(echo->zmq);
    zmq_ctx_term(echo->peer_zmq);
}

static void send_one(struct echo *echo, const char *frame, size_t len)
{
    okr_bench_need(zmq_send(echo->socket, frame, len, 0) == (int)len, "send");
}

static void take_one(struct echo *echo)
{
    char frame[1000];
    okr_bench_need(zmq_recv(echo->socket, frame, sizeof frame, 0) > 0, "recv");
}

struct okr_bench_curve okr_bench_curve(void)
{
    enum { WARM = 200, TRIPS = 5000 };
    static double ms[TRIPS];
    const char frame[100] = {1};
    struct echo echo;
    open_echo(&echo);
    for (int i = 0; i < WARM + TRIPS; i++) {
        double from = okr_bench_seconds();
        send_one(&echo, frame, sizeof frame);
        take_one(&echo);
        if (i >= WARM)
            ms[i - WARM] = (okr_bench_seconds() - from) * 1e3;
    }
    close_echo(&echo);
    return (struct okr_bench_curve){okr_bench_quantile(ms, TRIPS, 0.5),
                                    okr_bench_quantile(ms, TRIPS, 0.99)};
}

double okr_bench_curve_bytes(void)
{
    enum { FRAMES = 500, AHEAD = 4 };
    static const char frame[OKR_BATCH_MAX] = {1};
    struct echo echo;
    open_echo(&echo);
    send_one(&echo, frame, sizeof frame);
    take_one(&echo);
    double from = okr_bench_seconds();
    for (int i = 0; i < FRAMES + AHEAD; i++) {
        if (i < FRAMES)
            send_one(&echo, frame, sizeof frame);
        if (i >= AHEAD)
            take_one(&echo);
    }
    double took = okr_bench_seconds() - from;
    close_echo(&echo);
    return (double)FRAMES * OKR_BATCH_MAX / took;
}
