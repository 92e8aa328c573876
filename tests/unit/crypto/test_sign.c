/* Signatures: published vectors, and every kind of forgery refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/buf.h"
#include "common/base/hex.h"
#include "common/crypto/hash.h"
#include "common/crypto/sign.h"

#define S(s) OKR_SLICE_LIT(s)

static int start(void **state)
{
    (void)state;
    okr_crypto_init();
    return 0;
}

static void unhex(const char *hex, uint8_t *out, size_t len)
{
    assert_int_equal(okr_hex_decode(okr_slice_str(hex), out, len), OKR_OK);
}

static struct okr_sk *key_of(const char *seed_hex)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    struct okr_sk *sk = NULL;
    unhex(seed_hex, seed, sizeof seed);
    assert_int_equal(okr_sk_from_seed(seed, &sk), OKR_OK);
    assert_memory_equal(okr_sk_seed(sk), seed, sizeof seed);
    return sk;
}

struct vector {
    const char *seed, *pk, *message, *sig;
};

/* RFC 8032, 7.1: TEST 1, 2, 3. */
static const struct vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb882159"
     "0"
     "a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43"
     "e"
     "15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538"
     "d"
     "16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static void vectors_of_the_rfc(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        const struct vector *v = &vectors[i];
        uint8_t message[2], pk[OKR_SIGN_PK_LEN], sig[OKR_SIGN_LEN];
        size_t len = strlen(v->message) / 2;
        unhex(v->message, message, len);
        unhex(v->pk, pk, sizeof pk);
        unhex(v->sig, sig, sizeof sig);
        struct okr_sk *sk = key_of(v->seed);
        struct okr_pk got_pk = okr_sk_public(sk);
        struct okr_sig got = okr_sign(sk, okr_slice_of(message, len));
        assert_memory_equal(got_pk.b, pk, sizeof pk);
        assert_memory_equal(got.b, sig, sizeof sig);
        assert_true(okr_sign_check(&got_pk, okr_slice_of(message, len), &got));
        okr_sk_free(&sk);
        assert_null(sk);
    }
}

/* A checkpoint's text signed by a key with a fixed seed: what is stored and
 * published today must verify for ever. */
static void signature_of_a_checkpoint(void **state)
{
    (void)state;
    struct okr_slice text = S("okr.example/audit/epoch-1\n8\n"
                              "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n");
    struct okr_slice line =
        S("VW/fiBzfCvbHkRo0cju4UjP3Zbxa4XVFrG37h4cyVNRIxHXzQXOnhj5lkmeB/x6e"
          "LWwSzEvHu2IBmLeIQ0tTog3LDwo=");
    struct okr_buf want; /* a key id of 4 bytes, then the signature */
    okr_buf_init(&want, NULL);
    assert_int_equal(okr_base64_decode(line, &want), OKR_OK);
    assert_int_equal(want.len, 4 + OKR_SIGN_LEN);
    struct okr_sk *sk = key_of("2dfff68fa6d261a0c4dbc41c95020ca7"
                               "b6e4d4714bfdcdab749f8a25c559b1a3");
    struct okr_sig got = okr_sign(sk, text);
    assert_memory_equal(got.b, want.data + 4, OKR_SIGN_LEN);
    okr_sk_free(&sk);
    okr_buf_close(&want);
}

struct signed_text {
    struct okr_pk pk;
    uint8_t text[40];
    struct okr_sig sig;
};

static struct signed_text signed_example(void)
{
    struct signed_text s;
    struct okr_sk *sk = key_of(vectors[1].seed);
    for (size_t i = 0; i < sizeof s.text; i++)
        s.text[i] = (uint8_t)i;
    s.pk = okr_sk_public(sk);
    s.sig = okr_sign(sk, okr_slice_of(s.text, sizeof s.text));
    okr_sk_free(&sk);
    return s;
}

static bool holds(const struct signed_text *s)
{
    return okr_sign_check(&s->pk, okr_slice_of(s->text, sizeof s->text),
                          &s->sig);
}

