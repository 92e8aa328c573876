/* Turns: what the core wants is done here, after the commit. */
#include <stdio.h>
#include <string.h>

#include "client/shell/daemon.h"
#include "client/shell/desk.h"
#include "client/shell/tell.h"
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/net/room.h"

/* After a turn that failed of the disk: a server that sends the same page
 * again at once would only cost both of us. */
enum { TROUBLE_PAUSE_MS = 10 * 1000 };

struct okr_site_event okr_daemon_event(enum okr_site_event_kind kind)
{
    struct okr_site_event event = {.kind = kind, .now = okr_net_now()};
    okr_random(event.entropy, sizeof event.entropy);
    return event;
}

/* ---- effects ------------------------------------------------------------- */

static void send(struct okr_daemon *d, const struct okr_msg *msg)
{
    struct okr_buf frame;
    okr_buf_init(&frame, NULL);
    okr_msg_encode(msg, &frame);
    if (frame.err == OKR_OK)
        okr_wire_send(d->wire, okr_buf_slice(&frame), false);
    else
        okr_tell(OKR_TELL_ERROR, "%s cannot be sent: %s",
                 okr_msg_name(msg->type), okr_err_text(frame.err));
    okr_buf_close(&frame);
}

/* Before the commit; see site_turn.h. */
static void early(void *context, struct okr_kv_txn *txn,
                  const struct okr_fx *fx)
{
    struct okr_daemon *d = context;
    if (fx->kind == OKR_FX_SEND)
        send(d, fx->msg);
    else
        okr_desk_changed(d->desk, txn, fx);
}

static void redial(struct okr_daemon *d, okr_ms ms)
{
    okr_ms now = okr_net_monotonic();
    if (now + ms < d->quiet_until)
        ms = d->quiet_until - now;
    okr_wire_redial(d->wire, now, ms);
}

static void answered(const struct okr_fx *fx)
{
    char hex[OKR_ID_HEX];
    okr_id_hex(&fx->id, hex);
    if (okr_verdict_is_in(&fx->verdict))
        okr_tell(OKR_TELL_DEBUG, "operation %s is in at %llu", hex,
                 (unsigned long long)fx->lsn);
    else
        okr_tell(OKR_TELL_INFO, "operation %s was refused: %s", hex,
                 okr_rule_name(fx->verdict.rule));
}

static void perform(void *context, const struct okr_fx *fx)
{
    struct okr_daemon *d = context;
    okr_ms now = okr_net_monotonic();
    switch (fx->kind) {
    case OKR_FX_SEND:
        send(d, fx->msg);
        return;
    case OKR_FX_SEND_RAW:
        okr_wire_send(d->wire, fx->frame, true);
        return;
    case OKR_FX_SUBSCRIBE:
        okr_wire_subscribe(d->wire, fx->scope);
        return;
    case OKR_FX_UNSUBSCRIBE:
        okr_wire_unsubscribe(d->wire, fx->scope);
        return;
    case OKR_FX_SUBSCRIBE_BEAT:
        okr_wire_listen(d->wire, now, fx->text);
        return;
    case OKR_FX_RESUBSCRIBE:
        okr_wire_relisten(d->wire, now, fx->text);
        return;
    case OKR_FX_DISCONNECT:
        redial(d, fx->ms);
        return;
    case OKR_FX_ANSWERED:
        answered(fx);
        return;
    case OKR_FX_CHANGED:
        okr_desk_changed(d->desk, NULL, fx);
        return;
    case OKR_FX_HISTORY:
        okr_desk_history(d->desk, fx);
        return;
    case OKR_FX_ALARM:
        okr_tell(OKR_TELL_ALARM, "%.*s", (int)fx->text.len,
                 (const char *)fx->text.data);
        return;
    case OKR_FX_PUBLISH:
    case OKR_FX_CUT_PUB:
    case OKR_FX_REVOKED:
    case OKR_FX_ENROLLED:
        break; /* a server's */
    }
    OKR_UNREACHABLE();
}

/* ---- the turn ------------------------------------------------------------ */

static void failed(struct okr_daemon *d, enum okr_err err)
{
    okr_tell(OKR_TELL_ERROR, "the store: %s", okr_err_text(err));
    if (err == OKR_ERR_COMMIT) {
        d->fatal = true;
        return;
    }
    if (err == OKR_ERR_FULL)
        (void)okr_room_is_low(d->dir); /* gives the ballast away */
    (void)snprintf(d->trouble, sizeof d->trouble, "the store: %s",
                   okr_err_text(err));
    d->quiet_until = okr_net_monotonic() + TROUBLE_PAUSE_MS;
}

enum okr_err okr_daemon_turn(struct okr_daemon *d,
                             const struct okr_site_event *events, size_t n,
                             okr_daemon_stepped *stepped)
{
    OKR_ASSERT(n > 0);
    const struct okr_site_shell shell = {.kv = d->kv,
                                         .arena = d->turn,
                                         .stepped = stepped,
                                         .perform = perform,
                                         .early = early,
                                         .context = d};
    enum okr_err err =
        okr_site_turn(d->site, &shell, events, n, events[n - 1].now);
    okr_desk_after(d->desk);
    if (err != OKR_OK)
        failed(d, err);
    else if (okr_net_monotonic() >= d->quiet_until)
        d->trouble[0] = '\0';
    return err;
}

void okr_daemon_happen(struct okr_daemon *d, enum okr_site_event_kind kind)
{
    struct okr_site_event event = okr_daemon_event(kind);
    (void)!okr_daemon_turn(d, &event, 1, NULL);
}
