/* CURVE sockets and ZAP on the loopback: who gets in, who does not, and what
 * one peer can do to the others.  (inproc knows no CURVE, so it is TCP.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <zmq.h>

#include "common/crypto/hash.h"
#include "common/crypto/keyfile.h"
#include "common/crypto/sign.h"
#include "common/net/net.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define LOOPBACK "tcp://127.0.0.1:*"
#define SOON_MS 5000 /* what comes, comes within */
#define LATE_MS 700  /* what has not come by then does not come */
#define FRAME_MAX 2000
#define CURVE_LEN 33 /* what CURVE adds to a frame */

struct pair {
    uint8_t secret[OKR_CURVE_LEN], public_key[OKR_CURVE_LEN];
};

static void *zmq, *zap;
static struct okr_arena *arena;
static struct pair server, known, unknown;
static unsigned asked; /* ZAP requests answered */
static struct okr_zap_request last_asked;

/* All that a test opens is closed behind it, even if it failed: the context
 * would wait for ever otherwise. */
static void *sockets[16];
static size_t n_sockets;
static struct okr_net_link links[16];
static size_t n_links;

static void *opened(void *socket)
{
    assert_non_null(socket);
    assert_true(n_sockets < 16);
    sockets[n_sockets++] = socket;
    return socket;
}

static void shut(void *socket)
{
    for (size_t i = 0; i < n_sockets; i++)
        if (sockets[i] == socket)
            sockets[i] = sockets[--n_sockets];
    zmq_close(socket);
}

static struct pair draw_pair(void)
{
    struct pair pair;
    okr_random(pair.secret, sizeof pair.secret);
    okr_curve_public(pair.secret, pair.public_key);
    return pair;
}

/* Without a handler, and in a context that never had one. */
static int begin_bare(void **state)
{
    (void)state;
    okr_crypto_init();
    OK(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena));
    server = draw_pair();
    known = draw_pair();
    unknown = draw_pair();
    asked = 0;
    zmq = okr_net_context();
    assert_non_null(zmq);
    n_sockets = n_links = 0;
    return 0;
}

static int begin(void **state)
{
    (void)begin_bare(state);
    OK(okr_net_zap_open(zmq, &zap));
    return 0;
}

static int end(void **state)
{
    (void)state;
    while (n_links > 0)
        okr_net_hang_up(&links[--n_links]);
    while (n_sockets > 0)
        zmq_close(sockets[--n_sockets]);
    if (zap != NULL)
        zmq_close(zap);
    zap = NULL;
    zmq_ctx_term(zmq);
    okr_arena_free(&arena);
    return 0;
}

static void *serve(int type, const char *domain, char bound[128])
{
    void *socket;
    const struct okr_net_server conf = {.type = type,
                                        .domain = domain,
                                        .secret = server.secret,
                                        .frame_max = FRAME_MAX,
                                        .high_water = 100};
    OK(okr_net_serve(zmq, &conf, LOOPBACK, &socket, bound));
    return opened(socket);
}

static struct okr_net_link dial(int type, const struct pair *own,
                                const uint8_t *server_key, const char *endpoint)
{
    struct okr_net_link link;
    const struct okr_net_client conf = {.type = type,
                                        .server_key = server_key,
                                        .public_key = own->public_key,
                                        .secret = own->secret,
                                        .frame_max = FRAME_MAX,
                                        .high_water = 100};
    OK(okr_net_dial(zmq, &conf, endpoint, &link));
    assert_true(n_links < 16);
    links[n_links++] = link;
    return link;
}

/* The rule of these tests: everybody on "open", on "shut" the known key. */
static void answer_zap(void)
{
    struct okr_zap_request request;
    while (zap != NULL && okr_net_zap_next(zap, &request) == OKR_OK) {
        bool admit =
            strcmp(request.domain, "open") == 0 ||
            memcmp(request.key, known.public_key, sizeof request.key) == 0;
        OK(okr_net_zap_answer(zap, &request, admit));
        last_asked = request;
        asked++;
    }
}

/* What becomes of a link; NOTHING: nothing has by then. */
static enum okr_net_life fate(struct okr_net_link *link, okr_ms wait)
{
    okr_ms until = okr_net_monotonic() + wait;
    while (okr_net_monotonic() < until) {
        answer_zap();
        enum okr_net_life life = okr_net_life_next(link);
        if (life != OKR_NET_NOTHING && life != OKR_NET_TRYING)
            return life;
        (void)zmq_poll(NULL, 0, 2);
    }
    return OKR_NET_NOTHING;
}

