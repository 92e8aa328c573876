/* The loop of the daemon. */
#include "server/shell/serve.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "common/crypto/keyfile.h"
#include "common/net/notify.h"
#include "common/net/room.h"
#include "common/lang/text.h"
#include "server/shell/log.h"
#include "server/shell/methods.h"

#define POLL_MS_MAX 60000
#define QUIET_US 1000000 /* after a turn that failed */
#define CLOCK_BACK_US 2000000
#define CARE_MS 60000
#define LOCAL_AT_ONCE 16 /* local questions between two turns */

/* ---- turns --------------------------------------------------------------- */

static void say_failed(struct okr_serve *serve, enum okr_err err)
{
    okr_log(OKR_LOG_ERROR, "a turn failed and changed nothing: %s",
            okr_err_text(err));
    serve->quiet_until = okr_net_now() + QUIET_US;
}

/* One message that cannot be handled must not keep the others waiting: each
 * gets a turn of its own, and who asked what fails is told to come again. */
static void turn_singly(struct okr_serve *serve)
{
    for (size_t i = 0; i < serve->n_events; i++) {
        enum okr_err err =
            okr_server_turn(&serve->server, &serve->events[i], 1, NULL);
        if (err == OKR_OK)
            continue;
        say_failed(serve, err);
        okr_serve_busy(serve, &serve->events[i]);
    }
}

static void turn(struct okr_serve *serve)
{
    enum okr_err err =
        okr_server_turn(&serve->server, serve->events, serve->n_events, NULL);
    if (err == OKR_OK)
        return;
    say_failed(serve, err);
    if (serve->n_events > 1)
        turn_singly(serve);
    else
        okr_serve_busy(serve, &serve->events[0]);
}

/* A clock that was set back would silence the beats for as long. */
static void check_clock(struct okr_serve *serve)
{
    okr_us now = okr_net_now();
    if (now + CLOCK_BACK_US < serve->clock) {
        const struct okr_hub_shell shell = {.kv = serve->server.kv,
                                            .arena = serve->server.arena};
        okr_log(OKR_LOG_WARNING, "the clock was set back by %lld s",
                (long long)((serve->clock - now) / 1000000));
        serve->quiet_until = 0;
        enum okr_err err = okr_hub_reload(serve->server.hub, &shell);
        if (err != OKR_OK)
            say_failed(serve, err);
    }
    serve->clock = now;
}

static okr_us next_timeout(const struct okr_serve *serve)
{
    okr_us next = okr_hub_deadline(serve->server.hub);
    if (next == OKR_NEVER) /* it could not be loaded: try that again */
        return serve->quiet_until;
    return next > serve->quiet_until ? next : serve->quiet_until;
}

/* What writes has to wait while there is no room for it: told before it is
 * taken, so nothing was promised. */
static void put_off_writes(struct okr_serve *serve)
{
    size_t kept = 0;
    for (size_t i = 0; i < serve->n_events; i++) {
        const struct okr_msg *msg = serve->events[i].msg;
        if (msg != NULL &&
            (msg->type == OKR_MSG_PUSH || msg->type == OKR_MSG_ENROL))
            okr_serve_busy(serve, &serve->events[i]);
        else
            serve->events[kept++] = serve->events[i];
    }
    serve->n_events = kept;
}

static void look_at_room(struct okr_serve *serve)
{
    bool low = okr_room_is_low(serve->server.dir);
    if (low != serve->low)
        okr_log(low ? OKR_LOG_ALARM : OKR_LOG_NOTICE,
                low ? "%s: less than %d MiB are free: nothing new is taken"
                    : "%s: there is room again, more than %d MiB",
                serve->server.dir, OKR_ROOM_MIB_MIN);
    serve->low = low;
}

/* Once a minute: readers that were killed hold pages. */
static void take_care(struct okr_serve *serve)
{
    okr_ms now = okr_net_monotonic();
    if (now < serve->care_at)
        return;
    serve->care_at = now + CARE_MS;
    look_at_room(serve);
    enum okr_err err = okr_kv_lmdb_tidy(serve->server.kv);
    if (err != OKR_OK)
        okr_log(OKR_LOG_WARNING, "the store's readers: %s", okr_err_text(err));
}

static void run_turn(struct okr_serve *serve)
{
    okr_serve_gather(serve);
    if (serve->n_events > 0)
        look_at_room(serve);
    if (serve->low)
        put_off_writes(serve);
    if (serve->n_events == 0 && next_timeout(serve) <= serve->clock) {
        struct okr_hub_event *event = &serve->events[serve->n_events++];
        *event = (struct okr_hub_event){.kind = OKR_HUB_TIMEOUT,
                                        .now = serve->clock};
        okr_random(event->entropy, sizeof event->entropy);
    }
    if (serve->n_events > 0)
        turn(serve);
    okr_arena_reset(serve->in);
}

/* ---- local questions ----------------------------------------------------- */

static bool may_ask(const struct okr_caller *caller)
{
    return caller->has_uid && (caller->uid == 0 || caller->uid == geteuid());
}

