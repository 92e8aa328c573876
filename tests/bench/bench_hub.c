/* Durable operations a second at the server: pushes of check-ins that a site
 * attests, as frames, through the hub's turn over LMDB on disk, to the frames
 * of the answers.  No sockets. */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/codec/codec.h"
#include "tests/lib/bench.h"
#include "tests/lib/files.h"
#include "tests/lib/hub.h"

enum { PEERS = 16, KEY_RESULTS = 1000, RUNS = 3, RUN_TURNS_MAX = 400 };

#define MAP_BYTES ((size_t)8 << 30)
#define RUN_OPS 3000

struct bench {
    char dir[OKR_TEST_PATH_MAX];
    struct okr_test_hub h;
    struct okr_test_peer peers[PEERS];
    struct okr_id key_results[KEY_RESULTS];
    unsigned drawn; /* key results checked in to */
    struct okr_arena *in;
    struct okr_buf out;
    size_t replies, bytes;
    double verify, commit1;
};

static unsigned long syncs;

/* LMDB's, too: counted, and done. */
int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

/* ---- the company --------------------------------------------------------- */

static void make_key_results(struct bench *b)
{
    struct okr_test_hub *h = &b->h;
    struct okr_id cycle = okr_test_cycle(h, "2026 Q1"), objective = {{0}};
    for (unsigned i = 0; i < KEY_RESULTS; i++) {
        if (i % 5 == 0) {
            struct okr_test_act act =
                okr_test_objective(h, &cycle, &h->root,
                                   "Customers come back by themselves", false);
            struct okr_answer answer = okr_test_local(h, &act);
            okr_bench_need(okr_verdict_is_in(&answer.verdict), "objective");
            objective = act.entity;
        }
        const struct okr_typed with[] = {
            OKR_REF(OKR_F_KR_OBJECTIVE, objective),
            OKR_TYPED(OKR_F_KR_TITLE, "Raise the share of those who return"),
            OKR_REF(OKR_F_KR_OWNER, h->admin),
            OKR_TYPED(OKR_F_METRIC, "increase"),
            OKR_TYPED(OKR_F_START, "0"),
            OKR_TYPED(OKR_F_TARGET, "100"),
            OKR_TYPED(OKR_F_KR_DUE, "2026-03-31"),
            {.field = 0},
        };
        b->key_results[i] = okr_test_add(h, OKR_KIND_KEY_RESULT, with);
    }
}

static void open_bench(struct bench *b)
{
    struct okr_kv *kv;
    okr_test_dir_make(b->dir);
    okr_bench_need(okr_kv_lmdb_open(b->dir, MAP_BYTES, &kv) == OKR_OK &&
                       okr_arena_new(OKR_ARENA_UNBOUNDED, &b->in) == OKR_OK,
                   "store");
    okr_test_hub_open_on(&b->h, kv);
    b->h.conf.trace = (struct okr_trace){0};
    okr_test_hub_restart(&b->h);
    okr_buf_init(&b->out, NULL);
    make_key_results(b);
    for (int i = 0; i < PEERS; i++) {
        char name[32];
        const struct okr_id units[2] = {b->h.root};
        (void)snprintf(name, sizeof name, "office %d", i);
        okr_test_join(&b->h, &b->peers[i], name, units);
    }
}

static void close_bench(struct bench *b)
{
    for (int i = 0; i < PEERS; i++)
        okr_test_leave(&b->peers[i]);
    okr_test_hub_close(&b->h);
    okr_arena_free(&b->in);
    okr_buf_close(&b->out);
    okr_test_dir_remove(b->dir);
}

/* ---- pushes -------------------------------------------------------------- */

static struct okr_op check_in(struct bench *b)
{
    struct okr_test_hub *h = &b->h;
    const struct okr_typed with[] = {
        OKR_REF(OKR_F_CI_KEY_RESULT, b->key_results[b->drawn % KEY_RESULTS]),
        OKR_TYPED(OKR_F_CI_VALUE, "42"),
        OKR_TYPED(OKR_F_CI_CONFIDENCE, "7"),
        OKR_TYPED(OKR_F_CI_OBSERVED_AT, "2026-02-01T12:00:00Z"),
        {.field = 0},
    };
    b->drawn++;
    const struct okr_test_act act = {.verb = OKR_VERB_CHECKIN,
                                     .kind = OKR_KIND_CHECK_IN,
                                     .entity = okr_test_hub_id(h),
                                     .changes = with};
    return okr_test_op(h, &act);
}

static struct okr_slice push_frame(struct bench *b, struct okr_test_peer *peer,
                                   size_t ops)
{
    struct okr_op op[OKR_PUSH_OPS_MAX];
    struct okr_buf frame;
    for (size_t i = 0; i < ops; i++)
        op[i] = check_in(b);
    struct okr_msg msg = okr_test_push(&b->h, peer, op, ops);
    msg.request = ++peer->request;
    okr_buf_init(&frame, b->h.keep);
    okr_msg_encode(&msg, &frame);
    okr_bench_need(frame.err == OKR_OK, "push");
    return okr_buf_slice(&frame);
}

