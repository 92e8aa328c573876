/* serve: everything that has to hold before the first public bind, then the
 * loop. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "common/lang/text.h"
#include "common/net/notify.h"
#include "common/store/meta.h"
#include "server/shell/cli.h"
#include "server/shell/log.h"
#include "server/shell/serve.h"

#define LISTEN_DEFAULT "tcp://127.0.0.1:7801"
#define PUBLISH_PORT "7802"
#define ROUTER_HIGH_WATER 32 /* frames of at most 256 KB, a peer */

struct endpoints {
    char listen[OKR_ENDPOINT_BYTES], publish[OKR_ENDPOINT_BYTES];
};

/* ---- what was asked for -------------------------------------------------- */

static void read_endpoint(struct okr_cli *cli, const char *option,
                          const char *typed, char ret[OKR_ENDPOINT_BYTES])
{
    if (!okr_endpoint_valid(okr_slice_str(typed)) ||
        strlen(typed) >= OKR_ENDPOINT_BYTES)
        okr_fault_usage(&cli->fault, "write tcp://ADDRESS:PORT",
                        "%s: `%s` is nothing to bind to", option, typed);
    else
        (void)snprintf(ret, OKR_ENDPOINT_BYTES, "%s", typed);
}

/* The same host; where any port will do for one, it does for the other. */
static void read_endpoints(struct okr_cli *cli,
                           const struct okr_server_settings *settings,
                           struct endpoints *ret)
{
    const char *listen = okr_cli_option(cli, "listen");
    const char *publish = okr_cli_option(cli, "publish");
    if (listen == NULL && settings->listen[0] != '\0')
        listen = settings->listen;
    if (publish == NULL && settings->publish[0] != '\0')
        publish = settings->publish;
    read_endpoint(cli, "--listen", listen != NULL ? listen : LISTEN_DEFAULT,
                  ret->listen);
    if (okr_faulty(&cli->fault))
        return;
    struct okr_slice at = okr_slice_str(ret->listen);
    bool any = okr_slice_is(okr_endpoint_port(at), "*");
    if (publish != NULL)
        read_endpoint(cli, "--publish", publish, ret->publish);
    else if (!okr_endpoint_with_port(at, any ? "*" : PUBLISH_PORT,
                                     ret->publish))
        okr_fault_usage(&cli->fault, "say --publish",
                        "--listen is too long to derive --publish from it");
}

/* ---- opening ------------------------------------------------------------- */

/* Blocked before the first thread is made, so that they all inherit it. */
static bool open_signals(struct okr_serve *serve, struct okr_fault *fault)
{
    sigset_t set;
    if (sigemptyset(&set) == 0 && sigaddset(&set, SIGTERM) == 0 &&
        sigaddset(&set, SIGINT) == 0 && sigaddset(&set, SIGHUP) == 0 &&
        sigprocmask(SIG_BLOCK, &set, NULL) == 0)
        serve->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (serve->signal_fd < 0)
        okr_fault_refuse(fault, NULL, NULL, "signals: %s", strerror(errno));
    return serve->signal_fd >= 0;
}

static bool told(struct okr_fault *fault, enum okr_err err, const char *thing)
{
    if (err == OKR_ERR_BUSY)
        okr_fault_refuse(fault, NULL,
                         "end what listens there, or choose another port",
                         "%s: the port is in use", thing);
    else if (err == OKR_ERR_DENIED)
        okr_fault_refuse(fault, NULL,
                         "ports below 1024 are root's: choose "
                         "another",
                         "%s: permission refused", thing);
    else if (err == OKR_ERR_FORMAT || err == OKR_ERR_IO)
        okr_fault_refuse(fault, NULL,
                         "name an address of this machine: tcp://0.0.0.0:7801",
                         "%s cannot be bound", thing);
    else if (err != OKR_OK)
        okr_fault_world(fault, err, thing);
    return err == OKR_OK;
}

static bool bind_sockets(struct okr_serve *serve, const struct endpoints *at,
                         struct okr_fault *fault)
{
    const struct okr_net_server router = {
        .type = ZMQ_ROUTER,
        .domain = OKR_ZAP_ROUTER,
        .secret = okr_sk_seed(serve->server.keys.link),
        .frame_max = OKR_FRAME_MAX,
        .high_water = ROUTER_HIGH_WATER,
    };
    enum okr_err err =
        okr_serve_open_pub(serve, at->publish, &serve->pub, serve->publish);
    if (!told(fault, err, at->publish))
        return false;
    err = okr_net_serve(serve->zmq, &router, at->listen, &serve->router,
                        serve->listen);
    return told(fault, err, at->listen);
}

static enum okr_err put_listen(struct okr_serve *serve, struct okr_kv_txn *txn)
{
    struct okr_slice old = OKR_SLICE_NONE, now = okr_slice_str(serve->listen);
    enum okr_err err = okr_meta_get(txn, "listen", serve->in, &old);
    if (err != OKR_ERR_NOTFOUND)
        OKR_TRY(err);
    return okr_slice_eq(old, now) ? OKR_OK : okr_meta_put(txn, "listen", now);
}

/* Where invitations send new sites.  A disk that is too full for it is no
 * reason not to serve what can be read. */
static void write_listen(struct okr_serve *serve)
{
    struct okr_kv_txn *txn;
    enum okr_err err = okr_kv_begin(serve->server.kv, true, &txn);
    if (err == OKR_OK) {
        err = put_listen(serve, txn);
        if (err == OKR_OK)
            err = okr_kv_commit(&txn);
        else
            okr_kv_abort(&txn);
    }
    if (err != OKR_OK)
        okr_log(OKR_LOG_WARNING, "where it listens is not noted: %s",
                okr_err_text(err));
}

