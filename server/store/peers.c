/* Rows of PEER and ANSWER, both sealed.
 *
 * PEER    site 16 ‖ incarnation 8
 *      -> last seq varint ‖ last push 32 ‖ seen size varint ‖ seen root 32
 * ANSWER  site 16 ‖ incarnation 8 ‖ sequence 8
 *      -> operation hash 32 ‖ Answer (proto/types.proto) */
#include "server/store/peers.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/seal.h"

enum {
    PEER_VALUE_MAX = 2 * 10 + 2 * OKR_SHA256_LEN + OKR_SEAL_LEN,
};

static struct okr_key peer_key(const struct okr_id *site, uint64_t incarnation)
{
    struct okr_key key = {0};
    okr_key_id(&key, site);
    okr_key_u64(&key, incarnation);
    return key;
}

static struct okr_key answer_key(const struct okr_mark *mark)
{
    struct okr_key key = peer_key(&mark->site, mark->incarnation);
    okr_key_u64(&key, mark->seq);
    return key;
}

static void take_hash(struct okr_reader *r, struct okr_hash *ret_hash)
{
    struct okr_slice s = okr_reader_take(r, OKR_SHA256_LEN);
    if (s.len == OKR_SHA256_LEN)
        memcpy(ret_hash->b, s.data, OKR_SHA256_LEN);
}

enum okr_err okr_peer_get(struct okr_kv_txn *txn, const struct okr_id *site,
                          uint64_t incarnation, struct okr_peer *ret_peer)
{
    OKR_ASSERT(txn != NULL && site != NULL && ret_peer != NULL);
    struct okr_key key = peer_key(site, incarnation);
    struct okr_peer peer = {.incarnation = incarnation};
    struct okr_slice value;
    enum okr_err err =
        okr_sealed_get(txn, OKR_TABLE_PEER, okr_key_slice(&key), &value);
    if (err == OKR_ERR_NOTFOUND) {
        *ret_peer = peer;
        return OKR_OK;
    }
    OKR_TRY(err);
    struct okr_reader r = okr_reader_of(value);
    peer.last_seq = okr_reader_varint(&r);
    take_hash(&r, &peer.last_push);
    peer.seen_size = okr_reader_varint(&r);
    take_hash(&r, &peer.seen_root);
    if (okr_reader_end(&r) != OKR_OK)
        return OKR_ERR_CORRUPT;
    *ret_peer = peer;
    return OKR_OK;
}

enum okr_err okr_peer_put(struct okr_kv_txn *txn, const struct okr_id *site,
                          const struct okr_peer *peer)
{
    OKR_ASSERT(txn != NULL && site != NULL && peer != NULL);
    uint8_t bytes[PEER_VALUE_MAX];
    struct okr_key key = peer_key(site, peer->incarnation);
    struct okr_buf value;
    okr_buf_init_fixed(&value, bytes, sizeof bytes);
    okr_buf_varint(&value, peer->last_seq);
    okr_buf_put(&value, okr_slice_of(peer->last_push.b, OKR_SHA256_LEN));
    okr_buf_varint(&value, peer->seen_size);
    okr_buf_put(&value, okr_slice_of(peer->seen_root.b, OKR_SHA256_LEN));
    return okr_sealed_put(txn, OKR_TABLE_PEER, okr_key_slice(&key), &value);
}

enum okr_err okr_answer_get(struct okr_kv_txn *txn, const struct okr_mark *mark,
                            struct okr_arena *arena,
                            struct okr_answer *ret_answer,
                            struct okr_hash *ret_op_hash)
{
    OKR_ASSERT(mark != NULL && arena != NULL);
    OKR_ASSERT(ret_answer != NULL && ret_op_hash != NULL);
    struct okr_key key = answer_key(mark);
    struct okr_slice value;
    OKR_TRY(okr_sealed_get(txn, OKR_TABLE_ANSWER, okr_key_slice(&key), &value));
    if (value.len < OKR_SHA256_LEN)
        return OKR_ERR_CORRUPT;
    /* The next write to the table ends the bytes that were read. */
    struct okr_slice own = okr_arena_copy(arena, value);
    if (own.data == NULL)
        return OKR_ERR_NOMEM;
    struct okr_slice answer =
        okr_slice_sub(own, OKR_SHA256_LEN, own.len - OKR_SHA256_LEN);
    enum okr_err err = okr_answer_decode(answer, arena, ret_answer);
    if (err != OKR_OK)
        return err == OKR_ERR_NOMEM ? err : OKR_ERR_CORRUPT;
    memcpy(ret_op_hash->b, own.data, OKR_SHA256_LEN);
    return OKR_OK;
}

enum okr_err okr_answer_put(struct okr_kv_txn *txn, const struct okr_mark *mark,
                            const struct okr_answer *answer,
                            const struct okr_hash *op_hash,
                            struct okr_arena *arena)
{
    OKR_ASSERT(mark != NULL && mark->seq > 0);
    OKR_ASSERT(answer != NULL && op_hash != NULL);
    struct okr_key key = answer_key(mark);
    struct okr_buf value;
    okr_buf_init(&value, arena);
    okr_buf_put(&value, okr_slice_of(op_hash->b, OKR_SHA256_LEN));
    okr_answer_encode(answer, &value);
    return okr_sealed_put(txn, OKR_TABLE_ANSWER, okr_key_slice(&key), &value);
}
