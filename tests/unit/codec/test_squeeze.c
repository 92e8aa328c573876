/* Compressed bodies: what is too small, too large, damaged, or a bomb. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/codec/squeeze.h"
#include "tests/lib/again.h"

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

static struct okr_slice squeezed(struct okr_slice body)
{
    struct okr_slice small;
    assert_int_equal(okr_squeeze(body, OKR_DICTIONARY, arena, &small), OKR_OK);
    return small;
}

static uint8_t zeros[OKR_FRAME_MAX + 1];

static void there_and_back(void **state)
{
    (void)state;
    for (size_t len = OKR_SQUEEZE_MIN; len <= OKR_FRAME_MAX; len *= 2) {
        struct okr_slice body = {zeros, len}, back;
        struct okr_slice small = squeezed(body);
        assert_true(small.len > 0 && small.len < len / 2);
        assert_int_equal(okr_unsqueeze(small, len, arena, &back), OKR_OK);
        assert_true(okr_slice_eq(back, body));
    }
}

static void what_would_grow_stays(void **state)
{
    (void)state;
    uint8_t noise[600];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
    assert_int_equal(squeezed(okr_slice_of(noise, sizeof noise)).len, 0);
    assert_int_equal(squeezed(okr_slice_of(zeros, OKR_SQUEEZE_MIN - 1)).len, 0);
    assert_int_equal(squeezed(OKR_SLICE_NONE).len, 0);
}

/* Looked at before a byte is unpacked. */
static void a_bomb_is_refused(void **state)
{
    (void)state;
    struct okr_slice back, small = squeezed(okr_slice_of(zeros, sizeof zeros));
    size_t used = okr_arena_used(arena);
    assert_true(small.len < 100);
    assert_int_equal(okr_unsqueeze(small, OKR_FRAME_MAX, arena, &back),
                     OKR_ERR_LIMIT);
    assert_int_equal(okr_arena_used(arena), used);
}

static void damage_is_noticed(void **state)
{
    (void)state;
    struct okr_slice back, small = squeezed(okr_slice_of(zeros, 4096));
    uint8_t bytes[128];
    assert_true(small.len + 8 < sizeof bytes);
    for (size_t len = 0; len < small.len; len++)
        assert_int_not_equal(
            okr_unsqueeze(okr_slice_sub(small, 0, len), 4096, arena, &back),
            OKR_OK);
    memcpy(bytes, small.data, small.len);
    bytes[small.len] = 0; /* something behind the frame */
    assert_int_equal(
        okr_unsqueeze(okr_slice_of(bytes, small.len + 1), 4096, arena, &back),
        OKR_ERR_FORMAT);
    bytes[0] = OKR_DICTIONARY + 1;
    assert_int_equal(
        okr_unsqueeze(okr_slice_of(bytes, small.len), 4096, arena, &back),
        OKR_ERR_VERSION);
    bytes[0] = OKR_DICTIONARY;
    for (size_t i = 1; i < small.len; i++) {
        bytes[i] ^= 0x10; /* any byte: an error, or other bytes; no fault */
        (void)!okr_unsqueeze(okr_slice_of(bytes, small.len), 4096, arena,
                             &back);
        bytes[i] ^= 0x10;
    }
}

/* A frame that does not say how much it holds: magic, no content size, a
 * window, one raw block "abc". */
static void the_size_is_stated(void **state)
{
    (void)state;
    static const uint8_t frame[] = {
        OKR_DICTIONARY, 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58,
        0x19,           0,    0,    'a',  'b',  'c'};
    struct okr_slice back;
    assert_int_equal(
        okr_unsqueeze(okr_slice_of(frame, sizeof frame), 4096, arena, &back),
        OKR_ERR_FORMAT);
}

/* ---- in frames ----------------------------------------------------------- */

static struct okr_slice page_of(size_t n, uint8_t dictionary)
{
    static struct okr_row rows[200];
    struct okr_section section = {.scope = 8, .rows = rows, .n_rows = n};
    struct okr_msg msg = {.type = OKR_MSG_PAGE,
                          .dictionary = dictionary,
                          .u.page = {.sections = &section, .n_sections = 1}};
    struct okr_buf buf;
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct okr_row){
            .id = {{1, [15] = (uint8_t)i}}, .kind = 11, .elsn = i + 1};
    okr_buf_init(&buf, arena);
    okr_msg_encode(&msg, &buf);
    assert_int_equal(buf.err, OKR_OK);
    return okr_buf_slice(&buf);
}

static void large_pages_are_compressed(void **state)
{
    (void)state;
    struct okr_slice plain = page_of(200, 0);
    struct okr_slice small = page_of(200, OKR_DICTIONARY);
    struct okr_msg *a, *b;
    assert_int_equal(plain.data[3], 0);
    assert_int_equal(small.data[3], 1);
    assert_true(small.len < plain.len / 2);
    assert_int_equal(okr_msg_decode(plain, arena, &a), OKR_OK);
    assert_int_equal(okr_msg_decode(small, arena, &b), OKR_OK);
    assert_int_equal(b->u.page.sections[0].n_rows, 200);
    for (size_t i = 0; i < 200; i++)
        assert_memory_equal(&a->u.page.sections[0].rows[i].id,
                            &b->u.page.sections[0].rows[i].id, OKR_ID_LEN);
    okr_again_msg(small, false);
    assert_int_equal(page_of(2, OKR_DICTIONARY).data[3], 0);
}

/* The flag on a body that is none. */
static void a_wrong_flag_is_refused(void **state)
{
    (void)state;
    struct okr_slice plain = page_of(20, 0);
    struct okr_msg *msg;
    uint8_t *bytes = okr_arena_alloc(arena, plain.len);
    assert_non_null(bytes);
    memcpy(bytes, plain.data, plain.len);
    bytes[3] = 1;
    assert_int_not_equal(
        okr_msg_decode(okr_slice_of(bytes, plain.len), arena, &msg), OKR_OK);
    bytes[3] = 2; /* a newer peer's flag */
    assert_int_equal(
        okr_msg_decode(okr_slice_of(bytes, plain.len), arena, &msg), OKR_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_new, arena_gone)
    const struct CMUnitTest tests[] = {
        TEST(there_and_back),          TEST(what_would_grow_stays),
        TEST(a_bomb_is_refused),       TEST(damage_is_noticed),
        TEST(the_size_is_stated),      TEST(large_pages_are_compressed),
        TEST(a_wrong_flag_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
