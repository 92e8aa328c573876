/* The local socket, both ends. */
#include "common/net/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "common/net/net.h"

#define LOCAL_FRAME_MAX ((int64_t)64 << 20) /* an import, a long list */
#define LOCAL_HIGH_WATER 1000
#define LOCAL_ENDPOINT_MAX 106 /* of a socket address, "ipc://" more */

struct okr_local {
    void *socket;
    int fd; /* of the folder, where its path is long */
};

struct okr_asker {
    void *zmq, *socket;
    int fd;
};

/* The endpoint of the folder's socket.  A path longer than a socket address
 * fails, so a long one goes through the folder's descriptor (kept in
 * `*ret_fd`, else -1). */
static enum okr_err endpoint_of(const char *dir, char out[LOCAL_ENDPOINT_MAX],
                                int *ret_fd)
{
    *ret_fd = -1;
    int n = snprintf(out, LOCAL_ENDPOINT_MAX, "ipc://%s/sock", dir);
    if (n > 0 && n < LOCAL_ENDPOINT_MAX)
        return OKR_OK;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return OKR_ERR_NOTFOUND;
    (void)snprintf(out, LOCAL_ENDPOINT_MAX, "ipc:///proc/self/fd/%d/sock", fd);
    *ret_fd = fd;
    return OKR_OK;
}

static bool set_up(void *socket)
{
    int64_t frame_max = LOCAL_FRAME_MAX;
    int linger = 1000, high_water = LOCAL_HIGH_WATER;
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max,
                          sizeof frame_max) == 0 &&
           zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) == 0 &&
           zmq_setsockopt(socket, ZMQ_SNDHWM, &high_water, sizeof high_water) ==
               0;
}

enum okr_err okr_local_open(void *zmq, const char *dir,
                            struct okr_local **ret_local)
{
    char endpoint[LOCAL_ENDPOINT_MAX];
    int mandatory = 1;
    struct okr_local *local = calloc(1, sizeof *local);
    if (local == NULL)
        return OKR_ERR_NOMEM;
    enum okr_err err = endpoint_of(dir, endpoint, &local->fd);
    if (err != OKR_OK)
        goto out;
    err = OKR_ERR_IO;
    local->socket = zmq_socket(zmq, ZMQ_ROUTER);
    const char *path = endpoint + sizeof "ipc://" - 1;
    (void)unlink(path); /* a dead daemon's: the folder's lock is ours */
    if (local->socket == NULL || !set_up(local->socket) ||
        zmq_setsockopt(local->socket, ZMQ_ROUTER_MANDATORY, &mandatory,
                       sizeof mandatory) != 0 ||
        zmq_bind(local->socket, endpoint) != 0 || chmod(path, 0660) != 0)
        goto out;
    err = OKR_OK;
out:
    if (err != OKR_OK)
        okr_local_close(&local);
    else
        *ret_local = local;
    return err;
}

void okr_local_close(struct okr_local **local)
{
    if (*local == NULL)
        return;
    if ((*local)->socket != NULL)
        zmq_close((*local)->socket);
    if ((*local)->fd >= 0)
        close((*local)->fd);
    free(*local);
    *local = NULL;
}

void *okr_local_socket(struct okr_local *local)
{
    return local->socket;
}

/* libzmq 4.3 tells the peer of an ipc connection as "NAME:uid:gid:pid", from
 * SO_PEERCRED; NAME may be anything, so it is read from the end. */
static void read_uid(const char *address, struct okr_caller *caller)
{
    const char *at = address + strlen(address);
    int colons = 0;
    while (at > address && colons < 3)
        colons += *--at == ':';
    char *end;
    unsigned long uid = colons == 3 ? strtoul(at + 1, &end, 10) : 0;
    caller->has_uid = colons == 3 && end != at + 1 && *end == ':';
    caller->uid = (uint32_t)uid;
}

