/* The walk over the leaves: the tree, the order, and each leaf's meaning. */
#include "server/audit/verify.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "common/store/seal.h"
#include "server/audit/verify_impl.h"

enum { PROGRESS_LEAVES = 1024, META_SALT_LEN = 32 };

/* ---- telling ------------------------------------------------------------- */

void okr_verify_tell(const struct okr_verifying *v, enum okr_table table,
                     struct okr_slice key, const char *what)
{
    const struct okr_damage damage = {.table = table, .key = key, .what = what};
    v->verify->sink.take(v->verify->sink.context, &damage);
}

static void tell_number(const struct okr_verifying *v, enum okr_table table,
                        uint64_t number, const char *what)
{
    uint8_t key[8];
    okr_be_put64(key, number);
    okr_verify_tell(v, table, okr_slice_of(key, sizeof key), what);
}

void okr_verify_tell_leaf(const struct okr_verifying *v, uint64_t index,
                          const char *what)
{
    tell_number(v, OKR_TABLE_LEAF, index, what);
}

enum okr_err okr_verify_got(const struct okr_verifying *v, enum okr_err err,
                            const struct okr_verify_row *row, const char *what)
{
    if (err != OKR_ERR_NOTFOUND && err != OKR_ERR_CORRUPT)
        return err;
    if (what != NULL)
        okr_verify_tell(v, row->table, row->key, what);
    return OKR_OK;
}

/* ---- reading ------------------------------------------------------------- */

bool okr_verify_is_op(uint16_t leaf_kind)
{
    return leaf_kind == OKR_LEAF_OP || leaf_kind == OKR_LEAF_REFUSED ||
           leaf_kind == OKR_LEAF_ADMIN || leaf_kind == OKR_LEAF_KEY;
}

static struct okr_hash op_hash(const struct okr_op_body *body)
{
    const struct okr_slice parts[] = {
        OKR_SLICE_LIT("\0okr/ophash/v1\0"),
        {body->header, sizeof body->header},
        {body->sig, sizeof body->sig},
    };
    return okr_sha256_parts(parts, sizeof parts / sizeof parts[0]);
}

/* False: the body is none of an operation's. */
static bool read_op(struct okr_leaf_look *look)
{
    if (okr_layout_op_body_read(look->leaf.body, &look->body) != OKR_OK)
        return false;
    okr_layout_op_header_read(look->body.header, &look->header);
    look->op_hash = op_hash(&look->body);
    look->outcome = (enum okr_outcome)(look->leaf.result / 256);
    look->rule = (enum okr_rule)(look->leaf.result % 256);
    return true;
}

enum okr_err okr_verify_look(const struct okr_verifying *v, okr_lsn lsn,
                             bool *ret_is_op, struct okr_leaf_look *ret_look)
{
    struct okr_leaf_look look = {.lsn = lsn};
    struct okr_slice bytes;
    *ret_is_op = false;
    if (lsn <= v->base || lsn > v->base + v->size)
        return OKR_OK;
    enum okr_err err = okr_oplog_leaf(v->txn, lsn - v->base - 1, &bytes);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    if (okr_layout_leaf_read(bytes, &look.leaf) != OKR_OK ||
        !okr_verify_is_op(look.leaf.kind) || !read_op(&look))
        return OKR_OK;
    *ret_is_op = true;
    *ret_look = look;
    return OKR_OK;
}

enum okr_err okr_verify_record(const struct okr_verifying *v,
                               const struct okr_id *id, uint16_t kind,
                               struct okr_record **ret_record)
{
    const struct okr_space space = {.txn = v->txn, .arena = v->arena};
    struct okr_record *record = NULL;
    enum okr_err err = okr_entity_get(&space, id, &record);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND && err != OKR_ERR_CORRUPT)
        return err;
    *ret_record = err == OKR_OK && record->kind == kind ? record : NULL;
    return OKR_OK;
}

/* ---- the tree ------------------------------------------------------------ */

static struct okr_hash *peaks_of(const struct okr_verifying *v, size_t *ret_n)
{
    *ret_n = v->peaks.len / sizeof(struct okr_hash);
    return (void *)v->peaks.data; /* the heap aligns for any type */
}

/* Compares what comes out with what is stored; tells a difference of `row`. */
static enum okr_err check_node(struct okr_verifying *v, uint64_t at,
                               const struct okr_hash *hash,
                               const struct okr_verify_row *row)
{
    struct okr_hash stored;
    enum okr_err err = okr_oplog_node(v->txn, at, &stored);
    if (err == OKR_ERR_NOTFOUND || err == OKR_ERR_CORRUPT) {
        tell_number(v, OKR_TABLE_NODE, at, "it is missing or cut");
        return OKR_OK;
    }
    if (err == OKR_OK && !okr_hash_eq(&stored, hash))
        okr_verify_tell(v, row->table, row->key,
                        row->table == OKR_TABLE_LEAF
                            ? "its node has another hash"
                            : "it is not the hash of the two below");
    return err;
}

