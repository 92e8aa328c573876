/* Daemons that are live: how fast a person reads "saved", when the server has
 * it, and when somebody at another site sees it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/base/hex.h"
#include "common/net/net.h"
#include "tests/lib/bench.h"
#include "tests/lib/bench_world.h"
#include "tests/lib/json_look.h"

enum {
    KEY_RESULTS = 1000,
    CLIENTS_MAX = 64,
    SEEN = 300, /* changes that are followed to the other site */
    WAIT_MS = 30000,
};
#define RUN_SECONDS 2.0

struct client {
    void *socket;
    double asked;
};

struct bench {
    struct okr_bench_world world;
    struct okr_id *key_results;
    size_t drawn;
    void *zmq;
    struct client clients[CLIENTS_MAX];
    double *ms; /* how long each took */
    size_t n_ms, cap_ms;
    struct okr_arena *arena;
};

/* ---- check-ins ----------------------------------------------------------- */

/* One key result after another, so that no two at once are about the same. */
static void encode(struct bench *b, const char *note, struct okr_buf *out)
{
    char hex[2 * OKR_ID_LEN + 1];
    const struct okr_id *id = &b->key_results[b->drawn++ % KEY_RESULTS];
    okr_hex_encode(okr_id_slice(id), hex);
    struct okr_arg args[] = {
        {OKR_SLICE_LIT("key_result"), okr_slice_str(hex)},
        {OKR_SLICE_LIT("value"), OKR_SLICE_LIT("42")},
        {OKR_SLICE_LIT("confidence"), OKR_SLICE_LIT("7")},
        {OKR_SLICE_LIT("note"), okr_slice_str(note)},
    };
    const struct okr_ask ask = {.method = OKR_SLICE_LIT("checkin"),
                                .args = args,
                                .n_args = sizeof args / sizeof args[0],
                                .as_mail = OKR_SLICE_LIT(OKR_BENCH_ADMIN)};
    out->len = 0;
    okr_ask_encode(&ask, out);
    okr_bench_need(out->err == OKR_OK, "a question");
}

static void ask(struct bench *b, struct client *client, const char *note,
                struct okr_buf *out)
{
    encode(b, note, out);
    client->asked = okr_bench_seconds();
    okr_bench_need(okr_net_send(client->socket, OKR_SLICE_NONE,
                                okr_buf_slice(out)) == OKR_OK,
                   "a question was not taken");
}

/* True: the answer is there. */
static bool take(struct bench *b, struct client *client)
{
    struct okr_net_frame frame;
    struct okr_reply *reply = NULL;
    enum okr_err err = okr_net_recv(client->socket, b->arena, &frame);
    if (err == OKR_ERR_NOTFOUND)
        return false;
    okr_bench_need(err == OKR_OK &&
                       okr_reply_decode(frame.body, b->arena, &reply) == OKR_OK,
                   "an answer");
    if (reply->code != OKR_REPLY_DONE)
        (void)fprintf(stderr, "%.*s\n", (int)reply->error.len,
                      (const char *)reply->error.data);
    okr_bench_need(reply->code == OKR_REPLY_DONE, "a check-in was refused");
    okr_bench_need(b->n_ms < b->cap_ms, "too many answers");
    b->ms[b->n_ms++] = (okr_bench_seconds() - client->asked) * 1e3;
    return true;
}

/* ---- clients ------------------------------------------------------------- */

static void open_client(struct bench *b, struct client *client)
{
    char endpoint[OKR_TEST_PATH_MAX + 16];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/sock",
                   b->world.sites[0].dir);
    client->socket = zmq_socket(b->zmq, ZMQ_DEALER);
    okr_bench_need(client->socket != NULL &&
                       zmq_connect(client->socket, endpoint) == 0,
                   "the site's socket");
}

static size_t wait_some(struct bench *b, size_t clients)
{
    zmq_pollitem_t items[CLIENTS_MAX];
    for (size_t i = 0; i < clients; i++)
        items[i] = (zmq_pollitem_t){.socket = b->clients[i].socket,
                                    .events = ZMQ_POLLIN};
    int ready = zmq_poll(items, (int)clients, WAIT_MS);
    okr_bench_need(ready > 0, "no answer");
    return (size_t)ready;
}

struct figures {
    double saved, taken; /* a second: at the site, by the server */
    double p50, p99;     /* ms until "saved" */
    size_t n;
};

/* Each client asks again as soon as it has its answer. */
static void drive(struct bench *b, size_t clients, double until)
{
    size_t open = clients;
    struct okr_buf out;
    okr_buf_init(&out, NULL);
    for (size_t i = 0; i < clients; i++)
        ask(b, &b->clients[i], "as planned", &out);
    while (open > 0) {
        (void)wait_some(b, clients);
        for (size_t i = 0; i < clients; i++) {
            if (!take(b, &b->clients[i]))
                continue;
            if (okr_bench_seconds() < until)
                ask(b, &b->clients[i], "as planned", &out);
            else
                open--;
        }
        okr_arena_reset(b->arena);
    }
    okr_buf_close(&out);
}

static void wait_taken(struct bench *b)
{
    const char *pending = "";
    while (pending == NULL || strcmp(pending, "0") != 0) {
        const char *json =
            okr_bench_ask(&b->world, &b->world.sites[0], "status");
        pending = okr_json_at(json, "pending", b->world.arena);
        (void)zmq_poll(NULL, 0, 5);
    }
}

