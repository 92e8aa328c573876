/* Pushes of check-ins through a hub's turns; see bench_hub.h. */
#include "tests/lib/bench_hub.h"

#include <stdio.h>
#include <string.h>

#include "common/codec/codec.h"
#include "tests/lib/bench.h"

enum { AN_OBJECTIVE = 5 }; /* key results */

/* ---- the company --------------------------------------------------------- */

static struct okr_id add_objective(struct okr_test_hub *h,
                                   const struct okr_id *cycle)
{
    struct okr_test_act act = okr_test_objective(
        h, cycle, &h->root, "Customers come back by themselves", false);
    struct okr_answer answer = okr_test_local(h, &act);
    okr_bench_need(okr_verdict_is_in(&answer.verdict), "objective");
    return act.entity;
}

static void make_key_results(struct okr_bench_hub *b)
{
    struct okr_test_hub *h = &b->h;
    struct okr_id cycle = okr_test_cycle(h, "2026 Q1"), objective = {{0}};
    for (size_t i = 0; i < b->n_key_results; i++) {
        if (i % AN_OBJECTIVE == 0)
            objective = add_objective(h, &cycle);
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

void okr_bench_hub_open(struct okr_bench_hub *b, struct okr_kv *kv, bool author)
{
    *b = (struct okr_bench_hub){.n_peers = b->n_peers,
                                .n_key_results = b->n_key_results};
    okr_bench_need(b->n_peers <= OKR_BENCH_PEERS && b->n_key_results > 0 &&
                       b->n_key_results <= OKR_BENCH_KEY_RESULTS,
                   "too many");
    okr_bench_need(okr_arena_new(OKR_ARENA_UNBOUNDED, &b->in) == OKR_OK,
                   "memory");
    okr_test_hub_open_on(&b->h, kv);
    b->h.conf.trace = (struct okr_trace){0};
    okr_test_hub_restart(&b->h);
    okr_buf_init(&b->out, NULL);
    make_key_results(b);
    for (size_t i = 0; i < b->n_peers; i++) {
        char name[32];
        const struct okr_id units[2] = {b->h.root};
        (void)snprintf(name, sizeof name, "office %zu", i);
        okr_test_join(&b->h, &b->peers[i], name, units);
    }
    b->author = (struct okr_bench_author){
        .org = b->h.org,
        .person = b->h.admin,
        .key_results = b->key_results,
        .n_key_results = b->n_key_results,
        .key = author ? okr_bench_author_key(&b->h) : NULL,
        .now = b->h.now,
    };
}

void okr_bench_hub_close(struct okr_bench_hub *b)
{
    for (size_t i = 0; i < b->n_peers; i++)
        okr_test_leave(&b->peers[i]);
    okr_sk_free(&b->author.key);
    okr_test_hub_close(&b->h);
    okr_arena_free(&b->in);
    okr_buf_close(&b->out);
}

/* ---- pushes -------------------------------------------------------------- */

struct okr_slice okr_bench_hub_push(struct okr_bench_hub *b,
                                    struct okr_test_peer *peer, size_t ops)
{
    struct okr_op op[OKR_PUSH_OPS_MAX];
    struct okr_buf frame;
    for (size_t i = 0; i < ops; i++)
        op[i] = okr_bench_check_in(&b->author, b->h.keep);
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
    struct okr_bench_hub *b = context;
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

static struct okr_hub_event event_of(struct okr_bench_hub *b,
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

void okr_bench_hub_turn(struct okr_bench_hub *b, const struct okr_slice *frames,
                        size_t n)
{
    const struct okr_hub_shell shell = {
        .kv = b->h.kv, .arena = b->h.arena, .perform = perform, .context = b};
    struct okr_hub_event events[OKR_BENCH_PEERS];
    for (size_t i = 0; i < n; i++)
        events[i] = event_of(b, &b->peers[i], frames[i]);
    b->h.now += 1000;
    okr_bench_need(okr_hub_turn(b->h.hub, &shell, events, n, b->h.now) ==
                       OKR_OK,
                   "a turn failed");
    okr_arena_reset(b->in);
}
