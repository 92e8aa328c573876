/* The writer: the exact bytes, growth, and the error that sticks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/buf.h"

static void assert_bytes(const struct okr_buf *buf, struct okr_slice want)
{
    struct okr_slice got = okr_buf_slice(buf);
    assert_int_equal(buf->err, OKR_OK);
    assert_int_equal(got.len, want.len);
    if (want.len > 0)
        assert_memory_equal(got.data, want.data, want.len);
}

#define WROTE(buf, bytes) assert_bytes(buf, OKR_SLICE_LIT(bytes))

/* The bytes are the stored format: both ends agreeing is not enough. */
static void numbers_are_big_endian(void **state)
{
    (void)state;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    WROTE(&buf, "");
    okr_buf_u8(&buf, 0xfe);
    okr_buf_u16(&buf, 0x0102);
    okr_buf_u32(&buf, 0x03040506);
    okr_buf_u64(&buf, UINT64_C(0x8708090a0b0c0d0e));
    WROTE(&buf, "\xfe\x01\x02\x03\x04\x05\x06\x87\x08\x09\x0a\x0b\x0c\x0d\x0e");
    okr_buf_close(&buf);
    WROTE(&buf, "");
}

static void varint_groups_of_seven_bits(void **state)
{
    (void)state;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    okr_buf_varint(&buf, 0);
    okr_buf_varint(&buf, 127);
    okr_buf_varint(&buf, 128);
    okr_buf_varint(&buf, 300);
    WROTE(&buf, "\x00\x7f\x80\x01\xac\x02");
    okr_buf_close(&buf);
    okr_buf_varint(&buf, UINT64_MAX);
    WROTE(&buf, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    okr_buf_close(&buf);
}

static void zigzag_keeps_small_negatives_small(void **state)
{
    (void)state;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    okr_buf_zigzag(&buf, 0);
    okr_buf_zigzag(&buf, -1);
    okr_buf_zigzag(&buf, 1);
    okr_buf_zigzag(&buf, -64);
    WROTE(&buf, "\x00\x01\x02\x7f");
    okr_buf_close(&buf);
    okr_buf_zigzag(&buf, INT64_MIN);
    WROTE(&buf, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    okr_buf_close(&buf);
}

static void block_is_length_then_bytes(void **state)
{
    (void)state;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    okr_buf_block(&buf, OKR_SLICE_LIT("abc"));
    okr_buf_block(&buf, OKR_SLICE_NONE);
    WROTE(&buf, "\x03"
                "abc\x00");
    okr_buf_close(&buf);
}

/* printf's NUL needs room that put does not: at the edge of the capacity one
 * byte too few was reserved, or the NUL became part of the text. */
static void printf_leaves_no_nul_at_any_fill(void **state)
{
    (void)state;
    for (size_t fill = 0; fill < 200; fill++) {
        struct okr_buf buf;
        okr_buf_init(&buf, NULL);
        for (size_t i = 0; i < fill; i++)
            okr_buf_u8(&buf, '.');
        okr_buf_printf(&buf, "%s%d", "kr", 42);
        okr_buf_printf(&buf, "%s", "");
        okr_buf_u8(&buf, '!');
        assert_int_equal(buf.len, fill + 5);
        assert_memory_equal(buf.data + fill, "kr42!", 5);
        okr_buf_close(&buf);
    }
}

static void fill_and_compare(struct okr_buf *buf)
{
    for (uint32_t i = 0; i < 20000; i++)
        okr_buf_u32(buf, i);
    assert_int_equal(buf->err, OKR_OK);
    assert_int_equal(buf->len, 80000);
    for (uint32_t i = 0; i < 20000; i++)
        assert_int_equal(okr_be_get32(buf->data + 4 * (size_t)i), i);
}

static void growing_keeps_what_was_written(void **state)
{
    (void)state;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    fill_and_compare(&buf);
    okr_buf_close(&buf);

    struct okr_arena *arena = NULL;
    assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena), OKR_OK);
    okr_buf_init(&buf, arena);
    fill_and_compare(&buf);
    okr_buf_close(&buf); /* frees nothing: the arena owns it */
    okr_buf_u8(&buf, 1);
    assert_int_equal(buf.len, 1);
    okr_arena_free(&arena);
}

