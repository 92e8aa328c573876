/* A site node: its core, its disk, its line. */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "tests/sim/damage.h"
#include "tests/sim/sim.h"

struct performing {
    struct sim_world *w;
    struct sim_site *site;
};

static void subscribe(struct sim_world *w, struct sim_site *site,
                      okr_scope scope)
{
    for (size_t i = 0; i < site->n_subscribed; i++)
        if (site->subscribed[i] == scope)
            return;
    if (site->revoked)
        return; /* 400 on XPUB: the server never hears of it */
    OKR_ASSERT(site->n_subscribed < 64);
    site->subscribed[site->n_subscribed++] = scope;
    struct sim_event *event =
        sim_at(w, w->now + w->faults.delay_min, SIM_SUBSCRIBED, -1);
    event->scope = scope;
}

static void unsubscribe(struct sim_site *site, okr_scope scope)
{
    for (size_t i = 0; i < site->n_subscribed; i++)
        if (site->subscribed[i] == scope)
            site->subscribed[i] = site->subscribed[--site->n_subscribed];
}

static void dial_after(struct sim_world *w, struct sim_site *site, okr_ms ms)
{
    site->linked = false;
    site->n_subscribed = site->beat = 0;
    struct sim_event *event =
        sim_at(w, w->now + ms * 1000 + 1, SIM_CONNECT, site->index);
    event->generation = site->generation;
    event->frame.link = ++site->dial; /* the last word counts */
}

static void send(struct performing *p, struct okr_slice frame)
{
    struct sim_site *site = p->site;
    bool push = frame.len > 1 && frame.data[1] == OKR_MSG_PUSH;
    if (!site->linked || (push && p->w->faults.mute_push && site->index == 0))
        return;
    sim_send(p->w, site->index, -1, site->link, frame);
}

static void perform(void *context, const struct okr_fx *fx)
{
    struct performing *p = context;
    struct okr_buf frame;
    okr_buf_init(&frame, p->w->scratch);
    switch (fx->kind) {
    case OKR_FX_SEND:
        okr_msg_encode(fx->msg, &frame);
        OKR_ASSERT(frame.err == OKR_OK);
        send(p, okr_buf_slice(&frame));
        return;
    case OKR_FX_SEND_RAW:
        send(p, fx->frame);
        return;
    case OKR_FX_SUBSCRIBE:
        subscribe(p->w, p->site, fx->scope);
        return;
    case OKR_FX_UNSUBSCRIBE:
        unsubscribe(p->site, fx->scope);
        return;
    case OKR_FX_SUBSCRIBE_BEAT:
        p->site->beat = !p->site->revoked;
        return;
    case OKR_FX_RESUBSCRIBE: {
        size_t n = p->site->n_subscribed;
        okr_scope scopes[64];
        memcpy(scopes, p->site->subscribed, sizeof scopes);
        p->site->n_subscribed = 0;
        p->site->pub_deaf_until = 0;
        for (size_t i = 0; i < n; i++)
            subscribe(p->w, p->site, scopes[i]);
        return;
    }
    case OKR_FX_DISCONNECT:
        dial_after(p->w, p->site, fx->ms);
        return;
    case OKR_FX_CHANGED:
        p->w->counts->pages++;
        return;
    case OKR_FX_ANSWERED:
        return;
    case OKR_FX_HISTORY:
        sim_check_history(p->w, p->site, fx);
        return;
    case OKR_FX_ALARM:
        if (!p->site->revoked)
            sim_fail(p->w, 28, "alarm at site %d: %.*s", p->site->index,
                     (int)fx->text.len, (const char *)fx->text.data);
        return;
    case OKR_FX_PUBLISH:
    case OKR_FX_CUT_PUB:
    case OKR_FX_REVOKED:
    case OKR_FX_ENROLLED:
        sim_fail(p->w, 28, "a site made a hub's effect %d", (int)fx->kind);
    }
}

static void early(void *context, struct okr_kv_txn *txn,
                  const struct okr_fx *fx)
{
    OKR_ASSERT(txn != NULL);
    perform(context, fx);
}

static struct okr_site_shell shell_of(struct performing *p)
{
    return (struct okr_site_shell){.kv = p->site->disk.kv,
                                   .arena = p->site->arena,
                                   .perform = perform,
                                   .early = early,
                                   .context = p};
}

static void schedule_timer(struct sim_world *w, struct sim_site *site)
{
    okr_us at = okr_site_deadline(site->core);
    if (at == OKR_NEVER)
        return;
    struct sim_event *event =
        sim_at(w, at > w->now ? at : w->now + 1, SIM_SITE_TIMER, site->index);
    event->generation = site->generation;
}