static void reply_to(struct okr_serve *serve, const struct okr_caller *caller,
                     const struct okr_reply *reply)
{
    enum okr_err err = okr_local_reply(serve->local, caller, reply);
    if (err != OKR_OK)
        okr_log(OKR_LOG_DEBUG, "a local answer was not taken: %s",
                okr_err_text(err));
}

static void answer(struct okr_serve *serve, const struct okr_caller *caller,
                   const struct okr_ask *ask)
{
    struct okr_reply reply;
    const struct okr_asked asked = {&serve->server, ask, serve->in,
                                    serve->listen};
    okr_text_language(okr_slice_is(ask->language, "zh"));
    if (may_ask(caller) && okr_serve_job(serve, caller, &asked))
        return;
    if (may_ask(caller))
        okr_methods_answer(&asked, &reply);
    else
        reply = (struct okr_reply){
            .code = OKR_REPLY_REFUSED,
            .error = okr_slice_str(_("only root and the server's own user may "
                                     "ask here")),
            .rule = OKR_SLICE_LIT("not_permitted"),
            .remedy = okr_slice_str(_("run the command as one of them")),
        };
    reply_to(serve, caller, &reply);
}

static void run_local(struct okr_serve *serve)
{
    for (int i = 0; i < LOCAL_AT_ONCE; i++) {
        struct okr_caller caller;
        struct okr_ask *ask;
        enum okr_err err =
            okr_local_next(serve->local, serve->in, &ask, &caller);
        if (err == OKR_OK)
            answer(serve, &caller, ask);
        okr_arena_reset(serve->in);
        if (err == OKR_ERR_NOTFOUND)
            return;
    }
}

/* ---- signals ------------------------------------------------------------- */

void okr_serve_set(struct okr_serve *serve,
                   const struct okr_server_settings *settings)
{
    serve->settings = *settings;
    serve->server.backup_max_age = settings->backup_max_age;
    okr_log_debug(serve->verbose || settings->debug);
}

/* Where it listens is the sockets' and the sites' matter. */
static void reread(struct okr_serve *serve)
{
    const struct okr_server_settings old = serve->settings;
    struct okr_server_settings settings;
    struct okr_fault fault = {.code = OKR_REPLY_DONE};
    okr_notify("RELOADING=1");
    if (!okr_server_settings_read(serve->server.dir, serve->conf_path,
                                  &settings, &fault)) {
        okr_log(OKR_LOG_ERROR, "the old settings stand: %s; %s", fault.what,
                fault.remedy);
    } else {
        if (strcmp(old.listen, settings.listen) != 0 ||
            strcmp(old.publish, settings.publish) != 0)
            okr_log(OKR_LOG_WARNING,
                    "another listen or publish holds after a restart");
        okr_serve_set(serve, &settings);
        okr_log(OKR_LOG_NOTICE, "settings read anew");
    }
    okr_notify("READY=1");
}

static bool is_told_to_stop(struct okr_serve *serve)
{
    struct signalfd_siginfo info;
    while (read(serve->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGHUP) {
            okr_log(OKR_LOG_INFO, "ending on signal %u", info.ssi_signo);
            okr_notify("STOPPING=1");
            return true;
        }
        reread(serve);
    }
    return false;
}

/* ---- the loop ------------------------------------------------------------ */

static long wait_ms(struct okr_serve *serve)
{
    okr_us left = next_timeout(serve) - okr_net_now();
    okr_ms alive = okr_notify_alive(&serve->alive_at);
    okr_ms ms = left <= 0 ? 0 : left / 1000 + 1;
    okr_ms jobs = okr_serve_jobs_ms(serve);
    if (ms > POLL_MS_MAX)
        ms = POLL_MS_MAX;
    if (jobs >= 0 && jobs < ms)
        ms = jobs;
    if (alive != OKR_NEVER && alive - okr_net_monotonic() < ms)
        ms = alive - okr_net_monotonic();
    return ms > 0 ? (long)ms : 0;
}

bool okr_serve_loop(struct okr_serve *serve, struct okr_fault *fault)
{
    for (;;) {
        zmq_pollitem_t items[] = {
            {.socket = serve->router, .events = ZMQ_POLLIN},
            {.socket = serve->pub, .events = ZMQ_POLLIN},
            {.socket = serve->zap, .events = ZMQ_POLLIN},
            {.socket = okr_local_socket(serve->local), .events = ZMQ_POLLIN},
            {.fd = serve->signal_fd, .events = ZMQ_POLLIN},
        };
        int ready =
            zmq_poll(items, sizeof items / sizeof items[0], wait_ms(serve));
        if (ready < 0 && errno != EINTR) {
            okr_fault_world(fault, OKR_ERR_IO, "poll");
            return false;
        }
        check_clock(serve);
        take_care(serve);
        if (is_told_to_stop(serve)) {
            okr_serve_jobs_end(serve); /* repeated, an import goes on */
            return true;
        }
        (void)okr_serve_admit(serve);
        run_turn(serve);
        run_local(serve);
        okr_serve_jobs(serve);
    }
}
