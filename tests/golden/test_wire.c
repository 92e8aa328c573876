/* The bytes of version 1 on the wire and in the log, for ever: what this
 * program makes of the story of example.h is what tests/golden/wire1/ holds,
 * and what it holds can be read.
 *
 * After a change that is meant: tests/golden/golden.py --write. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/codec/codec.h"
#include "common/codec/local.h"
#include "common/store/space.h"
#include "tests/lib/example.h"
#include "tests/lib/files.h"
#include "tests/lib/show.h"

static struct okr_arena *arena;
static struct okr_golden golds[OKR_GOLDEN_MAX];
static size_t golds_n;

static int setup(void **state)
{
    (void)state;
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK)
        return 1;
    golds_n = okr_golden_make(arena, golds);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

static FILE *golden_open(const char *name)
{
    const char *root = getenv("OKR_SOURCE_DIR");
    char path[OKR_TEST_PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/tests/golden/wire1/%s.hex",
                       root != NULL ? root : ".", name);
    assert_true(len > 0 && (size_t)len < sizeof path);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        print_error("%s is missing\n", path);
    return file;
}

static const char *one_byte(const char *at, unsigned *byte, struct okr_buf *buf)
{
    assert_int_equal(sscanf(at, "%2x", byte), 1);
    okr_buf_u8(buf, (uint8_t)*byte);
    return at + 1;
}

/* "*N" behind a byte: N times that byte. */
static const char *repeat(const char *at, unsigned byte, struct okr_buf *buf)
{
    char *end;
    unsigned long times = strtoul(at + 1, &end, 10);
    for (unsigned long i = 1; i < times; i++)
        okr_buf_u8(buf, (uint8_t)byte);
    return end - 1;
}

/* The bytes of a golden file: hex digits; '#' begins a comment. */
static struct okr_slice golden_read(const char *name)
{
    FILE *file = golden_open(name);
    struct okr_buf buf;
    char line[256];
    assert_non_null(file);
    okr_buf_init(&buf, arena);
    while (fgets(line, sizeof line, file) != NULL) {
        assert_non_null(strchr(line, '\n'));
        line[strcspn(line, "#\n")] = '\0';
        unsigned byte = 0;
        for (const char *at = line; *at != '\0'; at++) {
            if (*at == '*')
                at = repeat(at, byte, &buf);
            else if (*at != ' ')
                at = one_byte(at, &byte, &buf);
        }
    }
    fclose(file);
    assert_int_equal(buf.err, OKR_OK);
    return okr_buf_slice(&buf);
}

static void bytes_are_as_ever(void **state)
{
    (void)state;
    assert_true(golds_n > 25);
    for (size_t i = 0; i < golds_n; i++) {
        struct okr_slice golden = golden_read(golds[i].name);
        if (!okr_slice_eq(golden, golds[i].bytes))
            print_error("%s.hex differs\n", golds[i].name);
        assert_int_equal(golden.len, golds[i].bytes.len);
        assert_memory_equal(golden.data, golds[i].bytes.data, golden.len);
    }
}

static const char *shown(const struct okr_msg *msg)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_show_msg(msg, &buf);
    okr_buf_u8(&buf, 0);
    return (const char *)buf.data;
}