/* ---- turns --------------------------------------------------------------- */

/* What the daemon does with it, but for the socket. */
static void perform(void *context, const struct okr_fx *fx)
{
    struct bench *b = context;
    if (fx->kind != OKR_FX_SEND && fx->kind != OKR_FX_PUBLISH)
        return;
    b->out.len = 0;
    okr_msg_encode(fx->msg, &b->out);
    b->bytes += b->out.len;
    if (fx->kind == OKR_FX_SEND && fx->msg->type == OKR_MSG_PUSHED) {
        const struct okr_pushed *pushed = &fx->msg->u.pushed;
        for (size_t i = 0; i < pushed->n_answers; i++)
            okr_bench_need(okr_verdict_is_in(&pushed->answers[i].verdict),
                           "a check-in was refused");
        b->replies++;
    }
}

static struct okr_hub_event event_of(struct bench *b,
                                     const struct okr_test_peer *peer,
                                     struct okr_slice frame)
{
    struct okr_msg *msg;
    okr_bench_need(okr_msg_decode(frame, b->in, &msg) == OKR_OK, "decode");
    struct okr_hub_event event = {.kind = OKR_HUB_MESSAGE,
                                  .now = b->h.now,
                                  .msg = msg,
                                  .from = peer->from,
                                  .peer = peer->state,
                                  .site = peer->id,
                                  .address = OKR_SLICE_LIT("192.0.2.7")};
    okr_be_put32(event.entropy, ++b->h.made);
    memcpy(event.user, peer->enrol.link_key, sizeof event.user);
    return event;
}

static void turn(struct bench *b, const struct okr_slice *frames, size_t n)
{
    const struct okr_hub_shell shell = {
        .kv = b->h.kv, .arena = b->h.arena, .perform = perform, .context = b};
    struct okr_hub_event events[PEERS];
    for (size_t i = 0; i < n; i++)
        events[i] = event_of(b, &b->peers[i], frames[i]);
    b->h.now += 1000;
    okr_bench_need(okr_hub_turn(b->h.hub, &shell, events, n, b->h.now) ==
                       OKR_OK,
                   "a turn failed");
    okr_arena_reset(b->in);
}

struct shape {
    const char *what;
    size_t pushes, ops; /* of a turn, of a push */
};

struct figures {
    double rate, cpu_us, syncs, bytes;
};

static struct figures run_once(struct bench *b, const struct shape *shape)
{
    static struct okr_slice frames[RUN_TURNS_MAX][PEERS];
    size_t each = shape->pushes * shape->ops;
    size_t turns = RUN_OPS / each < 3 ? 3 : RUN_OPS / each;
    if (turns > RUN_TURNS_MAX)
        turns = RUN_TURNS_MAX;
    okr_arena_reset(b->h.keep);
    for (size_t i = 0; i < turns; i++)
        for (size_t k = 0; k < shape->pushes; k++)
            frames[i][k] = push_frame(b, &b->peers[k], shape->ops);
    b->replies = b->bytes = 0;
    syncs = 0;
    double from = okr_bench_seconds(), cpu = okr_bench_cpu();
    for (size_t i = 0; i < turns; i++)
        turn(b, frames[i], shape->pushes);
    double took = okr_bench_seconds() - from, ops = (double)(turns * each);
    okr_bench_need(b->replies == turns * shape->pushes, "an answer is missing");
    return (struct figures){.rate = ops / took,
                            .cpu_us = (okr_bench_cpu() - cpu) / ops * 1e6,
                            .syncs = (double)syncs / ops,
                            .bytes = (double)b->bytes / ops};
}

/* What one push costs at least: a signature, and its share of a commit. */
static double floor_of(const struct bench *b, const struct shape *shape)
{
    double pushes = (double)shape->pushes, ops = (double)shape->ops;
    double seconds = pushes / b->verify + 1 / b->commit1;
    return pushes * ops / seconds;
}

static void run(struct bench *b, const struct shape *shape)
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
                                .floor_value = floor_of(b, shape),
                                .note = note});
}

int main(void)
{
    static const struct shape shapes[] = {
        {"1 push of 1 a turn", 1, 1},
        {"16 pushes of 1 a turn", 16, 1},
        {"1 push of 64 a turn", 1, 64},
        {"16 pushes of 64 a turn", 16, 64},
    };
    static struct bench b;
    open_bench(&b);
    b.verify = okr_bench_verify();
    b.commit1 = okr_bench_commits(1);
    okr_bench_head("Check-ins, site-attested, durable at the server");
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        run(&b, &shapes[i]);
    close_bench(&b);
    return 0;
}
