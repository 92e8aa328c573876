/* okr-ask: a local client for tests, which asks what no command would.
 *
 *   okr-ask DIR METHOD [NAME=VALUE ...] [options]
 *     --as MAIL       speak as
 *     --many N        ask N times over, "%d" in values is 0, 1, …; many are
 *                     sent before the first reply is read; prints how many
 *                     replies had which code, and the last error
 *     --each          with --many: prints every answer as it comes
 *     --follow        print replies as long as more are to come
 *     --ms MS         patience (5000)
 *     --op HEX        attach an operation with that payload, unsigned
 *     --raw           sends METHOD itself as the frame
 *
 * Prints the JSON; the code of the reply is the exit code, 9 is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/base/hex.h"
#include "common/crypto/hash.h"
#include "common/net/local.h"

enum { NONE = 9, ARGS_MAX = 64, TEXT_MAX = 4096, WINDOW = 256 };

struct asking {
    const char *dir;
    struct okr_ask ask;
    struct okr_arg args[ARGS_MAX];
    struct okr_op op;
    uint8_t payload[TEXT_MAX];
    long many, ms;
    bool follow, raw, each;
    struct okr_arena *arena;
};

static void print_error(const struct okr_reply *reply)
{
    fprintf(stderr, "%.*s [%.*s]: %.*s\n", (int)reply->error.len,
            (const char *)reply->error.data, (int)reply->rule.len,
            (const char *)reply->rule.data, (int)reply->remedy.len,
            (const char *)reply->remedy.data);
}

static int print(const struct okr_reply *reply)
{
    if (reply->code != OKR_REPLY_DONE)
        print_error(reply);
    else
        printf("%.*s\n", (int)reply->json.len, (const char *)reply->json.data);
    if (reply->payload.len > 0) {
        char hex[2 * TEXT_MAX + 1];
        okr_hex_encode(okr_slice_sub(reply->payload, 0, TEXT_MAX), hex);
        printf("%s\n", hex);
    }
    fflush(stdout);
    return (int)reply->code;
}

/* What became of many questions. */
struct many {
    long sent, codes[3];
    struct okr_reply *bad; /* the last one that was not done */
};

static struct okr_slice filled_in(struct okr_arena *arena,
                                  struct okr_slice value, long i)
{
    const char *text = okr_arena_str(arena, value);
    const char *at = strstr(text, "%d");
    if (at == NULL)
        return value;
    return okr_slice_str(okr_arena_printf(arena, "%.*s%ld%s", (int)(at - text),
                                          text, i, at + 2));
}

static enum okr_err send_one(struct okr_asker *asker, const struct asking *a,
                             long i)
{
    struct okr_ask ask = a->ask;
    struct okr_arg args[ARGS_MAX];
    for (size_t k = 0; k < ask.n_args; k++)
        args[k] = (struct okr_arg){a->args[k].name,
                                   filled_in(a->arena, a->args[k].value, i)};
    ask.args = args;
    return okr_asker_send(asker, &ask);
}

static int ask_once(struct okr_asker *asker, const struct asking *a)
{
    struct okr_reply *reply;
    if (send_one(asker, a, 0) != OKR_OK)
        return NONE;
    for (;;) {
        if (okr_asker_next(asker, a->ms, a->arena, &reply) != OKR_OK)
            return NONE;
        int code = print(reply);
        if (!a->follow || !reply->more)
            return code;
    }
}

/* Sends `n` questions, then takes as many replies. */
static bool ask_some(struct okr_asker *asker, const struct asking *a,
                     struct many *m, long n)
{
    struct okr_reply *reply;
    for (long i = 0; i < n; i++)
        if (send_one(asker, a, m->sent++) != OKR_OK)
            return false;
    for (long i = 0; i < n; i++) {
        if (okr_asker_next(asker, a->ms, a->arena, &reply) != OKR_OK)
            return false;
        m->codes[reply->code < 3 ? reply->code : 2]++;
        if (a->each)
            (void)print(reply);
        if (reply->code != OKR_REPLY_DONE)
            m->bad = reply;
    }
    return true;
}

