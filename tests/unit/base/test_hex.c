/* Hexadecimal, base64 and base32: one text for each value, no other. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/buf.h"
#include "common/base/hex.h"

#define S(s) OKR_SLICE_LIT(s)

static void hex_is_lower_case_and_terminated(void **state)
{
    (void)state;
    char out[7] = "??????";
    okr_hex_encode(S("\x00\x9f\xff"), out);
    assert_string_equal(out, "009fff");
    okr_hex_encode(OKR_SLICE_NONE, out);
    assert_string_equal(out, "");
}

static void hex_reads_either_case_and_nothing_else(void **state)
{
    (void)state;
    uint8_t out[2] = {1, 2};
    static const char *const bad[] = {
        "",     "0",    "00f",  "00fff", "00ffa0", "00f ", "0x0f",
        "00fg", "00f/", "00f:", "00f@",  "00f`",   "00fG"};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(okr_hex_decode(okr_slice_str(bad[i]), out, 2),
                         OKR_ERR_FORMAT);
        assert_int_equal(out[0], 1);
        assert_int_equal(out[1], 2);
    }
    assert_int_equal(okr_hex_decode(S("aFc0"), out, 2), OKR_OK);
    assert_int_equal(out[0], 0xaf);
    assert_int_equal(out[1], 0xc0);
    /* 2·len must not wrap round to the length of the text */
    assert_int_equal(okr_hex_decode(S("ab"), out, SIZE_MAX / 2 + 2),
                     OKR_ERR_FORMAT);
}

/* All 256 bytes at both places: the digits and their ends, nothing beside. */
static void hex_digits_are_these_and_no_others(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    for (unsigned c = 0; c < 256; c++) {
        const char *at = c == 0 ? NULL : strchr(digits, (int)c);
        const char first[] = {(char)c, '0'}, second[] = {'0', (char)c};
        uint8_t out = 0;
        enum okr_err want = at == NULL ? OKR_ERR_FORMAT : OKR_OK;
        unsigned value = at == NULL ? 0 : (unsigned)(at - digits) % 16;
        assert_int_equal(okr_hex_decode(okr_slice_of(first, 2), &out, 1), want);
        assert_int_equal(out, value * 16);
        out = 0;
        assert_int_equal(okr_hex_decode(okr_slice_of(second, 2), &out, 1),
                         want);
        assert_int_equal(out, value);
    }
}

typedef enum okr_err (*decoder)(struct okr_slice, struct okr_buf *);
typedef void (*encoder)(struct okr_slice, struct okr_buf *);

static void assert_form(encoder encode, decoder decode, struct okr_slice plain,
                        const char *text)
{
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    encode(plain, &buf);
    assert_true(okr_slice_is(okr_buf_slice(&buf), text));
    okr_buf_close(&buf);
    assert_int_equal(decode(okr_slice_str(text), &buf), OKR_OK);
    assert_true(okr_slice_eq(okr_buf_slice(&buf), plain));
    okr_buf_close(&buf);
}

/* What was in the buffer before must stay, and nothing come behind it. */
static void assert_refused(decoder decode, struct okr_slice text)
{
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    okr_buf_put(&buf, S("before"));
    assert_int_equal(decode(text, &buf), OKR_ERR_FORMAT);
    assert_true(okr_slice_is(okr_buf_slice(&buf), "before"));
    assert_int_equal(buf.err, OKR_OK);
    okr_buf_close(&buf);
}

/* The vectors of RFC 4648, section 10. */
static void base64_of_the_rfc(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (unsigned i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_form(okr_base64_encode, okr_base64_decode,
                    okr_slice_str(vectors[i][0]), vectors[i][1]);
    assert_form(okr_base64_encode, okr_base64_decode,
                S("\x00\x10\x83\xff\xff\xfe"), "ABCD///+");
}

/* Each of these some decoder in the wild accepts; then one signature has
 * many texts, and comparing texts tells nothing. */
static void base64_sloppy_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Zg",    "Zg=",     "Zg===",    "Zg====",     "=",     "==",
        "===",   "====",    "Z===",     "Zm9v=",      "Zm8",   "Zh==",
        "Zm9=",  "Zm9vYg=", "Zm9v\n",   "Zm9vYg==\n", " Zg==", "Zg== ",
        "Zm 9v", "Z=g=",    "Zg==Zg==", "Zm9v====",   "Zm-_",  "Zm9\xc3",
        "Zm9vZ", "Zm9vZg",  "Zm9*",     "Zm9.",       "A",
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(okr_base64_decode, okr_slice_str(bad[i]));
    assert_refused(okr_base64_decode, S("Zm9v\0\0\0\0"));
}

/* Of all texts of four characters that share two, one and only one decodes
 * to any given byte: checked over all 64·64 beginnings of "xx==". */
static void base64_has_one_text_for_each_byte(void **state)
{
    (void)state;
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned seen[256] = {0};
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    for (unsigned i = 0; i < 64 * 64; i++) {
        char text[] = {chars[i / 64], chars[i % 64], '=', '='};
        buf.len = 0;
        if (okr_base64_decode(okr_slice_of(text, 4), &buf) == OKR_OK) {
            assert_int_equal(buf.len, 1);
            seen[buf.data[0]]++;
        }
    }
    for (unsigned i = 0; i < 256; i++)
        assert_int_equal(seen[i], 1);
    okr_buf_close(&buf);
}

