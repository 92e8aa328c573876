/* Who this site is and whom it believes, as its enrolment left it in META:
 *
 *   "site" 16  "org" 16  "site_name" text  "server_endpoint" text
 *   "server_key" 32 (CURVE)  "log_key" 32 (Ed25519)
 *   "seen_size" u64  "seen_root" 32: the checkpoint of the enrolment */
#ifndef CLIENT_SHELL_IDENT_H
#define CLIENT_SHELL_IDENT_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/crypto/hash.h"
#include "common/crypto/sign.h"
#include "common/store/kv.h"

enum { OKR_ENDPOINT_BYTES = 208, OKR_IDENT_NAME_BYTES = 256 };

struct okr_ident {
    struct okr_id org, site;
    char name[OKR_IDENT_NAME_BYTES]; /* cut between characters */
    char endpoint[OKR_ENDPOINT_BYTES];
    uint8_t server_key[OKR_CURVE_LEN];
    struct okr_pk log_key;
};

/* What a new site has verified of the log. */
struct okr_ident_seen {
    uint64_t size;
    struct okr_hash root;
};
OKR_MUST_USE enum okr_err okr_ident_put(struct okr_kv_txn *txn,
                                        const struct okr_ident *ident,
                                        const struct okr_ident_seen *seen);
/* OKR_ERR_NOTFOUND: it has not joined. */
OKR_MUST_USE enum okr_err okr_ident_get(struct okr_kv_txn *txn,
                                        struct okr_arena *arena,
                                        struct okr_ident *ret_ident);
/* The publish endpoint: the host of the server's, another port.  False if
 * `port` is none. */
bool okr_ident_publish(const struct okr_ident *ident, struct okr_slice port,
                       char ret_endpoint[OKR_ENDPOINT_BYTES]);

#endif
