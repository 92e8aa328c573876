/* Seals: every flipped bit is found, wherever it is.  And keys. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/crypto/hash.h"
#include "common/store/key.h"
#include "common/store/seal.h"
#include "tests/lib/death.h"
#include "tests/lib/store.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define LIT(s) OKR_SLICE_LIT(s)
#define T OKR_TABLE_META

static void assert_slice(struct okr_slice got, struct okr_slice want)
{
    assert_int_equal(got.len, want.len);
    if (want.len > 0)
        assert_memory_equal(got.data, want.data, want.len);
}

static struct okr_slice sealed(struct okr_buf *buf, struct okr_slice key,
                               struct okr_slice value)
{
    okr_buf_init(buf, NULL);
    okr_buf_put(buf, value);
    okr_seal(T, key, buf);
    OK(buf->err);
    return okr_buf_slice(buf);
}

static void the_value_comes_back(void **state)
{
    (void)state;
    static const char *const values[] = {"", "x", "a value of some length"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct okr_buf buf;
        struct okr_slice want = okr_slice_str(values[i]), got;
        struct okr_slice row = sealed(&buf, LIT("key"), want);
        assert_int_equal(row.len, want.len + OKR_SEAL_LEN);
        OK(okr_unseal(T, LIT("key"), row, &got));
        assert_slice(got, want);
        okr_buf_close(&buf);
    }
}

/* The form is what is on people's disks: it must not change by accident. */
static void the_form_is_the_documented_one(void **state)
{
    (void)state;
    uint8_t bytes[4 + 1 + 3 + OKR_B2_LEN], want[OKR_B2_LEN];
    memcpy(bytes, "meta\0key", 8);
    okr_blake2b(LIT("value"), bytes + 8);
    okr_blake2b(okr_slice_of(bytes, sizeof bytes), want);
    struct okr_buf buf;
    struct okr_slice row = sealed(&buf, LIT("key"), LIT("value"));
    assert_memory_equal(row.data, "value", 5);
    assert_memory_equal(row.data + 5, want, OKR_SEAL_LEN);
    okr_buf_close(&buf);
}

static void assert_damaged(enum okr_table table, struct okr_slice key,
                           struct okr_slice row)
{
    struct okr_slice got = LIT("untouched");
    assert_int_equal(okr_unseal(table, key, row, &got), OKR_ERR_CORRUPT);
    assert_slice(got, LIT("untouched"));
}

static void every_flipped_bit_is_found(void **state)
{
    (void)state;
    uint8_t key[] = "key";
    struct okr_slice whole = okr_slice_of(key, 3);
    struct okr_buf buf;
    struct okr_slice row = sealed(&buf, whole, LIT("some value"));
    for (size_t bit = 0; bit < 8 * row.len; bit++) {
        buf.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_damaged(T, whole, row);
        buf.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * whole.len; bit++) {
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_damaged(T, whole, row);
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len < row.len; len++)
        assert_damaged(T, whole, okr_slice_sub(row, 0, len));
    assert_damaged(OKR_TABLE_SCOPE, whole, row);
    okr_buf_close(&buf);
}

/* A byte that moved from the key into the value, or from the table's word
 * into the key, is damage too. */
static void parts_do_not_run_into_each_other(void **state)
{
    (void)state;
    struct okr_buf buf;
    struct okr_slice row = sealed(&buf, LIT("ab"), LIT("c"));
    struct okr_slice sum = okr_slice_sub(row, 1, OKR_SEAL_LEN);
    struct okr_buf moved;
    okr_buf_init(&moved, NULL);
    okr_buf_put(&moved, LIT("bc"));
    okr_buf_put(&moved, sum);
    assert_damaged(T, LIT("a"), okr_buf_slice(&moved));
    okr_buf_close(&moved);
    okr_buf_close(&buf);
}

static void through_the_store(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_slice got = LIT("untouched");
    assert_int_equal(okr_sealed_get(s->txn, T, LIT("k"), &got),
                     OKR_ERR_NOTFOUND);
    struct okr_buf buf;
    okr_buf_init(&buf, s->arena);
    okr_buf_put(&buf, LIT("v"));
    OK(okr_sealed_put(s->txn, T, LIT("k"), &buf));
    OK(okr_sealed_get(s->txn, T, LIT("k"), &got));
    assert_slice(got, LIT("v"));
    OK(okr_kv_put(s->txn, T, LIT("k"), LIT("v1234")));
    assert_int_equal(okr_sealed_get(s->txn, T, LIT("k"), &got),
                     OKR_ERR_CORRUPT);
    /* A row that did not fit is not put. */
    uint8_t small[3];
    okr_buf_init_fixed(&buf, small, sizeof small);
    okr_buf_put(&buf, LIT("v"));
    assert_int_equal(okr_sealed_put(s->txn, T, LIT("l"), &buf), OKR_ERR_LIMIT);
    assert_int_equal(okr_kv_get(s->txn, T, LIT("l"), NULL), OKR_ERR_NOTFOUND);
}

static void keys_sort_as_numbers(void **state)
{
    (void)state;
    struct okr_key small = {0}, large = {0};
    okr_key_u32(&small, 0xff);
    okr_key_u32(&large, 0x100);
    assert_true(okr_slice_cmp(okr_key_slice(&small), okr_key_slice(&large)) <
                0);
    struct okr_key key = {0};
    struct okr_id id = {{0xaa}};
    okr_key_u16(&key, 0x0102);
    okr_key_u64(&key, UINT64_C(0x030405060708090a));
    okr_key_id(&key, &id);
    okr_key_put(&key, LIT("z"));
    okr_key_put(&key, OKR_SLICE_NONE);
    static const uint8_t want[] = {1,  2,    3, 4, 5, 6, 7, 8, 9,
                                   10, 0xaa, 0, 0, 0, 0, 0, 0, 0,
                                   0,  0,    0, 0, 0, 0, 0, 0, 'z'};
    assert_slice(okr_key_slice(&key), okr_slice_of(want, sizeof want));
}

static void overflow(void)
{
    struct okr_key key = {0};
    for (size_t i = 0; i <= OKR_KEY_MAX / 8; i++)
        okr_key_u64(&key, i);
}

static void a_key_too_long_is_a_bug(void **state)
{
    (void)state;
    assert_true(okr_death_of(overflow, NULL));
}

static int set_up(void **state)
{
    static struct okr_test_store store;
    store = (struct okr_test_store){0};
    okr_test_store_open(&store);
    *state = &store;
    return 0;
}

static int tear_down(void **state)
{
    okr_test_store_close(*state);
    return 0;
}

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_value_comes_back),
        cmocka_unit_test(the_form_is_the_documented_one),
        cmocka_unit_test(every_flipped_bit_is_found),
        cmocka_unit_test(parts_do_not_run_into_each_other),
        cmocka_unit_test_setup_teardown(through_the_store, set_up, tear_down),
        cmocka_unit_test(keys_sort_as_numbers),
        cmocka_unit_test(a_key_too_long_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