static struct figures run(struct bench *b, size_t clients)
{
    struct figures f;
    double from = okr_bench_seconds();
    b->n_ms = 0;
    drive(b, clients, from + RUN_SECONDS);
    f.n = b->n_ms;
    f.saved = (double)f.n / (okr_bench_seconds() - from);
    wait_taken(b);
    f.taken = (double)f.n / (okr_bench_seconds() - from);
    (void)okr_bench_settle(&b->world, 0);
    (void)okr_bench_settle(&b->world, 1);
    f.p50 = okr_bench_quantile(b->ms, b->n_ms, 0.5);
    f.p99 = okr_bench_quantile(b->ms, b->n_ms, 0.99);
    return f;
}

/* ---- the other site ------------------------------------------------------ */

static void wait_seen(struct okr_asker *watch, struct okr_arena *arena,
                      const char *mark)
{
    struct okr_reply *reply;
    for (;;) {
        okr_bench_need(okr_asker_next(watch, WAIT_MS, arena, &reply) == OKR_OK,
                       "a change was not seen");
        okr_bench_need(reply->code == OKR_REPLY_DONE && reply->more,
                       "watch has ended");
        if (strstr(okr_arena_str(arena, reply->json), mark) != NULL)
            return;
    }
}

/* One after another; the answer at site A is taken meanwhile. */
static void follow(struct bench *b, double ms[SEEN])
{
    const struct okr_ask question = {.method = OKR_SLICE_LIT("watch")};
    struct okr_asker *watch;
    struct okr_buf out;
    char mark[32];
    okr_buf_init(&out, NULL);
    okr_bench_need(okr_asker_open(b->world.sites[1].dir, &watch) == OKR_OK &&
                       okr_asker_send(watch, &question) == OKR_OK,
                   "watch");
    (void)zmq_poll(NULL, 0, 200);
    for (size_t i = 0; i < SEEN; i++) {
        b->n_ms = 0;
        (void)snprintf(mark, sizeof mark, "mark %06zu.", i);
        ask(b, &b->clients[0], mark, &out);
        wait_seen(watch, b->arena, mark);
        ms[i] = (okr_bench_seconds() - b->clients[0].asked) * 1e3;
        while (!take(b, &b->clients[0]))
            (void)wait_some(b, 1);
        okr_arena_reset(b->arena);
        (void)zmq_poll(NULL, 0, 5); /* as people: not in step with it */
    }
    okr_asker_close(&watch);
    okr_buf_close(&out);
}

/* ---- the table ----------------------------------------------------------- */

static void print_run(const struct figures *f, const char *who, double commits)
{
    char what[80], note[80];
    (void)snprintf(what, sizeof what, "%s: saved at the site", who);
    (void)snprintf(note, sizeof note, "p50 %.2f ms, p99 %.2f ms, %zu of them",
                   f->p50, f->p99, f->n);
    okr_bench_row(&(struct okr_bench_row){.what = what,
                                          .value = f->saved,
                                          .unit = "op/s",
                                          .floor = "commits of 1",
                                          .floor_value = commits,
                                          .note = note});
    (void)snprintf(what, sizeof what, "%s: decided, answer here", who);
    okr_bench_row(&(struct okr_bench_row){.what = what,
                                          .value = f->taken,
                                          .unit = "op/s",
                                          .floor = "commits of 1",
                                          .floor_value = commits});
}

static void print_seen(double ms[SEEN], double commits)
{
    struct okr_bench_curve curve = okr_bench_curve();
    const double share[] = {0.5, 0.99};
    const char *const what[] = {"change, seen at the other site, p50",
                                "change, seen at the other site, p99"};
    for (int i = 0; i < 2; i++)
        okr_bench_row(&(struct okr_bench_row){
            .what = what[i],
            .value = okr_bench_quantile(ms, SEEN, share[i]),
            .unit = "ms",
            .floor = "3 commits + CURVE round trip",
            .floor_value = 3000 / commits + (i == 0 ? curve.p50 : curve.p99)});
}

static void open_bench(struct bench *b)
{
    double loading;
    okr_bench_world_open(&b->world);
    b->key_results = okr_bench_load(&b->world, KEY_RESULTS, &loading);
    okr_bench_serve(&b->world);
    for (int i = 0; i < OKR_BENCH_SITES; i++) {
        okr_bench_join(&b->world, i);
        okr_bench_site_run(&b->world, i);
        (void)okr_bench_settle(&b->world, i);
    }
    b->cap_ms = 1000000;
    b->ms = calloc(b->cap_ms, sizeof *b->ms);
    b->zmq = zmq_ctx_new();
    okr_bench_need(b->ms != NULL && b->zmq != NULL &&
                       okr_arena_new(OKR_ARENA_UNBOUNDED, &b->arena) == OKR_OK,
                   "memory");
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        open_client(b, &b->clients[i]);
}

static void close_bench(struct bench *b)
{
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        zmq_close(b->clients[i].socket);
    zmq_ctx_term(b->zmq);
    okr_arena_free(&b->arena);
    free(b->ms);
    free(b->key_results);
    okr_bench_world_close(&b->world);
}

int main(void)
{
    static struct bench b;
    static double ms[SEEN];
    open_bench(&b);
    double commits = okr_bench_commits(1);
    follow(&b, ms);
    struct figures one = run(&b, 1), many = run(&b, CLIENTS_MAX);
    commits = (commits + okr_bench_commits(1)) / 2; /* before and after */
    okr_bench_head("Check-ins at a site's local socket, two sites live");
    print_run(&one, "1 client", commits);
    print_run(&many, "64 clients", commits);
    print_seen(ms, commits);
    close_bench(&b);
    return 0;
}
