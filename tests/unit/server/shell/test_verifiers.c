/* Whatever the number of threads, every claim is checked once, and rightly. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/crypto/hash.h"
#include "server/shell/verifiers.h"

#define OK(call) assert_int_equal(call, OKR_OK)
enum { CLAIMS = 40, ROUNDS = 3 };

static struct okr_sign_claim claims[CLAIMS];
static struct okr_sign_claim *list[CLAIMS];

static bool is_good(size_t i)
{
    return i % 3 != 1;
}

static void make_claims(void)
{
    static const uint8_t seed[OKR_SIGN_SEED_LEN] = {7};
    struct okr_sk *sk;
    OK(okr_sk_from_seed(seed, &sk));
    const struct okr_pk pk = okr_sk_public(sk);
    for (size_t i = 0; i < CLAIMS; i++) {
        const uint8_t text[2] = {(uint8_t)i, (uint8_t)(i >> 8)};
        struct okr_slice message = okr_slice_of(text, sizeof text);
        struct okr_sig sig = okr_sign(sk, message);
        sig.b[i % OKR_SIGN_LEN] ^= is_good(i) ? 0 : 1;
        claims[i] = okr_sign_claim_of(&pk, message, &sig);
        assert_false(claims[i].holds);
        list[i] = &claims[i];
    }
    okr_sk_free(&sk);
}

static void every_claim_is_checked(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads < 4; threads++) {
        struct okr_verifiers *verifiers;
        OK(okr_verifiers_open(threads, &verifiers));
        assert_int_equal(okr_verifiers_threads(verifiers), threads);
        okr_verifiers_run(verifiers, list, 0);
        for (int round = 0; round < ROUNDS; round++) {
            make_claims();
            okr_verifiers_run(verifiers, list, CLAIMS);
            for (size_t i = 0; i < CLAIMS; i++)
                assert_true(claims[i].holds == is_good(i));
        }
        okr_verifiers_close(&verifiers);
        assert_null(verifiers);
    }
}

/* The word of a claim counts for the very same bytes only. */
static void a_claim_speaks_for_its_own_bytes(void **state)
{
    (void)state;
    make_claims();
    for (size_t i = 0; i < CLAIMS; i++)
        claims[i].holds = true; /* also those that do not */
    const struct okr_sign_claims known = {claims, CLAIMS};
    const struct okr_sign_claims none = {0};
    const struct okr_sign_claim *forged = &claims[1], *good = &claims[0];
    struct okr_slice text = okr_slice_of(forged->message, forged->len);
    assert_true(
        okr_sign_check_claimed(&known, &forged->pk, text, &forged->sig));
    assert_false(
        okr_sign_check_claimed(&none, &forged->pk, text, &forged->sig));
    struct okr_pk other = forged->pk;
    other.b[0] ^= 1;
    assert_false(okr_sign_check_claimed(&known, &other, text, &forged->sig));
    assert_false(okr_sign_check_claimed(&known, &forged->pk, text, &good->sig));
    text = okr_slice_of(good->message, good->len);
    assert_false(
        okr_sign_check_claimed(&known, &forged->pk, text, &forged->sig));
    claims[1].holds = false;
    text = okr_slice_of(forged->message, forged->len);
    assert_false(
        okr_sign_check_claimed(&known, &forged->pk, text, &forged->sig));
    text = okr_slice_of(good->message, good->len);
    assert_true(okr_sign_check_claimed(&none, &good->pk, text, &good->sig));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_claim_is_checked),
        cmocka_unit_test(a_claim_speaks_for_its_own_bytes),
    };
    okr_crypto_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
