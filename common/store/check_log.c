/* LEAF and NODE: the tree is built again from its leaves, and each hash that
 * comes out is compared with the one that is stored.  PAYLOAD: each makes the
 * commitment that it lies under.  Whether the tree is the one that was signed
 * is another question: checkpoints answer it. */
#include "common/store/check_impl.h"

#include <string.h>

#include "common/store/oplog.h"
#include "common/tlog/tree.h"

struct log {
    struct okr_check *check;
    uint64_t index, nodes;
    bool at_leaf; /* the next node is the hash of a leaf */
    bool told;
};

static void tell(struct log *log, enum okr_table table, uint64_t number,
                 const char *what)
{
    uint8_t key[8];
    okr_be_put64(key, number);
    if (!log->told)
        okr_check_tell(log->check, table, okr_slice_of(key, sizeof key), what);
    log->told = true;
}

static enum okr_err node_get(void *context, uint64_t index,
                             struct okr_hash *ret_hash)
{
    struct log *log = context;
    return okr_oplog_node(log->check->txn, index, ret_hash);
}

static enum okr_err node_put(void *context, uint64_t index,
                             const struct okr_hash *hash)
{
    struct log *log = context;
    bool at_leaf = log->at_leaf;
    log->at_leaf = false;
    log->nodes++;
    struct okr_hash stored;
    enum okr_err err = okr_oplog_node(log->check->txn, index, &stored);
    if (err == OKR_ERR_NOTFOUND || err == OKR_ERR_CORRUPT)
        tell(log, OKR_TABLE_NODE, index, "it is missing or cut");
    else if (err == OKR_OK && !okr_hash_eq(&stored, hash) && at_leaf)
        tell(log, OKR_TABLE_LEAF, log->index, "its node has another hash");
    else if (err == OKR_OK && !okr_hash_eq(&stored, hash))
        tell(log, OKR_TABLE_NODE, index, "it is not the hash of the two below");
    return err == OKR_ERR_NOTFOUND || err == OKR_ERR_CORRUPT ? OKR_OK : err;
}

static enum okr_err check_leaf(struct log *log, struct okr_slice leaf)
{
    struct okr_tlog_nodes nodes = {
        .get = node_get, .put = node_put, .context = log};
    struct okr_hash hash = okr_tlog_leaf_hash(leaf);
    log->at_leaf = true;
    log->told = false;
    enum okr_err err = okr_tlog_append(&nodes, log->index, &hash);
    return err == OKR_ERR_CORRUPT ? OKR_OK : err; /* a node that was told */
}

static enum okr_err check_leaves(struct log *log)
{
    struct okr_kv_iter it;
    enum okr_err err = OKR_OK;
    okr_kv_scan(log->check->txn, OKR_TABLE_LEAF, OKR_SLICE_NONE, OKR_SLICE_NONE,
                &it);
    for (; err == OKR_OK && okr_kv_iter_next(&it); log->index++) {
        if (it.key.len != 8 || okr_be_get64(it.key.data) != log->index) {
            log->told = false;
            tell(log, OKR_TABLE_LEAF, log->index, "it is missing");
            break;
        }
        err = check_leaf(log, it.value);
    }
    enum okr_err walked = okr_kv_iter_close(&it);
    return err != OKR_OK ? err : walked;
}

static enum okr_err check_payload(struct okr_check *check, struct okr_slice key,
                                  struct okr_slice value)
{
    (void)value;
    struct okr_hash commit;
    struct okr_slice salt, payload;
    enum okr_err err = OKR_ERR_CORRUPT;
    if (key.len == sizeof commit.b) {
        memcpy(commit.b, key.data, sizeof commit.b);
        err = okr_oplog_payload(check->txn, &commit, &salt, &payload);
    }
    if (err == OKR_ERR_CORRUPT)
        okr_check_tell(check, OKR_TABLE_PAYLOAD, key,
                       "it does not make its commitment");
    return err == OKR_ERR_CORRUPT ? OKR_OK : err;
}

enum okr_err okr_check_log(struct okr_check *check)
{
    struct log log = {.check = check};
    OKR_TRY(check_leaves(&log));
    uint64_t nodes;
    OKR_TRY(okr_kv_count(check->txn, OKR_TABLE_NODE, &nodes));
    log.told = false;
    if (nodes != log.nodes)
        tell(&log, OKR_TABLE_NODE, log.nodes, "the tree has another size");
    return okr_check_each(check, OKR_TABLE_PAYLOAD, check_payload);
}
