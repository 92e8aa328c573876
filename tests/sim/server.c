/* The server node: a hub, its disk, its inbox. */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/store/oplog.h"
#include "server/store/peers.h"
#include "tests/sim/check.h"

static void start_failed(struct sim_world *w)
{
    sim_server_stop(w);
    sim_at(w, w->now + SIM_SECOND, SIM_RESTART, -1);
}

static void schedule_timer(struct sim_world *w)
{
    okr_us at = okr_hub_deadline(w->server.hub);
    if (at == OKR_NEVER)
        return;
    struct sim_event *event =
        sim_at(w, at > w->now ? at : w->now + 1, SIM_SERVER_TIMER, -1);
    event->generation = ++w->server.generation;
}

/* 10: what is acknowledged in this turn has to be durable after it. */
static void keep_acked(struct sim_world *w, const struct okr_msg *msg)
{
    const struct okr_pushed *pushed = &msg->u.pushed;
    if (msg->type != OKR_MSG_PUSHED)
        return;
    for (size_t i = 0; i < pushed->n_answers; i++)
        if (w->n_acked < SIM_ACKED_MAX)
            w->acked[w->n_acked++] = pushed->answers[i].op;
}

/* 11, 12: an Event names what is committed after this turn, and so does a
 * Head. */
static void keep_published(struct sim_world *w, const struct okr_msg *msg)
{
    bool event = msg->type == OKR_MSG_EVENT;
    if (!event && msg->type != OKR_MSG_HEAD)
        return;
    okr_scope scope = event ? msg->u.event.scope : msg->u.head.scope;
    okr_lsn lsn = event ? msg->u.event.lsn : msg->u.head.head;
    OKR_ASSERT(scope < SIM_SCOPES_MAX);
    if (w->published[scope] < lsn)
        w->published[scope] = lsn;
}

static void check_published(struct sim_world *w, struct okr_kv_txn *txn)
{
    for (okr_scope scope = 1; scope < SIM_SCOPES_MAX; scope++) {
        struct okr_scope_row row;
        OKR_ASSERT(okr_scope_get(txn, scope, &row) == OKR_OK);
        if (w->published[scope] > row.head)
            sim_fail(w, 11, "scope %u was published up to %llu, and is at %llu",
                     scope, (unsigned long long)w->published[scope],
                     (unsigned long long)row.head);
    }
}

static void check_acked(struct sim_world *w)
{
    struct okr_kv_txn *txn;
    OKR_ASSERT(okr_kv_begin(w->server.disk.mem, false, &txn) == OKR_OK);
    for (size_t i = 0; i < w->n_acked; i++) {
        okr_lsn lsn;
        OKR_ASSERT(okr_oplog_op(txn, &w->acked[i], &lsn) == OKR_OK);
        if (lsn == 0)
            sim_fail(w, 10, "an operation was acknowledged and is not there");
    }
    check_published(w, txn);
    okr_kv_abort(&txn);
    w->n_acked = 0;
}

