/* A secret sealed with a passphrase: Argon2id (RFC 9106) makes the key of
 * a crypto_secretbox (XSalsa20, Poly1305). */
#ifndef OKR_CRYPTO_KEYFILE_SEAL_H
#define OKR_CRYPTO_KEYFILE_SEAL_H

#include "common/base/err.h"
#include "common/base/slice.h"

#define OKR_BOX_LEN 48 /* 32 of the secret, 16 that prove the passphrase */

struct okr_sealed {
    uint8_t salt[16];
    uint64_t ops;       /* passes of Argon2id */
    uint64_t mem_bytes; /* memory of Argon2id */
    uint8_t nonce[24];
    uint8_t box[OKR_BOX_LEN];
};

/* Seals with fresh salt and nonce and the limits for interactive use. */
OKR_MUST_USE enum okr_err okr_keyfile_seal(const uint8_t secret[32],
                                           const char *passphrase,
                                           struct okr_sealed *ret_sealed);
/* Whether the limits are such that unsealing takes neither all memory (at
 * most 256 MiB) nor an hour: they come from a file. */
bool okr_sealed_valid(const struct okr_sealed *sealed);
/* `sealed` must be valid.  OKR_ERR_DENIED: the passphrase is wrong, or the
 * box was changed: nobody can tell which. */
OKR_MUST_USE enum okr_err okr_keyfile_unseal(const struct okr_sealed *sealed,
                                             const char *passphrase,
                                             uint8_t ret_secret[32]);

#endif
