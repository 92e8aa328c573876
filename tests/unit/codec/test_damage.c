/* Damaged and hostile bytes: never a crash, never more than was allowed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/codec/local.h"
#include "tests/lib/believed.h"
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

static bool is_pub(enum okr_msg_type type)
{
    return type == OKR_MSG_EVENT || type == OKR_MSG_HEAD ||
           type == OKR_MSG_BEAT;
}

static enum okr_err decode(enum okr_msg_type type, struct okr_slice frame,
                           struct okr_msg **ret_msg)
{
    return is_pub(type) ? okr_msg_decode_pub(frame, arena, ret_msg)
                        : okr_msg_decode(frame, arena, ret_msg);
}

/* Decodes a copy of its exact size, so that a read beyond it is seen. */
static void decode_all_ways(struct okr_slice bytes)
{
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    struct okr_msg *msg = NULL;
    struct okr_payload *payload = NULL;
    struct okr_ask *ask = NULL;
    struct okr_reply *reply = NULL;
    struct okr_op op;
    struct okr_answer answer;
    assert_non_null(copy);
    if (bytes.len > 0)
        memcpy(copy, bytes.data, bytes.len);
    bytes.data = copy;
    okr_arena_reset(arena);
    if (okr_msg_decode(bytes, arena, &msg) == OKR_OK)
        assert_null(okr_msg_unbelievable(msg));
    if (okr_msg_decode_pub(bytes, arena, &msg) == OKR_OK)
        assert_null(okr_msg_unbelievable(msg));
    if (okr_payload_decode(bytes, arena, &payload) == OKR_OK)
        assert_null(okr_payload_unbelievable(payload));
    if (okr_ask_decode(bytes, arena, &ask) == OKR_OK)
        assert_null(okr_ask_unbelievable(ask));
    if (okr_reply_decode(bytes, arena, &reply) == OKR_OK)
        assert_null(okr_reply_unbelievable(reply));
    if (okr_op_decode(bytes, arena, &op) == OKR_OK)
        assert_true(op.payload.len <= bytes.len);
    if (okr_answer_decode(bytes, arena, &answer) == OKR_OK)
        assert_true(answer.effects.len <= bytes.len);
    free(copy);
}

static void cut_and_flip(struct okr_buf *bytes)
{
    assert_int_equal(bytes->err, OKR_OK);
    for (size_t len = 0; len <= bytes->len; len++)
        decode_all_ways(okr_slice_of(bytes->data, len));
    for (size_t bit = 0; bit < bytes->len * 8; bit++) {
        bytes->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        decode_all_ways(okr_buf_slice(bytes));
        bytes->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    okr_buf_close(bytes);
}

static void every_cut_and_every_flip(void **state)
{
    (void)state;
    struct okr_buf bytes;
    okr_buf_init(&bytes, NULL);
    for (size_t i = 0; i < okr_samples_n; i++) {
        okr_msg_encode(&okr_samples[i], &bytes);
        cut_and_flip(&bytes);
    }
    okr_payload_encode(&okr_sample_payload, &bytes);
    cut_and_flip(&bytes);
    okr_op_encode(&okr_sample_op, &bytes);
    cut_and_flip(&bytes);
    okr_answer_encode(&okr_sample_answer, &bytes);
    cut_and_flip(&bytes);
    okr_ask_encode(&okr_sample_ask, &bytes);
    cut_and_flip(&bytes);
    okr_reply_encode(&okr_sample_reply, &bytes);
    cut_and_flip(&bytes);
}

/* A frame cut inside its last field is refused, not half believed: the last
 * field of each sample is longer than a byte. */
static void a_cut_field_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < okr_samples_n; i++) {
        struct okr_msg *msg = NULL;
        struct okr_buf buf;
        okr_buf_init(&buf, NULL);
        okr_msg_encode(&okr_samples[i], &buf);
        buf.len--;
        assert_int_equal(decode(okr_samples[i].type, okr_buf_slice(&buf), &msg),
                         OKR_ERR_FORMAT);
        assert_null(msg);
        okr_buf_close(&buf);
    }
}

/* A frame of OKR_FRAME_MAX bytes in which `field` occurs again and again,
 * empty: 2 bytes each. */
