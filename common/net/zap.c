/* ZAP, RFC 27: who may finish a CURVE handshake.
 *
 * Request: version "1.0", request id, domain, address, identity, mechanism,
 * then for CURVE the 32-byte public key.  Reply: version, request id, status
 * code, status text, user id, metadata.  A 300 would hang the peer, so it is
 * never used; a 400 ends it for good. */
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "common/base/hex.h"
#include "common/net/net.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_PARTS 7

/* The request being answered; one at a time, as REP works. */
struct zap_parts {
    char part[ZAP_PARTS][256];
    size_t len[ZAP_PARTS];
};

enum okr_err okr_net_zap_open(void *zmq, void **ret_socket)
{
    void *socket = zmq_socket(zmq, ZMQ_REP);
    int linger = 0;
    if (socket == NULL)
        return OKR_ERR_NOMEM;
    if (zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_bind(socket, ZAP_ENDPOINT) != 0) {
        zmq_close(socket);
        return OKR_ERR_BUSY;
    }
    *ret_socket = socket;
    return OKR_OK;
}

/* Reads all parts; those beyond what a request has are dropped. */
static int read_parts(void *socket, struct zap_parts *ret)
{
    int n = 0, more = 1;
    size_t more_len = sizeof more;
    while (more) {
        char part[256];
        int len = zmq_recv(socket, part, sizeof part, ZMQ_DONTWAIT);
        if (len < 0)
            return n;
        if (n < ZAP_PARTS && (size_t)len <= sizeof part) {
            memcpy(ret->part[n], part, (size_t)len);
            ret->len[n] = (size_t)len;
        }
        n++;
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_len) != 0)
            return n;
    }
    return n;
}

static void copy_text(char *to, size_t cap, const struct zap_parts *parts,
                      int at)
{
    (void)snprintf(to, cap, "%.*s", (int)parts->len[at], parts->part[at]);
}

enum okr_err okr_net_zap_next(void *socket, struct okr_zap_request *ret_request)
{
    struct zap_parts parts = {.len = {0}};
    struct okr_zap_request request = {.domain = ""};
    int n = read_parts(socket, &parts);
    if (n == 0)
        return OKR_ERR_NOTFOUND;
    if (n != ZAP_PARTS || parts.len[6] != sizeof request.key ||
        parts.len[5] != 5 || memcmp(parts.part[5], "CURVE", 5) != 0) {
        *ret_request = request; /* to be answered with 400 */
        return OKR_ERR_FORMAT;
    }
    memcpy(request.id, parts.part[1],
           parts.len[1] < sizeof request.id ? parts.len[1] : sizeof request.id);
    request.id_len =
        parts.len[1] < sizeof request.id ? parts.len[1] : sizeof request.id;
    copy_text(request.domain, sizeof request.domain, &parts, 2);
    copy_text(request.address, sizeof request.address, &parts, 3);
    memcpy(request.key, parts.part[6], sizeof request.key);
    *ret_request = request;
    return OKR_OK;
}

enum okr_err okr_net_zap_answer(void *socket,
                                const struct okr_zap_request *request,
                                bool admit)
{
    char user[2 * sizeof request->key + 1] = "";
    if (admit)
        okr_hex_encode(okr_slice_of(request->key, sizeof request->key), user);
    const char *code = admit ? "200" : "400";
    bool sent =
        zmq_send(socket, "1.0", 3, ZMQ_SNDMORE) >= 0 &&
        zmq_send(socket, request->id, request->id_len, ZMQ_SNDMORE) >= 0 &&
        zmq_send(socket, code, 3, ZMQ_SNDMORE) >= 0 &&
        zmq_send(socket, "", 0, ZMQ_SNDMORE) >= 0 &&
        zmq_send(socket, user, strlen(user), ZMQ_SNDMORE) >= 0 &&
        zmq_send(socket, "", 0, 0) >= 0;
    return sent ? OKR_OK : OKR_ERR_IO;
}