static enum okr_err check_inner(struct okr_verifying *v, unsigned level,
                                uint64_t n, const struct okr_hash *hash)
{
    uint64_t at = okr_tlog_node_index(level, n);
    uint8_t key[8];
    okr_be_put64(key, at);
    const struct okr_verify_row row = {OKR_TABLE_NODE,
                                       okr_slice_of(key, sizeof key)};
    return check_node(v, at, hash, &row);
}

/* Leaf number `index` joins the peaks: those of the subtrees that it
 * completes become one. */
static enum okr_err grow(struct okr_verifying *v, uint64_t index,
                         const struct okr_hash *leaf_hash)
{
    struct okr_hash hash = *leaf_hash;
    size_t n;
    struct okr_hash *peaks = peaks_of(v, &n);
    for (unsigned level = 1; (index & 1) != 0; level++) {
        OKR_ASSERT(n > 0);
        index >>= 1;
        hash = okr_tlog_node_hash(&peaks[--n], &hash);
        OKR_TRY(check_inner(v, level, index, &hash));
    }
    v->peaks.len = n * sizeof hash;
    okr_buf_put(&v->peaks, okr_slice_of(&hash, sizeof hash));
    return v->peaks.err;
}

static struct okr_hash root_of(const struct okr_verifying *v)
{
    size_t n;
    const struct okr_hash *peaks = peaks_of(v, &n);
    if (n == 0)
        return okr_tlog_empty_root();
    struct okr_hash root = peaks[n - 1];
    for (size_t i = n - 1; i > 0; i--)
        root = okr_tlog_node_hash(&peaks[i - 1], &root);
    return root;
}

static enum okr_err node_get(void *txn, uint64_t index,
                             struct okr_hash *ret_hash)
{
    return okr_oplog_node(txn, index, ret_hash);
}

static enum okr_err check_root(struct okr_verifying *v,
                               const struct okr_hash *root)
{
    const struct okr_tlog_nodes nodes = {.get = node_get, .context = v->txn};
    struct okr_hash stored;
    if (v->size == 0)
        return OKR_OK;
    enum okr_err err = okr_tlog_root(&nodes, v->size, &stored);
    if (err == OKR_ERR_CORRUPT ||
        (err == OKR_OK && !okr_hash_eq(&stored, root)))
        tell_number(v, OKR_TABLE_NODE, okr_tlog_node_index(0, v->size - 1),
                    "the root that is stored is not that of the leaves");
    return err == OKR_ERR_CORRUPT ? OKR_OK : err;
}

/* ---- a leaf -------------------------------------------------------------- */

/* salt 32 ‖ block(peer address) ‖ block(user id) ‖ block(client version) */
static bool meta_makes(struct okr_slice value, const uint8_t commit[32])
{
    struct okr_reader r = okr_reader_of(value);
    struct okr_slice salt = okr_reader_take(&r, META_SALT_LEN);
    struct okr_slice peer = okr_reader_block(&r);
    struct okr_slice user = okr_reader_block(&r);
    struct okr_slice client = okr_reader_block(&r);
    if (okr_reader_end(&r) != OKR_OK || peer.len > UINT16_MAX ||
        user.len > UINT16_MAX || client.len > UINT16_MAX)
        return false;
    struct okr_hash made = okr_layout_meta(salt.data, peer, user, client);
    return memcmp(made.b, commit, sizeof made.b) == 0;
}

static enum okr_err check_meta(struct okr_verifying *v,
                               const struct okr_leaf *leaf)
{
    struct okr_key key = {0};
    struct okr_slice value;
    okr_key_u64(&key, leaf->index);
    const struct okr_verify_row row = {OKR_TABLE_METACOMMIT,
                                       okr_key_slice(&key)};
    enum okr_err err = okr_sealed_get(v->txn, row.table, row.key, &value);
    if (err == OKR_OK && !meta_makes(value, leaf->meta))
        err = OKR_ERR_CORRUPT;
    return okr_verify_got(v, err, &row,
                          err == OKR_ERR_NOTFOUND
                              ? "it is missing"
                              : "it does not make its leaf's commitment");
}