static struct okr_slice frame_of_empties(const uint8_t *header,
                                         size_t header_len, unsigned field)
{
    static uint8_t frame[OKR_FRAME_MAX];
    memset(frame, 0, sizeof frame);
    memcpy(frame, header, header_len);
    size_t n = (sizeof frame - header_len) / 2;
    for (size_t i = 0; i < n; i++)
        frame[header_len + 2 * i] = (uint8_t)(field * 8 + 2);
    return okr_slice_of(frame, header_len + 2 * n);
}

static void empty_submessages_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum okr_msg_type type;
        unsigned field;
    } lists[] = {
        {OKR_MSG_HELLO, 6},  {OKR_MSG_WELCOME, 1}, {OKR_MSG_WELCOME, 2},
        {OKR_MSG_PUSH, 3},   {OKR_MSG_PUSHED, 3},  {OKR_MSG_PULL, 1},
        {OKR_MSG_PAGE, 1},   {OKR_MSG_PAGE, 2},    {OKR_MSG_EVENT, 3},
        {OKR_MSG_EVENT, 4},  {OKR_MSG_EVENT, 5},   {OKR_MSG_ENROLLED, 7},
        {OKR_MSG_PROVED, 1}, {OKR_MSG_BEAT, 99},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        uint8_t type = (uint8_t)lists[i].type;
        const uint8_t plain[] = {1, type, 0, 0, 0, 0, 0, 1};
        const uint8_t pub[] = {type, 0, 0, 0, 1, 1, 0};
        struct okr_msg *msg = NULL;
        struct okr_slice frame =
            is_pub(lists[i].type)
                ? frame_of_empties(pub, sizeof pub, lists[i].field % 16)
                : frame_of_empties(plain, sizeof plain, lists[i].field % 16);
        okr_arena_reset(arena);
        assert_int_equal(decode(lists[i].type, frame, &msg), OKR_ERR_LIMIT);
        assert_true(okr_arena_used(arena) <= 24 * frame.len);
    }
}

/* The same one level further down, where the lists that the library keeps
 * while it scans have been given back. */
static void nested_empties_are_refused(void **state)
{
    (void)state;
    struct okr_buf past, frame;
    okr_buf_init(&past, arena);
    okr_buf_init(&frame, arena);
    for (size_t i = 0; i < 4000; i++)
        okr_wire_bytes(&past, 9, OKR_SLICE_NONE);
    okr_buf_put(&frame, OKR_SLICE_LIT("\1\27\0\0\0\0\0\1"));
    okr_wire_fill(&frame, 1, 1, OKR_ID_LEN);
    for (size_t i = 0; i < 30; i++)
        okr_wire_bytes(&frame, 2, okr_buf_slice(&past));
    struct okr_msg *msg = NULL;
    size_t before = okr_arena_used(arena);
    assert_int_not_equal(okr_msg_decode(okr_buf_slice(&frame), arena, &msg),
                         OKR_OK);
    assert_true(okr_arena_used(arena) - before <= 24 * frame.len);
}

/* Between 8 and 16 times the frame: the library may take that while it scans,
 * but a message may not keep it. */
static void dense_messages_are_refused(void **state)
{
    (void)state;
    enum { ROWS = 10000 };
    struct okr_buf past, frame;
    struct okr_msg *msg = NULL;
    okr_buf_init(&past, arena);
    okr_buf_init(&frame, arena);
    okr_wire_fill(&past, 2, 1, 12);
    okr_buf_put(&frame, OKR_SLICE_LIT("\1\27\0\0\0\0\0\1"));
    for (size_t i = 0; i < ROWS; i++)
        okr_wire_bytes(&frame, 2, okr_buf_slice(&past));
    assert_int_equal(frame.len, OKR_WIRE_HEADER + ROWS * 16);
    assert_int_equal(okr_msg_decode(okr_buf_slice(&frame), arena, &msg),
                     OKR_ERR_LIMIT);
}

/* The densest honest page: rows of a few registers of one byte.  Were the
 * scan lists not used again, or were every byte field rounded up to 16, it
 * would be refused, and a site could never get it. */