static void base32_of_known_values(void **state)
{
    (void)state;
    assert_form(okr_base32_encode, okr_base32_decode, OKR_SLICE_NONE, "");
    assert_form(okr_base32_encode, okr_base32_decode, S("\x00"), "00");
    assert_form(okr_base32_encode, okr_base32_decode, S("\xff"), "zw");
    assert_form(okr_base32_encode, okr_base32_decode, S("foobar"),
                "csqpyrk1e8");
    assert_form(okr_base32_encode, okr_base32_decode, S("\xff\xff\xff\xff\xff"),
                "zzzzzzzz");
    assert_form(okr_base32_encode, okr_base32_decode,
                S("\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf"
                  "\x84\x65\x3a\x56\xd7\xc6\x75\xbe\x77\xdf"),
                "0123456789abcdefghjkmnpqrstvwxyz");
}

/* A token is read aloud and typed: o for 0, l and I for 1, capitals. */
static void base32_forgives_what_people_confuse(void **state)
{
    (void)state;
    struct okr_buf a, b;
    okr_buf_init(&a, NULL);
    okr_buf_init(&b, NULL);
    assert_int_equal(okr_base32_decode(S("OoIiLlZz"), &a), OKR_OK);
    assert_int_equal(okr_base32_decode(S("001111zz"), &b), OKR_OK);
    assert_true(okr_slice_eq(okr_buf_slice(&a), okr_buf_slice(&b)));
    okr_buf_close(&a);
    okr_buf_close(&b);
}

static void base32_capitals_read_as_small_letters(void **state)
{
    (void)state;
    for (char c = 'a'; c <= 'z'; c++) {
        const char small[] = {c, '0'}, capital[] = {(char)(c - 'a' + 'A'), '0'};
        struct okr_buf a, b;
        okr_buf_init(&a, NULL);
        okr_buf_init(&b, NULL);
        enum okr_err err = okr_base32_decode(okr_slice_of(small, 2), &a);
        assert_int_equal(err, c == 'u' ? OKR_ERR_FORMAT : OKR_OK);
        assert_int_equal(okr_base32_decode(okr_slice_of(capital, 2), &b), err);
        assert_true(okr_slice_eq(okr_buf_slice(&a), okr_buf_slice(&b)));
        okr_buf_close(&a);
        okr_buf_close(&b);
    }
}

static void base32_sloppy_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "0",  "000", "000000", "zz",  "01", "zx",    "u0",        "0U",
        "0-", "0 ",  "00=",    "0\n", "0{", "0\xff", "zzzzzzzzz", "00000000u",
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(okr_base32_decode, okr_slice_str(bad[i]));
    assert_refused(okr_base32_decode, S("0\0"));
}

static void every_length_comes_back(void **state)
{
    (void)state;
    uint8_t plain[64];
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 37 + 200);
    for (size_t len = 0; len <= sizeof plain; len++) {
        struct okr_slice s = okr_slice_of(plain, len);
        struct okr_buf text, back;
        okr_buf_init(&text, NULL);
        okr_buf_init(&back, NULL);
        okr_base64_encode(s, &text);
        assert_int_equal(text.len, (len + 2) / 3 * 4);
        assert_int_equal(okr_base64_decode(okr_buf_slice(&text), &back),
                         OKR_OK);
        assert_true(okr_slice_eq(okr_buf_slice(&back), s));
        text.len = back.len = 0;
        okr_base32_encode(s, &text);
        assert_int_equal(text.len, (len * 8 + 4) / 5);
        assert_int_equal(okr_base32_decode(okr_buf_slice(&text), &back),
                         OKR_OK);
        assert_true(okr_slice_eq(okr_buf_slice(&back), s));
        okr_buf_close(&text);
        okr_buf_close(&back);
    }
}

static void no_memory_is_reported(void **state)
{
    (void)state;
    struct okr_arena *arena = NULL;
    struct okr_buf buf;
    assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena), OKR_OK);
    okr_buf_init(&buf, arena);
    okr_arena_fail_at(arena, 1);
    assert_int_equal(okr_base64_decode(S("Zm9v"), &buf), OKR_ERR_NOMEM);
    assert_int_equal(buf.err, OKR_ERR_NOMEM);
    okr_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_is_lower_case_and_terminated),
        cmocka_unit_test(hex_reads_either_case_and_nothing_else),
        cmocka_unit_test(hex_digits_are_these_and_no_others),
        cmocka_unit_test(base64_of_the_rfc),
        cmocka_unit_test(base64_sloppy_forms_are_refused),
        cmocka_unit_test(base64_has_one_text_for_each_byte),
        cmocka_unit_test(base32_of_known_values),
        cmocka_unit_test(base32_forgives_what_people_confuse),
        cmocka_unit_test(base32_capitals_read_as_small_letters),
        cmocka_unit_test(base32_sloppy_forms_are_refused),
        cmocka_unit_test(every_length_comes_back),
        cmocka_unit_test(no_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