/* From any fill, by more than twice and by less, on the heap and in an arena:
 * what was there stays. */
static void growing_by_any_step(void **state)
{
    (void)state;
    uint8_t step[1000];
    memset(step, 's', sizeof step);
    for (size_t fill = 0; fill < 130; fill++) {
        struct okr_arena *arena = NULL;
        assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena), OKR_OK);
        for (unsigned k = 0; k < 2; k++) {
            struct okr_buf buf;
            okr_buf_init(&buf, k == 0 ? NULL : arena);
            for (size_t i = 0; i < fill; i++)
                okr_buf_u8(&buf, (uint8_t)i);
            okr_buf_put(&buf, okr_slice_of(step, sizeof step));
            assert_int_equal(buf.err, OKR_OK);
            assert_int_equal(buf.len, fill + sizeof step);
            for (size_t i = 0; i < fill; i++)
                assert_int_equal(buf.data[i], i);
            assert_memory_equal(buf.data + fill, step, sizeof step);
            okr_buf_close(&buf);
        }
        okr_arena_free(&arena);
    }
}

/* A hole in the middle would be worse than an end that is missing: after a
 * failure not even something small that fits may be written. */
static void out_of_memory_sticks(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 4; n++) {
        struct okr_arena *arena = NULL;
        struct okr_buf buf;
        assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena), OKR_OK);
        okr_buf_init(&buf, arena);
        okr_arena_fail_at(arena, n);
        size_t before = 0;
        for (unsigned i = 0; buf.err == OKR_OK && i < 10000; i++) {
            before = buf.len;
            okr_buf_put(&buf, OKR_SLICE_LIT("0123456789"));
        }
        assert_int_equal(buf.err, OKR_ERR_NOMEM);
        assert_int_equal(buf.len, before);
        okr_buf_u8(&buf, 1);
        okr_buf_printf(&buf, "%d", 1);
        assert_int_equal(buf.len, before);
        assert_int_equal(buf.err, OKR_ERR_NOMEM);
        okr_arena_free(&arena);
    }
}

static void impossible_length_fails(void **state)
{
    (void)state;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    okr_buf_u8(&buf, 1);
    struct okr_slice endless = {(const uint8_t *)"", SIZE_MAX / 2};
    okr_buf_put(&buf, endless);
    assert_int_equal(buf.err, OKR_ERR_NOMEM);
    okr_buf_close(&buf);
    assert_int_equal(buf.err, OKR_OK);
    okr_buf_close(NULL);
}

/* Secrets are written so: no copy of them may stay behind on the heap, and
 * nothing be written behind the end. */
static void fixed_memory_is_not_left(void **state)
{
    (void)state;
    uint8_t memory[9] = "........!";
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, memory, 8);
    okr_buf_u64(&buf, UINT64_C(0x4142434445464748));
    assert_int_equal(buf.err, OKR_OK);
    assert_ptr_equal(buf.data, memory);
    okr_buf_u8(&buf, 'x');
    assert_int_equal(buf.err, OKR_ERR_LIMIT);
    assert_int_equal(buf.len, 8);
    assert_memory_equal(memory, "ABCDEFGH!", 9);
    okr_buf_close(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_big_endian),
        cmocka_unit_test(varint_groups_of_seven_bits),
        cmocka_unit_test(zigzag_keeps_small_negatives_small),
        cmocka_unit_test(block_is_length_then_bytes),
        cmocka_unit_test(printf_leaves_no_nul_at_any_fill),
        cmocka_unit_test(growing_keeps_what_was_written),
        cmocka_unit_test(growing_by_any_step),
        cmocka_unit_test(out_of_memory_sticks),
        cmocka_unit_test(impossible_length_fails),
        cmocka_unit_test(fixed_memory_is_not_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