static void messages_are_read_as_ever(void **state)
{
    (void)state;
    struct okr_example example;
    okr_example_make(arena, &example);
#define READ(number, NAME, name, Name)                                   \
    do {                                                                 \
        struct okr_msg want = okr_example_msg(&example, OKR_MSG_##NAME); \
        struct okr_msg *got = NULL;                                      \
        struct okr_slice frame = golden_read(#name);                     \
        bool pub = number >= OKR_MSG_EVENT && number <= OKR_MSG_BEAT;    \
        assert_int_equal(pub ? okr_msg_decode_pub(frame, arena, &got)    \
                             : okr_msg_decode(frame, arena, &got),       \
                         OKR_OK);                                        \
        assert_string_equal(shown(got), shown(&want));                   \
    } while (0);
    OKR_MSG_TABLE(READ)
#undef READ
}

static void parts_are_read_as_ever(void **state)
{
    (void)state;
    struct okr_payload *payload = NULL;
    struct okr_ask *ask = NULL;
    struct okr_reply *reply = NULL;
    struct okr_op op;
    struct okr_answer answer;
    assert_int_equal(
        okr_payload_decode(golden_read("payload_set"), arena, &payload),
        OKR_OK);
    assert_true(okr_slice_is(payload->changes[0].data, "Answer within a day"));
    assert_int_equal(okr_op_decode(golden_read("operation"), arena, &op),
                     OKR_OK);
    assert_true(okr_slice_eq(op.payload, golden_read("payload_set")));
    assert_int_equal(okr_answer_decode(golden_read("answer"), arena, &answer),
                     OKR_OK);
    assert_true(answer.lsn == 1043);
    assert_int_equal(okr_ask_decode(golden_read("ask"), arena, &ask), OKR_OK);
    assert_true(okr_slice_is(okr_ask_arg(ask, "value"), "81"));
    assert_int_equal(okr_ask_decode(golden_read("ask_submit"), arena, &ask),
                     OKR_OK);
    assert_non_null(ask->operation);
    assert_int_equal(okr_reply_decode(golden_read("reply"), arena, &reply),
                     OKR_OK);
    assert_int_equal(reply->code, OKR_REPLY_REFUSED);
}

/* The story is true: every signature in it verifies, and the leaf is the one
 * that its site can put together from operation and answer. */
static void signatures_hold(void **state)
{
    (void)state;
    struct okr_example e;
    struct okr_op_body body;
    struct okr_leaf leaf;
    struct okr_sig sig;
    okr_example_make(arena, &e);
    struct okr_pk ada = okr_example_pk(OKR_EXAMPLE_KEY_ADA);
    struct okr_pk north = okr_example_pk(OKR_EXAMPLE_KEY_NORTH);
    memcpy(sig.b, e.ops[0].sig, sizeof sig.b);
    assert_true(okr_sign_check(&ada, golden_read("op_header"), &sig));
    assert_true(
        okr_sign_check(&north, golden_read("push_layout"), &e.push.sig));
    assert_true(
        okr_sign_check(&north, golden_read("enrol_layout"), &e.enrol.sig));
    assert_int_equal(okr_layout_leaf_read(golden_read("leaf"), &leaf), OKR_OK);
    assert_int_equal(okr_layout_op_body_read(leaf.body, &body), OKR_OK);
    struct okr_slice header = golden_read("op_header");
    assert_memory_equal(body.header, header.data, header.len);
    struct okr_answer answer;
    assert_int_equal(okr_answer_decode(golden_read("answer"), arena, &answer),
                     OKR_OK);
    struct okr_buf again;
    okr_buf_init(&again, arena);
    okr_buf_put(&again, header);
    okr_buf_put(&again, okr_slice_of(e.ops[0].sig, sizeof e.ops[0].sig));
    okr_buf_put(&again, answer.effects);
    assert_true(okr_slice_eq(okr_buf_slice(&again), leaf.body));
    assert_memory_equal(leaf.meta, answer.meta, sizeof leaf.meta);
}

/* The digest that the document describes is the one that the store keeps. */
static void the_digest_is_the_stores(void **state)
{
    (void)state;
    struct okr_example e;
    uint8_t b2[OKR_B2_LEN];
    okr_example_make(arena, &e);
    assert_int_equal(okr_entity_b2(e.record, arena, b2), OKR_OK);
    struct okr_digest digest = okr_digest_of(b2);
    assert_true(okr_digest_eq(&digest, &e.digest));
}

/* For golden.py: writes what this program makes as FOLDER/NAME.bin. */
static int write_all(const char *folder)
{
    void *none = NULL;
    if (setup(&none) != 0)
        return 1;
    for (size_t i = 0; i < golds_n; i++) {
        char path[OKR_TEST_PATH_MAX];
        int len =
            snprintf(path, sizeof path, "%s/%s.bin", folder, golds[i].name);
        FILE *file = NULL;
        if (len > 0 && (size_t)len < sizeof path)
            file = fopen(path, "wb");
        if (file == NULL)
            return 1;
        size_t n = fwrite(golds[i].bytes.data, 1, golds[i].bytes.len, file);
        if (fclose(file) != 0 || n != golds[i].bytes.len)
            return 1;
    }
    return teardown(&none);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(bytes_are_as_ever),        TEST(messages_are_read_as_ever),
        TEST(parts_are_read_as_ever),   TEST(signatures_hold),
        TEST(the_digest_is_the_stores),
    };
    const char *folder = getenv("OKR_GOLDEN_WRITE");
    if (folder != NULL)
        return write_all(folder);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
