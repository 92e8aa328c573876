/* The tree over the stored nodes: places, appending, roots, and proofs as
 * RFC 6962 2.1.1 and 2.1.2 define them, without recursion. */
#include "common/tlog/tree.h"

#include "common/base/assert.h"

struct okr_hash okr_tlog_leaf_hash(struct okr_slice leaf)
{
    const uint8_t tag = 0x00;
    const struct okr_slice parts[] = {okr_slice_of(&tag, 1), leaf};
    return okr_sha256_parts(parts, 2);
}

struct okr_hash okr_tlog_node_hash(const struct okr_hash *left,
                                   const struct okr_hash *right)
{
    OKR_ASSERT(left != NULL && right != NULL);
    const uint8_t tag = 0x01;
    const struct okr_slice parts[] = {
        okr_slice_of(&tag, 1),
        okr_slice_of(left->b, sizeof left->b),
        okr_slice_of(right->b, sizeof right->b),
    };
    return okr_sha256_parts(parts, 3);
}

struct okr_hash okr_tlog_empty_root(void)
{
    return okr_sha256(OKR_SLICE_NONE);
}

/* A node is written right behind the last leaf below it and that leaf's lower
 * nodes.  Leaf n lies behind n leaves and their n/2 + n/4 + … nodes. */
uint64_t okr_tlog_node_index(unsigned level, uint64_t n)
{
    OKR_ASSERT(level <= 40 && n <= OKR_TLOG_SIZE_MAX >> level);
    for (unsigned l = level; l > 0; l--)
        n = 2 * n + 1;
    uint64_t index = level;
    for (; n > 0; n /= 2)
        index += n;
    return index;
}

/* Every node asked for was written by an append: a missing one is damage. */
static enum okr_err node_get(const struct okr_tlog_nodes *nodes, unsigned level,
                             uint64_t n, struct okr_hash *ret_hash)
{
    enum okr_err err =
        nodes->get(nodes->context, okr_tlog_node_index(level, n), ret_hash);
    return err == OKR_ERR_NOTFOUND ? OKR_ERR_CORRUPT : err;
}

static enum okr_err node_put(const struct okr_tlog_nodes *nodes, unsigned level,
                             uint64_t n, const struct okr_hash *hash)
{
    return nodes->put(nodes->context, okr_tlog_node_index(level, n), hash);
}

enum okr_err okr_tlog_append(const struct okr_tlog_nodes *nodes, uint64_t size,
                             const struct okr_hash *leaf_hash)
{
    OKR_ASSERT(nodes != NULL && leaf_hash != NULL);
    if (size >= OKR_TLOG_SIZE_MAX)
        return OKR_ERR_LIMIT;
    struct okr_hash hash = *leaf_hash;
    OKR_TRY(node_put(nodes, 0, size, &hash));
    for (unsigned level = 0; ((size >> level) & 1) != 0; level++) {
        struct okr_hash left;
        OKR_TRY(node_get(nodes, level, (size >> level) - 1, &left));
        hash = okr_tlog_node_hash(&left, &hash);
        OKR_TRY(node_put(nodes, level + 1, size >> (level + 1), &hash));
    }
    return OKR_OK;
}

/* Hash of the leaves [from, to), joined from complete subtrees, the smallest
 * first; they end at `to`.  `from` is a multiple of the largest of them, as
 * all ranges of RFC 6962 are. */
static enum okr_err range_hash(const struct okr_tlog_nodes *nodes,
                               uint64_t from, uint64_t to,
                               struct okr_hash *ret_hash)
{
    OKR_ASSERT(from < to && to <= OKR_TLOG_SIZE_MAX);
    uint64_t len = to - from;
    struct okr_hash hash = {{0}};
    bool first = true;
    for (unsigned level = 0; len >> level != 0; level++) {
        if (((len >> level) & 1) == 0)
            continue;
        struct okr_hash left;
        OKR_TRY(node_get(nodes, level, (to >> level) - 1, &left));
        hash = first ? left : okr_tlog_node_hash(&left, &hash);
        first = false;
    }
    *ret_hash = hash;
    return OKR_OK;
}

