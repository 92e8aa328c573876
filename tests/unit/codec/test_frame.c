/* Frames: headers, versions, what a newer peer adds, the local socket. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/codec/local.h"
#include "tests/lib/samples.h"
#include "tests/lib/show.h"
#include "tests/lib/wire.h"

static struct okr_arena *arena;

static int arena_new(void **state)
{
    (void)state;
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK;
}

static int arena_gone(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

static enum okr_err decode(const char *bytes, size_t len)
{
    struct okr_msg *msg = NULL;
    return okr_msg_decode(okr_slice_of(bytes, len), arena, &msg);
}

static enum okr_err decode_pub(const char *bytes, size_t len)
{
    struct okr_msg *msg = NULL;
    return okr_msg_decode_pub(okr_slice_of(bytes, len), arena, &msg);
}

static void headers_are_checked(void **state)
{
    (void)state;
    assert_int_equal(decode("\1\x0b\0\0\0\0\0\1", 8), OKR_OK);
    assert_int_equal(decode("\1\x0b\0\0\0\0\0\1", 7), OKR_ERR_FORMAT);
    assert_int_equal(decode(NULL, 0), OKR_ERR_FORMAT);
    assert_int_equal(decode("\0\x0b\0\0\0\0\0\1", 8), OKR_ERR_VERSION);
    assert_int_equal(decode("\2\x0b\0\0\0\0\0\1", 8), OKR_ERR_VERSION);
    assert_int_equal(decode("\1\0\0\0\0\0\0\1", 8), OKR_ERR_NOTFOUND);
    assert_int_equal(decode("\1\x12\0\0\0\0\0\1", 8), OKR_ERR_NOTFOUND);
    assert_int_equal(decode("\1\xff\0\0\0\0\0\1", 8), OKR_ERR_NOTFOUND);
}

static void pub_headers_are_checked(void **state)
{
    (void)state;
    assert_int_equal(decode_pub("\x0a\0\0\0\0\1\0", 7), OKR_OK);
    assert_int_equal(decode_pub("\x0a\0\0\0\0\1\0", 6), OKR_ERR_FORMAT);
    assert_int_equal(decode_pub("\x0a\0\0\0\0\2\0", 7), OKR_ERR_VERSION);
    assert_int_equal(decode_pub("\x0b\0\0\0\0\1\0", 7), OKR_ERR_NOTFOUND);
    assert_int_equal(decode_pub("\0\0\0\0\0\1\0", 7), OKR_ERR_NOTFOUND);
}

/* What belongs on the one socket is unknown on the other, so that nobody can
 * pass an Event to a site, or a Push to the world, by the wrong door. */
static void each_socket_has_its_messages(void **state)
{
    (void)state;
    assert_int_equal(decode("\1\x08\0\0\0\0\0\1", 8), OKR_ERR_NOTFOUND);
    assert_int_equal(decode("\1\x09\0\0\0\0\0\1", 8), OKR_ERR_NOTFOUND);
    assert_int_equal(decode("\1\x0a\0\0\0\0\0\1", 8), OKR_ERR_NOTFOUND);
    for (uint8_t type = 0; type < 255; type++) {
        const char frame[] = {(char)type, 0, 0, 0, 0, 1, 0};
        enum okr_err err = decode_pub(frame, sizeof frame);
        bool pub = type >= OKR_MSG_EVENT && type <= OKR_MSG_BEAT;
        assert_int_equal(err == OKR_ERR_NOTFOUND, !pub);
    }
}

static void frames_are_bounded(void **state)
{
    (void)state;
    static uint8_t frame[OKR_FRAME_MAX + 1];
    struct okr_buf body;
    okr_buf_init(&body, NULL);
    okr_buf_put(&body, OKR_SLICE_LIT("\1\3\0\0\0\0\0\1"));
    okr_wire_fill(&body, 3, 'a', OKR_FRAME_MAX - 8 - 4);
    assert_int_equal(body.len, OKR_FRAME_MAX);
    memcpy(frame, body.data, body.len);
    okr_buf_close(&body);
    struct okr_msg *msg = NULL;
    assert_int_equal(
        okr_msg_decode(okr_slice_of(frame, OKR_FRAME_MAX), arena, &msg),
        OKR_OK);
    assert_int_equal(
        okr_msg_decode(okr_slice_of(frame, sizeof frame), arena, &msg),
        OKR_ERR_LIMIT);
    assert_int_equal(
        okr_msg_decode_pub(okr_slice_of(frame, sizeof frame), arena, &msg),
        OKR_ERR_LIMIT);
}

/* An encoder never makes what no decoder takes. */
static void too_large_is_said_by_the_encoder(void **state)
{
    (void)state;
    struct okr_buf text, out;
    okr_buf_init(&text, NULL);
    okr_wire_fill(&text, 1, 'a', OKR_FRAME_MAX - 8 - 4);
    struct okr_slice letters = okr_slice_sub(okr_buf_slice(&text), 4, text.len);
    struct okr_msg msg = {.type = OKR_MSG_ERROR, .u.error.text = letters};
    okr_buf_init(&out, arena);
    okr_msg_encode(&msg, &out);
    assert_int_equal(out.err, OKR_OK);
    assert_int_equal(out.len, OKR_FRAME_MAX);
    msg.u.error.code = 1;
    okr_buf_init(&out, arena);
    okr_msg_encode(&msg, &out);
    assert_int_equal(out.err, OKR_ERR_LIMIT);
    okr_buf_close(&text);
}

