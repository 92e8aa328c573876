/* Frames of RFC 9113, headers of RFC 7541 as plain literals. */
#include "tests/lib/bench_h2.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "tests/lib/bench.h"

enum { DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW };
enum {
    END_STREAM = 1,
    ACK = 1,
    END_HEADERS = 4,
    FRAME_HEAD = 9,
    OUT_MAX = 2048
};
#define WINDOW_MAX UINT32_C(0x7fff0000)

static void send_all(struct okr_bench_h2 *h2, const struct okr_buf *out)
{
    okr_bench_need(out->err == OKR_OK &&
                       send(h2->fd, out->data, out->len, MSG_NOSIGNAL) ==
                           (ssize_t)out->len,
                   "etcd's connection");
}

static void put_head(struct okr_buf *out, size_t len, uint8_t type,
                     uint8_t flags, uint32_t stream)
{
    okr_buf_u8(out, (uint8_t)(len >> 16));
    okr_buf_u16(out, (uint16_t)len);
    okr_buf_u8(out, type);
    okr_buf_u8(out, flags);
    okr_buf_u32(out, stream);
}

/* So much room for answers that none has to be given later. */
static void greet(struct okr_bench_h2 *h2)
{
    uint8_t bytes[OUT_MAX];
    struct okr_buf out;
    okr_buf_init_fixed(&out, bytes, sizeof bytes);
    okr_buf_put(&out, OKR_SLICE_LIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    put_head(&out, 6, SETTINGS, 0, 0);
    okr_buf_u16(&out, 4); /* initial window of a stream */
    okr_buf_u32(&out, WINDOW_MAX);
    put_head(&out, 4, WINDOW, 0, 0);
    okr_buf_u32(&out, WINDOW_MAX);
    send_all(h2, &out);
}

bool okr_bench_h2_open(struct okr_bench_h2 *h2, unsigned port)
{
    const int on = 1;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    memset(h2, 0, sizeof *h2);
    h2->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    okr_bench_need(h2->fd >= 0, "socket");
    if (connect(h2->fd, (const void *)&to, sizeof to) != 0) {
        okr_bench_h2_close(h2);
        return false;
    }
    (void)setsockopt(h2->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    h2->stream = UINT32_MAX; /* the first one is 1 */
    greet(h2);
    return true;
}

void okr_bench_h2_close(struct okr_bench_h2 *h2)
{
    if (h2->fd >= 0)
        (void)close(h2->fd);
    h2->fd = -1;
}

static void put_field(struct okr_buf *out, const char *name, const char *value)
{
    okr_buf_u8(out, 0); /* literal, never indexed: the same bytes each time */
    okr_buf_block(out, okr_slice_str(name));
    okr_buf_block(out, okr_slice_str(value));
}

void okr_bench_h2_put(struct okr_bench_h2 *h2, const char *key,
                      const uint8_t *value, size_t len)
{
    uint8_t bytes[OUT_MAX], head[512], body[1024];
    struct okr_buf out, fields, message;
    okr_buf_init_fixed(&out, bytes, sizeof bytes);
    okr_buf_init_fixed(&fields, head, sizeof head);
    okr_buf_init_fixed(&message, body, sizeof body);
    put_field(&fields, ":method", "POST");
    put_field(&fields, ":scheme", "http");
    put_field(&fields, ":path", "/etcdserverpb.KV/Put");
    put_field(&fields, ":authority", "127.0.0.1");
    put_field(&fields, "content-type", "application/grpc");
    put_field(&fields, "te", "trailers");
    okr_buf_u8(&message, 1 << 3 | 2); /* PutRequest: key, value */
    okr_buf_block(&message, okr_slice_str(key));
    okr_buf_u8(&message, 2 << 3 | 2);
    okr_buf_block(&message, okr_slice_of(value, len));
    okr_bench_need(fields.err == OKR_OK && message.err == OKR_OK, "etcd's put");
    h2->stream += 2;
    h2->answered = false;
    put_head(&out, fields.len, HEADERS, END_HEADERS, h2->stream);
    okr_buf_put(&out, okr_buf_slice(&fields));
    put_head(&out, 5 + message.len, DATA, END_STREAM, h2->stream);
    okr_buf_u8(&out, 0); /* not compressed */
    okr_buf_u32(&out, (uint32_t)message.len);
    okr_buf_put(&out, okr_buf_slice(&message));
    send_all(h2, &out);
}

static void acknowledge(struct okr_bench_h2 *h2, uint8_t type,
                        struct okr_slice body)
{
    uint8_t bytes[64];
    struct okr_buf out;
    okr_buf_init_fixed(&out, bytes, sizeof bytes);
    put_head(&out, body.len, type, ACK, 0);
    okr_buf_put(&out, body);
    send_all(h2, &out);
}

/* True: it ends the request. */
static bool take(struct okr_bench_h2 *h2, const uint8_t *frame, size_t len)
{
    uint8_t type = frame[3], flags = frame[4];
    struct okr_slice body = okr_slice_of(frame + FRAME_HEAD, len);
    bool own = okr_be_get32(frame + 5) == h2->stream;
    okr_bench_need(type != RESET && type != GOAWAY, "etcd ends the connection");
    if (type == SETTINGS && (flags & ACK) == 0)
        acknowledge(h2, SETTINGS, OKR_SLICE_NONE);
    if (type == PING && (flags & ACK) == 0)
        acknowledge(h2, PING, body);
    if (type == DATA && own && len > 5)
        h2->answered = true;
    bool ends =
        (type == DATA || type == HEADERS) && own && (flags & END_STREAM) != 0;
    okr_bench_need(!ends || h2->answered, "etcd refuses a put");
    return ends;
}

bool okr_bench_h2_done(struct okr_bench_h2 *h2)
{
    ssize_t got =
        recv(h2->fd, h2->in + h2->n_in, sizeof h2->in - h2->n_in, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return false;
    okr_bench_need(got > 0, "etcd's connection");
    h2->n_in += (size_t)got;
    bool done = false;
    while (h2->n_in >= FRAME_HEAD) {
        size_t len = (size_t)okr_be_get32(h2->in) >> 8;
        okr_bench_need(len + FRAME_HEAD <= sizeof h2->in, "a large frame");
        if (h2->n_in < FRAME_HEAD + len)
            break;
        done = take(h2, h2->in, len) || done;
        h2->n_in -= FRAME_HEAD + len;
        memmove(h2->in, h2->in + FRAME_HEAD + len, h2->n_in);
    }
    return done;
}
