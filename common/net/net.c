/* Sockets of both daemons, with the options that were measured to matter. */
#include "common/net/net.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/crypto/sign.h"

/* ZMQ_ZAP_ENFORCE_DOMAIN is a DRAFT macro, so Debian's zmq.h lacks it; the
 * library has the option.  Without it a socket whose ZAP domain has no
 * handler admits anybody.  okr_net_zap_open's caller tests it at start. */
#define OKR_ZMQ_ZAP_ENFORCE_DOMAIN 93

#define HEARTBEAT_IVL_MS 60000 /* 5 s killed a healthy 40 kbit/s link */
#define HEARTBEAT_TIMEOUT_MS 120000
#define HANDSHAKE_MS 60000 /* above six round trips of a bad line */
#define CONNECT_MS 30000

okr_us okr_net_now(void)
{
    struct timespec now;
    OKR_ASSERT(clock_gettime(CLOCK_REALTIME, &now) == 0);
    return (okr_us)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

okr_ms okr_net_monotonic(void)
{
    struct timespec now;
    OKR_ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (okr_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum okr_err okr_net_lock_folder(const char *dir, int *ret_fd)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/lock", dir);
    if (n < 0 || (size_t)n >= sizeof path)
        return OKR_ERR_LIMIT;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno == ENOENT   ? OKR_ERR_NOTFOUND
               : errno == EACCES ? OKR_ERR_DENIED
                                 : OKR_ERR_IO;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum okr_err err = errno == EWOULDBLOCK ? OKR_ERR_BUSY : OKR_ERR_IO;
        close(fd);
        return err;
    }
    *ret_fd = fd;
    return OKR_OK;
}

void *okr_net_context(void)
{
    return zmq_ctx_new();
}

static bool set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_bytes(void *socket, int option, const void *data, size_t len)
{
    return zmq_setsockopt(socket, option, data, len) == 0;
}

static bool set_common(void *socket, int64_t frame_max, int high_water)
{
    return set_bytes(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max) &&
           set_int(socket, ZMQ_SNDHWM, high_water) &&
           set_int(socket, ZMQ_RCVHWM, high_water) &&
           set_int(socket, ZMQ_LINGER, 0) &&
           set_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_IDLE, 60);
}

/* With ZMQ_IPV6 an IPv4 address is bound, and reported, as ::ffff:A.B.C.D,
 * which no person wants to read in a token; so not where one is named. */
static bool is_ipv4(const char *endpoint)
{
    const char *at = strstr(endpoint, "://");
    return at != NULL && at[3 + strspn(at + 3, "0123456789.")] == ':';
}

enum okr_err okr_net_serve(void *zmq, const struct okr_net_server *conf,
                           const char *endpoint, void **ret_socket,
                           char ret_bound[128])
{
    size_t len = 128;
    void *socket = zmq_socket(zmq, conf->type);
    if (socket == NULL)
        return OKR_ERR_NOMEM;
    bool set =
        set_common(socket, conf->frame_max, conf->high_water) &&
        set_int(socket, ZMQ_CURVE_SERVER, 1) &&
        set_bytes(socket, ZMQ_CURVE_SECRETKEY, conf->secret, OKR_CURVE_LEN) &&
        set_bytes(socket, ZMQ_ZAP_DOMAIN, conf->domain, strlen(conf->domain)) &&
        set_int(socket, OKR_ZMQ_ZAP_ENFORCE_DOMAIN, 1) &&
        set_int(socket, ZMQ_IPV6, !is_ipv4(endpoint));
    if (set && conf->type == ZMQ_ROUTER)
        set = set_int(socket, ZMQ_ROUTER_MANDATORY, 1);
    if (set && conf->type == ZMQ_XPUB)
        set = set_int(socket, ZMQ_XPUB_VERBOSE, 1);
    if (!set) {
        zmq_close(socket);
        return OKR_ERR_IO;
    }
    if (zmq_bind(socket, endpoint) != 0) {
        enum okr_err err = errno == EADDRINUSE ? OKR_ERR_BUSY
                           : errno == EACCES   ? OKR_ERR_DENIED
                           : errno == EINVAL   ? OKR_ERR_FORMAT
                                               : OKR_ERR_IO;
        zmq_close(socket);
        return err;
    }
    OKR_ASSERT(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, ret_bound, &len) == 0);
    *ret_socket = socket;
    return OKR_OK;
}

static bool set_client(void *socket, const struct okr_net_client *conf)
{
    bool set =
        set_common(socket, conf->frame_max, conf->high_water) &&
        set_bytes(socket, ZMQ_CURVE_SERVERKEY, conf->server_key,
                  OKR_CURVE_LEN) &&
        set_bytes(socket, ZMQ_CURVE_PUBLICKEY, conf->public_key,
                  OKR_CURVE_LEN) &&
        set_bytes(socket, ZMQ_CURVE_SECRETKEY, conf->secret, OKR_CURVE_LEN) &&
        set_int(socket, ZMQ_RECONNECT_IVL, -1) &&
        set_int(socket, ZMQ_IPV6, 1) &&
        set_int(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_IVL_MS) &&
        set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) &&
        set_int(socket, ZMQ_CONNECT_TIMEOUT, CONNECT_MS);
    if (set && conf->type == ZMQ_DEALER)
        set = set_int(socket, ZMQ_IMMEDIATE, 1) &&
              set_int(socket, ZMQ_SNDBUF, 8192);
    if (set && conf->socks != NULL)
        set = set_bytes(socket, ZMQ_SOCKS_PROXY, conf->socks,
                        strlen(conf->socks));
    return set;
}