enum okr_err okr_local_next(struct okr_local *local, struct okr_arena *arena,
                            struct okr_ask **ret_ask,
                            struct okr_caller *ret_caller)
{
    struct okr_net_frame frame;
    struct okr_caller caller = {.has_uid = false};
    OKR_TRY(okr_net_recv(local->socket, arena, &frame));
    if (frame.envelope.len == 0 || frame.envelope.len > sizeof caller.envelope)
        return OKR_ERR_FORMAT;
    memcpy(caller.envelope, frame.envelope.data, frame.envelope.len);
    caller.envelope_len = frame.envelope.len;
    read_uid(frame.address, &caller);
    *ret_caller = caller;
    enum okr_err err = okr_ask_decode(frame.body, arena, ret_ask);
    if (err == OKR_OK || err == OKR_ERR_NOMEM)
        return err;
    const struct okr_reply refusal = {
        .code = OKR_REPLY_USAGE,
        .error = OKR_SLICE_LIT("the question cannot be read"),
        .rule = OKR_SLICE_LIT("malformed"),
        .remedy = OKR_SLICE_LIT("use a client of this version"),
    };
    err = okr_local_reply(local, &caller, &refusal);
    return err == OKR_OK ? OKR_ERR_FORMAT : err;
}

enum okr_err okr_local_reply(struct okr_local *local,
                             const struct okr_caller *caller,
                             const struct okr_reply *reply)
{
    struct okr_buf bytes;
    okr_buf_init(&bytes, NULL);
    okr_reply_encode(reply, &bytes);
    enum okr_err err = bytes.err;
    if (err == OKR_OK)
        err = okr_net_send(local->socket,
                           okr_slice_of(caller->envelope, caller->envelope_len),
                           okr_buf_slice(&bytes));
    okr_buf_close(&bytes);
    return err;
}

enum okr_err okr_asker_open(const char *dir, struct okr_asker **ret_asker)
{
    char endpoint[LOCAL_ENDPOINT_MAX];
    struct stat info;
    struct okr_asker *asker = calloc(1, sizeof *asker);
    if (asker == NULL)
        return OKR_ERR_NOMEM;
    enum okr_err err = endpoint_of(dir, endpoint, &asker->fd);
    if (err == OKR_OK && (stat(endpoint + sizeof "ipc://" - 1, &info) != 0 ||
                          !S_ISSOCK(info.st_mode)))
        err = OKR_ERR_NOTFOUND;
    if (err == OKR_OK) {
        asker->zmq = okr_net_context();
        asker->socket =
            asker->zmq == NULL ? NULL : zmq_socket(asker->zmq, ZMQ_DEALER);
        if (asker->socket == NULL || !set_up(asker->socket) ||
            zmq_connect(asker->socket, endpoint) != 0)
            err = OKR_ERR_IO;
    }
    if (err != OKR_OK)
        okr_asker_close(&asker);
    else
        *ret_asker = asker;
    return err;
}

void okr_asker_close(struct okr_asker **asker)
{
    if (*asker == NULL)
        return;
    int linger = 0;
    if ((*asker)->socket != NULL) {
        (void)zmq_setsockopt((*asker)->socket, ZMQ_LINGER, &linger,
                             sizeof linger);
        zmq_close((*asker)->socket);
    }
    if ((*asker)->zmq != NULL)
        zmq_ctx_term((*asker)->zmq);
    if ((*asker)->fd >= 0)
        close((*asker)->fd);
    free(*asker);
    *asker = NULL;
}

enum okr_err okr_asker_send(struct okr_asker *asker, const struct okr_ask *ask)
{
    struct okr_buf bytes;
    okr_buf_init(&bytes, NULL);
    okr_ask_encode(ask, &bytes);
    enum okr_err err = bytes.err;
    if (err == OKR_OK)
        err =
            okr_net_send(asker->socket, OKR_SLICE_NONE, okr_buf_slice(&bytes));
    okr_buf_close(&bytes);
    return err;
}

enum okr_err okr_asker_next(struct okr_asker *asker, okr_ms timeout_ms,
                            struct okr_arena *arena,
                            struct okr_reply **ret_reply)
{
    zmq_pollitem_t item = {.socket = asker->socket, .events = ZMQ_POLLIN};
    int ready = zmq_poll(&item, 1, (long)timeout_ms);
    if (ready == 0)
        return OKR_ERR_TIMEOUT;
    if (ready < 0)
        return errno == EINTR ? OKR_ERR_TIMEOUT : OKR_ERR_IO;
    struct okr_net_frame frame;
    OKR_TRY(okr_net_recv(asker->socket, arena, &frame));
    return okr_reply_decode(frame.body, arena, ret_reply);
}
