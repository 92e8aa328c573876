/* The one-use code with which a person brings a key: typed by people, so it
 * is short and a slip is seen before anything is asked.
 *
 * 10 random bytes and the first 2 of their SHA-256, in base32, in groups of
 * five: "4f2k9-…", 20 characters.  What the server keeps of it are its id and
 * its key, never the code; both are told apart from those of a site's token
 * by their tags. */
#ifndef OKR_CRYPTO_CODE_H
#define OKR_CRYPTO_CODE_H

#include "common/base/err.h"
#include "common/crypto/hash.h"

#define OKR_CODE_LEN 10
#define OKR_CODE_TEXT 24 /* 20 characters, 3 dashes, NUL */
#define OKR_CODE_ID_LEN 8

void okr_code_format(const uint8_t code[OKR_CODE_LEN], char out[OKR_CODE_TEXT]);
/* OKR_ERR_FORMAT: not 20 characters of base32; OKR_ERR_CORRUPT: mistyped.
 * White space and '-' are ignored, as are upper and lower case. */
OKR_MUST_USE enum okr_err okr_code_parse(struct okr_slice text,
                                         uint8_t ret_code[OKR_CODE_LEN]);
/* The first 8 bytes of SHA-256("\0okr/person-code/id/v1\0" ‖ code): by which
 * it is found. */
void okr_code_id(const uint8_t code[OKR_CODE_LEN],
                 uint8_t out[OKR_CODE_ID_LEN]);
/* SHA-256("\0okr/person-code/v1\0" ‖ code): the key of the HMAC that proves
 * the code. */
struct okr_hash okr_code_key(const uint8_t code[OKR_CODE_LEN]);

#endif
