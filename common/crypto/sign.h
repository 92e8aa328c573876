/* Ed25519 signatures (RFC 8032, detached) and the CURVE key pair of a link.
 * Thread safe after okr_crypto_init. */
#ifndef OKR_CRYPTO_SIGN_H
#define OKR_CRYPTO_SIGN_H

#include "common/base/err.h"
#include "common/base/slice.h"

#define OKR_SIGN_LEN 64
#define OKR_SIGN_PK_LEN 32
#define OKR_SIGN_SEED_LEN 32
#define OKR_CURVE_LEN 32

struct okr_sig {
    uint8_t b[OKR_SIGN_LEN];
};
struct okr_pk {
    uint8_t b[OKR_SIGN_PK_LEN];
};
/* A secret key; lives in locked memory that is wiped when freed. */
struct okr_sk;

/* Makes the key of a 32-byte seed.  The caller owns `*ret_sk`. */
OKR_MUST_USE enum okr_err
okr_sk_from_seed(const uint8_t seed[OKR_SIGN_SEED_LEN], struct okr_sk **ret_sk);
void okr_sk_free(struct okr_sk **sk);
struct okr_pk okr_sk_public(const struct okr_sk *sk);
/* Borrows the seed, for writing it to a key file. */
const uint8_t *okr_sk_seed(const struct okr_sk *sk);
struct okr_sig okr_sign(const struct okr_sk *sk, struct okr_slice message);
bool okr_sign_check(const struct okr_pk *pk, struct okr_slice message,
                    const struct okr_sig *sig);

/* What somebody has checked beforehand: exactly these bytes.  `holds` is false
 * until it was found true. */
#define OKR_CLAIM_MAX 192 /* bytes of a message */
struct okr_sign_claim {
    struct okr_pk pk;
    struct okr_sig sig;
    uint8_t message[OKR_CLAIM_MAX];
    size_t len;
    bool holds;
};
struct okr_sign_claims {
    const struct okr_sign_claim *at; /* NULL: none */
    size_t n;
};
struct okr_sign_claim okr_sign_claim_of(const struct okr_pk *pk,
                                        struct okr_slice message,
                                        const struct okr_sig *sig);
/* Takes the word of a claim that says the same; checks where there is none. */
bool okr_sign_check_claimed(const struct okr_sign_claims *claims,
                            const struct okr_pk *pk, struct okr_slice message,
                            const struct okr_sig *sig);

/* X25519 public key of a CURVE secret key (as zmq_curve_public). */
void okr_curve_public(const uint8_t secret[OKR_CURVE_LEN],
                      uint8_t ret_public[OKR_CURVE_LEN]);
/* Fingerprint for people: 8 groups of 4 base32 characters of SHA-256(key),
 * "k3mx-…", 39 characters and NUL. */
#define OKR_FINGERPRINT_LEN 40
void okr_fingerprint(struct okr_slice key, char out[OKR_FINGERPRINT_LEN]);

#endif
