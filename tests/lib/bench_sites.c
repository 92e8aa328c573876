/* A client is a key, a DEALER, and the next push of its site. */
#include "tests/lib/bench_sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/codec/codec.h"
#include "common/crypto/keyfile.h"
#include "common/net/net.h"
#include "tests/lib/bench.h"
#include "tests/lib/bench_author.h"
#include "tests/lib/bench_folder.h"

enum {
    KEY_RESULTS = 1000,
    FIRST_LOADED = 1 << 23, /* ids that bench_load.c does not use */
    WAIT_MS = 60000,
};

/* Where the site stands before a push that was made. */
struct made {
    uint64_t seq;
    struct okr_hash prev;
};

struct client {
    struct okr_test_peer peer;
    uint8_t secret[OKR_CURVE_LEN];
    struct okr_net_link link;
    struct okr_slice *pushes;
    struct made *made;
    size_t n_pushes, sent;
    double asked;
};

struct okr_bench_sites {
    struct okr_bench_world *world;
    struct client clients[OKR_BENCH_CLIENTS];
    struct okr_bench_author author;
    struct okr_sk *key;
    struct okr_id *key_results;
    uint8_t server_key[OKR_CURVE_LEN];
    void *zmq;
    struct okr_arena *in, *keep;
};

/* ---- enrolling ----------------------------------------------------------- */

static void join(struct okr_bench_folder *folder, struct client *client, int i)
{
    struct okr_test_hub *h = &folder->h;
    struct okr_test_peer *peer = &client->peer;
    const struct okr_id units[2] = {h->root};
    char name[32];
    (void)snprintf(name, sizeof name, "client %d", i);
    okr_test_invite(h, peer, name, units);
    memcpy(client->secret, peer->enrol.link_key, sizeof client->secret);
    okr_curve_public(client->secret, peer->enrol.link_key);
    okr_test_enrol_sign(peer);
    const struct okr_msg *reply = okr_test_enrol(h, peer);
    okr_bench_need(reply != NULL && reply->type == OKR_MSG_ENROLLED, "enrol");
}

struct okr_bench_sites *okr_bench_sites_open(struct okr_bench_world *world)
{
    static struct okr_bench_folder folder;
    struct okr_bench_sites *s = calloc(1, sizeof *s);
    double seconds;
    okr_bench_need(s != NULL &&
                       okr_arena_new(OKR_ARENA_UNBOUNDED, &s->in) == OKR_OK &&
                       okr_arena_new(OKR_ARENA_UNBOUNDED, &s->keep) == OKR_OK,
                   "memory");
    s->world = world;
    s->zmq = okr_net_context();
    s->key_results = okr_bench_load(world, KEY_RESULTS, &seconds);
    okr_bench_folder_open(world, FIRST_LOADED, &folder);
    okr_curve_public(okr_sk_seed(folder.server.keys.link), s->server_key);
    for (int i = 0; i < OKR_BENCH_CLIENTS; i++)
        join(&folder, &s->clients[i], i);
    s->key = okr_bench_author_key(&folder.h);
    s->author = (struct okr_bench_author){.org = folder.h.org,
                                          .person = folder.h.admin,
                                          .key_results = s->key_results,
                                          .n_key_results = KEY_RESULTS,
                                          .now = folder.h.now};
    okr_bench_folder_close(&folder);
    return s;
}

void okr_bench_sites_close(struct okr_bench_sites *sites)
{
    okr_bench_sites_hang_up(sites);
    for (int i = 0; i < OKR_BENCH_CLIENTS; i++)
        okr_test_leave(&sites->clients[i].peer);
    okr_sk_free(&sites->key);
    okr_arena_free(&sites->in);
    okr_arena_free(&sites->keep);
    free(sites->key_results);
    zmq_ctx_term(sites->zmq);
    free(sites);
}

/* ---- speaking ------------------------------------------------------------ */

/* The next message for the client, or NULL. */
static struct okr_msg *take(struct okr_bench_sites *s, struct client *client)
{
    struct okr_net_frame frame;
    struct okr_msg *msg = NULL;
    enum okr_err err = okr_net_recv(client->link.socket, s->in, &frame);
    if (err == OKR_ERR_NOTFOUND)
        return NULL;
    okr_bench_need(err == OKR_OK &&
                       okr_msg_decode(frame.body, s->in, &msg) == OKR_OK,
                   "a message of the server");
    return msg;
}