static int ask_many(struct okr_asker *asker, const struct asking *a)
{
    struct many m = {.sent = 0};
    while (m.sent < a->many) {
        long left = a->many - m.sent;
        if (!ask_some(asker, a, &m, left < WINDOW ? left : WINDOW))
            return NONE;
    }
    printf("%ld done, %ld refused, %ld usage\n", m.codes[0], m.codes[1],
           m.codes[2]);
    if (m.bad != NULL)
        print_error(m.bad);
    return m.bad == NULL ? 0 : (int)m.bad->code;
}

/* Bytes that no client of ours would send. */
static int ask_raw(const struct asking *a)
{
    char endpoint[200], reply[TEXT_MAX];
    int timeout = (int)a->ms;
    void *zmq = zmq_ctx_new(), *socket = zmq_socket(zmq, ZMQ_DEALER);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/sock", a->dir);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    if (zmq_connect(socket, endpoint) != 0)
        return NONE;
    zmq_send(socket, a->ask.method.data, a->ask.method.len, 0);
    int n = zmq_recv(socket, reply, sizeof reply, 0);
    struct okr_reply *decoded;
    int code = NONE;
    if (n >= 0 && okr_reply_decode(okr_slice_of(reply, (size_t)n), a->arena,
                                   &decoded) == OKR_OK)
        code = print(decoded);
    zmq_close(socket);
    zmq_ctx_term(zmq);
    return code;
}

static void take_op(struct asking *a, const char *hex)
{
    size_t len = strlen(hex) / 2;
    if (len > sizeof a->payload ||
        okr_hex_decode(okr_slice_str(hex), a->payload, len) != OKR_OK)
        exit(NONE);
    a->op.payload = okr_slice_of(a->payload, len);
    a->ask.operation = &a->op;
}

static void take_word(struct asking *a, const char *word)
{
    const char *equals = strchr(word, '=');
    if (a->dir == NULL) {
        a->dir = word;
    } else if (a->ask.method.data == NULL) {
        a->ask.method = okr_slice_str(word);
    } else if (equals != NULL && a->ask.n_args < ARGS_MAX) {
        a->args[a->ask.n_args++] =
            (struct okr_arg){okr_slice_of(word, (size_t)(equals - word)),
                             okr_slice_str(equals + 1)};
    } else {
        exit(NONE);
    }
}

static void read_words(struct asking *a, char **argv)
{
    for (int i = 1; argv[i] != NULL; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--follow") == 0)
            a->follow = true;
        else if (strcmp(word, "--raw") == 0)
            a->raw = true;
        else if (strcmp(word, "--each") == 0)
            a->each = true;
        else if (word[0] != '-' || argv[i + 1] == NULL)
            take_word(a, word);
        else if (strcmp(word, "--as") == 0)
            a->ask.as_mail = okr_slice_str(argv[++i]);
        else if (strcmp(word, "--many") == 0)
            a->many = atol(argv[++i]);
        else if (strcmp(word, "--ms") == 0)
            a->ms = atol(argv[++i]);
        else if (strcmp(word, "--op") == 0)
            take_op(a, argv[++i]);
    }
}

int main(int argc, char **argv)
{
    struct asking a = {.ms = 5000};
    struct okr_asker *asker;
    (void)argc;
    okr_crypto_init();
    read_words(&a, argv);
    if (a.ask.method.data == NULL ||
        okr_arena_new(OKR_ARENA_UNBOUNDED, &a.arena) != OKR_OK)
        return NONE;
    int code = NONE;
    if (a.raw) {
        code = ask_raw(&a);
    } else if (okr_asker_open(a.dir, &asker) == OKR_OK) {
        code = a.many > 0 ? ask_many(asker, &a) : ask_once(asker, &a);
        okr_asker_close(&asker);
    }
    okr_arena_free(&a.arena);
    return code;
}
