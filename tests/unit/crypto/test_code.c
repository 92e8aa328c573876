/* The one-use code: one form, forgiving to type, and slips are seen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/hex.h"
#include "common/crypto/code.h"

/* Computed by another program (Python's hashlib) from the bytes 0 … 9. */
#define TEXT "000g4-0r40m-30e20-93y10"
#define ID "bb29451e57334c8e"
#define KEY_START "cada72abfd213ae8f4f74e92dc04450f"

static int start(void **state)
{
    (void)state;
    okr_crypto_init();
    return 0;
}

static void count_up(uint8_t code[OKR_CODE_LEN])
{
    for (unsigned i = 0; i < OKR_CODE_LEN; i++)
        code[i] = (uint8_t)i;
}

static void it_has_one_form(void **state)
{
    (void)state;
    uint8_t code[OKR_CODE_LEN], id[OKR_CODE_ID_LEN];
    char text[OKR_CODE_TEXT], hex[2 * OKR_SHA256_LEN + 1];
    count_up(code);
    okr_code_format(code, text);
    assert_string_equal(text, TEXT);
    okr_code_id(code, id);
    okr_hex_encode(okr_slice_of(id, sizeof id), hex);
    assert_string_equal(hex, ID);
    struct okr_hash key = okr_code_key(code);
    okr_hex_encode(okr_slice_of(key.b, sizeof key.b), hex);
    assert_memory_equal(hex, KEY_START, sizeof KEY_START - 1);
}

static void it_is_read_as_people_type(void **state)
{
    (void)state;
    static const char *const typed[] = {TEXT, "000g40r40m30e2093y10",
                                        "OOOG4-OR4OM-3OE2O-93YLO",
                                        "  000g4 0r40m 30e20 93y10\n"};
    uint8_t code[OKR_CODE_LEN], wanted[OKR_CODE_LEN];
    count_up(wanted);
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        memset(code, 0xff, sizeof code);
        assert_int_equal(okr_code_parse(okr_slice_str(typed[i]), code), OKR_OK);
        assert_memory_equal(code, wanted, sizeof code);
    }
}

static void slips_are_seen(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        enum okr_err err;
    } slips[] = {
        {"", OKR_ERR_FORMAT},
        {"000g4-0r40m-30e20-93y1", OKR_ERR_FORMAT},   /* cut */
        {TEXT "0", OKR_ERR_FORMAT},                   /* one too many */
        {"000g4-0r40m-30e20-93yu0", OKR_ERR_FORMAT},  /* no such letter */
        {"000g5-0r40m-30e20-93y10", OKR_ERR_CORRUPT}, /* another letter */
        {"0r40m-000g4-30e20-93y10", OKR_ERR_CORRUPT}, /* another order */
    };
    uint8_t code[OKR_CODE_LEN] = {0x42};
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        assert_int_equal(okr_code_parse(okr_slice_str(slips[i].typed), code),
                         slips[i].err);
        assert_int_equal(code[0], 0x42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_one_form),
        cmocka_unit_test(it_is_read_as_people_type),
        cmocka_unit_test(slips_are_seen),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
