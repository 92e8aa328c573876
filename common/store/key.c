/* Keys of rows, put together from their parts. */
#include "common/store/key.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/buf.h"

static uint8_t *grow(struct okr_key *key, size_t len)
{
    OKR_ASSERT(key != NULL && len <= OKR_KEY_MAX - key->len);
    uint8_t *at = key->b + key->len;
    key->len += len;
    return at;
}

void okr_key_u16(struct okr_key *key, uint16_t v)
{
    okr_be_put16(grow(key, 2), v);
}

void okr_key_u32(struct okr_key *key, uint32_t v)
{
    okr_be_put32(grow(key, 4), v);
}

void okr_key_u64(struct okr_key *key, uint64_t v)
{
    okr_be_put64(grow(key, 8), v);
}

void okr_key_id(struct okr_key *key, const struct okr_id *id)
{
    OKR_ASSERT(id != NULL);
    memcpy(grow(key, OKR_ID_LEN), id->b, OKR_ID_LEN);
}

void okr_key_put(struct okr_key *key, struct okr_slice bytes)
{
    uint8_t *at = grow(key, bytes.len);
    if (bytes.len > 0)
        memcpy(at, bytes.data, bytes.len);
}

struct okr_slice okr_key_slice(const struct okr_key *key)
{
    OKR_ASSERT(key != NULL && key->len <= OKR_KEY_MAX);
    return okr_slice_of(key->b, key->len);
}