/* What becomes of an effect of the hub; messages travel as bytes. */
static void perform(void *context, const struct okr_fx *fx)
{
    struct sim_world *w = context;
    struct okr_buf frame;
    okr_buf_init(&frame, w->scratch);
    switch (fx->kind) {
    case OKR_FX_SEND:
        okr_msg_encode(fx->msg, &frame);
        OKR_ASSERT(frame.err == OKR_OK && fx->to.len == 5);
        w->counts->message[fx->msg->type]++;
        keep_acked(w, fx->msg);
        int to = fx->to.b[0];
        if (to < w->n_sites && w->sites[to].revoked &&
            fx->msg->type != OKR_MSG_REFUSE)
            sim_fail(w, 18, "%s for site %d, which is revoked",
                     okr_msg_name(fx->msg->type), to);
        if (to < w->n_sites)
            sim_send(w, -1, to, okr_be_get32(fx->to.b + 1),
                     okr_buf_slice(&frame));
        return;
    case OKR_FX_PUBLISH:
        okr_msg_encode(fx->msg, &frame);
        OKR_ASSERT(frame.err == OKR_OK);
        w->counts->message[fx->msg->type]++;
        okr_scope scope =
            fx->msg->type == OKR_MSG_EVENT  ? fx->msg->u.event.scope
            : fx->msg->type == OKR_MSG_HEAD ? fx->msg->u.head.scope
                                            : 0;
        keep_published(w, fx->msg);
        if (scope % 4 == OKR_DEPTH_PRIVATE)
            sim_fail(w, 19, "scope %u is private and was published", scope);
        sim_publish(w, scope, fx->msg->type == OKR_MSG_BEAT,
                    okr_buf_slice(&frame));
        return;
    case OKR_FX_CUT_PUB:
        for (int i = 0; i < w->n_sites; i++)
            if (w->sites[i].revoked)
                w->sites[i].n_subscribed = w->sites[i].beat = 0;
        return;
    case OKR_FX_ALARM:
        sim_fail(w, 28, "alarm at the server: %.*s", (int)fx->text.len,
                 (const char *)fx->text.data);
        return;
    case OKR_FX_REVOKED:
        for (int i = 0; i < w->n_sites; i++)
            if (memcmp(w->sites[i].link_key, fx->user, sizeof fx->user) == 0)
                w->sites[i].revoked = true;
        return;
    case OKR_FX_ENROLLED:
        return;
    case OKR_FX_SEND_RAW:
    case OKR_FX_SUBSCRIBE:
    case OKR_FX_UNSUBSCRIBE:
    case OKR_FX_SUBSCRIBE_BEAT:
    case OKR_FX_RESUBSCRIBE:
    case OKR_FX_DISCONNECT:
    case OKR_FX_ANSWERED:
    case OKR_FX_HISTORY:
    case OKR_FX_CHANGED:
        sim_fail(w, 28, "the hub made a site's effect %d", (int)fx->kind);
    }
}

static void stepped(void *context, struct okr_kv_txn *txn,
                    const struct okr_hub_event *event)
{
    (void)event;
    sim_keep_tips(context, txn);
}

static struct okr_hub_shell shell_of(struct sim_world *w)
{
    return (struct okr_hub_shell){.kv = w->server.disk.kv,
                                  .arena = w->server.arena,
                                  .stepped = stepped,
                                  .perform = perform,
                                  .context = w};
}

void sim_server_start(struct sim_world *w)
{
    struct okr_hub_conf conf = {.site_key = w->server.site_key,
                                .log_key = w->server.log_key,
                                .publish = "7802",
                                .beat_ms = 15000,
                                .park_ms = 30 * 60 * 1000,
                                .page_bytes_s = w->faults.page_bytes_s,
                                .trace = sim_trace(w)};
    struct okr_hub_shell shell = shell_of(w);
    OKR_ASSERT(!w->server.up);
    OKR_ASSERT(okr_hub_new(&conf, &w->server.hub) == OKR_OK);
    w->server.up = true;
    if (okr_hub_reload(w->server.hub, &shell) != OKR_OK) {
        start_failed(w);
        return;
    }
    schedule_timer(w);
}

void sim_server_stop(struct sim_world *w)
{
    if (!w->server.up)
        return;
    okr_hub_free(&w->server.hub);
    w->server.up = w->server.turn_due = false;
    w->server.generation++;
    for (size_t i = 0; i < w->server.n_inbox; i++)
        free(w->server.inbox[i].frame.bytes);
    w->server.n_inbox = 0;
    for (int i = 0; i < w->n_sites; i++)
        if (w->sites[i].linked && w->sites[i].up)
            sim_site_line(w, &w->sites[i], w->sites[i].line_up);
}

/* A turn ended: what the commit did is checked; a failed one may be a crash. */
static void turned(struct sim_world *w, enum okr_err err)
{
    okr_arena_reset(w->scratch);
    check_acked(w);
    if (err == OKR_OK) {
        w->counts->commits_server++;
        sim_check_server(w);
        schedule_timer(w);
        return;
    }
    w->counts->failed_calls++;
    sim_drop_tips(w);
    if (err == OKR_ERR_COMMIT && w->server.disk.commit_happens)
        w->counts->commits_kept++;
    else if (err == OKR_ERR_COMMIT)
        w->counts->commits_lost++;
    if (!okr_kv_fault_fired(w->server.disk.kv))
        sim_fail(w, 10, "a turn of the server failed by itself: %s",
                 okr_err_text(err));
    if (err == OKR_ERR_COMMIT || sim_chance(w, 500)) {
        w->counts->crashes_server++;
        sim_server_stop(w);
        sim_at(w, w->now + sim_around(w, 10 * SIM_SECOND), SIM_RESTART, -1);
        sim_check_server(w);
        return;
    }
    schedule_timer(w);
}

