/* The loop: what came in, turn by turn. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "client/shell/daemon.h"
#include "client/shell/desk.h"
#include "client/shell/tell.h"
#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/net/notify.h"
#include "common/net/room.h"

enum {
    FRAMES_MAX = 64, /* of one turn */
    FRAMES_BYTES_MAX = 1 << 20,
    NAP_MS_MAX = 60 * 1000, /* a clock that was set is noticed by then */
    CARE_MS = 60 * 1000,
    POLLED = OKR_WIRE_SOCKETS + 2,
};

/* ---- what comes in ------------------------------------------------------- */

static void take_signals(struct okr_daemon *d)
{
    struct signalfd_siginfo info;
    while (read(d->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        bool again = info.ssi_signo == SIGHUP;
        okr_notify(again ? "RELOADING=1" : "STOPPING=1");
        if (again) {
            okr_daemon_reread(d);
            okr_notify("READY=1");
        } else {
            d->stop = true;
        }
    }
}

static void take_life(struct okr_daemon *d)
{
    enum okr_net_life life;
    while (!d->fatal && (life = okr_wire_life(d->wire, okr_net_monotonic())) !=
                            OKR_NET_NOTHING) {
        bool up = life == OKR_NET_UP;
        okr_tell(up ? OKR_TELL_NOTICE : OKR_TELL_DEBUG, "%s %s",
                 up ? "connected to" : "no link to", d->ident.endpoint);
        okr_daemon_happen(d, up ? OKR_SITE_LINK_UP : OKR_SITE_LINK_DOWN);
    }
}

static struct okr_site_event event_of(struct okr_daemon *d,
                                      struct okr_slice frame, bool published)
{
    struct okr_site_event event =
        okr_daemon_event(published ? OKR_SITE_PUBLISHED : OKR_SITE_MESSAGE);
    struct okr_msg *msg = NULL;
    event.bad = published ? okr_msg_decode_pub(frame, d->in, &msg)
                          : okr_msg_decode(frame, d->in, &msg);
    event.msg = event.bad == OKR_OK ? msg : NULL;
    return event;
}

static void take_frames(struct okr_daemon *d)
{
    struct okr_site_event events[FRAMES_MAX];
    size_t n = 0, bytes = 0;
    struct okr_slice frame;
    bool published;
    while (n < FRAMES_MAX && bytes < FRAMES_BYTES_MAX &&
           okr_wire_next(d->wire, d->in, &frame, &published) == OKR_OK) {
        events[n++] = event_of(d, frame, published);
        bytes += frame.len;
    }
    /* What cannot be stored is asked for again: the core begins anew. */
    if (n > 0)
        (void)!okr_daemon_turn(d, events, n, NULL);
    okr_arena_reset(d->in);
}

/* After trouble a core that was loaded anew wants to begin at once, again and
 * again. */
static bool is_quiet(const struct okr_daemon *d)
{
    return okr_net_monotonic() < d->quiet_until;
}

static void take_time(struct okr_daemon *d, okr_ms napped)
{
    if (is_quiet(d))
        return;
    if (okr_site_deadline(d->site) <= okr_net_now() || napped >= NAP_MS_MAX)
        okr_daemon_happen(d, OKR_SITE_TIMEOUT);
}

/* ---- waiting ------------------------------------------------------------- */

static okr_ms nap_of(const struct okr_daemon *d)
{
    okr_ms now = okr_net_monotonic(), nap = NAP_MS_MAX;
    okr_us due = is_quiet(d) ? OKR_NEVER : okr_site_deadline(d->site);
    const okr_ms at[] = {okr_wire_deadline(d->wire), okr_desk_deadline(d->desk),
                         is_quiet(d) ? d->quiet_until : OKR_NEVER};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        if (at[i] != OKR_NEVER && at[i] - now < nap)
            nap = at[i] - now;
    if (due != OKR_NEVER) {
        okr_us left = due - okr_net_now();
        if (left < nap * 1000)
            nap = (left + 999) / 1000; /* not before it is due */
    }
    return nap > 0 ? nap : 0;
}

/* Waits until something is there; the time that was waited at most. */
static okr_ms wait(struct okr_daemon *d)
{
    void *sockets[OKR_WIRE_SOCKETS];
    bool writing;
    zmq_pollitem_t items[POLLED] = {
        {.socket = okr_desk_socket(d->desk), .events = ZMQ_POLLIN},
        {.fd = d->signal_fd, .events = ZMQ_POLLIN},
    };
    int n = 2;
    okr_wire_sockets(d->wire, sockets, &writing);
    for (size_t i = 0; i < OKR_WIRE_SOCKETS; i++) {
        if (sockets[i] == NULL)
            continue;
        short events =
            i == 0 && writing ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN;
        items[n++] = (zmq_pollitem_t){.socket = sockets[i], .events = events};
    }
    okr_ms nap = nap_of(d), alive = okr_notify_alive(&d->alive_at);
    if (alive != OKR_NEVER && alive - okr_net_monotonic() < nap)
        nap = alive - okr_net_monotonic();
    nap = nap > 0 ? nap : 0;
    return zmq_poll(items, n, (long)nap) == 0 ? nap : 0;
}

/* ---- once a minute ------------------------------------------------------- */

/* Readers that were killed hold pages; room may be there again, or gone. */
static void take_care(struct okr_daemon *d)
{
    okr_ms now = okr_net_monotonic();
    if (now < d->care_at)
        return;
    d->care_at = now + CARE_MS;
    (void)okr_room_is_low(d->dir);
    enum okr_err err = okr_kv_lmdb_tidy(d->kv);
    if (err != OKR_OK)
        okr_tell(OKR_TELL_WARNING, "the store's readers: %s",
                 okr_err_text(err));
}

/* ---- the loop ------------------------------------------------------------ */

static void say_ready(const struct okr_daemon *d)
{
    (void)printf("ready: site %s at %s\n", d->ident.name, d->dir);
    (void)fflush(stdout);
    okr_notify("READY=1");
    okr_tell(OKR_TELL_NOTICE, "site %s, server %s", d->ident.name,
             d->ident.endpoint);
}

int okr_daemon_run(struct okr_daemon *d)
{
    OKR_ASSERT(d->desk != NULL && d->wire != NULL);
    okr_daemon_happen(d, OKR_SITE_START);
    if (!d->fatal)
        say_ready(d);
    while (!d->stop && !d->fatal) {
        okr_ms napped = wait(d);
        take_care(d);
        take_signals(d);
        take_life(d);
        if (!d->fatal)
            take_frames(d);
        if (!d->fatal)
            okr_desk_serve(d->desk);
        if (!d->fatal)
            take_time(d, napped);
        okr_wire_tick(d->wire, okr_net_monotonic());
        if (!d->fatal)
            okr_desk_tick(d->desk, okr_net_monotonic());
    }
    if (d->fatal)
        okr_tell(OKR_TELL_ERROR, "ends: what is on the disk has to be read "
                                 "anew");
    return d->fatal ? 1 : 0;
}
