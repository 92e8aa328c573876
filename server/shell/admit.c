/* Who may connect: ZAP.  Who speaks: the CURVE key, looked up in the store at
 * every message, because a handshake is older than a revocation.
 *
 * On the ROUTER every key is admitted: an unknown one may enrol, a revoked one
 * is told so.  On the XPUB nothing can be told, so only active sites are. */
#include <string.h>
#include <zmq.h>

#include "common/crypto/keyfile.h"
#include "common/store/space.h"
#include "server/shell/log.h"
#include "server/shell/serve.h"

#define PUB_FRAME_MAX 4096 /* subscriptions are 6 bytes */
#define PUB_HIGH_WATER 512
#define SELF_TEST_MS 5000

enum okr_err okr_serve_open_pub(struct okr_serve *serve, const char *endpoint,
                                void **ret_socket, char ret_bound[128])
{
    const struct okr_net_server conf = {
        .type = ZMQ_XPUB,
        .domain = OKR_ZAP_PUB,
        .secret = okr_sk_seed(serve->server.keys.link),
        .frame_max = PUB_FRAME_MAX,
        .high_water = PUB_HIGH_WATER,
    };
    return okr_net_serve(serve->zmq, &conf, endpoint, ret_socket, ret_bound);
}

/* ---- identity ------------------------------------------------------------ */

enum okr_err okr_serve_identify(struct okr_kv_txn *txn, struct okr_arena *arena,
                                struct okr_hub_event *event)
{
    struct okr_space space = {.txn = txn, .arena = arena};
    struct okr_ids ids;
    struct okr_record *site;
    event->peer = OKR_PEER_QUARANTINE;
    OKR_TRY(okr_index_find(&space, OKR_KIND_SITE, OKR_F_LINK_KEY,
                           okr_slice_of(event->user, sizeof event->user),
                           &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&space, &ids.at[i], &site));
        bool active = okr_record_enum(site, OKR_F_SITE_STATE, 0) ==
                      OKR_V_KEY_STATE_ACTIVE;
        event->peer = active ? OKR_PEER_SITE : OKR_PEER_REVOKED;
        event->site = site->id;
        if (active)
            break;
    }
    return OKR_OK;
}

static bool is_active(struct okr_serve *serve,
                      const struct okr_zap_request *request)
{
    struct okr_hub_event who = {.peer = OKR_PEER_QUARANTINE};
    struct okr_kv_txn *txn;
    struct okr_arena *arena;
    memcpy(who.user, request->key, sizeof who.user);
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK)
        return false;
    enum okr_err err = okr_kv_begin(serve->server.kv, false, &txn);
    if (err == OKR_OK) {
        err = okr_serve_identify(txn, arena, &who);
        okr_kv_abort(&txn);
    }
    okr_arena_free(&arena);
    if (err != OKR_OK)
        okr_log(OKR_LOG_ERROR, "a key cannot be looked up: %s",
                okr_err_text(err));
    return err == OKR_OK && who.peer == OKR_PEER_SITE;
}

/* ---- ZAP ----------------------------------------------------------------- */

static bool admits(struct okr_serve *serve,
                   const struct okr_zap_request *request)
{
    if (strcmp(request->domain, OKR_ZAP_ROUTER) == 0)
        return true;
    bool admit =
        strcmp(request->domain, OKR_ZAP_PUB) == 0 && is_active(serve, request);
    if (!admit)
        okr_log(OKR_LOG_DEBUG, "zap: %s refused on %s", request->address,
                request->domain);
    return admit;
}

size_t okr_serve_admit(struct okr_serve *serve)
{
    struct okr_zap_request request;
    size_t n = 0;
    for (;; n++) {
        enum okr_err err = okr_net_zap_next(serve->zap, &request);
        if (err != OKR_OK && err != OKR_ERR_FORMAT)
            return n;
        bool admit = err == OKR_OK && admits(serve, &request);
        err = okr_net_zap_answer(serve->zap, &request, admit);
        if (err != OKR_OK)
            okr_log(OKR_LOG_ERROR, "zap: the answer was not taken: %s",
                    okr_err_text(err));
    }
}

/* ---- the self-test ------------------------------------------------------- */

/* Connects as nobody, and waits to be thrown out. */
static bool is_refused(struct okr_serve *serve, struct okr_net_link *link)
{
    okr_ms until = okr_net_monotonic() + SELF_TEST_MS;
    size_t asked = 0;
    while (okr_net_monotonic() < until) {
        zmq_pollitem_t items[] = {
            {.socket = serve->zap, .events = ZMQ_POLLIN},
            {.socket = link->monitor, .events = ZMQ_POLLIN},
        };
        if (zmq_poll(items, 2, 100) < 0)
            return false;
        asked += okr_serve_admit(serve);
        enum okr_net_life life = okr_net_life_next(link);
        if (life == OKR_NET_REFUSED)
            return asked > 0;
        if (life == OKR_NET_UP)
            return false;
    }
    return false;
}

static bool try_nobody(struct okr_serve *serve, const char *endpoint)
{
    uint8_t secret[OKR_CURVE_LEN], public_key[OKR_CURVE_LEN];
    struct okr_net_link link;
    okr_random(secret, sizeof secret);
    okr_curve_public(secret, public_key);
    const struct okr_net_client conf = {
        .type = ZMQ_SUB,
        .server_key = serve->server.keys.link_public,
        .public_key = public_key,
        .secret = secret,
        .frame_max = PUB_FRAME_MAX,
        .high_water = PUB_HIGH_WATER,
    };
    if (okr_net_dial(serve->zmq, &conf, endpoint, &link) != OKR_OK)
        return false;
    bool refused = is_refused(serve, &link);
    okr_net_hang_up(&link);
    return refused;
}

/* On TCP: inproc knows no CURVE, and would prove nothing. */
bool okr_serve_self_test(struct okr_serve *serve, struct okr_fault *fault)
{
    void *socket;
    char bound[128];
    enum okr_err err =
        okr_serve_open_pub(serve, "tcp://127.0.0.1:*", &socket, bound);
    bool refused = false;
    if (err == OKR_OK) {
        refused = try_nobody(serve, bound);
        zmq_close(socket);
    }
    if (!refused)
        okr_fault_refuse(fault, NULL,
                         "libzmq must be 4.3 with CURVE, and 127.0.0.1 must be "
                         "there to try it",
                         "self-test: an unknown key was not seen refused, so "
                         "nothing is bound%s%s",
                         err == OKR_OK ? "" : ": ",
                         err == OKR_OK ? "" : okr_err_text(err));
    return refused;
}