static bool receive(void *socket, okr_ms wait, struct okr_net_frame *frame)
{
    okr_ms until = okr_net_monotonic() + wait;
    while (okr_net_monotonic() < until) {
        answer_zap();
        if (okr_net_recv(socket, arena, frame) == OKR_OK)
            return true;
        (void)zmq_poll(NULL, 0, 2);
    }
    return false;
}

/* ---- who gets in --------------------------------------------------------- */

static void test_a_message_says_whose_key_it_came_with(void **state)
{
    (void)state;
    char bound[128];
    struct okr_net_frame frame;
    void *router = serve(ZMQ_ROUTER, "open", bound);
    struct okr_net_link link =
        dial(ZMQ_DEALER, &unknown, server.public_key, bound);
    assert_int_equal(fate(&link, SOON_MS), OKR_NET_UP);
    OK(okr_net_send(link.socket, OKR_SLICE_NONE, OKR_SLICE_LIT("hello")));
    assert_true(receive(router, SOON_MS, &frame));
    assert_int_equal(frame.parts, 2);
    assert_true(frame.has_user);
    assert_memory_equal(frame.user, unknown.public_key, sizeof frame.user);
    assert_string_equal(frame.address, "127.0.0.1");
    assert_true(okr_slice_is(frame.body, "hello"));
    OK(okr_net_send(router, frame.envelope, OKR_SLICE_LIT("you")));
    assert_true(receive(link.socket, SOON_MS, &frame));
    assert_true(okr_slice_is(frame.body, "you"));
}

static void test_an_unknown_key_is_refused_on_the_closed_domain(void **state)
{
    (void)state;
    char bound[128];
    struct okr_net_frame frame;
    void *pub = serve(ZMQ_XPUB, "shut", bound);
    struct okr_net_link stranger =
        dial(ZMQ_SUB, &unknown, server.public_key, bound);
    assert_int_equal(
        zmq_setsockopt(stranger.socket, ZMQ_SUBSCRIBE, "\x08top", 4), 0);
    assert_int_equal(fate(&stranger, SOON_MS), OKR_NET_REFUSED);
    assert_int_equal(asked, 1);
    assert_string_equal(last_asked.domain, "shut");
    assert_memory_equal(last_asked.key, unknown.public_key, OKR_CURVE_LEN);
    /* Nor does its subscription arrive. */
    assert_false(receive(pub, LATE_MS, &frame));
    struct okr_net_link site = dial(ZMQ_SUB, &known, server.public_key, bound);
    assert_int_equal(zmq_setsockopt(site.socket, ZMQ_SUBSCRIBE, "\x08top", 4),
                     0);
    assert_int_equal(fate(&site, SOON_MS), OKR_NET_UP);
    assert_true(receive(pub, SOON_MS, &frame));
    assert_memory_equal(frame.body.data, "\x01\x08top", 5);
    /* Each subscription is told, although the topic is known by now. */
    struct okr_net_link again = dial(ZMQ_SUB, &known, server.public_key, bound);
    assert_int_equal(zmq_setsockopt(again.socket, ZMQ_SUBSCRIBE, "\x08top", 4),
                     0);
    assert_true(receive(pub, SOON_MS, &frame));
}

/* Without ZMQ_ZAP_ENFORCE_DOMAIN (93) anybody would get in here. */
static void test_without_a_handler_nobody_gets_in(void **state)
{
    (void)state;
    char bound[128];
    struct okr_net_frame frame;
    void *router = serve(ZMQ_ROUTER, "open", bound);
    struct okr_net_link link =
        dial(ZMQ_DEALER, &known, server.public_key, bound);
    assert_int_not_equal(fate(&link, LATE_MS), OKR_NET_UP);
    enum okr_err err =
        okr_net_send(link.socket, OKR_SLICE_NONE, OKR_SLICE_LIT("hello"));
    (void)err; /* there may be no pipe to put it into */
    assert_false(receive(router, LATE_MS, &frame));
}

static void test_a_wrong_server_key_is_noticed(void **state)
{
    (void)state;
    char bound[128];
    struct okr_net_frame frame;
    void *router = serve(ZMQ_ROUTER, "open", bound);
    struct okr_net_link link =
        dial(ZMQ_DEALER, &known, unknown.public_key, bound);
    assert_int_equal(fate(&link, SOON_MS), OKR_NET_REFUSED);
    assert_false(receive(router, LATE_MS, &frame));
    assert_int_equal(asked, 0);
}

