/* Keys of rows: numbers big-endian, so that they sort as numbers. */
#ifndef OKR_STORE_KEY_H
#define OKR_STORE_KEY_H

#include "common/base/id.h"
#include "common/store/kv.h"

/* Starts as {0}:
 *     struct okr_key key = {0};
 *     okr_key_u32(&key, scope);
 *     okr_key_id(&key, &id);
 *     okr_kv_get(txn, table, okr_key_slice(&key), &value);
 * More than OKR_KEY_MAX bytes are a bug. */
struct okr_key {
    uint8_t b[OKR_KEY_MAX];
    size_t len;
};

void okr_key_u16(struct okr_key *key, uint16_t v);
void okr_key_u32(struct okr_key *key, uint32_t v);
void okr_key_u64(struct okr_key *key, uint64_t v);
void okr_key_id(struct okr_key *key, const struct okr_id *id);
void okr_key_put(struct okr_key *key, struct okr_slice bytes);
struct okr_slice okr_key_slice(const struct okr_key *key); /* borrows */

#endif