static void run(struct sim_world *w, const struct okr_hub_event *events,
                size_t n)
{
    struct okr_hub_shell shell = shell_of(w);
    turned(w, okr_hub_turn(w->server.hub, &shell, events, n, w->now));
}

void sim_server_timer(struct sim_world *w)
{
    struct okr_hub_event event = {.kind = OKR_HUB_TIMEOUT, .now = w->now};
    sim_bytes(w, event.entropy, sizeof event.entropy);
    if (w->server.up)
        run(w, &event, 1);
}

void sim_server_subscribed(struct sim_world *w, okr_scope scope)
{
    struct okr_hub_event event = {
        .kind = OKR_HUB_SUBSCRIBED, .now = w->now, .scope = scope};
    sim_bytes(w, event.entropy, sizeof event.entropy);
    if (w->server.up)
        run(w, &event, 1);
}

void sim_server_local(struct sim_world *w, const struct okr_op *ops, size_t n)
{
    struct okr_hub_event event = {
        .kind = OKR_HUB_LOCAL, .now = w->now, .ops = ops, .n_ops = n};
    sim_bytes(w, event.entropy, sizeof event.entropy);
    if (w->server.up)
        run(w, &event, 1);
}

void sim_server_deliver(struct sim_world *w, struct sim_event *event)
{
    struct sim_server *s = &w->server;
    if (!s->up || s->n_inbox == sizeof s->inbox / sizeof *s->inbox) {
        free(event->frame.bytes);
        return;
    }
    s->inbox[s->n_inbox++] = *event;
    if (!s->turn_due) /* group commit: what comes within 2 ms shares a turn */
        sim_at(w, w->now + sim_between(w, 0, 2000), SIM_SERVER_TURN, -1);
    s->turn_due = true;
}

/* Who speaks, as ZAP would say: by the link key of the connection. */
static void identify(struct sim_world *w, int node, struct okr_hub_event *event)
{
    struct sim_site *site = &w->sites[node];
    event->peer = site->revoked    ? OKR_PEER_REVOKED
                  : site->enrolled ? OKR_PEER_SITE
                                   : OKR_PEER_QUARANTINE;
    event->site = site->id;
    memcpy(event->user, site->link_key, sizeof event->user);
    event->from.len = 5;
    event->from.b[0] = (uint8_t)node;
}

static void read_frame(struct sim_world *w, struct sim_event *from,
                       struct okr_hub_event *event)
{
    struct okr_msg *msg = NULL;
    struct okr_slice bytes = okr_slice_of(from->frame.bytes, from->frame.len);
    event->kind = OKR_HUB_MESSAGE;
    event->now = w->now;
    sim_bytes(w, event->entropy, sizeof event->entropy);
    identify(w, from->frame.from, event);
    okr_be_put32(event->from.b + 1, from->frame.link);
    event->bad = okr_msg_decode(bytes, w->scratch, &msg);
    if (event->bad != OKR_OK) {
        w->counts->nonsense++;
        return;
    }
    event->msg = msg;
    w->counts->message[msg->type]++;
}

void sim_server_turn(struct sim_world *w)
{
    struct sim_server *s = &w->server;
    struct okr_hub_event events[256];
    struct sim_event inbox[256];
    s->turn_due = false;
    if (!s->up || s->n_inbox == 0)
        return;
    size_t n = s->n_inbox;
    memset(events, 0, sizeof events);
    for (size_t i = 0; i < n; i++) {
        inbox[i] = s->inbox[i];
        read_frame(w, &inbox[i], &events[i]);
    }
    s->n_inbox = 0;
    run(w, events, n);
    for (size_t i = 0; i < n; i++)
        free(inbox[i].frame.bytes);
}
