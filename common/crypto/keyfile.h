/* Key files: a secret on disk, readable by its owner only.
 *
 * Text, one line a field, so that a person can see what it is:
 *   okr-key 1
 *   kind person|site|witness|link|log
 *   public <hex>
 *   secret <hex>            or, with a passphrase:
 *   sealed <salt hex> <opslimit> <memlimit> <nonce hex> <box hex>
 * Written with O_CREAT|O_EXCL|O_NOFOLLOW and mode 0600 to a name of its own,
 * synced, linked to its place (rename would replace what is there), folder
 * synced.  On load symbolic links, other owners and any group or other
 * permission bit are refused, as ssh does.  With kv_lmdb.c this is all below
 * the shells that touches the disk. */
#ifndef OKR_CRYPTO_KEYFILE_H
#define OKR_CRYPTO_KEYFILE_H

#include "common/base/err.h"
#include "common/crypto/sign.h"

enum okr_key_kind {
    OKR_KEY_PERSON,
    OKR_KEY_SITE,
    OKR_KEY_WITNESS,
    OKR_KEY_LINK, /* CURVE */
    OKR_KEY_LOG,
};

struct okr_keyfile_error {
    char text[200]; /* names the file, the rule and the remedy */
    bool sealed;    /* it only lacks its passphrase */
};

/* `secret` is the Ed25519 seed or the CURVE secret key.  Refuses to replace
 * an existing file (OKR_ERR_EXISTS); leaves nothing behind when it fails.
 * `passphrase` may be NULL, and so may `error`. */
OKR_MUST_USE enum okr_err okr_keyfile_write(const char *path,
                                            enum okr_key_kind kind,
                                            const uint8_t secret[32],
                                            const char *passphrase,
                                            struct okr_keyfile_error *error);
/* OKR_ERR_NOTFOUND; OKR_ERR_DENIED: a link, wrong owner or bits, or the
 * passphrase is wrong or missing; FORMAT: damaged or of another kind;
 * VERSION.  The Argon2id limits in the file are bounded before use.
 * `ret_secret` should be memory that the caller wipes. */
OKR_MUST_USE enum okr_err okr_keyfile_read(const char *path,
                                           enum okr_key_kind kind,
                                           const char *passphrase,
                                           uint8_t ret_secret[32],
                                           struct okr_keyfile_error *error);
/* The public key that the file states, without its secret: a sealed one too.
 * Good for showing only; okr_keyfile_read proves it.  Errors as there. */
OKR_MUST_USE enum okr_err okr_keyfile_public(const char *path,
                                             enum okr_key_kind kind,
                                             uint8_t ret_public[32],
                                             struct okr_keyfile_error *error);
/* `len` bytes from the system, for the shells: cores are handed theirs. */
void okr_random(void *out, size_t len);

#endif