static void wait_up(struct client *client)
{
    zmq_pollitem_t item = {.socket = client->link.monitor,
                           .events = ZMQ_POLLIN};
    enum okr_net_life life;
    while ((life = okr_net_life_next(&client->link)) != OKR_NET_UP) {
        okr_bench_need(life == OKR_NET_NOTHING || life == OKR_NET_TRYING,
                       "the server refuses the connection");
        if (life == OKR_NET_NOTHING)
            okr_bench_need(zmq_poll(&item, 1, WAIT_MS) == 1, "no connection");
    }
}

static void wait_one(struct client *client)
{
    zmq_pollitem_t item = {.socket = client->link.socket, .events = ZMQ_POLLIN};
    okr_bench_need(zmq_poll(&item, 1, WAIT_MS) == 1, "no answer");
}

static void say_hello(struct okr_bench_sites *s, struct client *client)
{
    const struct okr_msg hello = {
        .type = OKR_MSG_HELLO,
        .u.hello = {.version_min = OKR_WIRE_VERSION,
                    .version_max = OKR_WIRE_VERSION,
                    .frame_max = OKR_FRAME_MAX,
                    .schema = OKR_SCHEMA_VERSION,
                    .site = client->peer.id,
                    .incarnation = client->peer.incarnation},
    };
    struct okr_buf frame;
    okr_buf_init(&frame, s->in);
    okr_msg_encode(&hello, &frame);
    okr_bench_need(frame.err == OKR_OK &&
                       okr_net_send(client->link.socket, OKR_SLICE_NONE,
                                    okr_buf_slice(&frame)) == OKR_OK,
                   "hello");
    wait_one(client);
    struct okr_msg *msg = take(s, client);
    okr_bench_need(msg != NULL && msg->type == OKR_MSG_WELCOME, "no welcome");
}

void okr_bench_sites_dial(struct okr_bench_sites *s)
{
    char endpoint[64];
    (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u",
                   s->world->ports[0]);
    for (int i = 0; i < OKR_BENCH_CLIENTS; i++) {
        struct client *client = &s->clients[i];
        const struct okr_net_client conf = {
            .type = ZMQ_DEALER,
            .server_key = s->server_key,
            .public_key = client->peer.enrol.link_key,
            .secret = client->secret,
            .frame_max = OKR_FRAME_MAX,
            .high_water = 100,
        };
        okr_bench_need(okr_net_dial(s->zmq, &conf, endpoint, &client->link) ==
                           OKR_OK,
                       "dial");
        wait_up(client);
        say_hello(s, client);
        okr_arena_reset(s->in);
    }
}

void okr_bench_sites_hang_up(struct okr_bench_sites *s)
{
    for (int i = 0; i < OKR_BENCH_CLIENTS; i++)
        if (s->clients[i].link.socket != NULL)
            okr_net_hang_up(&s->clients[i].link);
}

/* ---- pushing ------------------------------------------------------------- */

static struct okr_slice make_push(struct okr_bench_sites *s,
                                  struct client *client, size_t ops)
{
    struct okr_op op[OKR_PUSH_OPS_MAX];
    struct okr_buf frame;
    for (size_t i = 0; i < ops; i++)
        op[i] = okr_bench_check_in(&s->author, s->in);
    struct okr_msg msg = {
        .type = OKR_MSG_PUSH,
        .request = ++client->peer.request,
        .u.push = {.incarnation = client->peer.incarnation,
                   .first_seq = client->peer.next_seq,
                   .ops = op,
                   .n_ops = ops},
    };
    struct okr_test_hub h = {.org = s->author.org};
    okr_test_push_sign(&h, &client->peer, &msg.u.push);
    client->peer.next_seq += ops;
    okr_buf_init(&frame, s->keep);
    okr_msg_encode(&msg, &frame);
    okr_bench_need(frame.err == OKR_OK, "push");
    return okr_buf_slice(&frame);
}

