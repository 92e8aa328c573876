/* Hashes against published vectors, and digests of sets as sums. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/hex.h"
#include "common/crypto/hash.h"

#define S(s) OKR_SLICE_LIT(s)

static int start(void **state)
{
    (void)state;
    okr_crypto_init();
    okr_crypto_init(); /* twice does no harm */
    return 0;
}

static void assert_hash(struct okr_hash hash, const char *want)
{
    char hex[2 * OKR_SHA256_LEN + 1];
    okr_hex_encode(okr_slice_of(hash.b, sizeof hash.b), hex);
    assert_string_equal(hex, want);
}

/* FIPS 180-4 examples; nothing must be hashed as nothing. */
static void sha256_vectors(void **state)
{
    (void)state;
    assert_hash(okr_sha256(OKR_SLICE_NONE), "e3b0c44298fc1c149afbf4c8996fb924"
                                            "27ae41e4649b934ca495991b7852b855");
    assert_hash(okr_sha256(S("abc")), "ba7816bf8f01cfea414140de5dae2223"
                                      "b00361a396177a9cb410ff61f20015ad");
}

static void parts_are_hashed_as_one(void **state)
{
    (void)state;
    struct okr_slice whole = S("one behind the other");
    struct okr_hash want = okr_sha256(whole);
    for (size_t i = 0; i <= whole.len; i++) {
        struct okr_slice parts[] = {okr_slice_sub(whole, 0, i), OKR_SLICE_NONE,
                                    okr_slice_sub(whole, i, whole.len)};
        struct okr_hash got = okr_sha256_parts(parts, 3);
        assert_true(okr_hash_eq(&got, &want));
    }
    struct okr_hash none = okr_sha256_parts(NULL, 0);
    struct okr_hash empty = okr_sha256(OKR_SLICE_NONE);
    assert_true(okr_hash_eq(&none, &empty));
}

static void hashes_differ_by_any_byte(void **state)
{
    (void)state;
    struct okr_hash a = okr_sha256(S("a")), b = a;
    for (unsigned i = 0; i < OKR_SHA256_LEN; i++) {
        b.b[i] ^= 1;
        assert_false(okr_hash_eq(&a, &b));
        b.b[i] ^= 1;
    }
    assert_true(okr_hash_eq(&a, &b));
}

/* RFC 4231, cases 1, 2 and 6: keys below and above the size of a block. */
static void hmac_vectors(void **state)
{
    (void)state;
    uint8_t key[131];
    memset(key, 0x0b, sizeof key);
    assert_hash(okr_hmac(okr_slice_of(key, 20), S("Hi There")),
                "b0344c61d8db38535ca8afceaf0bf12b"
                "881dc200c9833da726e9376c2e32cff7");
    assert_hash(okr_hmac(S("Jefe"), S("what do ya want for nothing?")),
                "5bdcc146bf60754e6a042426089575c7"
                "5a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    assert_hash(okr_hmac(okr_slice_of(key, sizeof key),
                         S("Test Using Larger Than Block-Size Key - "
                           "Hash Key First")),
                "60e431591ee0b67f0d8a26aacbf5b77f"
                "8e0bc6213728c5140546040f0ee37f54");
}

static void assert_b2(struct okr_slice s, const char *want)
{
    uint8_t out[OKR_B2_LEN];
    char hex[2 * OKR_B2_LEN + 1];
    okr_blake2b(s, out);
    okr_hex_encode(okr_slice_of(out, sizeof out), hex);
    assert_string_equal(hex, want);
}

/* Python's hashlib.blake2b(…, digest_size=16): the length is part of what is
 * hashed, so a cut BLAKE2b-256 is something else. */
static void blake2b_vectors(void **state)
{
    (void)state;
    assert_b2(OKR_SLICE_NONE, "cae66941d9efbd404e4d88758ea67670");
    assert_b2(S("abc"), "cf4ab791c62b8d2b2109c90275287816");
}

static struct okr_digest digest(const char *record)
{
    uint8_t out[OKR_B2_LEN];
    okr_blake2b(okr_slice_str(record), out);
    return okr_digest_of(out);
}

