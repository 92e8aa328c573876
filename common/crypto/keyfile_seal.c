/* Sealing and unsealing with a passphrase. */
#include "common/crypto/keyfile_seal.h"

#include <sodium.h>
#include <string.h>

#include "common/base/assert.h"

enum {
    SECRET_LEN = 32,
    OPS_MAX = crypto_pwhash_OPSLIMIT_SENSITIVE,
    MEM_MAX = crypto_pwhash_MEMLIMIT_MODERATE, /* bytes: 256 MiB */
};

#define HAS_LEN(field, len) \
    _Static_assert(sizeof((struct okr_sealed *)0)->field == (len), #field)
HAS_LEN(salt, crypto_pwhash_SALTBYTES);
HAS_LEN(nonce, crypto_secretbox_NONCEBYTES);
HAS_LEN(box, SECRET_LEN + crypto_secretbox_MACBYTES);

/* The key of the box, in memory that sodium_free gives back; NULL when there
 * is too little of it. */
static uint8_t *derive(const char *passphrase, const struct okr_sealed *sealed)
{
    OKR_ASSERT(okr_sealed_valid(sealed));
    uint8_t *key = sodium_malloc(crypto_secretbox_KEYBYTES);
    if (key == NULL)
        return NULL;
    if (crypto_pwhash(key, crypto_secretbox_KEYBYTES, passphrase,
                      strlen(passphrase), sealed->salt, sealed->ops,
                      (size_t)sealed->mem_bytes,
                      crypto_pwhash_ALG_ARGON2ID13) == 0)
        return key;
    sodium_free(key);
    return NULL;
}

enum okr_err okr_keyfile_seal(const uint8_t secret[SECRET_LEN],
                              const char *passphrase,
                              struct okr_sealed *ret_sealed)
{
    OKR_ASSERT(secret != NULL && passphrase != NULL);
    struct okr_sealed sealed = {
        .ops = crypto_pwhash_OPSLIMIT_INTERACTIVE,
        .mem_bytes = crypto_pwhash_MEMLIMIT_INTERACTIVE,
    };
    randombytes_buf(sealed.salt, sizeof sealed.salt);
    randombytes_buf(sealed.nonce, sizeof sealed.nonce);
    uint8_t *key = derive(passphrase, &sealed);
    if (key == NULL)
        return OKR_ERR_NOMEM;
    int failed = crypto_secretbox_easy(sealed.box, secret, SECRET_LEN,
                                       sealed.nonce, key);
    sodium_free(key);
    OKR_ASSERT(failed == 0);
    *ret_sealed = sealed;
    return OKR_OK;
}

bool okr_sealed_valid(const struct okr_sealed *sealed)
{
    return sealed->ops >= crypto_pwhash_OPSLIMIT_MIN &&
           sealed->ops <= OPS_MAX &&
           sealed->mem_bytes >= crypto_pwhash_MEMLIMIT_MIN &&
           sealed->mem_bytes <= MEM_MAX;
}

enum okr_err okr_keyfile_unseal(const struct okr_sealed *sealed,
                                const char *passphrase,
                                uint8_t ret_secret[SECRET_LEN])
{
    OKR_ASSERT(passphrase != NULL && ret_secret != NULL);
    uint8_t *key = derive(passphrase, sealed);
    if (key == NULL)
        return OKR_ERR_NOMEM;
    int failed = crypto_secretbox_open_easy(
        ret_secret, sealed->box, sizeof sealed->box, sealed->nonce, key);
    sodium_free(key);
    return failed ? OKR_ERR_DENIED : OKR_OK;
}
