/* Key files as text: the stored form, and damage of every byte noticed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/crypto/hash.h"
#include "common/crypto/keyfile_seal.h"
#include "common/crypto/keyfile_text.h"

#define S(s) OKR_SLICE_LIT(s)
#define HEAD                        \
    "okr-key 1\nkind site\npublic " \
    "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664\n"
#define PLAIN      \
    HEAD "secret " \
         "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\n"
#define SALT "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define NONCE "505152535455565758595a5b5c5d5e5f6061626364656667"
#define BOX                                                            \
    "490198e071ce8c534720b5ac9d8cc3f0760ae433f219686c0dc365073f64ea5e" \
    "852a0ccc33b74ccd5d39c0f90bd910e5"
#define SEALED_WITH(ops, mem) \
    HEAD "sealed " SALT " " ops " " mem " " NONCE " " BOX "\n"
/* Made by another program, with the lowest limits so that tests are fast. */
#define SEALED SEALED_WITH("1", "8192")
#define PHRASE "correct horse"

static int start(void **state)
{
    (void)state;
    okr_crypto_init();
    return 0;
}

static const uint8_t secret[32] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                   12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                                   23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

static enum okr_err parse(struct okr_slice text, const char *phrase,
                          uint8_t out[32])
{
    const char *why = NULL;
    enum okr_err err =
        okr_keyfile_text_parse(text, OKR_KEY_SITE, phrase, out, &why);
    if (err != OKR_OK)
        assert_true(why != NULL && why[0] != '\0');
    return err;
}

static void assert_error(struct okr_slice text, enum okr_err want)
{
    uint8_t out[32] = {0x55};
    assert_int_equal(parse(text, PHRASE, out), want);
    assert_int_equal(out[0], 0x55);
}

static void golden_plain_form(void **state)
{
    (void)state;
    uint8_t memory[OKR_KEYFILE_BYTES_MAX], out[32];
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, memory, sizeof memory);
    assert_int_equal(okr_keyfile_text(OKR_KEY_SITE, secret, NULL, &buf),
                     OKR_OK);
    assert_true(okr_slice_is(okr_buf_slice(&buf), PLAIN));
    assert_int_equal(parse(S(PLAIN), NULL, out), OKR_OK);
    assert_memory_equal(out, secret, sizeof out);
    assert_int_equal(parse(S(PLAIN), "not needed", out), OKR_OK);
}

/* A key for a link shows the key that the other side of CURVE must know. */
static void link_keys_show_their_curve_key(void **state)
{
    (void)state;
    uint8_t memory[OKR_KEYFILE_BYTES_MAX];
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, memory, sizeof memory);
    assert_int_equal(okr_keyfile_text(OKR_KEY_LINK, secret, NULL, &buf),
                     OKR_OK);
    assert_true(okr_slice_starts(
        okr_buf_slice(&buf),
        S("okr-key 1\nkind link\npublic 07a37cbc142093c8b755dc1b10e86cb4"
          "26374ad16aa853ed0bdfc0b2b86d1c7c\nsecret 0102")));
}

/* Whoever sealed a key years ago must still get at it. */
static void golden_sealed_form(void **state)
{
    (void)state;
    uint8_t out[32] = {0};
    assert_int_equal(parse(S(SEALED), PHRASE, out), OKR_OK);
    assert_memory_equal(out, secret, sizeof out);
    assert_error(S(SEALED_WITH("2", "8192")), OKR_ERR_DENIED);
    assert_error(S(SEALED_WITH("1", "9216")), OKR_ERR_DENIED);
    assert_int_equal(parse(S(SEALED), NULL, out), OKR_ERR_DENIED);
    assert_int_equal(parse(S(SEALED), "", out), OKR_ERR_DENIED);
}

/* Fresh salt and nonce: with equal ones equal keys would be seen, and two
 * boxes under one nonce give away the difference of their secrets. */
static void sealing_twice_gives_two_texts(void **state)
{
    (void)state;
    struct okr_sealed a, b;
    uint8_t out[32] = {0};
    assert_int_equal(okr_keyfile_seal(secret, PHRASE, &a), OKR_OK);
    assert_int_equal(okr_keyfile_seal(secret, PHRASE, &b), OKR_OK);
    assert_memory_not_equal(a.salt, b.salt, sizeof a.salt);
    assert_memory_not_equal(a.nonce, b.nonce, sizeof a.nonce);
    assert_memory_not_equal(a.box, b.box, sizeof a.box);
    assert_true(a.ops >= 2 && a.mem_bytes >= UINT64_C(64) << 20);
    assert_int_equal(okr_keyfile_unseal(&a, PHRASE, out), OKR_OK);
    assert_memory_equal(out, secret, sizeof out);
}

static void a_sealed_text_shows_no_secret(void **state)
{
    (void)state;
    uint8_t memory[OKR_KEYFILE_BYTES_MAX + 1] = {0};
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, memory, OKR_KEYFILE_BYTES_MAX);
    assert_int_equal(okr_keyfile_text(OKR_KEY_LOG, secret, PHRASE, &buf),
                     OKR_OK);
    const char *text = (const char *)memory;
    assert_non_null(strstr(text, "sealed "));
    assert_null(strstr(text, "secret"));
    assert_null(strstr(text, "01020304"));
    assert_null(strstr(text, PHRASE));
}

