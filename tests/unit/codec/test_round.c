/* What is encoded is decoded again, every field of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/codec/codec.h"
#include "common/codec/local.h"
#include "tests/lib/believed.h"
#include "tests/lib/samples.h"
#include "tests/lib/show.h"

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

static bool is_pub(const struct okr_msg *msg)
{
    return msg->type == OKR_MSG_EVENT || msg->type == OKR_MSG_HEAD ||
           msg->type == OKR_MSG_BEAT;
}

static struct okr_slice encoded(const struct okr_msg *msg)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_msg_encode(msg, &buf);
    assert_int_equal(buf.err, OKR_OK);
    return okr_buf_slice(&buf);
}

static struct okr_msg *decoded(const struct okr_msg *like,
                               struct okr_slice frame)
{
    struct okr_msg *msg = NULL;
    enum okr_err err = is_pub(like) ? okr_msg_decode_pub(frame, arena, &msg)
                                    : okr_msg_decode(frame, arena, &msg);
    assert_int_equal(err, OKR_OK);
    assert_null(okr_msg_unbelievable(msg));
    return msg;
}

static const char *text_of(const struct okr_msg *msg)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_show_msg(msg, &buf);
    okr_buf_u8(&buf, 0);
    assert_int_equal(buf.err, OKR_OK);
    return (const char *)buf.data;
}

static void goes_round(const struct okr_msg *msg)
{
    struct okr_slice frame = encoded(msg);
    const struct okr_msg *one = decoded(msg, frame);
    const struct okr_msg *two = decoded(msg, frame);
    assert_string_equal(text_of(one), text_of(msg));
    assert_string_equal(text_of(two), text_of(msg));
    assert_true(okr_slice_eq(encoded(one), frame));
}

static void every_field_of_every_message(void **state)
{
    (void)state;
    assert_int_equal(okr_samples_n, 21);
    for (size_t i = 0; i < okr_samples_n; i++)
        goes_round(&okr_samples[i]);
}

static void messages_of_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < okr_samples_n; i++) {
        static struct okr_digest none[OKR_BUCKETS];
        struct okr_msg msg = {.type = okr_samples[i].type};
        if (msg.type == OKR_MSG_REPAIR)
            msg.u.repair.buckets = none;
        goes_round(&msg);
    }
}

/* Lists of elements of which nothing is set, too. */
static void elements_of_nothing(void **state)
{
    (void)state;
    struct okr_op ops[2] = {{.verb = 0}};
    struct okr_answer answers[2] = {{.lsn = 0}};
    struct okr_want wants[2] = {{.scope = 0}};
    struct okr_row rows[2] = {{.id = {{1}}}, {.id = {{1}}}};
    struct okr_history past[2] = {{.lsn = 0}, {.lsn = 1}};
    struct okr_section sections[2] = {{.rows = rows, .n_rows = 2}};
    struct okr_mark marks[2] = {{.seq = 0}};
    struct okr_epoch epochs[2] = {{.counter = 0}};
    struct okr_hash hashes[2] = {{{0}}};
    const struct okr_msg all[] = {
        {.type = OKR_MSG_PUSH, .u.push = {.ops = ops, .n_ops = 2}},
        {.type = OKR_MSG_PUSHED,
         .u.pushed = {.answers = answers, .n_answers = 2}},
        {.type = OKR_MSG_PULL, .u.pull = {.wants = wants, .n_wants = 2}},
        {.type = OKR_MSG_PAGE,
         .u.page = {.sections = sections, .n_sections = 2}},
        {.type = OKR_MSG_EVENT,
         .u.event = {.rows = rows, .n_rows = 2, .marks = marks, .n_marks = 2}},
        {.type = OKR_MSG_WELCOME,
         .u.welcome = {.epochs = epochs, .n_epochs = 2}},
        {.type = OKR_MSG_PROVED, .u.proved = {.hash = hashes, .n_hash = 2}},
        {.type = OKR_MSG_REPAIRED, .u.repaired = {.rows = rows, .n_rows = 2}},
        {.type = OKR_MSG_HISTORY_PAGE,
         .u.history_page = {.rows = past, .n_rows = 2}},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        goes_round(&all[i]);
}

/* A buffer on the heap gets the same bytes, behind what it has already. */
static void heap_or_arena(void **state)
{
    (void)state;
    for (size_t i = 0; i < okr_samples_n; i++) {
        struct okr_slice frame = encoded(&okr_samples[i]);
        struct okr_buf heap;
        okr_buf_init(&heap, NULL);
        okr_buf_put(&heap, OKR_SLICE_LIT("before"));
        okr_msg_encode(&okr_samples[i], &heap);
        assert_int_equal(heap.err, OKR_OK);
        assert_true(okr_slice_eq(
            okr_slice_sub(okr_buf_slice(&heap), 6, heap.len - 6), frame));
        okr_buf_close(&heap);
    }
}

static struct okr_slice shown(struct okr_buf *buf)
{
    assert_int_equal(buf->err, OKR_OK);
    return okr_buf_slice(buf);
}

/* ENCODE, DECODE and SHOW one of the parts that are kept by themselves. */
#define PART_GOES_ROUND(sample, encode, decode, show)             \
    do {                                                          \
        struct okr_buf bytes, before, after;                      \
        okr_buf_init(&bytes, NULL);                               \
        okr_buf_init(&before, NULL);                              \
        okr_buf_init(&after, NULL);                               \
        encode(sample, &bytes);                                   \
        assert_int_equal(bytes.err, OKR_OK);                      \
        assert_int_equal(decode, OKR_OK);                         \
        show(sample, &before);                                    \
        show(back, &after);                                       \
        assert_true(okr_slice_eq(shown(&before), shown(&after))); \
        okr_buf_close(&bytes);                                    \
        okr_buf_close(&before);                                   \
        okr_buf_close(&after);                                    \
    } while (0)

static void payload_goes_round(const struct okr_payload *payload)
{
    struct okr_payload *back = NULL;
    PART_GOES_ROUND(payload, okr_payload_encode,
                    okr_payload_decode(okr_buf_slice(&bytes), arena, &back),
                    okr_show_payload);
}

static void op_goes_round(const struct okr_op *op)
{
    struct okr_op one, *back = &one;
    PART_GOES_ROUND(op, okr_op_encode,
                    okr_op_decode(okr_buf_slice(&bytes), arena, &one),
                    okr_show_op);
}

static void answer_goes_round(const struct okr_answer *answer)
{
    struct okr_answer one, *back = &one;
    PART_GOES_ROUND(answer, okr_answer_encode,
                    okr_answer_decode(okr_buf_slice(&bytes), arena, &one),
                    okr_show_answer);
}

static void ask_goes_round(const struct okr_ask *ask)
{
    struct okr_ask *back = NULL;
    PART_GOES_ROUND(ask, okr_ask_encode,
                    okr_ask_decode(okr_buf_slice(&bytes), arena, &back),
                    okr_show_ask);
}

static void reply_goes_round(const struct okr_reply *reply)
{
    struct okr_reply *back = NULL;
    PART_GOES_ROUND(reply, okr_reply_encode,
                    okr_reply_decode(okr_buf_slice(&bytes), arena, &back),
                    okr_show_reply);
}

static void parts(void **state)
{
    (void)state;
    payload_goes_round(&okr_sample_payload);
    payload_goes_round(&(struct okr_payload){.verb = 0});
    op_goes_round(&okr_sample_op);
    op_goes_round(&(struct okr_op){.verb = 0});
    answer_goes_round(&okr_sample_answer);
    answer_goes_round(&(struct okr_answer){.lsn = 0});
    ask_goes_round(&okr_sample_ask);
    ask_goes_round(&(struct okr_ask){.n_args = 0});
    reply_goes_round(&okr_sample_reply);
    reply_goes_round(&(struct okr_reply){.code = 0});
}

/* A peer of a later version knows more outcomes and rules. */
static void numbers_of_a_newer_peer_are_kept(void **state)
{
    (void)state;
    answer_goes_round(
        &(struct okr_answer){.verdict = {.outcome = (enum okr_outcome)200,
                                         .rule = (enum okr_rule)UINT32_MAX}});
}

static void arguments_by_name(void **state)
{
    (void)state;
    const struct okr_ask *ask = &okr_sample_ask;
    struct okr_slice value;
    size_t at = 0;
    assert_true(okr_slice_is(okr_ask_arg(ask, "owner"), "a@b"));
    assert_int_equal(okr_ask_arg(ask, "own").len, 0);
    assert_true(okr_ask_next(ask, "owner", &at, &value));
    assert_true(okr_slice_is(value, "a@b"));
    assert_true(okr_ask_next(ask, "owner", &at, &value));
    assert_true(okr_slice_is(value, "c@d"));
    assert_false(okr_ask_next(ask, "owner", &at, &value));
    assert_true(okr_slice_is(value, "c@d"));
}

static void headers(void **state)
{
    (void)state;
    struct okr_msg busy = {.type = OKR_MSG_BUSY, .request = 0x01020304};
    struct okr_slice frame = encoded(&busy);
    assert_int_equal(frame.len, OKR_WIRE_HEADER);
    assert_memory_equal(frame.data, "\1\x0b\0\0\1\2\3\4", OKR_WIRE_HEADER);
    struct okr_msg beat = {.type = OKR_MSG_BEAT};
    frame = encoded(&beat);
    assert_int_equal(frame.len, OKR_PUB_HEADER);
    assert_memory_equal(frame.data, "\x0a\0\0\0\0\1\0", OKR_PUB_HEADER);
    struct okr_msg event = {.type = OKR_MSG_EVENT, .u.event.scope = 0x05060708};
    frame = encoded(&event);
    assert_memory_equal(frame.data, "\x08\5\6\7\x08\1\0", OKR_PUB_HEADER);
    uint8_t topic[OKR_TOPIC_LEN];
    okr_topic(OKR_MSG_EVENT, 0x05060708, topic);
    assert_memory_equal(frame.data, topic, OKR_TOPIC_LEN);
}

/* Persons and sites are named by reference: each travels once. */
static void ids_are_sent_once(void **state)
{
    (void)state;
    enum { ROWS = 300 };
    static struct okr_row rows[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = (struct okr_row){.id = {{1}}, .elsn = i + 1};
        rows[i].last.person.b[15] = (uint8_t)(i % 7 + 1);
        rows[i].last.site.b[0] = (uint8_t)(i % 3 + 1);
    }
    struct okr_msg msg = {.type = OKR_MSG_EVENT,
                          .u.event = {.rows = rows, .n_rows = ROWS}};
    goes_round(&msg);
    size_t with_ids = encoded(&msg).len;
    for (size_t i = 0; i < ROWS; i++)
        rows[i].last = (struct okr_last){.verb = 0};
    size_t without = encoded(&msg).len;
    assert_true(with_ids - without <= (7 + 3) * (10 + 7));
}

/* As many ids as there can be; all of one beginning or of one end, so that
 * what compares or hashes only a part of an id takes two for one. */
static void every_id_is_another(void **state)
{
    (void)state;
    enum { ROWS = 1000 };
    static struct okr_row rows[ROWS];
    for (unsigned i = 0; i < ROWS; i++) {
        rows[i] = (struct okr_row){.id = {{1}}, .elsn = i + 1};
        rows[i].last.person.b[14] = (uint8_t)(i >> 8);
        rows[i].last.person.b[15] = (uint8_t)(i + 1);
        rows[i].last.person.b[8] = 1;
        rows[i].last.site.b[0] = (uint8_t)(i >> 8);
        rows[i].last.site.b[1] = (uint8_t)(i + 1);
        rows[i].last.site.b[15] = 1;
    }
    struct okr_msg msg = {.type = OKR_MSG_EVENT,
                          .u.event = {.rows = rows, .n_rows = ROWS}};
    goes_round(&msg);
    struct okr_section sections[] = {
        {.rows = rows, .n_rows = ROWS / 2},
        {.rows = rows + ROWS / 2, .n_rows = ROWS / 2}};
    msg = (struct okr_msg){.type = OKR_MSG_PAGE,
                           .u.page = {.sections = sections, .n_sections = 2}};
    goes_round(&msg);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_new, arena_gone)
    const struct CMUnitTest tests[] = {
        TEST(every_field_of_every_message),
        TEST(messages_of_nothing),
        TEST(elements_of_nothing),
        TEST(heap_or_arena),
        TEST(parts),
        TEST(numbers_of_a_newer_peer_are_kept),
        TEST(arguments_by_name),
        TEST(headers),
        TEST(ids_are_sent_once),
        TEST(every_id_is_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