/* A client without CURVE is no client. */
static void test_a_plain_client_gets_nowhere(void **state)
{
    (void)state;
    char bound[128];
    struct okr_net_frame frame;
    void *router = serve(ZMQ_ROUTER, "open", bound);
    void *plain = opened(zmq_socket(zmq, ZMQ_DEALER));
    int linger = 0;
    assert_int_equal(zmq_setsockopt(plain, ZMQ_LINGER, &linger, sizeof linger),
                     0);
    assert_int_equal(zmq_connect(plain, bound), 0);
    assert_int_equal(zmq_send(plain, "hello", 5, 0), 5);
    assert_false(receive(router, LATE_MS, &frame));
}

/* ---- what one peer can do ------------------------------------------------ */

static void test_an_oversize_frame_drops_only_its_sender(void **state)
{
    (void)state;
    static uint8_t large[FRAME_MAX];
    char bound[128];
    struct okr_net_frame frame;
    void *router = serve(ZMQ_ROUTER, "open", bound);
    struct okr_net_link good =
        dial(ZMQ_DEALER, &known, server.public_key, bound);
    struct okr_net_link bad =
        dial(ZMQ_DEALER, &unknown, server.public_key, bound);
    assert_int_equal(fate(&good, SOON_MS), OKR_NET_UP);
    assert_int_equal(fate(&bad, SOON_MS), OKR_NET_UP);
    OK(okr_net_send(bad.socket, OKR_SLICE_NONE,
                    okr_slice_of(large, sizeof large - CURVE_LEN + 1)));
    assert_int_equal(fate(&bad, SOON_MS), OKR_NET_DOWN);
    OK(okr_net_send(good.socket, OKR_SLICE_NONE,
                    okr_slice_of(large, FRAME_MAX - CURVE_LEN)));
    assert_true(receive(router, SOON_MS, &frame));
    assert_memory_equal(frame.user, known.public_key, sizeof frame.user);
    assert_int_equal(frame.body.len, FRAME_MAX - CURVE_LEN);
    assert_int_equal(fate(&good, LATE_MS), OKR_NET_NOTHING);
}

/* The server answers what it was sent: more parts than two are its peer's
 * mistake, and it has to see that. */
static void test_parts_are_counted(void **state)
{
    (void)state;
    char bound[128];
    struct okr_net_frame frame;
    void *router = serve(ZMQ_ROUTER, "open", bound);
    struct okr_net_link link =
        dial(ZMQ_DEALER, &known, server.public_key, bound);
    assert_int_equal(fate(&link, SOON_MS), OKR_NET_UP);
    assert_int_equal(zmq_send(link.socket, "a", 1, ZMQ_SNDMORE), 1);
    assert_int_equal(zmq_send(link.socket, "b", 1, 0), 1);
    assert_true(receive(router, SOON_MS, &frame));
    assert_int_equal(frame.parts, 3);
    assert_true(okr_slice_is(frame.body, "b"));
    assert_true(frame.has_user);
}

static void test_an_answer_to_nobody_is_told(void **state)
{
    (void)state;
    char bound[128];
    void *router = serve(ZMQ_ROUTER, "open", bound);
    assert_int_equal(
        okr_net_send(router, OKR_SLICE_LIT("who"), OKR_SLICE_LIT("x")),
        OKR_ERR_CLOSED);
}

static void test_a_server_that_goes_away_is_noticed(void **state)
{
    (void)state;
    char bound[128];
    void *router = serve(ZMQ_ROUTER, "open", bound);
    struct okr_net_link link =
        dial(ZMQ_DEALER, &known, server.public_key, bound);
    assert_int_equal(fate(&link, SOON_MS), OKR_NET_UP);
    shut(router);
    assert_int_equal(fate(&link, SOON_MS), OKR_NET_DOWN);
    /* When to come back is the daemon's decision, not the library's. */
    const struct okr_net_server conf = {.type = ZMQ_ROUTER,
                                        .domain = "open",
                                        .secret = server.secret,
                                        .frame_max = FRAME_MAX,
                                        .high_water = 100};
    OK(okr_net_serve(zmq, &conf, bound, &router, bound));
    (void)opened(router);
    okr_ms until = okr_net_monotonic() + LATE_MS;
    while (okr_net_monotonic() < until)
        assert_int_not_equal(fate(&link, LATE_MS / 4), OKR_NET_UP);
}