static enum okr_err check_content(struct okr_verifying *v, uint64_t index,
                                  struct okr_slice bytes)
{
    struct okr_leaf_look look = {.lsn = v->base + index + 1};
    if (okr_layout_leaf_read(bytes, &look.leaf) != OKR_OK) {
        okr_verify_tell_leaf(v, index, "it is no leaf");
        return OKR_OK;
    }
    if (look.leaf.index != index)
        okr_verify_tell_leaf(v, index, "it says that it is another one");
    if (look.leaf.time < v->time)
        okr_verify_tell_leaf(v, index, "it is older than the one before");
    else
        v->time = look.leaf.time;
    OKR_TRY(check_meta(v, &look.leaf));
    if (!okr_verify_is_op(look.leaf.kind))
        return OKR_OK;
    if (read_op(&look))
        return okr_verify_op(v, &look);
    okr_verify_tell_leaf(v, index, "it holds no operation");
    return OKR_OK;
}

static enum okr_err check_hash(struct okr_verifying *v, uint64_t index,
                               const struct okr_hash *hash)
{
    uint8_t key[8];
    okr_be_put64(key, index);
    const struct okr_verify_row row = {OKR_TABLE_LEAF,
                                       okr_slice_of(key, sizeof key)};
    return check_node(v, okr_tlog_node_index(0, index), hash, &row);
}

static enum okr_err check_leaf(struct okr_verifying *v, uint64_t index,
                               struct okr_slice bytes)
{
    struct okr_hash hash = okr_tlog_leaf_hash(bytes);
    okr_arena_reset(v->arena);
    OKR_TRY(check_hash(v, index, &hash));
    OKR_TRY(grow(v, index, &hash));
    OKR_TRY(check_content(v, index, bytes));
    if (v->verify->progress != NULL && (index + 1) % PROGRESS_LEAVES == 0)
        v->verify->progress(v->verify->context, index + 1, v->size);
    return OKR_OK;
}

/* ---- all ----------------------------------------------------------------- */

static enum okr_err check_leaves(struct okr_verifying *v)
{
    struct okr_kv_iter it;
    enum okr_err err = OKR_OK;
    uint64_t index = 0;
    okr_kv_scan(v->txn, OKR_TABLE_LEAF, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    for (; err == OKR_OK && okr_kv_iter_next(&it); index++) {
        if (it.key.len != 8 || okr_be_get64(it.key.data) != index) {
            okr_verify_tell_leaf(v, index, "it is missing");
            break;
        }
        err = check_leaf(v, index, it.value);
    }
    enum okr_err walked = okr_kv_iter_close(&it);
    v->size = index;
    return err != OKR_OK ? err : walked;
}

static enum okr_err read_meta(struct okr_verifying *v)
{
    const struct okr_verify_row org = {OKR_TABLE_META, OKR_SLICE_LIT("org")};
    const struct okr_verify_row base = {OKR_TABLE_META, OKR_SLICE_LIT("base")};
    const struct okr_verify_row size = {OKR_TABLE_LEAF, OKR_SLICE_LIT("size")};
    OKR_TRY(okr_verify_got(v, okr_meta_id(v->txn, "org", &v->org), &org,
                           "it is missing or damaged"));
    OKR_TRY(okr_verify_got(v, okr_meta_u64(v->txn, "base", &v->base), &base,
                           "it is damaged"));
    return okr_verify_got(v, okr_oplog_size(v->txn, &v->size), &size,
                          "the last one has no number");
}

static enum okr_err check_all(struct okr_verifying *v,
                              struct okr_verified *ret_verified)
{
    OKR_TRY(read_meta(v));
    OKR_TRY(check_leaves(v));
    struct okr_verified verified = {.leaves = v->size, .root = root_of(v)};
    OKR_TRY(check_root(v, &verified.root));
    OKR_TRY(okr_verify_rows(v));
    if (v->verify->progress != NULL)
        v->verify->progress(v->verify->context, v->size, v->size);
    *ret_verified = verified;
    return OKR_OK;
}

enum okr_err okr_verify(struct okr_kv_txn *txn, const struct okr_verify *verify,
                        struct okr_verified *ret_verified)
{
    OKR_ASSERT(txn != NULL && verify != NULL && ret_verified != NULL);
    OKR_ASSERT(verify->sink.take != NULL);
    struct okr_verifying v = {.txn = txn, .verify = verify};
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &v.arena));
    okr_buf_init(&v.peaks, NULL);
    okr_buf_init(&v.chains, NULL);
    enum okr_err err = check_all(&v, ret_verified);
    okr_buf_close(&v.peaks);
    okr_buf_close(&v.chains);
    okr_arena_free(&v.arena);
    return err;
}
