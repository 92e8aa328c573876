/* What stands in a key file; keyfile.h shows it.  Nothing here touches the
 * disk. */
#ifndef OKR_CRYPTO_KEYFILE_TEXT_H
#define OKR_CRYPTO_KEYFILE_TEXT_H

#include "common/base/buf.h"
#include "common/crypto/keyfile.h"

#define OKR_KEYFILE_BYTES_MAX 1024
/* Why a sealed file is not read without its passphrase. */
#define OKR_KEYFILE_SEALED "it is sealed; give its passphrase"

/* Appends the text to `out`, which should be memory that the caller wipes.
 * `passphrase` may be NULL. */
OKR_MUST_USE enum okr_err okr_keyfile_text(enum okr_key_kind kind,
                                           const uint8_t secret[32],
                                           const char *passphrase,
                                           struct okr_buf *out);
/* Errors as okr_keyfile_read.  `*ret_why` is set with every error: what is
 * wrong and what to do, static. */
OKR_MUST_USE enum okr_err okr_keyfile_text_parse(struct okr_slice text,
                                                 enum okr_key_kind kind,
                                                 const char *passphrase,
                                                 uint8_t ret_secret[32],
                                                 const char **ret_why);
/* The public key as it stands there, unproved. */
OKR_MUST_USE enum okr_err okr_keyfile_text_public(struct okr_slice text,
                                                  enum okr_key_kind kind,
                                                  uint8_t ret_public[32],
                                                  const char **ret_why);

#endif