/* ---- the handler --------------------------------------------------------- */

static void *open_asker(void)
{
    int linger = 0;
    void *asker = opened(zmq_socket(zmq, ZMQ_REQ));
    assert_int_equal(zmq_setsockopt(asker, ZMQ_LINGER, &linger, sizeof linger),
                     0);
    assert_int_equal(zmq_connect(asker, "inproc://zeromq.zap.01"), 0);
    return asker;
}

/* The status that a request ends with. */
static void ask_zap(void *asker, const char *mechanism, size_t key_len,
                    char status[64])
{
    static const char *const front[] = {"1.0", "7", "shut", "a", "name"};
    uint8_t key[64] = {0};
    struct okr_zap_request request;
    for (size_t i = 0; i < 5; i++)
        assert_true(zmq_send(asker, front[i], strlen(front[i]), ZMQ_SNDMORE) >=
                    0);
    assert_true(zmq_send(asker, mechanism, strlen(mechanism),
                         key_len > 0 ? ZMQ_SNDMORE : 0) >= 0);
    if (key_len > 0)
        assert_true(zmq_send(asker, key, key_len, 0) >= 0);
    assert_int_equal(okr_net_zap_next(zap, &request), OKR_ERR_FORMAT);
    OK(okr_net_zap_answer(zap, &request, false));
    for (size_t i = 0; i < 6; i++) {
        char part[64];
        int n = zmq_recv(asker, part, sizeof part - 1, 0);
        assert_true(n >= 0);
        part[n] = '\0';
        if (i == 2)
            memcpy(status, part, sizeof part);
    }
}

/* A request that is none of CURVE is refused, and the next one is read. */
static void test_a_strange_request_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *mechanism;
        size_t key_len;
    } strange[] = {{"NULL", 0},
                   {"CURVE", 31},
                   {"CURVE", 0},
                   {"GSSAPI", 32},
                   {"CURVA", 32}};
    struct okr_zap_request request;
    char status[64];
    void *asker = open_asker();
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        ask_zap(asker, strange[i].mechanism, strange[i].key_len, status);
        assert_string_equal(status, "400");
    }
    assert_int_equal(okr_net_zap_next(zap, &request), OKR_ERR_NOTFOUND);
}

static void test_there_is_one_handler(void **state)
{
    (void)state;
    void *second;
    assert_int_equal(okr_net_zap_open(zmq, &second), OKR_ERR_BUSY);
}

/* ---- endpoints ----------------------------------------------------------- */

static void test_endpoints_are_told_as_people_write_them(void **state)
{
    (void)state;
    char bound[128];
    (void)serve(ZMQ_ROUTER, "open", bound);
    assert_memory_equal(bound, "tcp://127.0.0.1:", 16);
    assert_true(strcmp(bound + 16, "0") > 0 && bound[16] != '*');
}

static void test_what_cannot_be_bound_is_told(void **state)
{
    (void)state;
    char bound[128], again[128];
    void *second;
    (void)serve(ZMQ_ROUTER, "open", bound);
    const struct okr_net_server conf = {.type = ZMQ_ROUTER,
                                        .domain = "open",
                                        .secret = server.secret,
                                        .frame_max = FRAME_MAX,
                                        .high_water = 100};
    assert_int_equal(okr_net_serve(zmq, &conf, bound, &second, again),
                     OKR_ERR_BUSY);
    assert_int_equal(okr_net_serve(zmq, &conf, "tcp//x", &second, again),
                     OKR_ERR_FORMAT);
    assert_int_not_equal(
        okr_net_serve(zmq, &conf, "tcp://192.0.2.1:1", &second, again), OKR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_message_says_whose_key_it_came_with),
        TEST(test_an_unknown_key_is_refused_on_the_closed_domain),
        cmocka_unit_test_setup_teardown(test_without_a_handler_nobody_gets_in,
                                        begin_bare, end),
        TEST(test_a_wrong_server_key_is_noticed),
        TEST(test_a_plain_client_gets_nowhere),
        TEST(test_an_oversize_frame_drops_only_its_sender),
        TEST(test_parts_are_counted),
        TEST(test_an_answer_to_nobody_is_told),
        TEST(test_a_server_that_goes_away_is_noticed),
        TEST(test_a_strange_request_is_refused),
        TEST(test_there_is_one_handler),
        TEST(test_endpoints_are_told_as_people_write_them),
        TEST(test_what_cannot_be_bound_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
