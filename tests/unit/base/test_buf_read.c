/* The reader against every cut and every sloppy form of what was written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/buf.h"

#define S(s) OKR_SLICE_LIT(s)

static const uint64_t numbers[] = {
    0,
    1,
    127,
    128,
    255,
    16383,
    16384,
    UINT32_MAX,
    (uint64_t)INT64_MAX,
    (uint64_t)INT64_MAX + 1,
    UINT64_MAX,
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

static void what_was_written_is_read(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NUMBERS; i++) {
        uint64_t v = numbers[i];
        struct okr_buf buf;
        okr_buf_init(&buf, NULL);
        okr_buf_u8(&buf, (uint8_t)v);
        okr_buf_u16(&buf, (uint16_t)v);
        okr_buf_u32(&buf, (uint32_t)v);
        okr_buf_u64(&buf, v);
        okr_buf_varint(&buf, v);
        okr_buf_zigzag(&buf, (int64_t)v);
        okr_buf_zigzag(&buf, -(int64_t)(v / 2));
        okr_buf_block(&buf, S("text"));
        struct okr_reader r = okr_reader_of(okr_buf_slice(&buf));
        assert_int_equal(okr_reader_u8(&r), (uint8_t)v);
        assert_int_equal(okr_reader_u16(&r), (uint16_t)v);
        assert_int_equal(okr_reader_u32(&r), (uint32_t)v);
        assert_true(okr_reader_u64(&r) == v);
        assert_true(okr_reader_varint(&r) == v);
        assert_true(okr_reader_zigzag(&r) == (int64_t)v);
        assert_true(okr_reader_zigzag(&r) == -(int64_t)(v / 2));
        assert_true(okr_slice_is(okr_reader_block(&r), "text"));
        assert_int_equal(okr_reader_end(&r), OKR_OK);
        okr_buf_close(&buf);
    }
}

/* Every cut of a good record: reading on must give nothing and an error. */
static void every_cut_is_noticed(void **state)
{
    (void)state;
    struct okr_slice whole = S("\x01\x02\x03\x04\x05\x06\x07\x80\x01\x03"
                               "abc");
    for (size_t len = 0; len <= whole.len; len++) {
        struct okr_reader r = okr_reader_of(okr_slice_sub(whole, 0, len));
        (void)okr_reader_u8(&r);
        (void)okr_reader_u16(&r);
        (void)okr_reader_u32(&r);
        (void)okr_reader_varint(&r);
        (void)okr_reader_block(&r);
        assert_int_equal(okr_reader_end(&r) == OKR_OK, len == whole.len);
    }
}

static void bytes_left_over_are_an_error(void **state)
{
    (void)state;
    struct okr_reader r = okr_reader_of(S("\x01\x02"));
    assert_int_equal(okr_reader_u8(&r), 1);
    assert_int_equal(r.err, OKR_OK);
    assert_int_equal(okr_reader_end(&r), OKR_ERR_FORMAT);
    r = okr_reader_of(OKR_SLICE_NONE);
    assert_int_equal(okr_reader_end(&r), OKR_OK);
}

/* A number that failed must not be followed by one read from its middle. */
static void failure_sticks(void **state)
{
    (void)state;
    struct okr_reader r = okr_reader_of(S("\x01\x02\x03"));
    assert_int_equal(okr_reader_u32(&r), 0);
    assert_int_equal(r.err, OKR_ERR_FORMAT);
    assert_int_equal(okr_reader_u8(&r), 0);
    assert_int_equal(okr_reader_u16(&r), 0);
    assert_int_equal(okr_reader_u64(&r), 0);
    assert_int_equal(okr_reader_varint(&r), 0);
    assert_int_equal(okr_reader_zigzag(&r), 0);
    assert_int_equal(okr_reader_take(&r, 1).len, 0);
    assert_int_equal(okr_reader_block(&r).len, 0);
    assert_int_equal(okr_reader_end(&r), OKR_ERR_FORMAT);
}

static void assert_no_varint(struct okr_slice s)
{
    struct okr_reader r = okr_reader_of(s);
    assert_int_equal(okr_reader_varint(&r), 0);
    assert_int_equal(r.err, OKR_ERR_FORMAT);
}

/* One number, one form: else two stores with equal content have different
 * digests.  And no bit may be lost beyond the 64th. */
static void sloppy_varints_are_refused(void **state)
{
    (void)state;
    assert_no_varint(S(""));
    assert_no_varint(S("\x80"));
    assert_no_varint(S("\x80\x00"));
    assert_no_varint(S("\xff\x80\x00"));
    assert_no_varint(S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
    assert_no_varint(S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"));
    assert_no_varint(S("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"));
    assert_no_varint(S("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"));
}

/* A length near 2^64 must not wrap round when it is added to something. */
static void block_longer_than_the_rest_is_refused(void **state)
{
    (void)state;
    static const struct okr_slice bad[] = {
        {(const uint8_t *)"\x02z", 2},
        {(const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01z", 11},
        {(const uint8_t *)"\xff\xff\xff\xff\x0fz", 6},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct okr_reader r = okr_reader_of(bad[i]);
        struct okr_slice got = okr_reader_block(&r);
        assert_int_equal(got.len, 0);
        assert_int_equal(r.err, OKR_ERR_FORMAT);
    }
    struct okr_reader r = okr_reader_of(S("abc"));
    assert_int_equal(okr_reader_take(&r, SIZE_MAX).len, 0);
    assert_int_equal(r.err, OKR_ERR_FORMAT);
}

static void taking_nothing_at_the_end_is_fine(void **state)
{
    (void)state;
    struct okr_reader r = okr_reader_of(S("\x00"));
    assert_int_equal(okr_reader_block(&r).len, 0);
    assert_int_equal(okr_reader_take(&r, 0).len, 0);
    assert_int_equal(okr_reader_end(&r), OKR_OK);
}

static void fixed_layouts_need_no_alignment(void **state)
{
    (void)state;
    uint8_t at[16] = {0};
    okr_be_put64(at + 1, UINT64_C(0xf102030405060708));
    assert_int_equal(at[1], 0xf1);
    assert_int_equal(at[8], 8);
    assert_true(okr_be_get64(at + 1) == UINT64_C(0xf102030405060708));
    assert_int_equal(okr_be_get32(at + 1), 0xf1020304);
    assert_int_equal(okr_be_get16(at + 1), 0xf102);
    okr_be_put32(at + 3, 0x89abcdef);
    okr_be_put16(at + 7, 0xfedc);
    assert_true(okr_be_get64(at + 1) == UINT64_C(0xf10289abcdeffedc));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(bytes_left_over_are_an_error),
        cmocka_unit_test(failure_sticks),
        cmocka_unit_test(sloppy_varints_are_refused),
        cmocka_unit_test(block_longer_than_the_rest_is_refused),
        cmocka_unit_test(taking_nothing_at_the_end_is_fine),
        cmocka_unit_test(fixed_layouts_need_no_alignment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
