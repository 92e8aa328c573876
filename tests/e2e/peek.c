/* okr-peek: a peer that does not behave.
 *
 *   okr-peek KEY SERVER-KEY ENDPOINT sub SECONDS    subscribes to everything,
 *       and stays, whatever it is told; prints "up", "refused", "down", and
 *       "frame TYPE" for each that comes
 *   okr-peek KEY SERVER-KEY ENDPOINT WHAT           sends one message and
 *       prints what comes back: "refuse CODE", "error CODE", NAME
 *       WHAT: hello, junk (no message), newer (of another protocol), pull,
 *       parts (three frames), large (over the limit)
 *
 * KEY is a key file (link), or "new"; SERVER-KEY is hex. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/base/hex.h"
#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/crypto/keyfile.h"
#include "common/net/net.h"

#define PATIENCE_MS 5000

static struct okr_arena *arena;

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "okr-peek: %s\n", what);
    exit(9);
}

static void must(enum okr_err err)
{
    if (err != OKR_OK)
        die(okr_err_text(err));
}

static struct okr_net_link dial(char **argv, int type)
{
    static uint8_t secret[32], public_key[32], server[32];
    void *zmq = okr_net_context();
    struct okr_net_link link;
    if (strcmp(argv[1], "new") == 0)
        okr_random(secret, sizeof secret);
    else
        must(okr_keyfile_read(argv[1], OKR_KEY_LINK, NULL, secret, NULL));
    okr_curve_public(secret, public_key);
    must(okr_hex_decode(okr_slice_str(argv[2]), server, sizeof server));
    const struct okr_net_client conf = {.type = type,
                                        .server_key = server,
                                        .public_key = public_key,
                                        .secret = secret,
                                        .frame_max = OKR_FRAME_MAX,
                                        .high_water = 1000};
    must(okr_net_dial(zmq, &conf, argv[3], &link));
    return link;
}

/* "up", "refused", "down", or nothing new. */
static const char *life(struct okr_net_link *link)
{
    switch (okr_net_life_next(link)) {
    case OKR_NET_UP:
        return "up";
    case OKR_NET_REFUSED:
        return "refused";
    case OKR_NET_DOWN:
        return "down";
    case OKR_NET_NOTHING:
    case OKR_NET_TRYING:
        return NULL;
    }
    return NULL;
}

static void subscribe(char **argv, okr_ms ms)
{
    struct okr_net_link link = dial(argv, ZMQ_SUB);
    struct okr_net_frame frame;
    okr_ms until = okr_net_monotonic() + ms;
    if (zmq_setsockopt(link.socket, ZMQ_SUBSCRIBE, "", 0) != 0)
        die("cannot subscribe");
    while (okr_net_monotonic() < until) {
        const char *said = life(&link);
        if (said != NULL)
            printf("%s\n", said);
        if (okr_net_recv(link.socket, arena, &frame) == OKR_OK)
            printf("frame %s\n", okr_msg_name(frame.body.data[0]));
        else if (said == NULL)
            (void)zmq_poll(NULL, 0, 10);
        fflush(stdout);
    }
}

static void encode(const char *what, struct okr_buf *frame)
{
    struct okr_want want = {.scope = 4};
    struct okr_msg msg = {.type = OKR_MSG_HELLO, .request = 7};
    msg.u.hello.version_min = msg.u.hello.version_max = OKR_WIRE_VERSION;
    msg.u.hello.incarnation = 1;
    if (strcmp(what, "pull") == 0) {
        msg.type = OKR_MSG_PULL;
        msg.u.pull = (struct okr_pull){.wants = &want, .n_wants = 1};
        msg.u.pull.bytes_max = 4096;
    }
    okr_msg_encode(&msg, frame);
    must(frame->err);
    if (strcmp(what, "junk") == 0)
        memset(frame->data + OKR_WIRE_HEADER, 0xff,
               frame->len - OKR_WIRE_HEADER);
    if (strcmp(what, "newer") == 0)
        frame->data[0] = OKR_WIRE_VERSION + 1;
    if (strcmp(what, "large") == 0)
        for (size_t i = 0; i < OKR_FRAME_MAX; i++)
            okr_buf_u8(frame, 0);
}

static void print(const struct okr_net_frame *frame)
{
    struct okr_msg *msg;
    must(okr_msg_decode(frame->body, arena, &msg));
    if (msg->type == OKR_MSG_REFUSE)
        printf("refuse %u\n", msg->u.refuse.code);
    else if (msg->type == OKR_MSG_ERROR)
        printf("error %u\n", msg->u.error.code);
    else
        printf("%s\n", okr_msg_name(msg->type));
}

static void say(char **argv)
{
    struct okr_net_link link = dial(argv, ZMQ_DEALER);
    struct okr_net_frame frame;
    struct okr_buf bytes;
    bool sent = false;
    okr_ms until = okr_net_monotonic() + PATIENCE_MS;
    okr_buf_init(&bytes, arena);
    encode(argv[4], &bytes);
    while (okr_net_monotonic() < until) {
        const char *said = life(&link);
        if (said != NULL && strcmp(said, "up") != 0) {
            printf("%s\n", said);
            return;
        }
        if (said != NULL && strcmp(argv[4], "parts") == 0)
            (void)zmq_send(link.socket, "x", 1, ZMQ_SNDMORE);
        if (said != NULL && !sent)
            must(okr_net_send(link.socket, OKR_SLICE_NONE,
                              okr_buf_slice(&bytes)));
        sent = sent || said != NULL;
        if (okr_net_recv(link.socket, arena, &frame) == OKR_OK) {
            print(&frame);
            return;
        }
        (void)zmq_poll(NULL, 0, 5);
    }
    printf("silence\n");
}

int main(int argc, char **argv)
{
    okr_crypto_init();
    if (argc < 5 || okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK)
        die("KEY SERVER-KEY ENDPOINT sub SECONDS | WHAT");
    if (strcmp(argv[4], "sub") == 0)
        subscribe(argv, argc > 5 ? atol(argv[5]) * 1000 : 5000);
    else
        say(argv);
    return 0;
}