static void dense_rows_fit(void **state)
{
    (void)state;
    enum { ROWS = 2000, REGS = 20 };
    static struct okr_reg regs[REGS];
    static struct okr_row rows[ROWS];
    for (size_t i = 0; i < REGS; i++)
        regs[i] = (struct okr_reg){.field = (uint16_t)(i + 1),
                                   .form = OKR_REG_VALUE,
                                   .lsn = 100,
                                   .data = OKR_SLICE_LIT("\1")};
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (struct okr_row){
            .id = {{1}}, .elsn = 100, .kind = 1, .regs = regs, .n_regs = REGS};
    struct okr_section section = {.scope = 1, .rows = rows, .n_rows = ROWS};
    for (; section.n_rows > 0; section.n_rows -= 250) {
        struct okr_msg *back = NULL;
        struct okr_msg msg = {
            .type = OKR_MSG_PAGE,
            .u.page = {.sections = &section, .n_sections = 1}};
        struct okr_buf buf;
        okr_arena_reset(arena);
        okr_buf_init(&buf, NULL);
        okr_msg_encode(&msg, &buf);
        assert_int_equal(buf.err,
                         buf.len > OKR_FRAME_MAX ? OKR_ERR_LIMIT : OKR_OK);
        if (buf.err == OKR_OK) {
            assert_int_equal(okr_msg_decode(okr_buf_slice(&buf), arena, &back),
                             OKR_OK);
            assert_true(okr_arena_used(arena) <= 24 * buf.len);
        }
        okr_buf_close(&buf);
    }
}

/* A Welcome for somebody who follows very many scopes. */
static void many_cursors_fit(void **state)
{
    (void)state;
    enum { CURSORS = 10000 };
    static struct okr_cursor cursors[CURSORS];
    for (size_t i = 0; i < CURSORS; i++)
        cursors[i] = (struct okr_cursor){(okr_scope)i, i};
    for (size_t n = 1; n <= CURSORS; n += n / 3 + 1) {
        struct okr_msg *back = NULL;
        struct okr_msg msg = {.type = OKR_MSG_HELLO,
                              .u.hello = {.cursors = cursors, .n_cursors = n}};
        struct okr_buf buf;
        okr_arena_reset(arena);
        okr_buf_init(&buf, arena);
        okr_msg_encode(&msg, &buf);
        assert_int_equal(okr_msg_decode(okr_buf_slice(&buf), arena, &back),
                         OKR_OK);
        assert_int_equal(back->u.hello.n_cursors, n);
    }
}

/* Memory runs out at each allocation in turn: an error, and nothing else. */
static void no_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < okr_samples_n; i++) {
        struct okr_buf buf;
        enum okr_err err = OKR_ERR_NOMEM;
        okr_buf_init(&buf, NULL);
        okr_msg_encode(&okr_samples[i], &buf);
        for (unsigned n = 1; err != OKR_OK; n++) {
            struct okr_msg *msg = NULL;
            okr_arena_reset(arena);
            okr_arena_fail_at(arena, n);
            err = decode(okr_samples[i].type, okr_buf_slice(&buf), &msg);
            if (err != OKR_OK) {
                assert_int_equal(err, OKR_ERR_NOMEM);
                assert_null(msg);
            }
        }
        okr_arena_fail_at(arena, 0);
        err = OKR_ERR_NOMEM;
        for (unsigned n = 1; err != OKR_OK; n++) {
            struct okr_buf out;
            okr_arena_reset(arena);
            okr_buf_init(&out, arena);
            okr_arena_fail_at(arena, n);
            okr_msg_encode(&okr_samples[i], &out);
            err = out.err;
            assert_true(err == OKR_OK || err == OKR_ERR_NOMEM);
            if (err == OKR_OK)
                assert_true(
                    okr_slice_eq(okr_buf_slice(&out), okr_buf_slice(&buf)));
        }
        okr_arena_fail_at(arena, 0);
        okr_buf_close(&buf);
    }
}

/* The arena's own bound is memory, not the frame's fault. */
static void a_small_arena_is_no_memory(void **state)
{
    (void)state;
    struct okr_arena *small = NULL;
    struct okr_msg *msg = NULL;
    struct okr_buf buf;
    assert_int_equal(okr_arena_new(1000, &small), OKR_OK);
    okr_buf_init(&buf, arena);
    okr_msg_encode(okr_sample(OKR_MSG_PAGE), &buf);
    assert_int_equal(okr_msg_decode(okr_buf_slice(&buf), small, &msg),
                     OKR_ERR_NOMEM);
    okr_arena_free(&small);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_new, arena_gone)
    const struct CMUnitTest tests[] = {
        TEST(every_cut_and_every_flip),
        TEST(a_cut_field_is_refused),
        TEST(empty_submessages_are_refused),
        TEST(nested_empties_are_refused),
        TEST(dense_messages_are_refused),
        TEST(dense_rows_fit),
        TEST(many_cursors_fit),
        TEST(no_memory),
        TEST(a_small_arena_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