/* An error that `out` has already stays, and nothing is written. */
static void errors_stick(void **state)
{
    (void)state;
    struct okr_buf out;
    okr_buf_init(&out, NULL);
    out.err = OKR_ERR_FULL;
    okr_msg_encode(okr_sample(OKR_MSG_PAGE), &out);
    okr_op_encode(&okr_sample_op, &out);
    assert_int_equal(out.err, OKR_ERR_FULL);
    assert_int_equal(out.len, 0);
    okr_buf_close(&out);
}

static const char *text_of(const struct okr_msg *msg)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_show_msg(msg, &buf);
    okr_buf_u8(&buf, 0);
    return (const char *)buf.data;
}

/* Fields and flags that this version does not know are passed over. */
static void a_newer_peer_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < okr_samples_n; i++) {
        const struct okr_msg *sample = &okr_samples[i];
        struct okr_msg *msg = NULL;
        struct okr_buf buf;
        okr_buf_init(&buf, arena);
        okr_msg_encode(sample, &buf);
        okr_wire_varint(&buf, 1000, 5);
        okr_wire_fixed64(&buf, 1001, 6);
        okr_wire_bytes(&buf, 1002, OKR_SLICE_LIT("new"));
        bool pub = buf.data[0] != OKR_WIRE_VERSION;
        buf.data[pub ? 6 : 3] = 0xfe; /* flags, but "compressed" */
        struct okr_slice frame = okr_buf_slice(&buf);
        assert_int_equal(pub ? okr_msg_decode_pub(frame, arena, &msg)
                             : okr_msg_decode(frame, arena, &msg),
                         OKR_OK);
        assert_string_equal(text_of(msg), text_of(sample));
    }
}

static enum okr_err ask_decode(const struct okr_buf *buf)
{
    struct okr_ask *ask = NULL;
    return okr_ask_decode(okr_buf_slice(buf), arena, &ask);
}

static enum okr_err reply_with(unsigned field, const char *text)
{
    struct okr_buf buf;
    struct okr_reply *reply = NULL;
    okr_buf_init(&buf, arena);
    okr_reply_encode(&okr_sample_reply, &buf);
    okr_wire_bytes(&buf, field, okr_slice_str(text));
    return okr_reply_decode(okr_buf_slice(&buf), arena, &reply);
}

static void local_text_is_checked(void **state)
{
    (void)state;
    for (unsigned field = 2; field <= 5; field++) {
        assert_int_equal(reply_with(field, "gut\n"), OKR_OK);
        assert_int_equal(reply_with(field, "\xff"), OKR_ERR_FORMAT);
        assert_int_equal(reply_with(field, "\x1b[m"), OKR_ERR_FORMAT);
    }
    assert_int_equal(reply_with(7, "\xff\x1b"), OKR_OK);
    for (unsigned field = 1; field <= 3; field++) {
        struct okr_buf buf;
        okr_buf_init(&buf, arena);
        okr_ask_encode(&okr_sample_ask, &buf);
        okr_wire_bytes(&buf, field, OKR_SLICE_LIT("\x0a\1\xff"));
        assert_int_equal(ask_decode(&buf), OKR_ERR_FORMAT);
    }
}

static void questions_are_bounded(void **state)
{
    (void)state;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    for (size_t i = 0; i < OKR_ARGS_MAX; i++)
        okr_wire_bytes(&buf, 2, OKR_SLICE_LIT("\x0a\1a\x12\1b"));
    assert_int_equal(ask_decode(&buf), OKR_OK);
    okr_wire_bytes(&buf, 2, OKR_SLICE_LIT("\x0a\1a\x12\1b"));
    assert_int_equal(ask_decode(&buf), OKR_ERR_LIMIT);
    buf.len = 0;
    okr_wire_fill(&buf, 5, 'b', OKR_LOCAL_MAX - 5);
    assert_int_equal(buf.len, OKR_LOCAL_MAX);
    assert_int_equal(ask_decode(&buf), OKR_OK);
    okr_buf_u8(&buf, 0);
    assert_int_equal(ask_decode(&buf), OKR_ERR_LIMIT);
    okr_buf_close(&buf);
}

/* An operation in a question is held to what holds in a Push. */
static void a_submitted_operation_is_checked(void **state)
{
    (void)state;
    struct okr_buf op, buf;
    okr_buf_init(&op, arena);
    okr_buf_init(&buf, arena);
    okr_op_encode(&okr_sample_op, &op);
    okr_wire_fill(&op, 7, 1, 31);
    okr_wire_bytes(&buf, 4, okr_buf_slice(&op));
    assert_int_equal(ask_decode(&buf), OKR_ERR_FORMAT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_new, arena_gone)
    const struct CMUnitTest tests[] = {
        TEST(headers_are_checked),
        TEST(pub_headers_are_checked),
        TEST(each_socket_has_its_messages),
        TEST(frames_are_bounded),
        TEST(too_large_is_said_by_the_encoder),
        TEST(errors_stick),
        TEST(a_newer_peer_is_understood),

        TEST(local_text_is_checked),
        TEST(questions_are_bounded),
        TEST(a_submitted_operation_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
