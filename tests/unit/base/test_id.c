/* Identifiers are UUIDs of version 7 and sort by their time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/id.h"

static const uint8_t none[10];
static const uint8_t full[10] = {255, 255, 255, 255, 255,
                                 255, 255, 255, 255, 255};

static void assert_made(okr_us now, const uint8_t random[10], const char *want)
{
    struct okr_id id = okr_id_make(now, random);
    char hex[OKR_ID_HEX];
    okr_id_hex(&id, hex);
    assert_string_equal(hex, want);
}

/* The example of RFC 9562, appendix A.6. */
static void made_as_the_rfc_shows(void **state)
{
    (void)state;
    static const uint8_t random[10] = {0x0c, 0xc3, 0x18, 0xc4, 0xdc,
                                       0x0c, 0x0c, 0x07, 0x39, 0x8f};
    assert_made(INT64_C(0x017f22e279b0) * 1000, random,
                "017f22e279b07cc398c4dc0c0c07398f");
}

static void only_version_and_variant_are_fixed(void **state)
{
    (void)state;
    assert_made(0, none, "00000000000070008000000000000000");
    assert_made(0, full, "0000000000007fffbfffffffffffffff");
}

static void time_is_cut_to_milliseconds(void **state)
{
    (void)state;
    assert_made(1999, none, "00000000000170008000000000000000");
    assert_made(2000, none, "00000000000270008000000000000000");
    assert_made(-5, none, "00000000000070008000000000000000");
    /* beyond 48 bits the time wraps, it does not spill into the version */
    assert_made(INT64_MAX, none, "c49ba5e353f770008000000000000000");
}

/* New ones sort behind old ones, so inserts go to the end of a B-tree. */
static void later_sorts_behind(void **state)
{
    (void)state;
    okr_us times[] = {0,
                      1000,
                      255000,
                      256000,
                      INT64_C(1760000000000000),
                      INT64_C(1760000000001000)};
    for (unsigned i = 0; i + 1 < sizeof times / sizeof times[0]; i++) {
        struct okr_id a = okr_id_make(times[i], full);
        struct okr_id b = okr_id_make(times[i + 1], none);
        assert_true(okr_id_cmp(&a, &b) < 0);
        assert_true(okr_id_cmp(&b, &a) > 0);
        assert_false(okr_id_eq(&a, &b));
    }
}

static void taken_only_from_sixteen_bytes(void **state)
{
    (void)state;
    static const uint8_t bytes[17] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct okr_id id = {{0xee}};
    assert_int_equal(okr_id_from(okr_slice_of(bytes, 15), &id), OKR_ERR_FORMAT);
    assert_int_equal(okr_id_from(okr_slice_of(bytes, 17), &id), OKR_ERR_FORMAT);
    assert_int_equal(okr_id_from(OKR_SLICE_NONE, &id), OKR_ERR_FORMAT);
    assert_int_equal(id.b[0], 0xee);
    assert_int_equal(okr_id_from(okr_slice_of(bytes, 16), &id), OKR_OK);
    assert_true(okr_slice_eq(okr_id_slice(&id), okr_slice_of(bytes, 16)));
}

static void zero_means_every_byte(void **state)
{
    (void)state;
    struct okr_id id = {{0}};
    assert_true(okr_id_is_zero(&id));
    for (unsigned i = 0; i < OKR_ID_LEN; i++) {
        id.b[i] = 0x80;
        assert_false(okr_id_is_zero(&id));
        id.b[i] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_as_the_rfc_shows),
        cmocka_unit_test(only_version_and_variant_are_fixed),
        cmocka_unit_test(time_is_cut_to_milliseconds),
        cmocka_unit_test(later_sorts_behind),
        cmocka_unit_test(taken_only_from_sixteen_bytes),
        cmocka_unit_test(zero_means_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
