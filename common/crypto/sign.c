/* Signatures, the public key of a link, and fingerprints. */
#include "common/crypto/sign.h"

#include <sodium.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/base/hex.h"
#include "common/crypto/hash.h"

_Static_assert(OKR_SIGN_LEN == crypto_sign_BYTES, "signature");
_Static_assert(OKR_SIGN_PK_LEN == crypto_sign_PUBLICKEYBYTES, "public key");
_Static_assert(OKR_SIGN_SEED_LEN == crypto_sign_SEEDBYTES, "seed");
_Static_assert(OKR_CURVE_LEN == crypto_scalarmult_BYTES, "CURVE");
_Static_assert(OKR_CURVE_LEN == crypto_scalarmult_SCALARBYTES, "CURVE");

/* As libsodium keeps it: the seed, then the public key. */
struct okr_sk {
    uint8_t seed[OKR_SIGN_SEED_LEN];
    uint8_t pk[OKR_SIGN_PK_LEN];
};
_Static_assert(sizeof(struct okr_sk) == crypto_sign_SECRETKEYBYTES, "key");

enum okr_err okr_sk_from_seed(const uint8_t seed[OKR_SIGN_SEED_LEN],
                              struct okr_sk **ret_sk)
{
    OKR_ASSERT(seed != NULL && ret_sk != NULL);
    struct okr_sk *sk = sodium_malloc(sizeof *sk);
    if (sk == NULL)
        return OKR_ERR_NOMEM;
    uint8_t pk[OKR_SIGN_PK_LEN];
    int failed = crypto_sign_seed_keypair(pk, (uint8_t *)sk, seed);
    OKR_ASSERT(failed == 0);
    OKR_ASSERT(memcmp(sk->pk, pk, sizeof pk) == 0);
    (void)sodium_mprotect_readonly(sk);
    *ret_sk = sk;
    return OKR_OK;
}

void okr_sk_free(struct okr_sk **sk)
{
    OKR_ASSERT(sk != NULL);
    sodium_free(*sk);
    *sk = NULL;
}

struct okr_pk okr_sk_public(const struct okr_sk *sk)
{
    struct okr_pk pk;
    memcpy(pk.b, sk->pk, sizeof pk.b);
    return pk;
}

const uint8_t *okr_sk_seed(const struct okr_sk *sk)
{
    return sk->seed;
}

struct okr_sig okr_sign(const struct okr_sk *sk, struct okr_slice message)
{
    OKR_ASSERT(sk != NULL);
    struct okr_sig sig;
    int failed = crypto_sign_detached(sig.b, NULL, message.data, message.len,
                                      (const uint8_t *)sk);
    OKR_ASSERT(failed == 0);
    return sig;
}

bool okr_sign_check(const struct okr_pk *pk, struct okr_slice message,
                    const struct okr_sig *sig)
{
    OKR_ASSERT(pk != NULL && sig != NULL);
    return crypto_sign_verify_detached(sig->b, message.data, message.len,
                                       pk->b) == 0;
}

struct okr_sign_claim okr_sign_claim_of(const struct okr_pk *pk,
                                        struct okr_slice message,
                                        const struct okr_sig *sig)
{
    struct okr_sign_claim claim = {.pk = *pk, .sig = *sig};
    OKR_ASSERT(message.len > 0 && message.len <= sizeof claim.message);
    memcpy(claim.message, message.data, message.len);
    claim.len = message.len;
    return claim;
}

static bool says(const struct okr_sign_claim *claim, const struct okr_pk *pk,
                 struct okr_slice message, const struct okr_sig *sig)
{
    return memcmp(&claim->sig, sig, sizeof *sig) == 0 &&
           memcmp(&claim->pk, pk, sizeof *pk) == 0 &&
           claim->len == message.len &&
           memcmp(claim->message, message.data, message.len) == 0;
}

bool okr_sign_check_claimed(const struct okr_sign_claims *claims,
                            const struct okr_pk *pk, struct okr_slice message,
                            const struct okr_sig *sig)
{
    OKR_ASSERT(claims != NULL && pk != NULL && sig != NULL);
    for (size_t i = 0; i < claims->n; i++)
        if (claims->at[i].holds && says(&claims->at[i], pk, message, sig))
            return true;
    return okr_sign_check(pk, message, sig);
}

void okr_curve_public(const uint8_t secret[OKR_CURVE_LEN],
                      uint8_t ret_public[OKR_CURVE_LEN])
{
    int failed = crypto_scalarmult_base(ret_public, secret);
    OKR_ASSERT(failed == 0);
}

void okr_fingerprint(struct okr_slice key, char out[OKR_FINGERPRINT_LEN])
{
    enum { GROUPS = 8, CHARS = 4, BYTES = GROUPS * CHARS * 5 / 8 };
    struct okr_hash hash = okr_sha256(key);
    char chars[GROUPS * CHARS];
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, chars, sizeof chars);
    okr_base32_encode(okr_slice_of(hash.b, BYTES), &buf);
    OKR_ASSERT(buf.err == OKR_OK && buf.len == sizeof chars);
    for (unsigned i = 0; i < GROUPS; i++) {
        memcpy(out, chars + (size_t)i * CHARS, CHARS);
        out += CHARS;
        *out++ = i + 1 < GROUPS ? '-' : '\0';
    }
}
