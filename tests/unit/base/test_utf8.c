/* UTF-8: every character there is, every way to get it wrong, and widths. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/utf8.h"
#include "tests/lib/death.h"

#define S(s) OKR_SLICE_LIT(s)

/* An encoder of its own, from the table in RFC 3629, section 3. */
static size_t put_char(uint32_t c, uint8_t out[4])
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
    out[0] = (uint8_t)(lead[len] | c);
    return len;
}

static void every_character_is_valid_and_comes_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint8_t bytes[4];
        struct okr_slice s = okr_slice_of(bytes, put_char(c, bytes));
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        if (okr_utf8_valid(s) == surrogate)
            fail_msg("U+%04X", c);
        if (surrogate)
            continue;
        struct okr_slice rest = s;
        if (okr_utf8_next(&rest) != c || rest.len != 0)
            fail_msg("U+%04X comes back as something else", c);
        if (s.len > 1 && okr_utf8_valid(okr_slice_sub(s, 0, s.len - 1)))
            fail_msg("U+%04X is valid without its end", c);
    }
}

/* Table 3-7 of the Unicode standard as ranges of second bytes: counts what
 * is valid among all pairs and triples, so that no hole and no excess hides. */
static void counts_of_valid_sequences_are_right(void **state)
{
    (void)state;
    size_t pairs = 0, triples = 0;
    for (uint32_t i = 0; i < 1u << 16; i++) {
        const uint8_t pair[] = {(uint8_t)(i >> 8), (uint8_t)i};
        pairs += okr_utf8_valid(okr_slice_of(pair, 2));
    }
    for (uint32_t i = 0xe0; i < 0xf0; i++)
        for (uint32_t k = 0; k < 1u << 16; k++) {
            const uint8_t triple[] = {(uint8_t)i, (uint8_t)(k >> 8),
                                      (uint8_t)k};
            triples += okr_utf8_valid(okr_slice_of(triple, 3));
        }
    for (unsigned lead = 0x80; lead < 0x100; lead++) {
        const uint8_t four[] = {(uint8_t)lead, 0x90, 0x80, 0x80};
        bool valid = lead >= 0xf0 && lead <= 0xf3;
        assert_int_equal(okr_utf8_valid(okr_slice_of(four, 4)), valid);
    }
    assert_int_equal(pairs, 128 * 128 + (0x800 - 0x80));
    assert_int_equal(triples, 0x10000 - 0x800 - 0x800);
}

static void malformed_text_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80", /* continuation alone */
        "\xbf",
        "\xc0\xaf", /* over-long '/' */
        "\xc1\xbf",
        "\xe0\x80\xaf",
        "\xe0\x9f\xbf",
        "\xf0\x80\x80\xaf",
        "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80", /* surrogates */
        "\xed\xbf\xbf",
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "\xf8\x88\x80\x80\x80", /* five bytes */
        "\xc3",                 /* cut */
        "\xe2\x82",
        "\xf0\x9f\x98",
        "\xc3(", /* continuation missing */
        "\xe2\x28\xa1",
        "ok\xe2\x82",
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(okr_utf8_valid(okr_slice_str(bad[i])));
    assert_true(okr_utf8_valid(OKR_SLICE_NONE));
    assert_true(okr_utf8_valid(S("a\0b")));
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(okr_utf8_count(OKR_SLICE_NONE), 0);
    assert_int_equal(okr_utf8_count(S("Größe")), 5);
    assert_int_equal(okr_utf8_count(S("目標")), 2);
    assert_int_equal(okr_utf8_count(S("😀")), 1);
}

/* Columns as terminals draw them; a wrong one shears the CLI's tables. */
static void width_is_in_columns(void **state)
{
    (void)state;
    assert_int_equal(okr_utf8_width(S("")), 0);
    assert_int_equal(okr_utf8_width(S("Key result ~")), 12);
    assert_int_equal(okr_utf8_width(S("Größe")), 5);
    assert_int_equal(okr_utf8_width(S("e\xcc\x81")), 1); /* e + acute */
    assert_int_equal(okr_utf8_width(S("目標")), 4);
    assert_int_equal(okr_utf8_width(S("목표")), 4);
    assert_int_equal(okr_utf8_width(S("ｶﾅ")), 2); /* half width */
    assert_int_equal(okr_utf8_width(S("Ａ")), 2); /* full width */
    assert_int_equal(okr_utf8_width(S("😀✅")), 4);
    assert_int_equal(okr_utf8_width(S("✓→…–€")), 5);
    assert_int_equal(okr_utf8_width(S("a\xe2\x80\x8b"
                                      "b")),
                     2); /* U+200B */
    assert_int_equal(okr_utf8_width(S("\xe2\x9d\xa4\xef\xb8\x8f")), 1);
    assert_int_equal(okr_utf8_width(S("\xf0\xa0\x80\x80")), 2); /* U+20000 */
    assert_int_equal(okr_utf8_width(S("\xf3\xa0\x84\x80")), 0); /* U+E0100 */
    assert_int_equal(okr_utf8_width(S("цель")), 4);
    assert_int_equal(okr_utf8_width(S("\x1b\t\x7f")), 0);
}

static void fit_splits_no_character(void **state)
{
    (void)state;
    struct okr_slice s = S("a目e\xcc\x81😀");
    static const char *const want[] = {
        "",
        "a",
        "a",
        "a目",
        "a目e\xcc\x81",
        "a目e\xcc\x81",
        "a目e\xcc\x81😀",
        "a目e\xcc\x81😀",
    };
    for (size_t columns = 0; columns < 8; columns++) {
        struct okr_slice got = okr_utf8_fit(s, columns);
        assert_true(okr_slice_is(got, want[columns]));
        assert_true(okr_utf8_width(got) <= columns);
    }
    assert_int_equal(okr_utf8_fit(OKR_SLICE_NONE, 5).len, 0);
}

static void walk_over_damage(void)
{
    struct okr_slice s = S("\xff");
    (void)okr_utf8_next(&s);
}

static void walk_over_the_end(void)
{
    struct okr_slice s = OKR_SLICE_NONE;
    (void)okr_utf8_next(&s);
}

static void walking_unchecked_text_is_a_bug(void **state)
{
    (void)state;
    assert_true(okr_death_of(walk_over_damage, NULL));
    assert_true(okr_death_of(walk_over_the_end, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_is_valid_and_comes_back),
        cmocka_unit_test(counts_of_valid_sequences_are_right),
        cmocka_unit_test(malformed_text_is_refused),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(width_is_in_columns),
        cmocka_unit_test(fit_splits_no_character),
        cmocka_unit_test(walking_unchecked_text_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
