/* The log: one leaf an operation, in the transaction of its effects. */
#include "server/core/hub_log.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/oplog.h"
#include "common/store/seal.h"

static enum okr_err node_get(void *context, uint64_t index,
                             struct okr_hash *ret_hash)
{
    return okr_oplog_node(context, index, ret_hash);
}

static enum okr_err node_put(void *context, uint64_t index,
                             const struct okr_hash *hash)
{
    return okr_oplog_put_node(context, index, hash);
}

struct okr_tlog_nodes okr_hub_log_nodes(struct okr_kv_txn *txn)
{
    OKR_ASSERT(txn != NULL);
    return (struct okr_tlog_nodes){node_get, node_put, txn};
}

enum okr_err okr_hub_log_root(const struct okr_hub_work *work, uint64_t size,
                              struct okr_hash *ret_root)
{
    struct okr_hub *hub = work->hub;
    OKR_ASSERT(size > 0 && ret_root != NULL);
    if (hub->root_size != size) {
        struct okr_tlog_nodes nodes = okr_hub_log_nodes(work->txn);
        hub->root_size = 0;
        OKR_TRY(okr_tlog_root(&nodes, size, &hub->root));
        hub->root_size = size;
    }
    *ret_root = hub->root;
    return OKR_OK;
}

okr_us okr_hub_log_time(const struct okr_hub_work *work)
{
    okr_us last = work->hub->leaf_time;
    return work->now > last ? work->now : last;
}

/* Draws the salt, commits to who sent it, and keeps both beside the log:
 * METACOMMIT: index u64 -> salt 32 ‖ block(peer address) ‖ block(user id) ‖
 * block(client version), sealed. */
static enum okr_err put_meta(struct okr_hub_work *work, struct okr_leaf *leaf)
{
    uint8_t salt[32];
    okr_hub_draw(work->hub, salt);
    const struct okr_hub_event *event = work->event;
    bool sent = event != NULL && event->kind == OKR_HUB_MESSAGE;
    struct okr_slice peer = sent ? event->address : OKR_SLICE_NONE;
    struct okr_slice user =
        sent ? okr_slice_of(event->user, sizeof event->user) : OKR_SLICE_NONE;
    struct okr_hash commit = okr_layout_meta(salt, peer, user, OKR_SLICE_NONE);
    memcpy(leaf->meta, commit.b, sizeof leaf->meta);
    struct okr_buf value;
    okr_buf_init(&value, work->arena);
    okr_buf_put(&value, okr_slice_of(salt, sizeof salt));
    okr_buf_block(&value, peer);
    okr_buf_block(&value, user);
    okr_buf_block(&value, OKR_SLICE_NONE);
    struct okr_key key = {0};
    okr_key_u64(&key, leaf->index);
    return okr_sealed_put(work->txn, OKR_TABLE_METACOMMIT, okr_key_slice(&key),
                          &value);
}

enum okr_err okr_hub_log_append(struct okr_hub_work *work,
                                struct okr_leaf *leaf)
{
    OKR_ASSERT(leaf != NULL && leaf->body.len > 0);
    OKR_TRY(okr_oplog_size(work->txn, &leaf->index));
    leaf->time = okr_hub_log_time(work);
    OKR_TRY(put_meta(work, leaf));
    struct okr_buf bytes;
    okr_buf_init(&bytes, work->arena);
    okr_layout_leaf(leaf, &bytes);
    OKR_TRY(bytes.err);
    struct okr_hash hash = okr_tlog_leaf_hash(okr_buf_slice(&bytes));
    struct okr_tlog_nodes nodes = okr_hub_log_nodes(work->txn);
    OKR_TRY(okr_oplog_put_leaf(work->txn, leaf->index, okr_buf_slice(&bytes)));
    OKR_TRY(okr_tlog_append(&nodes, leaf->index, &hash));
    OKR_ASSERT(leaf->time >= work->hub->leaf_time);
    work->hub->leaf_time = leaf->time;
    return OKR_OK;
}

/* The leaf at `lsn`; NOTFOUND where it is older than this log. */
static enum okr_err read_leaf(const struct okr_hub_work *work, okr_lsn lsn,
                              struct okr_leaf *ret_leaf)
{
    struct okr_slice bytes;
    if (lsn <= work->hub->base)
        return OKR_ERR_NOTFOUND;
    OKR_TRY(okr_oplog_leaf(work->txn, lsn - work->hub->base - 1, &bytes));
    return okr_layout_leaf_read(bytes, ret_leaf);
}

enum okr_err okr_hub_log_op(const struct okr_hub_work *work, okr_lsn lsn,
                            struct okr_op_body *ret_body)
{
    struct okr_leaf leaf;
    OKR_TRY(read_leaf(work, lsn, &leaf));
    OKR_TRY(okr_layout_op_body_read(leaf.body, ret_body));
    ret_body->effects = okr_arena_copy(work->arena, ret_body->effects);
    return ret_body->effects.data != NULL ? OKR_OK : OKR_ERR_NOMEM;
}

static bool is_of_op(uint16_t kind)
{
    return kind == OKR_LEAF_OP || kind == OKR_LEAF_REFUSED ||
           kind == OKR_LEAF_ADMIN || kind == OKR_LEAF_KEY;
}

enum okr_err okr_hub_log_last(const struct okr_hub_work *work, okr_lsn lsn,
                              struct okr_last *ret_last)
{
    OKR_ASSERT(ret_last != NULL);
    struct okr_leaf leaf;
    struct okr_op_header header;
    struct okr_op_body body;
    enum okr_err err = read_leaf(work, lsn, &leaf);
    if (err == OKR_ERR_NOTFOUND || (err == OKR_OK && !is_of_op(leaf.kind))) {
        *ret_last = (struct okr_last){0};
        return OKR_OK;
    }
    OKR_TRY(err);
    OKR_TRY(okr_layout_op_body_who(leaf.body, &body));
    okr_layout_op_header_read(body.header, &header);
    *ret_last = (struct okr_last){.person = header.person,
                                  .site = body.site,
                                  .verb = header.verb,
                                  .is_signed = okr_layout_op_is_signed(&body),
                                  .time = header.time};
    return OKR_OK;
}

enum okr_err okr_hub_log_note(const struct okr_hub_work *work,
                              struct okr_slice *ret_note)
{
    struct okr_hub *hub = work->hub;
    struct okr_checkpoint cp = {0};
    OKR_TRY(okr_oplog_size(work->txn, &cp.size));
    if (hub->note_len == 0 || hub->note_size != cp.size) {
        struct okr_tlog_nodes nodes = okr_hub_log_nodes(work->txn);
        OKR_TRY(okr_tlog_root(&nodes, cp.size, &cp.root));
        memcpy(cp.origin, hub->origin, sizeof cp.origin);
        struct okr_buf note;
        okr_buf_init_fixed(&note, hub->note, sizeof hub->note);
        okr_note_sign(&cp, hub->conf.log_key, &note);
        OKR_TRY(note.err);
        hub->note_len = note.len;
        hub->note_size = cp.size;
    }
    struct okr_slice note = okr_slice_of(hub->note, hub->note_len);
    *ret_note = okr_arena_copy(work->arena, note);
    return ret_note->data != NULL ? OKR_OK : OKR_ERR_NOMEM;
}