static bool open_sockets(struct okr_serve *serve, const struct endpoints *at,
                         struct okr_fault *fault)
{
    serve->zmq = okr_net_context();
    enum okr_err err = serve->zmq != NULL ? OKR_OK : OKR_ERR_NOMEM;
    if (err == OKR_OK)
        err = okr_net_zap_open(serve->zmq, &serve->zap);
    if (err != OKR_OK) {
        okr_fault_world(fault, err, "ZeroMQ");
        return false;
    }
    return okr_serve_self_test(serve, fault) && bind_sockets(serve, at, fault);
}

static bool open_all(struct okr_serve *serve, const char *dir,
                     const struct endpoints *at, struct okr_fault *fault)
{
    char port[8];
    if (!okr_server_open(dir, &serve->server, fault))
        return false;
    serve->server.perform = okr_serve_perform;
    serve->server.context = serve;
    if (!open_signals(serve, fault) || !open_sockets(serve, at, fault))
        return false;
    struct okr_slice bound = okr_endpoint_port(okr_slice_str(serve->publish));
    (void)snprintf(port, sizeof port, "%.*s", (int)bound.len,
                   (const char *)bound.data);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    enum okr_err err = okr_arena_new(OKR_ARENA_UNBOUNDED, &serve->in);
    if (err == OKR_OK)
        err = okr_verifiers_open(processors > 1 ? (unsigned)processors - 1 : 0,
                                 &serve->verifiers);
    if (err == OKR_OK)
        err = okr_local_open(serve->zmq, dir, &serve->local);
    if (err != OKR_OK)
        okr_fault_world(fault, err, dir);
    if (err != OKR_OK || !okr_server_start(&serve->server, port, fault))
        return false;
    write_listen(serve);
    return true;
}

static void close_all(struct okr_serve *serve)
{
    char sock[OKR_PATH_MAX_BYTES];
    struct okr_fault ignored = {.code = OKR_REPLY_DONE};
    if (serve->local != NULL &&
        okr_folder_path(serve->server.dir, "sock", sock, &ignored))
        (void)unlink(sock);
    okr_local_close(&serve->local);
    void *sockets[] = {serve->router, serve->pub, serve->zap};
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++)
        if (sockets[i] != NULL)
            zmq_close(sockets[i]);
    if (serve->zmq != NULL)
        zmq_ctx_term(serve->zmq);
    if (serve->signal_fd >= 0)
        close(serve->signal_fd);
    okr_verifiers_close(&serve->verifiers);
    okr_buf_close(&serve->out);
    okr_arena_free(&serve->in);
    okr_server_close(&serve->server);
}

/* ---- the command --------------------------------------------------------- */

static void say_ready(struct okr_cli *cli, const struct okr_serve *serve)
{
    char fingerprint[OKR_FINGERPRINT_LEN];
    okr_keys_fingerprint(&serve->server.keys, fingerprint);
    if (cli->json)
        printf("ready {\"listen\":\"%s\",\"publish\":\"%s\","
               "\"fingerprint\":\"%s\"}\n",
               serve->listen, serve->publish, fingerprint);
    else
        printf("ready listen %s publish %s fingerprint %s\n", serve->listen,
               serve->publish, fingerprint);
    (void)fflush(stdout);
    okr_notify("READY=1");
    okr_log(OKR_LOG_INFO, "serving %s at %s, %s", serve->server.dir,
            serve->listen, serve->publish);
}

static void serve_folder(struct okr_cli *cli,
                         const struct okr_server_settings *settings,
                         const struct endpoints *at)
{
    struct okr_serve *serve = calloc(1, sizeof *serve);
    if (serve == NULL) {
        okr_fault_world(&cli->fault, OKR_ERR_NOMEM, "serve");
        return;
    }
    serve->signal_fd = -1;
    serve->conf_path = okr_cli_option(cli, "config");
    serve->verbose = okr_cli_flag(cli, "verbose");
    okr_buf_init(&serve->out, NULL);
    if (open_all(serve, cli->words[0], at, &cli->fault)) {
        okr_serve_set(serve, settings);
        say_ready(cli, serve);
        (void)okr_serve_loop(serve, &cli->fault);
    }
    close_all(serve);
    free(serve);
}

void okr_cmd_serve(struct okr_cli *cli)
{
    const char *dir = cli->words[0];
    struct endpoints at = {.listen = ""};
    struct okr_server_settings settings;
    int lock;
    okr_log_debug(okr_cli_flag(cli, "verbose"));
    if (!okr_server_settings_read(dir, okr_cli_option(cli, "config"), &settings,
                                  &cli->fault))
        return;
    read_endpoints(cli, &settings, &at);
    if (!okr_faulty(&cli->fault) && okr_cli_flag(cli, "check-config")) {
        printf("%s\n", _("the settings are good"));
        return;
    }
    if (okr_faulty(&cli->fault) || !okr_folder_check(dir, &cli->fault))
        return;
    enum okr_err err = okr_folder_lock(dir, &lock, &cli->fault);
    if (err == OKR_ERR_BUSY)
        okr_fault_refuse(&cli->fault, NULL, "one at a time: end that one first",
                         "%s is in use by another process (pid %ld)", dir,
                         okr_folder_holder(dir));
    if (err != OKR_OK)
        return;
    serve_folder(cli, &settings, &at);
    close(lock);
}