/* A monitor needs an inproc name of its own; the socket's address is one. */
static void *open_monitor(void *zmq, void *socket)
{
    char name[64];
    (void)snprintf(name, sizeof name, "inproc://monitor-%p", socket);
    int events =
        ZMQ_EVENT_CONNECT_DELAYED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
        ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_CONNECT_RETRIED |
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    if (zmq_socket_monitor(socket, name, events) != 0)
        return NULL;
    void *monitor = zmq_socket(zmq, ZMQ_PAIR);
    if (monitor == NULL)
        return NULL;
    if (!set_int(monitor, ZMQ_LINGER, 0) || zmq_connect(monitor, name) != 0) {
        zmq_close(monitor);
        return NULL;
    }
    return monitor;
}

enum okr_err okr_net_dial(void *zmq, const struct okr_net_client *conf,
                          const char *endpoint, struct okr_net_link *ret_link)
{
    struct okr_net_link link = {.socket = zmq_socket(zmq, conf->type)};
    if (link.socket == NULL)
        return OKR_ERR_NOMEM;
    if (set_client(link.socket, conf))
        link.monitor = open_monitor(zmq, link.socket);
    if (link.monitor == NULL || zmq_connect(link.socket, endpoint) != 0) {
        enum okr_err err = errno == EINVAL ? OKR_ERR_FORMAT : OKR_ERR_IO;
        okr_net_hang_up(&link);
        return err;
    }
    *ret_link = link;
    return OKR_OK;
}

void okr_net_hang_up(struct okr_net_link *link)
{
    if (link->socket != NULL) {
        (void)zmq_socket_monitor(link->socket, NULL, 0);
        zmq_close(link->socket);
    }
    if (link->monitor != NULL)
        zmq_close(link->monitor);
    *link = (struct okr_net_link){NULL, NULL};
}

enum okr_net_life okr_net_life_next(struct okr_net_link *link)
{
    uint8_t event[6];
    char address[256];
    if (link->monitor == NULL)
        return OKR_NET_NOTHING;
    int n = zmq_recv(link->monitor, event, sizeof event, ZMQ_DONTWAIT);
    if (n != (int)sizeof event)
        return OKR_NET_NOTHING;
    (void)zmq_recv(link->monitor, address, sizeof address, ZMQ_DONTWAIT);
    uint16_t what; /* in the machine's own byte order */
    memcpy(&what, event, sizeof what);
    switch (what) {
    case ZMQ_EVENT_CONNECT_DELAYED:
        return OKR_NET_TRYING;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        return OKR_NET_UP;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: /* a wrong server key */
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        return OKR_NET_REFUSED;
    default:
        return OKR_NET_DOWN;
    }
}

enum okr_err okr_net_send(void *socket, struct okr_slice envelope,
                          struct okr_slice frame)
{
    if (envelope.len > 0 && zmq_send(socket, envelope.data, envelope.len,
                                     ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? OKR_ERR_BUSY : OKR_ERR_CLOSED;
    if (zmq_send(socket, frame.data, frame.len, ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? OKR_ERR_BUSY : OKR_ERR_CLOSED;
    return OKR_OK;
}

/* The user id that ZAP gave: 64 hex digits of the sender's key. */
static void read_user(zmq_msg_t *frame, struct okr_net_frame *ret)
{
    const char *user = zmq_msg_gets(frame, "User-Id");
    const char *address = zmq_msg_gets(frame, "Peer-Address");
    ret->has_user =
        user != NULL && okr_hex_decode(okr_slice_str(user), ret->user,
                                       sizeof ret->user) == OKR_OK;
    ret->address[0] = '\0';
    if (address != NULL)
        (void)snprintf(ret->address, sizeof ret->address, "%s", address);
}

static enum okr_err recv_part(void *socket, struct okr_arena *arena,
                              struct okr_net_frame *ret, bool *ret_more,
                              struct okr_slice *ret_part)
{
    zmq_msg_t part;
    OKR_ASSERT(zmq_msg_init(&part) == 0);
    if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0) {
        enum okr_err err = errno == EAGAIN ? OKR_ERR_NOTFOUND : OKR_ERR_CLOSED;
        zmq_msg_close(&part);
        return err;
    }
    struct okr_slice bytes =
        okr_slice_of(zmq_msg_data(&part), zmq_msg_size(&part));
    *ret_part = okr_arena_copy(arena, bytes);
    *ret_more = zmq_msg_more(&part) != 0;
    if (!*ret_more)
        read_user(&part, ret);
    bool copied = ret_part->len == bytes.len;
    zmq_msg_close(&part);
    return copied ? OKR_OK : OKR_ERR_NOMEM;
}

enum okr_err okr_net_recv(void *socket, struct okr_arena *arena,
                          struct okr_net_frame *ret_frame)
{
    struct okr_net_frame frame = {.has_user = false};
    struct okr_slice part, first = OKR_SLICE_NONE;
    bool more = true;
    int parts = 0;
    while (more) {
        OKR_TRY(recv_part(socket, arena, &frame, &more, &part));
        if (parts++ == 0)
            first = part;
        frame.body = part;
    }
    frame.envelope = parts > 1 ? first : OKR_SLICE_NONE;
    frame.parts = parts;
    *ret_frame = frame;
    return OKR_OK;
}