/* A file from elsewhere must not make us take all memory, or hours. */
static void limits_are_bounded_before_use(void **state)
{
    (void)state;
    assert_error(S(SEALED_WITH("0", "8192")), OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("5", "8192")), OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("4294967297", "8192")), OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("18446744073709551617", "8192")),
                 OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("1", "8191")), OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("1", "268435457")), OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("1", "4398046511104")), OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("-1", "8192")), OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("1.5", "8192")), OKR_ERR_FORMAT);
    assert_error(S(SEALED_WITH("1", "")), OKR_ERR_FORMAT);
    struct okr_sealed sealed = {.ops = 4, .mem_bytes = 256 << 20};
    assert_true(okr_sealed_valid(&sealed));
}

/* Each bit of each byte: refused, or else the very same secret (the case of
 * hexadecimal digits says nothing, nor does less than a KiB of memory). */
static void assert_damage_is_noticed(const char *golden, const char *phrase)
{
    char text[OKR_KEYFILE_BYTES_MAX];
    const size_t len = strlen(golden);
    unsigned accepted = 0;
    memcpy(text, golden, len);
    for (size_t bit = 0; bit < len * 8; bit++) {
        uint8_t out[32];
        text[bit / 8] = (char)(golden[bit / 8] ^ 1 << bit % 8);
        if (parse(okr_slice_of(text, len), phrase, out) == OKR_OK) {
            assert_memory_equal(out, secret, sizeof out);
            accepted++;
        }
        text[bit / 8] = golden[bit / 8];
    }
    assert_true(accepted < len / 2);
}

static void damage_is_noticed(void **state)
{
    (void)state;
    assert_damage_is_noticed(PLAIN, NULL);
    assert_damage_is_noticed(SEALED, PHRASE);
}

static void every_cut_and_every_addition_is_damage(void **state)
{
    (void)state;
    static const char *const golden[] = {PLAIN, SEALED};
    for (unsigned g = 0; g < 2; g++)
        for (size_t len = 0; len < strlen(golden[g]); len++)
            assert_error(okr_slice_of(golden[g], len), OKR_ERR_FORMAT);
    assert_error(S(PLAIN "\n"), OKR_ERR_FORMAT);
    assert_error(S(PLAIN "\0"), OKR_ERR_FORMAT);
    assert_error(S(PLAIN "more 1\n"), OKR_ERR_FORMAT);
    assert_error(S(PLAIN PLAIN), OKR_ERR_FORMAT);
    assert_error(S(" " PLAIN), OKR_ERR_FORMAT);
    assert_error(S("\xef\xbb\xbf" PLAIN), OKR_ERR_FORMAT);
    assert_error(S("okr-key 1\r\n"), OKR_ERR_FORMAT);
}

static void a_newer_file_asks_for_an_upgrade(void **state)
{
    (void)state;
    assert_error(S("okr-key 2\nanything at all"), OKR_ERR_VERSION);
    assert_error(S("okr-key 17\n"), OKR_ERR_VERSION);
    assert_error(S("okr-key 0\n"), OKR_ERR_FORMAT);
    assert_error(S("okr-key -2\n"), OKR_ERR_FORMAT);
    assert_error(S("okr-key x\n"), OKR_ERR_FORMAT);
    assert_error(S("-----BEGIN OPENSSH PRIVATE KEY-----\n"), OKR_ERR_FORMAT);
}

/* Signing with one key and showing another would be found out by others
 * only, much later. */
static void a_foreign_public_key_is_damage(void **state)
{
    (void)state;
    assert_error(
        S("okr-key 1\nkind site\npublic "
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\n"
          "secret "
          "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\n"),
        OKR_ERR_FORMAT);
}

static void another_kind_is_named_as_such(void **state)
{
    (void)state;
    uint8_t out[32];
    const char *why = NULL;
    assert_int_equal(
        okr_keyfile_text_parse(S(PLAIN), OKR_KEY_LOG, NULL, out, &why),
        OKR_ERR_FORMAT);
    assert_non_null(strstr(why, "another kind"));
}

static void too_little_room_is_an_error(void **state)
{
    (void)state;
    uint8_t memory[64];
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, memory, sizeof memory);
    assert_int_equal(okr_keyfile_text(OKR_KEY_SITE, secret, NULL, &buf),
                     OKR_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_plain_form),
        cmocka_unit_test(link_keys_show_their_curve_key),
        cmocka_unit_test(golden_sealed_form),
        cmocka_unit_test(sealing_twice_gives_two_texts),
        cmocka_unit_test(a_sealed_text_shows_no_secret),
        cmocka_unit_test(limits_are_bounded_before_use),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(every_cut_and_every_addition_is_damage),
        cmocka_unit_test(a_newer_file_asks_for_an_upgrade),
        cmocka_unit_test(a_foreign_public_key_is_damage),
        cmocka_unit_test(another_kind_is_named_as_such),
        cmocka_unit_test(too_little_room_is_an_error),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