enum okr_err okr_tlog_root(const struct okr_tlog_nodes *nodes, uint64_t size,
                           struct okr_hash *ret_root)
{
    OKR_ASSERT(nodes != NULL && ret_root != NULL);
    if (size > OKR_TLOG_SIZE_MAX)
        return OKR_ERR_LIMIT;
    if (size > 0)
        return range_hash(nodes, 0, size, ret_root);
    *ret_root = okr_tlog_empty_root();
    return OKR_OK;
}

/* Size of the left subtree: the largest power of two below `len`. */
static uint64_t left_size(uint64_t len)
{
    OKR_ASSERT(len > 1);
    uint64_t size = 1;
    while (size < len - size)
        size *= 2;
    return size;
}

/* The ranges whose hashes make up a proof, from the root downwards. */
struct ranges {
    uint64_t from[OKR_TLOG_PROOF_MAX];
    uint64_t to[OKR_TLOG_PROOF_MAX];
    size_t n;
};

static void ranges_add(struct ranges *ranges, uint64_t from, uint64_t to)
{
    OKR_ASSERT(ranges->n < OKR_TLOG_PROOF_MAX);
    ranges->from[ranges->n] = from;
    ranges->to[ranges->n] = to;
    ranges->n++;
}

/* Proofs list their hashes from the leaf upwards. */
static enum okr_err ranges_prove(const struct okr_tlog_nodes *nodes,
                                 const struct ranges *ranges,
                                 struct okr_tlog_proof *ret_proof)
{
    struct okr_tlog_proof proof = {.n = ranges->n};
    for (size_t i = 0; i < ranges->n; i++) {
        size_t at = ranges->n - 1 - i;
        OKR_TRY(range_hash(nodes, ranges->from[at], ranges->to[at],
                           &proof.hash[i]));
    }
    *ret_proof = proof;
    return OKR_OK;
}

/* PATH(m, D[n]) of RFC 6962 2.1.1. */
enum okr_err okr_tlog_inclusion(const struct okr_tlog_nodes *nodes,
                                uint64_t index, uint64_t size,
                                struct okr_tlog_proof *ret_proof)
{
    OKR_ASSERT(nodes != NULL && ret_proof != NULL);
    if (index >= size || size > OKR_TLOG_SIZE_MAX)
        return OKR_ERR_LIMIT;
    struct ranges ranges = {.n = 0};
    uint64_t from = 0, to = size;
    while (to - from > 1) {
        uint64_t middle = from + left_size(to - from);
        if (index < middle) {
            ranges_add(&ranges, middle, to);
            to = middle;
        } else {
            ranges_add(&ranges, from, middle);
            from = middle;
        }
    }
    return ranges_prove(nodes, &ranges, ret_proof);
}

/* PROOF(m, D[n]) of RFC 6962 2.1.2; `known` is its b: the verifier has the
 * hash of the range at hand, as it is the whole old tree. */
enum okr_err okr_tlog_consistency(const struct okr_tlog_nodes *nodes,
                                  uint64_t from, uint64_t to,
                                  struct okr_tlog_proof *ret_proof)
{
    OKR_ASSERT(nodes != NULL && ret_proof != NULL);
    if (from == 0 || from > to || to > OKR_TLOG_SIZE_MAX)
        return OKR_ERR_LIMIT;
    struct ranges ranges = {.n = 0};
    uint64_t low = 0, high = to;
    bool known = true;
    while (from < high) {
        uint64_t middle = low + left_size(high - low);
        if (from <= middle) {
            ranges_add(&ranges, middle, high);
            high = middle;
        } else {
            ranges_add(&ranges, low, middle);
            low = middle;
            known = false;
        }
    }
    if (!known)
        ranges_add(&ranges, low, high);
    return ranges_prove(nodes, &ranges, ret_proof);
}