/* Every bit of signature, text and key counts. */
static void any_flipped_bit_is_noticed(void **state)
{
    (void)state;
    struct signed_text s = signed_example();
    assert_true(holds(&s));
    uint8_t *const parts[] = {s.pk.b, s.text, s.sig.b};
    const size_t lens[] = {sizeof s.pk.b, sizeof s.text, sizeof s.sig.b};
    for (unsigned p = 0; p < 3; p++)
        for (size_t bit = 0; bit < lens[p] * 8; bit++) {
            parts[p][bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(holds(&s));
            parts[p][bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    assert_true(holds(&s));
}

static void a_cut_or_longer_text_is_noticed(void **state)
{
    (void)state;
    struct signed_text s = signed_example();
    for (size_t len = 0; len < sizeof s.text; len++)
        assert_false(okr_sign_check(&s.pk, okr_slice_of(s.text, len), &s.sig));
    uint8_t longer[sizeof s.text + 1] = {0};
    memcpy(longer, s.text, sizeof s.text);
    assert_false(
        okr_sign_check(&s.pk, okr_slice_of(longer, sizeof longer), &s.sig));
}

/* S and S + L fit the same equation; whoever accepts both lets anyone make a
 * second signature of a signed thing, and with it a second hash. */
static void a_signature_has_no_second_form(void **state)
{
    (void)state;
    struct signed_text s = signed_example();
    uint8_t order[32];
    unhex("edd3f55c1a631258d69cf7a2def9de14"
          "00000000000000000000000000000010",
          order, sizeof order);
    unsigned carry = 0;
    for (unsigned i = 0; i < 32; i++) {
        carry += s.sig.b[32 + i] + (unsigned)order[i];
        s.sig.b[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(carry, 0);
    assert_false(holds(&s));
}

/* With a key of small order one signature fits every text. */
static void keys_of_small_order_are_refused(void **state)
{
    (void)state;
    struct signed_text s = signed_example();
    memset(&s.sig, 0, sizeof s.sig);
    s.sig.b[0] = 1;
    for (unsigned first = 0; first < 2; first++) {
        memset(&s.pk, 0, sizeof s.pk);
        s.pk.b[0] = (uint8_t)first;
        assert_false(holds(&s));
    }
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    struct okr_sk *sk = NULL;
    okr_sk_free(&sk);
    assert_null(sk);
}

/* RFC 7748, 6.1: Alice and Bob. */
static void curve_public_of_the_rfc(void **state)
{
    (void)state;
    uint8_t secret[OKR_CURVE_LEN], want[OKR_CURVE_LEN], got[OKR_CURVE_LEN];
    unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
          secret, sizeof secret);
    unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
          want, sizeof want);
    okr_curve_public(secret, got);
    assert_memory_equal(got, want, sizeof want);
    unhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
          secret, sizeof secret);
    unhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
          want, sizeof want);
    okr_curve_public(secret, got);
    assert_memory_equal(got, want, sizeof want);
}

/* People compare these by eye and on the phone: the form is a promise. */
static void fingerprint_has_its_form(void **state)
{
    (void)state;
    char out[OKR_FINGERPRINT_LEN];
    uint8_t pk[OKR_SIGN_PK_LEN];
    unhex("eaba5ce63ffaff7006ba56d427f7990462a4038d02e7895ca7bd32c8ca61ec95",
          pk, sizeof pk);
    okr_fingerprint(okr_slice_of(pk, sizeof pk), out);
    assert_string_equal(out, "101f-71ct-rbaa-vng9-2cf6-29pw-2320-gsfx");
    pk[31] ^= 1;
    okr_fingerprint(okr_slice_of(pk, sizeof pk), out);
    assert_string_not_equal(out, "101f-71ct-rbaa-vng9-2cf6-29pw-2320-gsfx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_rfc),
        cmocka_unit_test(signature_of_a_checkpoint),
        cmocka_unit_test(any_flipped_bit_is_noticed),
        cmocka_unit_test(a_cut_or_longer_text_is_noticed),
        cmocka_unit_test(a_signature_has_no_second_form),
        cmocka_unit_test(keys_of_small_order_are_refused),
        cmocka_unit_test(freeing_nothing_is_fine),
        cmocka_unit_test(curve_public_of_the_rfc),
        cmocka_unit_test(fingerprint_has_its_form),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
