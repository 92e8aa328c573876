/* The invite token: one word that a person copies to the new site.
 *
 * "okr1-" + base32 of: id 8 ‖ secret 20 ‖ server CURVE public key 32 ‖
 * first 16 of SHA-256(log public key) ‖ endpoint length 1 ‖ endpoint ‖
 * first 4 of SHA-256 of all before, so that a slip is seen offline. */
#ifndef OKR_CRYPTO_TOKEN_H
#define OKR_CRYPTO_TOKEN_H

#include "common/base/buf.h"

#define OKR_TOKEN_ID_LEN 8
#define OKR_TOKEN_SECRET_LEN 20
#define OKR_TOKEN_ENDPOINT_MAX 200

struct okr_token {
    uint8_t id[OKR_TOKEN_ID_LEN];
    uint8_t secret[OKR_TOKEN_SECRET_LEN];
    uint8_t server_key[32];
    uint8_t log_pin[16];
    /* tcp://host:port, NUL; printable ASCII without spaces, not empty */
    char endpoint[OKR_TOKEN_ENDPOINT_MAX + 1];
};

void okr_token_format(const struct okr_token *token, struct okr_buf *out);
/* OKR_ERR_FORMAT: not a token at all; OKR_ERR_CORRUPT: mistyped, cut or
 * changed behind "okr1-"; OKR_ERR_VERSION: "okr2-" and above.  White space
 * around it is ignored, and so are '-' and line ends inside it. */
OKR_MUST_USE enum okr_err okr_token_parse(struct okr_slice text,
                                          struct okr_token *ret_token);

#endif