static void crash(struct sim_world *w, struct sim_site *site)
{
    w->counts->crashes_site++;
    sim_site_stop(w, site);
    sim_at(w, w->now + sim_around(w, 10 * SIM_SECOND), SIM_RESTART,
           site->index);
}

void sim_site_step(struct sim_world *w, struct sim_site *site,
                   struct okr_site_event *event)
{
    struct performing p = {w, site};
    struct okr_site_shell shell = shell_of(&p);
    OKR_ASSERT(site->up);
    event->now = w->now;
    sim_bytes(w, event->entropy, sizeof event->entropy);
    enum okr_err err = okr_site_turn(site->core, &shell, event, 1, w->now);
    if (err == OKR_OK) {
        w->counts->commits_site++;
        if (event->kind == OKR_SITE_SUBMIT) {
            uint64_t seq;
            struct okr_verdict v = okr_site_submitted(site->core, &seq);
            w->counts->outcome[v.outcome]++;
            if (v.outcome == OKR_OUTCOME_REJECTED)
                w->counts->rule[v.rule]++;
            else
                sim_check_saved(w, site, event->op);
        }
        sim_check_site(w, site);
        schedule_timer(w, site);
        return;
    }
    w->counts->failed_calls++;
    if (!okr_kv_fault_fired(site->disk.kv))
        sim_fail(w, 10, "a turn of site %d failed by itself: %s", site->index,
                 okr_err_text(err));
    if (err == OKR_ERR_COMMIT && event->kind == OKR_SITE_SUBMIT)
        sim_check_unsure(w, site, event->op);
    if (err == OKR_ERR_COMMIT || sim_chance(w, 500)) {
        crash(w, site);
        return;
    }
    schedule_timer(w, site);
}

void sim_site_start(struct sim_world *w, struct sim_site *site)
{
    struct okr_site_conf conf = {.org = w->server.org,
                                 .site = site->id,
                                 .site_key = site->key,
                                 .log_key = okr_sk_public(w->server.log_key),
                                 .thin = site->thin,
                                 .all_summaries = true,
                                 .beat_ms = 15000,
                                 .pull_ms_min = 15000,
                                 .retry_max_ms = 8000,
                                 .trace = sim_trace(w)};
    struct performing p = {w, site};
    struct okr_site_shell shell = shell_of(&p);
    OKR_ASSERT(!site->up);
    if (sim_chance(w, w->faults.damage))
        sim_damage(w, site);
    OKR_ASSERT(okr_site_new(&conf, &site->core) == OKR_OK);
    site->up = true;
    site->generation++;
    if (okr_site_reload(site->core, &shell) != OKR_OK) {
        crash(w, site);
        return;
    }
    struct okr_site_event start = {.kind = OKR_SITE_START};
    sim_site_step(w, site, &start);
}

void sim_site_stop(struct sim_world *w, struct sim_site *site)
{
    (void)w;
    if (!site->up)
        return;
    okr_site_free(&site->core);
    site->up = site->linked = false;
    site->n_subscribed = site->beat = 0;
    site->generation++;
    w->counts->stops++;
}

/* Breaks the connection, and the line with it unless `up`. */
void sim_site_line(struct sim_world *w, struct sim_site *site, bool up)
{
    bool was = site->linked;
    site->line_up = up;
    if (!up)
        w->counts->lines_down++;
    site->linked = false;
    site->n_subscribed = site->beat = 0;
    if (was && site->up) {
        struct okr_site_event down = {.kind = OKR_SITE_LINK_DOWN};
        sim_site_step(w, site, &down);
    }
}

void sim_site_connect(struct sim_world *w, struct sim_site *site)
{
    struct okr_site_event event = {.kind = OKR_SITE_LINK_DOWN};
    if (site->linked)
        return;
    if (site->line_up && w->server.up) {
        site->linked = true;
        site->link++;
        event.kind = OKR_SITE_LINK_UP;
    }
    sim_site_step(w, site, &event);
}

void sim_site_deliver(struct sim_world *w, struct sim_site *site,
                      struct sim_event *e)
{
    struct okr_msg *msg = NULL;
    struct okr_site_event event = {.kind = e->frame.pub ? OKR_SITE_PUBLISHED
                                                        : OKR_SITE_MESSAGE};
    struct okr_slice bytes = okr_slice_of(e->frame.bytes, e->frame.len);
    if (site->up && site->linked && e->frame.link == site->link) {
        event.bad = e->frame.pub ? okr_msg_decode_pub(bytes, w->scratch, &msg)
                                 : okr_msg_decode(bytes, w->scratch, &msg);
        event.msg = msg;
        if (msg != NULL && msg->type == OKR_MSG_PROVED)
            sim_probe_answer(w, msg);
        else
            sim_site_step(w, site, &event);
    }
    free(e->frame.bytes);
    okr_arena_reset(w->scratch);
}