static void assert_digest(const struct okr_digest *sum, const char *want)
{
    uint8_t out[OKR_B2_LEN];
    char hex[2 * OKR_B2_LEN + 1];
    okr_digest_bytes(sum, out);
    okr_hex_encode(okr_slice_of(out, sizeof out), hex);
    assert_string_equal(hex, want);
}

/* Two sites compare these bytes: both must take them for little-endian. */
static void digest_of_a_set_is_the_sum(void **state)
{
    (void)state;
    struct okr_digest sum = {0, 0}, a = digest("a"), b = digest("b");
    assert_digest(&sum, "00000000000000000000000000000000");
    okr_digest_add(&sum, &a);
    assert_digest(&sum, "27c35e6e9373877f29e562464e46497e");
    okr_digest_add(&sum, &b);
    assert_digest(&sum, "bdda89bae6aab35039923fc969444d96");
}

static void members_come_and_go_in_any_order(void **state)
{
    (void)state;
    struct okr_digest a = digest("a"), b = digest("b"), c = digest("c");
    struct okr_digest left = a, right = c;
    okr_digest_add(&left, &b);
    okr_digest_add(&left, &c);
    okr_digest_add(&right, &a);
    okr_digest_add(&right, &b);
    assert_true(okr_digest_eq(&left, &right));
    okr_digest_sub(&left, &a);
    okr_digest_sub(&left, &c);
    assert_true(okr_digest_eq(&left, &b));
    assert_false(okr_digest_eq(&left, &right));
}

static void sums_carry_and_wrap(void **state)
{
    (void)state;
    const struct okr_digest one = {1, 0}, all = {UINT64_MAX, UINT64_MAX};
    struct okr_digest sum = {UINT64_MAX, 4};
    okr_digest_add(&sum, &one);
    assert_true(okr_digest_eq(&sum, &(struct okr_digest){0, 5}));
    okr_digest_sub(&sum, &one);
    assert_true(okr_digest_eq(&sum, &(struct okr_digest){UINT64_MAX, 4}));
    const struct okr_digest high = {0, 1}; /* adds no carry of its own */
    sum = (struct okr_digest){7, 1};
    okr_digest_add(&sum, &high);
    assert_true(okr_digest_eq(&sum, &(struct okr_digest){7, 2}));
    okr_digest_sub(&sum, &high);
    assert_true(okr_digest_eq(&sum, &(struct okr_digest){7, 1}));
    assert_false(okr_digest_eq(&sum, &(struct okr_digest){7, 0}));
    assert_false(okr_digest_eq(&sum, &(struct okr_digest){6, 1}));
    sum = all;
    okr_digest_add(&sum, &one);
    assert_true(okr_digest_eq(&sum, &(struct okr_digest){0, 0}));
    okr_digest_sub(&sum, &one);
    assert_true(okr_digest_eq(&sum, &all));
    okr_digest_add(&sum, &all);
    assert_digest(&sum, "feffffffffffffffffffffffffffffff");
}

static void secrets_are_compared_whole_and_wiped(void **state)
{
    (void)state;
    uint8_t a[32], b[32];
    memset(a, 7, sizeof a);
    memcpy(b, a, sizeof b);
    assert_true(okr_equal_secret(a, b, sizeof a));
    for (size_t i = 0; i < sizeof b; i++) {
        b[i] ^= 0x80;
        assert_false(okr_equal_secret(a, b, sizeof a));
        assert_true(okr_equal_secret(a, b, i));
        b[i] ^= 0x80;
    }
    okr_wipe(a, sizeof a - 1);
    for (size_t i = 0; i + 1 < sizeof a; i++)
        assert_int_equal(a[i], 0);
    assert_int_equal(a[31], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(parts_are_hashed_as_one),
        cmocka_unit_test(hashes_differ_by_any_byte),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(blake2b_vectors),
        cmocka_unit_test(digest_of_a_set_is_the_sum),
        cmocka_unit_test(members_come_and_go_in_any_order),
        cmocka_unit_test(sums_carry_and_wrap),
        cmocka_unit_test(secrets_are_compared_whole_and_wiped),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