static void make_pushes(struct okr_bench_sites *s,
                        const struct okr_bench_run *run)
{
    size_t each = run->pushes / (size_t)run->clients;
    s->author.key = run->author ? s->key : NULL;
    for (int i = 0; i < run->clients; i++) {
        struct client *client = &s->clients[i];
        client->pushes = okr_arena_array(s->keep, each, sizeof *client->pushes);
        client->made = okr_arena_array(s->keep, each, sizeof *client->made);
        client->n_pushes = each;
        client->sent = 0;
        for (size_t k = 0; k < each; k++) {
            client->made[k] =
                (struct made){client->peer.next_seq, client->peer.prev};
            client->pushes[k] = make_push(s, client, run->ops);
            okr_arena_reset(s->in);
        }
    }
}

static void send_next(struct client *client)
{
    client->asked = okr_bench_seconds();
    okr_bench_need(okr_net_send(client->link.socket, OKR_SLICE_NONE,
                                client->pushes[client->sent++]) == OKR_OK,
                   "a push was not taken");
}

static void check(const struct okr_msg *msg, size_t ops)
{
    okr_bench_need(msg->type == OKR_MSG_PUSHED &&
                       msg->u.pushed.n_answers == ops,
                   "a push was not answered");
    for (size_t i = 0; i < ops; i++)
        okr_bench_need(okr_verdict_is_in(&msg->u.pushed.answers[i].verdict),
                       okr_rule_name(msg->u.pushed.answers[i].verdict.rule));
}

struct running {
    struct okr_bench_sites *s;
    const struct okr_bench_run *run;
    double *ms, until;
    size_t n_ms, waiting; /* pushes without an answer */
};

static void serve_client(struct running *r, struct client *client)
{
    struct okr_msg *msg;
    while ((msg = take(r->s, client)) != NULL) {
        double now = okr_bench_seconds();
        check(msg, r->run->ops);
        r->ms[r->n_ms++] = (now - client->asked) * 1e3;
        r->waiting--;
        if (client->sent == client->n_pushes || now > r->until)
            continue;
        send_next(client);
        r->waiting++;
    }
}

static void run_clients(struct running *r)
{
    zmq_pollitem_t items[OKR_BENCH_CLIENTS];
    int n = r->run->clients;
    for (int i = 0; i < n; i++) {
        items[i] = (zmq_pollitem_t){.socket = r->s->clients[i].link.socket,
                                    .events = ZMQ_POLLIN};
        send_next(&r->s->clients[i]);
        r->waiting++;
    }
    while (r->waiting > 0) {
        okr_bench_need(zmq_poll(items, n, WAIT_MS) > 0, "no answer");
        for (int i = 0; i < n; i++)
            if ((items[i].revents & ZMQ_POLLIN) != 0)
                serve_client(r, &r->s->clients[i]);
        okr_arena_reset(r->s->in);
    }
}

/* What was made and never sent does not count: the chain goes on behind what
 * was answered. */
static void go_back(struct okr_bench_sites *s, const struct okr_bench_run *run)
{
    for (int i = 0; i < run->clients; i++) {
        struct client *client = &s->clients[i];
        if (client->sent == client->n_pushes)
            continue;
        client->peer.next_seq = client->made[client->sent].seq;
        client->peer.prev = client->made[client->sent].prev;
    }
}

struct okr_bench_pushed okr_bench_sites_push(struct okr_bench_sites *s,
                                             const struct okr_bench_run *run)
{
    struct running r = {.s = s, .run = run};
    r.ms = calloc(run->pushes, sizeof *r.ms);
    okr_bench_need(r.ms != NULL, "memory");
    make_pushes(s, run);
    double cpu = okr_bench_cpu(),
           server = okr_bench_cpu_of(s->world->server.pid);
    double from = okr_bench_seconds();
    r.until = from + run->seconds;
    run_clients(&r);
    struct okr_bench_pushed done = {
        .seconds = okr_bench_seconds() - from,
        .ops = r.n_ms * run->ops,
        .client_cpu = okr_bench_cpu() - cpu,
        .server_cpu = okr_bench_cpu_of(s->world->server.pid) - server,
    };
    done.p50 = okr_bench_quantile(r.ms, r.n_ms, 0.5);
    done.p99 = okr_bench_quantile(r.ms, r.n_ms, 0.99);
    go_back(s, run);
    okr_arena_reset(s->keep);
    okr_arena_reset(s->in);
    free(r.ms);
    return done;
}
