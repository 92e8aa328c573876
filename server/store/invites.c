/* Rows of INVITE, sealed:
 * token id 8 -> secret hash 32 ‖ entity 16 ‖ expires zigzag ‖ failures varint
 *               ‖ used 1 ‖ site 16 */
#include "server/store/invites.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/seal.h"

enum {
    TOKEN_ID_LEN = 8,
    INVITE_VALUE_MAX =
        OKR_SHA256_LEN + 2 * OKR_ID_LEN + 2 * 10 + 1 + OKR_SEAL_LEN,
};

static void take_bytes(struct okr_reader *r, uint8_t *out, size_t len)
{
    struct okr_slice s = okr_reader_take(r, len);
    if (s.len == len)
        memcpy(out, s.data, len);
}

enum okr_err okr_invite_get(struct okr_kv_txn *txn, const uint8_t token_id[8],
                            struct okr_invite *ret_invite)
{
    OKR_ASSERT(txn != NULL && ret_invite != NULL);
    struct okr_slice value;
    OKR_TRY(okr_sealed_get(txn, OKR_TABLE_INVITE,
                           okr_slice_of(token_id, TOKEN_ID_LEN), &value));
    struct okr_reader r = okr_reader_of(value);
    struct okr_invite invite = {0};
    take_bytes(&r, invite.secret_hash.b, OKR_SHA256_LEN);
    take_bytes(&r, invite.entity.b, OKR_ID_LEN);
    invite.expires = okr_reader_zigzag(&r);
    uint64_t failures = okr_reader_varint(&r);
    uint8_t used = okr_reader_u8(&r);
    take_bytes(&r, invite.site.b, OKR_ID_LEN);
    if (okr_reader_end(&r) != OKR_OK || failures > UINT32_MAX || used > 1)
        return OKR_ERR_CORRUPT;
    invite.failures = (uint32_t)failures;
    invite.used = used == 1;
    *ret_invite = invite;
    return OKR_OK;
}

enum okr_err okr_invite_put(struct okr_kv_txn *txn, const uint8_t token_id[8],
                            const struct okr_invite *invite)
{
    OKR_ASSERT(txn != NULL && invite != NULL);
    OKR_ASSERT(invite->used || okr_id_is_zero(&invite->site));
    uint8_t bytes[INVITE_VALUE_MAX];
    struct okr_buf value;
    okr_buf_init_fixed(&value, bytes, sizeof bytes);
    okr_buf_put(&value, okr_slice_of(invite->secret_hash.b, OKR_SHA256_LEN));
    okr_buf_put(&value, okr_id_slice(&invite->entity));
    okr_buf_zigzag(&value, invite->expires);
    okr_buf_varint(&value, invite->failures);
    okr_buf_u8(&value, invite->used ? 1 : 0);
    okr_buf_put(&value, okr_id_slice(&invite->site));
    return okr_sealed_put(txn, OKR_TABLE_INVITE,
                          okr_slice_of(token_id, TOKEN_ID_LEN), &value);
}
